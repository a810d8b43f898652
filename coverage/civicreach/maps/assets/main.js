/* Puts the page together: reads the data, makes the layers, and redraws what a change touches. */
(function (cr) {
  'use strict';

  /* one canvas each, from below to above */
  var PAINTERS = [
    ['ground', cr.paintGround],
    ['areas', cr.paintAreas],
    ['structure', cr.paintStructure],
    ['streets', cr.paintStreets],
    ['homes', cr.paintHomes],
    ['live', cr.paintLive],
    ['labels', cr.paintLabels]
  ];
  /* what has to be painted again when a part of the state changes */
  var TOUCHES = {
    theme: ['areas', 'streets', 'homes', 'live', 'labels'],
    language: ['live', 'labels'],
    layers: ['ground', 'areas', 'structure', 'streets', 'homes', 'live', 'labels'],
    selection: ['areas', 'streets', 'homes', 'live', 'labels'],
    legendOpen: ['labels'],
    hover: ['live']
  };

  cr.App = class App {
    constructor(map, root, data) {
      this.map = map;
      this.root = root;
      this.model = new cr.Model(data);
      this.tip = new cr.Tip(root.querySelector('.tip'));
      this.state = new cr.State({ language: data.head.study.shown });
      if (!this.model.lowest) this.state.tab = 'facilities';
      cr.setWords(data.head.words);
      cr.setCounted(data.head.study);
      cr.setLanguage(this.state.language);
      this.zoomNear = 14;
      this.canvases = {};
    }

    service() {
      return this.model.services[this.state.theme];
    }

    /* 0 where areas tell the story, 1 where streets and homes do; nothing between, so that the map and its legend have
       one colour scale at a time */
    near(zoom) {
      return zoom >= this.zoomNear + 0.4 ? 1 : 0;
    }

    /* whether one facility's own reach is shown */
    single() {
      return !!this.state.selection && this.state.selection.kind === 'facility';
    }

    /* what the colours mean at a zoom: 'time' to the nearest facility, or the 'share' that is covered */
    scale(zoom) {
      var layers = this.state.layers,
        shares = (layers.choropleth && this.model.lowest) || layers.homes;
      return this.single() || !shares || this.near(zoom) ? 'time' : 'share';
    }

    fit(animate, box) {
      cr.fitView(this, animate, box);
    }

    start() {
      var app = this,
        map = this.map;
      PAINTERS.forEach(function (painter, i) {
        var pane = map.createPane('civicreach-' + painter[0]);
        pane.style.zIndex = 210 + 10 * i;
        pane.style.pointerEvents = 'none';
        app.canvases[painter[0]] = cr.canvasLayer(function (ctx, view) {
          painter[1](app, ctx, view);
        }, 'civicreach-' + painter[0]);
      });
      this.state.legendOpen = roomy(this.root.querySelector('.stage'));
      this.drawWords();
      map.invalidateSize({ animate: false });
      this.fit(false, this.model.head.first);
      // single streets and homes from a little closer than the whole study, wherever that is on this screen
      this.zoomNear = Math.max(13.2, Math.min(15.2, map.getZoom() + 0.6));
      PAINTERS.forEach(function (painter) {
        app.canvases[painter[0]].addTo(map);
      });
      L.control.scale({ imperial: false, position: 'bottomright', maxWidth: 120 }).addTo(map);
      map.setMaxZoom(19); /* a map without tiles has no limit of its own */
      map.on('zoomend', function () {
        cr.drawLegend(app);
        app.repaint(['labels']);
      });
      this.state.listen(function (changed) {
        app.changed(changed);
      });
      cr.watchPointer(this);
      this.watchKeys();
      this.watchSize();
      cr.drawLegend(this);
      this.repaint(['labels']);
    }

    watchKeys() {
      var app = this;
      document.addEventListener('keydown', function (event) {
        if (event.key !== 'Escape') return;
        app.tip.hide();
        if (app.root.querySelector('dialog').open) return;
        if (app.state.layersOpen) app.closeLayers();
        else if (app.state.selection) app.select(null);
      });
    }

    closeLayers() {
      var had = this.root.querySelector('.layers').contains(document.activeElement);
      this.state.set({ layersOpen: false });
      if (had) this.root.querySelector('.layers-open').focus({ preventScroll: true });
    }

    watchSize() {
      var app = this,
        first = true;
      new ResizeObserver(function () {
        app.map.invalidateSize({ animate: false });
        if (first) app.fit(false, app.model.head.first);
        first = false;
      }).observe(app.root.querySelector('.stage'));
      cr.watchPrint(this);
    }

    /* everything with words in it */
    drawWords() {
      cr.drawTitle(this);
      cr.drawTools(this);
      cr.drawThemes(this);
      cr.drawHeadline(this);
      cr.drawTables(this);
      cr.drawAbout(this);
      cr.drawNotes(this);
      cr.drawMapTools(this);
      cr.drawCard(this);
    }

    changed(keys) {
      function any() {
        return Array.prototype.some.call(arguments, function (key) {
          return keys.has(key);
        });
      }
      if (keys.has('language')) cr.setLanguage(this.state.language);
      if (any('language', 'theme')) this.drawWords();
      else {
        if (any('tab', 'level', 'open', 'sort')) cr.drawTables(this);
        if (any('layers', 'layersOpen')) cr.drawMapTools(this);
        if (keys.has('selection')) {
          cr.drawCard(this);
          cr.markRows(this, true);
        }
      }
      if (any('layers', 'selection', 'theme', 'language', 'legendOpen')) cr.drawLegend(this);
      var touched = new Set();
      keys.forEach(function (key) {
        (TOUCHES[key] || []).forEach(touched.add, touched);
      });
      this.repaint(Array.from(touched));
    }

    /* the table of a tab, with what is selected in sight */
    openTab(name) {
      var chosen = this.state.selection,
        unit = name === 'areas' && chosen && chosen.kind === 'unit';
      this.state.set({ tab: name, open: unit ? this.unfolded(chosen) : this.state.open });
    }

    repaint(names) {
      names.forEach(function (name) {
        this.canvases[name].redraw();
      }, this);
    }

    /* everything on one canvas, for paper */
    paintSheet(ctx, view) {
      PAINTERS.forEach(function (painter) {
        cr.freshPen(ctx);
        painter[1](this, ctx, view);
      }, this);
    }

    repaintAll() {
      this.repaint(Object.keys(this.canvases));
    }

    setTheme(index) {
      var kept = this.state.selection && this.state.selection.kind === 'unit' ? this.state.selection : null;
      this.state.set({ theme: index, selection: kept, hover: null });
    }

    /* select a unit, facility or home (null: nothing) and, from a table, go there */
    select(what, go) {
      var change = { selection: what, hover: null },
        gaps = this.service().gaps.unit;
      if (what && what.kind === 'facility') change.tab = 'facilities';
      if (what && what.kind === 'unit' && !go) {
        var listed = what.level === this.model.lowest && gaps.indexOf(what.index) >= 0;
        if (this.state.tab === 'facilities') change.tab = listed ? 'gaps' : 'areas';
        else if (this.state.tab === 'gaps' && !listed) change.tab = 'areas';
      }
      if (what && what.kind === 'unit' && (change.tab || this.state.tab) === 'areas') change.open = this.unfolded(what);
      this.state.set(change);
      if (what && go) cr.goTo(this, what);
    }

    /* the rows that have to be open for a unit to be seen in the table by area */
    unfolded(unit) {
      var level = this.state.level || this.model.middle || this.model.lowest,
        open = Object.assign({}, this.state.open);
      if (unit.level === this.model.lowest && level !== this.model.lowest)
        open[level + this.model.ancestor(unit.index, level)] = true;
      return open;
    }

    /* boxes of the panels over the map, in pixels of the map: labels keep clear of them */
    coveredBoxes() {
      var stage = this.map.getContainer().getBoundingClientRect(),
        found = [];
      ['.zoom', '.layers', '.legend', '.north', '.card', '.stamp', '.leaflet-control-scale'].forEach(function (what) {
        var node = this.root.querySelector(what),
          box = node && !node.hidden && node.getBoundingClientRect();
        if (box && box.width)
          found.push([
            box.left - stage.left - 4,
            box.top - stage.top - 4,
            box.right - stage.left + 4,
            box.bottom - stage.top + 4
          ]);
      }, this);
      return found;
    }
  };

  /* room for the legend in full */
  function roomy(stage) {
    return stage.clientWidth >= 640 && stage.clientHeight >= 480;
  }

  cr.start = async function (map, document) {
    var started = performance.now(),
      root = document.getElementById('civicreach');
    root.querySelector('.map-slot').appendChild(map.getContainer());
    try {
      var text = document.getElementById('civicreach-data');
      var data = await cr.decode(text.textContent);
      text.remove();
      var app = (cr.app = new cr.App(map, root, data));
      app.start();
      app.readyMilliseconds = performance.now() - started;
      document.documentElement.dataset.ready = 'yes';
    } catch (error) {
      var why =
        error.message === 'old_browser'
          ? '浏览器版本过旧 / This browser is too old (no DecompressionStream)'
          : error.message;
      cr.fill(root, cr.el('p', { class: 'failed' }, why));
      document.documentElement.dataset.ready = 'failed';
      throw error;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

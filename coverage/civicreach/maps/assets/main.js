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
  var OVER_MAP = '.zoom .layers .legend .north .card .plan-dock .stamp .leaflet-control-scale'.split(' ');

  /* what has to be painted again when a part of the state changes */
  var TOUCHES = {
    theme: ['areas', 'structure', 'streets', 'homes', 'live', 'labels'],
    topic: ['areas', 'structure', 'live', 'labels'],
    colour: ['areas', 'structure', 'live', 'labels'],
    level: ['areas', 'live', 'labels'],
    marks: ['areas', 'streets', 'homes', 'live', 'labels'],
    language: ['live', 'labels'],
    layers: ['ground', 'areas', 'structure', 'streets', 'homes', 'live', 'labels'],
    selection: ['areas', 'streets', 'homes', 'live', 'labels'],
    legendOpen: ['labels'],
    planning: ['live', 'labels'],
    planned: ['areas', 'streets', 'homes', 'live'],
    settled: ['labels'],
    hover: ['live']
  };

  cr.App = class App {
    constructor(map, root, data) {
      this.map = map;
      this.root = root;
      this.data = data;
      this.model = new cr.Model(data);
      this.tip = new cr.Tip(root.querySelector('.tip'));
      this.state = new cr.State({ language: data.head.study.shown });
      if (!this.model.lowest) this.state.tab = 'facilities';
      cr.setWords(data.head.words);
      cr.setCounted(data.head.study);
      cr.setLanguage(this.state.language);
      this.zoomNear = 14;
      this.wholeZoom = 0;
      this.canvases = {};
    }

    /* what is shown: a service or an analysis; the other of the two is null then */
    theme() {
      return this.model.themes[this.state.theme];
    }

    service() {
      return this.model.services[this.state.theme] || null;
    }

    analysis() {
      return this.model.analyses[this.state.theme - this.model.services.length] || null;
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
      this.wholeZoom = this.map.getZoom();
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
      this.state.legendOpen = roomy(this.root.querySelector('.stage'), this.model.analyses.length > 0);
      this.markLayout();
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
      cr.startTiles(this);
      cr.watchPointer(this);
      this.watchKeys();
      cr.watchPlanKeys(this);
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
        if (app.state.outputOpen) app.state.set({ outputOpen: false });
        else if (app.state.layersOpen) app.closeLayers();
        else if (app.state.selection) app.select(null);
        else if (app.state.planning) cr.togglePlanning(app, false);
      });
    }

    /* what the style sheets go by */
    markLayout() {
      var wide = this.state.wide && !!this.analysis(),
        changed = this.root.classList.contains('wide') !== wide;
      this.root.classList.toggle('in-analysis', !!this.analysis());
      this.root.classList.toggle('wide', wide);
      if (!changed) return;
      this.map.invalidateSize({ animate: false });
      // who looked at everything still does; who had gone somewhere stays there
      if (!this.state.selection && this.map.getZoom() <= this.wholeZoom + 0.01) this.fit(false, this.model.head.first);
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
        if (first) {
          app.fit(false, app.model.head.first);
          cr.followLink(app, location.hash);
          cr.watchLink(app);
        }
        first = false;
      }).observe(app.root.querySelector('.stage'));
      cr.watchPrint(this);
      cr.watchOutput(this);
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
      this.drawPlan(true);
    }

    /* the what-if dock and its pins */
    drawPlan(whole) {
      cr.drawDock(this, whole);
      cr.drawPins(this);
    }

    changed(keys) {
      function any() {
        return Array.prototype.some.call(arguments, function (key) {
          return keys.has(key);
        });
      }
      if (keys.has('language')) cr.setLanguage(this.state.language);
      cr.followPlan(this, keys);
      if (any('selection', 'theme', 'planned')) cr.followHome(this);
      if (any('language', 'theme')) this.drawWords();
      else {
        if (keys.has('planned') || (any('topic', 'level') && this.analysis())) cr.drawHeadline(this);
        if (any('tab', 'panel', 'topic', 'colour', 'listing', 'level', 'open', 'sort', 'whole', 'wide', 'planned'))
          cr.drawTables(this);
        if (any('outputOpen', 'planning')) cr.drawTools(this);
        if (any('planning', 'planned', 'planSaid', 'planFolded')) this.drawPlan(false);
        if (any('settled', 'topic')) cr.drawTitle(this);
        if (keys.has('topic')) cr.drawThemes(this);
        if (any('layers', 'layersOpen', 'marks', 'topic')) cr.drawMapTools(this);
        if (any('selection', 'topic', 'colour', 'planned')) cr.drawCard(this);
        if (keys.has('selection')) this.markSelected();
      }
      if (any('wide', 'theme')) this.markLayout();
      cr.fillRoom(this);
      if (
        any('layers', 'selection', 'theme', 'language', 'legendOpen', 'topic', 'colour', 'level', 'marks') ||
        any('planning', 'settled')
      )
        cr.drawLegend(this);
      var touched = new Set();
      keys.forEach(function (key) {
        (TOUCHES[key] || []).forEach(touched.add, touched);
      });
      this.repaint(Array.from(touched));
    }

    /* the chosen row, which may be among those that aren't shown yet */
    markSelected() {
      var chosen = this.state.selection,
        row = chosen && this.root.querySelector('[data-key="' + CSS.escape(cr.rowKey(chosen)) + '"]');
      if (chosen && this.analysis() && !row) cr.drawTables(this);
      cr.markRows(this, true);
    }

    repaint(names) {
      names.forEach(function (name) {
        this.canvases[name].redraw();
      }, this);
    }

    /* everything on one canvas, for paper */
    paintSheet(ctx, view) {
      var tiled = this.tiled;
      this.tiled = false; /* online pictures can't be drawn on canvases that are to be saved */
      this.onPaper = true;
      PAINTERS.forEach(function (painter) {
        cr.freshPen(ctx);
        painter[1](this, ctx, view);
      }, this);
      this.tiled = tiled;
      this.onPaper = false;
      cr.freshPen(ctx);
      cr.paintPins(this, ctx, view);
    }

    repaintAll() {
      this.repaint(Object.keys(this.canvases));
    }

    setTheme(index) {
      var chosen = this.state.selection,
        kept = chosen && chosen.kind === 'unit' ? chosen : null;
      this.state.set({ theme: index, selection: kept, hover: null });
    }

    /* select something on the map (null: nothing) and, from a table, go there */
    select(what, go) {
      cr.select(this, what, go);
    }

    /* boxes of the panels over the map, in pixels of the map: labels keep clear of them */
    coveredBoxes() {
      if (this.covered) return this.covered; /* of the sheet that is being painted */
      var stage = this.map.getContainer().getBoundingClientRect(),
        found = [];
      OVER_MAP.forEach(function (what) {
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

  /* room for the legend in full; that of an analysis with all of its layers is taller */
  function roomy(stage, tall) {
    return stage.clientWidth >= (tall ? 760 : 640) && stage.clientHeight >= (tall ? 620 : 480);
  }

  cr.start = async function (map, document, started) {
    var root = document.getElementById('civicreach'),
      text = document.getElementById('civicreach-data'),
      data = await cr.decode(text.textContent);
    text.remove();
    var app = (cr.app = new cr.App(map, root, data));
    app.start();
    app.readyMilliseconds = performance.now() - started;
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

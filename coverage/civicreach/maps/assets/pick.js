/* What lies under the pointer, and what a click on the map selects. */
(function (cr) {
  'use strict';

  var TIP_LINES = 6; // the card of what is selected tells everything

  /* the facility, home or area at a place of the map's container, nearest first; null where there is none */
  function under(app, point, touch) {
    var map = app.map,
      view = cr.viewOf(map.getZoom(), map.getPixelBounds().min, map.getSize(), map.getCenter().lat);
    var x = (point.x + view.ox) / view.scale,
      y = (point.y + view.oy) / view.scale;
    if (app.analysis()) return underAnalysis(app, view, x, y, touch);
    var service = app.service(),
      layers = app.state.layers,
      reach = (touch ? 18 : 11) / view.scale;
    var facility = layers.facilities ? nearest(service.places, x, y, reach, null) : -1;
    if (facility >= 0) return { kind: 'facility', index: facility };
    if (layers.homes && app.near(view.zoom) >= 0.6) {
      var sizes = app.model.homes.size[service.group];
      var home = nearest(app.model.homes, x, y, (touch ? 14 : 8) / view.scale, function (i) {
        return sizes[i] > 0;
      });
      if (home >= 0) return { kind: 'home', index: home };
    }
    if (!app.model.lowest) return null;
    var unit = app.model.units[app.model.lowest].shapes.find(x, y);
    return unit >= 0 ? { kind: 'unit', level: app.model.lowest, index: unit } : null;
  }

  function nearest(points, x, y, reach, test) {
    var best = -1,
      least = reach * reach;
    for (var i = 0; i < points.count; i++) {
      var dx = points.x[i] - x,
        dy = points.y[i] - y,
        square = dx * dx + dy * dy;
      if (square <= least && (!test || test(i))) {
        least = square;
        best = i;
      }
    }
    return best;
  }

  /* points before lines before polygons, the layer painted last first; then the unit of the level that is shown */
  function underAnalysis(app, view, x, y, touch) {
    var found = null;
    cr.markOrder(cr.chosen.layers(app)).forEach(function (layer) {
      var at = inLayer(layer, view, x, y, touch);
      if (at >= 0) found = { kind: 'feature', layer: layer.number, index: at };
    });
    if (found) return found;
    var level = cr.chosen.level(app),
      unit = level ? app.model.units[level].shapes.find(x, y) : -1;
    return unit >= 0 ? { kind: 'unit', level: level, index: unit } : null;
  }

  function inLayer(layer, view, x, y, touch) {
    if (layer.kind === 'polygons') return layer.shapes.find(x, y);
    var reach = (touch ? 16 : layer.kind === 'points' ? 10 : 7) / view.scale;
    return layer.kind === 'points' ? nearest(layer.shapes, x, y, reach, null) : layer.shapes.near(x, y, reach);
  }

  cr.same = function (a, b) {
    return a === b || (!!a && !!b && cr.rowKey(a) === cr.rowKey(b));
  };

  cr.watchPointer = function (app) {
    var map = app.map,
      waiting = null,
      touch = false;
    map.getContainer().addEventListener(
      'pointerdown',
      function (event) {
        touch = event.pointerType === 'touch';
      },
      true
    );
    function hover(event) {
      waiting = null;
      if (touch) return;
      var found = under(app, event.containerPoint, false),
        box = map.getContainer().getBoundingClientRect();
      map.getContainer().style.cursor = found && found.kind !== 'unit' ? 'pointer' : '';
      if (!cr.same(found, app.state.hover)) app.state.set({ hover: found });
      // what the card already tells isn't told twice
      if (found && !cr.same(found, app.state.selection)) {
        app.tip.anchor = null;
        app.tip.show(
          cr.factLines(cr.factsOf(app, found), TIP_LINES),
          box.left + event.containerPoint.x + 16,
          box.top + event.containerPoint.y + 16,
          box
        );
      } else app.tip.hide();
    }
    map.on('mousemove', function (event) {
      if (waiting === null)
        requestAnimationFrame(function () {
          if (waiting) hover(waiting);
        });
      waiting = event;
    });
    map.on('mouseout movestart zoomstart', function () {
      waiting = null;
      app.tip.hide();
      app.state.set({ hover: null });
    });
    map.on('click', function (event) {
      app.tip.hide();
      if (app.state.layersOpen) {
        app.closeLayers();
        return;
      }
      if (cr.placeByClick(app, event)) return;
      var found = under(app, event.containerPoint, touch);
      app.select(cr.same(found, app.state.selection) ? null : found, false);
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

/* On paper: the whole study on the map, the legend in full beside it, everything unfolded; then the screen's view again.
   The sheet's sizes are those of print.css. */
(function (cr) {
  'use strict';

  var DOTS = 3; // a pixel of the screen

  cr.printing = false;

  cr.watchPrint = function (app) {
    var kept = null;
    window.addEventListener('beforeprint', function () {
      app.tip.hide();
      cr.finishPlan(app);
      if (kept || document.documentElement.classList.contains('plating')) return; // a map sheet is ready
      kept = {
        centre: app.map.getCenter(),
        zoom: app.map.getZoom(),
        whole: app.wholeZoom,
        closed: closedDetails(app.root)
      };
      kept.closed.forEach(function (node) {
        node.open = true;
      });
      layOut(app, true);
      app.fit(false);
      cr.drawLegend(app);
      kept.sheet = sheet(app);
    });
    window.addEventListener('afterprint', function () {
      if (!kept) return;
      kept.sheet.remove();
      kept.closed.forEach(function (node) {
        node.open = false;
      });
      layOut(app, false);
      app.map.setView(kept.centre, kept.zoom, { animate: false });
      app.wholeZoom = kept.whole; // who looked at everything still does
      kept = null;
      cr.drawLegend(app);
      app.repaintAll();
    });
  };

  function closedDetails(root) {
    return Array.prototype.filter.call(root.querySelectorAll('details'), function (node) {
      return !node.open;
    });
  }

  function layOut(app, paper) {
    cr.printing = app.printing = paper;
    document.documentElement.classList.toggle('printing', paper);
    app.map.invalidateSize({ animate: false, pan: false });
  }

  /* All painters on one canvas: Chromium prints canvases line by line, and there clearing one, which each begins with,
     clears those below it as well. */
  function sheet(app) {
    var map = app.map,
      size = map.getSize(),
      canvas = document.createElement('canvas'),
      view = cr.viewOf(map.getZoom(), map.getPixelBounds().min, size, map.getCenter().lat);
    view.shift = L.point(0, 0);
    canvas.className = 'sheet';
    canvas.width = DOTS * size.x;
    canvas.height = DOTS * size.y;
    canvas.style.width = size.x + 'px';
    canvas.style.height = size.y + 'px';
    map.getPanes().mapPane.prepend(canvas);
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    var ctx = canvas.getContext('2d');
    ctx.scale(DOTS, DOTS);
    app.paintSheet(ctx, view);
    return canvas;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

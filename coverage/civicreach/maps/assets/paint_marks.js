/* The layers that an analysis brings along: polygons below, lines above them, points on top. */
(function (cr) {
  'use strict';

  var INK = '#111a24',
    FILL = 0.34,
    MOST_CLEAR = 300,
    ORDER = ['polygons', 'lines', 'points'],
    DASHES = [[], [7, 4], [2, 4]];

  /* layers in the order in which they are painted */
  cr.markOrder = function (layers) {
    return layers.slice().sort(function (a, b) {
      return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.number - a.number;
    });
  };

  /* the how manieth of its kind a layer is: a second layer of points has another shape, one of lines other dashes */
  cr.markRank = function (app, layer) {
    return app
      .analysis()
      .layers.filter(function (other) {
        return other.kind === layer.kind;
      })
      .indexOf(layer);
  };

  cr.markRadius = function (zoom, count) {
    var most = count > 400 ? 4.5 : count > 80 ? 6 : 7.5;
    return Math.max(3, Math.min(most, most * Math.pow(1.18, zoom - 13.5)));
  };

  cr.paintShapes = function (app, ctx, view) {
    cr.markOrder(cr.chosen.layers(app)).forEach(function (layer) {
      if (layer.kind === 'polygons') paintPolygons(ctx, view, layer);
      if (layer.kind === 'lines') paintLines(app, ctx, view, layer);
    });
  };

  cr.paintPoints = function (app, ctx, view) {
    cr.markOrder(cr.chosen.layers(app)).forEach(function (layer) {
      if (layer.kind !== 'points') return;
      var radius = cr.markRadius(view.zoom, layer.count),
        rank = cr.markRank(app, layer);
      for (var i = 0; i < layer.count; i++) {
        var at = cr.onScreen(view, layer, i);
        if (at) cr.mark(ctx, at[0], at[1], radius, rank, layer.colourOf(i));
      }
    });
  };

  /* where point i lies on the canvas; null outside */
  cr.onScreen = function (view, layer, i) {
    var x = layer.shapes.x[i] * view.scale - view.ox,
      y = layer.shapes.y[i] * view.scale - view.oy;
    return x < -12 || y < -12 || x > view.width + 12 || y > view.height + 12 ? null : [x, y];
  };

  /* names keep clear of points, unless there are so many that no name would be left */
  cr.reserveMarks = function (app, board, view) {
    cr.chosen.layers(app).forEach(function (layer) {
      if (layer.kind !== 'points' || layer.count > MOST_CLEAR) return;
      var r = cr.markRadius(view.zoom, layer.count) + 2;
      for (var i = 0; i < layer.count; i++) {
        var at = cr.onScreen(view, layer, i);
        if (at) board.take([at[0] - r, at[1] - r, at[0] + r, at[1] + r]);
      }
    });
  };

  /* a dot, a diamond or a triangle, dark-edged with a white halo, so that it is seen on every ground */
  cr.mark = function (ctx, x, y, r, rank, fill) {
    ctx.beginPath();
    if (rank % 3 === 0) ctx.arc(x, y, r, 0, 6.2832);
    else {
      var corners =
        rank % 3 === 1
          ? [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0]
          : [0, -1.25, 1.2, 0.95, -1.2, 0.95];
      for (var k = 0; k < corners.length; k += 2) ctx[k ? 'lineTo' : 'moveTo'](x + r * corners[k], y + r * corners[k + 1]);
      ctx.closePath();
    }
    ctx.strokeStyle = '#ffffff';
    ctx.lineWidth = 3.4;
    ctx.stroke();
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = INK;
    ctx.lineWidth = 1.2;
    ctx.stroke();
  };

  function paintPolygons(ctx, view, layer) {
    for (var i = 0; i < layer.count; i++) {
      if (!layer.shapes.visible(i, view)) continue;
      var colour = layer.colourOf(i);
      ctx.beginPath();
      layer.shapes.traceSeen(ctx, view, i);
      ctx.fillStyle = cr.alpha(colour, FILL);
      ctx.fill('evenodd');
      outline(ctx, colour, 1.8);
    }
  }

  function outline(ctx, colour, width) {
    ctx.strokeStyle = 'rgba(255,255,255,.9)';
    ctx.lineWidth = width + 2;
    ctx.stroke();
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  /* lines of one colour together */
  function paintLines(app, ctx, view, layer) {
    var colours = new Map(),
      width = Math.max(2, Math.min(4.5, 2.4 * Math.pow(1.2, view.zoom - 13.5)));
    for (var i = 0; i < layer.count; i++) {
      var colour = layer.colourOf(i);
      if (!colours.has(colour)) colours.set(colour, new Set());
      colours.get(colour).add(i);
    }
    colours.forEach(function (numbers, colour) {
      layer.shapes.lines(ctx, view, function (k) {
        return numbers.has(k);
      });
      ctx.strokeStyle = 'rgba(255,255,255,.9)';
      ctx.lineWidth = width + 2;
      ctx.stroke();
      ctx.setLineDash(DASHES[cr.markRank(app, layer) % DASHES.length]);
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke();
      ctx.setLineDash([]);
    });
  }

  /* what the reader points at or has chosen, outlined */
  cr.paintMarked = function (app, ctx, view) {
    var hover = app.state.hover,
      chosen = app.state.selection;
    if (hover && hover.kind === 'feature') ring(app, ctx, view, hover, false);
    if (chosen && chosen.kind === 'feature') ring(app, ctx, view, chosen, true);
  };

  function ring(app, ctx, view, what, strong) {
    var layer = app.analysis().layers[what.layer];
    if (!layer || !cr.chosen.shows(app, layer)) return;
    if (layer.kind === 'points') {
      var at = cr.onScreen(view, layer, what.index),
        radius = cr.markRadius(view.zoom, layer.count) + (strong ? 3 : 1.5);
      if (!at) return;
      if (strong) cr.mark(ctx, at[0], at[1], radius + 3.5, cr.markRank(app, layer), '#ffb000');
      cr.mark(ctx, at[0], at[1], radius, cr.markRank(app, layer), layer.colourOf(what.index));
      return;
    }
    ctx.beginPath();
    layer.shapes.trace(ctx, view, what.index, layer.kind === 'lines');
    [
      ['#ffffff', 7],
      [strong ? '#ffb000' : INK, strong ? 5 : 3.4],
      [INK, 1.8]
    ].forEach(function (pen) {
      ctx.strokeStyle = pen[0];
      ctx.lineWidth = pen[1];
      ctx.stroke();
    });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* The layers that an analysis brings along: polygons below, lines above them, points on top. */
(function (cr) {
  'use strict';

  var INK = '#111a24',
    FILL = 0.34,
    HATCH_STEP = 6,
    MOST_CLEAR = 300,
    ORDER = ['polygons', 'lines', 'points'],
    SMALL = 4.5; // signs in the middle of polygons

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
      if (layer.kind === 'polygons') paintPolygons(app, ctx, view, layer);
      if (layer.kind === 'lines') paintLines(app, ctx, view, layer);
    });
  };

  cr.paintPoints = function (app, ctx, view) {
    cr.markOrder(cr.chosen.layers(app)).forEach(function (layer) {
      if (layer.kind !== 'points') return;
      cr.markTurns(layer).forEach(function (i) {
        var at = cr.onScreen(view, layer, i);
        if (at) cr.mark(ctx, at[0], at[1], cr.markSize(layer, i, view.zoom), cr.markShape(app, layer, i), layer.colourOf(i));
      });
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

  /* classes of a number: a fill over the units' own colours would give tones that no legend has */
  function isGraded(layer) {
    return !!layer.classes && !layer.classes.names;
  }

  function hatchClasses(ctx, view, layer) {
    var colours = new Map();
    for (var i = 0; i < layer.count; i++) {
      if (!layer.shapes.visible(i, view)) continue;
      colours.set(layer.colourOf(i), (colours.get(layer.colourOf(i)) || []).concat(i));
    }
    colours.forEach(function (numbers, colour) {
      ctx.save();
      ctx.beginPath();
      numbers.forEach(function (k) {
        layer.shapes.trace(ctx, view, k);
      });
      ctx.clip('evenodd');
      cr.hatch(ctx, view, colour, HATCH_STEP);
      ctx.restore();
    });
  }

  function paintPolygons(app, ctx, view, layer) {
    var signs = [];
    if (isGraded(layer)) hatchClasses(ctx, view, layer);
    for (var i = 0; i < layer.count; i++) {
      if (!layer.shapes.visible(i, view)) continue;
      var colour = layer.colourOf(i);
      ctx.beginPath();
      layer.shapes.traceSeen(ctx, view, i);
      ctx.fillStyle = cr.alpha(colour, FILL);
      if (!isGraded(layer)) ctx.fill('evenodd');
      outline(ctx, colour, 1.8);
      if (cr.hasKinds(layer) && cr.classOf(layer.classes, i) >= 0) signs.push(i);
    }
    signs.forEach(function (i) {
      var at = middle(layer.shapes, i, view);
      if (at) cr.mark(ctx, at[0], at[1], SMALL, cr.markShape(app, layer, i), layer.colourOf(i));
    });
  }

  /* a place inside a polygon on the canvas: the middle of its longest stretch, halfway down its box */
  function middle(shapes, i, view) {
    var y = (shapes.box[4 * i + 1] + shapes.box[4 * i + 3]) / 2,
      cuts = [],
      best = null;
    for (var r = shapes.first[i]; r < shapes.first[i + 1]; r++) {
      for (var j = shapes.at[r], end = shapes.at[r + 1], k = end - 1; j < end; k = j++) {
        if (shapes.y[j] > y === shapes.y[k] > y) continue;
        cuts.push(((shapes.x[k] - shapes.x[j]) * (y - shapes.y[j])) / (shapes.y[k] - shapes.y[j]) + shapes.x[j]);
      }
    }
    cuts.sort(function (a, b) {
      return a - b;
    });
    for (var c = 0; c + 1 < cuts.length; c += 2)
      if (!best || cuts[c + 1] - cuts[c] > best[1] - best[0]) best = [cuts[c], cuts[c + 1]];
    return best && [((best[0] + best[1]) / 2) * view.scale - view.ox, y * view.scale - view.oy];
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
      if (!colours.has(colour)) {
        var kind = cr.hasKinds(layer) ? Math.max(0, cr.classOf(layer.classes, i)) : cr.markRank(app, layer) % 3;
        colours.set(colour, Object.assign(new Set(), { dash: cr.MARK_DASHES[kind] }));
      }
      colours.get(colour).add(i);
    }
    colours.forEach(function (numbers, colour) {
      layer.shapes.lines(ctx, view, function (k) {
        return numbers.has(k);
      });
      ctx.strokeStyle = 'rgba(255,255,255,.9)';
      ctx.lineWidth = width + 2;
      ctx.stroke();
      ctx.setLineDash(numbers.dash);
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
        shape = cr.markShape(app, layer, what.index),
        radius = cr.markRadius(view.zoom, layer.count) + (strong ? 3 : 1.5);
      if (!at) return;
      if (strong) cr.mark(ctx, at[0], at[1], radius + 3.5, shape, '#ffb000');
      cr.mark(ctx, at[0], at[1], radius, shape, layer.colourOf(what.index));
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

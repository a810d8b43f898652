/* Signs of points: words are told apart by shape as well as by colour, so that grey printers keep them apart. */
(function (cr) {
  'use strict';

  var INK = '#111a24',
    SIGN = 16, // pixels of a legend's sign
    FINE = 3, // and how much finer its canvas is, for paper
    QUIET = 0.55, // what isn't used is drawn smaller
    RANKED = [0, 3, 2], // of layers of one colour: a dot, a diamond, a triangle
    ROUND = [0, 4], // a dot and a ring
    CORNERS = {
      1: [-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9],
      2: [0, -1.25, 1.2, 0.95, -1.2, 0.95],
      3: [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0],
      5: [0, 1.25, 1.2, -0.95, -1.2, -0.95],
      6: [-0.4, -1.15, 0.4, -1.15, 0.4, -0.4, 1.15, -0.4, 1.15, 0.4, 0.4, 0.4, 0.4, 1.15, -0.4, 1.15, -0.4, 0.4, -1.15,
        0.4, -1.15, -0.4, -0.4, -0.4],
      7: [-1.2, -0.6, 1.2, -0.6, 1.2, 0.6, -1.2, 0.6]
    };

  cr.MARK_DASHES = [[], [7, 4], [2, 4], [12, 3, 2, 3], [12, 5], [2, 8], [7, 3, 2, 3, 2, 3], [1, 2]];

  /* the class of value i; -1 where there is none */
  cr.classOf = function (classes, i) {
    var sign = classes ? classes.classes.charAt(i) : '';
    return sign === '' || sign === '-' ? -1 : +sign;
  };

  /* whether a layer tells words apart, and more than one of them */
  cr.hasKinds = function (layer) {
    return !!layer.classes && !!layer.classes.names && layer.classes.colours.length > 1;
  };

  /* the shape of mark i: the how manieth its word is, or its layer */
  cr.markShape = function (app, layer, i) {
    if (!cr.hasKinds(layer)) return RANKED[cr.markRank(app, layer) % RANKED.length];
    return Math.max(0, cr.classOf(layer.classes, i));
  };

  cr.isQuiet = function (layer, i) {
    var quiet = layer.classes && layer.classes.quiet;
    return !!quiet && quiet.indexOf(cr.classOf(layer.classes, i)) >= 0;
  };

  cr.markSize = function (layer, i, zoom) {
    return cr.markRadius(zoom, layer.count) * (cr.isQuiet(layer, i) ? QUIET : 1);
  };

  /* numbers of a layer's marks in the order in which they are painted: what is named first lies on top */
  cr.markTurns = function (layer) {
    var turns = Array.from({ length: layer.count }, function (_, i) {
      return i;
    });
    if (!cr.hasKinds(layer)) return turns;
    return turns.sort(function (a, b) {
      var x = cr.classOf(layer.classes, a),
        y = cr.classOf(layer.classes, b);
      return (x < 0 ? -1e3 : -x) - (y < 0 ? -1e3 : -y) || a - b;
    });
  };

  /* a sign, dark-edged with a white halo, so that it is seen on every ground */
  cr.mark = function (ctx, x, y, r, shape, fill) {
    trace(ctx, x, y, r, shape % 8);
    ctx.strokeStyle = '#ffffff';
    ctx.lineWidth = 3.4;
    ctx.stroke();
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = INK;
    ctx.lineWidth = 1.2;
    ctx.stroke();
    if (shape % 8 !== ROUND[1]) return;
    ctx.beginPath();
    ctx.arc(x, y, r * 0.5, 0, 6.2832);
    ctx.fillStyle = '#ffffff';
    ctx.fill();
    ctx.stroke();
  };

  function trace(ctx, x, y, r, shape) {
    ctx.beginPath();
    if (ROUND.indexOf(shape) >= 0) {
      ctx.arc(x, y, r, 0, 6.2832);
      return;
    }
    var corners = CORNERS[shape];
    for (var k = 0; k < corners.length; k += 2)
      ctx[k ? 'lineTo' : 'moveTo'](x + r * corners[k], y + r * corners[k + 1]);
    ctx.closePath();
  }

  /* the same sign for a legend */
  cr.markSign = function (shape, fill, quiet) {
    var canvas = cr.el('canvas', {
        class: 'sign-mark',
        'data-shape': shape,
        width: SIGN * FINE,
        height: SIGN * FINE,
        'aria-hidden': 'true'
      }),
      ctx = canvas.getContext('2d');
    ctx.scale(FINE, FINE);
    cr.mark(ctx, SIGN / 2, SIGN / 2, quiet ? 3.2 : 5.4, shape, fill);
    return canvas;
  };

  /* a line of a legend */
  cr.lineSign = function (kind, fill) {
    var canvas = cr.el('canvas', {
        class: 'sign-stroke',
        'data-shape': kind,
        width: 28 * FINE,
        height: 8 * FINE,
        'aria-hidden': 'true'
      }),
      ctx = canvas.getContext('2d');
    ctx.scale(FINE, FINE);
    ctx.beginPath();
    ctx.moveTo(0, 4);
    ctx.lineTo(28, 4);
    ctx.setLineDash(cr.MARK_DASHES[kind % cr.MARK_DASHES.length]);
    ctx.strokeStyle = fill;
    ctx.lineWidth = 3;
    ctx.stroke();
    return canvas;
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

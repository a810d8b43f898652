/* Names on the map that never run into each other, into facilities or under the panels. */
(function (cr) {
  'use strict';

  var HALO = 'rgba(255,255,255,.92)',
    INK = '#1c2733';
  var SHIFTS = [
    [0, 0],
    [0, 14],
    [0, -14],
    [24, 0],
    [-24, 0],
    [0, 26],
    [0, -26],
    [46, 0],
    [-46, 0],
    [60, 30],
    [-60, 30],
    [50, -30],
    [-50, -30],
    [0, 48],
    [0, -48],
    [30, 44],
    [-30, 44],
    [30, -44],
    [-30, -44],
    [0, 72],
    [0, -72],
    [48, 66],
    [-48, 66],
    [90, 0],
    [-90, 0]
  ];
  var AREA_INK = { water: '#3f6478', green: '#3f6b35' };
  var LONGEST = 28;
  var MANY_UNITS = 40,
    LEAST_PX = 52;

  class Board {
    /* `seen` is the part of the canvas that is in sight: nothing is cut by its edge */
    constructor(ctx, view, seen) {
      this.ctx = ctx;
      this.view = view;
      this.seen = seen;
      this.used = [];
    }

    take(box) {
      this.used.push(box);
    }

    free(box) {
      return this.used.every(function (u) {
        return box[0] >= u[2] || box[2] <= u[0] || box[1] >= u[3] || box[3] <= u[1];
      });
    }

    /* centred lines with a halo; the box where there was room, and where `fits` agrees, else null */
    put(lines, x, y, style, fits) {
      var ctx = this.ctx,
        seen = this.seen,
        leading = style.leading || 15,
        width = 0;
      lines.forEach(function (line, k) {
        ctx.font = (k && style.second) || style.font;
        width = Math.max(width, ctx.measureText(line).width);
      });
      var height = leading * lines.length;
      var box = [x - width / 2 - 4, y - height / 2 - 2, x + width / 2 + 4, y + height / 2 + 2];
      if (box[0] < seen[0] + 2 || box[1] < seen[1] + 2 || box[2] > seen[2] - 2 || box[3] > seen[3] - 2) return null;
      if (!this.free(box) || (fits && !fits(box))) return null;
      this.take(box);
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.lineWidth = style.halo || 3.4;
      ctx.strokeStyle = HALO;
      ctx.fillStyle = style.colour;
      lines.forEach(function (line, k) {
        var lineY = y + (k - (lines.length - 1) / 2) * leading;
        ctx.font = (k && style.second) || style.font;
        ctx.strokeText(line, x, lineY);
        ctx.fillText(line, x, lineY);
      });
      return box;
    }
  }

  cr.paintLabels = function (app, ctx, view) {
    var shift = view.shift,
      size = app.covered ? L.point(view.width, view.height) : app.map.getSize(),
      board = new Board(ctx, view, [shift.x, shift.y, shift.x + size.x, shift.y + size.y]);
    app.unitNames = [];
    app.coveredBoxes().forEach(function (b) {
      board.take([b[0] + shift.x, b[1] + shift.y, b[2] + shift.x, b[3] + shift.y]);
    });
    var facilities = !app.analysis() && app.state.layers.facilities;
    if (facilities) reserveFacilities(app, board, view);
    if (app.analysis()) cr.reserveMarks(app, board, view);
    else cr.reservePlots(app, board, view);
    cr.reservePins(app, board, view);
    if (!app.state.layers.labels) return;
    var font = function (weight) {
      return weight + ' 13px ' + cr.FONT;
    };
    labelUnits(app, board, view, font);
    if (view.zoom >= 15.4 && facilities) labelFacilities(app, board, view);
    if (!app.state.layers.base || app.tiled) return;
    labelPlaces(app, board, view);
    labelGround(app, board, view);
    if (view.zoom >= 14.6) labelStreets(app, board, view);
  };

  function reserveFacilities(app, board, view) {
    var places = app.service().places,
      r = cr.facilityRadius(view.zoom, places.count) + 1;
    for (var i = 0; i < places.count; i++) {
      var x = places.x[i] * view.scale - view.ox,
        y = places.y[i] * view.scale - view.oy;
      if (x > -r && y > -r && x < view.width + r && y < view.height + r) board.take([x - r, y - r, x + r, y + r]);
    }
  }

  /* [level, whether large, second line of unit i]: subdistricts with their share at small scale, communities at middle
     scale; null where there is no room for either */
  function serviceLabels(app, zoom) {
    var model = app.model,
      service = app.service(),
      large = !!model.middle && zoom < app.zoomNear + 0.2,
      level = large ? model.middle : model.lowest;
    return [
      level,
      large,
      function (i) {
        var row = model.row(service, level, i);
        return row && row.share !== null ? cr.percent(row.share) : '';
      }
    ];
  }

  function labelUnits(app, board, view, font) {
    if (!app.model.lowest) return;
    var told = (app.analysis() ? cr.unitLabels : serviceLabels)(app, view.zoom),
      large = told[1],
      units = app.model.units[told[0]];
    if (!large && view.zoom > app.zoomNear + 2.4) return;
    var style = large
      ? { font: '700 14px ' + cr.FONT, second: font('600'), colour: INK, leading: 17, halo: 4 }
      : { font: font('600'), second: '500 12px ' + cr.FONT, colour: INK, leading: 15, halo: 3.6 };
    var box = units.shapes.box,
      many = units.name.length > MANY_UNITS; // where there are so many, names stand inside their units or not at all
    units.name.forEach(function (name, i) {
      if (many && (box[4 * i + 2] - box[4 * i]) * view.scale < LEAST_PX) return;
      var x = units.x[i] * view.scale - view.ox,
        y = units.y[i] * view.scale - view.oy;
      if (x < -200 || y < -80 || x > view.width + 200 || y > view.height + 80) return;
      var lines = [cr.shorten(name, LONGEST), told[2](i)].filter(Boolean);
      var put = cr.putUnit(board, view, units.shapes, i, [x, y], lines, large && !many ? SHIFTS : SHIFTS.slice(0, 1), style);
      if (put) app.unitNames.push({ level: told[0], index: i, lines: put.lines, box: put.box, view: view });
    });
  }

  function labelFacilities(app, board, view) {
    var service = app.service(),
      places = service.places;
    for (var i = 0; i < places.count; i++) {
      var x = places.x[i] * view.scale - view.ox,
        y = places.y[i] * view.scale - view.oy;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      var text = cr.shorten(service.facilities.name[i], LONGEST);
      board.put([text], x, y + 21, { font: '600 12px ' + cr.FONT, colour: '#12283f' });
    }
  }

  function labelPlaces(app, board, view) {
    var places = app.model.base.places,
      named = app.model.head.base.places;
    if (!places) return;
    var least = [0, 11.5, 13.2, 14.4];
    for (var i = 0; i < places.count; i++) {
      if (view.zoom < least[named.rank[i]] || view.zoom > 17) continue;
      var x = places.x[i] * view.scale - view.ox,
        y = places.y[i] * view.scale - view.oy;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      board.put([cr.shorten(named.name[i], LONGEST)], x, y, { font: '500 12px ' + cr.FONT, colour: '#55606b' });
    }
  }

  function labelGround(app, board, view) {
    app.model.head.base.labels.forEach(function (label) {
      var pixels = label[4] / view.metresPerPixel;
      if (pixels < (label[0] === 'water' ? 60 : 46)) return;
      var x = cr.gridX(app.model.head, label[1]) * view.scale - view.ox,
        y = cr.gridY(app.model.head, label[2]) * view.scale - view.oy;
      if (x < 0 || y < 0 || x > view.width || y > view.height) return;
      board.put([cr.shorten(label[3], LONGEST)], x, y, { font: 'italic 12px ' + cr.FONT, colour: AREA_INK[label[0]] });
    });
  }

  /* street names along the straightest visible stretch that is long enough */
  function labelStreets(app, board, view) {
    var roads = app.model.base.roads,
      names = app.model.head.base.names;
    if (!roads) return;
    board.ctx.font = '12px ' + cr.FONT;
    for (var i = 0; i < roads.count; i++) {
      var rank = roads.rank[i],
        name = names[roads.name[i]];
      if (!name || (view.zoom < 15.2 && rank > 3) || (view.zoom < 15.8 && rank > 4) || !roads.visible(i, view, 50))
        continue;
      labelStreet(board, view, roads, i, cr.shorten(name, LONGEST), rank);
    }
  }

  function labelStreet(board, view, roads, i, name, rank) {
    var ctx = board.ctx,
      width = ctx.measureText(name).width + 8,
      line = screenLine(roads, view, i);
    var step = Math.max(24, width / 3),
      from = 0;
    for (; from + width <= line.length; from += step) {
      var a = line.at(from),
        b = line.at(from + width),
        middle = line.at(from + width / 2);
      var x = (a[0] + b[0]) / 2,
        y = (a[1] + b[1]) / 2;
      if (x < 30 || y < 12 || x > view.width - 30 || y > view.height - 12) continue;
      var bent = Math.hypot(b[0] - a[0], b[1] - a[1]) < width * 0.985 || Math.hypot(middle[0] - x, middle[1] - y) > 4;
      if (bent) continue;
      var boxes = boxesAlong(a, b, width);
      if (!boxes.every(board.free, board)) continue;
      boxes.forEach(board.take, board);
      var angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle < -Math.PI / 2) angle += Math.PI;
      ctx.save();
      ctx.font = '12px ' + cr.FONT;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.translate((middle[0] + x) / 2, (middle[1] + y) / 2);
      ctx.rotate(angle);
      ctx.lineWidth = 3.2;
      ctx.strokeStyle = HALO;
      ctx.strokeText(name, 0, 0);
      ctx.fillStyle = rank <= 3 ? '#4a3f26' : '#57503f';
      ctx.fillText(name, 0, 0);
      ctx.restore();
      from += width + 520;
    }
  }

  function boxesAlong(a, b, width) {
    var parts = Math.max(1, Math.round(width / 16)),
      boxes = [];
    for (var k = 0; k <= parts; k++) {
      var x = a[0] + ((b[0] - a[0]) * k) / parts,
        y = a[1] + ((b[1] - a[1]) * k) / parts;
      boxes.push([x - 8, y - 8, x + 8, y + 8]);
    }
    return boxes;
  }

  function screenLine(roads, view, i) {
    var xs = [],
      ys = [],
      along = [0],
      ring = roads.first[i];
    for (var k = roads.at[ring]; k < roads.at[ring + 1]; k++) {
      xs.push(roads.x[k] * view.scale - view.ox);
      ys.push(roads.y[k] * view.scale - view.oy);
      var n = xs.length - 1;
      if (n) along.push(along[n - 1] + Math.hypot(xs[n] - xs[n - 1], ys[n] - ys[n - 1]));
    }
    return {
      length: along[along.length - 1],
      at: function (distance) {
        for (var q = 1; q < along.length; q++) {
          if (along[q] < distance) continue;
          var share = (distance - along[q - 1]) / (along[q] - along[q - 1] || 1);
          return [xs[q - 1] + (xs[q] - xs[q - 1]) * share, ys[q - 1] + (ys[q] - ys[q - 1]) * share];
        }
        return [xs[xs.length - 1], ys[ys.length - 1]];
      }
    };
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

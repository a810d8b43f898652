/* The ground around reached streets as polygons, by the method of reach/rings.py: squared distances on one grid over the
   study's metres, and their contour by marching squares. Larger bands hold smaller ones. No DOM here. */
(function (cr) {
  'use strict';

  var CELL_M = 8,
    HALF_WIDTH_M = 25,
    FILL_BATCH = 24, // rings in one path, as in geo.js
    MOST_NODES = 3e6; // of the grid: larger windows have larger cells

  /* Polygons of bands 0 to `bands` - 1 from pieces [edge, from, to, band, ...] of the drawing `number` */
  cr.ReachShapes = class ReachShapes extends cr.Shapes {
    constructor(streets, number, pieces, bands) {
      super({ columns: {}, head: streets.data.head }, '');
      var rings = ringsOf(streets.net(number), pieces, bands),
        corners = 0;
      this.count = bands;
      this.band = Int32Array.from({ length: bands }, function (_, k) {
        return k;
      });
      this.first = new Int32Array(bands + 1);
      this.at = new Int32Array(rings.length + 1);
      rings.forEach(function (ring, r) {
        this.first[ring.band + 1] = r + 1;
        this.at[r + 1] = corners += ring.x.length;
      }, this);
      for (var k = 1; k <= bands; k++) this.first[k] = Math.max(this.first[k], this.first[k - 1]);
      this.place(streets, rings, corners);
    }

    place(streets, rings, corners) {
      var k = 0;
      this.x = new Float64Array(corners);
      this.y = new Float64Array(corners);
      rings.forEach(function (ring) {
        for (var i = 0; i < ring.x.length; i++, k++) {
          var at = streets.toDegrees(100 * ring.x[i], 100 * ring.y[i]);
          this.x[k] = cr.worldX(at[0]);
          this.y[k] = cr.worldY(at[1]);
        }
      }, this);
      this.box = this.boxes();
    }

    /* fills a band on a canvas of its own: rings from the largest to the smallest, holes take out again */
    fillSeen(ctx, view, i) {
      var rings = this.ringBoxes(),
        filling = null,
        inBatch = 0;
      ctx.beginPath();
      for (var r = this.first[i]; r < this.first[i + 1]; r++) {
        if (!this.ringSeen(r, view)) continue;
        var outer = rings[5 * r + 4];
        if (inBatch && (outer !== filling || inBatch === FILL_BATCH)) {
          fill();
          ctx.beginPath();
        }
        filling = outer;
        this.traceRing(ctx, view, r);
        inBatch++;
      }
      if (inBatch) fill();
      ctx.globalCompositeOperation = 'source-over';

      function fill() {
        ctx.globalCompositeOperation = filling ? 'source-over' : 'destination-out';
        ctx.fill();
        inBatch = 0;
      }
    }
  };

  /* {band, area, x, y} of rings in metres, band after band, the largest first: what lies in a hole comes after it */
  function ringsOf(net, pieces, bands) {
    var parts = segments(net, pieces, bands),
      found = [];
    if (!parts.length) return found;
    var window = windowOf(parts),
      field = new Float32Array(window.columns * window.rows).fill(window.radius * window.radius),
      every = field.slice();
    eachStreet(net, window, function (x0, y0, x1, y1) {
      stamp(every, window, x0, y0, x1, y1);
    });
    for (var band = 0; band < bands; band++) {
      for (var i = 0; i < parts.length; i += 5)
        if (parts[i + 4] === band) stamp(field, window, parts[i], parts[i + 1], parts[i + 2], parts[i + 3]);
      var rings = cr.contour(field, every, window);
      rings.sort(function (a, b) {
        return Math.abs(b.area) - Math.abs(a.area);
      });
      for (var r = 0; r < rings.length; r++) {
        rings[r].band = band;
        found.push(rings[r]);
      }
    }
    return found;
  }

  /* [x0, y0, x1, y1, band, ...] in metres of pieces within some bands */
  function segments(net, pieces, bands) {
    var found = [];
    for (var i = 0; i < pieces.length; i += 4) {
      if (pieces[i + 3] >= bands) continue;
      var edge = pieces[i],
        start = pieces[i + 1] * net.drawn[edge],
        stop = pieces[i + 2] * net.drawn[edge],
        walked = 0;
      for (var k = net.at[edge] + 1; k < net.at[edge + 1] && walked < stop; k++) {
        var x = net.x[k - 1] / 100,
          y = net.y[k - 1] / 100,
          dx = net.x[k] / 100 - x,
          dy = net.y[k] / 100 - y,
          length = 100 * Math.sqrt(dx * dx + dy * dy);
        if (length > 0 && walked + length >= start) {
          var a = Math.max(0, (start - walked) / length),
            b = Math.min(1, (stop - walked) / length);
          found.push(x + a * dx, y + a * dy, x + b * dx, y + b * dy, pieces[i + 3]);
        }
        walked += length;
      }
    }
    return found;
  }

  /* the grid around segments: node c, r lies at ((west + c) * cell, (south + r) * cell) */
  function windowOf(parts) {
    var x0 = Infinity,
      y0 = Infinity,
      x1 = -Infinity,
      y1 = -Infinity;
    for (var i = 0; i < parts.length; i += 5) {
      x0 = Math.min(x0, parts[i], parts[i + 2]);
      x1 = Math.max(x1, parts[i], parts[i + 2]);
      y0 = Math.min(y0, parts[i + 1], parts[i + 3]);
      y1 = Math.max(y1, parts[i + 1], parts[i + 3]);
    }
    var cell = CELL_M;
    while (((x1 - x0) / cell + 16) * ((y1 - y0) / cell + 16) > MOST_NODES) cell *= 1.25;
    var half = Math.max(HALF_WIDTH_M, 1.5 * cell),
      radius = half + 1.5 * cell,
      west = Math.floor((x0 - radius) / cell) - 1,
      south = Math.floor((y0 - radius) / cell) - 1;
    return {
      cell: cell,
      half: half,
      radius: radius,
      west: west,
      south: south,
      columns: Math.floor((x1 + radius) / cell) + 3 - west,
      rows: Math.floor((y1 + radius) / cell) + 3 - south
    };
  }

  /* the segments of all streets that touch a window, in metres */
  function eachStreet(net, window, visit) {
    var x0 = window.west * window.cell,
      y0 = window.south * window.cell,
      x1 = x0 + window.columns * window.cell,
      y1 = y0 + window.rows * window.cell;
    for (var e = 0; e < net.edges; e++) {
      for (var k = net.at[e] + 1; k < net.at[e + 1]; k++) {
        var ax = net.x[k - 1] / 100,
          ay = net.y[k - 1] / 100,
          bx = net.x[k] / 100,
          by = net.y[k] / 100;
        if (Math.max(ax, bx) < x0 || Math.min(ax, bx) > x1 || Math.max(ay, by) < y0 || Math.min(ay, by) > y1) continue;
        visit(ax, ay, bx, by);
      }
    }
  }

  /* lowers squared distances with a segment, wherever it is nearer than the radius */
  function stamp(field, window, x, y, x1, y1) {
    var cell = window.cell,
      radius = window.radius,
      dx = x1 - x,
      dy = y1 - y,
      square = dx * dx + dy * dy,
      ux = square > 0 ? dx / square : 0,
      uy = square > 0 ? dy / square : 0,
      from = Math.max(0, Math.floor((Math.min(y, y1) - radius) / cell) - window.south),
      to = Math.min(window.rows - 1, Math.ceil((Math.max(y, y1) + radius) / cell) - window.south),
      long = Math.abs(dx) > 4 * radius && Math.abs(dy) > cell;
    for (var r = from; r <= to; r++) {
      var low = Math.min(x, x1),
        high = Math.max(x, x1),
        py = (r + window.south) * cell - y;
      if (long) {
        // only the stretch near this row
        var s = Math.max(0, Math.min(1, (py - radius) / dy)),
          t = Math.max(0, Math.min(1, (py + radius) / dy));
        low = Math.min(x + s * dx, x + t * dx);
        high = Math.max(x + s * dx, x + t * dx);
      }
      var west = Math.max(0, Math.floor((low - radius) / cell) - window.west),
        east = Math.min(window.columns - 1, Math.ceil((high + radius) / cell) - window.west),
        at = r * window.columns + west,
        px = (west + window.west) * cell - x;
      for (var c = west; c <= east; c++, at++, px += cell) {
        var along = px * ux + py * uy;
        along = along > 0 ? (along < 1 ? along : 1) : 0;
        var ox = px - along * dx,
          oy = py - along * dy,
          d = ox * ox + oy * oy;
        if (d < field[at]) field[at] = d;
      }
    }
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

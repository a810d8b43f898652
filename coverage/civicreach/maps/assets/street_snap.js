/* The nearest point of the nearest usable street, by the same arithmetic as network/snap.py and the library under it:
   distances in metres as floating point numbers, the first edge of several at the same distance. */
(function (cr) {
  'use strict';

  var CELL_CM = 12000;
  var MOST_CELLS = 4e6;

  cr.StreetSnap = class StreetSnap {
    constructor(net, maxSnapM, islandDetourM) {
      this.net = net;
      this.max = maxSnapM;
      this.detour = islandDetourM;
      this.buildGrid();
    }

    /* which edges have a box that touches each cell, rising */
    buildGrid() {
      var net = this.net,
        x0 = Infinity,
        y0 = Infinity,
        x1 = -Infinity,
        y1 = -Infinity,
        self = this;
      for (var k = 0; k < net.x.length; k++) {
        x0 = Math.min(x0, net.x[k]);
        x1 = Math.max(x1, net.x[k]);
        y0 = Math.min(y0, net.y[k]);
        y1 = Math.max(y1, net.y[k]);
      }
      var cell = CELL_CM;
      while (((x1 - x0) / cell + 1) * ((y1 - y0) / cell + 1) > MOST_CELLS) cell *= 2;
      this.cell = cell;
      this.x0 = x0;
      this.y0 = y0;
      this.columns = Math.floor((x1 - x0) / cell) + 1;
      this.rows = Math.floor((y1 - y0) / cell) + 1;
      this.first = new Int32Array(this.columns * this.rows + 1);
      this.eachCell(function (at) {
        self.first[at + 1]++;
      });
      for (var c = 0; c < this.columns * this.rows; c++) this.first[c + 1] += this.first[c];
      var place = this.first.slice();
      this.edge = new Int32Array(this.first[this.columns * this.rows]);
      this.eachCell(function (at, e) {
        self.edge[place[at]++] = e;
      });
      this.seen = new Int32Array(net.edges).fill(-1);
      this.asked = 0;
    }

    eachCell(visit) {
      var net = this.net;
      for (var e = 0; e < net.edges; e++) {
        var west = Infinity,
          south = Infinity,
          east = -Infinity,
          north = -Infinity;
        for (var k = net.at[e]; k < net.at[e + 1]; k++) {
          west = Math.min(west, net.x[k]);
          east = Math.max(east, net.x[k]);
          south = Math.min(south, net.y[k]);
          north = Math.max(north, net.y[k]);
        }
        for (var r = this.row(south); r <= this.row(north); r++)
          for (var c = this.column(west); c <= this.column(east); c++) visit(r * this.columns + c, e);
      }
    }

    column(x) {
      return Math.floor((x - this.x0) / this.cell);
    }

    row(y) {
      return Math.floor((y - this.y0) / this.cell);
    }

    /* {edge, offset_mm, gap_m, x_cm, y_cm}, or null farther than max_snap_m from any street */
    find(x, y) {
      var near = this.nearest(x, y, this.max, false);
      if (near.edge < 0) return null;
      if (this.net.isIsland(near.edge)) {
        // a place is moved from an island of the network where the rest lies little farther
        var other = this.nearest(x, y, Math.min(this.max, near.gap + this.detour), true);
        if (other.edge >= 0 && other.gap <= near.gap + this.detour && other.gap <= this.max) near = other;
      }
      return along(this.net, near.edge, x / 100, y / 100, near.gap);
    }

    nearest(x, y, limit, mainland) {
      var best = { edge: -1, gap: Infinity },
        px = x / 100,
        py = y / 100,
        column = this.column(x),
        row = this.row(y),
        rings = Math.ceil((limit * 100) / this.cell) + 1;
      this.asked++;
      for (var r = 0; r <= rings; r++) {
        // cells of ring r lie at least r - 1 cells away
        if (best.edge >= 0 && best.gap < ((r - 1) * this.cell) / 100) break;
        for (var j = row - r; j <= row + r; j++) {
          if (j < 0 || j >= this.rows) continue;
          var step = Math.abs(j - row) === r ? 1 : Math.max(1, 2 * r);
          for (var i = column - r; i <= column + r; i += step)
            if (i >= 0 && i < this.columns) this.look(j * this.columns + i, px, py, mainland, best);
        }
      }
      if (best.gap > limit) best.edge = -1;
      return best;
    }

    look(cell, px, py, mainland, best) {
      for (var k = this.first[cell]; k < this.first[cell + 1]; k++) {
        var e = this.edge[k];
        if (this.seen[e] === this.asked || (mainland && this.net.isIsland(e))) continue;
        this.seen[e] = this.asked;
        var gap = toLine(this.net, e, px, py);
        if (gap < best.gap || (gap === best.gap && e < best.edge)) {
          best.gap = gap;
          best.edge = e;
        }
      }
    }
  };

  function toLine(net, e, px, py) {
    var least = Infinity,
      ax = net.x[net.at[e]] / 100,
      ay = net.y[net.at[e]] / 100;
    for (var k = net.at[e] + 1; k < net.at[e + 1]; k++) {
      var bx = net.x[k] / 100,
        by = net.y[k] / 100;
      least = Math.min(least, toSegment(px, py, ax, ay, bx, by));
      ax = bx;
      ay = by;
    }
    return least;
  }

  function toPoint(px, py, x, y) {
    var dx = px - x,
      dy = py - y;
    return Math.sqrt(dx * dx + dy * dy);
  }

  function toSegment(px, py, ax, ay, bx, by) {
    if (ax === bx && ay === by) return toPoint(px, py, ax, ay);
    var square = (bx - ax) * (bx - ax) + (by - ay) * (by - ay),
      r = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square;
    if (r <= 0) return toPoint(px, py, ax, ay);
    if (r >= 1) return toPoint(px, py, bx, by);
    var s = ((ay - py) * (bx - ax) - (ax - px) * (by - ay)) / square;
    return Math.abs(s) * Math.sqrt(square);
  }

  /* where along its edge a place lies: by the first of the nearest segments, as a share of the drawing */
  function along(net, e, px, py, gap) {
    var least = Infinity,
      before = 0,
      at = 0,
      x = net.x[net.at[e]] / 100,
      y = net.y[net.at[e]] / 100,
      onX = x,
      onY = y;
    for (var k = net.at[e] + 1; k < net.at[e + 1]; k++) {
      var bx = net.x[k] / 100,
        by = net.y[k] / 100,
        dx = bx - x,
        dy = by - y,
        length = Math.sqrt(dx * dx + dy * dy),
        distance = toSegment(px, py, x, y, bx, by);
      if (distance < least) {
        var share = projection(px, py, x, y, bx, by);
        least = distance;
        at = share <= 0 ? before : share <= 1 ? before + share * length : before + length;
        share = Math.max(0, Math.min(1, share || 0));
        onX = x + share * dx;
        onY = y + share * dy;
      }
      before += length;
      x = bx;
      y = by;
    }
    return {
      edge: e,
      offset_mm: at === 0 && before === 0 ? 0 : cr.roundEven((at / before) * net.length[e]),
      gap_m: gap,
      x_cm: Math.round(onX * 100),
      y_cm: Math.round(onY * 100)
    };
  }

  function projection(px, py, ax, ay, bx, by) {
    if (px === ax && py === ay) return 0;
    if (px === bx && py === by) return 1;
    var dx = bx - ax,
      dy = by - ay,
      square = dx * dx + dy * dy;
    return square > 0 ? ((px - ax) * dx + (py - ay) * dy) / square : 2;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

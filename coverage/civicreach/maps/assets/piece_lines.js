/* Pieces of streets [edge, from, to, band, ...] as lines on the world: cut once, then drawn in every view. */
(function (cr) {
  'use strict';

  var FINE = 0.7; // pixels: corners nearer to each other aren't told apart

  cr.PieceLines = class PieceLines {
    constructor(net, world, pieces) {
      var points = 0,
        count = pieces.length / 4,
        bands = [];
      for (var i = 0; i < pieces.length; i += 4) {
        points += net.at[pieces[i] + 1] - net.at[pieces[i]] + 1;
        (bands[pieces[i + 3]] || (bands[pieces[i + 3]] = [])).push(i / 4);
      }
      this.bands = bands;
      this.xy = new Float64Array(2 * points);
      this.first = new Int32Array(count);
      this.end = new Int32Array(count);
      this.box = new Float64Array(4 * count);
      this.used = 0;
      for (i = 0; i < count; i++) {
        this.first[i] = this.used;
        this.cut(net, world, pieces[4 * i], pieces[4 * i + 1], pieces[4 * i + 2]);
        this.end[i] = this.used;
        this.bound(i);
      }
    }

    /* the points of a piece: shares are of the length of the drawing */
    cut(net, world, edge, from, to) {
      var end = net.at[edge + 1],
        start = from * net.drawn[edge],
        stop = to * net.drawn[edge],
        walked = 0,
        begun = false;
      if (from === 0 && to === 1) {
        for (var p = net.at[edge]; p < end; p++) this.put(world[2 * p], world[2 * p + 1]);
        return;
      }
      for (var k = net.at[edge] + 1; k < end && walked < stop; k++) {
        var dx = net.x[k] - net.x[k - 1],
          dy = net.y[k] - net.y[k - 1],
          length = Math.sqrt(dx * dx + dy * dy);
        if (length > 0 && walked + length >= start) {
          if (!begun) this.between(world, k, Math.max(0, (start - walked) / length));
          begun = true;
          this.between(world, k, Math.min(1, (stop - walked) / length));
        }
        walked += length;
      }
    }

    between(world, k, share) {
      var x = world[2 * k - 2],
        y = world[2 * k - 1];
      this.put(x + share * (world[2 * k] - x), y + share * (world[2 * k + 1] - y));
    }

    put(x, y) {
      this.xy[2 * this.used] = x;
      this.xy[2 * this.used++ + 1] = y;
    }

    bound(i) {
      var x0 = Infinity,
        y0 = Infinity,
        x1 = -Infinity,
        y1 = -Infinity;
      for (var k = this.first[i]; k < this.end[i]; k++) {
        x0 = Math.min(x0, this.xy[2 * k]);
        x1 = Math.max(x1, this.xy[2 * k]);
        y0 = Math.min(y0, this.xy[2 * k + 1]);
        y1 = Math.max(y1, this.xy[2 * k + 1]);
      }
      this.box[4 * i] = x0;
      this.box[4 * i + 1] = y0;
      this.box[4 * i + 2] = x1;
      this.box[4 * i + 3] = y1;
    }

    /* adds the pieces of a band (null or undefined: of all) that the view touches to the path */
    trace(ctx, view, band) {
      for (var b = 0; b < this.bands.length; b++) {
        if (!this.bands[b] || (band !== null && band !== undefined && b !== band)) continue;
        for (var n = 0; n < this.bands[b].length; n++) this.line(ctx, view, this.bands[b][n]);
      }
    }

    line(ctx, view, i) {
      var box = this.box,
        q = 4 * i,
        k = 2 * this.first[i],
        end = 2 * this.end[i],
        s = view.scale;
      if (box[q] > view.x1 || box[q + 2] < view.x0 || box[q + 1] > view.y1 || box[q + 3] < view.y0) return;
      if (k === end) return;
      var x = this.xy[k] * s - view.ox,
        y = this.xy[k + 1] * s - view.oy;
      ctx.moveTo(x, y);
      for (k += 2; k < end; k += 2) {
        var nextX = this.xy[k] * s - view.ox,
          nextY = this.xy[k + 1] * s - view.oy;
        if (k < end - 2 && Math.abs(nextX - x) + Math.abs(nextY - y) < FINE) continue;
        ctx.lineTo(nextX, nextY);
        x = nextX;
        y = nextY;
      }
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

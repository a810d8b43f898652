/* World coordinates are Web Mercator pixels at zoom 0 (0..256): screen = world * 2^zoom - origin. */
(function (cr) {
  'use strict';

  var PER_DEGREE = 1e6;
  var FILL_BATCH = 24; // one path with thousands of polygons takes the raster engine seconds; small ones milliseconds
  var FINE = 0.8; // pixels

  cr.worldX = function (lon) {
    return ((lon + 180) / 360) * 256;
  };
  cr.worldY = function (lat) {
    var sine = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
  };
  cr.lonOf = function (x) {
    return (x / 256) * 360 - 180;
  };
  cr.latOf = function (y) {
    return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 256))) * 180) / Math.PI;
  };

  cr.gridX = function (head, east) {
    return cr.worldX((head.origin[0] + east) / PER_DEGREE);
  };
  cr.gridY = function (head, north) {
    return cr.worldY((head.origin[1] + north) / PER_DEGREE);
  };

  /* Points: world coordinates x, y. */
  cr.Points = class Points {
    constructor(data, key) {
      var xy = data.columns[key + '.xy'] || new Int32Array(0);
      this.count = xy.length / 2;
      this.x = new Float64Array(this.count);
      this.y = new Float64Array(this.count);
      for (var i = 0; i < this.count; i++) {
        this.x[i] = cr.gridX(data.head, xy[2 * i]);
        this.y[i] = cr.gridY(data.head, xy[2 * i + 1]);
      }
    }
  };

  /* Polygons or lines: shape i has the rings first[i]..first[i + 1], ring r the vertices at[r]..at[r + 1]. */
  cr.Shapes = class Shapes {
    constructor(data, key) {
      var points = new cr.Points(data, key);
      this.x = points.x;
      this.y = points.y;
      this.first = starts(data.columns[key + '.rings'] || new Int32Array(0));
      this.at = starts(data.columns[key + '.points'] || new Int32Array(0));
      this.count = this.first.length - 1;
      this.box = this.boxes();
    }

    boxes() {
      var box = new Float64Array(4 * this.count);
      for (var i = 0; i < this.count; i++) {
        var x0 = Infinity,
          y0 = Infinity,
          x1 = -Infinity,
          y1 = -Infinity;
        var end = this.at[this.first[i + 1]];
        for (var k = this.at[this.first[i]]; k < end; k++) {
          x0 = Math.min(x0, this.x[k]);
          x1 = Math.max(x1, this.x[k]);
          y0 = Math.min(y0, this.y[k]);
          y1 = Math.max(y1, this.y[k]);
        }
        box.set([x0, y0, x1, y1], 4 * i);
      }
      return box;
    }

    /* whether shape i touches the view and is at least `least` pixels wide or high there */
    visible(i, view, least) {
      var b = this.box,
        q = 4 * i;
      if (!(b[q] <= view.x1 && b[q + 2] >= view.x0 && b[q + 1] <= view.y1 && b[q + 3] >= view.y0)) return false;
      return !least || Math.max(b[q + 2] - b[q], b[q + 3] - b[q + 1]) * view.scale >= least;
    }

    trace(ctx, view, i, open) {
      var x = this.x,
        y = this.y,
        s = view.scale;
      for (var r = this.first[i]; r < this.first[i + 1]; r++) {
        var k = this.at[r],
          end = this.at[r + 1];
        ctx.moveTo(x[k] * s - view.ox, y[k] * s - view.oy);
        for (k++; k < end; k++) ctx.lineTo(x[k] * s - view.ox, y[k] * s - view.oy);
        if (!open) ctx.closePath();
      }
    }

    /* fill and outline shapes for which test(i) holds, in small batches */
    fill(ctx, view, style) {
      var inBatch = 0,
        self = this;
      function flush() {
        if (style.fill) {
          ctx.fillStyle = style.fill;
          ctx.fill('evenodd');
        }
        if (style.stroke) {
          ctx.strokeStyle = style.stroke;
          ctx.lineWidth = style.width || 1;
          ctx.stroke();
        }
        ctx.beginPath();
        inBatch = 0;
      }
      ctx.beginPath();
      for (var i = 0; i < self.count; i++) {
        if ((style.test && !style.test(i)) || !self.visible(i, view, style.least)) continue;
        self.trace(ctx, view, i);
        if (++inBatch === FILL_BATCH) flush();
      }
      if (inBatch) flush();
    }

    /* the rings of a large shape that the view touches: what the others fill isn't seen. With `outer` the outer rings
       alone: they run counterclockwise on the ground, holes clockwise */
    traceSeen(ctx, view, i, outer) {
      var rings = this.ringBoxes();
      for (var r = this.first[i]; r < this.first[i + 1]; r++)
        if ((!outer || rings[5 * r + 4]) && ringSeen(rings, r, view)) this.traceRing(ctx, view, r);
    }

    /* whether ring r of a large shape is seen */
    ringSeen(r, view) {
      return ringSeen(this.ringBoxes(), r, view);
    }

    traceRing(ctx, view, r) {
      var x = this.x,
        y = this.y,
        s = view.scale,
        k = this.at[r],
        end = this.at[r + 1],
        lastX = x[k] * s - view.ox,
        lastY = y[k] * s - view.oy;
      ctx.moveTo(lastX, lastY);
      for (k++; k < end; k++) {
        var nextX = x[k] * s - view.ox,
          nextY = y[k] * s - view.oy;
        if (Math.abs(nextX - lastX) + Math.abs(nextY - lastY) < FINE) continue; // nothing that could be seen
        ctx.lineTo(nextX, nextY);
        lastX = nextX;
        lastY = nextY;
      }
      ctx.closePath();
    }

    /* fills a large shape on a canvas of its own: outer rings, then holes are taken out again, a few at a time; what
       lies in holes comes after them */
    fillSeen(ctx, view, i) {
      var self = this,
        rings = this.ringBoxes(),
        plain = [],
        holed = [];
      for (var r = this.first[i], end; r < this.first[i + 1]; r = end) {
        for (end = r + 1; end < this.first[i + 1] && !rings[5 * end + 4]; ) end++;
        if (ringSeen(rings, r, view)) (end > r + 1 ? holed : plain).push([r, end]);
      }
      function fill(from, to, what) {
        ctx.globalCompositeOperation = what;
        for (var inBatch = 0, k = from; k < to; k++) {
          if (!inBatch) ctx.beginPath();
          if (ringSeen(rings, k, view)) self.traceRing(ctx, view, k);
          inBatch = (inBatch + 1) % FILL_BATCH;
          if (!inBatch || k === to - 1) ctx.fill();
        }
      }
      holed.sort(function (a, b) {
        return boxSize(rings, b[0]) - boxSize(rings, a[0]);
      });
      holed.concat(plain).forEach(function (part) {
        fill(part[0], part[0] + 1, 'source-over');
        fill(part[0] + 1, part[1], 'destination-out');
      });
      ctx.globalCompositeOperation = 'source-over';
    }

    /* five numbers a ring: its box and whether it is an outer one; made when first asked for */
    ringBoxes() {
      if (this.rings) return this.rings;
      var x = this.x,
        y = this.y,
        count = this.at.length - 1,
        rings = (this.rings = new Float64Array(5 * count));
      for (var r = 0; r < count; r++) {
        var from = this.at[r],
          end = this.at[r + 1],
          box = [Infinity, Infinity, -Infinity, -Infinity],
          twice = 0;
        for (var k = from, j = end - 1; k < end; j = k++) {
          box = [Math.min(box[0], x[k]), Math.min(box[1], y[k]), Math.max(box[2], x[k]), Math.max(box[3], y[k])];
          twice += (x[j] - x[from]) * (y[k] - y[from]) - (x[k] - x[from]) * (y[j] - y[from]);
        }
        rings.set(box.concat(twice < 0 ? 1 : 0), 5 * r); // y grows southwards here
      }
      return rings;
    }

    /* one open path of all lines for which test(i) holds; the caller strokes it */
    lines(ctx, view, test, least) {
      ctx.beginPath();
      for (var i = 0; i < this.count; i++) {
        if ((!test || test(i)) && this.visible(i, view, least)) this.trace(ctx, view, i, true);
      }
    }

    contains(i, x, y) {
      var b = this.box,
        q = 4 * i,
        inside = false;
      if (x < b[q] || x > b[q + 2] || y < b[q + 1] || y > b[q + 3]) return false;
      for (var r = this.first[i]; r < this.first[i + 1]; r++) {
        for (var j = this.at[r], end = this.at[r + 1], k = end - 1; j < end; k = j++) {
          var crosses = this.y[j] > y !== this.y[k] > y;
          if (crosses && x < ((this.x[k] - this.x[j]) * (y - this.y[j])) / (this.y[k] - this.y[j]) + this.x[j]) {
            inside = !inside;
          }
        }
      }
      return inside;
    }

    /* the line nearest to a place and within reach of it; -1 where there is none */
    near(x, y, reach) {
      var best = -1,
        least = reach * reach,
        b = this.box;
      for (var i = 0; i < this.count; i++) {
        var q = 4 * i;
        if (x < b[q] - reach || x > b[q + 2] + reach || y < b[q + 1] - reach || y > b[q + 3] + reach) continue;
        for (var r = this.first[i]; r < this.first[i + 1]; r++) {
          for (var k = this.at[r] + 1; k < this.at[r + 1]; k++) {
            var square = toSegment(x, y, this.x[k - 1], this.y[k - 1], this.x[k], this.y[k]);
            if (square <= least) {
              least = square;
              best = i;
            }
          }
        }
      }
      return best;
    }

    find(x, y) {
      for (var i = 0; i < this.count; i++) if (this.contains(i, x, y)) return i;
      return -1;
    }
  };

  /* whether a ring touches the view and is large enough to be seen there */
  function ringSeen(rings, r, view) {
    var q = 5 * r,
      large = Math.max(rings[q + 2] - rings[q], rings[q + 3] - rings[q + 1]) * view.scale >= FINE;
    if (!large || rings[q] > view.x1 || rings[q + 2] < view.x0) return false;
    return rings[q + 1] <= view.y1 && rings[q + 3] >= view.y0;
  }

  function boxSize(rings, r) {
    return (rings[5 * r + 2] - rings[5 * r]) * (rings[5 * r + 3] - rings[5 * r + 1]);
  }

  /* square of the distance from a place to a piece of a line */
  function toSegment(x, y, x0, y0, x1, y1) {
    var dx = x1 - x0,
      dy = y1 - y0,
      length = dx * dx + dy * dy,
      along = length ? Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length)) : 0;
    return Math.pow(x0 + along * dx - x, 2) + Math.pow(y0 + along * dy - y, 2);
  }

  function starts(counts) {
    var found = new Int32Array(counts.length + 1);
    for (var i = 0; i < counts.length; i++) found[i + 1] = found[i] + counts[i];
    return found;
  }

  /* the bounds of shape i, or of a world box, as Leaflet takes them */
  cr.boundsOf = function (box, i) {
    var q = 4 * (i || 0);
    return [
      [cr.latOf(box[q + 3]), cr.lonOf(box[q])],
      [cr.latOf(box[q + 1]), cr.lonOf(box[q + 2])]
    ];
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

/* Marching squares by the rules of reach/_raster.py: rings around what lies within the half width of a reached street
   and no nearer to one that isn't reached. */
(function (cr) {
  'use strict';

  var STEPS = 8, // corners lie on eighths of a cell's side, never on a node: rings can't touch or cross
    CRUMB_M2 = 200; // smaller parts are what is left between streets, without one of their own

  /* {area, x, y} of rings in metres, the inside on the left: areas of holes are below 0. `field` and `every` hold the
     squares of distances to reached streets and to any street */
  cr.contour = function (field, every, window) {
    var crossings = crossingsOf(field, every, window),
      found = [];
    for (var q = 0; q < crossings.count; q++) {
      var ring = crossings.following[crossings.starts[q]] < 0 ? null : walk(crossings, crossings.starts[q], window);
      if (ring && (ring.area < 0 || ring.area >= CRUMB_M2)) found.push(ring);
    }
    return found;
  };

  /* side 2n: from node n to its eastern neighbour; 2n + 1: to its northern one. `following` leads from the side where
     a segment starts to that where it ends, `position` tells where it crosses */
  function crossingsOf(field, every, window) {
    var nx = window.columns,
      found = {
        following: new Int32Array(2 * nx * window.rows),
        position: new Uint8Array(2 * nx * window.rows),
        starts: [],
        count: 0
      },
      low = new Float32Array(nx),
      high = new Float32Array(nx);
    for (var r = 0; r < window.rows; r++) {
      var last = low;
      low = high;
      high = last;
      fillRow(high, field, every, window, r * nx);
      if (r) for (var c = 0; c < nx - 1; c++) cellOf(found, low, high, c, (r - 1) * nx + c, nx);
    }
    found.count = found.starts.length;
    return found;
  }

  function fillRow(row, field, every, window, at) {
    var far = window.radius * window.radius,
      half = window.half,
      margin = window.cell * 1.4143;
    for (var c = 0; c < row.length; c++, at++) {
      var square = field[at];
      row[c] = square < far ? Math.max(Math.sqrt(square) - half, Math.sqrt(square) - Math.sqrt(every[at]) - margin) : 1;
    }
  }

  function cellOf(found, low, high, c, n, nx) {
    var a = low[c],
      b = low[c + 1],
      t = high[c + 1],
      s = high[c], // counterclockwise from the south-west
      code = (a <= 0 ? 1 : 0) | (b <= 0 ? 2 : 0) | (t <= 0 ? 4 : 0) | (s <= 0 ? 8 : 0);
    if (code === 0 || code === 15) return;
    var value = [a, b, t, s],
      side = [2 * n, 2 * (n + 1) + 1, 2 * (n + nx), 2 * n + 1],
      joined = a + b + t + s <= 0; // whether two inner corners across a cell meet in its middle
    cross(found, side[0], a, b);
    cross(found, side[1], b, t);
    cross(found, side[2], s, t);
    cross(found, side[3], a, s);
    for (var k = 0; k < 4; k++) {
      if (!(value[k] <= 0 && value[(k + 1) & 3] > 0)) continue;
      var w = (k + 3) & 3; // where the walk comes back inside
      if ((code !== 5 && code !== 10) || joined)
        for (var h = 1; h < 4; h++) {
          w = (k + h) & 3;
          if (value[(w + 1) & 3] <= 0) break;
        }
      found.following[side[k]] = side[w];
      found.starts.push(side[k]);
    }
  }

  /* where the contour crosses a side, in steps from its start, rounded towards the inside */
  function cross(found, side, p, q) {
    if (p <= 0 === q <= 0) return;
    var inner = p <= 0 ? p : q,
      outer = p <= 0 ? q : p,
      z = Math.max(1, Math.min(STEPS - 1, Math.floor((-inner * STEPS) / (outer - inner))));
    found.position[side] = p <= 0 ? z : STEPS - z;
  }

  function walk(crossings, start, window) {
    var nx = window.columns,
      x = [],
      y = [],
      e = start;
    while (crossings.following[e] >= 0) {
      var n = e >> 1,
        m = x.length,
        px = (n % nx) * STEPS + (e & 1 ? 0 : crossings.position[e]),
        py = Math.floor(n / nx) * STEPS + (e & 1 ? crossings.position[e] : 0);
      // corners on one straight line are none
      if (m > 1 && (x[m - 1] - x[m - 2]) * (py - y[m - 1]) === (y[m - 1] - y[m - 2]) * (px - x[m - 1])) m--;
      x[m] = px;
      y[m] = py;
      var next = crossings.following[e];
      crossings.following[e] = -1;
      e = next;
    }
    return inMetres(x, y, window);
  }

  function inMetres(x, y, window) {
    var step = window.cell / STEPS,
      twice = 0;
    for (var i = 0, j = x.length - 1; i < x.length; j = i++) twice += x[j] * y[i] - x[i] * y[j];
    for (i = 0; i < x.length; i++) {
      x[i] = window.west * window.cell + x[i] * step;
      y[i] = window.south * window.cell + y[i] * step;
    }
    return { area: (twice / 2) * step * step, x: x, y: y };
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

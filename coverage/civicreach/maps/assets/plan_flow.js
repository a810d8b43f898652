/* The transportation problem in whole numbers, solved as measures/_transport.py does it, step for step, so that the
   plan is the same one where several are equally good: a network simplex whose tree holds the facilities alone.
   Points n and facilities k, with one more of each: the point n holds empty places, the facility k takes in whoever
   isn't served. Every point hangs on a facility, its home, every facility but k on a point, its via. No DOM here. */
(function (cr) {
  'use strict';

  var LEAST_BLOCK = 200;

  /* amounts (n,) above 0 at points, room (k,) at facilities (Infinity: no limit) and pairs {point, facility, cost}
     ordered by cost, then facility, then point. Served: most, and of such plans least is walked */
  cr.Flow = class Flow {
    constructor(amount, room, pairs) {
      this.n = amount.length;
      this.k = room.length;
      this.total = amount.reduce(function (a, b) {
        return a + b;
      }, 0);
      var longest = pairs.cost.length ? pairs.cost[pairs.cost.length - 1] : 0;
      this.far = 2 * this.k * longest + 1; // to leave somebody out: more than any chain of people who make room
      this.block = Math.max(LEAST_BLOCK, Math.floor(Math.sqrt(pairs.cost.length)));
      this.rowsByPoint(pairs);
      this.plant();
      this.nearestFirst(amount, room, pairs);
    }

    /* pairs of each point, the cheapest first; row n: empty places at every facility */
    rowsByPoint(pairs) {
      var n = this.n,
        m = pairs.cost.length,
        start = (this.start = new Int32Array(n + 2)),
        facility = (this.facility = new Int32Array(m + this.k)),
        cost = (this.cost = new Int32Array(m + this.k));
      for (var e = 0; e < m; e++) start[pairs.point[e] + 1]++;
      for (var d = 0; d < n; d++) start[d + 1] += start[d];
      start[n + 1] = m + this.k;
      var at = start.slice(0, n);
      for (e = 0; e < m; e++) {
        var to = at[pairs.point[e]]++;
        facility[to] = pairs.facility[e];
        cost[to] = pairs.cost[e];
      }
      for (var f = 0; f < this.k; f++) facility[m + f] = f;
    }

    /* a tree in which nobody is served, and what a step needs */
    plant() {
      var n = this.n,
        k = this.k;
      this.home = new Int32Array(n + 1).fill(k);
      this.homeFlow = new Float64Array(n + 1);
      this.homeCost = new Float64Array(n + 1).fill(this.far);
      this.via = new Int32Array(k).fill(n);
      this.viaFlow = new Float64Array(k);
      this.viaCost = new Float64Array(k);
      this.homeCost[n] = 0;
      // more than can ever be taken off it; Python's is 2 ** 61, and no step sees the difference
      this.homeFlow[n] = 4 * this.total + 4;
      this.price = new Float64Array(k + 1);
      this.stack = new Int32Array(k + 1);
      this.markF = new Int32Array(k + 1);
      this.markD = new Int32Array(n + 1);
      this.steps = 0;
      this.at = 0;
    }

    /* everybody goes to the nearest place with room; who fills a facility and has people left becomes its via */
    nearestFirst(amount, limits, pairs) {
      var n = this.n,
        left = Float64Array.from(amount),
        plenty = 2 * this.total + 1, // never full, and sums stay exact
        room = Float64Array.from(limits, function (most) {
          return Math.min(most, plenty);
        });
      for (var e = 0; e < pairs.cost.length; e++) {
        var d = pairs.point[e],
          f = pairs.facility[e];
        if (left[d] === 0 || room[f] === 0) continue;
        var taken = Math.min(left[d], room[f]);
        left[d] -= taken;
        room[f] -= taken;
        if (left[d] > 0) {
          this.via[f] = d;
          this.viaFlow[f] = taken;
          this.viaCost[f] = pairs.cost[e];
        } else {
          this.home[d] = f;
          this.homeFlow[d] = taken;
          this.homeCost[d] = pairs.cost[e];
        }
      }
      for (d = 0; d < n; d++) if (left[d] > 0) this.homeFlow[d] = left[d];
      for (f = 0; f < this.k; f++) if (this.via[f] === n) this.viaFlow[f] = room[f];
    }

    /* makes the tree optimal; with a deadline (performance.now) false where that came first: call it again */
    improve(deadline) {
      for (;;) {
        var lowest = this.priceAll(2 * this.steps + 1),
          found = this.findBetter(lowest);
        if (found < 0) return true;
        this.pivot(this.enters, found, this.enterCost);
        this.steps++;
        if (deadline !== undefined && this.steps % 64 === 0 && performance.now() > deadline) return false;
      }
    }

    /* prices that make every arc of the tree break even; the lowest of them */
    priceAll(stamp) {
      var k = this.k,
        mark = this.markF,
        price = this.price,
        stack = this.stack,
        via = this.via,
        home = this.home,
        lowest = 0;
      mark[k] = stamp;
      for (var first = 0; first < k; first++) {
        var top = 0,
          f = first;
        while (mark[f] !== stamp) {
          stack[top++] = f;
          f = home[via[f]];
        }
        while (top > 0) {
          f = stack[--top];
          var d = via[f],
            p = (price[f] = this.homeCost[d] + price[home[d]] - this.viaCost[f]);
          if (p < lowest) lowest = p;
          mark[f] = stamp;
        }
      }
      return lowest;
    }

    /* the facility of the pair that saves most in a block of points from `at` on, -1 where none saves anything; its
       point and cost are kept in `enters` and `enterCost` */
    findBetter(lowest) {
      var n = this.n,
        far = this.far,
        start = this.start,
        rowFacility = this.facility,
        rowCost = this.cost,
        price = this.price,
        home = this.home,
        homeCost = this.homeCost,
        most = 0,
        facility = -1,
        d = this.at,
        seen = 0;
      for (var round = 0; round <= n; round++) {
        var now = homeCost[d] + price[home[d]];
        if (d < n && now - far > most) {
          most = now - far;
          facility = this.k;
          this.enters = d;
          this.enterCost = far;
        }
        for (var e = start[d], end = start[d + 1]; e < end; e++) {
          var saved = now - rowCost[e];
          if (saved - lowest <= most) break; // the rest of the row costs more
          seen++;
          saved -= price[rowFacility[e]];
          if (saved > most) {
            most = saved;
            facility = rowFacility[e];
            this.enters = d;
            this.enterCost = rowCost[e];
          }
        }
        seen++;
        d = d < n ? d + 1 : 0;
        if (seen >= this.block && facility >= 0) break;
      }
      this.at = d;
      return facility;
    }

    /* the pair (d, j) enters the tree, and of the arcs that then carry nothing one leaves it */
    pivot(d, j, cost) {
      var apex = this.apexOf(d, j, 2 * this.steps + 2),
        out = this.leaving(d, j, apex);
      if (out.flow > 0) this.shift(d, j, apex, out.flow);
      if (out.point >= 0) this.hangPoint(d, j, out.flow, cost, out.point);
      else this.hangFacility(j, d, out.flow, cost, out.facility);
    }

    /* where the ways to the root from point d and facility j meet: {point, facility}, one of them -1 */
    apexOf(d, j, stamp) {
      var f = j;
      this.markF[f] = stamp;
      while (f !== this.k) {
        this.markD[this.via[f]] = stamp;
        f = this.home[this.via[f]];
        this.markF[f] = stamp;
      }
      while (this.markD[d] !== stamp) {
        f = this.home[d];
        if (this.markF[f] === stamp) return { point: -1, facility: f };
        d = this.via[f];
      }
      return { point: d, facility: -1 };
    }

    /* how much the new pair can take, and whose arc to home or via runs empty first. Of several, the first one on the
       way from the apex down to d, across to j and up again: so flows to homes stay above 0, and it can't go round */
    leaving(d, j, apex) {
      var out = { flow: Infinity, point: -1, facility: -1 };
      for (var q = d; q !== apex.point; ) {
        if (this.homeFlow[q] <= out.flow) {
          out.flow = this.homeFlow[q];
          out.point = q;
        }
        if (this.home[q] === apex.facility) break;
        q = this.via[this.home[q]];
      }
      for (var f = j; f !== apex.facility; ) {
        if (this.viaFlow[f] < out.flow) {
          out.flow = this.viaFlow[f];
          out.point = -1;
          out.facility = f;
        }
        if (this.via[f] === apex.point) break;
        f = this.home[this.via[f]];
      }
      return out;
    }

    /* sends more from d to j, and so less or more along the tree on both ways to the apex */
    shift(d, j, apex, flow) {
      for (var q = d; q !== apex.point; ) {
        this.homeFlow[q] -= flow;
        var above = this.home[q];
        if (above === apex.facility) break;
        this.viaFlow[above] += flow;
        q = this.via[above];
      }
      for (var f = j; f !== apex.facility; ) {
        this.viaFlow[f] -= flow;
        var below = this.via[f];
        if (below === apex.point) break;
        this.homeFlow[below] += flow;
        f = this.home[below];
      }
    }

    /* makes j the home of point d; what lay between d and the point `last`, whose home arc goes, turns around */
    hangPoint(d, j, flow, cost, last) {
      for (;;) {
        var f = this.home[d],
          oldFlow = this.homeFlow[d],
          oldCost = this.homeCost[d];
        this.home[d] = j;
        this.homeFlow[d] = flow;
        this.homeCost[d] = cost;
        if (d === last) return;
        var above = this.via[f];
        flow = this.viaFlow[f];
        cost = this.viaCost[f];
        this.via[f] = d;
        this.viaFlow[f] = oldFlow;
        this.viaCost[f] = oldCost;
        d = above;
        j = f;
      }
    }

    /* makes d the via of facility j; what lay between j and the facility `last`, whose via arc goes, turns around */
    hangFacility(j, d, flow, cost, last) {
      for (;;) {
        var q = this.via[j],
          oldFlow = this.viaFlow[j],
          oldCost = this.viaCost[j];
        this.via[j] = d;
        this.viaFlow[j] = flow;
        this.viaCost[j] = cost;
        if (j === last) return;
        var above = this.home[q];
        flow = this.homeFlow[q];
        cost = this.homeCost[q];
        this.home[q] = j;
        this.homeFlow[q] = oldFlow;
        this.homeCost[q] = oldCost;
        d = q;
        j = above;
      }
    }

    /* calls visit(point, facility, amount) for every pair in use */
    each(visit) {
      for (var d = 0; d < this.n; d++)
        if (this.home[d] !== this.k && this.homeFlow[d] > 0) visit(d, this.home[d], this.homeFlow[d]);
      for (var f = 0; f < this.k; f++)
        if (this.via[f] !== this.n && this.viaFlow[f] > 0) visit(this.via[f], f, this.viaFlow[f]);
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

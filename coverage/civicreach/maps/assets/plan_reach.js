/* What a question (service, profile) means on the streets: what homes pay today, and what one more site would offer. */
(function (cr) {
  'use strict';

  var LOW = 1048576;
  var AROUND_MS = 120000;
  var STEPS = 24; // rounded to the safe side

  /* whole millionths of a group (times a scale) in each home: sums of them are exact below 2^53 */
  cr.amountsOf = function (data, group) {
    var told = data.head.what_if.amounts[group],
      low = data.columns['homes.amount.' + group],
      high = data.columns['homes.amount.' + group + '.high'],
      found = new Float64Array(low.length);
    for (var i = 0; i < low.length; i++) found[i] = ((high ? high[i] * LOW : 0) + low[i]) * told.scale;
    return found;
  };

  cr.PlanReach = class PlanReach {
    constructor(streets, service, profile) {
      var what = streets.what.services[service];
      this.streets = streets;
      this.service = service;
      this.profile = profile;
      this.direction = what.direction;
      this.costs = streets.costs(profile);
      this.homes = streets.homes(profile, this.direction);
      this.search = new cr.StreetSearch(this.costs, this.direction);
      this.facilities = streets.facilities(profile, service);
      this.best = new Int32Array(this.homes.count).fill(cr.FAR);
      this.setOut();
    }

    /* node costs from all existing facilities, without a limit, and what each home pays (-1: no way there) */
    setOut() {
      var seeds = [],
        all = this.facilities,
        before = (this.before = new Int32Array(this.homes.count).fill(cr.FAR)),
        self = this;
      for (var f = 0; f < all.count; f++) if (all.edge[f] >= 0) this.search.seeds(this.facility(f)).forEach(add);
      function add(value) {
        seeds.push(value);
      }
      this.nodeBefore = this.search.all(seeds);
      this.fromNodes(this.nodeBefore, before);
      for (f = 0; f < all.count; f++) {
        if (all.edge[f] < 0) continue;
        this.meet(this.facility(f), function (home, cost) {
          if (cost < before[home]) before[home] = cost;
        });
      }
      before.forEach(function (cost, i) {
        if (cost === cr.FAR) self.before[i] = -1;
      });
    }

    /* what homes pay where there are more places beside today's facilities, without a limit (-1: no way there) */
    beside(places) {
      var dist = this.nodeBefore.slice(),
        seeds = [],
        after = new Int32Array(this.homes.count);
      this.before.forEach(function (cost, i) {
        after[i] = cost < 0 ? cr.FAR : cost;
      });
      places.forEach(function (place) {
        seeds.push.apply(seeds, this.search.seeds(place));
      }, this);
      this.search.spread(seeds, cr.FAR - 1, dist);
      this.fromNodes(dist, after);
      places.forEach(function (place) {
        this.meet(place, function (home, cost) {
          if (cost < after[home]) after[home] = cost;
        });
      }, this);
      return after.map(function (cost) {
        return cost === cr.FAR ? -1 : cost;
      });
    }

    facility(f) {
      return { edge: this.facilities.edge[f], offset: this.facilities.offset[f], leg: this.facilities.leg[f] };
    }

    /* least costs (m,) of homes from costs at nodes */
    fromNodes(dist, best) {
      var ends = this.homes.byNode;
      for (var node = 0; node < dist.length; node++) {
        if (dist[node] === cr.FAR) continue;
        for (var k = ends.first[node]; k < ends.first[node + 1]; k++) {
          var cost = dist[node] + ends.cost[k];
          if (cost < best[ends.home[k]]) best[ends.home[k]] = cost;
        }
      }
    }

    /* homes on the edge of a place, with the cost along it */
    meet(place, visit) {
      var on = this.homes.byEdge,
        homes = this.homes;
      for (var k = on.first[place.edge]; k < on.first[place.edge + 1]; k++) {
        var home = on.home[k],
          legs = homes.leg[home] + place.leg;
        var cost = cr.sameEdge(this.costs, place.edge, homes.offset[home], place.offset, legs, this.direction);
        if (cost >= 0) visit(home, cost);
      }
    }

    /* {edge, offset, leg, name} of a place in centimetres, or null off the streets */
    stand(x, y) {
      var at = this.streets.snap(x, y, this.profile);
      return at && { edge: at.edge, offset: at.offset_mm, leg: at.leg_ms, name: at.name, x_cm: at.x_cm, y_cm: at.y_cm };
    }

    /* homes within the cutoff of a place: {home, cost, node, nodeCost} */
    within(place, cutoff) {
      var nodes = this.search.near(this.search.seeds(place), cutoff),
        ends = this.homes.byNode,
        best = this.best,
        found = [];
      function offer(home, cost) {
        if (cost > cutoff || cost >= best[home]) return;
        if (best[home] === cr.FAR) found.push(home);
        best[home] = cost;
      }
      this.meet(place, offer);
      for (var i = 0; i < nodes.node.length; i++) {
        var node = nodes.node[i],
          d = nodes.cost[i];
        for (var k = ends.first[node]; k < ends.first[node + 1]; k++) offer(ends.home[k], d + ends.cost[k]);
      }
      var home = Int32Array.from(found),
        cost = new Int32Array(home.length);
      for (i = 0; i < home.length; i++) {
        cost[i] = best[home[i]];
        best[home[i]] = cr.FAR;
      }
      return { home: home, cost: cost, node: nodes.node, nodeCost: nodes.cost };
    }

    /* the sum of amounts (m,) in the homes within the cutoff of a place. With `bound` it looks a little farther, and
       lowers the bounds of junctions around: who is within the cutoff of one of them is within that and the way from
       there of this place */
    gain(place, cutoff, amount, bound, near) {
      var search = this.search,
        more = bound ? Math.min(AROUND_MS, cutoff >> 2) : 0,
        count = search.spread(search.seeds(place), cutoff + more, search.dist),
        homes = this.costsOf(place, count, cutoff + more, amount),
        steps = new Float64Array(STEPS + 2),
        best = this.best;
      for (var i = 0; i < homes.length; i++) {
        var over = best[homes[i]] - cutoff;
        best[homes[i]] = cr.FAR;
        steps[over <= 0 ? 0 : Math.ceil((over / more) * STEPS)] += amount[homes[i]];
      }
      if (bound) {
        for (i = 1; i <= STEPS; i++) steps[i] += steps[i - 1];
        for (i = 0; i < count && search.dist[search.settled[i]] <= more; i++) {
          var node = search.settled[i],
            most = steps[Math.min(STEPS, Math.ceil((search.dist[node] / more) * STEPS))];
          if (near.plain[node] && most < bound[node]) bound[node] = most;
        }
      }
      search.forget(count);
      return steps[0];
    }

    /* homes with any amount that a search came to; `best` holds their costs */
    costsOf(place, count, cutoff, amount) {
      var search = this.search,
        ends = this.homes.byNode,
        best = this.best,
        found = [];
      function offer(home, cost) {
        if (cost > cutoff || cost >= best[home] || !amount[home]) return;
        if (best[home] === cr.FAR) found.push(home);
        best[home] = cost;
      }
      this.meet(place, offer);
      for (var i = 0; i < count; i++) {
        var node = search.settled[i],
          d = search.dist[node];
        for (var k = ends.first[node]; k < ends.first[node + 1]; k++) offer(ends.home[k], d + ends.cost[k]);
      }
      return found;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

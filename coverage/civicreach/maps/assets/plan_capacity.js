/* Who gets a place where the sites of a plan have a capacity: handed out nearest first, in whole millionths of people,
   so that it is exact. Not the best possible distribution. No DOM here. */
(function (cr) {
  'use strict';

  var MICRO = 1e6;

  /* null where no site has a capacity or capacity counts no people, else people within the limit with a place and
     without, people by site, and what is full. Homes outside all areas take no place: they are in no denominator */
  cr.assignCapacity = function (plan) {
    var known = plan.service.capacity;
    if (!known || !plan.sites.some(isLimited)) return null;
    var today = placesToday(plan),
      existing = known.length,
      fresh = inOrder(plan.sites.map(plan.within, plan), existing, today.people, plan.limit),
      room = known.concat(plan.sites.map(capacityOf)).map(function (micro) {
        return micro === null ? Infinity : micro;
      }),
      given = handOut([today.pairs, fresh], plan.limit, today.people, room),
      bySite = new Map(),
      full = [];
    plan.sites.forEach(function (site, k) {
      bySite.set(site.id, given.by[existing + k] / MICRO);
    });
    room.forEach(function (micro, k) {
      if (micro > 0) return;
      full.push(k < existing ? { facility: k, site: null } : { facility: -1, site: plan.sites[k - existing].id });
    });
    return {
      assigned: given.assigned / MICRO,
      unserved: (given.reached - given.assigned) / MICRO,
      by_site: bySite,
      full: full
    };
  };

  function isLimited(site) {
    return site.capacity !== null;
  }

  /* whole millionths of people, or null where there is no limit */
  function capacityOf(site) {
    return isLimited(site) ? Math.min(Number.MAX_SAFE_INTEGER, Math.round(site.capacity * MICRO)) : null;
  }

  /* millionths of people by home, and all pairs of homes and existing facilities in order; searched once a profile */
  function placesToday(plan) {
    var reach = plan.reach(),
      kept = reach.places || (reach.places = { people: counted(plan), cutoff: -1, pairs: null });
    if (kept.cutoff >= plan.limit) return kept;
    var found = plan.service.capacity.map(function (_, f) {
      return reach.facilities.edge[f] >= 0 ? reach.within(reach.facility(f), plan.limit) : { home: [], cost: [] };
    });
    kept.pairs = needed(inOrder(found, 0, kept.people, plan.limit), plan.service.capacity, kept.people.length);
    kept.cutoff = plan.limit;
    return kept;
  }

  function counted(plan) {
    return plan.base.amount.map(function (amount, home) {
      return plan.unit[home] ? amount : 0;
    });
  }

  /* pairs {home, cost, place} by cost, then home, then place; the first of the lists is that of place `start` */
  function inOrder(found, start, people, limit) {
    var first = new Int32Array(people.length + 1);
    function each(visit) {
      found.forEach(function (list, k) {
        for (var i = 0; i < list.home.length; i++)
          if (list.cost[i] <= limit && people[list.home[i]] > 0) visit(list.home[i], list.cost[i], start + k);
      });
    }
    each(function (home) {
      first[home + 1]++;
    });
    for (var h = 0; h < people.length; h++) first[h + 1] += first[h];
    var count = first[people.length],
      byHome = lists(count),
      keys = new Float64Array(count); // cost, then rank by home and place: exact below 2^53
    each(function (home, cost, place) {
      var at = first[home]++;
      byHome.home[at] = home;
      byHome.cost[at] = cost;
      byHome.place[at] = place;
      keys[at] = cost * count + at;
    });
    keys.sort();
    var sorted = lists(count);
    for (var i = 0; i < count; i++) {
      var at = keys[i] % count;
      sorted.home[i] = byHome.home[at];
      sorted.cost[i] = byHome.cost[at];
      sorted.place[i] = byHome.place[at];
    }
    return sorted;
  }

  /* pairs without those that come after a home's first facility that takes everybody */
  function needed(pairs, known, homes) {
    var done = new Uint8Array(homes),
      kept = lists(pairs.home.length),
      count = 0;
    for (var i = 0; i < pairs.home.length; i++) {
      var home = pairs.home[i];
      if (done[home]) continue;
      if (known[pairs.place[i]] === null) done[home] = 1;
      kept.home[count] = home;
      kept.cost[count] = pairs.cost[i];
      kept.place[count++] = pairs.place[i];
    }
    return { home: kept.home.slice(0, count), cost: kept.cost.slice(0, count), place: kept.place.slice(0, count) };
  }

  function lists(count) {
    return { home: new Int32Array(count), cost: new Int32Array(count), place: new Int32Array(count) };
  }

  /* goes through two lists of pairs as one; each home gives what it has left, as far as there is room. Of equal pairs
     that of the first list comes first. Changes `room`; {assigned, reached, by place} in millionths */
  function handOut(pairs, limit, people, room) {
    var a = pairs[0],
      b = pairs[1],
      left = people.slice(),
      seen = new Uint8Array(people.length),
      told = { assigned: 0, reached: 0, by: new Float64Array(room.length) },
      i = 0,
      j = 0;
    for (;;) {
      var old = i < a.cost.length && a.cost[i] <= limit,
        fresh = j < b.cost.length;
      if (!old && !fresh) return told;
      if (old && fresh) old = a.cost[i] < b.cost[j] || (a.cost[i] === b.cost[j] && a.home[i] <= b.home[j]);
      var list = old ? a : b,
        k = old ? i++ : j++,
        home = list.home[k],
        place = list.place[k];
      if (!seen[home]) {
        seen[home] = 1;
        told.reached += people[home];
      }
      var gets = Math.min(left[home], room[place]);
      left[home] -= gets;
      room[place] -= gets;
      told.by[place] += gets;
      told.assigned += gets;
    }
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

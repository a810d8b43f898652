/* Pairs of homes and facilities in the order in which measures/transport.py has them. No DOM here. */
(function (cr) {
  'use strict';

  var DIGIT = 4096; // costs are sorted by two digits

  /* pairs {point: home, cost, facility} by cost, then facility, then home; the first of the lists is that of facility
     `start` */
  cr.pairsInOrder = function (found, start, people, limit) {
    var count = 0;
    found.forEach(function (list) {
      count += list.home.length;
    });
    var pairs = lists(count);
    count = 0;
    found.forEach(function (list, k) {
      for (var i = 0; i < list.home.length; i++) {
        if (list.cost[i] > limit || !(people[list.home[i]] > 0)) continue;
        pairs.point[count] = list.home[i];
        pairs.facility[count] = start + k;
        pairs.cost[count++] = list.cost[i];
      }
    });
    pairs = cut(pairs, count);
    pairs = sorted(pairs, pairs.point, 1, people.length);
    pairs = sorted(pairs, pairs.facility, 1, start + found.length);
    pairs = sorted(pairs, pairs.cost, 1, DIGIT);
    return sorted(pairs, pairs.cost, DIGIT, Math.floor(limit / DIGIT) + 1);
  };

  /* by one digit of a key, of equals in the order in which they came */
  function sorted(pairs, key, worth, digits) {
    var next = new Int32Array(digits + 1),
      count = key.length,
      found = lists(count);
    for (var i = 0; i < count; i++) next[(((key[i] / worth) | 0) % digits) + 1]++;
    for (var k = 0; k < digits; k++) next[k + 1] += next[k];
    for (i = 0; i < count; i++) {
      var to = next[((key[i] / worth) | 0) % digits]++;
      found.point[to] = pairs.point[i];
      found.facility[to] = pairs.facility[i];
      found.cost[to] = pairs.cost[i];
    }
    return found;
  }

  /* two ordered lists as one, up to the limit, without pairs of homes that have a nearer facility without limit: nobody
     walks past it */
  cr.neededPairs = function (a, b, limit, free) {
    var kept = lists(a.cost.length + b.cost.length),
      count = 0,
      i = 0,
      j = 0;
    while (i < a.cost.length || j < b.cost.length) {
      var old = j >= b.cost.length || (i < a.cost.length && a.cost[i] <= b.cost[j]),
        from = old ? a : b,
        e = old ? i++ : j++,
        home = from.point[e],
        cost = from.cost[e];
      if (cost > limit) break;
      if (cost >= free.cost[home] && from.facility[e] !== free.place[home]) continue;
      kept.point[count] = home;
      kept.facility[count] = from.facility[e];
      kept.cost[count++] = cost;
    }
    return cut(kept, count);
  };

  /* homes that have any pair, in order; the pairs then say which of these they belong to */
  cr.pointsOf = function (pairs, homes) {
    var number = new Int32Array(homes).fill(-1),
      found = [];
    pairs.point.forEach(function (home) {
      number[home] = 0;
    });
    for (var home = 0; home < homes; home++) if (number[home] === 0) number[home] = found.push(home) - 1;
    pairs.point = pairs.point.map(function (home) {
      return number[home];
    });
    return found;
  };

  function lists(count) {
    return { point: new Int32Array(count), facility: new Int32Array(count), cost: new Int32Array(count) };
  }

  function cut(pairs, count) {
    return {
      point: pairs.point.slice(0, count),
      facility: pairs.facility.slice(0, count),
      cost: pairs.cost.slice(0, count)
    };
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

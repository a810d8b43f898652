/* Sums of a question by unit, in whole millionths of people, so that they are exact and add up on every level. */
(function (cr) {
  'use strict';

  var MICRO = 1e6;

  /* what doesn't depend on the sites: people and covered people, in all, by the lowest unit and by level */
  cr.planToday = function (plan) {
    var group = plan.service.group,
      amount = plan.amounts[group] || (plan.amounts[group] = cr.amountsOf(plan.streets.data, group)),
      lowest = plan.model.lowest,
      units = lowest ? plan.model.units[lowest].name.length : 1,
      people = new Float64Array(units),
      covered = new Float64Array(units),
      before = plan.reach().before;
    for (var i = 0; i < amount.length; i++) {
      var unit = plan.unit[i] - 1;
      if (unit < 0) continue; // outside all areas: in no denominator
      people[unit] += amount[i];
      if (before[i] >= 0 && before[i] <= plan.limit) covered[unit] += amount[i];
    }
    return {
      amount: amount,
      covered: covered,
      people: sum(people),
      whole: sum(covered),
      levels: upwards(plan.model, people),
      before: upwards(plan.model, covered)
    };
  };

  /* level -> {people, before, after} by unit, from the covered millionths of the lowest units */
  cr.planByLevel = function (model, today, covered) {
    var after = upwards(model, covered),
      found = {};
    Object.keys(after).forEach(function (level) {
      found[level] = {
        people: inPeople(today.levels[level]),
        before: inPeople(today.before[level]),
        after: inPeople(after[level])
      };
    });
    return found;
  };

  /* sums by unit of every level, from those of the lowest */
  function upwards(model, values) {
    var found = {};
    if (!model.lowest) return found;
    found[model.lowest] = values;
    for (var k = model.levels.length - 1; k > 0; k--) {
      var parent = model.units[model.levels[k]].parent,
        above = new Float64Array(model.units[model.levels[k - 1]].name.length);
      for (var i = 0; i < parent.length; i++) if (parent[i] >= 0) above[parent[i]] += values[i];
      found[model.levels[k - 1]] = values = above;
    }
    return found;
  }

  function sum(values) {
    return values.reduce(function (a, b) {
      return a + b;
    }, 0);
  }

  /* whole numbers that add up to the rounded sum: the largest parts that were cut off come first */
  cr.addingUp = function (values) {
    var whole = values.map(Math.floor),
      left = Math.round(sum(values)) - sum(whole),
      order = values.map(function (_, k) {
        return k;
      });
    order.sort(function (a, b) {
      return values[b] - whole[b] - (values[a] - whole[a]) || a - b;
    });
    order.slice(0, left).forEach(function (k) {
      whole[k]++;
    });
    return whole;
  };

  /* what a site is said to gain, in whole people, so that all of them add up to what is said of the plan */
  cr.gainTold = function (plan, id) {
    var result = plan.result;
    if (!result.told) {
      var ids = Array.from(result.gain.keys()),
        shown = cr.addingUp(Array.from(result.gain.values()));
      result.told = new Map(
        ids.map(function (each, k) {
          return [each, shown[k]];
        })
      );
    }
    return result.told.get(id) || 0;
  };

  function inPeople(values) {
    return values.map(function (value) {
      return value / MICRO;
    });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

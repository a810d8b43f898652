/* A plan as tables, homes and cells see it: now, then, and the difference. Reads the plan's result. No DOM here. */
(function (cr) {
  'use strict';

  var MS_PER_MINUTE = 60000;
  var MICRO = 1e6;
  var count = 0;

  cr.PLAN_COLOUR = '#d9540b';
  cr.PLAN_LIGHT = '#f08a3c';
  cr.PLAN_DARK = '#7a2900';

  cr.PlanView = class PlanView {
    /* `own` is what the study itself asks of the service */
    constructor(model, plan, own) {
      var asked = plan.question,
        result = plan.result;
      this.key = 'plan' + ++count;
      this.plan = plan;
      this.result = result;
      this.service = model.services[asked.service];
      this.per = cr.msPer(this.service);
      this.limit_ms = Math.round(asked.minutes * MS_PER_MINUTE);
      this.limit = this.limit_ms / this.per; // in the unit of the service
      this.otherQuestion = this.limit_ms !== Math.round(own.minutes * MS_PER_MINUTE) || asked.profile !== own.profile;
      this.differs = this.otherQuestion || plan.sites.length > 0;
      this.bands = this.service.bands
        .filter(function (band) {
          return band < this.limit;
        }, this)
        .concat(this.limit);
      this.total = this.sum(result.people, result.covered_before, result.covered_after);
    }

    sum(people, before, after) {
      return {
        total: people,
        before: people > 0 ? before / people : null,
        covered: after,
        uncovered: Math.max(0, people - after),
        share: people > 0 ? after / people : null,
        change: people > 0 ? (after - before) / people : null,
        told: people > 0 ? toldChange(before / people, after / people) : null,
        gained: after - before
      };
    }

    /* null where nobody lives */
    row(level, index) {
      var table = this.result.by_level[level];
      if (!table || !(table.people[index] > 0)) return null;
      return this.sum(table.people[index], table.before[index], table.after[index]);
    }

    /* urban, rural or unmarked units together, as the lowest ones add up; null where nobody lives */
    kindRow(kind) {
      var model = this.plan.model,
        table = this.result.by_level[model.lowest],
        kinds = model.head.areas.kinds || [],
        sums = [0, 0, 0]; // in millionths, so that they are exact
      kinds.forEach(function (each, i) {
        if (each !== kind) return;
        [table.people, table.before, table.after].forEach(function (values, k) {
          sums[k] += Math.round(MICRO * values[i]);
        });
      });
      return sums[0] > 0 ? this.sum(sums[0] / MICRO, sums[1] / MICRO, sums[2] / MICRO) : null;
    }

    /* people within the limit of a site, whoever else reaches them */
    reached(site) {
      var found = this.plan.within(site),
        micro = 0;
      for (var i = 0; i < found.home.length; i++)
        if (found.cost[i] <= this.limit_ms && this.plan.unit[found.home[i]]) micro += this.plan.base.amount[found.home[i]];
      return micro / MICRO;
    }

    /* people who are given a place at a site; null where capacity isn't handed out or still being computed */
    assigned(site) {
      var told = this.result.capacity;
      return told && !told.computing ? told.by_site.get(site.id) || 0 : null;
    }

    within(cost) {
      return cost >= 0 && cost <= this.limit_ms;
    }

    /* whether a home is covered now, and whether it is with the plan */
    coveredBefore(i) {
      return this.within(this.result.cost_before[i]);
    }

    coveredAfter(i) {
      return this.within(this.result.cost_after[i]);
    }

    isNew(i) {
      return this.coveredAfter(i) && !this.coveredBefore(i);
    }

    /* number of the band that a covered home lies in */
    band(i) {
      var cost = this.result.cost_after[i],
        k = 0;
      while (k < this.bands.length - 1 && cost > this.bands[k] * this.per) k++;
      return k;
    }

    /* reached streets that weren't before, as pieces [edge, from, to, band]; made when first painted */
    newPieces() {
      if (!this.fresh) this.fresh = cr.piecesWithout(this.plan.pieces('after'), this.plan.pieces('before'));
      return this.fresh;
    }
  };

  /* the difference of two shares as they are shown, in percent with one decimal: what a reader finds who subtracts */
  function toldChange(before, after) {
    return Math.round(10 * cr.fixed(100 * after, 1) - 10 * cr.fixed(100 * before, 1)) / 1000;
  }
  cr.toldChange = toldChange;

  /* what is in `all` and not in `taken`: both flat lists of four numbers a piece: edge, from and to (shares), band */
  cr.piecesWithout = function (all, taken) {
    var byEdge = new Map(),
      found = [];
    found.streets = all.streets; // which of the page's streets they are of
    for (var k = 0; k < taken.length; k += 4) {
      var list = byEdge.get(taken[k]);
      if (!list) byEdge.set(taken[k], (list = []));
      list.push([taken[k + 1], taken[k + 2]]);
    }
    byEdge.forEach(function (list) {
      list.sort(function (a, b) {
        return a[0] - b[0];
      });
    });
    for (k = 0; k < all.length; k += 4) {
      var from = all[k + 1];
      (byEdge.get(all[k]) || []).forEach(function (span) {
        if (span[1] <= from || span[0] >= all[k + 2]) return;
        if (span[0] > from) found.push(all[k], from, span[0], all[k + 3]);
        from = Math.max(from, span[1]);
      });
      if (from < all[k + 2]) found.push(all[k], from, all[k + 2], all[k + 3]);
    }
    return found;
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

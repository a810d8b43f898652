/* Who gets a place where the sites of a plan have a capacity: as many people as possible and, of such plans, the one
   with the least travel, as measures/assignment.py `assign` does it, in whole millionths of people. No DOM here. */
(function (cr) {
  'use strict';

  var MICRO = 1e6;
  var AT_ONCE_MS = 60; // what takes longer is computed in slices, while the page says so
  var DRAGGED_MS = 30; // and what took longer waits until a site is let go

  /* null where no site has a capacity or capacity counts no people, else what CapacityJob tells, or {computing: job} */
  cr.assignCapacity = function (plan) {
    if (!plan.service.capacity || !plan.sites.some(isLimited)) return null;
    var job = new CapacityJob(plan),
      waits = plan.lifted && plan.capacityMs > DRAGGED_MS;
    return (!waits && job.run(AT_ONCE_MS)) || { computing: job };
  };

  cr.isComputing = function (plan) {
    return !!(plan.result.capacity && plan.result.capacity.computing);
  };

  /* goes on with what is being computed, to its end or for some milliseconds; true when it is there */
  cr.computeCapacity = function (plan, milliseconds) {
    if (!cr.isComputing(plan)) return true;
    var told = plan.result.capacity.computing.run(milliseconds === undefined ? Infinity : milliseconds);
    if (told) plan.result.capacity = told;
    return !!told;
  };

  /* one question about capacity, in steps that can wait: pairs of today's facilities, those of the sites, the flow */
  class CapacityJob {
    constructor(plan) {
      this.plan = plan;
      this.limit = plan.limit;
      this.sites = plan.sites;
      this.today = placesToday(plan);
      this.taken = 0;
      this.flow = null;
    }

    /* people within the limit with a place and without, people by site, what is full, and who goes where; null where
       the time is over first */
    run(milliseconds) {
      var from = performance.now(),
        done = this.today.search(from + milliseconds) && (this.flow || this.prepare()).improve(from + milliseconds);
      this.taken += performance.now() - from;
      if (!done) return null;
      this.plan.capacityMs = this.taken;
      return this.told();
    }

    prepare() {
      var plan = this.plan,
        found = this.sites.map(plan.within, plan),
        free = freeWith(this, found),
        fresh = cr.pairsInOrder(found, this.today.room.length, this.today.people, this.limit);
      this.room = this.today.room.concat(
        this.sites.map(function (site) {
          return roomOf(site.capacity);
        })
      );
      this.pairs = cr.neededPairs(this.today.pairs, fresh, this.limit, free);
      this.homes = cr.pointsOf(this.pairs, this.today.people.length);
      this.amount = Float64Array.from(this.homes, function (home) {
        return this.today.people[home];
      }, this);
      return (this.flow = new cr.Flow(this.amount, this.room, this.pairs));
    }

    told() {
      var homes = this.homes,
        load = new Float64Array(this.room.length),
        given = { home: [], place: [], amount: [] };
      this.flow.each(function (point, place, amount) {
        load[place] += amount;
        given.home.push(homes[point]);
        given.place.push(place);
        given.amount.push(amount);
      });
      var assigned = sum(load),
        existing = this.today.room.length,
        sites = this.sites;
      return {
        assigned: assigned / MICRO,
        unserved: (sum(this.amount) - assigned) / MICRO,
        by_site: new Map(
          sites.map(function (site, k) {
            return [site.id, load[existing + k] / MICRO];
          })
        ),
        full: this.room.flatMap(function (micro, k) {
          if (load[k] < micro) return [];
          return [k < existing ? { facility: k, site: null } : { facility: -1, site: sites[k - existing].id }];
        }),
        given: given // millionths of people by home and place: existing facilities, then sites
      };
    }
  }

  /* today's facilities within reach, searched once for a question and any smaller limit */
  class PlacesToday {
    constructor(plan) {
      var reach = plan.reach(),
        known = plan.service.capacity;
      this.reach = reach;
      this.cutoff = plan.limit;
      this.room = known.map(function (micro) {
        return micro === null ? Infinity : micro;
      });
      this.people = plan.base.amount.map(function (amount, home) {
        return plan.unit[home] ? amount : 0; // homes outside all areas take no place: they are in no denominator
      });
      this.found = [];
      this.pairs = null;
    }

    /* true when all is there. Facilities without limit are one search together: nobody walks past the nearest */
    search(deadline) {
      var reach = this.reach;
      while (this.found.length < this.room.length) {
        var f = this.found.length,
          here = this.room[f] < Infinity && reach.facilities.edge[f] >= 0;
        this.found.push(here ? reach.within(reach.facility(f), this.cutoff) : NOBODY);
        if (here && performance.now() > deadline) return false;
      }
      if (!this.pairs) this.settle();
      return true;
    }

    settle() {
      this.first = this.room.indexOf(Infinity); // stands for all facilities without limit
      this.free = nearestFree(this.reach, this.room);
      if (this.first >= 0) this.found[this.first] = everybody(this.free);
      var all = cr.pairsInOrder(this.found, 0, this.people, this.cutoff),
        at = new Int32Array(this.people.length).fill(this.first);
      this.pairs = cr.neededPairs(all, cr.pairsInOrder([], 0, [], 0), this.cutoff, { cost: this.free, place: at });
      this.found.fill(NOBODY); // all is in `pairs`
    }
  }

  var NOBODY = { home: [], cost: [] };

  function placesToday(plan) {
    var reach = plan.reach();
    if (!reach.places || reach.places.cutoff < plan.limit) reach.places = new PlacesToday(plan);
    return reach.places;
  }

  function isLimited(site) {
    return site.capacity !== null;
  }

  /* whole millionths of people, never more than was given */
  function roomOf(capacity) {
    if (capacity === null) return Infinity;
    var micro = Math.min(Number.MAX_SAFE_INTEGER, Math.round(capacity * MICRO));
    return micro / MICRO > capacity ? micro - 1 : micro;
  }

  /* what homes (m,) pay to the nearest facility without limit */
  function nearestFree(reach, room) {
    var free = new Int32Array(reach.homes.count).fill(cr.FAR),
      all = reach.facilities,
      seeds = [],
      open = [];
    room.forEach(function (micro, f) {
      if (micro === Infinity && all.edge[f] >= 0) open.push(reach.facility(f));
    });
    open.forEach(function (place) {
      reach.search.seeds(place).forEach(function (value) {
        seeds.push(value);
      });
    });
    if (seeds.length) reach.fromNodes(reach.search.all(seeds), free);
    open.forEach(function (place) {
      reach.meet(place, function (home, cost) {
        if (cost < free[home]) free[home] = cost;
      });
    });
    return free;
  }

  function everybody(free) {
    return {
      home: free.map(function (_, home) {
        return home;
      }),
      cost: free
    };
  }

  /* {cost, place} of homes at the nearest facility or site without limit; of equals the first */
  function freeWith(job, found) {
    var cost = job.today.free.slice(),
      place = new Int32Array(cost.length).fill(job.today.first);
    job.sites.forEach(function (site, k) {
      if (isLimited(site)) return;
      found[k].home.forEach(function (home, i) {
        if (found[k].cost[i] >= cost[home]) return;
        cost[home] = found[k].cost[i];
        place[home] = job.today.room.length + k;
      });
    });
    return { cost: cost, place: place };
  }

  function sum(values) {
    return values.reduce(function (a, b) {
      return a + b;
    }, 0);
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

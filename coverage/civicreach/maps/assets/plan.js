/* A scenario: proposed sites, the question that is asked of them, and what they change. Exact, with undo and redo.
   No DOM here. */
(function (cr) {
  'use strict';

  var MS_PER_MINUTE = 60000;
  var MICRO = 1e6;
  var PLOT_CM = 10000; // a click this near to a candidate plot means it
  var KEPT = 400; // searches that are kept for undo and for other minutes

  cr.Plan = class Plan {
    constructor(model, streets) {
      this.model = model;
      this.streets = streets;
      this.what = streets.what;
      this.sites = [];
      this.past = []; // {sites, question, whole}: whole where the step changed the question too
      this.future = [];
      this.lifted = null; // the sites before a drag
      this.nextId = 1;
      this.kept = new Map();
      this.unit = streets.data.columns['homes.unit'];
      this.amounts = {};
      this.question = null;
      this.ask(this.ownQuestion(0));
    }

    /* what the study itself asks of a service */
    ownQuestion(number) {
      return this.streets.ownQuestion(number);
    }

    /* asks another question of the same sites, or {refused}: a service with plots takes no sites off them */
    ask(change) {
      var asked = Object.assign({}, this.question, change),
        service = this.what.services[asked.service],
        fits = service.profiles.some(function (k) {
          return this.what.profiles[k].name === asked.profile;
        }, this);
      // times and distances are searched on networks of their own
      if (!fits) Object.assign(asked, this.ownQuestion(asked.service));
      if (!(asked.minutes > 0 && asked.minutes * MS_PER_MINUTE < cr.FAR)) throw new Error('minutes ' + asked.minutes);
      if (!this.fits(this.sites, asked.service)) return { refused: 'off_plots' };
      this.pose(asked);
      return asked;
    }

    pose(question) {
      this.question = question;
      this.limit = Math.round(question.minutes * MS_PER_MINUTE);
      this.base = null;
      this.recompute();
    }

    get canUndo() {
      return this.past.length > 0;
    }

    get canRedo() {
      return this.future.length > 0;
    }

    get service() {
      return this.what.services[this.question.service];
    }

    /* the searches of a question, made once */
    reach() {
      this.streets.shown = this.streets.profile(this.question.profile).streets;
      return this.reachOf(this.question.service, this.question.profile);
    }

    reachOf(service, profile) {
      return this.streets.reach(service, profile);
    }

    /* --- sites --- */

    add(lon, lat, capacity) {
      var at = this.placeOf(lon, lat, -1);
      if (at.refused) return at;
      at.id = this.nextId++;
      at.capacity = capacity === undefined ? null : capacity;
      this.commit(this.sites.concat(Object.freeze(at)));
      return at;
    }

    /* final: false while a site is being dragged; the whole drag is one step of undo */
    move(id, lon, lat, final) {
      var old = this.sites.find(byId(id)),
        at = old ? this.placeOf(lon, lat, id) : { refused: 'gone' };
      if (at.refused && final === false) return at;
      if (!this.lifted) this.lifted = this.sites;
      if (at.refused) {
        this.sites = this.lifted; // back to where it came from
        this.lifted = null;
        this.recompute();
        return at;
      }
      at = Object.freeze(Object.assign(at, { id: id, capacity: old.capacity }));
      var sites = this.sites.map(function (site) {
        return site.id === id ? at : site;
      });
      if (final === false) {
        this.sites = sites;
        this.recompute();
      } else this.commit(sites);
      return at;
    }

    remove(id) {
      var left = this.sites.filter(function (site) {
        return site.id !== id;
      });
      if (left.length < this.sites.length) this.commit(left);
    }

    /* one capacity for all sites (null: no limit), as one step; whether that changes any of them */
    limitAll(capacity) {
      var other = this.sites.some(function (site) {
        return site.capacity !== capacity;
      });
      if (other) this.commit(this.sites.map(withCapacity(capacity)));
      return other;
    }

    clear() {
      if (this.sites.length) this.commit([]);
    }

    /* a step of the history; with a question of its own where a scenario is loaded */
    commit(sites, question) {
      this.past.push({ sites: this.lifted || this.sites, question: this.question, whole: !!question });
      this.lifted = null;
      this.future = [];
      this.sites = sites;
      if (question) this.pose(question);
      else this.recompute();
    }

    /* back to the sites of a step, and to its question where that was part of it or where they can't stand otherwise */
    step(from, to) {
      var then = from.pop(),
        whole = then.whole || !this.fits(then.sites, this.question.service);
      to.push({ sites: this.sites, question: this.question, whole: whole });
      this.sites = then.sites;
      if (whole) this.pose(then.question);
      else this.recompute();
    }

    undo() {
      if (!this.canUndo) return;
      this.step(this.past, this.future);
    }

    redo() {
      if (!this.canRedo) return;
      this.step(this.future, this.past);
    }

    /* a site at degrees, or why it can't be: {refused} */
    placeOf(lon, lat, id) {
      var ground = this.streets.toGround(lon, lat),
        plots = this.service.candidates;
      if (!isFinite(ground[0]) || !isFinite(ground[1]) || !this.streets.inBox(ground[0], ground[1]))
        return { refused: 'outside' };
      if (plots.length) {
        ground = nearestPlot(plots, ground);
        if (!ground) return { refused: 'not_a_candidate' };
        var taken = this.sites.some(function (site) {
          return site.id !== id && site.x_cm === ground[0] && site.y_cm === ground[1];
        });
        if (taken) return { refused: 'taken' };
      }
      return this.siteAt(ground[0], ground[1], plots.length ? ground[3] : '');
    }

    /* whether every site stands on a plot of its own, where a service has plots */
    fits(sites, service) {
      var plots = this.what.services[service].candidates,
        free = new Set(plots.map(placeKey));
      return (
        !plots.length ||
        sites.every(function (site) {
          return free.delete(placeKey([site.x_cm, site.y_cm]));
        })
      );
    }

    siteAt(x, y, name, reach) {
      var stand = (reach || this.reach()).stand(x, y);
      if (!stand) return { refused: 'no_street' };
      var degrees = this.streets.toDegrees(x, y),
        lowest = this.model.lowest,
        unit = lowest
          ? this.model.units[lowest].shapes.find(cr.worldX(degrees[0]), cr.worldY(degrees[1]))
          : -1;
      return { x_cm: x, y_cm: y, lon: degrees[0], lat: degrees[1], street: stand.name, name: name, unit: unit };
    }

    /* --- result --- */

    /* homes that a site reaches within the limit; kept, so that undo and smaller limits need no new search */
    within(site) {
      var key = [this.question.service, this.question.profile, site.x_cm, site.y_cm].join(' '),
        found = this.kept.get(key);
      if (found && found.cutoff >= this.limit) return found;
      var reach = this.reach(),
        place = reach.stand(site.x_cm, site.y_cm);
      found = place
        ? reach.within(place, this.limit)
        : { home: new Int32Array(0), cost: new Int32Array(0), node: new Int32Array(0), nodeCost: new Int32Array(0) };
      found.place = place;
      found.cutoff = this.limit;
      if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(key, found);
      return found;
    }

    recompute() {
      var reach = this.reach(),
        limit = this.limit,
        base = this.base || (this.base = cr.planToday(this)),
        amount = base.amount,
        after = reach.before.slice(),
        micro = base.covered.slice(),
        whole = base.whole,
        gain = new Map();
      this.sites.forEach(function (site) {
        var found = this.within(site),
          gained = 0;
        for (var i = 0; i < found.home.length; i++) {
          var home = found.home[i],
            cost = found.cost[i],
            had = after[home];
          // a search that was kept may go farther: beyond the limit only costsAfter tells
          if (cost > limit || (had >= 0 && had <= cost)) continue;
          after[home] = cost;
          if ((had >= 0 && had <= limit) || !this.unit[home]) continue;
          gained += amount[home];
          micro[this.unit[home] - 1] += amount[home];
        }
        whole += gained;
        gain.set(site.id, gained / MICRO);
      }, this);
      this.after = after; // exact up to the limit; beyond it what homes pay today
      this.unlimited = null;
      this.result = {
        people: base.people / MICRO,
        covered_before: base.whole / MICRO,
        covered_after: whole / MICRO,
        by_level: cr.planByLevel(this.model, base, micro),
        cost_before: reach.before,
        cost_after: after,
        gain: gain,
        capacity: cr.assignCapacity(this)
      };
    }

    /* what homes pay with the plan, exact at any distance (-1: no way); searched when first asked for */
    costsAfter() {
      if (!this.unlimited) {
        var places = this.sites.map(function (site) {
          return this.within(site).place;
        }, this);
        this.unlimited = this.sites.length ? this.reach().beside(places.filter(Boolean)) : this.reach().before;
      }
      return this.unlimited;
    }

    suggest() {
      return cr.bestSite(this);
    }

    pieces(when) {
      return cr.planPieces(this, when);
    }

    explain(home) {
      return cr.explainHome(this, home);
    }

    toJSON() {
      return cr.planToJSON(this);
    }

    load(object) {
      return cr.loadPlan(this, object);
    }
  };

  function byId(id) {
    return function (site) {
      return site.id === id;
    };
  }

  function withCapacity(capacity) {
    return function (site) {
      return Object.freeze(Object.assign({}, site, { capacity: capacity }));
    };
  }

  function placeKey(place) {
    return place[0] + ' ' + place[1];
  }

  function nearestPlot(plots, ground) {
    var best = null,
      least = PLOT_CM;
    plots.forEach(function (plot) {
      var away = Math.hypot(plot[0] - ground[0], plot[1] - ground[1]);
      if (away > least) return;
      least = away;
      best = plot;
    });
    return best;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* A scenario as an object to save, and back, with all of its faults told at once. */
(function (cr) {
  'use strict';

  var FORMAT = 'civicreach-scenario';
  var VERSION = 1;
  var MOST_SITES = 200;
  var MOST_LETTERS = 80;
  var MOST_PLACES = 1e6;
  var MS_PER_MINUTE = 60000;
  var APART_CM = 100; // degrees this far from a site's metres contradict them

  /* the limits that a plan can ask of a service, in its own unit: {min, max, minutes} with the minutes of one unit */
  cr.planRange = function (service) {
    var metres = service.unit === 'm';
    return {
      min: Math.min(metres ? 50 : 1, service.limit),
      max: Math.max(metres ? 2000 : 30, Math.ceil(1.5 * service.limit)),
      minutes: metres ? 1000 / MS_PER_MINUTE : 1
    };
  };

  cr.planToJSON = function (plan) {
    return {
      format: FORMAT,
      version: VERSION,
      study: plan.what.fingerprint,
      study_name: cr.planStudy(plan),
      crs: plan.what.crs,
      service: plan.service.id,
      profile: plan.question.profile,
      minutes: plan.question.minutes,
      sites: plan.sites.map(function (site) {
        return {
          x_m: site.x_cm / 100,
          y_m: site.y_cm / 100,
          lon: +site.lon.toFixed(8),
          lat: +site.lat.toFixed(8),
          capacity: site.capacity
        };
      })
    };
  };

  /* a study as a plan's file names it */
  cr.planStudy = function (plan) {
    var study = plan.model.study;
    return [cr.pick(study.name), study.year].filter(Boolean).join(' ');
  };

  /* the name of the study that a scenario was made for where that isn't this one, otherwise '' */
  cr.otherStudy = function (plan, object) {
    if (object.study === plan.what.fingerprint) return '';
    var name = object.study_name;
    return typeof name === 'string' && name.trim() ? name.trim().slice(0, MOST_LETTERS) : cr.t('other_study');
  };

  /* takes a saved scenario's place in the history; faults as sentences, and nothing is changed where there are any */
  cr.loadPlan = function (plan, object) {
    if (!object || object.format !== FORMAT || !Array.isArray(object.sites)) return [cr.phrase('fault_format')];
    if (object.version !== VERSION) return [cr.phrase('fault_version')];
    var faults = [],
      number = plan.what.services.findIndex(function (service) {
        return service.id === object.service;
      }),
      own = plan.what.services[number],
      asked = own && plan.model.services[number],
      profiled = own && own.profiles.some(isCalled(plan, object.profile));
    if (object.crs !== plan.what.crs) faults.push(cr.phrase('fault_crs'));
    if (!own) faults.push(cr.phrase('fault_service'));
    else if (!profiled) faults.push(cr.phrase('fault_profile'));
    if (!isLimit(asked, object.minutes)) faults.push(minutesFault(asked));
    if (object.sites.length > MOST_SITES) faults.push(cr.phrase('fault_sites', { n: MOST_SITES }));
    var sites = readSites(plan, object.sites.slice(0, MOST_SITES), profiled ? number : -1, object.profile, faults);
    if (!faults.length) plan.commit(sites, { service: number, profile: object.profile, minutes: object.minutes });
    return withStudy(plan, object, faults);
  };

  /* first of all faults, that the scenario is one of another study */
  function withStudy(plan, object, faults) {
    if (!faults.length || !cr.otherStudy(plan, object)) return faults;
    var named = { from: cr.otherStudy.bind(null, plan, object), to: cr.planStudy.bind(null, plan) };
    return [cr.phrase('fault_study', named)].concat(faults);
  }

  /* whether minutes are a limit that the dock offers for a service; unknown services only need a number */
  function isLimit(service, minutes) {
    if (typeof minutes !== 'number' || !(minutes > 0 && isFinite(minutes))) return false;
    if (!service) return true;
    var range = cr.planRange(service),
      ms = Math.round(minutes * MS_PER_MINUTE),
      per = range.minutes * MS_PER_MINUTE;
    return ms >= Math.round(range.min * per) && ms <= Math.round(range.max * per);
  }

  function minutesFault(service) {
    if (!service) return cr.phrase('fault_number');
    var range = cr.planRange(service);
    return cr.phrase('fault_minutes', { min: inMinutes.bind(null, range.min), max: inMinutes.bind(null, range.max) });
    function inMinutes(value) {
      return cr.plain(Math.round(1e4 * value * range.minutes) / 1e4);
    }
  }

  /* sites of a file as a plan has them; each kind of fault is one sentence with the numbers of its sites. Without a
     service (-1) only what needs none is looked at */
  function readSites(plan, saved, service, profile, faults) {
    var wrong = new Map(),
      taken = new Set(),
      sites = saved.map(function (site, i) {
        var found = readSite(plan, site || {}, service, profile, taken);
        found.faults.forEach(function (fault) {
          wrong.set(fault, (wrong.get(fault) || []).concat(i + 1));
        });
        return found.site;
      });
    wrong.forEach(function (numbers, fault) {
      faults.push(cr.phrase(fault, { n: numbers.join(', ') }));
    });
    return sites;
  }

  function isCalled(plan, name) {
    return function (k) {
      return plan.what.profiles[k].name === name;
    };
  }

  /* {site, faults} */
  function readSite(plan, saved, service, profile, taken) {
    var faults = [],
      capacity = saved.capacity === undefined ? null : saved.capacity,
      x = Math.round(saved.x_m * 100),
      y = Math.round(saved.y_m * 100),
      site = null;
    if (capacity !== null && !(isNumber(capacity) && capacity >= 0 && capacity <= MOST_PLACES))
      faults.push('fault_site_capacity');
    if (!isNumber(saved.x_m) || !isNumber(saved.y_m)) faults.push('fault_site_metres');
    else {
      if (isApart(plan, saved, x, y)) faults.push('fault_site_degrees');
      site = placeFor(plan, x, y, service, profile, taken);
      if (!site) faults.push('fault_site');
    }
    if (site && !faults.length) Object.freeze(Object.assign(site, { id: plan.nextId++, capacity: capacity }));
    return { site: site, faults: faults };
  }

  function isNumber(value) {
    return typeof value === 'number' && isFinite(value);
  }

  /* degrees may be left out; those that are told must be those of the metres */
  function isApart(plan, saved, x, y) {
    if (saved.lon === undefined && saved.lat === undefined) return false;
    if (!isNumber(saved.lon) || !isNumber(saved.lat)) return true;
    var ground = plan.streets.toGround(saved.lon, saved.lat);
    return !(Math.hypot(ground[0] - x, ground[1] - y) <= APART_CM);
  }

  /* a site in centimetres, or null where none can stand */
  function placeFor(plan, x, y, service, profile, taken) {
    if (!plan.streets.inBox(x, y)) return null;
    if (service < 0) return {};
    var plots = plan.what.services[service].candidates,
      plot = plots.find(function (each) {
        return each[0] === x && each[1] === y;
      });
    if (plots.length && (!plot || taken.has(plot))) return null;
    taken.add(plot);
    var site = plan.siteAt(x, y, plot ? plot[3] : '', plan.reachOf(service, profile));
    return site.refused ? null : site;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

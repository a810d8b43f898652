/* The capacity of a plan's sites: one field for all of them; a plan from a file may hold different ones. */
(function (cr) {
  'use strict';

  var el = cr.el,
    MOST = 1e6;

  /* what the capacity of the plan's service is counted in; empty where it isn't */
  cr.planCapacityUnit = function (app) {
    return app.model.services[cr.planOf(app).question.service].facilities.unit;
  };

  /* whether the plan's sites have different capacities */
  function mixed(app) {
    var sites = cr.planOf(app).sites;
    return sites.some(function (site) {
      return site.capacity !== sites[0].capacity;
    });
  }

  /* after undo, redo or a file: the field says what all sites have, and then so do new ones */
  cr.takeCapacity = function (app) {
    var sites = cr.planOf(app).sites;
    if (sites.length) app.state.planCapacity = mixed(app) ? null : sites[0].capacity;
  };

  cr.capacityField = function (app) {
    var unit = cr.planCapacityUnit(app);
    if (!unit) return null;
    var input = el('input', {
      type: 'number',
      class: 'plan-capacity',
      'data-focus': 'plan-capacity',
      min: 1,
      max: MOST,
      inputmode: 'numeric',
      onchange: function () {
        typed(app, input);
      }
    });
    show(app, input);
    var title = cr.t('plan_capacity', { unit: cr.unitName(unit) });
    return el('label', { class: 'plan-field' }, el('span', {}, title), input);
  };

  /* the field as the plan has it, unless somebody is typing there */
  cr.followCapacity = function (app) {
    var input = app.root.querySelector('.plan-capacity');
    if (input && input !== document.activeElement) show(app, input);
  };

  function show(app, input) {
    input.value = app.state.planCapacity === null ? '' : String(app.state.planCapacity);
    input.placeholder = cr.t(mixed(app) ? 'plan_capacity_mixed' : 'plan_capacity_none');
  }

  /* what is typed is that of all sites and of those to come; what is no capacity changes nothing and is said */
  function typed(app, input) {
    var none = input.value === '' && !input.validity.badInput,
      value = none ? null : input.value === '' ? NaN : +input.value;
    if (!none && !(Number.isInteger(value) && value >= 1 && value <= MOST)) {
      show(app, input);
      var now = amount.bind(null, app, app.state.planCapacity);
      app.state.set({ planSaid: ['said_capacity_refused', { now: now }, []] });
      return;
    }
    app.state.planCapacity = value;
    cr.changePlan(
      app,
      function (plan) {
        plan.limitAll(value);
      },
      [
        cr.planOf(app).sites.length ? 'said_capacity' : 'said_capacity_next',
        { n: cr.planOf(app).sites.length, amount: amount.bind(null, app, value) }
      ]
    );
    show(app, input);
  }

  function amount(app, value) {
    return value === null ? cr.t('plan_capacity_none') : roomOf(app, value);
  }

  function roomOf(app, value) {
    return cr.t('plan_room', { n: cr.num(value), unit: cr.unitName(cr.planCapacityUnit(app)) });
  }

  /* who gets a place at a site, where capacity is handed out; else the capacity alone, where it has one */
  cr.placesAt = function (app, site) {
    var told = cr.planOf(app).result.capacity,
      limited = site.capacity !== null,
      people = told && !told.computing ? told.by_site.get(site.id) : null;
    if (people === null)
      return limited ? el('small', { class: 'plan-room' }, roomOf(app, site.capacity)) : null;
    return el(
      'small',
      { class: 'plan-taken', 'data-taken': people },
      cr.t(limited ? 'plan_taken' : 'plan_taken_unlimited', { n: cr.num(people), m: cr.num(site.capacity) })
    );
  };

  /* whether any site, or the next one, has a capacity: a suggestion doesn't look at it */
  cr.hasCapacity = function (app) {
    return (
      app.state.planCapacity !== null ||
      cr.planOf(app).sites.some(function (site) {
        return site.capacity !== null;
      })
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

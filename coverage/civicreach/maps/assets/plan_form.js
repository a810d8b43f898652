/* What a plan asks: service, who travels, the limit, the capacity of new sites; and the button that suggests one. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.planForm = function (app) {
    return [
      serviceChooser(app),
      profileChooser(app),
      limit(app),
      capacity(app),
      cr.planButtonOf('plan-suggest', cr.t('plan_suggest'), function () {
        cr.suggestSite(app);
      })
    ];
  };

  function profiles(app) {
    var told = app.model.head.what_if;
    return told.services[cr.planOf(app).question.service].profiles.map(function (k) {
      return told.profiles[k];
    });
  }

  cr.planProfile = function (app) {
    var name = cr.planOf(app).question.profile;
    return cr.pick(
      profiles(app).find(function (profile) {
        return profile.name === name;
      }).words
    );
  };

  function chooser(app, what, options, choose) {
    var select = el(
      'select',
      {
        'data-focus': 'plan-' + what,
        class: 'plan-' + what,
        onchange: function (event) {
          choose(event.target.value);
        }
      },
      options.map(function (option) {
        return el('option', { value: option[0] }, option[1]);
      })
    );
    select.value = String(cr.planOf(app).question[what]);
    return el('label', { class: 'plan-field' }, el('span', {}, cr.t('plan_' + what)), select);
  }

  function serviceChooser(app) {
    var options = app.model.services.map(function (service, k) {
      return [k, cr.pick(service.name)];
    });
    return chooser(app, 'service', options, function (value) {
      takeService(app, +value);
    });
  }

  function profileChooser(app) {
    var options = profiles(app).map(function (profile) {
      return [profile.name, cr.pick(profile.words)];
    });
    return chooser(app, 'profile', options, function (value) {
      ask(app, { profile: value });
    });
  }

  /* the same sites for another service, and its theme with them */
  function takeService(app, number) {
    if (!cr.takeQuestion(app, number).refused) app.setTheme(number);
    else cr.drawDock(app, true); // the chooser goes back to the plan's service
  }

  function ask(app, question) {
    cr.changePlan(app, function (plan) {
      plan.ask(question);
    });
  }

  /* minutes or, where a service's limit is a distance, metres */
  function limit(app) {
    var asked = cr.planOf(app).question,
      service = app.model.services[asked.service],
      range = cr.planRange(service),
      per = range.minutes,
      metres = service.unit === 'm',
      title = metres ? 'plan_metres' : 'plan_minutes',
      worth = Math.round(asked.minutes * 60000) / cr.msPer(service),
      shown = el('output', { class: 'plan-number' }, said(worth));
    function said(value) {
      return cr.t('limit_' + service.unit, { n: cr.plain(value) });
    }
    var slider = el('input', {
      type: 'range',
      class: 'plan-minutes',
      'data-focus': 'plan-minutes',
      min: range.min,
      max: range.max,
      step: metres ? 10 : Number.isInteger(service.limit) ? 1 : 0.5,
      'aria-label': cr.t(title),
      'aria-valuetext': said(worth),
      oninput: function () {
        cr.fill(shown, said(+slider.value));
        slider.setAttribute('aria-valuetext', said(+slider.value));
        ask(app, { minutes: +slider.value * per });
        app.root.querySelector('.plan-dock').dataset.question = cr.planQuestionKey(app);
      }
    });
    slider.value = String(worth);
    return el('label', { class: 'plan-field' }, el('span', {}, cr.t(title), ' ', shown), slider);
  }

  /* what the capacity of the plan's service is counted in; empty where it isn't */
  cr.planCapacityUnit = function (app) {
    return app.model.services[cr.planOf(app).question.service].facilities.unit;
  };

  function capacity(app) {
    var unit = cr.planCapacityUnit(app);
    if (!unit) return null;
    var input = el('input', {
      type: 'number',
      class: 'plan-capacity',
      'data-focus': 'plan-capacity',
      min: 0,
      max: 1000000,
      inputmode: 'numeric',
      placeholder: cr.t('plan_capacity_none'),
      onchange: function () {
        var value = input.value === '' ? null : Math.min(1e6, Math.max(0, Math.round(+input.value)));
        app.state.planCapacity = isFinite(value) ? value : null;
        cr.drawDock(app);
      }
    });
    input.value = app.state.planCapacity === null ? '' : String(app.state.planCapacity);
    return el(
      'label',
      { class: 'plan-field' },
      el('span', {}, cr.t('plan_capacity', { unit: cr.unitName(unit) })),
      input
    );
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

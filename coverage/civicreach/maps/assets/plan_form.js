/* What a plan asks: service, who travels, the limit; and the button that suggests a site. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.planForm = function (app) {
    return [
      serviceChooser(app),
      profileChooser(app),
      limit(app),
      cr.capacityField(app),
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
    var found = chooser(app, 'profile', options, function (value) {
        ask(app, { profile: value });
      }),
      unit = app.model.services[cr.planOf(app).question.service].unit;
    found.querySelector('span').appendChild(
      app.tip.button(cr.t('definition'), function () {
        return el('div', {}, cr.t('plan_profiles_why', { unit: cr.t('plan_by_' + unit) }));
      })
    );
    return found;
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
})((globalThis.civicreach = globalThis.civicreach || {}));

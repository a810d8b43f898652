/* The what-if dock over the map: the question, the sites with what each gains, and what can be done with them. */
(function (cr) {
  'use strict';

  var el = cr.el,
    PIN = 'M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zM12 6.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5';

  cr.planButton = function (app) {
    if (!cr.canPlan(app)) return null;
    return el(
      'button',
      {
        type: 'button',
        class: 'plan-open',
        'data-focus': 'plan-open',
        'aria-pressed': String(app.state.planning),
        onclick: function () {
          cr.togglePlanning(app, !app.state.planning);
        }
      },
      cr.icon(PIN),
      el('span', {}, cr.t('plan_open'))
    );
  };

  /* the dock in three boxes, so that a slider isn't drawn anew under the hand that moves it */
  cr.drawDock = function (app, whole) {
    var dock = app.root.querySelector('.plan-dock'),
      open = app.state.planning && cr.canPlan(app);
    app.root.classList.toggle('planning', open);
    dock.hidden = !open;
    if (!open) {
      cr.fill(dock);
      return;
    }
    dock.setAttribute('aria-label', cr.t('plan_title'));
    dock.classList.toggle('folded', app.state.planFolded);
    if (whole || !dock.firstChild || stale(app, dock)) drawWhole(app, dock);
    cr.followCapacity(app);
    tell(app, dock.querySelector('.plan-said'));
    cr.redraw(dock.querySelector('.plan-rest'), rest(app));
  };

  function stale(app, dock) {
    var form = dock.querySelector('.plan-form');
    return dock.dataset.question !== questionKey(app) && !form.contains(document.activeElement);
  }

  cr.planQuestionKey = questionKey;
  function questionKey(app) {
    var asked = cr.planOf(app).question;
    return [asked.service, asked.profile, asked.minutes].join(' ');
  }

  function drawWhole(app, dock) {
    dock.dataset.question = questionKey(app);
    cr.redraw(dock, [
      header(app),
      el(
        'div',
        { class: 'plan-in' },
        cr.planElsewhere(app) ? elsewhere(app) : null,
        el('div', { class: 'plan-form' }, cr.planElsewhere(app) ? null : cr.planForm(app)),
        el('div', { class: 'plan-said', role: 'status', 'aria-live': 'polite' }),
        el('div', { class: 'plan-rest' })
      )
    ]);
  }

  function header(app) {
    var folded = app.state.planFolded;
    return el(
      'div',
      { class: 'plan-head' },
      cr.icon(PIN),
      el('h2', {}, cr.t('plan_title')),
      iconButton('plan-fold', cr.t(folded ? 'plan_unfold' : 'plan_fold'), folded ? '▴' : '▾', function () {
        app.state.set({ planFolded: !folded });
      }),
      iconButton('plan-close', cr.t('plan_leave'), '×', function () {
        cr.togglePlanning(app, false);
      })
    );
  }

  function iconButton(name, label, sign, act) {
    return el(
      'button',
      {
        type: 'button',
        class: 'plan-icon ' + name,
        'data-focus': name,
        title: label,
        'aria-label': label,
        onclick: act
      },
      sign
    );
  }

  cr.planButtonOf = textButton;
  function textButton(name, label, act, off) {
    return el(
      'button',
      { type: 'button', class: name, 'data-focus': name, disabled: !!off, onclick: act },
      label
    );
  }

  /* another service is open than the one that the plan is for */
  function elsewhere(app) {
    var plan = cr.planOf(app),
      service = app.model.services[plan.question.service];
    return el(
      'div',
      { class: 'plan-elsewhere' },
      el('p', {}, cr.t('plan_elsewhere', { service: cr.pick(service.name), n: plan.sites.length })),
      textButton('plan-there', cr.t('plan_elsewhere_go'), function () {
        app.setTheme(service.number);
      }),
      textButton('plan-take', cr.t('plan_elsewhere_take'), function () {
        cr.takeQuestion(app, app.service().number);
      })
    );
  }

  /* what came of the last act; without one, how to begin. Faults of a file are told one by one */
  function tell(app, box) {
    var said = app.state.planSaid,
      plots = cr.candidates(app).length;
    if (cr.planElsewhere(app) && !(said && said[2])) cr.fill(box); // only faults are told then
    else if (said)
      cr.fill(
        box,
        el('p', { class: said[2] ? 'plan-fault' : null }, cr.t(said[0], said[1])),
        said[2] &&
          said[2].length > 0 &&
          el(
            'ul',
            {},
            said[2].slice(0, 12).map(function (fault) {
              return el('li', {}, String(fault));
            })
          )
      );
    else cr.fill(box, el('p', {}, plots ? cr.t('plan_how_candidates', { n: plots }) : cr.t('plan_how')));
  }

  function rest(app) {
    var plan = cr.planOf(app),
      none = !plan.sites.length;
    return [
      none ? el('p', { class: 'plan-none' }, cr.t('plan_none')) : sites(app, plan),
      el(
        'div',
        { class: 'plan-buttons' },
        textButton('plan-undo', cr.t('plan_undo'), cr.stepPlan.bind(null, app, true), !plan.canUndo),
        textButton('plan-redo', cr.t('plan_redo'), cr.stepPlan.bind(null, app, false), !plan.canRedo),
        textButton('plan-clear', cr.t('plan_clear'), cr.clearPlan.bind(null, app), none),
        textButton('plan-save', cr.t('plan_save'), cr.savePlan.bind(null, app), none),
        textButton('plan-load', cr.t('plan_load'), cr.pickPlan.bind(null, app)),
        textButton('plan-csv', cr.t('plan_csv'), cr.exportPlanCSV.bind(null, app), none),
        textButton('plan-geojson', cr.t('plan_geojson'), cr.exportPlanGeoJSON.bind(null, app), none)
      ),
      el('p', { class: 'plan-small' }, cr.planAssumes(app)),
      el('p', { class: 'plan-small plan-keys' }, cr.t('plan_keys'))
    ];
  }

  /* what the numbers of a plan take for granted */
  cr.planAssumes = function (app) {
    var plan = cr.planOf(app),
      limited = plan.sites.some(function (site) {
        return site.capacity !== null;
      }),
      noted = limited ? 'plan_assumes_capacity' : 'plan_assumes_unlimited',
      rule = plan.result.capacity ? 'plan_assumes_assigned' : noted;
    return cr.t('plan_assumes', { capacity: cr.t(rule, { group: cr.groupName(plan.service.group) }) });
  };

  function sites(app, plan) {
    return el(
      'ol',
      { class: 'plan-sites', 'aria-label': cr.t('plan_sites') },
      plan.sites.map(function (site, k) {
        var place = cr.placeOfSite(app, site),
          gain = cr.gainTold(plan, site.id);
        return el(
          'li',
          {},
          el('span', { class: 'plan-no', 'aria-hidden': true }, k + 1),
          el(
            'button',
            {
              type: 'button',
              class: 'plan-place',
              'data-focus': 'plan-go:' + site.id,
              'aria-label': cr.t('plan_go', { n: k + 1 }) + cr.t('colon') + place.filter(Boolean).join(' · '),
              title: place.filter(Boolean).join(' · '),
              onclick: function () {
                cr.goToSite(app, site.id);
              }
            },
            el('span', {}, place[0]),
            el('small', {}, place[1])
          ),
          el(
            'span',
            { class: 'plan-numbers' },
            el(
              'b',
              {
                class: 'plan-gain',
                'data-gain': gain,
                'aria-label': cr.t('plan_gain_said', { amount: cr.gainText(app, site.id) })
              },
              cr.t('plan_gain', { n: cr.num(gain) })
            ),
            cr.placesAt(app, site)
          ),
          iconButton('plan-remove', cr.t('plan_remove', { n: k + 1 }), '×', function () {
            cr.removeSite(app, site.id);
          })
        );
      })
    );
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

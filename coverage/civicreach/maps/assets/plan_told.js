/* What is told of a plan in tips, in the legend and on map sheets. */
(function (cr) {
  'use strict';

  var el = cr.el;

  /* what a map sheet tells of the plan: now, then, the sites with their gains, and what is assumed */
  cr.planPlate = function (app) {
    var view = cr.shownPlan(app),
      group = view.service.group;
    function line(name, value) {
      return el(
        'div',
        { class: 'plate-figure' },
        el('div', { class: 'plate-value' }, el('span', {}, name), el('b', {}, value))
      );
    }
    return [
      el('div', { class: 'plate-name' }, cr.t('plan_mark_many', { n: view.plan.sites.length })),
      el(
        'div',
        { class: 'plate-figures' },
        el('div', { class: 'plate-figure' }, cr.planQuestion(view)),
        view.otherQuestion && el('div', { class: 'plate-figure doubt' }, cr.t('plan_changed_question')),
        line(cr.t('col_plan_before'), cr.percent(view.total.before)),
        line(cr.t('col_plan_share'), cr.percent(view.total.share)),
        line(cr.t('plan_newly', { amount: '' }).trim(), cr.quantity(group, view.total.gained)),
        view.plan.sites.map(function (site, k) {
          var place = cr.placeOfSite(app, site).filter(Boolean).join(' · ');
          return line(k + 1 + '. ' + place, cr.t('plan_gain', { n: cr.num(cr.gainTold(view.plan, site.id)) }));
        }),
        el('div', { class: 'plate-figure' }, el('div', { class: 'soft' }, cr.planAssumes(app)))
      )
    ];
  };

  /* with what limit and for whom a plan counts where that isn't what the study asks: the other themes keep to that */
  cr.planAsks = function (app, view) {
    var asked = view.plan.question,
      own = cr.ownQuestion(app, asked.service);
    if (!view.otherQuestion) return '';
    var profile = app.model.head.what_if.profiles.find(function (each) {
      return each.name === asked.profile;
    });
    return [
      asked.profile !== own.profile && profile && cr.pick(profile.words),
      cr.t('limit_' + view.service.unit, { n: cr.plain(view.limit) })
    ]
      .filter(Boolean)
      .join(cr.language() === 'zh' ? '' : ', ');
  };

  /* facts of a unit for its tip and card */
  cr.planFacts = function (service, row) {
    return [
      [cr.t('tip_plan_share') + ' · ' + cr.groupName(service.group), cr.percent(row.share)],
      [cr.t('tip_plan_before'), cr.percent(row.before)],
      [cr.t('col_plan_change'), row.told === null ? '–' : cr.pointsText(row.told)],
      [cr.t('tip_uncovered'), cr.num(row.uncovered) + ' / ' + cr.quantity(service.group, row.total)]
    ];
  };

  /* facts of a home: what the plan makes of it, and its cost now and then */
  cr.planHomeFacts = function (view, i) {
    var service = view.service,
      beyond = service.status[i] === 0 ? 'beyond' : cr.STATUS[service.status[i]],
      status = view.isNew(i) ? 'planned' : view.coveredAfter(i) ? 'covered' : beyond;
    function cost(ms) {
      var digits = service.unit === 'm' ? 1 : 10;
      return ms < 0 ? '–' : cr.cost(service, Math.round((digits * ms) / view.per) / digits);
    }
    return [
      cr.t('home') + ' · ' + cr.t('status_' + status),
      '',
      [
        [cr.t('tip_nearest') + ' · ' + cr.t('col_plan_before'), cost(view.result.cost_before[i])],
        [cr.t('tip_nearest') + ' · ' + cr.t('col_plan_share'), cost(view.plan.costsAfter()[i])]
      ]
    ];
  };

  /* rows of the legend for what a plan adds; `near` where homes and streets are shown one by one */
  cr.planSigns = function (app, near) {
    var view = cr.shownPlan(app),
      layers = app.state.layers,
      colours = { '--f': cr.PLAN_LIGHT, '--c': cr.PLAN_DARK };
    return [
      view && view.plan.sites.length > 0 && cr.sign('pin', cr.t('legend_plan_site'), {}, '1'),
      view && layers.homes && near && cr.sign('home', cr.t('legend_plan_homes'), colours),
      view && layers.homes && !near && cr.sign('cell', cr.t('legend_plan_cells'), colours),
      view &&
        layers.reached_roads &&
        cr.sign('street', cr.t('legend_plan_streets'), { '--f': cr.PLAN_COLOUR, '--c': cr.PLAN_DARK }),
      app.state.planning && cr.candidates(app).length > 0 && cr.sign('diamond plot', cr.t('legend_plan_candidates')),
      app.why && app.why.pieces && cr.sign('route', cr.t('legend_route')),
      app.why && app.why.pieces && cr.sign('straight', cr.t('legend_straight'))
    ];
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

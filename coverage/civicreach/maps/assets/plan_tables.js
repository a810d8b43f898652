/* The headline and the tables while a plan is shown: now, then, and the difference. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.planMark = function (app) {
    if (cr.shownPlan(app)) return el('span', { class: 'plan-mark' }, cr.t('plan_mark'));
    return cr.keepsStudy(app, app.theme()) ? el('span', { class: 'plan-mark kept' }, cr.t('plan_kept')) : null;
  };

  /* whether a theme shows the study's values beside a plan that would change them: that of an analysis that is about
     the plan's service, as only service circles are counted anew in the page */
  cr.keepsStudy = function (app, theme) {
    var view = app.model.plan;
    if (!view || !theme.topics) return false;
    return theme.services.indexOf(view.service.id) >= 0;
  };

  /* what a theme with the study's values says about the plan, and the way back to it */
  cr.keptNote = function (app) {
    var view = app.model.plan;
    if (!cr.keepsStudy(app, app.theme())) return null;
    return el(
      'p',
      { class: 'plan-kept' },
      cr.t('plan_kept_note', { service: cr.pick(view.service.name), n: view.plan.sites.length }) + ' ',
      cr.planButtonOf('show-home', cr.t('plan_elsewhere_go'), function () {
        app.setTheme(view.service.number);
      })
    );
  };

  /* proposed sites as rows of the table of facilities */
  cr.plannedRows = function (app, view) {
    return view.plan.sites.map(function (site, k) {
      return {
        name: cr.t('plan_site', { n: k + 1 }),
        place: cr.placeOfSite(app, site).filter(Boolean).join(' · '),
        number: k + 1,
        planned: true,
        class: 'planned',
        capacity: site.capacity,
        reached: view.reached(site),
        gain: cr.gainTold(view.plan, site.id),
        assigned: view.assigned(site),
        act: function () {
          cr.goToSite(app, site.id);
        }
      };
    });
  };

  cr.plannedName = function (row) {
    return [
      el('i', { class: 'sign-pin', 'aria-hidden': true }, row.number),
      el('span', { class: 'name', title: row.place }, row.name),
      el('small', {}, row.place)
    ];
  };

  /* whether places at sites are handed out */
  cr.isAssigned = function (view) {
    return !!view && !!view.result.capacity && !view.result.capacity.computing;
  };

  /* a difference of shares in points as they are shown, with its sign; nothing is '·' */
  cr.points = function (change) {
    if (change === null || Math.abs(change) < 0.0005) return el('span', { class: 'soft' }, '·');
    return (change > 0 ? '+' : '−') + Math.abs(100 * change).toFixed(1);
  };

  cr.pointsText = pointsText;
  function pointsText(change) {
    return cr.t('plan_points', { sign: change < 0 ? '−' : '+', n: Math.abs(100 * change).toFixed(1) });
  }

  cr.planLimit = function (view) {
    var limit = cr.t('limit_' + view.service.unit, { n: cr.plain(view.limit) });
    return cr.t(view.service.mode === 'drive' ? 'limit_drive' : 'limit_walk', { limit: limit }).trim();
  };

  cr.drawPlanHeadline = function (app, view) {
    var service = view.service,
      total = view.total;
    cr.redraw(app.root.querySelector('.headline'), [
      el(
        'div',
        { class: 'ask' },
        el('span', {}, cr.planMark(app), ' ', question(view)),
        app.tip.button(cr.t('definition'), function () {
          return definition(view);
        })
      ),
      el(
        'div',
        { class: 'big-line planned' },
        el('div', { class: 'big', 'data-plan': 'share' }, cr.valueParts((100 * (total.share || 0)).toFixed(1) + ' %')),
        el(
          'div',
          { class: 'beside' },
          el(
            'div',
            { class: 'plan-delta' },
            cr.t('plan_now_then', { now: cr.percent(total.before), then: cr.percent(total.share) }),
            ' ',
            el('b', { 'data-plan': 'change' }, pointsText(total.told || 0))
          ),
          el('div', { 'data-plan': 'gained' }, cr.t('plan_newly', { amount: cr.amount(service.group, total.gained) })),
          assigned(view),
          view.otherQuestion && changedQuestion(app, view)
        )
      ),
      bar(total),
      story(app, view),
      list(app, view),
      cr.foldedFigures(app, service.figures.concat(app.model.head.figures), 'plan_today')
    ]);
  };

  /* who gets a place, where capacity is assigned */
  function assigned(view) {
    var told = view.result.capacity;
    if (!told) return null;
    var said = told.computing
      ? cr.t('plan_computing')
      : cr.t('plan_assigned', { n: cr.num(told.assigned), m: cr.num(told.unserved) });
    return el('div', { 'data-plan': 'assigned' }, said);
  }

  function changedQuestion(app, view) {
    return el(
      'div',
      { class: 'doubt' },
      cr.t('plan_changed_question') + ' ',
      el(
        'button',
        {
          type: 'button',
          class: 'show-home',
          'data-focus': 'plan-own',
          onclick: function () {
            cr.changePlan(app, function (plan) {
              plan.ask(cr.ownQuestion(app, view.service.number));
            });
          }
        },
        cr.t('plan_own_question')
      )
    );
  }

  cr.planQuestion = question;
  function question(view) {
    var service = view.service,
      figure = service.figure('people_share'),
      name = cr.pick(service.name);
    var text = cr.t(service.mode === 'drive' ? 'ask_drive' : 'ask_walk', {
      limit: cr.t('limit_' + view.service.unit, { n: cr.plain(view.limit) }),
      service: cr.language() === 'en' ? name.charAt(0).toLowerCase() + name.slice(1) : name,
      label: figure ? cr.figureLabel(figure) : cr.groupName(service.group)
    });
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  function definition(view) {
    var group = cr.groupName(view.service.group);
    return [
      el('b', {}, cr.t('plan_mark') + cr.t('colon') + cr.percent(view.total.share)),
      el('div', {}, cr.planDefinition(view)),
      el('div', { class: 'num' }, cr.t('numerator', { n: cr.plainNumber(view.total.covered) })),
      el('div', { class: 'num' }, cr.t('denominator_of', { n: cr.plainNumber(view.total.total), name: group }))
    ];
  }

  cr.planDefinition = function (view) {
    return cr.t('plan_definition', {
      limit: cr.planLimit(view),
      service: cr.pick(view.service.name),
      group: cr.groupName(view.service.group)
    });
  };

  function bar(total) {
    var now = 100 * Math.min(total.before || 0, total.share || 0),
      more = 100 * Math.max(0, (total.share || 0) - (total.before || 0));
    return el(
      'div',
      { class: 'bar', 'aria-hidden': true },
      el('i', { class: 'now', style: { width: now + '%' } }),
      el('i', { class: 'then', style: { width: more + '%' } })
    );
  }

  function story(app, view) {
    var service = view.service;
    if (!(view.total.total > 0)) return null;
    return el(
      'p',
      { class: 'story' },
      cr.t('story', { amount: cr.amount(service.group, view.total.uncovered), limit: spaced(cr.planLimit(view)) }),
      cr.t('story_end')
    );
  }

  function spaced(text) {
    return cr.language() === 'zh' ? ' ' + text : text;
  }

  /* the sites with what each gains; also what paper shows of them */
  function list(app, view) {
    if (!view.plan.sites.length) return null;
    return el(
      'div',
      { class: 'plan-told' },
      el(
        'ol',
        {},
        view.plan.sites.map(function (site) {
          return el(
            'li',
            {},
            cr.placeOfSite(app, site).filter(Boolean).join(' · ') + ' ',
            el('b', {}, cr.t('plan_gain', { n: cr.num(cr.gainTold(view.plan, site.id)) }))
          );
        })
      ),
      el('p', { class: 'plan-small plan-on-paper' }, cr.t('plan_first_come') + ' ' + cr.planAssumes(app))
    );
  }

  /* columns of a table by area while a plan is shown */
  cr.planColumns = function (name) {
    return [
      name,
      column('before', cr.t('col_plan_before'), cr.percent),
      column('share', cr.t('col_plan_share'), cr.percent),
      column('uncovered', cr.t('col_uncovered'), cr.num),
      Object.assign(column('told', cr.t('col_plan_change'), cr.points), { class: 'plan-change' })
    ];
  };

  function column(key, title, show) {
    return {
      key: key,
      title: title,
      value: function (r) {
        return r[key] === undefined ? null : r[key];
      },
      show: function (r) {
        return r[key] === null || r[key] === undefined ? '–' : show(r[key]);
      }
    };
  }

  /* the gap list with the plan counted in: all lowest units where somebody is left uncovered, worst first */
  cr.planGaps = function (app) {
    var model = app.model,
      view = cr.shownPlan(app);
    if (!model.lowest) return el('p', { class: 'empty' }, cr.t('no_areas'));
    var rows = [];
    model.units[model.lowest].name.forEach(function (name, unit) {
      var row = view.row(model.lowest, unit);
      if (!row || !(row.uncovered > 0)) return;
      var parent = model.middle ? model.units[model.middle].name[model.ancestor(unit, model.middle)] : '';
      rows.push(
        Object.assign(row, { name: name, parent: parent, select: { kind: 'unit', level: model.lowest, index: unit } })
      );
    });
    if (!rows.length) return el('p', { class: 'empty' }, cr.t('no_gaps'));
    rows.sort(function (a, b) {
      return b.uncovered - a.uncovered;
    });
    var name = {
      key: 'name',
      title: cr.t('col_place'),
      text: true,
      value: function (r) {
        return r.name;
      },
      show: function (r) {
        return cr.named(r.name, r.parent, view.service.shareColour(r.share, model.breaks));
      }
    };
    return cr.table(app, cr.planColumns(name), rows);
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

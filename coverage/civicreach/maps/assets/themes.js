/* The row of themes: one for each service and one for each analysis, in two groups; a list to pick from on a phone. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.drawThemes = function (app) {
    var nav = app.root.querySelector('.themes'),
      services = app.model.services.length,
      all = app.model.themes,
      grouped = all.length > services && services > 0;
    var numbers = all.map(function (_, k) {
      return k;
    });
    nav.classList.toggle('grouped', grouped);
    nav.classList.toggle('many', all.length > 3);
    nav.classList.toggle('crowded', Math.max(services, all.length - services) > 4);
    nav.style.setProperty('--themes', all.length);
    cr.redraw(nav, [
      grouped
        ? [
            group(app, 'group_services', numbers.slice(0, services), numbers),
            group(app, 'group_analyses', numbers.slice(services), numbers)
          ]
        : el(
            'div',
            { class: 'theme-tabs', role: 'tablist', 'aria-label': cr.t('themes') },
            numbers.map(function (k) {
              return tab(app, k, numbers);
            })
          ),
      picker(app, services)
    ]);
    var ramp = app.theme().ramp;
    app.root.style.setProperty('--accent', ramp.accent);
    app.root.style.setProperty('--deep', ramp.deep);
  };

  function group(app, title, numbers, all) {
    return el(
      'div',
      { class: 'theme-group', style: { '--n': numbers.length } },
      el('span', { class: 'group-name', 'aria-hidden': true }, cr.t(title)),
      el(
        'div',
        { class: 'theme-tabs', role: 'tablist', 'aria-label': cr.t(title) },
        numbers.map(function (k) {
          return tab(app, k, all);
        })
      )
    );
  }

  /* the number beside a theme's name: of a service the share that is covered, of an analysis the first figure
     of its chosen topic */
  function headline(app, theme) {
    var plan = app.model.plan;
    if (plan && plan.service === theme) return [cr.percent(plan.total.share).replace('%', ''), '%'];
    var figure = theme.figure ? theme.figure('people_share') : cr.chosen.figures(app, theme).first[0];
    return figure && figure.value !== null ? cr.splitValue(cr.pick(figure.text)) : null;
  }

  /* which of an analysis' figures its tab shows: "elder gaps 80 %" is no gap of 80 % */
  function whatOf(app, theme) {
    var figure = cr.chosen.figures(app, theme).first[0];
    if (!figure || figure.value === null) return '';
    var parts = cr.figureLabel(figure).split(/：|: /);
    return parts[parts.length - 1];
  }

  /* beside a plan: what its own theme shows today, and which themes leave it out */
  function besidePlan(app, theme) {
    var plan = app.model.plan;
    if (plan && plan.service === theme)
      return cr.t('plan_tab_now', { n: cr.percent(plan.total.before), at: cr.planAsks(app, plan) }).trim();
    return cr.keepsStudy(app, theme) ? cr.t('plan_kept_short') : '';
  }

  function tab(app, k, all) {
    var theme = app.model.themes[k],
      on = app.state.theme === k,
      value = headline(app, theme),
      beside = besidePlan(app, theme),
      longest = cr.language() === 'zh' ? 7 : 14, // letters of what stands below the number
      what = theme.figure ? '' : whatOf(app, theme),
      name = theme.figure ? cr.pick(theme.name) : cr.topicName(app, theme);
    return el(
      'button',
      {
        type: 'button',
        role: 'tab',
        'aria-selected': String(on),
        tabindex: on ? '0' : '-1',
        title: beside ? name + ' · ' + beside : name,
        class: what ? 'stacked' : null,
        'data-theme': k,
        'data-focus': 'theme:' + k,
        style: { '--c': theme.ramp.accent },
        onclick: function () {
          app.setTheme(k);
        },
        onkeydown: function (event) {
          cr.arrowTabs(event, all, k, function (to) {
            app.setTheme(to);
            app.root.querySelector('.themes [data-theme="' + to + '"]').focus();
          });
        }
      },
      el('span', { class: 'theme-name' }, cr.pick(theme.name)),
      value &&
        el(
          'span',
          { class: 'theme-value' + (beside || what ? ' two' : '') + (theme.figure ? '' : ' of-analysis') },
          value[0],
          value[1] && value[1].length < 4 && el('small', {}, ' ' + value[1]),
          beside && el('em', {}, beside),
          !beside && what && el('em', { class: 'theme-what', title: what }, cr.shorten(what, longest))
        )
    );
  }

  function picker(app, services) {
    var select = el(
      'select',
      {
        'aria-label': cr.t('themes'),
        'data-focus': 'theme-pick',
        onchange: function (event) {
          app.setTheme(+event.target.value);
        }
      },
      options(app, 0, services, 'group_services'),
      options(app, services, app.model.themes.length, 'group_analyses')
    );
    select.value = String(app.state.theme);
    return el('label', { class: 'theme-pick', style: { '--c': app.theme().ramp.accent } }, select);
  }

  function options(app, from, to, title) {
    if (from === to) return null;
    return el(
      'optgroup',
      { label: cr.t(title) },
      app.model.themes.slice(from, to).map(function (theme, i) {
        var value = headline(app, theme);
        var what = theme.figure ? '' : whatOf(app, theme),
          said = value ? '  ' + value.join(' ') + (what && ' · ' + what) : '';
        return el('option', { value: from + i }, cr.pick(theme.name) + said);
      })
    );
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

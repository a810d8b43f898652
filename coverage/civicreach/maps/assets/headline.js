/* The headline figures, each with its definition, numerator and denominator. */
(function (cr) {
  'use strict';

  var el = cr.el;

  /* what a figure means, as lines of a tooltip */
  cr.explain = function (figure) {
    var group = cr.pick(figure.denominator_name);
    return [
      el('b', {}, (figureLabel(figure) || cr.t('definition')) + cr.t('colon') + cr.pick(figure.text)),
      figure.definition[0] && el('div', {}, cr.pick(figure.definition)),
      figure.numerator !== null && el('div', { class: 'num' }, cr.t('numerator', { n: cr.plainNumber(figure.numerator) })),
      figure.denominator !== null &&
        el(
          'div',
          { class: 'num' },
          cr.t(group ? 'denominator_of' : 'denominator', { n: cr.plainNumber(figure.denominator), name: group })
        ),
      figure.sources.length > 0 && el('div', { class: 'soft' }, cr.t('sources', { names: cr.sourcesOf(figure) }))
    ];
  };

  /* where a figure comes from, in the page's language */
  cr.sourcesOf = function (figure) {
    return figure.sources.map(cr.pick).join(cr.language() === 'zh' ? '；' : '; ');
  };

  /* our own short words for what every service has; the figure's own label, without the service's name, for the rest */
  function figureLabel(figure) {
    if (figure.own) return cr.pick(figure.label) || figure.id;
    var key = 'fig_' + suffixOf(figure).replace(/^(communities|subdistricts|districts|cities)_/, 'units_');
    if (cr.has(key)) return cr.t(key, unitWords(suffixOf(figure)));
    var label = cr.pick(figure.label) || figure.id,
      parts = label.split(/：|: /);
    return parts.length > 1 ? parts.slice(1).join(': ') : label;
  }

  cr.figureLabel = figureLabel;

  function unitWords(suffix) {
    var level = { communities: 'community', subdistricts: 'subdistrict', districts: 'district', cities: 'city' }[
      suffix.split('_')[0]
    ];
    return level ? { level: cr.t('level_' + level), levels: cr.t('plural_' + level) } : {};
  }

  function suffixOf(figure) {
    return figure.id.split('.').pop();
  }

  /* a value and its unit */
  cr.splitValue = function (text) {
    var at = text.indexOf(' ');
    return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
  };

  function valueParts(text) {
    var parts = cr.splitValue(text);
    return [parts[0], parts[1] && el('small', {}, parts[1])];
  }
  cr.valueParts = valueParts;

  /* the button that tells what a figure means */
  cr.explainer = function (app, figure) {
    return app.tip.button(cr.t('definition'), function () {
      return cr.explain(figure);
    });
  };

  cr.drawHeadline = function (app) {
    if (app.analysis()) {
      cr.drawAnalysisHeadline(app);
      return;
    }
    if (cr.shownPlan(app)) {
      cr.drawPlanHeadline(app, cr.shownPlan(app));
      return;
    }
    var service = app.service(),
      people = service.figure('people_share');
    cr.fill(
      app.root.querySelector('.headline'),
      people ? [question(app, service, people), bar(service, people), cr.otherAnalyses(app), story(app, service, people)] : [],
      minis(app, service),
      details(app, service)
    );
  };

  function question(app, service, people) {
    var standard = service.standard,
      clause = standard && cr.pick(standard.clause);
    var ask = cr.t(service.mode === 'drive' ? 'ask_drive' : 'ask_walk', {
      limit: cr.limitText(service),
      service: cr.language() === 'en' ? cr.pick(service.name).replace(/^[A-Z](?![A-Z])/, lower) : cr.pick(service.name),
      label: figureLabel(people)
    });
    var named =
      standard &&
      cr.t(clause ? 'standard' : 'standard_bare', { name: cr.pick(standard.name), clause: clause });
    var doubt = standard && cr.has('confidence_' + standard.confidence) && cr.t('confidence_' + standard.confidence);
    return [
      el(
        'div',
        { class: 'ask' },
        el('span', {}, ask.charAt(0).toUpperCase() + ask.slice(1)),
        cr.explainer(app, people)
      ),
      el(
        'div',
        { class: 'big-line' },
        el('div', { class: 'big', 'data-figure': people.id }, valueParts(cr.pick(people.text))),
        el(
          'div',
          { class: 'beside' },
          el(
            'div',
            {},
            cr.t('covered_of', {
              n: plainOrCounted(service, people.numerator),
              of: plainOrCounted(service, people.denominator),
              group: cr.groupName(service.group)
            })
          ),
          named && el('div', { class: 'soft', title: named }, named, doubt && el('em', { class: 'doubt' }, ' ' + doubt))
        )
      )
    ];
  }

  /* Chinese counts with a unit, English has the group's name behind the number */
  function plainOrCounted(service, value) {
    return cr.language() === 'zh' ? cr.quantity(service.group, value) : cr.num(value);
  }

  function lower(letter) {
    return letter.toLowerCase();
  }

  function bar(service, people) {
    var straight = service.figure('straight_line_share');
    return el(
      'div',
      { class: 'bar', 'aria-hidden': true },
      el('i', { class: 'now', style: { width: 100 * (people.value || 0) + '%' } }),
      straight && straight.value !== null && el('i', { class: 'claim', style: { left: 100 * straight.value + '%' } })
    );
  }

  /* one sentence that says what the numbers mean */
  function story(app, service, people) {
    var uncovered = people.denominator - people.numerator,
      limit = limitPhrase(service);
    if (!(people.denominator > 0)) return null;
    if (uncovered <= 0)
      return el('p', { class: 'story' }, cr.t('story_none', { group: cr.groupName(service.group), limit: limit }));
    var worst = worstUnit(app.model, service),
      line = el('p', { class: 'story' });
    cr.add(line, [cr.t('story', { amount: spaced(service, cr.amount(service.group, uncovered)), limit: limit })]);
    if (!worst) return cr.add(line, [cr.t('story_end'), edge(service)]);
    return cr.add(line, [
      cr.t('story_where'),
      el(
        'button',
        {
          class: 'go',
          type: 'button',
          onclick: function () {
            app.select({ kind: 'unit', level: worst.level, index: worst.index }, true);
          }
        },
        worst.name
      ),
      cr.t('story_gap', { n: plainOrCounted(service, worst.uncovered) }),
      edge(service)
    ]);
  }

  /* the uncovered whose answer isn't known, because a facility may be near beyond the edge of the data */
  function edge(service) {
    var figure = service.figure('at_edge');
    return figure && figure.value > 0 && cr.t('story_edge', { n: spaced(service, plainOrCounted(service, figure.value)) });
  }

  /* a gap between a bare number and the Chinese behind it */
  function spaced(service, text) {
    return cr.language() === 'zh' && !cr.groupUnit(service.group) ? text + ' ' : text;
  }

  function limitPhrase(service) {
    var limit = cr.limitText(service),
      key = service.mode === 'drive' ? 'limit_drive' : 'limit_walk';
    return cr.t(key, { limit: limit });
  }
  cr.limitPhrase = limitPhrase;

  function worstUnit(model, service) {
    var level = model.middle || model.lowest,
      worst = null;
    if (!level || !service.tables[level] || model.units[level].name.length < 2) return null;
    model.units[level].name.forEach(function (name, index) {
      var row = model.row(service, level, index);
      if (row && row.uncovered > 0 && (!worst || row.uncovered > worst.uncovered)) {
        worst = { level: level, index: index, name: name, uncovered: row.uncovered };
      }
    });
    return worst;
  }

  var MINIS = [/^straight_line_share$/, /^people_share_private_(open|closed)$/, /_presence_share$/, /_served_share$/];

  function miniFigures(service) {
    return MINIS.map(function (pattern) {
      return service.figures.find(function (figure) {
        return pattern.test(suffixOf(figure));
      });
    }).filter(Boolean);
  }

  function minis(app, service) {
    var people = service.figure('people_share');
    return el(
      'div',
      { class: 'minis' },
      miniFigures(service).map(function (figure) {
        var suffix = suffixOf(figure),
          difference = people && /line|private/.test(suffix) ? beside(suffix, figure, people) : null;
        return el(
          'div',
          { class: 'mini' },
          el(
            'div',
            { class: 'mini-name' },
            figureLabel(figure),
            cr.explainer(app, figure)
          ),
          el(
            'div',
            { class: 'mini-line' },
            el('span', { class: 'mini-value', 'data-figure': figure.id }, valueParts(cr.pick(figure.text))),
            difference
          )
        );
      })
    );
  }

  /* how far another way of counting is from the headline, in points of a percent */
  function beside(suffix, figure, people) {
    if (figure.value === null || people.value === null) return null;
    var points = 100 * (figure.value - people.value),
      n = Math.abs(points).toFixed(1);
    if (figure.value === people.value) return el('span', { class: 'delta none' }, cr.t('same'));
    if (n === '0.0') return el('span', { class: 'delta none' }, cr.t('nearly_same'));
    var key =
      suffix === 'straight_line_share'
        ? points > 0
          ? 'overstates'
          : 'understates'
        : points > 0
          ? 'points_more'
          : 'points_less';
    return el('span', { class: 'delta' }, cr.t(key, { n: n }));
  }

  function details(app, service) {
    var shown = miniFigures(service).concat(service.figure('people_share'));
    var rest = service.figures
      .filter(function (figure) {
        return shown.indexOf(figure) < 0;
      })
      .concat(app.model.head.figures);
    return cr.foldedFigures(app, rest);
  }

  /* more figures, one a line, folded at first */
  cr.foldedFigures = function (app, figures, title) {
    if (!figures.length) return null;
    return el(
      'details',
      {},
      el('summary', {}, title ? cr.t(title) : cr.t('more_figures', { n: figures.length })),
      el(
        'dl',
        {},
        figures.map(function (figure) {
          return [
            el(
              'dt',
              {},
              figureLabel(figure),
              cr.explainer(app, figure)
            ),
            el('dd', { 'data-figure': figure.id }, cr.pick(figure.text))
          ];
        })
      )
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

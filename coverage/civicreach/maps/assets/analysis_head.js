/* The head of an analysis: its first figure large, the next ones small, the rest folded, and how units stand to the
   target. */
(function (cr) {
  'use strict';

  var el = cr.el,
    MINIS = 4,
    ROOM = '(min-height: 1000px), (max-width: 760px)'; // for small figures above the tables, which go first

  cr.drawAnalysisHeadline = function (app) {
    var told = cr.chosen.figures(app, app.analysis()),
      figures = told.first,
      first = figures[0],
      roomy = watchRoom(app);
    cr.redraw(app.root.querySelector('.headline'), [
      cr.keptNote(app),
      first && [lead(app, first, told.own), bar(first)],
      first === app.analysis().figures[0] && otherCircles(app),
      story(app),
      roomy && figures.length > 1 && minis(app, figures.slice(1, 1 + MINIS)),
      cr.foldedFigures(app, figures.slice(roomy ? 1 + MINIS : 1).concat(told.rest, app.model.head.figures))
    ]);
  };

  /* whether there is room for small figures; the head is drawn again when that changes */
  function watchRoom(app) {
    if (!app.room) {
      app.room = window.matchMedia(ROOM);
      app.room.addEventListener('change', function () {
        if (app.analysis()) cr.drawHeadline(app);
      });
    }
    return app.room.matches;
  }

  /* what a figure is called where the chosen topic has none of its own: whose it is stands before it */
  cr.wholeLabel = function (app, figure, own) {
    var label = cr.figureLabel(figure);
    return own ? label : cr.t('of_whole', { analysis: cr.pick(app.analysis().name), label: label });
  };

  function lead(app, figure, own) {
    var sources = cr.sourcesOf(figure);
    return [
      el('div', { class: 'ask' }, el('span', {}, cr.wholeLabel(app, figure, own)), cr.explainer(app, figure)),
      el(
        'div',
        { class: 'big-line' },
        el('div', { class: 'big', 'data-figure': figure.id }, cr.valueParts(cr.pick(figure.text))),
        el(
          'div',
          { class: 'beside' },
          parts(figure),
          figure.definition[0] &&
            el('div', { class: 'soft meaning', title: cr.pick(figure.definition) }, cr.pick(figure.definition))
        )
      ),
      sources && el('div', { class: 'soft sources', title: sources }, sources)
    ];
  }

  /* how the circles of the same facilities count, where theirs is another share of what sounds the same */
  function otherCircles(app) {
    return app.analysis().same.map(function (id) {
      var service = app.model.services.find(function (each) {
          return each.id === id;
        }),
        figure = service && service.figure('people_share');
      // what says the same needs no word about how it counts otherwise
      if (!figure || figure.value === null || same(figure, app.analysis().figures[0])) return null;
      return el(
        'p',
        { class: 'other-count' },
        cr.t('other_circle', {
          service: cr.pick(service.name),
          n: cr.percent(figure.value),
          group: cr.groupName(service.group),
          limit: cr.limitPhrase(service).trim()
        })
      );
    });
  }

  /* the same beside the figure of a service: how the analyses of its facilities count */
  cr.otherAnalyses = function (app) {
    return app.model.analyses.map(function (analysis) {
      var figure = analysis.figures[0],
        definition = figure && cr.pick(figure.definition);
      if (!figure || figure.value === null || analysis.same.indexOf(app.service().id) < 0) return null;
      if (same(figure, app.service().figure('people_share'))) return null;
      var named = { analysis: cr.pick(analysis.name), n: cr.pick(figure.text), definition: definition };
      return el('p', { class: 'other-count', title: definition }, cr.t('other_analysis', named));
    });
  };

  function same(one, other) {
    return !!other && cr.pick(one.text) === cr.pick(other.text);
  }

  /* numerator and denominator in words */
  function parts(figure) {
    if (figure.numerator === null || figure.denominator === null) return null;
    var name = cr.pick(figure.denominator_name);
    return el(
      'div',
      {},
      cr.t('part_of', { n: cr.plainNumber(figure.numerator), of: cr.plainNumber(figure.denominator), name: name })
    );
  }

  function bar(figure) {
    if (!figure.share || figure.value === null) return null;
    var width = 100 * Math.max(0, Math.min(1, figure.value)) + '%';
    return el('div', { class: 'bar', 'aria-hidden': true }, el('i', { class: 'now', style: { width: width } }));
  }

  function minis(app, figures) {
    return el(
      'div',
      { class: 'minis' },
      figures.map(function (figure) {
        return el(
          'div',
          { class: 'mini' },
          el('div', { class: 'mini-name' }, el('span', {}, shortened(figure, app)), cr.explainer(app, figure)),
          el('div', { class: 'mini-value', 'data-figure': figure.id }, cr.valueParts(cr.pick(figure.text)))
        );
      })
    );
  }

  /* a label without what all of them begin with: "Elder stations: communities served" below "Elder stations: ..." */
  function shortened(figure, app) {
    var label = cr.figureLabel(figure),
      first = cr.figureLabel(cr.chosen.figures(app, app.analysis()).first[0]),
      parts = label.split(/：|: /);
    if (parts.length < 2 || first.indexOf(parts[0]) !== 0) return label;
    var rest = label.slice(parts[0].length).replace(/^[：:] ?/, '');
    return rest.charAt(0).toUpperCase() + rest.slice(1);
  }

  /* how many units meet the target of the topic that is shown, and which is farthest from it */
  function story(app) {
    var topic = cr.chosen.topic(app),
      level = cr.chosen.level(app);
    if (!topic || topic.target === null || !level) return null;
    var field = topic.coloured[0],
      standing = cr.standing(topic, level, field, app.model.units[level].name.length);
    if (!standing.known) return null;
    var about = {
      target: cr.brief(topic.fields[field].kind, topic.target),
      name: cr.pick(topic.fields[field].header),
      levels: cr.t((standing.known === 1 ? 'level_' : 'plural_') + level),
      n: cr.num(standing.met),
      of: cr.num(standing.known)
    };
    about.levels = cr.language() === 'en' ? about.levels.toLowerCase() : about.levels;
    var line = el('p', { class: 'story' }, cr.t(topic.high_is_worse[0] ? 'meets_at_most' : 'meets_at_least', about));
    if (standing.worst < 0) return line;
    return cr.add(line, [
      cr.t('meets_worst'),
      el(
        'button',
        {
          class: 'go',
          type: 'button',
          'data-focus': 'worst',
          onclick: function () {
            app.select({ kind: 'unit', level: level, index: standing.worst }, true);
          }
        },
        app.model.units[level].name[standing.worst]
      ),
      cr.t('meets_value', { n: topic.said(level, field, standing.worst) })
    ]);
  }

  /* units with a value, those that meet the target, and the one that misses it by most (-1: none does). Met classes lie
     on one side of the break that is the target. */
  cr.standing = function (topic, level, field, count) {
    var classes = topic.colours(level, field),
      high = topic.high_is_worse[0],
      edge = classes && classes.edge;
    var found = { known: 0, met: 0, worst: -1 };
    if (edge === null || edge === undefined) return found;
    for (var i = 0; i < count; i++) {
      var sign = classes.classes.charAt(i);
      if (sign === '-' || sign === '') continue;
      found.known++;
      if (high ? +sign <= edge : +sign > edge) found.met++;
      else if (found.worst < 0 || worse(topic.value(level, field, i), topic.value(level, field, found.worst), high))
        found.worst = i;
    }
    return found;
  };

  function worse(a, b, high) {
    return high ? a > b : a < b;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

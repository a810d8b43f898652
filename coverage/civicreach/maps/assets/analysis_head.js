/* The head of an analysis: its first figure large, the next ones small, the rest folded, and how units stand to the
   target. */
(function (cr) {
  'use strict';

  var el = cr.el,
    MINIS = 4;

  cr.drawAnalysisHeadline = function (app) {
    var figures = app.analysis().figures,
      first = figures[0];
    cr.redraw(app.root.querySelector('.headline'), [
      first && [lead(app, first), bar(first)],
      story(app),
      figures.length > 1 && minis(app, figures.slice(1, 1 + MINIS)),
      cr.foldedFigures(app, figures.slice(1 + MINIS).concat(app.model.head.figures))
    ]);
  };

  function lead(app, figure) {
    var sources = cr.sourcesOf(figure);
    return [
      el('div', { class: 'ask' }, el('span', {}, cr.figureLabel(figure)), cr.explainer(app, figure)),
      el(
        'div',
        { class: 'big-line' },
        el('div', { class: 'big', 'data-figure': figure.id }, cr.valueParts(cr.pick(figure.text))),
        el(
          'div',
          { class: 'beside' },
          parts(figure),
          sources && el('div', { class: 'soft', title: sources }, sources)
        )
      )
    ];
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
      first = cr.figureLabel(app.analysis().figures[0]),
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
      cr.t('meets_value', { n: cr.shown(topic.fields[field], topic.value(level, field, standing.worst)) })
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

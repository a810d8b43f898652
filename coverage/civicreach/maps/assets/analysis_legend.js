/* The legend of an analysis: how units are coloured, where the target lies, and each layer that is drawn. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.analysisLegend = function (app, open) {
    var chosen = cr.chosen,
      field = chosen.colour(app),
      level = chosen.level(app),
      model = app.model,
      units = app.state.layers.choropleth && field >= 0 && level;
    return [
      units ? unitLegend(app, chosen.topic(app), level, field) : el('h2', {}, cr.pick(app.analysis().name)),
      open && layers(app),
      open &&
        el(
          'div',
          { class: 'signs' },
          model.middle && cr.sign('border', cr.t('legend_border', { level: cr.t('level_' + model.middle) })),
          model.lowest && cr.sign('fine', cr.t('legend_border', { level: cr.t('level_' + model.lowest) }))
        )
    ];
  };

  function layers(app) {
    var drawn = cr.markOrder(cr.chosen.layers(app)).reverse();
    if (!drawn.length) return null;
    return el(
      'div',
      { class: 'marks' },
      drawn.map(function (layer) {
        return el('div', { class: 'mark-legend' }, markLegend(app, layer));
      })
    );
  }

  function unitLegend(app, topic, level, field) {
    var classes = topic.colours(level, field),
      head = topic.fields[field],
      title = cr.pick(head.header);
    if (!classes) return [el('h2', {}, title), noData()];
    var bare = classes.classes.indexOf('-') >= 0;
    return [
      el('h2', {}, title, ' ', el('span', { class: 'soft' }, '· ' + cr.t('level_' + level))),
      scale(classes, head, cr.unitColour),
      classes.edge !== undefined && target(topic, classes, level, head, app.model.units[level].name.length),
      bare && noData()
    ];
  }

  function noData() {
    return el('div', { class: 'signs' }, cr.sign('none', cr.t('no_data')));
  }

  /* words each with its colour, whole numbers below theirs, everything else with its breaks below the joints */
  function scale(classes, field, look) {
    if (classes.names) return names(classes, look);
    if (classes.exact)
      return el(
        'div',
        { class: 'ramp' },
        classes.exact.map(function (value, k) {
          return el('span', {}, el('i', { style: { background: look(classes.colours[k]) } }), cr.brief(field.kind, value));
        })
      );
    return el(
      'div',
      { class: 'scale' },
      el(
        'div',
        { class: 'steps' },
        classes.colours.map(function (colour) {
          return el('i', { style: { background: look(colour) } });
        })
      ),
      el(
        'div',
        { class: 'ticks' },
        classes.breaks.map(function (value, k) {
          var at = (100 * (k + 1)) / classes.colours.length + '%';
          return el('span', { class: classes.edge === k && 'edge', style: { left: at } }, cr.brief(field.kind, value));
        })
      )
    );
  }

  function names(classes, look) {
    var all = classes.names.map(cr.pick).concat(classes.others ? [cr.t('others')] : []);
    return el(
      'div',
      { class: 'signs' },
      all.map(function (name, k) {
        return cr.sign('block', name, { '--f': look(classes.colours[k]) });
      })
    );
  }

  /* on which side of the target units lie, and how many: below the colours of either side */
  function target(topic, classes, level, field, count) {
    var standing = cr.standing(topic, level, topic.coloured[0], count),
      below = classes.edge + 1,
      sides = [
        [below, topic.high_is_worse[0]],
        [classes.colours.length - below, !topic.high_is_worse[0]]
      ];
    return [
      el(
        'div',
        { class: 'sides' },
        sides.map(function (side) {
          var n = side[1] ? standing.met : standing.known - standing.met;
          return el(
            'span',
            { class: side[1] ? 'met' : 'missed', style: { 'flex-grow': side[0] } },
            cr.t(side[1] ? 'side_met' : 'side_missed', { n: cr.num(n) })
          );
        })
      ),
      el(
        'p',
        { class: 'note' },
        cr.t(topic.high_is_worse[0] ? 'target_most' : 'target_least', { n: cr.brief(field.kind, topic.target) })
      )
    ];
  }

  function markLegend(app, layer) {
    var title = cr.pick(layer.title),
      rank = cr.markRank(app, layer),
      classes = layer.classes;
    if (!classes) return el('div', { class: 'signs' }, symbol(layer, rank, layer.colour, title));
    var field = layer.fields[classes.field];
    return [
      el('h3', {}, title, ' ', el('span', { class: 'soft' }, '· ' + cr.pick(field.header))),
      classes.names ? kinds(layer, rank, classes) : scale(classes, field, same)
    ];
  }

  function kinds(layer, rank, classes) {
    var all = classes.names.map(cr.pick).concat(classes.others ? [cr.t('others')] : []);
    return el(
      'div',
      { class: 'signs' },
      all.map(function (name, k) {
        return symbol(layer, rank, classes.colours[k], name);
      })
    );
  }

  function symbol(layer, rank, colour, text) {
    var kind = { points: ['dot', 'diamond', 'triangle'][rank % 3], lines: 'line', polygons: 'patch' }[layer.kind];
    if (kind === 'line') kind += [' solid', ' dashed', ' dotted'][rank % 3];
    return cr.sign(kind, text, { '--f': colour });
  }

  function same(colour) {
    return colour;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

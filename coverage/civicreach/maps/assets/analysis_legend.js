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
      cr.keepsStudy(app, app.analysis()) && el('p', { class: 'note' }, cr.t('plan_kept')),
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
      title = topic.header(level, field);
    if (!classes) return [el('h2', {}, title), noData()];
    var bare = classes.classes.indexOf('-') >= 0;
    return [
      el('h2', {}, title, ' ', el('span', { class: 'soft' }, '· ' + cr.t('level_' + level))),
      isOne(classes) ? one(topic, classes, level, field) : scale(classes, head, cr.unitColour),
      classes.endless && never(classes, head),
      classes.edge !== undefined && target(topic, classes, level, head, app.model.units[level].name.length),
      bare && noData()
    ];
  }

  /* all units have the same value */
  function isOne(classes) {
    return !!classes.breaks && !classes.breaks.length && !classes.exact;
  }

  function one(topic, classes, level, field) {
    var text = topic.said(level, field, classes.classes.indexOf('0'));
    return el('div', { class: 'signs' }, cr.sign('block', text, { '--f': cr.unitColour(classes.colours[0]) }));
  }

  /* what no way leads to: a class of its own */
  function never(classes, head) {
    var last = classes.colours.length - 1,
      count = classes.classes.split(String(last)).length - 1,
      text = cr.shown(head, Infinity) + ' · ' + cr.num(count);
    return el('div', { class: 'signs' }, cr.sign('block never', text, { '--f': cr.unitColour(classes.colours[last]) }));
  }

  function noData() {
    return el('div', { class: 'signs' }, cr.sign('none', cr.t('no_data')));
  }

  /* words each with its colour, whole numbers below theirs, everything else with its breaks below the joints */
  function scale(classes, field, look) {
    if (classes.names) return names(classes, look);
    if (classes.said) return words(classes, look);
    if (classes.exact)
      return el(
        'div',
        { class: 'ramp' },
        classes.exact.map(function (value, k) {
          return el('span', {}, el('i', { style: { background: look(classes.colours[k]) } }), cr.brief(field.kind, value));
        })
      );
    var colours = classes.endless ? classes.colours.slice(0, -1) : classes.colours;
    return el(
      'div',
      { class: 'scale' },
      el(
        'div',
        { class: 'steps' },
        colours.map(function (colour) {
          return el('i', { style: { background: look(colour) } });
        })
      ),
      el(
        'div',
        { class: 'ticks' },
        cr.briefly(field.kind, classes.breaks).map(function (text, k) {
          var at = (100 * (k + 1)) / colours.length + '%';
          return el('span', { class: classes.edge === k && 'edge', style: { left: at } }, text);
        })
      )
    );
  }

  /* yes first; how many units there are of each */
  function words(classes, look) {
    return el(
      'div',
      { class: 'signs two' },
      classes.said
        .map(function (name, k) {
          var count = classes.classes.split(String(k)).length - 1;
          return cr.sign('block', cr.pick(name) + ' · ' + cr.num(count), { '--f': look(classes.colours[k]) });
        })
        .reverse()
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
        return classes.colours.length > 1 ? kind(layer, k, name) : symbol(layer, rank, classes.colours[k], name);
      })
    );
  }

  /* a word: a shape of its own besides its colour, in the same order as on the map */
  function kind(layer, k, name) {
    var colour = layer.classes.colours[k],
      quiet = (layer.classes.quiet || []).indexOf(k) >= 0;
    if (layer.kind === 'lines') return el('span', { class: 'sign' }, cr.lineSign(k, colour), name);
    if (layer.kind === 'points') return el('span', { class: 'sign' }, cr.markSign(k, colour, quiet), name);
    var patch = el('i', { class: 'sign-patch', style: { '--f': colour } });
    return el('span', { class: 'sign' }, patch, cr.markSign(k, colour), name);
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

/* What is told of a thing on the map: in the tooltip under the pointer, and on the card of what is selected. */
(function (cr) {
  'use strict';

  var el = cr.el;

  /* facts about what is selected or under the pointer: [title, subtitle, [[name, value]...]] */
  cr.factsOf = function (app, what) {
    if (app.analysis()) return what.kind === 'unit' ? unitValues(app, what) : markFacts(app, what);
    var model = app.model,
      service = app.service(),
      group = cr.groupName(service.group);
    if (what.kind === 'unit') {
      var row = model.row(service, what.level, what.index),
        units = model.units[what.level];
      var above = model.levels[model.levels.indexOf(what.level) - 1],
        parent = above && model.units[above].name[units.parent[what.index]];
      if (!row) return [units.name[what.index], parent, []];
      if (!row.total) return [units.name[what.index], parent, [[cr.t('share_none', { group: group }), '']]];
      if (row.before !== undefined) return [units.name[what.index], parent, cr.planFacts(service, row)];
      return [
        units.name[what.index],
        parent,
        [
          [cr.t('tip_covered') + ' · ' + group, cr.percent(row.share)],
          [cr.t('tip_uncovered'), cr.num(row.uncovered) + ' / ' + cr.quantity(service.group, row.total)],
          row.straight !== null && [cr.t('tip_straight'), cr.percent(row.straight)],
          row.sites !== null && [cr.t('tip_sites'), cr.num(row.sites)]
        ]
      ];
    }
    if (what.kind === 'facility') return facilityFacts(service, what.index);
    if (cr.shownPlan(app)) return cr.planHomeFacts(cr.shownPlan(app), what.index);
    var cost = service.homeCost(what.index),
      nearest = service.nearest[what.index] - 1;
    return [
      cr.t('home') + ' · ' + cr.t('status_' + model.statusName(what.index, service)),
      '',
      [
        [
          cr.t('tip_nearest'),
          cost === null ? cr.t('why_' + model.statusName(what.index, service)) : cr.cost(service, cost)
        ],
        nearest >= 0 && [cr.pick(service.name), service.facilities.name[nearest]]
      ]
    ];
  };

  /* a unit: what it is coloured by first, then the topic's other columns */
  function unitValues(app, what) {
    var model = app.model,
      topic = cr.chosen.topic(app),
      colour = cr.chosen.colour(app),
      units = model.units[what.level],
      above = model.levels[model.levels.indexOf(what.level) - 1];
    var rows = topic
      ? cr.columnOrder(topic, colour).filter(function (k) {
          return !!(topic.tables[what.level] && topic.tables[what.level].values[k]);
        })
      : [];
    return [
      units.name[what.index],
      above && model.units[above].name[units.parent[what.index]],
      rows.map(function (k) {
        return [topic.header(what.level, k), topic.said(what.level, k, what.index)];
      })
    ];
  }

  /* a shape of a layer, or a row of a list that has a place of its own: its first text that is no code names it */
  function markFacts(app, what) {
    var analysis = app.analysis(),
      part = what.kind === 'feature' ? analysis.layers[what.layer] : analysis.listings[what.list];
    var name = part.fields.findIndex(function (field) {
      return field.kind === 'text' && !field.words && !/(^|_)(id|code)$/.test(field.name);
    });
    var title = name >= 0 && part.values[name][what.index] !== null && cr.shown(part.fields[name], part.values[name][what.index]);
    return [
      title || cr.pick(part.title),
      title && cr.pick(part.title),
      part.fields.map(function (field, k) {
        return k !== (title ? name : -1) && [cr.pick(field.header), cr.shown(field, part.values[k][what.index])];
      })
    ];
  }

  function facilityFacts(service, index) {
    var f = service.facilities,
      rows = [];
    if (f.capacity[index] !== null)
      rows.push([cr.t('tip_capacity'), cr.num(f.capacity[index]) + (f.unit ? ' ' + cr.unitName(f.unit) : '')]);
    if (f.groups.length) rows.push([el('em', {}, cr.limitPhrase(service)), el('em', {}, cr.t('tip_reached'))]);
    f.groups.forEach(function (group) {
      var reached = f.reached[group] ? cr.num(f.reached[group][index]) : '–';
      rows.push([cr.groupName(group), reached + ' / ' + cr.quantity(group, f.catchment[group][index])]);
    });
    if (!f.snapped[index]) rows.push([cr.t('tip_unsnapped'), '']);
    else if (f.gap[index] !== null && f.gap[index] >= 1) rows.push([cr.t('tip_gap', { n: cr.num(f.gap[index]) }), '']);
    return [f.name[index] || f.id[index], cr.pick(service.name), rows];
  }

  /* as elements; `most` lines where there is little room */
  cr.factLines = function (facts, most) {
    return [
      el('b', {}, facts[0]),
      facts[1] && el('div', { class: 'soft' }, facts[1]),
      facts[2].filter(Boolean).slice(0, most || Infinity).map(function (row) {
        return el('div', { class: 'fact' }, el('span', {}, row[0]), el('span', {}, row[1]));
      })
    ];
  };

  cr.drawCard = function (app) {
    var card = app.root.querySelector('.card'),
      chosen = app.state.selection;
    card.hidden = !chosen;
    card.classList.toggle('why-home', !!app.why);
    if (!chosen) {
      cr.fill(card);
      return;
    }
    cr.fill(
      card,
      el(
        'button',
        {
          type: 'button',
          class: 'close',
          'aria-label': cr.t('close'),
          onclick: function () {
            app.select(null);
          }
        },
        '×'
      ),
      app.why ? cr.whyCard(app) : cr.factLines(cr.factsOf(app, chosen))
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

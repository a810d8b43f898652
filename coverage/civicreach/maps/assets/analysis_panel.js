/* The panel of an analysis: what to look at and what colours it, then the tables by area and the lists. */
(function (cr) {
  'use strict';

  var el = cr.el,
    MANY_COLUMNS = 4;

  cr.analysisPanel = function (app) {
    var analysis = app.analysis(),
      chosen = cr.chosen,
      now = chosen.panel(app),
      listed = now === 'lists',
      part = listed ? chosen.listing(app) : chosen.topic(app);
    var tabs = [analysis.topics.length && 'topic', analysis.listings.length && 'lists'].filter(Boolean);
    return {
      key: listed ? 'l' + chosen.listingAt(app) : 't' + (app.state.topic[analysis.id] || 0),
      tabs: tabs,
      names: { topic: cr.t('tab_areas'), lists: cr.t('tab_lists', { n: analysis.listings.length }) },
      now: now,
      go: function (name) {
        app.state.set({ panel: name });
      },
      above: chooser(app),
      caption: part && caption(app, part, listed),
      body: part && (listed ? cr.listingTable(app) : cr.topicTable(app))
    };
  };

  /* the topic and the column that colours the map; only where there is a choice */
  function chooser(app) {
    var analysis = app.analysis(),
      state = app.state,
      chosen = cr.chosen,
      topic = chosen.topic(app);
    var topics = analysis.topics.map(function (t, k) {
      return [k, cr.pick(t.title)];
    });
    var colours = topic
      ? topic.coloured.map(function (k) {
          return [k, cr.pick(topic.fields[k].header)];
        })
      : [];
    var proposed = cr.proposalButton(app, topic);
    if (topics.length < 2 && colours.length < 2 && !proposed) return null;
    return el(
      'div',
      { class: 'choose' },
      topics.length > 1 && [
        pick('topic', topics, state.topic[analysis.id] || 0, function (k) {
          state.put('topic', analysis.id, k);
        }),
        ruleButton(app, topic)
      ],
      colours.length > 1 &&
        app.model.lowest &&
        pick('colour', colours, chosen.colour(app), function (k) {
          state.put('colour', chosen.topicKey(app), k);
        }),
      proposed
    );
  }

  /* a labelled list to pick a number from */
  function pick(name, choices, now, go) {
    var select = el(
      'select',
      {
        'data-choose': name,
        'data-focus': 'choose:' + name,
        onchange: function (event) {
          go(+event.target.value);
        }
      },
      choices.map(function (choice) {
        return el('option', { value: choice[0] }, choice[1]);
      })
    );
    select.value = String(now);
    return el('label', { class: 'pick' }, el('span', {}, cr.t('choose_' + name)), select);
  }

  /* what stands below: on paper this is the table's title */
  function caption(app, part, listed) {
    var analysis = app.analysis(),
      named = !listed && analysis.topics.length > 1, // the choice above says it
      title = cr.pick(part.title) + (listed ? ' (' + cr.num(part.count) + ')' : ''),
      shown = listed ? part.fields.length : cr.columnOrder(part, -1).length + 1;
    return el(
      'div',
      { class: 'caption analysis-caption' + (listed || !named || cr.keepsStudy(app, analysis) ? ' titled' : '') },
      cr.planMark(app),
      listed && analysis.listings.length > 1
        ? pick(
            'listing',
            analysis.listings.map(function (listing, k) {
              return [k, cr.pick(listing.title) + ' (' + cr.num(listing.count) + ')'];
            }),
            cr.chosen.listingAt(app),
            function (k) {
              app.state.put('listing', cr.chosen.topicKey(app), k);
            }
          )
        : el('span', { class: 'caption-title' + (named ? ' only-paper' : '') }, title),
      named && el('span', { class: 'hint' }, cr.t('cap_areas')),
      listed && analysis.listings.length > 1 && el('span', { class: 'caption-title only-paper' }, title),
      !named && ruleButton(app, part),
      el('span', { class: 'gap' }),
      !listed && cr.levelSwitch(app, part.levels, cr.chosen.level(app)),
      shown > MANY_COLUMNS && widen(app)
    );
  }

  /* a button for each level; nothing where there is only one */
  cr.levelSwitch = function (app, levels, now) {
    if (levels.length < 2) return null;
    return el(
      'span',
      { class: 'levels', role: 'group' },
      levels.map(function (level) {
        return el(
          'button',
          {
            type: 'button',
            'data-focus': 'level:' + level,
            'aria-pressed': String(now === level),
            onclick: function () {
              app.state.set({ level: level });
            }
          },
          cr.t('level_' + level)
        );
      })
    );
  };

  /* how a table was made, or a list is ordered */
  function ruleButton(app, part) {
    var rule = cr.pick(part.rule);
    return (
      rule &&
      app.tip.button(cr.t('rule'), function () {
        return [el('b', {}, cr.pick(part.title)), el('div', {}, rule)];
      })
    );
  }

  /* more room for the table, and back */
  function widen(app) {
    var wide = app.state.wide;
    return el(
      'button',
      {
        type: 'button',
        class: 'widen',
        'data-focus': 'widen',
        'aria-pressed': String(wide),
        title: cr.t(wide ? 'narrow' : 'widen'),
        'aria-label': cr.t(wide ? 'narrow' : 'widen'),
        onclick: function () {
          app.state.set(wide ? { wide: false } : { wide: true, legendOpen: false });
        }
      },
      wide ? '⇤' : '⇥'
    );
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* Buttons around the map: themes, language, print, layers, zoom, scale, north, and the card of what is selected. */
(function (cr) {
  'use strict';

  var el = cr.el;
  var ICONS = {
    globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
    print: 'M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z',
    layers: 'M12 3 3 8l9 5 9-5-9-5zM3 12l9 5 9-5M3 16l9 5 9-5',
    fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
    north: 'M12 2 6 21l6-4.5L18 21z'
  };

  cr.drawThemes = function (app) {
    var state = app.state,
      all = app.model.services,
      nav = app.root.querySelector('.themes');
    nav.setAttribute('aria-label', cr.t('themes'));
    nav.style.setProperty('--themes', all.length);
    cr.redraw(
      nav,
      all.map(function (service, i) {
        var on = state.theme === i,
          people = service.figure('people_share');
        var parts = people ? cr.pick(people.text).split(' ') : [];
        return el(
          'button',
          {
            type: 'button',
            role: 'tab',
            'aria-selected': String(on),
            tabindex: on ? '0' : '-1',
            'data-theme': i,
            'data-focus': 'theme:' + i,
            style: { '--c': service.ramp.accent },
            onclick: function () {
              app.setTheme(i);
            },
            onkeydown: function (event) {
              cr.arrowTabs(
                event,
                all.map(function (_, k) {
                  return k;
                }),
                i,
                function (to) {
                  app.setTheme(to);
                  nav.querySelector('[data-theme="' + to + '"]').focus();
                }
              );
            }
          },
          el('span', { class: 'theme-name' }, cr.pick(service.name)),
          people && el('span', { class: 'theme-value' }, parts[0], parts[1] && el('small', {}, ' ' + parts[1]))
        );
      })
    );
    var ramp = app.service().ramp;
    app.root.style.setProperty('--accent', ramp.accent);
    app.root.style.setProperty('--deep', ramp.deep);
  };

  cr.drawTools = function (app) {
    var other = app.state.language === 'zh' ? 'en' : 'zh';
    cr.redraw(app.root.querySelector('.tools'), [
      el(
        'button',
        {
          type: 'button',
          class: 'print',
          onclick: function () {
            window.print();
          }
        },
        cr.icon(ICONS.print),
        el('span', {}, cr.t('print'))
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'language',
          'data-focus': 'language',
          lang: other === 'zh' ? 'zh-CN' : 'en',
          onclick: function () {
            app.state.set({ language: other });
          }
        },
        cr.icon(ICONS.globe),
        cr.t('other_language')
      )
    ]);
  };

  cr.drawMapTools = function (app) {
    var map = app.map,
      root = app.root,
      names = ['zoom_in', 'zoom_out', 'fit'];
    map.getContainer().setAttribute('aria-label', cr.t('map_label'));
    map.getContainer().setAttribute('role', 'application');
    cr.redraw(
      root.querySelector('.zoom'),
      names.map(function (name) {
        return el(
          'button',
          {
            type: 'button',
            title: cr.t(name),
            'aria-label': cr.t(name),
            class: name,
            'data-focus': name,
            onclick: function () {
              if (name === 'fit') {
                app.select(null);
                app.fit();
              } else map.zoomIn(name === 'zoom_in' ? 1 : -1);
            }
          },
          name === 'fit' ? cr.icon(ICONS.fit) : name === 'zoom_in' ? '+' : '−'
        );
      })
    );
    cr.fill(root.querySelector('.north'), cr.icon(ICONS.north, 'solid'), el('span', {}, cr.t('north')));
    cr.fill(
      root.querySelector('.stamp'),
      el('b', {}, cr.t('footer')),
      app.model.study.attribution && el('span', {}, app.model.study.attribution)
    );
    drawLayers(app);
  };

  function drawLayers(app) {
    var state = app.state,
      service = app.service(),
      open = state.layersOpen;
    var empty = {
      choropleth: !app.model.lowest,
      block_fill: !service.blockFill.count,
      service_area: !service.serviceArea.count,
      reached_roads: !service.reachedRoads.count
    };
    cr.redraw(app.root.querySelector('.layers'), [
      el(
        'button',
        {
          type: 'button',
          class: 'layers-open',
          'data-focus': 'layers',
          'aria-expanded': String(open),
          onclick: function () {
            state.set({ layersOpen: !open });
          }
        },
        cr.icon(ICONS.layers),
        cr.t('layers')
      ),
      open &&
        el(
          'div',
          { class: 'layers-list' },
          cr.LAYERS.map(function (name) {
            var box = el('input', {
              type: 'checkbox',
              'data-layer': name,
              'data-focus': 'layer:' + name,
              disabled: !!empty[name],
              onchange: function () {
                state.toggleLayer(name);
              }
            });
            box.checked = state.layers[name] && !empty[name];
            return el('label', { class: empty[name] ? 'off' : null }, box, cr.t('layer_' + name));
          })
        )
    ]);
  }

  /* facts about what is selected or under the pointer: [title, subtitle, [[name, value]...]] */
  cr.factsOf = function (app, what) {
    var model = app.model,
      service = app.service(),
      group = cr.groupName(service.group);
    if (what.kind === 'unit') {
      var row = model.row(service, what.level, what.index),
        units = model.units[what.level];
      var above = model.levels[model.levels.indexOf(what.level) - 1],
        parent = above && model.units[above].name[units.parent[what.index]];
      if (!row || !row.total) return [units.name[what.index], parent, [[cr.t('share_none', { group: group }), '']]];
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

  cr.factLines = function (facts) {
    return [
      el('b', {}, facts[0]),
      facts[1] && el('div', { class: 'soft' }, facts[1]),
      facts[2].map(function (row) {
        return row && el('div', { class: 'fact' }, el('span', {}, row[0]), el('span', {}, row[1]));
      })
    ];
  };

  cr.drawCard = function (app) {
    var card = app.root.querySelector('.card'),
      chosen = app.state.selection;
    card.hidden = !chosen;
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
      cr.factLines(cr.factsOf(app, chosen))
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

/* The tables beside the map: their tabs, headings, sorting and rows. Rows and map select each other. */
(function (cr) {
  'use strict';

  var el = cr.el,
    TABS = ['gaps', 'areas', 'facilities'];

  cr.drawTables = function (app) {
    var panel = app.analysis() ? cr.analysisPanel(app) : servicePanel(app),
      box = app.root.querySelector('.tables'),
      kept = box.querySelector('.scroll');
    var same = kept && kept.dataset.tab === panel.key && kept.dataset.theme === String(app.state.theme);
    var top = same ? kept.scrollTop : 0,
      left = same ? kept.scrollLeft : 0;
    var scroll = el('div', {
      class: 'scroll',
      id: 'panel',
      role: 'tabpanel',
      tabindex: '-1',
      'data-tab': panel.key,
      'data-theme': app.state.theme
    });
    cr.redraw(box, [
      panel.above,
      el('div', { class: 'tab-line' }, tabs(app, panel), panel.caption),
      cr.add(scroll, [panel.body])
    ]);
    scroll.scrollTop = top;
    scroll.scrollLeft = left;
    cr.markRows(app, !same);
  };

  function servicePanel(app) {
    var names = {};
    TABS.forEach(function (name) {
      names[name] = cr.t('tab_' + name);
    });
    return {
      key: app.state.tab,
      tabs: TABS,
      names: names,
      now: app.state.tab,
      go: function (name) {
        cr.openTab(app, name);
      },
      caption: caption(app),
      body: cr.tableKinds[app.state.tab](app)
    };
  }

  function tabs(app, panel) {
    if (panel.tabs.length < 2) return null;
    return el(
      'div',
      { class: 'tabs', role: 'tablist' },
      panel.tabs.map(function (name) {
        var on = panel.now === name;
        return el(
          'button',
          {
            type: 'button',
            role: 'tab',
            'aria-selected': String(on),
            tabindex: on ? '0' : '-1',
            'data-tab': name,
            'data-focus': 'tab:' + name,
            'aria-controls': 'panel',
            onclick: function () {
              panel.go(name);
            },
            onkeydown: function (event) {
              cr.arrowTabs(event, panel.tabs, name, function (to) {
                panel.go(to);
                app.root.querySelector('.tabs [data-tab="' + to + '"]').focus();
              });
            }
          },
          panel.names[name]
        );
      })
    );
  }

  /* left and right move through a row of tabs */
  cr.arrowTabs = function (event, all, now, go) {
    var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(all[(all.indexOf(now) + step + all.length) % all.length]);
  };

  function caption(app) {
    var state = app.state,
      levels = tableLevels(app.model),
      unit = cr.groupUnit(app.service().group),
      planned = !!cr.shownPlan(app),
      between = cr.language() === 'zh' ? '；' : '; ',
      hint = cr.t((planned ? 'plan_cap_' : 'cap_') + state.tab), // on paper nobody clicks
      said = [unit && cr.t('unit_of', { unit: unit }), state.tab === 'areas' && cr.t('whole_numbers')].filter(Boolean);
    return el(
      'div',
      { class: 'caption' + (planned ? ' titled' : '') },
      el(
        'span',
        {},
        cr.planMark(app),
        el(
          'span',
          { class: planned ? null : 'cap-text' },
          el('span', { class: planned ? null : 'on-screen' }, hint, said.length > 0 && between),
          said.join(between)
        )
      ),
      (state.tab === 'gaps' || !app.model.lowest) && cr.showUncovered(app, 'home_show'),
      state.tab === 'areas' && cr.levelSwitch(app, levels, cr.tableLevel(app))
    );
  }

  function tableLevels(model) {
    return model.levels.filter(function (level) {
      return level !== 'city' || model.lowest === 'city';
    });
  }
  cr.tableLevel = function (app) {
    return app.state.level || app.model.middle || app.model.lowest;
  };

  /* columns: [{key, title, value(row), show(row)}]; rows carry what a click selects. Options: the `key` under which
     the reader's order is kept, the order at first `sort`, and how many rows are shown at first, `most` */
  cr.table = function (app, columns, rows, fixed, options) {
    var state = app.state,
      how = Object.assign({ key: state.tab, sort: {}, most: Infinity }, options),
      sort = state.sort[how.key] || how.sort,
      column = columns.find(function (c) {
        return c.key === sort.column;
      });
    function inOrder(list) {
      return column ? sorted(list, column, sort.rising) : list;
    }
    rows = inOrder(rows);
    var shown = state.whole[how.key] || chosenAt(app, rows) >= how.most ? rows : rows.slice(0, how.most);
    return [
      el(
        'table',
        { class: how.class },
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            columns.map(function (c) {
              return heading(app, c, sort, how.key);
            })
          )
        ),
        el(
          'tbody',
          {},
          (fixed || []).map(function (row) {
            return line(app, columns, row);
          }),
          shown.map(function (row) {
            return [
              line(app, columns, row),
              (row.children && state.open[row.key] ? inOrder(row.children) : []).map(function (child) {
                return line(app, columns, child);
              })
            ];
          })
        )
      ),
      shown.length < rows.length && more(app, how.key, shown.length, rows.length)
    ];
  };

  function chosenAt(app, rows) {
    var chosen = app.state.selection,
      key = chosen && cr.rowKey(chosen);
    return rows.findIndex(function (row) {
      return !!key && !!row.select && cr.rowKey(row.select) === key;
    });
  }

  function more(app, key, shown, all) {
    return el(
      'p',
      { class: 'more' },
      cr.t('rows_shown', { n: cr.num(shown), of: cr.num(all) }),
      el(
        'button',
        {
          type: 'button',
          'data-focus': 'rows',
          onclick: function () {
            app.state.put('whole', key, true);
          }
        },
        cr.t('rows_all')
      )
    );
  }

  function heading(app, column, sort, key) {
    var on = sort.column === column.key;
    return el(
      'th',
      { scope: 'col', class: column.about ? 'explained' : column.class, 'aria-sort': on ? (sort.rising ? 'ascending' : 'descending') : false },
      el('span', { class: 'paper' }, column.title), // browsers leave buttons out of a heading that repeats on paper
      el(
        'button',
        {
          type: 'button',
          'aria-label': cr.t('sort', { column: column.title }),
          'data-focus': 'sort:' + column.key,
          onclick: function () {
            app.state.put('sort', key, { column: column.key, rising: on ? !sort.rising : !!column.rising || !!column.text });
          }
        },
        column.title,
        on && el('span', { 'aria-hidden': true }, sort.rising ? '\u00a0↑' : '\u00a0↓')
      ),
      column.about && app.tip.button(cr.t('definition'), column.about)
    );
  }

  function sorted(rows, column, rising) {
    var sign = rising ? 1 : -1;
    return rows.slice().sort(function (a, b) {
      var x = known(column.value(a)),
        y = known(column.value(b));
      if (x === null || y === null) return (x === null) - (y === null);
      if (x === y) return 0; // endless minutes have no difference
      return sign * (column.text ? String(x).localeCompare(String(y), cr.language() === 'zh' ? 'zh-CN' : 'en') : x - y);
    });
  }

  /* few, but more than nobody */
  function known(value) {
    return value === '<' ? 0.5 : value;
  }

  function line(app, columns, row) {
    var chosen = row.select;
    function go() {
      if (chosen) app.select(chosen, true);
      else if (row.act) row.act();
    }
    return el(
      'tr',
      {
        class: row.class,
        tabindex: chosen || row.act ? '0' : false,
        'data-key': chosen && cr.rowKey(chosen),
        'data-focus': chosen ? 'row:' + cr.rowKey(chosen) : row.act ? 'row:' + row.name : false,
        'data-act': !!row.act,
        onclick: go,
        onkeydown: function (event) {
          if (event.target !== event.currentTarget) return;
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            go();
          }
          var next = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
          if (next && event.currentTarget[next]) {
            event.preventDefault();
            event.currentTarget[next].focus();
          }
        }
      },
      columns.map(function (column) {
        return el('td', { class: column.class }, column.show(row));
      })
    );
  }

  cr.rowKey = function (s) {
    var part = s.kind === 'feature' ? s.layer : s.kind === 'place' ? s.list : s.level || '';
    return s.kind + ':' + part + ':' + s.index;
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

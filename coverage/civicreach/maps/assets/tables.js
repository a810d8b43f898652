/* The tables beside the map: their tabs, headings, sorting and rows. Rows and map select each other. */
(function (cr) {
  'use strict';

  var el = cr.el,
    TABS = ['gaps', 'areas', 'facilities'];

  cr.drawTables = function (app) {
    var state = app.state,
      box = app.root.querySelector('.tables'),
      kept = box.querySelector('.scroll');
    var same = kept && kept.dataset.tab === state.tab && kept.dataset.theme === String(state.theme);
    var top = same ? kept.scrollTop : 0;
    var scroll = el('div', {
      class: 'scroll',
      id: 'panel',
      role: 'tabpanel',
      tabindex: '-1',
      'data-tab': state.tab,
      'data-theme': state.theme
    });
    cr.redraw(box, [tabs(app), caption(app), cr.add(scroll, [cr.tableKinds[state.tab](app)])]);
    scroll.scrollTop = top;
    cr.markRows(app, !same);
  };

  function tabs(app) {
    return el(
      'div',
      { class: 'tabs', role: 'tablist' },
      TABS.map(function (name) {
        var on = app.state.tab === name;
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
              app.openTab(name);
            },
            onkeydown: function (event) {
              cr.arrowTabs(event, TABS, name, function (to) {
                app.openTab(to);
                focusTab(app, to);
              });
            }
          },
          cr.t('tab_' + name)
        );
      })
    );
  }

  function focusTab(app, name) {
    app.root.querySelector('.tabs [data-tab="' + name + '"]').focus();
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
      model = app.model,
      levels = tableLevels(model),
      unit = cr.groupUnit(app.service().group);
    return el(
      'div',
      { class: 'caption' },
      el('span', {}, cr.t('cap_' + state.tab), unit && (cr.language() === 'zh' ? '；' : '; ') + cr.t('unit_of', { unit: unit })),
      state.tab === 'areas' &&
        levels.length > 1 &&
        el(
          'span',
          { class: 'levels', role: 'group' },
          levels.map(function (level) {
            return el(
              'button',
              {
                type: 'button',
                'data-focus': 'level:' + level,
                'aria-pressed': String(cr.tableLevel(app) === level),
                onclick: function () {
                  state.set({ level: level });
                }
              },
              cr.t('level_' + level)
            );
          })
        )
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

  /* columns: [{key, title, value(row), text(row)}]; rows carry what a click selects */
  cr.table = function (app, columns, rows, fixed) {
    var state = app.state,
      sort = state.sort[state.tab] || {},
      column = columns.find(function (c) {
        return c.key === sort.column;
      });
    if (column) rows = sorted(rows, column, sort.rising);
    return el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map(function (c) {
            return heading(app, c, sort);
          })
        )
      ),
      el(
        'tbody',
        {},
        (fixed || []).map(function (row) {
          return line(app, columns, row);
        }),
        rows.map(function (row) {
          return [
            line(app, columns, row),
            (row.children && state.open[row.key]
              ? column
                ? sorted(row.children, column, sort.rising)
                : row.children
              : []
            ).map(function (child) {
              return line(app, columns, child);
            })
          ];
        })
      )
    );
  };

  function heading(app, column, sort) {
    var on = sort.column === column.key;
    return el(
      'th',
      { scope: 'col', class: column.about && 'explained', 'aria-sort': on ? (sort.rising ? 'ascending' : 'descending') : false },
      el('span', { class: 'paper' }, column.title), // browsers leave buttons out of a heading that repeats on paper
      el(
        'button',
        {
          type: 'button',
          'aria-label': cr.t('sort', { column: column.title }),
          'data-focus': 'sort:' + column.key,
          onclick: function () {
            var change = Object.assign({}, app.state.sort);
            change[app.state.tab] = { column: column.key, rising: on ? !sort.rising : !!column.text };
            app.state.set({ sort: change });
          }
        },
        column.title,
        on && el('span', { 'aria-hidden': true }, sort.rising ? ' ↑' : ' ↓')
      ),
      column.about && app.tip.button(cr.t('definition'), column.about)
    );
  }

  function sorted(rows, column, rising) {
    var sign = rising ? 1 : -1;
    return rows.slice().sort(function (a, b) {
      var x = column.value(a),
        y = column.value(b);
      if (x === null || y === null) return (x === null) - (y === null);
      return sign * (column.text ? String(x).localeCompare(String(y), cr.language() === 'zh' ? 'zh-CN' : 'en') : x - y);
    });
  }

  function line(app, columns, row) {
    var chosen = row.select;
    function go() {
      if (chosen) app.select(chosen, true);
    }
    return el(
      'tr',
      {
        class: row.class,
        tabindex: chosen ? '0' : false,
        'data-key': chosen && cr.rowKey(chosen),
        'data-focus': chosen && 'row:' + cr.rowKey(chosen),
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
        return el('td', {}, column.show(row));
      })
    );
  }

  cr.rowKey = function (s) {
    return s.kind + ':' + (s.level || '') + ':' + s.index;
  };

  /* scrolls the table alone: scrollIntoView would move a phone's page away from the map */
  function bringIntoView(row, box) {
    var head = box.querySelector('thead').offsetHeight,
      at = row.getBoundingClientRect(),
      room = box.getBoundingClientRect();
    if (at.top < room.top + head) box.scrollTop -= room.top + head - at.top;
    else if (at.bottom > room.bottom) box.scrollTop += at.bottom - room.bottom;
  }

  /* highlight the chosen row and bring it into view */
  cr.markRows = function (app, scroll) {
    var chosen = app.state.selection,
      key = chosen && cr.rowKey(chosen);
    app.root.querySelectorAll('.tables tbody tr').forEach(function (row) {
      var on = !!key && row.dataset.key === key;
      if (row.dataset.key) row.setAttribute('aria-selected', String(on));
      if (on && scroll) bringIntoView(row, app.root.querySelector('.scroll'));
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

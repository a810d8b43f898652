/* What the three tables hold: the gap list, the areas, the facilities. */
(function (cr) {
  'use strict';

  var el = cr.el;

  var LONGEST_NAME = 120; // letters of a name in a table: names are whole, a page of text is not

  cr.named = named;
  function named(text, small, swatch) {
    return [
      swatch && el('i', { class: 'swatch', style: { background: swatch } }),
      el('span', { class: 'name', title: small ? text + ' · ' + small : text }, cr.shorten(text, LONGEST_NAME)),
      small && el('small', {}, small)
    ];
  }

  cr.tableKinds = {
    gaps: function (app) {
      var model = app.model,
        service = app.service(),
        gaps = service.gaps;
      if (!model.lowest) return el('p', { class: 'empty' }, cr.t('no_areas'));
      if (cr.shownPlan(app)) return cr.planGaps(app);
      if (!gaps.unit.length) return el('p', { class: 'empty' }, cr.t('no_gaps'));
      var units = model.units[model.lowest],
        share = service.tables[model.lowest];
      var rows = gaps.unit.map(function (unit, i) {
        var parent = model.middle ? model.units[model.middle].name[model.ancestor(unit, model.middle)] : '';
        return {
          name: units.name[unit],
          parent: parent,
          uncovered: gaps.uncovered[i],
          nearest: gaps.nearest[i],
          why: gaps.why[i],
          share: share ? share.share[unit] : null,
          select: { kind: 'unit', level: model.lowest, index: unit }
        };
      });
      return cr.table(
        app,
        [
          {
            key: 'name',
            title: cr.t('col_place'),
            text: true,
            value: function (r) {
              return r.name;
            },
            show: function (r) {
              return named(r.name, r.parent, service.shareColour(r.share, model.breaks));
            }
          },
          {
            key: 'uncovered',
            title: cr.t('col_uncovered'),
            value: function (r) {
              return r.uncovered;
            },
            show: function (r) {
              return cr.num(r.uncovered);
            }
          },
          {
            key: 'share',
            title: cr.t('col_share'),
            value: function (r) {
              return r.share;
            },
            show: function (r) {
              return cr.percent(r.share);
            }
          },
          {
            key: 'nearest',
            title: cr.t('col_nearest_' + service.unit),
            about: function () {
              return [
                el('b', {}, cr.t('about_nearest_' + service.unit)),
                el('div', {}, cr.t('about_nearest', { group: cr.groupName(service.group) }))
              ];
            },
            value: function (r) {
              return r.nearest;
            },
            show: function (r) {
              return r.nearest === null
                ? el('span', { class: 'soft' }, cr.t('why_' + r.why))
                : cr.num(r.nearest, service.unit === 'min' ? 1 : 0);
            }
          }
        ],
        rows
      );
    },

    areas: function (app) {
      var model = app.model,
        service = app.service(),
        level = cr.tableLevel(app);
      if (!level || !service.tables[level]) return el('p', { class: 'empty' }, cr.t('no_areas'));
      var units = model.units[level];
      function rowOf(at, index, name, kind) {
        return Object.assign(
          { name: name, class: kind, select: { kind: 'unit', level: at, index: index }, key: at + index },
          model.row(service, at, index) || EMPTY
        );
      }
      var rows = units.name.map(function (name, index) {
        var row = rowOf(level, index, name, level === model.lowest ? 'leaf' : 'branch');
        if (level !== model.lowest) {
          row.children = model.children(level, index).map(function (i) {
            return rowOf(model.lowest, i, model.units[model.lowest].name[i], 'twig');
          });
        }
        return row;
      });
      if (!app.state.sort.areas)
        rows.sort(function (a, b) {
          return b.uncovered - a.uncovered;
        });
      return cr.table(app, areaColumns(app, service), rows, totals(app, service));
    },

    facilities: function (app) {
      var model = app.model,
        service = app.service(),
        f = service.facilities;
      var plan = cr.shownPlan(app),
        planned = plan ? cr.plannedRows(app, plan) : [];
      var rows = f.name.map(function (name, index) {
        return {
          name: name || f.id[index],
          capacity: f.capacity[index],
          reached: (f.reached[service.group] || [])[index],
          catchment: (f.catchment[service.group] || [])[index],
          snapped: f.snapped[index],
          select: { kind: 'facility', index: index }
        };
      });
      if (!app.state.sort.facilities)
        rows.sort(function (a, b) {
          return (b.reached || 0) - (a.reached || 0);
        });
      rows = planned.concat(rows);
      var columns = [
        {
          key: 'name',
          title: cr.t('col_place'),
          text: true,
          value: function (r) {
            return r.name;
          },
          show: function (r) {
            return r.planned ? cr.plannedName(r) : named(r.name, r.snapped ? '' : cr.t('tip_unsnapped'));
          }
        },
        numeric('capacity', f.unit ? cr.t('col_capacity') + ' (' + cr.unitName(f.unit) + ')' : cr.t('col_capacity')),
        numeric('reached'),
        planned.length ? numeric('gain') : numeric('catchment'),
        cr.isAssigned(plan) && numeric('assigned')
      ].filter(Boolean);
      return cr.table(
        app,
        columns.filter(function (c) {
          return (
            c.key !== 'capacity' ||
            f.capacity.concat(planned.map(capacityOf)).some(function (n) {
              return n !== null;
            })
          );
        }),
        rows
      );
    }
  };

  function capacityOf(row) {
    return row.capacity;
  }

  var EMPTY = { total: null, uncovered: null, share: null, straight: null, sites: null };

  function numeric(key, title) {
    return {
      key: key,
      title: title || cr.t('col_' + key),
      value: function (r) {
        return r[key] === undefined ? null : r[key];
      },
      show: function (r) {
        return cr.num(r[key]);
      }
    };
  }

  function areaColumns(app, service) {
    var model = app.model;
    function share(key, title) {
      return {
        key: key,
        title: title,
        value: function (r) {
          return r[key];
        },
        show: function (r) {
          return cr.percent(r[key]);
        }
      };
    }
    var name = {
        key: 'name',
        title: cr.t('col_place'),
        text: true,
        value: function (r) {
          return r.name;
        },
        show: function (r) {
          return [
            r.children && unfold(app, r),
            named(r.name, '', !/total/.test(r.class) && service.shareColour(r.share, model.breaks))
          ];
        }
      };
    if (cr.shownPlan(app)) return cr.planColumns(name);
    return [
      name,
      share('share', cr.t('col_share')),
      numeric('uncovered'),
      share('straight', cr.t('col_straight')),
      numeric('sites', cr.t('col_count'))
    ];
  }

  cr.unfold = unfold;
  function unfold(app, row) {
    var open = !!app.state.open[row.key];
    return el(
      'button',
      {
        class: 'unfold',
        type: 'button',
        'data-focus': 'unfold:' + row.key,
        'aria-expanded': String(open),
        'aria-label': cr.t('expand', { name: row.name }),
        onclick: function (event) {
          event.stopPropagation();
          var change = Object.assign({}, app.state.open);
          change[row.key] = !open;
          app.state.set({ open: change });
        }
      },
      open ? '▼' : '▶'
    );
  }

  function totals(app, service) {
    var model = app.model,
      whole = model.total(service),
      plan = cr.shownPlan(app),
      split = service.tables.urban_rural,
      found = [];
    if (whole) found.push(Object.assign({ name: cr.t('all_of'), class: 'total' }, whole));
    ['urban', 'rural', 'unknown'].forEach(function (kind) {
      var i = split ? split.id.indexOf(kind) : -1,
        row = i >= 0 && (plan ? plan.kindRow(kind) : model.row(service, 'urban_rural', i));
      if (row) found.push(Object.assign({ name: cr.t(kind), class: 'total part' }, row));
    });
    return found;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

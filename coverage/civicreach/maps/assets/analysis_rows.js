/* The tables of an analysis: a topic by level, worst units first, and its lists in their own order. */
(function (cr) {
  'use strict';

  var el = cr.el,
    MOST = 200; // rows at first: more take a browser long

  /* a topic's fields with the one that colours the map in front */
  cr.columnOrder = function (topic, colour) {
    var all = topic.fields.map(function (_, k) {
      return k;
    });
    return colour < 0
      ? all
      : [colour].concat(
          all.filter(function (k) {
            return k !== colour;
          })
        );
  };

  cr.topicTable = function (app) {
    var topic = cr.chosen.topic(app),
      colour = cr.chosen.colour(app),
      level = cr.chosen.level(app);
    var columns = cr
      .columnOrder(topic, colour)
      .filter(function (k) {
        return !level || hasColumn(topic, level, k) || hasColumn(topic, app.model.lowest, k);
      })
      .map(function (k) {
        return column(topic.fields[k], k, k === colour, !topic.highFirst(k));
      });
    return cr.table(app, [nameColumn(app)].concat(columns), level ? unitRows(app, topic, level, colour) : [], totals(topic), {
      key: cr.chosen.topicKey(app),
      sort: colour < 0 ? {} : { column: 'f' + colour, rising: !topic.highFirst(colour) },
      most: MOST,
      class: 'values'
    });
  };

  function hasColumn(topic, level, k) {
    return !!(topic.tables[level] && topic.tables[level].values[k]);
  }

  function unitRows(app, topic, level, colour) {
    var model = app.model,
      leaf = level === model.lowest || topic.levels.indexOf(model.lowest) < 0;
    function rowOf(at, index, kind) {
      return {
        name: model.units[at].name[index],
        small: kind === 'leaf' ? parentName(model, at, index) : '',
        class: kind,
        key: at + index,
        select: { kind: 'unit', level: at, index: index },
        swatch: colour >= 0 && swatch(topic.colours(at, colour), index),
        at: function (k) {
          return topic.value(at, k, index);
        },
        said: function (k) {
          return topic.said(at, k, index);
        }
      };
    }
    return model.units[level].name.map(function (_, index) {
      var row = rowOf(level, index, leaf ? 'leaf' : 'branch');
      if (!leaf)
        row.children = model.children(level, index).map(function (i) {
          return rowOf(model.lowest, i, 'twig');
        });
      return row;
    });
  }

  function parentName(model, level, index) {
    var above = model.levels[model.levels.indexOf(level) - 1];
    return above && model.units[above].name.length > 1 ? model.units[above].name[model.units[level].parent[index]] : '';
  }

  function swatch(classes, index) {
    return classes ? cr.classColour(classes, index) || 'none' : false;
  }

  function nameColumn(app) {
    return {
      key: 'name',
      title: cr.t('col_place'),
      text: true,
      class: 'first',
      value: function (row) {
        return row.name;
      },
      show: function (row) {
        return [row.children && cr.unfold(app, row), cr.named(row.name, row.small, row.swatch)];
      }
    };
  }

  /* rows say what stands in field k by at(k), and by said(k) where it reads otherwise than its kind does */
  function column(field, k, coloured, rising) {
    var text = field.kind === 'text';
    return {
      key: 'f' + k,
      title: cr.pick(field.header),
      text: text,
      rising: rising,
      class: (text || field.kind === 'flag' ? 'words' : 'number') + (coloured ? ' coloured' : ''),
      value: function (row) {
        var value = row.at(k);
        return value === null || value === undefined ? null : text ? cr.shown(field, value) : value;
      },
      show: function (row) {
        var said = row.said ? row.said(k) : row.at(k) === null && row.fixed ? '' : cr.shown(field, row.at(k));
        return text ? el('span', { class: 'word', title: said }, said) : said;
      }
    };
  }

  function totals(topic) {
    var split = topic.tables.urban_rural,
      rows = [fixed(cr.t('all_of'), 'total', topic.total)];
    ['urban', 'rural', 'unknown'].forEach(function (kind) {
      var i = split ? split.id.indexOf(kind) : -1;
      if (i < 0) return;
      var values = split.values.map(function (column) {
        return column ? column[i] : null;
      });
      rows.push(fixed(cr.t(kind), 'total part', values));
    });
    return rows;
  }

  /* a row that stays on top and selects nothing */
  function fixed(name, kind, values) {
    return {
      name: name,
      class: kind,
      fixed: true,
      at: function (k) {
        return values[k];
      }
    };
  }

  cr.listingTable = function (app) {
    var analysis = app.analysis(),
      listing = cr.chosen.listing(app),
      rows = [];
    if (!listing.count) return el('p', { class: 'empty' }, cr.t('nothing_listed'));
    for (var i = 0; i < listing.count; i++) rows.push(listed(analysis, listing, i));
    var columns = listing.fields.map(function (field, k) {
      var found = column(field, k, false, false);
      if (k === 0) {
        found.class = 'first';
        found.show = function (row) {
          return row.fixed ? row.name : el('span', { class: 'name', title: cr.shown(field, row.at(0)) }, cr.shown(field, row.at(0)));
        };
      }
      return found;
    });
    var total = listing.total ? [fixed(cr.t('total'), 'total', listing.total)] : [];
    return cr.table(app, columns, rows, total, { key: analysis.id + '/' + listing.id, most: MOST, class: 'values' });
  };

  function listed(analysis, listing, i) {
    return {
      class: 'leaf',
      select: analysis.target(listing, i),
      at: function (k) {
        return listing.values[k][i];
      }
    };
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* An analysis as the page knows it: topics by level, lists, layers of its own, and what the reader has chosen of them.
   No DOM here. */
(function (cr) {
  'use strict';

  var ENDLESS = 'inf'; // analysis_columns.py writes it for infinite numbers
  var ENOUGH_UNITS = 12; // a level with fewer units makes a poor first map

  cr.Topic = class Topic {
    constructor(head, levels) {
      Object.assign(this, head);
      Object.keys(head.tables).forEach(function (level) {
        endless(head.fields, head.tables[level].values);
      });
      endlessRow(head.fields, head.total);
      var known = levels.filter(function (level) {
        return !!head.tables[level];
      });
      // the city's one unit says no more than the row of totals
      this.levels = known.filter(function (level) {
        return level !== 'city' || known.length === 1;
      });
    }

    value(level, field, index) {
      var column = this.tables[level] && this.tables[level].values[field];
      return column ? column[index] : null;
    }

    /* whether a share of units is only yes or no on a level, because each row is one unit */
    isYesNo(level, field) {
      return !!this.tables[level] && this.tables[level].yes_no.indexOf(field) >= 0;
    }

    /* what a field is called on a level, and a unit's value as people read it */
    header(level, field) {
      var head = this.fields[field];
      return cr.pick(this.isYesNo(level, field) ? head.of_one : head.header);
    }

    said(level, field, index) {
      var value = this.value(level, field, index),
        known = value !== null && value !== undefined;
      return known && this.isYesNo(level, field) ? cr.t(value ? 'yes' : 'no') : cr.shown(this.fields[field], value);
    }

    colours(level, field) {
      return (this.tables[level] && this.tables[level].colours[field]) || null;
    }

    /* whether large values of a field come first in a table: its worst ones, where it is coloured by */
    highFirst(field) {
      var at = this.coloured.indexOf(field);
      return at < 0 || this.high_is_worse[at];
    }
  };

  cr.MarkLayer = class MarkLayer {
    constructor(head, data, key, number) {
      Object.assign(this, head);
      this.number = number;
      this.shapes = head.kind === 'points' ? new cr.Points(data, key) : new cr.Shapes(data, key);
      this.count = this.shapes.count;
      endless(head.fields, head.values);
    }

    colourOf(i) {
      return this.classes ? cr.classColour(this.classes, i) || '#ffffff' : this.colour;
    }

    /* bounds of shape i in world coordinates, west to south; null where it has no extent */
    box(i) {
      if (this.kind === 'points') return [this.shapes.x[i], this.shapes.y[i], this.shapes.x[i], this.shapes.y[i]];
      var box = Array.from(this.shapes.box.slice(4 * i, 4 * i + 4));
      return box.every(isFinite) ? box : null;
    }
  };

  cr.Analysis = class Analysis {
    constructor(head, data, number, levels) {
      Object.assign(this, head);
      this.number = number;
      this.topics = head.topics.map(function (topic) {
        return new cr.Topic(topic, levels);
      });
      this.layers = head.layers.map(function (layer, k) {
        var made = new cr.MarkLayer(layer, data, 'a' + number + '.l' + k, k);
        made.common = !head.topics.some(function (topic) {
          return topic.layers.indexOf(k) >= 0;
        });
        return made;
      });
      head.listings.forEach(function (listing) {
        endless(listing.fields, listing.values);
      });
    }

    /* what a click on a row of a list selects: a shape of a layer, a unit, a box in degrees, or nothing */
    target(listing, row) {
      var link = listing.link;
      if (!link) return null;
      if (link.boxes) return link.boxes[row] && { kind: 'place', list: this.listings.indexOf(listing), index: row };
      if (link.at[row] < 0) return null;
      if (link.level) return { kind: 'unit', level: link.level, index: link.at[row] };
      return { kind: 'feature', layer: link.layer, index: link.at[row] };
    }

    /* the list that a shape or a unit stands in, the open one first; -1 where there is none */
    listOf(what, open) {
      var order = this.listings.map(function (_, k) {
        return k;
      });
      order.sort(function (a, b) {
        return (b === open) - (a === open) || a - b;
      });
      var found = order.find(function (k) {
        var link = this.listings[k].link;
        if (!link || !link.at || link.at.indexOf(what.index) < 0) return false;
        return what.kind === 'feature' ? link.layer === what.layer : !!link.level && link.level === what.level;
      }, this);
      return found === undefined ? -1 : found;
    }
  };

  function endless(fields, columns) {
    fields.forEach(function (field, k) {
      var column = columns[k];
      if (!column || field.kind === 'text') return;
      for (var i = 0; i < column.length; i++) if (column[i] === ENDLESS) column[i] = Infinity;
    });
  }

  function endlessRow(fields, row) {
    if (!row) return;
    row.forEach(function (value, k) {
      if (value === ENDLESS && fields[k].kind !== 'text') row[k] = Infinity;
    });
  }

  /* whether value i is in the class of what is never reached */
  cr.isEndless = function (classes, i) {
    return !!classes.endless && classes.classes.charAt(i) === String(classes.colours.length - 1);
  };

  /* the colour of value i, or null where there is none */
  cr.classColour = function (classes, i) {
    var sign = classes.classes.charAt(i);
    return sign === '' || sign === '-' ? null : classes.colours[+sign];
  };

  /* What the reader has chosen of the analysis that is shown. */
  cr.chosen = {
    topic: function (app) {
      return this.topicOf(app, app.analysis());
    },
    /* of any analysis */
    topicOf: function (app, analysis) {
      return analysis.topics[app.state.topic[analysis.id] || 0] || null;
    },
    /* an analysis' figures: `first` those of its chosen topic, `rest` the others; `own` is whether the topic has any, else
       `first` are the analysis' */
    figures: function (app, analysis) {
      var topic = this.topicOf(app, analysis),
        all = analysis.figures,
        named = topic ? topic.figures : [];
      return {
        own: named.length > 0 || analysis.topics.length < 2,
        first: named.length
          ? named.map(function (k) {
              return all[k];
            })
          : all,
        rest: all.filter(function (_, k) {
          return named.length > 0 && named.indexOf(k) < 0;
        })
      };
    },
    topicKey: function (app) {
      var analysis = app.analysis();
      return analysis.id + '/' + (app.state.topic[analysis.id] || 0);
    },
    /* the field that units are coloured by; -1 for none */
    colour: function (app) {
      var topic = this.topic(app);
      if (!topic || !topic.coloured.length) return -1;
      var kept = app.state.colour[this.topicKey(app)];
      return kept === undefined ? topic.coloured[0] : kept;
    },
    /* the number of the list that is open, of each topic its own */
    listingAt: function (app) {
      var topic = this.topic(app),
        kept = app.state.listing[this.topicKey(app)];
      return kept !== undefined ? kept : topic && topic.lists.length ? topic.lists[0] : 0;
    },
    listing: function (app) {
      return app.analysis().listings[this.listingAt(app)] || null;
    },
    panel: function (app) {
      var analysis = app.analysis();
      if (!analysis.topics.length) return 'lists';
      return analysis.listings.length ? app.state.panel : 'topic';
    },
    /* the level whose units are drawn and listed */
    level: function (app) {
      var topic = this.topic(app),
        model = app.model;
      if (!topic || !topic.levels.length) return null;
      if (topic.levels.indexOf(app.state.level) >= 0) return app.state.level;
      var large = topic.levels.find(function (level) {
        return model.units[level].name.length >= ENOUGH_UNITS;
      });
      return large || topic.levels[topic.levels.length - 1];
    },
    /* a layer that speaks of some topics is switched on and off for each */
    marksKey: function (app, layer) {
      return (layer.common ? app.analysis().id : this.topicKey(app)) + '/' + (layer.common ? '' : 'l') + layer.number;
    },
    shows: function (app, layer) {
      var kept = app.state.marks[this.marksKey(app, layer)],
        topic = this.topic(app);
      if (kept !== undefined) return kept;
      return topic ? topic.layers_on.indexOf(layer.number) >= 0 : layer.shown;
    },
    layers: function (app) {
      return app.analysis().layers.filter(function (layer) {
        return this.shows(app, layer);
      }, this);
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

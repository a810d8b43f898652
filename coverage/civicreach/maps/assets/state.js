/* What the reader has chosen. Everything on the page is drawn from it and from the model, and from nothing else. */
(function (cr) {
  'use strict';

  cr.LAYERS = ['choropleth', 'service_area', 'reached_roads', 'homes', 'block_fill', 'facilities', 'labels', 'base'];

  cr.State = class State {
    constructor(start) {
      Object.assign(
        this,
        {
          theme: 0,
          language: 'zh',
          tab: 'gaps',
          level: null, // of the table by area; of an analysis also on the map
          panel: 'topic', // of an analysis: 'topic' or 'lists'
          topic: {}, // by analysis: number of its topic
          colour: {}, // by analysis and topic: number of the field that units are coloured by
          listing: {}, // by analysis and topic: number of its list
          marks: {}, // by analysis, topic and layer: whether it is drawn, where that was changed
          whole: {}, // by table: true where all rows are shown
          wide: false, // more room for tables than for the map
          open: {}, // unfolded rows by unit key
          sort: {}, // by tab: {column, rising}
          layers: {
            choropleth: true,
            service_area: true,
            reached_roads: true,
            homes: true,
            block_fill: false,
            facilities: true,
            labels: true,
            base: true,
            tiles: true
          },
          layersOpen: false,
          outputOpen: false,
          planning: false, // the what-if mode
          planFolded: false,
          planned: 0, // goes up with every change of the plan, also while a pin is being dragged
          settled: 0, // goes up when it is let go
          planSaid: null, // [word, filled, faults] that the what-if dock tells
          planCapacity: null, // of all sites and the next; null: no limit, or sites that differ
          legendOpen: true,
          // {kind: 'unit', level, index} | {kind: 'facility' or 'home', index} | {kind: 'feature', layer, index} |
          // {kind: 'place', list, index}
          selection: null,
          hover: null
        },
        start
      );
      this.listeners = [];
    }

    /* change some of it and tell the listeners which keys changed */
    set(change, why) {
      var changed = Object.keys(change).filter(function (key) {
        return this[key] !== change[key];
      }, this);
      if (!changed.length) return;
      changed.forEach(function (key) {
        this[key] = change[key];
      }, this);
      this.listeners.forEach(function (listen) {
        listen(new Set(changed), why);
      });
    }

    listen(listener) {
      this.listeners.push(listener);
    }

    toggleLayer(name) {
      var layers = Object.assign({}, this.layers);
      layers[name] = !layers[name];
      this.set({ layers: layers });
    }

    /* change one entry of a part of the state that is a table of its own */
    put(part, key, value) {
      var change = {};
      change[part] = Object.assign({}, this[part]);
      change[part][key] = value;
      this.set(change);
    }

    isSelected(kind, index, level) {
      var s = this.selection;
      return !!s && s.kind === kind && s.index === index && (kind !== 'unit' || s.level === level);
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

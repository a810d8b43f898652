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
          level: null, // of the table by area
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
            base: true
          },
          layersOpen: false,
          legendOpen: true,
          selection: null, // {kind: 'unit', level, index} | {kind: 'facility', index} | {kind: 'home', index}
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

    isSelected(kind, index, level) {
      var s = this.selection;
      return !!s && s.kind === kind && s.index === index && (kind !== 'unit' || s.level === level);
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

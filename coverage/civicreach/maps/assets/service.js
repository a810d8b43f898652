/* A service as the page knows it: its homes' states, its facilities, its colours. No DOM here. */
(function (cr) {
  'use strict';

  cr.Service = class Service {
    constructor(head, data, number, streets) {
      var key = 's' + number;
      Object.assign(this, head);
      this.number = number;
      this.status = data.columns[key + '.homes.status'];
      this.streets = streets;
      this.told = { cost: data.columns[key + '.homes.cost'] || null, tone: null };
      this.nearest = data.columns[key + '.homes.nearest'];
      this.places = new cr.Points(data, key + '.facilities');
      this.isochrones = this.shapes(data, key + '.isochrones');
      this.isochroneOf = data.columns[key + '.isochrones.facility'];
      this.serviceArea = this.shapes(data, key + '.service_area');
      this.blockFill = this.shapes(data, key + '.block_fill');
      this.reachedRoads = this.shapes(data, key + '.reached_roads');
      this.hasStreets = this.reachedRoads.count > 0 || !!data.head.what_if; // else they are searched in the page
      this.inside = this.bands.filter(function (band) {
        return band <= head.limit;
      });
    }

    /* homes (n,): what they pay in units of 1 / per_unit, plus 1; 0 where there is no way. As it came with the page, or
       from its streets when it is first asked for */
    get cost() {
      return this.told.cost || (this.told.cost = this.searched());
    }

    get tone() {
      return this.told.tone || (this.told.tone = this.tones());
    }

    /* rounded up as layers_data.py does: what lies within a limit never looks beyond it */
    searched() {
      var own = this.streets.ownQuestion(this.number),
        per = (this.unit === 'm' ? 1000 : 60000) / this.per_unit;
      return this.streets.reach(own.service, own.profile).before.map(function (ms) {
        return ms < 0 ? 0 : Math.ceil(ms / per - 1e-6) + 1;
      });
    }

    shapes(data, key) {
      var found = new cr.Shapes(data, key);
      found.band = data.columns[key + '.band'] || new Int32Array(0);
      return found;
    }

    /* homes (n,): 0.. the band within the limit, then one number a status from `inside.length` on */
    tones() {
      var inside = this.inside,
        tone = new Uint8Array(this.status.length);
      for (var i = 0; i < tone.length; i++) {
        if (this.status[i] !== 0) {
          tone[i] = inside.length - 1 + this.status[i];
          continue;
        }
        var k = 0;
        while (k < inside.length - 1 && this.cost[i] - 1 > inside[k] * this.per_unit + 1e-6) k++;
        tone[i] = k;
      }
      return tone;
    }

    figure(suffix) {
      var id = 'circle.' + this.id + '.' + suffix;
      return (
        this.figures.find(function (figure) {
          return figure.id === id;
        }) || null
      );
    }

    /* colour of band k, the same for streets, homes, areas and the legend: bands within the limit share the light end,
       those beyond take the fourth tone */
    bandColour(k) {
      var colours = this.ramp.colours,
        last = this.inside.length - 1;
      if (k > last) return colours[3];
      return last === 0 ? colours[1] : colours[Math.round((2 * k) / last)];
    }

    /* colour of a share: dark where few are covered */
    shareColour(share, breaks) {
      if (share === null || share === undefined) return null;
      var k = 0;
      while (k < breaks.length && share >= breaks[k]) k++;
      return this.ramp.colours[this.ramp.colours.length - 1 - k];
    }

    homeCost(i) {
      return this.cost[i] ? (this.cost[i] - 1) / this.per_unit : null;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

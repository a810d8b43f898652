/* The study as the page knows it: shapes, homes and services, with what the painters ask of them. No DOM here. */
(function (cr) {
  'use strict';

  var STATUS = ['covered', 'beyond', 'unsnapped', 'outside', 'edge'];
  var CLASS_WEIGHT = [0, 5, 14, 32, 71, 141, 316, 707, 1414, 3162, 7071]; // middle of each size class
  var CELL_PX = 6;
  var MANY = 16777216; // more cells than a row can have

  cr.Model = class Model {
    constructor(data) {
      var head = (this.head = data.head),
        base = (this.base = {});
      this.study = head.study;
      this.breaks = head.breaks;
      var streets = (this.streets = head.what_if ? new cr.Streets(data) : null);
      head.base.layers.forEach(function (name) {
        if (name === 'places') base[name] = new cr.Points(data, 'base.places');
        else if (name === 'roads') base[name] = new cr.Roads(data, streets);
        else base[name] = new cr.Shapes(data, 'base.' + name);
      });
      this.homes = new cr.Points(data, 'homes');
      this.homes.size = {};
      this.homes.east = everySecond(data.columns['homes.xy'], 0);
      this.homes.north = everySecond(data.columns['homes.xy'], 1);
      this.raster = rasterOf(this.homes);
      head.study.groups.forEach(function (group) {
        this.homes.size[group] = data.columns['homes.' + group];
      }, this);
      this.readAreas(data);
      this.services = head.services.map(function (service, i) {
        return new cr.Service(service, data, i, streets);
      });
      this.analyses = head.analyses.map(function (analysis, i) {
        return new cr.Analysis(analysis, data, i, this.levels);
      }, this);
      this.themes = this.services.concat(this.analyses);
      this.cellCache = new Map();
      this.plan = null; // a cr.PlanView while a plan changes what is shown
    }

    readAreas(data) {
      var head = this.head,
        units = (this.units = {}),
        levels = (this.levels = head.areas ? head.areas.levels : []);
      levels.forEach(function (level) {
        var named = head.areas.units[level];
        units[level] = {
          level: level,
          name: named.name,
          parent: named.parent,
          shapes: new cr.Shapes(data, 'areas.' + level),
          x: named.at.map(function (at) {
            return cr.gridX(head, at[0]);
          }),
          y: named.at.map(function (at) {
            return cr.gridY(head, at[1]);
          })
        };
      });
      this.lowest = levels.length ? levels[levels.length - 1] : null;
      this.middle =
        levels.length > 1 && units[levels[levels.length - 2]].name.length > 1 ? levels[levels.length - 2] : null;
    }

    /* the unit of an upper level that a lowest unit belongs to */
    ancestor(index, level) {
      for (var k = this.levels.length - 1; k >= 0 && index >= 0; k--) {
        if (this.levels[k] === level) return index;
        index = this.units[this.levels[k]].parent[index];
      }
      return -1;
    }

    children(level, index) {
      if (level === this.lowest) return [];
      var found = [];
      for (var i = 0; i < this.units[this.lowest].name.length; i++)
        if (this.ancestor(i, level) === index) found.push(i);
      return found;
    }

    row(service, level, index) {
      if (this.plan && this.plan.service === service) return this.plan.row(level, index);
      var table = service.tables[level];
      if (!table || table.total[index] === null) return null;
      return {
        total: table.total[index],
        uncovered: uncovered(table.total[index], table.covered[index]),
        share: table.share[index],
        straight: table.straight[index],
        sites: table.sites[index]
      };
    }

    total(service) {
      if (this.plan && this.plan.service === service) return this.plan.total;
      var whole = service.total;
      return whole && Object.assign({ uncovered: uncovered(whole.total, whole.covered) }, whole);
    }

    /* homes gathered in cells that keep their place while the map moves: {x, y, width, height, share} each */
    cells(service, zoom) {
      var grid = this.cellGrid(zoom),
        plan = this.plan && this.plan.service === service ? this.plan : null,
        key = (plan ? plan.key : service.number) + ':' + grid.key,
        kept = this.cellCache.get(key);
      if (kept) return kept;
      var homes = this.homes,
        sizes = homes.size[service.group],
        sums = new Map();
      for (var i = 0; i < homes.count; i++) {
        var weight = CLASS_WEIGHT[sizes[i]];
        if (!weight || service.status[i] === 3) continue;
        var column = Math.floor((homes.east[i] - grid.east) / grid.width);
        var cell = Math.floor((homes.north[i] - grid.north) / grid.height) * MANY + column;
        var sum = sums.get(cell);
        if (!sum) sums.set(cell, (sum = [0, 0, 0]));
        sum[0] += weight;
        if (plan ? plan.coveredAfter(i) : service.status[i] === 0) sum[1] += weight;
        if (plan && plan.isNew(i)) sum[2] += weight;
      }
      kept = [];
      sums.forEach(function (sum, cell) {
        kept.push(this.cell(grid, cell, sum[1] / sum[0], sum[2] > sum[0] / 2));
      }, this);
      if (this.cellCache.size > 24) this.cellCache.clear();
      this.cellCache.set(key, kept);
      return kept;
    }

    cell(grid, number, share, fresh) {
      var row = Math.floor(number / MANY),
        east = grid.east + (number - row * MANY) * grid.width,
        north = grid.north + row * grid.height;
      var x = cr.gridX(this.head, east),
        y = cr.gridY(this.head, north + grid.height);
      return {
        x: x,
        y: y,
        width: cr.gridX(this.head, east + grid.width) - x,
        height: cr.gridY(this.head, north) - y,
        share: share,
        fresh: fresh // mostly covered by the plan alone
      };
    }

    /* cells of a few pixels; where homes stand on a raster, whole numbers of its cells, so that none is cut */
    cellGrid(zoom) {
      var perPixel = 360e6 / 256 / Math.pow(2, Math.round(zoom * 2) / 2),
        raster = this.raster;
      if (raster) {
        var many = Math.max(1, Math.ceil((CELL_PX * perPixel) / raster.width - 0.35));
        return {
          key: 'r' + many,
          width: many * raster.width,
          height: many * raster.height,
          east: raster.east - raster.width / 2,
          north: raster.north - raster.height / 2
        };
      }
      var width = CELL_PX * perPixel,
        flat = Math.cos(((this.head.bounds[1] + this.head.bounds[3]) / 360) * Math.PI);
      return { key: 'p' + Math.round(zoom * 2), width: width, height: width * flat, east: 0, north: 0 };
    }

    statusName(i, service) {
      return STATUS[service.status[i]];
    }

    statusCounts(service) {
      var counts = [0, 0, 0, 0, 0];
      for (var i = 0; i < service.status.length; i++) counts[service.status[i]]++;
      return counts;
    }
  };
  cr.STATUS = STATUS;

  function everySecond(values, from) {
    var found = new Int32Array(values.length >> 1);
    for (var i = 0; i < found.length; i++) found[i] = values[2 * i + from];
    return found;
  }

  /* the raster that homes stand on, in millionths of a degree, or null where they stand anywhere */
  function rasterOf(homes) {
    var wide = spacing(homes.east),
      high = spacing(homes.north);
    return wide && high ? { east: wide.from, width: wide.step, north: high.from, height: high.step } : null;
  }

  /* nothing where either is too small to be told */
  function uncovered(total, covered) {
    return typeof total === 'number' && typeof covered === 'number' ? Math.max(0, total - covered) : null;
  }

  function spacing(values) {
    var sorted = Int32Array.from(values).sort(),
      steps = [],
      last = sorted[0];
    for (var i = 0; i < sorted.length && steps.length <= values.length / 6; i++) {
      if (sorted[i] - last <= 4) continue; // projecting there and back moves a value by a unit or two
      steps.push(sorted[i] - last);
      last = sorted[i];
    }
    if (steps.length < 3 || steps.length > values.length / 6) return null;
    var step = steps.slice().sort(function (a, b) {
      return a - b;
    })[Math.floor(steps.length / 2)];
    var regular = steps.filter(function (s) {
      return Math.abs(s / step - Math.round(s / step)) < 0.08;
    }).length;
    if (regular < 0.95 * steps.length) return null;
    var whole = Math.round((sorted[sorted.length - 1] - sorted[0]) / step);
    return { from: sorted[0], step: (sorted[sorted.length - 1] - sorted[0]) / whole };
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

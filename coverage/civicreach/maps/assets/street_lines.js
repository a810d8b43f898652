/* The base map's roads: those that are streets of the page, joined to long lines as maps/shapes.py joins the others, and
   the others. */
(function (cr) {
  'use strict';

  cr.Roads = class Roads extends cr.Shapes {
    constructor(data, streets) {
      super(data, 'base.roads');
      this.rank = data.columns['base.roads.rank'] || new Int32Array(0);
      this.name = data.columns['base.roads.name'] || new Int32Array(0);
      if (streets) this.add(streets);
    }

    add(streets) {
      var number = streets.what.streets.findIndex(function (each) {
        return !!streets.data.columns[each.key + '.rank'];
      });
      if (number < 0) return;
      var net = streets.net(number),
        rank = streets.data.columns[net.key + '.rank'],
        world = streets.world(number),
        chains = chainsOf(net, rank),
        old = { x: this.x, y: this.y, at: this.at, lines: this.count },
        points = old.x.length,
        k = points;
      chains.forEach(function (chain) {
        points++;
        chain.forEach(function (half) {
          points += net.at[(half >> 1) + 1] - net.at[half >> 1] - 1;
        });
      });
      this.count = old.lines + chains.length;
      this.x = longer(old.x, points);
      this.y = longer(old.y, points);
      this.at = longer(old.at, old.at.length + chains.length);
      this.first = longer(this.first, this.first.length + chains.length);
      this.rank = longer(this.rank, this.count);
      this.name = longer(this.name, this.count);
      chains.forEach(function (chain, c) {
        var line = old.lines + c,
          ring = old.at.length - 1 + c;
        k = this.draw(net, world, chain, k);
        this.at[ring + 1] = k;
        this.first[line + 1] = ring + 1;
        this.rank[line] = rank[chain[0] >> 1] - 1;
        this.name[line] = net.name[chain[0] >> 1];
      }, this);
      this.box = this.boxes();
    }

    /* the points of edges one after the other, each in the way that it is gone along; 2e goes from u to v */
    draw(net, world, chain, k) {
      for (var c = 0; c < chain.length; c++) {
        var e = chain[c] >> 1,
          back = chain[c] & 1,
          from = net.at[e],
          end = net.at[e + 1];
        for (var i = c ? 1 : 0; i < end - from; i++, k++) {
          var p = back ? end - 1 - i : from + i;
          this.x[k] = world[2 * p];
          this.y[k] = world[2 * p + 1];
        }
      }
      return k;
    }
  };

  function longer(values, length) {
    var found = new values.constructor(length);
    found.set(values);
    return found;
  }

  /* edges of the same rank and name that follow each other, where two and only two of them meet */
  function chainsOf(net, rank) {
    var next = nextHalves(net, rank),
      seen = new Uint8Array(net.edges),
      chains = [];
    function follow(half) {
      var chain = [];
      for (; half >= 0 && !seen[half >> 1]; half = next[half]) {
        seen[half >> 1] = 1;
        chain.push(half);
      }
      chains.push(chain);
    }
    for (var e = 0; e < net.edges; e++) {
      if (!rank[e] || seen[e]) continue;
      if (next[2 * e + 1] < 0) follow(2 * e);
      else if (next[2 * e] < 0) follow(2 * e + 1);
    }
    for (e = 0; e < net.edges; e++) if (rank[e] && !seen[e]) follow(2 * e); // rings
    // names of larger roads find their places first
    return chains.sort(function (a, b) {
      return rank[a[0] >> 1] - rank[b[0] >> 1];
    });
  }

  /* half 2e arrives at v, 2e + 1 at u: which half goes on from there, or -1 */
  function nextHalves(net, rank) {
    var next = new Int32Array(2 * net.edges).fill(-1),
      around = net.incident();
    for (var n = 0; n < net.nodes; n++) {
      for (var i = around.first[n]; i < around.first[n + 1]; i++) {
        var e = around.edge[i],
          other = -1,
          count = 0;
        if (!rank[e]) continue;
        for (var j = around.first[n]; j < around.first[n + 1]; j++) {
          var o = around.edge[j];
          if (rank[o] !== rank[e] || net.name[o] !== net.name[e]) continue;
          count++;
          if (o !== e) other = o;
        }
        if (count !== 2 || other < 0) continue;
        next[net.v[e] === n ? 2 * e : 2 * e + 1] = net.u[other] === n ? 2 * other : 2 * other + 1;
      }
    }
    return next;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

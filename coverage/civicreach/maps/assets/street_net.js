/* One drawing of streets as whole numbers: centimetres, millimetres, milliseconds. Columns come from
   civicreach/maps/street_data.py, which says how each is packed. */
(function (cr) {
  'use strict';

  var CLOSED = (cr.CLOSED = -1);
  var PRIVATE = 1,
    ISLAND = 2;

  function unzigzag(value) {
    return (value >>> 1) ^ -(value & 1);
  }

  function column(data, name) {
    var found = data.columns[name];
    if (!found) throw new Error('no column ' + name);
    return found;
  }

  cr.StreetNet = class StreetNet {
    constructor(data, number) {
      var what = data.head.what_if,
        head = what.streets[number],
        key = head.key;
      this.key = key;
      this.nodes = head.nodes;
      this.edges = head.edges;
      this.readNodes(column(data, key + '.nodes'), what.origin);
      this.readEdges(column(data, key + '.u'), column(data, key + '.v'));
      this.readLines(data, key);
      this.readLengths(column(data, key + '.length'));
      this.flags = column(data, key + '.flags');
      this.name = column(data, key + '.name');
      this.gates = column(data, key + '.gates');
      this.profiles = what.profiles
        .filter(function (profile) {
          return profile.streets === number;
        })
        .map(function (profile) {
          return new cr.StreetCosts(this, profile, data);
        }, this);
    }

    readNodes(xy, origin) {
      this.nodeX = new Int32Array(this.nodes);
      this.nodeY = new Int32Array(this.nodes);
      for (var i = 0; i < this.nodes; i++) {
        this.nodeX[i] = xy[2 * i] + origin[0];
        this.nodeY[i] = xy[2 * i + 1] + origin[1];
      }
    }

    readEdges(u, v) {
      this.u = new Int32Array(this.edges);
      this.v = new Int32Array(this.edges);
      for (var e = 0, last = 0; e < this.edges; e++) {
        this.u[e] = last + unzigzag(u[e]);
        last = this.v[e] = this.u[e] + unzigzag(v[e]);
      }
    }

    /* points of edge e: at[e]..at[e + 1] of x and y, in centimetres */
    readLines(data, key) {
      var inner = column(data, key + '.inner'),
        dx = column(data, key + '.dx'),
        dy = column(data, key + '.dy'),
        at = (this.at = new Int32Array(this.edges + 1));
      for (var e = 0; e < this.edges; e++) at[e + 1] = at[e] + inner[e] + 2;
      var X = (this.x = new Int32Array(at[this.edges])),
        Y = (this.y = new Int32Array(at[this.edges]));
      for (var i = 0, k = 0; i < this.edges; i++) {
        var p = at[i],
          end = at[i + 1] - 1;
        X[p] = this.nodeX[this.u[i]];
        Y[p] = this.nodeY[this.u[i]];
        for (p++; p < end; p++, k++) {
          X[p] = X[p - 1] + unzigzag(dx[k]);
          Y[p] = Y[p - 1] + unzigzag(dy[k]);
        }
        X[end] = this.nodeX[this.v[i]];
        Y[end] = this.nodeY[this.v[i]];
      }
    }

    /* drawn centimetres, added up in the order in which street_data.py does it, and true millimetres */
    readLengths(difference) {
      this.drawn = new Float64Array(this.edges);
      this.length = new Int32Array(this.edges);
      for (var e = 0; e < this.edges; e++) {
        var sum = 0;
        for (var k = this.at[e] + 1; k < this.at[e + 1]; k++) {
          var dx = this.x[k] - this.x[k - 1],
            dy = this.y[k] - this.y[k - 1];
          sum += Math.sqrt(dx * dx + dy * dy);
        }
        this.drawn[e] = sum;
        this.length[e] = Math.floor(sum * 10 + 0.5) + unzigzag(difference[e]);
      }
    }

    isPrivate(e) {
      return (this.flags[e] & PRIVATE) !== 0;
    }

    isIsland(e) {
      return (this.flags[e] & ISLAND) !== 0;
    }

    /* the edges at each node, both ends of loops: {first, edge} */
    incident() {
      if (this.around) return this.around;
      var first = new Int32Array(this.nodes + 1);
      for (var e = 0; e < this.edges; e++) {
        first[this.u[e] + 1]++;
        first[this.v[e] + 1]++;
      }
      for (var n = 0; n < this.nodes; n++) first[n + 1] += first[n];
      var place = first.slice(),
        edge = new Int32Array(2 * this.edges);
      for (e = 0; e < this.edges; e++) {
        edge[place[this.u[e]]++] = e;
        edge[place[this.v[e]]++] = e;
      }
      return (this.around = { first: first, edge: edge });
    }

    /* which nodes have private ways: the inner sides of gates, and all behind them */
    privateNodes() {
      if (this.inside) return this.inside;
      var inside = (this.inside = new Uint8Array(this.nodes));
      for (var e = 0; e < this.edges; e++) if (this.isPrivate(e)) inside[this.u[e]] = inside[this.v[e]] = 1;
      return inside;
    }
  };

  /* What a profile pays on a drawing: along (u to v) and back (v to u) in ms, or CLOSED. */
  cr.StreetCosts = class StreetCosts {
    constructor(net, profile, data) {
      var key = net.key + '.p' + profile.costs,
        along = column(data, key + '.along'),
        back = column(data, key + '.back');
      this.net = net;
      this.name = profile.name;
      this.speed = profile.speed;
      this.number = profile.costs;
      this.along = new Int32Array(net.edges);
      this.back = new Int32Array(net.edges);
      for (var e = 0; e < net.edges; e++) {
        var guess = Math.floor((net.drawn[e] * 10) / profile.speed + 0.5),
          there = along[e] ? guess + unzigzag(along[e] - 1) : CLOSED,
          base = along[e] ? there : guess;
        this.along[e] = there;
        this.back[e] = back[e] === 0 ? there : back[e] === 1 ? CLOSED : base + unzigzag(back[e] - 2);
      }
      this.known = {};
    }

    /* ms from a straight distance in metres, rounded as Python does */
    walk(metres) {
      return cr.roundEven(metres * (1000 / this.speed));
    }

    /* places that Python put onto the streets: edge (-1: none), offset in mm, leg in ms */
    places(data, name) {
      var key = this.net.key + '.' + name,
        edge = column(data, key + '.edge'),
        leg = column(data, key + '.leg');
      if (this.number) {
        var more = column(data, key + '.leg' + this.number),
          first = this.net.profiles[0].speed,
          own = new Int32Array(leg.length);
        for (var i = 0; i < leg.length; i++)
          own[i] = Math.floor((leg[i] * first) / this.speed + 0.5) + unzigzag(more[i]);
        leg = own;
      }
      return {
        count: edge.length,
        edge: edge.map(function (value) {
          return value - 1;
        }),
        offset: column(data, key + '.offset'),
        leg: leg
      };
    }

    /* the search graph of a direction in CSR form; with `open` gates let everyone out again, too */
    arcs(direction, open) {
      var key = direction + (open ? ' open' : '');
      if (!this.known[key]) this.known[key] = buildArcs(this, direction, open);
      return this.known[key];
    }
  };

  /* from_facility follows streets as they run; to_facility backwards, so that spreading finds what it costs to come */
  function buildArcs(costs, direction, open) {
    var net = costs.net,
      leaving = direction === 'from_facility',
      forth = leaving ? costs.along : costs.back,
      against = leaving ? costs.back : costs.along,
      first = new Int32Array(net.nodes + 1),
      gates = net.gates;
    function each(visit) {
      for (var e = 0; e < net.edges; e++) {
        if (forth[e] !== CLOSED) visit(net.u[e], net.v[e], forth[e], e);
        if (against[e] !== CLOSED) visit(net.v[e], net.u[e], against[e], e);
      }
      for (var g = 0; g < gates.length; g += 2) {
        visit(gates[g], gates[g + 1], 0, -1);
        if (open) visit(gates[g + 1], gates[g], 0, -1);
      }
    }
    each(function (from) {
      first[from + 1]++;
    });
    for (var n = 0; n < net.nodes; n++) first[n + 1] += first[n];
    var count = first[net.nodes],
      place = first.slice(),
      arcs = { first: first, target: new Int32Array(count), cost: new Int32Array(count), edge: new Int32Array(count) };
    each(function (from, to, cost, edge) {
      var at = place[from]++;
      arcs.target[at] = to;
      arcs.cost[at] = cost;
      arcs.edge[at] = edge;
    });
    return arcs;
  }

  /* halves to the even neighbour, as numpy rounds */
  cr.roundEven = function (value) {
    var low = Math.floor(value),
      rest = value - low;
    if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
    return low % 2 === 0 ? low : low + 1;
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

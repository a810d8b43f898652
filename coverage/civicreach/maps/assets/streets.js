/* All streets of a page: where a place in degrees lies on them, what homes and facilities are on them, how they are
   drawn. Nothing is unpacked before it is asked for: the page's start doesn't pay for it. */
(function (cr) {
  'use strict';

  var MS_PER_MINUTE = 60000;

  cr.Streets = class Streets {
    constructor(data) {
      this.data = data;
      this.what = data.head.what_if;
      this.nets = [];
      this.snaps = [];
      this.worlds = [];
      this.drawn = new WeakMap(); // lines of pieces that have been drawn
      this.homesOf = new Map();
      this.reaches = new Map();
      this.shown = 0; // the drawing that pieces belong to: that of the plan's profile
    }

    /* whole centimetres of the study's coordinate system; error below 1 cm */
    toGround(lon, lat) {
      var at = polynomial(this.what.to_ground, lon, lat);
      return [Math.round(at[0] * 100), Math.round(at[1] * 100)];
    }

    toDegrees(x, y) {
      return polynomial(this.what.to_degrees, x / 100, y / 100);
    }

    /* whether the projection holds there */
    inBox(x, y) {
      var box = this.what.box;
      return x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3];
    }

    profile(name) {
      var found = this.what.profiles.find(function (profile) {
        return profile.name === name;
      });
      if (!found) throw new Error('no profile ' + name);
      return found;
    }

    net(number) {
      return this.nets[number] || (this.nets[number] = new cr.StreetNet(this.data, number));
    }

    /* StreetCosts of a profile by its name */
    costs(name) {
      var profile = this.profile(name);
      return this.net(profile.streets).profiles[profile.costs];
    }

    /* {edge, offset_mm, gap_m, leg_ms, x_cm, y_cm, name}, or null farther than max_snap_m from any street */
    snap(x, y, name) {
      var number = this.profile(name).streets,
        net = this.net(number);
      if (!this.snaps[number])
        this.snaps[number] = new cr.StreetSnap(net, this.what.max_snap_m, this.what.island_detour_m);
      var found = this.snaps[number].find(x, y);
      if (!found) return null;
      found.leg_ms = this.costs(name).walk(found.gap_m);
      found.name = this.street(net, found.edge);
      return found;
    }

    /* the name of an edge, or of a street that meets it */
    street(net, edge) {
      var names = this.data.head.base.names,
        around = net.incident(),
        number = net.name[edge];
      [net.u[edge], net.v[edge]].forEach(function (node) {
        for (var k = around.first[node]; !number && k < around.first[node + 1]; k++) number = net.name[around.edge[k]];
      });
      return names[number] || '';
    }

    /* homes on the streets of a profile: their places, and by node and by edge who is there */
    homes(name, direction) {
      var key = name + ' ' + direction;
      if (!this.homesOf.has(key)) this.homesOf.set(key, homesOn(this.costs(name), this.data, direction));
      return this.homesOf.get(key);
    }

    /* what a service means on the streets of a profile; made once */
    reach(service, profile) {
      var key = service + ' ' + profile;
      if (!this.reaches.has(key)) this.reaches.set(key, new cr.PlanReach(this, service, profile));
      return this.reaches.get(key);
    }

    /* what the study itself asks of a service */
    ownQuestion(number) {
      var own = this.what.services[number];
      return { service: number, profile: this.what.profiles[own.profile].name, minutes: own.limit_ms / MS_PER_MINUTE };
    }

    /* existing facilities of service k */
    facilities(name, k) {
      return this.costs(name).places(this.data, 's' + k);
    }

    /* world coordinates (2k,) of the points of the edges */
    world(number) {
      if (this.worlds[number]) return this.worlds[number];
      var net = this.net(number),
        world = (this.worlds[number] = new Float64Array(2 * net.x.length));
      for (var i = 0; i < net.x.length; i++) {
        var at = polynomial(this.what.to_degrees, net.x[i] / 100, net.y[i] / 100);
        world[2 * i] = cr.worldX(at[0]);
        world[2 * i + 1] = cr.worldY(at[1]);
      }
      return world;
    }

    /* [lon, lat] where a share of an edge's drawing ends */
    pointOn(number, edge, share) {
      var net = this.net(number),
        left = share * net.drawn[edge];
      for (var k = net.at[edge] + 1; k < net.at[edge + 1]; k++) {
        var dx = net.x[k] - net.x[k - 1],
          dy = net.y[k] - net.y[k - 1],
          length = Math.sqrt(dx * dx + dy * dy);
        if (left <= length && length > 0)
          return this.toDegrees(net.x[k - 1] + (dx * left) / length, net.y[k - 1] + (dy * left) / length);
        left -= length;
      }
      return this.toDegrees(net.x[k - 1], net.y[k - 1]);
    }

    /* one open path of the pieces [edge, from, to, band, ...] of a band (null: of all); the caller strokes it */
    trace(ctx, view, pieces, band) {
      var number = pieces.streets === undefined ? this.shown : pieces.streets,
        made = this.drawn.get(pieces);
      if (!made) this.drawn.set(pieces, (made = new cr.PieceLines(this.net(number), this.world(number), pieces)));
      ctx.beginPath();
      made.trace(ctx, view, band);
    }
  };

  function polynomial(fit, a, b) {
    var p = (a - fit.middle[0]) / fit.half[0],
      q = (b - fit.middle[1]) / fit.half[1],
      one = fit.terms[0],
      two = fit.terms[1],
      first = fit.base[0],
      second = fit.base[1],
      k = 0,
      pi = 1;
    for (var i = 0; i <= fit.degree; i++, pi *= p) {
      for (var j = fit.degree - i, power = pi; j >= 0; j--, power *= q, k++) {
        first += one[k] * power;
        second += two[k] * power;
      }
    }
    return [first, second];
  }

  /* places of homes, and lists in the order of nodes (first, home, cost from or to the node) and edges */
  function homesOn(costs, data, direction) {
    var net = costs.net,
      homes = costs.places(data, 'homes'),
      leaving = direction === 'to_facility',
      byNode = lists(net.nodes, function (visit) {
        for (var i = 0; i < homes.count; i++) {
          if (homes.edge[i] < 0) continue;
          cr.eachEnd(costs, homes.edge[i], homes.offset[i], homes.leg[i], leaving, function (node, cost) {
            visit(node, i, cost);
          });
        }
      }),
      byEdge = lists(net.edges, function (visit) {
        for (var i = 0; i < homes.count; i++) if (homes.edge[i] >= 0) visit(homes.edge[i], i, 0);
      });
    homes.byNode = byNode;
    homes.byEdge = byEdge;
    return homes;
  }

  function lists(count, each) {
    var first = new Int32Array(count + 1);
    each(function (at) {
      first[at + 1]++;
    });
    for (var k = 0; k < count; k++) first[k + 1] += first[k];
    var place = first.slice(),
      found = { first: first, home: new Int32Array(first[count]), cost: new Int32Array(first[count]) };
    each(function (at, home, cost) {
      found.home[place[at]] = home;
      found.cost[place[at]++] = cost;
    });
    return found;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

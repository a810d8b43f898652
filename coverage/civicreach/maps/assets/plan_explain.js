/* Why a home is covered or not: its way to the nearest place, existing or proposed, against the straight line. */
(function (cr) {
  'use strict';

  /* from this ratio of way to straight line on it is a detour, as in measures/gap_causes.py */
  var DETOUR_RATIO = 1.8;

  /* {facility, site, ms, straight_m, straight_ms, straight_facility, straight_site, straight_way_ms, detour, pieces,
     ends, legs, cause, limit_ms, private_ms}. facility is a number (-1 where the way leads to a proposed site or
     nowhere), site an id or null; ms is -1 without a way. `pieces` are [edge, from, to, 0, ...] of the way, `ends` the
     [edge, share] of both of its ends on the streets, `legs` the ms from those to the home and to the place.
     `straight_way_ms` is the way to the place nearest in a straight line, `detour` its ratio to that line, 0 without */
  cr.explainHome = function (plan, home) {
    var reach = plan.reach(),
      targets = targetsOf(plan, reach),
      told = { home: home, limit_ms: plan.limit, facility: -1, site: null, ms: -1, pieces: [], ends: [], legs: [0, 0] };
    straight(plan, reach, targets, home, told);
    var edge = reach.homes.edge[home];
    if (edge >= 0) route(plan, reach, targets, home, told);
    told.straight_way_ms = edge >= 0 ? wayToStraight(reach, targets, home, told) : -1;
    told.detour = told.straight_way_ms >= 0 && told.straight_ms > 0 ? told.straight_way_ms / told.straight_ms : 0;
    told.cause = causeOf(plan, reach, targets, home, told);
    return told;
  };

  /* existing facilities, then sites: {edge, offset, leg, seeds, facility, site, lon, lat} */
  function targetsOf(plan, reach) {
    var found = [],
      places = plan.model.services[reach.service].places;
    for (var f = 0; f < reach.facilities.count; f++)
      found.push({
        place: reach.facilities.edge[f] >= 0 ? reach.facility(f) : null,
        facility: f,
        site: null,
        ground: plan.streets.toGround(cr.lonOf(places.x[f]), cr.latOf(places.y[f]))
      });
    plan.sites.forEach(function (site) {
      found.push({ place: plan.within(site).place, facility: -1, site: site.id, ground: [site.x_cm, site.y_cm] });
    });
    return found;
  }

  function straight(plan, reach, targets, home, told) {
    var homes = plan.model.homes,
      at = plan.streets.toGround(cr.lonOf(homes.x[home]), cr.latOf(homes.y[home])),
      least = Infinity;
    told.straight_facility = -1;
    told.straight_site = null;
    targets.forEach(function (target) {
      var away = Math.hypot(target.ground[0] - at[0], target.ground[1] - at[1]) / 100;
      if (away >= least) return;
      least = away;
      told.straight_facility = target.facility;
      told.straight_site = target.site;
    });
    told.straight_m = isFinite(least) ? least : -1;
    told.straight_ms = isFinite(least) ? reach.costs.walk(least) : -1;
  }

  /* what the way to the place nearest in a straight line costs, -1 without one */
  function wayToStraight(reach, targets, home, told) {
    if (told.straight_facility === told.facility && told.straight_site === told.site) return told.ms;
    var one = targets.filter(function (target) {
      return target.facility === told.straight_facility && target.site === told.straight_site;
    });
    var from = placeOf(reach, home),
      direct = directTo(reach, one, home, from),
      cost = Math.min(nearestEnd(reach, spreadAll(reach, one, false).dist, from).cost, direct ? direct.cost : cr.FAR);
    return cost < cr.FAR ? cost : -1;
  }

  function placeOf(reach, home) {
    return { edge: reach.homes.edge[home], offset: reach.homes.offset[home], leg: reach.homes.leg[home] };
  }

  /* costs of nodes from all targets, and the seeds that they came from */
  function spreadAll(reach, targets, open) {
    var dist = new Int32Array(reach.costs.net.nodes).fill(cr.FAR),
      origin = new Map();
    var seeds = [];
    targets.forEach(function (target, t) {
      if (!target.place) return;
      var own = reach.search.seeds(target.place),
        ends = endsOf(reach, target.place).length; // what follows them is behind gates
      for (var k = 0; k < own.length; k += 2) {
        seeds.push(own[k], own[k + 1]);
        var known = origin.get(own[k]);
        if (!known || own[k + 1] < known.cost) origin.set(own[k], { cost: own[k + 1], target: t, gate: k >= ends });
      }
    });
    reach.search.spread(seeds, cr.FAR - 1, dist, false, open ? reach.costs.arcs(reach.direction, true) : null);
    return { dist: dist, origin: origin };
  }

  /* [node, cost, ...] of the ends of a place's own edge */
  function endsOf(reach, place) {
    var found = [];
    cr.eachEnd(reach.costs, place.edge, place.offset, place.leg, reach.direction === 'from_facility', function (node, cost) {
      found.push(node, cost);
    });
    return found;
  }

  function route(plan, reach, targets, home, told) {
    var spread = spreadAll(reach, targets, false),
      from = placeOf(reach, home),
      best = nearestEnd(reach, spread.dist, from),
      direct = directTo(reach, targets, home, from);
    if (direct && direct.cost <= best.cost) {
      tell(reach, told, from, targets[direct.target], direct.cost);
      push(told.pieces, reach.costs.net, from.edge, from.offset, targets[direct.target].place.offset);
      return;
    }
    if (best.node < 0) return;
    var end = trace(reach, spread, best.node, told.pieces, false),
      place = targets[end.target].place;
    tell(reach, told, from, targets[end.target], best.cost);
    push(told.pieces, reach.costs.net, from.edge, from.offset, best.atU ? 0 : reach.costs.net.length[from.edge]);
    var last = spread.origin.get(end.node).gate ? behindGate(reach, place, end.node, told.pieces) : end.node;
    finish(reach, place, last, told.pieces);
  }

  /* from the public side of a gate along private ways to the end of the place's edge that it is reached from */
  function behindGate(reach, place, node, pieces) {
    var own = endsOf(reach, place),
      net = reach.costs.net,
      inside = net.privateNodes(),
      spread = { dist: new Int32Array(net.nodes).fill(cr.FAR), origin: new Map() },
      seeds = [],
      inner = -1;
    for (var k = 0; k < own.length; k += 2) {
      if (!inside[own[k]]) continue;
      var known = spread.origin.get(own[k]);
      seeds.push(own[k], own[k + 1]);
      if (!known || own[k + 1] < known.cost) spread.origin.set(own[k], { cost: own[k + 1], target: 0 });
    }
    reach.search.spread(seeds, cr.FAR - 1, spread.dist, true);
    for (var g = 0; g < net.gates.length; g += 2) {
      var behind = net.gates[g + 1];
      if (net.gates[g] === node && (inner < 0 || spread.dist[behind] < spread.dist[inner])) inner = behind;
    }
    return trace(reach, spread, inner, pieces, true).node;
  }

  function tell(reach, told, from, target, cost) {
    told.ms = cost;
    told.legs = [from.leg, target.place.leg];
    told.ends = [from, target.place].map(function (place) {
      return [place.edge, place.offset / reach.costs.net.length[place.edge]];
    });
    told.facility = target.facility;
    told.site = target.site;
  }

  function nearestEnd(reach, dist, from) {
    var best = { cost: cr.FAR, node: -1, atU: true },
      net = reach.costs.net,
      count = 0;
    cr.eachEnd(reach.costs, from.edge, from.offset, from.leg, reach.direction === 'to_facility', function (node, cost) {
      var whole = dist[node] === cr.FAR ? cr.FAR : dist[node] + cost,
        atU = node === net.u[from.edge] && (node !== net.v[from.edge] || count === 0);
      count++;
      if (whole < best.cost) best = { cost: whole, node: node, atU: atU };
    });
    return best;
  }

  function directTo(reach, targets, home, from) {
    var best = null;
    targets.forEach(function (target, t) {
      if (!target.place || target.place.edge !== from.edge) return;
      var legs = from.leg + target.place.leg,
        cost = cr.sameEdge(reach.costs, from.edge, from.offset, target.place.offset, legs, reach.direction);
      if (cost >= 0 && (!best || cost < best.cost)) best = { cost: cost, target: t };
    });
    return best;
  }

  /* back from a node along arcs that explain its cost exactly, to a seed: {node, target}; `inside` on private ways alone */
  function trace(reach, spread, node, pieces, inside) {
    var net = reach.costs.net,
      around = net.incident(),
      leaving = reach.direction === 'from_facility';
    for (;;) {
      var d = spread.dist[node],
        seed = spread.origin.get(node),
        next = -1,
        by = -1;
      if (seed && seed.cost === d) return { node: node, target: seed.target };
      for (var k = around.first[node]; k < around.first[node + 1] && next < 0; k++) {
        var e = around.edge[k],
          isV = net.v[e] === node;
        if (inside && !net.isPrivate(e)) continue;
        // spreading came from the other end: towards v along (leaving) or against the edge
        [isV, !isV].forEach(function (toV) {
          if (next >= 0 || (toV ? net.v[e] : net.u[e]) !== node) return;
          var other = toV ? net.u[e] : net.v[e],
            cost = toV === leaving ? reach.costs.along[e] : reach.costs.back[e];
          if (cost < 0 || spread.dist[other] === cr.FAR || spread.dist[other] + cost !== d) return;
          next = other;
          by = e;
        });
      }
      if (by >= 0) pieces.push(by, 0, 1, 0);
      else next = throughGate(net, spread.dist, node);
      if (next < 0) throw new Error('no way back from node ' + node);
      node = next;
    }
  }

  function throughGate(net, dist, node) {
    for (var g = 0; g < net.gates.length; g += 2)
      if (net.gates[g + 1] === node && dist[net.gates[g]] === dist[node]) return net.gates[g];
    return -1;
  }

  /* from the seed's node along the edge of the place, where that ends there */
  function finish(reach, place, node, pieces) {
    var net = reach.costs.net,
      atU = net.u[place.edge] === node,
      atV = net.v[place.edge] === node;
    if (atU && atV) atU = place.offset <= net.length[place.edge] / 2;
    if (atU) push(pieces, net, place.edge, place.offset, 0);
    else if (atV) push(pieces, net, place.edge, place.offset, net.length[place.edge]);
  }

  function push(pieces, net, edge, a, b) {
    var length = net.length[edge];
    if (a !== b) pieces.push(edge, Math.min(a, b) / length, Math.max(a, b) / length, 0);
  }

  function causeOf(plan, reach, targets, home, told) {
    if (told.ms >= 0 && told.ms <= plan.limit) return 'covered';
    if (reach.homes.edge[home] < 0) return 'no_street';
    told.private_ms = throughOpenGates(reach, targets, home);
    if (told.private_ms >= 0 && told.private_ms <= plan.limit) return 'private';
    if (told.ms < 0) return 'unreachable';
    if (told.straight_ms < 0 || told.straight_ms > plan.limit) return 'too_far';
    return told.ms >= DETOUR_RATIO * told.straight_ms ? 'detour' : 'winding';
  }

  /* what the way costs where gates let everyone through; -1 without gates */
  function throughOpenGates(reach, targets, home) {
    if (!reach.costs.net.gates.length) return -1;
    var best = nearestEnd(reach, spreadAll(reach, targets, true).dist, placeOf(reach, home));
    return best.node < 0 ? -1 : best.cost;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

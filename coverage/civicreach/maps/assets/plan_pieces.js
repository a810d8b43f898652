/* Reached pieces of streets, today and with a plan: [edge, from, to, band] with shares of the edge's drawing. */
(function (cr) {
  'use strict';

  var MS_PER_MINUTE = 60000;

  /* limits in ms: the study's bands below the question's own limit, and that */
  function bandsOf(plan) {
    var service = plan.model.services[plan.question.service],
      per = service.unit === 'm' ? 1000 : MS_PER_MINUTE;
    return service.bands
      .map(function (band) {
        return Math.round(band * per);
      })
      .filter(function (ms) {
        return ms < plan.limit;
      })
      .concat(plan.limit);
  }

  /* `when`: 'before' or 'after'. Pieces of smaller bands may lie over those of larger ones: draw the large ones first */
  cr.planPieces = function (plan, when) {
    var reach = plan.reach(),
      bands = bandsOf(plan),
      after = when === 'after' && plan.sites.length,
      found = piecesFrom(reach, after ? nodesAfter(plan, reach) : reach.nodeBefore, bands);
    if (after)
      plan.sites.forEach(function (site) {
        var place = plan.within(site).place;
        if (place) standing(reach, place, bands, found);
      });
    return found;
  };

  /* what the study itself asks of a service: the streets within each of its bands; made when they are first drawn */
  cr.reachedPieces = function (app, service) {
    if (service.pieces) return service.pieces;
    var reach = reachOf(app, service);
    return (service.pieces = piecesFrom(reach, reach.nodeBefore, limitsOf(service)));
  };

  /* the streets within each of a service's bands around one facility; none where it is on no street */
  cr.facilityPieces = function (app, service, facility) {
    var reach = reachOf(app, service),
      limits = limitsOf(service),
      found = [];
    found.streets = reach.streets.profile(reach.profile).streets;
    if (reach.facilities.edge[facility] < 0) return found;
    var place = reach.facility(facility),
      near = reach.search.near(reach.search.seeds(place), limits[limits.length - 1]),
      dist = new Int32Array(reach.costs.net.nodes).fill(cr.FAR);
    for (var i = 0; i < near.node.length; i++) dist[near.node[i]] = near.cost[i];
    spreadPieces(reach, dist, limits, found);
    standing(reach, place, limits, found);
    return found;
  };

  function reachOf(app, service) {
    var own = cr.streetsOf(app).ownQuestion(service.number);
    return app.streets.reach(own.service, own.profile);
  }

  /* a service's bands in ms */
  function limitsOf(service) {
    var per = service.unit === 'm' ? 1000 : MS_PER_MINUTE;
    return service.bands.map(function (band) {
      return Math.round(band * per);
    });
  }

  /* from costs at nodes, and from where existing facilities stand */
  function piecesFrom(reach, dist, bands) {
    var found = [],
      facilities = reach.facilities;
    spreadPieces(reach, dist, bands, found);
    for (var f = 0; f < facilities.count; f++) if (facilities.edge[f] >= 0) standing(reach, reach.facility(f), bands, found);
    found.streets = reach.streets.profile(reach.profile).streets;
    return found;
  }

  function nodesAfter(plan, reach) {
    var dist = reach.nodeBefore.slice();
    plan.sites.forEach(function (site) {
      var found = plan.within(site);
      for (var i = 0; i < found.node.length; i++)
        if (found.nodeCost[i] < dist[found.node[i]]) dist[found.node[i]] = found.nodeCost[i];
    });
    return dist;
  }

  /* from both ends of every edge, band after band; each band only what smaller ones leave */
  function spreadPieces(reach, dist, bands, found) {
    var costs = reach.costs,
      net = costs.net,
      leaving = reach.direction === 'from_facility',
      towardsV = leaving ? costs.along : costs.back,
      towardsU = leaving ? costs.back : costs.along,
      last = bands[bands.length - 1];
    for (var e = 0; e < net.edges; e++) {
      var atU = dist[net.u[e]],
        atV = dist[net.v[e]];
      if (atU > last && atV > last) continue;
      var a = 0,
        b = 1;
      for (var k = 0; k < bands.length && a < b; k++) {
        var far = farther(a, bands[k] - atU, towardsV[e]),
          back = 1 - farther(1 - b, bands[k] - atV, towardsU[e]);
        if (far >= back) found.push(e, a, b, k);
        else {
          if (far > a) found.push(e, a, far, k);
          if (back < b) found.push(e, back, b, k);
        }
        a = far;
        b = back;
      }
    }
  }

  function farther(already, spare, whole) {
    if (whole < 0 || spare < 0) return already;
    return Math.max(already, Math.min(1, spare / whole));
  }

  /* on its own edge a place reaches both ways from where it stands */
  function standing(reach, place, bands, found) {
    var costs = reach.costs,
      leaving = reach.direction === 'from_facility',
      e = place.edge,
      at = place.offset / costs.net.length[e],
      towardsV = leaving ? costs.along[e] : costs.back[e],
      towardsU = leaving ? costs.back[e] : costs.along[e];
    for (var k = bands.length - 1; k >= 0; k--) {
      var spare = bands[k] - place.leg;
      if (spare < 0) break;
      var from = towardsU < 0 ? at : Math.max(0, at - spare / towardsU),
        to = towardsV < 0 ? at : Math.min(1, at + spare / towardsV);
      if (to > from) found.push(e, from, to, k);
    }
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* The best next site: exact, because no place is left out whose upper bound beats the best that was found. */
(function (cr) {
  'use strict';

  var CELL_CM = 4000;

  /* {x_cm, y_cm, lon, lat, gain, milliseconds, tried, of} or null where nobody is uncovered; of places with the same
     gain the first one: junctions in their order, or candidate plots in theirs */
  cr.bestSite = function (plan) {
    var started = performance.now(),
      reach = plan.reach(),
      open = uncovered(plan),
      places = placesOf(plan, reach),
      bound = bounds(plan, reach, open, places),
      order = [];
    for (var i = 0; i < places.count; i++) if (bound[i] > 0) order.push(i);
    order.sort(function (a, b) {
      return bound[b] - bound[a] || a - b;
    });
    var first = order.map(function (i) {
      return bound[i];
    });
    var best = { gain: 0, at: -1 },
      near = plan.service.candidates.length ? null : nearNodes(reach),
      tried = 0;
    for (var k = 0; k < order.length; k++) {
      var at = order[k],
        most = first[k];
      if (most < Math.max(best.gain, 1)) break;
      // evaluating a junction also bounds those around it
      if (bound[at] < best.gain || (bound[at] === best.gain && at > best.at)) continue;
      tried++;
      var place = reach.stand(places.x[at], places.y[at]),
        gain = place ? reach.gain(place, plan.limit, open, near && near.plain[at] ? bound : null, near) : 0;
      if (gain > best.gain || (gain === best.gain && gain > 0 && at < best.at)) best = { gain: gain, at: at };
    }
    if (best.at < 0) return null;
    var degrees = plan.streets.toDegrees(places.x[best.at], places.y[best.at]);
    return {
      x_cm: places.x[best.at],
      y_cm: places.y[best.at],
      lon: degrees[0],
      lat: degrees[1],
      gain: best.gain / 1e6,
      milliseconds: performance.now() - started,
      tried: tried,
      of: places.count
    };
  };

  /* millionths (m,) of people that are still uncovered; 0 for homes off the streets and outside */
  function uncovered(plan) {
    var amount = plan.base.amount,
      open = new Float64Array(amount.length),
      edge = plan.reach().homes.edge;
    for (var i = 0; i < open.length; i++) {
      var cost = plan.after[i];
      if (plan.unit[i] && edge[i] >= 0 && !(cost >= 0 && cost <= plan.limit)) open[i] = amount[i];
    }
    return open;
  }

  /* which junctions are on public streets alone: ways past them and on add up, while nobody walks through a compound */
  function nearNodes(reach) {
    var net = reach.costs.net;
    if (net.plainNodes) return net.plainNodes;
    var plain = new Uint8Array(net.nodes).fill(1);
    net.privateNodes().forEach(function (is, node) {
      if (is) plain[node] = 0;
    });
    for (var g = 0; g < net.gates.length; g++) plain[net.gates[g]] = 0;
    for (var e = 0; e < net.edges; e++) if (net.isIsland(e)) plain[net.u[e]] = plain[net.v[e]] = 0;
    return (net.plainNodes = { plain: plain });
  }

  function placesOf(plan, reach) {
    var net = reach.costs.net,
      plots = plan.service.candidates;
    if (!plots.length) return { count: net.nodes, x: net.nodeX, y: net.nodeY };
    var left = plots.filter(function (plot) {
      return !plan.sites.some(function (site) {
        return site.x_cm === plot[0] && site.y_cm === plot[1];
      });
    });
    return {
      count: left.length,
      x: left.map(function (plot) {
        return plot[0];
      }),
      y: left.map(function (plot) {
        return plot[1];
      })
    };
  }

  /* for each place the uncovered people of all cells that the circle touches which nobody can leave within the limit */
  function bounds(plan, reach, open, places) {
    var net = reach.costs.net,
      homes = reach.homes,
      grid = gridOf(net),
      bound = new Float64Array(places.count),
      radius = plan.limit * fastest(reach.costs) + 10; // parts of edges are rounded
    var cells = new Float64Array(grid.columns * grid.rows);
    for (var i = 0; i < open.length; i++) {
      if (!open[i] || homes.leg[i] > plan.limit) continue;
      var at = pointOn(net, homes.edge[i], homes.offset[i]);
      cells[grid.at(at[0], at[1])] += open[i];
    }
    var before = new Float64Array((grid.columns + 1) * grid.rows);
    for (var r = 0; r < grid.rows; r++)
      for (var c = 0; c < grid.columns; c++)
        before[r * (grid.columns + 1) + c + 1] = before[r * (grid.columns + 1) + c] + cells[r * grid.columns + c];
    for (i = 0; i < places.count; i++) bound[i] = inCircle(grid, before, places.x[i], places.y[i], radius);
    return bound;
  }

  function inCircle(grid, before, x, y, radius) {
    var sum = 0,
      low = Math.max(0, Math.floor((y - radius - grid.y0) / CELL_CM)),
      high = Math.min(grid.rows - 1, Math.floor((y + radius - grid.y0) / CELL_CM));
    for (var r = low; r <= high; r++) {
      var south = grid.y0 + r * CELL_CM,
        dy = y < south ? south - y : y > south + CELL_CM ? y - south - CELL_CM : 0,
        half = Math.sqrt(Math.max(0, radius * radius - dy * dy)),
        from = Math.max(0, Math.min(grid.columns, Math.floor((x - half - grid.x0) / CELL_CM))),
        to = Math.max(0, Math.min(grid.columns, Math.floor((x + half - grid.x0) / CELL_CM) + 1)),
        row = r * (grid.columns + 1);
      if (to > from) sum += before[row + to] - before[row + from];
    }
    return sum;
  }

  function gridOf(net) {
    if (net.suggestGrid) return net.suggestGrid;
    var x0 = Infinity,
      y0 = Infinity,
      x1 = -Infinity,
      y1 = -Infinity;
    for (var k = 0; k < net.x.length; k++) {
      x0 = Math.min(x0, net.x[k]);
      x1 = Math.max(x1, net.x[k]);
      y0 = Math.min(y0, net.y[k]);
      y1 = Math.max(y1, net.y[k]);
    }
    return (net.suggestGrid = {
      x0: x0,
      y0: y0,
      columns: Math.floor((x1 - x0) / CELL_CM) + 1,
      rows: Math.floor((y1 - y0) / CELL_CM) + 1,
      at: function (x, y) {
        return Math.floor((y - y0) / CELL_CM) * this.columns + Math.floor((x - x0) / CELL_CM);
      }
    });
  }

  /* most centimetres that a millisecond can bring anyone anywhere, as the crow flies */
  function fastest(costs) {
    if (costs.fastest) return costs.fastest;
    var net = costs.net,
      most = costs.speed / 10;
    for (var e = 0; e < net.edges; e++) {
      var along = costs.along[e],
        back = costs.back[e],
        least = along < 0 ? back : back < 0 ? along : Math.min(along, back);
      if (least > 0) most = Math.max(most, net.drawn[e] / least);
    }
    return (costs.fastest = most);
  }

  function pointOn(net, e, offset) {
    var left = (offset / net.length[e]) * net.drawn[e];
    for (var k = net.at[e] + 1; k < net.at[e + 1]; k++) {
      var dx = net.x[k] - net.x[k - 1],
        dy = net.y[k] - net.y[k - 1],
        length = Math.sqrt(dx * dx + dy * dy);
      if (left <= length && length > 0)
        return [net.x[k - 1] + (dx * left) / length, net.y[k - 1] + (dy * left) / length];
      left -= length;
    }
    return [net.x[net.at[e + 1] - 1], net.y[net.at[e + 1] - 1]];
  }
})((globalThis.civicreach = globalThis.civicreach || {}));

/* Searches over streets in whole milliseconds, as reach/access.py and reach/_search.py do them: from places on edges,
   truncated, with both access legs, meeting on one edge, and gates that let in but not through. */
(function (cr) {
  'use strict';

  var FAR = (cr.FAR = 0x7fffffff);
  var NODES = 2097152; // more than there are nodes: heap keys are cost * NODES + node, exact below 2^53
  var SAFE_LENGTH = 3e7; // millimetres up to which 2 * length * length stays exact

  /* what the first `offset` mm of an edge cost, rounded half up */
  cr.shareMs = function (cost, offset, length) {
    var whole = Math.floor(cost / length),
      rest = cost - whole * length;
    if (length < SAFE_LENGTH) return whole * offset + Math.floor((2 * rest * offset + length) / (2 * length));
    var part = (2n * BigInt(rest) * BigInt(offset) + BigInt(length)) / (2n * BigInt(length));
    return whole * offset + Number(part);
  };

  /* calls visit(node, cost) for the ends of a place's edge that are open; `leaving`: from the place to the node */
  cr.eachEnd = function (costs, edge, offset, leg, leaving, visit) {
    var net = costs.net,
      length = net.length[edge],
      byU = leaving ? costs.back[edge] : costs.along[edge],
      byV = leaving ? costs.along[edge] : costs.back[edge];
    if (byU !== cr.CLOSED) visit(net.u[edge], cr.shareMs(byU, offset, length) + leg);
    if (byV !== cr.CLOSED) visit(net.v[edge], byV - cr.shareMs(byV, offset, length) + leg);
  };

  /* cost between a home and a facility on one edge without passing its ends, or -1; legs included */
  cr.sameEdge = function (costs, edge, homeOffset, facilityOffset, legs, direction) {
    var start = direction === 'to_facility' ? homeOffset : facilityOffset,
      stop = direction === 'to_facility' ? facilityOffset : homeOffset,
      length = costs.net.length[edge];
    if (start === stop) return legs;
    var cost = stop > start ? costs.along[edge] : costs.back[edge];
    if (cost === cr.CLOSED) return -1;
    return Math.abs(cr.shareMs(cost, stop, length) - cr.shareMs(cost, start, length)) + legs;
  };

  cr.StreetSearch = class StreetSearch {
    constructor(costs, direction) {
      this.costs = costs;
      this.direction = direction;
      this.arcs = costs.arcs(direction, false);
      this.dist = new Int32Array(costs.net.nodes).fill(FAR);
      this.settled = new Int32Array(costs.net.nodes);
      this.heap = new Float64Array(4096);
      this.size = 0;
    }

    push(key) {
      if (this.size === this.heap.length) {
        var larger = new Float64Array(2 * this.size);
        larger.set(this.heap);
        this.heap = larger;
      }
      var heap = this.heap,
        i = this.size++;
      while (i > 0) {
        var parent = (i - 1) >> 2;
        if (heap[parent] <= key) break;
        heap[i] = heap[parent];
        i = parent;
      }
      heap[i] = key;
    }

    pop() {
      var heap = this.heap,
        top = heap[0],
        last = --this.size,
        key = heap[last],
        i = 0;
      for (;;) {
        var child = 4 * i + 1;
        if (child >= last) break;
        var end = child + 4 < last ? child + 4 : last,
          least = child;
        for (var k = child + 1; k < end; k++) if (heap[k] < heap[least]) least = k;
        if (heap[least] >= key) break;
        heap[i] = heap[least];
        i = least;
      }
      heap[i] = key;
      return top;
    }

    /* spreads from seeds [node, cost, ...] to the cutoff (inclusive) over `dist`, which may hold costs already; the
       number of nodes in `settled`, nearest first. With `inside` only along private ways */
    spread(seeds, cutoff, dist, inside, arcs) {
      var count = 0;
      arcs = arcs || this.arcs;
      var first = arcs.first,
        target = arcs.target,
        cost = arcs.cost;
      this.size = 0;
      for (var s = 0; s < seeds.length; s += 2) this.offer(seeds[s], seeds[s + 1], cutoff, dist);
      while (this.size) {
        var key = this.pop(),
          d = Math.floor(key / NODES),
          node = key - d * NODES;
        if (d > dist[node]) continue;
        this.settled[count++] = node;
        for (var a = first[node], end = first[node + 1]; a < end; a++) {
          if (inside && (arcs.edge[a] < 0 || !this.costs.net.isPrivate(arcs.edge[a]))) continue;
          var next = target[a],
            further = d + cost[a];
          if (further <= cutoff && further < dist[next]) {
            dist[next] = further;
            this.push(further * NODES + next);
          }
        }
      }
      return count;
    }

    offer(node, cost, cutoff, dist) {
      if (cost > cutoff || cost >= dist[node]) return;
      dist[node] = cost;
      this.push(cost * NODES + node);
    }

    /* [node, cost, ...] of a place: the ends of its edge, and behind gates also the public side of every gate that
       private ways lead to, because visitors come in there */
    seeds(place) {
      var found = [],
        leaving = this.direction === 'from_facility',
        net = this.costs.net;
      cr.eachEnd(this.costs, place.edge, place.offset, place.leg, leaving, function (node, cost) {
        found.push(node, cost);
      });
      if (!net.gates.length) return found;
      var inside = net.privateNodes(),
        own = [];
      for (var k = 0; k < found.length; k += 2) if (inside[found[k]]) own.push(found[k], found[k + 1]);
      return own.length ? found.concat(this.gateSeeds(own)) : found;
    }

    gateSeeds(own) {
      var gates = this.costs.net.gates,
        dist = this.dist,
        count = this.spread(own, FAR - 1, dist, true),
        found = [];
      for (var g = 0; g < gates.length; g += 2) if (dist[gates[g + 1]] < FAR) found.push(gates[g], dist[gates[g + 1]]);
      this.forget(count);
      return found;
    }

    forget(count) {
      for (var i = 0; i < count; i++) this.dist[this.settled[i]] = FAR;
    }

    /* nodes within the cutoff of one place: {node, cost}, nearest first */
    near(seeds, cutoff) {
      var count = this.spread(seeds, cutoff, this.dist),
        node = this.settled.slice(0, count),
        cost = new Int32Array(count);
      for (var i = 0; i < count; i++) {
        cost[i] = this.dist[node[i]];
        this.dist[node[i]] = FAR;
      }
      return { node: node, cost: cost };
    }

    /* cost (n,) of every node from the nearest of many seeds, without a limit */
    all(seeds) {
      var dist = new Int32Array(this.costs.net.nodes).fill(FAR);
      this.spread(seeds, FAR - 1, dist);
      return dist;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));

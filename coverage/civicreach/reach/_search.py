"""Search kernels: truncated Dijkstra on whole milliseconds with a 4-ary heap.

A heap key holds the cost in its upper 32 bits and the node in its lower 32, so that one comparison orders both.
Costs up to the cutoff fit int32; sums are taken in int64. Behind its keys a heap is filled with EMPTY: four children
can then be compared without asking how many there are, and without branches that a processor would guess wrong.
Places in arrays are unsigned where it counts: numba then doesn't look for negative ones.
"""

from __future__ import annotations

import numpy as np

from civicreach.reach._numba import kernel

FAR = np.int32(2**31 - 1)
"""The cost of a node that wasn't reached; the scratch arrays are always left filled with it."""

NODE = np.int64(0xFFFFFFFF)
EMPTY = np.int64(2**63 - 1)
ONE, TWO, THREE, FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)

ROOM = 2**18
"""Pairs that a row search begins with room for; memory that isn't written costs nothing."""


@kernel
def lift(heap, place, key):  # type: ignore[no-untyped-def]
    """Put a key on a heap whose places up to `place` are filled, that one being free."""
    i = np.uint64(place)
    while i > 0:
        parent = (i - ONE) >> TWO
        above = heap[parent]
        if above <= key:
            break
        heap[i] = above
        i = parent
    heap[i] = key


@kernel
def pop(heap, last):  # type: ignore[no-untyped-def]
    """Take the smallest key, which is `heap[0]` before, off a heap whose last key is at `last`.

    The hole goes down along the smallest children, and the last key comes up into it: few keys need more than a step.
    """
    last = np.uint64(last)
    key = heap[last]
    heap[last] = EMPTY
    i = np.uint64(0)
    while True:
        child = FOUR * i + ONE
        if child >= last:
            break
        a, b, c, d = heap[child], heap[child + ONE], heap[child + TWO], heap[child + THREE]
        ab = a if a < b else b
        at_ab = child if a < b else child + ONE
        cd = c if c < d else d
        at_cd = child + TWO if c < d else child + THREE
        least = ab if ab < cd else cd
        at_least = at_ab if ab < cd else at_cd
        heap[i] = least
        i = at_least
    if last > 0:
        lift(heap, i, key)


@kernel
def with_room(array, needed):  # type: ignore[no-untyped-def]
    """The array, or a copy twice as long (or longer) that has room for `needed` values."""
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def spread(indptr, adjacency, seed_node, seed_cost, k0, k1, cutoff, dist, heap, out):  # type: ignore[no-untyped-def]
    """As `settle`, with scratch of a fixed size, which is faster: the number of settled nodes, or -1 and everything as
    it was where that is too small. `heap` must be EMPTY everywhere, and is so again afterwards.
    """
    room = len(heap) - 4  # a key may have four children behind it
    size = 0
    count = 0
    for k in range(k0, min(k1, k0 + room)):
        node = np.uint64(seed_node[k])
        cost = np.int64(seed_cost[k])
        if cost <= cutoff and cost < dist[node]:
            dist[node] = cost
            lift(heap, size, (cost << 32) | np.int64(node))
            size += 1
    fits = k1 - k0 <= room
    while size > 0 and fits:
        top = heap[0]
        size -= 1
        pop(heap, size)
        node = np.uint64(top & NODE)
        cost = top >> 32
        if cost > dist[node]:
            continue
        first, last = np.uint64(indptr[node]), np.uint64(indptr[node + ONE])
        fits = count < len(out) and size + np.int64(last - first) <= room
        if not fits:
            dist[node] = FAR
            break
        out[count] = node
        count += 1
        for arc in range(first, last):
            target = np.uint64(adjacency[TWO * arc])
            further = cost + adjacency[TWO * arc + ONE]
            if further <= cutoff and further < dist[target]:
                dist[target] = further
                lift(heap, size, (further << 32) | np.int64(target))
                size += 1
    if fits:
        return count
    for i in range(count):
        dist[out[i]] = FAR
    for i in range(size):
        dist[heap[i] & NODE] = FAR
        heap[i] = EMPTY
    return -1


@kernel
def settle(indptr, adjacency, seed_node, seed_cost, k0, k1, cutoff, dist, heap, out):  # type: ignore[no-untyped-def]
    """Search from seeds k0..k1 up to the cutoff (inclusive).

    `dist` (n,) must be FAR everywhere; it holds the costs of the settled nodes afterwards. `heap` and `out` are
    scratch; both are returned, as they may have grown, with the number of settled nodes in `out`, nearest first.
    """
    heap[:] = EMPTY
    while True:
        count = spread(indptr, adjacency, seed_node, seed_cost, k0, k1, cutoff, dist, heap, out)
        if count >= 0:
            return heap, out, count
        heap = np.full(2 * len(heap) + k1 - k0, EMPTY, np.int64)
        out = np.empty(2 * len(out), np.int32)


@kernel
def reach_rows(  # type: ignore[no-untyped-def]
    indptr, adjacency, seed_ptr, seed_node, seed_cost,
    end_ptr, end_demand, end_cost, pair_ptr, pair_demand, pair_cost,
    demand_count, cutoff, f0, f1,
):  # fmt: skip
    """Costs from facilities f0..f1 to the demand within the cutoff, as CSR rows (pointers, demand, cost).

    `end_*` lists, by node, the demand that is entered there and what it costs from the node; `pair_*` lists, by
    facility, demand on the same edge with the cost along it.
    """
    dist = np.full(len(indptr) - 1, FAR, np.int32)
    best = np.full(demand_count, FAR, np.int32)
    heap = np.empty(1024, np.int64)
    out = np.empty(1024, np.int32)
    row_ptr = np.zeros(f1 - f0 + 1, np.int64)
    demand = np.empty(ROOM, np.int32)
    costs = np.empty(ROOM, np.int32)
    total = 0
    for f in range(f0, f1):
        first = total
        demand = with_room(demand, total + pair_ptr[f + 1] - pair_ptr[f])
        for k in range(pair_ptr[f], pair_ptr[f + 1]):
            d = pair_demand[k]
            if pair_cost[k] <= cutoff and pair_cost[k] < best[d]:
                demand[total] = d
                total += best[d] == FAR
                best[d] = pair_cost[k]
        heap, out, count = settle(
            indptr, adjacency, seed_node, seed_cost, seed_ptr[f], seed_ptr[f + 1], cutoff, dist, heap, out
        )
        for i in range(count):
            node = np.uint64(out[i])
            cost = np.int64(dist[node])
            dist[node] = FAR
            k0, k1 = np.uint64(end_ptr[node]), np.uint64(end_ptr[node + ONE])
            if total + np.int64(k1 - k0) > len(demand):
                demand = with_room(demand, total + np.int64(k1 - k0))
            for k in range(k0, k1):
                d = np.uint64(end_demand[k])
                whole = cost + end_cost[k]
                if whole <= cutoff and whole < best[d]:
                    demand[total] = d
                    total += best[d] == FAR
                    best[d] = whole
        costs = with_room(costs, len(demand))
        for i in range(first, total):
            d = np.uint64(demand[i])
            costs[i] = best[d]
            best[d] = FAR
        row_ptr[f - f0 + 1] = total
    return row_ptr, demand[:total], costs[:total]


@kernel
def nearest_nodes(indptr, adjacency, seed_node, seed_cost, seed_label, cutoff):  # type: ignore[no-untyped-def]
    """Cost (n,) from the nearest seed to every node and that seed's label; of equal costs the smaller label.

    Nodes beyond the cutoff have cost FAR and label -1.
    """
    dist = np.full(len(indptr) - 1, FAR, np.int32)
    label = np.full(len(indptr) - 1, -1, np.int32)
    # every arc is looked at once at most, so the heap never has to grow
    heap = np.full(len(seed_node) + len(adjacency) // 2 + 4, EMPTY, np.int64)
    size = 0
    for k in range(len(seed_node)):
        node = seed_node[k]
        cost = seed_cost[k]
        if cost > cutoff:
            continue
        if cost < dist[node]:
            dist[node] = cost
            label[node] = seed_label[k]
            lift(heap, size, (np.int64(cost) << 32) | np.int64(node))
            size += 1
        elif cost == dist[node] and seed_label[k] < label[node]:
            label[node] = seed_label[k]
    while size > 0:
        top = heap[0]
        size -= 1
        pop(heap, size)
        node = np.uint64(top & NODE)
        cost = top >> 32
        if cost > dist[node]:
            continue
        for arc in range(np.uint64(indptr[node]), np.uint64(indptr[node + ONE])):
            target = np.uint64(adjacency[TWO * arc])
            further = cost + adjacency[TWO * arc + ONE]
            if further > cutoff:
                continue
            if further < dist[target]:
                dist[target] = further
                label[target] = label[node]
                lift(heap, size, (further << 32) | np.int64(target))
                size += 1
            elif further == dist[target] and label[node] < label[target]:
                # arcs cost at least 1 ms, so the target isn't settled yet and will pass the label on
                label[target] = label[node]
    return dist, label

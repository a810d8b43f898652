"""Search kernels: truncated Dijkstra on whole milliseconds with a 4-ary heap.

A heap key holds the cost in its upper 32 bits and the node in its lower 32, so that one comparison orders both.
Costs up to the cutoff fit int32; sums are taken in int64.
"""

from __future__ import annotations

import numpy as np

from civicreach.reach._numba import kernel

FAR = np.int32(2**31 - 1)
"""The cost of a node that wasn't reached; the scratch arrays are always left filled with it."""

NODE = np.int64(0xFFFFFFFF)


@kernel
def push(heap, size, key):  # type: ignore[no-untyped-def]
    """Put a key on a heap of `size` keys that has room for it; its new size is returned."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key
    return size + 1


@kernel
def with_room(array, needed):  # type: ignore[no-untyped-def]
    """The array, or a copy twice as long (or longer) that has room for `needed` values."""
    if needed <= len(array):
        return array
    larger = np.empty(max(needed, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


@kernel
def pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the smallest key off the heap: the key is `heap[0]` before the call; the new size is returned."""
    size -= 1
    key = heap[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= key:
            break
        heap[i] = heap[least]
        i = least
    heap[i] = key
    return size


@kernel
def settle(indptr, adjacency, seed_node, seed_cost, k0, k1, cutoff, dist, heap, out):  # type: ignore[no-untyped-def]
    """Search from seeds k0..k1 up to the cutoff (inclusive).

    `dist` (n,) must be FAR everywhere; it holds the costs of the settled nodes afterwards. `heap` and `out` are
    scratch; both are returned, as they may have grown, with the number of settled nodes in `out`, nearest first.
    """
    size = 0
    count = 0
    heap = with_room(heap, k1 - k0)
    for k in range(k0, k1):
        node = np.int64(seed_node[k])
        cost = np.int64(seed_cost[k])
        if cost <= cutoff and cost < dist[node]:
            dist[node] = cost
            size = push(heap, size, (cost << 32) | node)
    while size > 0:
        top = heap[0]
        size = pop(heap, size)
        node = top & NODE
        cost = top >> 32
        if cost > dist[node]:
            continue
        if count == len(out):
            out = with_room(out, count + 1)
        out[count] = node
        count += 1
        first, last = indptr[node], indptr[node + 1]
        if size + last - first > len(heap):
            heap = with_room(heap, size + last - first)
        for arc in range(first, last):
            target = np.uint32(adjacency[2 * arc])
            further = cost + adjacency[2 * arc + 1]
            if further <= cutoff and further < dist[target]:
                dist[target] = further
                size = push(heap, size, (further << 32) | np.int64(target))
    return heap, out, count


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
    demand = np.empty(4096, np.int32)
    costs = np.empty(4096, np.int32)
    total = 0
    for f in range(f0, f1):
        first = total
        for k in range(pair_ptr[f], pair_ptr[f + 1]):
            d = pair_demand[k]
            if pair_cost[k] <= cutoff and pair_cost[k] < best[d]:
                if best[d] == FAR:
                    if total == len(demand):
                        demand = with_room(demand, total + 1)
                    demand[total] = d
                    total += 1
                best[d] = pair_cost[k]
        heap, out, count = settle(
            indptr, adjacency, seed_node, seed_cost, seed_ptr[f], seed_ptr[f + 1], cutoff, dist, heap, out
        )
        for i in range(count):
            node = out[i]
            cost = np.int64(dist[node])
            dist[node] = FAR
            for k in range(end_ptr[node], end_ptr[node + 1]):
                d = np.uint32(end_demand[k])
                whole = cost + end_cost[k]
                if whole <= cutoff and whole < best[d]:
                    if best[d] == FAR:
                        if total == len(demand):
                            demand = with_room(demand, total + 1)
                        demand[total] = d
                        total += 1
                    best[d] = whole
        if total > len(costs):
            costs = with_room(costs, len(demand))
        for i in range(first, total):
            costs[i] = best[demand[i]]
            best[demand[i]] = FAR
        row_ptr[f - f0 + 1] = total
    return row_ptr, demand[:total].copy(), costs[:total].copy()


@kernel
def nearest_nodes(indptr, adjacency, seed_node, seed_cost, seed_label, cutoff):  # type: ignore[no-untyped-def]
    """Cost (n,) from the nearest seed to every node and that seed's label; of equal costs the smaller label.

    Nodes beyond the cutoff have cost FAR and label -1.
    """
    dist = np.full(len(indptr) - 1, FAR, np.int32)
    label = np.full(len(indptr) - 1, -1, np.int32)
    heap = np.empty(len(seed_node) + 1024, np.int64)
    size = 0
    for k in range(len(seed_node)):
        node = seed_node[k]
        cost = seed_cost[k]
        if cost > cutoff:
            continue
        if cost < dist[node]:
            dist[node] = cost
            label[node] = seed_label[k]
            size = push(heap, size, (np.int64(cost) << 32) | np.int64(node))
        elif cost == dist[node] and seed_label[k] < label[node]:
            label[node] = seed_label[k]
    while size > 0:
        top = heap[0]
        size = pop(heap, size)
        node = top & NODE
        cost = top >> 32
        if cost > dist[node]:
            continue
        first, last = indptr[node], indptr[node + 1]
        if size + last - first > len(heap):
            heap = with_room(heap, size + last - first)
        for arc in range(first, last):
            target = np.int64(adjacency[2 * arc])
            further = cost + adjacency[2 * arc + 1]
            if further > cutoff:
                continue
            if further < dist[target]:
                dist[target] = further
                label[target] = label[node]
                size = push(heap, size, (further << 32) | target)
            elif further == dist[target] and label[node] < label[target]:
                # arcs cost at least 1 ms, so the target isn't settled yet and will pass the label on
                label[target] = label[node]
    return dist, label

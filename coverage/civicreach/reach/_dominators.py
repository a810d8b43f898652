"""Dominators: what every way from a start has to pass.

A vertex dominates another one where every way from the start to it passes there. Each vertex but the start has one
nearest dominator, and these form a tree: what lies below a vertex in the tree is lost when the vertex is taken out.
The tree is found by the semi-dominators of Lengauer and Tarjan (1979), then by climbing (Georgiadis, 2005: SNCA).
"""

from __future__ import annotations

import numpy as np

from civicreach.reach._numba import kernel


@kernel
def search_depth_first(indptr, target, start):  # type: ignore[no-untyped-def]
    """Vertices in the order in which a depth-first search meets them, the order's number of each vertex (-1 where it
    doesn't come), and by these numbers the number of the vertex that each was met from."""
    count = len(indptr) - 1
    number = np.full(count, -1, np.int32)
    order = np.empty(count, np.int32)
    parent = np.zeros(count, np.int32)
    following = indptr[:-1].copy()
    stack = np.empty(count, np.int32)
    order[0], number[start], stack[0] = start, 0, start
    met, size = 1, 1
    while size > 0:
        vertex = stack[size - 1]
        if following[vertex] == indptr[vertex + 1]:
            size -= 1
            continue
        other = target[following[vertex]]
        following[vertex] += 1
        if number[other] < 0:
            number[other], parent[met], order[met] = met, number[vertex], other
            stack[size] = other
            met, size = met + 1, size + 1
    return order[:met].copy(), number, parent[:met].copy()


@kernel
def least_above(v, bound, ancestor, label, semi, stack):  # type: ignore[no-untyped-def]
    """The vertex with the least semi-dominator on the linked path above v (v included), which is made short on the way.

    Vertices from `bound` on are linked to their parents.
    """
    size = 0
    while ancestor[v] >= bound:
        stack[size] = v
        size += 1
        v = ancestor[v]
    # v is the topmost linked vertex: everything below it is hung right under its ancestor
    top = ancestor[v]
    best = label[v]
    while size > 0:
        size -= 1
        v = stack[size]
        if semi[best] < semi[label[v]]:
            label[v] = best
        best = label[v]
        ancestor[v] = top
    return best


@kernel
def dominator_tree(indptr, target, start):  # type: ignore[no-untyped-def]
    """Vertices that can be reached, each after its nearest dominator, and these dominators as positions in that list.

    The graph is given by its arcs: those of vertex i lead to `target[indptr[i]:indptr[i + 1]]`. The start comes first
    and is its own dominator here.
    """
    order, number, parent = search_depth_first(indptr, target, start)
    count = len(order)
    # arcs into each vertex, by numbers of the search
    into = np.zeros(count + 1, np.int64)
    for i in range(count):
        for arc in range(indptr[order[i]], indptr[order[i] + 1]):
            into[number[target[arc]] + 1] += 1
    into = np.cumsum(into)
    source = np.empty(into[-1], np.int32)
    filled = into[:-1].copy()
    for i in range(count):
        for arc in range(indptr[order[i]], indptr[order[i] + 1]):
            head = number[target[arc]]
            source[filled[head]] = i
            filled[head] += 1

    semi = np.arange(count).astype(np.int32)
    label = np.arange(count).astype(np.int32)
    ancestor = parent.copy()
    stack = np.empty(count, np.int32)
    for v in range(count - 1, 0, -1):
        least = parent[v]
        for k in range(into[v], into[v + 1]):
            tail = source[k]
            if tail > v:
                tail = semi[least_above(tail, v + 1, ancestor, label, semi, stack)]
            least = min(least, tail)
        semi[v] = least
    dominator = parent
    for v in range(1, count):
        while dominator[v] > semi[v]:
            dominator[v] = dominator[dominator[v]]
    return order, dominator


@kernel
def sums_below(dominator, amount):  # type: ignore[no-untyped-def]
    """Sums (n,) of amounts over each vertex and all below it in the tree."""
    total = amount.copy()
    for v in range(len(dominator) - 1, 0, -1):
        total[dominator[v]] += total[v]
    return total


@kernel
def nearest_above(dominator, marked):  # type: ignore[no-untyped-def]
    """The nearest marked vertex (n,) above each one in the tree, -1 where there is none."""
    above = np.full(len(dominator), -1, np.int32)
    for v in range(1, len(dominator)):
        d = dominator[v]
        above[v] = d if marked[d] else above[d]
    return above

"""Kernels of the transportation problem: a network simplex whose tree holds the facilities alone.

Points n and facilities k, with one more of each so that all is balanced: the point n holds empty places, which any
facility takes at cost 0, and the facility k, the root, takes in whoever isn't served. A basis is a tree in which every
point hangs on a facility, its home, and every facility but the root on a point, its via. Few points are a via, so a
step touches as many tree arcs as there are facilities, however many people there are.

Flows to homes stay above 0 (a strongly feasible tree, Cunningham 1976), which rules out cycling at ties.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from civicreach.reach._numba import kernel

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]

PLENTY = 2**61
"""What the point of empty places sends to the root at first: more than can ever be taken off it."""


class Tree(NamedTuple):
    """The arcs of a basis: of points (n + 1,) the home with flow and cost, of facilities (k,) the via with the same."""

    home: Longs
    home_flow: Longs
    home_cost: Longs
    via: Longs
    via_flow: Longs
    via_cost: Longs


class Rows(NamedTuple):
    """Pairs by point, in each row the cheapest first; `pair` is a pair's position in the problem. Row n is last."""

    start: Longs
    facility: Ints
    cost: Ints
    pair: Longs


@kernel
def rows_by_point(point: Ints, facility: Ints, cost: Ints, n: int, k: int) -> Rows:
    """Pairs that are ordered by cost, put into one row for each point."""
    m = len(point)
    start = np.zeros(n + 2, np.int64)
    for e in range(m):
        start[point[e] + 1] += 1
    for d in range(n):
        start[d + 1] += start[d]
    start[n + 1] = m + k
    at = start[:n].copy()
    rows = Rows(start, np.empty(m + k, np.int32), np.zeros(m + k, np.int32), np.full(m + k, -1, np.int64))
    for e in range(m):
        to = at[point[e]]
        at[point[e]] += 1
        rows.facility[to], rows.cost[to], rows.pair[to] = facility[e], cost[e], e
    for f in range(k):
        rows.facility[m + f] = f
    return rows


@kernel
def nearest_first_tree(point: Ints, facility: Ints, cost: Ints, amount: Longs, capacity: Longs, far: int) -> Tree:
    """Everybody goes to the nearest place with room, shorter ways first; pairs come ordered by cost.

    A point that fills a facility and has people left becomes its via, so the tree is ready for the simplex.
    """
    n, k = len(amount), len(capacity)
    left, room = amount.copy(), capacity.copy()
    tree = Tree(
        np.full(n + 1, k), np.zeros(n + 1, np.int64), np.full(n + 1, far),
        np.full(k, n), np.zeros(k, np.int64), np.zeros(k, np.int64),
    )  # fmt: skip
    tree.home_cost[n], tree.home_flow[n] = 0, PLENTY
    for e in range(len(point)):
        d, f = point[e], facility[e]
        if left[d] == 0 or room[f] == 0:
            continue
        taken = min(left[d], room[f])
        left[d] -= taken
        room[f] -= taken
        if left[d] > 0:
            tree.via[f], tree.via_flow[f], tree.via_cost[f] = d, taken, cost[e]
        else:
            tree.home[d], tree.home_flow[d], tree.home_cost[d] = f, taken, cost[e]
    for d in range(n):
        if left[d] > 0:
            tree.home_flow[d] = left[d]
    for f in range(k):
        if tree.via[f] == n:
            tree.via_flow[f] = room[f]
    return tree


@kernel
def price_all(tree: Tree, price: Longs, mark: Longs, stamp: int, stack: Longs) -> int:
    """Prices (k + 1,) that make every tree arc break even; the lowest of them is returned."""
    k = len(tree.via)
    lowest = 0
    mark[k] = stamp
    for first in range(k):
        top, f = 0, first
        while mark[f] != stamp:
            stack[top] = f
            top += 1
            f = tree.home[tree.via[f]]
        while top > 0:
            top -= 1
            f = stack[top]
            d = tree.via[f]
            price[f] = tree.home_cost[d] + price[tree.home[d]] - tree.via_cost[f]
            lowest = min(lowest, price[f])
            mark[f] = stamp
    return lowest


@kernel
def find_better(
    rows: Rows, tree: Tree, price: Longs, lowest: int, far: int, first: int, block: int
) -> tuple[int, int, int, int]:
    """The pair that saves most in a block of points from `first` on, all points at most: point, facility, cost, next.

    The point is -1 where nothing can be saved any more: the tree is optimal.
    """
    n, k = len(tree.home) - 1, len(tree.via)
    most, point, facility, cost = 0, -1, -1, 0
    d, seen = first, 0
    for _ in range(n + 1):
        now = tree.home_cost[d] + price[tree.home[d]]
        if d < n and now - far > most:
            most, point, facility, cost = now - far, d, k, far
        for e in range(rows.start[d], rows.start[d + 1]):
            saved = now - rows.cost[e]
            if saved - lowest <= most:
                break  # the rest of the row costs more
            seen += 1
            saved -= price[rows.facility[e]]
            if saved > most:
                most, point, facility, cost = saved, d, rows.facility[e], rows.cost[e]
        seen += 1
        d = d + 1 if d < n else 0
        if seen >= block and point >= 0:
            break
    return point, facility, cost, d


@kernel
def apex_of(tree: Tree, d: int, j: int, mark_f: Longs, mark_d: Longs, stamp: int) -> tuple[int, int]:
    """Where the ways to the root from point d and facility j meet: a point or -1, a facility or -1."""
    k = len(tree.via)
    f = j
    mark_f[f] = stamp
    while f != k:
        mark_d[tree.via[f]] = stamp
        f = tree.home[tree.via[f]]
        mark_f[f] = stamp
    while mark_d[d] != stamp:
        f = tree.home[d]
        if mark_f[f] == stamp:
            return -1, f
        d = tree.via[f]
    return d, -1


@kernel
def leaving(tree: Tree, d: int, j: int, apex_d: int, apex_f: int) -> tuple[int, int, int]:
    """How much the new pair (d, j) can take, and whose arc to home or via runs empty first: (flow, point, facility).

    Of several, the first one on the way from the apex down to d, across to j and up again leaves the tree; with it
    the flows to homes stay above 0.
    """
    most, point, facility = 2**62, -1, -1
    q = d
    while q != apex_d:
        if tree.home_flow[q] <= most:
            most, point = tree.home_flow[q], q
        f = tree.home[q]
        if f == apex_f:
            break
        q = tree.via[f]
    f = j
    while f != apex_f:
        if tree.via_flow[f] < most:
            most, point, facility = tree.via_flow[f], -1, f
        q = tree.via[f]
        if q == apex_d:
            break
        f = tree.home[q]
    return most, point, facility


@kernel
def shift(tree: Tree, d: int, j: int, apex_d: int, apex_f: int, flow: int) -> None:
    """Send more from d to j, and so less or more along the tree on both ways to the apex."""
    q = d
    while q != apex_d:
        tree.home_flow[q] -= flow
        f = tree.home[q]
        if f == apex_f:
            break
        tree.via_flow[f] += flow
        q = tree.via[f]
    f = j
    while f != apex_f:
        tree.via_flow[f] -= flow
        q = tree.via[f]
        if q == apex_d:
            break
        tree.home_flow[q] += flow
        f = tree.home[q]


@kernel
def hang_point(tree: Tree, d: int, j: int, flow: int, cost: int, last: int) -> None:
    """Make j the home of point d; what lay between d and the point `last`, whose home arc goes, turns around."""
    while True:
        f, old_flow, old_cost = tree.home[d], tree.home_flow[d], tree.home_cost[d]
        tree.home[d], tree.home_flow[d], tree.home_cost[d] = j, flow, cost
        if d == last:
            return
        above, flow, cost = tree.via[f], tree.via_flow[f], tree.via_cost[f]
        tree.via[f], tree.via_flow[f], tree.via_cost[f] = d, old_flow, old_cost
        d, j = above, f


@kernel
def hang_facility(tree: Tree, j: int, d: int, flow: int, cost: int, last: int) -> None:
    """Make d the via of facility j; what lay between j and the facility `last`, whose via arc goes, turns around."""
    while True:
        q, old_flow, old_cost = tree.via[j], tree.via_flow[j], tree.via_cost[j]
        tree.via[j], tree.via_flow[j], tree.via_cost[j] = d, flow, cost
        if j == last:
            return
        above, flow, cost = tree.home[q], tree.home_flow[q], tree.home_cost[q]
        tree.home[q], tree.home_flow[q], tree.home_cost[q] = j, old_flow, old_cost
        d, j = q, above


@kernel
def improve(rows: Rows, tree: Tree, far: int, block: int) -> int:
    """Turn a strongly feasible tree into an optimal one, in place; the number of steps is returned."""
    n, k = len(tree.home) - 1, len(tree.via)
    price, stack = np.zeros(k + 1, np.int64), np.empty(k + 1, np.int64)
    mark_f, mark_d = np.zeros(k + 1, np.int64), np.zeros(n + 1, np.int64)
    steps, at = 0, 0
    while True:
        lowest = price_all(tree, price, mark_f, 2 * steps + 1, stack)
        d, j, cost, at = find_better(rows, tree, price, lowest, far, at, block)
        if d < 0:
            return steps
        apex_d, apex_f = apex_of(tree, d, j, mark_f, mark_d, 2 * steps + 2)
        flow, point, facility = leaving(tree, d, j, apex_d, apex_f)
        if flow > 0:
            shift(tree, d, j, apex_d, apex_f, flow)
        if point >= 0:
            hang_point(tree, d, j, flow, cost, point)
        else:
            hang_facility(tree, j, d, flow, cost, facility)
        steps += 1


@kernel
def pairs_of(rows: Rows, tree: Tree) -> tuple[Longs, Longs]:
    """Positions of the pairs in use and their flows, those of the points' homes first."""
    n, k = len(tree.home) - 1, len(tree.via)
    pair, flow = np.empty(n + k, np.int64), np.empty(n + k, np.int64)
    count = 0
    for i in range(n + k):
        d, f = (i, tree.home[i]) if i < n else (tree.via[i - n], i - n)
        amount = tree.home_flow[i] if i < n else tree.via_flow[i - n]
        if d == n or f == k or amount == 0:
            continue
        for e in range(rows.start[d], rows.start[d + 1]):
            if rows.facility[e] == f:
                pair[count], flow[count] = rows.pair[e], amount
                count += 1
                break
    return pair[:count].copy(), flow[:count].copy()


@kernel
def least_prices(rows: Rows, tree: Tree) -> Longs:
    """The lowest prices (k,) at which nobody of an optimal tree wants to go elsewhere, in at most k + 1 rounds."""
    n, k = len(tree.home) - 1, len(tree.via)
    price = np.zeros(k + 1, np.int64)
    for _ in range(k + 1):
        changed = False
        for i in range(n + k):
            d, f = (i, tree.home[i]) if i < n else (tree.via[i - n], i - n)
            amount, cost = (
                (tree.home_flow[i], tree.home_cost[i]) if i < n else (tree.via_flow[i - n], tree.via_cost[i - n])
            )
            if d == n or amount == 0:
                continue
            for e in range(rows.start[d], rows.start[d + 1]):
                needed = cost + price[f] - rows.cost[e]
                if needed <= 0:
                    break
                if needed > price[rows.facility[e]]:
                    price[rows.facility[e]] = needed
                    changed = True
        if not changed:
            break
    return price[:k].copy()

"""Good plans for the p-median: one site for another as long as that helps (Teitz and Bart 1968, Whitaker 1983)."""

from __future__ import annotations

from typing import Any

import numpy as np

from civicreach.reach._numba import kernel
from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs
from civicreach.siting.median_bound import NONE, choose
from civicreach.siting.median_rows import Mask, Rows


@kernel
def _two_nearest(ptr: Any, site: Any, cost: Any, far: Any, slot: Any, i: Any) -> Any:  # pragma: no cover
    """The slot of a row's nearest chosen site (-1: open before), what that costs, and what the next one does."""
    first, one = -1, far[i]
    for e in range(ptr[i], ptr[i + 1]):
        if slot[site[e]] >= 0:
            if first >= 0:
                return first, one, cost[e]
            first, one = slot[site[e]], cost[e]
    return first, one, far[i]


@kernel
def _gain(
    s_row: Any, s_cost: Any, begin: Any, end: Any, first: Any, one: Any, two: Any, lost: Any
) -> Any:  # pragma: no cover
    """What a site brings, and in `lost` (slots,) what taking out each chosen site would then cost."""
    gain = 0
    for e in range(begin, end):
        i, c = s_row[e], s_cost[e]
        if c < one[i]:
            gain += one[i] - c
            if first[i] >= 0:
                lost[first[i]] -= two[i] - one[i]
        elif c < two[i] and first[i] >= 0:
            lost[first[i]] -= two[i] - c
    return gain


@kernel
def _to_leave(
    lost: Any, gain: Any, inside: Any, group: Any, g: Any, count: Any, least: Any, most: Any
) -> Any:  # pragma: no cover
    """The slot that costs least to give up for a site of group g that brings `gain`; -1 where none is worth it."""
    worst, out = gain, -1
    for k in range(len(inside)):
        if lost[k] < worst:
            h = group[inside[k]]
            if g == h or ((h < 0 or count[h] > least[h]) and (g < 0 or count[g] < most[g])):
                worst, out = lost[k], k
    return out


@kernel
def _look_again(
    ptr: Any, site: Any, cost: Any, far: Any, slot: Any, s_row: Any, s_cost: Any, begin: Any, end: Any,
    first: Any, one: Any, two: Any, loss: Any,
) -> None:  # pragma: no cover  # fmt: skip
    """Find the two nearest chosen sites anew for the rows of a site that came or went."""
    for e in range(begin, end):
        i = s_row[e]
        if s_cost[e] > two[i]:
            continue
        if first[i] >= 0:
            loss[first[i]] -= two[i] - one[i]
        first[i], one[i], two[i] = _two_nearest(ptr, site, cost, far, slot, i)
        if first[i] >= 0:
            loss[first[i]] += two[i] - one[i]


@kernel
def swap(
    ptr: Any, site: Any, cost: Any, far: Any, s_ptr: Any, s_row: Any, s_cost: Any,
    group: Any, least: Any, most: Any, chosen: Any, begin: Any, rounds: Any,
) -> Any:  # pragma: no cover  # fmt: skip
    """Swap chosen sites (m,) in place until nothing helps or so many sites were tried; returns the value."""
    n, m, inside = len(far), len(chosen), np.flatnonzero(chosen)
    slot = np.full(m, -1, np.int64)
    slot[inside] = np.arange(len(inside))
    count = np.bincount(group[inside] + 1, minlength=len(least) + 1)[1:]
    first, one, two = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    loss, lost, idle = np.zeros(len(inside), np.int64), np.empty(len(inside), np.int64), 0
    for i in range(n):
        first[i], one[i], two[i] = _two_nearest(ptr, site, cost, far, slot, i)
        if first[i] >= 0:
            loss[first[i]] += two[i] - one[i]
    for turn in range(rounds):
        if idle >= m:
            break
        idle += 1
        j = (begin + turn) % m
        if slot[j] >= 0:
            continue
        lost[:] = loss
        gain = _gain(s_row, s_cost, s_ptr[j], s_ptr[j + 1], first, one, two, lost)
        out = _to_leave(lost, gain, inside, group, group[j], count, least, most)
        if out < 0:
            continue
        idle, gone = 0, inside[out]
        inside[out], slot[j], slot[gone] = j, out, -1
        if len(least):  # group -1 would count at the end
            count[group[j]] += group[j] >= 0
            count[group[gone]] -= group[gone] >= 0
        for turned in (j, gone):
            _look_again(
                ptr, site, cost, far, slot, s_row, s_cost, s_ptr[turned], s_ptr[turned + 1], first, one, two, loss
            )
    chosen[:] = slot >= 0
    return one.sum()


class Swaps:
    """Swapping on the rows of one question; plans are masks of its free sites (m,)."""

    def __init__(self, rows: Rows, seed: int) -> None:
        self.rows = rows
        self._by_site = rows.by_site()
        self._random = np.random.default_rng(seed)

    def from_random(self, clock: Clock) -> tuple[int, Mask] | None:
        """A plan that can't be swapped better, from one drawn at random; None where the quotas leave none."""
        return self.from_order(self._random.permutation(len(self.rows.sites)), clock)

    def from_order(self, order: Longs, clock: Clock) -> tuple[int, Mask] | None:
        """A plan that can't be swapped better, from the first sites of an order."""
        rows, chosen = self.rows, np.zeros(len(self.rows.sites), np.bool_)
        state = np.zeros(len(chosen), np.int8)
        if not choose(order, state, rows.new, rows.group, rows.least, rows.most, chosen):
            return None
        return self.improved(chosen, clock)

    def kicked(self, plan: Mask, many: int, clock: Clock) -> tuple[int, Mask] | None:
        """A plan near another one: some of its sites are taken out at random, others put in, then swapped better."""
        inside = self._random.permutation(np.flatnonzero(plan))
        outside = self._random.permutation(np.flatnonzero(~plan))
        return self.from_order(np.concatenate([inside[many:], outside, inside[:many]]), clock)

    def improved(self, plan: Mask, clock: Clock) -> tuple[int, Mask]:
        """A plan (a copy) that can't be swapped better, as far as the time allows."""
        rows, chosen = self.rows, plan.copy()
        sites = len(chosen)
        part = max(2_000_000 // max(len(rows.cost) // max(sites, 1), 1), 1)
        value, begin, turns = NONE, 0, part
        while True:
            before = value
            value = int(swap(
                rows.ptr, rows.site, rows.cost, rows.far, *self._by_site, rows.group, rows.least, rows.most,
                chosen, begin, turns,
            ))  # fmt: skip
            begin = (begin + turns) % max(sites, 1)
            if clock.over() or value == before:
                return value, chosen
            turns = max(sites, part)

"""The p-center: the sites from which the longest way of all is shortest (Hakimi 1964), by bisection over the ways.

At each length the question is whether so few sites cover everybody (Minieka 1970); it is answered by the branch and
bound of the p-median with costs of nothing and one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from civicreach.siting.center_rows import cover_question, covering
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found, Longs, Quota, Step
from civicreach.siting.median import any_plan, check_question
from civicreach.siting.median_bound import first_prices
from civicreach.siting.median_branch import Branching
from civicreach.siting.median_rows import Mask, Rows, Tables
from civicreach.siting.median_swap import Swaps

HEAVY = 2**30
"""Weights are made so much smaller for the last swaps that a row beyond the longest way outweighs all others."""

FEW_NODES = 150
"""Branches after which a question of covering goes to the solver: most are answered by then."""

STARTS = 6
"""Plans from which swapping begins at each length."""


def best_center(
    ptr: Longs,
    at: npt.NDArray[np.integer],
    ms: npt.NDArray[np.integer],
    weight: Longs,
    *,
    new: int,
    opened: Mask,
    allowed: Mask,
    beyond_ms: int,
    quotas: Sequence[Quota] = (),
    clock: Clock | None = None,
    seed: int = 0,
) -> Found:
    """Open `new` of the allowed sites so that the longest way (ms) of a row to its nearest open site is shortest.

    Arguments and errors as in `best_median`. Rows without weight, and rows that no open or allowed site reaches, aren't
    asked for. The value is `beyond_ms` where no plan reaches all others. Of the plans with the shortest longest way one
    is taken whose weight times ms can't be made less by swapping two sites.

    >>> ptr, at, ms = np.array([0, 2, 4, 6]), np.array([0, 1, 1, 2, 2, 3]), np.array([0, 5, 0, 4, 0, 9])
    >>> found = best_center(
    ...     ptr, at, ms, np.array([1, 1, 1, 1]),
    ...     new=2, opened=np.zeros(3, bool), allowed=np.ones(3, bool), beyond_ms=20,
    ... )
    >>> found.open.tolist(), found.value, found.proven
    ([0, 2], 9, True)
    """
    clock = clock or Clock()
    tables = Tables(np.asarray(ptr, np.int64), np.asarray(at), np.asarray(ms), np.asarray(weight, np.int64), beyond_ms)
    check_question(tables, opened, allowed, quotas)
    search = _Search(tables, opened, allowed, min(new, int((allowed & ~opened).sum())), quotas, clock, seed)
    try:
        search.run()
    except KeyboardInterrupt:
        clock.interrupted = True
    return search.found()


@dataclass
class _Search:
    """The best plan so far, and up to which length it is known that no plan does."""

    tables: Tables
    opened: Mask
    allowed: Mask
    new: int
    quotas: Sequence[Quota]
    clock: Clock
    seed: int
    sites: Longs = field(init=False)
    value: int = field(init=False)
    bound: int = 0
    nodes: int = 0
    history: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        tables, site = self.tables, self.tables.site
        usable = (self.opened | self.allowed)[site] & (tables.weight > 0)[tables.at]
        self._row, self._site = tables.at[usable].astype(np.int64), site[usable]
        self._ms = tables.ms[usable].astype(np.int64)
        met = np.unique(self._row)
        self._row = np.searchsorted(met, self._row)
        self._asked = met
        self.sites = any_plan(self.opened, self.allowed, self.new, self.quotas)
        self.value = self._worst(self.sites)
        self._said()

    def run(self) -> None:
        """Halve the lengths that are in question until one is left."""
        nearest = np.full(len(self._asked), self.tables.beyond_ms, np.int64)
        np.minimum.at(nearest, self._row, self._ms)
        self.bound = int(nearest.max(initial=0))
        lengths = np.append(np.unique(self._ms), self.tables.beyond_ms)
        low = int(np.searchsorted(lengths, self.bound))
        while self.bound < self.value and not self.clock.over():
            high = int(np.searchsorted(lengths, self.value))
            middle = (low + high) // 2
            if (plan := self._plan_within(int(lengths[middle]))) is not None:
                self._take(plan)
            elif self.clock.over():
                return
            else:
                low = middle + 1
                self.bound = int(lengths[low])
                self._said()
        self._shorter_ways()

    def found(self) -> Found:
        """What the search knows."""
        proven = self.bound >= self.value
        bound = float(min(self.bound, self.value))
        return Found(self.sites, self.value, bound, proven, self.nodes, tuple(self.history), "least")

    def _plan_within(self, length_ms: int) -> Longs | None:
        """Sites of a plan with no longer way than this; None where there is none or the time is over."""
        near = self._ms <= length_ms
        rows = cover_question(
            self._row[near], self._site[near], len(self._asked), self.opened, self.allowed, self.new, self.quotas
        )
        if rows is None:
            return None
        swaps, plan = Swaps(rows, self.seed), None
        for _ in range(STARTS):
            found = swaps.from_random(self.clock)
            if found is not None and found[0] == 0:
                plan = np.concatenate([rows.taken, rows.sites[found[1]]])
                break
        else:
            plan = self._searched(rows)
        return None if plan is None else self._whole(plan)

    def _searched(self, rows: Rows) -> Longs | None:
        """Sites that cover all rows, or None after proof or time; a few branches first, then the solver."""
        branching = Branching(rows, rows.step, first_prices(rows))
        bound = branching.run(self.clock, FEW_NODES)
        self.nodes += branching.nodes
        if branching.best is not None or bound >= rows.step:
            return branching.best
        chosen, nodes = covering(rows, self.clock)
        self.nodes += nodes
        return None if chosen is None else np.concatenate([rows.taken, rows.sites[chosen]])

    def _whole(self, plan: Longs) -> Longs:
        """A plan with as many sites as asked for: some weren't needed to cover everybody."""
        others = np.setdiff1d(np.flatnonzero(self.allowed & ~self.opened), plan)
        return np.sort(np.append(plan, others[: int(self.opened.sum()) + self.new - len(plan)]))

    def _worst(self, sites: Longs) -> int:
        return int(self.tables.nearest_ms(sites)[self._asked].max(initial=0))

    def _take(self, sites: Longs) -> None:
        self.sites, self.value = sites, self._worst(sites)
        self._said()

    def _said(self) -> None:
        self.history.append(Step(self.clock.spent(), self.value, float(self.bound)))

    def _shorter_ways(self) -> None:
        """Swap sites as long as the ways get shorter together and the longest stays what it is."""
        tables, within = self.tables, self.tables.ms <= self.value
        count = np.bincount(tables.site[within], minlength=len(self.opened))
        weight = np.zeros(len(tables.weight), np.int64)
        asked = tables.weight[self._asked]
        weight[self._asked] = np.maximum(asked // max(int(asked.sum()) * self.value // HEAVY, 1), 1)
        never = int(weight.sum()) * self.value + 1
        near = Tables(np.append(0, np.cumsum(count)), tables.at[within], tables.ms[within], weight, never)
        rows = Rows.build(near, self.opened, self.allowed, self.new, self.quotas)
        _, plan = Swaps(rows, self.seed).improved(np.isin(rows.sites, self.sites), self.clock)
        sites = np.sort(np.concatenate([rows.taken, rows.sites[plan]]))
        if self._worst(sites) <= self.value and tables.value(sites) < tables.value(self.sites):
            self.sites, self.value = sites, self._worst(sites)

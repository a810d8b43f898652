"""Branch and bound for the p-median: sites are opened and ruled out one by one, each time with its Lagrangian bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from civicreach.siting.clock import Clock
from civicreach.siting.median_bound import FREE, IN, NONE, OUT, Longs, States, fixed_sites, lagrangian
from civicreach.siting.median_rows import Mask, Rows

NODE_ROUNDS, NODE_THETA, NODE_PATIENCE = 120, 0.75, 9
"""How long the multipliers of a branch are improved, beginning with those of the branch above."""

MOST_BYTES = 2**28
"""Multipliers of open branches may take so much memory; beyond that the search stops, not proven."""


SHRINK = 0.75
"""Rows are written anew, without the sites that are decided, where fewer than this share of theirs is left free."""


@dataclass
class _Branch:
    """Plans that open or rule out some sites of `rows`; none of them costs less than `bound` with what is fixed."""

    rows: Rows
    state: States
    prices: Longs
    bound: int


@dataclass
class Branching:
    """A search through all plans of `rows` that are better than `upper`, deep first.

    `best` are the open sites of the best plan found; None while nothing is better than `upper` was.
    """

    rows: Rows
    upper: int
    prices: Longs
    nodes: int = 0
    best: Longs | None = None
    _open: list[_Branch] = field(default_factory=list)

    def run(self, clock: Clock, most_nodes: int = NONE) -> int:
        """Search until nothing is left, the time is over or so many branches were bounded.

        Returns a bound of all plans, as the rows cost.
        """
        fixed = self.rows.fixed
        self.upper += fixed
        self._open = [_Branch(self.rows, np.zeros(len(self.rows.sites), np.int8), self.prices, fixed)]
        room = max(MOST_BYTES // max(self.prices.nbytes, 1), 64)
        try:
            while self._open and len(self._open) < room and self.nodes < most_nodes and not clock.over():
                self._visit(self._open[-1])
        except KeyboardInterrupt:
            clock.interrupted = True
        return min([branch.bound for branch in self._open] + [self.upper]) - fixed

    def _visit(self, branch: _Branch) -> None:
        """Bound one branch; where it may hold something better, its two halves take its place."""
        rows, fixed = branch.rows, branch.rows.fixed
        parts: list[_Branch] = []
        if branch.bound <= self.upper - rows.step:
            self.nodes += 1
            first = self.nodes == 1
            prices = branch.prices.copy()
            bound, rho, value, plan, wanted = lagrangian(
                rows, branch.state, prices, self.upper - fixed,
                4 * NODE_ROUNDS if first else NODE_ROUNDS, 1.0 if first else NODE_THETA, NODE_PATIENCE,
            )  # fmt: skip
            if value < NONE:
                self._met(rows, value, plan)
            if bound < NONE and bound <= self.upper - fixed - rows.step:
                known = fixed_sites(rows, branch.state, bound, rho, self.upper - fixed)
                parts = self._halves(_Branch(rows, known, prices, max(bound + fixed, branch.bound)), wanted)
        self._open.pop()  # only now: a search that is stopped in between has this branch still open
        self._open.extend(parts)

    def _halves(self, branch: _Branch, wanted: Longs) -> list[_Branch]:
        """A branch without and with the site that was chosen half the time; none where nothing is left to choose."""
        rows, state = branch.rows, branch.state
        free = np.flatnonzero(state == FREE)
        left = rows.new - int((state == IN).sum())
        if left <= 0 or len(free) <= left:
            self._leaf(rows, state, free, left)
            return []
        most = int(wanted.max(initial=1))
        site = int(free[np.argmin(np.abs(2 * wanted[free] - most))])
        halves = []
        for decided in (OUT, IN):
            child = state.copy()
            child[site] = decided
            halves.append(_smaller(_Branch(rows, child, branch.prices, branch.bound)))
        return halves

    def _leaf(self, rows: Rows, state: States, free: Longs, left: int) -> None:
        """Take the only plan of a branch in which nothing is left to choose, if there is one."""
        plan = state == IN
        if left == len(free):
            plan[free] = True
        if int(plan.sum()) == rows.new and _fits(rows, plan):
            self._met(rows, value_of(rows, plan), plan)

    def _met(self, rows: Rows, value: int, plan: Mask) -> None:
        if value + rows.fixed < self.upper:
            self.upper, self.best = value + rows.fixed, np.sort(np.concatenate([rows.taken, rows.sites[plan]]))


def _smaller(branch: _Branch) -> _Branch:
    """The same branch on rows of its own, once enough sites are decided."""
    rows, state = branch.rows, branch.state
    if (state == FREE).mean() > SHRINK or int((state == IN).sum()) >= rows.new:
        return branch
    fewer, met = rows.reduced(state == OUT, state == IN)
    prices = np.minimum(branch.prices[met], fewer.far)
    return _Branch(fewer, np.zeros(len(fewer.sites), np.int8), prices, branch.bound)


def value_of(rows: Rows, plan: Mask) -> int:
    """What a plan (m,) costs on the rows."""
    least = rows.far.copy()
    used = plan[rows.site]
    np.minimum.at(least, rows.row[used], rows.cost[used])
    return int(least.sum())


def _fits(rows: Rows, plan: Mask) -> bool:
    """Whether a plan of the right size keeps the quotas."""
    count = np.bincount(rows.group[plan & (rows.group >= 0)], minlength=len(rows.least))
    return bool((count >= rows.least).all() and (count <= rows.most).all())

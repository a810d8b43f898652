"""The p-median: the sites from which everybody together has the shortest way, proven where time allows.

Hakimi 1964; the bound is the Lagrangian one of Cornuejols, Fisher and Nemhauser 1977.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from civicreach.errors import InputError
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found, Longs, Quota, Step
from civicreach.siting.median_bound import IN, NONE, OUT, choose, first_prices, fixed_sites, lagrangian
from civicreach.siting.median_branch import Branching
from civicreach.siting.median_rows import Mask, Rows, Tables, check_quotas, quotas_of
from civicreach.siting.median_swap import Swaps

STARTS = 4
"""Plans from which swapping begins."""

KICKS = 12
"""How often the best plan is shaken, each time that sites were left out."""

ROUNDS = 1200
"""How often the first multipliers are improved at most."""

PATIENCE = (12, 20)
"""After how many rounds without a better bound the steps get smaller, in turn; each time sites are left out."""


def best_median(
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
    """Open `new` of the allowed sites so that the sum of weight times ms to the nearest open site is least.

    Site j reaches the rows `at[ptr[j]:ptr[j + 1]]` for `ms` each; a row that no open site reaches costs `beyond_ms`,
    which no cost may exceed. `opened` sites (m,) stay. Of each quota's sites enough are open, no site being in two
    quotas (`check_quotas`); those that are open already count. The found value is whole, `bound` never above that of
    any plan; `proven` means that no plan is better. Where fewer sites are allowed than `new`, all of them open.

    Raises InputError where the arguments contradict each other and where quotas can't be met.

    >>> ptr, at, ms = np.array([0, 2, 4, 6]), np.array([0, 1, 1, 2, 2, 3]), np.array([0, 5, 0, 4, 0, 9])
    >>> found = best_median(
    ...     ptr, at, ms, np.array([1, 1, 1, 1]),
    ...     new=2, opened=np.zeros(3, bool), allowed=np.ones(3, bool), beyond_ms=20,
    ... )
    >>> found.open.tolist(), found.value, found.proven
    ([0, 2], 14, True)
    """
    clock = clock or Clock()
    tables = Tables(np.asarray(ptr, np.int64), np.asarray(at), np.asarray(ms), np.asarray(weight, np.int64), beyond_ms)
    check_question(tables, opened, allowed, quotas)
    search = _Search(tables, opened, allowed, min(new, int((allowed & ~opened).sum())), quotas, clock, seed)
    search.first()
    try:
        search.run()
    except KeyboardInterrupt:
        clock.interrupted = True
    return search.found()


def check_question(tables: Tables, opened: Mask, allowed: Mask, quotas: Sequence[Quota]) -> None:
    """Raise InputError where the arguments of a question contradict each other."""
    sites = len(tables.ptr) - 1
    if len(opened) != sites or len(allowed) != sites:
        raise InputError(
            f"{sites} sites have costs, but {len(opened)} are said to be open or not, {len(allowed)} allowed"
        )
    if len(tables.ms) and int(tables.ms.max()) > tables.beyond_ms:
        raise InputError(f"beyond_ms is {tables.beyond_ms}, less than some costs (up to {int(tables.ms.max())})")
    if len(tables.weight) and int(tables.weight.min()) < 0:
        raise InputError("weights below 0")
    if not check_quotas(quotas, sites):
        raise InputError("quotas that share sites aren't for this search")


def any_plan(opened: Mask, allowed: Mask, new: int, quotas: Sequence[Quota]) -> Longs:
    """The open sites of a plan that keeps the quotas; raises InputError where there is none."""
    free = np.flatnonzero(allowed & ~opened)
    group, least, most = quotas_of(quotas, free, opened)
    chosen = np.zeros(len(free), np.bool_)
    if not choose(np.arange(len(free)), np.zeros(len(free), np.int8), new, group, least, most, chosen):
        raise InputError(f"no {new} of the {len(free)} sites that may open keep the quotas")
    return np.sort(np.append(np.flatnonzero(opened), free[chosen]))


@dataclass
class _Search:
    """The state of one search: the best plan so far and the bound of all."""

    tables: Tables
    opened: Mask
    allowed: Mask
    new: int
    quotas: Sequence[Quota]
    clock: Clock
    seed: int
    sites: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    value: int = 0
    bound: int = 0
    nodes: int = 0
    history: list[Step] = field(default_factory=list)

    def found(self) -> Found:
        """What the search knows."""
        proven = self.bound >= self.value
        bound = self.value if proven else self.bound
        return Found(self.sites, self.value, float(bound), proven, self.nodes, tuple(self.history), "least")

    def first(self) -> None:
        """Any plan at all, so that there is one to give back."""
        self.sites = any_plan(self.opened, self.allowed, self.new, self.quotas)
        self.value = self.tables.value(self.sites)
        self._said()

    def run(self) -> None:
        """Swap, bound, leave out what can't be in a better plan, once more, then branch."""
        rows = Rows.build(self.tables, self.opened, self.allowed, self.new, self.quotas)
        self._swapped(rows)
        prices = first_prices(rows)
        for patience in PATIENCE:
            state = np.zeros(len(rows.sites), np.int8)
            bound, rho, _, plan, _ = lagrangian(rows, state, prices, self._upper(rows), ROUNDS, 1.5, patience)
            if bound >= NONE:  # a better plan would need other sites
                self._bounded(rows, self._upper(rows))
                return
            self._take(rows, Swaps(rows, self.seed).improved(plan, self.clock)[1])
            self._bounded(rows, min(bound, self._upper(rows)))
            if bound > self._upper(rows) - rows.step:
                self._bounded(rows, self._upper(rows))
                return
            if self.clock.over():
                return
            known = fixed_sites(rows, state, bound, rho, self._upper(rows))
            rows, met = rows.reduced(known == OUT, known == IN)
            prices = np.minimum(prices[met], rows.far)
            self._shaken(rows)
        self._branch(rows, prices)

    def _swapped(self, rows: Rows) -> None:
        """Swap from some random plans."""
        swaps = Swaps(rows, self.seed)
        for _ in range(STARTS):
            if (found := swaps.from_random(self.clock)) is not None:
                self._take(rows, found[1])
            if self.clock.over():
                break

    def _shaken(self, rows: Rows) -> None:
        """Take some sites out of the best plan at random and swap again, on the sites that are left."""
        swaps, plan = Swaps(rows, self.seed), np.isin(rows.sites, self.sites)
        for turn in range(KICKS):
            if self.clock.over():
                break
            found = swaps.kicked(plan, 1 + turn % 3, self.clock)
            if found is not None and found[0] < self._upper(rows):
                plan = found[1]
                self._take(rows, plan)

    def _branch(self, rows: Rows, prices: Longs) -> None:
        branching = Branching(rows, self._upper(rows), prices)
        bound = branching.run(self.clock)
        self.nodes = branching.nodes
        if branching.best is not None:
            self._take_sites(branching.best)
        self._bounded(rows, bound)

    def _upper(self, rows: Rows) -> int:
        """The best plan's value as the rows cost, without what is fixed; weights that were rounded count as rounded."""
        return rows.upper_of(self.tables.with_weight(self.tables.weight // rows.unit).value(self.sites))

    def _take(self, rows: Rows, plan: Mask) -> None:
        """Keep a plan of the rows' sites where it is the best so far."""
        self._take_sites(np.sort(np.concatenate([rows.taken, rows.sites[plan]])))

    def _take_sites(self, sites: Longs) -> None:
        value = self.tables.value(sites)
        if value < self.value:
            self.sites, self.value = sites, value
            self._said()

    def _bounded(self, rows: Rows, bound: int) -> None:
        """Take in a bound of the rows' costs."""
        if (known := rows.bound_value(bound)) > self.bound:
            self.bound = known
            self._said()

    def _said(self) -> None:
        self.history.append(Step(self.clock.spent(), self.value, float(self.bound)))

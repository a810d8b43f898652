"""What a row costs at the sites that may open: the p-median in whole numbers, row by row, the nearest site first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from civicreach.siting.found import Longs, Quota

Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

MOST = 2**61
"""All rows at their dearest must cost less, so that sums stay within 64 bits."""

FINE = 2**20
"""Units that a row should cost on average, so that multipliers in whole numbers are fine enough."""


@dataclass(frozen=True, eq=False)
class Tables:
    """Costs as they were given: the rows `at[ptr[j]:ptr[j + 1]]` that site j reaches for `ms` each, with weights (n,).

    A row that no open site reaches costs `beyond_ms`.
    """

    ptr: Longs
    at: npt.NDArray[np.integer]
    ms: npt.NDArray[np.integer]
    weight: Longs
    beyond_ms: int

    @property
    def site(self) -> Longs:
        """The site (k,) of each pair."""
        return np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))

    def nearest_ms(self, sites: Longs) -> Longs:
        """What each row (n,) costs when these sites are open."""
        opened = np.zeros(len(self.ptr) - 1, np.bool_)
        opened[sites] = True
        used = opened[self.site]
        least = np.full(len(self.weight), self.beyond_ms, np.int64)
        np.minimum.at(least, self.at[used], self.ms[used].astype(np.int64))
        return least

    def with_weight(self, weight: Longs) -> Tables:
        """The same costs with other weights (n,)."""
        return replace(self, weight=weight)

    def value(self, sites: Longs) -> int:
        """Weight times ms of all rows, exact."""
        least = self.nearest_ms(sites)
        high, low = self.weight >> 20, self.weight & (2**20 - 1)
        return (int((high * least).sum()) << 20) + int((low * least).sum())


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows (n,) that any free site (m,) can bring nearer, `new` of which are to be opened.

    `sites` are the positions of the free sites, `taken` those of the sites that are open; row i costs `cost[e]` at site
    `site[e]` of `e in ptr[i]:ptr[i + 1]`, cheapest first, and `far[i]` at those that are open already; what wouldn't be
    cheaper than that is left out. `group` (m,) is the quota of each free site (-1: none), which asks for `least` and at
    most `most` more of its sites.

    The plan's value in weight times ms is (`fixed` + the rows' costs) * `unit` / `scale`, or up to that where weights
    had to be rounded down; values differ by whole `step`s.
    """

    sites: Longs
    taken: Longs
    ptr: Longs
    site: Ints
    cost: Longs
    far: Longs
    new: int
    group: Longs
    least: Longs
    most: Longs
    fixed: int
    unit: int
    scale: int
    step: int

    @classmethod
    def build(cls, tables: Tables, opened: Mask, allowed: Mask, new: int, quotas: Sequence[Quota]) -> Rows:
        """The rows of a question; sites that are open already stand in `far`."""
        free = np.flatnonzero(allowed & ~opened)
        far_ms = tables.nearest_ms(np.flatnonzero(opened))
        number = np.full(len(opened), -1)
        number[free] = np.arange(len(free))
        site = number[tables.site]
        weight, unit = _coarse(tables.weight, tables.beyond_ms)
        used = (site >= 0) & (tables.ms < far_ms[tables.at]) & (weight[tables.at] > 0)
        row, site, ms = tables.at[used].astype(np.int64), site[used], tables.ms[used].astype(np.int64)
        met = np.zeros(len(weight), np.bool_)
        met[row] = True
        fixed = Tables(tables.ptr, tables.at, tables.ms, np.where(met, 0, weight), tables.beyond_ms)
        kept = np.flatnonzero(met)
        cost, far = weight[row] * ms, (weight * np.where(met, far_ms, 0))[kept]
        step = max(int(np.gcd.reduce(np.concatenate([cost, far]))), 1) if len(far) else 1
        scale = 1
        total = max(sum(far.tolist()), 1)
        while total * scale < len(far) * FINE:
            scale *= 2
        order = np.lexsort((site, cost, row))
        counts = np.bincount(row, minlength=len(weight))[kept]
        group, least, most = quotas_of(quotas, free, opened)
        return cls(
            sites=free,
            taken=np.flatnonzero(opened),
            ptr=np.concatenate([[0], np.cumsum(counts)]),
            site=site[order].astype(np.int32),
            cost=cost[order] * scale,
            far=far * scale,
            new=new,
            group=group,
            least=least,
            most=most,
            fixed=fixed.value(np.flatnonzero(opened)) * scale,
            unit=unit,
            scale=scale,
            step=step * scale,
        )

    @property
    def row(self) -> Longs:
        """The row (k,) of each pair."""
        return np.repeat(np.arange(len(self.far)), np.diff(self.ptr))

    def by_site(self) -> tuple[Longs, Ints, Longs]:
        """Pointers, rows and costs of the same pairs, site by site."""
        order = np.argsort(self.site, kind="stable")
        ptr = np.concatenate([[0], np.cumsum(np.bincount(self.site, minlength=len(self.sites)))])
        return ptr, self.row[order].astype(np.int32), self.cost[order]

    def reduced(self, out: Mask, taken: Mask) -> tuple[Rows, Mask]:
        """The question without some free sites (m,), with others open for good; and which rows (n,) it still has."""
        row = self.row
        far = self.far.copy()
        stays = taken[self.site]
        np.minimum.at(far, row[stays], self.cost[stays])
        used = ~(out | taken)[self.site] & (self.cost < far[row])
        counts = np.bincount(row[used], minlength=len(far))
        met = counts > 0
        number = np.cumsum(~(out | taken)) - 1
        held = np.bincount(self.group[taken & (self.group >= 0)], minlength=len(self.least))
        fewer = replace(
            self,
            sites=self.sites[~(out | taken)],
            taken=np.append(self.taken, self.sites[taken]),
            ptr=np.concatenate([[0], np.cumsum(counts[met])]),
            site=number[self.site[used]].astype(np.int32),
            cost=self.cost[used],
            far=far[met],
            new=self.new - int(taken.sum()),
            group=self.group[~(out | taken)],
            least=self.least - held,
            most=self.most - held,
            fixed=self.fixed + sum(far[~met].tolist()),
        )
        return fewer, met

    def upper_of(self, coarse: int) -> int:
        """The rows' cost of a plan with this value in coarse weights times ms."""
        return coarse * self.scale - self.fixed

    def bound_value(self, bound: int) -> int:
        """The least value in weight times ms that the costs' bound leaves possible."""
        whole = -(-(self.fixed + bound) // self.scale)
        return whole * self.unit


def check_quotas(quotas: Sequence[Quota], sites: int) -> bool:
    """Whether no site is in two quotas: then the search takes them."""
    counts = np.zeros(sites, np.int64)
    for quota in quotas:
        counts[quota.sites] += 1
    return bool((counts <= 1).all())


def quotas_of(quotas: Sequence[Quota], free: Longs, opened: Mask) -> tuple[Longs, Longs, Longs]:
    """The quota of each free site, and what each asks for beyond the sites that are open."""
    group = np.full(len(opened), -1)
    held = np.array([int(opened[quota.sites].sum()) for quota in quotas], np.int64)
    for number, quota in enumerate(quotas):
        group[quota.sites] = number
    least = np.array([quota.least for quota in quotas], np.int64) - held
    most = np.array([len(opened) if quota.most is None else quota.most for quota in quotas], np.int64) - held
    return group[free], least, most


def _coarse(weight: Longs, beyond_ms: int) -> tuple[Longs, int]:
    """Weights divided by what they have in common, rounded down where sums would burst; and by how much."""
    unit = max(int(np.gcd.reduce(weight)), 1) if len(weight) else 1
    total = sum(weight.tolist()) * max(beyond_ms, 1)
    while total // unit >= MOST:
        unit *= 2
    return weight // unit, unit

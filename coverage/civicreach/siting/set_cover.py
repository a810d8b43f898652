"""LSCP at the size of a city: reductions, prices as a bound, and small parts solved exactly one after another.

Rows that are covered wherever another one is, and sites that cover no more than another one, are left out. The prices
of the linear relaxation bound every plan; the bound is raised by solving the pieces of a partition exactly, each site's
cost being shared out among the pieces as the prices say. The plan itself is found by row weighting (`set_walk`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.csgraph import connected_components

from civicreach.errors import InputError
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found, Longs, Step
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.set_walk import Walker
from civicreach.siting.solve import Floats, Mip

CHUNK = 2_000
"""Rows are held against all others so many at a time."""
WORTH_REPEATING = 0.005
SMALL_PART = 400
"""Parts with fewer sites that touch no other part are solved at once."""
DRY = 500
"""The walk ends after so many steps a site without a better plan."""
WALK_SHARE = 0.3
"""So much of the time goes to the first walk."""
PIECES = (25.0, 12.0, 50.0)
"""Open sites of a piece of the partitions that raise the bound, in turn."""


def best_set_cover(
    covers: csr_matrix,
    *,
    opened: Bools,
    allowed: Bools,
    clock: Clock | None = None,
    seed: int = 0,
    xy: Floats | None = None,
) -> Found:
    """The fewest sites that cover all rows (n,) which any `allowed` site (m,) covers; `opened` ones stay and are free.

    `covers` is sites x rows; `xy` (m, 2) helps to find pieces. The value counts all open sites other than `opened`.
    With time enough the plan is proven or the search has run dry; otherwise it is the best so far with its bound.

    >>> covers = csr_matrix(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool))
    >>> found = best_set_cover(covers, opened=np.zeros(3, bool), allowed=np.ones(3, bool))
    >>> found.open.tolist(), found.value, found.proven
    ([0, 2], 2, True)
    """
    clock = clock or Clock()
    free = np.flatnonzero(allowed & ~opened)
    done = np.asarray(covers[opened].sum(axis=0)).ravel() > 0
    rows = covers[free].T.tocsr().astype(np.int32)[~done]
    rows.sort_indices()
    small, columns = reduced(rows)
    search = _Search(small, clock, seed, np.zeros((small.shape[1], 2)) if xy is None else xy[free[columns]])
    search.plan = greedy_cover(small, np.zeros(small.shape[1]))
    try:
        search.run()
    except KeyboardInterrupt:
        clock.interrupted = True
    chosen = free[columns[search.plan]]
    value, bound = int(search.plan.sum()), search.bound
    history = (Step(clock.spent(), value, float(bound)),)
    found = np.sort(np.append(np.flatnonzero(opened), chosen))
    return Found(found, value, float(bound), bound >= value, search.parts, history, "least")


def reduced(rows: csr_matrix) -> tuple[csr_matrix, Longs]:
    """Rows x sites without rows and sites that another one makes superfluous, and the sites (k,) that are left.

    Of equal ones the first stays. Rows without any site are left out.
    """
    rows, columns = _distinct(rows[np.diff(rows.indptr) > 0]), np.arange(rows.shape[1])
    while rows.shape[0]:
        before = sum(rows.shape)
        keep = ~_held(rows.T.tocsr(), smaller=True)
        rows, columns = rows[:, keep].tocsr(), columns[keep]
        rows = rows[~_held(rows, smaller=False)]
        if before - sum(rows.shape) <= WORTH_REPEATING * before:
            break
    return rows, columns


def _distinct(rows: csr_matrix) -> csr_matrix:
    """Each set of sites once."""
    rows.sort_indices()
    seen: dict[bytes, int] = {}
    for i, (a, b) in enumerate(zip(rows.indptr[:-1].tolist(), rows.indptr[1:].tolist(), strict=True)):
        seen.setdefault(rows.indices[a:b].tobytes(), i)
    return rows[list(seen.values())]


def _held(sets: csr_matrix, *, smaller: bool) -> Bools:
    """Which sets lie within another one (`smaller`), or hold another one; of equal sets all but the first."""
    sizes, gone = np.diff(sets.indptr), np.zeros(sets.shape[0], np.bool_)
    turned = sets.T.tocsr()
    for begin in range(0, sets.shape[0], CHUNK):
        shared = (sets[begin : begin + CHUNK] @ turned).tocoo()
        a, b = shared.row + begin, shared.col
        within = (a != b) & (shared.data == sizes[a])  # the set a lies within b
        a, b = a[within], b[within]
        if smaller:
            gone[a[(sizes[b] > sizes[a]) | (b < a)]] = True
        else:
            gone[b[(sizes[b] > sizes[a]) | (b > a)]] = True
    return gone


def covering(
    rows: csr_matrix, clock: Clock, *, cost: Floats | None = None, start: Bools | None = None
) -> tuple[Bools | None, float]:
    """Sites (m,) that cover all rows at the least cost (one each), or None, and a bound of it; exact unless stopped."""
    mip, every = Mip("least"), np.arange(rows.shape[1])
    mip.columns(len(every), cost=1.0 if cost is None else cost, whole=True)
    pairs = rows.tocoo()
    mip.rows(rows.shape[0], (pairs.row, pairs.col, 1.0), least=1.0)
    begin = None if start is None else (every, start.astype(np.float64))
    found = mip.solve(clock, start=begin, step=1.0 if cost is None else 0.0, gap=0.0 if cost is None else 1e-4)
    return (None if found.values is None else found.values > 0.5), found.bound


@dataclass(eq=False)
class _Search:
    """The best plan (m,) of all parts together and the bound of all plans."""

    rows: csr_matrix
    clock: Clock
    seed: int
    xy: Floats
    plan: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    bound: int = 0
    parts: int = 0

    def run(self) -> None:
        """Parts that touch no other part are questions of their own."""
        many = self.rows.shape[0]
        if not many:
            return
        _, label = connected_components(bmat([[None, self.rows], [self.rows.T, None]]), directed=False)
        large = []
        for part in np.unique(label[:many]).tolist():
            mine = np.flatnonzero(label[many:] == part)
            rows = self.rows[np.flatnonzero(label[:many] == part)][:, mine]
            if len(mine) == 1:
                self.plan[mine] = True
                self.bound += 1
            else:
                large.append((rows, mine))
        for i, (rows, mine) in enumerate(sorted(large, key=lambda part: len(part[1]))):
            weight = len(mine) / sum(len(m) for _, m in sorted(large, key=lambda part: len(part[1]))[i:])
            part = _Part(rows, self.xy[mine], self.clock.part(self.clock.left() * weight), self.seed)
            try:
                part.run()
            except KeyboardInterrupt:
                self.clock.interrupted = True
            if len(part.plan) and part.plan.sum() <= self.plan[mine].sum():
                self.plan[mine] = part.plan
            self.bound += min(part.bound, int(self.plan[mine].sum()))
            self.parts += part.solved


@dataclass(eq=False)
class _Part:
    """One connected part."""

    rows: csr_matrix
    xy: Floats
    clock: Clock
    seed: int
    solved: int = 0
    bound: int = 1
    plan: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    prices: Floats = field(default_factory=lambda: np.zeros(0))

    def run(self) -> None:
        """A walk to a good plan, then the solver for small parts, prices and pieces for the bound of large ones."""
        self.by_site = self.rows.T.tocsr()
        self.by_site.sort_indices()
        self.plan = greedy_cover(self.rows, np.zeros(self.rows.shape[1]))
        walker = Walker(self.rows, self.by_site, self.plan, self.seed)
        self._walk(walker, WALK_SHARE)
        if self.rows.shape[1] <= SMALL_PART:
            found, bound = covering(self.rows, self.clock.part(self.clock.left()), start=self.plan)
            self._take(found)
            self.raise_bound(bound)
            self.solved += 1
            if self._is_proven() or self.clock.over():
                return
        self._relax()
        if len(self.prices):
            self._raise_bound()
            self._walk(walker, 1.0)

    def _walk(self, walker: Walker, share: float) -> None:
        """Walk on for a share of the time that is left, or until nothing better was found for long."""
        part = self.clock.part(self.clock.left() * share)
        try:
            walker.go(part, DRY * self.rows.shape[1], self.bound)
        finally:  # Ctrl-C keeps what was found
            self._take(walker.walk.best.copy())

    def _take(self, plan: Bools | None) -> None:
        if plan is not None and plan.sum() < self.plan.sum():
            self.plan = plan

    def raise_bound(self, bound: float) -> None:
        """Sites are counted in whole numbers."""
        if math.isfinite(bound):
            self.bound = max(self.bound, math.ceil(bound - 1e-6))

    def _is_proven(self) -> bool:
        return bool(self.bound >= self.plan.sum())

    def _relax(self) -> None:
        """Prices (n,) of rows that no site's rows together exceed 1 of, so that their sum is a bound."""
        mip, pairs = Mip("least"), self.rows.tocoo()
        mip.columns(self.rows.shape[1], cost=1.0, upper=math.inf)
        mip.rows(self.rows.shape[0], (pairs.row, pairs.col, 1.0), least=1.0)
        found = mip.relaxed(self.clock.part(self.clock.left() / 2))
        if found is None:
            return
        prices = np.maximum(found[1], 0.0)
        self.prices = prices / max(float((self.by_site @ prices).max()), 1e-12)
        self.raise_bound(float(self.prices.sum()))

    def _raise_bound(self) -> None:
        """The bounds of the pieces of several partitions, each with its share of every site's cost."""
        for size in PIECES:
            count = max(round(self.prices.sum() / size), 2)
            pieces = list(pieces_of(self._row_xy(), self.prices, np.arange(self.rows.shape[0]), count))
            total, left = 0.0, len(pieces)
            costs = self._shared(pieces)
            for rows, cost in zip(pieces, costs, strict=True):
                if self.clock.over() or self._is_proven():
                    return
                sites = np.flatnonzero(cost >= 0)
                least = float(self.prices[rows].sum())
                _, bound = covering(
                    self.rows[rows][:, sites], self.clock.part(self.clock.left() / left / 2), cost=cost[sites]
                )
                total += max(bound, least) if math.isfinite(bound) else least
                left -= 1
            self.raise_bound(total)

    def _row_xy(self) -> Floats:
        middle: Floats = (self.rows @ self.xy) / np.diff(self.rows.indptr)[:, None]
        return middle

    def _shared(self, pieces: list[Longs]) -> list[Floats]:
        """Each site's cost in each piece (-1 where it covers nothing there), together no more than 1."""
        paid = [self.rows[rows].T @ self.prices[rows] for rows in pieces]
        there = [np.asarray(self.rows[rows].sum(axis=0)).ravel() > 0 for rows in pieces]
        rest = np.maximum(1.0 - 1e-9 - sum(paid), 0.0) / np.maximum(sum(mask.astype(int) for mask in there), 1)
        return [np.where(mask, cost + rest, -1.0) for cost, mask in zip(paid, there, strict=True)]


def pieces_of(xy: Floats, weight: Floats, rows: Longs, count: int) -> Iterator[Longs]:
    """Rows in pieces of about equal weight, cut across the longer side again and again."""
    if count <= 1 or len(rows) < 2:
        yield rows
        return
    half = count // 2
    side = int(np.argmax(np.ptp(xy[rows], axis=0)))
    order = rows[np.argsort(xy[rows, side], kind="stable")]
    sums = np.cumsum(weight[order])
    cut = int(np.clip(np.searchsorted(sums, sums[-1] * half / count), 1, len(rows) - 1))
    yield from pieces_of(xy, weight, order[:cut], half)
    yield from pieces_of(xy, weight, order[cut:], count - half)


def greedy_cover(rows: csr_matrix, score: npt.NDArray[np.float64]) -> Bools:
    """The site with the most new rows, times 1 + its score, one after another; then none that isn't needed."""
    by_site = rows.T.tocsr()
    gain = np.diff(by_site.indptr).astype(np.float64)
    met, chosen = np.zeros(rows.shape[0], np.int64), []
    while (met == 0).any():
        site = int(np.argmax(gain * (1 + score)))
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        fresh = mine[met[mine] == 0]
        if not len(fresh):
            raise InputError("rows that no site covers")
        gain -= np.asarray(rows[fresh].sum(axis=0)).ravel()
        met[mine] += 1
        chosen.append(site)
    plan = np.zeros(rows.shape[1], np.bool_)
    for site in reversed(chosen):
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        if (met[mine] > 1).all():
            met[mine] -= 1
        else:
            plan[site] = True
    return plan

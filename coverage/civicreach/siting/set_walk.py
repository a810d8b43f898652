"""Fewer and fewer sites that cover everything: a local search that makes rows the heavier the longer they stay bare.

A plan loses a site and goes on with one site less: one site closes and one that covers some bare row opens, again and
again, until no row is bare. Gao, Weise and Li (2015) call it row weighting.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from civicreach.reach._numba import kernel
from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs
from civicreach.siting.rule_arrays import Bools

Ints = npt.NDArray[np.int32]

STEPS = 20_000
"""So many steps are made between two looks at the clock: some tenths of a second."""

OPEN, BARE, BEST, STEP, LAST, GAINED = range(6)
"""Of `Walk.totals`: open sites, bare rows, open sites of the best plan, steps, the site that opened last, when the best
plan was found."""


class Sets(NamedTuple):
    """The sites of each row, the rows of each site, and the sites that share a row with a site."""

    row_start: Ints
    site: Ints
    site_start: Ints
    row: Ints
    near_start: Ints
    near: Ints


class Walk(NamedTuple):
    """A plan on its way: `now` and `best` (m,), in how many open sites each row is (`met`) and its `weight` (n,).

    `score` (m,) is the weight that a site's opening would cover, or minus what its closing would bare; `since` the step
    of its last change; `barred` sites closed and nothing near has changed. `there` lists the open sites, each at its
    `slot`; `bare` the bare rows, each at its `place`. `dice` hold the next number of a xorshift generator.
    """

    now: Bools
    best: Bools
    met: Longs
    weight: Longs
    score: Longs
    since: Longs
    barred: Bools
    there: Longs
    slot: Longs
    bare: Longs
    place: Longs
    totals: Longs
    dice: npt.NDArray[np.uint64]


class Walker:
    """A walk that goes on wherever it was left; `walk.best` is its best plan (m,)."""

    def __init__(self, rows: csr_matrix, by_site: csr_matrix, plan: Bools, seed: int) -> None:
        """`rows` is rows x sites, `by_site` the same turned; `plan` (m,) covers every row."""
        near = (by_site @ rows).tocsr()
        self.sets = Sets(rows.indptr, rows.indices, by_site.indptr, by_site.indices, near.indptr, near.indices)
        n, m = rows.shape
        met = (rows @ plan.astype(np.int64)).astype(np.int64)
        slot, there = np.full(m, -1), np.zeros(m, np.int64)
        there[: plan.sum()] = np.flatnonzero(plan)
        slot[plan] = np.arange(plan.sum())
        alone = rows[met == 1].astype(np.int64).sum(axis=0)
        score = -np.where(plan, np.asarray(alone).ravel(), 0).astype(np.int64)
        self.walk = Walk(
            plan.copy(), plan.copy(), met, np.ones(n, np.int64), score, np.zeros(m, np.int64), np.zeros(m, np.bool_),
            there, slot, np.zeros(n, np.int64), np.full(n, -1), np.array([plan.sum(), 0, plan.sum(), 0, -1, 0]),
            np.random.default_rng(seed).integers(1, 2**63, 1, np.uint64),
        )  # fmt: skip

    def go(self, clock: Clock, dry: int, least: int) -> None:
        """Walk until the clock stops, `dry` steps brought no better plan, or the best has `least` sites."""
        totals = self.walk.totals
        while totals[BEST] > least and totals[STEP] - totals[GAINED] < dry and not clock.over():
            _stretch(self.sets, self.walk, STEPS, least)


@kernel
def _close(sets: Sets, walk: Walk, site: int) -> None:
    """Close a site; what it alone covered is bare and would be won by others."""
    totals = walk.totals
    totals[OPEN] -= 1
    last, at = walk.there[totals[OPEN]], walk.slot[site]
    walk.there[at], walk.slot[last], walk.slot[site] = last, at, -1
    walk.now[site] = False
    walk.score[site] = -walk.score[site]
    for t in range(sets.site_start[site], sets.site_start[site + 1]):
        i = sets.row[t]
        walk.met[i] -= 1
        if walk.met[i] == 0:
            walk.bare[totals[BARE]], walk.place[i] = i, totals[BARE]
            totals[BARE] += 1
            for s in range(sets.row_start[i], sets.row_start[i + 1]):
                if sets.site[s] != site:
                    walk.score[sets.site[s]] += walk.weight[i]
        elif walk.met[i] == 1:
            for s in range(sets.row_start[i], sets.row_start[i + 1]):
                if walk.now[sets.site[s]]:
                    walk.score[sets.site[s]] -= walk.weight[i]
                    break
    _changed(sets, walk, site)
    walk.barred[site] = True


@kernel
def _open(sets: Sets, walk: Walk, site: int) -> None:
    """Open a site; its bare rows are covered."""
    totals = walk.totals
    walk.there[totals[OPEN]], walk.slot[site] = site, totals[OPEN]
    totals[OPEN] += 1
    walk.score[site] = -walk.score[site]
    for t in range(sets.site_start[site], sets.site_start[site + 1]):
        i = sets.row[t]
        walk.met[i] += 1
        if walk.met[i] == 1:
            totals[BARE] -= 1
            last, at = walk.bare[totals[BARE]], walk.place[i]
            walk.bare[at], walk.place[last], walk.place[i] = last, at, -1
            for s in range(sets.row_start[i], sets.row_start[i + 1]):
                if sets.site[s] != site:
                    walk.score[sets.site[s]] -= walk.weight[i]
        elif walk.met[i] == 2:
            for s in range(sets.row_start[i], sets.row_start[i + 1]):
                if walk.now[sets.site[s]]:
                    walk.score[sets.site[s]] += walk.weight[i]
                    break
    walk.now[site] = True
    _changed(sets, walk, site)
    totals[LAST] = site


@kernel
def _changed(sets: Sets, walk: Walk, site: int) -> None:
    """Whatever shares a row with a site that changed may open again."""
    for t in range(sets.near_start[site], sets.near_start[site + 1]):
        walk.barred[sets.near[t]] = False
    walk.since[site] = walk.totals[STEP]


@kernel
def _is_better(walk: Walk, site: int, than: int) -> bool:
    """Whether a site has the higher score, or the same and was changed longer ago."""
    if than < 0 or walk.score[site] != walk.score[than]:
        return than < 0 or walk.score[site] > walk.score[than]
    earlier: bool = walk.since[site] < walk.since[than]
    return earlier


@kernel
def _least_missed(walk: Walk, but: int) -> int:
    """The open site whose closing bares least, one aside; -1 where there is none."""
    found = -1
    for t in range(walk.totals[OPEN]):
        site = walk.there[t]
        if site != but and _is_better(walk, site, found):
            found = site
    return found


@kernel
def _drawn(dice: npt.NDArray[np.uint64], many: int) -> int:
    """One of so many, by chance (Marsaglia 2003)."""
    s = dice[0]
    s ^= s << np.uint64(13)
    s ^= s >> np.uint64(7)
    s ^= s << np.uint64(17)
    dice[0] = s
    return int((s >> np.uint64(11)) % np.uint64(many))


@kernel
def _best_cover(sets: Sets, walk: Walk, row: int) -> int:
    """The site that covers a row and has the highest score, of those that may open; any one where none may."""
    found = -1
    for t in range(sets.row_start[row], sets.row_start[row + 1]):
        site = int(sets.site[t])
        if not walk.barred[site] and _is_better(walk, site, found):
            found = site
    return int(sets.site[sets.row_start[row]]) if found < 0 else found


@kernel
def _stretch(sets: Sets, walk: Walk, steps: int, least: int) -> None:
    """Some steps of the walk; fewer where the best plan comes down to `least` sites."""
    totals = walk.totals
    for _ in range(steps):
        while totals[BARE] == 0:
            if totals[OPEN] < totals[BEST]:
                totals[BEST], totals[GAINED] = totals[OPEN], totals[STEP]
                walk.best[:] = walk.now
            if totals[BEST] <= least:
                return
            _close(sets, walk, _least_missed(walk, -1))
        totals[STEP] += 1
        site = _least_missed(walk, totals[LAST])
        if site >= 0:
            _close(sets, walk, site)
        _open(sets, walk, _best_cover(sets, walk, walk.bare[_drawn(walk.dice, totals[BARE])]))
        for t in range(totals[BARE]):
            i = walk.bare[t]
            walk.weight[i] += 1
            for s in range(sets.row_start[i], sets.row_start[i + 1]):
                walk.score[sets.site[s]] += 1

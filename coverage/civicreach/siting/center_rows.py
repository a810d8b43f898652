"""Can so few sites cover all rows? The question of the p-center at one radius, made as small as it gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from civicreach.reach._numba import kernel
from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs, Quota
from civicreach.siting.median_rows import FINE, Mask, Rows, quotas_of
from civicreach.siting.solve import Mip

MOST_CHECKS = 4_000_000_000
"""Rows and sites are held against each other only up to so many 64-bit comparisons at worst."""


@kernel
def _superfluous(bits: Any, order: Any, lesser: Any) -> Any:  # pragma: no cover
    """Which sets (k, words) aren't needed: those that hold another one (`lesser` 0), or that another one holds (1).

    `order` goes by size, the smallest first where sets that hold others are sought, else the largest; of equal sets the
    first stays.
    """
    gone = np.zeros(len(bits), np.bool_)
    for at in range(len(order)):
        a = order[at]
        if gone[a]:
            continue
        for after in range(at + 1, len(order)):
            b = order[after]
            if gone[b]:
                continue
            held = True
            for word in range(bits.shape[1]):
                inner, outer = (bits[b, word], bits[a, word]) if lesser else (bits[a, word], bits[b, word])
                if inner & ~outer:
                    held = False
                    break
            gone[b] = held
    return gone


def cover_question(
    row: Longs, site: Longs, count: int, opened: Mask, allowed: Mask, new: int, quotas: Sequence[Quota]
) -> Rows | None:
    """Rows (0 to `count` - 1) that cost nothing where one of their sites is open, else one step; None: some have none.

    `row` and `site` are the pairs within the radius. Rows that an open site covers are left out.
    """
    done = np.zeros(count, np.bool_)
    done[row[opened[site]]] = True
    used = ~done[row] & allowed[site] & ~opened[site]
    row, site = row[used], site[used]
    sizes = np.bincount(row, minlength=count)
    if ((sizes == 0) & ~done).any():
        return None
    free = np.flatnonzero(allowed & ~opened)
    group, least, most = quotas_of(quotas, free, opened)
    order = np.lexsort((site, row))
    left = int((~done).sum())
    rows = Rows(
        free, np.flatnonzero(opened), np.concatenate([[0], np.cumsum(sizes[~done])]),
        np.searchsorted(free, site[order]).astype(np.int32), np.zeros(len(row), np.int64), np.full(left, FINE), new,
        group, least, most, 0, 1, FINE, FINE,
    )  # fmt: skip
    return _shrunk(rows, plain=not quotas)


def _shrunk(rows: Rows, *, plain: bool) -> Rows | None:
    """Without rows that are covered wherever others are, sites that cover less than others, and rows with one site.

    Sites that cover less are left out only where no quota may want them (`plain`): then fewer may open than were asked
    for. None where more sites are the only one of some row than may open.
    """
    while True:
        before = len(rows.far), len(rows.sites)
        rows = _without_rows(rows, _gone(rows.ptr, rows.site.astype(np.int64), len(rows.sites), lesser=False))
        gone = np.zeros(len(rows.sites), np.bool_)
        if plain:
            ptr, row, _ = rows.by_site()
            gone = _gone(ptr, row.astype(np.int64), len(rows.far), lesser=True)
        single = np.zeros(len(rows.sites), np.bool_)
        single[rows.site[rows.ptr[:-1][np.diff(rows.ptr) == 1]]] = True
        if int(single.sum()) > rows.new:
            return None
        rows, _ = rows.reduced(gone & ~single, single)
        if plain:
            rows = replace(rows, new=min(rows.new, len(rows.sites)))
        if (len(rows.far), len(rows.sites)) == before:
            return rows


def covering(rows: Rows, clock: Clock) -> tuple[Mask | None, int]:
    """Sites (m,) that cover all rows, from the solver, and its nodes; None where there are none or the time is over."""
    problem, every = Mip("least"), np.arange(len(rows.sites))
    problem.columns(len(every), whole=True)
    problem.rows(len(rows.far), (rows.row, rows.site, 1.0), least=1.0)
    problem.rows(1, (np.zeros(len(every), np.int64), every, 1.0), least=float(rows.new), most=float(rows.new))
    grouped = np.flatnonzero(rows.group >= 0)
    problem.rows(len(rows.least), (rows.group[grouped], grouped, 1.0), least=rows.least, most=rows.most)
    solution = problem.solve(clock)
    if solution.values is None:
        return None, solution.nodes
    chosen: Mask = solution.values > 0.5
    met = np.bincount(rows.row[chosen[rows.site]], minlength=len(rows.far))
    return (chosen if (met > 0).all() else None), solution.nodes


def _gone(ptr: Longs, members: Longs, size: int, *, lesser: bool) -> Mask:
    """The superfluous sets among `members[ptr[k]:ptr[k + 1]]`, numbers below `size`."""
    sizes = np.diff(ptr)
    words = (size + 63) // 64
    if len(sizes) ** 2 * words > MOST_CHECKS:
        return np.zeros(len(sizes), np.bool_)
    bits = np.zeros((len(sizes), max(words, 1)), np.uint64)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    np.bitwise_or.at(bits, (owner, members // 64), np.uint64(1) << (members % 64).astype(np.uint64))
    order = np.argsort(-sizes if lesser else sizes, kind="stable")
    gone: Mask = _superfluous(bits, order, lesser)
    return gone


def _without_rows(rows: Rows, gone: Mask) -> Rows:
    """Without some rows (n,)."""
    keep = ~gone
    pairs = np.repeat(keep, np.diff(rows.ptr))
    return replace(
        rows,
        ptr=np.concatenate([[0], np.cumsum(np.diff(rows.ptr)[keep])]),
        site=rows.site[pairs],
        cost=rows.cost[pairs],
        far=rows.far[keep],
    )

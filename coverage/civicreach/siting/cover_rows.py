"""A max-cover problem in its smallest form: rows that no plan can tell apart are one, what stays open is gone.

Sites are the rows of a sparse pattern, places with people its columns; nothing here knows ids or minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from civicreach.errors import InputError
from civicreach.reach._numba import kernel
from civicreach.siting.found import Quota

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Pattern = Any
"""A scipy csr array of int8 ones with sorted indices; scipy has no types."""


@dataclass(frozen=True, eq=False)
class Cover:
    """Open at most `new` of some sites so that the most weight is covered, within rules on how many of a group.

    `sites` (m x n) says which places a site covers, `weight` (n,) what they weigh; `rules` (g x m) are groups of sites
    of which at least `least` and at most `most` are opened. `ids` (m,) are the sites' positions in the caller's
    problem, `opened` those already decided on, `constant` what they and the sites that stay cover.
    """

    sites: Pattern
    weight: Longs
    rules: Pattern
    least: Longs
    most: Longs
    new: int
    ids: Longs
    opened: Longs
    constant: int

    @property
    def step(self) -> int:
        """Values of plans differ by whole multiples of this from the constant; 1 where nothing is left to cover."""
        return math.gcd(*self.weight.tolist()) or 1

    @property
    def total(self) -> int:
        """Weight that the sites could still cover all together."""
        return int(self.weight.sum())


def pattern(matrix: Pattern) -> Pattern:
    """A matrix as csr of ones with sorted indices and 32-bit positions."""
    found = sparse.csr_array(matrix)
    found = sparse.csr_array((np.ones(found.nnz, np.int8), found.indices, found.indptr), shape=found.shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found


def groups(sets: Sequence[Longs], count: int) -> Pattern:
    """Sets of sites as rows of a pattern with one column for each of `count` sites."""
    start = np.concatenate([[0], np.cumsum([len(one) for one in sets], dtype=np.int64)])
    at = np.concatenate(sets) if sets else np.zeros(0, np.int64)
    return pattern(sparse.csr_array((np.ones(len(at), np.int8), at, start), shape=(len(sets), count)))


def touched(matrix: Pattern, rows: Longs | Flags) -> Flags:
    """The columns that some of the rows have an entry in."""
    found = np.zeros(matrix.shape[1], dtype=bool)
    found[matrix[rows].indices] = True
    return found


def value_of(sites: Pattern, weight: Longs, opened: Longs) -> int:
    """Weight that some sites cover together, straight from the unreduced problem."""
    return int(weight[touched(sites, opened)].sum())


def problem(
    sites: Pattern,
    weight: Longs,
    new: int,
    stays: Flags,
    allowed: Flags,
    quotas: Sequence[Quota],
    clash: Pattern | None,
) -> Cover | None:
    """The problem that is left when sites that stay open are counted; None where the rules forbid every plan."""
    count = sites.shape[0]
    if any(q.most is not None and stays[np.unique(q.sites)].sum() > q.most for q in quotas):
        return None
    least, most = [q.least for q in quotas], [count if q.most is None else q.most for q in quotas]
    rules = groups([np.unique(q.sites) for q in quotas], count)
    if clash is not None and clash.nnz:
        cliques = _cliques(clash)
        rules = pattern(sparse.vstack([rules, cliques]))
        among = cliques @ stays.astype(np.int64)  # sites that stay may clash with each other
        least, most = least + [0] * cliques.shape[0], most + np.maximum(among, 1).tolist()
    whole = Cover(
        pattern(sites),
        weight.astype(np.int64),
        rules,
        np.array(least, np.int64),
        np.array(most, np.int64),
        new + int(stays.sum()),
        np.arange(count),
        np.zeros(0, np.int64),
        0,
    )
    left = decided(whole, np.flatnonzero(allowed & ~stays), np.flatnonzero(stays))
    return None if left is None else replace(left, opened=np.setdiff1d(left.opened, np.flatnonzero(stays)))


def decided(cover: Cover, free: Longs, opened: Longs) -> Cover | None:
    """The problem on the `free` sites once others are opened; None where its rules can't be kept any more.

    Where the rules leave no choice, sites are opened and closed until they do.
    """
    size = cover.sites.shape[0]
    is_free, is_open = np.zeros(size, bool), np.zeros(size, bool)
    is_free[free], is_open[opened] = True, True
    while True:
        is_free &= ~is_open
        left = cover.new - int(is_open.sum())
        taken, spare = cover.rules @ is_open.astype(np.int64), cover.rules @ is_free.astype(np.int64)
        least, room = cover.least - taken, cover.most - taken
        if left < 0 or (least > np.minimum(spare, room)).any() or (room < 0).any():
            return None
        if left == 0 and (least > 0).any():
            return None
        full = touched(cover.rules, np.flatnonzero(room <= 0)) & is_free
        needed = touched(cover.rules, np.flatnonzero((least > 0) & (least == spare))) & is_free
        if not full.any() and not needed.any():
            return _cut(cover, is_free, is_open, least, room)
        is_free &= ~full
        is_open |= needed & ~full


def _cut(cover: Cover, is_free: Flags, is_open: Flags, least: Longs, room: Longs) -> Cover:
    """Only free sites, places that they can still cover, and rules that can still bind."""
    covered = touched(cover.sites, is_open)
    sites = cover.sites[np.flatnonzero(is_free)]
    alive = np.zeros(len(covered), bool)
    alive[sites.indices] = True
    alive &= ~covered & (cover.weight > 0)
    rules = cover.rules[:, np.flatnonzero(is_free)]
    new = cover.new - int(is_open.sum())
    binding = np.flatnonzero((least > 0) | (room < np.minimum(np.diff(rules.indptr), new)))
    return Cover(
        pattern(sites[:, np.flatnonzero(alive)]),
        cover.weight[alive],
        pattern(rules[binding]),
        np.maximum(least[binding], 0),
        room[binding],
        new,
        cover.ids[is_free],
        np.concatenate([cover.opened, cover.ids[is_open]]),
        cover.constant + int(cover.weight[covered].sum()),
    )


def merged(cover: Cover) -> Cover:
    """Places that the same sites cover are one place; exact, because equal hashes are compared site by site."""
    by_place = pattern(cover.sites.T)
    start, site = by_place.indptr.astype(np.int64), by_place.indices.astype(np.int32)
    mark = np.random.default_rng(0).integers(-(2**62), 2**62, cover.sites.shape[0])
    hashes = np.zeros(len(cover.weight), np.int64)
    _hash(start, site, mark, hashes)
    _, first, like = np.unique(hashes, return_index=True, return_inverse=True)
    like = first[like]
    _compare(start, site, like)  # whoever differs from the first of the same hash stays alone
    kept, group = np.unique(like, return_inverse=True)
    if len(kept) == len(like):
        return cover
    weight = np.zeros(len(kept), np.int64)
    np.add.at(weight, group, cover.weight)
    return replace(cover, sites=pattern(cover.sites[:, kept]), weight=weight)


def undominated(cover: Cover) -> Cover:
    """Without sites in whose stead another one covers all that they do, and no rule minds.

    A site with a lower limit above 1 stays: there both may be needed. Places that are now alike are merged.
    """
    several = touched(cover.rules, np.flatnonzero(cover.least > 1))
    wanted = cover.rules[np.flatnonzero(cover.least > 0)]
    limit = pattern(cover.rules[np.flatnonzero(cover.most < cover.new)].T)
    has = pattern(sparse.hstack([cover.sites, wanted.T]))
    back = pattern(has.T)
    worse = _dominated(
        has.indptr.astype(np.int64), has.indices.astype(np.int32), back.indptr.astype(np.int64),
        back.indices.astype(np.int32), limit.indptr.astype(np.int64), limit.indices.astype(np.int32), several,
    )  # fmt: skip
    if not worse.any():
        return cover
    left = decided(cover, np.flatnonzero(~worse), np.zeros(0, np.int64))
    if left is None:  # can't be: what dominates stands in for it in every rule
        raise InputError("no plan keeps the rules")
    return merged(left)


@kernel
def _hash(start: Longs, site: Ints, mark: Longs, hashes: Longs) -> None:
    """The sum of random marks of the sites of each place; it may wrap around."""
    for i in range(len(start) - 1):
        for t in range(start[i], start[i + 1]):
            hashes[i] += mark[site[t]]


@kernel
def _compare(start: Longs, site: Ints, like: Longs) -> None:
    """A place that hasn't the very sites of the one it is said to be like is made its own."""
    for i in range(len(like)):
        first = like[i]
        same = start[i + 1] - start[i] == start[first + 1] - start[first]
        if same:
            for t in range(start[i + 1] - start[i]):
                if site[start[i] + t] != site[start[first] + t]:
                    same = False
                    break
        if not same:
            like[i] = i


@kernel
def _inside(start: Longs, at: Ints, a: int, b: int) -> bool:
    """Whether all entries of row a are in row b; both are sorted."""
    s, stop = start[b], start[b + 1]
    for t in range(start[a], start[a + 1]):
        while s < stop and at[s] < at[t]:
            s += 1
        if s == stop or at[s] != at[t]:
            return False
    return True


@kernel
def _dominated(start: Longs, at: Ints, back: Longs, site: Ints, limit_start: Longs, limit: Ints, stays: Flags) -> Flags:
    """Sites whose entries another one has too and whose limits include the other's; of equals the last stays."""
    count = len(start) - 1
    worse = np.zeros(count, np.bool_)
    for a in range(count):
        if stays[a]:
            continue
        if start[a] == start[a + 1]:
            worse[a] = True
            continue
        rare = at[start[a]]
        for t in range(start[a], start[a + 1]):
            if back[at[t] + 1] - back[at[t]] < back[rare + 1] - back[rare]:
                rare = at[t]
        for t in range(back[rare], back[rare + 1]):
            b = site[t]
            if b == a or worse[b] or not _inside(start, at, a, b) or not _inside(limit_start, limit, b, a):
                continue
            worse[a] = True
            break
    return worse


def _cliques(clash: Pattern) -> Pattern:
    """Groups of sites that all clash with each other and together hold every clashing pair."""
    both = pattern(clash) + pattern(clash).T
    both.setdiag(0)
    both.eliminate_zeros()
    both = pattern(both)
    sets = _clique_lists(both.indptr.astype(np.int64), both.indices.astype(np.int32))
    start, at = sets
    return pattern(sparse.csr_array((np.ones(len(at), np.int8), at, start), shape=(len(start) - 1, both.shape[0])))


@kernel
def _clique_lists(start: Longs, at: Ints) -> tuple[Longs, Ints]:
    """From each pair that isn't in a group yet a group is grown as far as it goes, neighbours in their order."""
    done = np.zeros(len(at), np.bool_)
    friends = np.zeros(len(start) - 1, np.int32)
    ends, members = [0], [np.int32(0)]
    members.pop()
    for i in range(len(start) - 1):
        for t in range(start[i], start[i + 1]):
            if done[t] or at[t] < i:
                continue
            group = _grown(start, at, i, at[t], friends)
            for a in group:
                friends[at[start[a] : start[a + 1]]] = 0
                places = start[a] + np.searchsorted(at[start[a] : start[a + 1]], group[group != a])
                done[places] = True
            members.extend(group)
            ends.append(len(members))
    return np.array(ends), np.array(members)


@kernel
def _grown(start: Longs, at: Ints, first: int, second: int, friends: Ints) -> Ints:
    """A clashing pair and all that clash with everybody in the group so far; `friends` counts with how many."""
    group = [np.int32(first), np.int32(second)]
    friends[at[start[first] : start[first + 1]]] += np.int32(1)
    friends[at[start[second] : start[second + 1]]] += np.int32(1)
    for v in at[start[first] : start[first + 1]]:
        if friends[v] == len(group):
            group.append(v)
            friends[at[start[v] : start[v + 1]]] += np.int32(1)
    return np.array(group)

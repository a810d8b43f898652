"""Proof by cases: no site of a compact group is open, or at least one is; each case is bounded and most are dropped.

A case is a max-cover problem again: "none" takes the group's columns away, "at least one" is one more rule. A group
whose shares sum up to about a half splits the relaxation better than a single site among many that overlap.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse

from civicreach.siting.clock import Clock
from civicreach.siting.cover_bound import Bound, relax
from civicreach.siting.cover_rows import Cover, Longs, decided, groups, pattern, touched

Floats = npt.NDArray[np.float64]

ABREAST = 4
"""Cases split at a time, whatever the number of threads: the answer must not depend on the machine."""
STEPS = 600
MASS = 0.55
WIDEST = 60
"""The most sites in a group."""


@dataclass(frozen=True, eq=False)
class Case:
    """Sites (columns of the core) that may still open, those that are, and groups that must hold an open one.

    `x` and `u` are where the bound of the case before ended, on all columns and places of the core.
    """

    free: Longs
    opened: Longs
    wanted: tuple[Longs, ...]
    x: npt.NDArray[np.float32]
    u: npt.NDArray[np.float32]
    most: int


@dataclass(eq=False)
class Tree:
    """What the branching has found: `value` (None: no plan yet) of the plan `opened` (columns), bound and cases."""

    value: int | None
    opened: Longs
    most: int
    nodes: int = 0
    waiting: list[tuple[int, int, Case]] = field(default_factory=list)


Offer = Callable[[Longs], tuple[int, Longs] | None]
"""Makes a plan out of sites to begin with: its value and sites (columns)."""


def first_case(core: Cover, root: Bound) -> Case:
    """Everything is open to decision."""
    return Case(
        np.arange(len(core.ids)),
        np.zeros(0, np.int64),
        (),
        root.x.astype(np.float32),
        root.u[: len(core.weight)].astype(np.float32),
        root.most,
    )


def branch(
    core: Cover,
    root: Bound,
    *,
    known: int | None,
    clock: Clock,
    threads: ThreadPoolExecutor,
    polish: Offer,
    told: Callable[[Tree], None],
    most_nodes: int | None = None,
) -> Tree:
    """Split the most promising cases until none can hold a better plan, or time is over.

    `known` is the value of the best plan so far; `polish` is called in this thread with the best of each round's
    roundings, `told` after each round.
    """
    tree = Tree(known, np.zeros(0, np.int64), root.most)
    tick = itertools.count()
    heapq.heappush(tree.waiting, (-root.most, next(tick), first_case(core, root)))
    while tree.waiting and not clock.over() and (most_nodes is None or tree.nodes < most_nodes):
        goal = _goal(core, tree.value)
        halves = [half for case in _best_cases(tree, goal) for half in _split(core, case)]
        look = partial(_bounded, core, goal=goal, clock=clock)
        done = list(threads.map(look, halves))
        tree.nodes += len(halves)
        for case, _ in done:
            if case is not None:
                heapq.heappush(tree.waiting, (-case.most, next(tick), case))
        plans = [plan for _, found in done for plan in found]
        if plans:
            better = polish(max(plans, key=lambda plan: plan[0])[1])
            plans += [] if better is None else [better]
        for value, opened in plans:
            if tree.value is None or value > tree.value:
                tree.value, tree.opened = value, opened
        tree.most = -tree.waiting[0][0] if tree.waiting else core.constant
        told(tree)
    tree.waiting = [one for one in tree.waiting if one[2].most >= _goal(core, tree.value)]
    heapq.heapify(tree.waiting)
    best = core.constant if tree.value is None else tree.value
    tree.most = max(best, -tree.waiting[0][0]) if tree.waiting else best
    return tree


def _best_cases(tree: Tree, goal: int) -> list[Case]:
    """The most promising cases, taken out of the tree."""
    cases: list[Case] = []
    while tree.waiting and len(cases) < ABREAST:
        case = heapq.heappop(tree.waiting)[2]
        if case.most >= goal:
            cases.append(case)
    return cases


def _goal(core: Cover, value: int | None) -> int:
    """The least value that would be better."""
    return core.constant if value is None else value + core.step


def left_open(cover: Cover, bound: Bound, goal: int) -> tuple[Longs, Longs]:
    """Sites (columns) that a plan worth `goal` may open, and those that it must, by what their change would cost."""
    earned = np.maximum(bound.earned, 0)
    need = (goal - cover.constant) * bound.parts
    every = np.arange(len(earned))
    if cover.new >= len(earned):
        return every, every[bound.scaled - earned < need]
    order = np.argsort(-earned, kind="stable")
    last, next_one = int(earned[order[cover.new - 1]]), int(earned[order[cover.new]])
    inside = np.zeros(len(earned), bool)
    inside[order[: cover.new]] = True
    may = inside | (bound.scaled + bound.earned - last >= need)
    must = inside & (bound.scaled - earned + next_one < need)
    return every[may & ~must], every[must]


def _at(core: Cover, case: Case) -> Cover | None:
    """The problem of a case, with its groups as rules."""
    asked = [group for group in case.wanted if not np.isin(group, case.opened).any()]
    if asked:
        more = groups(asked, len(core.ids))
        core = replace(
            core,
            rules=pattern(sparse.vstack([core.rules, more])),
            least=np.concatenate([core.least, np.ones(len(asked), np.int64)]),
            most=np.concatenate([core.most, np.full(len(asked), len(core.ids))]),
        )
    return decided(replace(core, ids=np.arange(len(core.ids)), opened=np.zeros(0, np.int64)), case.free, case.opened)


def _bounded(core: Cover, case: Case, *, goal: int, clock: Clock) -> tuple[Case | None, list[tuple[int, Longs]]]:
    """A case with its bound (None: nothing better in it), and plans met on the way."""
    here = _at(core, case)
    if here is None:
        return None, []
    if here.new == 0 or not len(here.ids):
        return None, [(here.constant, here.opened)]
    if len(here.ids) <= here.new and not (here.rules.sum(axis=1) > here.most).any():
        return None, [(here.constant + here.total, np.concatenate([here.opened, here.ids]))]
    places = _places(core, here)
    found = relax(
        here,
        goal=goal,
        steps=STEPS,
        clock=clock,
        x=case.x[here.ids].astype(np.float64),
        u=_prices(here, case.u[places]),
    )
    most = min(case.most, found.most)
    if most < goal:
        return None, []
    plans = _rounded(here, found)
    free, must = left_open(here, found, goal)
    x, u = np.zeros_like(case.x), case.u.copy()
    x[here.ids], x[here.opened] = found.x, 1.0
    u[places] = found.u[: len(places)]
    opened = np.concatenate([here.opened, here.ids[must]])
    left = Case(here.ids[free], opened, case.wanted, x, u, most)
    if not len(free):  # all is decided: only to be counted
        counted = _bounded(core, left, goal=goal, clock=clock)
        return counted[0], plans + counted[1]
    return left, plans


def _places(core: Cover, here: Cover) -> Longs:
    """The core's places that are still in the problem of a case, in its order."""
    alive = touched(core.sites, here.ids) & ~touched(core.sites, here.opened) & (core.weight > 0)
    return np.flatnonzero(alive)


def _prices(here: Cover, u: npt.NDArray[np.float32]) -> Floats:
    """Prices to start from: as before for places, something for lower limits, nothing for upper ones."""
    wanted, limited = (here.least > 0).sum(), (here.most < here.rules.sum(axis=1)).sum()
    usual = here.total / max(here.new, 1) / 20
    return np.concatenate([u.astype(np.float64), np.full(wanted, usual), np.zeros(limited)])


def _rounded(here: Cover, found: Bound) -> list[tuple[int, Longs]]:
    """The sites of the largest shares as a plan, if the rules let them be one."""
    chosen = np.argsort(-found.x, kind="stable")[: here.new]
    held = here.rules[:, chosen].sum(axis=1)
    if (held < here.least).any() or (held > here.most).any():
        return []
    value = here.constant + int(here.weight[touched(here.sites, chosen)].sum())
    return [(value, np.concatenate([here.opened, here.ids[chosen]]))]


def _split(core: Cover, case: Case) -> tuple[Case, Case]:
    """The case without a group of sites, and with at least one of them."""
    group = _group(core, case)
    return (
        replace(case, free=np.setdiff1d(case.free, group)),
        replace(case, wanted=(*case.wanted, group))
        if len(group) > 1
        else replace(case, free=np.setdiff1d(case.free, group), opened=np.append(case.opened, group)),
    )


def _group(core: Cover, case: Case) -> Longs:
    """Sites around an undecided one that share most with it and have together about half a share."""
    share = case.x[case.free].astype(np.float64)
    doubt = np.minimum(share, 1 - share)
    best, chosen = np.inf, case.free[np.argsort(-share, kind="stable")[:1]]
    for a in np.argsort(-doubt, kind="stable")[:12] if doubt.max() > 1e-3 else ():
        near = _near(core, case, int(case.free[a]))
        mass = np.cumsum(case.x[near].astype(np.float64))
        k = int(np.argmin(np.abs(mass - MASS)))
        score = abs(mass[k] - MASS) + 0.004 * (k + 1)
        if score < best:
            best, chosen = score, near[: k + 1]
    if any(np.isin(group, chosen).all() for group in case.wanted):
        return case.free[np.argsort(-share, kind="stable")[:1]]
    return np.sort(chosen)


def _near(core: Cover, case: Case, site: int) -> Longs:
    """Free sites that share the most weight with a site, itself first."""
    places = core.sites[[site]].indices
    shared = core.sites[case.free][:, places] @ core.weight[places]
    own = case.free == site
    order = np.lexsort((case.free, -shared, ~own))
    return case.free[order][: min(WIDEST, max(1, int((shared > 0).sum())))]

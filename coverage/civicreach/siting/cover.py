"""MCLP: open so many sites that most people are covered (Church and ReVelle 1974), with a bound on every better plan.

Equal places are merged, a local search finds plans, prices of places bound all others, sites that no better plan can
use are dropped, and what is left is proven by cases. Existing sites, quotas and spacing are part of all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from civicreach.errors import InputError
from civicreach.reach._numba import thread_count
from civicreach.siting.clock import Clock
from civicreach.siting.cover_bound import Bound, relax
from civicreach.siting.cover_branch import Tree, branch, left_open
from civicreach.siting.cover_rows import (
    Cover,
    Flags,
    Longs,
    Pattern,
    decided,
    merged,
    pattern,
    problem,
    undominated,
    value_of,
)
from civicreach.siting.cover_search import Searcher
from civicreach.siting.found import Found, Quota, Step

Floats = npt.NDArray[np.float64]

ROUNDS = 3
"""Rounds of the search between two looks at whether it still gains."""
PATIENCE = 3
MOST_LOOKS = 20
ROOT_STEPS = 2400


@dataclass(eq=False)
class _Work:
    """The search as it stands: best plan (positions in the caller's problem), its value, the bound."""

    whole: Cover
    xy: Floats | None
    clock: Clock
    seed: int
    value: int | None = None
    opened: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    bound: int = 0
    exhausted: bool = False
    nodes: int = 0
    history: list[Step] = field(default_factory=list)

    @property
    def goal(self) -> int:
        """The least value that would be better than the best plan."""
        return self.whole.constant if self.value is None else self.value + self.whole.step

    def note(self) -> None:
        """Put the present figures into the history if they changed."""
        last = self.history[-1] if self.history else None
        if last is None or (last.value, last.bound) != (self.value, float(self.bound)):
            self.history.append(Step(self.clock.spent(), self.value, float(self.bound)))

    def take(self, value: int | None, opened: Longs) -> bool:
        """Keep a better plan."""
        if value is None or (self.value is not None and value <= self.value):
            return False
        self.value, self.opened = value, np.sort(opened)
        self.bound = max(self.bound, value)
        return True

    def lower(self, bound: int) -> None:
        """Keep a lower bound; never below the best plan."""
        self.bound = max(min(self.bound, bound), self.value or 0)
        self.note()

    def exhaust(self) -> None:
        """No plan is better than the best one, or there is none."""
        self.exhausted = True
        self.lower(self.value or 0)


def best_cover(
    sites: Pattern,
    weight: Longs,
    *,
    new: int,
    open_: Flags,
    allowed: Flags,
    quotas: Sequence[Quota] = (),
    clash: Pattern | None = None,
    xy: Floats | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> Found:
    """At most `new` sites beside those that stay, so that the most weight is covered.

    `sites` (m x n, sparse) says which places a site covers, `weight` (n,) what they weigh in whole units; `open_` (m,)
    stay open, `allowed` (m,) may open, `clash` (m x m, sparse) are pairs that can't both be open, `xy` (m, 2) helps the
    search. Sites that would add nothing are left out. With time enough the plan is proven and depends on the seed
    alone; otherwise it is the best so far with its bound.

    Raises InputError where no plan keeps the rules, or none was found in time.
    """
    clock = Clock() if clock is None else clock
    weight = np.ascontiguousarray(weight, dtype=np.int64)
    if (weight < 0).any() or int(weight.sum()) >= 2**53:
        raise InputError("weights must be whole numbers from 0 on that sum up to less than 2**53")
    open_, allowed = np.asarray(open_, bool), np.asarray(allowed, bool)
    whole = problem(sites, weight, int(new), open_, allowed, quotas, clash)
    if whole is None:
        raise InputError("no plan keeps the rules")
    work = _Work(merged(whole), xy, clock, seed, bound=whole.constant + whole.total)
    with ThreadPoolExecutor(thread_count()) as threads:
        try:
            _solve(work, threads)
        except KeyboardInterrupt:
            clock.interrupted = True  # threads that still work end at their next look at the clock
    if work.value is None:
        late = f"no plan that keeps the rules was found in {clock.spent():.0f} s; give it more time"
        raise InputError("no plan keeps the rules" if work.exhausted else late)
    return _found(work, pattern(sites), weight, np.flatnonzero(open_), quotas)


def _solve(work: _Work, threads: ThreadPoolExecutor) -> None:
    """All steps; the figures in `work` are true at any moment."""
    core = undominated(work.whole)
    if _is_settled(work, core):
        return work.exhaust()
    _search(work, core, threads, 1)
    for looks in (MOST_LOOKS, 2):
        root = relax(core, goal=work.goal, steps=ROOT_STEPS, clock=work.clock)
        work.lower(root.most)
        gained = root.most >= work.goal and _search(work, core, threads, looks)
        if root.most < work.goal:
            return work.exhaust()
        if work.clock.over():
            return None
        smaller = _smaller(core, root, work.goal)
        if smaller is None or _is_settled(work, smaller):
            return work.exhaust()
        core, before = smaller, core
        if not gained or len(core.ids) > 0.98 * len(before.ids):
            break
    return _prove(work, core, threads)


def _smaller(core: Cover, root: Bound, goal: int) -> Cover | None:
    """The problem on what a better plan may still use; None where there is no better plan."""
    smaller = decided(core, *left_open(core, root, goal))
    return None if smaller is None else undominated(merged(smaller))


def _is_settled(work: _Work, core: Cover) -> bool:
    """Whether nothing is left to choose: then the plan that remains is taken."""
    free = len(core.ids)
    if core.new and free and (free > core.new or (core.rules.sum(axis=1) > core.most).any()):
        return False
    chosen = core.ids if core.new else core.ids[:0]
    work.take(core.constant + (core.total if len(chosen) else 0), np.concatenate([core.opened, chosen]))
    return True


def _search(work: _Work, core: Cover, threads: ThreadPoolExecutor, looks: int) -> bool:
    """Look for plans as long as it pays; whether a better one was found."""
    searcher = Searcher(core, None if work.xy is None else work.xy[core.ids], seed=work.seed + 10007 * looks)
    known = np.flatnonzero(np.isin(core.ids, work.opened))
    if len(known):
        searcher.begin(known)
    gained, idle = False, 0
    for _ in range(looks):
        searcher.walk(ROUNDS, work.clock, threads)
        better = work.take(searcher.value, np.concatenate([core.opened, core.ids[searcher.open]]))
        gained, idle = gained or better, 0 if better else idle + 1
        work.note()
        if idle >= PATIENCE or work.clock.over() or work.value == work.bound:
            break
        searcher.exchange()
    return gained


def _prove(work: _Work, core: Cover, threads: ThreadPoolExecutor) -> None:
    """Bound the core by cases until no better plan is left, or time is over."""
    root = relax(core, goal=work.goal, steps=ROOT_STEPS // 3, clock=work.clock)
    work.lower(root.most)
    if root.most < work.goal:
        return work.exhaust()
    searcher = Searcher(core, None if work.xy is None else work.xy[core.ids], seed=work.seed + 1, walkers=2)

    def polish(chosen: Longs) -> tuple[int, Longs] | None:
        searcher.begin(chosen)
        better = searcher.walk(1, work.clock, threads)
        return (searcher.value, searcher.open) if better and searcher.value is not None else None

    def told(tree: Tree) -> None:
        work.nodes = tree.nodes
        work.take(tree.value, np.concatenate([core.opened, core.ids[tree.opened]]))
        work.lower(tree.most)

    tree = branch(core, root, known=work.value, clock=work.clock, threads=threads, polish=polish, told=told)
    told(tree)
    return work.exhaust() if not tree.waiting else None


def _found(work: _Work, sites: Pattern, weight: Longs, stays: Longs, quotas: Sequence[Quota]) -> Found:
    """The answer in the caller's terms, counted again from the problem as it was given."""
    opened = np.union1d(stays, _useful(sites, weight, work.opened, stays, quotas))
    value = value_of(sites, weight, opened)
    if value != work.value:
        raise RuntimeError(f"the plan covers {value}, not {work.value} as the search says")
    proven = work.bound < work.goal
    bound = value if proven else work.bound
    return Found(opened, value, float(bound), proven, work.nodes, tuple(work.history), "most")


def _useful(sites: Pattern, weight: Longs, opened: Longs, stays: Longs, quotas: Sequence[Quota]) -> Longs:
    """The opened sites without those that cover nothing by themselves and that no quota needs."""
    count = sites[np.union1d(stays, opened)].sum(axis=0)
    left = set(np.union1d(stays, opened).tolist())
    sets = [(set(quota.sites.tolist()), quota.least) for quota in quotas if quota.least > 0]
    kept = []
    for j in opened.tolist():
        places = sites[[j]].indices
        spare = not ((count[places] == 1) & (weight[places] > 0)).any()
        if spare and all(j not in group or len(group & left) > least for group, least in sets):
            count[places] -= 1
            left.discard(j)
        else:
            kept.append(j)
    return np.array(kept, dtype=np.int64)

"""Good plans quickly: close some sites near each other, open others, and keep what is better (iterated local search).

Nothing here proves anything. Every walker has its own random numbers, so that threads don't change what is found.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import sparse

from civicreach.siting.clock import Clock
from civicreach.siting.cover_moves import Task, Walker, first_gains, go_to, walk
from civicreach.siting.cover_rows import Cover, Longs, pattern

Floats = npt.NDArray[np.float64]

WALKERS = 4
KICKS = 25
"""Kicks of a walker before it looks at the clock."""
WARMTH = (2e-4, 1e-3, 5e-5, 2e-4)
"""How much worse, as a share, a walker lets a plan become before it turns back."""


class Searcher:
    """Walkers on one problem; `value`, with the constant, and `open` (columns) are the best plan that keeps the rules.

    `value` is None as long as no such plan was met.
    """

    def __init__(self, cover: Cover, xy: Floats | None, *, seed: int, walkers: int = WALKERS) -> None:
        wanted = np.flatnonzero(cover.least > 0)
        self.cover = cover
        self.heavy = cover.total + 1
        self.offset = self.heavy * int(cover.least[wanted].sum())
        self.task = _task(cover, wanted, self.heavy, xy)
        slots = max(1, min(cover.new, len(cover.ids)))
        self.walkers = [_walker(self.task, slots, seed * 1009 + number) for number in range(walkers)]
        self.value: int | None = None
        self.open = np.zeros(0, np.int64)

    def walk(self, rounds: int, clock: Clock, threads: ThreadPoolExecutor) -> bool:
        """Some rounds of kicks by all walkers; whether a better plan was found."""
        if self.cover.new == 0 or len(self.cover.ids) == 0:
            return self._take(np.zeros(0, np.int64), -self.offset if self.offset else 0)
        better = False
        for _ in range(rounds):
            list(threads.map(self._kicks, range(len(self.walkers))))
            for walker in self.walkers:
                better |= self._take(walker.best, int(walker.totals[1]) - self.offset)
            if clock.over():
                break
        return better

    def _kicks(self, number: int) -> None:
        walk(self.task, self.walkers[number], KICKS, WARMTH[number % len(WARMTH)], self.offset)

    def exchange(self) -> None:
        """The walker whose best plan is the worst goes on from the best plan of all."""
        values = [int(walker.totals[1]) for walker in self.walkers]
        worst, best = int(np.argmin(values)), int(np.argmax(values))
        if values[worst] < values[best]:
            self.begin(self.walkers[best].best, worst)

    def begin(self, opened: Longs, number: int = 0) -> None:
        """Let a walker start from some open sites (columns); those beyond its slots are left out."""
        slots = np.full(len(self.walkers[number].now), -1)
        chosen = opened[: len(slots)]
        slots[: len(chosen)] = chosen
        go_to(self.task, self.walkers[number], slots)
        self.walkers[number].awake[:] = True

    def elites(self) -> list[Longs]:
        """The good plans met, best first, each once."""
        seen: dict[bytes, tuple[int, Longs]] = {}
        for walker in self.walkers:
            for value, slots in zip(walker.elite_value.tolist(), walker.elite, strict=True):
                if value >= self.offset and value >= 0:
                    plan = np.unique(slots[slots >= 0])
                    seen.setdefault(plan.tobytes(), (value, plan))
        return [plan for _, plan in sorted(seen.values(), key=lambda pair: (-pair[0], pair[1].tolist()))]

    def _take(self, slots: Longs, covered: int) -> bool:
        if covered < 0 or (self.value is not None and covered + self.cover.constant <= self.value):
            return False
        self.value, self.open = covered + self.cover.constant, np.unique(slots[slots >= 0])
        return True


def _task(cover: Cover, wanted: Longs, heavy: int, xy: Floats | None) -> Task:
    """The problem for the kernels."""
    has = pattern(sparse.hstack([cover.sites, cover.rules[wanted].T]))
    back = pattern(has.T)
    limits = np.flatnonzero(cover.most < cover.rules.sum(axis=1))
    members = cover.rules[limits]
    under = pattern(members.T)
    where = np.zeros((0, 2)) if xy is None else xy
    return Task(
        has.indptr.astype(np.int64),
        has.indices.astype(np.int32),
        back.indptr.astype(np.int64),
        back.indices.astype(np.int32),
        np.concatenate([cover.weight, np.full(len(wanted), heavy)]),
        np.concatenate([np.ones(len(cover.weight)), cover.least[wanted]]).astype(np.int32),
        under.indptr.astype(np.int64),
        under.indices.astype(np.int32),
        members.indptr.astype(np.int64),
        members.indices.astype(np.int32),
        cover.most[limits],
        np.ascontiguousarray(where[:, 0], dtype=np.float64),
        np.ascontiguousarray(where[:, 1], dtype=np.float64),
    )


def _walker(task: Task, slots: int, seed: int) -> Walker:
    """A walker with all sites closed."""
    count = len(task.start) - 1
    empty = np.full(slots, -1)
    walker = Walker(
        empty, empty.copy(), empty.copy(), np.full((6, slots), -1), np.full(6, -1),
        np.zeros(len(task.weight), np.int32), np.zeros(count, np.int64), np.zeros(count, np.int32),
        np.zeros(len(task.most), np.int64), np.ones(slots, bool), np.zeros(slots),
        np.array([0, -1, -1, 0]), np.random.default_rng(seed).integers(1, 2**63, 1).astype(np.uint64),
    )  # fmt: skip
    first_gains(task, walker)
    return walker

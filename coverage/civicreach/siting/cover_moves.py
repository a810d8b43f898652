"""The moves of the local search: opening, closing and swapping sites with all gains kept up to date."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from civicreach.reach._numba import kernel
from civicreach.siting.cover_rows import Flags, Ints, Longs

Floats = npt.NDArray[np.float64]

NEAR = 8
"""How many open sites around a change are examined again."""


class Task(NamedTuple):
    """What sites cover, in both directions: places first, then lower limits as places that want `need` sites.

    `limit_start`, `limit` are the upper limits that a site falls under, `member_start`, `member` the sites under one.
    """

    start: Longs
    row: Ints
    begin: Longs
    site: Ints
    weight: Longs
    need: Ints
    limit_start: Longs
    limit: Ints
    member_start: Longs
    member: Ints
    most: Longs
    x: Floats
    y: Floats


class Walker(NamedTuple):
    """A plan in `slots` sites (-1: empty), what every site would gain, and the best plan so far.

    `totals` are value, best value, value to return to, kicks without a gain; `seen` counts the open
    sites of a row, `blocked` reasons not to open a site.
    """

    now: Longs
    best: Longs
    back: Longs
    elite: Longs
    elite_value: Longs
    seen: Ints
    gain: Longs
    blocked: Ints
    held: Longs
    awake: Flags
    far: Floats
    totals: Longs
    dice: npt.NDArray[np.uint64]


@kernel
def first_gains(task: Task, walker: Walker) -> None:
    """What each site covers when nothing is open; upper limits of 0 block at once."""
    for j in range(len(walker.gain)):
        for t in range(task.start[j], task.start[j + 1]):
            walker.gain[j] += task.weight[task.row[t]]
        for t in range(task.limit_start[j], task.limit_start[j + 1]):
            if task.most[task.limit[t]] <= 0:
                walker.blocked[j] += 1


@kernel
def _random(dice: npt.NDArray[np.uint64]) -> float:
    """The next number in [0, 1) of a xorshift generator (Marsaglia 2003)."""
    s = dice[0]
    s ^= s << np.uint64(13)
    s ^= s >> np.uint64(7)
    s ^= s << np.uint64(17)
    dice[0] = s
    return float(s >> np.uint64(11)) / 9007199254740992.0


@kernel
def _open(task: Task, walker: Walker, j: int) -> None:
    """Open a site: rows that get what they need gain no other site any more."""
    for t in range(task.start[j], task.start[j + 1]):
        i = task.row[t]
        walker.seen[i] += 1
        if walker.seen[i] <= task.need[i]:
            walker.totals[0] += task.weight[i]
            if walker.seen[i] == task.need[i]:
                for s in range(task.begin[i], task.begin[i + 1]):
                    walker.gain[task.site[s]] -= task.weight[i]
    walker.blocked[j] += 1
    for t in range(task.limit_start[j], task.limit_start[j + 1]):
        g = task.limit[t]
        walker.held[g] += 1
        if walker.held[g] == task.most[g]:
            for s in range(task.member_start[g], task.member_start[g + 1]):
                walker.blocked[task.member[s]] += 1


@kernel
def _close(task: Task, walker: Walker, j: int) -> int:
    """Close a site; returns what is lost."""
    before = walker.totals[0]
    for t in range(task.start[j], task.start[j + 1]):
        i = task.row[t]
        if walker.seen[i] <= task.need[i]:
            walker.totals[0] -= task.weight[i]
            if walker.seen[i] == task.need[i]:
                for s in range(task.begin[i], task.begin[i + 1]):
                    walker.gain[task.site[s]] += task.weight[i]
        walker.seen[i] -= 1
    walker.blocked[j] -= 1
    for t in range(task.limit_start[j], task.limit_start[j + 1]):
        g = task.limit[t]
        if walker.held[g] == task.most[g]:
            for s in range(task.member_start[g], task.member_start[g + 1]):
                walker.blocked[task.member[s]] -= 1
        walker.held[g] -= 1
    lost: int = before - walker.totals[0]
    return lost


@kernel
def _pick(walker: Walker, noise: float) -> int:
    """The closed site that gains most, give or take some noise; -1 where none gains."""
    best, found = 0.0, -1
    for j in range(len(walker.gain)):
        if walker.gain[j] > best and walker.blocked[j] == 0:
            gain = float(walker.gain[j])
            if noise > 0.0:
                gain *= 1.0 - noise * _random(walker.dice)
            if gain > best:
                best, found = gain, j
    return found


@kernel
def _order_around(task: Task, walker: Walker, j: int) -> Longs:
    """The slots, nearest to a site first, empty ones before all."""
    for q in range(len(walker.now)):
        c = walker.now[q]
        walker.far[q] = -1.0 if c < 0 else (task.x[c] - task.x[j]) ** 2 + (task.y[c] - task.y[j]) ** 2
    return np.argsort(walker.far, kind="mergesort")


@kernel
def _wake(task: Task, walker: Walker, j: int) -> None:
    """The open sites next to a change must be examined again."""
    if len(task.x) == 0 or j < 0:
        walker.awake[:] = True
        return
    for q in _order_around(task, walker, j)[:NEAR]:
        walker.awake[q] = True


@kernel
def go_to(task: Task, walker: Walker, slots: Longs) -> None:
    """Make this plan the present one and the one to return to; who was asleep stays so."""
    for q in range(len(slots)):
        if walker.now[q] >= 0 and walker.now[q] != slots[q]:
            _close(task, walker, walker.now[q])
            walker.now[q] = -1
    for q in range(len(slots)):
        if walker.now[q] != slots[q] and walker.blocked[slots[q]] == 0:
            walker.now[q] = slots[q]
            _open(task, walker, slots[q])
    walker.back[:] = walker.now
    walker.totals[2] = walker.totals[0]


@kernel
def _settle(task: Task, walker: Walker) -> None:
    """Move sites that are awake, in random order, as long as a move gains."""
    slots = len(walker.now)
    todo = np.empty(slots, np.int64)
    while True:
        k = 0
        for q in range(slots):
            if walker.awake[q]:
                todo[k] = q
                k += 1
        if k == 0:
            return
        q = todo[int(_random(walker.dice) * k)]
        walker.awake[q] = False
        old = walker.now[q]
        lost = _close(task, walker, old) if old >= 0 else 0
        new = _pick(walker, 0.0)
        if new < 0 or walker.gain[new] <= lost:
            new = old
        walker.now[q] = new
        if new >= 0:
            _open(task, walker, new)
        if new != old:
            _wake(task, walker, old)
            _wake(task, walker, new)


@kernel
def _kick(task: Task, walker: Walker) -> None:
    """Close a few sites, mostly neighbours, and open as many others with some noise."""
    slots = len(walker.now)
    most = min(slots, 2 + int(_random(walker.dice) * max(1, min(slots - 1, max(3, slots // 8)))))
    centre = walker.now[int(_random(walker.dice) * slots)]
    if _random(walker.dice) < 0.33 or centre < 0 or len(task.x) == 0:
        order = np.arange(slots)
        for a in range(most):
            b = a + int(_random(walker.dice) * (slots - a))
            order[a], order[b] = order[b], order[a]
    else:
        order = _order_around(task, walker, centre)
    closed = walker.now[order[:most]].copy()
    for a in range(most):
        if closed[a] >= 0:
            _close(task, walker, closed[a])
            walker.now[order[a]] = -1
    noise = 0.1 + 0.4 * _random(walker.dice)
    for a in range(most):
        j = _pick(walker, noise)
        if j >= 0:
            walker.now[order[a]] = j
            _open(task, walker, j)
        if closed[a] >= 0:
            _wake(task, walker, closed[a])
        if j >= 0:
            _wake(task, walker, j)


@kernel
def _remember(walker: Walker) -> None:
    """Keep the plan if it is among the best of different values."""
    value, worst = walker.totals[0], 0
    for e in range(len(walker.elite_value)):
        if walker.elite_value[e] == value:
            return
        if walker.elite_value[e] < walker.elite_value[worst]:
            worst = e
    if value > walker.elite_value[worst]:
        walker.elite_value[worst] = value
        walker.elite[worst, :] = walker.now


@kernel
def walk(task: Task, walker: Walker, kicks: int, warmth: float, offset: int) -> None:
    """Some kicks, each followed by moves; the first time a greedy plan is made instead."""
    totals, slots = walker.totals, len(walker.now)
    for _ in range(kicks):
        if totals[1] < 0:
            for q in range(slots):
                if walker.now[q] < 0:
                    j = _pick(walker, 0.0)
                    if j >= 0:
                        walker.now[q] = j
                        _open(task, walker, j)
            walker.awake[:] = True
        else:
            _kick(task, walker)
        _settle(task, walker)
        _remember(walker)
        totals[3] += 1
        if totals[0] > totals[1]:
            totals[1], totals[3] = totals[0], 0
            walker.best[:] = walker.now
        loss = float(totals[0] - totals[2]) / (warmth * max(1.0, float(totals[1] - offset)))
        if loss >= 0.0 or _random(walker.dice) < np.exp(max(loss, -50.0)):
            totals[2] = totals[0]
            walker.back[:] = walker.now
            continue
        if totals[3] > 200 + 2 * slots:
            totals[3] = 0
            e = int(_random(walker.dice) * len(walker.elite_value))
            go_to(task, walker, walker.elite[e] if walker.elite_value[e] >= 0 else walker.best)
        else:
            go_to(task, walker, walker.back)

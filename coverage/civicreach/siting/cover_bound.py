"""How much the best plan can cover at most: the linear relaxation by a first-order method, checked in whole numbers.

Each place has a price between 0 and its weight: what covering it is worth to the sites. A plan of k sites covers at
most what is not priced, plus what the k sites of the highest sums earn (Lagrange). That holds for any prices at all, so
they may come from floating point (primal-dual hybrid gradient, Chambolle and Pock 2011, with the restarts of Applegate
and others 2021): they are rounded to whole parts of a unit and the bound is summed up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from civicreach.reach._numba import kernel
from civicreach.siting.clock import Clock
from civicreach.siting.cover_rows import Cover, Ints, Longs, pattern

Floats = npt.NDArray[np.float64]

ROUND = 20
"""Steps between two looks at the bound."""
LARGEST = 2**61
"""No sum in the exact bound is larger."""


class Program(NamedTuple):
    """Rows are places, then lower limits, then upper limits; prices lie in [low, high], `right` is a row's limit.

    `start`, `row` list the rows of a site, `begin`, `site` the sites of a row; `scale` (rows) and `pull` (sites) are
    the lengths of steps. Weights are in parts of their mean.
    """

    start: Longs
    row: Ints
    begin: Longs
    site: Ints
    low: Floats
    high: Floats
    right: Floats
    scale: Floats
    pull: Floats
    room: int


class Point(NamedTuple):
    """Where the method is: shares of sites, prices, what sites earn; sums of both since the last start."""

    x: Floats
    u: Floats
    earned: Floats
    x_sum: Floats
    u_sum: Floats


@dataclass(frozen=True, eq=False)
class Bound:
    """No plan covers more than `most`, in whole units with the constant; `x` (sites), `u` (rows) are near the optimum.

    `scaled` is the same bound in parts of a unit before it is rounded down, without the constant, and `earned` what
    sites earn in those parts: from both follows which sites a better plan must open or leave.
    """

    most: int
    x: Floats
    u: Floats
    scaled: int
    earned: Longs
    parts: int


def program(cover: Cover) -> tuple[Program, float]:
    """The relaxation for the kernels, and the weight that counts as 1."""
    n = len(cover.weight)
    wanted, limited = np.flatnonzero(cover.least > 0), np.flatnonzero(cover.most < cover.rules.sum(axis=1))
    by_site = pattern(sparse.hstack([cover.sites, cover.rules[wanted].T, cover.rules[limited].T]))
    by_row = pattern(by_site.T)
    unit = float(cover.weight.mean()) if n else 1.0
    weight = cover.weight / unit
    total = max(float(weight.sum()), 1.0)
    usual = total / max(cover.new, 1) / 4
    low = np.concatenate([np.zeros(n + len(wanted)), np.full(len(limited), -total)])
    high = np.concatenate([weight, np.full(len(wanted), total), np.zeros(len(limited))])
    right = np.concatenate([np.ones(n), cover.least[wanted], cover.most[limited]]).astype(np.float64)
    scale = np.concatenate([weight, np.full(len(wanted) + len(limited), usual)])
    pull = 1.0 / np.maximum(by_site @ scale, 1e-9)
    return (
        Program(
            by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32),
            by_row.indptr.astype(np.int64), by_row.indices.astype(np.int32),
            low, high, right, scale, pull, cover.new,
        ),
        unit,
    )  # fmt: skip


def exact(cover: Cover, task: Program, price: Floats) -> tuple[int, int, Longs, int]:
    """The bound of some prices (in weights): in units with the constant, in parts without it, earnings, parts.

    A part is so small a share of a unit that no sum leaves 64 bits.
    """
    amount = float(np.abs(price).sum()) + float(cover.weight.sum()) + 1.0
    parts = 2 ** max(0, min(20, int(np.log2(LARGEST / (amount * (cover.new + 1))))))
    n = len(cover.weight)
    whole = np.rint(price * parts).astype(np.int64)
    whole[:n] = np.clip(whole[:n], 0, cover.weight * parts)
    lower = task.high[n:] > 0
    whole[n:] = np.where(lower, np.maximum(whole[n:], 0), np.minimum(whole[n:], 0))
    earned = np.zeros(len(task.pull), np.int64)
    _earnings(task.start, task.row, whole, earned)
    best = np.maximum(earned, 0)
    if cover.new < len(best):
        best = np.partition(best, len(best) - cover.new - 1)[len(best) - cover.new :]
    unpriced = cover.total * parts - int((whole * task.right.astype(np.int64)).sum())
    scaled = unpriced + int(best.sum())
    step = cover.step
    return cover.constant + scaled // parts // step * step, scaled, earned, parts


def relax(
    cover: Cover, *, goal: int, steps: int, clock: Clock, x: Floats | None = None, u: Floats | None = None
) -> Bound:
    """The bound after some steps; it ends early once no plan can reach `goal`, or when more steps can't help.

    `x` and `u` (prices in weights) are where to start.
    """
    task, unit = program(cover)
    m, rows = len(task.pull), len(task.high)
    share = np.full(m, min(1.0, cover.new / max(m, 1))) if x is None else x.copy()
    price = 0.5 * (task.low + task.high) if u is None else np.clip(u / unit, task.low, task.high)
    if u is None:
        price[len(cover.weight) :] = 0.0
    at = Point(share, price, np.zeros(m), np.zeros(m), np.zeros(rows))
    target = (goal - cover.constant) / unit
    found = _descend(task, at, target, steps, clock)
    most, scaled, earned, parts = exact(cover, task, found.u * unit)
    return Bound(most, found.x, found.u * unit, scaled, earned, parts)


def _descend(task: Program, at: Point, target: float, steps: int, clock: Clock) -> Point:
    """The best prices met, and the best shares."""
    m, rows = len(task.pull), len(task.high)
    start_x, start_u, spare = at.x.copy(), at.u.copy(), np.zeros(m)
    best, lower, last = np.inf, -np.inf, np.inf
    best_x, best_u = at.x.copy(), at.u.copy()
    weight, count, level = 1.0, 0, 0.0
    _earn(task, at.u, at.earned)
    for _ in range(0, steps, ROUND):
        level = _advance(task, at, spare, weight, level, ROUND)
        count += ROUND
        mean_x, mean_u = at.x_sum / count, at.u_sum / count
        looks = []
        for x, u in ((at.x, at.u), (mean_x, mean_u)):
            upper, reached = _look(task, x, u, spare)
            looks.append(upper - reached)
            if upper < best:
                best, best_u = upper, u.copy()
            if reached > lower:
                lower, best_x = reached, x.copy()
        gap = best - lower
        small = 1e-9 * abs(best)
        if best < target - small or gap < small or (lower > target and gap < 0.05 * (best - target)) or clock.over():
            break
        nearer = int(looks[1] < looks[0])
        if looks[nearer] < 0.6 * last or count >= 400:
            last = looks[nearer]
            if nearer:
                at.x[:], at.u[:] = mean_x, mean_u
            far_x = np.sqrt((np.square(at.x - start_x) / task.pull).sum())
            far_u = np.sqrt((np.square(at.u - start_u) * np.diff(task.begin) / task.scale).sum()) if rows else 0.0
            if far_x > 1e-9 and far_u > 1e-9:
                weight = float(np.sqrt(weight * far_x / far_u))
            start_x[:], start_u[:] = at.x, at.u
            at.x_sum[:], at.u_sum[:] = 0.0, 0.0
            count = 0
            _earn(task, at.u, at.earned)
    return at._replace(x=best_x, u=best_u)


@kernel
def _earnings(start: Longs, row: Ints, price: Longs, earned: Longs) -> None:
    """What each site's rows pay, in whole numbers."""
    for j in range(len(start) - 1):
        for t in range(start[j], start[j + 1]):
            earned[j] += price[row[t]]


@kernel
def _gather(values: Floats, at: Ints, first: int, last: int) -> float:
    """The sum of some values; four at a time, so that an addition needn't wait for the one before."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    t = first
    while t + 4 <= last:
        a += values[at[t]]
        b += values[at[t + 1]]
        c += values[at[t + 2]]
        d += values[at[t + 3]]
        t += 4
    while t < last:
        a += values[at[t]]
        t += 1
    return a + b + (c + d)


@kernel
def _earn(task: Program, u: Floats, earned: Floats) -> None:
    """What sites earn at these prices."""
    for j in range(len(earned)):
        earned[j] = _gather(u, task.row, task.start[j], task.start[j + 1])


@kernel
def _level(y: Floats, pull: Floats, room: int, level: float) -> float:
    """What to take from all, times `pull`, so that the shares, cut to [0, 1], sum up to the room at most."""
    low, high = 0.0, 0.0
    for j in range(len(y)):
        high = max(high, y[j] / pull[j])
    level = min(max(level, low), high)
    for _ in range(60):
        held, slope = 0.0, 0.0
        for j in range(len(y)):
            z = y[j] - level * pull[j]
            if z >= 1.0:
                held += 1.0
            elif z > 0.0:
                held += z
                slope += pull[j]
        if held > room:
            low = level
        else:
            high = level
            if held > room - 1e-9 or level == 0.0:
                break
        level = level + (held - room) / slope if slope > 0.0 else 0.5 * (low + high)
        if not low < level < high:
            level = 0.5 * (low + high)
            if not low < level < high:
                break
    return high


@kernel
def _advance(task: Program, at: Point, new: Floats, weight: float, level: float, steps: int) -> float:
    """Some steps: shares follow the earnings, prices fall where shares cover more than once."""
    x, u, earned = at.x, at.u, at.earned
    for _ in range(steps):
        for j in range(len(x)):
            new[j] = x[j] + weight * task.pull[j] * earned[j]
        level = _level(new, task.pull, task.room, level)
        for j in range(len(x)):
            moved = min(1.0, max(0.0, new[j] - level * task.pull[j]))
            new[j] = 2.0 * moved - x[j]
            x[j] = moved
            at.x_sum[j] += moved
        for i in range(len(u)):
            first, last = task.begin[i], task.begin[i + 1]
            over = _gather(new, task.site, first, last) - task.right[i]
            price = u[i] - task.scale[i] * over / (max(1, last - first) * weight)
            u[i] = min(task.high[i], max(task.low[i], price))
            at.u_sum[i] += u[i]
        for j in range(len(x)):
            earned[j] = _gather(u, task.row, task.start[j], task.start[j + 1])
    return level


@kernel
def _look(task: Program, x: Floats, u: Floats, spare: Floats) -> tuple[float, float]:
    """The bound of the prices, and what the shares cover; rules that they break cost the usual price."""
    upper, reached = 0.0, 0.0
    for i in range(len(u)):
        held = _gather(x, task.site, task.begin[i], task.begin[i + 1])
        upper -= u[i] * task.right[i]
        if task.low[i] < 0.0:
            reached -= task.scale[i] * max(0.0, held - task.right[i])
        elif task.high[i] > task.scale[i]:
            reached -= task.scale[i] * max(0.0, task.right[i] - held)
        else:
            upper += task.high[i]
            reached += task.high[i] * min(1.0, held)
    for j in range(len(x)):
        spare[j] = max(0.0, _gather(u, task.row, task.start[j], task.start[j + 1]))
    ordered = np.sort(spare)
    for j in range(max(0, len(x) - task.room), len(x)):
        upper += ordered[j]
    return upper, reached

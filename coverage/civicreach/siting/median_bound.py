"""Lower bounds of the p-median: Lagrangian multipliers in whole numbers, so that a bound is exact, never rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.reach._numba import kernel
from civicreach.siting.median_rows import Rows

Longs = npt.NDArray[np.int64]
States = npt.NDArray[np.int8]

NONE = 2**62
"""A cost that nothing has: no plan."""

FREE, IN, OUT = 0, 1, -1
"""States of a site in a branch of the search."""


@kernel
def _take(
    order: Any, state: Any, group: Any, limit: Any, room: Any, chosen: Any, count: Any
) -> Any:  # pragma: no cover
    """Mark free sites in order, at most `room`, of each group up to its limit, none of group -2; returns how many."""
    taken = 0
    for j in order:
        g = group[j]
        if taken == room:
            break
        if state[j] == 0 and not chosen[j] and g >= -1 and (g < 0 or count[g] < limit[g]):
            chosen[j] = True
            taken += 1
            if g >= 0:
                count[g] += 1
    return taken


@kernel
def choose(order: Any, state: Any, new: Any, group: Any, least: Any, most: Any, chosen: Any) -> Any:  # pragma: no cover
    """Mark the first sites of an order that make a plan; False where quotas and states leave none."""
    count = np.zeros(len(least), np.int64)
    taken = 0
    for j in range(len(order)):
        chosen[j] = state[j] == 1
        if chosen[j]:
            taken += 1
            if group[j] >= 0:
                count[group[j]] += 1
    if len(least):
        grouped = np.where(group < 0, -2, group)
        taken += _take(order, state, grouped, least, len(order), chosen, count)
        if (count < least).any() or (count > most).any():
            return False
    if taken > new:
        return False
    taken += _take(order, state, group, most, new - taken, chosen, count)
    return bool(taken == new)


@kernel
def _priced(ptr: Any, site: Any, cost: Any, lam: Any, rho: Any) -> Any:  # pragma: no cover
    """What each site (m,) saves at these multipliers (at most 0); returns the multipliers' sum."""
    rho[:] = 0
    total = 0
    for i in range(len(lam)):
        price = lam[i]
        total += price
        for e in range(ptr[i], ptr[i + 1]):
            saved = cost[e] - price
            if saved >= 0:
                break
            rho[site[e]] += saved
    return total


@kernel
def _slopes(ptr: Any, site: Any, cost: Any, far: Any, lam: Any, chosen: Any, slope: Any) -> Any:  # pragma: no cover
    """How often too seldom each row (n,) is served at these multipliers; returns what the chosen sites cost."""
    value = 0
    for i in range(len(lam)):
        price, near, served = lam[i], far[i], 0
        for e in range(ptr[i], ptr[i + 1]):
            if cost[e] >= price and near < far[i]:
                break
            if chosen[site[e]]:
                if near == far[i]:
                    near = cost[e]
                if cost[e] >= price:
                    break
                served += 1
        value += near
        slope[i] = 1 - served
        if served == 0 and price >= far[i]:
            slope[i] = 0
    return value


@kernel
def ascend(
    ptr: Any, site: Any, cost: Any, far: Any, new: Any, group: Any, least: Any, most: Any, state: Any, lam: Any,
    upper: Any, whole: Any, rounds: Any, theta: Any, patience: Any,
) -> Any:  # pragma: no cover  # fmt: skip
    """Improve multipliers (n,) in place; returns bound, savings (m,), cheapest plan met, its sites (m,), wanted (m,).

    Stops once the bound leaves nothing that is a `whole` step better than `upper`. `wanted` is how often each site was
    chosen.
    """
    m, n = len(state), len(far)
    rho, slope, way = np.empty(m, np.int64), np.empty(n, np.int64), np.zeros(n)
    best, best_lam, best_rho = -NONE, lam.copy(), np.zeros(m, np.int64)
    value, plan, chosen = NONE, np.zeros(m, np.bool_), np.zeros(m, np.bool_)
    wanted, idle = np.zeros(m, np.int64), 0
    for _ in range(rounds):
        total = _priced(ptr, site, cost, lam, rho)
        if not choose(np.argsort(rho), state, new, group, least, most, chosen):
            return NONE, best_rho, value, plan, wanted
        bound, rough = total, float(total)
        for j in range(m):
            if chosen[j]:
                bound += rho[j]
                rough += rho[j]
                wanted[j] += 1
        if rough > -4e18 and bound > best:
            best, idle = bound, 0
            best_lam[:] = lam
            best_rho[:] = rho
        else:
            idle += 1
            if idle >= patience:
                theta *= 0.6
                idle = 0
                lam[:] = best_lam
                way[:] = 0.0
        found = _slopes(ptr, site, cost, far, lam, chosen, slope)
        if found < value:
            value = found
            plan[:] = chosen
        upper = min(upper, value)
        if best > upper - whole or theta < 1e-4:
            break
        norm = 0.0
        for i in range(n):
            way[i] = slope[i] + 0.5 * way[i]
            norm += way[i] * way[i]
        if norm == 0.0:
            break
        size = theta * max(float(upper) - max(rough, -4e18), 1.0) / norm
        for i in range(n):
            lam[i] = min(max(np.int64(np.rint(lam[i] + size * way[i])), 0), far[i])
    lam[:] = best_lam
    return best, best_rho, value, plan, wanted


def first_prices(rows: Rows) -> Longs:
    """Multipliers (n,) to begin with: what about the second nearest of the open sites would cost."""
    sizes = np.diff(rows.ptr)
    second = np.minimum(int(1.2 * len(rows.sites) / max(rows.new, 1)), sizes)
    found = np.append(rows.cost, 0)[np.minimum(rows.ptr[:-1] + second, len(rows.cost))]
    return np.where(second < sizes, found, rows.far) * 7 // 10


def lagrangian(
    rows: Rows, state: States, prices: Longs, upper: int, rounds: int, theta: float, patience: int = 12
) -> tuple[int, Longs, int, npt.NDArray[np.bool_], Longs]:
    """`ascend` on rows, until nothing better than `upper` can be left; all in the rows' costs without `fixed`."""
    found: tuple[int, Longs, int, npt.NDArray[np.bool_], Longs] = ascend(
        rows.ptr, rows.site, rows.cost, rows.far, rows.new, rows.group, rows.least, rows.most, state, prices,
        upper, rows.step, rounds, theta, patience,
    )  # fmt: skip
    return found


def fixed_sites(rows: Rows, state: States, bound: int, rho: Longs, upper: int) -> States:
    """States with those sites decided without which, or with which, no plan can be better than `upper`."""
    chosen = np.zeros(len(state), np.bool_)
    if not choose(np.argsort(rho, kind="stable"), state, rows.new, rows.group, rows.least, rows.most, chosen):
        return state
    free, known = state == FREE, state.copy()
    enough = upper - rows.step
    inside, outside = free & chosen, free & ~chosen
    # exchange: a plan with another site does without one of the chosen, at best the one that saves least
    if inside.any():
        known[outside & (bound + rho - rho[inside].max() > enough)] = OUT
    if outside.any():
        known[inside & (bound - rho + rho[outside].min() > enough)] = IN
    return known

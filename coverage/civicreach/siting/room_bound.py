"""A bound of all plans where room is limited: prices on the homes, and each site filled by itself as full as it pays.

Lagrangian relaxation of who goes where (Cornuejols, Sridharan and Thizy 1991): with a price on each home's people and
one on everybody who needs a place, a site takes those who pay best until it is full. The best so many sites then bound
every plan, whatever the prices are; a subgradient search (Held, Wolfe and Crowder 1974) makes them good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.solve import Floats

ROUNDS = 1_500
PATIENCE = 15
"""After so many rounds without a better bound the steps are halved."""
SMALLEST_STEP = 1e-4
LEAP = 0.3
"""So much better a bound is hoped for at most: a poor plan would make the steps too long."""
SAFE = 1e-9
"""Sums of floating-point numbers are trusted up to this share."""


@dataclass(frozen=True, eq=False)
class RoomBound:
    """No plan has a better value than `bound`, in the question's units; `wish` (m,) says how often a site was taken."""

    bound: float
    wish: Floats


def room_bound(problem: Problem, question: Question, room: Longs, worth: int, clock: Clock) -> RoomBound:
    """The bound of a question about `room` (m,), from a plan that is worth something; quotas and floors are left out.

    For questions about the most people served, the least walking of `need` people, or the least minutes of all.
    """
    search = _Prices(problem, question, room)
    target = search.loss(worth)
    step, best, dry = 1.5, -np.inf, 0
    wish = np.zeros(len(room))
    for turn in range(ROUNDS):
        bound, slope, need_slope, taken = search.relaxed()
        wish += (taken - wish) * max(0.05, 1.0 / (turn + 1))
        if bound > best:
            dry = 0 if bound > best + 1e-6 * abs(best) else dry + 1
            best = bound
        else:
            dry += 1
        if dry >= PATIENCE:
            step, dry = step / 2, 0
        slope = np.where((search.home_price <= 0) & (slope < 0), 0.0, slope)  # prices that can't fall
        norm = float(slope @ slope) + need_slope * need_slope
        if norm <= 0 or bound >= target or step < SMALLEST_STEP or clock.over():
            break
        goal = min(target, best + LEAP * max(abs(best), abs(target)))
        search.move(step * (goal - bound) / norm, slope, need_slope)
    return RoomBound(search.value(best), wish)


class _Prices:
    """Least loss, in people (not millionths) times what a way costs, with prices on homes and on the need."""

    def __init__(self, problem: Problem, question: Question, room: Longs) -> None:
        site, limit = problem.site_of_pair(), question.limit_ms(problem)
        used = problem.allowed[site] & (problem.ms <= limit) & (problem.weight[problem.row] > 0) & (room[site] > 0)
        self.site, self.row = site[used], problem.row[used]
        self.unit, self.problem, self.kind = float(problem.step), problem, question.kind
        self.weight = problem.weight / self.unit
        self.room = np.minimum(room, problem.total) / self.unit
        self.scale, self.constant = 1.0, 0.0
        cost = problem.ms[used].astype(np.float64)
        if question.kind == "p_median":
            cost, self.constant = cost - limit, float(problem.total) / self.unit * limit
        elif question.kind != "least_walking":
            cost = np.full(len(self.row), -1.0)
        self.cost = cost
        self.need = question.need / self.unit if question.kind == "least_walking" else 0.0
        self.home_price = np.zeros(len(self.weight))
        self.need_price = float(np.median(cost)) if self.need and len(cost) else 0.0

    def loss(self, worth: int) -> float:
        """The value of a plan as a loss."""
        return (-worth if self.kind not in {"p_median", "least_walking"} else worth) / self.unit - self.constant

    def value(self, loss: float) -> float:
        """A bound of the loss as one of the question's value, a hair to the safe side."""
        safe = loss - SAFE * (abs(loss) + abs(self.constant) + self.need_price * self.need)
        value = (safe + self.constant) * self.unit
        return value if self.kind in {"p_median", "least_walking"} else -value

    def relaxed(self) -> tuple[float, Floats, float, Floats]:
        """The least loss at these prices; by how much homes (n,) are asked too much, the need too little; sites."""
        paid = self.cost + self.home_price[self.row] - self.need_price
        good = np.flatnonzero(paid < 0)
        good = good[np.lexsort((paid[good], self.site[good]))]
        site, row = self.site[good], self.row[good]
        sums = np.cumsum(self.weight[row])
        begin = np.searchsorted(site, site, side="left")
        before = sums - self.weight[row] - np.where(begin > 0, sums[begin - 1], 0.0)
        flow = np.clip(self.room[site] - before, 0.0, self.weight[row])
        gain: Floats = np.bincount(site, paid[good] * flow, minlength=len(self.room)).astype(np.float64)
        taken = self._chosen(gain)
        flow = flow * taken[site]
        bound = float(gain[taken].sum() - self.home_price @ self.weight + self.need_price * self.need)
        slope = np.bincount(row, flow, minlength=len(self.weight)) - self.weight
        return bound, slope, float(self.need - flow.sum()) if self.need else 0.0, taken.astype(np.float64)

    def _chosen(self, gain: Floats) -> Bools:
        """Forced sites, and as many more as may open, those that lose least."""
        problem = self.problem
        taken = problem.forced.copy()
        left = np.inf if problem.total_most is None else problem.total_most - int(taken.sum())
        new_left = np.inf if problem.new_most is None else problem.new_most - int((taken & problem.new).sum())
        for site in np.argsort(gain, kind="stable"):
            if gain[site] >= 0 or left <= 0:
                break
            if taken[site] or not problem.allowed[site] or (problem.new[site] and new_left <= 0):
                continue
            taken[site] = True
            left -= 1
            new_left -= int(problem.new[site])
        return taken

    def move(self, step: float, slope: Floats, need_slope: float) -> None:
        """Homes that are asked too much pay more; nobody's price falls below 0."""
        self.home_price = np.maximum(self.home_price + step * slope, 0.0)
        self.need_price = max(self.need_price + step * need_slope, 0.0)

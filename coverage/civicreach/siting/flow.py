"""Who goes where when open sites have only so much room: whole units of people, exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul

import numpy as np

from civicreach.measures import transport
from civicreach.measures.transport import Transport
from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs
from civicreach.siting.problem import Problem
from civicreach.siting.rule_arrays import Bools, FloorNeed
from civicreach.siting.solve import Mip


@dataclass(frozen=True, eq=False)
class Flow:
    """Positions of homes and sites (k,), units of people that go from one to the other, and ms of the way."""

    row: Longs
    site: Longs
    amount: Longs
    ms: Longs

    @property
    def served(self) -> int:
        """All who find a place."""
        return int(self.amount.sum())

    @property
    def walked(self) -> int:
        """Units of people times ms, in Python's whole numbers."""
        return sum(map(mul, self.amount.tolist(), self.ms.tolist()))


def best_flow(problem: Problem, room: Longs, opened: Bools, limit_ms: int, *, by_minutes: bool) -> Flow | None:
    """The flow within a limit that serves most and then walks least; None where the floor can't be met.

    With `by_minutes` the minutes come first, and who isn't served counts the limit.
    """
    site = problem.site_of_pair()
    used = opened[site] & (problem.ms <= limit_ms) & (problem.weight[problem.row] > 0) & (room[site] > 0)
    pairs = Flow(problem.row[used], site[used], np.zeros(int(used.sum()), np.int64), problem.ms[used])
    if problem.floor is not None:
        return _by_solver(problem, problem.floor, room, pairs, limit_ms, by_minutes)
    rows, point = np.unique(pairs.row, return_inverse=True)
    amount = problem.weight[rows]
    if by_minutes:  # a site without walls, at the limit, for those who are left
        nowhere = len(room)
        point = np.concatenate([point, np.arange(len(rows))])
        case = Transport.build(
            amount, np.append(room, amount.sum()), point,
            np.concatenate([pairs.site, np.full(len(rows), nowhere)]),
            np.concatenate([pairs.ms, np.full(len(rows), limit_ms)]),
        )  # fmt: skip
    else:
        case = Transport.build(amount, room, point, pairs.site, pairs.ms)
    plan = transport.solve(case).plan
    kept = (plan.amount > 0) & (case.facility[plan.pair] < len(room))
    at = plan.pair[kept]
    site_at, ms = case.facility[at].astype(np.int64), case.cost[at].astype(np.int64)
    return _sorted(Flow(rows[case.point[at]], site_at, plan.amount[kept], ms))


def _sorted(flow: Flow) -> Flow:
    order = np.lexsort((flow.site, flow.row))
    return Flow(flow.row[order], flow.site[order], flow.amount[order], flow.ms[order])


def unit_of_flow(problem: Problem, room: Longs) -> int:
    """The largest whole number that divides everything that flows: people, room and what the floor asks for."""
    parts = [problem.step, *np.minimum(room, max(problem.total, 1)).tolist()]
    if problem.floor is not None:
        parts += problem.floor.least.tolist()
    return max(math.gcd(*parts), 1)


def _by_solver(
    problem: Problem, floor: FloorNeed, room: Longs, pairs: Flow, limit_ms: int, by_minutes: bool
) -> Flow | None:
    """With a floor in each unit: a network flow with lower bounds, whose vertices are whole in whole units.

    Unless minutes come first, the first of two problems says how many can be served.
    """
    if by_minutes:
        amount = _flow_with_floor(problem, floor, room, pairs, limit_ms, 0)
    else:
        amount = _flow_with_floor(problem, floor, room, pairs, limit_ms, None)
        if amount is not None and amount.any():
            amount = _flow_with_floor(problem, floor, room, pairs, limit_ms, int(amount.sum()))
    if amount is None:
        return None
    kept = amount > 0
    return _sorted(Flow(pairs.row[kept], pairs.site[kept], amount[kept], pairs.ms[kept]))


def _flow_with_floor(
    problem: Problem, floor: FloorNeed, room: Longs, pairs: Flow, limit_ms: int, served: int | None
) -> Longs | None:
    """Units of people on each pair (k,): as many as possible, or the least minutes of at least `served`."""
    unit = unit_of_flow(problem, room)
    mip = Mip("least")
    people = problem.weight // unit
    cost = (
        np.full(len(pairs.ms), -1.0) if served is None else (pairs.ms - (0 if served else limit_ms)) / max(limit_ms, 1)
    )
    x = mip.columns(len(pairs.row), cost=cost, upper=people[pairs.row])
    mip.rows(len(people), (pairs.row, x, 1.0), most=people)
    mip.rows(len(room), (pairs.site, x, 1.0), most=np.minimum(room, problem.total) // unit)
    counted = (floor.unit[pairs.row] >= 0) & (pairs.ms <= floor.limit_ms)
    mip.rows(len(floor.units), (floor.unit[pairs.row[counted]], x[counted], 1.0), least=floor.least // unit)
    if served:
        mip.rows(1, (np.zeros(len(x), np.int64), x, 1.0), least=served // unit)
    solved = mip.solve(Clock())
    return None if solved.values is None else np.rint(solved.values).astype(np.int64) * unit

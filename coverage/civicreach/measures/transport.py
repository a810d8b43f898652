"""The transportation problem in whole numbers: the best plan, and prices that prove that none is better."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from operator import mul

import numpy as np
import numpy.typing as npt

from civicreach.errors import InputError
from civicreach.measures._transport import (
    Longs,
    Rows,
    Tree,
    improve,
    least_prices,
    nearest_first_tree,
    pairs_of,
    rows_by_point,
)

MOST_UNITS = 2**60
"""All amounts together stay below this, so that no sum of flows overflows: some 10 ** 18."""

LEAST_BLOCK = 200
"""At least so many pairs are looked at before the best of them is taken up."""


@dataclass(frozen=True, eq=False)
class Transport:
    """Amounts (n,) above 0 at points, room (k,) at facilities, and the pairs (m,) that are allowed, with costs in ms.

    All are whole numbers. The pairs are ordered by cost, then facility, then point; `build` does that.
    """

    amount: Longs
    capacity: Longs
    point: npt.NDArray[np.int32]
    facility: npt.NDArray[np.int32]
    cost: npt.NDArray[np.int32]

    @classmethod
    def build(
        cls, amount: npt.ArrayLike, capacity: npt.ArrayLike, point: npt.ArrayLike, facility: npt.ArrayLike,
        cost: npt.ArrayLike,
    ) -> Transport:  # fmt: skip
        """A problem from pairs in any order.

        Raises InputError where the amounts add up to more than MOST_UNITS.
        """
        units = np.asarray(amount, np.int64)
        total = sum(units.tolist())
        if total > MOST_UNITS:
            raise InputError(f"amounts add up to {total:,} units; at most {MOST_UNITS:,} can be assigned")
        columns = [np.asarray(column, np.int32) for column in (point, facility, cost)]
        order = np.lexsort(columns)
        return cls(units, np.asarray(capacity, np.int64), *(column[order] for column in columns))

    def needed(self) -> Transport:
        """The same without pairs that no best plan needs: nobody walks past the nearest facility without limit.

        That is one with room for MOST_UNITS; of equally near facilities the first of these is kept alone.
        """
        free = np.flatnonzero(self.capacity[self.facility] >= MOST_UNITS)
        if not len(free):
            return self
        first = np.full(len(self.amount), len(self.cost))
        np.minimum.at(first, self.point[free], free)
        longest = np.append(self.cost, np.iinfo(np.int32).max)[first]
        keep = (self.cost < longest[self.point]) | (np.arange(len(self.cost)) == first[self.point])
        return Transport(self.amount, self.capacity, self.point[keep], self.facility[keep], self.cost[keep])

    @property
    def total(self) -> int:
        """All amounts together."""
        return int(sum(self.amount.tolist()))

    @property
    def chain_ms(self) -> int:
        """No chain of people who make room for each other walks more than this in addition."""
        longest: int = self.cost.max(initial=0).item()
        return len(self.capacity) * longest

    @property
    def unserved_ms(self) -> int:
        """What it costs to leave somebody out: more than twice any chain, so serving more always comes first."""
        return 2 * self.chain_ms + 1


@dataclass(frozen=True, eq=False)
class Plan:
    """What flows: positions (p,) of pairs in the problem, in order, and the amounts (p,) that go there."""

    pair: Longs
    amount: Longs

    def served(self, problem: Transport) -> Longs:
        """What of each point (n,) is served."""
        return _sums(problem.point[self.pair], self.amount, len(problem.amount))

    def load(self, problem: Transport) -> Longs:
        """What each facility (k,) takes in."""
        return _sums(problem.facility[self.pair], self.amount, len(problem.capacity))

    def unserved(self, problem: Transport) -> int:
        """All that isn't served."""
        return problem.total - int(sum(self.amount.tolist()))

    def walk(self, problem: Transport) -> int:
        """All amounts times their cost."""
        return _product(self.amount, problem.cost[self.pair])


@dataclass(frozen=True, eq=False)
class Solution:
    """The best plan, the price in ms of one unit of each facility's room (k,), and the steps that it took."""

    plan: Plan
    price: Longs
    steps: int


def solve(problem: Transport) -> Solution:
    """The plan that serves most and, of those, walks least; amounts of one point may be split.

    Exact, by a network simplex that starts from `nearest_first`. A price is what one more unit of room saves: the
    lowest prices that prove the plan, so they are the same whichever of several equally good plans is found. Prices
    above `chain_ms` stand where one more unit of room would serve one more unit.
    """
    rows, tree = _start(problem)
    block = max(LEAST_BLOCK, isqrt(len(problem.cost)))
    steps = improve(rows, tree, problem.unserved_ms, block)
    return Solution(_plan(rows, tree), least_prices(rows, tree), int(steps))


def nearest_first(problem: Transport) -> Plan:
    """Pairs in their order, the shortest way first, each with as many as are left and find room."""
    return _plan(*_start(problem))


def bounds(problem: Transport, price: Longs) -> tuple[int, int]:
    """What no plan can beat: the least unserved, and the least walking of plans that leave no more unserved.

    Both hold for any prices (k,) of at least 0, however they were found. Points that reach no facility but dear ones
    can't send more than these have room for. And whoever goes somewhere pays walking and price, so the cheapest way
    of everybody, less what all room is worth, is a bound of walking (linear programming duality).
    """
    dear = price > problem.chain_ms
    stuck = np.ones(len(problem.amount), np.bool_)
    stuck[problem.point[~dear[problem.facility]]] = False
    unserved = max(0, sum(problem.amount[stuck].tolist()) - sum(problem.capacity[dear].tolist()))
    least = np.full(len(problem.amount), problem.unserved_ms, np.int64)
    np.minimum.at(least, problem.point, problem.cost + price[problem.facility])
    worth = _product(problem.amount, least) - _product(problem.capacity, price)
    return unserved, worth - problem.unserved_ms * unserved


def is_feasible(problem: Transport, plan: Plan) -> bool:
    """Whether a plan uses allowed pairs once, sends nothing negative, no more than there is, and overfills nothing."""
    pair, amount = plan.pair, plan.amount
    if len(pair) != len(amount) or len(np.unique(pair)) != len(pair):
        return False
    if len(pair) and not (pair.min() >= 0 and pair.max() < len(problem.cost) and amount.min() >= 0):
        return False
    if plan.unserved(problem) < 0:
        return False  # so that no sum below can overflow
    return bool((plan.served(problem) <= problem.amount).all() and (plan.load(problem) <= problem.capacity).all())


def is_proven(problem: Transport, plan: Plan, price: Longs) -> bool:
    """Whether a plan can be carried out and meets both bounds of the prices exactly, so that none is better."""
    if len(price) != len(problem.capacity) or (price < 0).any() or not is_feasible(problem, plan):
        return False
    return (plan.unserved(problem), plan.walk(problem)) == bounds(problem, price)


def _start(problem: Transport) -> tuple[Rows, Tree]:
    pairs = problem.point, problem.facility, problem.cost
    rows: Rows = rows_by_point(*pairs, len(problem.amount), len(problem.capacity))
    tree: Tree = nearest_first_tree(*pairs, problem.amount, problem.capacity, problem.unserved_ms)
    return rows, tree


def _plan(rows: Rows, tree: Tree) -> Plan:
    pair, amount = pairs_of(rows, tree)
    order = np.argsort(pair)
    return Plan(pair[order], amount[order])


def _sums(at: npt.NDArray[np.int32], amount: Longs, count: int) -> Longs:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, at, amount)
    return sums


def _product(amount: npt.NDArray[np.integer], cost: npt.NDArray[np.integer]) -> int:
    """Sum of products in Python's whole numbers, which don't overflow."""
    return sum(map(mul, amount.tolist(), cost.tolist()))

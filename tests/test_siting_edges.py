"""What bends the siting room: millions of people hours away, rules that only another rule makes possible, solvers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import civicreach as cr
import towns
from civicreach.network import build_network
from civicreach.siting.clock import Clock
from civicreach.siting.solve import Mip, Solution


def a_line(people: list[float], every_m: int = 2_000) -> tuple[cr.Reach, cr.Demand, cr.Facilities]:
    """Towns along one road at 1 m/s, a site in each, all of which exist."""
    places = {f"t{i}": (every_m * i, 0) for i in range(len(people))}
    network = build_network(
        towns.roads({"A": (0, 0), "B": (every_m * len(people), 0)}, [("A B", "road", 0)]), towns.WALKER
    )
    demand, sites = towns.demand(places, people), towns.facilities(places)
    return cr.reach(demand, sites, network, cutoff_min=240), demand, sites


@pytest.mark.parametrize(
    "people", [[1.2e6, 4e5, 4e5, 8e5, 1.2e6], [9e8, 3e8, 1e6, 5e8, 7e8], [0.5, 3e6, 2.25, 7e6, 1e6]]
)
@pytest.mark.parametrize("into", [1, 2])
def test_millions_of_people_hours_away(people: list[float], into: int) -> None:
    """Micro-people times milliseconds are more than 64 bits hold; the plan is the best all the same."""
    reach, demand, sites = a_line(people)
    plan = cr.consolidate(reach, demand, sites, into=into)
    at = 2_000 / 60 * np.arange(len(people))

    def minutes(kept: tuple[int, ...]) -> float:
        return float(sum(p * min(240.0, *(abs(at[i] - at[k]) for k in kept), 240.0) for i, p in enumerate(people)))

    best = min(minutes(kept) for kept in combinations(range(len(people)), into))
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert plan.proven


def test_a_rule_without_which_there_is_no_plan_has_no_price() -> None:
    """One site in all, while the two of today would have to stay if one weren't forbidden."""
    reach, demand, sites = a_line([5, 7])
    rules = cr.Rules(forbidden=("t0",))
    plan = cr.max_cover(reach, demand, sites, within_min=1, total=1, rules=rules)
    assert plan.kept == ("t1",)
    assert plan.price["price"].isna().tolist() == [True]


def test_a_plan_that_is_not_worth_what_the_solver_says_is_solved_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS may better a start while it presolves and hand back the columns it was given."""
    told = Mip._solution
    seen: list[float] = []

    def old_columns(self: Mip, solver: object) -> Solution:
        found = told(self, solver)
        seen.append(found.objective)
        values = np.array([1.0, 0.0]) if len(seen) == 1 else found.values
        return Solution(found.status, values, found.objective, found.bound, found.nodes)

    monkeypatch.setattr(Mip, "_solution", old_columns)
    mip = Mip("most")
    mip.columns(2, cost=[1.0, 2.0], whole=True)
    mip.rows(1, (np.zeros(2), np.arange(2), 1.0), most=1)
    found = mip.solve(Clock(), start=(np.array([0]), np.array([1.0])))
    assert len(seen) == 2
    assert found.values is not None
    assert found.values.tolist() == [0, 1]

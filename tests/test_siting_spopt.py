"""Mid-size problems beside spopt (PySAL), which builds dense models for the same solver family: a second opinion."""

from __future__ import annotations

import numpy as np
import pytest

import civicreach as cr
from siting_case import Case, layers

spopt = pytest.importorskip("spopt.locate")
pulp = pytest.importorskip("pulp")


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp", "ignore::DeprecationWarning:spopt")


def town(sites: int, homes: int, seed: int, *, cutoff: int) -> Case:
    """Places in a square of 60 minutes, walked along two axes; 1 to 20 people a home."""
    rng = np.random.default_rng(seed)
    here, there = rng.integers(0, 61, (sites, 2)), rng.integers(0, 61, (homes, 2))
    cost = np.abs(here[:, None] - there[None]).sum(axis=2)
    nobody, all_of_them = np.zeros(sites, bool), np.ones(sites, bool)
    return Case(cost, rng.integers(1, 21, homes), nobody, nobody, all_of_them, 15, cutoff)


def solver() -> object:
    return pulp.HiGHS(msg=False)


def test_max_cover() -> None:
    case = town(60, 300, 1, cutoff=15)
    theirs = spopt.MCLP.from_cost_matrix(case.cost.T.astype(float), case.people, 15, p_facilities=6).solve(solver())
    plan = cr.max_cover(*layers(case), new=6, within_min=15)
    assert plan.objective == pytest.approx(theirs.problem.objective.value())
    assert plan.proven


def test_set_cover() -> None:
    case = town(60, 200, 2, cutoff=20)
    covered = case.cost[:, (case.cost <= 20).any(axis=0)]
    case = Case(covered, case.people[: covered.shape[1]], case.existing, case.forced, case.allowed, 20, 20)
    theirs = spopt.LSCP.from_cost_matrix(case.cost.T.astype(float), 20).solve(solver())
    plan = cr.set_cover(*layers(case), within_min=20)
    assert plan.objective == theirs.problem.objective.value()
    assert plan.proven


def test_p_median() -> None:
    case = town(30, 120, 3, cutoff=120)
    theirs = spopt.PMedian.from_cost_matrix(case.cost.T.astype(float), case.people, p_facilities=5).solve(solver())
    plan = cr.p_median(*layers(case), new=5)
    assert plan.objective == pytest.approx(theirs.problem.objective.value())
    assert plan.proven


def test_p_center() -> None:
    case = town(25, 80, 4, cutoff=120)
    theirs = spopt.PCenter.from_cost_matrix(case.cost.T.astype(float), p_facilities=4).solve(solver())
    plan = cr.p_center(*layers(case), new=4)
    assert plan.objective == pytest.approx(theirs.problem.objective.value())
    assert plan.proven


def test_sites_that_stay() -> None:
    case = town(60, 300, 5, cutoff=15)
    stays = np.arange(60) < 4
    kept = Case(case.cost, case.people, stays, stays, case.allowed, 15, 15)
    theirs = spopt.MCLP.from_cost_matrix(
        case.cost.T.astype(float), case.people, 15, p_facilities=9, predefined_facilities_arr=stays.astype(int)
    ).solve(solver())
    plan = cr.max_cover(*layers(kept), new=5, within_min=15)
    assert plan.objective == pytest.approx(theirs.problem.objective.value())

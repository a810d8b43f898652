"""Every problem with every rule as a mixed-integer problem, against all plans looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest

from civicreach.measures.room import UNITS
from civicreach.siting.clock import Clock
from civicreach.siting.model import NoPlanError, solve_model
from civicreach.siting.question import Question, keeps_rules, value
from siting_case import Case, random_case

KINDS = ("max_cover", "backup_cover", "set_cover", "p_median", "p_center")
RULES = ("ids", "total", "quotas", "clash", "budget", "floor")


def ask(case: Case, kind: str, rng: np.random.Generator) -> tuple[Question, int, int]:
    need = int(case.people[case.coverable].sum() * rng.choice([0.5, 0.8, 1.0]))
    beyond = int(rng.integers(10, case.cutoff + 3))
    room = None if case.capacity is None else case.capacity.astype(np.int64) * UNITS
    return Question(kind, need=need * UNITS, beyond_ms=beyond, capacity=room), need, beyond


def check(case: Case, kind: str, rng: np.random.Generator) -> bool:
    """Whether there was a plan; it must be worth what the best of all is, and keep the rules."""
    problem = case.problem()
    question, need, beyond = ask(case, kind, rng)
    best = case.best(kind, need, beyond)
    try:
        found = solve_model(problem, question, Clock(60))
    except NoPlanError:
        assert best is None
        return False
    assert best is not None, (kind, case)
    counted = 1 if kind in {"set_cover", "p_center"} else UNITS
    assert found.value == round(best * counted), (kind, case, found, best)
    assert found.proven
    opened = np.zeros(len(case.cost), bool)
    opened[found.open] = True
    assert keeps_rules(problem, opened)
    assert value(problem, question, opened) == found.value
    assert (case.plans() == opened).all(axis=1).any()
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", ["none", *RULES, "all"])
def test_the_best_plan_of_all(kind: str, rule: str) -> None:
    rng = np.random.default_rng([KINDS.index(kind), len(rule), 7])
    wanted = set(RULES) if rule == "all" else {rule}
    found = [check(random_case(rng, **{r: r in wanted for r in RULES}), kind, rng) for _ in range(60)]
    assert sum(found) >= 5


@pytest.mark.parametrize("kind", ["max_cover", "set_cover", "p_median", "p_center", "max_served"])
@pytest.mark.parametrize("floor", [False, True])
def test_the_best_plan_of_all_where_room_is_short(kind: str, floor: bool) -> None:
    rng = np.random.default_rng([len(kind), floor, 11])
    rules = {"max_load": kind != "max_served", "capacity": kind == "max_served", "floor": floor, "quotas": True}
    found = [check(small(random_case(rng, **rules)), kind, rng) for _ in range(15)]
    assert sum(found) >= 1


def small(case: Case) -> Case:
    """Not too many plans, since each needs a linear problem."""
    from dataclasses import replace

    return replace(case, new=min(case.new or 0, 3))

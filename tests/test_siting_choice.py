"""Curve and knee, near-equal plans, and how often sites are chosen, against all plans looked at one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import civicreach as cr
from civicreach.errors import InputError
from civicreach.siting.choice import knee
from civicreach.siting.rules import Rules
from siting_case import Case, layers, random_case
from test_siting_plans import town


def free_case(seed: int) -> Case:
    case = random_case(np.random.default_rng(seed))
    nobody = np.zeros(len(case.cost), bool)
    return replace(case, existing=nobody, forced=nobody, new=None)


@pytest.mark.parametrize("seed", range(6))
def test_every_point_of_the_curve_is_the_best(seed: int) -> None:
    case = free_case(seed)
    found = cr.curve(*layers(case), within_min=case.limit, most=len(case.cost))
    best = [replace(case, new=n).best("max_cover") for n in range(len(case.cost) + 1)]
    assert found.table["people"].tolist() == best
    assert found.table["bound"].tolist() == best
    assert found.table["proven"].all()
    assert found.table["more_people"].tolist()[1:] == np.diff(best).tolist()
    assert found.table["share"].iloc[-1] == best[-1] / case.people.sum()


def test_the_curve_by_hand() -> None:
    table = cr.curve(*town(), within_min=5).table
    assert table["people"].to_dict() == {0: 3, 1: 19, 2: 27, 3: 31}
    assert table["opened"].map(set).to_dict() == {0: set(), 1: {"lone"}, 2: {"lone", "far"}, 3: {"mid", "lone", "far"}}
    assert table["p95_min"].round(3).tolist() == [np.inf, round(1600 / 60, 3), round(500 / 60, 3), round(100 / 60, 3)]
    assert cr.curve(*town(), within_min=5).knee == 1
    with pytest.raises(InputError, match="most must be from 0 to 3"):
        cr.curve(*town(), within_min=5, most=4)
    assert cr.curve(*town(), within_min=5, rules=Rules(mandatory=["mid"])).table.index.tolist() == [1, 2, 3]


def test_the_knee() -> None:
    assert knee(pd.Series([0, 10, 20, 30], index=range(4))) is None
    assert knee(pd.Series([0, 60, 70, 75, 78], index=range(2, 7))) == 3
    assert knee(pd.Series([0, 60, 90, 120], index=range(4))) == 1, "30 each is half of 60"
    assert knee(pd.Series([0, 60, 91, 122], index=range(4))) is None
    assert knee(pd.Series([1, 1, 1])) is None
    assert knee(pd.Series([1, 2])) is None


@pytest.mark.parametrize("seed", range(6))
def test_what_each_site_is_worth(seed: int) -> None:
    case = replace(free_case(seed), new=2)
    plan = cr.max_cover(*layers(case), within_min=case.limit, new=2)
    found = cr.alternatives(plan, within=0.5)
    for site, row in found.sites.iterrows():
        barred = case.allowed & (np.arange(len(case.cost)) != int(str(site)[1:]))
        assert row["loss"] == plan.objective - replace(case, allowed=barred).best("max_cover")
    assert (found.plans["loss"] <= 0.5 * plan.objective).all()
    assert found.plans["loss"].is_monotonic_increasing
    for row in found.plans.itertuples():
        assert set(row.opened) == set(plan.opened) - set(row.without) | set(row.instead)


def test_alternatives_by_hand() -> None:
    plan = cr.max_cover(*town(), new=1, within_min=5)
    found = cr.alternatives(plan, within=0.5)
    assert found.sites.loc["lone", ["loss", "instead"]].tolist() == [8, ("far",)]
    assert found.plans["opened"].tolist() == [("far",)]
    assert cr.alternatives(plan, within=0.01).plans.empty
    with pytest.raises(InputError, match="at least 0"):
        cr.alternatives(plan, within=-1)


def test_a_site_that_is_chosen_in_every_case_is_safe() -> None:
    searched, demand, sites = town()
    moved = replace(demand, frame=demand.frame.assign(people=[1.0, 1.0, 20.0, 9.0, 1.0]))
    cases = {"now": (searched, demand), "later": (searched, moved), "far walkers": (searched, demand, 60.0)}
    found = cr.stability(cases, sites, new=2, within_min=5)
    assert found.plans["now"].opened == ("lone", "far")
    assert found.plans["later"].opened == ("mid", "far")
    assert found.sites.loc["far", "now"]
    assert found.sites.loc["lone", ["chosen_count", "now", "later"]].tolist()[1:] == [True, False]
    assert found.regret.loc["now", "later"] == pytest.approx(1 - 12 / 31)
    assert found.regret.loc["later", "now"] == pytest.approx(1 - 15 / 27)
    assert (np.diag(found.regret) == 0).all()
    two = {name: case for name, case in cases.items() if name != "far walkers"}
    assert cr.stability(two, sites, new=2, within_min=5).safest == "later"
    with pytest.raises(InputError, match="no limit"):
        cr.stability({"now": (searched, demand)}, sites, new=2)
    with pytest.raises(InputError, match="at least one case"):
        cr.stability({}, sites, new=2, within_min=5)

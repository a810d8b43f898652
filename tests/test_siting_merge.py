"""Consolidation: brute force, hand-worked losers, the veterans' homes, what can't be merged."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import siting_case
from civicreach.errors import InputError, LayerError
from civicreach.layers import Demand
from civicreach.siting.merge import before_and_after, consolidate, losers, moves
from civicreach.siting.plan import SitingPlan
from civicreach.siting.rules import Rules


def a_case(
    cost: np.ndarray, people: np.ndarray, existing: np.ndarray, cutoff: int, unit: np.ndarray | None = None
) -> siting_case.Case:
    never = np.zeros(len(existing), np.bool_)
    return siting_case.Case(
        cost=cost, people=people, existing=existing, forced=never, allowed=~never, limit=cutoff, cutoff=cutoff,
        unit=unit,
    )  # fmt: skip


def street() -> tuple[SitingPlan, Demand]:
    """Four centres become two; whole minutes along one street, people below the letters, both subdistricts::

    a0 . . . b4 . c6 . . . . d11 . . . . . . . . e20          cutoff 12 minutes
    s0       .    s1         s2                  s3
    10       20   50         40                  5
    <-------- A ------->     <------- B --------->
    """
    home, site = np.array([0, 4, 6, 11, 20]), np.array([0, 6, 11, 20])
    cost = np.abs(site[:, None] - home[None])
    cost = np.where(cost <= 12, cost, siting_case.FAR)
    case = a_case(cost, np.array([10, 20, 50, 40, 5]), np.ones(4, bool), 12, np.array([0, 0, 0, 1, 1]))
    reach, demand, sites = siting_case.layers(case)
    frame = demand.frame.assign(elder=[4.0, 0.0, 6.0, 8.0, 5.0], subdistrict=["A", "A", "A", "B", "B"])
    demand = Demand(frame, ("people", "elder"))
    return consolidate(reach, demand, sites, into=2), demand


def test_street() -> None:
    """s1 and s2 stay: 10 people walk 6 minutes more, e walks 9 instead of 0; s0 and s3 go."""
    plan, _ = street()
    assert (plan.kept, plan.closed, plan.opened, plan.proven) == (("s1", "s2"), ("s0", "s3"), (), True)
    assert plan.objective == 10 * 6 + 20 * 2 + 5 * 9
    table = before_and_after(plan, over_min=6)
    assert table.loc["people"].to_dict() == {
        "people": 125, "before_min": 20 * 2 / 125, "after_min": 145 / 125, "p95_before_min": 2, "p95_after_min": 6,
        "worst_before_min": 2, "worst_after_min": 9, "nearer": 0, "farther": 15, "over": 5, "lost": 0, "gained": 0,
        "neither": 0,
    }  # fmt: skip
    assert table.loc["elder", ["people", "farther", "over"]].tolist() == [23, 9, 5]


def test_losers_by_home_and_unit() -> None:
    plan, _ = street()
    told = losers(plan, over_min=5)
    assert told.index.tolist() == ["h4", "h0"]
    assert told["extra_min"].tolist() == [9, 6]
    assert told[["before_id", "after_id"]].to_numpy().tolist() == [["s3", "s2"], ["s0", "s1"]]
    assert told["people"].tolist() == [5, 10]
    assert losers(plan, over_min=6).index.tolist() == ["h4"]  # more than 6 minutes, not 6
    units = losers(plan, over_min=5, level="subdistrict", groups=["people", "elder"])
    assert units.index.tolist() == ["A", "B"]
    assert units["people_losing"].tolist() == [10, 5]
    assert units["people_losing_share"].tolist() == [10 / 80, 5 / 45]
    assert units["elder_losing"].tolist() == [4, 5]
    assert units["elder_extra_min"].tolist() == [6, 9]
    assert units["subdistrict"].tolist() == ["A", "B"]
    assert losers(plan, over_min=7, level="subdistrict").index.tolist() == ["B"]


def test_moves() -> None:
    plan, _ = street()
    found = moves(plan)
    assert found[["from_id", "to_id", "people", "before_min", "after_min"]].to_numpy().tolist() == [
        ["s0", "s1", 10, 0, 6],
        ["s3", "s2", 5, 0, 9],
    ]
    assert found["to"].tolist() == ["s1", "s2"]


def test_who_reaches_nothing_any_more() -> None:
    """One site for the whole street: e lies 14 minutes from s1, beyond the search; it is lost, not forgotten."""
    plan, demand = street()
    one = consolidate(plan.problem.reach, demand, plan.problem.facilities, into=1)
    assert one.kept == ("s1",)
    assert one.objective == 60 + 40 + 0 + 40 * 5 + 5 * 12
    told = before_and_after(one)
    assert told.loc["people", ["lost", "over", "farther", "people"]].tolist() == [5, 50, 50, 125]
    first = losers(one, over_min=30)
    assert first.index.tolist() == ["h4"]
    assert first["after_id"].tolist() == [None]
    assert np.isnan(first["extra_min"].iloc[0])
    found = moves(one)
    assert found["from_id"].tolist() == ["s0", "s2", "s3"]
    assert found["to_id"].fillna("").tolist() == ["s1", "s1", ""]
    assert found["people"].tolist() == [10, 40, 5]


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_brute_force(seed: int) -> None:
    """Every choice of sites is tried, by mean and by worst, with mandatory and closable ones, in shuffled tables."""
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(3, 7)), int(rng.integers(2, 8))
    cutoff = 30
    cost = np.where(rng.random((m, n)) < 0.8, rng.integers(0, cutoff + 1, (m, n)), siting_case.FAR)
    people = rng.integers(1, 30, n)
    existing = rng.random(m) < 0.7
    existing[0] = True
    case = a_case(cost, people, existing, cutoff)
    into = int(rng.integers(1, m))
    named = [int(rng.integers(0, m))]
    rules, stays = Rules(), set()
    if seed % 3 == 1:
        rules, stays = Rules(mandatory=[f"s{named[0]}"]), set(named)
    if seed % 3 == 2:
        rules, stays = Rules(closable=["s0"]), set(np.flatnonzero(existing).tolist()) - {0}
    into = max(into, len(stays))
    reach, demand, sites = siting_case.layers(case, shuffle=seed)
    if not (cost <= cutoff).any():
        return
    plans = [p for p in combinations(range(m), into) if stays <= set(p)]
    sums = [int((people * np.minimum(cost[list(p)].min(axis=0), cutoff)).sum()) for p in plans]
    plan = consolidate(reach, demand, sites, into=into, rules=rules)
    assert (plan.objective, plan.proven) == (min(sums), True)
    assert stays <= {int(str(i)[1:]) for i in plan.open}
    assert len(plan.open) <= into
    near = cost[:, (cost <= cutoff).any(axis=0)]
    worst = min(int(near[list(p)].min(axis=0).max()) for p in plans)
    if worst <= cutoff:
        assert consolidate(reach, demand, sites, into=into, rules=rules, by="worst").objective == worst
    else:
        with pytest.raises(InputError):
            consolidate(reach, demand, sites, into=into, rules=rules, by="worst")
    told = before_and_after(plan)
    row = told.loc["people"]
    assert row["people"] == people.sum()
    assert (
        losers(plan, over_min=3)["people"].sum()
        == before_and_after(plan, over_min=3).loc["people", ["over", "lost"]].sum()
    )
    assert moves(plan)["people"].sum() <= people.sum()


def homes(points: int = 5000, sites: int = 20, seed: int = 0) -> tuple[pd.DataFrame, siting_case.Case]:
    rng = np.random.default_rng(seed)
    centre = rng.random((12, 2)) * 20_000
    home = centre[rng.integers(0, 12, points)] + rng.normal(0, 1500, (points, 2))
    site = rng.random((sites + 20, 2)) * 20_000
    cost = np.hypot(*(site[:, None] - home[None]).transpose(2, 0, 1)).astype(np.int64) // 400
    existing = np.arange(sites + 20) < sites
    return pd.DataFrame(home), a_case(cost, rng.integers(1, 60, points), existing, 120)


def test_veterans_homes() -> None:
    """20 homes into 4, 5 or 6 of them and 20 candidates: proven; more never hurt, fewer never help."""
    _, case = homes()
    reach, demand, sites = siting_case.layers(case)
    found = {into: consolidate(reach, demand, sites, into=into) for into in (4, 5, 6)}
    assert all(plan.proven for plan in found.values())
    assert found[4].objective >= found[5].objective >= found[6].objective
    chosen = [int(str(i)[1:]) for i in found[5].open]
    direct = int((case.people * case.cost[chosen].min(axis=0)).sum())
    assert found[5].objective == direct
    assert len(found[5].closed) == 20 - len(found[5].kept)
    told = before_and_after(found[5], over_min=10)
    assert told.loc["people", "people"] == case.people.sum()


def test_what_cannot_be() -> None:
    plan, demand = street()
    given = plan.problem.reach, demand, plan.problem.facilities
    with pytest.raises(InputError, match="into must be"):
        consolidate(*given, into=0)
    with pytest.raises(InputError, match="'mean' or 'worst'"):
        consolidate(*given, into=2, by="best")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="over_min"):
        losers(plan, over_min=-1)
    with pytest.raises(LayerError, match="district_id"):
        losers(plan, over_min=1, level="district")
    with pytest.raises(LayerError, match="no group"):
        before_and_after(plan, groups="children")
    with pytest.raises(InputError):  # three must stay, two may
        consolidate(*given, into=2, rules=Rules(closable=["s0"]))

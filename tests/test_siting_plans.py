"""Plans through the front door: by hand, against all plans looked at, laws, and the network counted anew.

::

    old(existing)        mid              far                  lone
    p------a-------------b----------------c--------------------d      homes; sites stand at a, b, c and 100 m before d
    0     100           600              1700                 4000    metres, walked at 1 m/s
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import civicreach as cr
import towns
from civicreach.errors import CutoffError, InputError, LayerError
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures import people_share
from civicreach.measures.room import UNITS
from civicreach.network import build_network
from civicreach.reach import Reach, reach
from civicreach.siting.answer import Answer, answer
from civicreach.siting.clock import Clock
from civicreach.siting.model import solve_model
from civicreach.siting.plan import SitingPlan
from civicreach.siting.question import Question
from civicreach.siting.rules import Floor, Rules, UnitQuota
from siting_case import Case, layers, random_case, rules_of

HOMES = {"p": (0.0, 0.0), "a": (100.0, 0.0), "b": (600.0, 0.0), "c": (1700.0, 0.0), "d": (4000.0, 0.0)}
SITES = {"old": (100.0, 0.0), "mid": (600.0, 0.0), "far": (1700.0, 0.0), "lone": (3900.0, 0.0)}
STATUS = ["existing", "candidate", "candidate", "candidate"]


def town(status: list[str] = STATUS, **columns: list[object]) -> tuple[Reach, Demand, Facilities]:
    """1, 2, 4, 8 and 16 people; west (up to 1 km), middle (up to 3 km), east."""
    street = towns.roads({"A": (0, 0), "B": (5000, 0)}, [("A B", "residential", 0)])
    edges = {"west": (-10, 1000), "middle": (1000, 3000), "east": (3000, 6000)}
    boxes = [shapely.box(x0, -100, x1, 100) for x0, x1 in edges.values()]
    frame = gpd.GeoDataFrame({"subdistrict_id": list(edges)}, geometry=boxes, crs=towns.CRS)
    areas = Areas(frame.set_index("subdistrict_id", drop=False))
    demand = towns.demand(HOMES).in_areas(areas)
    sites = towns.facilities(SITES, status=status, **columns).in_areas(areas)
    return reach(demand, sites, build_network(street, towns.WALKER), cutoff_min=60), demand, sites


def test_max_cover_by_hand() -> None:
    plan = cr.max_cover(*town(), new=1, within_min=5)
    assert (plan.opened, plan.kept, plan.closed) == (("lone",), ("old",), ())
    assert (plan.objective, plan.bound, plan.gap, plan.proven) == (19, 19, 0, True)
    assert (plan.people, plan.covered_before, plan.covered_after) == (31, 3, 19)
    row = plan.table.loc["lone"]
    assert (row["rank"], row["name"], row["new_people"], row["served_people"]) == (1, "lone", 16, 16)
    assert (row["before_min"], row["after_min"], row["subdistrict_id"]) == (np.inf, 100 / 60, "east") or np.isnan(
        row["before_min"]
    )
    assert plan.assignment.to_dict() == {"p": "old", "a": "old", "b": "old", "c": "old", "d": "lone"}
    assert plan.cost_before_ms.to_dict() | {"d": 0} == {"p": 100_000, "a": 0, "b": 500_000, "c": 1_600_000, "d": 0}
    assert plan.cost_after_ms["d"] == 100_000
    assert len(plan.uncoverable) == 0
    assert "proven optimal" in repr(plan)
    assert "19 people" in plan._repr_html_()


def test_each_problem_by_hand() -> None:
    two = cr.max_cover(*town(), new=2, within_min=5)
    assert two.opened == ("lone", "far")
    assert two.table["new_people"].tolist() == [16, 8]
    assert cr.set_cover(*town(), within_min=5).objective == 3
    assert set(cr.set_cover(*town(), within_min=5, share=0.8).opened) == {"lone", "far"}
    assert set(cr.p_center(*town(), new=2).opened) == {"far", "lone"}
    assert cr.p_center(*town(), new=2).objective == 500 / 60
    median = cr.p_median(*town(), new=1)
    assert median.opened == ("lone",)
    assert median.objective == pytest.approx((1 * 100 + 4 * 500 + 8 * 1600 + 16 * 100) / 60)
    backup = cr.backup_cover(*town(), new=1, within_min=10)
    assert backup.opened == ("mid",)
    assert backup.objective == 7


def test_beds_by_hand() -> None:
    plan = cr.max_served(*town(capacity=[2.5, 9.0, 3.0, 10.0]), new=1, within_min=5)
    assert (plan.opened, plan.objective, plan.proven) == (("lone",), 12.5, True)
    assert plan.pairs.values.tolist()[-1] == ["d", "lone", 10.0, 100_000]
    room = pd.Series({"far": 8.0, "old": 0.0, "mid": 4.5, "lone": 6.0})
    assert cr.max_served(*town(), new=1, within_min=5, capacity=room).opened == ("far",)


def test_every_price_is_what_the_plan_without_the_rule_is_better() -> None:
    rules = Rules(quotas=(UnitQuota("subdistrict"),), forbidden=["lone"])
    with pytest.raises(InputError, match="subdistrict east must have at least 1, but only 0 there may be open"):
        cr.max_cover(*town(), new=2, within_min=5, rules=rules)
    rules = Rules(quotas=(UnitQuota("subdistrict", unit="middle"),), spacing_m=500)
    plan = cr.max_cover(*town(), new=1, within_min=5, rules=rules)
    assert (plan.opened, plan.objective) == (("far",), 11)
    assert plan.price["price"].to_dict() == {"quotas": 8, "spacing_m": 0}
    assert plan.price.loc["quotas", "opened"] == ("lone",)
    assert plan.price["proven"].all()


def test_rules_that_cannot_be_met_are_named() -> None:
    def error(**rules: object) -> str:
        with pytest.raises(InputError) as caught:
            cr.max_cover(*town(cost=[0, 5, 7, 9]), new=2, within_min=5, rules=Rules(**rules))
        return str(caught.value)

    assert "need at least 3 new" in error(
        quotas=(UnitQuota("subdistrict", 1), UnitQuota("subdistrict", 2, unit="west"))
    )
    assert "3 sites must open, but only 2" in error(mandatory=["mid", "far", "lone"])
    assert "middle: 0.0 %" in error(floor=Floor("subdistrict", 0.5), forbidden=["far"])
    assert "stand too close (1: mid and old)" in error(mandatory=["mid"], spacing_m=501)
    assert "cost 9, more than the budget of 8.5" in error(mandatory=["lone"], budget=8.5)
    text = error(budget=10, floor=Floor("subdistrict", 0.4))
    assert "contradict each other" in text
    assert "without the rule on budget there is a plan; it takes at least 16" in text
    assert "without the rule on least share of people by unit there is a plan" in text
    with pytest.raises(
        InputError, match="without the rule on the number of new sites there is a plan; it takes at least 2"
    ):
        cr.max_cover(*town(), new=1, within_min=5, rules=Rules(floor=Floor("subdistrict", 0.4)))
    with pytest.raises(InputError, match=r"(?s)p_center|no plan that reaches everybody|at least"):
        cr.p_center(*town(), new=0)


def test_bad_input_is_told_all_at_once() -> None:
    layers = town()
    with pytest.raises(LayerError, match="4 new sites are asked for, but only 3 candidates may open"):
        cr.max_cover(*layers, new=4, within_min=5)
    with pytest.raises(LayerError) as caught:
        cr.max_cover(*layers, new=1.5, within_min=5, rules=Rules(mandatory=["fat"], closable=["mid"], budget=5))
    assert all(
        part in str(caught.value) for part in ("fat", "Is it far?", "don't exist (1: mid)", "no column 'cost'", "1.5")
    )
    with pytest.raises(LayerError, match="nobody of the group"):
        cr.max_cover(layers[0], Demand(layers[1].frame.assign(people=0.0)), layers[2], new=1, within_min=5)
    with pytest.raises(LayerError, match="no site that may be open reaches anybody within"):
        cr.max_cover(*town(["closed", "closed", "closed", "candidate"]), new=1, within_min=1)
    with pytest.raises(LayerError, match="no site may be open"):
        cr.max_cover(*town(["closed"] * 4), new=0, within_min=1)
    with pytest.raises(LayerError, match="computed for other facilities: ids that it doesn't know"):
        cr.max_cover(layers[0], layers[1], towns.facilities(SITES | {"x": (1.0, 1.0)}), new=1, within_min=5)
    with pytest.raises(LayerError, match="no group 'elderly'"):
        cr.max_cover(*layers, new=1, within_min=5, group="elderly")
    with pytest.raises(CutoffError):
        cr.max_cover(*layers, new=1, within_min=61)
    with pytest.raises(InputError, match="how many sites"):
        cr.max_cover(*layers, within_min=5)
    with pytest.raises(InputError, match="both mandatory and forbidden"):
        Rules(mandatory=["a"], forbidden=["a"])
    with pytest.raises(InputError, match="share must be"):
        cr.set_cover(*layers, within_min=5, share=1.2)
    with pytest.raises(LayerError, match=r"no subdistrict 'wets'\. Is it 'west'"):
        cr.max_cover(*layers, new=1, within_min=5, rules=Rules(quotas=(UnitQuota("subdistrict", unit="wets"),)))
    with pytest.raises(LayerError, match="facilities have no district_id"):
        cr.max_cover(*layers, new=1, within_min=5, rules=Rules(quotas=(UnitQuota("district"),)))


def test_what_cannot_be_covered_is_listed_never_infeasible() -> None:
    plan = cr.set_cover(*town(["existing", "candidate", "candidate", "closed"]), within_min=5, share=0.9)
    assert plan.uncoverable.tolist() == ["d"]
    assert any("16 people in 1 homes" in note for note in plan.notes)
    assert any("90 % can't be covered" in note for note in plan.notes)
    assert set(plan.opened) == {"mid", "far"}


def test_the_share_of_the_report_counted_from_the_network_anew() -> None:
    searched, demand, sites = town()
    plan = cr.max_cover(searched, demand, sites, new=2, within_min=5)
    open_sites = sites.only(sites.frame.index.to_series().isin(plan.open))
    street = towns.roads({"A": (0, 0), "B": (5000, 0)}, [("A B", "residential", 0)])
    again = reach(demand, open_sites, build_network(street, towns.WALKER), cutoff_min=5)
    assert plan.objective / plan.people == people_share(again, demand, within_min=5)["all"]


PROBLEMS = ("max_cover", "backup_cover", "set_cover", "p_median", "p_center", "max_served")


def plan_of(kind: str, case: Case, *, shuffle: int | None = None) -> SitingPlan | None:
    ways, demand, sites = layers(case, shuffle=shuffle)
    options: dict[str, object] = {"rules": rules_of(case), "prices": False}
    if kind not in {"p_median", "p_center"}:
        options["within_min"] = case.limit
    if kind != "set_cover":
        options |= {"new": min(case.new or 0, int((case.allowed & ~case.existing).sum())), "total": case.total}
    try:
        return getattr(cr, kind)(ways, demand, sites, **options)
    except LayerError:
        return None
    except InputError:
        return None


@pytest.mark.parametrize("kind", ["max_cover", "set_cover", "p_median", "p_center"])
def test_the_fast_engines_find_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicreach.siting.answer.SMALL", 0)
    rng, solvers = np.random.default_rng([PROBLEMS.index(kind), 17]), set()
    for i in range(30):
        rules = {"quotas": i % 3 == 0, "budget": i % 5 == 4 and kind != "p_center", "ids": True}
        case = random_case(rng, **rules)
        limit = case.limit if kind in {"max_cover", "set_cover"} else case.cutoff
        case = replace(case, limit=limit, new=None if kind == "set_cover" else min(case.new or 0, 3))
        if kind != "set_cover":
            case = replace(case, new=min(case.new, int((case.allowed & ~case.existing).sum())))
        best = case.best(kind, int(case.people[case.coverable].sum()), case.cutoff)
        plan = plan_of(kind, case)
        assert (plan is None) <= (best is None or not case.coverable.any()), (kind, i, case)
        if plan is not None:
            assert plan.objective == pytest.approx(best, rel=1e-12), (kind, i, case)
            assert plan.proven, (kind, i)
            solvers.add(plan.solver)
    assert "civicreach" in solvers


@pytest.mark.parametrize("kind", ["p_median", "p_center"])
def test_the_fast_engines_know_at_most_so_many_in_a_unit(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicreach.siting.answer.SMALL", 0)
    rng, solvers = np.random.default_rng([PROBLEMS.index(kind), 23]), []
    for i in range(20):
        case = random_case(rng, quotas=True)
        sites = [inside for inside, *_ in case.quotas]
        case = replace(
            case, limit=case.cutoff, forced=case.existing, new=min(2, int((~case.existing).sum())),
            quotas=tuple((inside, 0, int(case.existing[inside].sum()) + 1) for inside in sites),
        )  # fmt: skip
        plan, best = plan_of(kind, case), case.best(kind, 0, case.cutoff)
        assert (plan is None) <= (best is None), (kind, i, case)
        if plan is not None:
            assert plan.objective == pytest.approx(best, rel=1e-12), (kind, i, case)
            solvers.append(plan.solver)
    assert solvers.count("civicreach") > len(solvers) / 2


@pytest.mark.parametrize("kind", PROBLEMS)
def test_plans_of_layers_are_the_best_of_all_and_shuffling_changes_nothing(kind: str) -> None:
    rng = np.random.default_rng([PROBLEMS.index(kind), 3])
    found = 0
    for i in range(25):
        case = random_case(rng, ids=True, total=kind != "set_cover", quotas=True, budget=kind != "p_center",
                           floor=kind not in {"p_center", "max_served"}, capacity=kind == "max_served")  # fmt: skip
        case = replace(case, allowed=case.allowed | case.forced, new=min(case.new or 0, 3))
        if kind == "set_cover":
            case = replace(case, new=None)
        if kind == "p_center":
            case = replace(case, limit=case.cutoff)
        if kind == "p_median" and case.share is not None:
            case = replace(case, limit=case.cutoff)
        case = replace(
            case, new=None if case.new is None else min(case.new, int((case.allowed & ~case.existing).sum()))
        )
        best = case.best(kind, int(case.people[case.coverable].sum()), case.cutoff)
        plan, other = plan_of(kind, case), plan_of(kind, case, shuffle=i)
        if plan is None:
            reached = (case.cost[case.allowed] <= case.limit)[:, case.people > 0].any() if case.allowed.any() else False
            assert best is None or not reached, (kind, case, best)
            assert other is None
            continue
        found += 1
        assert plan.objective == pytest.approx(best, rel=1e-12), (kind, case)
        assert plan.proven
        assert (plan.open, plan.objective) == (other.open, other.objective)
        pd.testing.assert_series_equal(plan.assignment, other.assignment.reindex(plan.assignment.index))
    assert found >= 5


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["max_cover", "p_median", "p_center"]))
def test_more_sites_are_never_worse_and_rules_never_help(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    case = random_case(rng, quotas=True)
    room = int((~case.existing).sum())
    free = replace(case, quotas=())
    better = (lambda a, b: a >= b) if kind == "max_cover" else (lambda a, b: a <= b)
    plans = [plan_of(kind, replace(free, new=n)) for n in range(room + 1)]
    values = [p.objective for p in plans if p is not None]
    assert all(better(b, a) for a, b in pairwise(values))
    ruled = plan_of(kind, replace(case, new=room))
    if ruled is not None:
        assert better(values[-1], ruled.objective)


def test_of_plans_that_serve_as_many_the_one_that_walks_least() -> None:
    plan = cr.max_served(*town(capacity=[0.0, 9.0, 3.0, 10.0]), new=1, within_min=30, rules=Rules(forbidden=["lone"]))
    assert (plan.opened, plan.objective) == (("mid",), 7 + 2)
    assert plan.pairs["amount"].sum() == 9
    walked = (plan.pairs["amount"] * plan.pairs["cost_ms"]).sum()
    assert walked == 1 * 600_000 + 2 * 500_000 + 0 + 2 * 1_100_000
    near = cr.max_served(*town(capacity=[0.0, 8.0, 8.0, 8.0]), new=1, within_min=40)
    assert (near.opened, near.objective) == (("far",), 8)  # c alone fills it, at its door
    assert "0.00 minutes on average: proven least" in near.notes[0]


@pytest.mark.parametrize("kind", ["max_served", "max_cover", "p_median"])
def test_swaps_and_the_relaxation_find_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicreach.siting.answer.SMALL", 0)
    rng, found = np.random.default_rng([PROBLEMS.index(kind), 23]), 0
    for i in range(8):
        rules = {"capacity": kind == "max_served", "max_load": kind != "max_served", "quotas": i % 2 == 0}
        case = random_case(rng, **rules)
        limit = case.cutoff if kind == "p_median" else case.limit
        case = replace(case, limit=limit, new=min(case.new or 0, 3, int((case.allowed & ~case.existing).sum())))
        best, plan = case.best(kind, 0, case.cutoff), plan_of(kind, case)
        assert (plan is None) <= (best is None or not case.coverable.any()), (kind, i, case)
        if plan is not None:
            found += 1
            assert plan.objective == pytest.approx(best, rel=1e-12), (kind, i, case)
            assert plan.proven, (kind, i)
    assert found >= 3


def test_a_clock_stops_everybody_who_holds_it() -> None:
    looks = iter([False, False, True, False])
    clock = Clock(60, lambda: next(looks))
    part = clock.part(600)
    assert part.seconds <= 60
    assert not part.over()
    assert part.over()  # and nobody is asked any more
    assert clock.over()
    assert clock.left() == part.left() == 0
    assert Clock(60).part(1e-9).over()
    with pytest.raises(InputError, match="seconds must be above 0"):
        cr.max_cover(*town(), new=1, within_min=5, seconds=0)


def test_a_stopped_search_gives_its_best_plan_with_an_honest_bound() -> None:
    case = random_case(np.random.default_rng(5))
    question = Question("max_cover")
    found = solve_model(case.problem(), question, Clock(30, lambda: True))
    assert found.value <= case.best("max_cover") * UNITS <= found.bound


@pytest.mark.parametrize(
    ("bound", "said"), [(1.0, "proven least"), (0.8, "at most 25 % more than the least"), (0.0, "not proven least")]
)
def test_the_walking_claims_no_more_than_is_known(bound: float, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsure(*args: object, **options: object) -> Answer:
        found = answer(*args, **options)  # type: ignore[arg-type]
        if args[1].kind != "least_walking":  # type: ignore[attr-defined]
            return found
        worse = replace(found.found, bound=bound * found.found.value, proven=bound == 1.0)
        return replace(found, found=worse)

    monkeypatch.setattr("civicreach.siting.locate.answer", unsure)
    capacity = pd.Series(8.0, index=pd.Index(list(SITES)))
    plan = cr.max_served(*town(), new=1, within_min=20, capacity=capacity, prices=False)
    assert [said in note for note in map(str, plan.notes)] == [True]


def test_the_price_of_a_rule_is_never_negative_whatever_the_engine() -> None:
    rng = np.random.default_rng(31)
    for _ in range(10):
        case = random_case(rng, quotas=True, budget=True, floor=True)
        ways, demand, sites = layers(case)
        new = min(case.new or 0, int((case.allowed & ~case.existing).sum()))
        try:
            plan = cr.max_cover(ways, demand, sites, new=new, within_min=case.limit, rules=rules_of(case))
        except InputError:
            continue
        assert (plan.price["price"] >= 0).all()
        for rule, row in plan.price.iterrows():
            free = {"quotas": {"quotas": ()}, "budget": {"budget": None}, "floor": {"share": None}}[str(rule)]
            assert row["objective"] == replace(case, new=new, **free).best("max_cover")

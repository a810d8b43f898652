"""Siting from Python on the bundled sample: the same numbers as the study's own report, and searches that are ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import civicreach as cr
from civicreach.layers import Demand, Facilities
from civicreach.measures.analysis import Analysis
from civicreach.reach import Reach
from civicreach.run.siting import asked_alone

Layers = tuple[Reach, Demand, Facilities]
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample" / "study.toml"


@pytest.fixture(scope="module")
def told() -> Analysis:
    """The siting of the sample as a run reports it, without what would help or be tried beside it."""
    study = asked_alone(cr.read_study(SAMPLE))
    bare = {"fix_zones": 0, "try_profiles": (), "try_minutes": ()}
    study = study.model_copy(update={"siting": tuple(each.model_copy(update=bare) for each in study.siting)})
    return cr.analyse(study, "siting")


@pytest.fixture(scope="module")
def layers() -> Layers:
    """Homes, centres and plots of the sample, read one by one as in a notebook."""
    study = cr.read_study(SAMPLE)
    areas = cr.read_areas(study)
    demand = cr.read_demand(study).in_areas(areas)
    centres, plots = cr.read_facilities(study, "elder_centre"), cr.read_facilities(study, "plot")
    frame = pd.concat([centres.frame, plots.with_status("existing", "candidate").frame.assign(status="candidate")])
    frame["cost"] = pd.to_numeric(frame["cost_wan"])
    sites = replace(centres, frame=frame).in_areas(areas)
    network = cr.build_network(cr.read_roads(study), profile=study.profile_of(study.service("elder_centre")))
    ways = cr.reach(demand, sites, network, cutoff_min=15, max_snap_m=study.roads.max_snap_m)
    return ways, demand, sites


def figure(told: Analysis, name: str) -> float:
    value = next(f.value for f in told.figures if f.id == f"siting.{name}")
    assert value is not None
    return value


RULES = {
    "elder_3": cr.Rules(),
    "elder_budget": cr.Rules(budget=1300, quotas=(cr.UnitQuota("district", 2),)),
}


@pytest.mark.parametrize("name", RULES)
def test_the_front_door_gives_the_report_s_plan(told: Analysis, layers: Layers, name: str) -> None:
    plan = cr.max_cover(*layers, new=3, within_min=15, group="elderly", rules=RULES[name])
    assert plan.proven
    assert plan.covered_after / plan.people == pytest.approx(figure(told, f"{name}.people_share"), abs=1e-9)
    assert plan.covered_before / plan.people == pytest.approx(figure(told, f"{name}.people_share_before"), abs=1e-9)
    listed = next(x for x in told.listings if x.id == f"siting_{name}_sites").frame
    assert set(plan.opened) == set(listed["id"])
    if plan.price.size:
        prices = next(x for x in told.listings if x.id == f"siting_{name}_prices").frame.set_index("rule")
        assert plan.price["price"].to_dict() == pytest.approx(prices["price"].to_dict())


def test_the_problems_agree_with_each_other(layers: Layers) -> None:
    """What one problem says about a plan holds for the plans of the others."""
    most = cr.max_cover(*layers, new=3, within_min=15, group="elderly")
    twice = cr.backup_cover(*layers, new=3, within_min=15, group="elderly")
    short = cr.p_median(*layers, new=3, within_min=15, group="elderly")
    assert all(plan.proven for plan in (most, twice, short))
    assert most.objective >= short.covered_after
    assert most.objective >= twice.covered_after
    assert twice.objective <= twice.covered_after
    share = most.objective / most.people
    fewest = cr.set_cover(*layers, within_min=15, group="elderly", share=np.floor(share * 1e6) / 1e6)
    assert fewest.proven
    assert fewest.objective <= 3
    assert fewest.covered_after >= most.objective * (1 - 1e-5)


PROBLEMS: dict[str, Callable[..., cr.SitingPlan]] = {
    "max_cover": cr.max_cover, "backup_cover": cr.backup_cover, "p_median": cr.p_median, "max_served": cr.max_served,
}  # fmt: skip


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_search_that_is_stopped_keeps_its_best_plan(
    layers: Layers, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stop` and Ctrl-C end a search alike: a plan that keeps its rules, worth what is counted, under its bound."""
    monkeypatch.setattr("civicreach.siting.answer.SMALL", 0)  # the fast engines, which take larger problems
    sites = layers[2]
    room = {"capacity": pd.Series(40.0, index=sites.ids)} if name == "max_served" else {}
    solve = PROBLEMS[name]
    best = solve(*layers, new=3, within_min=15, group="elderly", prices=False, **room)
    ended = solve(*layers, new=3, within_min=15, group="elderly", stop=lambda: True, **room)
    least = name == "p_median"
    assert len(ended.opened) <= 3
    assert ended.price.empty
    assert (ended.bound <= best.objective <= ended.objective) if least else (
        ended.objective <= best.objective <= ended.bound + 1e-6
    )  # fmt: skip


def test_ctrl_c_ends_a_search_with_its_best_plan() -> None:
    """Candidates enough for minutes of search; half a second after it began somebody presses Ctrl-C."""
    from civicreach.siting.clock import Clock
    from civicreach.siting.set_cover import best_set_cover
    from test_siting_bounds import squares

    town, at = squares(np.random.default_rng(1), 60, 200)
    best_set_cover(town, opened=np.zeros(60, bool), allowed=np.ones(60, bool), clock=Clock(10), xy=at)  # compiled
    covers, xy = squares(np.random.default_rng(1), 1500, 5000)
    clock = Clock(100)
    alarm = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    alarm.start()
    found = best_set_cover(covers, opened=np.zeros(1500, bool), allowed=np.ones(1500, bool), clock=clock, xy=xy)
    alarm.join()
    assert clock.interrupted
    assert clock.spent() < 30
    met = np.asarray(covers[found.open].sum(axis=0)).ravel() > 0
    assert (met == (np.asarray(covers.sum(axis=0)).ravel() > 0)).all()
    assert 0 < found.bound < found.value

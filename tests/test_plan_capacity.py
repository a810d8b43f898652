"""Who gets a place at the sites of a plan: the page in node against `assign`, to the last home and millionth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from civicreach.layers import Facilities
from civicreach.measures.assignment import Assignment, assign
from civicreach.measures.result import StudyResult
from civicreach.measures.service_circle import Place, service_circle
from civicreach.reach import reach
from plan_case import PlanPage, existing, new_site
from real_data import real_data
from test_plan_engine import SAMPLE, click, random_town, whole_study

MICRO = 1_000_000
SCENARIOS = 5


def with_capacities(town: StudyResult, rng: np.random.Generator) -> StudyResult:
    """A town whose facilities have room for some, for nobody, or the study doesn't know for how many."""
    services = []
    for told in town.services:
        layer = told.facilities_layer
        known = rng.choice([np.nan, 0.0, 30.25, 75.0, 100.123456], len(layer.frame))
        limited = Facilities(layer.frame.assign(capacity=known), layer.service, "bed")
        place = Place(town.demand, town.areas)
        services.append(service_circle(town.study, told.service, place, limited, told.network))
    return replace(town, services=tuple(services))


def steps_of(page: PlanPage, rng: np.random.Generator) -> list[list[Any]]:
    """A question and one to four sites; the first has a capacity, others not always. Some stand in one place."""
    service = int(rng.integers(len(page.head["what_if"]["services"])))
    said = page.head["what_if"]["services"][service]
    profile = page.head["what_if"]["profiles"][int(rng.choice(said["profiles"]))]["name"]
    steps: list[list[Any]] = [["ask", {"service": service, "profile": profile, "minutes": float(rng.uniform(4, 15))}]]
    at = click(page, profile, rng, 20.0)
    for k in range(int(rng.integers(1, 5))):
        capacity = [float(rng.choice([0, 20, 45.5, 120, 200.000001, 1e6])), None][int(k > 0 and rng.random() < 0.3)]
        at = at if rng.random() < 0.2 else click(page, profile, rng, 20.0)
        steps.append(["add", *at, capacity])
    return steps


def everything(page: PlanPage, told: dict[str, Any]) -> tuple[Facilities, pd.Series]:
    """Existing facilities, then the sites, numbered as in the page; and what they have room for."""
    frame = existing(page.result.services[told["question"]["service"]]).frame
    sites = [new_site(page.result.demand, site).frame for site in told["sites"]]
    columns = ["name", "geometry"]
    every = pd.concat([frame[columns], *(site[columns] for site in sites)])
    every.index = pd.RangeIndex(len(every))
    known = frame["capacity"].tolist() if "capacity" in frame.columns else [np.nan] * len(frame)
    room = pd.Series([*known, *(site["capacity"] for site in told["sites"])], index=every.index, dtype=float)
    return Facilities(gpd.GeoDataFrame(every, crs=page.result.demand.crs), "every"), room.fillna(np.inf)


def by_assign(page: PlanPage, told: dict[str, Any]) -> Assignment:
    """What Python says of the homes in the page's order."""
    question, demand = told["question"], page.result.demand
    homes = replace(demand, frame=demand.frame.loc[page.order])
    every, room = everything(page, told)
    most, minutes = page.result.study.roads.max_snap_m, question["minutes"]
    found = reach(homes, every, page.network(question["profile"]), cutoff_min=minutes, max_snap_m=most)
    group = page.result.services[question["service"]].service.group
    return assign(found, homes, every, within_min=minutes, group=group, capacity=room)


def check(page: PlanPage, told: dict[str, Any]) -> dict[str, Any]:
    """Hold the page's assignment against Python's: figures, sites, every home; and against what is covered."""
    found, best = told["capacity"], by_assign(page, told)
    frame = existing(page.result.services[told["question"]["service"]]).frame
    assert best.proven
    assert found["assigned"] == best.totals["served"]
    assert found["unserved"] == best.totals["full"]
    assert found["by_site"] == best.load.tolist()[len(frame) :]
    ids = [site["id"] for site in told["sites"]]
    full = [f["facility"] if f["site"] is None else len(frame) + ids.index(f["site"]) for f in found["full"]]
    assert full == best.load.index[best.load == best.capacity].tolist()
    same_homes(page, found["given"], best, len(frame))
    whole = round(found["assigned"] * MICRO) + round(found["unserved"] * MICRO)
    assert whole == round(told["after"] * MICRO)
    return found


def same_homes(page: PlanPage, given: dict[str, list[int]], best: Assignment, count: int) -> None:
    """Every home sends as many to the same places; existing ones without limit are one and the same to the page."""
    mine = pd.DataFrame(given)
    pairs = best.pairs
    theirs = pd.DataFrame(
        {
            "home": page.order.get_indexer(pd.Index(pairs["demand_id"])),
            "place": pairs["facility_id"].astype(int),
            "amount": (pairs["amount"] * MICRO).round(),
        }
    )
    free = np.flatnonzero(np.isinf(best.capacity.to_numpy()[:count]))
    theirs["place"] = theirs["place"].where(~theirs["place"].isin(free), free.min(initial=count))
    both = [frame.astype("int64").sort_values(["home", "place"]).to_numpy().tolist() for frame in (mine, theirs)]
    assert both[0] == both[1]


@pytest.mark.parametrize("seed", range(6))
def test_places_are_handed_out_as_by_assign(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(400 + seed)
    page = PlanPage(with_capacities(random_town(seed), rng), tmp_path)
    scenarios = [[*steps_of(page, rng), ["told", "short"]] for _ in range(SCENARIOS)]
    found = [check(page, answers[-1]) for answers in page.run(*scenarios)]
    assert sum(f["assigned"] > 0 for f in found) > 1
    assert any(f["unserved"] > 0 for f in found)
    assert any(f["full"] for f in found)


@pytest.mark.parametrize("seed", range(3))
def test_more_capacity_never_serves_fewer(seed: int, tmp_path: Path) -> None:
    """A law: whoever is served can stay where they are when there is more room."""
    rng = np.random.default_rng(500 + seed)
    page = PlanPage(with_capacities(random_town(seed), rng), tmp_path)
    scenarios = []
    for _ in range(10):
        steps = steps_of(page, rng)
        more = [[*s[:3], s[3] and s[3] + float(rng.choice([0, 15, 60.5]))] if s[0] == "add" else s for s in steps]
        scenarios += [[*each, ["told", "short"]] for each in (steps, more)]
    told = [answers[-1]["capacity"]["assigned"] for answers in page.run(*scenarios)]
    fewer, more = told[::2], told[1::2]
    assert all(a <= b for a, b in zip(fewer, more, strict=True))
    assert fewer != more


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> PlanPage:
    return PlanPage(whole_study(SAMPLE), tmp_path_factory.mktemp("sample"))


def test_the_beds_of_a_whole_town(sample: PlanPage) -> None:
    rng = np.random.default_rng(2)
    told: list[Any] = ["told", "short"]
    scenarios = []
    for minutes in (8.0, 15.0):
        clicks = [click(sample, "elder", rng, 5.0) for _ in range(3)]
        adds = [["add", *at, beds] for at, beds in zip(clicks, (40, 300, None), strict=True)]
        scenarios.append([["ask", {"service": 0, "profile": "elder", "minutes": minutes}], *adds, told])
    for answers in sample.run(*scenarios):
        found = check(sample, answers[-1])
        assert found["unserved"] > 0
        assert found["assigned"] > 0


def test_another_limit_an_undo_and_a_move_forget_nothing(sample: PlanPage) -> None:
    """Searches are kept: a smaller and a larger limit, and sites that come and go, are as if asked for at once."""
    rng = np.random.default_rng(6)
    a, b, c = (click(sample, "elder", rng, 5.0) for _ in range(3))
    told: list[Any] = ["told", "short"]
    asks = [["ask", {"minutes": m}] for m in (12.0, 5.0, 20.0)]
    steps = [["add", *a, 50], told, ["add", *b, None], told, *(s for ask in asks for s in (ask, told))]
    steps += [["move", 1, *c, False], told, ["move", 1, *c, True], told, ["undo"], told, ["remove", 1], told]
    answers = [answer for step, answer in zip(steps, sample.run(steps)[0], strict=True) if step == told]
    for answer in answers[:-1]:
        check(sample, answer)
    assert answers[-1]["capacity"] is None  # the site that is left has none


def test_no_capacity_no_assignment(sample: PlanPage) -> None:
    """Without a capacity nothing is assigned; square metres are no people."""
    at = click(sample, "elder", np.random.default_rng(1), 5.0)
    services = sample.head["what_if"]["services"]
    area = next(k for k, s in enumerate(services) if s["id"] == "community_station")
    assert services[area]["capacity"] is None
    told: list[Any] = ["told", "short"]
    *_, plain = sample.run([["add", *at], told])[0]
    *_, square = sample.run([["ask", {"service": area}], ["add", *at, 500], told])[0]
    assert plain["capacity"] is None
    assert square["capacity"] is None
    assert square["sites"][0]["capacity"] == 500


@pytest.mark.real
def test_las_palmas_beds_equal_assign(tmp_path: Path) -> None:
    folder = real_data()
    if folder is None:
        pytest.skip("no real data: see tests/real_data.py")
    from test_real_cities import LAS_PALMAS

    path = tmp_path / "study.toml"
    path.write_text(LAS_PALMAS.format(real=folder), encoding="utf-8")
    page = PlanPage(whole_study(path), tmp_path)
    rng = np.random.default_rng(3)
    for answers in page.run(*[[*steps_of(page, rng), ["told", "short"]] for _ in range(4)]):
        check(page, answers[-1])

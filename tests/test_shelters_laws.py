"""Shelters against brute force and linear programming, laws that always hold, and input that is wrong."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from shapely.geometry import box

import shelter_town as town
import towns
from civicreach.errors import CutoffError, LayerError, StudyError
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.analysis import Analysis
from civicreach.measures.ground import Ground
from civicreach.measures.shelters import (
    CLASSES,
    Sheltered,
    Shelters,
    class_of_word,
    covered_by_class,
    places_in,
    read_shelters,
    shelter_reach,
    sheltered,
    within_own_distance,
)
from civicreach.network import RoadNetwork, build_network
from civicreach.reach import Reach, reach
from civicreach.study import Profile, ShelterSpec

RADIUS = {"emergency": 500, "short": 1000, "medium": 1500, "long": 2500, "central": 2500}
AREA = {"emergency": 0.5, "short": 2.0, "medium": 3.0, "long": 4.5, "central": 4.5}
KEYS = list(RADIUS)
LENGTH = 4000


@cache
def street(profile: Profile) -> RoadNetwork:
    """A straight street of 4,000 m."""
    roads = towns.roads({"A": (0, 0), "B": (LENGTH, 0)}, [("A B", "residential", 0)])
    return build_network(roads, profile)


def street_ground(homes: list[int], people: list[float], sites: list[int], keys: list[str], m2: list[float]) -> Ground:
    """One straight street in four communities of two districts, homes and shelters on it by metres."""
    shapes = [box(i * 1000 - 0.5, -10, (i + 1) * 1000 - 0.5 + (i == 3), 10) for i in range(4)]
    columns = {"community_id": list("abcd"), "district_id": ["p", "p", "q", "q"]}
    areas = Areas(gpd.GeoDataFrame(columns, geometry=shapes, crs=towns.CRS))
    places = {f"h{i}": (float(x), 0.0) for i, x in enumerate(homes)}
    frame = {"capacity": m2, "class": keys, "name": [f"S{i}" for i in range(len(sites))]}
    points = gpd.points_from_xy([float(x) for x in sites], np.zeros(len(sites)), crs=towns.CRS)
    layer = Facilities(gpd.GeoDataFrame(frame, geometry=points, index=frame["name"]), "shelter", "m2")
    return Ground(
        study=town.study(Path("/nowhere"), shelters=ShelterSpec(class_column="class", critical_links=2)),
        demand=towns.demand(places, people).in_areas(areas),
        areas=areas,
        facilities={"shelter": layer.in_areas(areas)},
        network_of=lambda profile, private: street(profile),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], list[float], list[int], list[str], list[float]]:
    metres = st.integers(0, LENGTH // 50).map(lambda k: 50 * k)
    homes = draw(st.lists(metres, min_size=1, max_size=7))
    people = draw(st.lists(st.integers(0, 40).map(lambda k: k / 4), min_size=len(homes), max_size=len(homes)))
    count = draw(st.integers(1, 4))
    sites = draw(st.lists(metres, min_size=count, max_size=count))
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=count, max_size=count))
    m2 = draw(st.lists(st.integers(0, 120).map(lambda k: k / 4), min_size=count, max_size=count))
    return homes, people, sites, keys, m2


def distances(homes: list[int], sites: list[int], keys: list[str]) -> npt.NDArray[np.float64]:
    """Metres (homes, shelters), infinite beyond the distance of the shelter's class."""
    metres = np.abs(np.subtract.outer(np.array(homes, float), np.array(sites, float)))
    return np.where(metres <= [RADIUS[key] for key in keys], metres, np.inf)


def least_walking(metres: Any, people: list[float], places: list[float]) -> tuple[float, float]:
    """Most people who can be served, and the fewest person-metres that do it, by linear programming."""
    pairs = [(i, j) for i, j in itertools.product(*map(range, metres.shape)) if np.isfinite(metres[i, j])]
    if not pairs:
        return 0.0, 0.0
    rows = np.zeros((sum(metres.shape), len(pairs)))
    for at, (i, j) in enumerate(pairs):
        rows[i, at] = rows[metres.shape[0] + j, at] = 1.0
    limits = [*people, *places]
    most = -linprog(-np.ones(len(pairs)), A_ub=rows, b_ub=limits).fun
    cost = [metres[pair] for pair in pairs]
    best = linprog(cost, A_ub=np.vstack([rows, -np.ones(len(pairs))]), b_ub=[*limits, -most + 1e-9])
    return most, float(best.fun)


def by_id(found: Analysis) -> dict[str, float]:
    return {figure.id: np.nan if figure.value is None else figure.value for figure in found.figures}


def solved(case: Any) -> tuple[Ground, Shelters, Reach, Sheltered]:
    """The parts of the analysis that decide its numbers."""
    ground = street_ground(*case)
    shelters = read_shelters(ground, ShelterSpec(class_column="class"))
    network = ground.network(ground.study.profiles["adult"].in_metres())
    every = reach(ground.demand, shelters.facilities, network, cutoff_min=2500 / 60)
    pairs = within_own_distance(every, shelters.radius_ms)
    return ground, shelters, pairs, sheltered(pairs, ground.demand, shelters)


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_against_linear_programming_and_by_counting(case: Any) -> None:
    homes, people, sites, keys, m2 = case
    _, shelters, pairs, found = solved(case)
    metres = distances(homes, sites, keys)
    near = np.isfinite(metres)
    places = [float(np.floor(area / AREA[key] + 1e-9)) for area, key in zip(m2, keys, strict=True)]
    assert shelters.places.tolist() == places
    covered = covered_by_class(pairs, shelters)
    assert covered["any"].tolist() == near.any(axis=1).tolist()
    for key in shelters.classes:
        assert covered[key].tolist() == near[:, [k == key for k in keys]].any(axis=1).tolist()
    for each, room in (
        (found.best, places),
        (found.fixed, [0.0 if key == "emergency" else n for n, key in zip(places, keys, strict=True)]),
    ):
        most, walk = least_walking(metres, people, room)
        assert each.totals["served"] == pytest.approx(most, abs=1e-5)
        assert each.total_person_min * 60 == pytest.approx(walk, rel=1e-6, abs=1e-3)
        assert each.proven
    assert found.nearest.totals["served"] <= found.best.totals["served"]
    assert found.best.totals["beyond"] == np.dot(people, ~near.any(axis=1))
    for each in (found.best, found.nearest, found.fixed):
        assert (each.served + each.unserved).tolist() == people
        assert (each.load <= shelters.places).all()


@settings(max_examples=25, deadline=None)
@given(case=cases(), which=st.integers(0, 3), more=st.integers(1, 30))
def test_more_room_never_serves_fewer_and_growth_serves_all_in_reach(case: Any, which: int, more: int) -> None:
    *places, m2 = case
    _, shelters, _, found = solved(case)
    larger = list(m2)
    larger[which % len(m2)] += more
    *_, then = solved((*places, larger))
    assert then.best.totals["served"] >= found.best.totals["served"]
    growth = found.growth(shelters)
    assert (growth["m2"] >= 0).all()
    _, _, _, enough = solved((*places, (shelters.m2 + growth["m2"]).tolist()))
    assert enough.best.totals["full"] == 0
    # no fewer places do it, but that each shelter grows by whole ones
    full, grown = found.best.totals["full"], (growth["places"] > 0).sum()
    assert full <= growth["places"].sum() <= full + grown * 0.75  # people come in quarters


@settings(max_examples=6, deadline=None)
@given(case=cases())
def test_levels_and_lists_add_up(case: Any) -> None:
    found = shelter_reach(street_ground(*case))
    for topic in found.topics:
        community, district = topic.tables["community"], topic.tables["district"]
        for field in topic.fields:
            if field.total:
                sums = community.groupby("district_id")[field.name].sum().round(6)
                assert district[field.name].to_dict() == sums.reindex(district.index).to_dict()
    capacity = next(each for each in found.topics if each.id == "shelter.capacity").tables["community"]
    assert (capacity["served"] + capacity["unserved"] == capacity["people"]).all()
    plan = next(each for each in found.listings if each.id == "shelter_flows").frame
    assert plan.groupby("community_id")["amount"].sum().reindex(list("abcd"), fill_value=0.0).to_dict() == (
        capacity["served"].to_dict()
    )
    loads = next(each for each in found.layers if each.id == "shelter_loads").frame
    there = plan.groupby("shelter_id")["amount"].sum()
    assert loads["load"].to_dict() == there.reindex(loads.index, fill_value=0.0).to_dict()
    unserved = next(each for each in found.listings if each.id == "shelter_unserved").frame
    assert unserved["unserved"].sum() == capacity["unserved"].sum()


def test_the_order_of_rows_changes_no_figure() -> None:
    homes, people = [0, 300, 900, 1600, 2500], [3.0, 8.0, 2.5, 6.0, 4.0]
    sites, keys, m2 = [100, 700, 2000], ["emergency", "short", "medium"], [4.0, 9.0, 20.0]
    found = by_id(shelter_reach(street_ground(homes, people, sites, keys, m2)))
    turned = street_ground(homes[::-1], people[::-1], sites[::-1], keys[::-1], m2[::-1])
    assert by_id(shelter_reach(turned)) == found


# --- parts by themselves ----------------------------------------------------------------------------------------------


def test_the_parts_are_of_use_by_themselves(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    shelters = read_shelters(ground, ShelterSpec(class_column="class"))
    assert shelters.key.to_dict() == {"E": "emergency", "M": "medium"}
    assert shelters.places.to_dict() == {"E": 12, "M": 20}
    network = ground.network(ground.study.profiles["adult"].in_metres())
    every = reach(ground.demand, shelters.facilities, network, cutoff_min=25)
    pairs = within_own_distance(every, shelters.radius_ms)
    covered = covered_by_class(pairs, shelters)
    assert covered.index.equals(ground.demand.ids)
    assert covered.index[~covered["any"]].tolist() == ["w", "x"]
    assert covered["emergency"].sum() == 3
    assert len(every) > len(pairs)
    found = sheltered(pairs, ground.demand, shelters)
    assert found.best.load.to_dict() == {"E": 12, "M": 17}
    assert found.nearest.load.to_dict() == {"E": 12, "M": 13}
    assert found.fixed.load.to_dict() == {"E": 0, "M": 20}
    with pytest.raises(CutoffError):
        within_own_distance(reach(ground.demand, shelters.facilities, network, cutoff_min=20), shelters.radius_ms)


def test_pairs_of_what_is_cut_off_go(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    shelters = read_shelters(ground, ShelterSpec(class_column="class"))
    network = ground.network(ground.study.profiles["adult"].in_metres())
    every = reach(ground.demand, shelters.facilities, network, cutoff_min=25)
    no_way = ground.demand.ids.isin(["n0", "s1"])
    left = within_own_distance(every, shelters.radius_ms, no_way=no_way, out=np.array([True, False]))
    frame = left.frame()
    assert set(frame["facility_id"]) == {"M"}
    assert set(frame["demand_id"]) == {"n1", "n2", "s0", "o"}
    assert left.cost("s0", "M") == 1_200_000
    assert left.cost("e", "E") is None


def test_whole_persons() -> None:
    m2 = pd.Series([9.0, 10.0, 1.99, 0.0, 2.1])
    assert places_in(m2, 2.0).tolist() == [4, 5, 0, 0, 1]
    assert places_in(pd.Series([3.3]), 1.1).tolist() == [3]  # 3.3 / 1.1 is 2.9999999999999996
    assert places_in(pd.Series([1.0, 9.0]), pd.Series([0.5, 4.5])).tolist() == [2, 2]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("emergency", "emergency"), ("Emergency Shelter", "emergency"), ("short", "short"), ("short-term", "short"),
        ("LONG_TERM fixed shelter", "long"), ("紧急", "emergency"), ("紧急避难场所", "emergency"), ("短期", "short"),
        ("短期固定避难场所", "short"), ("中期固定", "medium"), ("中期避难场所", "medium"), ("长期固定避难场所", "long"),
        ("中心避难场所", "central"), (" 中期 固定 ", "medium"), ("紧急应急避难场所", "emergency"),
        ("ｓｈｏｒｔ", "short"),
        ("避难场所", None), ("公园", None), ("", None), ("固定避难场所", None), ("Ⅰ类", None), ("shortish", None),
    ],
)  # fmt: skip
def test_words_of_classes(word: str, key: str | None) -> None:
    assert class_of_word(word) == key
    assert key is None or key in CLASSES


def test_a_central_shelter_is_held_to_the_long_term_one_and_says_so(tmp_path: Path) -> None:
    ground = town.ground(tmp_path, town.shelters(classes=["中心避难场所", "medium", "long"]))
    found = shelter_reach(ground)
    values = by_id(found)
    # 6 m2 at 4.5: one place. e, n0, n1, n2 are within 2,500 m, and over the bridge everybody is
    assert values["shelter.central.people_share"] == 31 / 32
    assert values["shelter.places"] == 1 + 20
    assert any("long-term" in note and "按长期固定避难场所" in note.zh for note in found.warnings)
    assert "shelter.long.radius" in found.standards


# --- input that is wrong ----------------------------------------------------------------------------------------------


def test_all_faults_of_the_shelters_at_once(tmp_path: Path) -> None:
    layer = town.shelters(classes=["公园", None, "long"], m2=[None, 61.0, 900.0], status=["existing"] * 3)
    with pytest.raises(LayerError) as caught:
        shelter_reach(town.ground(tmp_path, layer))
    text = str(caught.value)
    assert "class is empty (1: M)" in text
    assert "unknown classes (1: E: 公园)" in text
    assert "短期" in text
    assert "emergency" in text
    assert "m2 is empty (1: E)" in text
    assert len(caught.value.faults) == 3


def test_shelters_that_are_only_planned_may_be_unknown(tmp_path: Path) -> None:
    layer = town.shelters(classes=["emergency", "medium", "?"], m2=[6.0, 61.0, None])
    assert by_id(shelter_reach(town.ground(tmp_path, layer)))["shelter.places"] == 32


def test_a_column_that_isn_t_there(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r"no column 'clas' .*Did you mean class\?"):
        shelter_reach(town.ground(tmp_path, shelters=ShelterSpec(class_column="clas")))


def test_capacity_in_persons_isn_t_m2(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    layer = ground.facilities["shelter"]
    persons = Facilities(layer.frame, "shelter", "人", layer.source)
    with pytest.raises(LayerError, match="capacity of shelters is in '人', not in m2"):
        shelter_reach(replace(ground, facilities={"shelter": persons}))
    bare = Facilities(layer.frame.drop(columns="capacity"), "shelter", "", layer.source)
    with pytest.raises(LayerError, match="no effective area"):
        shelter_reach(replace(ground, facilities={"shelter": bare}))


def test_standards_that_are_missing_or_of_another_unit(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    standards = dict(ground.study.standards)
    del standards["shelter.short.radius"]
    minutes = standards["shelter.long.radius"].model_copy(update={"unit": "min"})
    nothing = standards["shelter.medium.area_per_person"].model_copy(update={"value": 0.0})
    standards |= {"shelter.long.radius": minutes, "shelter.medium.area_per_person": nothing}
    broken = replace(ground, study=ground.study.model_copy(update={"standards": standards}))
    with pytest.raises(StudyError) as caught:
        shelter_reach(broken)
    assert len(caught.value.faults) == 3
    assert "2500 min; it must be above 0 and in m" in str(caught.value)


def test_a_study_without_shelters(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="section"):
        shelter_reach(town.ground(tmp_path, shelters=None))


def test_shelters_far_from_streets_and_outside_areas_are_told(tmp_path: Path) -> None:
    """P stands 400 m off the street, M east of all areas where o lives: M still takes people in (n0 finds E)."""
    ground = town.ground(tmp_path)
    frame = ground.facilities["shelter"].frame.copy()
    frame["status"] = "existing"
    points = gpd.points_from_xy([200, 1250, 600], [200, 0, -400], crs=towns.CRS)
    moved = Facilities(frame.set_geometry(points), "shelter", "m2").in_areas(town.communities())
    found = shelter_reach(replace(ground, facilities={"shelter": moved}))
    values = by_id(found)
    assert values["shelter.places"] == 12 + 20 + 200
    assert values["shelter.fixed_capacity_share"] == 0  # M and P are in no area
    assert values["shelter.long.people_share"] == 0
    assert values["shelter.capacity_served_share"] * 32 == 29
    notes = [(str(note), note.zh) for note in found.warnings]  # type: ignore[attr-defined]
    assert any("farther than 200 m from any street" in en and "P" in en and "距道路超过" in zh for en, zh in notes)
    assert any("2 outside all areas" in en and "M、P" in zh for en, zh in notes)


def test_people_outside_the_areas_take_no_place(tmp_path: Path) -> None:
    """o's sixteen live 50 m from M, but in no area: they are in no share and take none of the twenty places."""
    ground = town.ground(tmp_path)
    found = shelter_reach(ground)
    loads = next(each for each in found.layers if each.id == "shelter_loads").frame
    assert loads.loc["M", ["within", "load"]].tolist() == [25, 17]
    more = ground.demand.frame.assign(people=[4.0, 6.0, 7.0, 4.0, 5.0, 3.0, 2.0, 1.0, 1600.0])
    same = shelter_reach(replace(ground, demand=Demand(more, groups=("people", "day"))))
    assert by_id(same) == by_id(found)

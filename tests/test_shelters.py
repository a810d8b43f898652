"""Shelters by hand: reach by class, places, loads, growth, the evacuation plan, streets out, critical links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import shelter_town as town
import towns
from civicreach.layers import Areas
from civicreach.layers.hazard import Depth
from civicreach.measures.analysis import Analysis, Listing, MapLayer, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Hazard
from civicreach.measures.shelters import shelter_reach
from civicreach.study import ScenarioSpec, ShelterSpec

SCENARIOS = (town.BRIDGE, town.CORDON, town.ELSEWHERE)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The whole analysis of the town, with all three scenarios."""
    return shelter_reach(town.ground(tmp_path_factory.mktemp("town"), scenarios=SCENARIOS))


def figures(found: Analysis) -> dict[str, Figure]:
    return {figure.id: figure for figure in found.figures}


def values(found: Analysis, *names: str) -> list[float | None]:
    by_id = figures(found)
    return [by_id[f"shelter.{name}"].value for name in names]


def topic(found: Analysis, name: str) -> Topic:
    return next(each for each in found.topics if each.id == f"shelter.{name}")


def listing(found: Analysis, name: str) -> Listing:
    return next(each for each in found.listings if each.id == name)


def layer(found: Analysis, name: str) -> MapLayer:
    return next(each for each in found.layers if each.id == name)


# --- reach ------------------------------------------------------------------------------------------------------------


def test_reach_by_class_by_hand(found: Analysis) -> None:
    by_id = figures(found)
    shares = {
        "people_share": 29,  # everyone but w, who is 1,600 m from M, and x
        "emergency.people_share": 4 + 6 + 7,
        "medium.people_share": 6 + 7 + 4 + 5 + 3,  # n0 at 1,500 m to the metre
        "short.people_share": 0,
        "long.people_share": 0,  # one is planned, none exists
    }
    for name, people in shares.items():
        figure = by_id[f"shelter.{name}"]
        assert (figure.numerator, figure.denominator, figure.value) == (people, 32, people / 32), name
    assert values(found, "communities_presence_share", "communities_served_share") == [2 / 3, 1.0]
    by_day = [by_id[f"shelter.day.{name}"].numerator for name in ("people_share", "emergency.people_share")]
    assert by_day == [44, 17]
    assert "shelter.day.communities_presence_share" not in by_id  # the same by day and by night


def test_reach_on_every_level_by_hand(found: Analysis) -> None:
    tables = topic(found, "reach").tables
    community = tables["community"]
    columns = ["people", "any", "uncovered", "unsnapped", "emergency", "medium", "shelter_count", "units_served"]
    assert community.loc["nw", columns].tolist() == [18, 17, 1, 1, 17, 13, 1, 1]
    assert community.loc["ne", columns].tolist() == [4, 4, 0, 0, 0, 4, 0, 1]
    assert community.loc["s", columns].tolist() == [10, 8, 2, 0, 0, 8, 1, 1]
    assert tables["district"].loc["dn", ["people", "any", "any_share", "units_present"]].tolist() == [
        22,
        21,
        21 / 22,
        1,
    ]
    assert tables["urban_rural"].loc["rural", "any_share"] == 0.8
    assert topic(found, "reach_day").tables["district"].loc["ds", "any"] == 23


def test_a_community_is_served_from_half_of_its_people_on(tmp_path: Path) -> None:
    """Without M nobody in the south and of ne is in reach: e, n0, n1 of nw are, and they are more than half."""
    ground = town.ground(tmp_path, town.shelters(status=["existing", "closed", "planned"]))
    table = topic(shelter_reach(ground), "reach").tables["community"]
    assert table["units_served"].to_dict() == {"nw": 1, "ne": 0, "s": 0}


def test_the_headlines_come_first(found: Analysis) -> None:
    names = ["people_share", "capacity_served_share", "capacity_unserved", "fixed_capacity_share"]
    assert [figure.id for figure in found.figures[:5]] == [
        *(f"shelter.{name}" for name in names),
        "shelter.emergency.people_share",
    ]
    of_day = [figure.id for figure in found.figures if figure.id.startswith("shelter.day.")]
    assert of_day[:4] == [f"shelter.day.{name}" for name in names]


@pytest.mark.parametrize(("s1", "served"), [(5.0, 1), (4.9, 0)])
def test_served_from_half_on_inclusive(tmp_path: Path, s1: float, served: int) -> None:
    """M within 1,000 m only: of the south s1 alone, with s0's three and w's two beside."""
    ground = town.ground(tmp_path)
    standards = dict(ground.study.standards)
    standards["shelter.medium.radius"] = standards["shelter.medium.radius"].model_copy(update={"value": 1000.0})
    people = ground.demand.frame["people"].to_dict() | {"s0": 3.0, "s1": s1}
    frame = ground.demand.frame.assign(people=pd.Series(people))
    study = ground.study.model_copy(update={"standards": standards})
    found = shelter_reach(replace(ground, study=study, demand=town.Demand(frame, groups=("people", "day"))))
    assert topic(found, "reach").tables["community"].loc["s", "units_served"] == served


# --- places -----------------------------------------------------------------------------------------------------------


def test_who_finds_a_place_by_night_by_hand(found: Analysis) -> None:
    names = ("capacity_served_share", "capacity_unserved", "capacity_full", "capacity_beyond", "capacity_unsnapped")
    assert values(found, *names) == [29 / 32, 3, 0, 2, 1]
    # n0 and n1 are at 300 m of E and take its twelve places; e's four have no other shelter
    assert values(found, "nearest_first_served_share", "proven") == [25 / 32, 1]
    walk = 4 * 450 + 6 * 300 + 2 * 300 + 5 * 900 + 4 * 450 + 5 * 1200 + 3 * 600
    nearest = 6 * 300 + 6 * 300 + 1 * 900 + 4 * 450 + 5 * 1200 + 3 * 600
    assert values(found, "mean_walk_m", "nearest_first_mean_walk_m") == [
        pytest.approx(walk / 29),
        pytest.approx(nearest / 25),
    ]
    rules = listing(found, "shelter_rules").frame.set_index("how")
    assert rules.loc["best", ["served", "full", "beyond", "unsnapped"]].tolist() == [29, 0, 2, 1]
    assert rules.loc["nearest", ["served", "full", "beyond", "unsnapped"]].tolist() == [25, 4, 2, 1]
    # M alone: 20 of the 25 within 1,500 m; e and w reach no fixed shelter
    assert rules.loc["fixed", ["served", "full", "beyond", "unsnapped"]].tolist() == [20, 5, 6, 1]


def test_who_finds_a_place_by_day_by_hand(found: Analysis) -> None:
    names = ("capacity_served_share", "capacity_full", "capacity_beyond", "proven")
    assert values(found, *(f"day.{name}" for name in names)) == [32 / 47, 12, 2, 1]
    community = topic(found, "capacity_day").tables["community"]
    assert community[["served", "full", "beyond", "unsnapped", "unserved"]].to_dict("index") == {
        "nw": {"served": 17, "full": 0, "beyond": 0, "unsnapped": 1, "unserved": 1},
        "ne": {"served": 4, "full": 0, "beyond": 0, "unsnapped": 0, "unserved": 0},
        "s": {"served": 11, "full": 12, "beyond": 2, "unsnapped": 0, "unserved": 14},
    }
    assert topic(found, "capacity_day").tables["district"].loc["ds", "served_share"] == 11 / 25


def test_loads_and_what_a_place_is_worth_by_hand(found: Analysis) -> None:
    loads = layer(found, "shelter_loads").frame
    assert list(loads.index) == ["E", "M"]  # P is only planned
    columns = ["class", "m2", "places", "within", "load", "use_share", "nearest_load", "serves_more"]
    assert loads.loc["E", columns].tolist() == ["emergency", 6, 12, 17, 12, 1, 12, False]
    assert loads.loc["M", columns].tolist() == ["medium", 61, 20, 25, 17, 0.85, 13, False]
    # one more place in E: one of n1 walks 300 m instead of 900
    assert loads["saves_m"].tolist() == [600, 0]
    assert loads.geometry["E"].coords[0] == (200, 200)
    by_day = layer(found, "shelter_loads_day").frame
    assert by_day["load"].tolist() == [12, 20]
    assert by_day["serves_more"].tolist() == [True, True]  # one of n1 comes back to E, one of s0 has her place in M
    assert by_day["saves_m"].isna().all()


def test_growth_by_hand(found: Analysis) -> None:
    assert values(found, "growth_m2", "growth_count") == [0, 0]
    assert values(found, "day.growth_m2", "day.growth_count") == [32 * 3 - 61, 1]
    assert listing(found, "shelter_growth").frame.empty
    rows = listing(found, "shelter_growth_day").frame
    assert rows.loc["M", ["places", "growth_places", "growth_share", "growth_m2"]].tolist() == [20, 12, 0.6, 35]
    assert topic(found, "room_day").tables["community"]["growth_m2"].to_dict() == {"nw": 0, "ne": 0, "s": 35}


def test_shelters_that_grew_as_told_hold_everybody(tmp_path: Path) -> None:
    grown = shelter_reach(town.ground(tmp_path, town.shelters(m2=[6.0, 61.0 + 35.0, 900.0])))
    assert values(grown, "day.capacity_full", "day.growth_m2") == [0, 0]
    short = shelter_reach(town.ground(tmp_path, town.shelters(m2=[6.0, 61.0 + 34.9, 900.0])))
    assert values(short, "day.capacity_full") == [1]


def test_fixed_shelters_against_what_is_asked_by_hand(found: Analysis) -> None:
    assert values(found, "fixed_capacity_share", "fixed_lacking", "m2_per_person", "places") == [
        20 / 32, 0, pytest.approx(67 / 32), 32,
    ]  # fmt: skip
    table = topic(found, "room").tables["community"]
    columns = ["m2", "places", "fixed_places", "fixed_share"]
    assert table.loc["nw", columns].tolist() == [6, 12, 0, 0]
    assert table.loc["s", columns].tolist() == [61, 20, 20, 2]
    assert table["fixed_lacking"].tolist() == [3, 1, 0]  # 2.7 and 0.6
    # the district has four people and eighteen, and no fixed shelter; the south's surplus doesn't help it
    assert topic(found, "room").tables["district"]["fixed_lacking"].tolist() == [4, 0]  # 3.3
    assert topic(found, "room").target == 0.15


def test_too_few_fixed_places(tmp_path: Path) -> None:
    found = shelter_reach(town.ground(tmp_path, town.shelters(m2=[6.0, 10.0, 0.0])))
    assert values(found, "fixed_capacity_share", "fixed_lacking") == [3 / 32, 2]  # 1.8


# --- the plan and who is left out ------------------------------------------------------------------------------------


def test_the_evacuation_plan_by_hand(found: Analysis) -> None:
    plan = listing(found, "shelter_flows").frame
    rows = plan[["community_id", "shelter_id", "class", "amount", "mean_m", "max_m"]].to_numpy().tolist()
    assert rows == [
        ["nw", "E", "emergency", 12, (4 * 450 + 6 * 300 + 2 * 300) / 12, 450],
        ["nw", "M", "medium", 5, 900, 900],
        ["ne", "M", "medium", 4, 450, 450],
        ["s", "M", "medium", 8, (5 * 1200 + 3 * 600) / 8, 1200],
    ]
    lines = layer(found, "shelter_flows").frame
    # from the middle of 4 at -250, 6 at -100 and 2 at 500
    start = (4 * -250 + 6 * -100 + 2 * 500) / 12
    assert [tuple(np.round(xy, 6)) for xy in lines.geometry.iloc[0].coords] == [(round(start, 6), 200), (200, 200)]
    assert plan["community"].tolist() == ["Northwest", "Northwest", "Northeast", "South"]
    assert [each.header[1] for each in listing(found, "shelter_flows_day").fields if each.name == "amount"] == [
        "前往日间人口"
    ]


def test_where_people_find_no_place_by_hand(found: Analysis) -> None:
    rows = listing(found, "shelter_unserved_day").frame
    columns = ["people", "unserved", "full", "beyond", "unsnapped", "nearest_m", "new_m2"]
    assert list(rows.index) == ["s", "nw"]
    # s0's twelve at 1,200 m, w's two at 1,600 m, who would need 1 m2 in an emergency shelter
    assert rows.loc["s", columns].tolist() == [25, 14, 12, 2, 0, 1200, 1]
    assert rows.loc["nw", [*columns[:5], "new_m2"]].tolist() == [18, 1, 0, 0, 1, 0]
    assert np.isnan(rows.loc["nw", "nearest_m"])  # x has no way to any
    middle = layer(found, "shelter_unserved_day").frame.geometry["s"]
    assert (middle.x, middle.y) == (pytest.approx((12 * 0 + 2 * -400) / 14), 0)


# --- streets out ------------------------------------------------------------------------------------------------------


def test_a_bridge_out_by_hand(found: Analysis) -> None:
    names = (
        "people_share",
        "people_losing",
        "people_cut_off",
        "capacity_served_share",
        "closed_km",
        "shelters_cut_off",
    )
    # n2 is 750 m from E, an emergency shelter; of the north seventeen want twelve places
    assert values(found, *(f"scenario.bridge.{name}" for name in names)) == [25 / 32, 4, 0, 20 / 32, 0.2, 0]
    losses = listing(found, "shelter_losses").frame
    night = losses[(losses["scenario"] == "bridge") & (losses["who"] == "people")]
    rows = night.set_index("community_id")[["people", "losing", "losing_share", "cut_off", "fewer"]]
    assert rows.loc["ne"].tolist() == [4, 4, 1, 0, 4]
    assert rows.loc["nw"].tolist() == [18, 0, 0, 0, 5]
    by_day = losses[(losses["scenario"] == "bridge") & (losses["who"] == "day")].set_index("community_id")["fewer"]
    assert by_day.to_dict() == {"ne": 4, "nw": 5}  # in the south nine more of s0 find a place: no loss, so no row
    district = topic(found, "scenario_bridge").tables["district"]
    assert district.loc["dn", ["covered", "losing", "served_before", "served"]].tolist() == [17, 4, 21, 12]
    summary = listing(found, "shelter_scenarios").frame
    day = summary[(summary["scenario"] == "bridge") & (summary["who"] == "day")].iloc[0]
    assert day[["before_share", "after_share", "losing", "served_before", "served"]].tolist() == [
        44 / 47, 40 / 47, 4, 32, 32,
    ]  # fmt: skip


def test_a_cordon_by_hand(found: Analysis) -> None:
    names = ("people_share", "people_losing", "people_cut_off", "closed_km", "shelters_cut_off")
    # E stands in the cordon; e and n0 can't get past it, n1 still walks 900 m to M
    assert values(found, *(f"scenario.cordon.{name}" for name in names)) == [19 / 32, 10, 10, pytest.approx(0.1), 1]
    summary = listing(found, "shelter_scenarios").frame
    row = summary[(summary["scenario"] == "cordon") & (summary["who"] == "people")].iloc[0]
    assert row[["shelters_out", "which", "places_out", "served"]].tolist() == [1, "Shelter E", 12, 19]
    streets = layer(found, "closed_streets").frame
    assert streets[["scenario", "name"]].to_numpy().tolist() == [
        ["bridge", "Long Bridge"], ["cordon", "North Street"],
    ]  # fmt: skip
    assert streets["length_m"].tolist() == [200, pytest.approx(100)]
    assert streets.geometry.iloc[1].bounds == (150, 200, 250, 200)


def test_a_closure_elsewhere_changes_nothing(found: Analysis) -> None:
    for prefix in ("", "day."):
        now = values(found, f"{prefix}people_share", f"{prefix}capacity_served_share")
        names = [f"{prefix}scenario.elsewhere.{name}" for name in ("people_share", "capacity_served_share")]
        assert values(found, *names) == now
        lost = [f"{prefix}scenario.elsewhere.{name}" for name in ("people_losing", "people_cut_off")]
        assert values(found, *lost) == [0, 0]
    assert not (listing(found, "shelter_losses").frame["scenario"] == "elsewhere").any()
    table = topic(found, "scenario_elsewhere").tables["community"]
    assert table["served"].tolist() == topic(found, "capacity").tables["community"]["served"].tolist()
    assert table["covered"].tolist() == topic(found, "reach").tables["community"]["any"].tolist()
    assert any("closes no street" in note for note in found.warnings)
    with_and_without = {name: figure.value for name, figure in figures(found).items() if ".scenario." not in name}
    alone = shelter_reach(town.ground(Path("/nowhere")))
    assert {name: figure.value for name, figure in figures(alone).items()} == with_and_without


def test_water_over_a_shelter_and_over_every_shelter(tmp_path: Path) -> None:
    """One cell of 0.5 m over M, from x = 1,150 on; and one over the whole town."""
    depth = Depth(towns.CRS, (100.0, 0.0, 1150.0, 0.0, -100.0, 50.0), np.array([[0.5]], dtype=np.float32))
    all_of_it = Depth(towns.CRS, (4000.0, 0.0, -2000.0, 0.0, -4000.0, 2000.0), np.array([[0.5]], dtype=np.float32))
    wet = ScenarioSpec(id="wet", name="积水", flood=Path("a.tif"))
    drowned = ScenarioSpec(id="drowned", name="淹没", flood=Path("b.tif"))
    deeper = ScenarioSpec(id="deeper", name="深水", flood=Path("a.tif"), depth_m=0.6)
    hazards = {"wet": Hazard(depth=depth), "drowned": Hazard(depth=all_of_it), "deeper": Hazard(depth=depth)}
    found = shelter_reach(town.ground(tmp_path, scenarios=(wet, drowned, deeper), hazards=hazards))
    # only E is left: e, n0, n1 within 500 m; everybody else still has a way to it, however far
    names = ("people_share", "people_cut_off", "capacity_served_share", "shelters_cut_off")
    assert values(found, *(f"scenario.wet.{name}" for name in names)) == [17 / 32, 0, 12 / 32, 1]
    assert values(found, *(f"scenario.drowned.{name}" for name in names)) == [0, 31, 0, 2]
    assert values(found, "scenario.deeper.people_losing", "scenario.deeper.closed_km") == [0, 0]
    assert any("every shelter is cut off" in note and "全部避难场所被隔断" in note.zh for note in found.warnings)


def test_closed_ground_beside_open_streets(tmp_path: Path) -> None:
    """n1 moves 50 m north of the street, E 30 m north and M 40 m south of theirs; no street is on closed ground."""
    ground = town.ground(tmp_path)
    homes = town.HOMES | {"n1": (500, 250)}
    people = towns.demand(homes, town.NIGHT).frame.assign(day=town.DAY)
    sites = town.shelters().frame
    sites = sites.set_geometry(gpd.points_from_xy([200, 1200, 600], [230, -40, 0], crs=towns.CRS))
    at_home, at_both = (ScenarioSpec(id=name, name=name, closed=Path("x.gpkg")) for name in ("at_home", "at_both"))
    hazards = {
        "at_home": town.polygons((450, 220, 550, 280)),
        "at_both": town.polygons((150, 210, 250, 250), (1150, -60, 1230, -10)),
    }
    study = ground.study.model_copy(update={"scenarios": (at_home, at_both)})
    layer = town.Facilities(sites, "shelter", "m2").in_areas(town.communities())
    moved = town.Demand(people, groups=("people", "day")).in_areas(town.communities())
    found = shelter_reach(
        replace(ground, study=study, demand=moved, facilities={"shelter": layer}, hazards=hazards)
    )  # fmt: skip
    names = ("closed_km", "people_losing", "people_cut_off", "shelters_cut_off")
    assert values(found, *(f"scenario.at_home.{name}" for name in names)) == [0, 7, 7, 0]
    # e 480, n0 330, n1 350 m from E; n1, n2, s0, s1 within 1,500 m of M, n0 no more
    assert figures(found)["shelter.people_share"].numerator == 29
    assert values(found, *(f"scenario.at_both.{name}" for name in names)) == [0, 29, 31, 2]
    assert layer_ids(found, "closed_streets") == []


def layer_ids(found: Analysis, name: str) -> list[object]:
    return layer(found, name).frame["scenario"].tolist()


def test_critical_links_by_hand(found: Analysis) -> None:
    rows = listing(found, "critical_links").frame
    columns = ["kind", "name", "bridge", "length_m", "stranded", "on_link", "losing"]
    assert rows[columns].to_numpy().tolist() == [
        # at B nothing else meets: one link to the junction D, lost with E on it and all who live there
        ["critical", "Long Bridge / North Street", True, 1500, 21, 21, 21],
        ["critical", "South Street", False, 1450, 10, 10, 8],  # C to D: w has a way to M, if a long one
        ["named", "Long Bridge", True, 200, 0, 0, 4],  # both banks have a shelter, but E is too far for n2
    ]
    assert rows["where"].tolist() == ["Northwest", "South", "Northeast"]
    words = next(field.words for field in listing(found, "critical_links").fields if field.name == "class")
    assert set(words) == set(rows["class"]), "no class is left in its raw form"
    assert all(chinese and not chinese.isascii() for _, chinese in words.values())
    assert layer(found, "critical_links").frame.geometry.iloc[2].length == 200


def test_links_in_a_row_are_told_once(tmp_path: Path) -> None:
    """::

    M == J ---- k ---- l ====v        J, k, l: corners of short dead ends, so that j-k, k-l, l-v are links
         |      |      |     (8 people at v, nobody between)
    """
    nodes = {
        "M": (0, 0), "J": (100, 0), "K": (200, 0), "L": (300, 0), "V": (400, 0),
        "j": (100, 50), "k": (200, 50), "l": (300, 50),
    }  # fmt: skip
    ways = [("M J K L V", "residential", 0), ("J j", "path", 0), ("K k", "path", 0), ("L l", "path", 0)]
    roads = replace(towns.roads(nodes, ways))
    areas = Areas(gpd.GeoDataFrame({"city_id": ["c"]}, geometry=[box(-50, -50, 500, 100)], crs=towns.CRS))
    people = towns.demand({"m": (50, 0), "v": (390, 0)}, [5.0, 8.0]).in_areas(areas)
    sites = towns.facilities({"S": (10, 0)}, capacity=[6.0], **{"class": ["emergency"]})
    ground = replace(
        town.ground(tmp_path, shelters=ShelterSpec(class_column="class")),
        demand=people, areas=areas, facilities={"shelter": sites},
        network_of=lambda profile, private: town.build_network(roads, profile, private_access=private),
    )  # fmt: skip
    found = shelter_reach(ground)
    rows = listing(found, "critical_links").frame
    assert rows[["stranded", "on_link", "links_in_row"]].to_numpy().tolist() == [[13, 5, 1], [8, 0, 3]]
    assert layer(found, "critical_links").frame.geometry.iloc[1].bounds == (100, 0, 200, 0)


# --- how evenly, and what is said -------------------------------------------------------------------------------------


def test_how_evenly_the_way_is_shared(found: Analysis) -> None:
    rows = listing(found, "shelter_equity").frame.set_index(["group", "where"])
    night = rows.loc[("people", "all")]
    # metres to the nearest of any class: n0, n1 300 (13 people), e, n2 450 (8), s1 600 (3), s0 1,200 (5), w 1,600 (2)
    assert night[["all", "uncovered", "median", "unreached"]].tolist() == [32, 3, 450, 1]
    mean = (13 * 300 + 8 * 450 + 3 * 600 + 5 * 1200 + 2 * 1600) / 31
    assert night["mean"] == pytest.approx(mean, abs=0.06)
    assert night["p90"] == 1200  # 29 of 32
    assert rows.loc[("day", "rural"), "uncovered"] == 2
    assert {where for _, where in rows.index} == {"all", "urban", "rural"}


def test_everything_is_said_in_both_languages(found: Analysis) -> None:
    for figure in found.figures:
        assert figure.label
        assert figure.label_zh
        assert figure.definition.endswith(".")
        assert figure.definition_zh.endswith("。")
        assert "{" not in figure.definition + figure.definition_zh + figure.label + figure.label_zh
        if figure.denominator is not None:
            assert figure.denominator_name
            assert figure.denominator_name_zh
    for each in (*found.topics, *found.listings):
        assert all(each.title)
        assert all(each.rule)
    for each in (*found.topics, *found.listings, *found.layers):
        assert all(all(field.header) for field in each.fields)
        headers = [field.header for field in each.fields]
        assert len(set(headers)) == len(headers), each.id
    for table in (*(each.frame for each in found.listings), *(each.frame for each in found.layers)):
        assert not table.columns.duplicated().any()
    for each in (*found.listings, *found.layers):
        assert {field.name for field in each.fields} <= set(each.frame.columns)
    assert len({figure.id for figure in found.figures}) == len(found.figures)
    names = [each.id for each in found.topics]
    assert len({name.rsplit(".", 1)[-1] for name in names}) == len(names)  # columns of a layer are named by it


def test_unverified_standards_are_marked_wherever_they_stand(found: Analysis) -> None:
    by_id = figures(found)
    reach = by_id["shelter.emergency.people_share"]
    assert "500 m [unverified]" in reach.definition
    assert "500米〔未核对〕" in reach.definition_zh
    assert reach.sources == ("GB 51143-2015 table 3.1.10: from memory [unverified]",)
    assert any("[secondary]" in source for source in by_id["shelter.capacity_served_share"].sources)
    assert any(source.endswith("[verified]") for source in by_id["shelter.fixed_capacity_share"].sources)
    for name in ("reach", "capacity", "room"):
        english, chinese = topic(found, name).rule
        assert "[unverified]" in english
        assert "〔未核对〕" in chinese
    assert set(found.standards) == {
        *(f"shelter.{key}.radius" for key in ("emergency", "short", "medium", "long")),
        *(f"shelter.{key}.area_per_person" for key in ("emergency", "short", "medium", "long")),
        "shelter.fixed.population_share",
    }


def test_a_study_s_own_standard_counts(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    standards = dict(ground.study.standards)
    standards["shelter.medium.radius"] = standards["shelter.medium.radius"].model_copy(update={"value": 1499.0})
    found = shelter_reach(replace(ground, study=ground.study.model_copy(update={"standards": standards})))
    assert figures(found)["shelter.medium.people_share"].numerator == 19  # n0 is at 1,500 m


def test_one_population_needs_no_suffix(tmp_path: Path) -> None:
    found = shelter_reach(town.ground(tmp_path, shelters=ShelterSpec(class_column="class", critical_links=0)))
    assert [each.id for each in found.topics] == ["shelter.reach", "shelter.capacity", "shelter.room"]
    assert topic(found, "reach").title == ("Shelters within reach", "避难场所可达情况")
    assert [each.id for each in found.layers] == ["shelter_loads", "shelter_unserved", "shelter_flows"]


def test_a_town_without_areas(tmp_path: Path) -> None:
    ground = town.ground(tmp_path, scenarios=(town.CORDON,))
    bare = replace(
        ground, areas=None, demand=_plain(ground.demand.frame), facilities={"shelter": town.shelters()}
    )  # fmt: skip
    found = shelter_reach(bare)
    # o, 50 m from M, counts now
    assert figures(found)["shelter.people_share"].numerator == 29 + 16
    assert figures(found)["shelter.people_share"].denominator == 48
    assert topic(found, "capacity").tables["all"]["served"].tolist() == [32]
    assert listing(found, "shelter_flows").frame["amount"].sum() == 32
    assert len(listing(found, "shelter_unserved").frame) == 1
    assert not any("presence" in figure.id for figure in found.figures)


def _plain(frame: gpd.GeoDataFrame) -> Any:
    return town.Demand(frame[["people", "day", "geometry"]], groups=("people", "day"))


@pytest.mark.parametrize("m2", [[0.0, 0.0, 0.0], [6.0, 61.0, 0.0]])
def test_nobody_to_shelter_or_nowhere_to_go(tmp_path: Path, m2: Sequence[float]) -> None:
    """Without places nobody is served and everyone in reach finds all full; without people nobody is left out."""
    ground = town.ground(tmp_path, town.shelters(m2=list(m2)), scenarios=(town.CORDON,))
    if not sum(m2):
        found = shelter_reach(ground)
        assert values(found, "capacity_served_share", "capacity_full", "people_share") == [0, 29, 29 / 32]
        assert values(found, "mean_walk_m") == [None]
        assert listing(found, "shelter_flows").frame.empty
        assert values(found, "growth_m2")[0] == 17 * 0.5 + 12 * 3  # e, n0, n1 to E, the others to M
        assert sum("hold nobody" in note for note in found.warnings) == 1
    else:
        frame = ground.demand.frame.assign(people=0.0)
        found = shelter_reach(replace(ground, demand=town.Demand(frame, groups=("people", "day"))))
        assert values(found, "capacity_served_share", "capacity_unserved") == [None, 0]
        assert listing(found, "shelter_unserved").frame.empty
        assert values(found, "day.capacity_served_share") == [32 / 47]


def test_demand_that_is_estimated_says_so(tmp_path: Path) -> None:
    ground = town.ground(tmp_path)
    noted = replace(ground.demand, note="estimated from buildings")
    found = figures(shelter_reach(replace(ground, demand=noted)))
    assert found["shelter.people_share"].definition.endswith("Amounts: estimated from buildings.")
    assert "Amounts" not in found["shelter.places"].definition


def test_tables_are_sums_of_their_parts(found: Analysis) -> None:
    for each in found.topics:
        lowest = each.tables["community"]
        for level in ("district", "urban_rural"):
            table = each.tables[level]
            for field in each.fields:
                if field.total:
                    total = round(float(lowest[field.name].sum()), 6)
                    assert round(float(table[field.name].sum()), 6) == total, (each.id, field.name)
    assert isinstance(topic(found, "reach").tables["community"], pd.DataFrame)

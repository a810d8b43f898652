"""Floor area per 100 households: a town on a river by hand, brute force, and laws.

::

         w                  m            e                z
    +---------+---------------+-------------------+----------+
    A - K ----|- mb ----------|------- L --- ea B |          |     north bank, y = 100
    |         +---------------+              ( | )|          |     the only bridge, x = 1000
    C wa -----|----------- sd |--------------- D  |          |     south bank, y = 0
    +---------+---------------+-------------------+----------+
    0        400     s       700                1100       1200    metres, walked at 1 m/s

Halls: K 60 m2 at (300, 100), L 40 m2 at (900, 100), and O 25 m2 west of everything at (-50, 100).
Households: wa 100, mb 100, sd 50, ea 100; nobody lives in z. Within 5 minutes mb reaches K (150 m) and ea reaches L
(100 m). wa lives in the same community as K, 1,700 m away by way of the bridge.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import CutoffError, Faults, InputError, LayerError, Note
from civicreach.inputs.study_file import read_standards, read_study
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.floor_area import (
    area_per_100_households,
    capital_list,
    deficit_m2,
    evenness,
    facility_area,
    floor_area_of,
    households_reached,
    needed_m2,
    shared_floor_area,
    split,
    standing,
    units_named,
)
from civicreach.measures.ground import Ground
from civicreach.network import build_network
from civicreach.reach import reach
from civicreach.study import Study
from little_study import square_areas, squares

HOMES = {"wa": (100, 0), "mb": (450, 100), "sd": (600, 0), "ea": (1000, 100)}
HOUSEHOLDS = [100.0, 100.0, 50.0, 100.0]
HALLS = {"K": (300, 100), "L": (900, 100), "O": (-50, 100)}
M2: list[object] = ["60", " 40 ", "25"]
"""As a table holds them: text."""
UNITS = {
    "w": (0, -50, 400, 150),
    "m": (400, 50, 700, 150),
    "s": (400, -50, 700, 50),
    "e": (700, -50, 1100, 150),
    "z": (1100, -50, 1200, 150),
}
PARENTS = {"w": "west", "m": "west", "s": "east", "e": "east", "z": "east"}


def river_areas() -> Areas:
    frame = gpd.GeoDataFrame(
        {
            "community_id": list(UNITS),
            "community": [f"{name}村" for name in UNITS],
            "district_id": [PARENTS[name] for name in UNITS],
            "city_id": "R",
            "urban": [True, True, False, False, False],
        },
        geometry=[shapely.box(*edges) for edges in UNITS.values()],
        crs=towns.CRS,
    )
    return Areas(frame)


def a_ground(halls: Facilities | None = None, *, more: dict[str, Facilities] | None = None, **area: Any) -> Ground:
    """The town; `area` changes keys of the section, `more` are layers of other services by their ids."""
    layers = {"hall": halls or towns.facilities(HALLS, floor_area_m2=M2)} | (more or {})
    services = [
        {"id": key, "name": f"{key}（中）", "name_en": key.capitalize(), "file": f"{key}.csv", "profile": "walker",
         "minutes": 5, "capacity": "beds" if key == "bedded" else None}
        for key in layers
    ]  # fmt: skip
    study = Study.model_validate(
        {
            "study": {"name": "河镇", "year": 2026, "analyses": ["facility_area"]},
            "roads": {"file": "roads.osm"},
            "demand": {"method": "points", "file": "homes.csv", "groups": ["people", "households"]},
            "areas": {"file": "areas.gpkg"},
            "services": services,
            "area": {"services": ["hall"], "access_minutes": 5, "access_profile": "walker", **area},
            "profiles": {"walker": towns.WALKER.model_dump()},
            "standards": read_standards(),
            "folder": Path.cwd(),
        }
    )
    points = towns.demand(HOMES).frame.assign(households=HOUSEHOLDS)
    areas = river_areas()
    demand = Demand(points, ("people", "households")).in_areas(areas)
    network = build_network(towns.river_with_one_bridge(), towns.WALKER)
    located = {key: layer.in_areas(areas) for key, layer in layers.items()}
    return Ground(study, demand, areas, located, lambda profile, policy: network)


def values(analysis: Analysis) -> dict[str, float | None]:
    return {figure.id.removeprefix("area."): figure.value for figure in analysis.figures}


def topic(analysis: Analysis, name: str) -> Topic:
    return next(each for each in analysis.topics if each.id == name)


def listing(analysis: Analysis, name: str) -> Listing:
    return next(each for each in analysis.listings if each.id == name)


# the town by hand


def test_figures_by_hand() -> None:
    found = values(facility_area(a_ground(unit_cost_per_m2=4000)))
    # 60 + 40 m2 inside, 350 households; O is outside all areas
    assert found["m2_per_100_households"] == 100 / 3.5
    assert found["reachable_m2_per_100_households"] == pytest.approx(100 / 3.5, rel=1e-12)
    assert found["communities_met_share"] == 2 / 4, "w and e; z has no households"
    assert found["communities_reachable_met_share"] == 2 / 4, "m and e"
    assert found["households_reached_share"] == 200 / 350
    # m lacks 30 and s 15, although w has 30 and e 10 too much
    assert found["deficit_m2"] == 45
    assert found["cost"] == 180_000
    assert found["communities_counted_only_count"] == 1
    assert found["communities_reachable_only_count"] == 1
    assert found["outside_m2"] == 25


def test_the_headline_is_a_ratio_of_sums_and_no_mean_of_ratios() -> None:
    counted = topic(facility_area(a_ground()), "counted")
    community = counted.tables["community"]["m2_per_100_households"]
    assert community.drop("z").to_dict() == {"w": 60, "m": 0, "s": 0, "e": 40}
    assert math.isnan(community["z"])
    mean_of_ratios = community.mean()
    ratio_of_sums = counted.tables["city"]["m2_per_100_households"]["R"]
    assert (mean_of_ratios, ratio_of_sums) == (25, 100 / 3.5)
    assert counted.tables["district"]["m2_per_100_households"].to_dict() == {"west": 30, "east": 40 / 1.5}
    assert counted.tables["urban_rural"]["m2_per_100_households"].to_dict() == {"urban": 30, "rural": 40 / 1.5}
    assert counted.tables["district"]["units_met_share"].to_dict() == {"west": 0.5, "east": 0.5}
    assert counted.target == 30


def test_rich_on_paper_and_served_from_next_door() -> None:
    table = topic(facility_area(a_ground()), "reachable").tables
    assert table["community"]["standing"].to_dict() == {
        "w": "counted_only",  # its hall is across the river
        "m": "reachable_only",  # next to the hall of w
        "s": "neither",
        "e": "both",
        "z": "nobody",
    }
    assert table["community"]["reachable_m2"].to_dict() == {"w": 0, "m": 60, "s": 0, "e": 40, "z": 0}
    # as a whole the west has 60 m2 for 200 households, inside as in reach, but neither w nor m has both: no type above
    assert [level for level in table if "standing" in table[level].columns] == ["community"]
    assert table["district"].loc["west", "units_both"] == 0
    kinds = ["units_both", "units_counted_only", "units_reachable_only", "units_neither"]
    assert table["city"].loc["R", kinds].tolist() == [1, 1, 1, 1]
    assert table["community"]["households_reached_share"].drop("z").to_dict() == {"w": 0, "m": 1, "s": 0, "e": 1}


def test_deficits_add_up_and_the_balance_sets_off() -> None:
    tables = topic(facility_area(a_ground(unit_cost_per_m2=2)), "deficit").tables
    assert tables["community"]["deficit_m2"].to_dict() == {"w": 0, "m": 30, "s": 15, "e": 0, "z": 0}
    assert tables["community"]["balance_m2"].to_dict() == {"w": 30, "m": -30, "s": -15, "e": 10, "z": 0}
    assert tables["district"]["deficit_m2"].to_dict() == {"west": 30, "east": 15}
    assert tables["district"]["balance_m2"].to_dict() == {"west": 0, "east": -5}
    assert tables["city"].loc["R", ["deficit_m2", "balance_m2", "cost"]].tolist() == [45, -5, 90]


def test_where_to_build_by_hand() -> None:
    found = listing(facility_area(a_ground(unit_cost_per_m2=2)), "capital")
    rows = found.frame
    assert rows["community_id"].tolist() == ["m", "s"]
    assert rows["deficit_m2"].tolist() == [30, 15]
    assert rows["cumulative_m2"].tolist() == [30, 45]
    assert rows["cumulative_share"].tolist() == [30 / 45, 1]
    assert rows["cost"].tolist() == [60, 30]
    assert rows["cumulative_cost"].tolist() == [60, 90]
    assert rows["reachable_met"].tolist() == [True, False]
    assert rows["community"].tolist() == ["m村", "s村"]
    assert rows["district"].tolist() == ["west", "east"]
    assert {field.name for field in found.fields} <= set(rows.columns)
    without = listing(facility_area(a_ground()), "capital")
    assert not {"cost", "cumulative_cost"} & ({f.name for f in without.fields} | set(without.frame.columns))


def test_which_facility_counts_where() -> None:
    rows = listing(facility_area(a_ground()), "parts").frame
    assert rows["facility_id"].tolist() == ["O", "K", "L"], "those outside first"
    assert rows["rule"].tolist() == ["outside", "inside", "inside"]
    assert rows["unit_name"].tolist()[1:] == ["w村", "e村"]
    assert rows["m2"].tolist() == [25, 60, 40]


def test_warnings_in_both_languages() -> None:
    told = facility_area(a_ground()).warnings
    assert all(isinstance(note, Note) and note.zh for note in told)
    english = "\n".join(told)
    assert "1 facility (25 m2) outside all areas is in no unit (O)" in english
    assert "nobody reaches 1 facility (25 m2) within 5 min" in english
    assert "1 unit has no households and so no m2 per 100 (z z村)" in english


def test_every_word_is_there_in_both_languages() -> None:
    elder = towns.facilities({"H": (950, 100)}, floor_area_m2=["21"])
    found = facility_area(a_ground(more={"home": elder}, elder_services=["home"], unit_cost_per_m2=1))
    assert len({figure.id for figure in found.figures}) == len(found.figures)
    assert len({each.id for each in (*found.topics, *found.listings)}) == len(found.topics) + len(found.listings)
    for figure in found.figures:
        assert figure.definition
        assert figure.definition_zh
        assert figure.label
        assert figure.label_zh
        assert not any("一" <= sign <= "鿿" for sign in figure.definition + figure.label), figure.id
    for each in (*found.topics, *found.listings):
        pairs = [each.title, each.rule, *(field.header for field in each.fields)]
        pairs += [words for field in each.fields for words in field.words.values() if field.name != "service"]
        for english, chinese in pairs:
            assert english, chinese
            assert chinese, english
            assert not any("一" <= sign <= "鿿" for sign in english), english
    for each in found.topics:
        for table in each.tables.values():
            # which type a unit is, is told of the lowest level only
            assert {field.name for field in each.fields} - {"standing"} <= set(table.columns)
        assert set(each.coloured) <= {field.name for field in each.fields}
    assert found.standards == ("community.area_per_100_households", "elder.area_per_100_households.hubei")


def test_elder_care_is_held_to_its_own_standard() -> None:
    elder = towns.facilities({"H": (950, 100)}, floor_area_m2=["21"])
    all_shown = values(facility_area(a_ground(more={"home": elder}, elder_services=["home"])))
    assert all_shown["elder_m2_per_100_households"] == 21 / 3.5
    # 20 a hundred: w 20, m 20, s 10
    assert all_shown["elder_deficit_m2"] == 50
    named = a_ground(more={"home": elder}, elder_services=["home"], new_estates=["s村", "e"])
    found = facility_area(named)
    # only s and e count: 21 m2, 150 households; the community facilities are untouched
    assert values(found)["elder_m2_per_100_households"] == 21 / 1.5
    assert values(found)["elder_deficit_m2"] == 10
    assert values(found)["elder_communities_met_share"] == 1 / 2
    assert values(found)["m2_per_100_households"] == 100 / 3.5
    # the standard isn't for the others: they stand in no table, nor does the district without any
    for name in ("elder_counted", "elder_deficit", "elder_reachable"):
        tables = topic(found, name).tables
        assert tables["community"].index.tolist() == ["s", "e"]
        assert tables["district"].index.tolist() == ["east"]
        assert tables["district"]["unit_count"].tolist() == [2]
        assert "the others left out" in topic(found, name).rule[0]
    assert topic(found, "counted").tables["community"].index.tolist() == list(UNITS)
    headline = {figure.id: figure for figure in found.figures}["area.m2_per_100_households"]
    assert (headline.numerator, headline.denominator, headline.denominator_name) == (
        100,
        350,
        "households in the areas",
    )
    warned = "\n".join(facility_area(a_ground(more={"home": elder}, elder_services=["home"])).warnings)
    assert "the standard is for new estates only" in warned
    assert "new estates" not in "\n".join(found.warnings)
    with pytest.raises(LayerError, match=r"new_estates names no community of the areas \(1: e2 has 'e2'"):
        facility_area(a_ground(more={"home": elder}, elder_services=["home"], new_estates=["e2"]))


def test_facilities_that_do_not_exist_are_not_counted() -> None:
    halls = towns.facilities(
        {**HALLS, "P": (450, 100)}, floor_area_m2=[*M2, "999"], status=["existing"] * 3 + ["planned"]
    )
    assert values(facility_area(a_ground(halls))) == values(facility_area(a_ground()))


def test_shared_by_name_or_by_nearness() -> None:
    named = towns.facilities(HALLS, floor_area_m2=M2, serves=["w; m村", None, None])
    found = facility_area(a_ground(named, serves_column="serves"))
    table = topic(found, "counted").tables["community"]
    assert table["floor_area_m2"].to_dict() == {"w": 30, "m": 30, "s": 0, "e": 40, "z": 0}, "100 households each"
    assert listing(found, "parts").frame["rule"].tolist() == ["outside", "named", "named", "inside"]
    # K stands 100 m west of m and within 150 m of s too: by 100, 100 and 50 households; O 50 m west of w
    near = topic(facility_area(a_ground(shared_m=150)), "counted").tables["community"]["floor_area_m2"]
    assert near.to_dict() == {"w": 24 + 25, "m": 24, "s": 12, "e": 40, "z": 0}
    assert "outside_m2" not in values(facility_area(a_ground(shared_m=150)))


def test_one_file_with_the_units_served_is_enough() -> None:
    named = towns.facilities(HALLS, floor_area_m2=M2, serves=["m", None, None])
    elder = towns.facilities({"H": (950, 100)}, floor_area_m2=["21"])
    found = facility_area(a_ground(named, more={"home": elder}, elder_services=["home"], serves_column="serves"))
    assert topic(found, "counted").tables["community"]["floor_area_m2"].to_dict() == {
        "w": 0, "m": 60, "s": 0, "e": 40, "z": 0,
    }  # fmt: skip
    assert topic(found, "elder_counted").tables["community"]["floor_area_m2"]["e"] == 21
    merged = facility_area(a_ground(named, more={"home": elder}, services=["hall", "home"], serves_column="serves"))
    assert topic(merged, "counted").tables["community"]["floor_area_m2"].to_dict() == {
        "w": 0, "m": 60, "s": 0, "e": 61, "z": 0,
    }  # fmt: skip


# faults


def test_all_that_is_wrong_with_floor_areas_is_told_at_once() -> None:
    places = {name: (100 * at, 100) for at, name in enumerate("abcdef")}
    halls = towns.facilities(
        places,
        floor_area_m2=["60", None, "-3", "viel", "", "2e9"],
        serves=["nobody; w", "mm村", None, None, None, None],
    )
    other = towns.facilities({"x": (900, 100)}, area_m2=["1"])
    with pytest.raises(LayerError) as told:
        facility_area(a_ground(halls, more={"home": other}, elder_services=["home"], serves_column="serves"))
    said = [str(fault) for fault in told.value.faults]
    assert "(service hall): floor_area_m2 isn't a number (1: facility d has 'viel')" in said[0]
    assert "floor_area_m2 is above 1,000,000,000 (1: f)" in said[1]
    assert "floor_area_m2 is negative (1: c)" in said[2]
    assert "floor_area_m2 is empty (2: b, e). Give 0 where a facility has none." in said[3]
    assert "serves names no community of the areas (2: a has 'nobody', b has 'mm村' (perhaps m村))" in said[4]
    assert "(service home): no column 'floor_area_m2' with the floor area. Did you mean area_m2?" in said[5]
    assert len(said) == 6


def test_a_column_of_units_served_that_is_not_there() -> None:
    with pytest.raises(LayerError, match=r"no column 'serve' with the units served\. Did you mean service\?|There are"):
        facility_area(a_ground(serves_column="serve"))


def test_no_floor_area_is_a_warning() -> None:
    halls = towns.facilities(HALLS, floor_area_m2=["0", 40, 0.0])
    found = facility_area(a_ground(halls))
    assert "floor area: 2 facilities have 0 m2 (K, O)" in "\n".join(found.warnings)
    assert values(found)["m2_per_100_households"] == 40 / 3.5
    # a hall without floor area is nothing to reach
    assert values(found)["households_reached_share"] == 100 / 350


def test_a_capacity_in_square_metres_is_floor_area() -> None:
    layer = towns.facilities(HALLS, capacity=[60.0, 40.0, 25.0])
    ground = a_ground(layer)
    services = (ground.study.services[0].model_copy(update={"capacity": "建筑面积", "capacity_unit": "平方米"}),)
    by_unit = Ground(
        ground.study.model_copy(update={"services": services}), ground.demand, ground.areas, ground.facilities,
        ground.network_of,
    )  # fmt: skip
    found = facility_area(by_unit)
    assert values(found) == values(facility_area(a_ground()))
    assert "its capacity (建筑面积) in m2 is its floor area" in "\n".join(found.warnings)
    same = (services[0].model_copy(update={"capacity": "floor_area_m2", "capacity_unit": "beds"}),)
    by_name = Ground(
        ground.study.model_copy(update={"services": same}), ground.demand, ground.areas, ground.facilities,
        ground.network_of,
    )  # fmt: skip
    assert values(facility_area(by_name)) == values(found)
    with pytest.raises(LayerError, match="no column 'floor_area_m2'"):
        facility_area(a_ground(layer))


def test_a_facility_in_two_services_is_counted_once() -> None:
    both = a_ground(more={"copy": towns.facilities({"K": (300, 100), "Q": (900, 100)}, floor_area_m2=["60", "5"])},
                    services=["hall", "copy"])  # fmt: skip
    found = facility_area(both)
    assert values(found)["m2_per_100_households"] == 105 / 3.5
    assert "1 facility stands in several services and is counted once" in "\n".join(found.warnings)
    # another place or floor area is another facility
    apart = towns.facilities({"K": (300, 100.5), "L": (900, 100)}, floor_area_m2=["60", "41"])
    more = values(facility_area(a_ground(more={"copy": apart}, services=["hall", "copy"])))
    assert more["m2_per_100_households"] == 201 / 3.5


def test_standards_in_another_unit_and_missing_parts_of_the_study() -> None:
    with pytest.raises(ValueError, match=r"area\.target: standard 'circle\.5min\.distance' is in m, not in m2"):
        facility_area(a_ground(target="circle.5min.distance"))
    ground = a_ground()
    none = Ground(ground.study.model_copy(update={"area": None}), ground.demand, ground.areas, ground.facilities,
                  ground.network_of)  # fmt: skip
    with pytest.raises(LayerError, match=r"needs the section \[area\]"):
        facility_area(none)
    with pytest.raises(LayerError, match=r"needs areas\. Add \[areas\]\."):
        facility_area(Ground(ground.study, ground.demand, None, ground.facilities, ground.network_of))


# the rule of sharing


def halls_at(*x: float, y: float = 50.0) -> Facilities:
    """Facilities on the squares of `square_areas`, metres from their western end."""
    frame = squares("a").geometry.total_bounds
    points = gpd.points_from_xy([frame[0] + each for each in x], [frame[1] + y] * len(x))
    return Facilities(gpd.GeoDataFrame(geometry=points, crs=squares("a").crs, index=[f"f{i}" for i in range(len(x))]))


def parts(*x: float, households: dict[str, float], m2: float = 90.0, **options: Any) -> list[tuple[Any, ...]]:
    layer = halls_at(*x)
    areas = square_areas(*households)
    found = shared_floor_area(layer, areas, pd.Series(m2, index=layer.ids), pd.Series(households), **options)
    return list(found.itertuples(index=False, name=None))


def test_on_a_boundary_by_households() -> None:
    # squares of 100 m: a | b | c
    households = {"a": 100.0, "b": 200.0, "c": 0.0}
    assert parts(100, households=households) == [("f0", "a", 30, "shared"), ("f0", "b", 60, "shared")]
    assert parts(200, households=households) == [("f0", "b", 90, "shared"), ("f0", "c", 0, "shared")]
    assert parts(99.9, households=households) == [("f0", "a", 90, "inside")]
    assert parts(100.0005, households=households)[1] == ("f0", "b", 60, "shared"), "half a millimetre is on it"
    assert parts(100.002, households=households) == [("f0", "b", 90, "inside")]
    assert parts(301, households=households) == [("f0", None, 90, "outside")]


def test_shared_within_some_metres_inclusive() -> None:
    empty = {"a": 0.0, "b": 0.0, "c": 0.0}
    assert parts(110, households=empty, shared_m=10) == [("f0", "a", 45, "shared"), ("f0", "b", 45, "shared")]
    assert parts(110.01, households=empty, shared_m=10) == [("f0", "b", 90, "inside")]
    assert parts(305, households=empty, shared_m=5) == [("f0", "c", 90, "inside")], "near one only"
    assert [unit for _, unit, *_ in parts(150, households=empty, shared_m=50)] == ["a", "b", "c"]


def test_named_units_come_before_the_place() -> None:
    households = {"a": 100.0, "b": 200.0, "c": 100.0}
    named = {"f0": ["c", "a", "c"], "f1": ["b"]}
    assert parts(150, 900, 50, households=households, named=named) == [
        ("f0", "a", 45, "named"),
        ("f0", "c", 45, "named"),
        ("f1", "b", 90, "named"),
        ("f2", "a", 90, "inside"),
    ]
    with pytest.raises(LayerError, match=r"no such community of the areas \(1: f0 has 'q'\)"):
        parts(150, households=households, named={"f0": ["q"]})


def test_names_and_ids_of_units() -> None:
    areas = Areas(squares("a", "b", "c", community=["一村", "二村", "二村"]))
    faults = Faults("f.csv")
    column = pd.Series({"f": "a；一村, ", "g": "b、c", "h": None, "i": " ; "}, name="serves")
    assert units_named(column[["g", "h", "i"]], areas, faults) == {"g": ["b", "c"]}
    assert faults.found == []
    assert units_named(pd.Series({"f": "二村;a;c", "g": "一村;a"}, name="serves"), areas, faults) == {
        "f": ["a", "c"],
        "g": ["a"],
    }
    assert [str(fault) for fault in faults.found] == [
        "f.csv: serves has names that several units share (1: f has '二村'). Give the id instead."
    ]


def test_sharing_refuses_what_it_cannot_share() -> None:
    layer = halls_at(50, 150)
    ask = [layer, square_areas("a", "b")]
    households = pd.Series({"a": 1.0, "b": 1.0})
    with pytest.raises(LayerError, match=r"floor area isn't a finite number \(1: f1\)"):
        shared_floor_area(*ask, pd.Series({"f0": 1.0}), households)
    with pytest.raises(LayerError, match="floor area is negative"):
        shared_floor_area(*ask, pd.Series({"f0": 1.0, "f1": -1.0}), households)
    for metres in (-1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="shared_m must be 0 or more"):
            shared_floor_area(*ask, pd.Series({"f0": 1.0, "f1": 1.0}), households, shared_m=metres)


AMOUNTS = st.one_of(st.just(0.0), st.floats(0, 1e5, allow_nan=False).map(lambda v: round(v, 6)))


@settings(max_examples=60, deadline=None)
@given(amount=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=7))
def test_parts_add_up_and_are_in_proportion(amount: float, weights: list[float]) -> None:
    found = split(amount, weights)
    micro = [round(part * 1e6) for part in found]
    assert sum(micro) == round(amount * 1e6)
    shares = (
        [Fraction(round(w * 1e6)) for w in weights]
        if any(round(w * 1e6) for w in weights)
        else [Fraction(1)] * len(weights)
    )
    for part, share in zip(micro, shares, strict=True):
        assert abs(part - Fraction(round(amount * 1e6)) * share / sum(shares)) < 1
    # whoever stands first gets no more for it than a millionth
    assert sorted(found) == pytest.approx(sorted(split(amount, weights[::-1])), abs=1.01e-6)


@st.composite
def little_cities(draw: Any) -> tuple[Areas, Facilities, pd.Series, pd.Series, float]:
    """Squares in a row under random parents, halls anywhere near them, many of them on boundaries."""
    count = draw(st.integers(1, 8))
    ids = [f"c{i}" for i in range(count)]
    sub = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    frame = squares(*ids, subdistrict_id=[f"s{i}" for i in sub], district_id=[f"d{i % 2}" for i in sub], city_id="C")
    halls = draw(st.lists(st.tuples(st.integers(-2, 2 * count + 2), AMOUNTS), min_size=1, max_size=10))
    layer = halls_at(*(50.0 * at for at, _ in halls))
    m2 = pd.Series([amount for _, amount in halls], index=layer.ids)
    households = pd.Series(draw(st.lists(AMOUNTS, min_size=count, max_size=count)), index=ids)
    return Areas(frame), layer, m2, households, draw(st.sampled_from([0.0, 50.0, 120.0]))


def by_loops(
    areas: Areas, layer: Facilities, m2: pd.Series, households: pd.Series, shared_m: float
) -> dict[Any, float]:
    """The rule written again, facility by facility, with exact fractions."""
    sums: dict[Any, Fraction] = {unit: Fraction(0) for unit in [*areas.frame.index, None]}
    for facility, point in layer.frame.geometry.items():
        near = [u for u, shape in areas.frame.geometry.items() if shape.distance(point) <= max(shared_m, 0.001)]
        weights = [Fraction(households[unit]) for unit in near]
        if not near:
            sums[None] += Fraction(m2[facility])
        for unit, weight in zip(near, weights, strict=True):
            share = weight / sum(weights) if sum(weights) else Fraction(1, len(near))
            sums[unit] += Fraction(m2[facility]) * share
    return {unit: float(amount) for unit, amount in sums.items()}


@settings(max_examples=40, deadline=None)
@given(city=little_cities())
def test_sharing_follows_a_count_by_loops_and_loses_nothing(city: Any) -> None:
    areas, layer, m2, households, shared_m = city
    found = shared_floor_area(layer, areas, m2, households, shared_m=shared_m)
    expected = by_loops(*city)
    mine = found.assign(unit=found["unit"].where(found["unit"].notna(), "-")).groupby("unit")["m2"].sum()
    for unit, amount in expected.items():
        assert mine.get("-" if unit is None else unit, 0.0) == pytest.approx(amount, abs=2e-6 * len(m2))
    # every facility's parts are all of it
    whole = found.groupby("facility_id")["m2"].sum()
    assert (whole.reindex(m2.index) - m2).abs().max() < 5e-7
    # new names for the units change nothing
    renamed = areas.frame.assign(community_id=[f"x{i}" for i in range(len(areas.frame))][::-1])
    again = shared_floor_area(
        layer, Areas(renamed.drop(columns="community")), m2, households.set_axis(renamed["community_id"]),
        shared_m=shared_m,
    )  # fmt: skip
    assert again["m2"].tolist() == found["m2"].tolist()
    # a hall in two halves is the same hall
    halves = layer.frame.set_axis([f"{i}b" for i in layer.ids])
    twice = Facilities(gpd.GeoDataFrame(pd.concat([layer.frame, halves]), crs=layer.frame.crs))
    half = pd.Series(np.tile(m2.to_numpy() / 2, 2), index=twice.ids)
    both = shared_floor_area(twice, areas, half, households, shared_m=shared_m)
    sums = both.assign(unit=both["unit"].where(both["unit"].notna(), "-")).groupby("unit")["m2"].sum()
    assert (sums - mine).abs().max() < 4e-6 * len(m2)


@settings(max_examples=12, deadline=None)
@given(city=little_cities(), target=st.sampled_from([0.0, 30.0, 33.3]))
def test_every_level_is_the_sum_of_its_communities(city: Any, target: float) -> None:
    areas, layer, m2, households, shared_m = city
    points = areas.frame.geometry.representative_point()
    frame = gpd.GeoDataFrame({"households": households, "people": 1.0}, geometry=points, crs=areas.frame.crs)
    demand = Demand(frame.rename_axis("demand_id"), ("people", "households")).in_areas(areas)
    ground = little_ground(areas, layer, m2, demand, shared_m, target)
    found = facility_area(ground)
    counted, lacking = topic(found, "counted").tables, topic(found, "deficit").tables
    outside = values(found).get("outside_m2") or 0.0
    assert counted["city"]["floor_area_m2"].sum() + outside == pytest.approx(m2.sum(), abs=1e-6)
    for tables, columns in ((counted, ["floor_area_m2", "households", "units_met"]), (lacking, ["deficit_m2"])):
        for level in ("subdistrict", "district", "city"):
            group = areas.frame[f"{level}_id"]
            for column in columns:
                sums = tables["community"][column].groupby(group.to_numpy()).sum().round(6)
                assert sums.to_dict() == tables[level][column].to_dict()
    community = lacking["community"]
    expected = (target * households / 100 - community["floor_area_m2"]).clip(lower=0)
    assert (community["deficit_m2"] - expected).abs().max() < 2e-6
    # what is in reach and handed out is never more than there is
    assert topic(found, "reachable").tables["city"]["reachable_m2"].sum() <= m2.sum() + 1e-6


def little_ground(
    areas: Areas, layer: Facilities, m2: pd.Series, demand: Demand, shared_m: float, target: float
) -> Ground:
    base = a_ground(shared_m=shared_m).study
    standards = dict(base.standards)
    key = "community.area_per_100_households"
    standards[key] = standards[key].model_copy(update={"value": target})
    study = base.model_copy(update={"standards": standards})
    x0, y0, x1, _ = areas.frame.total_bounds
    street = towns.roads({"A": (x0, y0 + 50), "B": (x1, y0 + 50)}, [("A B", "residential", 0)])
    network = build_network(street.__class__(**{**street.__dict__, "crs": str(areas.frame.crs)}), towns.WALKER)
    halls = Facilities(layer.frame.assign(floor_area_m2=m2), "hall")
    return Ground(study, demand, areas, {"hall": halls}, lambda profile, policy: network)


# small functions


def test_targets_are_inclusive_to_a_millionth() -> None:
    households = pd.Series({"a": 100.0, "b": 333.333333, "c": 0.0})
    assert needed_m2(households, 30).to_dict() == {"a": 30, "b": 100, "c": 0}
    area = pd.Series({"b": 99.9999, "a": 30.0, "c": 5.0})
    assert deficit_m2(area, households, 30).to_dict() == {"a": 0, "b": 0.0001, "c": 0}
    assert area_per_100_households(area, households).to_dict() == pytest.approx(
        {"a": 30, "b": 29.99997, "c": math.nan}, nan_ok=True
    )
    assert standing(area, area * 2, households, 30).to_dict() == {"a": "both", "b": "reachable_only", "c": "nobody"}


def test_households_within_the_minutes_count_alike() -> None:
    ground = a_ground()
    supply = floor_area_of(ground, ["hall"], column="floor_area_m2")
    found = reach(ground.demand, supply.facilities, ground.network("walker"), cutoff_min=5)
    ask: Any = {"floor_area_m2": supply.m2, "group": "households"}
    # K is 150 m from mb: inclusive, and the Gaussian would give nothing at its limit
    assert households_reached(ground.demand, found, within_min=2.5, **ask).to_dict() == {
        "wa": 0,
        "mb": 100,
        "sd": 0,
        "ea": 100,
    }
    assert households_reached(ground.demand, found, within_min=2.49, **ask).sum() == 100
    with pytest.raises(CutoffError):
        households_reached(ground.demand, found, within_min=6, **ask)


def test_the_capital_list_breaks_ties_by_households_and_then_id() -> None:
    lowest = pd.DataFrame(
        {"households": [10.0, 30.0, 10.0, 5.0], "floor_area_m2": 0.0, "reachable_m2": [0.0, 9, 3, 0],
         "deficit_m2": [3.0, 3.0, 3.0, 0.0]},
        index=["b", "c", "a", "d"],
    )  # fmt: skip
    found = capital_list(lowest, 30)
    assert found.index.tolist() == ["c", "a", "b"]
    assert found["reachable_met"].tolist() == [True, True, False]
    assert capital_list(lowest.iloc[3:], 30).empty


def test_how_evenly() -> None:
    even = evenness(pd.Series([30.0, 30.0]), pd.Series([1.0, 9.0]), pd.Series(["x", "y"]))
    assert even == pytest.approx(
        {"mean": 30, "median": 30, "p05": 30, "p10": 30, "gini": 0, "palma": 0.25, "theil": 0, "theil_between": 0,
         "theil_within": 0}
    )  # fmt: skip
    # one in ten has everything: nothing for the 40 %, so no Palma
    one = evenness(pd.Series([0.0, 300.0]), pd.Series([9.0, 1.0]), None)
    assert one["gini"] == pytest.approx(0.9)
    assert math.isnan(one["palma"])
    assert one["theil"] == pytest.approx(math.log(10))
    assert (one["mean"], one["median"], one["p10"]) == (30, 0, 0)
    analysis = facility_area(a_ground())
    frame = listing(analysis, "evenness").frame.set_index(["count", "where"])
    # in reach: 100, 100, 50 and 100 households with 0, 60, 0 and 40 m2 per 100
    lorenz = [(150 / 350, 0.0), (250 / 350, 0.4), (1.0, 1.0)]
    area, last = 0.0, (0.0, 0.0)
    for point in lorenz:
        area += (point[0] - last[0]) * (point[1] + last[1]) / 2
        last = point
    assert frame.loc[("reachable", "all"), "gini"] == round(1 - 2 * area, 4)
    # inside it is w and e that have 60 and 40: the same people's worth
    assert frame.loc[("counted", "all"), "gini"] == round(1 - 2 * area, 4)
    assert frame.loc[("reachable", "all"), ["mean", "median", "p05"]].tolist() == [round(10_000 / 350, 2), 40, 0]
    # town: wa has nothing and mb 60; country: sd has nothing and ea 40
    assert frame.loc[("reachable", "urban"), ["households", "mean"]].tolist() == [200, 30]
    assert frame.loc[("reachable", "rural"), ["households", "mean"]].tolist() == [150, round(4000 / 150, 2)]
    # of 350 households 150 reach less than the 30 m2 of the standard; inside the boundary those of m and s
    assert frame.loc["reachable", "households_below"].tolist() == [150, 100, 50]
    assert frame.loc["counted", "households_below"].tolist() == [150, 100, 50]
    curve = listing(analysis, "lorenz").frame.set_index("share")
    # 40 m2 a hundred times, 60 a hundred times, above 150 without any: the curve by hand at 50, 70 and 90 %
    by_hand = [25 * 0.4 / 100, 0.4 * 95 / 100, 0.4 + 0.6 * 65 / 100]
    assert curve.loc[[0.5, 0.7, 0.9], "reachable_share"].tolist() == pytest.approx(by_hand)
    assert curve.loc[[0.0, 1.0], "counted_share"].tolist() == [0, 1]


def test_the_sample_with_a_planner_s_eye(repository: Path) -> None:
    from civicreach.run.analyses import ground_of
    from civicreach.run.load import load_study

    study = read_study(repository / "data/sample/study.toml")
    section = a_ground().study.area
    assert section is not None
    area = section.model_copy(
        update={"services": ("community_station",), "elder_services": ("elder_centre",), "access_minutes": 15.0,
                "access_profile": "adult"}
    )  # fmt: skip
    found = facility_area(ground_of(load_study(study.model_copy(update={"area": area})), []))
    told = {figure.id: figure for figure in found.figures}
    # the column sums of facilities.csv and communities.csv
    headline = told["area.m2_per_100_households"]
    assert (headline.numerator, headline.denominator, headline.per) == (7700, 31_268, 100)
    assert told["area.elder_m2_per_100_households"].numerator == 20_700
    assert told["area.reachable_m2_per_100_households"].numerator == 7700, "every station is reached by somebody"
    assert told["area.deficit_m2"].value > 0.3 * 31_268 - 7700, "surplus elsewhere doesn't help"

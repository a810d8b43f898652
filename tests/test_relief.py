"""Relief by way of the districts' depots, every minute by hand, and against networkx on random towns.

::

    river at y = 50, one bridge at x = 1000

    A(0,100) --h1--------- d1 ----- B(1000,100)     north: home h1 (100,100), district depot d1 (700,100)
                                    |
    C(0,0) --h2------- city ------- D(1000,0)       south: home h2 (100,0), city depot (600,0)

    Everybody drives 36 km/h = 10 m/s, 0.6 km a minute. h3 (0, 2000) lies on no road.
    city > d1: 400 + 100 + 300 = 800 m = 80 s; d1 > h1: 600 m = 60 s; d1 > h2: 300 + 100 + 900 = 1300 m = 130 s;
    city > h2: 500 m = 50 s; city > h1: 400 + 100 + 900 = 1400 m = 140 s.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import LayerError, Note
from civicreach.inputs.study_file import read_standards
from civicreach.layers import Areas, Facilities
from civicreach.measures.ground import Ground, Hazard
from civicreach.measures.relief import relief, relief_times
from civicreach.measures.relief.chain import Handling
from civicreach.measures.rollup import total_row
from civicreach.network import RoadNetwork, build_network, from_networkx
from civicreach.study import Profile, Study

DRIVER = Profile(name="driver", mode="drive", speed_mps=1.0, slope="none")
HOMES = {"h1": (100, 100), "h2": (100, 0), "h3": (0, 2000)}
PEOPLE = [10.0, 20.0, 40.0]
CITY, DISTRICT = {"city": (600, 0)}, {"d1": (700, 100)}
WORK = Handling(mobilise_min=60, load_min=30, unload_min=20, last_mile_min=10)


def network() -> RoadNetwork:
    river = towns.river_with_one_bridge()
    drive = towns.roads(
        {"A": (0, 100), "B": (1000, 100), "C": (0, 0), "D": (1000, 0)},
        [("A B", "residential", 0), ("C D", "residential", 0), ("B D", "residential", int(river.way_flags[2]))],
        mode="drive",
    )
    return build_network(drive, DRIVER)


def depots(places: dict[str, tuple[float, float]], service: str) -> Facilities:
    return Facilities(towns.facilities(places).frame, service)


def ground(hazards: dict[str, Hazard] | None = None, **relief_keys: Any) -> Ground:
    scenarios = [{"id": key, "name": "断桥", "name_en": "bridge out", "bridges": ["x"]} for key in hazards or {}]
    service = {"profile": "driver", "circle": False, "file": "d.csv"}
    study = Study.model_validate(
        {
            "study": {"name": "河镇", "year": 2026, "analyses": ["relief"]},
            "roads": {"file": "roads.osm"},
            "areas": {"file": "areas.gpkg"},
            "demand": {"method": "points", "file": "homes.csv"},
            "services": [
                {"id": "centre", "name": "站", "file": "c.csv", "profile": "driver", "minutes": 5},
                {"id": "city_depot", "name": "市库", **service},
                {"id": "district_depot", "name": "区点", **service},
            ],
            "relief": {
                "city_depots": "city_depot", "district_depots": "district_depot", "profile": "driver",
                "mobilise_min": 60, "load_min": 30, "unload_min": 20, "last_mile_min": 10, **relief_keys,
            },
            "scenarios": scenarios,
            "profiles": {"driver": DRIVER.model_dump()},
            "standards": read_standards(),
            "folder": Path.cwd(),
        }
    )  # fmt: skip
    areas = Areas(
        gpd.GeoDataFrame(
            {"community_id": ["north", "south"], "district_id": ["x", "x"]},
            geometry=[shapely.box(-100, 50, 1100, 2100), shapely.box(-100, -100, 1100, 50)],
            crs=towns.CRS,
        )
    )
    net = network()
    return Ground(
        study=study,
        demand=towns.demand(HOMES, PEOPLE).in_areas(areas),
        areas=areas,
        facilities={"city_depot": depots(CITY, "city_depot"), "district_depot": depots(DISTRICT, "district_depot")},
        network_of=lambda profile, policy: net,
        hazards=hazards or {},
    )


def the_bridge() -> Hazard:
    """A cordon across the bridge."""
    return Hazard(polygons=gpd.GeoSeries([shapely.box(990, 40, 1010, 60)], crs=towns.CRS))


def test_the_chain_adds_up_by_hand() -> None:
    times = relief_times(
        towns.demand(HOMES), depots(CITY, "city"), network(), district_depots=depots(DISTRICT, "d"), handling=WORK
    )
    homes = times.homes
    # 60 + 30 + 80 s + 20, then 30 + drive + 20 + 10
    assert times.depots.loc["d1", "ready_min"] == pytest.approx(110 + 80 / 60)
    assert homes.loc["h1", "relief_min"] == pytest.approx(110 + 80 / 60 + 30 + 1 + 30)
    assert homes.loc["h2", "relief_min"] == pytest.approx(110 + 80 / 60 + 30 + 130 / 60 + 30)
    assert homes.loc["h1", "direct_min"] == pytest.approx(90 + 140 / 60 + 30)
    assert homes.loc["h2", "stock_min"] == pytest.approx(90 + 130 / 60 + 30)
    assert homes["depot_id"].to_dict() == {"h1": "d1", "h2": "d1", "h3": None}
    assert np.isnan(homes.loc["h3", ["relief_min", "direct_min", "stock_min", "drive_min"]].astype(float)).all()


def test_without_districts_goods_go_straight() -> None:
    times = relief_times(towns.demand(HOMES), depots(CITY, "city"), network(), handling=WORK)
    assert times.homes.loc["h2", "relief_min"] == pytest.approx(90 + 50 / 60 + 30)
    assert times.homes.loc["h2", "depot_id"] == "city"
    assert times.homes["stock_min"].isna().all()


def test_the_quickest_district_depot_is_taken() -> None:
    two = depots({"d1": (700, 100), "d2": (200, 0)}, "district")
    homes = relief_times(towns.demand(HOMES), depots(CITY, "city"), network(), district_depots=two, handling=WORK).homes
    assert homes.loc["h2", "depot_id"] == "d2"
    assert homes.loc["h2", "relief_min"] == pytest.approx(110 + 40 / 60 + 30 + 10 / 60 + 30)
    assert homes.loc["h1", "depot_id"] == "d1"


def test_people_within_the_limit_late_and_without_a_road() -> None:
    found = {f.id: f for f in relief(ground()).figures}
    share = found["relief.people_share"]
    assert (share.numerator, share.denominator) == (30.0, 70.0)
    assert found["relief.no_road"].value == 40.0
    assert found["relief.late"].value == 0.0
    assert found["relief.latest_hours"].value == pytest.approx((110 + 80 / 60 + 30 + 130 / 60 + 30) / 60)
    # the limit is inclusive: set to the minute of h1, h2 alone is late
    asked = ground()
    limit = asked.study.standards["relief.hours"].model_copy(update={"value": (110 + 80 / 60 + 30 + 1 + 30) / 60})
    study = asked.study.model_copy(update={"standards": {**asked.study.standards, "relief.hours": limit}})
    late = {f.id: f for f in relief(Ground(**{**vars(asked), "study": study})).figures}
    assert late["relief.people_share"].numerator == 10.0
    assert late["relief.late"].value == 20.0


def test_tables_depots_and_lists_say_the_same() -> None:
    result = relief(ground())
    table = result.topics[0].tables["community"]
    assert table.loc["north", ["people", "within", "no_road"]].tolist() == [50.0, 10.0, 40.0]
    assert table.loc["south", "within_share"] == 1.0
    assert result.topics[0].tables["district"].loc["x", "within"] == 30.0
    listed = {listing.id: listing.frame for listing in result.listings}
    assert listed["relief_late"]["unit_id"].tolist() == ["north"]
    loads = listed["relief_depots"].set_index("depot_id")["people"]
    assert loads.to_dict() == {"city": 30.0, "d1": 30.0}
    assert result.layers[0].frame.geometry.iloc[1].equals(shapely.Point(700, 100))


def test_a_bridge_out_cuts_off_the_other_bank() -> None:
    result = relief(ground({"out": the_bridge()}))
    found = {f.id: f.value for f in result.figures}
    # the district's depot stands on the north bank, so nothing of the city comes through it to either bank
    assert found["relief.scenario.out.no_road"] == 70.0
    table = next(topic for topic in result.topics if topic.id == "relief.out").tables["district"]
    assert table.loc["x", ["within", "no_road"]].tolist() == [0.0, 70.0]
    depots = next(listing for listing in result.listings if listing.id == "relief_depots")
    loads = depots.frame.set_index(["state", "depot_id"])["people"].to_dict()
    now = "as it is"
    assert loads == {(now, "city"): 30.0, (now, "d1"): 30.0, ("out", "city"): 0.0, ("out", "d1"): 0.0}
    assert depots.fields[0].words == {now: (now, "现状"), "out": ("bridge out", "断桥")}
    listing = next(listing for listing in result.listings if listing.id == "relief_scenarios")
    lost = listing.frame
    assert set(lost["scenario"]) == {"out"}
    assert listing.fields[0].words == {"out": ("bridge out", "断桥")}
    assert dict(zip(lost["unit_id"], lost["cut_off"], strict=True)) == {"south": 20.0, "north": 10.0}


def test_an_empty_closure_changes_nothing() -> None:
    far = Hazard(polygons=gpd.GeoSeries([shapely.box(9000, 9000, 9010, 9010)], crs=towns.CRS))
    result = relief(ground({"far": far}))
    found = {f.id: f.value for f in result.figures}
    for name in ("people_share", "late", "no_road", "latest_hours"):
        assert found[f"relief.scenario.far.{name}"] == found[f"relief.{name}"]
    assert next(listing.frame for listing in result.listings if listing.id == "relief_scenarios").empty


def test_all_depots_under_water_is_said_not_raised() -> None:
    flood = Hazard(polygons=gpd.GeoSeries([shapely.box(590, -10, 610, 10)], crs=towns.CRS))
    result = relief(ground({"flood": flood}))
    assert {f.id: f.value for f in result.figures}["relief.scenario.flood.no_road"] == 70.0
    assert any("every depot of the city is cut off" in str(note) for note in result.warnings)


def test_minutes_of_work_must_be_numbers() -> None:
    with pytest.raises(LayerError, match=r"load_min = -1\.0, unload_min = nan"):
        Handling(load_min=-1.0, unload_min=float("nan"))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(4, 14))
def test_random_towns_agree_with_networkx(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(count, 0.3, seed=seed)
    street = nx.MultiGraph(crs=towns.CRS)
    xy = rng.integers(0, 5000, (count, 2)).astype(float)
    for node in range(count):
        street.add_node(node, x=float(xy[node, 0]), y=float(xy[node, 1]))
    for u, v in graph.edges:
        if (xy[u] != xy[v]).any():
            street.add_edge(u, v)
    if street.number_of_edges() < 2:
        return
    net = from_networkx(street, Profile(name="cart", speed_mps=1.0, slope="none"))
    used = sorted({n for edge in street.edges for n in edge[:2]})
    picks = rng.choice(used, 4)
    at = {f"{name}": tuple(xy[n]) for name, n in zip(("c", "d1", "d2", "h"), picks, strict=True)}
    city, two = depots({"c": at["c"]}, "c"), depots({k: at[k] for k in ("d1", "d2")}, "d")
    homes = relief_times(towns.demand({"h": at["h"]}), city, net, district_depots=two, handling=WORK).homes
    costs = nx.MultiGraph()
    for u, v in street.edges():
        costs.add_edge(u, v, weight=round(float(np.hypot(*(xy[u] - xy[v]))) * 1000))

    def drive(a: int, b: int) -> float:
        try:
            return nx.dijkstra_path_length(costs, a, b) / 60_000
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            return np.inf

    # streets are open both ways, so that it does not matter which of a crossing's streets a place is put on
    best = min(drive(picks[0], d) + drive(d, picks[3]) for d in picks[1:3])
    mine = homes.loc["h", "relief_min"]
    if np.isinf(best):
        assert np.isnan(mine)
    else:
        assert mine == pytest.approx(110 + 30 + 30 + best, abs=1e-3)


def test_goods_that_walk_are_remarked_on() -> None:
    driven = ground()
    walker = DRIVER.model_copy(update={"mode": "walk"})
    walked = replace(driven, study=driven.study.model_copy(update={"profiles": {"driver": walker}}))
    assert not [note for note in relief(driven).warnings if "doesn't drive" in note]
    (said,) = [note for note in relief(walked).warnings if "doesn't drive" in note]
    assert "relief.profile" in said
    assert "并非驾车" in Note.told(said, "zh")


def test_hours_of_every_level_and_of_the_total_row_are_those_of_its_people() -> None:
    asked = ground()
    assert asked.areas is not None
    frame = asked.areas.frame.drop(columns="geometry").assign(city_id="c", urban=[True, False])
    frame["district_id"] = ["n", "s"]
    areas = Areas(gpd.GeoDataFrame(frame, geometry=asked.areas.frame.geometry, crs=towns.CRS))
    for people in ([10.0, 20.0, 1.0], [10.0, 20.0, 2.0], [3.0, 1.0, 5.0]):  # without a road: 3 %, 6 %, 56 %
        demand = towns.demand(HOMES, people).in_areas(areas)
        times = relief_times(
            demand, depots(CITY, "city"), network(), district_depots=depots(DISTRICT, "d"), handling=WORK
        )
        hours = [*times.homes["relief_min"].fillna(np.inf) / 60]
        units = {
            "city": {"c": [0, 1, 2]}, "district": {"n": [0, 2], "s": [1]}, "community": {"north": [0, 2], "south": [1]},
            "urban_rural": {"urban": [0, 2], "rural": [1]},
        }  # fmt: skip
        topic = relief(replace(asked, areas=areas, demand=demand)).topics[0]
        assert set(topic.tables) == set(units)
        for level, homes_of in units.items():
            table = topic.tables[level]
            rows = {**{unit: table.loc[unit] for unit in homes_of}, "total": total_row(table, topic.fields)}
            assert rows["total"]["people"] == sum(people)
            for unit, row in rows.items():
                everyone = sorted(hours[k] for k in homes_of.get(unit, [0, 1, 2]) for _ in range(int(people[k])))
                for name, share in (("median_hours", 50), ("p95_hours", 95)):
                    last = everyone[-(-share * len(everyone) // 100) - 1]
                    assert row[name] == pytest.approx(last)  # infinite: no road leads there

"""Streets as columns: the page's numbers are Python's own, to the centimetre, millimetre and millisecond."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.crs import WGS84, project
from civicreach.layers import WayFlag
from civicreach.maps.ground_fit import CLOSE_M, ground_fit
from civicreach.maps.street_data import distinct_streets, in_whole_cm, street_columns, zigzag
from civicreach.network import RoadNetwork, build_network, from_networkx, snap
from civicreach.network.snap import on_island
from civicreach.study import Profile
from plan_case import PlanPage
from test_plan_engine import random_town

LAS_PALMAS = ("EPSG:32628", (452_000.0, 3_095_000.0, 470_000.0, 3_117_000.0))
WUHAN = ("EPSG:4547", (430_000.0, 3_310_000.0, 600_000.0, 3_480_000.0))
HIGH_NORTH = ("EPSG:32633", (400_000.0, 7_700_000.0, 420_000.0, 7_720_000.0))
FAST = Profile(name="fast", speed_mps=1.37, slope="none")


@pytest.mark.parametrize(("crs", "box"), [LAS_PALMAS, WUHAN, HIGH_NORTH])
def test_polynomials_come_within_a_centimetre_of_the_projection(crs: str, box: tuple) -> None:
    fit = ground_fit(crs, box)
    assert fit is not None
    rng = np.random.default_rng(1)
    x, y = rng.uniform(box[0], box[2], 5000), rng.uniform(box[1], box[3], 5000)
    lon, lat = project(x, y, crs, WGS84)
    found_x, found_y = fit[0](lon, lat)
    assert np.hypot(found_x - x, found_y - y).max() < 2 * CLOSE_M
    back = project(*fit[1](x, y), WGS84, crs)
    assert np.hypot(back[0] - x, back[1] - y).max() < 2 * CLOSE_M


def test_half_the_world_fits_no_polynomial() -> None:
    assert ground_fit("EPSG:32650", (-3_000_000.0, 0.0, 4_000_000.0, 9_000_000.0)) is None


@given(st.lists(st.integers(-(2**30), 2**30)))
@settings(max_examples=30)
def test_zigzag_keeps_small_numbers_small_and_all_apart(values: list[int]) -> None:
    found = zigzag(values)
    assert (found >= 0).all()
    assert ((found >> 1) ^ -(found & 1)).tolist() == values
    assert (found <= 2 * np.abs(np.array(values, dtype=np.int64))).all()


def test_building_rounds_places_to_centimetres_before_it_measures() -> None:
    nodes = {"A": (0.0, 0.0), "B": (3.0049, 4.0), "C": (3.0, 104.0051)}
    network = build_network(towns.roads(nodes, [("A B C", "path", 0)]), towns.WALKER)
    assert sorted(zip(network.geom_x.tolist(), network.geom_y.tolist(), strict=True)) == [
        (0.0, 0.0), (3.0, 4.0), (3.0, 104.01)
    ]  # fmt: skip
    assert network.edge_length_mm.tolist() == [105_010]
    assert network.edge_cost_ms.tolist() == [105_010]
    assert in_whole_cm(network)
    assert not in_whole_cm(replace(network, node_x=network.node_x + 0.001, geom_x=network.geom_x + 0.001))


def test_columns_of_level_streets_are_nearly_all_zero() -> None:
    """What costs nothing to send: lengths of drawings, and costs of any number of walkers on them."""
    rng = np.random.default_rng(4)
    nodes = {str(i): tuple(map(float, rng.uniform(0, 3000, 2))) for i in range(80)}
    ways = [(f"{a} {b}", "path", 0) for a, b in rng.integers(0, 80, (150, 2)).tolist() if a != b]
    roads = towns.roads(nodes, ways)
    networks = [build_network(roads, profile) for profile in (towns.WALKER, FAST)]
    streets = distinct_streets(networks)
    assert len(streets) == 1
    columns = {c.name: c for c in street_columns(streets[0], (0, 0), {})}
    edges = networks[0].edge_count
    for name in ("w0.length", "w0.p0.back", "w0.p1.back"):
        assert not columns[name].values.any()
    for name in ("w0.p0.along", "w0.p1.along"):
        assert (columns[name].values == 1).mean() > 0.98  # 1: exactly what the drawing and the speed say
    assert len(columns["w0.p0.along"].values) == edges


def test_profiles_that_take_other_streets_have_streets_of_their_own() -> None:
    nodes = {"A": (0.0, 0.0), "B": (500.0, 0.0), "C": (500.0, 400.0)}
    roads = towns.roads(nodes, [("A B", "path", 0), ("B C", "path", int(WayFlag.STEPS)), ("A C", "path", 0)])
    chair = Profile(name="chair", speed_mps=0.8, steps="closed", slope="none")
    found = distinct_streets([build_network(roads, p) for p in (towns.WALKER, FAST, chair)])
    assert [[n.profile.name for n in s.networks] for s in found] == [["walker", "fast"], ["chair"]]


@pytest.mark.parametrize("seed", [2, 3])
def test_the_page_reads_back_every_street_and_every_home(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    profiles = [p["name"] for p in page.head["what_if"]["profiles"]]
    answers = page.run(*[[["costs", name]] for name in profiles])
    most = page.result.study.roads.max_snap_m
    for name, (told,) in zip(profiles, answers, strict=True):
        network = page.network(name)
        assert told["u"] == network.edge_u.tolist()
        assert told["v"] == network.edge_v.tolist()
        assert told["length"] == network.edge_length_mm.tolist()
        assert told["along"] == network.edge_cost_ms.tolist()
        assert told["back"] == network.edge_back_cost_ms.tolist()
        assert told["at"] == network.geom_ptr.tolist()
        assert np.array_equal(np.array(told["x"]) / 100, network.geom_x)
        assert np.array_equal(np.array(told["y"]) / 100, network.geom_y)
        assert told["gates"] == network.gates.reshape(-1).tolist()
        private = (network.edge_flags & WayFlag.PRIVATE) != 0
        assert told["flags"] == (private + 2 * on_island(network)).tolist()
        homes = snap(page.result.demand.frame.geometry.loc[page.order], network, max_snap_m=most)
        assert told["edge"] == homes.edge.tolist()
        assert told["offset"] == homes.offset_mm.tolist()
        assert told["leg"] == homes.leg_ms.tolist()


@pytest.mark.parametrize("seed", [0, 5])
def test_clicks_stand_where_python_snaps_them(seed: int, tmp_path: Path) -> None:
    """Anywhere in town, at crossings (where several streets are equally near), and on the island's doorstep."""
    page = PlanPage(random_town(seed), tmp_path)
    name = page.head["what_if"]["profiles"][0]["name"]
    network = page.network(name)
    rng = np.random.default_rng(seed)
    cm = np.concatenate([
        rng.integers(-30_000, 170_000, (150, 2)),
        np.rint(np.column_stack([network.node_x, network.node_y]) * 100).astype(int),
        np.rint(np.column_stack([network.node_x, network.node_y]) * 100).astype(int) + rng.integers(-900, 900, 2),
    ])  # fmt: skip
    (answers,) = page.run([["snap", int(x), int(y), name] for x, y in cm])
    points = gpd.GeoSeries(shapely.points(cm / 100), crs=network.crs)
    found = snap(points, network, max_snap_m=page.result.study.roads.max_snap_m)
    assert [-1 if a is None else a["edge"] for a in answers] == found.edge.tolist()
    for a, offset, gap, leg in zip(answers, found.offset_mm, found.gap_m, found.leg_ms, strict=True):
        if a is not None:
            assert (a["offset_mm"], a["gap_m"], a["leg_ms"]) == (offset, gap, leg)
    assert found.island.any()
    assert (found.edge < 0).any()


def test_degrees_and_metres_of_the_page_agree_with_the_projection(tmp_path: Path) -> None:
    page = PlanPage(random_town(1), tmp_path)
    rng = np.random.default_rng(6)
    x, y = rng.uniform(0, 1500, 50), rng.uniform(0, 1500, 50)
    lon, lat = project(x, y, page.result.crs, WGS84)
    there, back = page.run(
        [["to_ground", *pair] for pair in zip(lon.tolist(), lat.tolist(), strict=True)],
        [["to_degrees", round(a * 100), round(b * 100)] for a, b in zip(x.tolist(), y.tolist(), strict=True)],
    )
    assert np.abs(np.array(there) - np.column_stack([x, y]) * 100).max() <= 1.0
    again = np.column_stack(project(*np.array(back).T, WGS84, page.result.crs))
    assert np.abs(again - np.column_stack([x, y])).max() < 0.01


def test_what_is_left_out_says_why(tmp_path: Path) -> None:
    result = random_town(2)
    alone = replace(result, services=tuple(replace(s, network=None) for s in result.services))
    page = PlanPage(alone, tmp_path)
    assert page.head["what_if"] is None
    assert "路网" in page.head["no_what_if"][0]
    study = result.study.model_copy(update={"study": result.study.study.model_copy(update={"suppress_below": 10})})
    hidden = PlanPage(replace(result, study=study), tmp_path)
    assert hidden.head["what_if"] is None
    assert not [c.name for c in hidden.columns if c.name.startswith(("homes.amount", "w0."))]


def test_a_graph_of_degrees_is_in_whole_centimetres_too() -> None:
    graph = nx.Graph(crs=WGS84)
    graph.add_nodes_from([(1, {"x": 114.3, "y": 30.5}), (2, {"x": 114.30123, "y": 30.5007})])
    graph.add_edge(1, 2)
    network: RoadNetwork = from_networkx(graph, towns.WALKER)
    assert in_whole_cm(network)

"""Snapping: edges not nodes, legs counted, islands avoided and told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

import towns
from civicreach.errors import CrsError
from civicreach.network import build_network, snap


def points(*places: tuple[float, float], crs: str = towns.CRS) -> gpd.GeoSeries:
    return gpd.GeoSeries(gpd.points_from_xy(*zip(*places, strict=True)), crs=crs)


def test_places_go_to_the_nearest_point_of_an_edge() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    found = snap(points((150, 30), (0, 0), (-600, 0)), network)
    assert found.gap_m.tolist() == [30.0, 0.0, 0.0]
    assert found.leg_ms.tolist() == [30_000, 0, 0]
    assert (found.x[0], found.y[0]) == (150.0, 0.0)
    along = found.offset_mm[0] / 1000
    assert along in (150.0, 450.0)  # from O or from E, whichever end is u


def test_the_limit_is_inclusive_and_what_lies_beyond_is_listed() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    found = snap(points((300, 200), (300, 200.001), (300, 100), (300, 100.001)), network)
    assert found.found.tolist() == [True, False, True, True]
    assert found.gap_m[1] == pytest.approx(200.001)
    assert found.listed.tolist() == [True, True, False, True]
    assert found.leg_ms[1] == 0


def test_an_island_is_left_when_the_main_network_is_at_most_50_m_farther() -> None:
    # the lane lies 60 m north of the main street: at y = 55 it is 5 m away and the street 55 m, 50 m farther
    network = build_network(towns.island(), towns.WALKER)
    found = snap(points((1000, 55), (1000, 55.001), (1000, 61)), network)
    assert found.y.tolist() == [0.0, 60.0, 60.0]
    assert found.island.tolist() == [False, True, True]
    assert found.listed.tolist() == [False, True, True]


def test_a_far_main_network_never_takes_a_place_beyond_the_limit() -> None:
    network = build_network(towns.island(), towns.WALKER)
    found = snap(points((1000, 55)), network, max_snap_m=54)
    assert found.y.tolist() == [60.0]


def test_an_island_of_a_kilometre_is_a_place_of_its_own() -> None:
    nodes = {"A": (0, 0), "B": (2000, 0), "P": (0, 60), "Q": (1000, 60)}
    town = towns.roads(nodes, [("A B", "path", 0), ("P Q", "path", 0)])
    found = snap(points((500, 40)), build_network(town, towns.WALKER))
    assert found.y.tolist() == [60.0]
    assert not found.island.any()


def test_of_equally_near_edges_the_first_is_taken_whatever_the_order_of_points() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    places = [(50.0, 50.0), (0.0, 0.0), (-50.0, -50.0)]
    edge = snap(points(*places), network).edge
    assert edge.tolist() == snap(points(*places[::-1]), network).edge.tolist()[::-1]
    assert edge[1] == 0


def test_other_systems_and_senseless_limits_are_refused() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises(CrsError, match="Bring both"):
        snap(points((114, 30), crs="EPSG:4326"), network)
    for limit in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="max_snap_m"):
            snap(points((0, 0)), network, max_snap_m=limit)


def test_against_brute_force_over_all_edges() -> None:
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 1000, (40, 2))
    nodes = {str(i): tuple(p) for i, p in enumerate(xy.tolist())}
    ways = [(f"{a} {b}", "path", 0) for a, b in rng.integers(0, 40, (60, 2)).tolist() if a != b]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    homes = points(*rng.uniform(0, 1000, (200, 2)).tolist())
    found = snap(homes, network, max_snap_m=1000)
    for home, gap, island in zip(homes, found.gap_m, found.island, strict=True):
        nearest = min(line.distance(home) for line in network.lines)
        assert gap == pytest.approx(nearest) or (not island and gap <= nearest + 50)


def test_what_was_asked_before_is_answered_alike_and_nothing_else_is() -> None:
    places = points((100, 30), (0, 250), (900, 0))
    network = build_network(towns.cross_road(), towns.WALKER)
    first = snap(places, network)
    again = snap(places, network)
    assert again.edge is first.edge
    assert not again.edge.flags.writeable
    slow = build_network(towns.cross_road(), towns.WALKER.model_copy(update={"name": "slow", "speed_mps": 0.5}))
    half = snap(places, slow)
    assert half.leg_ms.tolist() == [2 * leg for leg in first.leg_ms.tolist()]
    assert half.offset_mm.tolist() == first.offset_mm.tolist()
    # a smaller limit, other places and other streets are other questions
    assert snap(places, network, max_snap_m=20).found.tolist() == [False, True, False]
    assert snap(points((100, 31), (0, 250), (900, 0)), network).gap_m[0] == pytest.approx(31)
    shorter = build_network(towns.river_with_one_bridge(), towns.WALKER)
    assert snap(places, shorter).gap_m.tolist() != first.gap_m.tolist()

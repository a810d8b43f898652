"""Closed streets: areas, floods and names; streets cut at the water's edge; nobody carried across it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import towns
from civicreach.crs import project
from civicreach.errors import CrsError, LayerError, RoadsError
from civicreach.layers import WayFlag
from civicreach.layers.hazard import Depth
from civicreach.network import RoadNetwork, build_network, close_edges, from_networkx, snap, to_networkx
from civicreach.network.closures import (
    Closure,
    closure_in,
    closure_of_depth,
    closure_of_edges,
    closure_of_names,
)
from civicreach.network.edit import close_streets, cut_off, shut_edges
from civicreach.reach import block_fill, isochrones, nearest_facility, reach, reached_roads
from civicreach.study import Profile

BRIDGE, TUNNEL, BACK = int(WayFlag.BRIDGE), int(WayFlag.TUNNEL), int(WayFlag.NO_BACKWARD)
DRIVE = Profile(name="drive", mode="drive", slope="none")


def area(*boxes: tuple[float, float, float, float]) -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.box(*box) for box in boxes], crs=towns.CRS)


def flood(values: Any, *, west: float = 0, north: float = 0, cell: float = 10, crs: str = towns.CRS) -> Depth:
    """Depths of cells of 10 m whose upper left corner is at (west, north)."""
    return Depth(crs, (cell, 0.0, west, 0.0, -cell, north), np.asarray(values, np.float32))


def street(length: float = 1000, flags: int = 0, **options: Any) -> RoadNetwork:
    """One street along y = 0 from A (0, 0) to B."""
    town = towns.roads({"A": (0, 0), "B": (length, 0)}, [("A B", "residential", flags)], **options)
    return build_network(town, towns.WALKER if town.mode == "walk" else DRIVE)


def minutes(network: RoadNetwork, homes: dict[str, Any], centres: dict[str, Any], **options: Any) -> dict[str, float]:
    """Seconds to the nearest centre of those who reach one."""
    found = nearest_facility(towns.demand(homes), towns.facilities(centres), network, **options)
    return {home: ms / 1000 for home, ms in found.frame()["cost_ms"].dropna().items()}


def stretches(closure: Closure) -> list[tuple[int, float, float]]:
    rows = zip(closure.edge.tolist(), closure.start_mm.tolist(), closure.stop_mm.tolist(), strict=True)
    return [(edge, start / 1000, stop / 1000) for edge, start, stop in rows]


# --- one street, cut at the border -----------------------------------------------------------------------------------


def test_a_street_is_cut_at_the_border_and_its_dry_ends_still_serve() -> None:
    """::

    C                        +-------+
    A ===h100==============  | h500  | ==========h900=== B      C at A, closed from x = 400 to 600
                             +-------+
    """
    network = street()
    closure = closure_in(network, area((400, -50, 600, 50)))
    assert stretches(closure) == [(0, 400.0, 600.0)]
    assert closure.length_km == 0.2
    closed = close_streets(network, closure)
    assert closed.edge_length_mm.tolist() == [400_000, 200_000, 400_000]
    assert closed.edge_cost_ms.tolist() == closed.edge_back_cost_ms.tolist() == [400_000, -1, 400_000]
    assert shut_edges(closed).tolist() == [False, True, False]
    assert [line.wkt for line in closed.lines] == [
        "LINESTRING (0 0, 400 0)",
        "LINESTRING (400 0, 600 0)",
        "LINESTRING (600 0, 1000 0)",
    ]
    assert len(set(closed.node_id.tolist())) == 4
    homes = {"h100": (100, 5), "h500": (500, 0), "h900": (900, 0)}
    assert minutes(network, homes, {"C": (0, 0)}) == {"h100": 105.0, "h500": 500.0, "h900": 900.0}
    assert minutes(closed, homes, {"C": (0, 0)}) == {"h100": 105.0}
    assert minutes(closed, homes, {"D": (1000, 0)}) == {"h900": 100.0}
    assert cut_off(towns.demand(homes).frame.geometry, closed, closure).tolist() == [False, True, False]


def test_an_empty_closure_gives_the_very_same_network() -> None:
    network = street()
    for closure in (
        closure_in(network, area((400, 50, 600, 90))),
        closure_of_depth(network, flood(np.zeros((3, 3))), at_least_m=0.3),
        closure_of_edges(network, []),
        closure_of_names(network, []),
    ):
        assert len(closure) == 0
        assert close_streets(network, closure) is network


def test_a_whole_street_keeps_its_number_its_nodes_and_its_index() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    closed = close_streets(network, closure_of_edges(network, [2]))
    assert closed.tree is network.tree
    assert closed.node_count == network.node_count
    assert np.flatnonzero(shut_edges(closed)).tolist() == [2]
    assert len(set(closed.node_component.tolist())) == 2


def test_pieces_cost_their_share_and_add_up_to_the_whole_edge() -> None:
    town = towns.roads({"A": (0, 0), "B": (100, 0), "C": (100, 200)}, [("A B C", "residential", 0)], heights=None)
    network = build_network(town, Profile(name="odd", speed_mps=0.97))
    pieces = area((33.333, -1, 50.007, 1), (90, 20, 110, 77.7))
    closure = closure_in(network, pieces)
    closed = close_streets(network, closure)
    assert closed.edge_length_mm.tolist() == [33_333, 16_674, 69_993, 57_700, 122_300]
    assert int(closed.edge_length_mm.sum()) == int(network.edge_length_mm[0])
    cuts = np.cumsum([0, *closed.edge_length_mm]) / network.edge_length_mm[0] * network.edge_cost_ms[0]
    expected = np.diff(np.floor(cuts + 0.5)).astype(int)
    expected[[1, 3]] = -1
    assert closed.edge_cost_ms.tolist() == expected.tolist()
    corner = shapely.get_coordinates(closed.lines[2]).round(6).tolist()
    assert corner == [[50.007, 0.0], [100.0, 0.0], [100.0, 20.0]]  # B lies in the third piece


def test_a_one_way_street_stays_one_way() -> None:
    network = street(400, BACK, mode="drive")
    closed = close_streets(network, closure_in(network, area((100, -1, 200, 1))))
    assert closed.edge_cost_ms.tolist() == [10_000, -1, 20_000]  # 36 km/h
    assert closed.edge_back_cost_ms.tolist() == [-1, -1, -1]


def test_a_street_whose_length_is_stated_is_cut_by_its_drawing() -> None:
    """A street drawn 100 m long that its source says is 200 m: the middle half of the drawing is the middle half."""
    graph = nx.Graph(crs=towns.CRS)
    graph.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 100.0, "y": 0.0})])
    graph.add_edge("a", "b", length=200.0)
    network = from_networkx(graph, towns.WALKER)
    closure = closure_in(network, area((25, -1, 75, 1)))
    assert stretches(closure) == [(0, 50.0, 150.0)]
    closed = close_streets(network, closure)
    assert [line.length for line in closed.lines] == [25.0, 50.0, 25.0]
    assert closed.edge_length_mm.tolist() == [50_000, 100_000, 50_000]


# --- what counts as inside -------------------------------------------------------------------------------------------


def test_touching_is_not_closing() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    assert len(closure_in(network, area((0.05, 10, 50, 50)))) == 0  # beside the street
    assert len(closure_in(network, area((-50, 600, 50, 700)))) == 0  # meets its end
    assert len(closure_in(network, area((-0.04, 599.95, 50, 700)))) == 0  # 5 cm: the drawing's inaccuracy
    assert closure_in(network, area((-1, 599.8, 1, 700))).length_km == pytest.approx(0.0002)


def test_a_border_along_a_street_closes_it() -> None:
    network = street()
    assert stretches(closure_in(network, area((200, 0, 300, 80)))) == [(0, 200.0, 300.0)]


def test_overlapping_and_neighbouring_areas_are_one_closure() -> None:
    network = street()
    assert stretches(closure_in(network, area((100, -9, 200, 9), (150, -9, 300, 9), (300.05, -9, 400, 9)))) == [
        (0, 100.0, 400.0)
    ]
    hole = gpd.GeoSeries([shapely.box(100, -50, 500, 50).difference(shapely.box(200, -20, 300, 20))], crs=towns.CRS)
    assert stretches(closure_in(network, hole)) == [(0, 100.0, 200.0), (0, 300.0, 500.0)]


def test_a_street_that_leaves_and_comes_back_and_a_ring() -> None:
    """::

    B(0,100) ----- C(200,100)
    |              |             A B C D is one way; the area holds x < 50
    A(0,0)         D(200,0)
    """
    nodes = {"A": (0, 0), "B": (0, 100), "C": (200, 100), "D": (200, 0)}
    network = build_network(towns.roads(nodes, [("A B C D", "residential", 0)]), towns.WALKER)
    assert stretches(closure_in(network, area((-9, -9, 50, 200)))) == [(0, 0.0, 150.0)]
    assert stretches(closure_in(network, area((-9, -9, 300, 50)))) == [(0, 0.0, 50.0), (0, 350.0, 400.0)]
    ring = build_network(towns.roads(nodes, [("A B C D A", "residential", 0)]), towns.WALKER)
    assert ring.edge_u[0] == ring.edge_v[0]
    closed = close_streets(ring, closure_in(ring, area((-9, 20, 9, 80))))  # the west side, A at a corner of the ring
    assert sorted(closed.edge_length_mm[~shut_edges(closed)].tolist()) == [20_000, 520_000]
    homes = {"h": (0, 10), "k": (0, 90)}
    assert minutes(closed, homes, {"C": (100, 100)}) == {"h": 410.0, "k": 110.0}  # by the long way round, and straight


def test_bridges_stay_open_over_a_flood_but_not_in_a_drawn_area() -> None:
    """::

    A ------------- B
                    |  bridge over the river, which stands 0.8 m deep from y = 10 to 90
    C ------------- D
    """
    network = build_network(towns.river_with_one_bridge(), towns.WALKER)
    river = area((-100, 10, 2000, 90))
    deep = flood(np.full((8, 210), 0.8), west=-100, north=90)
    assert stretches(closure_in(network, river)) == [(2, 10.0, 90.0)]
    assert len(closure_in(network, river, bridges="open")) == 0
    assert len(closure_of_depth(network, deep, at_least_m=0.5)) == 0
    assert stretches(closure_of_depth(network, deep, at_least_m=0.5, bridges="closed")) == [(2, 10.0, 90.0)]
    tunnel = street(1000, TUNNEL)
    assert stretches(closure_in(tunnel, area((100, -1, 200, 1)), bridges="open")) == [(0, 100.0, 200.0)]


# --- floods ----------------------------------------------------------------------------------------------------------


def test_a_flood_closes_cells_from_the_threshold_on() -> None:
    network = street(100)
    #           x =  0    10   20   30   40   50   60   70   80   90
    depths = [[0.0, 0.3, 0.7, 0.29, 0.0, 1.0, 0.31, 0.0, 0.0, 0.3]]
    wet = flood(depths, north=5)
    assert stretches(closure_of_depth(network, wet, at_least_m=0.3)) == [
        (0, 10.0, 30.0),
        (0, 50.0, 70.0),
        (0, 90.0, 100.0),
    ]
    # inclusive although 0.7 isn't a number that a computer stores exactly
    assert stretches(closure_of_depth(network, wet, at_least_m=0.7)) == [(0, 20.0, 30.0), (0, 50.0, 60.0)]
    assert len(closure_of_depth(network, wet, at_least_m=1.01)) == 0
    with pytest.raises(ValueError, match="at_least_m"):
        closure_of_depth(network, wet, at_least_m=0)


def test_beyond_the_raster_it_is_dry() -> None:
    network = street(100)
    assert stretches(closure_of_depth(network, flood([[1, 1]], west=95, north=5), at_least_m=0.5)) == [(0, 95.0, 100.0)]
    assert len(closure_of_depth(network, flood([[1, 1]], west=0, north=50), at_least_m=0.5)) == 0


def test_a_slanting_street_is_cut_where_it_passes_from_cell_to_cell() -> None:
    """A street along the diagonal of cells in the wet and dry squares of a chessboard, and one across their corners."""
    nodes = {"A": (0, 0), "B": (40, 40), "C": (0, 30)}
    network = build_network(towns.roads(nodes, [("A B", "path", 0), ("A C", "track", 0)]), towns.WALKER)
    board = np.indices((4, 4)).sum(axis=0) % 2 == 0  # the square in the upper left corner is wet
    closure = closure_of_depth(network, flood(board, north=40), at_least_m=1)
    slanting = [row for row in stretches(closure) if row[0] == 0]
    # on the diagonal from below all squares have column + row = 3 from the top: all dry
    assert slanting == []
    shifted = flood(board, west=10, north=40)
    cuts = [s for row in stretches(closure_of_depth(network, shifted, at_least_m=1)) if row[0] == 0 for s in row[1:]]
    assert cuts == pytest.approx([10 * 2**0.5, 40 * 2**0.5], abs=0.002)


def test_a_flood_in_another_system() -> None:
    """The same water, told in degrees: streets close within a metre of where they close in metres."""
    town = towns.roads({"A": (500_000, 3_400_000), "B": (500_900, 3_400_600)}, [("A B", "path", 0)])
    network = build_network(town, towns.WALKER)
    lon, lat = project(np.array([500_200.0]), np.array([3_400_500.0]), towns.CRS, "EPSG:4326")
    wet = Depth("EPSG:4326", (1e-4, 0, lon[0], 0, -1e-4, lat[0]), np.ones((40, 40), np.float32))
    [(_, start, stop)] = stretches(closure_of_depth(network, wet, at_least_m=0.5))
    line = network.lines[0]
    steps = np.arange(0, line.length, 0.5)
    points = [line.interpolate(s) for s in steps]
    x, y = np.array([p.x for p in points]), np.array([p.y for p in points])
    inside = steps[wet.at(x, y, towns.CRS) > 0]
    assert (start, stop) == pytest.approx((inside.min(), inside.max()), abs=0.6)


def test_small_portions_give_the_same_closure(monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    wet = flood(np.random.default_rng(3).random((120, 120)), west=-600, north=600)
    whole = stretches(closure_of_depth(network, wet, at_least_m=0.5))
    monkeypatch.setattr("civicreach.network.closed_ground.CUTS_AT_ONCE", 50)
    assert stretches(closure_of_depth(network, wet, at_least_m=0.5)) == whole
    assert len(whole) > 50


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_deeper_water_never_opens_a_street(seed: int) -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    wet = flood(np.random.default_rng(seed).random((40, 40)), west=-300, north=200)
    lengths = [closure_of_depth(network, wet, at_least_m=limit).length_km for limit in (0.2, 0.5, 0.8)]
    assert lengths == sorted(lengths, reverse=True)


# --- names -----------------------------------------------------------------------------------------------------------


def named(names: dict[str, tuple[str, int]]) -> RoadNetwork:
    """A star of streets around O: end -> (name, flags)."""
    nodes = {"O": (0, 0)} | {end: (100 * (i + 1), 50 * i - 70) for i, end in enumerate(names)}
    town = towns.roads(nodes, [(f"O {end}", "road", flags) for end, (_, flags) in names.items()])
    known = ("", *dict.fromkeys(name for name, _ in names.values()))
    numbers = np.array([known.index(name) for name, _ in names.values()], dtype=np.int32)
    return build_network(replace(town, way_name=numbers, names=known), towns.WALKER)


def test_bridges_and_streets_by_name() -> None:
    network = named(
        {"A": ("长江大桥", BRIDGE), "B": ("长江大桥", 0), "C": ("River Street", 0), "D": ("Old Bridge", BRIDGE)}
    )
    name_of = [network.names[n] for n in network.edge_name.tolist()]
    one = closure_of_names(network, ["长江大桥"])
    assert [(name_of[e], int(network.edge_flags[e])) for e in one.edges.tolist()] == [("长江大桥", BRIDGE)]
    assert len(closure_of_names(network, ["长江大桥", " old bridge "]).edges) == 2
    whole = closure_of_names(network, ["长江大桥", "River Street"], only_bridges=False)
    assert sorted(name_of[e] for e in whole.edges.tolist()) == ["River Street", "长江大桥", "长江大桥"]


def test_unknown_names_are_told_all_at_once_with_the_nearest() -> None:
    network = named({"A": ("长江大桥", BRIDGE), "B": ("River Street", 0), "C": ("Old Bridge", BRIDGE)})
    with pytest.raises(RoadsError) as caught:
        closure_of_names(network, ["长江二桥", "Old Brige", "River Street", "xyzzy"])
    assert [str(fault) for fault in caught.value.faults] == [
        "closed streets: no bridge called '长江二桥'. Did you mean 长江大桥?",
        "closed streets: no bridge called 'Old Brige'. Did you mean Old Bridge?",
        "closed streets: no bridge of 'River Street'. Give only_bridges=False to close the whole street.",
        "closed streets: no bridge called 'xyzzy'. Give its edges by closure_of_edges, or draw an area around it.",
    ]
    with pytest.raises(RoadsError, match=r"no street called 'River Stret'\. Did you mean River Street"):
        closure_of_names(network, ["River Stret"], only_bridges=False)


# --- joined closures, and refusals -----------------------------------------------------------------------------------


def test_closures_are_joined() -> None:
    network = build_network(towns.river_with_one_bridge(), towns.WALKER)
    both = closure_in(network, area((100, 90, 300, 110))) | closure_of_edges(network, [2])
    both |= closure_in(network, area((300, 90, 400, 110)))
    assert stretches(both) == [(0, 100.0, 400.0), (2, 0.0, 100.0)]
    assert both.edges.tolist() == [0, 2]
    assert both.holds(np.array([150.0, 350.0, 500.0]), np.array([100.0, 95.0, 100.0])).tolist() == [True, True, False]


def test_what_makes_no_sense_is_refused() -> None:
    network = street()
    other = street(900)
    with pytest.raises(RoadsError, match="another network"):
        close_streets(other, closure_of_edges(network, [0]))
    with pytest.raises(RoadsError, match="two networks"):
        closure_of_edges(other, [0]) | closure_of_edges(network, [0])
    with pytest.raises(RoadsError, match=r"no edges \(1: 7\)"):
        closure_of_edges(network, [0, 7])
    with pytest.raises(CrsError, match="WGS 84, network in EPSG:32650"):
        closure_in(network, area((0, 0, 1, 1)).set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(LayerError, match="aren't valid polygons"):
        closure_in(network, gpd.GeoSeries([shapely.Point(0, 0)], crs=towns.CRS))
    with pytest.raises(ValueError, match="bridges"):
        closure_in(network, area((0, 0, 1, 1)), bridges="maybe")  # type: ignore[arg-type]
    with pytest.raises(LayerError, match="finite"):
        flood([[-1.0]])
    with pytest.raises(LayerError, match="without any area"):
        flood([[1.0]], cell=0)


def test_everything_under_water() -> None:
    network = street()
    closure = closure_in(network, area((-100, -100, 2000, 100)))
    closed = close_streets(network, closure)
    homes = towns.demand({"h": (100, 0), "k": (100, 0)})
    centre = towns.facilities({"C": (0, 0)})
    assert not nearest_facility(homes, centre, closed).found.any()
    assert len(reach(homes, centre, closed, cutoff_min=30)) == 0
    assert cut_off(homes.frame.geometry, closed, closure).all()
    assert isochrones(centre, closed, (5,)).geometry.is_empty.all()
    assert reached_roads(centre, closed, (5,)).empty


# --- nobody is carried across the water ------------------------------------------------------------------------------


def test_homes_keep_their_street_though_a_dry_one_is_near() -> None:
    """::

    A ============================= B(2000, 0)      dry, with the centre
         h (500, 20)   k (900, 45)
    P ============================= Q(2000, 60)     flooded from x = 800 to 1000; joined to A B at x = 2000

    k's own street is under water. The dry one lies 45 m away, well within the limit of 200 m.
    """
    nodes = {"A": (0, 0), "B": (2000, 0), "P": (0, 60), "Q": (2000, 60)}
    network = build_network(towns.roads(nodes, [("A B", "residential", 0), ("P Q B", "service", 0)]), towns.WALKER)
    closure = closure_in(network, area((800, 50, 1000, 70)))
    closed = close_streets(network, closure)
    homes = {"h": (500, 20), "k": (900, 45), "far": (100, 61)}
    assert set(minutes(closed, homes, {"C": (0, 0)})) == {"h"}
    assert set(minutes(close_edges(network, closure.edges), homes, {"C": (0, 0)})) == {"h", "k", "far"}  # the naive way
    assert cut_off(towns.demand(homes).frame.geometry, closed, closure).tolist() == [False, True, False]


def test_what_a_flood_cuts_off_is_no_island_of_the_map() -> None:
    """::

    A ========================================= B(3000, 0)      the centre at A
                       |  S (1500, 0) to T (1500, 40): flooded from y = 10 to 30
            P =========T========= Q         P (1200, 40), Q (1800, 40)

    P Q is 600 m long: shorter than what counts as an island, and A B is less than 50 m farther for those who live
    there. Still nobody may be carried over.
    """
    nodes = {"A": (0, 0), "S": (1500, 0), "B": (3000, 0), "P": (1200, 40), "T": (1500, 40), "Q": (1800, 40)}
    ways = [("A S B", "residential", 0), ("S T", "residential", 0), ("P T Q", "residential", 0)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    closure = closure_in(network, area((1400, 10, 1600, 30)))
    closed = close_streets(network, closure)
    homes = {"h": (1300, 42), "k": (1300, -2)}
    assert minutes(closed, homes, {"C": (0, 0)}) == {"k": 1302.0}
    snapped = snap(towns.demand(homes).frame.geometry, closed)
    assert snapped.y.tolist() == [40.0, 0.0]
    assert snapped.island.tolist() == [False, False]
    again = close_streets(closed, closure_in(closed, area((100, -5, 200, 5))))  # a second closure on top
    assert minutes(again, homes, {"C": (0, 0)}) == {}
    assert snap(towns.demand(homes).frame.geometry, again).y.tolist() == [40.0, 0.0]


def test_who_lives_on_a_street_closed_by_its_name_is_cut_off() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    closure = closure_of_edges(network, [0])
    closed = close_streets(network, closure)
    middle = network.lines[0].interpolate(0.5, normalized=True)
    homes = towns.demand({"on": (middle.x + 3, middle.y + 4), "other": (-middle.x + 3, -middle.y + 4)})
    assert cut_off(homes.frame.geometry, closed, closure).tolist() == [True, False]


def test_who_lives_in_the_water_or_behind_it_is_cut_off() -> None:
    """::

    A =============================== B      a dry street; water from y = 30 to 60, x = 0 to 500
        ~~~~~~~ w (100, 45) ~~~~~~~
        b (100, 90)           d (800, 45)    b could only come to the street through the water
    """
    network = street()
    water = area((0, 30, 500, 60))
    homes = towns.demand({"w": (100, 45), "b": (100, 90), "d": (800, 45), "n": (100, 20), "out": (100, 900)})
    for closure in (
        closure_in(network, water),
        closure_of_depth(network, flood(np.full((3, 50), 0.5), north=60), at_least_m=0.5),
    ):
        closed = close_streets(network, closure)
        assert closed is network  # no street is wet
        assert cut_off(homes.frame.geometry, closed, closure).tolist() == [True, True, False, False, False]
        assert cut_off(homes.frame.geometry, closed, closure, max_snap_m=40).tolist() == [
            True,
            False,
            False,
            False,
            False,
        ]


# --- random towns ----------------------------------------------------------------------------------------------------


@st.composite
def random_towns(draw: st.DrawFn) -> tuple[RoadNetwork, gpd.GeoSeries, int]:
    """A grid of bent streets, a few of them missing or one-way, and some triangles to close."""
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    nodes = {f"{i},{j}": tuple(rng.uniform(-40, 40, 2) + np.array([100 * i, 100 * j])) for i, j in np.ndindex(4, 4)}
    ways = []
    for i, j in np.ndindex(4, 4):
        for other in (f"{i + 1},{j}", f"{i},{j + 1}"):
            if other in nodes and rng.random() < 0.8:
                bend = f"{i},{j}>{other}"
                nodes[bend] = tuple(rng.uniform(0, 300, 2))
                ways.append((f"{i},{j} {bend} {other}" if rng.random() < 0.3 else f"{i},{j} {other}", "path", 0))
    town = towns.roads({k: (round(x, 3), round(y, 3)) for k, (x, y) in nodes.items()}, ways)
    corners = rng.uniform(-50, 350, (draw(st.integers(1, 3)), 3, 2))
    shapes = gpd.GeoSeries([shapely.Polygon(c) for c in corners], crs=towns.CRS)
    return build_network(town, towns.WALKER), shapes, seed


def spots(seed: int, count: int) -> dict[str, tuple[float, float]]:
    places = np.random.default_rng(seed + 1).uniform(-20, 320, (count, 2)).round(2)
    return {f"p{i}": (float(x), float(y)) for i, (x, y) in enumerate(places)}


@settings(max_examples=40, deadline=None)
@given(random_towns())
def test_closed_length_is_what_shapely_finds_inside(town: tuple[RoadNetwork, gpd.GeoSeries, int]) -> None:
    network, shapes, _ = town
    closure = closure_in(network, shapes)
    inside = shapely.length(shapely.intersection(network.lines, shapes.union_all()))
    found = np.bincount(closure.edge, weights=(closure.stop_mm - closure.start_mm) / 1000, minlength=network.edge_count)
    assert found == pytest.approx(inside, abs=0.3)
    closed = close_streets(network, closure)
    assert int(closed.edge_length_mm.sum()) == int(network.edge_length_mm.sum())
    if len(closure):
        drawn = shapely.union_all(closed.lines[shut_edges(closed)])
        assert drawn.hausdorff_distance(drawn.intersection(shapes.union_all().buffer(0.2))) < 0.2


@settings(max_examples=40, deadline=None)
@given(random_towns())
def test_every_place_is_snapped_to_where_it_was(town: tuple[RoadNetwork, gpd.GeoSeries, int]) -> None:
    network, shapes, seed = town
    places = towns.demand(spots(seed, 15)).frame.geometry
    before = snap(places, network)
    closed = close_streets(network, closure_in(network, shapes))
    after = snap(places, closed)
    assert after.found.tolist() == before.found.tolist()
    assert after.gap_m == pytest.approx(before.gap_m, abs=1e-6)
    assert after.leg_ms == pytest.approx(before.leg_ms, abs=1)
    assert np.hypot(after.x - before.x, after.y - before.y)[before.found] == pytest.approx(0, abs=1e-3)
    assert after.island.tolist() == before.island.tolist()


@settings(max_examples=40, deadline=None)
@given(random_towns())
def test_who_still_arrives_is_who_is_joined_by_dry_ground(town: tuple[RoadNetwork, gpd.GeoSeries, int]) -> None:
    """An oracle of its own: the streets minus the areas by shapely, joined where their ends meet."""
    network, shapes, seed = town
    wet = shapely.get_parts(shapely.intersection(network.lines, shapes.union_all()))
    assume(all(part.length > 0.3 for part in wet if not part.is_empty))  # less is taken for the drawing's inaccuracy
    homes, centre = towns.demand(spots(seed, 10)), towns.facilities({"C": spots(seed + 7, 1)["p0"]})
    closure = closure_in(network, shapes)
    closed = close_streets(network, closure)
    home_cut, centre_cut = (cut_off(layer.frame.geometry, closed, closure) for layer in (homes, centre))
    found = nearest_facility(homes, centre, closed)
    arrives = found.found & ~home_cut & ~centre_cut.any()

    ground = shapes.union_all()
    dry = nx.Graph()
    pieces: dict[int, list[Any]] = {}
    for edge, line in enumerate(network.lines):
        ends = {line.coords[0]: int(network.edge_u[edge]), line.coords[-1]: int(network.edge_v[edge])}
        for step in itertools.pairwise(line.coords):  # segment by segment: ways that cross don't meet
            for part in shapely.get_parts(shapely.difference(shapely.LineString(step), ground)):
                if not part.is_empty:
                    start, stop = (ends.get(c, (edge, *np.round(c, 2))) for c in (part.coords[0], part.coords[-1]))
                    dry.add_edge(start, stop)
                    pieces.setdefault(edge, []).append((part, start))
    component = {node: i for i, nodes in enumerate(nx.connected_components(dry)) for node in nodes}

    def places(layer: gpd.GeoSeries) -> list[set[int]]:
        """The dry parts that each place's own street belongs to there."""
        at = snap(layer, network)
        return [
            {component[start] for part, start in pieces.get(e, []) if part.distance(shapely.Point(x, y)) < 0.01}
            for e, x, y in zip(at.edge.tolist(), at.x, at.y, strict=True)
        ]

    [goal] = places(centre.frame.geometry)
    joined = [bool(goal & at) for at in places(homes.frame.geometry)]
    legs = [
        shapely.intersection(shapely.LineString([p, (x, y)]), ground).length
        for layer, at in ((homes, found.demand_snap), (centre, found.facility_snap))
        for p, x, y in zip(layer.xy.tolist(), at.x, at.y, strict=True)
    ]
    assume(all(wet_m == 0 or wet_m > 0.3 for wet_m in legs))
    expected = np.array(joined) & (np.array(legs[:-1]) == 0) & (legs[-1] == 0)
    assert arrives.tolist() == expected.tolist()


@settings(max_examples=30, deadline=None)
@given(random_towns())
def test_a_closure_never_shortens_a_way_and_networkx_agrees(town: tuple[RoadNetwork, gpd.GeoSeries, int]) -> None:
    network, shapes, seed = town
    homes, centres = towns.demand(spots(seed, 10)), towns.facilities(spots(seed + 7, 2))
    closure = closure_in(network, shapes)
    closed = close_streets(network, closure)
    before, after = (nearest_facility(homes, centres, on) for on in (network, closed))
    assert (before.found | ~after.found).all()
    both = before.found & after.found
    assert (after.cost_ms[both] >= before.cost_ms[both] - 2).all()  # split streets may round by 1 ms at each end
    graph = to_networkx(closed)
    assert graph.number_of_edges() == 2 * int((~shut_edges(closed)).sum())
    assert len(set(closed.node_component.tolist())) == nx.number_weakly_connected_components(graph)


def test_the_land_beside_a_closed_street_is_not_filled() -> None:
    square = towns.roads(
        {"A": (0, 0), "B": (300, 0), "C": (300, 300), "D": (0, 300)}, [("A B C D A", "residential", 0)]
    )
    network = build_network(square, towns.WALKER)
    centre = towns.facilities({"C": (0, 0)})
    assert block_fill(centre, network, (30,)).area.sum() > 50_000
    closed = close_streets(network, closure_in(network, area((200, 200, 400, 400))))
    assert block_fill(centre, closed, (30,)).area.sum() == 0
    reached = reached_roads(centre, closed, (30,))
    assert reached.length.sum() == pytest.approx(1000, abs=1)

"""To and from networkx and osmnx: the same information in another shape."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

import towns
from civicreach.errors import RoadsError
from civicreach.network import build_network, from_networkx, from_osmnx, to_networkx
from civicreach.study import Profile

DRIVE = Profile(name="drive", mode="drive", slope="none")


def test_there_and_back_again() -> None:
    for town in (towns.cross_road(), towns.river_with_one_bridge(), towns.superblock(), towns.island()):
        network = build_network(town, towns.WALKER)
        again = from_networkx(to_networkx(network), towns.WALKER)
        for one, other in ((network, again), (again, network)):
            assert sorted(one.edge_length_mm.tolist()) == sorted(other.edge_length_mm.tolist())
            assert sorted(one.edge_cost_ms.tolist()) == sorted(other.edge_cost_ms.tolist())
        assert again.node_count == network.node_count
        ends = [sorted(zip(n.node_x.tolist(), n.node_y.tolist(), strict=True)) for n in (network, again)]
        assert ends[0] == ends[1]


def test_one_way_streets_stay_one_way_to_drive() -> None:
    graph = nx.MultiDiGraph(crs=towns.CRS)
    for name, (x, y) in {0: (0, 0), 1: (100, 0), 2: (200, 0)}.items():
        graph.add_node(name, x=float(x), y=float(y))
    graph.add_edge(0, 1, length=100.0, speed_kph=36)
    graph.add_edge(1, 2, length=100.0, speed_kph=36)
    graph.add_edge(2, 1, length=100.0, speed_kph=36)
    network = from_networkx(graph, DRIVE)
    costs = {
        (int(network.node_id[u]), int(network.node_id[v])): (c, b)
        for u, v, c, b in zip(
            network.edge_u,
            network.edge_v,
            network.edge_cost_ms.tolist(),
            network.edge_back_cost_ms.tolist(),
            strict=True,
        )
    }
    assert costs == {(0, 1): (10_000, -1), (1, 2): (10_000, 10_000)}


def test_walkers_go_both_ways_on_an_osmnx_graph() -> None:
    graph = nx.MultiDiGraph(crs=towns.CRS)
    graph.add_node(10, x=0.0, y=0.0)
    graph.add_node(20, x=100.0, y=0.0)
    bend = shapely.LineString([(0, 0), (50, 50), (100, 0)])
    graph.add_edge(10, 20, length=bend.length, geometry=bend, highway=["residential", "service"], oneway=True)
    network = from_osmnx(graph, towns.WALKER)
    assert network.symmetric
    assert network.edge_length_mm.tolist() == [141_421]
    assert network.classes == ("residential",)


def test_stated_lengths_count_and_drawings_are_kept() -> None:
    graph = nx.Graph(crs=towns.CRS)
    graph.add_node("a", x=0.0, y=0.0)
    graph.add_node("b", x=100.0, y=0.0)
    graph.add_edge("a", "b", length=250.0)
    network = from_networkx(graph, towns.WALKER)
    assert network.edge_cost_ms.tolist() == [250_000]
    assert network.geom_length_m.tolist() == [100.0]


def test_a_drawing_against_the_edge_is_turned() -> None:
    graph = nx.MultiGraph(crs=towns.CRS)
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=100.0, y=0.0)
    graph.add_edge(1, 2, geometry=shapely.LineString([(100, 0), (90, 40), (0, 0)]))
    network = from_networkx(graph, towns.WALKER)
    assert network.geom_length_m[0] == pytest.approx(shapely.LineString([(100, 0), (90, 40), (0, 0)]).length, abs=0.002)


def test_degrees_are_brought_to_metres() -> None:
    graph = nx.Graph(crs="EPSG:4326")
    graph.add_node(1, x=114.30, y=30.60)
    graph.add_node(2, x=114.31, y=30.60)
    graph.add_edge(1, 2)
    network = from_networkx(graph, towns.WALKER)
    assert network.crs == "EPSG:4547"
    assert network.edge_length_mm[0] / 1000 == pytest.approx(959.2, abs=0.5)  # geodesic


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nx.Graph(), "no coordinate system"),
        (nx.Graph(crs=towns.CRS), "no edge"),
        (nx.path_graph(3), "no coordinate system"),
    ],
)
def test_graphs_without_what_is_needed(graph: nx.Graph, words: str) -> None:
    with pytest.raises(RoadsError, match=words):
        from_networkx(graph, towns.WALKER)


def test_nodes_without_places_are_listed() -> None:
    graph = nx.path_graph(8)
    graph.graph["crs"] = towns.CRS
    graph.nodes[0].update(x=0.0, y=np.nan)
    with pytest.raises(RoadsError, match=r"nodes without x and y \(8: 0, 1, 2, 3, 4 and 3 more\)"):
        from_networkx(graph, towns.WALKER)

import networkx as nx
import numpy as np
import osmnx
import pytest
from shapely import LineString

from civicreach.errors import CrsError, RoadsError
from civicreach.inputs.graph_roads import read_graphml
from civicreach.inputs.roads import read_roads_file
from civicreach.layers import Barrier, WayFlag
from note_case import in_chinese

LON, LAT = 114.3, 30.6


def town():
    """A drive graph: 1 <-> 2 with a bend, 2 -> 3 one way, a loop at 3, and a gate on 2."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=LON, y=LAT)
    graph.add_node(2, x=LON + 0.002, y=LAT, barrier="gate", access="private")
    graph.add_node(3, x=LON + 0.003, y=LAT)
    bend = LineString([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.002, LAT)])
    loop = LineString([(LON + 0.003, LAT), (LON + 0.004, LAT), (LON + 0.004, LAT + 0.001), (LON + 0.003, LAT)])
    street = {"highway": "residential", "name": "清川路", "osmid": 11, "oneway": False}
    graph.add_edge(1, 2, geometry=bend, length=293.0, **street)
    graph.add_edge(2, 1, geometry=bend.reverse(), length=293.0, **street)
    graph.add_edge(2, 3, highway=["primary", "secondary"], osmid=[12, 13], length=150.0, oneway=True, maxspeed="40")
    graph.add_edge(3, 3, highway="service", osmid=14, geometry=loop, length=400.0, oneway=True)
    return graph


def saved(tmp_path, graph):
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(graph, path)
    return path


def test_both_directions_of_a_street_are_one_way(tmp_path):
    roads = read_roads_file(saved(tmp_path, town()), mode="drive")
    assert roads.crs == "EPSG:4547"
    assert roads.way_id.tolist() == [11, 12, 14]
    assert np.diff(roads.way_ptr).tolist() == [3, 2, 4]
    assert [roads.classes[i] for i in roads.way_class] == ["residential", "primary", "service"]
    assert roads.way_flags.tolist() == [0, WayFlag.NO_BACKWARD, WayFlag.NO_BACKWARD]
    assert roads.names[roads.way_name[0]] == "清川路"
    assert roads.way_speed_kmh[1] == 40
    assert "4 edges are 3 streets: those drawn alike are one" in roads.notes
    assert "4 条边合为 3 条道路：走线相同的只算一条" in in_chinese(roads.notes)


def test_on_foot_all_directions_are_open(tmp_path):
    roads = read_graphml(saved(tmp_path, town()), "walk")
    assert roads.way_flags.tolist() == [0, 0, 0]
    assert np.isnan(roads.way_speed_kmh).all()


def test_nodes_keep_their_ids_and_inner_vertices_get_negative_ones(tmp_path):
    roads = read_graphml(saved(tmp_path, town()))
    assert sorted(roads.node_id.tolist()) == [-3, -2, -1, 1, 2, 3]
    assert roads.node_barrier[roads.node_id == 2].tolist() == [Barrier.LOCKED]


def test_a_stated_length_counts_only_where_the_drawing_differs(tmp_path):
    roads = read_graphml(saved(tmp_path, town()))
    assert np.isnan(roads.way_length_m[0])  # 293 m drawn and stated
    assert roads.way_length_m[1] == 150  # 96 m drawn


def test_a_projected_graph_gives_the_same_streets(tmp_path):
    plain = read_graphml(saved(tmp_path, town()))
    moved = read_graphml(saved(tmp_path, osmnx.project_graph(town())))
    assert moved.way_id.tolist() == plain.way_id.tolist()
    assert np.abs(np.sort(moved.node_x) - np.sort(plain.node_x)).max() < 0.01


def test_crossing_edges_meet_at_nodes_of_the_graph_only(tmp_path):
    graph = town()
    graph.add_node(4, x=LON, y=LAT + 0.001)
    graph.add_node(5, x=LON + 0.002, y=LAT + 0.001)
    over = LineString([(LON, LAT + 0.001), (LON + 0.001, LAT + 0.001), (LON + 0.002, LAT + 0.001)])
    graph.add_edge(4, 5, highway="primary", bridge="yes", geometry=over, osmid=15)
    roads = read_graphml(saved(tmp_path, graph))
    ways = [set(roads.way_node[a:b].tolist()) for a, b in zip(roads.way_ptr[:-1], roads.way_ptr[1:], strict=True)]
    bridge = roads.way_id.tolist().index(15)
    assert all(ways[bridge].isdisjoint(other) for i, other in enumerate(ways) if i != bridge)
    assert roads.way_flags[bridge] == WayFlag.BRIDGE


def test_undirected_graphs_of_networkx(tmp_path):
    graph = nx.Graph(crs="EPSG:4547")
    graph.add_node("a", x=500_000.0, y=3_390_000.0)
    graph.add_node("b", x=500_100.0, y=3_390_000.0)
    graph.add_edge("a", "b")
    nx.write_graphml(graph, tmp_path / "graph.graphml")
    roads = read_graphml(tmp_path / "graph.graphml", "drive", "EPSG:4547")
    assert roads.classes == ("road",)
    assert roads.way_flags.tolist() == [0]
    assert roads.node_x.tolist() == [500_000, 500_100]
    assert roads.attribution == ""


def test_a_graph_without_a_crs_takes_the_declared_one(tmp_path):
    graph = town()
    path = saved(tmp_path, graph)
    text = path.read_text(encoding="utf-8").replace("epsg:4326", "")
    path.write_text(text, encoding="utf-8")
    assert read_roads_file(path, declared_crs="EPSG:4326").crs == "EPSG:4547"


def test_edges_without_length_are_left_out(tmp_path):
    graph = town()
    graph.add_edge(1, 1, highway="service")
    notes = read_graphml(saved(tmp_path, graph)).notes
    assert "1 edge without length left out" in notes
    assert "1 条长度为零的边已略去" in in_chinese(notes)


@pytest.mark.parametrize(
    ("spoil", "kind", "message"),
    [
        (lambda g: g.graph.pop("crs"), CrsError, "names no crs"),
        (lambda g: g.graph.update(crs="epsg:nothing"), CrsError, "is not a coordinate system"),
        (lambda g: g.graph.update(crs="epsg:4547"), CrsError, "degrees"),
        (lambda g: g.nodes[2].pop("x"), RoadsError, r"nodes without x and y \(1: 2\)"),
        (lambda g: g.remove_edges_from(list(g.edges)), RoadsError, "no edges"),
        (lambda g: nx.set_edge_attributes(g, "motorway", "highway"), RoadsError, "none of its 4 edges"),
    ],
)
def test_graphs_that_are_wrong(tmp_path, spoil, kind, message):
    graph = town()
    spoil(graph)
    nx.write_graphml(_texts(graph), tmp_path / "town.graphml")
    with pytest.raises(kind, match=message):
        read_graphml(tmp_path / "town.graphml")


def _texts(graph):
    for *_, data in graph.edges(data=True):
        data.update({key: str(value) for key, value in data.items()})
    return graph


@pytest.mark.parametrize("content", [b"", b"hello", b"<graphml></graphml>", b"<html><graph/></html>"])
def test_files_that_are_no_graphs(tmp_path, content):
    path = tmp_path / "town.graphml"
    path.write_bytes(content)
    with pytest.raises(RoadsError, match=r"town\.graphml"):
        read_graphml(path)
    with pytest.raises(RoadsError, match="no such file"):
        read_graphml(tmp_path / "none.graphml")

"""To and from networkx and osmnx graphs: the same information in another shape."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import networkx as nx
import numpy as np
import shapely

from civicreach.crs import metric_crs_for, parse_crs, project
from civicreach.errors import Fault, RoadsError
from civicreach.layers import Roads, WayFlag
from civicreach.network.arcs import CLOSED
from civicreach.network.build import build_network
from civicreach.network.network import RoadNetwork
from civicreach.study import PrivateAccess, Profile

Graph = Any
"""A networkx Graph, DiGraph, MultiGraph or MultiDiGraph: its stubs know no common type with attributes."""


def to_networkx(network: RoadNetwork) -> Graph:
    """A MultiDiGraph with one edge for each open direction, keyed by the number of the network's edge.

    Nodes are 0..n-1 with `x`, `y`, `osmid`; edges carry `cost_ms`, `length` (metres), `geometry` (LineString in their
    own direction), `highway`, `name` and `flags` (of WayFlag). Gates are edges keyed "gate" that cost nothing and lead
    out, from the private node to the public one: walks that begin at home may use them once. The graph's `crs` is the
    network's, so osmnx understands it.
    """
    graph: Graph = nx.MultiDiGraph(crs=network.crs)
    nodes = zip(network.node_x.tolist(), network.node_y.tolist(), network.node_id.tolist(), strict=True)
    graph.add_nodes_from((i, {"x": x, "y": y, "osmid": osmid}) for i, (x, y, osmid) in enumerate(nodes))
    graph.add_edges_from(_directed_edges(network))
    for public, private in network.gates.tolist():
        graph.add_edge(private, public, key="gate", cost_ms=0, length=0.0, highway="gate", name="", flags=0)
    return graph


def _directed_edges(network: RoadNetwork) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    lines, reverse = network.lines, shapely.reverse(network.lines)
    for e in range(network.edge_count):
        u, v = int(network.edge_u[e]), int(network.edge_v[e])
        what = {
            "length": float(network.edge_length_mm[e]) / 1000,
            "highway": network.classes[network.edge_class[e]],
            "name": network.names[network.edge_name[e]],
            "flags": int(network.edge_flags[e]),
        }
        if (cost := int(network.edge_cost_ms[e])) != CLOSED:
            yield u, v, e, {"cost_ms": cost, "geometry": lines[e], **what}
        if (cost := int(network.edge_back_cost_ms[e])) != CLOSED:
            # a loop's two directions join the same nodes, so the second needs a key of its own
            key = e + network.edge_count if u == v else e
            yield v, u, key, {"cost_ms": cost, "geometry": reverse[e], **what}


def from_networkx(
    graph: Graph, profile: Profile, *, crs: str | None = None, private_access: PrivateAccess = "residents"
) -> RoadNetwork:
    """The network of a networkx graph whose nodes have `x` and `y`.

    Any of Graph, DiGraph, MultiGraph, MultiDiGraph. Edges may carry `geometry` (LineString), `length` (metres; the
    drawing's where absent), `highway`, `name`, `flags` (of WayFlag: steps, private, ...), and for driving
    `maxspeed_kmh` or `speed_kph`. In a directed graph a pair of edges with one drawing is one street, and a single
    edge is one-way. `crs` overrides `graph.graph["crs"]`; degrees are brought to a metric system.

    Raises RoadsError for nodes without coordinates and graphs without a coordinate system or edges.
    """
    return build_network(_roads(graph, profile, crs), profile, private_access=private_access)


def from_osmnx(graph: Graph, profile: Profile, *, private_access: PrivateAccess = "residents") -> RoadNetwork:
    """The network of an osmnx graph. A walking profile uses every street in both directions, as people do."""
    if profile.mode == "walk":
        graph = graph.to_undirected(as_view=False)
    return from_networkx(graph, profile, private_access=private_access)


def _roads(graph: Graph, profile: Profile, crs: str | None) -> Roads:
    named = crs or graph.graph.get("crs")
    if named is None:
        raise RoadsError(Fault("the graph names no coordinate system", todo='Give crs="EPSG:...".'))
    bad = [n for n, d in graph.nodes(data=True) if not _is_place(d.get("x"), d.get("y"))]
    if bad:
        raise RoadsError(Fault("nodes without x and y", "graph", tuple(bad[:5]), len(bad)))
    nodes: list[Hashable] = list(graph.nodes)
    edges = list(_streets(graph))
    if not edges:
        raise RoadsError("the graph has no edge")
    x = np.array([graph.nodes[n]["x"] for n in nodes], dtype=float)
    y = np.array([graph.nodes[n]["y"] for n in nodes], dtype=float)
    return _as_roads(nodes, x, y, edges, profile, named)


def _is_place(x: Any, y: Any) -> bool:
    return isinstance(x, (int, float)) and isinstance(y, (int, float)) and bool(np.isfinite(x) and np.isfinite(y))


def _streets(graph: Graph) -> Iterator[tuple[Hashable, Hashable, dict[str, Any], bool]]:
    """Each street once: from, to, attributes, and whether it is one-way."""
    if not graph.is_directed():
        yield from ((u, v, d, False) for u, v, d in graph.edges(data=True))
        return
    waiting: dict[tuple[Hashable, Hashable], list[dict[str, Any]]] = {}
    for u, v, d in graph.edges(data=True):
        twins = waiting.get((v, u), [])
        match = next((i for i, t in enumerate(twins) if _same_street(t, d)), None)
        if match is None:
            waiting.setdefault((u, v), []).append(d)
        else:
            yield v, u, twins.pop(match), False
    for (u, v), left in waiting.items():
        yield from ((u, v, d, True) for d in left)


def _same_street(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if a.get("length") != b.get("length") or a.get("highway") != b.get("highway"):
        return False
    one, other = a.get("geometry"), b.get("geometry")
    if one is None or other is None:
        return one is other
    return bool(one.equals_exact(other.reverse(), 1e-9))


def _as_roads(
    nodes: list[Hashable],
    x: np.ndarray,
    y: np.ndarray,
    edges: list[tuple[Hashable, Hashable, dict[str, Any], bool]],
    profile: Profile,
    named: Any,
) -> Roads:
    source = parse_crs(named, "graph")
    target = source if source.is_projected else metric_crs_for(float(x.mean()), float(y.mean()))
    number = {n: i for i, n in enumerate(nodes)}
    for u, v, d, _ in edges:
        if _is_gate(d):  # both sides are one node again; building the network parts them as its policy says
            number[u] = number[v]
    edges = [edge for edge in edges if not _is_gate(edge[2])]
    all_x, all_y = list(x), list(y)
    ptr, way_node = [0], list[int]()
    for u, v, d, _ in edges:
        inner = list(d["geometry"].coords)[1:-1] if d.get("geometry") is not None else []
        if inner and _drawn_from(d["geometry"], (x[number[v]], y[number[v]]), (x[number[u]], y[number[u]])):
            inner.reverse()
        way_node += [number[u], *range(len(all_x), len(all_x) + len(inner)), number[v]]
        all_x += [p[0] for p in inner]
        all_y += [p[1] for p in inner]
        ptr.append(len(way_node))
    px, py = project(np.array(all_x), np.array(all_y), source, target)
    px, py = np.round(px, 3), np.round(py, 3)
    classes = sorted({_text(d.get("highway")) or "road" for _, _, d, _ in edges})
    names = ["", *sorted({_text(d.get("name")) for _, _, d, _ in edges} - {""})]
    oneway = WayFlag.NO_BACKWARD
    return Roads(
        crs=target.to_string(),
        mode=profile.mode,
        node_id=_node_ids(nodes, len(all_x)),
        node_x=px,
        node_y=py,
        way_ptr=np.array(ptr, dtype=np.int64),
        way_node=np.array(way_node, dtype=np.int32),
        way_id=np.arange(len(edges), dtype=np.int64),
        way_class=np.array([classes.index(_text(d.get("highway")) or "road") for _, _, d, _ in edges], dtype=np.int32),
        classes=tuple(classes),
        way_flags=np.array([_flags(d) | (oneway if single else 0) for _, _, d, single in edges], dtype=np.uint16),
        way_name=np.array([names.index(_text(d.get("name"))) for _, _, d, _ in edges], dtype=np.int32),
        names=tuple(names),
        way_speed_kmh=np.array([_speed(d) for _, _, d, _ in edges], dtype=float),
        way_length_m=np.array([_stated_length(d) for _, _, d, _ in edges], dtype=float),
        source="graph",
    )


def _drawn_from(line: shapely.LineString, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a line begins nearer to `start` than to `end`."""
    begin = line.coords[0]
    return bool(np.hypot(begin[0] - start[0], begin[1] - start[1]) < np.hypot(begin[0] - end[0], begin[1] - end[1]))


def _node_ids(nodes: list[Hashable], count: int) -> np.ndarray:
    """The graph's own numbers where it has them, then negative ones for the corners of its drawings."""
    whole = all(isinstance(n, (int, np.integer)) for n in nodes)
    own = [int(n) for n in nodes] if whole else list(range(len(nodes)))  # type: ignore[call-overload]
    return np.array([*own, *range(-1, -(count - len(nodes)) - 1, -1)], dtype=np.int64)


def _text(value: Any) -> str:
    """osmnx joins merged ways' values in lists; the first one speaks for all."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    return "" if value is None else str(value)


def _is_gate(d: dict[str, Any]) -> bool:
    return bool(d.get("highway") == "gate" and d.get("length") == 0)


def _flags(d: dict[str, Any]) -> int:
    """What a street is; its directions are the graph's own."""
    return int(d.get("flags", 0)) & ~int(WayFlag.NO_FORWARD | WayFlag.NO_BACKWARD)


def _speed(d: dict[str, Any]) -> float:
    for key in ("maxspeed_kmh", "speed_kph"):
        if isinstance(d.get(key), (int, float)):
            return float(d[key])
    return float("nan")


def _stated_length(d: dict[str, Any]) -> float:
    length = d.get("length")
    return float(length) if isinstance(length, (int, float)) and length > 0 else float("nan")

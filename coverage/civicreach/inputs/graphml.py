"""GraphML as OSMnx and networkx write it, read without either: nodes, edges and their texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from civicreach.errors import Fault, RoadsError

_NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
_SAVE_IT = "Save it with osmnx.save_graphml."
Data = dict[str, str]


@dataclass(frozen=True)
class GraphFile:
    """A graph as it stands in the file: what it says about itself, its nodes, and edges between their names."""

    about: Data
    directed: bool
    nodes: dict[str, Data] = field(default_factory=dict)
    edges: list[tuple[str, str, Data]] = field(default_factory=list)


def parse_graphml(path: Path) -> GraphFile:
    """The content of a GraphML file.

    Raises RoadsError for files that aren't GraphML, hold no edges, or have edges between unknown nodes.
    """
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - the planner's own file, not one off the network
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise RoadsError(Fault(f"not a GraphML file ({error})", path.name, todo=_SAVE_IT)) from error
    body = root.find(f"{_NAMESPACE}graph")
    if body is None:
        raise RoadsError(Fault("holds no graph", path.name, todo=_SAVE_IT))
    names = {key.get("id", ""): key.get("attr.name", "") for key in root.iter(f"{_NAMESPACE}key")}
    graph = GraphFile(
        about=_data(body, names),
        directed=body.get("edgedefault") != "undirected",
        nodes={node.get("id", ""): _data(node, names) for node in body.iter(f"{_NAMESPACE}node")},
        edges=[
            (edge.get("source", ""), edge.get("target", ""), _data(edge, names))
            for edge in body.iter(f"{_NAMESPACE}edge")
        ],
    )
    if not graph.edges:
        raise RoadsError(Fault("the graph has no edges", path.name))
    lost = [f"{u}-{v}" for u, v, _ in graph.edges if u not in graph.nodes or v not in graph.nodes]
    if lost:
        raise RoadsError(Fault("edges between nodes that don't exist", path.name, tuple(lost[:5]), len(lost)))
    return graph


def node_places(graph: GraphFile, path: Path) -> npt.NDArray[np.float64]:
    """Coordinates (n, 2) of the nodes in the graph's own system.

    Raises RoadsError for nodes without x and y.
    """
    values = [(number(data.get("x", "")), number(data.get("y", ""))) for data in graph.nodes.values()]
    places = np.array(values, dtype=np.float64)
    bad = [name for name, place in zip(graph.nodes, places, strict=True) if not np.isfinite(place).all()]
    if bad:
        raise RoadsError(Fault("nodes without x and y", path.name, tuple(bad[:5]), len(bad), _SAVE_IT))
    return places


def number(text: str) -> float:
    """The number that a text is; NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def whole_number(text: str) -> int | None:
    """The whole number that a text is; None where it is none that fits 64 bits."""
    try:
        value = int(text)
    except ValueError:
        return None
    return value if -(2**63) <= value < 2**63 else None


def _data(element: ElementTree.Element, names: dict[str, str]) -> Data:
    items = element.findall(f"{_NAMESPACE}data")
    return {names.get(item.get("key", ""), ""): item.text or "" for item in items}

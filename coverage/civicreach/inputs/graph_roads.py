"""Streets from GraphML as OSMnx and networkx write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.crs import parse_crs, project
from civicreach.errors import CrsError, Fault, Note, RoadsError, counted
from civicreach.inputs.files import require_file
from civicreach.inputs.graphml import Data, GraphFile, node_places, number, parse_graphml, whole_number
from civicreach.inputs.line_roads import metric_target
from civicreach.inputs.line_tags import class_text, judge_tags, tag_text
from civicreach.inputs.osm_files import ATTRIBUTION
from civicreach.inputs.osm_tags import MODES_ZH, TagFilter, Verdict, read_filter
from civicreach.inputs.repeated_ways import drop_repeated
from civicreach.inputs.vectors import check_range
from civicreach.layers.roads import Roads
from civicreach.study import Mode

LENGTH_DIFFERS_SHARE = 0.01
"""A stated length counts where it differs by more than this from the length of the drawing."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Edge:
    """An edge that stays: its ends (positions of nodes), what the file says, its class, and the verdict on it."""

    begin: int
    end: int
    data: Data
    highway: str
    verdict: Verdict


def read_graphml(path: str | Path, mode: Mode = "walk", crs: Any = "auto", declared_crs: str | None = None) -> Roads:
    """Streets of a GraphML file in a metric CRS.

    Nodes need `x` and `y`, the graph its `crs`, as OSMnx writes them; edges may have `geometry` (WKT),
    `highway`, `length` in metres, `name` and further OpenStreetMap tags, which go through the same rules as
    elsewhere. For driving a directed edge allows its own direction only; on foot both are open. Edges that
    are drawn alike, in either direction, become one way. Edges meet at the nodes of the graph only.
    `declared_crs` is for graphs that name no coordinate system.

    Raises RoadsError for files that are missing, broken or without a usable street, CrsError where the
    coordinate system is missing or contradicts the coordinates.
    """
    path = require_file(Path(path), RoadsError)
    graph = parse_graphml(path)
    if not (named := graph.about.get("crs") or declared_crs):
        raise CrsError(Fault("the graph names no crs", path.name, todo="Name it, or save it with OSMnx."))
    source, places = parse_crs(named, path.name), node_places(graph, path)
    check_range(places[:, 0], places[:, 1], source, pd.Index(list(graph.nodes)), path.name)
    rules = read_filter(mode)
    edges = _usable(graph, rules)
    if not edges:
        raise RoadsError(Fault(f"none of its {len(graph.edges):,} edges may be used ({mode})", path.name))
    english = f"{len(edges):,} of {counted(len(graph.edges), 'edge', 'edges')} may be used ({mode})"
    chinese = f"{len(graph.edges):,} 条边中有 {len(edges):,} 条可供{MODES_ZH[mode]}使用"
    notes: list[str] = [Note(english, chinese)]
    vertices, ptr = _draw(edges, places)
    target = metric_target(places, source, crs)
    xy = np.column_stack(project(vertices[:, 0], vertices[:, 1], source, target))
    fields = _assemble(graph, edges, (xy, ptr), rules, notes)
    osm_like = any("osmid" in edge.data or "highway" in edge.data for edge in edges[:10])
    return Roads(
        crs=target,
        mode=mode,
        source=path.name,
        attribution=ATTRIBUTION if osm_like else "",
        notes=tuple(notes),
        **fields,
    )


def _usable(graph: GraphFile, rules: TagFilter) -> list[_Edge]:
    """The edges that the rules keep. Directions come from the graph, not from the tags that it was made from."""
    position = {name: i for i, name in enumerate(graph.nodes)}
    edges = []
    for u, v, data in graph.edges:
        highway = class_text(data.get("highway", ""))
        tags = {key: tag_text(data[key]) for key in rules.keys if key in data}
        tags |= {"highway": highway, "oneway": "yes" if graph.directed else "no"}
        verdict = judge_tags(tags, rules)
        if verdict.keep:
            edges.append(_Edge(position[u], position[v], data, highway, verdict))
    return edges


def _draw(edges: list[_Edge], places: Floats) -> tuple[Floats, Ints]:
    """The vertices (n, 2) of all edges, from node to node, and where each edge begins."""
    texts = np.array([edge.data.get("geometry") or None for edge in edges], dtype=object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    parts = []
    for edge, shape in zip(edges, shapes, strict=True):
        ends = places[[edge.begin, edge.end]]
        if shape is None or shape.geom_type != "LineString":
            parts.append(ends)
            continue
        inner = shapely.get_coordinates(shape)
        if np.abs(inner[0] - ends[0]).sum() > np.abs(inner[-1] - ends[0]).sum():
            inner = inner[::-1]  # undirected graphs keep the drawing of one direction
        parts.append(np.vstack([ends[:1], inner[1:-1], ends[1:]]))
    return np.concatenate(parts), np.r_[0, np.cumsum([len(part) for part in parts])]


def _assemble(
    graph: GraphFile, edges: list[_Edge], drawn: tuple[Floats, Ints], rules: TagFilter, notes: list[str]
) -> dict[str, Any]:
    """The arrays of Roads."""
    xy, ptr = drawn
    length = _stated_lengths(edges, xy, ptr)
    node, vertex = _number_nodes(edges, xy, ptr, len(graph.nodes))
    way = np.repeat(np.arange(len(edges)), np.diff(ptr))
    stays = ~np.r_[False, (node[1:] == node[:-1]) & (way[1:] == way[:-1])]
    sizes = np.bincount(way[stays], minlength=len(edges))
    if pointlike := int((sizes < 2).sum()):
        english = f"{counted(pointlike, 'edge', 'edges')} without length left out"
        notes.append(Note(english, f"{pointlike:,} 条长度为零的边已略去"))
    stays &= (sizes >= 2)[way]
    row = np.flatnonzero(sizes >= 2)
    if not len(row):
        raise RoadsError("no edge of the graph has a length")
    classes, class_code = np.unique([edges[i].highway for i in row], return_inverse=True)
    names, name_code = np.unique(["", *(tag_text(edges[i].data.get("name", "")) for i in row)], return_inverse=True)
    name_code = name_code[1:]
    speed = np.array([edges[i].verdict.speed_kmh for i in row])
    flags = np.array([edges[i].verdict.flags for i in row], dtype=np.uint16)
    alike = class_code, name_code, np.nan_to_num(speed)
    new_ptr = np.r_[0, np.cumsum(sizes[row])]
    one, new_ptr, node, flags = drop_repeated(node[stays], new_ptr, alike, flags, [])
    if len(one) < len(row):
        english = f"{len(row):,} edges are {counted(len(one), 'street', 'streets')}: those drawn alike are one"
        notes.append(Note(english, f"{len(row):,} 条边合为 {len(one):,} 条道路：走线相同的只算一条"))
    used, way_node = np.unique(node, return_inverse=True)
    return {
        **_node_arrays(graph, used, xy[vertex[used]], rules),
        "way_ptr": new_ptr,
        "way_node": way_node.astype(np.int32),
        "way_id": _way_ids(edges, row[one]),
        "way_class": class_code[one].astype(np.int32),
        "classes": tuple(classes.tolist()),
        "way_flags": flags,
        "way_name": name_code[one].astype(np.int32),
        "names": tuple(names.tolist()),
        "way_speed_kmh": speed[one],
        "way_length_m": length[row[one]],
    }


def _stated_lengths(edges: list[_Edge], xy: Floats, ptr: Ints) -> Floats:
    """The `length` of each edge where it isn't that of its drawing; NaN elsewhere."""
    step = np.r_[np.hypot(*np.diff(xy, axis=0).T), 0.0]
    step[ptr[1:] - 1] = 0.0
    drawn = np.add.reduceat(step, ptr[:-1])
    stated = np.array([number(edge.data.get("length", "")) for edge in edges])
    usable = np.isfinite(stated) & (stated > 0)
    stated[~usable | (np.abs(stated - drawn) <= LENGTH_DIFFERS_SHARE * drawn)] = np.nan
    return stated


def _number_nodes(edges: list[_Edge], xy: Floats, ptr: Ints, count: int) -> tuple[Ints, Ints]:
    """A number for each vertex, below `count` for nodes of the graph, and a vertex that has each number.

    Inner vertices are the same only between edges with the same two ends, so that crossing edges stay apart.
    """
    begin, end = np.array([edge.begin for edge in edges]), np.array([edge.end for edge in edges])
    inner = np.ones(len(xy), dtype=bool)
    inner[ptr[:-1]] = inner[ptr[1:] - 1] = False
    node = np.empty(len(xy), dtype=np.int64)
    node[ptr[:-1]], node[ptr[1:] - 1] = begin, end
    vertex = np.zeros(count, dtype=np.int64)
    vertex[begin], vertex[end] = ptr[:-1], ptr[1:] - 1
    if inner.any():
        edge = np.repeat(np.arange(len(edges)), np.diff(ptr))
        ends = np.column_stack([np.minimum(begin, end), np.maximum(begin, end)])[edge]
        marks = np.column_stack([ends, np.rint(xy * 1000).astype(np.int64)])[inner]
        _, where, numbers = np.unique(marks, axis=0, return_index=True, return_inverse=True)
        node[inner] = numbers.ravel() + count
        vertex = np.r_[vertex, np.flatnonzero(inner)[where]]
    return node, vertex


def _node_arrays(graph: GraphFile, used: Ints, xy: Floats, rules: TagFilter) -> dict[str, Any]:
    """Arrays of the nodes in use. Those of the graph keep their ids; inner vertices get negative ones."""
    named = [whole_number(name) for name in graph.nodes]
    ids = np.array([i if name is None else name for i, name in enumerate(named)], dtype=np.int64)
    barriers = np.array([rules.node(data.get) for data in graph.nodes.values()], dtype=np.uint8)
    inner = used >= len(ids)
    known = np.where(inner, 0, used)
    return {
        "node_id": np.where(inner, min(0, int(ids.min())) - 1 - (used - len(ids)), ids[known]),
        "node_x": np.round(xy[:, 0], 3),
        "node_y": np.round(xy[:, 1], 3),
        "node_barrier": np.where(inner, 0, barriers[known]).astype(np.uint8),
    }


def _way_ids(edges: list[_Edge], rows: Ints) -> Ints:
    """The OpenStreetMap id of each edge (the first of several), or its position in the file."""
    found = [whole_number(tag_text(edges[i].data.get("osmid", "")).strip("[]").split(",")[0]) for i in rows]
    return np.array([i if osm is None else osm for i, osm in zip(rows.tolist(), found, strict=True)], dtype=np.int64)

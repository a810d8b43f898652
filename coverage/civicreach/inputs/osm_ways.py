"""Ways of an OpenStreetMap file that the rules of a mode keep, with the places of their nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import osmium

from civicreach.inputs.osm_files import osm_source
from civicreach.inputs.osm_tags import Get, TagFilter, Verdict

NOWHERE = 2**31 - 1
"""What pyosmium gives as x and y of a node that the file lacks."""

Ints = npt.NDArray[np.int64]


@dataclass
class OsmWays:
    """Ways as they stand in the file, way i having `sizes[i]` nodes, and the nodes with barriers by their ids."""

    sizes: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    barriers: dict[int, int] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    outlines: list[bool] = field(default_factory=list)

    def add(self, ids: list[int], sizes: list[int], names: list[str], streets: list[Street]) -> None:
        """Take ways that stay; their nodes are added beside."""
        self.ids += ids
        self.sizes += sizes
        self.names += names
        self.classes += [street.highway for street in streets]
        self.flags += [street.verdict.flags for street in streets]
        self.speeds += [street.verdict.speed_kmh for street in streets]
        self.outlines += [street.verdict.outline for street in streets]


class WayNodes(NamedTuple):
    """The nodes of ways: ids (k,) in ascending order, and x and y in 1e-7 degrees, NOWHERE where the file lacks one.

    `at` (r,) are the nodes of all ways, one way after another.
    """

    ids: Ints
    x: Ints
    y: Ints
    at: Ints


class Street(NamedTuple):
    """What the tags of a way say, but for its name."""

    highway: str
    verdict: Verdict


class Relation(NamedTuple):
    """A relation's tags and the ids of its ways."""

    tags: Mapping[str, str]
    ways: list[int]


def scan_ways(path: Path, rules: TagFilter, ordered: bool) -> tuple[OsmWays, WayNodes]:
    """The ways that the rules keep, and their nodes.

    `ordered` says that nodes stand before ways, so that what one pass doesn't find isn't there.
    """
    ways, *columns = _scan(path, rules)
    refs, x, y = (np.array(values, dtype=np.int64) for values in columns)
    if not ordered or refs.min(initial=0) < 0:
        _find_missing(path, refs, x, y)
    ids, first, at = np.unique(refs, return_index=True, return_inverse=True)
    return ways, WayNodes(ids, x[first], y[first], at)


def _scan(path: Path, rules: TagFilter) -> tuple[OsmWays, list[int], list[int], list[int]]:
    """One pass over the file for nodes with barriers and ways that the rules keep, one for squares.

    Returns the ways and the id, x and y of each of their nodes.
    """
    found = OsmWays()
    refs: list[int] = []
    x: list[int] = []
    y: list[int] = []
    entities = osmium.FileProcessor(osm_source(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    kept: Any = entities.with_filter(osmium.filter.KeyFilter("highway", "barrier"))
    for entity in kept:
        get = entity.tags.get
        if entity.is_node():
            if barrier := rules.node(get):
                found.barriers[entity.id] = barrier
        elif (highway := get("highway")) is not None:
            verdict = rules.way(get)
            if verdict.keep:
                nodes = list(entity.nodes)
                refs += [node.ref for node in nodes]
                x += [node.x for node in nodes]
                y += [node.y for node in nodes]
                found.add([entity.id], [len(nodes)], [_name(get)], [Street(highway, verdict)])
            else:
                found.dropped[verdict.reason] += 1
    for ref in _add_squares(path, rules, found):
        place = _place(entities.node_location_storage, ref)
        refs.append(ref)
        x.append(place[0])
        y.append(place[1])
    return found, refs, x, y


def _add_squares(path: Path, rules: TagFilter, found: OsmWays) -> list[int]:
    """Take the outlines of squares that are relations; the ids of their nodes are returned."""
    relations: Any = osmium.FileProcessor(osm_source(path), osmium.osm.RELATION)
    with_highway = relations.with_filter(osmium.filter.KeyFilter("highway"))
    squares = square_outlines(
        (Relation(dict(one.tags), [m.ref for m in one.members if m.type == "w"]) for one in with_highway), rules, found
    )
    wanted = list(squares)
    refs: list[int] = []
    if not wanted or wanted[0] < 0:
        return refs
    ways: Any = osmium.FileProcessor(osm_source(path), osmium.osm.WAY)
    for way in ways.with_filter(osmium.filter.IdFilter(wanted)):
        name, street = squares[way.id]
        found.add([way.id], [len(way.nodes)], [name], [street])
        refs += [node.ref for node in way.nodes]
    return refs


def square_outlines(relations: Iterable[Relation], rules: TagFilter, found: OsmWays) -> dict[int, tuple[str, Street]]:
    """Ways that outline squares which are relations: id, name, street; without those that were `found` already.

    The streets that end at such squares share nodes with these ways.
    """
    squares: dict[int, tuple[str, Street]] = {}
    for relation in relations:
        tags = {"area": "yes", **relation.tags}
        if tags.get("type") == "multipolygon" and (verdict := rules.way(tags.get)).keep:
            square = _name(tags.get), Street(tags["highway"], verdict)
            squares.update(dict.fromkeys(relation.ways, square))
    known = set(found.ids)
    return {way: square for way, square in squares.items() if way not in known}


def _name(get: Get) -> str:
    """The name of a street, or the number of a road that has none."""
    return get("name") or get("ref") or ""


def _place(places: Any, ref: int) -> tuple[int, int]:
    try:
        place = places.get(ref)
    except KeyError:
        return NOWHERE, NOWHERE
    return place.x, place.y


def _find_missing(path: Path, refs: Ints, x: Ints, y: Ints) -> None:
    """Fill in nodes that the pass couldn't place: behind their ways in the file, or with negative ids."""
    missing = np.flatnonzero(x == NOWHERE)
    wanted = np.unique(refs[missing])
    if len(wanted) == 0:
        return
    nodes: Any = osmium.FileProcessor(osm_source(path), osmium.osm.NODE)
    if wanted[0] >= 0:  # pyosmium's filter takes no negative ids, as editors give to new nodes
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted.tolist()))
    asked = set(wanted.tolist())
    places: dict[int, tuple[int, int]] = {}
    for node in nodes:
        if node.id in asked and node.location.valid():
            places[node.id] = (node.location.x, node.location.y)
    for at, ref in zip(missing.tolist(), refs[missing].tolist(), strict=True):
        x[at], y[at] = places.get(ref, (NOWHERE, NOWHERE))

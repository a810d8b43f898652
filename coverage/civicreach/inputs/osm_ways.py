"""Ways of an OpenStreetMap file that the rules of a mode keep, with the places of their nodes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """Ways as they stand in the file; nodes of way i are `refs[sum(sizes[:i]):][:sizes[i]]`."""

    refs: list[int] = field(default_factory=list)
    x: list[int] = field(default_factory=list)
    y: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    barriers: dict[int, int] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    outlines: list[bool] = field(default_factory=list)

    def add(self, way_id: int, refs: list[int], highway: str, name: str, verdict: Verdict) -> None:
        """Take a way that stays; its places are added beside."""
        self.refs += refs
        self.sizes.append(len(refs))
        self.ids.append(way_id)
        self.classes.append(highway)
        self.names.append(name)
        self.flags.append(verdict.flags)
        self.speeds.append(verdict.speed_kmh)
        self.outlines.append(verdict.outline)


def scan_ways(path: Path, rules: TagFilter, ordered: bool) -> tuple[OsmWays, Ints, Ints, Ints]:
    """The ways that the rules keep, and the id, x and y of their nodes (n,) in 1e-7 degrees, NOWHERE if
    missing.

    `ordered` says that nodes stand before ways, so that what one pass doesn't find isn't there.
    """
    ways = _scan(path, rules)
    refs, x, y = (np.array(values, dtype=np.int64) for values in (ways.refs, ways.x, ways.y))
    if not ordered or refs.min(initial=0) < 0:
        _find_missing(path, refs, x, y)
    return ways, refs, x, y


def _scan(path: Path, rules: TagFilter) -> OsmWays:
    """One pass over the file for nodes with barriers and ways that the rules keep, one for squares."""
    found = OsmWays()
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
                found.x += [node.x for node in nodes]
                found.y += [node.y for node in nodes]
                found.add(entity.id, [node.ref for node in nodes], highway, _name(get), verdict)
            else:
                found.dropped[verdict.reason] += 1
    _add_squares(path, rules, found, entities.node_location_storage)
    return found


def _add_squares(path: Path, rules: TagFilter, found: OsmWays, places: Any) -> None:
    """Outlines of squares that are relations: the streets that end at them share nodes with these ways."""
    squares: dict[int, tuple[str, str, Verdict]] = {}
    relations: Any = osmium.FileProcessor(osm_source(path), osmium.osm.RELATION)
    for relation in relations.with_filter(osmium.filter.KeyFilter("highway")):
        tags = {"area": "yes", **dict(relation.tags)}
        if tags.get("type") == "multipolygon" and (verdict := rules.way(tags.get)).keep:
            square = tags["highway"], _name(tags.get), verdict
            squares.update({member.ref: square for member in relation.members if member.type == "w"})
    known = set(found.ids)
    wanted = [ref for ref in squares if ref not in known]
    if not wanted or wanted[0] < 0:
        return
    ways: Any = osmium.FileProcessor(osm_source(path), osmium.osm.WAY)
    for way in ways.with_filter(osmium.filter.IdFilter(wanted)):
        refs = [node.ref for node in way.nodes]
        for ref in refs:
            try:
                place = places.get(ref)
                found.x.append(place.x)
                found.y.append(place.y)
            except KeyError:
                found.x.append(NOWHERE)
                found.y.append(NOWHERE)
        found.add(way.id, refs, *squares[way.id])


def _name(get: Get) -> str:
    return get("name") or get("ref") or ""


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

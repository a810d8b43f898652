"""Streets from OpenStreetMap files: .osm.pbf, .osm and their packed forms, read with pyosmium."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.crs import WGS84, metric_crs_for, project, require_metric
from civicreach.errors import Fault, RoadsError
from civicreach.inputs.osm_files import ATTRIBUTION, osm_errors, read_header
from civicreach.inputs.osm_tags import read_filter
from civicreach.inputs.osm_ways import NOWHERE, OsmWays, scan_ways
from civicreach.layers.roads import Roads
from civicreach.study import Mode

_PER_DEGREE = 10_000_000
_MM = 3
"""Decimals of a metre that coordinates keep: equal on every machine, far finer than any survey."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def read_osm_roads(path: str | Path, mode: Mode = "walk", crs: Any = "auto") -> Roads:
    """Streets of an OpenStreetMap file that may be walked or driven on, in a metric CRS.

    Ways are split where the file lacks a node (clipped extracts). `crs` "auto" chooses the metric system for
    the middle of the streets. Raises RoadsError for a file that is missing, broken, not OpenStreetMap's, or
    without any usable street.
    """
    path = Path(path)
    rules = read_filter(mode)
    with osm_errors(path):
        header = read_header(path)
        ways, refs, x, y = scan_ways(path, rules, header.ordered)
    if not ways.sizes:
        raise RoadsError(_no_street(path, mode, ways))
    notes = [f"synthetic data, not a real place ({header.generator})"] if header.synthetic else []
    notes += _filter_notes(ways, mode)
    pieces = _without_lonely_squares(_pieces(ways, refs, x, notes), ways, refs, notes)
    if not len(pieces[0]):
        todo = "Export it with all nodes of its ways."
        raise RoadsError(Fault("holds no node of its streets", str(path), todo=todo))
    return Roads(
        mode=mode,
        source=path.name,
        attribution="" if header.synthetic else ATTRIBUTION,
        notes=tuple(notes),
        **_assemble(ways, pieces, (refs, x, y), crs),
    )


def _assemble(
    ways: OsmWays, pieces: tuple[Ints, Ints, Ints], nodes: tuple[Ints, Ints, Ints], crs: Any
) -> dict[str, Any]:
    """The arrays of Roads from the pieces of ways and the ids and places of all their nodes."""
    way, pos, ptr = pieces
    refs, x, y = nodes
    ids, first, node = np.unique(refs[pos], return_index=True, return_inverse=True)
    lon, lat = (values[pos][first] / _PER_DEGREE for values in (x, y))
    if crs in (None, "auto"):
        crs = metric_crs_for(float(np.median(lon)), float(np.median(lat)))
    target = require_metric(crs, "crs").to_string()
    node_x, node_y = (np.round(values, _MM) for values in project(lon, lat, WGS84, target))
    classes, names = sorted(set(ways.classes)), ["", *sorted(set(ways.names) - {""})]
    return {
        "crs": target,
        "node_id": ids,
        "node_x": node_x,
        "node_y": node_y,
        "node_barrier": _barriers(ids, ways.barriers),
        "way_ptr": ptr,
        "way_node": node.astype(np.int32),
        "way_id": np.array(ways.ids, dtype=np.int64)[way],
        "way_class": _codes(ways.classes, classes)[way],
        "classes": tuple(classes),
        "way_flags": np.array(ways.flags, dtype=np.uint16)[way],
        "way_name": _codes(ways.names, names)[way],
        "names": tuple(names),
        "way_speed_kmh": np.array(ways.speeds, dtype=np.float64)[way],
    }


def _pieces(ways: OsmWays, refs: Ints, x: Ints, notes: list[str]) -> tuple[Ints, Ints, Ints]:
    """Ways cut at missing nodes: the way of each piece, the positions of its nodes, where each begins."""
    sizes = np.array(ways.sizes, dtype=np.int64)
    way = np.repeat(np.arange(len(sizes)), sizes)
    present = x != NOWHERE
    starts = np.r_[True, way[1:] != way[:-1]]
    run = np.cumsum(starts | ~present)  # a missing node begins a new piece behind it
    repeated = np.r_[False, (refs[1:] == refs[:-1]) & (run[1:] == run[:-1])]
    pos = np.flatnonzero(present & ~repeated)
    _, begin, count = np.unique(run[pos], return_index=True, return_counts=True)
    whole = count >= 2
    keep = np.repeat(whole, count)
    if clipped := len(np.unique(way[~present])):
        notes.append(f"{clipped:,} ways lack {int((~present).sum()):,} nodes (clipped extract): cut there")
    if lost := len(sizes) - len(np.unique(way[pos[keep]])):
        notes.append(f"{lost:,} ways dropped: fewer than two nodes in the file")
    return way[pos[begin[whole]]], pos[keep], np.r_[0, np.cumsum(count[whole])]


def _without_lonely_squares(
    pieces: tuple[Ints, Ints, Ints], ways: OsmWays, refs: Ints, notes: list[str]
) -> tuple[Ints, Ints, Ints]:
    """Pieces without the outlines that no street leads to, not even over other outlines.

    Most squares are drawn apart from the streets around them; as islands of their own they would only draw
    homes away from the streets that lead somewhere.
    """
    way, pos, ptr = pieces
    outline = np.array(ways.outlines, dtype=bool)[way]
    if not outline.any() or outline.all():
        return pieces
    _, node = np.unique(refs[pos], return_inverse=True)
    sizes = np.diff(ptr)
    linked, before = ~outline, -1
    while linked.sum() != before:
        before = linked.sum()
        reached = np.zeros(node.max() + 1, dtype=bool)
        reached[node[np.repeat(linked, sizes)]] = True
        linked = linked | np.logical_or.reduceat(reached[node], ptr[:-1])
    kept, lonely = int((linked & outline).sum()), int((~linked).sum())
    notes.append(f"{kept:,} squares are walked along their outline; {lonely:,} that no street meets are left out")
    return way[linked], pos[np.repeat(linked, sizes)], np.r_[0, np.cumsum(sizes[linked])]


def _barriers(ids: Ints, barriers: dict[int, int]) -> npt.NDArray[np.uint8]:
    found = np.zeros(len(ids), dtype=np.uint8)
    if barriers:
        known = np.array(sorted(barriers), dtype=np.int64)
        values = np.array([barriers[i] for i in known.tolist()], dtype=np.uint8)
        at = np.minimum(np.searchsorted(ids, known), len(ids) - 1)
        here = ids[at] == known
        found[at[here]] = values[here]
    return found


def _codes(values: list[str], known: list[str]) -> npt.NDArray[np.int32]:
    code = {value: i for i, value in enumerate(known)}
    return np.array([code[value] for value in values], dtype=np.int32)


def _filter_notes(ways: OsmWays, mode: Mode) -> list[str]:
    dropped = sum(ways.dropped.values())
    notes = [f"{len(ways.sizes):,} of {len(ways.sizes) + dropped:,} highway ways may be used ({mode})"]
    if dropped:
        top = ", ".join(f"{reason} {count:,}" for reason, count in _by_count(ways.dropped)[:6])
        notes.append(f"dropped by the {mode} filter: {top}{', ...' if len(ways.dropped) > 6 else ''}")
    if unknown := {k: v for k, v in ways.dropped.items() if k.startswith("unknown")}:
        listed = ", ".join(reason.removeprefix("unknown ") for reason in sorted(unknown)[:5])
        notes.append(f"{sum(unknown.values()):,} ways of unknown kinds dropped ({listed})")
    return notes


def _by_count(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _no_street(path: Path, mode: Mode, ways: OsmWays) -> Fault:
    if not ways.dropped:
        return Fault("holds no streets (no way with highway=*)", str(path), todo="Is it an extract with ways?")
    reasons = [f"{reason} {count:,}" for reason, count in _by_count(ways.dropped)]
    return Fault(
        f"none of its {sum(ways.dropped.values()):,} highway ways may be used ({mode})",
        str(path),
        tuple(reasons[:5]),
        len(reasons),
        "Check the extract and the filter in data/rules.",
    )

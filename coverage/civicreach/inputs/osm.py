"""Streets from OpenStreetMap files: .osm.pbf, .osm and their packed forms, read with pyosmium."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.crs import WGS84, metric_crs_for, project, require_metric
from civicreach.errors import Fault, Note, RoadsError, counted
from civicreach.inputs.osm_files import ATTRIBUTION, osm_errors, read_header
from civicreach.inputs.osm_tags import MODES_ZH, TagFilter, read_filter
from civicreach.inputs.osm_ways import NOWHERE, OsmWays, WayNodes, scan_ways
from civicreach.inputs.pbf_fields import UnusualPbfError
from civicreach.inputs.pbf_ways import scan_pbf
from civicreach.layers.roads import Barrier, Roads
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
        ways, nodes = _scan(path, rules, header.ordered)
    if not ways.sizes:
        raise RoadsError(_no_street(path, mode, ways))
    notes: list[str] = []
    if header.synthetic:
        english = f"synthetic data, not a real place ({header.generator})"
        notes.append(Note(english, "合成数据，非真实地区（道路文件所注）"))
    notes += _filter_notes(ways, mode)
    pieces = _without_lonely_squares(_pieces(ways, nodes, notes), ways, nodes, notes)
    if not len(pieces[0]):
        todo = "Export it with all nodes of its ways."
        raise RoadsError(Fault("holds no node of its streets", str(path), todo=todo))
    return Roads(
        mode=mode,
        source=path.name,
        attribution="" if header.synthetic else ATTRIBUTION,
        notes=tuple(notes),
        **_assemble(ways, pieces, nodes, crs),
    )


def _scan(path: Path, rules: TagFilter, ordered: bool) -> tuple[OsmWays, WayNodes]:
    """Ways and their nodes, by numpy alone where the file is laid out as nearly all are."""
    if ordered and path.suffix.lower() == ".pbf":
        with suppress(UnusualPbfError):
            return scan_pbf(path, rules)
    return scan_ways(path, rules, ordered)


def _assemble(ways: OsmWays, pieces: tuple[Ints, Ints, Ints], nodes: WayNodes, crs: Any) -> dict[str, Any]:
    """The arrays of Roads from the pieces of ways and all their nodes."""
    way, at, ptr = pieces
    used = np.zeros(len(nodes.ids), dtype=np.bool_)
    used[at] = True
    ids, lon, lat = nodes.ids[used], nodes.x[used] / _PER_DEGREE, nodes.y[used] / _PER_DEGREE
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
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
        "node_barrier": _barriers(ids, ways.barriers) | _cuts(ways, nodes)[used],
        "way_ptr": ptr,
        "way_node": place[at],
        "way_id": np.array(ways.ids, dtype=np.int64)[way],
        "way_class": _codes(ways.classes, classes)[way],
        "classes": tuple(classes),
        "way_flags": np.array(ways.flags, dtype=np.uint16)[way],
        "way_name": _codes(ways.names, names)[way],
        "names": tuple(names),
        "way_speed_kmh": np.array(ways.speeds, dtype=np.float64)[way],
    }


def _pieces(ways: OsmWays, nodes: WayNodes, notes: list[str]) -> tuple[Ints, Ints, Ints]:
    """Ways cut at missing nodes: the way of each piece, the nodes of all pieces, where each begins among them."""
    sizes = np.array(ways.sizes, dtype=np.int64)
    way = np.repeat(np.arange(len(sizes)), sizes)
    present = (nodes.x != NOWHERE)[nodes.at]
    starts = np.diff(way, prepend=-1) != 0
    run = np.cumsum(starts | ~present)  # a missing node begins a new piece behind it
    repeated = np.r_[False, (np.diff(nodes.at) == 0) & (np.diff(run) == 0)]
    kept = np.flatnonzero(present & ~repeated)
    begin = np.flatnonzero(np.diff(run[kept], prepend=-1))
    count = np.diff(begin, append=len(kept))
    whole = count >= 2
    pos = kept[np.repeat(whole, count)]
    if clipped := _different(way[~present]):
        missing = int((~present).sum())
        english = f"{counted(clipped, 'way lacks', 'ways lack')} {counted(missing, 'node', 'nodes')}"
        chinese = f"{clipped:,} 条道路缺少 {missing:,} 个节点（数据经过裁剪），在缺处断开"
        notes.append(Note(f"{english} (clipped extract): cut there", chinese))
    if lost := len(sizes) - _different(way[pos]):
        english = f"{counted(lost, 'way', 'ways')} dropped: fewer than two nodes in the file"
        notes.append(Note(english, f"{lost:,} 条道路在文件中不足两个节点，已略去"))
    return way[kept[begin[whole]]], nodes.at[pos], np.r_[0, np.cumsum(count[whole])]


def _different(ordered: Ints) -> int:
    """How many different numbers there are among those that are in order."""
    return int(np.count_nonzero(np.diff(ordered, prepend=-1)))


def _without_lonely_squares(
    pieces: tuple[Ints, Ints, Ints], ways: OsmWays, nodes: WayNodes, notes: list[str]
) -> tuple[Ints, Ints, Ints]:
    """Pieces without the outlines that no street leads to, not even over other outlines.

    Most squares are drawn apart from the streets around them; as islands of their own they would only draw
    homes away from the streets that lead somewhere.
    """
    way, at, ptr = pieces
    outline = np.array(ways.outlines, dtype=bool)[way]
    if not outline.any() or outline.all():
        return pieces
    sizes = np.diff(ptr)
    linked, before = ~outline, -1
    while linked.sum() != before:
        before = linked.sum()
        reached = np.zeros(len(nodes.ids), dtype=bool)
        reached[at[np.repeat(linked, sizes)]] = True
        linked = linked | np.logical_or.reduceat(reached[at], ptr[:-1])
    kept, lonely = int((linked & outline).sum()), int((~linked).sum())
    notes.append(_squares_note(kept, lonely))
    return way[linked], at[np.repeat(linked, sizes)], np.r_[0, np.cumsum(sizes[linked])]


def _squares_note(kept: int, lonely: int) -> Note:
    english = f"{counted(kept, 'square is walked along its', 'squares are walked along their')} outline"
    chinese = f"{kept:,} 个广场沿边线通行"
    if lonely:
        english += f"; {lonely:,} that no street meets {'is' if lonely == 1 else 'are'} left out"
        chinese += f"；另有 {lonely:,} 个不与道路相接，已略去"
    return Note(english, chinese)


def _cuts(ways: OsmWays, nodes: WayNodes) -> npt.NDArray[np.uint8]:
    """Barrier.CUT for nodes whose neighbour on a way isn't in the file: the street goes on beyond the data."""
    way = np.repeat(np.arange(len(ways.sizes)), np.array(ways.sizes, dtype=np.int64))
    missing, together = (nodes.x == NOWHERE)[nodes.at], way[1:] == way[:-1]
    beside = np.r_[missing[1:] & together, False] | np.r_[False, missing[:-1] & together]
    cut = np.zeros(len(nodes.ids), dtype=np.uint8)
    cut[nodes.at[beside]] = int(Barrier.CUT)
    return cut


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
    kept, every, who = len(ways.sizes), len(ways.sizes) + dropped, MODES_ZH[mode]
    english = f"{kept:,} of {counted(every, 'highway way', 'highway ways')} may be used ({mode})"
    notes: list[str] = [Note(english, f"{every:,} 条道路（highway）中有 {kept:,} 条可供{who}使用")]
    if dropped:
        top = [f"{reason} {count:,}" for reason, count in _by_count(ways.dropped)[:6]]
        more = len(ways.dropped) > len(top)
        chinese = "、".join(top).replace("unknown ", "未知 ")
        english = f"dropped by the {mode} filter: {', '.join(top)}{', ...' if more else ''}"
        notes.append(Note(english, f"按{who}规则略去：{chinese}{'等' if more else ''}"))
    if unknown := {k: v for k, v in ways.dropped.items() if k.startswith("unknown")}:
        listed, count = [reason.removeprefix("unknown ") for reason in sorted(unknown)[:5]], sum(unknown.values())
        english = f"{counted(count, 'way of an unknown kind', 'ways of unknown kinds')} dropped ({', '.join(listed)})"
        notes.append(Note(english, f"{count:,} 条类别未知的道路已略去（{'、'.join(listed)}）"))
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

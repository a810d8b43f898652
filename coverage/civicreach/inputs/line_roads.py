"""Streets from any line layer with a coordinate system: GeoParquet, GeoPackage, GeoJSON, Shapefile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from civicreach.crs import WGS84, metric_crs_for, project, require_metric
from civicreach.errors import Fault, LayerError, Note, RoadsError, counted
from civicreach.inputs.files import require_file
from civicreach.inputs.line_tags import LineTable, judge_lines
from civicreach.inputs.osm_files import ATTRIBUTION
from civicreach.inputs.osm_tags import MODES_ZH, read_filter
from civicreach.inputs.repeated_ways import drop_repeated
from civicreach.inputs.vectors import check_range, read_frame, source_crs
from civicreach.layers.roads import Roads
from civicreach.study import Mode

JOIN_M = 0.01
"""Vertices on the same centimetre are one node: wider than rounding errors, narrower than any kerb."""
CROSSINGS_LOOKED_AT = 2_000
CROSSINGS_WORTH_A_NOTE = 0.02

_OSM_COLUMNS = {"highway", "fclass", "osmid", "osm_id"}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def read_line_roads(
    path: str | Path,
    mode: Mode = "walk",
    crs: Any = "auto",
    layer: str | None = None,
    declared_crs: str | None = None,
) -> Roads:
    """Streets of a line layer in a metric CRS; lines meet where they share a vertex (to the centimetre).

    Columns named like OpenStreetMap tags (`highway` or Geofabrik's `fclass`, `foot`, `access`, `oneway`,
    `maxspeed`, `bridge`, ...) are read by the same rules as the tags; lines without a class are "road".
    `declared_crs` is for files that name no coordinate system. Raises LayerError or RoadsError for layers
    that are missing, empty or hold no lines, CrsError where the coordinate system is missing or contradicts
    the coordinates.
    """
    path = Path(path)
    frame = _open(path, layer)
    source = source_crs(frame, path, declared_crs)
    notes: list[str] = []
    row, ptr, xy = _lines(frame, path, notes)
    check_range(xy[:, 0], xy[:, 1], source, frame.index[np.repeat(row, np.diff(ptr))], path.name)
    target = metric_target(xy, source, crs)
    x, y = project(xy[:, 0], xy[:, 1], source, target)
    if not np.isfinite(x + y).all():
        raise LayerError(Fault(f"coordinates that don't fit {target}", path.name))
    rules = read_filter(mode)
    table = judge_lines(frame, rules, notes)
    keep = np.array([verdict.keep for verdict in table.verdicts], dtype=bool)
    english = f"{int(keep.sum()):,} of {counted(len(frame), 'line', 'lines')} may be used ({mode})"
    notes.insert(0, Note(english, f"{len(frame):,} 条线中有 {int(keep.sum()):,} 条可供{MODES_ZH[mode]}使用"))
    if not keep.any():
        raise RoadsError(Fault(f"none of its {len(frame):,} lines may be used ({mode})", path.name))
    nodes = _join(x, y)
    roads = _assemble(frame, table, keep, (row, ptr), nodes, notes)
    english = "lines meet only where they share a vertex (within 1 cm)"
    notes.append(Note(english, "线与线只在共用顶点处相接（1 厘米以内）"))
    _note_crossings(frame, notes)
    osm_like = _OSM_COLUMNS & {str(name).lower() for name in frame.columns}
    return Roads(
        crs=target,
        mode=mode,
        source=path.name,
        attribution=ATTRIBUTION if osm_like else "",
        notes=tuple(notes),
        **roads,
    )


def _open(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """The layer as it stands in the file, its rows counted from 1."""
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers get a fault of their own
        frame = read_frame(require_file(path, RoadsError), layer)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise RoadsError(Fault("the layer has no geometry", path.name))
    if frame.empty:
        raise RoadsError(Fault("the layer is empty", path.name))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def metric_target(xy: Floats, source: CRS, crs: Any) -> str:
    """The metric system asked for, or with "auto" the one for the middle of coordinates (n, 2)."""
    if crs in (None, "auto"):
        middle = np.median(xy, axis=0)
        lon, lat = project(middle[:1], middle[1:], source, WGS84)
        crs = metric_crs_for(float(lon[0]), float(lat[0]))
    return str(require_metric(crs, "crs").to_string())


def _lines(frame: gpd.GeoDataFrame, path: Path, notes: list[str]) -> tuple[Ints, Ints, Floats]:
    """Single lines: the row of each, where its vertices begin, and all vertices (n, 2)."""
    shapes = frame.geometry.to_numpy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = frame.geometry.geom_type.to_numpy()
    other = ~missing & ~np.isin(kinds, ["LineString", "MultiLineString", "LinearRing"])
    if other.any():
        found = ", ".join(f"{kind} {count:,}" for kind, count in sorted(Counter(kinds[other].tolist()).items()))
        rows = tuple(frame.index[other][:5].tolist())
        raise RoadsError(Fault(f"rows that are no lines ({found})", path.name, rows, int(other.sum())))
    if missing.all():
        raise RoadsError(Fault("no row holds a line", path.name))
    if missing.any():
        listed, count = [str(i) for i in frame.index[missing][:5]], int(missing.sum())
        at = f"{'row' if count == 1 else 'rows'} {', '.join(listed)}"
        english = f"{counted(count, 'row', 'rows')} without a line left out ({at})"
        notes.append(Note(english, f"{count:,} 行没有线，已略去（第 {'、'.join(listed)} 行）"))
    parts, row = shapely.get_parts(shapes, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, row = parts[filled], row[filled]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        rows = frame.index[np.unique(row[part[bad]])]
        raise LayerError(Fault("coordinates that are no numbers", path.name, tuple(rows[:5]), len(rows)))
    return row, np.r_[0, np.cumsum(np.bincount(part, minlength=len(parts)))], xy


def _join(x: Floats, y: Floats) -> tuple[Floats, Floats, Ints]:
    """Nodes from vertices (n,): their coordinates, on whole centimetres, and the node of each vertex (n,)."""
    kx, ky = (np.rint(values / JOIN_M).astype(np.int64) for values in (x, y))
    low_x, low_y = kx.min(), ky.min()
    keys, node = np.unique(((kx - low_x) << 32) | (ky - low_y), return_inverse=True)
    centimetres = (keys >> 32) + low_x, (keys & 0xFFFFFFFF) + low_y
    return centimetres[0] / 100, centimetres[1] / 100, node


def _assemble(
    frame: gpd.GeoDataFrame,
    table: LineTable,
    keep: npt.NDArray[np.bool_],
    lines: tuple[Ints, Ints],
    nodes: tuple[Floats, Floats, Ints],
    notes: list[str],
) -> dict[str, Any]:
    """The arrays of Roads from joined vertices, without repeated vertices, lengthless and repeated lines."""
    row, ptr = lines
    x, y, node = nodes
    part = np.repeat(np.arange(len(row)), np.diff(ptr))
    stays = keep[row][part] & ~np.r_[False, (node[1:] == node[:-1]) & (part[1:] == part[:-1])]
    sizes = np.bincount(part[stays], minlength=len(row))
    if pointlike := int((keep[row] & (sizes < 2)).sum()):
        english = f"{counted(pointlike, 'line', 'lines')} without length left out"
        notes.append(Note(english, f"{pointlike:,} 条长度为零的线已略去"))
    stays &= (sizes >= 2)[part]
    row, sizes, node = row[sizes >= 2], sizes[sizes >= 2], node[stays]
    if not len(row):
        raise RoadsError(Fault("no line has a length"))
    classes, class_code = _coded(table.classes, row)
    names, name_code = _coded(table.names, row, first="")
    flags = np.array([v.flags for v in table.verdicts], dtype=np.uint16)[row]
    speed = np.array([v.speed_kmh for v in table.verdicts], dtype=np.float64)[row]
    kept, new_ptr, node, flags = drop_repeated(
        node, np.r_[0, np.cumsum(sizes)], (class_code, name_code, np.nan_to_num(speed)), flags, notes
    )
    used, way_node = np.unique(node, return_inverse=True)
    return {
        "node_id": np.arange(len(used), dtype=np.int64),
        "node_x": x[used],
        "node_y": y[used],
        "way_ptr": new_ptr,
        "way_node": way_node.astype(np.int32),
        "way_id": frame.index.to_numpy()[row[kept]].astype(np.int64),
        "way_class": class_code[kept],
        "classes": classes,
        "way_flags": flags,
        "way_name": name_code[kept],
        "names": names,
        "way_speed_kmh": speed[kept],
    }


def _coded(texts: Sequence[str], row: Ints, first: str | None = None) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """The texts in use, sorted (after `first`, where given), and the code of each row asked for."""
    chosen = [texts[i] for i in row.tolist()]
    known: Iterable[str] = sorted(set(chosen) - {first})
    known = tuple(known) if first is None else (first, *known)
    code = {text: i for i, text in enumerate(known)}
    return known, np.array([code[text] for text in chosen], dtype=np.int32)


def _note_crossings(frame: gpd.GeoDataFrame, notes: list[str]) -> None:
    """Say how many lines cross others without a shared vertex, from a sample spread over the layer."""
    shapes = frame.geometry.to_numpy()
    sample = shapes[:: max(1, len(shapes) // CROSSINGS_LOOKED_AT)]
    crossing = np.unique(shapely.STRtree(shapes).query(sample, predicate="crosses")[0])
    if len(crossing) > CROSSINGS_WORTH_A_NOTE * len(sample):
        crosses = "crosses" if len(crossing) == 1 else "cross"
        english = (
            f"{len(crossing):,} of {counted(len(sample), 'line', 'lines')} looked at {crosses} others without a "
            "shared vertex: flyovers, or a layer that isn't split at junctions"
        )
        chinese = (
            f"抽查的 {len(sample):,} 条线中有 {len(crossing):,} 条与其他线交叉却没有共用顶点："
            "可能是立交，也可能是图层没有在路口打断"
        )
        notes.append(Note(english, chinese))

"""Points, lines and areas of an OpenStreetMap file by tag keys, in a metric CRS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import shapely

from civicreach.crs import WGS84, metric_crs_for, project, require_metric
from civicreach.errors import LayerError, Note, RoadsError, counted
from civicreach.inputs.osm_files import osm_errors, osm_source

Tags = dict[str, str]
Shapes = npt.NDArray[Any]
_AREA_RELATIONS = ("multipolygon", "boundary")
_MULTIPOLYGON = 6


@dataclass
class _Found:
    """What a pass over the file found; `shapes` are hexadecimal WKB in longitude and latitude."""

    ids: list[str] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    areas: set[str] = field(default_factory=set)
    awaited: dict[str, tuple[Tags, str]] = field(default_factory=dict)
    """Closed ways as lines (and multipolygons as nothing): pyosmium gives them back as areas if they are whole."""

    def add(self, osm_id: str, tags: Tags, shape: str) -> None:
        self.ids.append(osm_id)
        self.tags.append(tags)
        self.shapes.append(shape)


def read_shapes(
    path: str | Path,
    keys: Iterable[str],
    crs: Any,
    *,
    nodes: bool = True,
    wanted: Callable[[Tags], bool] | None = None,
) -> gpd.GeoDataFrame:
    """Everything that carries one of the keys and is `wanted`: a frame with `tags` and geometry in a metric
    CRS.

    The index is like "node/12", "way/3" or "relation/4". Closed ways and multipolygons are areas, other ways
    are lines. Areas that aren't valid are mended; `attrs["notes"]` lists those that aren't whole
    (clipped files), of which ways stay as lines. With `crs` "auto" the system is chosen for the place.
    Raises LayerError for files that can't be read.
    """
    path = Path(path)
    found = _Found()
    try:
        with osm_errors(path):
            _scan(path, tuple(keys), nodes, wanted, found)
    except RoadsError as error:
        raise LayerError(error.faults) from error
    broken = {osm_id: line for osm_id, line in found.awaited.items() if osm_id not in found.areas}
    for osm_id, (tags, line) in broken.items():
        if line:
            found.add(osm_id, tags, line)
    shapes = shapely.from_wkb(np.array(found.shapes, dtype=object))
    target = _target(shapes, crs)
    frame = gpd.GeoDataFrame(
        {"tags": pd.Series(found.tags, dtype=object, index=pd.Index(found.ids, dtype=object, name="osm_id"))},
        geometry=_projected(shapes, target),
        crs=target,
    )
    frame.attrs["notes"] = []
    if broken:
        listed = list(broken)[:5]
        words = counted(len(broken), "area isn't whole", "areas aren't whole")
        chinese = f"{len(broken):,} 个面不完整（{'、'.join(listed)}）"
        frame.attrs["notes"].append(Note(f"{words} ({', '.join(listed)})", chinese))
    return frame


def _scan(path: Path, keys: tuple[str, ...], nodes: bool, wanted: Callable[[Tags], bool] | None, found: _Found) -> None:
    key_filter = osmium.filter.KeyFilter(*keys)
    entities = osmium.FileProcessor(osm_source(path)).with_areas(key_filter)
    if not nodes:
        kinds = osmium.osm.WAY | osmium.osm.RELATION | osmium.osm.AREA
        entities = entities.with_filter(osmium.filter.EntityFilter(kinds))
    objects: Any = entities.with_filter(key_filter)
    to_wkb = osmium.geom.WKBFactory()
    for thing in objects:
        tags = dict(thing.tags)
        if wanted is not None and not wanted(tags):
            continue
        if thing.is_area():
            osm_id = f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
            found.areas.add(osm_id)
            found.add(osm_id, tags, to_wkb.create_multipolygon(thing))
        elif thing.is_way():
            if thing.is_closed() and tags.get("area") != "no":
                found.awaited[f"way/{thing.id}"] = tags, _line(thing, to_wkb)
            elif line := _line(thing, to_wkb):
                found.add(f"way/{thing.id}", tags, line)
        elif thing.is_node():
            found.add(f"node/{thing.id}", tags, to_wkb.create_point(thing))
        elif tags.get("type") in _AREA_RELATIONS:
            found.awaited[f"relation/{thing.id}"] = tags, ""


def _line(way: Any, to_wkb: Any) -> str:
    """A way as a line, without the nodes that a clipped file lacks; empty where fewer than two are left."""
    try:
        return str(to_wkb.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):
        places = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        return str(shapely.to_wkb(shapely.LineString(places), hex=True)) if len(set(places)) >= 2 else ""


def _target(shapes: Shapes, crs: Any) -> str:
    if crs not in (None, "auto"):
        return str(require_metric(crs, "crs").to_string())
    if not len(shapes):
        return WGS84
    lon, lat = np.median(shapely.get_coordinates(shapes), axis=0)
    return str(metric_crs_for(float(lon), float(lat)).to_string())


def _projected(shapes: Shapes, target: str) -> Shapes:
    """The shapes in the metric system, on whole millimetres, single polygons as such, and all of them valid."""
    if not len(shapes):
        return shapes

    def metres(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = project(xy[:, 0], xy[:, 1], WGS84, target)
        return np.column_stack([np.round(x, 3), np.round(y, 3)])

    geometry = shapely.transform(shapes, metres)
    single = (shapely.get_type_id(geometry) == _MULTIPOLYGON) & (shapely.get_num_geometries(geometry) == 1)
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    invalid = ~shapely.is_valid(geometry)
    geometry[invalid] = shapely.make_valid(geometry[invalid])
    return geometry

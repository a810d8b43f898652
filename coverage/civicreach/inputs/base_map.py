"""What a map shows beneath the results: water, green, buildings, railways and names, without any tile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.crs import require_metric
from civicreach.inputs.coastline import Extent, sea_within
from civicreach.inputs.osm_shapes import Tags, read_shapes

SIMPLIFIED_M = 1.0
"""How far a drawn outline may lie from the mapped one."""

_WATER = {
    "natural": {"water", "bay"},
    "waterway": {"riverbank", "dock"},
    "landuse": {"reservoir", "basin"},
}
_STREAMS = {"waterway": {"river", "canal", "stream"}}
_GREEN = {
    "leisure": {"park", "garden", "nature_reserve", "golf_course", "dog_park", "common", "recreation_ground"},
    "landuse": {
        "grass", "forest", "meadow", "village_green", "recreation_ground", "cemetery", "orchard", "vineyard",
        "allotments",
    },
    "natural": {"wood", "scrub", "grassland", "heath", "wetland"},
}  # fmt: skip
_RAIL = {"railway": {"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail"}}
_PLACES = {
    "city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough", "island", "islet", "locality",
}  # fmt: skip
_KEYS = ("natural", "waterway", "landuse", "leisure", "railway", "building")
_NARROW_TUNNELS = {"yes", "culvert", "building_passage"}

Shapes = npt.NDArray[Any]


def read_base_map(path: str | Path, crs: Any, clip: Extent | None = None) -> dict[str, gpd.GeoDataFrame]:
    """Layers `water`, `green`, `buildings`, `rail` and `places` of an OpenStreetMap file; empty ones are
    left out.

    All are in the metric `crs` with `name` and `kind`, valid, simplified to a metre and cut to `clip` (west,
    south, east, north in metres). Water holds areas, rivers as lines and, where the coastline is whole within
    `clip`, the sea. Raises LayerError for files that can't be read.
    """
    target = require_metric(crs, "crs")
    found = read_shapes(path, _KEYS, target, nodes=False, wanted=_wanted)
    named = read_shapes(path, ("place",), target, wanted=lambda tags: bool(_place_kind(tags)))
    sorts: dict[str, tuple[Callable[[Tags], str], tuple[str, ...]]] = {
        "water": (_water_kind, ("Polygon", "MultiPolygon", "LineString")),
        "green": (lambda tags: _kind(tags, _GREEN), ("Polygon", "MultiPolygon")),
        "buildings": (lambda tags: tags.get("building", ""), ("Polygon", "MultiPolygon")),
        "rail": (lambda tags: _kind(tags, _RAIL), ("LineString", "MultiLineString", "Polygon")),
    }
    layers = {"places": _layer(named, _place_kind, ("Point",), clip)}
    for name, (kind_of, geometries) in sorts.items():
        layer = _layer(found, kind_of, geometries, clip)
        if name == "rail":
            layer = layer.set_geometry(_as_lines(layer.geometry))
        layers[name] = layer
    if clip is not None:
        layers["water"] = _with_sea(layers["water"], found, clip)
    return {name: layer for name, layer in layers.items() if len(layer)}


def _wanted(tags: Tags) -> bool:
    return bool(
        tags.get("building", "no") != "no"
        or tags.get("natural") == "coastline"
        or _water_kind(tags)
        or _kind(tags, _GREEN)
        or _kind(tags, _RAIL)
    )


def _kind(tags: Tags, kinds: dict[str, set[str]]) -> str:
    """The first value that makes an object one of these kinds; empty where none does."""
    return next((tags[key] for key, values in kinds.items() if tags.get(key) in values), "")


def _water_kind(tags: Tags) -> str:
    if kind := _kind(tags, _WATER):
        return kind if tags.get("intermittent") != "yes" else ""
    return _kind(tags, _STREAMS) if tags.get("tunnel") not in _NARROW_TUNNELS else ""


def _place_kind(tags: Tags) -> str:
    return tags["place"] if tags.get("place") in _PLACES and tags.get("name") else ""


def _layer(
    found: gpd.GeoDataFrame, kind_of: Callable[[Tags], str], geometries: tuple[str, ...], clip: Extent | None
) -> gpd.GeoDataFrame:
    kinds = pd.Series([kind_of(tags) for tags in found["tags"]], index=found.index, dtype=object)
    chosen = found[(kinds != "").to_numpy() & found.geometry.geom_type.isin(geometries).to_numpy()]
    names = [tags.get("name", "") for tags in chosen["tags"]]
    frame = gpd.GeoDataFrame(
        {"name": names, "kind": kinds[chosen.index].to_numpy()},
        geometry=_drawn(chosen.geometry.to_numpy(), clip),
        index=chosen.index,
        crs=found.crs,
    )
    return frame[~frame.geometry.is_empty]


def _drawn(shapes: Shapes, clip: Extent | None) -> Shapes:
    """Shapes simplified, cut to the extent, and valid; what is left of an area is an area."""
    drawn = shapely.simplify(shapes, SIMPLIFIED_M, preserve_topology=True)
    if clip is not None:
        drawn = shapely.clip_by_rect(drawn, *clip)
    invalid = ~shapely.is_valid(drawn)
    drawn[invalid] = shapely.buffer(shapely.make_valid(drawn[invalid]), 0)
    # a corner that only touches the extent leaves points and lines behind
    collections = shapely.get_type_id(drawn) == 7
    drawn[collections] = shapely.buffer(drawn[collections], 0)
    return drawn


def _as_lines(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Tracks that end where they begin were read as areas."""
    return shapes.where(~shapes.geom_type.isin(["Polygon", "MultiPolygon"]), shapes.boundary)


def _with_sea(water: gpd.GeoDataFrame, found: gpd.GeoDataFrame, clip: Extent) -> gpd.GeoDataFrame:
    coast = found[[tags.get("natural") == "coastline" for tags in found["tags"]]]
    if coast.empty:
        return water
    sea = sea_within(_as_lines(coast.geometry).to_numpy(), clip)
    if sea is None:
        return water
    shapes = shapely.simplify(sea, SIMPLIFIED_M)
    ids = pd.Index([f"sea/{i + 1}" for i in range(len(sea))], dtype=object, name=water.index.name)
    rows = gpd.GeoDataFrame({"name": "", "kind": "sea"}, geometry=shapes, index=ids, crs=water.crs)
    return rows if water.empty else pd.concat([rows, water])

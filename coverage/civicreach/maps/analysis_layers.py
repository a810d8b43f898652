"""The layers that an analysis brings along, packed for the page: shapes, what is told of each, and their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import shapely

from civicreach.maps.analysis_columns import both, cells, field_entries, graded, shown_step, told_apart
from civicreach.maps.encode import Column
from civicreach.maps.grades import grades
from civicreach.maps.palette import MARK_COLOURS, MARK_RAMP
from civicreach.maps.shapes import Grid, Shapes, lines, points, polygons
from civicreach.measures.analysis import Field, MapLayer

TYPES = {
    "points": ("Point", "MultiPoint"),
    "lines": ("LineString", "MultiLineString"),
    "polygons": ("Polygon", "MultiPolygon"),
}
DETAIL_M = {"polygons": 1.5, "lines": 1.0}

COVERING = 0.5
"""Polygons that cover more than this share of the study would hide its units: they are off at first."""

MOST_AT_FIRST = 2_000
"""Layers with more shapes are off at first."""


def drawn(layer: MapLayer) -> MapLayer:
    """A layer with those rows that have a shape of its kind."""
    shapes = layer.frame.geometry
    return replace(layer, frame=layer.frame[shapes.geom_type.isin(TYPES[layer.kind]) & ~shapes.is_empty])


def layer_entries(
    layers: Sequence[MapLayer], key: str, grid: Grid, area_m2: float
) -> tuple[list[dict[str, Any]], list[Column]]:
    """Header entries and columns of layers whose rows are all drawn; `area_m2` is that of the study's box.

    At first the first layer of each kind of geometry is on, unless it would hide everything else.
    """
    entries: list[dict[str, Any]] = []
    columns: list[Column] = []
    shown: set[str] = set()
    for number, layer in enumerate(layers):
        frame = layer.frame
        geometry = frame.geometry.to_numpy()
        fields = [f for f in layer.fields if f.name in frame]
        told = field_entries(fields, [frame])
        heavy = len(geometry) > MOST_AT_FIRST or shapely.area(geometry).sum() > COVERING * area_m2
        entries.append({
            "id": layer.id,
            "title": both(layer.title),
            "kind": layer.kind,
            "fields": told,
            "values": [cells(frame[f.name], entry) for f, entry in zip(fields, told, strict=True)],
            "colour": MARK_COLOURS[number % len(MARK_COLOURS)],
            "classes": _classes(layer, fields, told),
            "shown": layer.kind not in shown and not heavy,
            "heavy": bool(heavy),
        })  # fmt: skip
        shown |= set() if heavy else {layer.kind}
        columns += _shapes(f"{key}.l{number}", layer.kind, geometry, grid)
    return entries, columns


def _classes(layer: MapLayer, fields: Sequence[Field], told: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The colours of a layer by its field: words told apart, numbers graded; None for a layer of one colour."""
    for at, field in enumerate(fields):
        if field.name == layer.colour_by:
            if field.kind in ("text", "flag") or field.words:
                return {"field": at, **told_apart(layer.frame[field.name], field)}
            step = shown_step(told[at])
            found = grades(layer.frame[field.name], share=field.kind == "share", step=step)
            return None if found is None else {"field": at, **graded(found, MARK_RAMP)}
    return None


def _shapes(name: str, kind: str, geometry: Shapes, grid: Grid) -> list[Column]:
    if kind == "polygons":
        return polygons(name, geometry, grid, DETAIL_M[kind])
    if kind == "lines":
        return lines(name, geometry, grid, DETAIL_M[kind])
    return points(name, shapely.get_coordinates(shapely.centroid(geometry)), grid)

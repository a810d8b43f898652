"""The ground of print maps, drawn once for all of them: water, green and buildings below results, streets above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civicreach.layers import Areas
from civicreach.maps.base_layers import Bounds, class_of, road_rank
from civicreach.maps.print_shapes import Canvas, Pixels, fill, stroke

LAND, WATER, GREEN, BUILDING = "#f4f1ea", "#bcd6e4", "#d9e7cd", "#e2dcd0"
STREAM, RAIL, STREET, CASING, VEIL = "#a5c8da", "#8d8d8d", "#ffffff", "#b3aa9b", "#fbfaf7"
BORDER = "#4a4f57"

ROAD_WIDTHS = ((0, 1.5), (1, 1.25), (2, 1.0), (3, 0.8), (4, 0.45))
"""Rank of a road and its width in points; smaller ones as hairs."""

HAIR_POINTS = 0.22
HAIRS_FROM_M_PER_MM = 30.0
"""Paths and service ways are left out of maps smaller than 1:30,000."""

BUILDINGS_FROM_M_PER_MM = 45.0

BORDERS: dict[str, tuple[float, Any, float]] = {
    "community": (0.35, (0, (4, 2)), 0.65),
    "subdistrict": (0.8, "solid", 0.8),
    "district": (1.3, "solid", 0.9),
}
"""Width in points, dashes, and how strong a level's borders are drawn."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Pictures of what lies below the results and above them."""

    below: Pixels
    above: Pixels


def draw_ground(canvas: Canvas, base_map: dict[str, gpd.GeoDataFrame], areas: Areas | None) -> Ground:
    """Both pictures for a frame; layers that the base map lacks are left out."""
    return Ground(
        canvas.picture(lambda axes: _below(axes, canvas, base_map, areas), LAND),
        canvas.picture(lambda axes: _above(axes, canvas, base_map, areas)),
    )


def _below(axes: Any, canvas: Canvas, base_map: dict[str, gpd.GeoDataFrame], areas: Areas | None) -> None:
    bounds = canvas.bounds
    fill(axes, _shapes(base_map.get("green"), bounds), facecolor=GREEN)
    fill(axes, _shapes(base_map.get("water"), bounds), facecolor=WATER)
    stroke(axes, _lines(base_map.get("water"), bounds), width=0.7, colour=STREAM)
    if canvas.m_per_mm <= BUILDINGS_FROM_M_PER_MM:
        fill(axes, _shapes(base_map.get("buildings"), bounds), facecolor=BUILDING)
    if areas is not None:
        whole = shapely.union_all(shapely.simplify(areas.frame.geometry.to_numpy(), 2.0))
        outside = shapely.difference(shapely.box(*bounds), whole)
        fill(axes, np.array([outside], dtype=object), facecolor=VEIL, alpha=0.62)


def _above(axes: Any, canvas: Canvas, base_map: dict[str, gpd.GeoDataFrame], areas: Areas | None) -> None:
    roads = base_map.get("roads")
    if roads is not None and not roads.empty:
        lines = roads.geometry.to_numpy()
        near = shapely.intersects(lines, shapely.box(*canvas.bounds))
        lines, rank = lines[near], road_rank(class_of(roads))[near]
        lines = shapely.simplify(lines, 0.05 * canvas.m_per_mm, preserve_topology=False)
        if canvas.m_per_mm <= HAIRS_FROM_M_PER_MM:
            stroke(axes, lines[rank > 4], width=HAIR_POINTS, colour=CASING, alpha=0.75)
        for width, colour in ((0.45, CASING), (0.0, STREET)):
            for at, points in reversed(ROAD_WIDTHS):
                stroke(axes, lines[rank == at], width=points + width, colour=colour)
    rail = _lines(base_map.get("rail"), canvas.bounds)
    stroke(axes, rail, width=0.9, colour=RAIL)
    stroke(axes, rail, width=0.45, colour=STREET, linestyle=(0, (3, 3)), capstyle="butt")
    if areas is not None:
        _borders(axes, areas)


def _borders(axes: Any, areas: Areas) -> None:
    for level in reversed(areas.levels):
        width, dashes, strength = BORDERS.get(level, (0.0, "solid", 0.0))
        if width:
            outlines = areas.units(level).geometry.to_numpy()
            shapes = shapely.line_merge(shapely.union_all(shapely.boundary(outlines)))
            stroke(axes, np.array([shapes], dtype=object), width=width, colour=BORDER, linestyle=dashes, alpha=strength)


def _shapes(frame: gpd.GeoDataFrame | None, bounds: Bounds) -> npt.NDArray[Any]:
    return _cut(frame, bounds, 2)


def _lines(frame: gpd.GeoDataFrame | None, bounds: Bounds) -> npt.NDArray[Any]:
    return _cut(frame, bounds, 1)


def _cut(frame: gpd.GeoDataFrame | None, bounds: Bounds, dimensions: int) -> npt.NDArray[Any]:
    """The shapes of a layer with so many dimensions that meet a box."""
    if frame is None or frame.empty:
        return np.array([], dtype=object)
    shapes = frame.geometry.to_numpy()
    return np.asarray(
        shapes[(shapely.get_dimensions(shapes) == dimensions) & shapely.intersects(shapes, shapely.box(*bounds))]
    )

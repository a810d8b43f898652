"""Geometry in metres to whole millionths of a degree, one projection a layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from civicreach.crs import WGS84
from civicreach.maps.encode import Column, Ints

Shapes = npt.NDArray[Any]

PER_DEGREE = 1_000_000
"""A millionth of a degree is 0.11 m from north to south."""


@cache
def _to_degrees(crs: str) -> Transformer:
    # Making one takes longer than projecting a hundred thousand points.
    return Transformer.from_crs(crs, WGS84, always_xy=True)


@dataclass(frozen=True)
class Grid:
    """The page's coordinates: whole millionths of a degree east and north of an origin."""

    crs: str
    lon0: int
    lat0: int

    @classmethod
    def over(cls, crs: str, bounds: tuple[float, float, float, float]) -> Grid:
        """A grid whose origin is the south-west corner of bounds in metres (west, south, east, north)."""
        lon, lat = _to_degrees(crs).transform(bounds[0], bounds[1])
        return cls(crs, int(np.floor(lon * PER_DEGREE)), int(np.floor(lat * PER_DEGREE)))

    def degrees(self, bounds: tuple[float, float, float, float]) -> list[float]:
        """Bounds in metres as [west, south, east, north] in degrees, rounded to the grid."""
        x = np.array([bounds[0], bounds[2], bounds[0], bounds[2]])
        y = np.array([bounds[1], bounds[1], bounds[3], bounds[3]])
        lon, lat = _to_degrees(self.crs).transform(x, y)
        return [round(float(v), 6) for v in (lon.min(), lat.min(), lon.max(), lat.max())]

    def whole(self, xy: npt.NDArray[np.float64]) -> Ints:
        """Coordinates (n, 2) in metres as whole numbers (n, 2)."""
        lon, lat = _to_degrees(self.crs).transform(xy[:, 0], xy[:, 1])
        east = np.rint(lon * PER_DEGREE).astype(np.int64) - self.lon0
        north = np.rint(lat * PER_DEGREE).astype(np.int64) - self.lat0
        return np.column_stack([east, north])


def points(name: str, xy: npt.NDArray[np.float64], grid: Grid) -> list[Column]:
    """Points (n, 2) in metres as one column of pairs."""
    return [Column(f"{name}.xy", "p", grid.whole(xy).reshape(-1))]


def polygons(name: str, geometry: Shapes, grid: Grid, detail_m: float = 0.0, step: int = 1) -> list[Column]:
    """(Multi)polygons (n,) as rings: `.rings` a shape, `.points` a ring, `.xy`. Rings don't repeat their first point.

    Outer rings run counterclockwise and holes clockwise. Rings are drawn with fewer vertices, none of them dropped
    farther than `detail_m` from the new line, at multiples of `step` in the grid. Empty and missing shapes keep their
    place with no ring.
    """
    parts, shape = shapely.get_parts(shapely.orient_polygons(geometry), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)  # of single polygons only
    return _parts(name, _simple(rings, detail_m), shape[part], len(geometry), 3, grid, closed=True, step=step)


def lines(name: str, geometry: Shapes, grid: Grid, detail_m: float = 0.0, step: int = 1) -> list[Column]:
    """(Multi)linestrings (n,) as parts: `.rings` a shape, `.points` a part, `.xy`; detail as with polygons."""
    parts, shape = shapely.get_parts(geometry, return_index=True)
    return _parts(name, _simple(parts, detail_m), shape, len(geometry), 2, grid, closed=False, step=step)


def merged(geometry: Shapes, group: Ints) -> tuple[Shapes, Ints]:
    """Lines (n,) joined within their group (n,) where two and only two of them meet: the lines and their groups."""
    parts, source = shapely.get_parts(geometry, return_index=True)
    line = shapely.get_type_id(parts) == 1
    parts, group = parts[line], group[source[line]]
    order = np.argsort(group, kind="stable")
    groups, inverse = np.unique(group[order], return_inverse=True)
    whole = shapely.line_merge(shapely.multilinestrings(parts[order], indices=inverse))
    joined, at = shapely.get_parts(whole, return_index=True)
    return joined, groups[at]


def _simple(parts: Shapes, detail_m: float) -> Shapes:
    # Line by line: keeping the topology of whole polygons takes a hundred times as long, and this is only drawn.
    return np.asarray(shapely.simplify(parts, detail_m, preserve_topology=False)) if detail_m else parts


def _parts(
    name: str, parts: Shapes, shape: Ints, shapes: int, least: int, grid: Grid, *, closed: bool, step: int
) -> list[Column]:
    xy, part = shapely.get_coordinates(parts, return_index=True)
    whole = grid.whole(xy)
    if step > 1:
        whole = np.rint(whole / step).astype(np.int64) * step
    same = np.zeros(len(whole), dtype=bool)
    same[1:] = (part[1:] == part[:-1]) & (whole[1:] == whole[:-1]).all(axis=1)
    if closed and len(whole):
        last = np.flatnonzero(np.append(part[1:] != part[:-1], True))
        same[last] = True  # the last point of a ring is its first
    whole, part = whole[~same], part[~same]
    count = np.bincount(part, minlength=len(parts))
    enough = count >= least
    keep = enough[part]
    return [
        Column(f"{name}.rings", "u", np.bincount(shape[enough], minlength=shapes).astype(np.int64)),
        Column(f"{name}.points", "u", count[enough].astype(np.int64)),
        Column(f"{name}.xy", "p", whole[keep].reshape(-1), step),
    ]


def morton(whole: Ints) -> npt.NDArray[np.intp]:
    """An order of points (n, 2) along a Z curve: neighbours come near each other, so differences are small."""
    least = whole.min(axis=0) if len(whole) else np.zeros(2, np.int64)
    shifted = (whole - least).astype(np.uint64)
    code = np.zeros(len(whole), dtype=np.uint64)
    for bit in range(26):
        for axis in (0, 1):
            code |= ((shifted[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return np.argsort(code, kind="stable")

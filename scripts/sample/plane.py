"""The drawing board: a plane in metres, bent and turned a little and laid on WGS-84.

The town is drawn with x to the right and y up, in metres from the town centre. On its way to longitude and latitude
the plane is bent by long smooth waves (no more than a tenth in length or angle), so that the town looks grown, and
turned by five degrees, so that nothing in the sample lines up with the raster grids.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

ORIGIN_LON = 112.90
ORIGIN_LAT = 30.90
TURN_RAD = math.radians(5.0)

_A = 6378137.0
_E2 = 0.00669437999014
_SIN2 = math.sin(math.radians(ORIGIN_LAT)) ** 2
_PRIME = _A / math.sqrt(1 - _E2 * _SIN2)
_MERIDIAN = _A * (1 - _E2) / (1 - _E2 * _SIN2) ** 1.5
DEG_LON_M = math.radians(1.0) * _PRIME * math.cos(math.radians(ORIGIN_LAT))
DEG_LAT_M = math.radians(1.0) * _MERIDIAN

Point = tuple[float, float]
Numbers = Any


def to_lonlat(x: float, y: float) -> Point:
    """Longitude and latitude of a point of the plane, rounded to 1e-7 degrees (OpenStreetMap's own grid)."""
    dx, dy = _wave(np.float64(x), np.float64(y))
    x, y = x + float(dx), y + float(dy)
    east = x * math.cos(TURN_RAD) - y * math.sin(TURN_RAD)
    north = x * math.sin(TURN_RAD) + y * math.cos(TURN_RAD)
    return (round(ORIGIN_LON + east / DEG_LON_M, 7), round(ORIGIN_LAT + north / DEG_LAT_M, 7))


def from_lonlat(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Plane coordinates in metres of arrays of longitude and latitude."""
    east = (lon - ORIGIN_LON) * DEG_LON_M
    north = (lat - ORIGIN_LAT) * DEG_LAT_M
    x = east * math.cos(TURN_RAD) + north * math.sin(TURN_RAD)
    y = -east * math.sin(TURN_RAD) + north * math.cos(TURN_RAD)
    bent_x, bent_y = x, y
    for _ in range(12):
        dx, dy = _wave(x, y)
        x, y = bent_x - dx, bent_y - dy
    return x, y


def _wave(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """How far the bending moves a place; the waves are long enough for the way back to converge."""
    dx = 120 * np.sin(y / 1350 + 0.6) + 28 * np.sin(y / 430 + x / 900)
    dy = 130 * np.sin(x / 1500 + 2.2) + 26 * np.sin(x / 410 - y / 800 + 1.0)
    return dx, dy


def spline(points: list[Point], step_m: float = 45.0) -> list[Point]:
    """A smooth line (Catmull-Rom) through all the points, with a vertex about every `step_m`."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = [points[0]]
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces = max(1, round(math.dist(b, c) / step_m))
        for k in range(1, pieces + 1):
            t = k / pieces
            line.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return line


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    if t == 1.0:
        return c
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def circle(centre: Point, radius_m: float, corners: int) -> list[Point]:
    """A closed ring of points around a centre, anticlockwise."""
    ring = [
        (
            centre[0] + radius_m * math.cos(2 * math.pi * k / corners),
            centre[1] + radius_m * math.sin(2 * math.pi * k / corners),
        )
        for k in range(corners)
    ]
    return [*ring, ring[0]]


def longer(points: list[Point], more_m: float) -> list[Point]:
    """The line run on straight at both ends, so that it surely crosses what it should end at."""

    def beyond(end: Point, inner: Point) -> Point:
        k = more_m / math.dist(end, inner)
        return (end[0] + k * (end[0] - inner[0]), end[1] + k * (end[1] - inner[1]))

    return [beyond(points[0], points[1]), *points, beyond(points[-1], points[-2])]


def vertices(line: Any) -> list[Point]:
    """The points of a shapely line or ring."""
    return [(p[0], p[1]) for p in line.coords]

"""Water, hill and heights of the town, all as smooth formulas on the plane."""

from __future__ import annotations

import functools
import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from sample.plane import Point

HILL_TOP: Point = (-1660.0, 1760.0)
HILL_M = 80.0
HILL_WIDTH_M = 300.0
LAKE_CENTRE: Point = (1760.0, 1960.0)
ISLAND_X = -3000.0
ROAD_FROM_WATER_M = 45.0
FIRST_X, LAST_X = -6600, 6900


def river_y(x: float) -> float:
    """Height on the plane of the river's middle line at `x`: one long meander with a shorter one on it."""
    return float(_meander(np.asarray(x)))


def _meander(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(400 * np.sin(2 * np.pi * x / 7600 + 0.6) + 115 * np.sin(2 * np.pi * x / 3100 + 2.0))


def river_half_m(x: float) -> float:
    """Half the river's width, measured along y; it widens around the island."""
    wide = 190 * math.exp(-(((x - ISLAND_X) / 650) ** 2))
    slope = (river_y(x + 5) - river_y(x - 5)) / 10
    return (92 + 14 * math.sin(x / 830 + 1)) * math.hypot(1, slope) + wide


def bank_y(x: float, side: int, from_water_m: float) -> float:
    """y of the line that follows the bank (`side` +1 north, -1 south) at a distance from the water."""
    slope = (river_y(x + 5) - river_y(x - 5)) / 10
    return river_y(x) + side * (river_half_m(x) + from_water_m * math.hypot(1, slope))


def bank_line(first_x: float, last_x: float, side: int, from_water_m: float, step_m: float = 50) -> list[Point]:
    """The line along one bank from `first_x` to `last_x`."""
    pieces = max(1, round(abs(last_x - first_x) / step_m))
    xs = [first_x + (last_x - first_x) * k / pieces for k in range(pieces + 1)]
    return [(x, bank_y(x, side, from_water_m)) for x in xs]


@functools.cache
def island() -> Polygon:
    """The inhabited island: a lens in the wide part of the river."""
    ring = []
    for k in range(36):
        a = 2 * math.pi * k / 36
        along = 560 * math.cos(a)
        across = 150 * math.sin(a) * (1 - 0.22 * math.cos(a)) + 8 * math.sin(5 * a)
        x = ISLAND_X + along
        ring.append((x, river_y(x) + across))
    return Polygon(ring)


@functools.cache
def river() -> Polygon:
    """The water of the river with the island as a hole."""
    xs = [float(x) for x in range(FIRST_X, LAST_X + 1, 60)]
    north = [(x, bank_y(x, 1, 0)) for x in xs]
    south = [(x, bank_y(x, -1, 0)) for x in reversed(xs)]
    return Polygon(north + south, [list(island().exterior.coords)])


@functools.cache
def lake() -> Polygon:
    """The lake in the north-east of the town."""
    ring = []
    for k in range(48):
        a = 2 * math.pi * k / 48
        r = 300 * (1 + 0.16 * math.sin(2 * a + 0.5) + 0.08 * math.sin(3 * a + 2) + 0.03 * math.sin(7 * a))
        ring.append((LAKE_CENTRE[0] + 1.12 * r * math.cos(a), LAKE_CENTRE[1] + 0.92 * r * math.sin(a)))
    return Polygon(ring)


@functools.cache
def water() -> Polygon:
    """Everything wet: river (without the island) and lake, for tests of what may stand where."""
    return shapely.union_all([river(), lake()])


def elevation_m(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height above sea level: a plain near 31 m, one hill, and water a few metres below its banks."""
    plain = 31.0 + 0.0008 * np.abs(y - _meander(x)) + 0.6 * np.sin(x / 900 + 1) * np.cos(y / 1100)
    ex, ey = x - HILL_TOP[0], y - HILL_TOP[1]
    distance = np.hypot(ex, ey) * (1 + 0.10 * np.cos(2 * np.arctan2(ey, ex) + 0.7))
    height = plain + HILL_M * np.exp(-((distance / HILL_WIDTH_M) ** 2))
    height = np.where(shapely.contains_xy(river(), x, y), 25.0, height)
    return np.where(shapely.contains_xy(lake(), x, y), 29.5, height)

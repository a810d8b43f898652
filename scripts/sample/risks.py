"""What a disaster planner brings along: people by day, a flood, communities at risk and those that are prepared."""

from __future__ import annotations

import math
import random
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from sample import terrain
from sample.grids import CELL_DEG, write_grid
from sample.plane import from_lonlat

FLOOD_LEVEL_M = 31.75
"""Three quarters of a metre above the lowest streets along the river."""
FLOOD_REACH_M = 550.0
RISK_STEPS = (0.02, 0.10, 0.25, 0.50)
"""Shares of a community under water from which its risk is 2, 3, 4 and 5."""
PREPARED_SHARE = 0.34


def depth_m(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """How deep the flood stands at places of the plane: along the river only, 0 on the island's ridge and elsewhere."""
    depth = np.maximum(FLOOD_LEVEL_M - terrain.elevation_m(x, y), 0.0)
    shore = terrain.river()
    near = shapely.dwithin(shapely.points(np.column_stack([x.ravel(), y.ravel()])), shore, FLOOD_REACH_M)
    wet: NDArray[np.float64] = np.where(near.reshape(x.shape), depth, 0.0)
    return wet


def write_flood(path: Path, communities: gpd.GeoDataFrame) -> None:
    """Depths on a one arc-second grid in steps of 5 cm, 0 where it is dry."""
    write_grid(path, communities, depth_m, step_m=0.05)


def add_risks(counts: list[dict[str, int]], communities: gpd.GeoDataFrame, seed: int) -> None:
    """People by day (as many in all as by night), flood risk from 1 to 5, and who is a demonstration community."""
    draw = random.Random(seed)
    pull = [count["residents"] * draw.uniform(0.55, 1.6) for count in counts]
    total = sum(count["residents"] for count in counts)
    day = [math.floor(p * total / sum(pull)) for p in pull]
    for at in sorted(range(len(day)), key=lambda i: -pull[i])[: total - sum(day)]:
        day[at] += 1
    for count, people, shape in zip(counts, day, communities.geometry, strict=True):
        wet = _wet_share(shape)
        count["day_people"] = people
        count["flood_risk"] = 1 + sum(wet >= step for step in RISK_STEPS)
        count["disaster_demo"] = int(draw.random() < PREPARED_SHARE)


def _wet_share(shape: shapely.Geometry) -> float:
    """The part of a community's dry-weather ground that is at least 0.3 m under water, on a grid of 1 arc-second."""
    west, south, east, north = shape.bounds
    lon, lat = np.meshgrid(np.arange(west, east, CELL_DEG), np.arange(south, north, CELL_DEG))
    inside = shapely.contains_xy(shape, lon, lat)
    x, y = from_lonlat(lon[inside], lat[inside])
    land = ~shapely.contains_xy(terrain.water(), x, y)
    return float((depth_m(x, y)[land] >= 0.3).mean()) if land.any() else 0.0

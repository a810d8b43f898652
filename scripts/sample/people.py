"""People: spread over houses, gathered in raster cells by age and sex, added up by community."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin

from sample.names import COMMUNITIES
from sample.plane import to_lonlat
from sample.town import Area

AGES = (0, 1, *range(5, 85, 5))
CELL_DEG = 3 / 3600
NODATA = -99999.0
STEP = 1 / 256
"""People in a cell are multiples of this, so that sums are exact in float32 and files stay small."""
TOWN_PEOPLE = 80_000
OLD_PEOPLE, RURAL_PEOPLE = 9_600, 11_400
SYNTHETIC = "Synthetic sample data of civicreach, no real place or statistics. Licence CC0-1.0."
ELDERLY_SHARE = {1: 0.335, 2: 0.205, 3: 0.195, 4: 0.29, 5: 0.175, 6: 0.165, 7: 0.22, 8: 0.285}
HOUSEHOLD = {1: 2.15, 2: 2.55, 3: 2.6, 4: 2.75, 5: 2.7, 6: 2.65, 7: 2.45, 8: 2.8}


@dataclass
class Grid:
    """Cells of three arc-seconds over the city: edges, centres and the community of each centre (-1 outside)."""

    west: float
    north: float
    owner: NDArray[np.int64]

    @property
    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes of the columns and latitudes of the rows."""
        rows, columns = self.owner.shape
        lon = self.west + (np.arange(columns) + 0.5) * CELL_DEG
        return lon, self.north - (np.arange(rows) + 0.5) * CELL_DEG


def lay_grid(communities: gpd.GeoDataFrame) -> Grid:
    """The grid that covers the city, on whole multiples of the cell like WorldPop's."""
    west, south, east, north = communities.total_bounds
    first, top = math.floor(west / CELL_DEG), math.ceil(north / CELL_DEG)
    columns, rows = math.ceil(east / CELL_DEG) - first, top - math.floor(south / CELL_DEG)
    grid = Grid(first * CELL_DEG, top * CELL_DEG, np.full((rows, columns), -1))
    lon, lat = np.meshgrid(*grid.centres)
    for n, shape in enumerate(communities.geometry):
        grid.owner[shapely.contains_xy(shape, lon, lat)] = n
    return grid


def settle(houses: list[Area], communities: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.float64]:
    """People per cell: each house in the nearest cell whose centre lies in the house's own community."""
    places = shapely.points([to_lonlat(h.shape.centroid.x, h.shape.centroid.y) for h in houses])
    home = np.full(len(houses), -1)
    for n, shape in enumerate(communities.geometry):
        home[shapely.contains(shape, places)] = n
    weights = _weights(houses, home)
    lon, lat = grid.centres
    people = np.zeros(grid.owner.shape)
    cells = {n: np.argwhere(grid.owner == n) for n in range(len(communities))}
    for place, n, weight in zip(places, home, weights, strict=True):
        if n < 0:
            continue
        r, c = cells[int(n)].T
        away = (lon[c] - place.x) ** 2 * math.cos(math.radians(30.9)) ** 2 + (lat[r] - place.y) ** 2
        best = int(np.argmin(away))
        people[r[best], c[best]] += weight
    return people


def _weights(houses: list[Area], home: NDArray[np.int64]) -> NDArray[np.float64]:
    """People per house, scaled so that old quarter, countryside and new town have the people they should."""
    raw = np.array([h.people for h in houses]) * (home >= 0)
    subdistrict = np.array([COMMUNITIES[n][0] if n >= 0 else 0 for n in home])
    rural = np.isin(subdistrict, (4, 8))
    old = (subdistrict == 1) & ~rural
    new = ~rural & ~old
    parts = ((old, OLD_PEOPLE), (rural, RURAL_PEOPLE), (new, TOWN_PEOPLE - OLD_PEOPLE - RURAL_PEOPLE))
    for mask, people in parts:
        raw[mask] *= people / raw[mask].sum()
    return raw


def by_age(people: NDArray[np.float64], grid: Grid, seed: int) -> dict[tuple[str, int], NDArray[np.float64]]:
    """People of every sex and age class per cell, in steps of 1/256."""
    chance = random.Random(seed)
    tilt = [chance.uniform(-0.035, 0.035) + (0.12 if c[2] == "Banshan" else 0.0) for c in COMMUNITIES]
    out = {}
    shares = np.array([_shares(ELDERLY_SHARE[c[0]] + tilt[n]) for n, c in enumerate(COMMUNITIES)])
    for k, age in enumerate(AGES):
        girls = 0.47 if age < 15 else 0.49 if age < 60 else 0.52 if age < 75 else 0.57
        share = np.where(grid.owner >= 0, shares[grid.owner, k], 0.0)
        for sex, part in (("f", girls), ("m", 1 - girls)):
            out[(sex, age)] = np.round(people * share * part / STEP) * STEP
    return out


def _shares(elderly: float) -> list[float]:
    """Share of each age class when this share of the people is 60 or older."""
    young = 0.165 - 0.25 * (elderly - 0.2)
    child = [0.055, 0.24, 0.35, 0.355]
    adult = [0.085, 0.095, 0.105, 0.115, 0.12, 0.11, 0.105, 0.115, 0.15]
    oldest = 0.085 + 0.16 * (elderly - 0.15)
    old = [*[(1 - oldest) * s for s in (0.335, 0.31, 0.22, 0.135)], oldest]
    total_adult = 1 - elderly - young
    return (
        [young * s for s in child]
        + [total_adult * s / sum(adult) for s in adult]
        + [elderly * s / sum(old) for s in old]
    )


def write_rasters(ages: dict[tuple[str, int], NDArray[np.float64]], grid: Grid, folder: Path) -> None:
    """One small GeoTIFF for each sex and age class, in WorldPop naming."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("*.tif")):
        old.unlink()
    rows, columns = grid.owner.shape
    for (sex, age), values in ages.items():
        data = np.where(grid.owner >= 0, values, NODATA).astype("float32")
        with rasterio.open(
            folder / f"syn_{sex}_{age}_2026_100m.tif",
            "w",
            driver="GTiff",
            width=columns,
            height=rows,
            count=1,
            dtype="float32",
            crs="EPSG:4326",
            transform=from_origin(grid.west, grid.north, CELL_DEG, CELL_DEG),
            nodata=NODATA,
            compress="deflate",
            zlevel=9,
            blockysize=rows,
        ) as raster:
            raster.write(data, 1)
            raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=SYNTHETIC, synthetic="yes")


def community_table(ages: dict[tuple[str, int], NDArray[np.float64]], grid: Grid, seed: int) -> list[dict[str, int]]:
    """Whole people by community: residents, 60+, 80+, living alone, veterans, households."""
    chance = random.Random(seed)
    rows = []
    for n, (sub, *_) in enumerate(COMMUNITIES):
        inside = grid.owner == n
        residents = round(sum(float(v[inside].sum()) for v in ages.values()))
        over60 = round(sum(float(v[inside].sum()) for (_, a), v in ages.items() if a >= 60))
        over80 = round(sum(float(v[inside].sum()) for (_, a), v in ages.items() if a >= 80))
        rows.append(
            {
                "households": round(residents / (HOUSEHOLD[sub] + chance.uniform(-0.12, 0.12))),
                "residents": residents,
                "residents_60plus": over60,
                "residents_80plus": over80,
                "living_alone_60plus": round(over60 * chance.uniform(0.08, 0.17)),
                "veterans": round(residents * chance.uniform(0.008, 0.016)),
            }
        )
    return rows

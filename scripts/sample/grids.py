"""GeoTIFFs of the sample: values of the plane on a grid of one arc-second."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from sample.people import SYNTHETIC
from sample.plane import from_lonlat

CELL_DEG = 1 / 3600

Floats = NDArray[np.float64]


def write_grid(
    path: Path,
    communities: gpd.GeoDataFrame,
    value_m: Callable[[Floats, Floats], Floats],
    *,
    step_m: float,
    margin: int = 0,
    nodata: float | None = None,
) -> None:
    """Metres at the cells' middles, in steps; the grid reaches so many cells of `margin` beyond the communities."""
    west, south, east, north = communities.total_bounds
    first, top = math.floor(west / CELL_DEG) - margin, math.ceil(north / CELL_DEG) + margin
    columns = math.ceil(east / CELL_DEG) + margin - first
    rows = top - math.floor(south / CELL_DEG) + margin
    lon, lat = np.meshgrid((first + np.arange(columns) + 0.5) * CELL_DEG, (top - np.arange(rows) - 0.5) * CELL_DEG)
    values = (np.round(value_m(*from_lonlat(lon, lat)) / step_m) * step_m).astype("float32")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=from_origin(first * CELL_DEG, top * CELL_DEG, CELL_DEG, CELL_DEG),
        nodata=nodata,
        compress="deflate",
        zlevel=9,
        blockysize=rows,
    ) as raster:
        raster.write(values, 1)
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=SYNTHETIC, synthetic="yes", units="m")

"""Elevation of streets from a raster (DEM)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window
from scipy import ndimage

from civicreach.crs import project
from civicreach.errors import CrsError, Fault, LayerError, Note, counted
from civicreach.inputs.files import require_file
from civicreach.layers.roads import Roads, WayFlag

Floats = npt.NDArray[np.float64]

STEP_M = 30.0
"""About the cell of the elevation models that planners have."""


def with_dem(roads: Roads, path: str | Path) -> Roads:
    """The same streets with the elevation of their nodes, set at most STEP_M apart so that no hill is missed.

    Bridges and tunnels rise evenly from end to end: the raster knows the ground below or above them.
    Raises LayerError and CrsError as `sample_dem` does.
    """
    roads = roads.densified(STEP_M)
    node_z, notes = sample_dem(roads, path)
    return replace(roads.with_elevation(_even_spans(roads, node_z)), notes=(*roads.notes, *notes))


def _even_spans(roads: Roads, node_z: Floats) -> Floats:
    node_z = node_z.copy()
    for way in np.flatnonzero(roads.way_flags & int(WayFlag.BRIDGE | WayFlag.TUNNEL)):
        nodes = roads.way_node[roads.way_ptr[way] : roads.way_ptr[way + 1]]
        steps = np.hypot(np.diff(roads.node_x[nodes]), np.diff(roads.node_y[nodes]))
        along = np.append(0.0, np.cumsum(steps))
        if along[-1] > 0:
            node_z[nodes] = np.interp(along, along[[0, -1]], node_z[nodes[[0, -1]]])
    return node_z


def sample_dem(roads: Roads, path: str | Path) -> tuple[Floats, list[str]]:
    """Elevation in metres of each node (n,), bilinear between the middles of cells, and notes.

    Cells without a value, and nodes beyond the raster, take the nearest value; the notes count these nodes.
    Raises LayerError for rasters that are missing, broken or elsewhere, CrsError for those without a CRS.
    """
    path = require_file(Path(path))
    try:
        with rasterio.open(path) as raster:
            return _sample(raster, roads, path)
    except RasterioError as error:
        fault = Fault(f"not a raster that can be read ({error})", path.name, todo="Give a GeoTIFF.")
        raise LayerError(fault) from error


def _sample(raster: Any, roads: Roads, path: Path) -> tuple[Floats, list[str]]:
    if raster.crs is None:
        raise CrsError(Fault("the DEM names no coordinate system", path.name, todo="Save it with one."))
    x, y = project(roads.node_x, roads.node_y, roads.crs, raster.crs)
    to_cells = ~raster.transform
    column = to_cells.a * x + to_cells.b * y + to_cells.c
    row = to_cells.d * x + to_cells.e * y + to_cells.f
    outside = ~((column >= 0) & (column <= raster.width) & (row >= 0) & (row <= raster.height))
    if outside.all():
        raise LayerError(Fault("the DEM doesn't reach any street", path.name, todo="Is it of the same place?"))
    column = np.clip(np.nan_to_num(column - 0.5), 0, raster.width - 1)  # from corners to middles of cells
    row = np.clip(np.nan_to_num(row - 0.5), 0, raster.height - 1)
    first_column, first_row = int(column.min()), int(row.min())
    width = min(raster.width, int(column.max()) + 2) - first_column
    height = min(raster.height, int(row.max()) + 2) - first_row
    cells = raster.read(1, window=Window(first_column, first_row, width, height), masked=True)
    values = np.ma.filled(cells.astype(np.float64), np.nan)
    unknown = ~np.isfinite(values)
    if unknown.all():
        raise LayerError(Fault("the DEM has no value at any street", path.name))
    if unknown.any():
        nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
        values = values[tuple(nearest)]
    node_z, touched = _bilinear(values, unknown, row - first_row, column - first_column)
    filled = int((touched | outside).sum())
    if not filled:
        return node_z, []
    takes = "takes" if filled == 1 else "take"
    english = f"{filled:,} of {counted(len(x), 'node', 'nodes')} {takes} the nearest elevation"
    chinese = f"{len(x):,} 个节点中有 {filled:,} 个取最近处的高程：{path.name} 在该处没有数值"
    return node_z, [Note(f"{english}: the DEM has none there ({path.name})", chinese)]


def _bilinear(
    values: Floats, unknown: npt.NDArray[np.bool_], row: Floats, column: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Values between the four cells around each place (n,), and whether one of them had no value of its own."""
    top = np.minimum(row.astype(np.int64), max(0, values.shape[0] - 2))
    left = np.minimum(column.astype(np.int64), max(0, values.shape[1] - 2))
    below, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    down, across = row - top, column - left
    upper = values[top, left] * (1 - across) + values[top, right] * across
    lower = values[below, left] * (1 - across) + values[below, right] * across
    touched = unknown[top, left] | unknown[top, right] | unknown[below, left] | unknown[below, right]
    return upper * (1 - down) + lower * down, touched

"""What closes streets: depths of a flood from a raster, and drawn areas."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.windows import Window

from civicreach.crs import parse_crs, project
from civicreach.errors import CrsError, Fault, Faults, LayerError, Note, counted
from civicreach.inputs.files import require_file
from civicreach.inputs.tables import row_labels
from civicreach.inputs.vectors import read_vector
from civicreach.layers.hazard import Depth

Box = tuple[float, float, float, float]

MAX_CELLS = 250_000_000
"""A gigabyte of depths: a city of 30 km across in cells of 2 m."""
ROWS_AT_ONCE = 1_024
DEEP_M = 50.0
"""Deeper than this no city is flooded: the raster may hold heights above the sea, or centimetres."""


def read_depth(path: str | Path, bounds: Box, crs: str, *, declared_crs: str | None = None) -> Depth:
    """Depths in metres from a raster of one band, in its own system: only the cells of a box are read.

    `bounds` are (minx, miny, maxx, maxy) of the streets in `crs`. Cells without a value (nodata, NaN) are dry, and so
    are negative ones; the notes say so, and where the raster covers a part of the box only. A raster's scale and offset
    are applied. `declared_crs` is for rasters that name no system.

    Raises LayerError for rasters that are missing, broken, elsewhere, infinite or too fine, CrsError for those without
    a system.
    """
    path = require_file(Path(path))
    try:
        with rasterio.open(path) as raster:
            return _read_box(raster, bounds, crs, declared_crs, path.name)
    except RasterioError as error:
        fault = Fault(f"not a raster that can be read ({error})", path.name, todo="Give a GeoTIFF.")
        raise LayerError(fault) from error


def _read_box(raster: Any, bounds: Box, crs: str, declared_crs: str | None, where: str) -> Depth:
    named = raster.crs or declared_crs
    if named is None:
        raise CrsError(Fault("the flood raster names no coordinate system", where, todo="Save it with one."))
    if raster.count != 1:
        raise LayerError(Fault(f"{raster.count} bands instead of one", where, todo="Save the depths alone."))
    source = parse_crs(named, where)
    left, top, right, bottom = _in_cells(raster, bounds, crs, source)
    first_column, first_row = max(math.floor(left), 0), max(math.floor(top), 0)
    width = min(math.ceil(right), raster.width) - first_column
    height = min(math.ceil(bottom), raster.height) - first_row
    if height <= 0 or width <= 0:
        todo = "Is it of the same place, and is its coordinate system right?"
        raise LayerError(Fault("the flood raster doesn't reach any street", where, todo=todo))
    if height * width > MAX_CELLS:
        what = f"{height * width:,} cells in the box of the streets, {MAX_CELLS:,} at most"
        raise LayerError(Fault(what, where, todo="Save it with larger cells (QGIS: Export, resolution)."))
    values, notes = _depths(raster, Window(first_column, first_row, width, height), where)
    if left < 0 or top < 0 or right > raster.width or bottom > raster.height:
        english = f"{where} covers a part of the streets only; beyond it they are taken for dry"
        notes.append(Note(english, f"{where} 只覆盖部分路网，范围以外视为未淹没"))
    t = raster.transform
    corner = t.a * first_column + t.b * first_row + t.c, t.d * first_column + t.e * first_row + t.f
    return Depth(source.to_string(), (t.a, t.b, corner[0], t.d, t.e, corner[1]), values, where, tuple(notes))


def _in_cells(raster: Any, bounds: Box, crs: str, source: CRS) -> tuple[float, float, float, float]:
    """A box in columns and rows of the raster: left, top, right, bottom. Its sides may bend in the other system."""
    outline = shapely.segmentize(shapely.box(*bounds), max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 20 or 1.0)
    corners = shapely.get_coordinates(outline)
    x, y = project(corners[:, 0], corners[:, 1], crs, source)
    t = ~raster.transform
    column, row = t.a * x + t.b * y + t.c, t.d * x + t.e * y + t.f
    if not np.isfinite(column + row).all():  # places that the raster's system doesn't know are far from it
        return 0.0, 0.0, -1.0, -1.0
    return float(column.min()), float(row.min()), float(column.max()), float(row.max())


def _depths(raster: Any, window: Window, where: str) -> tuple[npt.NDArray[np.float32], list[Note]]:
    """Depths of a window, read strip by strip, 0 where none is known; and what was found on the way."""
    values = np.zeros((window.height, window.width), np.float32)
    scale, offset = raster.scales[0], raster.offsets[0]
    infinite = negative = 0
    for top in range(0, window.height, ROWS_AT_ONCE):
        rows = min(ROWS_AT_ONCE, window.height - top)
        strip = Window(window.col_off, window.row_off + top, window.width, rows)
        read = raster.read(1, window=strip, masked=True).astype(np.float64)
        depth = np.nan_to_num(np.ma.filled(read, np.nan) * scale + offset, nan=0.0, posinf=np.inf, neginf=np.inf)
        infinite += int(np.isinf(depth).sum())
        negative += int((depth < 0).sum())
        values[top : top + rows] = np.maximum(depth, 0.0)
    if infinite:
        raise LayerError(Fault(f"{infinite:,} cells whose depth is infinite", where, todo="Set its nodata value."))
    notes = []
    if negative:
        english = f"{where}: {counted(negative, 'cell', 'cells')} below 0 m, taken for dry"
        notes.append(Note(english, f"{where}：{negative:,} 个像元水深小于 0，视为未淹没"))
    if (deepest := float(values.max())) > DEEP_M:
        english = f"{where}: depths of up to {deepest:,.0f} m; are they heights above the sea, or centimetres?"
        notes.append(Note(english, f"{where}：最大水深 {deepest:,.0f} 米，请核实是否为高程或厘米"))
    return values, notes


def read_closures(path: str | Path, layer: str | None, declared_crs: str | None, to_crs: str) -> gpd.GeoSeries:
    """Polygons of closed ground from a vector layer, in `to_crs`; the index (named "feature") counts from 1.

    Raises LayerError for rows that are no polygons or cross themselves, and what `read_vector` raises.
    """
    frame = read_vector(Path(path), layer, declared_crs, to_crs)
    shapes: gpd.GeoSeries = frame.geometry
    faults = Faults(Path(path).name)
    polygonal = shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    if (~polygonal).any():
        todo = "A closure is an area; draw one around the streets that it closes."
        faults.add("rows that are no polygons", rows=row_labels(frame.index[~polygonal]), todo=todo)
    if (invalid := polygonal & ~shapes.is_valid).any():
        rows = row_labels(frame.index[invalid])
        faults.add("polygons that cross themselves", rows=rows, todo="Mend them (QGIS: Fix geometries).")
    faults.raise_if_any(LayerError)
    return shapes

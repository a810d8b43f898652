"""Vector layers from disk, with the checks that coordinates and coordinate systems need."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from civicreach.crs import Coordinates, check_degrees, parse_crs, project
from civicreach.errors import CrsError, Fault, Faults, InputError, LayerError
from civicreach.inputs.files import did_you_mean, require_file
from civicreach.inputs.tables import row_labels

PARQUET_SUFFIXES = (".parquet", ".geoparquet")
GEOJSON_SUFFIXES = (".geojson", ".json")


def read_vector(path: Path, layer: str | None, declared_crs: str | None, to_crs: str) -> gpd.GeoDataFrame:
    """A layer in `to_crs`; its index (named "feature") counts from 1 as in the file.

    `declared_crs` is for files that name none; a GeoJSON file without a crs member counts as one of them.
    Raises LayerError for a missing file, an unknown or empty layer and broken coordinates, CrsError where the
    coordinate system is missing or contradicts the coordinates.
    """
    frame = read_frame(require_file(path), layer)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="feature")
    frame.attrs["where"] = path.name
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(Fault("the layer has no geometry", path.name))
    if frame.empty:
        raise LayerError(Fault("the layer is empty", path.name, todo="Export it again with its rows."))
    source = source_crs(frame, path, declared_crs)
    frame = frame.set_crs(source, allow_override=True)
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    _check_coordinates(frame, source, path.name)
    moved = frame.set_geometry(frame.geometry.force_2d()).to_crs(to_crs)
    moved.attrs = dict(frame.attrs)
    lost = _not_finite(moved)
    if lost.any():
        rows = row_labels(moved.index[lost])
        raise LayerError(Fault(f"coordinates that don't fit {to_crs}", path.name, tuple(rows[:5]), len(rows)))
    return moved


def read_frame(path: Path, layer: str | None) -> pd.DataFrame:
    """A layer of a file as it is; a plain DataFrame where it has no geometry. LayerError for unreadable files."""
    if path.suffix.lower() in PARQUET_SUFFIXES:
        try:
            stored: pd.DataFrame = gpd.read_parquet(path)
            return stored
        except (ValueError, OSError) as error:
            raise LayerError(Fault(f"not a GeoParquet file ({_short(error)})", path.name)) from error
    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if layer is not None and layer not in layers:
            raise LayerError(Fault(f"no layer {layer!r}", path.name, todo=did_you_mean(layer, layers)))
        if layer is None and len(layers) != 1:
            todo = f"Name one of {', '.join(layers)} (layer = ...)." if layers else ""
            raise LayerError(Fault(f"the file has {len(layers) or 'no'} layers", path.name, todo=todo))
        with warnings.catch_warnings():
            # GDAL's remarks on rings and fields: what matters here is checked and told below.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            frame: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer or layers[0])
            return frame
    except (DataSourceError, DataLayerError) as error:
        raise LayerError(Fault(f"not a layer that can be read ({_short(error)})", path.name)) from error


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")[:120]


def source_crs(frame: gpd.GeoDataFrame, path: Path, declared: str | None) -> CRS:
    """The system of a layer: its own or, where it names none, the declared one. CrsError for none or two."""
    found: CRS | None = frame.crs
    if declared is None:
        if found is None:
            todo = 'Name it in study.toml, for example crs = "EPSG:4326" (closed_crs in a scenario).'
            raise CrsError(Fault("no coordinate system", path.name, todo=todo))
        return found
    wanted = parse_crs(declared, path.name)
    if found is None or wanted.equals(found, ignore_axis_order=True) or _implied_by_format(path):
        return wanted
    todo = "Take crs out of study.toml, or mend the file."
    what = f"the file says {found.to_string()}, study.toml says {declared}"
    raise CrsError(Fault(what, path.name, todo=todo))


def _implied_by_format(path: Path) -> bool:
    """GeoJSON without a crs member is in degrees by definition only: many programs write metres into it."""
    if path.suffix.lower() not in GEOJSON_SUFFIXES:
        return False
    try:
        return "crs" not in json.loads(path.read_bytes())
    except ValueError:
        return False


def _not_finite(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Geometries that are there but have a coordinate that is NaN or infinite (n,)."""
    shapes = frame.geometry.to_numpy()
    coordinates, at = shapely.get_coordinates(shapes, return_index=True)
    lost = np.zeros(len(shapes), dtype=bool)
    lost[at[~np.isfinite(coordinates).all(axis=1)]] = True
    return lost


def _check_coordinates(frame: gpd.GeoDataFrame, source: CRS, where: str) -> None:
    faults = Faults(where)
    missing = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
    if missing.any():
        faults.add("rows without a place", rows=row_labels(frame.index[missing]))
    if (lost := _not_finite(frame)).any():
        faults.add("coordinates that are no numbers", rows=row_labels(frame.index[lost]))
    coordinates, at = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    placed = ~lost[at]
    x, y = coordinates[placed].T
    wrong, _ = range_faults(x, y, source, frame.index[at[placed]], where)
    if wrong and not faults.found:
        raise CrsError(wrong)
    faults.found.extend(wrong)
    faults.raise_if_any(LayerError)


def check_range(x: Coordinates, y: Coordinates, source: CRS, rows: pd.Index, where: str) -> None:
    """Raise CrsError where coordinates (n,) contradict their system: metres called degrees, or the reverse.

    `rows` (n,) are the rows of the file that the coordinates belong to.
    """
    if found := range_faults(x, y, source, rows, where)[0]:
        raise CrsError(found)


def range_faults(
    x: Coordinates, y: Coordinates, source: CRS, rows: pd.Index, where: str
) -> tuple[list[Fault], npt.NDArray[np.bool_]]:
    """How coordinates (n,) contradict their system, as `check_range`, and which of them don't (n,)."""
    fits, found = np.ones(len(x), dtype=bool), []
    if source.is_geographic:
        for fault in check_degrees(x, y, where):
            at = np.array(fault.rows, dtype=np.int64)
            fits[at] = False
            labels = row_labels(rows[at].unique())
            found.append(replace(fault, rows=tuple(labels), count=len(labels)))
    elif len(x) and np.abs(x).max() <= 180 and np.abs(y).max() <= 180:
        fits[:] = False
        what = f"coordinates are degrees, but {source.to_string()} counts metres"
        found.append(Fault(what, where, todo='Name the right system, for example crs = "EPSG:4326".'))
    return found, fits


def points_of(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """A point for each row of a layer; a polygon gives a point inside it.

    Raises LayerError for lines and mixed collections.
    """
    kinds = frame.geometry.geom_type
    polygons = kinds.isin(["Polygon", "MultiPolygon"])
    other = ~polygons & ~kinds.isin(["Point", "MultiPoint"])
    if other.any():
        rows = row_labels(frame.index[other])
        what, where = "rows that are neither points nor polygons", str(frame.attrs.get("where", ""))
        todo = "Facilities and homes are points, or polygons that hold them."
        raise LayerError(Fault(what, where, tuple(rows[:5]), len(rows), todo))
    return frame.geometry.where(kinds == "Point", frame.geometry.representative_point())


def project_rows(x: pd.Series, y: pd.Series, crs: str, to_crs: str, where: str) -> gpd.GeoSeries:
    """Points in `to_crs` from two columns of a table in `crs`, on their index.

    Raises CrsError where the coordinates contradict `crs`, LayerError where they don't fit `to_crs`; both carry the
    `places` of the rows that are right.
    """
    source = parse_crs(crs, where)
    faults, fits = range_faults(x.to_numpy(), y.to_numpy(), source, x.index, where)
    kind: type[InputError] = CrsError if faults else LayerError
    x, y = x[fits], y[fits]
    px, py = project(x.to_numpy(), y.to_numpy(), source, to_crs)
    lost = ~(np.isfinite(px) & np.isfinite(py))
    if lost.any():
        rows = row_labels(x.index[lost])
        faults.append(Fault(f"coordinates that don't fit {to_crs}", where, tuple(rows[:5]), len(rows)))
        x, px, py = x[~lost], px[~lost], py[~lost]
    places = gpd.GeoSeries(shapely.points(px, py), index=x.index, crs=to_crs)
    if faults:
        error = kind(faults)
        error.places = places
        raise error
    return places

"""The GeoPackage: every layer of a study, with styles that QGIS applies by itself."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from civicreach.errors import Fault, OutputError
from civicreach.measures.result import StudyResult
from civicreach.report.analysis_layers import analysis_layers
from civicreach.report.geolayers import GeometryType, Layer, all_layers
from civicreach.report.notes import data_notes, note_of, standard_line
from civicreach.report.styles import Shape, qml
from civicreach.report.text import plain

FIXED_TIME = "2000-01-01T00:00:00.000Z"
"""Stands for every time inside the file: equal results are equal files."""

VERSION = "1.2"
"""Of the format; older QGIS and ArcGIS warn about later ones."""

GEOMETRY_COLUMN = "geom"
TAKEN_NAMES = ("fid", GEOMETRY_COLUMN)
SHAPES: dict[GeometryType, Shape] = {"Point": "marker", "MultiLineString": "line", "MultiPolygon": "fill"}
KINDS: dict[str, tuple[str, ...]] = {
    "Point": ("Point",),
    "MultiPolygon": ("Polygon", "MultiPolygon"),
    "MultiLineString": ("LineString", "MultiLineString"),
}


def write_layers(result: StudyResult, path: Path) -> None:
    """Write a study's layers, a table `about` and the table of styles; equal results give equal bytes.

    Raises OutputError where the file can't be written.
    """
    path.unlink(missing_ok=True)
    layers = [*all_layers(result), *analysis_layers(result)]
    note = " ".join(text for text in (note_of(result), result.attribution) if text)
    try:
        with _fixed_clock():
            for layer in layers:
                _write_layer(layer, path, f"{note} {layer.description}".strip())
            _write_rows(_about(result, layers), path, "about")
            _write_rows(_styles(layers), path, "layer_styles", fid="id")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        raise OutputError(
            Fault(f"can't be written ({str(error)[:200]})", path.name, todo="Is the disk full?")
        ) from error


def _write_layer(layer: Layer, path: Path, description: str) -> None:
    frame = tidy(layer.frame)
    new_file = {} if path.exists() else {"VERSION": VERSION}
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer.name,
        driver="GPKG",
        append=path.exists(),
        geometry_type=_geometry_type(frame, layer.geometry_type),
        promote_to_multi=layer.geometry_type != "Point",
        dataset_options=new_file,
        GEOMETRY_NAME=GEOMETRY_COLUMN,
        FID="fid",
        DESCRIPTION=plain(description),
    )


def _write_rows(frame: pd.DataFrame, path: Path, name: str, fid: str = "fid") -> None:
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists(), FID=fid)


def _geometry_type(frame: gpd.GeoDataFrame, wanted: GeometryType) -> str:
    """The layer's type; any geometry where the rows aren't all of the kind that is expected."""
    found = set(frame.geometry.geom_type.dropna())
    return wanted if found <= set(KINDS[wanted]) else "Unknown"


def tidy(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame as the file can hold it: unique names whatever their case; numbers, text, yes and no."""
    geometry = frame.geometry.name
    taken = {name.casefold() for name in TAKEN_NAMES}
    found: dict[str, Any] = {}
    for column in frame.columns:
        if column == geometry:
            continue
        name, number = plain(str(column)), 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain(str(column))}_{number}"
        taken.add(name.casefold())
        found[name] = _values(frame[column])
    return gpd.GeoDataFrame(found, geometry=frame.geometry.to_numpy(), crs=frame.crs, index=frame.index)


def _values(series: pd.Series[Any]) -> pd.Series[Any]:
    """A column as one of the kinds that GeoPackage has."""
    if pd.api.types.is_bool_dtype(series) and not series.hasnans:
        return series.astype(bool)
    if pd.api.types.is_numeric_dtype(series):
        if series.hasnans or pd.api.types.is_float_dtype(series):
            numbers = series.astype("float64")
            return numbers.where(np.isfinite(numbers))
        return series.astype("int64")
    if pd.api.types.is_datetime64_any_dtype(series):
        return series
    known = [each for each in series.tolist() if not _missing(each)]
    if known and all(isinstance(each, bool | np.bool_) for each in known):
        values = [pd.NA if _missing(each) else bool(each) for each in series.tolist()]
        return pd.Series(pd.array(values, dtype="boolean"), index=series.index)
    texts = [None if _missing(each) else _text(each) for each in series.tolist()]
    return pd.Series(texts, index=series.index, dtype=object)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        return plain(json.dumps(value, ensure_ascii=False, default=str))
    return plain(str(value))


def _about(result: StudyResult, layers: list[Layer]) -> pd.DataFrame:
    """What is to be known about the numbers, what they are held to, and what each layer is."""
    rows = list(data_notes(result).items())
    language = result.study.study.language
    rows += [(circle.service.label(language), standard_line(result, circle)) for circle in result.services]
    rows += [(layer.name, layer.description) for layer in layers]
    return pd.DataFrame({"item": [plain(item) for item, _ in rows], "content": [plain(text) for _, text in rows]})


def _styles(layers: list[Layer]) -> pd.DataFrame:
    """The table in which QGIS looks for styles."""
    styled = [layer for layer in layers if layer.rules]
    count = len(styled)
    return pd.DataFrame(
        {
            "f_table_catalog": [""] * count,
            "f_table_schema": [""] * count,
            "f_table_name": [layer.name for layer in styled],
            "f_geometry_column": [GEOMETRY_COLUMN] * count,
            "styleName": [layer.name for layer in styled],
            "styleQML": [qml(SHAPES[layer.geometry_type], layer.rules) for layer in styled],
            "styleSLD": [""] * count,
            "useAsDefault": [True] * count,
            "description": [layer.description for layer in styled],
            "owner": [""] * count,
            "ui": [""] * count,
            "update_time": pd.to_datetime([FIXED_TIME] * count),
        }
    )


@contextlib.contextmanager
def _fixed_clock() -> Iterator[None]:
    """Let the library note FIXED_TIME instead of the hour in the file."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})

"""Places of facilities and of people: the rows of a table with coordinates, or of a vector layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import geopandas as gpd
import pandas as pd

from civicreach.errors import CrsError, Fault, Faults, InputError, LayerError
from civicreach.inputs.tables import (
    is_table,
    number_column,
    read_table,
    row_labels,
    text_column,
    where_of,
)
from civicreach.inputs.vectors import points_of, project_rows, read_vector

VALUES_SHOWN = 10


@dataclass(frozen=True)
class PlaceSource:
    """Where rows with a place are read from; `x`, `y` and `crs` as in study.toml."""

    path: Path
    layer: str | None = None
    x: str | None = None
    y: str | None = None
    crs: str | None = None


def read_rows(source: PlaceSource, to_crs: str) -> pd.DataFrame:
    """The rows of a table as they are, or of a vector layer with its geometry in `to_crs`."""
    if is_table(source.path):
        return read_table(source.path, source.layer)
    layer: pd.DataFrame = read_vector(source.path, source.layer, source.crs, to_crs)
    return layer


def rows_where(frame: pd.DataFrame, where: Mapping[str, str], faults: Faults) -> pd.DataFrame:
    """The rows whose columns have the values asked for; a fault names the values present where none has."""
    kept = frame
    for name, wanted in where.items():
        values = text_column(frame, name, faults)
        if values is None:
            continue
        found = (values == wanted.strip()).fillna(False)
        if not found.any():
            present = values.dropna().unique().tolist()
            shown = ", ".join(map(repr, present[:VALUES_SHOWN])) or "no value"
            more = ", ..." if len(present) > VALUES_SHOWN else ""
            faults.add(f"no row where {name} is {wanted!r}", todo=f"The file has {shown}{more}.")
        kept = kept[found.reindex(kept.index).to_numpy(dtype=bool)]
    if kept.empty and not faults.found:
        faults.add(f"no row where {' and '.join(f'{name} is {value!r}' for name, value in where.items())}")
    return kept


def places_of(frame: pd.DataFrame, source: PlaceSource, to_crs: str, faults: Faults, ids: pd.Series) -> gpd.GeoSeries:
    """A point in `to_crs` for each row.

    Raises LayerError with `faults` and those of the places, CrsError where the system alone is wrong; both carry the
    `places` of the other rows, indexed by `ids` (those of `ids_of`), so that faults among them are told too.
    """
    kind: type[InputError] = LayerError
    try:
        places = points_of(frame) if isinstance(frame, gpd.GeoDataFrame) else _table_places(frame, source, to_crs)
    except InputError as error:
        kind = LayerError if faults.found else type(error)
        faults.extend(error)
        places = error.places
    if faults.found:
        _raise(kind, faults, places, ids.where(ids.notna(), pd.Series(row_labels(ids.index), index=ids.index)))
    return places


def _raise(kind: type[InputError], faults: Faults, places: gpd.GeoSeries | None, ids: pd.Series) -> NoReturn:
    error = kind(faults.found)
    if places is not None and len(places):
        error.places = places.set_axis(pd.Index(ids.loc[places.index]))
        error.places.attrs["where"] = faults.where
    raise error


def _table_places(frame: pd.DataFrame, source: PlaceSource, to_crs: str) -> gpd.GeoSeries:
    faults = Faults(where_of(frame))
    if source.x is None or source.y is None:
        todo = f"Name the columns with the coordinates; there are {', '.join(frame.columns)}."
        faults.add("x and y aren't named", todo=todo)
        raise LayerError(faults.found)
    x, y = number_column(frame, source.x, faults), number_column(frame, source.y, faults)
    if source.crs is None:
        missing = Fault("no coordinate system for x and y", faults.where, todo='Name it: crs = "EPSG:4326".')
        raise LayerError([*faults.found, missing]) if faults.found else CrsError(missing)
    if x is None or y is None:
        raise LayerError(faults.found)
    whole = x.notna() & y.notna()
    try:
        places = project_rows(x[whole], y[whole], source.crs, to_crs, faults.where)
    except InputError as error:
        if not faults.found:
            raise
        faults.extend(error)
        places = error.places
    if faults.found:
        failed = LayerError(faults.found)
        failed.places = places
        raise failed
    return places


def ids_of(frame: pd.DataFrame, id_column: str | None, faults: Faults) -> pd.Series:
    """An id for each row, on the frame's index: text of a column, or "row 7" as in the file without one.

    Missing and repeated ids are faults.
    """
    labels = pd.Series(row_labels(frame.index), index=frame.index, dtype="str")
    ids = text_column(frame, id_column, faults) if id_column is not None else labels
    if ids is None:
        return labels
    if (missing := ids.isna()).any():
        faults.add(f"{id_column} is empty", rows=labels[missing])
    if (repeated := ids.duplicated(keep=False) & ~missing).any():
        rows = [f"{value} in {label}" for value, label in zip(ids[repeated], labels[repeated], strict=True)]
        faults.add(f"{id_column} has ids that stand twice", rows=rows, todo="Give each row its own id.")
    return ids

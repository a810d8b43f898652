"""Facilities of one service from a table, a vector layer, or the tags of an OpenStreetMap extract."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point

from civicreach.errors import Fault, Faults, InputError, LayerError, Note
from civicreach.inputs.places import PlaceSource, ids_of, places_of, read_rows, rows_where
from civicreach.inputs.tables import number_column, row_labels, text_column, where_of
from civicreach.layers import Facilities
from civicreach.layers.facilities import STATUSES
from civicreach.layers.points import MAX_AMOUNT
from civicreach.study import Language, ServiceSpec, Study

STATUS_COLUMNS = ("status", "状态", "建设状态")
STATUS_WORDS = {
    **{word: word for word in STATUSES},
    **dict.fromkeys(("现状", "现有", "已建", "在用", "运营", "保留", "open"), "existing"),
    **dict.fromkeys(("规划", "在建", "新建", "拟建", "待建"), "planned"),
    **dict.fromkeys(("候选", "备选", "拟选"), "candidate"),
    **dict.fromkeys(("关闭", "已关闭", "停用", "撤销", "撤并"), "closed"),
}
"""What planners write in a status column."""
TECHNICAL_COLUMNS = ("fid", "ogc_fid", "geometry")


def read_facilities(study: Study, service_id: str, crs: str) -> Facilities:
    """The facilities of a service in the metric system `crs`, with the other columns of their file kept.

    Raises LayerError (or CrsError where nothing else is wrong) with every fault of the file at once.
    """
    service = study.service(service_id)
    if service.file is None:
        service = service.model_copy(update={"id_column": "id", "name_column": "name"})
        source = PlaceSource(study.roads.file)
        frame: pd.DataFrame = _tagged(source.path, service, crs)
    else:
        source = PlaceSource(service.file, service.layer, service.x, service.y, service.crs)
        frame = read_rows(source, crs)
    faults = Faults(where_of(frame))
    kept = rows_where(frame, service.where, faults)
    chosen = not faults.found
    built = _columns(kept, service, faults)
    built["name"] = named_by_id(built["name"], built["facility_id"], study.study.language)
    if kept.empty:
        raise LayerError(faults.found)
    try:
        places = places_of(kept, source, crs, faults, built["facility_id"])
        layer = gpd.GeoDataFrame(built, geometry=places, crs=crs).set_index("facility_id")
        notes = (*frame.attrs.get("notes", ()), *_notes(layer, service))
        return Facilities(layer, service.id, service.capacity_unit, where_of(frame), notes, _named_columns(kept))
    except InputError as error:
        if chosen:
            error.rest = _rest(kept, built, service, crs)
        raise


def _rest(kept: pd.DataFrame, built: pd.DataFrame, service: ServiceSpec, crs: str) -> Facilities:
    """The layer with something harmless wherever a fault is told: for checking its other columns, not for measuring.

    All places are one, rows of no known status count as closed, and capacities that can't be read as the largest.
    """
    labels = pd.Series(row_labels(built.index), index=built.index, dtype="str")
    ids = built["facility_id"].astype("str").where(built["facility_id"].notna(), labels)
    ids = ids.where(~ids.duplicated(keep=False), ids + " in " + labels)
    rest = built.assign(facility_id=ids, status=built["status"].fillna("closed"))
    if service.capacity is not None:
        read = built.get("capacity", pd.Series(np.nan, index=built.index))
        blank = text_column(kept, service.capacity, Faults()) if service.capacity in kept.columns else None
        empty = False if blank is None else blank.isna()
        rest["capacity"] = read.where(read.between(0, MAX_AMOUNT) | empty, MAX_AMOUNT)
    rest = rest.drop(columns="geometry", errors="ignore").set_index("facility_id")
    nowhere = gpd.GeoDataFrame(rest, geometry=[Point(0, 0)] * len(rest), crs=crs)
    return Facilities(nowhere, service.id, service.capacity_unit, where_of(kept), (), _named_columns(kept))


def _named_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(name) for name in frame.columns if name not in TECHNICAL_COLUMNS)


def named_by_id(names: pd.Series, ids: pd.Series, language: Language) -> pd.Series:
    """Names, and for those that have none a word that says so with the id, so that no row of a list is blank.

    >>> named_by_id(pd.Series(["East", ""]), pd.Series(["way/1", "way/2"]), "en").tolist()
    ['East', 'unnamed (way/2)']
    """
    shown = ids.astype(str).map("未命名（{}）".format if language == "zh" else "unnamed ({})".format)
    return names.where(names != "", shown)


def _columns(frame: pd.DataFrame, service: ServiceSpec, faults: Faults) -> pd.DataFrame:
    mapped = {service.x, service.y, service.id_column, service.name_column, service.capacity}
    replaced = {*mapped, *TECHNICAL_COLUMNS, *STATUS_COLUMNS, "facility_id", "name", "capacity"}
    rest = pd.DataFrame(frame[[c for c in frame.columns if c not in replaced]])
    built = rest.assign(facility_id=ids_of(frame, service.id_column, faults))
    name_column = service.name_column or ("name" if "name" in frame.columns else None)
    names = text_column(frame, name_column, faults) if name_column is not None else None
    built["name"] = built["facility_id"] if names is None else names.fillna("")
    built["status"] = _status(frame, faults)
    if service.capacity is not None:
        capacity = number_column(frame, service.capacity, faults, required=False)
        if capacity is not None:
            built["capacity"] = capacity
            if (negative := capacity < 0).any():
                todo = "A capacity is 0 or more: mend these rows."
                faults.add(f"{service.capacity} is negative", rows=row_labels(frame.index[negative]), todo=todo)
    return built


def _status(frame: pd.DataFrame, faults: Faults) -> pd.Series:
    column = next((c for c in STATUS_COLUMNS if c in frame.columns), None)
    values = text_column(frame, column, faults) if column is not None else None
    if values is None:
        return pd.Series("existing", index=frame.index, dtype="str")
    known = values.str.lower().map(STATUS_WORDS)
    if (unknown := values.notna() & known.isna()).any():
        shown = zip(row_labels(frame.index[unknown]), values[unknown], strict=True)
        faults.add(
            f"{column} has unknown values",
            rows=[f"{row} has {value!r}" for row, value in shown],
            todo=f"Use {', '.join(STATUS_WORDS)}.",
        )
    return known.where(values.notna(), "existing").astype("str")


def _notes(built: gpd.GeoDataFrame, service: ServiceSpec) -> tuple[str, ...]:
    if "capacity" not in built.columns or not (unknown := built["capacity"].isna()).any():
        return ()
    first, count = [str(i) for i in built.index[unknown][:5]], int(unknown.sum())
    english = f"{count:,} of {len(built):,} {'has' if count == 1 else 'have'} no {service.capacity}"
    chinese = f"{len(built):,} 处设施中有 {count:,} 处未填“{service.capacity}”"
    return (Note(f"{english} ({', '.join(first)})", f"{chinese}（{'、'.join(first)}）"),)


def _tagged(path: Path, service: ServiceSpec, crs: str) -> gpd.GeoDataFrame:
    """The places that carry the tags of a service; its OpenStreetMap id is their row."""
    from civicreach.inputs.osm_places import read_osm_places

    found = read_osm_places(path, service.osm, crs)
    if found.empty:
        what = f"service {service.id}: nothing is tagged {' or '.join(service.osm)}"
        raise LayerError(Fault(what, path.name))
    frame = found.rename(columns={"name:en": "name_en"}).rename_axis("object")
    frame.attrs = {"where": path.name, "notes": tuple(found.attrs.get("notes", ()))}
    return frame

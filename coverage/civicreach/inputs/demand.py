"""Where the people are: read from points, a table, rasters, or a table spread over rasters or buildings."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Fault, Faults, InputError, LayerError, Note, nearest
from civicreach.inputs import demand_spread
from civicreach.inputs.files import did_you_mean
from civicreach.inputs.places import PlaceSource, ids_of, places_of, read_rows
from civicreach.inputs.tables import number_column, read_table, row_labels, where_of
from civicreach.inputs.total_rows import check_parents, check_totals, is_total
from civicreach.layers import LEVELS, Areas, Demand
from civicreach.study import DemandSpec, Study

TAKEN = (
    *(name for level in LEVELS for name in (level, f"{level}_id")),
    *("all", "capacity", "demand_id", "facility_id", "geometry", "name", "present", "served", "service", "snapped"),
    *("status", "straight_line", "unit", "urban"),
)
TAKEN_ENDINGS = ("_id", "_m", "_min", "_count", "_share", "_covered", "_uncovered", "_unsnapped", "_edge", "_status")
"""Names that stand beside groups in tables and layers: a group called like one of them would take its place."""
KNOWN_GROUPS = ("people", "elderly", "elderly_80", "households")
PARTS = ("people", "elderly", "elderly_80")
"""Each of these groups is a part of the one before."""


def read_demand(study: Study, crs: str, areas: Areas | None = None) -> Demand:
    """The demand of a study in the metric system `crs`, with the codes of `areas` where they are given.

    Points outside all areas are kept. Raises LayerError with every fault of a file at once, and CrsError for
    coordinate systems.
    """
    spec = study.demand
    faults = Faults()
    spec = _known_groups(spec, faults)
    try:
        demand = _read(study, spec, crs, areas)
        _check_totals(demand)
    except InputError as error:
        if not faults.found:
            raise
        faults.extend(error)
        told = LayerError(faults.found)
        told.places = error.places
        raise told from error
    faults.raise_if_any(LayerError)
    return demand if areas is None else demand.in_areas(areas)


def _read(study: Study, spec: DemandSpec, crs: str, areas: Areas | None) -> Demand:
    if spec.method == "points":
        demand = _from_points(spec, crs)
    elif spec.method == "table":
        demand = _from_table(spec, _needed(areas, spec))
    elif spec.method == "rasters":
        demand = demand_spread.from_rasters(spec, crs)
    elif spec.method == "table_on_rasters":
        known = _needed(areas, spec)
        totals = _totals(study, spec, crs, known)
        demand = demand_spread.table_on_rasters(spec, totals, known, crs)
    else:
        some = None if spec.table is None else _totals(study, spec, crs, _needed(areas, spec))
        demand = demand_spread.on_buildings(spec, spec.file or study.roads.file, some, areas, crs)
    return demand


def _totals(study: Study, spec: DemandSpec, crs: str, areas: Areas) -> pd.DataFrame:
    """The totals of a table; where it has faults, those of what it is spread over are told with them."""
    try:
        return read_totals(spec, areas)
    except InputError as error:
        faults = Faults()
        faults.extend(error)
        try:
            demand_spread.check_weights(spec, study.roads.file, crs)
        except InputError as more:
            faults.extend(more)
        raise LayerError(faults.found) from error


def check_demand(study: Study, crs: str) -> None:
    """Raise what is wrong with the demand by itself, for a study whose areas can't be read."""
    if study.demand.table is None:
        read_demand(study, crs)
        return
    faults = Faults()
    spec = _known_groups(study.demand, faults)
    for check in (
        lambda: _table_amounts(spec, spec.columns.get("id")),
        lambda: demand_spread.check_weights(spec, study.roads.file, crs),
    ):
        try:
            check()
        except InputError as error:
            faults.extend(error)
    faults.raise_if_any(LayerError)


def _needed(areas: Areas | None, spec: DemandSpec) -> Areas:
    if areas is None:
        todo = "Add [areas] to study.toml."
        raise LayerError(Fault(f'demand by method = "{spec.method}" needs areas', "demand", todo=todo))
    return areas


def _known_groups(spec: DemandSpec, told: Faults) -> DemandSpec:
    """The same without groups and columns that can't be: these are noted in `told`; raises where no group is left."""
    faults = Faults("demand.groups")
    folded = [group.casefold() for group in spec.groups]
    if repeated := [group for group in spec.groups if folded.count(group.casefold()) > 1]:
        faults.add("groups that stand twice", rows=repeated, todo="Name each group once.")
    if taken := [group for group in spec.groups if group.casefold() in TAKEN or group.endswith(TAKEN_ENDINGS)]:
        faults.add("names that the results use themselves", rows=taken, todo="Call these groups something else.")
    known = ("id", *spec.groups, *KNOWN_GROUPS)
    for key in spec.columns:
        if key not in known:
            todo = did_you_mean(key, ("id", *spec.groups))
            faults.add(f"{key!r} is no group of the demand", where="demand.columns", todo=todo)
    told.found += faults.found
    if not faults.found:
        return spec
    groups = tuple(group for group in spec.groups if group not in repeated and group not in taken)
    if not groups:
        told.raise_if_any(LayerError)
    columns = dict(spec.columns)
    for key in [key for key in columns if key not in known]:
        meant = nearest(key, ("id", *groups))
        if meant is not None:  # else the right one would be told to be missing too
            columns.setdefault(meant, columns[key])
    return spec.model_copy(update={"groups": groups, "columns": columns})


def amounts_of(frame: pd.DataFrame, spec: DemandSpec, faults: Faults) -> pd.DataFrame:
    """The amounts of the study's groups (float64) on the table's index.

    Missing columns, values that are negative or no numbers, and parts larger than their whole are faults.
    """
    amounts = {}
    for group in spec.groups:
        column = spec.columns.get(group, group)
        if group not in spec.columns and column not in frame.columns:
            near = nearest(column, [c for c in frame.columns if c != "geometry"])
            hint = f' (perhaps "{near}")' if near else ""
            todo = f"Name its column in [demand.columns]: {group} = ...{hint}"
            faults.add(f"no column for the group {group!r}", todo=todo)
            continue
        values = number_column(frame, column, faults)
        if values is None:
            continue
        if (negative := values < 0).any():
            todo = "Amounts are 0 or more: mend these rows."
            faults.add(f"{column} is negative", rows=row_labels(frame.index[negative]), todo=todo)
        amounts[group] = values
    present = [group for group in PARTS if group in amounts]
    for whole, part in pairwise(present):
        # a negative whole is told by itself
        if (more := (amounts[whole] >= 0) & (amounts[part] > amounts[whole] * (1 + 1e-9))).any():
            faults.add(f"more {part} than {whole}", rows=row_labels(frame.index[more]))
    return pd.DataFrame(amounts, index=frame.index)


def _from_points(spec: DemandSpec, crs: str) -> Demand:
    if spec.file is None:
        raise LayerError(Fault('demand by method = "points" needs file', "demand"))
    source = PlaceSource(spec.file, spec.layer, spec.x, spec.y, spec.crs)
    frame = read_rows(source, crs)
    faults = Faults(where_of(frame))
    ids = ids_of(frame, spec.columns.get("id"), faults)
    amounts = amounts_of(frame, spec, faults)
    places = places_of(frame, source, crs, faults, ids)
    built = gpd.GeoDataFrame(amounts.assign(demand_id=ids), geometry=places, crs=crs)
    return Demand(built.set_index("demand_id"), spec.groups, where_of(frame), spec.weight_note)


def read_totals(spec: DemandSpec, areas: Areas) -> pd.DataFrame:
    """The amounts of a table on the index of the areas, in their order.

    Rows that join no area and areas without a row are faults: a total that goes missing makes a wrong rate.
    """
    return _table_amounts(spec, spec.columns.get("id", f"{areas.lowest}_id"), areas).reindex(areas.frame.index)


def _table_amounts(spec: DemandSpec, id_column: str | None, areas: Areas | None = None) -> pd.DataFrame:
    """The amounts of a table by its ids, which must be those of `areas` where they are given."""
    if spec.table is None:
        raise LayerError(Fault(f'demand by method = "{spec.method}" needs table', "demand"))
    frame = read_table(spec.table, spec.layer)
    faults = Faults(where_of(frame))
    called = is_total(frame, id_column)
    rows = frame[~called]
    ids = ids_of(rows, id_column, faults)
    amounts = amounts_of(rows, spec, faults)
    if areas is not None and id_column is not None and id_column in frame.columns:
        above = check_parents(ids, amounts, areas, faults)
        ids, amounts = ids[~above], amounts[~above]
        _check_join(ids, areas, id_column, faults)
    if areas is not None and called.any():
        check_totals(frame, called, amounts, {g: spec.columns.get(g, g) for g in amounts.columns}, faults)
    faults.raise_if_any(LayerError)
    return amounts.set_axis(pd.Index(ids), axis=0)


def _check_join(ids: pd.Series, areas: Areas, column: str, faults: Faults) -> None:
    known = areas.frame.index
    stray = ids.notna() & ~ids.isin(known)
    if stray.any():
        labels = zip(row_labels(ids.index[stray]), ids[stray], strict=True)
        todo = f"The areas have {', '.join(map(str, known[:3]))}, ..."
        for level in areas.levels[:-1]:
            if ids[stray].isin(areas.frame[f"{level}_id"]).all():
                todo = f"They are ids of the level {level}; the areas' lowest level is {areas.lowest}."
        rows = [f"{row} has {value!r}" for row, value in labels]
        faults.add(f"{column} names no {areas.lowest} of the areas", rows=rows, todo=todo)
    if len(lacking := known[~known.isin(ids)]):
        todo = "Give each a row; 0 where nobody lives."
        faults.add(f"{areas.lowest} areas without a row in the table", rows=lacking.tolist(), todo=todo)


def _from_table(spec: DemandSpec, areas: Areas) -> Demand:
    totals = read_totals(spec, areas)
    points = areas.frame.geometry.representative_point()
    frame = gpd.GeoDataFrame(totals, geometry=points, crs=areas.frame.crs).rename_axis("demand_id")
    what = Note(f"each {areas.lowest} stands at one point inside it", "每个基层单元以其内部的一个代表点计")
    source = spec.table.name if spec.table is not None else ""
    return Demand(frame, spec.groups, source, spec.weight_note, (what,))


def _check_totals(demand: Demand) -> None:
    faults = Faults(demand.source)
    for group in demand.groups:
        if not np.any(demand.frame[group] > 0):
            faults.add(f"the total of {group} is 0", todo="A share of nobody can't be computed.")
    faults.raise_if_any(LayerError)

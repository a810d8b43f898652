"""What an analysis says in tables: its topics level by level and its lists, as plain JSON values with their colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from civicreach.maps.analysis_columns import both, cells, field_entries, graded, shown_step, told_apart, yes_or_no
from civicreach.maps.grades import grades, set_grades
from civicreach.maps.palette import Ramp
from civicreach.maps.shapes import Grid
from civicreach.measures.analysis import Field, Listing, MapLayer, Topic
from civicreach.measures.rollup import URBAN_RURAL, WHOLE, total_row

Units = Mapping[str, pd.Index]
"""The ids of each level's units, from the whole to the part; nothing without areas."""

MORE_IS_WORSE = ("amount", "count", "minutes", "metres")
"""Kinds of which more is worse where a topic says nothing of them: what is short, what is far."""


def topic_entry(topic: Topic, units: Units, ramp: Ramp) -> dict[str, Any]:
    """A topic: its fields, its tables in the order of each level's units, its total row, and how units are coloured."""
    levels = [level for level in (*units, URBAN_RURAL, WHOLE) if level in topic.tables]
    # in the order of the level's units, so that row i is shape i
    frames = {k: topic.tables[k].reindex(units[k]) if k in units else topic.tables[k] for k in levels}
    fields = [f for f in topic.fields if any(f.name in frame for frame in frames.values())]
    told = field_entries(fields, frames.values())
    at = {f.name: k for k, f in enumerate(fields)}
    coloured = [name for name in topic.coloured if name in at]
    first = fields[at[coloured[0]]] if coloured else None
    tables = {}
    for level, frame in frames.items():
        tables[level] = {
            "id": [str(i) for i in frame.index] if level in (URBAN_RURAL, WHOLE) else [],
            "values": _values(frame, fields, told),
            "yes_no": [at[f.name] for f in fields if f.name in frame and of_one(f, frame)],
            "colours": {
                str(at[name]): _colours(frame, fields[at[name]], told[at[name]], topic, ramp, first)
                for name in coloured
                if name in frame and level in units
            },
        }
    return {
        "id": topic.id,
        "title": both(topic.title),
        "rule": both(topic.rule),
        "fields": told,
        "coloured": [at[name] for name in coloured],
        "high_is_worse": [high_is_worse(topic, fields[at[name]], fields[at[coloured[0]]]) for name in coloured],
        "target": topic.target,
        "tables": tables,
        "total": _total(topic.tables[levels[0]], topic.fields, fields, told) if levels else [],
    }


def _values(frame: pd.DataFrame, fields: Sequence[Field], told: Sequence[dict[str, Any]]) -> list[Any]:
    return [cells(frame[f.name], entry) if f.name in frame else None for f, entry in zip(fields, told, strict=True)]


def high_is_worse(topic: Topic, field: Field, first: Field) -> bool:
    """What a field says of itself, else what its topic says of the first field for others of the same kind."""
    if field.low_is_good is not None:
        return field.low_is_good
    return topic.low_is_good if field.kind == first.kind else field.kind in MORE_IS_WORSE


def of_one(field: Field, frame: pd.DataFrame) -> bool:
    """Whether a share of units is yes or no in a table, because each of its rows counts one unit at most."""
    if not any(field.of_one) or field.ratio is None or field.ratio[1] not in frame:
        return False
    return bool(frame[field.ratio[1]].fillna(0).isin([0, 1]).all())


def _colours(
    frame: pd.DataFrame, field: Field, told: dict[str, Any], topic: Topic, ramp: Ramp, first: Field | None
) -> dict[str, Any] | None:
    """The colours of units by a field; a topic's target is that of the first field that it colours by."""
    column = frame[field.name]
    if field.kind in ("text", "flag") or field.words:
        return told_apart(column, field)
    if of_one(field, frame):
        return yes_or_no(column, ramp)
    target, step = topic.target if field is first else None, shown_step(told)
    values = pd.to_numeric(column, errors="coerce").astype(float)
    shown = values.round(round(-math.log10(step)))
    if field.breaks:
        fixed = set_grades(shown, field.breaks)
        return None if fixed is None else graded(fixed, ramp)
    found = grades(
        # as they are shown, so that a value never stands on the other side of its class's ends
        shown if target is None else values,
        share=field.kind == "share",
        dark_is_high=high_is_worse(topic, field, first or field),
        target=target,
        step=step,
        diverging=True,
        apart=bool(values.dropna().eq(shown.dropna()).all()),
    )
    return None if found is None else graded(found, ramp)


def _total(
    table: pd.DataFrame, all_fields: Sequence[Field], fields: Sequence[Field], told: Sequence[dict[str, Any]]
) -> list[Any]:
    """The row below a table, one value for each of `fields`; nothing where a sum means nothing."""
    row = total_row(table, all_fields)
    return [
        cells(pd.Series([row[f.name]]), entry)[0] if f.name in row.index else None
        for f, entry in zip(fields, told, strict=True)
    ]


def listing_entry(listing: Listing, layers: Sequence[MapLayer], units: Units, grid: Grid) -> dict[str, Any]:
    """A list in its own order, with what a click on a row goes to."""
    frame = listing.frame
    fields = [f for f in listing.fields if f.name in frame]
    told = field_entries(fields, [frame])
    summed = len(frame) > 1 and any(f.total or f.ratio is not None for f in fields)
    return {
        "id": listing.id,
        "title": both(listing.title),
        "rule": both(listing.rule),
        "fields": told,
        "count": len(frame),
        "values": _values(frame, fields, told),
        "total": _total(frame, listing.fields, fields, told) if summed else None,
        "link": _link(listing, layers, units, grid),
    }


def _link(listing: Listing, layers: Sequence[MapLayer], units: Units, grid: Grid) -> dict[str, Any] | None:
    """Where the rows of a list lie: shapes of a layer with the same ids, their own geometry, or units of a level."""
    ids = listing.frame.index
    for k in sorted(range(len(layers)), key=lambda k: layers[k].id != listing.id):
        drawn = layers[k].frame.index
        if (_numbered(ids) and layers[k].id != listing.id) or drawn.has_duplicates:
            continue
        at = drawn.get_indexer(ids)
        if (at >= 0).any():
            return {"layer": k, "at": at.tolist()}
    if isinstance(listing.frame, gpd.GeoDataFrame):
        return {"boxes": _boxes(listing.frame, grid)}
    return _in_units(listing.frame, units)


def _boxes(frame: gpd.GeoDataFrame, grid: Grid) -> list[list[float] | None]:
    shapes = frame.geometry
    there = (shapes.notna() & ~shapes.is_empty).tolist()
    bounds = shapes.bounds.to_numpy().tolist()
    return [grid.degrees((b[0], b[1], b[2], b[3])) if known else None for b, known in zip(bounds, there, strict=True)]


def _in_units(frame: pd.DataFrame, units: Units) -> dict[str, Any] | None:
    """Units by a column of codes, or by the rows' own ids, from the lowest level upwards."""
    for level, ids in list(units.items())[::-1]:
        name = f"{level}_id"
        if name in frame:
            codes = pd.Index(frame[name].astype(object))
        elif frame.index.name == name or not _numbered(frame.index):
            codes = frame.index
        else:
            continue
        at = ids.get_indexer(codes)
        if (at >= 0).any():
            return {"level": level, "at": at.tolist()}
    return None


def _numbered(ids: pd.Index) -> bool:
    """Whether rows are only numbered: the same numbers elsewhere mean something else."""
    return bool(pd.api.types.is_integer_dtype(ids))

"""Areas from a polygon layer whose columns name the levels of the hierarchy."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.inputs.files import did_you_mean
from civicreach.inputs.tables import row_labels, text_column, where_of
from civicreach.inputs.vectors import read_vector
from civicreach.layers import LEVELS, Areas
from civicreach.study import Study

URBAN_WORDS = {
    **dict.fromkeys(("1", "true", "yes", "y", "urban", "城", "城镇", "城市", "是"), True),
    **dict.fromkeys(("0", "false", "no", "n", "rural", "乡", "农村", "乡村", "村", "否"), False),
}
STANDARD_COLUMNS = (*(name for level in LEVELS for name in (f"{level}_id", level)), "urban")


def read_areas(study: Study, crs: str) -> Areas | None:
    """The areas of a study in the metric system `crs`; None where it names none.

    Without [areas.columns] the layer must have columns with the standard names (community_id, ...).
    Raises LayerError with every fault of the columns at once, CrsError for the coordinate system.
    """
    spec = study.areas
    if spec is None:
        return None
    layer = read_vector(spec.file, spec.layer, spec.crs, crs)
    faults = Faults(where_of(layer))
    mapping = _mapping(spec.columns, layer, faults)
    columns = {
        name: text_column(layer, source, faults)
        for name, source in sorted(mapping.items(), key=lambda item: STANDARD_COLUMNS.index(item[0]))
    }
    present = {name: values for name, values in columns.items() if values is not None}
    built = pd.DataFrame(present, index=layer.index)
    if "urban" in built.columns:
        built["urban"] = _urban(built["urban"], mapping["urban"], faults)
    _complete_ids(built, layer.index, mapping, faults)
    faults.raise_if_any(LayerError)
    return Areas(gpd.GeoDataFrame(built, geometry=layer.geometry, crs=crs), where_of(layer))


def _mapping(columns: Mapping[str, str], layer: gpd.GeoDataFrame, faults: Faults) -> dict[str, str]:
    """Standard names and the columns of the layer that hold them."""
    if not columns:
        found = {name: name for name in STANDARD_COLUMNS if name in layer.columns}
        if not any(name.endswith("_id") for name in found):
            there = ", ".join(str(c) for c in layer.columns if c != "geometry")
            todo = f'Name one in [areas.columns], for example community_id = "code". There are {there}.'
            faults.add("no column with a standard name such as community_id", todo=todo)
        return found
    for name in columns:
        if name not in STANDARD_COLUMNS:
            faults.add(f"[areas.columns] has no {name!r}", todo=did_you_mean(name, STANDARD_COLUMNS))
    return {name: source for name, source in columns.items() if name in STANDARD_COLUMNS}


def _complete_ids(built: pd.DataFrame, rows: pd.Index, mapping: Mapping[str, str], faults: Faults) -> None:
    """Give upper levels that have only names those names as ids; tell rows without an id."""
    named = [level for level in LEVELS if level in mapping or f"{level}_id" in mapping]
    for level in named[:-1]:
        if f"{level}_id" not in mapping and level in built.columns:
            built[f"{level}_id"] = built[level]
    if named and f"{named[-1]}_id" not in mapping:
        todo = f'Add {named[-1]}_id = "..." to [areas.columns].'
        faults.add(f"the lowest level, {named[-1]}, has names but no ids", todo=todo)
    for level in named:
        ids = built.get(f"{level}_id")
        if ids is not None and ids.isna().any():
            column = mapping.get(f"{level}_id", mapping.get(level, ""))
            faults.add(f"{column} is empty", rows=row_labels(rows[ids.isna()]))
        if level in built.columns and ids is not None:
            built[level] = built[level].fillna(ids)


def _urban(values: pd.Series, column: str, faults: Faults) -> pd.Series:
    flags = values.str.lower().map(URBAN_WORDS).astype(object)
    if (unknown := values.notna() & flags.isna()).any():
        shown = zip(row_labels(values.index[unknown]), values[unknown], strict=True)
        faults.add(
            f"{column} has values that are neither urban nor rural",
            rows=[f"{row} has {value!r}" for row, value in shown],
            todo=f"Use {', '.join(URBAN_WORDS)}.",
        )
    return flags.where(flags.notna(), None)

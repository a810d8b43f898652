"""Sums of the lowest units on every level above them, exact, with ratios of sums beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from civicreach.layers import Areas
from civicreach.measures.analysis import Field
from civicreach.measures.coverage import PEOPLE_DECIMALS

WHOLE = "all"
URBAN_RURAL = "urban_rural"
UNIT_COUNT = "unit_count"
TOTALS = "totals"
"""Where a table keeps its total row by column, once small counts have been taken out of its rows."""


def sums_by_unit(values: pd.DataFrame, unit: pd.Series, areas: Areas | None) -> pd.DataFrame:
    """Sums of rows (homes, facilities) by the lowest unit they lie in, on the areas' index; one row "all" without.

    `unit` holds the unit's id of each row; rows without one are in no unit and so in no sum. Rounded to a millionth,
    so that every level above is exactly the sum of its parts.
    """
    if areas is None:
        return pd.DataFrame([values.sum(axis=0)], index=pd.Index([WHOLE], name=WHOLE)).round(PEOPLE_DECIMALS)
    known = unit.notna().to_numpy()
    sums = values[known].groupby(unit[known].to_numpy(), sort=True).sum()
    return sums.reindex(areas.frame.index, fill_value=0).round(PEOPLE_DECIMALS)


def roll_up(lowest: pd.DataFrame, areas: Areas | None, fields: Sequence[Field]) -> dict[str, pd.DataFrame]:
    """Level -> table on the units' ids: names of the levels, `urban` at the lowest, `unit_count`, and all `fields`.

    `lowest` holds every additive column on the areas' index. Ratios and derived fields are computed anew on each
    level from its sums. Also "urban_rural" where areas carry the flag; one table "all" without areas.
    """
    if areas is None:
        return {WHOLE: with_ratios(lowest.assign(**{UNIT_COUNT: 1}), fields)}
    counted = lowest.assign(**{UNIT_COUNT: 1})
    tables = {level: _level(counted, areas, level, fields) for level in areas.levels}
    if areas.frame["urban"].notna().any():
        kind = areas.frame["urban"].map({True: "urban", False: "rural"}).fillna("unknown")
        tables[URBAN_RURAL] = with_ratios(_sum(counted, kind), fields)
        tables[URBAN_RURAL].index.name = URBAN_RURAL
    return tables


def with_ratios(sums: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """The same sums with the ratios and derived columns that fields ask for; NaN where the denominator is 0."""
    table = sums.copy()
    for each in fields:
        if each.ratio is not None:
            above, below, factor = each.ratio
            table[each.name] = factor * table[above] / table[below].where(table[below] > 0)
        elif each.derive is not None:
            table[each.name] = each.derive(table)
    return table


def total_row(table: pd.DataFrame, fields: Sequence[Field]) -> pd.Series:
    """The row that stands below a table: sums, ratios of sums, derived values; nothing where a sum means nothing."""
    if TOTALS in table.attrs:
        return pd.Series(table.attrs[TOTALS], dtype=float)
    sums = table.select_dtypes("number").sum().round(PEOPLE_DECIMALS)
    row = with_ratios(pd.DataFrame([sums]), fields).iloc[0]
    shown = [f.name for f in fields if f.total or f.ratio is not None or f.derive is not None]
    return row.reindex([*shown, *([UNIT_COUNT] if UNIT_COUNT in row.index else [])])


def _sum(lowest: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    whole = [c for c in lowest.columns if pd.api.types.is_integer_dtype(lowest[c])]
    # by the index: pandas writes out whole arrays that it is to group by when it looks whether they are a column
    table = lowest.set_axis(unit.to_numpy(), axis=0).groupby(level=0, sort=True).sum().round(PEOPLE_DECIMALS)
    table[whole] = table[whole].astype(np.int64)
    return table


def _level(lowest: pd.DataFrame, areas: Areas, level: str, fields: Sequence[Field]) -> pd.DataFrame:
    frame = areas.frame
    if level == areas.lowest:
        table = lowest
        names = frame[[c for c in areas.columns if c != f"{level}_id"]]
    else:
        table = _sum(lowest, frame[f"{level}_id"])
        above = areas.levels[: areas.levels.index(level) + 1]
        columns = [c for name in above for c in (f"{name}_id", name) if c != f"{level}_id"]
        names = frame.groupby(f"{level}_id", sort=True)[columns].first()
    joined = pd.DataFrame(pd.concat([names, with_ratios(table, fields)], axis=1))
    joined.index.name = f"{level}_id"
    return joined

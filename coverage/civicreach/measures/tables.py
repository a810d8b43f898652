"""Coverage tables by level that add up exactly: every level is the sum of the lowest one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM, add_up, facility_count

Tables = dict[str, pd.DataFrame]

WHOLE = "all"
URBAN_RURAL = "urban_rural"


def coverage_tables(
    demand: Demand,
    areas: Areas | None,
    facilities: Facilities,
    *,
    headline: str,
    status: pd.Series,
    straight: pd.Series,
) -> Tables:
    """Level -> table on the units' ids: names, for every group its sum, `<group>_covered`, `<group>_share`; with areas
    also `facility_count`, `present`, `served` and the shares of lowest units present and served; the straight-line
    share of the `headline` group.

    `status` (one of STATUSES) and `straight` (within the standard as the crow flies) are on the demand's index.
    """
    lowest = _lowest_sums(demand, areas, status, straight, headline)
    if areas is None:
        return {WHOLE: _with_shares(lowest, demand, headline)}
    lowest["facility_count"] = facility_count(facilities, areas)
    share = lowest[f"{headline}_covered"] / lowest[headline].where(lowest[headline] > 0)
    lowest["present"] = lowest["facility_count"] > 0
    lowest["served"] = (share >= SERVED_FROM).fillna(False)
    tables = {level: _level(lowest, areas, level, demand, headline) for level in areas.levels}
    if areas.frame["urban"].notna().any():
        kind = areas.frame["urban"].map({True: "urban", False: "rural"}).fillna("unknown")
        tables[URBAN_RURAL] = _with_shares(_sum(lowest, kind), demand, headline)
    return tables


def _lowest_sums(
    demand: Demand, areas: Areas | None, status: pd.Series, straight: pd.Series, headline: str
) -> pd.DataFrame:
    unit = pd.Series(WHOLE, index=demand.ids) if areas is None else demand.frame[f"{areas.lowest}_id"]
    columns = {}
    for group in demand.groups:
        amount = demand.amount(group)
        columns[group] = add_up(amount, unit)
        columns[f"{group}_covered"] = add_up(amount.where(status == "covered", 0.0), unit)
    amount = demand.amount(headline)
    columns["straight_line"] = add_up(amount.where(straight, 0.0), unit)
    for name in ("unsnapped", "edge"):
        columns[f"{headline}_{name}"] = add_up(amount.where(status == name, 0.0), unit)
    sums = pd.DataFrame(columns)
    return sums if areas is None else sums.reindex(areas.frame.index, fill_value=0.0)


def _sum(lowest: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    units = lowest.assign(unit_count=1).set_axis(unit.to_numpy(), axis=0)
    table = units.groupby(level=0, sort=True).sum().round(PEOPLE_DECIMALS)
    whole = ["facility_count", "present", "served", "unit_count"]
    table[whole] = table[whole].astype(np.int64)
    renamed: pd.DataFrame = table.rename(columns={"present": "units_present", "served": "units_served"})
    return renamed


def _level(lowest: pd.DataFrame, areas: Areas, level: str, demand: Demand, headline: str) -> pd.DataFrame:
    frame = areas.frame
    if level == areas.lowest:
        table = lowest.copy()
        names = frame[[c for c in areas.columns if c != f"{level}_id"]]
    else:
        table = _sum(lowest, frame[f"{level}_id"])
        above = areas.levels[: areas.levels.index(level) + 1]
        columns = [c for name in above for c in (f"{name}_id", name) if c != f"{level}_id"]
        names = frame.groupby(f"{level}_id", sort=True)[columns].first()
    table.index.name = f"{level}_id"
    return pd.DataFrame(pd.concat([names, _with_shares(table, demand, headline)], axis=1))


def _with_shares(table: pd.DataFrame, demand: Demand, headline: str) -> pd.DataFrame:
    table = table.copy()
    for group in demand.groups:
        table[f"{group}_share"] = table[f"{group}_covered"] / table[group].where(table[group] > 0)
    table["straight_line_share"] = table["straight_line"] / table[headline].where(table[headline] > 0)
    table[f"{headline}_uncovered"] = (table[headline] - table[f"{headline}_covered"]).round(PEOPLE_DECIMALS)
    if "units_present" in table.columns:
        table["presence_share"] = table["units_present"] / table["unit_count"]
        table["served_share"] = table["units_served"] / table["unit_count"]
    return table

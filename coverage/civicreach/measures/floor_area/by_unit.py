"""Floor area per 100 households, inside the boundary and in reach, and what is lacking to a target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.errors import LayerError
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.access import FloatingCatchment, hand_out_supply
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.floor_area.sharing import split
from civicreach.measures.rollup import sums_by_unit
from civicreach.reach import Reach
from civicreach.units import min_to_ms

PER = 100.0
"""Floor area is told per so many households."""
BOTH, COUNTED_ONLY, REACHABLE_ONLY, NEITHER, NOBODY = "both", "counted_only", "reachable_only", "neither", "nobody"
STANDINGS = (BOTH, COUNTED_ONLY, REACHABLE_ONLY, NEITHER, NOBODY)
"""How a unit meets a target: by the floor area inside its boundary, by that in its households' reach, or both."""


def area_per_100_households(floor_area_m2: pd.Series, households: pd.Series) -> pd.Series:
    """m2 per 100 households on the index of `households`; NaN where nobody lives.

    >>> area_per_100_households(pd.Series({"a": 90, "b": 10}), pd.Series({"a": 200, "b": 0})).tolist()
    [45.0, nan]
    """
    ratio: pd.Series = PER * floor_area_m2.reindex(households.index) / households.where(households > 0)
    return ratio.rename("m2_per_100_households")


def needed_m2(households: pd.Series, target: float) -> pd.Series:
    """Floor area that households need at a target in m2 per 100 of them, to a millionth."""
    return (target * households / PER).round(PEOPLE_DECIMALS).rename("needed_m2")


def deficit_m2(floor_area_m2: pd.Series, households: pd.Series, target: float) -> pd.Series:
    """What is lacking to a target in m2 per 100 households, at least 0, on the index of `households`.

    It adds up over units: what one has too much doesn't help another.
    """
    lacking = needed_m2(households, target) - floor_area_m2.reindex(households.index)
    return lacking.clip(lower=0.0).round(PEOPLE_DECIMALS).rename("deficit_m2")


def standing(counted_m2: pd.Series, reachable_m2: pd.Series, households: pd.Series, target: float) -> pd.Series:
    """One of STANDINGS for each unit, on the index of `households`; the target is inclusive."""
    counted = deficit_m2(counted_m2, households, target) == 0
    reachable = deficit_m2(reachable_m2, households, target) == 0
    found = np.select(
        [~(households > 0), counted & reachable, counted, reachable],
        [NOBODY, BOTH, COUNTED_ONLY, REACHABLE_ONLY],
        NEITHER,
    )
    return pd.Series(found, index=households.index, name="standing", dtype=object)


def reachable_floor_area(
    demand: Demand, facilities: Facilities, reach: Reach, *, floor_area_m2: pd.Series, within_min: float, group: str
) -> FloatingCatchment:
    """Floor area per household in reach (E2SFCA with the Gaussian), shared with all households that reach it too."""
    return hand_out_supply(reach, demand, facilities, within_min=within_min, group=group, supply=floor_area_m2)


def households_reached(
    demand: Demand, reach: Reach, *, floor_area_m2: pd.Series, within_min: float, group: str
) -> pd.Series:
    """The households of each demand that have any floor area within some minutes (inclusive), on the demand's index.

    Unlike the floating catchment it counts everybody within the limit alike.
    """
    limit_ms = min_to_ms(within_min)
    reach.check_cutoff(limit_ms)
    built = floor_area_m2.reindex(reach.facility_ids).to_numpy() > 0
    found = np.zeros(len(demand.ids), dtype=np.bool_)
    found[reach.demand_at[built[reach.facility_at] & (reach.cost_ms <= limit_ms)]] = True
    return demand.amount(group).where(found & ~demand.outside.to_numpy(), 0.0).rename("households_reached")


def floor_area_by_unit(
    areas: Areas,
    parts: pd.DataFrame,
    homes: pd.DataFrame,
    unit: pd.Series,
    *,
    target: float,
    only: pd.Index | None = None,
) -> pd.DataFrame:
    """All that adds up, on the areas' index: m2 and households, and whether (0 or 1) each unit meets the target; and
    the `standing` of each, which doesn't add up.

    `parts` are those of `shared_floor_area`; `homes` (with `households`, `reachable_m2`, `households_reached`) and
    `unit` are on the demand's index. Units that aren't in `only` are left out.
    """
    inside = parts[parts["unit"].notna()]
    lowest = sums_by_unit(homes, unit, areas)
    # all that is handed out, to the last millionth
    handed_out = float(homes.loc[unit.notna(), "reachable_m2"].sum())
    lowest["reachable_m2"] = split(handed_out, lowest["reachable_m2"].tolist())
    lowest["floor_area_m2"] = sums_by_unit(inside[["m2"]], inside["unit"], areas)["m2"]
    if only is not None:
        if (strange := only.difference(areas.frame.index)).size:
            raise LayerError(f"no unit of the areas: {', '.join(map(str, strange[:5]))}")
        lowest = lowest.loc[lowest.index.isin(only)]
    households = lowest["households"]
    lowest["needed_m2"] = needed_m2(households, target)
    lowest["deficit_m2"] = deficit_m2(lowest["floor_area_m2"], households, target)
    found = standing(lowest["floor_area_m2"], lowest["reachable_m2"], households, target)
    flags = {
        "units_counted": found != NOBODY,
        "units_met": found.isin([BOTH, COUNTED_ONLY]),
        "units_reachable_met": found.isin([BOTH, REACHABLE_ONLY]),
        **{f"units_{kind}": found == kind for kind in (BOTH, COUNTED_ONLY, REACHABLE_ONLY, NEITHER)},
    }
    return lowest.assign(**{name: flag.astype(np.int64) for name, flag in flags.items()}, standing=found)

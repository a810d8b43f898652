"""The three meanings of coverage, always told apart.

people    the share of people (or of any group) who live within the standard;
presence  the share of units that have a facility inside their boundary;
served    the share of units at least half of whose people live within the standard, maybe of a facility next door.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from civicreach.errors import LayerError
from civicreach.layers import LEVELS, Areas, Demand, Facilities
from civicreach.reach import Reach

STATUSES = ("covered", "beyond", "unsnapped", "outside", "edge")
"""within the standard; on the network but not within it; not on the network; in none of the areas; not within it, but
able to walk out of the data within it, where facilities aren't known."""

SERVED_FROM = 0.5
"""From this share of its people on, a unit counts as served (inclusive)."""

PEOPLE_DECIMALS = 6
"""Sums are kept to a millionth of a person, so that they add up exactly whatever the order of adding."""

Mask = npt.NDArray[np.bool_]


def coverage_status(
    covered: Mask, snapped: Mask, outside: Mask, index: pd.Index, *, edge: Mask | None = None
) -> pd.Series:
    """One of STATUSES for each demand, on its index.

    `covered`, `snapped`, `outside` and `edge` are masks (n,). Outside all areas comes before everything else.
    """
    status = np.full(len(index), "beyond", dtype=object)
    if edge is not None:
        status[edge] = "edge"
    status[~snapped] = "unsnapped"
    status[covered & snapped] = "covered"
    status[outside] = "outside"
    return pd.Series(status, index=index, name="status")


def people_share(
    reach: Reach, demand: Demand, *, within_min: float, by: str | None = None, group: str = "people"
) -> pd.Series:
    """Share of a group that lives within some minutes (inclusive) of any facility, a ratio of sums from 0 to 1.

    One value a unit of the level `by` on the units' ids, or one value "all". Everyone who lives in the areas is in the
    denominator, also those who aren't on the network. NaN where nobody lives.

    Raises CutoffError where the search didn't go that far, LayerError for a group or level that isn't there.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.layers import Facilities
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 600.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> places = gpd.points_from_xy([100, 590], [0, 0])
    >>> homes = Demand(gpd.GeoDataFrame({"people": [3, 1]}, geometry=places, crs=32650))
    >>> centre = Facilities(gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0]), crs=32650))
    >>> people_share(reach(homes, centre, network, cutoff_min=10), homes, within_min=5).to_dict()
    {'all': 0.75}
    """
    _same(reach, demand)
    amount = demand.amount(group).where(~demand.outside, 0.0)
    covered = amount.where(reach.covered(within_min), 0.0)
    unit = unit_of(demand, by)
    sums = pd.DataFrame({"all": add_up(amount, unit), "covered": add_up(covered, unit)})
    return _ratio(sums["covered"], sums["all"]).rename(f"{group}_share")


def presence_share(facilities: Facilities, areas: Areas, *, by: str | None = None) -> pd.Series:
    """Share of the lowest units with at least one facility inside, by units of the level `by` or "all"."""
    present = facility_count(facilities, areas) > 0
    return _unit_share(present, areas, by).rename(f"{areas.lowest}_presence_share")


def served_share(
    reach: Reach,
    demand: Demand,
    areas: Areas,
    *,
    within_min: float,
    by: str | None = None,
    group: str = "people",
) -> pd.Series:
    """Share of the lowest units with at least half of a group within some minutes, by units of `by` or "all"."""
    share = people_share(reach, demand, within_min=within_min, by=areas.lowest, group=group)
    served = (share >= SERVED_FROM).reindex(areas.frame.index, fill_value=False)
    return _unit_share(served, areas, by).rename(f"{areas.lowest}_served_share")


def facility_count(facilities: Facilities, areas: Areas) -> pd.Series:
    """Facilities inside each lowest unit, on the areas' index."""
    located = areas.locate(facilities.frame.geometry)[f"{areas.lowest}_id"]
    return located.value_counts().reindex(areas.frame.index, fill_value=0).rename("facility_count")


def straight_line_m(demand: Demand, facilities: Facilities) -> pd.Series:
    """Metres to the nearest facility as the crow flies, on the demand's index; infinite without any facility."""
    if len(facilities.ids) == 0:
        return pd.Series(np.inf, index=demand.ids, name="straight_m")
    distance, _ = cKDTree(facilities.xy).query(demand.xy)
    return pd.Series(distance, index=demand.ids, name="straight_m")


def unit_of(demand: Demand, by: str | None) -> pd.Series:
    """The unit of a level that each demand lies in, None outside; "all" everywhere where no level is asked for."""
    if by is None:
        return pd.Series("all", index=demand.ids, name="all")
    if by not in LEVELS or f"{by}_id" not in demand.frame.columns:
        known = [level for level in LEVELS if f"{level}_id" in demand.frame.columns]
        raise LayerError(f"demand has no level {by!r} (there are {', '.join(known) or 'none: no areas were given'})")
    units: pd.Series = demand.frame[f"{by}_id"]
    return units


def add_up(amount: pd.Series, unit: pd.Series) -> pd.Series:
    """Sums by unit to a millionth: sums of sums are the same whatever the order."""
    sums: pd.Series = amount.groupby(unit.to_numpy(), sort=True).sum()
    return sums.round(PEOPLE_DECIMALS)


def _ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    share: pd.Series = numerator / denominator.where(denominator > 0)
    return share


def _unit_share(flag: pd.Series, areas: Areas, by: str | None) -> pd.Series:
    if by is None:
        return pd.Series({"all": float(flag.mean())})
    if by not in areas.levels:
        raise LayerError(f"the areas have no level {by!r} (there are {', '.join(areas.levels)})")
    return flag.astype(float).groupby(areas.frame[f"{by}_id"].to_numpy(), sort=True).mean()


def _same(reach: Reach, demand: Demand) -> None:
    if not reach.demand_ids.equals(demand.ids):
        raise LayerError("this reach was computed for other demand: the ids differ")

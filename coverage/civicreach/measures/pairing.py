"""Places paired with places of another service: elder centres with clinics (医养结合), homes with homes that help."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Faults, LayerError, Note
from civicreach.layers import Demand, Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.assignment import assign
from civicreach.measures.room import capacity_of
from civicreach.network import RoadNetwork
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach import nearest_facility, reach
from civicreach.study import Direction
from civicreach.units import ms_to_min

REASONS: dict[str, Pair] = {
    "": ("paired", "已配对"),
    "full": ("all within the limit have as many as they can take", "时限内机构名额均已用完"),
    "beyond": ("none within the limit", "时限内没有机构"),
    "no way": ("no way leads to any", "路网不连通"),
    "unsnapped": ("not on the street network", "未接入路网"),
}
"""Why a centre isn't paired, in English and Chinese."""

CENTRES = "centres"


def pair(
    centres: Facilities,
    clinics: Facilities,
    network: RoadNetwork,
    *,
    within_min: float,
    capacity: int | pd.Series,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> pd.DataFrame:
    """Pair centres with clinics within some minutes (inclusive): as many as possible and, of those, the least way.

    `capacity` is how many centres each clinic can take, one whole number for all or one for each clinic's id; with 1
    everyone has a partner of their own. On the centres' index: `nearest_id` and `nearest_min` of the nearest clinic,
    however far and however full; `assigned_id` and `assigned_min` of the one they are paired with; `reason`, a key of
    REASONS. Ids are None and minutes NaN where there is none. Exact, as `civicreach.measures.assignment.assign` is.

    Raises LayerError for capacities that are missing, negative or not whole, and where none of a layer's places meets
    the network; CrsError for layers in other systems.

    >>> import networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 900.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> def along(x):
    ...     return Facilities(gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, [0] * len(x)), crs=32650))
    >>> pair(along([100, 160]), along([160, 450]), network, within_min=5, capacity=1)["assigned_id"].tolist()
    [0, 1]
    """
    demand = _as_demand(centres)
    cutoff_min = float(within_min)
    found = reach(demand, clinics, network, cutoff_min=cutoff_min, direction=direction, max_snap_m=max_snap_m)
    nearest = nearest_facility(demand, clinics, network, direction=direction, max_snap_m=max_snap_m)
    room = _whole(clinics, capacity)
    best = assign(found, demand, clinics, within_min=within_min, group=CENTRES, capacity=room)

    frame = nearest.frame()
    # object: where some have no partner pandas would turn ids that are numbers into fractions
    pairs = best.pairs.astype({"facility_id": object}).set_index("demand_id").reindex(demand.ids)
    paired = pairs["facility_id"].notna()
    reason = best.reason.mask((best.reason == "beyond") & ~nearest.found, "no way")
    return pd.DataFrame(
        {
            "nearest_id": frame["facility_id"],
            "nearest_min": _minutes(frame["cost_ms"]),
            "assigned_id": pairs["facility_id"].where(paired, None),
            "assigned_min": _minutes(pairs["cost_ms"]),
            "reason": reason.astype(object),
        },
        index=demand.ids,
    )


def unpaired_note(reason: str, nearest_min: float) -> Note:
    """Why one centre isn't paired, as a sentence with the minutes to the nearest clinic where that is the reason.

    >>> unpaired_note("beyond", 23.28)
    'none within the limit: the nearest is 23.3 minutes away'
    """
    english, chinese = REASONS[reason]
    if reason != "beyond":
        return Note(english, chinese)
    return Note(
        f"{english}: the nearest is {nearest_min:.1f} minutes away", f"{chinese}：最近的需{nearest_min:.1f}分钟"
    )


def _as_demand(centres: Facilities) -> Demand:
    """The centres as places of one each; they belong to no area, so all of them are paired."""
    ones = gpd.GeoDataFrame(
        {CENTRES: np.ones(len(centres.ids))}, geometry=centres.frame.geometry.array, index=centres.ids
    )
    return Demand(ones, (CENTRES,), centres.source or centres.service)


def _whole(clinics: Facilities, capacity: int | pd.Series) -> pd.Series:
    """Capacity by clinic in whole numbers."""
    given = capacity if isinstance(capacity, pd.Series) else pd.Series(capacity, index=clinics.ids)
    room = capacity_of(clinics, given)
    if (broken := np.isfinite(room) & (room % 1 != 0)).any():
        faults = Faults(clinics.source or clinics.service)
        rows = [f"{i}: {v:g}" for i, v in room[broken].items()]
        faults.add("capacity isn't a whole number", rows=rows, todo="It is how many places can be paired with one.")
        faults.raise_if_any(LayerError)
    return room


def _minutes(cost_ms: pd.Series) -> pd.Series:
    return pd.Series(ms_to_min(cost_ms.to_numpy(dtype=np.float64, na_value=np.nan)), index=cost_ms.index)

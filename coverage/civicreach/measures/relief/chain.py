"""How long goods take to every home: mobilise, load, drive, unload, once more from the district, and the last mile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Fault, LayerError
from civicreach.layers import Demand, Facilities
from civicreach.network import RoadNetwork
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach import Reach, reach
from civicreach.units import MAX_COST_MS, MS_PER_MIN

Minutes = npt.NDArray[np.float64]
FOREVER_MIN = (MAX_COST_MS - 1) / MS_PER_MIN
"""The longest way that costs can hold: without a limit for all that people drive."""


@dataclass(frozen=True)
class Handling:
    """Minutes of work around every drive: to set out from the city's depot, and at every stop."""

    mobilise_min: float = 60.0
    load_min: float = 60.0
    unload_min: float = 30.0
    last_mile_min: float = 60.0

    def __post_init__(self) -> None:
        wrong = [f"{name} = {value}" for name, value in vars(self).items() if not (np.isfinite(value) and value >= 0)]
        if wrong:
            raise LayerError(Fault("minutes of work that aren't 0 or more", rows=tuple(wrong), count=len(wrong)))


@dataclass(frozen=True, eq=False)
class ReliefTimes:
    """When goods are there. `homes` on the demand's index, in minutes after the call, NaN where no road leads there:

    `relief_min` by the chain city depot > district depot > home (straight from the city without district depots),
    `direct_min` straight from a city depot, `stock_min` from what a district depot has in stock (NaN without any),
    `depot_id` the last depot of the chain (None where none), `drive_min` from it to the home.
    `depots` on the district depots' index (the city's, without any): `city_depot_id`, `ready_min` when the city's goods
    are unloaded there (0 for a city depot), NaN where no road leads there.
    """

    homes: pd.DataFrame
    depots: pd.DataFrame


def relief_times(
    demand: Demand,
    city_depots: Facilities,
    network: RoadNetwork,
    *,
    district_depots: Facilities | None = None,
    handling: Handling | None = None,
    max_snap_m: float = MAX_SNAP_M,
) -> ReliefTimes:
    """Minutes until relief goods have come to every home, by the quickest chain; times are exact to the millisecond.

    The chain costs mobilise + load + drive + unload to the district's depot, then load + drive + unload + last mile.
    Of equally quick chains the depot that comes first is taken. A straight drive is never slower than the chain: the
    chain shows what the plan asks, `direct_min` and `stock_min` what sending straight or stocking ahead would gain.

    Raises LayerError where depots or homes don't meet the network.
    """
    work = handling or Handling()
    count = len(demand.ids)
    start = work.mobilise_min + work.load_min
    end = work.unload_min + work.last_mile_min
    from_city = _drive_min(demand, city_depots, network, max_snap_m)
    direct, city_at = _quickest(from_city)
    direct = start + direct + end
    if district_depots is None or len(district_depots.ids) == 0:
        ids = _named(city_depots.ids, city_at)
        drive = direct - start - end
        homes = _homes(demand, direct, direct, np.full(count, np.nan), ids, drive)
        table = pd.DataFrame({"city_depot_id": city_depots.ids, "ready_min": 0.0}, index=city_depots.ids)
        return ReliefTimes(homes, table)
    supplied, city_of = _quickest(_drive_min(_as_demand(district_depots), city_depots, network, max_snap_m))
    ready = start + supplied + work.unload_min
    from_district = _drive_min(demand, district_depots, network, max_snap_m)
    stock, _ = _quickest(from_district)
    chain, depot_at = _quickest(from_district + ready[:, None])
    drive = from_district[np.maximum(depot_at, 0), np.arange(count)]
    homes = _homes(
        demand, chain + work.load_min + end, direct, start + stock + end,
        _named(district_depots.ids, depot_at), np.where(depot_at >= 0, drive, np.nan),
    )  # fmt: skip
    table = pd.DataFrame(
        {"city_depot_id": _named(city_depots.ids, city_of), "ready_min": ready}, index=district_depots.ids
    )
    return ReliefTimes(homes, table)


def _homes(
    demand: Demand, relief: Minutes, direct: Minutes, stock: Minutes, depot: npt.NDArray[np.object_], drive: Minutes
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "relief_min": relief,
            "direct_min": direct,
            "stock_min": stock,
            "depot_id": pd.Series(depot, index=demand.ids, dtype=object),
            "drive_min": drive,
        },
        index=demand.ids,
    )


def _drive_min(demand: Demand, depots: Facilities, network: RoadNetwork, max_snap_m: float) -> Minutes:
    """Minutes (depots, demand) that goods drive; NaN where no road leads there."""
    found: Reach = reach(
        demand, depots, network, cutoff_min=FOREVER_MIN, direction="from_facility", max_snap_m=max_snap_m
    )
    drive = np.full((len(depots.ids), len(demand.ids)), np.nan)
    drive[found.facility_at, found.demand_at] = found.cost_ms / MS_PER_MIN
    return drive


def _quickest(minutes: Minutes) -> tuple[Minutes, npt.NDArray[np.int64]]:
    """The least of each column (n,), NaN where there is none, and the row that it stands in, -1 where none."""
    filled = np.where(np.isnan(minutes), np.inf, minutes)
    at = filled.argmin(axis=0)
    least = filled[at, np.arange(minutes.shape[1])]
    found = np.isfinite(least)
    return np.where(found, least, np.nan), np.where(found, at, -1)


def _named(ids: pd.Index, at: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    names = ids.to_numpy(dtype=object)[np.maximum(at, 0)]
    names[at < 0] = None
    return names


def _as_demand(depots: Facilities) -> Demand:
    """Depots as places that goods are brought to."""
    return Demand(depots.frame[["geometry"]].assign(people=0.0), source=depots.source)

"""The nearest of several services together, and who is within the standard of any of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from civicreach.layers import Facilities
from civicreach.measures.ground import Ground
from civicreach.reach import nearest_facility
from civicreach.units import MS_PER_MIN

ORDER = ("covered", "outside", "edge", "beyond", "unsnapped")
"""Of what the services say about a home, the first one found here holds for all of them together."""


def any_status(ground: Ground, services: Sequence[str]) -> pd.Series:
    """One of the statuses of coverage for each demand: covered where it is within the standard of any service.

    Every service must have a circle of its own.
    """
    found = [ground.circles[name].demand["status"] for name in services]
    status = pd.Series(ORDER[-1], index=ground.demand.ids, dtype=object, name="status")
    for name in reversed(ORDER):
        status[np.logical_or.reduce([one.to_numpy() == name for one in found])] = name
    return status


def nearest_of(ground: Ground, services: Sequence[str], serving: Facilities) -> pd.DataFrame:
    """On the demand's index `facility_id`, the nearest of all services together by its id in `serving`, and
    `nearest_min`, the minutes to it on its own service's profile; None and NaN where none can be reached.

    Minutes also where a service's standard is a distance. Of equally near ones that of the first service counts.
    """
    ids = serving.ids.to_numpy(dtype=object)
    least = np.full(len(ground.demand.ids), np.inf)
    at = np.full(len(least), -1)
    first = 0
    for name in services:
        here, minutes = _nearest_of_one(ground, name)
        closer = minutes < least
        least[closer], at[closer] = minutes[closer], first + here[closer]
        first += int((ground.facilities[name].frame["status"] == "existing").sum())
    named = ids[np.maximum(at, 0)]
    named[at < 0] = None
    return pd.DataFrame(
        {
            "facility_id": pd.Series(named, index=ground.demand.ids, dtype=object),
            "nearest_min": np.where(at >= 0, least, np.nan),
        },
        index=ground.demand.ids,
    )


def _nearest_of_one(ground: Ground, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Position (n,) of the nearest facility of one service, and minutes (n,), infinite where none can be reached."""
    layer = ground.serving(name)
    service = ground.study.service(name)
    if name in ground.circles and ground.study.limit_unit(service) == "min":
        rows = ground.circles[name].demand
        at = layer.ids.get_indexer(pd.Index(rows["nearest_facility_id"], dtype=object))
        minutes = rows["nearest_min"].to_numpy(dtype=np.float64)
        return at, np.where(np.isnan(minutes), np.inf, minutes)
    network = ground.network(service.profile)
    found = nearest_facility(ground.demand, layer, network, max_snap_m=ground.max_snap_m)
    return found.facility_at, np.where(found.found, found.cost_ms / MS_PER_MIN, np.inf)

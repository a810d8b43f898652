"""Who is within the evacuation distance of which shelters, each shelter at the distance of its own class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.measures.shelters.places import Shelters
from civicreach.reach import Reach

ANY = "any"

Mask = npt.NDArray[np.bool_]


def within_own_distance(
    reach: Reach, limit_ms: npt.NDArray[np.int64], *, no_way: Mask | None = None, out: Mask | None = None
) -> Reach:
    """The pairs of a reach within a limit (k,) of each facility's own (inclusive), in the same order.

    `no_way` (n,) marks demand and `out` (k,) facilities that can't be left or got to: their pairs go too. Raises
    CutoffError where a limit lies beyond what was searched.
    """
    if len(limit_ms):
        reach.check_cutoff(int(limit_ms.max()))
    facility = reach.facility_at
    kept = reach.cost_ms <= limit_ms[facility]
    if no_way is not None:
        kept &= ~no_way[reach.demand_at]
    if out is not None:
        kept &= ~out[facility]
    counts = np.bincount(facility[kept], minlength=len(reach.facility_ids))
    row_ptr = np.concatenate([[0], np.cumsum(counts)])
    return replace(reach, row_ptr=row_ptr, demand_at=reach.demand_at[kept], cost_ms=reach.cost_ms[kept])


def covered_by_class(reach: Reach, shelters: Shelters) -> pd.DataFrame:
    """Whether each demand has a pair with a shelter of each class, and with `any`: one column each, on its index.

    `reach` holds the pairs that count, as `within_own_distance` leaves them.
    """
    of = shelters.key.to_numpy()[reach.facility_at]
    columns = {}
    for name in (ANY, *shelters.classes):
        found = np.zeros(len(reach.demand_ids), dtype=np.bool_)
        found[reach.demand_at if name == ANY else reach.demand_at[of == name]] = True
        columns[name] = found
    return pd.DataFrame(columns, index=reach.demand_ids)

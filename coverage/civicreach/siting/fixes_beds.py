"""Where more beds would serve more people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.layers import Demand, Facilities
from civicreach.measures.assignment import assign, growth
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.reach import Reach


def bed_fixes(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    group: str = "people",
    capacity: pd.Series | None = None,
    bed_cost: float | None = None,
) -> pd.DataFrame:
    """How many more people find a place if one facility alone gets the beds that it lacks; most first.

    On the ids of the facilities that are the nearest of people left out because all are full: `capacity`, `beds` (the
    places that are added: as many as there are such people, rounded up), `<group>_gained` (who more is served then,
    maybe elsewhere after others moved: everybody is assigned anew), `cost` and `cost_per_person`. Arguments and errors
    as in `measures.assignment.assign`.
    """
    options = {"within_min": within_min, "group": group}
    now = assign(reach, demand, facilities, capacity=capacity, **options)  # type: ignore[arg-type]
    lacking = growth(now)["growth"]
    rows = {}
    for name, beds in np.ceil(lacking[lacking > 0].round(PEOPLE_DECIMALS)).items():
        more = now.capacity.copy()
        more[name] += beds
        after = assign(reach, demand, facilities, capacity=more, **options)  # type: ignore[arg-type]
        gained = round(float(after.totals["served"] - now.totals["served"]), PEOPLE_DECIMALS)
        cost = float("nan") if bed_cost is None else bed_cost * beds
        rows[name] = (now.capacity[name], beds, gained, cost, cost / gained if gained > 0 else float("nan"))
    columns = ["capacity", "beds", f"{group}_gained", "cost", "cost_per_person"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype(float)
    table.index.name = facilities.ids.name
    return table.sort_values(f"{group}_gained", ascending=False, kind="stable")

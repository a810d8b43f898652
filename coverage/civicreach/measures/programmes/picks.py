"""Which units should be next: where most people at risk are unserved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.errors import Faults, InputError, LayerError
from civicreach.layers.points import check_amounts


def next_units(
    people: pd.Series,
    *,
    flagged: pd.Series,
    among: pd.Index | None = None,
    risk: pd.Series | None = None,
    unserved: pd.Series | None = None,
    pick: int,
) -> pd.DataFrame:
    """The `pick` units (or all there are) with the largest score = risk x people x unserved share that aren't flagged.

    Everything is matched by the units' ids. `unserved` holds the people who aren't served, all of them by default;
    `risk` is 1 by default. Of units with equal scores those with more people come first, then by their ids as text.
    On the units' ids: `rank` from 1, `people`, `unserved` (people), `unserved_share` (NaN where nobody lives), `risk`,
    `score`.

    Raises LayerError for amounts that are missing, negative or no numbers, InputError for a negative `pick`.
    """
    if pick < 0:
        raise InputError(f"pick must be 0 or more, not {pick!r}")
    units = people.index if among is None else among
    table = pd.DataFrame({"people": people.reindex(units)})
    table["unserved"] = table["people"] if unserved is None else unserved.reindex(units)
    table["risk"] = 1.0 if risk is None else risk.reindex(units)
    faults = Faults("units")
    for name in ("people", "unserved", "risk"):
        check_amounts(table[name], name, faults)
    faults.raise_if_any(LayerError)
    table["unserved_share"] = table["unserved"] / table["people"].where(table["people"] > 0)
    # people x unserved share are the people unserved, without dividing and multiplying again
    table["score"] = table["risk"] * table["unserved"]
    open_ = table[~flagged.reindex(units).eq(True).to_numpy()]
    keys = pd.DataFrame({"score": -open_["score"], "people": -open_["people"], "id": open_.index.astype(str)})
    ranked = open_.loc[keys.sort_values(["score", "people", "id"]).index].head(pick)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
    return ranked[["rank", "people", "unserved", "unserved_share", "risk", "score"]]

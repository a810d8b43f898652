"""A plan's objective counted anew from the reach and the layers, by id: nothing of the search is used."""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.layers import Demand
from civicreach.measures.room import people_units
from civicreach.reach import Reach
from civicreach.siting.found import Longs
from civicreach.siting.question import Question

NOWHERE = np.iinfo(np.int64).max


def people_of_reach(reach: Reach, demand: Demand, group: str) -> Longs:
    """Units of people on the reach's own homes (n,), 0 outside all areas."""
    amount = demand.amount(group).where(~demand.outside, 0.0)
    return people_units(amount.reindex(reach.demand_ids))


def nearest_of_plan(reach: Reach, opened: Collection[Hashable]) -> tuple[Longs, npt.NDArray[np.object_]]:
    """The ms to the nearest open site (NOWHERE beyond the cutoff) and its id on the reach's own homes (n,).

    Of sites that are equally near the one whose id comes first as text.
    """
    names = [str(i) for i in reach.facility_ids]
    rank = np.empty(len(names), np.int64)
    rank[sorted(range(len(names)), key=lambda i: (names[i], type(reach.facility_ids[i]).__name__))] = range(len(names))
    is_open = reach.facility_ids.isin(list(opened))
    used = is_open[reach.facility_at]
    best = np.full(len(reach.demand_ids), NOWHERE)
    key = reach.cost_ms[used].astype(np.int64) * len(names) + rank[reach.facility_at[used]]
    np.minimum.at(best, reach.demand_at[used], key)
    found = best < NOWHERE
    ms = np.where(found, best // max(len(names), 1), NOWHERE)
    by_rank = np.empty(len(names), object)
    by_rank[rank] = reach.facility_ids.to_numpy(dtype=object)
    site = np.full(len(best), None, object)
    site[found] = by_rank[best[found] % len(names)]
    return ms, site


def recounted(
    question: Question,
    reach: Reach,
    people: Longs,
    opened: Collection[Hashable],
    *,
    limit_ms: int,
    bound_to_stay: Collection[Hashable],
    pairs: pd.DataFrame | None,
    asked: npt.NDArray[np.bool_],
) -> int:
    """The objective in the question's units; `asked` are the homes (n,) that a p-center asks for.

    Where room is limited, `pairs` say who goes where; each of them must be a way of the reach.
    """
    ms, _ = nearest_of_plan(reach, opened)
    match question.kind:
        case "set_cover":
            return len(set(opened) - set(bound_to_stay))
        case "backup_cover":
            used = reach.facility_ids.isin(list(opened))[reach.facility_at] & (reach.cost_ms <= limit_ms)
            return int(people[np.bincount(reach.demand_at[used], minlength=len(people)) >= 2].sum())
        case "p_center":
            return int(ms[asked].max(initial=0)) if pairs is None else int(pairs["cost_ms"].max())
        case "p_median":
            if pairs is None:
                return int(
                    sum(
                        w * c for w, c in zip(people.tolist(), np.minimum(ms, question.beyond_ms).tolist(), strict=True)
                    )
                )
            units = people_units(pairs["amount"])
            walked = sum(w * c for w, c in zip(units.tolist(), pairs["cost_ms"].tolist(), strict=True))
            return int(walked) + (int(people.sum()) - int(units.sum())) * question.beyond_ms
        case _:
            return int(people[ms <= limit_ms].sum()) if pairs is None else int(people_units(pairs["amount"]).sum())

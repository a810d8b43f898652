"""How much supply there is for each person within reach, shared with everyone else who reaches it.

The floating-catchment family. With w the weight of a pair's minutes (1 for all within the limit, or falling to 0):

2sfca   ratio = supply / sum(w * people), score = sum(w * ratio), with w = 1 (Luo & Wang 2003, doi 10.1068/b29120)
e2sfca  the same with falling weights: stepped ones (Luo & Qi 2009, doi 10.1016/j.healthplace.2009.06.002) or the
        Gaussian (Dai 2010, doi 10.1016/j.healthplace.2010.06.012), which is the default here
3sfca   with w * g in place of w in both sums; g = w / (sum of w over all facilities that a home reaches) is the home's
        choice among them (Wan, Zou & Sternberg 2012, doi 10.1080/13658816.2011.624987)
bfca    people are split by g, and the ratio by w / (sum of w over all homes that a facility reaches), so that neither
        is counted twice (Paez, Higgins & Vivona 2019, doi 10.1371/journal.pone.0218773)

What is handed out is the supply: for 2sfca, e2sfca and 3sfca sum(score * people) is the whole supply that anybody
reaches. Not so for bfca: it keeps the number of people (each is split once) and the sum of ratios, which is the sum of
scores over homes. Its scores therefore depend on how people are cut into homes; the others' don't.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from civicreach.errors import Faults, InputError, LayerError, nearest
from civicreach.layers import Demand, Facilities
from civicreach.layers.groups import Pair
from civicreach.layers.points import check_amounts
from civicreach.measures.coverage import unit_of
from civicreach.reach import Reach
from civicreach.units import min_to_ms, ms_to_min

Floats = npt.NDArray[np.float64]
Method = Literal["2sfca", "e2sfca", "3sfca", "bfca"]
Decay = Literal["binary", "gaussian"] | Sequence[tuple[float, float]] | Callable[[Floats], npt.ArrayLike]
"""The same weight for all; the Gaussian; steps of (up to how many minutes, inclusive; weight); or a function that is
given minutes (k,) and returns weights (k,)."""

METHODS: dict[Method, Pair] = {
    "2sfca": ("two-step floating catchment (2SFCA)", "两步移动搜索法（2SFCA）"),
    "e2sfca": ("enhanced two-step floating catchment (E2SFCA)", "增强型两步移动搜索法（E2SFCA）"),
    "3sfca": ("three-step floating catchment (3SFCA)", "三步移动搜索法（3SFCA）"),
    "bfca": ("balanced floating catchment (BFCA)", "平衡移动搜索法（BFCA）"),
}
"""What the methods are called, in English and Chinese."""


@dataclass(frozen=True, eq=False)
class FloatingCatchment:
    """Who gets how much of a supply, seen from both sides.

    On the demand's index: `score`, the supply per head. On the facilities' index: `heads`, the people who claim it, as
    the method weighs them; `ratio`, its supply per such head, NaN where nobody claims; `handed_out`, the supply that
    people get from it. `unclaimed` lists the supply that nobody reaches, on the ids of those facilities only.
    """

    score: pd.Series
    heads: pd.Series
    ratio: pd.Series
    handed_out: pd.Series
    unclaimed: pd.Series


def floating_catchment(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    group: str = "people",
    supply: pd.Series | None = None,
    method: Method = "e2sfca",
    decay: Decay | None = None,
    missing: Literal["error", "zero"] = "error",
    count_outside: bool = False,
) -> pd.Series:
    """Supply per head of a group within some minutes, on the demand's index; 0 where no supply is in reach.

    Everything as in `hand_out_supply`, of which this is the score.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 900.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> places = gpd.points_from_xy([100, 200, 890], [0, 0, 0])
    >>> homes = Demand(gpd.GeoDataFrame({"people": [30, 10, 5]}, geometry=places, crs=32650))
    >>> home = gpd.GeoDataFrame({"capacity": [20]}, geometry=gpd.points_from_xy([0], [0]), crs=32650)
    >>> beds = Facilities(home, capacity_unit="beds")
    >>> found = reach(homes, beds, network, cutoff_min=10)
    >>> floating_catchment(found, homes, beds, within_min=5, method="2sfca").tolist()
    [0.5, 0.5, 0.0]
    """
    return hand_out_supply(
        reach,
        demand,
        facilities,
        within_min=within_min,
        group=group,
        supply=supply,
        method=method,
        decay=decay,
        missing=missing,
        count_outside=count_outside,
    ).score


def hand_out_supply(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    group: str = "people",
    supply: pd.Series | None = None,
    method: Method = "e2sfca",
    decay: Decay | None = None,
    missing: Literal["error", "zero"] = "error",
    count_outside: bool = False,
) -> FloatingCatchment:
    """Hand the supply of facilities out to a group within some minutes (inclusive) by a method of METHODS.

    `supply` is matched by id; by default it is the facilities' `capacity`. All facilities of the reach take part, also
    those of supply 0, among which 3sfca and bfca let people choose: leave out those that are closed. `decay` is
    "binary" for 2sfca and the Gaussian for the others unless given; at its limit the Gaussian is 0, so those who live
    exactly there get nothing. Homes where nobody of the group lives get the score that somebody would have there.
    Rows outside all areas claim nothing and score 0, like in every denominator, unless `count_outside`.

    Raises LayerError with the rows where supply isn't known (or count it as 0 with `missing="zero"`), isn't a finite
    number of at least 0, or belongs to no facility, for an unknown group and for layers that the reach wasn't computed
    for; CutoffError beyond what was searched; InputError for an unknown method, decay or limit.
    """
    decay = _decay_of(method, decay)
    limit_ms = min_to_ms(within_min)
    if limit_ms == 0:
        raise InputError("within_min must be above 0 minutes")
    reach.check_cutoff(limit_ms)
    _check_layers(reach, demand, facilities)
    amounts = _supply_of(facilities, supply, missing)
    outside = demand.outside.to_numpy() & (not count_outside)
    people = np.where(outside, 0.0, demand.amount(group).to_numpy())

    weight = _weights(reach, limit_ms, decay)
    claim, portion = _shares(weight, people > 0, method)
    heads = claim @ people
    claimed = heads > 0
    ratio = np.divide(amounts, heads, out=np.full(len(heads), np.nan), where=claimed)
    # what nobody claims is handed to nobody
    given = np.where(claimed, ratio, 0.0)
    score = np.where(outside, 0.0, portion.T @ given)
    handed_out = given * (portion @ people)
    lost = pd.Series(amounts, index=facilities.ids, name="unclaimed")[~claimed & (amounts > 0)]
    return FloatingCatchment(
        pd.Series(score, index=demand.ids, name="supply_per_head"),
        pd.Series(heads, index=facilities.ids, name="heads"),
        pd.Series(ratio, index=facilities.ids, name="supply_per_head"),
        pd.Series(handed_out, index=facilities.ids, name="handed_out"),
        lost,
    )


def access_by(score: pd.Series, demand: Demand, *, by: str | None = None, group: str = "people") -> pd.Series:
    """Mean score of a group by units of the level `by`, or "all": sum(score * people) / sum(people), a ratio of sums.

    `score` is matched by id. Rows outside all areas are in no unit. NaN where nobody lives.

    Raises LayerError for ids without a score where people live, and for a group or level that isn't there.
    """
    amount = demand.amount(group).where(~demand.outside, 0.0)
    matched = score.reindex(demand.ids)
    unknown = (amount > 0) & ~np.isfinite(matched.to_numpy(dtype=float, na_value=np.nan))
    if unknown.any():
        faults = Faults("score")
        faults.add("no finite score where people live", rows=demand.ids[unknown].tolist(), todo="No access is 0.")
        faults.raise_if_any(LayerError)
    unit = unit_of(demand, by).to_numpy()
    # scores are small numbers: a sum cut to millionths would no longer be the mean of its parts
    mean: pd.Series = (matched * amount).groupby(unit, sort=True).sum() / amount.groupby(unit, sort=True).sum()
    mean.name = score.name
    return mean


def gaussian_weight(minutes: npt.ArrayLike, limit_min: float) -> Floats:
    """Dai's (2010) Gaussian of minutes: 1 at 0, falling to exactly 0 at the limit; 0 beyond.

    >>> gaussian_weight([0, 7.5, 15, 20], 15).round(3).tolist()
    [1.0, 0.701, 0.0, 0.0]
    """
    part = np.minimum(np.asarray(minutes, dtype=np.float64) / limit_min, 1.0)
    floor = np.exp(-0.5)
    weight: Floats = (np.exp(-0.5 * part * part) - floor) / (1.0 - floor)
    return weight


def _shares(weight: csr_matrix, lived_in: npt.NDArray[np.bool_], method: Method) -> tuple[csr_matrix, csr_matrix]:
    """Facilities x demand: which part of a home's people claims a facility, and which part of its ratio they get."""
    if method in {"2sfca", "e2sfca"}:
        return weight, weight
    choice = _with_data(weight, _over(weight.data, (weight.T @ np.ones(weight.shape[0]))[weight.indices]))
    if method == "3sfca":
        both = _with_data(weight, weight.data * choice.data)
        return both, both
    # homes where nobody of the group lives don't thin out the others' level of service
    served = weight @ lived_in.astype(np.float64)
    return choice, _with_data(weight, _over(weight.data, np.repeat(served, np.diff(weight.indptr))))


def _over(above: Floats, below: Floats) -> Floats:
    """The quotient, 0 where nothing stands below."""
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)


def _with_data(pairs: csr_matrix, data: Floats) -> csr_matrix:
    return csr_matrix((data, pairs.indices, pairs.indptr), shape=pairs.shape)


def _weights(reach: Reach, limit_ms: int, decay: Decay) -> csr_matrix:
    """Weights of all pairs within the limit, facilities x demand."""
    row_ptr, demand_at, cost_ms = reach.row_ptr, reach.demand_at, reach.cost_ms
    within = cost_ms <= limit_ms
    if not within.all():
        row_ptr = np.concatenate([[0], np.cumsum(within)])[row_ptr]
        demand_at, cost_ms = demand_at[within], cost_ms[within]
    shape = (len(reach.facility_ids), len(reach.demand_ids))
    return csr_matrix((_weigh(cost_ms, limit_ms, decay), demand_at, row_ptr), shape=shape)


def _weigh(cost_ms: npt.NDArray[np.int32], limit_ms: int, decay: Decay) -> Floats:
    if isinstance(decay, str):
        if decay == "binary":
            return np.ones(len(cost_ms))
        return gaussian_weight(cost_ms, limit_ms)
    if not callable(decay):
        ends = np.array([min_to_ms(minutes) for minutes, _ in decay])
        # beyond the last step lies a weight of 0
        return np.array([*(weight for _, weight in decay), 0.0])[np.searchsorted(ends, cost_ms)]
    weight = np.asarray(decay(ms_to_min(cost_ms)), dtype=np.float64)
    if weight.shape != cost_ms.shape or not np.isfinite(weight).all() or (weight < 0).any():
        raise InputError("decay must return one finite weight of at least 0 for each of the minutes it is given")
    return weight


def _decay_of(method: str, decay: Decay | None) -> Decay:
    """The decay that a method uses, checked."""
    if method not in METHODS:
        guess = nearest(method, METHODS)
        hint = f"; did you mean {guess!r}" if guess else ""
        raise InputError(f"there is no method {method!r} (there are {', '.join(METHODS)}){hint}")
    if method == "2sfca":
        if decay is not None and decay != "binary":
            raise InputError("2sfca weighs everyone within the limit alike; ask for e2sfca to use a decay")
        return "binary"
    if decay is None:
        return "gaussian"
    if isinstance(decay, str):
        names = get_args(get_args(Decay)[0])
        if decay not in names:
            raise InputError(f"there is no decay {decay!r} (there are {', '.join(names)}, or give steps or a function)")
        return decay
    if not callable(decay):
        steps = np.array(decay, dtype=np.float64)
        rising = steps.ndim == 2 and steps.shape[1] == 2 and (np.diff(steps[:, 0], prepend=0) > 0).all()
        if not rising or not np.isfinite(steps).all() or (steps[:, 1] < 0).any():
            raise InputError("steps must be rising minutes, each with a weight of at least 0: [(10, 1), (20, 0.68)]")
    return decay


def _supply_of(facilities: Facilities, supply: pd.Series | None, missing: str) -> Floats:
    """Supply of each facility (n,), matched by id."""
    faults = Faults(facilities.source or facilities.service)
    if missing not in {"error", "zero"}:
        raise InputError(f"missing must be 'error' or 'zero', not {missing!r}")
    what = "supply"
    if supply is None:
        what = "capacity"
        if what not in facilities.frame.columns:
            faults.add("no column 'capacity'", todo="Give the facilities a capacity, or pass supply on their ids.")
            faults.raise_if_any(LayerError)
        supply = facilities.frame[what]
    if supply.index.has_duplicates:
        faults.add(f"{what} given twice", rows=supply.index[supply.index.duplicated()].unique().tolist())
        faults.raise_if_any(LayerError)
    if (strange := ~supply.index.isin(facilities.ids)).any():
        faults.add(f"{what} of unknown facilities", rows=supply.index[strange].tolist())
    matched = supply.reindex(facilities.ids)
    blank = matched.isna().to_numpy()
    check_amounts(matched[~blank], what, faults)
    if blank.any() and missing == "error":
        todo = "Fill it in, or pass missing='zero' where nothing is there."
        faults.add(f"{what} isn't known", rows=facilities.ids[blank].tolist(), todo=todo)
    faults.raise_if_any(LayerError)
    return cast("Floats", pd.to_numeric(matched).to_numpy(dtype=np.float64, na_value=0.0))


def _check_layers(reach: Reach, demand: Demand, facilities: Facilities) -> None:
    faults = Faults()
    if not reach.demand_ids.equals(demand.ids):
        faults.add("this reach was computed for other demand: the ids differ")
    if not reach.facility_ids.equals(facilities.ids):
        faults.add("this reach was computed for other facilities: the ids differ")
    faults.raise_if_any(LayerError)

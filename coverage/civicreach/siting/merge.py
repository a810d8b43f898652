"""Consolidation: many sites become few, and who then has how much farther to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from civicreach.errors import InputError, LayerError
from civicreach.layers import Demand, Facilities
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import weighted_quantile
from civicreach.reach import Reach
from civicreach.siting.locate import SECONDS, Stop, p_center, p_median
from civicreach.siting.plan import SitingPlan
from civicreach.siting.recount import nearest_of_plan
from civicreach.siting.rules import NO_RULES, Rules
from civicreach.units import MS_PER_MIN, min_to_ms

By = Literal["mean", "worst"]

LATE = 0.95
"""The share of the people for whose way the tables tell how long it is at most."""


def consolidate(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    into: int,
    by: By = "mean",
    beyond_min: float | None = None,
    within_min: float | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = False,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """Merge all sites into at most `into`, existing or candidates, so that the way of all people is shortest.

    `by` "mean" makes the minutes of all together least (p-median): who reaches no site within the search's cutoff
    counts `beyond_min`, by default the cutoff. `by` "worst" makes the longest way shortest (p-center), `beyond_min`
    and `within_min` aside. Every existing site may close unless `rules` name some as mandatory; with `closable` only
    those may. The plan's `closed`, `kept` and `opened` say what becomes of the sites; `before_and_after`, `losers` and
    `moves` what that means for people. Other arguments, and errors, as in `max_cover`.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 3000.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> places = gpd.points_from_xy([0, 600, 2400], [0, 0, 0], crs=32650)
    >>> homes = Demand(gpd.GeoDataFrame({"people": [10, 30, 20]}, geometry=places, index=list("pqr")))
    >>> places = gpd.points_from_xy([0, 600, 2400, 2700], [0, 0, 0, 0], crs=32650)
    >>> sites = Facilities(gpd.GeoDataFrame(geometry=places, index=["west", "mid", "east", "end"]))
    >>> plan = consolidate(reach(homes, sites, network, cutoff_min=60), homes, sites, into=2)
    >>> plan.kept, plan.closed, plan.objective, plan.proven  # ten people walk ten minutes farther
    (('east', 'mid'), ('end', 'west'), 100.0, True)
    >>> losers(plan, over_min=5)[["extra_min", "people"]].to_numpy().tolist()
    [[10.0, 10.0]]
    """
    if by not in ("mean", "worst"):
        raise InputError(f"by must be 'mean' or 'worst', not {by!r}")
    if isinstance(into, bool) or into != int(into) or into < 1:
        raise InputError(f"into must be a whole number of at least 1, not {into!r}")
    free = rules if rules.closable else replace(rules, keep=False)
    layers = (reach, demand, facilities)
    if by == "worst":
        return p_center(
            *layers, total=into, group=group, rules=free, prices=prices, seconds=seconds, seed=seed, stop=stop
        )
    return p_median(
        *layers, total=into, beyond_min=beyond_min, within_min=within_min, group=group, rules=free, prices=prices,
        seconds=seconds, seed=seed, stop=stop,
    )  # fmt: skip


def before_and_after(plan: SitingPlan, *, groups: Iterable[str] | None = None, over_min: float = 0.0) -> pd.DataFrame:
    """What a plan means for each group, on the groups' names; people outside all areas aren't counted.

    `people`; `before_min` and `after_min`, the mean minutes of those who reach a site both before and after;
    `p95_before_min` and `p95_after_min`, which 95 % of all don't exceed (infinite where more than 5 % reach none within
    the search); `worst_before_min` and `worst_after_min` of those who reach one; `nearer` and `farther` people;
    `over`, those whose way grows by more than `over_min`; `lost` and `gained`, who reach a site only before, or only
    after; `neither`.

    Raises LayerError for a group that the demand doesn't have, InputError for `over_min` below 0.
    """
    demand = plan.problem.demand
    rows = {group: _told(plan, amount_of(demand, group), over_min) for group in _groups(demand, groups)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "group"
    return table


def losers(
    plan: SitingPlan, *, over_min: float, level: str | None = None, groups: Iterable[str] | None = None
) -> pd.DataFrame:
    """Who has more than `over_min` minutes farther to go than before, or no site left within the search.

    On the demand's ids, the longest extra way first (those without any site at the top): `before_min`, `after_min`,
    `extra_min` (NaN where none is left), `before_id` and `after_id` of the nearest sites, and the amounts of the
    groups. With a `level` of the demand's areas on its units' ids, most of the plan's group first: the unit's name
    where it is known, and for each group its amount, `<group>_losing`, `<group>_losing_share`, `<group>_extra_min`
    (their mean extra way, of those who still reach a site). Only units where somebody loses are listed.

    Raises LayerError for a level or group that the demand doesn't have, InputError for `over_min` below 0.
    """
    problem = plan.problem
    change = _change(plan)
    names = _groups(problem.demand, groups)
    amounts = pd.DataFrame({group: amount_of(problem.demand, group) for group in names})
    losing = _loses(change, over_min)
    if level is not None:
        return _by_unit(plan, change["extra_min"], amounts, losing, level)
    chosen = losing & (amounts > 0).any(axis=1)
    before = nearest_of_plan(problem.reach, problem.site_ids[problem.existing].tolist())[1]
    before_id = pd.Series(before, index=problem.reach.demand_ids, name="before_id", dtype=object)
    table = change.assign(before_id=before_id.reindex(change.index), after_id=plan.assignment).join(amounts)
    return table[chosen].sort_values("extra_min", ascending=False, na_position="first", kind="stable")


def moves(plan: SitingPlan) -> pd.DataFrame:
    """Where the people of each closed site go: a row for each pair of closed site and site that takes some of them.

    `from_id`, `from`, `to_id`, `to` (names where they are known; None where no site is left within the search), the
    plan's group's `people` for whom the first was the nearest, `before_min` and `after_min`, their mean minutes. By
    closed site, the most people first.
    """
    problem = plan.problem
    before = nearest_of_plan(problem.reach, problem.site_ids[problem.existing].tolist())[1]
    amount = amount_of(problem.demand, plan.group)
    frame = _change(plan).assign(
        from_id=pd.Series(before, index=problem.reach.demand_ids, dtype=object).reindex(amount.index),
        to_id=plan.assignment,
        people=amount,
    )
    frame = frame[frame["from_id"].isin(plan.closed) & (frame["people"] > 0)]
    for name in ("before_min", "after_min"):
        frame[name] = frame[name] * frame["people"]
    summed = frame.groupby(["from_id", "to_id"], sort=False, dropna=False)[["people", "before_min", "after_min"]]
    table = summed.sum(min_count=1).reset_index()
    for name in ("before_min", "after_min"):
        table[name] = table[name] / table["people"]
    table["people"] = table["people"].round(PEOPLE_DECIMALS)
    names = problem.facilities.frame.get("name")
    for column, ids in (("from", "from_id"), ("to", "to_id")):
        table[column] = table[ids] if names is None else table[ids].map(names.to_dict())
    order = table.assign(key=table["from_id"].astype(str)).sort_values(
        ["key", "people"], ascending=[True, False], kind="stable"
    )
    return order[["from_id", "from", "to_id", "to", "people", "before_min", "after_min"]].reset_index(drop=True)


def amount_of(demand: Demand, group: str) -> pd.Series:
    """A group's amounts on the demand's ids; 0 outside all areas."""
    return demand.amount(group).mask(demand.outside, 0.0)


def _groups(demand: Demand, groups: Iterable[str] | None) -> list[str]:
    return list(demand.groups if groups is None else [groups] if isinstance(groups, str) else dict.fromkeys(groups))


def _change(plan: SitingPlan) -> pd.DataFrame:
    """Minutes before and after on the demand's ids (NaN beyond the search), and what they grow by."""
    before = plan.cost_before_ms.astype("Float64").to_numpy(np.float64, na_value=np.nan) / MS_PER_MIN
    after = plan.cost_after_ms.astype("Float64").to_numpy(np.float64, na_value=np.nan) / MS_PER_MIN
    grown = (plan.cost_after_ms - plan.cost_before_ms).astype("Float64").to_numpy(np.float64, na_value=np.nan)
    columns = {"before_min": before, "after_min": after, "extra_min": grown / MS_PER_MIN}
    return pd.DataFrame(columns, index=plan.cost_before_ms.index)


def _loses(change: pd.DataFrame, over_min: float) -> pd.Series:
    """Who goes farther than before by more than some minutes, or reaches no site any more."""
    if not (np.isfinite(over_min) and over_min >= 0):
        raise InputError(f"over_min must be a number of at least 0, not {over_min!r}")
    grown = (change["extra_min"] * MS_PER_MIN).round() > min_to_ms(over_min)
    losing: pd.Series = grown | (change["before_min"].notna() & change["after_min"].isna())
    return losing


def _told(plan: SitingPlan, amount: pd.Series, over_min: float) -> dict[str, float]:
    change = _change(plan)[amount > 0]
    people = amount[amount > 0]
    before, after = change["before_min"], change["after_min"]
    both = before.notna() & after.notna()

    def many(who: pd.Series) -> float:
        return round(float(people[who].sum()), PEOPLE_DECIMALS)

    return {
        "people": many(people > 0),
        "before_min": _mean(before[both], people[both]),
        "after_min": _mean(after[both], people[both]),
        "p95_before_min": weighted_quantile(before, people, q=LATE),
        "p95_after_min": weighted_quantile(after, people, q=LATE),
        "worst_before_min": float(before.max()),
        "worst_after_min": float(after.max()),
        "nearer": many(change["extra_min"] < 0),
        "farther": many(change["extra_min"] > 0),
        "over": many(_loses(change, over_min) & both),
        "lost": many(before.notna() & after.isna()),
        "gained": many(before.isna() & after.notna()),
        "neither": many(before.isna() & after.isna()),
    }


def _by_unit(
    plan: SitingPlan, extra_min: pd.Series, amounts: pd.DataFrame, losing: pd.Series, level: str
) -> pd.DataFrame:
    frame = plan.problem.demand.frame
    if f"{level}_id" not in frame.columns:
        raise LayerError(f"demand has no {level}_id; give it areas: demand.in_areas(areas)")
    unit = frame[f"{level}_id"]
    known = unit.notna()
    table = pd.DataFrame(index=pd.Index(sorted(unit[known].unique(), key=str), name=f"{level}_id"))
    if level in frame.columns:
        table[level] = frame[known].drop_duplicates(f"{level}_id").set_index(f"{level}_id")[level]
    for group in amounts.columns:
        amount = amounts[group][known]
        still = extra_min[known].where(losing[known])
        walked = (still * amount).groupby(unit[known]).sum()
        counted = amount.where(still.notna(), 0.0).groupby(unit[known]).sum()
        table[group] = amount.groupby(unit[known]).sum().round(PEOPLE_DECIMALS)
        table[f"{group}_losing"] = amount.where(losing[known], 0.0).groupby(unit[known]).sum().round(PEOPLE_DECIMALS)
        table[f"{group}_losing_share"] = table[f"{group}_losing"] / table[group].where(table[group] > 0)
        table[f"{group}_extra_min"] = walked / counted.where(counted > 0)
    touched = (table[[f"{group}_losing" for group in amounts.columns]] > 0).any(axis=1)
    first = f"{plan.group}_losing" if plan.group in amounts.columns else f"{amounts.columns[0]}_losing"
    return table[touched].sort_values(first, ascending=False, kind="stable")


def _mean(minutes: pd.Series, people: pd.Series) -> float:
    """Mean by people; NaN without any."""
    return float(np.average(minutes, weights=people)) if len(people) else float("nan")

"""A siting question in whole numbers: arrays made from layers, a reach and rules, joined by id and put in one order.

Sites and homes are ordered by their ids as text, so that shuffled tables give the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from civicreach.errors import Faults, LayerError
from civicreach.layers import Demand, Facilities
from civicreach.measures.room import UNITS, people_units
from civicreach.reach import Reach
from civicreach.siting.found import Longs, Quota
from civicreach.siting.rule_arrays import (
    Bools,
    FloorNeed,
    close_pairs,
    floor_need,
    named_sites,
    site_costs,
    unit_quotas,
)
from civicreach.siting.rules import NO_RULES, Rules
from civicreach.units import min_to_ms


@dataclass(frozen=True, eq=False)
class Problem:
    """Sites (m,) and homes (n,) by position, in the order of their ids.

    `weight` are people in millionths, 0 outside all areas. `ptr`, `row` and `ms` are the homes that each site reaches
    within the search's cutoff, as CSR rows sorted by home; `limit_ms` is the standard (the cutoff where there is
    none). `existing` sites are there today; `forced` ones are open in every plan; `allowed` may be open (forced ones
    among them). At most `new_most` sites that aren't existing open, at most `total_most` are open in all (None: no
    limit). `cost` (m,) of new sites and `budget` in whole cents, None without a budget. `quotas` of open sites; `clash`
    (k, 2) are pairs that stand too close; `max_load` in millionths of people; `floor` by unit.
    """

    reach: Reach
    demand: Demand
    facilities: Facilities
    rules: Rules
    group: str
    limit_ms: int
    site_ids: pd.Index
    demand_ids: pd.Index
    weight: Longs
    ptr: Longs
    row: Longs
    ms: Longs
    xy: npt.NDArray[np.float64]
    existing: Bools
    forced: Bools
    allowed: Bools
    new_most: int | None
    total_most: int | None
    cost: Longs | None
    budget: int | None
    quotas: tuple[Quota, ...]
    clash: Longs
    max_load: int | None
    floor: FloorNeed | None

    @classmethod
    def of(
        cls,
        reach: Reach,
        demand: Demand,
        facilities: Facilities,
        *,
        within_min: float | None = None,
        group: str = "people",
        new: int | None = None,
        total: int | None = None,
        rules: Rules = NO_RULES,
    ) -> Problem:
        """The question about a reach and its layers, which are matched by id.

        Raises LayerError with every fault at once: layers of another reach, unknown ids, nobody to serve, no site in
        reach, more new sites than candidates, rules that contradict each other; CutoffError beyond the search.
        """
        limit_ms = reach.cutoff_ms if within_min is None else min_to_ms(within_min)
        reach.check_cutoff(limit_ms)
        _check_ids(reach, demand, facilities)
        demand_ids, facility_ids = _ordered(reach.demand_ids), _ordered(reach.facility_ids)
        homes = demand.frame.loc[demand_ids]
        sites = facilities.frame.loc[facility_ids]
        weight = people_units(demand.amount(group).loc[demand_ids])
        weight[demand.outside.loc[demand_ids].to_numpy()] = 0
        ptr, row, ms = _pairs(reach, demand_ids, facility_ids)
        faults = Faults("siting")
        named = named_sites(rules, facility_ids, faults)
        status = sites["status"].to_numpy(dtype=object)
        existing = status == "existing"
        if (wrong := named["closable"] & ~existing).any():
            faults.add("closable sites that don't exist", rows=facility_ids[wrong].tolist())
        if (shut := named["mandatory"] & (status == "closed")).any():
            faults.add(
                "mandatory sites that are closed", rows=facility_ids[shut].tolist(), todo="Make them candidates."
            )
        allowed = (status != "closed") & ~named["forbidden"]
        stays = existing & ~named["closable"] if rules.keep else np.zeros(len(status), np.bool_)
        forced = (stays | named["mandatory"] | (status == "planned")) & allowed
        cost, budget = site_costs(rules, sites, existing & allowed, faults)
        xy = np.column_stack([sites.geometry.x, sites.geometry.y])
        problem = cls(
            reach, demand, facilities, rules, group, limit_ms, facility_ids, demand_ids, weight, ptr, row, ms, xy,
            existing, forced, allowed, new, total, cost, budget,
            unit_quotas(rules, sites, homes, weight, faults), close_pairs(xy, existing, allowed, rules),
            None if rules.max_load is None else round(rules.max_load * UNITS),
            floor_need(rules, homes, weight, limit_ms, faults),
        )  # fmt: skip
        problem._check(faults)
        faults.raise_if_any(LayerError)
        return problem

    def _check(self, faults: Faults) -> None:
        if self.total == 0:
            faults.add(f"nobody of the group {self.group!r} lives in the areas: there is nothing to site for")
        if not self.allowed.any():
            faults.add("no site may be open", todo="Give candidates (status 'candidate') or take back rules.")
        elif self.total > 0 and not self.weight[self.row[self.pair_open()]].any():
            faults.add(
                f"no site that may be open reaches anybody within {self.limit_ms / 60_000:g} minutes",
                todo="Look at the candidates' places and at the limit.",
            )
        candidates = int((self.allowed & ~self.existing).sum())
        for name, value, least in (("new", self.new_most, 0), ("total", self.total_most, 1)):
            if value is not None and (isinstance(value, bool) or value != int(value) or value < least):
                faults.add(f"{name} must be a whole number of at least {least}, not {value!r}")
        if self.new_most is not None and self.new_most > candidates:
            faults.add(
                f"{self.new_most} new sites are asked for, but only {candidates} candidates may open",
                todo="Ask for fewer, or give more candidates.",
            )
        if self.floor is not None and self.floor.limit_ms > self.reach.cutoff_ms:
            faults.add("the floor's limit lies beyond what was searched", todo="Call reach with a larger cutoff_min.")

    def without(self, rule: str) -> Problem:
        """The same question without one rule: a name of Rules, or "new" or "total" for the number of sites."""
        named = self.site_ids.isin(getattr(self.rules, rule) if rule in {"mandatory", "forbidden"} else ())
        match rule:
            case "mandatory":
                planned = self.facilities.frame["status"].loc[self.site_ids].to_numpy() == "planned"
                return replace(self, forced=self.forced & ~(named & ~planned & self.new))
            case "forbidden":
                stays = named & self.existing & self.rules.keep & ~self.site_ids.isin(self.rules.closable)
                return replace(self, allowed=self.allowed | named, forced=self.forced | stays)
            case "quotas":
                return replace(self, quotas=())
            case "spacing_m":
                return replace(self, clash=self.clash[:0])
            case "budget":
                return replace(self, cost=None, budget=None)
            case "max_load":
                return replace(self, max_load=None)
            case "floor":
                return replace(self, floor=None)
            case "new":
                return replace(self, new_most=None)
            case "total":
                return replace(self, total_most=None)
        raise ValueError(rule)

    @property
    def total(self) -> int:
        """All people of the group in the areas, in millionths."""
        return int(self.weight.sum())

    @property
    def new(self) -> Bools:
        """Sites that would be new."""
        return ~self.existing

    @property
    def free(self) -> Bools:
        """Sites about which something is to be decided."""
        return self.allowed & ~self.forced

    @property
    def step(self) -> int:
        """The largest whole number that divides every home's people, so that sums come in such steps."""
        return max(int(np.gcd.reduce(self.weight)), 1)

    def site_of_pair(self) -> Longs:
        """The site (k,) of each pair."""
        return np.repeat(np.arange(len(self.site_ids)), np.diff(self.ptr))

    def pair_open(self, limit_ms: int | None = None) -> Bools:
        """The pairs (k,) of sites that may be open, within a limit (inclusive; that of the problem)."""
        limit = self.limit_ms if limit_ms is None else limit_ms
        return (self.ms <= limit) & self.allowed[self.site_of_pair()]

    def covers(self, limit_ms: int | None = None) -> csr_matrix:
        """Sites x homes: True within a limit (inclusive), for sites that may be open."""
        within = self.pair_open(limit_ms)
        shape = (len(self.site_ids), len(self.demand_ids))
        ones = np.ones(int(within.sum()), np.bool_)
        return csr_matrix((ones, (self.site_of_pair()[within], self.row[within])), shape=shape)

    def uncoverable(self, limit_ms: int | None = None) -> Bools:
        """Homes (n,) with people whom no site that may be open reaches within a limit."""
        met = np.zeros(len(self.demand_ids), np.bool_)
        met[self.row[self.pair_open(limit_ms)]] = True
        return (self.weight > 0) & ~met


def _ordered(ids: pd.Index) -> pd.Index:
    """Ids by their text, whatever their order was."""
    keys = [(str(i), type(i).__name__) for i in ids]
    return ids[sorted(range(len(ids)), key=keys.__getitem__)]


def _check_ids(reach: Reach, demand: Demand, facilities: Facilities) -> None:
    faults = Faults("siting")
    for what, searched, given in (
        ("demand", reach.demand_ids, demand.ids),
        ("facilities", reach.facility_ids, facilities.ids),
    ):
        lacking, more = searched.difference(given, sort=False), given.difference(searched, sort=False)
        if len(lacking):
            faults.add(f"this reach was computed for other {what}: ids that aren't in the layer", rows=lacking.tolist())
        if len(more):
            faults.add(f"this reach was computed for other {what}: ids that it doesn't know", rows=more.tolist())
    faults.raise_if_any(LayerError)


def _pairs(reach: Reach, demand_ids: pd.Index, facility_ids: pd.Index) -> tuple[Longs, Longs, Longs]:
    row_at = demand_ids.get_indexer(reach.demand_ids)
    site_at = facility_ids.get_indexer(reach.facility_ids)
    site, row = site_at[reach.facility_at], row_at[reach.demand_at]
    order = np.lexsort((row, site))
    counts = np.bincount(site, minlength=len(facility_ids))
    return np.concatenate([[0], np.cumsum(counts)]), row[order], reach.cost_ms[order].astype(np.int64)

"""Small siting problems as plain arrays, and every plan of them looked at: the oracle of the siting room.

Nothing here uses the room's own counting: costs stand in a matrix (sites x homes, FAR where there is no way).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

import towns
from civicreach.layers import Demand, Facilities
from civicreach.measures.room import UNITS
from civicreach.network.snap import Snapped
from civicreach.reach import Reach
from civicreach.siting.found import Quota
from civicreach.siting.problem import Problem
from civicreach.siting.rule_arrays import FloorNeed
from civicreach.siting.rules import NO_RULES, Floor, Rules, UnitQuota

FAR = 10**9


@dataclass(frozen=True, eq=False)
class Case:
    """A cost matrix in ms (m x n), people (n,), and rules by position."""

    cost: np.ndarray
    people: np.ndarray
    existing: np.ndarray
    forced: np.ndarray
    allowed: np.ndarray
    limit: int
    cutoff: int
    new: int | None = None
    total: int | None = None
    price: np.ndarray | None = None
    budget: int | None = None
    quotas: tuple[tuple[list[int], int, int | None], ...] = ()
    clash: tuple[tuple[int, int], ...] = ()
    max_load: int | None = None
    unit: np.ndarray | None = None
    share: str | None = None
    floor_limit: int | None = None
    capacity: np.ndarray | None = None

    def problem(self) -> Problem:
        """The case as the room takes it, in millionths of people."""
        m, n = self.cost.shape
        reached = self.cost <= self.cutoff
        _, row = np.nonzero(reached)
        ptr = np.concatenate([[0], np.cumsum(reached.sum(axis=1))]).astype(np.int64)
        weight = self.people.astype(np.int64) * UNITS
        floor = None
        if self.share is not None and self.unit is not None:
            names = np.unique(self.unit[weight > 0])
            at = np.where(weight > 0, np.searchsorted(names, self.unit), -1)
            least = [self.needed(u) * UNITS for u in names]
            limit = self.floor_limit or self.limit
            floor = FloorNeed(tuple(names.tolist()), at, np.array([int(np.ceil(v)) for v in least]), limit)
        return Problem(
            None, None, None, NO_RULES, "people", self.limit, pd.Index(range(m)), pd.Index(range(n)), weight, ptr,
            row.astype(np.int64), self.cost[reached].astype(np.int64), np.zeros((m, 2)), self.existing, self.forced,
            self.allowed, self.new, self.total, self.price, self.budget,
            tuple(Quota(np.array(s, np.int64), *rest, f"unit {i}") for i, (s, *rest) in enumerate(self.quotas)),
            np.array(self.clash, np.int64).reshape(-1, 2),
            None if self.max_load is None else self.max_load * UNITS, floor,
        )  # type: ignore[arg-type]  # fmt: skip

    def needed(self, unit: Any) -> Fraction:
        """How many people of a unit must be covered."""
        return Fraction(self.share or "0") * int(self.people[self.unit == unit].sum())

    def plans(self) -> np.ndarray:
        """Every set of open sites (k, m) that keeps the rules about sites."""
        m = len(self.cost)
        sets = (np.arange(2**m)[:, None] >> np.arange(m)) & 1 == 1
        ok = ~(sets & ~self.allowed).any(axis=1) & sets[:, self.forced].all(axis=1)
        new = sets & ~self.existing
        if self.new is not None:
            ok &= new.sum(axis=1) <= self.new
        if self.total is not None:
            ok &= sets.sum(axis=1) <= self.total
        if self.budget is not None and self.price is not None:
            ok &= new @ self.price <= self.budget
        for inside, least, most in self.quotas:
            count = sets[:, inside].sum(axis=1)
            ok &= (count >= least) & (count <= (most if most is not None else m))
        for a, b in self.clash:
            ok &= ~(sets[:, a] & sets[:, b])
        return sets[ok]

    @property
    def coverable(self) -> np.ndarray:
        """Homes with people that some site may cover."""
        return (self.people > 0) & (self.cost[self.allowed] <= self.limit).any(axis=0)

    def meets_floor(self, nearest: np.ndarray) -> np.ndarray:
        """Of plans' nearest costs (k, n) those that leave no unit below the floor."""
        ok = np.ones(len(nearest), bool)
        if self.share is None:
            return ok
        limit = self.floor_limit or self.limit
        for unit in np.unique(self.unit[self.people > 0]):
            mine = np.where(self.unit == unit, self.people, 0)
            ok &= (nearest <= limit) @ mine >= float(self.needed(unit)) - 1e-9
        return ok

    def best(self, kind: str, need: int = 0, beyond: int = 0) -> int | None:
        """The best value of all plans, None without any: people, sites, people times ms, or ms."""
        plans = self.plans()
        if self.max_load is not None or self.capacity is not None:
            return self._best_with_room(kind, plans, need, beyond)
        nearest = np.array([self.cost[p].min(axis=0, initial=FAR) for p in plans]).reshape(len(plans), len(self.people))
        nearest = np.where(nearest <= self.cutoff, nearest, FAR)
        ok = self.meets_floor(nearest)
        plans, nearest = plans[ok], nearest[ok]
        within = nearest <= self.limit
        if kind == "max_cover":
            return max((within @ self.people).tolist(), default=None)
        if kind == "backup_cover":
            twice = np.array([(self.cost[p] <= self.limit).sum(axis=0) >= 2 for p in plans]).reshape(
                len(plans), len(self.people)
            )
            return max((twice @ self.people).tolist(), default=None)
        if kind == "set_cover":
            enough = within @ self.people >= need
            return min((plans[enough] & ~(self.forced & self.existing)).sum(axis=1).tolist(), default=None)
        if kind == "p_median":
            return min((np.minimum(nearest, beyond) @ self.people).tolist(), default=None)
        worst = np.where(self.coverable, nearest, 0).max(axis=1, initial=0)
        return min(worst[worst <= self.limit].tolist(), default=None)

    def _best_with_room(self, kind: str, plans: np.ndarray, need: int, beyond: int) -> int | None:
        values = [self._with_room(kind, np.flatnonzero(p), need, beyond) for p in plans]
        known = [v for v in values if v is not None]
        if kind in {"max_cover", "max_served"}:
            return max(known, default=None)
        return min(known, default=None)

    def room(self, site: int) -> int:
        """How many a site takes in."""
        limits = [
            v for v in (self.max_load, None if self.capacity is None else int(self.capacity[site])) if v is not None
        ]
        return min(limits)

    def _with_room(self, kind: str, sites: np.ndarray, need: int, beyond: int) -> int | None:
        if kind == "p_center":
            radii = np.unique(self.cost[self.cost <= self.limit])
            everybody = int(self.people[self.coverable].sum())
            return next((int(r) for r in radii if self._flow(sites, int(r), None) == everybody), None)
        if kind == "p_median":
            return self._flow(sites, beyond, beyond)
        served = self._flow(sites, self.limit, None)
        if kind == "set_cover":
            mine = ~(self.forced & self.existing)
            return int(mine[sites].sum()) if served is not None and served >= need else None
        return served

    def _flow(self, sites: np.ndarray, limit: int, beyond: int | None) -> int | None:
        """Most people served, or the least people times ms where `beyond` says what the others count; by LP."""
        pairs = [(s, r) for s in sites for r in range(len(self.people)) if self.cost[s, r] <= min(limit, self.cutoff)]
        if not pairs:
            if self.share is not None and any(self.needed(u) > 0 for u in np.unique(self.unit[self.people > 0])):
                return None
            return 0 if beyond is None else int(beyond * self.people.sum())
        worth = [-1.0 if beyond is None else float(self.cost[p] - beyond) for p in pairs]
        rows, limits = [], []
        for r in range(len(self.people)):
            rows.append([1.0 if p[1] == r else 0.0 for p in pairs])
            limits.append(float(self.people[r]))
        for s in sites:
            rows.append([1.0 if p[0] == s else 0.0 for p in pairs])
            limits.append(float(self.room(s)))
        if self.share is not None:
            for u in np.unique(self.unit[self.people > 0]):
                near = self.floor_limit or self.limit
                rows.append([-1.0 if self.unit[p[1]] == u and self.cost[p] <= near else 0.0 for p in pairs])
                limits.append(-float(np.ceil(self.needed(u) * UNITS) / UNITS))
        solved = linprog(worth, A_ub=rows, b_ub=limits)
        if solved.status != 0:
            return None
        value = -solved.fun if beyond is None else beyond * self.people.sum() + solved.fun
        assert abs(value * UNITS - round(value * UNITS)) < 1, value
        return round(float(value), 6) if abs(value - round(value)) > 1e-7 else round(value)  # type: ignore[return-value]


def random_case(rng: np.random.Generator, **rules: bool) -> Case:
    """A case of 3 to 7 sites and 3 to 9 homes; each rule that is named is drawn as well."""
    m, n = int(rng.integers(3, 8)), int(rng.integers(3, 10))
    cost = rng.integers(1, 20, (m, n))
    cost = np.where(rng.random((m, n)) < 0.15, FAR, cost)
    people = rng.integers(0, 8, n)
    people[0] = 5
    existing = rng.random(m) < 0.3
    forced = existing & (rng.random(m) < 0.7)
    allowed = np.ones(m, bool)
    case = Case(cost, people, existing, forced, allowed, int(rng.integers(4, 12)), 15)
    return replace(case, **_drawn(rng, case, rules))


def _drawn(rng: np.random.Generator, case: Case, rules: dict[str, bool]) -> dict[str, Any]:
    m, n = case.cost.shape
    found: dict[str, Any] = {"new": int(rng.integers(0, m + 1))}
    if rules.get("ids"):
        found["forced"] = case.forced | (rng.random(m) < 0.15)
        found["allowed"] = found["forced"] | (rng.random(m) < 0.8)
    if rules.get("total"):
        found["total"] = int(rng.integers(1, m + 1))
    if rules.get("quotas"):
        area = rng.integers(0, 2, m)
        drawn = [
            (np.flatnonzero(area == a).tolist(), int(rng.integers(0, 2)), [None, 2][int(rng.integers(0, 2))])
            for a in (0, 1)
        ]
        found["quotas"] = tuple((inside, least, most) for inside, least, most in drawn)
    if rules.get("clash"):
        pairs = [p for p in combinations(range(m), 2) if rng.random() < 0.2 and not case.existing[list(p)].all()]
        found["clash"] = tuple(pairs)
    if rules.get("budget"):
        found["price"] = np.where(case.existing, 0, rng.integers(1, 9, m))
        found["budget"] = int(rng.integers(3, 20))
    if rules.get("max_load"):
        found["max_load"] = int(rng.integers(3, 12))
    if rules.get("floor"):
        found["unit"], found["share"] = rng.integers(0, 2, n), ["0.25", "0.4", "0.5"][int(rng.integers(0, 3))]
        found["floor_limit"] = case.limit if rng.random() < 0.5 else int(rng.integers(4, 14))
    if rules.get("capacity"):
        found["capacity"] = rng.integers(0, 12, m)
    return found


def layers(case: Case, *, shuffle: int | None = None) -> tuple[Reach, Demand, Facilities]:
    """The case's layers and reach, one minute for each ms of the case; with a seed in another order of rows.

    Sites are "s0", "s1", ..., homes "h0", ...; sites of the subdistricts "A" and "B", if the case has quotas or units.
    """
    m, n = case.cost.shape
    status = np.where(
        case.existing, "existing", np.where(case.forced, "planned", np.where(case.allowed, "candidate", "closed"))
    )
    places = {f"s{i}": (100.0 * i, 50.0) for i in range(m)}
    sites = towns.facilities(places, status=status.tolist())
    demand = towns.demand({f"h{i}": (100.0 * i, 0.0) for i in range(n)}, case.people.astype(float).tolist())
    if case.capacity is not None:
        sites.frame["capacity"] = case.capacity.astype(float)
    if case.price is not None:
        sites.frame["cost"] = case.price.astype(float)
    area = np.full(m, "A", object)
    for name, (inside, *_) in zip("AB", case.quotas, strict=False):
        area[inside] = name
    sites.frame["subdistrict_id"] = sites.frame["subdistrict"] = area
    if case.unit is not None:
        demand.frame["subdistrict_id"] = np.array(["A", "B"], object)[case.unit]
    site, row = np.nonzero(case.cost <= case.cutoff)
    cost = case.cost[site, row]
    rng = np.random.default_rng(shuffle)
    by_site, by_home = (np.arange(m), np.arange(n)) if shuffle is None else (rng.permutation(m), rng.permutation(n))
    place = np.argsort(by_site)[site]
    order = np.lexsort((rng.random(len(place)), place))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=m))]).astype(np.int64)
    at = np.argsort(by_home)[row][order].astype(np.int32)
    reach = Reach(
        demand.ids[by_home], sites.ids[by_site], ptr, at, (cost[order] * 60_000).astype(np.int32),
        case.cutoff * 60_000, "to_facility", "walker", "none", snapped(n), snapped(m),
    )  # fmt: skip
    if shuffle is not None:
        demand = Demand(demand.frame.iloc[rng.permutation(n)], demand.groups)
        sites = replace(sites, frame=sites.frame.iloc[rng.permutation(m)])
    return reach, demand, sites


def rules_of(case: Case) -> Rules:
    """The case's rules in ids."""
    closable = np.flatnonzero(case.existing & ~case.forced)
    return Rules(
        closable=[f"s{i}" for i in closable],
        forbidden=[f"s{i}" for i in np.flatnonzero(case.existing & ~case.allowed)],
        quotas=tuple(
            UnitQuota("subdistrict", least, most, name)
            for name, (inside, least, most) in zip("AB", case.quotas, strict=False)
            if inside or least
        ),
        budget=case.budget,
        max_load=case.max_load,
        floor=None if case.share is None else Floor("subdistrict", float(case.share), case.floor_limit),
    )


def snapped(count: int) -> Snapped:
    zero = np.zeros(count)
    whole = np.zeros(count, np.int64)
    return Snapped(np.zeros(count, np.int32), whole, zero, whole, np.zeros(count, np.bool_), zero, zero)

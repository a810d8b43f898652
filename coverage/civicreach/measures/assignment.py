"""People assigned to facilities that have only so much room: the least walking, proven, and the nearest-first rule.

Amounts and capacities are counted in millionths of a person and costs in milliseconds, all whole numbers, so that
sums, comparisons and the proof are exact. The people of one home may be split over several facilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.layers import Demand, Facilities
from civicreach.layers.groups import Pair
from civicreach.measures import transport
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.room import UNITS, capacity_of, people_of, people_units, person_min, room_units
from civicreach.measures.transport import Plan, Transport
from civicreach.reach import Reach
from civicreach.units import MS_PER_MIN, min_to_ms

Longs = npt.NDArray[np.int64]
Rule = Literal["least_walking", "nearest_first"]

RULES: dict[Rule, Pair] = {
    "least_walking": ("most people served, then least walking", "先保障人数最多，再使步行总量最小"),
    "nearest_first": ("nearest first", "就近先到先得"),
}
"""What the rules of assignment are called, in English and Chinese."""

REASONS: dict[str, Pair] = {
    "": ("served", "已安置"),
    "full": ("every facility within reach is full", "可达设施均已满员"),
    "beyond": ("no facility within the limit", "时限内没有设施"),
    "unsnapped": ("not on the street network", "未接入路网"),
    "outside": ("outside all areas", "不在统计范围内"),
}
"""Why people of a home aren't served, in English and Chinese."""

NOWHERE = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who goes where, with no facility taking in more than it has room for.

    `pairs` has a row for each home and facility with people between them, in the order of both: `demand_id`,
    `facility_id`, `amount`, `cost_ms`. On the demand's index: `served` and `unserved` people, together the amount to a
    millionth; `reason`, a key of REASONS; `nearest_id` and `nearest_ms` of the nearest facility within the limit,
    full or not (None and NA without any). On the facilities' index: `capacity`; `load`, the people taken in;
    `price_min`, the minutes of walking that one more place there would save; `serves_more` where one more place would
    instead serve one more person, maybe elsewhere after others made room (`price_min` is NaN there).

    `total_person_min` is all walking one way. No assignment serves more than `most_served`, and none that serves so
    many walks less than `bound_person_min`; `proven` says that this one meets both to the last digit. All three and
    the prices are unknown (NaN, False) for the nearest-first rule.
    """

    rule: Rule
    within_min: float
    group: str
    pairs: pd.DataFrame
    served: pd.Series
    unserved: pd.Series
    reason: pd.Series
    nearest_id: pd.Series
    nearest_ms: pd.Series
    capacity: pd.Series
    load: pd.Series
    price_min: pd.Series
    serves_more: pd.Series
    total_person_min: float
    bound_person_min: float
    most_served: float
    proven: bool

    @property
    def totals(self) -> pd.Series:
        """People: `demand`, of which `served`, `full`, `beyond` and `unsnapped`; `outside` counts in none of these."""
        left = {reason: people_units(self.unserved[self.reason == reason]).sum() for reason in REASONS if reason}
        outside, served = left.pop("outside"), people_units(self.served).sum()
        units = {"demand": served + sum(left.values()), "served": served, **left, "outside": outside}
        return pd.Series(units, name=self.group) / UNITS

    @property
    def mean_min(self) -> float:
        """Minutes that those who are served walk on average; NaN where nobody is."""
        served = float(self.totals["served"])
        return self.total_person_min / served if served > 0 else float("nan")

    def __repr__(self) -> str:
        sums = self.totals
        proof = "proven least" if self.proven else "not proven"
        return (
            f"Assignment({RULES[self.rule][0]}: {sums['served']:,.0f} of {sums['demand']:,.0f} {self.group} served, "
            f"{self.total_person_min:,.0f} person-minutes, {proof})"
        )


def assign(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    group: str = "people",
    capacity: pd.Series | None = None,
) -> Assignment:
    """Serve as many people as possible within some minutes (inclusive) and, so many being served, walk least.

    `capacity` in people, by facility id, is the facilities' own column unless given; infinite means no limit. All
    facilities of the reach take part: leave out those that are closed. Rows outside all areas aren't assigned. Of
    plans that are equally good one is taken, always the same for the same order of rows.

    Raises LayerError with the ids where capacity is missing, negative or no number, for an unknown group and for
    layers that the reach wasn't computed for; CutoffError beyond what was searched.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 900.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> homes = gpd.GeoDataFrame({"people": [30, 20]}, geometry=gpd.points_from_xy([300, 480], [0, 0]), crs=32650)
    >>> halls = gpd.GeoDataFrame({"capacity": [40, 8]}, geometry=gpd.points_from_xy([0, 600], [0, 0]), crs=32650)
    >>> homes, halls = Demand(homes), Facilities(halls, "shelter")
    >>> found = assign(reach(homes, halls, network, cutoff_min=10), homes, halls, within_min=10)
    >>> found.pairs[["demand_id", "facility_id", "amount"]].to_numpy().tolist()
    [[0.0, 0.0, 30.0], [1.0, 0.0, 10.0], [1.0, 1.0, 8.0]]
    >>> found
    Assignment(most people served, then least walking: 48 of 50 people served, 246 person-minutes, proven least)
    """
    case = _Case.of(reach, demand, facilities, within_min, group, capacity)
    case = replace(case, problem=case.problem.needed())
    solution = transport.solve(case.problem)
    return case.assignment("least_walking", solution.plan, solution.price)


def nearest_first(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    group: str = "people",
    capacity: pd.Series | None = None,
) -> Assignment:
    """What happens where nobody plans: shorter ways come first, and whoever finds a place full tries the next nearest.

    All pairs of home and facility within the limit are gone through by cost, then in the order of the facilities, then
    of the homes; each pair takes in as many people as the home has left and the facility has room for. So nobody could
    change to a nearer facility that isn't full of people who live nearer still. Arguments and errors as in `assign`.
    """
    case = _Case.of(reach, demand, facilities, within_min, group, capacity)
    return case.assignment("nearest_first", transport.nearest_first(case.problem))


def growth(assignment: Assignment) -> pd.DataFrame:
    """By how much facilities would have to grow for everybody with one within the limit, on the facilities' index.

    Whoever is left out because all is full goes to the nearest facility within the limit, and those who are served
    stay: `growth` in people, `growth_share` of the capacity (NaN where it is 0 or infinite), `needed_capacity`. No
    facilities can grow by less together: of one more place at most one more person is served, and after `assign` the
    fewest possible are left out.
    """
    full = assignment.reason == "full"
    wanted = pd.Series(
        people_units(assignment.unserved[full]), index=assignment.nearest_id[full].to_numpy(dtype=object)
    )
    units = wanted.groupby(level=0, sort=False).sum().reindex(assignment.capacity.index, fill_value=0)
    more = pd.Series(people_of(units.to_numpy()), index=assignment.capacity.index)
    capacity = assignment.capacity
    share = more / capacity.where((capacity > 0) & np.isfinite(capacity))
    needed = (capacity + more).round(PEOPLE_DECIMALS)
    return pd.DataFrame(
        {
            "capacity": capacity,
            "load": assignment.load,
            "growth": more,
            "growth_share": share,
            "needed_capacity": needed,
        }
    )


@dataclass(frozen=True, eq=False)
class _Case:
    """A question in whole numbers: `rows` (of the demand) are the points of the problem, in order."""

    demand: Demand
    group: str
    within_min: float
    capacity: pd.Series
    snapped: npt.NDArray[np.bool_]
    nearest: Longs
    rows: Longs
    problem: Transport

    @classmethod
    def of(
        cls, reach: Reach, demand: Demand, facilities: Facilities, within_min: float, group: str,
        capacity: pd.Series | None,
    ) -> _Case:  # fmt: skip
        _check_layers(reach, demand, facilities)
        room = capacity_of(facilities, capacity)
        amount = people_units(demand.amount(group))
        amount[demand.outside.to_numpy()] = 0
        limit = min_to_ms(within_min)
        reach.check_cutoff(limit)
        near = reach.cost_ms <= limit
        home, facility, cost = reach.demand_at[near], reach.facility_at[near], reach.cost_ms[near]
        # cost and facility in one number: the smallest is the nearest, and of equals the first
        nearest = np.full(len(demand.ids), NOWHERE)
        np.minimum.at(nearest, home, cost.astype(np.int64) * len(room) + facility)
        rows = np.flatnonzero((amount > 0) & (nearest < NOWHERE))
        point = np.full(len(demand.ids), -1)
        point[rows] = np.arange(len(rows))
        used = point[home] >= 0
        problem = Transport.build(amount[rows], room_units(room), point[home[used]], facility[used], cost[used])
        return cls(demand, group, within_min, room, reach.demand_snap.found, nearest, rows, problem)

    def assignment(self, rule: Rule, plan: Plan, price: Longs | None = None) -> Assignment:
        """A plan with ids and people, and with what its prices prove."""
        problem, ids, sites = self.problem, self.demand.ids, self.capacity.index
        served = np.zeros(len(ids), np.int64)
        served[self.rows] = plan.served(problem)
        unserved = people_units(self.demand.amount(self.group)) - served
        nearest_id, nearest_ms = self._nearest()
        more = np.zeros(len(sites), np.bool_) if price is None else price > problem.chain_ms
        saved = np.full(len(sites), np.nan) if price is None else np.where(more, np.nan, price / MS_PER_MIN)
        most, least = (float("nan"), float("nan")) if price is None else self._bounds(price)
        return Assignment(
            rule=rule,
            within_min=self.within_min,
            group=self.group,
            pairs=self._pairs(plan),
            served=pd.Series(people_of(served), index=ids, name="served"),
            unserved=pd.Series(people_of(unserved), index=ids, name="unserved"),
            reason=self._reasons(unserved),
            nearest_id=nearest_id,
            nearest_ms=nearest_ms,
            capacity=self.capacity,
            load=pd.Series(people_of(plan.load(problem)), index=sites, name="load"),
            price_min=pd.Series(saved, index=sites, name="price_min"),
            serves_more=pd.Series(more, index=sites, name="serves_more"),
            total_person_min=person_min(plan.walk(problem)),
            bound_person_min=least,
            most_served=most,
            proven=price is not None and transport.is_proven(problem, plan, price),
        )

    def _bounds(self, price: Longs) -> tuple[float, float]:
        unserved, walk = transport.bounds(self.problem, price)
        return (self.problem.total - unserved) / UNITS, person_min(walk)

    def _nearest(self) -> tuple[pd.Series, pd.Series]:
        ids, sites = self.demand.ids, self.capacity.index.to_numpy(dtype=object)
        found = self.nearest < NOWHERE
        nearest_id = sites[self.nearest % len(sites)]
        nearest_id[~found] = None
        nearest_ms = pd.Series(self.nearest // len(sites), index=ids, name="nearest_ms", dtype="Int64")
        return pd.Series(nearest_id, index=ids, name="nearest_id", dtype=object), nearest_ms.mask(~found)

    def _pairs(self, plan: Plan) -> pd.DataFrame:
        home, site = self.rows[self.problem.point[plan.pair]], self.problem.facility[plan.pair]
        order = np.lexsort((site, home))
        return pd.DataFrame(
            {
                "demand_id": self.demand.ids.to_numpy()[home[order]],
                "facility_id": self.capacity.index.to_numpy()[site[order]],
                "amount": people_of(plan.amount[order]),
                "cost_ms": self.problem.cost[plan.pair][order].astype(np.int64),
            }
        )

    def _reasons(self, unserved: Longs) -> pd.Series:
        reason = np.where(unserved > 0, "full", "").astype(object)
        reason[self.nearest == NOWHERE] = "beyond"
        reason[~self.snapped] = "unsnapped"
        reason[self.demand.outside.to_numpy()] = "outside"
        return pd.Series(reason, index=self.demand.ids, name="reason", dtype=object)


def _check_layers(reach: Reach, demand: Demand, facilities: Facilities) -> None:
    faults = Faults()
    if not reach.demand_ids.equals(demand.ids):
        faults.add("this reach was computed for other demand: the ids differ")
    if not reach.facility_ids.equals(facilities.ids):
        faults.add("this reach was computed for other facilities: the ids differ")
    faults.raise_if_any(LayerError)

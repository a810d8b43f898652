"""Seconds to assign people to places with room, proven best, and the same by HiGHS where it can finish.

Homes along the streets of a town with a river, each with whole people, and as many facilities as a city has shelters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import ours
import pandas as pd
from clock import once
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack
from sheet import Cell, Check, Options, Result, Table, say

from civicreach.layers import Demand, Facilities
from civicreach.measures.assignment import Assignment, assign, nearest_first
from civicreach.measures.transport import Solution, Transport, is_proven, solve
from civicreach.reach import Reach, reach
from towns import build_town, residents

CASES = {
    "room for 1.5 times the people": (1, 20.0, 1.5),
    "room for exactly the people": (1, 20.0, 1.0),
    "room for half of the people": (1, 20.0, 0.5),
    "room for exactly the people, all within reach": (1, 600.0, 1.0),
    "room for half of the people, all within reach": (1, 600.0, 0.5),
    "room for exactly the people, 15 times as many homes": (15, 20.0, 1.0),
}
"""How many times the homes, minutes of walking, and room as a share of the people."""

ABOUT = (
    "People are assigned to places so that as many as possible are served and, of such plans, the least is walked. "
    "Amounts are whole millionths of a person, costs whole milliseconds: *proven* means that the plan meets its dual "
    "bounds to the last digit. The hardest case is room for exactly everybody; with half of it, half of the city is "
    "left out."
)


@dataclass(frozen=True)
class City:
    """Homes, facilities and the way between them."""

    demand: Demand
    sites: Facilities
    found: Reach
    within_min: float

    def room(self, share: float) -> pd.Series:
        """Capacities of very different size that together hold a share of the people, in whole people."""
        weight = np.random.default_rng(3).lognormal(0, 0.7, len(self.sites.ids))
        people = share * self.demand.amount("people").sum()
        return pd.Series(np.rint(people * weight / weight.sum()), index=self.sites.ids)


def city(homes: int, sites: int, within_min: float, half_m: float) -> City:
    """A town of 100 m blocks with homes of 1 to some hundred people."""
    town = build_town(100.0, half_m=half_m, seed=1)
    people, places = residents(town, homes, seed=1), residents(town, sites, seed=2)
    network = ours.network_of_town(town, ours.ADULT)
    amount = np.rint(np.random.default_rng(4).lognormal(3, 1, homes)) + 1
    demand = Demand(ours.points(people.x, people.y, ours.CRS, people=amount))
    facilities = ours.facilities_at(places.x, places.y, ours.CRS)
    return City(demand, facilities, reach(demand, facilities, network, cutoff_min=within_min), within_min)


def problem_of(place: City, room: pd.Series) -> Transport:
    """The same question without ids."""
    found = place.found
    pairs = found.demand_at, found.facility_at, found.cost_ms
    return Transport.build(place.demand.amount("people"), room, *pairs)


def by_highs(problem: Transport) -> tuple[int, int]:
    """People served and person-ms walked, by two linear programs of HiGHS: most served, then least walked."""
    count = len(problem.cost)
    one, at = np.ones(count), np.arange(count)
    of_point = csr_matrix((one, (problem.point, at)), shape=(len(problem.amount), count))
    of_site = csr_matrix((one, (problem.facility, at)), shape=(len(problem.capacity), count))
    limits, room = vstack([of_point, of_site]).tocsr(), np.concatenate([problem.amount, problem.capacity])
    most = linprog(-one, A_ub=limits, b_ub=room, method="highs")
    served = round(-most.fun)
    least = linprog(problem.cost, A_ub=limits, b_ub=room, A_eq=csr_matrix(one[None, :]), b_eq=[served], method="highs")
    return served, round(least.fun)


def shares(found: Assignment) -> tuple[float, float]:
    """Per cent of the people served, and the minutes that they walk on average."""
    return round(100 * float(found.totals["served"] / found.totals["demand"]), 2), round(found.mean_min, 2)


def one_case(name: str, place: City, share: float) -> tuple[tuple[Cell, ...], float, bool]:
    """A row of the first table, the seconds of `assign`, and whether its plan is proven."""
    say(f"assignment: {name}")
    question = place.found, place.demand, place.sites
    options = {"within_min": place.within_min, "capacity": place.room(share)}

    def timed(rule: Callable[..., Assignment]) -> tuple[float, Assignment]:
        wall, _, found = once(lambda: rule(*question, **options))
        return round(wall / 1000, 2), found

    seconds, best = timed(assign)
    plain_seconds, plain = timed(nearest_first)
    problem = problem_of(place, options["capacity"])
    solving, _, solution = once(lambda: solve(problem))
    proving, _, proven = once(lambda: is_proven(problem, solution.plan, solution.price))
    times = seconds, round(solving / 1000, 2), round(proving / 1000, 2), plain_seconds
    size = len(place.demand.ids), len(place.sites.ids), len(place.found)
    row = (
        name,
        *size,
        *times,
        solution.steps,
        *shares(best),
        *shares(plain),
        "yes" if best.proven and proven else "NO",
    )
    return row, seconds, bool(best.proven and proven)


def against_highs(place: City, share: float) -> tuple[tuple[Cell, ...], bool]:
    """A row of the second table, and whether both agree."""
    problem = problem_of(place, place.room(share))
    say(f"assignment: HiGHS, {len(problem.amount):,} homes, {len(problem.cost):,} pairs")
    ms, _, solution = once(lambda: solve(problem))
    highs_ms, _, theirs = once(lambda: by_highs(problem))
    same = agree(problem, solution, theirs)
    size = len(problem.amount), len(problem.capacity), len(problem.cost), f"{share:g}"
    return (*size, ms / 1000, highs_ms / 1000, highs_ms / ms, "yes" if same else "NO"), same


def agree(problem: Transport, solution: Solution, theirs: tuple[int, int]) -> bool:
    """The same people served and, as far as floating point tells, the same walking."""
    served, walk = problem.total - solution.plan.unserved(problem), solution.plan.walk(problem)
    return served == theirs[0] and abs(walk - theirs[1]) <= 1e-9 * walk


def run(options: Options) -> Result:
    """Six cases at the size of a city, and HiGHS on smaller ones."""
    homes = options.pick(full=20_000, quick=20_000, tiny=300)
    sites = options.pick(full=300, quick=300, tiny=8)
    half_m = options.pick(full=5000, quick=5000, tiny=1000)
    rows, checks = [], []
    solve(problem_of(small := city(50, 3, 20.0, 500), small.room(1.0)))  # compiled before anything is timed
    for name, (times, minutes, share) in CASES.items():
        if times > 1 and options.size != "full":
            continue
        row, seconds, proven = one_case(name, city(times * homes, sites, minutes, half_m), share)
        rows.append(row)
        checks += [
            Check(f"{name}: proven best", "yes" if proven else "NO", "yes", proven, is_answer=True),
            Check(f"{name}: s", f"{seconds:.2f}", "under 30", seconds < 30),
        ]
    sizes = {"full": ((1000, 30, 1500), (4000, 100, 3000)), "quick": ((1000, 30, 1500),), "tiny": ((100, 5, 800),)}
    peers = []
    for count, halls, half in sizes[options.size]:
        for share in (1.0, 0.5):
            row, same = against_highs(city(count, halls, 20.0, half), share)
            peers.append(row)
            checks.append(
                Check(f"{count:,} homes, room {share:g}: same as HiGHS", row[-1], "yes", same, is_answer=True)
            )
    tables = [
        Table(
            "At the size of a city",
            ("case", "homes", "facilities", "pairs", "assign s", "of which solving s", "proof s", "nearest first s",
             "steps", "served %", "mean min", "nearest first served %", "mean min", "proven"),
            rows,
            ("*assign s* is the public function, from a reach to frames; one core.",),
        ),
        Table(
            "Against HiGHS",
            ("homes", "facilities", "pairs", "room / people", "ours s", "HiGHS s", "times as long", "same answer"),
            peers,
            ("Two linear programs through scipy: most served, then least walked. HiGHS works in floating point.",),
        ),
    ]  # fmt: skip
    return Result("assignment", ABOUT, tables, checks)

"""What is asked of a problem, and what a set of open sites is worth as an answer: exact, in whole units."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from operator import mul
from typing import Literal

import numpy as np

from civicreach.siting.flow import best_flow, unit_of_flow
from civicreach.siting.found import Longs, Sense
from civicreach.siting.problem import Problem
from civicreach.siting.rule_arrays import Bools

Kind = Literal["max_cover", "backup_cover", "set_cover", "p_median", "p_center", "max_served", "least_walking"]


@dataclass(frozen=True, eq=False)
class Question:
    """A problem of the field and what it needs beside the sites and homes.

    max_cover (MCLP): most people within the limit. backup_cover: most people with two sites within it.
    set_cover (LSCP): fewest sites that cover `need` units of people; kept existing sites don't count.
    p_median: least minutes of all people together, where who reaches no site within the cutoff counts `beyond_ms`.
    p_center: least worst minutes of everybody who can be reached at all.
    max_served: most people with a place, by `capacity` (m,) in units of people; a home may be split over sites.
    least_walking: least minutes of all who have a place, by `capacity`, where `need` units of people have one.
    """

    kind: Kind
    need: int = 0
    beyond_ms: int = 0
    capacity: Longs | None = None

    @property
    def sense(self) -> Sense:
        """Whether more is better."""
        return "most" if self.kind in {"max_cover", "backup_cover", "max_served"} else "least"

    def room(self, problem: Problem) -> Longs | None:
        """How many people each site (m,) takes in, in units; None where nobody counts them."""
        if problem.max_load is None:
            return self.capacity
        limit = np.full(len(problem.site_ids), problem.max_load, np.int64)
        return limit if self.capacity is None else np.minimum(limit, self.capacity)

    def limit_ms(self, problem: Problem) -> int:
        """How far people go at most."""
        return self.beyond_ms if self.kind == "p_median" else problem.limit_ms

    def step(self, problem: Problem) -> int:
        """The values of all plans are multiples of this."""
        room = self.room(problem)
        if self.kind in {"set_cover", "p_center"}:
            return 1
        return problem.step if room is None else unit_of_flow(problem, room)


def nearest_ms(problem: Problem, opened: Bools) -> Longs:
    """What the nearest open site costs each home (n,); -1 where none lies within the cutoff."""
    far = np.iinfo(np.int64).max
    least = np.full(len(problem.demand_ids), far)
    used = opened[problem.site_of_pair()]
    np.minimum.at(least, problem.row[used], problem.ms[used])
    return np.where(least == far, -1, least)


def sites_within(problem: Problem, opened: Bools, limit_ms: int) -> Longs:
    """How many open sites each home (n,) has within a limit."""
    used = opened[problem.site_of_pair()] & (problem.ms <= limit_ms)
    return np.bincount(problem.row[used], minlength=len(problem.demand_ids))


def value(problem: Problem, question: Question, opened: Bools) -> int | None:
    """What open sites (m,) are worth, in the question's units; None where they are no answer to it.

    Rules about the sites themselves are asked by `keeps_rules`.
    """
    room = question.room(problem)
    if room is not None:
        return _value_with_room(problem, question, room, opened)
    weight, near = problem.weight, nearest_ms(problem, opened)
    covered = (near >= 0) & (near <= problem.limit_ms)
    if not _meets_floor(problem, near):
        return None
    match question.kind:
        case "max_cover":
            return int(weight[covered].sum())
        case "backup_cover":
            return int(weight[sites_within(problem, opened, problem.limit_ms) >= 2].sum())
        case "set_cover":
            return site_count(problem, opened) if int(weight[covered].sum()) >= question.need else None
        case "p_median":
            ms = np.where((near < 0) | (near > question.beyond_ms), question.beyond_ms, near)
            return int(sum(map(mul, weight.tolist(), ms.tolist())))
        case _:
            who = (weight > 0) & ~problem.uncoverable()
            return None if (near[who] < 0).any() else int(near[who].max(initial=0))


def site_count(problem: Problem, opened: Bools) -> int:
    """Open sites other than the existing ones that stay anyway."""
    return int((opened & ~(problem.forced & problem.existing)).sum())


def keeps_rules(problem: Problem, opened: Bools) -> bool:
    """Whether open sites keep the rules about sites: who stays, how many, quotas, spacing, budget."""
    new = opened & problem.new
    counts = [(int(new.sum()), problem.new_most), (int(opened.sum()), problem.total_most)]
    if problem.cost is not None:
        counts.append((int(problem.cost[new].sum()), problem.budget))
    for quota in problem.quotas:
        inside = int(opened[quota.sites].sum())
        if inside < quota.least:
            return False
        counts.append((inside, quota.most))
    if any(most is not None and count > most for count, most in counts):
        return False
    apart = not opened[problem.clash].all(axis=1).any()
    return bool(apart and not (opened & ~problem.allowed).any() and opened[problem.forced].all())


def _meets_floor(problem: Problem, near: Longs) -> bool:
    floor = problem.floor
    if floor is None:
        return True
    inside = (near >= 0) & (near <= floor.limit_ms) & (floor.unit >= 0)
    return _reaches(floor.unit[inside], problem.weight[inside], floor.least)


def _reaches(unit: Longs, amount: Longs, least: Longs) -> bool:
    sums = np.zeros(len(least), np.int64)
    np.add.at(sums, unit, amount)
    return bool((sums >= least).all())


def _value_with_room(problem: Problem, question: Question, room: Longs, opened: Bools) -> int | None:
    if question.kind == "p_center":
        return _center_with_room(problem, room, opened)
    found = best_flow(problem, room, opened, question.limit_ms(problem), by_minutes=question.kind == "p_median")
    if found is None:
        return None
    if question.kind == "set_cover":
        return site_count(problem, opened) if found.served >= question.need else None
    if question.kind == "least_walking":
        return found.walked if found.served >= question.need else None
    if question.kind == "p_median":
        return found.walked + (problem.total - found.served) * question.beyond_ms
    return found.served


def _center_with_room(problem: Problem, room: Longs, opened: Bools) -> int | None:
    """The least limit within which all who can be reached at all find a place."""
    needed = int(problem.weight[~problem.uncoverable()].sum())
    limits = np.unique(problem.ms[problem.pair_open()])

    def enough(limit_ms: int) -> bool:
        found = best_flow(problem, room, opened, int(limit_ms), by_minutes=False)
        return found is not None and found.served == needed

    if not len(limits) or not enough(int(limits[-1])):
        return None
    return int(limits[bisect_left(range(len(limits)), True, key=lambda i: enough(int(limits[i])))])

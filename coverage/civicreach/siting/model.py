"""Every problem of siting with every rule as one mixed-integer problem: exact on small and middle-sized cases.

The fast engines answer the large ones; this one knows all rules together and is their second opinion.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np

from civicreach.errors import InputError
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found, Longs, Step
from civicreach.siting.groups import Groups, group_homes
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, keeps_rules, value
from civicreach.siting.rule_arrays import Bools, FloorNeed
from civicreach.siting.solve import PROOF, Floats, Mip, Solution

MOST_FLOWS = 3_000_000
"""More ways between homes and sites than this don't fit into the solver's memory."""

LARGEST_COST = 1e6
"""Costs are divided until they are no larger, because the solver counts to some 16 digits."""


LATE = "the time was over before any plan was found that keeps the rules; give more seconds"

ROUNDED = "the solver's plan misses a rule by a rounding; loosen the rule by a hair"


class NoPlanError(Exception):
    """The rules leave no plan; `conflicts` finds out why."""


class LateError(InputError):
    """The time was over before the solver had any plan."""


@dataclass(frozen=True, eq=False)
class Model:
    """A mixed-integer problem with the columns (m,) that say whether a site is open; -1 where it can't be.

    A unit of the objective is `scale` units of the question, and `constant` is to be added.
    """

    mip: Mip
    sites: Longs
    scale: float
    constant: int

    def opened(self, values: Floats) -> Bools:
        """The open sites (m,) of a solution."""
        at = self.sites >= 0
        found = np.zeros(len(self.sites), np.bool_)
        found[at] = values[self.sites[at]] > 0.5
        return found


def solve_model(problem: Problem, question: Question, clock: Clock, *, start: Bools | None = None) -> Found:
    """The best plan by branch and bound, with the bound of all others.

    Raises NoPlanError where rules leave none, LateError where the time was over before any plan was found.
    """
    if question.kind == "p_center":
        return _center(problem, question, clock)
    model = build_model(problem, question)
    at = model.sites >= 0
    begin = None if start is None else (model.sites[at], start[at].astype(np.float64))
    step = question.step(problem)
    solved = model.mip.solve(clock, start=begin, step=step / model.scale)
    return _found(problem, question, model, solved, clock)


def build_model(problem: Problem, question: Question, *, feasible_only: bool = False) -> Model:
    """The mixed-integer problem of a question; with `feasible_only` any plan will do, however many sites it has.

    Raises NoPlanError where no sites whatever could do it.
    """
    mip = Mip(question.sense)
    counted = question.kind == "set_cover" and not feasible_only
    at = np.flatnonzero(problem.allowed)
    own = problem.forced & problem.existing
    cost = np.where(own[at], 0.0, 1.0) if counted else 0.0
    sites = np.full(len(problem.site_ids), -1)
    sites[at] = mip.columns(len(at), cost=cost, lower=problem.forced[at].astype(float), whole=True)
    add_site_rules(mip, problem, sites)
    room = question.room(problem)
    if room is None and question.kind != "p_median":
        scale, constant = _add_covering(mip, problem, question, sites)
    else:
        scale, constant = _add_flows(mip, problem, question, sites, room)
    if problem.floor is not None and room is None:
        _add_floor(mip, problem, problem.floor, sites)
    return Model(mip, sites, scale, constant)


def add_site_rules(mip: Mip, problem: Problem, sites: Longs) -> None:
    """Rows of the rules about sites alone: how many, quotas, spacing, budget."""
    at = np.flatnonzero(sites >= 0)
    new = np.flatnonzero((sites >= 0) & problem.new)
    for which, count in ((new, problem.new_most), (at, problem.total_most)):
        if count is not None:
            mip.rows(1, (np.zeros(len(which)), sites[which], 1.0), most=count)
    for quota in problem.quotas:
        inside = quota.sites[sites[quota.sites] >= 0]
        most = math.inf if quota.most is None else quota.most
        if len(inside) or quota.least:
            mip.rows(1, (np.zeros(len(inside)), sites[inside], 1.0), least=quota.least, most=most)
    if problem.cost is not None and problem.budget is not None:
        unit = max(float(problem.cost[new].max(initial=1)), 1.0)
        mip.rows(1, (np.zeros(len(new)), sites[new], problem.cost[new] / unit), most=problem.budget / unit)
    for clique in cliques(problem):
        members = clique[sites[clique] >= 0]
        mip.rows(1, (np.zeros(len(members)), sites[members], 1.0), most=1)


def cliques(problem: Problem) -> list[Longs]:
    """Sets of sites of which only one may open, each two standing too close; together they hold every such pair."""
    near: dict[int, set[int]] = {}
    for a, b in problem.clash.tolist():
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    left, found = {(a, b) for a, b in problem.clash.tolist()}, []
    for a, b in problem.clash.tolist():
        if (a, b) not in left:
            continue
        members, rest = [a, b], sorted(near[a] & near[b])
        for c in rest:
            if all(c in near[d] for d in members):
                members.append(c)
        left -= {(min(c, d), max(c, d)) for c in members for d in members if c != d}
        found.append(np.array(sorted(members)))
    return found


def _scale(costs: Longs | Floats, step: int) -> float:
    largest = float(costs.max(initial=1))
    return float(step) if largest <= LARGEST_COST * step else largest / LARGEST_COST


def _add_covering(mip: Mip, problem: Problem, question: Question, sites: Longs) -> tuple[float, int]:
    """A column for each group of homes that says whether it is covered; homes of sites that stay are a constant."""
    within = problem.pair_open()
    times = 2 if question.kind == "backup_cover" else 1
    sure = _sure(problem, within, times)
    constant = int(problem.weight[sure].sum())
    groups = group_homes(problem, within, homes=~sure)
    need = question.need - constant
    if question.kind == "set_cover":
        if need > int(groups.weight.sum()):
            raise NoPlanError
        everybody = need >= int(groups.weight.sum())
        z = mip.columns(len(groups), lower=float(everybody))
        if not everybody and need > 0:
            unit = _scale(groups.weight, problem.step)
            mip.rows(1, (np.zeros(len(z)), z, groups.weight / unit), least=need / unit)
        _link(mip, groups, sites, z, times)
        return 1.0, 0
    scale = _scale(groups.weight, problem.step)
    z = mip.columns(len(groups), cost=groups.weight / scale, whole=times > 1)
    _link(mip, groups, sites, z, times)
    return scale, constant


def _sure(problem: Problem, within: Bools, times: int) -> Bools:
    """Homes that sites which stay or must open cover anyway."""
    forced = within & problem.forced[problem.site_of_pair()]
    return np.bincount(problem.row[forced], minlength=len(problem.demand_ids)) >= times


def _link(mip: Mip, groups: Groups, sites: Longs, z: Longs, times: int) -> None:
    """times * z <= sum of open sites within the limit."""
    row = groups.row_of_pair()
    mip.rows(len(groups), (row, sites[groups.site], 1.0), (np.arange(len(groups)), z, -float(times)), least=0)


def _add_floor(mip: Mip, problem: Problem, floor: FloorNeed, sites: Longs) -> None:
    """In each unit as many covered as the floor asks for."""
    within = problem.pair_open(floor.limit_ms)
    sure = _sure(problem, within, 1)
    least = floor.least.copy()
    counted = sure & (floor.unit >= 0)
    np.subtract.at(least, floor.unit[counted], problem.weight[counted])
    wanting = np.isin(floor.unit, np.flatnonzero(least > 0)) & ~sure
    groups = group_homes(problem, within, by_unit=True, homes=wanting)
    z = mip.columns(len(groups))
    _link(mip, groups, sites, z, 1)
    unit = _scale(groups.weight, problem.step)
    mip.rows(len(least), (groups.unit, z, groups.weight / unit), least=np.maximum(least, 0) / unit)


def _add_flows(mip: Mip, problem: Problem, question: Question, sites: Longs, room: Longs | None) -> tuple[float, int]:
    """A column for each way between a group of homes and a site: the share of the group that goes there."""
    limit = question.limit_ms(problem)
    within = problem.pair_open(limit)
    by_ms = question.kind in {"p_median", "least_walking"} or (
        problem.floor is not None and problem.floor.limit_ms < limit
    )
    if question.kind == "p_median" and room is None:
        within &= (problem.ms < limit) & _worth_going(problem)
    groups = group_homes(problem, within, by_ms=by_ms, by_unit=problem.floor is not None)
    row, many = groups.row_of_pair(), len(groups.site)
    if many > MOST_FLOWS:
        raise InputError(
            f"{many:,} ways between homes and sites are too many for these rules together; shorten the limit, "
            f"take homes together, or leave out max_load"
        )
    weight = groups.weight[row]
    saved: Longs | Floats = weight
    if question.kind in {"p_median", "least_walking"}:
        # not in whole numbers: a million people in millionths times hours in ms are more than 64 bits hold
        ms = limit - groups.ms if question.kind == "p_median" else groups.ms
        saved = weight.astype(np.float64) * ms
    scale = _scale(saved, question.step(problem))
    paid = question.kind != "set_cover"
    sign = -1.0 if question.kind == "p_median" else 1.0
    x = mip.columns(many, cost=sign * saved / scale if paid else 0.0)
    mip.rows(len(groups), (row, x, 1.0), most=1)
    mip.rows(many, (np.arange(many), x, 1.0), (np.arange(many), sites[groups.site], -1.0), most=0)
    unit = _scale(groups.weight, problem.step)
    if room is not None:
        full = np.minimum(room, int(groups.weight.sum())) / unit
        at = np.flatnonzero(sites >= 0)
        mip.rows(len(sites), (groups.site, x, weight / unit), (at, sites[at], -full[at]), most=0)
        if problem.floor is not None:
            _floor_of_flows(mip, problem.floor, groups, x, unit)
    if question.kind in {"set_cover", "least_walking"} and question.need > 0:
        mip.rows(1, (np.zeros(many), x, weight / unit), least=question.need / unit)
    constant = problem.total * question.beyond_ms if question.kind == "p_median" else 0
    return (scale if paid else 1.0), constant


def _worth_going(problem: Problem) -> Bools:
    """Pairs (k,) no farther than the nearest site that is open in every plan: nobody would use the others."""
    site = problem.site_of_pair()
    nearest = np.full(len(problem.demand_ids), np.iinfo(np.int64).max)
    forced = problem.forced[site]
    np.minimum.at(nearest, problem.row[forced], problem.ms[forced])
    worth: Bools = (problem.ms < nearest[problem.row]) | (forced & (problem.ms == nearest[problem.row]))
    return worth


def _floor_of_flows(mip: Mip, floor: FloorNeed, groups: Groups, x: Longs, unit: float) -> None:
    row = groups.row_of_pair()
    counted = (groups.unit[row] >= 0) & (groups.ms <= floor.limit_ms)
    inside = row[counted]
    mip.rows(
        len(floor.units), (groups.unit[inside], x[counted], groups.weight[inside] / unit), least=floor.least / unit
    )


def _found(problem: Problem, question: Question, model: Model, solved: Solution, clock: Clock) -> Found:
    """A solution as a plan whose value is counted anew from its sites."""
    if solved.status == "infeasible":
        raise NoPlanError
    if solved.values is None:
        raise LateError(LATE)
    opened = model.opened(solved.values)
    worth = value(problem, question, opened)
    if worth is None or not keeps_rules(problem, opened):
        raise InputError(ROUNDED)
    return settled(
        question,
        np.flatnonzero(opened),
        worth,
        solved.bound * model.scale + model.constant,
        problem,
        clock,
        solved.nodes,
    )


def settled(
    question: Question, opened: Longs, worth: int, bound: float, problem: Problem, clock: Clock, nodes: int = 0
) -> Found:
    """A plan with the bound that its steps allow: proven where no other plan can be better."""
    step = question.step(problem)
    away = (bound - worth) if question.sense == "most" else (worth - bound)
    proven = away < step * (1 - 1e-6) or away <= PROOF * abs(worth)
    told = float(worth) if proven else bound
    history = (Step(clock.spent(), worth, told),)
    return Found(opened, worth, told, proven, nodes, history, question.sense)


def _center(problem: Problem, question: Question, clock: Clock) -> Found:
    """The least radius within which a plan reaches everybody who can be reached, by bisection over all costs.

    A radius for which the time didn't suffice counts as too small, and is the bound.
    """
    need = int(problem.weight[~problem.uncoverable()].sum())
    radii = np.unique(problem.ms[problem.pair_open() & (problem.weight > 0)[problem.row]])
    plans: dict[int, Bools] = {}
    unsure: list[int] = []

    def possible(at: int) -> bool:
        inner = replace(problem, limit_ms=int(radii[at]))
        try:
            model = build_model(inner, Question("set_cover", need=need, capacity=question.capacity), feasible_only=True)
        except NoPlanError:
            return False
        solved = model.mip.solve(clock)
        if solved.values is not None:
            plans[at] = model.opened(solved.values)
        elif solved.status != "infeasible":
            unsure.append(at)
        return solved.values is not None

    if not len(radii) or not possible(len(radii) - 1):
        if unsure:
            raise LateError(LATE)
        raise NoPlanError
    best = bisect_left(range(len(radii)), True, key=possible)
    worth = value(problem, question, plans[best])
    if worth is None:
        raise InputError(ROUNDED)
    bound = float(radii[min(unsure)]) if unsure else float(worth)
    return settled(question, np.flatnonzero(plans[best]), worth, bound, problem, clock)

"""Why rules leave no plan: which of them, by how much, and in which unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from civicreach.errors import Fault, InputError, counted
from civicreach.measures.room import UNITS
from civicreach.siting.clock import Clock
from civicreach.siting.model import NoPlanError, build_model
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question
from civicreach.siting.rules import RULE_WORDS

SECONDS = 10.0
"""So long at most is looked for the rules that contradict each other."""

COUNTS = {"new": "the number of new sites", "total": "the number of all sites"}


def check_rules(problem: Problem, question: Question) -> None:
    """Raise InputError with every rule that can't be met whatever the others are, and why."""
    faults = [
        *_forced(problem),
        *_units(problem),
        *_needed_by_quotas(problem),
        *_floor(problem),
        *_room(problem, question),
    ]
    if faults:
        raise InputError(faults)


def explain(problem: Problem, question: Question) -> InputError:
    """The error of a question whose rules together leave no plan: without which of them there is one."""
    clock = Clock(SECONDS)
    names = [*(n for n in COUNTS if getattr(problem, f"{n}_most") is not None), *problem.rules.active]
    told = {name: RULE_WORDS[name][0] if name in RULE_WORDS else COUNTS[name] for name in names}
    guilty = [name for name in names if _possible(problem.without(name), question, clock)]
    faults = []
    for name in guilty:
        least = _least(problem, question, name, clock)
        faults.append(Fault(f"without the rule on {told[name]} there is a plan{least}", "siting"))
    if not guilty:
        listed = ", ".join(told.values()) or "the sites that stay"
        what = "there is no plan that reaches everybody" if question.kind == "p_center" else "there is no plan"
        todo = "Allow more sites or a longer limit." if question.kind == "p_center" else "Loosen more than one of them."
        return InputError(Fault(f"{what} under these rules together: {listed}", "siting", todo=todo))
    head = Fault("the rules contradict each other: no plan keeps all of them", "siting", todo="Loosen one of these.")
    return InputError([head, *faults])


def _forced(problem: Problem) -> Iterator[Fault]:
    must = problem.forced & problem.new
    ids = tuple(problem.site_ids[must].tolist())
    if problem.new_most is not None and must.sum() > problem.new_most:
        yield Fault(
            f"{counted(int(must.sum()), 'site', 'sites')} must open, but only {problem.new_most} new ones may",
            "siting", ids[:5], len(ids), "Raise `new`, or take some off `mandatory`; planned sites count too.",
        )  # fmt: skip
    if problem.total_most is not None and problem.forced.sum() > problem.total_most:
        yield Fault(
            f"{int(problem.forced.sum())} sites stay or must open, but only {problem.total_most} may be open",
            "siting", todo="Raise `total`, or make sites closable.",
        )  # fmt: skip
    if problem.cost is not None and problem.budget is not None and int(problem.cost[must].sum()) > problem.budget:
        yield Fault(
            f"the sites that must open cost {problem.cost[must].sum() / 100:,.10g}, more than the budget of "
            f"{problem.budget / 100:,.10g}", "siting", ids[:5], len(ids),
        )  # fmt: skip
    close = problem.clash[problem.forced[problem.clash].all(axis=1)]
    if len(close):
        rows = tuple(f"{problem.site_ids[a]} and {problem.site_ids[b]}" for a, b in close[:5].tolist())
        yield Fault("sites that must both be open stand too close", "siting", rows, len(close))


def _units(problem: Problem) -> Iterator[Fault]:
    for quota in problem.quotas:
        may, must = int(problem.allowed[quota.sites].sum()), int(problem.forced[quota.sites].sum())
        if may < quota.least:
            yield Fault(
                f"{quota.label} must have at least {quota.least}, but only {may} there may be open",
                "quota", todo="Give candidates there, or take the unit out of the quota.",
            )  # fmt: skip
        if quota.most is not None and must > quota.most:
            yield Fault(f"{quota.label} may have at most {quota.most}, but {must} stay or must open there", "quota")


def _needed_by_quotas(problem: Problem) -> Iterator[Fault]:
    """Units of one level don't overlap, so what each lacks adds up."""
    levels: dict[str, list[int]] = {}
    for quota in problem.quotas:
        today = int((problem.allowed & problem.existing)[quota.sites].sum())
        levels.setdefault(quota.label.split(" ")[0], []).append(max(quota.least - today, 0))
    for level, lacks in levels.items():
        if problem.new_most is not None and sum(lacks) > problem.new_most:
            yield Fault(
                f"the quotas by {level} need at least {sum(lacks)} new sites, but only {problem.new_most} may open",
                "quota", todo=f"Ask for new={sum(lacks)} or more.",
            )  # fmt: skip


def _floor(problem: Problem) -> Iterator[Fault]:
    """Units that stay below the floor even with every site open."""
    floor = problem.floor
    if floor is None:
        return
    within = problem.pair_open(floor.limit_ms)
    met = np.zeros(len(problem.weight), np.bool_)
    met[problem.row[within]] = True
    people, reached = np.zeros(len(floor.units)), np.zeros(len(floor.units))
    lives = floor.unit >= 0
    np.add.at(people, floor.unit[lives], problem.weight[lives])
    np.add.at(reached, floor.unit[lives & met], problem.weight[lives & met])
    below = np.flatnonzero(reached < floor.least)
    if len(below):
        rows = tuple(f"{floor.units[i]}: {100 * reached[i] / people[i]:.1f} %" for i in below[:5])
        yield Fault("units below the floor even with every site open", "floor", rows, len(below), "Lower the floor.")


def _room(problem: Problem, question: Question) -> Iterator[Fault]:
    if question.kind == "backup_cover" and problem.max_load is not None:
        yield Fault("max_load can't be used where people count at two sites", "siting")
    room = question.room(problem)
    if room is not None and question.kind in {"set_cover", "p_center"}:
        need = question.need if question.kind == "set_cover" else int(problem.weight[~problem.uncoverable()].sum())
        whole = sum(room[problem.allowed].tolist())
        if whole < need:
            yield Fault(
                f"{need / UNITS:,.10g} people need a place, but all sites together have {whole / UNITS:,.10g}", "siting"
            )


def _possible(problem: Problem, question: Question, clock: Clock) -> bool:
    """Whether there is a plan at all; where the time was over, none is claimed."""
    try:
        return build_model(problem, _any(problem, question), feasible_only=True).mip.solve(clock).values is not None
    except NoPlanError:
        return False


def _any(problem: Problem, question: Question) -> Question:
    """The question whose plans are those of another one, whatever they are worth."""
    if question.kind == "p_center":
        need = int(problem.weight[~problem.uncoverable()].sum())
        return Question("set_cover", need=need, capacity=question.capacity)
    return question


def _least(problem: Problem, question: Question, rule: str, clock: Clock) -> str:
    """How many sites, or how much money, it takes at least."""
    if rule not in {"new", "total", "budget"}:
        return ""
    model = build_model(problem.without(rule), _any(problem, question), feasible_only=True)
    at = model.sites >= 0
    cost = np.zeros(len(model.sites))
    if rule == "budget" and problem.cost is not None:
        cost = problem.cost / 100
    elif rule == "total":
        cost[:] = 1.0
    else:
        cost[problem.new] = 1.0
    mip = model.mip
    mip.sense = "least"
    mip.cost = [np.zeros(mip.column_count)]
    mip.cost[0][model.sites[at]] = cost[at]
    solved = mip.solve(clock)
    if solved.values is None or solved.status != "done":
        return ""
    return f"; it takes at least {solved.objective:,.10g}"

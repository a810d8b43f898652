"""A plan in ids, people and minutes, made from what an engine found in positions."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from civicreach.errors import CivicreachError, Note
from civicreach.layers import LEVELS
from civicreach.measures.room import UNITS, people_of
from civicreach.siting.answer import Answer
from civicreach.siting.flow import Flow, best_flow
from civicreach.siting.found import Longs
from civicreach.siting.plan import NO_PRICES, SitingPlan
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, nearest_ms
from civicreach.siting.recount import nearest_of_plan, people_of_reach, recounted
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.solve import Floats
from civicreach.units import MS_PER_MIN


class PlanError(CivicreachError):
    """A plan isn't worth what the search said: a fault of ours."""


def build_plan(
    problem: Problem,
    question: Question,
    answer: Answer,
    *,
    seconds: float,
    seed: int,
    price: pd.DataFrame = NO_PRICES,
    notes: tuple[Note, ...] = (),
) -> SitingPlan:
    """The plan with all that people ask about it; its objective is counted anew from the reach.

    Raises PlanError where that differs from what the search said.
    """
    found = answer.found
    opened = np.zeros(len(problem.site_ids), np.bool_)
    opened[found.open] = True
    flow = _flow(problem, question, opened, found.value)
    pairs = None if flow is None else _pairs(problem, flow)
    _check(problem, question, opened, found.value, pairs)
    before = nearest_ms(problem, problem.existing)
    after = nearest_ms(problem, opened)
    weight, limit = problem.weight, problem.limit_ms
    scale = objective_scale(question)
    ids = problem.demand.ids
    table = _table(problem, question, opened, flow, before)
    return SitingPlan(
        problem=problem,
        question=question,
        opened=tuple(table.index.tolist()),
        kept=tuple(problem.site_ids[opened & problem.existing].tolist()),
        closed=tuple(problem.site_ids[~opened & problem.existing].tolist()),
        table=table,
        assignment=_assignment(problem, opened, flow),
        pairs=pairs,
        cost_before_ms=_costs(problem, before, "cost_before_ms"),
        cost_after_ms=_costs(problem, after, "cost_after_ms"),
        people=problem.total / UNITS,
        covered_before=int(weight[(before >= 0) & (before <= limit)].sum()) / UNITS,
        covered_after=int(weight[(after >= 0) & (after <= limit)].sum()) / UNITS,
        objective=found.value / scale,
        bound=found.bound / scale,
        gap=found.gap,
        proven=found.proven,
        seconds=seconds,
        seed=seed,
        solver=answer.solver,
        uncoverable=ids[ids.isin(problem.demand_ids[problem.uncoverable()])],
        price=price,
        notes=(*notes, *_notes(problem, question, opened, after)),
        history=found.history,
    )


def objective_scale(question: Question) -> int:
    """How many whole units one of the plan's objective has."""
    match question.kind:
        case "set_cover":
            return 1
        case "p_center":
            return MS_PER_MIN
        case "p_median" | "least_walking":
            return UNITS * MS_PER_MIN
        case _:
            return UNITS


def _flow(problem: Problem, question: Question, opened: Bools, worth: int) -> Flow | None:
    room = question.room(problem)
    if room is None:
        return None
    limit = worth if question.kind == "p_center" else question.limit_ms(problem)
    return best_flow(problem, room, opened, limit, by_minutes=question.kind == "p_median")


def _pairs(problem: Problem, flow: Flow) -> pd.DataFrame:
    columns = {
        "demand_id": problem.demand_ids.to_numpy()[flow.row],
        "facility_id": problem.site_ids.to_numpy()[flow.site],
        "amount": people_of(flow.amount),
        "cost_ms": flow.ms,
    }
    frame = pd.DataFrame(columns)
    site = problem.facilities.ids.get_indexer(pd.Index(frame["facility_id"]))
    home = problem.demand.ids.get_indexer(pd.Index(frame["demand_id"]))
    return frame.iloc[np.lexsort((site, home))].reset_index(drop=True)


def _check(problem: Problem, question: Question, opened: Bools, worth: int, pairs: pd.DataFrame | None) -> None:
    reach, asked = problem.reach, problem.demand_ids[(problem.weight > 0) & ~problem.uncoverable()]
    people = people_of_reach(reach, problem.demand, problem.group)
    again = recounted(
        question,
        reach,
        people,
        problem.site_ids[opened].tolist(),
        limit_ms=problem.limit_ms,
        bound_to_stay=problem.site_ids[problem.forced & problem.existing].tolist(),
        pairs=pairs,
        asked=reach.demand_ids.isin(asked),
    )
    if again != worth:
        raise PlanError(f"the plan is worth {again:,} units, but the search said {worth:,}")


def _costs(problem: Problem, ms: Longs, name: str) -> pd.Series:
    found = pd.Series(ms, index=problem.demand_ids, dtype="Int64", name=name)
    return found.mask(found < 0).reindex(problem.demand.ids)


def _assignment(problem: Problem, opened: Bools, flow: Flow | None) -> pd.Series:
    """Where each home goes: nearest, or where most of its people go."""
    ids = problem.demand.ids
    if flow is None:
        _, site = nearest_of_plan(problem.reach, problem.site_ids[opened].tolist())
        return pd.Series(site, index=problem.reach.demand_ids, name="facility_id", dtype=object).reindex(ids)
    order = np.lexsort((flow.site, -flow.amount, flow.row))
    rows, first = np.unique(flow.row[order], return_index=True)
    site = np.full(len(ids), None, object)
    site[rows] = problem.site_ids.to_numpy(dtype=object)[flow.site[order][first]]
    found = pd.Series(site, index=problem.demand_ids, name="facility_id", dtype=object)
    return found.reindex(ids)


def _table(problem: Problem, question: Question, opened: Bools, flow: Flow | None, before: Longs) -> pd.DataFrame:
    """The new sites, ranked by what each adds to those before it."""
    new = np.flatnonzero(opened & problem.new)
    order, gains = ranked(problem, question, opened, new)
    served, after_min, before_min = _minutes(problem, opened, flow, before)
    ids = problem.site_ids[order]
    frame = problem.facilities.frame.loc[ids]
    reached = _reached(problem)
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "name": frame["name"].to_numpy(),
            "new_people": people_of(gains),
            "reached_people": people_of(reached[order]),
            "served_people": people_of(served[order]),
            "before_min": before_min[order],
            "after_min": after_min[order],
        },
        index=ids,
    )
    for level in LEVELS:
        for column in (f"{level}_id", level):
            if column in frame.columns:
                table[column] = frame[column].to_numpy()
    table.index.name = problem.facilities.ids.name
    return table


def ranked(problem: Problem, question: Question, opened: Bools, new: Longs) -> tuple[Longs, Longs]:
    """New sites in the order in which each adds most to those before it, and the people whom each newly reaches.

    What is added are people within the limit or, where the question is about minutes, people times minutes saved.
    """
    by_ms = question.kind in {"p_median", "p_center"}
    limit = question.beyond_ms or problem.reach.cutoff_ms
    now = nearest_ms(problem, opened & ~np.isin(np.arange(len(opened)), new))
    now = np.where(now < 0, max(limit, problem.limit_ms + 1), now)
    left, order, gains = new.tolist(), [], []
    while left:
        added = []
        for j in left:
            row, ms = _row(problem, j)
            first = (ms <= problem.limit_ms) & (now[row] > problem.limit_ms)
            people = int(problem.weight[row[first]].sum())
            saved = np.maximum(now[row] - ms, 0)
            minutes = float(np.dot(problem.weight[row].astype(np.float64), saved))
            added.append((minutes, people) if by_ms else (people, minutes))
        best = max(range(len(left)), key=lambda i: (added[i], -left[i]))
        j = left.pop(best)
        order.append(j)
        gains.append(int(added[best][1] if by_ms else added[best][0]))
        row, ms = _row(problem, j)
        now[row] = np.minimum(now[row], ms)
    return np.array(order, np.int64), np.array(gains, np.int64)


def _row(problem: Problem, site: int) -> tuple[Longs, Longs]:
    part = slice(problem.ptr[site], problem.ptr[site + 1])
    return problem.row[part], problem.ms[part]


def _reached(problem: Problem) -> Longs:
    within = problem.ms <= problem.limit_ms
    sums = np.zeros(len(problem.site_ids), np.int64)
    np.add.at(sums, problem.site_of_pair()[within], problem.weight[problem.row[within]])
    return sums


def _minutes(problem: Problem, opened: Bools, flow: Flow | None, before: Longs) -> tuple[Longs, Floats, Floats]:
    """By site (m,): people who go there, their mean minutes, and those to the nearest site of today."""
    if flow is None:
        _, site = nearest_of_plan(problem.reach, problem.site_ids[opened].tolist())
        named = pd.Series(site, index=problem.reach.demand_ids, dtype=object).reindex(problem.demand_ids)
        at = problem.site_ids.get_indexer(pd.Index(named.to_numpy(dtype=object), dtype=object))
        row = np.flatnonzero((at >= 0) & (problem.weight > 0))
        flow = Flow(row, at[row].astype(np.int64), problem.weight[row], nearest_ms(problem, opened)[row])
    many = len(problem.site_ids)
    served = np.zeros(many, np.int64)
    np.add.at(served, flow.site, flow.amount)
    known = before[flow.row] >= 0
    return (
        served,
        _mean(flow.site, flow.amount, flow.ms, many),
        _mean(flow.site[known], flow.amount[known], before[flow.row[known]], many),
    )


def _mean(site: Longs, amount: Longs, ms: Longs, many: int) -> Floats:
    people = np.bincount(site, weights=amount.astype(np.float64), minlength=many)
    total = np.bincount(site, weights=amount.astype(np.float64) * ms, minlength=many)
    mean: Floats = np.divide(total, people, out=np.full(many, np.nan), where=people > 0) / MS_PER_MIN
    return mean


def _notes(problem: Problem, question: Question, opened: Bools, after: Longs) -> tuple[Note, ...]:
    notes = []
    nobody = problem.uncoverable()
    if nobody.any():
        people, homes = problem.weight[nobody].sum() / UNITS, int(nobody.sum())
        notes.append(
            Note(
                f"{people:,.0f} {problem.group} in {homes:,} homes can't be covered by any site that may be open; "
                "see the list of those out of reach of every candidate",
                f"{homes:,}处需求点共{people:,.0f}人在任何可设点位的时限之外，见“备选点均不可达”表",
            )
        )
    left = (after < 0) & (problem.weight > 0)
    if question.kind == "p_median" and left.any():
        people = problem.weight[left].sum() / UNITS
        minutes = question.beyond_ms / MS_PER_MIN
        notes.append(
            Note(
                f"{people:,.0f} {problem.group} reach no open site within the search; each counts {minutes:g} minutes",
                f"{people:,.0f}人在搜索范围内到不了任何点位，按{minutes:g}分钟计",
            )
        )
    new = int((opened & problem.new).sum())
    if problem.new_most is not None and new < problem.new_most and question.kind != "set_cover":
        notes.append(
            Note(
                f"{new} new sites do what {problem.new_most} could: more would add nothing, or a rule forbids them",
                f"新增{new}处即可达到{problem.new_most}处的效果：再增加无益或受规则限制",
            )
        )
    return tuple(notes)


def site_names(problem: Problem, opened: Longs) -> tuple[Hashable, ...]:
    """The ids of sites by position."""
    return tuple(problem.site_ids[opened].tolist())

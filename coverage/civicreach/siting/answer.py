"""Which engine answers a question: the fast one where it knows all the rules, the solver where it doesn't."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from civicreach.errors import InputError
from civicreach.siting.center import best_center
from civicreach.siting.clock import Clock
from civicreach.siting.conflicts import check_rules, explain
from civicreach.siting.cover import best_cover
from civicreach.siting.found import Found
from civicreach.siting.median import best_median
from civicreach.siting.model import LateError, NoPlanError, settled, solve_model
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, keeps_rules, value
from civicreach.siting.room_search import first_plan, search_with_room
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.set_cover import best_set_cover
from civicreach.siting.solve import SOLVER

SMALL = 4_000
"""Problems with fewer ways between homes and sites go straight to the solver, which ends at once."""

DRAFT_SHARE = 0.4
"""So much of the time goes to a plan without the rules that the fast engine doesn't know, and to its bound."""

SEARCH = "civicreach"

WITH_ROOM = ("max_cover", "max_served", "least_walking", "p_median")
SEARCH_SHARE = 0.6
"""So much of the time goes to swaps, and the rest, where that is no proof, to the solver."""


@dataclass(frozen=True, eq=False)
class Answer:
    """A plan in positions, and who found it."""

    found: Found
    solver: str


def answer(problem: Problem, question: Question, clock: Clock, seed: int = 0, *, start: Bools | None = None) -> Answer:
    """The best plan that is found until the clock stops, with its bound.

    Raises InputError that names the rules where they leave no plan.
    """
    check_rules(problem, question)
    if question.kind in WITH_ROOM and _is_crowded(problem, question):
        return _with_room(problem, question, clock, seed, start)
    if not _is_large(problem, question):
        return _solved(problem, question, clock, start)
    plain = _plain(problem, question)
    if plain is problem:
        try:
            return _searched(problem, question, clock, seed)
        except InputError:  # no plan: the solver knows why, or finds one
            return _solved(problem, question, clock, start)
    draft = _draft(plain, problem, question, clock.part(clock.left() * DRAFT_SHARE), seed)
    if draft is None:
        return _solved(problem, question, clock, start)
    opened = _mask(problem, draft.found)
    fits = keeps_rules(problem, opened) and value(problem, question, opened) == draft.found.value
    if fits and draft.found.proven:
        return draft
    exact = _solved(problem, question, clock, opened if fits else start)
    return _better(problem, question, exact, draft.found, fits, clock)


def _is_crowded(problem: Problem, question: Question) -> bool:
    """Whether room is limited, and the problem too large for the solver alone."""
    limited = question.room(problem) is not None and problem.floor is None
    return limited and int(problem.pair_open(question.limit_ms(problem)).sum()) >= SMALL


def _with_room(problem: Problem, question: Question, clock: Clock, seed: int, start: Bools | None) -> Answer:
    """Swaps, and the solver from where they ended, unless the swaps' plan meets the bound."""
    part = clock.part(clock.left() * SEARCH_SHARE)
    draft = search_with_room(problem, question, part, seed, start)
    if draft is None:
        return _solved(problem, question, clock, start)
    if draft.proven or clock.over():
        return Answer(draft, SEARCH)
    try:
        exact = solve_model(problem, question, clock, start=_mask(problem, draft))
    except InputError:  # no time was left for a plan of its own
        return Answer(draft, SEARCH)
    return _better(problem, question, Answer(exact, SOLVER), draft, True, clock)


def _is_large(problem: Problem, question: Question) -> bool:
    fast = question.kind in {"max_cover", "p_median", "p_center"} or _is_lscp(problem, question)
    return fast and int(problem.pair_open().sum()) >= SMALL


def _is_lscp(problem: Problem, question: Question) -> bool:
    """Whether all who can be covered must be, and how many sites may open isn't limited otherwise."""
    if question.kind != "set_cover" or problem.new_most is not None or problem.total_most is not None:
        return False
    return question.need >= problem.total - int(problem.weight[problem.uncoverable()].sum())


def _mask(problem: Problem, found: Found) -> Bools:
    opened = np.zeros(len(problem.site_ids), np.bool_)
    opened[found.open] = True
    return opened


def _solved(problem: Problem, question: Question, clock: Clock, start: Bools | None) -> Answer:
    try:
        return Answer(solve_model(problem, question, clock, start=start), SOLVER)
    except NoPlanError:
        raise explain(problem, question) from None
    except LateError:
        found = _any_plan(problem, question, clock, start)
        if found is None:
            raise
        return found


def _any_plan(problem: Problem, question: Question, clock: Clock, start: Bools | None) -> Answer | None:
    """The plan to start with, or the sites that reach most people as far as the rules allow; None where that is none.

    Nothing is known about better ones but that nobody can be covered twice, and nothing costs less than 0.
    """
    reached = problem.covers().astype(np.int64) @ problem.weight
    for opened in (start, first_plan(problem, reached.astype(np.float64))):
        worth = None if opened is None or not keeps_rules(problem, opened) else value(problem, question, opened)
        if opened is not None and worth is not None:
            bound = float(problem.total) if question.sense == "most" else 0.0
            return Answer(settled(question, np.flatnonzero(opened), worth, bound, problem, clock), SEARCH)
    return None


def _plain(problem: Problem, question: Question) -> Problem:
    """The question without the rules that the fast engines don't know; the same one where there are none."""
    plain = problem
    for rule, there in (
        ("budget", problem.cost is not None),
        ("max_load", problem.max_load is not None),
        ("floor", problem.floor is not None),
        ("spacing_m", question.kind != "max_cover" and len(problem.clash) > 0),
        ("quotas", question.kind == "set_cover" and len(problem.quotas) > 0),
    ):
        if there:
            plain = plain.without(rule)
    limited = question.kind == "max_cover" and any(quota.most is not None for quota in problem.quotas)
    if limited or not _disjoint(problem):
        plain = replace(plain, quotas=())
    return plain


def _disjoint(problem: Problem) -> bool:
    listed = [site for quota in problem.quotas for site in quota.sites.tolist()]
    return len(listed) == len(set(listed))


def _count(problem: Problem) -> int:
    """How many sites more may open than are forced; those of today that may close count as well where they matter."""
    most = int(problem.free.sum())
    if problem.new_most is not None:
        most = min(most, problem.new_most - int((problem.forced & problem.new).sum()))
    if problem.total_most is not None:
        most = min(most, problem.total_most - int(problem.forced.sum()))
    return max(most, 0)


def _closable_count_matters(problem: Problem) -> bool:
    """Existing sites that may close: the fast engines count them like new ones, which is right for `total` alone."""
    return bool((problem.free & problem.existing).any()) and problem.new_most is not None


def _searched(problem: Problem, question: Question, clock: Clock, seed: int) -> Answer:
    if _closable_count_matters(problem):
        return _with_closable(problem, question, clock, seed)
    if question.kind == "set_cover":
        return _fewest(problem, clock, seed)
    new = _count(problem)
    if question.kind == "max_cover":
        found = best_cover(
            problem.covers(), problem.weight, new=new, open_=problem.forced, allowed=problem.allowed,
            quotas=problem.quotas, clash=clash_of(problem), xy=problem.xy, clock=clock, seed=seed,
        )  # fmt: skip
        return Answer(found, SEARCH)
    limit = question.beyond_ms if question.kind == "p_median" else problem.limit_ms
    near = problem.ms <= limit
    ptr = np.concatenate([[0], np.cumsum(np.bincount(problem.site_of_pair()[near], minlength=len(problem.site_ids)))])
    engine = best_median if question.kind == "p_median" else best_center
    found = engine(
        ptr, problem.row[near], problem.ms[near], problem.weight, new=new, opened=problem.forced,
        allowed=problem.allowed, beyond_ms=limit + (question.kind == "p_center"), quotas=problem.quotas, clock=clock,
        seed=seed,
    )  # fmt: skip
    if question.kind == "p_center" and value(problem, question, _mask(problem, found)) is None:
        if clock.over() and not found.proven:
            raise InputError("the time was over before a plan was found that reaches everybody; give more seconds")
        raise explain(problem, question)
    return Answer(found, SEARCH)


def _fewest(problem: Problem, clock: Clock, seed: int) -> Answer:
    """The fewest sites for everybody; new ones that must open count too, existing ones that stay don't."""
    found = best_set_cover(
        problem.covers()[:, problem.weight > 0], opened=problem.forced, allowed=problem.allowed, clock=clock, seed=seed,
        xy=problem.xy,
    )  # fmt: skip
    must = int((problem.forced & problem.new).sum())
    return Answer(replace(found, value=found.value + must, bound=found.bound + must), SEARCH)


def _with_closable(problem: Problem, question: Question, clock: Clock, seed: int) -> Answer:
    """Where sites may close, but nothing is won by closing one, all stay: other limits than `new` go to the solver."""
    if problem.total_most is None and not problem.quotas and not len(problem.clash):
        stays = replace(problem, forced=problem.forced | (problem.existing & problem.allowed))
        return _searched(stays, question, clock, seed)
    return _solved(problem, question, clock, None)


def clash_of(problem: Problem) -> csr_matrix | None:
    """Sites x sites: which stand too close; None where spacing is no matter."""
    if not len(problem.clash):
        return None
    a, b = problem.clash.T
    many = len(problem.site_ids)
    ones = np.ones(2 * len(a), np.bool_)
    return csr_matrix((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(many, many))


def _draft(plain: Problem, problem: Problem, question: Question, clock: Clock, seed: int) -> Answer | None:
    """The plan without some rules: its bound holds with them too."""
    if question.kind == "p_center" and problem.max_load is not None:
        return None
    try:
        return _searched(plain, question, clock, seed)
    except InputError:
        return None


def _better(problem: Problem, question: Question, exact: Answer, draft: Found, fits: bool, clock: Clock) -> Answer:
    """The better of two plans with the better of two bounds."""
    found = exact.found
    most = question.sense == "most"
    if fits and (draft.value > found.value) == most and draft.value != found.value:
        found = replace(draft, bound=found.bound)
    bound = min(found.bound, draft.bound) if most else max(found.bound, draft.bound)
    best = settled(question, found.open, found.value, bound, problem, clock, found.nodes)
    return Answer(replace(best, history=draft.history + best.history), f"{SEARCH}, {SOLVER}")

"""Sites with little room: prices as a bound (`room_bound`), and swaps that are each counted exactly.

Who goes where is a transport problem with whole numbers, solved anew for each swap in some milliseconds.
"""

from __future__ import annotations

import math

import numpy as np

from civicreach.siting.clock import Clock
from civicreach.siting.flow import best_flow
from civicreach.siting.found import Found, Longs
from civicreach.siting.model import Model, build_model, settled
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, keeps_rules, value
from civicreach.siting.room_bound import room_bound
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.solve import Floats

DRY = 40
"""The search ends after so many swaps a site without any gain."""
HOPE = 0.02
"""How likely a site is tried that the prices never took."""

Score = tuple[int, int]


def search_with_room(
    problem: Problem, question: Question, clock: Clock, seed: int, start: Bools | None = None
) -> Found | None:
    """The best plan that swaps find, with the bound that prices give; None where no first plan keeps the rules.

    For questions about the most people served (then the least walking), or the least minutes; without a floor.
    """
    room = question.room(problem)
    if room is None:
        return None
    opened = start if start is not None and keeps_rules(problem, start) else first_plan(problem, room.astype(float))
    worth = None if opened is None else value(problem, question, opened)
    if opened is None or worth is None:
        return None
    search = _Swaps(problem, question, opened, clock, np.random.default_rng(seed))
    try:
        priced = room_bound(problem, question, room, worth, clock.part(clock.left() / 4))
        search.tighten(priced.bound)
        search.wish(priced.wish)
        if problem.quotas or problem.cost is not None or len(problem.clash):  # rules that these prices don't know
            search.tighten(_relaxed_bound(problem, question, clock.part(clock.left() / 4)))
        search.run()
        if not search.is_proven() and not clock.over():
            search.tighten(room_bound(problem, question, room, search.worth, clock).bound)
    except KeyboardInterrupt:
        clock.interrupted = True
    return settled(question, np.flatnonzero(search.opened), search.worth, search.bound, problem, clock)


def _relaxed_bound(problem: Problem, question: Question, clock: Clock) -> float:
    """The bound of the linear relaxation, which knows all rules; none where the time was over."""
    model = build_model(problem, question)
    relaxed = model.mip.relaxed(clock)
    if relaxed is None:
        return math.inf if question.sense == "most" else -math.inf
    return bound_of(model, relaxed[1])


def bound_of(model: Model, prices: Floats) -> float:
    """The bound of all plans, in the question's units; the sign of prices depends on the solver's sense."""
    bounds = [model.mip.price_bound(sign * prices) for sign in (1.0, -1.0)]
    tight = min(bounds) if model.mip.sense == "most" else max(bounds)
    return tight * model.scale + model.constant


def first_plan(problem: Problem, wish: Floats) -> Bools | None:
    """Sites in the order of a wish: first what the quotas need, then as many as the rules let open."""
    opened = problem.forced.copy()
    order = [int(j) for j in np.argsort(-wish, kind="stable") if problem.allowed[j] and not opened[j]]
    for quota in problem.quotas:
        mine = set(quota.sites.tolist())
        for j in order:
            if j in mine and not opened[j] and opened[quota.sites].sum() < quota.least:
                opened[j] = True
    if not keeps_rules(problem, opened):
        return None
    for j in order:
        if not opened[j]:
            opened[j] = True
            opened[j] = keeps_rules(problem, opened)
    return opened


class _Swaps:
    """One site closes and another opens, wherever that isn't worse."""

    def __init__(
        self, problem: Problem, question: Question, opened: Bools, clock: Clock, rng: np.random.Generator
    ) -> None:
        self.problem, self.question, self.opened = problem, question, opened
        self.bound = float(problem.total) if question.sense == "most" else 0.0
        self.clock, self.rng = clock, rng
        room = question.room(problem)
        self.room: Longs = np.zeros(len(opened), np.int64) if room is None else room
        self.chance = np.ones(len(opened))
        score = self._score(opened)
        if score is None:
            raise ValueError("a plan to begin with must be worth something")
        self.score = score

    def tighten(self, bound: float) -> None:
        """Take in a bound of all plans."""
        self.bound = min(self.bound, bound) if self.question.sense == "most" else max(self.bound, bound)

    def wish(self, wish: Floats) -> None:
        """Try sites as often as prices took them, and begin with those where that is better."""
        self.chance = np.minimum(np.maximum(wish, 0.0), 1.0) + HOPE
        opened = first_plan(self.problem, wish)
        score = None if opened is None else self._score(opened)
        if opened is not None and score is not None and score > self.score:
            self.opened, self.score = opened, score

    @property
    def worth(self) -> int:
        """The value of the best plan in the question's units."""
        if self.question.kind in {"p_median", "least_walking"}:
            return -self.score[1]
        return self.score[0]

    def run(self) -> None:
        """Swap until the bound is met, nothing was gained for long, or the time is over."""
        free = np.flatnonzero(self.problem.free)
        dry = 0
        while dry < DRY * len(free) and not self.clock.over() and not self.is_proven():
            other = self._neighbour(free)
            score = None if other is None else self._score(other)
            if other is None or score is None or score < self.score:
                dry += 1
                continue
            dry = dry + 1 if score == self.score else 0
            self.opened, self.score = other, score

    def _neighbour(self, free: Longs) -> Bools | None:
        """A plan with one site less, one more, or both, that keeps the rules."""
        there = free[self.opened[free]]
        absent = free[~self.opened[free]]
        other = self.opened.copy()
        if len(there):
            other[self.rng.choice(there)] = False
        if len(absent):
            chance = self.chance[absent]
            other[self.rng.choice(absent, p=chance / chance.sum())] = True
        return other if keeps_rules(self.problem, other) else None

    def _score(self, opened: Bools) -> Score | None:
        """People served and minus what they walk; or 0 and minus all minutes. None where too few are served."""
        kind, limit = self.question.kind, self.question.limit_ms(self.problem)
        flow = best_flow(self.problem, self.room, opened, limit, by_minutes=kind == "p_median")
        if flow is None:
            return None
        if kind == "p_median":
            return 0, -(flow.walked + (self.problem.total - flow.served) * self.question.beyond_ms)
        if kind == "least_walking" and flow.served < self.question.need:
            return None
        return (0 if kind == "least_walking" else flow.served), -flow.walked

    def is_proven(self) -> bool:
        """Whether nothing better can be found."""
        if self.question.kind == "max_served":
            return False  # the least walking of as many served is still sought
        away = self.bound - self.worth if self.question.sense == "most" else self.worth - self.bound
        return away < self.question.step(self.problem) * (1 - 1e-6)

"""No bound is ever crossed: neither by plans looked at one by one, nor by the solver; reductions change no optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from civicreach.measures.room import UNITS
from civicreach.siting.clock import Clock
from civicreach.siting.model import build_model
from civicreach.siting.question import Question, value
from civicreach.siting.room_bound import room_bound
from civicreach.siting.room_search import bound_of
from civicreach.siting.set_cover import best_set_cover, covering, greedy_cover, pieces_of, reduced
from civicreach.siting.set_walk import Walker
from siting_case import random_case


@pytest.mark.parametrize("kind", ["max_served", "max_cover", "p_median"])
def test_any_prices_are_a_bound(kind: str) -> None:
    rng = np.random.default_rng([len(kind), 5])
    tight = 0
    for _ in range(12):
        case = random_case(rng, capacity=kind == "max_served", max_load=kind != "max_served")
        case = replace(case, new=min(case.new or 0, 3))
        best = case.best(kind, 0, case.cutoff)
        room = None if case.capacity is None else case.capacity.astype(np.int64) * UNITS
        question = Question(kind, beyond_ms=case.cutoff, capacity=room)
        model = build_model(case.problem(), question)
        _, prices = model.mip.relaxed(Clock(20))
        for given in (prices, prices * 0.7, rng.normal(0, 3, len(prices)), np.zeros(len(prices))):
            bound = bound_of(model, given)
            away = bound - best * UNITS if question.sense == "most" else best * UNITS - bound
            assert away > -1, (kind, case, given)
        tight += abs(bound_of(model, prices) - best * UNITS) <= 0.2 * best * UNITS
    assert tight >= 6


def squares(rng: np.random.Generator, sites: int, rows: int) -> tuple[csr_matrix, np.ndarray]:
    """Sites cover the rows within a radius of their own."""
    xy, at = rng.random((sites, 2)) * 10, rng.random((rows, 2)) * 10
    near = np.hypot(*(xy[:, None] - at[None]).transpose(2, 0, 1)) <= rng.uniform(1.0, 1.8, sites)[:, None]
    return csr_matrix(near), xy


@pytest.mark.parametrize("small", [0, 400])
@pytest.mark.parametrize("seed", range(3))
def test_a_city_in_pieces(seed: int, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicreach.siting.set_cover.SMALL_PART", small)
    monkeypatch.setattr("civicreach.siting.set_cover.PIECES", (6.0, 3.0))
    covers, xy = squares(np.random.default_rng(seed), 90, 250)
    rows = covers.T.tocsr().astype(np.int32)
    plan, bound = covering(rows[np.diff(rows.indptr) > 0], Clock(30))
    assert bound == pytest.approx(plan.sum())
    found = best_set_cover(covers, opened=np.zeros(90, bool), allowed=np.ones(90, bool), clock=Clock(4), xy=xy)
    assert found.bound <= plan.sum() == found.value
    assert found.proven == (found.bound >= found.value)
    met = np.asarray(covers[found.open].sum(axis=0)).ravel() > 0
    assert (met == (np.asarray(covers.sum(axis=0)).ravel() > 0)).all()


@pytest.mark.parametrize("seed", range(4))
def test_reductions_keep_the_optimum(seed: int) -> None:
    covers, _ = squares(np.random.default_rng([seed, 9]), 40, 120)
    rows = covers.T.tocsr().astype(np.int32)
    rows = rows[np.diff(rows.indptr) > 0]
    small, columns = reduced(rows)
    assert sum(small.shape) < 0.8 * sum(rows.shape)
    best, _ = covering(rows, Clock(30))
    fewer, _ = covering(small, Clock(30))
    assert fewer.sum() == best.sum()
    chosen = np.zeros(40, bool)
    chosen[columns[fewer]] = True
    assert (rows @ chosen.astype(int) > 0).all()
    assert (rows @ greedy_cover(rows, np.zeros(40)).astype(int) > 0).all()


def test_pieces_hold_every_row_once() -> None:
    rng = np.random.default_rng(1)
    pieces = list(pieces_of(rng.random((50, 2)), rng.random(50), np.arange(50), 7))
    assert len(pieces) == 7
    assert sorted(np.concatenate(pieces).tolist()) == list(range(50))


@pytest.mark.parametrize("kind", ["max_served", "least_walking", "p_median"])
def test_prices_of_homes_are_a_bound_and_a_tight_one(kind: str) -> None:
    """No plan of all beats it; on the whole it comes near the linear relaxation, which it is as good as at its best."""
    rng = np.random.default_rng([len(kind), 8])
    tight, seen = 0, 0
    for _ in range(15):
        case = random_case(rng, capacity=kind != "p_median", max_load=kind == "p_median", quotas=True)
        case = replace(case, new=min(case.new or 0, 3))
        problem = case.problem()
        capacity = None if case.capacity is None else case.capacity.astype(np.int64) * UNITS
        question = Question(kind, beyond_ms=case.cutoff, capacity=capacity)
        plans = case.plans()
        if kind == "least_walking":
            served = [value(problem, Question("max_served", capacity=capacity), plan) for plan in plans]
            question = replace(question, need=max((v for v in served if v is not None), default=0))
        values = [v for v in (value(problem, question, plan) for plan in plans) if v is not None]
        if not values or max(values) == 0:
            continue
        best = max(values) if question.sense == "most" else min(values)
        room = question.room(problem)
        seen += 1
        for worth in {best, values[0]}:
            bound = room_bound(problem, question, room, worth, Clock(20)).bound
            away = bound - best if question.sense == "most" else best - bound
            assert away > -1, (kind, case, bound, best)
        tight += away <= 0.2 * best
    assert seen >= 6
    assert tight >= 0.6 * seen


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_keeps_its_own_accounts(seed: int) -> None:
    """After thousands of steps: which rows are bare, what each site would win or lose, and a best plan that covers."""
    covers, _ = squares(np.random.default_rng([seed, 4]), 60, 200)
    rows = covers.T.tocsr().astype(np.int32)
    rows = rows[np.diff(rows.indptr) > 0]
    rows.sort_indices()
    by_site = rows.T.tocsr()
    walker = Walker(rows, by_site, np.ones(60, bool), seed)
    walker.go(Clock(30), 30_000, 0)
    walk, matrix = walker.walk, rows.toarray() > 0
    met = matrix @ walk.now.astype(int)
    assert walk.met.tolist() == met.tolist()
    assert sorted(walk.bare[: walk.totals[1]]) == np.flatnonzero(met == 0).tolist()
    assert sorted(walk.there[: walk.totals[0]]) == np.flatnonzero(walk.now).tolist()
    won, lost = walk.weight * (met == 0) @ matrix, walk.weight * (met == 1) @ matrix
    assert walk.score.tolist() == np.where(walk.now, -lost, won).tolist()
    best, _ = covering(rows, Clock(30))
    assert walk.best.sum() == walk.totals[2] == best.sum()
    assert (matrix @ walk.best.astype(int) > 0).all()

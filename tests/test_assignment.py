"""Capacity-limited assignment by hand, against HiGHS and brute force, its proof, and its laws.

::

    P: 30 places         Q: 12 places                          R: 0 places
    a ---- P ---- b ------ Q -- c ------- d ------------------- R ----- e
    0     100    300      500  560       760                   2000    2100     metres, walked at 1 m/s
    10 people    20            9.5       16.25                          4

Within 300 s a reaches P (100 s), b reaches P and Q (200 s each), c reaches Q (60 s), d reaches Q (260 s), e reaches R
(100 s), which has no room. f lives 300 m off the street, g east of all areas, 250 s from R.

Whoever is nearer comes first: c takes 9.5 of Q, a and b fill P, d gets the 2.5 left at Q. No plan serves more than the
42 places or walks less. With 25 places at P five of b have to leave it. Then 37 can be served, and the 2.5 left at Q go
to b's people, who walk 200 s, rather than to d's with 260 s.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import towns
from civicreach.errors import CutoffError, InputError, LayerError
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures import transport
from civicreach.measures._transport import improve
from civicreach.measures.assignment import REASONS, RULES, Assignment, assign, growth, nearest_first
from civicreach.measures.transport import MOST_UNITS, Plan, Transport, bounds, is_feasible, is_proven, solve
from civicreach.network import build_network
from civicreach.network.snap import Snapped
from civicreach.reach import Reach, nearest_facility, reach

HOMES = {"a": (0, 0), "b": (300, 0), "c": (560, 0), "d": (760, 0), "e": (2100, 0), "f": (100, 300), "g": (2250, 0)}
PEOPLE = [10.0, 20.0, 9.5, 16.25, 4.0, 7.0, 3.0]
SITES = {"P": (100, 0), "Q": (500, 0), "R": (2000, 0)}
PLACES = [30.0, 12.0, 0.0]
UNLIMITED = pd.Series(np.inf, index=list(SITES))


def town(
    places: list[Any] | None = None, *, cutoff_min: float = 30, people: list[float] = PEOPLE
) -> tuple[Reach, Demand, Facilities]:
    street = towns.roads({"A": (0, 0), "B": (2500, 0)}, [("A B", "residential", 0)])
    box = gpd.GeoDataFrame(
        {"district_id": ["D"], "district": ["D"]}, geometry=[shapely.box(-10, -400, 2200, 400)], crs=towns.CRS
    ).set_index("district_id", drop=False)
    demand = towns.demand(HOMES, people).in_areas(Areas(box))
    sites = towns.facilities(SITES, capacity=PLACES if places is None else places)
    return reach(demand, sites, build_network(street, towns.WALKER), cutoff_min=cutoff_min), demand, sites


def flows(found: Assignment) -> dict[tuple[str, str], float]:
    return {(row.demand_id, row.facility_id): row.amount for row in found.pairs.itertuples()}


@pytest.mark.parametrize("rule", [assign, nearest_first])
def test_the_town_by_hand(rule: Any) -> None:
    found = rule(*town(), within_min=5)
    assert flows(found) == {("a", "P"): 10, ("b", "P"): 20, ("c", "Q"): 9.5, ("d", "Q"): 2.5}
    assert found.pairs["cost_ms"].tolist() == [100_000, 200_000, 60_000, 260_000]
    assert found.served.to_dict() == {"a": 10, "b": 20, "c": 9.5, "d": 2.5, "e": 0, "f": 0, "g": 0}
    assert found.unserved.to_dict() == {"a": 0, "b": 0, "c": 0, "d": 13.75, "e": 4, "f": 7, "g": 3}
    reasons = {"a": "", "b": "", "c": "", "d": "full", "e": "full", "f": "unsnapped", "g": "outside"}
    assert found.reason.to_dict() == reasons
    assert found.load.to_dict() == {"P": 30, "Q": 12, "R": 0}
    assert found.nearest_id.tolist() == ["P", "P", "Q", "Q", "R", None, "R"]
    assert found.nearest_ms.iloc[:5].tolist() == [100_000, 200_000, 60_000, 260_000, 100_000]
    assert found.total_person_min == (10 * 100 + 20 * 200 + 9.5 * 60 + 2.5 * 260) / 60
    assert found.mean_min == found.total_person_min / 42
    totals = {"demand": 66.75, "served": 42, "full": 17.75, "beyond": 0, "unsnapped": 7, "outside": 3}
    assert found.totals.to_dict() == totals
    assert found.proven == (rule is assign)


def test_what_one_more_place_is_worth_by_hand() -> None:
    found = assign(*town(), within_min=5)
    # a place at P frees nothing at Q that d could use unless somebody of b leaves Q, and nobody of b is there
    assert found.serves_more.to_dict() == {"P": False, "Q": True, "R": True}
    assert found.price_min["P"] == 0
    assert found.price_min[["Q", "R"]].isna().all()
    short = assign(*town([25, 12, 0]), within_min=5)
    # a place at P takes in one of b who is left out
    assert flows(short) == {("a", "P"): 10, ("b", "P"): 15, ("b", "Q"): 2.5, ("c", "Q"): 9.5}
    assert short.serves_more.all()
    assert short.most_served == 37
    assert short.proven
    roomy = assign(*town([28, 40, 9]), within_min=5)
    # two of b walk to Q, which is as far: a place at P saves nothing
    assert roomy.unserved[["a", "b", "c", "d", "e"]].sum() == 0
    assert roomy.price_min.to_dict() == {"P": 0, "Q": 0, "R": 0}


def test_a_place_saves_what_a_chain_of_people_saves() -> None:
    """x and y at 0 and 400; P at 0 (1 place), Q at 300 (1 place), R at 1000: y would go to Q, but x's rest is there."""
    street = towns.roads({"A": (0, 0), "B": (2500, 0)}, [("A B", "residential", 0)])
    homes, sites = {"x": (0, 0), "y": (400, 0)}, {"P": (0, 0), "Q": (300, 0), "R": (1000, 0)}
    demand, halls = towns.demand(homes, [2.0, 1.0]), towns.facilities(sites, capacity=[1, 1, 5])
    found = reach(demand, halls, build_network(street, towns.WALKER), cutoff_min=60)
    best = assign(found, demand, halls, within_min=60)
    # x: 1 at P, 1 at Q (300 s), y at R (600 s) costs as much as x to R (1000 s) and y to Q (100 s) less 200 s
    assert flows(best) == {("x", "P"): 1, ("x", "Q"): 1, ("y", "R"): 1}
    assert best.total_person_min == 15
    # one more at P: the second x stays at home (-300 s) and y comes to Q (-500 s)
    assert best.price_min.to_dict() == {"P": 800 / 60, "Q": 500 / 60, "R": 0}
    nobody_plans = nearest_first(found, demand, halls, within_min=60)
    assert flows(nobody_plans) == {("x", "P"): 1, ("x", "R"): 1, ("y", "Q"): 1}
    assert nobody_plans.total_person_min == 1100 / 60
    assert not nobody_plans.proven
    assert nobody_plans.price_min.isna().all()


def test_growth_by_hand() -> None:
    table = growth(assign(*town(), within_min=5))
    assert table["growth"].to_dict() == {"P": 0, "Q": 13.75, "R": 4}
    assert table["needed_capacity"].to_dict() == {"P": 30, "Q": 25.75, "R": 4}
    assert table["growth_share"].iloc[:2].tolist() == [0, 13.75 / 12]
    assert np.isnan(table["growth_share"]["R"])
    grown = assign(*town(table["needed_capacity"].tolist()), within_min=5)
    assert (grown.reason == "full").sum() == 0
    nothing = growth(assign(*town(), within_min=5, capacity=UNLIMITED))
    assert nothing["growth"].tolist() == [0, 0, 0]
    assert nothing["growth_share"].isna().all()


def test_the_limit_is_inclusive() -> None:
    question = town([30, 30, 4])
    assert assign(*question, within_min=260 / 60).served["d"] == 16.25
    assert assign(*question, within_min=259.999 / 60).reason["d"] == "beyond"


def test_amounts_are_kept_to_a_millionth_and_never_above_capacity() -> None:
    people = [1 / 3, 2 / 3, 0.1 + 0.2, 12.37, 1e-7, 1.0, 1.0]
    found = assign(*town([2 / 3, 200 / 3, 1], people=people), within_min=5)
    assert found.served["a"] + found.unserved["a"] == 0.333333
    assert (found.load <= found.capacity).all()
    assert found.load["P"] == 0.666666  # 2 / 3 rounded would be more than there is
    assert found.totals["demand"] == 14.67
    assert found.reason["e"] == ""  # a ten millionth of a person is nobody


def test_bad_capacities_are_told_with_their_rows() -> None:
    found, demand, sites = town()
    bare = towns.facilities(SITES)
    for room, said in (
        (pd.Series({"P": 1.0, "Q": np.nan, "R": 2.0}), r"capacity isn't known \(1: Q\). Fill it in"),
        (pd.Series({"P": 1.0, "R": 2.0}), r"capacity isn't known \(1: Q\)"),
        (pd.Series({"P": 1, "Q": None, "R": 2}, dtype="Int64"), r"capacity isn't known \(1: Q\)"),
        (pd.Series({"P": -1.0, "Q": -2.5, "R": 0.0}), r"capacity is negative \(2: P: -1.0, Q: -2.5\)"),
        (pd.Series({"P": "1", "Q": "many", "R": "2"}), r"capacity isn't a number \(1: Q: many\)"),
        (pd.Series({"P": 1, "Q": 1, "R": 1, "S": 1}), r"capacity of unknown facilities \(1: S\)"),
        (pd.Series([1, 1, 1, 1], index=["P", "P", "Q", "R"]), r"capacity given twice \(1: P\)"),
    ):
        with pytest.raises(LayerError, match=said):
            assign(found, demand, sites, within_min=5, capacity=room)
    with pytest.raises(LayerError, match=r"centre: no column 'capacity'\. Give the facilities a capacity"):
        assign(found, demand, bare, within_min=5)
    both = pd.Series({"P": -1.0, "Q": np.nan, "R": 0.0})
    with pytest.raises(LayerError) as fault:
        assign(found, demand, sites, within_min=5, capacity=both)
    assert len(fault.value.faults) == 2
    text = pd.Series({"Q": "12", "R": "0", "P": "30"})
    assert assign(found, demand, sites, within_min=5, capacity=text).load.to_dict() == {"P": 30, "Q": 12, "R": 0}


def test_questions_that_can_t_be_answered_are_errors() -> None:
    found, demand, sites = town(cutoff_min=4)
    with pytest.raises(CutoffError):
        assign(found, demand, sites, within_min=5)
    with pytest.raises(LayerError, match="no group 'elderly'"):
        assign(found, demand, sites, within_min=4, group="elderly")
    with pytest.raises(LayerError, match=r"other demand.*\n.*other facilities"):
        assign(found, towns.demand({"h": (0, 0)}), towns.facilities({"s": (0, 0)}, capacity=[1]), within_min=4)
    with pytest.raises(InputError, match="amounts add up to"):
        Transport.build([MOST_UNITS, 1], [1], [0], [0], [1])


def test_nobody_within_reach_is_an_answer() -> None:
    for rule in (assign, nearest_first):
        found = rule(*town(), within_min=0.5)
        assert len(found.pairs) == 0
        assert found.totals["beyond"] == 59.75
        assert found.total_person_min == 0
        assert np.isnan(found.mean_min)
        assert growth(found)["growth"].sum() == 0
    assert assign(*town(), within_min=0.5).proven


def test_rules_and_reasons_are_told_in_both_languages() -> None:
    found = assign(*town(), within_min=5)
    assert set(found.reason) <= set(REASONS)
    assert repr(found).startswith("Assignment(most people served, then least walking: 42 of 67 people served")
    assert "not proven" in repr(nearest_first(*town(), within_min=5))
    for words in (*RULES.values(), *REASONS.values()):
        assert all(words)


# the problem in whole numbers


def problems(seed: int, *, ties: bool) -> Transport:
    """A small random problem; with `ties` few amounts and costs that differ, so that most steps move nobody."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 9)), int(rng.integers(1, 6))
    allowed = np.argwhere(rng.random((n, k)) < rng.uniform(0.2, 1.0))
    largest = 3 if ties else 50
    return Transport.build(
        rng.integers(1, largest, n),
        rng.integers(0, rng.integers(1, 2 * largest + 1), k),
        allowed[:, 0],
        allowed[:, 1],
        rng.integers(0, largest, len(allowed)),
    )


def highs(problem: Transport) -> tuple[int, int]:
    """Least unserved and, with that, least walking, by two linear programs."""
    pairs = len(problem.cost)
    if pairs == 0:
        return problem.total, 0
    limits = np.zeros((len(problem.amount) + len(problem.capacity), pairs))
    limits[problem.point, np.arange(pairs)] = 1
    limits[len(problem.amount) + problem.facility, np.arange(pairs)] = 1
    room = np.concatenate([problem.amount, problem.capacity])
    most = linprog(-np.ones(pairs), A_ub=limits, b_ub=room, method="highs")
    served = round(-most.fun)
    least = linprog(problem.cost, A_ub=limits, b_ub=room, A_eq=np.ones((1, pairs)), b_eq=[served], method="highs")
    return problem.total - served, round(least.fun)


seeds = st.integers(0, 10**9)


@settings(max_examples=100, deadline=None)
@given(seeds, st.booleans())
def test_shorter_ways_come_first_then_facilities_then_homes_in_their_order(seed: int, ties: bool) -> None:
    problem = problems(seed, ties=ties)
    order = np.random.default_rng(seed).permutation(len(problem.cost))
    shuffled = problem.point[order], problem.facility[order], problem.cost[order]
    plan = transport.nearest_first(Transport.build(problem.amount, problem.capacity, *shuffled))
    left, room = problem.amount.tolist(), problem.capacity.tolist()
    expected = {}
    triples = zip(problem.cost.tolist(), problem.facility.tolist(), problem.point.tolist(), strict=True)
    for _, f, d in sorted(triples):
        if taken := min(left[d], room[f]):
            expected[d, f] = taken
            left[d] -= taken
            room[f] -= taken
    pairs = zip(problem.point[plan.pair].tolist(), problem.facility[plan.pair].tolist(), strict=True)
    assert dict(zip(pairs, plan.amount.tolist(), strict=True)) == expected


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_the_tree_stays_strongly_feasible_so_that_ties_can_t_make_it_cycle(seed: int) -> None:
    problem = problems(seed, ties=True)
    rows, tree = transport._start(problem)
    improve(rows, tree, problem.unserved_ms, 1)
    assert (tree.home_flow > 0).all()
    assert (tree.via_flow >= 0).all()


@settings(max_examples=150, deadline=None)
@given(seeds, st.booleans())
def test_highs_finds_nothing_better(seed: int, ties: bool) -> None:
    problem = problems(seed, ties=ties)
    best = solve(problem)
    assert is_proven(problem, best.plan, best.price)
    assert (best.plan.unserved(problem), best.plan.walk(problem)) == highs(problem)


@pytest.mark.parametrize("share", [0.3, 0.9, 1.0, 1.2])
def test_highs_finds_nothing_better_among_more(share: float) -> None:
    """200 points and 12 facilities in a square, of which each point reaches the nearer ones."""
    rng = np.random.default_rng(int(10 * share))
    away = np.abs(rng.integers(0, 1000, (200, 1, 2)) - rng.integers(0, 1000, (1, 12, 2))).sum(axis=2)
    allowed = np.argwhere(away < 700)
    amount, room = rng.integers(1, 40, 200), rng.random(12)
    capacity = np.rint(share * amount.sum() * room / room.sum())
    problem = Transport.build(amount, capacity, *allowed.T, away[*allowed.T])
    best = solve(problem)
    assert best.steps > 10  # nearest first isn't best yet
    assert is_proven(problem, best.plan, best.price)
    assert (best.plan.unserved(problem), best.plan.walk(problem)) == highs(problem)


def test_brute_force_finds_nothing_better() -> None:
    """Four people with three choices and nowhere: all 256 plans."""
    rng = np.random.default_rng(5)
    for _ in range(25):
        cost, room = rng.integers(0, 6, (4, 3)), rng.integers(0, 3, 3)
        grid = np.argwhere(np.ones((4, 3)))
        problem = Transport.build(np.ones(4), room, *grid.T, cost.ravel())
        plan = solve(problem).plan
        found = []
        for choice in product([*range(3), -1], repeat=4):
            taken = [(d, f) for d, f in enumerate(choice) if f >= 0]
            if all(sum(f == g for _, f in taken) <= room[g] for g in range(3)):
                found.append((4 - len(taken), sum(cost[d, f] for d, f in taken)))
        assert (plan.unserved(problem), plan.walk(problem)) == min(found)


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans())
def test_a_price_is_what_one_more_unit_of_room_saves(seed: int, ties: bool) -> None:
    problem = problems(seed, ties=ties)
    best = solve(problem)
    before = best.plan.walk(problem), best.plan.unserved(problem)
    for f in range(len(problem.capacity)):
        more = problem.capacity.copy()
        more[f] += 1
        larger = Transport(problem.amount, more, problem.point, problem.facility, problem.cost)
        plan = solve(larger).plan
        saved = before[0] - plan.walk(larger) + problem.unserved_ms * (before[1] - plan.unserved(larger))
        assert best.price[f] == saved
        assert (best.price[f] > problem.chain_ms) == (plan.unserved(larger) < before[1])


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans(), seeds)
def test_the_order_of_rows_changes_neither_prices_nor_totals(seed: int, ties: bool, shuffle: int) -> None:
    problem = problems(seed, ties=ties)
    rng = np.random.default_rng(shuffle)
    to_point, to_facility = rng.permutation(len(problem.amount)), rng.permutation(len(problem.capacity))
    amount, capacity = np.empty_like(problem.amount), np.empty_like(problem.capacity)
    amount[to_point], capacity[to_facility] = problem.amount, problem.capacity
    other = Transport.build(amount, capacity, to_point[problem.point], to_facility[problem.facility], problem.cost)
    one, two = solve(problem), solve(other)
    assert (one.plan.unserved(problem), one.plan.walk(problem)) == (two.plan.unserved(other), two.plan.walk(other))
    assert one.price.tolist() == two.price[to_facility].tolist()


@settings(max_examples=60, deadline=None)
@given(seeds, st.booleans())
def test_bounds_hold_for_any_prices_and_tampering_breaks_the_proof(seed: int, ties: bool) -> None:
    problem = problems(seed, ties=ties)
    rng = np.random.default_rng(seed)
    best = solve(problem)
    plan, price = best.plan, best.price
    unserved, walk = plan.unserved(problem), plan.walk(problem)
    for other in (rng.integers(0, 60, len(price)), price + 1, np.maximum(price - 1, 0), 2 * price):
        least, bound = bounds(problem, other)
        assert least <= unserved
        assert bound + problem.unserved_ms * (least - unserved) <= walk
    assert not is_proven(problem, plan, price - price.max(initial=0) - 1)
    assert not is_proven(problem, plan, price[:-1])
    worse = transport.nearest_first(problem)
    same = (worse.unserved(problem), worse.walk(problem)) == (unserved, walk)
    assert is_proven(problem, worse, price) == same
    if len(plan.pair):
        one = rng.integers(len(plan.pair))
        for change in (-1, 1, -plan.amount[one] - 1, problem.total, 2**63 - 1 - plan.amount[one]):
            amount = plan.amount.copy()
            amount[one] += change
            assert not is_proven(problem, Plan(plan.pair, amount), price)
        fewer = np.delete(np.arange(len(plan.pair)), one)
        assert not is_proven(problem, Plan(plan.pair[fewer], plan.amount[fewer]), price)


def test_plans_that_can_t_be_carried_out_are_no_plans() -> None:
    problem = Transport.build([5, 5], [6, 3], [0, 0, 1, 1], [0, 1, 0, 1], [1, 2, 3, 4])

    def plan(*sent: tuple[int, int]) -> Plan:
        return Plan(np.array([p for p, _ in sent], dtype=np.int64), np.array([a for _, a in sent], dtype=np.int64))

    assert is_feasible(problem, plan((0, 5), (2, 1)))
    assert is_feasible(problem, plan())
    for wrong in (
        plan((0, 6)),  # more than the point has
        plan((0, 3), (1, 3)),  # the same, over two pairs
        plan((1, 4)),  # more than the facility holds
        plan((0, 4), (2, 3)),  # the same, from two points
        plan((0, -1)),
        plan((4, 1)),  # no such pair
        plan((-1, 1)),
        plan((0, 2), (0, 2)),  # one pair twice
        plan(*((pair, 2**62) for pair in range(4))),  # sums that run over and look small
        Plan(np.array([0, 1]), np.array([1])),
    ):
        assert not is_feasible(problem, wrong)


def test_a_cost_that_is_lower_or_a_pair_that_appears_breaks_the_proof() -> None:
    problem = Transport.build([4, 4], [4, 4], [0, 1, 0, 1], [0, 0, 1, 1], [10, 20, 20, 15])
    best = solve(problem)
    assert is_proven(problem, best.plan, best.price)
    assert best.plan.walk(problem) == 100
    assert problem.cost.tolist() == [10, 15, 20, 20]
    same = problem.amount, problem.capacity, problem.point, problem.facility
    cheaper = Transport(*same, np.array([10, 15, 14, 10], dtype=np.int32))
    assert not is_proven(cheaper, best.plan, best.price)
    alone = Transport.build([4, 4], [4, 4], [0, 1], [0, 0], [10, 20])
    first = solve(alone)
    assert is_proven(alone, first.plan, first.price)
    wider = Transport.build([4, 4], [4, 4], [0, 1, 1], [0, 0, 1], [10, 20, 30])
    assert not is_proven(wider, first.plan, first.price)


def test_large_numbers_don_t_overflow() -> None:
    """A billion people at each of three points and costs of 24 days: totals far beyond 64 bits."""
    billion, long = 10**15, 2**31 - 1
    grid = np.argwhere(np.ones((3, 2)))
    problem = Transport.build([billion] * 3, [billion, 5], *grid.T, [long, long, long - 1, long, long, 1])
    best = solve(problem)
    assert is_proven(problem, best.plan, best.price)
    assert best.plan.walk(problem) == (long - 1) * billion + 5
    assert best.plan.unserved(problem) == 2 * billion - 5
    roomy = Transport(problem.amount, np.full(2, 2**63 - 1), problem.point, problem.facility, problem.cost)
    best = solve(roomy)
    assert is_proven(roomy, best.plan, best.price)
    assert best.plan.walk(roomy) == billion * (2 * long)


# laws over random towns


def random_reach(seed: int) -> tuple[Reach, Demand, Facilities]:
    """Places with random costs: no streets needed."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 25)), int(rng.integers(1, 8))
    demand = towns.demand({f"h{i}": (float(i), 0.0) for i in range(n)}, (rng.random(n) * 30).tolist())
    places = np.where(rng.random(k) < 0.1, np.inf, rng.random(k) * 60).tolist()
    sites = towns.facilities({f"s{i}": (float(i), 1.0) for i in range(k)}, capacity=[1.0] * k)
    sites.frame["capacity"] = places
    rows = [np.flatnonzero(rng.random(n) < 0.4) for _ in range(k)]
    at = np.concatenate([rng.permutation(row) for row in rows]).astype(np.int32)
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    cost = rng.integers(0, 40, len(at)).astype(np.int32) * 60_000
    return Reach(demand.ids, sites.ids, ptr, at, cost, 1_800_000, "to_facility", "walker", "none", snapped(n),
                 snapped(k)), demand, sites  # fmt: skip


def snapped(count: int) -> Snapped:
    none = np.zeros(count)
    return Snapped(
        none.astype(np.int32), none.astype(np.int64), none, none.astype(np.int64), none.astype(bool), none, none
    )


def units(people: Any) -> npt.NDArray[np.int64]:
    return np.rint(np.asarray(people) * 1e6).astype(np.int64)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_nobody_is_lost_and_nothing_overfilled(seed: int) -> None:
    found, demand, sites = random_reach(seed)
    best, plain = (rule(found, demand, sites, within_min=30) for rule in (assign, nearest_first))
    for each in (best, plain):
        assert (units(each.served) + units(each.unserved) == units(demand.amount("people"))).all()
        assert (each.load <= sites.frame["capacity"]).all()
        by_home = each.pairs.groupby("demand_id")["amount"].sum().reindex(demand.ids, fill_value=0)
        by_site = each.pairs.groupby("facility_id")["amount"].sum().reindex(sites.ids, fill_value=0)
        assert (units(by_home) == units(each.served)).all()
        assert (units(by_site) == units(each.load)).all()
        assert (each.pairs["amount"] > 0).all()
        columns = demand.ids.get_indexer(each.pairs["demand_id"]), sites.ids.get_indexer(each.pairs["facility_id"])
        at = list(zip(*columns, strict=True))
        assert at == sorted(set(at))
        costs = [found.cost(row.demand_id, row.facility_id) for row in each.pairs.itertuples()]
        assert each.pairs["cost_ms"].tolist() == costs
        assert all(cost <= 1_800_000 for cost in costs)
        assert ((each.reason == "full") == ((each.unserved > 0) & found.covered(30))).all()
        assert ((each.reason == "beyond") == ~found.covered(30)).all()
    assert best.proven
    assert best.most_served == best.totals["served"]
    assert best.bound_person_min == best.total_person_min
    assert units(best.served).sum() >= units(plain.served).sum()
    if units(best.served).sum() == units(plain.served).sum():
        assert best.total_person_min <= plain.total_person_min
    full = best.load >= (sites.frame["capacity"] - 2e-6)
    reached = demand.ids[best.reason == "full"]
    for home, site in product(reached, sites.ids):
        if (cost := found.cost(home, site)) is not None and cost <= 1_800_000:
            assert full[site]


@settings(max_examples=40, deadline=None)
@given(seeds, st.floats(0.0, 40.0))
def test_more_room_never_serves_fewer_and_growth_serves_all(seed: int, extra: float) -> None:
    found, demand, sites = random_reach(seed)
    room = sites.frame["capacity"]
    best = assign(found, demand, sites, within_min=30)
    more = room.copy()
    more.iloc[seed % len(more)] += extra
    larger = assign(found, demand, sites, within_min=30, capacity=more)
    assert units(larger.served).sum() >= units(best.served).sum()
    table = growth(best)
    grown = assign(found, demand, sites, within_min=30, capacity=table["needed_capacity"])
    assert (grown.reason != "full").all()
    assert units(table["growth"]).sum() == units(best.totals["full"])


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_nobody_could_change_to_a_nearer_place_that_isn_t_full_of_nearer_people(seed: int) -> None:
    found, demand, sites = random_reach(seed)
    plain = nearest_first(found, demand, sites, within_min=30)
    free = (plain.capacity - plain.load) > 2e-6
    farthest = plain.pairs.groupby("facility_id")["cost_ms"].max().reindex(sites.ids, fill_value=-1)
    walked = plain.pairs.groupby("demand_id")["cost_ms"].max()
    for home in demand.ids[demand.amount("people") > 0]:
        left = plain.unserved[home] > 0
        for site in sites.ids:
            cost = found.cost(home, site)
            if cost is None or cost > 1_800_000 or (not left and cost >= walked[home]):
                continue
            assert not free[site]
            assert farthest[site] <= cost


def test_unlimited_room_is_the_nearest_facility() -> None:
    found, demand, sites = town()
    for rule in (assign, nearest_first):
        best = rule(found, demand, sites, within_min=5, capacity=UNLIMITED)
        assert best.pairs["demand_id"].tolist() == ["a", "b", "c", "d", "e"]
        assert best.pairs["facility_id"].tolist() == ["P", "P", "Q", "Q", "R"]  # b is as far from Q: P comes first
    street = towns.roads({"A": (0, 0), "B": (2500, 0)}, [("A B", "residential", 0)])
    nearest = nearest_facility(demand, sites, build_network(street, towns.WALKER), cutoff_min=5).frame()
    inside = ~demand.outside & nearest["facility_id"].notna()
    assert best.pairs["facility_id"].tolist() == nearest.loc[inside, "facility_id"].tolist()
    assert best.pairs["cost_ms"].tolist() == nearest.loc[inside, "cost_ms"].tolist()


def test_ids_may_be_numbers() -> None:
    found, demand, sites = random_reach(11)
    homes = Demand(demand.frame.set_axis(range(7, 7 + len(demand.ids))), ("people",))
    halls = Facilities(sites.frame.set_axis(range(3, 3 + len(sites.ids))).drop(columns="capacity"), "hall")
    other = Reach(**(vars(found) | {"demand_ids": homes.ids, "facility_ids": halls.ids}))
    room = pd.Series(1.0, index=halls.ids)
    best = assign(other, homes, halls, within_min=30, capacity=room)
    assert best.totals["full"] > 0
    assert units(growth(best)["growth"]).sum() == units(best.totals["full"])
    assert growth(best).index.equals(halls.ids)

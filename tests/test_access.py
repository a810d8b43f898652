"""Floating catchments by hand, against brute force and PySAL access, and their laws.

::

    K: 15 beds      L: 50 beds                                       M: 7 beds, O: none
    a --- K --- b --------- L --- c ---------------- d ------------------ M, O
    0    100   300         500   600               1200                  2400        metres, walked at 1 m/s
    10 people   20               30                  40

N has 3 beds in a field 900 m off the street. Within 5 minutes a and b reach K (100 s, 200 s), b and c reach L (200 s,
100 s), d reaches nothing and nobody reaches M, N and O.
"""

from __future__ import annotations

import warnings
from functools import partial
from itertools import pairwise, product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import CutoffError, InputError, LayerError
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.access import METHODS, access_by, floating_catchment, gaussian_weight, hand_out_supply
from civicreach.network import build_network
from civicreach.network.snap import Snapped
from civicreach.reach import Reach, reach

HOMES = {"a": (0, 0), "b": (300, 0), "c": (600, 0), "d": (1200, 0)}
PEOPLE = [10.0, 20.0, 30.0, 40.0]
BEDS = {"K": 15.0, "L": 50.0, "M": 7.0, "N": 3.0, "O": 0.0}
SITES = {"K": (100, 0), "L": (500, 0), "M": (2400, 0), "N": (0, 900), "O": (2400, 0)}
STEPS = [(2.0, 1.0), (5.0, 0.5)]
"""1 within 2 minutes, a half within 5."""
CONSERVING = ("2sfca", "e2sfca", "3sfca")


def town(
    homes: dict[str, Any] = HOMES, people: list[float] = PEOPLE, areas: Areas | None = None, cutoff_min: float = 30
) -> tuple[Reach, Demand, Facilities]:
    street = towns.roads({"A": (0, 0), "B": (2500, 0)}, [("A B", "residential", 0)])
    network = build_network(street, towns.WALKER)
    demand = towns.demand(homes, people)
    if areas is not None:
        demand = demand.in_areas(areas)
    centres = towns.facilities(SITES, capacity=list(BEDS.values()))
    return reach(demand, centres, network, cutoff_min=cutoff_min), demand, centres


def districts(*edges: float) -> Areas:
    """Districts side by side along the street, between the edges given in metres."""
    ids = [f"D{i}" for i in range(len(edges) - 1)]
    boxes = [shapely.box(left, -100, right, 100) for left, right in pairwise(edges)]
    frame = gpd.GeoDataFrame(
        {
            "community_id": ids,
            "community": ids,
            "district_id": ids,
            "district": ids,
            "city_id": ["C"] * len(ids),
            "city": ["Longtown"] * len(ids),
        },
        geometry=boxes,
        crs=towns.CRS,
    )
    return Areas(frame)


def made(cost_ms: Any, people: Any, supply: Any, ids: Any = None) -> tuple[Reach, Demand, Facilities]:
    """Layers and a reach from a table of costs, facilities x demand; below 0 for pairs that aren't in reach."""
    cost = np.asarray(cost_ms, dtype=np.int32)
    m, n = cost.shape
    homes = pd.Index([f"h{i}" for i in range(n)] if ids is None else ids)
    places = pd.Index([f"f{i}" for i in range(m)])
    points = partial(gpd.points_from_xy, crs=towns.CRS)
    demand = Demand(gpd.GeoDataFrame({"people": people}, geometry=points(np.zeros(n), np.zeros(n)), index=homes))
    centres = Facilities(gpd.GeoDataFrame({"capacity": supply}, geometry=points([0] * m, [0] * m), index=places))
    at, to = np.nonzero(cost >= 0)
    row_ptr = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=m))]).astype(np.int64)

    def snap(k: int) -> Snapped:
        zero = np.zeros(k)
        return Snapped(np.zeros(k, np.int32), zero, zero, zero, np.zeros(k, np.bool_), zero, zero)

    return (
        Reach(
            demand.ids, centres.ids, row_ptr, to.astype(np.int32), cost[at, to], 3_600_000, "to_facility", "walker",
            "made", snap(n), snap(m),
        ),
        demand,
        centres,
    )  # fmt: skip


def scores(method: str, **options: Any) -> dict[str, float]:
    found, demand, centres = town()
    score = floating_catchment(found, demand, centres, within_min=5, method=method, **options)
    assert score.index.equals(demand.ids)
    return dict(score.to_dict())


def approx(**expected: float) -> Any:
    return pytest.approx(expected, rel=1e-14, abs=0)


def test_2sfca_by_hand() -> None:
    # K: 15 beds for 10 + 20 people, L: 50 for 20 + 30; b has both
    assert scores("2sfca") == approx(a=0.5, b=1.5, c=1.0, d=0.0)


def test_e2sfca_by_hand() -> None:
    # K: 15 / (10 + 20 / 2) = 0.75, L: 50 / (20 / 2 + 30) = 1.25; b has a half of each
    assert scores("e2sfca", decay=STEPS) == approx(a=0.75, b=1.0, c=1.25, d=0.0)


def test_3sfca_by_hand() -> None:
    # b's choice is a half and a half, its weight a quarter: K: 15 / (10 + 5) = 1, L: 50 / (5 + 30)
    ratio = 50 / 35
    assert scores("3sfca", decay=STEPS) == approx(a=1.0, b=0.25 + 0.25 * ratio, c=ratio, d=0.0)


def test_bfca_by_hand() -> None:
    # b is split: K: 15 / (10 + 10) = 0.75, L: 50 / (10 + 30) = 1.25; of each b gets 0.5 / (1 + 0.5) = a third
    assert scores("bfca", decay=STEPS) == approx(a=0.5, b=0.25 + 1.25 / 3, c=2.5 / 3, d=0.0)


def test_the_gaussian_by_hand() -> None:
    # (exp(-1/18) - exp(-1/2)) / (1 - exp(-1/2)) a third of the way, (exp(-4/18) - ...) two thirds of it
    near, far = 0.8626563100, 0.4935752886
    assert gaussian_weight([100, 200, 300, 400], 300) == pytest.approx([near, far, 0, 0], abs=1e-9)
    k, l = 15 / (10 * near + 20 * far), 50 / (20 * far + 30 * near)  # noqa: E741
    expected = {"a": k * near, "b": (k + l) * far, "c": l * near, "d": 0.0}
    assert scores("e2sfca") == pytest.approx(expected, rel=1e-8)
    assert scores("e2sfca", decay="gaussian") == scores("e2sfca")


def test_a_function_is_given_minutes_within_the_limit() -> None:
    seen: list[float] = []

    def halves(minutes: np.ndarray) -> np.ndarray:
        seen.extend(minutes.tolist())
        return np.where(minutes <= 2, 1.0, 0.5)

    assert scores("e2sfca", decay=halves) == scores("e2sfca", decay=STEPS)
    assert sorted(seen) == [100 / 60, 100 / 60, 200 / 60, 200 / 60]


def test_the_limit_and_steps_include_their_border() -> None:
    found, demand, centres = town()
    far = 200 / 60
    assert floating_catchment(found, demand, centres, within_min=far, method="2sfca")["b"] == 1.5
    assert floating_catchment(found, demand, centres, within_min=far - 1e-4, method="2sfca")["b"] == 0
    steps = [(100 / 60, 1.0), (far, 0.5)]
    assert scores("e2sfca", decay=steps) == scores("e2sfca", decay=STEPS)
    # at its limit the Gaussian has come down to 0
    assert floating_catchment(found, demand, centres, within_min=far)["b"] == 0
    # beyond the last step nobody counts
    assert scores("e2sfca", decay=[(2.0, 1.0)]) == approx(a=1.5, b=0.0, c=50 / 30, d=0.0)


def test_both_sides_of_the_hand_out() -> None:
    found, demand, centres = town()
    out = hand_out_supply(found, demand, centres, within_min=5, decay=STEPS)
    assert out.heads.to_dict() == {"K": 20, "L": 40, "M": 0, "N": 0, "O": 0}
    assert out.ratio.to_dict() == pytest.approx(
        {"K": 0.75, "L": 1.25, "M": np.nan, "N": np.nan, "O": np.nan}, nan_ok=True
    )
    assert out.handed_out.to_dict() == {"K": 15, "L": 50, "M": 0, "N": 0, "O": 0}
    # O has no beds to lose
    assert out.unclaimed.to_dict() == {"M": 7, "N": 3}
    assert (out.score * demand.amount("people")).sum() == 65
    balanced = hand_out_supply(found, demand, centres, within_min=5, method="bfca", decay=STEPS)
    assert balanced.heads.sum() == 60, "a, b and c, each once"
    assert balanced.score.sum() == pytest.approx(balanced.ratio.sum(), rel=1e-14)
    # K: 0.75 * (10 * 2/3 + 20 / 3), L: 1.25 * (20 / 3 + 30 * 2/3)
    assert balanced.handed_out.to_dict() == pytest.approx({"K": 10, "L": 100 / 3, "M": 0, "N": 0, "O": 0})


def test_supply_is_matched_by_id() -> None:
    beds = pd.Series(BEDS)
    expected = scores("2sfca")
    assert scores("2sfca", supply=beds[::-1]) == expected
    assert scores("2sfca", supply=(2 * beds).astype("Int64")) == {home: 2 * score for home, score in expected.items()}


def test_people_outside_all_areas_claim_nothing_unless_asked_for() -> None:
    found, demand, centres = town(areas=districts(200, 1300))  # a lives west of it
    out = partial(hand_out_supply, found, demand, centres, within_min=5, method="2sfca")
    assert out().score.to_dict() == approx(a=0.0, b=0.75 + 1.0, c=1.0, d=0.0)
    assert out().heads["K"] == 20
    assert out(count_outside=True).score.to_dict() == scores("2sfca")
    for method in METHODS:
        alone = town({"b": (300, 0), "c": (600, 0), "d": (1200, 0)}, PEOPLE[1:])
        without = floating_catchment(*alone, within_min=5, method=method, decay=decay_of(method))
        score = floating_catchment(found, demand, centres, within_min=5, method=method, decay=decay_of(method))
        assert score["a"] == 0
        assert score[["b", "c", "d"]].to_dict() == without.to_dict()


def test_means_by_unit_are_ratios_of_sums() -> None:
    found, demand, centres = town(areas=districts(-1, 400, 1300, 2000))
    score = floating_catchment(found, demand, centres, within_min=5, method="2sfca")
    assert access_by(score, demand).to_dict() == {"all": 65 / 100}
    # (10 * 0.5 + 20 * 1.5) / 30 and (30 * 1 + 40 * 0) / 70, not the means 1.0 and 0.5 of the rows
    assert access_by(score, demand, by="district").to_dict() == approx(D0=35 / 30, D1=30 / 70)
    assert access_by(score[::-1], demand, by="district").equals(access_by(score, demand, by="district"))
    assert access_by(score, demand, by="city").to_dict() == {"C": 0.65}


def test_means_where_nobody_lives_and_outside() -> None:
    found, demand, centres = town(people=[10, 20, 0, 0], areas=districts(200, 400, 700))
    score = floating_catchment(found, demand, centres, within_min=5, method="2sfca")
    mean = access_by(score, demand, by="district")
    assert mean["D0"] == score["b"]
    assert np.isnan(mean["D1"])
    assert access_by(score, demand)["all"] == score["b"], "a and d are outside"
    # a score that isn't known matters only where people live
    assert access_by(score.drop("c"), demand)["all"] == score["b"]
    with pytest.raises(LayerError, match=r"no finite score where people live \(1: b\)"):
        access_by(score.drop("b"), demand)


def test_homes_without_people_get_the_score_that_somebody_would_have_there() -> None:
    found, demand, centres = town(people=[10, 0, 30, 40])
    score = floating_catchment(found, demand, centres, within_min=5, method="2sfca")
    assert score.to_dict() == approx(a=1.5, b=1.5 + 50 / 30, c=50 / 30, d=0.0)


def centres_with(**changes: Any) -> Facilities:
    frame = town()[2].frame.copy()
    for place, beds in changes.items():
        frame.loc[place, "capacity"] = beds
    return Facilities(frame, "nursing_home")


def test_unknown_supply_is_an_error_with_the_rows() -> None:
    found, demand, _ = town()
    lacking = centres_with(K=np.nan, N=np.nan)
    with pytest.raises(LayerError, match=r"nursing_home: capacity isn't known \(2: K, N\)") as told:
        floating_catchment(found, demand, lacking, within_min=5)
    assert "missing='zero'" in str(told.value)
    filled = floating_catchment(found, demand, lacking, within_min=5, method="2sfca", missing="zero")
    assert filled.to_dict() == approx(a=0.0, b=1.0, c=1.0, d=0.0)


def test_all_that_is_wrong_with_supply_is_told_at_once() -> None:
    found, demand, centres = town()
    beds = pd.Series({"K": -1.0, "L": np.inf, "M": 1.0, "N": np.nan, "X": 4.0})
    with pytest.raises(LayerError) as told:
        floating_catchment(found, demand, centres, within_min=5, supply=beds)
    assert [fault.what for fault in told.value.faults] == [
        "supply of unknown facilities",
        "supply isn't a finite number",
        "supply is above 1,000,000,000",
        "supply is negative",
        "supply isn't known",
    ]
    assert [fault.rows for fault in told.value.faults] == [("X",), ("L",), ("L",), ("K",), ("N", "O")]
    with pytest.raises(LayerError, match=r"supply given twice \(1: K\)"):
        floating_catchment(found, demand, centres, within_min=5, supply=pd.Series([1, 2], index=["K", "K"]))
    bare = Facilities(centres.frame.drop(columns="capacity"), "nursing_home")
    with pytest.raises(LayerError, match="no column 'capacity'"):
        floating_catchment(found, demand, bare, within_min=5, missing="zero")


def test_questions_that_can_t_be_answered_are_errors() -> None:
    found, demand, centres = town(cutoff_min=5)
    ask: Any = partial(floating_catchment, found, demand, centres, within_min=5)
    with pytest.raises(CutoffError):
        ask(within_min=5.1)
    with pytest.raises(InputError, match="above 0"):
        ask(within_min=0)
    with pytest.raises(LayerError, match="no group 'elderly'"):
        ask(group="elderly")
    with pytest.raises(InputError, match=r"no method '2sfc' .*did you mean '2sfca'"):
        ask(method="2sfc")
    with pytest.raises(InputError, match="ask for e2sfca"):
        ask(method="2sfca", decay="gaussian")
    with pytest.raises(InputError, match="missing must be"):
        ask(missing="drop")
    for decay in ("gauss", [], [(5, 1), (5, 0.5)], [(5, 1), (2, 0.5)], [(5, -1)], [(5, np.nan)], [(np.inf, 1)], [1, 2]):
        with pytest.raises(InputError, match=r"no decay 'gauss'|steps must be rising"):
            ask(decay=decay)
    for weigh in (lambda t: -t, lambda t: t[:1], lambda t: t * np.nan, lambda t: 1.0):
        with pytest.raises(InputError, match="decay must return one finite weight"):
            ask(decay=weigh)
    with pytest.raises(LayerError) as told:
        floating_catchment(found, towns.demand({"z": (0, 0)}), towns.facilities({"Z": (0, 0)}), within_min=5)
    assert len(told.value.faults) == 2


def decay_of(method: str) -> Any:
    return None if method == "2sfca" else STEPS


def by_loops(cost_ms: Any, people: Any, supply: Any, limit_ms: int, method: str, weigh: Any) -> list[float]:
    """All four methods, written as in their papers, pair by pair."""
    facilities, homes = range(len(cost_ms)), range(len(people))
    w = [[weigh(cost_ms[j][i]) if 0 <= cost_ms[j][i] <= limit_ms else 0.0 for i in homes] for j in facilities]
    first = [list(row) for row in w]
    second = [list(row) for row in w]
    for i in homes:
        for j in facilities:
            of_home = sum(w[k][i] for k in facilities)
            of_facility = sum(w[j][k] for k in homes if people[k] > 0)
            choice = w[j][i] / of_home if of_home else 0.0
            if method == "3sfca":
                first[j][i] = second[j][i] = choice * w[j][i]
            if method == "bfca":
                first[j][i] = choice
                second[j][i] = w[j][i] / of_facility if of_facility else 0.0
    score = [0.0 for _ in homes]
    for j in facilities:
        heads = sum(people[i] * first[j][i] for i in homes)
        for i in homes:
            if heads > 0:
                score[i] += supply[j] / heads * second[j][i]
    return score


@st.composite
def cities(draw: Any) -> tuple[Any, Any, Any]:
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 1_200_000, (m, n))
    cost[rng.random((m, n)) < draw(st.sampled_from([0.0, 0.3, 0.8]))] = -1
    people = rng.integers(0, 5, n).astype(float) * draw(st.sampled_from([1.0, 0.37, 1000.0]))
    supply = rng.integers(0, 4, m).astype(float) * draw(st.sampled_from([1.0, 0.11, 50.0]))
    return cost, people, supply


LIMIT_MIN = 15
DECAYS: dict[str, Any] = {
    "gaussian": lambda ms: float(gaussian_weight([ms / 60_000], LIMIT_MIN)[0]),
    "steps": lambda ms: next((w for end, w in [(5, 1.0), (10, 0.68), (15, 0.22)] if ms <= end * 60_000), 0.0),
}


def decay_for(method: str, name: str) -> Any:
    if method == "2sfca":
        return None
    return "gaussian" if name == "gaussian" else [(5, 1.0), (10, 0.68), (15, 0.22)]


@settings(max_examples=40, deadline=None)
@given(city=cities())
def test_scores_follow_a_brute_force_count(city: Any) -> None:
    layers = made(*city)
    for method, decay in product(METHODS, DECAYS):
        weigh = (lambda ms: 1.0) if method == "2sfca" else DECAYS[decay]
        expected = by_loops(*city, LIMIT_MIN * 60_000, method, weigh)
        score = floating_catchment(*layers, within_min=LIMIT_MIN, method=method, decay=decay_for(method, decay))
        assert score.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-15), (method, decay)


@settings(max_examples=40, deadline=None)
@given(city=cities())
def test_supply_is_handed_out_exactly_or_listed(city: Any) -> None:
    cost, people, supply = city
    layers = made(*city)
    for method, decay in product(METHODS, DECAYS):
        out = hand_out_supply(*layers, within_min=LIMIT_MIN, method=method, decay=decay_for(method, decay))
        got = (out.score * people).sum()
        assert np.isfinite(out.score).all()
        assert got == pytest.approx(out.handed_out.sum(), rel=1e-9)
        assert ((out.ratio.isna() & (supply > 0)) == supply_in(out.unclaimed, layers)).all()
        if method in CONSERVING:
            assert got + out.unclaimed.sum() == pytest.approx(supply.sum(), rel=1e-9)
        else:
            weight = DECAYS[decay]
            reached = [any(0 <= c <= LIMIT_MIN * 60_000 and weight(c) > 0 for c in row) for row in cost.T]
            assert out.heads.sum() == pytest.approx(people[reached].sum(), rel=1e-9)
            assert out.score[people > 0].sum() == pytest.approx(out.ratio.sum(), rel=1e-9)


def supply_in(listed: pd.Series, layers: tuple[Reach, Demand, Facilities]) -> Any:
    return layers[2].ids.isin(listed.index)


@settings(max_examples=40, deadline=None)
@given(city=cities(), which=st.integers(0, 4), more=st.floats(0, 100), factor=st.floats(0.01, 100))
def test_more_supply_lowers_no_score(city: Any, which: int, more: float, factor: float) -> None:
    layers = made(*city)
    supply = layers[2].frame["capacity"]
    added = supply.copy()
    added.iloc[which % len(added)] += more
    for method in METHODS:
        ask: Any = partial(floating_catchment, *layers, within_min=LIMIT_MIN, method=method)
        before = ask()
        assert np.allclose(ask(supply=factor * supply), factor * before, rtol=1e-12, atol=0)
        assert (ask(supply=added) >= before * (1 - 1e-12)).all()


@settings(max_examples=40, deadline=None)
@given(city=cities(), seed=st.integers(0, 10**6))
def test_order_names_and_empty_homes_change_nothing(city: Any, seed: int) -> None:
    cost, people, supply = city
    order = np.random.default_rng(seed).permutation(len(people))
    lived_in = people > 0
    layers = made(*city)
    other = made(cost[::-1, order], people[order], supply[::-1], ids=[f"x{i}" for i in order])
    fewer = made(cost[:, lived_in], people[lived_in], supply) if lived_in.any() else None
    for method in METHODS:
        ask: Any = partial(floating_catchment, within_min=LIMIT_MIN, method=method)
        score = ask(*layers).to_numpy()
        assert np.allclose(ask(*other), score[order], rtol=1e-12, atol=0)
        if fewer is not None:
            assert np.allclose(ask(*fewer), score[lived_in], rtol=1e-12, atol=0)


@settings(max_examples=40, deadline=None)
@given(city=cities())
def test_how_people_are_cut_into_homes_changes_no_score(city: Any) -> None:
    cost, people, supply = city
    layers = made(*city)
    halves = made(np.hstack([cost, cost]), np.concatenate([people / 4, people * 3 / 4]), supply)
    for method in CONSERVING:
        ask: Any = partial(floating_catchment, within_min=LIMIT_MIN, method=method)
        assert np.allclose(ask(*halves), np.tile(ask(*layers), 2), rtol=1e-12, atol=0)


def test_bfca_alone_depends_on_how_people_are_cut_into_homes() -> None:
    whole = made([[60_000, 60_000]], [2, 2], [4])
    cut = made([[60_000, 60_000, 60_000]], [1, 1, 2], [4])
    assert floating_catchment(*whole, within_min=5, method="bfca").tolist() == [0.5, 0.5]
    assert floating_catchment(*cut, within_min=5, method="bfca").tolist() == pytest.approx([1 / 3] * 3)


@pytest.fixture(scope="module")
def pysal() -> Any:
    return pytest.importorskip("access", reason="PySAL access isn't installed: pip install access")


def pysal_scores(pysal: Any, layers: tuple[Reach, Demand, Facilities], method: str, within_min: float) -> pd.Series:
    """The same pairs, people and beds through PySAL access."""
    found, demand, centres = layers
    pairs = found.frame()
    pairs["minutes"] = pairs["cost_ms"] / 60_000
    model = pysal.Access(
        demand_df=demand.frame[["people"]], demand_value="people", supply_df=centres.frame[["capacity"]],
        supply_value="capacity", cost_df=pairs, cost_origin="demand_id", cost_dest="facility_id", cost_name="minutes",
    )  # fmt: skip
    if method == "2sfca":
        table = model.two_stage_fca(max_cost=within_min)
    elif method == "e2sfca":
        table = model.enhanced_two_stage_fca()  # its own steps: 10, 20 and 30 minutes
    elif method == "gaussian":
        table = model.enhanced_two_stage_fca(
            max_cost=within_min, weight_fn=lambda t: float(gaussian_weight([t], within_min)[0])
        )
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it drops columns in place
            table = model.three_stage_fca()  # its own steps: 10, 20, 30 and 60 minutes
    scores: pd.Series = table.iloc[:, 0]
    return scores


@pytest.mark.parametrize(
    ("method", "options", "within_min"),
    [
        ("2sfca", {"method": "2sfca"}, 12.0),
        ("e2sfca", {"method": "e2sfca", "decay": [(10, 1), (20, 0.68), (30, 0.22)]}, 30.0),
        ("gaussian", {"method": "e2sfca"}, 12.0),
        ("3sfca", {"method": "3sfca", "decay": [(10, 0.962), (20, 0.704), (30, 0.377), (60, 0.042)]}, 60.0),
    ],
)
def test_the_same_as_pysal_access(pysal: Any, method: str, options: Any, within_min: float) -> None:
    rng = np.random.default_rng(7)
    n, m = 300, 25
    cost = rng.integers(0, 3_600_000, (m, n))
    cost[:, 0] = 60_000 * np.array([10, 20, 30, 12, 60] * 5)  # on the very borders
    cost[rng.random((m, n)) < 0.9] = -1
    cost[:, 10:30] = -1  # homes that reach nothing
    cost[:3] = np.where(cost[:3] >= 0, cost[:3], rng.integers(0, 3_600_000, (3, n)))
    cost[:, 20:30] = -1
    layers = made(cost, rng.integers(1, 90, n).astype(float), rng.integers(0, 200, m).astype(float))
    ours = floating_catchment(*layers, within_min=within_min, **options)
    # a shuffled table: joined by id, never by position
    theirs = pysal_scores(pysal, layers, method, within_min).sample(frac=1, random_state=1)
    present = theirs.dropna()
    assert len(present) > 200
    assert present.to_dict() == pytest.approx(ours[present.index].to_dict(), rel=1e-12, abs=1e-15)
    # rows without access are missing there and 0 here
    omitted = ours.index.difference(present.index)
    assert len(omitted) >= 10
    assert (ours[omitted] == 0).all()
    assert not ours.isna().any()

"""Evenness by hand, by closed forms, and against populations written out person by person.

::

    minutes    4    4    9    9    15   15   15   30    ?     ?      one person each, ? reaches nothing
    homes      a (2)     b (2)     c (3)          d (1) e (2)
    districts  North     North     South          South South
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.errors import InputError
from civicreach.measures.equity import quantile_by, summary, summary_by, weighted_quantile, worst_unit
from civicreach.measures.inequality import (
    coefficient_of_variation,
    gini,
    lorenz,
    max_min_ratio,
    palma,
    theil,
    theil_parts,
)

HOMES = list("abcde")
MINUTES = pd.Series([4.0, 9.0, 15.0, 30.0, np.nan], index=HOMES, name="minutes")
PEOPLE = pd.Series([2.0, 2.0, 3.0, 1.0, 2.0], index=HOMES, name="people")
DISTRICT = pd.Series(["North", "North", "South", "South", "South"], index=HOMES, name="district_id")
SHARES: list[Any] = [gini, palma, theil, coefficient_of_variation, max_min_ratio]
"""What is computed of values that everyone has."""


def test_quantiles_by_hand() -> None:
    found = {q: weighted_quantile(MINUTES, PEOPLE, q=q) for q in (0, 0.2, 0.21, 0.4, 0.5, 0.7, 0.71, 0.8, 0.81, 1)}
    inf = math.inf
    assert found == {0: 4, 0.2: 4, 0.21: 9, 0.4: 9, 0.5: 15, 0.7: 15, 0.71: 30, 0.8: 30, 0.81: inf, 1: inf}
    assert weighted_quantile(MINUTES.dropna(), q=0.5) == 9, "each row counts once"
    assert math.isnan(weighted_quantile(MINUTES, 0 * PEOPLE, q=0.5))


def test_shares_of_people_that_differ_by_rounding_are_the_same() -> None:
    tenths = pd.Series([0.1] * 10)
    values = pd.Series(range(1, 11)).astype(float)
    for k in range(1, 11):
        assert weighted_quantile(values, tenths, q=k / 10) == k


def test_the_summary_by_hand() -> None:
    assert summary(MINUTES, PEOPLE).to_dict() == {
        "people": 10,
        "unreached_people": 2,
        "mean": (8 + 18 + 45 + 30) / 8,
        "median": 15,
        "p90": math.inf,
        "p95": math.inf,
        "max": 30,
    }
    by = summary_by(MINUTES, PEOPLE, DISTRICT)
    assert by.index.tolist() == ["North", "South"]
    assert by.index.name == "district_id"
    assert by.loc["North"].to_dict() == summary(MINUTES[:2], PEOPLE[:2]).to_dict()
    assert by.loc["South"].to_dict() == summary(MINUTES[2:], PEOPLE[2:]).to_dict()
    assert by.loc["North", "mean"] == 6.5
    assert by.loc["South", "median"] == 15
    lost = summary(MINUTES, PEOPLE * [0, 0, 0, 0, 1])
    assert lost[["people", "unreached_people", "median"]].tolist() == [2, 2, math.inf]
    assert lost[["mean", "max"]].isna().all()
    nobody = summary(MINUTES, 0 * PEOPLE)
    assert nobody[["people", "unreached_people"]].tolist() == [0, 0]
    assert nobody[["mean", "median", "p90", "p95", "max"]].isna().all()
    assert summary_by(MINUTES, 0 * PEOPLE, DISTRICT).empty


def test_the_worst_unit() -> None:
    worst = worst_unit(MINUTES, PEOPLE, DISTRICT)
    assert worst is not None
    assert (worst.name, worst["median"], worst["unreached_people"]) == ("South", 15, 2)
    best = worst_unit(MINUTES, PEOPLE, DISTRICT, worst="lowest")
    assert best is not None
    assert best.name == "North"
    with pytest.raises(InputError, match="the mean leaves out 2 people"):
        worst_unit(MINUTES, PEOPLE, DISTRICT, figure="mean")
    assert worst_unit(MINUTES, 0 * PEOPLE, DISTRICT) is None


def test_ties_for_the_worst_unit() -> None:
    unit = pd.Series(list("AABBCC"))
    people = pd.Series([1.0, 3.0, 1.0, 1.0, 1.0, 3.0])
    # all medians infinite; of A and C three quarters are unreachable, and C's reached are farther
    minutes = pd.Series([5.0, np.nan, np.nan, np.nan, 9.0, np.nan])
    assert worst_unit(minutes, people, unit).name == "B"
    kept = unit != "B"
    assert worst_unit(minutes[kept], people[kept], unit[kept]).name == "C"
    even = pd.Series([5.0, np.nan] * 3)
    even[2:4] = 5.0
    assert worst_unit(even, people, unit).name == "A", "the first of equals"


def test_the_worst_unit_by_mean_and_lowest_score() -> None:
    score = pd.Series([0.0, 4.0, 1.0, 1.0], index=list("wxyz"))
    unit = pd.Series(["P", "P", "Q", "Q"], index=list("wxyz"))
    people = pd.Series([9.0, 1.0, 1.0, 1.0], index=list("wxyz"))
    worst = worst_unit(score, people, unit, figure="mean", worst="lowest")
    assert worst is not None
    assert (worst.name, worst["mean"]) == ("P", 0.4)
    assert worst_unit(score, people, unit, figure="max").name == "P"


def test_the_lorenz_curve_by_hand() -> None:
    curve = lorenz(pd.Series([3.0, 1.0, 0.0, 1.0]), pd.Series([1.0, 2.0, 4.0, 3.0]))
    # 4 people have nothing, 5 have 1, 1 has 3: 8 in all
    assert curve.to_dict("list") == {"people_share": [0, 0.4, 0.9, 1], "value_share": [0, 0, 5 / 8, 1]}
    nothing = lorenz(pd.Series([0.0, 0.0]), pd.Series([1.0, 2.0]))
    assert nothing["people_share"].tolist() == [0, 1]
    assert nothing["value_share"].isna().tolist() == [False, True]
    assert lorenz(pd.Series([1.0]), pd.Series([0.0])).to_numpy().tolist() == [[0, 0]]


def test_shares_by_hand() -> None:
    values, people = pd.Series([3.0, 1.0, 0.0, 1.0]), pd.Series([1.0, 2.0, 4.0, 3.0])
    # twice the area: 0.5 * (0 + 5/8) + 0.1 * (5/8 + 1)
    assert gini(values, people) == pytest.approx(1 - 0.5 * 5 / 8 - 0.1 * 13 / 8, rel=1e-14)
    assert palma(values, people) == math.inf, "the 40 % have nothing"
    assert palma(pd.Series([1.0, 2.0, 7.0]), pd.Series([2.0, 2.0, 6.0])) == pytest.approx((7 / 48) / (6 / 48))
    with_rounding = palma(pd.Series([0.0, 1.0]), pd.Series([4.0, 6.0]) * 26.22259843498118)
    assert with_rounding == math.inf, "4 of 10 are 40 % whatever the digits"
    # people at the cuts count in part: of 4 the bottom is 1 and 0.6 of 1, the top 0.4 of 1
    assert palma(pd.Series([1.0, 2.0, 3.0, 10.0])) == pytest.approx(0.4 * 10 / (1 + 0.6 * 2))
    assert coefficient_of_variation(pd.Series([2.0, 4.0])) == pytest.approx(1 / 3)
    assert coefficient_of_variation(pd.Series([2.0, 4.0]), pd.Series([3.0, 1.0])) == pytest.approx(
        math.sqrt(0.75) / 2.5
    )
    assert max_min_ratio(pd.Series([2.0, 8.0, 4.0])) == 4
    assert max_min_ratio(pd.Series([0.0, 8.0])) == math.inf
    assert max_min_ratio(pd.Series([2.0, 8.0, 99.0]), pd.Series([1.0, 1.0, 0.0])) == 4


@pytest.mark.parametrize("count", [1, 2, 7, 1000])
def test_closed_forms(count: int) -> None:
    all_to_one = pd.Series([0.0] * (count - 1) + [5.0])
    assert gini(all_to_one) == pytest.approx(1 - 1 / count, abs=1e-14)
    assert theil(all_to_one) == pytest.approx(math.log(count), rel=1e-14)
    assert coefficient_of_variation(all_to_one) == pytest.approx(math.sqrt(count - 1), rel=1e-14)
    steps = pd.Series(np.arange(1.0, count + 1))
    assert gini(steps) == pytest.approx((count - 1) / (3 * count), abs=1e-14)
    same = pd.Series([0.1] * count)
    assert gini(same) == pytest.approx(0, abs=1e-12)
    assert theil(same) == pytest.approx(0, abs=1e-12)
    assert palma(same) == pytest.approx(0.25)
    assert max_min_ratio(same) == 1


def test_nothing_to_share_and_nobody_to_share_it() -> None:
    for values, people in (
        (pd.Series([0.0, 0.0]), pd.Series([1.0, 2.0])),
        (pd.Series([1.0, 2.0]), pd.Series([0.0, 0.0])),
    ):
        assert [math.isnan(index(values, people)) for index in SHARES] == [True] * 5
        assert all(math.isnan(part) for part in theil_parts(values, people, pd.Series(["A", "B"])))
    empty = pd.Series([], dtype=float)
    assert all(math.isnan(index(empty)) for index in SHARES)


def test_theil_between_and_within_by_hand() -> None:
    # A: 1, 1 and B: 0, 6; mean 2
    values, unit = pd.Series([1.0, 1.0, 0.0, 6.0]), pd.Series(["A", "A", "B", "B"])
    parts = theil_parts(values, None, unit)
    assert parts.within == pytest.approx(6 / 8 * math.log(2))
    assert parts.between == pytest.approx(1 / 4 * math.log(1 / 2) + 3 / 4 * math.log(3 / 2))
    assert parts.total == pytest.approx((2 * 0.5 * math.log(0.5) + 3 * math.log(3)) / 4)
    # nothing at all in a unit: 0 * log 0 = 0
    bare = theil_parts(pd.Series([0.0, 0.0, 1.0, 1.0]), None, unit)
    assert bare == pytest.approx((math.log(2), 0, math.log(2)))


def test_everything_is_matched_by_id() -> None:
    values = MINUTES.dropna()
    people, unit = PEOPLE[values.index], DISTRICT[::-1]
    turned = people[::-1]
    assert turned.index.tolist() != values.index.tolist()
    for index in SHARES:
        assert index(values, turned) == index(values, people)
    assert theil_parts(values, turned, unit) == theil_parts(values, people, DISTRICT[values.index])
    assert summary(MINUTES, PEOPLE[::-1]).equals(summary(MINUTES, PEOPLE))
    assert summary_by(MINUTES, PEOPLE[::-1], unit).equals(summary_by(MINUTES, PEOPLE, DISTRICT))


def test_whole_numbers_with_gaps_are_read_too() -> None:
    whole = MINUTES.astype("Int64")
    assert whole.isna().tolist() == [False] * 4 + [True]
    assert summary(whole, PEOPLE.astype("Int64")).equals(summary(MINUTES, PEOPLE))


def test_rows_where_nobody_lives_never_matter() -> None:
    people = PEOPLE * [1, 1, 1, 1, 0]
    values = MINUTES.fillna(-5)
    for index in SHARES:
        assert index(values, people) == index(MINUTES, people) == index(MINUTES.dropna(), PEOPLE[:4])
    assert summary(values, people).equals(summary(MINUTES.dropna(), PEOPLE[:4]))
    strays = DISTRICT.where(people > 0)
    assert theil_parts(values, people, strays) == theil_parts(values[:4], PEOPLE[:4], DISTRICT[:4])


@pytest.mark.parametrize("index", [*SHARES, lorenz, lambda v, w: theil_parts(v, w, DISTRICT)])
def test_unreachable_people_have_no_share(index: Any) -> None:
    with pytest.raises(InputError, match=r"minutes: no finite value where people live \(1: e\).*scores"):
        index(MINUTES, PEOPLE)
    with pytest.raises(InputError, match=r"value is below 0 \(1: a\)"):
        index(MINUTES.fillna(9.0) - 5, PEOPLE)


def test_bad_weights_and_units_are_errors_with_rows() -> None:
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match=r"weight isn't a finite number of at least 0 \(1: b\)"):
            summary(MINUTES, PEOPLE.where(PEOPLE.index != "b", bad))
    with pytest.raises(InputError, match=r"weight isn't a finite number of at least 0 \(1: e\)"):
        summary(MINUTES, PEOPLE[:4])
    with pytest.raises(InputError, match=r"people without a row of values \(2: a, b\)"):
        summary(MINUTES[2:], PEOPLE)
    with pytest.raises(InputError, match="ids stand twice"):
        summary(MINUTES, pd.concat([PEOPLE, PEOPLE]))
    for ask in (summary_by, worst_unit):
        with pytest.raises(InputError, match=r"district_id: people without a unit \(1: c\)\. Give rows outside"):
            ask(MINUTES, PEOPLE, DISTRICT.where(DISTRICT.index != "c"))
    for q in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError, match="q must be a share"):
            weighted_quantile(MINUTES, PEOPLE, q=q)


@st.composite
def populations(draw: Any) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Values with ties and zeros, whole people, and units."""
    count = draw(st.integers(1, 8))
    values = draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    people = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    units = draw(st.lists(st.sampled_from("ABC"), min_size=count, max_size=count))
    scale = draw(st.sampled_from([1.0, 0.1, 1234.5]))
    return pd.Series(values) * scale, pd.Series(people).astype(float), pd.Series(units)


def written_out(values: pd.Series, people: pd.Series) -> list[float]:
    return sorted(v for v, n in zip(values, people, strict=True) for _ in range(int(n)))


@settings(max_examples=150, deadline=None)
@given(population=populations(), q=st.fractions(0, 1, max_denominator=40))
def test_the_same_as_people_one_by_one(population: Any, q: Fraction) -> None:
    values, people, _ = population
    everyone = written_out(values, people)
    n, total = len(everyone), sum(everyone)
    found = [weighted_quantile(values, people, q=float(q)), *(index(values, people) for index in SHARES)]
    quantile = everyone[max(math.ceil(q * n), 1) - 1] if n else math.nan
    if total == 0:
        assert found == pytest.approx([quantile] + [math.nan] * 5, nan_ok=True)
        return
    mean = total / n
    tenfold = sorted(everyone * 10)
    bottom, top = sum(tenfold[: 4 * n]), sum(tenfold[9 * n :])
    expected = [
        quantile,
        sum(abs(a - b) for a in everyone for b in everyone) / (2 * n * total),
        top / bottom if bottom else math.inf,
        sum(v / mean * math.log(v / mean) for v in everyone if v) / n,
        np.std(everyone) / mean,
        everyone[-1] / everyone[0] if everyone[0] else math.inf,
    ]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@settings(max_examples=150, deadline=None)
@given(population=populations(), factor=st.floats(0.01, 100), times=st.floats(0.1, 50))
def test_scaling_and_replication_change_nothing(population: Any, factor: float, times: float) -> None:
    values, people, _ = population
    double = pd.concat([values] * 2, ignore_index=True), pd.concat([people / 4, people * 3 / 4], ignore_index=True)
    for index in SHARES:
        expected = pytest.approx(index(values, people), rel=1e-9, abs=1e-11, nan_ok=True)
        assert index(values * factor, people) == expected
        assert index(values, people * times) == expected
        assert index(*double) == expected
    for q in (0.25, 0.5, 0.9):
        same = pytest.approx(weighted_quantile(values, people, q=q), nan_ok=True)
        assert weighted_quantile(values, people * times, q=q) == same
        assert weighted_quantile(*double, q=q) == same


@settings(max_examples=150, deadline=None)
@given(population=populations())
def test_bounds_and_exact_parts(population: Any) -> None:
    values, people, unit = population
    total = (values * people).sum()
    curve = lorenz(values, people)
    assert curve.iloc[0].tolist() == [0, 0]
    assert curve["people_share"].is_monotonic_increasing
    parts = theil_parts(values, people, unit)
    if total == 0:
        return
    assert curve.iloc[-1].tolist() == [1, 1]
    assert (curve["value_share"] <= curve["people_share"] + 1e-12).all(), "never above the diagonal"
    assert 0 <= gini(values, people) < 1
    assert palma(values, people) >= 0.25 - 1e-12
    assert 0 <= theil(values, people) <= math.log(people.sum()) + 1e-12
    assert parts.between + parts.within == pytest.approx(parts.total, abs=1e-12)
    assert min(parts) >= 0
    assert parts.total == theil(values, people)
    alone = theil_parts(values, people, pd.Series(["A"] * len(values)))
    assert (alone.between, alone.within) == pytest.approx((0, parts.total), abs=1e-12)
    apart = theil_parts(values, people, pd.Series(range(len(values))))
    assert (apart.between, apart.within) == pytest.approx((parts.total, 0), abs=1e-12)


def test_parts_are_exact_for_a_city() -> None:
    rng = np.random.default_rng(3)
    values = pd.Series(rng.gamma(0.5, 3, 20_000))
    values[rng.random(20_000) < 0.1] = 0.0
    people, unit = pd.Series(rng.random(20_000) * 300), pd.Series(rng.integers(0, 400, 20_000))
    parts = theil_parts(values, people, unit)
    assert parts.between + parts.within == pytest.approx(parts.total, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.floats(0, 99), st.integers(0, 9), st.sampled_from("ABC")), min_size=1, max_size=30),
    q=st.sampled_from([0.0, 0.25, 0.5, 0.95, 1.0]),
)
def test_quantiles_of_units_are_those_of_each_alone(rows: list[tuple[float, int, str]], q: float) -> None:
    values, people, unit = (pd.Series(list(column)) for column in zip(*rows, strict=True))
    found = quantile_by(values, people.astype(float), unit, q=q)
    lived = sorted({u for (_, w, u) in rows if w > 0})
    assert found.index.tolist() == lived
    for name in lived:
        mine = unit == name
        assert found[name] == weighted_quantile(values[mine], people[mine].astype(float), q=q)

"""How evenly something is shared among people: quantiles, Lorenz and Gini, Palma, Theil, spread.

Everything takes `values` (minutes, scores, beds per head) and `weights` (people) on the same ids; without weights each
row counts once. Rows in which nobody lives never matter. A missing value means *unreachable*: farther than
everything that has a value. Quantiles know what to do with that, shares don't and refuse it.

Nothing is interpolated: a place with 3 people is 3 people of the same value, and splitting it changes nothing.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Faults, InputError
from civicreach.measures.coverage import PEOPLE_DECIMALS

Floats = npt.NDArray[np.float64]
Ranked = Literal["mean", "median", "p90", "p95", "max"]

TOP_SHARE = 0.1
BOTTOM_SHARE = 0.4
"""Palma compares the tenth of people with the most to the four tenths with the least."""

ROUNDING = 1e-12
"""Shares of people that differ by less are the same: 0.1 added up seven times must reach 0.7."""


class Lived(NamedTuple):
    """Rows where people live: value `x` (k,), people `w` (k,) and the row's position `at` (k,)."""

    x: Floats
    w: Floats
    at: npt.NDArray[np.intp]


class TheilParts(NamedTuple):
    """Theil's index between units and within them; they add up to the total."""

    between: float
    within: float
    total: float


def weighted_quantile(values: pd.Series, weights: pd.Series | None = None, *, q: float) -> float:
    """The least value that a share `q` of the people (0 to 1) doesn't exceed.

    Infinite where that many people only come together with unreachable ones; NaN where nobody lives.

    >>> minutes = pd.Series([4.0, 9.0, float("nan")])
    >>> weighted_quantile(minutes, pd.Series([1, 1, 2]), q=0.5), weighted_quantile(minutes, pd.Series([1, 1, 2]), q=0.9)
    (9.0, inf)
    """
    if not 0 <= q <= 1:
        raise InputError(f"q must be a share from 0 to 1, not {q!r}")
    rows = _lived(values, weights)
    return _quantiles(rows.x, rows.w, q)[0]


def lorenz(values: pd.Series, weights: pd.Series | None = None) -> pd.DataFrame:
    """Cumulative `people_share` and `value_share`, from those with the least upwards, one row for each value.

    The first row is 0, 0 and the last 1, 1. Where there is nothing to share, value_share is NaN after the first row,
    and where nobody lives the first row is the only one.

    Raises InputError for values that are missing, infinite or negative where people live.
    """
    people, value = _lorenz(_lived(values, weights, shares=True))
    return pd.DataFrame({"people_share": people, "value_share": value})


def gini(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Gini's coefficient: 0 where everyone has the same, towards 1 where one person has everything.

    It is 1 minus twice the area below the Lorenz curve. NaN where nobody lives or there is nothing to share.

    >>> gini(pd.Series([0.0, 1.0]), pd.Series([3, 1]))
    0.75
    """
    people, value = _lorenz(_lived(values, weights, shares=True))
    if len(people) == 1:
        return np.nan
    return _at_least_zero(1.0 - float(np.sum(np.diff(people) * (value[1:] + value[:-1]))))


def palma(values: pd.Series, weights: pd.Series | None = None) -> float:
    """What the 10 % of people with the most have, over what the 40 % with the least have; 0.25 where all have the same.

    People at the cut count in part. Infinite where the 40 % have nothing; NaN where there is nothing to share.
    """
    people, value = _lorenz(_lived(values, weights, shares=True))
    if len(people) == 1:
        return np.nan
    return _quotient(1.0 - _up_to(1.0 - TOP_SHARE, people, value), _up_to(BOTTOM_SHARE, people, value))


def theil(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Theil's T: the mean of (value / mean) * log(value / mean), natural logarithm, with 0 * log 0 = 0.

    0 where everyone has the same, log(people) where one person has everything. NaN where there is nothing to share.
    """
    rows = _lived(values, weights, shares=True)
    return _theil(rows.x, rows.w)


def theil_parts(values: pd.Series, weights: pd.Series | None, unit: pd.Series) -> TheilParts:
    """Theil's T between and within units: between is what would remain if each unit shared evenly.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    rows = _lived(values, weights, shares=True)
    codes, names = _units(values, unit, rows)
    people = np.bincount(codes, rows.w, len(names)).astype(np.float64)
    amount = np.bincount(codes, rows.w * rows.x, len(names)).astype(np.float64)
    total = amount.sum()
    if total == 0:
        return TheilParts(np.nan, np.nan, np.nan)
    inside = np.array([_theil(rows.x[at], rows.w[at]) for at in _positions(codes, len(names))])
    # a unit with nothing to share adds nothing
    within = float(np.sum(amount / total * np.where(amount > 0, inside, 0.0)))
    return TheilParts(_theil(amount / people, people), within, _theil(rows.x, rows.w))


def coefficient_of_variation(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Standard deviation over mean, of the whole population rather than of a sample; NaN where the mean is 0."""
    x, w, _ = _lived(values, weights, shares=True)
    total = w.sum()
    if total == 0:
        return np.nan
    mean = float(np.sum(w * x) / total)
    return _quotient(float(np.sqrt(np.sum(w * (x - mean) ** 2) / total)), mean)


def max_min_ratio(values: pd.Series, weights: pd.Series | None = None) -> float:
    """The largest value over the smallest one where people live; infinite where only the smallest is 0."""
    x = _lived(values, weights, shares=True).x
    return _quotient(float(x.max()), float(x.min())) if len(x) else np.nan


def summary(values: pd.Series, weights: pd.Series | None = None) -> pd.Series:
    """`people`, `unreached_people`, `mean`, `median`, `p90`, `p95` and `max`.

    The quantiles are of everyone, infinite where they fall into unreachable people. Mean and max are of those who have
    a value, so they stand beside `unreached_people`. NaN where there is nobody to speak of.
    """
    rows = _lived(values, weights)
    return pd.Series(_summary(rows.x, rows.w), name=values.name)


def quantile_by(values: pd.Series, weights: pd.Series | None, unit: pd.Series, *, q: float) -> pd.Series:
    """The `weighted_quantile` of each unit where people live, on the units' ids in order.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    if not 0 <= q <= 1:
        raise InputError(f"q must be a share from 0 to 1, not {q!r}")
    rows = _lived(values, weights)
    codes, names = _units(values, unit, rows)
    found = [_quantiles(rows.x[at], rows.w[at], q)[0] for at in _positions(codes, len(names))]
    return pd.Series(found, index=names, dtype=np.float64)


def summary_by(values: pd.Series, weights: pd.Series | None, unit: pd.Series) -> pd.DataFrame:
    """The `summary` of each unit where people live, on the units' ids in order.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    rows = _lived(values, weights)
    codes, names = _units(values, unit, rows)
    found = [_summary(rows.x[at], rows.w[at]) for at in _positions(codes, len(names))]
    return pd.DataFrame(found, index=names, columns=list(_summary(rows.x[:0], rows.w[:0])), dtype=np.float64)


def worst_unit(
    values: pd.Series,
    weights: pd.Series | None,
    unit: pd.Series,
    *,
    figure: Ranked = "median",
    worst: Literal["highest", "lowest"] = "highest",
) -> pd.Series | None:
    """The `summary` of the unit with the highest (minutes) or lowest (scores) figure, named by its id.

    Of units with the same figure the one with the larger share of unreachable people is worse, then the one with the
    worse mean, then the one whose id comes first. None where nobody lives.

    Raises InputError for mean or max where people are unreachable, because these don't count them.
    """
    table = summary_by(values, weights, unit)
    if table.empty:
        return None
    lost = table["unreached_people"].sum()
    if figure in {"mean", "max"} and lost > 0:
        raise InputError(f"the {figure} leaves out {lost:,.6g} people without a value: rank by median, p90 or p95")
    sign = -1.0 if worst == "highest" else 1.0
    keys = {
        "figure": sign * table[figure],
        "unreached": -table["unreached_people"] / table["people"],
        "mean": sign * table["mean"],
    }
    order = pd.DataFrame(keys).sort_values(list(keys), kind="stable").index
    return pd.Series(table.loc[order[0]])


def _quantiles(x: Floats, w: Floats, *shares: float) -> list[float]:
    if len(x) == 0:
        return [np.nan] * len(shares)
    order = np.argsort(x, kind="stable")
    people = np.cumsum(w[order])
    wanted = (np.array(shares) - ROUNDING) * people[-1]
    found: list[float] = x[order][np.searchsorted(people, wanted)].tolist()
    return found


def _lorenz(rows: Lived) -> tuple[Floats, Floats]:
    value, which = np.unique(rows.x, return_inverse=True)
    people = np.bincount(which, rows.w, len(value))
    amount = np.cumsum(people * value)
    if len(value) == 0:
        return np.zeros(1), np.zeros(1)
    shared = amount / amount[-1] if amount[-1] > 0 else np.full(len(amount), np.nan)
    people = np.cumsum(people)
    return np.concatenate([[0.0], people / people[-1]]), np.concatenate([[0.0], shared])


def _up_to(share: float, people: Floats, value: Floats) -> float:
    """The share that the first people on a Lorenz curve have."""
    corner = int(np.argmin(np.abs(people - share)))
    if abs(people[corner] - share) <= ROUNDING:  # or else four of ten could have a hair more than nothing
        return float(value[corner])
    return float(np.interp(share, people, value))


def _theil(x: Floats, w: Floats) -> float:
    amount = w * x
    if not (amount > 0).any():
        return np.nan
    ratio = x * (w.sum() / amount.sum())
    log = np.log(ratio, out=np.zeros(len(ratio)), where=ratio > 0)
    return _at_least_zero(float(np.sum(amount * log) / amount.sum()))


def _summary(x: Floats, w: Floats) -> dict[str, float]:
    known = np.isfinite(x)
    reached = w[known].sum()
    median, p90, p95 = _quantiles(x, w, 0.5, 0.9, 0.95)
    return {
        "people": round(float(w.sum()), PEOPLE_DECIMALS),
        "unreached_people": round(float(w[~known].sum()), PEOPLE_DECIMALS),
        "mean": float(np.sum(x[known] * w[known]) / reached) if reached > 0 else np.nan,
        "median": median,
        "p90": p90,
        "p95": p95,
        "max": float(x[known].max()) if known.any() else np.nan,
    }


def _at_least_zero(index: float) -> float:
    """An index that rounding may have put a hair below 0; NaN stays."""
    return 0.0 if index < 0 else index


def _quotient(above: float, below: float) -> float:
    """NaN for 0 / 0, infinite for everything else over 0."""
    if below > 0:
        return float(above / below)
    return np.inf if above > 0 else np.nan


def _lived(values: pd.Series, weights: pd.Series | None, *, shares: bool = False) -> Lived:
    """The rows where people live, weights matched by id, missing values made infinite."""
    faults = Faults("values" if values.name is None else str(values.name))
    x = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if weights is None:
        w = np.ones(len(x))
    else:
        if not weights.index.equals(values.index):  # looking ids up takes long
            others = ~weights.index.isin(values.index) & (weights > 0).to_numpy(dtype=bool, na_value=False)
            if others.any():
                faults.add("people without a row of values", rows=weights.index[others].tolist())
        w = _on(values.index, weights, "weights", faults).to_numpy(dtype=np.float64, na_value=np.nan)
    if (bad := ~(np.isfinite(w) & (w >= 0))).any():
        faults.add("weight isn't a finite number of at least 0", rows=values.index[bad].tolist())
    if shares and (gone := (w > 0) & ~np.isfinite(x)).any():
        todo = "Unreachable people have no share in minutes: use scores, of which they have 0."
        faults.add("no finite value where people live", rows=values.index[gone].tolist(), todo=todo)
    if (below := (w > 0) & (x < (0 if shares else np.finfo(float).min))).any():
        faults.add("value is below 0", rows=values.index[below].tolist())
    faults.raise_if_any(InputError)
    at = np.flatnonzero(w > 0)
    return Lived(np.where(np.isnan(x), np.inf, x)[at], w[at], at)


def _on(index: pd.Index, other: pd.Series, what: str, faults: Faults) -> pd.Series:
    """Another series on an index, matched by id."""
    if other.index.equals(index):
        return other
    if index.has_duplicates or other.index.has_duplicates:
        faults.add(f"ids stand twice, so that {what} can't be matched to values")
        faults.raise_if_any(InputError)
    return other.reindex(index)


def _units(values: pd.Series, unit: pd.Series, rows: Lived) -> tuple[npt.NDArray[np.intp], pd.Index]:
    """Codes (k,) of the units of the rows where people live, and the units' ids in order."""
    faults = Faults("unit" if unit.name is None else str(unit.name))
    lived_in = _on(values.index, unit, "units", faults).iloc[rows.at]
    if (none := lived_in.isna().to_numpy()).any():
        todo = "Give rows outside all areas no weight."
        faults.add("people without a unit", rows=lived_in.index[none].tolist(), todo=todo)
        faults.raise_if_any(InputError)
    codes, names = pd.factorize(lived_in.to_numpy(), sort=True)
    return codes, pd.Index(names, name=unit.name)


def _positions(codes: npt.NDArray[np.intp], count: int) -> list[npt.NDArray[np.intp]]:
    """The rows of each code, in their order."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes, minlength=count))[:-1]) if count else []

"""How evenly something is shared among people: Lorenz and Gini, Palma, Theil, spread.

Everything takes `values` (minutes, scores, beds per head) and `weights` (people) on the same ids; without weights each
row counts once. Rows in which nobody lives never matter. Unreachable people have no share in minutes, so values that
are missing where people live are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from civicreach.errors import InputError
from civicreach.measures.lived import ROUNDING, Floats, Lived, lived, positions, unit_codes

TOP_SHARE = 0.1
BOTTOM_SHARE = 0.4
"""Palma compares the tenth of people with the most to the four tenths with the least."""


class TheilParts(NamedTuple):
    """Theil's index between units and within them; they add up to the total."""

    between: float
    within: float
    total: float


def lorenz(values: pd.Series, weights: pd.Series | None = None, *, at: Sequence[float] | None = None) -> pd.DataFrame:
    """Cumulative `people_share` and `value_share`, from those with the least upwards, one row for each value.

    The first row is 0, 0 and the last 1, 1. Where there is nothing to share, value_share is NaN after the first row,
    and where nobody lives the first row is the only one. `at` asks for rows at these shares of people (0 to 1) instead;
    people at the cut count in part.

    Raises InputError for values that are missing, infinite or negative where people live.

    >>> lorenz(pd.Series([0.0, 1.0]), pd.Series([3, 1]), at=[0.5, 0.9])["value_share"].round(9).tolist()
    [0.0, 0.6]
    """
    people, value = _lorenz(lived(values, weights, shares=True))
    if at is None:
        return pd.DataFrame({"people_share": people, "value_share": value})
    if strange := [share for share in at if not 0 <= share <= 1]:
        raise InputError(f"at must hold shares from 0 to 1, not {strange[0]!r}")
    held = [_up_to(share, people, value) for share in at]
    return pd.DataFrame({"people_share": at, "value_share": held}, dtype=np.float64)


def gini(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Gini's coefficient: 0 where everyone has the same, towards 1 where one person has everything.

    It is 1 minus twice the area below the Lorenz curve. NaN where nobody lives or there is nothing to share.

    >>> gini(pd.Series([0.0, 1.0]), pd.Series([3, 1]))
    0.75
    """
    people, value = _lorenz(lived(values, weights, shares=True))
    if len(people) == 1:
        return np.nan
    return _at_least_zero(1.0 - float(np.sum(np.diff(people) * (value[1:] + value[:-1]))))


def palma(values: pd.Series, weights: pd.Series | None = None) -> float:
    """What the 10 % of people with the most have, over what the 40 % with the least have; 0.25 where all have the same.

    People at the cut count in part. Infinite where the 40 % have nothing; NaN where there is nothing to share.
    """
    people, value = _lorenz(lived(values, weights, shares=True))
    if len(people) == 1:
        return np.nan
    return _quotient(1.0 - _up_to(1.0 - TOP_SHARE, people, value), _up_to(BOTTOM_SHARE, people, value))


def theil(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Theil's T: the mean of (value / mean) * log(value / mean), natural logarithm, with 0 * log 0 = 0.

    0 where everyone has the same, log(people) where one person has everything. NaN where there is nothing to share.
    """
    rows = lived(values, weights, shares=True)
    return _theil(rows.x, rows.w)


def theil_parts(values: pd.Series, weights: pd.Series | None, unit: pd.Series) -> TheilParts:
    """Theil's T between and within units: between is what would remain if each unit shared evenly.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    rows = lived(values, weights, shares=True)
    codes, names = unit_codes(values, unit, rows)
    people = np.bincount(codes, rows.w, len(names)).astype(np.float64)
    amount = np.bincount(codes, rows.w * rows.x, len(names)).astype(np.float64)
    total = amount.sum()
    if total == 0:
        return TheilParts(np.nan, np.nan, np.nan)
    inside = np.array([_theil(rows.x[at], rows.w[at]) for at in positions(codes, len(names))])
    # a unit with nothing to share adds nothing
    within = float(np.sum(amount / total * np.where(amount > 0, inside, 0.0)))
    return TheilParts(_theil(amount / people, people), within, _theil(rows.x, rows.w))


def coefficient_of_variation(values: pd.Series, weights: pd.Series | None = None) -> float:
    """Standard deviation over mean, of the whole population rather than of a sample; NaN where the mean is 0."""
    x, w, _ = lived(values, weights, shares=True)
    total = w.sum()
    if total == 0:
        return np.nan
    mean = float(np.sum(w * x) / total)
    return _quotient(float(np.sqrt(np.sum(w * (x - mean) ** 2) / total)), mean)


def max_min_ratio(values: pd.Series, weights: pd.Series | None = None) -> float:
    """The largest value over the smallest one where people live; infinite where only the smallest is 0."""
    x = lived(values, weights, shares=True).x
    return _quotient(float(x.max()), float(x.min())) if len(x) else np.nan


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
    return float(np.interp(share, people, value, right=np.nan))  # nobody lives: there is no curve to the right


def _theil(x: Floats, w: Floats) -> float:
    amount = w * x
    if not (amount > 0).any():
        return np.nan
    ratio = x * (w.sum() / amount.sum())
    log = np.log(ratio, out=np.zeros(len(ratio)), where=ratio > 0)
    return _at_least_zero(float(np.sum(amount * log) / amount.sum()))


def _at_least_zero(index: float) -> float:
    """An index that rounding may have put a hair below 0; NaN stays."""
    return 0.0 if index < 0 else index


def _quotient(above: float, below: float) -> float:
    """NaN for 0 / 0, infinite for everything else over 0."""
    if below > 0:
        return float(above / below)
    return np.inf if above > 0 else np.nan

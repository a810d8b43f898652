"""How far, or how well off, people are: quantiles of everyone, of each unit, and the worst unit.

Everything takes `values` (minutes, scores, beds per head) and `weights` (people) on the same ids; without weights each
row counts once. Rows in which nobody lives never matter. A missing value means *unreachable*: farther than
everything that has a value. How evenly something is shared is told in `inequality`.

Nothing is interpolated: a place with 3 people is 3 people of the same value, and splitting it changes nothing.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from civicreach.errors import InputError
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.lived import ROUNDING, Floats, lived, positions, unit_codes

Ranked = Literal["mean", "median", "p90", "p95", "max"]


def weighted_quantile(values: pd.Series, weights: pd.Series | None = None, *, q: float) -> float:
    """The least value that a share `q` of the people (0 to 1) doesn't exceed.

    Infinite where that many people only come together with unreachable ones; NaN where nobody lives.

    >>> minutes = pd.Series([4.0, 9.0, float("nan")])
    >>> weighted_quantile(minutes, pd.Series([1, 1, 2]), q=0.5), weighted_quantile(minutes, pd.Series([1, 1, 2]), q=0.9)
    (9.0, inf)
    """
    if not 0 <= q <= 1:
        raise InputError(f"q must be a share from 0 to 1, not {q!r}")
    rows = lived(values, weights)
    return _quantiles(rows.x, rows.w, q)[0]


def summary(values: pd.Series, weights: pd.Series | None = None) -> pd.Series:
    """`people`, `unreached_people`, `mean`, `median`, `p90`, `p95` and `max`.

    The quantiles are of everyone, infinite where they fall into unreachable people. Mean and max are of those who have
    a value, so they stand beside `unreached_people`. NaN where there is nobody to speak of.
    """
    rows = lived(values, weights)
    return pd.Series(_summary(rows.x, rows.w), name=values.name)


def quantile_by(values: pd.Series, weights: pd.Series | None, unit: pd.Series, *, q: float) -> pd.Series:
    """The `weighted_quantile` of each unit where people live, on the units' ids in order.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    if not 0 <= q <= 1:
        raise InputError(f"q must be a share from 0 to 1, not {q!r}")
    rows = lived(values, weights)
    codes, names = unit_codes(values, unit, rows)
    found = [_quantiles(rows.x[at], rows.w[at], q)[0] for at in positions(codes, len(names))]
    return pd.Series(found, index=names, dtype=np.float64)


def summary_by(values: pd.Series, weights: pd.Series | None, unit: pd.Series) -> pd.DataFrame:
    """The `summary` of each unit where people live, on the units' ids in order.

    `unit` holds each row's unit. Raises InputError for people without a unit: give rows outside all areas no weight.
    """
    rows = lived(values, weights)
    codes, names = unit_codes(values, unit, rows)
    found = [_summary(rows.x[at], rows.w[at]) for at in positions(codes, len(names))]
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

"""How many beds are missing to a standard; beds are whole, so a part of one counts as one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS

PER_1000 = 1000.0

WHOLE_BEDS = "Beds are whole: a part of one counts as one."
WHOLE_BEDS_ZH = "床位取整，不足一张按一张计。"
"""What is said wherever beds that are missing are told."""


def whole_beds(beds: pd.Series) -> pd.Series:
    """Beds rounded up; less than a millionth of a bed above a whole number is none.

    >>> whole_beds(pd.Series([325.35, 20880.0000000004, 0.0])).tolist()
    [326.0, 20880.0, 0.0]
    """
    up: pd.Series = np.ceil(beds.round(PEOPLE_DECIMALS))
    return up + 0.0  # no minus zero


def beds_needed(elderly: pd.Series, per_1000: float) -> pd.Series:
    """Whole beds that so many elderly need at so many for 1000.

    >>> beds_needed(pd.Series([110.0]), 50).tolist()
    [6.0]
    """
    return whole_beds(per_1000 * elderly / PER_1000)


def shortage(beds: pd.Series, elderly: pd.Series, per_1000: float) -> pd.Series:
    """Whole beds missing to so many for 1000 elderly: max(0, per_1000 * elderly / 1000 - beds), rounded up.

    >>> shortage(pd.Series([61_000.0, 0]), pd.Series([1_637_600.0, 6_507]), 50).tolist()
    [20880.0, 326.0]
    """
    return whole_beds((per_1000 * elderly / PER_1000 - beds).clip(lower=0.0))


def nursing_need(beds: pd.Series, nursing_beds: pd.Series, percent: float) -> pd.Series:
    """Whole beds to convert until a share of all are nursing beds: max(0, percent / 100 * beds - nursing_beds).

    >>> nursing_need(pd.Series([61_000.0, 7]), pd.Series([9_150.0, 0]), 50).tolist()
    [21350.0, 4.0]
    """
    return whole_beds((percent * beds / 100.0 - nursing_beds).clip(lower=0.0))

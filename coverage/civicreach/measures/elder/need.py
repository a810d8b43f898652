"""How many beds are missing to a standard."""

from __future__ import annotations

import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS

PER_1000 = 1000.0


def shortage(beds: pd.Series, elderly: pd.Series, per_1000: float) -> pd.Series:
    """Beds missing to so many for 1000 elderly: max(0, per_1000 * elderly / 1000 - beds), to a millionth.

    >>> shortage(pd.Series([61_000.0]), pd.Series([1_637_600.0]), 50).tolist()
    [20880.0]
    """
    return (per_1000 * elderly / PER_1000 - beds).clip(lower=0.0).round(PEOPLE_DECIMALS)


def nursing_need(beds: pd.Series, nursing_beds: pd.Series, percent: float) -> pd.Series:
    """Beds to convert until a share of all beds are nursing beds: max(0, percent / 100 * beds - nursing_beds).

    >>> nursing_need(pd.Series([61_000.0]), pd.Series([9_150.0]), 50).tolist()
    [21350.0]
    """
    return (percent * beds / 100.0 - nursing_beds).clip(lower=0.0).round(PEOPLE_DECIMALS)

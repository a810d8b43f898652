"""The rows of values where people live, their people and their units matched by id."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Faults, InputError

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-12
"""Shares of people that differ by less are the same: 0.1 added up seven times must reach 0.7."""


class Lived(NamedTuple):
    """Rows where people live: value `x` (k,), people `w` (k,) and the row's position `at` (k,)."""

    x: Floats
    w: Floats
    at: npt.NDArray[np.intp]


def lived(values: pd.Series, weights: pd.Series | None, *, shares: bool = False) -> Lived:
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


def unit_codes(values: pd.Series, unit: pd.Series, rows: Lived) -> tuple[npt.NDArray[np.intp], pd.Index]:
    """Codes (k,) of the units of the rows where people live, and the units' ids in order."""
    faults = Faults("unit" if unit.name is None else str(unit.name))
    lived_in = _on(values.index, unit, "units", faults).iloc[rows.at]
    if (none := lived_in.isna().to_numpy()).any():
        todo = "Give rows outside all areas no weight."
        faults.add("people without a unit", rows=lived_in.index[none].tolist(), todo=todo)
        faults.raise_if_any(InputError)
    codes, names = pd.factorize(lived_in.to_numpy(), sort=True)
    return codes, pd.Index(names, name=unit.name)


def positions(codes: npt.NDArray[np.intp], count: int) -> list[npt.NDArray[np.intp]]:
    """The rows of each code, in their order."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes, minlength=count))[:-1]) if count else []

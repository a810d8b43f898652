"""People and the room that facilities have for them, in whole numbers: millionths of a person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.layers import Facilities
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.transport import MOST_UNITS
from civicreach.units import MS_PER_MIN

Longs = npt.NDArray[np.int64]

UNITS: int = 10**PEOPLE_DECIMALS
"""Whole numbers in one person."""


def capacity_of(facilities: Facilities, capacity: pd.Series | None) -> pd.Series:
    """Capacity on the facilities' index, matched by id."""
    faults = Faults(facilities.source or facilities.service)
    if capacity is None:
        if "capacity" not in facilities.frame.columns:
            faults.add("no column 'capacity'", todo="Give the facilities a capacity, or pass capacity on their ids.")
            faults.raise_if_any(LayerError)
        capacity = facilities.frame["capacity"]
    if capacity.index.has_duplicates:
        faults.add("capacity given twice", rows=capacity.index[capacity.index.duplicated()].unique().tolist())
        faults.raise_if_any(LayerError)
    if (strange := ~capacity.index.isin(facilities.ids)).any():
        faults.add("capacity of unknown facilities", rows=capacity.index[strange].tolist())
    matched = capacity.reindex(facilities.ids)
    numbers = pd.to_numeric(matched, errors="coerce").astype(np.float64)
    blank = matched.isna()
    if blank.any():
        todo = "Fill it in; 0 where a facility can take in nobody."
        faults.add("capacity isn't known", rows=facilities.ids[blank].tolist(), todo=todo)
    if (no_number := numbers.isna() & ~blank).any():
        faults.add("capacity isn't a number", rows=[f"{i}: {v}" for i, v in matched[no_number].items()])
    if (negative := numbers < 0).any():
        faults.add("capacity is negative", rows=[f"{i}: {v}" for i, v in matched[negative].items()])
    faults.raise_if_any(LayerError)
    return numbers.rename("capacity")


def room_units(capacity: pd.Series) -> Longs:
    """Capacity in whole units, never more than was given; what is above MOST_UNITS can't be filled anyway."""
    given = np.minimum(capacity.to_numpy(dtype=np.float64), MOST_UNITS / UNITS)
    units: Longs = np.rint(given * UNITS).astype(np.int64)
    return np.where(people_of(units) > given, units - 1, units)


def people_units(people: pd.Series) -> Longs:
    """People in whole units, rounded to the nearest."""
    units: Longs = np.rint(people.to_numpy(dtype=np.float64) * UNITS).astype(np.int64)
    return units


def people_of(units: Longs) -> npt.NDArray[np.float64]:
    """Units as people."""
    return units / np.float64(UNITS)


def person_min(walk: int) -> float:
    """Units times milliseconds as person-minutes."""
    return float(walk / (UNITS * MS_PER_MIN))

"""Columns of facilities that a study names: flags and amounts, with every fault told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from civicreach.errors import Faults, nearest
from civicreach.layers import Facilities
from civicreach.layers.points import check_amounts

YES = ("1", "1.0", "yes", "y", "true", "是")
NO = ("0", "0.0", "no", "n", "false", "否")


def missing_column(faults: Faults, column: str, key: str, layers: Sequence[Facilities]) -> None:
    """Note that none of the layers has a column that the study's `key` names, with the nearest name that one has."""
    there = list(dict.fromkeys(name for layer in layers for name in layer.file_columns))
    near = nearest(column, there)
    hint = f"Did you mean {near}? " if near else ""
    where = ", ".join(dict.fromkeys(layer.source or layer.service for layer in layers))
    faults.add(f"no column {column!r} ({key})", todo=f"{hint}There are {', '.join(there)}.", where=where)


def flags_of(values: pd.Series, column: str, layer: Facilities, faults: Faults) -> pd.Series:
    """True, False or (blank) None for each value; what is neither yes nor no is noted in `faults`."""
    text = _text(values).str.casefold()
    unknown = ~text.isin([*YES, *NO, ""])
    if unknown.any():
        rows = [f"{i}: {v}" for i, v in values[unknown].items()]
        where = layer.source or layer.service
        faults.add(f"{column} is neither yes nor no", rows=rows, todo="Use 1 or 0, yes or no, 是 or 否.", where=where)
    return text.isin(YES).astype(object).where(text != "", None)


def amounts_of(layer: Facilities, frame: pd.DataFrame, column: str, what: str, faults: Faults) -> pd.Series:
    """A column of amounts of some rows of a layer, on their index; NaN where a fault is noted: no column, blank, no
    number, below 0."""
    if column not in frame.columns:
        faults.add(f"no column {column!r}", todo=f"There are {', '.join(layer.file_columns)}.")
        return pd.Series(np.nan, index=frame.index)
    text = _text(frame[column])
    if (blank := text == "").any():
        todo = "Fill it in; 0 where there are none."
        faults.add(f"{what} isn't known", rows=frame.index[blank].tolist(), todo=todo)
    numbers = pd.to_numeric(text, errors="coerce")
    check_amounts(numbers[~blank], what, faults)
    return numbers.where(np.isfinite(numbers) & (numbers >= 0))


def _text(values: pd.Series) -> pd.Series:
    """Values as text without blanks around it; "" where there is none."""
    return values.astype(object).where(values.notna(), "").astype(str).str.strip()

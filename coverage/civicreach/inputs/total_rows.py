"""Rows of a table that hold totals of others: told by words or ids, checked against their parts, never counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from civicreach.errors import Faults
from civicreach.inputs.tables import number_column, row_labels, text_column
from civicreach.layers import Areas

WORDS = ("合计", "总计", "小计", "总和", "total", "subtotal", "grandtotal", "sum")
ENDINGS = ("合计", "总计", "小计")
RELATIVE = 1e-6
"""How far a total may lie from its parts, as a share of it, where they aren't all whole numbers."""
HALF = 0.5
"""The same of whole numbers: they add up, or they don't."""
TODO = "Mend the total or its parts, or take the row out."


def is_total(frame: pd.DataFrame, id_column: str | None) -> pd.Series:
    """Which rows are called a total: in the column of the ids or, where no id stands, in any other."""
    none = pd.Series(False, index=frame.index)
    quiet = Faults()
    ids = text_column(frame, id_column, quiet) if id_column in frame.columns and id_column is not None else None
    called = none if ids is None else ids.map(_is_word).fillna(False).astype(bool)
    blank = ~none if ids is None else ids.isna()
    if not blank.any():
        return called
    for name in frame.columns:
        if name != "geometry" and (text := text_column(frame[blank], name, quiet)) is not None:
            called |= text.map(_is_word).reindex(frame.index).fillna(False).astype(bool)
    return called


def _is_word(cell: object) -> bool:
    if not isinstance(cell, str):
        return False
    plain = re.sub(r"[\s:：_\-]", "", cell).casefold()
    return plain in WORDS or plain.endswith(ENDINGS)


def check_totals(
    frame: pd.DataFrame, called: pd.Series, amounts: pd.DataFrame, columns: dict[str, str], faults: Faults
) -> None:
    """Note rows that are `called` totals but are neither the sum of all `amounts` (of the other rows) nor of those
    above or below them. `columns` are the groups' columns; what a total leaves blank isn't checked."""
    totals = frame[called]
    told = {group: number_column(totals, columns[group], faults, required=False) for group in amounts.columns}
    known = [group for group, values in told.items() if values is not None and np.isfinite(amounts[group]).all()]
    places = np.flatnonzero(called.to_numpy()).tolist()
    for place, at, row in zip(places, totals.index, row_labels(totals.index), strict=True):
        said = {group: float(totals_of[at]) for group in known if (totals_of := told[group]) is not None}
        said = {group: value for group, value in said.items() if np.isfinite(value)}
        sums = list(_sums(place, places, amounts, frame.index))
        if not said or any(all(fits(said[g], parts[g]) for g in said) for parts in sums):
            continue
        nearest = min(sums, key=lambda parts: sum(abs(said[g] - parts[g].sum()) for g in said))
        rows = [f"{g}: {told_apart(said[g], nearest[g].sum())}" for g in said if not fits(said[g], nearest[g])]
        faults.add(f"{row} is called a total, but isn't the sum of its parts", rows=rows, todo=TODO)


def _sums(place: int, totals: Sequence[int], amounts: pd.DataFrame, index: pd.Index) -> Iterator[pd.DataFrame]:
    """The rows that a total at a place of the table may be the sum of: all of them, those above it since any of the
    totals before, and those below it until any of the totals after."""
    yield amounts
    for start in (*(at for at in reversed(totals) if at < place), -1):
        yield amounts[amounts.index.isin(index[start + 1 : place])]
    for end in (*(at for at in totals if at > place), len(index)):
        yield amounts[amounts.index.isin(index[place + 1 : end])]


def check_parents(ids: pd.Series, amounts: pd.DataFrame, areas: Areas, faults: Faults) -> pd.Series:
    """Which rows are totals of units above the lowest level, told by their ids; they must be the sums of their parts.

    They are none where the table has no row of the lowest level: then it is the wrong table.
    """
    above = pd.Series(False, index=ids.index)
    if not ids.isin(areas.frame.index).any():
        return above
    for level in areas.levels[:-1]:
        mine = ids.isin(areas.frame[f"{level}_id"]) & ~ids.isin(areas.frame.index) & ~above
        above |= mine
        parent = ids.map(areas.frame[f"{level}_id"])
        for group in amounts.columns if mine.any() else ():
            rows = []
            for at, row in zip(ids.index[mine], row_labels(ids.index[mine]), strict=True):
                total, parts = float(amounts.loc[at, group]), amounts.loc[parent == ids[at], group]
                if np.isfinite(total) and np.isfinite(parts).all() and not fits(total, parts):
                    rows.append(f"{row} {told_apart(total, parts.sum())}")
            if rows:
                faults.add(f"totals of {group} by {level} that aren't the sum of their parts", rows=rows, todo=TODO)
    return above


def fits(total: float, parts: pd.Series) -> bool:
    """Whether a total is the sum of its parts.

    >>> fits(6.0, pd.Series([2.0, 4.0])), fits(2_000_001.0, pd.Series([2e6])), fits(0.3, pd.Series([0.1, 0.2]))
    (True, False, True)
    """
    added = float(parts.sum())
    whole = total % 1 == 0 and bool((parts % 1 == 0).all())
    return abs(total - added) <= (HALF if whole else RELATIVE * max(abs(total), abs(added)))


def told_apart(total: float, added: float) -> str:
    """A total and the sum of its parts with as many digits as it takes to tell them apart.

    >>> told_apart(1534.2, 1533.9)
    'has 1,534.2, its parts 1,533.9'
    """
    digits = next((n for n in range(10) if f"{total:,.{n}f}" != f"{added:,.{n}f}"), 9)
    digits = max(digits, *(0 if value % 1 == 0 else 1 for value in (total, added)))
    return f"has {total:,.{digits}f}, its parts {added:,.{digits}f}"

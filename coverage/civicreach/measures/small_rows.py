"""Which rows of all tables of a study are hidden: totals of people alike in every table, and flags beside shares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.layers import Areas
from civicreach.measures.figure import Figure
from civicreach.measures.small_columns import Columns
from civicreach.measures.small_secrets import BELOW, Hidden, RowMasks, Rows, Secrets

__all__ = ["Flags", "HiddenRows", "RowMasks", "is_small"]

Mask = npt.NDArray[np.bool_]
MOST_GROWTHS = 3
"""How often rows that another table hides are looked at one by one; then all totals are hidden."""


def is_small(values: pd.Series, limit: int) -> Mask:
    """Which of some numbers are counts from 1 to below the limit."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=math.nan)
    found: Mask = (numbers > 0) & (numbers < limit)
    return found


class HiddenRows:
    """The hidden rows of each table so far; `shared` are those without totals, which no table may show, by level."""

    def __init__(self, limit: int, areas: Areas | None, groups: frozenset[str]) -> None:
        self.limit, self.areas, self.groups = limit, areas, groups
        self.shared: dict[str, set[Any]] = {}
        self._found: dict[tuple[Any, ...], Hidden] = {}
        self._growths: dict[tuple[Any, ...], int] = {}

    @property
    def shared_count(self) -> int:
        """How many rows all tables hide; grows until they agree."""
        return sum(map(len, self.shared.values()))

    def of(
        self, tables: Mapping[str, pd.DataFrame], columns: Columns, below: pd.Series, also: Rows | None = None
    ) -> Hidden:
        """What is hidden in the tables of one question; `also` without parts."""
        key = (tuple(map(id, tables.values())), columns)
        amounts = [*columns.totals, *columns.parts]
        whole_row = pd.to_numeric(below.reindex(amounts), errors="coerce").to_numpy(dtype=float)
        tables = {**tables, BELOW: pd.DataFrame([whole_row], index=[BELOW], columns=amounts)}
        hidden = self._found.get(key) or self._first(tables, columns)
        before = self._count(hidden) if key in self._found else -1
        for level, table in tables.items():
            hidden.whole[level] |= np.asarray(table.index.isin(list(self.shared.get(level, ()))))
            if also is not None:
                hidden.part[level] |= also[level]
        hidden.join()
        if self._count(hidden) != before:
            self._growths[key] = self._growths.get(key, 0) + 1
            if self._growths[key] > MOST_GROWTHS:
                for level in tables:
                    hidden.whole[level] |= level != BELOW
                hidden.join()
            if any(rows.any() for rows in hidden.part.values()):
                Secrets(tables, columns, self.areas, self.limit).hide_more(hidden)
        self._found[key] = hidden
        if self.groups & {*columns.totals}:
            for level, table in tables.items():
                self.shared.setdefault(level, set()).update(table.index[hidden.whole[level]])
        return hidden

    def _first(self, tables: Mapping[str, pd.DataFrame], columns: Columns) -> Hidden:
        """Rows with small counts: of totals, and of parts and of what those leave."""
        hidden = Hidden(*({level: np.zeros(len(table), dtype=bool) for level, table in tables.items()} for _ in "wpd"))
        for level, table in tables.items():
            whole, part = hidden.whole[level], hidden.part[level]
            for name in columns.totals:
                whole |= is_small(table[name], self.limit)
            for name in columns.parts:
                part |= is_small(table[name], self.limit) if name in table.columns else False
            for above, below in columns.pairs:
                rest = is_small(table[below] - table[above], self.limit)
                part |= rest
                whole |= rest & is_small(table[above], self.limit)  # both below the limit would tell each other
        return hidden

    def _count(self, hidden: Hidden) -> int:
        return sum(int(rows.sum()) for part in (hidden.whole, hidden.part) for rows in part.values())


class Flags:
    """Whether half of a unit is within the standard, and how many units are: hidden where their shares are."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], gone: set[Any]) -> None:
        lowest = next((table for table in tables.values() if "served" in table.columns), None)
        self.gone, self.lowest = gone, lowest
        away = lowest.index.isin(list(gone)) if lowest is not None else np.zeros(0, dtype=bool)
        self.away = away
        # how many of all units is told where those that are hidden aren't all alike
        self.silent = lowest is not None and bool(away.any()) and lowest["served"][away].nunique() < 2

    def blank(self, table: pd.DataFrame, level: str) -> pd.DataFrame:
        """A table without flags of hidden units, and without counts of units where any of them is hidden."""
        names = [name for name in ("served", "units_served", "served_share") if name in table.columns]
        rows = np.asarray(table.index.isin(list(self.gone)))
        if self.lowest is not None and self.away.any() and "served" not in table.columns:
            code = f"{level}_id"
            rows |= table.index.isin(self.lowest[code][self.away].tolist()) if code in self.lowest.columns else True
        if not names or not rows.any():
            return table
        table = table.copy()
        for name in names:
            kind = object if name == "served" else float
            table[name] = table[name].astype(kind).where(~rows, None if name == "served" else math.nan)
        return table

    def below(self, table: pd.DataFrame) -> dict[str, float]:
        """What stands below those columns."""
        found = {"units_served": float(table["units_served"].sum())} if "units_served" in table.columns else {}
        if "units_served" in found and "unit_count" in table.columns:
            count = float(table["unit_count"].sum())
            found["served_share"] = found["units_served"] / count if count else math.nan
        found = {name: math.nan if self.silent else value for name, value in found.items()}
        # flags are counted as they are shown, which isn't all of them
        return found | ({"served": math.nan} if "served" in table.columns and self.away.any() else {})

    def figure(self, figure: Figure) -> Figure:
        """A share of units served, without its value where it would tell who is hidden."""
        if not self.silent or not figure.id.endswith("_served_share"):
            return figure
        return replace(figure, value=None, numerator=None, denominator=None)

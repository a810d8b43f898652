"""Which further rows of tables must be hidden so that no small count can be computed from the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.layers import Areas
from civicreach.measures.rollup import URBAN_RURAL
from civicreach.measures.small_columns import Columns
from civicreach.measures.small_sums import Link, Sums

Mask = npt.NDArray[np.bool_]
Rows = dict[str, Mask]

BELOW = "\0below"
"""The level of one row that stands below the tables: everybody."""

MOST_ROUNDS = 8
COARSER = 10
AT_ONCE = 12
"""For how many counts at most another row is hidden before all are looked at again: each may do for all."""


@dataclass(frozen=True, eq=False)
class RowMasks:
    """Rows of one table that show no totals (None: it has none), no parts, and no "<10"."""

    whole: Mask | None
    part: Mask
    dash: Mask


@dataclass(eq=False)
class Hidden:
    """What isn't shown, by level: rows without totals, rows without parts, and rows whose small counts are a dash."""

    whole: Rows
    part: Rows
    dash: Rows

    def at(self, level: str) -> RowMasks:
        """The rows of one level."""
        return RowMasks(self.whole[level], self.part[level], self.dash[level])

    def join(self) -> None:
        """No row shows parts of a total that it hides."""
        for level, rows in self.whole.items():
            self.part[level] |= rows


class Secrets:
    """The tables of one question by level, and which of their rows are hidden so far."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], columns: Columns, areas: Areas | None, limit: int) -> None:
        self.areas, self.limit = areas, limit
        self.tables = tables
        self.links = list(self._links())
        fit = [name for name in (*columns.totals, *columns.parts) if not _any_below_zero(tables, name)]
        totals = [name for name in columns.totals if name in fit]
        pairs = [(a, b) for a, b in columns.pairs if a in fit and b in fit and not _any_rest_below_zero(tables, a, b)]
        parts = [name for name in columns.parts if name in fit]
        self.sums = Sums(tables, totals, parts, pairs, self.links, limit)
        self.size = {level: self._size(table, (*totals, *parts)) for level, table in tables.items()}

    def hide_more(self, hidden: Hidden) -> None:
        """Hide more rows until every small count is safe; nothing is ever shown again.

        Where single rows don't do, coarser: dashes for "<10", totals of those rows, all parts of a level, its totals,
        those of all levels, and at last what stands below the tables. Where nothing is shown anything is possible.
        """
        for _ in range(MOST_ROUNDS):
            self._spread(hidden.whole)
            hidden.join()
            self._spread(hidden.part)
            unsafe = self._unsafe(hidden, AT_ONCE)
            helped = [self._help(int(cell), hidden.whole, hidden.part) for cell in unsafe]
            if not any(helped):
                break
        for step in range(COARSER):
            unsafe = self._unsafe(hidden)
            if not len(unsafe):
                break
            self._hide_coarser(step, hidden, [self.sums.place(int(cell)) for cell in unsafe])
            hidden.join()

    def _hide_coarser(self, step: int, hidden: Hidden, unsafe: list[tuple[str, str, int]]) -> None:
        """One of the `COARSER` steps, each hiding more than the one before; `unsafe` are level, column and row."""
        if step == 0:
            for level, _, row in unsafe:
                hidden.dash[level][row] = True
        if 1 <= step <= 3:
            for level, _, row in unsafe:
                hidden.whole[level][row] |= level != BELOW
            self._spread(hidden.whole)
        levels = {level for level, _, _ in unsafe}
        for level in self.tables:
            hidden.dash[level] |= step >= 4
            hidden.part[level] |= (step >= 5 and level in levels) or step >= 7
            hidden.whole[level] |= (step >= 6 and level in levels) or (step >= 8 and level != BELOW) or step >= 9

    def _unsafe(self, hidden: Hidden, most: int = 0) -> npt.NDArray[np.int64]:
        gone, dashed = self.sums.hidden(hidden.whole, hidden.part), self.sums.hidden(hidden.dash, hidden.dash)
        return self.sums.unsafe(gone, dashed, most)

    def _help(self, cell: int, whole: dict[str, Mask], part: dict[str, Mask]) -> bool:
        """Hide one more row for a count that can be told too closely: first of all one that can give and take."""
        level, column, row = self.sums.place(cell)
        of_total = column in self.sums.totals
        masks = whole if of_total else part
        for at, rows in self._candidates(level, row):
            free = rows & ~masks[at] & (len(rows) > 1)  # one unit alone is the sum below the table
            if free.any():
                room = self._room(at, column)
                for good in (room >= 3 * self.limit, room >= self.limit, room > 0, np.ones(len(room), dtype=bool)):
                    if (free & good).any():
                        add_smallest(masks[at], self.size[at], free & good)
                        return True
        if not of_total:  # all parts are hidden: their totals go too
            for at in self.tables:
                free = ~whole[at] & (len(whole[at]) > 1)
                if free.any():
                    add_smallest(whole[at], self.size[at], free)
                    return True
        return False

    def _candidates(self, level: str, row: int) -> Iterator[tuple[str, Mask]]:
        """Rows that may help, the nearest first: units beside it, then those of larger and larger areas."""
        mine = [link for link in self.links if link.level == level and link.row[row] >= 0]
        together = np.ones(self.sums.size[level], dtype=bool)
        for link in mine:
            together &= link.row == link.row[row]
        yield level, together
        for link in mine:
            yield level, link.row == link.row[row]
        for link in mine:
            own = np.zeros(self.sums.size[link.above], dtype=bool)
            own[link.row[row]] = True
            yield link.above, own
            above = [up for up in self.links if up.level == link.above and up.row[link.row[row]] >= 0]
            for up in above:
                yield link.above, up.row == up.row[link.row[row]]
        yield level, np.ones(self.sums.size[level], dtype=bool)
        for at in self.tables:
            yield at, np.ones(self.sums.size[at], dtype=bool)

    def _room(self, level: str, column: str) -> npt.NDArray[np.float64]:
        """How much a row's count could give, or its rest take."""
        start = self.sums.start[level, column]
        found = self.sums.value[start : start + self.sums.size[level]]
        own, _, is_rest = column.partition("\0")
        other = own if is_rest else f"{own}\0rest"
        if (level, other) in self.sums.start:
            begin = self.sums.start[level, other]
            found = np.minimum(found, self.sums.value[begin : begin + self.sums.size[level]])
        return found

    def _spread(self, masks: dict[str, Mask]) -> None:
        """Never exactly one hidden among units that add up to a shown sum, and never only that sum."""
        for _ in range(20):
            before = sum(int(mask.sum()) for mask in masks.values())
            for level in self.tables:
                self._even(masks[level], None, 0, level, np.ones(len(masks[level]), dtype=bool))
            for link in self.links:
                for unit in np.unique(link.row[link.row >= 0]):
                    self._even(masks[link.level], masks[link.above], int(unit), link.level, link.row == unit)
            if sum(int(mask.sum()) for mask in masks.values()) == before:
                return

    def _even(self, rows: Mask, above: Mask | None, unit: int, level: str, members: Mask) -> None:
        if above is not None and above[unit] and not (rows & members).any():
            add_smallest(rows, self.size[level], members)
        if (rows & members).sum() == 1:
            add_smallest(rows, self.size[level], members & ~rows)
            if (rows & members).sum() == 1 and above is not None:
                above[unit] = True

    def _links(self) -> Iterator[Link]:
        """Which units add up to which: each level to the next one above, the lowest also to urban and rural."""
        levels = [level for level in self.areas.levels if level in self.tables] if self.areas is not None else []
        for level in [each for each in self.tables if each not in (*levels[1:], BELOW)]:
            if BELOW in self.tables:
                yield Link(level, BELOW, np.zeros(len(self.tables[level]), dtype=np.int64))
        if self.areas is None:
            return
        for above, level in pairwise(levels):
            codes = self.areas.units(level).reindex(self.tables[level].index)[f"{above}_id"]
            yield Link(level, above, self.tables[above].index.get_indexer(codes))
        if self.areas.lowest in levels and URBAN_RURAL in self.tables:
            units = self.areas.units(self.areas.lowest).reindex(self.tables[self.areas.lowest].index)
            kind = units["urban"].map({True: "urban", False: "rural"}).fillna("unknown")
            yield Link(self.areas.lowest, URBAN_RURAL, self.tables[URBAN_RURAL].index.get_indexer(kind))

    def _size(self, table: pd.DataFrame, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
        name = next((name for name in names if name in table.columns), None)
        if name is None:
            return np.zeros(len(table))
        return np.asarray(pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float, na_value=math.nan))


def add_smallest(rows: Mask, size: npt.ArrayLike, among: Mask) -> None:
    """Hide the smallest row of some that isn't empty, or an empty one where all are."""
    values = np.asarray(size, dtype=float)
    able = np.flatnonzero(among & (values > 0))
    able = able if len(able) else np.flatnonzero(among)
    if len(able):
        rows[able[np.argmin(np.nan_to_num(values[able], nan=math.inf))]] = True


def _any_below_zero(tables: Mapping[str, pd.DataFrame], name: str) -> bool:
    return any(bool((table[name] < 0).any()) for table in tables.values() if name in table.columns)


def _any_rest_below_zero(tables: Mapping[str, pd.DataFrame], part: str, total: str) -> bool:
    both = [table for table in tables.values() if part in table.columns and total in table.columns]
    return any(bool((table[total] - table[part] < -1e-9).any()) for table in both)

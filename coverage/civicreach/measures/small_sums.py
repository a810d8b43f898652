"""What can be computed about hidden counts from those that are shown: their least and greatest possible values.

A table's cells hang together by sums: units of each level add up to the level above, the lowest ones also to urban and
rural, and in each row a part and its rest are the total. A small count is safe when anything from 0 (1 where "<10" is
shown) to one less than the limit is still possible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Link:
    """Units of a level that add up to those of another: for each of them the row it belongs to, -1 for none."""

    level: str
    above: str
    row: npt.NDArray[np.int64]


class Sums:
    """All cells of the counts of some tables, and the equations between them.

    `tables`: level -> table; `totals` and `parts` are columns; each of `pairs` is (part, total) of the same people:
    what the part leaves of the total is a count too, also where no column shows it. What stands below the tables is a
    level of one row.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], totals: Sequence[str], parts: Sequence[str],
        pairs: Sequence[tuple[str, str]], links: Sequence[Link], limit: int,
    ) -> None:  # fmt: skip
        self.limit, self.levels = limit, list(tables)
        self.totals = list(totals)
        ends = {pair: f"{pair[1]}_uncovered" for pair in pairs if pair[0] == f"{pair[1]}_covered"}
        shown = {pair: name for pair, name in ends.items() if name in parts}
        self.rest_of = {pair: shown.get(pair, f"{pair[0]}\0rest") for pair in pairs}
        rests = {rest: pair for pair, rest in self.rest_of.items() if pair not in shown}
        self.columns = [*totals, *parts, *rests]
        self.start: dict[tuple[str, str], int] = {}
        values: list[Floats] = []
        for level, table in tables.items():
            for column in self.columns:
                self.start[level, column] = sum(map(len, values))
                if column in rests:
                    part, total = rests[column]
                    values.append(_numbers(table, total) - _numbers(table, part))
                else:
                    values.append(_numbers(table, column))
        self.size = {level: len(table) for level, table in tables.items()}
        self.value = np.concatenate(values) if values else np.zeros(0)
        self.virtual = self._cells(lambda column: column in rests)
        self.whole_numbers = bool(np.all(np.abs(self.value - np.round(self.value)) < TINY))
        self._safe: dict[tuple[int, bytes], bool] = {}
        self._equations: list[tuple[list[int], list[float], float]] = []
        for link in links:
            self._add_link(link)
        self._most: list[tuple[list[int], list[float], float]] = []
        for low, high in self._within():
            for level in self.levels:
                at, top = self.start[level, low], self.start[level, high]
                self._most += [([at + k, top + k], [1.0, -1.0], 0.0) for k in range(self.size[level])]
        for level in self.levels:
            for (part, total), rest in self.rest_of.items():
                for at in range(self.size[level]):
                    cells = [self.start[level, name] + at for name in (part, rest, total)]
                    self._add(cells, [1.0, 1.0, -1.0], 0.0)

    def unsafe(self, hidden: Mask, dashed: Mask, most: int = 0) -> npt.NDArray[np.int64]:
        """The small counts that can be told too closely, as cells, where these are hidden and these no "<10".

        Not more than `most` of them, where that isn't 0.
        """
        small = (self.value > 0) & (self.value < self.limit)
        told = small & hidden & ~self.virtual & ~dashed
        low, high = np.zeros(len(small)), np.full(len(small), math.inf)
        if self.whole_numbers:
            low[told], high[told] = 1.0, self.limit - 1.0
        else:
            high[told] = self.limit
        if not dashed.any():  # as long as every small count is told as such, a dash stands for a larger one
            low[(self.value >= self.limit) & ~self.virtual] = self.limit
        mine = np.flatnonzero(hidden)
        equal, less = (self._of_hidden(rows, hidden) for rows in (self._equations, self._most))
        graph = abs(equal[0]).T @ abs(equal[0]) + abs(less[0]).T @ abs(less[0])
        _, part_of = connected_components(csr_array(graph), directed=False)
        found = []
        for at in np.flatnonzero(small[mine]):
            near = np.flatnonzero(part_of == part_of[at])
            bounds = np.column_stack([low[mine[near]], high[mine[near]]])
            key = (int(mine[at]), mine[near].tobytes() + bounds.tobytes())
            if key not in self._safe:
                asked = [(matrix[:, near], right) for matrix, right in (equal, less)]
                asked = [(m[np.diff(m.indptr) > 0], right[np.diff(m.indptr) > 0]) for m, right in asked]
                self._safe[key] = self._free(asked[0], asked[1], bounds, int(np.searchsorted(near, at)))
            if not self._safe[key]:
                found.append(mine[at])
                if len(found) == most:
                    break
        return np.array(found, dtype=np.int64)

    def hidden(self, whole: Mapping[str, Mask], part: Mapping[str, Mask]) -> Mask:
        """Which cells aren't shown where these rows hide totals and parts."""
        found = np.zeros(len(self.value), dtype=bool)
        for (level, column), start in self.start.items():
            found[start : start + self.size[level]] = (whole if column in self.totals else part)[level]
        return found

    def place(self, cell: int) -> tuple[str, str, int]:
        """Level, column and row of a cell."""
        for (level, column), start in self.start.items():
            if start <= cell < start + self.size[level]:
                return level, column, cell - start
        raise IndexError(cell)

    def _free(self, equal: tuple[csr_array, Floats], most: tuple[csr_array, Floats], bounds: Floats, at: int) -> bool:
        """Whether the cell may still be anything from its least value to one less than the limit."""
        for goal in (bounds[at, 0], self.limit - 1.0):
            asked = bounds.copy()
            asked[at] = goal
            answer = linprog(
                np.zeros(len(bounds)), A_eq=equal[0], b_eq=equal[1], A_ub=most[0], b_ub=most[1] + TINY, bounds=asked,
                method="highs",
            )  # fmt: skip
            if answer.status != 0:
                return False
        return True

    def _cells(self, wanted: object) -> Mask:
        found = np.zeros(len(self.value), dtype=bool)
        for (level, column), start in self.start.items():
            found[start : start + self.size[level]] = wanted(column)  # type: ignore[operator]
        return found

    def _add(self, cells: list[int], factors: list[float], right: float) -> None:
        """An equation, unless it doesn't hold: rows that are no sums of others tell nothing about them."""
        if abs(math.fsum(f * self.value[c] for c, f in zip(cells, factors, strict=True)) - right) < 0.5 * TINY * 1e3:
            self._equations.append((cells, factors, right))

    def _add_link(self, link: Link) -> None:
        for column in self.columns:
            low, high = self.start[link.level, column], self.start[link.above, column]
            for unit in np.unique(link.row[link.row >= 0]):
                cells = [low + int(at) for at in np.flatnonzero(link.row == unit)]
                self._add([*cells, high + int(unit)], [1.0] * len(cells) + [-1.0], 0.0)

    def _within(self) -> list[tuple[str, str]]:
        """Totals that are never more than another one, as older people are people; and their parts alike."""
        found = [
            (part, "straight_line")
            for part, total in self.rest_of
            if (straight := ("straight_line", total)) in self.rest_of and (part, total) != straight
            if self._is_within(part, "straight_line")
        ]
        for low in self.totals:
            for high in self.totals:
                ends = [name.removeprefix(high) for name in self.columns if name.startswith(high)]
                pairs = [(low + end, high + end) for end in ends if low + end in self.columns]
                if low != high and pairs and all(self._is_within(*pair) for pair in pairs):
                    found += pairs
        return found

    def _is_within(self, low: str, high: str) -> bool:
        return all(bool((self._of(level, low) <= self._of(level, high) + TINY).all()) for level in self.levels) and any(
            bool((self._of(level, low) > 0).any()) for level in self.levels
        )

    def _of(self, level: str, column: str) -> Floats:
        start = self.start[level, column]
        return self.value[start : start + self.size[level]]

    def _of_hidden(self, rows: list[tuple[list[int], list[float], float]], hidden: Mask) -> tuple[csr_array, Floats]:
        """Equations between hidden cells: their factors, and what the shown cells leave on the right."""
        at = [row for row, (cells, _, _) in enumerate(rows) for _ in cells]
        cells = [cell for found, _, _ in rows for cell in found]
        factors = [factor for _, found, _ in rows for factor in found]
        matrix = csr_array(coo_array((factors, (at, cells)), shape=(len(rows), len(self.value))))
        right = np.array([right for _, _, right in rows]) - matrix @ np.where(hidden, 0.0, self.value)
        inside = csr_array(matrix[:, np.flatnonzero(hidden)])
        used = np.diff(inside.indptr) > 0
        return csr_array(inside[used]), right[used]


def _numbers(table: pd.DataFrame, column: str) -> Floats:
    if column not in table.columns:
        return np.zeros(len(table))
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float, na_value=math.nan)
    return np.asarray(np.nan_to_num(values, nan=0.0))

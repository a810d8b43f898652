"""Counts of few people taken out of a result before anything is shown, with what they could be computed from.

A count from 1 to below the study's `suppress_below` becomes `SMALL` and is printed as "<10". In the same row every
other part of the same people and every ratio goes too (a total that isn't small itself stays), and so does the row of
whatever else is needed that no small count can be computed from what is shown (`small_secrets`). These become NaN.
What is gone is in no file: sums that stand below tables are taken before and kept in `frame.attrs["totals"]`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Note
from civicreach.layers import LEVELS, Areas
from civicreach.measures.analysis import Analysis, Listing, MapLayer, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.rollup import TOTALS, total_row
from civicreach.measures.small_columns import Columns, joined, of_fields, of_group, of_sides, sums
from civicreach.measures.small_rows import Flags, HiddenRows, RowMasks, is_small
from civicreach.measures.small_secrets import BELOW, Hidden, add_smallest
from civicreach.measures.small_words import small_words, told_less
from civicreach.measures.words import unit_words

SMALL = -math.inf
"""Stands for a count from 1 to below the limit. No count is below 0 without an end."""

MOST_PASSES = 6

Mask = npt.NDArray[np.bool_]


def without_small_counts(result: StudyResult) -> StudyResult:
    """The result as it may be shown; itself where the study sets no limit."""
    limit = result.study.study.suppress_below
    if limit is None or result.hidden:
        return result
    groups = frozenset(result.demand.groups)
    units = {unit_words(result.study, group)[0] for group in groups} | set(groups)
    hide = _Hider(limit, result.areas, groups, units)
    for _ in range(MOST_PASSES):  # a total that one table hides is hidden in all
        before = hide.rows.shared_count
        services = tuple(hide.service(circle) for circle in result.services)
        analyses = tuple(hide.analysis(analysis) for analysis in result.analyses)
        if hide.rows.shared_count == before:
            break
    told = {figure.id: figure for analysis in analyses for figure in analysis.figures}
    told |= {figure.id: figure for circle in services for figure in circle.figures}
    counted = tuple(told.get(f.id) or hide.figure(f) for f in result.figures)
    words = small_words(result.study, result.demand.groups)
    analyses = tuple(
        replace(a, warnings=tuple(told_less(warning, words, limit) for warning in a.warnings)) for a in analyses
    )
    warnings = tuple(told_less(warning, words, limit) for warning in result.warnings)
    note = Note(
        f"counts from 1 to below {limit} are shown as <{limit}; a dash stands for what they could be computed from too",
        f"1至不足{limit}的人数显示为“<{limit}”；可据以反推的数字也不显示（以短横线表示）",
    )
    return replace(
        result, services=services, analyses=analyses, figures=counted, warnings=(note, *warnings), hidden=True
    )


class _Hider:
    """What is hidden in the tables of one study."""

    def __init__(self, limit: int, areas: Areas | None, groups: frozenset[str], people: set[str]) -> None:
        self.limit, self.people = limit, people
        self.rows = HiddenRows(limit, areas, groups)
        self.units: set[Any] = set()
        self.dashed = self.silent = False
        """Whether lists say nothing but dashes; whether a part of everybody is hidden where tables are summed up."""

    def small(self, values: pd.Series) -> Mask:
        return is_small(values, self.limit)

    def service(self, circle: ServiceCircle) -> ServiceCircle:
        """Tables, gap list, facilities and figures of a service."""
        group = circle.service.group
        tables = dict(circle.tables)
        groups = [g for g in (c[10:] for c in circle.facilities if c.startswith("catchment_")) if g] or [group]
        totals = {level: sums(table, groups, group) for level, table in tables.items()}
        frame = next(iter(tables.values()), pd.DataFrame())
        below = next(iter(totals.values()), pd.Series(dtype=float))
        # a part of some people is a part of all: what is hidden of one group is hidden of every other one
        columns = joined([of_group(each, straight=each == group, known=frame) for each in groups])
        main = self.rows.of(circle.tables, columns, below)
        self.silent, self.dashed = self._state(main)
        kept = self.row(below, columns, main)
        for each in (columns, *of_sides(groups, frame)):
            # whoever is left out is a part of the uncovered: hidden where those are
            hidden = main if each is columns else self.rows.of(circle.tables, each, below, main.part)
            for level, table in tables.items():
                tables[level] = self.blank(table, each, hidden.at(level))
            if each is not columns:
                kept |= {name: value for name, value in self.row(below, each, hidden).items() if name in each.parts}
        gone = {unit for level, table in tables.items() for unit in table.index[main.part[level]]}
        flags = Flags(tables, gone)
        for level, table in tables.items():
            tables[level] = flags.blank(table, level)
            tables[level].attrs[TOTALS] = kept | flags.below(circle.tables[level])
        self.units |= gone
        gaps = self.listed(circle.gaps, [f"{group}_uncovered"], gone)
        figures = tuple(flags.figure(self.figure(f)) for f in circle.figures)
        found = replace(
            circle, tables=tables, gaps=gaps, facilities=self.facilities(circle), figures=self._agree(circle, figures)
        )
        self.silent = self.dashed = False
        return found

    def _state(self, hidden: Hidden) -> tuple[bool, bool]:
        return bool(hidden.part[BELOW].any()), any(bool(rows.any()) for rows in hidden.dash.values())

    def _agree(self, circle: ServiceCircle, shown: tuple[Figure, ...]) -> tuple[Figure, ...]:
        """Where a share isn't told, those who are left out aren't either."""
        silent = any(a.value is not None and b.value is None for a, b in zip(circle.figures, shown, strict=True))
        return tuple(
            replace(f, value=None) if silent and f.id.endswith(".uncovered") and f.below is None else f for f in shown
        )

    def facilities(self, circle: ServiceCircle) -> Any:
        """Catchments add up to the covered, so that small ones hide in a large one; what is reached doesn't add up."""
        frame = circle.facilities
        for column in [c for c in frame.columns if c.startswith("catchment_")]:
            frame = self.listed(frame, [column], set(), large=True)
        for column in [c for c in frame.columns if c.startswith("reached_")]:
            gone = self.small(frame[column]) | self.silent
            frame = self.blank(frame, Columns((), (column,), ()), RowMasks(None, gone, gone & self.dashed))
        return frame

    def analysis(self, analysis: Analysis) -> Analysis:
        """Topics, lists and layers of an analysis; its lists keep silent about the units that its topics hide."""
        before, self.units = self.units, set(self.units)
        topics = tuple(self.topic(topic) for topic in analysis.topics)
        listings = tuple(self.listing(listing) for listing in analysis.listings)
        layers = tuple(self.layer(layer) for layer in analysis.layers)
        figures = tuple(self.figure(f) for f in analysis.figures)
        self.units, self.silent, self.dashed = before, False, False
        return replace(analysis, topics=topics, listings=listings, layers=layers, figures=figures)

    def topic(self, topic: Topic) -> Topic:
        columns = of_fields(topic.fields, topic.tables.values())
        below = {level: total_row(table, topic.fields) for level, table in topic.tables.items()}
        hidden = self.rows.of(topic.tables, columns, next(iter(below.values()), pd.Series(dtype=float)))
        silent, dashed = self._state(hidden)
        self.silent, self.dashed = self.silent or silent, self.dashed or dashed
        tables = {}
        for level, table in topic.tables.items():
            tables[level] = self.blank(table, columns, hidden.at(level))
            tables[level].attrs[TOTALS] = self.row(below[level], columns, hidden)
            self.units |= set(table.index[hidden.part[level]])
        return replace(topic, tables=tables)

    def listing(self, listing: Listing) -> Listing:
        columns = of_fields(listing.fields, [listing.frame])
        total = self.list_row(total_row(listing.frame, listing.fields), columns)
        frame = self.listed(listing.frame, [*columns.totals, *columns.parts], self.units, columns.ratios)
        frame.attrs[TOTALS] = total
        return replace(listing, frame=frame)

    def layer(self, layer: MapLayer) -> MapLayer:
        columns = of_fields(layer.fields, [layer.frame])
        frame = self.listed(layer.frame, [*columns.totals, *columns.parts], self.units, columns.ratios)
        return replace(layer, frame=frame)

    def listed(
        self, frame: Any, amounts: Sequence[str], units: set[Any], ratios: Sequence[str] = (), *, large: bool = False
    ) -> Any:
        """A list: rows with a small amount, rows of hidden units, and one more where a single row would be missing.

        `large`: where any is missing, one that is large enough for all of them is, or all are.
        """
        amounts = [name for name in amounts if name in frame.columns]
        rows, dashed = np.zeros(len(frame), dtype=bool), self.dashed
        for name in amounts:
            rows |= self.small(frame[name])
        if units:
            rows |= frame.index.isin(units)
            for level in LEVELS:
                if f"{level}_id" in frame.columns:
                    rows |= frame[f"{level}_id"].isin(units).to_numpy()
        if amounts and large and (rows.any() or self.silent):
            enough = (frame[amounts[0]] >= 3 * self.limit).to_numpy() & ~rows
            rows |= not enough.any()
            dashed |= not enough.any()
            add_smallest(rows, frame[amounts[0]], enough)
        elif amounts:
            _add_next(rows, frame[amounts[0]], np.ones(len(frame), dtype=bool))
        below = self.list_row(pd.Series({c: math.fsum(frame[c].dropna()) for c in amounts}, dtype=float))
        kept = frame.attrs.get(TOTALS, {}) | below
        columns = Columns((), tuple(amounts), tuple(ratios))
        frame = self.blank(frame, columns, RowMasks(None, rows, rows & dashed))
        frame.attrs[TOTALS] = kept
        return frame

    def blank(self, table: Any, columns: Columns, gone: RowMasks) -> Any:
        """A copy of a table without what is hidden in these rows."""
        table = table.copy()
        jobs = [(name, gone.part) for name in (*columns.parts, *columns.ratios)]
        jobs += [(name, gone.whole) for name in columns.totals if gone.whole is not None]
        for name, rows in jobs:
            if name in table.columns and rows.any():
                values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float, na_value=math.nan)
                told = self.small(table[name]) & ~gone.dash & (name not in columns.ratios)
                table[name] = np.where(rows, np.where(told, SMALL, np.nan), values)
        return table

    def row(self, below: pd.Series, columns: Columns, hidden: Hidden) -> dict[str, float]:
        """Sums below a table by column, as far as they are shown."""
        found = {str(name): value for name, value in below.items() if not isinstance(value, str)}
        shown = self.blank(pd.DataFrame([found], dtype=float), columns, hidden.at(BELOW)).iloc[0]
        return {str(name): float(value) for name, value in shown.items()}

    def list_row(self, below: pd.Series, columns: Columns | None = None) -> dict[str, float]:
        """Sums below a list by column; nothing where a part of everybody is hidden or a small sum would be told."""
        found = {str(name): float(value) for name, value in below.items() if not isinstance(value, str)}
        counts = [*columns.totals, *columns.parts] if columns is not None else list(found)
        pairs = columns.pairs if columns is not None else ()
        values = [found.get(name, 0.0) for name in counts]
        values += [found.get(total, 0.0) - found.get(part, 0.0) for part, total in pairs]
        if not self.silent and not any(0 < value < self.limit for value in values):
            return found
        return {
            name: SMALL if name in counts and 0 < value < self.limit and not self.silent else math.nan
            for name, value in found.items()
        }

    def figure(self, figure: Figure) -> Figure:
        """A figure of few people without its value, and a share of few or of all but few without its parts."""
        low = [v is not None and 0 < v < self.limit for v in (figure.value, figure.numerator, figure.denominator)]
        of_people = figure.unit in self.people or not ("communit" in figure.id or "district" in figure.id)
        nobody = bool(self.rows.shared.get(BELOW))
        if figure.unit in self.people and low[0] and not self.dashed:
            return replace(figure, value=None, numerator=None, denominator=None, below=self.limit)
        if (self.silent or nobody) and of_people and (figure.unit in self.people or figure.numerator is not None):
            return replace(figure, value=None, numerator=None, denominator=None)
        if figure.unit != "share" or figure.numerator is None or figure.denominator is None:
            return figure
        rest = 0 < figure.denominator - figure.numerator < self.limit
        if not of_people or not (low[1] or low[2] or rest):
            return figure
        return replace(figure, value=None, numerator=None, denominator=None)


def _add_next(rows: Mask, size: pd.Series, members: Mask) -> None:
    """Where one of the members is hidden alone, hide the smallest of the others too."""
    if (rows & members).sum() == 1:
        add_smallest(rows, size, members & ~rows)

"""Counts of few people taken out of a result before anything is shown, with what they could be computed from.

A count from 1 to below the study's `suppress_below` becomes `SMALL` and is printed as "<10". In the same row every
other part of the same people and every ratio goes too (a total that isn't small itself stays), and so does the row of
the next smallest unit wherever only one of the units that add up to a known sum would be missing. These become NaN.
What is gone is in no file: sums that stand below tables are taken before and kept in `frame.attrs["totals"]`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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
from civicreach.measures.rollup import TOTALS, URBAN_RURAL, total_row
from civicreach.measures.small_columns import Columns, of_fields, of_group, sums
from civicreach.measures.words import unit_words

SMALL = -math.inf
"""Stands for a count from 1 to below the limit. No count is below 0 without an end."""

Mask = npt.NDArray[np.bool_]
Masks = dict[str, "pd.Series[bool]"]


def without_small_counts(result: StudyResult) -> StudyResult:
    """The result as it may be shown; itself where the study sets no limit."""
    limit = result.study.study.suppress_below
    if limit is None or result.hidden:
        return result
    hide = _Hider(limit, result.areas)
    services = tuple(hide.service(circle) for circle in result.services)
    analyses = tuple(hide.analysis(analysis) for analysis in result.analyses)
    units = {unit_words(result.study, group)[0] for group in result.demand.groups} | set(result.demand.groups)
    counted = tuple(hide.figure(figure, units) for figure in result.figures)
    services = tuple(replace(s, figures=tuple(hide.figure(f, units) for f in s.figures)) for s in services)
    analyses = tuple(replace(a, figures=tuple(hide.figure(f, units) for f in a.figures)) for a in analyses)
    note = Note(
        f"counts from 1 to below {limit} are shown as <{limit}; a dash stands for what they could be computed from too",
        f"1至不足{limit}的人数显示为“<{limit}”；可据以反推的数字也不显示（以短横线表示）",
    )
    return replace(
        result, services=services, analyses=analyses, figures=counted, warnings=(note, *result.warnings), hidden=True
    )


class _Hider:
    """What is hidden in the tables of one study."""

    def __init__(self, limit: int, areas: Areas | None) -> None:
        self.limit, self.areas = limit, areas
        self.units: set[Any] = set()

    def small(self, values: pd.Series) -> Mask:
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=math.nan)
        found: Mask = (numbers > 0) & (numbers < self.limit)
        return found

    def service(self, circle: ServiceCircle) -> ServiceCircle:
        """Tables, gap list and facilities of a service."""
        group = circle.service.group
        tables = dict(circle.tables)
        groups = [g for g in (c[10:] for c in circle.facilities if c.startswith("catchment_")) if g] or [group]
        totals = {level: sums(table, groups, group) for level, table in tables.items()}
        gone: set[Any] = set()
        for each in groups:
            columns = of_group(each, straight=each == group, known=next(iter(tables.values()), pd.DataFrame()))
            masks = self.masks(tables, columns)
            for level, table in tables.items():
                tables[level] = self.blank(table, columns, *(masks[kind][level] for kind in ("totals", "parts")))
                if each == group:
                    gone |= set(table.index[masks["parts"][level]])
        for level, table in tables.items():
            table.attrs[TOTALS] = self.row(totals[level])
        self.units |= gone
        gaps = self.listed(circle.gaps, [f"{group}_uncovered"], gone)
        return replace(circle, tables=tables, gaps=gaps, facilities=self.facilities(circle))

    def facilities(self, circle: ServiceCircle) -> Any:
        """Catchments add up to the covered, so that one alone is never hidden; what is reached doesn't add up."""
        frame = circle.facilities
        for column in [c for c in frame.columns if c.startswith("catchment_")]:
            frame = self.listed(frame, [column], set())
        for column in [c for c in frame.columns if c.startswith("reached_")]:
            frame = self.blank(
                frame, Columns((), (column,), ()), None, pd.Series(self.small(frame[column]), frame.index)
            )
        return frame

    def analysis(self, analysis: Analysis) -> Analysis:
        """Topics, lists and layers of an analysis; its lists keep silent about the units that its topics hide."""
        before, self.units = self.units, set(self.units)
        topics = tuple(self.topic(topic) for topic in analysis.topics)
        listings = tuple(self.listing(listing) for listing in analysis.listings)
        layers = tuple(self.layer(layer) for layer in analysis.layers)
        self.units = before
        return replace(analysis, topics=topics, listings=listings, layers=layers)

    def topic(self, topic: Topic) -> Topic:
        columns = of_fields(topic.fields, topic.tables.values())
        masks = self.masks(topic.tables, columns)
        tables = {}
        for level, table in topic.tables.items():
            whole, part = masks["totals"][level], masks["parts"][level]
            tables[level] = self.blank(table, columns, whole, part)
            tables[level].attrs[TOTALS] = self.row(total_row(table, topic.fields), columns)
            self.units |= set(table.index[part])
        return replace(topic, tables=tables)

    def listing(self, listing: Listing) -> Listing:
        columns = of_fields(listing.fields, [listing.frame])
        total = self.row(total_row(listing.frame, listing.fields), columns)
        frame = self.listed(listing.frame, [*columns.totals, *columns.parts], self.units, columns.ratios)
        frame.attrs[TOTALS] = total
        return replace(listing, frame=frame)

    def layer(self, layer: MapLayer) -> MapLayer:
        columns = of_fields(layer.fields, [layer.frame])
        frame = self.listed(layer.frame, [*columns.totals, *columns.parts], self.units, columns.ratios)
        return replace(layer, frame=frame)

    def listed(self, frame: Any, amounts: Sequence[str], units: set[Any], ratios: Sequence[str] = ()) -> Any:
        """A list: rows with a small amount, rows of hidden units, and one more where a single row would be missing."""
        amounts = [name for name in amounts if name in frame.columns]
        rows = np.zeros(len(frame), dtype=bool)
        for name in amounts:
            rows |= self.small(frame[name])
        if units:
            rows |= frame.index.isin(units)
            for level in LEVELS:
                if f"{level}_id" in frame.columns:
                    rows |= frame[f"{level}_id"].isin(units).to_numpy()
        if amounts:
            _add_next(rows, frame[amounts[0]], np.ones(len(frame), dtype=bool))
        kept = frame.attrs.get(TOTALS, {}) | self.row(pd.Series({c: math.fsum(frame[c].dropna()) for c in amounts}))
        frame = self.blank(
            frame, Columns((), tuple(amounts), tuple(ratios)), None, pd.Series(rows, frame.index, dtype=bool)
        )
        frame.attrs[TOTALS] = kept
        return frame

    def blank(self, table: Any, columns: Columns, whole: pd.Series[bool] | None, part: pd.Series[bool]) -> Any:
        """A copy of a table without what is hidden in these rows."""
        table = table.copy()
        rows = part.to_numpy()
        jobs = [(name, rows) for name in (*columns.parts, *columns.ratios)]
        if whole is not None:
            jobs += [(name, whole.to_numpy()) for name in columns.totals]
        for name, gone in jobs:
            if name in table.columns and gone.any():
                values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float, na_value=math.nan)
                counted = name not in columns.ratios
                table[name] = np.where(gone, np.where(counted & self.small(table[name]), SMALL, np.nan), values)
        return table

    def row(self, below: pd.Series, columns: Columns | None = None) -> dict[str, float]:
        """Sums below a table by column; without those that are small, and then without their ratios."""
        found = {str(name): float(value) for name, value in below.items() if not isinstance(value, str)}
        counts = [*columns.totals, *columns.parts] if columns is not None else list(found)
        low = {n for n in counts if 0 < found.get(n, 0) < self.limit and not n.endswith("_share")}
        ratios = columns.ratios if columns is not None else [n for n in found if n.endswith("_share")]
        gone = set(ratios) if low else set()
        return {n: SMALL if n in low else math.nan if n in gone else v for n, v in found.items()}

    def masks(self, tables: Mapping[str, pd.DataFrame], columns: Columns) -> dict[str, Masks]:
        """Which rows of each level hide their totals, and which their parts (all of those that hide totals do)."""
        masks: dict[str, Masks] = {"totals": {}, "parts": {}}
        for level, table in tables.items():
            whole, part = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
            for name in columns.totals:
                whole |= self.small(table[name])
            for name in columns.parts:
                part |= self.small(table[name]) if name in table.columns else False
            for above, below in columns.pairs:
                part |= self.small(table[below] - table[above])
            masks["totals"][level] = pd.Series(whole, table.index, dtype=bool)
            masks["parts"][level] = pd.Series(part | whole, table.index, dtype=bool)
        size = columns.totals[0] if columns.totals else columns.parts[0] if columns.parts else None
        if size is not None:
            for kind in ("totals", "parts"):
                self.spread(masks[kind], {level: table[size] for level, table in tables.items() if size in table})
            for level in tables:
                masks["parts"][level] |= masks["totals"][level]
            self.spread(masks["parts"], {level: table[size] for level, table in tables.items() if size in table})
        return masks

    def spread(self, masks: Masks, size: Mapping[str, pd.Series]) -> None:
        """Hide more rows until no hidden one is the only one of those that add up to something known."""
        for _ in range(20):
            before = sum(int(mask.sum()) for mask in masks.values())
            for level in size:
                for above, units in self.groups(level, size[level].index):
                    for unit, members in units:
                        self.even(masks, size, level, above, unit, members)
            if sum(int(mask.sum()) for mask in masks.values()) == before:
                return

    def even(
        self, masks: Masks, size: Mapping[str, pd.Series], level: str, above: str | None, unit: Any, members: Mask
    ) -> None:
        """One group of units and what they add up to: never exactly one hidden among them, never only the sum."""
        rows = masks[level].to_numpy().copy()
        parent = masks.get(above) if above is not None else None
        known = parent is not None and unit in parent.index
        if known and parent is not None and parent[unit] and not (rows & members).any():
            _add_smallest(rows, size[level], members)
        if (rows & members).sum() == 1:
            _add_next(rows, size[level], members)
            if (rows & members).sum() == 1 and known and parent is not None:
                parent[unit] = True
        masks[level] = pd.Series(rows, masks[level].index)

    def groups(self, level: str, index: pd.Index) -> Iterator[tuple[str | None, list[tuple[Any, Mask]]]]:
        """The groups of a level's units that add up to something shown: each level above, urban or rural, all."""
        yield None, [(None, np.ones(len(index), dtype=bool))]
        if self.areas is None or level not in self.areas.levels:
            return
        units = self.areas.units(level).reindex(index)
        keys: list[tuple[str, str]] = [(above, f"{above}_id") for above in self.areas.levels if above != level]
        for above, column in [*keys, *([(URBAN_RURAL, "urban")] if level == self.areas.lowest else [])]:
            if column not in units.columns or (above in self.areas.levels and not _is_above(above, level, self.areas)):
                continue
            codes = units[column]
            if above == URBAN_RURAL:
                codes = codes.map({True: "urban", False: "rural"}).fillna("unknown")
            yield above, [(unit, (codes == unit).to_numpy()) for unit in codes.dropna().unique()]

    def figure(self, figure: Figure, units: set[str]) -> Figure:
        """A figure of few people without its value, and a share of few or of all but few without its parts."""
        low = [v is not None and 0 < v < self.limit for v in (figure.value, figure.numerator, figure.denominator)]
        if figure.unit in units:
            return replace(figure, value=None, below=self.limit) if low[0] else figure
        if figure.unit != "share" or figure.numerator is None or figure.denominator is None:
            return figure
        of_people = "communit" not in figure.id and "district" not in figure.id
        rest = 0 < figure.denominator - figure.numerator < self.limit
        if not of_people or not (low[1] or low[2] or rest):
            return figure
        return replace(figure, value=None, numerator=None, denominator=None)


def _is_above(above: str, level: str, areas: Areas) -> bool:
    return areas.levels.index(above) < areas.levels.index(level)


def _add_next(rows: Mask, size: pd.Series, members: Mask) -> None:
    """Where one of the members is hidden alone, hide the smallest of the others too."""
    if (rows & members).sum() == 1:
        _add_smallest(rows, size, members & ~rows)


def _add_smallest(rows: Mask, size: pd.Series, among: Mask) -> None:
    values = pd.to_numeric(size, errors="coerce").to_numpy(dtype=float, na_value=math.nan)
    able = np.flatnonzero(among & (values > 0))
    if len(able):
        rows[able[np.argmin(values[able])]] = True

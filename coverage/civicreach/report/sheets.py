"""Tables on their way to a workbook: columns with a kind, and total rows that add up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.rollup import TOTALS
from civicreach.measures.small_counts import SMALL
from civicreach.report.headers import header
from civicreach.report.words import CONFIDENCE, PHRASES, STATUSES, look_up, pick
from civicreach.study import Language

Kind = Literal["text", "amount", "weight", "number", "decimal", "count", "share", "minutes", "metres", "flag"]
"""Amounts show as whole numbers, weights and numbers with the decimals that they have, decimals with two."""

Cell = str | int | float | None
Frame = TypeVar("Frame", bound=pd.DataFrame)

MAX_ROWS = 10_000
"""Rows that a sheet lists at most; nobody reads more, and the GeoPackage holds them all."""

ADDITIVE = (
    *("{}", "{}_covered", "{}_uncovered", "{}_unsnapped", "{}_edge", "catchment_{}"),
    *("straight_line", "capacity", "units_present", "units_served"),
)
"""Columns whose sums mean something, `{}` for a demand group."""

FLAGS = ("present", "served", "snapped")


@dataclass(frozen=True)
class Column:
    """One column: header, what its values are, one value a row, and what stands in the total row.

    `kinds` names a kind for each row where they differ, as in a column of figures.
    """

    header: str
    kind: Kind
    values: tuple[Cell, ...]
    total: Cell = None
    kinds: tuple[Kind, ...] = ()

    def kind_at(self, row: int) -> Kind:
        """What the value in a row is."""
        return self.kinds[row] if self.kinds else self.kind


@dataclass(frozen=True)
class Sheet:
    """One sheet: wanted name, heading lines, columns of equal length. The first `fixed` columns stay in view.

    `label` stands before the name where several sheets share it (the service's name). `total` is the word in
    the first cell of the total row, or empty where there is none; `marked` rows are told from the others
    (unverified standards). Of a list of sheets, `links` are the places that each row leads to. `theme`
    is what the sheet belongs to; `totals` are whole total rows of a table of several parts, instead of `total`; `more`
    are further tables below on the same page.
    """

    name: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    fixed: int = 1
    total: str = ""
    marked: frozenset[int] = frozenset()
    label: str = ""
    links: tuple[str, ...] = ()
    theme: str = ""
    totals: tuple[tuple[Cell, ...], ...] = ()
    more: tuple[Sheet, ...] = ()

    @property
    def row_count(self) -> int:
        """Rows without header and total."""
        return len(self.columns[0].values) if self.columns else 0


def starts(sheet: Sheet, noted: bool) -> list[int]:
    """The rows in which the tables of a page begin; a note on the data stands first on it."""
    found, row = [], 1
    for table in (sheet, *sheet.more):
        found.append(row)
        row += len(table.lines) + 1 + table.row_count + len(total_rows(table)) + 2
        row += noted and table is sheet
    return found


def total_rows(sheet: Sheet) -> tuple[tuple[Cell, ...], ...]:
    """The rows that stand below a table."""
    if sheet.totals:
        return sheet.totals
    return ((sheet.total, *(column.total for column in sheet.columns[1:])),) if sheet.total else ()


@dataclass(frozen=True)
class Tongue:
    """What headers depend on: language, demand groups and what they are called, unit of the service's limit, group of
    its headline, and whether amounts are weights instead of people."""

    language: Language
    groups: Mapping[str, str] = field(default_factory=dict)
    limit_unit: Literal["min", "m"] = "min"
    headline: str = "people"
    weighted: bool = False
    below: int | None = None
    """What a count that isn't shown lies below."""

    def phrase(self, key: str) -> str:
        """A phrase in the language."""
        return pick(PHRASES[key], self.language)

    def header(self, column: str) -> str:
        """The header of a frame's column."""
        if column == "straight_line":
            column = f"straight_{self.headline}"
        return header(column, self.language, self.groups, self.limit_unit)


def as_columns(
    frame: pd.DataFrame, names: Sequence[str], tongue: Tongue, *, totals: bool = False
) -> tuple[Column, ...]:
    """The columns `names` of a frame, with totals where they mean something."""
    return tuple(_column(frame, name, tongue, totals) for name in names if name in frame.columns)


def _column(frame: pd.DataFrame, name: str, tongue: Tongue, totals: bool) -> Column:
    series = frame[name]
    kind = kind_of(name, series, tongue.groups)
    if kind == "amount" and tongue.weighted:
        kind = "weight"
    values = tuple(_value(each, name, kind, tongue) for each in series.tolist())
    return Column(tongue.header(name), kind, values, _total(frame, name, kind, tongue) if totals else None)


def with_index(frame: Frame, name: str = "") -> Frame:
    """The frame with its index as first column, where that has a name and no column of ids says the same."""
    name = name if frame.index.name is None else str(frame.index.name)
    frame = frame.copy()
    ids = [column for column in frame.columns if str(column).endswith("_id")]
    told = any(frame[column].tolist() == frame.index.tolist() for column in ids)
    if name and name not in frame.columns and not told:
        frame.insert(0, name, frame.index)
    return frame.reset_index(drop=True)


def kind_of(name: str, series: pd.Series[Any], groups: Iterable[str]) -> Kind:
    """What the values of a frame's column are, by its name and content."""
    if name in FLAGS or (name != "urban" and pd.api.types.is_bool_dtype(series)):
        return "flag"
    if not pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        return "text"
    endings: dict[str, Kind] = {"_share": "share", "_min": "minutes", "_m": "metres", "_count": "count"}
    if name == "value":
        return "number"
    for ending, kind in endings.items():
        if name.endswith(ending) and name not in groups:
            return kind
    return "amount"


def _value(value: Any, name: str, kind: Kind, tongue: Tongue) -> Cell:
    """A value of a frame's column as a cell holds it."""
    if name == "urban":
        return urban_word(value, tongue)
    words = {"status": STATUSES, "confidence": CONFIDENCE}.get(name)
    if kind == "text" and words and isinstance(value, str):
        return look_up(words, value, tongue.language)
    return cell(value, kind, tongue)


def cell(value: Any, kind: Kind, tongue: Tongue) -> Cell:
    """A value as a cell holds it; nothing where it isn't known."""
    if tongue.below is not None and isinstance(value, float) and value == SMALL:
        return f"<{tongue.below}"
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if kind == "flag":
        return tongue.phrase("yes" if bool(value) else "no")
    if kind == "text":
        return str(value)
    return float(value) if isinstance(value, float) else int(value)


def urban_word(value: Any, tongue: Tongue) -> str:
    """Urban or rural in words, for True, False, those words, or nothing."""
    if value is True or value == 1 or str(value) == "urban":
        return tongue.phrase("urban")
    if value is False or value == 0 or str(value) == "rural":
        return tongue.phrase("rural")
    return tongue.phrase("unknown") if value is None or pd.isna(value) or str(value) == "unknown" else str(value)


def _total(frame: pd.DataFrame, name: str, kind: Kind, tongue: Tongue) -> Cell:
    """Sums of amounts, ratios of sums for shares, how many say yes; nothing where a sum means nothing."""
    if name in (kept := frame.attrs.get(TOTALS, {})):
        return cell(kept[name], kind, tongue)
    if kind == "flag":
        return int(frame[name].fillna(False).astype(bool).sum())
    if kind == "share":
        return _total_share(frame, name, tongue)
    if not _adds_up(name, kind, tongue.groups):
        return None
    if pd.api.types.is_integer_dtype(frame[name]):
        return int(frame[name].sum())
    return _sum(frame[name])


def _adds_up(name: str, kind: Kind, groups: Iterable[str]) -> bool:
    """Whether the sum over rows counts nobody twice: not so for people within reach of several facilities."""
    of_groups = {pattern.format(group) for pattern in ADDITIVE for group in groups}
    return name in of_groups or name in ADDITIVE or kind == "count"


def _total_share(frame: pd.DataFrame, name: str, tongue: Tongue) -> float | None:
    """A ratio of sums: of the group's covered by all of it, or of lowest units by their number."""
    group = name.removesuffix("_share")
    units = {"presence_share": "units_present", "served_share": "units_served"}.get(name)
    if name == "straight_line_share" and "straight_line" in frame and tongue.headline in frame:
        covered, group = _sum(frame["straight_line"]), tongue.headline
    elif name == "straight_line_share" and tongue.headline in frame:
        known = frame[[name, tongue.headline]].dropna()
        covered = _sum(known[name] * known[tongue.headline])
        group = tongue.headline
    elif units in frame and "unit_count" in frame:
        covered, group = _sum(frame[units]), "unit_count"
    elif f"{group}_covered" in frame and group in frame:
        covered = _sum(frame[f"{group}_covered"])
    else:
        return None
    everyone = _sum(frame[group])
    return covered / everyone if everyone else None


def _sum(values: pd.Series[Any]) -> float:
    """The exact sum, to the decimals that the figures' own sums have."""
    return round(math.fsum(values.dropna()), PEOPLE_DECIMALS)

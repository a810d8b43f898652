"""The tables of the filed report: what is whole in it, what is cut to the worst rows, and where the rest is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from civicreach.layers import LEVELS
from civicreach.maps.analysis_tables import high_is_worse
from civicreach.maps.spoken import figure_label, figure_text
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.rollup import WHOLE, total_row
from civicreach.measures.rounding import number_text
from civicreach.report.analysis_sheets import field_column
from civicreach.report.docx_paper import Paper
from civicreach.report.docx_words import word
from civicreach.report.headings import title
from civicreach.report.notes import tongue_of
from civicreach.report.service_sheets import service_sheets
from civicreach.report.sheets import Column, Tongue, as_columns

WORST = 20
MOST_COLUMNS = 7
MOST_ROWS = 40
"""Of a topic that isn't the first of its analysis: longer levels are in the workbook alone."""

MOST_LISTED = 8
"""Columns of a list: its first ones say most."""
ACTED_ON = ("elder_partners", "elder_care_pairs", "elder_demonstration", "shelter_growth")
ACTED_ON_ENDS = ("_next", "capital")
"""Lists that a plan is made of, by how their ids start or end; the others are in the workbook alone."""

GRADUAL = 3
"""So many values a field must have for units to be worse and better."""

SHORTENED = ("community",)
"""Levels that are never printed whole."""


def figures_table(paper: Paper, result: StudyResult, name: str, key: str, figures: Sequence[Figure]) -> None:
    """Every figure of a service or an analysis: value, what was divided by what, and of whom."""
    language = paper.language
    at = 0 if language == "zh" else 1
    labels = [figure_label(figure, result.study)[at] or figure.id for figure in figures]
    before = f"{name}{'：' if language == 'zh' else ': '}"
    told = [(f.denominator_name_zh if language == "zh" else "") or f.denominator_name for f in figures]
    ratios = [
        ""
        if f.denominator is None or f.numerator is None
        else f"{number_text(f.numerator)} / {number_text(f.denominator)}"
        for f in figures
    ]
    columns = (
        Column(word("figure", language), "text", tuple(label.removeprefix(before) for label in labels)),
        Column(word("value", language), "amount", tuple(figure_text(f, result.study)[at] for f in figures)),
        Column(word("ratio", language), "amount", tuple(ratios)),
        Column(word("denominator_name", language), "text", tuple(told)),
    )
    paper.table(word("figures_table", language, name=name), columns, key=f"figures:{key}")


def circle_tables(paper: Paper, result: StudyResult, circle: ServiceCircle) -> None:
    """A service by district and subdistrict whole, and its worst units."""
    language, tongue = paper.language, tongue_of(result, circle)
    name = circle.service.label(language)
    for level in whole_levels(circle.tables):
        columns, total = _circle_level(circle, level, tongue)
        caption = word("level_table", language, name=name, level=title(level, tongue))
        paper.table(caption, columns, total, key=f"circle.{circle.service.id}:{level}")
    gaps = service_sheets(result, circle, name)[-1]
    if gaps.row_count:
        shown = min(WORST, gaps.row_count)
        columns = tuple(column for at, column in enumerate(gaps.columns) if at < gaps.fixed or column.kind != "text")
        paper.table(
            word("worst_table", language, name=name, n=shown),
            columns,
            key=f"circle.{circle.service.id}:gaps",
            rows=WORST,
        )
        if gaps.row_count > WORST:
            paper.small(word("cut", language, total=f"{gaps.row_count:,}"))


def analysis_tables(paper: Paper, result: StudyResult, analysis: Analysis) -> None:
    """The first topic of an analysis whole on every level above the lowest and its worst units; others as they fit."""
    tongue = tongue_of(result)
    topics = [topic for topic in analysis.topics if topic.coloured] or list(analysis.topics)
    for number, topic in enumerate(topics):
        levels = whole_levels(topic.tables)
        if number:
            levels = [level for level in levels if len(topic.tables[level]) <= MOST_ROWS][-1:]
        for level in levels:
            level_table(paper, result, analysis, topic, level)
        if not number and "community" in topic.tables and topic.coloured:
            _worst_units(paper, result, analysis, topic)
    printed = [listing for listing in analysis.listings if _acted_on(listing) and len(listing.frame)]
    for listing in printed:
        list_table(paper, result, analysis, listing)
    names = [said(listing.title, tongue) for listing in analysis.listings if listing not in printed]
    if names:
        joined = word("comma", paper.language).join(dict.fromkeys(names))
        paper.small(word("more_tables", paper.language, names=joined))


def _acted_on(listing: Listing) -> bool:
    return listing.id.startswith(ACTED_ON) or listing.id.endswith(ACTED_ON_ENDS)


def list_table(
    paper: Paper,
    result: StudyResult,
    analysis: Analysis,
    listing: Listing,
    *,
    most: int = WORST,
    wanted: Sequence[str] = (),
) -> None:
    """The rows of a list, cut to the first WORST where there are more than `most`, with the columns that fit on the
    page: those that are wanted, else the first ones."""
    tongue, frame = tongue_of(result), listing.frame
    whole = len(frame)
    rows = frame if whole <= most else frame.head(WORST)
    known = [field for field in listing.fields if field.name in rows.columns and rows[field.name].notna().any()]
    shown_fields = [field for field in known if field.name in wanted] or known[:MOST_LISTED]
    columns = tuple(field_column(rows, field, tongue, None) for field in shown_fields)
    name = said(listing.title, tongue)
    caption = name if len(rows) == whole else word("list_table", paper.language, name=name, n=len(rows))
    paper.table(caption, columns, key=f"{analysis.id}.{listing.id}:list")
    if len(rows) < whole or len(known) > len(shown_fields):
        paper.small(word("list_cut", paper.language, total=f"{whole:,}"))


def whole_levels(tables: Iterable[str]) -> list[str]:
    """The levels that are printed whole, from the whole to the part; the city alone only where there is no other."""
    known = list(tables)
    if WHOLE in known:
        return [WHOLE]
    return [level for level in LEVELS if level in known and level not in (*SHORTENED, "city")] or known[:1]


def _names(frame: pd.DataFrame, level: str, tongue: Tongue) -> tuple[Column, ...]:
    """Columns that say which unit a row is; a level with one unit alone says nothing."""
    if level == WHOLE:
        return (Column(tongue.header("all"), "text", (title("all", tongue),) * len(frame)),)
    above = [each for each in LEVELS[: LEVELS.index(level) + 1] if each in frame.columns]
    kept = [each for each in above if each == level or (each != "city" and frame[each].nunique() > 1)]
    return as_columns(frame, kept, tongue)


def _circle_level(circle: ServiceCircle, level: str, tongue: Tongue) -> tuple[tuple[Column, ...], str]:
    frame, group = circle.tables[level], circle.service.group
    names = [
        group, f"{group}_covered", f"{group}_uncovered", f"{group}_share", "straight_line_share", "facility_count",
        "units_served", "unit_count",
    ]  # fmt: skip
    columns = (*_names(frame, level, tongue), *as_columns(frame, names, tongue, totals=True))
    return columns, "" if level == WHOLE else tongue.phrase("total")


def level_table(paper: Paper, result: StudyResult, analysis: Analysis, topic: Topic, level: str) -> None:
    """All units of a level of a topic, with its total."""
    tongue, table = tongue_of(result), topic.tables[level]
    total = None if level == WHOLE else total_row(table, topic.fields)
    columns = (*_names(table, level, tongue), *_fields(table, topic, tongue, total))
    caption = word("level_table", paper.language, name=said(topic.title, tongue), level=title(level, tongue))
    paper.table(
        caption, columns, "" if total is None else tongue.phrase("total"), key=f"{analysis.id}.{topic.id}:{level}"
    )


def _worst_units(paper: Paper, result: StudyResult, analysis: Analysis, topic: Topic) -> None:
    """The lowest units that stand worst in what the topic is coloured by; those without a value aren't listed."""
    tongue, level = tongue_of(result), "community"
    first = next(field for field in topic.fields if field.name == topic.coloured[0])
    table = topic.tables[level]
    if first.words or first.kind in ("text", "flag") or first.name not in table.columns:
        return
    known = table[table[first.name] > -math.inf]  # which stands for a count that isn't shown
    rows = known.sort_values(first.name, ascending=not high_is_worse(topic, first, first), kind="stable").head(WORST)
    if known[first.name].nunique() < GRADUAL or rows[first.name].nunique() < 2:
        return  # units that are all alike have no order
    columns = (*_names(rows, level, tongue), *_fields(rows, topic, tongue, None))
    told = {"name": said(topic.title, tongue), "n": len(rows), "level": title(level, tongue)}
    paper.table(word("worst_topic_table", paper.language, **told), columns, key=f"{analysis.id}.{topic.id}:worst")
    if len(table) > len(rows):
        paper.small(word("cut", paper.language, total=f"{len(table):,}"))


def _fields(table: pd.DataFrame, topic: Topic, tongue: Tongue, total: pd.Series | None) -> tuple[Column, ...]:
    """The fields that say most: those that colour a map with what they are divided by, then the others in order."""
    known = [field for field in topic.fields if field.name in table.columns]
    parts = {name for f in known if f.name in topic.coloured and f.ratio is not None for name in f.ratio[:2]}
    ranked = sorted(known, key=lambda f: (f.name not in topic.coloured, f.name not in parts))[:MOST_COLUMNS]
    return tuple(field_column(table, field, tongue, total) for field in known if field in ranked)


def said(pair: tuple[str, str], tongue: Tongue) -> str:
    """One of two words."""
    english, chinese = pair
    return (chinese or english) if tongue.language == "zh" else (english or chinese)

"""The sheets of an analysis: its topics by level, and its lists."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from civicreach.layers import LEVELS
from civicreach.measures.analysis import Analysis, Field, Listing, Topic
from civicreach.measures.result import StudyResult
from civicreach.measures.rollup import UNIT_COUNT, WHOLE, total_row
from civicreach.report.headings import counted, cut_line, heading, title
from civicreach.report.notes import tongue_of
from civicreach.report.sheets import MAX_ROWS, Cell, Column, Kind, Sheet, Tongue, as_columns, cell, urban_word
from civicreach.report.words import pick


def analysis_sheets(result: StudyResult, analysis: Analysis) -> list[Sheet]:
    """A sheet for each level of each topic, the city's single row left out, and one for each list."""
    tongue = tongue_of(result)
    by_level = [
        replace(_level_sheet(result, analysis, topic, level, tongue), label=_said(topic, tongue))
        for topic in analysis.topics
        for level in levels_shown(topic)
    ]
    return [*by_level, *(_listing(result, analysis, listing, tongue) for listing in analysis.listings)]


def levels_shown(topic: Topic) -> list[str]:
    """The levels worth a sheet: the city's single row says no more than the total row below its districts."""
    found = [level for level in (WHOLE, *LEVELS, "urban_rural") if level in topic.tables]
    if found[:1] == ["city"] and len(topic.tables["city"]) == 1 and len(found) > 1:
        return found[1:]
    return found


def _said(of: Topic | Listing | Analysis, tongue: Tongue) -> str:
    english, chinese = of.title
    return chinese if tongue.language == "zh" else english


def _rule(rule: tuple[str, str], tongue: Tongue) -> tuple[str, ...]:
    text = rule[1] if tongue.language == "zh" else rule[0]
    return (text,) if text else ()


def _level_sheet(result: StudyResult, analysis: Analysis, topic: Topic, level: str, tongue: Tongue) -> Sheet:
    name, frame = title(level, tongue), topic.tables[level].copy()
    first = _names(frame, level, tongue, name)
    names = as_columns(frame, first, tongue)
    if level != WHOLE and UNIT_COUNT in frame.columns and level != _lowest(topic):
        names = (*names, Column(tongue.header(UNIT_COUNT), "count", _cells(frame[UNIT_COUNT], "count", tongue), None))
    total = total_row(frame, topic.fields)
    columns = (*names, *(_field(frame, each, tongue, total) for each in topic.fields if each.name in frame.columns))
    lines = heading(result, _said(analysis, tongue), _said(topic, tongue), name)
    return Sheet(
        name,
        (*lines, *_rule(topic.rule, tongue), *counted(result)),
        columns,
        fixed=max(1, len(first) - 1 if len(first) > 1 else 1),
        total="" if level == WHOLE else tongue.phrase("total"),
    )


def _lowest(topic: Topic) -> str:
    return next((level for level in reversed(LEVELS) if level in topic.tables), WHOLE)


def _names(frame: pd.DataFrame, level: str, tongue: Tongue, name: str) -> list[str]:
    """Names from the whole to the part, the unit's code, and whether it is urban; all of them columns of the frame."""
    if level == WHOLE:
        frame[WHOLE] = name
        return [WHOLE]
    if level == "urban_rural":
        frame["urban"] = [urban_word(each, tongue) for each in frame.index.tolist()]
        return ["urban"]
    code = f"{level}_id"
    if code not in frame.columns:
        frame.insert(0, code, frame.index)
    above = [each for each in LEVELS[: LEVELS.index(level) + 1] if each in frame.columns]
    shown = [each for each in above if each == level or each != "city" or frame[each].nunique() > 1]
    has_urban = "urban" in frame.columns and frame["urban"].notna().any()
    if has_urban:
        frame["urban"] = [urban_word(each, tongue) for each in frame["urban"].tolist()]
    return [*shown, code, *(["urban"] if has_urban else [])]


def _listing(result: StudyResult, analysis: Analysis, listing: Listing, tongue: Tongue) -> Sheet:
    name, rows = _said(listing, tongue), listing.frame.head(MAX_ROWS)
    cut = cut_line(len(listing.frame), tongue)
    sums = [each for each in listing.fields if each.total or each.ratio is not None]
    with_total = bool(sums) and not cut and len(rows) > 1
    total = total_row(rows, listing.fields) if with_total else None
    columns = tuple(_field(rows, each, tongue, total) for each in listing.fields if each.name in rows.columns)
    lines = (*heading(result, _said(analysis, tongue), name), *_rule(listing.rule, tongue), *cut)
    return Sheet(name, lines, columns, total=tongue.phrase("total") if with_total else "")


def _field(frame: pd.DataFrame, each: Field, tongue: Tongue, total: pd.Series | None) -> Column:
    english, chinese = each.header
    kind: Kind = "weight" if each.kind == "amount" and tongue.weighted else each.kind
    text = chinese if tongue.language == "zh" else english
    below = None if total is None or each.name not in total.index else cell(total[each.name], kind, tongue)
    values = frame[each.name]
    if each.words:
        # words of analyses are (English, Chinese), those of the report the other way round
        known = {str(key): pick((zh, en), tongue.language) for key, (en, zh) in each.words.items()}
        return Column(text, "text", tuple(known.get(str(v), _text(v)) for v in values.tolist()))
    return Column(text, kind, _cells(values, kind, tongue), below)


def _text(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _cells(values: pd.Series, kind: Kind, tongue: Tongue) -> tuple[Cell, ...]:
    return tuple(cell(value, kind, tongue) for value in values.tolist())

"""The sheets of an analysis: its topics by level, and its lists."""

from __future__ import annotations

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
    """A sheet for each topic with all of its levels, to be told apart by the first column, and one for each list."""
    tongue = tongue_of(result)
    topics = [_topic(result, analysis, topic, tongue) for topic in analysis.topics]
    return [*topics, *(_listing(result, analysis, listing, tongue) for listing in analysis.listings)]


def levels_shown(topic: Topic) -> list[str]:
    """The levels worth rows: the city's single row says no more than the total row."""
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


def _topic(result: StudyResult, analysis: Analysis, topic: Topic, tongue: Tongue) -> Sheet:
    """The rows of every level, from the whole to the part, then urban and rural; the total is that of one level."""
    levels = levels_shown(topic)
    rows = pd.concat([_rows(topic.tables[level], level, tongue) for level in levels], ignore_index=True)
    several = [c for c in LEVELS if c in rows.columns and (c != "city" or rows[c].nunique() > 1)]
    first = ["level", *several, *(c for c in ("unit_id", "urban_rural") if c in rows.columns and rows[c].notna().any())]
    names = as_columns(rows, first, tongue)
    if UNIT_COUNT in rows.columns and rows[UNIT_COUNT].notna().any():
        counts = _cells(rows[UNIT_COUNT], "count", tongue)
        whole = int(topic.tables[levels[0]][UNIT_COUNT].sum())
        names = (*names, Column(tongue.header(UNIT_COUNT), "count", counts, None if WHOLE in levels else whole))
    total = total_row(topic.tables[levels[0]], topic.fields)
    columns = (*names, *(field_column(rows, each, tongue, total) for each in topic.fields if each.name in rows.columns))
    said = _said(topic, tongue)
    lines = (
        *heading(result, *dict.fromkeys((_said(analysis, tongue), said))),
        *_rule(topic.rule, tongue),
        *counted(result),
    )
    return Sheet(said, lines, columns, fixed=len(several) + 1, total="" if WHOLE in levels else tongue.phrase("total"))


def _rows(table: pd.DataFrame, level: str, tongue: Tongue) -> pd.DataFrame:
    """The rows of a level with what the level is called, the unit's code, and urban or rural in words."""
    rows = table.assign(level=title(level, tongue))
    if level == "urban_rural":
        return rows.assign(urban_rural=[urban_word(each, tongue) for each in table.index.tolist()])
    if level != WHOLE:
        rows["unit_id"] = table.index.astype(str)
    if "urban" in table.columns:
        known = table["urban"].notna()
        words = [urban_word(each, tongue) if there else None for each, there in zip(table["urban"], known, strict=True)]
        rows["urban_rural"] = words
        rows = rows.drop(columns=UNIT_COUNT, errors="ignore")  # a lowest unit is one
    return rows


def _listing(result: StudyResult, analysis: Analysis, listing: Listing, tongue: Tongue) -> Sheet:
    name, rows = _said(listing, tongue), listing.frame.head(MAX_ROWS)
    cut = cut_line(len(listing.frame), tongue)
    sums = [each for each in listing.fields if each.total or each.ratio is not None]
    with_total = bool(sums) and not cut and len(rows) > 1
    total = total_row(rows, listing.fields) if with_total else None
    columns = tuple(field_column(rows, each, tongue, total) for each in listing.fields if each.name in rows.columns)
    lines = (*heading(result, *dict.fromkeys((_said(analysis, tongue), name))), *_rule(listing.rule, tongue), *cut)
    return Sheet(name, lines, columns, total=tongue.phrase("total") if with_total else "")


def field_column(frame: pd.DataFrame, each: Field, tongue: Tongue, total: pd.Series | None) -> Column:
    """The column of a field, with what `total` says of it in the total row."""
    english, chinese = each.header
    told: dict[str, Kind] = {"number": "decimal", "amount": "weight" if tongue.weighted else "amount"}
    kind: Kind = told.get(each.kind, each.kind)
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

"""Which tables a study's workbook holds, in the order in which they are read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from civicreach.errors import Note
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult
from civicreach.measures.words import unit_words
from civicreach.report.headings import counted, cut_line, heading, title
from civicreach.report.merging import analysis_pages, service_pages
from civicreach.report.notes import data_notes, note_of, tongue_of, warnings_told
from civicreach.report.sheet_names import short_labels
from civicreach.report.sheets import MAX_ROWS, Column, Kind, Sheet, Tongue, as_columns, starts
from civicreach.report.words import CONFIDENCE, STATUSES, UNITS, look_up, profile_word, reason, source_words
from civicreach.study import Language

STATUS_ORDER = ("covered", "beyond", "edge", "unsnapped", "outside")
"""The last is in no share."""


def all_sheets(result: StudyResult) -> list[Sheet]:
    """Every sheet of a study's workbook but the list of them."""
    tongue = tongue_of(result)
    labels = short_labels([circle.service.label(tongue.language) for circle in result.services], [])
    themes = [
        (tongue.phrase("overview"), [_scorecard(result, tongue), _statuses(result, tongue)]),
        (tongue.phrase("circles"), service_pages(result, labels)),
        *((analysis.title[tongue.language == "zh"], analysis_pages(result, analysis)) for analysis in result.analyses),
        (
            tongue.phrase("explained"),
            [
                _snap_report(result, tongue),
                _standards(result, tongue),
                _warnings(result, tongue),
                _data_note(result, tongue),
            ],
        ),
    ]
    return [replace(sheet, theme=theme) for theme, sheets in themes for sheet in sheets]


def list_of_sheets(result: StudyResult, sheets: Sequence[Sheet], names: Sequence[str]) -> Sheet:
    """The list of a workbook's tables, on sheets that go by `names`: each row leads to its table."""
    tongue = tongue_of(result)
    name = title("contents", tongue)
    common = heading(result, "")[0]
    tables = [
        (table, place, start, sheet.theme)
        for sheet, place in zip(sheets, names, strict=True)
        for table, start in zip((sheet, *sheet.more), starts(sheet, bool(note_of(result))), strict=True)
    ]
    columns = (
        Column(tongue.header("sheet"), "text", tuple(place for _, place, _, _ in tables)),
        Column(tongue.header("theme"), "text", tuple(theme for _, _, _, theme in tables)),
        Column(tongue.header("holds"), "text", tuple(table.lines[0].removeprefix(common) for table, *_ in tables)),
        Column(tongue.header("row_count"), "count", tuple(table.row_count for table, *_ in tables)),
    )
    links = tuple(f"'{place.replace(chr(39), 2 * chr(39))}'!A{start}" for _, place, start, _ in tables)
    return Sheet(name, heading(result, name), columns, links=links)


def _scorecard(result: StudyResult, tongue: Tongue) -> Sheet:
    language, figures = tongue.language, result.figures

    def column(key: str, values: list[str]) -> Column:
        return Column(tongue.header(key), "text", tuple(values))

    def numbers(key: str, values: list[float | None]) -> Column:
        kinds: list[Kind] = ["weight" if tongue.weighted else "amount" for _ in values]
        if key == "value":
            known: dict[str, Kind] = {"share": "share", "min": "minutes"}
            kinds = [
                known.get(f.unit, _with_decimals(f.decimals, kind)) for f, kind in zip(figures, kinds, strict=True)
            ]
        return Column(tongue.header(key), "amount", tuple(values), kinds=tuple(kinds))

    labels = [(f.label_zh if language == "zh" else f.label) or f.label_zh or f.label or f.id for f in figures]
    definitions = [(f.definition_zh if language == "zh" else f.definition) or f.definition for f in figures]
    told = [(f.denominator_name_zh if language == "zh" else "") or f.denominator_name for f in figures]
    theme = {figure.id: circle.service.label(language) for circle in result.services for figure in circle.figures}
    for analysis in result.analyses:
        theme |= {figure.id: analysis.title[1 if language == "zh" else 0] for figure in analysis.figures}
    columns = (
        column("figure", labels),
        numbers("value", [f.value for f in figures]),
        column("unit", [_unit(result, f) for f in figures]),
        column("definition", definitions),
        numbers("numerator", [f.numerator for f in figures]),
        numbers("denominator", [f.denominator for f in figures]),
        column("denominator_name", told),
        column("sources", [source_words(result.study, f.sources) for f in figures]),
        column("figure_id", [f.id for f in figures]),
        column("confidence", [_confidence(f, language) for f in figures]),
        column("theme", [theme.get(f.id, "") for f in figures]),
    )
    name = title("scorecard", tongue)
    return Sheet(name, (*heading(result, name), *counted(result)), columns)


def _with_decimals(decimals: int, kind: Kind) -> Kind:
    """The kind of a figure that people read with so many decimals."""
    return "decimal" if decimals > 1 else "minutes" if decimals else kind


def _confidence(figure: Figure, language: Language) -> str:
    """How far the weakest of a figure's sources has been checked; nothing where it names none."""
    known = [key for key in CONFIDENCE if any(source.endswith(f"[{key}]") for source in figure.sources)]
    return look_up(CONFIDENCE, known[-1], language) if known else ""


def _unit(result: StudyResult, figure: Figure) -> str:
    """The unit of a figure's value; a group's own, where the unit is a group: weights have none."""
    language = result.study.study.language
    if figure.unit in result.demand.groups:
        english, chinese = unit_words(result.study, figure.unit)
        return chinese if language == "zh" else english
    return (figure.unit_zh if language == "zh" else "") or look_up(UNITS, figure.unit, language)


def _statuses(result: StudyResult, tongue: Tongue) -> Sheet:
    """All demand by status, for each service: its headline group, and the share of those in the areas."""
    language = tongue.language
    words = [look_up(STATUSES, status, language) for status in STATUS_ORDER]
    words[STATUS_ORDER.index("beyond")] = tongue.phrase("beyond_only")
    columns = [Column(tongue.header("status"), "text", tuple(words))]
    for circle in result.services:
        group = circle.service.group
        amounts = result.demand.amount(group).groupby(circle.demand["status"].astype(str)).sum()
        values = tuple(float(amounts.get(status, 0.0)) for status in STATUS_ORDER)
        if any(0 < value < (result.study.study.suppress_below or 0) for value in values):
            continue  # the other rows and the sum would tell the small one
        if result.hidden and any(f.value is None for f in circle.figures if f.id.endswith(".people_share")):
            continue  # what the row below the service's tables doesn't tell
        inside = math.fsum(values[:-1])
        shares = (*(value / inside if inside else None for value in values[:-1]), None)
        label = f"{circle.service.label(language)} {tongue.groups[group]}"
        columns.append(Column(label, "weight" if tongue.weighted else "amount", values, math.fsum(values)))
        whole = 1.0 if inside else None
        columns.append(Column(f"{label} {tongue.header('share')}", "share", shares, whole))
    name = title("weight_statuses" if tongue.weighted else "statuses", tongue)
    lines = (*heading(result, name), *counted(result))
    return Sheet(name, lines, tuple(columns), total=tongue.phrase("total"))


def _snap_report(result: StudyResult, tongue: Tongue) -> Sheet:
    report = result.snap_report
    frame = pd.DataFrame(report.drop(columns=report.active_geometry_name)).head(MAX_ROWS).copy()
    services = {service.id: service.label(tongue.language) for service in result.study.services}
    services["demand"] = tongue.phrase("demand")
    frame["layer"] = [services.get(str(each), str(each)) for each in frame["layer"]]
    frame["reason"] = [reason(each, tongue.language) for each in frame["reason"]]
    name = title("snap_report", tongue)
    lines = (*heading(result, name), *cut_line(len(report), tongue))
    return Sheet(name, lines, as_columns(frame, [str(c) for c in frame.columns], tongue))


STANDARD_KEYS = ["standard", "value", "unit", "clause", "source", "confidence", "key"]


def standards_columns(result: StudyResult, tongue: Tongue) -> tuple[Column, ...]:
    """Standards and profiles that the numbers rest on: value, unit, clause, source, how far checked, and the key."""
    return as_columns(pd.DataFrame(_standard_rows(result, tongue), columns=STANDARD_KEYS), STANDARD_KEYS, tongue)


def _standards(result: StudyResult, tongue: Tongue) -> Sheet:
    """The standards, with those marked that aren't checked against their source."""
    rows = _standard_rows(result, tongue)
    marked = frozenset(i for i, row in enumerate(rows) if row["confidence"] != "verified")
    name = title("standards", tongue)
    return Sheet(name, heading(result, name), standards_columns(result, tongue), marked=marked)


def _standard_rows(result: StudyResult, tongue: Tongue) -> list[dict[str, str | float]]:
    language = tongue.language
    rows: list[dict[str, str | float]] = [
        {
            "standard": s.name_zh if language == "zh" else s.name_en,
            "value": s.value,
            "unit": look_up(UNITS, s.unit, language),
            "clause": Note.told(s.clauses, language),
            "source": Note.told(s.sources, language),
            "confidence": s.confidence,
            "key": s.key,
        }
        for s in result.standards_used.values()
    ]
    used = {circle.service.profile: result.study.profiles[circle.service.profile] for circle in result.services}
    rows += [
        {
            "standard": tongue.phrase("speed").format(profile=profile_word(profile, language)),
            "value": profile.speed_mps,
            "unit": look_up(UNITS, "m/s", language),
            "clause": "",
            "source": Note.told(profile.sources, language),
            "confidence": profile.confidence,
            "key": name,
        }
        for name, profile in used.items()
    ]
    return rows


def _warnings(result: StudyResult, tongue: Tongue) -> Sheet:
    words = warnings_told(result) or (tongue.phrase("none"),)
    numbers = tuple(range(1, len(words) + 1)) if result.warnings else (None,)
    columns = (
        Column(tongue.header("number"), "count", numbers),
        Column(tongue.header("warning"), "text", tuple(words)),
    )
    name = title("warnings", tongue)
    return Sheet(name, heading(result, name), columns)


def _data_note(result: StudyResult, tongue: Tongue) -> Sheet:
    items = data_notes(result)
    columns = (
        Column(tongue.header("item"), "text", tuple(items)),
        Column(tongue.header("content"), "text", tuple(items.values())),
    )
    name = title("data_note", tongue)
    return Sheet(name, heading(result, name), columns)

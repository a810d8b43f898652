"""Which tables a study's workbook holds, in the order in which they are read."""

from __future__ import annotations

import math

import pandas as pd

from civicreach.layers import LEVELS
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.report.notes import data_notes, place, standard_line, tongue_of
from civicreach.report.sheets import MAX_ROWS, Column, Kind, Sheet, Tongue, as_columns, urban_word, with_index
from civicreach.report.words import (
    PHRASES,
    PROFILES,
    SHEETS,
    STATUSES,
    UNITS,
    denominator_word,
    group_word,
    header,
    look_up,
    pick,
    reason,
    source_words,
)

STATUS_ORDER = ("covered", "beyond", "edge", "unsnapped", "outside")
"""The last is in no share."""


def all_sheets(result: StudyResult) -> list[Sheet]:
    """Every sheet of a study's workbook."""
    tongue = tongue_of(result)
    sheets = [_scorecard(result, tongue), _statuses(result, tongue)]
    for circle in result.services:
        sheets += _service_sheets(result, circle)
    return [
        *sheets,
        _snap_report(result, tongue),
        _standards(result, tongue),
        _warnings(result, tongue),
        _data_note(result, tongue),
    ]


def _heading(result: StudyResult, *what: str) -> tuple[str, ...]:
    return (" · ".join((f"{place(result)} {result.study.study.year}", *what)),)


def _weight_line(result: StudyResult) -> tuple[str, ...]:
    note = result.demand.note or result.study.demand.weight_note
    return (pick(PHRASES["counts"], result.study.study.language).format(note=note),) if note else ()


def _sheet_name(key: str, tongue: Tongue) -> str:
    return look_up(SHEETS, key, tongue.language)


def _scorecard(result: StudyResult, tongue: Tongue) -> Sheet:
    language, figures = tongue.language, result.figures

    def column(key: str, values: list[str]) -> Column:
        return Column(header(key, language), "text", tuple(values))

    def numbers(key: str, values: list[float | None]) -> Column:
        kinds: list[Kind] = ["count" if v is None or float(v).is_integer() else "amount" for v in values]
        if key == "value":
            kinds = ["share" if f.unit == "share" else k for f, k in zip(figures, kinds, strict=True)]
        return Column(header(key, language), "amount", tuple(values), kinds=tuple(kinds))

    labels = [(f.label_zh if language == "zh" else f.label) or f.label_zh or f.label or f.id for f in figures]
    definitions = [(f.definition_zh if language == "zh" else f.definition) or f.definition for f in figures]
    columns = (
        column("figure", labels),
        numbers("value", [f.value for f in figures]),
        column("unit", [look_up(UNITS, f.unit, language) for f in figures]),
        column("definition", definitions),
        numbers("numerator", [f.numerator for f in figures]),
        numbers("denominator", [f.denominator for f in figures]),
        column("denominator_name", [denominator_word(f.denominator_name, language) for f in figures]),
        column("sources", [source_words(f.sources, language) for f in figures]),
        column("figure_id", [f.id for f in figures]),
    )
    name = _sheet_name("scorecard", tongue)
    return Sheet(name, (*_heading(result, name), *_weight_line(result)), columns)


def _statuses(result: StudyResult, tongue: Tongue) -> Sheet:
    """All demand by status, for each service: its headline group, and the share of those in the areas."""
    language = tongue.language
    words = [look_up(STATUSES, status, language) for status in STATUS_ORDER]
    columns = [Column(header("status", language), "text", tuple(words))]
    for circle in result.services:
        group = circle.service.group
        amounts = result.demand.amount(group).groupby(circle.demand["status"].astype(str)).sum()
        values = tuple(float(amounts.get(status, 0.0)) for status in STATUS_ORDER)
        inside = math.fsum(values[:-1])
        shares = (*(value / inside if inside else None for value in values[:-1]), None)
        label = f"{circle.service.label(language)} {group_word(group, language)}"
        columns.append(Column(label, "amount", values, math.fsum(values)))
        whole = 1.0 if inside else None
        columns.append(Column(f"{label} {header('share', language)}", "share", shares, whole))
    name = _sheet_name("statuses", tongue)
    lines = (*_heading(result, name), *_weight_line(result))
    return Sheet(name, lines, tuple(columns), total=tongue.phrase("total"))


def _service_sheets(result: StudyResult, circle: ServiceCircle) -> list[Sheet]:
    tongue = tongue_of(result, circle)
    sheets = [_level_sheet(result, circle, level, tongue) for level in _levels(circle)]
    return [*sheets, _facilities(result, circle, tongue), _gaps(result, circle, tongue)]


def _levels(circle: ServiceCircle) -> list[str]:
    """The levels worth a sheet: the city's single row says no more than the total row below its districts."""
    found = [level for level in ("all", *LEVELS, "urban_rural") if level in circle.tables]
    if found[:1] == ["city"] and len(circle.tables["city"]) == 1 and len(found) > 1:
        return found[1:]
    return found


def _lines(result: StudyResult, circle: ServiceCircle, sheet: str, tongue: Tongue) -> tuple[str, ...]:
    label = circle.service.label(tongue.language)
    return (*_heading(result, label, sheet), standard_line(result, circle), *_weight_line(result))


def _level_sheet(result: StudyResult, circle: ServiceCircle, level: str, tongue: Tongue) -> Sheet:
    sheet = _sheet_name(level, tongue)
    frame = circle.tables[level].copy()
    code = {"urban_rural": "urban", "all": "all"}.get(level, f"{level}_id")
    if code not in frame.columns:
        frame.insert(0, code, frame.index)
    if level in frame.columns and code != "urban":
        nowhere = look_up(STATUSES, "outside", tongue.language)
        known = pd.Series(frame.index.notna(), index=frame.index)
        frame[level] = frame[level].astype(object).where(known, nowhere)
    if code == "urban":
        frame["urban"] = [urban_word(each, tongue) for each in frame["urban"].tolist()]
    if code == "all":
        frame["all"] = sheet
    first = _names_above(frame, level)
    rest = [c for c in frame.columns if c not in first and c not in LEVELS and not _is_code(c, code)]
    columns = as_columns(frame, [*first, *_in_reading_order(rest, tongue)], tongue, totals=True)
    return Sheet(
        sheet,
        _lines(result, circle, sheet, tongue),
        columns,
        fixed=max(1, len(first) - 1 if len(first) > 1 else 1),
        total="" if code == "all" else tongue.phrase("total"),
        label=circle.service.label(tongue.language),
    )


def _names_above(frame: pd.DataFrame, level: str) -> list[str]:
    """Names from the whole to the part, then the unit's own code; a city that all rows share is left out."""
    if level not in LEVELS:
        return ["urban" if level == "urban_rural" else "all"]
    above = [each for each in LEVELS[: LEVELS.index(level) + 1] if each in frame.columns]
    names = [each for each in above if each == level or each != "city" or frame[each].nunique() > 1]
    return [*names, f"{level}_id", *(["urban"] if "urban" in frame.columns else [])]


def _in_reading_order(columns: list[str], tongue: Tongue) -> list[str]:
    """The headline group first, then units and facilities, then the other groups, then what else there is."""
    patterns = ("{}", "{}_covered", "{}_share", "{}_uncovered", "{}_unsnapped", "{}_edge")
    units = ("facility_count", "present", "unit_count", "units_present", "presence_share")
    served = ("served", "units_served", "served_share")
    others = [group for group in tongue.groups if group != tongue.headline]
    wanted = [pattern.format(tongue.headline) for pattern in patterns]
    wanted += ["straight_line_share", *units, *served]
    wanted += [pattern.format(group) for group in others for pattern in patterns]
    found = [column for column in wanted if column in columns]
    return found + [column for column in columns if column not in found]


def _is_code(column: str, own: str) -> bool:
    return column != own and column in {f"{level}_id" for level in LEVELS}


def _facilities(result: StudyResult, circle: ServiceCircle, tongue: Tongue) -> Sheet:
    frame = pd.DataFrame(circle.facilities.drop(columns=circle.facilities.active_geometry_name))
    frame.insert(0, "facility_id", frame.pop("facility_id") if "facility_id" in frame else frame.index)
    names = ["name", "facility_id", *(c for c in frame.columns if c not in ("name", "facility_id"))]
    sheet = _sheet_name("facilities", tongue)
    columns = as_columns(frame, names, tongue, totals=True)
    unit = circle.service.capacity_unit or circle.facilities_layer.capacity_unit
    if unit and "capacity" in frame.columns:
        at = names.index("capacity")
        old, word = columns[at], look_up(UNITS, unit, tongue.language)
        text = f"{old.header}（{word}）" if tongue.language == "zh" else f"{old.header} ({word})"
        columns = (*columns[:at], Column(text, old.kind, old.values, old.total), *columns[at + 1 :])
    return Sheet(
        sheet,
        _lines(result, circle, sheet, tongue),
        columns,
        total=tongue.phrase("total"),
        label=circle.service.label(tongue.language),
    )


def _gaps(result: StudyResult, circle: ServiceCircle, tongue: Tongue) -> Sheet:
    """Units worst first; without areas every point is one, and a list that is cut has no total row."""
    frame = with_index(pd.DataFrame(circle.gaps.drop(columns=circle.gaps.active_geometry_name)).head(MAX_ROWS))
    sheet, cut = _sheet_name("gaps", tongue), _cut_line(len(circle.gaps), tongue)
    names = [level for level in LEVELS if level in frame.columns]
    first = [each for each in names if each != "city" or frame[each].nunique() > 1 or len(names) == 1]
    codes = [f"{level}_id" for level in LEVELS]
    rest = [c for c in frame.columns if c not in first and c not in codes and c not in LEVELS]
    own = [c for c in reversed(codes) if c in frame.columns][:1]
    columns = as_columns(frame, [*first, *own, *rest], tongue, totals=True)
    return Sheet(
        sheet,
        (*_lines(result, circle, sheet, tongue), *cut),
        columns,
        fixed=max(1, len(first)),
        total="" if cut else tongue.phrase("total"),
        label=circle.service.label(tongue.language),
    )


def _snap_report(result: StudyResult, tongue: Tongue) -> Sheet:
    report = result.snap_report
    frame = pd.DataFrame(report.drop(columns=report.active_geometry_name)).head(MAX_ROWS).copy()
    services = {circle.service.id: circle.service.label(tongue.language) for circle in result.services}
    services["demand"] = tongue.phrase("demand")
    frame["layer"] = [services.get(str(each), str(each)) for each in frame["layer"]]
    frame["reason"] = [reason(str(each), tongue.language) for each in frame["reason"]]
    name = _sheet_name("snap_report", tongue)
    lines = (*_heading(result, name), *_cut_line(len(report), tongue))
    return Sheet(name, lines, as_columns(frame, [str(c) for c in frame.columns], tongue))


def _cut_line(rows: int, tongue: Tongue) -> tuple[str, ...]:
    """What is said above a list that doesn't hold all of its rows."""
    if rows <= MAX_ROWS:
        return ()
    return (tongue.phrase("cut").format(total=f"{rows:,}", shown=f"{MAX_ROWS:,}"),)


def _standards(result: StudyResult, tongue: Tongue) -> Sheet:
    """Standards and profiles that the numbers rest on; those not checked against their source are marked."""
    language = tongue.language
    rows = [
        {
            "standard": s.name_zh if language == "zh" else s.name_en,
            "value": s.value,
            "unit": look_up(UNITS, s.unit, language),
            "clause": s.clause,
            "source": s.source,
            "confidence": s.confidence,
            "key": s.key,
        }
        for s in result.study.standards_used().values()
    ]
    used = {circle.service.profile: result.study.profiles[circle.service.profile] for circle in result.services}
    rows += [
        {
            "standard": look_up(PROFILES, name, language),
            "value": profile.speed_mps,
            "unit": "m/s",
            "clause": "",
            "source": profile.source,
            "confidence": profile.confidence,
            "key": name,
        }
        for name, profile in used.items()
    ]
    keys = ["standard", "value", "unit", "clause", "source", "confidence", "key"]
    frame = pd.DataFrame(rows, columns=keys)
    marked = frozenset(i for i, row in enumerate(rows) if row["confidence"] != "verified")
    name = _sheet_name("standards", tongue)
    return Sheet(name, _heading(result, name), as_columns(frame, keys, tongue), marked=marked)


def _warnings(result: StudyResult, tongue: Tongue) -> Sheet:
    words = result.warnings or (tongue.phrase("none"),)
    numbers = tuple(range(1, len(words) + 1)) if result.warnings else (None,)
    columns = (
        Column(header("number", tongue.language), "count", numbers),
        Column(header("warning", tongue.language), "text", tuple(words)),
    )
    name = _sheet_name("warnings", tongue)
    return Sheet(name, _heading(result, name), columns)


def _data_note(result: StudyResult, tongue: Tongue) -> Sheet:
    items = data_notes(result)
    columns = (
        Column(header("item", tongue.language), "text", tuple(items)),
        Column(header("content", tongue.language), "text", tuple(items.values())),
    )
    name = _sheet_name("data_note", tongue)
    return Sheet(name, _heading(result, name), columns)

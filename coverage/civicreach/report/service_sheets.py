"""The sheets of one service: coverage by level, facilities, gaps."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from civicreach.layers import LEVELS
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.report.headers import OF_THE_UNCOVERED
from civicreach.report.headings import cut_line, service_lines, title
from civicreach.report.notes import tongue_of
from civicreach.report.sheets import MAX_ROWS, Column, Sheet, Tongue, as_columns, urban_word, with_index
from civicreach.report.words import STATUSES, UNITS, look_up, pick


def service_sheets(result: StudyResult, circle: ServiceCircle, label: str) -> list[Sheet]:
    """A service's tables by level, its facilities and its gaps; `label` is what names of the sheets call it."""
    tongue = tongue_of(result, circle)
    sheets = [_level_sheet(result, circle, level, tongue) for level in _levels(circle)]
    sheets += [_facilities(result, circle, tongue), _gaps(result, circle, tongue)]
    return [replace(sheet, label=label) for sheet in sheets]


def service_title(result: StudyResult, circle: ServiceCircle) -> str:
    """What a service is called in the study's language."""
    return circle.service.label(tongue_of(result).language)


def _levels(circle: ServiceCircle) -> list[str]:
    """The levels worth a sheet: the city's single row says no more than the total row below its districts."""
    found = [level for level in ("all", *LEVELS, "urban_rural") if level in circle.tables]
    if found[:1] == ["city"] and len(circle.tables["city"]) == 1 and len(found) > 1:
        return found[1:]
    return found


def _level_sheet(result: StudyResult, circle: ServiceCircle, level: str, tongue: Tongue) -> Sheet:
    sheet = title(level, tongue)
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
        service_lines(result, circle, sheet),
        columns,
        fixed=max(1, len(first) - 1 if len(first) > 1 else 1),
        total="" if code == "all" else tongue.phrase("total"),
    )


def _names_above(frame: pd.DataFrame, level: str) -> list[str]:
    """Names from the whole to the part, then the unit's own code; a city that all rows share is left out."""
    if level not in LEVELS:
        return ["urban" if level == "urban_rural" else "all"]
    above = [each for each in LEVELS[: LEVELS.index(level) + 1] if each in frame.columns]
    names = [each for each in above if each == level or each != "city" or frame[each].nunique() > 1]
    return [*names, f"{level}_id", *(["urban"] if "urban" in frame.columns else [])]


def _in_reading_order(columns: list[str], tongue: Tongue) -> list[str]:
    """The headline group with the parts of what it lacks, units and facilities, other groups, what else there is."""
    patterns = ("{}", "{}_covered", "{}_share", "{}_uncovered", "{}_unsnapped", "{}_edge")
    units = ("facility_count", "present", "unit_count", "units_present", "presence_share")
    served = ("served", "units_served", "served_share")
    others = [group for group in tongue.groups if group != tongue.headline]
    wanted = [pattern.format(tongue.headline) for pattern in patterns]
    wanted += ["straight_line", "straight_line_share", *units, *served]
    wanted += [pattern.format(group) for group in others for pattern in patterns]
    found = [column for column in wanted if column in columns]
    return found + [column for column in columns if column not in found]


def _is_code(column: str, own: str) -> bool:
    return column != own and column in {f"{level}_id" for level in LEVELS}


def _facilities(result: StudyResult, circle: ServiceCircle, tongue: Tongue) -> Sheet:
    frame = pd.DataFrame(circle.facilities.drop(columns=circle.facilities.active_geometry_name))
    frame.attrs |= circle.facilities.attrs
    frame.insert(0, "facility_id", frame.pop("facility_id") if "facility_id" in frame else frame.index)
    names = ["name", "facility_id", *(c for c in frame.columns if c not in ("name", "facility_id"))]
    sheet = title("facilities", tongue)
    columns = as_columns(frame, names, tongue, totals=True)
    unit = circle.service.capacity_unit or circle.facilities_layer.capacity_unit
    if unit and "capacity" in frame.columns:
        at = names.index("capacity")
        old, word = columns[at], look_up(UNITS, unit, tongue.language)
        text = f"{old.header}（{word}）" if tongue.language == "zh" else f"{old.header} ({word})"
        columns = (*columns[:at], replace(old, header=text), *columns[at + 1 :])
    return Sheet(
        sheet,
        service_lines(result, circle, sheet),
        columns,
        total=tongue.phrase("total"),
    )


def _gaps(result: StudyResult, circle: ServiceCircle, tongue: Tongue) -> Sheet:
    """Units worst first; without areas every point is one, and a list that is cut has no total row."""
    frame = with_index(pd.DataFrame(circle.gaps.drop(columns=circle.gaps.active_geometry_name)).head(MAX_ROWS))
    frame.attrs |= circle.gaps.attrs
    sheet, cut = title("gaps", tongue), cut_line(len(circle.gaps), tongue)
    names = [level for level in LEVELS if level in frame.columns]
    first = [each for each in names if each != "city" or frame[each].nunique() > 1 or len(names) == 1]
    codes = [f"{level}_id" for level in LEVELS]
    rest = [c for c in frame.columns if c not in first and c not in codes and c not in LEVELS]
    own = [c for c in reversed(codes) if c in frame.columns][:1]
    shown = [*first, *own, *rest]
    columns = as_columns(frame, shown, tongue, totals=True)
    if "nearest_min" in shown:
        at = shown.index("nearest_min")
        columns = (*columns[:at], _median_of_uncovered(columns[at], tongue), *columns[at + 1 :])
    return Sheet(
        sheet,
        (*service_lines(result, circle, sheet), *cut),
        columns,
        fixed=max(1, len(first)),
        total="" if cut else tongue.phrase("total"),
    )


def _median_of_uncovered(nearest: Column, tongue: Tongue) -> Column:
    """The column that says how far the uncovered of a unit are, with words where half of them reach nothing."""
    kind = "weights" if tongue.weighted else "people"
    values = tuple(tongue.phrase("no_way") if value is None else value for value in nearest.values)
    return replace(nearest, header=pick(OF_THE_UNCOVERED[kind, tongue.limit_unit], tongue.language), values=values)

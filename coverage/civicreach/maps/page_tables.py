"""What the page tells in words and numbers: study, figures, tables, gap lists and facilities, as plain JSON values."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from civicreach.layers import Areas
from civicreach.maps.layers_data import ISOCHRONE_DETAIL_M, PER_UNIT, bands_of
from civicreach.maps.palette import Ramp, ramp
from civicreach.maps.spoken import cited, figure_label, figure_text, group_name, told, unit_name
from civicreach.maps.words import WORDS
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.rollup import TOTALS
from civicreach.measures.small_counts import SMALL
from civicreach.measures.words import limit_apart, profile_words
from civicreach.reach.rings import Grid
from civicreach.study import PageSpec, Study

HIDDEN = "<"
"""Stands for a count that is too small to be shown."""

EXACT = PEOPLE_DECIMALS
"""Decimals of people: as many as there are, so that nothing is rounded before it is rounded to be read."""

SHARES = 12


def number(value: Any, digits: int = 4) -> float | int | str | None:
    """A finite number rounded for the page, whole where it is whole; None for anything else but hidden counts.

    >>> number(2.0), number(1 / 3), number(float("nan"))
    (2, 0.3333, None)
    """
    if value is None or value is pd.NA:
        return None
    found = float(value)
    if found == SMALL:
        return HIDDEN
    if not math.isfinite(found):
        return None
    found = round(found, digits)
    return int(found) if found.is_integer() else found


def numbers(values: pd.Series, digits: int = 4) -> list[float | int | str | None]:
    """The same for a whole column."""
    return [number(value, digits) for value in values.to_numpy(dtype=object)]


def study_head(result: StudyResult) -> dict[str, Any]:
    """The title block's contents."""
    head = result.study.study
    return {
        "name": [head.name, head.name_en or head.name],
        "year": head.year,
        "date": head.date,
        "data_date": head.data_date,
        "language": head.language,
        "author": head.author,
        "review": head.review_number,
        "footer": _footer(result.study.page),
        "note": [head.data_note or head.data_note_en, head.data_note_en or head.data_note],
        "synthetic": head.synthetic,
        "below": head.suppress_below,
        "private": result.study.roads.private_access,
        "counts": told(result.demand.note or result.study.demand.weight_note),
        "groups": list(result.demand.groups),
        "group_words": {group: group_name(result.study, group) for group in result.demand.groups},
        "unit_words": {group: unit_name(result.study, group) for group in result.demand.groups},
        "sources": _sources(result),
        "attribution": result.attribution,
        "crs": result.crs,
    }


def _footer(page: PageSpec) -> list[str] | None:
    """The words of the footer of internal maps in both languages; None where the study has none."""
    if not page.internal:
        return None
    chinese, english = WORDS["footer"]
    return [page.footer or page.footer_en or chinese, page.footer_en or page.footer or english]


def _sources(result: StudyResult) -> list[list[str]]:
    layers = [result.demand.source, result.areas.source if result.areas is not None else ""]
    layers += [service.facilities_layer.source for service in result.services]
    return [told(source) for source in sorted({source for source in layers if source})]


def figure_entry(figure: Figure, study: Study) -> dict[str, Any]:
    """A figure with the text that people read, the same as in tables and reports."""
    return {
        "id": figure.id,
        "value": number(figure.value, 12),
        "text": figure_text(figure, study),
        "label": figure_label(figure, study),
        "definition": [figure.definition_zh or figure.definition, figure.definition or figure.definition_zh],
        "numerator": number(figure.numerator),
        "denominator": number(figure.denominator),
        "denominator_name": [figure.denominator_name_zh or figure.denominator_name, figure.denominator_name],
        "sources": [cited(source) for source in figure.sources],
    }


def service_head(index: int, service: ServiceCircle, result: StudyResult) -> dict[str, Any]:
    """One theme of the page: the question, its figures, tables, gaps and facilities."""
    spec, areas = service.service, result.areas
    within = (
        service.service_area.attrs.get("within_m", Grid().bound_m) + ISOCHRONE_DETAIL_M + 1.0
    )  # and the rounding of its corners
    return {
        "id": spec.id,
        "name": [spec.name, spec.name_en or spec.name],
        "group": spec.group,
        "limit": number(service.limit),
        "unit": service.limit_unit,
        "per_unit": PER_UNIT[service.limit_unit],
        "bands": [number(band) for band in bands_of(service)],
        "profile": list(reversed(profile_words(service.profile))),
        "mode": service.profile.mode,
        "speed": number(service.profile.speed_mps),
        "standard": _standard(service, result),
        "ramp": ramp_entry(ramp(index)),
        "within": math.ceil(within),
        "figures": [figure_entry(figure, result.study) for figure in service.figures],
        "facilities": _facilities(service),
        "total": _total(service),
        "tables": {level: _table(level, service, areas) for level in _levels(service, areas)},
        "gaps": _gaps(service, result),
    }


def ramp_entry(colours: Ramp) -> dict[str, Any]:
    """A theme's colours."""
    return {"colours": list(colours.light_to_dark), "accent": colours.accent, "deep": colours.deep}


def _standard(service: ServiceCircle, result: StudyResult) -> dict[str, Any] | None:
    key = service.service.standard
    if key is None:
        return None
    found = result.study.standards[key]
    english, chinese = found.name_en, found.name_zh
    if apart := limit_apart(result.study, service.limit, service.limit_unit, key):
        english, chinese = f"{english}, {apart[0]}", f"{chinese}，{apart[1]}"
    return {"name": [chinese, english], "clause": told(found.clauses), "confidence": found.confidence}


def _facilities(service: ServiceCircle) -> dict[str, Any]:
    frame, groups = service.facilities, [c[10:] for c in service.facilities.columns if c.startswith("catchment_")]
    capacity = frame["capacity"] if "capacity" in frame.columns else pd.Series(float("nan"), index=frame.index)
    return {
        "id": [str(i) for i in frame.index],
        "name": [str(name) for name in frame["name"]],
        "capacity": numbers(capacity),
        "unit": service.facilities_layer.capacity_unit or service.service.capacity_unit,
        "gap": numbers(frame["gap_m"], 1),
        "snapped": [bool(s) for s in frame["snapped"]],
        "groups": groups,
        "catchment": {group: numbers(frame[f"catchment_{group}"], EXACT) for group in groups},
        "reached": {g: numbers(frame[f"reached_{g}"], EXACT) for g in groups if f"reached_{g}" in frame.columns},
    }


def _levels(service: ServiceCircle, areas: Areas | None) -> list[str]:
    known = areas.levels if areas is not None else ()
    return [level for level in dict.fromkeys((*known, "urban_rural")) if level in service.tables]


def _table(level: str, service: ServiceCircle, areas: Areas | None) -> dict[str, Any]:
    """A level's table in the order of the level's units, so that row i is shape i."""
    table, group = service.tables[level], service.service.group
    if areas is not None and level in areas.levels:
        table = table.reindex(areas.units(level).index)
    names = [str(i) for i in table.index]
    total, covered = table[group], table[f"{group}_covered"]
    shares = (covered.astype(float) / total.astype(float).where(total > 0)).replace([math.inf, -math.inf], math.nan)
    share = table[f"{group}_share"] if f"{group}_share" in table.columns else shares
    found: dict[str, Any] = {
        "id": names,
        "total": numbers(total, EXACT),
        "covered": numbers(covered, EXACT),
        "share": numbers(share, SHARES),
    }
    for column, key in (("straight_line_share", "straight"), ("facility_count", "sites")):
        found[key] = numbers(table[column], SHARES) if column in table.columns else [None] * len(table)
    return found


def _total(service: ServiceCircle) -> dict[str, Any] | None:
    """The whole place: the sums of the highest level."""
    group = service.service.group
    if not service.tables:
        return None
    top = next(iter(service.tables.values()))
    sums = top.attrs.get(TOTALS, {})
    whole, covered = (float(sums.get(c, top[c].sum())) for c in (group, f"{group}_covered"))
    straight = [f.value for f in service.figures if f.id.endswith(".straight_line_share")]
    return {
        "total": number(whole, EXACT),
        "covered": number(covered, EXACT),
        "share": number(covered / whole if whole and covered >= 0 else None, SHARES),
        "straight": number(straight[0], SHARES) if straight else None,
        "sites": len(service.facilities),
    }


def _gaps(service: ServiceCircle, result: StudyResult) -> dict[str, list[Any]]:
    """The gap list in its own order, worst first: number of the unit, the uncovered, their median time, and why there
    is none."""
    gaps, group, areas = service.gaps, service.service.group, result.areas
    if gaps.empty or areas is None:
        return {"unit": [], "uncovered": [], "nearest": [], "why": []}
    unit = areas.frame.index.get_indexer(gaps.index)
    keep = unit >= 0
    why = _why_unreached(service, result, areas.lowest)
    return {
        "unit": unit[keep].tolist(),
        "uncovered": numbers(gaps.loc[keep, f"{group}_uncovered"], EXACT),
        "nearest": numbers(gaps.loc[keep, "nearest_min"], 1),
        "why": [why.get(name, "beyond") for name in gaps.index[keep]],
    }


def _why_unreached(service: ServiceCircle, result: StudyResult, level: str) -> dict[Any, str]:
    """Unit -> the status of most of its uncovered people who reach no facility: off the network, at the edge of the
    data, or on the network with no way there."""
    rows, unit = service.demand, result.demand.frame[f"{level}_id"]
    none = rows["nearest_min"].isna() & ~rows["status"].isin(["covered", "outside"]) & unit.notna()
    if not none.any():
        return {}
    amount = result.demand.amount(service.service.group)[none]
    sums = amount.groupby([unit[none].to_numpy(), rows["status"][none].to_numpy()]).sum().unstack(fill_value=0.0)
    return {name: str(status) for name, status in sums.idxmax(axis=1).items()}

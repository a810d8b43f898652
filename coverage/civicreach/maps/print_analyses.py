"""The sheets of an analysis: units coloured by a topic in the page's own classes, and what lies on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.maps.analysis_tables import topic_entry
from civicreach.maps.palette import analysis_ramp
from civicreach.maps.print_classes import class_number, class_texts
from civicreach.maps.print_facts import (
    alarm,
    block,
    border_rows,
    footer,
    headline,
    place_name,
    sources,
    write_names,
)
from civicreach.maps.print_layers import draw_layer, ranked_labels, said
from civicreach.maps.print_parts import HATCH, Facts, Row
from civicreach.maps.print_plans import SITING, Plan, coloured, laid_on, of_topic, told_first
from civicreach.maps.print_shapes import fill, stroke
from civicreach.maps.print_sheet import MapSheet
from civicreach.maps.print_words import printed
from civicreach.measures.analysis import Analysis, Topic
from civicreach.measures.result import StudyResult

UNIT_ALPHA = 0.82
NOTHING = "#ffffff"


def analysis_sheet(sheet: MapSheet, result: StudyResult, analysis: Analysis, number: int, plan: Plan) -> Facts:
    """Draw one of an analysis' sheets; what is said beside the map."""
    language = sheet.language
    found = coloured(analysis, plan, result)
    rows: list[Row] = []
    subtitle, notes = "", []
    if found is not None:
        topic, level = found
        rows += _units(sheet, result, topic, level, number)
        subtitle = said(topic.title, language)
        notes = [text for text in (said(topic.rule, language),) if text]
    layers = [of_topic(layer, plan, found[0] if found else None) for layer in laid_on(analysis, plan)]
    marks = [row for at, layer in enumerate(layers) for row in draw_layer(sheet, layer, at)]
    sheet.placer.place(label for layer in layers for label in ranked_labels(layer))
    write_names(sheet, result)
    name = said(plan.title, language) or said(analysis.title, language)
    if plan.name and found is not None and plan.topic.endswith("_"):
        name = said(found[0].title, language)
    return Facts(
        title=printed("analysis_title", language, place=place_name(result, language), analysis=name),
        subtitle=subtitle,
        headline=headline(result, told_first(analysis, plan), language),
        rows=[*rows, *marks, Row(printed("legend", language)), *border_rows(result, language)],
        notes=notes,
        block=block(result, language),
        sources=sources(result, language, _asked(analysis, plan, result)),
        footer=footer(result, language),
        alarm=alarm(result, language),
    )


def _asked(analysis: Analysis, plan: Plan, result: StudyResult) -> tuple[str, ...]:
    """Services without a circle of their own that a sheet rests on: candidates and depots."""
    if analysis.id == SITING:
        own = [spec for spec in result.study.siting if plan.name in ("", spec.id)]
        return tuple(name for spec in own for name in (spec.service, *spec.candidates))
    relief = result.study.relief
    if analysis.id == "relief" and relief is not None:
        return tuple(name for name in (relief.city_depots, relief.district_depots) if name is not None)
    return ()


def _units(sheet: MapSheet, result: StudyResult, topic: Topic, level: str, number: int) -> list[Row]:
    """Fill the units of a level; the legend of their colours."""
    areas = result.areas
    if areas is None:
        return []
    units = areas.units(level)
    entry = topic_entry(topic, {level: units.index}, analysis_ramp(number))
    field = entry["fields"][entry["coloured"][0]] if entry["coloured"] else None
    colours = entry["tables"][level]["colours"].get(str(entry["coloured"][0])) if field else None
    if field is None or colours is None:
        return []
    at = 0 if sheet.language == "zh" else 1
    where = printed(f"level_{level}", sheet.language)
    shapes, classes = units.geometry.to_numpy(), np.array(list(colours["classes"]))
    yes = _yes_no(topic, level, field)
    if yes is not None:
        return _two_classes(sheet, shapes, yes, colours["colours"], f"{field['header'][at]} · {where}")
    for k, tone in enumerate(colours["colours"]):
        fill(sheet.results, shapes[classes == str(k)], facecolor=tone, alpha=UNIT_ALPHA)
    stroke(sheet.results, shapes, width=0.5, colour=NOTHING, alpha=0.8)
    rows = [Row(f"{field['header'][at]} · {where}")]
    for k, (text, tone) in enumerate(zip(class_texts(colours, field, sheet.language), colours["colours"], strict=True)):
        count = int((classes == str(k)).sum())
        never = bool(colours.get("endless")) and k == len(colours["colours"]) - 1
        if never:
            fill(sheet.results, shapes[classes == str(k)], facecolor="none", edgecolor=NOTHING, hatch=HATCH)
        rows.append(Row(f"{text}  ({count})", "hatched" if never else "block", tone, UNIT_ALPHA))
    if (classes == "-").any():
        rows.append(Row(printed("no_data", sheet.language), "block", NOTHING, 0.5))
    if colours.get("edge") is not None and topic.target is not None:
        rows.append(
            Row(printed("met", sheet.language, target=class_number(topic.target, field)), "line", NOTHING, level="none")
        )
    return rows


def _yes_no(topic: Topic, level: str, field: dict[str, Any]) -> npt.NDArray[np.float64] | None:
    """The values of a share that is all or nothing in every unit, as programmes are; None for any other."""
    values = topic.tables[level][field["name"]]
    if field["kind"] != "share" or not set(values.dropna()) <= {0.0, 1.0}:
        return None
    return np.asarray(values.to_numpy(dtype=float))


def _two_classes(
    sheet: MapSheet, shapes: npt.NDArray[Any], values: npt.NDArray[np.float64], tones: list[str], heading: str
) -> list[Row]:
    """Units that have it and those that don't, in the outer two of the topic's colours."""
    rows = [Row(heading)]
    for key, mine, tone in (
        ("yes", values == 1.0, tones[-1]),
        ("no", values == 0.0, tones[0]),
        ("no_data", np.isnan(values), NOTHING),
    ):
        if mine.any():
            fill(sheet.results, shapes[mine], facecolor=tone, alpha=UNIT_ALPHA)
            rows.append(Row(f"{printed(key, sheet.language)}  ({int(mine.sum())})", "block", tone, UNIT_ALPHA))
    stroke(sheet.results, shapes, width=0.5, colour=NOTHING, alpha=0.8)
    return rows

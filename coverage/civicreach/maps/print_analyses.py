"""The sheet of an analysis: its units coloured by the first topic that a map may show, in the page's own classes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from civicreach.maps.analysis_tables import topic_entry
from civicreach.maps.palette import MARK_COLOURS, analysis_ramp
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
from civicreach.maps.print_parts import Facts, Row
from civicreach.maps.print_shapes import fill, stroke
from civicreach.maps.print_sheet import MapSheet
from civicreach.maps.print_words import printed
from civicreach.measures.analysis import Analysis, MapLayer, Topic
from civicreach.measures.result import StudyResult
from civicreach.study import Language

UNIT_ALPHA = 0.82
MOST_POINTS = 400
NOTHING = "#ffffff"


def can_be_drawn(analysis: Analysis, result: StudyResult) -> bool:
    """Whether an analysis has units to colour or layers of its own."""
    return _shown(analysis, result) is not None or any(len(layer.frame) for layer in analysis.layers)


def analysis_sheet(sheet: MapSheet, result: StudyResult, analysis: Analysis, number: int) -> Facts:
    """Draw an analysis on a sheet; what is said beside the map."""
    language = sheet.language
    found = _shown(analysis, result)
    rows: list[Row] = []
    subtitle, notes = "", []
    if found is not None:
        topic, level = found
        rows += _units(sheet, result, topic, level, number)
        subtitle = _said(topic.title, language)
        notes = [text for text in (_said(topic.rule, language),) if text]
    layers = [layer for layer in analysis.layers if len(layer.frame)]
    if found is not None:
        layers = [each for each in layers if each.kind == "points" and len(each.frame) <= MOST_POINTS][:1]
    marks = [_layer(sheet, layer, at) for at, layer in enumerate(layers[:3])]
    write_names(sheet, result)
    return Facts(
        title=printed(
            "analysis_title", language, place=place_name(result, language), analysis=_said(analysis.title, language)
        ),
        subtitle=subtitle,
        headline=headline(result, analysis.figures, language),
        rows=[*rows, Row(printed("legend", language)), *marks, *border_rows(result, language)],
        notes=notes,
        block=block(result, language),
        sources=sources(result, language),
        footer=footer(result, language),
        alarm=alarm(result, language),
    )


def _said(pair: tuple[str, str], language: Language) -> str:
    english, chinese = pair
    return (chinese or english) if language == "zh" else (english or chinese)


def _shown(analysis: Analysis, result: StudyResult) -> tuple[Topic, str] | None:
    """The first topic that colours units, and the lowest level that it has; None where there is none."""
    if result.areas is None:
        return None
    for topic in analysis.topics:
        levels = [level for level in reversed(result.areas.levels) if level in topic.tables]
        if topic.coloured and levels:
            return topic, levels[0]
    return None


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
    shapes, classes = units.geometry.to_numpy(), np.array(list(colours["classes"]))
    for k, tone in enumerate(colours["colours"]):
        fill(sheet.results, shapes[classes == str(k)], facecolor=tone, alpha=UNIT_ALPHA)
    stroke(sheet.results, shapes, width=0.5, colour=NOTHING, alpha=0.8)
    heading = f"{field['header'][at]} · {printed(f'level_{level}', sheet.language)}"
    rows = [Row(heading)]
    for k, (text, tone) in enumerate(zip(_texts(colours, field, sheet.language), colours["colours"], strict=True)):
        count = int((classes == str(k)).sum())
        rows.append(Row(f"{text}  ({count})", "block", tone, UNIT_ALPHA))
    if (classes == "-").any():
        rows.append(Row(printed("no_data", sheet.language), "block", NOTHING, 0.5))
    if colours.get("edge") is not None and topic.target is not None:
        rows.append(
            Row(printed("met", sheet.language, target=_number(topic.target, field)), "line", NOTHING, level="none")
        )
    return rows


def _texts(colours: dict[str, Any], field: dict[str, Any], language: Language) -> list[str]:
    """What each class is called."""
    if "names" in colours:
        at = 0 if language == "zh" else 1
        return [*(name[at] for name in colours["names"]), *([printed("others", language)] if colours["others"] else [])]
    if "exact" in colours:
        return [_number(value, field) for value in colours["exact"]]
    breaks = [_number(value, field) for value in colours["breaks"]]
    if not breaks:
        return [field["header"][0 if language == "zh" else 1]]
    low, high = ("up_to", "above") if colours.get("upper") else ("under", "from")
    middle = [printed("between", language, a=a, b=b) for a, b in pairwise(breaks)]
    return [printed(low, language, a=breaks[0]), *middle, printed(high, language, a=breaks[-1])]


def _number(value: float, field: dict[str, Any]) -> str:
    """A break as people read it: shares in percent, other numbers without idle zeros."""
    shown = 100 * value if field["kind"] == "share" else value
    text = f"{shown:,.2f}".rstrip("0").rstrip(".")
    return f"{text} %" if field["kind"] == "share" else text


def _layer(sheet: MapSheet, layer: MapLayer, number: int) -> Row:
    """Draw a layer in one colour; its legend."""
    colour = MARK_COLOURS[(number + 1) % len(MARK_COLOURS)]
    shapes = layer.frame.geometry
    text = f"{_said(layer.title, sheet.language)}"
    if layer.kind == "polygons":
        fill(sheet.results, shapes.to_numpy(), facecolor=colour, alpha=0.45)
        return Row(text, "block", colour, 0.45)
    if layer.kind == "lines":
        stroke(sheet.signs, shapes.to_numpy(), width=1.4, colour=colour)
        return Row(text, "line", colour)
    middles = shapes.centroid
    sheet.signs.scatter(middles.x, middles.y, s=20, c=colour, marker="o", linewidths=0.7, edgecolors="white", zorder=6)
    for x, y in zip(middles.x, middles.y, strict=True):
        sheet.placer.keep_free(float(x), float(y), 1.0)
    return Row(text, "dot", colour)

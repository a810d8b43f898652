"""The layers of analyses: their own shapes, and what their topics say of every unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd

from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.maps.analysis_tables import topic_entry
from civicreach.maps.palette import analysis_ramp, ramp
from civicreach.measures.analysis import Analysis, Field, MapLayer
from civicreach.measures.result import StudyResult
from civicreach.measures.rounding import brief_text
from civicreach.report.geolayers import GeometryType, Layer
from civicreach.report.sheets import with_index
from civicreach.report.styles import PLAIN_COLOUR, Rule, quoted
from civicreach.report.words import pick
from civicreach.study import Language

Frame = TypeVar("Frame", bound=pd.DataFrame)

TYPES: dict[str, GeometryType] = {"points": "Point", "lines": "MultiLineString", "polygons": "MultiPolygon"}
SIZE_MM = {"points": 3.0, "lines": 0.6, "polygons": 0.3}
MOST_CLASSES = 8
"""Text with more values than this gets one colour: nobody tells more apart."""


def analysis_layers(result: StudyResult) -> list[Layer]:
    """Every layer that analyses bring along, and one of units for each level and analysis."""
    own = [layer for analysis in result.analyses for layer in analysis.layers]
    found = [_own(result, layer, at) for at, layer in enumerate(own)]
    if result.areas is not None:
        for analysis in result.analyses:
            levels = [each for each in reversed(result.areas.levels) if any(each in t.tables for t in analysis.topics)]
            found += [_units(result, analysis, result.areas, level) for level in levels]
    return found


def _own(result: StudyResult, layer: MapLayer, place: int) -> Layer:
    frame, language = with_index(layer.frame), result.study.study.language
    label = pick((layer.title[1], layer.title[0]), language)
    rules = _rules(result, layer, frame, label, place)
    return Layer(layer.id, in_words(frame, layer.fields, language), TYPES[layer.kind], layer.title[0], rules)


def in_words(frame: Frame, fields: Iterable[Field], language: Language) -> Frame:
    """The frame with the codes of its fields told in the words of a language, as in sheets; blanks stay blank."""
    told = frame.copy()
    for field in fields:
        if field.words and field.name in told.columns:
            words = {str(key): pick((zh, en), language) for key, (en, zh) in field.words.items()}
            codes = told[field.name].astype(object)
            known = codes.notna() & codes.astype(str).isin(list(words))
            told[field.name] = codes.astype(str).map(words).astype(object).where(known, codes)
    return told


def _rules(result: StudyResult, layer: MapLayer, frame: gpd.GeoDataFrame, label: str, place: int) -> tuple[Rule, ...]:
    size, alpha = SIZE_MM[layer.kind], 0.6 if layer.kind == "polygons" else 1.0
    plain = (Rule(label, "", ramp(place).deep, size, alpha),)
    if not layer.colour_by or layer.colour_by not in frame.columns:
        return plain
    values = frame[layer.colour_by].dropna()
    if pd.api.types.is_numeric_dtype(values) or not 0 < values.nunique() <= MOST_CLASSES:
        return plain
    field = next((each for each in layer.fields if each.name == layer.colour_by), None)
    words = field.words if field is not None else {}
    rules = []
    there = set(values.astype(str))
    for at, value in enumerate([*(word for word in words if word in there), *sorted(there - set(words))]):
        english, chinese = words.get(value, (value, value))
        said = Note.told(Note(english, chinese), result.study.study.language)
        where = f"{quoted(layer.colour_by)} = '{said.replace(chr(39), chr(39) * 2)}'"
        rules.append(Rule(said, where, ramp(at).deep, size, alpha))
    return tuple(rules)


def _units(result: StudyResult, analysis: Analysis, areas: Areas, level: str) -> Layer:
    """One row a unit with the columns of every topic, named `<topic>_<column>`."""
    frame = areas.units(level).copy()
    for topic in (topic for topic in analysis.topics if level in topic.tables):
        columns = [each.name for each in topic.fields if each.name in topic.tables[level].columns]
        table = in_words(topic.tables[level][columns], topic.fields, result.study.study.language)
        part = table.reindex(frame.index).add_prefix(f"{topic.id.rsplit('.', 1)[-1]}_")
        frame = gpd.GeoDataFrame(pd.concat([frame, part], axis=1), geometry="geometry", crs=frame.crs)
    text = f"Units of the level {level} with the results of {analysis.title[0]}."
    label = pick((analysis.title[1], analysis.title[0]), result.study.study.language)
    place = next((at for at, each in enumerate(result.analyses) if each is analysis), 0)
    rules = tuple(_graded(result, analysis, level, frame.index, place)) or (Rule(label, "", PLAIN_COLOUR, 0.3),)
    return Layer(f"{analysis.id}_{level}", with_index(frame, f"{level}_id"), "MultiPolygon", text, rules)


def _graded(result: StudyResult, analysis: Analysis, level: str, units: pd.Index, place: int) -> Iterator[Rule]:
    """For each topic that colours units the page's classes in the page's colours; the first topic is shown."""
    language, shown = result.study.study.language, True
    for topic in analysis.topics:
        entry = topic_entry(topic, {level: units}, analysis_ramp(place)) if level in topic.tables else {}
        found = entry["tables"][level]["colours"].get(str(entry["coloured"][0])) if entry.get("coloured") else None
        if found is None or "names" in found:
            continue
        field = entry["fields"][entry["coloured"][0]]
        column = quoted(f"{topic.id.rsplit('.', 1)[-1]}_{field['name']}")
        header = pick((field["header"][0], field["header"][1]), language)
        # what is infinite is nothing in a layer, and so of no class
        colours = found["colours"][:-1] if found.get("endless") else found["colours"]
        rules = tuple(
            Rule(text, where, colour, 0.3, 0.85)
            for (text, where), colour in zip(_classes(found, field["kind"], column), colours, strict=True)
        )
        title = pick((topic.title[1], topic.title[0]), language)
        yield Rule(f"{title}: {header}", rules=rules, shown=shown)
        shown = False


def _classes(found: dict[str, Any], kind: str, column: str) -> Iterator[tuple[str, str]]:
    """The legend's text of each class of numbers, and which rows are in it."""
    if "exact" in found:
        yield from ((f"{value:,}", f"{column} = {value}") for value in found["exact"])
        return
    above, upto = (">", "<=") if found.get("upper") else (">=", "<")
    signs = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
    edges = [None, *found["breaks"], None]
    for low, high in pairwise(edges):
        parts = [(above, low), (upto, high)]
        known = [(sign, value) for sign, value in parts if value is not None]
        text = ", ".join(f"{signs[sign]} {_brief(value, kind)}" for sign, value in known)
        yield (
            text or "–",
            " and ".join(f"{column} {sign} {value!r}" for sign, value in known) or f"{column} is not null",
        )


def _brief(value: float, kind: str) -> str:
    return f"{brief_text(100 * value)} %" if kind == "share" else brief_text(value)

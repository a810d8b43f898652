"""The layers of analyses: their own shapes, and what their topics say of every unit."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.maps.palette import ramp
from civicreach.measures.analysis import Analysis, MapLayer
from civicreach.measures.result import StudyResult
from civicreach.report.geolayers import GeometryType, Layer
from civicreach.report.sheets import with_index
from civicreach.report.styles import PLAIN_COLOUR, Rule, quoted
from civicreach.report.words import pick

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
    frame = with_index(layer.frame)
    label = pick((layer.title[1], layer.title[0]), result.study.study.language)
    return Layer(layer.id, frame, TYPES[layer.kind], layer.title[0], _rules(result, layer, frame, label, place))


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
    for at, value in enumerate(sorted(values.astype(str).unique())):
        english, chinese = words.get(value, (value, value))
        where = f"{quoted(layer.colour_by)} = '{value.replace(chr(39), chr(39) * 2)}'"
        said = Note.told(Note(english, chinese), result.study.study.language)
        rules.append(Rule(said, where, ramp(at).deep, size, alpha))
    return tuple(rules)


def _units(result: StudyResult, analysis: Analysis, areas: Areas, level: str) -> Layer:
    """One row a unit with the columns of every topic, named `<topic>_<column>`."""
    frame = areas.units(level).copy()
    for topic in (topic for topic in analysis.topics if level in topic.tables):
        columns = [each.name for each in topic.fields if each.name in topic.tables[level].columns]
        part = topic.tables[level][columns].reindex(frame.index).add_prefix(f"{topic.id.rsplit('.', 1)[-1]}_")
        frame = gpd.GeoDataFrame(pd.concat([frame, part], axis=1), geometry="geometry", crs=frame.crs)
    text = f"Units of the level {level} with the results of {analysis.title[0]}."
    label = pick((analysis.title[1], analysis.title[0]), result.study.study.language)
    rules = (Rule(label, "", PLAIN_COLOUR, 0.3),)
    return Layer(f"{analysis.id}_{level}", with_index(frame, f"{level}_id"), "MultiPolygon", text, rules)

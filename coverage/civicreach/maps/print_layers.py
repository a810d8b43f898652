"""Layers of analyses on print maps: words in colours told apart, numbers in the page's classes by colour and size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.maps.analysis_columns import field_entries, graded, shown_step
from civicreach.maps.grades import NONE, grades
from civicreach.maps.palette import KINDS, MARK_COLOURS, MARK_RAMP, OTHER_KIND
from civicreach.maps.print_classes import class_texts
from civicreach.maps.print_labels import Label
from civicreach.maps.print_parts import DASHES, MARKERS, RING, Row
from civicreach.maps.print_shapes import fill, stroke
from civicreach.maps.print_sheet import MapSheet
from civicreach.maps.print_words import printed
from civicreach.measures.analysis import Field, MapLayer
from civicreach.study import Language

POINTS = (22.0, 36.0, 54.0, 76.0, 100.0)
"""Areas of the signs of classes in square points, from the least to the most."""

PLAIN, TINY = 42.0, 12.0
MANY = 60
"""So many signs of one word are tiny: there are many sites that a plan doesn't use."""

EDGE = "#1c2733"

ZONES = "zones"
"""Polygons that are small beside the units are filled; larger ones are outlined, or told by a sign in their middle."""


def draw_layer(sheet: MapSheet, layer: MapLayer, number: int) -> list[Row]:
    """Draw a layer; its legend under a heading of its own."""
    field = next((each for each in layer.fields if each.name == layer.colour_by), None)
    if field is None or layer.colour_by not in layer.frame.columns:
        return _plain(sheet, layer, number)
    values = layer.frame[layer.colour_by]
    if pd.api.types.is_numeric_dtype(values):
        return _plain(sheet, layer, number) if layer.kind == "lines" else _graded(sheet, layer, field, values)
    return _in_kinds(sheet, layer, field, values)


def ranked_labels(layer: MapLayer) -> Iterator[Label]:
    """Rank and name of the points of a layer that have a rank: the sites that a plan chooses."""
    frame = layer.frame
    if layer.kind != "points" or not {"rank", "name"} <= set(frame.columns):
        return
    for rank, name, place in zip(frame["rank"], frame["name"], frame.geometry, strict=True):
        if np.isfinite(rank):
            text = f"{rank:.0f} {name}" if name else f"{rank:.0f}"
            yield Label(text, place.x, place.y, 9.0, EDGE, bold=True, beside=1.6)


def said(pair: tuple[str, str], language: Language) -> str:
    """One of two words."""
    english, chinese = pair
    return (chinese or english) if language == "zh" else (english or chinese)


def _plain(sheet: MapSheet, layer: MapLayer, number: int) -> list[Row]:
    colour = MARK_COLOURS[(number + 1) % len(MARK_COLOURS)]
    return [_drawn(sheet, layer, np.ones(len(layer.frame), dtype=bool), colour, said(layer.title, sheet.language))]


def _in_kinds(sheet: MapSheet, layer: MapLayer, field: Field, values: pd.Series) -> list[Row]:
    """One colour a word, the most frequent first; rows without one are grey, areas without one aren't drawn."""
    rows = [Row(f"{said(layer.title, sheet.language)} · {said(field.header, sheet.language)}")]
    words = values.astype(object).where(values.notna(), None)
    counts = words.dropna().astype(str).value_counts()
    others = counts.drop([word for word in field.words if word in counts.index])
    rest = others.sort_index().sort_values(ascending=False, kind="stable")
    order = [*(word for word in field.words if word in counts.index), *(str(word) for word in rest.index)]
    drawn = []
    for at, word in reversed(list(enumerate(order))):  # what is named first lies on top
        colour = KINDS[at] if at < len(KINDS) else OTHER_KIND
        text = said(field.words[word], sheet.language) if word in field.words else word
        size = TINY if word in field.quiet or (field.words and counts[word] > MANY) else PLAIN
        mine, told = (words == word).to_numpy(), f"{text}  ({counts[word]})"
        drawn.append(_drawn(sheet, layer, mine, colour, told, size, shape=min(at, len(KINDS)) if len(order) > 1 else 0))
    rows += reversed(drawn)
    none = words.isna().to_numpy()
    if none.any() and layer.kind != "polygons":
        rows.append(_drawn(sheet, layer, none, OTHER_KIND, f"{printed('others', sheet.language)}  ({none.sum()})"))
    return rows


def _graded(sheet: MapSheet, layer: MapLayer, field: Field, values: pd.Series) -> list[Row]:
    """The page's own classes of a number, from few to many; values that aren't known or aren't shown are grey."""
    rows = [Row(f"{said(layer.title, sheet.language)} · {said(field.header, sheet.language)}")]
    entry = field_entries([field], [layer.frame])[0]
    found = grades(values, share=field.kind == "share", step=shown_step(entry))
    classes = np.full(len(values), NONE) if found is None else found.classes
    if (classes == NONE).any():
        none = printed("no_data", sheet.language)
        rows.append(_drawn(sheet, layer, classes == NONE, OTHER_KIND, none, POINTS[0], graded=True))
    if found is None:
        return rows
    colours = graded(found, MARK_RAMP)
    for at, text in enumerate(class_texts(colours, entry, sheet.language)):
        mine, tone = classes == at, colours["colours"][at]
        told = f"{text}  ({int(mine.sum())})"
        rows.append(_drawn(sheet, layer, mine, tone, told, POINTS[at], graded=True))
    return rows


def _drawn(
    sheet: MapSheet, layer: MapLayer, mine: Any, colour: str, text: str, size: float = PLAIN, *,
    graded: bool = False, shape: int = 0,
) -> Row:  # fmt: skip
    """Some rows of a layer in one colour and of one `shape`; their row of the legend."""
    shapes = layer.frame.geometry[mine]
    if layer.kind == "polygons" and layer.id.endswith(ZONES):
        fill(sheet.signs, shapes.to_numpy(), facecolor=colour, alpha=0.5)
        stroke(sheet.signs, shapes.to_numpy(), width=1.1, colour=colour)
        _scatter(sheet, shapes.representative_point(), colour, TINY, shape)
        return Row(text, "block", colour, 0.6, size=TINY**0.5, shape=shape)
    if layer.kind == "polygons" and not graded:  # the units' colours stay to be seen
        stroke(sheet.signs, shapes.to_numpy(), width=3.0, colour="#ffffff", alpha=0.8)
        stroke(sheet.signs, shapes.to_numpy(), width=2.0, colour=colour, linestyle=DASHES[shape])
        return Row(text, "line", colour, level="none", shape=shape)
    if layer.kind == "lines":
        stroke(sheet.signs, shapes.to_numpy(), width=2.4, colour="#ffffff")
        stroke(sheet.signs, shapes.to_numpy(), width=1.5, colour=colour, linestyle=DASHES[shape])
        return Row(text, "line", colour, level="none", shape=shape)
    middles = shapes.representative_point() if layer.kind == "polygons" else shapes.centroid
    many = 0.45 if len(layer.frame) > 120 and size > TINY else 1.0
    _scatter(sheet, middles, colour, size * many, shape)
    for x, y in zip(middles.x, middles.y, strict=True):
        sheet.placer.keep_free(float(x), float(y), 1.0)
    return Row(text, "dot", colour, size=size**0.5, shape=shape)


def _scatter(sheet: MapSheet, places: gpd.GeoSeries, colour: str, size: float, shape: int) -> None:
    """Signs of one shape; a ring is hollow."""
    hollow = shape == RING
    sheet.signs.scatter(
        places.x, places.y, s=size, marker=MARKERS[shape], c="white" if hollow else colour,
        linewidths=1.6 if hollow else 0.6, edgecolors=colour if hollow else EDGE, zorder=6,
    )  # fmt: skip

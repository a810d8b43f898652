"""What every map sheet of a study says: place, author, dates, review number, sources, and whether data are real."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import shapely

from civicreach.errors import Note
from civicreach.maps.base_layers import names_of
from civicreach.maps.print_labels import Label
from civicreach.maps.print_parts import Row
from civicreach.maps.print_sheet import MapSheet
from civicreach.maps.print_words import printed
from civicreach.maps.spoken import figure_label, figure_text
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult
from civicreach.measures.rounding import number_text
from civicreach.study import Language

SIZES = {"city": 11.0, "district": 10.5, "subdistrict": 8.5, "community": 7.0}
COLOURS = {"city": "#22262c", "district": "#22262c", "subdistrict": "#2b3038", "community": "#4d545d"}
WATER_INK = "#2f6c8c"
NAMED_FROM = 40
"""Facilities are named on a map where there are at most so many."""


def place_name(result: StudyResult, language: Language) -> str:
    """What the place is called in a language."""
    head = result.study.study
    return head.name if language == "zh" else head.name_en or head.name


def alarm(result: StudyResult, language: Language) -> str:
    """What must be said first about data that aren't real; empty where they are."""
    head = result.study.study
    note = (head.data_note if language == "zh" else head.data_note_en) or head.data_note_en or head.data_note
    return (note or printed("synthetic", language)) if head.synthetic else ""


def block(result: StudyResult, language: Language) -> list[str]:
    """The lines that an office looks for: author, dates, review number, coordinate system."""
    head = result.study.study
    return [
        printed("made_by", language, author=head.author) if head.author else printed("made_by_empty", language),
        *([printed("date", language, date=head.date)] if head.date else []),
        printed("data_date", language, date=head.data_date)
        if head.data_date
        else printed("data_year", language, year=head.year),
        printed("review", language, number=head.review_number)
        if head.review_number
        else printed("review_empty", language),
        printed("crs", language, crs=result.crs),
    ]


def sources(result: StudyResult, language: Language, services: Iterable[str] = ()) -> str:
    """Who the data are from, those of more `services` too, with the note on them where they are real."""
    head, layers = result.study.study, [result.demand.source, result.areas.source if result.areas is not None else ""]
    layers += [circle.facilities_layer.source for circle in result.services]
    files = [result.study.service(name).file for name in services]
    layers += [path.name for path in files if path is not None]
    note = (head.data_note if language == "zh" else head.data_note_en) or head.data_note or head.data_note_en
    roads = result.attribution or result.study.roads.file.name
    parts = [
        *dict.fromkeys(Note.told(text, language) for text in (roads, *layers) if text),
        *([note] if note and not head.synthetic else []),
    ]
    return printed("sources", language, names=("；" if language == "zh" else "; ").join(parts))


def footer(result: StudyResult, language: Language) -> str:
    """The line below internal maps; empty where the study wants none."""
    page = result.study.page
    if not page.internal:
        return ""
    own = page.footer if language == "zh" else page.footer_en or page.footer
    return own or printed("footer", language)


def headline(result: StudyResult, figures: Iterable[Figure], language: Language) -> tuple[str, str, str]:
    """The first figure: its value, its name, and what was divided by what."""
    figure = next(iter(figures), None)
    if figure is None:
        return "", "", ""
    at = 0 if language == "zh" else 1
    of = ""
    if figure.denominator is not None and figure.numerator is not None:
        name = (figure.denominator_name_zh if language == "zh" else "") or figure.denominator_name
        of = f"{number_text(figure.numerator)} / {number_text(figure.denominator)} {name}".rstrip()
    return figure_text(figure, result.study)[at], figure_label(figure, result.study)[at], of


def border_rows(result: StudyResult, language: Language) -> Iterator[Row]:
    """The legend of the borders that are drawn."""
    for level in result.areas.levels if result.areas is not None else ():
        if level != "city":
            yield Row(printed("borders", language, level=printed(f"level_{level}", language)), "border", level=level)


def write_names(sheet: MapSheet, result: StudyResult, facilities: Iterable[Label] = ()) -> None:
    """Names of units, waters and facilities; those of larger units first."""
    units = list(_unit_labels(sheet, result))
    large = [label for label in units if label.bold]
    sheet.placer.place([*large, *_water_labels(sheet, result), *facilities, *(u for u in units if not u.bold)])


def _unit_labels(sheet: MapSheet, result: StudyResult) -> Iterator[Label]:
    areas = result.areas
    for level in areas.levels if areas is not None else ():
        units = areas.units(level) if areas is not None else None
        if units is None or level == "city" or (level == "district" and len(units) == 1):
            continue
        shapes = units.geometry.to_numpy()
        lowest = areas is not None and level == areas.lowest
        for name, at, area in zip(units[level], _inside(shapes), shapely.area(shapes), strict=True):
            room = 1.15 * float(np.sqrt(area)) / sheet.canvas.m_per_mm
            yield Label(
                str(name), float(at[0]), float(at[1]), SIZES[level], COLOURS[level], bold=not lowest,
                room_mm=room if lowest else 2.5 * room,
            )  # fmt: skip


def _inside(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """The centroid (n, 2) where it lies inside the shape, else a point that does."""
    centres = shapely.centroid(shapes)
    return np.asarray(
        shapely.get_coordinates(np.where(shapely.contains(shapes, centres), centres, shapely.point_on_surface(shapes)))
    )


def _water_labels(sheet: MapSheet, result: StudyResult) -> Iterator[Label]:
    water = result.base_map.get("water")
    if water is None or water.empty:
        return
    names, seen = names_of(water), set()
    frame = shapely.box(*sheet.canvas.bounds)
    shapes = shapely.intersection(water.geometry.to_numpy(), frame)
    for at in np.argsort(-shapely.area(shapes), kind="stable")[:20]:
        name = str(names.iloc[at])
        size = float(np.sqrt(shapely.area(shapes[at]))) / sheet.canvas.m_per_mm
        if name and name not in seen and size > 6.0:
            seen.add(name)
            point = shapely.point_on_surface(shapes[at])
            yield Label(
                name, point.x, point.y, 8.0, WATER_INK, italic=sheet.letters.families[0] != name and name.isascii()
            )

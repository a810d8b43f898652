"""Print maps: one sheet for each service circle and one for each analysis, as pictures that can be filed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import cast

import numpy as np

from civicreach.errors import Note
from civicreach.maps.layers_data import study_bounds
from civicreach.maps.lived_in import lived_in_bounds
from civicreach.maps.print_analyses import analysis_sheet
from civicreach.maps.print_circles import circle_sheet
from civicreach.maps.print_fonts import NO_FONT, Lettering, language_of, lettering
from civicreach.maps.print_ground import Ground, draw_ground
from civicreach.maps.print_plans import plans
from civicreach.maps.print_shapes import Canvas, Pixels
from civicreach.maps.print_sheet import DPI, MapSheet, canvas_over
from civicreach.measures.result import StudyResult
from civicreach.study import Language

COMPRESSION = 5
SMALL_DPI, SMALL_COLOURS = 180, 64
"""Of the sheets in documents: a report of twenty maps still goes by mail."""

NO_FIGURES = Note("map figures were left out", "未生成图件")
ENGLISH_FIGURES = Note("map figures are lettered in English", "图件改用英文注记")


@dataclass(frozen=True)
class MapFigure:
    """A sheet: of which service (`circle.<id>`) or analysis, its file's name, its title, its PNG at 300 dpi and a
    smaller one for documents."""

    of: str
    name: str
    title: str
    png: bytes = b""
    small: bytes = b""


@dataclass(frozen=True)
class MapFigures:
    """All sheets of a study, and what is to be told about them."""

    figures: tuple[MapFigure, ...]
    notes: tuple[Note, ...] = ()


def draw_figures(result: StudyResult, *, letters: Lettering | None = None) -> MapFigures:
    """The print maps of a study in its order; equal results on one machine give equal bytes.

    Without a font for the study's language they are lettered in English, or left out where the study has no English
    name; a note then says what to install.
    """
    letters = letters or lettering()
    head = result.study.study
    language = language_of(head.language, head.name_en, letters)
    if language is None:
        return MapFigures((), (Note.joined((NO_FIGURES, NO_FONT)),))
    notes = () if language == head.language else (Note.joined((ENGLISH_FIGURES, NO_FONT)),)
    with ThreadPoolExecutor(max_workers=1) as packer:  # packs one sheet while the next one is drawn
        packed: list[Future[MapFigure]] = []
        for figure, pixels in _sheets(result, letters, language):
            packed.append(packer.submit(_packed, figure, pixels))
        return MapFigures(tuple(future.result() for future in packed), notes)


def write_figures(figures: MapFigures, folder: Path) -> None:
    """Write every sheet as `<folder>/<name>.png`; no folder where there is none."""
    for figure in figures.figures:
        folder.mkdir(exist_ok=True)
        (folder / f"{figure.name}.png").write_bytes(figure.png)


def _sheets(result: StudyResult, letters: Lettering, language: Language) -> Iterator[tuple[MapFigure, Pixels]]:
    canvas = canvas_over(lived_in_bounds(result, study_bounds(result)))
    ground = draw_ground(canvas, result.base_map, result.areas)
    for number, circle in enumerate(result.services):
        sheet = _sheet(canvas, ground, letters, language)
        facts = circle_sheet(sheet, result, circle, number)
        yield (
            MapFigure(f"circle.{circle.service.id}", f"circle_{circle.service.id}", facts.title),
            sheet.pixels(facts),
        )
    for number, analysis in enumerate(result.analyses):
        for plan in plans(analysis, result):
            sheet = _sheet(canvas, ground, letters, language)
            facts = analysis_sheet(sheet, result, analysis, number, plan)
            name = f"{analysis.id}_{plan.name}" if plan.name else analysis.id
            yield MapFigure(analysis.id, name, facts.title), sheet.pixels(facts)


def _sheet(canvas: Canvas, ground: Ground, letters: Lettering, language: Language) -> MapSheet:
    return MapSheet(canvas, ground, letters, language)


def _packed(figure: MapFigure, pixels: Pixels) -> MapFigure:
    return replace(figure, png=_png(pixels, DPI), small=_for_mail(pixels))


def _for_mail(pixels: Pixels) -> bytes:
    """The sheet as documents hold it: fewer dots, and the few colours that a map has; a third of the bytes."""
    from PIL import Image

    sheet = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    size = (round(sheet.width * SMALL_DPI / DPI), round(sheet.height * SMALL_DPI / DPI))
    few = sheet.resize(size, Image.Resampling.LANCZOS).quantize(
        SMALL_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    found = BytesIO()
    few.save(found, "png", compress_level=9, dpi=(SMALL_DPI, SMALL_DPI))
    return found.getvalue()


def _png(pixels: Pixels, dpi: int) -> bytes:
    """Pixels as a PNG that says how large it is on paper and nothing about who made it when."""
    from matplotlib.image import imsave

    found, nothing = BytesIO(), cast("dict[str, str]", {"Software": None})
    imsave(found, pixels, format="png", dpi=dpi, metadata=nothing, pil_kwargs={"compress_level": COMPRESSION})
    return found.getvalue()

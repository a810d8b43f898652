"""The sheet of a service circle: what is within each band, the homes beyond the standard, and the facilities."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np

from civicreach.errors import Note
from civicreach.maps.layers_data import drawn_limits
from civicreach.maps.palette import Ramp, ramp
from civicreach.maps.print_facts import (
    NAMED_FROM,
    alarm,
    block,
    border_rows,
    footer,
    headline,
    place_name,
    sources,
    write_names,
)
from civicreach.maps.print_labels import Label
from civicreach.maps.print_parts import Facts, Row
from civicreach.maps.print_shapes import fill
from civicreach.maps.print_sheet import MapSheet
from civicreach.maps.print_words import printed
from civicreach.maps.spoken import group_name
from civicreach.maps.words import word
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.words import profile_words
from civicreach.study import Language

BEYOND, EDGE = "#c2410c", "#7a54ac"
BAND_ALPHA = 0.74
SMALLEST_DOT, LARGEST_DOT = 0.7, 16.0
"""Areas of dots in square points."""

FACILITY_POINTS = 7.0


def circle_sheet(sheet: MapSheet, result: StudyResult, circle: ServiceCircle, number: int) -> Facts:
    """Draw a service on a sheet; what is said beside the map."""
    language, colours = sheet.language, ramp(number)
    bands = _bands(sheet, circle, colours)
    far = _homes(sheet, result, circle)
    _facilities(sheet, circle, colours)
    write_names(sheet, result, _facility_labels(circle, colours))
    service, place = circle.service.label(language), place_name(result, language)
    rows = [
        Row(_travel(circle, language)),
        *bands,
        Row(printed("legend", language)),
        Row(
            printed("facility", language, service=service, n=len(circle.facilities)),
            "dot",
            colours.deep,
            level="facility",
        ),
        *far,
        *border_rows(result, language),
    ]
    group = group_name(result.study, circle.service.group)[0 if language == "zh" else 1]
    notes = [*([printed("dot_size", language, group=group)] if far else []), printed("drawn_only", language)]
    return Facts(
        title=printed("circle_title", language, place=place, service=service),
        subtitle=_limit(result, circle, language),
        headline=headline(result, circle.figures, language),
        rows=rows,
        notes=notes,
        block=block(result, language),
        sources=sources(result, language),
        footer=footer(result, language),
        alarm=alarm(result, language),
    )


def _profile(circle: ServiceCircle, language: Language) -> str:
    english, chinese = profile_words(circle.profile)
    return chinese if language == "zh" else english


def _travel(circle: ServiceCircle, language: Language) -> str:
    mode = "drive" if circle.profile.mode == "drive" else "walk"
    return printed(f"by_{mode}_{circle.limit_unit}", language, profile=_profile(circle, language))


def _limit(result: StudyResult, circle: ServiceCircle, language: Language) -> str:
    """What a home must reach to count as covered, with the clause and how far it has been checked."""
    unit = printed(circle.limit_unit, language)
    said = printed("limit", language, profile=_profile(circle, language), n=f"{circle.limit:g}", unit=unit)
    standard = result.study.standards.get(circle.service.standard or "")
    if standard is None:
        return said
    name = standard.name_zh if language == "zh" else standard.name_en
    named = f"{printed('standard', language)} {Note.told(standard.clauses, language) or name}"
    if standard.mark:
        named += f"（{word(f'confidence_{standard.confidence}', language)}）" if language == "zh" else standard.mark
    return f"{said}{'；' if language == 'zh' else '; '}{named}"


def _bands(sheet: MapSheet, circle: ServiceCircle, colours: Ramp) -> list[Row]:
    """Fill what lies within each limit up to the standard, the far ones first; their legend, near ones first."""
    frame: gpd.GeoDataFrame = circle.block_fill if len(circle.block_fill) else circle.service_area
    if frame.empty:
        return []
    limits = drawn_limits(frame["minutes"], circle.limit_unit)
    shapes = frame.geometry.to_numpy()
    kept = [limit for limit in np.unique(limits) if limit <= circle.limit + 1e-6]
    rows = []
    for at, limit in reversed(list(enumerate(kept))):
        tone = colours.light_to_dark[min(at + (1 if len(kept) > 1 else 2), 4)]
        fill(sheet.results, shapes[limits == limit], facecolor=tone, alpha=BAND_ALPHA)
        text = printed(f"within_{circle.limit_unit}", sheet.language, n=f"{limit:g}")
        rows.append(Row(text, "block", tone, BAND_ALPHA))
    return rows[::-1]


def _homes(sheet: MapSheet, result: StudyResult, circle: ServiceCircle) -> list[Row]:
    """Dots of the homes that aren't within the standard, larger where more live; their legend."""
    amount = result.demand.amount(circle.service.group).to_numpy(dtype=float)
    amount = np.where(amount > 0, np.maximum(amount, result.study.study.suppress_below or 0), 0.0)
    status = circle.demand["status"].astype(str).to_numpy()
    xy = result.demand.xy
    largest = float(np.quantile(amount[amount > 0], 0.98)) if (amount > 0).any() else 1.0
    rows = []
    for states, colour, marker, key in (
        (("beyond", "unsnapped"), BEYOND, "o", "beyond"),
        (("edge",), EDGE, "D", "edge"),
    ):
        drawn = np.isin(status, states) & (amount > 0)
        if not drawn.any():
            continue
        size = np.clip(amount[drawn] / largest, 0.0, 1.0) * (LARGEST_DOT - SMALLEST_DOT) + SMALLEST_DOT
        thin = min(1.0, (3_000 / drawn.sum()) ** 0.5)  # many homes are drawn as smaller dots
        sheet.signs.scatter(
            xy[drawn, 0], xy[drawn, 1], s=np.maximum(size * thin, 0.4), c=colour, marker=marker, linewidths=0.15,
            edgecolors="white", alpha=0.9, zorder=3,
        )  # fmt: skip
        rows.append(Row(printed(key, sheet.language), "dot" if marker == "o" else "diamond", colour))
    return rows


def _facilities(sheet: MapSheet, circle: ServiceCircle, colours: Ramp) -> None:
    places = circle.facilities.geometry
    many = len(places) > 150
    size = FACILITY_POINTS * (0.6 if many else 1.0)
    sheet.signs.scatter(
        places.x, places.y, s=size**2, c=colours.deep, marker="o", linewidths=1.0 if not many else 0.5,
        edgecolors="white", zorder=6,
    )  # fmt: skip
    for x, y in zip(places.x, places.y, strict=True):
        sheet.placer.keep_free(float(x), float(y), 0.9 * size / 2 * 25.4 / 72)


def _facility_labels(circle: ServiceCircle, colours: Ramp) -> Iterator[Label]:
    if len(circle.facilities) > NAMED_FROM:
        return
    for name, at in zip(circle.facilities["name"], circle.facilities.geometry, strict=True):
        yield Label(str(name), at.x, at.y, 7.0, colours.deep, beside=1.5)

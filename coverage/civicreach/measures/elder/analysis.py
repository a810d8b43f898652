"""Gaps in services for the elderly: the parts of the analysis put together."""

from __future__ import annotations

import pandas as pd

from civicreach.errors import Faults, LayerError, StudyError
from civicreach.measures.analysis import Analysis
from civicreach.measures.elder.balance import balance_part
from civicreach.measures.elder.bed_access import access_part, bed_access
from civicreach.measures.elder.beds import beds_part, read_beds
from civicreach.measures.elder.demonstration import demonstration_part, read_flags
from civicreach.measures.elder.fairness import fairness_part
from civicreach.measures.elder.pairs import pairs_part
from civicreach.measures.elder.partners import Sides, partners_part, read_sides
from civicreach.measures.elder.question import Part, Question
from civicreach.measures.elder.regional import regional_part
from civicreach.measures.elder.stations import station_rows, stations_part
from civicreach.measures.elder.villages import villages_part
from civicreach.measures.elder.zones import zones_part
from civicreach.measures.ground import Ground

TITLE = ("Gaps in services for the elderly", "养老设施缺口")


def elder_gaps(ground: Ground) -> Analysis:
    """Everything that [elder] asks: stations and gap zones, demonstration centres, villages, beds, access to beds,
    balance of homes, partners in primary care, city homes that help rural ones, rural homes as regional centres, and
    how evenly access is spread.

    `ground.circles` must hold the circles of the stations. Parts whose keys or flags are missing are left out with a
    note in `warnings`; help among homes and regional centres are told only where minutes are given for them.

    Raises StudyError without a section [elder] and for stations without a circle, LayerError for flags, beds and
    nursing beds that can't be read, all at once.
    """
    spec = ground.study.elder
    if spec is None:
        raise StudyError("elder_gaps needs a section [elder] in the study")
    if without := [name for name in spec.stations if name not in ground.circles]:
        said = f"elder.stations: {', '.join(without)} has no circle, so nobody knows who is within its standard"
        raise StudyError(f"{said}; take circle = false out of the service")
    question = Question(ground, spec)
    flags, beds, sides = read_columns(question)

    rows = station_rows(question)
    parts = [
        stations_part(question, rows),
        zones_part(question),
        demonstration_part(question, flags),
        villages_part(question),
        beds_part(question, beds),
    ]
    access = None
    if beds is not None:
        access = bed_access(question, beds)
        parts += [access_part(question, access), balance_part(question, beds)]
    parts += [pairs_part(question), partners_part(question, sides), regional_part(question, beds, sides)]
    parts.append(fairness_part(question, rows, access))
    return _together(parts)


def read_columns(question: Question) -> tuple[pd.Series | None, pd.DataFrame | None, Sides | None]:
    """The flags of `read_flags`, the beds of `read_beds` and the homes of `read_sides`; LayerError with all faults."""
    faults = Faults()
    flags, beds = read_flags(question, faults), read_beds(question, faults)
    sides = read_sides(question, faults)
    faults.raise_if_any(LayerError)
    return flags, beds, sides


def _together(parts: list[Part]) -> Analysis:
    return Analysis(
        "elder_gaps",
        TITLE,
        figures=tuple(figure for part in parts for figure in part.figures),
        topics=tuple(topic for part in parts for topic in part.topics),
        listings=tuple(listing for part in parts for listing in part.listings),
        layers=tuple(layer for part in parts for layer in part.layers),
        warnings=tuple(dict.fromkeys(note for part in parts for note in part.warnings)),
        standards=tuple(dict.fromkeys(key for part in parts for key in part.standards)),
    )

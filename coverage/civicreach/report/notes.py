"""What is said about a study's numbers wherever they are printed."""

from __future__ import annotations

from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.report.sheets import Tongue
from civicreach.report.words import (
    CONFIDENCE,
    EXPLANATIONS,
    NOTES,
    PHRASES,
    PRIVATE,
    PROFILES,
    UNITS,
    look_up,
    pick,
)


def tongue_of(result: StudyResult, circle: ServiceCircle | None = None) -> Tongue:
    """The language of a study, and of one of its services."""
    language, groups = result.study.study.language, result.demand.groups
    if circle is None:
        return Tongue(language, groups)
    return Tongue(language, groups, "m" if circle.limit_unit == "m" else "min", circle.service.group)


def place(result: StudyResult) -> str:
    """The place's name in the study's language."""
    head = result.study.study
    return head.name if head.language == "zh" else head.name_en or head.name


def note_of(result: StudyResult) -> str:
    """What must be said about the data wherever numbers are printed: first of all that they are synthetic."""
    head = result.study.study
    note = (head.data_note if head.language == "zh" else head.data_note_en) or head.data_note or head.data_note_en
    return note or (pick(PHRASES["synthetic"], head.language) if head.synthetic else "")


def standard_line(result: StudyResult, circle: ServiceCircle) -> str:
    """What a service's numbers are held to, with a mark where nobody has checked the standard."""
    tongue = tongue_of(result, circle)
    language = tongue.language
    limit = tongue.phrase("limit").format(limit=f"{circle.limit:g}", unit=look_up(UNITS, circle.limit_unit, language))
    parts = [look_up(PROFILES, circle.profile.name.partition(":")[0], language)]
    if circle.profile.mode == "walk" and circle.limit_unit == "min":
        parts.append(f"{circle.profile.speed_mps:g} m/s")
    parts.append(limit)
    standard = result.study.standards_used().get(circle.service.standard or "")
    if standard is not None:
        mark = "" if standard.confidence == "verified" else f" [{look_up(CONFIDENCE, standard.confidence, language)}]"
        parts.append(f"{tongue.phrase('based_on')} {standard.clause or standard.name_en}{mark}")
    return (", " if language == "en" else "，").join(parts)


def data_notes(result: StudyResult) -> dict[str, str]:
    """What is to be known about a study's data and numbers, by item, in the study's language."""
    head, roads, language = result.study.study, result.study.roads, result.study.study.language
    said = {
        "data_note": note_of(result),
        "place": place(result),
        "year": str(head.year),
        "author": head.author,
        "review_number": head.review_number,
        "weight_note": result.demand.note or result.study.demand.weight_note,
        "attribution": result.attribution,
        "crs": result.crs,
        "private_access": look_up(PRIVATE, roads.private_access, language),
        "max_snap_m": f"{roads.max_snap_m:g}",
    }
    found = {look_up(NOTES, key, language): text for key, text in said.items() if text}
    return found | {look_up(NOTES, key, language): pick(pair, language) for key, pair in EXPLANATIONS.items()}

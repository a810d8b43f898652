"""What is said about a study's numbers wherever they are printed."""

from __future__ import annotations

from typing import Literal

from civicreach.errors import Note
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.words import limit_apart
from civicreach.report.headers import group_names
from civicreach.report.sheets import Tongue
from civicreach.report.words import (
    CONFIDENCE,
    EXPLANATIONS,
    NOTES,
    PHRASES,
    PRIVATE,
    UNITS,
    WHO,
    look_up,
    pick,
    profile_word,
)


def tongue_of(result: StudyResult, circle: ServiceCircle | None = None) -> Tongue:
    """The language of a study, and of one of its services."""
    language, weighted = result.study.study.language, bool(result.study.demand.weight_note)
    groups = group_names(result.study, result.demand.groups)
    if circle is None:
        return Tongue(language, groups, weighted=weighted, below=result.study.study.suppress_below)
    unit: Literal["min", "m"] = "m" if circle.limit_unit == "m" else "min"
    return Tongue(language, groups, unit, circle.service.group, weighted, result.study.study.suppress_below)


def place(result: StudyResult) -> str:
    """The place's name in the study's language."""
    head = result.study.study
    return head.name if head.language == "zh" else head.name_en or head.name


def note_of(result: StudyResult) -> str:
    """What must be said about the data wherever numbers are printed: first of all that they are synthetic."""
    head = result.study.study
    note = (head.data_note if head.language == "zh" else head.data_note_en) or head.data_note or head.data_note_en
    return note or (pick(PHRASES["synthetic"], head.language) if head.synthetic else "")


def weight_note(result: StudyResult) -> str:
    """What the amounts rest on or count where they aren't counted people; empty where they are."""
    return Note.told(result.demand.note, result.study.study.language) or result.study.demand.weight_note


def warnings_told(result: StudyResult) -> tuple[str, ...]:
    """The warnings in the study's language."""
    return tuple(Note.told(warning, result.study.study.language) for warning in result.warnings)


def standard_line(result: StudyResult, circle: ServiceCircle) -> str:
    """What a service's numbers are held to, with a mark where nobody has checked the standard."""
    tongue = tongue_of(result, circle)
    language = tongue.language
    limit = tongue.phrase("limit").format(limit=f"{circle.limit:g}", unit=look_up(UNITS, circle.limit_unit, language))
    parts = [profile_word(result.study.profiles[circle.service.profile], language)]
    if circle.profile.mode == "walk" and circle.limit_unit == "min":
        parts.append(f"{circle.profile.speed_mps:g} {look_up(UNITS, 'm/s', language)}")
    parts.append(limit)
    standard = result.study.standards_used().get(circle.service.standard or "")
    apart = limit_apart(result.study, circle.limit, circle.limit_unit, circle.service.standard)
    if apart is not None:
        parts.append(apart[language == "zh"])
    elif standard is not None:
        name = standard.name_zh if language == "zh" else standard.name_en
        mark = "" if standard.confidence == "verified" else f" [{look_up(CONFIDENCE, standard.confidence, language)}]"
        parts.append(f"{tongue.phrase('based_on')} {Note.told(standard.clauses, language) or name}{mark}")
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
        "weight_note": weight_note(result),
        "attribution": result.attribution,
        "crs": result.crs,
        "private_access": look_up(PRIVATE, roads.private_access, language),
        "max_snap_m": f"{roads.max_snap_m:g}",
    }
    found = {look_up(NOTES, key, language): text for key, text in said.items() if text}
    weighted = bool(result.study.demand.weight_note)
    who = pick(WHO["weights" if weighted else "people"], language)
    explained = {key: pair for key, pair in EXPLANATIONS.items() if not (weighted and key == "whole_numbers")}
    return found | {
        look_up(NOTES, key, language): pick(pair, language).format(who=who) for key, pair in explained.items()
    }

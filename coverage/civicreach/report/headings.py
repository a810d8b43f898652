"""What stands above every table of a workbook."""

from __future__ import annotations

from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.report.notes import place, standard_line, tongue_of, weight_note
from civicreach.report.sheets import MAX_ROWS, Tongue
from civicreach.report.words import PHRASES, SHEETS, look_up, pick


def title(key: str, tongue: Tongue) -> str:
    """What a sheet is called."""
    return look_up(SHEETS, key, tongue.language)


def heading(result: StudyResult, *what: str) -> tuple[str, ...]:
    """Place, year and what the table holds."""
    return (" · ".join((f"{place(result)} {result.study.study.year}", *what)),)


def counted(result: StudyResult) -> tuple[str, ...]:
    """What the amounts are where they aren't counted people."""
    note = weight_note(result)
    return (pick(PHRASES["counts"], result.study.study.language).format(note=note),) if note else ()


def service_lines(result: StudyResult, circle: ServiceCircle, sheet: str) -> tuple[str, ...]:
    """The heading of a service's table: with what its numbers are held to."""
    label = circle.service.label(tongue_of(result).language)
    return (*heading(result, label, sheet), standard_line(result, circle), *counted(result))


def cut_line(rows: int, tongue: Tongue) -> tuple[str, ...]:
    """What is said above a list that doesn't hold all of its rows."""
    if rows <= MAX_ROWS:
        return ()
    return (tongue.phrase("cut").format(total=f"{rows:,}", shown=f"{MAX_ROWS:,}"),)

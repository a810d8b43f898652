"""A study folder to fill in: study.toml with every key explained, and a workbook with its headers."""

from __future__ import annotations

import contextlib
from pathlib import Path

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from civicreach.errors import Fault, OutputError
from civicreach.inputs.template_texts import SHEETS, STUDY_TOML
from civicreach.study import Language

STUDY_NAME = "study.toml"
WORKBOOK_NAME = "template.xlsx"


def write_template(folder: Path | str, language: Language) -> Path:
    """Write study.toml and template.xlsx into a folder, made where it is missing; the path of study.toml.

    Raises OutputError where either file is there already, or the folder can't be written.
    """
    folder = Path(folder)
    for name in (STUDY_NAME, WORKBOOK_NAME):
        if (folder / name).exists():
            todo = "Choose another folder, or move the file away."
            raise OutputError(Fault(f"there is a {name} already", str(folder), todo=todo))
    study, workbook = folder / STUDY_NAME, folder / WORKBOOK_NAME
    parts = [path.with_name(f".{path.name}.part") for path in (workbook, study)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _workbook(language).save(parts[0])
        parts[1].write_text(STUDY_TOML[language], encoding="utf-8")
        parts[0].replace(workbook)
        parts[1].replace(study)
    except OSError as error:
        for part in parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        raise OutputError(Fault(f"can't be written ({error.strerror or error})", str(folder))) from error
    return study


def _workbook(language: Language) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for title, rows in SHEETS[language].items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
        _style(page)
    return book


def _style(page: Worksheet) -> None:
    """A bold header that stays in sight, and text cells throughout: codes of 12 digits stay codes."""
    page.freeze_panes = "A2"
    for number, cell in enumerate(page[1], 1):
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
        width = 2 + 2 * len(str(cell.value))
        page.column_dimensions[get_column_letter(number)].width = max(14, width)
    for row in page.iter_rows(min_row=2, max_row=2):
        for cell in row:
            cell.font = Font(italic=True, color="808080")
            if isinstance(cell.value, str):
                cell.number_format = "@"

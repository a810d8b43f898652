"""The workbook: one sheet a table, totals that add up, and no formula from anybody's text."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from civicreach.measures.result import StudyResult
from civicreach.measures.rounding import number_text, percent_text
from civicreach.report.archive import FIXED_TIME, with_fixed_times
from civicreach.report.contents import all_sheets, list_of_sheets
from civicreach.report.notes import note_of, place
from civicreach.report.printing import first_page, set_up_print
from civicreach.report.sheet_names import sheet_name
from civicreach.report.sheets import Cell, Column, Kind, Sheet, starts, total_rows
from civicreach.report.text import display_width, plain
from civicreach.study import Language

WIDEST, NARROWEST, HEADER_WIDTH = 48, 7, 10
ROWS_MEASURED = 2_000
LINE_HEIGHT = 16.0
MOST_LINES = 20
"""Excel has no rows higher than 409 points."""


STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\n")

FORMATS: dict[Kind, str] = {
    "text": "@",
    "amount": "#,##0",
    "weight": "#,##0",
    "number": "General",
    "decimal": "#,##0.00",
    "count": "#,##0",
    "share": "0.0%",
    "minutes": "0.0",
    "metres": "#,##0",
    "flag": "General",
}
WITH_DECIMALS = "#,##0.0"

HEAD_FILL = PatternFill("solid", fgColor="DCE6F1")
TOTAL_FILL = PatternFill("solid", fgColor="F2F2F2")
MARKED_FILL = PatternFill("solid", fgColor="FFF2CC")
NOTE_FILL = PatternFill("solid", fgColor="FDE9D9")
LINE = Side(style="thin", color="808080")
HAIR = Side(style="hair", color="A6A6A6")
GRID = Border(left=HAIR, right=HAIR, top=HAIR, bottom=HAIR)
TOTAL_BORDER = Border(top=LINE, bottom=LINE)


def write_tables(result: StudyResult, path: Path) -> None:
    """Write a study's tables as a workbook in the study's language; equal results give equal bytes."""
    language = result.study.study.language
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    taken: set[str] = set()
    sheets = all_sheets(result)
    names = [sheet_name(sheet.label, sheet.name, taken) for sheet in sheets]
    index = list_of_sheets(result, sheets, names)
    sheets.insert(1, index)
    names.insert(1, sheet_name("", index.name, taken))
    for name, sheet in zip(names, sheets, strict=True):
        _write_sheet(book.create_sheet(name), sheet, note_of(result), language)
    book.properties.title = plain(f"{place(result)} {result.study.study.year}")
    book.properties.creator = "civicreach"
    book.properties.created = FIXED_TIME
    raw = io.BytesIO()
    book.save(raw)
    path.write_bytes(with_fixed_times(raw.getvalue()))


def _write_sheet(page: Worksheet, sheet: Sheet, note: str, language: Language) -> None:
    tables = (sheet, *sheet.more)
    needs = [[_width(column, at, table) for at, column in enumerate(table.columns)] for table in tables]
    widths = [max(known) for known in zip_longest(*needs, fillvalue=0.0)]
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    font = "Microsoft YaHei" if language == "zh" else "Calibri"
    heads = []
    for table, start in zip(tables, starts(sheet, bool(note)), strict=True):
        row = _write_heading(page, table, note if table is sheet else "", widths, font, start)
        heads.append(row)
        for number, column in enumerate(table.columns, start=1):
            _write_head(page.cell(row, number), column, number, font)
            _write_column(page, column, number, row + 1, table, font)
        _set_heights(page, table, widths[: len(table.columns)], row)
        for at, cells in enumerate(total_rows(table)):
            _write_total(page, table, cells, row + 1 + table.row_count + at, font)
    row, first = heads[0], heads[0] + 1
    _link(page, sheet.links, first, font)
    fixed = min(sheet.fixed, len(sheet.columns) - 1)
    if sheet.more:  # a filter of one table would hide rows of the others
        set_up_print(page, widths, 1, 1, language, (sheet.lines[0], note))
        return
    last = get_column_letter(len(sheet.columns))
    page.auto_filter.ref = f"A{row}:{last}{max(row, row + sheet.row_count)}"
    page.freeze_panes = page.cell(first, fixed + 1).coordinate
    set_up_print(page, widths, row, fixed, language, (sheet.lines[0], note))


def _link(page: Worksheet, places: Sequence[str], first: int, font: str) -> None:
    """Let the first column lead to the tables that it names."""
    for row, target in enumerate(places, start=first):
        cell = page.cell(row, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
        cell.font = Font(name=font, size=10, color="0563C1", underline="single")


def _write_heading(page: Worksheet, sheet: Sheet, note: str, widths: list[float], font: str, start: int) -> int:
    """The note on the data and the heading lines, merged across the table's first page; the row below them."""
    span = first_page(widths)
    width = sum(widths[:span])
    lines = [(note, True)] if note else []
    lines += [(line, False) for line in sheet.lines]
    for row, (line, is_note) in enumerate(lines, start=start):
        cell = page.cell(row, 1)
        _put(cell, line)
        title = row == start + bool(note)
        cell.font = Font(
            name=font, bold=is_note or title, size=13 if title else 10, color="9C2A00" if is_note else None
        )
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if is_note:
            cell.fill = NOTE_FILL
        if span > 1:
            page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=span)
        letters = display_width(line) * (1.35 if title else 1.0)
        page.row_dimensions[row].height = LINE_HEIGHT * 1.25 * max(1, math.ceil(letters / max(width, 1)))
    return start + len(lines)


def _write_head(cell: XlsxCell | MergedCell, column: Column, number: int, font: str) -> None:
    _put(cell, column.header)
    cell.font = Font(name=font, bold=True, size=10)
    cell.fill = HEAD_FILL
    cell.border = GRID
    side = "left" if column.kind == "text" else "center"
    indent = _indent(column, number)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=side, indent=indent)


def _write_column(page: Worksheet, column: Column, number: int, first: int, sheet: Sheet, font: str) -> None:
    face = Font(name=font, size=10)
    wraps = column.kind == "text" and _width(column) >= WIDEST
    side = {"text": "left", "flag": "center"}.get(column.kind)
    layout = Alignment(vertical="center", wrap_text=wraps, horizontal=side, indent=_indent(column, number))
    dressed: dict[tuple[Kind, bool], StyleArray] = {}
    for at, value in enumerate(column.values):
        kind, marked = column.kind_at(at), at in sheet.marked
        cell: Any = page.cell(first + at, number)
        if (kind, marked) not in dressed:
            cell.font, cell.border, cell.alignment = face, GRID, layout
            cell.number_format = _format(column, kind)
            if marked:
                cell.fill = MARKED_FILL
            dressed[kind, marked] = copy(cell._style)  # noqa: SLF001 - setting each part takes thrice as long
        cell._style = copy(dressed[kind, marked])  # noqa: SLF001
        if isinstance(value, str) and column.kind not in ("text", "flag"):  # words instead of a number
            cell.alignment = Alignment(vertical="center", horizontal="right")
        _put(cell, value)


def _indent(column: Column, number: int) -> int:
    """Text keeps a distance from numbers to its left, which stand at their right edge."""
    return int(column.kind == "text" and number > 1)


def _set_heights(page: Worksheet, sheet: Sheet, widths: list[float], header_row: int) -> None:
    """Rows as high as their lines: not every viewer finds that out by itself."""
    heads = max(_lines(column.header, width) for column, width in zip(sheet.columns, widths, strict=True))
    page.row_dimensions[header_row].height = LINE_HEIGHT * heads + 4
    for column, width in zip(sheet.columns, widths, strict=True):
        if column.kind == "text" and width >= WIDEST:
            for row, value in enumerate(column.values, start=header_row + 1):
                lines = _lines(str(value or ""), width)
                if lines > 1:
                    known = page.row_dimensions[row].height or 0.0
                    page.row_dimensions[row].height = max(known, LINE_HEIGHT * min(lines, MOST_LINES))


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column; a little is lost at the end of each."""
    return sum(max(1, math.ceil(display_width(line) / (width - 2.5))) for line in text.split("\n"))


def _write_total(page: Worksheet, sheet: Sheet, cells: Sequence[Cell], row: int, font: str) -> None:
    for number, (column, value) in enumerate(zip(sheet.columns, cells, strict=True), start=1):
        cell = page.cell(row, number)
        _put(cell, value)
        cell.font, cell.fill, cell.border = Font(name=font, bold=True, size=10), TOTAL_FILL, TOTAL_BORDER
        of_all = f'0" / {sheet.row_count}"'  # how many units say yes, of how many
        cell.number_format = of_all if column.kind == "flag" else _format(column, column.kind)
        cell.alignment = Alignment(vertical="center", horizontal="center" if column.kind == "flag" else None)


def _put(cell: XlsxCell | MergedCell, value: Cell) -> None:
    """Set a value; text stays text, whatever it begins with, and numbers keep their last digit."""
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        cell.value, cell.data_type = repr(value), "n"  # openpyxl writes 16 digits of numbers, JSON 17
        return
    if not isinstance(value, str) or not value:
        cell.value = None if value == "" else value
        return
    text = plain(value)
    cell.value = text
    cell.data_type = "s"  # openpyxl takes "=..." for a formula and "#N/A" for an error
    if text.startswith(STARTS_FORMULA):
        cell.quotePrefix = True  # what Excel notes when a cell is typed with a leading apostrophe


def _format(column: Column, kind: Kind) -> str:
    """The number format; weights have a decimal where one of them isn't whole, people never."""
    if kind != "weight":
        return FORMATS[kind]
    rows = [v for at, v in enumerate(column.values) if column.kind_at(at) == kind]
    numbers = [v for v in (*rows, column.total) if isinstance(v, int | float)]
    return FORMATS[kind] if all(abs(v - round(v)) < 1e-9 for v in numbers) else WITH_DECIMALS


def _width(column: Column, number: int = 0, sheet: Sheet | None = None) -> float:
    """Wide enough for what the column shows; headers take as many lines as keep the column narrow."""
    words = re.split(r"[ \u2e80-\uffff]", column.header)  # lines break between words and at any Chinese letter
    needs = [min(display_width(column.header), HEADER_WIDTH), *(min(len(word), WIDEST) for word in words)]
    below = [cells[number] for cells in sheet.totals] if sheet is not None else []
    needs += [display_width(text) for text in _shown(column, below)]
    return float(min(max(*needs, NARROWEST) + 2, WIDEST))


def _shown(column: Column, below: Sequence[Cell]) -> Iterator[str]:
    """Cells as they are read, as far as widths depend on them."""
    for at, value in enumerate((column.total, *column.values[:ROWS_MEASURED])):
        if isinstance(value, str):
            yield value
        elif value is not None:
            kind = column.kind_at(at - 1) if at else column.kind
            yield f"{percent_text(value)}%" if kind == "share" else number_text(value, _decimals(kind, value))
    for value in below:
        yield value if isinstance(value, str) else "" if value is None else number_text(value, 1)
    if column.kind == "flag":
        yield f"{len(column.values)} / {len(column.values)}"


def _decimals(kind: Kind, value: float) -> int:
    """Decimals that a number shows."""
    shows = kind == "minutes" or (kind in ("weight", "number") and not float(value).is_integer())
    return int(shows)

"""Tables from CSV and XLSX, kept as text until a column is asked for as numbers.

Text keeps codes whole (leading zeros, 12 digits), and faults can show what the file says. The index of a
table counts rows as a person does: the header is row 1.
"""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from civicreach.errors import Fault, Faults, LayerError
from civicreach.inputs.files import decode, did_you_mean, require_file

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
OLD_WORKBOOK_SUFFIXES = (".xls", ".et", ".xlsb", ".ods")
DELIMITERS = (",", ";", "\t")

Cells = list[str]


def is_table(path: Path) -> bool:
    """Whether a file is a table rather than a vector layer, by its suffix."""
    return path.suffix.lower() in TEXT_SUFFIXES + WORKBOOK_SUFFIXES + OLD_WORKBOOK_SUFFIXES


def read_table(path: Path, sheet: str | None = None) -> pd.DataFrame:
    """A table whose first row names its columns; all values are text, empty cells are missing.

    The index (named "row") counts rows as in the file. Empty rows, and columns without header and values,
    are dropped. Raises LayerError for a missing or unreadable file, an unknown sheet, a header that repeats a
    name, cells beyond the header, and a table without rows.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if suffix in OLD_WORKBOOK_SUFFIXES:
        raise LayerError(Fault(f"{suffix} workbooks can't be read", path.name, todo="Save it as .xlsx."))
    if suffix in WORKBOOK_SUFFIXES:
        where, rows = _workbook_rows(path, sheet)
    else:
        where, rows = path.name, _text_rows(path)
    return _frame(rows, where)


def _text_rows(path: Path) -> Iterator[Cells]:
    text = decode(path.read_bytes(), path.name)
    header = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise LayerError(Fault(f"not a table that can be read ({error})", path.name)) from error


def _workbook_rows(path: Path, sheet: str | None) -> tuple[str, Iterator[Cells]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        fault = Fault("not an Excel workbook", path.name, todo="Save it as .xlsx again.")
        raise LayerError(fault) from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            todo = did_you_mean(sheet, book.sheetnames)
            raise LayerError(Fault(f"no sheet {sheet!r}", path.name, todo=todo))
        page = book[sheet] if sheet is not None else book.worksheets[0]
        page.reset_dimensions()  # some programs write a used range that is smaller than the sheet
        rows = [[_cell_text(value) for value in row] for row in page.iter_rows(values_only=True)]
        return f"{path.name} [{page.title}]", iter(rows)
    finally:
        book.close()


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value).strip()


def _frame(rows: Iterator[Cells], where: str) -> pd.DataFrame:
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if not numbered or numbered[0][0] != 1:
        what = "the first row is empty" if numbered else "the table is empty"
        raise LayerError(Fault(what, where, todo="The first row must hold the names of the columns."))
    header, body = numbered[0][1], numbered[1:]
    while header and not header[-1]:
        header = header[:-1]
    faults = Faults(where)
    _check_header(header, body, faults)
    if not body:
        faults.add("no row below the header", todo="Fill it in, or save it again with its rows.")
    faults.raise_if_any(LayerError)
    named = [at for at, name in enumerate(header) if name]
    frame = pd.DataFrame(
        [[row[at] if at < len(row) and row[at] else None for at in named] for _, row in body],
        index=pd.Index([number for number, _ in body], name="row"),
        columns=[header[at] for at in named],
        dtype="str",
    )
    frame.attrs["where"] = where
    return frame


def _check_header(header: Cells, body: Sequence[tuple[int, Cells]], faults: Faults) -> None:
    names = [name for name in header if name]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        faults.add("columns that share a name", rows=repeated, todo="Give each column its own name.")
    unnamed = [at for at, name in enumerate(header) if not name]
    stray = [
        f"row {number}"
        for number, row in body
        if any(row[len(header) :]) or any(row[at] for at in unnamed if at < len(row))
    ]
    if stray:
        faults.add("cells in a column without a name", rows=stray, todo="Name the column in row 1.")


def where_of(frame: pd.DataFrame) -> str:
    """The file (and sheet) that a table was read from."""
    return str(frame.attrs.get("where", "table"))


def row_labels(index: pd.Index) -> list[str]:
    """Rows as a person finds them in the file.

    >>> row_labels(pd.Index([2, 7], name="row"))
    ['row 2', 'row 7']
    """
    kind = "row" if index.name is None else index.name
    return [f"{kind} {number}" for number in index]


def text_column(frame: pd.DataFrame, name: str, faults: Faults) -> pd.Series | None:
    """A column as text on the table's index, missing where a cell is empty.

    None, and a fault with the nearest and all columns, where there is no such column.
    """
    if name not in frame.columns:
        columns = [c for c in frame.columns if c != "geometry"]
        faults.add(f"no column {name!r}", todo=did_you_mean(name, columns))
        return None
    values = frame[name]
    if not isinstance(values.dtype, pd.StringDtype):
        values = pd.Series([_value_text(v) for v in values.array], index=values.index, name=name, dtype="str")
    values = values.str.strip()
    return values.mask(values == "")


def _value_text(value: object) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return _cell_text(value.item() if isinstance(value, np.generic) else value)


def number_column(frame: pd.DataFrame, name: str, faults: Faults, *, required: bool = True) -> pd.Series | None:
    """A column as float64 on the table's index; NaN where a cell is no number, and such rows are faults.

    Empty cells are faults too, unless `required` is False. None, and a fault, where there is no such column.
    """
    text = text_column(frame, name, faults)
    if text is None:
        return None
    numbers = pd.to_numeric(text, errors="coerce").astype(np.float64)
    empty = text.isna()
    wrong = ~empty & ~np.isfinite(numbers)
    if wrong.any():
        shown = zip(row_labels(text.index[wrong]), text[wrong], strict=True)
        todo = "Write a plain number."
        faults.add(f"{name} isn't a number", rows=[f"{row} has {value!r}" for row, value in shown], todo=todo)
    if required and empty.any():
        faults.add(f"{name} is empty", rows=row_labels(text.index[empty]), todo="Fill it in.")
    return numbers.where(np.isfinite(numbers))

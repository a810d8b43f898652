"""How a sheet comes out of a printer: letters never too small to read, names and header on every page."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from civicreach.report.text import plain
from civicreach.report.words import PHRASES, pick
from civicreach.study import Language

A4 = 9
PAGE_WIDTH = 120.0
"""Widths of columns that add up to a page, A4 landscape, at full size, even where a wider font stands in."""

SMALLEST_SHARE = 0.7
"""Of the full size; smaller letters can't be read on paper, so wider tables go on several pages side by side."""


def first_page(widths: Sequence[float]) -> int:
    """How many columns a heading may span so that it is seen whole on paper and on a screen; at least one."""
    count, used = 0, 0.0
    for width in widths:
        used += width
        if count and used > PAGE_WIDTH:
            break
        count += 1
    return max(1, count)


def set_up_print(
    page: Worksheet, widths: Sequence[float], header_row: int, fixed: int, language: Language, said: tuple[str, str]
) -> None:
    """Landscape, as few pages wide as stay readable; the `fixed` columns and the header stand on each.

    `said` is what the table holds and the note on its data: a heading across columns isn't whole on later pages.
    """
    pages = pages_wide(widths, fixed)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = pages, 0
    if page.sheet_properties.pageSetUpPr is not None:
        page.sheet_properties.pageSetUpPr.fitToPage = True
    if pages > 1:
        page.page_setup.pageOrder = "overThenDown"
        page.print_title_cols = f"A:{get_column_letter(fixed)}"
    page.print_title_rows = f"1:{header_row}"
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, footer=0.3)
    if page.oddFooter is not None:
        page.oddFooter.center.text = pick(PHRASES["page"], language)
        page.oddFooter.left.text, page.oddFooter.right.text = (_footer(text) for text in said)


def _footer(text: str) -> str | None:
    """Text as footers hold it, where `&` begins a command and all parts together have 255 characters."""
    return plain(text).replace("\n", " ")[:40].replace("&", "&&") or None


def pages_wide(widths: Sequence[float], fixed: int) -> int:
    """Pages side by side that a table needs at the smallest size; its first `fixed` columns stand on each.

    >>> pages_wide([12.0] * 14, 1), pages_wide([12.0] * 22, 1)
    (1, 2)
    """
    names, room = sum(widths[:fixed]), PAGE_WIDTH / SMALLEST_SHARE
    pages, used = 1, names
    for width in widths[fixed:]:
        if used > names and used + width > room:
            pages, used = pages + 1, names
        used += width
    return pages

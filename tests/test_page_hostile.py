"""Hostile names in every text field: on the page nothing runs and all is text, in the workbook nothing is a formula."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from civicreach.maps import map_html
from civicreach.measures import StudyResult
from civicreach.report.xlsx import write_tables
from page_case import HOSTILE, page_case
from page_reader import MARKUP, SMALL_TEXT, Reader, browsers, readers

GLOBALS = """['pwned', ...Object.keys(Object.prototype)].filter(key => window[key] !== undefined || key in {})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.fixture(scope="module")
def hostile() -> StudyResult:
    return page_case(hostile=True, analyses=True)


def plain(text: str) -> str:
    """Text with its white space as a browser shows it."""
    return " ".join(text.split())


def test_every_part_of_the_page_shows_them_as_text(reader: Reader, hostile: StudyResult) -> None:
    page = reader.ready(map_html(hostile))
    head = hostile.study.study
    title = plain(page.locator(".top").inner_text())
    for text in (head.name, head.author, head.date, head.data_date, head.review_number):
        assert plain(text)[:200] in title, text[:80]
    assert plain(hostile.study.page.footer) in plain(page.locator(".stamp").inner_text())
    seen = ""
    for theme in range(len(hostile.services) + len(hostile.analyses)):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        seen += page.evaluate("document.querySelector('.page').textContent")
        for tab in range(page.locator(".tabs [data-tab]").count()):
            page.locator(".tabs [data-tab]").nth(tab).click()
            seen += page.evaluate("document.querySelector('.page').textContent")
        for kind in ("home", "facility") if theme < len(hostile.services) else ():
            page.evaluate("kind => civicreach.app.select({kind: kind, index: 0}, true)", kind)
            seen += page.locator(".card").inner_text()
        page.evaluate("civicreach.app.select({kind: 'unit', level: 'community', index: 3}, true)")
        page.evaluate("civicreach.app.state.set({language: civicreach.app.state.language === 'zh' ? 'en' : 'zh'})")
        page.evaluate("civicreach.app.map.setZoom(15.5, {animate: false})")
        assert page.evaluate(MARKUP) == [0, 0]
    assert page.evaluate(GLOBALS) == []
    for name in HOSTILE:
        assert name[:60] in seen, f"never shown as it is: {name[:60]!r}"
    assert page.evaluate(SMALL_TEXT) == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_long_names_push_nothing_off_the_page(reader: Reader, hostile: StudyResult, size: str) -> None:
    page = reader.ready(map_html(hostile), size)
    for theme in range(len(hostile.services) + len(hostile.analyses)):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        wide, tall = page.evaluate(
            "[document.documentElement.scrollWidth - innerWidth, document.querySelector('.top').offsetHeight]"
        )
        assert wide <= 0
        assert tall < 330, "the title block leaves room for the map"


def test_workbook_cells_stay_text(hostile: StudyResult, tmp_path: Path) -> None:
    write_tables(hostile, tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = [str(cell.value) for cell in cells if cell.data_type == "s"]
    assert any("HYPERLINK" in text for text in texts)
    assert any("<script>" in text for text in texts)

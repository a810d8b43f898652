"""The page by keyboard and for screen readers: everything has a name and a role, nothing is only for the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from page_case import page_case
from page_reader import SMALL_TEXT, Reader, browsers, readers

NAMELESS = """[...document.querySelectorAll('.page :is(button, select, input, [role=tab], [role=menuitem])')]
    .filter(n => n.offsetParent && !(n.getAttribute('aria-label') || n.textContent.trim() || n.labels?.length
        || n.title)).map(n => n.outerHTML.slice(0, 120))"""
BROKEN = """[...document.querySelectorAll('.page [aria-controls], .page [aria-describedby], .page [aria-labelledby]')]
    .flatMap(n => ['aria-controls', 'aria-describedby', 'aria-labelledby'].map(a => n.getAttribute(a)).filter(Boolean))
    .filter(id => !document.getElementById(id))"""
SMALL_TARGETS = """[...document.querySelectorAll('.page :is(button, select, input)')].filter(n => n.offsetParent
    && !n.closest('td, th, dt, .mini-name, label, p, .leaflet-control-container')).filter(n => {
    const b = n.getBoundingClientRect(); return b.width < 24 || b.height < 24; }).map(n => n.className)"""
MUTE = (
    """[...document.querySelectorAll('.page :is(canvas, svg)')].filter(n => !n.closest('[aria-hidden=true]')).length"""
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(page_case(analyses=True))


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("theme", [0, 2])
def test_everything_has_a_name_and_nothing_is_tiny(reader: Reader, html: str, size: str, theme: int) -> None:
    page = reader.ready(html, size)
    page.evaluate("n => civicreach.app.setTheme(n)", theme)
    page.evaluate("civicreach.app.state.set({layersOpen: true, outputOpen: true})")
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(BROKEN) == []
    assert size == "desk" or page.evaluate(SMALL_TARGETS) == [], "fingers need room"
    assert page.evaluate(MUTE) == 0, "pictures are passed over; the tables say the same"
    assert page.evaluate(SMALL_TEXT) == []
    assert page.locator("main, header, aside, h1").count() >= 4
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_first_stop_leads_to_the_tables_and_every_stop_is_seen(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(n => [n.className + n.tagName, getComputedStyle(n).outlineStyle, n.offsetParent !== null])"
            "(document.activeElement)"
        )
        if "BODY" in outline[0]:
            break
        assert outline[1] != "none", f"no focus ring on {outline[0]}"
        assert outline[2], outline[0]
        seen.add(outline[0])
    assert len(seen) >= 8

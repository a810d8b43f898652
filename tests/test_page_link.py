"""The page's address: a link opens the theme, topic, language and view that it was copied from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from page_case import page_case
from page_reader import Reader, browsers, readers

SHOWN = """() => { const a = civicreach.app, c = a.map.getCenter();
    return [a.theme().id, a.state.language, a.map.getZoom(), c.lat, c.lng]; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(page_case())


def test_a_link_opens_what_was_shown(reader: Reader, html: str) -> None:
    page = reader.open(html)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate("civicreach.app.setTheme(1)")
    page.evaluate("civicreach.app.state.set({language: 'en'})")
    page.evaluate("civicreach.app.map.setView(civicreach.app.map.getCenter(), 15, {animate: false})")
    page.wait_for_url(re.compile("map=15"))
    link, shown = page.url, page.evaluate(SHOWN)
    assert f"theme={shown[0]}" in link
    assert "lang=en" in link
    page = reader.open(html, address=f"#{link.split('#')[1]}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.wait_for_timeout(500)  # the map takes its size first
    again = page.evaluate(SHOWN)
    assert again[:3] == shown[:3]
    assert again[3:] == pytest.approx(shown[3:], abs=1e-4)


@pytest.mark.parametrize(
    "address", ["#theme=<b>&lang=fr&map=x/y/z", "#map=15/999/0", "#topic=99&theme=nobody", "#%E0%A4%A"]
)
def test_a_link_that_says_nothing_changes_nothing(reader: Reader, html: str, address: str) -> None:
    page = reader.open(html)
    page.wait_for_selector("html[data-ready]", state="attached")
    before = page.evaluate(SHOWN)
    found = page.evaluate("hash => civicreach.readLink(civicreach.app, hash)", address)
    assert found == {}
    page.evaluate("hash => civicreach.followLink(civicreach.app, hash)", address)
    assert page.evaluate(SHOWN) == before

"""A page in headless Chromium, for tests: it opens files offline, and fails on any request, error or dialog."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SIZES = {"desk": (1440, 900), "wall": (1920, 1080), "small": (1024, 768), "phone": (390, 844), "cell": (950, 600)}

# Where the middle of a community lies in the window.
COMMUNITY_AT = """i => { const a = civicreach.app, u = a.model.units.community;
    const box = a.map.getContainer().getBoundingClientRect();
    const at = a.map.latLngToContainerPoint([civicreach.latOf(u.y[i]), civicreach.lonOf(u.x[i] + 1e-6)]);
    return [box.left + at.x, box.top + at.y, u.name[i]]; }"""
FIGURES = """Object.fromEntries([...document.querySelectorAll('[data-figure]')]
    .map(n => [n.dataset.figure, n.textContent]))"""
# Elements that names may have made, and handlers that they may have hung on others.
MARKUP = """[document.querySelectorAll('.page script, .page img, .page iframe, .page a:not(.skip)').length,
    [...document.querySelectorAll('.page *')].filter(n => [...n.attributes].some(a => /^on/.test(a.name))).length]"""
# The colour of a canvas at a place of the map, as 'rgb(r, g, b)'; null where it isn't on the canvas.
PIXEL = """(name, x, y) => { const a = civicreach.app, c = a.canvases[name]; const p = a.map.getPixelOrigin()
        .add(c._bounds.min), s = 2 ** a.map.getZoom();
    const at = [x * s - p.x, y * s - p.y].map(v => Math.round(v * c._ratio));
    if (at[0] < 0 || at[1] < 0 || at[0] >= c._container.width || at[1] >= c._container.height) return null;
    const d = c._ctx.getImageData(at[0], at[1], 1, 1).data;
    return d[3] === 255 ? `rgb(${d[0]}, ${d[1]}, ${d[2]})` : null; }"""
# Elements with text smaller than 12 px.
SMALL_TEXT = """[...document.querySelectorAll('body *')].filter(n => n.offsetParent
    && [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim())
    && parseFloat(getComputedStyle(n).fontSize) < 12).map(n => n.className + ' ' + n.textContent)"""


class Reader:
    """A page in headless Chromium that is offline; it fails on any request but the file, error, warning or dialog."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.contexts: list[Any] = []
        self.requests: list[str] = []
        self.faults: list[str] = []

    def open(self, html: str, size: str = "desk", address: str = "", **more: Any) -> Any:
        path = self.folder / f"page{len(self.contexts)}.html"
        path.write_text(html, encoding="utf-8")
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce", **more
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("console", self.hear)
        page.goto(path.as_uri() + address)
        return page

    def hear(self, message: Any) -> None:
        # only tests read canvases back
        if message.type in ("error", "warning") and "willReadFrequently" not in message.text:
            self.faults.append(message.text)

    def ready(self, html: str, size: str = "desk", **more: Any) -> Any:
        page = self.open(html, size, **more)
        page.wait_for_selector("html[data-ready]", timeout=20_000)
        assert page.evaluate("document.documentElement.dataset.ready") == "yes", self.faults
        return page


def browsers() -> Iterator[Any]:
    """Chromium while a module's tests run; skips them where it, or playwright, is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


def readers(browser: Any, folder: Path) -> Iterator[Reader]:
    """A reader for one test, and what must hold of everything that it opened."""
    found = Reader(browser, folder)
    yield found
    for context in found.contexts:
        context.close()
    assert found.faults == []
    assert len(found.requests) == len(found.contexts), "the page asked for something besides itself"


def rgb(colour: str) -> list[int]:
    """The three numbers of a colour as browsers write it."""
    return [int(n) for n in re.findall(r"\d+", colour)[:3]]

"""Online tiles below the page's map: only where the study names them, silent without a network, AMap's put right."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from civicreach.maps import map_html
from civicreach.maps.offline import POLICY
from civicreach.maps.tiles import SOURCES
from civicreach.measures import StudyResult
from civicreach.study import PageSpec
from page_case import page_case
from page_reader import Reader, browsers, readers

KNOWN = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
"""WGS-84 and GCJ-02 of the same places, as published with other tools that shift them."""
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PLACED = """() => { const m = civicreach.app.map, pane = m.getPanes().mapPane.getBoundingClientRect();
    return [...document.querySelectorAll('.leaflet-tile')].map(n => { const b = n.getBoundingClientRect();
        const p = m.layerPointToLatLng([b.left + b.width / 2 - pane.left, b.top + b.height / 2 - pane.top]);
        return [n.src, p.lng, p.lat, b.width]; }); }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case()


def tiled(result: StudyResult, tiles: Any, key: str = "") -> str:
    """The page of a study that names an online map."""
    page = PageSpec(tiles=tiles, tianditu_key=key)
    return map_html(replace(result, study=result.study.model_copy(update={"page": page})))


def policy(html: str) -> str:
    """The content security policy of a page."""
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert found is not None
    return found.group(1).replace("&#39;", "'")


def online(browser: Any, html: str, folder: Path, answer: Any) -> tuple[Any, list[str], list[str]]:
    """A page with a network whose every request is answered by `answer`; its requests and script errors."""
    path = folder / "online.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": 900, "height": 700}, reduced_motion="reduce")
    asked: list[str] = []
    faults: list[str] = []
    context.route("http*://**/*", lambda route: (asked.append(route.request.url), answer(route))[1])
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    return page, asked, faults


def test_default_page_names_no_host_and_sends_no_referrer(result: StudyResult) -> None:
    html = map_html(result)
    assert policy(html) == POLICY
    assert '<meta name="referrer" content="no-referrer">' in html


@pytest.mark.parametrize("tiles", ["osm", "tianditu", "amap"])
def test_only_the_named_hosts_may_be_asked(result: StudyResult, tiles: str) -> None:
    found = policy(tiled(result, tiles, "0a1b"))
    pictures = next(rule for rule in found.split("; ") if rule.startswith("img-src"))
    assert pictures.split()[3:] == SOURCES[tiles].hosts
    assert all(host.startswith("https://") and "{" not in host for host in SOURCES[tiles].hosts)
    assert found.replace(pictures, "img-src data: blob:") == POLICY


def test_tianditu_needs_a_key_that_is_one() -> None:
    with pytest.raises(ValidationError, match="needs tianditu_key"):
        PageSpec(tiles="tianditu")
    with pytest.raises(ValidationError, match="tianditu_key"):
        PageSpec(tiles="tianditu", tianditu_key='"><script>')


@pytest.mark.parametrize("tiles", ["osm", "tianditu", "amap"])
def test_offline_the_page_asks_nobody_and_stays_silent(reader: Reader, result: StudyResult, tiles: str) -> None:
    page = reader.ready(tiled(result, tiles, "0a1b"))
    page.evaluate("civicreach.app.map.setZoom(16, {animate: false})")
    assert page.evaluate("civicreach.app.tiled") is False
    assert SOURCES[tiles].attribution[0] in page.locator(".stamp").inner_text()


def test_unreachable_host_is_given_up(browser: Any, result: StudyResult, tmp_path: Path) -> None:
    page, asked, faults = online(browser, tiled(result, "osm"), tmp_path, lambda route: route.abort())
    page.wait_for_function("document.querySelectorAll('.leaflet-tile').length === 0")
    told = len(asked)
    page.evaluate("civicreach.app.map.setZoom(16, {animate: false})")
    page.wait_for_timeout(300)
    assert (len(asked), faults) == (told, [])
    assert told > 0
    assert page.evaluate("civicreach.app.tiled") is False
    assert page.locator(".big").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("tiles", ["osm", "amap"])
def test_tiles_lie_where_they_belong(browser: Any, result: StudyResult, tmp_path: Path, tiles: str) -> None:
    def answer(route: Any) -> None:
        route.fulfill(status=200, content_type="image/png", body=PICTURE)

    page, asked, faults = online(browser, tiled(result, tiles), tmp_path, answer)
    page.evaluate("civicreach.app.map.setView(civicreach.app.map.getCenter(), 15, {animate: false})")
    page.wait_for_function("civicreach.app.tiled")
    page.wait_for_timeout(400)
    placed = [row for row in page.evaluate(PLACED) if row[3] == 256]
    assert len(placed) >= 6
    for src, lon, lat, _ in placed:
        x, y, z = tile_of(src)
        middle = page.evaluate(
            "([x, y, z]) => (p => [p.lng, p.lat])(civicreach.app.map.unproject([256 * (x + 0.5), 256 * (y + 0.5)], z))",
            [x, y, z],
        )
        if tiles == "amap":  # what AMap draws there lies there in GCJ-02
            moved = page.evaluate("p => civicreach.gcjOf(p[0], p[1])", [lon, lat])
            assert abs(moved[0] - lon) > 0.003
            lon, lat = moved  # noqa: PLW2901
        assert [lon, lat] == pytest.approx(middle, abs=5e-5), "within a pixel"
    assert faults == []
    hosts = {"/".join(url.split("/")[:3]) for url in asked}
    assert hosts <= set(SOURCES[tiles].hosts)
    page.locator(".layers-open").click()
    page.locator("[data-layer=tiles]").uncheck()
    assert page.locator(".leaflet-tile").count() == 0
    assert page.evaluate("civicreach.app.tiled") is False
    page.evaluate("void civicreach.pictureOf(civicreach.app).toDataURL()")  # never tainted
    page.context.close()


def tile_of(src: str) -> tuple[int, int, int]:
    """Column, row and zoom that an address asks for."""
    named = {key: int(value) for key, value in re.findall(r"[?&]([xyz])=(\d+)", src)}
    if named:
        return named["x"], named["y"], named["z"]
    z, x, y = (int(n) for n in re.findall(r"/(\d+)/(\d+)/(\d+)\.png", src)[0])
    return x, y, z


def test_shift_is_the_published_one_and_comes_back(reader: Reader, result: StudyResult) -> None:
    page = reader.ready(map_html(result))
    for here, there in KNOWN:
        assert page.evaluate("p => civicreach.gcjOf(p[0], p[1])", list(here)) == pytest.approx(there, abs=1e-9)
        assert page.evaluate("p => civicreach.wgsOf(p[0], p[1])", list(there)) == pytest.approx(here, abs=1e-9)
    assert page.evaluate("civicreach.gcjOf(-15.4, 28.1)") == [-15.4, 28.1]

"""The meeting page in headless Chromium, offline: what a reader sees and does, at three sizes, with hostile names."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import draw_map, map_html
from civicreach.maps.encode import pack
from civicreach.maps.web import page_data
from civicreach.measures.result import StudyResult
from page_case import HOSTILE, page_case

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SIZES = {"desk": (1440, 900), "wall": (1920, 1080), "phone": (390, 844)}


# Where something lies in the window: a facility, and the middle of a community.
FACILITY_AT = """i => { const a = civicreach.app, p = a.service().places;
    const box = a.map.getContainer().getBoundingClientRect();
    const at = a.map.latLngToContainerPoint([civicreach.latOf(p.y[i]), civicreach.lonOf(p.x[i])]);
    return [box.left + at.x, box.top + at.y]; }"""
COMMUNITY_AT = """i => { const a = civicreach.app, u = a.model.units.community;
    const box = a.map.getContainer().getBoundingClientRect();
    const at = a.map.latLngToContainerPoint([civicreach.latOf(u.y[i]), civicreach.lonOf(u.x[i] + 1e-6)]);
    return [box.left + at.x, box.top + at.y, u.name[i]]; }"""
FIGURES = """Object.fromEntries([...document.querySelectorAll('[data-figure]')]
    .map(n => [n.dataset.figure, n.textContent]))"""
OWN_WORDS = """['.headline', '.tabs', '.caption', 'thead', '.legend', '.layers', '.tools .print']
    .map(s => document.querySelector(s).innerText).join(' ')"""
MARKUP = """[document.querySelectorAll('.page script, .page img, .page iframe, .page a:not(.skip)').length,
    [...document.querySelectorAll('.page *')].filter(n => [...n.attributes].some(a => /^on/.test(a.name))).length]"""


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case()


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def hostile() -> StudyResult:
    return page_case(hostile=True)


class Reader:
    """A page in headless Chromium that is offline; it fails on any request but the file, error, warning or dialog."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.contexts: list[Any] = []
        self.requests: list[str] = []
        self.faults: list[str] = []

    def open(self, html: str, size: str = "desk", **more: Any) -> Any:
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
        page.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(path.as_uri())
        return page

    def ready(self, html: str, size: str = "desk", **more: Any) -> Any:
        page = self.open(html, size, **more)
        page.wait_for_selector("html[data-ready]", timeout=20_000)
        assert page.evaluate("document.documentElement.dataset.ready") == "yes", self.faults
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed: pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    found = Reader(browser, tmp_path)
    yield found
    for context in found.contexts:
        context.close()
    assert found.faults == []
    assert len(found.requests) == len(found.contexts), "the page asked for something besides itself"


@pytest.mark.parametrize("size", SIZES)
def test_page_opens_at_every_size(reader: Reader, html: str, size: str) -> None:
    page = reader.ready(html, size, has_touch=size == "phone")
    assert page.evaluate("civicreach.app.readyMilliseconds") < 5_000
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    for what in (".synthetic", "h1", ".big", ".legend h2", ".leaflet-control-scale-line", ".north", ".stamp", "table"):
        assert page.locator(what).first.is_visible(), what
    assert "未经审图不得公开" in page.locator(".stamp").inner_text()
    painted = page.evaluate(
        "[...document.querySelectorAll('.folium-map canvas')].map(c => c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data.some(v => v > 0))"
    )
    assert painted == [True] * 7


@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_smaller_than_12_px(reader: Reader, html: str, size: str) -> None:
    page = reader.ready(html, size)
    page.evaluate("civicreach.app.state.set({layersOpen: true, tab: 'areas'})")
    small = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(n => n.offsetParent
            && [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim())
            && parseFloat(getComputedStyle(n).fontSize) < 12).map(n => n.className + ' ' + n.textContent)"""
    )
    assert small == []


def test_figures_in_the_page_are_the_figures(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    for number, service in enumerate(result.services):
        page.locator(f".themes [data-theme='{number}']").click()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        shown = page.evaluate(FIGURES)
        assert set(shown) == {figure.id for figure in service.figures}
        for figure in service.figures:
            assert shown[figure.id].replace(" ", "") == figure.text().replace(" ", "")
        assert service.service.name in page.locator("h1").inner_text()


def test_definition_shows_on_hover_focus_and_tap(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    figure = result.services[0].figures[0]
    button, tip = page.locator(".headline .why").first, page.locator("#tip")
    for act in (button.hover, button.focus, button.click):
        page.mouse.move(5, 5)
        page.evaluate("document.activeElement.blur()")
        assert not tip.is_visible()
        act()
        assert figure.definition_zh in tip.inner_text()
        assert f"{int(figure.numerator or 0):,}" in tip.inner_text()
        assert f"{int(figure.denominator or 0):,}" in tip.inner_text()


def test_language_switches_everything(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator(".tools .language").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Elder centre" in page.locator("h1").inner_text()
    assert "SYNTHETIC" in page.locator(".synthetic").inner_text()
    own = page.evaluate(OWN_WORDS)
    names = "春水街道"
    assert not re.findall(r"[\u4e00-\u9fff]", own.replace(names, "")), own


def test_gap_table_is_worst_first_and_sorts(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    gaps = result.services[0].gaps
    rows = page.locator(".tables tbody tr td:first-child .name").all_inner_texts()
    assert rows == gaps["community"].tolist()
    page.locator("th button", has_text="覆盖率").click()
    shares = [float(t[:-1]) for t in page.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    page.locator("th button", has_text="覆盖率").click()
    shares = [float(t[:-1]) for t in page.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert shares == sorted(shares)


def test_table_and_map_select_each_other(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    before = page.evaluate("civicreach.app.map.getZoom()")
    page.locator(".tables tbody tr").first.click()
    chosen = page.evaluate("civicreach.app.state.selection")
    assert chosen["kind"] == "unit"
    assert page.locator("tr[aria-selected=true]").count() == 1
    page.wait_for_function(f"civicreach.app.map.getZoom() > {before}")
    first = result.services[0].gaps["community"].iloc[0]
    assert first in page.locator(".card").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("tr[aria-selected=true]").count() == 0
    assert not page.locator(".card").is_visible()

    page.evaluate("civicreach.app.fit(false)")
    at = page.evaluate(COMMUNITY_AT, 4)
    page.mouse.click(at[0], at[1])
    assert at[2] in page.locator("tr[aria-selected=true]").inner_text()
    assert at[2] in page.locator(".card").inner_text()


def test_facility_shows_its_own_reach_and_people(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    page.locator(".tabs [data-tab=facilities]").click()
    row = page.locator(".tables tbody tr").first
    row.focus()
    page.keyboard.press("Enter")
    facility = result.services[0].facilities.iloc[page.evaluate("civicreach.app.state.selection.index")]
    text = page.locator(".card").inner_text()
    assert facility["name"] in text
    assert f"{facility['catchment_elderly']:,.0f}" in text
    assert f"{facility['reached_people']:,.0f}" in text
    assert "32" in page.locator(".legend").inner_text() or "33" in page.locator(".legend").inner_text()


def test_layers_switch_and_legend_follows(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert "街坊填充" not in page.locator(".legend").inner_text()
    page.locator(".layers-open").click()
    page.locator("[data-layer=block_fill]").check()
    assert "街坊填充" in page.locator(".legend").inner_text()
    page.locator("[data-layer=service_area]").uncheck()
    assert "可达边界" not in page.locator(".legend").inner_text()
    page.evaluate("civicreach.app.map.setZoom(civicreach.app.zoomNear + 1, {animate: false})")
    legend = page.locator(".legend").inner_text()
    assert "步行时间" in legend
    assert "离路网过远" in legend
    assert page.evaluate("document.activeElement.dataset.layer") == "service_area"


def test_focus_stays_where_it_was_when_a_panel_is_drawn_again(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    for what in (
        ".tabs [data-tab=areas]",
        "th button",
        ".levels button",
        ".unfold",
        ".tools .language",
        ".layers-open",
    ):
        page.locator(what).first.focus()
        page.keyboard.press("Enter")
        name = page.locator(what).first.get_attribute("data-focus")
        assert name is not None
        assert page.evaluate("document.activeElement.dataset.focus") == name


def test_tab_by_area_unfolds_to_what_is_selected(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".tables tbody tr").first.click()
    name = page.locator("tr[aria-selected=true] .name").inner_text()
    page.locator(".tabs [data-tab=areas]").click()
    assert page.locator("tr.twig[aria-selected=true] .name").inner_text() == name


def test_theme_tabs_work_with_arrow_keys(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".themes [data-theme='0']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("civicreach.app.state.theme") == 1
    assert "600 米" in page.locator(".headline").inner_text()
    assert page.evaluate("civicreach.app.service().inside") == [600]


def test_hover_on_the_map_tells_what_is_there(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    at = page.evaluate(FACILITY_AT, 0)
    page.mouse.move(at[0] + 40, at[1] + 40)
    page.mouse.move(at[0], at[1], steps=4)
    page.wait_for_selector("#tip:not([hidden])")
    assert result.services[0].facilities["name"].iloc[0] in page.locator("#tip").inner_text()


def test_home_tells_status_and_minutes_but_no_amount(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate("civicreach.app.select({kind: 'home', index: 40})")
    text = page.locator(".card").inner_text()
    assert "居住点" in text
    assert "分" in text
    assert "名" not in text
    assert "人" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_names_run_nothing_and_show_as_text(reader: Reader, hostile: StudyResult, language: str) -> None:
    page = reader.ready(map_html(hostile, language=language))  # type: ignore[arg-type]
    for theme in (0, 1):
        page.locator(f".themes [data-theme='{theme}']").click()
        for tab in ("gaps", "areas", "facilities"):
            page.locator(f".tabs [data-tab={tab}]").click()
            for i in range(page.locator(".unfold").count()):
                page.locator(".unfold").nth(i).click()
            page.locator(".tables tbody tr[data-key]").nth(1).click()
        page.evaluate("civicreach.app.map.setZoom(16.5, {animate: false})")
        for i in range(page.locator(".why").count()):
            page.locator(".why").nth(i).hover(force=True)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(MARKUP) == [0, 0]
    facilities = page.locator(".tables tbody td:first-child .name").all_inner_texts()
    assert {" ".join(n.split()) for n in facilities} == {
        " ".join(n.split()) for n in hostile.services[1].facilities["name"]
    }
    assert any(HOSTILE[0] in name for name in page.evaluate("civicreach.app.model.units.community.name"))


def test_page_without_areas(reader: Reader) -> None:
    page = reader.ready(map_html(page_case(areas=False)))
    assert page.locator(".tabs [aria-selected=true]").get_attribute("data-tab") == "facilities"
    page.locator(".tabs [data-tab=gaps]").click()
    assert page.locator(".empty").is_visible()
    page.evaluate("civicreach.app.map.setZoom(16, {animate: false})")


def test_page_without_base_map_service_area_or_people(reader: Reader, result: StudyResult) -> None:
    nothing = ("isochrones", "service_area", "block_fill", "reached_roads")
    bare = [replace(s, figures=(), **{name: getattr(s, name).iloc[:0] for name in nothing}) for s in result.services]
    page = reader.ready(map_html(replace(result, services=tuple(bare), figures=(), base_map={}, warnings=())))
    page.locator(".layers-open").click()
    assert page.locator("[data-layer=service_area]").is_disabled()
    page.evaluate("civicreach.app.map.setZoom(16, {animate: false})")


def test_damaged_data_says_so(reader: Reader, result: StudyResult) -> None:
    html = map_html(result)
    at = html.index('id="civicreach-data">') + 2000
    page = reader.open(html[:at] + "AAAAAAAA" + html[at + 8 :])
    page.wait_for_selector("html[data-ready=failed]")
    assert page.locator(".failed").last.is_visible()
    assert reader.faults
    reader.faults.clear()


def test_javascript_reads_columns_as_python_does(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    head, columns = page_data(result)
    text = pack(head, columns)
    sums = page.evaluate(
        "async text => { const d = await civicreach.decode(text); return Object.fromEntries(Object.entries(d.columns)"
        ".map(([k, v]) => [k, [v.length, v.reduce((a, b) => a + b, 0), v[v.length - 1] ?? null]])); }",
        text,
    )
    assert set(sums) == {column.name for column in columns}
    for column in columns:
        last = int(column.values[-1]) if len(column.values) else None
        assert sums[column.name] == [len(column.values), int(column.values.sum()), last]
    with pytest.raises(Exception, match="civicreach-page"):
        page.evaluate("text => civicreach.decode(text)", pack({**head, "version": 2}, columns))


def test_page_shows_in_a_notebook_cell(reader: Reader, result: StudyResult) -> None:
    page = reader.open(f"<!DOCTYPE html><meta charset=utf-8><body>{draw_map(result)._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached", timeout=20_000)
    assert "格镇" in frame.locator("h1").inner_text()
    reader.requests = [url for url in reader.requests if url != "about:srcdoc"]


def test_prints_on_paper_with_title_legend_and_scale(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.emulate_media(media="print")
    for what in ("h1", ".big", ".legend", ".leaflet-control-scale-line", ".stamp", "table"):
        assert page.locator(what).first.is_visible(), what
    for what in (".tools", ".zoom", ".layers", ".themes"):
        assert not page.locator(what).is_visible(), what
    assert len(page.pdf(format="A4", landscape=True)) > 20_000

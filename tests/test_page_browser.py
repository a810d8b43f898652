"""The meeting page in headless Chromium, offline: what a reader sees and does, at three sizes, with hostile names."""

from __future__ import annotations

import re
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
from page_reader import COMMUNITY_AT, FIGURES, MARKUP, PIXEL, SIZES, SMALL_TEXT, Reader, browsers, readers, rgb

pytestmark = pytest.mark.browser


# Where a facility lies in the window.
FACILITY_AT = """i => { const a = civicreach.app, p = a.service().places;
    const box = a.map.getContainer().getBoundingClientRect();
    const at = a.map.latLngToContainerPoint([civicreach.latOf(p.y[i]), civicreach.lonOf(p.x[i])]);
    return [box.left + at.x, box.top + at.y]; }"""
OWN_WORDS = """['.headline', '.tabs', '.caption', 'thead', '.legend', '.layers', '.tools .print']
    .map(s => document.querySelector(s).innerText).join(' ')"""
VIEW = "(m => [m.getZoom(), m.getCenter().lat.toFixed(4), m.getCenter().lng.toFixed(4)])(civicreach.app.map)"
PIXEL_OF = "at => (p => [p.x, p.y])(civicreach.app.map.latLngToContainerPoint([at[1], at[0]]))"
SWATCHES = """row => [...document.querySelectorAll(`.ramp[data-row=${row}] i:not(.blank)`)]
    .map(i => getComputedStyle(i).backgroundColor)"""
COUNTED_WORDS = """['.headline', '.caption', 'thead', '.legend', '.card', '.about']
    .map(s => document.querySelector(s).innerText).join(' ')"""
# The commonest colour of the middles of streets of a band, of homes of a tone.
COMMONEST = """found => { const n = {}; found.filter(Boolean).forEach(c => n[c] = (n[c] || 0) + 1);
    return Object.keys(n).sort((a, b) => n[b] - n[a])[0] ?? null; }"""
STREET_COLOUR = f"""band => {{ const pixel = {PIXEL}, most = {COMMONEST};
    const r = civicreach.app.service().reachedRoads, found = [];
    for (let i = 0; i < r.count; i++) if (r.band[i] === band)
        for (let k = r.at[r.first[i]]; k < r.at[r.first[i] + 1] - 1; k++)
            found.push(pixel('streets', (r.x[k] + r.x[k + 1]) / 2, (r.y[k] + r.y[k + 1]) / 2));
    return most(found); }}"""
HOME_COLOUR = f"""tone => {{ const pixel = {PIXEL}, most = {COMMONEST};
    const s = civicreach.app.service(), h = civicreach.app.model.homes, found = [];
    for (let i = 0; i < h.count; i++) if (s.tone[i] === tone) found.push(pixel('homes', h.x[i], h.y[i]));
    return most(found); }}"""
# Share and colour of every community: the ground with the pale fill over it, away from squares.
AREA_COLOURS = f"""() => {{ const pixel = {PIXEL}, a = civicreach.app, s = a.service(), u = a.model.units.community;
    const c = a.canvases.areas, over = document.createElement('canvas');
    over.width = c._container.width; over.height = c._container.height;
    const ctx = over.getContext('2d');
    ctx.drawImage(a.canvases.ground._container, 0, 0); ctx.drawImage(c._container, 0, 0);
    const keep = c._ctx; c._ctx = ctx;
    const found = u.name.map((_, i) => [a.model.row(s, 'community', i).share, pixel('areas', u.x[i], u.y[i])]);
    c._ctx = keep; return found; }}"""


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case()


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def hostile() -> StudyResult:
    return page_case(hostile=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_page_opens_at_every_size(reader: Reader, html: str, size: str) -> None:
    page = reader.ready(html, size, has_touch=size == "phone")
    assert page.evaluate("civicreach.app.readyMilliseconds") < 5_000
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert page.evaluate("civicreach.app.map.getMaxZoom()") == 19
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
    assert page.evaluate(SMALL_TEXT) == []


def test_figures_in_the_page_are_the_figures(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    for number, service in enumerate(result.services):
        page.locator(f".themes [data-theme='{number}']").click()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        shown = page.evaluate(FIGURES)
        assert set(shown) == {figure.id for figure in service.figures}
        for figure in service.figures:
            assert shown[figure.id].replace(" ", "") == figure.text("zh").replace(" ", "")
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
    assert "36 米" in page.locator(".legend").inner_text()  # 31.7 m, 3 m of simpler outlines, 1 m of rounding


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
    assert not re.search(r"\d+ 户", text)
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
        page.evaluate("text => civicreach.decode(text)", pack({**head, "version": 1}, columns))


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


def test_paper_holds_the_whole_study_and_everything_folded(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate("civicreach.app.map.setZoom(17, {animate: false})")
    before = page.evaluate(VIEW)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    west, south, east, north = page.evaluate("civicreach.app.model.head.bounds")
    left, top = page.evaluate(PIXEL_OF, [west, north])
    right, bottom = page.evaluate(PIXEL_OF, [east, south])
    width, height = page.evaluate("(s => [s.x, s.y])(civicreach.app.map.getSize())")
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    paper = page.evaluate("getComputedStyle(document.querySelector('.map-slot')).width")
    assert float(paper[:-2]) == pytest.approx(width, abs=1), "painted in the size that it is printed in"
    boxes = page.evaluate(
        "['.legend', '.map-slot'].map(s => document.querySelector(s).getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["left"] >= boxes[1]["right"] - 2, "the legend lies beside the map"
    assert page.evaluate("[...document.querySelectorAll('details')].every(d => d.open)")
    assert page.locator(".notes [data-part=warnings] li").is_visible()
    assert page.locator(".notes .defined").first.is_visible()
    assert page.locator("thead .paper").first.is_visible()
    assert not page.locator("thead button").first.is_visible()
    ink = page.evaluate(
        "(c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size)"
        "(document.querySelector('canvas.sheet'))"
    )
    assert ink > 20
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(VIEW) == before
    assert page.locator("canvas.sheet").count() == 0
    assert not page.evaluate("[...document.querySelectorAll('details')].some(d => d.open)")


def test_streets_and_homes_have_the_colours_of_the_legend(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate("civicreach.app.map.setView(civicreach.app.map.getCenter(), 15.5, {animate: false})")
    swatches = page.evaluate(SWATCHES, "homes")
    assert len(set(swatches)) == 4
    for band in range(3):
        found = page.evaluate(STREET_COLOUR, band)
        assert found == swatches[band], f"streets of band {band}"
    for tone in range(4):
        found = page.evaluate(HOME_COLOUR, tone)
        assert found in (None, swatches[tone]), f"homes of tone {tone}"


def test_ground_of_areas_and_squares_have_the_colours_of_the_legend(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert page.locator(".ramp").count() == 2
    assert "方格" in page.locator(".legend").inner_text()
    page.evaluate("civicreach.app.state.set({layers: {...civicreach.app.state.layers, base: false}})")
    found = page.evaluate(AREA_COLOURS)
    assert len(found) == 16
    for share, colour in found:
        k = sum(share >= b for b in (0.2, 0.4, 0.6, 0.8))
        shown = page.evaluate(SWATCHES, "areas")[k]
        assert max(abs(a - b) for a, b in zip(rgb(colour), rgb(shown), strict=True)) <= 2


def test_legend_has_one_colour_scale(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    legend = page.locator(".legend")
    for act in (
        "1",
        "civicreach.app.select({kind: 'facility', index: 0})",
        "civicreach.app.select(null), civicreach.app.state.toggleLayer('choropleth')",
        "civicreach.app.state.toggleLayer('homes')",
        "civicreach.app.map.setZoom(16, {animate: false})",
    ):
        page.evaluate(act)
        assert legend.locator("h2").count() == 1, act


def test_weight_is_never_called_people_on_the_page(reader: Reader) -> None:
    page = reader.ready(map_html(page_case(weight_note="挂牌套数")))
    for language, banned in (("zh", "居民|老年人|人口|住户|[0-9] ?[人户名]"), ("en", "residents|people|persons")):
        for theme in (0, 1):
            page.evaluate("n => civicreach.app.setTheme(n)", theme)
            for what in ({"kind": "unit", "level": "community", "index": 1}, {"kind": "facility", "index": 1}, None):
                page.evaluate("w => civicreach.app.select(w)", what)
                text = page.evaluate(COUNTED_WORDS)
                assert "挂牌套数" in text
                assert not re.findall(banned, text), text
        if language == "zh":
            page.locator(".tools .language").click()


def test_story_names_the_group_and_the_unknown(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    head = page.locator(".headline").inner_text()
    assert "60岁及以上老年人标准内" in page.locator(".ask").inner_text()
    edge = page.evaluate("civicreach.app.service().figure('at_edge').value")
    assert edge > 0
    assert f"其中 {edge:.0f} 人位于数据边缘" in head
    assert "相差 <0.1 个百分点" in head
    page.locator(".tools .language").click()
    assert "at the edge of the data" in page.locator(".story").inner_text()


def test_notes_open_in_a_dialog_and_nothing_is_cut_off(reader: Reader, html: str) -> None:
    for size in ("desk", "wall", "cell"):
        page = reader.ready(html, size)
        page.locator(".headline summary").click()
        page.evaluate("document.querySelector('.side').scrollTop = 1e6")
        about, rows = page.locator(".about").bounding_box(), page.locator(".scroll").bounding_box()
        assert about["y"] + about["height"] <= SIZES[size][1] + 1
        assert rows["height"] >= 150
        page.locator(".about [data-part=warnings]").click()
        assert page.locator(".notes li").inner_text() == "3处居住点距道路超过100米。"
        box = page.locator(".notes").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= SIZES[size][1]
        page.keyboard.press("Escape")
        assert not page.locator(".notes").is_visible()


def test_median_column_explains_itself(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert page.locator("th").last.inner_text().startswith("中位（分）")
    page.locator("th .why").hover()
    assert "未覆盖者到最近设施中位时间（分）" in page.locator("#tip").inner_text()


def test_layer_panel_closes_on_escape_and_on_the_map(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(900, 500)):
        page.locator(".layers-open").click()
        assert page.locator(".layers-list").is_visible()
        close()
        assert not page.locator(".layers-list").is_visible()
    assert page.evaluate("civicreach.app.state.selection") is None


def test_tooltip_keeps_quiet_about_what_the_card_tells(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    at = page.evaluate(COMMUNITY_AT, 4)
    page.mouse.click(at[0], at[1])
    page.mouse.move(at[0] + 3, at[1] + 3, steps=3)
    page.wait_for_function("civicreach.app.state.hover")
    assert page.locator(".card").is_visible()
    assert not page.locator("#tip").is_visible()


def test_row_on_a_phone_brings_the_map_into_sight(reader: Reader, html: str) -> None:
    page = reader.ready(html, "phone", has_touch=True)
    row = page.locator(".tables tbody tr").nth(5)
    row.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 200
    row.tap()
    card = page.locator(".card").bounding_box()
    assert 0 <= card["y"] < SIZES["phone"][1] - card["height"]


def test_facility_off_the_network_is_in_the_legend(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    assert "未接入路网" in page.locator(".legend").inner_text()
    assert page.locator(".sign-facility.hollow").count() == 1
    on = [replace(s, facilities=s.facilities.assign(snapped=True)) for s in result.services]
    page = reader.ready(map_html(replace(result, services=tuple(on))))
    assert page.locator(".sign-facility.hollow").count() == 0


def test_small_cell_squeezes_nothing(reader: Reader, html: str) -> None:
    page = reader.ready(html, "cell")
    stamp = page.locator(".stamp").bounding_box()
    assert stamp["height"] < 40
    legend = page.locator(".legend")
    assert page.locator(".stage").bounding_box()["height"] > 3 * legend.bounding_box()["height"]
    page.locator(".fold").click()
    assert "社区界" in legend.inner_text()
    page.locator(".fold").click()
    assert "社区界" not in legend.inner_text()


def test_names_of_one_series_stay_apart_when_shortened(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    shorten = "([text, longest]) => civicreach.shorten(text, longest)"
    assert page.evaluate(shorten, ["Synthetic subdistrict 4-2", 12]) == "Synthe…t 4-2"
    assert page.evaluate(shorten, ["第一街道", 4]) == "第一街道"
    assert len(page.evaluate(shorten, ["第" * 5000, 28])) == 28


def test_the_first_view_keeps_the_study_clear_of_the_legend(reader: Reader, html: str) -> None:
    """As far as the map is wide enough for both."""
    clear = """() => {
      const app = civicreach.app, b = app.model.head.first, map = app.map;
      const west = map.latLngToContainerPoint([b[1], b[0]]).x, east = map.latLngToContainerPoint([b[1], b[2]]).x;
      const legend = app.root.querySelector('.legend');
      return {free: map.getSize().x - (east - west), wanted: legend.offsetWidth + 24, west,
              right: legend.offsetLeft + legend.offsetWidth};
    }"""
    page = reader.ready(html, "wall")
    page.set_viewport_size({"width": 1640, "height": 700})
    page.evaluate("civicreach.app.map.invalidateSize({animate: false})")
    page.evaluate("civicreach.app.fit(false, civicreach.app.model.head.first)")
    found = page.evaluate(clear)
    assert found["wanted"] < found["free"] < 2 * found["right"]  # room for both, but not in the middle
    assert found["west"] >= found["right"]

"""Analyses on the meeting page in headless Chromium: themes, choices, tables, lists, map, legend, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from civicreach.measures.result import StudyResult
from page_analyses import LONG, ZONES
from page_case import page_case
from page_reader import COMMUNITY_AT, FIGURES, MARKUP, PIXEL, SIZES, SMALL_TEXT, Reader, browsers, readers, rgb

pytestmark = pytest.mark.browser

ELDER, SHELTERS = 2, 3
"""Themes behind the two services."""

# Where the middle of a shape of a layer lies in the window.
SHAPE_AT = """([layer, i]) => { const a = civicreach.app, b = a.analysis().layers[layer].box(i);
    const box = a.map.getContainer().getBoundingClientRect(), c = civicreach;
    const at = a.map.latLngToContainerPoint([c.latOf((b[1] + b[3]) / 2), c.lonOf((b[0] + b[2]) / 2)]);
    return [box.left + at.x, box.top + at.y]; }"""
# Class and colour of every unit of the level that is shown, away from names, marks and streets.
UNIT_COLOURS = f"""() => {{ const pixel = {PIXEL}, a = civicreach.app, level = civicreach.chosen.level(a);
    const u = a.model.units[level], c = a.canvases.areas, over = document.createElement('canvas');
    over.width = c._container.width; over.height = c._container.height;
    const ctx = over.getContext('2d');
    ctx.drawImage(a.canvases.ground._container, 0, 0); ctx.drawImage(c._container, 0, 0);
    const keep = c._ctx; c._ctx = ctx;
    const classes = civicreach.chosen.topic(a).colours(level, civicreach.chosen.colour(a)).classes;
    const found = u.name.map((_, i) => [classes[i], pixel('areas', u.x[i], u.y[i])]);
    c._ctx = keep; return found; }}"""
SWATCHES = """[...document.querySelectorAll('.legend .scale:first-of-type .steps i, .legend > .ramp i')]
    .map(i => getComputedStyle(i).backgroundColor)"""
OWN_WORDS = """['.themes', '.headline', '.choose', '.tabs', '.caption', 'thead', '.legend', '.layers', '.tools .print']
    .map(s => document.querySelector(s).innerText).join(' ')"""
# Panels over the map that lie over each other.
OVERLAPS = """() => { const found = [], boxes = ['.zoom', '.layers', '.legend', '.north', '.stamp',
    '.leaflet-control-scale'].map(s => [s, document.querySelector(s).getBoundingClientRect()]);
    boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
        if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
            found.push(a + ' ' + b); }));
    return found; }"""
COLUMN = (
    "n => [...document.querySelectorAll('.tables tbody tr[data-key] td:nth-child(' + n + ')')].map(t => t.innerText)"
)


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case(analyses=True)


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def crowded(result: StudyResult) -> StudyResult:
    """Six services and six analyses with long names."""
    names = ["Elder centre", "Community station", "Community health centre", "Fresh food market", "Park", "School"]
    services = [
        replace(s, service=s.service.model_copy(update={"name": f"{name}（示例）", "name_en": name}))
        for name, s in zip(names, result.services * 3, strict=True)
    ]
    analyses = [
        replace(a, id=f"a{k}", title=(f"Community floor area per 100 households {k}", f"每百户社区设施面积{k}"))
        for k, a in enumerate(result.analyses * 3)
    ]
    return replace(result, services=tuple(services), analyses=tuple(analyses))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def elder(reader: Reader, html: str, size: str = "desk", **more: Any) -> Any:
    """The page with the elder gaps in front."""
    page = reader.ready(html, size, **more)
    page.evaluate("n => civicreach.app.setTheme(n)", ELDER)
    return page


def numbers(texts: list[str]) -> list[float]:
    return [float(t.strip().replace(",", "").rstrip("%")) for t in texts if t.strip() not in ("–", "")]


# --- themes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "language"),
    [
        ("desk", "en"),
        ("wall", "zh"),
        ("small", "zh"),
        ("small", "en"),
        ("phone", "zh"),
        ("phone", "en"),
        ("cell", "en"),
    ],
)
def test_analysis_opens_at_every_size(reader: Reader, result: StudyResult, size: str, language: Any) -> None:
    page = elder(reader, map_html(result, language=language), size, has_touch=size == "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    for what in (".big", ".choose select", ".legend .scale", ".tables tbody tr", ".about"):
        assert page.locator(what).first.is_visible(), what
    page.evaluate("civicreach.app.state.set({layersOpen: true})")
    assert page.evaluate(SMALL_TEXT) == []
    page.evaluate("civicreach.app.state.set({layersOpen: false})")
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.querySelector('.tables').getBoundingClientRect().height") >= 300


@pytest.mark.parametrize("size", ["desk", "wall", "small"])
def test_twelve_themes_stand_in_two_groups(reader: Reader, crowded: StudyResult, size: str) -> None:
    page = reader.ready(map_html(crowded, language="en"), size)
    groups = page.locator(".theme-group")
    assert groups.evaluate_all("all => all.map(g => g.querySelector('.group-name').innerText)") == [
        "Service circles",
        "Analyses",
    ]
    boxes = page.locator(".themes [data-theme]").evaluate_all("all => all.map(b => b.getBoundingClientRect().toJSON())")
    assert len(boxes) == 12
    assert all(0 <= box["left"] < box["right"] <= SIZES[size][0] + 1 for box in boxes)
    assert all(a["right"] <= b["left"] + 1 or a["bottom"] <= b["top"] + 1 for a, b in pairwise(boxes))
    assert page.locator(".themes").bounding_box()["height"] <= 120  # names may take two lines
    page.locator(".themes [data-theme='5']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[civicreach.app.state.theme, document.activeElement.dataset.theme]") == [6, "6"]
    assert "households 0" in page.locator("h1").inner_text()


def test_phone_picks_its_theme_from_a_list(reader: Reader, crowded: StudyResult) -> None:
    page = reader.ready(map_html(crowded, language="en"), "phone", has_touch=True)
    assert not page.locator(".themes [data-theme='0']").is_visible()
    picker = page.locator(".theme-pick select")
    assert page.locator(".theme-pick").bounding_box()["width"] == pytest.approx(390, abs=1)
    assert picker.locator("optgroup").evaluate_all("all => all.map(g => g.label)") == ["Service circles", "Analyses"]
    picker.select_option("8")
    assert page.evaluate("civicreach.app.state.theme") == 8
    assert "households 2" in page.locator("h1").inner_text()


def test_services_stand_alone_where_there_are_no_analyses(reader: Reader) -> None:
    page = reader.ready(map_html(page_case()))
    assert page.locator(".theme-group").count() == 0
    assert page.locator(".themes [data-theme]").count() == 2


def test_analyses_without_services_and_without_areas(reader: Reader, result: StudyResult) -> None:
    page = reader.ready(map_html(replace(result, services=())))
    assert "养老设施缺口" in page.locator("h1").inner_text()
    page = reader.ready(map_html(page_case(analyses=True, areas=False)))
    for theme in (ELDER, SHELTERS):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        assert page.locator(".tables tbody tr.total").count() == 1
        page.locator(".tabs [data-tab=lists]").click()
        assert page.locator(".tables tbody tr").count() > 2
        page.locator(".tabs [data-tab=topic]").click()


def test_bare_analysis_opens(reader: Reader, result: StudyResult) -> None:
    bare = replace(result.analyses[0], topics=(), listings=(), layers=(), figures=(), standards=())
    only_lists = replace(result.analyses[1], id="lists", topics=(), figures=())
    page = reader.ready(map_html(replace(result, analyses=(bare, only_lists))))
    page.evaluate("civicreach.app.setTheme(2)")
    assert page.locator("h1").is_visible()
    page.mouse.move(900, 500, steps=3)
    page.evaluate("civicreach.app.setTheme(3)")
    assert page.locator(".tables select[data-choose=listing]").is_visible()
    assert page.locator(".tables tbody tr").count() > 100


def test_theme_keeps_the_unit_that_is_chosen(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    page.locator(".tables tbody tr[data-key]").first.click()
    name = page.locator(".card b").inner_text()
    page.locator(".themes [data-theme='0']").click()
    assert page.locator(".card b").inner_text() == name
    page.locator(f".themes [data-theme='{SHELTERS}']").click()
    assert name in page.locator("tr[aria-selected=true]").inner_text()


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures_are_the_analysis_own(reader: Reader, result: StudyResult, html: str) -> None:
    page = elder(reader, html, "wall")
    assert page.locator(".minis .mini").count() == 4
    assert not page.locator("[data-figure='elder.more_3']").is_visible()
    page.locator(".headline summary").click()
    shown = page.evaluate(FIGURES)
    assert {k: v.replace(" ", "") for k, v in shown.items()} == {
        f.id: f.text("zh").replace(" ", "") for f in result.analyses[0].figures
    }
    page.locator(".mini .why").first.hover()
    tip = page.locator("#tip").inner_text()
    figure = result.analyses[0].figures[1]
    assert figure.definition_zh in tip
    assert "302" in tip
    assert "千名老年人" in tip
    page.locator(f".themes [data-theme='{SHELTERS}']").click()
    assert page.evaluate(FIGURES)["shelter.full"] == "–"


def test_small_figures_do_not_repeat_what_the_large_one_says(reader: Reader, result: StudyResult) -> None:
    first, second, *rest = result.analyses[0].figures
    named = (
        replace(first, label="Stations: elderly near", label_zh="养老站：可达老年人"),
        replace(second, label="Stations: beds", label_zh="养老站：床位"),
        *(replace(figure, label="Homes: beds", label_zh="机构：床位") for figure in rest),
    )
    page = elder(reader, map_html(replace(result, analyses=(replace(result.analyses[0], figures=named),))), "wall")
    names = page.locator(".mini-name > span")
    assert names.all_inner_texts()[:2] == ["床位", "机构：床位"]
    page.locator(".tools .language").click()
    assert names.all_inner_texts()[:2] == ["Beds", "Homes: beds"]
    assert page.evaluate("civicreach.shown({kind: 'text'}, '')") == "–"


def test_story_counts_units_that_meet_the_target(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    assert "≥ 40：15 个社区中 5 个达标" in page.locator(".story").inner_text()
    page.locator(".levels button", has_text="街道").click()
    assert "4 个街道中 1 个达标" in page.locator(".story").inner_text()
    page.locator(".story .go").click()
    assert page.locator(".card b").inner_text() == "夏水街道"  # 15.60, the fewest beds
    page.locator(".choose [data-choose=topic]").select_option("1")
    assert "≤ 20：4 个街道中 2 个达标" in page.locator(".story").inner_text()
    page.evaluate("n => civicreach.app.setTheme(n)", SHELTERS)
    assert page.locator(".story").count() == 0


def test_notes_hold_definitions_rules_and_standards(reader: Reader, result: StudyResult, html: str) -> None:
    page = elder(reader, html)
    page.locator(".about [data-part=method]").click()
    notes = page.locator(".notes").inner_text()
    assert page.locator(".notes .defined").count() == len(result.analyses[0].figures)
    assert "按机构所在地统计全部现有床位。" in notes
    assert "十五分钟生活圈步行时间 15 min" in notes
    assert "未核实" in notes
    assert "2家机构未填床位数。" in notes


# --- topics: table, map and legend -----------------------------------------------------------------------------------


def test_table_is_worst_first_and_sorts(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    beds = page.evaluate(COLUMN, 2)
    assert beds[-1] == "–"  # nobody lives there: no value, last whatever the order
    assert numbers(beds) == sorted(numbers(beds))
    assert page.locator("th.coloured").get_attribute("aria-sort") == "ascending"
    page.locator("th.coloured button").click()
    assert numbers(page.evaluate(COLUMN, 2)) == sorted(numbers(beds), reverse=True)
    assert page.evaluate(COLUMN, 2)[-1] == "–"
    page.locator(".choose [data-choose=topic]").select_option("1")  # minutes: low is good
    minutes = numbers(page.evaluate(COLUMN, 2))
    assert minutes == sorted(minutes, reverse=True)
    page.locator(".choose [data-choose=colour]").select_option("2")  # a share: much is good
    shares = numbers(page.evaluate(COLUMN, 2))
    assert shares == sorted(shares)


def test_total_row_stands_on_top(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    total = page.locator("tr.total").first.locator("td").all_inner_texts()
    assert total[0] == "全市"
    elderly = numbers(page.evaluate(COLUMN, 3))
    assert float(total[2].replace(",", "")) == sum(elderly)
    assert float(total[1]) == pytest.approx(1000 * float(total[3]) / sum(elderly), abs=0.01)
    assert page.locator("tr.total.part td:first-child").all_inner_texts() == ["城镇", "乡村"]


def test_level_switch_moves_table_map_and_legend(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    assert page.locator(".levels button").all_inner_texts() == ["区县", "街道", "社区"]
    assert page.locator(".tables tr.leaf").count() == 16
    page.locator(".levels button", has_text="街道").click()
    assert page.locator(".tables tr.branch").count() == 4
    assert "街道" in page.locator(".legend h2").inner_text()
    page.locator(".unfold").first.click()
    assert page.locator(".tables tr.twig").count() == 4
    page.evaluate("civicreach.app.fit(false)")
    at = page.evaluate(COMMUNITY_AT, 14)
    page.mouse.click(at[0] + 25, at[1] + 25)
    assert page.evaluate("civicreach.app.state.selection.level") == "subdistrict"
    assert page.locator("tr[aria-selected=true]").count() == 1


@pytest.mark.parametrize(("topic", "colour"), [(None, None), (None, "3"), ("1", "2")])
def test_units_have_the_colours_of_the_legend(reader: Reader, html: str, topic: str | None, colour: str | None) -> None:
    page = reader.ready(html)
    page.evaluate("civicreach.app.state.set({layers: {...civicreach.app.state.layers, base: false}})")
    page.evaluate("n => civicreach.app.setTheme(n)", ELDER)
    if topic:
        page.locator(".choose [data-choose=topic]").select_option(topic)
    if colour:
        page.locator(".choose [data-choose=colour]").select_option(colour)
    swatches = [rgb(c) for c in page.evaluate(SWATCHES)]
    found = page.evaluate(UNIT_COLOURS)
    assert len(found) == 16
    assert len({sign for sign, _ in found}) > 2
    for sign, painted in found:
        if sign != "-":
            assert max(abs(a - b) for a, b in zip(rgb(painted), swatches[int(sign)], strict=True)) <= 2


def test_legend_marks_the_target_and_counts_both_sides(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    legend = page.locator(".legend")
    assert legend.locator(".ticks .edge").inner_text() == "40"
    assert legend.locator(".sides span").all_inner_texts() == ["未达标 10", "达标 5"]
    assert "目标：不低于 40" in legend.inner_text()
    assert "无数据" in legend.inner_text()
    edge = legend.locator(".ticks .edge").bounding_box()
    steps = (
        legend.locator(".scale")
        .first.locator(".steps i")
        .evaluate_all("all => all.map(i => i.getBoundingClientRect().right)")
    )
    assert (
        min(abs(edge["x"] + edge["width"] / 2 - right) for right in steps) < 4
    )  # the mark lies where two colours meet
    page.locator(".choose [data-choose=topic]").select_option("1")
    assert legend.locator(".sides span").all_inner_texts() == ["达标 6", "未达标 9"]
    page.locator(".choose [data-choose=colour]").select_option("2")
    assert legend.locator(".sides").count() == 0  # the target is that of the first column
    assert legend.locator(".ticks span").first.inner_text() == "20%"


def test_table_and_map_select_each_other(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    page.locator(".tables tbody tr[data-key]").nth(3).click()
    assert page.evaluate("civicreach.app.state.selection.kind") == "unit"
    card = page.locator(".card").inner_text()
    assert "每千名老年人床位数（张）" in card
    assert "距每千人40张的缺口（张）" in card
    page.keyboard.press("Escape")
    page.evaluate("civicreach.app.fit(false)")
    at = page.evaluate(COMMUNITY_AT, 14)
    page.mouse.click(at[0] + 25, at[1] + 25)
    assert at[2] in page.locator("tr[aria-selected=true]").inner_text()
    page.keyboard.press("Escape")
    row = page.locator(".tables tbody tr[data-key]").first
    row.focus()
    page.keyboard.press("Enter")
    assert page.locator(".card b").inner_text() in row.inner_text()


def test_hover_tells_values_of_units_and_shapes(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    at = page.evaluate(COMMUNITY_AT, 14)
    page.mouse.move(at[0] + 25, at[1] + 25, steps=4)
    page.wait_for_selector("#tip:not([hidden])")
    assert at[2] in page.locator("#tip").inner_text()
    at = page.evaluate(SHAPE_AT, [2, 1])
    page.mouse.move(at[0], at[1], steps=4)
    page.wait_for_function("document.querySelector('#tip').innerText.includes('第2养老院')")
    assert re.search(r"床位（张）\s+40", page.locator("#tip").inner_text())


# --- lists and layers ------------------------------------------------------------------------------------------------


def test_list_shows_words_and_goes_to_its_shapes(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    page.evaluate("civicreach.app.state.put('marks', 'elder_gaps/0', false)")
    page.locator(".tabs [data-tab=lists]").click()
    assert page.locator(".tables tbody td:first-child").all_inner_texts() == [
        "合计",
        "缺口区1",
        "缺口区2",
        "缺口区3",
        "缺口区4",
    ]
    assert page.evaluate(COLUMN, 3)[:2] == ["河流或铁路阻隔", "无开放出入口"]
    assert page.evaluate(COLUMN, 4)[2] == "无法到达"
    before = page.evaluate("civicreach.app.map.getZoom()")
    page.locator(".tables tbody tr[data-key]").nth(3).click()
    page.wait_for_function(f"civicreach.app.map.getZoom() > {before}")
    assert page.evaluate("civicreach.app.state.selection") == {"kind": "feature", "layer": 0, "index": 3}
    assert page.evaluate("civicreach.chosen.shows(civicreach.app, civicreach.app.analysis().layers[0])")
    west, south, east, north = page.evaluate(
        "(b => [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()])(civicreach.app.map.getBounds())"
    )
    box = page.evaluate(
        "(b => [civicreach.lonOf(b[0]), civicreach.latOf(b[1])])(civicreach.app.analysis().layers[0].box(3))"
    )
    assert west < box[0] < east
    assert south < box[1] < north


def test_shape_on_the_map_opens_the_list_it_stands_in(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    at = page.evaluate(SHAPE_AT, [0, 0])
    page.mouse.click(at[0], at[1])
    assert page.locator(".tabs [aria-selected=true]").get_attribute("data-tab") == "lists"
    assert "缺口区1" in page.locator("tr[aria-selected=true]").inner_text()
    at = page.evaluate(SHAPE_AT, [1, 4])
    page.mouse.click(at[0], at[1])
    assert page.locator(".tables select[data-choose=listing]").input_value() == "1"
    assert "第5养老院" in page.locator("tr[aria-selected=true]").inner_text()
    text = page.locator(".card").inner_text()
    assert "互为最近" in text
    assert "否" in text


def test_long_list_shows_its_first_rows_then_all(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate("n => { civicreach.app.setTheme(n); civicreach.app.state.set({panel: 'lists'}); }", SHELTERS)
    rows = page.locator(".tables tbody tr.leaf")
    assert rows.count() == 200
    assert f"共 {LONG} 行" in page.locator(".more").inner_text()
    page.locator(".values th button").nth(1).click()
    page.locator(".values th button").nth(1).click()
    assert rows.first.inner_text().startswith(f"避难场所{LONG}")  # sorting is over all rows, not over those in sight
    page.locator(".more button").click()
    assert rows.count() == LONG
    assert page.locator(".more").count() == 0


def test_list_by_unit_selects_the_unit(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate("n => { civicreach.app.setTheme(n); civicreach.app.state.set({panel: 'lists'}); }", SHELTERS)
    page.locator(".tables select[data-choose=listing]").select_option("1")
    assert page.locator("tr.total td").all_inner_texts() == ["合计", "2,062.8"]
    page.locator(".tables tbody tr[data-key]").nth(1).click()
    assert page.evaluate("civicreach.app.state.selection") == {"kind": "unit", "level": "community", "index": 6}
    assert page.locator(".tabs [aria-selected=true]").get_attribute("data-tab") == "lists"


@pytest.mark.parametrize("size", ["desk", "small", "cell"])
def test_chosen_row_is_in_sight(reader: Reader, html: str, size: str) -> None:
    page = elder(reader, html, size)
    for layer in (1, 0):  # the last zone is the last row of its list
        page.evaluate("what => civicreach.app.select(what)", {"kind": "feature", "layer": layer, "index": 3})
        row = page.locator("tr[aria-selected=true]").bounding_box()
        head, about = page.locator("thead").bounding_box(), page.locator(".about").bounding_box()
        assert row["y"] >= head["y"] + head["height"] - 1
        assert row["y"] + row["height"] <= about["y"] + 1


def test_layers_switch_and_the_legend_follows(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    legend = page.locator(".legend")
    assert "缺口区" in legend.inner_text()
    assert legend.locator(".sign-patch").count() == len({zone[4] for zone in ZONES})
    page.locator(".layers-open").click()
    boxes = page.locator(".layers-list label").all_inner_texts()
    assert [text.strip() for text in boxes] == ["分区着色", "养老机构床位", "医养结对", "缺口区", "注记", "底图"]
    page.locator("[data-layer='mark:0']").uncheck()
    assert "成因" not in legend.inner_text()
    assert page.evaluate("document.activeElement.dataset.layer") == "mark:0"
    page.locator("[data-layer=choropleth]").uncheck()
    assert "未达标" not in legend.inner_text()
    assert page.evaluate("civicreach.app.canvases.areas._ctx.getImageData(0, 0, 900, 600).data.every(v => v === 0)")
    page.locator(f".themes [data-theme='{SHELTERS}']").click()
    assert not page.locator("[data-layer='mark:0']").is_checked()  # catchments would hide everything
    page.locator("[data-layer='mark:0']").check()
    assert "西片" in legend.inner_text()


# --- language, names, paper ------------------------------------------------------------------------------------------


def test_language_switches_everything(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    page.locator(".tools .language").click()
    for act in (
        "1",
        "civicreach.app.state.set({panel: 'lists'})",
        "civicreach.app.state.put('listing', 'elder_gaps/0', 1)",
    ):
        page.evaluate(act)
        own = page.evaluate(OWN_WORDS)
        names = re.sub("[春夏秋冬][东西南北]社区", "", own)
        assert not re.findall(r"[\u4e00-\u9fff]", names), own
    assert "Elder-facility gaps" in page.locator("h1").inner_text()
    assert page.locator("tbody tr[data-key]").first.inner_text().endswith("Yes")
    page.evaluate("civicreach.app.state.put('listing', 'elder_gaps/0', 0)")
    assert "river or railway in the way" in page.locator("tbody").inner_text()
    assert page.locator(".choose select").first.locator("option").all_inner_texts() == [
        "Beds",
        "Walk to the nearest home",
    ]


def test_focus_stays_where_it_was(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    for what in (".tabs [data-tab=lists]", ".tabs [data-tab=topic]", ".values th button", ".levels button", ".widen"):
        page.locator(what).first.focus()
        page.keyboard.press("Enter")
        name = page.locator(what).first.get_attribute("data-focus")
        assert name is not None
        assert page.evaluate("document.activeElement.dataset.focus") == name
    assert page.locator(".side").bounding_box()["width"] > 700  # widened
    west, east = page.evaluate("(b => [b.getWest(), b.getEast()])(civicreach.app.map.getBounds())")
    bounds = page.evaluate("civicreach.app.model.head.bounds")
    assert west < bounds[0] < bounds[2] < east  # and the narrower map still shows everything
    page.locator(".themes [data-theme='0']").click()
    assert page.locator(".side").bounding_box()["width"] < 500  # services have narrow tables


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_names_run_nothing_and_show_as_text(reader: Reader, language: Any) -> None:
    hostile = page_case(hostile=True, analyses=True)
    page = reader.ready(map_html(hostile, language=language))
    for theme, analysis in zip((ELDER, SHELTERS), hostile.analyses, strict=True):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        page.evaluate("civicreach.app.state.set({layersOpen: true})")
        assert " ".join(analysis.title[language == "zh"].split()) in " ".join(page.locator("h1").inner_text().split())
        for topic in range(len(analysis.topics)):
            page.evaluate("([a, t]) => civicreach.app.state.put('topic', a, t)", [analysis.id, topic])
        for number, listing in enumerate(analysis.listings):
            page.evaluate(
                "k => { const a = civicreach.app; a.state.put('listing', civicreach.chosen.topicKey(a), k); }", number
            )
            page.evaluate("civicreach.app.state.set({panel: 'lists'})")
            first = page.evaluate("document.querySelector('tbody tr.leaf td').innerText")
            assert " ".join(first.split()) == " ".join(str(listing.frame.iloc[0, 0]).split())
        for layer in range(len(analysis.layers)):
            page.evaluate("k => civicreach.app.select({kind: 'feature', layer: k, index: 0}, true)", layer)
            assert page.locator(".card").is_visible()
        for i in range(min(4, page.locator(".why:visible").count())):
            page.locator(".why:visible").nth(i).hover(force=True)
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(MARKUP) == [0, 0]


def test_prints_with_the_legend_figures_and_the_tables_name(reader: Reader, html: str) -> None:
    page = elder(reader, html)
    page.evaluate("civicreach.app.state.set({wide: true, legendOpen: false})")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for what in ("h1", ".big", ".legend .sides", ".legend .marks", "table", ".caption .only-paper", ".notes .defined"):
        assert page.locator(what).first.is_visible(), what
    for what in (".choose", ".themes", ".layers", ".widen", ".levels"):
        assert not page.locator(what).first.is_visible(), what
    boxes = page.evaluate(
        "['.legend', '.map-slot'].map(s => document.querySelector(s).getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["left"] >= boxes[1]["right"] - 2, "the legend lies beside the map"
    assert page.locator(".legend").evaluate("n => n.scrollHeight <= n.clientHeight + 1"), "the legend is whole"
    assert page.locator("table").evaluate("n => n.getBoundingClientRect().right") <= 1440
    assert len(page.pdf(format="A4", landscape=True)) > 20_000
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".choose").is_visible()

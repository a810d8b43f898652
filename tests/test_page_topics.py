"""What speaks of which topic in the page: headline, tab, layers, list and printed sheet follow the topic chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.maps import map_html
from civicreach.maps.analysis_topics import topic_parts
from civicreach.measures.analysis import Analysis, Topic, places_of
from civicreach.measures.result import StudyResult
from page_case import page_case
from page_reader import Reader, browsers, readers

ELDER = 2
"""The theme behind the two services."""
TOLD = {
    "beds": {
        "figures": ("elder.beds_per_1000", "elder.missing"),
        "layers": ("elder.homes",),
        "listings": ("elder.p*",),
    },
    "walk": {"figures": ("elder.people_share",), "layers": ("elder.pairs",), "listings": ("elder.gap_zones",)},
}
"""What each topic of the elder gaps of `page_analyses` speaks of; nobody names the gap zones' layer."""
# The middle of each name of a unit lies in it, and all of it is in sight.
NAMES = """civicreach.app.unitNames.map(n => { const v = n.view, b = n.box, m = civicreach.app.model.units[n.level];
    const s = civicreach.app.map.getSize(), t = v.shift;
    const x = ((b[0] + b[2]) / 2 + v.ox) / v.scale, y = ((b[1] + b[3]) / 2 + v.oy) / v.scale;
    const seen = b[0] >= t.x && b[1] >= t.y && b[2] <= t.x + s.x && b[3] <= t.y + s.y;
    return [m.name[n.index], [...Array(m.name.length).keys()].filter(k => m.shapes.contains(k, x, y)).join()
        === String(n.index), seen, n.lines.length]; })"""
LINES = "document.querySelector('.headline .ask').innerText"


def told(result: StudyResult, **named: dict[str, tuple[str, ...]]) -> StudyResult:
    """The town with what its first analysis' topics name."""
    elder = result.analyses[0]
    topics = tuple(replace(topic, **named.get(topic.id, {})) for topic in elder.topics)
    return replace(result, analyses=(replace(elder, topics=topics), *result.analyses[1:]))


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case(analyses=True)


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(told(result, **TOLD))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def choose(page: Any, topic: int) -> None:
    page.evaluate("t => { const a = civicreach.app; a.setTheme(2); a.state.put('topic', 'elder_gaps', t); }", topic)


def big(page: Any) -> Any:
    return page.locator(".headline .big").get_attribute("data-figure")


def drawn(page: Any) -> Any:
    return page.evaluate("civicreach.chosen.layers(civicreach.app).map(l => l.id)")


@pytest.mark.browser
def test_headline_tab_layers_and_list_follow_the_topic(reader: Reader, html: str) -> None:
    page = reader.ready(html, "wall")
    tab = page.locator(f".theme-tabs [data-theme='{ELDER}']")
    choose(page, 0)
    beds = tab.inner_text()
    assert (big(page), drawn(page)) == ("elder.beds_per_1000", ["elder.homes"])
    assert page.evaluate("civicreach.chosen.listing(civicreach.app).id") == "elder.pairs"
    assert page.locator(".minis [data-figure]").count() == 1, "the others are folded: they aren't the topic's"
    choose(page, 1)
    assert (big(page), drawn(page)) == ("elder.people_share", ["elder.pairs"])
    assert page.evaluate("civicreach.chosen.listing(civicreach.app).id") == "elder.gap_zones"
    assert "62.0" in tab.inner_text()
    assert tab.inner_text() != beds
    assert "养老机构床位" not in page.locator(".legend").inner_text()
    # what is switched on by hand in one topic is off in the other, and on again when one comes back
    page.evaluate("civicreach.app.state.put('marks', 'elder_gaps/1/l2', true)")
    assert drawn(page) == ["elder.pairs", "elder.homes"]
    choose(page, 0)
    page.evaluate("civicreach.app.state.put('listing', 'elder_gaps/0', 0)")
    choose(page, 1)
    assert drawn(page) == ["elder.pairs", "elder.homes"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("topic", "title", "value"), [(0, "床位", "每千名老年人床位数"), (1, "步行到最近机构", "62.0")]
)
def test_printed_sheet_names_the_topic(reader: Reader, html: str, topic: int, title: str, value: str) -> None:
    page = reader.ready(html)
    choose(page, topic)
    page.evaluate("civicreach.layPlate(civicreach.app, 'a4', true)")
    assert page.locator(".plate-title").inner_text().strip().endswith(f"养老设施缺口 · {title}")
    assert value in page.locator(".plate-figure").first.inner_text()
    page.evaluate("civicreach.dropPlate()")
    assert title not in page.locator("h1").inner_text()
    page.emulate_media(media="print")
    assert title in page.locator("h1").inner_text()


@pytest.mark.browser
def test_a_topic_without_figures_shows_the_analysis_by_its_name(reader: Reader, result: StudyResult) -> None:
    page = reader.ready(map_html(told(result, walk=TOLD["walk"])))
    choose(page, 0)
    assert big(page) == "elder.people_share"
    assert page.evaluate(LINES).startswith("养老设施缺口（整项分析）：")
    assert drawn(page) == ["elder.gap_zones", "elder.homes"], "what nobody names"
    choose(page, 1)
    assert not page.evaluate(LINES).startswith("养老设施缺口")


@pytest.mark.browser
@pytest.mark.parametrize("theme", [0, 1, 2, 3])
@pytest.mark.parametrize("size", ["desk", "small", "phone"])
def test_names_of_units_stand_in_their_own_units(reader: Reader, html: str, theme: int, size: str) -> None:
    page = reader.ready(html, size)
    page.evaluate("n => civicreach.app.setTheme(n)", theme)
    for zoom in (-1.5, 0.75, 0.75, 1.25):
        page.evaluate("z => { const m = civicreach.app.map; m.setZoom(m.getZoom() + z, {animate: false}); }", zoom)
        names = page.evaluate(NAMES)
        assert all(inside and seen and lines in (1, 2) for _, inside, seen, lines in names), names


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "a.b", "a.b.c", "b", "ab"]), unique=True), st.permutations(["a.*", "b", "a", "x"])
)
def test_what_a_topic_names_comes_once_and_in_its_order(ids: list[str], named: list[str]) -> None:
    found = [ids[at] for at in places_of(named, ids)]
    matches = {"a.*": lambda i: i.startswith("a."), "b": "b".__eq__, "a": "a".__eq__, "x": "x".__eq__}
    assert found == [i for name in named for i in ids if matches[name](i)]
    assert len(set(found)) == len(found)


def test_the_first_layer_of_each_kind_of_a_topic_is_on_unless_it_hides_all() -> None:
    layers = [{"id": name, "kind": kind, "heavy": heavy} for name, kind, heavy in (
        ("wide", "polygons", True), ("small", "polygons", False), ("more", "polygons", False),
        ("dots", "points", False), ("free", "points", False))]  # fmt: skip
    one, other = (
        Topic(name, (name, name), {}, (), layers=own)
        for name, own in (("one", ("wide", "more", "small")), ("other", ("dots",)))
    )
    plain = Topic("plain", ("plain", "plain"), {}, ())
    analysis = Analysis("a", ("a", "a"), (), topics=(one, other, plain))
    on = [topic_parts(topic, analysis, layers)["layers_on"] for topic in analysis.topics]
    assert on == [[1], [3], [4]]


# What becomes of the name of a community where the only room is so many pixels to the right.
PUSHED = """right => { const c = civicreach, n = c.app.unitNames[0], u = c.app.model.units[n.level], v = n.view;
    const board = {put: (lines, x, y, style, fits) => {
        const box = [x - 5, y - 5, x + 5, y + 5]; return fits(box) ? box : null; }};
    const at = [u.x[n.index] * v.scale - v.ox, u.y[n.index] * v.scale - v.oy];
    return !!c.putUnit(board, v, u.shapes, n.index, at, ['name', '50 %'], [[right, 0]], {}); }"""


@pytest.mark.browser
def test_a_name_without_room_in_its_unit_is_left_out(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert page.evaluate(PUSHED, 0)
    assert not page.evaluate(PUSHED, 3000)

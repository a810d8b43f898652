"""Plans in the page (what-if) in headless Chromium, offline: every way to place, the numbers, files, why cards."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civicreach.maps import map_html
from civicreach.measures.result import StudyResult
from page_case import ORIGIN
from page_reader import MARKUP, SIZES, SMALL_TEXT, Reader, browsers, readers
from plan_town import PLOTS, covered_by, plan_town

pytestmark = pytest.mark.browser

EMPTY_AT = (4_000.0, 3_300.0)
"""A place far from all elder centres of the town, in metres from ORIGIN."""

# Where a place of the study's coordinate system lies in the window.
AT_METRES = """([x, y]) => { const a = civicreach.app; civicreach.planOf(a);
    const [lon, lat] = a.streets.toDegrees(Math.round(100 * x), Math.round(100 * y));
    const box = a.map.getContainer().getBoundingClientRect(), at = a.map.latLngToContainerPoint([lat, lon]);
    return [box.left + at.x, box.top + at.y]; }"""
GO_TO = """([x, y]) => { const a = civicreach.app;
    const [lon, lat] = a.streets.toDegrees(100 * x, 100 * y); a.map.setView([lat, lon], 14, {animate: false}); }"""
SITES = "civicreach.app.plan.sites.map(s => [s.x_cm / 100, s.y_cm / 100])"
RESULT = """(r => ({people: r.people, before: r.covered_before, after: r.covered_after, gain: [...r.gain.values()],
    community: [...r.by_level.community.after]}))(civicreach.app.plan.result)"""
ROWS = """[...document.querySelectorAll('.tables tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"""
ORANGE = """() => { const c = civicreach.app.canvases.homes._container;
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;
    for (let i = 0; i < d.length; i += 4) if (d[i] === 240 && d[i + 1] === 138 && d[i + 2] === 60) n++;
    return n; }"""


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return plan_town()


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def plots_html() -> str:
    return map_html(plan_town(plots=True))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def planning(reader: Reader, html: str, size: str = "desk", **more: Any) -> Any:
    """A page with the what-if mode on."""
    page = reader.ready(html, size, **more)
    page.locator(".tools .plan-open").click()
    assert page.locator(".plan-dock").is_visible()
    return page


def click_at(page: Any, x: float, y: float) -> None:
    """A click on the map at metres from ORIGIN."""
    page.mouse.click(*page.evaluate(AT_METRES, [x + ORIGIN[0], y + ORIGIN[1]]))


def agrees(page: Any, result: StudyResult, number: int = 0, minutes: float = 15.0) -> dict[str, Any]:
    """The page's plan equals a search of Python's own with the same sites; what the page shows is that."""
    shown: dict[str, Any] = page.evaluate(RESULT)
    expected = covered_by(result, number, page.evaluate(SITES), minutes)
    assert shown["after"] == pytest.approx(expected.sum(), abs=1e-9)
    assert shown["community"] == pytest.approx(expected.tolist(), abs=1e-9)
    assert sum(shown["gain"]) == pytest.approx(shown["after"] - shown["before"], abs=1e-9)
    return shown


PRINTED = """() => {
  globalThis.held = false;
  window.dispatchEvent(new Event('beforeprint'));
  const told = document.querySelector('[data-plan="assigned"]').textContent;
  window.dispatchEvent(new Event('afterprint'));
  return told;
}"""
SLOW = """() => {
  const improve = civicreach.Flow.prototype.improve;
  globalThis.held = true;
  civicreach.Flow.prototype.improve = function (deadline) { return !globalThis.held && improve.call(this, deadline); };
}"""


def headline(page: Any) -> dict[str, str]:
    """The parts of the headline that a plan changes."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-plan]')].map(n => [n.dataset.plan, n.innerText]))"
    )
    return found


# --- placing ---------------------------------------------------------------------------------------------------------


def test_a_click_places_a_site_and_every_number_follows(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    before = page.locator(".headline").inner_text()
    click_at(page, *EMPTY_AT)
    shown = agrees(page, result)
    assert shown["gain"][0] > 0
    told = headline(page)
    assert told["share"] == f"{100 * shown['after'] / shown['people']:.1f}%"
    assert f"+{100 * (shown['after'] - shown['before']) / shown['people']:.1f}" in told["change"]
    assert f"{shown['gain'][0]:,.0f}" in told["gained"]
    assert page.locator(".plan-sites li").count() == page.locator(".plan-pin").count() == 1
    assert f"+{shown['gain'][0]:,.0f}" in page.locator(".plan-sites").inner_text()
    assert "推演方案" in page.locator("h1").inner_text()
    page.locator(".plan-remove").click()
    page.wait_for_function("!document.querySelector('[data-plan]')")
    assert page.locator(".headline").inner_text() == before
    assert "推演方案" not in page.locator("h1").inner_text()


def test_tables_show_the_plan_and_go_back(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.evaluate("civicreach.app.state.set({tab: 'areas', level: 'community'})")
    first = page.evaluate(ROWS)
    click_at(page, *EMPTY_AT)
    shown = agrees(page, result)
    rows = page.evaluate(ROWS)
    assert len(rows[0]) == 5
    share = 100 * shown["after"] / shown["people"]
    change = share - 100 * shown["before"] / shown["people"]
    assert rows[0][1:] == [
        f"{100 * shown['before'] / shown['people']:.1f}%", f"{share:.1f}%",
        f"{shown['people'] - shown['after']:,.0f}", f"+{change:.1f}",
    ]  # fmt: skip
    assert any(row[4].startswith("+") for row in rows[1:])
    assert any(row[4] == "·" for row in rows[1:])
    page.keyboard.press("Control+z")
    assert page.evaluate(ROWS) == first


def test_a_pin_is_dragged_and_the_figures_follow_on_the_way(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    old = page.evaluate(SITES)
    page.evaluate("window.seen = []; civicreach.app.state.listen(() => seen.push(civicreach.app.plan.sites[0].x_cm))")
    box = page.locator(".plan-pin").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x - 15 * step, y + 4 * step)
        page.wait_for_timeout(40)
    page.mouse.up()
    page.wait_for_function("!civicreach.app.dragged")
    new = page.evaluate(SITES)
    assert new != old
    assert len(set(page.evaluate("seen"))) > 3
    agrees(page, result)
    page.keyboard.press("Control+z")  # the whole drag is one step
    assert page.evaluate(SITES) == old
    page.keyboard.press("Control+y")
    assert page.evaluate(SITES) == new
    agrees(page, result)


def test_keys_place_move_and_remove(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.evaluate(GO_TO, [EMPTY_AT[0] + ORIGIN[0], EMPTY_AT[1] + ORIGIN[1]])
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    assert page.locator(".plan-pin").count() == 1
    assert page.evaluate(SITES)[0] == pytest.approx([EMPTY_AT[0] + ORIGIN[0], EMPTY_AT[1] + ORIGIN[1]], abs=20)
    old = page.evaluate(SITES)
    pin = page.locator(".plan-pin")
    pin.focus()
    view = page.evaluate("civicreach.app.map.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    new = page.evaluate(SITES)
    assert new[0][0] > old[0][0]
    assert new[0][1] > old[0][1]
    assert page.evaluate("civicreach.app.map.getCenter().lng") == view  # the map itself stays
    agrees(page, result)
    assert "方向键" in pin.get_attribute("aria-label")
    page.keyboard.press("Delete")
    assert page.locator(".plan-pin").count() == 0
    page.keyboard.press("Control+z")
    assert page.evaluate(SITES) == new


def test_keys_never_take_what_is_typed(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    page.locator(".plan-capacity").focus()
    page.keyboard.type("12")
    page.keyboard.press("s")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    assert page.locator(".plan-pin").count() == 0
    page.locator(".plan-close").click()
    page.locator(".folium-map").focus()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    assert page.locator(".plan-pin").count() == 0


def test_the_suggested_site_is_told_and_gains_what_it_says(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.keyboard.press("s")
    page.locator(".plan-suggest").click()
    shown = agrees(page, result)
    first, second = shown["gain"]
    assert first >= second > 0
    said = page.locator(".plan-said").inner_text()
    assert f"{second:,.0f}" in said
    assert "核算" in said
    assert page.locator(".plan-said").get_attribute("aria-live") == "polite"
    page.locator(".plan-undo").click()
    page.locator(".plan-undo").click()
    assert page.locator(".plan-undo").is_disabled()
    page.locator(".plan-redo").click()
    page.locator(".plan-redo").click()
    assert agrees(page, result)["gain"] == [first, second]
    page.locator(".plan-clear").click()
    assert page.locator(".plan-pin").count() == 0


def test_other_minutes_ask_another_question(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.evaluate(
        "(s => { s.value = 8; s.dispatchEvent(new Event('input')); })(document.querySelector('.plan-minutes'))"
    )
    click_at(page, *EMPTY_AT)
    agrees(page, result, minutes=8)
    assert "8 分钟" in page.locator(".headline .ask").inner_text()
    assert "不同于研究口径" in page.locator(".headline").inner_text()


def test_a_limit_in_metres_is_planned_for_in_metres(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.locator(".plan-service").select_option("1")
    assert "公园入口" in page.locator("h1").inner_text()
    assert "600 米" in page.locator(".plan-form").inner_text()
    click_at(page, *EMPTY_AT)
    agrees(page, result, number=1, minutes=10)  # networks that measure metres go one a second
    assert "600 米" in page.locator(".headline .ask").inner_text()


def test_a_plan_stays_with_its_service(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.locator(".themes [data-theme='1']").click()
    assert page.locator("[data-plan]").count() == 0
    assert page.locator(".plan-pin").count() == 0
    assert "养老服务中心" in page.locator(".plan-elsewhere").inner_text()
    page.locator(".plan-there").click()
    assert page.locator("[data-plan]").count() > 0
    assert page.locator(".plan-pin").count() == 1


# --- what the map shows ----------------------------------------------------------------------------------------------


def test_newly_covered_homes_and_streets_have_the_colour_of_the_plan(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    assert page.evaluate(ORANGE) == 0
    click_at(page, *EMPTY_AT)
    assert page.evaluate(ORANGE) > 50  # squares
    page.locator(".plan-place").click()
    assert page.evaluate("civicreach.app.near(civicreach.app.map.getZoom())") == 1
    assert page.evaluate(ORANGE) > 50  # single homes
    legend = page.locator(".legend").inner_text()
    for what in ("拟设设施", "新增覆盖的居住点", "新增可达街道"):
        assert what in legend
    assert page.evaluate("civicreach.app.model.plan.newPieces().length") > 0
    page.keyboard.press("Control+z")
    assert page.evaluate(ORANGE) == 0


@pytest.mark.parametrize("size", SIZES)
def test_the_dock_fits_every_size(reader: Reader, html: str, size: str) -> None:
    page = planning(reader, html, size)
    page.locator(".plan-suggest").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert page.evaluate(SMALL_TEXT) == []
    for language in ("中文", "English"):
        box = page.locator(".plan-dock").bounding_box()
        stage = page.locator(".stage").bounding_box()
        assert box["x"] >= stage["x"] - 1, language
        assert box["y"] >= stage["y"] - 1, language
        below = stage["y"] + stage["height"]
        assert box["y"] >= below if size == "phone" else box["y"] + box["height"] <= below + 1, language
        page.locator(".tools .language").click()


def test_capacity_is_handed_out_and_told(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    page.locator(".plan-capacity").fill("40")
    page.locator(".plan-capacity").press("Enter")
    page.locator(".folium-map").focus()
    click_at(page, *EMPTY_AT)
    shown = agrees(page, result)
    told = page.evaluate("(c => [c.assigned, c.unserved, ...c.by_site.values()])(civicreach.app.plan.result.capacity)")
    assert told[0] + told[1] == pytest.approx(shown["after"], abs=1e-6)
    assert told[2] == 40
    assert told[1] > 0
    assert headline(page)["assigned"] == f"按规模统筹分配：时限内 {told[0]:,.0f} 有名额，{told[1]:,.0f} 无名额"
    assert page.locator(".plan-taken").inner_text() == "名额 40 / 40"
    assert "先使有名额的人数最多" in page.locator(".plan-rest").inner_text()
    page.locator(".tools .language").click()
    assert headline(page)["assigned"].startswith("By capacity: ")
    assert "most people get one" in page.locator(".plan-rest").inner_text()
    assert page.evaluate(SMALL_TEXT) == []
    page.locator(".plan-remove").click()
    page.wait_for_function("!document.querySelector('[data-plan]')")


ROOMS = "civicreach.app.plan.sites.map(s => s.capacity)"


def types_capacity(page: Any, text: str) -> str:
    """Types a capacity and enters it; what the dock then says."""
    page.locator(".plan-capacity").click()
    page.locator(".plan-capacity").press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.locator(".folium-map").focus()
    said: str = page.locator(".plan-said").inner_text()
    return said


def test_a_capacity_is_that_of_all_sites_at_once(reader: Reader, html: str) -> None:
    """Two sites stand, then 50 is typed: both have it, so has the next; one undo takes it back."""
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    click_at(page, EMPTY_AT[0] - 900, EMPTY_AT[1] - 500)
    assert page.evaluate(ROOMS) == [None, None]
    assert "全部 2 处" in types_capacity(page, "50")
    assert page.evaluate(ROOMS) == [50, 50]
    assert page.locator(".plan-sites .plan-taken").all_inner_texts() == ["名额 50 / 50"] * 2
    page.locator(".plan-suggest").click()
    assert page.evaluate(ROOMS) == [50, 50, 50]
    assert "按可达覆盖（不按规模）" in page.locator(".plan-said").inner_text()
    page.locator(".plan-undo").click()
    page.locator(".plan-undo").click()
    assert page.evaluate(ROOMS) == [None, None]
    assert page.locator(".plan-capacity").input_value() == ""
    page.locator(".plan-redo").click()
    assert page.evaluate(ROOMS) == [50, 50]
    assert page.locator(".plan-capacity").input_value() == "50"
    types_capacity(page, "")
    assert page.evaluate(ROOMS) == [None, None]


@pytest.mark.parametrize("text", ["0", "-5", "2.5", "1000001", "e"])
def test_what_is_no_capacity_is_refused(reader: Reader, html: str, text: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    types_capacity(page, "50")
    steps = page.evaluate("civicreach.app.plan.past.length")
    assert "输入未采用，仍为：规模 50" in types_capacity(page, text)
    assert page.locator(".plan-said .plan-fault").count() == 1
    assert page.evaluate(ROOMS) == [50]
    assert page.evaluate("civicreach.app.plan.past.length") == steps
    assert page.locator(".plan-capacity").input_value() == "50"


def test_a_file_with_different_capacities_is_shown_site_by_site(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    click_at(page, EMPTY_AT[0] - 900, EMPTY_AT[1] - 500)
    page.evaluate("""() => { const a = civicreach.app, p = a.plan.toJSON();
        p.sites[0].capacity = 40; p.sites[1].capacity = 60; civicreach.takePlan(a, p); }""")
    assert page.evaluate(ROOMS) == [40, 60]
    assert page.locator(".plan-sites .plan-taken").all_inner_texts() == ["名额 40 / 40", "名额 60 / 60"]
    assert page.locator(".plan-capacity").input_value() == ""
    assert page.locator(".plan-capacity").get_attribute("placeholder") == "各处不同，见列表"
    assert "全部 2 处" in types_capacity(page, "50")
    assert page.evaluate(ROOMS) == [50, 50]


def test_what_takes_long_is_computed_beside(reader: Reader, html: str) -> None:
    """The page says so, can be used meanwhile, and then shows what it would have shown at once."""
    page = planning(reader, html)
    page.locator(".plan-capacity").fill("40")
    page.locator(".plan-capacity").press("Enter")
    page.locator(".folium-map").focus()
    click_at(page, *EMPTY_AT)
    at_once = headline(page)["assigned"]
    page.locator(".plan-undo").click()
    page.evaluate(SLOW)
    page.locator(".plan-redo").click()
    assert headline(page)["assigned"] == "按规模统筹分配：正在计算……"
    assert page.locator(".plan-taken").count() == 0
    page.evaluate("globalThis.held = false")
    page.locator(".plan-taken").wait_for()
    assert headline(page)["assigned"] == at_once
    assert page.locator(".plan-taken").inner_text() == "名额 40 / 40"
    # nothing goes to paper before
    page.evaluate("globalThis.held = true")
    page.locator(".plan-undo").click()
    page.locator(".plan-redo").click()
    assert headline(page)["assigned"] != at_once
    assert page.evaluate(PRINTED) == at_once


def test_paper_lists_the_sites(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.emulate_media(media="print")
    assert page.locator(".plan-told li").is_visible()
    assert page.locator(".plan-on-paper").is_visible()
    assert not page.locator(".plan-dock").is_visible()


def test_map_sheets_say_that_they_show_a_plan(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    gain = page.evaluate(RESULT)["gain"][0]
    page.evaluate("civicreach.layPlate(civicreach.app, 'a4', false)")
    assert "推演方案" in page.locator(".plate-title").inner_text()
    side = page.locator(".plate-side").inner_text()
    assert "拟设设施" in side
    assert f"+{gain:,.0f}" in side
    page.evaluate("civicreach.dropPlate()")


def test_tips_of_homes_tell_the_plan(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    told = page.evaluate(
        "(a => { const v = civicreach.shownPlan(a), n = a.model.homes.count;"
        " for (let i = 0; i < n; i++) if (v.isNew(i)) return civicreach.planHomeFacts(v, i); })(civicreach.app)"
    )
    assert "方案新增覆盖" in told[0]
    assert told[2][0][1] != told[2][1][1]


def test_tips_of_homes_are_true_beyond_the_limit_whatever_was_asked(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    every = """(a => { const v = civicreach.shownPlan(a);
        return Array.from(a.model.homes.x, (_, i) => civicreach.planHomeFacts(v, i)[2][1][1]); })(civicreach.app)"""
    slide = (
        "m => { const s = document.querySelector('.plan-minutes'); s.value = m; s.dispatchEvent(new Event('input')) }"
    )
    page.evaluate(slide, 4)
    short = page.evaluate(every)
    page.evaluate(slide, 30)
    assert page.evaluate(every) == short
    page.evaluate(slide, 4)
    assert page.evaluate(every) == short


# --- candidate plots -------------------------------------------------------------------------------------------------


def test_only_candidate_plots_take_a_site(reader: Reader, plots_html: str) -> None:
    page = planning(reader, plots_html)
    assert "3 个备选地块" in page.locator(".plan-said").inner_text()
    click_at(page, 4_500, 700)
    assert page.locator(".plan-pin").count() == 0
    assert "备选地块" in page.locator(".plan-said").inner_text()
    x, y = PLOTS["p2"]
    click_at(page, x + 20, y + 20)
    assert page.evaluate(SITES) == [[x + ORIGIN[0], y + ORIGIN[1]]]
    assert "plot p2" in page.locator(".plan-sites").inner_text()
    click_at(page, x, y + 150)  # clear of the pin itself
    assert page.locator(".plan-pin").count() == 1
    page.locator(".plan-suggest").click()
    plots = [[px + ORIGIN[0], py + ORIGIN[1]] for px, py in PLOTS.values()]
    assert all(site in plots for site in page.evaluate(SITES))
    assert "备选地块" in page.locator(".legend").inner_text()


def test_another_service_cant_bring_sites_off_its_plots(reader: Reader, plots_html: str) -> None:
    page = planning(reader, plots_html)
    page.locator(".plan-service").select_option("1")
    click_at(page, *EMPTY_AT)
    sites, asked = page.evaluate(SITES), page.evaluate("civicreach.app.plan.question")
    assert len(sites) == 1
    page.locator(".plan-service").select_option("0")
    assert "备选地块" in page.locator(".plan-said .plan-fault").inner_text()
    assert page.locator(".plan-service").input_value() == "1"
    page.locator(".themes [data-theme='0']").click()
    page.locator(".plan-take").click()
    assert "备选地块" in page.locator(".plan-said .plan-fault").inner_text()
    assert page.evaluate("civicreach.app.plan.question") == asked
    assert page.evaluate(SITES) == sites


# --- files -----------------------------------------------------------------------------------------------------------


def saved(page: Any, button: str) -> bytes:
    """What a button hands over as a file."""
    with page.expect_download() as waiting:
        page.locator(button).click()
    return Path(waiting.value.path()).read_bytes()


def load(page: Any, content: bytes, name: str = "plan.json") -> None:
    """A file handed to the page."""
    with page.expect_file_chooser() as waiting:
        page.locator(".plan-load").click()
    waiting.value.set_files({"name": name, "mimeType": "application/json", "buffer": content})
    page.wait_for_timeout(300)


def test_a_saved_plan_comes_back(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.locator(".plan-suggest").click()
    told, sites = page.evaluate(RESULT), page.evaluate(SITES)
    content = saved(page, ".plan-save")
    assert json.loads(content)["format"] == "civicreach-scenario"
    page.locator(".plan-clear").click()
    load(page, content)
    assert page.evaluate(SITES) == sites
    assert page.evaluate(RESULT) == told
    assert "2" in page.locator(".plan-said").inner_text()
    agrees(page, result)


def test_undo_of_a_loaded_plan_brings_the_old_one_back_whole(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    content = json.loads(saved(page, ".plan-save")) | {"minutes": 7}
    page.locator(".plan-clear").click()
    page.locator(".plan-service").select_option("1")
    click_at(page, 2_400, 1_500)
    old = page.evaluate("[civicreach.app.plan.question, civicreach.app.state.theme]"), page.evaluate(RESULT)
    load(page, json.dumps(content).encode())
    new = page.evaluate("[civicreach.app.plan.question, civicreach.app.state.theme]"), page.evaluate(RESULT)
    assert (new[0][0]["minutes"], new[0][1]) == (7, 0)
    page.locator(".plan-undo").click()
    assert (page.evaluate("[civicreach.app.plan.question, civicreach.app.state.theme]"), page.evaluate(RESULT)) == old
    assert page.locator(".plan-service").input_value() == "1"
    assert page.locator(".plan-elsewhere").count() == 0
    page.locator(".plan-redo").click()
    assert (page.evaluate("[civicreach.app.plan.question, civicreach.app.state.theme]"), page.evaluate(RESULT)) == new
    assert page.locator(".plan-minutes").input_value() == "7"


def test_a_bad_file_is_told_while_the_plan_is_for_another_service(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.locator(".themes [data-theme='1']").click()
    assert page.locator(".plan-elsewhere").is_visible()
    load(page, b"not json")
    assert "JSON" in page.locator(".plan-said .plan-fault + ul").inner_text()
    page.locator(".themes [data-theme='0']").click()
    assert page.locator(".plan-fault").count() == 0


def test_negative_degrees_are_numbers_in_the_csv(reader: Reader, html: str) -> None:
    """West of Greenwich and south of the equator: no formula guard before a number; text keeps it."""
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.evaluate("civicreach.app.plan.sites = civicreach.app.plan.sites.map(s => ({...s, lon: -15.4, lat: -28.125}))")
    lines = page.evaluate("civicreach.planRows(civicreach.app).map(r => r.map(civicreach.csvCell).join(','))")
    assert any(",-15.40000000,-28.12500000," in line for line in lines)
    assert not any("'-" in line for line in lines)
    assert page.evaluate("civicreach.csvCell('-15.4')") == "'-15.4"


def test_csv_and_geojson_hold_what_python_says(reader: Reader, result: StudyResult, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    page.locator(".plan-suggest").click()
    sites = page.evaluate(SITES)
    expected = covered_by(result, 0, sites, 15)
    content = saved(page, ".plan-csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    text = content.decode("utf-8-sig")
    assert "推演方案，非现状" in text
    assert any(row and row[0] == "定义" and "除以" in row[1] for row in rows)
    assert any(row and row[0] == "数据来源" and "homes.csv" in row[1] for row in rows)
    areas = {row[2]: row for row in rows if row and row[0] == "社区"}
    names = result.areas.frame["community"] if result.areas is not None else {}
    for unit, covered in expected.items():
        if names[unit] in areas:
            assert float(areas[names[unit]][6]) == pytest.approx(covered, abs=1e-6)
    placed = [row for row in rows if len(row) > 10 and row[10] == "EPSG:4547"]
    assert [[float(row[8]), float(row[9])] for row in placed] == sites
    geo = json.loads(saved(page, ".plan-geojson"))
    assert geo["covered_after"] == pytest.approx(expected.sum(), abs=1e-6)
    assert [[f["properties"]["x_m"], f["properties"]["y_m"]] for f in geo["features"]] == sites
    before = page.evaluate(RESULT)["before"]
    assert geo["covered_before"] == before == round(before, 6)
    assert any(len(row) > 1 and row[1] == f"{before:.6f}".rstrip("0").rstrip(".") for row in rows)
    assert [f["properties"]["crs"] for f in geo["features"]] == ["EPSG:4547"] * 2
    assert 113 < geo["features"][0]["geometry"]["coordinates"][0] < 115


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"),
        ("\tb", '"\'\tb"'), ("\rb", '"\'\rb"'), ("a,b", '"a,b"'), ("plain", "plain"), ("＝1", "'＝1"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(reader: Reader, html: str, text: str, cell: str) -> None:
    page = reader.ready(html)
    assert page.evaluate("text => civicreach.csvCell(text)", text) == cell
    assert page.evaluate("civicreach.csvCell(-2.5)") == "-2.5"


HOSTILE_SITE = {"x_m": 502_000.0, "y_m": 3_401_000.0, "name": "<img src=x onerror=window.pwned=1>"}
BAD_PLANS = (
    b"not json", b"[]", b"null", b"7", b'{"format": "other"}', b'{"format": "civicreach-scenario", "version": 99}',
    json.dumps({"format": "<script>window.pwned=2</script>", "version": 1}).encode(),
    b"[" * 50_000, b"\xff\xfe\x00", b'{"format": "civicreach-scenario", "version": 1, "sites": 5}',
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD_PLANS, ids=range(len(BAD_PLANS)))
def test_a_bad_plan_is_refused_with_a_reason(reader: Reader, html: str, bad: bytes) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    sites = page.evaluate(SITES)
    load(page, bad)
    assert page.locator(".plan-said .plan-fault").is_visible()
    assert page.locator(".plan-said li").count() >= 1
    assert page.evaluate(SITES) == sites
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(
    "change",
    [
        {"sites": [{**HOSTILE_SITE, "x_m": 1e300}]},
        {"sites": [{**HOSTILE_SITE, "y_m": "3401000; DROP"}]},
        {"minutes": 1e12},
        {"minutes": -3},
        {"service": "<script>window.pwned=3</script>"},
        {"profile": "__proto__"},
        {"sites": [HOSTILE_SITE] * 5_000},
        {"crs": "<img src=x onerror=window.pwned=4>"},
    ],
    ids="-".join,
)
def test_a_hostile_plan_executes_nothing(reader: Reader, html: str, change: dict[str, Any]) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    sites = page.evaluate(SITES)
    content = json.loads(saved(page, ".plan-save"))
    load(page, json.dumps(content | change).encode())
    assert page.locator(".plan-said .plan-fault").is_visible()
    assert page.evaluate(SITES) == sites
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(MARKUP) == [0, 0]


def test_hostile_names_are_text_in_every_part_of_a_plan(reader: Reader) -> None:
    page = planning(reader, map_html(plan_town(hostile=True)))
    click_at(page, *EMPTY_AT)
    page.locator(".plan-suggest").click()
    page.evaluate("civicreach.app.state.set({tab: 'areas'})")
    page.locator(".plan-load").focus()
    text = saved(page, ".plan-csv").decode("utf-8-sig")
    assert not any(cell[:1] in "=+-@\t\r" for row in csv.reader(io.StringIO(text)) for cell in row if not number(cell))
    json.loads(saved(page, ".plan-geojson"))
    page.evaluate("civicreach.app.state.set({tab: 'gaps'})")
    page.locator(".show-home").first.click()
    assert page.locator(".card").is_visible()
    assert page.evaluate("window.pwned") is None
    assert page.evaluate(MARKUP) == [0, 0]


def number(cell: str) -> bool:
    """Whether a cell is empty or a number."""
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True


# --- why is this home uncovered --------------------------------------------------------------------------------------


def test_an_uncovered_home_is_explained(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".show-home").click()
    card = page.locator(".card")
    assert "为什么没有被覆盖" in card.inner_text()
    told = page.evaluate(
        "(t => ({ms: t.ms, straight: t.straight_ms, limit: t.limit_ms, cause: t.cause, detour: t.detour}))"
        "(civicreach.app.why.told)"
    )
    assert told["ms"] > told["limit"] == 15 * 60_000
    assert told["straight"] <= told["ms"]
    long = told["ms"] >= 1.8 * told["straight"]
    assert told["cause"] == ("too_far" if told["straight"] > told["limit"] else "detour" if long else "winding")
    assert f"{told['detour']:.2f}" in card.inner_text()
    assert card.locator(".verdict").get_attribute("data-cause") == told["cause"]
    assert page.evaluate("civicreach.app.why.pieces.length") > 0
    legend = page.locator(".legend").inner_text()
    assert "路网路线" in legend
    assert "直线" in legend
    first = page.evaluate("civicreach.app.state.selection.index")
    card.locator(".show-home").click()
    assert page.evaluate("civicreach.app.state.selection.index") != first


def test_the_cause_follows_the_plan(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".show-home").click()
    home = page.evaluate("civicreach.app.why.from")
    page.evaluate(
        "([lon, lat]) => { const a = civicreach.app; civicreach.togglePlanning(a, true);"
        " civicreach.placeSite(a, lon, lat); }",
        home,
    )
    card = page.locator(".card").inner_text()
    assert "由方案新增覆盖" in card
    assert "拟设 1" in card


def test_a_plan_of_another_study_says_so(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    click_at(page, *EMPTY_AT)
    sites, content = page.evaluate(SITES), json.loads(saved(page, ".plan-save"))
    own = page.evaluate("civicreach.planStudy(civicreach.app.plan)")
    assert content["study_name"] == own
    other = {**content, "study": "0" * 64, "study_name": "另城 2030"}
    page.locator(".plan-clear").click()
    load(page, json.dumps(other).encode())
    said = page.locator(".plan-said").inner_text()
    assert "另城 2030" in said
    assert own in said
    assert page.evaluate(SITES) == sites
    page.locator(".plan-clear").click()
    away = [{**site, "x_m": site["x_m"] + 1e6, "lon": None, "lat": None} for site in content["sites"]]
    load(page, json.dumps({**other, "sites": away}).encode())
    faults = page.locator(".plan-said li").all_inner_texts()
    assert "另城 2030" in faults[0]
    assert own in faults[0]
    assert len(faults) > 1
    assert page.evaluate(SITES) == []


def test_a_double_click_places_one_site_at_most(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    at = page.evaluate(AT_METRES, [EMPTY_AT[0] + ORIGIN[0], EMPTY_AT[1] + ORIGIN[1]])
    page.mouse.dblclick(*at)
    page.wait_for_timeout(400)
    assert len(page.evaluate(SITES)) == 1
    page.mouse.click(at[0] + 40, at[1])
    assert len(page.evaluate(SITES)) == 2


def test_rows_are_rounded_plainly_and_the_same_with_an_empty_plan(
    reader: Reader, result: StudyResult, html: str
) -> None:
    page = reader.ready(html)
    shown = page.evaluate(
        "(([m, s]) => m.units.community.name.map((_, i) => civicreach.num((m.row(s, 'community', i) || {}).uncovered)))"
        "([civicreach.app.model, civicreach.app.model.services[0]])"
    )
    group = result.services[0].service.group
    table = result.services[0].tables["community"]
    areas = result.areas
    assert areas is not None
    table = table.reindex(areas.units("community").index)
    exact = (table[group] - table[f"{group}_covered"]).tolist()
    assert shown == [f"{value:,.0f}" if np.isfinite(value) else "–" for value in exact]
    page.locator("[data-tab=areas]").first.click()
    assert "四舍五入" in page.locator(".caption").inner_text()


def test_metres_are_called_metres(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    page.locator(".plan-service").select_option("1")
    form = page.locator(".plan-form").inner_text()
    assert "距离" in form
    assert "时限" not in form
    page.evaluate("civicreach.planOf(civicreach.app).ask({minutes: 1000 / 60})")
    page.evaluate("civicreach.drawDock(civicreach.app, true)")
    assert "1,000 米" in page.locator(".plan-number").inner_text()
    page.locator(".show-home").first.click()
    texts = page.locator(".why-bars b").all_inner_texts()
    assert all(text.count("米") <= 1 for text in texts), texts


def test_paper_says_nothing_of_zooming(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    assert "放大" in page.locator(".legend").inner_text()
    page.emulate_media(media="print")
    assert "放大" not in page.locator(".legend").inner_text()
    told = page.evaluate(
        "(a => { const n = document.createElement('div');"
        " civicreach.add(n, civicreach.legendParts(a, a.map.getZoom())); return n.textContent; })(civicreach.app)"
    )
    assert "颜色越深" in told
    assert "放大" not in told


@pytest.mark.parametrize(
    ("over", "words"), [(400, "1 秒"), (5_500, "6 秒"), (6_000, "0.1 分"), (90_000, "1.5 分")], ids=str
)
def test_nothing_is_over_by_nothing(reader: Reader, html: str, over: int, words: str) -> None:
    page = reader.ready(html)
    page.locator(".show-home").click()
    page.evaluate("o => { const t = civicreach.app.why.told; t.ms = t.limit_ms + o; }", over)
    text = page.evaluate(
        "(c => { const n = document.createElement('div'); c.add(n, c.whyCard(c.app)); return n.textContent; })"
        "(civicreach)"
    )
    assert f"超出 {words}" in text

"""What stands beside each other on the page: panels over the map, tables and their figures, a plan and the study."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from civicreach.measures.result import StudyResult
from civicreach.study.analyses import ShelterSpec
from page_analyses import analyses_of
from page_case import ORIGIN
from page_reader import SMALL_TEXT, Reader, browsers, readers
from plan_town import covered_by, plan_town

pytestmark = pytest.mark.browser

PLACE = """([x, y]) => { const a = civicreach.app; civicreach.planOf(a);
    const [lon, lat] = a.streets.toDegrees(Math.round(100 * x), Math.round(100 * y));
    return civicreach.placeSite(a, lon, lat).id; }"""
AT = (4_000.0 + ORIGIN[0], 3_300.0 + ORIGIN[1])
PANELS = """() => { const names = ['.zoom', '.layers-open', '.layers-list', '.legend', '.north', '.card', '.plan-dock',
        '.stamp', '.leaflet-control-scale'];
    const boxes = names.map(n => [n, document.querySelector(n)]).filter(([, n]) => n && n.getClientRects().length)
        .map(([n, node]) => [n, node.getBoundingClientRect()]), found = [];
    boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
        if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
            found.push(a + ' ' + b); }));
    return found; }"""
ROWS = """() => { const box = document.querySelector('.scroll').getBoundingClientRect();
    const end = Math.min(box.bottom, document.querySelector('.about').getBoundingClientRect().top);
    const head = document.querySelector('.scroll thead').getBoundingClientRect().bottom;
    return [...document.querySelectorAll('.scroll tbody tr')].map(r => r.getBoundingClientRect())
        .filter(r => r.top >= head - 1 && r.bottom <= end + 1).length; }"""
CELLS = "[...document.querySelectorAll('.tables tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
TABS = "[...document.querySelectorAll('.themes [data-theme]')].map(b => b.innerText.replace(/\\s+/g, ' '))"


@pytest.fixture(scope="module")
def result() -> StudyResult:
    """The town with streets of its own and two analyses; the second one is about the first service."""
    town = plan_town()
    made = analyses_of(town, str, ORIGIN)
    study = town.study.model_copy(update={"shelters": ShelterSpec(service=town.services[0].service.id)})
    every = tuple(replace(a, id=name) for a, name in zip(made, ("relief", "shelter_reach"), strict=True))
    return replace(town, study=study, analyses=every)


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def planned(reader: Reader, html: str, size: str = "desk", **more: Any) -> Any:
    """A page with a plan of one site."""
    page = reader.ready(html, size, **more)
    page.locator(".tools .plan-open").click()
    page.evaluate(PLACE, list(AT))
    return page


# --- room ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["desk", "wall", "small", "phone"])
def test_nothing_over_the_map_covers_anything(reader: Reader, html: str, size: str, language: str) -> None:
    page = planned(reader, html, size, has_touch=size == "phone")
    page.evaluate("l => civicreach.app.state.set({language: l})", language)
    assert page.evaluate(PANELS) == []
    for act in (
        "civicreach.app.select({kind: 'unit', level: 'community', index: 3}, true)",
        "document.querySelector('.layers-open').click()",
        "civicreach.app.closeLayers(), civicreach.app.select(null)",
        "document.querySelector('.tables .show-home').click()",
        "document.querySelector('.layers-open').click()",
        "civicreach.togglePlanning(civicreach.app, false)",
        "civicreach.app.state.legendOpen || document.querySelector('.fold').click()",
        "civicreach.app.setTheme(3), civicreach.app.select({kind: 'unit', level: 'community', index: 3}, false)",
        "civicreach.app.state.layersOpen || document.querySelector('.layers-open').click()",
    ):
        page.evaluate(f"{act}, 0")
        page.wait_for_timeout(50)
        assert page.evaluate(PANELS) == [], act
    assert page.evaluate(SMALL_TEXT) == []


def test_a_phone_has_legend_scale_and_north_beside_the_plan(reader: Reader, html: str) -> None:
    page = planned(reader, html, "phone", has_touch=True)
    for what in (".legend .ramp", ".leaflet-control-scale", ".north", ".plan-suggest", ".plan-sites li"):
        assert page.locator(what).first.is_visible(), what
    dock, stage = (page.locator(what).bounding_box() for what in (".plan-dock", ".stage"))
    assert dock["y"] >= stage["y"] + stage["height"]
    page.locator(".tables .show-home").click()
    card = page.locator(".card")
    assert card.locator(".show-home").is_visible()
    assert card.locator(".show-home").bounding_box()["y"] < 844
    first = page.evaluate("civicreach.app.state.selection.index")
    card.locator(".show-home").click()
    assert page.evaluate("civicreach.app.state.selection.index") != first


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_of_analyses_show_ten_rows_on_a_laptop(reader: Reader, html: str, language: str) -> None:
    page = reader.ready(html, "desk")
    page.evaluate("l => civicreach.app.state.set({language: l})", language)
    for theme in (2, 3):
        page.evaluate("k => civicreach.app.setTheme(k)", theme)
        assert page.evaluate(ROWS) >= 10
        page.locator(".headline summary").click()
        assert page.locator(".headline dd").first.is_visible()


# --- a plan beside the study -----------------------------------------------------------------------------------------


def test_tabs_say_which_values_are_the_plan_s(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    before = page.evaluate(TABS)
    page.locator(".tools .plan-open").click()
    page.evaluate(PLACE, list(AT))
    after = page.evaluate(TABS)
    now = f"{100 * result.services[0].figures[0].value:.1f}%"
    share = page.locator("[data-plan=share]").inner_text().replace(" ", "")
    assert share.rstrip("%") in after[0]
    assert f"现状 {now}" in after[0]
    assert after[1:3] == before[1:3]  # another service, and an analysis that is about none of the plan's
    assert "不含方案" in after[3]
    page.evaluate("civicreach.app.setTheme(3)")
    assert "不含方案" in page.locator(".plan-kept").inner_text()
    assert page.locator("h1 .plan-mark.kept").count() == page.locator(".caption .plan-mark.kept").count() == 1
    assert "不含推演方案" in page.locator(".legend").inner_text()
    page.locator(".plan-kept button").click()
    assert page.evaluate("civicreach.app.state.theme") == 0
    page.evaluate("civicreach.clearPlan(civicreach.app)")
    assert page.evaluate(TABS) == before


def test_facilities_list_the_proposed_sites(reader: Reader, html: str) -> None:
    page = planned(reader, html)
    page.locator(".tabs [data-tab=facilities]").click()
    plan = page.evaluate("[...civicreach.app.plan.result.gain.values()]")
    row, *others = page.evaluate(CELLS)
    assert "拟设 1" in row[0]
    assert row[-1] == f"{plan[0]:,.0f}"
    within = page.evaluate(
        """(p => { const found = p.within(p.sites[0]); let sum = 0; found.home.forEach((h, i) => {
            if (found.cost[i] <= p.limit && p.unit[h]) sum += p.base.amount[h]; }); return sum / 1e6; })
        (civicreach.app.plan)"""
    )
    assert row[-2] == f"{within:,.0f}"
    assert all("拟设" not in other[0] for other in others)
    page.locator(".tables tr.planned").click()
    assert page.evaluate("document.activeElement.classList.contains('plan-pin')")


def test_urban_and_rural_rows_follow_the_plan(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    page.locator(".tabs [data-tab=areas]").click()
    names = [row[0] for row in page.evaluate(CELLS) if row[0] in ("城镇", "乡村")]
    assert names == ["城镇", "乡村"]
    page.locator(".tools .plan-open").click()
    page.evaluate(PLACE, list(AT))
    rows = page.evaluate(CELLS)
    assert [row[0] for row in rows if row[0] in names] == names
    kinds = page.evaluate("['urban', 'rural'].map(k => civicreach.app.model.plan.kindRow(k))")
    total = page.evaluate("civicreach.app.model.plan.total")
    for key in ("total", "covered", "uncovered", "gained"):
        assert sum(kind[key] for kind in kinds) == pytest.approx(total[key], abs=1e-6)
    assert result.areas is not None
    covered = covered_by(result, 0, [AT], 15).groupby(result.areas.frame["urban"].eq(True).to_numpy()).sum()
    assert [kind["covered"] for kind in kinds] == pytest.approx([covered[True], covered[False]], abs=1e-6)
    shown = {row[0]: row for row in rows}
    assert shown["城镇"][1:3] == [f"{100 * kinds[0][key]:.1f}%" for key in ("before", "share")]


def test_files_say_who_gets_a_place(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".tools .plan-open").click()
    page.evaluate("civicreach.app.state.planCapacity = 30")
    page.evaluate(PLACE, list(AT))
    lines = page.evaluate("civicreach.planRows(civicreach.app).map(r => r.map(civicreach.csvCell).join(','))")
    rows = list(csv.reader(io.StringIO("\n".join(lines))))
    head = next(row for row in rows if row and row[0] == "序号")
    at = next(k for k, name in enumerate(head) if name.startswith("分配到名额"))
    site = rows[rows.index(head) + 1]
    told = page.evaluate("civicreach.app.plan.result.capacity.by_site.get(civicreach.app.plan.sites[0].id)")
    assert float(site[at]) == pytest.approx(told, abs=1e-6)
    assert 0 < told <= 30
    found = json.loads(page.evaluate("JSON.stringify(civicreach.planGeoJSON(civicreach.app))"))
    assert found["features"][0]["properties"]["assigned"] == pytest.approx(told, abs=1e-6)
    assert found["assigned"] + found["unserved"] > told
    page.evaluate("civicreach.clearPlan(civicreach.app), civicreach.app.state.planCapacity = null, 0")
    page.evaluate(PLACE, list(AT))
    found = json.loads(page.evaluate("JSON.stringify(civicreach.planGeoJSON(civicreach.app))"))
    assert found["features"][0]["properties"]["assigned"] is None


def test_what_is_said_of_a_plan_changes_its_language(reader: Reader, html: str) -> None:
    page = planned(reader, html)
    said = page.locator(".plan-said")
    assert "已放置拟设 1" in said.inner_text()
    page.locator(".tools .language").click()
    assert "Site 1 placed" in said.inner_text()
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in said.inner_text())
    with page.expect_file_chooser() as waiting:
        page.locator(".plan-load").click()
    broken = {
        "format": "civicreach-scenario",
        "version": 1,
        "study": "x",
        "service": "none",
        "minutes": 0,
        "sites": [5],
    }
    waiting.value.set_files({"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(broken).encode()})
    page.wait_for_selector(".plan-fault")
    english = page.locator(".plan-said li").all_inner_texts()
    assert len(english) >= 4
    assert not any("\u4e00" <= letter <= "\u9fff" for text in english[1:] for letter in text)
    page.locator(".tools .language").click()
    chinese = page.locator(".plan-said li").all_inner_texts()
    assert len(chinese) == len(english)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in chinese)


# --- words -----------------------------------------------------------------------------------------------------------


def test_two_shares_of_one_thing_say_how_they_count(reader: Reader, result: StudyResult, html: str) -> None:
    page = reader.ready(html)
    figure = result.analyses[1].figures[0]
    other = page.locator(".other-count")
    assert figure.definition_zh in other.inner_text()
    page.evaluate("civicreach.app.setTheme(3)")
    assert f"{100 * result.services[0].figures[0].value:.1f}%" in other.inner_text()
    assert "不分类别" in other.inner_text()
    assert figure.definition_zh in page.locator(".meaning").inner_text()
    page.evaluate("civicreach.app.setTheme(1)")
    assert other.count() == 0


def test_who_made_it_and_when_is_a_line_to_fill_in(reader: Reader, result: StudyResult) -> None:
    head = result.study.study.model_copy(update={"author": "", "date": None})
    page = reader.ready(map_html(replace(result, study=result.study.model_copy(update={"study": head}))))
    assert page.locator(".meta .blank").all_inner_texts() == ["编制日期：", "编制："]
    page.evaluate("civicreach.readyPlate(civicreach.app, 'a4'), 0")
    assert page.locator(".plate-foot .blank").count() == 2
    named = result.study.study.model_copy(update={"author": "规划处", "date": "2026-11-24"})
    page = reader.ready(map_html(replace(result, study=result.study.model_copy(update={"study": named}))))
    assert page.locator(".blank").count() == 0
    assert "规划处" in page.locator(".meta").inner_text()

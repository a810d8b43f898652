"""What a plan's page says adds up for who reckons with the numbers shown; another limit is said wherever it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from page_analyses import analyses_of
from page_case import ORIGIN
from page_reader import Reader, browsers, readers
from plan_town import plan_town

pytestmark = pytest.mark.browser

# Sums and differences of made-up numbers that don't agree with what readers find: none.
WRONG = """() => { let seed = 7; const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647, wrong = [];
    for (let k = 0; k < 4000; k++) {
        const a = next(), b = k % 3 ? next() : a + 0.001 * next(), c = civicreach;
        const shown = (parseFloat(c.percent(b)) - parseFloat(c.percent(a))).toFixed(1);
        if ((100 * c.toldChange(a, b)).toFixed(1).replace('-0.0', '0.0') !== shown.replace('-0.0', '0.0'))
            wrong.push([a, b]);
        const parts = [...Array(1 + k % 5)].map(() => 1000 * next()), whole = c.addingUp(parts);
        const sum = values => values.reduce((x, y) => x + y, 0);
        if (sum(whole) !== Math.round(sum(parts))) wrong.push(parts);
        if (!whole.every((n, i) => Math.abs(n - parts[i]) < 1)) wrong.push(whole);
    } return wrong.slice(0, 5); }"""
ADD = """() => { const a = civicreach.app; civicreach.changePlan(a, p => p.suggest());
    const spots = civicreach.planOf(a).suggest(); civicreach.changePlan(a, p => p.add(spots.lon, spots.lat));
    const more = civicreach.planOf(a).suggest(); civicreach.changePlan(a, p => p.add(more.lon, more.lat)); }"""


@pytest.fixture(scope="module")
def html() -> str:
    return map_html(plan_town())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def planning(reader: Reader, html: str) -> Any:
    page = reader.ready(html)
    page.locator(".tools .plan-open").click()
    return page


def whole(text: str) -> int:
    return int(re.sub(r"[^\d]", "", text))


def test_shown_numbers_add_up(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    assert page.evaluate(WRONG) == []
    page.evaluate(ADD)
    # parts of people, so that rounding each by itself would be one too many
    page.evaluate("""() => { const a = civicreach.app, r = a.plan.result; r.told = null; r.gain = new Map(
        [...r.gain.keys()].map((id, k) => [id, [476.7, 833.6][k]])); a.model.plan.total.gained = 1310.3;
        civicreach.drawPlanHeadline(a, a.model.plan); a.drawPlan(true); }""")
    gains = [whole(t) for t in page.locator(".plan-sites .plan-gain").all_inner_texts()]
    assert sorted(gains) == [477, 833]
    told = page.locator("[data-plan=gained]").inner_text()
    assert sum(gains) == 1310
    assert "1,310" in told
    page.evaluate("""() => { const a = civicreach.app, v = a.model.plan;
        Object.assign(v.total, v.sum(100000, 23149, 35351)); civicreach.drawPlanHeadline(a, v); }""")
    shown = page.locator(".plan-delta").inner_text()
    now, then, change = (float(n) for n in re.findall(r"\d+\.\d", shown))
    assert (now, then) == (23.1, 35.4)
    assert change == pytest.approx(12.3), "12.2 by the exact shares"


def test_another_limit_is_said_on_the_tab_and_on_paper(reader: Reader, html: str) -> None:
    page = planning(reader, html)
    tab = page.locator(".theme-tabs [aria-selected=true]")
    page.evaluate(ADD)
    own = tab.locator("em").inner_text()
    assert own.startswith("现状")
    page.evaluate(
        "() => { const a = civicreach.app, q = a.plan.question;"
        " civicreach.changePlan(a, p => p.ask({...q, minutes: 2 * q.minutes})); }"
    )
    limit = page.evaluate("civicreach.app.plan.question.minutes")
    assert tab.locator("em").inner_text().startswith(f"{limit:g} 分钟现状")
    page.evaluate("civicreach.layPlate(civicreach.app, 'a4', true)")
    assert "标准或人群不同于研究口径" in page.locator(".plate").inner_text()
    page.evaluate("civicreach.dropPlate()")
    page.emulate_media(media="print")
    assert page.locator(".headline .doubt").is_visible()


@pytest.mark.parametrize("by_theme", [False, True])
def test_the_map_has_its_room_back_when_the_dock_goes(reader: Reader, by_theme: bool) -> None:
    town = plan_town()
    page = reader.ready(map_html(replace(town, analyses=analyses_of(town, str, ORIGIN))))
    at = "(c => [c.lat, c.lng, civicreach.app.map.getZoom()])(civicreach.app.map.getCenter())"
    first = page.evaluate(at)
    page.evaluate("civicreach.togglePlanning(civicreach.app, true)")
    # beside the dock there may be as much room as the town needs: somewhere else at the same scale
    page.evaluate("civicreach.app.map.panBy([-90, 0], {animate: false})")
    if by_theme:
        page.evaluate("civicreach.app.setTheme(civicreach.app.model.themes.length - 1)")
    else:
        page.evaluate("civicreach.togglePlanning(civicreach.app, false)")
    assert not page.evaluate("civicreach.app.state.planning")
    assert page.evaluate(at) == pytest.approx(first, abs=1e-4)

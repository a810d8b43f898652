"""The page in Debian's Firefox, from a file and without a network: it is ready, it plans, it says nothing wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from civicreach.maps import map_html
from civicreach.measures.result import StudyResult
from firefox_reader import Firefox, firefoxes
from page_case import ORIGIN, page_case
from plan_town import covered_by, plan_town
from test_page_plan import AT_METRES, EMPTY_AT, RESULT, SITES

pytestmark = pytest.mark.browser

SHOWN = "return document.querySelector('.page').innerText"
DRAWN = """const c = document.querySelector('.leaflet-container canvas'), d = c.getContext('2d')
    .getImageData(0, 0, c.width, c.height).data; let n = 0;
    for (let i = 3; i < d.length; i += 4) if (d[i]) n++;
    return n > 1000;"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    yield from firefoxes(tmp_path_factory.mktemp("profile"))


def opened(firefox: Firefox, result: StudyResult, folder: Path) -> Path:
    page = folder / "map.html"
    page.write_text(map_html(result), "utf-8")
    firefox.open(page)
    return page


def whole(firefox: Firefox, page: Path) -> None:
    """Nothing was asked for but the file, and nothing went wrong."""
    assert firefox.run("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert firefox.faults(page) == []


def test_every_theme_opens_and_is_drawn(firefox: Firefox, tmp_path: Path) -> None:
    result = page_case(analyses=True)
    page = opened(firefox, result, tmp_path)
    firefox.wait(DRAWN)
    assert result.study.study.name in firefox.run(SHOWN)
    count = firefox.run("return document.querySelectorAll('.themes [role=tab]').length")
    assert count >= len(result.services) + len(result.analyses)
    for number in range(count):
        firefox.run("document.querySelectorAll('.themes [role=tab]')[arguments[0]].click()", number)
        firefox.wait(DRAWN)
    assert len(firefox.screenshot()) > 20_000
    whole(firefox, page)


def test_a_click_plans_what_python_computes(firefox: Firefox, tmp_path: Path) -> None:
    result = plan_town()
    page = opened(firefox, result, tmp_path)
    firefox.run("document.querySelector('.tools .plan-open').click()")
    firefox.wait("return document.querySelector('.plan-dock').offsetParent !== null")
    place = [EMPTY_AT[0] + ORIGIN[0], EMPTY_AT[1] + ORIGIN[1]]
    firefox.click(*firefox.run(f"return ({AT_METRES})(arguments[0])", place))
    firefox.wait(f"return {SITES}.length === 1 && civicreach.app.plan.result.gain.size === 1")
    shown = firefox.run(f"return {RESULT}")
    expected = covered_by(result, 0, firefox.run(f"return {SITES}"), 15.0)
    assert shown["after"] == pytest.approx(expected.sum(), abs=1e-9)
    assert shown["community"] == pytest.approx(expected.tolist(), abs=1e-9)
    assert shown["after"] > shown["before"]
    whole(firefox, page)


def test_faults_of_a_page_are_heard(firefox: Firefox, tmp_path: Path) -> None:
    page = tmp_path / "broken.html"
    script = "document.documentElement.dataset.ready = 'yes'; console.error('said'); setTimeout(() => undefinedName());"
    page.write_text(f"<!doctype html><meta charset=utf-8><script>{script}</script>", "utf-8")
    firefox.open(page)
    firefox.wait("return true")
    heard = " ".join(firefox.faults(page))
    assert "said" in heard
    assert "undefinedName" in heard

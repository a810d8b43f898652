"""The map sheet of the page in headless Chromium: one page on A4 and A3, and as a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from civicreach.maps import map_html
from civicreach.measures import StudyResult
from civicreach.study import PageSpec
from page_case import HOSTILE, page_case
from page_reader import SMALL_TEXT, Reader, browsers, readers

PAPERS = {"a4": (842, 595), "a3": (1191, 842)}
"""Width and height of landscape sheets in points."""
LAY = "paper => void (window.back = civicreach.readyPlate(civicreach.app, paper))"
PICTURE = """() => { const c = civicreach.pictureOf(civicreach.app), x = c.getContext('2d');
    const part = (l, t, r, b) => new Set(new Uint32Array(x.getImageData(l * c.width, t * c.height,
        (r - l) * c.width, (b - t) * c.height).data.buffer)).size;
    return [c.width, c.height, part(0, 0, 0.5, 0.055), part(0.1, 0.2, 0.7, 0.8), part(0.78, 0.08, 0.98, 0.4),
        part(0.02, 0.88, 0.14, 0.93), part(0.7, 0.06, 0.75, 0.15), part(0.02, 0.95, 0.5, 0.98)]; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case(analyses=True)


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


def with_head(result: StudyResult, page: PageSpec | None = None, **head: Any) -> StudyResult:
    """The same result of a study that says more of itself."""
    study = result.study.model_copy(
        update={"study": result.study.study.model_copy(update=head), "page": page or result.study.page}
    )
    return replace(result, study=study)


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height in points of each page of a PDF."""
    count = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    box = [float(n) for n in re.search(rb"/MediaBox\s*\[([^\]]+)\]", pdf).group(1).split()]  # type: ignore[union-attr]
    return [(round(box[2]), round(box[3]))] * count


@pytest.mark.parametrize("paper", ["a4", "a3"])
@pytest.mark.parametrize("theme", [0, 1, 2, 3])
def test_sheet_is_one_page_with_title_legend_and_scale(reader: Reader, html: str, paper: str, theme: int) -> None:
    page = reader.ready(html)
    page.evaluate("n => civicreach.app.setTheme(n)", theme)
    page.evaluate(LAY, paper)
    page.emulate_media(media="print")
    for what in (".plate-title", ".plate-scale", ".plate-north", ".plate .legend", ".plate-foot", ".plate canvas"):
        assert page.locator(what).first.is_visible(), what
    assert not page.locator(".page").is_visible()
    said = page.locator(".plate").inner_text()
    for text in ("格镇", "图例", "比例尺 约 1:", "北", "审图号 待填写", "homes.csv", "数据年份 2026", "OpenStreetMap"):
        assert text in said, text
    assert re.search(r"打印日期 \d{4}-\d\d-\d\d", said)
    assert page.locator(".plate-side").evaluate("n => n.scrollHeight <= n.clientHeight + 1"), "nothing is cut off"
    assert page.evaluate(SMALL_TEXT) == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pages_of(pdf) == [PAPERS[paper]]
    page.emulate_media(media="screen")
    page.evaluate("window.back()")
    assert page.locator(".plate").count() == 0
    assert page.locator(".page").is_visible()


def test_scale_bar_is_as_long_as_it_says(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.evaluate(LAY, "a4")
    length, text, said = page.evaluate(
        "(b => [b.offsetWidth, b.textContent, b.previousSibling.textContent])(document.querySelector('.plate-bar'))"
    )
    metres = float(text.split()[0]) * (1000 if "km" in text else 1)
    ratio = int(said.split("1:")[1].replace(",", ""))
    assert metres / (length / 96 * 0.0254) == pytest.approx(ratio, rel=0.06)
    box = page.evaluate("document.querySelector('.plate-map').getBoundingClientRect().width")
    west, south, east, north = page.evaluate("civicreach.app.model.head.bounds")
    assert box * metres / length > (east - west) * 111_320 * 0.86 > 0.4 * box * metres / length
    assert south < north


@pytest.mark.parametrize("theme", [0, 2])
def test_picture_holds_title_map_legend_scale_and_north_arrow(reader: Reader, html: str, theme: int) -> None:
    page = reader.ready(html)
    page.evaluate("n => civicreach.app.setTheme(n)", theme)
    width, height, *colours = page.evaluate(PICTURE)
    assert width > 3000
    assert 1.3 < width / height < 1.6
    assert all(count >= 8 for count in colours), f"title, map, legend, scale, north and foot have ink: {colours}"
    assert page.locator(".plate").count() == 0


def test_menu_saves_the_picture_and_works_by_keyboard(reader: Reader, html: str) -> None:
    page = reader.ready(html)
    page.locator(".output .print").focus()
    page.keyboard.press("Enter")
    assert page.locator(".output-menu [role=menuitem]").count() == 4
    assert page.evaluate("document.activeElement.dataset.output") == "output_a4"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.output") == "output_png"
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    assert found.value.suggested_filename == "格镇_养老服务中心.png"
    assert Path(found.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert page.locator(".output-menu").count() == 0
    page.locator(".output .print").click()
    page.keyboard.press("Escape")
    assert page.locator(".output-menu").count() == 0
    assert page.evaluate("document.activeElement.className") == "print"
    page.locator(".output .print").click()
    page.locator("h1").click()
    assert page.locator(".output-menu").count() == 0
    # the blob of the saved picture is no request to any host
    reader.requests = [url for url in reader.requests if not url.startswith("blob:")]


def test_title_block_says_what_the_study_file_says(reader: Reader, result: StudyResult) -> None:
    said = with_head(
        result, PageSpec(footer="内部用图", footer_en="For internal use"), author="规划处", date="2026年6月",
        data_date="路网2026年3月", review_number="某S(2026)12号",
    )  # fmt: skip
    page = reader.ready(map_html(said))
    meta = page.locator(".meta").inner_text()
    for text in ("编制日期 2026年6月", "数据时点 路网2026年3月", "规划处", "审图号 某S(2026)12号"):
        assert text in meta, text
    assert page.locator(".meta .todo").count() == 0
    assert "内部用图" in page.locator(".stamp").inner_text()
    page.evaluate(LAY, "a4")
    foot = page.locator(".plate-foot").inner_text()
    for text in ("内部用图", "编制日期 2026年6月", "数据时点 路网2026年3月", "审图号 某S(2026)12号"):
        assert text in foot, text
    page.evaluate("civicreach.app.state.set({language: 'en'})")
    assert "For internal use" in page.locator(".stamp").inner_text()
    plain = reader.ready(map_html(with_head(result, PageSpec(internal=False))))
    assert "内部" not in plain.locator(".stamp").inner_text()
    assert plain.locator(".meta .todo").inner_text() == "审图号 待填写"


def test_hostile_names_stay_text_on_the_sheet(reader: Reader) -> None:
    page = reader.ready(map_html(page_case(hostile=True, analyses=True)))
    for theme in range(4):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        page.evaluate(LAY, "a4")
        assert any(" ".join(name.split())[:12] in page.locator(".plate").inner_text() for name in HOSTILE)
        assert page.locator(".plate :is(script, img, a, iframe)").count() == 0
        page.evaluate("window.back()")
        page.evaluate("void civicreach.pictureOf(civicreach.app)")
    assert page.evaluate("window.pwned") is None

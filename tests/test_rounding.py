"""One rounding everywhere: what lies exactly between two printed numbers goes away from zero in every output."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicreach.maps.print_facts import headline
from civicreach.maps.web import page_data
from civicreach.measures.figure import Figure
from civicreach.measures.rounding import brief_text, number_text, percent_text
from civicreach.report.docx_report import write_report
from civicreach.report.docx_tables_markup import shown
from civicreach.report.sheets import Column
from civicreach.report.summary import write_summary
from civicreach.report.xlsx import write_tables
from page_case import page_case

WORDS_JS = Path(__file__).resolve().parents[1] / "coverage" / "civicreach" / "maps" / "assets" / "words.js"
CASES = [
    (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (1234.5, 0, "1,235"), (-2.5, 0, "-3"), (-0.4, 0, "0"),
    (0.15, 1, "0.2"), (0.25, 1, "0.3"), (0.35, 1, "0.4"), (1.005, 2, "1.01"), (2.675, 2, "2.68"), (54.905, 2, "54.91"),
    (0.1 + 0.2 + 0.2, 0, "1"), (0.49999999, 0, "0"), (99_999.5, 0, "100,000"),
]  # fmt: skip
SHARES = [(0.0005, "0.1"), (0.1445, "14.5"), (0.2845, "28.5"), (0.9995, "100.0"), (0.28449, "28.4"), (0.0015, "0.2")]


@pytest.mark.parametrize(("value", "decimals", "text"), CASES)
def test_halves_go_away_from_zero(value: float, decimals: int, text: str) -> None:
    assert number_text(value, decimals) == text


def test_shares_are_rounded_once_not_after_a_product() -> None:
    assert [percent_text(share) for share, _ in SHARES] == [text for _, text in SHARES]
    assert [brief_text(v) for v in (0.125, 7.0, 12_000.5)] == ["0.13", "7", "12,000.5"]
    with pytest.raises(ValueError, match="finite"):
        number_text(float("nan"))


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.integers(0, 3))
def test_decimals_that_people_write_are_rounded_as_by_hand(value: Decimal, decimals: int) -> None:
    by_hand = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert number_text(float(value), decimals) == f"{by_hand:,f}"


def test_the_pages_formatter_shows_the_same() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node isn't installed: the page's formatter isn't compared")
    asked = [[v, d] for v, d, _ in CASES] + [[k / 1000, 2] for k in range(0, 4000, 5)] + [[k / 8, 0] for k in range(99)]
    script = (
        "globalThis.civicreach = {}; globalThis.document = {documentElement: {lang: 'en'}};"
        f"require('vm').runInThisContext(require('fs').readFileSync({json.dumps(str(WORDS_JS))}, 'utf8'));"
        f"var cr = globalThis.civicreach, asked = {json.dumps(asked)}, shares = {json.dumps([s for s, _ in SHARES])};"
        "console.log(JSON.stringify([asked.map(a => cr.num(a[0], a[1])), shares.map(cr.percent)]));"
    )
    told = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True, timeout=60)
    numbers, shares = json.loads(told.stdout)
    assert numbers == [number_text(v, d).replace("-", "−") for v, d in asked]
    assert shares == [f"{text}%" for _, text in SHARES]


FIGURES = (
    Figure("x.people", 1234.5, "people", "a", "b", unit_zh="人", label="p", label_zh="p"),
    Figure("x.share", 0.2845, "share", "a", "b", 284.5, 1000.0, "people", "人", label="s", label_zh="s"),
    Figure("x.beds", 54.905, "beds", "a", "b", unit_zh="床", decimals=2, label="d", label_zh="d"),
    Figure("x.minutes", 8.25, "min", "a", "b", unit_zh="分钟", decimals=1, label="m", label_zh="m"),
)
TEXTS = ["1,235 人", "28.5 %", "54.91 床", "8.3 分钟"]


def test_half_is_the_same_number_on_page_map_document_and_workbook(tmp_path: Path) -> None:
    plain = page_case()
    circle = replace(plain.services[0], figures=FIGURES)
    result = replace(plain, services=(circle, *plain.services[1:]), figures=FIGURES)
    head, _ = page_data(result)
    assert [figure["text"][0] for figure in head["services"][0]["figures"]] == TEXTS
    assert headline(result, FIGURES[1:], "zh") == ("28.5 %", "s", "285 / 1,000 人")
    write_report(result, tmp_path / "report.docx", inputs={})
    tables = [
        t for t in docx.Document(str(tmp_path / "report.docx")).tables if "数值" in [c.text for c in t.rows[0].cells]
    ]
    rows = [[cell.text for cell in row.cells] for row in tables[1].rows[1:]]
    assert [row[1] for row in rows] == TEXTS
    assert rows[1][2] == "285 / 1,000"
    write_summary(result, tmp_path / "summary.json")
    told = json.loads((tmp_path / "summary.json").read_text("utf-8"))["figures"]
    assert [figure["value"] for figure in told] == [figure.value for figure in FIGURES]
    write_tables(result, tmp_path / "tables.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tables.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.value in (1234.5, 0.2845, 54.905, 8.25)]
    assert [(c.value, c.number_format) for c in cells] == [
        (1234.5, "#,##0"), (0.2845, "0.0%"), (54.905, "#,##0.00"), (8.25, "0.0")
    ]  # fmt: skip


def test_cells_of_document_tables_round_like_figures() -> None:
    for kind, value, text in (
        ("amount", 2.5, "3"), ("share", 0.2845, "28.5 %"), ("minutes", 0.25, "0.3"), ("decimal", 2.675, "2.68"),
        ("weight", 0.25, "0.3"), ("number", 0.125, "0.13"), ("count", 7, "7"), ("metres", 100.5, "101"),
    ):  # fmt: skip
        assert shown(Column("x", kind, (value,)), 0) == text  # type: ignore[arg-type]

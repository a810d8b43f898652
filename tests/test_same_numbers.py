"""The same figure is the same number everywhere: page, summary, workbook and document of one run, read back.

Also what else is read back from that run: totals that are sums on every level, and styles that find their rows.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import numpy as np
import openpyxl
import pyogrio
import pytest
from docx.oxml.ns import qn
from openpyxl.worksheet.worksheet import Worksheet

from civicreach.inputs.study_file import read_study
from civicreach.maps.encode import unpack
from civicreach.measures.analysis import Topic
from civicreach.measures.result import StudyResult
from civicreach.report.analysis_layers import _classes
from civicreach.report.merging import _neutral
from civicreach.run import run_study
from civicreach.study.parts import ReportSpec

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample" / "study.toml"
DATA = re.compile(r'<script type="text/plain" id="civicreach-data">([^<]*)</script>')


@dataclass(frozen=True)
class Told:
    """A figure as a file tells it: value, numerator and denominator where the file has them, and the printed text."""

    value: float | None
    numerator: float | None
    denominator: float | None
    text: str


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    out = tmp_path_factory.mktemp("run") / "out"
    study = read_study(SAMPLE).model_copy(update={"report": ReportSpec(figures=False)})
    return run_study(study, out), out


def in_page(out: Path) -> dict[str, Told]:
    (text,) = DATA.findall((out / "map.html").read_text("utf-8"))
    head, _ = unpack(text)
    entries = [*head["figures"], *(f for theme in (*head["services"], *head["analyses"]) for f in theme["figures"])]
    return {f["id"]: Told(f["value"], f["numerator"], f["denominator"], f["text"][0]) for f in entries}


def in_book(out: Path) -> dict[str, Told]:
    sheet = openpyxl.load_workbook(out / "tables.xlsx").worksheets[0]
    _, first, _, last = openpyxl.utils.range_boundaries(sheet.auto_filter.ref)
    at = {sheet.cell(first, c).value: c for c in range(1, sheet.max_column + 1)}
    found = {}
    for row in range(first + 1, last + 1):
        cells = {name: sheet.cell(row, c) for name, c in at.items()}
        value = cells["数值"].value
        text = "–" if value is None else as_shown(value, cells["数值"].number_format, cells["单位"].value or "")
        found[cells["指标编号"].value] = Told(value, cells["分子"].value, cells["分母"].value, text)
    return found


def rounded(value: float, decimals: int) -> Decimal:
    """A number as spreadsheets round it: by its fifteen digits, halves away from zero."""
    return Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def as_shown(value: float, number_format: str, unit: str) -> str:
    """What a viewer shows for a cell, with its unit."""
    if number_format == "0.0%":
        return f"{rounded(value, 3) * 100:.1f} %"
    decimals = {"#,##0": 0, "0.0": 1, "#,##0.00": 2}[number_format]
    return f"{rounded(value, decimals):,f} {unit}".rstrip()


def in_document(result: StudyResult, out: Path) -> dict[str, str]:
    """Figure -> its text and its ratio as the tables of figures print them, in the order of each theme's figures."""
    tables = {}
    for table in docx.Document(str(out / "report.docx")).tables:
        named = table._tbl.tblPr.find(qn("w:tblDescription"))
        if named is not None and named.get(qn("w:val")).startswith("figures:"):
            rows = table._tbl.findall(qn("w:tr"))[1:]
            cells = [
                ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.findall(qn("w:tc"))]
                for row in rows
            ]
            tables[named.get(qn("w:val")).removeprefix("figures:")] = cells
    themes = {f"circle.{circle.service.id}": circle.figures for circle in result.services}
    themes |= {analysis.id: analysis.figures for analysis in result.analyses}
    assert set(tables) == set(themes)
    return {
        figure.id: f"{row[1]} | {row[2]}"
        for key, figures in themes.items()
        for figure, row in zip(figures, tables[key], strict=True)
    }


def test_every_figure_is_the_same_number_in_page_summary_workbook_and_document(run: tuple[StudyResult, Path]) -> None:
    result, out = run
    summary = {f["id"]: f for f in json.loads((out / "summary.json").read_text("utf-8"))["figures"]}
    page, book, document = in_page(out), in_book(out), in_document(result, out)
    assert len(summary) > 200
    assert set(summary) == set(page) == set(book) == set(document)
    for key, figure in summary.items():
        value = figure["value"]
        assert book[key].value == value, key
        assert page[key].value == (None if value is None else pytest.approx(value, abs=1e-12, rel=0)), key
        for name in ("numerator", "denominator"):
            amount = figure[name]
            assert getattr(book[key], name) == amount, (key, name)
            assert getattr(page[key], name) == (None if amount is None else pytest.approx(amount, abs=5e-5, rel=0)), key
        ratio = ""
        if figure["numerator"] is not None and figure["denominator"] is not None:
            ratio = f"{rounded(figure['numerator'], 0):,f} / {rounded(figure['denominator'], 0):,f}"
        assert page[key].text == book[key].text, key
        assert document[key] == f"{page[key].text} | {ratio}", key


def test_the_first_sheet_says_where_each_figure_belongs_and_how_far_it_is_checked(
    run: tuple[StudyResult, Path],
) -> None:
    result, out = run
    book = openpyxl.load_workbook(out / "tables.xlsx")
    sheet = book.worksheets[0]
    assert sheet.title == "评价总表"
    _, first, _, last = openpyxl.utils.range_boundaries(sheet.auto_filter.ref)
    rows = list(sheet.iter_rows(min_row=first, max_row=last, values_only=True))
    at = {name: k for k, name in enumerate(rows[0])}
    themes = [row[at["服务或专题"]] for row in rows[1:]]
    names = [c.service.name for c in result.services] + [a.title[1] for a in result.analyses]
    assert list(dict.fromkeys(themes)) == names, "figures of one theme stand together, in the study's order"
    checked = {row[at["指标编号"]]: row[at["核对情况"]] for row in rows[1:]}
    assert checked["circle.elder_centre.people_share"] == "已核对来源"
    assert checked["circle.community_station.people_share"] == "二手来源"  # the adult's speed
    weakest = {"unverified": "未核对", "secondary": "二手来源", "verified": "已核对来源"}
    for figure in result.figures:
        marks = [mark for mark in weakest if any(f"[{mark}]" in source for source in figure.sources)]
        assert (checked[figure.id] or "") == (weakest[marks[0]] if marks else ""), figure.id


Row = tuple[Any, ...]


def read_table(sheet: Worksheet) -> tuple[Row, list[Row], list[Row]]:
    """Header, rows and total rows of a sheet."""
    _, first, _, last = openpyxl.utils.range_boundaries(sheet.auto_filter.ref)
    rows = list(sheet.iter_rows(min_row=first, values_only=True))
    return rows[0], rows[1 : last - first + 1], rows[last - first + 1 :]


def topic_rows(book: openpyxl.Workbook, result: StudyResult, topic: Topic) -> tuple[Row, list[Row], Row]:
    """Header, rows and total row of a topic, wherever it stands: alone on a sheet or as a part of one."""
    title = topic.title[1]
    for sheet in (sheet for sheet in book if sheet.auto_filter.ref):
        head, rows, totals = read_table(sheet)
        if head[0] == "分项" and any(row[0] == title for row in rows):
            total = next(row for row in totals if row[0] == f"合计 · {title}")
            return head[1:], [row[1:] for row in rows if row[0] == title], ("合计", *total[2:])
        if sheet.title == title[:31] or title.startswith(sheet.title):
            return head, rows, totals[0]
    raise AssertionError(f"no sheet holds {title}")


def test_totals_of_the_workbook_are_the_sums_of_every_level(run: tuple[StudyResult, Path]) -> None:
    result, out = run
    book = openpyxl.load_workbook(out / "tables.xlsx")
    compared = 0
    for analysis in result.analyses:
        for topic in analysis.topics:
            head, rows, total = topic_rows(book, result, topic)
            assert str(total[0]).startswith("合计")
            for field in topic.fields:
                header = field.header[1] if field.header[1] in head else _neutral(field.header, result)[1]
                if not field.total or header not in head:
                    continue
                k = head.index(header)
                for level in {row[0] for row in rows}:
                    values = [row[k] for row in rows if row[0] == level and row[k] is not None]
                    if values and not (
                        level in ("城乡", "社区")
                        and field.name not in topic.tables["community" if level == "社区" else "urban_rural"]
                    ):
                        assert math.fsum(values) == pytest.approx(total[k], abs=1e-5), (topic.id, field.name, level)
                        compared += 1
    for circle in result.services:
        head, rows, total = read_table(book[circle.service.name])
        for level in ("区", "街道", "社区", "城乡"):
            for k, name in enumerate(head):
                if re.fullmatch("(标准[内外])?(居民|60岁及以上老年人|住户)", str(name)):
                    values = [row[k] for row in rows if row[0] == level]
                    assert math.fsum(values) == pytest.approx(total[0][k], abs=1e-5), (level, name)
                    compared += 1
    assert compared > 400


def rules_of(style: ET.Element) -> Iterator[tuple[str, str]]:
    """Label of a group of rules, and the filter of each of its rules."""
    for group in style.findall("./renderer-v2/rules/rule"):
        for rule in group.findall("rule"):
            yield str(group.get("label")), str(rule.get("filter"))


def test_units_of_analyses_have_styles_whose_classes_find_every_row_once(run: tuple[StudyResult, Path]) -> None:
    result, out = run
    package = out / "results.gpkg"
    layers = {name for name, kind in pyogrio.list_layers(package) if kind is not None}
    with sqlite3.connect(f"{package.as_uri()}?mode=ro", uri=True) as base:
        styles: dict[str, Any] = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles"))
        assert set(styles) == layers, "a layer without a style, or a style without a layer"
        for analysis in result.analyses:
            for topic in (topic for topic in analysis.topics if topic.coloured and "subdistrict" in topic.tables):
                name = f"{analysis.id}_subdistrict"
                column = f"{topic.id.rsplit('.', 1)[-1]}_{topic.coloured[0]}"
                text = styles[name].split("\n", 1)[1]
                found = [where for _, where in rules_of(ET.fromstring(text)) if f'"{column}"' in where]
                assert found, (name, column)
                each = [f"({where})" for where in found]
                hits = base.execute(f'SELECT {" + ".join(each)} FROM "{name}" WHERE "{column}" IS NOT NULL').fetchall()
                assert len(hits) == int(topic.tables["subdistrict"][topic.coloured[0]].notna().sum())
                assert {hit for (hit,) in hits} <= {1}, (name, column, found)


@pytest.mark.parametrize("upper", [False, True])
def test_a_value_on_a_break_is_in_the_class_that_the_page_puts_it_in(upper: bool) -> None:
    values, breaks = [0.5, 1.0, 1.5, 2.0, 3.0], [1.0, 2.0]
    found = {"breaks": breaks, "colours": ["a", "b", "c"], **({"upper": True} if upper else {})}
    rules = list(_classes(found, "number", '"x"'))
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE t (x REAL)")
        base.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        hits = [[x for (x,) in base.execute(f"SELECT x FROM t WHERE {where}")] for _, where in rules]
    page = np.digitize(values, breaks, right=upper)
    assert hits == [[v for v, k in zip(values, page, strict=True) if k == at] for at in range(3)]
    assert [text for text, _ in rules] == (["≤ 1", "> 1, ≤ 2", "> 2"] if upper else ["< 1", "≥ 1, < 2", "≥ 2"])

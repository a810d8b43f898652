"""The document that an office files: whole, in its language, text that is only text, bytes that don't change."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table

from civicreach.maps.print_maps import MapFigure
from civicreach.measures.analysis import Analysis, Field, Listing
from civicreach.measures.result import StudyResult
from civicreach.report.docx_report import write_report
from civicreach.report.docx_tables import WORST
from civicreach.report.docx_tables_markup import table_xml, width_shares
from civicreach.report.sheets import Column
from page_case import page_case
from report_case import result as little_result

SHA = "0123456789abcdef" * 4
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx"
    b"\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
MAPS = (MapFigure("circle.clinic", "circle_clinic", "样例市卫生站服务圈图", PNG, PNG),)


def written(result: StudyResult, folder: Path, maps: Sequence[MapFigure] = MAPS) -> bytes:
    path = folder / "report.docx"
    inputs = {str(result.study.folder / "homes.csv"): SHA, str(result.study.folder.parent / "x" / "roads.osm.pbf"): SHA}
    write_report(result, path, inputs=inputs, figures=maps)
    return path.read_bytes()


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def all_text(document: Document) -> str:
    return "\n".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def key(table: Table) -> str:
    found = table._tbl.tblPr.find(qn("w:tblDescription"))
    return "" if found is None else str(found.get(qn("w:val")))


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Document]:
    result = page_case(analyses=True)
    kinds = [f"circle.{circle.service.id}" for circle in result.services] + [a.id for a in result.analyses]
    maps = tuple(MapFigure(kind, kind, f"{kind} 图", PNG, PNG) for kind in kinds)
    return result, opened(written(result, tmp_path_factory.mktemp("rich"), maps))


def test_equal_results_are_equal_bytes(tmp_path: Path) -> None:
    once, again = written(little_result(), tmp_path), written(little_result(), tmp_path)
    assert once == again
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_chapters_stand_in_order_and_in_the_studys_language(tmp_path: Path) -> None:
    for language, chapters in {
        "zh": ["摘要", "方法", "参数与标准", "数据清单", "结果", "除外情况与提示"],
        "en": ["Summary", "Method", "Parameters and standards", "Data", "Results", "Exclusions and warnings"],
    }.items():
        document = opened(written(little_result(language=language), tmp_path))
        found = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
        assert [text.split("  ", 1)[1] for text in found] == chapters
        assert [text.split("  ")[0] for text in found] == [str(n) for n in range(1, 7)]


def test_an_english_document_has_no_chinese_of_ours(tmp_path: Path) -> None:
    english = little_result(language="en")
    names = {"甲", "乙", "丙", "东区", "西区", "河街", "山街", "样例市", "宋体"}
    text = all_text(opened(written(english, tmp_path, ())))
    for name in names:
        text = text.replace(name, "")
    assert not re.findall("[\u4e00-\u9fff]+", text)


def test_the_title_block_says_what_an_office_looks_for(tmp_path: Path) -> None:
    told = little_result(review_number="GS(2026)001", author="民政局", date="2026年6月", data_date="2020年普查")
    rows = {row.cells[0].text: row.cells[1].text for row in opened(written(told, tmp_path)).tables[0].rows}
    assert rows["审图号"] == "GS(2026)001"
    assert rows["编制单位"] == "民政局"
    assert rows["编制日期"] == "2026年6月"
    assert rows["数据时点"] == "2020年普查"
    assert rows["数据说明"] == "合成示例数据"
    empty = {row.cells[0].text: row.cells[1].text for row in opened(written(little_result(), tmp_path)).tables[0].rows}
    assert empty["审图号"] == "（待填写）"


def test_paper_is_a4_with_chinese_fonts_page_numbers_and_repeated_headers(tmp_path: Path) -> None:
    content = written(little_result(), tmp_path)
    document = opened(content)
    sizes = [(round(section.page_width.mm), round(section.page_height.mm)) for section in document.sections]
    assert sizes == [(210, 297)]
    for name, font in {"Normal": "宋体", "Heading 1": "黑体", "Caption": "黑体"}.items():
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [attribute for attribute in fonts.attrib if attribute.endswith("Theme")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert '<w:altName w:val="SimSun"/>' in archive.read("word/fontTable.xml").decode()
        footers = [archive.read(n).decode() for n in archive.namelist() if n.startswith("word/footer")]
    assert any('w:instr="PAGE"' in footer and 'w:instr="NUMPAGES"' in footer for footer in footers)
    keyed = [table for table in document.tables if key(table)]
    assert len(keyed) > 8
    for table in keyed:
        assert table.rows[0]._tr.find(f"./{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row._tr.find(f"./{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in table.rows)


def test_numbers_stand_at_the_right_and_words_at_the_left() -> None:
    columns = (
        Column("名称", "text", ("甲",)),
        Column("人", "amount", (1234.5,), 1234.5),
        Column("率", "share", (None,)),
    )
    document = docx.Document()
    document.element.body.insert(0, docx.oxml.parse_xml(table_xml(columns, "合计", "k", width_shares(columns))))
    (table,) = document.tables
    sides = [[c.paragraphs[0]._p.pPr.find(qn("w:jc")).get(qn("w:val")) for c in row.cells] for row in table.rows]
    assert sides == [["left", "center", "center"], ["left", "right", "right"], ["left", "right", "right"]]
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["名称", "人", "率"],
        ["甲", "1,235", "–"],
        ["合计", "1,235", ""],
    ]


def test_captions_are_numbered_on_and_on(rich: tuple[StudyResult, Document]) -> None:
    captions = [p._p for p in rich[1].paragraphs if p.style is not None and p.style.name == "Caption"]
    texts = ["".join(node.text or "" for node in caption.iter(qn("w:t"))) for caption in captions]
    numbered = {word: [int(m[1]) for t in texts if (m := re.match(rf"{word}(\d+)  ", t))] for word in ("表", "图")}
    assert numbered["表"] == list(range(1, len(numbered["表"]) + 1))
    assert len(numbered["表"]) == len([table for table in rich[1].tables if key(table)])
    assert numbered["图"] == list(range(1, len(rich[0].services) + len(rich[0].analyses) + 1))


def test_every_map_stands_below_the_heading_of_its_section(rich: tuple[StudyResult, Document]) -> None:
    result, document = rich
    sections = [p for p in document.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    assert len(sections) == len(result.services) + len(result.analyses)
    for section in sections:
        assert section._p.getnext().findall(f".//{qn('wp:docPr')}")


def test_the_contents_name_every_chapter_and_section_before_they_are_updated(
    rich: tuple[StudyResult, Document],
) -> None:
    paragraphs = rich[1].paragraphs
    told = [(p.style.name, p.text) for p in paragraphs if p.style is not None]
    told = [(name, text.split("\t")[0]) for name, text in told]  # behind the tab word processors put the page
    entries = [(name[-1], text) for name, text in told if name.startswith("toc ")]
    assert entries == [(name[-1], text) for name, text in told if name in ("Heading 1", "Heading 2")]
    field = [node.get(qn("w:fldCharType")) for node in rich[1].element.body.iter(qn("w:fldChar"))]
    # a field around them all would keep LibreOffice from filling in the pages
    assert field == ["begin", "separate", "end"] * len(entries)
    assert all(
        node.get(qn("w:dirty"))
        for node in rich[1].element.body.iter(qn("w:fldChar"))
        if node.get(qn("w:fldCharType")) == "begin"
    )
    assert rich[1].settings.element.find(qn("w:updateFields")) is not None
    fields = [str(node.text).split() for node in rich[1].element.body.iter(qn("w:instrText"))]
    assert [name for name, *_ in fields] == ["PAGEREF"] * len(entries)
    marks = {node.get(qn("w:name")): node.getparent() for node in rich[1].element.body.iter(qn("w:bookmarkStart"))}
    led_to = ["".join(t.text or "" for t in marks[mark].iter(qn("w:t"))) for _, mark, *_ in fields]
    assert led_to == [text for _, text in entries], "every page number is that of its own heading"
    first = next(text for name, text in told if name in ("toc 1", "Heading 1"))
    assert first.endswith("摘要")
    assert told.index(("toc 1", first)) < told.index(("Heading 1", first))


def test_lists_that_a_plan_is_made_of_show_their_first_rows(tmp_path: Path) -> None:
    result = page_case(analyses=True)
    analysis = result.analyses[0]
    fields = (Field("name", ("Name", "名称"), "text"), Field("beds", ("Beds", "床位"), "count"))
    frame = pd.DataFrame({"name": [f"院{k}" for k in range(WORST + 3)], "beds": range(WORST + 3)})
    growth = Listing("shelter_growth", ("To grow", "需扩容"), frame, fields)
    other = replace(growth, id="other", title=("Other", "其他清单"))
    changed = replace(result, analyses=(replace(analysis, listings=(growth, other)),))
    document = opened(written(changed, tmp_path, ()))
    (table,) = [table for table in document.tables if key(table).endswith(":list")]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [["名称", "床位"], *([f"院{k}", str(k)] for k in range(WORST))]
    assert f"全部 {WORST + 3} 行及其余各列见 tables.xlsx" in all_text(document)
    assert "更多表格见 tables.xlsx：其他清单。" in all_text(document)


def test_units_that_are_only_alike_or_not_have_no_worst_ones(tmp_path: Path) -> None:
    result = page_case(analyses=True)
    analysis = result.analyses[0]
    topic = next(topic for topic in analysis.topics if topic.coloured)
    table = topic.tables["community"].copy()
    table[topic.coloured[0]] = [float(k % 2) for k in range(len(table))]
    flat = replace(topic, tables={**topic.tables, "community": table})
    changed = replace(result, analyses=(replace(analysis, topics=(flat,)),))
    keys = [key(table) for table in opened(written(changed, tmp_path, ())).tables]
    assert f"{analysis.id}.{topic.id}:subdistrict" in keys
    assert f"{analysis.id}.{topic.id}:worst" not in keys


def test_every_file_is_listed_with_its_whole_hash(tmp_path: Path) -> None:
    document = opened(written(little_result(), tmp_path))
    (table,) = [table for table in document.tables if key(table) == "inputs"]
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert [row[0] for row in rows] == ["homes.csv", "../x/roads.osm.pbf"]
    assert {row[3].replace(" ", "") for row in rows} == {SHA}


def test_files_of_a_pattern_share_a_row_with_their_days_and_one_hash(tmp_path: Path) -> None:
    result, days = little_result(), {"a": "2021-03-04", "b": "2020-01-02"}
    demand = result.study.demand.model_copy(update={"rasters": str(tmp_path / "pop" / "*.tif")})
    study = result.study.model_copy(update={"folder": tmp_path, "demand": demand})
    inputs = {}
    for name, day in days.items():
        path = tmp_path / "pop" / f"{name}.tif"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode() * 3)
        noon = dt.datetime.fromisoformat(f"{day}T12:00+00:00").timestamp()
        os.utime(path, (noon, noon))
        inputs[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "pop.tif").write_bytes(b"another")
    inputs[str(tmp_path / "pop.tif")] = SHA
    changed = replace(result, study=study)
    write_report(changed, tmp_path / "report.docx", inputs=inputs)
    document = docx.Document(str(tmp_path / "report.docx"))
    (table,) = [table for table in document.tables if key(table) == "inputs"]
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert [row[0] for row in rows] == ["pop/*.tif（2 个文件）", "pop.tif"]
    assert rows[0][1:3] == ["2020-01-02 – 2021-03-04", "6"]
    both = "\n".join(inputs[str(tmp_path / "pop" / f"{name}.tif")] for name in "ab")
    assert rows[0][3].replace(" ", "") == hashlib.sha256(both.encode()).hexdigest()
    assert "provenance.json" in all_text(document)


def test_siting_tells_all_plans_and_then_each_with_its_map_and_its_lists(tmp_path: Path) -> None:
    result = page_case(analyses=True)
    topic = next(topic for topic in result.analyses[0].topics if topic.coloured)
    fields = (Field("name", ("Name", "名称"), "text"), Field("people", ("People", "人口")))

    def listing(name: str, rows: int) -> Listing:
        frame = pd.DataFrame({"name": [f"{name} {k}" for k in range(rows)], "people": range(rows)})
        return Listing(name, (name, name), frame, fields, ("", f"{name}的次序"))

    lists = [("siting_plans", 2), ("siting_a_sites", 25), ("siting_a_2_sites", 3), ("siting_a_2_uncoverable", 26),
             ("siting_a_prices", 1)]  # fmt: skip
    plans = replace(topic, id="siting_a", title=("A", "甲案")), replace(topic, id="siting_a_2", title=("B", "乙案"))
    siting = Analysis("siting", ("Siting", "选址"), (), plans, tuple(listing(*each) for each in lists))
    maps = tuple(MapFigure("siting", name, f"{name}图", PNG, PNG) for name in ("siting_a", "siting_a_2"))
    document = opened(written(replace(result, analyses=(siting,)), tmp_path, maps))
    keys = [key(table) for table in document.tables]
    told = [each for each in keys if each.startswith("siting.") and each.endswith(":list")]
    order = ("plans", "a_sites", "a_prices", "a_2_sites", "a_2_uncoverable")
    assert told == [f"siting.siting_{name}:list" for name in order]
    rows = {key(table): len(table.rows) - 1 for table in document.tables}
    assert [rows[each] for each in told] == [2, 25, 1, 3, WORST], "lists of 25 rows are whole, longer ones are cut"
    text = all_text(document)
    assert text.index("甲案") < text.index("siting_a图") < text.index("siting_a_sites 0") < text.index("siting_a_2图")
    assert "siting_a_prices的次序" in text
    assert not [each for each in keys if each.endswith(":worst")]


def test_unverified_standards_say_so(tmp_path: Path) -> None:
    document = opened(written(little_result(), tmp_path))
    (table,) = [table for table in document.tables if key(table) == "standards"]
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows}
    assert rows["十五分钟步行"][3] == "GB 50180-2018 2.0.2"
    assert rows["十五分钟步行"][-1] == "未核对"


def test_levels_are_whole_and_communities_the_worst(rich: tuple[StudyResult, Document]) -> None:
    result, document = rich
    tables = {key(table): table for table in document.tables if key(table)}
    for circle in result.services:
        name, group = f"circle.{circle.service.id}", circle.service.group
        frame = circle.tables["subdistrict"]
        rows = [[cell.text for cell in row.cells] for row in tables[f"{name}:subdistrict"].rows]
        assert len(rows) == len(frame) + 2
        at = rows[0].index(next(h for h in rows[0] if h.endswith("覆盖率")))
        expected = [f"{100 * value:.1f} %" for value in frame[f"{group}_share"]]
        assert [row[at] for row in rows[1:-1]] == expected
        total = frame[f"{group}_covered"].sum() / frame[group].sum()
        assert rows[-1][0] == "合计"
        assert rows[-1][at] == f"{100 * total:.1f} %"
        gaps = tables[f"{name}:gaps"]
        assert len(gaps.rows) == min(WORST, len(circle.gaps)) + 1
        worst = f"{circle.gaps[f'{group}_uncovered'].iloc[0]:,.0f}"
        assert worst in [cell.text for cell in gaps.rows[1].cells]
    for analysis in result.analyses:
        topic = next(topic for topic in analysis.topics if topic.coloured)
        assert f"{analysis.id}.{topic.id}:subdistrict" in tables
        worst = tables[f"{analysis.id}.{topic.id}:worst"]
        assert 1 < len(worst.rows) <= WORST + 1


def test_every_warning_stands_in_it(tmp_path: Path) -> None:
    text = all_text(opened(written(little_result(), tmp_path)))
    assert "h5 未能接入路网" in text
    assert "@SUM(A1)" in text


def test_text_of_users_is_only_text(tmp_path: Path) -> None:
    hostile = '</w:t><w:hyperlink r:id="x"/>&lt;script&gt;\x00\x0b\ud800 {name} %s =1+1'
    whole = little_result(clinic=hostile, author=hostile, review_number=hostile)
    document = opened(written(replace(whole, warnings=(hostile,)), tmp_path, (replace(MAPS[0], title=hostile),)))
    text = all_text(document)
    assert '</w:t><w:hyperlink r:id="x"/>&lt;script&gt;' in text
    assert "{name} %s =1+1" in text
    links = list(document.element.body.iter(qn("w:hyperlink")))
    assert not [link for link in links if link.get(qn("r:id")) or not str(link.get(qn("w:anchor"))).startswith("_Toc")]
    instructions = {node.get(qn("w:instr")) for node in document.element.body.iter(qn("w:fldSimple"))}
    assert instructions == {"SEQ 表 \\* ARABIC", "SEQ 图 \\* ARABIC"}


def test_a_study_without_areas_and_maps_has_its_report(tmp_path: Path) -> None:
    whole = little_result()
    circles = tuple(
        replace(c, tables={"all": c.tables["city"].drop(columns=["city"]).set_axis(["all"])}) for c in whole.services
    )
    document = opened(written(replace(whole, areas=None, services=circles), tmp_path, ()))
    assert "本次未生成图件" in all_text(document)
    assert any(key(table) == "circle.clinic:all" for table in document.tables)

"""What workbook and layers say of analyses: every level on one sheet, totals that add up, words instead of codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from civicreach.measures import StudyResult
from civicreach.measures.analysis import Analysis, Field, MapLayer, Topic
from civicreach.report.analysis_layers import analysis_layers
from civicreach.report.analysis_sheets import analysis_sheets, levels_shown
from civicreach.report.contents import all_sheets
from civicreach.report.merging import analysis_pages, merged
from civicreach.report.sheets import Column, Sheet
from civicreach.report.xlsx import write_tables
from page_case import page_case


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case(analyses=True)


def sheets(result: StudyResult) -> Iterator[Sheet]:
    for analysis in result.analyses:
        yield from analysis_sheets(result, analysis)


def test_a_topic_is_one_sheet_with_all_levels_told_apart(result: StudyResult) -> None:
    for analysis in result.analyses:
        made = analysis_sheets(result, analysis)
        assert len(made) == len(analysis.topics) + len(analysis.listings)
        for topic, sheet in zip(analysis.topics, made, strict=False):
            shown = [lv for lv in topic.tables if not (lv == "city" and len(topic.tables[lv]) == 1)]
            assert sheet.row_count == sum(len(topic.tables[level]) for level in shown)
            assert len(set(sheet.columns[0].values)) == len(shown)


def test_the_total_is_that_of_the_highest_level(result: StudyResult) -> None:
    seen = 0
    for analysis in result.analyses:
        for topic, sheet in zip(analysis.topics, analysis_sheets(result, analysis), strict=False):
            columns = {c.header: c for c in sheet.columns}
            for field in (f for f in topic.fields if f.total):
                column: Column = columns[field.header[1]]
                level = levels_shown(topic)[0]
                assert float(topic.tables[level][field.name].sum()) == pytest.approx(float(str(column.total)))
                seen += 1
    assert seen > 1


def test_codes_are_told_in_words(result: StudyResult) -> None:
    told = 0
    for analysis in result.analyses:
        made = analysis_sheets(result, analysis)[len(analysis.topics) :]
        for listing, sheet in zip(analysis.listings, made, strict=True):
            columns = {c.header: c for c in sheet.columns}
            for field in (f for f in listing.fields if f.words):
                values = set(columns[field.header[1]].values) - {None}
                assert values <= {chinese for _, chinese in field.words.values()}
                told += 1
    assert told


def test_layers_tell_codes_in_words_too_and_their_signs_find_them(result: StudyResult) -> None:
    assert result.areas is not None
    words = {"full": ("full, isn't it", "已满"), "free": ("free", "有余")}
    fields = (Field("state", ("State", "状况"), "text", words=words),)
    units = result.areas.frame.index
    codes = (["full", "free", None, "odd"] * len(units))[: len(units)]
    lowest = result.areas.lowest
    places = gpd.GeoDataFrame(
        {"state": codes}, geometry=result.areas.frame.centroid.to_numpy(), crs=result.areas.frame.crs
    )
    layer = MapLayer("made", ("Made", "造"), places, fields, "points", colour_by="state")
    topic = Topic("t", ("T", "题"), {lowest: pd.DataFrame({"state": codes}, index=units)}, fields)
    own = replace(result, analyses=(Analysis("a", ("A", "甲"), (), (topic,), layers=(layer,)),))
    for language, full in (("zh", "已满"), ("en", "full, isn't it")):
        head = result.study.study.model_copy(update={"language": language})
        told = replace(own, study=result.study.model_copy(update={"study": head}))
        made = {each.name: each for each in analysis_layers(told)}
        free = words["free"][language == "zh"]
        expected = [{"full": full, "free": free}.get(str(code), code or "") for code in codes]
        assert made["made"].frame["state"].fillna("").tolist() == expected
        assert made[f"a_{lowest}"].frame["t_state"].fillna("").tolist() == expected
        assert {rule.label: rule.filter for rule in made["made"].rules} == {
            word: f""" "state" = '{word.replace("'", "''")}' """.strip() for word in (full, free, "odd")
        }
    assert places["state"].dropna().tolist() == [code for code in codes if code], "the analysis itself keeps its codes"


def test_no_column_is_without_a_chinese_header(result: StudyResult) -> None:
    for sheet in sheets(result):
        for column in sheet.columns:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in column.header), (sheet.name, column.header)


def test_names_of_sheets_are_legal_and_unlike_each_other(result: StudyResult) -> None:
    names = [(sheet.label, sheet.name) for sheet in all_sheets(result)]
    assert len(set(names)) == len(names)


def test_layers_hold_each_analysis_once_and_on_every_level(result: StudyResult) -> None:
    assert result.areas is not None
    made = {layer.name: layer for layer in analysis_layers(result)}
    for analysis in result.analyses:
        for layer in analysis.layers:
            assert len(made[layer.id].frame) == len(layer.frame)
        for level in result.areas.levels:
            frame = made[f"{analysis.id}_{level}"].frame
            assert len(frame) == len(result.areas.units(level))
            for topic in (t for t in analysis.topics if level in t.tables):
                field = topic.fields[0].name
                column = f"{topic.id.rsplit('.', 1)[-1]}_{field}"
                assert (
                    frame[column].tolist()
                    == topic.tables[level][field].reindex(result.areas.units(level).index).tolist()
                )


def column(header: str, *values: object, total: object = None) -> Column:
    return Column(header, "amount", values, total)  # type: ignore[arg-type]


def test_twins_are_one_table_with_a_total_row_each() -> None:
    def one(*columns: Column) -> Sheet:
        return Sheet("x", ("place · theme · x", "rule"), columns, total="Total")

    first = one(Column("unit", "text", ("a", "b")), column("people", 1, 2, total=3), column("late", 0, 1, total=1))
    second = one(Column("unit", "text", ("a",)), column("people", 4, total=4), column("flood", 5, total=5))
    page = merged([("dry", first), ("wet", second)], "Part", "both")
    assert [c.header for c in page.columns] == ["Part", "unit", "people", "late", "flood"]
    assert [c.values for c in page.columns] == [
        ("dry", "dry", "wet"), ("a", "b", "a"), (1, 2, 4), (0, 1, None), (None, None, 5)
    ]  # fmt: skip
    assert page.totals == (("Total · dry", None, 3, 1, None), ("Total · wet", None, 4, None, 5))
    assert page.lines == ("place · theme · both", "rule")


def test_an_analysis_has_few_sheets_and_loses_no_table(result: StudyResult) -> None:
    for analysis in result.analyses:
        pages, made = analysis_pages(result, analysis), analysis_sheets(result, analysis)
        assert sum(table.row_count for page in pages for table in (page, *page.more)) == sum(s.row_count for s in made)
        assert len(pages) <= len(made)
        shown = {value for page in pages for table in (page, *page.more) for c in table.columns for value in c.values}
        assert {value for sheet in made for c in sheet.columns for value in c.values} <= shown | {None}


def test_small_tables_are_found_from_the_list_of_sheets(result: StudyResult, tmp_path: Path) -> None:
    write_tables(result, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert len(book.sheetnames) <= 45
    rows = [row for row in book["目录"].iter_rows(min_row=3) if row[0].hyperlink is not None]
    assert {row[0].value for row in rows} == set(book.sheetnames) - {"目录"}
    for row in rows:
        place, cell = row[0].hyperlink.location.rsplit("!", 1)
        sheet = book[place.strip("'").replace("''", "'")]
        first = sheet[cell].row
        said = [str(sheet.cell(at, 1).value) for at in (first, first + 1)]  # a note on the data may stand first
        assert any(text.endswith(str(row[2].value)) for text in said), (place, cell, said)

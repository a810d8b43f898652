"""Workbook, layers and summary are read back; the same figure is the same number in each."""

from __future__ import annotations

import json
import math
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import report_case
from civicreach.errors import Note, OutputError
from civicreach.report import gpkg
from civicreach.report.gpkg import write_layers
from civicreach.report.headers import group_names, header
from civicreach.report.sheet_names import sheet_name, short_labels
from civicreach.report.sheets import Tongue, as_columns
from civicreach.report.summary import write_provenance, write_summary
from civicreach.report.text import plain
from civicreach.report.xlsx import write_tables

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "#N/A",
    "TRUE",
    "1e5",
    "2026-01-01",
    "a\x00b\x07\x0b\x1f",
    "\ud800",
    "x" * 40_000,
    "<script>alert(1)</script>",
    "&amp;]]>",
    "'quoted",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    write_tables(report_case.result(), path)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "results.gpkg"
    write_layers(report_case.result(), path)
    return path


def table(sheet: Worksheet) -> tuple[list[str], list[list[object]], list[object] | None]:
    """Header, rows and total row of a sheet."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at = openpyxl.utils.range_boundaries(sheet.auto_filter.ref)
    first, last = at[1], at[3]
    total = rows[last] if len(rows) > last else None
    return [str(each) for each in rows[first - 1]], rows[first:last], total


def part(sheet: Worksheet, name: str) -> tuple[list[str], list[list[object]]]:
    """Header and rows of one part of a sheet: a level of a service, a service of all facilities."""
    head, rows, _ = table(sheet)
    return head[1:], [row[1:] for row in rows if row[0] == name]


# the workbook


def test_sheets_stand_in_order(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "评价总表",
        "目录",
        "人口分类",
        "卫生站",
        "公园",
        "设施",
        "缺口",
        "接入路网检查",
        "采用标准",
        "警告",
        "数据说明",
    ]


def test_every_sheet_says_first_that_the_data_are_synthetic(book: openpyxl.Workbook) -> None:
    assert {sheet["A1"].value for sheet in book} == {"合成示例数据"}


def test_every_sheet_can_be_filtered_and_keeps_its_header_in_view(book: openpyxl.Workbook) -> None:
    for sheet in book:
        head, rows, _ = table(sheet)
        assert all(head)
        assert rows
        row = openpyxl.utils.range_boundaries(sheet.auto_filter.ref)[1]
        assert openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[1] == row + 1
        assert sheet.print_title_rows == f"$1:${row}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_totals_are_sums_of_the_rows_and_shares_ratios_of_sums(tmp_path: Path, language: str) -> None:
    result = report_case.result(language=language)
    write_tables(result, tmp_path / "t.xlsx")
    names_of_groups = group_names(result.study, result.demand.groups)
    found = openpyxl.load_workbook(tmp_path / "t.xlsx")
    head, every, total = table(found["卫生站" if language == "zh" else "Clinic"])
    assert total is not None
    levels = list(dict.fromkeys(row[0] for row in every))
    assert len(levels) == 4
    for level in levels:
        rows = [row for row in every if row[0] == level]
        columns = {text: [row[at] for row in rows] for at, text in enumerate(head)}
        totals = dict(zip(head, total, strict=True))
        for group in ("people", "elderly"):
            whole, covered, share = (
                header(column, language, names_of_groups)  # type: ignore[arg-type]
                for column in (group, f"{group}_covered", f"{group}_share")
            )
            assert totals[whole] == math.fsum(columns[whole]) == sum(getattr(report_case, group.upper())[:5])
            assert totals[covered] == math.fsum(columns[covered])
            assert totals[share] == totals[covered] / totals[whole]
        # half of each unit is half of all; the weights are tested below
        assert totals[header("straight_line_share", language)] == 0.5
        within = "直线距离内居民（对照）" if language == "zh" else "Residents within the straight line (comparison)"
        assert totals[within] == 665
        assert totals[header("facility_count", language)] == 2  # of the districts
    assert totals[header("present", language)] == "1 / 2"  # of the districts


def test_shares_of_the_total_row_are_weighted() -> None:
    frame = gpd.pd.DataFrame(
        {
            "people": [1.0, 999.0],
            "straight_line_share": [1.0, 0.0],
            "unit_count": [1, 9],
            "units_served": [1, 0],
            "served_share": [1.0, 0.0],
            "reached_people": [5.0, 5.0],
        }
    )
    columns = as_columns(frame, list(frame.columns), Tongue("en", {"people": "People"}), totals=True)
    assert [column.total for column in columns] == [1000.0, 0.001, 10, 1, 0.1, None]


def test_headers_are_words(book: openpyxl.Workbook) -> None:
    head, rows = part(book["卫生站"], "社区")
    assert head[:6] == ["区", "街道（乡镇）", "社区（村）", "代码", "城乡", "居民"]
    assert [row[2] for row in rows] == ['=HYPERLINK("http://x","甲")', "乙", "丙"]
    assert part(book["设施"], "卫生站")[0][2:] == [
        "规模（床）",
        "到路网距离（米）",
        "已接入路网",
        "以此为最近的居民（标准内）",
        "标准内可达居民",
        "以此为最近的60岁及以上老年人（标准内）",
        "标准内可达60岁及以上老年人",
    ]
    assert [row[4] for row in part(book["卫生站"], "城乡")[1]] == ["乡村", "城镇"]
    assert {row[0] for row in table(book["设施"])[1]} == {"卫生站", "公园"}
    assert [row[0] for row in table(book["人口分类"])[1]] == [
        "已覆盖",
        "超出标准（不含未接入与边缘）",
        "位于数据边缘",
        "未接入路网",
        "不在分析范围",
    ]


def test_what_is_beyond_the_standard_is_followed_by_its_parts(book: openpyxl.Workbook) -> None:
    head, rows = part(book["卫生站"], "区")
    total = table(book["卫生站"])[2]
    at = head.index("标准外居民")
    assert head[at - 3 : at + 5] == [
        "居民",
        "标准内居民",
        "居民覆盖率",
        "标准外居民",
        "其中：未接入路网",
        "其中：数据边缘",
        "直线距离内居民（对照）",
        "直线半径法覆盖率（对照）",
    ]
    assert [row[at : at + 3] for row in rows] == [[200, 0, 0], [1000, 1000, 0]]
    assert total is not None
    assert total[at + 1 : at + 4] == [1200, 1000, 0]


def test_gaps_say_what_their_time_is_and_why_there_is_none(book: openpyxl.Workbook) -> None:
    for name, text in (("卫生站", "未覆盖者到最近设施中位时间（分）"), ("公园", "未覆盖者到最近设施中位距离（米）")):
        head, rows = part(book["缺口"], name)
        assert rows[0][head.index(text)] == "未接入路网或不可达"


def test_amounts_within_the_straight_line_add_up_to_their_share() -> None:
    frame = gpd.pd.DataFrame({"people": [3.0, 4.0], "straight_line": [1.0, 2.5], "straight_line_share": [1 / 3, 0.625]})
    columns = as_columns(frame, list(frame.columns), Tongue("en", {"people": "People"}), totals=True)
    assert [column.total for column in columns] == [7.0, 3.5, 0.5]
    assert columns[1].kind == "amount"


def test_list_of_sheets_leads_to_each(book: openpyxl.Workbook) -> None:
    sheet = book["目录"]
    _, rows, _ = table(sheet)
    others = [name for name in book.sheetnames if name != "目录"]
    assert [row[0] for row in rows] == others
    links = [sheet.cell(row, 1).hyperlink for row in range(4, 4 + len(rows))]
    assert [link.location for link in links] == [f"'{name}'!A1" for name in others]
    assert not [link for link in links if link.target]
    assert rows[2] == ["卫生站", "服务圈", "卫生站", len(table(book["卫生站"])[1])]
    assert rows[-1][1] == "数据与标准"


def test_links_to_sheets_quote_their_names(tmp_path: Path) -> None:
    write_tables(report_case.result(clinic="it's"), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "it's" in book.sheetnames
    assert book["目录"]["A6"].hyperlink.location == "'it''s'!A1"


def test_wide_sheets_are_printed_on_pages_side_by_side(tmp_path: Path) -> None:
    result = report_case.result()
    for circle in result.services:
        more = {f"extra_{i}": 1.0 for i in range(6)}
        object.__setattr__(circle, "tables", {k: v.assign(**more) for k, v in circle.tables.items()})
    write_tables(result, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    wide, narrow = book["卫生站"], book["缺口"]
    assert (wide.page_setup.orientation, narrow.page_setup.orientation) == ("landscape", "landscape")
    assert (wide.page_setup.fitToWidth, wide.page_setup.fitToHeight) == (3, 0)
    assert wide.print_title_cols == "$A:$D"
    assert (narrow.page_setup.fitToWidth, narrow.print_title_cols) == (1, None)
    for sheet in book:
        merged = [each.max_col for each in sheet.merged_cells.ranges]
        across = sum(sheet.column_dimensions[openpyxl.utils.get_column_letter(i + 1)].width for i in range(max(merged)))
        assert across <= 120
        assert sheet.oddFooter.right.text == "合成示例数据"


def test_all_people_have_a_status_and_those_outside_no_share(book: openpyxl.Workbook) -> None:
    _, rows, total = table(book["人口分类"])
    assert total is not None
    assert total[1] == sum(report_case.PEOPLE)
    assert [row[1] for row in rows] == [130, 200, 0, 1000, 5]
    assert rows[0][2] == 130 / 1330
    assert rows[4][2] is None


def test_unverified_standards_are_marked(book: openpyxl.Workbook) -> None:
    head, rows, _ = table(book["采用标准"])
    confidence = dict(zip((row[0] for row in rows), (row[head.index("核对情况")] for row in rows), strict=True))
    assert confidence == {"十五分钟步行": "未核对", "出行速度：成人": "已核对来源", "出行速度：老年人": "未核对"}
    assert "[未核对]" in str(book["卫生站"]["A3"].value)
    assert "500米以内（含）" in str(book["公园"]["A3"].value)


def formats(sheet: Worksheet) -> dict[str, str]:
    """Number formats of a sheet's first row by header."""
    head, row = table(sheet)[0], openpyxl.utils.range_boundaries(sheet.auto_filter.ref)[1] + 1
    return {text: sheet.cell(row, at).number_format for at, text in enumerate(head, start=1)}


def test_shares_show_as_percent_and_people_as_whole_numbers(book: openpyxl.Workbook) -> None:
    found = formats(book["卫生站"])
    assert found["居民覆盖率"] == "0.0%"
    whole = ("居民", "60岁及以上老年人", "标准内60岁及以上老年人", "直线距离内居民（对照）")
    assert {found[each] for each in whole} == {"#,##0"}
    head, rows = part(book["卫生站"], "社区")
    assert rows[0][head.index("60岁及以上老年人")] == 3.5
    values = book["评价总表"]
    assert [values.cell(at, 2).number_format for at in (4, 5, 6)] == ["0.0%", "#,##0", "#,##0"]
    assert values["B6"].value == 1200.4


@pytest.mark.parametrize(("language", "labels"), [("zh", False), ("zh", True), ("en", False), ("en", True)])
def test_weights_are_never_called_people(tmp_path: Path, language: str, labels: bool) -> None:
    note = "m² 建筑面积" if language == "zh" else "m² of floor"
    result = report_case.result(language=language, weights=note, labels=labels)
    for circle in result.services:
        object.__setattr__(circle, "figures", ())
    object.__setattr__(result, "figures", result.figures[1:3])
    write_tables(result, tmp_path / "t.xlsx")
    found = openpyxl.load_workbook(tmp_path / "t.xlsx")
    texts = [str(cell.value) for sheet in found for row in sheet.iter_rows() for cell in row]
    texts += [sheet.title for sheet in found]
    profiles = ("老年人", "成人", "older people")  # those who travel, not those who are counted
    for told in texts:
        text = told.replace(profiles[0], "").replace(profiles[1], "").replace(profiles[2], "")
        assert "人" not in text
        assert "居民" not in text
        assert not [word for word in ("resident", "people", "elderly") if word in text.casefold()], text
    rows = table(found.worksheets[0])[1]
    assert [row[2] for row in rows] == [("处" if language == "zh" else "facilities"), None]
    area = table(found[found.sheetnames[4]])[0]
    assert len(set(area)) == len(area)
    word = ("建筑面积" if language == "zh" else "Floor area") if labels else f"{note} (1)"
    assert word in area
    assert formats(found[found.sheetnames[4]])[note if labels else f"{note} (2)"] == "#,##0.0"


def test_workbook_speaks_the_studys_language(book: openpyxl.Workbook, tmp_path: Path) -> None:
    assert [row[1] for row in table(book["警告"])[1]] == ["h5 未能接入路网", "@SUM(A1)"]
    first = table(book["评价总表"])[1][0]
    assert first[6] == "户籍人口"
    assert first[7] == "homes.csv；老年人: Zhang 2020 [已核对来源]"
    write_summary(report_case.result(), tmp_path / "s.json")
    figures = json.loads((tmp_path / "s.json").read_text("utf-8"))["figures"]
    assert figures[0]["sources_zh"][1].endswith("[已核对来源]"), "the words of the workbook"
    assert figures[0]["sources"][1].endswith("[verified]")
    result = report_case.result(language="en")
    object.__setattr__(result.demand, "note", Note("estimated", "估算"))
    write_tables(result, tmp_path / "t.xlsx")
    write_summary(result, tmp_path / "s.json")
    english = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert table(english["Warnings"])[1][0][1] == "h5 couldn't be brought to the network"
    first = table(english["Scorecard"])[1][0]
    assert (first[6], first[7]) == (
        "people, registered",
        "homes.csv; older people: Zhang 2020 [checked against the named source]",
    )
    assert english["Scorecard"]["A3"].value == "What is counted: estimated"
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))["study"]["weight_note"] == "estimated"
    heads = [text for sheet in english for text in table(sheet)[0]] + english.sheetnames
    assert not [text for text in heads if not text.isascii()]
    object.__setattr__(result.study.study, "language", "zh")
    write_tables(result, tmp_path / "t.xlsx")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["评价总表"]["A3"].value == "数量含义：估算"


def test_columns_are_wide_enough_for_chinese(book: openpyxl.Workbook) -> None:
    assert book["卫生站"].column_dimensions["D"].width >= len('=HYPERLINK("http://x","甲")') + 1
    assert book["采用标准"].column_dimensions["A"].width >= 2 * len("十五分钟步行")


def test_no_cell_is_a_formula_whatever_the_text(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    result = report_case.result(clinic="=1+1", data_note="@SUM(A1)", author="-1")
    object.__setattr__(result, "warnings", HOSTILE)
    write_tables(result, path)
    book = openpyxl.load_workbook(path)
    seen = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in seen} <= {"s", "n"}
    assert not [cell.value for cell in seen if cell.data_type == "n" and isinstance(cell.value, str)]
    texts = [cell for cell in seen if cell.data_type == "s"]
    assert [row[1] for row in table(book["警告"])[1]] == [plain(text) for text in HOSTILE]
    assert {"=1+1", "@SUM(A1)", "-1"} <= {cell.value for cell in texts}
    risky = [cell for cell in texts if str(cell.value).startswith(("=", "+", "-", "@", "\t", "\n"))]
    assert len(risky) > len(book.sheetnames)
    assert all(cell.quotePrefix for cell in risky)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert ET.fromstring(archive.read(name)) is not None


def test_sheet_names_are_legal_and_unique() -> None:
    taken: set[str] = set()
    names = [
        sheet_name(label, what, taken)
        for label, what in [
            ("社区" * 30, "设施"),
            ("社区" * 30, "设施"),
            ("a[b]:c*d?e/f\\g", "Gaps"),
            ("A[B]:C*D?E/F\\G", "GAPS"),
            ("'", "'x'"),
            ("😀" * 40, "缺口"),
            ("", "History"),
            ("", ""),
        ]
    ]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"
    assert names[0].endswith("设施")
    assert names[1].endswith("设施 (2)")


def test_long_names_of_services_are_cut_between_words() -> None:
    sheets = ["Subdistricts", "Gaps"]
    asked = ["Elderly day-care centre of the community", "Elderly day-care centre of the town", "Clinic", "社区" * 12]
    found = short_labels(asked, sheets)
    assert found == ["Elderly day-care", "Elderly day-care 2", "Clinic", "社区" * 9]
    assert all(len(f"{label} {sheet}") <= 31 for label in found for sheet in sheets)
    assert sheet_name("Community centre for older people", "Subdistricts", set()) == "Community centre Subdistricts"


# the same number everywhere


@pytest.mark.parametrize("language", ["zh", "en"])
def test_figures_are_the_same_numbers_in_workbook_and_summary(tmp_path: Path, language: str) -> None:
    result = report_case.result(language=language)
    many = [report_case.share_of(part, 47) for part in range(48)]  # some need all 17 digits of a number
    object.__setattr__(result, "figures", (*result.figures, *many))
    write_tables(result, tmp_path / "t.xlsx")
    write_summary(result, tmp_path / "s.json")
    told = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert list(told) == ["study", "figures", "warnings"]
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    _, rows, _ = table(sheet)
    in_book = [(row[8], row[1], row[4], row[5], row[6] or "") for row in rows]
    keys = ("id", "value", "numerator", "denominator", f"denominator_name{'_zh' if language == 'zh' else ''}")
    assert in_book == [tuple(figure[key] for key in keys) for figure in told["figures"]]
    assert [figure["id"] for figure in told["figures"]] == [figure.id for figure in result.figures]
    assert told["figures"][0]["value"] == 130 / 1330
    first = "h5 未能接入路网" if language == "zh" else "h5 couldn't be brought to the network"
    assert told["warnings"] == [first, "@SUM(A1)"]


def test_summary_is_utf8_and_refuses_what_is_no_number(tmp_path: Path) -> None:
    result = report_case.result()
    write_summary(result, tmp_path / "s.json")
    assert "样例市" in (tmp_path / "s.json").read_text("utf-8")
    bad = report_case.Figure("x", math.nan, "share", "", "")
    object.__setattr__(result, "figures", (bad,))
    with pytest.raises(ValueError, match="JSON"):
        write_summary(result, tmp_path / "bad.json")


def test_provenance_tells_inputs_standards_and_versions(tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_bytes(b"12345")
    write_provenance(
        report_case.result(tmp_path),
        tmp_path / "p.json",
        inputs={str(homes): "ab" * 32, "areas.gpkg": "cd" * 32},
        seconds={"read": 1.23456},
        fingerprints={"network": "f"},
    )
    told = json.loads((tmp_path / "p.json").read_text("utf-8"))
    assert told["inputs"] == [
        {"file": "homes.csv", "bytes": 5, "sha256": "ab" * 32},
        {"file": "areas.gpkg", "bytes": None, "sha256": "cd" * 32},
    ]
    assert told["seconds"] == {"read": 1.235}
    assert told["standards"][0]["confidence"] == "unverified"
    assert told["parameters"]["demand"]["file"] == "homes.csv"
    assert str(tmp_path) not in (tmp_path / "p.json").read_text("utf-8")
    assert {"python", "geopandas", "GDAL", "civicreach"} <= set(told["versions"])
    assert set(told["fingerprints"]) == {"study", "network"}
    assert told["finished_at"].endswith("+00:00")


def test_equal_results_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        result = report_case.result()
        write_tables(result, tmp_path / f"{name}.xlsx")
        write_layers(result, tmp_path / f"{name}.gpkg")
        write_summary(result, tmp_path / f"{name}.json")
        time.sleep(2.1 if name == "a" else 0)  # zip archives count two seconds at a time
    for kind in ("xlsx", "gpkg", "json"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes(), kind


# the layers


def test_package_holds_every_layer_with_its_shape_and_crs(package: Path) -> None:
    layers = {str(name): kind for name, kind in pyogrio.list_layers(package)}
    assert layers == {
        "facilities": "Point",
        "snap_report": "Point",
        "demand": "Point",
        "reached_roads": "MultiLineString",
        "gaps": "MultiPolygon",
        "isochrones": "MultiPolygon",
        "service_area": "MultiPolygon",
        "areas_community": "MultiPolygon",
        "areas_subdistrict": "MultiPolygon",
        "areas_district": "MultiPolygon",
        "areas_city": "MultiPolygon",
        "about": None,
        "layer_styles": None,
    }
    for name, kind in layers.items():
        if kind is not None:
            assert gpd.read_file(package, layer=name).crs == report_case.CRS


def test_homes_and_units_stand_once_so_that_sums_are_right(package: Path) -> None:
    homes = gpd.read_file(package, layer="demand").set_index("demand_id")
    assert homes["people"].tolist() == report_case.PEOPLE
    for service, statuses in report_case.STATUS.items():
        assert homes[f"{service}_status"].tolist() == statuses
    assert np.isnan(homes.loc["h5", "clinic_nearest_min"])
    assert homes.loc["h3", "park_nearest_m"] == 15.0
    units = gpd.read_file(package, layer="areas_district").set_index("district_id")
    assert units["people"].tolist() == [330.0, 1000.0]
    assert units["clinic_people_share"].tolist() == [130 / 330, 0.0]
    assert units["park_elderly_covered"].tolist() == [0.0, 300.25]
    assert units["clinic_present"].tolist() == [True, False]
    assert list(units.columns).count("people") == 1


def test_facilities_keep_their_catchments(package: Path) -> None:
    found = gpd.read_file(package, layer="facilities")
    assert found["service"].tolist() == ["clinic", "clinic", "park", "park"]
    assert found["facility_id"].tolist() == ["clinic-1", "clinic-2", "park-1", "park-2"]
    assert found["catchment_people"].tolist() == [130.0, 0.0, 130.0, 0.0]
    assert found["snapped"].tolist() == [True, False, True, False]
    assert found["name"].tolist()[1] == "<script>alert(1)</script>"


def test_every_layer_opens_with_a_style(package: Path) -> None:
    styles = pyogrio.read_dataframe(package, layer="layer_styles").set_index("f_table_name")
    drawn = [str(name) for name, kind in pyogrio.list_layers(package) if kind is not None]
    assert sorted(styles.index) == sorted(drawn)
    assert styles["useAsDefault"].all()
    assert (styles["f_table_schema"] == "").all()
    assert set(styles["f_geometry_column"]) == {"geom"}
    for name, text in styles["styleQML"].items():
        root = ET.fromstring(str(text).split("\n", 1)[1])
        symbols = {symbol.get("name") for symbol in root.iter("symbol")}
        rules = list(root.iter("rule"))
        assert {rule.get("symbol") for rule in rules if rule.get("symbol")} == symbols
        columns = {*pyogrio.read_info(package, layer=str(name))["fields"]}
        for rule in rules:
            named = (rule.get("filter") or '"service"').split('"')[1]
            assert named in columns or rule.get("filter") is None
    statuses = {
        rule.get("label") for rule in ET.fromstring(styles.at["demand", "styleQML"].split("\n", 1)[1]).iter("rule")
    }
    assert {"已覆盖", "超出标准", "未接入路网", "不在分析范围", "位于数据边缘", "卫生站"} <= statuses


def test_package_says_what_it_is(package: Path) -> None:
    about = pyogrio.read_dataframe(package, layer="about")
    told = dict(zip(about["item"], about["content"], strict=True))
    assert told["数据说明"] == "合成示例数据"
    assert told["数据版权"] == "© OpenStreetMap contributors"
    assert "卫生站" in told
    rows = pyogrio.read_dataframe(
        package, sql="SELECT table_name, description FROM gpkg_contents", sql_dialect="SQLITE"
    )
    described = dict(zip(rows["table_name"], rows["description"], strict=True))
    assert described["demand"].startswith("合成示例数据 © OpenStreetMap contributors")


def test_layers_without_rows_keep_their_columns(tmp_path: Path) -> None:
    result = report_case.result()
    for circle in result.services:
        object.__setattr__(circle, "gaps", circle.gaps.iloc[:0])
    object.__setattr__(result, "snap_report", result.snap_report.iloc[:0])
    write_layers(result, tmp_path / "r.gpkg")
    write_tables(result, tmp_path / "t.xlsx")
    for name, column in (("gaps", "people_uncovered"), ("snap_report", "reason")):
        found = gpd.read_file(tmp_path / "r.gpkg", layer=name)
        assert len(found) == 0
        assert column in found.columns
        assert found.crs == report_case.CRS


def test_a_study_without_areas_has_its_reports(tmp_path: Path) -> None:
    result = report_case.result()
    object.__setattr__(result, "areas", None)
    for circle in result.services:
        whole = circle.tables["city"].drop(columns=["city", "city_id"], errors="ignore").set_axis(["all"])
        object.__setattr__(circle, "tables", {"all": whole})
    write_layers(result, tmp_path / "r.gpkg")
    write_tables(result, tmp_path / "t.xlsx")
    assert {row[0] for row in table(openpyxl.load_workbook(tmp_path / "t.xlsx")["卫生站"])[1]} == {"全部"}
    assert not [name for name, _ in pyogrio.list_layers(tmp_path / "r.gpkg") if name.startswith("areas_")]


def test_any_value_finds_its_place_in_a_layer(tmp_path: Path) -> None:
    frame = gpkg.tidy(report_case.odd_shapes())
    assert list(frame.columns) == ["fid_2", "Name", "name_2", "flag", "many", "number", "kind", "geometry"]
    layer = gpkg.Layer("odd", report_case.odd_shapes(), "MultiPolygon", "odd")
    gpkg._write_layer(layer, tmp_path / "odd.gpkg", "odd")
    found = gpd.read_file(tmp_path / "odd.gpkg")
    assert found["name_2"].tolist()[:2] == ["1", "two"]
    assert found["Name"].tolist()[2] == "\ufffd\ufffd"
    assert found["flag"].tolist()[0::2] == [True, False]
    assert found["number"].tolist()[0] == 1.5
    assert found["number"].isna().tolist() == [False, True, True]
    assert json.loads(found["many"].iloc[0]) == [1, 2]
    assert found.geometry.geom_type.tolist()[:2] == ["MultiPolygon", "MultiPolygon"]
    assert found.geometry.isna().tolist() == [False, False, True]


def test_layers_that_cant_be_written_are_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_layers(report_case.result(), tmp_path / "missing" / "r.gpkg")

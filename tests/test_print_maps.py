"""Print maps: what stands on them, that nothing is boxed or executed, and that names don't lie upon each other."""

from __future__ import annotations

import math
import struct
import warnings
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from civicreach.errors import Note
from civicreach.maps import print_maps
from civicreach.maps.analysis_layers import layer_entries
from civicreach.maps.layers_data import study_bounds
from civicreach.maps.print_analyses import analysis_sheet
from civicreach.maps.print_circles import circle_sheet
from civicreach.maps.print_fonts import CHINESE_FAMILIES, PROBE, Lettering, language_of, lettering
from civicreach.maps.print_ground import draw_ground
from civicreach.maps.print_labels import Label
from civicreach.maps.print_layers import draw_layer
from civicreach.maps.print_maps import MapFigure, draw_figures, write_figures
from civicreach.maps.print_plans import Plan, coloured, of_topic, plans
from civicreach.maps.print_sheet import DPI, PAGE, MapSheet, canvas_over
from civicreach.maps.shapes import Grid
from civicreach.measures.analysis import Analysis, Field, MapLayer, Topic
from civicreach.measures.result import StudyResult
from civicreach.run import run_study
from cli_case import edit, make_town
from page_case import page_case
from report_case import result as little_result

LATIN_ONLY = lettering(())


@pytest.fixture(scope="module")
def letters() -> Lettering:
    found = lettering()
    if not found.reads(PROBE):
        pytest.skip("no font with Chinese characters: apt install fonts-noto-cjk")
    return found


def sheet_of(result: StudyResult, letters: Lettering, language: str = "zh") -> MapSheet:
    canvas = canvas_over(study_bounds(result))
    ground = draw_ground(canvas, result.base_map, result.areas)
    return MapSheet(canvas, ground, letters, "en" if language == "en" else "zh")


def texts(sheet: MapSheet) -> list[str]:
    return [text.get_text() for axes in (sheet.page, sheet.signs) for text in axes.texts]


def chunks(png: bytes) -> dict[bytes, bytes]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = {}, 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        found[kind] = found.get(kind, b"") + data
        at += 12 + size
    return found


def test_a_sheet_is_a4_at_300_dpi_and_knows_no_clock(letters: Lettering, tmp_path: Path) -> None:
    once = draw_figures(replace(little_result(), services=little_result().services[:1]), letters=letters)
    again = draw_figures(replace(little_result(), services=little_result().services[:1]), letters=letters)
    assert [figure.png for figure in once.figures] == [figure.png for figure in again.figures]
    write_figures(once, tmp_path / "figures")
    png = (tmp_path / "figures" / "circle_clinic.png").read_bytes()
    found = chunks(png)
    assert struct.unpack(">II", found[b"IHDR"][:8]) == PAGE
    across, up, unit = struct.unpack(">IIB", found[b"pHYs"])
    assert (round(across * 0.0254), round(up * 0.0254), unit) == (DPI, DPI, 1)
    assert set(found) == {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    assert len(set(zlib.decompress(found[b"IDAT"]))) > 50, "an empty picture"
    assert struct.unpack(">II", chunks(once.figures[0].small)[b"IHDR"][:8]) == (
        round(PAGE[0] * print_maps.SMALL_DPI / DPI),
        round(PAGE[1] * print_maps.SMALL_DPI / DPI),
    )


def test_a_sheet_says_what_an_office_looks_for(letters: Lettering) -> None:
    result = little_result(review_number="GS(2026)001", author="民政局", date="2026年6月")
    sheet = sheet_of(result, letters)
    facts = circle_sheet(sheet, result, result.services[0], 0)
    sheet.pixels(facts)
    said = "\n".join(texts(sheet))
    for each in (
        "样例市卫生站服务圈图", "合成示例数据", "审图号：GS(2026)001", "编制：民政局", "日期：2026年6月", "500 米",
        "比例尺约 1:", "图例", "标准外的居住点", "坐标系：EPSG:4547", "内部工作用图，未经审图不得公开", "资料来源：",
        "数据年份：2026",
    ):  # fmt: skip
        assert each in said, each
    # the standard's clause with its mark: nobody has checked it
    assert facts.subtitle.endswith("GB 50180-2018 2.0.2（未核实）")
    figure = result.services[0].figures[0]
    assert facts.headline[0] == figure.text("zh")


def test_an_english_sheet_has_no_chinese(letters: Lettering) -> None:
    english = little_result(language="en", data_note="", author="")
    sheet = sheet_of(english, letters, "en")
    facts = circle_sheet(sheet, english, english.services[1], 1)
    said = [
        facts.title,
        facts.subtitle,
        *facts.notes,
        *facts.block,
        facts.footer,
        facts.alarm,
        *(r.text for r in facts.rows),
    ]
    assert not [text for text in said if any("\u4e00" <= sign <= "\u9fff" for sign in text)]


def test_names_are_only_text(letters: Lettering) -> None:
    hostile = "$\\frac{1}{0}$ <script>alert(1)</script>\n\x07 %s {n}"
    result = little_result(clinic=hostile)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a sign that no font has would be a warning, and a box
        sheet = sheet_of(result, letters)
        sheet.pixels(circle_sheet(sheet, result, result.services[0], 0))
    assert any("$\\frac{1}{0}$ <script>" in text for text in texts(sheet))
    assert all("\n" not in text and "\x07" not in text for text in texts(sheet))
    assert all(text.get_parse_math() is False for axes in (sheet.page, sheet.signs) for text in axes.texts)


def test_signs_that_no_font_has_become_question_marks() -> None:
    assert LATIN_ONLY.fit("Park \U00012000 养") == "Park ? ?"
    assert LATIN_ONLY.fit("a\n b") == "a b"


def test_without_a_chinese_font_sheets_are_english_or_left_out_and_it_is_told() -> None:
    assert not LATIN_ONLY.reads(PROBE)
    assert language_of("zh", "Lanchuan", LATIN_ONLY) == "en"
    assert language_of("zh", "", LATIN_ONLY) is None
    assert language_of("en", "", LATIN_ONLY) == "en"
    left_out = draw_figures(little_result(name_en=""), letters=LATIN_ONLY)
    assert left_out.figures == ()
    (note,) = left_out.notes
    assert isinstance(note, Note)
    assert "fonts-noto-cjk" in note
    assert "请安装" in note.zh
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        english = draw_figures(replace(little_result(), services=little_result().services[:1]), letters=LATIN_ONLY)
    assert english.figures[0].title == "Sampleton: service circle, Clinic"
    assert "fonts-noto-cjk" in english.notes[0]


def test_known_families_are_found_in_their_order() -> None:
    assert lettering(("No Such Family", "DejaVu Sans Mono", "DejaVu Serif")).families[0] == "DejaVu Sans Mono"
    assert lettering(("No Such Family",)).families == ("DejaVu Sans",)
    assert len(set(CHINESE_FAMILIES)) == len(CHINESE_FAMILIES)


def test_no_name_lies_upon_another(letters: Lettering) -> None:
    sheet = sheet_of(little_result(), letters)
    west, south, east, north = sheet.canvas.bounds
    crowd = [
        Label(
            f"名称{i}", west + (i * 37 % 100) / 100 * (east - west), south + (i * 61 % 100) / 100 * (north - south), 8.0
        )
        for i in range(300)
    ]
    before = len(sheet.placer.taken)
    sheet.placer.place(crowd)
    boxes = sheet.placer.taken
    assert 20 < len(boxes) - before < 300, "some find room, and not all"
    for i, a in enumerate(boxes):
        for b in boxes[max(i + 1, before) :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]), (a, b)
    inside = sheet.signs.texts
    assert len(inside) == len(boxes) - before


def test_an_analysis_shows_the_pages_own_classes(letters: Lettering) -> None:
    result = page_case(analyses=True)
    drawn = [analysis for analysis in result.analyses if list(plans(analysis, result))]
    assert drawn
    for number, analysis in enumerate(drawn):
        sheet = sheet_of(result, letters)
        facts = analysis_sheet(sheet, result, analysis, number, next(plans(analysis, result)))
        blocks = [row for row in facts.rows if row.sign == "block"]
        topic = next(topic for topic in analysis.topics if topic.coloured)
        assert blocks, analysis.id
        level = next(level for level in ("community", "subdistrict", "district") if level in topic.tables)
        counts = [int(row.text.rsplit("(", 1)[1].rstrip(")")) for row in blocks if row.text.endswith(")")]
        known = int(topic.tables[level][topic.coloured[0]].notna().sum())
        assert sum(counts) == known


def points_at_the_middle(sheet: MapSheet, layer_id: str, columns: dict[str, list[object]], field: Field) -> MapLayer:
    west, south, east, north = sheet.canvas.bounds
    many = len(next(iter(columns.values())))
    places = gpd.points_from_xy([(west + east) / 2] * many, [(south + north) / 2] * many)
    frame = gpd.GeoDataFrame(columns, geometry=places)
    return MapLayer(layer_id, ("Marks", "标记"), frame, (field,), "points", field.name)


def test_a_layer_of_numbers_has_the_pages_classes(letters: Lettering) -> None:
    result = little_result()
    sheet = sheet_of(result, letters)
    loads: list[object] = [0.05, 0.15, 0.25, 0.45, 0.55, 0.65, 0.85, 0.95, 1.0]
    layer = points_at_the_middle(sheet, "loads", {"load": loads}, Field("load", ("Load", "负荷"), "share"))
    entries, _ = layer_entries([layer], "a", Grid.over(result.crs, sheet.canvas.bounds), 1e9)
    page = entries[0]["classes"]
    rows = draw_layer(sheet, layer, 0)[1:]
    assert page["breaks"] == [0.2, 0.4, 0.6, 0.8]
    assert [row.colour for row in rows] == page["colours"]
    told = [row.text for row in rows]
    assert told == ["< 20 %  (2)", "20 % – 40 %  (1)", "40 % – 60 %  (2)", "60 % – 80 %  (1)", "≥ 80 %  (3)"]


def test_the_sites_that_a_plan_chooses_are_named_with_their_rank(letters: Lettering) -> None:
    result = page_case(analyses=True)
    topic = next(topic for topic in result.analyses[0].topics if topic.coloured)
    sheet = sheet_of(result, letters)
    ranks: list[object] = [2.0, math.nan]
    columns: dict[str, list[object]] = {"name": ["北楼", "南楼"], "rank": ranks, "role": ["opened", "kept"]}
    sites = points_at_the_middle(sheet, "siting_a_points", columns, Field("role", ("Role", "方案中"), "text"))
    other = replace(topic, id="siting_a_long")  # stands first, and its id begins like the other's
    topics = other, replace(topic, id="siting_a", title=("Plan", "方案甲"))
    siting = Analysis("siting", ("Siting", "选址"), (), topics, layers=(sites,))
    found = {plan.name: plan for plan in plans(siting, result)}
    assert list(found) == ["a_long", "a"]
    assert coloured(siting, found["a"], result)[0].id == "siting_a"  # type: ignore[index]
    facts = analysis_sheet(sheet, result, siting, 0, found["a"])
    assert facts.title.endswith("方案甲图")
    assert "2 北楼" in texts(sheet)
    assert not [text for text in texts(sheet) if "南楼" in text]


def test_a_scenarios_sheet_shows_its_own_closures_alone() -> None:
    frame = gpd.GeoDataFrame({"scenario": ["flood", "bridge"]}, geometry=gpd.points_from_xy([0, 1], [0, 1]))
    layer = MapLayer("closed_streets", ("Closed", "中断"), frame, (), "points", "scenario")
    topic = Topic("shelter.scenario_bridge", ("", ""), {}, ())
    plan = Plan("scenario", topic="shelter.scenario_")
    assert of_topic(layer, plan, topic).frame["scenario"].tolist() == ["bridge"]
    assert of_topic(layer, plan, None) is layer
    assert of_topic(layer, Plan("loads", topic="shelter.capacity"), topic) is layer


def test_a_study_without_areas_has_its_circles(letters: Lettering) -> None:
    whole = little_result()
    bare = replace(whole, areas=None, services=whole.services[:1], analyses=())
    (figure,) = draw_figures(bare, letters=letters).figures
    assert figure.name == "circle_clinic"


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    for module in Path(print_maps.__file__).parent.glob("print_*.py"):
        at_the_top = [line for line in module.read_text("utf-8").splitlines() if line.startswith(("import ", "from "))]
        assert not [line for line in at_the_top if "matplotlib" in line], module.name
        assert "pyplot" not in module.read_text("utf-8"), module.name


def test_no_figures_no_folder(tmp_path: Path) -> None:
    write_figures(print_maps.MapFigures(()), tmp_path / "figures")
    assert not (tmp_path / "figures").exists()
    write_figures(print_maps.MapFigures((MapFigure("a", "a", "A", b"1"),)), tmp_path / "figures")
    assert (tmp_path / "figures" / "a.png").read_bytes() == b"1"


def test_a_run_writes_the_sheets_and_files_them_in_the_document(tmp_path: Path, own_cache: Path) -> None:
    town = tmp_path / "town"
    make_town(town)
    edit(town / "study.toml", "figures = false", "figures = true")
    out = town / "out"
    result = run_study(town / "study.toml", out)
    names = sorted(path.name for path in (out / "figures").iterdir())
    circles = [f"circle_{circle.service.id}.png" for circle in result.services]
    assert names == sorted([*circles, "service_circle.png"])
    with zipfile.ZipFile(out / "report.docx") as document:
        pictures = [name for name in document.namelist() if name.startswith("word/media/")]
    assert len(pictures) == len(names)
    assert "figures/circle_elder_centre.png" in (out / ".civicreach-output").read_text("utf-8")

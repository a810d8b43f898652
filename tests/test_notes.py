"""Notes and warnings in both languages, from the file that they are about to the end of a run."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from civicreach.errors import Note, counted
from civicreach.inputs.study_file import read_study
from civicreach.run import load_study, measure_study, run_study
from civicreach.run.load import input_files
from civicreach.run.measure import _circle_warnings
from civicreach.run.networks import Networks
from civicreach.run.overview import layers_read
from cli_case import CENTRES, HOMES, Said, command_here, edit, homes, make_town, place, rows, streets
from note_case import in_chinese

Call = Callable[..., Said]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "小城"
    make_town(folder)
    return folder


@pytest.fixture
def call(own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return command_here(monkeypatch, capsys)


def test_a_note_is_its_english_text_and_knows_its_chinese() -> None:
    note = Note("2 lines left out", "2 条线已略去")
    assert note == "2 lines left out"
    assert (Note.told(note, "en"), Note.told(note, "zh"), Note.told("面积", "zh")) == (
        str(note),
        "2 条线已略去",
        "面积",
    )
    assert type(Note.told(note, "en")) is str
    for twin in (copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert (twin, twin.zh) == (note, note.zh)
    frame = pd.DataFrame({"a": [1, 2]})
    frame.attrs["notes"] = [note]
    assert frame[frame["a"] > 1].copy().attrs["notes"][0].zh == "2 条线已略去"


def test_joined_notes_keep_both_languages() -> None:
    joined = Note.joined(["", Note("one", "一"), "m2"])
    assert (joined, joined.zh) == ("one; m2", "一；m2")
    assert Note.joined(["", ""]) == ""


def test_one_thing_is_not_counted_like_many() -> None:
    assert counted(1, "square is", "squares are") == "1 square is"
    assert counted(1000, "square is", "squares are") == "1,000 squares are"
    assert counted(0, "square is", "squares are") == "0 squares are"


def full_of_notes(town: Path) -> Path:
    """The town with a planned centre, one without beds, one off the streets, homes outside, and an odd street."""
    far = place(800, -150)
    lines = [
        (*CENTRES[0], ""),
        (*CENTRES[1][:4], "", ""),
        ("c3", "远", *far, 5, ""),
        ("c4", "拟建", *CENTRES[0][2:4], 5, "规划"),
    ]
    (town / "centres.csv").write_text(rows("id,name,lon,lat,beds,status", *lines), encoding="utf-8")
    outside = [("out1", *place(-20, 500), 7, 1), ("out2", *place(-30, 700), 5, 1)]
    (town / "homes.csv").write_text(homes(*HOMES, *outside), encoding="utf-8")
    edit(town / "study.toml", "minutes = 10\n", 'minutes = 10\nstandard = "circle.15min.walk"\n')
    streets(town)
    edit(
        town / "roads.osm",
        "</osm>",
        '<way id="99"><nd ref="100"/><nd ref="101"/><tag k="highway" v="gizmo"/></way></osm>',
    )
    return town / "study.toml"


def test_every_warning_of_a_run_is_told_in_both_languages(town: Path, own_cache: Path) -> None:
    result = measure_study(load_study(read_study(full_of_notes(town))))
    chinese = in_chinese(result.warnings)
    told = dict(zip(result.warnings, chinese, strict=True))
    for english, zh in {
        "synthetic data: Invented": "合成数据：虚构",
        "streets (walk): 18 of 19 highway ways may be used (walk)": (
            "路网（步行）：19 条道路（highway）中有 18 条可供步行使用"
        ),
        "streets (walk): 1 way of an unknown kind dropped (highway=gizmo)": (
            "路网（步行）：1 条类别未知的道路已略去（highway=gizmo）"
        ),
        "streets (walk): dropped by the walk filter: unknown highway=gizmo 1": (
            "路网（步行）：按步行规则略去：未知 highway=gizmo 1"
        ),
        "Elder centre: 1 of 4 has no beds (c2)": "养老服务中心：4 处设施中有 1 处未填“beds”（c2）",
        "demand: 2 points (12 residents) lie outside all areas and are in no share": (
            "居住点：2 个点（居民 12 人）位于所有行政区划之外，不计入任何比率"
        ),
        "Elder centre: 1 place: access leg over 100 m (c3); see the sheet 'snapping check' and the layer snap_report": (
            "养老服务中心：1 处到道路的距离超过 100 米（c3）；见工作簿“接入路网检查”表和 snap_report 图层"
        ),
        "Elder centre: 1 facility that doesn't exist yet or any more isn't counted": (
            "养老服务中心：1 处非现状设施未计入"
        ),
    }.items():
        assert told.get(english) == zh, (english, told)
    assert any(zh.startswith("出行速度（成人）") for zh in chinese)


def test_who_may_leave_the_data_is_told_in_both_languages(town: Path, own_cache: Path) -> None:
    study = read_study(town / "study.toml")
    circle = measure_study(load_study(study)).services[0]
    figures = [replace(f, value=12.0) if f.id.endswith("at_edge") else f for f in circle.figures]
    (warning,) = _circle_warnings(study, replace(circle, figures=tuple(figures)))
    assert warning.startswith("Elder centre: not covered, but able to leave the data within the standard: 12 residents")
    assert warning.zh == (
        "养老服务中心：60岁及以上老年人 12 人计为未覆盖，但在标准内可走出数据边缘，边缘以外的设施未知"
    )


def test_notes_come_out_of_the_network_cache_in_both_languages(town: Path, own_cache: Path) -> None:
    study = read_study(full_of_notes(town))
    profile = study.profile_of(study.services[0])
    first, again = Networks(study), Networks(study)
    for networks in (first, again):
        networks.network(profile, "residents")
    assert not again._roads  # nothing was read again
    assert again.notes["walk"] == first.notes["walk"]
    assert in_chinese(again.notes["walk"]) == in_chinese(first.notes["walk"])


def test_a_check_speaks_the_language_of_the_study(call: Call, town: Path) -> None:
    study = full_of_notes(town)
    said = call("check", study)
    assert "2,088" not in said.out
    assert "| network (older people) | 81 nodes, 144 edges, 28.8 km" in said.out
    assert "1,100 residents" in said.out
    assert "4 facilities (existing 3, planned 1)" in said.out
    assert "4 communities in 2 subdistricts" in said.out
    edit(study, 'language = "en"', 'language = "zh"')
    said = call("check", study)
    for words in (
        "| 路网（老年人） | 81 个节点、144 条边、28.8 公里",
        "66 个点：居民 1,100、60岁及以上老年人 186",
        "4 个社区(村)，分属 2 个街道(乡镇)",
        "| 应急避难场所   | 2 处设施",
        "（现状 3、规划 1）",
        "提示：路网（步行）：19 条道路（highway）中有 18 条可供步行使用",
    ):
        assert words in said.out
    assert said.out.endswith("未发现问题。\n")
    assert "note: " not in said.out
    assert json.loads(call("check", study, "--json").out)["layers"][0]["read"].startswith("RoadNetwork(81 nodes")


def test_a_weight_is_never_called_people(town: Path, own_cache: Path) -> None:
    edit(town / "study.toml", "[demand.columns]", 'weight_note = "floor area, m2"\n[demand.columns]')
    edit(town / "study.toml", 'groups = ["people", "elderly"]', 'groups = ["people"]')
    edit(town / "study.toml", 'elderly = "over_60"\n', "")
    edit(town / "study.toml", 'group = "elderly"', 'group = "people"')
    rows_read = {str(name): words for name, words in layers_read(load_study(read_study(town / "study.toml")))}
    assert rows_read["demand"] == "64 points: floor area 1,088"
    assert rows_read["demand"].zh == "64 个点：floor area 1,088"


def test_steps_are_told_in_the_language_of_the_study(town: Path, own_cache: Path) -> None:
    edit(town / "study.toml", 'language = "en"', 'language = "zh"')
    told: list[str] = []
    run_study(town / "study.toml", town / "out", tell=lambda step, done, total: told.append(step))
    assert told[0] == "读取路网"
    assert "服务圈：养老服务中心" in told
    assert not any(step.isascii() for step in told[:-1])
    seconds = json.loads((town / "out" / "provenance.json").read_text(encoding="utf-8"))["seconds"]
    assert {"streets", "service circle: elder_centre", "page"} <= set(seconds)


def test_a_shapefile_is_all_of_its_files(town: Path, own_cache: Path) -> None:
    lines = gpd.read_file(town / "roads.osm", layer="lines")[["highway", "geometry"]]
    lines.to_file(town / "roads.shp", engine="pyogrio")
    edit(town / "study.toml", '"roads.osm"', '"roads.shp"')
    shelters = gpd.GeoDataFrame({"id": ["s1"]}, geometry=[Point(place(210, 1000))], crs="EPSG:4326")
    shelters.to_file(town / "shelters.shp", engine="pyogrio")
    edit(town / "study.toml", '"shelters.geojson"', '"shelters.shp"')
    study = read_study(town / "study.toml")
    names = [path.name for path in input_files(study)]
    for layer in ("roads", "shelters"):
        assert {f"{layer}.{suffix}" for suffix in ("shp", "dbf", "shx", "prj", "cpg")} <= set(names)
    assert len(names) == len(set(names))
    profile = study.profile_of(study.services[0])
    assert "residential" in Networks(study).network(profile, "residents").classes
    content = (town / "roads.dbf").read_bytes()
    (town / "roads.dbf").write_bytes(content.replace(b"residential", b"footway    "))
    assert Networks(study).network(profile, "residents").classes == ("footway",)

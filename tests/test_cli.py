"""The command from outside: what it writes, what it refuses and how it says so, and what a kill leaves behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Polygon

from civicreach.cli import main
from cli_case import (
    CENTRES,
    FILES,
    HOMES,
    SIDE_M,
    STUDY,
    Said,
    centres,
    command,
    command_here,
    edit,
    four_areas,
    homes,
    make_town,
    place,
    rows,
    square,
    streets,
    write_areas,
)

Call = Callable[..., Said]
Change = Callable[[Path], object]
LINE_OF_MINUTES = STUDY.splitlines().index("minutes = 10") + 1
LINE_OF_BANDS = STUDY.splitlines().index("minutes = [5, 10]") + 1
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    make_town(folder)
    return folder


@pytest.fixture
def town(made: Path, tmp_path: Path) -> Path:
    """A copy of the town of the test's own, in a folder with Chinese characters and spaces."""
    return Path(shutil.copytree(made, tmp_path / "小城 规划"))


@pytest.fixture
def call(own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return command_here(monkeypatch, capsys)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def contents(out: Path) -> dict[str, bytes]:
    """What two equal runs have in common: all but provenance.json, where the times are."""
    return {name: (out / name).read_bytes() for name in FILES if name != "provenance.json"}


def layers(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a GeoPackage's tables, without the times at which they were written."""
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [name for (name,) in base.execute("SELECT table_name FROM gpkg_contents ORDER BY 1")]
        return {name: base.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def assert_whole(out: Path) -> None:
    """Everything that a run writes is there and can be read."""
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) == list(FILES)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert {"study", "figures", "warnings"} <= set(summary)
    assert {"inputs", "versions"} <= set(json.loads((out / "provenance.json").read_text(encoding="utf-8")))
    assert zipfile.ZipFile(out / "tables.xlsx").testzip() is None
    assert layers(out / "results.gpkg")["demand"]
    assert (out / "map.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def assert_refused(said: Said, *sentences: str) -> None:
    assert said.code == 2, said
    assert "Traceback" not in said.err
    assert said.out == ""
    for sentence in sentences:
        assert sentence in said.err, said.err
    listed = [line for line in said.err.splitlines() if line.startswith("  - ")]
    assert said.err.splitlines()[0] == f"civicreach: {len(listed)} fault{'s' * (len(listed) != 1)} in the input:"


# --- help, usage, init, check ---------------------------------------------------------------------------------------


def test_help_names_the_commands(call: Call) -> None:
    said = call("--help")
    assert said.code == 0
    assert all(word in said.out for word in ("init", "check", "run"))
    assert "--out" in call("run", "--help").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run",),
        ("check",),
        ("init",),
        ("run", "study.toml", "--fast"),
        ("run", "study.toml", "more.toml"),
        ("run", "study.toml", "--out"),
        ("init", "somewhere", "--language", "de"),
        ("--version-of-what",),
    ],
)
def test_wrong_calls_end_with_2_and_touch_nothing(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call(*arguments)
    assert said.code == 2
    assert "Error: " in said.err
    assert said.err.startswith("Usage: civicreach ") or "requires an argument" in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_study_lacks_its_files_and_nothing_else(call: Call, tmp_path: Path, language: str) -> None:
    said = call("init", tmp_path / "新", "--language", language)
    assert said.code == 0
    assert Path(said.out.strip()) == tmp_path / "新" / "study.toml"
    said = call("check", tmp_path / "新" / "study.toml")
    assert_refused(said)
    assert all("no such file" in line or "no raster" in line for line in said.err.splitlines()[1:])
    assert_refused(call("init", tmp_path / "新"), "there is a study.toml already")


def test_a_good_study_passes_the_check_and_nothing_is_written(call: Call, town: Path) -> None:
    before = hashes(town)
    said = call("check", town / "study.toml")
    assert (said.code, said.err) == (0, "")
    assert "64 points: 1,088 residents, 184 residents aged 60 and over" in said.out
    assert said.out.endswith("No fault found.\n")
    assert json.loads(call("check", town / "study.toml", "--json").out)["layers"][0]["layer"] == "network (elder)"
    assert call("check", town / "study.toml", "--quiet") == Said(0, "", "")
    assert hashes(town) == before


# --- run ------------------------------------------------------------------------------------------------------------


def test_a_run_writes_what_the_contract_says(call: Call, town: Path) -> None:
    said = call("run", town / "study.toml")
    assert (said.code, said.err) == (0, "")
    assert "*** Invented ***" in said.out
    assert f"map: {town / 'out' / 'map.html'}" in said.out
    assert_whole(town / "out")
    assert not [path for path in town.iterdir() if path.name.startswith(".")]
    summary = json.loads((town / "out" / "summary.json").read_text(encoding="utf-8"))
    keys = {"id", "value", "unit", "definition", "numerator", "denominator", "denominator_name"}
    assert all(keys <= set(figure) for figure in summary["figures"])
    value = {figure["id"]: figure["value"] for figure in summary["figures"]}
    assert 0 < value["circle.elder_centre.people_share"] < value["circle.elder_centre.straight_line_share"] < 1
    assert "<script>" not in summary["warnings"]
    assert "第一 <script>" not in (town / "out" / "map.html").read_text(encoding="utf-8")


def test_json_is_all_that_is_printed(call: Call, town: Path) -> None:
    out = town / "a" / "结果 1"
    printed = json.loads(call("run", town / "study.toml", "--json", "--out", out).out)
    assert_whole(out)
    assert printed == json.loads((out / "summary.json").read_text(encoding="utf-8"))["figures"]


def test_equal_runs_give_equal_bytes_whatever_the_threads_the_cache_and_the_folder(
    call: Call, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Path(shutil.copytree(town, tmp_path / "elsewhere"))
    first, other = town / "out", moved / "out"
    monkeypatch.setenv("CIVICREACH_THREADS", "2")
    assert call("run", town / "study.toml", "--quiet") == Said(0, "", "")
    (tmp_path / "file").write_text("in the way")
    # a folder that can't be made, as where the home folder is read-only
    with monkeypatch.context() as patch:
        patch.setattr("civicreach.inputs.cache.default_folder", lambda: tmp_path / "file" / "cache")
        patch.setenv("CIVICREACH_THREADS", "1")
        assert call("run", moved / "study.toml", "--quiet") == Said(0, "", "")
        assert "note: the cache can't be written" in call("check", moved / "study.toml").out
    assert contents(first) == contents(other)
    assert call("run", town / "study.toml", "--quiet", "--out", other) == Said(0, "", "")  # from the cache
    assert contents(first) == contents(other)


def test_a_process_of_its_own_in_a_chinese_console_and_another_folder(town: Path, tmp_path: Path) -> None:
    edit(town / "study.toml", 'language = "en"', 'language = "zh"')
    edit(town / "study.toml", 'data_note = "虚构"', 'data_note = "虚构 ä €"')  # ä isn't in cp936
    elsewhere = tmp_path / "cwd"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("in the way")
    study = Path(os.path.relpath(town / "study.toml", elsewhere))
    said = command("run", study, "--out", "结果 一", cwd=elsewhere, PYTHONIOENCODING="cp936")
    assert said.code == 0, said.err
    assert "养老服务中心" in said.out
    assert_whole(elsewhere / "结果 一")


def test_closed_streams_don_t_change_the_exit_code(
    town: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in (("study.toml", 0), ("nowhere.toml", 2)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["civicreach", "check", str(town / name)])
            patch.setattr(sys, "stdout", None)
            patch.setattr(sys, "stderr", None)
            with pytest.raises(SystemExit) as left:
                main()
        assert (left.value.code or 0) == code


# --- bad input ------------------------------------------------------------------------------------------------------


def text(name: str, content: str) -> Change:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def swap(name: str, old: str, new: str) -> Change:
    return lambda folder: edit(folder / name, old, new)


def areas(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Change:
    def apply(folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            write_areas(folder, change(four_areas()))

    return apply


def first_shape(shape: Polygon) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    return lambda frame: frame.set_geometry([shape, *frame.geometry[1:]], crs=frame.crs)


def cut_pbf(folder: Path) -> None:
    whole = (SAMPLE / "roads.osm.pbf").read_bytes()
    (folder / "roads.osm.pbf").write_bytes(whole[: len(whole) * 2 // 3])
    edit(folder / "study.toml", '"roads.osm"', '"roads.osm.pbf"')


def facility_lines(folder: Path) -> None:
    line = LineString([place(0, 0), place(10, 10)])
    frame = gpd.GeoDataFrame({"id": ["s1", "s2"]}, geometry=[line, line], crs="EPSG:4326")
    frame.to_file(folder / "shelters.geojson", engine="pyogrio")


def shrunk(name: str, size: int) -> Change:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


def all_centres(change: Callable[..., tuple[object, ...]]) -> Change:
    return text("centres.csv", centres(*(change(*line) for line in CENTRES)))


C1, C2 = CENTRES
BOW_TIE = Polygon([place(0, 0), place(799, 799), place(799, 0), place(0, 799)])
CENTRE_CRS, NO_CRS = 'crs = "EPSG:4326"\nid_column', "id_column"

BAD: dict[str, tuple[Change, tuple[str, ...]]] = {
    # what issue 2 lists
    "missing file": (
        lambda folder: [(folder / name).unlink() for name in ("homes.csv", "roads.osm")],
        ("study.toml: roads.file: no such file:", "roads.osm", "study.toml: demand.file: no such file:", "homes.csv"),
    ),
    "missing file, nearly right": (
        swap("study.toml", '"homes.csv"', '"home.csv"'),
        ("home.csv. Did you mean homes.csv?",),
    ),
    "empty layer": (areas(lambda frame: frame.iloc[:0]), ("areas.gpkg: the layer is empty. Export it again",)),
    "unknown column": (
        swap("study.toml", '"residents"', '"resident"'),
        ("homes.csv: no column 'resident'. Did you mean residents? There are home, lon, lat,",),
    ),
    "no CRS of a table": (
        swap("study.toml", CENTRE_CRS, NO_CRS),
        ('centres.csv: no coordinate system for x and y. Name it: crs = "EPSG:4326"',),
    ),
    "no CRS of a layer": (
        areas(lambda frame: frame.set_crs(None, allow_override=True)),
        ("areas.gpkg: no coordinate system. Name it in study.toml",),
    ),
    "degrees called metres, table": (
        swap("study.toml", CENTRE_CRS, CENTRE_CRS.replace("4326", "4547")),
        ("centres.csv: coordinates are degrees, but EPSG:4547 counts metres. Name the right system",),
    ),
    "degrees called metres, layer": (
        areas(lambda frame: frame.set_crs("EPSG:4547", allow_override=True)),
        ("areas.gpkg: coordinates are degrees, but EPSG:4547 counts metres",),
    ),
    "metres called degrees": (
        areas(lambda frame: frame.to_crs("EPSG:4547").set_crs("EPSG:4326", allow_override=True)),
        ("areas.gpkg: coordinates outside the range of degrees (4: feature 1,", "If they are metres, name their crs"),
    ),
    "lon and lat swapped": (
        all_centres(lambda i, name, lon, lat, beds: (i, name, lat, lon, beds)),
        ("centres.csv: longitude and latitude are swapped (2: row 2, row 3). Exchange the x and y columns",),
    ),
    "duplicate ids": (
        text("centres.csv", centres(C1, ("c1", *C2[1:]))),
        ("centres.csv: id has ids that stand twice (2: c1 in row 2, c1 in row 3). Give each row its own id",),
    ),
    "duplicate areas": (
        areas(lambda frame: frame.assign(code=["01", "01", "03", "04"])),
        ("areas.gpkg: ids that stand twice (1: 01)",),
    ),
    "negative people": (
        text("homes.csv", homes(*HOMES[:5], (*HOMES[5][:3], -15, 2))),
        ("homes.csv: residents is negative (1: row 7). Amounts are 0 or more",),
    ),
    "NaN people": (
        text("homes.csv", homes(*HOMES[:5], (*HOMES[5][:3], "NaN", 2))),
        ("homes.csv: residents isn't a number (1: row 7 has 'NaN'). Write a plain number",),
    ),
    "NaN coordinate": (
        text("centres.csv", centres(C1, (*C2[:2], "nan", *C2[3:]))),
        ("centres.csv: lon isn't a number (1: row 3 has 'nan')",),
    ),
    "invalid polygon": (areas(first_shape(BOW_TIE)), ("areas.gpkg: invalid polygons (1: 01: Self-inter", "Mend them")),
    "overlapping polygons": (
        areas(first_shape(square(0, 0, 1000))),
        ("areas.gpkg: areas that overlap (3: 01 and 02 by 160,", "A home must lie in one area only"),
    ),
    "a facility 40 km away": (
        text("centres.csv", centres(*CENTRES, ("c3", "远", *place(41_500, 0), 1))),
        ("centres.csv (service elder_centre): facilities that lie far outside roads (1: c3 by 40 km). Mend their",),
    ),
    "facilities of another city": (
        all_centres(lambda i, name, lon, lat, beds: (i, name, lon + 7.4, lat + 0.6, beds)),
        ("centres.csv (service elder_centre): lies 7", "km from roads. Are they of the same city"),
    ),
    "a truncated PBF": (cut_pbf, ("roads.osm.pbf: can't be read as OpenStreetMap data: it is cut off", "Download or")),
    "a typo in a key": (
        swap("study.toml", "minutes = 10", "minuts = 10"),
        (f"study.toml, line {LINE_OF_MINUTES}: services[1].minuts: unknown key. Did you mean minutes?",),
    ),
    # what planners do besides
    "study with bad TOML": (swap("study.toml", "minutes = 10", "minutes ="), ("study.toml: not valid TOML",)),
    "study of bytes": (lambda folder: (folder / "study.toml").write_bytes(bytes(range(256))), ("not a text file",)),
    "empty study": (text("study.toml", ""), ("study.toml: roads: is missing", "study.toml: services: is missing")),
    "empty csv": (text("centres.csv", ""), ("centres.csv: the table is empty",)),
    "header only": (text("homes.csv", "home,lon,lat,residents,over_60\n"), ("homes.csv: no row below the header. ",)),
    "facilities that are lines": (
        facility_lines,
        ("shelters.geojson: rows that are neither points nor polygons (2: feature 1, feature 2). Facilities",),
    ),
    "a broken GeoJSON": (shrunk("shelters.geojson", 200), ("shelters.geojson: not a layer that can be read",)),
    "a broken GeoPackage": (shrunk("areas.gpkg", 5000), ("areas.gpkg: not a layer that can be read",)),
    "a broken OSM file": (shrunk("roads.osm", 9000), ("roads.osm: can't be read as OpenStreetMap data",)),
    "a folder for a file": (
        swap("study.toml", '"homes.csv"', '"."'),
        ("study.toml: demand.file: is a folder, not a file:",),
    ),
    "roads in a folder": (swap("study.toml", '"roads.osm"', '"."'), ("study.toml: roads.file: is a folder",)),
    "a file without name": (swap("study.toml", '"homes.csv"', '""'), ("study.toml: demand.file: is empty. Name a",)),
    "roads that are no roads": (
        swap("study.toml", '"roads.osm"', '"homes.csv"'),
        ("homes.csv: unknown kind of file for streets. Known are",),
    ),
    "motorways only": (
        lambda folder: streets(folder, highway="motorway"),
        ("roads.osm: none of its 18 highway ways may be used (walk) (1: highway=motorway 18)",),
    ),
    "areas that are points": (
        areas(lambda frame: frame.set_geometry(frame.geometry.representative_point())),
        ("areas.gpkg: areas without a polygon (4: 01, 02, 03, 04)",),
    ),
    "areas of another place": (
        areas(lambda frame: frame.iloc[:1].set_geometry([square(SIDE_M + 300, 0)], crs=frame.crs)),
        ("homes.csv (demand): none of its 64 points lies in any of the areas",),
    ),
    "nobody old in the areas": (
        lambda folder: [
            areas(lambda frame: frame.iloc[:1])(folder),
            text("homes.csv", homes(*((*line[:4], int(line[0] == "h77")) for line in HOMES)))(folder),
        ],
        ("homes.csv (demand): the total of elderly in the areas is 0",),
    ),
    "all people zero": (
        text("homes.csv", homes(*((*line[:3], 0, 0) for line in HOMES))),
        ("homes.csv: the total of people is 0", "homes.csv: the total of elderly is 0"),
    ),
    "more old people than people": (
        text("homes.csv", homes((*HOMES[0][:3], 1, 2), *HOMES[1:])),
        ("homes.csv: more elderly than people (1: row 2)",),
    ),
    "no facility near a street": (
        text("centres.csv", centres(("c1", "x", *place(-500, -90), 1))),
        ("centres.csv (service elder_centre): none of its 1 places lies within 200 m of a street that elder can use",),
    ),
    "no facility that exists": (
        text("centres.csv", rows("id,name,lon,lat,beds,status", (*C1, "规划"), (*C2, "关闭"))),
        ("centres.csv (service elder_centre): none of its facilities exists. Look at its status column",),
    ),
    "minutes = 0": (
        swap("study.toml", "minutes = 10", "minutes = 0"),
        (f"study.toml, line {LINE_OF_MINUTES}: services[1].minutes: 0 must be at least 0.1",),
    ),
    "a limit of a week": (
        swap("study.toml", "minutes = 10", "minutes = 10080"),
        (f"study.toml, line {LINE_OF_MINUTES}: services[1].minutes: 10080 must be at most 1440",),
    ),
    "a limit of a step": (
        swap("study.toml", "metres = 500", "metres = 0.5"),
        ("services[2].metres: 0.5 must be at least 1",),
    ),
    "a limit round the Earth": (
        swap("study.toml", "metres = 500", "metres = 40000000"),
        ("services[2].metres: 40000000 must be at most 200000",),
    ),
    "bands of days": (
        swap("study.toml", "[5, 10]", "[5, 10, 2880]"),
        (f"study.toml, line {LINE_OF_BANDS}: study.minutes[3]: 2880 must be at most 1440",),
    ),
    "a bad selector": (
        swap("study.toml", 'file = "shelters.geojson"\nid_column = "id"\n', 'osm = ["amenity=shelter", "shelter"]\n'),
        ("study.toml: services[2].osm: 'shelter' in 'shelter' is no condition. Write key=value",),
    ),
    "minutes = nan": (
        swap("study.toml", "minutes = 10", "minutes = nan"),
        ("services[1].minutes: must be a finite number, not nan",),
    ),
    "bands that fall": (swap("study.toml", "[5, 10]", "[10, 5]"), ("minutes must rise",)),
    "two services with one id": (
        swap("study.toml", 'id = "shelter"', 'id = "elder_centre"'),
        ("study.toml: services share an id: elder_centre",),
    ),
    "an unknown language": (swap("study.toml", 'language = "en"', 'language = "de"'), ("'de' isn't known",)),
    "an unknown profile": (
        swap("study.toml", '"elder"\n', '"eldre"\n'),
        ("no profile 'eldre' (there are adult,", "drive). Did you mean elder?"),
    ),
    "a group that demand lacks": (
        swap("study.toml", 'group = "elderly"', 'group = "kids"'),
        ("service elder_centre: demand has no group 'kids' (there are people, elderly)",),
    ),
    "a group without column": (
        swap("study.toml", '["people", "elderly"]', '["people", "elderly", "households"]'),
        ("homes.csv: no column for the group 'households'. Name its column in [demand.columns]",),
    ),
    "a group called like a column of ours": (
        swap("study.toml", '["people", "elderly"]', '["people", "elderly", "status"]'),
        ("demand.groups: names that the results use themselves (1: status)",),
    ),
    "a group twice": (
        swap("study.toml", '["people", "elderly"]', '["people", "elderly", "people"]'),
        ("demand.groups: groups that stand twice",),
    ),
    "a system of degrees": (
        swap("study.toml", "synthetic", 'crs = "EPSG:4326"\nsynthetic'),
        ("study.toml: study.crs: WGS 84 counts degrees, not metres",),
    ),
    "a system that is none": (
        swap("study.toml", "synthetic", 'crs = "EPSG:999999"\nsynthetic'),
        ("study.toml: study.crs: 'EPSG:999999' is not a coordinate system",),
    ),
    "a system of another place": (
        swap("study.toml", "synthetic", 'crs = "EPSG:4534"\nsynthetic'),
        ("study.toml: study.crs: CGCS2000 / 3-degree Gauss-Kruger CM 75E makes distances here 19% too long",),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_plain_words_and_nothing_is_written(call: Call, town: Path, case: str) -> None:
    change, sentences = BAD[case]
    change(town)
    before = hashes(town)
    said = call("run", town / "study.toml")
    assert_refused(said, *sentences)
    assert hashes(town) == before


def test_faults_of_several_layers_are_told_at_once(call: Call, town: Path) -> None:
    for case in ("a truncated PBF", "overlapping polygons", "duplicate ids", "negative people", "a broken GeoJSON"):
        BAD[case][0](town)
    said = call("run", town / "study.toml")
    assert_refused(said, "roads.osm.pbf: ", "areas.gpkg: ", "centres.csv: ", "homes.csv: ", "shelters.geojson: ")
    assert len(said.err.splitlines()) == 6
    assert call("check", town / "study.toml") == said
    assert not (town / "out").exists()


def test_faults_of_one_file_are_told_at_once(call: Call, town: Path) -> None:
    """Ids, cells, exchanged and far rows of facilities; those of homes beside them."""
    far = ("c3", "远", *place(41_500, 0), 1)
    table = centres(C1, ("c1", *C2[1:]), ("c4", "反", *reversed(C2[2:4]), -2), ("c5", "空", "", C2[3], 1), far)
    (town / "centres.csv").write_text(table, encoding="utf-8")
    moved = tuple((*line[:2], line[2] + 1, *line[3:]) for line in HOMES[1:])
    (town / "homes.csv").write_text(homes(("h01", *HOMES[0][1:]), *moved), encoding="utf-8")
    said = call("check", town / "study.toml")
    assert_refused(
        said,
        "centres.csv: id has ids that stand twice (2: c1 in row 2, c1 in row 3)",
        "centres.csv: beds is negative (1: row 4)",
        "centres.csv: lon is empty (1: row 5)",
        "centres.csv: coordinates outside the range of degrees (1: row 4). These rows may have longitude and latitude",
        "centres.csv (service elder_centre): facilities that lie far outside roads (1: c3 by 40 km)",
        "homes.csv: home has ids that stand twice (2: h01 in row 2, h01 in row 3)",
    )
    (town / "homes.csv").write_text(homes(("h01", *moved[0][1:]), *moved), encoding="utf-8")
    assert_refused(call("check", town / "study.toml"), "homes.csv (demand): lies ", "homes.csv: home has ids")


def test_layers_of_two_cities_are_all_named(call: Call, town: Path) -> None:
    """Streets of one city with everything else of another."""
    shutil.copy(SAMPLE / "roads.osm.pbf", town)
    edit(town / "study.toml", '"roads.osm"', '"roads.osm.pbf"')
    said = call("check", town / "study.toml")
    layers = ("areas.gpkg (areas)", "homes.csv (demand)", "centres.csv (service elder", "shelters.geojson (service")
    assert_refused(said, *layers)
    assert said.err.count("km from roads") == 4


@pytest.mark.parametrize("name", ["", "studi.toml", "nowhere/study.toml"])
def test_a_study_that_isn_t_one(call: Call, town: Path, name: str) -> None:
    words = {"": "a folder, not a study file", "studi.toml": "Did you mean study.toml?"}
    assert_refused(call("run", town / name), words.get(name, "doesn't exist"))


def test_an_output_folder_that_can_t_be_written(call: Call, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (town / "file").write_text("in the way")
    (town / "mine").mkdir()
    (town / "mine" / "thesis.docx").write_text("years")
    refused = {
        town / "file": "is a file",
        town / "file" / "out": "is a file",
        town / "file" / "deep" / "out": "is a file",
        town / "mine": "isn't an output of civicreach",
        town: "holds files that this run reads",
    }
    before = hashes(town / "mine"), sorted(town.rglob("*"))
    for out, words in refused.items():
        assert_refused(call("run", town / "study.toml", "--out", out), str(out), words)
    monkeypatch.chdir(town / "mine")
    assert_refused(call("run", town / "study.toml", "--out", "."), "is the folder that you are in")
    assert (hashes(town / "mine"), sorted(town.rglob("*"))) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(call: Call, town: Path) -> None:
    town.chmod(0o500)
    try:
        assert_refused(call("run", town / "study.toml"), "can't be written (Permission denied)")
    finally:
        town.chmod(0o700)


def test_a_failing_run_leaves_the_earlier_output_as_it_was(call: Call, town: Path) -> None:
    assert call("run", town / "study.toml", "--quiet").code == 0
    before = hashes(town / "out")
    for case in ("NaN people", "a truncated PBF", "a typo in a key"):
        BAD[case][0](town)
        assert_refused(call("run", town / "study.toml"))
        assert hashes(town / "out") == before
    assert not [path for path in town.iterdir() if path.name.startswith(".")]


# --- kills ----------------------------------------------------------------------------------------------------------

FORKS = """
import os, sys
import civicreach.cli, civicreach.run, civicreach.report.xlsx, civicreach.maps.web
def run(arguments):
    sys.argv = ["civicreach", *arguments]
    try:
        civicreach.cli.main()
    except SystemExit as left:
        return left.code or 0
print(run(sys.argv[1:]), flush=True)
def die_after(module, name):
    whole = getattr(sys.modules[module], name)
    def half(*given, **named):
        whole(*given, **named)
        os.kill(os.getpid(), 9)
    setattr(sys.modules[module], name, half)
for line in sys.stdin:  # each line: the function to die after, or nothing, and the arguments of one run
    child = os.fork()
    if child == 0:
        function, *arguments = line.rstrip("\\n").split("\\t")
        if function:
            die_after(*function.split(":"))
        os._exit(run(arguments))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forks:
    """Runs the command many times without the seconds of importing it; `first` are the arguments of a first run."""

    def __init__(self, *first: object) -> None:
        path = os.pathsep.join(filter(None, sys.path))
        environment = {**os.environ, "PYTHONPATH": path, "CIVICREACH_THREADS": "1"}  # threads and forks don't mix
        arguments = [sys.executable, "-c", FORKS, *map(str, first)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, env=environment)
        assert self._said() == 0

    def run(self, *arguments: object, kill_after_s: float | None = None, die_after: str = "") -> int:
        """The exit code; negative where it was killed."""
        assert self.process.stdin is not None
        self.process.stdin.write("\t".join(map(str, (die_after, *arguments))) + "\n")
        self.process.stdin.flush()
        child = self._said()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, 9)
        return self._said()

    def _said(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate("")


DIE_AFTER = {  # and whose output the folder is then
    "civicreach.run.folder:write_layers": "old",
    "civicreach.report.folder:flush_to_disk": "old",
    "civicreach.report.folder:exchange": "new or old",  # where the system can't exchange folders
    "civicreach.report.ours:mark_as_unfinished": "new or old",  # when litter is cleared, or the old output
}
KILLS = 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_the_previous_output_stays_whole(town: Path) -> None:
    studies = [town / "study.toml", town / "other.toml"]
    shutil.copy(*studies)
    edit(studies[1], "minutes = 10", "minutes = 7")
    out = town / "out"
    forks = Forks("run", studies[0], "--quiet", "--out", out)
    expected = [contents(out)]

    def run_other(**kill: float | str) -> tuple[int, int, float]:
        """Run the study whose output isn't there: exit code, whose output there is then, seconds."""
        begun = time.monotonic()
        code = forks.run("run", studies[1 - now], "--quiet", "--out", out, **kill)
        seconds = time.monotonic() - begun
        assert code in (0, -9)
        assert_whole(out)
        if len(expected) == 1:
            expected.append(contents(out))
        return code, expected.index(contents(out)), seconds  # one of the two, never a mixture

    try:
        now = 0
        _, now, shortest_s = run_other()
        assert now == 1
        for function, whose in DIE_AFTER.items():
            code, after, _ = run_other(die_after=function)
            assert code == -9
            assert ("old" if after == now else "new") in whose
            now = after
        moments, killed = random.Random(20260101), 0
        for attempt in range(3 * KILLS):
            code, now, seconds = run_other(kill_after_s=shortest_s * moments.uniform(0.5 * (attempt % 2), 1))
            killed += code == -9
            if code == 0:
                shortest_s = min(shortest_s, seconds)
            if killed == KILLS:
                break
        assert killed == KILLS
        before = now
        code, now, _ = run_other()
        assert (code, now) == (0, 1 - before)
        assert not [path.name for path in town.iterdir() if path.name.startswith(".")]
    finally:
        forks.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent otherwise there")
def test_ctrl_c_says_so_and_writes_nothing(call: Call, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("civicreach.run.folder.write_layers", stop)
    said = call("run", town / "study.toml")
    assert (said.code, said.err) == (
        130,
        "civicreach: stopped; an output folder is only ever replaced when all is done\n",
    )
    assert not (town / "out").exists()
    assert not [path for path in town.iterdir() if path.name.startswith(".")]


def test_a_fault_of_ours_is_called_one(call: Call, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("civicreach.run.folder.map_html", fail)
    said = call("run", town / "study.toml")
    assert said.code == 1
    assert "a fault of ours, not of your data" in said.err
    assert not (town / "out").exists()

"""A town of 1.6 km by 1.6 km with all its files, and the command `civicreach` run on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pytest
from shapely.geometry import Polygon, box

from civicreach.cli import main
from osm_text import node, osm_file, way

LON, LAT = 114.0, 30.6
"""The south-west corner of the town."""
EAST, NORTH = 1 / 95_800, 1 / 110_900
"""Degrees of a metre there."""
BLOCK_M, STREETS = 200, 9
SIDE_M = BLOCK_M * (STREETS - 1)
FILES = ("map.html", "provenance.json", "report.docx", "results.gpkg", "summary.json", "tables.xlsx")
"""What a run writes that anyone sees."""

STUDY = """
[study]
name = "小城"
name_en = "Little town"
year = 2026
language = "en"
synthetic = true
data_note = "虚构"
data_note_en = "Invented"
minutes = [5, 10]

[report]
figures = false  # they are tested by themselves

[roads]
file = "roads.osm"

[areas]
file = "areas.gpkg"
layer = "communities"
[areas.columns]
community_id = "code"
community = "name"
subdistrict_id = "jd_code"
subdistrict = "jd_name"
urban = "urban"

[demand]
method = "points"
file = "homes.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
groups = ["people", "elderly"]
[demand.columns]
id = "home"
people = "residents"
elderly = "over_60"

[[services]]
id = "elder_centre"
name = "养老服务中心"
name_en = "Elder centre"
file = "centres.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
id_column = "id"
name_column = "name"
capacity = "beds"
capacity_unit = "bed"
profile = "elder"
minutes = 10
group = "elderly"

[[services]]
id = "shelter"
name = "应急避难场所"
name_en = "Shelter"
file = "shelters.geojson"
id_column = "id"
metres = 500
"""


class Said(NamedTuple):
    """What the command left behind."""

    code: int
    out: str
    err: str


def place(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude of metres from the south-west corner."""
    return round(LON + x_m * EAST, 7), round(LAT + y_m * NORTH, 7)


def rows(header: str, *lines: tuple[object, ...]) -> str:
    return "\n".join([header, *(",".join(map(str, line)) for line in lines)]) + "\n"


def centres(*lines: tuple[object, ...]) -> str:
    return rows("id,name,lon,lat,beds", *lines)


def homes(*lines: tuple[object, ...]) -> str:
    return rows("home,lon,lat,residents,over_60", *lines)


CENTRES = (("c1", "第一 <script>", *place(420, 410), 40), ("c2", "第二", *place(1180, 1210), 60))
HOMES = tuple(
    (f"h{i}{j}", *place(100 + i * BLOCK_M, 110 + j * BLOCK_M), 10 + i + j, 2 + i % 3)
    for i in range(STREETS - 1)
    for j in range(STREETS - 1)
)


def streets(folder: Path, **changed: str) -> Path:
    """A grid of residential streets; `changed` are other tags for all of them."""
    ids = {(i, j): 100 + i * STREETS + j for i in range(STREETS) for j in range(STREETS)}
    nodes = [node(ref, *place(i * BLOCK_M, j * BLOCK_M)) for (i, j), ref in ids.items()]
    tags = {"highway": "residential", **changed}
    ways = [way(1 + i, [ids[i, j] for j in range(STREETS)], name=f"纬{i}路", **tags) for i in range(STREETS)]
    ways += [way(51 + j, [ids[i, j] for i in range(STREETS)], **tags) for j in range(STREETS)]
    return osm_file(folder, *nodes, *ways, name="roads.osm")


def square(x_m: float, y_m: float, side_m: float = SIDE_M / 2) -> Polygon:
    return box(*place(x_m, y_m), *place(x_m + side_m, y_m + side_m))


def four_areas() -> gpd.GeoDataFrame:
    half = SIDE_M / 2
    table = {
        "code": ["01", "02", "03", "04"],
        "name": ["东湖", "西湖", "南湖", "北湖"],
        "jd_code": ["1", "1", "2", "2"],
        "jd_name": ["前街", "前街", "后街", "后街"],
        "urban": [1, 1, 0, 1],
    }
    shapes = [square(0, 0), square(half, 0), square(0, half), square(half, half)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def write_areas(folder: Path, frame: gpd.GeoDataFrame) -> None:
    path = folder / "areas.gpkg"
    path.unlink(missing_ok=True)
    frame.to_file(path, layer="communities", engine="pyogrio")


def make_town(folder: Path) -> Path:
    """All files of the town in a folder; the path of the study."""
    folder.mkdir(parents=True, exist_ok=True)
    streets(folder)
    write_areas(folder, four_areas())
    (folder / "homes.csv").write_text(homes(*HOMES), encoding="utf-8")
    (folder / "centres.csv").write_text(centres(*CENTRES), encoding="utf-8")
    points = gpd.points_from_xy(*zip(place(210, 1000), place(1400, 390), strict=True))
    shelters = gpd.GeoDataFrame({"id": ["s1", "s2"], "name": ["甲", "乙"]}, geometry=points, crs="EPSG:4326")
    shelters.to_file(folder / "shelters.geojson", engine="pyogrio")
    study = folder / "study.toml"
    study.write_text(STUDY, encoding="utf-8")
    return study


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def command_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """The command in this process: as in a shell, without the seconds of a new Python."""

    def call(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["civicreach", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        code = left.value.code
        return Said(code if isinstance(code, int) else 0, said.out, said.err)

    return call


def started(arguments: tuple[object, ...], *, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "civicreach", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def command(*arguments: object, cwd: Path, **env: str) -> Said:
    """The command in a process of its own, to its end; `env` is added to the environment."""
    process = started(arguments, cwd=cwd, env=env)
    out, err = process.communicate(timeout=120)
    encoding = env.get("PYTHONIOENCODING", "utf-8").partition(":")[0]
    return Said(process.returncode, out.decode(encoding), err.decode(encoding))

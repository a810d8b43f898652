"""Each way in which the files of a study go wrong ends in one clear sentence, not in a wrong map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Polygon, box

from civicreach.crs import project
from civicreach.errors import CrsError, InputError, LayerError, StudyError
from civicreach.inputs.areas import read_areas
from civicreach.inputs.consistency import check_places
from civicreach.inputs.demand import read_demand
from civicreach.inputs.facilities import read_facilities
from civicreach.inputs.study_file import read_study
from little_study import CRS, X0, Y0, squares, write, write_layer

STUDY = f"""
[study]
name = "小城"
year = 2026
[roads]
file = "roads.osm.pbf"
[areas]
file = "areas.gpkg"
[demand]
method = "points"
file = "homes.csv"
x = "x"
y = "y"
crs = "{CRS}"
[demand.columns]
id = "id"
[[services]]
id = "centre"
name = "中心"
file = "centres.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
id_column = "id"
minutes = 15
"""
HOMES = f"id,people,x,y\nh1,10,{X0 + 20},{Y0 + 20}\nh2,20,{X0 + 120},{Y0 + 20}"
ROADS = (X0 - 1000.0, Y0 - 1000.0, X0 + 1000.0, Y0 + 1000.0)
LON, LAT = (float(value[0]) for value in project(np.array([X0]), np.array([Y0]), CRS, "EPSG:4326"))


def centres(*places: tuple[str, float, float]) -> str:
    return "\n".join(["id,lon,lat", *(f"{name},{lon},{lat}" for name, lon, lat in places)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "study.toml", STUDY)
    write(tmp_path / "roads.osm.pbf", "never opened here")
    write(tmp_path / "homes.csv", HOMES)
    write(tmp_path / "centres.csv", centres(("c1", LON, LAT), ("c2", LON + 0.001, LAT)))
    write_layer(squares("a", "b"), tmp_path / "areas.gpkg")
    return tmp_path


def read_all(folder: Path) -> None:
    """All readers but the streets'; the streets' box is given."""
    study = read_study(folder / "study.toml")
    areas = read_areas(study, CRS)
    facilities = read_facilities(study, "centre", CRS)
    demand = read_demand(study, CRS, areas)
    assert areas is not None
    bounds = {
        "roads": ROADS,
        "areas": tuple(areas.frame.total_bounds),
        "demand": tuple(demand.frame.total_bounds),
    }
    check_places(bounds, {"service centre": facilities.frame.geometry}, CRS)


def replace_layer(frame: gpd.GeoDataFrame) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / "areas.gpkg").unlink()
        write_layer(frame, folder / "areas.gpkg")

    return change


def replace_text(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def replace_centres(*places: tuple[str, float, float]) -> Callable[[Path], object]:
    return lambda folder: write(folder / "centres.csv", centres(*places))


def lapping() -> gpd.GeoDataFrame:
    frame = squares("a", "b")
    return frame.set_geometry([frame.geometry[0], box(X0 + 50, Y0, X0 + 150, Y0 + 100)], crs=CRS)


def bow_tie() -> gpd.GeoDataFrame:
    bow = Polygon([(X0, Y0), (X0 + 99, Y0 + 99), (X0 + 99, Y0), (X0, Y0 + 99)])
    return squares("a", "b").set_geometry([bow, squares("a", "b").geometry[1]], crs=CRS)


BAD = {
    "a typo in a key": (
        replace_text("study.toml", "minutes =", "minuts ="),
        StudyError,
        r"study\.toml, line 24: services\[1\]\.minuts: unknown key\. Did you mean minutes\?",
    ),
    "a missing file": (
        lambda folder: (folder / "homes.csv").unlink(),
        StudyError,
        r"demand\.file: no such file: .*homes\.csv",
    ),
    "an empty layer": (replace_layer(squares("a").iloc[:0]), LayerError, r"areas\.gpkg: the layer is empty"),
    "an empty table": (
        lambda folder: write(folder / "homes.csv", "id,people,x,y"),
        LayerError,
        r"homes\.csv: no row below the header",
    ),
    "an unknown column": (
        replace_text("study.toml", 'x = "lon"', 'x = "long"'),
        LayerError,
        r"centres\.csv: no column 'long'\. Did you mean lon\? There are id, lon, lat",
    ),
    "no coordinate system": (
        replace_text("study.toml", 'crs = "EPSG:4326"\n', ""),
        CrsError,
        r"centres\.csv: no coordinate system for x and y",
    ),
    "a coordinate system that isn't one": (
        replace_text("study.toml", "EPSG:4326", "EPSG:99999"),
        CrsError,
        r"centres\.csv: 'EPSG:99999' is not a coordinate system",
    ),
    "degrees called metres": (
        replace_text("study.toml", "EPSG:4326", CRS),
        CrsError,
        r"centres\.csv: coordinates are degrees, but EPSG:4547 counts metres",
    ),
    "metres called degrees": (
        replace_text("study.toml", CRS, "EPSG:4326"),
        CrsError,
        r"homes\.csv: coordinates outside the range of degrees \(2: row 2, row 3\)",
    ),
    "longitude and latitude swapped": (
        replace_centres(("c1", LAT, LON), ("c2", LAT, LON)),
        CrsError,
        r"centres\.csv: longitude and latitude are swapped \(2: row 2, row 3\)",
    ),
    "duplicate ids": (
        replace_text("homes.csv", "h2", "h1"),
        LayerError,
        r"homes\.csv: id has ids that stand twice \(2: h1 in row 2, h1 in row 3\)",
    ),
    "negative people": (
        replace_text("homes.csv", "20,", "-20,"),
        LayerError,
        r"homes\.csv: people is negative \(1: row 3\)",
    ),
    "people that are NaN": (
        replace_text("homes.csv", ",20,", ",NaN,"),
        LayerError,
        r"homes\.csv: people isn't a number \(1: row 3 has 'NaN'\)",
    ),
    "a place that is NaN": (
        replace_centres(("c1", LON, float("nan"))),
        LayerError,
        r"centres\.csv: lat isn't a number \(1: row 2 has 'nan'\)",
    ),
    "an invalid polygon": (
        replace_layer(bow_tie()),
        LayerError,
        r"areas\.gpkg: invalid polygons \(1: a: Self-intersection.*Mend them",
    ),
    "overlapping polygons": (
        replace_layer(lapping()),
        LayerError,
        r"areas\.gpkg: areas that overlap \(1: a and b by 5,000 m2\)",
    ),
    "a facility 40 km away": (
        replace_centres(("c1", LON, LAT), ("far", LON + 0.42, LAT)),
        LayerError,
        r"service centre: facilities that lie far outside roads \(1: far by 39 km\)",
    ),
    "a facility at 0, 0": (
        replace_centres(("c1", LON, LAT), ("null", 0, 0)),
        LayerError,
        r"null by [\d,]+ km\)\. Their coordinates are 0, 0",
    ),
    "facilities in another city": (
        replace_centres(("c1", 121.47, 31.23), ("c2", 121.48, 31.24)),
        LayerError,
        r"service centre: lies 717 km from roads\. Are they of the same city",
    ),
}


def test_the_good_study_is_good(folder: Path) -> None:
    read_all(folder)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_in_one_sentence(folder: Path, case: str) -> None:
    change, kind, sentence = BAD[case]
    change(folder)
    with pytest.raises(kind, match=sentence) as caught:
        read_all(folder)
    assert isinstance(caught.value, InputError)
    assert len(caught.value.faults) == 1
    assert "Traceback" not in str(caught.value)


def test_swapped_degrees_that_are_both_possible_are_found_by_the_streets() -> None:
    # (-15.4, 28.1) and (28.1, -15.4) are both on Earth: only the streets tell which one is meant
    crs = "EPSG:32628"
    x, y = project(np.array([-15.44, -15.40]), np.array([28.08, 28.15]), "EPSG:4326", crs)
    roads = (x.min(), y.min(), x.max(), y.max())
    wrong_x, wrong_y = project(np.array([28.1, 28.12]), np.array([-15.42, -15.43]), "EPSG:4326", crs)
    series = gpd.GeoSeries(gpd.points_from_xy(wrong_x, wrong_y), index=["p", "q"], crs=crs)
    with pytest.raises(LayerError, match=r"lies [\d,]+ km from roads\. Longitude and latitude look swapped"):
        check_places({"roads": roads}, {"clinics": series}, crs)


@pytest.mark.parametrize(
    ("slip", "cause"),
    [
        (lambda box: (box[1], box[0], box[3], box[2]), "x and y look swapped"),
        (lambda box: (box[0] + 38e6, box[1], box[2] + 38e6, box[3]), "the number of its zone"),
        (lambda box: tuple(value + 5e6 for value in box), "is each crs right"),
    ],
)
def test_suspected_causes(slip: Callable[[tuple[float, ...]], tuple[float, ...]], cause: str) -> None:
    with pytest.raises(LayerError, match=cause):
        check_places({"roads": ROADS, "demand": slip(ROADS)}, {}, CRS)


def test_far_rows_are_told_apart_by_what_may_have_happened_to_them() -> None:
    crs = "EPSG:32628"
    lon, lat = np.array([-15.44, -15.40, 28.1, 0.0, -12.0, 28.12]), np.array([28.08, 28.15, -15.42, 0.0, 30.0, -15.43])
    x, y = project(lon, lat, "EPSG:4326", crs)
    series = gpd.GeoSeries(gpd.points_from_xy(x, y), index=list("abcdef"), crs=crs)
    roads = (x[:2].min(), y[:2].min(), x[:2].max(), y[:2].max())
    with pytest.raises(LayerError) as caught:
        check_places({"roads": roads}, {"clinics": series}, crs)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 3
    assert "(2: c by" in told[0]
    assert told[0].endswith("These rows may have longitude and latitude exchanged.")
    assert "(1: d by" in told[1]
    assert told[1].endswith("Their coordinates are 0, 0: fill them in.")
    assert "(1: e by" in told[2]
    assert told[2].endswith("Mend their coordinates, or take the rows out.")


def test_layers_that_meet_are_left_alone() -> None:
    wide = (X0 - 90_000, Y0 - 90_000, X0 + 90_000, Y0 + 90_000)
    beside = (X0 + 1_900, Y0, X0 + 5_000, Y0 + 100)
    near = gpd.GeoSeries(gpd.points_from_xy([X0, X0 + 20_900], [Y0, Y0]), index=["a", "b"], crs=CRS)
    check_places({"roads": ROADS, "areas": wide, "demand": beside}, {"clinics": near}, CRS)

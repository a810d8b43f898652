from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from civicreach.errors import CrsError, LayerError
from civicreach.inputs.areas import read_areas
from civicreach.inputs.vectors import read_vector
from little_study import CRS, X0, Y0, a_study, squares, write_layer
from real_data import real_data

REAL = real_data()
needs_real_data = pytest.mark.skipif(REAL is None, reason="no real data beside the repository")


def areas_of(folder: Path, frame: gpd.GeoDataFrame, name: str = "areas.gpkg", **spec: object):
    write_layer(frame, folder / name)
    return read_areas(a_study(folder, areas={"file": name, **spec}), CRS)


def told(folder: Path, frame: gpd.GeoDataFrame, **spec: object) -> str:
    with pytest.raises(LayerError) as caught:
        areas_of(folder, frame, **spec)
    return str(caught.value)


def write_bare(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """A layer that names no coordinate system."""
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        return write_layer(frame.set_crs(None, allow_override=True), path)


def test_a_study_without_areas(tmp_path: Path) -> None:
    assert read_areas(a_study(tmp_path), CRS) is None


def test_standard_columns_are_found_by_themselves(tmp_path: Path) -> None:
    frame = squares("c1", "c2", "c3", community=["甲", None, "丙"], district_id=[420102.0] * 3, extra=[1, 2, 3])
    areas = areas_of(tmp_path, frame)
    assert areas.levels == ("district", "community")
    assert areas.frame.index.tolist() == ["c1", "c2", "c3"]
    assert areas.frame["community"].tolist() == ["甲", "c2", "丙"]
    assert areas.frame["district_id"].tolist() == ["420102"] * 3
    assert "extra" not in areas.frame.columns
    assert areas.frame.crs == CRS


def test_mapped_columns_and_levels_with_names_only(tmp_path: Path) -> None:
    frame = squares("x", "y", 代码=["001", "002"], 街道=["东街", "东街"], 市=["小城", "小城"], 城乡=["城镇", "乡"])
    columns = {"community_id": "代码", "subdistrict": "街道", "city": "市", "urban": "城乡"}
    areas = areas_of(tmp_path, frame, columns=columns)
    assert areas.levels == ("city", "subdistrict", "community")
    assert areas.frame.index.tolist() == ["001", "002"]
    assert areas.frame["subdistrict_id"].tolist() == ["东街", "东街"]
    assert areas.frame["urban"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("values", "flags"),
    [
        ([1, 0], [True, False]),
        ([True, False], [True, False]),
        (["城", "乡"], [True, False]),
        (["Urban", "RURAL"], [True, False]),
        (["yes", None], [True, None]),
    ],
)
def test_words_for_urban_and_rural(tmp_path: Path, values: list[object], flags: list[object]) -> None:
    areas = areas_of(tmp_path, squares("a", "b", urban=values))
    assert areas.frame["urban"].tolist() == flags


def test_faults_of_columns_are_told_at_once(tmp_path: Path) -> None:
    frame = squares("a", "b", "c", urban=["城", "郊", "x"], 街道代码=["s", None, "s"])
    columns = {"comunity_id": "community_id", "community_id": "comunity_id", "urban": "urban"}
    text = told(tmp_path, frame, columns={**columns, "subdistrict_id": "街道代码"})
    assert "[areas.columns] has no 'comunity_id'. Did you mean community_id?" in text
    assert "no column 'comunity_id'. Did you mean community_id?" in text
    assert "urban has values that are neither urban nor rural (2: feature 2 has '郊', feature 3 has 'x')" in text
    assert "街道代码 is empty (1: feature 2)" in text


def test_a_layer_without_any_standard_column(tmp_path: Path) -> None:
    text = told(tmp_path, squares("a").rename(columns={"community_id": "code"}))
    assert "no column with a standard name such as community_id" in text
    assert "There are code." in text


def test_the_lowest_level_needs_ids(tmp_path: Path) -> None:
    text = told(tmp_path, squares("a", name=["甲"]), columns={"community": "name"})
    assert 'the lowest level, community, has names but no ids. Add community_id = "..."' in text


def test_broken_polygons_are_told_by_id(tmp_path: Path) -> None:
    bow = Polygon([(X0, Y0), (X0 + 9, Y0 + 9), (X0 + 9, Y0), (X0, Y0 + 9)])
    frame = squares("a", "b", "c").set_geometry([bow, *squares("a", "b", "c").geometry[1:]], crs=CRS)
    assert "invalid polygons (1: a: Self-intersection" in told(tmp_path, frame)
    lapping = squares("a", "b")
    lapping.loc[1, "geometry"] = box(X0 + 50, Y0, X0 + 150, Y0 + 100)
    assert "areas that overlap (1: a and b by 5,000 m2)" in told(tmp_path / "lapping", lapping)
    assert "ids that stand twice (1: a)" in told(tmp_path / "twice", squares("a", "b", "a"))
    lines = squares("a").set_geometry([LineString([(X0, Y0), (X0 + 9, Y0)])], crs=CRS)
    assert "areas without a polygon" in told(tmp_path / "lines", lines)


def test_layers_of_a_file(tmp_path: Path) -> None:
    path = write_layer(squares("a"), tmp_path / "areas.gpkg", "communities")
    write_layer(squares("b"), path, "districts")
    assert len(read_vector(path, "districts", None, CRS)) == 1
    with pytest.raises(LayerError, match=r"Did you mean communities\? There are communities, districts"):
        read_vector(path, "comunities", None, CRS)
    with pytest.raises(LayerError, match=r"the file has 2 layers\. Name one of communities, districts"):
        read_vector(path, None, None, CRS)


def test_layers_that_cannot_be_read(tmp_path: Path) -> None:
    write_layer(squares("a").iloc[:0], tmp_path / "empty.gpkg")
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3\0 but no more")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "flat.parquet")
    for name, what in [
        ("empty.gpkg", "the layer is empty"),
        ("broken.gpkg", "not a layer that can be read"),
        ("broken.parquet", "not a GeoParquet file"),
        ("flat.parquet", "not a GeoParquet file"),
        ("emty.gpkg", r"Did you mean empty.gpkg\?"),
    ]:
        with pytest.raises(LayerError, match=what):
            read_vector(tmp_path / name, None, None, CRS)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.parquet", "a.zip"])
def test_every_usual_format_gives_the_same_squares(tmp_path: Path, name: str) -> None:
    frame = squares("a", "b").to_crs("EPSG:4326")
    path = tmp_path / name
    if name == "a.parquet":
        frame.to_parquet(path)
    elif name == "a.zip":
        frame.rename(columns={"community_id": "code"}).to_file(
            tmp_path / "a.shz", driver="ESRI Shapefile", engine="pyogrio"
        )
        (tmp_path / "a.shz").rename(path)
    else:
        write_layer(frame, path)
    read = read_vector(path, None, None, CRS)
    assert read.index.tolist() == [1, 2]
    np.testing.assert_allclose(read.total_bounds, squares("a", "b").total_bounds, atol=1e-2)


def test_a_system_is_declared_only_where_the_file_names_none(tmp_path: Path) -> None:
    path = write_bare(squares("a"), tmp_path / "bare.gpkg")
    with pytest.raises(CrsError, match="no coordinate system"):
        read_vector(path, None, None, CRS)
    assert read_vector(path, None, CRS, CRS).crs == CRS
    named = write_layer(squares("a"), tmp_path / "named.gpkg")
    assert read_vector(named, None, CRS, CRS).crs == CRS
    with pytest.raises(CrsError, match=r"the file says EPSG:4547, study\.toml says EPSG:4326"):
        read_vector(named, None, "EPSG:4326", CRS)
    with pytest.raises(CrsError, match="is not a coordinate system"):
        read_vector(named, None, "GCJ02", CRS)


def test_metres_called_degrees_and_degrees_called_metres(tmp_path: Path) -> None:
    metres = write_layer(squares("a", "b").set_crs("EPSG:4326", allow_override=True), tmp_path / "m.gpkg")
    with pytest.raises(CrsError, match=r"outside the range of degrees \(2: feature 1, feature 2\)"):
        read_vector(metres, None, None, CRS)
    degrees = squares("a").to_crs("EPSG:4326").set_crs(CRS, allow_override=True)
    with pytest.raises(CrsError, match=r"coordinates are degrees, but EPSG:4547 counts metres"):
        read_vector(write_layer(degrees, tmp_path / "d.gpkg"), None, None, CRS)
    swapped = gpd.GeoDataFrame(geometry=[Point(30.6, 114.3)], crs="EPSG:4326")
    with pytest.raises(CrsError, match=r"longitude and latitude are swapped \(1: feature 1\)"):
        read_vector(write_layer(swapped, tmp_path / "s.gpkg"), None, None, CRS)


def test_geojson_without_a_crs_member_may_be_declared(tmp_path: Path) -> None:
    # GeoJSON is in degrees by definition, and metres are written into it all the same
    path = write_bare(squares("a"), tmp_path / "a.geojson")
    with pytest.raises(CrsError, match="outside the range of degrees"):
        read_vector(path, None, None, CRS)
    read = read_vector(path, None, CRS, CRS)
    np.testing.assert_allclose(read.total_bounds, squares("a").total_bounds)


def test_heights_of_a_drawing_are_left_out(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[Point(X0, Y0, 7)], crs=CRS)
    assert not read_vector(write_layer(frame, tmp_path / "z.gpkg"), None, None, CRS).has_z.any()


def test_missing_and_broken_places(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=[Point(X0, Y0), None, Point(X0, np.nan)], crs=CRS)
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(LayerError) as caught:
        read_vector(tmp_path / "a.parquet", None, None, CRS)
    assert "rows without a place (1: feature 2)" in str(caught.value)
    assert "coordinates that are no numbers (1: feature 3)" in str(caught.value)


@pytest.mark.real
@needs_real_data
def test_thirteen_districts_and_their_broken_twins() -> None:
    wuhan = REAL / "wuhan"
    study = a_study(
        wuhan, areas={"file": "districts13_wgs84_hgwr_utf8fixed.geojson", "columns": {"district_id": "name"}}
    )
    areas = read_areas(study, CRS)
    assert len(areas.frame) == 13
    assert areas.frame.area.sum() / 1e6 == pytest.approx(8570, rel=0.02)
    study = a_study(wuhan, areas={"file": "districts13_gcj02_datav.json", "columns": {"district_id": "adcode"}})
    with pytest.raises(LayerError, match=r"invalid polygons .*420113: Self-intersection.*Mend them"):
        read_areas(study, CRS)

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from civicreach.errors import CrsError, LayerError
from civicreach.inputs.facilities import STATUS_WORDS, read_facilities
from civicreach.layers import Facilities
from little_study import CRS, X0, Y0, a_study, write, write_layer
from note_case import in_chinese
from real_data import real_data

TABLE = f"""
kind,id,title,x,y,beds,状态,note
elder,007,中心站,{X0},{Y0},12,现状,keep
clinic,008,<script>,{X0 + 10},{Y0},,规划,keep
elder,009,,{X0 + 20},{Y0 + 5},0,候选,
elder,010,关,{X0 + 30},{Y0},3,已关闭,
elder,011,南,{X0 + 40},{Y0},,,
"""
COLUMNS = {"id_column": "id", "name_column": "title", "capacity": "beds", "capacity_unit": "bed"}


def read(folder: Path, text: str = TABLE, **service: object) -> Facilities:
    write(folder / "facilities.csv", text)
    return read_facilities(a_study(folder, service=service), "centre", CRS)


def told(folder: Path, text: str = TABLE, kind: type[Exception] = LayerError, **service: object) -> list[str]:
    with pytest.raises(kind) as caught:
        read(folder, text, **service)
    return [str(fault) for fault in caught.value.faults]


def test_rows_of_one_service(tmp_path: Path) -> None:
    found = read(tmp_path, where={"kind": "elder"}, **COLUMNS)
    assert found.ids.tolist() == ["007", "009", "010", "011"]
    assert found.frame["name"].tolist() == ["中心站", "未命名（009）", "关", "南"]
    assert found.frame["status"].tolist() == ["existing", "candidate", "closed", "existing"]
    np.testing.assert_array_equal(found.frame["capacity"], [12, 0, 3, np.nan])
    np.testing.assert_array_equal(found.xy[:2], [[X0, Y0], [X0 + 20, Y0 + 5]])
    assert (found.service, found.capacity_unit, found.source) == ("centre", "bed", "facilities.csv")
    assert found.notes == ("1 of 4 has no beds (011)",)
    assert in_chinese(found.notes) == ["4 处设施中有 1 处未填“beds”（011）"]
    assert found.frame["note"].tolist()[0] == "keep"


def test_without_columns_rows_name_themselves(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.ids.tolist() == ["row 2", "row 3", "row 4", "row 5", "row 6"]
    assert found.frame["name"].tolist() == found.ids.tolist()
    assert "capacity" not in found.frame.columns


def test_a_workbook_and_a_layer_give_the_same(tmp_path: Path) -> None:
    table = read(tmp_path, where={"kind": "elder"}, **COLUMNS)
    import pandas as pd

    frame = pd.read_csv(tmp_path / "facilities.csv", dtype={"id": str})
    frame.to_excel(tmp_path / "f.xlsx", sheet_name="设施", index=False)
    layer = gpd.GeoDataFrame(frame.drop(columns=["x", "y"]), geometry=gpd.points_from_xy(frame.x, frame.y), crs=CRS)
    write_layer(layer, tmp_path / "f.gpkg")
    common = {"where": {"kind": "elder"}, **COLUMNS}
    for change in (
        {"file": "f.xlsx", "layer": "设施"},
        {"file": "f.gpkg", "x": None, "y": None, "crs": None},
    ):
        other = read_facilities(a_study(tmp_path, service={**common, **change}), "centre", CRS)
        assert other.ids.tolist() == table.ids.tolist()
        assert other.frame["status"].tolist() == table.frame["status"].tolist()
        np.testing.assert_array_equal(other.frame["capacity"], table.frame["capacity"])
        np.testing.assert_allclose(other.xy, table.xy, atol=1e-6)


def test_degrees_are_projected(tmp_path: Path) -> None:
    found = read(tmp_path, "lon,lat\n114,30", x="lon", y="lat", crs="EPSG:4326")
    assert found.xy[0, 0] == pytest.approx(500_000, abs=1e-6)
    assert found.crs == CRS


def test_parks_drawn_as_polygons_stand_inside_themselves(tmp_path: Path) -> None:
    ring = box(X0, Y0, X0 + 100, Y0 + 100).difference(box(X0 + 10, Y0 + 10, X0 + 90, Y0 + 90))
    write_layer(gpd.GeoDataFrame({"n": [1, 2]}, geometry=[ring, Point(X0, Y0)], crs=CRS), tmp_path / "p.gpkg")
    service = {"file": "p.gpkg", "x": None, "y": None, "crs": None}
    found = read_facilities(a_study(tmp_path, service=service), "centre", CRS)
    assert found.ids.tolist() == ["feature 1", "feature 2"]
    assert found.frame.geometry.iloc[0].within(ring)
    write_layer(gpd.GeoDataFrame(geometry=[LineString([(X0, Y0), (X0, Y0 + 1)])], crs=CRS), tmp_path / "l.gpkg")
    with pytest.raises(LayerError, match=r"neither points nor polygons \(1: feature 1\)"):
        read_facilities(a_study(tmp_path, service={**service, "file": "l.gpkg"}), "centre", CRS)


def test_every_fault_of_a_table_is_told_at_once_with_its_rows(tmp_path: Path) -> None:
    text = f"""
    id,x,y,beds,status
    a,{X0},{Y0},-1,open
    a,{X0},,x,opne
    ,{X0},{Y0},nan,
    b,west,{Y0},,closed
    """
    assert told(tmp_path, text, **{**COLUMNS, "name_column": "nmae"}) == [
        "facilities.csv: id is empty (1: row 4)",
        "facilities.csv: id has ids that stand twice (2: a in row 2, a in row 3). Give each row its own id.",
        "facilities.csv: no column 'nmae'. There are id, x, y, beds, status.",
        f"facilities.csv: status has unknown values (1: row 3 has 'opne'). Use {', '.join(STATUS_WORDS)}.",
        "facilities.csv: beds isn't a number (2: row 3 has 'x', row 4 has 'nan'). Write a plain number.",
        "facilities.csv: beds is negative (1: row 2). A capacity is 0 or more: mend these rows.",
        "facilities.csv: x isn't a number (1: row 5 has 'west'). Write a plain number.",
        "facilities.csv: y is empty (1: row 3). Fill it in.",
    ]


def test_a_service_without_rows_names_the_values_present(tmp_path: Path) -> None:
    assert told(tmp_path, where={"kind": "Elder"}) == [
        "facilities.csv: no row where kind is 'Elder'. The file has 'elder', 'clinic'."
    ]
    assert (
        "no row where kind is 'clinic' and 状态 is '现状'"
        in told(tmp_path, where={"kind": "clinic", "状态": "现状"})[0]
    )
    assert "no column 'knd'. Did you mean kind?" in told(tmp_path, where={"knd": "elder"})[0]


def test_places_that_are_not_named(tmp_path: Path) -> None:
    assert (
        "x and y aren't named. Name the columns with the coordinates; there are kind, id"
        in told(tmp_path, x=None, crs=None)[0]
    )
    assert len(told(tmp_path, id_column="no", x="no", crs=None)) == 3
    assert "no coordinate system" in told(tmp_path, kind=CrsError, crs=None)[0]


def test_places_are_looked_at_in_the_rows_that_are_whole(tmp_path: Path) -> None:
    text = "id,lon,lat\na,114.3,30.5\na,,30.5\nb,30.5,114.3\nc,114.31,30.5\n,700000,3390000"
    columns = {"id_column": "id", "x": "lon", "y": "lat", "crs": "EPSG:4326"}
    write(tmp_path / "facilities.csv", text)
    with pytest.raises(LayerError) as caught:
        read_facilities(a_study(tmp_path, service=columns), "centre", CRS)
    outside = "facilities.csv: coordinates outside the range of degrees"
    assert [str(fault) for fault in caught.value.faults] == [
        "facilities.csv: id is empty (1: row 6)",
        "facilities.csv: id has ids that stand twice (2: a in row 2, a in row 3). Give each row its own id.",
        "facilities.csv: lon is empty (1: row 3). Fill it in.",
        f"{outside} (1: row 4). These rows may have longitude and latitude exchanged.",
        f"{outside} (1: row 6). If they are metres, name their crs.",
    ]
    places = caught.value.places
    assert places.index.tolist() == ["a", "c"]
    assert (places.crs.to_epsg(), places.attrs["where"]) == (4547, "facilities.csv")


def test_one_row_with_longitude_and_latitude_exchanged(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"degrees \(1: row 3\)\. These rows may have longitude and latitude exchanged"):
        read(tmp_path, "x,y\n114.3,30.5\n30.5,114.3\n114.3,30.6", crs="EPSG:4326")


@pytest.mark.parametrize(
    ("x", "y", "crs", "what"),
    [
        (X0, Y0, "EPSG:4326", r"coordinates outside the range of degrees \(2: row 2, row 4\)"),
        (30.5, 114.3, "EPSG:4326", r"longitude and latitude are swapped \(2: row 2, row 4\)"),
        (114.3, 30.5, CRS, "coordinates are degrees, but EPSG:4547 counts metres"),
    ],
)
def test_coordinates_that_contradict_their_system(tmp_path: Path, x: float, y: float, crs: str, what: str) -> None:
    with pytest.raises(CrsError, match=what):
        read(tmp_path, f"x,y\n{x},{y}\n\n{x},{y}", crs=crs)


def test_coordinates_that_cannot_be_projected(tmp_path: Path) -> None:
    write(tmp_path / "facilities.csv", "x,y\n1e30,1e30\n")
    with pytest.raises(LayerError, match=r"coordinates that don't fit EPSG:32650 \(1: row 2\)"):
        read_facilities(a_study(tmp_path), "centre", "EPSG:32650")


@pytest.mark.real
@pytest.mark.skipif(real_data() is None, reason="no real data beside the repository")
def test_elder_homes_of_an_extract_by_their_tags() -> None:
    folder = real_data() / "las_palmas"
    service = {
        "osm": ["amenity=social_facility + social_facility:for=senior", "amenity=nursing_home"],
        "file": None, "x": None, "y": None, "crs": None,
    }  # fmt: skip
    study = a_study(folder, service=service)
    study = study.model_copy(
        update={"roads": study.roads.model_copy(update={"file": folder / "las-palmas-2023-02-21.osm.pbf"})}
    )
    found = read_facilities(study, "centre", "EPSG:32628")
    assert 8 <= len(found.frame) <= 12
    assert all(str(i).partition("/")[0] in {"node", "way", "relation"} for i in found.ids)
    assert any("mapped as well" in note for note in found.notes)
    assert found.service == "centre"
    none = study.services[0].model_copy(update={"osm": ("amenity=no_such_thing",)})
    with pytest.raises(LayerError, match="nothing is tagged amenity=no_such_thing"):
        read_facilities(study.model_copy(update={"services": (none,)}), "centre", "EPSG:32628")

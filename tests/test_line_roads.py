import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Point

from civicreach.errors import CrsError, InputError, LayerError, RoadsError
from civicreach.inputs.line_roads import read_line_roads
from civicreach.inputs.osm_files import ATTRIBUTION
from civicreach.inputs.roads import read_roads_file
from civicreach.layers import WayFlag
from note_case import in_chinese

CRS = "EPSG:4547"
X, Y = 500_000.0, 3_390_000.0


def line(*points):
    return LineString([(X + x, Y + y) for x, y in points])


def layer(tmp_path, lines, *, crs=CRS, file="roads.gpkg", **columns):
    path = tmp_path / file
    frame = gpd.GeoDataFrame(columns, geometry=list(lines), crs=crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    return path


#         D
#         |
# A ----- B ----- C      A at (0, 0), B at (100, 0), C at (200, 0), D at (100, 100)
CROSS = (line((0, 0), (100, 0), (200, 0)), line((100, 0), (100, 100)))


@pytest.mark.parametrize("name", ["roads.gpkg", "roads.parquet", "roads.geojson", "roads.shp"])
def test_lines_meet_at_shared_vertices(tmp_path, name):
    roads = read_line_roads(layer(tmp_path, CROSS, file=name, highway=["residential", "steps"]), crs=CRS)
    assert roads.crs == CRS
    assert len(roads.node_id) == 4
    assert np.diff(roads.way_ptr).tolist() == [3, 2]
    assert roads.way_node[1] == roads.way_node[3]
    assert [roads.classes[i] for i in roads.way_class] == ["residential", "steps"]
    assert roads.way_flags.tolist() == [0, WayFlag.STEPS]
    assert roads.way_id.tolist() == [1, 2]
    assert roads.node_x[roads.way_node[0]] == pytest.approx(X, abs=0.02)
    assert roads.attribution == ATTRIBUTION


def test_auto_chooses_the_crs_of_the_place(tmp_path):
    assert read_line_roads(layer(tmp_path, CROSS)).crs == "EPSG:4547"
    degrees = [LineString([(-15.43, 28.1), (-15.42, 28.1)])]
    assert read_line_roads(layer(tmp_path, degrees, crs="EPSG:4326", file="b.gpkg")).crs == "EPSG:32628"


def test_vertices_on_one_centimetre_meet_and_farther_ones_do_not(tmp_path):
    lines = [line((0, 0), (100, 0)), line((100.004, 0), (200, 0)), line((100.02, 0.02), (100, 90))]
    roads = read_line_roads(layer(tmp_path, lines), crs=CRS)
    assert roads.way_node[1] == roads.way_node[2]
    assert roads.way_node[4] not in roads.way_node[:4]


def test_lines_that_only_cross_do_not_meet_and_it_is_noted(tmp_path):
    lines = [line((0, 0), (100, 0)), line((50, -50), (50, 50))]
    roads = read_line_roads(layer(tmp_path, lines), crs=CRS)
    assert len(roads.node_id) == 4
    assert any(note.startswith("2 of 2 lines looked at cross others") for note in roads.notes)
    assert any("抽查的 2 条线中有 2 条" in note for note in in_chinese(roads.notes))


def test_multi_part_lines_are_taken_apart(tmp_path):
    both = MultiLineString([line((0, 0), (10, 0)), line((20, 0), (30, 0))])
    roads = read_line_roads(layer(tmp_path, [both], name_=["x"]), crs=CRS)
    assert roads.way_id.tolist() == [1, 1]
    assert np.diff(roads.way_ptr).tolist() == [2, 2]


def test_lines_without_a_class_are_roads(tmp_path):
    roads = read_line_roads(layer(tmp_path, CROSS), "drive", CRS)
    assert roads.classes == ("road",)
    assert any("ordinary road" in note for note in roads.notes)
    assert roads.attribution == ""


def test_foreign_classes_are_kept_as_they_are_called(tmp_path):
    roads = read_line_roads(layer(tmp_path, CROSS, highway=["支路", "主干路"]), "drive", CRS)
    assert set(roads.classes) == {"支路", "主干路"}
    assert any("支路 1" in note for note in roads.notes)
    assert any("支路 1" in note for note in in_chinese(roads.notes))
    assert np.isfinite(roads.way_speed_kmh).all()


def test_columns_named_like_tags_are_judged_like_tags(tmp_path):
    lines = [line((0, i), (100, i)) for i in range(8)]
    path = layer(
        tmp_path,
        lines,
        highway=["trunk", "motorway", "['cycleway', 'path']", "service", "footway", "path", None, "primary"],
        foot=[None, None, None, None, "no", "yes", None, None],
        access=[None, None, None, "private", None, "no", None, None],
        bridge=[None, "yes", None, None, None, None, "yes", None],
        name=["解放大道", "", None, "", "", "", "", "x"],
    )
    walk = read_line_roads(path, "walk", CRS)
    assert walk.way_id.tolist() == [1, 4, 6, 7, 8]
    assert walk.way_flags.tolist() == [0, WayFlag.PRIVATE, 0, WayFlag.BRIDGE, 0]
    assert walk.names[walk.way_name[0]] == "解放大道"
    assert read_line_roads(path, "drive", CRS).way_id.tolist() == [1, 2, 4, 7, 8]


def test_the_drive_columns_of_osmnx(tmp_path):
    path = layer(
        tmp_path,
        [line((0, i), (100, i)) for i in range(4)],
        highway=["primary"] * 4,
        oneway=[True, False, False, True],
        maxspeed=["60", "['30', '50']", None, "30 mph"],
    )
    roads = read_line_roads(path, "drive", CRS)
    assert roads.way_flags.tolist() == [WayFlag.NO_BACKWARD, 0, 0, WayFlag.NO_BACKWARD]
    assert roads.way_speed_kmh[[0, 1, 3]].tolist() == [60, 30, pytest.approx(48.28032)]


def test_the_columns_of_geofabrik(tmp_path):
    path = layer(
        tmp_path,
        [line((0, i), (100, i)) for i in range(3)],
        file="roads.shp",
        fclass=["track_grade2", "unknown", "primary"],
        oneway=["B", "F", "T"],
        bridge=["F", "T", "F"],
        maxspeed=[0, 0, 60],
    )
    walk, drive = read_line_roads(path, "walk", CRS), read_line_roads(path, "drive", CRS)
    assert walk.classes == ("primary", "road", "track")
    assert drive.way_flags.tolist() == [WayFlag.NO_BACKWARD | WayFlag.BRIDGE, WayFlag.NO_FORWARD]
    assert drive.way_speed_kmh.tolist() == [25, 60]


def test_undirected_layers_have_no_one_ways(tmp_path):
    roads = read_line_roads(layer(tmp_path, CROSS, highway=["motorway", "primary"]), "drive", CRS)
    assert roads.way_flags.tolist() == [0, 0]
    assert 'no column "oneway": every line is taken in both directions' in roads.notes


def test_lines_drawn_twice_are_kept_once(tmp_path):
    there = line((0, 0), (50, 1), (100, 0))
    lines = [there, there.reverse(), there, line((0, 0), (50, 2), (100, 0))]
    roads = read_line_roads(layer(tmp_path, lines, highway=["path"] * 4), crs=CRS)
    assert roads.way_id.tolist() == [1, 4]
    assert "2 lines drawn twice (same place, same kind) are kept once" in roads.notes
    assert "2 条线重复绘制（位置、类别相同），只保留一条" in in_chinese(roads.notes)


def test_lines_drawn_twice_with_another_kind_both_stay(tmp_path):
    roads = read_line_roads(layer(tmp_path, [CROSS[0]] * 2, highway=["path", "steps"]), crs=CRS)
    assert roads.way_id.tolist() == [1, 2]


def test_both_directions_of_a_street_become_one_two_way_street(tmp_path):
    there = line((0, 0), (100, 0))
    path = layer(tmp_path, [there, there.reverse()], highway=["primary"] * 2, oneway=["yes", "yes"])
    roads = read_line_roads(path, "drive", CRS)
    assert roads.way_id.tolist() == [1]
    assert roads.way_flags.tolist() == [0]


def test_rows_without_a_line_are_left_out_and_listed(tmp_path):
    lines = [CROSS[0], None, LineString(), line((5, 5), (5, 5.001)), CROSS[1]]
    roads = read_line_roads(layer(tmp_path, lines, file="roads.parquet"), crs=CRS)
    assert roads.way_id.tolist() == [1, 5]
    assert "2 rows without a line left out (rows 2, 3)" in roads.notes
    assert "1 line without length left out" in roads.notes
    assert {"2 行没有线，已略去（第 2、3 行）", "1 条长度为零的线已略去"} <= set(in_chinese(roads.notes))


def test_one_layer_of_several_must_be_named(tmp_path):
    path = layer(tmp_path, CROSS)
    gpd.GeoDataFrame(geometry=list(CROSS), crs=CRS).to_file(path, layer="more")
    with pytest.raises(LayerError, match="2 layers"):
        read_roads_file(path)
    with pytest.raises(LayerError, match="no layer 'mare'"):
        read_roads_file(path, layer="mare")
    assert len(read_roads_file(path, layer="more").way_id) == 2


def test_no_crs(tmp_path):
    path = layer(tmp_path, CROSS, crs=None, file="roads.parquet")
    with pytest.raises(CrsError, match="no coordinate system"):
        read_line_roads(path)
    assert read_line_roads(path, declared_crs=CRS).crs == CRS


def test_degrees_called_metres_and_metres_called_degrees(tmp_path):
    degrees = [LineString([(114.3, 30.6), (114.31, 30.6)])]
    with pytest.raises(CrsError, match="degrees"):
        read_line_roads(layer(tmp_path, degrees, crs=CRS))
    with pytest.raises(CrsError, match="degrees"):
        read_line_roads(layer(tmp_path, CROSS, crs="EPSG:4326", file="b.parquet"))


def test_swapped_degrees(tmp_path):
    swapped = [LineString([(30.6, 114.3), (30.6, 114.31)])]
    with pytest.raises(CrsError, match="swapped"):
        read_line_roads(layer(tmp_path, swapped, crs="EPSG:4326", file="b.parquet"))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([], "the layer is empty"),
        ([Point(X, Y), CROSS[0]], r"rows that are no lines \(Point 1\)"),
        ([CROSS[0].buffer(3)], r"rows that are no lines \(Polygon 1\)"),
        ([None, None], "no row holds a line"),
        ([line((0, 0), (0, 0.001))], "no line has a length"),
    ],
)
def test_layers_that_hold_no_streets(tmp_path, shapes, message):
    with pytest.raises(InputError, match=message):
        read_line_roads(layer(tmp_path, shapes, file="roads.parquet"), crs=CRS)


def test_coordinates_that_are_no_numbers(tmp_path):
    broken = shapely.set_coordinates(CROSS[1], [[X, Y], [np.nan, Y]])
    with pytest.raises(LayerError, match=r"no numbers \(1: 2\)"):
        read_line_roads(layer(tmp_path, [CROSS[0], broken], file="roads.parquet"), crs=CRS)


def test_nothing_that_may_be_used(tmp_path):
    with pytest.raises(RoadsError, match=r"none of its 2 lines may be used \(walk\)"):
        read_line_roads(layer(tmp_path, CROSS, highway=["motorway"] * 2), crs=CRS)


def test_files_that_are_no_layers(tmp_path):
    for name in ("roads.parquet", "roads.gpkg", "roads.geojson"):
        path = tmp_path / name
        path.write_bytes(b"not a layer")
        with pytest.raises(InputError, match=name):
            read_roads_file(path)
    with pytest.raises(InputError, match="no such file"):
        read_roads_file(tmp_path / "none.gpkg")


@pytest.mark.real
def test_wuhan(real):
    path = real / "wuhan" / "roads_osm_2023_unsimplified.parquet"
    began = time.process_time()
    roads = read_line_roads(path)
    seconds = time.process_time() - began
    assert roads.crs == "EPSG:4547"
    assert "trunk" in roads.classes
    assert "motorway" not in roads.classes
    assert len(roads.way_id) == 87_697
    assert len(roads.node_id) == 78_109
    assert seconds < 6, "reading takes 0.7 s of processor time"

import numpy as np
import pytest
import shapely
from shapely import LineString

from civicreach.errors import CrsError, LayerError
from civicreach.inputs.base_map import read_base_map
from civicreach.inputs.coastline import sea_within
from civicreach.inputs.osm import read_osm_roads
from osm_text import multipolygon, node, osm_file, square, way

LON, LAT = 114.3, 30.6
CRS = "EPSG:4547"
BOX = (0.0, 0.0, 1000.0, 1000.0)


def town(tmp_path):
    return osm_file(
        tmp_path,
        node(1, LON, LAT, place="suburb", name="清川"),
        node(2, LON, LAT + 0.01, place="hamlet"),
        node(3, LON + 0.01, LAT),
        square(20, LON + 0.001, LAT, building="yes"),
        square(21, LON + 0.002, LAT, natural="water", name="莲湖"),
        square(22, LON + 0.003, LAT, 30),
        square(23, LON + 0.004, LAT, leisure="park"),
        square(24, LON + 0.005, LAT, natural="cliff"),
        square(25, LON + 0.006, LAT, building="no"),
        square(26, LON + 0.007, LAT, natural="water", intermittent="yes"),
        way(30, [1, 3], railway="rail"),
        way(31, [1, 3], waterway="river", name="清江"),
        way(32, [1, 3], waterway="river", tunnel="culvert"),
        square(33, LON + 0.008, LAT, railway="tram"),
        multipolygon(40, [22], natural="water", water="river"),
    )


def test_layers(tmp_path):
    layers = read_base_map(town(tmp_path), CRS)
    assert sorted(layers) == ["buildings", "green", "places", "rail", "water"]
    assert layers["water"].index.tolist() == ["way/31", "way/21", "relation/40"]
    assert layers["water"]["name"].tolist() == ["清江", "莲湖", ""]
    assert layers["green"]["kind"].tolist() == ["park"]
    assert layers["buildings"].index.tolist() == ["way/20"]
    assert set(layers["rail"].geom_type) == {"LineString"}
    assert layers["rail"]["kind"].tolist() == ["rail", "tram"]
    assert layers["places"][["name", "kind"]].values.tolist() == [["清川", "suburb"]]
    for layer in layers.values():
        assert layer.crs.to_epsg() == 4547
        assert layer.is_valid.all()


def test_layers_are_cut_to_the_extent(tmp_path):
    whole = read_base_map(town(tmp_path), CRS)
    lake = whole["water"].geometry["way/21"]
    west, south, east, north = lake.bounds
    clipped = read_base_map(town(tmp_path), CRS, (west - 5, south - 5, (west + east) / 2, north + 5))
    assert clipped["water"].geometry["way/21"].area == pytest.approx(lake.area / 2)
    assert "green" not in clipped


def test_the_map_needs_metres(tmp_path):
    with pytest.raises(CrsError, match="degrees"):
        read_base_map(town(tmp_path), "EPSG:4326")
    with pytest.raises(LayerError, match="no such file"):
        read_base_map(tmp_path / "none.osm", CRS)


def coast(*lines):
    return np.array([LineString(points) for points in lines], dtype=object)


def test_the_sea_lies_right_of_the_coast():
    northward = coast([(400, -100), (400, 1100)])
    (sea,) = sea_within(northward, BOX)
    assert sea.equals(shapely.box(400, 0, 1000, 1000))
    (sea,) = sea_within(shapely.reverse(northward), BOX)
    assert sea.equals(shapely.box(0, 0, 400, 1000))


def test_islands_are_holes_of_the_sea():
    island = [(700, 500), (800, 500), (800, 600), (700, 600), (700, 500)]  # land on the left: counterclockwise
    (sea,) = sea_within(coast([(400, -100), (400, 1100)], island), BOX)
    assert sea.area == pytest.approx(600_000 - 10_000)
    (sea,) = sea_within(coast(island), BOX)
    assert sea.area == pytest.approx(1_000_000 - 10_000)


def test_a_coast_that_is_cut_off_is_led_to_the_edge():
    (sea,) = sea_within(coast([(400, 200), (400, 900)]), BOX)
    assert sea.area == pytest.approx(600_000)


def test_no_sea_is_better_than_a_drowned_town():
    assert sea_within(coast([(400, 200), (400, 500)]), BOX) is None  # ends in the middle of the map
    turned = coast([(400, 0), (400, 500)], [(400, 1000), (400, 500)])
    assert sea_within(turned, BOX) is None  # drawn in two directions
    assert sea_within(coast([(2000, 0), (2000, 500)]), BOX) is None  # elsewhere


@pytest.mark.real
def test_las_palmas(real):
    path = real / "las_palmas" / "las-palmas-2023-02-21.osm.pbf"
    roads = read_osm_roads(path)
    x, y = roads.node_x, roads.node_y
    layers = read_base_map(path, roads.crs, (x.min(), y.min(), x.max(), y.max()))
    assert sorted(layers) == ["buildings", "green", "places", "water"]
    assert all(layer.is_valid.all() for layer in layers.values())
    water = layers["water"]
    sea = water.geometry[water["kind"] == "sea"].union_all()
    assert sea.area > 60e6
    wet = shapely.contains_xy(sea, x, y)
    assert wet.mean() < 0.01, "streets lie on land, but for piers"

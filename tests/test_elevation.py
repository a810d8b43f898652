import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

import towns
from civicreach.errors import CrsError, LayerError
from civicreach.inputs.elevation import sample_dem, with_dem
from civicreach.inputs.osm import read_osm_roads
from civicreach.layers import WayFlag
from civicreach.network import build_network
from civicreach.study import Profile
from note_case import in_chinese
from osm_text import node, osm_file, way

LON, LAT = 114.3, 30.6


@pytest.fixture
def roads(tmp_path):
    nodes = [node(i, LON + i / 1000, LAT + i / 2000) for i in range(5)]
    return read_osm_roads(osm_file(tmp_path, *nodes, way(9, range(5), highway="path")))


def dem(tmp_path, roads, values, *, cell=10.0, nodata=None, crs="EPSG:4547", west=-50.0):
    path = tmp_path / "dem.tif"
    transform = from_origin(roads.node_x.min() + west, roads.node_y.max() + 50, cell, cell)
    values = np.asarray(values, dtype=np.float32)
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "crs": crs}
    with rasterio.open(path, "w", **profile, dtype="float32", transform=transform, nodata=nodata) as raster:
        raster.write(values, 1)
    return path, transform


def plane(shape, transform):
    """Elevation that rises by 0.1 in x and falls by 0.05 in y, at the middles of cells."""
    column, row = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    x, y = transform.a * column + transform.c, transform.e * row + transform.f
    return 0.1 * (x - 500_000) - 0.05 * (y - 3_380_000)


def test_a_plane_comes_back_exactly(tmp_path, roads):
    shape = (40, 60)
    _, transform = dem(tmp_path, roads, np.zeros(shape))
    path, _ = dem(tmp_path, roads, plane(shape, transform))
    node_z, notes = sample_dem(roads, path)
    expected = 0.1 * (roads.node_x - 500_000) - 0.05 * (roads.node_y - 3_380_000)
    assert node_z == pytest.approx(expected, abs=0.01)
    assert notes == []
    risen = with_dem(roads, path)
    assert risen.node_z[: len(roads.node_id)] == pytest.approx(expected, abs=0.01)
    assert risen.node_z == pytest.approx(0.1 * (risen.node_x - 500_000) - 0.05 * (risen.node_y - 3_380_000), abs=0.01)


def ridge(tmp_path, flags):
    """A street of 600 m over a ridge of 50 m half-way, with nodes at its ends only."""
    town = towns.roads({"A": (0, 0), "B": (600, 0)}, [("A B", "residential", int(flags))])
    x = np.arange(-95, 700, 10.0)
    path = tmp_path / "ridge.tif"
    profile = {"driver": "GTiff", "height": 20, "width": len(x), "count": 1, "crs": towns.CRS, "dtype": "float32"}
    with rasterio.open(path, "w", **profile, transform=from_origin(-100, 100, 10, 10)) as raster:
        raster.write(np.tile(np.maximum(0, 50 - np.abs(x - 300) / 6), (20, 1)).astype(np.float32), 1)
    return with_dem(town, path)


def test_a_hill_between_two_nodes_is_climbed(tmp_path):
    town = ridge(tmp_path, 0)
    assert np.diff(town.node_x[town.way_node]).max() <= 30
    assert town.node_z.max() == pytest.approx(49, abs=1)
    # 300 m up at 1 in 6 and 300 m down: Tobler by hand, exp(-3.5 / 6) and exp(-3.5 * (1/6 - 0.05) + 3.5 * 0.05)
    network = build_network(town, Profile(name="hiker", speed_mps=1.0))
    by_hand = 300 * np.exp(3.5 / 6) + 300 * np.exp(3.5 * (1 / 6 - 0.1))
    assert network.edge_cost_ms[0] / 1000 == pytest.approx(by_hand, rel=0.03)
    assert network.edge_length_mm.tolist() == [600_000]


def test_bridges_and_tunnels_stay_level(tmp_path):
    for flag in (WayFlag.BRIDGE, WayFlag.TUNNEL):
        town = ridge(tmp_path, flag)
        assert town.node_z == pytest.approx([0.0, 0.0], abs=1)


def test_a_dem_in_degrees(tmp_path, roads):
    path = tmp_path / "dem.tif"
    values = np.tile(np.arange(20, dtype=np.float32), (20, 1))
    transform = from_origin(LON - 0.005, LAT + 0.01, 0.001, 0.001)
    profile = {"driver": "GTiff", "height": 20, "width": 20, "count": 1, "crs": "EPSG:4326"}
    with rasterio.open(path, "w", **profile, dtype="float32", transform=transform) as raster:
        raster.write(values, 1)
    assert sample_dem(roads, path)[0] == pytest.approx([4.5, 5.5, 6.5, 7.5, 8.5], abs=1e-3)


def test_gaps_take_the_nearest_value_and_are_noted(tmp_path, roads):
    values = np.full((40, 60), 7.0)
    values[:, 20:40] = -9999
    path, _ = dem(tmp_path, roads, values, nodata=-9999)
    node_z, notes = sample_dem(roads, path)
    assert node_z.tolist() == [7.0] * 5
    assert notes == ["2 of 5 nodes take the nearest elevation: the DEM has none there (dem.tif)"]
    assert in_chinese(notes) == ["5 个节点中有 2 个取最近处的高程：dem.tif 在该处没有数值"]


def test_streets_beyond_the_dem(tmp_path, roads):
    path, _ = dem(tmp_path, roads, np.full((40, 20), 3.0))
    streets = with_dem(roads, path)
    assert set(streets.node_z.tolist()) == {3.0}
    assert streets.notes[-1].startswith("10 of 17 nodes take the nearest elevation")


def test_a_dem_of_one_cell(tmp_path, roads):
    path, _ = dem(tmp_path, roads, [[5.0]], cell=1000.0)
    assert sample_dem(roads, path)[0].tolist() == [5.0] * 5


def test_a_dem_of_another_place(tmp_path, roads):
    path, _ = dem(tmp_path, roads, np.zeros((4, 4)), west=50_000.0)
    with pytest.raises(LayerError, match="doesn't reach any street"):
        sample_dem(roads, path)


def test_a_dem_without_values(tmp_path, roads):
    path, _ = dem(tmp_path, roads, np.full((40, 60), -1.0), nodata=-1)
    with pytest.raises(LayerError, match="no value at any street"):
        sample_dem(roads, path)


def test_a_dem_without_a_crs(tmp_path, roads):
    path, _ = dem(tmp_path, roads, np.zeros((40, 60)), crs=None)
    with pytest.raises(CrsError, match="names no coordinate system"):
        sample_dem(roads, path)


def test_files_that_are_no_rasters(tmp_path, roads):
    with pytest.raises(LayerError, match="no such file"):
        sample_dem(roads, tmp_path / "none.tif")
    path = tmp_path / "dem.tif"
    path.write_bytes(b"not a raster")
    with pytest.raises(LayerError, match="not a raster"):
        sample_dem(roads, path)

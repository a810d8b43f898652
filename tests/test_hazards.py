"""Floods from rasters and closures from vector files: what is read, what is dry, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

import towns
from civicreach.crs import project
from civicreach.errors import CrsError, LayerError
from civicreach.inputs import hazards
from civicreach.inputs.hazards import read_closures, read_depth
from civicreach.network import build_network
from civicreach.network.closures import closure_of_depth
from note_case import in_chinese

DRAW = "A closure is an area; draw one around the streets that it closes."
BOX = (0.0, 0.0, 100.0, 60.0)
NAN = float("nan")


def raster(folder: Path, values: Any, **options: Any) -> Path:
    """A GeoTIFF of cells of 10 m whose upper left corner is at (-50, 100) of EPSG:32650."""
    values = np.atleast_3d(np.asarray(values, dtype=options.pop("dtype", "float32")))
    transform = options.pop("transform", from_origin(-50, 100, 10, 10))
    scale = options.pop("scale", None)
    profile = {"driver": "GTiff", "crs": towns.CRS, "dtype": values.dtype, "transform": transform} | options
    rows, columns, bands = values.shape
    path = folder / "flood.tif"
    with rasterio.open(path, "w", height=rows, width=columns, count=bands, **profile) as file:
        for band in range(bands):
            file.write(values[:, :, band], band + 1)
        if scale:
            file.scales, file.offsets = [scale], [0.0]
    return path


def test_only_the_box_of_the_streets_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(400).reshape(20, 20) / 100
    path = raster(tmp_path, values)
    # rows from y = 100 down: 60..0 are rows 4..9, x 0..100 are columns 5..14
    depth = read_depth(path, BOX, towns.CRS)
    assert depth.values == pytest.approx(values[4:10, 5:15])
    assert depth.transform == (10, 0, 0, 0, -10, 60)
    assert depth.at(np.array([5.0, 95, 99.9, 105]), np.array([55.0, 5, 0.1, 5]), towns.CRS).tolist() == pytest.approx(
        [values[4, 5], values[9, 14], values[9, 14], 0]
    )
    assert depth.notes == ()
    monkeypatch.setattr(hazards, "ROWS_AT_ONCE", 2)  # strips give the same
    assert read_depth(path, BOX, towns.CRS).values.tolist() == depth.values.tolist()


def test_unknown_cells_are_dry(tmp_path: Path) -> None:
    values = np.full((20, 20), 0.5)
    values[4, 5:8] = (NAN, -9999, 77)
    depth = read_depth(raster(tmp_path, values, nodata=77), BOX, towns.CRS)
    assert depth.values[0, :4].tolist() == [0, 0, 0, 0.5]
    assert depth.notes == ("flood.tif: 1 cell below 0 m, taken for dry",)
    assert in_chinese(depth.notes) == ["flood.tif：1 个像元水深小于 0，视为未淹没"]
    assert (
        read_depth(raster(tmp_path, values, nodata=-9999), BOX, towns.CRS).notes[0].startswith("flood.tif: depths of")
    )


def test_stored_centimetres_are_metres_when_the_file_says_so(tmp_path: Path) -> None:
    values = np.full((20, 20), 70)
    depth = read_depth(raster(tmp_path, values, dtype="int16", scale=0.01), BOX, towns.CRS)
    town = towns.roads({"A": (0, 5), "B": (100, 5)}, [("A B", "path", 0)])
    network = build_network(town, towns.WALKER)
    assert closure_of_depth(network, depth, at_least_m=0.7).length_km == 0.1
    assert len(closure_of_depth(network, depth, at_least_m=0.71)) == 0
    unscaled = read_depth(raster(tmp_path, values, dtype="int16"), BOX, towns.CRS)
    assert unscaled.notes == ("flood.tif: depths of up to 70 m; are they heights above the sea, or centimetres?",)
    assert in_chinese(unscaled.notes)


def test_a_raster_of_a_part_of_the_city(tmp_path: Path) -> None:
    depth = read_depth(raster(tmp_path, np.ones((20, 20))), (0, 0, 500, 60), towns.CRS)
    assert depth.values.shape == (6, 15)
    assert depth.notes == ("flood.tif covers a part of the streets only; beyond it they are taken for dry",)
    assert in_chinese(depth.notes) == ["flood.tif 只覆盖部分路网，范围以外视为未淹没"]


def test_a_raster_in_another_system(tmp_path: Path) -> None:
    """In degrees around the same place, with one wet cell: it lies where its corners are."""
    lon, lat = project(np.array([500_050.0]), np.array([3_400_030.0]), towns.CRS, "EPSG:4326")
    values = np.zeros((40, 40))
    values[20, 20] = 2
    path = raster(
        tmp_path, values, crs="EPSG:4326", transform=from_origin(lon[0] - 20.5e-4, lat[0] + 20.5e-4, 1e-4, 1e-4)
    )
    depth = read_depth(path, (500_000, 3_400_000, 500_100, 3_400_060), towns.CRS)
    assert depth.values.shape[0] < 12
    assert (depth.values > 0).sum() == 1
    assert depth.at(np.array([500_050.0, 500_062]), np.array([3_400_030.0, 3_400_030]), towns.CRS).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("options", "box", "message"),
    [
        ({}, (9_000.0, 0.0, 9_100.0, 60.0), "flood.tif: the flood raster doesn't reach any street. Is it of the same"),
        ({}, (0.0, 150.0, 100.0, 160.0), "doesn't reach any street"),
        ({"crs": "EPSG:4326", "transform": from_origin(8, 9, 1e-3, 1e-3)}, BOX, "doesn't reach any street"),
        ({"values": np.ones((20, 20, 2))}, BOX, "flood.tif: 2 bands instead of one. Save the depths alone."),
        ({"values": np.full((20, 20), np.inf)}, BOX, "flood.tif: 60 cells whose depth is infinite. Set its nodata"),
    ],
)
def test_rasters_that_can_t_be_right(tmp_path: Path, options: dict[str, Any], box: Any, message: str) -> None:
    values = options.pop("values", np.ones((20, 20)))
    with pytest.raises(LayerError) as caught:
        read_depth(raster(tmp_path, values, **options), box, towns.CRS)
    assert message in str(caught.value)


def test_a_raster_without_a_system_needs_a_declared_one(tmp_path: Path) -> None:
    path = raster(tmp_path, np.ones((20, 20)), crs=None)
    with pytest.raises(CrsError, match="names no coordinate system"):
        read_depth(path, BOX, towns.CRS)
    assert read_depth(path, BOX, towns.CRS, declared_crs=towns.CRS).values.shape == (6, 10)


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "flood.tif"
    path.write_text("no raster")
    with pytest.raises(LayerError, match="not a raster that can be read"):
        read_depth(path, BOX, towns.CRS)
    with pytest.raises(LayerError, match=r"no such file: .*floods\.tif\. Did you mean flood\.tif\?"):
        read_depth(tmp_path / "floods.tif", BOX, towns.CRS)


def test_a_raster_that_is_too_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hazards, "MAX_CELLS", 59)
    with pytest.raises(LayerError, match="60 cells in the box of the streets, 59 at most"):
        read_depth(raster(tmp_path, np.ones((20, 20))), BOX, towns.CRS)


# --- drawn closures --------------------------------------------------------------------------------------------------


def layer(folder: Path, shapes: list[Any], crs: str = towns.CRS) -> Path:
    path = folder / "closed.gpkg"
    gpd.GeoDataFrame({"name": range(len(shapes))}, geometry=shapes, crs=crs).to_file(path, layer="closed")
    return path


def test_closures_come_in_the_study_s_system(tmp_path: Path) -> None:
    shape = shapely.box(500_000, 3_400_000, 500_100, 3_400_100)
    far = gpd.GeoSeries([shape], crs=towns.CRS).to_crs("EPSG:4326").iloc[0]
    found = read_closures(layer(tmp_path, [far], "EPSG:4326"), "closed", None, towns.CRS)
    assert found.crs == towns.CRS
    assert found.index.tolist() == [1]
    assert found.iloc[0].symmetric_difference(shape).area < 1


def test_what_is_no_area_is_refused_all_at_once(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    shapes = [shapely.box(0, 0, 500, 500), shapely.LineString([(0, 0), (900, 9)]), bow, shapely.Point(1, 1)]
    with pytest.raises(LayerError) as caught:
        read_closures(layer(tmp_path, shapes), None, None, towns.CRS)
    assert [str(fault) for fault in caught.value.faults] == [
        f"closed.gpkg: rows that are no polygons (2: feature 2, feature 4). {DRAW}",
        "closed.gpkg: polygons that cross themselves (1: feature 3). Mend them (QGIS: Fix geometries).",
    ]

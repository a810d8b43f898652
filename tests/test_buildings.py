import time

import pytest

from civicreach.errors import LayerError
from civicreach.inputs.buildings import read_buildings
from note_case import in_chinese
from osm_text import node, osm_file, square

LON, LAT = 114.3, 30.6


def row_of(*tags_of_each, size_m=20.0):
    """Buildings side by side, ways 1, 2, 3, ..."""
    return "".join(
        square(i, LON + i / 1000, LAT, size_m, **{k.replace("__", ":"): v for k, v in tags.items()})
        for i, tags in enumerate(tags_of_each, start=1)
    )


def test_floor_area_is_footprint_times_levels(tmp_path):
    homes = read_buildings(
        osm_file(
            tmp_path,
            row_of(
                {"building": "apartments", "building__levels": "18"},
                {"building": "house"},
                {"building": "residential", "height": "21 m"},
                {"building": "apartments", "building__levels": "cellar"},
            ),
        )
    )
    assert homes.index.tolist() == ["way/1", "way/2", "way/3", "way/4"]
    assert homes["footprint_m2"].tolist() == pytest.approx([400] * 4, rel=0.01)
    assert homes["levels"].tolist() == [18, 2, 7, 5]
    assert homes["levels_from"].tolist() == ["mapped", "default", "height", "default"]
    assert homes["floor_m2"].tolist() == pytest.approx([7200, 800, 2800, 2000], rel=0.01)
    assert homes.crs.to_epsg() == 4547
    assert homes["point"].within(homes.geometry).all()
    assert "floors: default 2, height 1, mapped 1" in homes.attrs["notes"]
    assert "层数来源：默认值 2 栋、按高度推算 1 栋、标注 1 栋" in in_chinese(homes.attrs["notes"])


@pytest.mark.parametrize(
    ("tags", "home"),
    [
        ({"building": "yes"}, True),
        ({"building": "house"}, True),
        ({"building": "yes", "amenity": "school"}, False),
        ({"building": "yes", "shop": "supermarket"}, False),
        ({"building": "apartments", "shop": "bakery"}, True),
        ({"building": "garage"}, False),
        ({"building": "retail"}, False),
        ({"building": "industrial"}, False),
        ({"building": "school"}, False),
        ({"building": "retail", "building__use": "residential"}, True),
        ({"building": "apartments", "building__use": "office"}, False),
    ],
)
def test_which_buildings_are_homes(tmp_path, tags, home):
    found = read_buildings(osm_file(tmp_path, row_of(tags)), keep="all")
    assert found["home"].tolist() == [home]


def test_buildings_of_unknown_use_need_the_size_of_a_home(tmp_path):
    small = osm_file(tmp_path, row_of({"building": "yes"}, {"building": "house"}, size_m=4))
    assert read_buildings(small).index.tolist() == ["way/2"]
    large = osm_file(tmp_path, row_of({"building": "yes"}, {"building": "apartments"}, size_m=120))
    assert read_buildings(large).index.tolist() == ["way/2"]


def test_buildings_of_unknown_use_on_industrial_land_are_no_homes(tmp_path):
    land = square(9, LON + 0.0005, LAT - 0.0005, 300, landuse="industrial")
    path = osm_file(tmp_path, row_of({"building": "yes"}, {"building": "house"}, {"building": "no"}), land)
    assert read_buildings(path).index.tolist() == ["way/2"]


def test_levels_of_the_same_kind_in_the_file_beat_the_default(tmp_path):
    mapped = [{"building": "house", "building__levels": "4"}] * 30
    homes = read_buildings(osm_file(tmp_path, row_of(*mapped, {"building": "house"})))
    assert homes["levels"].iloc[-1] == 4
    assert homes["levels_from"].iloc[-1] == "median"


def test_a_building_inside_another_counts_once(tmp_path):
    twice = square(1, LON, LAT, 20, building="house") + square(2, LON, LAT, 19, building="house")
    homes = read_buildings(osm_file(tmp_path, twice))
    assert homes.index.tolist() == ["way/1"]
    assert "1 building that lies inside a larger one left out" in homes.attrs["notes"]
    assert "1 栋位于更大建筑之内的建筑已略去" in in_chinese(homes.attrs["notes"])


def test_buildings_without_an_outline(tmp_path):
    path = osm_file(tmp_path, node(1, LON, LAT, building="house"))
    with pytest.raises(LayerError, match="no building with an outline"):
        read_buildings(path)
    with pytest.raises(LayerError, match="no such file"):
        read_buildings(tmp_path / "none.osm")


@pytest.mark.real
def test_las_palmas(real):
    began = time.process_time()
    homes = read_buildings(real / "las_palmas" / "las-palmas-2023-02-21.osm.pbf")
    seconds = time.process_time() - began
    assert 19_000 < len(homes) < 20_500
    assert (homes["levels_from"] == "mapped").sum() > 700
    assert homes["floor_m2"].gt(0).all()
    assert seconds < 8, "reading takes 1.6 s of processor time"

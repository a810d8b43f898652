import numpy as np
import pytest

from civicreach.errors import LayerError, StudyError
from civicreach.inputs.osm_places import read_osm_places
from civicreach.inputs.osm_selectors import parse_selectors
from note_case import in_chinese
from osm_text import multipolygon, node, osm_file, square, way

LON, LAT = 114.3, 30.6
ELDER = "amenity=social_facility + social_facility:for=senior"
SENIOR = {"amenity": "social_facility", "social_facility__for": "senior"}


def places(tmp_path, entities, *selectors):
    """Entities are given as text; nodes come first in a file, relations last."""
    return read_osm_places(osm_file(tmp_path, *entities), selectors or [ELDER])


@pytest.mark.parametrize(
    ("text", "tags", "holds"),
    [
        ("amenity=clinic", {"amenity": "clinic"}, True),
        ("amenity=clinic", {"amenity": "clinic;pharmacy"}, True),
        ("amenity=clinic", {"amenity": "school"}, False),
        ("amenity=clinic", {}, False),
        ("amenity = clinic | doctors", {"amenity": "doctors"}, True),
        ("healthcare=*", {"healthcare": "anything"}, True),
        ("healthcare=*", {"amenity": "clinic"}, False),
        (ELDER, {"amenity": "social_facility", "social_facility:for": "senior"}, True),
        (ELDER, {"amenity": "social_facility"}, False),
        ("amenity=shelter + shelter_type!=public_transport", {"amenity": "shelter"}, True),
        (
            "amenity=shelter + shelter_type!=public_transport",
            {"amenity": "shelter", "shelter_type": "public_transport"},
            False,
        ),
        ("amenity=shelter + shelter_type!=a|b", {"amenity": "shelter", "shelter_type": "b"}, False),
        ("leisure=park + access!=*", {"leisure": "park", "access": "private"}, False),
    ],
)
def test_selectors(text, tags, holds):
    assert parse_selectors([text])[0].holds(tags) is holds


@pytest.mark.parametrize(
    "text",
    ["", "amenity", "amenity=", "=clinic", "amenity=a|", "amenity==a", "a=b ++ c=d", "amen*ty=a", "amenity!clinic"],
)
def test_selectors_that_cannot_be_understood(text):
    with pytest.raises(StudyError, match=r"is no condition.*Write key=value"):
        parse_selectors([text])


def test_all_faults_of_selectors_are_told_at_once():
    with pytest.raises(StudyError) as caught:
        parse_selectors(["amenity", "b", "shelter_type!=bus"])
    assert len(caught.value.faults) == 3
    with pytest.raises(StudyError, match="no selector"):
        parse_selectors([])


def test_nodes_ways_and_relations(tmp_path):
    found = places(
        tmp_path,
        [
            node(1, LON, LAT, name="一号", capacity="50", **SENIOR),
            node(2, LON, LAT + 0.01, amenity="cafe"),
            square(3, LON + 0.01, LAT, name="二号", **SENIOR),
            square(4, LON + 0.02, LAT, size_m=30),
            multipolygon(5, [4], name="三号", name__en="Three", capacity__beds="12 beds", **SENIOR),
        ],
    )
    assert found["id"].tolist() == ["node/1", "relation/5", "way/3"]
    assert found["name"].tolist() == ["一号", "三号", "二号"]
    assert found["name:en"].tolist() == ["", "Three", ""]
    assert found["capacity"].tolist()[0] == 50
    assert found["beds"].tolist()[1] == 12
    assert np.isnan(found["area_m2"].iloc[0])
    assert found["area_m2"].tolist()[1:] == pytest.approx([900, 400], rel=0.01)
    assert found.crs.to_epsg() == 4547
    assert (found.geom_type == "Point").all()
    assert found.attrs["notes"] == []


def test_one_home_mapped_three_times_is_one(tmp_path):
    found = places(
        tmp_path,
        [
            node(1, LON, LAT, name="Sunset Home", operator="City", **SENIOR),
            node(2, LON + 0.0005, LAT, name="sunset  home.", **SENIOR),
            square(3, LON + 0.001, LAT, name="SUNSET HOME", capacity="40", **SENIOR),
        ],
    )
    assert found["id"].tolist() == ["way/3"]
    assert found["operator"].tolist() == ["City"]
    assert found["capacity"].tolist() == [40]
    assert found["merged"].tolist() == ["node/1, node/2"]
    assert found.attrs["notes"] == ["SUNSET HOME: node/1, node/2 mapped as well, kept as way/3"]
    assert in_chinese(found.attrs["notes"]) == ["SUNSET HOME：node/1、node/2 是同一处，只保留 way/3"]


def test_one_name_farther_apart_is_two_homes(tmp_path):
    far = [node(1, LON, LAT, name="Home", **SENIOR), node(2, LON + 0.0012, LAT, name="Home", **SENIOR)]
    assert len(places(tmp_path, far)) == 2


def test_other_names_nearby_are_other_homes(tmp_path):
    near = [node(1, LON, LAT, name="East", **SENIOR), node(2, LON, LAT, name="West", **SENIOR)]
    assert len(places(tmp_path, near)) == 2


def test_nodes_without_a_name_nearby_stay(tmp_path):
    near = [node(1, LON, LAT, **SENIOR), node(2, LON + 0.0001, LAT, **SENIOR)]
    assert len(places(tmp_path, near)) == 2


def test_a_node_inside_the_area_of_the_same_kind_is_the_same(tmp_path):
    inside = [node(1, LON + 0.0001, LAT + 0.0001, name="Home", **SENIOR), square(3, LON, LAT, **SENIOR)]
    found = places(tmp_path, inside)
    assert found["id"].tolist() == ["way/3"]
    assert found["name"].tolist() == ["Home"]


def test_a_node_of_another_kind_inside_an_area_stays(tmp_path):
    inside = [node(1, LON + 0.0001, LAT + 0.0001, leisure="playground"), square(3, LON, LAT, leisure="park")]
    assert len(places(tmp_path, inside, "leisure=park|playground")) == 2


def test_an_area_drawn_twice_is_one(tmp_path):
    twice = [square(3, LON, LAT, leisure="park"), square(4, LON, LAT, 21, leisure="park")]
    beside = [square(5, LON + 0.001, LAT, leisure="park"), square(6, LON + 0.0012, LAT, leisure="park")]
    assert len(places(tmp_path, twice, "leisure=park")) == 1
    assert len(places(tmp_path, beside, "leisure=park")) == 2


def test_a_place_drawn_as_an_open_line_is_a_point_on_it(tmp_path):
    line = [node(1, LON, LAT), node(2, LON + 0.001, LAT), way(3, [1, 2], **SENIOR)]
    found = places(tmp_path, line)
    assert found.geom_type.tolist() == ["Point"]
    assert np.isnan(found["area_m2"].iloc[0])


def test_an_area_that_is_not_whole_is_told(tmp_path):
    found = places(
        tmp_path, [node(1, LON, LAT, **SENIOR), node(9, LON, LAT), multipolygon(5, [4], name="Cut", **SENIOR)]
    )
    assert found["id"].tolist() == ["node/1"]
    assert found.attrs["notes"] == ["1 area isn't whole (relation/5)"]
    assert in_chinese(found.attrs["notes"]) == ["1 个面不完整（relation/5）"]


def test_nothing_found_is_an_empty_frame_with_a_note(tmp_path):
    found = places(tmp_path, [node(1, LON, LAT, amenity="cafe")])
    assert found.empty
    assert {"id", "name", "capacity", "geometry"} <= set(found.columns)
    assert found.attrs["notes"] == [f"nothing is tagged {ELDER}"]
    assert in_chinese(found.attrs["notes"]) == [f"没有对象带有标签 {ELDER}"]


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(LayerError, match="no such file"):
        read_osm_places(tmp_path / "none.osm.pbf", [ELDER])
    (tmp_path / "broken.osm.pbf").write_bytes(b"broken")
    with pytest.raises(LayerError, match="cut off, damaged"):
        read_osm_places(tmp_path / "broken.osm.pbf", [ELDER])


@pytest.mark.real
def test_las_palmas(real):
    path = real / "las_palmas" / "las-palmas-2023-02-21.osm.pbf"
    elder = read_osm_places(path, [ELDER, "amenity=nursing_home"])
    assert len(elder) == 10  # 12 objects, of which one home is mapped three times
    assert elder.loc["relation/7491447", "merged"] == "way/391921181, way/391921182"
    assert len(read_osm_places(path, ["leisure=park"])) == 278

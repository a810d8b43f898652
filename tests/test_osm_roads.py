import gzip
import time

import numpy as np
import osmium
import pytest

from civicreach.errors import CrsError, InputError, RoadsError
from civicreach.inputs.osm import read_osm_roads
from civicreach.inputs.osm_files import ATTRIBUTION, osm_source
from civicreach.inputs.roads import read_roads_file
from civicreach.layers import Barrier, WayFlag
from note_case import in_chinese
from osm_text import multipolygon, node, osm_file, way

# 1 --- 2 --- 3     a lane from west to east near 30.6 N, 114.3 E: 0.001 degrees of longitude are 95.8 m
#       |
#       4           steps to the south
TOWN = (
    node(1, 114.300, 30.600),
    node(2, 114.301, 30.600, barrier="gate", access="private"),
    node(3, 114.302, 30.600),
    node(4, 114.301, 30.599),
    way(10, [1, 2, 3], highway="residential", name="清川路"),
    way(11, [2, 4], highway="steps"),
    way(12, [3, 4], highway="motorway"),
)


def test_a_small_town(tmp_path):
    roads = read_osm_roads(osm_file(tmp_path, *TOWN))
    assert roads.crs == "EPSG:4547"
    assert roads.node_id.tolist() == [1, 2, 3, 4]
    assert roads.way_id.tolist() == [10, 11]
    assert roads.way_ptr.tolist() == [0, 3, 5]
    assert roads.way_node.tolist() == [0, 1, 2, 1, 3]
    assert [roads.classes[i] for i in roads.way_class] == ["residential", "steps"]
    assert [roads.names[i] for i in roads.way_name] == ["清川路", ""]
    assert roads.way_flags.tolist() == [0, WayFlag.STEPS]
    assert roads.node_barrier.tolist() == [0, Barrier.LOCKED, 0, 0]
    assert roads.node_x[1] - roads.node_x[0] == pytest.approx(95.9, abs=0.2)
    assert roads.attribution == ATTRIBUTION
    assert roads.notes[0] == "2 of 3 highway ways may be used (walk)"
    assert in_chinese(roads.notes)[0] == "3 条道路（highway）中有 2 条可供步行使用"


def test_coordinates_are_whole_millimetres(tmp_path):
    roads = read_osm_roads(osm_file(tmp_path, *TOWN))
    assert np.array_equal(roads.node_x, np.round(roads.node_x, 3))


def test_drive_has_speeds_and_one_ways(tmp_path):
    roads = read_osm_roads(osm_file(tmp_path, *TOWN), "drive")
    assert roads.mode == "drive"
    assert [roads.classes[i] for i in roads.way_class] == ["residential", "motorway"]
    assert roads.way_flags.tolist() == [0, WayFlag.NO_BACKWARD]
    assert np.isfinite(roads.way_speed_kmh).all()


def test_an_asked_for_crs_is_used(tmp_path):
    path = osm_file(tmp_path, *TOWN)
    assert read_osm_roads(path, crs="EPSG:32650").crs == "EPSG:32650"
    with pytest.raises(CrsError, match="degrees"):
        read_osm_roads(path, crs="EPSG:4326")


def test_ways_are_cut_at_missing_nodes(tmp_path):
    entities = [node(i, 114.3 + i / 1000, 30.6) for i in (1, 2, 4, 5, 7)]
    path = osm_file(tmp_path, *entities, way(10, range(1, 9), highway="path"), way(11, [8, 9], highway="path"))
    roads = read_osm_roads(path)
    assert roads.way_id.tolist() == [10, 10]
    assert roads.node_id[roads.way_node].tolist() == [1, 2, 4, 5]
    assert "2 ways lack 5 nodes (clipped extract): cut there" in roads.notes
    cut = roads.node_id[(roads.node_barrier & int(Barrier.CUT)) != 0]
    assert cut.tolist() == [2, 4, 5]
    assert "1 way dropped: fewer than two nodes in the file" in roads.notes
    assert "2 条道路缺少 5 个节点（数据经过裁剪），在缺处断开" in in_chinese(roads.notes)


def test_repeated_nodes_and_ways_of_one_node_go(tmp_path):
    entities = [node(i, 114.3 + i / 1000, 30.6) for i in (1, 2)]
    path = osm_file(tmp_path, *entities, way(10, [1, 1, 2, 2], highway="path"), way(11, [2, 2, 2], highway="path"))
    roads = read_osm_roads(path)
    assert roads.node_id[roads.way_node].tolist() == [1, 2]
    assert "1 way dropped: fewer than two nodes in the file" in roads.notes


def test_loops_and_parallel_ways_stay(tmp_path):
    entities = [node(1, 114.3, 30.6), node(2, 114.301, 30.6), node(3, 114.301, 30.601)]
    loop = way(10, [1, 2, 3, 1], highway="pedestrian", area="yes")
    roads = read_osm_roads(
        osm_file(tmp_path, *entities, loop, way(11, [1, 2], highway="path"), way(12, [1, 2], highway="steps"))
    )
    assert roads.way_id.tolist() == [10, 11, 12]
    assert roads.node_id[roads.way_node[:4]].tolist() == [1, 2, 3, 1]
    note = "1 square is walked along its outline"
    assert note in roads.notes
    assert "1 个广场沿边线通行" in in_chinese(roads.notes)


#         4       A square (relation 20, outlines 13 and 14) between two footways that end on it, and one
#       /   \     (way 15) that nothing leads to.
# 1 - 2       3 - 6
#       \   /
#         5
def test_squares_that_are_relations_join_streets_and_lonely_ones_go(tmp_path):
    places = {
        1: (0, 0),
        2: (1, 0),
        3: (3, 0),
        4: (2, 1),
        5: (2, -1),
        6: (4, 0),
        7: (9, 9),
        8: (9, 8),
        9: (8, 9),
    }
    nodes = [node(i, 114.3 + x / 1000, 30.6 + y / 1000) for i, (x, y) in places.items()]
    relation = multipolygon(20, [13, 14], highway="pedestrian")
    path = osm_file(
        tmp_path,
        *nodes,
        way(11, [1, 2], highway="footway"),
        way(12, [3, 6], highway="footway"),
        way(13, [2, 4, 3]),
        way(14, [3, 5, 2]),
        way(15, [7, 8, 9, 7], highway="pedestrian", area="yes"),
        relation,
    )
    roads = read_osm_roads(path)
    assert roads.way_id.tolist() == [11, 12, 13, 14]
    assert 7 not in roads.node_id
    note = "2 squares are walked along their outline; 1 that no street meets is left out"
    assert note in roads.notes
    assert "2 个广场沿边线通行；另有 1 个不与道路相接，已略去" in in_chinese(roads.notes)
    assert read_osm_roads(path, "walk").way_class[2:].tolist() == [roads.classes.index("pedestrian")] * 2


def test_nodes_behind_their_ways_are_found(tmp_path):
    shuffled = (*TOWN[4:], *TOWN[:4])
    one = read_osm_roads(osm_file(tmp_path, *TOWN))
    other = read_osm_roads(osm_file(tmp_path, *shuffled, name="shuffled.osm"))
    assert other.fingerprint() == one.fingerprint()


def test_new_objects_of_an_editor_have_negative_ids(tmp_path):
    path = osm_file(
        tmp_path,
        node(-1, 114.3, 30.6),
        node(-2, 114.301, 30.6),
        node(3, 114.302, 30.6),
        way(-5, [-1, -2, 3], highway="footway"),
    )
    assert read_osm_roads(path).node_id.tolist() == [-2, -1, 3]


def test_packed_and_pbf_files_give_the_same_streets(tmp_path):
    plain = osm_file(tmp_path, *TOWN)
    packed, pbf = tmp_path / "town.osm.gz", tmp_path / "town.osm.pbf"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with osmium.SimpleWriter(str(pbf)) as writer:
        for entity in osmium.FileProcessor(str(plain)):
            writer.add(entity)
    expected = read_osm_roads(plain).fingerprint()
    assert read_roads_file(packed).fingerprint() == expected
    assert read_roads_file(pbf).fingerprint() == expected


def test_chinese_folders_on_windows_are_read_by_their_content(tmp_path, monkeypatch):
    (tmp_path / "清川").mkdir()
    plain = osm_file(tmp_path / "清川", *TOWN)
    packed = plain.with_name("town.v2.osm.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected = read_osm_roads(plain).fingerprint()
    monkeypatch.setattr("civicreach.inputs.osm_files.platform.system", lambda: "Windows")
    assert not isinstance(osm_source(plain), str)
    assert read_osm_roads(plain).fingerprint() == expected
    assert read_osm_roads(packed).fingerprint() == expected


def test_a_synthetic_file_says_so(tmp_path):
    roads = read_osm_roads(osm_file(tmp_path, *TOWN, generator="make_sample.py (synthetic)"))
    assert roads.attribution == ""
    assert roads.notes[0].startswith("synthetic data, not a real place")
    assert in_chinese(roads.notes)[0].startswith("合成数据，非真实地区")


def test_missing_file_names_a_like_one(tmp_path):
    osm_file(tmp_path, *TOWN)
    with pytest.raises(RoadsError, match=r"no such file.*Did you mean town\.osm"):
        read_roads_file(tmp_path / "tawn.osm")
    with pytest.raises(RoadsError, match="no such file"):
        read_osm_roads(tmp_path / "tawn.osm")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"hello", "can't be read as OpenStreetMap data"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18", "can't be read as OpenStreetMap data"),
    ],
)
def test_broken_pbf(tmp_path, content, message):
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(RoadsError, match=message) as caught:
        read_osm_roads(path)
    assert "town.osm.pbf" in str(caught.value)
    assert caught.value.faults[0].todo


def test_other_files_called_osm(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text("<html></html>", encoding="utf-8")
    with pytest.raises(RoadsError, match="can't be read as OpenStreetMap data"):
        read_osm_roads(path)


def test_a_cut_off_pbf(tmp_path):
    plain, pbf = osm_file(tmp_path, *TOWN), tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for entity in osmium.FileProcessor(str(plain)):
            writer.add(entity)
    content = pbf.read_bytes()
    for size in (3, 40, len(content) // 2, len(content) - 1):
        pbf.write_bytes(content[:size])
        with pytest.raises(RoadsError, match="cut off, damaged"):
            read_osm_roads(pbf)


def test_no_street_at_all(tmp_path):
    path = osm_file(tmp_path, node(1, 114.3, 30.6), node(2, 114.4, 30.6), way(1, [1, 2], waterway="river"))
    with pytest.raises(RoadsError, match="holds no streets"):
        read_osm_roads(path)


def test_no_street_for_this_mode(tmp_path):
    path = osm_file(tmp_path, node(1, 114.3, 30.6), node(2, 114.4, 30.6), way(1, [1, 2], highway="motorway"))
    with pytest.raises(RoadsError, match=r"none of its 1 highway ways may be used \(walk\).*highway=motorway 1"):
        read_osm_roads(path)


def test_streets_without_nodes(tmp_path):
    with pytest.raises(RoadsError, match="no node of its streets"):
        read_osm_roads(osm_file(tmp_path, way(1, [1, 2], highway="path")))


def test_unknown_suffix_and_folder(tmp_path):
    path = tmp_path / "roads.dwg"
    path.write_bytes(b"AC1032")
    with pytest.raises(RoadsError, match=r"unknown kind of file for streets.*\.osm\.pbf"):
        read_roads_file(path)
    folder = tmp_path / "folder.osm"
    folder.mkdir()
    with pytest.raises(InputError, match="is no file"):
        read_osm_roads(folder)


@pytest.mark.real
def test_las_palmas(real):
    path = real / "las_palmas" / "las-palmas-2023-02-21.osm.pbf"
    began = time.process_time()
    roads = read_osm_roads(path)
    seconds = time.process_time() - began
    lengths = np.hypot(np.diff(roads.node_x[roads.way_node]), np.diff(roads.node_y[roads.way_node]))
    lengths[roads.way_ptr[1:-1] - 1] = 0
    assert roads.crs == "EPSG:32628"
    assert 2_040_000 < lengths.sum() < 2_150_000  # 2,041 km of streets, 39 km of outlines
    assert (roads.way_flags & WayFlag.STEPS > 0).sum() > 700
    assert seconds < 4, "reading takes 0.6 s of processor time"

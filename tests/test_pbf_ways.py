"""Streets that numpy reads from PBF files are those that pyosmium reads; what numpy doesn't know pyosmium reads."""

import dataclasses

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Relation, Way

from civicreach.errors import RoadsError
from civicreach.inputs.osm import read_osm_roads
from civicreach.inputs.osm_tags import read_filter
from civicreach.inputs.osm_ways import scan_ways
from civicreach.inputs.pbf_fields import Ragged, Spans, UnusualPbfError, find_fields, lists, signed, unpacked
from civicreach.inputs.pbf_ways import scan_pbf
from osm_text import node, osm_file, way

LANE = (
    Node(id=1, location=(114.300, 30.600)),
    Node(id=2, location=(114.301, 30.600), tags={"barrier": "gate", "access": "private"}),
    Node(id=4, location=(114.302, 30.600)),
    Way(id=10, nodes=[1, 2, 3, 4], tags={"highway": "residential", "name": "清川路"}),
)


def pbf(path, entities, options="", ordered=True):
    """A PBF file of entities, written by libosmium."""
    header = osmium.io.Header()
    if ordered:
        header.set("sorting", "Type_then_ID")
    with osmium.SimpleWriter(osmium.io.File(str(path), f"pbf{options}"), overwrite=True, header=header) as writer:
        for entity in entities:
            writer.add(entity)
    return path


def assert_same(path, mode):
    rules = read_filter(mode)
    (ways, nodes), (other_ways, other_nodes) = scan_pbf(path, rules), scan_ways(path, rules, ordered=True)
    for field in dataclasses.fields(ways):
        mine, other = getattr(ways, field.name), getattr(other_ways, field.name)
        if field.name == "speeds":
            mine, other = str(mine), str(other)  # no NaN equals another
        assert mine == other, field.name
    for found, expected in zip(nodes, other_nodes, strict=True):
        assert np.array_equal(found, expected)


IDS = st.integers(1, 60) | st.integers(1, 2**45)
WORDS = st.sampled_from(
    ["yes", "no", "private", "gate", "wall", "steps", "path", "清川路", "", "30 mph", "customers", "barrier", "highway"]
)
KEYS = st.sampled_from(
    ["barrier", "access", "foot", "name", "ref", "oneway", "bridge", "maxspeed", "surface", "locked"]
)
HIGHWAYS = st.sampled_from(["residential", "steps", "motorway", "pedestrian", "no_such_class"])
TAGS = st.dictionaries(KEYS, WORDS, max_size=4)
STREETS = st.builds(lambda tags, highway: {**tags, "highway": highway}, TAGS, HIGHWAYS)
PLACES = st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))


@st.composite
def towns(draw):
    """Nodes, ways and relations, sorted; ways may name nodes and relations ways that aren't there."""
    places = draw(st.dictionaries(IDS, st.tuples(PLACES, TAGS), max_size=8))
    known = sorted(places)
    refs = st.lists(st.sampled_from([*known, 7, 2**40]), max_size=6)
    ways = draw(st.dictionaries(IDS, st.tuples(refs, TAGS | STREETS), max_size=8))
    members = st.lists(st.tuples(st.sampled_from("nwr"), st.sampled_from([*ways, 5])), max_size=4)
    relations = draw(st.dictionaries(IDS, st.tuples(members, TAGS | STREETS), max_size=3))
    return [
        *(Node(id=i, location=(places[i][0][0] / 1e7, places[i][0][1] / 1e7), tags=places[i][1]) for i in known),
        *(Way(id=i, nodes=nodes, tags=tags) for i, (nodes, tags) in sorted(ways.items())),
        *(
            Relation(id=i, members=[(*member, "outer") for member in found], tags={"type": "multipolygon", **tags})
            for i, (found, tags) in sorted(relations.items())
        ),
    ]


@settings(max_examples=60, deadline=None)
@given(
    towns(), st.sampled_from(["", ",pbf_compression=none", ",add_metadata=none"]), st.sampled_from(["walk", "drive"])
)
def test_any_town_is_read_as_pyosmium_reads_it(tmp_path_factory, town, options, mode):
    assert_same(pbf(tmp_path_factory.mktemp("town") / "town.osm.pbf", town, options), mode)


def test_files_of_several_blocks(tmp_path):
    """Blocks of libosmium hold 8,000 entities; strings and differences begin anew in each."""
    rng = np.random.default_rng(5)
    ids = np.cumsum(rng.integers(1, 1000, 9000)).tolist()
    kinds = ["residential", "steps", "cycleway"]
    nodes = (
        Node(id=i, location=(114 + i / 1e8, 30), tags={"barrier": "wall"} if i % 50 == 0 else {"natural": "tree"})
        for i in ids
    )
    ways = (
        Way(id=k, nodes=rng.choice(ids, 3).tolist(), tags={"highway": kinds[k % 3], "name": f"{k % 70} 路"})
        for k in range(1, 9000)
    )
    squares = (
        Relation(id=k, members=[("w", 3 * k + 2, "outer")], tags={"type": "multipolygon", "highway": "pedestrian"})
        for k in range(1, 9)
    )
    path = pbf(tmp_path / "city.osm.pbf", [*nodes, *ways, *squares])
    assert_same(path, "walk")
    ways, _ = scan_pbf(path, read_filter("walk"))
    assert len(ways.ids) == 5999 + 8
    assert sum(ways.dropped.values()) == 3000
    assert len(ways.barriers) == sum(i % 50 == 0 for i in ids)


UNUSUAL = {
    "nodes one by one": (LANE, ",pbf_dense_nodes=false", True),
    "ways with places": (LANE, ",locations_on_ways=true", True),
    "packed by lz4": (LANE, ",pbf_compression=lz4", True),
    "not sorted, but says so": ((*LANE[:2], LANE[3], LANE[2]), "", True),
    "nodes not sorted, but says so": ((LANE[1], LANE[0], *LANE[2:]), "", True),
    "a node twice": ((LANE[0], *LANE), "", True),
    "a new node of an editor": ((Node(id=-1, location=(114.2, 30.6)), *LANE), "", True),
    "a new way of an editor": ((*LANE[:3], Way(id=-10, nodes=[1, 2], tags={"highway": "path"})), "", True),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_files_are_left_to_pyosmium(tmp_path, case):
    entities, options, ordered = UNUSUAL[case]
    path = tmp_path / "town.osm.pbf"
    try:
        pbf(path, entities, options, ordered)
    except ValueError:
        pytest.skip("libosmium was built without this")
    with pytest.raises(UnusualPbfError):
        scan_pbf(path, read_filter("walk"))
    assert len(read_osm_roads(path).way_id)


def test_files_that_do_not_say_that_they_are_sorted_go_to_pyosmium(tmp_path):
    path = pbf(tmp_path / "town.osm.pbf", LANE[::-1], ordered=False)
    assert read_osm_roads(path).node_id.tolist() == [1, 2]


def test_a_value_called_barrier_is_no_barrier(tmp_path):
    tags = {"natural": "barrier", "name": "highway"}
    nodes = [Node(id=i, location=(114.3 + i / 1000, 30.6), tags=tags) for i in (1, 2)]
    lane = Way(id=3, nodes=[1, 2], tags={"highway": "path", "barrier": "wall"})
    path = pbf(tmp_path / "town.osm.pbf", [*nodes, lane, Way(id=4, nodes=[1, 2], tags={"name": "highway"})])
    assert_same(path, "walk")
    ways, _ = scan_pbf(path, read_filter("walk"))
    assert not ways.barriers
    assert ways.ids == [3]


def test_blobs_that_are_too_large_or_lie_about_their_size(tmp_path, monkeypatch):
    path = pbf(tmp_path / "town.osm.pbf", LANE)
    content = path.read_bytes()
    at = content.index(b"\x78", content.index(b"OSMData"))  # zlib begins; its size and the unpacked one stand before
    size_at = content.rindex(b"\x10", 0, at) + 1
    path.write_bytes(content[:size_at] + bytes([content[size_at] ^ 1]) + content[size_at + 1 :])
    with pytest.raises(UnusualPbfError, match="another size than it says"):
        scan_pbf(path, read_filter("walk"))
    path.write_bytes(content)
    monkeypatch.setattr("civicreach.inputs.pbf_blocks.LARGEST_BLOB", len(content))
    scan_pbf(path, read_filter("walk"))
    monkeypatch.setattr("civicreach.inputs.pbf_blocks.LARGEST_BLOB", 40)
    with pytest.raises(UnusualPbfError):
        scan_pbf(path, read_filter("walk"))


@pytest.mark.parametrize("options", ["", ",pbf_compression=none"])
def test_damaged_files_end_in_one_kind_of_error(tmp_path, options):
    """Whatever byte is wrong: streets, or a word for the reader. Nothing else, and nothing that doesn't end."""
    path = pbf(tmp_path / "town.osm.pbf", LANE, options)
    content = path.read_bytes()
    other = 0
    for at in range(len(content)):
        for wrong in (0xFF, content[at] ^ 0x01):
            path.write_bytes(content[:at] + bytes([wrong]) + content[at + 1 :])
            try:
                scan_pbf(path, read_filter("walk"))
            except UnusualPbfError:
                other += 1
    assert other > len(content) / 2


def test_a_damaged_file_is_reported_by_pyosmium(tmp_path):
    path = pbf(tmp_path / "town.osm.pbf", LANE)
    content = path.read_bytes()
    path.write_bytes(content[:-20] + bytes(20))
    with pytest.raises(RoadsError, match="cut off, damaged"):
        read_osm_roads(path)


def test_pbf_and_xml_are_the_same_streets(tmp_path):
    plain = osm_file(tmp_path, *(node(i, 114.3 + i / 1000, 30.6) for i in (1, 2, 3)), way(9, [1, 2, 3], highway="path"))
    path = pbf(tmp_path / "town.osm.pbf", osmium.FileProcessor(str(plain)))
    assert read_osm_roads(path).fingerprint() == read_osm_roads(plain).fingerprint()


def test_the_sample_is_read_by_numpy(repository):
    (path,) = (repository / "data" / "sample").glob("*.osm.pbf")
    for mode in ("walk", "drive"):
        assert_same(path, mode)


@pytest.mark.real
def test_las_palmas_is_read_by_numpy(real):
    assert_same(real / "las_palmas" / "las-palmas-2023-02-21.osm.pbf", "walk")


def test_numbers_as_protocol_buffers_pack_them():
    """The format's own examples: 150 is 96 01; 0, -1, 1, -2 are stored as 0, 1, 2, 3."""
    assert unpacked(np.frombuffer(b"\x96\x01\x00\x7f\x80\x80\x01", np.uint8)).tolist() == [150, 0, 127, 16384]
    assert signed(np.array([0, 1, 2, 3, 2**32 - 2])).tolist() == [0, -1, 1, -2, 2**31 - 1]
    assert unpacked(np.empty(0, np.uint8)).tolist() == []
    with pytest.raises(UnusualPbfError):
        unpacked(np.frombuffer(b"\x01\x80", np.uint8))


def test_lists_may_be_empty_and_sums_begin_anew():
    data = np.frombuffer(b"\x02\x02\x01\x04", np.uint8)
    found = lists(data, Spans(np.array([0, 0, 2]), np.array([2, 0, 4])))
    assert found.each() == [[2, 2], [], [1, 4]]
    assert found.summed().each() == [[1, 2], [], [-1, 1]]
    with pytest.raises(UnusualPbfError):
        lists(np.frombuffer(b"\x02\x82\x01", np.uint8), Spans(np.array([0, 2]), np.array([2, 3])))
    assert Ragged(*found).of(np.array([2, 1, 0])).each() == [[1, 4], [], [2, 2]]


def test_fields_of_many_messages_at_once():
    """Two messages: field 1 is 150, field 2 holds two bytes; field 2 holds one byte, field 1 is missing."""
    data = np.frombuffer(b"\x08\x96\x01\x12\x02\x05\x06\x12\x01\x07", np.uint8)
    found = find_fields(data, Spans(np.array([0, 7]), np.array([7, 10])), (1, 2))
    assert [span.tolist() for span in found[1]] == [[1, 0], [3, 0]]
    assert [span.tolist() for span in found[2]] == [[5, 9], [7, 10]]
    for broken in (
        b"\x12\x09\x05\x06",
        b"\x0d\x00\x00\x00\x00",
        b"\x08\x01\x08\x02",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    ):
        with pytest.raises(UnusualPbfError):
            find_fields(np.frombuffer(broken, np.uint8), Spans(np.array([0]), np.array([len(broken)])), (1, 2))

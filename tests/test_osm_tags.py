import math

import pytest

from civicreach.inputs.osm_tags import parse_speed_kmh, read_filter
from civicreach.layers import Barrier, WayFlag


def way(mode, **tags):
    tags = {key.replace("__", ":"): value for key, value in tags.items()}
    return read_filter(mode).way(tags.get)


def node(mode, **tags):
    return Barrier(read_filter(mode).node(tags.get))


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "trunk"},
        {"highway": "steps"},
        {"highway": "track"},
        {"highway": "corridor"},
        {"highway": "service", "service": "parking_aisle"},
        {"highway": "service", "service": "driveway"},
        {"highway": "residential", "sidewalk": "no"},
        {"highway": "residential", "sidewalk": "none"},
        {"highway": "secondary", "sidewalk": "separate"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "residential", "access": "destination"},
        {"highway": "footway", "access": "customers"},
        {"highway": "residential", "oneway": "yes"},
        {"highway": "cycleway", "foot": "yes"},
        {"highway": "cycleway", "foot": "designated"},
        {"highway": "bridleway", "foot": "permissive"},
        {"highway": "motorway", "foot": "yes"},
        {"highway": "trunk", "motorroad": "yes", "foot": "designated"},
        {"highway": "service", "access": "no", "foot": "yes"},
        {"highway": "path", "foot": "yes;designated"},
        {"highway": "path", "foot": "no such value", "access": "yes"},
    ],
)
def test_open_on_foot(tags):
    verdict = way("walk", **tags)
    assert verdict.keep
    assert not verdict.flags & (WayFlag.PRIVATE | WayFlag.NO_FORWARD | WayFlag.NO_BACKWARD)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "motorway"}, "highway=motorway"),
        ({"highway": "motorway_link"}, "highway=motorway_link"),
        ({"highway": "cycleway"}, "highway=cycleway"),
        ({"highway": "bridleway", "access": "yes"}, "highway=bridleway"),
        ({"highway": "construction"}, "highway=construction"),
        ({"highway": "construction", "foot": "yes"}, "highway=construction"),
        ({"highway": "proposed"}, "highway=proposed"),
        ({"highway": "trunk", "motorroad": "yes"}, "motorroad=yes"),
        ({"highway": "trunk", "foot": "no"}, "foot=no"),
        ({"highway": "primary", "foot": "use_sidepath"}, "foot=use_sidepath"),
        ({"highway": "footway", "access": "no"}, "access=no"),
        ({"highway": "track", "access": "agricultural"}, "access=agricultural"),
        ({"highway": "service", "route": "ferry", "foot": "yes"}, "route=ferry"),
        ({"highway": "quay wall"}, "unknown highway=quay wall"),
    ],
)
def test_closed_on_foot_with_the_reason(tags, reason):
    verdict = way("walk", **tags)
    assert not verdict.keep
    assert verdict.reason == reason


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "service", "access": "private"},
        {"highway": "residential", "access": "residents"},
        {"highway": "residential", "access": "resident"},
        {"highway": "footway", "foot": "private"},
        {"highway": "service", "service": "private"},
    ],
)
def test_private_ways_stay_and_are_flagged(tags):
    verdict = way("walk", **tags)
    assert verdict.keep
    assert verdict.flags & WayFlag.PRIVATE


def test_foot_reopens_private_ways():
    assert not way("walk", highway="service", access="private", foot="yes").flags & WayFlag.PRIVATE
    assert not way("walk", highway="service", service="private", foot="permissive").flags


def test_flags_of_shape():
    assert way("walk", highway="steps").flags == WayFlag.STEPS
    assert way("walk", highway="steps", conveying="yes").flags == WayFlag.STEPS
    assert way("walk", highway="footway", bridge="viaduct").flags == WayFlag.BRIDGE
    assert way("walk", highway="footway", bridge="no", tunnel="yes").flags == WayFlag.TUNNEL
    assert way("walk", highway="footway", tunnel="building_passage").flags == 0


def test_oneway_for_feet_only():
    assert way("walk", highway="path", oneway__foot="yes").flags == WayFlag.NO_BACKWARD
    assert way("walk", highway="path", oneway__foot="-1").flags == WayFlag.NO_FORWARD
    assert way("walk", highway="steps", conveying="forward").flags == WayFlag.STEPS | WayFlag.NO_BACKWARD
    assert way("walk", highway="residential", oneway="-1").flags == 0


def test_squares_keep_their_outline_on_foot_and_not_by_car():
    assert way("walk", highway="pedestrian", area="yes").outline
    assert way("drive", highway="service", area="yes").reason == "area=yes"


def test_walking_has_no_road_speed():
    assert math.isnan(way("walk", highway="primary", maxspeed="50").speed_kmh)


@pytest.mark.parametrize("highway", ["motorway", "trunk_link", "residential", "living_street", "service", "road"])
def test_open_by_car(highway):
    assert way("drive", highway=highway).keep


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, "highway=footway"),
        ({"highway": "footway", "motor_vehicle": "yes"}, "highway=footway"),
        ({"highway": "steps"}, "highway=steps"),
        ({"highway": "pedestrian"}, "highway=pedestrian"),
        ({"highway": "track"}, "highway=track"),
        ({"highway": "residential", "vehicle": "no"}, "vehicle=no"),
        ({"highway": "residential", "motorcar": "no", "motor_vehicle": "yes"}, "motorcar=no"),
        ({"highway": "residential", "access": "no"}, "access=no"),
    ],
)
def test_closed_by_car(tags, reason):
    assert way("drive", **tags).reason == reason


def test_vehicle_tags_open_for_cars():
    assert way("drive", highway="track", motor_vehicle="yes").keep
    assert way("drive", highway="pedestrian", vehicle="delivery").keep
    assert not way("drive", highway="service", access="private", motor_vehicle="yes").flags
    assert way("drive", highway="service", access="private").flags == WayFlag.PRIVATE


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"oneway": "yes"}, WayFlag.NO_BACKWARD),
        ({"oneway": "true"}, WayFlag.NO_BACKWARD),
        ({"oneway": "1"}, WayFlag.NO_BACKWARD),
        ({"oneway": "-1"}, WayFlag.NO_FORWARD),
        ({"oneway": "reverse"}, WayFlag.NO_FORWARD),
        ({"oneway": "no"}, 0),
        ({"junction": "roundabout"}, WayFlag.NO_BACKWARD),
        ({"junction": "circular"}, WayFlag.NO_BACKWARD),
        ({"junction": "roundabout", "oneway": "no"}, 0),
    ],
)
def test_oneway_by_car(tags, flags):
    assert way("drive", highway="primary", **tags).flags == flags


def test_motorways_run_forward_only_unless_they_say_otherwise():
    assert way("drive", highway="motorway").flags == WayFlag.NO_BACKWARD
    assert way("drive", highway="motorway", oneway="no").flags == 0


@pytest.mark.parametrize(
    ("text", "speed_kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("CN:urban", 50.0),
        ("DE:zone:30", 30.0),
        ("walk", 7.0),
        ("80;60", 60.0),
        ("none", None),
        ("signals", None),
        ("", None),
        ("0", None),
        ("5000", None),
        ("-5", None),
    ],
)
def test_maxspeed(text, speed_kmh):
    assert parse_speed_kmh(text, {"walk": 7, "urban": 50}) == (None if speed_kmh is None else pytest.approx(speed_kmh))


def test_speeds_without_maxspeed_come_from_the_class():
    rules = read_filter("drive").rules["speeds"]
    assert way("drive", highway="primary").speed_kmh == rules["primary"]
    assert way("drive", highway="primary", maxspeed="signals").speed_kmh == rules["primary"]
    assert way("drive", highway="primary", maxspeed="30").speed_kmh == 30
    assert set(rules) - {"default"} <= {
        *read_filter("drive").rules["classes"]["open"],
        *read_filter("drive").rules["classes"]["on_permission"],
    }


@pytest.mark.parametrize(
    ("tags", "barrier"),
    [
        ({"highway": "crossing"}, 0),
        ({"barrier": "gate"}, 0),
        ({"barrier": "bollard"}, 0),
        ({"barrier": "gate", "access": "private"}, Barrier.LOCKED),
        ({"barrier": "lift_gate", "access": "private", "foot": "yes"}, 0),
        ({"barrier": "gate", "access": "customers"}, Barrier.LOCKED),
        ({"barrier": "gate", "locked": "yes"}, Barrier.LOCKED),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, 0),
        ({"barrier": "gate", "foot": "private"}, Barrier.LOCKED),
        ({"barrier": "gate", "access": "no"}, Barrier.SHUT),
        ({"barrier": "gate", "foot": "no"}, Barrier.SHUT),
        ({"barrier": "bollard", "access": "no", "foot": "yes"}, 0),
        ({"barrier": "wall"}, Barrier.SHUT),
        ({"barrier": "wall", "access": "yes"}, 0),
        ({"barrier": "stile"}, Barrier.NARROW),
        ({"barrier": "turnstile", "wheelchair": "yes"}, 0),
        ({"barrier": "block", "wheelchair": "no"}, Barrier.NARROW),
        ({"barrier": "kissing_gate", "access": "private"}, Barrier.NARROW | Barrier.LOCKED),
    ],
)
def test_barriers_on_foot(tags, barrier):
    assert node("walk", **tags) == barrier


@pytest.mark.parametrize(
    ("tags", "barrier"),
    [
        ({"barrier": "gate"}, 0),
        ({"barrier": "bollard"}, Barrier.SHUT),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, 0),
        ({"barrier": "lift_gate", "access": "private"}, Barrier.LOCKED),
        ({"barrier": "stile"}, Barrier.SHUT),
    ],
)
def test_barriers_by_car(tags, barrier):
    assert node("drive", **tags) == barrier


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_no_class_stands_in_two_lists(mode):
    classes = read_filter(mode).rules["classes"]
    listed = [name for kind in ("open", "on_permission", "closed") for name in classes[kind]]
    assert len(listed) == len(set(listed))


def test_the_two_filters_have_different_fingerprints():
    assert read_filter("walk").fingerprint != read_filter("drive").fingerprint

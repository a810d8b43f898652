"""Gap zones by hand on one town with every cause, against brute force, and their laws.

::

      g,p   n   n2                                     5 minutes at 1 m/s = 300 m; the centre Z stands at (0, 0)
      L━━━━━━━━━━━━━━━━━━━━━━━━━M (1000, 200)          north street
      ┊                         ┃
    ~~┊~~~~~~ Clear River ~~~~~~┃~~~~~ y = 150         L-K is a private footbridge, M-E the public bridge
      ┊                         ┃
    ━━K━━━Z━━c━━━━━━━━━━━━━━━━━━E (1000, 0)            south street, from S (-2000, 0), where it leaves the data
    S  x            v  w
                       i (lane of 100 m that joins nothing, 300 m south)       u (500 m south of everything)

    home          people   nearest by the network, metres        as the crow flies    cause
    c   (100, 0)       1   100                                   100                  covered
    g   (-80, 200)     2   1080 + 200 + 1000 = 2280, 280 open    215.4                gated
    n   (0, 200)       4   1000 + 200 + 1000 = 2200, 360 open    200                  detour
    n2  (100, 200)     8   2100                                  223.6                detour
    v   (-1000, 0)    16   1000                                  1000                 far
    w   (-1100, 0)    32   1100                                  1100                 far
    x   (-1900, 0)    64   1900, but 100 to S                    1900                 edge
    i   (550, -300)  128   none                                  626.5                no way
    u   (0, -500)    256   none within 200 m                     500                  no way
    out (0, 3000)    512   in none of the areas
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import InputError, LayerError
from civicreach.layers import Areas, Demand, Roads, WayFlag
from civicreach.measures.gap_causes import CAUSES, gap_causes, straight_speed_mps
from civicreach.measures.gap_zones import gap_zones, linked, zone_fields
from civicreach.measures.ground import Ground
from civicreach.network import build_network
from civicreach.study import Profile
from little_ground import a_ground, a_study

HOMES = {
    "c": (100.0, 0.0), "g": (-80.0, 200.0), "n": (0.0, 200.0), "n2": (100.0, 200.0), "v": (-1000.0, 0.0),
    "w": (-1100.0, 0.0), "x": (-1900.0, 0.0), "i": (550.0, -300.0), "u": (0.0, -500.0), "out": (0.0, 3000.0),
}  # fmt: skip
Z = {"Z": (0.0, 0.0)}
RIVER = shapely.box(-500, 140, 1500, 160)


@cache
def town_roads() -> Roads:
    nodes = {
        "S": (-2000, 0), "K": (-80, 0), "E": (1000, 0), "M": (1000, 200), "L": (-80, 200), "P": (500, -300),
        "Q": (600, -300),
    }  # fmt: skip
    ways = [("S K E", "residential", 0), ("L M", "residential", 0), ("E M", "residential", int(WayFlag.BRIDGE))]
    private = ("K L", "footway", int(WayFlag.PRIVATE))
    return towns.roads(nodes, [*ways, private, ("P Q", "service", 0)])


def areas(*, split_at: float = -1500.0) -> Areas:
    """North and south of the river in the subdistrict "mid", the rest in the west; the border is `split_at`."""
    rows = {
        "north": ("北岸", "mid", shapely.box(split_at, 150, 1200, 400)),
        "south": ("南岸", "mid", shapely.box(split_at, -700, 1200, 150)),
        "west": ("西村", "west", shapely.box(-2100, -700, split_at, 400)),
    }
    table = {
        "community_id": list(rows),
        "community": [row[0] for row in rows.values()],
        "subdistrict_id": [row[1] for row in rows.values()],
        "district_id": "d",
    }
    return Areas(gpd.GeoDataFrame(table, geometry=[row[2] for row in rows.values()], crs=towns.CRS))


def town(
    places: Mapping[str, tuple[float, float]] = Z,
    *,
    homes: Demand | None = None,
    within: Areas | None = None,
    service: Mapping[str, Any] | None = None,
    **sections: Any,
) -> Ground:
    study = a_study({"centre": dict(service or {})}, **sections)
    layer = {"centre": towns.facilities(dict(places))}
    homes = towns.demand(HOMES) if homes is None else homes
    return a_ground(study, town_roads(), homes, layer, areas() if within is None else within, cut_at=(-2000, 0))


def barriers(**layers: Any) -> dict[str, gpd.GeoDataFrame]:
    return {
        kind: gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs=towns.CRS)
        for kind, shapes in layers.items()
    }


def test_every_home_has_its_cause() -> None:
    found = gap_causes(town(), "centre", barriers={})
    assert found["cause"].to_dict() == {
        "g": "gated", "n": "detour", "n2": "detour", "v": "far", "w": "far", "x": "edge", "i": "no_way", "u": "no_way",
    }  # fmt: skip
    assert (found["nearest_min"] * 60)[:6].tolist() == pytest.approx([2280, 2200, 2100, 1000, 1100, 1900])
    assert (found["over_min"] * 60)[:6].tolist() == pytest.approx([1980, 1900, 1800, 700, 800, 1600])
    assert found[["nearest_min", "over_min"]].loc[["i", "u"]].isna().all(axis=None)
    straight = [np.hypot(80, 200), 200, np.hypot(100, 200), 1000, 1100, 1900, np.hypot(550, 300), 500]
    assert (found["straight_min"] * 60).tolist() == pytest.approx(straight)
    # who can't reach any is told the one that is nearest as the crow flies
    assert found["facility_id"].tolist() == ["Z"] * 8


def test_with_private_ways_open_nobody_is_gated() -> None:
    found = gap_causes(town(roads={"private_access": "open"}), "centre", barriers={})
    assert "g" not in found.index  # 280 m


def test_a_home_that_gates_leave_without_any_street_is_gated() -> None:
    """g stands beside the middle of the footbridge; where nobody may use it, no street lies within 80 m of it."""
    homes = towns.demand({"c": (100, 0), "g": (-80, 90)})
    found = gap_causes(town(homes=homes, roads={"private_access": "closed", "max_snap_m": 80}), "centre", barriers={})
    assert found["cause"].to_dict() == {"g": "gated"}
    assert np.isnan(found["nearest_min"]["g"])


def test_private_ways_count_as_closed_where_no_junction_tells_them() -> None:
    """With a stub at K and another at L the streets have the same junctions with and without the footbridge."""
    nodes = {
        "S": (-2000, 0), "K": (-80, 0), "E": (1000, 0), "M": (1000, 200), "L": (-80, 200), "T": (-80, -300),
        "U": (-80, 300), "V": (-90, 200),
    }  # fmt: skip
    ways = [("S K E M L V", "residential", 0), ("K T", "residential", 0), ("L U", "residential", 0)]
    roads = towns.roads(nodes, [*ways, ("K L", "footway", int(WayFlag.PRIVATE))])
    study = a_study({"centre": {}}, roads={"private_access": "closed"})
    homes = towns.demand({"c": (100, 0), "g": (-80, 200)})
    ground = a_ground(study, roads, homes, {"centre": towns.facilities(Z)}, cut_at=(-2000, 0))
    walker = towns.WALKER
    assert ground.network_of(walker, "closed").node_count == ground.network_of(walker, "open").node_count
    assert gap_causes(ground, "centre", barriers={})["cause"].to_dict() == {"g": "gated"}


def test_a_detour_starts_at_1_8_times_the_straight_way() -> None:
    """With the footbridge open n walks 80 + 200 + 80 = 360 m for 200 m; a metre to the west it is 359 for 200.0025."""
    homes = towns.demand({"c": (100, 0), "n": (0, 200), "nearer": (-1, 200)})
    found = gap_causes(town(homes=homes, roads={"private_access": "open"}), "centre", barriers={})
    assert found["cause"].to_dict() == {"n": "detour", "nearer": "far"}


@pytest.mark.parametrize(("x", "cause"), [(223.6, "detour"), (223.7, "far")])
def test_behind_a_barrier_but_too_far_in_any_case_is_far(x: float, cause: str) -> None:
    """From (223.6, 200) it is 299.98 m to Z as the crow flies, from (223.7, 200) 300.06 m; both walk 1,976 m."""
    found = gap_causes(town(homes=towns.demand({"c": (100, 0), "h": (x, 200)})), "centre", barriers={})
    assert found["cause"].to_dict() == {"h": cause}


def test_zones_by_hand() -> None:
    zones = gap_zones(town(), "centre", group="people", barriers=barriers(water={"Clear River": RIVER}))
    # g, n and n2 lie 80 and 100 m apart, v and w 100 m; i and u are more than 250 m from everyone
    assert zones.index.tolist() == ["u", "i", "x", "w", "n2"]
    assert zones["rank"].tolist() == [1, 2, 3, 4, 5]
    assert zones["people_uncovered"].tolist() == [256.0, 128.0, 64.0, 48.0, 14.0]
    assert zones["point_count"].tolist() == [1, 1, 1, 2, 3]
    assert zones["name"].tolist() == ["南岸", "南岸", "西村", "南岸", "北岸"]
    assert zones["subdistrict_id"].tolist() == ["mid", "mid", "west", "mid", "mid"]
    assert zones["cause"].tolist() == ["no_way", "no_way", "edge", "far", "detour"]
    bank = zones.loc["n2"]
    assert (bank["gated_share"], bank["detour_share"], bank["far_share"]) == pytest.approx((2 / 14, 12 / 14, 0))
    # half of 14 people are 7: n2 alone (8 people, 2100 m) is more
    assert bank["nearest_min"] * 60 == pytest.approx(2100)
    assert bank["over_min"] * 60 == pytest.approx(1800)
    # 4 live 200 m away, 2 more 215.4 m: the seventh is one of the 8 at 223.6 m
    assert bank["straight_min"] * 60 == pytest.approx(np.hypot(100, 200))
    sums = 2 * 2280 + 4 * 2200 + 8 * 2100, 2 * np.hypot(80, 200) + 4 * 200 + 8 * np.hypot(100, 200)
    assert bank["detour_ratio"] == round(sums[0] / sums[1], 2)
    assert (bank["barrier"], bank["barrier_name"]) == ("water", "Clear River")
    # 16 people need 1000 m, 32 need 1100 m, and half are 24
    assert zones.loc["w", "nearest_min"] * 60 == pytest.approx(1100)
    assert zones.loc["w", "nearest_facility"] == "Z"
    assert zones["barrier"].tolist()[:4] == [None] * 4
    assert np.isnan(zones.loc["u", "nearest_min"])
    assert np.isnan(zones.loc["u", "detour_ratio"])


def test_half_of_a_zone_s_people_are_enough_for_the_median() -> None:
    homes = towns.demand({"c": (100, 0), "v": (-1000, 0), "w": (-1100, 0)}, [1, 5, 5])
    zones = gap_zones(town(homes=homes), "centre", group="people")
    assert zones["nearest_min"].tolist() == pytest.approx([1000 / 60])
    assert zones.index.tolist() == ["w"]  # of two homes of the same size the one in the west


def test_the_zones_of_a_place_add_up_to_its_uncovered_total_to_the_last_digit() -> None:
    """Millionths that binary fractions can't hold: zones and tables have the same ones."""
    ground = town(homes=towns.demand(HOMES, [1.000001] * len(HOMES)))
    zones = gap_zones(ground, "centre", group="people")
    assert zones.loc[["w", "i", "u"], "people_uncovered"].tolist() == [2.000002, 1.000001, 1.000001]
    table = ground.circles["centre"].tables["community"]
    assert round(zones["people_uncovered"].sum(), 6) == round(table["people_uncovered"].sum(), 6)


def test_a_zone_ends_at_the_subdistrict_s_boundary() -> None:
    whole = gap_zones(town(), "centre", group="people")
    parted = gap_zones(town(within=areas(split_at=-1050)), "centre", group="people")
    assert whole.loc["w", "point_count"] == 2
    assert parted.loc[["v", "w"], "people_uncovered"].tolist() == [16.0, 32.0]
    assert parted.loc[["v", "w"], "subdistrict_id"].tolist() == ["mid", "west"]
    # their circles would overlap: each is cut at the boundary
    assert parted.loc["v"].geometry.intersection(parted.loc["w"].geometry).area == pytest.approx(0, abs=1e-6)
    assert parted.loc["v"].geometry.bounds[0] == pytest.approx(-1050)


def test_without_areas_a_zone_is_called_by_its_largest_home() -> None:
    study = a_study({"centre": {}})
    ground = a_ground(study, town_roads(), towns.demand(HOMES), {"centre": towns.facilities(Z)}, cut_at=(-2000, 0))
    zones = gap_zones(ground, "centre", group="people")
    assert zones["name"].tolist() == zones.index.tolist() == ["out", "u", "i", "x", "w", "n2"]


@pytest.mark.parametrize(("link_m", "zones"), [(99.9, 7), (100, 5), (79.9, 8)])
def test_homes_just_a_link_apart_are_one_zone(link_m: float, zones: int) -> None:
    assert len(gap_zones(town(), "centre", group="people", link_m=link_m)) == zones


def test_a_name_holds_three_communities_those_with_most_people_first() -> None:
    homes = {f"h{i}": (-1000.0 + 100 * i, 0.0) for i in range(5)}
    strips = [shapely.box(-1050 + 100 * i, -700, -950 + 100 * i, 400) for i in range(5)]
    frame = gpd.GeoDataFrame({"community_id": list("abcde"), "subdistrict_id": "s"}, geometry=strips, crs=towns.CRS)
    ground = town(homes=towns.demand(homes, [1, 5, 2, 4, 3]), within=Areas(frame))
    assert gap_zones(ground, "centre", group="people")["name"].tolist() == ["b、d、e等"]
    english = replace(ground, study=a_study({"centre": {}}, head={"language": "en"}))
    assert gap_zones(english, "centre", group="people")["name"].tolist() == ["b, d, e and others"]
    # with the last two covered, three are left and named in full
    assert gap_zones(town({"Z": (-650, 0)}, homes=towns.demand(homes, [1, 5, 2, 4, 3]), within=Areas(frame)), "centre",
                     group="people")["name"].tolist() == ["a"]  # fmt: skip


def test_the_largest_barrier_on_the_straight_line_is_named() -> None:
    pond = shapely.box(-10, 60, 110, 80)
    track = shapely.LineString([(-3000, 100), (3000, 100)])
    ground = town()

    def said(**layers: Any) -> list[Any]:
        return gap_causes(ground, "centre", barriers=barriers(**layers)).loc["n", ["barrier", "barrier_name"]].tolist()

    assert said(water={"pond": pond, "Clear River": RIVER}) == ["water", "Clear River"]
    assert said(water={"Clear River": RIVER}, railway={"Long Line": track}) == ["railway", "Long Line"]
    # of a river without a name the named part that is crossed as well tells it
    assert said(water={"": RIVER, "pond": pond}) == ["water", "pond"]
    assert said(water={"far away": shapely.box(0, 1000, 5000, 2000)}) == [None, ""]
    assert said() == [None, ""]


def test_the_base_map_s_water_and_railways_are_barriers_but_not_its_brooks_and_tunnels() -> None:
    water = gpd.GeoDataFrame(
        {"name": ["brook", "river"], "kind": ["stream", "river"]},
        geometry=[shapely.box(-900, 20, 900, 30), shapely.box(-500, 140, 500, 160)], crs=towns.CRS,
    )  # fmt: skip
    tube = gpd.GeoDataFrame(
        {"name": ["tube"], "kind": ["subway"]}, geometry=[shapely.LineString([(-9000, 50), (9000, 50)])], crs=towns.CRS
    )
    found = gap_causes(replace(town(), base_map={"water": water, "rail": tube}), "centre")
    assert found.loc["n", ["barrier", "barrier_name"]].tolist() == ["water", "river"]
    assert found.loc["v", "barrier"] is None  # too far, whatever lies between


def test_a_barrier_is_told_only_where_it_is_why_most_are_left_out() -> None:
    homes = towns.demand({"c": (100, 0), "g": (-80, 200), "n": (0, 200)}, [1, 9, 5])
    zones = gap_zones(town(homes=homes), "centre", group="people", barriers=barriers(water={"Clear River": RIVER}))
    assert zones[["cause", "barrier", "barrier_name"]].to_numpy().tolist() == [["gated", None, ""]]


def test_limits_in_metres_are_told_in_metres() -> None:
    ground = town(service={"minutes": None, "metres": 300})
    zones = gap_zones(ground, "centre", group="people")
    assert zones.loc["n2", ["nearest_m", "over_m"]].tolist() == pytest.approx([2100, 1800])
    names = [field.name for field in zone_fields(ground.study, "centre", "people")]
    assert set(names) <= {*zones.columns}
    assert not [name for name in names if name.endswith("_min")]


def test_several_services_together_leave_out_who_is_covered_by_any() -> None:
    """A clinic at v covers v and w; w is 100 m from it. The bank's nearest is still Z."""
    study = a_study({"centre": {}, "clinic": {"minutes": None, "metres": 200, "profile": "fast"}})
    layers = {"centre": towns.facilities(Z), "clinic": towns.facilities({"Y": (-1000, 0)})}
    ground = a_ground(study, town_roads(), towns.demand(HOMES), layers, areas(), cut_at=(-2000, 0))
    zones = gap_zones(ground, ["centre", "clinic"], group="people", barriers={})
    assert zones.index.tolist() == ["u", "i", "x", "n2"]
    assert zones["nearest_service"].tolist() == ["centre", "centre", "clinic", "centre"]
    # x is 1900 s of 300 from Z and 900 m of 200 from Y, which a fast walker makes in 7.5 minutes instead of 1.67
    assert zones.loc["x", ["nearest_min", "over_min"]].tolist() == pytest.approx([7.5, 7.5 - 100 / 60])
    # one of them alone: the centre leaves v and w, the clinic everyone else
    assert len(gap_causes(ground, "clinic")) == 7
    assert "nearest_service" in [field.name for field in zone_fields(study, ["centre", "clinic"], "people")]


def test_what_is_asked_for_must_be_there() -> None:
    ground = town()
    with pytest.raises(LayerError, match="no service circle of park"):
        gap_zones(ground, ["centre", "park"], group="people")
    with pytest.raises(LayerError, match="no group 'elderly'"):
        gap_zones(ground, "centre", group="elderly")
    with pytest.raises(InputError, match="link_m"):
        gap_zones(ground, "centre", group="people", link_m=0)
    with pytest.raises(LayerError, match="any service"):
        gap_causes(ground, [])


def test_a_place_without_gaps_has_no_zones() -> None:
    ground = town(homes=towns.demand({"c": (100, 0), "d": (0, 0)}))
    zones = gap_zones(ground, "centre", group="people")
    assert len(zones) == 0
    assert {"rank", "name", "people_uncovered", "cause", "far_share", "barrier", "geometry"} <= {*zones.columns}
    nobody = town(homes=towns.demand({"c": (100, 0), "v": (-1000, 0)}, [1, 0]))
    assert len(gap_zones(nobody, "centre", group="people")) == 0
    study, layer = a_study({"centre": {}}), {"centre": towns.facilities(Z)}
    nowhere = a_ground(study, town_roads(), towns.demand({"c": (100, 0)}), layer, cut_at=(-2000, 0))
    assert {*gap_zones(nowhere, "centre", group="people").columns} >= {"rank", "geometry"}


def test_every_column_of_a_list_is_there_in_both_languages() -> None:
    ground = town()
    zones = gap_zones(ground, "centre", group="people")
    for field in zone_fields(ground.study, "centre", "people"):
        assert field.name in {*zones.columns, "district", "subdistrict"}
        assert all(field.header)
    assert {field.name for field in zone_fields(ground.study, "centre", "people")} >= {f"{c}_share" for c in CAUSES}


def test_a_driver_s_straight_way_is_as_fast_as_the_streets_are_on_the_whole() -> None:
    driver = Profile(name="driver", mode="drive", speed_mps=1.0)
    roads = towns.roads({"A": (0, 0), "B": (1000, 0)}, [("A B", "residential", 0)], mode="drive", speed_kmh=36.0)
    assert straight_speed_mps(build_network(roads, driver)) == pytest.approx(10.0)
    assert straight_speed_mps(build_network(towns.cross_road(), towns.WALKER)) == 1.0


SPOTS = st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from("ab"))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPOTS, max_size=25), st.floats(1, 5))
def test_linking_is_what_brute_force_says(spots: list[tuple[int, int, str]], within_m: float) -> None:
    xy = np.array([spot[:2] for spot in spots], dtype=float).reshape(-1, 2)
    apart = np.array([spot[2] for spot in spots], dtype=object)
    label = list(range(len(spots)))
    for i, j in combinations(range(len(spots)), 2):
        if apart[i] == apart[j] and np.hypot(*(xy[i] - xy[j])) <= within_m:
            label = [label[i] if each == label[j] else each for each in label]
    found = linked(xy, within_m, apart=apart)
    assert found.tolist() == pd.factorize(np.array(label, dtype=int))[0].tolist()


PLACES = st.lists(
    st.tuples(st.floats(-1950, 950), st.sampled_from([-300.0, 0.0, 200.0, 350.0]), st.floats(0, 50)),
    min_size=2, max_size=14, unique_by=lambda place: place[:2],
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(PLACES, st.randoms(use_true_random=False), st.sampled_from([60.0, 250.0, 900.0]))
def test_laws(places: list[tuple[float, float, float]], chance: Any, link_m: float) -> None:
    """No person is lost, the order and the ids of homes don't matter, and shapes hold their homes and don't meet."""
    names = [f"h{i}" for i in range(len(places))]
    homes = {name: place[:2] for name, place in zip(names, places, strict=True)} | {"c": (100.0, 0.0)}
    people = [*(round(place[2], 5) for place in places), 1.0]
    ground = town(homes=towns.demand(homes, people))
    zones = gap_zones(ground, "centre", group="people", link_m=link_m)
    table = ground.circles["centre"].tables["community"]
    assert round(zones["people_uncovered"].sum(), 6) == round(table["people_uncovered"].sum(), 6)
    lost = gap_causes(ground, "centre")
    lost = lost[ground.demand.amount("people")[lost.index] > 0]
    assert zones["point_count"].sum() == len(lost)
    assert (zones[[f"{cause}_share" for cause in CAUSES]].sum(axis=1) - 1).abs().max() < 1e-9 or zones.empty
    assert zones.geometry.is_valid.all()
    assert not zones.geometry.is_empty.any()
    assert zones.geometry.union_all().area == pytest.approx(zones.area.sum(), rel=1e-9)
    for home in lost.index:
        assert (zones.distance(shapely.Point(homes[home])) < 1e-6).sum() >= 1

    order = list(homes)
    chance.shuffle(order)
    renamed = {f"new {name}": homes[name] for name in order}
    amounts = dict(zip(homes, people, strict=True))
    again = gap_zones(
        town(homes=towns.demand(renamed, [amounts[name] for name in order])), "centre", group="people", link_m=link_m
    )
    again.index = pd.Index([name.removeprefix("new ") for name in again.index], dtype=object, name="zone_id")
    zones.index = zones.index.astype(object)
    assert zones.area.tolist() == pytest.approx(again.area.tolist())
    left, right = (pd.DataFrame(frame.drop(columns="geometry")) for frame in (zones, again))
    pd.testing.assert_frame_equal(left, right, check_exact=True)

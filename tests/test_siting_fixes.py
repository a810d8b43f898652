"""Fixes of gap zones: every number again on streets that were drawn with the fix, and by hand on one town.

::

      g   n   n2                                       5 minutes at 1 m/s = 300 m; the centre Z stands at (0, 0)
      L━━━━━━━━━━━━━━━━━━━━━━━M (1000, 200)            north street
      ┊                       ┃
    ~~┊~~~~~ river ~~~~~~~~~~~┃~~~~                    L-K is a private footbridge, M-E the public bridge
      ┊                       ┃
    ━━K━━━Z━━c━━━━━━━━━━━━━━━━E (1000, 0)              south street, from S (-2000, 0)
    S    v  w
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import InputError, LayerError, RoadsError
from civicreach.layers import Demand, Facilities, Roads, WayFlag
from civicreach.measures.gap_zones import gap_zones
from civicreach.measures.ground import Ground
from civicreach.network import RoadNetwork, build_network
from civicreach.reach import reach
from civicreach.siting.fixes import cheapest_fixes
from civicreach.siting.fixes_beds import bed_fixes
from civicreach.siting.fixes_network import compounds, open_compounds, with_links
from little_ground import a_ground, a_study

PRIVATE = int(WayFlag.PRIVATE)
HOMES = {
    "c": (100.0, 0.0), "g": (-80.0, 200.0), "n": (0.0, 200.0), "n2": (100.0, 200.0), "v": (-1000.0, 0.0),
    "w": (-1100.0, 0.0),
}  # fmt: skip


def town_roads(*more: tuple[str, str, int], private: int = PRIVATE) -> Roads:
    nodes = {"S": (-2000, 0), "K": (-80, 0), "E": (1000, 0), "M": (1000, 200), "L": (-80, 200)}
    ways = [("S K E", "residential", 0), ("L M", "residential", 0), ("E M", "residential", int(WayFlag.BRIDGE))]
    return towns.roads(nodes, [*ways, ("K L", "footway", private), *more])


def a_town(homes: dict[str, tuple[float, float]] = HOMES, **columns: Sequence[object]) -> Ground:
    places = {"Z": (0.0, 0.0), "west": (-1050.0, 0.0), "north": (60.0, 200.0)} if columns else {"Z": (0.0, 0.0)}
    layer = towns.facilities(places, **columns)
    return a_ground(a_study({"centre": {}}), town_roads(), towns.demand(homes), {"centre": layer})


def covered(ground: Ground, network: RoadNetwork, sites: dict[str, tuple[float, float]]) -> pd.Series:
    """Who is within 5 minutes, by the matrix of all pairs."""
    return reach(ground.demand, towns.facilities(sites), network, cutoff_min=5).covered(5)


def people(ground: Ground, who: pd.Series) -> float:
    return float(ground.demand.frame["people"][who].sum())


def test_town_by_hand() -> None:
    """The link straight across at n brings all three (14 people), the footbridge alone g: 280 m; n has 360 m."""
    found = cheapest_fixes(a_town(), "centre", longest_m=205)
    assert found[["zone_id", "action", "people_zone_gained", "people_gained", "people_lost"]].to_numpy().tolist() == [
        ["w", "centre", 48, 48, 0],
        ["n2", "link", 14, 14, 0],
        ["n2", "centre", 14, 14, 0],
        ["n2", "open", 2, 2, 0],
    ]
    assert found["people_zone"].tolist() == [48, 14, 14, 14]
    link = found[found["action"] == "link"].iloc[0]
    assert link["length_m"] == 200
    assert found.index.name == "rank"
    assert found.geometry.geom_type.tolist() == ["Point", "LineString", "Point", "LineString"]


def test_numbers_again_on_streets_with_the_fix() -> None:
    ground = a_town()
    base = covered(ground, ground.network("walker"), {"Z": (0, 0)})
    for _, fix in cheapest_fixes(ground, "centre", longest_m=205).iterrows():
        network, sites = ground.network("walker"), {"Z": (0.0, 0.0)}
        if fix["action"] == "centre":
            sites["new"] = (fix.geometry.x, fix.geometry.y)
        elif fix["action"] == "open":
            network = build_network(town_roads(private=0), towns.WALKER)
        else:
            network = with_links(network, gpd.GeoSeries([fix.geometry], crs=towns.CRS))
        after = covered(ground, network, sites)
        assert fix["people_gained"] == people(ground, after & ~base)
        assert fix["people_lost"] == people(ground, base & ~after)
        assert fix["people_net"] == fix["people_gained"] - fix["people_lost"]


def test_given_links_candidates_and_costs() -> None:
    """Two bridges and two candidates with costs: the cheapest per person comes first in each zone."""
    ground = a_town(status=["existing", "candidate", "candidate"])
    bridges = gpd.GeoDataFrame(
        {"name": ["Mill Bridge", None], "cost": [70.0, None]},
        geometry=[shapely.LineString([(0, 0), (0, 200)]), shapely.LineString([(500, 0), (500, 200)])],
        crs=towns.CRS, index=["mill", "far"],
    )  # fmt: skip
    costs = {"open": 4, "link": 10, "link_m": 1, "centre": 28}
    found = cheapest_fixes(ground, "centre", links=bridges, costs=costs)
    assert found[["zone_id", "fix_id", "people_gained", "cost", "cost_per_person"]].to_numpy().tolist() == [
        ["w", "centre-west", 48, 28, 28 / 48],
        ["n2", "centre-north", 14, 28, 2],
        ["n2", "open-0", 2, 4, 2],
        ["n2", "link-mill", 14, 70, 5],
    ]  # the bridge at 500 m brings nobody: n2 would walk 1,100 m
    assert found["name"].tolist() == ["west", "north", "", "Mill Bridge"]


def test_a_link_can_hurt() -> None:
    """f (1 person) is helped by the new way, d (2) is snapped to its far end and would walk 312 m instead of 295 m.

    ::

            f (-170, 150)
         .-------.               the new way from (-300, 0) by (-300, 100) and (-150, 95) to (-10, 0)
         |  d     `-.
      ━━━━━━━━━━━━━━━━━━Z━━      d at (-240, 55)
    """
    ground = a_town({"f": (-170.0, 150.0), "d": (-240.0, 55.0)})
    corners = {"P": (-10.0, 0.0), "Q": (-150.0, 95.0), "R": (-300.0, 100.0), "T": (-300.0, 0.0)}
    line = shapely.LineString(corners.values())
    found = cheapest_fixes(ground, "centre", links=gpd.GeoDataFrame(geometry=[line], crs=towns.CRS))
    told = found[found["action"] == "link"]
    assert told[["people_gained", "people_lost", "people_net"]].to_numpy().tolist() == [[1, 2, -1]]
    assert told["cost_per_person"].isna().all()
    nodes = {"S": (-2000.0, 0.0), "E": (1000.0, 0.0), **corners}
    drawn = towns.roads(nodes, [("S T P E", "residential", 0), ("P Q R T", "footway", 0)])
    assert covered(ground, build_network(drawn, towns.WALKER), {"Z": (0, 0)}).to_dict() == {"f": True, "d": False}


def test_zone_counts_add_up() -> None:
    ground = a_town()
    zones = gap_zones(ground, "centre", group="people")
    found = cheapest_fixes(ground, "centre", zones=len(zones))
    assert set(found["zone_id"]) <= set(zones.index)
    assert (found["people_zone_gained"] <= found["people_zone"]).all()
    assert cheapest_fixes(ground, "centre", zones=1)["zone_id"].unique().tolist() == ["w"]


def test_nobody_left_out() -> None:
    found = cheapest_fixes(a_town({"c": (100.0, 0.0)}), "centre")
    assert found.empty
    assert "people_net" in found.columns


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"costs": {"gate": 3}}, InputError, "'gate' isn't known"),
        ({"costs": {"open": -1}}, InputError, "at least 0"),
        ({"longest_m": 0}, InputError, "longest_m"),
        ({"zones": 0}, InputError, "zones"),
        ({"group": "elder"}, LayerError, "no group"),
    ],
)
def test_what_cannot_be(change: dict[str, object], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        cheapest_fixes(a_town(), "centre", **change)  # type: ignore[arg-type]
    with pytest.raises(LayerError, match="no service circle"):
        cheapest_fixes(a_town(), "clinic")


def banks(*ways: tuple[str, str, int], **nodes: tuple[float, float]) -> Roads:
    """Two streets of 1,000 m, 100 m apart, joined at the east end alone, with other ways between them."""
    ends = {"A": (0.0, 100.0), "B": (1000.0, 100.0), "C": (0.0, 0.0), "D": (1000.0, 0.0)}
    north = " ".join(["A", *sorted((n for n in nodes if n[0] == "n"), key=lambda n: nodes[n]), "B"])
    south = " ".join(["C", *sorted((n for n in nodes if n[0] == "s"), key=lambda n: nodes[n]), "D"])
    streets = [(north, "residential", 0), (south, "residential", 0), ("B D", "residential", 0)]
    return towns.roads({**ends, **nodes}, [*streets, *ways])


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 999)), min_size=1, max_size=4, unique=True))
@settings(max_examples=40, deadline=None)
def test_links_are_as_if_they_had_been_drawn(links: list[tuple[int, int]]) -> None:
    """Bridges added to the network cost what they cost in streets that were drawn with them, for every pair."""
    nodes = {f"n{k}": (float(a), 100.0) for k, (a, _) in enumerate(links)}
    nodes |= {f"s{k}": (float(b), 0.0) for k, (_, b) in enumerate(links)}
    drawn = build_network(banks(*((f"n{k} s{k}", "footway", 0) for k in range(len(links))), **nodes), towns.WALKER)
    lines = gpd.GeoSeries([shapely.LineString([(a, 100), (b, 0)]) for a, b in links], crs=towns.CRS)
    added = with_links(build_network(banks(), towns.WALKER), lines)
    assert added.edge_length_mm.sum() == pytest.approx(drawn.edge_length_mm.sum(), abs=8)
    homes = towns.demand({f"h{x}": (float(x), y) for x, y in ((7, 104.0), (333, 95.0), (801, -6.0), (999, 2.0))})
    sites = towns.facilities({"p": (450.0, -3.0), "q": (20.0, 103.0)})
    costs = [reach(homes, sites, network, cutoff_min=60).frame()["cost_ms"] for network in (drawn, added)]
    assert (costs[0] - costs[1]).abs().max() <= 3  # pieces cost whole ms


def test_links_join_what_is_nearest() -> None:
    network = build_network(banks(), towns.WALKER)
    near = gpd.GeoSeries([shapely.LineString([(300, 90), (300, 5)])], crs=towns.CRS)  # led on to both streets
    found = with_links(network, near)
    assert found.edge_count == network.edge_count + 3
    assert found.edge_length_mm[-1] == 100_000
    assert found.classes[found.edge_class[-1]] == "footway"
    assert with_links(network, near[:0]) is network
    corner = with_links(network, gpd.GeoSeries([shapely.LineString([(0, 100), (0, 0)])], crs=towns.CRS))
    assert (corner.edge_count, corner.node_count) == (network.edge_count + 1, network.node_count)


@pytest.mark.parametrize(
    ("line", "crs", "said"),
    [
        (shapely.LineString([(300, 300), (300, 0)]), towns.CRS, "more than 50 m"),
        (shapely.LineString([(300, 5), (300, 0)]), towns.CRS, "at one spot"),
        (shapely.Point(3, 5), towns.CRS, "one line each"),
        (shapely.LineString([(300, 100), (300, 0)]), "EPSG:3857", "links in"),
    ],
)
def test_links_that_do_not_fit(line: shapely.Geometry, crs: str, said: str) -> None:
    with pytest.raises(RoadsError, match=said):
        with_links(build_network(banks(), towns.WALKER), gpd.GeoSeries([line], crs=crs))


def test_links_are_for_walkers() -> None:
    roads, driver = towns.one_way_loop(), towns.WALKER.model_copy(update={"name": "car", "mode": "drive"})
    line = gpd.GeoSeries([shapely.LineString([(0, 0), (100, 100)])], crs=towns.CRS)
    with pytest.raises(RoadsError, match="for walkers"):
        with_links(build_network(roads, driver), line)


@given(st.integers(0, 2**4 - 1))
@settings(max_examples=16, deadline=None)
def test_open_compounds_are_as_if_they_were_public(opened: int) -> None:
    """Four private crossings: those that are opened cost what public ones do, and the others let nobody through."""
    at = [100, 300, 500, 700]
    nodes = {f"n{k}": (float(x), 100.0) for k, x in enumerate(at)} | {
        f"s{k}": (float(x), 0.0) for k, x in enumerate(at)
    }

    def streets(flags: list[int]) -> RoadNetwork:
        ways = [(f"n{k} s{k}", "footway", flag) for k, flag in enumerate(flags)]
        return build_network(banks(*ways, **nodes), towns.WALKER)

    shut = streets([PRIVATE] * 4)
    number = compounds(shut)
    assert sorted(set(number.tolist())) == [-1, 0, 1, 2, 3]
    middle = np.array([shut.lines[np.flatnonzero(number == k)[0]].centroid.x for k in range(4)])
    which = [k for k in range(4) if opened >> at.index(round(middle[k])) & 1]
    found = open_compounds(shut, np.array(which, np.int64))
    public = streets([0 if opened >> k & 1 else PRIVATE for k in range(4)])
    homes = towns.demand({f"h{x}": (float(x), 104.0) for x in (7, 333, 801)} | {"in": (300.0, 60.0)})
    sites = towns.facilities({"p": (450.0, -3.0), "q": (20.0, 0.0)})
    costs = [reach(homes, sites, network, cutoff_min=60).frame() for network in (found, public)]
    pd.testing.assert_frame_equal(costs[0], costs[1])
    assert compounds(found).max() == 3 - len(which)  # what is open is no compound any more


def test_beds() -> None:
    """::

    a(3) -- P[2] ---- b(4) -- Q[3] -- d(5)      P and Q are within reach of all, places in brackets
    """
    street = towns.roads({"W": (0, 0), "E": (400, 0)}, [("W E", "residential", 0)])
    homes = towns.demand({"a": (10, 0), "b": (200, 0), "d": (390, 0)}, [3, 4, 5])
    sites = Facilities(towns.facilities({"P": (60, 0), "Q": (300, 0)}, capacity=[2.0, 3.0]).frame, "home", "beds")
    network = build_network(street, towns.WALKER)
    found = bed_fixes(reach(homes, sites, network, cutoff_min=10), homes, sites, within_min=10, bed_cost=100)
    assert found["people_gained"].sum() == found["beds"].sum() == 12 - 5
    assert (found["cost_per_person"] == 100).all()
    enough = replace(sites, frame=sites.frame.assign(capacity=[9.0, 9.0]))
    none = bed_fixes(reach(homes, enough, network, cutoff_min=10), homes, enough, within_min=10)
    assert none.empty


def test_groups() -> None:
    homes = towns.demand(HOMES)
    elder = Demand(homes.frame.assign(elder=[1.0, 1.0, 0.0, 0.0, 0.0, 3.0]), ("people", "elder"))
    study = a_study({"centre": {}}, groups=("people", "elder"))
    ground = a_ground(study, town_roads(), elder, {"centre": towns.facilities({"Z": (0.0, 0.0)})})
    found = cheapest_fixes(ground, "centre", group="elder", longest_m=205)
    assert found[["action", "elder_gained"]].to_numpy().tolist() == [
        ["centre", 3],
        ["open", 1],
        ["link", 1],
        ["centre", 1],
    ]

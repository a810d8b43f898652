"""Critical links: dominators against networkx, stranded people against closing every street in turn, and by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import LayerError, RoadsError
from civicreach.layers import Areas, Barrier, Demand, Facilities, Roads, WayFlag
from civicreach.measures.critical_links import critical_links, link_loss
from civicreach.network import RoadNetwork, build_network, to_networkx
from civicreach.network.closures import closure_of_edges
from civicreach.network.edit import close_streets, shut_edges
from civicreach.reach import nearest_facility
from civicreach.reach._dominators import dominator_tree, sums_below
from civicreach.reach.links import Stranded, find_links, stranded_without
from civicreach.study import Profile

BRIDGE, PRIVATE, BACK = int(WayFlag.BRIDGE), int(WayFlag.PRIVATE), int(WayFlag.NO_BACKWARD)
DRIVE = Profile(name="drive", mode="drive", slope="none")


def named(town: Roads, *names: str) -> Roads:
    """The same town, its ways called by these names."""
    known = ("", *dict.fromkeys(name for name in names if name))
    return replace(town, way_name=np.array([known.index(n) for n in names], dtype=np.int32), names=known)


def river(*bridges: int) -> Roads:
    """::

    A(0,200) ---- B(500,200) ---- C(1000,200)      north bank, "North Road"
                      |              |             bridges at x = 500 and, maybe, 1000: "Old Bridge", "New Bridge"
    D(0,0) ------ E(500,0) ------ F(1000,0)        south bank, "South Road"
    """
    nodes = {
        "A": (0, 200), "B": (500, 200), "C": (1000, 200), "D": (0, 0), "E": (500, 0), "F": (1000, 0),
    }  # fmt: skip
    crossings = [("B E", "secondary", BRIDGE), ("C F", "secondary", BRIDGE)]
    ways = [("A B C", "residential", 0), ("D E F", "residential", 0), *(crossings[i] for i in bridges)]
    names = ["North Road", "South Road", *(("Old Bridge", "New Bridge")[i] for i in bridges)]
    return named(towns.roads(nodes, ways), *names)


HOMES = {"n1": (100, 200), "n2": (900, 200), "s1": (100, 0), "s2": (900, 0), "b": (500, 100)}  # 1, 2, 4, 8, 16 people


def rows(found: gpd.GeoDataFrame) -> dict[str, tuple[float, float, float]]:
    """Name -> stranded, of these on the link, kept."""
    columns = found[["people_stranded", "people_on_link", "people_kept"]]
    return dict(zip(found["name"], columns.itertuples(index=False, name=None), strict=True))


# --- towns by hand ---------------------------------------------------------------------------------------------------


def test_one_bridge_holds_the_north_bank() -> None:
    """The centre stands at x = 520 on the road E F: it is lost with that road, and everyone with it."""
    network = build_network(river(0), towns.WALKER)
    found = critical_links(towns.demand(HOMES), towns.facilities({"C": (520, 0)}), network)
    by_place = {tuple(np.round(row.geometry.centroid.coords[0])): row for row in found.itertuples()}
    assert {at: (row.people_stranded, row.people_on_link, row.people_kept) for at, row in by_place.items()} == {
        (750.0, 0.0): (31.0, 8.0, 0.0),  # E F with the only centre
        (500.0, 100.0): (19.0, 16.0, 12.0),  # the bridge
        (250.0, 0.0): (4.0, 4.0, 27.0),  # dead end D E
        (750.0, 200.0): (2.0, 2.0, 29.0),  # dead end B C
        (250.0, 200.0): (1.0, 1.0, 30.0),  # dead end A B
    }
    bridge = found.iloc[1]
    assert bridge[["name", "class", "length_m", "bridge"]].tolist() == ["Old Bridge", "secondary", 200.0, True]
    assert bridge.geometry.equals(shapely.LineString([(500, 200), (500, 0)]))
    assert found["bridge"].sum() == 1
    assert found.crs == towns.CRS
    # who lives behind the bridge has to pass E F too, and those on dead ends in the north the bridge
    behind = found["behind_id"]
    at = {place: int(row.Index) for place, row in by_place.items()}
    assert pd.isna(behind[at[750.0, 0.0]])
    assert behind[at[500.0, 100.0]] == behind[at[250.0, 0.0]] == at[750.0, 0.0]
    assert behind[at[750.0, 200.0]] == behind[at[250.0, 200.0]] == at[500.0, 100.0]


def test_of_two_bridges_none_is_critical_but_both_together_are() -> None:
    network = build_network(river(0, 1), towns.WALKER)
    homes, centre = towns.demand(HOMES), towns.facilities({"C": (10, 0)})
    listed = critical_links(homes, centre, network)
    assert set(listed["name"]) == {"North Road", "South Road"}
    bridges = {
        name: np.flatnonzero(network.edge_name == network.names.index(name)) for name in ("Old Bridge", "New Bridge")
    }
    groups = bridges | {"both": np.concatenate(list(bridges.values()))}
    loss = link_loss(homes, centre, network, groups, within_min=20)
    # seconds to the centre: n1 100 + 400 + 200 + 490 = 1,090 -> by the other bridge 900 + 200 + 990 = 2,090;
    # n2 400 + 200 + 490 = 1,090 by the old, 100 + 200 + 990 = 1,290 by the new one; b lives on the old bridge
    assert loss.loc["Old Bridge"].tolist() == [1 + 2 + 16, 16, 3, pytest.approx((1 * 1000 + 2 * 200) / 3 / 60)]
    assert loss.loc["New Bridge", ["people_losing", "people_stranded", "people_longer"]].tolist() == [0, 0, 0]
    assert np.isnan(loss.loc["New Bridge", "extra_min"])
    assert loss.loc["both"].tolist()[:3] == [19, 19, 0]
    assert loss.index.name == "link"


def test_a_village_at_the_end_of_a_lane() -> None:
    """::

    A(0,0) ==== B(1000,0) ==== C(2000,0)      the main road, centre at A, a second centre at C
                  |
                  | "Lane", which changes its class at M(1000,300) but is one link
                  V(1000,600) --- W(1100,600)
                  |               |           a little ring: X(1000,700), Y(1100,700)
                  X ------------- Y
    """
    nodes = {
        "A": (0, 0), "B": (1000, 0), "C": (2000, 0), "M": (1000, 300),
        "V": (1000, 600), "W": (1100, 600), "Y": (1100, 700), "X": (1000, 700),
    }  # fmt: skip
    ways = [("A B C", "primary", 0), ("B M", "tertiary", 0), ("M V", "track", BRIDGE), ("V W Y X V", "path", 0)]
    network = build_network(named(towns.roads(nodes, ways), "Main", "", "Lane", "Ring"), towns.WALKER)
    assert network.edge_count == 5
    links = find_links(network)
    assert len(set(links.tolist())) == 4  # A B, B C, the lane, the ring
    homes = towns.demand({"m": (500, 0), "l": (1000, 200), "k": (1000, 400), "v": (1000, 650), "w": (1090, 700)})
    found = critical_links(homes, towns.facilities({"C1": (0, 0), "C2": (2000, 0)}), network)
    assert found["name"].tolist() == ["Lane", "Main"]  # m's road ends at A
    lane = found.iloc[0]
    assert (lane["name"], lane["length_m"], lane["bridge"]) == ("Lane", 600.0, True)
    assert (lane["people_stranded"], lane["people_on_link"], lane["people_kept"]) == (30.0, 6.0, 1.0)
    assert lane.geometry.equals(shapely.LineString([(1000, 0), (1000, 300), (1000, 600)]))
    assert lane.geometry.geom_type == "LineString"


def test_who_lives_outside_the_areas_isn_t_counted() -> None:
    network = build_network(river(0), towns.WALKER)
    south_and_bridge = gpd.GeoDataFrame(
        {"community_id": ["a"]}, geometry=[shapely.box(-10, -10, 2000, 150)], crs=towns.CRS
    )
    homes = towns.demand(HOMES).in_areas(Areas(south_and_bridge))
    found = critical_links(homes, towns.facilities({"C": (10, 0)}), network, within_min=60)
    assert rows(found)["Old Bridge"] == (16.0, 16.0, 12.0)
    assert found["people_losing"].tolist() == found["people_stranded"].tolist()


def test_options_and_an_empty_answer() -> None:
    network = build_network(river(0, 1), towns.WALKER)
    homes = towns.demand({"n": (700, 200)})
    centre = towns.facilities({"C": (700, 0)})
    found = critical_links(homes, towns.facilities({"C": (700, 0), "D": (500, 50)}), network)
    assert found.empty
    assert list(found.columns) == [
        "name", "class", "length_m", "bridge", "people_stranded", "people_on_link", "people_kept", "behind_id",
        "geometry",
    ]  # fmt: skip
    assert found.crs == towns.CRS
    one = build_network(river(0), towns.WALKER)
    assert len(critical_links(homes, centre, one, top=1)) == 1
    with pytest.raises(LayerError, match="no group 'children'"):
        critical_links(homes, centre, one, group="children")
    with pytest.raises(RoadsError, match=r"no edges \(1: 99\)"):
        link_loss(homes, centre, one, {"x": [99]}, within_min=15)


def test_losing_the_only_street_strands_everyone() -> None:
    network = build_network(towns.roads({"A": (0, 0), "B": (500, 0)}, [("A B", "path", 0)]), towns.WALKER)
    found = critical_links(towns.demand({"h": (100, 0)}), towns.facilities({"C": (0, 0)}), network, within_min=15)
    assert found[["people_stranded", "people_kept", "people_losing"]].iloc[0].tolist() == [1.0, 0.0, 1.0]


def test_a_closed_street_makes_others_critical() -> None:
    """Two bridges, with side streets at B and E, and the old one closed: the north hangs on the way over the new one.

    That way, B C F E, is one link, and n2 and s2 live on it. b lives on the closed bridge and reaches nothing anyway.
    """
    nodes = {"G": (500, 300), "H": (500, -100), "A": (0, 200), "B": (500, 200), "C": (1000, 200)}
    nodes |= {"D": (0, 0), "E": (500, 0), "F": (1000, 0)}
    ways = ["A B C", "D E F", "B E", "C F", "G B", "E H"]
    town = towns.roads(nodes, [(way, "road", BRIDGE if way in ("B E", "C F") else 0) for way in ways])
    network = build_network(named(town, "North Road", "South Road", "Old Bridge", "New Bridge", "", ""), towns.WALKER)
    centre = towns.facilities({"C": (10, 0)})
    assert not critical_links(towns.demand(HOMES), centre, network)["bridge"].any()
    old = np.flatnonzero(network.edge_name == network.names.index("Old Bridge"))
    closed = close_streets(network, closure_of_edges(network, old.tolist()))
    found = critical_links(towns.demand(HOMES), centre, closed)
    assert rows(found)["New Bridge / North Road / South Road"] == (11.0, 10.0, 4.0)


# --- one-way streets and gates ---------------------------------------------------------------------------------------


def test_a_one_way_link_strands_those_who_drive_through_it() -> None:
    """::

    A --> B --> C        A square driven counter-clockwise, home at A, centre at C: C D isn't needed to get there.
    ^           |
    +---- D <---+
    """
    nodes = {"A": (0, 0), "B": (600, 0), "C": (600, 600), "D": (0, 600)}
    ways = [("A B", "a", BACK), ("B C", "b", BACK), ("C D", "c", BACK), ("D A", "d", BACK)]
    network = build_network(towns.roads(nodes, ways, mode="drive"), DRIVE)
    homes, centre = towns.demand({"h": (0, 300)}), towns.facilities({"C": (600, 300)})
    there = critical_links(homes, centre, network)
    assert dict(zip(there["class"], there["people_stranded"], strict=True)) == {"a": 1.0, "b": 1.0, "d": 1.0}
    back = critical_links(homes, centre, network, direction="from_facility")
    assert dict(zip(back["class"], back["people_stranded"], strict=True)) == {"b": 1.0, "c": 1.0, "d": 1.0}


def test_people_past_the_facility_on_its_one_way_street_go_round() -> None:
    """Home h lies behind centre C on the one-way street A B, and goes round; k before it goes straight."""
    nodes = {"A": (0, 0), "B": (600, 0), "M": (300, 300)}
    network = build_network(
        towns.roads(nodes, [("A B", "a", BACK), ("B M", "b", 0), ("M A", "c", 0)], mode="drive"), DRIVE
    )
    homes, centre = towns.demand({"k": (100, 0), "h": (500, 0)}), towns.facilities({"C": (300, 0)})
    loss = all_losses(network, homes, centre)
    assert loss["stranded"] == {"a": 3.0, "b c": 2.0}


def test_nobody_passes_through_a_compound_so_the_street_beside_it_is_critical() -> None:
    """::

    A ---- B ======= C ---- D        B C is the only public way to the centre at D; the compound's way B I C is private
            \\ gate  / gate           and no way through: without B C the compound (i) and A (h) differ
             +-- I -+
    """
    nodes = {"A": (0, 0), "B": (400, 0), "C": (800, 0), "D": (1200, 0), "I": (600, 200)}
    ways = [("A B", "x", 0), ("B C", "y", 0), ("C D", "z", 0), ("B I C", "service", PRIVATE)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    assert len(network.gates) == 2
    homes, centre = towns.demand({"h": (100, 0), "i": (600, 190)}), towns.facilities({"C": (1190, 0)})
    found = critical_links(homes, centre, network)
    by_class = dict(zip(found["class"], found["people_stranded"], strict=True))
    assert by_class == {"z": 3.0, "y": 1.0, "x": 1.0}


# --- against brute force ---------------------------------------------------------------------------------------------


def reached(network: RoadNetwork, homes: Demand, centres: Facilities, direction: Any) -> np.ndarray:
    """Which homes reach a centre; nobody does from a street that is shut."""
    found = nearest_facility(homes, centres, network, direction=direction, max_snap_m=2000)
    snapped = found.demand_snap
    return found.found & ~shut_edges(network)[np.maximum(snapped.edge, 0)]


def judged(network: RoadNetwork, homes: Demand, centres: Facilities, direction: Any = "to_facility") -> Stranded:
    found = nearest_facility(homes, centres, network, direction=direction, max_snap_m=2000)
    amount = homes.amount("people").to_numpy()
    return stranded_without(network, found.demand_snap, found.facility_snap, amount, direction=direction)


def all_losses(network: RoadNetwork, homes: Demand, centres: Facilities) -> dict[str, Any]:
    """What the measure says of all links, by their classes."""
    found = judged(network, homes, centres)
    label = [
        " ".join(dict.fromkeys(network.classes[c] for c in network.edge_class[found.link == k]))
        for k in range(len(found.stranded))
    ]
    return {"stranded": dict(zip(label, found.stranded.tolist(), strict=True))}


def check_by_closing(network: RoadNetwork, homes: Demand, centres: Facilities, direction: Any, clear: Any) -> None:
    """Close every link in turn and count who is stranded."""
    found = judged(network, homes, centres, direction)
    amount = homes.amount("people").to_numpy()
    before = reached(network, homes, centres, direction)
    assert found.reached == amount[before].sum()
    for k in np.flatnonzero(clear):
        edges = np.flatnonzero(found.link == k).tolist()
        closed = close_streets(network, closure_of_edges(network, edges))
        lost = before & ~reached(closed, homes, centres, direction)
        assert found.stranded[k] == amount[lost].sum()
        snapped = nearest_facility(homes, centres, network, direction=direction, max_snap_m=2000).demand_snap
        assert found.on_link[k] == amount[before & np.isin(snapped.edge, edges)].sum()


@st.composite
def random_towns(draw: st.DrawFn, *, mode: Any = "walk", gates: bool = False) -> tuple[RoadNetwork, Demand, Facilities]:
    """A thin random street network with few homes and fewer centres."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    count = draw(st.integers(2, 12))
    nodes = {str(i): tuple(rng.uniform(0, 500, 2).round(1)) for i in range(count)}
    ways = []
    for _ in range(draw(st.integers(1, 2 * count))):
        a, b = rng.choice(count, 2, replace=False).tolist()
        flags = BACK if mode == "drive" and rng.random() < 0.5 else 0
        flags |= PRIVATE if gates and rng.random() < 0.35 else 0
        ways.append((f"{a} {b}", ("path", "track")[int(rng.integers(2))], flags))
    barriers = {n: Barrier.LOCKED for n in nodes if gates and rng.random() < 0.15}
    town = towns.roads(nodes, ways, mode=mode, barriers=barriers)
    network = build_network(town, towns.WALKER if mode == "walk" else DRIVE)
    spots = rng.uniform(-20, 520, (14, 2)).round(1).tolist()
    homes = towns.demand({f"h{i}": tuple(p) for i, p in enumerate(spots[:11])})
    centres = towns.facilities({f"c{i}": tuple(p) for i, p in enumerate(spots[11 : 12 + draw(st.integers(0, 2))])})
    return network, homes, centres


@settings(max_examples=40, deadline=None)
@given(random_towns())
def test_equal_to_closing_every_street_in_turn(town: tuple[RoadNetwork, Demand, Facilities]) -> None:
    network, homes, centres = town
    links = int(find_links(network).max()) + 1
    check_by_closing(network, homes, centres, "to_facility", np.ones(links, dtype=bool))


@settings(max_examples=40, deadline=None)
@given(random_towns(mode="drive"), st.sampled_from(["to_facility", "from_facility"]))
def test_equal_to_closing_every_one_way_street_in_turn(
    town: tuple[RoadNetwork, Demand, Facilities], direction: Any
) -> None:
    network, homes, centres = town
    links = int(find_links(network).max()) + 1
    check_by_closing(network, homes, centres, direction, np.ones(links, dtype=bool))


@settings(max_examples=40, deadline=None)
@given(random_towns(gates=True), st.sampled_from(["to_facility", "from_facility"]))
def test_equal_to_closing_every_street_with_gates_in_turn(
    town: tuple[RoadNetwork, Demand, Facilities], direction: Any
) -> None:
    network, homes, centres = town
    found = judged(network, homes, centres, direction)
    at = nearest_facility(homes, centres, network, max_snap_m=2000).facility_snap.edge
    private = (network.edge_flags & PRIVATE) != 0
    inside = nx.Graph(zip(network.edge_u[private].tolist(), network.edge_v[private].tolist(), strict=True))
    with_centre = {
        node
        for part in nx.connected_components(inside)
        if any(private[e] and int(network.edge_u[e]) in part for e in at)
        for node in part
    }
    unclear = (
        private & np.isin(network.edge_u, list(with_centre)) if len(network.gates) else np.zeros(len(private), bool)
    )
    clear = ~np.isin(np.arange(len(found.stranded)), found.link[unclear])
    assert not found.critical[~clear].any()
    check_by_closing(network, homes, centres, direction, clear)


@settings(max_examples=50, deadline=None)
@given(random_towns())
def test_critical_links_are_the_bridges_without_a_centre_behind(town: tuple[RoadNetwork, Demand, Facilities]) -> None:
    network, homes, centres = town
    found = judged(network, homes, centres)
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(network.node_count))
    for e, (u, v) in enumerate(zip(network.edge_u.tolist(), network.edge_v.tolist(), strict=True)):
        graph.add_edge(u, v, key=e)
    at = nearest_facility(homes, centres, network, max_snap_m=2000).facility_snap
    centre_edges = set(at.edge[at.found].tolist())
    simple = nx.Graph(graph)
    bridges = {e for u, v in nx.bridges(simple) if graph.number_of_edges(u, v) == 1 for e in graph[u][v]}
    expected = set()
    for e in range(network.edge_count):
        u, v = int(network.edge_u[e]), int(network.edge_v[e])
        if u == v and graph.degree(u) == 2:  # a ring by itself: where it breaks, one leaves by the other side
            continue
        rest = graph.copy()
        rest.remove_edge(u, v, key=e)
        sides = [nx.node_connected_component(rest, end) for end in (u, v)]
        held = [any(int(network.edge_u[c]) in side for c in centre_edges - {e}) for side in sides]
        served = any(held) or e in centre_edges
        if (e in bridges or e in centre_edges) and served and not all(held):
            expected.add(int(found.link[e]))
    # a chain is one link, with the centres on it: judge its edges as one
    chains = [np.flatnonzero(found.link == k) for k in range(len(found.stranded))]
    single = {k for k, edges in enumerate(chains) if len(edges) == 1}
    assert {k for k in expected if k in single} == set(np.flatnonzero(found.critical).tolist()) & single


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(0, 60))
def test_dominators_are_those_of_networkx(seed: int, count: int, arcs: int) -> None:
    rng = np.random.default_rng(seed)
    tail, head = np.sort(rng.integers(0, count, arcs)), rng.integers(0, count, arcs)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(zip(tail.tolist(), head.tolist(), strict=True))
    indptr = np.searchsorted(tail, np.arange(count + 1)).astype(np.int32)
    order, dominator = dominator_tree(indptr, head.astype(np.int32), 0)
    expected = nx.immediate_dominators(graph, 0)
    got = {int(v): int(order[d]) for v, d in zip(order[1:], dominator[1:], strict=True)}
    assert got == {v: d for v, d in expected.items() if v != 0}
    below = nx.DiGraph((d, v) for v, d in got.items())
    sums = sums_below(dominator, 2.0 ** order.astype(float))
    for v, total in zip(order.tolist(), sums.tolist(), strict=True):
        lost = {v} | (nx.descendants(below, v) if v in below else set())
        assert total == sum(2.0**u for u in lost)


@settings(max_examples=25, deadline=None)
@given(random_towns())
def test_a_table_of_losses_says_the_same(town: tuple[RoadNetwork, Demand, Facilities]) -> None:
    network, homes, centres = town
    found = critical_links(homes, centres, network, within_min=4, max_snap_m=2000, top=100)
    links = find_links(network)
    edges = {i: np.flatnonzero(links == links[i]).tolist() for i in found.index}
    loss = link_loss(homes, centres, network, edges, within_min=4, max_snap_m=2000)
    assert loss["people_stranded"].tolist() == found["people_stranded"].tolist()
    assert found["people_losing"].tolist() == loss["people_losing"].tolist()
    assert (found["people_stranded"].diff().dropna() <= 0).all()
    assert (found["people_on_link"] <= found["people_stranded"]).all()
    total = found["people_stranded"] + found["people_kept"]
    assert total.nunique() <= 1


@settings(max_examples=25, deadline=None)
@given(random_towns(mode="drive"))
def test_links_are_chains_that_nothing_joins(town: tuple[RoadNetwork, Demand, Facilities]) -> None:
    network, _, _ = town
    links = find_links(network)
    graph = to_networkx(network).to_undirected()
    degree = np.bincount(np.concatenate([network.edge_u, network.edge_v]), minlength=network.node_count)
    for k in range(int(links.max()) + 1):
        edges = np.flatnonzero(links == k)
        ends = np.concatenate([network.edge_u[edges], network.edge_v[edges]])
        inner, times = np.unique(ends, return_counts=True)
        if len(edges) > 1:
            assert (network.edge_cost_ms[edges] > 0).all()
            assert (network.edge_back_cost_ms[edges] > 0).all()
            assert (times == 2).sum() >= len(edges) - 1
        assert (degree[inner[times == 2]] >= 2).all()
    assert graph.number_of_nodes() == network.node_count


def test_a_long_chain_and_a_wide_comb_are_fast() -> None:
    """A comb of 50,000 teeth, and its spine: deep dominator trees neither recurse nor climb for minutes."""
    teeth = 50_000
    tail = np.concatenate([np.arange(teeth - 1), np.arange(teeth)])
    head = np.concatenate([np.arange(1, teeth), teeth + np.arange(teeth)])
    order = np.argsort(tail, kind="stable")
    indptr = np.searchsorted(tail[order], np.arange(2 * teeth + 1)).astype(np.int32)
    reached_in, dominator = dominator_tree(indptr, head[order].astype(np.int32), 0)
    sums = sums_below(dominator, np.ones(len(reached_in)))
    by_vertex = dict(zip(reached_in.tolist(), sums.tolist(), strict=True))
    assert [by_vertex[0], by_vertex[teeth - 1], by_vertex[teeth]] == [2 * teeth, 2, 1]

"""Reach against hand-worked towns, against networkx, and against the laws of travel."""

from __future__ import annotations

import contextlib
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import CrsError, CutoffError, InputError, LayerError
from civicreach.layers import Demand, WayFlag
from civicreach.network import RoadNetwork, Snapped, build_network, close_edges, from_networkx, to_networkx
from civicreach.reach import nearest_facility, reach
from civicreach.reach.access import share_ms
from civicreach.study import Profile

DRIVE = Profile(name="drive", mode="drive", slope="none")


def seconds(town: Any, homes: dict[str, Any], centres: dict[str, Any], **options: Any) -> dict[tuple[str, str], float]:
    network = build_network(town, towns.WALKER if town.mode == "walk" else DRIVE)
    found = reach(towns.demand(homes), towns.facilities(centres), network, cutoff_min=60, **options).frame()
    return {(d, f): ms / 1000 for d, f, ms in found.itertuples(index=False)}


def test_cross_road_by_hand() -> None:
    # 1 m/s: h1 walks 20 m to the street, 300 m to O, 200 m up to c's street point, 10 m to c
    homes = {"h1": (300, -20), "h2": (0, 450), "h3": (0, 200)}
    assert seconds(towns.cross_road(), homes, {"c": (10, 200)}) == {
        ("h1", "c"): 530.0,
        ("h2", "c"): 260.0,  # both on the northern arm: 250 m along it and the centre's leg
        ("h3", "c"): 10.0,
    }


def test_river_by_hand() -> None:
    # straight across it is 100 m, on foot 900 + 100 + 900
    assert seconds(towns.river_with_one_bridge(), {"h": (100, 100)}, {"c": (100, 0)}) == {("h", "c"): 1900.0}


def test_one_way_loop_by_hand() -> None:
    # home at (50, 0), centre at (100, 50): 100 m with the traffic, 300 m against it, at 10 m/s
    homes, centres = {"h": (50, 0)}, {"c": (100, 50)}
    assert seconds(towns.one_way_loop(), homes, centres) == {("h", "c"): 10.0}
    assert seconds(towns.one_way_loop(), homes, centres, direction="from_facility") == {("h", "c"): 30.0}


def compound() -> Any:
    """A compound between two streets, 400 m apart, with a private way through it from gate to gate.

    ::

        A(0,400) --- G(200,400) --- B(1000,400)      the streets join at x = 1000 only
                        | private
        C(0,0) ----- H(200,0) ----- D(1000,0)
    """
    nodes = {"A": (0, 400), "G": (200, 400), "B": (1000, 400), "C": (0, 0), "H": (200, 0), "D": (1000, 0)}
    private = int(WayFlag.PRIVATE)
    ways = [("A G B", "path", 0), ("C H D", "path", 0), ("B D", "path", 0), ("G H", "path", private)]
    return towns.roads(nodes, ways)


def test_residents_leave_their_compound_and_nobody_passes_through() -> None:
    homes = towns.demand({"inside": (200, 300), "north": (100, 400)})
    centre = towns.facilities({"c": (100, 0)})
    costs = {}
    for policy in ("residents", "open", "closed"):
        network = build_network(compound(), towns.WALKER, private_access=policy)
        found = reach(homes, centre, network, cutoff_min=60, max_snap_m=250)
        costs[policy] = [found.cost(home, "c") for home in ("inside", "north")]
    # inside: 300 m to the southern gate and 100 m along the street; north: 900 + 400 + 900 around
    assert costs["residents"] == [400_000, 2_200_000]
    # through the compound it is 100 + 400 + 100
    assert costs["open"] == [400_000, 600_000]
    # shut, the home is taken to the northern street straight through the wall: 100 m, then 800 + 400 + 900
    assert costs["closed"] == [100_000 + 2_100_000, 2_200_000]


def test_visitors_come_in_by_the_gates() -> None:
    network = build_network(compound(), towns.WALKER)
    centre = towns.facilities({"c": (200, 150)})  # on the private way, 150 m from the southern gate, 250 from the other
    homes = towns.demand({"south": (100, 0), "north": (100, 400), "inside": (200, 300)})
    found = reach(homes, centre, network, cutoff_min=60)
    assert [found.cost(home, "c") for home in ("south", "north", "inside")] == [250_000, 350_000, 150_000]
    assert nearest_facility(homes, centre, network).cost_ms.tolist() == [250_000, 350_000, 150_000]


def test_business_in_one_compound_is_no_leave_to_pass_another() -> None:
    # two compounds side by side on one street, and a centre in the eastern one
    nodes = {
        "A": (0, 0),
        "W": (100, 0),
        "E": (300, 0),
        "B": (400, 0),
        "w": (100, 100),
        "e": (300, 100),
        "m": (200, 100),
    }
    private = int(WayFlag.PRIVATE)
    ways = [("A W E B", "path", 0), ("W w", "path", private), ("E e", "path", private)]
    town = towns.roads(nodes, ways)
    found = reach(
        towns.demand({"h": (100, 100)}),
        towns.facilities({"c": (300, 100)}),
        build_network(town, towns.WALKER),
        cutoff_min=60,
    )
    assert found.cost("h", "c") == 400_000  # out by one gate, in by the other


def private_edges(network: RoadNetwork) -> np.ndarray:
    """Edges that are private by tag, or that hang on the longest public part of their component by private ones."""
    private = (network.edge_flags & WayFlag.PRIVATE) != 0
    whole, public = nx.Graph(), nx.Graph()
    for e in range(network.edge_count):
        pair = int(network.edge_u[e]), int(network.edge_v[e])
        whole.add_edge(*pair)
        if not private[e]:
            public.add_edge(*pair)
    metres: dict[frozenset, int] = {}
    part_of = {n: frozenset(part) for part in nx.connected_components(public) for n in part}
    for e in np.flatnonzero(~private):
        part = part_of[int(network.edge_u[e])]
        metres[part] = metres.get(part, 0) + int(network.edge_length_mm[e])
    for together in nx.connected_components(whole):
        parts = sorted({part_of[n] for n in together if n in part_of}, key=lambda part: -metres[part])
        for part in parts[1:]:
            private |= [int(u) in part and not p for u, p in zip(network.edge_u, private, strict=True)]
    return private


def layered_oracle(network: RoadNetwork, demand: Snapped, facility: Snapped) -> np.ndarray:
    """Least costs to facilities over states (node, 0 = leaving home's private ways, 1 = public, 2 = private again)."""
    graph = nx.DiGraph()

    def add(a: object, b: object, cost: int) -> None:
        if cost >= 0 and (not graph.has_edge(a, b) or graph[a][b]["cost"] > cost):
            graph.add_edge(a, b, cost=cost)

    private = private_edges(network)
    for e in range(network.edge_count):
        u, v = int(network.edge_u[e]), int(network.edge_v[e])
        for layer in (0, 2) if private[e] else (1,):
            add((u, layer), (v, layer), int(network.edge_cost_ms[e]))
            add((v, layer), (u, layer), int(network.edge_back_cost_ms[e]))
    for node in range(network.node_count):
        add((node, 0), (node, 1), 0)
        add((node, 1), (node, 2), 0)

    def ends(at: Snapped, i: int, leaving: bool) -> list[tuple[int, int]]:
        e, offset = int(at.edge[i]), int(at.offset_mm[i])
        along, back, length = (
            int(network.edge_cost_ms[e]),
            int(network.edge_back_cost_ms[e]),
            int(network.edge_length_mm[e]),
        )
        first = [(2 * c * offset + length) // (2 * length) for c in (along, back)]
        to_u, to_v = (first[1], along - first[0]) if leaving else (first[0], back - first[1])
        leg = int(at.leg_ms[i])
        return [(int(network.edge_u[e]), to_u + leg), (int(network.edge_v[e]), to_v + leg)]

    for d in range(len(demand)):
        for node, cost in ends(demand, d, True):
            add(("D", d), (node, 0 if private[demand.edge[d]] else 1), cost)
    for f in range(len(facility)):
        for node, cost in ends(facility, f, False):
            add((node, 2 if private[facility.edge[f]] else 1), ("F", f), cost)
    costs = np.full((len(facility), len(demand)), -1, dtype=np.int64)
    for d in range(len(demand)):
        for f in range(len(facility)):
            if demand.edge[d] == facility.edge[f]:
                e, length = int(demand.edge[d]), int(network.edge_length_mm[demand.edge[d]])
                a, b = (
                    (2 * int(network.edge_cost_ms[e]) * int(s.offset_mm[i]) + length) // (2 * length)
                    for s, i in ((demand, d), (facility, f))
                )
                add(("D", d), ("F", f), abs(a - b) + int(demand.leg_ms[d] + facility.leg_ms[f]))
        found = nx.single_source_dijkstra_path_length(graph, ("D", d), weight="cost")
        for f in range(len(facility)):
            costs[f, d] = found.get(("F", f), -1)
    return costs


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_gated_cities_against_a_search_over_layers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, 14))
    nodes = {str(i): tuple(map(float, p)) for i, p in enumerate(rng.integers(0, 500, (count, 2)))}
    ways = []
    for _ in range(int(rng.integers(3, 30))):
        a, b = rng.integers(0, count, 2).tolist()
        if nodes[str(a)] != nodes[str(b)]:
            ways.append((f"{a} {b}", "path", int(WayFlag.PRIVATE) if rng.random() < 0.5 else 0))
    if not ways:
        return
    town = towns.roads(nodes, ways)
    residents, opened = (build_network(town, towns.WALKER, private_access=p) for p in ("residents", "open"))
    demand, centres = layers(seed, 7, 3)
    found = reach(demand, centres, residents, cutoff_min=600, max_snap_m=2000)
    # the oracle knows no gates: it walks the open network with the law of the three layers
    free = reach(demand, centres, opened, cutoff_min=600, max_snap_m=2000)
    costs = layered_oracle(opened, free.demand_snap, free.facility_snap)
    got = found.matrix().toarray() - 1
    # chains are cut at gates, so that an edge may be rounded in two parts: some milliseconds apart at most
    assert ((got >= 0) == (costs >= 0)).all()
    assert np.abs(got - costs).max() <= 2 * len(ways)
    assert (free.matrix().toarray() - 1 <= got + 2 * len(ways))[got >= 0].all()  # open never costs more


def test_goods_from_a_depot_enter_compounds_too() -> None:
    network = build_network(compound(), towns.WALKER)
    homes = towns.demand({"inside": (200, 300)})
    found = reach(homes, towns.facilities({"c": (100, 0)}), network, cutoff_min=60, direction="from_facility")
    assert found.cost("inside", "c") == 400_000


def test_the_cutoff_is_inclusive_and_a_question_beyond_it_is_an_error() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    homes = towns.demand({"at": (300, 0), "beyond": (300.001, 0)})
    found = reach(homes, towns.facilities({"c": (-300, 0)}), network, cutoff_min=10)
    assert found.covered(10).to_dict() == {"at": True, "beyond": False}
    assert found.nearest_ms()["at"] == 600_000
    assert found.nearest_ms().isna().to_dict() == {"at": False, "beyond": True}
    assert found.cost("beyond", "c") is None
    with pytest.raises(CutoffError, match="the search went to 10"):
        found.covered(10.1)


def star() -> Any:
    """A crossing O with four arms of 600 m, each with a side street 150 m from O."""
    nodes = {"O": (0, 0)}
    ways = []
    for name, x, y in (("N", 0, 1), ("E", 1, 0), ("S", 0, -1), ("W", -1, 0)):
        nodes |= {
            name: (600 * x, 600 * y),
            f"{name}1": (150 * x, 150 * y),
            f"{name}2": (150 * x + 80 * y, 150 * y + 80 * x),
        }
        ways += [(f"O {name}1 {name}", "path", 0), (f"{name}1 {name}2", "path", 0)]
    return towns.roads(nodes, ways)


FOUR = {"n": (0, 300), "e": (300, 0), "s": (0, -300), "w": (-300, 0)}


def test_a_crossing_at_exactly_the_cutoff_is_reached_from_every_side() -> None:
    # the home at O lies on one arm's edge, so three of the centres only come to it through O, two streets away
    network = build_network(star(), towns.WALKER)
    found = reach(towns.demand({"h": (0, 0)}), towns.facilities(FOUR), network, cutoff_min=5)
    assert found.cost_ms.tolist() == [300_000] * 4


@pytest.mark.parametrize("first", list(FOUR))
def test_of_equally_near_facilities_around_a_crossing_the_first_counts(first: str) -> None:
    centres = towns.facilities({first: FOUR[first], **FOUR})
    nearest = nearest_facility(towns.demand({"h": (0, 0)}), centres, build_network(star(), towns.WALKER))
    assert nearest.frame()["facility_id"].tolist() == [first]


def test_unreachable_is_absent() -> None:
    homes = towns.demand({"north": (100, 60), "main": (100, 0)})
    town = towns.roads(
        {"A": (0, 0), "B": (2000, 0), "P": (0, 60), "Q": (1500, 60)}, [("A B", "path", 0), ("P Q", "path", 0)]
    )
    network = build_network(town, towns.WALKER)
    found = reach(homes, towns.facilities({"c": (0, 0)}), network, cutoff_min=600)
    assert found.frame()["demand_id"].tolist() == ["main"]
    nearest = nearest_facility(homes, towns.facilities({"c": (0, 0)}), network)
    assert nearest.facility_at.tolist() == [-1, 0]
    assert nearest.frame()["facility_id"].tolist() == [None, "c"]


def test_of_equally_near_facilities_the_first_counts() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    centres = towns.facilities({"w": (-300, 0), "e": (300, 0), "n": (0, 300)})
    homes = towns.demand({"h": (0, 0), "k": (0, -100), "l": (150, 0)})
    assert nearest_facility(homes, centres, network).frame()["facility_id"].tolist() == ["w", "w", "e"]


def test_of_equally_near_facilities_at_both_ends_of_a_street_the_first_counts() -> None:
    nodes = {"A": (0, 0), "B": (1000, 0), "a": (0, 300), "b": (1000, 300), "c": (0, -300), "d": (1000, -300)}
    town = towns.roads(nodes, [("A B", "path", 0), ("a A c", "path", 0), ("b B d", "path", 0)])
    network = build_network(town, towns.WALKER)
    homes = towns.demand({"h": (500, 0)})
    west, east = {"w": (0, 100)}, {"e": (1000, 100)}
    for centres in ({**west, **east}, {**east, **west}):
        nearest = nearest_facility(homes, towns.facilities(centres), network)
        assert nearest.frame()["facility_id"].tolist() == list(centres)[:1]
        assert nearest.cost_ms.tolist() == [600_000]


def test_a_desert_grid_from_first_principles() -> None:
    """Blocks of 100 m at 1 m/s: walking time is the Manhattan distance between places on the grid's lines."""
    n = 12
    nodes = {f"{i}:{j}": (100.0 * i, 100.0 * j) for i in range(n) for j in range(n)}
    rows = [(" ".join(f"{i}:{j}" for i in range(n)), "path", 0) for j in range(n)]
    columns = [(" ".join(f"{i}:{j}" for j in range(n)), "path", 0) for i in range(n)]
    network = build_network(towns.roads(nodes, rows + columns), towns.WALKER)
    # homes at crossings, so that every shortest way is a Manhattan way; 2**i people tell who was reached
    rng = np.random.default_rng(5)
    places = {f"h{k}": tuple(100.0 * p) for k, p in enumerate(rng.integers(0, n, (30, 2)))}
    centre = (450.0, 500.0)
    homes = towns.demand(places)
    found = reach(homes, towns.facilities({"c": centre}), network, cutoff_min=20)
    for limit in (3, 5, 8, 10, 15, 20):
        expected = sum(
            2**k for k, (x, y) in enumerate(places.values()) if abs(x - centre[0]) + abs(y - centre[1]) <= 60 * limit
        )
        assert int(homes.amount("people")[found.covered(limit)].sum()) == expected


# --- networkx on random graphs -----------------------------------------------------------------------------------


@st.composite
def graphs(draw: Any) -> nx.MultiDiGraph:
    """Directed graphs with parallel edges, islands, loops of two and one-way streets; lengths are stated."""
    count = draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    graph = nx.MultiDiGraph(crs=towns.CRS)
    for i, (x, y) in enumerate(rng.integers(0, 500, (count, 2)).tolist()):
        graph.add_node(i, x=float(x), y=float(y))
    for _ in range(draw(st.integers(1, 30))):
        a, b = rng.integers(0, count, 2).tolist()
        if a != b:
            length = float(rng.integers(1, 600)) + float(rng.random())
            graph.add_edge(a, b, length=length)
            if rng.random() < 0.6:
                graph.add_edge(b, a, length=length)
    if graph.number_of_edges() == 0:
        graph.add_edge(0, 1, length=100.0)
    return graph


def expected(network: RoadNetwork, demand: Snapped, facility: Snapped, direction: str) -> np.ndarray:
    """Costs facility x demand by networkx, splitting the edges for every pair by hand."""
    base = to_networkx(network)

    def hang(graph: nx.MultiDiGraph, name: object, at: Snapped, i: int) -> None:
        edge, offset, leg = int(at.edge[i]), int(at.offset_mm[i]), int(at.leg_ms[i])
        u, v, length = int(network.edge_u[edge]), int(network.edge_v[edge]), int(network.edge_length_mm[edge])
        for cost, start, end, before in (
            (int(network.edge_cost_ms[edge]), u, v, offset),
            (int(network.edge_back_cost_ms[edge]), v, u, length - offset),
        ):
            if cost > 0:
                first = part(cost, offset, length)
                first = first if before is offset else cost - first
                graph.add_edge(start, name, cost_ms=first + leg)
                graph.add_edge(name, end, cost_ms=cost - first + leg)

    def part(cost: int, offset: int, length: int) -> int:
        return (2 * cost * offset + length) // (2 * length)

    costs = np.full((len(facility), len(demand)), -1, dtype=np.int64)
    for f in np.flatnonzero(facility.found):
        for d in np.flatnonzero(demand.found):
            graph = base.copy()
            hang(graph, "F", facility, f)
            hang(graph, "D", demand, d)
            pair = ("D", "F") if direction == "to_facility" else ("F", "D")
            if facility.edge[f] == demand.edge[d]:
                edge, legs = int(facility.edge[f]), int(facility.leg_ms[f] + demand.leg_ms[d])
                start, stop = int(demand.offset_mm[d]), int(facility.offset_mm[f])
                if direction == "from_facility":
                    start, stop = stop, start
                length = int(network.edge_length_mm[edge])
                along, back = int(network.edge_cost_ms[edge]), int(network.edge_back_cost_ms[edge])
                if start == stop:
                    graph.add_edge(*pair, cost_ms=legs)
                elif start < stop and along > 0:
                    graph.add_edge(*pair, cost_ms=part(along, stop, length) - part(along, start, length) + legs)
                elif start > stop and back > 0:
                    graph.add_edge(*pair, cost_ms=part(back, start, length) - part(back, stop, length) + legs)
            with contextlib.suppress(nx.NetworkXNoPath):
                costs[f, d] = nx.dijkstra_path_length(graph, *pair, weight="cost_ms")
    return costs


def layers(seed: int, homes: int, centres: int) -> tuple[Demand, Any]:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(-20, 520, (homes + centres, 2)).round(1)
    demand = towns.demand({f"h{i}": tuple(p) for i, p in enumerate(spots[:homes])}, [1.0] * homes)
    return demand, towns.facilities({f"c{i}": tuple(p) for i, p in enumerate(spots[homes:])})


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 10**6), st.sampled_from(["to_facility", "from_facility"]), st.integers(1, 40))
def test_equal_to_networkx_to_the_millisecond(graph: Any, seed: int, direction: Any, cutoff: int) -> None:
    network = from_networkx(graph, towns.WALKER)
    demand, centres = layers(seed, 6, 3)
    found = reach(demand, centres, network, cutoff_min=cutoff, direction=direction, max_snap_m=2000)
    oracle = expected(network, found.demand_snap, found.facility_snap, direction)
    within = np.where((oracle >= 0) & (oracle <= cutoff * 60_000), oracle, -1)
    assert (found.matrix().toarray() - 1).tolist() == within.tolist()
    nearest = nearest_facility(demand, centres, network, direction=direction, max_snap_m=2000)
    for d in range(6):
        options = [(c, f) for f, c in enumerate(oracle[:, d].tolist()) if c >= 0]
        got = (int(nearest.cost_ms[d]), int(nearest.facility_at[d]))
        assert got == (min(options) if options else (-1, -1))


# --- laws --------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(0, 10**6))
def test_laws(graph: Any, seed: int) -> None:
    network = from_networkx(graph, towns.WALKER)
    demand, centres = layers(seed, 8, 3)

    def covered(facilities: Any = centres, minutes: float = 5, net: RoadNetwork = network) -> pd.Series:
        return reach(demand, facilities, net, cutoff_min=minutes, max_snap_m=2000).covered(minutes)

    base = covered()
    assert (covered(minutes=6) >= base).all()  # a longer limit never covers fewer
    faster = from_networkx(graph, towns.WALKER.model_copy(update={"speed_mps": 1.3}))
    assert (covered(net=faster) >= base).all()
    fewer = towns.facilities({k: (p.x, p.y) for k, p in centres.frame.geometry.iloc[:2].items()})
    assert (base >= covered(facilities=fewer)).all()  # one more facility never covers fewer
    pd.testing.assert_series_equal(covered(net=close_edges(network, [])), base)  # an empty edit changes nothing


@settings(max_examples=20, deadline=None)
@given(graphs(), st.integers(0, 10**6), st.randoms())
def test_relabelling_changes_nothing(graph: Any, seed: int, random: Any) -> None:
    demand, centres = layers(seed, 8, 3)
    labels = list(range(100, 100 + len(graph)))
    random.shuffle(labels)
    other = nx.relabel_nodes(graph, dict(zip(graph.nodes, labels, strict=True)))
    rows = []
    for g in (graph, other):
        network = from_networkx(g, towns.WALKER)
        rows.append(reach(demand, centres, network, cutoff_min=9, max_snap_m=2000).frame())
    pd.testing.assert_frame_equal(*rows)
    shuffled = demand.frame.sample(frac=1, random_state=seed % 1000)
    found = reach(Demand(shuffled), centres, network, cutoff_min=9, max_snap_m=2000).nearest_ms()
    pd.testing.assert_series_equal(
        found.sort_index(),
        reach(demand, centres, network, cutoff_min=9, max_snap_m=2000).nearest_ms().sort_index(),
    )


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(15, 15))
    for i, d in graph.nodes(data=True):
        d["x"], d["y"] = 100.0 * (i // 15) + rng.uniform(-20, 20), 100.0 * (i % 15) + rng.uniform(-20, 20)
    graph.graph["crs"] = towns.CRS
    network = from_networkx(graph, towns.WALKER)
    demand, centres = layers(1, 50, 20)
    found = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("CIVICREACH_THREADS", threads)
        found.append(reach(demand, centres, network, cutoff_min=10))
    for other in found[1:]:
        assert np.array_equal(found[0].row_ptr, other.row_ptr)
        assert np.array_equal(found[0].demand_at, other.demand_at)
        assert np.array_equal(found[0].cost_ms, other.cost_ms)


@given(st.integers(1, 2**31 - 1), st.integers(1, 10**9), st.data())
def test_shares_of_an_edge_are_exact_and_add_up(cost: int, length: int, data: Any) -> None:
    offset = data.draw(st.integers(0, length))
    share = int(share_ms(np.array([cost], np.int32), np.array([offset]), np.array([length]))[0])
    assert share == (2 * cost * offset + length) // (2 * length)
    assert 0 <= share <= cost


# --- bad input ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cutoff", [0, -1, float("nan"), float("inf"), 1e9])
def test_senseless_cutoffs_are_refused(cutoff: float) -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises((InputError, ValueError)):
        reach(towns.demand({"h": (0, 0)}), towns.facilities({"c": (0, 0)}), network, cutoff_min=cutoff)


def test_layers_of_another_city_or_system_are_refused() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    far = towns.demand({"h": (50_000, 0), "k": (60_000, 0)})
    with pytest.raises(LayerError, match=r"none of 2 places lies within 200 m.*the nearest is 49\.4 km away"):
        reach(far, towns.facilities({"c": (0, 0)}), network, cutoff_min=5)
    degrees = Demand(towns.demand({"h": (0, 0)}).frame.set_crs("EPSG:32651", allow_override=True))
    with pytest.raises(CrsError):
        reach(degrees, towns.facilities({"c": (0, 0)}), network, cutoff_min=5)


def test_unknown_directions_are_refused() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises(ValueError, match="direction"):
        network.arcs("sideways")  # type: ignore[arg-type]


def test_the_index_is_a_geodataframe_index() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    homes = towns.demand({"h": (0, 0), "k": (1, 0)})
    assert isinstance(homes.frame, gpd.GeoDataFrame)
    found = reach(homes, towns.facilities({"c": (0, 0)}), network, cutoff_min=5)
    assert found.covered(5).index.equals(homes.frame.index)

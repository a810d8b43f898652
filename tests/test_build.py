"""Building networks: junctions, chains, rings, barriers, directions, slopes."""

from __future__ import annotations

import numpy as np
import pytest

import towns
from civicreach.errors import RoadsError
from civicreach.layers import Barrier, WayFlag
from civicreach.network import build_network, close_edges
from civicreach.network.hilbert import hilbert_distance
from civicreach.network.impedance import tobler_factor
from civicreach.network.network import CLOSED
from civicreach.reach.edge import exit_nodes
from civicreach.study import Profile

STEPS, PRIVATE, BACK = int(WayFlag.STEPS), int(WayFlag.PRIVATE), int(WayFlag.NO_BACKWARD)


def edges(network, *, ids=True):
    """Each edge as {ends}, length in metres, cost, cost back."""
    u, v = network.node_id[network.edge_u], network.node_id[network.edge_v]
    rows = zip(
        u.tolist(),
        v.tolist(),
        (network.edge_length_mm / 1000).tolist(),
        network.edge_cost_ms.tolist(),
        network.edge_back_cost_ms.tolist(),
        strict=True,
    )
    return sorted(rows)


def test_cross_road_has_four_arms_of_600_m() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    assert network.node_count == 5
    assert [row[2:] for row in edges(network)] == [(600.0, 600_000, 600_000)] * 4


def test_nodes_that_are_no_junction_vanish_and_the_length_stays() -> None:
    nodes = {"A": (0, 0), "B": (30, 40), "C": (30, 140), "D": (130, 140)}
    network = build_network(
        towns.roads(nodes, [("A B", "path", 0), ("C B", "path", 0), ("C D", "path", 0)]), towns.WALKER
    )
    assert network.edge_count == 1
    assert network.edge_length_mm[0] == 50_000 + 100_000 + 100_000
    assert network.edge_cost_ms[0] == 250_000
    assert np.hypot(np.diff(network.geom_x), np.diff(network.geom_y)).tolist() == [50.0, 100.0, 100.0]
    assert len(network.geom_x) == 4


@pytest.mark.parametrize("change", [("steps", 0), ("path", STEPS)])
def test_a_change_of_class_or_flags_keeps_its_node(change: tuple[str, int]) -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
    network = build_network(towns.roads(nodes, [("A B", "path", 0), ("B C", *change)]), towns.WALKER)
    assert network.edge_count == 2


def test_a_ring_without_any_junction_becomes_one_loop() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100)}
    network = build_network(towns.roads(nodes, [("A B C D A", "path", 0)]), towns.WALKER)
    assert network.edge_count == 1
    assert network.edge_u[0] == network.edge_v[0]
    assert network.edge_length_mm[0] == 400_000


def test_a_ring_of_several_ways_and_a_loop_at_a_junction() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100), "E": (-50, 0)}
    ring = towns.roads(nodes, [("A B C", "path", 0), ("A D C", "path", 0), ("A E", "path", 0)])
    network = build_network(ring, towns.WALKER)
    assert edges(network) == [(0, 0, 400.0, 400_000, 400_000), (0, 4, 50.0, 50_000, 50_000)]


def test_parallel_ways_between_two_nodes_stay_two_edges() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "M": (50, 50), "Y": (-10, 0), "Z": (110, 0)}
    ways = [("A B", "path", 0), ("A M B", "path", 0), ("Y A", "path", 0), ("B Z", "path", 0)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    between = [row for row in edges(network) if set(row[:2]) == {0, 1}]
    assert [row[2] for row in between] == [100.0, pytest.approx(141.421, abs=1e-3)]


def test_ways_that_cross_without_a_common_node_do_not_meet() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (50, -50), "D": (50, 50)}
    network = build_network(towns.roads(nodes, [("A B", "path", 0), ("C D", "path", 0)]), towns.WALKER)
    assert len(set(network.node_component.tolist())) == 2


def test_one_way_streets_cost_nothing_backwards_because_they_are_closed() -> None:
    drive = Profile(name="drive", mode="drive", slope="none")
    network = build_network(towns.one_way_loop(), drive)
    assert network.edge_count == 1  # four equal one-way streets in a ring are one
    assert {network.edge_cost_ms[0], network.edge_back_cost_ms[0]} == {40_000, CLOSED}  # 400 m at 10 m/s
    assert not network.symmetric


def test_a_chain_isn_t_joined_where_the_direction_changes() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
    network = build_network(towns.roads(nodes, [("A B", "path", BACK), ("B C", "path", 0)]), towns.WALKER)
    assert network.edge_count == 2
    # two one-way streets that meet head on can't be one either
    network = build_network(towns.roads(nodes, [("A B", "path", BACK), ("C B", "path", BACK)]), towns.WALKER)
    assert network.edge_count == 2


def test_private_ways_are_a_policy() -> None:
    closed, residents, opened = (
        build_network(towns.superblock(), towns.WALKER, private_access=policy)
        for policy in ("closed", "residents", "open")
    )
    assert closed.length_km == pytest.approx(1.6)
    assert residents.length_km == opened.length_km == pytest.approx(1.8)
    assert [len(n.gates) for n in (closed, residents, opened)] == [0, 1, 0]
    # the gate stands where the private way meets the street: it doesn't stop the street
    for network in (closed, residents, opened):
        assert len(set(network.node_component.tolist())) == 1


def test_what_lies_behind_a_locked_gate_is_private_whatever_its_tags() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (150, 0)}
    town = towns.roads(nodes, [("A B C", "path", 0)], barriers={"B": Barrier.LOCKED})
    closed, residents, opened = (
        build_network(town, towns.WALKER, private_access=policy) for policy in ("closed", "residents", "open")
    )
    assert closed.edge_length_mm.tolist() == [100_000]
    assert sorted(zip(residents.edge_length_mm.tolist(), residents.edge_flags.tolist(), strict=True)) == [
        (50_000, PRIVATE),
        (100_000, 0),
    ]
    assert len(residents.gates) == 1
    assert opened.edge_length_mm.tolist() == [150_000]


def test_a_locked_gate_across_a_street_that_can_be_walked_around_stops_everyone() -> None:
    nodes = {"A": (0, 0), "G": (50, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100)}
    town = towns.roads(nodes, [("A G B C D A", "path", 0)], barriers={"G": Barrier.LOCKED})
    network = build_network(town, towns.WALKER)
    assert network.edge_count == 1
    assert network.edge_u[0] != network.edge_v[0]
    assert len(network.gates) == 0


@pytest.mark.parametrize("street", [["W G E"], ["W G", "G E"]])
@pytest.mark.parametrize("tagged", [0, PRIVATE])
def test_a_gate_at_a_junction_stands_at_the_entrance_and_the_street_goes_on(street: list, tagged: int) -> None:
    # also where mappers cut the street at the gate, and where they left the way behind it without a tag
    nodes = {"W": (0, 0), "G": (100, 0), "E": (200, 0), "I": (100, 100)}
    ways = [(way, "residential", 0) for way in street] + [("G I", "service", tagged)]
    network = build_network(towns.roads(nodes, ways, barriers={"G": Barrier.LOCKED}), towns.WALKER)
    private = (network.edge_flags & PRIVATE) != 0
    assert network.edge_length_mm[private].tolist() == [100_000]
    assert network.edge_length_mm[~private].sum() == 200_000
    public, behind = network.gates[0]
    assert network.node_id[[public, behind]].tolist() == [1, 1]
    assert len(set(network.node_component.tolist())) == 1


def test_a_wall_is_no_gate_and_stays_shut_beside_one() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (150, 0)}
    town = towns.roads(nodes, [("A B C", "path", PRIVATE)], barriers={"B": Barrier.SHUT})
    network = build_network(town, towns.WALKER)
    assert len(set(network.node_component.tolist())) == 2


def test_public_paths_inside_a_compound_belong_to_it() -> None:
    # a private driveway leads to bare footpaths inside: those who live on them come out
    nodes = {"W": (0, 0), "G": (500, 0), "E": (1000, 0), "I": (500, 50), "J": (500, 100)}
    ways = [("W G E", "residential", 0), ("G I", "service", PRIVATE), ("I J", "footway", 0)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    assert sorted(network.edge_length_mm[(network.edge_flags & PRIVATE) != 0].tolist()) == [50_000, 50_000]
    assert len(set(network.node_component.tolist())) == 1


def test_an_island_with_a_compound_of_its_own_stays_public() -> None:
    nodes = {"A": (0, 0), "B": (900, 0), "P": (0, 500), "Q": (300, 500), "R": (300, 600)}
    ways = [("A B", "path", 0), ("P Q", "path", 0), ("Q R", "service", PRIVATE)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    assert sorted(network.edge_length_mm[(network.edge_flags & PRIVATE) == 0].tolist()) == [300_000, 900_000]


def test_gates_keep_their_nodes_on_both_sides() -> None:
    # the street bends at the gate and the private way goes on: neither is joined across it
    nodes = {"A": (0, 0), "G": (100, 0), "B": (200, 0), "I": (100, 100), "H": (100, -100)}
    ways = [("A G B", "path", 0), ("H G I", "path", PRIVATE)]
    network = build_network(towns.roads(nodes, ways), towns.WALKER)
    assert network.edge_count == 4
    assert network.node_count == 6
    public, private = network.gates[0]
    assert network.node_id[[public, private]].tolist() == [1, 1]


def test_stiles_stop_wheelchairs_alone() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
    town = towns.roads(nodes, [("A B C", "path", 0)], barriers={"B": Barrier.NARROW})
    chair = Profile(name="chair", narrow_barriers="closed", steps="closed", slope="none")
    assert len(set(build_network(town, towns.WALKER).node_component.tolist())) == 1
    assert len(set(build_network(town, chair).node_component.tolist())) == 2


def test_steps_are_slower_or_closed_as_the_profile_says() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
    town = towns.roads(nodes, [("A B", "path", 0), ("B C", "steps", STEPS)])
    slow = Profile(name="slow", speed_mps=1.0, steps_speed_factor=0.5, slope="none")
    assert sorted(build_network(town, slow).edge_cost_ms.tolist()) == [100_000, 200_000]
    chair = Profile(name="chair", steps="closed", slope="none")
    assert build_network(town, chair).edge_count == 1


def test_uphill_is_slower_than_downhill() -> None:
    town = towns.roads({"A": (0, 0), "B": (100, 0)}, [("A B", "path", 0)], heights={"A": 0.0, "B": 10.0})
    network = build_network(town, Profile(name="hiker", speed_mps=1.0))
    # Tobler by hand: exp(-3.5 * 0.15) / exp(-3.5 * 0.05) = exp(-0.35); down: exp(-3.5 * 0.05) / exp(-3.5 * 0.05) = 1
    up = round(100_000 * np.exp(0.35))
    assert sorted([network.edge_cost_ms[0], network.edge_back_cost_ms[0]]) == [100_000, up]
    assert float(tobler_factor(0.0)) == 1.0


def test_a_wheelchair_can_t_climb_beyond_its_limit() -> None:
    heights = {"A": 0.0, "B": 8.0, "C": 17.0}
    town = towns.roads({"A": (0, 0), "B": (100, 0), "C": (200, 0)}, [("A B C", "path", 0)], heights=heights)
    chair = Profile(name="chair", speed_mps=1.0, max_slope_percent=8.33, slope="none")
    network = build_network(town, chair)
    assert network.edge_length_mm.tolist() == [100_000]  # 8 % is open, 9 % is closed


def test_arrays_are_read_only_and_the_fingerprint_follows_the_content() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises(ValueError, match="read-only"):
        network.edge_cost_ms[0] = 1
    again = build_network(towns.cross_road(), towns.WALKER)
    faster = build_network(towns.cross_road(), towns.WALKER.model_copy(update={"speed_mps": 1.5}))
    assert network.fingerprint == again.fingerprint != faster.fingerprint


def test_a_profile_for_another_mode_is_refused() -> None:
    with pytest.raises(RoadsError, match="read to walk"):
        build_network(towns.cross_road(), Profile(name="drive", mode="drive"))


def test_nothing_left_for_a_profile_is_an_error() -> None:
    town = towns.roads({"A": (0, 0), "B": (100, 0)}, [("A B", "steps", STEPS)])
    with pytest.raises(RoadsError, match="no street that profile chair can use"):
        build_network(town, Profile(name="chair", steps="closed"))


def test_roads_without_a_speed_name_their_class() -> None:
    town = towns.roads({"A": (0, 0), "B": (100, 0)}, [("A B", "track", 0)], mode="drive", speed_kmh=np.nan)
    with pytest.raises(RoadsError, match="class track"):
        build_network(town, Profile(name="drive", mode="drive"))


def test_hilbert_curve_visits_neighbours() -> None:
    x, y = np.meshgrid(np.arange(16), np.arange(16))
    distance = hilbert_distance(x.ravel(), y.ravel())
    order = np.argsort(distance)
    assert sorted(distance.tolist()) == list(range(256))
    steps = np.abs(np.diff(x.ravel()[order])) + np.abs(np.diff(y.ravel()[order]))
    assert (steps == 1).all()


def test_where_the_data_ends_stays_a_node_and_is_known() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (200, 0)}
    town = towns.roads(nodes, [("A B", "path", 0), ("B C", "path", 0)], barriers={"B": Barrier.CUT})
    network = build_network(town, towns.WALKER)
    assert network.edge_count == 2
    assert network.node_id[network.cut_nodes].tolist() == [1]
    assert len(set(network.node_component.tolist())) == 1
    assert exit_nodes(network).tolist() == network.cut_nodes.tolist()


# --- edits -------------------------------------------------------------------------------------------------------


def test_an_empty_edit_changes_nothing() -> None:
    network = build_network(towns.superblock(), towns.WALKER)
    assert close_edges(network, []).fingerprint == network.fingerprint


def test_a_closed_bridge_parts_the_banks() -> None:
    network = build_network(towns.river_with_one_bridge(), towns.WALKER)
    bridge = np.flatnonzero(network.edge_flags & int(WayFlag.BRIDGE))
    apart = close_edges(network, bridge.tolist())
    assert apart.edge_count == network.edge_count - 1
    assert len(set(apart.node_component.tolist())) == 2
    assert sorted(apart.geom_length_m.tolist()) == [1000.0, 1000.0]
    assert apart.fingerprint != network.fingerprint


def test_edits_that_make_no_sense_are_refused() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises(RoadsError, match=r"no edges \(2: -1, 99\)"):
        close_edges(network, [0, 99, -1])
    with pytest.raises(RoadsError, match="no street"):
        close_edges(network, range(network.edge_count))

"""From ways to a network: cut at junctions, join what isn't one, price every edge in whole milliseconds.

Everything works on *stretches* (the straight pieces between two neighbouring nodes of a way) and on *half-stretches*
(a stretch with a direction: h < s runs forwards, h + s backwards), with numpy alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from civicreach.errors import RoadsError
from civicreach.layers import Barrier, Roads, WayFlag
from civicreach.network.arcs import CLOSED
from civicreach.network.gates import Stretches, locked_nodes, part_private, shut_nodes, split_shut, without_private
from civicreach.network.hilbert import hilbert_order
from civicreach.network.impedance import stretch_costs
from civicreach.network.network import RoadNetwork
from civicreach.study import PrivateAccess, Profile
from civicreach.units import MAX_COST_MS

Longs = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]


def build_network(roads: Roads, profile: Profile, *, private_access: PrivateAccess = "residents") -> RoadNetwork:
    """The network that a profile can use.

    Nodes remain where streets meet, end, change (class, name, flags, direction) or are blocked; between them lies one
    edge, with the summed cost of its stretches rounded to whole milliseconds, at least 1. Parallel edges and loops are
    kept. Places are rounded to whole centimetres before anything is measured, so that whoever holds the drawing as
    whole numbers measures and snaps the same.

    Private ways and locked gates are a policy: with "residents" those who live on private ways use them to leave and to
    come home, but nobody passes through; "closed" leaves them out; "open" lets everyone through.

    Raises RoadsError where the roads were read for another mode or hold nothing that the profile can use.
    """
    if roads.mode != profile.mode:
        raise RoadsError(f"the roads were read to {roads.mode}, but profile {profile.name} is to {profile.mode}")
    roads = replace(roads, node_x=whole_cm(roads.node_x), node_y=whole_cm(roads.node_y))
    stretches = split_shut(_stretches(roads, profile), shut_nodes(roads, profile))
    if private_access != "open":
        stretches = part_private(stretches, locked_nodes(roads))
    if private_access == "closed":
        stretches = without_private(stretches)
    if len(stretches) == 0:
        raise RoadsError(f"{roads.source or 'roads'}: no street that profile {profile.name} can use")
    half, start = _chains(stretches, _cut(roads))
    return _assemble(roads, stretches, half, start, profile, private_access)


def whole_cm(metres: Metres) -> Metres:
    """Metres (n,) to the nearest centimetre.

    >>> whole_cm(np.array([1.2349])).tolist()
    [1.23]
    """
    rounded: Metres = np.rint(metres * 100.0) / 100.0
    return rounded


def _stretches(roads: Roads, profile: Profile) -> Stretches:
    counts = np.diff(roads.way_ptr)
    way = np.repeat(np.arange(len(counts)), counts)[:-1]
    within = np.ones(len(roads.way_node) - 1, dtype=np.bool_)
    within[roads.way_ptr[1:-1] - 1] = False
    a = roads.way_node[:-1].astype(np.int64)
    b = roads.way_node[1:].astype(np.int64)
    keep = within & (a != b)
    a, b, way = a[keep], b[keep], way[keep]
    length = np.hypot(roads.node_x[b] - roads.node_x[a], roads.node_y[b] - roads.node_y[a])
    stated = roads.way_length_m
    if np.isfinite(stated).any():
        drawn = np.bincount(way, weights=length, minlength=len(stated))
        scale = np.divide(stated, drawn, out=np.ones_like(drawn), where=np.isfinite(stated) & (drawn > 0))
        length = length * scale[way]
    rise = roads.node_z[b] - roads.node_z[a] if len(roads.node_z) else None
    forward, backward = stretch_costs(roads, way, rise, length, profile)
    usable = np.isfinite(forward) | np.isfinite(backward)
    return Stretches(
        a[usable],
        b[usable],
        way[usable],
        length[usable],
        forward[usable],
        backward[usable],
        private=(roads.way_flags[way[usable]] & WayFlag.PRIVATE) != 0,
        street=_kind(roads, way[usable]),
        node_of=np.arange(len(roads.node_id)),
        gates=np.empty((0, 2), np.int64),
    )


def _cut(roads: Roads) -> npt.NDArray[np.bool_]:
    """Which nodes (n,) of the roads have streets that go on beyond the data."""
    cut: npt.NDArray[np.bool_] = (roads.node_barrier & int(Barrier.CUT)) != 0
    return cut


def _chains(stretches: Stretches, cut: npt.NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Half-stretches in order, edge after edge, and where each edge starts among them (edges + 1,)."""
    count = len(stretches)
    last, steps, least = _ranked(_following(stretches, cut))
    # an edge is known by its first stretch, and runs the way that this one was drawn
    chain = np.minimum(least[:count], least[count:])
    forwards = last[:count] == last[chain]
    half = np.arange(count) + np.where(forwards, 0, count)
    sizes = np.bincount(chain, minlength=count)
    ends = np.cumsum(sizes)
    order = np.empty(count, np.int64)
    order[ends[chain] - 1 - steps[half]] = half
    return order, np.concatenate([[0], ends[sizes > 0]])


def _following(stretches: Stretches, cut: npt.NDArray[np.bool_]) -> Longs:
    """The half-stretch that goes on where each one ends, or -1 where that is a junction, an end or a change."""
    count, nodes = len(stretches), len(stretches.node_of)
    tail = np.concatenate([stretches.a, stretches.b])
    degree = np.bincount(tail, minlength=nodes)
    degree[stretches.gates] = 0  # gates stay nodes, and so does where the data ends
    degree[cut[stretches.node_of]] = 0
    passing = np.flatnonzero(degree == 2)
    # two half-stretches begin at these nodes: any one, and what is left of the sum of both
    begins = np.zeros(nodes, np.int64)
    begins[tail] = np.arange(2 * count)
    one = begins[passing]
    other = np.bincount(tail, weights=np.arange(2 * count), minlength=nodes)[passing].astype(np.int64) - one
    opened = np.concatenate([np.isfinite(stretches.forward_ms), np.isfinite(stretches.backward_ms)])
    kind = 2 * stretches.street + stretches.private
    back_one, back_other = (one + count) % (2 * count), (other + count) % (2 * count)
    same = (
        (kind[one % count] == kind[other % count])
        & (opened[back_one] == opened[other])
        & (opened[one] == opened[back_other])
    )
    following = np.full(2 * count, -1)
    following[back_one[same]] = other[same]
    following[back_other[same]] = one[same]
    return following


def _kind(roads: Roads, way: Longs) -> Longs:
    """A number (s,) for class, name, flags and speed together: equal numbers can be one edge."""
    _, kind = np.unique(np.nan_to_num(roads.way_speed_kmh, nan=-1.0), return_inverse=True)
    for column in (roads.way_class, roads.way_name, roads.way_flags):
        _, kind = np.unique(kind * (int(column.max()) + 1) + column, return_inverse=True)
    return np.asarray(kind, dtype=np.int64)[way]


def _ranked(following: Longs) -> tuple[Longs, Longs, Longs]:
    """For each half-stretch the last one of its chain, the steps to it, and the least stretch from it on.

    By pointer doubling. Each ring without any junction is opened at the first node of its first stretch.
    """
    count = len(following) // 2
    every = np.arange(len(following))
    last, steps, least = every.copy(), np.zeros_like(every), every % count
    ring = _double(following, every, last, steps, least)
    if len(ring):
        first = np.unique(least[ring])
        following = following.copy()
        following[(following[first + count] + count) % (2 * count)] = -1
        following[first + count] = -1
        last[ring], steps[ring], least[ring] = ring, 0, ring % count
        _double(following, ring, last, steps, least)
    return last, steps, least


def _double(following: Longs, at: Longs, last: Longs, steps: Longs, least: Longs) -> Longs:
    """Move some half-stretches to the ends of their chains; those that run in rings are returned."""
    at = at[following[at] >= 0]
    further, taken, low = following[at], np.ones_like(at), least[following[at]]
    moved = 0
    while len(at) and moved < len(following):
        last[at], steps[at], least[at] = further, steps[at] + taken, np.minimum(least[at], low)
        at = at[following[last[at]] >= 0]
        there = last[at]
        further, taken, low = last[there], steps[there], least[there]
        moved = max(1, 2 * moved)
    return at


def _assemble(
    roads: Roads,
    stretches: Stretches,
    half: Longs,
    start: Longs,
    profile: Profile,
    private_access: PrivateAccess,
) -> RoadNetwork:
    place, used, order = _nodes_in_order(roads, stretches, half, start)
    tail, head = _ends(stretches, half)
    count = len(stretches)
    backwards, piece = half >= count, half % count
    along = np.where(backwards, stretches.backward_ms[piece], stretches.forward_ms[piece])
    against = np.where(backwards, stretches.forward_ms[piece], stretches.backward_ms[piece])
    first, final = start[:-1], start[1:] - 1
    length_mm = np.maximum(1, np.rint(np.add.reduceat(stretches.length_m[piece], first) * 1000)).astype(np.int64)
    node = stretches.node_of[used[order]]

    geom_ptr = np.concatenate([[0], np.cumsum(np.diff(start) + 1)])
    geom_node = np.empty(geom_ptr[-1], np.int64)
    is_tail = np.ones(len(geom_node), dtype=np.bool_)
    is_tail[geom_ptr[1:] - 1] = False
    geom_node[is_tail] = tail
    geom_node[~is_tail] = head[final]
    geom = stretches.node_of[geom_node]
    way = stretches.way[piece[first]]
    private = np.where(stretches.private[piece[first]], np.uint16(WayFlag.PRIVATE), np.uint16(0))
    return RoadNetwork(
        crs=roads.crs,
        profile=profile,
        private_access=private_access,
        node_id=roads.node_id[node],
        node_x=roads.node_x[node],
        node_y=roads.node_y[node],
        edge_u=place[tail[first]],
        edge_v=place[head[final]],
        edge_length_mm=length_mm,
        edge_cost_ms=_whole_ms(np.add.reduceat(along, first), profile),
        edge_back_cost_ms=_whole_ms(np.add.reduceat(against, first), profile),
        edge_class=roads.way_class[way],
        edge_flags=roads.way_flags[way] | private,
        edge_name=roads.way_name[way],
        geom_ptr=geom_ptr,
        geom_x=roads.node_x[geom],
        geom_y=roads.node_y[geom],
        classes=roads.classes,
        names=roads.names,
        gates=place[stretches.gates],  # every gate ends a street and a private way, so all are used
        cut_nodes=np.flatnonzero(_cut(roads)[node]).astype(np.int32),
        attribution=roads.attribution,
    )


def _ends(stretches: Stretches, half: Longs) -> tuple[Longs, Longs]:
    """Where half-stretches (k,) begin and end."""
    count = len(stretches)
    backwards, piece = half >= count, half % count
    a, b = stretches.a[piece], stretches.b[piece]
    return np.where(backwards, b, a), np.where(backwards, a, b)


def _nodes_in_order(
    roads: Roads, stretches: Stretches, half: Longs, start: Longs
) -> tuple[npt.NDArray[np.int32], Longs, Longs]:
    """The number of each node that ends an edge, -1 for others; which nodes these are; and their order."""
    tail, head = _ends(stretches, half)
    is_end = np.zeros(len(stretches.node_of), dtype=np.bool_)
    is_end[tail[start[:-1]]] = is_end[head[start[1:] - 1]] = True
    used = np.flatnonzero(is_end)
    of = stretches.node_of[used]
    order = hilbert_order(roads.node_x[of], roads.node_y[of], roads.node_id[of])
    place = np.full(len(stretches.node_of), -1, np.int32)
    place[used[order]] = np.arange(len(used), dtype=np.int32)
    return place, used, order


def _whole_ms(cost: Metres, profile: Profile) -> npt.NDArray[np.int32]:
    if (cost[np.isfinite(cost)] > MAX_COST_MS).any():
        raise RoadsError(f"an edge costs profile {profile.name} more than 24 days: is the CRS in metres?")
    whole = np.where(np.isfinite(cost), np.maximum(1, np.rint(cost)), CLOSED)
    return whole.astype(np.int32)

"""Where a search enters and leaves the network: from places on edges to costs at the edges' ends."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from civicreach.errors import LayerError
from civicreach.layers import WayFlag
from civicreach.network import RoadNetwork, Snapped, snap
from civicreach.network.arcs import CLOSED
from civicreach.study import Direction
from civicreach.units import MAX_COST_MS

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends (k,) of the edges that places lie on: the place, the node, and the cost between them with the leg."""

    place: npt.NDArray[np.int32]
    node: npt.NDArray[np.int32]
    cost: npt.NDArray[np.int32]

    def by_place(self, count: int) -> Longs:
        """Pointers (count + 1,) into the ends, which are ordered by place."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.place, minlength=count))])

    def by_node(self, count: int) -> tuple[Ints, Ints, Ints]:
        """Pointers (count + 1,), places and costs of the ends ordered by node, those of one node as before."""
        each = np.arange(len(self.node) + 1, dtype=np.int32)
        # turning a sparse matrix round sorts by counting, several times faster than comparing
        turned = csr_matrix((each[:-1], self.node, each), shape=(len(self.node), count)).tocsc()
        return turned.indptr, self.place[turned.indices], self.cost[turned.indices]


def share_ms(cost_ms: npt.NDArray[np.int32], offset_mm: Longs, length_mm: Longs) -> Longs:
    """What the first `offset_mm` of edges cost, in whole ms rounded half up, by whole-number arithmetic alone."""
    # split the offset so that products stay below 2**63 for any cost and length
    cost = cost_ms.astype(np.int64)
    whole, rest = np.divmod(cost, length_mm)
    return whole * offset_mm + (2 * rest * offset_mm + length_mm) // (2 * length_mm)


def ends_of(network: RoadNetwork, snapped: Snapped, *, leaving: bool) -> Ends:
    """Both ends of each place's edge, as far as its directions are open, ordered by place.

    `leaving` prices the way from the place to the node, otherwise from the node to the place.
    """
    place = np.flatnonzero(snapped.found)
    edge, offset, leg = snapped.edge[place], snapped.offset_mm[place], snapped.leg_ms[place]
    length = network.edge_length_mm[edge]
    along, back = network.edge_cost_ms[edge], network.edge_back_cost_ms[edge]
    by_u, by_v = (back, along) if leaving else (along, back)
    share_u = share_ms(by_u, offset, length)
    share_v = share_u if network.symmetric else share_ms(by_v, offset, length)
    # u and v of each place side by side: ordered by place without any sorting
    node, cost = np.empty((len(place), 2), np.int32), np.empty((len(place), 2), np.int32)
    node[:, 0], node[:, 1] = network.edge_u[edge], network.edge_v[edge]
    cost[:, 0], cost[:, 1] = share_u + leg, by_v - share_v + leg
    ends = Ends(np.repeat(place.astype(np.int32), 2), node.ravel(), cost.ravel())
    if not ((by_u == CLOSED).any() or (by_v == CLOSED).any()):
        return ends
    is_open = np.column_stack([by_u != CLOSED, by_v != CLOSED]).ravel()
    return Ends(ends.place[is_open], ends.node[is_open], ends.cost[is_open])


@dataclass(frozen=True, eq=False)
class SameEdge:
    """Pairs (k,) of demand and facility on one edge with the cost along it, legs included; ordered by facility."""

    demand: npt.NDArray[np.int32]
    facility: npt.NDArray[np.int32]
    cost: npt.NDArray[np.int32]


def same_edge(network: RoadNetwork, demand: Snapped, facility: Snapped, direction: Direction) -> SameEdge:
    """Demand and facilities that meet along their common edge without passing one of its ends."""
    has_facility = np.zeros(network.edge_count + 1, dtype=np.bool_)  # the last one is for edge -1: not found
    has_facility[facility.edge[facility.found]] = True
    d_all = np.flatnonzero(has_facility[demand.edge])
    d_all = d_all[np.argsort(demand.edge[d_all], kind="stable")]
    edges = demand.edge[d_all]
    f_all = np.flatnonzero(facility.found)
    low = np.searchsorted(edges, facility.edge[f_all], "left")
    counts = np.searchsorted(edges, facility.edge[f_all], "right") - low
    f = np.repeat(f_all, counts)
    within = np.arange(len(f)) - np.repeat(np.cumsum(counts) - counts, counts)
    d = d_all[np.repeat(low, counts) + within]
    edge = facility.edge[f]
    start, stop = (demand.offset_mm[d], facility.offset_mm[f])
    if direction == "from_facility":
        start, stop = stop, start
    length = network.edge_length_mm[edge]
    along, back = network.edge_cost_ms[edge], network.edge_back_cost_ms[edge]
    forwards = share_ms(along, stop, length) - share_ms(along, start, length)
    backwards = share_ms(back, start, length) - share_ms(back, stop, length)
    # at one and the same point nobody has to travel, whichever direction is open
    cost = np.where(stop >= start, forwards, backwards)
    is_open = np.where(stop > start, along != CLOSED, np.where(stop < start, back != CLOSED, True))
    cost = np.where(stop == start, 0, cost) + demand.leg_ms[d] + facility.leg_ms[f]
    return SameEdge(d[is_open].astype(np.int32), f[is_open].astype(np.int32), cost[is_open].astype(np.int32))


def seeds_of(network: RoadNetwork, snapped: Snapped, direction: Direction) -> Ends:
    """Where a search from facilities sets out, ordered by facility: the ends of their edges, and behind gates also the
    public side of every gate that private ways lead to, because visitors come in there."""
    leaving = direction == "from_facility"
    own = ends_of(network, snapped, leaving=leaving)
    if len(network.gates) == 0:
        return own
    private = np.zeros(network.node_count, dtype=np.bool_)
    private[_private_nodes(network)] = True
    inside = private[own.node]
    if not inside.any():
        return own
    gates = _ways_to_gates(network, own, np.flatnonzero(inside), direction)
    place = np.concatenate([own.place, gates.place])
    node = np.concatenate([own.node, gates.node])
    order = np.lexsort((node, place))
    return Ends(place[order], node[order], np.concatenate([own.cost, gates.cost])[order])


def _private_nodes(network: RoadNetwork) -> npt.NDArray[np.int32]:
    private = (network.edge_flags & WayFlag.PRIVATE) != 0
    return np.unique(np.concatenate([network.edge_u[private], network.edge_v[private]]))


def _ways_to_gates(network: RoadNetwork, own: Ends, inside: Longs, direction: Direction) -> Ends:
    """Seeds at the public side of gates for places behind them, by searches over private ways alone."""
    arcs = network.arcs(direction)
    source = np.repeat(np.arange(network.node_count), np.diff(arcs.indptr))
    private = (arcs.edge >= 0) & ((network.edge_flags[arcs.edge] & WayFlag.PRIVATE) != 0)
    nodes = _private_nodes(network)
    ends = np.searchsorted(nodes, source[private]), np.searchsorted(nodes, arcs.target[private])
    graph = _least_arcs(ends, arcs.cost_ms[private], len(nodes))
    start, which = np.unique(own.node[inside], return_inverse=True)
    distance = dijkstra(graph, indices=np.searchsorted(nodes, start))
    to_gate = distance[which][:, np.searchsorted(nodes, network.gates[:, 1])]
    seed, gate = np.nonzero(np.isfinite(to_gate))
    cost = own.cost[inside][seed] + to_gate[seed, gate].astype(np.int64)
    fits = cost < MAX_COST_MS
    seed, gate, cost = seed[fits], gate[fits], cost[fits]
    return Ends(own.place[inside][seed], network.gates[gate, 0], cost.astype(np.int32))


def _least_arcs(ends: tuple[Longs, Longs], cost: npt.NDArray[np.int32], count: int) -> csr_matrix:
    """A scipy graph; of parallel arcs the cheapest counts, where scipy itself would add them up."""
    order = np.lexsort((cost, ends[1], ends[0]))
    a, b = ends[0][order], ends[1][order]
    first = np.flatnonzero((np.diff(a, prepend=-1) != 0) | (np.diff(b, prepend=-1) != 0))
    return csr_matrix((cost[order][first].astype(np.float64), (a[first], b[first])), shape=(count, count))


def snap_layer(points: gpd.GeoSeries, network: RoadNetwork, max_snap_m: float, what: str) -> Snapped:
    """Snap a layer, and refuse one in which nothing at all meets the network."""
    snapped = snap(points, network, max_snap_m=max_snap_m)
    if not snapped.found.any():
        nearest = np.min(snapped.gap_m, initial=np.inf)
        raise LayerError(
            f"{what}: none of {len(snapped):,} places lies within {max_snap_m:g} m of a usable street; the nearest is "
            f"{nearest / 1000:,.1f} km away. Check that {what} and streets are of the same city and name the right crs"
        )
    return snapped

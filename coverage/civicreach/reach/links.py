"""Links: streets from junction to junction, and who has no way left when one of them is out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from civicreach.layers import WayFlag
from civicreach.network import RoadNetwork, Snapped
from civicreach.network.arcs import CLOSED
from civicreach.reach._dominators import dominator_tree, nearest_above, sums_below
from civicreach.reach._numba import tell_if_cold
from civicreach.reach.access import same_edge, seeds_of
from civicreach.study import Direction

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Amounts = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def find_links(network: RoadNetwork) -> Ints:
    """The link (m,) that each edge belongs to, numbered by their first edges.

    Edges that meet where nothing else does are one link, if both can be travelled in both directions; gates part them.
    """
    return _chains(network)[0]


def _chains(network: RoadNetwork) -> tuple[Ints, Mask]:
    """The link of each edge, and which nodes lie within a link rather than between links."""
    along, back = network.edge_cost_ms != CLOSED, network.edge_back_cost_ms != CLOSED
    usable = np.flatnonzero(along | back)
    ends = np.concatenate([network.edge_u[usable], network.edge_v[usable]])
    edge = np.tile(usable, 2)[np.argsort(ends, kind="stable")]
    degree = np.bincount(ends, minlength=network.node_count)
    first = np.cumsum(degree) - degree
    passing = degree == 2
    passing[network.gates] = False
    node = np.flatnonzero(passing)
    one, other = edge[first[node]], edge[first[node] + 1]
    joined = (along & back)[one] & (along & back)[other]
    within = np.zeros(network.node_count, dtype=np.bool_)
    within[node[joined]] = True
    count = network.edge_count
    pairs = coo_matrix((np.ones(joined.sum(), np.int8), (one[joined], other[joined])), shape=(count, count))
    _, link = connected_components(pairs, directed=False)
    return np.asarray(link, dtype=np.int32), within


@dataclass(frozen=True, eq=False)
class Stranded:
    """What hangs on single links (k,): the amount that reaches a facility now and could reach none without the link.

    `link` int32 (m,) is the link of each edge; `stranded` float64 (k,) includes `on_link`, those who live on it;
    `above` int32 (k,) is the nearest other link that these have to pass too, nearer to the facility, or -1. `critical`
    bool (k,) marks links with an end that reaches no facility without them: of the others only those who live on them
    are stranded, and where such a street breaks at one point, these leave by its other end. `reached` is the whole
    amount that reaches a facility.
    """

    link: Ints
    stranded: Amounts
    on_link: Amounts
    above: Ints
    critical: Mask
    reached: float


def stranded_without(
    network: RoadNetwork, demand: Snapped, facility: Snapped, amount: Amounts, *, direction: Direction = "to_facility"
) -> Stranded:
    """For every link at once, who could reach no facility any more, at any distance, if it were out. Exact.

    `amount` (n,) belongs to `demand`. The whole link is out, with the facilities on it and those who live on it; all
    stay where they are snapped. In a network without one-way streets the critical links are the bridges of graph theory
    that have no facility behind them; one-way streets and gates are followed as a search does. Private ways in
    compounds that hold a facility are never critical: walks that begin there and walks that end there use them
    differently, so that they can't be judged at once.
    """
    tell_if_cold()
    link, within = _chains(network)
    graph = _Graph(network, link, within, demand, facility, direction)
    order, dominator = dominator_tree(*graph.arcs(), 0)
    place = np.full(graph.size, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    own = np.zeros(graph.size)
    np.add.at(own, graph.vertex_of[graph.vertex_of >= 0], amount[graph.vertex_of >= 0])
    total = np.zeros(graph.size)
    total[order] = sums_below(dominator, own[order])
    above = np.full(graph.size, -1, np.int32)
    marked = (order > graph.nodes) & (order <= graph.nodes + graph.links)
    nearest = nearest_above(dominator, marked)
    above[order] = np.where(nearest >= 0, order[nearest] - 1 - graph.nodes, -1)
    ends = (order > 0) & (order <= graph.nodes) & marked[dominator]  # nodes that are reached by one link only
    critical = np.zeros(graph.links, dtype=np.bool_)
    critical[order[dominator[ends]] - 1 - graph.nodes] = True

    links = slice(1 + graph.nodes, 1 + graph.nodes + graph.links)
    own[place < 0] = 0.0
    stranded, on_link = total[links].copy(), own[links].copy()
    # who lives on a one-way link beyond its facility isn't below it in the tree, but has no way without it either
    for vertex, street in enumerate(graph.beyond.tolist(), graph.nodes + graph.links + 1):
        on_link[street] += own[vertex]
        if not _is_below(place, dominator, vertex, 1 + graph.nodes + street):
            stranded[street] += own[vertex]
    return Stranded(link, stranded, on_link, above[links], critical & graph.clear, float(total[0]))


def _is_below(place: Ints, dominator: Ints, vertex: int, upper: int) -> bool:
    """Whether a vertex lies below another one in the tree."""
    at, goal = int(place[vertex]), int(place[upper])
    while at > goal >= 0:  # dominators come first in the order
        at = int(dominator[at])
    return at == goal


class _Graph:
    """Start, nodes, links and people on one-way links as vertices, in this order, in the direction of the search.

    A link is a vertex between its ends, so that taking it out takes out everything on it. `vertex_of` (n,) is where
    each demand hangs, -1 for those who are on no street that is open.
    """

    def __init__(
        self, network: RoadNetwork, link: Ints, within: Mask, demand: Snapped, facility: Snapped, direction: Direction
    ) -> None:
        self._network, self._link, self._within, self._facility = network, link, within, facility
        self._direction: Direction = direction
        self.nodes, self.links = network.node_count, int(link.max()) + 1
        towards = network.edge_back_cost_ms, network.edge_cost_ms
        self._to_v, self._to_u = (c != CLOSED for c in (towards if direction == "to_facility" else towards[::-1]))
        usable = self._to_v | self._to_u
        self._stands = np.flatnonzero(facility.found & usable[np.maximum(facility.edge, 0)])
        self.vertex_of = np.where(
            demand.found & usable[np.maximum(demand.edge, 0)], 1 + self.nodes + link[np.maximum(demand.edge, 0)], -1
        )
        self.beyond = self._move_beyond(demand)
        self.clear = self._clear()

    @property
    def size(self) -> int:
        """How many vertices there are."""
        return 1 + self.nodes + self.links + len(self.beyond)

    def _move_beyond(self, demand: Snapped) -> Longs:
        """Give people on one-way links who can't go straight to the facility there a vertex of their own; the links."""
        one_way = self._to_v ^ self._to_u
        edges = np.unique(self._facility.edge[self._stands])
        edges = edges[one_way[edges]]
        straight = np.zeros(len(demand), dtype=np.bool_)
        straight[same_edge(self._network, demand, self._facility, self._direction).demand] = True
        concerned = np.flatnonzero(np.isin(demand.edge, edges) & demand.found & ~straight)
        self._beyond_edges, which = np.unique(demand.edge[concerned], return_inverse=True)
        self.vertex_of[concerned] = 1 + self.nodes + self.links + which
        return self._link[self._beyond_edges].astype(np.int64)

    def _clear(self) -> Mask:
        """Which links (k,) can be judged: all but private ways of compounds with a facility."""
        network, clear = self._network, np.ones(self.links, dtype=np.bool_)
        private = (network.edge_flags & int(WayFlag.PRIVATE)) != 0
        inside = self._facility.edge[self._stands]
        inside = inside[private[inside]]
        if len(network.gates) and len(inside):
            ways = np.ones(private.sum(), np.int8), (network.edge_u[private], network.edge_v[private])
            _, part = connected_components(coo_matrix(ways, shape=(self.nodes, self.nodes)), directed=False)
            clear[self._link[private & np.isin(part[network.edge_u], part[network.edge_u[inside]])]] = False
        return clear

    def arcs(self) -> tuple[Ints, Ints]:
        """Pointers and targets of all arcs."""
        network, link = self._network, 1 + self.nodes + self._link
        tails, heads = [], []
        for enter, leave, opened in (
            (network.edge_u, network.edge_v, self._to_v),
            (network.edge_v, network.edge_u, self._to_u),
        ):
            in_, out = opened & ~self._within[enter], opened & ~self._within[leave]
            tails += [1 + enter[in_], link[out]]
            heads += [link[in_], 1 + leave[out]]
            beyond = np.flatnonzero(opened[self._beyond_edges])
            tails.append(1 + enter[self._beyond_edges[beyond]])
            heads.append(1 + self.nodes + self.links + beyond)
        tails.append(1 + network.gates[:, 0])
        heads.append(1 + network.gates[:, 1])
        starts = np.unique(np.concatenate([link[self._facility.edge[self._stands]], 1 + self._public_sides()]))
        tails.append(np.zeros(len(starts), np.int32))
        heads.append(starts)
        tail, head = np.concatenate(tails), np.concatenate(heads)
        counts = np.bincount(tail, minlength=self.size)
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return indptr, head[np.argsort(tail, kind="stable")].astype(np.int32)

    def _public_sides(self) -> Ints:
        """Nodes in front of the gates that lead to facilities behind them."""
        network, facility = self._network, self._facility
        if len(network.gates) == 0:
            return np.empty(0, np.int32)
        seeds = seeds_of(network, facility, self._direction)
        behind = (network.edge_flags[facility.edge[seeds.place]] & int(WayFlag.PRIVATE)) != 0
        nodes: Ints = seeds.node[behind & np.isin(seeds.node, network.gates[:, 0])]
        return nodes

"""Towns with a known truth: a jittered street grid cut by a river with two bridges, people along the streets.

Metres in EPSG:32650. The truth is the exact distance along the streets, through parts of edges at both ends,
in floating-point metres by networkx: nothing of civicreach is used to make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
from numpy.typing import NDArray

EPSG = 32650
ORIGIN = (236_000.0, 3_388_000.0)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class OnStreets:
    """Places on streets: edge index, metres from the edge's ``u`` end, and the coordinates; all (n,)."""

    edge: Ints
    offset_m: Floats
    x: Floats
    y: Floats


@dataclass(frozen=True)
class Town:
    """Straight streets between crossings: node x, y (n,) in metres, edge ends u < v (m,)."""

    block_m: float
    x: Floats
    y: Floats
    u: Ints
    v: Ints

    @cached_property
    def length_m(self) -> Floats:
        """Edge lengths (m,)."""
        return np.hypot(self.x[self.u] - self.x[self.v], self.y[self.u] - self.y[self.v])

    @cached_property
    def graph(self) -> nx.MultiDiGraph[int]:
        """The town as OSMnx holds a city: both directions, ``length`` in metres, projected coordinates."""
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=f"EPSG:{EPSG}")
        for node, (x, y) in enumerate(zip(self.x.tolist(), self.y.tolist(), strict=True)):
            graph.add_node(node, x=x, y=y)
        for u, v, length in zip(self.u.tolist(), self.v.tolist(), self.length_m.tolist(), strict=True):
            graph.add_edge(u, v, length=length)
            graph.add_edge(v, u, length=length)
        return graph

    def places(self, edge: Ints, offset_m: Floats) -> OnStreets:
        """The points ``offset_m`` along the edges."""
        share = offset_m / self.length_m[edge]
        u, v = self.u[edge], self.v[edge]
        x = self.x[u] + (self.x[v] - self.x[u]) * share
        y = self.y[u] + (self.y[v] - self.y[u]) * share
        return OnStreets(edge, offset_m, x, y)


def build_town(block_m: float, *, half_m: float = 2400, seed: int = 1, jitter: float = 0.15) -> Town:
    """A grid of ``block_m`` blocks with a river; nodes are moved by up to ``jitter`` blocks."""
    n = int(2 * half_m / block_m) + 1
    shift = np.random.default_rng(seed).uniform(-jitter, jitter, size=(n, n, 2)) * block_m
    i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    x = ORIGIN[0] - half_m + i * block_m + shift[..., 0]
    y = ORIGIN[1] - half_m + j * block_m + shift[..., 1]
    river = n // 2 + max(1, int(350 // block_m))  # no street from this column to the next but on two rows
    bridges = (1 + n // 8, n - 2 - n // 8)
    node = i * n + j
    east = (i + 1 < n) & ((i != river) | np.isin(j, bridges))
    u = np.concatenate([node[east], node[j + 1 < n]])
    v = np.concatenate([node[east] + n, node[j + 1 < n] + 1])
    order = np.lexsort((-v, u))  # by crossing, east before north: the order that fixes who lives where
    return Town(block_m, x.ravel(), y.ravel(), u[order], v[order])


def residents(town: Town, count: int, seed: int) -> OnStreets:
    """``count`` people spread evenly along all streets."""
    rng = np.random.default_rng(seed)
    edge = rng.choice(len(town.u), size=count, p=town.length_m / town.length_m.sum())
    return town.places(edge, rng.uniform(0, 1, count) * town.length_m[edge])


def facility(town: Town, seed: int) -> OnStreets:
    """One facility in mid-street, within 350 m of the centre."""
    rng = np.random.default_rng(seed)
    middle_x = (town.x[town.u] + town.x[town.v]) / 2 - ORIGIN[0]
    middle_y = (town.y[town.u] + town.y[town.v]) / 2 - ORIGIN[1]
    near = np.flatnonzero(np.hypot(middle_x, middle_y) < 350)
    edge = near[rng.integers(0, len(near), size=1)]
    return town.places(edge, rng.uniform(0.2, 0.8, size=1) * town.length_m[edge])


def true_distance_m(town: Town, place: OnStreets, people: OnStreets) -> Floats:
    """Exact metres along the streets from the one ``place`` to every resident (n,)."""
    graph: nx.Graph[int | str] = nx.Graph()
    graph.add_weighted_edges_from(
        zip(town.u.tolist(), town.v.tolist(), town.length_m.tolist(), strict=True), weight="length"
    )
    edge, offset = int(place.edge[0]), float(place.offset_m[0])
    graph.add_edge("place", int(town.u[edge]), length=offset)
    graph.add_edge("place", int(town.v[edge]), length=float(town.length_m[edge]) - offset)
    found = nx.single_source_dijkstra_path_length(graph, "place", weight="length")
    to_node = np.array([found.get(node, np.inf) for node in range(len(town.x))])
    by_u = to_node[town.u[people.edge]] + people.offset_m
    by_v = to_node[town.v[people.edge]] + town.length_m[people.edge] - people.offset_m
    along = np.where(people.edge == edge, np.abs(people.offset_m - offset), np.inf)
    return np.minimum(np.minimum(by_u, by_v), along)

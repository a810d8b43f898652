"""The streets that all engines of the speed bench share: those of our network, costs in whole ms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from civicreach.network import RoadNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Streets:
    """Undirected streets, as our ``network`` holds them: nodes (n,) in metres, edges (m,) with costs in ms.

    ``note`` says what the streets are.
    """

    name: str
    note: str
    network: RoadNetwork
    speed_mps: float

    @property
    def x(self) -> Floats:
        """Node x (n,)."""
        return self.network.node_x

    @property
    def y(self) -> Floats:
        """Node y (n,)."""
        return self.network.node_y

    @cached_property
    def _simple(self) -> tuple[Ints, Ints, Ints]:
        u, v = self.network.edge_u.astype(np.int64), self.network.edge_v.astype(np.int64)
        cost = self.network.edge_cost_ms.astype(np.int64)
        if not self.network.symmetric:
            raise ValueError(f"{self.name}: the jobs need streets that cost the same in both directions")
        low, high = np.minimum(u, v), np.maximum(u, v)
        order = np.lexsort((cost, high, low))
        low, high, cost = low[order], high[order], cost[order]
        first = np.ones(len(low), dtype=bool)
        first[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
        keep = first & (low != high)
        return low[keep], high[keep], cost[keep]

    def simple(self) -> tuple[Ints, Ints, Ints]:
        """Ends and costs without loops, and only the cheapest of parallel edges: all that searches need."""
        return self._simple

    def random_nodes(self, count: int, seed: int) -> Ints:
        """Different nodes in random order."""
        return np.random.default_rng(seed).choice(len(self.x), size=min(count, len(self.x)), replace=False)

    def random_places(self, count: int, seed: int) -> tuple[Floats, Floats]:
        """x and y (count,) of points along the streets, by length: facilities in mid-street."""
        import shapely

        rng = np.random.default_rng(seed)
        long = self.network.edge_length_mm.astype(np.float64)
        edge = rng.choice(len(long), size=count, p=long / long.sum())
        points = shapely.line_interpolate_point(self.network.lines[edge], rng.uniform(size=count), normalized=True)
        return shapely.get_x(points), shapely.get_y(points)

    def describe(self) -> str:
        """One line for the table."""
        return f"{self.name}: {self.note}; {len(self.x):,} nodes, {len(self.network.edge_u):,} edges"

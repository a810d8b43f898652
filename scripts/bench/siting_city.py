"""A seeded city for siting: street nodes with people in clusters, candidates, and a river with few bridges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """Centres of a city of 25,000 nodes, how wide they are (m), which share of nodes is around them, unevenness."""

    centres: int
    spread_m: tuple[float, float]
    clustered: float
    uneven: float


CENTRES = Shape(40, (300, 1200), 0.6, 1.0)
"""Many centres, apartment blocks among houses."""
OVERLAPPING = Shape(12, (600, 2500), 0.85, 0.6)
"""A few wide centres that run into each other, nodes that weigh much the same: proofs are harder."""


@dataclass(frozen=True, eq=False)
class SitingCity:
    """Which candidates cover which street nodes, what the nodes weigh, where both are, and districts of candidates."""

    sites: Any
    weight: npt.NDArray[np.int64]
    xy: Floats
    nodes: Floats
    district: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.xy)

    def none(self) -> npt.NDArray[np.bool_]:
        return np.zeros(self.count, bool)

    def all(self) -> npt.NDArray[np.bool_]:
        return np.ones(self.count, bool)


def river_y(x: Floats, side_m: float) -> Floats:
    """The river winds from west to east."""
    return side_m * (0.45 + 0.08 * np.sin(2 * np.pi * x / side_m))


def clustered(
    count: int, side_m: float, centres: Floats, spread_m: Floats, share: float, rng: np.random.Generator
) -> Floats:
    """Points on a street grid of 25 m: most around centres, the others anywhere; none twice."""
    many = 4 * count
    of = rng.integers(0, len(centres), many)
    near = centres[of] + rng.normal(size=(many, 2)) * spread_m[of, None]
    points = np.where((rng.random(many) < share)[:, None], near, rng.random((many, 2)) * side_m)
    points = np.rint(points / 25) * 25
    points = points[((points >= 0) & (points <= side_m)).all(axis=1)]
    _, first = np.unique(points, axis=0, return_index=True)
    return points[np.sort(first)][:count]


def siting_city(
    nodes: int, candidates: int, shape: Shape = CENTRES, *, covering: int = 30, seed: int = 1, districts: int = 20
) -> SitingCity:
    """A city whose nodes lie within reach of about `covering` candidates each."""
    rng = np.random.default_rng(seed)
    side_m = 12_000.0 * np.sqrt(nodes / 25_000)
    hearts = max(3, round(shape.centres * nodes / 25_000))
    centres, spread_m = rng.random((hearts, 2)) * side_m, rng.uniform(*shape.spread_m, hearts)
    place = clustered(nodes, side_m, centres, spread_m, shape.clustered, rng)
    xy = place[rng.choice(len(place), candidates, replace=False)]
    weight = np.rint(rng.lognormal(3.2, shape.uneven, len(place))).astype(np.int64) + 1
    bridge_x = (np.arange(6) + 0.5) / 6 * side_m
    bridges = np.column_stack([bridge_x, river_y(bridge_x, side_m)])
    some = xy[:300]
    low, high = 50.0, 3000.0
    while high - low > 2.0:  # the reach that makes the city as dense as asked for
        middle = (low + high) / 2
        dense = covers(some, place, bridges, side_m, middle).nnz * len(xy) >= covering * len(place) * len(some)
        low, high = (low, middle) if dense else (middle, high)
    sites = covers(xy, place, bridges, side_m, high)
    areas = rng.random((districts, 2)) * side_m
    return SitingCity(sites, weight, xy, place, cKDTree(areas).query(xy)[1])


def covers(xy: Floats, place: Floats, bridges: Floats, side_m: float, reach_m: float) -> Any:
    """Pairs within reach: straight on one bank, over the best bridge from one to the other."""
    tree = cKDTree(place)
    pairs = cKDTree(xy).sparse_distance_matrix(tree, reach_m, output_type="coo_matrix")
    site, node = pairs.row, pairs.col
    north_site, north_node = xy[:, 1] > river_y(xy[:, 0], side_m), place[:, 1] > river_y(place[:, 0], side_m)
    to_bridge = np.hypot(*(xy[:, None] - bridges[None]).T).T
    from_bridge = np.hypot(*(place[:, None] - bridges[None]).T).T
    detour = (to_bridge[site] + from_bridge[node]).min(axis=1)
    fine = (north_site[site] == north_node[node]) | (detour <= reach_m)
    ones = np.ones(int(fine.sum()), np.int8)
    return sparse.csr_array((ones, (site[fine], node[fine])), shape=(len(xy), len(place)))

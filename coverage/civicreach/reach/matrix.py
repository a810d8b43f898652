"""Reach: what it costs to get from demand to facilities, for every pair within a cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from civicreach.errors import CutoffError, InputError
from civicreach.layers import Demand, Facilities
from civicreach.network import RoadNetwork, Snapped
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach._numba import tell_if_cold, thread_count
from civicreach.reach._search import reach_rows
from civicreach.reach.access import ends_of, same_edge, seeds_of, snap_layer
from civicreach.study import Direction
from civicreach.units import MAX_COST_MS, min_to_ms

CHUNKS_PER_THREAD = 4

Longs = npt.NDArray[np.int64]
Rows = tuple[Longs, npt.NDArray[np.int32], npt.NDArray[np.int32]]
"""Pointers, demand and costs: the demand that each facility reaches, as CSR rows."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Sparse costs between facilities (rows) and demand (columns) in whole milliseconds.

    Row i holds the demand within the cutoff (inclusive) of facility i: `demand_at[row_ptr[i]:row_ptr[i + 1]]` with
    `cost_ms`. Demand that can't be reached within the cutoff is absent. Legs are included. `demand_snap` and
    `facility_snap` say where each place meets the network.
    """

    demand_ids: pd.Index
    facility_ids: pd.Index
    row_ptr: npt.NDArray[np.int64]
    demand_at: npt.NDArray[np.int32]
    cost_ms: npt.NDArray[np.int32]
    cutoff_ms: int
    direction: Direction
    profile: str
    network: str
    demand_snap: Snapped
    facility_snap: Snapped

    def __len__(self) -> int:
        return len(self.cost_ms)

    @property
    def facility_at(self) -> npt.NDArray[np.int32]:
        """The facility (k,) of each pair, as a position."""
        return np.repeat(np.arange(len(self.facility_ids), dtype=np.int32), np.diff(self.row_ptr))

    def check_cutoff(self, limit_ms: int) -> None:
        """Raise CutoffError where a limit lies beyond what was searched: the answer would be too small."""
        if limit_ms > self.cutoff_ms:
            raise CutoffError(
                f"asked for {limit_ms / 60_000:g} minutes, but the search went to {self.cutoff_ms / 60_000:g}; "
                f"call reach with a larger cutoff_min"
            )

    def nearest_ms(self) -> pd.Series:
        """Cost to the nearest facility on the demand's index; absent (NA) beyond the cutoff."""
        least = np.full(len(self.demand_ids), MAX_COST_MS, np.int64)
        np.minimum.at(least, self.demand_at, self.cost_ms)
        series = pd.Series(least, index=self.demand_ids, name="nearest_ms", dtype="Int64")
        return series.mask(least == MAX_COST_MS)

    def covered(self, within_min: float) -> pd.Series:
        """Whether any facility lies within some minutes (inclusive), on the demand's index."""
        limit = min_to_ms(within_min)
        self.check_cutoff(limit)
        found = np.zeros(len(self.demand_ids), dtype=np.bool_)
        found[self.demand_at[self.cost_ms <= limit]] = True
        return pd.Series(found, index=self.demand_ids, name="covered")

    def cost(self, demand_id: object, facility_id: object) -> int | None:
        """Whole milliseconds between one demand and one facility, or None where that is beyond the cutoff."""
        if facility_id not in self.facility_ids or demand_id not in self.demand_ids:
            raise KeyError(f"no pair of demand {demand_id!r} and facility {facility_id!r} in this reach")
        f = cast("int", self.facility_ids.get_loc(facility_id))
        row = slice(self.row_ptr[f], self.row_ptr[f + 1])
        at = np.flatnonzero(self.demand_at[row] == self.demand_ids.get_loc(demand_id))
        return int(self.cost_ms[row][at[0]]) if len(at) else None

    def frame(self) -> pd.DataFrame:
        """All pairs: `demand_id`, `facility_id`, `cost_ms`, by facility and then demand, in their order."""
        order = np.lexsort((self.demand_at, self.facility_at))
        return pd.DataFrame(
            {
                "demand_id": self.demand_ids.to_numpy()[self.demand_at[order]],
                "facility_id": self.facility_ids.to_numpy()[self.facility_at[order]],
                "cost_ms": self.cost_ms[order],
            }
        )

    def matrix(self) -> csr_matrix:
        """Facilities x demand as a scipy CSR matrix of cost_ms + 1, because sparse matrices can't hold a 0."""
        shape = (len(self.facility_ids), len(self.demand_ids))
        found = csr_matrix((self.cost_ms.astype(np.int64) + 1, self.demand_at, self.row_ptr), shape=shape)
        found.sort_indices()
        return found

    def __repr__(self) -> str:
        return (
            f"Reach({len(self.facility_ids):,} facilities x {len(self.demand_ids):,} demand, {len(self):,} pairs "
            f"within {self.cutoff_ms / 60_000:g} min, {self.profile}, {self.direction})"
        )


def reach(
    demand: Demand,
    facilities: Facilities,
    network: RoadNetwork,
    *,
    cutoff_min: float,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> Reach:
    """Costs between all demand and all facilities within a cutoff in minutes (inclusive), exact to the millisecond.

    A pair costs both access legs, the part of each one's edge, and the cheapest way between them; places on one edge
    meet along it. `to_facility` (the default) prices the way that people walk to the facility, `from_facility` the
    way of goods from it.

    Raises ValueError for a cutoff that isn't positive, CrsError for layers in other systems, LayerError where none of
    a layer's places meets the network.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 600.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> homes = gpd.GeoDataFrame({"people": [3]}, geometry=gpd.points_from_xy([100], [20]), crs=32650, index=["h"])
    >>> centre = gpd.GeoDataFrame(geometry=gpd.points_from_xy([400], [0]), crs=32650, index=["c"])
    >>> reach(Demand(homes), Facilities(centre), network, cutoff_min=10).cost("h", "c")  # 20 m + 300 m at 1 m/s
    320000
    """
    cutoff_ms = min_to_ms(cutoff_min)
    if not 0 < cutoff_ms < MAX_COST_MS:
        raise InputError(f"cutoff_min must be above 0 and below {MAX_COST_MS // 60_000} minutes, not {cutoff_min!r}")
    demand_snap = snap_layer(demand.frame.geometry, network, max_snap_m, "demand")
    facility_snap = snap_layer(facilities.frame.geometry, network, max_snap_m, facilities.service)
    row_ptr, demand_at, cost = _search(network, demand_snap, facility_snap, cutoff_ms, direction)
    return Reach(
        demand.ids,
        facilities.ids,
        row_ptr,
        demand_at,
        cost,
        cutoff_ms,
        direction,
        network.profile.name,
        network.fingerprint,
        demand_snap,
        facility_snap,
    )


def _search(network: RoadNetwork, demand: Snapped, facility: Snapped, cutoff_ms: int, direction: Direction) -> Rows:
    tell_if_cold()
    arcs = network.arcs(direction)
    to_facility = direction == "to_facility"
    seeds = seeds_of(network, facility, direction)
    ends = ends_of(network, demand, leaving=to_facility).by_node(network.node_count)
    pairs = same_edge(network, demand, facility, direction)
    count = len(facility)
    seed_ptr = seeds.by_place(count)
    # neighbours one after another: what one search has fetched from memory is at hand for the next
    order = np.argsort(np.append(seeds.node, 0)[seed_ptr[:-1]], kind="stable")
    seed_at, seed_ptr = _reordered(seed_ptr, order)
    pair_at, pair_ptr = _reordered(np.searchsorted(pairs.facility, np.arange(count + 1)), order)
    own = seed_ptr, seeds.node[seed_at], seeds.cost[seed_at]
    beside = pair_ptr, pairs.demand[pair_at], pairs.cost[pair_at]

    def rows(part: tuple[int, int]) -> Rows:
        found: Rows = reach_rows(arcs.indptr, arcs.adjacency, *own, *ends, *beside, len(demand), cutoff_ms, *part)
        return found

    threads = min(thread_count(), count)
    if threads <= 1:
        return _put_back([rows((0, count))], order)
    with ThreadPoolExecutor(threads) as pool:
        return _put_back(list(pool.map(rows, _parts(count, threads * CHUNKS_PER_THREAD))), order)


def _parts(count: int, wanted: int) -> Iterator[tuple[int, int]]:
    return pairwise(np.linspace(0, count, min(wanted, count) + 1).astype(int).tolist())


def _reordered(ptr: Longs, order: Longs) -> tuple[Longs, Longs]:
    """Where the members of lists lie when the lists are put in another order, and the lists' new pointers."""
    sizes = np.diff(ptr)[order]
    new = np.concatenate([[0], np.cumsum(sizes)])
    return np.repeat(ptr[order] - new[:-1], sizes) + np.arange(new[-1]), new


def _put_back(parts: list[Rows], order: Longs) -> Rows:
    """One CSR from parts whose rows are those of the facilities in some order."""
    sizes = np.empty(len(order), np.int64)
    sizes[order] = np.concatenate([np.diff(ptr) for ptr, _, _ in parts])
    row_ptr = np.concatenate([[0], np.cumsum(sizes)])
    demand_at, cost_ms = np.empty(row_ptr[-1], np.int32), np.empty(row_ptr[-1], np.int32)
    begins = iter(row_ptr[order].tolist())
    for ptr, demand, cost in parts:
        for a, b in pairwise(ptr.tolist()):
            row = slice(begin := next(begins), begin + b - a)
            demand_at[row], cost_ms[row] = demand[a:b], cost[a:b]
    return row_ptr, demand_at, cost_ms

"""The nearest facility of all demand, in one search from all facilities at once, and the catchments that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.layers import Demand, Facilities
from civicreach.network import RoadNetwork, Snapped
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach._numba import tell_if_cold
from civicreach.reach._search import FAR, nearest_nodes
from civicreach.reach.access import ends_of, same_edge, seeds_of, snap_layer
from civicreach.study import Direction
from civicreach.units import MAX_COST_MS, min_to_ms


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest facility of each demand.

    `facility_at` int32 (n,) is its position, -1 where none can be reached (within the cutoff, if there was one);
    `cost_ms` int64 (n,) the cost with both legs, -1 there. Of facilities at the same cost the first one counts.
    """

    demand_ids: pd.Index
    facility_ids: pd.Index
    facility_at: npt.NDArray[np.int32]
    cost_ms: npt.NDArray[np.int64]
    direction: Direction
    demand_snap: Snapped
    facility_snap: Snapped

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which demand (n,) reaches a facility."""
        return self.facility_at >= 0

    def frame(self) -> pd.DataFrame:
        """On the demand's index: `facility_id` (None where none), `cost_ms` (NA where none)."""
        ids = self.facility_ids.to_numpy(dtype=object)
        facility = ids[np.maximum(self.facility_at, 0)]
        facility[~self.found] = None
        cost = pd.array(self.cost_ms, dtype="Int64")
        cost[~self.found] = pd.NA
        # object, not text: pandas would turn None into NaN, and ids may be numbers
        named = pd.Series(facility, index=self.demand_ids, dtype=object)
        return pd.DataFrame({"facility_id": named, "cost_ms": cost}, index=self.demand_ids)


def nearest_facility(
    demand: Demand,
    facilities: Facilities,
    network: RoadNetwork,
    *,
    cutoff_min: float | None = None,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> Nearest:
    """The nearest facility by network cost of every demand, without a limit unless `cutoff_min` sets one.

    Raises CrsError for layers in other systems and LayerError where none of a layer's places meets the network.
    """
    tell_if_cold()
    demand_snap = snap_layer(demand.frame.geometry, network, max_snap_m, "demand")
    facility_snap = snap_layer(facilities.frame.geometry, network, max_snap_m, facilities.service)
    cutoff_ms = MAX_COST_MS - 1 if cutoff_min is None else min_to_ms(cutoff_min)
    arcs = network.arcs(direction)
    to_facility = direction == "to_facility"
    seeds = seeds_of(network, facility_snap, direction)
    dist, label = nearest_nodes(arcs.indptr, arcs.adjacency, seeds.node, seeds.cost, seeds.place, cutoff_ms)

    ends = ends_of(network, demand_snap, leaving=to_facility)
    pairs = same_edge(network, demand_snap, facility_snap, direction)
    reached = dist[ends.node] != FAR
    place = np.concatenate([ends.place[reached], pairs.demand])
    cost = np.concatenate([dist[ends.node[reached]].astype(np.int64) + ends.cost[reached], pairs.cost])
    facility = np.concatenate([label[ends.node[reached]], pairs.facility])
    keep = cost <= cutoff_ms
    place, cost, facility = place[keep], cost[keep], facility[keep]
    order = np.lexsort((facility, cost, place))
    first = order[np.flatnonzero(np.diff(place[order], prepend=-1))]
    facility_at = np.full(len(demand.ids), -1, np.int32)
    cost_ms = np.full(len(demand.ids), -1, np.int64)
    facility_at[place[first]] = facility[first]
    cost_ms[place[first]] = cost[first]
    return Nearest(demand.ids, facilities.ids, facility_at, cost_ms, direction, demand_snap, facility_snap)

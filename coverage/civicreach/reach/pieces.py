"""Searches for the exactly reached street pieces of one facility or of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.errors import InputError
from civicreach.layers import Facilities
from civicreach.network import RoadNetwork, Snapped
from civicreach.reach._numba import tell_if_cold
from civicreach.reach._pieces import reached_pieces
from civicreach.reach._search import FAR
from civicreach.reach.access import seeds_of, snap_layer
from civicreach.study import Direction
from civicreach.units import MAX_COST_MS, min_to_ms

Standing = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]


class PieceSearch:
    """Finds street pieces within rising limits of facilities; keeps its scratch space between them."""

    def __init__(
        self,
        facilities: Facilities,
        network: RoadNetwork,
        minutes: Sequence[float],
        direction: Direction,
        max_snap_m: float,
    ) -> None:
        self.bands = _bands(minutes)
        tell_if_cold()
        self.network = network
        self.arcs = network.arcs(direction)
        snapped = snap_layer(facilities.frame.geometry, network, max_snap_m, facilities.service)
        self.snapped: Snapped = snapped
        leaving = direction == "from_facility"
        self._ends = seeds_of(network, snapped, direction)
        self._ptr = self._ends.by_place(len(snapped))
        self._stands = _Stands(network, snapped)
        along, back = network.edge_cost_ms, network.edge_back_cost_ms
        # spreading towards v passes the edge forwards when leaving, and backwards when others come this way
        self._towards_v, self._towards_u = (along, back) if leaving else (back, along)
        self._is_own = np.zeros(network.edge_count, dtype=np.bool_)
        self._dist = np.full(network.node_count, FAR, np.int32)
        self._heap = np.empty(1024, np.int64)
        self._out = np.empty(1024, np.int32)

    def rows(self, facility: int | None = None) -> npt.NDArray[np.float64]:
        """Pieces (k, 4) of one facility by position, or of all at once: x, y, line, band."""
        found, settled = self.rows_and_nodes(facility)
        self._dist[settled] = FAR
        return found

    def rows_and_nodes(self, facility: int | None = None) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
        """The pieces and the settled nodes; `node_cost` holds their costs until `forget` is called."""
        k = slice(None) if facility is None else slice(self._ptr[facility], self._ptr[facility + 1])
        network, arcs = self.network, self.arcs
        rows, self._heap, self._out, count = reached_pieces(
            arcs.indptr, arcs.adjacency, arcs.edge, arcs.reversed_, arcs.opposite_ms,
            network.geom_ptr, network.geom_x, network.geom_y, network.geom_length_m,
            network.edge_u, network.edge_v, self._towards_v, self._towards_u,
            self._ends.node[k], self._ends.cost[k], *self._stands.of(facility), self.bands,
            self._is_own, self._dist, self._heap, self._out,
        )  # fmt: skip
        return rows, self._out[:count].copy()

    @property
    def node_cost(self) -> npt.NDArray[np.int32]:
        """Costs (n,) of the nodes of the last search; FAR where it didn't come."""
        return self._dist

    def forget(self, settled: npt.NDArray[np.int32]) -> None:
        """Make the scratch space ready for the next search."""
        self._dist[settled] = FAR


class _Stands:
    """Where places stand: edge, share of it from its u end, and leg; places on one edge lie together."""

    def __init__(self, network: RoadNetwork, snapped: Snapped) -> None:
        self._network, self._snapped = network, snapped
        self._all = self._of(np.flatnonzero(snapped.found))

    def of(self, facility: int | None) -> Standing:
        """Edges (k,), pointers (k + 1,), shares and legs of one place or of all."""
        if facility is None:
            return self._all
        return self._of(np.array([facility])[self._snapped.found[[facility]]])

    def _of(self, place: npt.NDArray[np.int64]) -> Standing:
        place = place[np.argsort(self._snapped.edge[place], kind="stable")]
        edge, first = np.unique(self._snapped.edge[place], return_index=True)
        share = self._snapped.offset_mm[place] / self._network.edge_length_mm[self._snapped.edge[place]]
        return edge, np.append(first, len(place)), share, self._snapped.leg_ms[place]


def _bands(minutes: Sequence[float]) -> npt.NDArray[np.int64]:
    if not len(minutes) or list(minutes) != sorted(set(minutes)) or minutes[0] <= 0:
        raise InputError(f"minutes must rise from above 0, for example (5, 10, 15), not {tuple(minutes)}")
    bands = np.array([min_to_ms(m) for m in minutes], dtype=np.int64)
    if bands[-1] >= MAX_COST_MS:
        raise InputError(f"{minutes[-1]:g} minutes is beyond what a search can hold")
    return bands

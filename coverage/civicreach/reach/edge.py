"""Who could walk out of the data: what lies beyond its edge isn't known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from civicreach.network import RoadNetwork, Snapped
from civicreach.reach._search import FAR, nearest_nodes
from civicreach.reach.access import ends_of
from civicreach.study import Direction

AT_EDGE_M = 30.0
"""A dead end this near to the outline of the data is taken for a street that was cut there."""


def exit_nodes(network: RoadNetwork) -> npt.NDArray[np.int32]:
    """Nodes where streets leave the data: where the source says so, else dead ends near the network's convex hull."""
    if len(network.cut_nodes):
        return network.cut_nodes
    degree = np.bincount(np.concatenate([network.edge_u, network.edge_v]), minlength=network.node_count)
    ends = np.flatnonzero(degree == 1)
    hull = shapely.convex_hull(shapely.multipoints(np.column_stack([network.node_x, network.node_y])))
    outline = shapely.boundary(hull)
    near = shapely.distance(shapely.points(network.node_x[ends], network.node_y[ends]), outline) <= AT_EDGE_M
    return ends[near].astype(np.int32)


def edge_cost_ms(network: RoadNetwork, snapped: Snapped, cutoff_ms: int, direction: Direction) -> npt.NDArray[np.int64]:
    """Cost (n,) from each place to where streets leave the data, -1 beyond the cutoff."""
    exits = exit_nodes(network)
    cost = np.full(len(snapped), -1, np.int64)
    if len(exits) == 0:
        return cost
    arcs = network.arcs(direction)
    dist, _ = nearest_nodes(
        arcs.indptr, arcs.adjacency, exits, np.zeros(len(exits), np.int32), np.arange(len(exits), dtype=np.int32),
        cutoff_ms,
    )  # fmt: skip
    ends = ends_of(network, snapped, leaving=direction == "to_facility")
    reached = dist[ends.node] != FAR
    whole = dist[ends.node[reached]].astype(np.int64) + ends.cost[reached]
    least = np.full(len(snapped), np.iinfo(np.int64).max)
    np.minimum.at(least, ends.place[reached], whole)
    within = least <= cutoff_ms
    cost[within] = least[within]
    return cost

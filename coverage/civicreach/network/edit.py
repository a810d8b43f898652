"""Edits of a network: what if these streets were closed?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from civicreach.errors import Fault, RoadsError
from civicreach.network.network import RoadNetwork


def close_edges(network: RoadNetwork, edges: Iterable[int]) -> RoadNetwork:
    """The same network without some edges, named by their numbers; without any it is the same network.

    Nodes keep their numbers, edges behind a closed one move up. Raises RoadsError for numbers that are no edges, and
    where nothing would be left.
    """
    closed = np.unique(np.fromiter(edges, dtype=np.int64))
    if len(closed) == 0:
        return network
    if len(unknown := closed[(closed < 0) | (closed >= network.edge_count)]):
        rows = tuple(unknown.tolist())
        raise RoadsError(Fault("numbers that are no edges", "network", rows[:5], len(rows)))
    keep = np.ones(network.edge_count, dtype=np.bool_)
    keep[closed] = False
    sizes = np.diff(network.geom_ptr)
    points = np.repeat(keep, sizes)
    return replace(
        network,
        edge_u=network.edge_u[keep],
        edge_v=network.edge_v[keep],
        edge_length_mm=network.edge_length_mm[keep],
        edge_cost_ms=network.edge_cost_ms[keep],
        edge_back_cost_ms=network.edge_back_cost_ms[keep],
        edge_class=network.edge_class[keep],
        edge_flags=network.edge_flags[keep],
        edge_name=network.edge_name[keep],
        geom_ptr=np.concatenate([[0], np.cumsum(sizes[keep])]),
        geom_x=network.geom_x[points],
        geom_y=network.geom_y[points],
    )

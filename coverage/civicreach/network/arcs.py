"""Search graphs: what leads where at what cost, laid out for kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]

CLOSED = -1
"""The cost of a direction that can't be travelled."""

GATE = -1
"""In place of an edge: the arc leads through a gate, at one spot and for nothing."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """A search graph in CSR form: the arcs that leave node i are `indptr[i]:indptr[i + 1]`.

    `adjacency` int32 (2a,) interleaves target and cost so that one cache line holds both; `edge` int32 (a,), or GATE;
    `reversed_` bool (a,) where the arc runs from v to u; `opposite_ms` int32 (a,) is the cost of the same edge's other
    arc, or CLOSED.
    """

    indptr: Ints
    adjacency: Ints
    edge: Ints
    reversed_: npt.NDArray[np.bool_]
    opposite_ms: Ints

    @property
    def target(self) -> Ints:
        """Node (a,) that each arc leads to."""
        return self.adjacency[::2]

    @property
    def cost_ms(self) -> Ints:
        """Cost (a,) of each arc."""
        return self.adjacency[1::2]


def build_arcs(node_count: int, edge_u: Ints, edge_v: Ints, along_ms: Ints, back_ms: Ints, gates: Ints) -> Arcs:
    """The search graph that spreads along edges for `along_ms` and against them for `back_ms`, and in at gates."""
    edge = np.arange(len(edge_u), dtype=np.int32)
    free, nowhere = np.zeros(len(gates), np.int32), np.full(len(gates), GATE, np.int32)
    source = np.concatenate([edge_u, edge_v, gates[:, 0]])
    target = np.concatenate([edge_v, edge_u, gates[:, 1]])
    cost = np.concatenate([along_ms, back_ms, free])
    opposite = np.concatenate([back_ms, along_ms, nowhere])
    both = np.concatenate([edge, edge, nowhere])
    reversed_ = np.repeat([False, True, False], [len(edge), len(edge), len(gates)])
    keep = np.flatnonzero(cost != CLOSED)
    keep = keep[np.lexsort((reversed_[keep], both[keep], target[keep], source[keep]))]
    counts = np.bincount(source[keep], minlength=node_count)
    adjacency = np.column_stack([target[keep], cost[keep]]).ravel().astype(np.int32)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Arcs(indptr, adjacency, both[keep], reversed_[keep], opposite[keep].astype(np.int32))

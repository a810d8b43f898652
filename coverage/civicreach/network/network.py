"""RoadNetwork: a street network with whole-millisecond costs for one profile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from civicreach.crs import require_metric
from civicreach.errors import Faults, RoadsError
from civicreach.network.arcs import CLOSED, Arcs, build_arcs
from civicreach.network.drawing import Drawing, drawing_of
from civicreach.study import Direction, PrivateAccess, Profile

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Streets between junctions, with what each direction costs one profile.

    Nodes (n,): `node_id` int64 (of the source; several nodes can share one where a barrier splits it), `node_x`,
    `node_y` float64 in metres, in Hilbert order so that neighbours lie near each other in memory.
    Edges (m,): `edge_u`, `edge_v` int32; `edge_length_mm` int64 > 0; `edge_cost_ms` (u to v) and `edge_back_cost_ms`
    (v to u) int32, > 0, or CLOSED; `edge_class` int32 into `classes`; `edge_flags` uint16 of WayFlag; `edge_name` int32
    into `names`; geometry from u to v: `geom_x[geom_ptr[e]:geom_ptr[e + 1]]`, the same for y, in metres.

    Gates (g, 2) int32: pairs of nodes at one spot, on the public street and on the private ways behind it. With
    `private_access` "residents" they are the only link between both: a search enters private ways there and doesn't
    come out again (one that starts behind a gate comes out once), so that nobody walks through a compound.

    `cut_nodes` (k,) int32: nodes where a street goes on beyond the data.

    All arrays are read-only. Raises RoadsError for arrays that don't fit together and for costs that aren't positive.
    """

    crs: str
    profile: Profile
    private_access: PrivateAccess
    node_id: Longs
    node_x: Metres
    node_y: Metres
    edge_u: Ints
    edge_v: Ints
    edge_length_mm: Longs
    edge_cost_ms: Ints
    edge_back_cost_ms: Ints
    edge_class: Ints
    edge_flags: npt.NDArray[np.uint16]
    edge_name: Ints
    geom_ptr: Longs
    geom_x: Metres
    geom_y: Metres
    gates: Ints
    cut_nodes: Ints
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ("",)
    attribution: str = ""

    def __post_init__(self) -> None:
        faults = Faults("network")
        require_metric(self.crs, "network")
        edges = len(self.edge_u)
        if edges == 0:
            faults.add(f"no street that profile {self.profile.name} can use")
        per_edge = (
            "edge_v",
            "edge_length_mm",
            "edge_cost_ms",
            "edge_back_cost_ms",
            "edge_class",
            "edge_flags",
        )
        if any(len(getattr(self, name)) != edges for name in (*per_edge, "edge_name")):
            faults.add("arrays of edges differ in length")
        elif len(self.geom_ptr) != edges + 1 or self.geom_ptr[-1] != len(self.geom_x):
            faults.add("geom_ptr doesn't fit the geometry")
        else:
            for cost in (self.edge_cost_ms, self.edge_back_cost_ms):
                if (bad := (cost <= 0) & (cost != CLOSED)).any():
                    faults.add("edges whose cost isn't positive", rows=np.flatnonzero(bad).tolist())
        faults.raise_if_any(RoadsError)
        for array in self.arrays().values():
            array.flags.writeable = False

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays by field name, for storing."""
        return {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.node_x)

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return len(self.edge_u)

    @property
    def length_km(self) -> float:
        """Length of all edges in kilometres; two carriageways count twice."""
        return float(self.edge_length_mm.sum()) / 1e6

    @cached_property
    def symmetric(self) -> bool:
        """Whether every edge costs the same in both directions."""
        return bool(np.array_equal(self.edge_cost_ms, self.edge_back_cost_ms))

    def arcs(self, direction: Direction) -> Arcs:
        """The search graph that spreads from facilities.

        `from_facility` follows the streets as they run. `to_facility` follows them backwards: spreading from the
        facility then finds what it costs to reach it.
        """
        if direction not in ("to_facility", "from_facility"):
            raise ValueError(f"direction must be 'to_facility' or 'from_facility', not {direction!r}")
        return self._arcs_from if direction == "from_facility" else self._arcs_to

    @cached_property
    def _arcs_from(self) -> Arcs:
        return self._build_arcs(self.edge_cost_ms, self.edge_back_cost_ms)

    @cached_property
    def _arcs_to(self) -> Arcs:
        return self._arcs_from if self.symmetric else self._build_arcs(self.edge_back_cost_ms, self.edge_cost_ms)

    def _build_arcs(self, along_ms: Ints, back_ms: Ints) -> Arcs:
        return build_arcs(self.node_count, self.edge_u, self.edge_v, along_ms, back_ms, self.gates)

    @cached_property
    def node_component(self) -> Ints:
        """Label (n,) of each node's component: places that can reach each other in both directions."""
        along, back = self.edge_cost_ms != CLOSED, self.edge_back_cost_ms != CLOSED
        ends = (self.edge_u[along], self.edge_v[back], self.gates[:, 0], self.gates[:, 1])
        others = (self.edge_v[along], self.edge_u[back], self.gates[:, 1], self.gates[:, 0])
        source, target = np.concatenate(ends), np.concatenate(others)
        shape = (self.node_count, self.node_count)
        graph = csr_matrix((np.ones(len(source), np.int8), (source, target)), shape=shape)
        _, label = connected_components(graph, directed=not self.symmetric, connection="strong")
        return np.asarray(label, dtype=np.int32)

    @cached_property
    def edge_component(self) -> Ints:
        """Label (m,) of each edge's component; -1 for a one-way edge between two components."""
        u, v = self.node_component[self.edge_u], self.node_component[self.edge_v]
        return np.where(u == v, u, np.int32(-1))

    @cached_property
    def component_length_m(self) -> Metres:
        """Length in metres of the edges of each component, by label."""
        inside = self.edge_component >= 0
        metres = self.edge_length_mm[inside] / 1000.0
        count = int(self.node_component.max()) + 1
        return np.bincount(self.edge_component[inside], weights=metres, minlength=count).astype(np.float64)

    @cached_property
    def main_component(self) -> int:
        """Label of the longest component."""
        return int(self.component_length_m.argmax())

    @cached_property
    def drawing(self) -> Drawing:
        """Where the edges run; networks of other profiles often share it."""
        return drawing_of(self.geom_ptr, self.geom_x, self.geom_y)

    @property
    def lines(self) -> npt.NDArray[np.object_]:
        """Geometry (m,) of the edges as shapely LineStrings from u to v."""
        return self.drawing.lines

    @property
    def tree(self) -> shapely.STRtree:
        """A spatial index of the edges: everything that is snapped to this network shares it."""
        return self.drawing.tree

    @property
    def geom_length_m(self) -> Metres:
        """Length (m,) of the drawing of each edge; differs from edge_length_mm where the source states lengths."""
        return self.drawing.length_m

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the network: equal networks have equal fingerprints."""
        head = (self.crs, self.profile.model_dump_json(), self.private_access, self.classes, self.names)
        digest = hashlib.sha256(repr(head).encode())
        for name, array in sorted(self.arrays().items()):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        return (
            f"RoadNetwork({self.node_count:,} nodes, {self.edge_count:,} edges, {self.length_km:,.1f} km, "
            f"{self.profile.name}, {self.crs})"
        )

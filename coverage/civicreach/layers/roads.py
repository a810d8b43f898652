"""Streets as they were mapped: ways over shared nodes, before any profile has its say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from civicreach.crs import require_metric
from civicreach.errors import Faults, RoadsError
from civicreach.study import Mode

Ints = npt.NDArray[np.int32]


class WayFlag(IntFlag):
    """What a way is or forbids."""

    STEPS = 1
    PRIVATE = 2
    BRIDGE = 4
    TUNNEL = 8
    NO_FORWARD = 16
    NO_BACKWARD = 32


class Barrier(IntFlag):
    """What stands on a node. LOCKED opens with private access; NARROW stops wheelchairs; SHUT stops everyone.

    CUT stops nobody: the street goes on there, but the data doesn't.
    """

    LOCKED = 1
    NARROW = 2
    SHUT = 4
    CUT = 8


@dataclass(frozen=True, eq=False)
class Roads:
    """Ways over shared nodes in a metric CRS, already filtered for a mode (walk or drive).

    Nodes: `node_id` int64 (n,), `node_x`, `node_y` float64 (n,) in metres, `node_barrier` uint8 (n,) of Barrier,
    `node_z` float64 (n,) in metres or empty where no elevation is known.
    Ways: the nodes of way i are `way_node[way_ptr[i]:way_ptr[i + 1]]` (indices of nodes, at least two);
    `way_id` int64 (w,), `way_class` int32 (w,) indexes `classes`, `way_name` int32 (w,) indexes `names` (0 is
    "no name"), `way_flags` uint16 (w,) of WayFlag, `way_speed_kmh` float64 (w,), NaN where unknown, and
    `way_length_m` float64 (w,), NaN except where the source states a length that its drawing doesn't have.
    `notes` says what was dropped or mended while reading.

    Raises RoadsError for arrays that don't fit together, a CRS in degrees, or no way at all.
    """

    crs: str
    mode: Mode
    node_id: npt.NDArray[np.int64]
    node_x: npt.NDArray[np.float64]
    node_y: npt.NDArray[np.float64]
    way_ptr: npt.NDArray[np.int64]
    way_node: Ints
    way_id: npt.NDArray[np.int64]
    way_class: Ints
    classes: tuple[str, ...]
    way_flags: npt.NDArray[np.uint16]
    way_name: Ints
    names: tuple[str, ...] = ("",)
    way_speed_kmh: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    way_length_m: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    node_barrier: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    node_z: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    source: str = ""
    attribution: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.way_speed_kmh.size:
            object.__setattr__(self, "way_speed_kmh", np.full(len(self.way_id), np.nan))
        if not self.way_length_m.size:
            object.__setattr__(self, "way_length_m", np.full(len(self.way_id), np.nan))
        if not self.node_barrier.size:
            object.__setattr__(self, "node_barrier", np.zeros(len(self.node_id), np.uint8))
        self._check()
        for array in self.arrays().values():
            array.flags.writeable = False

    def _check(self) -> None:
        require_metric(self.crs, self.source or "roads")
        faults = Faults(self.source or "roads")
        ways, nodes = len(self.way_id), len(self.node_id)
        if ways == 0:
            faults.add(f"no street that can be used by {self.mode}", todo="Check the layer and its tags.")
        if len(self.way_ptr) != ways + 1 or (ways and self.way_ptr[-1] != len(self.way_node)):
            faults.add("way_ptr doesn't fit way_node")
        elif ways and np.diff(self.way_ptr).min() < 2:
            faults.add("ways with fewer than two nodes", rows=self.way_id[np.diff(self.way_ptr) < 2].tolist())
        per_way = (self.way_class, self.way_flags, self.way_name, self.way_speed_kmh, self.way_length_m)
        if any(len(array) != ways for array in per_way):
            faults.add("arrays of ways differ in length")
        if any(len(array) != nodes for array in (self.node_x, self.node_y, self.node_barrier)):
            faults.add("arrays of nodes differ in length")
        elif len(self.node_z) not in (0, nodes):
            faults.add("node_z has neither one value a node nor none")
        elif bad := self.node_id[~np.isfinite(self.node_x + self.node_y)].tolist():
            faults.add("nodes without finite coordinates", rows=bad)
        if len(self.way_node) and (self.way_node.min() < 0 or self.way_node.max() >= nodes):
            faults.add("ways name nodes that don't exist")
        faults.raise_if_any(RoadsError)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """All arrays by field name, for storing."""
        return {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}

    def densified(self, step_m: float) -> Roads:
        """The same streets with nodes at most `step_m` apart, but for bridges and tunnels, which leave the ground.

        New nodes get negative ids; they lie on the straight line between their neighbours.
        """
        counts = np.diff(self.way_ptr)
        way = np.repeat(np.arange(len(counts)), counts)
        a, b = self.way_node[:-1], self.way_node[1:]
        length = np.hypot(self.node_x[b] - self.node_x[a], self.node_y[b] - self.node_y[a])
        off_ground = (self.way_flags & int(WayFlag.BRIDGE | WayFlag.TUNNEL)) != 0
        inner = (way[:-1] == way[1:]) & ~off_ground[way[:-1]]
        extra = np.append(np.where(inner, np.maximum(np.ceil(length / step_m).astype(np.int64) - 1, 0), 0), 0)
        total = int(extra.sum())
        if total == 0:
            return self
        # every node of a way, followed by the new ones behind it
        at = np.repeat(np.arange(len(self.way_node)), extra)
        rank = np.arange(total) - np.repeat(np.cumsum(extra) - extra, extra) + 1
        share = rank / (extra[at] + 1)
        new_x = self.node_x[a[at]] + share * (self.node_x[b[at]] - self.node_x[a[at]])
        new_y = self.node_y[a[at]] + share * (self.node_y[b[at]] - self.node_y[a[at]])
        place = np.arange(len(self.way_node)) + np.cumsum(extra) - extra
        nodes = np.empty(len(self.way_node) + total, np.int32)
        nodes[place] = self.way_node
        nodes[place[at] + rank] = len(self.node_id) + np.arange(total, dtype=np.int32)
        lowest = min(0, int(self.node_id.min(initial=0)))
        return replace(
            self,
            node_id=np.append(self.node_id, lowest - 1 - np.arange(total)),
            node_x=np.append(self.node_x, np.round(new_x, 3)),
            node_y=np.append(self.node_y, np.round(new_y, 3)),
            node_barrier=np.append(self.node_barrier, np.zeros(total, np.uint8)),
            node_z=np.empty(0),
            way_node=nodes,
            way_ptr=self.way_ptr + np.append(0, np.cumsum(np.bincount(way[at], minlength=len(counts)))),
        )

    def with_elevation(self, node_z: npt.NDArray[np.float64]) -> Roads:
        """The same streets with an elevation in metres for each node (n,)."""
        return replace(self, node_z=np.array(node_z, dtype=np.float64))

    def fingerprint(self) -> str:
        """A hash of the streets: equal streets have equal fingerprints."""
        digest = hashlib.sha256(repr((self.crs, self.mode, self.classes, self.names)).encode())
        for name, array in sorted(self.arrays().items()):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        return f"Roads({len(self.way_id):,} ways, {len(self.node_id):,} nodes, {self.mode}, {self.crs})"

"""Barriers and gated compounds: where a walk can't go, and where it may only begin or end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from civicreach.layers import Barrier, Roads
from civicreach.study import Profile

Longs = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stretches:
    """Straight pieces (s,) of ways between nodes `a` and `b`; costs in ms are infinite where a direction is closed."""

    a: Longs
    b: Longs
    way: Longs
    length_m: Metres
    forward_ms: Metres
    backward_ms: Metres
    private: Mask
    street: Longs
    """Equal numbers are of one class, name, flags and speed."""
    node_of: Longs
    """Which node of the roads each node here stands for: one that is parted stands here several times."""
    gates: Longs
    """Pairs (g, 2) of nodes at one spot: on the public street, and on the private ways behind it."""

    def __len__(self) -> int:
        return len(self.a)

    @property
    def ends(self) -> Longs:
        """Both ends (2s,): all `a`, then all `b`."""
        return np.concatenate([self.a, self.b])

    def with_ends(self, ends: Longs, node_of: Longs, gates: Longs | None = None) -> Stretches:
        """The same stretches between other nodes."""
        a, b = np.split(ends, 2)
        return replace(self, a=a, b=b, node_of=node_of, gates=self.gates if gates is None else gates)


def shut_nodes(roads: Roads, profile: Profile) -> Mask:
    """Which nodes (n,) nobody of the profile can pass: walls, and for some stiles and turnstiles."""
    stops = int(Barrier.SHUT) | (int(Barrier.NARROW) if profile.narrow_barriers == "closed" else 0)
    shut: Mask = (roads.node_barrier & stops) != 0
    return shut


def locked_nodes(roads: Roads) -> Mask:
    """Which nodes (n,) are locked gates: those who live behind them pass, others don't."""
    locked: Mask = (roads.node_barrier & int(Barrier.LOCKED)) != 0
    return locked


def split_shut(stretches: Stretches, shut: Mask) -> Stretches:
    """Give every end at a shut node a node of its own, so that nobody passes."""
    ends = stretches.ends
    return _detach(stretches, np.flatnonzero(shut[stretches.node_of[ends]]))


def part_private(stretches: Stretches, locked: Mask) -> Stretches:
    """Part what lies behind private ways and locked gates from the public streets, and note the gates between.

    Ways are private by their tags, or because they can only be come by through a locked gate or a private way:
    mappers often tag the gate and leave the ways behind it bare.
    """
    if not stretches.private.any() and not locked.any():
        return stretches
    before = stretches
    stretches = _detach(stretches, _behind_gates(stretches, locked))
    stretches = replace(stretches, private=stretches.private | _enclosed(stretches, before))
    return _with_gates(stretches, before, locked)


def _detach(stretches: Stretches, at: Longs) -> Stretches:
    """The same stretches, the given ends (numbers into `ends`) each at a node of its own."""
    if len(at) == 0:
        return stretches
    ends = stretches.ends
    node_of = np.concatenate([stretches.node_of, stretches.node_of[ends[at]]])
    ends[at] = len(stretches.node_of) + np.arange(len(at))
    return stretches.with_ends(ends, node_of)


def _behind_gates(stretches: Stretches, locked: Mask) -> Longs:
    """Ends at locked gates that are cut off there.

    A gate across a way cuts it. A gate on a junction stands at the entrance of what ends there: the street that
    passes goes on, which is the way that doesn't end at the node or, where ways are cut there anyway, the two or more
    of one class and name beside others. Private ways need no cut: they are parted by their tags.
    """
    ends = stretches.ends
    at = np.flatnonzero(locked[stretches.node_of[ends]] & ~np.tile(stretches.private, 2))
    if len(at) == 0:
        return at
    node, way, street = ends[at], np.tile(stretches.way, 2)[at], np.tile(stretches.street, 2)[at]
    count = np.bincount(ends, minlength=len(stretches.node_of))[node]
    passes = _how_many_alike(node, way) >= 2
    _, group = np.unique(node, return_inverse=True)
    has_passing = np.bincount(group, weights=passes) > 0
    alike = _how_many_alike(node, street)
    public = np.bincount(group)[group]
    private_entrance = public < count  # a private way ends here: the gate is its own
    by_street = ~has_passing[group] & (alike >= 2) & (alike < public)
    goes_on = (count >= 3) & (private_entrance | passes | by_street)
    return at[~goes_on]


def _how_many_alike(node: Longs, what: Longs) -> Longs:
    """How many of the ends at each one's node share its `what`."""
    _, group, counts = np.unique(np.column_stack([node, what]), axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[group.ravel()], dtype=np.int64)


def _enclosed(stretches: Stretches, before: Stretches) -> Mask:
    """Which public stretches (s,) hang on the rest by private ways or locked gates alone.

    Of what hangs together when everything is open (`before` anything was cut), the longest public part is the street
    network; the other public parts are enclosed.
    """
    whole = _parts(before, np.arange(len(before)))[before.a]
    public = np.flatnonzero(~stretches.private)
    if len(public) == 0:
        return np.zeros(len(stretches), dtype=np.bool_)
    part = _parts(stretches, public)[stretches.a]
    length = np.bincount(part[public], weights=stretches.length_m[public], minlength=part.max() + 1)
    whole_of = np.full(len(length), -1)
    whole_of[part[public]] = whole[public]
    found = np.flatnonzero(whole_of >= 0)
    # by the whole, then the longest part, then the one that comes first
    order = found[np.lexsort((found, -length[found], whole_of[found]))]
    street = np.zeros(len(length), dtype=np.bool_)
    street[order[np.flatnonzero(np.diff(whole_of[order], prepend=-1))]] = True
    enclosed: Mask = ~stretches.private & ~street[part]
    return enclosed


def _parts(stretches: Stretches, chosen: Longs) -> npt.NDArray[np.int32]:
    """The component of each node when only some stretches are there."""
    nodes = len(stretches.node_of)
    ends = stretches.a[chosen], stretches.b[chosen]
    _, part = connected_components(coo_matrix((np.ones(len(chosen)), ends), shape=(nodes, nodes)), directed=False)
    return np.asarray(part, dtype=np.int32)


def _with_gates(stretches: Stretches, before: Stretches, locked: Mask) -> Stretches:
    """One private node at every spot where private ways meet public ones or a locked gate, and the pairs of both.

    A spot is a node as it was before anything was cut. Public ends that were cut at a gate stay apart.
    """
    ends, private, spot = stretches.ends, np.tile(stretches.private, 2), before.ends
    meets, public = np.zeros((2, len(before.node_of)), dtype=np.bool_)
    meets[spot[private]] = True
    public[spot[~private]] = True
    meets &= public
    joined = private & (meets | locked[before.node_of])[spot]
    is_joined = np.zeros_like(meets)
    is_joined[spot[joined]] = True
    join = np.flatnonzero(is_joined)
    behind = np.full(len(before.node_of), -1)
    behind[join] = len(stretches.node_of) + np.arange(len(join))
    ends[joined] = behind[spot[joined]]
    at = np.flatnonzero(~private & meets[spot])
    gates = np.unique(np.column_stack([ends[at], behind[spot[at]]]), axis=0)
    return stretches.with_ends(ends, np.concatenate([stretches.node_of, before.node_of[join]]), gates)


def without_private(stretches: Stretches) -> Stretches:
    """Only the public streets."""
    keep = ~stretches.private
    kept = {
        name: getattr(stretches, name)[keep]
        for name in ("a", "b", "way", "length_m", "forward_ms", "backward_ms", "private", "street")
    }
    return Stretches(**kept, node_of=stretches.node_of, gates=stretches.gates[:0])

"""Ways that are drawn twice: kept once, so that lengths of streets aren't counted double."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.errors import Note, counted
from civicreach.layers.roads import WayFlag

Ints = npt.NDArray[np.int64]
ONE_WAY = int(WayFlag.NO_FORWARD | WayFlag.NO_BACKWARD)


def drop_repeated(
    node: Ints,
    ptr: Ints,
    alike: tuple[npt.NDArray[Any], ...],
    flags: npt.NDArray[np.uint16],
    notes: list[str],
) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint16]]:
    """Keep the first of ways over the same nodes, in either direction, that are alike in everything else.

    `node` are the nodes of all ways, way i having `node[ptr[i]:ptr[i + 1]]`; `alike` are arrays (w,) that
    must agree. What remains may be used in every direction in which one of the copies could. Returns the
    ways kept, their ptr and nodes, and their flags. The number dropped is added to `notes`.
    """
    first_of: dict[tuple[Any, ...], int] = {}
    out = flags.copy()
    dropped = np.zeros(len(flags), dtype=bool)
    for way in _suspects(node, ptr).tolist():
        nodes = tuple(node[ptr[way] : ptr[way + 1]].tolist())
        turned = nodes[::-1] < nodes
        other = int(flags[way]) & ~ONE_WAY
        key = (nodes[::-1] if turned else nodes, other, *(column[way].item() for column in alike))
        first = first_of.setdefault(key, way)
        if first != way:
            dropped[way] = True
            same_direction = node[ptr[first]] == node[ptr[way]] and bool(
                np.array_equal(node[ptr[first] : ptr[first + 1]], node[ptr[way] : ptr[way + 1]])
            )
            forbidden = int(flags[way]) & ONE_WAY
            out[first] &= other | (forbidden if same_direction else _turned(forbidden))
    if dropped.any():
        count = int(dropped.sum())
        lines, are = counted(count, "line", "lines"), "is" if count == 1 else "are"
        english = f"{lines} drawn twice (same place, same kind) {are} kept once"
        notes.append(Note(english, f"{count:,} 条线重复绘制（位置、类别相同），只保留一条"))
    sizes = np.diff(ptr)
    kept = np.flatnonzero(~dropped)
    return kept, np.r_[0, np.cumsum(sizes[kept])], node[np.repeat(~dropped, sizes)], out[kept]


def _suspects(node: Ints, ptr: Ints) -> Ints:
    """Ways that share both ends, the number of nodes and their sum with another one, in order."""
    begin, end = node[ptr[:-1]], node[ptr[1:] - 1]
    sums = np.add.reduceat(node, ptr[:-1])
    marks = np.column_stack([np.minimum(begin, end), np.maximum(begin, end), np.diff(ptr), sums])
    _, group, count = np.unique(marks, axis=0, return_inverse=True, return_counts=True)
    return np.flatnonzero(count[group.ravel()] > 1)


def _turned(forbidden: int) -> int:
    """The one-way flags of a way seen from its other end."""
    turned = 0
    if forbidden & WayFlag.NO_FORWARD:
        turned |= int(WayFlag.NO_BACKWARD)
    if forbidden & WayFlag.NO_BACKWARD:
        turned |= int(WayFlag.NO_FORWARD)
    return turned

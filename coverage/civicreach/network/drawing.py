"""Where the edges of a network run: shared by all networks that are drawn alike, whoever travels on them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import shapely

Metres = npt.NDArray[np.float64]

_DRAWINGS: WeakValueDictionary[bytes, Drawing] = WeakValueDictionary()
"""Drawings that are in use, by the hash of their arrays: profiles differ in speed more often than in streets."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """Lines of edges (m,): that of edge i runs through `x`, `y` from `ptr[i]` to `ptr[i + 1]`, in metres."""

    ptr: npt.NDArray[np.int64]
    x: Metres
    y: Metres

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """Geometry (m,) of the edges as shapely LineStrings from u to v."""
        points = np.column_stack([self.x, self.y])
        lines: npt.NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, points, (self.ptr,))
        return lines

    @cached_property
    def tree(self) -> shapely.STRtree:
        """A spatial index of the edges."""
        return shapely.STRtree(self.lines)

    @cached_property
    def length_m(self) -> Metres:
        """Length (m,) of each line."""
        steps = np.hypot(np.diff(self.x), np.diff(self.y))
        steps[self.ptr[1:-1] - 1] = 0.0  # from the end of one edge to the start of the next
        total = np.concatenate([[0.0], np.cumsum(steps)])
        length: Metres = total[self.ptr[1:] - 1] - total[self.ptr[:-1]]
        return length

    def points_along(self, edge: npt.NDArray[np.int64], share: Metres) -> tuple[Metres, Metres]:
        """Coordinates (k,) at a share of the way along edges."""
        steps = np.hypot(np.diff(self.x), np.diff(self.y))
        total = np.concatenate([[0.0], np.cumsum(steps)])
        first, last = self.ptr[edge], self.ptr[edge + 1] - 1
        at = total[first] + share * (total[last] - total[first])
        before = np.clip(np.searchsorted(total, at, "right") - 1, first, last - 1)
        step = steps[before]
        part = np.clip(np.divide(at - total[before], step, out=np.zeros_like(step), where=step > 0), 0.0, 1.0)
        return (
            self.x[before] + part * (self.x[before + 1] - self.x[before]),
            self.y[before] + part * (self.y[before + 1] - self.y[before]),
        )


def drawing_of(ptr: npt.NDArray[np.int64], x: Metres, y: Metres) -> Drawing:
    """The drawing of these arrays; the same object as long as anyone holds it."""
    digest = hashlib.sha256()
    for array in (ptr, x, y):
        digest.update(np.ascontiguousarray(array).data)
    key = digest.digest()
    found = _DRAWINGS.get(key)
    if found is None:
        found = _DRAWINGS[key] = Drawing(ptr, x, y)
    return found

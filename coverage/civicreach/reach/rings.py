"""From street pieces to polygons: integer marching squares on one global grid.

Why the promises hold (h half width, c cell, with h > 1.42 c):

- every reached point is inside: the corners of a cell that a street crosses are at most 1.415 c away;
- every inside point is within h + 0.71 c + c / 8 of a reached street: distance is 1-Lipschitz;
- larger bands contain smaller ones: the field only falls, crossings are monotone in it, and so is their rounding;
- polygons are valid: corners never sit on grid nodes and are never shared, so rings can't touch or cross;
- the bytes repeat: corners are whole multiples of c / 8 in the projection, whatever the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import shapely

from civicreach.network import RoadNetwork
from civicreach.network.drawing import Drawing
from civicreach.reach._raster import STEPS, contour, stamp

Rows = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]

NO_FIELD: Field = np.empty((0, 0), np.float32)
NO_LABELS: Labels = np.empty((0, 0), np.int32)
NO_BLOCK = np.zeros(1, dtype=np.bool_)
FEW = 16
"""So many streets are asked about one by one before all of them are."""

MAX_CELLS = 400_000_000
"""A window above this many grid nodes (1.6 GB) is refused: draw with a larger cell."""


@dataclass(frozen=True)
class Grid:
    """The drawing's grid: `cell_m` between nodes, `half_width_m` beside a street that counts as reached."""

    cell_m: float = 8.0
    half_width_m: float = 25.0

    def __post_init__(self) -> None:
        if not (self.cell_m > 0 and self.half_width_m > 1.42 * self.cell_m):
            raise ValueError(f"half_width_m ({self.half_width_m}) must be above 1.42 times cell_m ({self.cell_m})")

    @property
    def radius_m(self) -> float:
        """How far around pieces the field is right."""
        return self.half_width_m + 1.5 * self.cell_m

    @property
    def bound_m(self) -> float:
        """No drawn point is farther than this from a reached street."""
        return self.half_width_m + 0.71 * self.cell_m + self.cell_m / STEPS

    def window(self, x: Rows, y: Rows, extra: int = 2) -> Window:
        """The window of the grid around coordinates, with room for the radius."""
        r, c = self.radius_m, self.cell_m
        i0, j0 = int((x.min() - r) // c) - extra, int((y.min() - r) // c) - extra
        nx, ny = int((x.max() + r) // c) + extra + 2 - i0, int((y.max() + r) // c) + extra + 2 - j0
        if nx * ny > MAX_CELLS:
            raise ValueError(f"{nx:,} x {ny:,} grid nodes are too many to draw: use a larger cell_m than {c:g}")
        return Window(i0, j0, nx, ny)


@dataclass(frozen=True)
class Window:
    """Columns i0.. and rows j0.. of the global grid."""

    i0: int
    j0: int
    nx: int
    ny: int

    def of(self, other: Window) -> tuple[slice, slice]:
        """Where another window, inside this one, lies in this one's arrays."""
        j, i = other.j0 - self.j0, other.i0 - self.i0
        return np.s_[j : j + other.ny, i : i + other.nx]


@dataclass(frozen=True, eq=False)
class StreetField:
    """Squared metres from grid nodes to any street of the network, to stop drawings half-way to unreached ones."""

    field: Field
    window: Window


_FIELDS: WeakKeyDictionary[Drawing, dict[Grid, StreetField]] = WeakKeyDictionary()
"""Fields of networks that are still in use: several drawings of one network share them."""


def street_field(grid: Grid, network: RoadNetwork) -> StreetField:
    """The field of a whole network, computed once for each grid."""
    fields = _FIELDS.setdefault(network.drawing, {})
    if grid not in fields:
        fields[grid] = _street_field(grid, network.geom_ptr, network.geom_x, network.geom_y)
    return fields[grid]


def _street_field(grid: Grid, geom_ptr: npt.NDArray[np.int64], x: Rows, y: Rows) -> StreetField:
    window = grid.window(x, y, extra=4)
    line = np.repeat(np.arange(len(geom_ptr) - 1), np.diff(geom_ptr))
    field = np.full((window.ny, window.nx), grid.radius_m**2, np.float32)
    stamp(
        field,
        np.column_stack([x, y, line, np.zeros(len(x))]),
        0,
        window.i0,
        window.j0,
        grid.cell_m,
        grid.radius_m,
    )
    return StreetField(field, window)


def draw_bands(
    rows: Rows, bands: int, grid: Grid, *, streets: StreetField | None = None, min_hole_m2: float = 0.0
) -> list[shapely.MultiPolygon]:
    """One valid MultiPolygon a band, each within the next; empty where the band reaches no street at all.

    `rows` (k, 4) are x, y, line, band as `reached_pieces` makes them. Parts without a reached street are left out.
    """
    if len(rows) == 0:
        return [shapely.MultiPolygon()] * bands
    whole = grid.window(rows[:, 0], rows[:, 1])
    field = np.full((whole.ny, whole.nx), grid.radius_m**2, np.float32)
    drawn = []
    for band in range(bands):
        stamp(field, rows, band, whole.i0, whole.j0, grid.cell_m, grid.radius_m)
        reached = rows[rows[:, 3] <= band]
        if len(reached) == 0:
            drawn.append(shapely.MultiPolygon())
            continue
        part = grid.window(reached[:, 0], reached[:, 1], extra=1)
        at = whole.of(part)
        near = streets.field[streets.window.of(part)] if streets else NO_FIELD
        shape = _outline(field[at], near, NO_LABELS, NO_BLOCK, part, grid, min_hole_m2)
        drawn.append(_with_street(shape, reached) if streets else shape)
    return drawn


def draw_blocks(done: npt.NDArray[np.bool_], labels: Labels, window: Window, grid: Grid) -> shapely.MultiPolygon:
    """The blocks of a label raster that are done, as one MultiPolygon."""
    if not done.any():
        return shapely.MultiPolygon()
    outside = np.full(labels.shape, grid.radius_m**2, np.float32)
    return _outline(outside, NO_FIELD, labels, done, window, grid, 0.0)


def _outline(
    field: Field,
    near: Field,
    labels: Labels,
    done: npt.NDArray[np.bool_],
    window: Window,
    grid: Grid,
    min_hole_m2: float,
) -> shapely.MultiPolygon:
    margin = np.float32(grid.cell_m * 1.4143)
    corners, ends, areas = contour(
        field, near, labels, done, np.float32(grid.radius_m), np.float32(grid.half_width_m), margin, min_hole_m2,
        grid.cell_m,
    )  # fmt: skip
    points = corners * (grid.cell_m / STEPS) + (window.i0 * grid.cell_m, window.j0 * grid.cell_m)
    return _assemble(points, ends, areas)


def _assemble(points: Rows, ends: npt.NDArray[np.int64], areas: Rows) -> shapely.MultiPolygon:
    """Rings to a MultiPolygon: each hole goes to the smallest shell around it."""
    if (areas > 0).sum() == 1:  # the usual case; the lowest ring comes first and is the shell
        offsets = (ends, np.array([0, len(areas)]), np.array([0, 1]))
        single: shapely.MultiPolygon = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, points, offsets)[0]
        return single
    rings = shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, (ends, np.arange(len(ends))))
    shell, hole = np.flatnonzero(areas > 0), np.flatnonzero(areas < 0)
    # asked by shell, because only the asking side is prepared
    s, h = shapely.STRtree(np.asarray(shapely.points(points[ends[hole]]))).query(rings[shell], "contains")
    order = np.lexsort((areas[shell[s]], h))
    h, s = h[order], s[order]
    owner = s[np.flatnonzero(np.diff(h, prepend=-1))] if len(h) else s
    # rings in the order shell, its holes, next shell, its holes ...
    ring = np.concatenate([shell, hole])
    belongs = np.concatenate([np.arange(len(shell)), owner])
    is_hole = np.repeat([0, 1], [len(shell), len(hole)])
    ring = ring[np.lexsort((ring, is_hole, belongs))]
    sizes = np.diff(ends)[ring]
    ring_ptr = np.concatenate([[0], np.cumsum(sizes)])
    at = np.repeat(ends[ring] - ring_ptr[:-1], sizes) + np.arange(ring_ptr[-1])
    poly_ptr = np.concatenate([[0], np.cumsum(np.bincount(belongs, minlength=len(shell)))])
    polygons = shapely.from_ragged_array(shapely.GeometryType.POLYGON, points[at], (ring_ptr, poly_ptr))
    if (areas < 0).any():
        polygons = _without_islands_in_lost_holes(polygons, points[ends[shell]])
    return _multi(polygons)


def _without_islands_in_lost_holes(polygons: npt.NDArray[np.object_], starts: Rows) -> npt.NDArray[np.object_]:
    """A shell inside another polygon stood in a hole that was dropped as too small; it is part of that polygon now."""
    outer, inner = shapely.STRtree(np.asarray(shapely.points(starts))).query(polygons, "contains")
    return np.delete(polygons, np.unique(inner[inner != outer]))


def _with_street(shape: shapely.MultiPolygon, reached: Rows) -> shapely.MultiPolygon:
    """Only the parts that hold a reached street: stopping half-way can leave crumbs without one."""
    parts = shapely.get_parts(shape)
    if len(parts) < 2:
        return shape
    # a piece of street lies in one part as a whole, so that its first point tells for all of it
    x, y = reached[np.flatnonzero(np.diff(reached[:, 2], prepend=-1)), :2].T
    return _multi(parts[[_holds_any(part, x, y) for part in parts]])


def _holds_any(part: shapely.Polygon, x: Rows, y: Rows) -> bool:
    """Whether any of the points lies in a part or on its outline."""
    west, south, east, north = part.bounds
    at = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    few = at[:: max(1, len(at) // FEW)]  # a part that is large holds nearly all of what is around it
    if any(bool(shapely.intersects_xy(part, px, py)) for px, py in zip(x[few].tolist(), y[few].tolist(), strict=True)):
        return True
    shapely.prepare(part)
    return bool(shapely.intersects_xy(part, x[at], y[at]).any())


def _multi(parts: npt.NDArray[np.object_]) -> shapely.MultiPolygon:
    joined: Any = shapely.multipolygons(parts)
    return cast("shapely.MultiPolygon", joined)


def exact_bands(rows: Rows, bands: int, half_width_m: float, quad_segs: int) -> list[shapely.MultiPolygon]:
    """True buffers of the pieces, dissolved band by band. They nest only up to floating point."""
    if len(rows) == 0:
        return [shapely.MultiPolygon()] * bands
    line = rows[:, 2].astype(np.int64)
    lines = shapely.linestrings(rows[:, :2], indices=line)
    first = np.searchsorted(line, np.arange(line[-1] + 1))
    buffers = np.asarray(shapely.buffer(lines, half_width_m, quad_segs=quad_segs))
    drawn: list[shapely.MultiPolygon] = []
    for band in range(bands):
        before: Sequence[shapely.MultiPolygon] = drawn[-1:]
        union = shapely.union_all(np.concatenate([before, buffers[rows[first, 3] == band]]))
        drawn.append(_multi(shapely.get_parts(union)))
    return drawn

"""Ground that is closed, and which parts of straight lines lie on it: drawn areas, and cells under water."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from civicreach.layers.hazard import Depth

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BLOCK = 64
"""Cells that are looked at together at first: streets in blocks without water are soon done with."""

CUTS_AT_ONCE = 2_000_000
"""Fine rasters cut streets into millions of parts; they are looked at by portions of about this many."""


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight lines (s,) from (x0, y0) to (x1, y1) in metres; a line may have no length."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats

    def __len__(self) -> int:
        return len(self.x0)

    def __getitem__(self, part: Longs) -> Segments:
        return Segments(self.x0[part], self.y0[part], self.x1[part], self.y1[part])

    def at(self, segment: Longs, share: Floats) -> tuple[Floats, Floats]:
        """The points (k,) at shares of segments."""
        x0, y0 = self.x0[segment], self.y0[segment]
        return x0 + share * (self.x1[segment] - x0), y0 + share * (self.y1[segment] - y0)


@dataclass(frozen=True, eq=False)
class AreaGround:
    """The ground inside polygons, their borders included."""

    polygons: npt.NDArray[np.object_]

    def holds(self, x: Floats, y: Floats) -> Mask:
        """Which points (n,) lie on it."""
        held = np.zeros(len(x), dtype=np.bool_)
        # the tree holds the points: GEOS then prepares the polygons, which may have very many corners
        points = np.asarray(shapely.points(np.column_stack([x, y])), dtype=object)
        held[shapely.STRtree(points).query(self.polygons, predicate="intersects")[1]] = True
        return held

    def cuts(self, lines: Segments) -> tuple[Longs, Floats]:
        """Segments and shares (k,) where they cross a border."""
        borders = shapely.get_parts(shapely.boundary(self.polygons))
        points, ring = shapely.get_coordinates(borders, return_index=True)
        joined = np.flatnonzero(ring[:-1] == ring[1:])
        start, stop = points[joined], points[joined + 1]
        drawn = np.asarray(shapely.linestrings(np.stack([start, stop], axis=1)), dtype=object)
        ends = np.stack([np.column_stack([lines.x0, lines.y0]), np.column_stack([lines.x1, lines.y1])], axis=1)
        at, border = shapely.STRtree(drawn).query(shapely.linestrings(ends), predicate="intersects")
        along, across = ends[at, 1] - ends[at, 0], stop[border] - start[border]
        # a border along the street has no single crossing, but the borders before and after it meet the street too
        with np.errstate(divide="ignore", invalid="ignore"):
            share = _cross(start[border] - ends[at, 0], across) / _cross(along, across)
        inner = np.isfinite(share) & (share > 0) & (share < 1)
        return at[inner], share[inner]


@dataclass(frozen=True, eq=False)
class FloodGround:
    """The cells of a flood where the water stands at least `at_least_m` deep (inclusive); `crs` is that of places."""

    depth: Depth
    at_least_m: float
    crs: str

    def holds(self, x: Floats, y: Floats) -> Mask:
        """Which points (n,) lie on it."""
        # a depth of 0.7 is stored as 0.69999999: the limit is inclusive only beside the same number
        held: Mask = self.depth.at(x, y, self.crs) >= np.float32(self.at_least_m)
        return held

    def cuts(self, lines: Segments) -> tuple[Longs, Floats]:
        """Segments and shares (k,) where they pass from one cell to the next."""
        row, column = self._in_cells(lines)
        rows, columns = self.depth.values.shape
        found = [_whole_numbers(*row, rows), _whole_numbers(*column, columns)]
        return np.concatenate([at for at, _ in found]), np.concatenate([share for _, share in found])

    def near(self, lines: Segments) -> tuple[Longs, Floats]:
        """The segments (k,) that come near closed cells, and about how many cells each of them passes."""
        wet = self.depth.values >= np.float32(self.at_least_m)
        ends = self._in_cells(lines)
        for axis in (0, 1):
            wet = np.logical_or.reduceat(wet, np.arange(0, wet.shape[axis], BLOCK), axis=axis)
        before = np.pad(np.cumsum(np.cumsum(wet, axis=0), axis=1), ((1, 0), (1, 0)))  # wet blocks above and to the left
        (top, bottom), (left, right) = (
            [np.clip(pick(*pair) // BLOCK, 0, size - 1).astype(np.int64) for pick in (np.minimum, np.maximum)]
            for pair, size in zip(ends, wet.shape, strict=True)
        )
        within = before[bottom + 1, right + 1] - before[top, right + 1] - before[bottom + 1, left] + before[top, left]
        chosen = np.flatnonzero(within)
        down, across = (np.abs(stop - start)[chosen] for start, stop in ends)
        return chosen, 1.0 + down + across

    def _in_cells(self, lines: Segments) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Rows, then columns, of where segments begin and end.

        They stay straight in the raster's system: over 1 km they miss a curve by centimetres.
        """
        x, y = np.concatenate([lines.x0, lines.x1]), np.concatenate([lines.y0, lines.y1])
        column, row = self.depth.cells(x, y, self.crs)
        count = len(lines)
        return (row[:count], row[count:]), (column[:count], column[count:])


Ground = AreaGround | FloodGround


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _whole_numbers(start: Floats, stop: Floats, size: int) -> tuple[Longs, Floats]:
    """Where values (s,) on their way from start to stop pass the whole numbers 0..size: which one, and its share."""
    low = np.maximum(np.floor(np.minimum(start, stop)) + 1, 0)
    high = np.minimum(np.ceil(np.maximum(start, stop)) - 1, size)
    counts = np.maximum(high - low + 1, 0).astype(np.int64)
    at = np.repeat(np.arange(len(start)), counts)
    rank = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    return at, (low[at] + rank - start[at]) / (stop[at] - start[at])


def parts_on(ground: Ground, lines: Segments) -> tuple[Longs, Floats, Floats]:
    """The parts (k,) of segments that lie on closed ground: segment, share at the begin, share at the end; in order.

    Neighbouring parts of one segment aren't joined.
    """
    found = []
    for chosen in _portions(ground, lines):
        segment, low, high = _parts_of_portion(ground, lines[chosen])
        found.append((chosen[segment], low, high))
    if not found:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    segment, low, high = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return segment, low, high


def _portions(ground: Ground, lines: Segments) -> Iterator[Longs]:
    """Segments in order, in runs that are small enough to be looked at at once; without those that are surely dry."""
    if isinstance(ground, AreaGround):
        yield np.arange(len(lines))
        return
    chosen, cuts = ground.near(lines)
    portion = (np.cumsum(cuts) // CUTS_AT_ONCE).astype(np.int64)
    yield from np.split(chosen, np.flatnonzero(np.diff(portion)) + 1) if len(chosen) else ()


def _parts_of_portion(ground: Ground, lines: Segments) -> tuple[Longs, Floats, Floats]:
    at, share = ground.cuts(lines)
    whole = np.arange(len(lines))
    segment = np.concatenate([whole, at])
    low = np.concatenate([np.zeros(len(lines)), np.clip(share, 0.0, 1.0)])
    order = np.lexsort((low, segment))
    segment, low = segment[order], low[order]
    last = np.append(segment[1:] != segment[:-1], True)[: len(segment)]
    high = np.where(last, 1.0, np.append(low[1:], 1.0)[: len(low)])
    held = ground.holds(*lines.at(segment, (low + high) / 2.0))
    return segment[held], low[held], high[held]

"""Order along a Hilbert curve: places that are near each other on the ground lie near each other in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BITS = 16


def hilbert_order(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], tie: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Indices (n,) that put points in Hilbert order; equal cells are ordered by `tie`, then x, then y."""
    return np.lexsort((y, x, tie, hilbert_distance(_cells(x), _cells(y))))


def _cells(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    low = values.min() if len(values) else 0.0
    extent = max(float(np.ptp(values)) if len(values) else 0.0, 1e-9)
    return ((values - low) / extent * ((1 << BITS) - 1)).astype(np.int64)


def hilbert_distance(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Distance (n,) along the curve of cells (x, y) of a 65536 x 65536 grid.

    >>> hilbert_distance(np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])).tolist()
    [0, 1, 2, 3]
    """
    x, y = x.copy(), y.copy()
    distance = np.zeros(len(x), np.int64)
    top = (1 << BITS) - 1
    side = 1 << (BITS - 1)
    while side:
        rx = ((x & side) > 0).astype(np.int64)
        ry = ((y & side) > 0).astype(np.int64)
        distance += side * side * ((3 * rx) ^ ry)
        flip = (ry == 0) & (rx == 1)
        x, y = np.where(flip, top - x, x), np.where(flip, top - y, y)
        x, y = np.where(ry == 0, y, x), np.where(ry == 0, x, y)
        side //= 2
    return distance

"""The sea within an extent, from coastlines that keep land on their left and water on their right."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[Any]
Extent = tuple[float, float, float, float]

BESIDE_M = 0.5
"""How far beside a coastline land and water are looked for."""
CONTRADICTIONS_ALLOWED = 0.02
LONGEST_GAP_SHARE = 1 / 3
"""A coast that the file cuts off is led straight to the edge of the extent over at most this part of its size."""


def sea_within(coastlines: Shapes, extent: Extent) -> Shapes | None:
    """Polygons of the sea within an extent (west, south, east, north, in metres).

    None where there is no coastline, or where it leaves gaps: a face of the map that would be land by one
    piece of the coast and water by another one can't be trusted, and no sea is better than a drowned town.
    """
    lines = shapely.clip_by_rect(coastlines, *extent)
    lines = shapely.get_parts(lines[~shapely.is_empty(lines)])
    lines = lines[(shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 0)]
    if not len(lines):
        return None
    frame = shapely.box(*extent)
    gaps = _to_the_edge(lines, extent)
    if gaps is None:
        return None
    noded = shapely.union_all(np.r_[lines, gaps, shapely.boundary(frame)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    votes = _votes(faces, lines)
    sea, land = votes[:, 1], votes[:, 0]
    wrong = np.minimum(sea, land)
    if not len(faces) or wrong.sum() > CONTRADICTIONS_ALLOWED * (sea.sum() + land.sum()):
        return None
    return np.asarray(faces[sea > land])


def _to_the_edge(lines: Shapes, extent: Extent) -> Shapes | None:
    """Straight lines from the open ends of the coast inside the extent to its edge; None for ends far inside."""
    west, south, east, north = extent
    coasts = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    coasts = coasts[~shapely.is_closed(coasts)]
    ends = shapely.get_coordinates(np.r_[shapely.get_point(coasts, 0), shapely.get_point(coasts, -1)])
    gap = np.column_stack([ends[:, 0] - west, east - ends[:, 0], ends[:, 1] - south, north - ends[:, 1]])
    nearest = gap.argmin(axis=1)
    inside = gap.min(axis=1) > BESIDE_M
    if (gap.min(axis=1) > LONGEST_GAP_SHARE * min(east - west, north - south)).any():
        return None
    targets = ends.copy()
    targets[np.arange(len(ends)), nearest // 2] = np.array([west, east, south, north])[nearest]
    return np.asarray(shapely.linestrings(np.stack([ends, targets], axis=1)[inside]))


def _votes(faces: Shapes, lines: Shapes) -> npt.NDArray[np.float64]:
    """Metres of coast that make each face land (left of it) and sea (right of it): (faces, 2)."""
    ends, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    a, b = ends[:-1][same], ends[1:][same]
    step = b - a
    length = np.hypot(step[:, 0], step[:, 1])
    a, b, step, length = a[length > 0], b[length > 0], step[length > 0], length[length > 0]
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]
    votes = np.zeros((len(faces), 2))
    tree = shapely.STRtree(faces)
    for side, sign in enumerate((1.0, -1.0)):
        beside = shapely.points((a + b) / 2 + sign * BESIDE_M * normal)
        point, face = tree.query(beside, predicate="intersects")
        np.add.at(votes[:, side], face, length[point])
    return votes

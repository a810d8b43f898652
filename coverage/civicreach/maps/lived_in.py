"""Where the first view of a page goes: to the people and the facilities, not to empty districts around them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from civicreach.maps.base_layers import Bounds
from civicreach.measures.result import StudyResult

LEFT_OUT_SHARE = 0.01
"""Share of what lives at either end that the first view may leave out, in each direction."""

WHOLE_FROM = 0.4
"""From this share of the whole area on, the first view shows everything."""

MARGIN = 0.06


def lived_in_bounds(result: StudyResult, whole: Bounds) -> Bounds:
    """West, south, east and north of the part that people live in, in metres; `whole` where that is most of it."""
    group = result.services[0].service.group if result.services else result.demand.groups[0]
    weight = result.demand.amount(group).to_numpy(dtype=float)
    inside = (weight > 0) & ~result.demand.outside.to_numpy()
    if not inside.any():
        return whole
    corners = [_middle(result.demand.xy[inside], weight[inside])]
    for service in result.services:
        places = service.facilities.geometry
        xy = np.column_stack([places.x, places.y])
        corners.append(xy[((xy >= whole[:2]) & (xy <= whole[2:])).all(axis=1)])
    every = np.concatenate(corners)
    low, high = every.min(axis=0), every.max(axis=0)
    margin = max(MARGIN * float((high - low).max()), 200.0)
    low, high = np.maximum(low - margin, whole[:2]), np.minimum(high + margin, whole[2:])
    share = float(np.prod(high - low)) / ((whole[2] - whole[0]) * (whole[3] - whole[1]))
    if share >= WHOLE_FROM:
        return whole
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _middle(xy: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Two corners (2, 2) of the box that leaves out a small share of the weight on each of its sides."""
    corners = np.empty((2, 2))
    for axis in (0, 1):
        order = np.argsort(xy[:, axis], kind="stable")
        reached = np.cumsum(weight[order]) / weight.sum()
        at = np.searchsorted(reached, [LEFT_OUT_SHARE, 1 - LEFT_OUT_SHARE])
        corners[:, axis] = xy[order[np.minimum(at, len(order) - 1)], axis]
    return corners

"""Candidates on the streets themselves, for places that have no list of plots."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.errors import LayerError
from civicreach.layers import Areas, Facilities, WayFlag
from civicreach.network import RoadNetwork
from civicreach.network.snap import on_island

Metres = npt.NDArray[np.float64]

UNFIT = WayFlag.STEPS | WayFlag.PRIVATE | WayFlag.BRIDGE | WayFlag.TUNNEL
"""Nobody builds on stairs, behind somebody's gate, on a bridge or in a tunnel."""
MOST = 50_000
"""More candidates than this are a slip of the pen: a city of 1,000 km2 with one every 150 metres."""
PREFIX = "street-"


def candidates_on_network(
    network: RoadNetwork, *, every_m: float, areas: Areas | None = None, service: str = "candidate"
) -> Facilities:
    """Candidate sites on public streets, none nearer than `every_m` metres to another, inside the areas.

    First the junctions, those of most streets before the others, then points along streets that still leave room.
    A filter of the plane, not a grid: no candidate could be added without breaking the distance among the points
    looked at. Ids are `street-1`, `street-2`, ... from west to east; the column `road` names the street, or is empty.
    The same network and distance always give the same candidates.

    Raises ValueError for a distance that isn't positive, LayerError where no street is fit, or more than 50,000 are.
    """
    if not every_m > 0:
        raise ValueError(f"every_m must be above 0, not {every_m!r}")
    x, y, edge = _places(network, every_m)
    if areas is not None and len(x):
        inside = shapely.STRtree(areas.frame.geometry.to_numpy()).query(shapely.points(x, y), predicate="intersects")
        within = np.unique(inside[0])  # in the order of preference
        x, y, edge = x[within], y[within], edge[within]
    if not len(x):
        raise LayerError("no public street that a candidate could stand on; every_m can't be used here")
    kept = _thinned(x, y, every_m)
    if len(kept) > MOST:
        raise LayerError(f"every_m = {every_m:g} gives {len(kept):,} candidates, more than {MOST:,}; take a larger one")
    kept = kept[np.lexsort((y[kept], x[kept]))]
    road = np.array(network.names, dtype=object)[network.edge_name[edge[kept]]]
    ids = pd.Index([f"{PREFIX}{i}" for i in range(1, len(kept) + 1)], name="facility_id")
    frame = gpd.GeoDataFrame(
        {"name": road, "road": road, "status": "candidate"},
        geometry=gpd.points_from_xy(x[kept], y[kept]),
        crs=network.crs,
        index=ids,
    )
    return Facilities(frame, service, source=f"streets, one candidate every {every_m:g} m")


def _places(network: RoadNetwork, every_m: float) -> tuple[Metres, Metres, npt.NDArray[np.int64]]:
    """Where candidates may stand, best first: junctions by their number of fit streets, then points along streets."""
    fit = np.flatnonzero(((network.edge_flags & UNFIT) == 0) & ~on_island(network))
    ends = np.concatenate([network.edge_u[fit], network.edge_v[fit]])
    streets = np.bincount(ends, minlength=network.node_count)
    on_node = np.full(network.node_count, len(network.edge_u), np.int64)
    np.minimum.at(on_node, ends, np.concatenate([fit, fit]))
    nodes = np.flatnonzero(streets)
    nodes = nodes[np.lexsort((network.node_y[nodes], network.node_x[nodes], -streets[nodes]))]
    along_x, along_y, along_edge = _along(network, fit, every_m)
    return (
        np.concatenate([network.node_x[nodes], along_x]),
        np.concatenate([network.node_y[nodes], along_y]),
        np.concatenate([on_node[nodes], along_edge]),
    )


def _along(
    network: RoadNetwork, fit: npt.NDArray[np.int64], every_m: float
) -> tuple[Metres, Metres, npt.NDArray[np.int64]]:
    """Points inside long streets, at whole parts of them no longer than half the distance, rounded to centimetres."""
    length_m = network.edge_length_mm[fit] / 1000.0
    parts = np.maximum(np.ceil(2.0 * length_m / every_m), 1).astype(np.int64)
    edge = np.repeat(fit, parts - 1)
    if not len(edge):
        return np.empty(0), np.empty(0), edge
    first = np.repeat(np.cumsum(parts - 1) - (parts - 1), parts - 1)
    share = (np.arange(len(edge)) - first + 1) / np.repeat(parts, parts - 1)
    points = shapely.line_interpolate_point(network.lines[edge], share, normalized=True)
    x, y = np.round(shapely.get_x(points), 2), np.round(shapely.get_y(points), 2)
    order = np.lexsort((y, x))
    return x[order], y[order], edge[order]


def _thinned(x: Metres, y: Metres, every_m: float) -> npt.NDArray[np.int64]:
    """The points that are taken when each one in turn is, unless a nearer one than `every_m` was before."""
    column, row = np.floor(x / every_m).astype(np.int64), np.floor(y / every_m).astype(np.int64)
    taken: dict[tuple[int, int], list[int]] = {}
    kept = []
    limit = every_m * every_m
    for i, cell in enumerate(zip(column.tolist(), row.tolist(), strict=True)):
        around = ((cell[0] + dx, cell[1] + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        near = (j for square in around for j in taken.get(square, ()))
        if all((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 >= limit for j in near):
            taken.setdefault(cell, []).append(i)
            kept.append(i)
    return np.array(kept, dtype=np.int64)

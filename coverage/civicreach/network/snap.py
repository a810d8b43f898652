"""Places put onto the nearest usable street, with the access leg that leads there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from civicreach.errors import CrsError, Fault
from civicreach.network.drawing import Drawing
from civicreach.network.network import RoadNetwork
from civicreach.units import walk_ms

MAX_SNAP_M = 200.0
"""Default limit of the access leg. Compound centre points in Wuhan lie a median 80 m and at the 95th percentile 300 m
from a mapped street, homes in Las Palmas 4.5 m and 18 m: 100 m would lose a third of Wuhan."""

ISLAND_M = 1000.0
"""Parts of the network that are shorter than this are mapping gaps rather than places of their own."""

ISLAND_DETOUR_M = 50.0
"""A place is moved from such an island to the rest of the network when that lies at most this much farther."""

LONG_LEG_M = 100.0
"""Access legs longer than this are listed in every report."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Places (n,) on a network.

    `edge` int32 is -1 where no usable street lies within the limit; `offset_mm` int64 is the way along the edge from
    its u end; `gap_m` float64 the straight distance to it (also where it is too far; infinite without any street);
    `leg_ms` int64 the time to walk that gap; `island` bool marks places on a part of the network shorter than
    ISLAND_M; `x`, `y` the point on the street.
    """

    edge: npt.NDArray[np.int32]
    offset_mm: npt.NDArray[np.int64]
    gap_m: npt.NDArray[np.float64]
    leg_ms: npt.NDArray[np.int64]
    island: npt.NDArray[np.bool_]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which places (n,) lie on the network."""
        return self.edge >= 0

    @property
    def listed(self) -> npt.NDArray[np.bool_]:
        """Which places (n,) every report lists: not on the network, a long access leg, or on an island of it."""
        return ~self.found | (self.gap_m > LONG_LEG_M) | self.island


class Meeting(NamedTuple):
    """Where places (n,) meet the streets, as `Snapped` says it; whoever travels, and at whatever speed."""

    edge: npt.NDArray[np.int32]
    gap_m: npt.NDArray[np.float64]
    island: npt.NDArray[np.bool_]
    offset_mm: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


_MET: WeakKeyDictionary[Drawing, dict[bytes, Meeting]] = WeakKeyDictionary()
"""Of drawings in use: an analysis asks for the same homes dozens of times. Found again by what was asked, not by who
asks, so that no answer depends on it."""

MEETINGS_KEPT = 32


def snap(points: gpd.GeoSeries, network: RoadNetwork, *, max_snap_m: float = MAX_SNAP_M) -> Snapped:
    """Put points on the nearest point of the nearest usable edge, at most `max_snap_m` away (inclusive).

    An edge on an island of the network (a part shorter than ISLAND_M that isn't the longest) is only taken where no
    other edge lies at most ISLAND_DETOUR_M farther and within the limit; the place is then marked. Of edges at the
    same distance the first is taken.

    Raises CrsError where the points' coordinate system isn't the network's, ValueError for a limit that isn't positive.
    """
    if not (np.isfinite(max_snap_m) and max_snap_m > 0):
        raise ValueError(f"max_snap_m must be a positive number of metres, not {max_snap_m!r}")
    if points.crs is None or CRS(points.crs) != CRS(network.crs):
        name = "none" if points.crs is None else CRS(points.crs).name
        raise CrsError(
            Fault(
                f"points in {name}, network in {network.crs}",
                todo="Bring both to the study's metric system first.",
            )
        )
    met = _meeting(points.to_numpy(), network, max_snap_m)
    leg = walk_ms(np.where(met.edge >= 0, met.gap_m, 0.0), network.profile.speed_mps)
    return Snapped(met.edge, met.offset_mm, met.gap_m, leg, met.island, met.x, met.y)


def _meeting(places: npt.NDArray[np.object_], network: RoadNetwork, max_snap_m: float) -> Meeting:
    """Where places meet the streets, found once for all networks that are drawn alike and have the same islands."""
    island = on_island(network)
    digest = hashlib.sha256(repr(max_snap_m).encode())
    for array in (shapely.get_coordinates(places), shapely.get_type_id(places), island, network.edge_length_mm):
        digest.update(np.ascontiguousarray(array).data)
    known = _MET.setdefault(network.drawing, {})
    key = digest.digest()
    if key not in known:
        nearest, gap = _choose(places, network, max_snap_m)
        found = np.isfinite(gap) & (gap <= max_snap_m)
        edge = np.where(found, nearest, -1).astype(np.int32)
        met = Meeting(edge, gap, found & island[np.maximum(edge, 0)], *_along(places, edge, network))
        for array in met:
            array.flags.writeable = False
        if len(known) >= MEETINGS_KEPT:
            del known[next(iter(known))]  # the oldest
        known[key] = met
    return known[key]


def on_island(network: RoadNetwork) -> npt.NDArray[np.bool_]:
    """Which edges (m,) belong to no part of the network that is worth reaching."""
    component = network.edge_component
    long_enough = network.component_length_m >= ISLAND_M
    long_enough[network.main_component] = True
    return np.where(component >= 0, ~long_enough[component], True)


def _choose(
    places: npt.NDArray[np.object_], network: RoadNetwork, max_snap_m: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    island = on_island(network)
    everything = np.arange(network.edge_count)
    edge, gap = _nearest(places, network.tree, everything)
    if not island.any():
        return edge, gap
    doubtful = np.flatnonzero((edge >= 0) & island[np.maximum(edge, 0)])
    if len(doubtful) == 0:
        return edge, gap
    mainland = everything[~island]
    other, other_gap = _nearest(places[doubtful], shapely.STRtree(network.lines[mainland]), mainland)
    better = (other_gap <= gap[doubtful] + ISLAND_DETOUR_M) & (other_gap <= max_snap_m)
    edge[doubtful[better]] = other[better]
    gap[doubtful[better]] = other_gap[better]
    return edge, gap


def _nearest(
    places: npt.NDArray[np.object_], tree: shapely.STRtree, edges: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Nearest of the edges in a tree to each place and its distance; the first of several at the same distance."""
    nowhere = np.iinfo(np.int64).max
    edge = np.full(len(places), nowhere)
    gap = np.full(len(places), np.inf)
    if len(places) and len(edges):
        (at, found), distance = tree.query_nearest(places, return_distance=True, all_matches=True)
        np.minimum.at(edge, at, edges[found])
        gap[at] = distance
    return np.where(edge < nowhere, edge, -1), gap


def _along(
    places: npt.NDArray[np.object_], edge: npt.NDArray[np.int32], network: RoadNetwork
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    found = np.flatnonzero(edge >= 0)
    lines = network.lines[edge[found]]
    offset = np.zeros(len(places), np.int64)
    x, y = np.full(len(places), np.nan), np.full(len(places), np.nan)
    if len(found):
        share = shapely.line_locate_point(lines, places[found], normalized=True)
        offset[found] = np.rint(share * network.edge_length_mm[edge[found]]).astype(np.int64)
        at = shapely.line_interpolate_point(lines, share, normalized=True)
        x[found], y[found] = shapely.get_x(at), shapely.get_y(at)
    return offset, x, y

"""Closures: which stretches of which streets are out, under a flood, in a drawn area, or by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS

from civicreach.errors import CrsError, Fault, Faults, LayerError, RoadsError, nearest
from civicreach.layers import WayFlag
from civicreach.layers.hazard import Depth
from civicreach.network.closed_ground import AreaGround, FloodGround, Ground, Segments, parts_on
from civicreach.network.network import Ints, Longs, RoadNetwork

Bridges = Literal["open", "closed"]
"""Whether bridges over closed ground stay open: their deck is above the water, but not above a cordon."""
Mask = npt.NDArray[np.bool_]
Metres = npt.NDArray[np.float64]

TOUCH_MM = 100
"""Stretches shorter than this are taken for the drawing's own inaccuracy: closed ones stay open, and open ones beside
them are closed."""

SPAN_MM = 2**36
"""More than any edge is long."""


@dataclass(frozen=True, eq=False)
class Closure:
    """Stretches (k,) of a network's edges that are out: `edge`, from `start_mm` to `stop_mm` along it from its u end.

    They are in order, apart, and longer than nothing. `ground` is the closed ground that they lie on, if any: who
    lives there, or can only come to the street across it, is cut off too. Closures of one network are joined by `|`.
    """

    network: RoadNetwork
    edge: Ints
    start_mm: Longs
    stop_mm: Longs
    ground: tuple[Ground, ...] = ()

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def edges(self) -> Ints:
        """The edges that are out, in whole or in part."""
        return np.unique(self.edge)

    @property
    def length_km(self) -> float:
        """Kilometres of street that are out."""
        return float((self.stop_mm - self.start_mm).sum()) / 1e6

    def __or__(self, other: Closure) -> Closure:
        """What one or the other closes. RoadsError for closures of two networks."""
        if self.network is not other.network and self.network.fingerprint != other.network.fingerprint:
            raise RoadsError("closures of two networks can't be joined; make both for one network")
        edge = np.concatenate([self.edge, other.edge])
        start, stop = np.concatenate([self.start_mm, other.start_mm]), np.concatenate([self.stop_mm, other.stop_mm])
        return Closure(self.network, *_merged(edge, start, stop, 0), (*self.ground, *other.ground))

    def holds(self, x: Metres, y: Metres) -> Mask:
        """Which points (n,) lie on closed ground."""
        held = np.zeros(len(x), dtype=np.bool_)
        for ground in self.ground:
            held |= ground.holds(x, y)
        return held

    def __repr__(self) -> str:
        return f"Closure({len(self.edges):,} streets, {self.length_km:,.2f} km)"


def closure_of_edges(network: RoadNetwork, edges: Iterable[int]) -> Closure:
    """Whole edges out, named by their numbers. RoadsError for numbers that are no edges."""
    closed = np.unique(np.fromiter(edges, dtype=np.int64))
    if len(unknown := closed[(closed < 0) | (closed >= network.edge_count)]):
        rows = tuple(unknown.tolist())
        raise RoadsError(Fault("numbers that are no edges", "network", rows[:5], len(rows)))
    return Closure(network, closed.astype(np.int32), np.zeros(len(closed), np.int64), network.edge_length_mm[closed])


def closure_in(network: RoadNetwork, polygons: gpd.GeoSeries, *, bridges: Bridges = "closed") -> Closure:
    """The stretches of streets inside polygons, cut at their borders (which belong to them).

    What lies outside stays open, so that a long street still serves its dry end. A drawn area closes bridges too; give
    bridges="open" for the outline of a flood. Tunnels are closed either way: water runs into them.

    Raises CrsError where the polygons' coordinate system isn't the network's, LayerError for what isn't a polygon.
    """
    if polygons.crs is None or CRS(polygons.crs) != CRS(network.crs):
        name = "none" if polygons.crs is None else CRS(polygons.crs).name
        todo = "Bring both to the study's metric system first."
        raise CrsError(Fault(f"closures in {name}, network in {network.crs}", todo=todo))
    fit = polygons.geom_type.isin(["Polygon", "MultiPolygon"]) & polygons.is_valid & ~polygons.is_empty
    if not fit.all():
        rows = tuple(polygons.index[~fit].tolist())
        raise LayerError(Fault("closures that aren't valid polygons", "", rows[:5], len(rows)))
    shapes = polygons.to_numpy()
    near = np.unique(network.tree.query(shapes, predicate="intersects")[1])
    return _closure_on(network, AreaGround(shapes), near, bridges)


def closure_of_depth(network: RoadNetwork, depth: Depth, *, at_least_m: float, bridges: Bridges = "open") -> Closure:
    """The stretches of streets where the water stands at least `at_least_m` metres deep (inclusive), cell by cell.

    Bridges stay open unless bridges="closed": the raster knows the water below their deck. Tunnels don't.
    Raises ValueError for a depth that isn't above 0.
    """
    if not (np.isfinite(at_least_m) and at_least_m > 0):
        raise ValueError(f"at_least_m must be a positive number of metres, not {at_least_m!r}")
    return _closure_on(network, FloodGround(depth, at_least_m, network.crs), np.arange(network.edge_count), bridges)


def closure_of_names(network: RoadNetwork, names: Iterable[str], *, only_bridges: bool = True) -> Closure:
    """All edges with one of these names, whatever their case: only the bridges among them, or the whole street.

    Raises RoadsError with every name that isn't there and the nearest one that is.
    """
    bridge = (network.edge_flags & int(WayFlag.BRIDGE)) != 0
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(network.names):
        if name:
            numbers.setdefault(name.strip().casefold(), []).append(number)
    used = set(np.unique(network.edge_name[bridge] if only_bridges else network.edge_name).tolist())
    faults, closed = Faults("closed streets"), np.zeros(network.edge_count, dtype=np.bool_)
    for name in dict.fromkeys(names):
        found = [n for n in numbers.get(name.strip().casefold(), []) if n in used]
        if found:
            closed |= np.isin(network.edge_name, found)
            continue
        near = nearest(name.strip(), sorted(network.names[n] for n in used if network.names[n]))
        todo = f"Did you mean {near}?" if near else "Give its edges by closure_of_edges, or draw an area around it."
        if only_bridges and name.strip().casefold() in numbers:
            faults.add(f"no bridge of {name!r}", todo="Give only_bridges=False to close the whole street.")
        else:
            faults.add(f"no {'bridge' if only_bridges else 'street'} called {name!r}", todo=todo)
    faults.raise_if_any(RoadsError)
    return closure_of_edges(network, np.flatnonzero(closed & bridge if only_bridges else closed).tolist())


def _closure_on(network: RoadNetwork, ground: Ground, edges: npt.NDArray[np.int64], bridges: Bridges) -> Closure:
    """The stretches of some edges that lie on closed ground."""
    if bridges not in ("open", "closed"):
        raise ValueError(f"bridges must be 'open' or 'closed', not {bridges!r}")
    if bridges == "open":
        edges = edges[(network.edge_flags[edges] & int(WayFlag.BRIDGE)) == 0]
    owner, first = _segments(network, edges)
    x, y, along = network.geom_x, network.geom_y, along_m(network)
    segment, low, high = parts_on(ground, Segments(x[first], y[first], x[first + 1], y[first + 1]))
    owner, first = owner[segment], first[segment]
    step = along[first + 1] - along[first]
    per_m = network.edge_length_mm[owner] / np.maximum(network.geom_length_m[owner], 1e-9)
    start = np.rint((along[first] + low * step) * per_m).astype(np.int64)
    stop = np.rint((along[first] + high * step) * per_m).astype(np.int64)
    edge, start, stop = _merged(owner, start, stop, TOUCH_MM)
    size = network.edge_length_mm[edge]
    start[start < TOUCH_MM] = 0
    stop = np.where(size - stop < TOUCH_MM, size, stop)
    kept = (stop - start >= TOUCH_MM) | ((start == 0) & (stop == size))
    return Closure(network, edge[kept], start[kept], stop[kept], (ground,))


def _segments(network: RoadNetwork, edges: Longs) -> tuple[Longs, Longs]:
    """The straight segments (s,) of edges in order: their edge, and which of the network's points they begin at."""
    counts = np.diff(network.geom_ptr)[edges] - 1
    rank = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(edges, counts), np.repeat(network.geom_ptr[edges], counts) + rank


def along_m(network: RoadNetwork) -> Metres:
    """Metres (p,) from the u end of its edge to each point of the drawing, along it."""
    steps = np.hypot(np.diff(network.geom_x), np.diff(network.geom_y))
    total = np.concatenate([[0.0], np.cumsum(steps)])
    along: Metres = total - np.repeat(total[network.geom_ptr[:-1]], np.diff(network.geom_ptr))
    return along


def _merged(edge: npt.NDArray[Any], start: Longs, stop: Longs, gap_mm: int) -> tuple[Ints, Longs, Longs]:
    """Stretches in order, those joined that overlap, touch, or lie less than a gap apart."""
    order = np.lexsort((start, edge))
    edge, start, stop = edge[order].astype(np.int64), start[order], stop[order]
    reached = np.maximum.accumulate(edge * SPAN_MM + stop)  # every edge has a span of its own
    apart = np.append(True, edge[1:] * SPAN_MM + start[1:] - reached[:-1] > max(gap_mm - 1, 0))[: len(edge)]
    first = np.flatnonzero(apart)
    last = np.append(first[1:], len(edge))[: len(first)] - 1
    return edge[first].astype(np.int32), start[first], reached[last] - edge[first] * SPAN_MM

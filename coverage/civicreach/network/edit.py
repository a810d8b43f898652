"""Edits of a network: what if these streets were closed?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from civicreach.errors import RoadsError
from civicreach.network.arcs import CLOSED
from civicreach.network.closed_ground import Segments, parts_on
from civicreach.network.closures import SPAN_MM, TOUCH_MM, Closure, along_m, closure_of_edges
from civicreach.network.network import Ints, Longs, Metres, RoadNetwork
from civicreach.network.snap import MAX_SNAP_M, snap

Mask = npt.NDArray[np.bool_]

OF_ISLANDS = ("edge_component", "component_length_m", "main_component")
OF_DRAWING = ("drawing",)
"""What a network derives from its other values when it is first asked for."""


def close_edges(network: RoadNetwork, edges: Iterable[int]) -> RoadNetwork:
    """The same network without some edges, named by their numbers; without any it is the same network.

    It is as if they had never been there: places beside them are snapped to other streets. `close_streets` keeps them
    where they are. Nodes keep their numbers, edges behind a closed one move up. Raises RoadsError for numbers that are
    no edges, and where nothing would be left.
    """
    closed = closure_of_edges(network, edges).edge
    if len(closed) == 0:
        return network
    keep = np.ones(network.edge_count, dtype=np.bool_)
    keep[closed] = False
    sizes = np.diff(network.geom_ptr)
    points = np.repeat(keep, sizes)
    return replace(
        network,
        edge_u=network.edge_u[keep],
        edge_v=network.edge_v[keep],
        edge_length_mm=network.edge_length_mm[keep],
        edge_cost_ms=network.edge_cost_ms[keep],
        edge_back_cost_ms=network.edge_back_cost_ms[keep],
        edge_class=network.edge_class[keep],
        edge_flags=network.edge_flags[keep],
        edge_name=network.edge_name[keep],
        geom_ptr=np.concatenate([[0], np.cumsum(sizes[keep])]),
        geom_x=network.geom_x[points],
        geom_y=network.geom_y[points],
    )


def close_streets(network: RoadNetwork, closure: Closure) -> RoadNetwork:
    """The same network with stretches of streets shut; with an empty closure it is the same network.

    Edges are split where a closed stretch begins or ends; closed pieces stay as edges that can't be travelled in either
    direction. So every place is snapped to the very point where it was before: who lives on a closed piece has no way,
    and isn't carried to a dry street. Parts that a closure cuts off are no islands of the map either, and keep their
    places. Pieces cost and measure their share of the edge, in whole ms and mm that add up to it; places on edges that
    were split can differ by 1 ms. New nodes follow the old ones, with negative ids.

    Raises RoadsError for the closure of another network.

    >>> import networkx as nx, shapely
    >>> from civicreach.network import from_networkx
    >>> from civicreach.network.closures import closure_in
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 600.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> pool = gpd.GeoSeries([shapely.box(100, -10, 250, 10)], crs=32650)
    >>> close_streets(network, closure_in(network, pool)).edge_cost_ms.tolist()  # 150 m are under water
    [100000, -1, 350000]
    """
    if closure.network is not network and closure.network.fingerprint != network.fingerprint:
        raise RoadsError("the closure was made for another network (another profile, maybe); make it for this one")
    if len(closure) == 0:
        return network
    pieces = _Pieces(network, closure)
    drawing: dict[str, Any] = pieces.drawing() if pieces.added else {}
    closed = replace(
        network,
        edge_u=pieces.u,
        edge_v=pieces.v,
        edge_length_mm=pieces.stop_mm - pieces.start_mm,
        edge_cost_ms=np.where(pieces.shut, np.int32(CLOSED), pieces.cost(network.edge_cost_ms)),
        edge_back_cost_ms=np.where(pieces.shut, np.int32(CLOSED), pieces.cost(network.edge_back_cost_ms)),
        edge_class=network.edge_class[pieces.edge],
        edge_flags=network.edge_flags[pieces.edge],
        edge_name=network.edge_name[pieces.edge],
        **drawing,
    )
    # what is an island is a matter of the map, not of the flood: else places would be carried across the water
    derived = vars(closed)
    derived.update({name: getattr(network, name) for name in OF_ISLANDS})
    derived["edge_component"] = network.edge_component[pieces.edge]
    if not drawing:
        derived.update({name: getattr(network, name) for name in OF_DRAWING})
    return closed


def shut_edges(network: RoadNetwork) -> Mask:
    """Which edges (m,) can't be travelled in either direction: the closed pieces of `close_streets`."""
    shut: Mask = (network.edge_cost_ms == CLOSED) & (network.edge_back_cost_ms == CLOSED)
    return shut


def cut_off(points: gpd.GeoSeries, closed: RoadNetwork, closure: Closure, *, max_snap_m: float = MAX_SNAP_M) -> Mask:
    """Which places (n,) have no way in or out because of a closure; `closed` is its network after `close_streets`.

    They are snapped to a closed piece, lie on closed ground, or could only come to their street across it. Facilities
    that are cut off serve nobody. Places that aren't on the network for other reasons aren't among them, nor those
    whose street is open but leads nowhere any more: the search finds out about these.

    Raises what `snap` raises.
    """
    snapped = snap(points, closed, max_snap_m=max_snap_m)
    found = snapped.found
    cut: Mask = found & shut_edges(closed)[np.maximum(snapped.edge, 0)]
    x, y = points.x.to_numpy(), points.y.to_numpy()
    cut |= closure.holds(x, y)
    on_foot = np.flatnonzero(found & ~cut)
    legs = Segments(x[on_foot], y[on_foot], snapped.x[on_foot], snapped.y[on_foot])
    for ground in closure.ground:
        leg, low, high = parts_on(ground, legs)
        wet_m = np.bincount(leg, weights=(high - low) * snapped.gap_m[on_foot[leg]], minlength=len(legs))
        cut[on_foot[wet_m * 1000.0 >= TOUCH_MM]] = True
    return cut


class _Pieces:
    """The pieces (p,) of edges, cut where stretches of a closure begin or end, in the edges' order.

    `edge` is what each was cut from, `start_mm` and `stop_mm` where along it, `shut` whether it is closed, `u` and `v`
    its nodes; `added` is how many cuts, and so how many new nodes there are.
    """

    def __init__(self, network: RoadNetwork, closure: Closure) -> None:
        self._network = network
        size = network.edge_length_mm
        edge = np.repeat(closure.edge, 2)
        mm = np.column_stack([closure.start_mm, closure.stop_mm]).ravel()
        inner = (mm > 0) & (mm < size[edge])
        cuts = np.unique(np.column_stack([edge[inner], mm[inner]]), axis=0)
        self._cut_edge, self._cut_mm, self.added = cuts[:, 0], cuts[:, 1], len(cuts)
        counts = np.bincount(self._cut_edge, minlength=network.edge_count)
        self.edge = np.repeat(np.arange(network.edge_count), 1 + counts)
        after = np.arange(self.added) + self._cut_edge + 1  # the piece that begins at each cut
        self.start_mm, self.stop_mm = np.zeros(len(self.edge), np.int64), size[self.edge]
        self.start_mm[after] = self.stop_mm[after - 1] = self._cut_mm
        self.u, self.v = network.edge_u[self.edge], network.edge_v[self.edge]
        self.u[after] = self.v[after - 1] = network.node_count + np.arange(self.added)
        at = np.searchsorted(_key(closure.edge, closure.start_mm), _key(self.edge, self.start_mm), "right") - 1
        stretch = np.maximum(at, 0)
        self.shut: Mask = (at >= 0) & (closure.edge[stretch] == self.edge) & (self.stop_mm <= closure.stop_mm[stretch])

    def cost(self, cost_ms: Ints) -> Ints:
        """What the pieces cost: each its share, at least 1 ms; CLOSED where the edge is."""
        cost, size = cost_ms[self.edge].astype(np.int64), self._network.edge_length_mm[self.edge]
        share = np.maximum(1, _share(cost, self.stop_mm, size) - _share(cost, self.start_mm, size))
        return np.where(cost == CLOSED, CLOSED, share).astype(np.int32)

    def drawing(self) -> dict[str, npt.NDArray[Any]]:
        """Nodes and geometry with the cuts in them: a cut ends one piece and begins the next."""
        network, edge, mm = self._network, self._cut_edge, self._cut_mm
        along = along_m(network)
        cut_m = mm / network.edge_length_mm[edge] * network.geom_length_m[edge]
        x, y = self._points_at(edge, cut_m, along)
        owner = np.repeat(np.arange(network.edge_count), np.diff(network.geom_ptr))
        kinds = np.repeat([0, 1, 2], [len(owner), self.added, self.added])
        order = np.lexsort((kinds, np.concatenate([along, cut_m, cut_m]), np.concatenate([owner, edge, edge])))
        begins = kinds == 2
        begins[network.geom_ptr[:-1]] = True
        lowest = min(0, int(network.node_id.min()))
        return {
            "node_id": np.append(network.node_id, lowest - 1 - np.arange(self.added)),
            "node_x": np.append(network.node_x, x),
            "node_y": np.append(network.node_y, y),
            "geom_ptr": np.append(np.flatnonzero(begins[order]), len(order)),
            "geom_x": np.concatenate([network.geom_x, x, x])[order],
            "geom_y": np.concatenate([network.geom_y, y, y])[order],
        }

    def _points_at(self, edge: Longs, cut_m: Metres, along: Metres) -> tuple[Metres, Metres]:
        """Coordinates (k,) at metres along the drawing of edges."""
        network = self._network
        span = float(along.max()) + 1.0
        owner = np.repeat(np.arange(network.edge_count), np.diff(network.geom_ptr))
        before = np.searchsorted(owner * span + along, edge * span + cut_m, "right") - 1
        before = np.clip(before, network.geom_ptr[edge], network.geom_ptr[edge + 1] - 2)
        step = along[before + 1] - along[before]
        share = np.clip(np.divide(cut_m - along[before], step, out=np.zeros_like(step), where=step > 0), 0.0, 1.0)
        x, y = network.geom_x, network.geom_y
        return x[before] + share * (x[before + 1] - x[before]), y[before] + share * (y[before + 1] - y[before])


def _key(edge: npt.NDArray[Any], mm: Longs) -> Longs:
    """One number (k,) that orders places by edge, and then along it."""
    return edge.astype(np.int64) * SPAN_MM + mm


def _share(cost_ms: Longs, mm: Longs, length_mm: Longs) -> Longs:
    """What the first `mm` of edges cost, in whole ms rounded half up."""
    whole, rest = np.divmod(cost_ms, length_mm)
    return whole * mm + (2 * rest * mm + length_mm) // (2 * length_mm)

"""Networks as they would be: with another footbridge or crossing, with private ways open to everybody."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from civicreach.errors import Faults, RoadsError
from civicreach.layers import WayFlag
from civicreach.network import RoadNetwork
from civicreach.network.closures import Closure
from civicreach.network.edit import close_streets
from civicreach.siting.found import Longs
from civicreach.units import MM_PER_M, walk_ms

LINK_CLASS = "footway"
"""The class of streets that are added."""

MAX_JOIN_M = 50.0
"""So far from a street an end of a new link may be drawn; it is then led on to the street."""


def with_links(network: RoadNetwork, links: gpd.GeoSeries, *, max_join_m: float = MAX_JOIN_M) -> RoadNetwork:
    """The network with new ways along some lines, from the street nearest to each one's start to that nearest its end.

    Streets are cut where a link joins them; links are walked both ways at the profile's speed, and places beside them
    are snapped to them as to any street. They don't join what they only cross. Without links it is the same network.

    Raises RoadsError for another mode than walking, another coordinate system, lines that aren't one line each, and
    ends that lie farther than `max_join_m` from every street, or all at one spot.

    >>> import networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.study import Profile
    >>> banks = nx.Graph(crs="EPSG:32650")
    >>> banks.add_nodes_from((n, {"x": 600.0 * (n % 2), "y": 100.0 * (n // 2)}) for n in range(4))
    >>> banks.add_edges_from([(0, 1), (2, 3)])
    >>> network = from_networkx(banks, Profile(name="walker", speed_mps=1.0))
    >>> bridge = gpd.GeoSeries([shapely.LineString([(200, 0), (200, 100)])], crs=32650)
    >>> with_links(network, bridge).edge_cost_ms.tolist()
    [200000, 400000, 200000, 400000, 100000]
    """
    if len(links) == 0:
        return network
    lines = _checked(network, links)
    corners = np.concatenate([shapely.get_coordinates(line)[[0, -1]] for line in lines])
    ends = np.asarray(shapely.points(corners), dtype=object)
    edge, offset, on_street = _joints(network, ends, max_join_m, links)
    streets, node = _cut(network, edge, offset)
    coordinates = [
        _without_repeats(np.vstack([on_street[2 * k], shapely.get_coordinates(line), on_street[2 * k + 1]]))
        for k, line in enumerate(lines)
    ]
    nothing = [links.index[k] for k, xy in enumerate(coordinates) if len(xy) < 2 or node[2 * k] == node[2 * k + 1]]
    if nothing:
        faults = Faults("links")
        faults.add("links that begin and end at one spot of the streets", rows=nothing)
        faults.raise_if_any(RoadsError)
    return _added(streets, node[::2], node[1::2], coordinates)


def compounds(network: RoadNetwork) -> Longs:
    """The compound (m,) of each edge: private ways that hang together, numbered from 0; -1 for public streets."""
    private = np.flatnonzero((network.edge_flags & int(WayFlag.PRIVATE)) != 0)
    compound = np.full(network.edge_count, -1, np.int64)
    ends = network.edge_u[private], network.edge_v[private]
    graph = coo_matrix((np.ones(len(private), np.int8), ends), shape=(network.node_count, network.node_count))
    _, label = connected_components(graph, directed=False)
    _, compound[private] = np.unique(label[network.edge_u[private]], return_inverse=True)
    return compound


def open_compounds(network: RoadNetwork, which: Longs) -> RoadNetwork:
    """The network with some compounds open: everybody may pass their gates and ways; places stay where they are.

    Numbers are those of `compounds`. Without any it is the same network.
    """
    mine = np.isin(compounds(network), which)
    if not mine.any():
        return network
    inside = np.zeros(network.node_count, np.bool_)
    inside[network.edge_u[mine]] = inside[network.edge_v[mine]] = True
    opened = inside[network.gates[:, 1]]
    joined = _joined(network.node_count, network.gates[opened])
    found = replace(
        network,
        edge_u=joined[network.edge_u],
        edge_v=joined[network.edge_v],
        edge_flags=np.where(mine, network.edge_flags & ~np.uint16(WayFlag.PRIVATE), network.edge_flags),
        gates=np.column_stack([joined[network.gates[~opened, 0]], network.gates[~opened, 1]]).astype(np.int32),
    )
    vars(found)["drawing"] = network.drawing
    return found


def _joined(count: int, pairs: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Which node stands for each (count,) once both nodes of each pair are one: the first of their public sides."""
    graph = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    parts, label = connected_components(graph, directed=False)
    first = np.full(parts, count)
    np.minimum.at(first, label[pairs[:, 0]], pairs[:, 0])
    joined = np.arange(count)
    ends = np.unique(pairs)
    joined[ends] = first[label[ends]]
    return joined.astype(np.int32)


def _checked(network: RoadNetwork, links: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    faults = Faults("links")
    if network.profile.mode != "walk":
        faults.add(f"new links are for walkers, not to {network.profile.mode}")
    if links.crs is None or links.crs != network.crs:
        faults.add(f"links in {links.crs or 'no coordinate system'}, network in {network.crs}")
    lines: npt.NDArray[np.object_] = links.to_numpy()
    bad = (shapely.get_type_id(lines) != shapely.GeometryType.LINESTRING) | shapely.is_empty(lines)
    if bad.any():
        faults.add("links that aren't one line each", rows=links.index[bad].tolist())
    faults.raise_if_any(RoadsError)
    return lines


def _joints(
    network: RoadNetwork, ends: npt.NDArray[np.object_], max_join_m: float, links: gpd.GeoSeries
) -> tuple[Longs, Longs, npt.NDArray[np.float64]]:
    """The edge of each end, the mm along it and the point on it; the first of several that are equally near."""
    (at, found), gap = network.tree.query_nearest(ends, return_distance=True, all_matches=True)
    order = np.lexsort((found, at))
    first = order[np.flatnonzero(np.diff(at[order], prepend=-1))]
    edge, gap = found[first], gap[first]
    if (far := gap > max_join_m).any():
        faults = Faults("links")
        rows = [f"{links.index[k // 2]} ({gap[k]:.0f} m)" for k in np.flatnonzero(far).tolist()]
        faults.add(f"links with an end more than {max_join_m:g} m from every street", rows=rows)
        faults.raise_if_any(RoadsError)
    lines = network.lines[edge]
    share = shapely.line_locate_point(lines, ends, normalized=True)
    points = shapely.get_coordinates(shapely.line_interpolate_point(lines, share, normalized=True))
    return edge, np.rint(share * network.edge_length_mm[edge]).astype(np.int64), points


def _cut(network: RoadNetwork, edge: Longs, offset: Longs) -> tuple[RoadNetwork, Longs]:
    """Streets cut at places along edges, and the node (k,) at each place."""
    size = network.edge_length_mm[edge]
    node = np.where(offset <= 0, network.edge_u[edge], network.edge_v[edge]).astype(np.int64)
    inner = (offset > 0) & (offset < size)
    if not inner.any():
        return network, node
    cuts, number = np.unique(np.column_stack([edge[inner], offset[inner]]), axis=0, return_inverse=True)
    node[inner] = network.node_count + number.ravel()
    # a stretch of no length shuts nothing, but the street is cut there
    return close_streets(network, Closure(network, cuts[:, 0].astype(np.int32), cuts[:, 1], cuts[:, 1])), node


def _without_repeats(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    keep = np.append(True, (np.abs(np.diff(xy, axis=0)) > 1e-6).any(axis=1))
    found: npt.NDArray[np.float64] = xy[keep]
    return found


def _added(network: RoadNetwork, u: Longs, v: Longs, coordinates: list[npt.NDArray[np.float64]]) -> RoadNetwork:
    count = len(u)
    metres = np.array([np.hypot(*np.diff(xy, axis=0).T).sum() for xy in coordinates])
    cost = np.maximum(walk_ms(metres, network.profile.speed_mps), 1).astype(np.int32)
    classes = network.classes if LINK_CLASS in network.classes else (*network.classes, LINK_CLASS)
    points = np.concatenate(coordinates)
    sizes = np.array([len(xy) for xy in coordinates])
    return replace(
        network,
        edge_u=np.append(network.edge_u, u).astype(np.int32),
        edge_v=np.append(network.edge_v, v).astype(np.int32),
        edge_length_mm=np.append(network.edge_length_mm, np.maximum(np.rint(metres * MM_PER_M).astype(np.int64), 1)),
        edge_cost_ms=np.append(network.edge_cost_ms, cost),
        edge_back_cost_ms=np.append(network.edge_back_cost_ms, cost),
        edge_class=np.append(network.edge_class, np.full(count, classes.index(LINK_CLASS))).astype(np.int32),
        edge_flags=np.append(network.edge_flags, np.zeros(count, np.uint16)),
        edge_name=np.append(network.edge_name, np.zeros(count)).astype(np.int32),
        geom_ptr=np.append(network.geom_ptr, network.geom_ptr[-1] + np.cumsum(sizes)),
        geom_x=np.append(network.geom_x, points[:, 0]),
        geom_y=np.append(network.geom_y, points[:, 1]),
        classes=classes,
    )

"""What could bring people within a standard: compounds on their way, links across what parts streets, new centres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from civicreach.layers import Demand, Facilities
from civicreach.network import RoadNetwork, Snapped
from civicreach.network.arcs import Arcs
from civicreach.network.snap import MAX_SNAP_M, snap
from civicreach.reach import nearest_facility, reach
from civicreach.reach.access import ends_of, seeds_of
from civicreach.siting.fixes_network import compounds, open_compounds
from civicreach.siting.found import Longs
from civicreach.units import MAX_COST_MS, MS_PER_MIN, walk_ms

Mask = npt.NDArray[np.bool_]

FAR = MAX_COST_MS
"""More than any limit."""

APART_M = 150.0
"""Proposed links and sites stand at least so far apart, so that they are different proposals."""

GRID_M = 50.0
"""So far apart are the places from which links are tried."""

TRIED = 40
"""So many pairs of street corners are looked at more closely for a zone's link."""


@dataclass(frozen=True, eq=False)
class Town:
    """Homes (n,), the facilities that serve them, the streets, and the limit as a cost; `amount` (n,) are people."""

    demand: Demand
    facilities: Facilities
    network: RoadNetwork
    limit_ms: int
    amount: npt.NDArray[np.float64]
    max_snap_m: float = MAX_SNAP_M

    def covered(self, network: RoadNetwork) -> Mask:
        """Which homes (n,) have a facility within the limit on some streets."""
        found: Mask = nearest_facility(
            self.demand, self.facilities, network, cutoff_min=self.limit_ms / MS_PER_MIN, max_snap_m=self.max_snap_m
        ).found
        return found

    @cached_property
    def now(self) -> Mask:
        """Which homes (n,) are covered today."""
        return self.covered(self.network)

    @cached_property
    def homes(self) -> Snapped:
        """Where homes (n,) meet the streets."""
        return self.snapped(self.demand.frame.geometry)

    def snapped(self, points: gpd.GeoSeries) -> Snapped:
        """Where places meet the streets."""
        return snap(points, self.network, max_snap_m=self.max_snap_m)

    @cached_property
    def opened(self) -> RoadNetwork:
        """The streets with every compound open."""
        return open_compounds(self.network, np.unique(self.compound[self.compound >= 0]))

    @cached_property
    def compound(self) -> Longs:
        """The compound of each edge, or -1."""
        return compounds(self.network)

    def to_facility_ms(self, network: RoadNetwork) -> Longs:
        """What it costs to walk from each node to the nearest facility on some streets; FAR beyond the limit."""
        seeds = seeds_of(network, self.snapped(self.facilities.frame.geometry), "to_facility")
        return _spread(network.arcs("to_facility"), seeds.node, seeds.cost, self.limit_ms)

    def from_homes_ms(self, rows: Longs) -> Longs:
        """What it costs to walk to each node from the nearest of some homes; FAR beyond the limit."""
        ends = ends_of(self.network, self.homes, leaving=True)
        mine = np.isin(ends.place, rows)
        return _spread(self.network.arcs("from_facility"), ends.node[mine], ends.cost[mine], self.limit_ms)


def _spread(arcs: Arcs, node: npt.NDArray[np.int32], cost: npt.NDArray[np.int32], limit_ms: int) -> Longs:
    """What it costs to come to each node from the nearest of some that have costs already; FAR beyond the limit."""
    count = len(arcs.indptr) - 1
    source = np.append(np.repeat(np.arange(count), np.diff(arcs.indptr)), np.full(len(node), count))
    target = np.append(arcs.target, node)
    price = np.append(arcs.cost_ms.astype(np.int64), cost.astype(np.int64) + 1)
    order = np.lexsort((price, target, source))
    source, target = source[order], target[order]
    first = (np.diff(source, prepend=-1) != 0) | (np.diff(target, prepend=-1) != 0)  # of parallel arcs the cheapest
    graph = csr_matrix(
        (price[order][first].astype(np.float64), (source[first], target[first])), shape=(count + 1, count + 1)
    )
    found = dijkstra(graph, indices=count, limit=limit_ms + 1)[:-1] - 1
    return np.where(np.isfinite(found), found, FAR).astype(np.int64)


def compounds_passed(town: Town, rows: Longs) -> pd.Series:
    """Which compounds each of some homes passes on its shortest way, if all were open; on the rows, as sorted tuples.

    Only homes that would then be within the limit are listed.
    """
    network = town.opened
    dist = town.to_facility_ms(network)
    before = _steps(network, dist)
    passed: dict[int, tuple[int, ...]] = {}

    def along(node: int) -> tuple[int, ...]:
        way = []
        while node not in passed and before[node] >= 0:
            way.append(node)
            node = int(source[before[node]])
        found = passed.setdefault(node, ())
        for each in reversed(way):
            compound = int(town.compound[edge[before[each]]])
            found = found if compound < 0 or compound in found else tuple(sorted((*found, compound)))
            passed[each] = found
        return found

    arcs = network.arcs("to_facility")
    source, edge = np.repeat(np.arange(network.node_count), np.diff(arcs.indptr)), arcs.edge
    ends = ends_of(network, town.homes, leaving=True)
    mine = np.isin(ends.place, rows) & (dist[ends.node] != FAR)
    place, node = ends.place[mine], ends.node[mine]
    cost = dist[node] + ends.cost[mine]
    order = np.lexsort((node, cost, place))
    first = order[np.flatnonzero(np.diff(place[order], prepend=-1))]
    first = first[cost[first] <= town.limit_ms]
    return pd.Series([along(int(n)) for n in node[first]], index=place[first], dtype=object)


def _steps(network: RoadNetwork, dist: Longs) -> Longs:
    """The arc by which a search from facilities came to each node; -1 where it began or never came."""
    arcs = network.arcs("to_facility")
    source = np.repeat(np.arange(network.node_count), np.diff(arcs.indptr))
    target, reached = arcs.target, dist[source] != FAR
    tight = np.flatnonzero(reached & (dist[source] + arcs.cost_ms == dist[target]))
    step = np.full(network.node_count, -1, np.int64)
    step[target[tight[::-1]]] = tight[::-1]
    return step


def street_places(town: Town, rows: Longs, *, every_m: float) -> gpd.GeoDataFrame:
    """Street corners within the limit of some homes, and the street in front of these, about `every_m` apart.

    `near_ms` is the way from the nearest of the homes. The ids are those of nodes, or of homes, in words.
    """
    network = town.network
    node = np.flatnonzero(town.from_homes_ms(rows) != FAR)
    found = rows[town.homes.found[rows]]
    x = np.concatenate([network.node_x[node], town.homes.x[found]])
    y = np.concatenate([network.node_y[node], town.homes.y[found]])
    ids = [f"corner-{n}" for n in network.node_id[node].tolist()]
    ids += [f"home-{i}" for i in town.demand.ids[found].tolist()]
    if not ids:
        return gpd.GeoDataFrame({"name": [], "near_ms": []}, geometry=[], crs=network.crs)
    points = gpd.points_from_xy(x, y, crs=network.crs)
    index = pd.Index(ids, dtype=object)
    places = gpd.GeoDataFrame({"name": np.full(len(ids), "", object)}, geometry=points, index=index)
    places = places[~places.index.duplicated()]
    homes = Facilities(town.demand.frame.iloc[found][["geometry"]])
    near = nearest_facility(
        Demand(places.assign(people=1.0)), homes, network, cutoff_min=town.limit_ms / MS_PER_MIN,
        direction="from_facility", max_snap_m=town.max_snap_m,
    )  # fmt: skip
    places["near_ms"] = near.cost_ms
    places = places[near.found].sort_values("near_ms", kind="stable")
    cell = np.floor(np.column_stack([places.geometry.x, places.geometry.y]) / every_m).astype(np.int64)
    return places[~pd.DataFrame(cell).duplicated().to_numpy()]


def proposed_links(town: Town, rows: Longs, *, longest_m: float, count: int) -> gpd.GeoSeries:
    """Straight links from one street to another that bring most of some homes within the limit; at most `count`.

    They are at most `longest_m` long and begin at least APART_M from each other, where the way round is longer than
    the link. Estimated: people gained are to be counted on the network with the link.
    """
    network = town.network
    places = street_places(town, rows, every_m=GRID_M)
    none = gpd.GeoSeries([], crs=network.crs)
    if places.empty:
        return none
    starts = places.geometry.to_numpy()
    at, edge = network.tree.query(starts, predicate="dwithin", distance=longest_m)
    lines = network.lines[edge]
    ends = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, starts[at]))
    length = shapely.distance(starts[at], ends)
    rest = walk_ms(length, network.profile.speed_mps) + _to_facility_ms(town, ends)
    way = places["near_ms"].to_numpy(np.int64)[at] + rest
    useful = (way <= town.limit_ms) & (rest < _to_facility_ms(town, starts)[at]) & (length > 0)
    at, edge, rest, way, ends = at[useful], edge[useful], rest[useful], way[useful], ends[useful]
    chosen = _apart(shapely.get_coordinates(starts[at]), np.lexsort((edge, at, way)), TRIED)
    if not len(chosen):
        return none
    xy = shapely.get_coordinates(starts[at[chosen]])
    gain = _estimated(town, rows, xy, rest[chosen])
    best = np.argsort(-gain, kind="stable")[:count]
    pairs = np.stack([xy[best], shapely.get_coordinates(ends[chosen[best]])], axis=1)
    return gpd.GeoSeries(shapely.linestrings(pairs), crs=network.crs)


def _to_facility_ms(town: Town, points: npt.NDArray[np.object_]) -> Longs:
    """What it costs from each point to its nearest facility; more than any limit where that is beyond it."""
    if not len(points):
        return np.empty(0, np.int64)
    places = gpd.GeoDataFrame({"people": np.ones(len(points))}, geometry=points, crs=town.network.crs)
    found = nearest_facility(
        Demand(places), town.facilities, town.network, cutoff_min=town.limit_ms / MS_PER_MIN, max_snap_m=town.max_snap_m
    )
    return np.where(found.found, found.cost_ms, FAR)


def _apart(xy: npt.NDArray[np.float64], order: Longs, most: int) -> Longs:
    """The first points of an order that stand APART_M from each other."""
    chosen: list[int] = []
    for at in order.tolist():
        if all(np.hypot(*(xy[at] - xy[other])) >= APART_M for other in chosen):
            chosen.append(at)
            if len(chosen) == most:
                break
    return np.array(chosen, np.int64)


def _estimated(town: Town, rows: Longs, xy: npt.NDArray[np.float64], rest: Longs) -> npt.NDArray[np.float64]:
    """People of some homes who come within the limit if from each place (k, 2) the way on costs `rest` (k,)."""
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1], crs=town.network.crs))
    demand = Demand(town.demand.frame.iloc[rows], town.demand.groups)
    found = reach(
        demand, Facilities(places), town.network, cutoff_min=town.limit_ms / MS_PER_MIN, max_snap_m=town.max_snap_m
    )
    good = found.cost_ms + rest[found.facility_at] <= town.limit_ms
    gained = np.bincount(found.facility_at[good], town.amount[rows[found.demand_at[good]]], minlength=len(xy))
    return np.asarray(gained, dtype=np.float64)


def proposed_sites(town: Town, rows: Longs) -> gpd.GeoDataFrame:
    """Places on the streets near some homes where a new site could stand, about APART_M from each other."""
    return street_places(town, rows, every_m=APART_M).drop(columns="near_ms")


def gained_by_site(town: Town, sites: Facilities) -> pd.DataFrame:
    """Who comes within the limit by each site, all by itself: pairs (k,) of `row` (of the homes) and `site`."""
    rows = np.flatnonzero(~town.now & (town.amount > 0))
    demand = Demand(town.demand.frame.iloc[rows], town.demand.groups)
    found = reach(demand, sites, town.network, cutoff_min=town.limit_ms / MS_PER_MIN, max_snap_m=town.max_snap_m)
    return pd.DataFrame({"row": rows[found.demand_at], "site": found.facility_at.astype(np.int64)})

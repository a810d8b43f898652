"""The one place where the benches touch civicreach.

Jobs A-C are asked three ways: of the kernels, from nodes to nodes as the peers are; of the search below
``reach()``, with places on edges; and of the public functions, which snap every place first.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from engines import Digest, Jobs
from numpy.typing import NDArray
from streets import Streets

from civicreach.inputs.roads import read_roads_file
from civicreach.layers import Demand, Facilities, Roads
from civicreach.network import RoadNetwork, Snapped, build_network
from civicreach.reach import isochrones, nearest_facility, reach
from civicreach.reach import matrix as matrix_room
from civicreach.reach._search import FAR, nearest_nodes, reach_rows
from civicreach.study import Profile
from towns import EPSG, OnStreets, Town

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ADULT = Profile(name="adult", speed_mps=1.2, slope="none")
METRES = ADULT.in_metres()
CRS = f"EPSG:{EPSG}"
MS_PER_MIN = 60_000

BOUND_NOTE = (
    "Streets lie on whole centimetres: each end of an edge moves by at most 7.1 mm, and limits in metres are kept in "
    "whole millimetres, so every edge is off by at most 14.7 mm, and so are the place of a resident or facility on its "
    "edge and the cost of that part. A way of k whole edges is off by at most 14.7 (k + 2) mm; k is at most the limit "
    "over the shortest edge. Residents who are closer to the limit than that (*within the bound*) may differ by "
    "rounding and are counted apart."
)

EDGE_OFF_M = 2 * 0.005 * math.sqrt(2) + 0.0005
"""Both ends of an edge to whole centimetres in x and y, and its length to whole millimetres."""


def points(x: Floats, y: Floats, crs: str, **columns: NDArray[np.float64]) -> gpd.GeoDataFrame:
    """Places as a frame with ids 0, 1, 2, ..."""
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs=crs, index=range(len(x)))


def demand_at(x: Floats, y: Floats, crs: str) -> Demand:
    """One person at each place."""
    return Demand(points(x, y, crs, people=np.ones(len(x))))


def facilities_at(x: Floats, y: Floats, crs: str) -> Facilities:
    """A facility at each place."""
    return Facilities(points(x, y, crs))


def roads_of_town(town: Town) -> Roads:
    """A town's streets, each a way of two nodes."""
    count = len(town.u)
    return Roads(
        crs=CRS,
        mode="walk",
        node_id=np.arange(len(town.x)),
        node_x=town.x,
        node_y=town.y,
        way_ptr=2 * np.arange(count + 1),
        way_node=np.column_stack([town.u, town.v]).ravel().astype(np.int32),
        way_id=np.arange(count),
        way_class=np.zeros(count, np.int32),
        classes=("residential",),
        way_flags=np.zeros(count, np.uint16),
        way_name=np.zeros(count, np.int32),
        source="town",
    )


def network_of_town(town: Town, profile: Profile) -> RoadNetwork:
    """A town as our network."""
    return build_network(roads_of_town(town), profile)


def open_network(roads: Roads) -> RoadNetwork:
    """Roads as the network of an adult on foot, private ways open: no gates, which no peer knows."""
    return build_network(roads, ADULT, private_access="open")


def roads_of_file(path: Path) -> Roads:
    """The walkable streets of a PBF or a line layer, without any cache."""
    return read_roads_file(path)


def network_of_file(path: Path) -> RoadNetwork:
    """A file as the network that a study gets by default, without any cache."""
    return build_network(roads_of_file(path), ADULT)


def size(network: RoadNetwork) -> tuple[int, int]:
    """Nodes and edges."""
    return network.node_count, network.edge_count


def walk_m(town: Town, place: OnStreets, people: OnStreets, limits_m: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Metres from residents to the facility (n,), infinite beyond the limits, and who is covered (limits, n).

    Residents and facility are given by their coordinates alone.
    """
    network = network_of_town(town, METRES)
    demand, site = demand_at(people.x, people.y, CRS), facilities_at(place.x, place.y, CRS)
    minutes = [limit * 1000 / MS_PER_MIN for limit in limits_m]
    found = reach(demand, site, network, cutoff_min=max(minutes))
    cost_m = np.full(len(people.x), np.inf)
    cost_m[found.demand_at] = found.cost_ms / 1000
    return cost_m, np.array([found.covered(within).to_numpy() for within in minutes])


def rounding_bound_m(town: Town, limit_m: float) -> float:
    """How far a rounded way of at most ``limit_m`` can be from the true one; see BOUND_NOTE."""
    edges = int(limit_m // town.length_m.min()) + 1
    return EDGE_OFF_M * (edges + 2)


def at_nodes(streets: Streets, nodes: Ints) -> Snapped:
    """Nodes as places already snapped: on one of their edges, at its very end."""
    network, count = streets.network, len(streets.x)
    edge, far_end = np.full(count, -1, np.int64), np.zeros(count, bool)
    edge[network.edge_u] = np.arange(network.edge_count)
    edge[network.edge_v], far_end[network.edge_v] = np.arange(network.edge_count), True
    chosen, length = edge[nodes], network.edge_length_mm
    offset = np.where(far_end[nodes], length[chosen], 0)
    none = np.zeros(len(nodes))
    return Snapped(
        edge=chosen.astype(np.int32),
        offset_mm=offset.astype(np.int64),
        gap_m=none,
        leg_ms=none.astype(np.int64),
        island=none.astype(bool),
        x=streets.x[nodes],
        y=streets.y[nodes],
    )


Rows = tuple[Ints, NDArray[np.int32], NDArray[np.int32]]


def of_answer(answer: Any) -> Digest:
    """Count and sum of costs, of CSR rows, or of a list of such rows."""
    each = answer if isinstance(answer, list) else [answer]
    costs = [a[2] if isinstance(a, tuple) else a for a in each]
    return sum(len(cost) for cost in costs), sum(int(cost.sum(dtype=np.int64)) for cost in costs)


def by_kernel(streets: Streets) -> Jobs:
    """Our search kernels from nodes to nodes on one core, asked as the peers are."""
    network, count = streets.network, len(streets.x)
    arcs = network.arcs("to_facility")
    homes = np.arange(count + 1), np.arange(count, dtype=np.int32), np.zeros(count, np.int32)

    def pairs(sources: Ints, limit: int) -> Rows:
        sites = len(sources)
        seeds = np.arange(sites + 1), sources.astype(np.int32), np.zeros(sites, np.int32)
        nobody = np.zeros(sites + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
        rows: Rows = reach_rows(arcs.indptr, arcs.adjacency, *seeds, *homes, *nobody, count, limit, 0, sites)
        return rows

    def one(source: int, limit: int) -> Rows:
        return pairs(np.array([source]), limit)

    def nearest(sources: Ints) -> NDArray[np.int32]:
        labels = np.arange(len(sources), dtype=np.int32)
        seeds = sources.astype(np.int32), np.zeros(len(sources), np.int32), labels
        found: tuple[NDArray[np.int32], NDArray[np.int32]] = nearest_nodes(
            arcs.indptr, arcs.adjacency, *seeds, int(FAR) - 1
        )
        cost = found[0]
        return np.asarray(cost[cost != FAR])

    return Jobs(of_answer, one, nearest, pairs)


def by_search(streets: Streets) -> Jobs:
    """What ``reach()`` does below its snapping: places on edges, both ends of each, on all cores."""
    homes = at_nodes(streets, np.arange(len(streets.x)))

    def pairs(sources: Ints, limit: int) -> Rows:
        sites = at_nodes(streets, sources)
        return matrix_room._search(streets.network, homes, sites, limit, "to_facility")  # noqa: SLF001

    return Jobs(of_answer, pairs=pairs)


def by_public_functions(streets: Streets) -> Jobs:
    """What a Python user calls: every place is snapped to its nearest street first."""
    crs = streets.network.crs
    homes = demand_at(streets.x, streets.y, crs)

    def nearest(sources: Ints) -> NDArray[np.int64]:
        sites = facilities_at(streets.x[sources], streets.y[sources], crs)
        found = nearest_facility(homes, sites, streets.network)
        return found.cost_ms[found.found]

    def pairs(sources: Ints, limit: int) -> NDArray[np.int32]:
        sites = facilities_at(streets.x[sources], streets.y[sources], crs)
        return reach(homes, sites, streets.network, cutoff_min=limit / MS_PER_MIN).cost_ms

    return Jobs(of_answer, nearest=nearest, pairs=pairs)


def draw(streets: Streets, x: Floats, y: Floats, minutes: tuple[float, ...]) -> gpd.GeoDataFrame:
    """Our isochrones of facilities at the coordinates, as the package draws them by default."""
    return isochrones(facilities_at(x, y, streets.network.crs), streets.network, minutes)


def exact(streets: Streets, x: Floats, y: Floats, minutes: tuple[float, ...]) -> gpd.GeoDataFrame:
    """True buffers of the reached street pieces: what the areas of other methods are held against."""
    return isochrones(facilities_at(x, y, streets.network.crs), streets.network, minutes, method="exact")

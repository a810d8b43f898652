"""Coverage the way tools without partial edges decide it: a shape or a nearest node, one function a method.

Each takes a town, its facility and its people and returns a function of the limit in metres that says who is
covered (n,). What doesn't depend on the limit is made once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from peers import PeerAbsentError, peer

from towns import EPSG, OnStreets, Town

Bools = NDArray[np.bool_]
Covered = Callable[[float], Bools]

TOLERANCE_M = 0.5  # people stand exactly on streets, so a shape's own edge must not decide by rounding
BUFFER_M = 25.0  # as in the OSMnx and GOSTnets examples


def inside(shape: Any, people: OnStreets) -> Bools:
    """Who stands in the shape."""
    grown = shapely.buffer(shape, TOLERANCE_M)
    shapely.prepare(grown)
    return np.asarray(shapely.contains_xy(grown, people.x, people.y), dtype=bool)


def circle(_: Town, place: OnStreets, people: OnStreets) -> Covered:
    """The radius method of planning handbooks."""
    straight = np.hypot(people.x - place.x[0], people.y - place.y[0])
    return lambda limit_m: straight <= limit_m


def nearest_node(town: Town, place: OnStreets) -> int:
    """The node that OSMnx snaps the facility to."""
    osmnx = peer("osmnx")
    return int(osmnx.distance.nearest_nodes(town.graph, place.x[0], place.y[0]))


def convex_hull(town: Town, place: OnStreets, people: OnStreets) -> Covered:
    """OSMnx's isochrone example: the convex hull of the reached nodes."""
    centre = nearest_node(town, place)

    def covered(limit_m: float) -> Bools:
        reached = list(nx.ego_graph(town.graph, centre, radius=limit_m, distance="length"))
        hull = shapely.convex_hull(shapely.multipoints(np.column_stack([town.x[reached], town.y[reached]])))
        return inside(hull, people)

    return covered


def whole_edges(town: Town, place: OnStreets, people: OnStreets) -> Covered:
    """The OSMnx / GOSTnets recipe: a 25 m buffer of the whole edges between reached nodes."""
    centre = nearest_node(town, place)

    def covered(limit_m: float) -> Bools:
        reached = nx.ego_graph(town.graph, centre, radius=limit_m, distance="length")
        ends = np.array(list(reached.edges()), dtype=np.int64).reshape(-1, 2)
        lines = shapely.linestrings(np.stack([town.x[ends], town.y[ends]], axis=-1))
        return inside(shapely.union_all(shapely.buffer(lines, BUFFER_M)), people)

    return covered


def pandana_nodes(town: Town, place: OnStreets, people: OnStreets) -> Covered:
    """pandana: facility and residents both stand on their nearest node."""
    pandana, pandas = peer("pandana"), peer("pandas")
    network = pandana.Network(
        pandas.Series(town.x), pandas.Series(town.y), pandas.Series(town.u), pandas.Series(town.v),
        pandas.DataFrame({"length": town.length_m}), twoway=True,
    )  # fmt: skip
    far = 3000.0
    network.set_pois("facility", far, 1, pandas.Series(place.x), pandas.Series(place.y))
    to_node = network.nearest_pois(far, "facility", num_pois=1)[1]
    homes = network.get_node_ids(pandas.Series(people.x), pandas.Series(people.y))
    metres = to_node.loc[homes].to_numpy()
    return lambda limit_m: metres <= limit_m


def valhalla_polygon(town: Town, place: OnStreets, people: OnStreets) -> Covered:
    """Valhalla's isochrone polygon with its default settings."""
    from valhalla_tiles import Valhalla

    engine = Valhalla.of_town(town.x, town.y, town.u, town.v, EPSG)

    def covered(limit_m: float) -> Bools:
        return inside(engine.isochrones(place.x[0], place.y[0], [{"distance": limit_m / 1000}])[0], people)

    return covered


METHODS: dict[str, Callable[[Town, OnStreets, OnStreets], Covered]] = {
    "straight-line circle": circle,
    "OSMnx example: convex hull of reached nodes": convex_hull,
    "OSMnx / GOSTnets recipe: whole edges, 25 m buffer": whole_edges,
    "pandana: everything on the nearest node": pandana_nodes,
    "Valhalla defaults": valhalla_polygon,
}

__all__ = ["METHODS", "Bools", "Covered", "PeerAbsentError"]

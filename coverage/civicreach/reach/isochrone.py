"""Isochrones, service areas and reached roads, all from exactly cut street pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.layers import Facilities
from civicreach.network import RoadNetwork
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach.pieces import PieceSearch
from civicreach.reach.rings import Grid, StreetField, draw_bands, exact_bands, street_field
from civicreach.study import Direction

Method = Literal["map", "exact"]
QUAD_SEGS = 8


def isochrones(
    facilities: Facilities,
    network: RoadNetwork,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    direction: Direction = "to_facility",
    method: Method = "map",
    half_width_m: float = 25.0,
    cell_m: float = 8.0,
    min_hole_m2: float = 0.0,
    beside_unreached: bool = False,
    max_snap_m: float = MAX_SNAP_M,
) -> gpd.GeoDataFrame:
    """What lies within some minutes of each facility: `facility_id`, `minutes`, geometry (MultiPolygon).

    One row a facility and limit, facilities in their order, limits rising; the limit is inclusive. With method "map"
    polygons are valid, each limit's contains the smaller ones' (also under `covers`), every reached street lies
    inside and no point is farther than `Grid.bound_m` (31.7 m by default) from one; they stop about half-way to
    streets that weren't reached unless `beside_unreached`. A facility that isn't on the network, or whose access leg
    alone takes longer than the limit, gets an empty MultiPolygon. "exact" returns true buffers of `half_width_m`.

    Polygons are for drawing: count people by network time (`reach`), never by what lies inside.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 600.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> centre = gpd.GeoDataFrame(geometry=gpd.points_from_xy([300], [0]), crs=32650, index=["c"])
    >>> rings = isochrones(Facilities(centre), network, (1, 3))  # 60 and 180 m to each side, 25 m wide
    >>> rings["minutes"].tolist(), (rings.area // 1000).tolist()
    ([1.0, 3.0], [7.0, 19.0])
    """
    grid = Grid(cell_m, half_width_m)
    search = PieceSearch(facilities, network, minutes, direction, max_snap_m)
    streets = None
    if method == "map" and not beside_unreached:
        streets = street_field(grid, network)
    shapes = []
    for k in range(len(facilities.ids)):
        shapes += _draw(search.rows(k), len(minutes), grid, method, min_hole_m2, streets)
    frame = pd.DataFrame(
        {
            "facility_id": np.repeat(facilities.ids.to_numpy(), len(minutes)),
            "minutes": np.tile(np.asarray(minutes, dtype=float), len(facilities.ids)),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=network.crs)


def service_area(
    facilities: Facilities,
    network: RoadNetwork,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    direction: Direction = "to_facility",
    method: Method = "map",
    half_width_m: float = 25.0,
    cell_m: float = 8.0,
    min_hole_m2: float = 0.0,
    beside_unreached: bool = False,
    max_snap_m: float = MAX_SNAP_M,
) -> gpd.GeoDataFrame:
    """What lies within some minutes of any facility: `minutes`, geometry; one row a limit.

    The union of the isochrones, drawn at once with the same promises.
    """
    grid = Grid(cell_m, half_width_m)
    rows = PieceSearch(facilities, network, minutes, direction, max_snap_m).rows()
    streets = None
    if method == "map" and not beside_unreached:
        streets = street_field(grid, network)
    shapes = _draw(rows, len(minutes), grid, method, min_hole_m2, streets)
    return gpd.GeoDataFrame({"minutes": np.asarray(minutes, dtype=float)}, geometry=shapes, crs=network.crs)


def reached_roads(
    facilities: Facilities,
    network: RoadNetwork,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> gpd.GeoDataFrame:
    """The street pieces that any facility reaches: `minutes` (the smallest limit that does), geometry (LineString).

    Streets are cut exactly where the time is used up.
    """
    rows = PieceSearch(facilities, network, minutes, direction, max_snap_m).rows()
    if len(rows) == 0:
        return gpd.GeoDataFrame({"minutes": np.empty(0)}, geometry=gpd.GeoSeries([], crs=network.crs))
    line = rows[:, 2].astype(np.int64)
    first = np.searchsorted(line, np.arange(line[-1] + 1))
    band = rows[first, 3].astype(np.int64)
    lines = np.asarray(shapely.linestrings(rows[:, :2], indices=line))
    drawn = shapely.length(lines) > 0  # a place whose leg uses up the whole limit reaches a point, not a line
    frame = pd.DataFrame({"minutes": np.asarray(minutes, dtype=float)[band[drawn]]})
    return gpd.GeoDataFrame(frame, geometry=lines[drawn], crs=network.crs)


def _draw(
    rows: np.ndarray, bands: int, grid: Grid, method: Method, min_hole_m2: float, streets: StreetField | None
) -> list[shapely.MultiPolygon]:
    if method == "exact":
        return exact_bands(rows, bands, grid.half_width_m, QUAD_SEGS)
    return draw_bands(rows, bands, grid, streets=streets, min_hole_m2=min_hole_m2)

"""The page's own base map: water, green, buildings, rail, roads by class and place names, without any tile."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.maps.encode import Column
from civicreach.maps.shapes import Grid, lines, merged, points, polygons
from civicreach.maps.street_data import Streets
from civicreach.network import RoadNetwork

Bounds = tuple[float, float, float, float]

ROAD_RANKS: dict[str, int] = {
    "motorway": 0,
    "trunk": 0,
    "primary": 1,
    "secondary": 2,
    "tertiary": 3,
    "unclassified": 4,
    "residential": 4,
    "living_street": 4,
    "road": 4,
    "busway": 4,
    "service": 5,
    "track": 6,
    "pedestrian": 5,
    "footway": 6,
    "path": 6,
    "cycleway": 6,
    "bridleway": 6,
    "corridor": 6,
    "platform": 6,
    "steps": 7,
    "ferry": 8,
}
"""Importance of a road class as it is drawn: 0 is the largest, 6 a path, 7 steps, 8 a ferry."""

LAST_RANK = 16
"""More than there are ranks."""

RAIL = frozenset({"rail", "railway", "light_rail", "subway", "tram", "narrow_gauge", "monorail"})
PLACE_RANKS: dict[str, int] = {
    "city": 0, "town": 0, "island": 1, "suburb": 1, "borough": 1, "quarter": 2, "village": 1, "neighbourhood": 2,
    "hamlet": 2, "islet": 2, "locality": 3, "isolated_dwelling": 3,
}  # fmt: skip
CLASS_COLUMNS = ("class", "road_class", "highway", "railway", "kind", "place", "type", "fclass")
MOST_BUILDINGS = 60_000
"""A page of a large city keeps its largest buildings only; they are background."""

DETAIL_M = {"land": 1.0, "water": 1.0, "green": 1.5, "buildings": 0.4, "roads": 0.6, "rail": 0.6}
STEP = 4
"""Ground is only drawn: in millionths of a degree, 0.4 m."""
"""How far the drawing may lie from the data, in metres."""


def base_layers(
    base_map: dict[str, gpd.GeoDataFrame], bounds: Bounds, grid: Grid, streets: Streets | None = None
) -> tuple[dict[str, Any], list[Column]]:
    """Header entries and columns of every base layer that the study has, cut to bounds in metres.

    Roads that are `streets` of the page aren't sent again: a column tells which of those are drawn, and how.
    """
    head: dict[str, Any] = {"layers": [], "names": [], "labels": [], "bounds": _drawn_bounds(base_map, bounds, grid)}
    columns: list[Column] = []
    for name in ("land", "water", "green", "buildings"):
        shapes = _cut(base_map.get(name), bounds, ("Polygon", "MultiPolygon"))
        if shapes is None:
            continue
        geometry = shapes.geometry.to_numpy()
        if name == "buildings" and len(geometry) > MOST_BUILDINGS:
            largest = np.argsort(-shapely.area(geometry), kind="stable")[:MOST_BUILDINGS]
            geometry = geometry[np.sort(largest)]
        head["layers"].append(name)
        columns += polygons(f"base.{name}", geometry, grid, DETAIL_M[name], STEP)
        if name in ("water", "green"):
            head["labels"] += _area_labels(shapes, name, grid)
    streams = _cut(base_map.get("water"), bounds, ("LineString", "MultiLineString"))
    if streams is not None:
        head["layers"].append("streams")
        columns += lines("base.streams", streams.geometry.to_numpy(), grid, DETAIL_M["water"])
    _roads(base_map, bounds, grid, head, columns, streets)
    places = _cut(base_map.get("places"), bounds, ("Point",))
    if places is not None:
        columns += _places(places, head, grid)
    return head, columns


def _drawn_bounds(base_map: dict[str, gpd.GeoDataFrame], bounds: Bounds, grid: Grid) -> list[float] | None:
    """Where the base map ends, in degrees; None where there is none."""
    found = np.array([frame.total_bounds for frame in base_map.values() if not frame.empty])
    if not len(found):
        return None
    low = np.maximum(found[:, :2].min(axis=0), bounds[:2])
    high = np.minimum(found[:, 2:].max(axis=0), bounds[2:])
    return grid.degrees((*low.tolist(), *high.tolist())) if (low < high).all() else None


def _cut(frame: gpd.GeoDataFrame | None, bounds: Bounds, kinds: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    """The part of a layer inside bounds that has the right kind of geometry, or None where nothing is left."""
    if frame is None or frame.empty:
        return None
    frame = frame[frame.geometry.notna() & frame.geometry.geom_type.isin(kinds)]
    frame = frame.cx[bounds[0] : bounds[2], bounds[1] : bounds[3]]
    if kinds[0] != "Point" and not frame.empty:
        clipped = shapely.clip_by_rect(frame.geometry.to_numpy(), *bounds)
        frame = frame.set_geometry(gpd.GeoSeries(clipped, index=frame.index, crs=frame.crs))
        frame = frame[~frame.geometry.is_empty]
    return None if frame.empty else frame


def class_of(frame: gpd.GeoDataFrame) -> pd.Series:
    """The class of each row as text, from the first column that says one; empty where none does."""
    found = pd.Series("", index=frame.index, dtype=object)
    for name in CLASS_COLUMNS:
        if name in frame.columns:
            found = found.where(found != "", _text(frame[name]))
    return found


def names_of(frame: gpd.GeoDataFrame) -> pd.Series:
    """The name of each row as text, empty where it has none."""
    if "name" not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    return _text(frame["name"])


def _text(column: pd.Series) -> pd.Series:
    return pd.Series([str(value) if pd.notna(value) else "" for value in column], index=column.index, dtype=object)


def road_rank(road_class: pd.Series) -> npt.NDArray[np.int64]:
    """Drawing ranks (n,) of road classes; links rank with the road they lead to, unknown classes as small streets."""
    plain = road_class.str.replace("_link", "", regex=False).str.lower()
    return np.array([ROAD_RANKS.get(name, 5) for name in plain], dtype=np.int64)


def _roads(
    base_map: dict[str, gpd.GeoDataFrame], bounds: Bounds, grid: Grid, head: dict[str, Any], columns: list[Column],
    streets: Streets | None,
) -> None:  # fmt: skip
    roads = _cut(base_map.get("roads"), bounds, ("LineString", "MultiLineString"))
    tracks = [_cut(base_map.get(name), bounds, ("LineString", "MultiLineString")) for name in ("rail", "railways")]
    rail = [frame.geometry.to_numpy() for frame in tracks if frame is not None]
    if roads is not None:
        is_rail = class_of(roads).isin(RAIL).to_numpy()
        rail.append(roads.geometry.to_numpy()[is_rail])
        roads = roads[~is_rail]
    if sum(map(len, rail)):
        tracks_of_all = np.concatenate(rail)
        joined, _ = merged(tracks_of_all, np.zeros(len(tracks_of_all), dtype=np.int64))
        head["layers"].append("rail")
        columns += lines("base.rail", joined, grid, DETAIL_M["rail"], STEP)
    if roads is None or roads.empty:
        return
    names = names_of(roads)
    head["names"] = ["", *sorted(set(names) - {""})]
    head["layers"].append("roads")
    if streets is not None:
        drawn, there = _drawn_as_streets(roads.geometry.to_numpy(), streets.first)
        columns.append(Column(f"{streets.key}.rank", "u", drawn))
        roads, names = roads[~there], names[~there]
        if roads.empty:
            return
    number = names.map({name: i for i, name in enumerate(head["names"])}).to_numpy(dtype=np.int64)
    joined, group = merged(roads.geometry.to_numpy(), road_rank(class_of(roads)) + LAST_RANK * number)
    columns += lines("base.roads", joined, grid, DETAIL_M["roads"], STEP)
    columns.append(Column("base.roads.rank", "u", group % LAST_RANK))
    columns.append(Column("base.roads.name", "u", group // LAST_RANK))


def _drawn_as_streets(
    roads: npt.NDArray[Any], network: RoadNetwork
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Rank + 1 (m,) of the edges of a network that lie among roads (n,), 0 for others, and which roads they are."""
    xy, road = shapely.get_coordinates(roads, return_index=True)
    at = np.searchsorted(road, np.arange(len(roads) + 1))
    whole = shapely.get_type_id(roads) == 1
    mine = _signs(xy[:, 0], xy[:, 1], at)
    theirs = _signs(network.geom_x, network.geom_y, network.geom_ptr)
    rank = road_rank(pd.Series(network.classes, dtype=object))[network.edge_class]
    return np.where(np.isin(theirs, mine[whole]), rank + 1, 0), whole & np.isin(mine, theirs)


def _signs(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], at: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    """A number (n,) for each line that is the same for the same points, whichever way they run."""
    x, y = np.rint(x * 100).astype(np.int64), np.rint(y * 100).astype(np.int64)
    first, last = at[:-1], at[1:] - 1
    point = pd.util.hash_array(x) + np.uint64(3) * pd.util.hash_array(y)  # whole numbers modulo 2**64
    ends = point[first] * point[last] + (point[first] ^ point[last])
    found: npt.NDArray[np.uint64] = np.add.reduceat(point, first) + ends
    return found


def _area_labels(shapes: gpd.GeoDataFrame, kind: str, grid: Grid) -> list[list[Any]]:
    """Names of lakes, rivers and parks: [kind, east, north, text, square root of the largest part in metres]."""
    names = names_of(shapes)
    named = shapes[names != ""]
    if named.empty:
        return []
    area = named.area.groupby(names[names != ""]).agg(["sum", "idxmax"])
    largest = named.geometry.loc[area["idxmax"]]
    at = grid.whole(shapely.get_coordinates(largest.representative_point().to_numpy()))
    size = np.sqrt(area["sum"].to_numpy())
    return [[kind, int(x), int(y), str(t), round(float(s))] for (x, y), t, s in zip(at, area.index, size, strict=True)]


def _places(places: gpd.GeoDataFrame, head: dict[str, Any], grid: Grid) -> list[Column]:
    names = names_of(places)
    places, names = places[names != ""], names[names != ""]
    if places.empty:
        return []
    rank = class_of(places).map(PLACE_RANKS).fillna(3).astype(int)
    head["layers"].append("places")
    head["places"] = {"name": names.tolist(), "rank": rank.tolist()}
    return points("base.places", shapely.get_coordinates(places.geometry.to_numpy()), grid)

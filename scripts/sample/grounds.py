"""Blocks where nobody lives: schools, hospitals, works, markets, parks, the square, the station."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample.lattice import railway_y
from sample.names import LANES
from sample.plane import Point, circle, vertices
from sample.town import Area, Tags, Town, named

PARKS = [
    ("映南公园", "Yingnan Park", -600.0, -850.0),
    ("荷风公园", "Hefeng Park", 200.0, 1300.0),
    ("竹影公园", "Zhuying Park", -1750.0, 800.0),
    ("棠影公园", "Tangying Park", 1800.0, -100.0),
    ("岚川体育场", "Lanchuan Sports Ground", 1000.0, 1700.0),
]
PAVED: Tags = {"highway": "footway", "surface": "paving_stones"}
STATION_X = 1000.0


def draw_dead_ends(town: Town, block: Polygon, chance: random.Random) -> None:
    """Four streets from the main street towards the railway; they end before its fence."""
    west, south, east, north = block.bounds
    for k in range(1, 5):
        x = west + (east - west) * (k + chance.uniform(-0.2, 0.2)) / 5
        line = largest(LineString([(x, south - 60), (x + 5, north + 60)]).intersection(block))
        street, fence = vertices(line)[0], vertices(line)[-1]
        if abs(street[1] - railway_y(street[0])) < 15:
            street, fence = fence, street
        end = (fence[0], fence[1] + (28 if fence[1] < street[1] else -28))
        lane = LANES[(3 * k) % len(LANES)]
        name = named((lane[0] + "支路", lane[1] + " Branch"))
        town.add([street, end], {"highway": "residential", "noexit": "yes", "maxspeed": "20", **name})


def draw_station(town: Town, block: Polygon) -> None:
    """The station's ground, with its building and the street that ends before it."""
    town.areas.append(Area(block.buffer(-16), {"landuse": "railway"}))
    x, y = STATION_X, railway_y(STATION_X)
    street = vertices(largest(LineString([(x, y), (x, y + 600)]).intersection(block)))
    name = named(("车站街", "Chezhan Street"))
    town.add([street[-1], (x, y + 62)], {"highway": "residential", "maxspeed": "20", **name})
    hall = shapely.box(x - 55, y + 22, x + 55, y + 50)
    town.areas.append(Area(hall, {"building": "train_station", **named(("岚川站", "Lanchuan Station"))}))


def draw_square(town: Town, block: Polygon) -> None:
    """A civic square: a closed way that is walked across, with paths to the streets around."""
    ring = vertices(block.buffer(-100, join_style="mitre").simplify(5).exterior)
    town.add(ring, {"highway": "pedestrian", "area": "yes", **named(("岚川广场", "Lanchuan Square"))})
    for a, b in itertools.pairwise(ring):
        middle = ShapelyPoint((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        out = block.exterior.interpolate(block.exterior.project(middle))
        town.add([(middle.x, middle.y), (out.x, out.y)], PAVED)
    town.areas.append(Area(block.buffer(-14), {"landuse": "commercial"}))


def draw_park(town: Town, block: Polygon, kind: str) -> None:
    """A park or sports ground: a path around it, a pond or a pitch, four ways in."""
    x, y = block.centroid.x, block.centroid.y
    name = min(PARKS, key=lambda p: math.dist((x, y), p[2:]))[:2]
    leisure = "park" if kind == "park" else "sports_centre"
    town.areas.append(Area(block.buffer(-14), {"leisure": leisure, **named(name)}))
    middle = Polygon(circle((x + 30, y - 20), 38, 20))
    pond, pitch = {"natural": "water", "water": "pond"}, {"leisure": "pitch", "sport": "athletics"}
    town.areas.append(Area(middle, pond if kind == "park" else pitch))
    ring = block.buffer(-55).simplify(3)
    town.add(vertices(ring.exterior), PAVED)
    for angle in (0.3, 1.7, 3.3, 4.8):
        ray = LineString([(x, y), (x + 900 * math.cos(angle), y + 900 * math.sin(angle))])
        outside = first_crossing(block.exterior.intersection(ray), block.centroid)
        inside = first_crossing(ring.exterior.intersection(ray), block.centroid)
        if outside and inside:
            town.add([outside, inside], PAVED)


def draw_grounds(town: Town, block: Polygon, kind: str) -> Polygon | None:
    """A school, hospital, market or works with a street through the middle; returns the half left for homes."""
    west, south, east, north = block.bounds
    inner = block.buffer(-12)
    half = kind in {"school", "hospital"}
    x = west + (0.47 if half else 0.5) * (east - west)
    drive = largest(LineString([(x, south - 50), (x, north + 50)]).intersection(block))
    street: Tags = {"highway": "residential", "maxspeed": "30"} if half else {"highway": "service"}
    town.add(vertices(drive), street)
    own = largest(inner.intersection(shapely.box(west, south, x - 10, north))) if half else inner
    town.areas.append(Area(own, _ground_tags(town, block, kind)))
    if kind == "works":
        for y in (south + 0.33 * (north - south), south + 0.66 * (north - south)):
            across = LineString([(west + 40, y), (east - 40, y)]).intersection(inner)
            town.add(vertices(across), {"highway": "service", "access": "private"}, loose=True)
    return largest(block.intersection(shapely.box(x, south, east, north))) if half else None


def _ground_tags(town: Town, block: Polygon, kind: str) -> Tags:
    if kind == "school":
        number = 1 + sum(area.tags.get("amenity") == "school" for area in town.areas)
        name = (f"岚川第{'一二三四五六七'[number - 1]}小学", f"Lanchuan No. {number} Primary School")
        return {"amenity": "school", **named(name)}
    if kind == "hospital":
        north = block.centroid.y > 0
        name = ("松影医院", "Songying Hospital") if north else ("映南医院", "Yingnan Hospital")
        return {"amenity": "hospital", **named(name)}
    if kind == "market":
        return {"landuse": "retail"}
    return {"landuse": "industrial"}


def largest(shape: Any) -> Any:
    """The largest part of a shape of several parts (by area, or by length where there is none)."""
    return max(shapely.get_parts(shape), key=lambda p: (float(p.area), float(p.length)), default=Polygon())


def first_crossing(crossing: object, centre: ShapelyPoint) -> Point | None:
    """The crossing point nearest to the centre."""
    places = [tuple(p) for p in shapely.get_coordinates(crossing).tolist()]
    near = min(places, key=lambda p: math.dist(p, (centre.x, centre.y)), default=None)
    return None if near is None else (near[0], near[1])

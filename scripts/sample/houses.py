"""Buildings: rows of flats in estates, small houses along alleys, terraces, village streets and island lanes."""

from __future__ import annotations

import math
import random

import shapely
import shapely.prepared
from shapely.geometry import LineString, Polygon

from sample import terrain
from sample.layout import Layout
from sample.plane import Point
from sample.town import Area, Tags, Town

ROAD_GAP_M = {"motorway": 25.0, "primary": 14.0, "secondary": 11.0, "tertiary": 9.0, "rail": 14.0}


class Ground:
    """What is already taken: roads, water, other buildings."""

    def __init__(self, town: Town) -> None:
        shapes = []
        for way in town.ways:
            kind = way.tags.get("highway") or way.tags.get("railway") or ""
            if not way.tags.get("route"):
                shapes.append(way.line().buffer(ROAD_GAP_M.get(kind, 3.6), cap_style="flat"))
        shapes += [terrain.river().buffer(8), terrain.lake().buffer(12)]
        shapes += [
            a.shape
            for a in town.areas
            if a.tags.get("leisure") in ("park", "sports_centre") or a.tags.get("natural") == "water"
        ]
        shapes += [w.line().envelope for w in town.ways if w.tags.get("area") == "yes"]
        self._tree = shapely.STRtree(shapes)
        self._cells: dict[tuple[int, int], list[Polygon]] = {}

    def take(self, shape: Polygon, gap_m: float = 2.0) -> bool:
        """Build here if the ground is free; says whether it was."""
        if len(self._tree.query(shape, predicate="intersects")):
            return False
        wide = shape.buffer(gap_m, join_style="mitre")
        cells = self._touched(wide)
        if any(wide.intersects(other) for cell in cells for other in self._cells.get(cell, [])):
            return False
        for cell in cells:
            self._cells.setdefault(cell, []).append(shape)
        return True

    def _touched(self, shape: Polygon) -> list[tuple[int, int]]:
        west, south, east, north = (math.floor(v / 50) for v in shape.bounds)
        return [(i, j) for i in range(west, east + 1) for j in range(south, north + 1)]


def box_at(centre: Point, wide: float, deep: float, angle_rad: float = 0.0) -> Polygon:
    """A rectangle around a point, turned."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    corners = [(sx * wide / 2, sy * deep / 2) for sx, sy in ((1, -1), (1, 1), (-1, 1), (-1, -1))]
    return Polygon([(centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos) for u, v in corners])


def build_houses(layout: Layout, ground: Ground, chance: random.Random) -> list[Area]:
    """All dwellings, with the weight by which people are spread over them."""
    flats: list[Area] = []
    for shape, _, storeys in layout.housing:
        flats += _rows_of_flats(ground, shape, storeys, chance)
    halls: list[Area] = []
    for area in layout.town.areas:
        kind = area.tags.get("amenity") or area.tags.get("landuse")
        if kind in HALLS and area.shape.area > 5000:
            halls += _halls(ground, area.shape, *HALLS[kind], chance)
    old: list[Area] = []
    quarter = layout.old_quarter
    hill = layout.hillside.buffer(25)
    for way in layout.town.ways:
        line = way.line()
        if way.tags.get("highway") in ("steps", None) or way.tags.get("layer") or not way.joins:
            continue
        if quarter.contains(line.centroid) and quarter.buffer(1).contains(line):
            old += _along(ground, line, chance, (8, 14), (8, 11), 0.92, "house", 2, 5.2)
        elif hill.contains(line.centroid):
            old += _along(ground, line, chance, (9, 13), (7, 9), 0.9, "house", 2, 4.6)
    rural: list[Area] = []
    for line in layout.village_streets:
        rural += _along(ground, line, chance, (10, 14), (9, 12), 0.72, "house", 2, 4.0)
    for line in layout.island_lanes:
        rural += _along(ground, line, chance, (10, 13), (9, 11), 0.42, "house", 2, 3.6)
    for way in layout.town.ways:
        if (
            way.tags.get("highway") in ("track", "unclassified")
            and way.joins
            and way.tags.get("name", "路")[-1] == "路"
        ):
            rural += _along(ground, way.line(), chance, (10, 14), (9, 11), 0.06, "farm", 1, 3.4)
    return [*halls, *flats, *old, *rural]


# building tag, width and depth in metres of what stands on ground where nobody lives
HALLS = {
    "school": ("school", 70.0, 16.0),
    "hospital": ("hospital", 60.0, 20.0),
    "retail": ("retail", 95.0, 42.0),
    "industrial": ("industrial", 82.0, 36.0),
    "commercial": ("office", 40.0, 24.0),
}


def _halls(ground: Ground, shape: Polygon, kind: str, wide: float, deep: float, chance: random.Random) -> list[Area]:
    """A few large buildings, scattered over about a third of the places where they fit."""
    west, south, east, north = shape.bounds
    out = []
    for j in range(int((north - south) / (deep + 30))):
        for i in range(int((east - west) / (wide + 24))):
            centre = (
                west + (i + 0.5) * (wide + 24) + chance.uniform(-6, 6),
                south + (j + 0.55) * (deep + 30),
            )
            hall = box_at(centre, wide * chance.uniform(0.7, 1), deep)
            if chance.random() < 0.55 and shape.buffer(-6).contains(hall) and ground.take(hall, 6.0):
                levels = {"retail": "2", "industrial": "1"}.get(kind, "4")
                out.append(Area(hall, {"building": kind, "building:levels": levels}))
    return out


def _rows_of_flats(ground: Ground, shape: Polygon, storeys: int, chance: random.Random) -> list[Area]:
    """Slabs facing south, in rows as far apart as their height asks for."""
    west, south, east, north = shape.bounds
    deep = 12.0 if storeys < 8 else 15.0
    gap = {3: 34.0, 4: 40.0, 5: 46.0, 6: 52.0, 7: 56.0, 11: 76.0}[storeys]
    out: list[Area] = []
    inner = shapely.prepared.prep(shape.buffer(-3))
    y = south + 14
    while y < north:
        x, took = west + chance.uniform(6, 14), False
        while x < east:
            for wide in (chance.choice([48.0, 58.0]), 40.0, 30.0):
                slab = box_at((x + wide / 2, y), wide, deep)
                if inner.contains(slab) and ground.take(slab, 9.0):
                    x, took = x + wide + chance.uniform(14, 22), True
                    if chance.random() < 0.15:
                        break
                    levels = storeys + chance.choice([0, 0, 0, -1])
                    tags = {"building": "apartments", "building:levels": str(levels)}
                    out.append(Area(slab, tags, people=wide * deep * levels / 46))
                    break
            else:
                x += 7
        y += gap if took else 8
    return out


def _along(
    ground: Ground,
    line: LineString,
    chance: random.Random,
    wide: tuple[int, int],
    deep: tuple[int, int],
    share: float,
    kind: str,
    levels: int,
    people: float,
) -> list[Area]:
    """Small houses on both sides of a street, turned to it, with gaps."""
    out: list[Area] = []
    for side in (1, -1):
        at = chance.uniform(4, 9)
        while at < line.length - 4:
            w, d = chance.uniform(*wide), chance.uniform(*deep)
            here, ahead = line.interpolate(at + w / 2), line.interpolate(at + w / 2 + 1)
            dx, dy = ahead.x - here.x, ahead.y - here.y
            length = math.hypot(dx, dy)
            if chance.random() < share and length > 0.5:
                off = side * (4.6 + d / 2)
                centre = (here.x - off * dy / length, here.y + off * dx / length)
                house = box_at(centre, w, d, math.atan2(dy, dx))
                if ground.take(house, 0.8):
                    floors = chance.choice([levels, levels, max(1, levels - 1), levels + 1])
                    tags: Tags = {"building": kind, "building:levels": str(floors)}
                    out.append(Area(house, tags, people=people * (0.6 + 0.2 * floors)))
            at += w + chance.uniform(1.5, 6)
    return out

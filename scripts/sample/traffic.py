"""Motorway, railway, and what belongs to walking: pavements, crossings, river and lake paths."""

from __future__ import annotations

import itertools
import math

import shapely
import shapely.ops
from shapely.geometry import LineString
from shapely.geometry import Point as ShapelyPoint

from sample import terrain
from sample.lattice import Lattice, railway_y
from sample.plane import Point, spline, vertices
from sample.streets import AVENUE
from sample.town import Area, Tags, Town, Way, named

MOTORWAY = [
    (3480, -5200),
    (3120, -3900),
    (2900, -2500),
    (3060, -1200),
    (3250, 0),
    (3230, 1150),
    (3000, 2300),
    (2500, 3600),
    (2250, 5200),
]
MOTORWAY_NAME = named(("岚禾高速", "Lanhe Expressway"))


def draw_motorway(town: Town) -> LineString:
    """Two carriageways on bridges over everything they meet, with one interchange in the north."""
    axis = LineString(spline([(float(x), float(y)) for x, y in MOTORWAY], 90))
    exits = _interchange(town, axis)
    under = [way.line() for way in town.ways if way.joins]
    rail = LineString([(x, railway_y(x)) for x in range(2000, 4001, 50)])
    for side in (1, -1):
        line = axis.offset_curve(13.0 * side)
        line = LineString(list(line.coords) if side == 1 else list(line.coords)[::-1])
        spans = [_span(line, shape, 45) for shape in [*under, rail]] + [_span(line, terrain.river(), 60)]
        cuts = _merge([s for s in spans if s])
        stops = sorted(line.project(ShapelyPoint(p)) for p in exits if line.distance(ShapelyPoint(p)) < 1)
        tags = {"highway": "motorway", "oneway": "yes", "maxspeed": "100", "lanes": "2", **MOTORWAY_NAME}
        edge = 0.0
        for start, stop in [*cuts, (line.length, line.length)]:
            _carriageway(town, line, edge, start, stops, tags)
            if stop > start:
                _carriageway(town, line, start, stop, stops, {**tags, "bridge": "yes", "layer": "2"})
            edge = stop
    return axis


def _span(line: LineString, shape: object, more_m: float) -> tuple[float, float] | None:
    places = shapely.get_coordinates(shapely.intersection(line, shape)).tolist()
    if not places:
        return None
    at = [line.project(ShapelyPoint(p)) for p in places]
    return (min(at) - more_m, max(at) + more_m)


def _merge(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    for start, stop in sorted(spans):
        if out and start <= out[-1][1] + 20:
            out[-1] = (out[-1][0], max(out[-1][1], stop))
        else:
            out.append((start, stop))
    return out


def _carriageway(town: Town, line: LineString, start: float, stop: float, exits: list[float], tags: Tags) -> None:
    if stop - start < 1:
        return
    marks = [start, *[e for e in exits if start < e < stop], stop]
    points: list[Point] = []
    for a, b in itertools.pairwise(marks):
        part = vertices(shapely.ops.substring(line, a, b))
        points += part if not points else part[1:]
    fixed = [_exact(p, town.welds) for p in points]
    town.add(fixed, tags, joins=False, loose=True)


def _exact(p: Point, welds: list[Point]) -> Point:
    return next((w for w in welds if math.dist(w, p) < 0.01), p)


def _interchange(town: Town, axis: LineString) -> list[Point]:
    """Four slip roads between the motorway and the highway to the east; returns their ends on the motorway."""
    road = next(way for way in town.ways if way.tags.get("name") == "望东公路").line()
    cross = shapely.intersection(road, axis)
    at_road, at_axis = road.project(cross), axis.project(cross)
    ends: list[Point] = []
    # side of the motorway (as offset_curve counts: +1 is left of its northward course), and how far along it
    for side, along in ((-1, -420), (-1, 420), (1, 420), (1, -420)):
        carriageway = axis.offset_curve(13.0 * side)
        near = axis.interpolate(at_axis + along)
        on = carriageway.interpolate(carriageway.project(near))
        weld = (round(on.x, 3), round(on.y, 3))
        foot = road.interpolate(at_road - side * 120)
        bend_at = axis.interpolate(at_axis + along * 0.45)
        bend = (bend_at.x - side * 70, bend_at.y)
        town.welds.append(weld)
        ends.append(weld)
        line = spline([weld, bend, (foot.x, foot.y)], 50)
        # traffic keeps right: northbound runs on the right (east) of the axis, southbound on the left
        leaving = (along < 0) == (side == -1)
        town.add(
            line if leaving else line[::-1],
            {"highway": "motorway_link", "oneway": "yes", "maxspeed": "40", **MOTORWAY_NAME},
            joins=False,
        )
    return ends


def draw_railway(town: Town) -> None:
    """A single line with a station; it shares nodes with roads at level crossings only."""
    rail = [(float(x), railway_y(x)) for x in range(-6000, 6301, 75)]
    line = LineString(rail)
    marks = [(line.project(ShapelyPoint(w)), w) for w in town.welds if line.distance(ShapelyPoint(w)) < 2]
    points = [(line.project(ShapelyPoint(p)), p) for p in rail] + marks
    town.add(
        [p for _, p in sorted(points)],
        {"railway": "rail", "gauge": "1435", **named(("岚汀铁路", "Lanting Railway"))},
        joins=False,
        loose=True,
    )
    town.points.append(((1000.0, railway_y(1000)), {"railway": "station", **named(("岚川站", "Lanchuan Station"))}))


def draw_pavements(town: Town, lattice: Lattice) -> None:
    """The avenue's pavements as ways of their own, with marked crossings between them."""
    avenue = next(way for way in town.ways if way.tags.get("sidewalk") == "separate")
    line = avenue.line()
    for side in (1, -1):
        curve = line.offset_curve(11.0 * side)
        town.add(vertices(curve), {"highway": "footway", "footway": "sidewalk"})
    columns = [line.project(ShapelyPoint(lattice.node(i, AVENUE))) for i in range(-3, 6)]
    for at in sorted({round(c + d, 1) for c in columns for d in (-17, 17) if 30 < c + d < line.length - 30}):
        here, ahead = line.interpolate(at), line.interpolate(at + 1)
        dx, dy = ahead.x - here.x, ahead.y - here.y
        ends = [(here.x - s * 11 * dy, here.y + s * 11 * dx) for s in (1, -1)]
        town.add(
            [ends[0], (here.x, here.y), ends[1]],
            {"highway": "footway", "footway": "crossing", "crossing": "marked"},
        )
        town.points.append(((here.x, here.y), {"highway": "crossing", "crossing": "marked"}))


def draw_river_paths(town: Town) -> None:
    """Paths at the water's edge, under the bridges, each reached by steps and by a ramp between the same two nodes."""
    for side, first, last, name in (
        (1, -1900, 1900, ("北岸步道", "North Bank Path")),
        (-1, -1050, 1950, ("南岸步道", "South Bank Path")),
    ):
        town.add(
            terrain.bank_line(first, last, side, 14),
            {"highway": "footway", "surface": "paving_stones", **named(name)},
            loose=True,
        )
        for x in range(first, last + 1, 380 if side == 1 else 500):
            low, high = (
                (x, terrain.bank_y(x, side, 14)),
                (x, terrain.bank_y(x, side, terrain.ROAD_FROM_WATER_M)),
            )
            town.add([low, high], {"highway": "steps", "step_count": "24", "incline": "up"}).snap_m = 6
            bend = (x + 26.0, (low[1] + high[1]) / 2)
            town.add([low, bend, high], {"highway": "footway", "incline": "8%", "wheelchair": "yes"}).snap_m = 6
        strip = [(p[0], p[1]) for p in terrain.bank_line(first, last, side, 4, 120)]
        back = terrain.bank_line(last, first, side, 34, 120)
        town.areas.append(Area(shapely.Polygon(strip + back), {"landuse": "grass"}))


def draw_lake_path(town: Town) -> None:
    """A path round the lake in its park, with ways in from the streets."""
    park = terrain.lake().buffer(75)
    town.areas.append(
        Area(
            park.difference(terrain.lake().buffer(2)),
            {"leisure": "park", **named(("听荷湖公园", "Tinghe Lake Park"))},
        )
    )
    ring = terrain.lake().buffer(20).simplify(2)
    town.add(
        vertices(ring.exterior),
        {"highway": "footway", **named(("环湖步道", "Lakeside Path"))},
    )
    streets = [way for way in town.ways if way.tags.get("highway") in ("primary", "secondary", "tertiary")]
    for degrees in (200, 235, 262, 290, 160):
        a = math.radians(degrees)
        ray = LineString(
            [
                terrain.LAKE_CENTRE,
                (terrain.LAKE_CENTRE[0] + 700 * math.cos(a), terrain.LAKE_CENTRE[1] + 700 * math.sin(a)),
            ]
        )
        _path_to_street(town, ray, ring.exterior, streets)


def _path_to_street(town: Town, ray: LineString, ring: LineString, streets: list[Way]) -> None:
    start = shapely.intersection(ray, ring)
    hits = [p for way in streets for p in shapely.get_coordinates(shapely.intersection(ray, way.line())).tolist()]
    if start.is_empty or not hits:
        return
    near = min(hits, key=lambda p: math.dist(p, (start.x, start.y)))
    town.add([(start.x, start.y), (near[0], near[1])], {"highway": "footway"})

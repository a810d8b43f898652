"""Villages and the roads between them, and the island with its ferry."""

from __future__ import annotations

import math
import random

import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry.base import BaseGeometry

from sample import terrain
from sample.lattice import Lattice, railway_y
from sample.names import COMMUNITIES, LANES
from sample.plane import Point, spline, vertices
from sample.town import Area, Tags, Town, named

HEART = {en: (x, y) for _, _, en, x, y in COMMUNITIES}
# name, class, places on the way; a name of a village stands for its heart, "column/row" for a crossing of streets
ROADS: list[tuple[tuple[str, str], str, list[str | Point]]] = [
    (
        ("松坪路", "Songping Road"),
        "tertiary",
        ["-5/n1", (-2600, 1190), (-3300, 980), "Songping", (-4700, 1010)],
    ),
    (("雁松路", "Yansong Road"), "unclassified", ["Songping", (-4020, 1700), "Yanluo"]),
    (("雁石路", "Yanshi Road"), "tertiary", ["Yanluo", (-2500, 2850), (-1900, 3080), "Shinian"]),
    (("石枣路", "Shizao Road"), "tertiary", ["Shinian", (-400, 3520), (250, 3330), "Zaolin"]),
    (("枣云路", "Zaoyun Road"), "tertiary", ["Zaolin", (1700, 3270), (2600, 3060), "Yunwo"]),
    (("云东路", "Yundong Road"), "unclassified", ["Yunwo", (4120, 2380), (4330, 1950), "Dongfan"]),
    (
        ("望东公路", "Wangdong Highway"),
        "primary",
        ["5/n1", (2600, 1120), (3280, 1190), (3800, 1330), "Dongfan", (5500, 1500)],
    ),
    (("石碾路", "Shinian Road"), "tertiary", ["-2/n4", (-860, 2700), "Shinian"]),
    (("枣林路", "Zaolin Road"), "tertiary", ["2/n4", (860, 2800), "Zaolin"]),
    (
        ("江堤路", "Jiangdi Road"),
        "unclassified",
        ["-5/n0", (-2300, 420), (-2680, 330), (-3300, 420), "Songping"],
    ),
    (("鹭汀渡口路", "Luting Ferry Road"), "unclassified", [(-2680, 330), (-2760, 170)]),
    (
        ("映禾公路", "Yinghe Highway"),
        "primary",
        ["5/s2", (2600, -1180), (3300, -1230), "Heting", (5500, -1420)],
    ),
    (("禾稻路", "Hedao Road"), "tertiary", ["Heting", (4330, -1750), (4050, -2500), "Daoying"]),
    (("稻鸭路", "Daoya Road"), "tertiary", ["Daoying", (2600, -3350), (1700, -3720), "Yatang"]),
    (("鸭麦路", "Yamai Road"), "unclassified", ["Yatang", (0, -3700), (-700, -3420), "Mailong"]),
    (("麦金路", "Maijin Road"), "unclassified", ["Mailong", (-2400, -3180), (-3300, -2980), "Jinfan"]),
    (("金芦路", "Jinlu Road"), "tertiary", ["Jinfan", (-3750, -1850), "Lusheng"]),
    (("芦映路", "Luying Road"), "tertiary", ["Lusheng", (-1900, -1330), "-3/s2"]),
    (("鸭塘路", "Yatang Road"), "tertiary", ["2/s6", (810, -3200), "Yatang"]),
    (("麦垄路", "Mailong Road"), "tertiary", ["0/s6", (-350, -2980), (-900, -3200), "Mailong"]),
]
# where a country road crosses the railway: by a bridge, or on the level
RAIL_BRIDGES = {"禾稻路"}
VILLAGES = [
    "Songping",
    "Yanluo",
    "Shinian",
    "Zaolin",
    "Yunwo",
    "Dongfan",
    "Heting",
    "Daoying",
    "Yatang",
    "Mailong",
    "Lusheng",
    "Jinfan",
]
TOWNSHIPS = ("Songping", "Heting")


def draw_country_roads(town: Town, lattice: Lattice) -> None:
    """Smooth roads through the villages, cut where they cross the railway."""
    for title, kind, stops in ROADS:
        points = spline([_stop(s, lattice) for s in stops], 60)
        tags = {
            "highway": kind,
            **named(title),
            "maxspeed": {"primary": "70", "tertiary": "50"}.get(kind, "40"),
        }
        rail = LineString([(x, railway_y(x)) for x in range(-6000, 6001, 20)])
        crossing = shapely.intersection(LineString(points), rail)
        if crossing.is_empty:
            town.add(points, tags)
        elif title[0] in RAIL_BRIDGES:
            _bridge(town, LineString(points), LineString(points).project(crossing), tags)
        else:
            _level_crossing(town, points, (crossing.x, crossing.y), tags)


def _stop(stop: str | Point, lattice: Lattice) -> Point:
    if not isinstance(stop, str):
        return stop
    if "/" in stop:
        i, j = stop.split("/")
        return lattice.node(int(i), j)
    return HEART[stop]


def _bridge(town: Town, line: LineString, at: float, tags: Tags) -> None:
    for start, stop, middle in (
        (0.0, at - 40, False),
        (at - 40, at + 40, True),
        (at + 40, line.length, False),
    ):
        piece = vertices(shapely.ops.substring(line, start, stop))
        extra = {"bridge": "yes", "layer": "1"} if middle else {}
        town.add(piece, {**tags, **extra}, joins=not middle)


def _level_crossing(town: Town, points: list[Point], cross: Point, tags: Tags) -> None:
    cross = (round(cross[0], 3), round(cross[1], 3))
    line = LineString(points)
    at = line.project(ShapelyPoint(cross))
    k = next(n for n in range(1, len(points)) if line.project(ShapelyPoint(points[n])) > at)
    town.welds.append(cross)
    town.points.append((cross, {"railway": "level_crossing"}))
    town.add([*points[:k], cross, *points[k:]], tags)


def draw_villages(town: Town, chance: random.Random) -> list[LineString]:
    """Crooked little webs of village streets; returns the streets that houses stand along."""
    homes: list[LineString] = []
    roads = shapely.union_all([way.line() for way in town.ways])
    for name in VILLAGES:
        x, y = HEART[name]
        size = 4 if name in TOWNSHIPS else 3
        homes += _web(town, (x, y), size, roads, chance)
        town.points.append(((x, y), {"place": "town" if name in TOWNSHIPS else "village", **_title(name)}))
    return homes


def _title(name: str) -> Tags:
    zh = next(c[1] for c in COMMUNITIES if c[2] == name)
    return named((zh, name))


def _web(town: Town, centre: Point, size: int, roads: BaseGeometry, chance: random.Random) -> list[LineString]:
    gap, turn = 92.0, chance.uniform(-0.6, 0.6)

    def place(i: float, j: float) -> Point:
        u, v = (i - size / 2) * gap + chance.uniform(-17, 17), (j - size / 2) * gap + chance.uniform(-17, 17)
        return (
            centre[0] + u * math.cos(turn) - v * math.sin(turn),
            centre[1] + u * math.sin(turn) + v * math.cos(turn),
        )

    beside = roads.intersection(ShapelyPoint(centre).buffer(900)).buffer(16)
    places = {(i, j): place(i, j) for i in range(size + 1) for j in range(size + 1)}
    homes = []
    for n in range(size + 1):
        for chain in ([places[(m, n)] for m in range(size + 1)], [places[(n, m)] for m in range(size + 1)]):
            first, last = chance.choice([(0, None), (0, None), (0, -1), (1, None)])
            kept = chain[first:last] if 0 < n < size else chain  # the outer streets hold the web together
            lane = LANES[chance.randrange(len(LANES))]
            tags: Tags = chance.choice(
                [
                    {"highway": "residential"},
                    {"highway": "residential"},
                    {"highway": "service"},
                    {"highway": "unclassified"},
                ]
            )
            for part in shapely.get_parts(LineString(kept).difference(beside)):
                if part.length > 25:  # what runs along the through road is the through road
                    points = vertices(part)
                    town.add(points, {**tags, **named((lane[0] + "路", lane[1] + " Road"))}).snap_m = 24
                    homes.append(part)
    corners = [places[(i, j)] for i in (0, size) for j in (0, size)]
    corner = max(corners, key=lambda c: roads.distance(ShapelyPoint(_beyond(centre, c, 320, random.Random(0)))))
    track = [corner, *[_beyond(centre, corner, d, chance) for d in (150, 320)]]
    town.add(spline(track), {"highway": "track", "tracktype": "grade3"}, loose=True)
    return homes


def _beyond(centre: Point, corner: Point, more_m: float, chance: random.Random) -> Point:
    far = math.dist(centre, corner)
    k = (far + more_m) / far
    return (
        centre[0] + k * (corner[0] - centre[0]) + chance.uniform(-25, 25),
        centre[1] + k * (corner[1] - centre[1]) + chance.uniform(-25, 25),
    )


def draw_island(town: Town) -> list[LineString]:
    """The island: a ring lane, cross lanes, a pier, and the ferry to the north bank, the only way across."""
    ground = terrain.island()
    ring = ground.buffer(-45).simplify(4)
    lanes = [LineString(ring.exterior.coords)]
    x0 = terrain.ISLAND_X
    for x in (x0 - 260, x0 - 90, x0 + 90, x0 + 250):
        across = LineString([(x, terrain.river_y(x) - 170), (x + 8, terrain.river_y(x) + 170)])
        lanes += [across.intersection(ring)]
    middle = [(x0 + d, terrain.river_y(x0 + d) + 6) for d in range(-480, 481, 60)]
    lanes.append(LineString(middle).intersection(ring))
    for k, lane in enumerate(lanes):
        name = named((f"鹭汀{'环一二三四中'[k]}路", f"Luting Lane {k + 1}"))
        town.add(
            vertices(lane),
            {"highway": "unclassified" if k in (0, 5) else "residential", "maxspeed": "20", **name},
        )
    pier = max(
        shapely.get_parts(LineString([(-2860, -300), (-2842, 0)]).intersection(ground.buffer(-3))),
        key=lambda p: p.length,
    )
    top = max(((p[0], p[1]) for p in pier.coords), key=lambda p: p[1])
    inner = ring.exterior.interpolate(ring.exterior.project(ShapelyPoint(top)))
    town.add([(inner.x, inner.y), top], {"highway": "footway"}).loose_ends = True
    landing = (-2760.0, 170.0)
    water_edge = (-2772.0, terrain.bank_y(-2772, 1, 4))
    town.add([landing, water_edge], {"highway": "footway"}).loose_ends = True
    middle_of_channel = ((top[0] + water_edge[0]) / 2 - 12, (top[1] + water_edge[1]) / 2)
    town.add(
        [water_edge, middle_of_channel, top],
        {
            "route": "ferry",
            "foot": "yes",
            "motor_vehicle": "no",
            "duration": "00:12",
            **named(("鹭汀渡", "Luting Ferry")),
        },
        joins=False,
    )
    for place, which in ((top, "岛"), (water_edge, "北岸")):
        town.points.append(
            (
                place,
                {
                    "amenity": "ferry_terminal",
                    "name": f"鹭汀渡口({which})",
                    "name:en": "Luting pier" if which == "岛" else "North bank pier",
                },
            )
        )
    town.areas.append(Area(ground.buffer(-8), {"place": "island", **named(("鹭汀洲", "Luting Islet"))}))
    return lanes


def draw_fields(town: Town, city: Polygon, built: Polygon, chance: random.Random) -> None:
    """Farmland in the open country, in large plain shapes between the roads."""
    open_ground = city.buffer(-40).difference(built)
    for i in range(-6, 7):
        for j in range(-5, 6):
            x, y = i * 880 + chance.uniform(-150, 150), j * 840 + chance.uniform(-150, 150)
            wide, high, kind = chance.uniform(330, 470), chance.uniform(300, 440), chance.random()
            ring = [
                (
                    x + wide * (1 + 0.14 * math.sin(3 * a + i)) * math.cos(a),
                    y + high * (1 + 0.14 * math.cos(2 * a + j)) * math.sin(a),
                )
                for a in [2 * math.pi * n / 12 for n in range(12)]
            ]
            for part in shapely.get_parts(Polygon(ring).intersection(open_ground)):
                if part.area > 90_000:
                    tags = {"natural": "wood"} if kind > 0.85 else {"landuse": "farmland"}
                    town.areas.append(Area(Polygon(part.exterior).simplify(8), tags))

"""The old quarter's alleys and the houses on the hill."""

from __future__ import annotations

import itertools
import math
import random

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample.names import LANES
from sample.plane import Point, longer, spline, vertices
from sample.terrain import HILL_TOP
from sample.town import Area, Tags, Town, named

ALLEY_M = 72.0
# the two old main streets, which also part the communities of the quarter
OLD_STREETS = [
    (("渡口老街", "Dukou Old Street"), "pedestrian"),
    (("石板街", "Shiban Street"), "living_street"),
    (("望津老街", "Wangjin Old Street"), "residential"),
]


def draw_old_streets(town: Town, quarter: Polygon) -> list[LineString]:
    """Three winding streets through the old quarter; their lines also part its communities."""
    west, south, east, north = quarter.bounds
    wide, high = east - west, north - south
    across = [(0.31, 1.1), (0.29, 0.72), (0.36, 0.45), (0.33, 0.2), (0.37, -0.1)]
    second = [(0.70, 1.1), (0.71, 0.75), (0.66, 0.5), (0.69, 0.25), (0.67, -0.1)]
    along = [(-0.1, 0.60), (0.12, 0.56), (0.36, 0.60), (0.52, 0.55), (0.7, 0.59), (0.85, 0.55), (1.1, 0.60)]
    lines = []
    for (title, kind), track in zip(OLD_STREETS, (across, along, second), strict=True):
        points = spline([(west + u * wide, south + v * high) for u, v in track], 30)
        inside = max(shapely.get_parts(LineString(points).intersection(quarter)), key=lambda p: float(p.length))
        lines.append(LineString(longer(vertices(inside), 4)))
        tags = {"highway": kind, **named(title)}
        if kind == "residential":
            tags["maxspeed"] = "20"
        town.add(vertices(inside), tags)
    return lines


def draw_alleys(town: Town, ground: Polygon, chance: random.Random) -> None:
    """A fine, crooked web of alleys over one part of the old quarter."""
    west, south, east, north = ground.bounds
    turn = chance.uniform(-0.22, 0.22)
    centre = ground.centroid
    reach = int(max(east - west, north - south) / ALLEY_M) + 2
    places = {
        (i, j): _bent(centre.x, centre.y, i, j, turn, chance)
        for i in range(-reach, reach + 1)
        for j in range(-reach, reach + 1)
    }
    for step in ((1, 0), (0, 1)):
        for n in range(-reach, reach + 1):
            chain: list[Point] = []
            for m in range(-reach, reach + 1):
                here = (m, n) if step == (1, 0) else (n, m)
                if chance.random() < 0.17 and chain:
                    _draw_alley(town, ground, [*chain, places[here]], chance)
                    chain = []
                else:
                    chain.append(places[here])
            _draw_alley(town, ground, chain, chance)


def _bent(x: float, y: float, i: int, j: int, turn: float, chance: random.Random) -> Point:
    u, v = i * ALLEY_M * 1.06, j * ALLEY_M
    u, v = u + 13 * math.sin(v / 95 + x / 70), v + 13 * math.sin(u / 85 + y / 60)
    px = x + u * math.cos(turn) - v * math.sin(turn) + chance.uniform(-11, 11)
    py = y + u * math.sin(turn) + v * math.cos(turn) + chance.uniform(-11, 11)
    return (px, py)


def _draw_alley(town: Town, ground: Polygon, chain: list[Point], chance: random.Random) -> None:
    if len(chain) < 2:
        return
    for part in shapely.get_parts(LineString(chain).intersection(ground)):
        if part.geom_type != "LineString" or part.length < 30:
            continue
        lane = LANES[chance.randrange(len(LANES))]
        suffix = chance.choice([("巷", "Alley"), ("弄", "Lane"), ("里", "Li")])
        tags = chance.choice(
            [
                {"highway": "footway"},
                {"highway": "living_street"},
                {"highway": "service", "service": "alley"},
                {"highway": "pedestrian"},
                {"highway": "path", "surface": "paving_stones"},
            ]
        )
        name = named((lane[0] + suffix[0], f"{lane[1]} {suffix[1]}"))
        town.add(vertices(part), {**tags, **name})


def _on_hill(radius_m: float, degrees: float) -> Point:
    a = math.radians(degrees)
    return (HILL_TOP[0] + radius_m * math.cos(a), HILL_TOP[1] + radius_m * math.sin(a))


def _arc(first: tuple[float, float], last: tuple[float, float], step_deg: float = 7.0) -> list[Point]:
    """A spiral on the hill between two (radius, angle) places."""
    pieces = max(2, round(abs(last[1] - first[1]) / step_deg))
    return [
        _on_hill(first[0] + (last[0] - first[0]) * k / pieces, first[1] + (last[1] - first[1]) * k / pieces)
        for k in range(pieces + 1)
    ]


TERRACES_M = (385.0, 325.0, 270.0, 215.0)


def draw_hill(town: Town) -> Polygon:
    """Terraces of houses on the hill's south-east side, steps between them, one sloping road, paths to the top."""
    foot: Tags = {"highway": "path", "surface": "compacted"}
    name = named(("半山路", "Banshan Road"))
    climb = [
        _on_hill(640, -104),
        _on_hill(535, -114),
        _on_hill(455, -130),
        _on_hill(400, -125),
        *_arc((365, -112), (TERRACES_M[2], -70)),
    ]
    town.add(spline(climb, 40), {"highway": "residential", **name, "incline": "up", "maxspeed": "20"}).snap_m = 150
    for k, radius in enumerate(TERRACES_M):
        lane = named((f"望岚{'一二三四'[k]}台", f"Wanglan Terrace {k + 1}"))
        kind = {"highway": "residential", "maxspeed": "20"} if k in (0, 2) else {"highway": "footway"}
        town.add(_arc((radius, -72), (radius, 12)), {**kind, **lane}, loose=True)
    for k, (low, high) in enumerate(itertools.pairwise(TERRACES_M)):
        for angle in (-55 + 6 * k, -28 - 5 * k, 2):
            town.add([_on_hill(low, angle), _on_hill(high, angle)], _steps(round((low - high) / 1.6)))
    town.add([_on_hill(TERRACES_M[0], -30), _on_hill(455, -30)], _steps(18))
    town.add([_on_hill(455, -30), _on_hill(520, -26)], {"highway": "residential", **name}).snap_m = 120
    town.add(
        [_on_hill(TERRACES_M[0], -72), _on_hill(470, -78), (HILL_TOP[0] + 90, HILL_TOP[1] - 560)],
        {"highway": "footway"},
    ).snap_m = 190
    town.add(
        [_on_hill(TERRACES_M[3], -38), _on_hill(120, -42), _on_hill(25, -45)],
        _steps(210, ("登岚磴", "Denglan Steps")),
    )
    top = [(215, 12), (205, 50), (175, 100), (145, 160), (110, 220), (70, 280), (30, 320), (0, 0)]
    town.add(spline([_on_hill(r, d) for r, d in top], 30), foot)
    around = [(215, 12), (235, 55), (262, 100), (290, 150), (325, 195), (395, 228)]
    town.add(spline([_on_hill(r, d) for r, d in around], 40), foot).snap_m = 60
    town.points.append((HILL_TOP, {"natural": "peak", **named(("望岚山", "Wanglan Hill")), "ele": "111"}))
    wood = Polygon([_on_hill(330 if -80 < d < 20 else 430, d) for d in range(-180, 180, 8)])
    wood = wood.difference(
        Polygon([HILL_TOP, *[_on_hill(430, d) for d in range(-80, 21, 10)]]).difference(
            ShapelyPoint(HILL_TOP).buffer(190)
        )
    )
    town.areas.append(Area(max(shapely.get_parts(wood), key=lambda p: float(p.area)), {"natural": "wood"}))
    side = Polygon(
        [_on_hill(r, d) for r, d in ((180, -78), (180, 18))] + [_on_hill(425, d) for d in range(18, -79, -12)]
    )
    town.areas.append(Area(side, {"landuse": "residential", **named(("半山人家", "Banshan Houses"))}))
    return side


def _steps(count: int, name: tuple[str, str] | None = None) -> Tags:
    tags = {"highway": "steps", "step_count": str(count), "incline": "up", "surface": "stone"}
    return {**tags, **named(name)} if name else tags

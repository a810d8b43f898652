"""The main streets: superblocks of 400 m on both banks, river roads, two bridges."""

from __future__ import annotations

import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample import terrain
from sample.lattice import NORTH_ROWS, SOUTH_ROWS, Lattice, railway_y
from sample.names import COLUMN_NAMES, ROW_NAMES
from sample.plane import Point, circle, longer, vertices
from sample.town import Town, named

BRIDGES = {-2: ("岚水桥", "Lanshui Bridge"), 3: ("望津桥", "Wangjin Bridge")}
UNDERPASS, LEVEL_CROSSING = 0, 4
ROUNDABOUT = (2, "s3")
ROUNDABOUT_M = 27.0
CLASSES = {
    -2: "primary",
    3: "primary",
    0: "secondary",
    -4: "secondary",
    5: "secondary",
    "n1": "primary",
    "s2": "primary",
    "n3": "secondary",
    "s4": "secondary",
    "n2": "tertiary",
}
SPEED = {"primary": "60", "secondary": "50", "tertiary": "40", "residential": "30"}
HULL_NORTH = Polygon([(-2250, -900), (-2250, 1350), (-1750, 2420), (1300, 2420), (2150, 2150), (2150, -300), (0, -100)])
HULL_SOUTH = Polygon(
    [
        (-1380, -900),
        (-1330, -1650),
        (-900, -2020),
        (-130, -2100),
        (-130, -2900),
        (1750, -2900),
        (2100, -2050),
        (2200, 300),
        (700, 400),
        (-1300, 200),
    ]
)
OLD_QUARTER = Polygon([(-250, 0), (1100, 0), (1100, 1020), (-250, 1020)])
AVENUE = "s2"


def _allowed(line: list[Point], hull: Polygon) -> bool:
    middle = line[len(line) // 2]
    side = 1 if hull is HULL_NORTH else -1
    for x, y in (line[0], line[-1], middle):
        if (y - terrain.bank_y(x, side, terrain.ROAD_FROM_WATER_M)) * side < 120:
            return False
        if not hull.contains(ShapelyPoint(x, y)):
            return False
    shape = LineString(line)
    hill = ShapelyPoint(terrain.HILL_TOP).buffer(400)
    if shape.intersection(OLD_QUARTER).length > 30 and side == 1:
        return False
    return not (shape.intersects(terrain.lake().buffer(35)) or shape.intersects(hill))


class MainStreets:
    """Which pieces of the lattice exist, as chains ready to draw."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.edges: dict[tuple[str, int, str], list[Point]] = {}
        self._rows(NORTH_ROWS, HULL_NORTH)
        self._rows(SOUTH_ROWS, HULL_SOUTH)
        self._columns(list(NORTH_ROWS), HULL_NORTH, 1)
        self._columns(list(SOUTH_ROWS), HULL_SOUTH, -1)
        self._prune()

    def _rows(self, rows: dict[str, float], hull: Polygon) -> None:
        for j in rows:
            for i in range(-5, 5):
                line = self.lattice.row(j, self.lattice.node(i, j), self.lattice.node(i + 1, j))
                if _allowed(line, hull):
                    self.edges[("row", i, j)] = line

    def _columns(self, rows: list[str], hull: Polygon, side: int) -> None:
        for i in range(-5, 6):
            nodes = [self.lattice.node(i, j) for j in rows]
            for k, j in enumerate(rows[:-1]):
                line = self.lattice.column(i, nodes[k][1], nodes[k + 1][1])
                crossing = j == "s4" and i not in (UNDERPASS, LEVEL_CROSSING)
                if _allowed(line, hull) and not crossing:
                    self.edges[("column", i, j)] = line
            self._to_river(i, nodes, hull, side)

    def _to_river(self, i: int, nodes: list[Point], hull: Polygon, side: int) -> None:
        bank = self.lattice.bank(i, side)
        for node in nodes:
            if (node[1] - bank[1]) * side > 120:
                line = self.lattice.column(i, bank[1], node[1])
                inside = hull.contains(ShapelyPoint(node)) and hull.contains(ShapelyPoint(bank))
                if inside and not (side == 1 and LineString(line).intersection(OLD_QUARTER).length > 30):
                    self.edges[("column", i, f"bank{side:+d}")] = line
                return

    def _prune(self) -> None:
        """Take away pieces that end in nothing, so that only whole blocks remain."""
        while True:
            ends: dict[Point, int] = {}
            for line in self.edges.values():
                for p in (line[0], line[-1]):
                    ends[_key(p)] = ends.get(_key(p), 0) + 1
            loose = [k for k, line in self.edges.items() if self._is_loose(k, line, ends)]
            if not loose:
                return
            for k in loose:
                del self.edges[k]

    def _is_loose(self, key: tuple[str, int, str], line: list[Point], ends: dict[Point, int]) -> bool:
        if key[2].startswith("bank"):
            return ends[_key(line[-1])] < 2
        return ends[_key(line[0])] < 2 or ends[_key(line[-1])] < 2

    def chains(self) -> list[tuple[int | str, list[Point], str]]:
        """Whole streets: (column number or row name, points, side), joined from the pieces that touch."""
        out: list[tuple[int | str, list[Point], str]] = []
        groups: dict[tuple[str, int | str, str], list[list[Point]]] = {}
        for (kind, i, j), line in sorted(self.edges.items(), key=lambda e: (e[0][0], e[0][1], e[1][0][1])):
            side = "n" if j.startswith("n") or j == "bank+1" else "s"
            groups.setdefault((kind, i if kind == "column" else j, side), []).append(line)
        for (kind, name, side), lines in groups.items():
            axis = 1 if kind == "column" else 0
            upward = [line if line[0][axis] < line[-1][axis] else line[::-1] for line in lines]
            chain: list[Point] = []
            for line in sorted(upward, key=lambda line: line[0][axis]):
                if chain and _key(chain[-1]) == _key(line[0]):
                    chain.extend(line[1:])
                else:
                    if chain:
                        out.append((name, chain, side))
                    chain = list(line)
            out.append((name, chain, side))
        return out


def _key(p: Point) -> Point:
    return (round(p[0], 2), round(p[1], 2))


def draw_main_streets(town: Town, lattice: Lattice) -> list[LineString]:
    """Draw all main streets and return their lines, which also bound blocks and communities."""
    borders: list[LineString] = []
    disc = ShapelyPoint(lattice.node(*ROUNDABOUT)).buffer(ROUNDABOUT_M, 24)
    for name, chain, _ in MainStreets(lattice).chains():
        borders.append(LineString(longer(chain, 4) if isinstance(name, int) else chain))
        for piece in shapely.get_parts(LineString(chain).difference(disc)):
            _draw_street(town, name, vertices(piece))
    ring = circle(lattice.node(*ROUNDABOUT), ROUNDABOUT_M, 28)
    town.add(
        ring,
        {
            "highway": "secondary",
            "junction": "roundabout",
            "oneway": "yes",
            "maxspeed": "30",
            **named(("星桥环岛", "Xingqiao Roundabout")),
        },
    )
    for side, first, name in (
        (1, -5, ("滨江北路", "North Riverside Road")),
        (-1, -3, ("滨江南路", "South Riverside Road")),
    ):
        ends = [lattice.bank(i, side)[0] for i in (first, 5)]
        line = terrain.bank_line(ends[0], ends[1], side, terrain.ROAD_FROM_WATER_M)
        borders.append(LineString(longer(line, 4)))
        town.add(line, {"highway": "secondary", **named(name), "maxspeed": "40", "lanes": "2"})
    for i, name in BRIDGES.items():
        line = lattice.column(i, lattice.bank(i, -1)[1], lattice.bank(i, 1)[1])
        line = [lattice.bank(i, -1), *line[1:-1], lattice.bank(i, 1)]
        borders.append(LineString(line))
        town.add(
            line,
            {
                "highway": "primary",
                "bridge": "yes",
                "layer": "1",
                **named(name),
                "maxspeed": "50",
                "lanes": "4",
                "sidewalk": "both",
            },
            joins=False,
        )
    return borders


def _draw_street(town: Town, name: int | str, line: list[Point]) -> None:
    kind = "tertiary" if line[0][1] < -2200 else CLASSES.get(name, "tertiary")
    title = ROW_NAMES[name] if isinstance(name, str) else COLUMN_NAMES[name]
    tags = {"highway": kind, **named(title), "maxspeed": SPEED[kind]}
    if kind != "tertiary":
        tags["lanes"] = "4" if kind == "primary" else "2"
    if name == AVENUE:
        tags["sidewalk"] = "separate"
    elif kind == "primary":
        tags["sidewalk"] = "both"
    if name in (-1, 1) and line[0][1] < 0:
        tags["oneway"] = "yes"
        line = line if name == 1 else line[::-1]
    if name == UNDERPASS and line[0][1] < railway_y(line[0][0]) < line[-1][1]:
        _draw_underpass(town, line, tags)
        return
    if name == LEVEL_CROSSING and line[0][1] < railway_y(line[0][0]) < line[-1][1]:
        cross = _rail_crossing(line)
        town.welds.append(cross)
        town.points.append((cross, {"railway": "level_crossing"}))
        k = next(n for n, p in enumerate(line) if p[1] > cross[1])
        line = [*line[:k], cross, *line[k:]]
    town.add(line, tags)


def _rail_crossing(line: list[Point]) -> Point:
    first = line[0]
    rail = LineString([(first[0] + d, railway_y(first[0] + d)) for d in range(-300, 301, 10)])
    place = shapely.intersection(LineString(line), rail)
    return (round(place.x, 3), round(place.y, 3))


def _draw_underpass(town: Town, line: list[Point], tags: dict[str, str]) -> None:
    cross = _rail_crossing(line)
    shape = LineString(line)
    at = shape.project(ShapelyPoint(cross))
    parts = [(0.0, at - 45), (at - 45, at + 45), (at + 45, shape.length)]
    for k, (start, stop) in enumerate(parts):
        piece = vertices(shapely.ops.substring(shape, start, stop))
        if k == 1:
            town.add(piece, {**tags, "tunnel": "yes", "layer": "-1", "sidewalk": "both"}, joins=False)
        else:
            town.add(piece, tags)

"""What the generator draws into: ways, areas and tagged points, and the joining of ways at crossings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample.plane import Point

SAME_NODE_M = 1.5
TOUCH_M = 0.02
Tags = dict[str, str]


@dataclass
class Way:
    """A line of the map; `joins` says whether it shares nodes with what it crosses on the ground."""

    points: list[Point]
    tags: Tags
    joins: bool = True
    snap_m: float = 25.0
    loose_ends: bool = False
    """True for ways whose ends are already where they belong and must not be moved."""

    def line(self) -> LineString:
        """The way as a shapely line."""
        return LineString(self.points)


@dataclass
class Area:
    """A closed shape of the map (a building, a park); it never shares nodes with roads."""

    shape: Polygon
    tags: Tags
    people: float = 0.0
    """Weight with which people are spread over buildings; 0 where nobody lives."""


@dataclass
class Town:
    """All that has been drawn so far."""

    ways: list[Way] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    points: list[tuple[Point, Tags]] = field(default_factory=list)
    welds: list[Point] = field(default_factory=list)
    """Places where ways that don't join share a node all the same: level crossings, ends of slip roads."""

    def add(self, points: list[Point], tags: Tags, joins: bool = True, loose: bool = False) -> Way:
        """Draw a way."""
        way = Way(points, dict(tags), joins, loose_ends=loose)
        self.ways.append(way)
        return way


def named(name: tuple[str, str]) -> Tags:
    """The two name tags of a (Chinese, English) pair."""
    return {"name": name[0], "name:en": name[1]}


class Nodes:
    """Nodes of the network found by place: points closer than `SAME_NODE_M` are one node."""

    def __init__(self) -> None:
        self.places: list[Point] = []
        self._cells: dict[tuple[int, int], list[int]] = {}

    def at(self, point: Point, tolerance_m: float = SAME_NODE_M) -> int:
        """Number of the node at a place; a new one when none is near."""
        found = self.find(point, tolerance_m)
        return self.new(point) if found is None else found

    def find(self, point: Point, tolerance_m: float = SAME_NODE_M) -> int | None:
        """Number of the nearest node within the tolerance, or None."""
        cx, cy = math.floor(point[0] / 5), math.floor(point[1] / 5)
        near = [n for dx in (-1, 0, 1) for dy in (-1, 0, 1) for n in self._cells.get((cx + dx, cy + dy), [])]
        best = min(near, key=lambda n: (math.dist(self.places[n], point), n), default=None)
        return best if best is not None and math.dist(self.places[best], point) <= tolerance_m else None

    def new(self, point: Point, findable: bool = True) -> int:
        """A new node; one that isn't findable belongs to its own way alone."""
        self.places.append(point)
        number = len(self.places) - 1
        if findable:
            self._cells.setdefault((math.floor(point[0] / 5), math.floor(point[1] / 5)), []).append(number)
        return number


def snap_ends(ways: list[Way]) -> None:
    """Move ends that nearly touch another joining way onto it, so that no street stops short of its crossing."""
    lines = [way.line() for way in ways]
    joining = [k for k, way in enumerate(ways) if way.joins]
    tree = shapely.STRtree([lines[k] for k in joining])
    for k, way in enumerate(ways):
        if way.points[0] == way.points[-1]:
            continue
        for end in () if way.loose_ends else (0, -1):
            place = ShapelyPoint(way.points[end])
            near = sorted(joining[n] for n in tree.query(place.buffer(way.snap_m)))
            others = [(lines[n].distance(place), n) for n in near if n != k]
            gap, other = min(others, default=(math.inf, -1))
            if 0 < gap <= way.snap_m:
                landing = lines[other].interpolate(lines[other].project(place))
                way.points[end] = (landing.x, landing.y)
        lines[k] = way.line()


def join(ways: list[Way], welds: list[Point]) -> tuple[Nodes, list[list[int]]]:
    """Nodes of the whole network and the node numbers of every way, with a shared node at every real crossing."""
    cuts: list[list[tuple[float, Point]]] = [[] for _ in ways]
    lines = [way.line() for way in ways]
    tree = shapely.STRtree(lines)
    left, right = tree.query(lines, predicate="dwithin", distance=TOUCH_M)
    for a, b in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if a < b and ways[a].joins and ways[b].joins:
            for place in _touches(lines[a], lines[b]):
                for k in (a, b):
                    cuts[k].append((lines[k].project(ShapelyPoint(place)), place))
        elif a != b and ways[a].joins and not ways[b].joins:
            for place in (ways[b].points[0], ways[b].points[-1]):
                if lines[a].distance(ShapelyPoint(place)) < TOUCH_M:
                    cuts[a].append((lines[a].project(ShapelyPoint(place)), place))
    nodes = Nodes()
    for weld in welds:
        nodes.at(weld)
    order = sorted(range(len(ways)), key=lambda k: not ways[k].joins)
    chains: dict[int, list[int]] = {}
    for k in order:
        chains[k] = _chain(ways[k], cuts[k], nodes)
    return nodes, [chains[k] for k in range(len(ways))]


def _touches(a: LineString, b: LineString) -> list[Point]:
    common = shapely.intersection(a, b)
    ends = [(end, other) for line, other in ((a, b), (b, a)) for end in (line.coords[0], line.coords[-1])]
    near = [end for end, other in ends if other.distance(ShapelyPoint(end)) < TOUCH_M]
    return [(p[0], p[1]) for p in [*shapely.get_coordinates(common).tolist(), *near]]


def _chain(way: Way, cuts: list[tuple[float, Point]], nodes: Nodes) -> list[int]:
    along, done = [], 0.0
    for k, point in enumerate(way.points):
        done += math.dist(way.points[k - 1], point) if k else 0.0
        along.append((done, point))
    if not way.joins:
        last = len(along) - 1
        return [
            nodes.at(p) if k in (0, last) or nodes_weld(nodes, p) else nodes.new(p, findable=False)
            for k, (_, p) in enumerate(along)
        ]
    closed = way.points[0] == way.points[-1]
    numbers: list[int] = []
    for _, point in sorted(along + cuts):
        number = nodes.at(point)
        if not numbers or numbers[-1] != number:
            numbers.append(number)
    if closed and numbers[0] != numbers[-1]:
        numbers.append(numbers[0])
    return numbers


def nodes_weld(nodes: Nodes, point: Point) -> bool:
    """Whether a node was put at exactly this place on purpose (welds are put first and met to the centimetre)."""
    return nodes.find(point, 0.01) is not None

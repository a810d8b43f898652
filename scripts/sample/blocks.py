"""Inside the superblocks: what kind of block each is, and the estates, gated, open or cut by a street."""

from __future__ import annotations

import math
import random

import shapely
import shapely.ops
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample.grounds import (
    draw_dead_ends,
    draw_grounds,
    draw_park,
    draw_square,
    draw_station,
    first_crossing,
    largest,
)
from sample.lattice import railway_y
from sample.names import ESTATES
from sample.plane import vertices
from sample.town import Area, Tags, Town, named

# what stands in the block that holds the point; every other block is an estate
SPECIAL: list[tuple[float, float, str]] = [
    (200, -500, "square"),
    (-600, -850, "park"),
    (-1000, -1300, "works"),
    (1400, -1700, "works"),
    (600, -1700, "market"),
    (1000, -850, "school"),
    (-150, -1300, "hospital"),
    (1400, 560, "school"),
    (-1000, 900, "hospital"),
    (-600, 1700, "school"),
    (200, 1300, "park"),
    (1000, 2100, "school"),
    (950, -2600, "school"),
    (-1000, 2100, "works"),
    (1800, -1700, "works"),
    (1400, -2600, "works"),
    (-1750, 800, "park"),
    (1000, 1700, "stadium"),
    (1800, -100, "park"),
    (-600, 1300, "market"),
]
OPEN_ESTATES = [(-1000, 1300), (600, -850), (1800, -450), (200, 2100)]
SPLIT_STREETS = [
    (-200, 1300),
    (-600, -1300),
    (-200, 2100),
    (1400, -1300),
    (200, -1300),
    (1800, 850),
    (-1400, 450),
    (1400, -450),
    (600, 1700),
    (600, -450),
]


def kind_of(block: Polygon) -> str:
    """What a block is: one of the special kinds, or an estate that is gated, open or cut by a street."""
    for x, y, kind in SPECIAL:
        if block.contains(ShapelyPoint(x, y)):
            return kind
    if any(block.contains(ShapelyPoint(p)) for p in OPEN_ESTATES):
        return "open"
    return "split" if any(block.contains(ShapelyPoint(p)) for p in SPLIT_STREETS) else "gated"


WIDE_M = 900.0
"""Blocks wider than this lie along the railway, where few streets cross."""


class BlockBuilder:
    """Draws the inner streets of blocks, one after the other, with one source of chance."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        self.town = town
        self.chance = chance
        self.estates = 0
        self.housing: list[tuple[Polygon, str, int]] = []
        """Pieces of ground that take rows of flats: shape, estate name, storeys."""

    def build(self, block: Polygon) -> None:
        """Draw the inside of one block."""
        kind = kind_of(block)
        if block.bounds[2] - block.bounds[0] > WIDE_M:
            if block.centroid.y > railway_y(block.centroid.x):
                draw_station(self.town, block)
            else:
                self._terraces(block)
        elif kind == "split":
            for half in self._split(block):
                self._estate(half, gated=self.chance.random() < 0.75)
        elif kind in ("gated", "open"):
            self._estate(block, gated=kind == "gated")
        elif kind == "square":
            draw_square(self.town, block)
        elif kind in ("park", "stadium"):
            draw_park(self.town, block, kind)
        else:
            rest = draw_grounds(self.town, block, kind)
            if rest is not None:
                self._estate(rest, gated=True)

    def _split(self, block: Polygon) -> list[Polygon]:
        west, south, east, north = block.bounds
        at = self.chance.uniform(0.44, 0.56)
        if self.chance.random() < 0.5:
            x = west + at * (east - west)
            cut = [(x, south - 50), (x + 6, (south + north) / 2), (x, north + 50)]
        else:
            y = south + at * (north - south)
            cut = [(west - 50, y), ((west + east) / 2, y + 6), (east + 50, y)]
        street = max(shapely.get_parts(LineString(cut).intersection(block)), key=lambda p: float(p.length))
        name = ESTATES[(self.estates * 7) % len(ESTATES)]
        self.town.add(
            vertices(street),
            {"highway": "residential", **named((name[0] + "街", name[1] + " Street")), "maxspeed": "30"},
        )
        halves = shapely.get_parts(shapely.ops.split(block, LineString(cut)))
        return sorted((h for h in halves if h.area > 8000), key=lambda h: (h.centroid.x, h.centroid.y))

    def _estate(self, block: Polygon, gated: bool) -> None:
        phase = self.estates // len(ESTATES)
        rank = ("", "二期", "三期", "四期")[phase]
        name = self._next_name()
        inner = block.buffer(-12)
        title = (
            name[0] + ("苑" if gated else "新村") + rank,
            name[1] + " Estate" + (f" Phase {phase + 1}" if phase else ""),
        )
        self.town.areas.append(Area(inner, {"landuse": "residential", **named(title)}))
        self.housing.append((inner, title[0], self.chance.choice([4, 5, 5, 6, 6, 7, 11])))
        small = min(block.bounds[2] - block.bounds[0], block.bounds[3] - block.bounds[1]) < 260
        ring = largest(block.buffer(-44 if small else -66, join_style="mitre")).simplify(6)
        lane: Tags = {"highway": "service" if gated else "living_street"}
        if gated:
            lane["access"] = "private"
        if ring.is_empty or ring.area < 900:
            return
        self.town.add(vertices(ring.exterior), lane)
        self._gates(block, ring, lane, title, gated)
        self._paths(ring, lane)

    def _gates(self, block: Polygon, ring: Polygon, lane: Tags, title: tuple[str, str], gated: bool) -> None:
        centre = ring.centroid
        sides = [(0.0, -1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)]
        self.chance.shuffle(sides)
        count = 4 if not gated else self.chance.choice([1, 2, 2, 3])
        for n, (dx, dy) in enumerate(sides[:count]):
            ray = LineString([(centre.x, centre.y), (centre.x + 900 * dx + 7, centre.y + 900 * dy + 7)])
            outside = first_crossing(block.exterior.intersection(ray), centre)
            inside = first_crossing(ring.exterior.intersection(ray), centre)
            if outside is None or inside is None or math.dist(outside, inside) < 20:
                continue
            part = 18 / math.dist(outside, inside)
            gate = (
                outside[0] + part * (inside[0] - outside[0]),
                outside[1] + part * (inside[1] - outside[1]),
            )
            if not gated:
                self.town.add([outside, inside], lane)
                continue
            self.town.add([outside, gate], {"highway": "service", "service": "driveway"})
            self.town.add([gate, inside], lane)
            tags = {"barrier": "gate", **named((title[0] + "门", title[1] + " Gate"))}
            self.town.points.append((gate, {**tags, "access": "private"} if n % 2 else tags))

    def _paths(self, ring: Polygon, lane: Tags) -> None:
        """Two paths across the estate, the smaller ones on foot only."""
        west, south, east, north = ring.bounds
        x, y = ring.centroid.x, ring.centroid.y
        foot = {**lane, "highway": "footway"}
        for line, tags in (
            ([(x, south - 5), (x + 4, north + 5)], lane),
            ([(west - 5, y), (east + 5, y + 4)], foot),
        ):
            for part in shapely.get_parts(LineString(line).intersection(ring)):
                if part.length > 60:
                    self.town.add(vertices(part), tags)

    def _terraces(self, block: Polygon) -> None:
        """Low blocks of flats beside the railway, on streets that end at its fence."""
        name = self._next_name()
        inner = block.buffer(-16)
        self.housing.append((inner, name[0] + "工房", 3))
        title = named((name[0] + "工房", name[1] + " Terraces"))
        self.town.areas.append(Area(inner, {"landuse": "residential", **title}))
        draw_dead_ends(self.town, block, self.chance)

    def _next_name(self) -> tuple[str, str]:
        self.estates += 1
        return ESTATES[(self.estates - 1) % len(ESTATES)]

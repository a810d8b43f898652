"""The lattice of main streets, bent and jittered, and the line of the railway."""

from __future__ import annotations

import math
import random

from sample import terrain
from sample.plane import Point

NORTH_ROWS = {"n0": 700.0, "n1": 1110.0, "n2": 1500.0, "n3": 1890.0, "n4": 2290.0}
SOUTH_ROWS = {
    "s0": -310.0,
    "s1": -700.0,
    "s2": -1100.0,
    "s3": -1490.0,
    "s4": -1890.0,
    "s5": -2390.0,
    "s6": -2790.0,
}


class Lattice:
    """Crossings of columns and rows of main streets, bent and jittered."""

    def __init__(self, chance: random.Random) -> None:
        self.column_x = {i: 400.0 * i + chance.uniform(-42, 42) for i in range(-5, 6)}
        self.row_y = {j: y + chance.uniform(-34, 34) for j, y in {**NORTH_ROWS, **SOUTH_ROWS}.items()}
        self.phase = {j: chance.uniform(0, 6) for j in self.row_y}

    def x(self, i: int, y: float) -> float:
        """x of column `i` at height `y`."""
        return self.column_x[i] + 24 * math.sin(y / 560 + 1.3 * i) + 0.02 * y * ((i % 3) - 1) + 45 * math.sin(y / 1300)

    def y(self, j: str, x: float) -> float:
        """y of row `j` at `x`."""
        tilt = 0.035 if j.startswith("n") else -0.025
        return self.row_y[j] + 22 * math.sin(x / 640 + self.phase[j]) + tilt * x

    def node(self, i: int, j: str) -> Point:
        """The crossing of column `i` and row `j`."""
        x, y = self.column_x[i], self.row_y[j]
        for _ in range(25):
            x, y = self.x(i, y), self.y(j, x)
        return (x, y)

    def bank(self, i: int, side: int) -> Point:
        """Where column `i` meets the river road of one side."""
        y = terrain.bank_y(self.column_x[i], side, terrain.ROAD_FROM_WATER_M)
        for _ in range(25):
            y = terrain.bank_y(self.x(i, y), side, terrain.ROAD_FROM_WATER_M)
        return (self.x(i, y), y)

    def column(self, i: int, first_y: float, last_y: float) -> list[Point]:
        """Points of a column between two heights, both ends included."""
        pieces = max(1, round(abs(last_y - first_y) / 80))
        ys = [first_y + (last_y - first_y) * k / pieces for k in range(pieces + 1)]
        return [(self.x(i, y), y) for y in ys]

    def row(self, j: str, first: Point, last: Point) -> list[Point]:
        """Points of a row between two crossings, both included."""
        pieces = max(1, round(abs(last[0] - first[0]) / 80))
        xs = [first[0] + (last[0] - first[0]) * k / pieces for k in range(1, pieces)]
        return [first, *[(x, self.y(j, x)) for x in xs], last]


def railway_y(x: float) -> float:
    """y of the railway at `x`."""
    return -2140 + 70 * math.sin(x / 1500 + 0.4)

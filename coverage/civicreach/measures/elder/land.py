"""The land of the areas in square cells, to be handed out by the network, and drawn again as polygons."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civicreach.layers import Areas

CELLS_M = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
"""Sides of cells; the first with which a place has at most MOST_CELLS is taken."""
MOST_CELLS = 50_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Land:
    """Cells (n,) of `cell_m` that touch the areas: `column`, `row` count from the origin of the system. `whole` marks
    those that lie inside altogether; `shape` is all land of the areas, to which the others are clipped."""

    cell_m: float
    column: Ints
    row: Ints
    whole: npt.NDArray[np.bool_]
    shape: shapely.Geometry
    crs: str

    def __len__(self) -> int:
        return len(self.column)

    @property
    def middles(self) -> gpd.GeoSeries:
        """The middle of each cell."""
        return gpd.GeoSeries(
            gpd.points_from_xy((self.column + 0.5) * self.cell_m, (self.row + 0.5) * self.cell_m), crs=self.crs
        )

    def polygons(self, owner: Ints, count: int) -> npt.NDArray[np.object_]:
        """The land of each of `count` owners (count,), clipped to the areas; empty where one has none.

        `owner` (n,) is each cell's. Polygons are valid and share no land; together they are all land of the areas.
        """
        order = np.lexsort((self.column, self.row, owner))
        who, row, column, whole = owner[order], self.row[order], self.column[order], self.whole[order]
        # neighbours in a row are drawn as one long box
        joins = (np.diff(who) == 0) & (np.diff(row) == 0) & (np.diff(column) == 1)
        first = np.flatnonzero(np.append(True, ~joins)) if len(order) else np.empty(0, np.int64)
        last = np.append(first[1:] - 1, len(order) - 1)[: len(first)]
        side = self.cell_m
        boxes = shapely.box(column[first] * side, row[first] * side, (column[last] + 1) * side, (row[last] + 1) * side)
        shapes = np.full(count, shapely.Polygon(), dtype=object)
        cut = np.zeros(count, dtype=np.bool_)
        np.logical_or.at(cut, who[~whole], True)
        starts = np.searchsorted(who[first], np.arange(count + 1))
        for each in np.flatnonzero(np.diff(starts)):
            drawn = shapely.union_all(boxes[starts[each] : starts[each + 1]])
            shapes[each] = _polygonal(shapely.intersection(drawn, self.shape)) if cut[each] else drawn
        return shapes


def land_of(areas: Areas, *, cell_m: float | None = None) -> Land:
    """The land of the areas in cells of `cell_m`, or as fine as MOST_CELLS allows."""
    shape = shapely.union_all(areas.frame.geometry.to_numpy())
    side = cell_m or _side(shapely.area(shape))
    west, south, east, north = shapely.bounds(shape)
    columns = np.arange(np.floor(west / side), np.ceil(east / side), dtype=np.int64)
    rows = np.arange(np.floor(south / side), np.ceil(north / side), dtype=np.int64)
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    boxes = shapely.box(column * side, row * side, (column + 1) * side, (row + 1) * side)
    shapely.prepare(shape)
    touches = shapely.intersects(shape, boxes)
    whole = touches.copy()
    whole[touches] = shapely.covers(shape, boxes[touches])
    # a box that only meets the border has no land of its own
    edge = np.flatnonzero(touches & ~whole)
    touches[edge] = ~shapely.touches(shape, boxes[edge])
    return Land(side, column[touches], row[touches], whole[touches], shape, str(areas.frame.crs.to_string()))


def _side(area_m2: float) -> float:
    fits = [side for side in CELLS_M if area_m2 / side**2 <= MOST_CELLS]
    return fits[0] if fits else float(np.sqrt(area_m2 / MOST_CELLS))


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """Only the polygons of what an intersection left; lines and points along the border have no land."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])

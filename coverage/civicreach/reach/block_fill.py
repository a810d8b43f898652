"""Street blocks whose every bounding street is reached, as a layer of its own.

Isochrones show streets. In superblocks of 400 m people live far behind them, and a map of streets alone makes the
inside of a compound look left out. This layer fills such blocks. It is about land, not people: quays and parks are
filled too, and no count may use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import label

from civicreach.layers import Facilities
from civicreach.network import RoadNetwork
from civicreach.network.arcs import CLOSED
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach._search import FAR
from civicreach.reach.pieces import PieceSearch
from civicreach.reach.rings import Grid, Labels, Window, draw_blocks, street_field
from civicreach.study import Direction

Shares = npt.NDArray[np.float64]

MAX_BLOCK_M2 = 160_000.0
"""Larger blocks (16 ha, a 400 m superblock) stay open: their middle isn't near their streets."""


@dataclass(frozen=True, eq=False)
class _Sides:
    """Stretches (k,) of edges that lie along blocks: from share `low` to `high` of the edge."""

    edge: npt.NDArray[np.int64]
    block: npt.NDArray[np.int64]
    low: Shares
    high: Shares


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a network: land between streets and water, on the drawing's grid.

    `labels` int32 numbers them from 1; `need` (blocks + 1,) counts the stretches of street that bound each one, 0 for
    those that are never filled: larger than the limit, or open to the edge of the data.
    """

    grid: Grid
    window: Window
    labels: Labels
    sides: _Sides
    need: npt.NDArray[np.int64]


def find_blocks(
    network: RoadNetwork,
    *,
    water: gpd.GeoSeries | None = None,
    max_block_m2: float = MAX_BLOCK_M2,
    cell_m: float = 8.0,
    half_width_m: float = 25.0,
) -> Blocks:
    """The blocks of a network. Water bounds them as streets do and belongs to none."""
    grid = Grid(cell_m, half_width_m)
    streets = street_field(grid, network)
    land = streets.field > (cell_m * 0.5 + 0.01) ** 2  # a street within half a cell is a wall: labels can't leak
    if water is not None and len(water):
        land &= ~_water_cells(water.to_crs(network.crs), streets.window, cell_m)
    labels, count = label(land, output=np.int32)
    fillable = np.bincount(labels.ravel(), minlength=count + 1) * cell_m**2 <= max_block_m2
    fillable[np.concatenate([labels[[0, -1]].ravel(), labels[:, [0, -1]].ravel(), [0]])] = False
    sides = _sides(network, labels, fillable, streets.window, cell_m)
    need = np.bincount(sides.block, minlength=count + 1)
    return Blocks(grid, streets.window, labels, sides, need)


def block_fill(
    facilities: Facilities,
    network: RoadNetwork,
    minutes: Sequence[float] = (5, 10, 15),
    *,
    blocks: Blocks | None = None,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> gpd.GeoDataFrame:
    """Blocks all of whose bounding streets any facility reaches: `minutes`, geometry; one row a limit.

    `blocks` are those of the network (`find_blocks`, which also knows how to leave water out).
    """
    blocks = blocks or find_blocks(network)
    search = PieceSearch(facilities, network, minutes, direction, max_snap_m)
    _, settled = search.rows_and_nodes()
    shapes = []
    for limit in search.bands:
        reached = _reached_sides(network, search, blocks.sides, int(limit))
        counted = np.bincount(blocks.sides.block[reached], minlength=len(blocks.need))
        done = (counted == blocks.need) & (blocks.need > 0)
        shapes.append(draw_blocks(done, blocks.labels, blocks.window, blocks.grid))
    search.forget(settled)
    return gpd.GeoDataFrame({"minutes": np.asarray(minutes, dtype=float)}, geometry=shapes, crs=network.crs)


def _water_cells(water: gpd.GeoSeries, window: Window, cell_m: float) -> npt.NDArray[np.bool_]:
    wet = np.zeros((window.ny, window.nx), dtype=np.bool_)
    for shape in water[~(water.isna() | water.is_empty)]:
        west, south, east, north = (np.array(shape.bounds) / cell_m).astype(int)
        columns = np.arange(max(west, window.i0), min(east + 2, window.i0 + window.nx))
        rows = np.arange(max(south, window.j0), min(north + 2, window.j0 + window.ny))
        if len(columns) and len(rows):
            shapely.prepare(shape)
            inside = shapely.contains_xy(shape, *np.meshgrid(columns * cell_m, rows * cell_m))
            wet[
                rows[0] - window.j0 : rows[-1] + 1 - window.j0,
                columns[0] - window.i0 : columns[-1] + 1 - window.i0,
            ] |= inside
    return wet


def _sides(
    network: RoadNetwork, labels: Labels, fillable: npt.NDArray[np.bool_], window: Window, cell_m: float
) -> _Sides:
    """Which fillable blocks lie within 2 cells of which stretch of each edge, seen from points one cell apart.

    A street's wall is half a cell wide on each side, so that the next node of the grid is up to 1.51 cells away.
    """
    counts = np.maximum(2, np.ceil(network.geom_length_m / cell_m).astype(np.int64) + 1)
    edge = np.repeat(np.arange(network.edge_count), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(len(edge)) - np.repeat(first, counts)) / np.repeat(counts - 1, counts)
    x, y = network.drawing.points_along(edge, share)
    column, row = x / cell_m - window.i0, y / cell_m - window.j0
    keys, shares = [], []
    for dr in (-1, 0, 1, 2):
        for dc in (-1, 0, 1, 2):
            r, c = np.floor(row).astype(int) + dr, np.floor(column).astype(int) + dc
            found = labels[r, c]
            near = ((r - row) ** 2 + (c - column) ** 2 <= 2.0**2) & fillable[found]
            keys.append(edge[near] * len(fillable) + found[near])
            shares.append(share[near])
    key, where = np.unique(np.concatenate(keys), return_inverse=True)
    low, high = np.full(len(key), np.inf), np.full(len(key), -np.inf)
    np.minimum.at(low, where, np.concatenate(shares))
    np.maximum.at(high, where, np.concatenate(shares))
    return _Sides(key // len(fillable), key % len(fillable), low, high)


def _reached_sides(network: RoadNetwork, search: PieceSearch, sides: _Sides, limit: int) -> npt.NDArray[np.bool_]:
    """Which stretches are reached within the limit from one end, the other, or both together."""
    leaving = search.arcs is network.arcs("from_facility")
    along, back = network.edge_cost_ms, network.edge_back_cost_ms
    towards_v, towards_u = (along, back) if leaving else (back, along)
    from_u = _share_reached(search.node_cost[network.edge_u], towards_v, limit)[sides.edge]
    from_v = _share_reached(search.node_cost[network.edge_v], towards_u, limit)[sides.edge]
    reached: npt.NDArray[np.bool_] = (from_u + from_v >= 1) | (from_u >= sides.high) | (1 - from_v <= sides.low)
    return reached


def _share_reached(node_cost: npt.NDArray[np.int32], cost: npt.NDArray[np.int32], limit: int) -> Shares:
    spare = limit - node_cost.astype(np.float64)
    return np.where((node_cost == FAR) | (cost == CLOSED) | (spare <= 0), 0.0, spare / np.maximum(cost, 1))

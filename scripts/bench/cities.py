"""The cities of the speed bench: Las Palmas, Wuhan, a synthetic tiling, and a town for small runs.

Real files are looked for in ``CIVICREACH_REAL_DATA`` or in ``../shared/data`` beside the repository.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import ours
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sheet import BenchError
from streets import Streets

from civicreach.layers import Roads
from civicreach.network import RoadNetwork
from civicreach.network.arcs import CLOSED
from towns import build_town

REPO = Path(__file__).resolve().parents[2]
LAS_PALMAS = Path("las_palmas") / "las-palmas-2023-02-21.osm.pbf"
WUHAN = Path("wuhan") / "roads_osm_2023_unsimplified.parquet"
TILES_A_SIDE = 4
LINKS = 40
GAP_M = 300.0
OWN_SPAN = 2**40  # each tile's node ids lie this far from the next one's


def real_data() -> Path:
    """The folder of real data; BenchError with what to do where there is none."""
    named = os.environ.get("CIVICREACH_REAL_DATA")
    folder = Path(named) if named else REPO.parent / "shared" / "data"
    missing = [str(path) for path in (LAS_PALMAS, WUHAN) if not (folder / path).exists()]
    if missing:
        raise BenchError(
            f"no {' and no '.join(missing)} in {folder}: set CIVICREACH_REAL_DATA to the folder that "
            "holds them (or use --tiny, which needs no data)"
        )
    return folder


def both_ways(network: RoadNetwork) -> RoadNetwork:
    """The network with its few one-way footways opened: half of the peers know undirected streets only."""
    along, back = network.edge_cost_ms, network.edge_back_cost_ms
    cost = np.where(along == CLOSED, back, along)
    return replace(network, edge_cost_ms=cost, edge_back_cost_ms=cost.copy())


def streets(name: str, note: str, network: RoadNetwork) -> Streets:
    """A network as the streets that all engines share."""
    opened = int((network.edge_cost_ms != network.edge_back_cost_ms).sum())
    note += f", {opened:,} one-way edges opened" if opened else ""
    return Streets(name, note, both_ways(network), ours.ADULT.speed_mps)


def town() -> Streets:
    """A small synthetic town, to see that the bench runs."""
    grid = ours.network_of_town(build_town(100, half_m=1600), ours.ADULT)
    return streets("Town", "SYNTHETIC jittered grid", grid)


def las_palmas() -> Streets:
    """Las Palmas de Gran Canaria from its PBF."""
    return streets("Las Palmas", "OpenStreetMap", ours.open_network(ours.roads_of_file(real_data() / LAS_PALMAS)))


def wuhan() -> Streets:
    """Central Wuhan from its road segments."""
    return streets(
        "Wuhan", "OpenStreetMap drive network on foot", ours.open_network(ours.roads_of_file(real_data() / WUHAN))
    )


def tiling() -> Streets:
    """Copies of Las Palmas side by side, joined by links: no city of that size comes with the project."""
    roads = tiled(ours.roads_of_file(real_data() / LAS_PALMAS), TILES_A_SIDE)
    note = f"SYNTHETIC, {TILES_A_SIDE**2} copies of Las Palmas joined by links"
    return streets("Tiling", note, ours.open_network(roads))


def tiled(roads: Roads, side: int) -> Roads:
    """``side`` x ``side`` copies of the roads; the outermost nodes of neighbours are joined by streets."""
    nodes, ways, copies = len(roads.node_id), len(roads.way_id), side * side
    column, row = np.divmod(np.arange(copies), side)
    width, height = np.ptp(roads.node_x) + GAP_M, np.ptp(roads.node_y) + GAP_M
    links = _links(roads, side)
    points = roads.way_ptr[-1]
    way_node = (roads.way_node[None, :] + nodes * np.arange(copies)[:, None]).ravel()
    ends = (roads.way_ptr[None, 1:] + points * np.arange(copies)[:, None]).ravel()

    def per_way(array: NDArray[Any], link: float) -> NDArray[Any]:
        return np.concatenate([np.tile(array, copies), np.full(len(links), link)]).astype(array.dtype)

    return replace(
        roads,
        node_id=(roads.node_id[None, :] + OWN_SPAN * np.arange(copies)[:, None]).ravel(),
        node_x=(roads.node_x[None, :] + width * column[:, None]).ravel(),
        node_y=(roads.node_y[None, :] + height * row[:, None]).ravel(),
        node_barrier=np.tile(roads.node_barrier, copies),
        node_z=np.tile(roads.node_z, copies),
        way_ptr=np.concatenate([[0], ends, ends[-1] + 2 * np.arange(1, len(links) + 1)]),
        way_node=np.concatenate([way_node, links.ravel()]).astype(np.int32),
        way_id=np.arange(copies * ways + len(links)),
        way_class=per_way(roads.way_class, _ordinary_class(roads)),
        way_flags=per_way(roads.way_flags, 0),
        way_name=per_way(roads.way_name, 0),
        way_speed_kmh=per_way(roads.way_speed_kmh, np.nan),
        way_length_m=per_way(roads.way_length_m, np.nan),
        source="tiling",
    )


def _links(roads: Roads, side: int) -> NDArray[np.int64]:
    """Pairs of nodes (k, 2) across every seam: the LINKS outermost of the main network on both sides."""
    nodes = len(roads.node_id)
    inside = np.ones(len(roads.way_node) - 1, dtype=bool)
    inside[roads.way_ptr[1:-1] - 1] = False
    a, b = roads.way_node[:-1][inside], roads.way_node[1:][inside]
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes))
    label = connected_components(graph, directed=False)[1]
    main = np.flatnonzero(label == np.bincount(label[a]).argmax())
    by_x, by_y = main[np.argsort(roads.node_x[main])], main[np.argsort(roads.node_y[main])]
    pairs = []
    for column in range(side):
        for row in range(side):
            here = (column * side + row) * nodes
            if column + 1 < side:
                pairs.append((here + by_x[::-1][:LINKS], here + side * nodes + by_x[:LINKS]))
            if row + 1 < side:
                pairs.append((here + by_y[::-1][:LINKS], here + nodes + by_y[:LINKS]))
    return np.concatenate([np.column_stack(pair) for pair in pairs])


def _ordinary_class(roads: Roads) -> int:
    """A street class that everyone may use."""
    names = list(roads.classes)
    return names.index("residential") if "residential" in names else int(np.bincount(roads.way_class).argmax())

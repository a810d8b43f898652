"""Streets of a synthetic city, not a real place: a jittered grid with river and superblocks, as OpenStreetMap PBF.

Main streets run around superblocks of six by six blocks. A third of the superblocks are gated: their lanes are private
and meet the main streets in four places at most. The others have streets for cars and paths for people on foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium.osm import mutable
from pyproj import Transformer

EPSG = 32650
ORIGIN = (500_000.0, 3_388_000.0)
BLOCK_M = 70.0
SUPERBLOCK = 6
"""Blocks along a side."""
RIVER_M = 320.0
BRIDGE_EVERY = 3 * SUPERBLOCK
JITTER = 0.12
GATED_SHARE, LEFT_OUT_SHARE = 0.33, 0.10
MAIN_TAGS = {"highway": "secondary", "maxspeed": "50"}
LANE_TAGS = {
    "private": {"highway": "service", "access": "private"},
    "car": {"highway": "residential"},
    "foot": {"highway": "footway"},
}
FIRST_NODE, FIRST_WAY = 1_000_001, 200_001

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def bridge_name(number: int) -> tuple[str, str]:
    """What a bridge is called, in Chinese and English."""
    return f"合成{number}号桥", f"Synthetic Bridge {number}"


@dataclass(frozen=True)
class Streets:
    """A grid of `size` by `size` crossings; `size` is a multiple of SUPERBLOCK plus 1.

    Crossing (i, j) has number `i * size + j`. Edges are pairs of crossings `u`, `v` (m,); `lane` says which are inside
    superblocks, `private` and `car` what these are; `bridge` numbers the bridges from 1, 0 elsewhere.
    """

    size: int
    x: Floats
    y: Floats
    u: Ints
    v: Ints
    lane: Mask
    private: Mask
    car: Mask
    bridge: Ints

    @cached_property
    def middle(self) -> tuple[Floats, Floats]:
        """x and y (m,) of the edges' middles."""
        return (self.x[self.u] + self.x[self.v]) / 2, (self.y[self.u] + self.y[self.v]) / 2

    def beside(self, edge: Ints, along: Floats, aside_m: Floats) -> tuple[Floats, Floats]:
        """Places at a share of the way along edges, some metres to the left of it."""
        dx, dy = (c[self.v[edge]] - c[self.u[edge]] for c in (self.x, self.y))
        length = np.hypot(dx, dy)
        x = self.x[self.u[edge]] + along * dx - aside_m * dy / length
        y = self.y[self.u[edge]] + along * dy + aside_m * dx / length
        return x, y


def river_row(size: int) -> int:
    """The river flows between this row of crossings and the next."""
    return size // 2


def place(size: int, i: Floats, j: Floats) -> tuple[Floats, Floats]:
    """Metres of places of the grid, whole numbers being crossings; the river and all rows along it are bent."""
    row = river_row(size)
    x = i * BLOCK_M
    y = j * BLOCK_M + np.clip(j - row, 0, 1) * (RIVER_M - BLOCK_M) + 160 * np.sin(x / 2200)
    return ORIGIN[0] + x, ORIGIN[1] + y


def build_streets(size: int, seed: int) -> Streets:
    """The streets of a synthetic city, the same for the same seed."""
    rng = np.random.default_rng(seed)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    x, y = place(size, i.astype(np.float64), j.astype(np.float64))
    x, y = (at + rng.uniform(-JITTER, JITTER, len(at)) * BLOCK_M for at in (x, y))
    node = np.arange(size * size)
    east, north = node[i + 1 < size], node[j + 1 < size]
    u, v = np.concatenate([east, north]), np.concatenate([east + size, north + 1])
    runs_east = np.arange(len(u)) < len(east)
    lane = np.where(runs_east, j[u], i[u]) % SUPERBLOCK != 0
    crosses = ~runs_east & (j[u] == river_row(size))
    bridge = np.where(crosses & (i[u] % BRIDGE_EVERY == 0), i[u] // BRIDGE_EVERY + 1, 0)
    gated = _gated(size, i[u], j[u], rng)
    kept = ~crosses | (bridge > 0)
    kept &= ~lane | np.where(gated, _is_inner_or_gate(i, j, u, v, rng), rng.uniform(size=len(u)) > LEFT_OUT_SHARE)
    row = np.where(runs_east, j[u], i[u]) % SUPERBLOCK
    parts = (lane, lane & gated, lane & ~gated & (row % 2 == 0), bridge)
    return Streets(size, x, y, u[kept], v[kept], *(part[kept] for part in parts))


def _gated(size: int, i: Ints, j: Ints, rng: np.random.Generator) -> Mask:
    """Whether edges that start at crossings (i, j) run in gated superblocks; those by the river are open."""
    count = size // SUPERBLOCK + 1
    closed = rng.uniform(size=(count, count)) < GATED_SHARE
    closed[:, river_row(size) // SUPERBLOCK] = False
    gated: Mask = closed[i // SUPERBLOCK, j // SUPERBLOCK]
    return gated


def _is_inner_or_gate(i: Ints, j: Ints, u: Ints, v: Ints, rng: np.random.Generator) -> Mask:
    """Whether lanes keep away from the main streets, or meet them at a gate in the middle of a side."""
    on_main = (i % SUPERBLOCK == 0) | (j % SUPERBLOCK == 0)
    meets = on_main[u] | on_main[v]
    half = SUPERBLOCK // 2
    middle = (i[u] % SUPERBLOCK == half) | (j[u] % SUPERBLOCK == half)
    southern = (j[u] % SUPERBLOCK == 0) & (i[u] % SUPERBLOCK == half)  # so that each has a gate
    kept: Mask = ~meets | (middle & (southern | (rng.uniform(size=len(u)) < 0.6)))
    return kept


def _tags(streets: Streets) -> list[dict[str, str]]:
    kinds = np.where(streets.private, "private", np.where(streets.car, "car", "foot"))
    tags = []
    for lane, kind, bridge in zip(streets.lane.tolist(), kinds.tolist(), streets.bridge.tolist(), strict=True):
        if bridge:
            name, name_en = bridge_name(bridge)
            tags.append({**MAIN_TAGS, "bridge": "yes", "layer": "1", "name": name, "name:en": name_en})
        else:
            tags.append(LANE_TAGS[kind] if lane else MAIN_TAGS)
    return tags


def _river(size: int) -> tuple[Floats, Floats]:
    """The outline of the river, a little narrower than the gap between the streets."""
    row, i = river_row(size), np.linspace(-4.0, size + 3.0, 60)
    south, north = (place(size, i, np.full(len(i), row + part)) for part in (0.12, 0.88))
    return np.concatenate([south[0], north[0][::-1]]), np.concatenate([south[1], north[1][::-1]])


def to_lonlat(x: Any, y: Any) -> tuple[Floats, Floats]:
    """Longitude and latitude, rounded to OpenStreetMap's own grid."""
    lon, lat = Transformer.from_crs(EPSG, 4326, always_xy=True).transform(x, y)
    return np.round(lon, 7), np.round(lat, 7)


def write_streets(streets: Streets, path: Path) -> None:
    """Write the streets and the river as PBF, the same bytes every time."""
    river_x, river_y = _river(streets.size)
    lon, lat = to_lonlat(np.concatenate([streets.x, river_x]), np.concatenate([streets.y, river_y]))
    shore = [*range(len(streets.x), len(lon)), len(streets.x)]
    chains = [[*pair] for pair in zip(streets.u.tolist(), streets.v.tolist(), strict=True)] + [shore]
    tags = [*_tags(streets), {"natural": "water", "water": "river", "name": "合成河", "name:en": "Synthetic River"}]
    header = osmium.io.Header()
    header.set("generator", "civicreach bench (synthetic city, not a real place)")
    file = osmium.io.File(str(path), "pbf,pbf_compression=zlib,add_metadata=version")
    with osmium.SimpleWriter(file, header=header) as writer:
        for n, at in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            writer.add_node(mutable.Node(id=FIRST_NODE + n, version=1, location=at))
        for n, (chain, told) in enumerate(zip(chains, tags, strict=True)):
            writer.add_way(mutable.Way(id=FIRST_WAY + n, version=1, nodes=[FIRST_NODE + k for k in chain], tags=told))

"""Little towns with hand-worked answers. Coordinates are metres in EPSG:32650; the walker makes 1 m/s."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np

from civicreach.layers import Barrier, Demand, Facilities, Roads, WayFlag
from civicreach.study import Mode, Profile

CRS = "EPSG:32650"
WALKER = Profile(name="walker", speed_mps=1.0, slope="none")

Place = tuple[float, float]
Way = tuple[str, str, int]


def roads(
    nodes: dict[str, Place],
    ways: Sequence[tuple[str, str, int]],
    *,
    barriers: dict[str, Barrier] | None = None,
    heights: dict[str, float] | None = None,
    mode: Mode = "walk",
    speed_kmh: float = 36.0,
) -> Roads:
    """Roads from named nodes and ways ("A B C", class, flags)."""
    names = list(nodes)
    lists = [[names.index(n) for n in way.split()] for way, _, _ in ways]
    classes = sorted({kind for _, kind, _ in ways})
    return Roads(
        crs=CRS,
        mode=mode,
        node_id=np.arange(len(names), dtype=np.int64),
        node_x=np.array([nodes[n][0] for n in names], dtype=float),
        node_y=np.array([nodes[n][1] for n in names], dtype=float),
        node_barrier=np.array([(barriers or {}).get(n, 0) for n in names], dtype=np.uint8),
        node_z=np.array([(heights or {}).get(n, 0.0) for n in names]) if heights else np.empty(0),
        way_ptr=np.concatenate([[0], np.cumsum([len(nodes_) for nodes_ in lists])]).astype(np.int64),
        way_node=np.array([i for nodes_ in lists for i in nodes_], dtype=np.int32),
        way_id=np.arange(len(ways), dtype=np.int64),
        way_class=np.array([classes.index(kind) for _, kind, _ in ways], dtype=np.int32),
        classes=tuple(classes),
        way_flags=np.array([flags for *_, flags in ways], dtype=np.uint16),
        way_name=np.zeros(len(ways), dtype=np.int32),
        way_speed_kmh=np.full(len(ways), speed_kmh),
        source="town",
    )


def demand(places: dict[str, Place], people: Sequence[float] | None = None) -> Demand:
    """Homes with 1, 2, 4, 8, ... people, so that one sum tells which of them were reached."""
    amounts = [float(2**i) for i in range(len(places))] if people is None else list(people)
    frame = gpd.GeoDataFrame({"people": amounts}, geometry=_points(places), crs=CRS, index=list(places))
    return Demand(frame)


def facilities(places: dict[str, Place], **columns: Sequence[object]) -> Facilities:
    """Facilities of the service "centre"."""
    frame = gpd.GeoDataFrame({"name": list(places), **columns}, geometry=_points(places), crs=CRS, index=list(places))
    return Facilities(frame, "centre")


def _points(places: dict[str, Place]) -> gpd.array.GeometryArray:
    return gpd.points_from_xy([p[0] for p in places.values()], [p[1] for p in places.values()], crs=CRS)


def cross_road() -> Roads:
    """::

          N (0, 600)
          |
    W ----+---- E      arms of 600 m around O (0, 0)
          |
          S
    """
    nodes = {"O": (0, 0), "N": (0, 600), "E": (600, 0), "S": (0, -600), "W": (-600, 0)}
    return roads(nodes, [("W O E", "residential", 0), ("N O S", "residential", 0)])


def river_with_one_bridge() -> Roads:
    """::

    A(0,100) ------------ B(1000,100)     north bank
                             |             bridge at x = 1000
    C(0,0) -------------- D(1000,0)       south bank
    """
    nodes = {"A": (0, 100), "B": (1000, 100), "C": (0, 0), "D": (1000, 0)}
    return roads(
        nodes,
        [("A B", "residential", 0), ("C D", "residential", 0), ("B D", "residential", int(WayFlag.BRIDGE))],
    )


def one_way_loop() -> Roads:
    """A square of 100 m driven counter-clockwise only: A(0,0) -> B(100,0) -> C(100,100) -> D(0,100) -> A."""
    nodes = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100)}
    one = int(WayFlag.NO_BACKWARD)
    return roads(nodes, [(w, "residential", one) for w in ("A B", "B C", "C D", "D A")], mode="drive")


def island() -> Roads:
    """A main street of 2,000 m at y = 0 and, 60 m north of its middle, a lane of 100 m that joins nothing."""
    nodes = {"A": (0, 0), "B": (2000, 0), "P": (950, 60), "Q": (1050, 60)}
    return roads(nodes, [("A B", "residential", 0), ("P Q", "service", 0)])


def superblock() -> Roads:
    """::

    D(0,400) ----------- C(400,400)
    |                       |
    |   G(0,200)---I(200,200)      a private way from the locked gate G into the compound
    |                       |
    A(0,0) ------------- B(400,0)
    """
    nodes = {"A": (0, 0), "B": (400, 0), "C": (400, 400), "D": (0, 400), "G": (0, 200), "I": (200, 200)}
    return roads(
        nodes,
        [("A B C D G A", "residential", 0), ("G I", "service", int(WayFlag.PRIVATE))],
        barriers={"G": Barrier.LOCKED},
    )

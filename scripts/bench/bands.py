"""Isochrones of three bands: how long a facility takes, and whether polygons are valid and nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cities
import networkx as nx
import numpy as np
import ours
import shapely
from clock import Timing, race
from numpy.typing import NDArray
from peers import PeerAbsentError, hushed
from scipy.spatial import cKDTree
from shapes import BUFFER_M
from sheet import Cell, Check, Table, say
from streets import Streets
from valhalla_tiles import Valhalla

MINUTES = (5.0, 10.0, 15.0)
RECIPE_COUNT = 20  # the recipe takes a quarter of a second a facility
OURS = "civicreach"

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]  # (facilities, bands)


@dataclass(frozen=True)
class Drawn:
    """The polygons (facilities, bands) of one tool and what drawing them cost."""

    shapes: Shapes
    timing: Timing

    def row(self, tool: str, exact: Shapes, mine_cpu_ms: float) -> tuple[Cell, ...]:
        """The table's row; areas are held against true buffers of the exactly reached pieces."""
        count = len(self.shapes)
        few = self.shapes[: len(exact)]
        share = shapely.area(shapely.make_valid(few[:, 0])).sum() / shapely.area(exact[: len(few), 0]).sum()
        wall, cpu = self.timing.wall_ms / count, self.timing.cpu_ms / count
        return (
            tool, count, wall, cpu, cpu / mine_cpu_ms, self.invalid(), self.not_nested(),
            f"{100 * (share - 1):+.0f} %", int(np.median(shapely.get_num_coordinates(self.shapes[:, -1]))),
        )  # fmt: skip

    def invalid(self) -> int:
        """How many polygons GEOS calls invalid."""
        return int((~shapely.is_valid(self.shapes)).sum())

    def not_nested(self) -> int:
        """How many bands stick out of the next larger one, by ``covers`` and without any tolerance."""
        valid = shapely.make_valid(self.shapes)
        empty = shapely.is_empty(valid[:, :-1])  # an access leg longer than the band: nothing is reached
        return int((~shapely.covers(valid[:, 1:], valid[:, :-1]) & ~empty).sum())


def recipe(streets: Streets) -> Callable[[float, float], Sequence[shapely.Geometry]]:
    """OSMnx's isochrone recipe on our streets: ego graph a band, 25 m buffer of its whole edges."""
    network = streets.network
    lines = network.lines
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    graph.add_nodes_from(range(len(streets.x)))
    ends = zip(network.edge_u.tolist(), network.edge_v.tolist(), network.edge_cost_ms.tolist(), strict=True)
    graph.add_edges_from((u, v, {"ms": ms, "line": k}) for k, (u, v, ms) in enumerate(ends))
    tree = cKDTree(np.column_stack([streets.x, streets.y]))

    def draw(x: float, y: float) -> Sequence[shapely.Geometry]:
        centre, found = int(tree.query((x, y))[1]), []
        for minutes in MINUTES:
            reached = nx.ego_graph(graph, centre, radius=minutes * 60_000, distance="ms")
            whole = [line for _, _, line in reached.edges(data="line")]
            found.append(shapely.union_all(shapely.buffer(lines[whole], BUFFER_M)))
        return found

    return draw


def by_recipe(streets: Streets, x: Floats, y: Floats) -> Drawn:
    """The recipe for the first facilities."""
    draw = recipe(streets)
    places = list(zip(x[:RECIPE_COUNT].tolist(), y[:RECIPE_COUNT].tolist(), strict=True))
    timing = race({"recipe": lambda: [draw(*place) for place in places]}, 1)["recipe"]
    return Drawn(table_of(timing.answer), timing)


def by_valhalla(streets: Streets, x: Floats, y: Floats) -> Drawn:
    """Valhalla on the city's PBF: its JSON is timed, not its parsing; walking at Valhalla's own 5.1 km/h."""
    if streets.name != "Las Palmas":
        raise PeerAbsentError("needs a PBF: Las Palmas only")
    engine = Valhalla.of_pbf(cities.real_data() / cities.LAS_PALMAS, streets.network.crs)
    places = list(zip(x[:200].tolist(), y[:200].tolist(), strict=True))
    contours = [{"time": minutes} for minutes in MINUTES]
    timing = race({"valhalla": lambda: [engine.raw(*place, contours) for place in places]}, 1)["valhalla"]
    return Drawn(table_of([engine.isochrones(*place, contours, mend=False) for place in places]), timing)


def table_of(each: Sequence[Sequence[shapely.Geometry]]) -> Shapes:
    """Lists of polygons as an array (facilities, bands)."""
    out = np.empty((len(each), len(MINUTES)), dtype=object)
    for k, polygons in enumerate(each):
        out[k] = polygons
    return out


def table(streets: Streets, count: int, repeats: int) -> tuple[Table, list[Check]]:
    """Isochrones of ``count`` facilities in mid-street, ours and the peers'."""
    say(f"speed: {streets.name}, isochrones of {count:,} facilities")
    x, y = streets.random_places(count, seed=11)
    ours.draw(streets, x[:2], y[:2], MINUTES)  # compiles or loads the kernels outside the clock
    timing = race({OURS: lambda: ours.draw(streets, x, y, MINUTES)}, repeats)[OURS]
    mine = Drawn(timing.answer.geometry.to_numpy().reshape(count, len(MINUTES)), timing)
    exact = (
        ours.exact(streets, x[:RECIPE_COUNT], y[:RECIPE_COUNT], MINUTES).geometry.to_numpy().reshape(-1, len(MINUTES))
    )
    cpu = timing.cpu_ms / count
    rows = [mine.row(OURS, exact, cpu)]
    for tool, draw in (("OSMnx recipe, 25 m buffer", by_recipe), ("Valhalla defaults", by_valhalla)):
        try:
            with hushed():
                rows.append(draw(streets, x, y).row(tool, exact, cpu))
        except PeerAbsentError as reason:
            rows.append((tool, str(reason), "", "", "", "", "", "", ""))
    bad, out = mine.invalid(), mine.not_nested()
    checks = [
        Check(f"{streets.name}, isochrones: invalid", str(bad), "0", bad == 0, is_answer=True),
        Check(f"{streets.name}, isochrones: not nested", str(out), "0", out == 0, is_answer=True),
    ]
    if count >= 1000:  # what is done once a call weighs on fewer
        what = f"{streets.name}, isochrones: ms a facility, CPU"
        checks.append(Check(what, f"{cpu:.2f}", "at most 2.5", cpu <= 2.5))
    columns = (
        "isochrones, 5/10/15 min", "facilities", "wall ms each", "CPU ms each", "x ours, CPU", "invalid",
        "not nested (covers)", "5-min area against exact", "vertices at 15 min",
    )  # fmt: skip
    notes = (
        f"Exact: 25 m buffers of the street pieces reached in 5 min, for the first {len(exact)} facilities.",
        "Nesting (covers) is asked without tolerance: slivers between buffers fail it as real gaps do.",
        "Valhalla walks at its own 5.1 km/h, so its areas answer another question.",
    )
    return Table(f"Isochrones, {streets.name}", columns, rows, notes), checks

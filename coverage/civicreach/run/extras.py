"""What scenarios and programmes read: closed ground, depths of water, and tables of communities."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from shapely.geometry import box

from civicreach.errors import Fault, Faults, LayerError, RoadsError, nearest
from civicreach.inputs.hazards import read_closures, read_depth
from civicreach.layers import WayFlag
from civicreach.measures.ground import Hazard
from civicreach.network import RoadNetwork
from civicreach.study import ScenarioSpec


def read_hazard(scenario: ScenarioSpec, network: RoadNetwork) -> Hazard:
    """The closed ground of a scenario, in the network's system; of a raster the part that holds its streets."""
    polygons = depth = None
    x, y = network.geom_x, network.geom_y
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    if scenario.closed is not None:
        polygons = read_closures(scenario.closed, scenario.closed_layer, scenario.closed_crs, network.crs)
        if not polygons.intersects(box(*bounds)).any():
            todo = "Are they of the same place, and is their coordinate system right?"
            raise LayerError(Fault("no polygon reaches any street", scenario.closed.name, todo=todo))
    if scenario.flood is not None:
        depth = read_depth(scenario.flood, bounds, network.crs)
    return Hazard(polygons, depth)


def check_bridges(scenarios: Iterable[ScenarioSpec], networks: Iterable[RoadNetwork], where: str) -> None:
    """Raise RoadsError with every bridge that a scenario names and that is in none of the networks."""
    known: dict[str, str] = {}
    for network in networks:
        used = np.unique(network.edge_name[(network.edge_flags & WayFlag.BRIDGE) != 0])
        known |= {network.names[at].strip().casefold(): network.names[at] for at in used.tolist() if network.names[at]}
    faults = Faults(where)
    for scenario in scenarios:
        for name in scenario.bridges:
            if name.strip().casefold() not in known:
                near = nearest(name, sorted(known.values()))
                shown = ", ".join(sorted(known.values())[:5]) or "none with a name"
                todo = f"Did you mean {near}?" if near else f"There are {shown}."
                faults.add(f"scenario {scenario.id}: no bridge called {name!r}", todo=todo)
    faults.raise_if_any(RoadsError)

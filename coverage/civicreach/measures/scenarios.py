"""Networks with a scenario's streets out, and who is cut off on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicreach.layers import Demand, Facilities, WayFlag
from civicreach.measures.ground import Ground
from civicreach.network import RoadNetwork
from civicreach.network.closures import Closure, closure_in, closure_of_depth, closure_of_edges, closure_of_names
from civicreach.network.edit import close_streets, cut_off
from civicreach.study import ScenarioSpec

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Closed:
    """A network with a scenario's streets out. Without any closed street it is the network itself."""

    scenario: ScenarioSpec
    network: RoadNetwork
    closure: Closure

    def serving(self, facilities: Facilities, *, max_snap_m: float) -> Facilities | None:
        """The facilities that people or goods can still get to: those cut off serve nobody. None where all are."""
        cut = cut_off(facilities.frame.geometry, self.network, self.closure, max_snap_m=max_snap_m)
        if not cut.any():
            return facilities
        if cut.all():
            return None
        unit, source, notes = facilities.capacity_unit, facilities.source, facilities.notes
        return Facilities(facilities.frame[~cut], facilities.service, unit, source, notes)

    def cut_off(self, demand: Demand, *, max_snap_m: float) -> Mask:
        """Which demand (n,) has no way out."""
        return cut_off(demand.frame.geometry, self.network, self.closure, max_snap_m=max_snap_m)


def closed_network(ground: Ground, scenario: ScenarioSpec, network: RoadNetwork) -> Closed:
    """A network with everything out that a scenario closes: drawn areas, water, bridges by their names.

    Drawn areas close bridges above them, water doesn't. A bridge that this network doesn't have (a motorway's, for
    people on foot) is none of its streets.
    """
    hazard = ground.hazards.get(scenario.id)
    closure = closure_of_edges(network, [])
    if hazard is not None and hazard.polygons is not None:
        closure = closure | closure_in(network, hazard.polygons)
    if hazard is not None and hazard.depth is not None:
        closure = closure | closure_of_depth(network, hazard.depth, at_least_m=scenario.depth_m)
    if here := _bridges_here(scenario, network):
        closure = closure | closure_of_names(network, here)
    return Closed(scenario, close_streets(network, closure), closure)


def _bridges_here(scenario: ScenarioSpec, network: RoadNetwork) -> list[str]:
    bridge = (network.edge_flags & WayFlag.BRIDGE) != 0
    known = {network.names[at].strip().casefold() for at in np.unique(network.edge_name[bridge]).tolist()}
    return [name for name in scenario.bridges if name.strip().casefold() in known]

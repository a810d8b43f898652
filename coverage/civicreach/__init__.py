"""civicreach: how far do civic services reach, who is left out, and where should the next one go?

The front door. Names are loaded when they are first used, so that `import civicreach` takes no time.

>>> import civicreach as cr
>>> study = cr.read_study("study.toml")                                             # doctest: +SKIP
>>> demand, centres = cr.read_demand(study), cr.read_facilities(study, "elder_centre")  # doctest: +SKIP
>>> network = cr.build_network(cr.read_roads(study), profile="elder")                 # doctest: +SKIP
>>> reach = cr.reach(demand, centres, network, cutoff_min=30)                         # doctest: +SKIP
>>> cr.people_share(reach, demand, within_min=15, by="subdistrict")                   # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civicreach.errors import CivicreachError, InputError
    from civicreach.inputs.study_file import read_study
    from civicreach.layers import Areas, Demand, Facilities, Roads
    from civicreach.measures import Figure, people_share, presence_share, served_share
    from civicreach.measures.access import floating_catchment
    from civicreach.measures.analysis import Analysis
    from civicreach.measures.assignment import assign
    from civicreach.measures.pairing import pair
    from civicreach.network import RoadNetwork, close_edges, from_networkx, from_osmnx, snap, to_networkx
    from civicreach.reach import Reach, isochrones, nearest_facility, reach, reached_roads, service_area
    from civicreach.run import run_study
    from civicreach.run.front import (
        analyse,
        build_network,
        draw_map,
        measure_study,
        read_areas,
        read_demand,
        read_facilities,
        read_ground,
        read_roads,
    )
    from civicreach.siting.candidates import candidates_on_network
    from civicreach.siting.choice import alternatives, curve, stability
    from civicreach.siting.fixes import cheapest_fixes
    from civicreach.siting.fixes_beds import bed_fixes
    from civicreach.siting.locate import backup_cover, max_cover, max_served, p_center, p_median, set_cover
    from civicreach.siting.merge import before_and_after, consolidate, losers, moves
    from civicreach.siting.opening import PhasedPlan, phases
    from civicreach.siting.plan import SitingPlan
    from civicreach.siting.rules import Floor, Rules, UnitQuota
    from civicreach.study import Profile, ServiceStandard, Study

__version__ = "0.1.0"

_ROOMS = {
    "errors": ("CivicreachError", "InputError"),
    "run.front": (
        "analyse",
        "build_network",
        "draw_map",
        "measure_study",
        "read_areas",
        "read_demand",
        "read_facilities",
        "read_ground",
        "read_roads",
    ),
    "inputs.study_file": ("read_study",),
    "layers": ("Areas", "Demand", "Facilities", "Roads"),
    "measures.access": ("floating_catchment",),
    "measures.analysis": ("Analysis",),
    "measures.assignment": ("assign",),
    "measures.pairing": ("pair",),
    "measures": ("Figure", "people_share", "presence_share", "served_share"),
    "network": ("RoadNetwork", "close_edges", "from_networkx", "from_osmnx", "snap", "to_networkx"),
    "reach": ("Reach", "isochrones", "nearest_facility", "reached_roads", "service_area"),
    "run": ("run_study",),
    "siting.candidates": ("candidates_on_network",),
    "siting.choice": ("alternatives", "curve", "stability"),
    "siting.fixes": ("cheapest_fixes",),
    "siting.fixes_beds": ("bed_fixes",),
    "siting.locate": ("backup_cover", "max_cover", "max_served", "p_center", "p_median", "set_cover"),
    "siting.merge": ("before_and_after", "consolidate", "losers", "moves"),
    "siting.opening": ("PhasedPlan", "phases"),
    "siting.plan": ("SitingPlan",),
    "siting.rules": ("Floor", "Rules", "UnitQuota"),
    "study": ("Profile", "ServiceStandard", "Study"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Analysis",
    "Areas",
    "CivicreachError",
    "Demand",
    "Facilities",
    "Figure",
    "Floor",
    "InputError",
    "PhasedPlan",
    "Profile",
    "Reach",
    "RoadNetwork",
    "Roads",
    "Rules",
    "ServiceStandard",
    "SitingPlan",
    "Study",
    "UnitQuota",
    "alternatives",
    "analyse",
    "assign",
    "backup_cover",
    "bed_fixes",
    "before_and_after",
    "build_network",
    "candidates_on_network",
    "cheapest_fixes",
    "close_edges",
    "consolidate",
    "curve",
    "draw_map",
    "floating_catchment",
    "from_networkx",
    "from_osmnx",
    "isochrones",
    "losers",
    "max_cover",
    "max_served",
    "measure_study",
    "moves",
    "nearest_facility",
    "p_center",
    "p_median",
    "pair",
    "people_share",
    "phases",
    "presence_share",
    "reach",
    "reached_roads",
    "read_areas",
    "read_demand",
    "read_facilities",
    "read_ground",
    "read_roads",
    "read_study",
    "run_study",
    "served_share",
    "service_area",
    "set_cover",
    "snap",
    "stability",
    "to_networkx",
]


def __getattr__(name: str) -> Any:
    if name == "reach":  # the room of that name, which can be called like its function
        return import_module("civicreach.reach")
    if name not in _HOME:
        raise AttributeError(f"module 'civicreach' has no attribute {name!r}")
    value = getattr(import_module(f"civicreach.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

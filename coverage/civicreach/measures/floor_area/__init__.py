"""Floor area of community facilities per 100 households: counted, reachable, lacking."""

from civicreach.measures.floor_area.analysis import facility_area
from civicreach.measures.floor_area.by_unit import (
    STANDINGS,
    area_per_100_households,
    deficit_m2,
    floor_area_by_unit,
    households_reached,
    needed_m2,
    reachable_floor_area,
    standing,
)
from civicreach.measures.floor_area.evenness import evenness
from civicreach.measures.floor_area.lists import capital_list
from civicreach.measures.floor_area.sharing import RULES, shared_floor_area, split, units_named
from civicreach.measures.floor_area.supply import FloorArea, floor_area_of

__all__ = [
    "RULES",
    "STANDINGS",
    "FloorArea",
    "area_per_100_households",
    "capital_list",
    "deficit_m2",
    "evenness",
    "facility_area",
    "floor_area_by_unit",
    "floor_area_of",
    "households_reached",
    "needed_m2",
    "reachable_floor_area",
    "shared_floor_area",
    "split",
    "standing",
    "units_named",
]

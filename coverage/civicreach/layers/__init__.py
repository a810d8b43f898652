"""What lies on the ground: roads, demand, facilities and areas, each validated once and then trusted."""

from civicreach.layers.areas import LEVELS, Areas
from civicreach.layers.demand import Demand
from civicreach.layers.facilities import Facilities
from civicreach.layers.hazard import Depth
from civicreach.layers.roads import Barrier, Roads, WayFlag

__all__ = ["LEVELS", "Areas", "Barrier", "Demand", "Depth", "Facilities", "Roads", "WayFlag"]

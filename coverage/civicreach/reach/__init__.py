"""How far: sparse travel costs between demand and facilities, the nearest facility, catchments and isochrones."""

import sys
from types import ModuleType

from civicreach.reach.block_fill import Blocks, block_fill, find_blocks
from civicreach.reach.isochrone import isochrones, reached_roads, service_area
from civicreach.reach.matrix import Reach, reach
from civicreach.reach.nearest import Nearest, nearest_facility

__all__ = [
    "Blocks",
    "Nearest",
    "Reach",
    "block_fill",
    "find_blocks",
    "isochrones",
    "nearest_facility",
    "reach",
    "reached_roads",
    "service_area",
]


class _Room(ModuleType):
    """This room and its main function share the name `civicreach.reach`, so the room can be called like it."""

    __call__ = staticmethod(reach)


sys.modules[__name__].__class__ = _Room

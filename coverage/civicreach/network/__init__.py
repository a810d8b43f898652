"""The network that people and goods travel on: built from roads for one profile, and places snapped to it."""

from civicreach.network.build import build_network
from civicreach.network.convert import from_networkx, from_osmnx, to_networkx
from civicreach.network.edit import close_edges
from civicreach.network.network import RoadNetwork
from civicreach.network.snap import Snapped, snap

__all__ = [
    "RoadNetwork",
    "Snapped",
    "build_network",
    "close_edges",
    "from_networkx",
    "from_osmnx",
    "snap",
    "to_networkx",
]

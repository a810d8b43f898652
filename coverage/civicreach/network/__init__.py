"""The network that people and goods travel on: built from roads for one profile, and places snapped to it."""

from civicreach.network.build import build_network
from civicreach.network.closures import Closure, closure_in, closure_of_depth, closure_of_edges, closure_of_names
from civicreach.network.convert import from_networkx, from_osmnx, to_networkx
from civicreach.network.edit import close_edges, close_streets, cut_off, shut_edges
from civicreach.network.network import RoadNetwork
from civicreach.network.snap import Snapped, snap

__all__ = [
    "Closure",
    "RoadNetwork",
    "Snapped",
    "build_network",
    "close_edges",
    "close_streets",
    "closure_in",
    "closure_of_depth",
    "closure_of_edges",
    "closure_of_names",
    "cut_off",
    "from_networkx",
    "from_osmnx",
    "shut_edges",
    "snap",
    "to_networkx",
]

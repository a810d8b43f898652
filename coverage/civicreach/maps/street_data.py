"""The streets of the services as columns: everything that a page needs to search them as exactly as Python does.

Whole centimetres, millimetres and milliseconds throughout. What a page can work out by itself (the length of a drawing,
what it costs at a profile's speed) is sent as the difference to that, which is nearly always 0 and packs to nothing.
`assets/street_net.js` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.layers import WayFlag
from civicreach.maps.encode import Column, Ints
from civicreach.network import RoadNetwork
from civicreach.network.arcs import CLOSED
from civicreach.network.snap import on_island

CM = 100.0
SAME_BACK = 0
CLOSED_BACK = 1


@dataclass(frozen=True, eq=False)
class Streets:
    """One drawing, and the networks that share all but their costs; `key` is the prefix of its columns."""

    key: str
    networks: list[RoadNetwork]

    @property
    def first(self) -> RoadNetwork:
        """The network that the drawing is taken from."""
        return self.networks[0]


def zigzag(values: npt.ArrayLike) -> Ints:
    """Whole numbers as numbers of at least 0, small ones small.

    >>> zigzag([0, -1, 1, -2]).tolist()
    [0, 1, 2, 3]
    """
    whole = np.asarray(values, dtype=np.int64)
    return (whole << 1) ^ (whole >> 63)


def distinct_streets(networks: list[RoadNetwork]) -> list[Streets]:
    """Networks by what they share: those of walkers mostly differ in speed alone."""
    found: list[Streets] = []
    for network in networks:
        for streets in found:
            if _same_streets(streets.first, network):
                streets.networks.append(network)
                break
        else:
            found.append(Streets(f"w{len(found)}", [network]))
    return found


def _same_streets(one: RoadNetwork, other: RoadNetwork) -> bool:
    names = ("edge_u", "edge_v", "edge_length_mm", "gates", "node_x", "node_y")
    return (
        one.drawing is other.drawing
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
        and np.array_equal(_flags(one), _flags(other))
    )


def in_whole_cm(network: RoadNetwork) -> bool:
    """Whether every place of a network is a whole number of centimetres, and lines end at their nodes.

    A network that was built from roads is; one that was cut afterwards needn't be.
    """
    arrays = (network.node_x, network.node_y, network.geom_x, network.geom_y)
    if not all(np.array_equal(np.rint(a * CM) / CM, a) for a in arrays):
        return False
    first, last = network.geom_ptr[:-1], network.geom_ptr[1:] - 1
    return all(
        np.array_equal(node[end], geom[at])
        for node, geom in ((network.node_x, network.geom_x), (network.node_y, network.geom_y))
        for end, at in ((network.edge_u, first), (network.edge_v, last))
    )


def cm_of(metres: npt.NDArray[np.float64], origin_cm: int) -> Ints:
    """Whole centimetres (n,) from an origin."""
    return np.rint(metres * CM).astype(np.int64) - origin_cm


def street_columns(streets: Streets, origin: tuple[int, int], names: dict[str, int]) -> list[Column]:
    """Nodes, edges, drawing and flags of streets, and the costs of each of its profiles.

    `names` numbers the names that the page knows; streets with other names, or none, have number 0.
    """
    network, key = streets.first, streets.key
    x, y = cm_of(network.node_x, origin[0]), cm_of(network.node_y, origin[1])
    u, v = network.edge_u.astype(np.int64), network.edge_v.astype(np.int64)
    inner, steps = _inner_steps(network)
    length_cm = drawn_cm(network)
    known = np.array([names.get(name, 0) for name in network.names], dtype=np.int64)
    columns = [
        Column(f"{key}.nodes", "p", np.column_stack([x, y]).reshape(-1)),
        Column(f"{key}.u", "u", zigzag(u - np.concatenate([[0], v[:-1]]))),
        Column(f"{key}.v", "u", zigzag(v - u)),
        Column(f"{key}.inner", "u", inner),
        Column(f"{key}.dx", "u", zigzag(steps[:, 0])),
        Column(f"{key}.dy", "u", zigzag(steps[:, 1])),
        Column(f"{key}.length", "u", zigzag(network.edge_length_mm - np.floor(length_cm * 10 + 0.5).astype(np.int64))),
        Column(f"{key}.flags", "u", _flags(network)),
        Column(f"{key}.name", "u", known[network.edge_name]),
        Column(f"{key}.gates", "d", network.gates.astype(np.int64).reshape(-1)),
    ]
    for k, each in enumerate(streets.networks):
        along, back = (c.astype(np.int64) for c in (each.edge_cost_ms, each.edge_back_cost_ms))
        guess = np.floor(length_cm * 10 / each.profile.speed_mps + 0.5).astype(np.int64)
        there = np.where(along == CLOSED, 0, 1 + zigzag(along - guess))
        base = np.where(along == CLOSED, guess, along)
        again = np.where(back == along, SAME_BACK, np.where(back == CLOSED, CLOSED_BACK, 2 + zigzag(back - base)))
        columns += [Column(f"{key}.p{k}.along", "u", there), Column(f"{key}.p{k}.back", "u", again)]
    return columns


def drawn_cm(network: RoadNetwork) -> npt.NDArray[np.float64]:
    """Length (m,) of the drawing of each edge in centimetres, added up in the order in which a page does it."""
    x, y = np.rint(network.geom_x * CM), np.rint(network.geom_y * CM)
    dx, dy = np.diff(x), np.diff(y)
    edge = np.repeat(np.arange(network.edge_count), np.diff(network.geom_ptr))
    inside = edge[1:] == edge[:-1]
    step = np.sqrt(dx * dx + dy * dy)[inside]
    length = np.bincount(edge[1:][inside], weights=step, minlength=network.edge_count)
    return length.astype(np.float64)


def _inner_steps(network: RoadNetwork) -> tuple[Ints, Ints]:
    """How many points each line has between its ends (m,), and the steps to them (k, 2) in centimetres."""
    counts = np.diff(network.geom_ptr)
    inside = np.ones(len(network.geom_x), dtype=np.bool_)
    inside[network.geom_ptr[:-1]] = inside[network.geom_ptr[1:] - 1] = False
    at = np.flatnonzero(inside)
    x, y = (np.rint(v * CM).astype(np.int64) for v in (network.geom_x, network.geom_y))
    return counts - 2, np.column_stack([x[at] - x[at - 1], y[at] - y[at - 1]])


def _flags(network: RoadNetwork) -> Ints:
    """1 for private ways, 2 for those on islands of the network, 3 for both."""
    private = (network.edge_flags & WayFlag.PRIVATE) != 0
    return np.asarray(private + 2 * on_island(network), dtype=np.int64)


def street_head(streets: Streets) -> dict[str, Any]:
    """What the columns of streets are called and how many edges there are."""
    return {"key": streets.key, "nodes": streets.first.node_count, "edges": streets.first.edge_count}

"""Everything that is compiled, once, on a small town: run as a process of its own and timed from outside."""

from __future__ import annotations

import cities
import ours
from bands import MINUTES


def main() -> None:
    """Reach, nearest facility, isochrones and the service area."""
    town = cities.town()
    x, y = town.random_places(3, seed=1)
    nodes = town.random_nodes(3, seed=1)
    public = ours.by_public_functions(town)
    assert public.pairs
    assert public.nearest
    public.pairs(nodes, 600_000)
    public.nearest(nodes)
    ours.draw(town, x, y, MINUTES)


if __name__ == "__main__":
    main()

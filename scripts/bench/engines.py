"""Jobs A, B and C by each tool on the same streets: costs in whole milliseconds, sources at nodes.

A: nodes within the limit of one source, one call a source. B: the nearest of many sources for every node.
C: all nodes within the limit of each of many sources, kept as sparse pairs. An engine is made once (its
set-up is timed apart) and offers the jobs it can do; ``digest`` turns any answer into how many values and
their sum in ms (None where the engine doesn't keep whole milliseconds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from peers import hushed, peer
from scipy.sparse import csr_matrix
from streets import Streets

Ints = NDArray[np.int64]
Digest = tuple[int, int | None]
ROWS_AT_ONCE = 16  # scipy answers with dense rows; 1 to 16 at once are fastest, 100 take 2.7 times as long
TILE_M = 1500.0


@dataclass(frozen=True)
class Jobs:
    """What an engine can do: source nodes in, any answer out; ``digest`` gives (values, their sum in ms)."""

    digest: Callable[[Any], Digest]
    one: Callable[[int, int], Any] | None = None
    nearest: Callable[[Ints], Any] | None = None
    pairs: Callable[[Ints, int], Any] | None = None


def of_arrays(answer: Any) -> Digest:
    """Count and sum of arrays of finite costs, one or many."""
    arrays = answer if isinstance(answer, list) else [answer]
    return sum(len(a) for a in arrays), int(sum(float(np.sum(a, dtype=np.float64)) for a in arrays))


def of_dicts(answer: Any) -> Digest:
    """Count and sum of networkx answers, one or many."""
    each = answer if isinstance(answer, list) else [answer]
    return sum(len(a) for a in each), int(sum(sum(a.values()) for a in each))


def matrix(streets: Streets) -> csr_matrix:
    """The streets as a scipy matrix; of parallel edges the cheapest, because scipy would add them up."""
    u, v, cost = streets.simple()
    size = len(streets.x)
    both = (np.concatenate([u, v]), np.concatenate([v, u]))
    return csr_matrix((np.concatenate([cost, cost]).astype(np.float64), both), shape=(size, size))


def by_scipy(streets: Streets) -> Jobs:
    """``scipy.sparse.csgraph.dijkstra`` with its own limit."""
    from scipy.sparse.csgraph import dijkstra

    graph = matrix(streets)

    def one(source: int, limit: int) -> NDArray[np.float64]:
        row = dijkstra(graph, indices=source, limit=limit)
        return np.asarray(row[np.isfinite(row)])

    def nearest(sources: Ints) -> NDArray[np.float64]:
        row = dijkstra(graph, indices=sources, min_only=True)
        return np.asarray(row[np.isfinite(row)])

    def pairs(sources: Ints, limit: int) -> list[NDArray[np.float64]]:
        kept, places = [], []
        for start in range(0, len(sources), ROWS_AT_ONCE):
            rows = dijkstra(graph, indices=sources[start : start + ROWS_AT_ONCE], limit=limit)
            site, node = np.nonzero(np.isfinite(rows))
            places.append((site + start, node.astype(np.int32)))
            kept.append(rows[site, node])
        return kept

    return Jobs(of_arrays, one, nearest, pairs)


def by_scipy_tiles(streets: Streets) -> Jobs:
    """scipy as an expert would ask it: the sites by square, each square with only the streets that can be reached."""
    from scipy.sparse.csgraph import dijkstra

    graph = matrix(streets)

    def pairs(sources: Ints, limit: int) -> list[NDArray[np.float64]]:
        reach_m = limit / 1000 * streets.speed_mps + 1  # no street is shorter than the straight line
        x, y = streets.x, streets.y
        square = (x[sources] // TILE_M).astype(np.int64) * 100_000 + (y[sources] // TILE_M).astype(np.int64)
        kept, places = [], []
        for one in np.unique(square):
            sites = np.flatnonzero(square == one)
            here = sources[sites]
            near_x = (x >= x[here].min() - reach_m) & (x <= x[here].max() + reach_m)
            near = np.flatnonzero(near_x & (y >= y[here].min() - reach_m) & (y <= y[here].max() + reach_m))
            rows = dijkstra(graph[near][:, near], indices=np.searchsorted(near, here), limit=limit)
            site, node = np.nonzero(np.isfinite(rows))
            places.append((sites[site], near[node].astype(np.int32)))
            kept.append(rows[site, node])
        return kept

    return Jobs(of_arrays, pairs=pairs)


def by_networkx(streets: Streets) -> Jobs:
    """networkx with ``cutoff``."""
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(streets.x)))
    u, v, cost = streets.simple()
    graph.add_weighted_edges_from(zip(u.tolist(), v.tolist(), cost.tolist(), strict=True))

    def one(source: int, limit: int) -> dict[int, float]:
        return dict(nx.single_source_dijkstra_path_length(graph, source, cutoff=limit))

    def nearest(sources: Ints) -> dict[int, float]:
        return dict(nx.multi_source_dijkstra_path_length(graph, set(sources.tolist())))

    def pairs(sources: Ints, limit: int) -> list[dict[int, float]]:
        return [one(source, limit) for source in sources.tolist()]

    return Jobs(of_dicts, one, nearest, pairs)


def by_pandana(streets: Streets) -> Jobs:
    """pandana's contraction hierarchies, in seconds of which it keeps thousandths.

    It cuts the rest off, so a quarter of a thousandth is added lest 0.543 becomes 0.542.
    """
    pandana, pandas = peer("pandana"), peer("pandas")
    u, v, cost = streets.simple()
    with hushed():
        network = pandana.Network(
            pandas.Series(streets.x), pandas.Series(streets.y), pandas.Series(u), pandas.Series(v),
            pandas.DataFrame({"seconds": (cost + 0.25) / 1000.0}), twoway=True,
        )  # fmt: skip
    far = 100_000.0

    def pairs(sources: Ints, limit: int) -> NDArray[np.float64]:
        found = network.nodes_in_range(sources.tolist(), limit / 1000)
        return np.asarray(np.rint(found["seconds"].to_numpy() * 1000))

    def one(source: int, limit: int) -> NDArray[np.float64]:
        return pairs(np.array([source]), limit)

    def nearest(sources: Ints) -> NDArray[np.float64]:
        places = pandas.Series(streets.x[sources]), pandas.Series(streets.y[sources])
        network.set_pois("site", far, 1, *places)
        seconds = network.nearest_pois(far, "site", num_pois=1)[1].to_numpy()
        return np.asarray(np.rint(seconds[seconds < far] * 1000))

    return Jobs(of_arrays, one, nearest, pairs)


def by_cityseer(streets: Streets) -> Jobs:
    """cityseer's Rust search from one node, in float32 seconds: nodes at the very limit may differ."""
    structure = peer("cityseer.rustalgos").graph.NetworkStructure()
    for node, (x, y) in enumerate(zip(streets.x.tolist(), streets.y.tolist(), strict=True)):
        structure.add_street_node(str(node), x, y, True, 1.0)
    u, v, cost = streets.simple()
    for k, (a, b, ms) in enumerate(zip(u.tolist(), v.tolist(), cost.tolist(), strict=True)):
        straight = f"LINESTRING({streets.x[a]} {streets.y[a]},{streets.x[b]} {streets.y[b]})"
        long = float(np.hypot(streets.x[a] - streets.x[b], streets.y[a] - streets.y[b]))
        factor = ms / 1000 * streets.speed_mps / long if long > 0 else 1.0
        structure.add_street_edge(a, b, k, str(a), str(b), straight, factor)
        structure.add_street_edge(b, a, k, str(b), str(a), straight, factor)

    def one(source: int, limit: int) -> Any:
        return structure.dijkstra_tree_shortest(source, limit // 1000, streets.speed_mps)

    def digest(answer: Any) -> Digest:
        each = answer if isinstance(answer, list) else [answer]
        return sum(len(visited) for visited, _ in each), None

    return Jobs(digest, one)


def by_igraph(streets: Streets) -> Jobs:
    """igraph, which knows no limit: it searches the whole city for one source."""
    igraph = peer("igraph")
    u, v, cost = streets.simple()
    graph = igraph.Graph(n=len(streets.x), edges=np.column_stack([u, v]))
    graph.es["ms"] = cost.tolist()

    def one(source: int, limit: int) -> NDArray[np.float64]:
        row = np.array(graph.distances(source, weights="ms")[0])
        return row[row <= limit]

    return Jobs(of_arrays, one)


ENGINES: dict[str, Callable[[Streets], Jobs]] = {
    "scipy dijkstra(limit)": by_scipy,
    "scipy, cropped by hand to squares": by_scipy_tiles,
    "networkx": by_networkx,
    "pandana": by_pandana,
    "cityseer": by_cityseer,
    "igraph": by_igraph,
}

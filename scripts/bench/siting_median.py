"""p-median, p-center and consolidation: proven on random and on street networks of 900 nodes; spopt where it can."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from clock import once
from peers import PeerAbsentError, hushed, peer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from sheet import Cell, Check, Options, Table, say
from siting_rows import COLUMNS, Run, search

from civicreach.siting.center import best_center
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found
from civicreach.siting.median import best_median

Longs = npt.NDArray[np.int64]
PATIENCE_S = 60.0
"""So long a search goes on at most."""

TYPICAL_S = 1.0
"""The target: the median over all networks."""


def random_network(nodes: int, seed: int) -> Longs:
    """Costs between all nodes of a network as in OR-Library's p-median sets: nodes * nodes / 50 edges of 1 to 100."""
    rng = np.random.default_rng(seed)
    chain, many = rng.permutation(nodes), nodes * nodes // 50
    a = np.concatenate([rng.integers(0, nodes, many), chain[:-1]])
    b = np.concatenate([rng.integers(0, nodes, many), chain[1:]])
    return between(nodes, a, b, rng.integers(1, 101, len(a)))


def street_network(nodes: int, seed: int) -> Longs:
    """Seconds between all junctions of a town: each joined to its nearest four by streets that wind a little."""
    rng = np.random.default_rng(seed)
    xy = rng.random((nodes, 2)) * 10_000
    metres, other = cKDTree(xy).query(xy, k=5)
    a, b = np.repeat(np.arange(nodes), 4), other[:, 1:].ravel()
    order = np.argsort(xy[:, 0])
    seconds = metres[:, 1:].ravel() * rng.uniform(1.0, 1.4, len(a))
    jumps = np.hypot(*(xy[order[1:]] - xy[order[:-1]]).T) * 1.5
    every = np.concatenate([a, order[:-1]]), np.concatenate([b, order[1:]])
    return between(nodes, *every, np.concatenate([seconds, jumps]).astype(np.int64) + 1)


def between(nodes: int, a: Longs, b: Longs, cost: Longs) -> Longs:
    """Shortest ways between all nodes; of parallel edges the cheapest counts."""
    keep = a != b
    low, high = np.minimum(a, b)[keep], np.maximum(a, b)[keep]
    order = np.lexsort((cost[keep], high, low))
    low, high, cost = low[order], high[order], cost[keep][order]
    first = (np.diff(low, prepend=-1) != 0) | (np.diff(high, prepend=-1) != 0)
    graph = coo_matrix((cost[first].astype(float), (low[first], high[first])), shape=(nodes, nodes))
    return dijkstra(graph.tocsr(), directed=False).astype(np.int64)


def solve(engine: Callable[..., Found], cost: Longs, weight: Longs, new: int, **more: Any) -> Found:
    """One search over a full matrix, sites by rows."""
    sites, rows = cost.shape
    return engine(
        np.arange(sites + 1) * rows, np.tile(np.arange(rows), sites), cost.ravel(), weight, new=new,
        opened=np.zeros(sites, bool), allowed=np.ones(sites, bool), beyond_ms=int(cost.max()) + 1,
        clock=Clock(PATIENCE_S), **more,
    )  # fmt: skip


def networks(options: Options) -> tuple[Table, list[Check]]:
    """Both problems on networks of 900 nodes."""
    nodes, seeds = options.pick(full=900, quick=900, tiny=60), options.pick(full=3, quick=1, tiny=1)
    weight = np.ones(nodes, np.int64)
    engines = {"p-median": best_median, "p-center": best_center}
    small = random_network(60, 0)
    for engine in engines.values():  # compiled before anything is timed
        solve(engine, small, np.ones(60, np.int64), 5)
    runs: dict[str, list[Run]] = {name: [] for name in engines}
    right = True
    for kind, drawn in (("random", random_network), ("streets", street_network)):
        for seed in range(seeds):
            cost = drawn(nodes, seed)
            for new in (5, 10, nodes // 10):
                for name, engine in engines.items():
                    title = f"{name}, {kind} {seed}, {new} of {nodes}"
                    run = search(title, partial(solve, engine, cost, weight, new))
                    runs[name].append(run)
                    near = cost[run.found.open].min(axis=0)
                    value = int(near.sum() if name == "p-median" else near.max())
                    right &= value == run.found.value >= run.found.bound and len(run.found.open) == new
    checks = [typical(name, found) for name, found in runs.items()]
    checks.append(Check("ways counted anew", "yes" if right else "NO", "yes", right, is_answer=True))
    rows = [run.row for found in runs.values() for run in found]
    note = f"A search ends after {PATIENCE_S:g} s. Random networks are drawn as those of OR-Library (Beasley 1985)."
    return Table(f"p-median and p-center on {nodes} nodes", COLUMNS, rows, (note,)), checks


def typical(name: str, runs: list[Run]) -> Check:
    """How many are proven, and how long the median and the slowest took."""
    wall = statistics.median(run.wall_s for run in runs)
    cpu = statistics.median(run.cpu_s for run in runs)
    proven = sum(run.found.proven for run in runs)
    worst = max(run.wall_s for run in runs)
    figure = f"{proven} of {len(runs)} proven, median {wall:.2f} s (CPU {cpu:.2f} s), slowest {worst:.1f} s"
    return Check(name, figure, f"proven, typically in {TYPICAL_S:g} s", wall < TYPICAL_S and 2 * proven > len(runs))


def homes(options: Options) -> tuple[Table, list[Check]]:
    """20 homes, and 20 other places, become 4, 5 or 6 over 5,000 places where people live."""
    rng = np.random.default_rng(3)
    places = options.pick(full=5000, quick=5000, tiny=200)
    centres = rng.random((12, 2)) * 20_000
    people_at = centres[rng.integers(0, 12, places)] + rng.normal(0, 1500, (places, 2))
    sites = np.concatenate([centres, rng.random((28, 2)) * 20_000])
    cost = (np.hypot(*(sites[:, None] - people_at[None]).transpose(2, 0, 1)) * 1.3 / 5.0 * 1000).astype(np.int64)
    weight = rng.integers(1, 60, places) * 1_000_000
    runs = [
        search(f"20 homes and 20 candidates into {into}", partial(solve, best_median, cost, weight, into))
        for into in (4, 5, 6)
    ]
    title = f"Consolidation over {places:,} places"
    return Table(title, COLUMNS, [run.row for run in runs]), [run.proven_within(2.0) for run in runs]


def beside_spopt(options: Options) -> tuple[Table, list[Check]]:
    """100 nodes, the same answers from spopt."""
    nodes = options.pick(full=100, quick=100, tiny=30)
    cost, weight = random_network(nodes, 7), np.ones(nodes, np.int64)
    rows: list[tuple[Cell, ...]] = []
    checks = []
    for name, engine, model in (("p-median", best_median, "PMedian"), ("p-center", best_center, "PCenter")):
        ours = search(f"{name}, {nodes} nodes", partial(solve, engine, cost, weight, 5))
        rows.append((name, "civicreach", ours.found.value, ours.wall_s, "yes" if ours.found.proven else "no"))
        say(f"siting: spopt {model}")
        try:
            value, seconds = by_spopt(model, cost, 5)
        except PeerAbsentError as absent:
            rows.append((name, f"spopt: {absent}", None, None, None))
            continue
        rows.append((name, "spopt", value, seconds, "yes"))
        same = value == ours.found.value
        checks.append(Check(f"{name}: same as spopt", "yes" if same else "NO", "yes", same, is_answer=True))
    return Table(f"Beside spopt: {nodes} nodes, 5 open", ("problem", "tool", "value", "wall s", "proven"), rows), checks


def by_spopt(model: str, cost: Longs, new: int) -> tuple[int, float]:
    """The objective of spopt's model and its seconds, building and solving."""
    locate, pulp = peer("spopt.locate", "spopt"), peer("pulp")
    solver = pulp.getSolver("HiGHS" if "HiGHS" in pulp.listSolvers(onlyAvailable=True) else "PULP_CBC_CMD", msg=False)
    minutes = cost.T.astype(float)
    given = (minutes, np.ones(len(cost)), new) if model == "PMedian" else (minutes, new)

    def solved() -> Any:
        return getattr(locate, model).from_cost_matrix(*given).solve(solver)

    with hushed():
        wall_ms, _, answer = once(solved)
    return round(answer.problem.objective.value()), round(wall_ms / 1000, 2)


def run(options: Options) -> tuple[list[Table], list[Check]]:
    """All of p-median, p-center and consolidation."""
    parts = [part(options) for part in (networks, homes, beside_spopt)]
    return [table for table, _ in parts], [check for _, checks in parts for check in checks]

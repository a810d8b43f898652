"""Job D: an OSM PBF to a walk network, each tool in a fresh process of its own, with its peak memory.

Run as ``python pbf.py TOOL PBF`` it does one tool once and prints JSON; ``table`` starts those processes.
Imports aren't timed, and nothing is read from a cache.
"""

from __future__ import annotations

import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from clock import once
from peers import PeerAbsentError, hushed, peer
from sheet import BenchError, Cell, Check, Table, say

SOURCE = Path(__file__).resolve().parents[2] / "coverage"
Counts = tuple[int, int]
PYROSM = "pyrosm, igraph network"


def by_civicreach(path: Path) -> Callable[[], Counts]:
    """Streets of the PBF and the network built of them, without the cache."""
    import ours

    return lambda: ours.size(ours.network_of_file(path))


def by_pyrosm(path: Path, *, graph: bool = False) -> Callable[[], Counts]:
    """pyrosm's tables of walkable edges and nodes, or the igraph network that it makes of them."""
    osm = peer("pyrosm").OSM  # asking for the class makes it import what it needs, outside the clock
    peer("geopandas"), peer("igraph")

    def read() -> Counts:
        city = osm(str(path))
        nodes, edges = city.get_network("walking", nodes=True)
        if not graph:
            return len(nodes), len(edges)
        made = city.to_graph(nodes, edges, graph_type="igraph")
        return made.vcount(), made.ecount()

    return read


def by_osmnx(path: Path) -> Callable[[], Counts]:
    """OSMnx reads XML only: the PBF is converted first, untimed."""
    osmnx, osmium = peer("osmnx"), peer("osmium")
    xml = Path(tempfile.mkdtemp(prefix="civicreach-bench-")) / "streets.osm"
    with osmium.SimpleWriter(str(xml)) as out:
        for thing in osmium.FileProcessor(str(path)):
            out.add(thing)

    def read() -> Counts:
        try:
            graph = osmnx.graph_from_xml(xml)
        finally:
            xml.unlink()
            xml.parent.rmdir()
        return len(graph.nodes), len(graph.edges)

    return read


TOOLS: dict[str, Callable[[Path], Callable[[], Counts]]] = {
    "civicreach": by_civicreach,
    "pyrosm, tables of nodes and edges only": by_pyrosm,
    PYROSM: functools.partial(by_pyrosm, graph=True),
    "osmnx": by_osmnx,
}


def one_process(tool: str, path: Path) -> dict[str, float]:
    """Start this file for one tool; PeerAbsentError with the reason when it can't."""
    env = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, str(Path(__file__).resolve()), tool, str(path)]
    start = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    whole_s = time.perf_counter() - start
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise PeerAbsentError(lines[-1][:160] if lines else f"ended with {done.returncode}")
    return {**json.loads(done.stdout.strip().splitlines()[-1]), "whole_s": whole_s}


def table(path: Path, repeats: int) -> tuple[Table, list[Check]]:
    """Medians over fresh processes, the tools in turns."""
    runs: dict[str, list[dict[str, float]]] = {tool: [] for tool in TOOLS}
    faults: dict[str, str] = {}
    for turn in range(repeats):
        for tool in TOOLS:
            if tool in faults:
                continue
            say(f"speed: D, {tool}, {turn + 1} of {repeats}")
            try:
                runs[tool].append(one_process(tool, path))
            except PeerAbsentError as absent:
                faults[tool] = str(absent)
    if "civicreach" in faults:
        raise BenchError(f"civicreach can't read {path.name}: {faults['civicreach']}")
    middle = {
        tool: {key: statistics.median(run[key] for run in each) for key in each[0]}
        for tool, each in runs.items()
        if tool not in faults
    }
    mine = middle["civicreach"]
    rows: list[tuple[Cell, ...]] = []
    for tool in TOOLS:
        if tool in faults:
            rows.append((tool, faults[tool], "", "", "", "", "", "", ""))
            continue
        m = middle[tool]
        counts = int(m["nodes"]), int(m["edges"])
        ratios = m["cpu_ms"] / mine["cpu_ms"], m["wall_ms"] / mine["wall_ms"]
        added = m["peak_mb"] - m["before_mb"]
        rows.append((tool, m["wall_ms"], m["cpu_ms"], *ratios, round(m["whole_s"], 1), added, *counts))
    checks = []
    if PYROSM in middle:
        ratio = middle[PYROSM]["cpu_ms"] / mine["cpu_ms"]
        checks.append(Check("D: pyrosm to a network / ours, CPU", f"{ratio:.1f}x", "at least 5x", ratio >= 5))
    columns = (
        "D: PBF to walk network", "wall ms", "CPU ms", "x ours, CPU", "x ours, wall",
        "with start and imports s", "memory it adds MB", "nodes", "edges",
    )  # fmt: skip
    notes = (
        "OSMnx starts from XML that is converted for it outside the clock.",
        "Each run is a fresh process and starts after the imports; the filters differ, hence the counts.",
    )
    return Table(f"Job D: {path.name}", columns, rows, notes), checks


def peak_mb() -> float:
    """Most memory this process has held; getrusage would count what its parent held at the start."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main(tool: str, path: str) -> int:
    """One tool, once."""
    try:
        with hushed():
            read = TOOLS[tool](Path(path))
            before = peak_mb()
            wall, cpu, (nodes, edges) = once(read)
    except PeerAbsentError as absent:
        print(absent, file=sys.stderr)
        return 1
    except Exception as fault:  # noqa: BLE001 - a peer that fails on the file is a row that says how
        print(f"fails on this file: {type(fault).__name__}: {fault}", file=sys.stderr)
        return 1
    memory = {"before_mb": before, "peak_mb": peak_mb()}
    figures = {"wall_ms": wall, "cpu_ms": cpu, **memory, "nodes": nodes, "edges": edges}
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

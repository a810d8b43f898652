"""Seconds until a planner sees something: import, ``--help``, and the first search on a machine."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sheet import BenchError, Cell, Check, Options, Result, Table, say

SOURCE = Path(__file__).resolve().parents[2] / "coverage"
KERNELS = Path(__file__).resolve().parent / "kernels.py"
CALLS = {
    "python -c pass (the interpreter alone)": (["-c", "pass"], None),
    "import civicreach": (["-c", "import civicreach"], 0.5),
    "civicreach --help": (["-c", "from civicreach.cli import main; main()", "--help"], 0.4),
}


def seconds(arguments: list[str], **variables: str) -> tuple[float, float]:
    """Wall and CPU seconds of one new process."""
    env = {**os.environ, "PYTHONPATH": str(SOURCE), **variables}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])  # of processes that have ended
    if done.returncode:
        last = done.stderr.strip()[-300:]
        raise BenchError(f"`{' '.join(arguments)}` ended with {done.returncode}: {last}")
    return wall, cpu


def compiling() -> tuple[float, float]:
    """Wall and CPU seconds that a first search takes longer than a second one: compiling."""
    with tempfile.TemporaryDirectory(prefix="civicreach-bench-") as cache:
        first, second = (seconds([str(KERNELS)], CIVICREACH_CACHE=cache) for _ in range(2))
    return first[0] - second[0], first[1] - second[1]


def run(options: Options) -> Result:
    """Medians of 7 processes each, after one that fills the caches."""
    repeats = options.pick(full=7, quick=7, tiny=1)
    rows: list[tuple[Cell, ...]] = []
    checks = []
    for name, (arguments, target) in CALLS.items():
        say(f"imports: {name}")
        first, _ = seconds(arguments)
        walls, cpus = zip(*(seconds(arguments) for _ in range(repeats)), strict=True)
        median = statistics.median(walls)
        spread = round(min(walls), 3), round(max(walls), 3), round(first, 3)
        rows.append((name, round(median, 3), round(statistics.median(cpus), 3), *spread))
        if target is not None:
            checks.append(Check(f"{name}, median s", f"{median:.3f}", f"at most {target}", median <= target))
    if options.size != "tiny":
        say("imports: kernels, compiled anew")
        wall, cpu = compiling()
        rows.append(("all kernels compiled, once a machine", round(wall, 1), round(cpu, 1), "", "", ""))
        checks.append(Check("all kernels compiled, CPU s", f"{cpu:.1f}", "at most 20", cpu <= 20))
    columns = ("call", "wall s", "CPU s", "least wall", "most wall", "first wall")
    table = Table("Start-up", columns, rows)
    return Result("imports", "Each call is a process of its own.", [table], checks, {"repeats": repeats})

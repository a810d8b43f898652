"""CPU seconds of a whole study on a synthetic city of a million people: layers, circles and every analysis.

Counted is everything between a cached network and the result that page and workbook are written from, drawn
isochrones and the base map among it; not counted are writing them, and compiling.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clock import once
from sheet import Cell, Check, Options, Result, Table, say
from synthetic_city import LARGE, SMALL, write_city

from civicreach.inputs.study_file import read_study
from civicreach.measures import StudyResult
from civicreach.reach._numba import kernel_folder
from civicreach.run.load import Loaded, load_study
from civicreach.run.measure import measure_study
from civicreach.run.progress import Steps

TARGET_S, TARGET_GIB = 20.0, 4.0
ABOUT = (
    "A study of a synthetic city with all of its analyses, from a cached network: reading and checking every layer, "
    "the base map, the circle of each service with its drawn isochrones, and each analysis. Page, workbook and "
    "other files are not written; kernels are compiled on a small city before anything is counted."
)
Seconds = dict[str, tuple[float, float]]
"""CPU and wall seconds of each step by its name."""


@dataclass
class TimedSteps(Steps):
    """Steps that keep their CPU seconds (all threads) too."""

    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step, with its CPU seconds."""
        begun = time.process_time()
        with super().step(name):
            yield
        self.cpu[str(name)] = self.cpu.get(str(name), 0.0) + time.process_time() - begun


@contextmanager
def own_cache(folder: Path) -> Iterator[None]:
    """Networks are cached in a folder of the bench, while kernels stay where they were compiled."""
    kernel_folder()  # asked once a process
    before = os.environ.get("CIVICREACH_CACHE")
    os.environ["CIVICREACH_CACHE"] = str(folder)
    try:
        yield
    finally:
        del os.environ["CIVICREACH_CACHE"]
        if before is not None:
            os.environ["CIVICREACH_CACHE"] = before


def whole_study(path: Path) -> tuple[Seconds, Loaded, StudyResult]:
    """The seconds of every step of a study, of what lies between them, and of all together under ""."""
    steps = TimedSteps()
    wall_ms, cpu_ms, loaded = once(lambda: load_study(read_study(path), steps))
    load = set(steps.seconds)
    more_wall_ms, more_cpu_ms, result = once(lambda: measure_study(loaded, steps))
    seconds = {
        f"load: {name}" if name in load else name: (steps.cpu[name], steps.seconds[name]) for name in steps.seconds
    }
    whole = (cpu_ms + more_cpu_ms) / 1e3, (wall_ms + more_wall_ms) / 1e3
    known = [sum(both[k] for both in seconds.values()) for k in range(2)]
    seconds["checks of layers against each other, and notes"] = whole[0] - known[0], whole[1] - known[1]
    seconds[""] = whole
    return seconds, loaded, result


def peak_gib() -> float | None:
    """The most memory that this process has held, in GiB; None where the system doesn't tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def figures_of(result: StudyResult) -> list[tuple[str, float | None]]:
    """All figures by their ids."""
    return [(figure.id, figure.value) for figure in result.figures]


def run(options: Options) -> Result:
    """The whole study, three times over at full size; medians."""
    size = SMALL if options.size == "tiny" else LARGE
    repeats = options.pick(full=3, quick=1, tiny=1)
    with tempfile.TemporaryDirectory(prefix="civicreach-bench-") as temporary:
        folder = Path(temporary)
        with own_cache(folder / "cache"):
            say("analyses: a small city first, so that everything is compiled")
            whole_study(write_city(folder / "synthetic_small", SMALL))
            say("analyses: the synthetic city")
            path = write_city(folder / "synthetic", size)
            _, first_cpu_ms, _ = once(lambda: load_study(read_study(path)))
            taken, figures = [], []
            for number in range(repeats):
                say(f"analyses: run {number + 1} of {repeats}")
                seconds, loaded, result = whole_study(path)
                taken.append(seconds)
                figures.append(figures_of(result))
    return _result(taken, figures, loaded, result, first_cpu_ms / 1e3)


def _result(
    taken: list[Seconds],
    figures: list[list[tuple[str, float | None]]],
    loaded: Loaded,
    result: StudyResult,
    first_cpu_s: float,
) -> Result:
    rows: list[tuple[Cell, ...]] = []
    for name in taken[0]:
        cpu, wall = (statistics.median(seconds[name][k] for seconds in taken) for k in range(2))
        rows.append((name or "all together", round(cpu, 2), round(wall, 2)))
    total = statistics.median(seconds[""][0] for seconds in taken)
    gib = peak_gib()
    same = all(repr(each) == repr(figures[0]) for each in figures)
    people, counted = int(loaded.demand.amount("people").sum()), result.figures[0].denominator
    checks = [
        Check("all steps together, CPU s", f"{total:.1f}", f"under {TARGET_S:g}", total < TARGET_S),
        Check("peak memory, GiB", "unknown" if gib is None else f"{gib:.2f}", f"under {TARGET_GIB:g}",
              gib is None or gib < TARGET_GIB),
        Check("residents in the first figure's denominator", f"{counted:,.0f}", f"{people:,}", counted == people,
              is_answer=True),
    ]  # fmt: skip
    if len(taken) > 1:
        checks.append(Check("the same figures in every run", "yes" if same else "NO", "yes", same, is_answer=True))
    notes = (
        "The last but one row is what no step of its own counts; the median of a sum is not the sum of medians.",
        f"Not counted: the first load, which builds the networks, took {first_cpu_s:.1f} s of CPU.",
    )
    tables = [_city(loaded), Table("Seconds by step", ("step", "CPU s", "wall s"), rows, notes)]
    return Result("analyses", ABOUT, tables, checks, {"repeats": len(taken), "figures": len(figures[0])})


def _city(loaded: Loaded) -> Table:
    study, demand = loaded.study, loaded.demand
    rows: list[tuple[Cell, ...]] = [("homes (points)", len(demand.ids))]
    rows += [(group, int(demand.amount(group).sum())) for group in demand.groups]
    if loaded.areas is not None:
        rows += [(f"{level} units", loaded.areas.frame[f"{level}_id"].nunique()) for level in loaded.areas.levels]
    rows += [(service.label("en"), len(loaded.facilities[service.id].ids)) for service in study.services]
    rows += [("facilities in all", sum(len(layer.ids) for layer in loaded.facilities.values()))]
    for name in dict.fromkeys(service.profile for service in study.services):
        network = loaded.networks.network(study.profiles[name], study.roads.private_access)
        rows.append((f"network of {name}: nodes", network.node_count))
        rows.append((f"network of {name}: edges", network.edge_count))
    return Table("The synthetic city", ("what", "count"), rows)

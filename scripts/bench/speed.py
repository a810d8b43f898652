"""Speed of jobs A-D and of isochrones, ours and the peers' in one run, with their answers compared."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Mapping
from typing import Any

import bands
import cities
import ours
import pbf
from clock import Timing, once, race
from engines import ENGINES, Digest, Jobs
from peers import PeerAbsentError, hushed
from sheet import Cell, Check, Options, Result, Table, say
from streets import Streets

OURS = "civicreach"
SEARCH = "civicreach, snapped places"
PUBLIC = "civicreach, public call"
LIMIT_M = 1200
SOURCES_A = 100
BIG = 250_000  # nodes
ROUGH = {"cityseer": "float32", "pandana": "finds its sources by coordinates, which a few nodes share"}

ABOUT = (
    "All engines of jobs A-C share the streets and whole-millisecond costs of our network, start at "
    "nodes, and are taken in turns in one process; medians of the rounds. `x ours` is the engine's time "
    "over that of the row *civicreach*: our kernels on one core, asked as the peers are. *Snapped places* "
    "is the search that `reach()` uses, with places on edges and all cores; *public call* is `reach()` "
    "itself, which first snaps every place to its nearest street and moves places from islands of the "
    "network to the rest of it. No peer does that here, so it reaches more. A and B have no such row "
    "where the package offers no such function."
)
COLUMNS = (
    "job", "tool", "wall ms", "CPU ms", "x ours, CPU", "x ours, wall", "rounds", "set-up s", "values",
    "same answer",
)  # fmt: skip
TITLES = {
    "A": f"A one source, {LIMIT_M} m, ms a source",
    "B": "B nearest of the sources for every node",
    "C": f"C all sources x nodes within {LIMIT_M} m, sparse",
}


def set_up(streets: Streets) -> tuple[dict[str, Jobs], dict[str, float], dict[str, str]]:
    """Every engine that is there, the seconds it took to set up, and why the others aren't there."""
    engines: dict[str, Callable[[Streets], Jobs]] = {
        OURS: ours.by_kernel,
        SEARCH: ours.by_search,
        PUBLIC: ours.by_public_functions,
        **ENGINES,
    }
    streets.simple()
    jobs, seconds, absent = {}, {}, {}
    for name, make in engines.items():
        say(f"speed: {streets.name}, set-up of {name}")
        try:
            with hushed():
                wall, _, jobs[name] = once(functools.partial(make, streets))
            seconds[name] = wall / 1e3
        except PeerAbsentError as reason:
            absent[name] = str(reason)
    return jobs, seconds, absent


def calls_of(job: str, jobs: Mapping[str, Jobs], streets: Streets, sites: int) -> dict[str, Callable[[], Any]]:
    """What each engine that can do a job is called with."""
    limit = round(LIMIT_M / streets.speed_mps * 1000)
    single = streets.random_nodes(SOURCES_A, seed=7).tolist()
    thousand, many = streets.random_nodes(1000, seed=7), streets.random_nodes(sites, seed=3)
    calls: dict[str, Callable[[], Any]] = {}
    for name, can in jobs.items():
        if job == "A" and can.one:
            calls[name] = functools.partial(one_by_one, can.one, single, limit)
        elif job == "B" and can.nearest:
            calls[name] = functools.partial(can.nearest, thousand)
        elif job == "C" and can.pairs:
            calls[name] = functools.partial(can.pairs, many, limit)
    return calls


def one_by_one(one: Callable[[int, int], Any], sources: list[int], limit: int) -> list[Any]:
    """A call a source."""
    return [one(source, limit) for source in sources]


def warm(jobs: Mapping[str, Jobs], streets: Streets) -> None:
    """Compile or load our kernels outside the clock."""
    few = streets.random_nodes(3, seed=1)
    for can in (jobs[OURS], jobs[SEARCH]):
        if can.one:
            can.one(int(few[0]), 1000)
        if can.nearest:
            can.nearest(few)
        if can.pairs:
            can.pairs(few, 1000)


def verdict(name: str, digest: Digest, mine: Digest) -> tuple[str, bool]:
    """What the table says about an answer, and whether it is right."""
    if digest == mine:
        return "yes", True
    count = digest[0] - mine[0]
    if name == PUBLIC:
        return f"{count:+,} values (islands)", True
    if name in ROUGH:
        off = "" if digest[1] is None or mine[1] is None else f", sum {digest[1] - mine[1]:+,} ms"
        return f"{count:+,} values{off} ({ROUGH[name]})" if count or off else "as many values", True
    return f"NO: {count:+,} values" if count else "NO: other sum", False


def rows_of(
    job: str, times: Mapping[str, Timing], jobs: Mapping[str, Jobs], seconds: Mapping[str, float]
) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """The table rows of one job and the names of engines whose answer is another."""
    mine = times[OURS]
    digest_of_mine = jobs[OURS].digest(mine.answer)
    each = SOURCES_A if job == "A" else 1
    rows: list[tuple[Cell, ...]] = []
    wrong = []
    for name, timing in times.items():
        digest = jobs[name].digest(timing.answer)
        says, right = verdict(name, digest, digest_of_mine)
        if not right:
            wrong.append(name)
        ratios = timing.cpu_ms / mine.cpu_ms, timing.wall_ms / mine.wall_ms
        milliseconds = timing.wall_ms / each, timing.cpu_ms / each
        rows.append((TITLES[job], name, *milliseconds, *ratios, timing.runs, round(seconds[name], 2), digest[0], says))
    return rows, wrong


def jobs_table(streets: Streets, repeats: int, sites: int) -> tuple[Table, list[Check]]:
    """Jobs A, B and C on one city."""
    jobs, seconds, absent = set_up(streets)
    warm(jobs, streets)
    rows: list[tuple[Cell, ...]] = []
    checks = []
    for job in TITLES:
        say(f"speed: {streets.name}, job {job}")
        with hushed():
            times = race(calls_of(job, jobs, streets, sites), repeats)
        new, wrong = rows_of(job, times, jobs, seconds)
        rows += new
        told = "all alike" if not wrong else f"not those of {', '.join(wrong)}"
        checks.append(Check(f"{streets.name}, {job}: answers", told, "all alike", not wrong, is_answer=True))
        if job == "C":
            checks += targets(streets, times)
        del times
        gc.collect()
    rows += [("A-C", name, reason, "", "", "", "", "", "", "") for name, reason in absent.items()]
    return Table(f"Jobs A-C, {streets.describe()}", COLUMNS, rows), checks


def targets(streets: Streets, times: Mapping[str, Timing]) -> list[Check]:
    """Job C against its targets, which were set on a city of this size: small rows suit scipy better.

    Ours is the search that `reach()` runs, with all cores; the peers have no such thing.
    """
    checks = []
    for name, least in (("scipy dijkstra(limit)", 6), ("networkx", 20)):
        if len(streets.x) > BIG and name in times:
            ratio = times[name].wall_ms / times[SEARCH].wall_ms
            what = f"{streets.name}, C: {name} / ours on all cores, wall"
            checks.append(Check(what, f"{ratio:.1f}x", f"at least {least}x", ratio >= least))
    return checks


def run(options: Options) -> Result:
    """All cities, all jobs."""
    choice = {"tiny": [cities.town], "quick": [cities.las_palmas]}
    makers = choice.get(options.size, [cities.las_palmas, cities.wuhan, cities.tiling])
    repeats, sites = options.pick(full=3, quick=3, tiny=1), options.pick(full=5000, quick=1000, tiny=100)
    drawn = options.pick(full=1000, quick=200, tiny=20)
    tables, checks = [], []
    for make in makers:
        streets = make()
        say(f"speed: {streets.describe()}")
        for table, more in (jobs_table(streets, repeats, sites), bands.table(streets, drawn, repeats)):
            tables.append(table)
            checks += more
        del streets
        gc.collect()
    if options.size != "tiny":
        table, more = pbf.table(cities.real_data() / cities.LAS_PALMAS, repeats)
        tables.append(table)
        checks += more
    settings: dict[str, Cell] = {"sites of job C": sites, "isochrones drawn": drawn, "rounds": repeats}
    return Result("speed", ABOUT, tables, checks, settings)

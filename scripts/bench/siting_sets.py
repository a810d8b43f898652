"""LSCP and beds at the size of a city: the fewest sites for everybody, and sites with little room; beside spopt."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from clock import once
from peers import PeerAbsentError, hushed, peer
from scipy.spatial import cKDTree
from sheet import Cell, Check, Options, Table, say
from siting_city import CENTRES, SitingCity, clustered, siting_city
from siting_rows import COLUMNS, Run, search

from civicreach.siting.answer import answer
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, value
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.rules import NO_RULES
from civicreach.siting.set_cover import best_set_cover

PEOPLE = 1_000_000
"""Units of a person."""
WALK_M_PER_S = 1.2
LIMITS_MIN = (40, 60)
EXISTING = 20
NEAREST = 30
"""A community may send people to so many sites at most."""


def fewest(city: SitingCity, seconds: float) -> Found:
    """The fewest sites that cover every street node which any candidate covers."""
    covers = city.sites.astype(bool).tocsr()
    return best_set_cover(covers, opened=city.none(), allowed=city.all(), clock=Clock(seconds), xy=city.xy)


def lscp(options: Options) -> tuple[list[Table], list[Check]]:
    """Everybody within reach of a site, in two cities: candidates that reach little, and many."""
    nodes, sites = options.pick(full=25_000, quick=5000, tiny=400), options.pick(full=5000, quick=1000, tiny=80)
    seconds = options.pick(full=60, quick=15, tiny=4)
    small = siting_city(300, 60, CENTRES, covering=6)
    fewest(small, 5)  # compiled before anything is timed
    runs, checks = [], []
    for covering in (10, 30):
        city = siting_city(nodes, sites, CENTRES, covering=covering)
        each = city.sites.nnz / len(city.weight)
        run = search(f"{each:.0f} candidates reach a node", partial(fewest, city, seconds))
        met = np.asarray(city.sites.tocsr()[run.found.open].sum(axis=0)).ravel() > 0
        right = bool((met == (np.asarray(city.sites.sum(axis=0)).ravel() > 0)).all())
        right &= run.found.bound <= run.found.value == len(run.found.open)
        name = f"LSCP, {run.name}"
        checks += [
            replace(run, name=name).gap_within(0.03, seconds),
            Check(f"{name}: everybody covered", "yes" if right else "NO", "yes", right, is_answer=True),
        ]
        runs.append(run)
    beside, more = lscp_beside_spopt(small)
    title = f"LSCP, {nodes:,} street nodes and {sites:,} candidates"
    note = "The more candidates reach a node, the weaker is the bound: of the gap, little is the plan's."
    return [Table(title, COLUMNS, [run.row for run in runs], (note,)), beside], checks + more


def lscp_beside_spopt(city: SitingCity) -> tuple[Table, list[Check]]:
    """A small town, the same number from spopt."""
    ours = search("LSCP of a town", partial(fewest, city, 30))
    name = f"LSCP, {len(city.weight):,} places x {city.count:,} candidates"
    rows: list[tuple[Cell, ...]] = [("civicreach", ours.found.value, ours.wall_s, "yes" if ours.found.proven else "no")]
    columns = ("tool", "sites", "wall s", "proven")
    say("siting: spopt LSCP")
    try:
        count, seconds = by_spopt(city)
    except PeerAbsentError as absent:
        rows.append(("spopt LSCP", str(absent), None, None))
        return Table(name, columns, rows), []
    rows.append(("spopt LSCP", count, seconds, "yes"))
    same = count == ours.found.value
    check = Check("LSCP: the same as spopt", str(ours.found.value), str(count), same, is_answer=True)
    return Table(f"Beside spopt: {name}", columns, rows), [check]


def by_spopt(city: SitingCity) -> tuple[int, float]:
    """How many sites spopt's LSCP opens and its seconds; what no candidate covers it doesn't get to see."""
    locate, pulp = peer("spopt.locate", "spopt"), peer("pulp")
    near = city.sites.toarray().T > 0
    minutes = np.where(near[near.any(axis=1)], 1.0, 9.0)
    solver = pulp.getSolver("HiGHS" if "HiGHS" in pulp.listSolvers(onlyAvailable=True) else "PULP_CBC_CMD", msg=False)

    def solve() -> Any:
        return locate.LSCP.from_cost_matrix(minutes, 5.0).solve(solver)

    with hushed():
        wall_ms, _, solved = once(solve)
    return round(solved.problem.objective.value()), round(wall_ms / 1000, 2)


def beds_town(communities: int, sites: int, new: int, limit_min: int, seed: int = 3) -> tuple[Problem, Question]:
    """Communities that want a bed for one in twenty of their elderly, and sites of 60 to 300 beds, too few in all."""
    rng = np.random.default_rng(seed)
    side_m = 30_000.0 * np.sqrt(communities / 1300)
    hearts = max(3, round(40 * communities / 1300))
    centres, spread_m = rng.random((hearts, 2)) * side_m, rng.uniform(600, 2500, hearts)
    at = clustered(communities + sites, side_m, centres, spread_m, 0.7, rng)
    home, place = at[:communities], at[communities:]
    wanted = np.maximum(np.rint(0.05 * (rng.poisson(120, communities) + 5)), 1).astype(np.int64)
    room = rng.choice([60, 100, 150, 200, 300], sites).astype(np.int64)
    metres, near = cKDTree(place).query(home, k=min(NEAREST, sites))
    ms = np.rint(1.3 * metres / WALK_M_PER_S * 1000).astype(np.int64)
    row, at_site, ms = np.repeat(np.arange(communities), near.shape[1]), near.ravel(), ms.ravel()
    limit_ms = limit_min * 60_000
    order = np.lexsort((row, at_site))
    order = order[ms[order] <= limit_ms]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(at_site[order], minlength=sites))])
    existing = np.arange(sites) < min(EXISTING, sites // 4)
    problem = Problem(
        reach=None, demand=None, facilities=None, rules=NO_RULES, group="people", limit_ms=limit_ms,  # type: ignore[arg-type]
        site_ids=pd.RangeIndex(sites), demand_ids=pd.RangeIndex(communities), weight=wanted * PEOPLE, ptr=ptr,
        row=row[order], ms=ms[order], xy=place, existing=existing, forced=existing.copy(),
        allowed=np.ones(sites, np.bool_), new_most=new, total_most=None, cost=None, budget=None, quotas=(),
        clash=np.empty((0, 2), np.int64), max_load=None, floor=None,
    )  # fmt: skip
    return problem, Question("max_served", capacity=room * PEOPLE)


def beds(options: Options) -> tuple[list[Table], list[Check]]:
    """Most people with a bed, then the least walking of so many, for two limits: the longer, the easier."""
    communities, sites = options.pick(full=1300, quick=1300, tiny=60), options.pick(full=300, quick=300, tiny=24)
    new = options.pick(full=40, quick=40, tiny=5)
    seconds = options.pick(full=40, quick=20, tiny=4)
    rows, checks = [], []
    for limit_min in LIMITS_MIN:
        problem, question = beds_town(communities, sites, new, limit_min)
        name = f"beds within {limit_min} minutes"
        most = search(f"{name}: most served", partial(_found, problem, question, seconds, None))
        opened = np.zeros(sites, np.bool_)
        opened[most.found.open] = True
        second = replace(question, kind="least_walking", need=most.found.value)
        least = search(f"{name}: least walking of as many", partial(_found, problem, second, seconds, opened))
        right = all(_is_counted(problem, asked, run) for asked, run in ((question, most), (second, least)))
        checks += [
            most.gap_within(0.005, seconds),
            Check(f"{name}: counted anew", "yes" if right else "NO", "yes", right, is_answer=True),
        ]
        rows += [most.row, least.row]
    title = f"Beds: {communities:,} communities x {sites} sites, {int(problem.existing.sum())} of today, {new} new"
    note = "Demand may be split. People in millionths; walking in millionths of a person times milliseconds."
    return [Table(title, COLUMNS, rows, (note,))], checks


def _found(problem: Problem, question: Question, seconds: float, start: Bools | None) -> Found:
    return answer(problem, question, Clock(seconds), start=start).found


def _is_counted(problem: Problem, question: Question, run: Run) -> bool:
    opened = np.zeros(len(problem.site_ids), np.bool_)
    opened[run.found.open] = True
    better = run.found.value - run.found.bound if question.sense == "most" else run.found.bound - run.found.value
    return value(problem, question, opened) == run.found.value and better <= 0


def run(options: Options) -> tuple[list[Table], list[Check]]:
    """LSCP, then beds."""
    parts = [part(options) for part in (lscp, beds)]
    return [table for tables, _ in parts for table in tables], [check for _, checks in parts for check in checks]

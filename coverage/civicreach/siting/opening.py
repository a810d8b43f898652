"""An opening order over years as a plan: which sites open when, and what the order costs against every year alone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civicreach.errors import InputError
from civicreach.layers import Demand, Facilities
from civicreach.measures.room import UNITS
from civicreach.reach import Reach
from civicreach.siting.answer import SEARCH, Answer, clash_of
from civicreach.siting.build import build_plan, site_names
from civicreach.siting.clock import Clock
from civicreach.siting.conflicts import check_rules
from civicreach.siting.found import Quota
from civicreach.siting.locate import SECONDS, Stop
from civicreach.siting.phases import Phases, opening_order
from civicreach.siting.plan import SitingPlan
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question
from civicreach.siting.rules import NO_RULES, Rules

UNKNOWN = ("budget", "max_load", "floor")
"""Rules that an opening order can't keep."""


@dataclass(frozen=True, eq=False)
class PhasedPlan:
    """An opening order and the plan at its end.

    years: on the years from 1 on: `opened` (ids), `sites` (opened by its end), `people` covered by its end, `share` of
        all; `best_people` of the best plan for so many sites alone, its `best_bound` and `best_proven`; `regret`, the
        share of that which the order gives up, and `regret_bound`, what it gives up at most; `by_year_opened`,
        `by_year_people` and `by_year_regret` of opening the best sites of each year by themselves (None and NaN where
        that breaks a rule in the end). regret, by_year_regret: of all years together.
    """

    plan: SitingPlan
    years: pd.DataFrame
    regret: float
    by_year_regret: float

    @property
    def opened_in(self) -> pd.Series:
        """The year, from 1 on, in which each new site opens, by site id."""
        pairs = [(site, year) for year, sites in self.years["opened"].items() for site in sites]
        return pd.Series(dict(pairs), name="year", dtype="Int64")

    def _repr_html_(self) -> str:
        return f"{self.plan._repr_html_()}{self.years.to_html()}"


def phases(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    years: Sequence[int],
    within_min: float,
    group: str = "people",
    rules: Rules = NO_RULES,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> PhasedPlan:
    """An order in which `years` sites open each year, so that most people are within the limit at the end, and each
    year before as good as the end allows.

    The plan of the last year is found first (MCLP), the years before inside it. Quotas' lower limits and mandatory
    sites hold at the end; upper limits and spacing in every year. Existing sites all stay. Other arguments and errors
    as in `max_cover`.

    Raises InputError for numbers of sites that are no whole numbers from 0 on, and for a budget, `max_load` or `floor`.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 3000.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> places = gpd.points_from_xy([200, 400, 600, 800], [0, 0, 0, 0], crs=32650)
    >>> homes = Demand(gpd.GeoDataFrame({"people": [3, 4, 4, 3]}, geometry=places, index=list("pqrs")))
    >>> places = gpd.points_from_xy([300, 500, 700], [0, 0, 0], crs=32650)
    >>> sites = gpd.GeoDataFrame({"status": "candidate"}, geometry=places, index=["west", "mid", "east"])
    >>> sites = Facilities(sites)
    >>> found = phases(reach(homes, sites, network, cutoff_min=5), homes, sites, years=[1, 1], within_min=2)
    >>> found.years["people"].tolist(), found.years["by_year_people"].tolist()  # mid first: 8, and then 11 of 14
    ([7.0, 14.0], [8.0, 11.0])
    """
    counts = list(years)
    if not counts or any(isinstance(n, bool) or n != int(n) or n < 0 for n in counts) or sum(counts) < 1:
        raise InputError(f"years must be whole numbers of sites from 0 on that open at least one, not {counts!r}")
    if strange := [name for name in rules.active if name in UNKNOWN]:
        raise InputError(f"an opening order can't keep the rules {', '.join(strange)}; ask for the last year alone")
    problem = Problem.of(
        reach, demand, facilities, within_min=within_min, group=group, new=int(sum(counts)), rules=rules
    )
    question = Question("max_cover")
    check_rules(problem, question)
    clock = Clock(seconds, stop)
    stays = problem.existing & problem.allowed
    must = [Quota(np.array([j]), 1) for j in np.flatnonzero(problem.forced & problem.new).tolist()]
    found = opening_order(
        problem.covers(), problem.weight, years=counts, open_=stays, allowed=problem.allowed,
        quotas=[*problem.quotas, *must], clash=clash_of(problem), xy=problem.xy, clock=clock, seed=seed,
    )  # fmt: skip
    spent = clock.spent()
    plan = build_plan(problem, question, Answer(found.final, SEARCH), seconds=spent, seed=seed)
    by_year = found.by_year_regret
    return PhasedPlan(plan, _years(problem, found), found.regret, float("nan") if by_year is None else by_year)


def _years(problem: Problem, found: Phases) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for year in found.years:
        by_year, alone = year.by_year_opened, year.by_year_value
        names: tuple[Hashable, ...] | None = None if by_year is None else site_names(problem, by_year)
        rows.append(
            {
                "opened": site_names(problem, year.opened),
                "sites": year.count,
                "people": year.value / UNITS,
                "share": year.value / problem.total,
                "best_people": year.best.value / UNITS,
                "best_bound": year.best.bound / UNITS,
                "best_proven": year.best.proven,
                "regret": year.regret,
                "regret_bound": year.regret_bound,
                "by_year_opened": names,
                "by_year_people": float("nan") if alone is None else alone / UNITS,
                "by_year_regret": float("nan") if year.by_year_regret is None else year.by_year_regret,
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="year"))

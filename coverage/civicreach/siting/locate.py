"""Where to build: the problems of location science as functions of layers, a reach and rules.

`facilities` is the layer that the reach was computed for: existing sites stay (unless the rules say otherwise),
candidates may open, planned ones must, closed ones are left out. Layers are matched by id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from civicreach.errors import InputError, Note
from civicreach.layers import Demand, Facilities
from civicreach.measures.room import capacity_of, room_units
from civicreach.reach import Reach
from civicreach.siting.answer import Answer, answer
from civicreach.siting.build import build_plan
from civicreach.siting.clock import Clock
from civicreach.siting.plan import NO_PRICES, SitingPlan
from civicreach.siting.prices import rule_prices
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question
from civicreach.siting.rules import NO_RULES, Rules
from civicreach.units import MS_PER_MIN, min_to_ms

Stop = Callable[[], bool]

SECONDS = 60.0
"""So long a search goes on unless it has proven its plan before."""


def max_cover(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    new: int | None = None,
    total: int | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """MCLP: at most `new` sites (or `total`, or what the budget allows) so that most people have one within the limit.

    The limit in minutes is inclusive. The plan says how sure it is: proven optimal, or at most how far from the best
    (`bound`, `gap`). It ends after `seconds`, when `stop()` is true or with Ctrl-C, with the best plan so far; with
    time enough the same input and seed give the same plan. With `prices` the price of each rule is found as well, which
    takes as long again for each rule. Church and ReVelle (1974).

    Raises LayerError for layers of another reach, unknown ids, nobody to serve, no site in reach or fewer candidates
    than `new`; InputError with the names of the rules where they leave no plan; CutoffError beyond the search.

    >>> import geopandas as gpd, networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.reach import reach
    >>> from civicreach.study import Profile
    >>> street = nx.Graph(crs="EPSG:32650")
    >>> street.add_nodes_from([("a", {"x": 0.0, "y": 0.0}), ("b", {"x": 2000.0, "y": 0.0})])
    >>> street.add_edge("a", "b")
    >>> network = from_networkx(street, Profile(name="walker", speed_mps=1.0))
    >>> places = gpd.points_from_xy([0, 400, 1500, 1900], [0, 0, 0, 0], crs=32650)
    >>> homes = Demand(gpd.GeoDataFrame({"people": [10, 20, 40, 30]}, geometry=places, index=list("pqrs")))
    >>> sites = gpd.points_from_xy([100, 600, 1700], [0, 0, 0], crs=32650)
    >>> status = ["existing", "candidate", "candidate"]
    >>> sites = Facilities(gpd.GeoDataFrame({"status": status}, geometry=sites, index=["old", "mid", "east"]))
    >>> plan = max_cover(reach(homes, sites, network, cutoff_min=10), homes, sites, new=1, within_min=5)
    >>> plan.opened, plan.kept, plan.objective, plan.proven
    (('east',), ('old',), 100.0, True)
    """
    problem = Problem.of(
        reach, demand, facilities, within_min=within_min, group=group, new=new, total=total, rules=rules
    )
    _limited(problem)
    return solved(problem, Question("max_cover"), seconds=seconds, seed=seed, prices=prices, stop=stop)


def backup_cover(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    new: int | None = None,
    total: int | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """BACOP: at most `new` sites so that most people have two within the limit: one may be full, closed or cut off.

    Arguments and errors as in `max_cover`. Hogan and ReVelle (1986).
    """
    problem = Problem.of(
        reach, demand, facilities, within_min=within_min, group=group, new=new, total=total, rules=rules
    )
    _limited(problem)
    return solved(problem, Question("backup_cover"), seconds=seconds, seed=seed, prices=prices, stop=stop)


def set_cover(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    share: float = 1.0,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """LSCP: the fewest sites so that a share of the people (1: everybody) has one within the limit.

    Existing sites that must stay aren't counted; those that may close are. Who can't be covered by any site that may
    open is listed in the plan's `uncoverable`, and the plan covers as many as there are sites for. Other arguments and
    errors as in `max_cover`. Toregas et al. (1971).
    """
    if not 0 < share <= 1:
        raise InputError(f"share must be above 0 and at most 1, not {share!r}")
    problem = Problem.of(reach, demand, facilities, within_min=within_min, group=group, rules=rules)
    coverable = problem.total - int(problem.weight[problem.uncoverable()].sum())
    wanted = int(-((-Fraction(str(share)) * problem.total) // 1))
    question = Question("set_cover", need=min(wanted, coverable))
    plan = solved(problem, question, seconds=seconds, seed=seed, prices=prices, stop=stop)
    if wanted <= coverable or share == 1:
        return plan
    most = coverable / problem.total
    note = Note(
        f"{100 * share:g} % can't be covered: all sites together cover {100 * most:.2f} %",
        f"无法覆盖{100 * share:g}%：全部点位合计最多覆盖{100 * most:.2f}%",
    )
    return replace(plan, notes=(note, *plan.notes))


def p_median(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    new: int | None = None,
    total: int | None = None,
    beyond_min: float | None = None,
    within_min: float | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """p-median: at most `new` sites (or `total`) so that the minutes of all people to their nearest one are least.

    Whoever reaches no open site within the search's cutoff counts `beyond_min` minutes, by default the cutoff; so does
    a way that is longer. `within_min` is the limit for the plan's coverage, by default the cutoff as well. Other
    arguments and errors as in `max_cover`. Hakimi (1964), ReVelle and Swain (1970).
    """
    problem = Problem.of(
        reach, demand, facilities, within_min=within_min, group=group, new=new, total=total, rules=rules
    )
    _limited(problem)
    beyond = reach.cutoff_ms if beyond_min is None else min_to_ms(beyond_min)
    if beyond <= 0:
        raise InputError(f"beyond_min must be above 0, not {beyond_min!r}")
    question = Question("p_median", beyond_ms=beyond)
    return solved(problem, question, seconds=seconds, seed=seed, prices=prices, stop=stop)


def p_center(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    new: int | None = None,
    total: int | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """p-center: at most `new` sites (or `total`) so that the longest way of anybody to the nearest one is shortest.

    Everybody counts whom any site that may open reaches within the search's cutoff; the others are listed in the plan's
    `uncoverable`. Other arguments as in `max_cover`. Hakimi (1964).

    Raises InputError where so few sites can't reach everybody within the cutoff, and the errors of `max_cover`.
    """
    problem = Problem.of(reach, demand, facilities, group=group, new=new, total=total, rules=rules)
    _limited(problem)
    return solved(problem, Question("p_center"), seconds=seconds, seed=seed, prices=prices, stop=stop)


def max_served(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    new: int | None = None,
    total: int | None = None,
    capacity: pd.Series | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    prices: bool = True,
    seconds: float = SECONDS,
    seed: int = 0,
    stop: Stop | None = None,
) -> SitingPlan:
    """Beds: at most `new` sites so that most people find a place within the limit, and, so many served, walk least.

    `capacity` in people by facility id is the facilities' own column unless given. The people of one home may be split
    over several sites; the plan's `pairs` say who goes where. Other arguments and errors as in `max_cover`.
    """
    problem = Problem.of(
        reach, demand, facilities, within_min=within_min, group=group, new=new, total=total, rules=rules
    )
    _limited(problem)
    room = room_units(capacity_of(facilities, capacity).loc[problem.site_ids])
    question = Question("max_served", capacity=room)
    clock = Clock(seconds, stop)
    most = answer(problem, question, clock.part(seconds / 2), seed)
    found, note = _walking_less(problem, question, most, clock)
    spent = clock.spent()
    price = rule_prices(problem, question, found, clock, seed) if prices and not clock.stopped() else NO_PRICES
    return build_plan(problem, question, found, seconds=spent, seed=seed, price=price, notes=(note,))


def _walking_less(problem: Problem, question: Question, most: Answer, clock: Clock) -> tuple[Answer, Note]:
    """Of the plans that serve so many, the one whose people walk least, and how sure that is."""
    start = np.zeros(len(problem.site_ids), np.bool_)
    start[most.found.open] = True
    second = replace(question, kind="least_walking", need=most.found.value)
    least = answer(problem, second, clock.part(max(clock.left(), 1.0)), start=start).found
    minutes = least.value / max(most.found.value, 1) / MS_PER_MIN
    if least.proven:
        how, how_zh = "proven least", "已证明最少"
    elif least.bound > 0:
        more = 100 * (least.value / least.bound - 1)
        how, how_zh = f"at most {more:.2g} % more than the least", f"最多比最少值高{more:.2g}%"
    else:  # the time was over before anything was known about other plans
        how, how_zh = "not proven least", "未证明最少"
    note = Note(
        f"those who find a place walk {minutes:.2f} minutes on average: {how}",
        f"获得安置者平均用时{minutes:.2f}分钟（{how_zh}）",
    )
    return replace(most, found=replace(most.found, open=least.open)), note


def solved(
    problem: Problem, question: Question, *, seconds: float, seed: int, prices: bool = True, stop: Stop | None = None
) -> SitingPlan:
    """The plan of a question, with what each of its rules costs."""
    clock = Clock(seconds, stop)
    found = answer(problem, question, clock, seed)
    spent = clock.spent()
    price = rule_prices(problem, question, found, clock, seed) if prices and not clock.stopped() else NO_PRICES
    return build_plan(problem, question, found, seconds=spent, seed=seed, price=price)


def _limited(problem: Problem) -> None:
    """Without any limit every site would open."""
    if problem.new_most is None and problem.total_most is None and problem.budget is None:
        raise InputError("how many sites may open? Give new, total, or a budget in the rules")

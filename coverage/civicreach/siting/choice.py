"""What helps to choose: how much each more site brings, what could stand instead, and which sites are safe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import InputError
from civicreach.layers import Demand, Facilities
from civicreach.measures.equity import weighted_quantile
from civicreach.measures.room import UNITS
from civicreach.reach import Reach
from civicreach.siting.answer import answer
from civicreach.siting.build import objective_scale, site_names
from civicreach.siting.clock import Clock
from civicreach.siting.locate import SECONDS, solved
from civicreach.siting.plan import SitingPlan
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question, keeps_rules, nearest_ms, value
from civicreach.siting.rule_arrays import Bools
from civicreach.siting.rules import NO_RULES, Rules

MOST_SITES = 20
"""So many new sites a curve shows at most unless more are asked for."""


KNEE_SHARE = 0.5
"""A curve bends where sites after it bring at most this share of what those before brought."""


@dataclass(frozen=True, eq=False)
class Curve:
    """How many people each number of new sites covers.

    table: on the number of new sites, from the least that the rules need: `people` covered, `share` of all,
        `more_people` than with one site less, `p95_min` (95 % of the people reach a site in so many minutes; infinite
        where they don't within the search), `bound`, `proven`, `opened`.
    knee: the number from which more sites bring at most half of what those before brought; None where there is none.
    """

    table: pd.DataFrame
    knee: int | None

    def _repr_html_(self) -> str:
        return f"<p>knee: {self.knee}</p>{self.table.to_html()}"


def curve(
    reach: Reach,
    demand: Demand,
    facilities: Facilities,
    *,
    within_min: float,
    most: int | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Curve:
    """The best cover (MCLP) for every number of new sites up to `most`; each gets its part of the seconds.

    Arguments and errors as in `max_cover`. A number for which the rules leave no plan is left out.
    """
    problem = Problem.of(reach, demand, facilities, within_min=within_min, group=group, rules=rules)
    candidates = int((problem.allowed & problem.new).sum())
    last = min(MOST_SITES, candidates) if most is None else most
    if not 0 <= last <= candidates:
        raise InputError(f"most must be from 0 to {candidates}, the number of candidates, not {most!r}")
    clock, question, rows = Clock(seconds), Question("max_cover"), {}
    before: Bools | None = None
    for new in range(int((problem.forced & problem.new).sum()), last + 1):
        part = clock.part(clock.left() / (last + 1 - new))
        found = _point(replace(problem, new_most=new), question, part, seed, before)
        if found is not None:
            before, rows[new] = found[0], found[1]
    if not rows:
        raise InputError(f"no number of new sites up to {last} has a plan that keeps the rules")
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.insert(2, "more_people", table["people"].diff())
    table.index.name = "new"
    return Curve(table, knee(table["people"]))


def _point(
    problem: Problem, question: Question, clock: Clock, seed: int, before: Bools | None
) -> tuple[Bools, dict[str, object]] | None:
    """The best plan for one number of sites, never worse than the one for fewer."""
    try:
        found = answer(problem, question, clock, seed, start=before).found
    except InputError:
        return None
    opened = mask(problem, found.open)
    worth = found.value
    if before is not None and keeps_rules(problem, before):
        last = value(problem, question, before)
        if last is not None and last > worth:
            opened, worth = before, last
    near = nearest_ms(problem, opened)
    minutes = pd.Series(np.where(near < 0, np.nan, near / 60_000))
    told = {
        "people": worth / UNITS,
        "share": worth / problem.total,
        "p95_min": weighted_quantile(minutes, pd.Series(problem.weight / UNITS), q=0.95),
        "bound": max(found.bound, worth) / UNITS,
        "proven": found.proven,
        "opened": site_names(problem, np.flatnonzero(opened & problem.new)),
    }
    return opened, told


def knee(people: pd.Series) -> int | None:
    """The number at which a curve bends: where it stands highest above the line from its first to its last point, if
    each site after it brings at most half of what each one before brought; None where no number does.

    >>> knee(pd.Series([0, 50, 80, 90, 95, 100], index=range(6)))
    2
    >>> knee(pd.Series([0, 83, 157, 223, 285, 341], index=range(6)))  # it only flattens slowly
    """
    if len(people) < 3 or people.iloc[-1] <= people.iloc[0]:
        return None
    x = people.index.to_numpy(dtype=float) - people.index[0]
    y = people.to_numpy(dtype=float) - people.iloc[0]
    at = int(np.argmax(np.round(y / y[-1] - x / x[-1], 12)))
    if not 0 < at < len(x) - 1:
        return None
    before, after = y[at] / x[at], (y[-1] - y[at]) / (x[-1] - x[at])
    return int(people.index[at]) if after <= KNEE_SHARE * before else None


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Plans that are nearly as good as one, and how much depends on each of its sites.

    plans: best first: `objective`, `loss` (how much worse, in the plan's unit), `loss_share`, `proven` (no other plan
        without the site is better), `opened`, `without` and `instead` (ids that differ).
    sites: on the new sites that needn't open: `loss` and `loss_share` of the best plan without the site, `proven`,
        `instead`. A site with a loss of 0 can be given up for nothing.
    """

    plans: pd.DataFrame
    sites: pd.DataFrame

    def _repr_html_(self) -> str:
        return self.plans.to_html() + self.sites.to_html()


def alternatives(plan: SitingPlan, *, within: float = 0.01, seconds: float = SECONDS, seed: int = 0) -> Alternatives:
    """For each new site the best plan without it; those that lose at most a share `within` are the alternatives.

    Raises InputError for a share below 0.
    """
    if not within >= 0:
        raise InputError(f"within must be a share of at least 0, not {within!r}")
    problem, question = plan.problem, plan.question
    own = problem.site_ids.isin(list(plan.open))
    free = np.flatnonzero(own & problem.new & ~problem.forced)
    clock, rows = Clock(seconds), {}
    for i, site in enumerate(free.tolist()):
        barred = np.arange(len(own)) == site
        without = replace(problem, allowed=problem.allowed & ~barred)
        try:
            found = answer(without, question, clock.part(clock.left() / (len(free) - i)), seed).found
        except InputError:
            rows[problem.site_ids[site]] = _no_other(problem, site)
            continue
        rows[problem.site_ids[site]] = _other(plan, own, mask(problem, found.open), found.value, found.proven)
    columns = ["objective", "loss", "loss_share", "proven", "opened", "without", "instead"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    near = table[table["loss_share"] <= within].drop_duplicates("opened")
    plans = near.sort_values("loss", kind="stable").reset_index(drop=True)
    table.index.name = plan.table.index.name
    return Alternatives(plans, table[["loss", "loss_share", "proven", "instead"]].sort_values("loss", ascending=False))


def _no_other(problem: Problem, site: int) -> dict[str, object]:
    gone = (problem.site_ids[site],)
    return dict(zip(["objective", "loss", "loss_share"], [math.nan, math.inf, math.inf], strict=True)) | {
        "proven": True, "opened": (), "without": gone, "instead": (),
    }  # fmt: skip


def _other(plan: SitingPlan, own: Bools, opened: Bools, worth: int, proven: bool) -> dict[str, object]:
    problem, scale = plan.problem, objective_scale(plan.question)
    sign = 1 if plan.sense == "most" else -1
    loss = sign * (plan.objective - worth / scale)
    return {
        "objective": worth / scale,
        "loss": loss,
        "loss_share": loss / abs(plan.objective) if plan.objective else 0.0,
        "proven": proven,
        "opened": site_names(problem, np.flatnonzero(opened & problem.new)),
        "without": site_names(problem, np.flatnonzero(own & ~opened)),
        "instead": site_names(problem, np.flatnonzero(opened & ~own)),
    }


@dataclass(frozen=True, eq=False)
class Stability:
    """Which sites are safe, whatever one believes about walking, standards and where people live.

    sites: on the ids of all sites chosen at least once: `chosen_count` and `chosen_share` of the cases, and a column
        for each case, best first.
    regret: plans of the cases (rows) in each case (columns): the share of that case's best value that they lose.
    plans: the plan of each case. safest: the case whose plan loses least where it loses most.
    """

    sites: pd.DataFrame
    regret: pd.DataFrame
    plans: Mapping[str, SitingPlan]
    safest: str

    def _repr_html_(self) -> str:
        return f"{self.sites.to_html()}<p>safest: {self.safest}</p>{self.regret.to_html()}"


Believed = tuple[Reach, Demand] | tuple[Reach, Demand, float]
"""A reach and its demand, and the limit in minutes if it isn't the same in all cases."""


def stability(
    cases: Mapping[str, Believed],
    facilities: Facilities,
    *,
    new: int | None = None,
    within_min: float | None = None,
    group: str = "people",
    rules: Rules = NO_RULES,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Stability:
    """The best cover (MCLP) of several cases of walking speed, standard and demand, and how often each site is chosen.

    Each case gets its part of the seconds. Other arguments and errors as in `max_cover`.
    """
    if not cases:
        raise InputError("stability needs at least one case")
    clock, question, plans = Clock(seconds), Question("max_cover"), {}
    for i, (name, believed) in enumerate(cases.items()):
        limit = believed[2] if len(believed) == 3 else within_min
        if limit is None:
            raise InputError(f"case {name!r} has no limit: give within_min, or the minutes in the case")
        problem = Problem.of(believed[0], believed[1], facilities, within_min=limit, group=group, new=new, rules=rules)
        part = max(clock.left() / (len(cases) - i), 1e-3)
        plans[name] = solved(problem, question, seconds=part, seed=seed, prices=False)
    regret = _regret(plans)
    return Stability(_chosen(plans), regret, plans, str(regret.max(axis=1).idxmin()))


def _chosen(plans: Mapping[str, SitingPlan]) -> pd.DataFrame:
    ids = sorted({i for plan in plans.values() for i in plan.opened}, key=str)
    table = pd.DataFrame({name: [i in plan.opened for i in ids] for name, plan in plans.items()}, index=pd.Index(ids))
    count = table.sum(axis=1)
    table.insert(0, "chosen_count", count)
    table.insert(1, "chosen_share", count / len(plans))
    return table.sort_values("chosen_count", ascending=False, kind="stable")


def _regret(plans: Mapping[str, SitingPlan]) -> pd.DataFrame:
    rows: dict[str, dict[str, float]] = {}
    best: dict[str, int] = {}
    worth: dict[str, dict[str, int]] = {}
    for name, plan in plans.items():
        for case, other in plans.items():
            opened = other.problem.site_ids.isin(list(plan.open))
            worth.setdefault(name, {})[case] = value(other.problem, other.question, opened) or 0
            best[case] = max(best.get(case, 0), worth[name][case])
    for name in plans:
        rows[name] = {c: 1 - worth[name][c] / best[c] if best[c] else 0.0 for c in plans}
    return pd.DataFrame.from_dict(rows, orient="index")


def mask(problem: Problem, sites: npt.NDArray[np.int64]) -> Bools:
    """Positions as a mask (m,)."""
    found = np.zeros(len(problem.site_ids), np.bool_)
    found[sites] = True
    return found

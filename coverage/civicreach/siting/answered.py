"""A question of study.toml with its plan, and what the plan means for every home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from civicreach.errors import InputError, Note
from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.ground import EXISTING, Ground
from civicreach.measures.words import group_words
from civicreach.reach import nearest_facility
from civicreach.siting.asked import Asked, ask
from civicreach.siting.locate import backup_cover, max_cover, max_served, p_center, p_median, set_cover
from civicreach.siting.merge import consolidate
from civicreach.siting.opening import PhasedPlan, phases
from civicreach.siting.plan import SitingPlan
from civicreach.study import SitingProblem, SitingSpec, Study
from civicreach.units import MS_PER_MIN

PER_METRE = 1_000
"""Cost units of a metre in a network that is measured in metres."""


@dataclass(frozen=True, eq=False)
class Answered:
    """A question and its plan."""

    asked: Asked
    plan: SitingPlan
    phased: PhasedPlan | None = None
    """The opening order that the plan stands at the end of."""

    @property
    def spec(self) -> SitingSpec:
        """What was asked."""
        return self.asked.spec

    @property
    def ground(self) -> Ground:
        """The study's layers."""
        return self.asked.ground

    @property
    def study(self) -> Study:
        """The study that asks."""
        return self.asked.ground.study

    @property
    def name(self) -> Pair:
        """What the question is called."""
        return self.spec.name_en or self.spec.name, self.spec.name

    @property
    def who(self) -> Pair:
        """Whom the plan is for, in words."""
        return group_words(self.study, self.asked.group)

    def told(self, rule: str) -> Note:
        """A rule of the plan in words; money with its unit."""
        note = self.asked.rules.told(rule)
        if rule != "budget":
            return note
        return Note(f"{note} {self.spec.cost_unit_en}", f"{note.zh} {self.spec.cost_unit}")

    @property
    def in_metres(self) -> bool:
        """Whether ways are told in metres."""
        return self.study.limit_unit(self.asked.service) == "m"

    @property
    def per_unit(self) -> int:
        """Cost units of a minute or metre."""
        return PER_METRE if self.in_metres else MS_PER_MIN

    @property
    def limit(self) -> Pair:
        """The limit in words."""
        value = round(self.asked.within_min * MS_PER_MIN) / self.per_unit
        return (f"{value:g} m", f"{value:g}米") if self.in_metres else (f"{value:g} min", f"{value:g}分钟")

    @property
    def sites(self) -> pd.DataFrame:
        """All sites of the question with what the plan does with them: `role` is one of opened, kept, closed, unused.

        Sites that are closed today are left out.
        """
        frame = self.asked.sites.frame
        role = pd.Series("unused", index=frame.index, dtype=object)
        for name in ("opened", "kept", "closed"):
            role[list(getattr(self.plan, name))] = name
        shown: pd.DataFrame = frame.assign(role=role)[frame["status"] != "closed"]
        return shown

    @cached_property
    def before(self) -> pd.Series:
        """Cost from each home to the nearest site of today, however far; NA where there is none."""
        return self._nearest(self.asked.sites.with_status(EXISTING))[0]

    @cached_property
    def after(self) -> pd.Series:
        """Cost from each home to the nearest open site of the plan, however far; NA where there is none."""
        return self._after[0]

    @cached_property
    def goes_to(self) -> pd.Series:
        """The nearest open site of each home; None where there is none."""
        return self._after[1]

    @cached_property
    def _after(self) -> tuple[pd.Series, pd.Series]:
        frame = self.asked.sites.frame
        return self._nearest(self.asked.sites.only(pd.Series(frame.index.isin(self.plan.open), index=frame.index)))

    def _nearest(self, sites: Facilities) -> tuple[pd.Series, pd.Series]:
        ids = self.asked.demand.ids
        if not len(sites.ids):
            return pd.Series(pd.NA, ids, dtype="Int64"), pd.Series(None, ids, dtype=object)
        found = nearest_facility(self.asked.demand, sites, self.asked.network, max_snap_m=self.ground.max_snap_m)
        cost = pd.Series(found.cost_ms, index=ids, dtype="Int64").mask(~found.found)
        return cost, found.frame()["facility_id"]

    @cached_property
    def amount(self) -> pd.Series:
        """The group's amounts of each home; 0 outside all areas."""
        return self.asked.demand.amount(self.asked.group).mask(self.asked.demand.outside, 0.0)

    def within(self, cost: pd.Series) -> pd.Series:
        """Which homes are within the limit."""
        covered: pd.Series = (cost <= round(self.asked.within_min * MS_PER_MIN)).fillna(False).astype(bool)
        return covered

    def mean(self, cost: pd.Series, among: pd.Series) -> float | None:
        """Mean minutes (metres) of the people of some homes who reach a site at all; None where nobody does."""
        known = among & cost.notna()
        people = self.amount[known].to_numpy()
        if not people.sum() > 0:
            return None
        return float(np.average(cost[known].to_numpy(dtype=np.float64), weights=people)) / self.per_unit


Solver = Callable[[Asked], SitingPlan]


def _times(asked: Asked) -> dict[str, Any]:
    spec = asked.spec
    return {"group": asked.group, "rules": asked.rules, "seconds": spec.seconds, "seed": spec.seed}


def _cover(solve: Callable[..., SitingPlan], asked: Asked) -> SitingPlan:
    spec = asked.spec
    return solve(
        asked.reach, asked.demand, asked.sites,
        within_min=asked.within_min, new=spec.new, prices=spec.prices, **_times(asked),
    )  # fmt: skip


def _set_cover(asked: Asked) -> SitingPlan:
    spec, layers = asked.spec, (asked.reach, asked.demand, asked.sites)
    return set_cover(*layers, within_min=asked.within_min, share=spec.share, prices=spec.prices, **_times(asked))


def _p_median(asked: Asked) -> SitingPlan:
    spec, layers = asked.spec, (asked.reach, asked.demand, asked.sites)
    return p_median(*layers, new=spec.new, within_min=asked.within_min, prices=spec.prices, **_times(asked))


def _p_center(asked: Asked) -> SitingPlan:
    spec, layers = asked.spec, (asked.reach, asked.demand, asked.sites)
    return p_center(*layers, new=spec.new, prices=spec.prices, **_times(asked))


def _consolidate(asked: Asked) -> SitingPlan:
    spec, layers = asked.spec, (asked.reach, asked.demand, asked.sites)
    into = spec.into or 1  # the study's model asks for it
    return consolidate(*layers, into=into, by=spec.by, within_min=asked.within_min, prices=spec.prices, **_times(asked))


def _phases(asked: Asked) -> PhasedPlan:
    spec, layers = asked.spec, (asked.reach, asked.demand, asked.sites)
    return phases(*layers, years=spec.years, within_min=asked.within_min, **_times(asked))


SOLVERS: Mapping[SitingProblem, Solver] = {
    "max_cover": partial(_cover, max_cover),
    "backup_cover": partial(_cover, backup_cover),
    "set_cover": _set_cover,
    "p_median": _p_median,
    "p_center": _p_center,
    "max_served": partial(_cover, max_served),
    "consolidate": _consolidate,
}
"""How the problems are solved; an opening order is more than a plan and stands apart."""


def answers(ground: Ground) -> list[Answered]:
    """The plan of every question of a study.

    Raises LayerError and InputError as the problems themselves do, with the id of the question.
    """
    return [solve(ask(ground, spec)) for spec in ground.study.siting]


def solve(asked: Asked) -> Answered:
    """The plan of one question.

    Raises InputError with the id of the question.
    """
    try:
        if asked.spec.problem == "phases":
            phased = _phases(asked)
            return Answered(asked, phased.plan, phased)
        return Answered(asked, SOLVERS[asked.spec.problem](asked))
    except InputError as error:
        where = f"{asked.ground.study.file_name}: siting {asked.spec.id}"
        raise type(error)([replace(fault, where=where) for fault in error.faults]) from error

"""A siting plan: what opens, stays and closes, who gains how much, and how sure it is that no plan is better."""

from __future__ import annotations

import html
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from civicreach.errors import Note
from civicreach.siting.found import Sense, Step
from civicreach.siting.problem import Problem
from civicreach.siting.question import Kind, Question

KIND_WORDS: dict[Kind, tuple[str, str]] = {
    "max_cover": ("most people covered (MCLP)", "覆盖人数最多（MCLP）"),
    "backup_cover": ("most people covered twice", "双重覆盖人数最多"),
    "set_cover": ("fewest sites (LSCP)", "设点数最少（LSCP）"),
    "p_median": ("least minutes of all together (p-median)", "总时间最短（p-中位）"),
    "p_center": ("shortest longest way (p-center)", "最远时间最短（p-中心）"),
    "max_served": ("most people with a place", "安置人数最多"),
    "least_walking": ("least minutes of all with a place", "安置后总时间最短"),
}
"""What is asked for, in English and Chinese."""

UNIT_WORDS: dict[Kind, tuple[str, str]] = {
    "max_cover": ("people", "人"),
    "backup_cover": ("people", "人"),
    "set_cover": ("sites", "处"),
    "p_median": ("person-minutes", "人·分钟"),
    "p_center": ("minutes", "分钟"),
    "max_served": ("people", "人"),
    "least_walking": ("person-minutes", "人·分钟"),
}
"""What the objective is counted in."""

NO_PRICES = pd.DataFrame(columns=["objective", "price", "bound", "proven", "opened"])


@dataclass(frozen=True, eq=False)
class SitingPlan:
    """The answer to a siting question, in ids, people and minutes.

    `objective` is in `unit`; no plan that keeps the rules has a better one than `bound`, and `gap` is how far that is,
    as a share. `proven` is set only where no plan is better. `opened` are the new sites, in the order of `table`;
    `kept` and `closed` are today's.

    table: on the ids of the opened sites, ranked by what each adds to those before it: `rank`, `name`, `new_people`
        (newly within the limit, first come), `reached_people` (all within the limit), `served_people` (whose nearest
        open site it is, or who are sent there), `before_min` and `after_min` (their mean minutes, of those who reach a
        site within the cutoff), and the ids and names of the units that it stands in.
    assignment: on the demand's ids: the open site they go to (the nearest one; the one that takes most of them where
        room is limited), None where none lies within the cutoff.
    pairs: only where room is limited: `demand_id`, `facility_id`, `amount`, `cost_ms`.
    cost_before_ms, cost_after_ms: on the demand's ids: the nearest site of today and of the plan, NA beyond the cutoff.
    covered_before, covered_after: people within the limit, of `people` in all.
    uncoverable: ids of homes with people whom no site that may be open reaches within the limit.
    price: what each rule costs: on the rules' names the `objective` of the best plan without it, the `price` (how much
        better that is), its `bound`, whether it is `proven`, and the sites `opened`.
    """

    problem: Problem
    question: Question
    opened: tuple[Hashable, ...]
    kept: tuple[Hashable, ...]
    closed: tuple[Hashable, ...]
    table: pd.DataFrame
    assignment: pd.Series
    pairs: pd.DataFrame | None
    cost_before_ms: pd.Series
    cost_after_ms: pd.Series
    people: float
    covered_before: float
    covered_after: float
    objective: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    seed: int
    solver: str
    uncoverable: pd.Index
    price: pd.DataFrame = field(default_factory=lambda: NO_PRICES)
    notes: tuple[Note, ...] = ()
    history: tuple[Step, ...] = ()

    @property
    def kind(self) -> Kind:
        """Which problem of the field it answers."""
        return self.question.kind

    @property
    def sense(self) -> Sense:
        """Whether more is better."""
        return self.question.sense

    @property
    def unit(self) -> str:
        """What the objective is counted in."""
        return UNIT_WORDS[self.kind][0]

    @property
    def group(self) -> str:
        """Whom the plan is for."""
        return self.problem.group

    @property
    def within_min(self) -> float:
        """The limit in minutes."""
        return self.problem.limit_ms / 60_000

    @property
    def open(self) -> tuple[Hashable, ...]:
        """All open sites: those that are new and those that stay."""
        return self.opened + self.kept

    @property
    def certainty(self) -> Note:
        """How sure it is that no plan is better."""
        if self.proven:
            return Note("proven optimal", "已证明最优")
        if not np.isfinite(self.gap):
            return Note("no bound known", "未知界")
        share = f"{100 * self.gap:.2g}"
        return Note(f"at most {share} % from the best", f"与最优解差距不超过{share}%")

    def __repr__(self) -> str:
        sites = f"{len(self.opened)} opened, {len(self.kept)} kept" + (
            f", {len(self.closed)} closed" if self.closed else ""
        )
        covered = f"{self.covered_after:,.0f} of {self.people:,.0f} {self.group} within {self.within_min:g} min"
        return (
            f"SitingPlan({KIND_WORDS[self.kind][0]}: {self.objective:,.10g} {self.unit}, {self.certainty}; {sites}; "
            f"{covered})"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: the facts and the ranked table."""
        facts = [
            ("objective", f"{self.objective:,.10g} {self.unit}"),
            ("best bound", f"{self.bound:,.10g} ({self.certainty})"),
            (
                "people within the limit",
                f"{self.covered_before:,.0f} → {self.covered_after:,.0f} of {self.people:,.0f}",
            ),
            ("time", f"{self.seconds:.1f} s, {self.solver}, seed {self.seed}"),
        ]
        listed = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in facts)
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        told = f"<ul>{notes}</ul>" if notes else ""
        prices = self.price.to_html() if len(self.price) else ""
        return (
            f"<b>{html.escape(KIND_WORDS[self.kind][0])}</b><table>{listed}</table>{told}{self.table.to_html()}{prices}"
        )

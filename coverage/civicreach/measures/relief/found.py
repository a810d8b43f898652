"""The relief of one state of the network: now, or with a scenario's streets out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures import equity
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.ground import Ground
from civicreach.measures.relief.chain import ReliefTimes
from civicreach.measures.rollup import sums_by_unit
from civicreach.study import ReliefSpec, ScenarioSpec

MIN_PER_HOUR = 60.0

AS_IT_IS = "as it is"
"""The state without a scenario; no scenario's id has blanks."""


@dataclass(frozen=True, eq=False)
class Found:
    """The relief of one state of the network: now, or with the streets of a `scenario` out.

    `city` and `district` are the depots that work in it: None where none of their level does, or none is asked for.
    """

    ground: Ground
    spec: ReliefSpec
    times: ReliefTimes
    city: Facilities | None
    district: Facilities | None
    scenario: ScenarioSpec | None = None

    @property
    def name(self) -> Pair:
        """What the state is called."""
        if self.scenario is None:
            return AS_IT_IS, "现状"
        return self.scenario.name_en or self.scenario.name, self.scenario.name

    @property
    def code(self) -> str:
        """What the state is called in tables: a scenario's id."""
        return AS_IT_IS if self.scenario is None else self.scenario.id

    @property
    def amount(self) -> pd.Series:
        """People of each home inside the areas; none outside."""
        demand = self.ground.demand
        return demand.amount(self.spec.group).where(~demand.outside, 0.0)

    @property
    def limit_min(self) -> float:
        """The minutes within which goods must have come (inclusive)."""
        return self.ground.study.standards[self.spec.hours].value * MIN_PER_HOUR

    @property
    def states(self) -> pd.DataFrame:
        """People by what becomes of them, on the demand's index: all, within, late, no road."""
        minutes, amount = self.times.homes["relief_min"], self.amount
        within = minutes <= self.limit_min
        return pd.DataFrame(
            {
                "people": amount,
                "within": amount.where(within, 0.0),
                "late": amount.where(minutes > self.limit_min, 0.0),
                "no_road": amount.where(minutes.isna(), 0.0),
            }
        )

    def total(self, column: str) -> float:
        """A column of the states over the whole place, added up as the tables do."""
        states = sums_by_unit(self.states, self.ground.unit, self.ground.areas)
        return round(float(states[column].sum()), PEOPLE_DECIMALS)


def quantile_by(values: pd.Series, weights: pd.Series, unit: pd.Series, q: float) -> pd.Series:
    """A quantile of each unit by its people; infinite where it falls on those whom nothing reaches."""
    return equity.quantile_by(values, weights.where(unit.notna(), 0.0), unit, q=q)

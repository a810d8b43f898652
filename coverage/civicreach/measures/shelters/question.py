"""What [shelters] asks of a place and of each population, with the words that every part of the answer prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Kind
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import sums_by_unit
from civicreach.measures.shelters.classes import distance_sources, distances
from civicreach.measures.shelters.places import Shelters
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, unit_words
from civicreach.network import RoadNetwork
from civicreach.reach import Reach, reach
from civicreach.reach.nearest import Nearest, nearest_facility
from civicreach.study import ShelterSpec, Study
from civicreach.units import MS_PER_MIN


@dataclass(frozen=True, eq=False)
class Question:
    """The ground, the section [shelters], the shelters, and the network in metres that leads to them."""

    ground: Ground
    spec: ShelterSpec
    shelters: Shelters
    network: RoadNetwork

    @property
    def study(self) -> Study:
        """The study that asks."""
        return self.ground.study

    @property
    def cutoff_min(self) -> float:
        """How far a search has to go: the longest distance, on a network in which a metre costs 1,000 ms."""
        return self.shelters.longest_m * 1_000 / MS_PER_MIN

    @cached_property
    def reach(self) -> Reach:
        """All pairs within the longest distance."""
        return reach(
            self.ground.demand, self.shelters.facilities, self.network,
            cutoff_min=self.cutoff_min, max_snap_m=self.ground.max_snap_m,
        )  # fmt: skip

    @cached_property
    def nearest(self) -> Nearest:
        """The nearest shelter of all demand, of whatever class and however far."""
        ground = self.ground
        return nearest_facility(ground.demand, self.shelters.facilities, self.network, max_snap_m=ground.max_snap_m)

    @property
    def nearest_m(self) -> pd.Series:
        """Metres along the network to it, on the demand's index; NaN where none can be reached."""
        metres = pd.Series(self.nearest.cost_ms / 1_000, index=self.ground.demand.ids, name="nearest_m")
        return metres.where(self.nearest.found)

    @property
    def populations(self) -> list[Population]:
        """Those who are sheltered, in turn."""
        return [Population(self, group) for group in dict.fromkeys(self.spec.populations)]

    @property
    def name(self) -> Pair:
        """What the shelters are called."""
        service = self.study.service(self.spec.service)
        return service.label("en"), service.label("zh")

    @property
    def within(self) -> Pair:
        """The distances of all classes in words, with their marks."""
        english, chinese = distances(self.shelters.classes)
        return (
            f"each within the distance of its class along the network: {english}",
            f"按各类疏散距离（路网）：{chinese}",
        )

    @property
    def distance_sources(self) -> tuple[str, ...]:
        """Where the distances come from."""
        return distance_sources(self.study, self.shelters.classes)


@dataclass(frozen=True, eq=False)
class Population:
    """One population that is sheltered: a group of the demand, and what is said of it.

    The first one's figures are called `shelter.<name>`, those of others `shelter.<group>.<name>`.
    """

    question: Question
    group: str

    @property
    def first(self) -> bool:
        """Whether it is the one that stands for all where only one is told."""
        return self.group == self.question.spec.populations[0]

    @property
    def prefix(self) -> str:
        """What its figures' ids begin with."""
        return "shelter" if self.first else f"shelter.{self.group}"

    @property
    def suffix(self) -> str:
        """What its topics', lists' and layers' ids end with."""
        return "" if self.first else f"_{self.group}"

    @property
    def study(self) -> Study:
        """The study that asks."""
        return self.question.study

    @property
    def ground(self) -> Ground:
        """What the study stands on."""
        return self.question.ground

    @property
    def areas(self) -> Areas | None:
        """The areas of the study."""
        return self.ground.areas

    @property
    def who(self) -> Pair:
        """What it is called, in English and Chinese."""
        return group_words(self.study, self.group)

    @cached_property
    def amount(self) -> pd.Series:
        """Its amounts on the demand's index; 0 outside all areas, where nobody is counted."""
        demand = self.ground.demand
        return demand.amount(self.group).where(~demand.outside, 0.0)

    def sums(self, columns: pd.DataFrame) -> pd.DataFrame:
        """Sums of columns on the demand's index by the lowest unit."""
        return sums_by_unit(columns, self.ground.unit, self.areas)

    def title(self, english: str, chinese: str) -> Pair:
        """A title that names the population where there are several."""
        if len(self.question.populations) == 1:
            return english, chinese
        return f"{english} ({self.who[0]})", f"{chinese}（{self.who[1]}）"

    def words(self, english: str, chinese: str) -> Pair:
        """Words with the population where they say {who}; scenarios may have other braces in their names."""
        told = english.replace("{who}", self.who[0])
        return told[:1].upper() + told[1:], chinese.replace("{who}", self.who[1])

    def field(
        self, name: str, english: str = "{who}", chinese: str = "{who}", *, total: bool = True, kind: Kind = "amount"
    ) -> Field:
        """A column with an amount of the population, its unit in the Chinese header."""
        unit = unit_words(self.study, self.group)[1]
        told, told_zh = self.words(english, chinese)
        return Field(name, (told, f"{told_zh}（{unit}）" if unit else told_zh), kind, total=total)

    def share(self, name: str, above: float, below: float, label: Pair, definition: Pair, **more: Any) -> Figure:
        """A share of the population, or of something else if `more` names the denominator."""
        said: dict[str, Any] = {"denominator_name": self.who[0], "denominator_name_zh": self.who[1], **more}
        english, chinese = self.words(*definition)
        label_en, label_zh = self.words(*label)
        found = Figure.ratio(
            f"{self.prefix}.{name}", above, below, unit="share",
            label=label_en, label_zh=label_zh, definition=english, definition_zh=chinese, **said,
        )  # fmt: skip
        return self.on_amounts(found)

    def people(self, name: str, value: float, label: Pair, definition: Pair, **more: Any) -> Figure:
        """An amount of the population."""
        unit, unit_zh = unit_words(self.study, self.group)
        return self.on_amounts(self.figure(name, value, label, definition, unit=unit, unit_zh=unit_zh, **more))

    def figure(self, name: str, value: float | None, label: Pair, definition: Pair, **more: Any) -> Figure:
        """Any other figure."""
        english, chinese = self.words(*definition)
        label_en, label_zh = self.words(*label)
        return Figure(
            f"{self.prefix}.{name}", None if value is None else round(value, PEOPLE_DECIMALS),
            label=label_en, label_zh=label_zh, definition=english, definition_zh=chinese, **more,
        )  # fmt: skip

    def on_amounts(self, figure: Figure) -> Figure:
        """A figure whose definition also says what the amounts rest on, where that is more than counted people."""
        note = self.ground.demand.note
        if not note:
            return figure
        english, chinese = f" Amounts: {Note.told(note, 'en')}.", f"数量依据：{Note.told(note, 'zh')}。"
        return replace(figure, definition=figure.definition + english, definition_zh=figure.definition_zh + chinese)


def units_words(areas: Areas | None) -> Pair:
    """What the lowest units are called, in the plural."""
    return ("places", "地区") if areas is None else (PLURAL[areas.lowest], LEVEL_ZH[areas.lowest])


def name_fields(areas: Areas | None) -> tuple[Field, ...]:
    """Columns with the names of a lowest unit and of those above it, and its code."""
    if areas is None:
        return ()
    shown = [level for level in areas.levels if level != "city" or level == areas.lowest]
    names = tuple(Field(level, (level.capitalize(), LEVEL_ZH[level]), "text") for level in shown)
    return (*names, Field(f"{areas.lowest}_id", ("Code", "代码"), "text"))


def named(sums: pd.DataFrame, areas: Areas | None) -> pd.DataFrame:
    """Rows of lowest units with the names that `name_fields` shows."""
    if areas is None:
        return sums
    columns = [field.name for field in name_fields(areas)]
    return pd.DataFrame(pd.concat([areas.frame.loc[sums.index, columns], sums], axis=1))

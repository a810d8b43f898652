"""What [elder] asks of a place, with the words and sources that every part of the answer prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from civicreach.errors import LayerError, Note, StudyError
from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer, Topic
from civicreach.measures.circle.wording import cited, limit_words, sources_of
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, unit_words
from civicreach.study import ElderSpec, ServiceSpec, ServiceStandard, Study

KINDS: dict[str, Pair] = {"urban": ("urban", "城镇"), "rural": ("rural", "乡村")}
URBAN_WORDS: dict[str, Pair] = {**KINDS, "unknown": ("not marked", "未标城乡")}


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the analysis: what it adds to figures, tables, lists, layers, warnings and standards."""

    figures: tuple[Figure, ...] = ()
    topics: tuple[Topic, ...] = ()
    listings: tuple[Listing, ...] = ()
    layers: tuple[MapLayer, ...] = ()
    warnings: tuple[Note, ...] = ()
    standards: tuple[str, ...] = ()

    @classmethod
    def left_out(cls, english: str, chinese: str) -> Part:
        """Nothing but the note that says why."""
        return cls(warnings=(Note(english, chinese),))


@dataclass(frozen=True, eq=False)
class Question:
    """The ground and the section [elder] that asks about it."""

    ground: Ground
    spec: ElderSpec

    @property
    def study(self) -> Study:
        """The study that asks."""
        return self.ground.study

    @property
    def areas(self) -> Areas:
        """The areas; LayerError for questions that can't be asked without any."""
        if self.ground.areas is None:
            raise LayerError("this can't be told without areas: add [areas] to the study")
        return self.ground.areas

    @property
    def group(self) -> str:
        """Who counts: the demand's group."""
        return self.spec.group

    @property
    def who(self) -> Pair:
        """What the group is called, in English and Chinese."""
        return group_words(self.study, self.group)

    @property
    def units(self) -> Pair:
        """What the lowest units are called, in English and Chinese."""
        return PLURAL[self.areas.lowest], LEVEL_ZH[self.areas.lowest]

    @cached_property
    def amount(self) -> pd.Series:
        """The group's amounts on the demand's index; 0 outside all areas, where nobody is counted."""
        demand = self.ground.demand
        return demand.amount(self.group).where(~demand.outside, 0.0)

    @cached_property
    def urban(self) -> pd.Series | None:
        """Each lowest unit's key of URBAN_WORDS, on the areas' index; None where no unit carries the flag."""
        areas = self.ground.areas
        if areas is None or not areas.frame["urban"].notna().any():
            return None
        kinds: pd.Series = areas.frame["urban"].map({True: "urban", False: "rural"}).fillna("unknown")
        return kinds

    def standard(self, key: str) -> ServiceStandard:
        """A standard of the study by its key; StudyError where there is none."""
        if key not in self.study.standards:
            raise StudyError(f"[elder] names the standard {key!r}, which isn't in data/standards")
        return self.study.standards[key]

    def sources(self, *keys: str) -> tuple[str, ...]:
        """Clause, source and confidence of standards, as figures print them."""
        return cited(self.study, [self.standard(key).key for key in keys], ())

    def services(self, names: Iterable[str]) -> list[ServiceSpec]:
        """Services by their ids."""
        return [self.study.service(name) for name in names]

    def called(self, names: Iterable[str]) -> Pair:
        """The names of services, in English and Chinese."""
        found = self.services(names)
        return " or ".join(s.label("en") for s in found), "或".join(s.label("zh") for s in found)

    def limits(self, names: Iterable[str]) -> Pair:
        """Each service's own standard in words: minutes or metres along the network, and at whose pace."""
        told = [(s, limit_words(self.study, s)) for s in self.services(names)]
        return (
            "; ".join(f"{s.label('en')} {english}" for s, (english, _) in told),
            "；".join(f"{s.label('zh')}{chinese}" for s, (_, chinese) in told),
        )

    def limit_sources(self, names: Iterable[str]) -> tuple[str, ...]:
        """Where the standards and speeds of services come from, each once."""
        return sources_of(self.study, self.services(names))

    def limit_standards(self, names: Iterable[str]) -> tuple[str, ...]:
        """The keys of the standards that services name, each once."""
        return tuple(dict.fromkeys(s.standard for s in self.services(names) if s.standard is not None))

    def header(self, english: str, chinese: str) -> Pair:
        """A header that names the group where it says {who}."""
        return _upper(english.format(who=self.who[0])), chinese.format(who=self.who[1])

    def people_header(self, english: str = "{who}", chinese: str = "{who}") -> Pair:
        """A header about an amount of the group, with its unit."""
        unit = unit_words(self.study, self.group)[1]
        told, told_zh = self.header(english, chinese)
        return told, f"{told_zh}（{unit}）" if unit else told_zh

    def people_field(self, name: str, english: str = "{who}", chinese: str = "{who}", *, total: bool = True) -> Field:
        """A column with an amount of the group."""
        return Field(name, self.people_header(english, chinese), "amount", total=total)

    def people_figure(self, figure_id: str, value: float, **words: Any) -> Figure:
        """A figure that is an amount of the group."""
        unit, unit_zh = unit_words(self.study, self.group)
        return self.on_amounts(Figure(figure_id, round(value, PEOPLE_DECIMALS), unit, unit_zh=unit_zh, **words))

    def on_amounts(self, figure: Figure) -> Figure:
        """A figure whose definition also says what the amounts rest on, where that is more than counted people."""
        note = self.ground.demand.note
        if not note:
            return figure
        told = {"en": f" Amounts: {Note.told(note, 'en')}.", "zh": f"数量依据：{Note.told(note, 'zh')}。"}
        return replace(
            figure, definition=figure.definition + told["en"], definition_zh=figure.definition_zh + told["zh"]
        )

    def levels(self, level: str) -> list[str]:
        """A level and those above it, the lowest first; a level with a single unit isn't named in every row."""
        frame, levels = self.areas.frame, self.areas.levels
        above = reversed(levels[: levels.index(level) + 1])
        return [name for name in above if name == level or frame[f"{name}_id"].nunique() > 1]

    def names(self, level: str) -> pd.DataFrame:
        """Names of the units of a level and of those above, the lowest first, on the units' ids."""
        frame = self.areas.frame
        named: pd.DataFrame = frame.groupby(frame[f"{level}_id"].to_numpy(), sort=False)[self.levels(level)].first()
        return named

    def name_fields(self, level: str) -> tuple[Field, ...]:
        """The code of a unit, as a column `<level>_id`, and the fields of `names`."""
        fields = (Field(name, (_upper(name), LEVEL_ZH[name]), "text") for name in self.levels(level))
        return (Field(f"{level}_id", ("Code", "代码"), "text"), *fields)


def listed(frame: pd.DataFrame, fields: Iterable[Field]) -> pd.DataFrame:
    """The columns of fields of a list, its rows numbered from 1 in their order."""
    rows = frame[[field.name for field in fields]].reset_index(drop=True)
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="number")
    return rows


def said(count: int, names: Iterable[object], one: str, many: str, chinese: str) -> Note:
    """How many, with what is said of them, and the first five by their names; `chinese` follows the number."""
    shown = [str(name) for name in names][:5]
    more = count > len(shown)
    return Note(
        f"{count:,} {one if count == 1 else many} ({', '.join(shown)}{', ...' if more else ''})",
        f"{count:,}{chinese}（{'、'.join(shown)}{'等' if more else ''}）",
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]

"""What floor area is held to: a standard in m2 per 100 households, which services count, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.circle.wording import MARKS
from civicreach.measures.floor_area.by_unit import BOTH, COUNTED_ONLY, NEITHER, NOBODY, REACHABLE_ONLY
from civicreach.measures.floor_area.sharing import units_named
from civicreach.measures.ground import Ground
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, profile_words, unit_words
from civicreach.study import AreaSpec, ServiceStandard

STANDING_WORDS: dict[str, Pair] = {
    BOTH: ("met by both", "两种口径均达标"),
    COUNTED_ONLY: ("on paper only: cut off, or used by neighbours too", "仅辖区口径达标（居民走不到或被周边分用）"),
    REACHABLE_ONLY: ("served from next door", "仅可达口径达标（由周边设施服务）"),
    NEITHER: ("met by neither", "两种口径均未达标"),
    NOBODY: ("no households", "无住户"),
}
"""What it means to meet the target by floor area inside the boundary, in reach, both, or neither."""


@dataclass(frozen=True, eq=False)
class Norm:
    """One standard of floor area and everything that is said of it.

    `key` stands in ids: nothing for community facilities, "elder_" for elder care. `what` names the facilities.
    `only` holds the units that the standard is for, None for all.
    """

    spec: AreaSpec
    key: str
    what: Pair
    services: tuple[str, ...]
    standard: ServiceStandard
    who: Pair
    who_unit: Pair
    level: str
    profile: Pair
    only: pd.Index | None = None

    @property
    def target(self) -> float:
        """m2 per 100 households."""
        return self.standard.value

    @property
    def units(self) -> Pair:
        """The lowest units in words."""
        return PLURAL[self.level], LEVEL_ZH[self.level]

    @property
    def per(self) -> str:
        """What stands behind "per hundred" in Chinese."""
        return self.who_unit[1] or self.who[1]

    @property
    def amount_zh(self) -> str:
        """The header of how many there are, in Chinese."""
        return f"{self.who[1]}（{self.who_unit[1]}）" if self.who_unit[1] else self.who[1]

    @property
    def ratio(self) -> Pair:
        """What is held to the target, in words."""
        return f"m2 per 100 {self.who[0]}", f"每百{self.per}面积（平方米）"

    @property
    def asked(self) -> Pair:
        """The target with the mark of a number that nobody has checked."""
        mark, mark_zh = MARKS[self.standard.confidence]
        return f"{self.target:g} m2 per 100 {self.who[0]}{mark}", f"每百{self.per}{self.target:g}平方米{mark_zh}"

    @property
    def near(self) -> Pair:
        """How far people go for it."""
        minutes = f"{self.spec.access_minutes:g}"
        return f"{minutes} min along the network ({self.profile[0]})", f"路网{minutes}分钟（{self.profile[1]}）"

    def counted(self, areas: Areas) -> Areas:
        """The units that the standard is for, with the levels above them."""
        return areas if self.only is None else Areas(areas.frame.loc[self.only], areas.source)

    @property
    def scope(self) -> Pair:
        """A sentence about the units that the standard is for, where it isn't for all."""
        if not self.key:
            return "", ""
        if self.only is None:
            return (
                f" The standard is for new estates only; no new estates are named, so all {self.units[0]} are shown.",
                f"该标准仅适用于新建小区；未指定新建小区，故列出全部{self.units[1]}。",
            )
        return (
            f" Only the {len(self.only):,} {self.units[0]} named as new estates are counted, the others left out.",
            f"仅统计指定为新建小区的{len(self.only):,}个{self.units[1]}，其余{self.units[1]}不适用该标准，不列出。",
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the target comes from."""
        return (self.standard.cited,)


def norms_of(ground: Ground, spec: AreaSpec, areas: Areas) -> list[Norm]:
    """The standards that a study holds floor area to: that of community facilities, and of elder care where asked for.

    Raises LayerError for a standard that isn't in m2 and for new estates that are no unit, all at once.
    """
    study = ground.study
    faults = Faults(f"{study.file_name}: area")
    keys = {"target": spec.target, **({"elder_target": spec.elder_target} if spec.elder_services else {})}
    for name, key in keys.items():
        if (unit := study.standards[key].unit) != "m2":
            faults.add(f"{name}: standard {key!r} is in {unit or 'no unit'}, not in m2 per 100 households")
    only = _new_estates(spec, areas, faults)
    faults.raise_if_any(LayerError)
    profile = profile_words(study.profiles[spec.access_profile])
    words = (group_words(study, spec.group), unit_words(study, spec.group), areas.lowest, profile)
    community = ("community facilities", "社区服务设施")
    norms = [Norm(spec, "", community, spec.services, study.standards[spec.target], *words)]
    if spec.elder_services:
        standard = study.standards[spec.elder_target]
        elder = ("elder-care facilities", "养老服务设施")
        norms.append(Norm(spec, "elder_", elder, spec.elder_services, standard, *words, only))
    return norms


def _new_estates(spec: AreaSpec, areas: Areas, faults: Faults) -> pd.Index | None:
    if not spec.new_estates:
        return None
    named = pd.Series(spec.new_estates, index=spec.new_estates, name="new_estates", dtype=object)
    found = units_named(named, areas, faults)
    units = {unit for listed in found.values() for unit in listed}
    only: pd.Index = areas.frame.index[areas.frame.index.isin(units)]
    return only

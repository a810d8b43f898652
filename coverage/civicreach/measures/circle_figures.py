"""The figures of a service circle: each with its definition in two languages, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from civicreach.errors import Note
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM, add_up, unit_of
from civicreach.measures.figure import Figure
from civicreach.measures.tables import Tables
from civicreach.measures.words import (
    LEVEL_ZH,
    PLURAL,
    group_words,
    limit_apart,
    limit_source,
    profile_source,
    profile_words,
    unit_words,
)
from civicreach.reach import Reach
from civicreach.study import ServiceSpec, Study
from civicreach.units import MS_PER_MIN


@dataclass(frozen=True, eq=False)
class CircleNumbers:
    """What the figures are made from."""

    study: Study
    service: ServiceSpec
    areas: Areas | None
    demand: Demand
    facilities: Facilities
    rows: pd.DataFrame
    tables: Tables
    facilities_found: int
    opened: Reach | None

    @property
    def top(self) -> pd.DataFrame:
        """The table whose sums are the whole place."""
        return self.tables[next(iter(self.tables))]

    def total(self, column: str) -> float:
        """A column's sum over the whole place."""
        return round(float(self.top[column].sum()), PEOPLE_DECIMALS)

    def amount(self, group: str, where: pd.Series) -> float:
        """What lives where a mask on the demand's index says."""
        return round(float(self.demand.amount(group)[where].sum()), PEOPLE_DECIMALS)


def circle_figures(n: CircleNumbers) -> tuple[Figure, ...]:
    """All figures of one service, the headline first; those of people tell what their amounts rest on."""
    amounts = [*_shares(n), *_amounts(n)]
    if note := n.demand.note:
        more = {"en": f" Amounts: {Note.told(note, 'en')}.", "zh": f"数量依据：{Note.told(note, 'zh')}。"}
        amounts = [
            replace(f, definition=f.definition + more["en"], definition_zh=f.definition_zh + more["zh"])
            for f in amounts
        ]
    return (amounts[0], *_unit_shares(n), *amounts[1:], *_counts(n))


def _words(n: CircleNumbers, group: str) -> dict[str, str]:
    study, service = n.study, n.service
    profile = study.profiles[service.profile]
    limit = f"{study.limit(service):g}"
    metres = study.limit_unit(service) == "m"
    english, chinese = group_words(study, group)
    profile_en, profile_zh = profile_words(profile)
    speed = "" if metres or profile.mode == "drive" else f", {profile.speed_mps:g} m/s"
    speed_zh = "" if metres or profile.mode == "drive" else f"，{profile.speed_mps:g}米/秒"
    if apart := limit_apart(study, study.limit(service), study.limit_unit(service), service.standard):
        speed, speed_zh = f"{speed}; {apart[0]}", f"{speed_zh}；{apart[1]}"
    return {
        "name": service.label("en"),
        "name_zh": service.label("zh"),
        "who": english,
        "who_zh": chinese,
        "within": f"{limit} {'m' if metres else 'min'} along the network ({profile_en}{speed})",
        "within_zh": f"路网{limit}{'米' if metres else '分钟'}（{profile_zh}{speed_zh}）",
    }


def _sources(n: CircleNumbers) -> tuple[str, ...]:
    profile = n.study.profiles[n.service.profile]
    found = [profile_source(profile)] if profile.source else []
    if n.service.standard is not None:
        given = n.study.limit(n.service), n.study.limit_unit(n.service)
        found.insert(0, limit_source(n.study, *given, n.service.standard))
    return tuple(found)


def _id(n: CircleNumbers, name: str) -> str:
    return f"circle.{n.service.id}.{name}"


def _in_full(study: Study, word: str) -> str:
    """What is divided by: a weight is told with all of its note."""
    note = study.demand.weight_note
    return word if not note else note if note.startswith(word) else f"{word} ({note})"


def _share(n: CircleNumbers, name: str, above: float, group: str, **words: Any) -> Figure:
    english, chinese = (_in_full(n.study, word) for word in group_words(n.study, group))
    return Figure.ratio(
        _id(n, name),
        above,
        n.total(group),
        unit="share",
        sources=_sources(n),
        denominator_name=english,
        denominator_name_zh=chinese,
        **words,
    )


def _shares(n: CircleNumbers) -> Iterator[Figure]:
    group = n.service.group
    w = _words(n, group)
    yield _share(
        n, "people_share", n.total(f"{group}_covered"), group,
        label=f"{w['name']}: share of {w['who']} covered", label_zh=f"{w['name_zh']}：{w['who_zh']}覆盖率",
        definition=f"Share of {w['who']} within {w['within']} of the nearest facility ({w['name']}), access legs "
        f"included; all {w['who']} in the areas are in the denominator.",
        definition_zh=f"{w['within_zh']}内可到达{w['name_zh']}的{w['who_zh']}占比"
        f"（含接入路网的步行距离；分母为范围内全部{w['who_zh']}）。",
    )  # fmt: skip
    yield _share(
        n, "straight_line_share", n.total("straight_line"), group,
        label=f"{w['name']}: what the radius method would claim", label_zh=f"{w['name_zh']}：半径法所得覆盖率",
        definition=f"Share of {w['who']} within the same distance of a facility ({w['name']}) as the crow flies; "
        f"shown to tell what the radius method overclaims, not a result.",
        definition_zh=f"以同等直线距离计算的{w['who_zh']}占比，仅用于说明半径法的高估程度，不作为结果。",
    )  # fmt: skip
    if n.opened is not None:
        yield _share(
            n, "people_share_private_open", _opened_total(n), group,
            label=f"{w['name']}: share covered if private ways were open",
            label_zh=f"{w['name_zh']}：若封闭小区开放通行的覆盖率",
            definition=f"The same share of {w['who']} if everyone could pass private ways and locked gates.",
            definition_zh="若所有人均可通行私有道路与封闭大门时的同一指标。",
        )  # fmt: skip
    for other in n.demand.groups:
        if other != group:
            o = _words(n, other)
            yield _share(
                n, f"share_of_{other}", n.total(f"{other}_covered"), other,
                label=f"{o['name']}: share of {o['who']} covered", label_zh=f"{o['name_zh']}：{o['who_zh']}覆盖率",
                definition=f"Share of {o['who']} within {o['within']} of the nearest facility ({o['name']}).",
                definition_zh=f"{o['within_zh']}内可到达{o['name_zh']}的{o['who_zh']}占比。",
            )  # fmt: skip


def _opened_total(n: CircleNumbers) -> float:
    """Covered amount with private ways open, added up by the same units and in the same steps as the tables."""
    group = n.service.group
    if n.opened is None:
        return 0.0
    covered = n.opened.covered(n.study.limit_ms(n.service) / MS_PER_MIN)
    amount = n.demand.amount(group).where(covered & ~n.demand.outside, 0.0)
    return round(float(add_up(amount, unit_of(n.demand, n.areas.lowest if n.areas else None)).sum()), PEOPLE_DECIMALS)


def _unit_shares(n: CircleNumbers) -> Iterator[Figure]:
    if n.areas is None:
        return
    level = n.areas.lowest
    units, w, table = PLURAL[level], _words(n, n.service.group), n.tables[level]
    words = {"unit": "share", "denominator_name": units, "denominator_name_zh": LEVEL_ZH[level]}
    yield Figure.ratio(
        _id(n, f"{units}_presence_share"), float(table["present"].sum()), len(table), **words,
        label=f"{w['name']}: {units} with one inside", label_zh=f"{w['name_zh']}：{LEVEL_ZH[level]}设施配置率",
        definition=f"Share of {units} with at least one facility ({w['name']}) inside their boundary (presence).",
        definition_zh=f"辖区内至少有一处{w['name_zh']}的{LEVEL_ZH[level]}占比（配置口径）。",
    )  # fmt: skip
    yield Figure.ratio(
        _id(n, f"{units}_served_share"), float(table["served"].sum()), len(table), sources=_sources(n), **words,
        label=f"{w['name']}: {units} served", label_zh=f"{w['name_zh']}：{LEVEL_ZH[level]}服务覆盖率",
        definition=f"Share of {units} where at least {SERVED_FROM:.0%} of {w['who']} are within {w['within']} of a "
        f"facility ({w['name']}), maybe next door (served).",
        definition_zh=f"至少{SERVED_FROM:.0%}的{w['who_zh']}在{w['within_zh']}内可到达{w['name_zh']}"
        f"（含邻近辖区设施）的{LEVEL_ZH[level]}占比（服务口径）。",
    )  # fmt: skip


def _amounts(n: CircleNumbers) -> Iterator[Figure]:
    group = n.service.group
    w = _words(n, group)
    unit, unit_zh = unit_words(n.study, group)
    kinds = {
        "uncovered": (
            n.total(f"{group}_uncovered"),
            "in the areas but not within the standard, those whose answer is unknown included",
            "范围内未被覆盖的",
        ),
        "unsnapped": (n.total(f"{group}_unsnapped"), "too far from any usable street", "未能接入路网的"),
        "at_edge": (
            n.total(f"{group}_edge"),
            "not covered, but able to leave the data within the standard: facilities beyond its edge aren't known",
            "位于数据边缘（可在标准内走出数据范围、范围外设施未知）的未覆盖",
        ),
        "outside": (n.amount(group, n.demand.outside), "outside all areas: in no share", "分析范围外、未计入比率的"),
    }
    short = {"uncovered": "not covered", "unsnapped": "not on the network", "at_edge": "at the edge of the data"}
    for name, (value, english, chinese) in kinds.items():
        yield Figure(
            _id(n, name), value, unit, f"{w['who'][:1].upper()}{w['who'][1:]} {english}.",
            f"{chinese}{w['who_zh']}数量。", unit_zh=unit_zh,
            label=f"{w['name']}: {w['who']} {short.get(name, name)}",
            label_zh=f"{w['name_zh']}：{chinese}{w['who_zh']}",
        )  # fmt: skip


def _counts(n: CircleNumbers) -> Iterator[Figure]:
    w = _words(n, n.service.group)
    off = int(len(n.facilities.ids) - n.facilities_found)
    yield Figure(
        _id(n, "facility_count"), float(len(n.facilities.ids)), "facilities",
        f"Facilities ({w['name']}) that exist; {off} of them are too far from any usable street to serve anyone.",
        f"现有{w['name_zh']}数量，其中{off}处未能接入路网、不提供服务。", unit_zh="处",
        label=f"{w['name']}: facilities", label_zh=f"{w['name_zh']}：设施数",
    )  # fmt: skip

"""The figures of a service circle: each with its definition in two languages, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM
from civicreach.measures.figure import Figure
from civicreach.measures.tables import Tables
from civicreach.reach import Reach
from civicreach.study import ServiceSpec, Study

PLURAL = {
    "community": "communities",
    "subdistrict": "subdistricts",
    "district": "districts",
    "city": "cities",
}
LEVEL_ZH = {"community": "社区(村)", "subdistrict": "街道(乡镇)", "district": "区", "city": "市"}
GROUP_WORDS = {
    "people": ("residents", "居民"),
    "elderly": ("residents aged 60 and over", "60岁及以上老年人"),
    "elderly_80": ("residents aged 80 and over", "80岁及以上老年人"),
    "households": ("households", "住户"),
}


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


def group_words(group: str, note: str) -> tuple[str, str]:
    """What a group is called in English and Chinese; a note says what amounts count where they aren't people."""
    english, chinese = GROUP_WORDS.get(group, (group, group))
    return (f"{english} ({note})", f"{chinese}({note})") if note else (english, chinese)


def circle_figures(n: CircleNumbers) -> tuple[Figure, ...]:
    """All figures of one service, the headline first; each tells what the amounts rest on."""
    figures = [*_shares(n), *_unit_shares(n), *_amounts(n)]
    if not n.demand.note:
        return tuple(figures)
    note, note_zh = f" Amounts: {n.demand.note}.", f"数量依据：{n.demand.note}。"
    return tuple(replace(f, definition=f.definition + note, definition_zh=f.definition_zh + note_zh) for f in figures)


def _words(n: CircleNumbers, group: str) -> dict[str, str]:
    study, service = n.study, n.service
    profile = study.profiles[service.profile]
    limit = f"{study.limit(service):g}"
    metres = study.limit_unit(service) == "m"
    english, chinese = group_words(group, study.demand.weight_note)
    speed = "" if metres or profile.mode == "drive" else f", {profile.speed_mps:g} m/s"
    return {
        "name": service.label("en"),
        "name_zh": service.label("zh"),
        "who": english,
        "who_zh": chinese,
        "within": f"{limit} {'m' if metres else 'min'} by network ({profile.name}{speed})",
        "within_zh": f"路网{limit}{'米' if metres else '分钟'}({profile.name}{speed})",
    }


def _sources(n: CircleNumbers) -> tuple[str, ...]:
    profile = n.study.profiles[n.service.profile]
    found = [f"{profile.name}: {profile.source} [{profile.confidence}]"] if profile.source else []
    if n.service.standard is not None:
        standard = n.study.standards[n.service.standard]
        found.insert(0, f"{standard.clause}: {standard.source} [{standard.confidence}]")
    return tuple(found)


def _ratio(n: CircleNumbers, name: str, above: float, below: float, **words: Any) -> Figure:
    return Figure.ratio(f"circle.{n.service.id}.{name}", above, below, unit="share", sources=_sources(n), **words)


def _shares(n: CircleNumbers) -> Iterator[Figure]:
    group = n.service.group
    w = _words(n, group)
    everyone = n.total(group)
    yield _ratio(
        n, "people_share", n.total(f"{group}_covered"), everyone, denominator_name=w["who"],
        label=f"{w['name']}: people share", label_zh=f"{w['name_zh']}：人口覆盖率",
        definition=f"Share of {w['who']} within {w['within']} of a {w['name']}, access legs included; "
        f"everyone who lives in the areas is in the denominator.",
        definition_zh=f"{w['within_zh']}内可到达{w['name_zh']}的{w['who_zh']}占比（含接入路网的步行距离；分母为范围内全部{w['who_zh']}）。",
    )  # fmt: skip
    yield _ratio(
        n, "straight_line_share", n.total("straight_line"), everyone, denominator_name=w["who"],
        label=f"{w['name']}: what the radius method would claim", label_zh=f"{w['name_zh']}：半径法所得覆盖率",
        definition=f"Share of {w['who']} within the same distance of a {w['name']} as the crow flies; shown to tell "
        f"what the radius method overclaims, not a result.",
        definition_zh=f"以同等直线距离计算的{w['who_zh']}占比，仅用于说明半径法的高估程度，不作为结果。",
    )  # fmt: skip
    if n.opened is not None:
        covered = n.opened.covered(n.study.limit_ms(n.service) / 60_000) & ~n.demand.outside
        yield _ratio(
            n, "people_share_private_open", n.amount(group, covered), everyone,
            denominator_name=w["who"], label=f"{w['name']}: people share if private ways were open",
            label_zh=f"{w['name_zh']}：若封闭小区开放通行的人口覆盖率",
            definition=f"The same share of {w['who']} if everyone could pass private ways and locked gates.",
            definition_zh="若所有人均可通行私有道路与封闭大门时的同一指标。",
        )  # fmt: skip
    for other in n.demand.groups:
        if other != group:
            o = _words(n, other)
            yield _ratio(
                n, f"share_of_{other}", n.total(f"{other}_covered"), n.total(other), denominator_name=o["who"],
                label=f"{o['name']}: share of {o['who']}", label_zh=f"{o['name_zh']}：{o['who_zh']}覆盖率",
                definition=f"Share of {o['who']} within {o['within']} of a {o['name']}.",
                definition_zh=f"{o['within_zh']}内可到达{o['name_zh']}的{o['who_zh']}占比。",
            )  # fmt: skip


def _unit_shares(n: CircleNumbers) -> Iterator[Figure]:
    if n.areas is None:
        return
    level = n.areas.lowest
    units, w, table = PLURAL[level], _words(n, n.service.group), n.tables[level]
    count = len(table)
    yield _ratio(
        n, f"{units}_presence_share", float(table["present"].sum()), count, denominator_name=units,
        label=f"{w['name']}: {units} with one inside", label_zh=f"{w['name_zh']}：{LEVEL_ZH[level]}设施拥有率",
        definition=f"Share of {units} with at least one {w['name']} inside their boundary (presence).",
        definition_zh=f"辖区内至少有一处{w['name_zh']}的{LEVEL_ZH[level]}占比（有无口径）。",
    )  # fmt: skip
    yield _ratio(
        n, f"{units}_served_share", float(table["served"].sum()), count, denominator_name=units,
        label=f"{w['name']}: {units} served", label_zh=f"{w['name_zh']}：{LEVEL_ZH[level]}服务覆盖率",
        definition=f"Share of {units} where at least {SERVED_FROM:.0%} of {w['who']} live within {w['within']} of a "
        f"{w['name']}, maybe next door (served).",
        definition_zh=f"至少{SERVED_FROM:.0%}的{w['who_zh']}在{w['within_zh']}内可到达{w['name_zh']}（含邻近辖区设施）的{LEVEL_ZH[level]}占比（服务口径）。",
    )  # fmt: skip


def _amounts(n: CircleNumbers) -> Iterator[Figure]:
    group = n.service.group
    w = _words(n, group)
    kinds = {
        "uncovered": (
            n.total(f"{group}_uncovered"),
            "who live in the areas but not within the standard",
            "范围内未被覆盖的",
        ),
        "unsnapped": (
            n.total(f"{group}_unsnapped"),
            "who live too far from any usable street",
            "未能接入路网的",
        ),
        "at_edge": (
            n.total(f"{group}_edge"),
            "not covered who could walk out of the data within the standard: what lies there isn't known",
            "未被覆盖、但在标准内可走出数据范围（范围外设施未知）的",
        ),
        "outside": (
            n.amount(group, n.demand.outside),
            "who live outside all areas: in no share",
            "位于分析范围之外、未计入任何比率的",
        ),
    }
    for name, (value, english, chinese) in kinds.items():
        yield Figure(
            f"circle.{n.service.id}.{name}", value, group, f"{w['who'][:1].upper()}{w['who'][1:]} {english}.",
            f"{chinese}{w['who_zh']}数。", label=f"{w['name']}: {name.replace('_', ' ')}",
            label_zh=f"{w['name_zh']}：{chinese}{w['who_zh']}",
        )  # fmt: skip
    yield Figure(
        f"circle.{n.service.id}.facility_count", float(len(n.facilities.ids)), "count",
        f"Facilities of {w['name']} that exist.", f"现有{w['name_zh']}数量。",
        label=f"{w['name']}: facilities", label_zh=f"{w['name_zh']}：设施数",
    )  # fmt: skip

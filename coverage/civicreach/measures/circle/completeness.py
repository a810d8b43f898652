"""How many of the required services each home reaches, and what that adds up to on every level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from civicreach.errors import LayerError
from civicreach.measures.analysis import Field, Topic
from civicreach.measures.circle.wording import joined_words, limit_words, name_words
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words
from civicreach.study import ServiceSpec, Study

REACHED = "_reached"
"""Ends the columns that say who reaches a service."""


def required_services(study: Study) -> tuple[ServiceSpec, ...]:
    """The services that make a complete circle: those that [circle] names, or all that have a circle of their own."""
    names = dict.fromkeys(study.circle.required)
    return tuple(study.service(name) for name in names) or study.circled


def circle_group(study: Study) -> str:
    """The group that completeness is told for; the first one of the demand where it doesn't have that group."""
    group = study.circle.group
    return group if group in study.demand.groups else study.demand.groups[0]


def completeness(ground: Ground, services: Iterable[str] | None = None) -> pd.DataFrame:
    """Which services each home reaches within their own standards, on the demand's index.

    `<service>_reached` (bool) for each of the services (the required ones if not given), `reached_count` and
    `missing_count` (Int64), `completeness_share` (reached over all, from 0 to 1). Homes outside all areas reach nothing
    here and have no count and no share.

    Raises LayerError for services without a circle.
    """
    names = [s.id for s in required_services(ground.study)] if services is None else list(dict.fromkeys(services))
    if missing := [name for name in names if name not in ground.circles]:
        known = ", ".join(ground.circles) or "none"
        raise LayerError(f"no service circle of {', '.join(missing)} (there are {known})")
    status = {f"{name}{REACHED}": ground.circles[name].demand["status"] == "covered" for name in names}
    return counted_services(pd.DataFrame(status, index=ground.demand.ids), ground.demand.outside)


def counted_services(reached: pd.DataFrame, outside: pd.Series) -> pd.DataFrame:
    """Flags of services (n, k) with `reached_count`, `missing_count` and `completeness_share` beside them."""
    count = reached.sum(axis=1).astype("Int64").where(~outside)
    share = (count / len(reached.columns)).astype(np.float64) if len(reached.columns) else np.nan
    return reached.assign(reached_count=count, missing_count=len(reached.columns) - count, completeness_share=share)


@dataclass(frozen=True, eq=False)
class Circle:
    """What lists and figures of several services are made from: `homes` as `completeness` gives them."""

    ground: Ground
    group: str
    services: tuple[ServiceSpec, ...]
    homes: pd.DataFrame

    @property
    def study(self) -> Study:
        """What was asked."""
        return self.ground.study

    @property
    def level(self) -> str | None:
        """The level of the lowest units; None without areas."""
        return self.ground.areas.lowest if self.ground.areas is not None else None

    @cached_property
    def lowest(self) -> pd.DataFrame:
        """Sums of the group by the lowest unit."""
        return self.sums(self.group)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The sums with their shares on every level."""
        lowest = self.lowest
        if self.ground.areas is not None:
            shares = [
                lowest[f"{s.id}{REACHED}"] / lowest[self.group].where(lowest[self.group] > 0) for s in self.services
            ]
            lowest = lowest.assign(units_complete=np.all([s >= SERVED_FROM for s in shares], axis=0).astype(np.int64))
        return roll_up(lowest, self.ground.areas, _fields(self))

    def sums(self, group: str) -> pd.DataFrame:
        """A group by the lowest unit.

        `<group>`, `<service>_reached`, `<service>_only` (who lack nothing else), `complete` (who reach all
        services), `none` (who reach none of them), and people times services: `services_reached` of `services_asked`.
        """
        amount = self.ground.demand.amount(group)
        flags = {f"{s.id}{REACHED}": self.homes[f"{s.id}{REACHED}"] for s in self.services}
        flags["complete"] = self.homes["missing_count"].eq(0).fillna(False).astype(bool)
        flags["none"] = self.homes["reached_count"].eq(0).fillna(False).astype(bool)
        one_short = self.homes["missing_count"].eq(1).fillna(False).astype(bool)
        flags |= {f"{s.id}_only": one_short & ~self.homes[f"{s.id}{REACHED}"] for s in self.services}
        parts = {name: amount.where(flag, 0.0) for name, flag in flags.items()}
        sums = sums_by_unit(pd.DataFrame({group: amount, **parts}), self.ground.unit, self.ground.areas)
        # from the rounded sums, so that completeness is exactly the mean of the services' shares
        sums["services_reached"] = sum(sums[f"{s.id}{REACHED}"] for s in self.services)
        sums["services_asked"] = len(self.services) * sums[group]
        return sums.round(PEOPLE_DECIMALS)

    def total(self, column: str) -> float:
        """A column's sum over the whole place."""
        return round(float(self.lowest[column].sum()), PEOPLE_DECIMALS)


def completeness_topic(circle: Circle) -> Topic:
    """Completeness on every level, with the share who reach each service and the services that are missing."""
    fields, tables = _fields(circle), circle.tables
    codes = {code for table in tables.values() for code in table["missing"].dropna()}
    words = joined_words(codes, {service.id: name_words(service) for service in circle.services})
    said = [(name_words(service), limit_words(circle.study, service)) for service in circle.services]
    who, who_zh = group_words(circle.study, circle.group)
    english = (
        f"Required: {', '.join(f'{name[0]} ({limit[0]})' for name, limit in said)}. Completeness: services reached of "
        f"all required ones, mean of all {who}. Missing: reached by less than {SERVED_FROM:.0%} of the unit's {who}."
    )
    chinese = (
        f"应配服务：{'、'.join(f'{name[1]}（{limit[1]}）' for name, limit in said)}。完整度＝可达服务数÷应配服务数，"
        f"按{who_zh}平均；缺失服务指可达{who_zh}不足{SERVED_FROM:.0%}的服务。"
    )
    return Topic(
        "circle_completeness",
        ("Completeness of the service circle", "服务圈完整度"),
        tables,
        tuple(replace(each, words=words) if each.name == "missing" else each for each in fields),
        rule=(english, chinese),
        coloured=("completeness_share", "complete_share", *(f"{s.id}_share" for s in circle.services)),
        figures=("circle.completeness_share", "circle.complete_people_share", "circle.none_people_share"),
        listings=("circle_missing", "circle_gaps", "circle_groups"),
    )


def _fields(circle: Circle) -> tuple[Field, ...]:
    group = circle.group
    who, who_zh = group_words(circle.study, group)
    head = f"{who[:1].upper()}{who[1:]}"
    shares = [
        Field(f"{s.id}_share", (f"{en}: share reached", f"{zh}可达率"), "share", ratio=(f"{s.id}{REACHED}", group, 1.0))
        for s in circle.services
        for en, zh in [name_words(s)]
    ]
    units: list[Field] = []
    if circle.level is not None:
        plural, level_zh = PLURAL[circle.level], LEVEL_ZH[circle.level]
        said = (f"{plural.capitalize()} that miss nothing", f"无缺失服务的{level_zh}数")
        units = [Field("units_complete", said, "count", total=True)]
    return (
        Field(group, (head, who_zh), total=True),
        Field(
            "completeness_share", ("Completeness", "完整度"), "share", ratio=("services_reached", "services_asked", 1.0)
        ),
        Field("complete", (f"{head}: all services reached", f"各项服务均可达的{who_zh}"), total=True),
        Field("complete_share", ("All services reached: share", "全部可达率"), "share", ratio=("complete", group, 1.0)),
        Field("none", (f"{head}: no service reached", f"各项服务均不可达的{who_zh}"), total=True),
        *shares,
        Field(
            "missing", ("Missing services", "缺失服务"), "text", derive=lambda table: _missing(table, circle.services)
        ),
        *units,
    )


def _missing(table: pd.DataFrame, services: tuple[ServiceSpec, ...]) -> pd.Series:
    """Ids of the services that less than half of a unit's people reach, joined by +; None where nobody lives."""
    shares = np.column_stack([table[f"{s.id}_share"].to_numpy(dtype=np.float64) for s in services])
    names = np.array([s.id for s in services], dtype=object)
    codes = ["+".join(names[row < SERVED_FROM]) if not np.isnan(row).any() else None for row in shares]
    return pd.Series(codes, index=table.index, dtype=object)

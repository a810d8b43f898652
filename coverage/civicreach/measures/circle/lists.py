"""Lists of what is missing: services by people, communities by services, groups of people, subdistricts without one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.layers import Areas
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.circle.completeness import REACHED, Circle
from civicreach.measures.circle.wording import joined_words, limit_words, name_words
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM, add_up
from civicreach.measures.ground import EXISTING, Ground
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words

OFFICE = "subdistrict"
"""The level of which every unit should have a service centre of its own."""
NAMED = 10
"""How many units without a service are named in one cell; another list holds them all."""


def missing_services(circle: Circle) -> Listing:
    """Services by the people who lack them; among those the people whose circle it alone keeps from being complete."""
    group, ground = circle.group, circle.ground
    who, who_zh = group_words(circle.study, group)
    limits = {service.id: limit_words(circle.study, service) for service in circle.services}
    everyone = circle.total(group)
    rows = []
    for service in circle.services:
        lacking = round(everyone - circle.total(f"{service.id}{REACHED}"), PEOPLE_DECIMALS)
        row = {"service": service.id, "limit": limits[service.id][0], "lacking": lacking}
        row |= {"lacking_share": lacking / everyone if everyone else np.nan}
        row |= {"only_missing": circle.total(f"{service.id}_only")}
        row |= {"facility_count": _facility_count(ground, service.id)}
        rows.append(row | {"units_missing": _units_missing(circle, service.id)})
    fields = [
        Field("service", ("Service", "服务"), "text", words={s.id: name_words(s) for s in circle.services}),
        Field("limit", ("Standard", "标准"), "text", words={limit[0]: limit for limit in limits.values()}),
        Field("lacking", (f"Lacking it: {who}", f"缺少该服务的{who_zh}")),
        Field("lacking_share", ("Share lacking it", "缺少占比"), "share"),
        Field("only_missing", (f"Lacking only this: {who}", f"仅缺该服务的{who_zh}")),
        Field("facility_count", ("Facilities", "现有设施数（处）"), "count"),
    ]
    frame = pd.DataFrame(rows).sort_values("lacking", ascending=False, kind="stable")
    if circle.level is not None:
        said = f"{PLURAL[circle.level].capitalize()} that miss it", f"缺少该服务的{LEVEL_ZH[circle.level]}数"
        fields.append(Field("units_missing", said, "count"))
    english = (
        f"Most {who} without it first. Lacking only this: one such facility within the standard would complete "
        f"their circle. A unit misses a service that less than {SERVED_FROM:.0%} of its {who} reach."
    )
    chinese = (
        f"按缺少该服务的{who_zh}由多到少排列；“仅缺该服务”者补齐此项即全部可达；"
        f"可达{who_zh}不足{SERVED_FROM:.0%}的单元计为缺少该服务。"
    )
    return Listing(
        "circle_missing",
        ("Missing services", "缺失服务排序"),
        frame.reset_index(drop=True)[[each.name for each in fields]],
        tuple(fields),
        rule=(english, chinese),
    )


def unit_gaps(circle: Circle, areas: Areas) -> Listing:
    """The lowest units by people times the services that they lack, with what is missing there."""
    level, group = areas.lowest, circle.group
    who, who_zh = group_words(circle.study, group)
    table = circle.tables[level]
    lacking = (table["services_asked"] - table["services_reached"]).round(PEOPLE_DECIMALS)
    table = table.assign(lacking=lacking)[lacking > 0].sort_values("lacking", ascending=False, kind="stable")
    words = joined_words(table["missing"].dropna(), {s.id: name_words(s) for s in circle.services})
    fields = (
        *_name_fields(areas),
        Field(group, (f"{who[:1].upper()}{who[1:]}", who_zh), total=True),
        Field("lacking", (f"{who} x services they lack", f"{who_zh}×缺少服务数"), total=True),
        Field("completeness_share", ("Completeness", "完整度"), "share"),
        Field("complete_share", ("All services reached: share", "全部可达率"), "share"),
        Field("missing", ("Missing services", "缺失服务"), "text", words=words),
    )
    return Listing(
        "circle_gaps",
        (f"{PLURAL[level].capitalize()} by what they lack", f"{LEVEL_ZH[level]}服务缺口排序"),
        table.reset_index()[[each.name for each in fields]],
        fields,
        rule=(
            f"By {who} times the services that each of them lacks. Missing: reached by less than {SERVED_FROM:.0%}.",
            f"按{who_zh}×缺少服务数由多到少排列；缺失服务指可达{who_zh}不足{SERVED_FROM:.0%}的服务。",
        ),
    )


def group_list(circle: Circle) -> Listing:
    """The completeness of every group of the demand: residents, those of 60 and over, of 80 and over, ..."""
    groups = circle.ground.demand.groups
    sums = [circle.sums(group).sum().round(PEOPLE_DECIMALS).rename(group).rename({group: "all"}) for group in groups]
    frame = pd.DataFrame(sums)[["all", "complete", "none", "services_reached", "services_asked"]]
    some = frame["all"].where(frame["all"] > 0)
    frame["complete_share"], frame["none_share"] = frame["complete"] / some, frame["none"] / some
    frame["completeness_share"] = frame["services_reached"] / frame["services_asked"].where(frame["services_asked"] > 0)
    fields = (
        Field("group", ("Group", "人群"), "text", words={group: group_words(circle.study, group) for group in groups}),
        Field("all", ("All in the areas", "范围内总数")),
        Field("complete", ("All services reached", "各项服务均可达")),
        Field("complete_share", ("All services reached: share", "全部可达率"), "share"),
        Field("completeness_share", ("Completeness", "完整度"), "share"),
        Field("none", ("No service reached", "各项服务均不可达")),
        Field("none_share", ("No service reached: share", "均不可达占比"), "share"),
    )
    frame = frame.rename_axis("group").reset_index()[[each.name for each in fields]]
    return Listing("circle_groups", ("Completeness by group", "分人群服务圈完整度"), frame, fields)


def presence(ground: Ground, service: str, level: str) -> pd.Series:
    """How many existing facilities of a service stand in each unit of a level, on the units' ids.

    Raises LayerError for a level that the areas don't have.
    """
    if ground.areas is None:
        return pd.Series(dtype=np.int64, name="facility_count")
    units = _names_of(ground.areas, level).index
    frame = ground.facilities[service].frame
    frame = frame[frame["status"] == EXISTING]
    column = f"{level}_id"
    inside = frame[column] if column in frame.columns else ground.areas.locate(frame.geometry)[column]
    count: pd.Series = inside.value_counts().reindex(units, fill_value=0).rename("facility_count")
    return count


def presence_lists(ground: Ground) -> Iterator[Listing]:
    """In how many subdistricts each service has a facility, and those without one; nothing without subdistricts.

    Of the services those that people go to: the ones with a circle of their own, and those of rings.
    """
    areas, study = ground.areas, ground.study
    asked = {name for ring in study.circle.rings for name in ring.services}
    listed = [service for service in study.services if service.circle or service.id in asked]
    if areas is None or OFFICE not in areas.levels:
        return
    groups = ground.demand.groups
    units = _names_of(areas, OFFICE)
    inside = {group: add_up(ground.demand.amount(group), ground.demand.frame[f"{OFFICE}_id"]) for group in groups}
    people = pd.DataFrame(inside).reindex(units.index, fill_value=0.0)
    comma, more = ("、", "等") if study.study.language == "zh" else (", ", " and others")
    rows, absent = [], []
    for service in listed:
        count = presence(ground, service.id, OFFICE)
        without = people[(count == 0).reindex(people.index)].sort_values(groups[0], ascending=False, kind="stable")
        names = units.loc[without.index, OFFICE].astype(str)
        said = comma.join(names.iloc[:NAMED]) + (more if len(names) > NAMED else "")
        present = int((count > 0).sum())
        rows.append((service.id, int(count.sum()), present, len(units), present / len(units), said))
        absent.append(units.loc[without.index].join(without).assign(service=service.id))
    services = Field("service", ("Service", "服务"), "text", words={s.id: name_words(s) for s in listed})
    fields = (
        services,
        Field("facility_count", ("Facilities", "现有设施数（处）"), "count"),
        Field("units_present", ("Subdistricts with one", "已配置的街道（乡镇）数"), "count"),
        Field("unit_count", ("Subdistricts", "街道（乡镇）总数"), "count"),
        Field("presence_share", ("Share with one (presence)", "街道配置率"), "share"),
        Field("without", ("Subdistricts without one", "未配置的街道（乡镇）"), "text"),
    )
    frame = pd.DataFrame(rows, columns=[each.name for each in fields])
    rule = (
        "Presence: at least one existing facility inside the subdistrict's boundary, whoever reaches it.",
        "配置口径：街道（乡镇）辖区内至少有一处现有设施，与可达性无关。",
    )
    yield Listing("circle_presence", ("Each subdistrict its own", "街道（乡镇）设施配置情况"), frame, fields, rule)
    table = pd.concat(absent)
    table.index.name = None
    where = tuple(
        Field(level, (level.capitalize(), LEVEL_ZH[level])) for level in ("district", OFFICE) if level in table
    )
    where = tuple(Field(each.name, each.header, "text") for each in where)
    words = [(group, group_words(study, group)) for group in groups]
    amounts = tuple(Field(group, (en[:1].upper() + en[1:], zh)) for group, (en, zh) in words)
    more_fields = (services, *where, *amounts)
    table = table[[each.name for each in more_fields]].reset_index(drop=True)
    yield Listing(
        "circle_absent", ("Subdistricts without a service", "未配置设施的街道（乡镇）"), table, more_fields, rule
    )


def _name_fields(areas: Areas) -> tuple[Field, ...]:
    """Names of the levels from the district down, and the unit's code."""
    shown = [level for level in areas.levels if level != "city" or level == areas.lowest]
    names = tuple(Field(level, (level.capitalize(), LEVEL_ZH[level]), "text") for level in shown)
    lowest = areas.lowest
    return (*names, Field(f"{lowest}_id", (f"{lowest.capitalize()} code", f"{LEVEL_ZH[lowest]}代码"), "text"))


def _names_of(areas: Areas, level: str) -> pd.DataFrame:
    """The names of a level's units and of those above, on the units' ids in order."""
    ids = areas.frame[f"{level}_id"].rename(None)
    names = pd.DataFrame(areas.frame[list(areas.levels[: areas.levels.index(level) + 1])])
    return names.groupby(ids.to_numpy(), sort=True).first()


def _facility_count(ground: Ground, service: str) -> int:
    return int((ground.facilities[service].frame["status"] == EXISTING).sum())


def _units_missing(circle: Circle, service: str) -> int:
    if circle.level is None:
        return 0
    return int((circle.tables[circle.level][f"{service}_share"] < SERVED_FROM).sum())

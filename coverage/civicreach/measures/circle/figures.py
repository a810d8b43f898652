"""The figures of a complete service circle, each with its definition in two languages, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from civicreach.errors import Note
from civicreach.measures.circle.completeness import Circle
from civicreach.measures.circle.lists import OFFICE, presence
from civicreach.measures.circle.rings import ring_limit, ring_limit_words
from civicreach.measures.circle.wording import cited, limit_words, name_words, sources_of
from civicreach.measures.coverage import SERVED_FROM
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, limit_source
from civicreach.study import RingSpec


def completeness_figures(circle: Circle) -> Iterator[Figure]:
    """Completeness, people with all and with none of the required services, and units that miss nothing."""
    who, who_zh = group_words(circle.study, circle.group)
    count, sources = len(circle.services), sources_of(circle.study, circle.services)
    listed, listed_zh = _listed(circle)
    more = f"required: {listed}; all {who} in the areas are in the denominator"
    more_zh = f"应配服务：{listed_zh}；分母为范围内全部{who_zh}"
    yield Figure.ratio(
        "circle.completeness_share", circle.total("services_reached"), circle.total("services_asked"), unit="share",
        definition=f"Services within their own standards per {count} required ones, mean of all {who} ({more}).",
        definition_zh=f"{who_zh}在各自标准内可达的服务数占{count}项应配服务的比重，按{who_zh}平均（{more_zh}）。",
        denominator_name=f"{who} x {count} required services", denominator_name_zh=f"{who_zh}×{count}项应配服务",
        label="Service circle: completeness", label_zh="服务圈完整度", sources=sources,
    )  # fmt: skip
    words = {"unit": "share", "denominator_name": who, "denominator_name_zh": who_zh, "sources": sources}
    yield Figure.ratio(
        "circle.complete_people_share", circle.total("complete"), circle.total(circle.group), **words,
        definition=f"Share of {who} with each of the {count} required services within its own standard ({more}).",
        definition_zh=f"{count}项应配服务均在各自标准内可达的{who_zh}占比（{more_zh}）。",
        label=f"Service circle: share of {who} with all services", label_zh=f"服务圈：各项服务均可达的{who_zh}占比",
    )  # fmt: skip
    yield Figure.ratio(
        "circle.none_people_share", circle.total("none"), circle.total(circle.group), **words,
        definition=f"Share of {who} with none of the {count} required services within its standard ({more}).",
        definition_zh=f"{count}项应配服务在标准内均不可达的{who_zh}占比（{more_zh}）。",
        label=f"Service circle: share of {who} with no service", label_zh=f"服务圈：各项服务均不可达的{who_zh}占比",
    )  # fmt: skip
    if circle.level is not None:
        units, units_zh, table = PLURAL[circle.level], LEVEL_ZH[circle.level], circle.tables[circle.level]
        yield Figure.ratio(
            f"circle.{units}_complete_share", float(table["units_complete"].sum()), len(table), unit="share",
            definition=f"Share of {units} where each of the {count} required services is within its standard for at "
            f"least {SERVED_FROM:.0%} of {who}, maybe next door (served); required: {listed}.",
            definition_zh=f"每项应配服务均有至少{SERVED_FROM:.0%}的{who_zh}在标准内可达（含邻近辖区设施）的{units_zh}占比"
            f"（服务口径；应配服务：{listed_zh}）。",
            denominator_name=units, denominator_name_zh=units_zh, sources=sources,
            label=f"Service circle: {units} that miss nothing", label_zh=f"服务圈：无缺失服务的{units_zh}占比",
        )  # fmt: skip


def ring_figure(ring: RingSpec, circle: Circle) -> Figure:
    """The share of people who have all services of a ring."""
    who, who_zh = group_words(circle.study, circle.group)
    name, name_zh = name_words(ring)
    limits = [(name_words(s), ring_limit_words(circle.study, ring, s)) for s in circle.services]
    listed = ", ".join(f"{said[0]} ({limit[0]})" for said, limit in limits)
    listed_zh = "、".join(f"{said[1]}（{limit[1]}）" for said, limit in limits)
    own = ring.minutes is not None or ring.metres is not None or ring.standard is not None
    given = cited(circle.study, [ring.standard] if ring.standard else [], [ring.profile])
    if ring.standard and (limit := ring_limit(circle.study, ring)) is not None:
        given = (limit_source(circle.study, *limit, ring.standard), *cited(circle.study, [], [ring.profile]))
    return Figure.ratio(
        f"circle.ring.{ring.id}.complete_people_share", circle.total("complete"), circle.total(circle.group),
        unit="share", denominator_name=who, denominator_name_zh=who_zh,
        definition=f"Share of {who} with every service of the ring within its limit along the network: {listed}. "
        f"Facilities of another level don't stand in; all {who} in the areas are in the denominator.",
        definition_zh=f"沿路网在限值内可达该层级全部服务的{who_zh}占比：{listed_zh}。上一层级设施不替代本层级设施；"
        f"分母为范围内全部{who_zh}。",
        label=f"{name}: share of {who} with all its services", label_zh=f"{name_zh}：各项服务均可达的{who_zh}占比",
        sources=given if own else sources_of(circle.study, circle.services),
    )  # fmt: skip


def presence_figures(ground: Ground) -> Iterator[Figure]:
    """For each service with a circle the share of subdistricts that have one of their own; nothing without areas."""
    if ground.areas is None or OFFICE not in ground.areas.levels:
        return
    units, units_zh = PLURAL[OFFICE], LEVEL_ZH[OFFICE]
    for service in ground.study.circled:
        count = presence(ground, service.id, OFFICE)
        name, name_zh = name_words(service)
        yield Figure.ratio(
            f"circle.{service.id}.{units}_presence_share", float((count > 0).sum()), len(count), unit="share",
            definition=f"Share of {units} with at least one facility ({name}) inside their boundary (presence).",
            definition_zh=f"辖区内至少有一处{name_zh}的{units_zh}占比（配置口径）。",
            denominator_name=units, denominator_name_zh=units_zh,
            label=f"{name}: {units} with one inside", label_zh=f"{name_zh}：{units_zh}设施配置率",
        )  # fmt: skip


def with_note(figures: Iterable[Figure], note: str) -> Iterator[Figure]:
    """The same figures, their definitions telling what the amounts rest on."""
    for figure in figures:
        if not note:
            yield figure
            continue
        english = f"{figure.definition} Amounts: {Note.told(note, 'en')}."
        yield replace(
            figure, definition=english, definition_zh=f"{figure.definition_zh}数量依据：{Note.told(note, 'zh')}。"
        )


def _listed(circle: Circle) -> tuple[str, str]:
    limits = [(name_words(service), limit_words(circle.study, service)) for service in circle.services]
    english = ", ".join(f"{name[0]} ({limit[0]})" for name, limit in limits)
    return english, "、".join(f"{name[1]}（{limit[1]}）" for name, limit in limits)

"""Rings of the living circle: services that belong together within one limit. Rings don't stand in for each other."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.circle.completeness import REACHED, Circle, counted_services
from civicreach.measures.circle.wording import limit_words, name_words, said_limit
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import roll_up
from civicreach.measures.words import group_words
from civicreach.network import RoadNetwork
from civicreach.reach import nearest_facility
from civicreach.study import Profile, RingSpec, ServiceSpec, Study
from civicreach.units import MS_PER_MIN

Unit = Literal["min", "m"]


def ring_limit(study: Study, ring: RingSpec) -> tuple[float, Unit] | None:
    """The ring's own limit in minutes or metres; None where each service keeps its own standard."""
    if ring.minutes is not None:
        return ring.minutes, "min"
    if ring.metres is not None:
        return ring.metres, "m"
    if ring.standard is not None:
        standard = study.standards[ring.standard]
        return standard.value, "m" if standard.unit == "m" else "min"
    return None


def ring_reached(ground: Ground, ring: RingSpec) -> pd.DataFrame:
    """Which services of a ring each home reaches within its limit (inclusive), on the demand's index.

    Columns as `completeness` has them. Only the services that the ring names count, and only their existing
    facilities: one of a higher level doesn't stand in for them.
    """
    limit = ring_limit(ground.study, ring)
    inside = ~ground.demand.outside
    names = dict.fromkeys(ring.services)
    if limit is None:
        flags = {name: ground.circles[name].demand["status"] == "covered" for name in names}
    else:
        flags = {name: _within(ground, name, ring.profile, *limit) & inside for name in names}
    reached = pd.DataFrame({f"{name}{REACHED}": flag for name, flag in flags.items()}, index=ground.demand.ids)
    return counted_services(reached, ground.demand.outside)


def ring_circle(ground: Ground, ring: RingSpec, group: str) -> Circle:
    """A ring's services with who reaches them."""
    services = tuple(ground.study.service(name) for name in dict.fromkeys(ring.services))
    return Circle(ground, group, services, ring_reached(ground, ring))


def ring_topic(ring: RingSpec, circle: Circle) -> Topic:
    """Who has all services of a ring, and who each of them, on every level."""
    group = circle.group
    who, who_zh = group_words(circle.study, group)
    head = f"{who[:1].upper()}{who[1:]}"
    english, chinese = name_words(ring)
    fields = (
        Field(group, (head, who_zh), total=True),
        Field("complete", (f"{head}: all services reached", f"各项服务均可达的{who_zh}"), total=True),
        Field("complete_share", ("All services reached: share", "全部可达率"), "share", ratio=("complete", group, 1.0)),
        *(
            Field(
                f"{s.id}_share",
                (f"{en}: share reached", f"{zh}可达率"),
                "share",
                ratio=(f"{s.id}{REACHED}", group, 1.0),
            )
            for s in circle.services
            for en, zh in [name_words(s)]
        ),
    )
    limits = {service.id: ring_limit_words(circle.study, ring, service) for service in circle.services}
    said = [(name_words(s), limits[s.id]) for s in circle.services]
    return Topic(
        f"circle_ring_{ring.id}",
        (english, chinese),
        roll_up(circle.lowest, circle.ground.areas, fields),
        fields,
        rule=(
            "; ".join(f"{name[0]} within {limit[0]}" for name, limit in said)
            + ". A facility of another level doesn't stand in for one that is asked for.",
            "；".join(f"{name[1]}：{limit[1]}" for name, limit in said) + "。上一层级设施不替代本层级设施。",
        ),
        coloured=("complete_share", *(f"{s.id}_share" for s in circle.services)),
        figures=(f"circle.ring.{ring.id}.*",),
        listings=("circle_rings",),
    )


def ring_list(rings: list[tuple[RingSpec, Circle]]) -> Listing:
    """Every service of every ring with the people who lack it there."""
    study, group = rings[0][1].study, rings[0][1].group
    who, who_zh = group_words(study, group)
    rows, limits = [], dict[str, Pair]()
    for ring, circle in rings:
        for service in circle.services:
            limit = ring_limit_words(study, ring, service)
            limits[limit[0]] = limit
            reached, all_ = circle.total(f"{service.id}{REACHED}"), circle.total(group)
            rows.append((ring.id, service.id, limit[0], reached, all_ - reached, reached / all_ if all_ else np.nan))
    names = {ring.id: name_words(ring) for ring, _ in rings}
    services = {service.id: name_words(service) for _, circle in rings for service in circle.services}
    fields = (
        Field("ring", ("Ring", "生活圈层级"), "text", words=names),
        Field("service", ("Service", "服务"), "text", words=services),
        Field("limit", ("Limit", "标准"), "text", words=limits),
        Field("reached", (f"Reached: {who}", f"可达{who_zh}")),
        Field("lacking", (f"Lacking it: {who}", f"缺少该服务的{who_zh}")),
        Field("reached_share", ("Share reached", "可达率"), "share"),
    )
    frame = pd.DataFrame(rows, columns=[each.name for each in fields])
    return Listing("circle_rings", ("Rings by service", "各层级生活圈服务可达情况"), frame, fields)


def ring_limit_words(study: Study, ring: RingSpec, service: ServiceSpec) -> Pair:
    """Within which limit a ring asks for a service."""
    limit = ring_limit(study, ring)
    if limit is None:
        return limit_words(study, service)
    return said_limit(study, *limit, ring.profile, ring.standard)


def _within(ground: Ground, service: str, profile: str, limit: float, unit: Unit) -> pd.Series:
    """Who reaches a service within a limit; the circle's own search answers where it was made on the same network."""
    study = ground.study
    travels = study.profiles[profile].in_metres() if unit == "m" else study.profiles[profile]
    network = ground.network(travels)
    per_unit = 1_000 if unit == "m" else MS_PER_MIN
    limit_ms = round(limit * per_unit)
    if service in ground.circles and _same(ground, service, travels, network):
        cost_ms = np.rint(ground.circles[service].demand["nearest_min"] * per_unit)
        return pd.Series(cost_ms <= limit_ms)
    found = nearest_facility(
        ground.demand, ground.serving(service), network, cutoff_min=limit_ms / MS_PER_MIN, max_snap_m=ground.max_snap_m
    )
    return pd.Series(found.found, index=ground.demand.ids)


def _same(ground: Ground, service: str, travels: Profile, network: RoadNetwork) -> bool:
    asked = ground.study.service(service)
    return ground.study.profile_of(asked) == travels and ground.network_for(asked) is network

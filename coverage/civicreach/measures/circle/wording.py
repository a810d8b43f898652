"""What services, limits and lists of services are called in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from civicreach.layers.groups import Pair
from civicreach.measures.words import limit_apart, limit_source, profile_source, profile_words
from civicreach.study import RingSpec, ServiceSpec, Study

NOTHING: Pair = ("none", "无")
MARKS: dict[str, Pair] = {
    "verified": ("", ""),
    "secondary": (" [secondary source]", "〔二手来源〕"),
    "unverified": (" [unverified]", "〔未核对〕"),
}
"""What stands beside a standard that nobody has checked against its source."""


def name_words(of: ServiceSpec | RingSpec) -> Pair:
    """What a service or a ring is called."""
    return of.name_en or of.name or of.id, of.name or of.id


def limit_words(study: Study, service: ServiceSpec) -> Pair:
    """The limit of a service with whose pace it is, and the mark of a standard that isn't verified."""
    unit = study.limit_unit(service)
    return said_limit(study, study.limit(service), unit, service.profile, service.standard)


def said_limit(study: Study, limit: float, unit: str, profile: str, standard: str | None) -> Pair:
    """A limit in minutes or metres in words."""
    mark = MARKS[study.standards[standard].confidence] if standard is not None else ("", "")
    if apart := limit_apart(study, limit, unit, standard):
        mark = f" [{apart[0]}]", f"〔{apart[1]}〕"
    if unit == "m":
        return f"{limit:g} m{mark[0]}", f"{limit:g}米{mark[1]}"
    english, chinese = profile_words(study.profiles[profile])
    return f"{limit:g} min, {english}{mark[0]}", f"{chinese}{limit:g}分钟{mark[1]}"


def joined_words(codes: Iterable[str], names: Mapping[str, Pair]) -> dict[str, Pair]:
    """What codes like "clinic+market" stand for; the empty one for none."""
    found = {}
    for code in sorted(set(codes)):
        parts = [names[name] for name in code.split("+")] if code else [NOTHING]
        found[code] = ", ".join(part[0] for part in parts), "、".join(part[1] for part in parts)
    return found


def sources_of(study: Study, services: Iterable[ServiceSpec]) -> tuple[str, ...]:
    """Where the limits and speeds of services come from, each once."""
    services = list(services)
    limits = [limit_source(study, study.limit(s), study.limit_unit(s), s.standard) for s in services if s.standard]
    return tuple(dict.fromkeys([*limits, *cited(study, [], [s.profile for s in services])]))


def cited(study: Study, standards: Iterable[str], profiles: Iterable[str]) -> tuple[str, ...]:
    """Standards by clause and profiles by name, with their sources and how sure these are."""
    found = [study.standards[key] for key in standards]
    limits = [standard.cited for standard in found]
    paces = [study.profiles[name] for name in profiles]
    return tuple(dict.fromkeys([*limits, *(profile_source(p) for p in paces if p.source)]))

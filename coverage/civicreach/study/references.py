"""Whether the names that the parts of a study use stand for something: services, groups, profiles, standards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from civicreach.errors import nearest
from civicreach.study.names import no_such
from civicreach.study.parts import METRES, MINUTES, ServiceSpec, ServiceStandard
from civicreach.study.siting_references import siting_faults

if TYPE_CHECKING:
    from civicreach.study.analyses import ElderSpec
    from civicreach.study.study import Study

SECTIONS = {"elder_gaps": "elder", "shelter_reach": "shelters", "relief": "relief", "facility_area": "area"}
"""The section that each analysis reads; the programmes are a list."""


def reference_faults(study: Study) -> Iterator[str]:
    """A sentence for each name that stands for nothing."""
    yield from _repeated(study)
    yield from _group_faults(study)
    for service in study.services:
        yield from (f"service {service.id}: {fault}" for fault in _service_faults(study, service))
    if not any(service.circle for service in study.services):
        yield "no service has a circle of its own: take circle = false out of one"
    yield from _section_faults(study)
    if study.demand.groups:
        yield from _analysis_faults(study)


def _repeated(study: Study) -> Iterator[str]:
    lists = {
        "services": [service.id for service in study.services],
        "circle.rings": [ring.id for ring in study.circle.rings],
        "scenarios": [scenario.id for scenario in study.scenarios],
        "programmes": [programme.id for programme in study.programmes],
        "siting": [question.id for question in study.siting],
    }
    for name, ids in lists.items():
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            yield f"{name} share an id: {', '.join(repeated)}"


def _group_faults(study: Study) -> Iterator[str]:
    groups = study.demand.groups
    if not groups:
        yield "demand.groups: must hold at least one entry"
        return
    for key in ("labels", "labels_en"):
        strange = [name for name in getattr(study.demand, key) if name not in groups]
        yield from (f"demand.{key}: demand has {no_such('group', name, groups)}" for name in strange)
    strange_groups = [service for service in study.services if service.group not in groups]
    yield from (f"service {s.id}: demand has {no_such('group', s.group, groups)}" for s in strange_groups)


def _service_faults(study: Study, service: ServiceSpec) -> Iterator[str]:
    if service.profile not in study.profiles:
        yield no_such("profile", service.profile, study.profiles)
    if service.standard is not None:
        yield from _limit_faults(study, service.standard, given=bool(service.minutes or service.metres))


def _limit_faults(study: Study, key: str, *, given: bool) -> Iterator[str]:
    """What is wrong with a standard that should be a limit; its value counts where none is `given`."""
    standard = study.standards.get(key)
    if standard is None:
        yield _no_standard(study, key)
    elif standard.unit not in ("min", "m"):
        yield f"standard {standard.key!r} is no time or distance"
    elif not given:
        low, high = MINUTES if standard.unit == "min" else METRES
        if not low <= standard.value <= high:
            yield f'standards."{standard.key}".value: {standard.value:g} must be from {low:g} to {high:,.0f}'


def _no_standard(study: Study, key: str) -> str:
    near = nearest(key, study.standards)
    return f"no standard {key!r} in data/standards" + (f". Did you mean {near}?" if near else "")


def _section_faults(study: Study) -> Iterator[str]:
    """Analyses that are asked for without the section that says what they are about."""
    for name in study.study.analyses:
        section = SECTIONS.get(name)
        if section is not None and getattr(study, section) is None:
            yield f"study.analyses asks for {name}, but there is no section [{section}]"
    if "programmes" in study.study.analyses and not study.programmes:
        yield "study.analyses asks for programmes, but there is no [[programmes]]"
    if "siting" in study.study.analyses and not study.siting:
        yield "study.analyses asks for siting, but there is no [[siting]]"
    needs_areas = [name for name in ("facility_area", "relief", "programmes") if name in study.study.analyses]
    if study.areas is None and needs_areas:
        yield f"{', '.join(needs_areas)}: can't be computed without areas: add [areas]"


def _analysis_faults(study: Study) -> Iterator[str]:
    yield from _circle_faults(study)
    if study.elder is not None:
        yield from _elder_faults(study, study.elder)
    if (shelters := study.shelters) is not None:
        yield from _services(study, "shelters.service", [shelters.service])
        yield from _groups(study, "shelters.populations", shelters.populations)
        yield from _twice("shelters.populations", shelters.populations)
        if shelters.service in _ids(study) and study.service(shelters.service).capacity is None:
            yield f"shelters.service: service {shelters.service} names no capacity: give the column with its m2"
        if "shelter_reach" in study.study.analyses:
            yield from _shelter_standards(study)
    if (relief := study.relief) is not None:
        yield from _services(study, "relief.city_depots", [relief.city_depots])
        yield from _services(study, "relief.district_depots", [d for d in [relief.district_depots] if d is not None])
        if relief.district_depots == relief.city_depots:
            yield f"relief.district_depots: {relief.city_depots} holds the city's depots: name another service"
        yield from _groups(study, "relief.group", [relief.group])
        yield from _standards(study, "relief", {"hours": relief.hours})
        if relief.profile not in study.profiles:
            yield f"relief.profile: {no_such('profile', relief.profile, study.profiles)}"
    if (area := study.area) is not None:
        yield from _services(study, "area.services", area.services)
        yield from _services(study, "area.elder_services", area.elder_services)
        if both := [name for name in area.services if name in area.elder_services]:
            yield f"area.elder_services: {', '.join(both)} is in area.services too: name it in one of them"
        yield from _groups(study, "area.group", [area.group])
        yield from _standards(study, "area", {"target": area.target, "elder_target": area.elder_target})
        if area.access_profile not in study.profiles:
            yield f"area.access_profile: {no_such('profile', area.access_profile, study.profiles)}"
    for programme in study.programmes:
        where = f"programme {programme.id}"
        yield from _groups(study, where, [programme.group])
        yield from _services(study, where, [programme.service] if programme.service else [], with_circle=True)
    yield from siting_faults(study)


def _elder_faults(study: Study, elder: ElderSpec) -> Iterator[str]:
    yield from _services(study, "elder.stations", elder.stations, with_circle=True)
    yield from _services(study, "elder.village_centres", elder.village_centres)
    yield from _services(study, "elder.homes", elder.homes)
    yield from _services(study, "elder.primary_care", [elder.primary_care] if elder.primary_care else [])
    if elder.primary_care in (*elder.homes, *elder.stations):
        yield f"elder.primary_care: {elder.primary_care} serves as homes or stations too: it would pair with itself"
    yield from _groups(study, "elder.group", [elder.group])
    yield from _services(study, "elder.paired", elder.paired)
    keys = ["station_share", "demonstration_count", "beds_per_1000", "beds_per_1000_code"]
    keys += ["nursing_share", "village_share"]
    yield from _standards(study, "elder", {key: getattr(elder, key) for key in keys})
    for name in elder.homes:
        if name in _ids(study) and study.service(name).capacity is None:
            yield f"elder.homes: service {name} names no capacity: give the column with its beds"
    yield from _partner_faults(study, elder)


def _partner_faults(study: Study, elder: ElderSpec) -> Iterator[str]:
    """What is wrong with the keys that pair city homes with rural ones and look at the rural ones' catchments."""
    if elder.partner_minutes is None and elder.regional_minutes is None:
        return
    asked = "elder.partner_minutes" if elder.partner_minutes is not None else "elder.regional_minutes"
    if elder.partner_profile not in study.profiles:
        yield f"elder.partner_profile: {no_such('profile', elder.partner_profile, study.profiles)}"
    if not elder.homes:
        yield f"{asked}: name the homes, city and rural, in elder.homes"
    for key in ("partners", "partnered"):
        names = getattr(elder, key)
        yield from _services(study, f"elder.{key}", names)
        if elder.homes and (others := [name for name in names if name in _ids(study) and name not in elder.homes]):
            yield f"elder.{key}: {', '.join(others)} must be in elder.homes too"
    if both := [name for name in elder.partners if name in elder.partnered]:
        yield f"elder.partners: {', '.join(both)} is in elder.partnered too: it would pair with itself"


def _circle_faults(study: Study) -> Iterator[str]:
    circle = study.circle
    yield from _services(study, "circle.required", circle.required, with_circle=True)
    yield from _groups(study, "circle.group", [circle.group] if circle.required or circle.rings else [])
    for ring in circle.rings:
        where = f"ring {ring.id}"
        own = ring.minutes is not None or ring.metres is not None
        yield from _services(study, where, ring.services, with_circle=not (own or ring.standard))
        if ring.profile not in study.profiles:
            yield f"{where}: {no_such('profile', ring.profile, study.profiles)}"
        if ring.standard is not None:
            yield from (f"{where}: {fault}" for fault in _limit_faults(study, ring.standard, given=own))


def _ids(study: Study) -> list[str]:
    return [service.id for service in study.services]


def _services(study: Study, where: str, names: Iterable[str], *, with_circle: bool = False) -> Iterator[str]:
    listed = list(names)
    yield from _twice(where, listed)
    for name in dict.fromkeys(listed):
        if name not in _ids(study):
            yield f"{where}: the study has {no_such('service', name, _ids(study))}"
        elif with_circle and not study.service(name).circle:
            yield f"{where}: service {name} has circle = false, so nobody knows who is within its standard"


def _twice(where: str, names: Sequence[str]) -> Iterator[str]:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        yield f"{where}: names {', '.join(repeated)} twice"


def _groups(study: Study, where: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in study.demand.groups:
            yield f"{where}: demand has {no_such('group', name, study.demand.groups)}"


SHELTER_CLASSES = ("emergency", "short", "medium", "long")
FIXED_SHARE = "shelter.fixed.population_share"
"""The standard that says for which share of people fixed shelters must have room."""
SHELTER_STANDARDS = {
    **{f"shelter.{name}.radius": "m" for name in SHELTER_CLASSES},
    **{f"shelter.{name}.area_per_person": "m2" for name in SHELTER_CLASSES},
    FIXED_SHARE: "%",
}
"""The standards that shelters are held to, with their units."""


def _shelter_standards(study: Study) -> Iterator[str]:
    for key, unit in SHELTER_STANDARDS.items():
        if key not in study.standards:
            yield f"shelters: {_no_standard(study, key)}"
        else:
            yield from _fit_value("shelters", study.standards[key], (unit,))


def _fit_value(where: str, standard: ServiceStandard, wanted: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a standard's unit or, where that is right, with its value."""
    key, value = standard.key, standard.value
    if standard.unit not in wanted:
        yield f"{where}: standard {key!r} is in {standard.unit}, not in {' or '.join(wanted)}"
    elif wanted == ("%",) and not 1 <= value <= 100:
        yield f'standards."{key}".value: {value:g} must be from 1 to 100 percent (60, not 0.6)'
    elif not 0 < value < float("inf"):
        yield f'standards."{key}".value: {value:g} must be above 0'


UNITS_WANTED: dict[str, tuple[str, ...]] = {
    "station_share": ("%",),
    "village_share": ("%",),
    "nursing_share": ("%",),
    "demonstration_count": ("centres", "facilities", "count"),
    "beds_per_1000": ("beds",),
    "beds_per_1000_code": ("beds",),
    "hours": ("h",),
    "target": ("m2",),
    "elder_target": ("m2",),
}
"""What a standard that is named by a key of a section must be measured in."""


def _standards(study: Study, where: str, keys: dict[str, str]) -> Iterator[str]:
    """Standards that aren't there, in another unit than their key asks for, or out of all range."""
    for name, key in keys.items():
        standard = study.standards.get(key)
        if standard is None:
            yield f"{where}.{name}: {_no_standard(study, key)}"
            continue
        if name == "demonstration_count" and standard.value % 1:
            yield f'standards."{key}".value: {standard.value:g} must be a whole number from 1 on'
        yield from _fit_value(f"{where}.{name}", standard, UNITS_WANTED[name])

"""Whether the names that [[siting]] uses stand for something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from civicreach.study.names import no_such

if TYPE_CHECKING:
    from civicreach.study.siting import SitingSpec
    from civicreach.study.study import Study


def siting_faults(study: Study) -> Iterator[str]:
    """A sentence for each name of a question about sites that stands for nothing, or stands for too little."""
    for spec in study.siting:
        yield from (f"siting {spec.id}: {fault}" for fault in _faults(study, spec))


def _faults(study: Study, spec: SitingSpec) -> Iterator[str]:
    ids = [service.id for service in study.services]
    if spec.service not in ids:
        yield f"service: the study has {no_such('service', spec.service, ids)}"
    elif not study.service(spec.service).circle:
        yield f"service {spec.service} has circle = false, so it has no standard to be reached within"
    else:
        yield from _limit_faults(study, spec)
    for name in spec.candidates:
        if name not in ids:
            yield f"candidates: the study has {no_such('service', name, ids)}"
        elif name == spec.service:
            yield f"candidates: {name} is the service itself: its rows with the status candidate count anyway"
    if spec.group is not None and spec.group not in study.demand.groups:
        yield f"group: demand has {no_such('group', spec.group, study.demand.groups)}"
    for name in spec.try_profiles:
        if name not in study.profiles:
            yield f"try_profiles: {no_such('profile', name, study.profiles)}"
    if (spec.quotas or spec.floor_share is not None) and study.areas is None:
        yield "quotas and floor_share need areas: add [areas]"
    yield from _chosen_faults(spec)


def _chosen_faults(spec: SitingSpec) -> Iterator[str]:
    """Ids that stand twice or are asked for and ruled out at once."""
    chosen = {
        "candidates": spec.candidates,
        "mandatory": spec.mandatory,
        "forbidden": spec.forbidden,
        "closable": spec.closable,
    }
    for key, names in chosen.items():
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield f"{key}: names {', '.join(twice)} twice"
    if both := [name for name in spec.mandatory if name in spec.forbidden]:
        yield f"mandatory and forbidden both name {', '.join(both)}"


def _limit_faults(study: Study, spec: SitingSpec) -> Iterator[str]:
    """A limit in minutes doesn't fit a service that is measured in metres."""
    service = study.service(spec.service)
    if service.standard is not None and service.standard not in study.standards:
        return  # told where the service is
    if study.limit_unit(service) == "m" and (spec.minutes is not None or spec.try_minutes or spec.try_profiles):
        yield f"service {service.id} is measured in metres: minutes, try_minutes and try_profiles can't be used"
    if study.limit_unit(service) == "m" and spec.problem == "consolidate":
        yield f"service {service.id} is measured in metres: a merger is told in minutes; give the service minutes"

"""The study as a whole: what is asked of which layers, with every name that its parts use checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from civicreach.study.analyses import (
    AnalysisName,
    AreaSpec,
    CircleSpec,
    ElderSpec,
    ProgrammeSpec,
    ReliefSpec,
    ScenarioSpec,
    ShelterSpec,
)
from civicreach.study.parts import (
    AreasSpec,
    DemandSpec,
    Frozen,
    Language,
    Minutes,
    PageSpec,
    Profile,
    ReportSpec,
    RoadsSpec,
    ServiceSpec,
    ServiceStandard,
)
from civicreach.study.references import reference_faults
from civicreach.study.siting import SitingSpec


class StudyHead(Frozen):
    """Place, year and what is printed on everything that comes out."""

    name: str
    name_en: str = ""
    year: int = Field(ge=1900, le=2200)
    language: Language = "zh"
    crs: str = "auto"
    author: str = ""
    date: str = ""
    """When the study was made, as it is to be printed; sheets without it carry the day of printing."""
    data_date: str = ""
    """How old the data are, where the year doesn't say enough."""
    review_number: str = ""
    data_note: str = ""
    data_note_en: str = ""
    synthetic: bool = False
    analyses: tuple[AnalysisName, ...] = Field(default=("service_circle",), min_length=1)
    minutes: tuple[Minutes, ...] = (5.0, 10.0, 15.0)
    suppress_below: int | None = Field(default=None, ge=2, le=1_000)
    """Counts of people from 1 to below it are shown as "<" and this number; None: all counts are shown."""

    @model_validator(mode="after")
    def _bands_rise(self) -> StudyHead:
        if list(self.minutes) != sorted(set(self.minutes)) or not self.minutes:
            raise ValueError("minutes must rise, for example [5, 10, 15]")
        return self


class Study(Frozen):
    """All that study.toml says; paths are absolute. `folder` is where it lies."""

    study: StudyHead
    roads: RoadsSpec
    demand: DemandSpec
    areas: AreasSpec | None = None
    services: tuple[ServiceSpec, ...] = Field(min_length=1)
    page: PageSpec = Field(default_factory=PageSpec)
    report: ReportSpec = Field(default_factory=ReportSpec)
    circle: CircleSpec = Field(default_factory=CircleSpec)
    elder: ElderSpec | None = None
    shelters: ShelterSpec | None = None
    relief: ReliefSpec | None = None
    area: AreaSpec | None = None
    scenarios: tuple[ScenarioSpec, ...] = ()
    programmes: tuple[ProgrammeSpec, ...] = ()
    siting: tuple[SitingSpec, ...] = ()
    profiles: dict[str, Profile] = Field(default_factory=dict)
    standards: dict[str, ServiceStandard] = Field(default_factory=dict)
    folder: Path
    file_name: str = "study.toml"

    @model_validator(mode="after")
    def _names_meet(self) -> Study:
        if faults := list(reference_faults(self)):
            raise ValueError("; ".join(faults))
        return self

    def service(self, service_id: str) -> ServiceSpec:
        """The service with an id; ValueError with the known ids where there is none."""
        for service in self.services:
            if service.id == service_id:
                return service
        known = ", ".join(service.id for service in self.services)
        raise ValueError(f"the study has no service {service_id!r} (there are {known})")

    def profile_of(self, service: ServiceSpec) -> Profile:
        """The profile that a service is reached with; in metres where its limit is a distance."""
        profile = self.profiles[service.profile]
        return profile.in_metres() if self.limit_unit(service) == "m" else profile

    def limit_unit(self, service: ServiceSpec) -> Literal["min", "m"]:
        """Whether a service's limit is a time or a distance."""
        if service.metres is not None:
            return "m"
        if service.minutes is not None or service.standard is None:
            return "min"
        return "m" if self.standards[service.standard].unit == "m" else "min"

    def limit(self, service: ServiceSpec) -> float:
        """The limit of a service (inclusive), in minutes or metres as `limit_unit` says."""
        if service.metres is not None:
            return service.metres
        if service.minutes is not None:
            return service.minutes
        return self.standards[str(service.standard)].value

    def limit_ms(self, service: ServiceSpec) -> int:
        """The limit of a service as a cost of its profile, in whole ms."""
        per_unit = 1_000 if self.limit_unit(service) == "m" else 60_000
        return round(self.limit(service) * per_unit)

    @property
    def circled(self) -> tuple[ServiceSpec, ...]:
        """The services that have a circle of their own."""
        return tuple(service for service in self.services if service.circle)

    def standards_used(self, more: Iterable[str] = ()) -> Mapping[str, ServiceStandard]:
        """The standards that the services with a circle name, and `more` by their keys, each once."""
        keys = [s.standard for s in self.circled if s.standard is not None]
        return {key: self.standards[key] for key in [*keys, *more]}

    def fingerprint(self) -> str:
        """A hash of everything that the study says, the same wherever its folder lies."""
        said = json.dumps(_portable(self.model_dump(exclude={"folder", "file_name"}), self.folder), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def _portable(value: Any, folder: Path) -> Any:
    """The same content with paths written from the study's folder and with forward slashes."""
    if isinstance(value, Path):
        return value.relative_to(folder).as_posix() if value.is_relative_to(folder) else value.as_posix()
    if isinstance(value, str) and Path(value).is_absolute():  # patterns of several files are text
        return _portable(Path(value), folder)
    if isinstance(value, dict):
        return {key: _portable(item, folder) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_portable(item, folder) for item in value]
    return value

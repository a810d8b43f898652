"""What is being asked: the study, its services with their standards, and the profiles of those who travel.

All models are frozen and refuse unknown keys. Reading them from study.toml, with every fault told at once, is the
work of `civicreach.inputs.study_file`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from civicreach.errors import nearest

Language = Literal["zh", "en"]
Mode = Literal["walk", "drive"]
Direction = Literal["to_facility", "from_facility"]
PrivateAccess = Literal["residents", "closed", "open"]
"""Who may use private ways and locked gates: those who live or have business behind them (a walk may begin and end
there, but nobody passes through), nobody, or everyone."""
Confidence = Literal["verified", "secondary", "unverified"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
MINUTES, METRES = (0.1, 1_440.0), (1.0, 200_000.0)
"""What a limit may be: from six seconds to a day, from a metre to the length of a province."""
Minutes = Annotated[float, Field(ge=MINUTES[0], le=MINUTES[1], allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=METRES[0], le=METRES[1], allow_inf_nan=False)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


BY_DISTANCE = ":metres"
"""Ends the name of a profile that is measured by distance."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Profile(_Frozen):
    """Who travels, how fast, and past which barriers.

    Walking profiles have one speed; driving ones take each road's own speed times `speed_factor`.
    `slope` names the rule that makes walking speed depend on slope where the roads carry elevation.
    """

    name: str
    mode: Mode = "walk"
    speed_mps: Positive = 1.2
    """Walking speed; for driving the speed of the access leg on foot."""
    speed_factor: Positive = 1.0
    steps: Literal["open", "closed"] = "open"
    steps_speed_factor: Positive = 1.0
    narrow_barriers: Literal["open", "closed"] = "open"
    """Stiles, turnstiles and kissing gates."""
    slope: Literal["none", "tobler"] = "tobler"
    max_slope_percent: Positive | None = None
    source: str = ""
    confidence: Confidence = "unverified"

    def in_metres(self) -> Profile:
        """The same traveller measured by distance: 1 m/s on every street, so that a metre costs 1,000 ms."""
        return self.model_copy(
            update={
                "name": f"{self.name}{BY_DISTANCE}",
                "speed_mps": 1.0,
                "steps_speed_factor": 1.0,
                "slope": "none",
            }
        )


class ServiceStandard(_Frozen):
    """A policy limit (inclusive) with the clause and source that it comes from."""

    key: str
    name_zh: str
    name_en: str
    value: float
    unit: str
    clause: str = ""
    source: str = ""
    confidence: Confidence = "unverified"

    @property
    def mark(self) -> str:
        """What is printed beside a number that nobody has checked against its source."""
        return "" if self.confidence == "verified" else f" [{self.confidence}]"


class RoadsSpec(_Frozen):
    """Where the streets come from and which of them may be used."""

    file: Path
    layer: str | None = None
    crs: str | None = None
    private_access: PrivateAccess = "residents"
    max_snap_m: Positive = 200.0
    dem: Path | None = None


class AreasSpec(_Frozen):
    """A polygon layer of the lowest level; its columns name the levels above."""

    file: Path
    layer: str | None = None
    crs: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class DemandSpec(_Frozen):
    """Where the people are."""

    method: Literal["rasters", "table_on_rasters", "table_on_buildings", "points", "table"]
    groups: tuple[str, ...] = ("people",)
    rasters: str | None = None
    table: Path | None = None
    file: Path | None = None
    layer: str | None = None
    x: str | None = None
    y: str | None = None
    crs: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    weight_note: str = ""
    """What the numbers count where they aren't people; printed beside every figure."""
    labels: dict[str, str] = Field(default_factory=dict)
    """What each group is called in Chinese, where its own name doesn't do."""
    labels_en: dict[str, str] = Field(default_factory=dict)
    """The same in English."""
    assumed_totals: dict[str, float] = Field(default_factory=dict)
    """`table_on_buildings` without a table: totals of the whole place, a stated assumption."""

    @model_validator(mode="after")
    def _has_its_inputs(self) -> DemandSpec:
        needs: dict[str, tuple[str, ...]] = {
            "rasters": ("rasters",),
            "table_on_rasters": ("rasters", "table"),
            "points": ("file",),
            "table": ("table",),
        }
        missing = [key for key in needs.get(self.method, ()) if getattr(self, key) is None]
        if self.method == "table_on_buildings" and self.table is None and not self.assumed_totals:
            missing.append("table or assumed_totals")
        if missing:
            raise ValueError(f'method = "{self.method}" needs {" and ".join(missing)}')
        return self


class ServiceSpec(_Frozen):
    """One kind of facility, where it is read from, and the standard that it is held to."""

    id: Identifier
    name: str
    name_en: str = ""
    file: Path | None = None
    layer: str | None = None
    osm: tuple[str, ...] = ()
    where: dict[str, str] = Field(default_factory=dict)
    x: str | None = None
    y: str | None = None
    crs: str | None = None
    id_column: str | None = None
    name_column: str | None = None
    capacity: str | None = None
    capacity_unit: str = ""
    profile: str = "adult"
    minutes: Minutes | None = None
    metres: Metres | None = None
    standard: str | None = None
    group: str = "people"

    @model_validator(mode="after")
    def _has_one_source_and_one_limit(self) -> ServiceSpec:
        if (self.file is None) == (not self.osm):
            raise ValueError("give either file (a table or layer) or osm (tags to look for in the roads file)")
        if self.minutes is not None and self.metres is not None:
            raise ValueError("give minutes or metres, not both")
        if self.minutes is None and self.metres is None and self.standard is None:
            raise ValueError("give minutes, metres or standard")
        return self

    def label(self, language: Language) -> str:
        """The name in a language, or the other one where that is missing."""
        return (self.name if language == "zh" else self.name_en) or self.name or self.id


class StudyHead(_Frozen):
    """Place, year and what is printed on everything that comes out."""

    name: str
    name_en: str = ""
    year: int = Field(ge=1900, le=2200)
    language: Language = "zh"
    crs: str = "auto"
    author: str = ""
    review_number: str = ""
    data_note: str = ""
    data_note_en: str = ""
    synthetic: bool = False
    analyses: tuple[Literal["service_circle"], ...] = ("service_circle",)
    minutes: tuple[Minutes, ...] = (5.0, 10.0, 15.0)

    @model_validator(mode="after")
    def _bands_rise(self) -> StudyHead:
        if list(self.minutes) != sorted(set(self.minutes)) or not self.minutes:
            raise ValueError("minutes must rise, for example [5, 10, 15]")
        return self


class Study(_Frozen):
    """All that study.toml says; paths are absolute. `folder` is where it lies."""

    study: StudyHead
    roads: RoadsSpec
    demand: DemandSpec
    areas: AreasSpec | None = None
    services: tuple[ServiceSpec, ...] = Field(min_length=1)
    profiles: dict[str, Profile] = Field(default_factory=dict)
    standards: dict[str, ServiceStandard] = Field(default_factory=dict)
    folder: Path
    file_name: str = "study.toml"

    @model_validator(mode="after")
    def _names_meet(self) -> Study:
        faults, groups = [], self.demand.groups
        ids = [service.id for service in self.services]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            faults.append(f"services share an id: {', '.join(repeated)}")
        if not groups:
            faults.append("demand.groups: must hold at least one entry")
        else:
            for key in ("labels", "labels_en"):
                strange = [name for name in getattr(self.demand, key) if name not in groups]
                faults += [f"demand.{key}: demand has {_no('group', name, groups)}" for name in strange]
            strange_groups = [service for service in self.services if service.group not in groups]
            faults += [f"service {s.id}: demand has {_no('group', s.group, groups)}" for s in strange_groups]
        for service in self.services:
            faults += [f"service {service.id}: {fault}" for fault in self._service_faults(service)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _service_faults(self, service: ServiceSpec) -> Iterator[str]:
        if service.profile not in self.profiles:
            yield _no("profile", service.profile, self.profiles)
        if service.standard is None:
            return
        standard = self.standards.get(service.standard)
        if standard is None:
            near = nearest(service.standard, self.standards)
            hint = f". Did you mean {near}?" if near else ""
            yield f"no standard {service.standard!r} in data/standards{hint}"
        elif standard.unit not in ("min", "m"):
            yield f"standard {standard.key!r} is no time or distance"
        elif service.minutes is None and service.metres is None:
            low, high = MINUTES if standard.unit == "min" else METRES
            if not low <= standard.value <= high:
                yield f'standards."{standard.key}".value: {standard.value:g} must be from {low:g} to {high:,.0f}'

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

    def standards_used(self) -> Mapping[str, ServiceStandard]:
        """The standards that the services name."""
        return {s.standard: self.standards[s.standard] for s in self.services if s.standard is not None}

    def fingerprint(self) -> str:
        """A hash of everything that the study says, the same wherever its folder lies."""
        said = json.dumps(_portable(self.model_dump(exclude={"folder", "file_name"}), self.folder), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def _no(kind: str, name: str, known: Iterable[str]) -> str:
    """That there is no such name, all that there are, and the nearest of them."""
    near = nearest(name, known)
    return f"no {kind} {name!r} (there are {', '.join(known)})" + (f". Did you mean {near}?" if near else "")


def _portable(value: Any, folder: Path) -> Any:
    """The same content with paths written from the study's folder and with forward slashes."""
    if isinstance(value, Path):
        return value.relative_to(folder).as_posix() if value.is_relative_to(folder) else value.as_posix()
    if isinstance(value, dict):
        return {key: _portable(item, folder) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_portable(item, folder) for item in value]
    return value

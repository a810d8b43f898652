"""What a study asks beyond the circle of each service: its sections [circle], [elder], [shelters], [relief], [area],
and its lists of scenarios and programmes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from civicreach.study.parts import Frozen, Identifier, Metres, Minutes, Positive

AnalysisName = Literal[
    "service_circle", "elder_gaps", "shelter_reach", "facility_area", "relief", "programmes", "siting"
]
AccessMethod = Literal["e2sfca", "2sfca", "3sfca", "bfca"]
Share = Annotated[float, Field(ge=0, le=1)]
MinutesOfWork = Annotated[float, Field(ge=0, le=10_080, allow_inf_nan=False)]
"""From nothing to a week."""
NOTHING = 0.0


class RingSpec(Frozen):
    """Services that belong together, all within one limit; without a limit each within its own standard.

    Levels of living circles aren't nested: what a ring asks for must itself be within the ring's limit.
    """

    id: Identifier
    name: str
    name_en: str = ""
    services: tuple[Identifier, ...] = Field(min_length=1)
    minutes: Minutes | None = None
    metres: Metres | None = None
    profile: str = "adult"
    standard: str | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> RingSpec:
        if self.minutes is not None and self.metres is not None:
            raise ValueError("give minutes or metres, not both")
        return self


class CircleSpec(Frozen):
    """[circle]: which services make a complete service circle."""

    required: tuple[Identifier, ...] = ()
    """Services that must be within their standards; all that have a circle of their own where none is named."""
    group: str = "people"
    rings: tuple[RingSpec, ...] = ()


class ElderSpec(Frozen):
    """[elder]: stations and homes for the elderly, their beds, and what they are held to."""

    group: str = "elderly"
    stations: tuple[Identifier, ...] = Field(min_length=1)
    """Services that count as an elder station of a community."""
    village_centres: tuple[Identifier, ...] = ()
    """Services that count as a mutual-help centre of a village; the stations where none is named."""
    village_years: int = Field(default=5, ge=1, le=50)
    """Over how many years the villages that still need a centre are spread."""
    demonstration_column: str | None = None
    """Column of the stations' file that flags demonstration centres."""
    homes: tuple[Identifier, ...] = ()
    """Services with beds; their capacity is the number of beds."""
    nursing_beds_column: str | None = None
    station_share: str = "elder.urban_station_share"
    demonstration_count: str = "elder.demonstration_per_subdistrict"
    beds_per_1000: str = "elder.beds_per_1000.plan"
    beds_per_1000_code: str = "elder.beds_per_1000.gb50437"
    nursing_share: str = "elder.nursing_bed_share"
    village_share: str = "elder.village_centre_share"
    access_minutes: Minutes = 30.0
    access_methods: tuple[AccessMethod, ...] = ("e2sfca", "2sfca")
    primary_care: Identifier | None = None
    paired: tuple[Identifier, ...] = ()
    """Services that are paired with primary care; the homes where none is named, or else the stations."""
    pair_minutes: Minutes = 15.0
    pair_capacity: int = Field(default=2, ge=1)
    """How many homes or centres one place of primary care can look after."""
    partner_minutes: Minutes | None = None
    """Within what drive a city home can help a rural one; no pairs of them where it isn't given."""
    regional_minutes: Minutes | None = None
    """Within what drive a rural home can serve the people around it; no such catchments where it isn't given."""
    partner_profile: str = "drive"
    partners: tuple[Identifier, ...] = ()
    """Services that are city homes; where none is named homes are told apart by `partner_column`, or else by the flag
    urban of the unit that they stand in."""
    partnered: tuple[Identifier, ...] = ()
    """Services that are rural homes."""
    partner_column: str | None = None
    """Column of the homes' file: yes for city homes that help, no for rural homes, blank for neither."""
    zone_link_m: Metres = 250.0
    """Uncovered homes closer than this belong to one gap zone."""

    @model_validator(mode="after")
    def _counts_beds(self) -> ElderSpec:
        if set(self.access_methods) <= {"bfca"}:
            raise ValueError("access_methods: a BFCA score is no number of beds; name e2sfca, 2sfca or 3sfca beside it")
        return self

    @model_validator(mode="after")
    def _tells_homes_apart_once(self) -> ElderSpec:
        if bool(self.partners) != bool(self.partnered):
            raise ValueError("partners (city homes) and partnered (rural homes) belong together")
        if self.partners and self.partner_column is not None:
            raise ValueError("give partners and partnered, or partner_column, not both")
        if (self.partners or self.partner_column) and not (self.partner_minutes or self.regional_minutes):
            raise ValueError("partners and partner_column need partner_minutes or regional_minutes, else nobody asks")
        return self


class ShelterSpec(Frozen):
    """[shelters]: shelters by class, and who has to find room in them."""

    service: Identifier = "shelter"
    class_column: str = "shelter_class"
    populations: tuple[str, ...] = Field(default=("people",), min_length=1)
    """Demand groups that are sheltered in turn, for example the people of the night and of the day."""
    critical_links: int = Field(default=10, ge=0, le=1_000)
    """How many of the links whose loss strands most people are listed."""


class ReliefSpec(Frozen):
    """[relief]: goods from the city's depot by way of the districts' depots to every community."""

    city_depots: Identifier
    district_depots: Identifier | None = None
    group: str = "people"
    profile: str = "drive"
    hours: str = "relief.hours"
    """Standard that says within how many hours help must have come."""
    mobilise_min: MinutesOfWork = 60.0
    load_min: MinutesOfWork = 60.0
    unload_min: MinutesOfWork = 30.0
    last_mile_min: MinutesOfWork = 60.0
    assumptions: str = ""
    """Where these minutes come from; printed beside every figure."""
    assumptions_en: str = ""


class AreaSpec(Frozen):
    """[area]: floor area of community facilities per 100 households."""

    services: tuple[Identifier, ...] = Field(min_length=1)
    column: str = "floor_area_m2"
    group: str = "households"
    target: str = "community.area_per_100_households"
    elder_services: tuple[Identifier, ...] = ()
    elder_target: str = "elder.area_per_100_households.hubei"
    serves_column: str | None = None
    """Column that names the communities a facility is shared by, separated by semicolons."""
    shared_m: float = Field(default=NOTHING, ge=0, le=1_000)
    """A facility this near to the boundary is shared with the community next door; 0 shares only those on it."""
    access_minutes: Minutes = 15.0
    access_profile: str = "adult"
    new_estates: tuple[str, ...] = ()
    """Ids or exact names of the communities that `elder_target` is for; all are shown where none is named."""
    unit_cost_per_m2: Positive | None = None
    """What a square metre costs to build, in `cost_unit`."""
    cost_unit: str = "元"
    cost_unit_en: str = "yuan"


class ScenarioSpec(Frozen):
    """[[scenarios]]: streets that are out: inside polygons, under water, or by the names of bridges."""

    id: Identifier
    name: str
    name_en: str = ""
    closed: Path | None = None
    closed_layer: str | None = None
    closed_crs: str | None = None
    flood: Path | None = None
    depth_m: Positive = 0.3
    bridges: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _closes_something(self) -> ScenarioSpec:
        if self.closed is None and self.flood is None and not self.bridges:
            raise ValueError("give closed (polygons), flood (a raster of depths) or bridges (names)")
        return self


class ProgrammeSpec(Frozen):
    """[[programmes]]: communities that meet a programme's standard, and which should be next.

    `table` has one row a community; `id_column` joins the areas, `flag` says which have it, `grade` of which kind it
    is (national, provincial, ...) and `year` since when.
    """

    id: Identifier
    name: str
    name_en: str = ""
    table: Path
    layer: str | None = None
    id_column: str = "community_id"
    flag: str
    grade: str | None = None
    year: str | None = None
    among: Literal["all", "urban", "rural"] = "all"
    target_share: Annotated[float, Field(gt=0, le=1)]
    yearly_share: Share | None = None
    """What should be added each year from `since` on, as a share of all; for example 0.05."""
    since: int | None = Field(default=None, ge=1900, le=2200)
    milestones: dict[int, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """How many there should be by the end of a year, for example { 2016 = 100 }."""
    source: str = ""
    source_en: str = ""
    baseline_count: int | None = Field(default=None, ge=0)
    baseline_share: Share | None = None
    baseline_of: int | None = Field(default=None, ge=1)
    """What the plan's own baseline is said to be a share of, where that is stated."""
    pick: int = Field(default=0, ge=0)
    """How many to list as the next ones; as many as the target still needs where it is 0."""
    risk: str | None = None
    """Column with the risk (0 or more); all the same where none is named."""
    risk_name: str = ""
    """What the risk is called, for readers."""
    risk_name_en: str = ""
    group: str = "people"
    service: Identifier | None = None
    """Those who are not covered by this service count as unserved."""

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> ProgrammeSpec:
        if self.year is None and (self.yearly_share is not None or self.milestones):
            raise ValueError("yearly_share and milestones need year, the column that says since when")
        if (self.yearly_share is None) != (self.since is None):
            raise ValueError("yearly_share and since, the first year of it, belong together")
        if self.baseline_share is not None and self.baseline_count is None:
            raise ValueError("baseline_share needs baseline_count, which it is a share of")
        return self

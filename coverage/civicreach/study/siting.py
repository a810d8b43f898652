"""What a study asks about sites: its list [[siting]], a question each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from civicreach.study.parts import Frozen, Identifier, Metres, Minutes, Positive

SitingProblem = Literal[
    "max_cover", "set_cover", "backup_cover", "p_median", "p_center", "max_served", "consolidate", "phases"
]
AreaLevel = Literal["city", "district", "subdistrict", "community"]
SiteCount = Annotated[int, Field(ge=1, le=10_000, strict=True)]
Share = Annotated[float, Field(gt=0, le=1)]


class QuotaSpec(Frozen):
    """How many sites there must be, existing ones that stay included, in every unit of a level or in the named ones."""

    level: AreaLevel
    units: tuple[str, ...] = ()
    """Ids of units; every unit of the level where none is named."""
    at_least: int = Field(default=0, ge=0, le=10_000)
    at_most: int | None = Field(default=None, ge=0, le=10_000)

    @model_validator(mode="after")
    def _asks_something(self) -> QuotaSpec:
        if self.at_least == 0 and self.at_most is None:
            raise ValueError("give at_least or at_most")
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError(f"at_most ({self.at_most}) is below at_least ({self.at_least})")
        return self


class SitingSpec(Frozen):
    """[[siting]]: where the next sites of a service should be, or which of them to merge."""

    id: Identifier
    name: str
    name_en: str = ""
    service: Identifier
    """Whose standard, profile and group count; its existing facilities stay, its candidates may open."""
    problem: SitingProblem = "max_cover"
    new: SiteCount | None = None
    """How many may open."""
    into: SiteCount | None = None
    """How many stay open after a consolidation."""
    by: Literal["mean", "worst"] = "mean"
    """Whether a consolidation keeps the mean way short or the longest one."""
    over_min: Annotated[float, Field(ge=0, le=1_440)] = 10.0
    """From how many extra minutes on people count as losers of a consolidation."""
    years: tuple[Annotated[int, Field(ge=0, le=10_000, strict=True)], ...] = ()
    """How many open in each year of an opening order."""
    share: Share = 1.0
    """Which share of those who can be reached at all a set cover must reach."""
    group: str | None = None
    minutes: Minutes | None = None
    """Another limit than the service's own."""
    search_factor: Annotated[float, Field(ge=1, le=20)] = 3.0
    """How much farther than the limit questions about minutes look; who is farther counts with that much."""
    candidates: tuple[Identifier, ...] = ()
    """Services whose existing facilities may open too, for example idle premises or schools."""
    every_m: Metres | None = None
    """Candidates on the streets, about so far apart."""
    mandatory: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    closable: tuple[str, ...] = ()
    """Ids of facilities; `closable` are existing ones that needn't stay."""
    quotas: tuple[QuotaSpec, ...] = ()
    spacing_m: Metres | None = None
    """How far new sites must be apart from each other and from those that stay, in a straight line."""
    budget: Positive | None = None
    cost_column: str | None = None
    """Column with what a site costs, in the same unit as the budget."""
    cost: Positive | None = None
    """What a site costs where no column says."""
    cost_unit: str = "元"
    cost_unit_en: str = "yuan"
    max_load: Positive | None = None
    """How many of the group one site may have to look after."""
    floor_share: Share | None = None
    """Which share of the group must be covered in every unit of `floor_level`."""
    floor_level: AreaLevel = "subdistrict"
    capacity: Positive | None = None
    """Beds or places of a new site where no column says."""
    seconds: Annotated[float, Field(ge=1, le=86_400)] = 60.0
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    prices: StrictBool = True
    """Whether the plan is made again without each rule, to say what the rule costs."""
    fix_zones: int = Field(default=0, ge=0, le=100)
    """For how many of the largest gaps a gate, a crossing or a facility more is tried, each counted anew."""
    try_profiles: tuple[str, ...] = ()
    """Other profiles that the plan is made for, to see which sites are chosen whatever the speed."""
    try_minutes: tuple[Minutes, ...] = ()
    """Other limits, likewise."""

    @model_validator(mode="after")
    def _asks_what_its_problem_needs(self) -> SitingSpec:
        needs = {"consolidate": "into", "phases": "years", "set_cover": None}.get(self.problem, "new")
        if needs is not None and not getattr(self, needs):
            raise ValueError(f"problem {self.problem} needs {needs}")
        if strange := [key for key in ("new", "into", "years") if key != needs and getattr(self, key)]:
            raise ValueError(f"problem {self.problem} doesn't know {', '.join(strange)}")
        unknown = [key for key in ("budget", "max_load", "floor_share") if getattr(self, key) is not None]
        if self.problem == "phases" and unknown:
            raise ValueError(f"problem phases can't keep {', '.join(unknown)}; ask for the last year alone")
        if self.budget is not None and self.cost is None and self.cost_column is None:
            raise ValueError("budget needs cost or cost_column")
        if self.years and sum(self.years) == 0:
            raise ValueError("years must open at least one site")
        return self

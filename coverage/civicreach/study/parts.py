"""The parts of a study: profiles, standards, and where roads, areas, demand and services are read from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from civicreach.errors import Note

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


class Frozen(BaseModel):
    """What every part of a study is: it never changes and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Profile(Frozen):
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
    source_zh: str = ""
    """The source in Chinese; `source` where there is none."""
    confidence: Confidence = "unverified"

    @property
    def sources(self) -> Note:
        """The source in both languages."""
        return Note(self.source, self.source_zh or self.source)

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


class ServiceStandard(Frozen):
    """A policy limit (inclusive) with the clause and source that it comes from."""

    key: str
    name_zh: str
    name_en: str
    value: float
    unit: str
    clause: str = ""
    clause_zh: str = ""
    """The clause in Chinese, and the source; `clause` and `source` where there is none."""
    source: str = ""
    source_zh: str = ""
    confidence: Confidence = "unverified"

    @property
    def clauses(self) -> Note:
        """The clause in both languages."""
        return Note(self.clause, self.clause_zh or self.clause)

    @property
    def sources(self) -> Note:
        """The source in both languages."""
        return Note(self.source, self.source_zh or self.source)

    @property
    def cited(self) -> Note:
        """Clause, source and confidence in both languages, as figures print them."""
        english, chinese = ": ".join(filter(None, (self.clause, self.source))), self.clauses.zh
        chinese = "：".join(filter(None, (chinese, self.sources.zh)))
        return Note(f"{english} [{self.confidence}]", f"{chinese} [{self.confidence}]")

    @property
    def mark(self) -> str:
        """What is printed beside a number that nobody has checked against its source."""
        return "" if self.confidence == "verified" else f" [{self.confidence}]"


class RoadsSpec(Frozen):
    """Where the streets come from and which of them may be used."""

    file: Path
    layer: str | None = None
    crs: str | None = None
    private_access: PrivateAccess = "residents"
    max_snap_m: Positive = 200.0
    dem: Path | None = None


class AreasSpec(Frozen):
    """A polygon layer of the lowest level; its columns name the levels above."""

    file: Path
    layer: str | None = None
    crs: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class DemandSpec(Frozen):
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


class PageSpec(Frozen):
    """What the page carries besides the results: its footer, and tiles of an online map under it."""

    internal: bool = True
    """Whether the footer of internal maps is printed on page, sheets and pictures."""
    footer: str = ""
    """Replaces the words of that footer."""
    footer_en: str = ""
    tiles: Literal["osm", "tianditu", "amap"] | None = None
    """An online map below the study's own; None: the page asks no host for anything."""
    tianditu_key: Annotated[str, Field(pattern=r"^[0-9A-Za-z]*$")] = ""

    @model_validator(mode="after")
    def _tianditu_has_its_key(self) -> PageSpec:
        if self.tiles == "tianditu" and not self.tianditu_key:
            raise ValueError('tiles = "tianditu" needs tianditu_key')
        return self


class ReportSpec(Frozen):
    """[report]: what is written for the files of an office."""

    figures: bool = True
    """Whether print maps are drawn; they take about half a second each."""


class ServiceSpec(Frozen):
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
    circle: bool = True
    """Whether it has a service circle of its own; depots, for example, only serve other analyses."""

    @model_validator(mode="after")
    def _has_one_source_and_one_limit(self) -> ServiceSpec:
        if (self.file is None) == (not self.osm):
            raise ValueError("give either file (a table or layer) or osm (tags to look for in the roads file)")
        if self.minutes is not None and self.metres is not None:
            raise ValueError("give minutes or metres, not both")
        if self.circle and self.minutes is None and self.metres is None and self.standard is None:
            raise ValueError("give minutes, metres or standard")
        return self

    def label(self, language: Language) -> str:
        """The name in a language, or the other one where that is missing."""
        return (self.name if language == "zh" else self.name_en) or self.name or self.id

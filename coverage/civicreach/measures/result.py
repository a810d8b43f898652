"""What a study's run ends with, before anything is drawn or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.analysis import Analysis
from civicreach.measures.figure import Figure
from civicreach.network import RoadNetwork
from civicreach.study import Profile, ServiceSpec, ServiceStandard, Study


@dataclass(frozen=True, eq=False)
class ServiceCircle:
    """The service circle of one service: who is within the standard, who is not, and where.

    demand: on the demand's index: `status` (covered, beyond, unsnapped, outside, edge), `nearest_facility_id`,
        `nearest_min` (minutes, or metres where the standard is a distance; NaN where none can be reached),
        `straight_m` (metres to the nearest facility as the crow flies), `gap_m` (access leg).
    facilities: on the facilities' index: `name`, `capacity`, `gap_m`, `snapped` (bool), one column
        `catchment_<group>` for each group (amount whose nearest facility this is, within the standard),
        `reached_<group>` (amount within the standard of it, nearest or not), geometry.
    tables: level -> DataFrame on the units' ids with names; `<group>` (all), `<group>_covered`, `<group>_share`; of the
        service's group `_uncovered`, `_unsnapped`, `_edge`, `straight_line` (amount within the standard as the crow
        flies) and `straight_line_share`; at the lowest level `facility_count`, `present` (a facility inside), `served`
        (at least half within the standard), above it `unit_count`, `units_present`, `units_served` and their shares.
        Also "urban_rural" where areas carry the flag; without areas one table "all". Levels add up exactly.
    gaps: uncovered demand by the lowest unit, worst first: names, `<group>_uncovered`, `nearest_min` (median by
        amount), geometry (the unit).
    In a service whose standard is a distance `nearest_min` holds metres, and `minutes` of shapes metres / 60.
    isochrones: `facility_id`, `name`, `minutes`, geometry: one row a facility and band; metric CRS of the study.
    service_area: `minutes`, geometry: the union over facilities. reached_roads: `minutes`, geometry (lines): street
        pieces by the smallest band that reaches them. block_fill: `minutes`, geometry, or empty.
    network: the streets that all of this was searched on; None where a result was put together without them.
    """

    service: ServiceSpec
    profile: Profile
    limit: float
    limit_unit: str
    facilities_layer: Facilities
    demand: pd.DataFrame
    facilities: gpd.GeoDataFrame
    tables: dict[str, pd.DataFrame]
    gaps: gpd.GeoDataFrame
    isochrones: gpd.GeoDataFrame
    service_area: gpd.GeoDataFrame
    reached_roads: gpd.GeoDataFrame
    block_fill: gpd.GeoDataFrame
    figures: tuple[Figure, ...]
    network: RoadNetwork | None = None


@dataclass(frozen=True, eq=False)
class StudyResult:
    """Everything that a run has to tell. `base_map`: name -> GeoDataFrame (water, green, roads, buildings, places) in
    the study's metric CRS; layers may be absent. `warnings` are sentences. `snap_report`: places whose access leg is
    over 100 m, that lie on an island of the network, or that couldn't be snapped: `layer`, `id`, `name`, `gap_m`,
    `reason`, geometry.
    """

    study: Study
    crs: str
    demand: Demand
    areas: Areas | None
    services: tuple[ServiceCircle, ...]
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]
    snap_report: gpd.GeoDataFrame
    base_map: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    attribution: str = ""
    analyses: tuple[Analysis, ...] = ()
    hidden: bool = False
    """Whether small counts have been taken out of it."""

    @property
    def standards_used(self) -> Mapping[str, ServiceStandard]:
        """The standards that any number of the result rests on, by their keys."""
        return self.study.standards_used(key for analysis in self.analyses for key in analysis.standards)

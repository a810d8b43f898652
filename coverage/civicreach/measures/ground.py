"""What every analysis stands on: people, areas, facilities, networks, and the circles that were found before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from civicreach.layers import Areas, Demand, Facilities
from civicreach.layers.hazard import Depth
from civicreach.measures.result import ServiceCircle
from civicreach.network import RoadNetwork
from civicreach.study import PrivateAccess, Profile, ServiceSpec, Study

EXISTING = "existing"


@dataclass(frozen=True, eq=False)
class Hazard:
    """What a scenario closes besides bridges by their names: drawn areas, and water from some depth on."""

    polygons: gpd.GeoSeries | None = None
    depth: Depth | None = None


@dataclass(frozen=True, eq=False)
class Ground:
    """The layers of a study in its metric CRS. `facilities` are all of each service, whatever their status, with the
    codes of the areas they stand in. `network_of` builds a profile's network under a policy for private ways.
    `hazards` are those of the scenarios, `unit_tables` those of the programmes on the areas' index, both by id.
    `base_map` holds water, railways and other things to see, which decide no number.
    """

    study: Study
    demand: Demand
    areas: Areas | None
    facilities: Mapping[str, Facilities]
    network_of: Callable[[Profile, PrivateAccess], RoadNetwork]
    circles: Mapping[str, ServiceCircle] = field(default_factory=dict)
    hazards: Mapping[str, Hazard] = field(default_factory=dict)
    unit_tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    base_map: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)

    def serving(self, services: str | Iterable[str]) -> Facilities:
        """The existing facilities of a service, or of several as one layer with a column `service`.

        Ids that several services share are told apart as `service:id`; capacities are those of each one's own layer.
        """
        if isinstance(services, str):
            return self.facilities[services].with_status(EXISTING)
        layers = {name: self.facilities[name].with_status(EXISTING) for name in services}
        ids = pd.Series([i for layer in layers.values() for i in layer.ids], dtype=object)
        taken = set(ids[ids.duplicated()])
        parts = []
        for name, layer in layers.items():
            part = layer.frame.assign(service=name)
            part.index = pd.Index([f"{name}:{i}" if i in taken else i for i in part.index], dtype=object)
            parts.append(part)
        units = {layer.capacity_unit for layer in layers.values()}
        frame = gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=self.demand.crs)
        source = ", ".join(dict.fromkeys(layer.source for layer in layers.values()))
        return Facilities(frame, "+".join(layers), units.pop() if len(units) == 1 else "", source)

    def network(self, profile: str | Profile) -> RoadNetwork:
        """The network of a profile, under the study's policy for private ways."""
        found = self.study.profiles[profile] if isinstance(profile, str) else profile
        return self.network_of(found, self.study.roads.private_access)

    def network_for(self, service: ServiceSpec) -> RoadNetwork:
        """The network that a service is reached on; in metres where its limit is a distance."""
        return self.network(self.study.profile_of(service))

    @property
    def max_snap_m(self) -> float:
        """From which distance on a place isn't on the network."""
        return self.study.roads.max_snap_m

    @property
    def unit(self) -> pd.Series:
        """The lowest unit's id of each demand, on the demand's index; None outside; all of them "all" without areas."""
        if self.areas is None:
            return pd.Series("all", index=self.demand.ids, dtype=object)
        unit: pd.Series = self.demand.frame[f"{self.areas.lowest}_id"]
        return unit

    def unit_of(self, facilities: Facilities) -> pd.Series:
        """The lowest unit's id of each facility, on its index; None outside."""
        if self.areas is None:
            return pd.Series("all", index=facilities.ids, dtype=object)
        column = f"{self.areas.lowest}_id"
        there = column in facilities.frame.columns
        unit: pd.Series = (facilities.frame if there else self.areas.locate(facilities.frame.geometry))[column]
        return unit

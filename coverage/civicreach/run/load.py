"""Reading all layers of a study, with the faults of all of them told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Faults, LayerError, Note
from civicreach.inputs.areas import read_areas
from civicreach.inputs.consistency import check_places, check_scale
from civicreach.inputs.demand import check_demand, read_demand
from civicreach.inputs.facilities import read_facilities
from civicreach.inputs.files import RASTER_SUFFIXES, matching_files, with_sidecars
from civicreach.inputs.osm_tags import MODES_ZH
from civicreach.inputs.unit_tables import check_programme_table, read_programme_table
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.ground import Hazard
from civicreach.network import RoadNetwork, snap
from civicreach.run.collected import Collected
from civicreach.run.extras import check_bridges, read_hazard
from civicreach.run.networks import Networks
from civicreach.run.progress import Steps
from civicreach.study import Profile, Study

Box = tuple[float, float, float, float]

FALLBACK_CRS = "EPSG:4547"
"""Only to go on looking for faults in other layers when the streets can't be read and name no place."""
LOOKED_AT_FIRST = 100
DEMAND = "[demand]"
"""Stands for the demand where services stand by their ids; no service is called so."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """The layers of a study in its metric CRS. `notes` are sentences about what was mended or left out on the way.

    The cache's own notes aren't among them: they name this machine's folders, and results must not depend on them.
    """

    study: Study
    crs: str
    networks: Networks
    areas: Areas | None
    demand: Demand
    facilities: dict[str, Facilities]
    notes: tuple[str, ...]
    hazards: dict[str, Hazard] = field(default_factory=dict)
    unit_tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def network(self, service_id: str) -> RoadNetwork:
        """The network that a service is reached on, with the study's policy for private ways."""
        profile = self.study.profile_of(self.study.service(service_id))
        return self.networks.network(profile, self.study.roads.private_access)


def load_study(study: Study, steps: Steps | None = None) -> Loaded:
    """Read and check every layer that a study names.

    Raises InputError (or the kind that all faults share) with the faults of all layers.
    """
    return read_layers(study, steps).loaded()


def read_layers(study: Study, steps: Steps | None = None) -> Read:
    """Every layer that a study names as far as it can be read, with the faults of all of them."""
    steps = steps or Steps()
    faults = Collected()
    networks = Networks(study)
    profiles = _profiles(study)
    with steps.step(Note("streets", "读取路网")):
        built = faults.try_to(lambda: [networks.network(p, study.roads.private_access) for p in profiles])
    crs = built[0].crs if built else (FALLBACK_CRS if study.study.crs == "auto" else study.study.crs)
    with steps.step(Note("areas", "读取行政区划")):
        before = len(faults.errors)
        areas = faults.try_to(lambda: read_areas(study, crs))
        areas_failed = len(faults.errors) > before
    with steps.step(Note("facilities", "读取设施")):
        facilities = {s.id: faults.try_to(partial(read_facilities, study, s.id, crs), s.id) for s in study.services}
    with steps.step(Note("demand", "读取居住点")):
        if areas_failed:
            faults.try_to(lambda: check_demand(study, crs))
            demand = None
        else:
            demand = faults.try_to(lambda: read_demand(study, crs, areas), DEMAND)
    found = {key: layer for key, layer in facilities.items() if layer is not None}
    with steps.step(Note("scenarios and programmes", "读取情景与创建名单")):
        hazards, tables = _extras(study, built, areas, faults)
    if built:
        _check_together(study, networks, built[0], areas, demand, found, faults)
    return Read(study, crs, networks, areas, demand, found, hazards, tables, faults)


@dataclass(frozen=True, eq=False)
class Read:
    """What could be read of the layers of a study, and the `faults` of the rest."""

    study: Study
    crs: str
    networks: Networks
    areas: Areas | None
    demand: Demand | None
    facilities: dict[str, Facilities]
    hazards: dict[str, Hazard]
    unit_tables: dict[str, pd.DataFrame]
    faults: Collected

    def loaded(self) -> Loaded:
        """All layers; raises InputError (or the kind that all faults share) where any fault was found."""
        self.faults.raise_if_any()
        if self.demand is None:  # pragma: no cover
            raise AssertionError("a layer that can't be read leaves a fault")
        flooded = [note for hazard in self.hazards.values() if hazard.depth is not None for note in hazard.depth.notes]
        notes = [*_notes(self.study, self.networks, self.facilities, self.demand), *flooded]
        told = tuple(dict.fromkeys(notes))
        layers = (self.areas, self.demand, self.facilities, told, self.hazards, self.unit_tables)
        return Loaded(self.study, self.crs, self.networks, *layers)


def _extras(
    study: Study, networks: list[RoadNetwork] | None, areas: Areas | None, faults: Collected
) -> tuple[dict[str, Hazard], dict[str, pd.DataFrame]]:
    """What scenarios close, and the tables of programmes, by their ids."""
    hazards, tables = {}, {}
    if networks and study.scenarios:
        where = f"{study.file_name}: scenarios"
        faults.try_to(lambda: check_bridges(study.scenarios, networks, where))
        read = {s.id: faults.try_to(partial(read_hazard, s, networks[0])) for s in study.scenarios}
        hazards = {key: hazard for key, hazard in read.items() if hazard is not None}
    if areas is not None:
        found = {p.id: faults.try_to(partial(read_programme_table, p, areas)) for p in study.programmes}
        tables = {key: table for key, table in found.items() if table is not None}
    else:
        for programme in study.programmes:
            faults.try_to(partial(check_programme_table, programme))
    return hazards, tables


def _profiles(study: Study) -> list[Profile]:
    """Every profile that a number of the study is measured with, those of the services first."""
    named = [ring.profile for ring in study.circle.rings if ring.minutes is not None or ring.metres is not None]
    named += [study.area.access_profile] if study.area is not None else []
    named += [study.relief.profile] if study.relief is not None and "relief" in study.study.analyses else []
    named += [name for spec in study.siting for name in spec.try_profiles] if "siting" in study.study.analyses else []
    return [*(study.profile_of(service) for service in study.services), *(study.profiles[name] for name in named)]


def _check_together(
    study: Study,
    networks: Networks,
    network: RoadNetwork,
    areas: Areas | None,
    demand: Demand | None,
    facilities: dict[str, Facilities],
    faults: Collected,
) -> None:
    """What layers that are right by themselves may have against each other."""
    x, y = float(np.median(network.node_x)), float(np.median(network.node_y))
    faults.try_to(lambda: check_scale(x, y, network.crs, f"{study.file_name}: study.crs"))
    faults.try_to(lambda: _check_places(study, network, areas, demand, facilities, dict(faults.places)))
    if not faults.errors:  # in another city or system nothing is near anything
        faults.try_to(lambda: _check_countable(study, networks, demand, facilities))


def _check_places(
    study: Study,
    network: RoadNetwork,
    areas: Areas | None,
    demand: Demand | None,
    facilities: dict[str, Facilities],
    rest: dict[str, gpd.GeoSeries],
) -> None:
    """Layers of different cities, and single facilities far from all streets.

    `rest` are the good rows of layers that have others.
    """
    geom = network.geom_x, network.geom_y
    bounds: dict[str, Box] = {
        "roads": (float(geom[0].min()), float(geom[1].min()), float(geom[0].max()), float(geom[1].max()))
    }
    if areas is not None:
        bounds[f"{areas.source} (areas)"] = tuple(areas.frame.total_bounds.tolist())
    points = {f"{layer.source} (service {key})": layer.frame.geometry for key, layer in facilities.items()}
    if demand is not None:
        bounds[f"{demand.source} (demand)"] = tuple(demand.frame.total_bounds.tolist())
        if study.demand.method == "points":  # rasters may well hold half a province
            points[f"{demand.source} (demand)"] = demand.frame.geometry
    for key, places in rest.items():
        if key == DEMAND:
            bounds[f"{places.attrs['where']} (demand)"] = tuple(places.total_bounds.tolist())
        else:
            points[f"{places.attrs['where']} (service {key})"] = places
    check_places(bounds, points, network.crs)


def _check_countable(
    study: Study, networks: Networks, demand: Demand | None, facilities: dict[str, Facilities]
) -> None:
    """Layers of which nothing can be counted: nobody in the areas, no facility that exists, no street near."""
    faults = Faults()
    limit = study.roads.max_snap_m
    if demand is not None:
        _check_inside(demand, f"{demand.source} (demand)", faults)
    for service in study.services:
        network = networks.network(study.profile_of(service), study.roads.private_access)
        layers: dict[str, gpd.GeoSeries] = {}
        if service.id in facilities:
            layer = facilities[service.id]
            layers[f"{layer.source} (service {service.id})"] = layer.frame.geometry[layer.frame["status"] == "existing"]
        if demand is not None:
            layers[f"{demand.source} (demand)"] = demand.frame.geometry
        for where, places in layers.items():
            if places.empty:
                faults.add("none of its facilities exists", where=where, todo="Look at its status column.")
            elif not _any_near(places, network, limit):
                what = f"none of its {len(places):,} places lies within {limit:g} m of a street"
                todo = "Are they of the same city, and is each crs right? The limit is roads.max_snap_m."
                faults.add(f"{what} that {service.profile} can use", where=where, todo=todo)
    faults.raise_if_any(LayerError)


def _check_inside(demand: Demand, where: str, faults: Faults) -> None:
    inside = ~demand.outside
    if not inside.any():
        todo = "Are both of the same place, and is each crs right?"
        faults.add(f"none of its {len(inside):,} points lies in any of the areas", where=where, todo=todo)
        return
    for group in demand.groups:
        if not (demand.amount(group)[inside] > 0).any():
            todo = "A share of nobody can't be computed."
            faults.add(f"the total of {group} in the areas is 0", where=where, todo=todo)


def _any_near(places: gpd.GeoSeries, network: RoadNetwork, limit_m: float) -> bool:
    """Whether any place meets the network; all of them are only looked at where none of the first does."""
    parts = places.iloc[:LOOKED_AT_FIRST], places.iloc[LOOKED_AT_FIRST:]
    return any(bool(snap(part, network, max_snap_m=limit_m).found.any()) for part in parts if len(part))


def _notes(study: Study, networks: Networks, facilities: dict[str, Facilities], demand: Demand) -> Iterator[Note]:
    for mode, notes in networks.notes.items():
        yield from (_of(f"streets ({mode})", f"路网（{MODES_ZH[mode]}）", note) for note in notes)
    for key, layer in facilities.items():
        service = study.service(key)
        yield from (_of(service.label("en"), service.label("zh"), note) for note in layer.notes)
    yield from (_of("demand", "居住点", note) for note in (demand.note, *demand.notes) if note)


def _of(english: str, chinese: str, note: str) -> Note:
    """A note with the name of the layer that it is about."""
    return Note(f"{english}: {note}", f"{chinese}：{Note.told(note, 'zh')}")


def input_files(study: Study) -> Iterator[Path]:
    """Every file that a study reads, the study itself and the sidecars of Shapefiles included, each once."""
    spec = study.demand
    rasters = matching_files(Path(spec.rasters), RASTER_SUFFIXES) if spec.rasters is not None else []
    files = [
        study.folder / study.file_name, study.roads.file, study.roads.dem, study.areas.file if study.areas else None,
        spec.table, spec.file, *rasters, *(service.file for service in study.services),
        *(path for scenario in study.scenarios for path in (scenario.closed, scenario.flood)),
        *(programme.table for programme in study.programmes),
    ]  # fmt: skip
    there = [path for path in files if path is not None and path.is_file()]
    yield from dict.fromkeys(part for path in there for part in with_sidecars(path))

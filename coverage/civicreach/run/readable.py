"""What analyses can be checked on where some layers have faults: the rest of these, and no words about what is gone."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.ground import Ground
from civicreach.run.load import Read
from civicreach.study import AreaSpec, ElderSpec, ProgrammeSpec, Study


def ground_to_check(read: Read) -> Ground:
    """The ground for `check_analyses`: layers that have faults stand there with something harmless in their place, and
    the study names no service whose file can't be read at all."""
    study, areas = read.study, read.areas
    layers: dict[str, Facilities] = {**{k: v for k, v in read.faults.rest.items() if v is not None}, **read.facilities}
    if areas is not None:
        layers = {key: layer.in_areas(areas) for key, layer in layers.items()}
        tables = {p.id: _no_flags(p, areas) for p in study.programmes} | read.unit_tables
    else:
        tables = {}
    return Ground(
        study=_about(study, layers),
        demand=read.demand or _nobody(read.crs),
        areas=areas,
        facilities=layers,
        network_of=read.networks.network,
        hazards=read.hazards,
        unit_tables=tables,
    )


def _nobody(crs: str) -> Demand:
    """In place of a demand that can't be read; no column of facilities is checked against it."""
    return Demand(gpd.GeoDataFrame({"people": [1.0]}, geometry=[Point(0, 0)], index=["x"], crs=crs), ("people",))


def _no_flags(programme: ProgrammeSpec, areas: Areas) -> pd.DataFrame:
    """In place of a programme's table that can't be read."""
    names = (programme.grade, programme.year, programme.risk)
    columns = {name: 0.0 for name in names if name is not None}
    return pd.DataFrame({**columns, programme.flag: False}, index=areas.frame.index)


def _about(study: Study, layers: Mapping[str, Facilities]) -> Study:
    """The study without the services that there is no layer of, in what columns are read for."""
    elder = None if study.elder is None else _elder(study.elder, layers)
    return study.model_copy(update={"elder": elder, "area": None if study.area is None else _area(study.area, layers)})


def _elder(spec: ElderSpec, layers: Mapping[str, Facilities]) -> ElderSpec:
    homes = _there(spec.homes, layers)
    gone = {} if homes else {"partner_minutes": None, "regional_minutes": None}
    kept = {
        "stations": _there(spec.stations, layers),
        "homes": homes,
        "demonstration_column": _column(spec.demonstration_column, spec.stations, layers),
        "nursing_beds_column": _column(spec.nursing_beds_column, spec.homes, layers),
        "partner_column": _column(spec.partner_column, spec.homes, layers),
    }
    return spec.model_copy(update={**kept, **gone})


def _area(spec: AreaSpec, layers: Mapping[str, Facilities]) -> AreaSpec:
    both = (*spec.services, *spec.elder_services)
    kept = {"services": _there(spec.services, layers), "elder_services": _there(spec.elder_services, layers)}
    return spec.model_copy(update={**kept, "serves_column": _column(spec.serves_column, both, layers)})


def _there(names: Iterable[str], layers: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in layers)


def _column(column: str | None, names: Iterable[str], layers: Mapping[str, Facilities]) -> str | None:
    """A column that one of several files must have; None where a file that can't be read may be the one."""
    if column is None or all(name in layers for name in names):
        return column
    there = [layers[name] for name in names if name in layers]
    return column if any(column in layer.frame.columns for layer in there) else None

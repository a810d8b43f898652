"""From the layers of a study to its figures, tables and shapes."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.inputs.base_map import read_base_map
from civicreach.inputs.osm_files import OSM_SUFFIXES
from civicreach.layers import WayFlag
from civicreach.measures import Figure, ServiceCircle, StudyResult, service_circle
from civicreach.measures.service_circle import Place
from civicreach.network import RoadNetwork, Snapped, snap
from civicreach.reach import Blocks, find_blocks
from civicreach.run.load import Loaded
from civicreach.run.progress import Steps

SNAP_COLUMNS = ["layer", "id", "name", "gap_m", "reason"]


def measure_study(loaded: Loaded, steps: Steps | None = None) -> StudyResult:
    """Everything that a study asks, computed; nothing is written."""
    steps = steps or Steps()
    study = loaded.study
    with steps.step("base map"):
        base_map = _base_map(loaded)
    water = base_map["water"].geometry if "water" in base_map else None
    place = Place(loaded.demand, loaded.areas)
    blocks: dict[RoadNetwork, Blocks] = {}
    circles = []
    for service in study.services:
        with steps.step(f"service circle: {service.id}"):
            network = loaded.network(service.id)
            profile = study.profile_of(service)
            other = None
            if study.roads.private_access != "open" and loaded.networks.has_private(profile):
                other = loaded.networks.network(profile, "open")
            facilities = loaded.facilities[service.id]
            if network not in blocks:
                blocks[network] = find_blocks(network, water=water)
            circle = service_circle(
                study, service, place, facilities, network, open_network=other, blocks=blocks[network]
            )
            circles.append(circle)
    with steps.step("report on snapping"):
        snapping = _snap_report(loaded, circles)
    figures = tuple(figure for circle in circles for figure in circle.figures)
    warnings = tuple(dict.fromkeys([*_standing(loaded), *loaded.notes, *_warnings(loaded, circles, snapping)]))
    return StudyResult(
        study=study,
        crs=loaded.crs,
        demand=loaded.demand,
        areas=loaded.areas,
        services=tuple(circles),
        figures=figures,
        warnings=warnings,
        snap_report=snapping,
        base_map=base_map,
        attribution=loaded.network(study.services[0].id).attribution,
    )


def _base_map(loaded: Loaded) -> dict[str, gpd.GeoDataFrame]:
    """Water, green, buildings and places of an OpenStreetMap file; the streets of the network in any case."""
    file, frame = loaded.study.roads.file, loaded.demand.frame
    layers: dict[str, gpd.GeoDataFrame] = {}
    network = loaded.network(loaded.study.services[0].id)
    if file.name.lower().endswith(OSM_SUFFIXES):
        west, south, east, north = (
            loaded.areas.frame.total_bounds if loaded.areas is not None else frame.total_bounds
        ).tolist()
        margin = 0.1 * max(east - west, north - south) + 500.0
        layers = read_base_map(file, loaded.crs, (west - margin, south - margin, east + margin, north + margin))
    layers["roads"] = _road_lines(network)
    return layers


def _road_lines(network: RoadNetwork) -> gpd.GeoDataFrame:
    classes, names = np.array(network.classes, dtype=object), np.array(network.names, dtype=object)
    frame = pd.DataFrame(
        {
            "class": classes[network.edge_class],
            "name": names[network.edge_name],
            "bridge": (network.edge_flags & WayFlag.BRIDGE) != 0,
            "steps": (network.edge_flags & WayFlag.STEPS) != 0,
        }
    )
    return gpd.GeoDataFrame(frame, geometry=network.lines, crs=network.crs)


def _snap_report(loaded: Loaded, circles: list[ServiceCircle]) -> gpd.GeoDataFrame:
    """Places that every report lists: long access legs, islands of the network, and what isn't on it."""
    parts = []
    limit = loaded.study.roads.max_snap_m
    first = loaded.network(loaded.study.services[0].id)
    parts.append(
        _listed("demand", loaded.demand.frame, snap(loaded.demand.frame.geometry, first, max_snap_m=limit), limit)
    )
    for circle in circles:
        frame = circle.facilities_layer.frame
        found = snap(frame.geometry, loaded.network(circle.service.id), max_snap_m=limit)
        parts.append(_listed(circle.service.id, frame, found, limit))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=loaded.crs)


def _listed(layer: str, frame: gpd.GeoDataFrame, found: Snapped, max_snap_m: float) -> gpd.GeoDataFrame:
    at = np.flatnonzero(found.listed)
    reason = np.where(
        ~found.found[at],
        f"no usable street within {max_snap_m:g} m",
        np.where(found.island[at], "on a part of the network shorter than 1 km", "access leg over 100 m"),
    )
    rows = pd.DataFrame(
        {
            "layer": layer,
            "id": frame.index[at].astype(str),
            "name": frame["name"].iloc[at].to_numpy() if "name" in frame.columns else "",
            "gap_m": np.round(found.gap_m[at], 1),
            "reason": reason,
        }
    )
    return gpd.GeoDataFrame(rows[SNAP_COLUMNS], geometry=frame.geometry.iloc[at].to_numpy(), crs=frame.crs)


def _standing(loaded: Loaded) -> Iterator[str]:
    study = loaded.study
    if study.study.synthetic:
        yield f"synthetic data: {study.study.data_note_en or study.study.data_note or 'this is not a real place'}"
    for standard in study.standards_used().values():
        if standard.confidence != "verified":
            yield f"standard {standard.key} ({standard.clause}) is {standard.confidence}: check it before relying on it"
    for name in sorted({service.profile for service in study.services}):
        profile = study.profiles[name]
        if profile.confidence != "verified":
            yield f"speed of profile {name} is {profile.confidence}: {profile.source or 'no source'}"


def _warnings(loaded: Loaded, circles: list[ServiceCircle], snapping: gpd.GeoDataFrame) -> Iterator[str]:
    demand, group = loaded.demand, loaded.demand.groups[0]
    outside = demand.outside
    if outside.any():
        yield (
            f"demand: {int(outside.sum()):,} points ({demand.amount(group)[outside].sum():,.0f} {group}) lie outside "
            f"all areas and are in no share"
        )
    for layer, part in snapping.groupby("layer", sort=False):
        for reason, rows in part.groupby("reason", sort=True):
            shown = ", ".join(rows["id"].head(5))
            shown += ", ..." if len(rows) > 5 else ""
            yield f"{layer}: {len(rows):,} places: {reason} ({shown}); see snap_report"
    for circle in circles:
        yield from _circle_warnings(circle)


def _circle_warnings(circle: ServiceCircle) -> Iterator[str]:
    figures: dict[str, Figure] = {figure.id.rsplit(".", 1)[1]: figure for figure in circle.figures}
    edge = figures["at_edge"]
    if edge.value:
        yield (
            f"{circle.service.id}: {edge.value:,.0f} {edge.unit} count as not covered but could walk out of the data "
            f"within the standard; facilities beyond its edge aren't known"
        )
    if (left_out := circle.facilities_layer.frame["status"] != "existing").any():
        yield f"{circle.service.id}: {int(left_out.sum())} facilities that don't exist yet or any more aren't counted"

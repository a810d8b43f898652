"""From the layers of a study to its figures, tables and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Note, counted
from civicreach.inputs.base_map import read_base_map
from civicreach.inputs.osm_files import OSM_SUFFIXES
from civicreach.layers import WayFlag
from civicreach.measures import Figure, ServiceCircle, StudyResult, service_circle
from civicreach.measures.analysis import Analysis
from civicreach.measures.service_circle import Place
from civicreach.measures.words import group_words, profile_words, unit_words
from civicreach.network import RoadNetwork, Snapped, snap
from civicreach.network.drawing import Drawing
from civicreach.reach import Blocks, find_blocks
from civicreach.report.words import CONFIDENCE, UNITS
from civicreach.report.words import reason as reason_words
from civicreach.run.analyses import ground_of, run_analyses
from civicreach.run.load import Loaded
from civicreach.run.progress import Steps
from civicreach.study import Study

SNAP_SHEET = "snapping check", "接入路网检查"
"""What the workbook calls the sheet with the snap report."""
SNAP_COLUMNS = ["layer", "id", "name", "gap_m", "reason"]


def measure_study(loaded: Loaded, steps: Steps | None = None) -> StudyResult:
    """Everything that a study asks, computed; nothing is written."""
    steps = steps or Steps()
    study = loaded.study
    with steps.step(Note("base map", "底图")):
        base_map = _base_map(loaded)
    circles = measure_circles(loaded, steps, water=base_map["water"].geometry if "water" in base_map else None)
    with steps.step(Note("report on snapping", "接入路网检查")):
        snapping = _snap_report(loaded)
    analyses = tuple(run_analyses(ground_of(loaded, circles, base_map), steps))
    told = [*loaded.notes, *_warnings(loaded, circles, snapping), *(note for a in analyses for note in a.warnings)]
    return StudyResult(
        study=study,
        crs=loaded.crs,
        demand=loaded.demand,
        areas=loaded.areas,
        services=tuple(circles),
        figures=tuple(f for circle in circles for f in circle.figures) + tuple(f for a in analyses for f in a.figures),
        warnings=tuple(dict.fromkeys([*_standing(loaded, analyses), *told])),
        snap_report=snapping,
        base_map=base_map,
        analyses=analyses,
        attribution=loaded.network(study.circled[0].id).attribution,
    )


def measure_circles(
    loaded: Loaded, steps: Steps | None = None, *, water: gpd.GeoSeries | None = None
) -> list[ServiceCircle]:
    """The circle of each service that has one; drawn blocks end at the `water`."""
    steps, study = steps or Steps(), loaded.study
    place = Place(loaded.demand, loaded.areas)
    blocks: dict[Drawing, Blocks] = {}
    circles = []
    for service in study.circled:
        with steps.step(Note(f"service circle: {service.id}", f"服务圈：{service.label('zh')}")):
            network = loaded.network(service.id)
            profile = study.profile_of(service)
            other = None
            if study.roads.private_access != "open" and loaded.networks.has_private(profile):
                other = loaded.networks.network(profile, "open")
            if network.drawing not in blocks:  # profiles differ in speed more often than in streets
                blocks[network.drawing] = find_blocks(network, water=water)
            facilities = loaded.facilities[service.id]
            circles.append(
                service_circle(
                    study, service, place, facilities, network, open_network=other, blocks=blocks[network.drawing]
                )
            )
    return circles


def _base_map(loaded: Loaded) -> dict[str, gpd.GeoDataFrame]:
    """Water, green, buildings and places of an OpenStreetMap file; the streets of the network in any case."""
    file, frame = loaded.study.roads.file, loaded.demand.frame
    layers: dict[str, gpd.GeoDataFrame] = {}
    network = loaded.network(loaded.study.circled[0].id)
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


def _snap_report(loaded: Loaded) -> gpd.GeoDataFrame:
    """Places that every report lists: long access legs, islands of the network, and what isn't on it."""
    parts = []
    limit = loaded.study.roads.max_snap_m
    first = loaded.network(loaded.study.circled[0].id)
    parts.append(
        _listed("demand", loaded.demand.frame, snap(loaded.demand.frame.geometry, first, max_snap_m=limit), limit)
    )
    for service, layer in loaded.facilities.items():
        found = snap(layer.frame.geometry, loaded.network(service), max_snap_m=limit)
        parts.append(_listed(service, layer.frame, found, limit))
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


def _standing(loaded: Loaded, analyses: Iterable[Analysis]) -> Iterator[Note]:
    study, head = loaded.study, loaded.study.study
    if head.synthetic:
        english = head.data_note_en or head.data_note or "this is not a real place"
        yield Note(f"synthetic data: {english}", f"合成数据：{head.data_note or head.data_note_en or '非真实地区'}")
    for standard in study.standards_used(key for each in analyses for key in each.standards).values():
        if standard.confidence != "verified":
            clause = f" ({standard.clause})" if standard.clause else ""
            english = f"standard {standard.key}{clause} is {standard.confidence}"
            chinese = f"标准“{standard.name_zh}”（{standard.clauses.zh or standard.key}）"
            known = f"的可信度：{CONFIDENCE[standard.confidence][0]}，使用前请核对原文"
            yield Note(f"{english}: check it before relying on it", chinese + known)
    yield from _limits_apart(study)
    for name in sorted({service.profile for service in study.circled}):
        profile = study.profiles[name]
        if profile.confidence != "verified":
            english = f"speed of profile {name} is {profile.confidence}: {profile.source or 'no source'}"
            chinese = f"出行速度（{profile_words(profile)[1]}）的可信度：{CONFIDENCE[profile.confidence][0]}"
            yield Note(english, f"{chinese}（{profile.sources.zh or '无出处'}）")


def _limits_apart(study: Study) -> Iterator[Note]:
    """Services and rings whose own limit isn't what their standard says."""
    asked = [
        (Note(s.label("en"), s.label("zh")), study.limit(s), study.limit_unit(s), s.standard) for s in study.circled
    ]
    for ring in study.circle.rings:
        limit = ring.minutes or ring.metres
        if limit is not None:
            unit: Literal["min", "m"] = "m" if ring.minutes is None else "min"
            asked.append((Note(ring.name_en or ring.name, ring.name), limit, unit, ring.standard))
    for name, limit, unit, key in asked:
        named = study.standards.get(key or "")
        if named is None or (named.unit, named.value) == (unit, limit):
            continue
        english = f"{name}: the limit is {limit:g} {unit}, while its standard {named.key} says "
        english += f"{named.value:g} {named.unit}; take the limit out of study.toml to follow the standard"
        chinese = f"{name.zh}：限值取 {limit:g} {UNITS[unit][0]}，与所引标准“{named.name_zh}”的 "
        chinese += f"{named.value:g} {UNITS.get(named.unit, (named.unit,))[0]}不一致；删去该限值即采用标准的数值"
        yield Note(english, chinese)


def _warnings(loaded: Loaded, circles: list[ServiceCircle], snapping: gpd.GeoDataFrame) -> Iterator[Note]:
    study, demand = loaded.study, loaded.demand
    outside = demand.outside
    if outside.any():
        count, group = int(outside.sum()), demand.groups[0]
        amount, amount_zh = _amount(study, group, float(demand.amount(group)[outside].sum()))
        english = f"{counted(count, 'point', 'points')} ({amount}) {'lies' if count == 1 else 'lie'} outside all areas"
        chinese = f"居住点：{count:,} 个点（{amount_zh}）位于所有行政区划之外，不计入任何比率"
        yield Note(f"demand: {english} and {'is' if count == 1 else 'are'} in no share", chinese)
    names = {service.id: (service.label("en"), service.label("zh")) for service in study.services}
    for layer, part in snapping.groupby("layer", sort=False):
        for reason, rows in part.groupby("reason", sort=True):
            yield _snap_warning(*names.get(str(layer), ("demand", "居住点")), str(reason), rows["id"].tolist())
    for circle in circles:
        yield from _circle_warnings(study, circle)


def _amount(study: Study, group: str, amount: float) -> tuple[str, str]:
    """So many of a group, in English and Chinese."""
    english, chinese = group_words(study, group)
    below = study.study.suppress_below
    told = f"<{below}" if below is not None and 0 < amount < below else f"{amount:,.0f}"
    if study.demand.weight_note:
        return f"{english}: {told}", f"{chinese} {told} "
    return f"{told} {english}", f"{chinese} {told}{_space(unit_words(study, group)[1])}"


def _space(unit: str) -> str:
    return f" {unit}" if unit else ""


def _snap_warning(name: str, name_zh: str, reason: str, ids: list[str]) -> Note:
    shown, more = ids[:5], len(ids) > 5
    english = f"{name}: {counted(len(ids), 'place', 'places')}: {reason} ({', '.join(shown)}{', ...' if more else ''})"
    chinese = f"{name_zh}：{len(ids):,} 处{reason_words(reason, 'zh')}（{'、'.join(shown)}{'等' if more else ''}）"
    sheet, sheet_zh = SNAP_SHEET
    return Note(
        f"{english}; see the sheet '{sheet}' and the layer snap_report",
        f"{chinese}；见工作簿“{sheet_zh}”表和 snap_report 图层",
    )


def _circle_warnings(study: Study, circle: ServiceCircle) -> Iterator[Note]:
    name, name_zh = circle.service.label("en"), circle.service.label("zh")
    figures: dict[str, Figure] = {figure.id.rsplit(".", 1)[1]: figure for figure in circle.figures}
    edge = figures["at_edge"]
    if edge.value:
        amount, amount_zh = _amount(study, circle.service.group, edge.value)
        yield Note(
            f"{name}: not covered, but able to leave the data within the standard: {amount}; facilities beyond the "
            "edge of the data aren't known",
            f"{name_zh}：{amount_zh}计为未覆盖，但在标准内可走出数据边缘，边缘以外的设施未知",
        )
    left_out = int((circle.facilities_layer.frame["status"] != "existing").sum())
    if left_out:
        one, many = "facility that doesn't exist", "facilities that don't exist"
        aren_t = "isn't" if left_out == 1 else "aren't"
        english = f"{name}: {counted(left_out, one, many)} yet or any more {aren_t} counted"
        yield Note(english, f"{name_zh}：{left_out:,} 处非现状设施未计入")

"""The analysis of floor area: everything that a study asks of it, on every level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import pandas as pd

from civicreach.errors import Fault, Faults, LayerError, Note, counted
from civicreach.layers import Areas
from civicreach.measures.access import FloatingCatchment
from civicreach.measures.analysis import Analysis, Field, MapLayer
from civicreach.measures.floor_area.by_unit import floor_area_by_unit, households_reached, reachable_floor_area
from civicreach.measures.floor_area.evenness import evenness_listings
from civicreach.measures.floor_area.figures import figures_of
from civicreach.measures.floor_area.lists import capital_listing, parts_listing
from civicreach.measures.floor_area.norm import Norm, norms_of
from civicreach.measures.floor_area.sharing import shared_floor_area
from civicreach.measures.floor_area.supply import FloorArea, floor_area_of
from civicreach.measures.floor_area.topics import topics_of
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import sums_by_unit
from civicreach.reach import reach
from civicreach.study import AreaSpec

TITLE = "Facility floor area per 100 households", "每百户社区服务设施面积"
SHOWN = 5


def facility_area(ground: Ground) -> Analysis:
    """Floor area of community facilities (and of elder care) per 100 households, as counted inside the boundary and as
    reachable, what is lacking to the target, and where to build it.

    Raises LayerError, with all faults at once, for floor areas or units served that can't be read, for standards that
    aren't in m2, and without areas.
    """
    spec, areas = ground.study.area, ground.areas
    if spec is None:
        raise LayerError(Fault("floor area per 100 households needs the section [area]", ground.study.file_name))
    if areas is None:
        raise LayerError(
            Fault("floor area per 100 households needs areas", ground.study.file_name, todo="Add [areas].")
        )
    norms = norms_of(ground, spec, areas)
    parts = [
        _of_norm(ground, norm, areas, supply) for norm, supply in zip(norms, supplies_of(ground, spec), strict=True)
    ]
    return Analysis(
        "facility_area",
        TITLE,
        figures=tuple(figure for part in parts for figure in part.figures),
        topics=tuple(topic for part in parts for topic in part.topics),
        listings=tuple(listing for part in parts for listing in part.listings),
        layers=tuple(layer for part in parts for layer in part.layers),
        warnings=tuple(
            dict.fromkeys([*(note for part in parts for note in part.warnings), *_empty_units(ground, areas)])
        ),
        standards=tuple(dict.fromkeys(norm.standard.key for norm in norms)),
    )


def supplies_of(ground: Ground, spec: AreaSpec) -> list[FloorArea]:
    """What each standard of `norms_of` counts; LayerError with the faults of all of them."""
    asked = [services for services in (spec.services, spec.elder_services) if services]
    found, faults = [], Faults()
    column = spec.serves_column
    with_it = {name for name, layer in ground.facilities.items() if column in layer.frame.columns}
    known = with_it & {name for services in asked for name in services}
    for services in asked:
        # one file with the column is enough: the others' facilities go by their place
        serves = column if known.intersection(services) or not known else None
        try:
            found.append(floor_area_of(ground, services, column=spec.column, serves_column=serves))
        except LayerError as error:
            faults.extend(error)
    faults.found = list(dict.fromkeys(faults.found))
    faults.raise_if_any(LayerError)
    return found


def _of_norm(ground: Ground, norm: Norm, areas: Areas, supply: FloorArea) -> Analysis:
    """The part of the analysis that one standard asks for."""
    spec, demand = norm.spec, ground.demand
    households = demand.amount(spec.group)
    by_unit = sums_by_unit(households.to_frame("households"), ground.unit, areas)["households"]
    parts = shared_floor_area(supply.facilities, areas, supply.m2, by_unit, named=supply.named, shared_m=spec.shared_m)
    network = ground.network(spec.access_profile)
    minutes, group = spec.access_minutes, spec.group
    found = reach(demand, supply.facilities, network, cutoff_min=minutes, max_snap_m=ground.max_snap_m)
    handed = reachable_floor_area(
        demand, supply.facilities, found, floor_area_m2=supply.m2, within_min=minutes, group=group
    )
    near = households_reached(demand, found, floor_area_m2=supply.m2, within_min=minutes, group=group)
    homes = pd.DataFrame(
        {"households": households, "reachable_m2": handed.score * households, "households_reached": near}
    )
    lowest = floor_area_by_unit(areas, parts, homes, ground.unit, target=norm.target, only=norm.only)
    outside = float(parts.loc[parts["rule"] == "outside", "m2"].sum())
    words = {name: (s.label("en"), s.label("zh")) for name in norm.services for s in [ground.study.service(name)]}
    return Analysis(
        norm.key,
        norm.what,
        figures=tuple(figures_of(norm, lowest, outside)),
        topics=topics_of(norm, lowest, norm.counted(areas)),
        listings=(
            capital_listing(norm, lowest, areas),
            *evenness_listings(norm, ground, norm.counted(areas), lowest, score=handed.score),
            parts_listing(norm, parts, supply.facilities, areas, words),
        ),
        layers=(_places(norm, supply, parts),),
        warnings=(*supply.notes, *_warnings(norm, parts, handed)),
    )


def _places(norm: Norm, supply: FloorArea, parts: pd.DataFrame) -> MapLayer:
    """The facilities with their floor area and how many units share it."""
    frame = supply.facilities.frame[["name", "service", "geometry"]].copy()
    frame["floor_area_m2"] = supply.m2
    of = parts.groupby("facility_id", sort=False)
    frame["rule"] = of["rule"].first().reindex(frame.index)
    frame["unit_count"] = of["unit"].count().reindex(frame.index)
    fields = (
        Field("name", ("Name", "设施名称"), "text"),
        Field("floor_area_m2", ("Floor area (m2)", "建筑面积（平方米）"), total=True),
        Field("unit_count", (f"{norm.units[0].capitalize()} it belongs to", f"归属{norm.units[1]}数"), "count"),
    )
    title = f"{norm.what[0].capitalize()} with floor area", f"{norm.what[1]}建筑面积"
    shown = gpd.GeoDataFrame(frame, geometry="geometry", crs=supply.facilities.frame.crs)
    return MapLayer(f"{norm.key}floor_area", title, shown, fields, "points", colour_by="floor_area_m2")


def _warnings(norm: Norm, parts: pd.DataFrame, handed: FloatingCatchment) -> Iterator[Note]:
    what, what_zh = norm.what
    outside = parts[parts["rule"] == "outside"]
    if len(outside):
        ids, ids_zh = _some(outside["facility_id"].tolist())
        m2 = f"{outside['m2'].sum():,.0f}"
        yield Note(
            f"{what}: {counted(len(outside), 'facility', 'facilities')} ({m2} m2) outside all areas "
            f"{'is' if len(outside) == 1 else 'are'} in no unit ({ids})",
            f"{what_zh}：{len(outside):,} 处设施（{m2} 平方米）位于所有行政区划之外，不计入任何单元（{ids_zh}）",
        )
    if len(handed.unclaimed):
        ids, ids_zh = _some(handed.unclaimed.index.tolist())
        count, m2 = len(handed.unclaimed), f"{handed.unclaimed.sum():,.0f}"
        many = counted(count, "facility", "facilities")
        yield Note(
            f"{what}: nobody reaches {many} ({m2} m2) within {norm.near[0]} ({ids})",
            f"{what_zh}：{count:,} 处设施（{m2} 平方米）在{norm.near[1]}内无{norm.who[1]}可达（{ids_zh}）",
        )
    if norm.key and norm.only is None:
        english, chinese = norm.scope
        yield Note(f"{what}: {english[1:2].lower()}{english[2:-1]}", f"{what_zh}：{chinese[:-1]}")


def _empty_units(ground: Ground, areas: Areas) -> Iterator[Note]:
    """Units without households: they have no ratio."""
    group = ground.study.area.group if ground.study.area else "households"
    sums = sums_by_unit(ground.demand.amount(group).to_frame("households"), ground.unit, areas)["households"]
    if (empty := sums.index[sums <= 0]).size:
        names = [f"{unit} {areas.frame.at[unit, areas.lowest]}" for unit in empty]
        ids, ids_zh = _some(names)
        yield Note(
            f"floor area: {counted(len(empty), 'unit has', 'units have')} no households and so no m2 per 100 ({ids})",
            f"建筑面积：{len(empty):,} 个单元无住户，不计算每百户面积（{ids_zh}）",
        )


def _some(names: Sequence[object]) -> tuple[str, str]:
    """The first of some names, in English and Chinese."""
    shown, more = [str(name) for name in names[:SHOWN]], len(names) > SHOWN
    return f"{', '.join(shown)}{', ...' if more else ''}", f"{'、'.join(shown)}{'等' if more else ''}"

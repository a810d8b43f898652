"""The study's own layers as columns: areas, homes, facilities, isochrones, service area and reached streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.layers import Areas
from civicreach.maps.encode import Column, Ints
from civicreach.maps.shapes import Grid, lines, merged, morton, points, polygons
from civicreach.measures.result import ServiceCircle, StudyResult

STATUSES = ("covered", "beyond", "unsnapped", "outside", "edge")
SIZE_FROM = (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Lower ends of the size classes of a home. Pages never hold the amount itself, only its class."""

PER_UNIT = {"min": 10, "m": 1}
"""How finely a home's time or distance is kept: tenths of minutes, whole metres."""

AREA_DETAIL_M = 1.5
ISOCHRONE_DETAIL_M = 3.0
BLOCK_DETAIL_M = 6.0
STREET_DETAIL_M = 0.8
ISOCHRONE_STEP, STREET_STEP = 10, 5
"""In millionths of a degree: 1.1 m and 0.6 m. Numbers never come from these shapes."""


def study_bounds(result: StudyResult) -> tuple[float, float, float, float]:
    """West, south, east and north of what the study is about, in metres, with a margin of 3 %."""
    if result.areas is not None:
        bounds = result.areas.frame.total_bounds
    else:
        inside = [service.demand["status"] != "outside" for service in result.services]
        frame = result.demand.frame
        bounds = (frame[inside[0]] if inside and inside[0].any() else frame).total_bounds
    west, south, east, north = (float(v) for v in bounds)
    margin = max(0.03 * max(east - west, north - south), 100.0)
    return west - margin, south - margin, east + margin, north + margin


def area_columns(areas: Areas, grid: Grid) -> tuple[dict[str, Any], list[Column]]:
    """Names, parents and outlines of every level; outlines are simplified together, so neighbours stay neighbours."""
    lowest = areas.frame
    outline = shapely.coverage_simplify(lowest.geometry.to_numpy(), AREA_DETAIL_M)
    drawn = lowest.set_geometry(gpd.GeoSeries(outline, index=lowest.index, crs=lowest.crs))
    drawn_areas = {level: _dissolved(drawn, level, areas) for level in areas.levels}
    head: dict[str, Any] = {"levels": list(areas.levels), "units": {}}
    columns: list[Column] = []
    for above, level in zip((None, *areas.levels), areas.levels, strict=False):
        units = drawn_areas[level]
        parents = [-1] * len(units)
        if above is not None:
            parents = drawn_areas[above].index.get_indexer(units[f"{above}_id"]).tolist()
        at = grid.whole(shapely.get_coordinates(_label_points(units.geometry.to_numpy())))
        head["units"][level] = {
            "id": [str(i) for i in units.index],
            "name": [str(n) for n in units[level]],
            "parent": parents,
            "at": at.tolist(),
        }
        columns += polygons(f"areas.{level}", units.geometry.to_numpy(), grid)
    if lowest["urban"].notna().any():  # of each lowest unit, as tables by area sum them
        head["kinds"] = lowest["urban"].map({True: "urban", False: "rural"}).fillna("unknown").tolist()
    return head, columns


def _dissolved(drawn: gpd.GeoDataFrame, level: str, areas: Areas) -> gpd.GeoDataFrame:
    """The units of a level in the order of `Areas.units`, with outlines made of the simplified ones."""
    if level == areas.lowest:
        return drawn
    units = areas.units(level)
    shapes = drawn.geometry.groupby(drawn[f"{level}_id"].to_numpy(), sort=True).apply(
        lambda part: shapely.union_all(part.to_numpy())
    )
    return units.set_geometry(gpd.GeoSeries(shapes.reindex(units.index).to_numpy(), index=units.index, crs=drawn.crs))


def _label_points(shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The centroid where it lies inside the shape, else a point that does."""
    centres = shapely.centroid(shapes)
    return np.where(shapely.contains(shapes, centres), centres, shapely.point_on_surface(shapes))


def home_order(result: StudyResult, grid: Grid) -> tuple[pd.Index, Ints]:
    """The demand rows that are drawn (those where anybody lives), near neighbours together, and their places."""
    frame = result.demand.frame
    lived = frame[list(result.demand.groups)].sum(axis=1) > 0
    frame = frame[lived]
    whole = grid.whole(shapely.get_coordinates(frame.geometry.to_numpy()))
    order = morton(whole)
    return frame.index[order], whole[order]


def home_columns(result: StudyResult, order: pd.Index, whole: Ints) -> list[Column]:
    """Places and size classes of homes; one column of classes for each group."""
    columns = [Column("homes.xy", "p", whole.reshape(-1))]
    for group in result.demand.groups:
        amount = result.demand.frame[group].loc[order].to_numpy(dtype=float)
        if (least := result.study.study.suppress_below) is not None:
            amount = np.where(amount > 0, np.maximum(amount, least), amount)  # few and somewhat more look alike
        size = np.where(amount > 0, np.digitize(amount, SIZE_FROM[1:]) + 1, 0).astype(np.int64)
        columns.append(Column(f"homes.{group}", "u", size))
    return columns


def service_columns(
    key: str, service: ServiceCircle, order: pd.Index, grid: Grid, *, streets: bool = True
) -> list[Column]:
    """Everything of one service that is drawn: its homes' states, facilities, isochrones, areas and streets.

    Pages that hold the whole network find costs, isochrones, areas and reached `streets` by themselves.
    """
    demand = service.demand.loc[order]
    status = np.array([STATUSES.index(name) for name in demand["status"]], dtype=np.int64)
    nearest = service.facilities.index.get_indexer(pd.Index(demand["nearest_facility_id"].astype(object)))
    bands = Bands(np.array(bands_of(service)), service.limit_unit)
    return [
        Column(f"{key}.homes.status", "u", status),
        *([Column(f"{key}.homes.cost", "u", home_costs(demand["nearest_min"], service.limit_unit))] if streets else ()),
        Column(f"{key}.homes.nearest", "u", np.asarray(nearest, dtype=np.int64) + 1),
        *points(f"{key}.facilities", shapely.get_coordinates(service.facilities.geometry.to_numpy()), grid),
        *_bands(f"{key}.block_fill", _at_limit(service), bands, grid, BLOCK_DETAIL_M),
        *(_reach_drawn(key, service, bands, grid) if streets else ()),
    ]


def _reach_drawn(key: str, service: ServiceCircle, bands: Bands, grid: Grid) -> list[Column]:
    """How far people get, for a page that can't find it by itself."""
    return [
        *_isochrones(f"{key}.isochrones", service, bands, grid),
        *_bands(f"{key}.service_area", service.service_area, bands, grid),
        *_reached(f"{key}.reached_roads", service.reached_roads, bands, grid),
    ]


def _at_limit(service: ServiceCircle) -> gpd.GeoDataFrame:
    """The filled blocks of the standard's own limit, which are all that is drawn of them."""
    drawn = service.block_fill
    return drawn[drawn_limits(drawn["minutes"], service.limit_unit) == round(float(service.limit), 6)]


@dataclass(frozen=True, eq=False)
class Bands:
    """The limits that are drawn for one service, and which of them a row was drawn for."""

    limits: npt.NDArray[np.float64]
    unit: str

    def number(self, minutes: pd.Series) -> Ints:
        """Numbers (n,) of the limits of rows."""
        return np.searchsorted(self.limits, drawn_limits(minutes, self.unit)).astype(np.int64)


def home_costs(cost: pd.Series, unit: str) -> Ints:
    """Costs (n,) as whole numbers from 1, 0 where there is none.

    Rounded up: what lies within a limit of whole units never looks beyond it, and what lies beyond never looks within.
    """
    values = cost.to_numpy(dtype=float)
    known = np.isfinite(values)
    scaled = np.ceil(np.where(known, values, 0) * PER_UNIT[unit] - 1e-6).astype(np.int64)
    return np.where(known, scaled + 1, 0)


def drawn_limits(minutes: pd.Series, unit: str) -> npt.NDArray[np.float64]:
    """Drawn limits (n,) in the standard's unit. A network in metres counts a second a metre: 60 m are a minute."""
    return np.round(minutes.to_numpy(dtype=float) * (60.0 if unit == "m" else 1.0), 6)


def bands_of(service: ServiceCircle) -> list[float]:
    """The limits that isochrones and streets are drawn for, rising, with the standard's own among them."""
    frames = (service.isochrones, service.service_area, service.reached_roads, service.block_fill)
    drawn = [drawn_limits(frame["minutes"], service.limit_unit) for frame in frames if len(frame)]
    return sorted({float(limit) for limits in drawn for limit in np.unique(limits)} | {round(float(service.limit), 6)})


def _isochrones(name: str, service: ServiceCircle, bands: Bands, grid: Grid) -> list[Column]:
    frame = service.isochrones
    if frame.empty:
        return []
    facility = service.facilities.index.get_indexer(pd.Index(frame["facility_id"]))
    known = facility >= 0
    return [
        *polygons(name, frame.geometry.to_numpy()[known], grid, ISOCHRONE_DETAIL_M, ISOCHRONE_STEP),
        Column(f"{name}.facility", "u", facility[known]),
        Column(f"{name}.band", "u", bands.number(frame["minutes"])[known]),
    ]


def _bands(
    name: str, frame: gpd.GeoDataFrame, bands: Bands, grid: Grid, detail_m: float = ISOCHRONE_DETAIL_M
) -> list[Column]:
    if frame.empty:
        return []
    return [
        *polygons(name, frame.geometry.to_numpy(), grid, detail_m, ISOCHRONE_STEP),
        Column(f"{name}.band", "u", bands.number(frame["minutes"])),
    ]


def _reached(name: str, frame: gpd.GeoDataFrame, bands: Bands, grid: Grid) -> list[Column]:
    if frame.empty:
        return []
    joined, band = merged(frame.geometry.to_numpy(), bands.number(frame["minutes"]))
    return [*lines(name, joined, grid, STREET_DETAIL_M, STREET_STEP), Column(f"{name}.band", "u", band)]

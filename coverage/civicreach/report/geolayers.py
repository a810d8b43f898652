"""Which layers a study's GeoPackage holds.

What exists once has one row each, so that sums over a layer are right: `demand` and `areas_<level>` carry the
results of every service in columns named `<service>_<column>`. What belongs to one service has a `service`
column: facilities, isochrones, service_area, reached_roads, block_fill, gaps. Names are English and stable;
layers without rows are written all the same, block_fill alone is left out where no service has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import geopandas as gpd
import pandas as pd
import shapely

from civicreach.layers import LEVELS, Areas
from civicreach.maps.palette import SHARE_BREAKS, ramp
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.rounding import percent_text
from civicreach.report import styles
from civicreach.report.notes import tongue_of
from civicreach.report.sheets import with_index
from civicreach.report.styles import Rule, quoted
from civicreach.report.words import SHEETS, STATUSES, UNITS, look_up, pick
from civicreach.study import Language

GLYPHS = ("square", "circle", "diamond", "triangle", "pentagon", "star")
"""Shapes of facilities by service, in QGIS's words."""

SMOOTHED_M = 2.0
"""How far at most a drawn area in the file is from the one on the page: a fifteenth of what it may itself be off."""

GeometryType = Literal["Point", "MultiPolygon", "MultiLineString"]


@dataclass(frozen=True)
class Layer:
    """One layer on its way to the file."""

    name: str
    frame: gpd.GeoDataFrame
    geometry_type: GeometryType
    description: str
    rules: tuple[Rule, ...] = ()


def all_layers(result: StudyResult) -> list[Layer]:
    """Every layer of a study's GeoPackage; those to be drawn on top come first."""
    layers = [_facilities(result), _snap_report(result), _demand(result)]
    layers += [_reached_roads(result), _gaps(result), _isochrones(result), _service_area(result)]
    if any(len(circle.block_fill) for circle in result.services):
        layers.append(_block_fill(result))
    if result.areas is not None:
        layers += [_areas(result, result.areas, level) for level in reversed(result.areas.levels)]
    return layers


def _facilities(result: StudyResult) -> Layer:
    language = result.study.study.language
    rules = tuple(
        Rule(circle.service.label(language), _is(circle), ramp(place).deep, 3.0, glyph=GLYPHS[place % len(GLYPHS)])
        for place, circle in enumerate(result.services)
    )
    text = "Facilities; catchment_: those whose nearest one it is, reached_: all within the standard of it."
    return Layer("facilities", _by_service(result, lambda circle: circle.facilities), "Point", text, rules)


def _snap_report(result: StudyResult) -> Layer:
    text = "Places far from the network, on an island of it, or that couldn't be brought to it."
    rules = (
        Rule(
            look_up(SHEETS, "snap_report", result.study.study.language),
            "",
            styles.SNAP_COLOUR,
            2.2,
            glyph="cross_fill",
        ),
    )
    return Layer("snap_report", result.snap_report.reset_index(drop=True), "Point", text, rules)


def _demand(result: StudyResult) -> Layer:
    """One row a place; for each service its status and how far the nearest facility is."""
    frame = result.demand.frame.copy()
    if result.study.study.suppress_below is not None:
        # where most homes of a unit are told, the others follow from its sum
        frame = frame.drop(columns=list(result.demand.groups))
    language = result.study.study.language
    rules, parts = [], []
    for place, circle in enumerate(result.services):
        names = {str(c): f"{circle.service.id}_{_unit_name(str(c), circle)}" for c in circle.demand.columns}
        parts.append(circle.demand.rename(columns=names).reindex(frame.index))
        status = quoted(f"{circle.service.id}_status")
        found = tuple(
            Rule(look_up(STATUSES, name, language), f"{status} = '{name}'", colour, 1.4, glyph=glyph)
            for name, (colour, glyph) in styles.STATUS_MARKS.items()
        )
        rules.append(Rule(circle.service.label(language), rules=found, shown=not place))
    frame = gpd.GeoDataFrame(pd.concat([frame, *parts], axis=1), geometry=frame.geometry.name, crs=frame.crs)
    text = "Where people live, one row a place, with a status for every service."
    return Layer("demand", with_index(frame, "demand_id"), "Point", text, tuple(rules))


def _unit_name(column: str, circle: ServiceCircle) -> str:
    """`nearest_min` holds metres where the standard is a distance; in a file its name must say so."""
    return "nearest_m" if column == "nearest_min" and circle.limit_unit == "m" else column


def _isochrones(result: StudyResult) -> Layer:
    frame = _smoothed(_by_service(result, lambda circle: circle.isochrones))
    text = "What each facility reaches, by band; a band holds the nearer ones. No number comes from it."
    return Layer("isochrones", frame, "MultiPolygon", text, _band_rules(result, frame, alpha=0.35))


def _smoothed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Shapes with fewer corners, still valid and none gone: grid lines need three times the room and show no more."""
    shapes = frame.geometry.to_numpy()
    return frame.set_geometry(gpd.GeoSeries(shapely.simplify(shapes, SMOOTHED_M), frame.index, crs=frame.crs))


def _service_area(result: StudyResult) -> Layer:
    frame = _smoothed(_by_service(result, lambda circle: circle.service_area))
    text = "Union of the isochrones of all facilities of a service, by band."
    return Layer("service_area", frame, "MultiPolygon", text, _band_rules(result, frame, alpha=0.5))


def _block_fill(result: StudyResult) -> Layer:
    frame = _by_service(result, lambda circle: circle.block_fill)
    text = "Blocks between reached streets, water left out; for drawing only, no number comes from it."
    return Layer("block_fill", frame, "MultiPolygon", text, _band_rules(result, frame, alpha=0.5))


def _reached_roads(result: StudyResult) -> Layer:
    frame = _by_service(result, lambda circle: circle.reached_roads)
    text = "Pieces of streets within reach, cut exactly, by the smallest band that reaches them."
    rules = _band_rules(result, frame, alpha=1.0, size_mm=0.7)
    return Layer("reached_roads", frame, "MultiLineString", text, rules)


def _band_rules(
    result: StudyResult, frame: gpd.GeoDataFrame, *, alpha: float, size_mm: float = 0.2
) -> tuple[Rule, ...]:
    """For each service its bands, far ones first so that near ones lie on top; the first service is shown."""
    language = result.study.study.language
    rules = []
    for place, circle in enumerate(result.services):
        column = "metres" if circle.limit_unit == "m" else "minutes"
        of_service = frame.loc[frame["service"] == circle.service.id]
        bands = sorted({float(each) for each in of_service[column]}) if len(of_service) else []
        unit = look_up(UNITS, circle.limit_unit, language)
        found = tuple(
            Rule(f"≤ {band:g} {unit}", f"{quoted(column)} = {band!r}", _band_colour(place, at), size_mm, alpha)
            for at, band in reversed(list(enumerate(bands)))
        )
        label = circle.service.label(language)
        rules.append(Rule(label, _is(circle), rules=found, shown=not place))
    return tuple(rules)


def _band_colour(service: int, band: int) -> str:
    """Darker is farther, as on the page; the lightest colour is hardly seen on paper."""
    return ramp(service).light_to_dark[min(band + 1, 4)]


def _gaps(result: StudyResult) -> Layer:
    frame = _by_service(result, lambda circle: circle.gaps)
    language = result.study.study.language
    rules = tuple(
        Rule(circle.service.label(language), _is(circle), styles.GAP_COLOUR, 0.3, 0.5, shown=not at)
        for at, circle in enumerate(result.services)
    )
    return Layer("gaps", frame, "MultiPolygon", "Units with people beyond the standard, worst first.", rules)


def _areas(result: StudyResult, areas: Areas, level: str) -> Layer:
    """One row a unit; amounts that all services share stand once, the rest under each service's name."""
    frame = areas.units(level).copy()
    language = result.study.study.language
    shared = set(result.demand.groups)
    rules, found = [], {}
    for place, circle in enumerate(result.services):
        table = circle.tables.get(level)
        if table is None:
            continue
        for column in table.columns:
            if column in _NAMES or (column in frame.columns and column not in shared):
                continue
            name = column if column in shared else f"{circle.service.id}_{_unit_name(column, circle)}"
            found[name] = table[column].reindex(frame.index)
        share = f"{circle.service.id}_{circle.service.group}_share"
        label = circle.service.label(language)
        rules.append(Rule(label, rules=_share_rules(share, place), shown=not place))
    columns = pd.DataFrame(found, index=frame.index)
    frame = gpd.GeoDataFrame(pd.concat([frame, columns], axis=1), geometry=frame.geometry.name, crs=frame.crs)
    text = f"Units of the level {level} with the results of every service."
    rules_used = tuple(rules) if rules else (Rule(pick(SHEETS[level], language), "", styles.PLAIN_COLOUR, 0.3),)
    return Layer(f"areas_{level}", with_index(frame, f"{level}_id"), "MultiPolygon", text, rules_used)


_NAMES = {name for level in LEVELS for name in (level, f"{level}_id")} | {"urban"}


def _share_rules(share: str, service: int) -> tuple[Rule, ...]:
    """The page's classes in the page's colours: darker is a larger gap."""
    column, edges = quoted(share), (0.0, *SHARE_BREAKS, 1.0)
    found = []
    colours = reversed(ramp(service).light_to_dark)
    for (low, high), colour in zip(pairwise(edges), colours, strict=True):
        upper = "<=" if high == 1 else "<"
        text = f"{column} >= {low:g} and {column} {upper} {high:g}"
        found.append(Rule(f"{percent_text(low, 0)}–{percent_text(high, 0)} %", text, colour, 0.3, 0.85))
    return tuple(found)


def _is(circle: ServiceCircle) -> str:
    return f"\"service\" = '{circle.service.id}'"


def _by_service(result: StudyResult, pick_frame: Callable[[ServiceCircle], gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """One layer of all services: their rows one below the other, with the service's id and name first."""
    language: Language = tongue_of(result).language
    parts = []
    for circle in result.services:
        frame = with_index(pick_frame(circle), "")
        if circle.limit_unit == "m" and "minutes" in frame.columns:
            # a network in metres is walked at 1 m/s: its minutes are metres over 60
            frame.insert(frame.columns.get_loc("minutes"), "metres", (frame.pop("minutes") * 60.0).round(6))
        frame = frame.rename(columns={c: _unit_name(str(c), circle) for c in frame.columns})
        frame.insert(0, "service", circle.service.id)
        frame.insert(1, "service_name", circle.service.label(language))
        parts.append(frame)
    full = [part for part in parts if len(part)] or parts[:1]
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), geometry=full[0].geometry.name, crs=result.crs)

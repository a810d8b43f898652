"""The town of `page_case` measured on its own streets, with which a page can plan; and what Python says of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import networkx as nx
import pandas as pd
from shapely.geometry import Point

from civicreach.layers import Facilities
from civicreach.measures.result import StudyResult
from civicreach.measures.service_circle import Place, service_circle
from civicreach.network import from_networkx
from civicreach.reach import reach
from page_case import CRS, ORIGIN, page_case

PLOTS = {"p1": (2_400.0, 1_500.0), "p2": (3_000.0, 3_100.0), "p3": (5_600.0, 2_600.0)}
"""Candidate plots of the first service, in metres from ORIGIN."""


def plan_town(*, plots: bool = False, hostile: bool = False) -> StudyResult:
    """The town with the numbers of its streets; with `plots` the first service can only be built on PLOTS."""
    town = page_case(hostile=hostile)
    graph = _graph(town.base_map["roads"])
    assert town.areas is not None
    place = Place(town.demand, town.areas)
    services = []
    for number, told in enumerate(town.services):
        network = from_networkx(graph, town.study.profile_of(told.service))
        layer = _with_plots(told.facilities_layer) if plots and number == 0 else told.facilities_layer
        services.append(service_circle(town.study, told.service, place, layer, network))
    every = tuple(figure for service in services for figure in service.figures)
    return replace(town, services=tuple(services), figures=every)


def _graph(roads: gpd.GeoDataFrame) -> nx.Graph:
    graph: nx.Graph = nx.Graph(crs=CRS)
    for line, name, kind in zip(roads.geometry, roads["name"], roads["class"], strict=True):
        ends = line.coords[0], line.coords[-1]
        for end in ends:
            graph.add_node(end, x=end[0], y=end[1])
        graph.add_edge(*ends, geometry=line, name=name, highway=kind)
    return graph


def _with_plots(layer: Facilities) -> Facilities:
    plots = gpd.GeoDataFrame(
        {"name": [f"plot {key}" for key in PLOTS], "status": "candidate"},
        geometry=[Point(x + ORIGIN[0], y + ORIGIN[1]) for x, y in PLOTS.values()],
        index=list(PLOTS),
        crs=CRS,
    )
    frame = pd.concat([layer.frame.assign(status="existing"), plots])
    return Facilities(gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS), layer.service, layer.capacity_unit)


def covered_by(result: StudyResult, number: int, sites: Sequence[tuple[float, float]], minutes: float) -> pd.Series:
    """Covered people of the service's group by lowest unit, with more sites, by a search of Python's own."""
    told = result.services[number]
    existing = told.facilities_layer.with_status("existing").frame[["name", "geometry"]]
    more = gpd.GeoDataFrame(
        {"name": "new"}, geometry=[Point(place) for place in sites], index=[f"new{i}" for i in range(len(sites))],
        crs=CRS,
    )  # fmt: skip
    every = Facilities(gpd.GeoDataFrame(pd.concat([existing, more]), crs=CRS), told.service.id)
    assert told.network is not None
    assert result.areas is not None
    found = reach(result.demand, every, told.network, cutoff_min=minutes, max_snap_m=result.study.roads.max_snap_m)
    amount = result.demand.frame[told.service.group].where(found.covered(minutes), 0.0)
    sums = amount.groupby(result.demand.frame[f"{result.areas.lowest}_id"]).sum()
    return sums.reindex(result.areas.frame.index).fillna(0.0)

"""What a page draws from its streets instead of being sent it: ranges, roads of the base map, what homes pay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString

from civicreach.crs import WGS84, project
from civicreach.maps.base_layers import base_layers, class_of, names_of, road_rank
from civicreach.maps.layers_data import home_costs
from civicreach.maps.shapes import Grid, merged
from civicreach.maps.street_data import distinct_streets
from civicreach.measures.result import StudyResult
from civicreach.network import RoadNetwork
from plan_case import PlanPage
from test_plan_engine import random_town


def on_ground(points: list[list[float]], crs: str) -> np.ndarray:
    """Degrees (n, 2) in metres."""
    return np.column_stack(project(*np.array(points, dtype=float).T, WGS84, crs))


def polygon_of(rings: list[list[list[float]]], crs: str) -> Any:
    """The shape that a page paints: rings from the largest to the smallest, counterclockwise ones added, others cut."""
    shape = shapely.Polygon()
    sizes = []
    for ring in rings:
        part = shapely.Polygon(on_ground(ring, crs))
        sizes.append(part.area)
        shape = shape.union(part) if shapely.is_ccw(part.exterior) else shape.difference(part)
    assert sizes == sorted(sizes, reverse=True) or np.diff(sizes).max(initial=0) < 1e-3
    return shape


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_ranges_of_the_page_are_those_of_python(seed: int, tmp_path: Path) -> None:
    result = random_town(seed)
    page = PlanPage(result, tmp_path)
    assert not [c.name for c in page.columns if "isochrones" in c.name or "service_area" in c.name]
    asked = [(k, f) for k, s in enumerate(result.services) for f in (-1, *range(len(s.facilities)))]
    compared = 0
    for (k, facility), bands in zip(asked, page.run([["range", *one] for one in asked])[0], strict=True):
        service = result.services[k]
        drawn = service.service_area if facility < 0 else service.isochrones
        if facility >= 0:
            drawn = drawn[drawn["facility_id"] == service.facilities.index[facility]]
        within = drawn[drawn["minutes"] * (60 if service.limit_unit == "m" else 1) <= service.limit + 1e-6]
        assert len(bands) == len(within)
        for rings, true in zip(bands, within.geometry, strict=True):
            mine = polygon_of(rings, result.crs)
            apart = mine.symmetric_difference(true).area
            assert apart <= 0.004 * true.area + 250, (service.service.id, facility, apart, true.area)
            compared += true.area > 0
    assert compared > 4


@pytest.mark.parametrize("seed", [1, 6])
def test_homes_pay_in_the_page_what_they_pay_in_python(seed: int, tmp_path: Path) -> None:
    result = random_town(seed)
    page = PlanPage(result, tmp_path)
    assert not [c.name for c in page.columns if c.name.endswith(".homes.cost")]
    told = page.run([["homes_cost", k] for k in range(len(result.services))])[0]
    for costs, service in zip(told, result.services, strict=True):
        true = home_costs(service.demand.loc[page.order, "nearest_min"], service.limit_unit)
        assert costs == true.tolist()
        assert any(costs)
        assert len(set(costs)) > 5


def with_roads(result: StudyResult, more: list[dict[str, Any]]) -> StudyResult:
    """The streets of a result as its base map, and more roads that nobody walks."""
    network = result.services[0].network
    assert network is not None
    rows = [
        {"class": network.classes[k], "name": network.names[n], "geometry": line}
        for k, n, line in zip(network.edge_class, network.edge_name, network.lines, strict=True)
    ]
    roads = gpd.GeoDataFrame([*rows, *more], geometry="geometry", crs=result.crs)
    return replace(result, base_map={"roads": roads})


def test_roads_that_are_streets_are_sent_once(tmp_path: Path) -> None:
    result = random_town(2)
    x, y = result.services[0].facilities.geometry.iloc[0].coords[0]
    motorway = {"class": "motorway", "name": "A 1", "geometry": LineString([(x, y), (x + 300, y + 1), (x + 500, y)])}
    result = with_roads(result, [motorway])
    page = PlanPage(result, tmp_path)
    columns = {c.name: c.values for c in page.columns}
    assert columns["base.roads.rank"].tolist() == [0]
    network = result.services[0].network
    assert network is not None
    rank = road_rank(pd.Series(network.classes, dtype=object))[network.edge_class]
    assert columns["w0.rank"].tolist() == (rank + 1).tolist()
    drawn = page.run([["roads"]])[0][0]
    roads = result.base_map["roads"]
    length = dict.fromkeys({*rank.tolist(), 0}, 0.0)
    for r, _, points in drawn:
        length[r] += LineString(on_ground(points, result.crs)).length
    true = roads.length.groupby(road_rank(class_of(roads))).sum()
    assert {r: pytest.approx(v, abs=2.0) for r, v in true.items()} == length


def test_roads_join_where_two_of_a_name_meet(tmp_path: Path) -> None:
    result = with_roads(random_town(4), [])
    page = PlanPage(result, tmp_path)
    drawn = page.run([["roads"]])[0][0]
    network = result.services[0].network
    assert network is not None
    names = {name: k for k, name in enumerate(page.head["base"]["names"])}
    known = np.array([names.get(name, 0) for name in network.names])[network.edge_name]
    rank = road_rank(pd.Series(network.classes, dtype=object))[network.edge_class]
    joined, _ = merged(network.lines, rank + 16 * known)
    gates = len(network.gates)  # at each lie two junctions on one spot: the page doesn't join across them
    assert len(joined) <= len(drawn) <= len(joined) + gates


def test_only_the_very_same_line_is_a_street() -> None:
    """One of a road's points a centimetre off, or one more of them: it is drawn by itself."""
    result = random_town(2)
    network = result.services[0].network
    assert network is not None
    lines = list(network.lines)
    moved, longer = (shapely.get_coordinates(line) for line in lines[:2])
    moved[0, 0] += 0.01
    longer = np.vstack([longer, longer[-1] + 5])
    back = lines[2].reverse()
    changed = [LineString(moved), LineString(longer), back, *lines[3:]]
    roads = gpd.GeoDataFrame({"class": ["path"] * len(changed), "name": "x"}, geometry=changed, crs=result.crs)
    found = drawn_ranks({"roads": roads}, network)
    assert (found[:3] > 0).tolist() == [False, False, True]
    assert (found[3:] > 0).all()


def drawn_ranks(base_map: dict[str, gpd.GeoDataFrame], network: RoadNetwork) -> np.ndarray:
    bounds = tuple(base_map["roads"].buffer(100).total_bounds.tolist())
    grid = Grid.over(network.crs, bounds)
    _, columns = base_layers(base_map, bounds, grid, distinct_streets([network])[0])
    return next(c.values for c in columns if c.name == "w0.rank")


def test_names_of_roads_stay_known_where_streets_draw_them() -> None:
    result = with_roads(random_town(4), [])
    roads = result.base_map["roads"]
    network = result.services[0].network
    assert network is not None
    bounds = tuple(roads.total_bounds)
    head, _ = base_layers(result.base_map, bounds, Grid.over(result.crs, bounds), distinct_streets([network])[0])
    assert head["names"] == ["", *sorted(set(names_of(roads)) - {""})]
    assert "roads" in head["layers"]

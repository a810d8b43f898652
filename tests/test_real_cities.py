"""Las Palmas and Wuhan as they are: a whole study of each, and 10,000 pairs against networkx."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from civicreach.inputs.study_file import read_study
from civicreach.layers import WayFlag
from civicreach.network import to_networkx
from civicreach.reach import isochrones, reach
from civicreach.run import Loaded, load_study, measure_study
from real_data import WUHAN_GROUND

pytestmark = pytest.mark.real

LAS_PALMAS = """
[study]
name = "Las Palmas"
year = 2023
language = "en"
[roads]
file = "{real}/las_palmas/las-palmas-2023-02-21.osm.pbf"
[areas]
file = "{real}/las_palmas/municipality.geojson"
[areas.columns]
city_id = "NATCODE"
city = "NAMEUNIT"
[demand]
method = "table_on_buildings"
groups = ["people", "elderly"]
assumed_totals = {{ people = 378000, elderly = 80000 }}
[[services]]
id = "elder_centre"
name = "Elder centre"
osm = ["amenity=social_facility + social_facility:for=senior"]
profile = "elder"
minutes = 15
group = "elderly"
[[services]]
id = "park"
name = "Park"
osm = ["leisure=park"]
minutes = 10
"""

WUHAN = """
[study]
name = "武汉市"
year = 2023
{ground}[[services]]
id = "compound"
name = "小区"
file = "{real}/wuhan/residential_compounds_779_hgwr.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
id_column = "compound_id"
profile = "elder"
minutes = 15
group = "listings"
"""


@pytest.fixture(scope="module")
def cities(real: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Loaded]:
    loaded = {}
    for name, text in (("las_palmas", LAS_PALMAS), ("wuhan", WUHAN)):
        path = tmp_path_factory.mktemp(name) / "study.toml"
        path.write_text(text.replace("{ground}", WUHAN_GROUND).format(real=real.as_posix()), encoding="utf-8")
        loaded[name] = load_study(read_study(path))
    return loaded


@pytest.mark.parametrize(("city", "service"), [("las_palmas", "park"), ("wuhan", "compound")])
def test_ten_thousand_pairs_equal_networkx(cities: dict[str, Loaded], city: str, service: str) -> None:
    loaded = cities[city]
    network, study = loaded.network(service), loaded.study
    found = reach(loaded.demand, loaded.facilities[service], network, cutoff_min=60, max_snap_m=study.roads.max_snap_m)
    costs = found.matrix()
    graph = to_networkx(network).reverse()  # gates lead out, and the search runs from the facility to homes
    rng = np.random.default_rng(11)
    # facilities behind gates are for the search over layers in test_reach.py
    public = (network.edge_flags[found.facility_snap.edge] & WayFlag.PRIVATE) == 0
    facilities = rng.choice(np.flatnonzero(found.facility_snap.found & public), 100, replace=False)
    homes = rng.choice(np.flatnonzero(found.demand_snap.found), 100, replace=False)
    compared = reached = 0
    for f in facilities.tolist():
        start = ends(network, found.facility_snap, f)
        graph.add_node("F")
        for node, cost in start:
            graph.add_edge("F", node, cost_ms=cost)
        nodes = nx.single_source_dijkstra_path_length(graph, "F", cutoff=3_600_000, weight="cost_ms")
        graph.remove_node("F")
        row = costs[f].toarray().ravel() - 1
        for d in homes.tolist():
            options = [nodes[node] + cost for node, cost in ends(network, found.demand_snap, d) if node in nodes]
            if found.demand_snap.edge[d] == found.facility_snap.edge[f]:
                edge = found.demand_snap.edge[d]
                cost, length = int(network.edge_cost_ms[edge]), int(network.edge_length_mm[edge])
                at = [
                    (2 * cost * int(s.offset_mm[i]) + length) // (2 * length)
                    for s, i in ((found.demand_snap, d), (found.facility_snap, f))
                ]
                options.append(
                    abs(at[0] - at[1]) + int(found.demand_snap.leg_ms[d]) + int(found.facility_snap.leg_ms[f])
                )
            least = min(options, default=-1)
            assert row[d] == (least if least <= 3_600_000 else -1)
            compared += 1
            reached += row[d] >= 0
    assert compared == 10_000
    assert reached > 300


def ends(network, snapped, i):
    """Both ends of a place's edge with the cost to them, by hand."""
    edge, offset, leg = int(snapped.edge[i]), int(snapped.offset_mm[i]), int(snapped.leg_ms[i])
    cost, length = int(network.edge_cost_ms[edge]), int(network.edge_length_mm[edge])
    assert cost == network.edge_back_cost_ms[edge]
    first = (2 * cost * offset + length) // (2 * length)
    return [(int(network.edge_u[edge]), first + leg), (int(network.edge_v[edge]), cost - first + leg)]


def test_las_palmas_end_to_end(cities: dict[str, Loaded]) -> None:
    loaded = cities["las_palmas"]
    assert loaded.crs == "EPSG:32628"
    assert 1_900 < loaded.network("park").length_km < 2_200
    # one home is mapped three times (two ways and a relation); other objects of one place are merged as well
    assert any("relation/7491447" in note for note in loaded.facilities["elder_centre"].notes)
    assert loaded.demand.amount("elderly").sum() == pytest.approx(80_000, rel=1e-9)
    assert "assumption" in loaded.demand.note
    result = measure_study(loaded)
    figures = {figure.id: figure for figure in result.figures}
    share, straight = figures["circle.park.people_share"], figures["circle.park.straight_line_share"]
    assert share.denominator == pytest.approx(378_000)
    assert 0.5 < share.value < straight.value <= 1
    for circle in result.services:
        statuses = circle.demand["status"].value_counts()
        assert statuses.sum() == len(loaded.demand.ids)
        covered = loaded.demand.amount(circle.service.group)[circle.demand["status"] == "covered"].sum()
        assert figures[f"circle.{circle.service.id}.people_share"].numerator == pytest.approx(covered)
    assert {"water", "green", "buildings", "places", "roads"} <= set(result.base_map)


def test_wuhan_listings_are_no_people_and_say_so(cities: dict[str, Loaded]) -> None:
    loaded = cities["wuhan"]
    assert loaded.crs == "EPSG:4547"
    assert len(loaded.demand.ids) == 779
    result = measure_study(loaded)
    share = next(f for f in result.figures if f.id == "circle.compound.people_share")
    assert "not people" in share.denominator_name
    assert "not people" in share.definition
    assert share.denominator == loaded.demand.amount("listings").sum()
    assert set(result.services[0].demand["status"]) <= {"covered", "unsnapped"}


@pytest.mark.parametrize(("city", "service"), [("las_palmas", "park"), ("wuhan", "compound")])
def test_isochrones_of_a_city_are_valid_and_nested(cities: dict[str, Loaded], city: str, service: str) -> None:
    loaded = cities[city]
    drawn = isochrones(loaded.facilities[service], loaded.network(service), (5, 10, 15), max_snap_m=300)
    shapes = drawn.geometry.to_numpy().reshape(-1, 3)
    assert shapely.is_valid(shapes).all()
    for inner, outer in ((shapes[:, 0], shapes[:, 1]), (shapes[:, 1], shapes[:, 2])):
        assert (shapely.covers(outer, inner) | shapely.is_empty(inner)).all()  # GEOS: nothing covers an empty shape

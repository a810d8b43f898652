"""Coverage: three meanings, exact sums, every row with a status, on a town worked by hand.

::

    west (district W)                 east (district E)
    w1 [-700, -300]  w2 [-300, 0]  |  e1 [0, 700]
    the cross road of towns.py; one centre at (-300, 0), 5 minutes at 1 m/s = 300 m
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import CutoffError, LayerError
from civicreach.layers import Areas, Demand
from civicreach.measures import coverage_status, people_share, presence_share, served_share, straight_line_m
from civicreach.measures.figure import Figure
from civicreach.measures.tables import coverage_tables
from civicreach.network import build_network
from civicreach.reach import nearest_facility, reach
from civicreach.reach.edge import edge_cost_ms

HOMES = {
    "far_west": (-650, 0),  # 350 m: beyond
    "west": (-500, 0),  # 200 m: covered
    "middle": (-10, 0),  # 290 m: covered
    "north_edge": (
        -5,
        20,
    ),  # in w2, 5 m off the northern arm: 5 + 20 + 300 = 325 m: beyond, though 295.7 m straight
    "east": (100, 0),  # 400 m
    "lost": (400, 400),  # 400 m from any street: unsnapped
    "outside": (0, 650),  # north of all areas, 50 m from the street's end
}
PEOPLE = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]


def areas() -> Areas:
    boxes = {"w1": (-700, -700, -300, 500), "w2": (-300, -700, 0, 500), "e1": (0, -700, 700, 500)}
    frame = gpd.GeoDataFrame(
        {
            "community_id": list(boxes),
            "community": ["West One", "West Two", "East"],
            "district_id": ["W", "W", "E"],
            "district": ["West", "West", "East"],
            "city_id": ["C"] * 3,
            "city": ["Crosstown"] * 3,
            "urban": [True, True, False],
        },
        geometry=[shapely.box(*b) for b in boxes.values()],
        crs=towns.CRS,
    )
    return Areas(frame)


def town() -> tuple[Any, ...]:
    network = build_network(towns.cross_road(), towns.WALKER)
    demand = towns.demand(HOMES, PEOPLE).in_areas(areas())
    centre = towns.facilities({"c": (-300, 0)})
    return network, demand, centre


def test_homes_lie_where_they_lie_and_a_border_belongs_to_one_side() -> None:
    _, demand, _ = town()
    assert demand.frame["community_id"].tolist() == ["w1", "w1", "w2", "w2", "e1", "e1", None]
    border = towns.demand({"b": (0, 0)})
    assert border.in_areas(areas()).frame["community_id"].tolist() == ["e1"], "the code that comes first"
    upside_down = Areas(areas().frame.iloc[::-1])
    assert border.in_areas(upside_down).frame["community_id"].tolist() == ["e1"], "whatever the order of the rows"
    assert demand.outside.tolist() == [False] * 6 + [True]


def test_people_share_by_hand() -> None:
    network, demand, centre = town()
    found = reach(demand, centre, network, cutoff_min=30)
    # 2 + 4 of 1 + 2 + 4 + 8 + 16 + 32 who live in the areas
    assert people_share(found, demand, within_min=5).to_dict() == {"all": 6 / 63}
    assert people_share(found, demand, within_min=5, by="district").to_dict() == {"E": 0.0, "W": 6 / 15}
    assert people_share(found, demand, within_min=5, by="community").to_dict() == {
        "e1": 0.0,
        "w1": 2 / 3,
        "w2": 4 / 12,
    }


def test_presence_and_served_differ() -> None:
    network, demand, centre = town()
    found = reach(demand, centre, network, cutoff_min=30)
    # the centre stands on the border of w1 and w2 and counts in w1, which comes first
    assert presence_share(centre, areas()).to_dict() == {"all": 1 / 3}
    assert presence_share(centre, areas(), by="district").to_dict() == {"E": 0.0, "W": 0.5}
    assert served_share(found, demand, areas(), within_min=5).to_dict() == {"all": 1 / 3}
    # at 7 minutes everyone of the west but nobody more: w2 is served by its neighbour's centre
    assert served_share(found, demand, areas(), within_min=5.5, by="district").to_dict() == {
        "E": 0.0,
        "W": 1.0,
    }


def test_every_row_ends_with_a_status() -> None:
    network, demand, centre = town()
    nearest = nearest_facility(demand, centre, network)
    covered = nearest.found & (nearest.cost_ms <= 300_000)
    leaves = edge_cost_ms(network, nearest.demand_snap, 300_000, "to_facility") >= 0
    status = coverage_status(covered, nearest.demand_snap.found, demand.outside.to_numpy(), demand.ids, edge=leaves)
    assert status.to_dict() == {
        "far_west": "edge",  # 50 m from where the western arm leaves the data
        "west": "covered",
        "middle": "covered",
        "north_edge": "beyond",
        "east": "beyond",
        "lost": "unsnapped",
        "outside": "outside",
    }


def test_tables_add_up_and_show_the_radius_method() -> None:
    network, demand, centre = town()
    nearest = nearest_facility(demand, centre, network)
    status = coverage_status(
        nearest.found & (nearest.cost_ms <= 300_000),
        nearest.demand_snap.found,
        demand.outside.to_numpy(),
        demand.ids,
    )
    straight = straight_line_m(demand, centre) <= 300
    tables = coverage_tables(demand, areas(), centre, headline="people", status=status, straight=straight)
    assert list(tables) == ["city", "district", "community", "urban_rural"]
    for table in tables.values():
        assert table["people"].sum() == 63
        assert table["people_covered"].sum() == 6
        assert table["people_uncovered"].sum() == 57
    assert tables["city"].loc["C", "straight_line_share"] == (2 + 4 + 8) / 63
    community = tables["community"]
    assert community["present"].to_dict() == {"w1": True, "w2": False, "e1": False}
    assert community["served"].to_dict() == {"w1": True, "w2": False, "e1": False}
    assert tables["district"].loc["W", ["unit_count", "units_present", "units_served"]].tolist() == [2, 1, 1]
    assert tables["urban_rural"]["people"].to_dict() == {"rural": 48.0, "urban": 15.0}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 300))
def test_levels_add_up_exactly_whatever_the_amounts(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-700, 700, (count, 2))
    amounts = rng.random(count) * 10.0 ** rng.integers(-3, 5, count)
    places = {f"h{i}": tuple(p) for i, p in enumerate(xy.tolist())}
    demand = towns.demand(places, amounts.tolist()).in_areas(areas())
    status = pd.Series(rng.choice(["covered", "beyond"], count), index=demand.ids)
    status[demand.outside] = "outside"
    tables = coverage_tables(
        demand,
        areas(),
        towns.facilities({"c": (0, 0)}),
        headline="people",
        status=status,
        straight=status == "covered",
    )
    for column in ("people", "people_covered"):
        sums = {level: round(table[column].sum(), 6) for level, table in tables.items()}
        assert len(set(sums.values())) == 1
        assert sums["city"] == pytest.approx(
            amounts[(status == "covered") | ((status != "outside") & (column == "people"))].sum(), abs=1e-4
        )


def test_nobody_living_somewhere_is_no_share_rather_than_zero() -> None:
    network, _, centre = town()
    demand = towns.demand({"w": (-400, 0), "e": (100, 0)}, [0.0, 3.0]).in_areas(areas())
    found = reach(demand, centre, network, cutoff_min=30)
    share = people_share(found, demand, within_min=5, by="community")
    assert np.isnan(share["w1"])
    assert share["e1"] == 0.0
    assert Figure.ratio("x", 0, 0, unit="share", definition="", definition_zh="").value is None


def test_questions_that_can_t_be_answered_are_errors() -> None:
    network, demand, centre = town()
    found = reach(demand, centre, network, cutoff_min=5)
    with pytest.raises(CutoffError):
        people_share(found, demand, within_min=6)
    with pytest.raises(LayerError, match="no level 'subdistrict'"):
        people_share(found, demand, within_min=5, by="subdistrict")
    with pytest.raises(LayerError, match="no group 'elderly'"):
        people_share(found, demand, within_min=5, group="elderly")
    with pytest.raises(LayerError, match="other demand"):
        people_share(found, towns.demand({"h": (0, 0)}), within_min=5)


def test_shares_follow_a_brute_force_count() -> None:
    rng = np.random.default_rng(2)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(8, 8))
    for i, d in graph.nodes(data=True):
        d["x"], d["y"] = 150.0 * (i // 8) - 600, 150.0 * (i % 8) - 600
    graph.graph["crs"] = towns.CRS
    from civicreach.network import from_networkx

    network = from_networkx(graph, towns.WALKER)
    nodes = rng.integers(0, 64, 40)
    homes = Demand(
        gpd.GeoDataFrame(
            {"people": rng.integers(0, 9, 40).astype(float)},
            geometry=gpd.points_from_xy(
                [graph.nodes[n]["x"] for n in nodes], [graph.nodes[n]["y"] for n in nodes], crs=towns.CRS
            ),
            index=[f"h{i}" for i in range(40)],
        )
    )
    centre = towns.facilities({"c": (graph.nodes[9]["x"], graph.nodes[9]["y"])})
    hops = nx.single_source_shortest_path_length(graph, 9)
    found = reach(homes, centre, network, cutoff_min=30)
    for minutes in (2.5, 5, 7.5, 10):
        inside = sum(p for n, p in zip(nodes, homes.amount("people"), strict=True) if 150 * hops[n] <= 60 * minutes)
        assert people_share(found, homes, within_min=minutes)["all"] == inside / homes.amount("people").sum()

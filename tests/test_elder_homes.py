"""Catchments of homes, the land in them, partners in primary care and equity: the street of elder_town.py by hand.

Halfway between h1 (0) and h2 (2600) is 1300, between h2 and h3 (4900) 3750; streets are within 200 m up to y = 200.
"""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import Faults
from civicreach.layers import Areas
from civicreach.measures.analysis import Analysis
from civicreach.measures.elder import elder_gaps
from civicreach.measures.elder.bed_access import bed_access
from civicreach.measures.elder.beds import read_beds
from civicreach.measures.elder.catchments import Catchments, home_catchments, spread
from civicreach.measures.elder.fairness import fairness
from civicreach.measures.elder.land import CELLS_M, MOST_CELLS, land_of
from civicreach.measures.equity import weighted_quantile
from civicreach.measures.inequality import gini, palma, theil
from elder_town import ELDERLY, HOMES, along, figures_of, listing_of, question, street, street_areas, street_homes


@pytest.fixture(scope="module")
def found() -> Analysis:
    return elder_gaps(street())


def catchments(cell_m: float | None = None, **more: object) -> Catchments:
    asked = question(**more)
    beds = read_beds(asked, Faults())
    assert beds is not None
    return home_catchments(asked, beds, cell_m=cell_m)


def test_people_land_and_spare_beds_of_each_home() -> None:
    got = catchments()
    homes = got.homes
    assert homes["elderly"].to_dict() == {"h1": 110, "h2": 520, "h3": 640}
    assert got.unreached == 1280
    # 110 elderly need 5.5 beds at 50 per 1000, and beds are whole
    assert homes["wanted"].to_dict() == {"h1": 6, "h2": 26, "h3": 32}
    assert homes["spare_beds"].to_dict() == {"h1": 94, "h2": 14, "h3": -32}
    assert homes["state"].to_dict() == {"h1": "enough", "h2": "enough", "h3": "overloaded"}
    assert homes["per_bed"].tolist()[:2] == [1.1, 13]
    assert np.isnan(homes["per_bed"]["h3"])
    # 300 m wide: 1300 m, 2450 m and 1250 m long, in km2
    assert homes["area_km2"].to_dict() == pytest.approx({"h1": 0.39, "h2": 0.735, "h3": 0.375})
    assert got.cell_m == 50
    assert got.land is not None
    assert got.land["kind"].to_dict() == {"h1": "home", "h2": "home", "h3": "home", "off_network": "off_network"}
    assert got.land.loc["off_network", "area_km2"] == pytest.approx(1.0)
    assert got.land.geometry["h2"].equals(shapely.box(1300, -100, 3750, 200))


def test_homes_off_the_network_and_homes_that_nobody_is_nearest_to() -> None:
    layer = along({"h1": 0, "h2": 100, "lost": 2500}, "home", capacity=[5, 5, 9], nursing=[0, 0, 0])
    frame = layer.frame.copy()
    frame.loc["lost", "geometry"] = shapely.Point(2500, 390)
    got = catchments(home=type(layer)(frame, "home"), elder={"pair_minutes": 1})
    # a1 stands at 100, where h2 is; everyone else is nearer to h2 too
    assert got.homes["state"].to_dict() == {"h1": "empty", "h2": "overloaded", "lost": "off_network"}
    assert got.homes["area_km2"]["lost"] == 0
    assert got.homes["elderly"].sum() + got.unreached == 2550


def test_homes_add_up_to_the_tables_to_the_last_digit() -> None:
    places = {"a1": (100.0, 0.0), "b1": (1900.0, 0.0), "b2": (1950.0, 0.0)}
    thirds = street_homes(dict.fromkeys(places, 1 / 3), places)
    layer = along({"h1": 0, "h2": 1900, "h3": 1960}, "home", capacity=[1, 1, 1], nursing=[0, 0, 0])
    got = catchments(homes=thirds, home=layer)
    assert (got.homes["elderly"] > 0.33).all()
    assert got.homes["elderly"].sum() == pytest.approx(thirds.amount("elderly").sum(), abs=1e-12)
    assert got.unreached == 0


def test_spread_over_homes(found: Analysis) -> None:
    table = spread(catchments().homes, "elderly").set_index("what")
    people = table.loc["people"]
    assert (people["home_count"], people["least"], people["most"]) == (3, 110, 640)
    assert people["ratio"] == pytest.approx(640 / 110)
    values = np.array([110.0, 520, 640])
    assert people["cv"] == pytest.approx(values.std() / values.mean())
    differences = sum(abs(a - b) for a in values for b in values)
    assert people["gini"] == pytest.approx(differences / (2 * 9 * values.mean()))
    load = table.loc["load"]
    assert (load["home_count"], load["mean"]) == (2, pytest.approx(7.05))
    assert figures_of(found)["homes_gini"].value == pytest.approx(people["gini"])
    assert figures_of(found)["homes_gini"].text() == f"{people['gini']:.2f}"
    share = figures_of(found)["homes_overloaded_share"]
    assert (share.numerator, share.denominator) == (1, 3)
    frame = listing_of(found, "elder_homes").frame
    assert frame.index.tolist() == ["h3", "h2", "h1"]
    assert frame["community"].tolist() == ["X", "V", "A"]


def test_one_home_without_anybody_has_no_ratio() -> None:
    homes = pd.DataFrame({"elderly": [0.0, 5], "area_km2": [np.nan, np.nan], "per_bed": [np.nan, np.nan]})
    table = spread(homes, "elderly")
    assert table["what"].tolist() == ["people"]
    assert table["ratio"].isna().all()
    assert table["gini"].tolist() == [0.5]


@st.composite
def crooked_areas(draw: st.DrawFn) -> Areas:
    """A quarter with crooked borders, a hole and a part of its own, cut in two."""
    ring = [
        (0, -60),
        (draw(st.integers(300, 900)), -80),
        (draw(st.integers(400, 990)), 130),
        (draw(st.integers(10, 390)), 160),
    ]
    shape = shapely.Polygon(ring).difference(shapely.Point(draw(st.integers(50, 400)), 40).buffer(33.3))
    shape = shape.union(shapely.box(1203.7, -11.1, 1267.9, 44.4))
    at = draw(st.integers(100, 800)) + 0.5
    halves = [
        shape.intersection(shapely.box(-5000, -5000, at, 5000)),
        shape.intersection(shapely.box(at, -5000, 9000, 5000)),
    ]
    return Areas(gpd.GeoDataFrame({"community_id": ["a", "b"]}, geometry=halves, crs=towns.CRS))


@settings(max_examples=25, deadline=None)
@given(crooked_areas(), st.sampled_from([20.0, 50.0, 130.0]), st.integers(1, 5), st.integers(0, 99))
def test_land_is_handed_out_whole_and_once(areas: Areas, cell_m: float, owners: int, seed: int) -> None:
    land = land_of(areas, cell_m=cell_m)
    shapes = land.polygons(np.random.default_rng(seed).integers(0, owners, len(land)), owners)
    whole = shapely.union_all(areas.frame.geometry.to_numpy())
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.union_all(shapes).symmetric_difference(whole).area == pytest.approx(0, abs=1e-5)
    assert shapely.is_valid(shapes).all()
    assert {shapely.get_type_id(each) for each in shapes} <= {3, 6}
    assert all(a.intersection(b).area < 1e-6 for a, b in combinations(shapes, 2))


def test_the_cell_of_the_middle_decides_and_cells_grow_with_the_land() -> None:
    land = land_of(street_areas())
    assert (land.cell_m, len(land)) == (50, 1000)
    assert land.whole.all()
    assert (land.middles.x.min(), land.middles.y.max()) == (25, 375)
    side = 50 * MOST_CELLS**0.5
    for scale, cell in ((0.999, 50), (1.01, 100), (2.1, 200)):
        square = shapely.box(0, 0, scale * side, scale * side)
        frame = gpd.GeoDataFrame({"community_id": ["a"]}, geometry=[square], crs=towns.CRS)
        assert land_of(Areas(frame)).cell_m == cell
    assert CELLS_M[0] == 50


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 4999), min_size=1, max_size=4, unique=True))
def test_catchments_against_brute_force(places: list[int]) -> None:
    names = [f"h{k}" for k in range(len(places))]
    layer = along(dict(zip(names, places, strict=True)), "home", capacity=[50] * len(places))
    got = catchments(200.0, elder={"nursing_beds_column": None}, home=layer)
    expected = dict.fromkeys(names, 0.0)
    for name, x in HOMES.items():
        expected[min(names, key=lambda h: (abs(places[names.index(h)] - x), h))] += ELDERLY[name]
    assert got.homes["elderly"].to_dict() == expected
    assert got.homes["elderly"].sum() + got.unreached == 2550
    assert got.land is not None
    assert got.land["area_km2"].sum() == pytest.approx(2.5)


def test_partners_in_primary_care(found: Analysis) -> None:
    share = figures_of(found)["paired_share"]
    assert (share.numerator, share.denominator) == (2, 3)
    frame = listing_of(found, "elder_care_pairs").frame
    assert frame["reason"].to_dict() == {"h2": "beyond", "h1": "", "h3": ""}
    assert frame.loc["h2", ["nearest", "nearest_min"]].tolist() == ["p2", pytest.approx(40)]
    assert frame["care"].tolist()[1:] == ["p1", "p2"]
    lines = next(layer for layer in found.layers if layer.id == "elder_care_pairs").frame
    assert [list(line.coords) for line in lines.geometry] == [[(0, 0), (100, 0)], [(4900, 0), (5000, 0)]]
    assert lines.index.tolist() == ["h1", "h3"]


def test_stations_are_paired_where_asked_and_full_care_says_so() -> None:
    found = elder_gaps(street({"paired": ["station"], "homes": None, "nursing_beds_column": None}))
    frame = listing_of(found, "elder_care_pairs").frame
    # p1 at 100 takes one: s1 (200 m) rather than s2 (850 m); 15 minutes are 900 m
    assert frame["reason"].to_dict() == {"s2": "full", "s1": ""}
    assert [layer.id for layer in found.layers if "pairs" in layer.id]
    found = elder_gaps(street({"pair_minutes": 1}))
    assert figures_of(found)["paired_share"].value == 0
    assert not [layer.id for layer in found.layers if "pairs" in layer.id]


def test_equity_of_minutes_and_beds(found: Analysis) -> None:
    frame = listing_of(found, "elder_equity").frame.set_index(["what", "who"])
    minutes = pd.Series({"a1": 200, "a2": 50, "b1": 150, "b2": 200, "v1": 100, "w1": 600, "x1": 1100}) / 60
    people = pd.Series(ELDERLY)[minutes.index]
    row = frame.loc[("minutes", "all")]
    assert (row["people"], row["unreached_people"]) == (2550, 1280)
    assert row["mean"] == pytest.approx((minutes * people).sum() / 1270)
    # half of 2550 is 1275: five people too few reach one
    assert np.isnan(row["median"])
    assert row["gini"] == pytest.approx(gini(minutes, people))
    assert row["palma"] == pytest.approx(palma(minutes, people))
    assert row["theil"] == pytest.approx(theil(minutes, people))
    assert row["theil_between"] + row["theil_within"] == pytest.approx(row["theil"])
    assert row["worst"] == "hill"  # most of V isn't on the network
    urban = frame.loc[("minutes", "urban")]
    assert urban["median"] == pytest.approx(weighted_quantile(minutes[:4], people[:4], q=0.5))
    assert urban["people"] == 150
    beds = frame.loc[("beds", "all")]
    assert np.isnan(beds["unreached_people"])  # who reaches no bed has a value: 0
    below = frame["elderly_uncovered"]
    # a1, a2, b1 and v1 are within a standard; b2 is nearest, in time, to the club that is too far for its own
    assert (below["minutes", "all"], below["minutes", "urban"], below["minutes", "rural"]) == (2280, 40, 2240)
    curve = listing_of(found, "elder_lorenz").frame.set_index("share")["beds_share"]
    asked = question()
    scores = bed_access(asked, read_beds(asked, Faults("homes"))).score.loc[asked.amount > 0]
    each = np.repeat(scores.to_numpy(), asked.amount[scores.index].astype(int))
    assert curve.to_numpy() == pytest.approx([np.sort(each)[: 255 * k].sum() / each.sum() for k in range(11)])


def test_equity_without_areas_has_no_units() -> None:
    asked = question(areas=None)
    minutes = pd.Series(5.0, index=asked.ground.demand.ids)
    table = fairness(asked, minutes, low_is_good=True)
    assert table["who"].tolist() == ["all"]
    assert table["people"].tolist() == [2550 + 2560]
    assert table["gini"].tolist() == [0]
    assert table[["theil_between", "worst"]].isna().all(axis=None)

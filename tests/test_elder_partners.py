"""City homes that help rural ones, and rural homes as regional centres: the street of elder_town.py by hand.

::

    y=0 ══c3════c2═╪═════c1═╪══r1═════╪═════r2═════╪════r3════╪═o    one street, walked at 1 m/s; A and B are urban
         20     900  1000 1900 2000 2100  3000   3500  4000  4900 5000 5150

Within 30 minutes (1800 m) r1 can be helped by c1 (200 m) and c2 (1200 m), r2 by c1 (1600 m) only, r3 by nobody (c1 is
3000 m away). Nearest first pairs r1 with c1 and leaves r2 alone; two pairs are possible: c2-r1 and c1-r2, 2800 s in
all. c3 is 2080 m from r1. o lies in no area.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.errors import Faults, LayerError
from civicreach.layers import Facilities
from civicreach.measures.analysis import Analysis
from civicreach.measures.elder import elder_gaps
from civicreach.measures.elder.beds import read_beds
from civicreach.measures.elder.partners import partner_pairs, read_sides
from civicreach.measures.elder.regional import regional_catchments
from elder_town import ELDERLY, HOMES, SERVICES, along, figures_of, listing_of, question, street, street_areas

CITY = {"c1": 1900, "c2": 900, "c3": 20}
RURAL = {"r1": 2100, "r2": 3500, "r3": 4900}
ASKED: dict[str, Any] = {"nursing_beds_column": None, "partner_minutes": 30, "partner_profile": "walker"}
REGIONAL = {"r1": (2600, 20), "r2": (3900, 10), "r3": (4900, 32)}


def homes(**columns: Any) -> Facilities:
    places = {**CITY, **RURAL, "o": 5150}
    return along(places, "home", capacity=[10] * len(places), **columns)


@pytest.fixture(scope="module")
def found() -> Analysis:
    return elder_gaps(street(ASKED, home=homes()))


def test_one_to_one_by_least_drive_and_not_nearest_first(found: Analysis) -> None:
    listing = listing_of(found, "elder_partners")
    frame = listing.frame
    assert frame.index.tolist() == ["r3", "r2", "r1"]
    assert frame["partner_id"].tolist() == [None, "c1", "c2"]
    assert frame["assigned_min"].tolist()[1:] == [pytest.approx(1600 / 60), 20]
    assert frame["reason"].tolist() == ["beyond", "", ""]
    assert frame.loc["r3", ["nearest", "nearest_min"]].tolist() == ["c1", 50]
    figures = figures_of(found)
    assert (figures["partnered_share"].numerator, figures["partnered_share"].denominator) == (2, 3)
    assert figures["partner_mean_min"].value == pytest.approx(1400 / 60)
    lines = next(layer for layer in found.layers if layer.id == "elder_partners").frame
    assert {home: [x for x, _ in line.coords] for home, line in lines.geometry.items()} == {
        "r1": [2100, 900], "r2": [3500, 1900],
    }  # fmt: skip


def test_city_homes_left_over_say_why(found: Analysis) -> None:
    frame = listing_of(found, "elder_partners_left").frame
    assert frame[["home_id", "reason", "nearest"]].to_numpy().tolist() == [["c3", "beyond", "r1"]]
    assert any("1 home is neither a city home nor a rural one" in note and "(o)" in note for note in found.warnings)
    near = elder_gaps(street({**ASKED, "partner_minutes": 35}, home=homes()))
    # 2100 m: c3 reaches r1 too, which c1 or c2 helps already
    assert listing_of(near, "elder_partners_left").frame["reason"].tolist() == ["full"]


def test_homes_are_told_apart_by_a_column_or_by_their_service() -> None:
    # the same two sides with c3 blank, and then by service, whatever the flag of their unit says
    column = {"helps": ["yes", "是", None, "0", "no", "否", ""]}
    by_column = elder_gaps(street({**ASKED, "partner_column": "helps"}, home=homes(**column)))
    assert listing_of(by_column, "elder_partners").frame["partner_id"].tolist() == [None, "c1", "c2"]
    assert not [listing for listing in by_column.listings if listing.id == "elder_partners_left"]
    assert any("2 homes are neither" in note and "(c3, o)" in note for note in by_column.warnings)
    services = {**SERVICES, "village": {"capacity": "beds", "circle": False}}
    asked = {**ASKED, "homes": ["home", "village"], "partners": ["village"], "partnered": ["home"]}
    ground = street(
        asked, services=services, home=along({"a": 100, "b": 900}, "home", capacity=[1, 1]),
        village=along({"v": 700}, "village", capacity=[1]),
    )  # fmt: skip
    frame = listing_of(elder_gaps(ground), "elder_partners").frame
    assert frame["partner_id"].to_dict() == {"a": None, "b": "v"}
    assert frame.loc["a", "reason"] == "full"


def test_homes_that_nothing_tells_apart_are_said() -> None:
    plain = elder_gaps(street({**ASKED, "regional_minutes": 30}, home=homes(), areas=street_areas(urban=False)))
    assert any("can't be told apart" in note for note in plain.warnings)
    assert not [figure for figure in plain.figures if "partner" in figure.id or "regional" in figure.id]
    only = elder_gaps(street(ASKED, home=along(CITY, "home", capacity=[1, 1, 1])))
    assert any("no home is a rural home" in note for note in only.warnings)
    with pytest.raises(LayerError, match="helps is neither yes nor no"):
        elder_gaps(street({**ASKED, "partner_column": "helps"}, home=homes(helps=["perhaps"] * 7)))
    with pytest.raises(LayerError, match=r"elder\.partner_column"):
        elder_gaps(street({**ASKED, "partner_column": "helps"}, home=homes()))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"partner_profile": "drve"}, "no profile 'drve'"),
        ({"homes": None}, "name the homes, city and rural, in elder.homes"),
        ({"partners": ["home"]}, "partners .city homes. and partnered .rural homes. belong together"),
        ({"partners": ["home"], "partnered": ["home"]}, "home is in elder.partnered too"),
        ({"partners": ["home"], "partnered": ["clinic"]}, "elder.partnered: clinic must be in elder.homes too"),
        ({"partners": ["home"], "partnered": ["hom"]}, "no service 'hom'"),
        ({"partners": ["home"], "partnered": ["home"], "partner_column": "x"}, "not both"),
        ({"partner_column": "x", "partner_minutes": None}, "need partner_minutes or regional_minutes"),
    ],
)
def test_keys_that_do_not_fit(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        street({**ASKED, **wrong}, home=homes())


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(0, 1999), min_size=1, max_size=4, unique=True),
    st.lists(st.integers(2001, 4999), min_size=1, max_size=4, unique=True),
    st.integers(5, 70),
)
def test_pairs_against_brute_force(city: list[int], rural: list[int], minutes: int) -> None:
    places = {f"c{at}": x for at, x in enumerate(city)} | {f"r{at}": x for at, x in enumerate(rural)}
    layer = along(places, "home", capacity=[1] * len(places))
    asked = question(elder={**ASKED, "partner_minutes": minutes}, home=layer)
    sides = read_sides(asked, Faults())
    assert sides is not None
    assert sides.city is not None
    assert sides.rural is not None
    table, left = partner_pairs(asked, sides.city, sides.rural, minutes)
    paired = table[table["reason"] == ""]
    few, many = sorted((city, rural), key=len)
    orders = ([abs(a - b) for a, b in zip(few, order, strict=True)] for order in permutations(many, len(few)))
    within = ([way for way in ways if way <= 60 * minutes] for ways in orders)
    best = min((-len(ways), sum(ways)) for ways in within)
    assert (-len(paired), pytest.approx(best[1])) == (best[0], 60 * paired["assigned_min"].sum())
    assert paired["partner_id"].is_unique
    assert len(left) == len(city) - len(paired)


def regional(**more: Any) -> dict[str, Any]:
    return {**ASKED, "partner_minutes": None, "regional_minutes": 12, **more}


def test_regional_centres_by_hand() -> None:
    # 12 minutes are 720 m: v1 is 500 m from r1, w1 400 m from r2, x1 600 m from r2 and 400 m from r3; b2 (700 m from
    # r1) is urban, n is on no street
    layer = along({name: x for name, (x, _) in REGIONAL.items()}, "home", capacity=[b for _, b in REGIONAL.values()])
    found = elder_gaps(street(regional(), home=layer))
    frame = listing_of(found, "elder_regional_centres").frame
    assert frame.index.tolist() == ["r3", "r1", "r2"]
    assert frame["state"].tolist() == ["enough", "enough", "overloaded"]
    assert frame["elderly"].tolist() == [640, 160, 320]
    assert frame["within"].tolist() == [640, 160, 960]
    assert frame["wanted"].tolist() == [32, 8, 16]
    assert frame["spare_beds"].tolist() == [0, 12, -6]
    assert frame["community"].tolist() == ["X", "V", "W"]
    figures = figures_of(found)
    share = figures["regional_reached_share"]
    assert (share.numerator, share.denominator) == (1120, 2400)
    assert figures["regional_centre_share"].value == 2 / 3
    land = next(layer for layer in found.layers if layer.id == "elder_regional_catchments").frame
    assert land["area_km2"].sum() == pytest.approx(2.5)
    # r1: from y = -100 to 200, as far as 720 - |y| metres west and east, but no farther than halfway to r2 (650 m)
    assert land.loc["r1", "area_km2"] == pytest.approx(0.1910 + 0.1861, rel=0.02)
    assert not [figure for figure in found.figures if "partner" in figure.id]


def test_a_home_alone_is_empty_and_everybody_counts_without_the_flag() -> None:
    layer = along({"r1": 3000}, "home", capacity=[5])
    found = elder_gaps(street(regional(regional_minutes=5), home=layer))
    assert listing_of(found, "elder_regional_centres").frame["state"].tolist() == ["empty"]
    asked = {**regional(), "partners": ["home"], "partnered": ["village"], "homes": ["home", "village"]}
    services = {**SERVICES, "village": {"capacity": "beds", "circle": False}}
    ground = street(
        asked, services=services, areas=street_areas(urban=False), home=layer,
        village=along({"v": 1000}, "village", capacity=[5]),
    )  # fmt: skip
    frame = listing_of(elder_gaps(ground), "elder_regional_centres").frame
    # a2 (100 m) and b1 (100 m); a1 and b2 are 900 m away
    assert frame["elderly"].to_dict() == {"v": 100}
    assert frame["state"].tolist() == ["enough"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(2001, 4999), st.integers(0, 60)), min_size=1, max_size=4), st.integers(1, 60))
def test_regional_catchments_against_brute_force(rural: list[tuple[int, int]], minutes: int) -> None:
    names = {f"r{at}": x for at, (x, _) in enumerate(rural)}
    layer = along(names, "home", capacity=[beds for _, beds in rural])
    asked = question(elder=regional(regional_minutes=minutes), home=layer)
    beds, sides = read_beds(asked, Faults()), read_sides(asked, Faults())
    assert beds is not None
    assert sides is not None
    assert sides.rural is not None
    found, within = regional_catchments(asked, beds, sides.rural, minutes)
    mine, near = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for home in ("v1", "w1", "x1"):
        ways = {name: abs(x - HOMES[home]) for name, x in names.items()}
        first = min(names, key=lambda name: (ways[name], name))
        mine[first] += ELDERLY[home] if ways[first] <= 60 * minutes else 0.0
        for name in names:
            near[name] += ELDERLY[home] if ways[name] <= 60 * minutes else 0.0
    assert found.homes["elderly"].to_dict() == mine
    assert within.to_dict() == near
    assert found.unreached == 2400 - sum(mine.values())
    assert (found.homes["spare_beds"] % 1 == 0).all()
    for name, (_, there) in zip(names, rural, strict=True):
        enough = there >= 0.05 * mine[name]
        state = found.homes.loc[name, "state"]
        assert state == ("empty" if not mine[name] else "enough" if enough else "overloaded")

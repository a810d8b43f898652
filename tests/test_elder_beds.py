"""Beds: the plan's own arithmetic, the street of elder_town.py by hand, brute force, laws, and input that is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.errors import Faults, LayerError
from civicreach.measures.access import gaussian_weight
from civicreach.measures.analysis import Analysis
from civicreach.measures.elder import elder_gaps
from civicreach.measures.elder.bed_access import bed_access
from civicreach.measures.elder.beds import bed_sums, read_beds
from civicreach.measures.elder.need import nursing_need, shortage
from civicreach.measures.elder.question import Question
from elder_town import ELDERLY, HOMES, along, figures_of, listing_of, question, street, topic_of

BEDS = {"h1": (0, 100.0), "h2": (2600, 40.0), "h3": (4900, 0.0)}


@pytest.fixture(scope="module")
def found() -> Analysis:
    return elder_gaps(street())


def beds_of(asked: Question) -> pd.DataFrame:
    beds = read_beds(asked, Faults())
    assert beds is not None
    return beds


def one(value: float) -> pd.Series:
    return pd.Series([value])


def test_the_plan_s_arithmetic() -> None:
    elderly, beds, nursing = one(1_637_600.0), one(61_000.0), one(0.15 * 61_000.0)
    assert (beds / (elderly / 1000)).round(2).tolist() == [37.25]  # the plan prints 37
    assert shortage(beds, elderly, 50).tolist() == [20_880.0]
    # 100,000 beds are 50 for 1000 of 2,000,000: 39,000 new ones
    new = shortage(beds, one(2_000_000.0), 50)
    assert new.tolist() == [39_000.0]
    # 50,000 nursing beds are 40,850 more than today's, so new beds alone don't do
    assert nursing_need(beds + new, nursing, 50).tolist() == [40_850.0]
    assert nursing_need(beds + new, nursing + new, 50).tolist() == [1_850.0]


def test_beds_that_are_missing_are_whole() -> None:
    # 6,507 elderly need 325.35 beds: nobody builds a third of a bed, and none is added where it fits to the millionth
    assert shortage(one(0.0), one(6_507.0), 50).tolist() == [326]
    assert shortage(one(100.0), one(6_507.0), 50).tolist() == [226]
    assert shortage(one(0.0), one(6_500.000001), 50).tolist() == [325]
    assert nursing_need(one(7.0), one(3.0), 50).tolist() == [1]
    # three units of 10 elderly lack half a bed each: by unit three beds, all together two
    parts = shortage(pd.Series([0.0] * 3), pd.Series([10.0] * 3), 50)
    assert (parts.sum(), shortage(one(0.0), one(30.0), 50)[0]) == (3, 2)


def test_figures(found: Analysis) -> None:
    figures = figures_of(found)
    per_1000 = figures["beds_per_1000"]
    assert (per_1000.numerator, per_1000.denominator, per_1000.per) == (140, 2550, 1000)
    assert per_1000.text() == "54.90 beds per 1000"
    # 50 for 1000 of 2550 are 127.5: the place has enough, but B lacks 6, V 72 - 40, W 16 and X 32
    values = {name: figures[name].value for name in ("beds", "beds_short", "beds_short_code", "beds_short_by_unit")}
    assert values == {"beds": 140, "beds_short": 0, "beds_short_code": 0, "beds_short_by_unit": 86}
    nursing = figures["nursing_share"]
    assert (nursing.numerator, nursing.denominator) == (50, 140)  # a mean of shares would be (20 % + 75 %) / 2
    assert figures["nursing_beds_short"].value == 20
    assert figures["beds_to_convert"].value == 20
    assert len(per_1000.sources) == 2


def test_shortage_is_that_of_each_level_and_by_unit_adds_up(found: Analysis) -> None:
    tables = topic_of(found, "elder_beds").tables
    assert tables["subdistrict"]["short"].to_dict() == {"hill": 32, "ridge": 48, "town": 0}
    assert tables["subdistrict"]["short_by_unit"].to_dict() == {"hill": 32, "ridge": 48, "town": 6}
    assert tables["district"]["short"].to_dict() == {"north": 0, "south": 80}
    assert tables["district"]["short_code"].to_dict() == {"north": 0, "south": 56}
    assert tables["district"]["short_by_unit"].to_dict() == {"north": 6, "south": 80}
    assert tables["community"]["beds_per_1000"].round(3).to_dict() == {
        "A": 3333.333, "B": 0, "V": 27.778, "W": 0, "X": 0,
    }  # fmt: skip
    south = tables["district"].loc["south"]
    assert (south["nursing_share"], south["nursing_short"], south["to_convert"]) == (0.75, 0, 0)
    assert tables["district"].loc["north", "nursing_short"] == 30
    assert np.isnan(tables["community"].loc["B", "nursing_share"])
    assert tables["urban_rural"]["home_count"].to_dict() == {"rural": 2, "urban": 1}


@given(
    elderly=st.lists(st.integers(0, 5000), min_size=1, max_size=6),
    data=st.data(),
    norm=st.sampled_from([12.5, 40, 50]),
)
def test_more_beds_never_raise_a_shortage_and_parts_lack_no_less_than_the_whole(
    elderly: list[int], data: st.DataObject, norm: float
) -> None:
    sizes = st.lists(st.integers(0, 300), min_size=len(elderly), max_size=len(elderly))
    people = pd.Series(elderly, dtype=float)
    beds, more = (pd.Series(data.draw(sizes), dtype=float) for _ in range(2))
    parts = shortage(beds, people, norm)
    whole = shortage(one(beds.sum()), one(people.sum()), norm)[0]
    assert (shortage(beds + more, people, norm) <= parts).all()
    assert (parts >= 0).all()
    assert parts.sum() >= whole - 1e-6
    # built, nothing is lacking any more
    assert (shortage(beds + parts, people, norm) <= 1e-6).all()


def test_access_by_hand(found: Analysis) -> None:
    # 30 min at 1 m/s: h1 serves a1, a2, b1 (110 people), h2 serves a2, b1, b2, v1 and w1 (620); x1 only reaches h3
    near, far = 100 / 110, 40 / 620
    score = {"a1": near, "a2": near + far, "b1": near + far, "b2": far, "v1": far, "w1": far, "x1": 0.0, "n": 0.0}
    asked = question()
    access = bed_access(asked, beds_of(asked))
    assert access.by_method["2sfca"].score.drop("out").to_dict() == pytest.approx(score)
    reached = access.in_reach
    assert reached.index[reached].tolist() == ["a1", "a2", "b1", "b2", "v1", "w1"]
    tables = topic_of(found, "elder_bed_access").tables
    town = sum(ELDERLY[i] * score[i] for i in ("a1", "a2", "b1", "b2"))
    assert tables["subdistrict"].loc["town", "2sfca_per_1000"] == pytest.approx(1000 * town / 150)
    assert tables["community"]["without_bed"].to_dict() == {"A": 0, "B": 0, "V": 1280, "W": 0, "X": 640}
    assert tables["community"].loc["X", "e2sfca_per_1000"] == 0
    figures = figures_of(found)
    without = figures["without_bed_share"]
    assert (without.numerator, without.denominator) == (1920, 2550)
    assert figures["beds_unclaimed"].value == 0


def gaussian(homes: dict[str, tuple[float, float]]) -> dict[str, float]:
    """E2SFCA within 1800 s, pair by pair."""
    weights = {
        (name, home): float(gaussian_weight(abs(x - at) / 60, 30)) if abs(x - at) <= 1800 else 0.0
        for name, x in HOMES.items() for home, (at, _) in homes.items()
    }  # fmt: skip
    heads = {home: sum(ELDERLY[name] * weights[name, home] for name in HOMES) for home in homes}
    ratio = {home: beds / heads[home] if heads[home] else 0.0 for home, (_, beds) in homes.items()}
    return {name: sum(weights[name, home] * ratio[home] for home in homes) for name in HOMES}


def test_gaussian_access_and_those_with_enough(found: Analysis) -> None:
    score = gaussian(BEDS)
    town = question()
    access = bed_access(town, beds_of(town))
    assert access.score[list(score)].to_dict() == pytest.approx({i: 1000 * v for i, v in score.items()})
    # at 50 for 1000 all who reach a bed have enough; at 100 those near the edge of h2's reach don't
    asked = {50: found, 100: elder_gaps(street(standards={"elder.beds_per_1000.plan": 100}))}
    enough = {norm: sum(ELDERLY[i] for i, value in score.items() if 1000 * value >= norm) for norm in asked}
    assert 0 < enough[100] < enough[50] < 2550
    assert {norm: figures_of(one)["enough_beds_share"].numerator for norm, one in asked.items()} == enough
    table = topic_of(found, "elder_bed_access").tables["city"]
    whole = sum(ELDERLY[name] * value for name, value in score.items()) / 2.55
    assert table["e2sfca_per_1000"].tolist() == pytest.approx([whole])


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 200)), min_size=1, max_size=4))
def test_beds_are_handed_out_whole_but_for_those_that_nobody_reaches(homes: list[tuple[int, int]]) -> None:
    layer = along({f"h{k}": x for k, (x, _) in enumerate(homes)}, "home", capacity=[b for _, b in homes])
    more = {"nursing_beds_column": None, "access_methods": ["2sfca", "e2sfca", "3sfca", "bfca"], "access_minutes": 8}
    asked = question(elder=more, home=layer)
    access = bed_access(asked, beds_of(asked))
    assert list(access.by_method) == more["access_methods"]
    for method, handed in access.by_method.items():
        claimed = sum(b for _, b in homes) - handed.unclaimed.sum()
        if method != "bfca":
            assert (handed.score * asked.amount).sum() == pytest.approx(claimed)
    near = {name: any(abs(x - at) <= 480 and b > 0 for at, b in homes) for name, x in HOMES.items()}
    assert access.in_reach[list(near)].to_dict() == near


def test_beds_that_nobody_reaches_are_listed() -> None:
    # 300 m: h1 is reached from a1, h2 from nowhere, and h3 has none to hand out
    found = elder_gaps(street({"access_minutes": 5}))
    listing = listing_of(found, "elder_beds_unclaimed")
    assert listing.frame[["home_id", "beds"]].to_numpy().tolist() == [["h2", 40.0]]
    assert any("40 beds in 1 home are in nobody's share" in note for note in found.warnings)


def test_only_what_is_asked_for_is_told() -> None:
    found = elder_gaps(street({"homes": None, "nursing_beds_column": None, "primary_care": None}))
    ids = {topic.id for topic in found.topics}
    assert ids == {"elder_stations", "elder_demonstration", "elder_villages"}
    assert not [figure for figure in found.figures if "bed" in figure.id or "home" in figure.id]
    assert any("names no homes" in note for note in found.warnings)
    assert any("names no primary_care" in note for note in found.warnings)
    found = elder_gaps(street({"nursing_beds_column": None}))
    assert not [figure for figure in found.figures if "nursing" in figure.id or "convert" in figure.id]
    assert any("names no nursing_beds_column" in note for note in found.warnings)
    assert "elder.nursing_bed_share" not in found.standards


def test_homes_without_beds_and_homes_outside_are_told() -> None:
    layer = along({"h1": 0, "far": 5150}, "home", capacity=[0, 70], nursing=[0, 7])
    found = elder_gaps(street(home=layer))
    assert any("1 home has no bed (h1)" in note for note in found.warnings)
    assert any("1 home lies outside all areas: its beds are in no unit (far)" in note for note in found.warnings)
    assert figures_of(found)["beds"].value == 0
    assert figures_of(found)["nursing_share"].value is None
    # but people inside may walk there: 650 m to x1
    assert topic_of(found, "elder_bed_access").tables["city"]["e2sfca_per_1000"].tolist() == pytest.approx([70 / 2.55])


def test_planned_homes_have_no_beds_yet() -> None:
    status = ["existing", "planned", "existing"]
    layer = along(
        {"h1": 0, "h2": 2600, "h3": 4900}, "home", capacity=[100, None, 0], nursing=[20, "?", 0], status=status
    )
    asked = question(home=layer)
    assert beds_of(asked)["beds"].to_dict() == {"h1": 100, "h3": 0}
    assert bed_sums(asked, beds_of(asked))["home_count"].sum() == 2


def test_everything_that_is_wrong_is_told_at_once() -> None:
    home = along({"h1": 0, "h2": 2600, "h3": 4900}, "home", capacity=[100, None, 5], nursing=["120", "3", "x"])
    station = along({"s1": 300, "s2": 950}, "station", model=["0", "perhaps"])
    with pytest.raises(LayerError) as caught:
        elder_gaps(street(home=home, station=station))
    told = [str(fault) for fault in caught.value.faults]
    assert told == [
        "station: model is neither yes nor no (1: s2: perhaps). Use 1 or 0, yes or no, 是 or 否.",
        "home: the number of beds isn't known (1: h2). Fill it in; 0 where there are none.",
        "home: nursing isn't a finite number (1: h3)",
        "home: nursing: more nursing beds than beds (1: h1: 120 of 100)",
    ]


def test_columns_that_are_not_there_name_the_nearest() -> None:
    with pytest.raises(LayerError) as caught:
        elder_gaps(street({"demonstration_column": "modle", "nursing_beds_column": "nursng"}))
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert told[0].startswith("station, club: no column 'modle' (elder.demonstration_column). Did you mean model?")
    assert told[1].startswith("home: no column 'nursng' (elder.nursing_beds_column). Did you mean nursing?")
    with pytest.raises(LayerError, match="no column 'capacity'"):
        elder_gaps(street(home=along({"h1": 0}, "home", nursing=[0])))


@pytest.mark.parametrize(("asked", "told"), [(("2sfca", "e2sfca"), "e2sfca"), (("bfca", "3sfca", "2sfca"), "2sfca")])
def test_fairness_does_not_depend_on_the_order_of_methods(asked: tuple[str, ...], told: str) -> None:
    """Figures, equity and curve go by E2SFCA, else 2SFCA, else 3SFCA, and say by which."""
    alone = elder_gaps(street({"access_methods": [told], "access_minutes": 8}))
    for methods in (asked, asked[::-1]):
        found = elder_gaps(street({"access_methods": list(methods), "access_minutes": 8}))
        for listing in ("elder_equity", "elder_lorenz"):
            pd.testing.assert_frame_equal(listing_of(found, listing).frame, listing_of(alone, listing).frame)
        for name in ("enough_beds_share", "beds_unclaimed"):
            assert figures_of(found)[name] == figures_of(alone)[name]
        assert all(f"({told.upper()})" in text for text in listing_of(found, "elder_equity").rule[:1])
        assert f"（{told.upper()}）" in listing_of(found, "elder_equity").rule[1]
        assert listing_of(found, "elder_lorenz").title[0].endswith(f"({told.upper()})")
        assert listing_of(found, "elder_lorenz").title[1].endswith(f"（{told.upper()}）")


def test_a_column_that_is_not_there_is_told_with_those_of_the_file() -> None:
    layer = along({"h1": 0}, "home", capacity=[1])
    layer = replace(layer, columns=("编号", "lon", "lat", "床位"))
    asked = question(home=layer, elder={"nursing_beds_column": "护理"})
    read_beds(asked, faults := Faults())
    assert "There are 编号, lon, lat, 床位." in str(faults.found[0])

"""Elder stations, demonstration centres and villages: the street of elder_town.py by hand, brute force, and laws.

Covered: a1 (200 m to s1), a2 (50 m to s2), b1 (150 m to s2) and v1 (200 m to the club); b2 is 400 m from the club.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.errors import Faults
from civicreach.measures.analysis import Analysis
from civicreach.measures.elder import elder_gaps
from civicreach.measures.elder.columns import flags_of
from civicreach.measures.elder.demonstration import demonstration_table, read_flags
from civicreach.measures.elder.stations import station_rows, station_sums
from civicreach.measures.elder.villages import next_villages, still_needed, village_table
from elder_town import ELDERLY, HOMES, along, figures_of, listing_of, question, street, street_areas, topic_of


@pytest.fixture(scope="module")
def found() -> Analysis:
    return elder_gaps(street())


def test_a_home_is_covered_where_it_is_within_the_standard_of_any_station() -> None:
    rows = station_rows(question())
    covered = rows.index[rows["status"] == "covered"].tolist()
    assert covered == ["a1", "a2", "b1", "v1"]
    assert rows["status"][["b2", "n", "out"]].tolist() == ["beyond", "unsnapped", "outside"]


def test_the_nearest_station_is_that_of_any_service_in_minutes_of_its_own_traveller() -> None:
    rows = station_rows(question())
    # the walker makes 1 m/s to stations, the club's people 2 m/s: b2 needs 200 s for the 400 m to the club
    seconds = {"a1": 200, "a2": 50, "b1": 150, "b2": 200, "v1": 100, "w1": 600, "x1": 1100}
    assert (60 * rows["nearest_min"].dropna()).round(9).to_dict() == seconds
    assert rows["facility_id"].dropna().to_dict() == {
        "a1": "s1", "a2": "s2", "b1": "s2", "b2": "c1", "v1": "c1", "w1": "c1", "x1": "c1",
    }  # fmt: skip
    assert rows["facility_id"]["n"] is None


def test_figures_by_people_presence_and_service(found: Analysis) -> None:
    figures = figures_of(found)
    ratios = {
        "people_share": (270, 2550),
        "urban_people_share": (110, 150),
        "rural_people_share": (160, 2400),
        "communities_presence_share": (2, 5),  # s1 and s2 in A, the club in V
        "communities_served_share": (2, 5),  # A 30 of 30, B 80 of 120 from next door, V 160 of 1440
        "urban_communities_presence_share": (1, 2),
        "urban_communities_served_share": (2, 2),
        "rural_communities_presence_share": (1, 3),
        "rural_communities_served_share": (0, 3),
    }
    assert {name: (figures[name].numerator, figures[name].denominator) for name in ratios} == ratios
    assert figures["uncovered"].value == 2280
    assert "communities" in figures["communities_presence_share"].denominator_name


def test_tables_by_level_and_their_total(found: Analysis) -> None:
    tables = topic_of(found, "elder_stations").tables
    assert list(tables) == ["city", "district", "subdistrict", "community", "urban_rural"]
    subdistricts = tables["subdistrict"]
    assert subdistricts["elderly_covered"].to_dict() == {"hill": 160, "ridge": 0, "town": 110}
    assert subdistricts["units_present"].to_dict() == {"hill": 1, "ridge": 0, "town": 1}
    assert subdistricts["served_share"].to_dict() == {"hill": 0, "ridge": 0, "town": 1}
    assert tables["community"]["station_count"].to_dict() == {"A": 2, "B": 0, "V": 1, "W": 0, "X": 0}
    assert tables["urban_rural"]["of_residents_share"].tolist() == [0.25, 0.25]


def test_communities_without_a_station_most_uncovered_first(found: Analysis) -> None:
    frame = listing_of(found, "elder_without_station").frame
    assert frame["community_id"].tolist() == ["X", "W", "B"]
    assert frame["elderly_uncovered"].tolist() == [640, 320, 40]
    assert frame["next_door"].tolist() == [False, False, True]
    assert frame["urban"].tolist() == ["rural", "rural", "urban"]
    # 80 of B are nearest to s2 (150 s), 40 to the club (200 s): the median is that of the 80
    assert frame["nearest"].tolist() == ["c1", "c1", "s2"]
    assert frame["nearest_min"].tolist() == pytest.approx([1100 / 60, 10, 2.5])


def test_a_unit_that_mostly_reaches_nothing_has_no_median(found: Analysis) -> None:
    # 1280 of the 1440 in V aren't on the network
    ground = street(station=along({"s1": 300}, "station"), club=along({"c1": 1500}, "club", model=[1]))
    frame = listing_of(elder_gaps(ground), "elder_without_station").frame.set_index("community_id")
    assert frame.index.tolist() == ["V", "X", "W"]
    assert np.isnan(frame.loc["V", "nearest_min"])
    assert frame.loc["V", "nearest"] == "c1"


xs = st.lists(st.integers(0, 5000), min_size=1, max_size=4, unique=True)


@settings(max_examples=6, deadline=None)
@given(stations=xs, clubs=xs)
def test_brute_force_along_the_street(stations: list[int], clubs: list[int]) -> None:
    asked = question(
        elder={"demonstration_column": None},
        station=along({f"s{x}": x for x in stations}, "station"),
        club=along({f"c{x}": x for x in clubs}, "club"),
    )
    rows = station_rows(asked)
    sums = station_sums(asked, rows)
    covered = 0.0
    for name, x in HOMES.items():
        here = min(abs(x - at) for at in stations) <= 300 or min(abs(x - at) for at in clubs) <= 200
        covered += ELDERLY[name] * here
        seconds = min([abs(x - at) for at in stations] + [abs(x - at) / 2 for at in clubs])
        assert rows["nearest_min"][name] == pytest.approx(seconds / 60, abs=1e-4)
    assert sums["elderly_covered"].sum() == covered
    assert sums["station_count"].sum() == len(stations) + len(clubs)
    # one more station never covers fewer, anywhere
    more = question(
        elder={"demonstration_column": None},
        station=along({f"s{x}": x for x in [*stations, 2222.2]}, "station"),
        club=along({f"c{x}": x for x in clubs}, "club"),
    )
    better = station_sums(more, station_rows(more)) >= sums
    assert better[["elderly_covered", "units_present", "units_served"]].all(axis=None)


def test_subdistricts_with_a_demonstration_centre_and_candidates(found: Analysis) -> None:
    figures = figures_of(found)
    both = figures["subdistricts_demonstration_share"], figures["urban_subdistricts_demonstration_share"]
    assert [(f.numerator, f.denominator) for f in both] == [(1, 3), (0, 1)]
    frame = listing_of(found, "elder_demonstration_candidates").frame.set_index("subdistrict_id")
    assert frame["state"].to_dict() == {"town": "upgrade", "ridge": "build", "hill": "has"}
    assert frame.index.tolist() == ["town", "ridge", "hill"]
    # s2 reaches a2 and b1 within 300 m, s1 a1 alone; neither is flagged (one is blank)
    town = frame.loc["town"]
    assert (town["candidate_id"], town["candidate_reached"]) == ("s2", 100)
    assert (town["second_id"], town["second_reached"]) == ("s1", 10)
    assert frame.loc[["ridge", "hill"], "candidate"].isna().all()
    tables = topic_of(found, "elder_demonstration").tables
    assert list(tables) == ["city", "district", "subdistrict"]
    assert tables["district"]["subdistrict_count"].to_dict() == {"north": 1, "south": 2}
    assert tables["district"]["demonstration_share"].to_dict() == {"north": 0, "south": 0.5}
    assert tables["city"]["elderly"].tolist() == [2550]
    assert any("1 station has nothing in model" in note for note in found.warnings)


def test_words_for_yes_and_no() -> None:
    layer = along({"s1": 300}, "station")
    words = {
        True: ["1", 1, 1.0, True, "Yes", " 是 ", "TRUE"],
        False: ["0", 0, 0.0, False, "No", "否"],
        None: [None, "", np.nan],
    }
    for meant, said in words.items():
        faults = Faults()
        found = flags_of(pd.Series(said, dtype=object), "model", layer, faults)
        assert found.tolist() == [meant] * len(said)
        assert not faults.found
    faults = Faults("x")
    flags_of(pd.Series(["1", "maybe", "2"], index=["a", "b", "c"]), "model", layer, faults)
    assert str(faults.found[0]) == (
        "station: model is neither yes nor no (2: b: maybe, c: 2). Use 1 or 0, yes or no, 是 or 否."
    )


def test_a_standard_of_two_asks_for_two() -> None:
    key = "elder.demonstration_per_subdistrict"
    asked = question(standards={key: 2}, station=along({"s1": 300, "s2": 950}, "station", model=["1", "0"]))
    table = demonstration_table(asked, read_flags(asked, Faults()))
    assert table["demonstration_count"].to_dict() == {"town": 1, "hill": 1, "ridge": 0}
    assert not table["enough"].any()
    # a flagged station is no candidate any more
    assert table.loc["town", "candidate_id"] == "s2"
    assert pd.isna(table.loc["town", "second_id"])
    assert table.loc["hill", "state"] == "build"


@given(
    count=st.integers(0, 400), there=st.integers(0, 400), percent=st.sampled_from([0, 12.5, 33.3, 60, 60.1, 95, 100])
)
def test_the_number_still_needed_is_the_least_that_meets_the_target(count: int, there: int, percent: float) -> None:
    there = min(there, count)
    needed = still_needed(count, there, percent)
    target = Fraction(str(percent)) / 100
    assert there + needed >= target * count
    assert needed == 0 or there + needed - 1 < target * count


def test_sixty_percent_of_thirty_five_is_twenty_one() -> None:
    assert still_needed(35, 0, 60) == 21
    assert still_needed(1490, 521, 60) == 373  # 894 - 521
    # in floats 0.55 * 100 is a hair above 55, and 0.07 * 100 above 7
    assert still_needed(100, 0, 55) == 55
    assert still_needed(100, 3, 7) == 4


def test_villages(found: Analysis) -> None:
    figures = figures_of(found)
    share = figures["villages_presence_share"]
    assert (share.numerator, share.denominator) == (1, 3)
    assert figures["villages_needed"].value == 1  # 60 % of 3 is 1.8
    frame = listing_of(found, "elder_villages_next").frame
    # X: 640 people x 1100 s, W: 320 x 600 s
    assert frame["community_id"].tolist() == ["X", "W"]
    assert frame["person_min"].tolist() == pytest.approx([640 * 1100 / 60, 3200])
    assert frame["year"].tolist()[0] == 1
    assert np.isnan(frame["year"].tolist()[1])
    tables = topic_of(found, "elder_villages").tables
    assert list(tables) == ["city", "district", "subdistrict"]
    assert tables["subdistrict"]["needed"].to_dict() == {"hill": 0, "ridge": 2}  # 60 % of 2 is 1.2
    assert tables["city"]["needed"].tolist() == [1]


def test_villages_that_reach_none_count_as_far_as_the_farthest() -> None:
    # the only centre stands in W, so V needs one: v1 1400 m, n unsnapped counts like x1's 1000 m or v1's 1400 m
    asked = question(elder={"village_centres": ["station"]}, station=along({"s1": 3500}, "station", model=[0]))
    table = village_table(asked)
    assert table.loc["V", "elderly_unreached"] == 1280
    assert table.loc["V", "nearest_min"] == pytest.approx(1400 / 60)
    assert table.loc["V", "person_min"] == pytest.approx((160 + 1280) * 1400 / 60)
    assert table["with_centre"].to_dict() == {"A": 0, "B": 0, "V": 0, "W": 1, "X": 0}


def test_years_are_filled_evenly_and_in_order() -> None:
    villages = pd.DataFrame(
        {"with_centre": [0, 0, 0, 0, 0, 1], "person_min": [1.0, 5, 3, 4, 3, 9], "elderly": [1, 1, 1, 1, 2, 1]},
        index=list("abcdef"),
    )
    order = next_villages(villages, 4, 2, group="elderly")
    assert order.index.tolist() == ["b", "d", "e", "c", "a"]  # of equals the one with more people
    assert order["year"].tolist()[:4] == [1, 1, 2, 2]
    assert np.isnan(order["year"]["a"])
    assert next_villages(villages, 3, 5, group="elderly")["year"].tolist()[:3] == [1, 2, 3]
    assert next_villages(villages, 0, 5, group="elderly")["year"].isna().all()


def test_a_met_target_needs_no_more() -> None:
    ground = street(station=along({"s1": 3300, "s2": 4500}, "station", model=[0, 0]))
    found = elder_gaps(ground)
    assert figures_of(found)["villages_needed"].value == 0
    assert listing_of(found, "elder_villages_next").frame.empty


def test_towns_without_villages_or_flags_say_so() -> None:
    found = elder_gaps(street(areas=street_areas(urban=False)))
    assert not [figure for figure in found.figures if "village" in figure.id or "urban" in figure.id]
    assert any("villages are left out: the areas don't tell" in note for note in found.warnings)
    areas = street_areas()
    areas.frame["urban"] = True
    found = elder_gaps(street(areas=areas))
    assert any("there are no rural communities" in note for note in found.warnings)
    assert not [figure for figure in found.figures if "village" in figure.id or "rural" in figure.id]

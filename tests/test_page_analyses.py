"""Analyses on the meeting page: how their numbers are graded, and what of topics, lists and layers the page holds."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from civicreach.maps import map_html
from civicreach.maps.analysis_columns import cells, field_entries, told_apart
from civicreach.maps.analysis_layers import MOST_AT_FIRST, drawn
from civicreach.maps.analysis_tables import listing_entry, topic_entry
from civicreach.maps.analysis_words import ANALYSIS_WORDS
from civicreach.maps.encode import pack, unpack
from civicreach.maps.grades import MET, Grades, grades, round_breaks, roundest
from civicreach.maps.palette import ANALYSIS_RAMPS, KINDS, RAMPS, TEAL
from civicreach.maps.shapes import Grid
from civicreach.maps.web import page_data
from civicreach.maps.words import WORDS
from civicreach.measures.analysis import Field, Listing, MapLayer, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult
from civicreach.measures.rollup import total_row
from page_analyses import BEDS_TARGET, HOMES, LONG, MINUTES_TARGET, REASONS, ZONES
from page_case import CRS, ORIGIN, page_case

NUMBERS = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, 30.0, 1e-9]), st.just(math.nan)), min_size=1, max_size=60
)
GRID = Grid.over(CRS, (*ORIGIN, ORIGIN[0] + 6_000, ORIGIN[1] + 4_000))


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case(analyses=True)


@pytest.fixture(scope="module")
def head(result: StudyResult) -> dict[str, Any]:
    found, columns = page_data(result)
    return unpack(pack(found, columns))[0]


def graded_as(values: list[float], **how: Any) -> Grades:
    found = grades(pd.Series(values), **how)
    assert found is not None
    return found


# --- where classes break ---------------------------------------------------------------------------------------------


@given(NUMBERS, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_classes_follow_the_values(values: list[float], share: bool, dark_is_high: bool) -> None:
    found = grades(pd.Series(values), share=share, dark_is_high=dark_is_high)
    known = [v for v in values if not math.isnan(v)]
    if not known:
        assert found is None
        return
    assert found is not None
    assert len(found.tones) == len(found.breaks) + 1 <= 5
    assert all(a < b for a, b in pairwise(found.breaks))
    steps = [b - a for a, b in pairwise(found.tones)]
    assert all(s > 0 for s in steps) if dark_is_high else all(s < 0 for s in steps)
    for value, k in zip(values, found.classes.tolist(), strict=True):
        assert k == (-1 if math.isnan(value) else sum(value >= b for b in found.breaks))


@given(NUMBERS, st.sampled_from([0.0, 30.0, -5.5, 2e6]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_pale_is_what_meets_the_target_and_nothing_else(values: list[float], target: float, low: bool) -> None:
    found = grades(pd.Series(values), dark_is_high=low, target=target)
    if found is None:
        assert all(map(math.isnan, values))
        return
    assert found.breaks[found.edge] == target
    assert all(a < b for a, b in pairwise(found.breaks))
    assert 2 <= len(found.tones) <= 5
    for value, k in zip(values, found.classes.tolist(), strict=True):
        if math.isnan(value):
            assert k == -1
        else:
            assert (found.tones[k] >= MET) == (value <= target if low else value >= target)


@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7))
@settings(max_examples=200, deadline=None)
def test_round_number_lies_between_and_none_of_fewer_digits_does(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = roundest(low, high)
    assert low <= found <= high
    if low > 1e-6 and high >= 1.001 * low:
        digits = len(f"{found:.9e}".split("e")[0].replace(".", "").rstrip("0"))
        step = 10.0 ** (math.floor(math.log10(high)) - digits + 2)  # numbers with one digit less
        assert digits == 1 or math.floor(high / step) * step < low, (low, high, found)


def test_breaks_by_hand() -> None:
    assert graded_as([0.1, 0.5, 0.9], share=True).breaks == (0.2, 0.4, 0.6, 0.8)
    assert graded_as([0.01, 0.03, 0.05], share=True).breaks == (0.02, 0.04)  # all below a fifth: breaks of their own
    few = graded_as([0.0, 2.0, 0.0, 3.0, 1.0, 2.0])
    assert few.exact
    assert (few.least, *few.breaks) == (0, 1, 2, 3)
    assert few.classes.tolist() == [0, 2, 0, 3, 1, 2]
    assert round_breaks(np.arange(101.0), 5) == [20, 40, 60, 80]
    none_short = [0.0] * 60 + [float(v) for v in range(10, 90, 2)]
    assert graded_as(none_short).classes.tolist()[:60] == [0] * 60
    assert max(graded_as(none_short).classes.tolist()[60:]) == 4
    assert graded_as(none_short).breaks[0] <= 10
    all_served = [1.0] * 50 + [v / 100 for v in range(50, 99)]
    assert graded_as(all_served).classes.tolist()[:50] == [4] * 50


def test_breaks_have_no_more_digits_than_the_values() -> None:
    """Hours from 5.16 to 5.29 that are shown with two decimals: even breaks, never 5.175."""
    hours = [5.16, 5.17, 5.18, 5.19, 5.19, 5.20, 5.21, 5.22, 5.25, 5.29]
    assert graded_as(hours, step=0.01).breaks == (5.2, 5.25)
    assert graded_as([5.19, 5.20], step=0.01).classes.tolist() == [0, 1]
    assert graded_as([5.19, 5.20], step=0.01).breaks == (5.2,)
    assert graded_as([5.26, 5.26], step=0.01).breaks == ()
    assert graded_as([0.814, 0.95, 0.99, 0.996, 1.0], share=True, step=0.001).breaks == (0.85, 0.9, 0.95, 1.0)
    people = graded_as([0.0, 0.4, 0.6, 3.0, 900.0, 40.0, 7.0, 8.0], step=1.0)
    assert all(b.is_integer() for b in people.breaks)


@given(st.lists(st.integers(-5000, 5000), min_size=1, max_size=40), st.sampled_from([1.0, 0.1, 0.01]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_breaks_are_shown_numbers_and_no_end_is_empty(whole: list[int], step: float, high: bool) -> None:
    values = [round(v * step, 2) for v in whole]
    found = graded_as(values, step=step, dark_is_high=high)
    assert all(abs(b / step - round(b / step)) < 1e-6 for b in found.breaks), found.breaks
    assert len({f"{b:.2f}" for b in found.breaks}) == len(found.breaks)
    assert {0, len(found.breaks)} <= set(found.classes.tolist())


def test_changes_break_at_nothing() -> None:
    """Minutes more or fewer than before: pale where it is no more than before, dark where it is."""
    found = graded_as([-6.0, -2.0, -1.0, 0.0, 1.0, 4.0, 9.0, 12.0], diverging=True, step=0.1)
    assert 0.0 in found.breaks
    assert found.edge == -1
    for value, k in zip([-6.0, -2.0, -1.0, 0.0, 1.0, 4.0, 9.0, 12.0], found.classes.tolist(), strict=True):
        assert (found.tones[k] >= MET) == (value <= 0)
    assert graded_as([1.0, 2.0, 3.5], diverging=True).tones == (0, 2, 4)


def test_share_of_a_single_unit_is_yes_or_no() -> None:
    field = Field("s", ("Share with one", "配置率"), "share", ratio=("a", "n", 1.0), of_one=("Has one", "有设施"))
    fields = (Field("a", ("With one", "有"), "count"), field)
    low = pd.DataFrame({"a": [1, 0, 0], "n": [1, 1, 0], "s": [1.0, 0.0, math.nan]}, index=["x", "y", "z"])
    high = pd.DataFrame({"a": [1, 2], "n": [2, 2], "s": [0.5, 1.0]}, index=["p", "q"])
    topic = Topic("t", ("T", "题"), {"district": high, "community": low}, fields, coloured=("s",), target=0.6)
    told = topic_entry(topic, {"district": high.index, "community": low.index}, TEAL)
    assert told["fields"][1]["of_one"] == ["有设施", "Has one"]
    assert told["tables"]["community"]["yes_no"] == [1]
    assert told["tables"]["district"]["yes_no"] == []
    colours = told["tables"]["community"]["colours"]["1"]
    assert colours["said"] == [["否", "No"], ["是", "Yes"]]
    assert colours["classes"] == "10-"
    assert len(set(colours["colours"])) == 2
    assert "said" not in told["tables"]["district"]["colours"]["1"]


def test_target_by_hand() -> None:
    """Beds 0 10 20 30 | 40 50 60 with a target of 40, which is met by 40 itself; minutes the other way round."""
    values = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    more, less = graded_as(values, target=40, dark_is_high=False), graded_as(values, target=40)
    assert [more.tones[k] >= MET for k in more.classes] == [False] * 4 + [True] * 3
    assert [less.tones[k] >= MET for k in less.classes] == [True] * 5 + [False] * 2
    assert more.tones == (4, 3, 2, MET, MET + 1)
    assert less.tones[-1] == 4
    assert graded_as([50.0, 60.0], target=40, dark_is_high=False).tones[0] < MET  # both sides are in the legend


def test_what_has_no_way_is_in_the_worst_class() -> None:
    found = graded_as([5.0, 12.0, 31.0, 44.0, 60.0, 70.0, math.inf, math.nan])
    assert found.classes.tolist()[-2:] == [len(found.breaks), -1]


def test_what_meets_a_target_is_paler_than_what_misses_it() -> None:
    def grey(colour: str) -> float:
        return sum(w * int(colour[k : k + 2], 16) for w, k in ((0.299, 1), (0.587, 3), (0.114, 5)))

    for ramp in (*ANALYSIS_RAMPS, *RAMPS):
        lightness = [grey(colour) for colour in (*reversed(ramp.light_to_dark[2:]), *ramp.met)]
        assert all(b - a > 12 for a, b in pairwise(lightness)), ramp.name
        assert lightness[3] - lightness[2] > 45, ramp.name  # the step at the target is the largest to be seen


# --- values as they are shown ----------------------------------------------------------------------------------------


def test_cells_hold_what_is_shown_and_no_more() -> None:
    def column(kind: Any, values: Any, **words: Any) -> list[Any]:
        frame = pd.DataFrame({"x": pd.Series(values)})
        (entry,) = field_entries([Field("x", ("X", "某"), kind, **words)], [frame])
        return cells(frame["x"], entry)

    assert column("share", [0.25851, 1.0, None]) == [0.259, 1, None]
    assert column("amount", [1234.56, math.nan]) == [1235, None]
    assert column("minutes", [6.25, math.inf, -math.inf]) == [6.2, "inf", None]
    assert column("number", [37.25, 4.0]) == [37.25, 4]
    whole = pd.array([1, None, 3], dtype="Int64")
    for kind in ("amount", "count", "number", "minutes"):
        assert column(kind, whole) == [1, None, 3]
    assert column("share", pd.array([0.5, None], dtype="Float64")) == [0.5, None]
    assert column("number", [1 / 3, 2.0]) == [0.33, 2]
    assert column("flag", [True, False, None]) == [1, 0, None]
    assert column("text", ["a", 3.0, None]) == ["a", "3", None]
    assert column("text", [1, 2], words={1: ("one", "一")}) == ["1", "2"]
    percent = column("share", [0.12345, 0.2585, 0.99951])
    assert [f"{100 * v:.1f}" for v in percent] == [
        Figure("x", v, "share", "", "").text()[:-2] for v in (0.12345, 0.2585, 0.99951)
    ]


def test_numbers_have_the_decimals_that_they_need_on_every_level() -> None:
    field = Field("x", ("X", "某"), "number")

    def digits(*columns: list[float]) -> int:
        entry = field_entries([field], [pd.DataFrame({"x": c}) for c in columns])[0]
        return int(entry["digits"])

    assert digits([1.0, 2.0]) == 0
    assert digits([1.0, 2.0], [1.5]) == 1
    assert digits([37.254]) == 2
    assert digits([12_345.678]) == 0
    assert digits([math.nan]) == 0


def test_words_are_told_apart_in_the_fields_own_order() -> None:
    field = Field("x", ("X", "某"), "text", words={"b": ("second", "乙"), "a": ("first", "甲")})
    found = told_apart(pd.Series(["a", "b", "a", None, "z"]), field)
    assert found["names"] == [["乙", "second"], ["甲", "first"], ["z", "z"]]
    assert found["classes"] == "101-2"
    many = told_apart(pd.Series([f"w{k}" for k in range(12)] + ["w9"]), Field("x", ("X", "某"), "text"))
    assert many["names"][0] == ["w9", "w9"]  # the most frequent first
    assert many["others"]
    assert len(many["colours"]) == len(KINDS) + 1
    assert many["classes"].count(str(len(KINDS))) == 12 - len(KINDS)
    flags = told_apart(pd.Series([False, True]), Field("x", ("X", "某"), "flag"))
    assert flags["names"] == [["是", "Yes"], ["否", "No"]]


# --- topics ----------------------------------------------------------------------------------------------------------


def test_topics_stand_in_the_order_of_the_units(result: StudyResult, head: dict[str, Any]) -> None:
    assert result.areas is not None
    topic, told = result.analyses[0].topics[0], head["analyses"][0]["topics"][0]
    names = [f["name"] for f in told["fields"]]
    assert [f["header"] for f in told["fields"]] == [list(reversed(f.header)) for f in topic.fields]
    for level in result.areas.levels:
        units = head["areas"]["units"][level]["id"]
        table = topic.tables[level].loc[units]
        for k, name in enumerate(names):
            shown = told["tables"][level]["values"][k]
            digits = told["fields"][k].get("digits", 0)
            expected = [None if math.isnan(v) else v for v in table[name].round(digits).tolist()]
            assert shown == expected, (level, name)
    shuffled = replace(topic, tables={k: t.sample(frac=1, random_state=3) for k, t in topic.tables.items()})
    ids = {level: result.areas.units(level).index for level in result.areas.levels}
    assert topic_entry(shuffled, ids, TEAL)["tables"]["community"] == told["tables"]["community"]


def test_total_row_is_that_of_the_tables(result: StudyResult, head: dict[str, Any]) -> None:
    for analysis, told in zip(result.analyses, head["analyses"], strict=True):
        for topic, entry in zip(analysis.topics, told["topics"], strict=True):
            row = total_row(topic.tables["community"], topic.fields)
            for value, field in zip(entry["total"], entry["fields"], strict=True):
                assert value == pytest.approx(row[field["name"]], abs=0.51 if field["kind"] != "share" else 0.0006)
    assert head["analyses"][0]["topics"][0]["tables"]["urban_rural"]["id"] == ["rural", "urban"]


def test_units_that_miss_the_target_are_dark(result: StudyResult, head: dict[str, Any]) -> None:
    beds, walk = head["analyses"][0]["topics"]
    assert (beds["target"], beds["high_is_worse"]) == (BEDS_TARGET, [False, True])
    assert (walk["target"], walk["high_is_worse"]) == (MINUTES_TARGET, [True, False])
    ramp = head["analyses"][0]["ramp"]["colours"]
    for topic, entry, field in ((0, beds, "beds_per_1000"), (1, walk, "minutes")):
        place = [f["name"] for f in entry["fields"]].index(field)
        for level in ("community", "subdistrict", "district"):
            values = result.analyses[0].topics[topic].tables[level][field]
            classes = entry["tables"][level]["colours"][str(place)]
            for value, sign in zip(values, classes["classes"], strict=True):
                if math.isnan(value):
                    assert sign == "-"
                    continue
                met = value >= BEDS_TARGET if topic == 0 else value <= MINUTES_TARGET
                assert (classes["colours"][int(sign)] not in ramp) == met, (level, value)
    # only the first field has the target
    assert "edge" not in beds["tables"]["community"]["colours"]["3"]


def test_a_field_says_itself_whether_less_is_better() -> None:
    """Shares: of those with a bed, more is better; of those without, less; hours are numbers, and less is better."""
    frame = pd.DataFrame({"with": [0.1, 0.9], "without": [0.9, 0.1], "hours": [9.0, 1.0]}, index=["a", "b"])
    frame["per_head"] = frame["hours"]
    fields = (
        Field("with", ("W", "有"), "share"),
        Field("without", ("O", "无"), "share", low_is_good=True),
        Field("hours", ("H", "时"), "number", low_is_good=True),
        Field("per_head", ("P", "均"), "number"),
    )
    names = tuple(field.name for field in fields)
    units = {"community": frame.index}
    topic = Topic("t", ("T", "题"), {"community": frame}, fields, coloured=names)
    entry = topic_entry(topic, units, TEAL)
    assert entry["high_is_worse"] == [False, True, True, False]

    def dark(k: int) -> str:
        """The unit with the darker colour."""
        classes = entry["tables"]["community"]["colours"][str(k)]
        reds = [int(classes["colours"][int(sign)][1:3], 16) for sign in classes["classes"]]
        return str(frame.index[int(np.argmin(reds))])

    assert [dark(k) for k in range(4)] == ["a", "a", "a", "b"]
    left = replace(fields[0], low_is_good=False)
    lost = replace(topic, fields=(left, *fields[1:]), coloured=("without", "with"), low_is_good=True)
    assert topic_entry(lost, units, TEAL)["high_is_worse"] == [True, False]


def test_topic_without_colours_or_areas(result: StudyResult) -> None:
    topic = result.analyses[0].topics[0]
    bare = topic_entry(replace(topic, coloured=(), target=None), {}, TEAL)
    assert bare["coloured"] == []
    head, _ = page_data(page_case(analyses=True, areas=False))
    entry = head["analyses"][0]["topics"][0]
    assert list(entry["tables"]) == ["all"]
    assert entry["tables"]["all"]["colours"] == {}
    assert head["analyses"][0]["listings"][0]["count"] == len(ZONES)


def test_a_field_that_only_some_levels_have() -> None:
    tables = {
        "district": pd.DataFrame({"x": [3.0]}, index=["d"]),
        "community": pd.DataFrame({"x": [1.0, 2.0], "why": ["far", None]}, index=["a", "b"]),
    }
    fields = (
        Field("x", ("X", "某"), total=True),
        Field("why", ("Why", "原因"), "text"),
        Field("none", ("", ""), "text"),
    )
    units = {"district": pd.Index(["d"]), "community": pd.Index(["a", "b"])}
    entry = topic_entry(Topic("t", ("T", "题"), tables, fields, coloured=("x", "why", "none")), units, TEAL)
    assert [f["name"] for f in entry["fields"]] == ["x", "why"]
    assert entry["tables"]["district"]["values"] == [[3], None]
    assert entry["tables"]["community"]["values"] == [[1, 2], ["far", None]]
    assert entry["coloured"] == [0, 1]
    assert entry["tables"]["community"]["colours"]["1"]["classes"] == "0-"
    assert entry["total"] == [3, None]


# --- lists and layers ------------------------------------------------------------------------------------------------


def test_rows_of_lists_lead_to_shapes_units_or_places(head: dict[str, Any]) -> None:
    zones, pairs = head["analyses"][0]["listings"]
    loads, grow = head["analyses"][1]["listings"]
    assert zones["link"] == {"layer": 0, "at": list(range(len(ZONES)))}
    assert pairs["link"] == {"layer": 1, "at": list(range(len(HOMES)))}
    assert loads["link"] is None
    assert grow["link"]["level"] == "community"
    names = head["areas"]["units"]["community"]["id"]
    assert [names[k] for k in grow["link"]["at"]] == ["c01", "c12", "c30"]


def test_numbers_of_rows_are_no_ids_of_something_else() -> None:
    fields = (Field("x", ("X", "某")),)
    layer = MapLayer(
        "other", ("L", "层"), gpd.GeoDataFrame({"x": [1.0]}, geometry=[Point(0, 0)], crs=CRS), fields, "points"
    )
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    units = {"community": pd.Index([0, 1])}
    assert listing_entry(Listing("mine", ("M", "单"), frame, fields), (layer,), units, GRID)["link"] is None
    same = listing_entry(Listing("other", ("M", "单"), frame, fields), (layer,), units, GRID)
    assert same["link"] == {"layer": 0, "at": [0, -1]}
    coded = Listing("mine", ("M", "单"), frame.assign(community_id=[1, None]), fields)
    assert listing_entry(coded, (layer,), units, GRID)["link"] == {"level": "community", "at": [1, -1]}


def test_list_with_a_geometry_of_its_own_leads_there() -> None:
    shapes = [box(*ORIGIN, ORIGIN[0] + 100, ORIGIN[1] + 100), None]
    frame = gpd.GeoDataFrame({"x": [1.0, 2.0]}, geometry=shapes, crs=CRS)
    link = listing_entry(Listing("l", ("L", "单"), frame, (Field("x", ("X", "某")),)), (), {}, GRID)["link"]
    assert link["boxes"][1] is None
    west, south, east, north = link["boxes"][0]
    assert 0 < east - west < 0.002
    assert 0 < north - south < 0.002


def test_list_has_its_sums_and_coded_words(head: dict[str, Any]) -> None:
    zones = head["analyses"][0]["listings"][0]
    names = [f["name"] for f in zones["fields"]]
    assert zones["total"][names.index("elderly")] == sum(zone[5] for zone in ZONES)
    cause = zones["fields"][names.index("cause")]
    assert cause["kind"] == "text"
    assert cause["words"] == {code: [zh, en] for code, (en, zh) in REASONS.items()}
    assert zones["values"][names.index("over_min")] == [18.4, 11, "inf", 2.5]
    loads = head["analyses"][1]["listings"][0]
    assert loads["count"] == len(loads["values"][0]) == LONG


def test_layers_keep_shapes_colours_and_order(result: StudyResult, head: dict[str, Any]) -> None:
    _, columns = unpack(pack(*page_data(result)))
    zones, pairs, homes = head["analyses"][0]["layers"]
    assert [layer["kind"] for layer in (zones, pairs, homes)] == ["polygons", "lines", "points"]
    assert columns["a0.l0.rings"].tolist() == [1] * len(ZONES)
    assert columns["a0.l1.points"].tolist() == [2] * len(HOMES)
    found = columns["a0.l2.xy"].reshape(-1, 2)
    frame = result.analyses[0].layers[2].frame
    expected = GRID.whole(np.column_stack([frame.geometry.x, frame.geometry.y]))
    shift = np.array([GRID.lon0, GRID.lat0]) - head["origin"]
    assert np.abs(found - expected - shift).max() <= 1
    assert zones["classes"]["names"] == [[zh, en] for en, zh in REASONS.values()]
    assert zones["classes"]["classes"] == "0122"
    assert pairs["classes"] is None
    assert homes["classes"]["exact"] == [8, 25, 40, 60, 120]
    assert [layer["shown"] for layer in (zones, pairs, homes)] == [True, True, True]


def test_layers_that_would_hide_the_map_are_off_at_first(result: StudyResult, head: dict[str, Any]) -> None:
    assert [layer["shown"] for layer in head["analyses"][1]["layers"]] == [False]
    first = result.analyses[0].layers[2]
    crowd = pd.concat([first.frame] * (MOST_AT_FIRST // len(HOMES) + 1), ignore_index=True)
    layers = (replace(first, frame=gpd.GeoDataFrame(crowd, crs=CRS)), first, first)
    changed = replace(result, analyses=(replace(result.analyses[0], layers=layers, listings=()),))
    told = page_data(changed)[0]["analyses"][0]["layers"]
    assert [layer["shown"] for layer in told] == [False, True, False]


def test_rows_without_a_shape_are_not_drawn() -> None:
    frame = gpd.GeoDataFrame({"x": [1.0, 2.0, 3.0]}, geometry=[Point(1, 1), None, Point()], crs=CRS)
    layer = MapLayer("l", ("L", "层"), frame, (Field("x", ("X", "某")),), "points")
    assert drawn(layer).frame["x"].tolist() == [1.0]


# --- figures, notes, standards ---------------------------------------------------------------------------------------


def test_figures_of_analyses_are_theirs_alone(result: StudyResult, head: dict[str, Any]) -> None:
    assert head["figures"] == []
    for analysis, told in zip(result.analyses, head["analyses"], strict=True):
        assert told["name"] == [analysis.title[1], analysis.title[0]]
        for figure, entry in zip(analysis.figures, told["figures"], strict=True):
            assert entry["id"] == figure.id
            assert entry["own"]
            assert entry["text"] == [figure.text("zh"), figure.text("en")]
            assert entry["numerator"] == pytest.approx(figure.numerator, abs=1e-4)
            assert entry["share"] == (figure.unit == "share")


def test_notes_stand_once_and_standards_with_their_confidence(result: StudyResult, head: dict[str, Any]) -> None:
    assert [both[1] for both in head["warnings"]] == [
        "3 homes are farther than 100 m from any street.",
        "2 homes tell no beds.",
    ]
    every = replace(result, warnings=(*result.warnings, *result.analyses[0].warnings))
    assert page_data(every)[0]["warnings"] == head["warnings"]
    (standard,) = head["analyses"][0]["standards"]
    assert (standard["value"], standard["unit"], standard["confidence"]) == (15, "min", "unverified")
    unknown = replace(result, analyses=(replace(result.analyses[0], standards=("nowhere",)),))
    assert page_data(unknown)[0]["analyses"][0]["standards"] == []


def test_page_without_analyses_knows_none() -> None:
    head, columns = page_data(page_case())
    assert head["analyses"] == []
    assert not [column.name for column in columns if column.name.startswith("a0")]


def test_words_of_analyses_are_among_the_pages() -> None:
    assert ANALYSIS_WORDS.keys() <= WORDS.keys()
    assert all(WORDS[key] == both for key, both in ANALYSIS_WORDS.items())


def test_page_with_analyses_is_the_same_every_time_and_small(result: StudyResult) -> None:
    html = map_html(result)
    assert html == map_html(result)
    assert len(html) - len(map_html(replace(result, analyses=()))) < 16_000


def test_names_in_analyses_never_stand_in_the_page_as_markup() -> None:
    html = map_html(page_case(hostile=True, analyses=True))
    assert html.count("</script>") == map_html(page_case(analyses=True)).count("</script>")
    assert "window.pwned" not in html.split("</title>")[1]

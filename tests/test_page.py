"""The meeting page as a file: its data container, what it knows, and that it asks nobody for anything."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import folium
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from civicreach.errors import Note
from civicreach.maps import draw_map, map_html
from civicreach.maps.base_layers import road_rank
from civicreach.maps.encode import Column, pack, unpack, unvarints, varints
from civicreach.maps.layers_data import SIZE_FROM, home_costs, study_bounds
from civicreach.maps.lived_in import lived_in_bounds
from civicreach.maps.offline import leaflet_css, leaflet_js
from civicreach.maps.page_tables import service_head
from civicreach.maps.palette import RAMPS
from civicreach.maps.shapes import Grid, polygons
from civicreach.maps.spoken import group_name
from civicreach.maps.web import page_data
from civicreach.maps.words import WORDS, in_language, word
from civicreach.measures.result import StudyResult
from civicreach.report.notes import standard_line
from page_case import CRS, ORIGIN, page_case

OF_ONE_LANGUAGE = {"level", "levels", "group", "label"}
"""Gaps that one language needs and the other doesn't: a plural, a group that stands in another place."""


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return page_case()


@pytest.fixture(scope="module")
def html(result: StudyResult) -> str:
    return map_html(result)


@pytest.fixture(scope="module")
def hostile() -> StudyResult:
    return page_case(hostile=True)


# --- the container ---------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2**31 - 1)))
def test_varints_come_back(values: list[int]) -> None:
    numbers = np.array(values, dtype=np.int64)
    assert unvarints(varints(numbers), len(numbers)).tolist() == values


@given(st.lists(st.tuples(st.integers(-(2**29), 2**29), st.integers(-(2**29), 2**29))), st.text())
def test_header_and_columns_come_back(pairs: list[tuple[int, int]], text: str) -> None:
    flat = np.array(pairs, dtype=np.int64).reshape(-1)
    columns = [Column("p", "p", flat), Column("d", "d", flat), Column("u", "u", np.abs(flat))]
    head, found = unpack(pack({"text": text, "none": None}, columns))
    assert head["text"] == text
    assert head["none"] is None
    assert found["p"].tolist() == flat.tolist() == found["d"].tolist()
    assert found["u"].tolist() == np.abs(flat).tolist()


def test_container_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match="below 0"):
        Column("u", "u", np.array([-1]))
    with pytest.raises(ValueError, match="even count"):
        Column("p", "p", np.array([1]))
    with pytest.raises(ValueError, match="32 bits"):
        Column("d", "d", np.array([2**31]))
    with pytest.raises(ValueError, match="JSON compliant"):
        pack({"x": float("nan")}, [])


def test_columns_of_steps_come_back_smaller() -> None:
    pairs = 40 * np.random.default_rng(1).integers(-90, 90, 400)
    plain, stepped = Column("p", "p", pairs), Column("p", "p", pairs, 10)
    sizes = [sum(len(part or b"") for part in column.encode()) for column in (stepped, plain)]
    assert sizes[0] < sizes[1]
    assert unpack(pack({}, [stepped]))[1]["p"].tolist() == pairs.tolist()
    with pytest.raises(ValueError, match="no multiples of 7"):
        Column("p", "p", pairs, 7)


def test_container_refuses_other_versions_and_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicreach.maps.encode.VERSION", 99)
    text = pack({}, [Column("u", "u", np.array([1, 2]))])
    monkeypatch.undo()
    with pytest.raises(ValueError, match="version"):
        unpack(text)
    with pytest.raises(ValueError, match="don't hold"):
        unvarints(b"\x80", 1)
    with pytest.raises(ValueError, match="don't hold"):
        unvarints(b"\x01\x02", 1)


# --- what the page knows ---------------------------------------------------------------------------------------------


def test_figures_are_the_results_own(result: StudyResult) -> None:
    head, _ = page_data(result)
    told = {figure["id"]: figure for service in head["services"] for figure in service["figures"]}
    assert set(told) == {figure.id for figure in result.figures}
    for figure in result.figures:
        assert told[figure.id]["text"] == [figure.text("zh"), figure.text("en")]
        assert told[figure.id]["denominator_name"] == [figure.denominator_name_zh, figure.denominator_name]
        assert told[figure.id]["value"] == pytest.approx(figure.value, abs=1e-12)
        assert told[figure.id]["numerator"] == figure.numerator
        assert told[figure.id]["denominator"] == figure.denominator
        assert told[figure.id]["definition"] == [figure.definition_zh, figure.definition]


def test_gap_list_keeps_its_order_and_tables_their_units(result: StudyResult) -> None:
    head, _ = page_data(result)
    assert result.areas is not None
    for service, told in zip(result.services, head["services"], strict=True):
        names = head["areas"]["units"]["community"]["name"]
        assert [names[i] for i in told["gaps"]["unit"]] == service.gaps["community"].tolist()
        assert told["gaps"]["uncovered"] == sorted(told["gaps"]["uncovered"], reverse=True)
        table = service.tables["subdistrict"]
        assert told["tables"]["subdistrict"]["id"] == table.index.tolist()
        assert told["total"]["total"] == table[service.service.group].sum()


def test_a_limit_of_the_study_s_own_is_never_said_to_be_the_standard_s(result: StudyResult) -> None:
    standards = result.study.standards
    circle = next(each for each in result.services if each.service.standard is not None)
    key = circle.service.standard
    assert key is not None
    like, unit = standards[key].value, "m" if standards[key].unit == "m" else "min"
    for limit, own in ((like, False), (like + 1, True)):
        held = replace(circle, limit=limit, limit_unit=unit)
        page = service_head(0, held, result)["standard"]["name"]
        assert ["本研究设定" in page[0], "set by the study" in page[1]] == [own, own]
        line = standard_line(result, held)
        assert ("本研究设定" in line or "set by the study" in line) == own


def test_notes_and_profiles_are_told_in_both_languages(result: StudyResult) -> None:
    head, _ = page_data(result)
    assert head["warnings"] == [["3处居住点距道路超过100米。", "3 homes are farther than 100 m from any street."]]
    assert head["services"][0]["profile"] == ["老年人", "older people"]
    noted = replace(result, demand=replace(result.demand, note=Note("assumed", "假定")))
    assert page_data(noted)[0]["study"]["counts"] == ["假定", "assumed"]
    assert head["study"]["unit_words"]["elderly"] == ["人", "people"]


def test_a_weight_is_never_called_people() -> None:
    note = "二手房挂牌套数，不是人口"
    head, _ = page_data(page_case(weight_note=note))
    assert head["study"]["group_words"] == {"people": ["二手房挂牌套数"] * 2, "elderly": ["二手房挂牌套数"] * 2}
    assert head["study"]["unit_words"] == {"people": ["", ""], "elderly": ["", ""]}
    told = {f["id"]: f for service in head["services"] for f in service["figures"]}
    assert told["circle.park.people_share"]["label"] == [
        "公园入口：二手房挂牌套数标准内",
        "Park entrance: people_share of 二手房挂牌套数",
    ]
    assert all(re.fullmatch(r"\d+", text) for text in told["circle.park.at_edge"]["text"])


def test_group_names_of_weights_keep_what_a_study_calls_them(result: StudyResult) -> None:
    spec = result.study.demand.model_copy(
        update={"weight_note": "not people: listings", "labels": {"people": "房源，套"}}
    )
    study = result.study.model_copy(update={"demand": spec})
    assert group_name(study, "people") == ["房源，套", "not people: listings"]


def test_gap_without_a_time_says_why(result: StudyResult) -> None:
    service, areas = result.services[0], result.areas
    assert areas is not None
    first, second, third = service.gaps.index[:3]
    rows, gaps = service.demand.copy(), service.gaps.copy()
    unit = result.demand.frame["community_id"]
    for name, status in ((first, "unsnapped"), (second, "beyond"), (third, "edge")):
        rows.loc[unit == name, ["status"]] = status
        rows.loc[unit == name, "nearest_min"] = np.nan
        gaps.loc[name, "nearest_min"] = np.nan
    changed = replace(result, services=(replace(service, demand=rows, gaps=gaps),))
    told = page_data(changed)[0]["services"][0]["gaps"]
    assert told["nearest"][:3] == [None] * 3
    assert told["why"][:3] == ["unsnapped", "beyond", "edge"]


def test_first_view_goes_where_people_live(result: StudyResult) -> None:
    whole = study_bounds(result)
    assert lived_in_bounds(result, whole) == whole
    far = (whole[0] - 40_000, whole[1] - 40_000, whole[2] + 40_000, whole[3] + 40_000)
    west, south, east, north = lived_in_bounds(result, far)
    assert whole[0] - 1_000 < west < ORIGIN[0] + 700
    assert whole[1] - 1_000 < south < ORIGIN[1] + 900
    assert ORIGIN[0] + 5_200 < east < whole[2] + 1_000
    assert ORIGIN[1] + 3_300 < north < whole[3] + 1_000


def test_homes_carry_classes_and_never_amounts(result: StudyResult) -> None:
    _, columns = page_data(result)
    found = {column.name: column.values for column in columns}
    people = result.demand.frame["people"].to_numpy()
    assert people.max() > len(SIZE_FROM)
    assert found["homes.people"].max() <= len(SIZE_FROM)
    lived = result.demand.frame[["people", "elderly"]].sum(axis=1) > 0
    assert len(found["homes.people"]) == lived.sum() == len(found["s0.homes.status"])


def test_home_costs_never_cross_the_limit_by_rounding() -> None:
    import pandas as pd

    costs = home_costs(pd.Series([14.96, 15.0, 15.0001, float("nan")]), "min")
    assert costs.tolist() == [151, 151, 152, 0]  # tenths of minutes, plus one


def test_coordinates_come_back_within_a_decimetre(result: StudyResult) -> None:
    from pyproj import Transformer

    head, columns = page_data(result)
    xy = next(c.values for c in columns if c.name == "s0.facilities.xy").reshape(-1, 2)
    lon, lat = (xy + head["origin"]).T / 1e6
    back = np.column_stack(Transformer.from_crs(4326, result.crs, always_xy=True).transform(lon, lat))
    places = result.services[0].facilities.geometry
    assert np.abs(back - np.column_stack([places.x, places.y])).max() < 0.11


def test_polygons_keep_parts_and_holes_and_empty_shapes_their_place() -> None:
    from shapely.geometry import MultiPolygon, box

    holed = box(0, 0, 100, 100).difference(box(20, 20, 60, 60))
    shapes = np.array(
        [MultiPolygon([holed, box(200, 0, 300, 100)]), MultiPolygon(), box(0, 0, 1e-4, 1e-4), None], dtype=object
    )
    shapes = np.array(
        [shapely.transform(s, lambda xy: xy + np.array([500_000, 3_400_000])) if s else s for s in shapes]
    )
    found = {c.name: c.values.tolist() for c in polygons("x", shapes, Grid.over(CRS, (499_900, 3_399_900, 0, 0)))}
    assert found["x.rings"] == [3, 0, 0, 0]
    assert found["x.points"] == [4, 4, 4]
    assert len(found["x.xy"]) == 24


def test_every_phrase_has_both_languages_and_the_same_gaps() -> None:
    for key, (chinese, english) in WORDS.items():
        assert all((chinese, english)), key
        gaps = [set(re.findall(r"\{(\w+)\}", text)) - OF_ONE_LANGUAGE for text in (chinese, english)]
        assert gaps[0] == gaps[1], key
    assert in_language("en")["legend"] == "Legend"
    assert word("year", "zh", year=2026) == "数据年份 2026"


def test_phrases_that_the_scripts_ask_for_exist() -> None:
    folder = Path(draw_map.__code__.co_filename).parent / "assets"
    asked = {
        key for script in folder.glob("*.js") for key in re.findall(r"cr\.t\('(\w+)'\s*[,)]", script.read_text("utf-8"))
    }
    assert asked
    assert asked <= set(WORDS)


def test_ramps_darken_steadily() -> None:
    for ramp in RAMPS:
        grey = [0.299 * int(c[1:3], 16) + 0.587 * int(c[3:5], 16) + 0.114 * int(c[5:7], 16) for c in ramp.light_to_dark]
        assert all(a - b > 20 for a, b in pairwise(grey)), ramp.name


def test_road_classes_rank_as_they_are_drawn() -> None:
    import pandas as pd

    assert road_rank(pd.Series(["trunk_link", "residential", "footway", "steps", "ferry", "?"])).tolist() == [
        0,
        4,
        6,
        7,
        8,
        5,
    ]


# --- one file that asks nobody ---------------------------------------------------------------------------------------


def references(html: str) -> list[str]:
    """Everything in a page that a browser would fetch: src, href, url(), @import."""
    markup = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    attributes = re.findall(r"""<[^>]*?\b(?:src|href|data|action|poster|srcset)\s*=\s*["']?([^"'\s>]+)""", markup)
    return attributes + re.findall(r"""url\(\s*["']?([^"')]+)""", html) + re.findall(r"@import[^;]+;", html)


def test_page_refers_to_nothing_outside(html: str) -> None:
    body = html.replace(leaflet_js(), "")
    assert all(found.startswith(("data:", "#")) for found in references(body)), references(body)
    assert "sourceMappingURL" not in html
    for host in ("cdn.", "jsdelivr", "cloudflare", "jquery", "bootstrap", "fontawesome", "unpkg", "googleapis"):
        assert host not in html.lower()
    assert not re.findall(r"<(?:link|iframe|object|embed|script[^>]+src)", body)
    assert "url(images" not in leaflet_css()
    assert "behavior" not in leaflet_css()


def test_page_is_the_same_every_time_and_small(result: StudyResult, html: str) -> None:
    assert html == map_html(result)
    assert len(html) < 600_000


def test_names_never_stand_in_the_page_as_markup(hostile: StudyResult, html: str) -> None:
    kind = html.count("</script>")
    html = map_html(hostile)
    (title,) = re.findall(r"<title>(.*?)</title>", html, flags=re.DOTALL)
    assert html.count("window.pwned") == title.count("window.pwned")
    assert "<" not in title
    assert ">" not in title
    assert html.count("</script>") == kind


def test_map_is_a_folium_map_that_takes_more(result: StudyResult) -> None:
    found = draw_map(result, language="en")
    assert isinstance(found, folium.Map)
    folium.Circle([30.72, 114.02], radius=200, tooltip="more").add_to(found)
    html = found.get_root().render()
    assert "L.circle(" in html
    assert '<html lang="en">' in html
    assert "<iframe srcdoc=" in found._repr_html_()

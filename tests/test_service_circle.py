"""The service circle of one service on the cross road of towns.py, every number by hand.

::

    homes (people): a (-100, 0) 1   b (100, 0) 2   c (500, 0) 4   d (0, 590) 8   far (400, 400) 16   out (0, 640) 32
    centres: west (-300, 0), east (300, 0); 5 minutes at 1 m/s = 300 m along the streets
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

import towns
from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.measures import ServiceCircle, service_circle
from civicreach.measures.service_circle import Place
from civicreach.measures.words import group_words, unit_words
from civicreach.network import build_network
from civicreach.study import Study

HOMES = {"a": (-100, 0), "b": (100, 0), "c": (500, 0), "d": (0, 590), "far": (400, 400), "out": (0, 640)}
PEOPLE = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def study(**demand: Any) -> Study:
    return Study.model_validate(
        {
            "study": {"name": "十字镇", "name_en": "Crosstown", "year": 2026, "minutes": [2, 5]},
            "roads": {"file": "roads.osm"},
            "demand": {"method": "points", "file": "homes.csv", "groups": ["people"], **demand},
            "services": [
                {"id": "centre", "name": "站", "name_en": "Centre", "file": "c.csv", "profile": "walker", "minutes": 5}
            ],
            "profiles": {"walker": towns.WALKER.model_dump()},
            "folder": Path.cwd(),
        }
    )


def areas() -> Areas:
    frame = gpd.GeoDataFrame(
        {"community_id": ["south", "north"], "city_id": ["x", "x"]},
        geometry=[shapely.box(-700, -300, 700, 300), shapely.box(-700, 300, 700, 620)],
        crs=towns.CRS,
    )
    return Areas(frame)


def circle(asked: Study | None = None, **centres: tuple[float, float]) -> ServiceCircle:
    asked = asked or study()
    demand = towns.demand(HOMES, PEOPLE).in_areas(areas())
    layer = towns.facilities(centres or {"west": (-300, 0), "east": (300, 0)})
    network = build_network(towns.cross_road(), towns.WALKER)
    return service_circle(asked, asked.services[0], Place(demand, areas()), layer, network)


def test_statuses_and_nearest() -> None:
    rows = circle().demand
    assert rows["status"].to_dict() == {
        "a": "covered",  # 200 m to west
        "b": "covered",  # 200 m to east
        "c": "covered",  # 200 m to east
        "d": "edge",  # 890 m to either, but 10 m from the end of the northern arm
        "far": "unsnapped",
        "out": "outside",
    }
    assert rows["nearest_facility_id"].tolist()[:4] == ["west", "east", "east", "west"]
    assert rows["nearest_min"].tolist()[:4] == pytest.approx([200 / 60, 200 / 60, 200 / 60, 890 / 60])
    assert np.isnan(rows["nearest_min"]["far"])
    assert rows["straight_m"]["c"] == 200.0


def test_figures() -> None:
    figures = {f.id.removeprefix("circle.centre."): f for f in circle().figures}
    share = figures["people_share"]
    assert (share.numerator, share.denominator, share.value) == (7.0, 31.0, 7 / 31)  # out lives in no area
    # as the crow flies nobody else is within 300 m: d is 662 m away
    assert figures["straight_line_share"].numerator == 7.0
    assert figures["communities_presence_share"].value == 0.5
    assert figures["communities_served_share"].value == 0.5  # south 7 of 7, north 0 of 24
    amounts = {name: figures[name].value for name in ("uncovered", "unsnapped", "at_edge", "outside")}
    assert amounts == {"uncovered": 24.0, "unsnapped": 16.0, "at_edge": 8.0, "outside": 32.0}
    assert figures["facility_count"].value == 2


def test_every_figure_speaks_two_languages_and_has_an_id_of_its_own() -> None:
    figures = circle().figures
    assert len({f.id for f in figures}) == len(figures)
    for figure in figures:
        assert figure.definition
        assert figure.label
        for text in (figure.definition_zh, figure.label_zh):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
        if figure.denominator is not None:
            assert figure.value == figure.per * figure.numerator / figure.denominator
            assert figure.denominator_name
            assert figure.denominator_name_zh


def test_catchments_and_reach_of_each_centre() -> None:
    table = circle().facilities
    assert table["catchment_people"].to_dict() == {"west": 1.0, "east": 6.0}
    assert table["reached_people"].to_dict() == {"west": 1.0, "east": 6.0}
    # closer together each reaches a and b (200 m and less), but everyone is counted once in a catchment
    table = circle(west=(-100, 0), east=(150, 0)).facilities
    assert table["catchment_people"].to_dict() == {"west": 1.0, "east": 2.0}
    assert table["reached_people"].to_dict() == {"west": 3.0, "east": 3.0}


def test_gaps_are_worst_first_with_the_median_time_of_the_uncovered() -> None:
    gaps = circle(west=(-300, 0)).gaps
    # south: c alone, 800 m; north: d 890 m (8 people) and far (16), who reaches nothing, and half are 12
    assert gaps.index.tolist() == ["north", "south"]
    assert gaps["people_uncovered"].tolist() == [24.0, 6.0]
    assert np.isnan(gaps["nearest_min"]["north"])
    assert gaps["nearest_min"]["south"] == pytest.approx(800 / 60)
    assert gaps["point_count"].tolist() == [2, 2]


def test_planned_and_closed_facilities_don_t_serve() -> None:
    asked = study()
    demand = towns.demand(HOMES, PEOPLE).in_areas(areas())
    layer = towns.facilities({"west": (-300, 0), "east": (300, 0)}, status=["existing", "planned"])
    network = build_network(towns.cross_road(), towns.WALKER)
    found = service_circle(asked, asked.services[0], Place(demand, areas()), layer, network)
    assert found.facilities.index.tolist() == ["west"]
    assert found.figures[0].numerator == 1.0


def test_weights_are_never_called_residents() -> None:
    asked = study(weight_note="挂牌套数，不是人口")
    assert group_words(asked, "people") == ("挂牌套数",) * 2
    assert unit_words(asked, "people") == ("", "")
    named = study(
        weight_note="flats on offer, not people", labels={"people": "挂牌房源"}, labels_en={"people": "flats"}
    )
    assert group_words(named, "people") == ("flats", "挂牌房源")
    for figure in circle(asked).figures:
        assert "居民" not in figure.definition_zh + figure.label_zh + figure.denominator_name_zh
        assert "residents" not in figure.definition + figure.label + figure.denominator_name
        assert figure.unit != "people"


def test_shapes_are_there_for_every_band_and_the_standard() -> None:
    found = circle()
    assert found.isochrones["minutes"].tolist() == [2.0, 5.0] * 2
    assert found.isochrones["name"].tolist() == ["west", "west", "east", "east"]
    assert found.service_area["minutes"].tolist() == [2.0, 5.0]
    # 120 m to each side of both; then 300 m: west and east meet at O, and go 300 m outwards
    lengths = found.reached_roads.length.groupby(found.reached_roads["minutes"]).sum()
    assert lengths.to_dict() == pytest.approx({2.0: 480.0, 5.0: 1200.0 - 480.0})


def held_to(minutes: float, clause: str = "5.0.2") -> ServiceCircle:
    """The circle of 5 minutes, or so many, with a standard of 5 minutes beside it."""
    five = {"key": "five", "name_zh": "五分钟", "name_en": "Five", "value": 5, "unit": "min", "clause": clause}
    told = {**study().model_dump(), "standards": {"five": {**five, "source": "GB", "confidence": "verified"}}}
    told["services"] = [{**told["services"][0], "standard": "five", "minutes": minutes}]
    return circle(Study.model_validate(told))


def test_a_limit_of_the_study_s_own_is_not_cited_as_the_standard() -> None:
    share = held_to(4).figures[0]
    assert share.sources[0] == "set by the study; the standard says 5 min (5.0.2: GB [verified]) [unverified]"
    assert Note.told(share.sources[0], "zh") == "本研究设定，标准为5分钟（5.0.2：GB [verified]） [unverified]"
    assert "set by the study; the standard says 5 min" in share.definition
    assert "本研究设定，标准为5分钟" in share.definition_zh
    same = held_to(5).figures[0]
    assert same.sources[0] == "5.0.2: GB [verified]"
    assert "standard says" not in same.definition
    assert held_to(5, clause="").figures[0].sources[0] == "GB [verified]"

"""The analysis as a whole: levels add up, words in both languages, what is left out, and the sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from civicreach.errors import Note, StudyError
from civicreach.layers import Demand
from civicreach.measures.analysis import Analysis, Field
from civicreach.measures.elder import elder_gaps
from civicreach.measures.rollup import total_row
from elder_town import ELDER, ELDERLY_OUT, PLACES, figures_of, layers, listing_of, street, street_areas, street_homes


@pytest.fixture(scope="module")
def found() -> Analysis:
    return elder_gaps(street())


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_level_adds_up_to_the_same_total(found: Analysis) -> None:
    for topic in found.topics:
        summed = [field.name for field in topic.fields if field.total]
        assert summed
        totals = [table[summed].sum().round(6).to_dict() for table in topic.tables.values()]
        if topic.id == "elder_villages":
            assert len(topic.tables) == 3
        assert all(total == totals[0] for total in totals), topic.id


def test_ratios_are_ratios_of_sums_on_every_level(found: Analysis) -> None:
    checked = 0
    for topic in found.topics:
        for table in topic.tables.values():
            for field in topic.fields:
                if field.ratio is not None and {*field.ratio[:2]} <= set(table.columns):
                    above, below, factor = field.ratio
                    expected = factor * table[above] / table[below].where(table[below] > 0)
                    pd.testing.assert_series_equal(table[field.name], expected, check_names=False)
                    checked += 1
    assert checked > 30


def test_ids_are_unique_and_figures_say_what_they_divide(found: Analysis) -> None:
    for kind in (found.figures, found.topics, found.listings, found.layers):
        ids = [each.id for each in kind]
        assert len(set(ids)) == len(ids)
    for figure in found.figures:
        assert figure.id.startswith("elder.")
        if figure.denominator is not None:
            assert figure.value == figure.per * figure.numerator / figure.denominator
            assert figure.denominator_name
            assert chinese(figure.denominator_name_zh)
        if figure.unit == "share":
            assert figure.value is not None
            assert 0 <= figure.value <= 1
    kinds = {"people_share": "people", "communities_presence_share": "presence", "communities_served_share": "served"}
    for name, kind in kinds.items():
        assert f"({kind}" in figures_of(found)[name].definition


def words_of(found: Analysis) -> list[tuple[str, str]]:
    parts = [*found.topics, *found.listings, *found.layers]
    fields: list[Field] = [field for part in parts for field in part.fields]
    words = [found.title, *(part.title for part in parts), *(field.header for field in fields)]
    words += [pair for field in fields for name, pair in field.words.items() if name]
    words += [part.rule for part in (*found.topics, *found.listings)]
    words += [(figure.definition, figure.definition_zh) for figure in found.figures]
    words += [(figure.label, figure.label_zh) for figure in found.figures]
    return [*words, *((str(note), Note.told(note, "zh")) for note in found.warnings)]


def test_everything_is_told_in_english_and_chinese(found: Analysis) -> None:
    for english, translated in words_of(found):
        assert english
        assert not chinese(english.replace("站", "")), english  # names of services are the study's own
        assert chinese(translated), translated
        assert "{" not in english + translated


def test_listings_and_layers_hold_their_fields(found: Analysis) -> None:
    for part in (*found.listings, *found.layers):
        assert {field.name for field in part.fields} <= set(part.frame.columns), part.id
        assert part.frame.index.is_unique
    for layer in found.layers:
        assert layer.frame.geometry.is_valid.all()
        assert layer.frame.crs.to_epsg() == 32650
        assert layer.colour_by in layer.frame.columns
    for listing in found.listings:
        if len(listing.frame) > 1:
            total_row(listing.frame, listing.fields)


def test_zones_hold_everyone_who_is_not_covered(found: Analysis) -> None:
    zones = listing_of(found, "elder_gap_zones").frame
    assert zones["elderly_uncovered"].sum() == figures_of(found)["uncovered"].value
    everyone_covered = elder_gaps(street(homes=street_homes({"a1": 5.0})))
    assert not [listing for listing in everyone_covered.listings if listing.id == "elder_gap_zones"]


def test_standards_that_numbers_rest_on(found: Analysis) -> None:
    assert set(found.standards) == {
        "elder.urban_station_share", "elder.demonstration_per_subdistrict", "elder.village_centre_share",
        "elder.beds_per_1000.plan", "elder.beds_per_1000.gb50437", "elder.nursing_bed_share",
    }  # fmt: skip
    share = figures_of(found)["villages_presence_share"]
    assert share.sources == ("Wuhan civil affairs plan 2016-2020 4.3.1: the plan [verified]",)
    assert Note.told(share.sources[0], "zh") == "武汉市民政事业发展十三五规划 4.3.1：规划原文 [verified]"


def test_the_order_of_homes_changes_nothing(found: Analysis) -> None:
    other = elder_gaps(street(homes=street_homes(dict(reversed(ELDERLY_OUT.items())))))
    assert {f.id: f.value for f in other.figures} == pytest.approx({f.id: f.value for f in found.figures})
    for mine, theirs in zip(found.topics, other.topics, strict=True):
        for level, table in mine.tables.items():
            pd.testing.assert_frame_equal(table, theirs.tables[level])


def test_the_caller_s_layers_stay_as_they_are() -> None:
    ground = street()
    before = [ground.demand.frame.copy(), *(layer.frame.copy() for layer in ground.facilities.values())]
    elder_gaps(ground)
    for old, new in zip(before, [ground.demand.frame, *(f.frame for f in ground.facilities.values())], strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(old), pd.DataFrame(new))


def test_without_areas_everything_is_told_for_the_whole_place() -> None:
    found = elder_gaps(street(areas=None))
    assert all(list(topic.tables) == ["all"] for topic in found.topics)
    figures = figures_of(found)
    assert (figures["people_share"].numerator, figures["people_share"].denominator) == (270, 5110)
    assert figures["beds_per_1000"].denominator == 5110
    assert not [name for name in figures if "communities" in name or "subdistrict" in name or "village" in name]
    assert not [layer for layer in found.layers if layer.id == "elder_home_catchments"]
    told = "\n".join(found.warnings)
    for sentence in ("no subdistricts", "villages are left out", "land of homes' catchments is left out"):
        assert sentence in told


def test_areas_of_other_levels() -> None:
    found = elder_gaps(street(areas=street_areas(drop=("subdistrict", "district"))))
    assert "subdistricts_demonstration_share" not in figures_of(found)
    assert figures_of(found)["communities_presence_share"].value == 0.4
    areas = street_areas()
    frame = areas.frame.drop(columns=["community_id", "community"]).reset_index(drop=True)
    frame["subdistrict_id"] = ["t1", "t2", "v", "w", "x"]
    found = elder_gaps(street(areas=replace(areas, frame=frame.drop(columns="subdistrict"))))
    assert figures_of(found)["subdistricts_presence_share"].denominator == 5
    assert figures_of(found)["subdistricts_demonstration_share"].denominator == 5
    assert any("villages are left out" in note for note in found.warnings)


def test_weights_are_never_called_residents() -> None:
    found = elder_gaps(street(demand={"weight_note": "flats, not people"}))
    for english, translated in words_of(found):
        assert "residents" not in english
        assert "老年人（人）" not in translated
    assert figures_of(found)["uncovered"].unit == ""
    noted = street_homes()
    noted = Demand(noted.frame, noted.groups, note=Note("spread by area", "按面积分摊"))
    figures = figures_of(elder_gaps(street(homes=noted)))
    assert figures["people_share"].definition.endswith("Amounts: spread by area.")
    assert figures["beds_per_1000"].definition_zh.endswith("数量依据：按面积分摊。")


def test_ids_that_services_share_are_told_apart() -> None:
    club = layers()["club"].frame.rename(index={"c1": "s1"})
    found = elder_gaps(street(club=type(layers()["club"])(club, "club")))
    frame = listing_of(found, "elder_demonstration_candidates").frame.set_index("subdistrict_id")
    assert frame.loc["town", ["candidate_id", "second_id"]].tolist() == ["s2", "station:s1"]
    assert figures_of(found)["people_share"].numerator == 270


def test_a_study_that_can_t_be_answered() -> None:
    ground = street()
    with pytest.raises(StudyError, match="needs a section"):
        elder_gaps(replace(ground, study=ground.study.model_copy(update={"elder": None})))
    with pytest.raises(StudyError, match="station has no circle"):
        elder_gaps(replace(ground, circles={"club": ground.circles["club"]}))
    assert ELDER["stations"] == ["station", "club"]


def test_nobody_and_nothing_in_reach() -> None:
    # all elderly live off the network
    found = elder_gaps(street(homes=street_homes({"n": 10.0, "a1": 0.0}), elder={"pair_minutes": 1}))
    figures = figures_of(found)
    assert figures["people_share"].value == 0
    assert figures["without_bed_share"].value == 1
    assert np.isnan(listing_of(found, "elder_equity").frame["mean"][1])
    assert PLACES["n"] == (2500.0, 300.0)

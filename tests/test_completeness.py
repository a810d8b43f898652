"""The complete service circle by hand on one street, against brute force, and its laws.

::

    a        S   b       c d,e      P         f                   g           5 minutes at 1 m/s = 300 m
    ━━━━━━━━━━━━━━━━━━━━━━━K━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━       u lives 900 m north of K, on no street
   -500    -250 -200       0 50,51  250      500                 1000         out 150 m south of K, in none of the areas

    home         a    b    c    d    e    f    g    u      west: a b, mid: c d e (both subdistrict s1, urban)
    people       1    2   16    8    4   32  128   64      east: f g, north: u   (both subdistrict s2, rural)
    school S   250   50  250  300  301  750 1250    -      27 people within 300 m
    clinic K   500  200    0   50   51  500 1000    -      30
    park P     750  450  250  200  199  250  750    -      60
    reached      1    2    3    3    2    1    0    0      117 of 3 x 255; all three: 24 people, none: 192
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from civicreach.errors import LayerError, Note
from civicreach.layers import Areas, Demand
from civicreach.measures.analysis import Analysis, Listing
from civicreach.measures.circle import circle_completeness, completeness, ring_reached
from civicreach.measures.circle.completeness import circle_group
from civicreach.measures.circle.lists import presence
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import total_row
from civicreach.study import RingSpec
from little_ground import a_ground, a_study

HOMES = {
    "a": (-500.0, 0.0), "b": (-200.0, 0.0), "c": (0.0, 0.0), "d": (50.0, 0.0), "e": (51.0, 0.0), "f": (500.0, 0.0),
    "g": (1000.0, 0.0), "u": (0.0, 900.0), "out": (0.0, -150.0),
}  # fmt: skip
PEOPLE = [1.0, 2.0, 16.0, 8.0, 4.0, 32.0, 128.0, 64.0, 256.0]
SITES = {"school": {"S": (-250.0, 0.0)}, "clinic": {"K": (0.0, 0.0)}, "park": {"P": (250.0, 0.0)}}
SERVICES: dict[str, dict[str, Any]] = {
    "school": {},
    "clinic": {},
    "park": {"minutes": None, "standard": "width", "profile": "fast"},  # 300 m, whoever walks
    "depot": {"circle": False, "minutes": None},
    "stock": {"circle": False, "minutes": None},
}
GROUPS = ("people", "elderly")
STREET = towns.roads({"A": (-1500, 0), "B": (1500, 0)}, [("A B", "residential", 0)])


def areas() -> Areas:
    rows = {
        "west": ("s1", True, shapely.box(-1600, -100, -100, 500)),
        "mid": ("s1", True, shapely.box(-100, -100, 100, 500)),
        "east": ("s2", False, shapely.box(100, -100, 1600, 500)),
        "north": ("s2", False, shapely.box(-1600, 500, 1600, 1500)),
    }
    table = {
        "community_id": list(rows),
        "subdistrict_id": [row[0] for row in rows.values()],
        "district_id": [row[0].replace("s", "d") for row in rows.values()],
        "city_id": "x",
        "urban": [row[1] for row in rows.values()],
    }
    return Areas(gpd.GeoDataFrame(table, geometry=[row[2] for row in rows.values()], crs=towns.CRS))


def homes_of(places: Mapping[str, tuple[float, float]] = HOMES, people: list[float] | None = None) -> Demand:
    frame = towns.demand(dict(places), people or PEOPLE).frame.assign(elderly=1.0)
    return Demand(frame, GROUPS)


def street(
    sites: Mapping[str, Mapping[str, tuple[float, float]]] = SITES,
    *,
    homes: Demand | None = None,
    within: Areas | None = None,
    circle: Mapping[str, Any] | None = None,
    **sections: Any,
) -> Ground:
    study = a_study(SERVICES, GROUPS, circle=dict(circle or {}), **sections)
    layers = {name: towns.facilities(dict(places)) for name, places in sites.items()}
    layers["depot"] = layers["stock"] = towns.facilities({"D": (500.0, 0.0)})
    return a_ground(study, STREET, homes or homes_of(), layers, within, cut_at=(-1500, 0))


@pytest.fixture(scope="module")
def ground() -> Ground:
    rings = [
        {"id": "near", "name": "近圈", "metres": 200, "services": ["clinic", "park"], "profile": "walker"},
        {"id": "wide", "name": "远圈", "standard": "width", "services": ["school", "park"], "profile": "fast"},
        {"id": "own", "name": "各自", "services": ["school", "clinic"], "profile": "walker"},
        {"id": "quick", "name": "快圈", "minutes": 2.5, "services": ["clinic"], "profile": "fast"},
        {"id": "store", "name": "库", "metres": 100, "services": ["depot"], "profile": "walker"},
    ]
    return street(within=areas(), circle={"rings": rings})


@pytest.fixture(scope="module")
def analysis(ground: Ground) -> Analysis:
    return circle_completeness(ground)


def listing(analysis: Analysis, name: str) -> pd.DataFrame:
    found: Listing = next(each for each in analysis.listings if each.id == name)
    return found.frame


def figure(analysis: Analysis, name: str) -> tuple[float | None, float | None]:
    found = next(each for each in analysis.figures if each.id == name)
    return found.numerator, found.denominator


def test_every_home_counts_the_services_within_their_own_standards(ground: Ground) -> None:
    homes = completeness(ground)
    assert homes["reached_count"].tolist()[:8] == [1, 2, 3, 3, 2, 1, 0, 0]
    assert homes["missing_count"].tolist()[:8] == [2, 1, 0, 0, 1, 2, 3, 3]
    assert homes.loc["d", ["school_reached", "clinic_reached", "park_reached"]].tolist() == [True] * 3
    assert homes.loc["e", ["school_reached", "clinic_reached", "park_reached"]].tolist() == [False, True, True]
    assert homes["completeness_share"].tolist()[:8] == pytest.approx([1 / 3, 2 / 3, 1, 1, 2 / 3, 1 / 3, 0, 0])
    assert homes.index.tolist() == list(HOMES)  # nothing dropped
    assert homes.loc["out", ["reached_count", "missing_count", "completeness_share"]].isna().all()
    assert completeness(ground, ["park"])["reached_count"].tolist()[:8] == [0, 0, 1, 1, 1, 1, 0, 0]


def test_figures_are_ratios_of_sums_over_everyone_in_the_areas(analysis: Analysis) -> None:
    assert figure(analysis, "circle.completeness_share") == (117.0, 765.0)
    assert figure(analysis, "circle.complete_people_share") == (24.0, 255.0)
    assert figure(analysis, "circle.none_people_share") == (192.0, 255.0)
    # west lacks the park, mid nothing (24 of 28 have the school), east and north everything
    assert figure(analysis, "circle.communities_complete_share") == (1.0, 4.0)


def test_only_required_services_count(ground: Ground) -> None:
    asked = street(within=areas(), circle={"required": ["clinic", "park"], "group": "elderly"})
    found = circle_completeness(asked)
    # of 8 elderly, one a home: b c d e and c d e f
    assert figure(found, "circle.completeness_share") == (8.0, 16.0)
    assert figure(found, "circle.complete_people_share") == (3.0, 8.0)
    assert found.standards == ("width",)
    assert "elderly" in found.topics[0].tables["city"].columns


def test_the_group_is_the_demand_s_own_where_nothing_is_said() -> None:
    study = a_study({"centre": {}}, ("elderly_80",))
    assert circle_group(study) == "elderly_80"


def test_tables_of_every_level_by_hand(analysis: Analysis) -> None:
    tables = analysis.topics[0].tables
    assert list(tables) == ["city", "district", "subdistrict", "community", "urban_rural"]
    community = tables["community"].loc[["west", "mid", "east", "north"]]
    assert community["people"].tolist() == [3.0, 28.0, 160.0, 64.0]
    assert community["school_share"].tolist() == pytest.approx([1, 24 / 28, 0, 0])
    assert community["completeness_share"].tolist() == pytest.approx([5 / 9, 80 / 84, 32 / 480, 0])
    assert community["complete"].tolist() == [0.0, 24.0, 0.0, 0.0]
    assert community["none"].tolist() == [0.0, 0.0, 128.0, 64.0]
    assert community["missing"].tolist() == ["park", "", "school+clinic+park", "school+clinic+park"]
    assert community["units_complete"].tolist() == [0, 1, 0, 0]
    sub = tables["subdistrict"]
    assert sub["completeness_share"].tolist() == pytest.approx([85 / 93, 32 / 672])
    # of s1's 31 people 27 have the school, 30 the clinic and 28 the park, although one of its communities lacks it
    assert sub["missing"].tolist() == ["", "school+clinic+park"]
    assert sub["units_complete"].tolist() == [1, 0]
    assert tables["urban_rural"]["complete_share"].to_dict() == pytest.approx({"rural": 0.0, "urban": 24 / 31})


def test_levels_and_total_rows_add_up_exactly(ground: Ground) -> None:
    odd = Demand(ground.demand.frame.assign(people=[0.1 + i / 7 for i in range(9)]), GROUPS)
    found = circle_completeness(street(within=areas(), homes=odd))
    topic = found.topics[0]
    columns = ["people", "complete", "none", "services_reached", "services_asked", "school_reached"]
    sums = {name: round(topic.tables["community"][name].sum(), 6) for name in columns}
    for table in topic.tables.values():
        assert {name: round(table[name].sum(), 6) for name in columns} == sums
        total = total_row(table, topic.fields)
        assert total["completeness_share"] == pytest.approx(sums["services_reached"] / sums["services_asked"])
        assert total["missing"] == topic.tables["city"]["missing"].iloc[0]


def test_half_of_a_unit_s_people_are_enough_and_an_empty_unit_has_no_answer() -> None:
    homes = homes_of({"c": (0, 0), "h": (400, 0), "w": (-400, 0)}, [5.0, 5.0, 0.0])
    halves = gpd.GeoDataFrame(
        {"community_id": ["one", "empty", "west"]},
        geometry=[shapely.box(-100, -50, 700, 50), shapely.box(700, -50, 900, 50), shapely.box(-700, -50, -100, 50)],
        crs=towns.CRS,
    )
    found = circle_completeness(street(homes=homes, within=Areas(halves), circle={"required": ["clinic"]}))
    table = found.topics[0].tables["community"]
    assert table.loc["one", ["clinic_share", "missing", "units_complete"]].tolist() == [0.5, "", 1]
    # where nobody lives nothing is missing, and yet it isn't served: as in every other table
    assert table["missing"].to_dict() == {"one": "", "empty": None, "west": None}
    assert figure(found, "circle.communities_complete_share") == (1.0, 3.0)


def test_missing_services_are_ranked_by_the_people_who_lack_them(analysis: Analysis) -> None:
    rows = listing(analysis, "circle_missing").set_index("service")
    assert rows.index.tolist() == ["school", "clinic", "park"]
    assert rows["lacking"].tolist() == [228.0, 225.0, 195.0]
    assert rows["lacking_share"].tolist() == pytest.approx([228 / 255, 225 / 255, 195 / 255])
    # e lacks the school alone, b the park alone
    assert rows["only_missing"].tolist() == [4.0, 0.0, 2.0]
    assert rows["units_missing"].tolist() == [2, 2, 3]
    assert rows["facility_count"].tolist() == [1, 1, 1]
    assert rows["limit"].tolist() == ["5 min, walker", "5 min, walker", "300 m [unverified]"]


def test_communities_are_ranked_by_people_times_what_they_lack(analysis: Analysis) -> None:
    rows = listing(analysis, "circle_gaps").set_index("community_id")
    # east: f lacks two, g three; north three; mid: e lacks one; west: a two, b one
    assert rows["lacking"].to_dict() == {"east": 448.0, "north": 192.0, "mid": 4.0, "west": 4.0}
    assert rows.index.tolist()[:2] == ["east", "north"]
    assert rows.loc["west", "missing"] == "park"
    assert rows["lacking"].sum() == 765 - 117


def test_every_group_has_its_own_completeness(analysis: Analysis) -> None:
    rows = listing(analysis, "circle_groups").set_index("group")
    assert rows.loc["people", ["all", "complete", "none"]].tolist() == [255.0, 24.0, 192.0]
    # one elderly in each of 8 homes: c and d complete, g and u without any, 1 + 2 + 3 + 3 + 2 + 1 services
    assert rows.loc["elderly", ["all", "complete", "none"]].tolist() == [8.0, 2.0, 2.0]
    assert rows.loc["elderly", ["complete_share", "completeness_share"]].tolist() == [0.25, 0.5]


def test_each_subdistrict_should_have_its_own(analysis: Analysis, ground: Ground) -> None:
    rows = listing(analysis, "circle_presence").set_index("service")
    # S and K stand in s1, P and the depot in s2; nobody goes to the stock
    assert rows["facility_count"].tolist() == [1, 1, 1, 1]
    assert rows["presence_share"].tolist() == [0.5] * 4
    assert rows["without"].to_dict() == {"school": "s2", "clinic": "s2", "park": "s1", "depot": "s1"}
    absent = listing(analysis, "circle_absent")
    assert absent[["service", "subdistrict", "people", "elderly"]].to_numpy().tolist() == [
        ["school", "s2", 224.0, 3.0],
        ["clinic", "s2", 224.0, 3.0],
        ["park", "s1", 31.0, 5.0],
        ["depot", "s1", 31.0, 5.0],
    ]
    assert figure(analysis, "circle.school.subdistricts_presence_share") == (1.0, 2.0)
    assert presence(ground, "park", "community").to_dict() == {"east": 1, "mid": 0, "north": 0, "west": 0}


def test_planned_facilities_are_no_presence(ground: Ground) -> None:
    planned = towns.facilities({"S": (-250.0, 0.0), "T": (1000.0, 0.0)}, status=["existing", "planned"])
    changed = replace(ground, facilities={**ground.facilities, "school": planned})
    assert presence(changed, "school", "subdistrict").to_dict() == {"s1": 1, "s2": 0}


def test_rings_by_hand(analysis: Analysis, ground: Ground) -> None:
    found = {f.id.split(".")[2]: f.numerator for f in analysis.figures if f.id.startswith("circle.ring.")}
    # near, 200 m: clinic b c d e, park d (200 m) and e; wide, 300 m: school a b c d, park c d e f
    # own: school a b c d, clinic b c d e; quick, 150 s at 2 m/s = 300 m; store: f stands at the depot
    assert found == {"near": 12.0, "wide": 24.0, "own": 26.0, "quick": 30.0, "store": 32.0}
    rows = listing(analysis, "circle_rings")
    assert rows["reached"].tolist() == [30.0, 12.0, 27.0, 60.0, 27.0, 30.0, 30.0, 32.0]
    assert rows["lacking"].tolist() == [255.0 - reached for reached in rows["reached"]]
    assert rows["limit"].tolist()[2:5] == ["300 m [unverified]", "300 m [unverified]", "5 min, walker"]
    near = next(topic for topic in analysis.topics if topic.id == "circle_ring_near").tables["community"]
    assert near["complete"].to_dict() == {"east": 0.0, "mid": 12.0, "north": 0.0, "west": 0.0}
    reached = ring_reached(ground, ground.study.circle.rings[0])
    assert reached.loc["d", ["clinic_reached", "park_reached"]].tolist() == [True, True]
    assert pd.isna(reached.loc["out", "reached_count"])
    assert not reached.loc["out", ["clinic_reached", "park_reached"]].any()


@pytest.mark.parametrize("metres", [199.0, 200.0, 250.0, 301.0])
def test_a_ring_is_the_same_from_a_search_of_its_own(ground: Ground, metres: float) -> None:
    """The park's circle was searched in metres by the fast walker; a walker's ring searches anew, and metres agree."""
    ring = RingSpec(id="r", name="r", services=("park",), metres=metres, profile="walker")
    again = ring.model_copy(update={"profile": "fast"})
    mine, theirs = ring_reached(ground, ring), ring_reached(ground, again)
    pd.testing.assert_frame_equal(mine, theirs)
    ways = {"a": 750, "b": 450, "c": 250, "d": 200, "e": 199, "f": 250, "g": 750}
    assert mine["park_reached"].to_dict() == {name: ways.get(name, 9999) <= metres for name in HOMES}


def test_a_facility_of_another_level_doesn_t_stand_in(ground: Ground) -> None:
    """With parks everywhere the ring that asks for schools is as empty as before."""
    more = {**SITES, "park": {f"P{x}": (float(x), 0.0) for x in range(-600, 1200, 100)}}
    rings = [{"id": "school", "name": "学", "minutes": 5, "services": ["school"], "profile": "walker"}]
    found = circle_completeness(street(more, within=areas(), circle={"rings": rings}))
    assert figure(found, "circle.ring.school.complete_people_share") == (27.0, 255.0)


def test_the_spread_of_minutes_by_hand(analysis: Analysis) -> None:
    rows = listing(analysis, "circle_equity").set_index(["service", "where"])
    clinic = rows.loc[("clinic", "all")]
    # c 0 m, d 50, e 51, b 200, a and f 500, g 1000 (then 191 of 255 people), u reaches none
    assert clinic["median"] == 16.7
    assert clinic["mean"] == round((8 * 50 + 4 * 51 + 2 * 200 + 33 * 500 + 128 * 1000) / 191 / 60, 1)
    assert np.isnan(clinic["p90"])
    assert clinic["unreached"] == 64.0
    assert clinic[["worst", "worst_median"]].tolist() == ["s2", 16.7]
    assert clinic[["people_uncovered", "elderly_uncovered"]].tolist() == [225.0, 4.0]
    ways = np.repeat([0, 50, 51, 200, 500, 1000], [16, 8, 4, 2, 33, 128])
    gini = np.abs(ways[:, None] - ways[None, :]).mean() / 2 / ways.mean()
    assert clinic["gini"] == round(gini, 3)
    shares = ways / ways.mean()
    theil = np.mean(shares * np.log(np.where(shares > 0, shares, 1.0)))
    assert clinic["theil_between"] + clinic["theil_within"] == pytest.approx(theil, abs=2e-4)
    urban, rural = rows.loc[("clinic", "urban")], rows.loc[("clinic", "rural")]
    assert (urban["median"], urban["p95"], rural["median"]) == (0.0, 3.3, 16.7)
    assert urban["people_uncovered"] + rural["people_uncovered"] == 225.0
    park = rows.loc[("park", "all")]
    assert (park["unit"], park["median"]) == ("m", 750.0)
    assert ("depot", "all") not in rows.index


def test_without_areas_there_is_one_unit() -> None:
    found = circle_completeness(street())
    assert list(found.topics[0].tables) == ["all"]
    assert figure(found, "circle.complete_people_share") == (24.0, 511.0)  # nobody is outside
    assert [each.id for each in found.listings] == ["circle_missing", "circle_groups", "circle_equity"]
    assert "units_missing" not in listing(found, "circle_missing").columns


def test_services_without_a_circle_are_named(ground: Ground) -> None:
    with pytest.raises(LayerError, match=r"no service circle of depot, zoo \(there are school, clinic, park\)"):
        completeness(ground, ["depot", "park", "zoo"])


def test_everything_is_told_in_two_languages_and_stands_in_its_table(analysis: Analysis) -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    ids = [f.id for f in analysis.figures] + [t.id for t in analysis.topics] + [x.id for x in analysis.listings]
    assert len(set(ids)) == len(ids)
    for each in analysis.figures:
        assert each.label
        assert each.definition
        assert each.denominator_name
        assert chinese.search(each.label_zh)
        assert chinese.search(each.definition_zh)
        assert each.denominator_name_zh
    for part in (*analysis.topics, *analysis.listings):
        frames = [part.frame] if isinstance(part, Listing) else part.tables.values()
        for field in part.fields:
            assert field.header[0]
            assert chinese.search(field.header[1])
            for frame in frames:
                assert field.name in frame.columns or (field.name.startswith("units") and "all" in frame)
                said = frame[field.name].dropna().astype(str)
                assert not field.words or set(said) <= set(field.words), field.name
        assert chinese.search(part.title[1])


def test_weights_are_never_called_residents() -> None:
    rings = [{"id": "near", "name": "近圈", "metres": 200, "services": ["clinic"], "profile": "walker"}]
    weights = {"weight_note": "flats on offer, not people", "labels": {"people": "挂牌房源", "elderly": "老房"}}
    asked = street(within=areas(), circle={"rings": rings}, demand=weights)
    noted = replace(asked, demand=replace(asked.demand, note=Note("from a web page", "来自网页")))
    found = circle_completeness(noted)
    texts = [text for f in found.figures for text in (f.definition_zh, f.label_zh, f.denominator_name_zh)]
    plain = [text for f in found.figures for text in (f.definition, f.label, f.denominator_name)]
    for part in (*found.topics, *found.listings):
        plain += [part.rule[0], part.title[0], *(field.header[0] for field in part.fields)]
        texts += [part.rule[1], part.title[1], *(field.header[1] for field in part.fields)]
    assert not [text for text in texts if "居民" in text]
    assert not [text for text in plain if "residents" in text.lower()]
    assert found.figures[0].definition.endswith("Amounts: from a web page.")
    assert found.figures[0].definition_zh.endswith("数量依据：来自网页。")


SPOT = st.floats(-1450, 1450).map(lambda x: round(x, 3))
SPOTS = st.lists(SPOT, min_size=1, max_size=3, unique=True)


def _sites(school: list[float], clinic: list[float], park: list[float]) -> dict[str, dict[str, tuple[float, float]]]:
    found = {"school": school, "clinic": clinic, "park": park}
    return {name: {f"{name}{i}": (x, 0.0) for i, x in enumerate(xs)} for name, xs in found.items()}


@settings(max_examples=12, deadline=None)
@given(SPOTS, SPOTS, SPOTS, st.lists(SPOT, min_size=2, max_size=8, unique=True), SPOT)
def test_laws(school: list[float], clinic: list[float], park: list[float], homes: list[float], new: float) -> None:
    """Brute force on the street; complete means all; another facility takes nothing from anyone."""
    layer = homes_of({f"h{i}": (x, 0.0) for i, x in enumerate(homes)}, [1.0 + i for i in range(len(homes))])
    ground = street(_sites(school, clinic, park), homes=layer, within=areas())
    found = completeness(ground)
    for x, count in zip(homes, found["reached_count"], strict=True):
        near = [min(abs(x - y) for y in sites) for sites in (school, clinic, park)]
        if all(abs(way - 300) > 0.01 for way in near):  # whole milliseconds round the last millimetres
            assert count == sum(way <= 300 for way in near)
    flags = found[["school_reached", "clinic_reached", "park_reached"]]
    assert ((found["completeness_share"] == 1) == flags.all(axis=1)).all()
    assert ((found["reached_count"] + found["missing_count"]) == 3).all()

    more = street(_sites([*school, new], clinic, park), homes=layer, within=areas())
    assert (completeness(more)["completeness_share"] >= found["completeness_share"]).all()
    before, after = circle_completeness(ground).figures, circle_completeness(more).figures
    for less, greater in zip(before[:2], after[:2], strict=True):
        assert less.value is not None
        assert greater.value is not None
        assert less.value <= greater.value

"""Programmes of communities: shares, what a target still needs, baselines that can't be true, and which are next.

::

    c0      c1      c2      c3      c4      c5         squares of 100 m along one street, walked at 1 m/s
    10      20      30      40      50       0         people at their middles
    flag            C               flag             the clinic C stands in the middle of c2
    `------ urban -------'  `------ rural ------'      2 minutes reach 120 m: c1, c2 and c3 are covered
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

import towns
from civicreach.errors import InputError, LayerError, Note, StudyError
from civicreach.inputs.study_file import read_study
from civicreach.layers import Areas, Demand
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.ground import Ground
from civicreach.measures.programmes import baseline, by_year, most_units, next_units, programmes, still_needed
from civicreach.measures.service_circle import Place, service_circle
from civicreach.network import build_network
from civicreach.study import ProgrammeSpec, Study

IDS = [f"c{i}" for i in range(6)]
FLAGS = [True, False, False, False, True, False]
RISK = [9.0, 1.0, 2.0, 1.0, 9.0, 5.0]


def areas() -> Areas:
    frame = gpd.GeoDataFrame(
        {
            "community_id": IDS,
            "community": [f"{i}号社区" for i in IDS],
            "district_id": ["d0"] * 2 + ["d1"] * 4,
            "city_id": "x",
            "urban": [True] * 3 + [False] * 3,
        },
        geometry=[box(100 * at, -50, 100 * at + 100, 50) for at in range(6)],
        crs=towns.CRS,
    )
    return Areas(frame)


def a_study(*specs: dict[str, Any]) -> Study:
    return Study.model_validate(
        {
            "study": {"name": "街镇", "year": 2018, "analyses": ["programmes"]},
            "roads": {"file": "roads.osm"},
            "demand": {"method": "points", "file": "homes.csv"},
            "areas": {"file": "areas.gpkg"},
            "services": [
                {
                    "id": "clinic",
                    "name": "卫生站",
                    "name_en": "Clinic",
                    "file": "c.csv",
                    "profile": "walker",
                    "minutes": 2,
                }
            ],
            "programmes": [PROGRAMME | spec for spec in specs or ({},)],
            "profiles": {"walker": towns.WALKER.model_dump()},
            "folder": Path.cwd(),
        }
    )


PROGRAMME: dict[str, Any] = {
    "id": "safe",
    "name": "综合减灾示范社区",
    "name_en": "Safe communities",
    "table": "safe.csv",
    "flag": "created",
    "target_share": 0.6,
}


def a_ground(*specs: dict[str, Any], table: Mapping[str, Any] | None = None, layer: Areas | None = None) -> Ground:
    study = a_study(*specs)
    layer = layer or areas()
    places = {f"h{i}": (100 * i + 50, 0) for i in range(6)}
    demand = towns.demand(places, [10, 20, 30, 40, 50, 0]).in_areas(layer)
    street = towns.roads({"A": (0, 0), "B": (600, 0)}, [("A B", "residential", 0)])
    network = build_network(street, towns.WALKER)
    clinic = towns.facilities({"C": (250, 0)})
    circles = {}
    if any(spec.get("service") for spec in specs):
        circles["clinic"] = service_circle(study, study.services[0], Place(demand, layer), clinic, network)
    frame = pd.DataFrame({"created": FLAGS, "risk": RISK} | dict(table or {}), index=layer.frame.index)
    return Ground(
        study, demand, layer, {"clinic": clinic}, lambda profile, policy: network, circles,
        unit_tables={spec.id: frame for spec in study.programmes},
    )  # fmt: skip


def run(*specs: dict[str, Any], **options: Any) -> Analysis:
    return programmes(a_ground(*specs, **options))


def values(analysis: Analysis) -> dict[str, float | None]:
    return {figure.id: figure.value for figure in analysis.figures}


def listing(analysis: Analysis, name: str) -> Listing:
    return next(each for each in analysis.listings if each.id == name)


def topic(analysis: Analysis, name: str = "safe") -> Topic:
    return next(each for each in analysis.topics if each.id == name)


# by hand


def test_share_and_what_is_still_needed() -> None:
    found = run()
    assert values(found) == {"programme.safe.share": 2 / 6, "programme.safe.needed": 2}
    share = found.figures[0]
    assert (share.numerator, share.denominator, share.denominator_name) == (2, 6, "communities")
    # 60 % of 6 is 3.6, so 4
    table = topic(found).tables
    assert table["district"][["units_counted", "units_flagged", "units_needed"]].to_numpy().tolist() == [
        [2, 1, 1],
        [4, 1, 2],
    ]
    assert table["district"]["share"].tolist() == [0.5, 0.25]
    assert table["city"].loc["x", ["units_flagged", "units_needed"]].tolist() == [2, 2]
    assert table["urban_rural"]["units_flagged"].to_dict() == {"rural": 1, "urban": 1}
    assert table["community"]["share"].tolist() == [1, 0, 0, 0, 1, 0]
    assert topic(found).target is None  # a single community is at 0 or 100 %


def test_the_declared_denominator() -> None:
    rural = run({"among": "rural"})
    assert values(rural) == {"programme.safe.share": 1 / 3, "programme.safe.needed": 1}
    assert rural.figures[0].denominator_name == "rural communities"
    assert rural.figures[0].denominator_name_zh == "农村社区(村)"
    assert topic(rural).tables["city"].loc["x", "units_counted"] == 3
    assert "1 unit has the flag and isn't among the rural communities: not counted (c0)" in "\n".join(rural.warnings)
    urban = run({"among": "urban", "target_share": 0.3})
    assert values(urban) == {"programme.safe.share": 1 / 3, "programme.safe.needed": 0}
    assert listing(urban, "safe_next").frame.empty
    assert urban.layers == ()


def test_which_next_by_risk_people_and_unserved_share() -> None:
    plain = listing(run({"pick": 9}), "safe_next").frame
    # nobody knows who is at risk or unserved: by people alone
    assert plain["community_id"].tolist() == ["c3", "c2", "c1", "c5"]
    assert plain["score"].tolist() == [40, 30, 20, 0]
    risky = listing(run({"pick": 9, "risk": "risk"}), "safe_next").frame
    assert dict(zip(risky["community_id"], risky["score"], strict=True)) == {"c2": 60, "c3": 40, "c1": 20, "c5": 0}
    served = listing(run({"pick": 2, "risk": "risk", "service": "clinic"}), "safe_next").frame
    # c1, c2 and c3 are covered, so all that is left is who has more people
    assert served["community_id"].tolist() == ["c3", "c2"]
    assert served["unserved_share"].tolist() == [0, 0]
    none = [False] * 6
    open_ = listing(run({"pick": 3, "risk": "risk", "service": "clinic"}, table={"created": none}), "safe_next").frame
    assert open_["community_id"].tolist() == ["c4", "c0", "c3"]
    assert open_["score"].tolist() == [450, 90, 0]
    assert open_["unserved_share"].tolist() == [1, 1, 0]
    assert open_["rank"].tolist() == [1, 2, 3]
    assert open_["share_then"].tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6])


def test_as_many_as_the_target_needs() -> None:
    found = run()
    assert len(listing(found, "safe_next").frame) == 2
    assert listing(found, "safe_next").frame["share_then"].tolist()[-1] == 4 / 6
    assert found.layers[0].frame["rank"].tolist() == [1, 2]
    assert found.layers[0].frame.index.tolist() == ["c3", "c2"]


def test_the_communities_are_matched_by_id() -> None:
    ground = a_ground({"pick": 4, "risk": "risk"})
    turned = {"safe": ground.unit_tables["safe"][::-1]}
    expected, found = programmes(ground), programmes(ground, turned)
    assert values(found) == values(expected)
    assert listing(found, "safe_next").frame.equals(listing(expected, "safe_next").frame)


def test_several_programmes() -> None:
    found = run({}, {"id": "homely", "name": "宜居", "among": "rural", "target_share": 0.5})
    assert [each.id for each in found.topics] == ["safe", "homely"]
    assert values(found)["programme.homely.needed"] == 1
    assert len({each.id for each in found.listings}) == 2


# the arithmetic of the plan


def test_a_share_is_counted_as_it_was_written() -> None:
    assert still_needed(0.07, 100, 7) == 0, "0.07 * 100 is a hair above 7 in binary numbers"
    assert still_needed(0.6, 1242, 260) == 486
    assert still_needed(0.5, 3, 0) == 2
    assert still_needed(0.0, 9, 0) == 0
    assert still_needed(1.0, 9, 4) == 5
    assert still_needed(0.4, 5, 5) == 0


@settings(max_examples=60, deadline=None)
@given(percent=st.integers(0, 1000), of=st.integers(1, 5000), have=st.integers(0, 5000))
def test_needed_is_the_least_that_is_enough(percent: int, of: int, have: int) -> None:
    have = min(have, of)
    target = Fraction(percent, 1000)
    needed = still_needed(percent / 1000, of, have)
    assert Fraction(have + needed, of) >= target
    assert needed == 0 or Fraction(have + needed - 1, of) < target


def test_the_plan_s_own_baseline_can_not_be_reproduced() -> None:
    # 44 national, 77 provincial and 139 municipal ones are 260; of 1,242 communities they are 20.9 %, not 40 %
    found = baseline(44 + 77 + 139, 1242, 0.40)
    assert not found.reproduced
    assert round(100 * found.share, 1) == 20.9
    assert found.about == 650
    assert (found.least, found.most) == (642, 658)
    assert all(round(100 * 260 / of) == 40 for of in (642, 650, 658))
    assert round(100 * 260 / 641) == 41
    assert round(100 * 260 / 659) == 39
    assert round(100 * (260 + 150) / 1242) == 33
    assert most_units(0.60, 260 + 150) == 683
    assert most_units(0.0, 5) is None


def test_a_baseline_is_right_to_the_digits_that_were_written() -> None:
    assert baseline(37, 100, 0.37).reproduced
    assert baseline(1, 3, 0.33).reproduced
    assert not baseline(1, 3, 0.332).reproduced, "33.3 % isn't 33.2 %"
    assert baseline(1, 3, 0.333).reproduced
    assert baseline(0, 9, 0.0).reproduced
    nothing = baseline(3, 9, 0.0)
    assert (nothing.reproduced, nothing.about) == (False, None)
    assert baseline(0, 9, 0.5).about is None
    assert baseline(1, 9, 0.004).most == 285
    assert baseline(9, 10, 0.005).most == 2000, "9 of 2,000 are 0.45 %, which rounds up"
    assert (baseline(9, 10, 0.01).least, baseline(9, 10, 0.01).most) == (600, 1800)


def wuhan(**spec: Any) -> Analysis:
    """1,242 communities of which 260 are demonstration communities, as the plan's baseline says."""
    count = 1242
    ids = [f"{i:04d}" for i in range(count)]
    frame = gpd.GeoDataFrame({"community_id": ids}, geometry=[box(i, 0, i + 1, 1) for i in range(count)], crs=towns.CRS)
    layer = Areas(frame)
    people = gpd.GeoDataFrame({"people": np.arange(count) % 7 + 1.0}, geometry=frame.geometry.centroid, crs=towns.CRS)
    demand = Demand(people).in_areas(layer)
    grades = ["国家级"] * 44 + ["省级"] * 77 + ["市级"] * 139 + [None] * (count - 260)
    table = pd.DataFrame({"created": [True] * 260 + [False] * (count - 260), "grade": grades}, index=ids)
    study = a_study(spec)
    ground = Ground(study, demand, layer, {}, lambda *_: pytest.fail("no network is needed"))
    return programmes(ground, {"safe": table})


def test_the_tool_says_so_with_the_numbers() -> None:
    found = wuhan(pick=150, baseline_count=260, baseline_share=0.40, grade="grade")
    assert values(found) == {
        "programme.safe.share": 260 / 1242,
        "programme.safe.needed": 486,
        "programme.safe.share_then": 410 / 1242,
    }
    assert [str(note) for note in found.warnings] == [
        (
            "Safe communities: the plan's baseline of 40 % can't be reproduced with this denominator: 260 of 1,242 "
            "communities are 20.9 %; 260 would be 40 % of about 650 (642 to 658)"
        ),
        (
            "Safe communities: with 150 more, 410 of 1,242 communities are 33.0 %, not the target 60 %; 486 more are "
            "needed (410 would be 60 % of at most 683)"
        ),
    ]
    assert "规划基期值40%：260/1,242个社区(村) = 20.9%；若为40%，分母应约为650（642–658）" in Note.told(
        found.warnings[0], "zh"
    )
    assert len(listing(found, "safe_next").frame) == 150
    grades = listing(found, "safe_grades").frame
    assert grades["grade"].tolist() == ["市级", "省级", "国家级"]
    assert grades["units_flagged"].tolist() == [139, 77, 44], "the parts are the whole"


def test_a_share_that_no_whole_number_gives_is_told_so() -> None:
    # 20 of 22 are 90.9 %, 20 of 23 are 87 %: none is 90 %
    (note, *_) = wuhan(baseline_count=20, baseline_share=0.9, baseline_of=47).warnings
    assert "20 is 90 % of no whole number" in note
    assert "任何整数分母均得不到90%" in note.zh


def test_no_word_where_the_baseline_is_right() -> None:
    right = wuhan(pick=600, baseline_count=260, baseline_share=0.40, baseline_of=650)
    assert right.warnings == ()
    assert "of 700 communities are 37.1 %" in wuhan(baseline_count=260, baseline_share=0.4, baseline_of=700).warnings[0]


# year by year


def test_year_by_year() -> None:
    found = by_year(pd.Series([2016, 2018, 2018, None]), 40, yearly_share=0.05, since=2016, until=2019)
    assert found["year"].tolist() == [2016, 2017, 2018, 2019]
    assert found["added"].tolist() == [1, 0, 2, 0]
    assert found["count"].tolist() == [1, 1, 3, 3]
    assert found["share"].tolist() == [1 / 40, 1 / 40, 3 / 40, 3 / 40]
    # 5 % of 40 is 2 a year
    assert found["wanted"].tolist() == [2, 4, 6, 8]
    assert found["met"].tolist() == [False] * 4
    marked = by_year(pd.Series([2015, 2016]), 40, milestones={2016: 2, 2018: 99}, until=2017)
    assert marked["year"].tolist() == [2015, 2016, 2017, 2018]
    assert marked["wanted"].isna().tolist() == [True, False, True, False]
    assert marked["wanted"].dropna().tolist() == [2, 40], "never more than there are"
    assert marked["met"].tolist() == [None, True, None, False]
    assert by_year(pd.Series([], dtype=float), 40, until=2020).empty


def test_years_in_the_analysis() -> None:
    years = pd.array([2016, None, 2017, None, None, None], dtype="Int64")
    found = run({"year": "since", "milestones": {2016: 1}, "yearly_share": 0.5, "since": 2017}, table={"since": years})
    frame = listing(found, "safe_years").frame
    assert frame["year"].tolist() == ["2016", "2017", "2018"]
    assert frame["wanted"].tolist() == [1, 3, 6]
    assert frame["met"].tolist() == [True, False, False]
    told = "\n".join(found.warnings)
    assert "1 unit that meets the standard without a year: in no year's count (c4)" in told
    assert "1 unit with a year but without the flag: not counted (c2)" in told
    for field in listing(found, "safe_years").fields:
        assert field.name in frame.columns


# ranking


AMOUNTS = st.sampled_from([0.0, 1.0, 2.0, 4.5, 1000.0])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_ranking_follows_a_sort_by_hand(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 9))
    ids = [f"u{i}" for i in data.draw(st.permutations(range(count)))]
    people, risk, part = (data.draw(st.lists(AMOUNTS, min_size=count, max_size=count)) for _ in range(3))
    flags = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    pick = data.draw(st.integers(0, 10))
    unserved = [min(p, u) for p, u in zip(people, part, strict=True)]
    series = [pd.Series(each, index=ids) for each in (people, flags, risk, unserved)]
    found = next_units(series[0], flagged=series[1], risk=series[2], unserved=series[3], pick=pick)
    rows = sorted((-r * u, -p, i) for i, p, f, r, u in zip(ids, people, flags, risk, unserved, strict=True) if not f)
    assert found.index.tolist() == [i for *_, i in rows[:pick]]
    for unit, row in found.iterrows():
        if row["people"] > 0:
            assert row["score"] == pytest.approx(row["risk"] * row["people"] * row["unserved_share"])
        else:
            assert math.isnan(row["unserved_share"]), unit
    # more picks never drop one
    more = next_units(series[0], flagged=series[1], risk=series[2], unserved=series[3], pick=pick + 1)
    assert more.index.tolist()[: len(found)] == found.index.tolist()


def test_the_ranking_refuses_what_it_cannot_rank() -> None:
    people, flags = pd.Series({"a": 1.0, "b": 2.0}), pd.Series({"a": False, "b": False})
    with pytest.raises(LayerError, match=r"risk isn't a finite number \(1: b\)"):
        next_units(people, flagged=flags, risk=pd.Series({"a": 1.0}), pick=1)
    with pytest.raises(InputError, match="pick must be 0 or more"):
        next_units(people, flagged=flags, pick=-1)


@settings(max_examples=15, deadline=None)
@given(flags=st.lists(st.booleans(), min_size=6, max_size=6), target=st.sampled_from([0.01, 0.07, 0.5, 1.0]))
def test_levels_add_up_and_needed_is_enough(flags: list[bool], target: float) -> None:
    tables = topic(run({"target_share": target}, table={"created": flags})).tables
    community, group = tables["community"], areas().frame["district_id"].to_numpy()
    for column in ("units_counted", "units_flagged"):
        assert community[column].groupby(group).sum().to_dict() == tables["district"][column].to_dict()
        assert tables["district"][column].sum() == tables["city"].loc["x", column]
    for table in tables.values():
        enough = (table["units_flagged"] + table["units_needed"]) / table["units_counted"]
        assert (enough >= target - 1e-12).all()


# faults and words


def test_what_is_wrong_with_all_programmes_is_told_at_once() -> None:
    layer = Areas(areas().frame.assign(urban=None))
    ground = a_ground(
        {"risk": "danger", "grade": "kind"}, {"id": "rural", "among": "rural"}, {"id": "none"}, {"id": "short"},
        layer=layer,
    )  # fmt: skip
    table = ground.unit_tables["safe"]
    tables = {"safe": table, "rural": table, "short": table.iloc[:5]}
    with pytest.raises(LayerError) as told:
        programmes(ground, tables)
    assert [str(fault) for fault in told.value.faults] == [
        "programme safe: columns that its table lacks (2: danger, kind)",
        (
            "programme rural: no community of the areas is rural. Name the column that says which are urban in "
            "[areas.columns]."
        ),
        "programme none: no table of its communities",
        "programme short: community areas without a row in its table (1: c5)",
    ]
    with pytest.raises(LayerError, match=r"risk isn't a number of at least 0 \(2: c1, c2\)"):
        run({"risk": "risk"}, table={"risk": [1, -1, None, 1, 1, 1]})
    bare = a_ground({"service": "clinic"})
    with pytest.raises(LayerError, match="service clinic has no circle"):
        programmes(Ground(bare.study, bare.demand, bare.areas, {}, bare.network_of, {}, unit_tables=bare.unit_tables))
    with pytest.raises(LayerError, match="programmes need areas"):
        programmes(Ground(bare.study, bare.demand, None, {}, bare.network_of))


def test_units_that_are_neither_urban_nor_rural() -> None:
    layer = Areas(areas().frame.assign(urban=[True, True, None, False, False, False]))
    found = run({"among": "urban"}, layer=layer)
    assert found.figures[0].denominator == 2
    assert "1 unit is neither urban nor rural and not counted (c2)" in "\n".join(found.warnings)


def test_more_picks_than_there_are() -> None:
    assert "only 4 units are left to pick, not 9" in "\n".join(run({"pick": 9}).warnings)


def test_every_word_is_there_in_both_languages() -> None:
    years = pd.array([2016, None, None, None, None, None], dtype="Int64")
    found = run({"risk": "risk", "service": "clinic", "grade": "kind", "year": "since", "pick": 1},
                table={"since": years, "kind": ["市级"] * 6})  # fmt: skip
    for figure in found.figures:
        assert all((figure.definition, figure.definition_zh, figure.label, figure.label_zh, figure.unit))
        assert not any("一" <= sign <= "鿿" for sign in figure.definition + figure.label), figure.id
    for each in (*found.topics, *found.listings):
        for english, chinese in (each.title, each.rule, *(field.header for field in each.fields)):
            assert english, chinese
            assert chinese, english
            assert not any("一" <= sign <= "鿿" for sign in english), english
        frames = each.tables.values() if isinstance(each, Topic) else [each.frame]
        for frame in frames:
            assert {field.name for field in each.fields} <= set(frame.columns)
    assert all(isinstance(note, Note) and note.zh for note in found.warnings)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"yearly_share": 0.05, "since": 2016}, "yearly_share and milestones need year"),
        ({"year": "y", "yearly_share": 0.05}, "yearly_share and since"),
        ({"milestones": {2016: 100}}, "yearly_share and milestones need year"),
        ({"baseline_share": 0.4}, "baseline_share needs baseline_count"),
    ],
)
def test_keys_that_need_each_other(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ProgrammeSpec(**PROGRAMME | keys)


STUDY_FILE = """
[study]
name = "街镇"
year = 2018
[roads]
file = "roads.osm"
[demand]
method = "points"
file = "homes.csv"
[[services]]
id = "clinic"
name = "站"
file = "homes.csv"
minutes = 15
[[programmes]]
id = "safe"
name = "安全"
table = "homes.csv"
flag = "created"
target_share = 0.6
"""


def test_a_study_file_with_years_and_milestones(tmp_path: Path) -> None:
    for name in ("roads.osm", "homes.csv"):
        (tmp_path / name).touch()
    path = tmp_path / "study.toml"
    path.write_text(f'{STUDY_FILE}year = "y"\nmilestones = {{ 2016 = 100 }}\n', encoding="utf-8")
    assert read_study(path).programmes[0].milestones == {2016: 100}
    assert read_study(path).fingerprint() == read_study(path).fingerprint()
    path.write_text(f"{STUDY_FILE}milestones = {{ 2016 = 100 }}\n", encoding="utf-8")
    with pytest.raises(StudyError, match="yearly_share and milestones need year"):
        read_study(path)

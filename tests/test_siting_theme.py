"""Questions of a study about sites: what is asked, the plan's figures and tables, and everything that can be wrong.

::

    p10  old   q20  mid            r40  east  s30             plot           u5
    0    100   400  600   | 1000   1500 1700  1900            3000           3900     metres along one street, 1 m/s
    `---- west -----------'`---- east ------------------------------------------'     5 minutes reach 300 m

Today `old` reaches p (100 m) and q (300 m, just): 30 of 105. `east` would add r and s (200 m each), `mid` nobody new,
the empty plot nobody at all; u is out of everybody's reach.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

import towns
from civicreach.errors import InputError, LayerError, Note, StudyError
from civicreach.layers import Areas, Facilities
from civicreach.measures.analysis import Analysis, Listing
from civicreach.measures.ground import Ground
from civicreach.measures.service_circle import Place, service_circle
from civicreach.network import build_network
from civicreach.reach import reach
from civicreach.run.siting import asked_alone
from civicreach.siting.asked import check_questions
from civicreach.siting.theme import siting
from civicreach.study import Study

HOMES = {"p": (0, 0), "q": (400, 0), "r": (1500, 0), "s": (1900, 0), "u": (3900, 0)}
PEOPLE = [10, 20, 40, 30, 5]
SITES = {"old": (100, 0), "mid": (600, 0), "east": (1700, 0)}
QUESTION: dict[str, Any] = {"id": "one", "name": "新增一处", "name_en": "One more", "service": "centre", "new": 1}


MERGER: dict[str, Any] = {"problem": "consolidate", "new": None, "into": 1, "search_factor": 20}


def a_study(*questions: dict[str, Any], **service: Any) -> Study:
    limit = {"minutes": 5} | service
    services = [
        {"id": "centre", "name": "中心", "name_en": "Centre", "file": "c.csv", "profile": "walker", **limit},
        {"id": "plot", "name": "地块", "file": "p.csv", "circle": False},
    ]
    return Study.model_validate(
        {
            "study": {"name": "小城", "year": 2026, "analyses": ["siting"]},
            "roads": {"file": "roads.osm"},
            "demand": {"method": "points", "file": "homes.csv"},
            "areas": {"file": "areas.gpkg"},
            "services": services,
            "siting": [QUESTION | question for question in questions or ({},)],
            "profiles": {"walker": towns.WALKER.model_dump(), "adult": towns.WALKER.model_dump()},
            "folder": Path.cwd(),
        }
    )


def a_ground(*questions: dict[str, Any], plots: Facilities | None = None, **service: Any) -> Ground:
    areas = Areas(
        gpd.GeoDataFrame(
            {"community_id": ["e", "w"], "community": ["东社区", "西社区"], "urban": [False, True]},
            geometry=[box(1000, -50, 4500, 50), box(-100, -50, 1000, 50)],
            crs=towns.CRS,
        )
    )
    network = build_network(towns.roads({"A": (0, 0), "B": (4000, 0)}, [("A B", "residential", 0)]), towns.WALKER)
    centres = towns.facilities(SITES, status=["existing", "candidate", "candidate"], cost=[None, 5, 20])
    layers = {"centre": centres, "plot": plots or towns.facilities({"plot": (3000, 0)}, cost=[1])}
    demand = towns.demand(HOMES, PEOPLE).in_areas(areas)
    return Ground(a_study(*questions, **service), demand, areas, layers, lambda profile, policy: network)


def figures(analysis: Analysis, question: str = "one") -> dict[str, float | None]:
    start = f"siting.{question}."
    return {f.id.removeprefix(start): f.value for f in analysis.figures if f.id.startswith(start)}


def listing(analysis: Analysis, name: str) -> Listing:
    return next(each for each in analysis.listings if each.id == name)


def test_the_plan_of_the_town() -> None:
    found = siting(a_ground())
    told = figures(found)
    assert told["people_share_before"] == pytest.approx(30 / 105)
    assert told["people_share"] == pytest.approx(100 / 105)
    assert (told["people_gained"], told["new_sites"], told["gap"]) == (70, 1, 0)
    # ways today: p 100, q 300, r 1400, s 1800, u 3800 metres; with the plan r 200, s 200, u 2200
    before = (10 * 100 + 20 * 300 + 40 * 1400 + 30 * 1800 + 5 * 3800) / 105 / 60
    after = (10 * 100 + 20 * 300 + 40 * 200 + 30 * 200 + 5 * 2200) / 105 / 60
    assert told["mean_way_before"] == pytest.approx(before)
    assert told["mean_way"] == pytest.approx(after)
    (site,) = listing(found, "siting_one_sites").frame.to_dict("records")
    assert (site["id"], site["place"], site["new_people"], site["served_people"]) == ("east", "东社区", 70, 75)
    assert site["before"] == pytest.approx((40 * 1400 + 30 * 1800 + 5 * 3800) / 75 / 60)
    assert site["after"] == pytest.approx((40 * 200 + 30 * 200 + 5 * 2200) / 75 / 60)
    assert listing(found, "siting_one_uncoverable").frame.to_dict("records") == [{"community": "东社区", "left": 5.0}]
    (left,) = [Note.told(note, "zh") for note in found.warnings if "时限之外" in Note.told(note, "zh")]
    assert left.endswith("见“备选点均不可达”表")
    (topic,) = found.topics
    east = topic.tables["community"].loc["e"]
    assert (east["amount"], east["covered_before"], east["covered_after"], east["left"]) == (75, 0, 70, 5)
    assert topic.tables["urban_rural"].loc["rural", "gained"] == 70
    (plan,) = listing(found, "siting_plans").frame.to_dict("records")
    assert [plan[k] for k in ("plan", "objective", "bound", "gap", "proven")] == ["one", 100, 100, 0, True]
    (layer,) = found.layers
    assert dict(zip(layer.frame["id"], layer.frame["role"], strict=True)) == {
        "old": "kept",
        "mid": "unused",
        "east": "opened",
    }


def test_the_share_is_that_of_the_service_circle() -> None:
    """The plan is scored by what the report prints: today's share is the circle's, tomorrow's that of its sites."""
    ground = a_ground()
    (service, _), centres = ground.study.services, ground.facilities["centre"]
    network = ground.network_for(service)
    place = Place(ground.demand, ground.areas)
    told = figures(siting(ground))

    def share(layer: Facilities) -> float | None:
        found = service_circle(ground.study, service, place, layer, network).figures
        return next(f.value for f in found if f.id == "circle.centre.people_share")

    assert told["people_share_before"] == share(centres)
    built = centres.frame.assign(status=centres.frame["status"].mask(centres.ids == "east", "existing"))
    assert told["people_share"] == share(Facilities(built, "centre"))


def test_other_sources_of_candidates() -> None:
    near = towns.facilities({"plot": (3700, 0), "east": (3600, 0)}, cost=[1, 1])
    found = siting(a_ground({"candidates": ["plot"], "new": 2}, plots=near))
    told = [Note.told(source, "zh") for source in found.figures[0].sources]
    assert any(text.startswith("备选点位：") and text.endswith(".csv") for text in told)
    assert figures(found)["people_share"] == 1
    ids = listing(found, "siting_one_sites").frame["id"].tolist()
    assert ids[0] == "centre:east", "ids that two sources share are told apart"
    assert ids[1] in {"plot:east", "plot"}
    streets = siting(a_ground({"every_m": 100, "new": 2}))
    assert figures(streets)["people_share"] == 1
    assert figures(streets)["new_sites"] == 2


@pytest.mark.parametrize("problem", ["max_cover", "backup_cover", "p_median", "max_served"])
def test_no_other_sites_are_better(problem: str) -> None:
    """Every choice of two candidates on the street, measured by itself, is worth no more than the plan."""
    ground = a_ground({"problem": problem, "new": 2, "every_m": 700, "capacity": 25})
    if problem == "max_served":
        centres = ground.facilities["centre"]
        ground.facilities["centre"] = Facilities(centres.frame.assign(capacity=[25.0, 25.0, 25.0]), "centre")  # type: ignore[index]
    found = siting(ground)
    layer = found.layers[0].frame
    chosen = layer.loc[layer["role"] == "opened", "id"].tolist()
    candidates = layer.loc[layer["role"] != "kept", "id"].tolist()
    network = ground.network_for(ground.study.services[0])
    points = gpd.GeoDataFrame(layer[["name"]], geometry=layer.geometry.to_numpy(), crs=layer.crs).set_index(layer["id"])
    ways = reach(ground.demand, Facilities(points), network, cutoff_min=15)
    cost = np.full((len(points), len(HOMES)), 15 * 60_000)
    cost[ways.facility_at, ways.demand_at] = ways.cost_ms
    rank = {name: i for i, name in enumerate(points.index)}

    def worth(names: tuple[str, ...]) -> float:
        rows = cost[[rank["old"], *(rank[n] for n in names)]]
        within = rows <= 300_000
        people = np.array(PEOPLE, float)
        if problem == "p_median":
            return -float(rows.min(axis=0) @ people)
        if problem == "backup_cover":
            return float(people[within.sum(axis=0) >= 2].sum())
        if problem == "max_cover":
            return float(people[within.any(axis=0)].sum())
        subsets = (c for k in range(len(names) + 2) for c in combinations(range(len(names) + 1), k))
        return min(  # the smallest cut between people and beds
            25 * len(s) + people[within[[i for i in range(len(names) + 1) if i not in s]].any(axis=0)].sum()
            for s in subsets
        )

    best = max(worth(pair) for pair in combinations(candidates, 2))
    assert worth(tuple(chosen)) == pytest.approx(best)


def test_two_plans_side_by_side() -> None:
    found = siting(a_ground({}, {"id": "other", "name": "另一方案", "name_en": "Other", "forbidden": ["east"]}))
    rows = listing(found, "siting_one_other").frame.to_dict("records")
    assert [(r["community"], r["first"], r["second"], r["difference"], r["lost"]) for r in rows] == [
        ("东社区", 70, 0, -70, 70)
    ]


def test_nothing_by_unit_where_small_counts_are_hidden() -> None:
    ground = a_ground({}, {"id": "two", "name": "二", "forbidden": ["east"]}, {"id": "merge", "name": "并"} | MERGER)
    head = ground.study.study.model_copy(update={"suppress_below": 10})
    found = siting(replace(ground, study=ground.study.model_copy(update={"study": head})))
    assert not found.topics
    assert any("not by unit" in note for note in found.warnings)
    for each in found.listings:
        told = " ".join(str(cell) for cell in each.frame.to_numpy().ravel().tolist())
        assert each.id.endswith("_sites") or "社区" not in told, each.id


def test_what_a_rule_costs() -> None:
    found = siting(a_ground({"budget": 10, "cost_column": "cost"}))
    assert listing(found, "siting_one_sites").frame["id"].tolist() != ["east"], "it costs 20"
    (price,) = listing(found, "siting_one_prices").frame.to_dict("records")
    assert (price["rule"], price["price"], price["proven"]) == ("budget", 70, True)


def test_how_many_sites_and_what_instead() -> None:
    found = siting(a_ground())
    rows = listing(found, "siting_one_curve").frame
    assert rows[["sites", "people", "more"]].fillna(0).to_numpy().tolist() == [[0, 30, 0], [1, 100, 70]]
    assert "would add nobody" in listing(found, "siting_one_curve").rule[0]
    (lost,) = listing(found, "siting_one_instead").frame.to_dict("records")
    assert (lost["site"], lost["loss"]) == ("east", 70), "without it nobody more is reached"


def test_which_sites_are_safe() -> None:
    """With 15 minutes (900 m) the plan is another one: mid reaches r from 900 m, so east alone is worth 30 more."""
    rows = listing(siting(a_ground({"try_minutes": [2, 15]})), "siting_one_stability").frame
    assert rows["site"].tolist()[0] == "east"
    assert set(rows.columns) >= {"walker_5", "walker_2", "walker_15"}
    assert bool(rows.loc[rows["site"] == "east", "walker_5"].iloc[0])


def test_an_opening_order() -> None:
    """East first, then mid, which adds nobody today but is a site all the same."""
    found = siting(a_ground({"problem": "phases", "new": None, "years": [1, 0, 1], "mandatory": ["mid"]}))
    rows = listing(found, "siting_one_years").frame
    assert rows["people"].tolist() == [100, 100, 100]
    assert rows["regret"].tolist() == [0, 0, 0]
    assert [text.split()[0] if text else "" for text in rows["opened"]] == ["east", "", "mid"]
    sites = listing(found, "siting_one_sites").frame.set_index("id")
    assert sites["year"].to_dict() == {"east": 1, "mid": 3}


def test_what_would_help_each_gap() -> None:
    """East brings r and s within the limit, mid nobody; no gate or crossing helps on a straight street."""
    ground = a_ground({"fix_zones": 3})
    service = ground.study.services[0]
    circle = service_circle(
        ground.study, service, Place(ground.demand, ground.areas), ground.facilities["centre"],
        ground.network_for(service),
    )  # fmt: skip
    found = siting(replace(ground, circles={"centre": circle}))
    rows = listing(found, "siting_one_fixes").frame
    first = rows.iloc[0]
    assert (first["action"], first["name"], first["gained"], first["lost"]) == ("centre", "east", 70, 0)
    assert [layer.id for layer in found.layers] == ["siting_one_points", "siting_one_fixes_points"]


def test_a_merger() -> None:
    """Two of today's three sites stay; the one at 3000 closes, since only u has it nearest: 900 m, then 2200."""
    ground = a_ground({"problem": "consolidate", "new": None, "into": 2, "search_factor": 20})
    there = {"old": (100, 0), "east": (1700, 0), "far": (3000, 0)}
    ground.facilities["centre"] = towns.facilities(there)  # type: ignore[index]
    found = siting(ground)
    (row,) = listing(found, "siting_one_moves").frame.to_dict("records")
    assert (row["from_id"], row["to_id"], row["people"]) == ("far", "east", 5)
    assert (row["before_min"], row["after_min"]) == (900 / 60, 2200 / 60)
    (lost,) = listing(found, "siting_one_losers").frame.to_dict("records")
    assert (lost["community"], lost["people_losing"], lost["people_extra_min"]) == ("东社区", 5, 1300 / 60)
    (ways,) = listing(found, "siting_one_ways").frame.to_dict("records")
    assert ways["worst_after_min"] == 2200 / 60
    assert ways["after_min"] == pytest.approx((10 * 100 + 20 * 300 + 70 * 200 + 5 * 2200) / 105 / 60)


def test_the_same_numbers_for_shuffled_layers() -> None:
    ground = a_ground({"every_m": 300, "new": 2, "candidates": ["plot"]})
    mixed = a_ground({"every_m": 300, "new": 2, "candidates": ["plot"]})
    frame = mixed.facilities["centre"].frame.iloc[::-1]
    mixed.facilities["centre"] = Facilities(frame, "centre")  # type: ignore[index]
    assert figures(siting(ground)) == figures(siting(mixed))
    one, other = (listing(siting(g), "siting_one_sites").frame for g in (ground, mixed))
    assert one.equals(other)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"service": "center"}, "no service 'center'.*Did you mean centre"),
        ({"service": "plot"}, "circle = false"),
        ({"candidates": ["centre"]}, "is the service itself"),
        ({"candidates": ["plots"]}, "no service 'plots'"),
        ({"group": "elderly"}, "no group 'elderly'"),
        ({"try_profiles": ["wlaker"]}, "no profile 'wlaker'"),
        ({"new": None}, "problem max_cover needs new"),
        ({"problem": "set_cover"}, "set_cover doesn't know new"),
        ({"problem": "phases"}, "problem phases needs years"),
        ({"budget": 10}, "budget needs cost or cost_column"),
        ({"mandatory": ["mid"], "forbidden": ["mid"]}, "both name mid"),
        ({"closable": ["old", "old"]}, "names old twice"),
        ({"quotas": [{"level": "community"}]}, "give at_least or at_most"),
        ({"quotas": [{"level": "community", "at_least": 3, "at_most": 2}]}, "is below at_least"),
        ({"new": 0}, "greater than or equal to 1"),
        ({"new": True}, "valid integer"),
        ({"prices": "yes"}, "valid boolean"),
        ({"candidates": ["plot", "plot"]}, "candidates: names plot twice"),
        ({"problem": "phases", "new": None, "years": [1], "budget": 5, "cost": 1}, "phases can't keep budget"),
        ({"problem": "max_coverage"}, "max_cover"),
    ],
)
def test_a_question_that_says_something_wrong(question: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        a_study(question)


def test_questions_that_share_an_id() -> None:
    with pytest.raises(ValueError, match="siting share an id: one"):
        a_study({}, {})


def test_all_that_is_wrong_with_the_sites_is_told_at_once() -> None:
    wrong = {
        "mandatory": ["nobody"],
        "closable": ["nothing"],
        "new": 9,
        "budget": 5,
        "cost_column": "price",
        "candidates": ["plot"],
    }
    with pytest.raises(LayerError) as caught:
        check_questions(a_ground(wrong))
    text = str(caught.value)
    for part in (
        "mandatory: no such site (1: nobody)",
        "closable: no such site (1: nothing)",
        "9 new sites are asked for, but there are 3",
        "candidates without a cost of 0 or more in price",
    ):
        assert part in text
    check_questions(a_ground({"candidates": ["plot"], "budget": 5, "cost_column": "cost", "mandatory": ["mid"]}))


def test_units_and_levels_that_are_not_there() -> None:
    quotas = [{"level": "community", "units": ["x", "w"], "at_least": 1}, {"level": "district", "at_least": 1}]
    with pytest.raises(LayerError) as caught:
        check_questions(a_ground({"quotas": quotas, "closable": ["mid"]}))
    text = str(caught.value)
    assert "no such level in the areas (1: district). There are community." in text
    assert "no such community (1: x)" in text
    assert "closable: sites that don't exist yet (1: mid)" in text


def test_no_candidate_at_all() -> None:
    ground = a_ground()
    ground.facilities["centre"] = towns.facilities({"old": (100, 0)})  # type: ignore[index]
    with pytest.raises(LayerError, match=r"no candidate for centre.*every_m"):
        check_questions(ground)


def test_rules_that_leave_no_plan_are_named() -> None:
    with pytest.raises(InputError, match=r"siting one: .*(floor|least share)"):
        siting(a_ground({"floor_share": 1.0, "floor_level": "community"}))


def test_the_command_asks_for_siting_alone() -> None:
    study = a_study({}, {"id": "two", "name": "二"})
    alone = asked_alone(study, ["two"], 5)
    assert alone.study.analyses == ("siting",)
    assert [(spec.id, spec.seconds) for spec in alone.siting] == [("two", 5)]
    with pytest.raises(StudyError, match=r"no \[\[siting\]\] 'three'.*one, two") as caught:
        asked_alone(study, ["three"], 0)
    assert "seconds must be from 1" in str(caught.value)
    with pytest.raises(StudyError, match=r"Add a section \[\[siting\]\]"):
        asked_alone(study.model_copy(update={"siting": ()}))

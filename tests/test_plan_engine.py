"""The page's what-if against Python: the same milliseconds for every home, the same sums, the same best place.

The page's own scripts run in node, without any page. Random towns have one-way streets, private ways with gates, stairs
that some profiles can't take, and an island of streets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import towns
from civicreach.crs import WGS84, project
from civicreach.inputs.study_file import read_study
from civicreach.layers import Areas, Facilities, WayFlag
from civicreach.measures.result import StudyResult
from civicreach.reach import nearest_facility, reach
from civicreach.run import load_study
from civicreach.run.measure import measure_circles
from little_ground import a_ground, a_study
from page_case import ORIGIN
from plan_case import PlanPage, existing, new_site
from plan_town import PLOTS, plan_town
from real_data import real_data

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample" / "study.toml"
FAR_AWAY = (500_000.0, 3_400_000.0)


def whole_study(path: Path) -> StudyResult:
    """A study's circles as a result, without its analyses and base map."""
    loaded = load_study(read_study(path))
    circles = measure_circles(loaded)
    return a_result(loaded.study, loaded.demand, loaded.areas, circles)


def a_result(study: Any, demand: Any, areas: Any, circles: Any) -> StudyResult:
    snapping = circles[0].gaps.iloc[:0]
    return StudyResult(study, demand.crs, demand, areas, tuple(circles), (), (), snapping)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> PlanPage:
    return PlanPage(whole_study(SAMPLE), tmp_path_factory.mktemp("sample"))


def random_steps(page: PlanPage, rng: np.random.Generator, *, near: float = 60.0) -> list[list[Any]]:
    """A question and one to five sites near streets or homes, some of them moved, removed and undone."""
    service = int(rng.integers(len(page.head["what_if"]["services"])))
    said = page.head["what_if"]["services"][service]
    profile = page.head["what_if"]["profiles"][int(rng.choice(said["profiles"]))]["name"]
    minutes = float(rng.choice([5, 8, 10, 12.5, 15, 20])) * (0.8 if said["unit"] == "m" else 1.0)
    steps: list[list[Any]] = [["ask", {"service": service, "profile": profile, "minutes": minutes}]]
    steps.extend(["add", *click(page, profile, rng, near)] for _ in range(int(rng.integers(1, 6))))
    return steps


def click(page: PlanPage, profile: str, rng: np.random.Generator, near: float = 60.0) -> list[float]:
    """Degrees near a random place of the streets, or of a home."""
    network = page.network(profile)
    k = int(rng.integers(len(network.geom_x)))
    x, y = network.geom_x[k] + rng.normal(0, near), network.geom_y[k] + rng.normal(0, near)
    return page_degrees(page, x, y)


def page_degrees(page: PlanPage, x: float, y: float) -> list[float]:
    lon, lat = project(np.array([x]), np.array([y]), page.result.crs, WGS84)
    return [float(lon[0]), float(lat[0])]


def test_sample_scenarios_equal_python(sample: PlanPage) -> None:
    rng = np.random.default_rng(11)
    scenarios = [[*random_steps(sample, rng), ["told"]] for _ in range(40)]
    fresh = [sample.check(answers[-1]) for answers in sample.run(*scenarios)]
    assert sum(count > 0 for count in fresh) > 10  # or nothing was tried


def random_town(seed: int) -> StudyResult:
    """Ten to thirty crossings on 1.2 km with three services: within minutes, for a faster walker, within metres."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(10, 30))
    nodes = {f"n{i}": (float(x), float(y)) for i, (x, y) in enumerate(rng.uniform(0, 1200, (count, 2)).round(3))}
    names, ways = list(nodes), []
    for i, name in enumerate(names):
        away = np.hypot(*(np.array([nodes[n] for n in names]) - nodes[name]).T)
        for k in np.argsort(away)[1 : int(rng.integers(2, 5))]:
            flag = rng.choice([0, 0, 0, int(WayFlag.NO_BACKWARD), int(WayFlag.NO_FORWARD), int(WayFlag.PRIVATE)])
            middle = f"m{i}_{k}"
            nodes[middle] = tuple(np.mean([nodes[name], nodes[names[k]]], axis=0) + rng.normal(0, 30, 2))
            ways.append((f"{name} {middle} {names[k]}", "path", int(flag)))
    nodes |= {"I": (1500.0, 1500.0), "J": (1540.0, 1530.5), "K": (1600.25, 1500.0)}  # an island of streets
    ways.append(("I J K", "path", 0))
    places = {f"h{i}": (float(x), float(y)) for i, (x, y) in enumerate(rng.uniform(-150, 1400, (60, 2)))}
    homes = towns.demand(places, rng.gamma(1.0, 20.0, 60).tolist())
    roads = towns.roads(nodes, ways)
    study = a_study(
        {"centre": {"minutes": 5}, "depot": {"minutes": 3, "profile": "fast"}, "stop": {"minutes": None, "metres": 300}}
    )
    layers = {
        name: towns.facilities(
            {f"{name}{i}": tuple(map(float, nodes[rng.choice(names)] + rng.normal(0, 30, 2))) for i in range(2)}
        )
        for name in ("centre", "depot", "stop")
    }
    ground = a_ground(study, roads, homes, layers, two_halves())
    circles = [ground.circles[name] for name in layers]
    return a_result(study, ground.demand, ground.areas, circles)


def two_halves() -> Areas:
    """West and east of x = 600; homes beyond 1,300 m lie outside."""
    frame = {"community_id": ["w", "e"], "community": ["West", "East"], "city_id": ["c", "c"], "city": ["All", "All"]}
    shapes = [box(-200, -200, 600, 1300), box(600, -200, 1300, 1300)]
    return Areas(gpd.GeoDataFrame(frame, geometry=shapes, crs=towns.CRS))


@pytest.mark.parametrize("seed", range(8))
def test_random_towns_equal_python(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    assert page.head["what_if"] is not None, page.head["no_what_if"]
    rng = np.random.default_rng(1000 + seed)
    scenarios = [[*random_steps(page, rng), ["told"]] for _ in range(15)]
    assert sum(page.check(answers[-1]) for answers in page.run(*scenarios)) > 0


def best_crossing(page: PlanPage, question: dict[str, Any]) -> tuple[float, list[int]]:
    """By brute force: the most people newly covered from any crossing, and the first one of those in centimetres."""
    network, demand = page.network(question["profile"]), page.result.demand
    at = np.rint(np.column_stack([network.node_x, network.node_y]) * 100).astype(int)
    points = gpd.points_from_xy(*(at / 100).T, crs=demand.crs)
    everywhere = Facilities(gpd.GeoDataFrame({"name": ""}, geometry=points, index=range(len(at))), "everywhere")
    most = page.result.study.roads.max_snap_m
    found = reach(demand, everywhere, network, cutoff_min=question["minutes"], max_snap_m=most)
    told = page.expected(question, [])
    left = (told["sums"]["people"] - told["sums"]["before"]).to_numpy()
    gain = np.bincount(found.facility_at, weights=left[found.demand_at], minlength=len(at))
    return int(gain.max()) / 1e6, at[gain.argmax()].tolist()


def check_suggestions(page: PlanPage, minutes: tuple[float, ...]) -> None:
    services = range(len(page.head["what_if"]["services"]))
    steps = [[["ask", {"service": k, "minutes": m}], ["suggest"], ["told", "short"]] for k in services for m in minutes]
    for _, found, told in page.run(*steps):
        most, at = best_crossing(page, told["question"])
        assert found["gain"] == most
        assert [found["x_cm"], found["y_cm"]] == at


@pytest.mark.parametrize("seed", range(4))
def test_the_suggestion_is_the_best_of_all_crossings(seed: int, tmp_path: Path) -> None:
    check_suggestions(PlanPage(random_town(seed), tmp_path), (2.0, 3.0, 5.0))


def test_the_suggestion_in_a_whole_town_is_the_best_of_all_crossings(sample: PlanPage) -> None:
    check_suggestions(sample, (6.0, 15.0))


def test_undo_and_redo_bring_back_every_number(sample: PlanPage) -> None:
    rng = np.random.default_rng(5)
    profile = sample.head["what_if"]["profiles"][0]["name"]
    a, b, c = (click(sample, profile, rng, 5.0) for _ in range(3))
    told: list[Any] = ["told", "short"]
    back, again = [["undo"], told], [["redo"], told]
    steps = [told, ["add", *a], told, ["add", *b, 40], told, ["move", 1, *c, False], ["move", 1, *b, False]]
    steps += [["move", 1, *c, True], told, ["remove", 2], told, *back, *back, *back, *back, *again, *again]
    steps += [["redo"], ["redo"], told, ["redo"], ["clear"], told, *back]
    seen = [a for step, a in zip(steps, sample.run(steps)[0], strict=True) if step == told]
    states = [{k: v for k, v in a.items() if not k.startswith("can")} for a in seen]
    empty, one, two, moved, removed = states[:5]
    assert states[5:] == [moved, two, one, empty, one, two, removed, {**empty, "gain": [], "sites": []}, removed]
    assert [a["canUndo"] for a in seen][:2] == [False, True]
    assert seen[8]["canUndo"] is False
    assert seen[8]["canRedo"] is True
    assert len({str(s) for s in states[:5]}) == 5


def test_a_saved_plan_comes_back_as_it_was(sample: PlanPage) -> None:
    rng = np.random.default_rng(8)
    steps = [*random_steps(sample, rng, near=5.0), ["told"], ["json"]]
    *_, told, saved = sample.run(steps)[0]
    faults, again = sample.run([["load", saved], ["told"]])[0]
    assert faults == []
    assert [(s["x_cm"], s["y_cm"]) for s in again["sites"]] == [(s["x_cm"], s["y_cm"]) for s in told["sites"]]
    assert {k: again[k] for k in ("people", "after", "gain", "cost_after")} == {
        k: told[k] for k in ("people", "after", "gain", "cost_after")
    }
    assert saved["study"] == sample.result.study.fingerprint()
    wrong = {**saved, "crs": "EPSG:32601", "service": "nothing", "minutes": -1}
    first, state = sample.run([["load", wrong], ["told", "short"]])[0]
    assert len(first) == 3
    assert state["sites"] == []


def test_costs_of_a_plan_never_depend_on_what_was_asked_before(sample: PlanPage) -> None:
    rng = np.random.default_rng(21)
    profile = sample.head["what_if"]["profiles"][0]["name"]
    add = [["add", *page_degrees(sample, 395_688.59, 3_420_149.86)], ["add", *click(sample, profile, rng, 5.0)]]
    told: list[Any] = ["told"]
    asked: list[Any] = [[["ask", {"minutes": m}]] for m in (15, 30, 15)]
    first, costs = sample.run([*asked[0], *add, told, ["costs_after"]])[0][-2:]
    again, same = sample.run([*asked[0], *add, *asked[1], ["costs_after"], *asked[2], told, ["costs_after"]])[0][-2:]
    assert again == first
    assert same == costs
    assert np.array_equal(costs, python_costs(sample, first))
    after, before = np.array(first["cost_after"]), np.array(first["cost_before"])
    within = (after >= 0) & (after <= 15 * 60_000)
    assert (after[within] == np.array(costs)[within]).all()
    assert (after[~within] == before[~within]).all()
    assert (np.array(costs)[~within] < before[~within]).any()  # or the limit was no matter


@pytest.mark.parametrize("seed", range(4))
def test_costs_of_a_plan_are_exact_beyond_the_limit(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    rng = np.random.default_rng(seed)
    for *_, told, costs in page.run(*[[*random_steps(page, rng), ["told"], ["costs_after"]] for _ in range(6)]):
        assert np.array_equal(costs, python_costs(page, told))


def python_costs(page: PlanPage, told: dict[str, Any]) -> np.ndarray:
    """What each home pays to the nearest facility or site, without a limit."""
    demand, service = page.result.demand, page.result.services[told["question"]["service"]]
    sites = [new_site(demand, s).frame[["name", "geometry"]].rename({"new": f"new{s['id']}"}) for s in told["sites"]]
    frame = gpd.GeoDataFrame(pd.concat([existing(service).frame[["name", "geometry"]], *sites]), crs=demand.crs)
    network, most = page.network(told["question"]["profile"]), page.result.study.roads.max_snap_m
    found = nearest_facility(demand, Facilities(frame, "all"), network, max_snap_m=most)
    return found.cost_ms[demand.ids.get_indexer(page.order)]


def test_undo_of_a_loaded_plan_brings_its_question_back(sample: PlanPage) -> None:
    rng = np.random.default_rng(9)
    profile = sample.head["what_if"]["profiles"][0]["name"]
    a, b, c = (click(sample, profile, rng, 5.0) for _ in range(3))
    last = len(sample.head["what_if"]["services"]) - 1
    other = [["ask", {"service": last, "minutes": 7}], ["add", *a], ["told"], ["json"]]
    *_, loaded, saved = sample.run(other)[0]
    told: list[Any] = ["told"]
    steps = [["ask", {"service": 0, "minutes": 12}], ["add", *b], told, ["load", saved], told, ["add", *c], ["undo"],
             ["undo"], told, ["undo"], told, ["redo"], ["redo"], told, ["undo"], told]  # fmt: skip
    seen = [answer for step, answer in zip(steps, sample.run(steps)[0], strict=True) if step == told]
    old, new, back, empty, again, over = ({k: v for k, v in s.items() if not k.startswith("can")} for s in seen)
    assert new["question"] == again["question"] == loaded["question"]
    assert new["cost_after"] == loaded["cost_after"]
    assert again == new
    assert back == over == old
    assert empty["question"] == old["question"]


def test_all_faults_of_a_file_are_told_at_once_and_change_nothing(sample: PlanPage) -> None:
    rng = np.random.default_rng(8)
    start = [["add", *click(sample, sample.head["what_if"]["profiles"][0]["name"], rng, 5.0)]]
    told, saved = sample.run([*start, ["told"], ["json"]])[0][-2:]
    (site,) = saved["sites"]

    def faults(*changes: dict[str, Any]) -> list[list[str]]:
        answers = sample.run(*[[*start, ["load", {**saved, **change}], ["told"]] for change in changes])
        assert all(after == told for *_, found, after in answers if found)
        return [found for *_, found, _ in answers]

    most = max(30, int(np.ceil(1.5 * told["question"]["minutes"])))
    wrong = [{"minutes": minutes} for minutes in ("15", [15], True, None, 0, 0.5, most + 0.01, 1e9)]
    bad = (
        {"x_m": str(site["x_m"])}, {"y_m": None}, {"x_m": [site["x_m"]]}, {"x_m": True}, {"capacity": "40"},
        {"capacity": -1}, {"capacity": 1_000_001}, {"capacity": True}, {"lon": site["lon"] + 0.0001},
        {"lat": "28"}, {"lat": None}, {"y_m": site["y_m"] + 1.5},
    )  # fmt: skip
    wrong.extend({"sites": [site | one]} for one in bad)
    metres = {key: value for key, value in site.items() if key not in ("lon", "lat")}
    wrong.append({"sites": [metres | {"x_m": 1e300}]})
    assert [len(found) for found in faults(*wrong)] == [1] * len(wrong)
    right = site | {"capacity": 0}, site | {"capacity": 1e6}, metres, site | {"y_m": site["y_m"] + 0.5}
    assert faults({}, {"minutes": most}, *[{"sites": [one]} for one in right]) == [[]] * 6
    sites = [site, site | {"x_m": "1"}, site | {"capacity": -1, "lat": 0.0}, site | {"capacity": 2e6}, None, 5]
    (every,) = faults({"minutes": "15", "crs": "EPSG:4326", "sites": sites})
    assert len(every) == 5
    assert any("2, 5, 6" in fault for fault in every)
    assert any("3, 4" in fault for fault in every)


@pytest.fixture(scope="module")
def plots(tmp_path_factory: pytest.TempPathFactory) -> PlanPage:
    return PlanPage(plan_town(plots=True), tmp_path_factory.mktemp("plots"))


def test_no_way_leads_past_the_candidate_plots(plots: PlanPage) -> None:
    free = page_degrees(plots, ORIGIN[0] + 4_000, ORIGIN[1] + 3_300)
    plot = page_degrees(plots, ORIGIN[0] + PLOTS["p2"][0], ORIGIN[1] + PLOTS["p2"][1])
    switch: list[Any] = ["ask", {"service": 0}]
    told: list[Any] = ["told", "short"]
    start = [["ask", {"service": 1}], ["add", *free]]
    *_, before, refused, after = plots.run([*start, told, switch, told])[0]
    assert refused == {"refused": "off_plots"}
    assert after == before
    # undo and redo would bring the site back
    answers = plots.run([*start, ["clear"], switch, ["undo"], told, ["redo"], told, ["undo"], told])[0]
    services = [(state["question"]["service"], len(state["sites"])) for state in answers[5::2]]
    assert services == [(1, 1), (0, 0), (1, 1)]
    # nor do two sites share a plot; one on a plot may come along
    twice = [["ask", {"service": 1}], ["add", *plot], ["add", *plot], switch, ["undo"], switch, told]
    answers = plots.run(twice)[0]
    assert answers[3] == {"refused": "off_plots"}
    assert answers[-1]["question"]["service"] == 0
    assert len(answers[-1]["sites"]) == 1
    *_, saved = plots.run([switch, ["add", *plot], ["json"]])[0]
    faults, state = plots.run([["load", {**saved, "sites": saved["sites"] * 2}], told])[0]
    assert len(faults) == 1
    assert state["sites"] == []


def drawn_within(pieces: list[float], length_m: np.ndarray, band: int) -> float:
    """Metres of streets in pieces up to a band, those that lie over each other once."""
    rows = np.array(pieces).reshape(-1, 4)
    total = 0.0
    for edge in np.unique(rows[:, 0]).astype(int):
        at = 0.0
        for _, start, stop, _ in sorted(rows[(rows[:, 0] == edge) & (rows[:, 3] <= band)].tolist(), key=lambda r: r[1]):
            total += max(0.0, stop - max(at, start)) * length_m[edge]
            at = max(at, stop)
    return total


@pytest.mark.parametrize("seed", range(4))
def test_reached_streets_are_those_of_python(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    services = page.result.services
    asked = [{"service": k, "profile": s.profile.name, "minutes": float(s.reached_roads["minutes"].min())}
             for k, s in enumerate(services)]  # fmt: skip
    answers = page.run(*[[["ask", question], ["pieces", "before"]] for question in asked])
    for service, (_, pieces) in zip(services, answers, strict=True):
        assert service.network is not None
        drawn = service.reached_roads
        metres = drawn.geometry.length[drawn["minutes"] == drawn["minutes"].min()].sum()
        assert metres > 0
        assert drawn_within(pieces, service.network.geom_length_m, 0) == pytest.approx(metres, abs=0.01)


@pytest.mark.parametrize("seed", [0, 2, 6])
def test_why_tells_the_nearest_and_its_true_cost(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    demand, service = page.result.demand, page.result.services[0]
    network = page.network(service.profile.name)
    rng = np.random.default_rng(seed)
    steps = [["add", *click(page, service.profile.name, rng, 5.0)], ["told"]]
    every = [["explain", i] for i in range(len(page.order))]
    told, *why = page.run([*steps, *every])[0][1:]
    columns = [
        existing(service).frame[["name", "geometry"]],
        *(new_site(demand, s).frame[["name", "geometry"]] for s in told["sites"]),
    ]
    whole = Facilities(gpd.GeoDataFrame(pd.concat(columns), crs=demand.crs), "all")
    nearest = nearest_facility(demand, whole, network)
    at = demand.ids.get_indexer(page.order)
    assert [w["ms"] for w in why] == nearest.cost_ms[at].tolist()
    assert {w["cause"] for w in why} >= {"covered", "too_far"}
    least = np.where(network.edge_cost_ms < 0, network.edge_back_cost_ms, network.edge_cost_ms)
    for w, found in zip(why, nearest.facility_at[at].tolist(), strict=True):
        name = whole.ids[found] if found >= 0 else None
        if name == "new":
            assert (w["facility"], w["site"]) == (-1, told["sites"][0]["id"])
        else:
            assert w["site"] is None
            assert w["facility"] == found
        walked = sum(
            (stop - start) * least[int(edge)] for edge, start, stop, _ in zip(*[iter(w["pieces"])] * 4, strict=True)
        )
        assert walked <= w["ms"] + 5 or w["ms"] < 0


WAY_SLACK_MS = 60
"""Parts of edges are rounded to whole ms, and shares of them written with the length in mm."""


def check_ways(page: PlanPage, homes: list[int], service: int) -> list[dict[str, Any]]:
    """Edges of the way and both access legs make up the whole cost; slopes let an edge cost more one way."""
    (_, told, *why) = page.run([["ask", {"service": service}], ["told", "short"], *[["explain", h] for h in homes]])[0]
    network = page.network(told["question"]["profile"])
    there, back = network.edge_cost_ms, network.edge_back_cost_ms
    costs = np.stack([np.where(there < 0, back, there), np.where(back < 0, there, back)])
    for w in (w for w in why if w["ms"] >= 0):
        rows = np.array(w["pieces"]).reshape(-1, 4)
        walked = (rows[:, 2] - rows[:, 1]) * costs[:, rows[:, 0].astype(int)]
        low, high = walked.min(axis=0).sum(), walked.max(axis=0).sum()
        assert low - WAY_SLACK_MS <= w["ms"] - sum(w["legs"]) <= high + WAY_SLACK_MS
    return [w for w in why if w["ms"] >= 0]


def test_the_way_drawn_is_the_whole_way(sample: PlanPage) -> None:
    homes = np.random.default_rng(4).choice(len(sample.order), 50, replace=False).tolist()
    for service in range(len(sample.head["what_if"]["services"])):
        assert len(check_ways(sample, homes, service)) > 30


@pytest.mark.parametrize("seed", range(4))
def test_the_way_drawn_is_the_whole_way_in_random_towns(seed: int, tmp_path: Path) -> None:
    page = PlanPage(random_town(seed), tmp_path)
    assert check_ways(page, list(range(len(page.order))), 0)


def test_a_detour_is_told_of_one_facility(sample: PlanPage) -> None:
    homes = list(range(0, len(sample.order), 12))
    demand, places = sample.result.demand, existing(sample.result.services[3])
    (_, told, *why) = sample.run([["ask", {"service": 3}], ["told", "short"], *[["explain", h] for h in homes]])[0]
    network = sample.network(told["question"]["profile"])
    differ = 0
    for k, frame in enumerate(places.frame.index):
        own = nearest_facility(demand, Facilities(places.frame.loc[[frame]], "one"), network)
        cost = pd.Series(own.cost_ms, index=demand.ids).loc[sample.order].to_numpy()
        for home, w in zip(homes, why, strict=True):
            if w["straight_facility"] == k:
                assert w["straight_way_ms"] == cost[home]
                assert w["detour"] == (w["straight_way_ms"] / w["straight_ms"] if w["straight_way_ms"] >= 0 else 0)
                differ += w["facility"] != k
    assert differ > 3
    for w in why:
        if w["cause"] in ("detour", "winding", "too_far"):
            near = w["straight_ms"] <= w["limit_ms"]
            long = w["ms"] >= 1.8 * w["straight_ms"]
            assert w["cause"] == ("too_far" if not near else "detour" if long else "winding")


def test_the_page_rounds_nothing_before_it_is_read(sample: PlanPage) -> None:
    checked = 0
    for service, head in zip(sample.result.services, sample.head["services"], strict=True):
        group, table = service.service.group, service.tables["community"]
        told = head["tables"]["community"]
        for unit, total, covered in zip(told["id"], told["total"], told["covered"], strict=True):
            if total is not None:
                exact = table.at[unit, group] - table.at[unit, f"{group}_covered"]
                assert total - covered == pytest.approx(exact, abs=1e-6)
                checked += 1
    assert checked > 50


@pytest.mark.real
def test_las_palmas_scenarios_equal_python(tmp_path: Path) -> None:
    folder = real_data()
    if folder is None:
        pytest.skip("no real data: see tests/real_data.py")
    from test_real_cities import LAS_PALMAS

    path = tmp_path / "study.toml"
    path.write_text(LAS_PALMAS.format(real=folder), encoding="utf-8")
    page = PlanPage(whole_study(path), tmp_path)
    rng = np.random.default_rng(3)
    scenarios = [[*random_steps(page, rng), ["told"]] for _ in range(10)]
    assert sum(page.check(answers[-1]) for answers in page.run(*scenarios)) > 0

"""All analyses on real streets: Las Palmas from end to end, each held against another way to the same number.

Streets, homes and places are OpenStreetMap's. What it doesn't say is assumed, and called so: totals of people, beds
and floor areas (from the objects' own numbers), effective areas (half of each park or pitch, its class by its size),
depots, communities (squares of two kilometres), a closed stretch of the sea front, and a programme.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from scipy.optimize import linprog
from shapely.ops import substring

from civicreach.errors import RoadsError
from civicreach.inputs.osm_places import read_osm_places
from civicreach.inputs.study_file import read_study
from civicreach.layers import Demand, Facilities, WayFlag
from civicreach.maps.encode import unpack
from civicreach.measures import ServiceCircle, StudyResult
from civicreach.measures.analysis import Analysis, Listing, MapLayer, Topic
from civicreach.measures.assignment import assign
from civicreach.network import RoadNetwork, Snapped, snap
from civicreach.reach import reach
from civicreach.run import load_study, measure_study, run_study
from civicreach.run.networks import Networks
from real_data import WUHAN_GROUND

pytestmark = pytest.mark.real

CRS = "EPSG:32628"
PBF = "las_palmas/las-palmas-2023-02-21.osm.pbf"
NOTE = "assumed, not surveyed"
SQUARE_M = 2_000
CLOSED = shapely.box(458_000, 3_108_000, 459_400, 3_108_600)
BRIDGES = ("Puente de Conexión Escaleritas - La Feria", "Viaducto Ingeniero Julio Molo Zabaleta")
TABLE = 'x = "x"\ny = "y"\ncrs = "EPSG:32628"\nid_column = "id"\nname_column = "name"'
STUDY = """
[study]
name = "Las Palmas"
year = 2023
language = "en"
data_note_en = "Communities, beds, areas, depots, closures and programme are assumed"
analyses = ["service_circle", "elder_gaps", "shelter_reach", "relief", "facility_area", "programmes"]
minutes = [15]
[roads]
file = "{pbf}"
[areas]
file = "communities_synthetic.gpkg"
[demand]
method = "table_on_buildings"
groups = ["people", "elderly", "households"]
assumed_totals = {{ people = 378000, elderly = 80000, households = 145000 }}
[[services]]
id = "home"
name = "Elder home"
file = "homes_assumed_beds.csv"
{table}
capacity = "beds"
capacity_unit = "bed"
profile = "elder"
circle = false
[[services]]
id = "premises"
name = "Community premises"
file = "premises_assumed_floor_area.csv"
{table}
minutes = 15
[[services]]
id = "clinic"
name = "Clinic"
osm = ["amenity=clinic|doctors"]
minutes = 15
[[services]]
id = "market"
name = "Food market"
osm = ["amenity=marketplace", "shop=supermarket"]
metres = 500
[[services]]
id = "shelter"
name = "Shelter"
file = "open_spaces_assumed_effective_area.csv"
{table}
capacity = "effective_m2"
capacity_unit = "m2"
metres = 1000
[[services]]
id = "city_depot"
name = "City depot"
file = "depots_invented.csv"
where = {{ level = "city" }}
{table}
profile = "drive"
circle = false
[[services]]
id = "district_depot"
name = "District depot"
file = "depots_invented.csv"
where = {{ level = "district" }}
{table}
profile = "drive"
circle = false
[circle]
required = ["clinic", "market", "premises"]
[[circle.rings]]
id = "five"
name = "5-minute circle"
services = ["market"]
metres = 300
[elder]
stations = ["premises"]
demonstration_column = "demonstration"
homes = ["home"]
nursing_beds_column = "nursing_beds"
primary_care = "clinic"
[shelters]
critical_links = 1
[[scenarios]]
id = "closure"
name = "Sea front closed (invented)"
closed = "closure_invented.gpkg"
[[scenarios]]
id = "bridges"
name = "Bridges out (invented)"
bridges = {bridges}
[relief]
city_depots = "city_depot"
district_depots = "district_depot"
assumptions = "assumed"
[area]
services = ["premises"]
elder_services = ["home"]
[[programmes]]
id = "demo"
name = "Demonstration community (invented)"
table = "programme_invented.csv"
flag = "demonstration"
risk = "risk"
year = "year"
target_share = 0.6
service = "shelter"
source = "invented"
"""


def places(real: Path, *tags: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """A table of mapped places, the numbers of their objects and their areas in m2."""
    found = read_osm_places(real / PBF, tags, CRS)
    number = np.array([int(i.partition("/")[2]) for i in found["id"]])
    table = pd.DataFrame({"id": found["id"].to_numpy(), "name": found["name"].to_numpy(), "note": NOTE})
    table["x"], table["y"] = found.geometry.x.round(2).to_numpy(), found.geometry.y.round(2).to_numpy()
    return table, number, found["area_m2"].to_numpy()


def write_facilities(real: Path, folder: Path) -> None:
    homes, number, _ = places(real, "amenity=social_facility + social_facility:for=senior", "amenity=nursing_home")
    homes["beds"] = 20 + 10 * (number % 13)
    homes["nursing_beds"], homes["floor_area_m2"] = homes["beds"] * (number % 4) // 4, homes["beds"] * 25
    homes.to_csv(folder / "homes_assumed_beds.csv", index=False)
    premises, number, _ = places(real, "amenity=community_centre|social_centre|library|townhall")
    premises["floor_area_m2"], premises["demonstration"] = 300 + 50 * (number % 29), number % 3 == 0
    premises.to_csv(folder / "premises_assumed_floor_area.csv", index=False)
    spaces, _, m2 = places(real, "leisure=park", "leisure=pitch")
    spaces["effective_m2"] = (m2 / 2).round(1)
    spaces["shelter_class"] = np.select(
        [m2 < 2_000, m2 < 10_000, m2 < 50_000], ["emergency", "short", "medium"], "long"
    )
    spaces[m2 >= 1_000].to_csv(folder / "open_spaces_assumed_effective_area.csv", index=False)
    depots = [
        ("C1", "city", 459_053, 3_112_795),
        ("D1", "district", 457_769, 3_111_138),
        ("D2", "district", 458_926, 3_105_042),
    ]
    frame = pd.DataFrame(depots, columns=["id", "level", "x", "y"])
    frame.assign(name=frame["id"] + " (invented)", note=NOTE).to_csv(folder / "depots_invented.csv", index=False)


def write_areas(real: Path, folder: Path) -> None:
    """Squares of the municipality as communities, four by four of them as subdistricts, and a programme on them."""
    city = gpd.read_file(real / "las_palmas" / "municipality.geojson").to_crs(CRS).geometry.union_all()
    west, south, east, north = city.bounds
    rows = []
    for r, y in enumerate(np.arange(south, north, SQUARE_M)):
        for c, x in enumerate(np.arange(west, east, SQUARE_M)):
            part = shapely.intersection(city, shapely.box(x, y, x + SQUARE_M, y + SQUARE_M))
            if part.area > 1:
                rows.append(
                    (f"S{r}{c}", f"Square {r}-{c} (synthetic)", f"B{r // 2}{c // 2}", f"D{r // 4}", c > 2, part)
                )
    names = ["community_id", "community", "subdistrict_id", "district_id", "urban", "geometry"]
    squares = gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=CRS)
    squares["city_id"], squares["urban"] = "LP", np.where(squares["urban"], "urban", "rural")
    squares.to_file(folder / "communities_synthetic.gpkg", driver="GPKG")
    k = np.arange(len(squares))
    programme = pd.DataFrame({"community_id": squares["community_id"], "risk": k % 4 + 1})
    programme["demonstration"] = np.where(k % 5 == 0, "yes", "no")
    programme["year"] = pd.Series(2016 + k % 7).where(k % 5 == 0).astype("Int64")
    programme.to_csv(folder / "programme_invented.csv", index=False)
    gpd.GeoDataFrame(geometry=[CLOSED], crs=CRS).to_file(folder / "closure_invented.gpkg", driver="GPKG")


@dataclass(frozen=True)
class Run:
    """A run that is over: its folder, its result, and the way to its networks and layers."""

    folder: Path
    result: StudyResult
    networks: Networks

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @cached_property
    def values(self) -> dict[str, float]:
        summary = json.loads((self.out / "summary.json").read_text(encoding="utf-8"))
        return {figure["id"]: figure["value"] for figure in summary["figures"]}

    @property
    def demand(self) -> Demand:
        return self.result.demand

    def analysis(self, name: str) -> Analysis:
        return next(a for a in self.result.analyses if a.id == name)

    def topic(self, analysis: str, name: str) -> Topic:
        return next(t for t in self.analysis(analysis).topics if t.id == name)

    def listing(self, analysis: str, name: str) -> Listing:
        return next(found for found in self.analysis(analysis).listings if found.id == name)

    def layer(self, analysis: str, name: str) -> MapLayer:
        return next(found for found in self.analysis(analysis).layers if found.id == name)

    def network(self, profile: str, *, metres: bool = False) -> RoadNetwork:
        found = self.result.study.profiles[profile]
        return self.networks.network(found.in_metres() if metres else found, "residents")

    def table(self, name: str) -> gpd.GeoDataFrame:
        """A table that the test wrote, as points on its ids."""
        rows = pd.read_csv(self.folder / name, dtype={"id": str}).set_index("id")
        return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["x"], rows["y"]), crs=CRS)

    def sum_by_unit(self, amount: np.ndarray) -> pd.Series:
        unit = self.demand.frame[f"{self.result.areas.lowest}_id"].to_numpy()
        return pd.Series(amount).groupby(unit).sum().reindex(self.result.areas.frame.index, fill_value=0.0)


@pytest.fixture(scope="module")
def run(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("las_palmas")
    write_facilities(real, folder)
    write_areas(real, folder)
    text = STUDY.format(pbf=(real / PBF).as_posix(), table=TABLE, bridges=json.dumps(BRIDGES, ensure_ascii=False))
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = read_study(folder / "study.toml")
    return Run(folder, run_study(study, folder / "out"), Networks(study))


class Streets:
    """A network as networkx sees it, and ways from one place to many by hand.

    Ways go from a facility to homes: they enter private ways through gates and don't come out again.
    """

    def __init__(self, network: RoadNetwork, without: frozenset[int] = frozenset()) -> None:
        self.network = network
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(range(network.node_count))
        costs = (network.edge_cost_ms.tolist(), network.edge_back_cost_ms.tolist())
        for e, (u, v) in enumerate(zip(network.edge_u.tolist(), network.edge_v.tolist(), strict=True)):
            if e not in without:
                self._add(u, v, costs[0][e])
                self._add(v, u, costs[1][e])
        for public, private in network.gates.tolist():
            self._add(public, private, 0)

    def _add(self, a: int, b: int, ms: int) -> None:
        if ms >= 0 and (not self.graph.has_edge(a, b) or self.graph[a][b]["ms"] > ms):
            self.graph.add_edge(a, b, ms=ms)

    def ways(self, start: Snapped, i: int, stop: Snapped, cutoff_ms: float | None = None) -> np.ndarray:
        """Milliseconds from the i-th place to every other, infinite where no street leads there."""
        away = np.full(len(stop), np.inf)
        if start.edge[i] < 0:
            return away
        edge, offset, leg = int(start.edge[i]), int(start.offset_mm[i]), int(start.leg_ms[i])
        u, v, there, back, length = self._edge(edge)
        self.graph.add_node("start")
        if back >= 0:
            self.graph.add_edge("start", u, ms=share(back, offset, length) + leg)
        if there >= 0:
            ms = there - share(there, offset, length) + leg
            ms = min(ms, self.graph["start"][v]["ms"]) if self.graph.has_edge("start", v) else ms
            self.graph.add_edge("start", v, ms=ms)
        nodes = nx.single_source_dijkstra_path_length(self.graph, "start", cutoff=cutoff_ms, weight="ms")
        self.graph.remove_node("start")
        for d in np.flatnonzero(stop.found).tolist():
            e, at, last = int(stop.edge[d]), int(stop.offset_mm[d]), int(stop.leg_ms[d])
            u, v, there, back, length = self._edge(e)
            options = []
            if there >= 0 and u in nodes:
                options.append(nodes[u] + share(there, at, length) + last)
            if back >= 0 and v in nodes:
                options.append(nodes[v] + back - share(back, at, length) + last)
            if e == edge and (at == offset or (there if at > offset else back) >= 0):
                along = there if at > offset else back
                options.append(abs(share(along, at, length) - share(along, offset, length)) + leg + last)
            away[d] = min(options, default=np.inf)
        return away

    def _edge(self, e: int) -> tuple[int, int, int, int, int]:
        n = self.network
        return (int(n.edge_u[e]), int(n.edge_v[e]), int(n.edge_cost_ms[e]), int(n.edge_back_cost_ms[e]),
                int(n.edge_length_mm[e]))  # fmt: skip


def share(cost: int, offset: int, length: int) -> int:
    """What the first part of an edge costs, rounded half up."""
    return (2 * cost * offset + length) // (2 * length)


def gaussian(ms: np.ndarray, limit_ms: float) -> np.ndarray:
    """Dai's weights: 1 at the door, 0 at the limit and beyond."""
    weight = (np.exp(-0.5 * (ms / limit_ms) ** 2) - math.exp(-0.5)) / (1 - math.exp(-0.5))
    return np.where(ms <= limit_ms, weight, 0.0)


def handed_out(ways: np.ndarray, limit_ms: float, supply: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """What each home gets of supplies (k,) that lie `ways` (k, n) away: E2SFCA as Dai writes it."""
    weight = gaussian(ways, limit_ms)
    heads = weight @ amount
    ratio = np.divide(supply, heads, out=np.zeros(len(supply)), where=heads > 0)
    return amount * (ratio @ weight)


# ---- the run as a whole


def test_every_analysis_is_there_with_finite_figures(run: Run) -> None:
    asked = ["service_circle", "elder_gaps", "shelter_reach", "relief", "facility_area", "programmes"]
    assert [a.id for a in run.result.analyses] == asked
    for figure in run.result.figures:
        assert figure.value is not None, figure.id
        assert math.isfinite(figure.value), figure.id
        if figure.unit == "share" and figure.id != "shelter.fixed_capacity_share":
            assert 0 <= figure.value <= 1, figure.id
        assert all((figure.definition, figure.definition_zh, figure.label, figure.label_zh)), figure.id
    assert {figure.id: figure.value for figure in run.result.figures} == pytest.approx(run.values)


def test_levels_add_up_exactly(run: Run) -> None:
    compared = 0
    for analysis in run.result.analyses:
        for topic in analysis.topics:
            summed = [f.name for f in topic.fields if f.total and f.ratio is None and f.derive is None]
            lowest = topic.tables.get("community", topic.tables["subdistrict"])[summed].sum()
            for level, table in topic.tables.items():
                for name in summed:
                    assert table[name].sum() == pytest.approx(lowest[name], abs=1e-5), (topic.id, level, name)
                    compared += 1
    assert compared > 200


def test_nobody_is_lost_and_nothing_is_made_up(run: Run) -> None:
    value = run.values
    people, elderly = 378_000.0, 80_000.0
    for name in ("people", "elderly"):
        assert run.demand.amount(name).sum() == pytest.approx({"people": people, "elderly": elderly}[name])
    assert value["elder.uncovered"] + value["elder.people_share"] * elderly == pytest.approx(elderly)
    zones = run.layer("elder_gaps", "elder_gap_zones").frame
    assert zones["elderly_uncovered"].sum() == pytest.approx(value["elder.uncovered"], abs=1e-4)
    homes = run.listing("elder_gaps", "elder_homes").frame
    assert homes["elderly"].sum() + value["elder.homes_unreached"] == pytest.approx(elderly)

    served = value["shelter.capacity_served_share"] * people
    why = sum(value[f"shelter.capacity_{name}"] for name in ("full", "beyond", "unsnapped"))
    assert served + why == pytest.approx(people)
    loads = run.listing("shelter_reach", "shelter_loads").frame
    assert loads["load"].sum() == pytest.approx(served)
    assert (loads["load"] <= loads["places"] + 1e-6).all()
    plan = run.listing("shelter_reach", "shelter_flows").frame
    assert plan["amount"].sum() == pytest.approx(served)

    late = value["relief.late"] + value["relief.no_road"]
    assert value["relief.people_share"] * people + late == pytest.approx(people)
    parts = run.listing("facility_area", "parts").frame
    floor = run.table("premises_assumed_floor_area.csv")["floor_area_m2"].sum()
    assert parts["m2"].sum() == pytest.approx(floor)


# ---- one number of each analysis on another way


@pytest.fixture(scope="module")
def sample(run: Run) -> np.ndarray:
    """Two hundred homes that lie on the network."""
    found = np.flatnonzero(run.result.services[0].demand["status"] != "unsnapped")
    return np.sort(np.random.default_rng(7).choice(found, 200, replace=False))


def snapped(run: Run, points: gpd.GeoSeries, network: RoadNetwork) -> Snapped:
    return snap(points, network, max_snap_m=run.result.study.roads.max_snap_m)


def test_nearest_clinics_and_markets_equal_networkx(run: Run, sample: np.ndarray) -> None:
    for name, metres in (("clinic", False), ("market", True)):
        circle = next(c for c in run.result.services if c.service.id == name)
        network = run.network("adult", metres=metres)
        streets = Streets(network)
        homes = snapped(run, run.demand.frame.geometry.iloc[sample], network)
        sites = snapped(run, circle.facilities_layer.frame.geometry, network)
        assert not (network.edge_flags[sites.edge[sites.found]] & WayFlag.PRIVATE).any()
        limit_ms = circle.limit * (1_000 if metres else 60_000)
        least = np.min([streets.ways(sites, i, homes, cutoff_ms=limit_ms) for i in range(len(sites))], axis=0)
        rows = circle.demand.iloc[sample]
        covered = (rows["status"] == "covered").to_numpy()
        assert (covered == (least <= limit_ms)).all()
        told = rows["nearest_min"].to_numpy()[covered] * (1_000 if metres else 60_000)
        assert told == pytest.approx(least[covered], abs=1e-6)
        assert 50 < covered.sum() < 200


def test_completeness_is_the_mean_of_services_reached(run: Run) -> None:
    amount = run.demand.amount("people").to_numpy()
    reached = [run_circle.demand["status"].to_numpy() == "covered" for run_circle in circles_of(run)]
    assert run.values["circle.completeness_share"] == pytest.approx(np.mean(reached, axis=0) @ amount / amount.sum())
    assert run.values["circle.complete_people_share"] == pytest.approx(np.all(reached, axis=0) @ amount / amount.sum())
    table = run.topic("service_circle", "circle_completeness").tables["community"]
    by_unit = run.sum_by_unit(amount * np.all(reached, axis=0))
    assert table["complete"].to_numpy() == pytest.approx(by_unit.to_numpy(), abs=1e-5)


def circles_of(run: Run) -> list[ServiceCircle]:
    return [c for c in run.result.services if c.service.id in run.result.study.circle.required]


def test_beds_within_reach_equal_a_floating_catchment_by_hand(run: Run) -> None:
    network = run.network("elder")
    streets, homes = Streets(network), run.table("homes_assumed_beds.csv")
    at, to = snapped(run, homes.geometry, network), snapped(run, run.demand.frame.geometry, network)
    limit_ms = 30 * 60_000
    ways = np.array([streets.ways(at, i, to, cutoff_ms=limit_ms) for i in range(len(homes))])
    amount = run.demand.amount("elderly").to_numpy()
    beds = run.sum_by_unit(handed_out(ways, limit_ms, homes["beds"].to_numpy(float), amount))
    table = run.topic("elder_gaps", "elder_bed_access").tables["community"]
    assert table["e2sfca_beds"].to_numpy() == pytest.approx(beds.to_numpy(), abs=1e-5)
    reached = (ways <= limit_ms).any(axis=1)
    assert table["e2sfca_beds"].sum() == pytest.approx(homes["beds"][reached].sum())
    assert run.values["elder.beds_unclaimed"] == homes["beds"][~reached].sum()
    near = (ways <= limit_ms).any(axis=0)
    assert run.values["elder.without_bed_share"] == pytest.approx(amount[~near].sum() / amount.sum())
    assert run.values["elder.beds_per_1000"] == pytest.approx(homes["beds"].sum() / 80.0)


def test_floor_area_equals_points_in_polygons_and_a_catchment_by_hand(run: Run) -> None:
    areas, premises = run.result.areas.frame, run.table("premises_assumed_floor_area.csv")
    m2 = premises["floor_area_m2"].to_numpy(float)
    inside = np.array([[shape.contains(point) for point in premises.geometry] for shape in areas.geometry])
    counted = run.topic("facility_area", "counted").tables["community"]
    assert counted["floor_area_m2"].to_numpy() == pytest.approx(inside @ m2)
    households = run.sum_by_unit(run.demand.amount("households").to_numpy())
    lacking = (0.3 * households - inside @ m2).clip(lower=0)
    assert run.values["area.deficit_m2"] == pytest.approx(lacking.sum(), abs=1e-3)
    assert run.values["area.outside_m2"] == m2[~inside.any(axis=0)].sum() > 0

    network = run.network("adult")
    streets, limit_ms = Streets(network), 15 * 60_000
    at, to = snapped(run, premises.geometry, network), snapped(run, run.demand.frame.geometry, network)
    ways = np.array([streets.ways(at, i, to, cutoff_ms=limit_ms) for i in range(len(premises))])
    got = run.sum_by_unit(handed_out(ways, limit_ms, m2, run.demand.amount("households").to_numpy()))
    reachable = run.topic("facility_area", "reachable").tables["community"]
    assert reachable["reachable_m2"].to_numpy() == pytest.approx(got.to_numpy(), abs=1e-4)


def test_relief_equals_networkx_to_the_millisecond(run: Run) -> None:
    network = run.network("drive")
    streets, depots = Streets(network), run.table("depots_invented.csv")
    at, to = snapped(run, depots.geometry, network), snapped(run, run.demand.frame.geometry, network)
    from_city = streets.ways(at, 0, at)
    work = (60 + 60 + 30) * 60_000
    chains = [work + from_city[i] + work + streets.ways(at, i, to) for i in (1, 2)]
    least = np.min(chains, axis=0)
    amount = run.demand.amount("people").to_numpy()
    none = ~np.isfinite(least)
    assert run.values["relief.no_road"] == pytest.approx(amount[none].sum(), abs=1e-3)
    assert run.values["relief.latest_hours"] == pytest.approx(least[~none & (amount > 0)].max() / 3_600_000, abs=1e-9)
    within = amount[least <= 12 * 3_600_000].sum()
    assert run.values["relief.people_share"] == pytest.approx(within / amount.sum())
    depots_at_work = run.listing("relief", "relief_depots").frame
    today = depots_at_work["state"] == depots_at_work["state"].iloc[0]
    loads = depots_at_work[today].set_index("depot_id")["people"]
    for i, depot in ((0, "D1"), (1, "D2")):
        mine = ~none & (chains[i] == least) & ((i == 0) | (chains[0] > least))
        assert loads[depot] == pytest.approx(amount[mine].sum(), abs=1e-3)


def test_two_shelters_and_two_hundred_homes_equal_a_linear_program(run: Run, sample: np.ndarray) -> None:
    """Most served, then least walking, on ways of networkx; the package's own assignment on its own search."""
    network = run.network("adult", metres=True)
    shelters = run.table("open_spaces_assumed_effective_area.csv")
    to = snapped(run, run.demand.frame.geometry.iloc[sample], network)
    two = shelters[shelters["shelter_class"] == "medium"].iloc[[3, 11]]
    streets, at = Streets(network), snapped(run, two.geometry, network)
    near = np.array([streets.ways(at, i, to, cutoff_ms=4_000_000) for i in (0, 1)])
    amount = run.demand.amount("people").to_numpy()[sample]
    reached = np.isfinite(near)
    assert (reached.sum(axis=1) > 20).all()
    assert reached.all(axis=0).sum() > 5
    capacity = np.floor(0.4 * (reached * amount).sum(axis=1))
    most, walked = best_by_hand(near, amount, capacity)

    layer = Facilities(two.assign(capacity=capacity), capacity_unit="persons")
    part = Demand(run.demand.frame.iloc[sample], groups=run.demand.groups)
    found = reach(part, layer, network, cutoff_min=4_000 / 60)
    plan = assign(found, part, layer, within_min=4_000 / 60)
    assert plan.proven
    assert plan.served.sum() == pytest.approx(most, abs=1e-3)
    assert plan.mean_min * plan.served.sum() * 60_000 == pytest.approx(walked, rel=1e-6)


def best_by_hand(ways: np.ndarray, amount: np.ndarray, capacity: np.ndarray) -> tuple[float, float]:
    """How many people at most find a place, and the least that so many walk, in person-milliseconds."""
    site, home = np.nonzero(np.isfinite(ways))
    rows = np.zeros((len(capacity) + len(amount), len(site)))
    rows[site, np.arange(len(site))] = 1.0
    rows[len(capacity) + home, np.arange(len(site))] = 1.0
    limits = np.concatenate([capacity, amount])
    first = linprog(-np.ones(len(site)), A_ub=rows, b_ub=limits)
    assert first.success
    again = linprog(ways[site, home] / 1e6, A_ub=rows, b_ub=limits, A_eq=np.ones((1, len(site))), b_eq=[-first.fun])
    assert again.success
    return float(-first.fun), float(again.fun) * 1e6


def test_the_closed_sea_front_cuts_off_who_networkx_says(run: Run) -> None:
    """A street that meets the closed ground leads nowhere through it; places keep the way along the part of their own
    street that stays outside, unless they lie on the closed ground or would have to cross it to come to the street."""
    network = run.network("adult", metres=True)
    shelters = run.table("open_spaces_assumed_effective_area.csv").geometry
    homes = run.demand.frame.geometry
    touched = shapely.intersects(network.lines, CLOSED)
    now = connected_homes(network, shelters, homes, np.zeros(len(touched), bool))
    then = connected_homes(network, shelters, homes, touched)
    amount = run.demand.amount("people").to_numpy()
    lost = amount[now & ~then].sum()
    assert run.values["shelter.scenario.closure.people_cut_off"] == pytest.approx(lost, abs=1e-3)
    inside = shapely.covers(CLOSED, homes.to_numpy())
    assert 10_000 < amount[inside & now].sum() < lost
    closed_m = shapely.length(shapely.intersection(network.lines[touched], CLOSED)).sum()
    assert run.values["shelter.scenario.closure.closed_km"] == pytest.approx(closed_m / 1_000, rel=1e-3)
    bridges = np.isin(np.array(network.names, dtype=object)[network.edge_name], BRIDGES)
    bridges &= (network.edge_flags & WayFlag.BRIDGE) != 0
    km = network.edge_length_mm[bridges].sum() / 1e6
    assert run.values["shelter.scenario.bridges.closed_km"] == pytest.approx(km)


def connected_homes(
    network: RoadNetwork, shelters: gpd.GeoSeries, homes: gpd.GeoSeries, shut: np.ndarray
) -> np.ndarray:
    """Which homes have a way to any shelter with CLOSED out of the edges that are `shut`."""
    graph = Streets(network, without=frozenset(np.flatnonzero(shut).tolist())).graph
    graph.add_edges_from(("shelters", node) for ends in open_ends(network, shelters, shut) for node in ends)
    left = nx.descendants(graph, "shelters")
    return np.array([any(node in left for node in ends) for ends in open_ends(network, homes, shut)])


def open_ends(network: RoadNetwork, places: gpd.GeoSeries, shut: np.ndarray) -> Iterator[list[int]]:
    """For each place the ends of its edge that it can come to without entering CLOSED where edges are `shut`."""
    at, xy = snap(places, network, max_snap_m=200), shapely.get_coordinates(places)
    legs = shapely.linestrings(np.stack([xy, np.where(at.found[:, None], np.column_stack([at.x, at.y]), xy)], axis=1))
    dry = at.found & ~(shapely.intersects(legs, CLOSED) & shut.any())
    for i, edge in enumerate(at.edge.tolist()):
        ends = [(int(network.edge_u[edge]), 0.0), (int(network.edge_v[edge]), 1.0)] if dry[i] else []
        if shut[edge]:
            here = at.offset_mm[i] / network.edge_length_mm[edge]
            ways = [substring(network.lines[edge], *sorted((here, end)), normalized=True) for _, end in ends]
            ends = [end for end, way in zip(ends, ways, strict=True) if not way.intersects(CLOSED)]
        yield [node for node, _ in ends]


def test_the_most_critical_link_strands_who_networkx_says(run: Run) -> None:
    network = run.network("adult", metres=True)
    links = run.layer("shelter_reach", "critical_links").frame
    worst = links[links["kind"] == "critical"].iloc[0]
    out = shapely.covers(worst.geometry.buffer(0.01), network.lines)
    assert network.edge_length_mm[out].sum() / 1_000 == pytest.approx(worst["length_m"], abs=0.01)
    shelters, homes = run.table("open_spaces_assumed_effective_area.csv").geometry, run.demand.frame.geometry
    now = connected_homes(network, shelters, homes, np.zeros(len(out), bool))
    at, to = snapped(run, shelters, network), snapped(run, homes, network)
    graph = Streets(network, without=frozenset(np.flatnonzero(out).tolist())).graph
    kept = at.edge[at.found & ~out[at.edge]]
    graph.add_edges_from(
        ("shelters", int(node)) for node in np.concatenate([network.edge_u[kept], network.edge_v[kept]])
    )
    left = nx.descendants(graph, "shelters")
    reached = np.isin(network.edge_u[to.edge], list(left - {"shelters"})) & ~out[to.edge]
    amount = run.demand.amount("people").to_numpy()
    assert worst["stranded"] == pytest.approx(amount[now & ~reached].sum(), abs=1e-3)
    assert worst["stranded"] > 1_000


def test_the_programme_is_counted_by_hand(run: Run) -> None:
    table = pd.read_csv(run.folder / "programme_invented.csv").set_index("community_id")
    flagged = table["demonstration"] == "yes"
    assert run.values["programme.demo.share"] == pytest.approx(flagged.mean())
    needed = math.ceil(0.6 * len(table)) - flagged.sum()
    assert run.values["programme.demo.needed"] == needed
    shelter = next(c for c in run.result.services if c.service.id == "shelter")
    amount = run.demand.amount("people").to_numpy()
    unserved = run.sum_by_unit(amount * (shelter.demand["status"] != "covered").to_numpy())
    score = (unserved * table["risk"])[~flagged].sort_values(ascending=False)
    listed = run.listing("programmes", "demo_next").frame
    assert len(listed) == needed
    assert listed["score"].to_numpy() == pytest.approx(score.iloc[:needed].to_numpy(), abs=1e-4)


# ---- what people open


SHEETS = {
    "Completeness of the service circle": ("Residents: all services reached", "circle.complete_people_share", 378_000),
    "Beds for the elderly": ("Beds", "elder.beds", 1),
    "Places in shelters within reach": ("Find a place", "shelter.capacity_served_share", 378_000),
    "Relief goods in time": ("No road leads there", "relief.no_road", 1),
    "Community facilities: m2 lacking": ("Lacking (m2)", "area.deficit_m2", 1),
    "Demonstration community (invented)": ("Meet the standard", "programme.demo.share", 44),
}


def test_workbook_totals_are_the_figures(run: Run) -> None:
    book = openpyxl.load_workbook(run.out / "tables.xlsx", read_only=True)
    found = {}
    for sheet in book:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        titles = " ".join(str(row[0]) for row in rows[:3])
        for title, (header, figure, factor) in SHEETS.items():
            # a sheet of several topics has a total of each, that of a single one stands in the sheet's title
            own = [row for row in rows if row[0] == f"Total · {title}" or (row[0] == "Total" and title in titles)]
            head = next((row for row in rows if header in row), None)
            if own and head is not None and figure not in found:
                (last,) = own
                found[figure] = total = last[head.index(header)]
                assert total == pytest.approx(run.values[figure] * factor, rel=1e-6), title
    assert set(found) == {figure for _, figure, _ in SHEETS.values()}


def test_layers_are_valid_and_hold_what_the_analyses_say(run: Run) -> None:
    path = run.out / "results.gpkg"
    names = set(pyogrio.list_layers(path)[:, 0])
    for analysis in run.result.analyses:
        for layer in analysis.layers:
            name = layer.id if layer.id in names else next(n for n in names if n.endswith(layer.id.split("_", 1)[-1]))
            stored = gpd.read_file(path, layer=name)
            assert len(stored) == len(layer.frame), name
            assert stored.geometry.is_valid.all(), name
            assert not stored.geometry.is_empty.any(), name
            assert stored.crs.to_epsg() in (32628, 4326)
        for topic in analysis.topics:
            assert any(n.startswith(analysis.id) and n.endswith("community") for n in names), topic.id
    relief = gpd.read_file(path, layer="relief_community")
    assert len(relief) == len(run.result.areas.frame)


def test_page_tells_all_themes_in_both_languages(run: Run) -> None:
    page = (run.out / "map.html").read_text(encoding="utf-8")
    head, _ = unpack(page.split('id="civicreach-data">')[1].split("<")[0].strip())
    told = json.dumps(head["analyses"], ensure_ascii=False)
    for analysis in run.result.analyses:
        for each in (analysis, *analysis.topics, *analysis.listings, *analysis.layers):
            assert all(json.dumps(title, ensure_ascii=False) in told for title in each.title), each.title
    assert "assumption: 378,000 people" in json.dumps(head, ensure_ascii=False)


def test_what_is_assumed_is_said(run: Run) -> None:
    told = " ".join(run.result.warnings)
    assert "assumption: 378,000 people" in told
    assert "lies" in told or "outside all areas" in told
    assert "no households" in told
    empty = (run.sum_by_unit(run.demand.amount("households").to_numpy()) == 0).sum()
    assert f"{empty} units have no households" in told


# ---- Wuhan: what its data allow

WUHAN = """
[study]
name = "武汉市"
year = 2023
analyses = ["service_circle", "facility_area"]
{ground}[[services]]
id = "station"
name = "社区服务站（假定）"
name_en = "Station (assumed)"
file = "stations_assumed.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
id_column = "compound_id"
capacity = "m2"
capacity_unit = "m2"
minutes = 15
group = "listings"
[circle]
required = ["station"]
group = "listings"
[area]
services = ["station"]
column = "m2"
group = "listings"
"""


@pytest.fixture(scope="module")
def wuhan(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Streets, compounds and districts are real; stations at every 40th compound are assumed.

    There are no people, households, subdistricts, communities, names of streets or bridges, shelters, homes and depots
    in these data, so that shelters, gaps for the elderly, relief and programmes can't be told.
    """
    folder = tmp_path_factory.mktemp("wuhan")
    compounds = real / "wuhan" / "residential_compounds_779_hgwr.csv"
    stations = pd.read_csv(compounds, encoding="utf-8-sig").iloc[::40]
    stations = stations.assign(m2=300 + 100 * (stations["compound_id"] % 7), note=NOTE)
    stations.to_csv(folder / "stations_assumed.csv", index=False)
    text = WUHAN.replace("{ground}", WUHAN_GROUND).format(real=real.as_posix())
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = read_study(folder / "study.toml")
    return Run(folder, measure_study(load_study(study)), Networks(study))


def test_wuhan_counts_flats_on_offer_and_never_people(wuhan: Run) -> None:
    listings = wuhan.demand.amount("listings")
    found = {figure.id: figure for figure in wuhan.result.figures}
    share = found["circle.completeness_share"]
    assert share.denominator == listings.sum()
    assert "on offer" in share.denominator_name
    covered = wuhan.result.services[0].demand["status"] == "covered"
    assert share.value == pytest.approx(listings[covered].sum() / listings.sum())
    for figure in found.values():
        told = f"{figure.label} {figure.denominator_name}"
        assert not any(word in told for word in ("resident", "people ", "household")), figure.id


def test_wuhan_floor_area_equals_a_catchment_by_hand(wuhan: Run) -> None:
    stations = wuhan.result.services[0].facilities_layer.frame
    m2, listings = stations["capacity"].to_numpy(), wuhan.demand.amount("listings").to_numpy()
    network, limit_ms = wuhan.network("adult"), 15 * 60_000
    streets = Streets(network)
    at, to = snapped(wuhan, stations.geometry, network), snapped(wuhan, wuhan.demand.frame.geometry, network)
    ways = np.array([streets.ways(at, i, to, cutoff_ms=limit_ms) for i in range(len(at))])
    got = wuhan.sum_by_unit(handed_out(ways, limit_ms, m2, listings))
    table = wuhan.topic("facility_area", "reachable").tables["district"]
    assert table["reachable_m2"].to_numpy() == pytest.approx(got.to_numpy(), abs=1e-4)
    inside = np.array([[area.contains(p) for p in stations.geometry] for area in wuhan.result.areas.frame.geometry])
    counted = wuhan.topic("facility_area", "counted").tables["district"]["floor_area_m2"]
    assert counted.to_numpy() == pytest.approx(inside @ m2)


def test_wuhan_has_no_bridge_to_close(wuhan: Run) -> None:
    path = wuhan.folder / "study.toml"
    bridge = '[[scenarios]]\nid = "out"\nname = "长江大桥中断"\nbridges = ["武汉长江大桥"]\n'
    path.write_text(path.read_text(encoding="utf-8") + bridge, encoding="utf-8")
    with pytest.raises(RoadsError, match="none with a name"):
        load_study(read_study(path))

"""A made-up StudyResult for tests of the page: a small town on a grid of streets, cut by a river with one bridge.

::

    y 4 km  +--+--+--+--+   streets every `STEP_M`, homes at their crossings and in the middle of blocks,
            |  north    |   a river from west to east at y = 2 km with one bridge at x = 1 km,
      2 km  ~~==~~~~~~~~~   four subdistricts (two either side), each with four communities
            |  south    |
        0   +--+--+--+--+  6 km

`hostile=True` puts a name that would run as a script into every text field.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, box

from civicreach.errors import Note
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.words import LEVEL_ZH, group_words, unit_words
from civicreach.study import (
    AreasSpec,
    DemandSpec,
    PageSpec,
    Profile,
    RoadsSpec,
    ServiceSpec,
    ServiceStandard,
    Study,
    StudyHead,
)
from page_analyses import analyses_of

CRS = "EPSG:4547"
ORIGIN = (500_000.0, 3_400_000.0)
WIDTH_M, HEIGHT_M, STEP_M = 6_000, 4_000, 250
RIVER = (1_960, 2_120)
BRIDGE_X = 1_000

HOSTILE = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=2</script>",
    "<img src=x onerror=window.pwned=3>",
    '"><svg onload=window.pwned=4>',
    "'-window.pwned=5-'",
    "`${window.pwned=6}`",
    "{{7*7}}{% raw %}${7*7}",
    "javascript:window.pwned=7",
    "\u2028\u2029]]>--><!--",
    "&lt;b&gt;&amp;\\u003cscript\\u003e",
    '=HYPERLINK("x")\\',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\u202egnp.exe\u202c\u2066\u200f",
    "null",
    "__proto__",
    "constructor",
    "\U0001f6b6\U0001f3fd\u200d\u2642\ufe0f\u200b",
    "<a href='//x.example/'>\x01" + "长" * 5_000,
    "<!--<script>",
    "#{7*7}<%= 7*7 %>[[constructor.constructor('window.pwned=8')()]]",
    "%3Cscript%3Ewindow.pwned=9%3C/script%3E",
)


LABELS = ("labels", "labels_en")


class Names:
    """Names as they are, or hostile ones in turn, each ending with the true name."""

    def __init__(self, hostile: bool) -> None:
        self.hostile, self.count = hostile, 0

    def __call__(self, name: str) -> str:
        if not self.hostile:
            return name
        self.count += 1
        return f"{HOSTILE[self.count % len(HOSTILE)]} {name}"


def page_case(
    *,
    hostile: bool = False,
    language: str = "zh",
    dense: int = 1,
    areas: bool = True,
    weight_note: str = "",
    analyses: bool = False,
) -> StudyResult:
    """The town with two services; `dense` multiplies the homes of each block; with a `weight_note` nobody is people;
    `analyses` adds the two of `page_analyses`."""
    names = Names(hostile)
    study = _study(names, language, weight_note)
    layer = Areas(_communities(names), source=names("areas.gpkg:communities")) if areas else None
    demand = replace(_demand(dense), source=names("homes.csv"))
    if layer is not None:
        demand = demand.in_areas(layer)
    streets = _streets()
    services = (
        _service(study, 0, layer, demand, streets, names, [(700, 900), (1500, 3300), (3600, 900), (4700, 1400)]),
        _service(study, 1, layer, demand, streets, names, [(1000, 1500), (2500, 500), (4300, 3100), (5200, 600)]),
    )
    every = tuple(figure for service in services for figure in service.figures)
    snap = gpd.GeoDataFrame({"layer": [], "id": [], "name": [], "gap_m": [], "reason": []}, geometry=[], crs=CRS)
    result = StudyResult(
        study=study, crs=CRS, demand=demand, areas=layer, services=services, figures=every,
        warnings=(Note(names("3 homes are farther than 100 m from any street."), names("3处居住点距道路超过100米。")),),
        snap_report=snap,
        base_map=_base_map(streets, names), attribution=names("© OpenStreetMap contributors (ODbL)"),
    )  # fmt: skip
    if not analyses:
        return result
    found = analyses_of(result, names, ORIGIN)
    every = tuple(figure for part in (*services, *found) for figure in part.figures)
    return replace(result, analyses=found, figures=every)


def _study(names: Names, language: str, weight_note: str) -> Study:
    services = (
        ServiceSpec(id="elder_centre", name=names("养老服务中心"), name_en=names("Elder centre"), file=Path("f.csv"),
                    profile="elder", standard="circle.15min.walk", group="elderly",
                    capacity_unit=names("bed") if names.hostile else "bed"),
        ServiceSpec(id="park", name=names("公园入口"), name_en=names("Park entrance"), file=Path("p.csv"),
                    profile="adult", metres=600, group="people"),
    )  # fmt: skip
    standard = ServiceStandard(
        key="circle.15min.walk", name_zh=names("十五分钟生活圈步行时间"), name_en=names("15-minute circle"), value=15,
        unit="min", clause=names("GB 50180-2018 2.0.2"), source="made up", confidence="unverified",
    )  # fmt: skip
    return Study(
        study=StudyHead(
            name=names("格镇"), name_en=names("Gridtown"), year=2026, language=language, author=names("规划处"),
            **({key: names(key) for key in ("review_number", "date", "data_date")} if names.hostile else {}),
            data_note=names("合成示例数据，非真实城市"), data_note_en=names("Synthetic data, no real city"),
            synthetic=True,
        ),
        roads=RoadsSpec(file=Path("roads.osm.pbf")),
        demand=DemandSpec(
            method="points", file=Path("homes.csv"), groups=("people", "elderly"), weight_note=weight_note,
            **({key: {g: names(g) for g in ("people", "elderly")} for key in LABELS} if names.hostile else {}),
        ),
        page=PageSpec(footer=names("内部用图"), footer_en=names("For internal use")) if names.hostile else PageSpec(),
        areas=AreasSpec(file=Path("areas.gpkg")),
        services=services,
        profiles={"elder": Profile(name="elder", speed_mps=0.97), "adult": Profile(name="adult", speed_mps=1.2)},
        standards={"circle.15min.walk": standard},
        folder=Path(),
    )  # fmt: skip


def _shift(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy + np.array(ORIGIN))


def _communities(names: Names) -> gpd.GeoDataFrame:
    coded = names if names.hostile else str
    rows, shapes = [], []
    for sub in range(4):
        x0, y0 = (sub % 2) * 3000, (sub // 2) * 2000
        for part in range(4):
            x, y = x0 + (part % 2) * 1500, y0 + (part // 2) * 1000
            rows.append({
                "community_id": coded(f"c{sub}{part}"), "community": names(f"{'春夏秋冬'[sub]}{'东西南北'[part]}社区"),
                "subdistrict_id": f"s{sub}", "subdistrict": names(f"{'春夏秋冬'[sub]}水街道"),
                "district_id": f"d{sub // 2}", "district": names(f"{'南北'[sub // 2]}岸区"),
                "city_id": "x", "city": names("格镇"), "urban": part != 3,
            })  # fmt: skip
            shapes.append(_shift(box(x, y, x + 1500, y + 1000)))
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


def _demand(dense: int) -> Demand:
    random = np.random.default_rng(7)
    step = 125
    grid = np.array([(x, y) for x in range(60, WIDTH_M, step) for y in range(60, HEIGHT_M, step)], dtype=float)
    grid = grid[(grid[:, 1] < RIVER[0] - 40) | (grid[:, 1] > RIVER[1] + 40)]
    xy = np.repeat(grid, dense, axis=0) + random.uniform(-45, 45, (len(grid) * dense, 2))
    far = np.hypot(xy[:, 0] - 2200, xy[:, 1] - 1500)
    people = np.rint(random.gamma(1.4, 90, len(xy)) * np.exp(-far / 2200) * (random.random(len(xy)) < 0.75))
    elderly = random.binomial(people.astype(int), 0.21)
    xy[:3] = [(-300.0, 500.0), (-400.0, 700.0), (-350.0, 900.0)]
    frame = gpd.GeoDataFrame(
        {"people": people, "elderly": elderly.astype(float)},
        geometry=gpd.points_from_xy(*(xy + ORIGIN).T),
        index=[f"h{i}" for i in range(len(xy))],
        crs=CRS,
    )
    frame.iloc[:4, :2] = [[40.0, 9.0], [60.0, 12.0], [20.0, 6.0], [80.0, 16.0]]
    return Demand(frame, groups=("people", "elderly"), source="homes.csv")


def _streets() -> nx.Graph:
    graph: nx.Graph = nx.grid_2d_graph(WIDTH_M // STEP_M + 1, HEIGHT_M // STEP_M + 1)
    cut = [
        (a, b) for a, b in graph.edges
        if min(a[1], b[1]) * STEP_M < RIVER[1] and max(a[1], b[1]) * STEP_M > RIVER[0] and a[0] * STEP_M != BRIDGE_X
    ]  # fmt: skip
    graph.remove_edges_from(cut)
    return graph


def _service(
    study: Study,
    at: int,
    areas: Areas | None,
    demand: Demand,
    streets: nx.Graph,
    names: Names,
    places: list[tuple[int, int]],
) -> ServiceCircle:
    spec = study.services[at]
    limit, unit, speed = study.limit(spec), study.limit_unit(spec), study.profile_of(spec).speed_mps
    per_metre = 1 / (60 * speed) if unit == "min" else 1.0
    bands = [5.0, 10.0, 15.0] if unit == "min" else [limit]  # metres are drawn as minutes of 60 m
    frame = gpd.GeoDataFrame(
        {
            "name": [names(f"{spec.name_en or spec.id} {k + 1}") for k in range(len(places))],
            "capacity": [40.0 + 10 * k for k in range(len(places))],
        },
        geometry=[_shift(Point(p)) for p in places], index=[names(f"f{k}") for k in range(len(places))], crs=CRS,
    )  # fmt: skip
    costs = pd.DataFrame({k: _node_cost(streets, p, per_metre) for k, p in zip(frame.index, places, strict=True)})
    told = _told(demand, frame, costs, limit, per_metre)
    isochrones, area, roads = _drawn(streets, costs, bands, frame)
    if unit == "m":
        for drawn in (isochrones, area, roads):
            drawn["minutes"] = drawn["minutes"] / 60
    for group in demand.groups:
        hit = told["status"] == "covered"
        amount = demand.frame[group].where(hit, 0)
        frame[f"catchment_{group}"] = amount.groupby(told["nearest_facility_id"]).sum().reindex(frame.index).fillna(0)
        frame[f"reached_{group}"] = frame[f"catchment_{group}"] * 1.2
    frame["gap_m"], frame["snapped"] = 12.0, [True] * (len(frame) - 1) + [False]
    layer = Facilities(frame[["name", "capacity", "geometry"]], spec.id, spec.capacity_unit, names("facilities.csv"))
    tables = _tables(areas, demand, told, spec.group) if areas is not None else {}
    return ServiceCircle(
        service=spec, profile=study.profile_of(spec), limit=limit, limit_unit=unit, facilities_layer=layer, demand=told,
        facilities=frame, tables=tables, gaps=_gaps(areas, tables, demand, told, spec.group), isochrones=isochrones,
        service_area=area, reached_roads=roads, block_fill=area.iloc[-1:].copy(),
        figures=_figures(study, spec, demand, told, names),
    )  # fmt: skip


def _node_cost(streets: nx.Graph, place: tuple[int, int], per_metre: float) -> pd.Series:
    start = (round(place[0] / STEP_M), round(place[1] / STEP_M))
    metres = nx.single_source_shortest_path_length(streets, start)
    return pd.Series({node: hops * STEP_M * per_metre for node, hops in metres.items()})


def _told(demand: Demand, frame: gpd.GeoDataFrame, costs: pd.DataFrame, limit: float, per_metre: float) -> pd.DataFrame:
    xy = demand.xy - ORIGIN
    nodes = [(int(x), int(y)) for x, y in np.clip(np.rint(xy / STEP_M), 0, [WIDTH_M // STEP_M, HEIGHT_M // STEP_M])]
    leg = np.hypot(*(xy - np.array(nodes) * STEP_M).T)
    table = costs.reindex(nodes).to_numpy() + (leg * per_metre)[:, None]
    cost = np.nanmin(table, axis=1)
    nearest = frame.index.to_numpy()[np.nanargmin(table, axis=1)]
    straight = np.min([demand.frame.geometry.distance(p) for p in frame.geometry], axis=0)
    status = np.where(cost <= limit, "covered", "beyond").astype(object)
    status[:3], status[3], status[4] = "outside", "unsnapped", "edge"
    return pd.DataFrame(
        {"status": status, "nearest_facility_id": nearest, "nearest_min": cost, "straight_m": straight, "gap_m": leg},
        index=demand.ids,
    )


def _drawn(streets: nx.Graph, costs: pd.DataFrame, bands: list[float], frame: gpd.GeoDataFrame):  # type: ignore[no-untyped-def]
    edges = [
        (a, b, _shift(LineString([(a[0] * STEP_M, a[1] * STEP_M), (b[0] * STEP_M, b[1] * STEP_M)])))
        for a, b in streets.edges
    ]
    isochrones, pieces, best = [], [], costs.min(axis=1)
    for k, name in frame["name"].items():
        for band in bands:
            near = [line for a, b, line in edges if max(costs[k].get(a, 1e9), costs[k].get(b, 1e9)) <= band]
            shape = shapely.union_all([line.buffer(25, quad_segs=2) for line in near]) if near else MultiPolygon()
            isochrones.append({"facility_id": k, "name": name, "minutes": band, "geometry": shape})
    for a, b, line in edges:
        reached = max(best.get(a, 1e9), best.get(b, 1e9))
        if band := next((band for band in bands if reached <= band), None):
            pieces.append({"minutes": band, "geometry": line})
    table = gpd.GeoDataFrame(isochrones, crs=CRS)
    area = gpd.GeoDataFrame(
        [{"minutes": band, "geometry": table.geometry[table["minutes"] == band].union_all()} for band in bands], crs=CRS
    )
    area.attrs["within_m"] = 31.7
    return table, area, gpd.GeoDataFrame(pieces, crs=CRS)


def _tables(areas: Areas, demand: Demand, told: pd.DataFrame, group: str) -> dict[str, pd.DataFrame]:
    frame = demand.frame.assign(hit=demand.frame[group].where(told["status"] == "covered", 0))
    found = {}
    for level in areas.levels:
        sums = frame.groupby(f"{level}_id")[[group, "hit"]].sum().reindex(areas.units(level).index)
        found[level] = pd.DataFrame({
            level: areas.units(level)[level], group: sums[group], f"{group}_covered": sums["hit"],
            f"{group}_share": sums["hit"] / sums[group], "facility_count": 1, "present": True,
            "served": sums["hit"] > 0,
            "straight_line_share": np.minimum(1, 1.2 * sums["hit"] / sums[group]),
        })  # fmt: skip
    return found


def _gaps(
    areas: Areas | None, tables: dict[str, pd.DataFrame], demand: Demand, told: pd.DataFrame, group: str
) -> gpd.GeoDataFrame:
    if areas is None:
        return gpd.GeoDataFrame({f"{group}_uncovered": [], "nearest_min": []}, geometry=[], crs=CRS)
    table = tables["community"]
    gaps = areas.frame[["community", "subdistrict", "geometry"]].copy()
    gaps[f"{group}_uncovered"] = table[group] - table[f"{group}_covered"]
    gaps["nearest_min"] = told["nearest_min"].groupby(demand.frame["community_id"]).median().reindex(gaps.index)
    return gaps[gaps[f"{group}_uncovered"] > 0].sort_values(f"{group}_uncovered", ascending=False)


def _figures(study: Study, spec: ServiceSpec, demand: Demand, told: pd.DataFrame, names: Names) -> tuple[Figure, ...]:
    english, chinese = group_words(study, spec.group)
    unit, unit_zh = unit_words(study, spec.group)
    amount = demand.frame[spec.group]
    hit, whole = float(amount[told["status"] == "covered"].sum()), float(amount.sum())

    def share(name: str, part: float, of: float, of_name: str, zh: str) -> Figure:
        return Figure.ratio(
            f"circle.{spec.id}.{name}", part, of, unit="share", denominator_name=of_name,
            denominator_name_zh=LEVEL_ZH.get("community") if of_name == "communities" else chinese,
            label=f"{spec.name_en}: {name} of {english}", label_zh=f"{spec.name}：{chinese}{zh[:3]}",
            definition=names(f"{name}, made up for the test"), definition_zh=names(zh), sources=(names("homes.csv"),),
        )  # fmt: skip

    return (
        share("people_share", hit, whole, english, "标准内可达人数除以全部人数"),
        share("straight_line_share", min(whole, 1.31 * hit), whole, english, "直线半径内的人数除以全部人数"),
        share("people_share_private_open", hit + 0.01, whole, english, "道路开放时的可达人数占比"),
        share("communities_presence_share", 7, 16, "communities", "有设施的社区数除以社区总数"),
        share("communities_served_share", 13, 16, "communities", "至少一人可达的社区数除以社区总数"),
        Figure(
            f"circle.{spec.id}.median", 12.34, "min", names("Median walk"), names("步行时间中位数"),
            label="Median walk", label_zh="步行中位数",
        ),
        Figure(
            f"circle.{spec.id}.at_edge", float(amount[told["status"] == "edge"].sum()), unit or spec.group,
            names("At the edge"), names("位于数据边缘"), unit_zh=unit_zh, label="At the edge", label_zh="数据边缘",
        ),
    )  # fmt: skip


def _base_map(streets: nx.Graph, names: Names) -> dict[str, gpd.GeoDataFrame]:
    def layer(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)

    roads = []
    for a, b in streets.edges:
        main = (a[0] == b[0] and a[0] % 8 == 4) or (a[1] == b[1] and a[1] in (4, 12))
        line = _shift(LineString([(a[0] * STEP_M, a[1] * STEP_M), (b[0] * STEP_M, b[1] * STEP_M)]))
        label = f"{'纵' if a[0] == b[0] else '横'}{a[0] if a[0] == b[0] else a[1]}路"
        roads.append({"class": "primary" if main else "residential", "name": label, "geometry": line})
    roads = [{**road, "name": names(str(road["name"]))} for road in roads]
    random = np.random.default_rng(3)
    homes = random.uniform([0, 0], [WIDTH_M, HEIGHT_M], (2500, 2))
    homes = homes[(homes[:, 1] < RIVER[0] - 60) | (homes[:, 1] > RIVER[1] + 60)]
    return {
        "water": layer([{"name": names("清河"), "geometry": _shift(box(-4000, RIVER[0], 10000, RIVER[1]))}]),
        "green": layer([{"name": names("中央公园"), "geometry": _shift(box(2250, 500, 2750, 1000))}]),
        "roads": layer(roads),
        "buildings": layer([{"geometry": _shift(box(x, y, x + 28, y + 16))} for x, y in homes]),
        "places": layer([{"name": names("北岸"), "place": "suburb", "geometry": _shift(Point(3000, 2700))}]),
    }

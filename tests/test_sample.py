"""The synthetic sample town: the same every time, whole, and with everything in it that breaks simple tools.

Bytes are compared between two fresh runs. Against the committed files the decoded content is compared, because the
bytes of PBF, GeoPackage and GeoTIFF change with the versions of the libraries that write them.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pytest
import rasterio
import shapely
from shapely.geometry import LineString, Polygon

REPO = Path(__file__).resolve().parents[1]
SAMPLE = REPO / "data" / "sample"
LAYERS = ("communities", "subdistricts", "districts", "city")
AGES = (0, 1, *range(5, 85, 5))
LIMIT_BYTES = 2_000_000


@dataclass(frozen=True)
class Osm:
    """A PBF file read into plain dictionaries."""

    generator: str
    places: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    ways: dict[int, tuple[list[int], dict[str, str]]]
    relations: dict[int, tuple[list[tuple[str, int, str]], dict[str, str]]]

    def line(self, way: int) -> LineString:
        return LineString([self.places[n] for n in self.ways[way][0]])

    def highways(self) -> Iterator[tuple[int, list[int], dict[str, str]]]:
        for number, (nodes, tags) in self.ways.items():
            if "highway" in tags:
                yield number, nodes, tags

    def water(self) -> list[Polygon]:
        shapes = [Polygon(self.line(w)) for w, (_, t) in self.ways.items() if t.get("natural") == "water"]
        for members, tags in self.relations.values():
            if tags.get("natural") == "water":
                rings = {role: [self.line(r) for _, r, m in members if m == role] for role in ("outer", "inner")}
                shapes.append(Polygon(rings["outer"][0], rings["inner"]))
        return shapes

    def walk_graph(self, ferry: bool = False) -> nx.Graph:
        """What is open on foot: no motorway; private ways count, so that every home is in the graph."""
        graph = nx.Graph()
        for _, nodes, tags in self.highways():
            if not tags["highway"].startswith("motorway"):
                nx.add_path(graph, nodes)
        for nodes, tags in self.ways.values():
            if ferry and tags.get("route") == "ferry":
                nx.add_path(graph, nodes)
        return graph


def read_osm(path: Path) -> Osm:
    processor = osmium.FileProcessor(str(path))
    osm = Osm(processor.header.get("generator"), {}, {}, {}, {})
    for thing in processor:
        tags = dict(thing.tags)
        if thing.is_node():
            osm.places[thing.id] = (thing.location.lon, thing.location.lat)
            if tags:
                osm.node_tags[thing.id] = tags
        elif thing.is_way():
            osm.ways[thing.id] = ([n.ref for n in thing.nodes], tags)
        else:
            osm.relations[thing.id] = ([(m.type, m.ref, m.role) for m in thing.members], tags)
    return osm


def read_rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def osm() -> Osm:
    return read_osm(SAMPLE / "roads.osm.pbf")


@pytest.fixture(scope="module")
def communities() -> gpd.GeoDataFrame:
    return gpd.read_file(SAMPLE / "areas.gpkg", layer="communities")


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two fresh runs in two processes with different hash seeds."""
    folders = (tmp_path_factory.mktemp("one") / "sample", tmp_path_factory.mktemp("two") / "sample")
    script = str(REPO / "scripts" / "make_sample.py")
    runs = [
        subprocess.Popen(
            [sys.executable, script, "--out", str(folder)],
            env={
                **os.environ,
                "PYTHONHASHSEED": str(k),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONIOENCODING": "utf-8",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for k, folder in enumerate(folders, start=1)
    ]
    for run in runs:
        _, errors = run.communicate(timeout=120)
        assert run.returncode == 0, errors.decode()
    return folders


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_two_runs_write_the_same_bytes(two_runs: tuple[Path, Path]) -> None:
    one, two = two_runs
    assert files(one) == files(two)
    different = [name for name in files(one) if (one / name).read_bytes() != (two / name).read_bytes()]
    assert different == []


def test_committed_files_are_what_the_script_writes(two_runs: tuple[Path, Path]) -> None:
    fresh = two_runs[0]
    assert files(SAMPLE) == files(fresh)
    for name in files(fresh):
        if name.endswith((".csv", ".toml", ".md")):
            assert (SAMPLE / name).read_bytes() == (fresh / name).read_bytes(), name
        elif name.endswith(".tif"):
            same_raster(SAMPLE / name, fresh / name)
    assert read_osm(SAMPLE / "roads.osm.pbf") == read_osm(fresh / "roads.osm.pbf")
    for layer in LAYERS:
        kept, made = (gpd.read_file(f / "areas.gpkg", layer=layer) for f in (SAMPLE, fresh))
        assert kept.drop(columns="geometry").equals(made.drop(columns="geometry"))
        assert kept.geometry.to_wkb().equals(made.geometry.to_wkb())


def same_raster(one: Path, two: Path) -> None:
    with rasterio.open(one) as a, rasterio.open(two) as b:
        assert (a.crs, a.transform, a.nodata, a.tags()) == (b.crs, b.transform, b.nodata, b.tags()), one.name
        assert np.array_equal(a.read(1), b.read(1)), one.name


def test_sample_is_small() -> None:
    assert sum((SAMPLE / name).stat().st_size for name in files(SAMPLE)) < LIMIT_BYTES


def test_areas_are_an_exact_partition(communities: gpd.GeoDataFrame) -> None:
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    assert communities.geometry.is_valid.all()
    parts = communities.geometry.explode(index_parts=False)
    assert len(parts) == len(communities), "every community is one piece"
    for layer, key, count in (
        ("subdistricts", "subdistrict_id", 8),
        ("districts", "district_id", 2),
        ("city", "city_id", 1),
    ):
        upper = gpd.read_file(SAMPLE / "areas.gpkg", layer=layer)
        assert len(upper) == count == communities[key].nunique()
        for code, shape in zip(upper[key], upper.geometry, strict=True):
            mine = communities.geometry[communities[key] == code]
            assert shape.symmetric_difference(shapely.coverage_union_all(mine.to_numpy())).area == 0
    assert len(shapely.get_parts(upper.geometry.iloc[0])) == 1
    assert not len(parts_holes(upper.geometry.iloc[0]))
    assert communities.community_id.is_unique
    assert communities.community_id.str.fullmatch(r"990\d{9}").all()
    assert communities.groupby("subdistrict_id").district_id.nunique().eq(1).all()
    assert set(communities.urban) == {0, 1}


def parts_holes(shape: shapely.Geometry) -> list[shapely.Geometry]:
    return [ring for part in shapely.get_parts(shape) for ring in part.interiors]


def test_exactly_two_bridges_join_the_banks_on_foot(osm: Osm) -> None:
    river = max(osm.water(), key=lambda s: s.area)
    bridges = [
        w
        for w, _, t in osm.highways()
        if t.get("bridge") and osm.line(w).intersects(river) and not t["highway"].startswith("motorway")
    ]
    assert len(bridges) == 2
    graph = osm.walk_graph()
    mainland = max(nx.connected_components(graph), key=len)
    ends = [osm.ways[w][0] for w in bridges]
    north, south = (
        max((e[0], e[-1]), key=lambda n: s * osm.places[n][1]) for e, s in zip([ends[0]] * 2, (1, -1), strict=True)
    )
    assert {north, south} <= mainland
    for chain in ends:
        assert nx.has_path(graph, north, south)
        graph.remove_edges_from(list(nx.utils.pairwise(chain)))
    assert not nx.has_path(graph, north, south)


def test_only_the_ferry_reaches_the_island(osm: Osm) -> None:
    on_foot = sorted(nx.connected_components(osm.walk_graph()), key=len)
    assert len(on_foot) == 2, "the mainland and the island"
    with_ferry = osm.walk_graph(ferry=True)
    assert nx.number_connected_components(with_ferry) == 1
    hole = next(s for s in osm.water() if len(s.interiors)).interiors[0]
    assert all(Polygon(hole).buffer(1e-7).contains(shapely.Point(osm.places[n])) for n in on_foot[0])


def test_streets_cross_water_on_bridges_only(osm: Osm) -> None:
    wet = shapely.union_all(osm.water()).buffer(-1e-6)
    dry = [w for w, _, t in osm.highways() if not t.get("bridge")]
    assert [w for w in dry if osm.line(w).intersects(wet)] == []


def test_buildings_stand_clear_of_streets_and_water(osm: Osm) -> None:
    streets = [osm.line(w) for w, _, t in osm.highways() if not t.get("area")]
    houses = [Polygon(osm.line(w)) for w, (_, t) in osm.ways.items() if "building" in t]
    assert 3000 < len(houses) < 8000
    hits = shapely.STRtree([*streets, *osm.water()]).query(houses, predicate="intersects")
    assert hits.size == 0


def test_motorway_meets_streets_at_slip_roads_only(osm: Osm) -> None:
    kinds: dict[int, set[str]] = {}
    for _, nodes, tags in osm.highways():
        for node in nodes:
            kinds.setdefault(node, set()).add(tags["highway"])
    shared = [k for k in kinds.values() if "motorway" in k and k - {"motorway", "motorway_link"}]
    assert shared == []
    assert sum("motorway_link" in k and "motorway" in k for k in kinds.values()) == 4


def test_streets_cross_the_railway_at_marked_places_only(osm: Osm) -> None:
    (rail,) = [w for w, (_, t) in osm.ways.items() if t.get("railway") == "rail"]
    crossing = [(w, t) for w, _, t in osm.highways() if osm.line(w).intersects(osm.line(rail))]
    on_level = [w for w, t in crossing if not t.get("bridge") and not t.get("tunnel")]
    assert len(crossing) > len(on_level) >= 2
    for way in on_level:
        shared = set(osm.ways[way][0]) & set(osm.ways[rail][0])
        assert [osm.node_tags[n].get("railway") for n in shared] == ["level_crossing"], osm.ways[way][1]


def test_what_breaks_simple_tools_is_there(osm: Osm) -> None:
    tags = [t for _, _, t in osm.highways()]
    used = {n for _, nodes, _ in osm.highways() for n in nodes}
    gates = [n for n, t in osm.node_tags.items() if t.get("barrier") == "gate"]
    assert len(gates) > 50
    assert set(gates) <= used
    assert any(osm.node_tags[n].get("access") == "private" for n in gates)
    assert sum(t.get("access") == "private" for t in tags) > 100
    assert sum(t["highway"] == "steps" for t in tags) >= 10
    assert any(t.get("tunnel") for t in tags)
    assert any(t.get("junction") == "roundabout" for t in tags)
    assert any(t["highway"] == "pedestrian" and t.get("area") == "yes" for t in tags)
    assert any(t.get("footway") == "sidewalk" for t in tags)
    assert any(t.get("footway") == "crossing" for t in tags)
    assert any(t.get("service") == "alley" for t in tags)
    assert any(t.get("oneway") == "yes" for t in tags)
    assert any(t.get("railway") == "level_crossing" for t in osm.node_tags.values())
    ends = [frozenset((n[0], n[-1])) for _, n, _ in osm.highways() if n[0] != n[-1]]
    assert len(ends) - len(set(ends)) >= 10, "steps and ramps between the same two nodes"


def test_rasters_and_table_agree(communities: gpd.GeoDataFrame) -> None:
    table = {r["community_id"]: r for r in read_rows("communities.csv")}
    assert set(table) == set(communities.community_id)
    stacks = {}
    for sex in "fm":
        for age in AGES:
            with rasterio.open(SAMPLE / "population" / f"syn_{sex}_{age}_2026_100m.tif") as raster:
                data, transform, nodata = raster.read(1).astype("float64"), raster.transform, raster.nodata
            stacks[(sex, age)] = np.where(data == nodata, 0.0, data)
    assert len(files(SAMPLE / "population")) == len(stacks) == 36
    rows, columns = data.shape
    lon, lat = np.meshgrid(
        transform.c + transform.a * (np.arange(columns) + 0.5),
        transform.f + transform.e * (np.arange(rows) + 0.5),
    )
    for code, shape in zip(communities.community_id, communities.geometry, strict=True):
        inside = shapely.contains_xy(shape, lon, lat)
        for column, first in (("residents", 0), ("residents_60plus", 60), ("residents_80plus", 80)):
            people = sum(float(v[inside].sum()) for (_, age), v in stacks.items() if age >= first)
            assert abs(people - int(table[code][column])) <= 0.5, (code, column)
    residents = sum(int(r["residents"]) for r in table.values())
    elderly = sum(int(r["residents_60plus"]) for r in table.values())
    assert 78_000 < residents < 82_000
    assert 0.20 < elderly / residents < 0.24
    assert all(int(r["residents"]) > int(r["households"]) > 0 for r in table.values())


def test_people_live_on_the_island(communities: gpd.GeoDataFrame, osm: Osm) -> None:
    row = next(r for r in read_rows("communities.csv") if r["community"] == "鹭汀洲村")
    assert int(row["residents"]) > 300
    assert row["urban"] == "0"


def test_facilities_stand_on_dry_ground_inside_the_city(communities: gpd.GeoDataFrame, osm: Osm) -> None:
    rows = [*read_rows("facilities.csv"), *read_rows("candidates.csv")]
    places = shapely.points([(float(r["lon"]), float(r["lat"])) for r in rows])
    assert not shapely.intersects(shapely.union_all(osm.water()), places).any()
    assert shapely.contains(shapely.union_all(communities.geometry.to_numpy()), places).all()
    assert len({r["id"] for r in rows}) == len(rows)
    counts: dict[str, int] = {}
    for row in read_rows("facilities.csv"):
        counts[row["service"]] = counts.get(row["service"], 0) + 1
    assert counts["elder_centre"] == 6
    assert counts["community_station"] == 26
    assert counts["clinic"] == 9
    assert counts["shelter"] == 14
    assert counts["depot"] == 3
    assert counts["market"] == 8
    homes = [r for r in read_rows("facilities.csv") if r["service"] == "elder_centre"]
    assert all(0 < int(r["nursing_beds"]) < int(r["beds"]) for r in homes)


def test_one_elder_home_is_mapped_three_times(osm: Osm) -> None:
    name = "听荷养老院"
    points = [osm.places[n] for n, t in osm.node_tags.items() if t.get("name") == name]
    points += [osm.line(w).centroid.coords[0] for w, (_, t) in osm.ways.items() if t.get("name") == name]
    for members, tags in osm.relations.values():
        if tags.get("name") == name:
            points.append(osm.line(members[0][1]).centroid.coords[0])
    assert len(points) == 3
    assert max(np.ptp(points, axis=0) * (95_600, 110_900)) < 100


def test_everything_says_synthetic(osm: Osm, communities: gpd.GeoDataFrame) -> None:
    assert "synthetic" in osm.generator
    for path in [SAMPLE / "dem.tif", *(SAMPLE / "population").glob("*.tif")]:
        with rasterio.open(path) as raster:
            assert "Synthetic" in raster.tags()["TIFFTAG_IMAGEDESCRIPTION"], path.name
    assert set(communities.source) == {"synthetic"}
    assert all("synthetic" in r["note"] for n in ("facilities.csv", "candidates.csv") for r in read_rows(n))
    assert all(r["source"] == "synthetic" for r in read_rows("communities.csv"))
    assert "synthetic" in (SAMPLE / "README.md").read_text(encoding="utf-8")
    study = tomllib.loads((SAMPLE / "study.toml").read_text(encoding="utf-8"))
    assert study["study"]["synthetic"] is True
    assert "合成" in study["study"]["data_note"]


def test_study_file_fits_the_files() -> None:
    study = tomllib.loads((SAMPLE / "study.toml").read_text(encoding="utf-8"))
    facilities = read_rows("facilities.csv")
    for service in study["services"]:
        if service["file"] == "candidates.csv":
            assert {service["x"], service["y"], service["id_column"], "cost_wan"} <= set(read_rows("candidates.csv")[0])
            continue
        mine = [r for r in facilities if r["service"] == service["where"]["service"]]
        assert mine, service["id"]
        used = [service[k] for k in ("x", "y", "id_column", "name_column", "capacity") if k in service]
        assert all(row[column] for row in mine for column in used), service["id"]
    columns = read_rows("communities.csv")[0].keys()
    assert set(study["demand"]["columns"].values()) <= set(columns)
    layer = gpd.read_file(SAMPLE / "areas.gpkg", layer=study["areas"]["layer"])
    assert set(study["areas"]["columns"].values()) <= set(layer.columns)
    assert (SAMPLE / study["roads"]["file"]).exists()
    assert (SAMPLE / study["roads"]["dem"]).exists()


def test_hill_in_the_heights(osm: Osm) -> None:
    with rasterio.open(SAMPLE / "dem.tif") as raster:
        heights = raster.read(1)
        steps = [w for w, _, t in osm.highways() if t["highway"] == "steps" and t.get("name")]
        low, high = (next(raster.sample([p]))[0] for p in (osm.line(steps[0]).coords[0], osm.line(steps[0]).coords[-1]))
    assert 105 < heights.max() < 120
    assert 24 <= heights.min() < 30
    assert high - low > 30, "the steps climb the hill"
    assert np.mean(np.abs(heights - np.median(heights)) < 8) > 0.9, "flat nearly everywhere"

"""The tables of the sample as CSV: communities, facilities, candidate plots; and the heights as GeoTIFF."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry import Point as ShapelyPoint

from sample import terrain
from sample.grids import write_grid
from sample.houses import Ground
from sample.places import Row, stand
from sample.plane import to_lonlat
from sample.town import Town

FACILITY_COLUMNS = [
    "id",
    "name",
    "name_en",
    "service",
    "lon",
    "lat",
    "address",
    "beds",
    "nursing_beds",
    "floor_area_m2",
    "effective_area_m2",
    "shelter_class",
    "level",
    "demonstration",
    "status",
    "opened",
    "note",
]
COMMUNITY_COLUMNS = [
    "community_id",
    "community",
    "community_en",
    "subdistrict_id",
    "subdistrict",
    "urban",
    "households",
    "residents",
    "residents_60plus",
    "residents_80plus",
    "living_alone_60plus",
    "veterans",
    "day_people",
    "flood_risk",
    "disaster_demo",
    "source",
]
PLOTS = Path(__file__).with_name("plots.csv")


def write_csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    """UTF-8 with the mark that spreadsheet programs look for and plain line ends."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def write_communities(path: Path, communities: gpd.GeoDataFrame, counts: list[dict[str, int]]) -> None:
    """One row a community, on the codes of the area layer."""
    columns = [c for c in COMMUNITY_COLUMNS if c in communities.columns]
    rows: list[Row] = []
    for (_, unit), numbers in zip(communities[columns].iterrows(), counts, strict=True):
        rows.append({**{str(k): v for k, v in unit.items()}, **numbers})
    write_csv(path, COMMUNITY_COLUMNS, rows)


def write_facilities(path: Path, town: Town, rows: list[Row]) -> None:
    """All facilities with longitude, latitude and an address on the nearest named road."""
    named_ways = [
        way
        for way in town.ways
        if way.tags.get("name") and "highway" in way.tags and way.tags["highway"] not in ("motorway", "motorway_link")
    ]
    tree = shapely.STRtree([way.line() for way in named_ways])
    out: list[Row] = []
    for row in rows:
        x, y = float(row["x"]), float(row["y"])
        way = named_ways[int(tree.nearest(ShapelyPoint(x, y)))]
        lon, lat = to_lonlat(x, y)
        number = 1 + round(way.line().project(ShapelyPoint(x, y)) / 6)
        body: Row = {k: v for k, v in row.items() if k not in ("x", "y")}
        out.append({**body, "lon": lon, "lat": lat, "address": f"{way.tags['name']}{number}号"})
    write_csv(path, FACILITY_COLUMNS, out)


def write_candidates(path: Path, ground: Ground) -> None:
    """Plots and idle premises where an elder centre could open, with what it would cost in 10,000 yuan."""
    with PLOTS.open(encoding="utf-8", newline="") as file:
        plots = list(csv.DictReader(file))
    rows: list[Row] = []
    for n, plot in enumerate(plots, start=1):
        x, y = stand(ground, (float(plot["x"]), float(plot["y"])), (24.0, 16.0))
        lon, lat = to_lonlat(x, y)
        body: Row = {k: v for k, v in plot.items() if k not in {"x", "y"}}
        rows.append({**body, "id": f"C{n:02d}", "lon": lon, "lat": lat, "note": "合成 synthetic"})
    write_csv(path, ["id", "name", "name_en", "lon", "lat", "cost_wan", "note"], rows)


def write_heights(path: Path, communities: gpd.GeoDataFrame) -> None:
    """Heights on a one arc-second grid in steps of 25 cm."""
    write_grid(path, communities, terrain.elevation_m, step_m=0.25, margin=3, nodata=-9999.0)

"""The hierarchy: communities that share their edges exactly, and what they add up to."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample import terrain
from sample.layout import Layout
from sample.names import CITY, COMMUNITIES, DISTRICTS, SUBDISTRICTS
from sample.plane import from_lonlat, longer, spline, to_lonlat

GRID_DEG = 1e-7
DATE = "2026-01-01T00:00:00.000Z"
RURAL = (4, 8)
# ground that belongs to the town beyond its streets: the hill and the lake
HILL_GROUND = [(-2010.0, 1040.0), (-2180.0, 1500.0), (-2110.0, 2050.0), (-1700.0, 2330.0), (-1150.0, 2285.0)]
LAKE_GROUND = [(1190.0, 2350.0), (1600.0, 2420.0), (2150.0, 2330.0), (2310.0, 1950.0), (2040.0, 1590.0)]


def _bend(x: float, y: float) -> tuple[float, float]:
    """A smooth shift that makes straight lines look surveyed along ditches and field edges."""
    return (
        x + 75 * math.sin(y / 310) + 30 * math.sin(y / 97 + 1),
        y + 75 * math.sin(x / 290 + 2) + 30 * math.sin(x / 88),
    )


@functools.cache
def channel(side: int) -> list[tuple[float, float]]:
    """The line in the water that parts the communities: the middle, or each channel beside the island."""
    line = []
    for x in range(terrain.FIRST_X, terrain.LAST_X, 50):
        aside = (
            side * 245 * max(0.0, math.cos((x - terrain.ISLAND_X) / 950 * math.pi / 2))
            if (abs(x - terrain.ISLAND_X) < 950)
            else 0.0
        )
        line.append((float(x), terrain.river_y(x) + aside * 0.86))
    return line


def _rural_lines(city: Polygon, urban: Polygon) -> list[LineString]:
    """Borders between villages: half-way lines, bent, outside the town and its river front."""
    xs = range(-1900, 2000, 50)
    front = [(x, terrain.river_y(x) + 300) for x in xs] + [(x, terrain.river_y(x) - 300) for x in reversed(xs)]
    urban = shapely.union_all(
        [
            urban,
            Polygon(front),
            Polygon([*HILL_GROUND, (-1150, 1020)]).buffer(-30),
            Polygon([*LAKE_GROUND, (1200, 1520)]).buffer(-30),
        ]
    )
    lines = []
    for side in (1, -1):
        hearts = [(x, y) for s, _, en, x, y in COMMUNITIES if s == (4 if side == 1 else 8) and en != "Lutingzhou"]
        cells = shapely.voronoi_polygons(MultiPoint(hearts), extend_to=city.buffer(3000), only_edges=True)
        bank = Polygon([*channel(side), (9000, side * 9000), (-9000, side * 9000)])
        for edge in shapely.get_parts(cells):
            bent = LineString([_bend(*p) for p in shapely.segmentize(edge, 60).coords])
            open_country = bent.intersection(bank.buffer(5)).difference(urban.buffer(-3))
            lines.extend(shapely.get_parts(open_country))
    return [line for line in lines if line.geom_type == "LineString"]


def _tied(layout: Layout) -> list[list[tuple[float, float]]]:
    """The outlines of hill and lake ground with both ends led onto the main streets."""
    streets = shapely.union_all(layout.borders)
    out = []
    for ground in (HILL_GROUND, LAKE_GROUND):
        ends = [shapely.ops.nearest_points(streets, ShapelyPoint(p))[0] for p in (ground[0], ground[-1])]
        beyond = [(2 * e.x - p[0], 2 * e.y - p[1]) for e, p in zip(ends, (ground[1], ground[-2]), strict=True)]
        close = [(e.x + (b[0] - e.x) * 0.01, e.y + (b[1] - e.y) * 0.01) for e, b in zip(ends, beyond, strict=True)]
        out.append([close[0], *ground[1:-1], close[1]])
    return out


def _faces(layout: Layout) -> list[Polygon]:
    """The smallest pieces, on the coordinate grid of the file, so that shared edges are the same vertices."""
    edges: list[LineString] = [LineString(layout.city.exterior.coords), *layout.borders]
    edges += [LineString(channel(side)) for side in (1, -1)]
    for line in layout.borders:
        for x, y in (line.coords[0], line.coords[-1]):
            if abs(y - terrain.river_y(x)) < 330:
                edges.append(LineString(longer([(x, y), (x, terrain.river_y(x))], 4)))
    edges += [LineString(spline(ground)) for ground in _tied(layout)]
    edges += _rural_lines(layout.city, layout.urban)
    lonlat = [LineString([to_lonlat(x, y) for x, y in line.coords]) for line in edges]
    noded = shapely.union_all(lonlat, grid_size=GRID_DEG)
    city = Polygon(lonlat[0])
    faces = shapely.get_parts(shapely.polygonize([noded])).tolist()
    return [f for f in faces if city.contains(f.representative_point())]


def _owner(face: Polygon, layout: Layout) -> int:
    place = face.representative_point()
    xs, ys = from_lonlat(*[shapely.get_coordinates(place)[:, k] for k in (0, 1)])
    x, y = float(xs[0]), float(ys[0])
    north, south = (dict(channel(side)) for side in (1, -1))
    key = min(north, key=lambda k: abs(k - x))
    if south[key] < y < north[key] and north[key] - south[key] > 1:
        return next(n for n, c in enumerate(COMMUNITIES) if c[2] == "Lutingzhou")
    side = 1 if y > terrain.river_y(x) else -1
    urban = bool(layout.urban.buffer(2).contains(ShapelyPoint(x, y))) or _near_town(x, y)
    banks = [n for n, c in enumerate(COMMUNITIES) if (c[0] <= 4) == (side == 1) and (c[0] not in RURAL) == urban]
    if not urban:
        banks = [n for n in banks if COMMUNITIES[n][2] != "Lutingzhou"]
    return min(banks, key=lambda n: math.dist((x, y), COMMUNITIES[n][3:5]))


def _near_town(x: float, y: float) -> bool:
    """The river front between the town's ends, and the hill, belong to the town."""
    front = abs(y - terrain.river_y(x)) < 260 and -2050 < x < 2100 and not (y < terrain.river_y(x) and x < -1150)
    on_hill = Polygon([*HILL_GROUND, (-1150, 1020)]).contains(ShapelyPoint(x, y))
    return front or on_hill or Polygon([*LAKE_GROUND, (1200, 1520)]).contains(ShapelyPoint(x, y))


def build_communities(layout: Layout) -> gpd.GeoDataFrame:
    """The lowest level with codes and names of all levels above, longitude and latitude."""
    faces = _faces(layout)
    owners = _mend(faces, [_owner(f, layout) for f in faces])
    rows = []
    counts: dict[int, int] = {}
    for n, (sub, name, en, _, _) in enumerate(COMMUNITIES):
        counts[sub] = counts.get(sub, 0) + 1
        district = SUBDISTRICTS[sub][2]
        shape = shapely.coverage_union_all([f for f, o in zip(faces, owners, strict=True) if o == n])
        rows.append(
            {
                "community_id": f"990{district}{sub:05d}{counts[sub]:03d}",
                "community": name,
                "community_en": en + (" Village" if sub in RURAL else " Community"),
                "subdistrict_id": f"990{district}{sub:05d}000",
                "subdistrict": SUBDISTRICTS[sub][0],
                "subdistrict_en": SUBDISTRICTS[sub][1],
                "district_id": f"990{district}00000000",
                "district": DISTRICTS[district][0],
                "district_en": DISTRICTS[district][1],
                "city_id": "990000000000",
                "city": CITY[0],
                "city_en": CITY[1],
                "urban": int(sub not in RURAL),
                "source": "synthetic",
                "geometry": shapely.normalize(shape),
            }
        )
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")


def _mend(faces: list[Polygon], owners: list[int]) -> list[int]:
    """Give pieces that lie apart from their community to the neighbour with the longest shared edge."""
    for _ in range(6):
        changed = False
        for n in sorted(set(owners)):
            mine = [k for k, o in enumerate(owners) if o == n]
            parts = sorted(shapely.get_parts(shapely.union_all([faces[k] for k in mine])), key=lambda p: -p.area)
            for part in parts[1:]:
                lost = [k for k in mine if part.contains(faces[k].representative_point())]
                edges: dict[int, float] = {}
                for k, face in enumerate(faces):
                    if owners[k] != n and face.intersects(part):
                        shared = face.boundary.intersection(part.boundary).length
                        edges[owners[k]] = edges.get(owners[k], 0.0) + shared
                winner = max(edges, key=lambda o: (edges[o], -o))
                for k in lost:
                    owners[k] = winner
                changed = True
        if not changed:
            return owners
    return owners


def write_areas(communities: gpd.GeoDataFrame, path: Path) -> None:
    """Four layers in one GeoPackage, with a fixed date so that the bytes are the same every time."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    keys = {"communities": 0, "subdistricts": 3, "districts": 6, "city": 9}
    names = [c for c in communities.columns if c not in ("geometry", "urban", "source")]
    for layer, first in keys.items():
        if layer == "communities":
            frame = communities
        else:
            rows = []
            for _, group in communities.groupby(names[first], sort=True):
                row = {c: group[c].iloc[0] for c in names[first:]}
                shape = shapely.normalize(shapely.coverage_union_all(group.geometry.to_numpy()))
                rows.append({**row, "source": "synthetic", "geometry": shape})
            frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")
        pyogrio.write_dataframe(
            frame,
            path,
            layer=layer,
            driver="GPKG",
            append=path.exists(),
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            layer_options={"DESCRIPTION": "Synthetic sample, no real place 合成数据"},
        )

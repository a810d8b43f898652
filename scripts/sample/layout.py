"""The whole town, drawn in order: water, main streets, blocks, old quarter, hill, country, traffic."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry import Point as ShapelyPoint

from sample import terrain
from sample.blocks import BlockBuilder
from sample.countryside import draw_country_roads, draw_fields, draw_island, draw_villages
from sample.lattice import Lattice, railway_y
from sample.quarters import draw_alleys, draw_hill, draw_old_streets
from sample.streets import draw_main_streets
from sample.town import Area, Town, named, snap_ends
from sample.traffic import draw_lake_path, draw_motorway, draw_pavements, draw_railway, draw_river_paths


@dataclass
class Layout:
    """What the later steps need to know about the drawn town."""

    town: Town
    borders: list[LineString]
    """Main streets: they bound blocks and communities."""
    urban: Polygon
    """The built-up town inside its main streets."""
    old_quarter: Polygon
    hillside: Polygon
    housing: list[tuple[Polygon, str, int]]
    village_streets: list[LineString]
    island_lanes: list[LineString]
    city: Polygon


def city_boundary() -> Polygon:
    """The outline of the city: rounded and a little wavy."""
    ring = []
    for k in range(72):
        a = 2 * math.pi * k / 72
        squash = (abs(math.cos(a)) ** 3 + abs(math.sin(a)) ** 3) ** (-1 / 3)
        wave = 1 + 0.035 * math.sin(5 * a + 1) + 0.02 * math.sin(11 * a)
        ring.append((150 + 5150 * squash * wave * math.cos(a), -250 + 4300 * squash * wave * math.sin(a)))
    return Polygon(ring)


def lay_out(seed: int) -> Layout:
    """Draw everything but houses."""
    town, lattice = Town(), Lattice(random.Random(seed))
    borders = draw_main_streets(town, lattice)
    rail = LineString([(x, railway_y(x)) for x in range(-6000, 6001, 50)])
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*borders, rail])])).tolist()
    blocks = sorted((f for f in faces if _is_block(f)), key=lambda f: (round(f.centroid.y), round(f.centroid.x)))
    quarter = max((f for f in blocks if f.contains(ShapelyPoint(400, 750))), key=lambda f: float(f.area))
    urban = shapely.union_all(blocks)
    builder = BlockBuilder(town, random.Random(seed + 1))
    for block in blocks:
        if block is not quarter and not block.intersects(ShapelyPoint(terrain.HILL_TOP).buffer(250)):
            builder.build(block)
    town.areas.append(Area(quarter.buffer(-8), {"landuse": "residential", **named(("古渡老城", "Gudu Old Quarter"))}))
    old_streets = draw_old_streets(town, quarter)
    borders += old_streets
    for n, ground in enumerate(_grounds(quarter, old_streets)):
        draw_alleys(town, ground, random.Random(seed + 10 + n))
    hillside = draw_hill(town)
    draw_country_roads(town, lattice)
    villages = draw_villages(town, random.Random(seed + 2))
    lanes = draw_island(town)
    draw_pavements(town, lattice)
    draw_river_paths(town)
    draw_lake_path(town)
    draw_motorway(town)
    draw_railway(town)
    snap_ends(town.ways)
    city = city_boundary()
    draw_fields(town, city, _built(town, urban), random.Random(seed + 6))
    return Layout(town, borders, urban, quarter, hillside, builder.housing, villages, lanes, city)


def _is_block(face: Polygon) -> bool:
    return bool(
        face.area > 12_000
        and face.intersection(terrain.water()).area < 10
        and face.area < 1_500_000
        and face.centroid.y < 2450
    )


def _grounds(quarter: Polygon, streets: list[LineString]) -> list[Polygon]:
    parts = shapely.get_parts(shapely.polygonize([shapely.union_all([quarter.exterior, *streets])])).tolist()
    return sorted(parts, key=lambda p: (round(p.centroid.y), round(p.centroid.x)))


def _built(town: Town, urban: Polygon) -> Polygon:
    roads = [way.line().buffer(30) for way in town.ways if not way.tags.get("railway")]
    return shapely.union_all(
        [*roads, urban.buffer(60), terrain.water().buffer(80), ShapelyPoint(terrain.HILL_TOP).buffer(560)]
    )

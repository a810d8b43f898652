"""The drawn town as an OpenStreetMap PBF file with real tags, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import osmium
import shapely
from osmium.osm import mutable
from shapely.geometry import Polygon

from sample import terrain
from sample.plane import Point, to_lonlat
from sample.town import Area, Tags, Town, join

FIRST_NODE, FIRST_WAY, FIRST_RELATION = 1_000_001, 200_001, 30_001
GENERATOR = "civicreach make_sample (synthetic town, not a real place)"


class OsmTown:
    """Numbered nodes, ways and relations, ready to write."""

    def __init__(self, town: Town) -> None:
        nodes, chains = join(town.ways, town.welds)
        self.places: list[Point] = list(nodes.places)
        self.node_tags: dict[int, Tags] = {}
        self.ways: list[tuple[list[int], Tags]] = []
        self.relations: list[tuple[list[tuple[int, str]], Tags]] = []
        for way, chain in zip(town.ways, chains, strict=True):
            if len(chain) > 1:
                self.ways.append((chain, way.tags))
        for point, tags in town.points:
            number = nodes.find(point)
            if number is None:
                number = self._node(point)
            self.node_tags[number] = {**self.node_tags.get(number, {}), **tags}
        for area in town.areas:
            self._area(area)
        self._relation(
            terrain.river(),
            {"natural": "water", "water": "river", "name": "岚水", "name:en": "Lanshui River"},
        )
        self._area(
            Area(
                terrain.lake(),
                {"natural": "water", "water": "lake", "name": "听荷湖", "name:en": "Tinghe Lake"},
            )
        )
        middle = [
            (float(x), terrain.river_y(x) - (200 if abs(x - terrain.ISLAND_X) < 800 else 0))
            for x in range(terrain.FIRST_X, terrain.LAST_X, 400)
        ]
        self.ways.append(
            (
                [self._node(p) for p in middle],
                {"waterway": "river", "name": "岚水", "name:en": "Lanshui River"},
            )
        )

    def _node(self, point: Point) -> int:
        self.places.append(point)
        return len(self.places) - 1

    def _ring(self, ring: object) -> list[int]:
        points = [(p[0], p[1]) for p in shapely.get_coordinates(ring).tolist()[:-1]]
        numbers = [self._node(p) for p in points]
        return [*numbers, numbers[0]]

    def _area(self, area: Area) -> None:
        for part in shapely.get_parts(area.shape):
            if len(part.interiors):
                self._relation(part, area.tags)
            else:
                self.ways.append((self._ring(part.exterior), area.tags))

    def _relation(self, shape: Polygon, tags: Tags) -> None:
        members = []
        for role, ring in [("outer", shape.exterior), *[("inner", r) for r in shape.interiors]]:
            self.ways.append((self._ring(ring), {}))
            members.append((len(self.ways) - 1, role))
        self.relations.append((members, {"type": "multipolygon", **tags}))

    def walk_km(self) -> float:
        """Length of everything on the ground but motorways and the railway, in km."""
        lines = [
            shapely.LineString([self.places[n] for n in chain])
            for chain, tags in self.ways
            if "highway" in tags and not tags["highway"].startswith("motorway")
        ]
        return float(sum(line.length for line in lines)) / 1000

    def write(self, path: Path) -> None:
        """Write the PBF: ids in order, version 1 everywhere, no times and no users."""
        path.unlink(missing_ok=True)
        lonlat = [to_lonlat(x, y) for x, y in self.places]
        header = osmium.io.Header()
        header.set("generator", GENERATOR)
        lons, lats = [p[0] for p in lonlat], [p[1] for p in lonlat]
        header.add_box(osmium.osm.Box(min(lons), min(lats), max(lons), max(lats)))
        file = osmium.io.File(str(path), "pbf,pbf_compression=zlib,add_metadata=version")
        with osmium.SimpleWriter(file, header=header) as writer:
            for n, place in enumerate(lonlat):
                tags = self.node_tags.get(n, {})
                writer.add_node(mutable.Node(id=FIRST_NODE + n, version=1, location=place, tags=tags))
            for n, (chain, tags) in enumerate(self.ways):
                ids = [FIRST_NODE + k for k in chain]
                writer.add_way(mutable.Way(id=FIRST_WAY + n, version=1, nodes=ids, tags=tags))
            for n, (members, tags) in enumerate(self.relations):
                refs = [("w", FIRST_WAY + k, role) for k, role in members]
                writer.add_relation(mutable.Relation(id=FIRST_RELATION + n, version=1, members=refs, tags=tags))

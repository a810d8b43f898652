"""Isochrones: valid, nested, bounded, holding every reached street, the same in every window and run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import towns
from civicreach.errors import InputError, LayerError
from civicreach.network import RoadNetwork, build_network
from civicreach.reach import block_fill, find_blocks, isochrones, reached_roads, service_area
from civicreach.reach.rings import Grid
from civicreach.study import Profile

MINUTES = (2, 5, 8)


def city(seed: int = 0, side: int = 14, private: bool = False) -> RoadNetwork:
    """A jittered grid with some streets missing: islands, dead ends and loops are likely."""
    rng = np.random.default_rng(seed)
    nodes = {
        f"{i}:{j}": (120.0 * i + rng.uniform(-40, 40), 120.0 * j + rng.uniform(-40, 40))
        for i in range(side)
        for j in range(side)
    }
    ways = []
    for i in range(side):
        for j in range(side):
            others = [other for other in (f"{i + 1}:{j}", f"{i}:{j + 1}") if other in nodes and rng.random() < 0.8]
            ways += [(f"{i}:{j} {other}", "residential", 0) for other in others]
    return build_network(towns.roads(nodes, ways), towns.WALKER)


def centres(network: RoadNetwork, count: int, seed: int = 0) -> object:
    """Facilities beside streets, some of them on the very shortest edges."""
    rng = np.random.default_rng(seed)
    edges = np.concatenate([rng.integers(0, network.edge_count, count - 3), np.argsort(network.edge_length_mm)[:3]])
    at = shapely.line_interpolate_point(network.lines[edges], rng.random(count), normalized=True)
    return towns.facilities({f"c{i}": (p.x + rng.uniform(0, 9), p.y) for i, p in enumerate(at)})


def test_cross_road_pieces_by_hand() -> None:
    # 2 minutes at 1 m/s, 5 m of them off the street: 115 m north, 30 m to O, 85 m on the three other arms
    network = build_network(towns.cross_road(), towns.WALKER)
    found = reached_roads(towns.facilities({"c": (5, 30)}), network, (2,))
    assert found.length.sum() == pytest.approx(115 + 30 + 3 * 85)
    assert found.total_bounds.tolist() == pytest.approx([-85, -85, 85, 145])


def test_pieces_of_several_places_on_one_street_are_counted_once() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    layer = towns.facilities({"a": (100, 0), "b": (130, 0), "c": (400, 20), "d": (0, 50)})
    found = reached_roads(layer, network, (1, 2, 3))
    # 1 min: 60 m around a and b (40 to 190), 40 m around c (360 to 440); d: 60 m north, 50 to O, 10 m beyond
    lengths = found.length.groupby(found["minutes"]).sum()
    assert lengths[1.0] == pytest.approx(150 + 80 + 60 + 50 + 3 * 10)
    for limit in (1.0, 2.0, 3.0):
        lines = found.geometry[found["minutes"] <= limit].to_numpy()
        assert shapely.union_all(lines).length == pytest.approx(shapely.length(lines).sum())


def test_pieces_meet_half_way_around_a_block() -> None:
    # a square of 400 m: everything within 200 m is the whole square, each piece once
    nodes = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100)}
    network = build_network(towns.roads(nodes, [("A B C D A", "path", 0)]), towns.WALKER)
    for limit, length in ((2, 240.0), (200 / 60, 400.0), (5, 400.0)):
        found = reached_roads(towns.facilities({"c": (50, 0)}), network, (limit,))
        assert shapely.union_all(found.geometry.to_numpy()).length == pytest.approx(length, abs=0.01)


def test_bands_hold_only_what_smaller_ones_did_not_reach() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    found = reached_roads(towns.facilities({"c": (0, 0)}), network, MINUTES)
    assert found.length.groupby(found["minutes"]).sum().to_dict() == pytest.approx({2.0: 480.0, 5.0: 720.0, 8.0: 720.0})


def test_one_way_streets_are_reached_in_the_direction_asked() -> None:
    network = build_network(towns.one_way_loop(), Profile(name="drive", mode="drive", slope="none"))
    centre = towns.facilities({"c": (50, 0)})
    # 1 s at 10 m/s: 10 m behind the centre can drive to it, 10 m ahead of it can be driven to
    to = reached_roads(centre, network, (1 / 60,), direction="to_facility")
    away = reached_roads(centre, network, (1 / 60,), direction="from_facility")
    assert to.total_bounds.tolist() == pytest.approx([40, 0, 50, 0])
    assert away.total_bounds.tolist() == pytest.approx([50, 0, 60, 0])


@pytest.mark.parametrize("beside_unreached", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_promises(seed: int, beside_unreached: bool) -> None:
    network = city(seed)
    layer = centres(network, 25, seed)
    drawn = isochrones(layer, network, MINUTES, beside_unreached=beside_unreached)
    assert drawn.geometry.is_valid.all()
    assert (drawn.geometry.geom_type == "MultiPolygon").all()
    shapes = drawn.geometry.to_numpy().reshape(-1, 3)
    assert shapely.covers(shapes[:, 1], shapes[:, 0]).all()
    assert shapely.covers(shapes[:, 2], shapes[:, 1]).all()
    rng = np.random.default_rng(seed)
    for k in range(0, 25, 5):
        one = towns.facilities({"c": (layer.xy[k, 0], layer.xy[k, 1])})
        streets = reached_roads(one, network, MINUTES)
        for b, limit in enumerate(MINUTES):
            union = shapely.union_all(streets.geometry[streets["minutes"] <= limit].to_numpy())
            assert shapely.covers(shapes[k, b], union) or union.is_empty
            inside = _points_inside(shapes[k, b], rng)
            assert (shapely.distance(inside, union) <= Grid().bound_m).all()
            corners = shapely.points(shapely.get_coordinates(shapes[k, b]))
            assert (shapely.distance(corners, union) <= Grid().bound_m).all()
            for part in shapely.get_parts(shapes[k, b]):
                assert part.intersects(union)


def _points_inside(shape: shapely.MultiPolygon, rng: np.random.Generator) -> np.ndarray:
    west, south, east, north = shape.bounds
    xy = rng.uniform((west, south), (east, north), (400, 2))
    return shapely.points(xy[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])])


def test_nothing_crosses_a_river_that_isn_t_bridged() -> None:
    network = build_network(towns.river_with_one_bridge(), towns.WALKER)
    drawn = isochrones(towns.facilities({"c": (100, 0)}), network, (5, 10, 15))
    assert drawn.geometry.iloc[2].bounds[3] < 50  # 900 m to the bridge take 15 minutes, so the north stays away
    wider = isochrones(towns.facilities({"c": (100, 0)}), network, (20,))
    assert wider.geometry.iloc[0].bounds[3] > 100


def test_holes_are_kept_unless_they_are_small() -> None:
    network = build_network(towns.superblock(), towns.WALKER, private_access="open")
    whole = isochrones(towns.facilities({"c": (0, 0)}), network, (20,))
    assert shapely.get_num_interior_rings(shapely.get_parts(whole.geometry.iloc[0])).sum() == 1
    filled = isochrones(towns.facilities({"c": (0, 0)}), network, (20,), min_hole_m2=200_000)
    assert shapely.get_num_interior_rings(shapely.get_parts(filled.geometry.iloc[0])).sum() == 0


def test_a_facility_draws_the_same_alone_and_among_others_and_in_another_process_order() -> None:
    network = city(7)
    layer = centres(network, 12, 7)
    together = isochrones(layer, network, MINUTES)
    for k in (0, 5, 11):
        alone = isochrones(towns.facilities({"c": tuple(layer.xy[k])}), network, MINUTES)
        mine = together[together["facility_id"] == f"c{k}"]
        assert [g.wkb for g in alone.geometry] == [g.wkb for g in mine.geometry]
    again = isochrones(layer, network, MINUTES)
    digest = [hashlib.sha256(b"".join(g.wkb for g in f.geometry)).hexdigest() for f in (together, again)]
    assert digest[0] == digest[1]


def test_the_service_area_is_the_union() -> None:
    network = city(2)
    layer = centres(network, 8, 2)
    area = service_area(layer, network, MINUTES, beside_unreached=True)
    drawn = isochrones(layer, network, MINUTES, beside_unreached=True)
    for b, limit in enumerate(MINUTES):
        union = shapely.union_all(drawn.geometry[drawn["minutes"] == limit].to_numpy())
        # each is within a cell of the other: corners are rounded inwards on the same grid
        assert area.geometry.iloc[b].symmetric_difference(union).area < 0.01 * union.area


def test_exact_buffers_agree_with_shapely() -> None:
    network = city(3)
    layer = centres(network, 4, 3)
    exact = isochrones(layer, network, MINUTES, method="exact")
    drawn = isochrones(layer, network, MINUTES, beside_unreached=True)
    for a, b in zip(exact.geometry, drawn.geometry, strict=True):
        assert b.area == pytest.approx(a.area, rel=0.02)
    one = towns.facilities({"c": tuple(layer.xy[0])})
    streets = reached_roads(one, network, MINUTES)
    assert exact.geometry.iloc[2].area == pytest.approx(
        shapely.union_all(shapely.buffer(streets.geometry.to_numpy(), 25, quad_segs=8)).area, rel=1e-6
    )


def test_the_bytes_repeat_on_a_plainer_processor(tmp_path: Path) -> None:
    """Compiled for a processor without AVX or FMA, in another process, the same bytes come out."""
    script = (
        "import hashlib, test_isochrone as t\n"
        "network = t.city(7)\n"
        "drawn = t.isochrones(t.centres(network, 12, 7), network, t.MINUTES)\n"
        "print(hashlib.sha256(b''.join(g.wkb for g in drawn.geometry)).hexdigest())"
    )
    network = city(7)
    mine = isochrones(centres(network, 12, 7), network, MINUTES)
    plain = {"NUMBA_CPU_NAME": "generic", "CIVICREACH_CACHE": str(tmp_path)}
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **plain, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == hashlib.sha256(b"".join(g.wkb for g in mine.geometry)).hexdigest()
    # the kernels went where they were told to go, not beside the package
    assert list((tmp_path / "kernels").rglob("*.nbc"))


@pytest.mark.parametrize(
    ("town", "place", "minutes", "empty"),
    [
        ({"A": (0, 0), "B": (3, 0)}, (1, 0), (5,), [False]),  # a lone stub of 3 m
        ({"A": (0, 0), "B": (0.01, 0)}, (0, 0), (5,), [False]),  # 1 cm
        ({"A": (0, 0), "B": (500, 0)}, (100, 90), (1.5,), [False]),  # the leg uses up the limit exactly
        ({"A": (0, 0), "B": (500, 0)}, (100, 90), (1, 2), [True, False]),  # the leg is longer than the first
        ({"A": (0, 0), "B": (500, 0)}, (0, 0), (1,), [False]),  # at a node
    ],
)
def test_awkward_places(town: dict, place: tuple, minutes: tuple, empty: list) -> None:
    network = build_network(towns.roads(town, [("A B", "path", 0)]), towns.WALKER)
    drawn = isochrones(towns.facilities({"c": place}), network, minutes)
    assert drawn.geometry.is_empty.tolist() == empty
    assert drawn.geometry.is_valid.all()


def test_a_loop_and_a_place_off_the_network() -> None:
    nodes = {"A": (0, 0), "B": (100, 0), "C": (100, 100), "D": (0, 100)}
    network = build_network(towns.roads(nodes, [("A B C D A", "path", 0)]), towns.WALKER)
    drawn = isochrones(towns.facilities({"on": (0, 0), "off": (0, -500)}), network, (5,))
    assert drawn.geometry.is_empty.tolist() == [False, True]
    with pytest.raises(LayerError, match="none of 1 places"):
        isochrones(towns.facilities({"off": (0, -500)}), network, (5,))


@pytest.mark.parametrize("minutes", [(), (5, 5), (10, 5), (0, 5), (-1,), (float("nan"),), (1e9,)])
def test_senseless_minutes_are_refused(minutes: tuple) -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises((InputError, ValueError)):
        isochrones(towns.facilities({"c": (0, 0)}), network, minutes)


def test_a_grid_too_coarse_for_its_half_width_is_refused() -> None:
    network = build_network(towns.cross_road(), towns.WALKER)
    with pytest.raises(ValueError, match=r"1\.42 times"):
        isochrones(towns.facilities({"c": (0, 0)}), network, (5,), cell_m=20)


# --- block fill --------------------------------------------------------------------------------------------------


def block(side: float) -> RoadNetwork:
    """A block with streets all around, and streets that lead away from its corners to the edge of the data."""
    s = side
    nodes = {"A": (0, 0), "B": (s, 0), "C": (s, s), "D": (0, s), "a": (-300, -300), "c": (s + 300, s + 300)}
    return build_network(
        towns.roads(nodes, [("A B C D A", "path", 0), ("A a", "path", 0), ("C c", "path", 0)]), towns.WALKER
    )


def test_a_block_is_filled_once_all_its_streets_are_reached() -> None:
    centre = towns.facilities({"c": (0, 0)})
    found = block_fill(centre, block(300), (9, 10))  # the far corner C is 600 m away
    assert found.geometry.iloc[0].is_empty
    assert found.geometry.iloc[1].area == pytest.approx(300 * 300, rel=0.1)
    assert found.geometry.iloc[1].covers(shapely.Point(150, 150))


def test_large_blocks_and_water_stay_open() -> None:
    centre = towns.facilities({"c": (0, 0)})
    assert block_fill(centre, block(450), (30,)).geometry.iloc[0].is_empty  # 20 ha
    pond = gpd.GeoSeries([shapely.box(100, 100, 200, 200)], crs=towns.CRS)
    network = block(300)
    found = block_fill(centre, network, (30,), blocks=find_blocks(network, water=pond)).geometry.iloc[0]
    assert not found.covers(shapely.Point(150, 150))
    assert found.covers(shapely.Point(60, 60))

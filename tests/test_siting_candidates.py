"""Candidates that stand on the streets: none too near, none where nobody builds, always the same."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import towns
from civicreach.errors import LayerError
from civicreach.layers import Areas, Facilities, WayFlag
from civicreach.network import RoadNetwork, build_network
from civicreach.siting.candidates import candidates_on_network

NODES = {"a": (0.0, 0.0), "b": (1000.0, 0.0), "c": (2000.0, 0.0), "d": (1000.0, 700.0), "e": (1000.0, -1300.0)}


def town(flags: int = 0) -> RoadNetwork:
    """Two streets that cross at b, 2 km by 2 km; the one to the north may be something that nobody builds on.

           d
           |
    a ---- b ---- c
           |
           e
    """
    ways = [("a b c", "residential", 0), ("b d", "residential", flags), ("b e", "residential", 0)]
    return build_network(towns.roads(NODES, ways), profile=towns.WALKER)


def test_candidates_stand_on_the_streets_and_apart() -> None:
    network = town()
    found = candidates_on_network(network, every_m=400)
    xy = found.xy
    apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    assert apart[~np.eye(len(xy), dtype=bool)].min() >= 400
    lines = shapely.union_all(network.lines)
    assert shapely.distance(found.frame.geometry.to_numpy(), lines).max() < 0.01
    assert set(found.frame["status"]) == {"candidate"}
    assert any((xy == (1000.0, 0.0)).all(axis=1)), "the crossing comes first"


def test_no_point_of_the_streets_could_be_added() -> None:
    """Every place along the streets has a candidate within the distance and half a part of a street."""
    network = town()
    found = candidates_on_network(network, every_m=300)
    along = shapely.points(
        np.concatenate([shapely.get_coordinates(shapely.segmentize(line, 5.0)) for line in network.lines])
    )
    nearest = shapely.distance(along, shapely.multipoints(found.frame.geometry.to_numpy()))
    assert nearest.max() <= 300 + 75


@pytest.mark.parametrize("flag", [WayFlag.STEPS, WayFlag.PRIVATE, WayFlag.BRIDGE, WayFlag.TUNNEL])
def test_nothing_is_built_where_nobody_can(flag: WayFlag) -> None:
    walls = town(int(flag))
    assert (candidates_on_network(walls, every_m=100).xy[:, 1] <= 0.01).all()
    assert (candidates_on_network(town(), every_m=100).xy[:, 1] > 0.01).any()


def test_candidates_stay_inside_the_areas() -> None:
    areas = Areas(
        gpd.GeoDataFrame(
            {"community_id": ["west"]}, geometry=[shapely.box(-10, -2000, 900, 2000)], crs=towns.CRS, index=["west"]
        )
    )
    inside = candidates_on_network(town(), every_m=100, areas=areas)
    assert inside.xy[:, 0].max() <= 900
    assert len(inside.frame) < len(candidates_on_network(town(), every_m=100).frame)
    far = Areas(
        gpd.GeoDataFrame(
            {"community_id": ["far"]}, geometry=[shapely.box(9e3, 9e3, 1e4, 1e4)], crs=towns.CRS, index=["far"]
        )
    )
    with pytest.raises(LayerError, match="no public street"):
        candidates_on_network(town(), every_m=100, areas=far)


def test_candidates_are_always_the_same() -> None:
    first, second = (candidates_on_network(town(), every_m=150).frame for _ in range(2))
    assert first.index.tolist() == [f"street-{i}" for i in range(1, len(first) + 1)]
    assert first.geometry.geom_equals_exact(second.geometry, 0).all()


@pytest.mark.parametrize("wrong", [0.0, -5.0, float("nan")])
def test_a_distance_is_positive(wrong: float) -> None:
    with pytest.raises(ValueError, match="every_m must be above 0"):
        candidates_on_network(town(), every_m=wrong)


def test_too_many_candidates_are_a_slip() -> None:
    with pytest.raises(LayerError, match="take a larger one"):
        candidates_on_network(town(), every_m=0.05)


def test_facilities_with_candidates_beside_them() -> None:
    there = towns.facilities({"old": (100, 0)}, status=["existing"], capacity=[20.0])
    plots = towns.facilities({"plot": (700, 0)}, status=["existing"])
    both = there.with_candidates(plots)
    assert both.frame["status"].to_dict() == {"old": "existing", "plot": "candidate"}
    assert both.service == there.service
    assert len(there.frame) == 1, "the layer itself stays"
    with pytest.raises(LayerError, match=r"stand here already \(1: old\)"):
        there.with_candidates(there)
    moved = plots.frame.to_crs(32651)
    with pytest.raises(LayerError, match="candidates are in EPSG:32651"):
        there.with_candidates(Facilities(moved, "centre"))

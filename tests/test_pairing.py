"""Pairs of elder centres and clinics by hand, against scipy's assignment and brute force, and their laws.

::

    K           L                              M (across the river: no bridge)
    a --- K --- b --- L ------ c ---------- d      e --- M
    0    100   150   300      600         1400   3000  3100     metres, walked at 1 m/s

Within 5 minutes a reaches K (100 s) and L (300 s), b reaches K (50 s) and L (150 s), c reaches L (300 s); d's nearest
is L (1100 s). f lies in a field. One centre a clinic: K-b and L-a or L-c would be nearest first, but two can be paired
only; K-a with L-b (250 s) beats K-b with L-a or L-c (350 s), and c finds L taken.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import towns
from civicreach.errors import LayerError, Note
from civicreach.layers import Facilities
from civicreach.measures.pairing import REASONS, pair, unpaired_note
from civicreach.network import RoadNetwork, build_network
from civicreach.reach import reach
from civicreach.study import Profile

CENTRES = {"a": (0, 0), "b": (150, 0), "c": (600, 0), "d": (1400, 0), "e": (3000, 0), "f": (600, 500)}
CLINICS = {"K": (100, 0), "L": (300, 0)}
SEEDS = st.integers(0, 10**9)


def network() -> RoadNetwork:
    nodes = {"A": (0, 0), "B": (2000, 0), "C": (3000, 0), "D": (5000, 0)}
    return build_network(towns.roads(nodes, [("A B", "residential", 0), ("C D", "residential", 0)]), towns.WALKER)


def layer(places: dict[str, tuple[float, float]], service: str = "centre") -> Facilities:
    return Facilities(towns.facilities(places).frame, service)


def test_one_to_one_by_hand() -> None:
    found = pair(layer(CENTRES), layer(CLINICS, "clinic"), network(), within_min=5, capacity=1)
    assert found.index.tolist() == list("abcdef")
    assert found["assigned_id"].tolist() == ["K", "L", None, None, None, None]
    assert found["assigned_min"].iloc[:2].tolist() == [100 / 60, 150 / 60]
    assert found["assigned_min"].iloc[2:].isna().all()
    assert found["nearest_id"].tolist() == ["K", "K", "L", "L", None, None]
    assert found["nearest_min"].iloc[:4].tolist() == [100 / 60, 50 / 60, 5, 1100 / 60]
    assert found["nearest_min"].iloc[4:].isna().all()
    assert found["reason"].tolist() == ["", "", "full", "beyond", "no way", "unsnapped"]
    assert set(found["reason"]) == set(REASONS)


def test_more_centres_a_clinic_by_hand() -> None:
    both = pair(layer(CENTRES), layer(CLINICS), network(), within_min=5, capacity=2)
    assert both["assigned_id"].tolist()[:3] == ["K", "K", "L"]
    own = pd.Series({"L": 2, "K": 0})
    one = pair(layer(CENTRES), layer(CLINICS), network(), within_min=5, capacity=own)
    # L takes two of the three; b is nearest, a and c are as far as each other: the first of the two
    assert one["assigned_id"].tolist()[:3] == ["L", "L", None]
    assert one["nearest_id"].tolist()[:3] == ["K", "K", "L"]
    unlimited = pair(layer(CENTRES), layer(CLINICS), network(), within_min=30, capacity=pd.Series(np.inf, ["K", "L"]))
    paired = unlimited["reason"] == ""
    assert paired.tolist() == [True] * 4 + [False] * 2
    assert unlimited.loc[paired, "assigned_id"].tolist() == unlimited.loc[paired, "nearest_id"].tolist()
    assert unlimited.loc[paired, "assigned_min"].tolist() == unlimited.loc[paired, "nearest_min"].tolist()


def test_the_way_is_driven_in_its_direction() -> None:
    """On a one-way ring of 400 m a clinic 100 m ahead is 300 m away from where its doctors set out."""
    driver = Profile(name="driver", mode="drive", speed_mps=10.0)
    ring = build_network(towns.one_way_loop(), driver)
    centre, clinic = layer({"A": (50, 0)}), layer({"B": (100, 50)})
    for direction, seconds in (("to_facility", 10), ("from_facility", 30)):
        found = pair(centre, clinic, ring, within_min=60, capacity=1, direction=direction)
        assert found[["nearest_min", "assigned_min"]].to_numpy().tolist() == [[seconds / 60] * 2]


def test_bad_capacities_and_far_layers_are_told() -> None:
    centres, clinics = layer(CENTRES), layer(CLINICS, "clinic")
    with pytest.raises(LayerError, match=r"clinic: capacity isn't a whole number \(1: L: 1.5\)"):
        pair(centres, clinics, network(), within_min=5, capacity=pd.Series({"K": 1, "L": 1.5}))
    with pytest.raises(LayerError, match=r"capacity isn't known \(1: L\)"):
        pair(centres, clinics, network(), within_min=5, capacity=pd.Series({"K": 1}))
    with pytest.raises(LayerError, match=r"capacity is negative \(2: K: -1, L: -1\)"):
        pair(centres, clinics, network(), within_min=5, capacity=-1)
    with pytest.raises(LayerError, match="clinic: none of 1 places"):
        pair(centres, layer({"K": (0, 9000)}, "clinic"), network(), within_min=5, capacity=1)


def test_reasons_are_told_in_both_languages() -> None:
    assert unpaired_note("beyond", 18.33) == "none within the limit: the nearest is 18.3 minutes away"
    assert Note.told(unpaired_note("beyond", 18.33), "zh") == "时限内没有机构：最近的需18.3分钟"
    assert Note.told(unpaired_note("full", 5), "zh") == REASONS["full"][1]


def one_street(seed: int, most: int = 6) -> tuple[RoadNetwork, Facilities, Facilities]:
    """Some centres and clinics along a street of 1 km."""
    rng = np.random.default_rng(seed)
    street = build_network(towns.roads({"A": (0, 0), "B": (1000, 0)}, [("A B", "residential", 0)]), towns.WALKER)
    layers = []
    for service in ("centre", "clinic"):
        count = int(rng.integers(1, most + 1))
        xy = rng.integers(0, 21, count) * 50.0, rng.integers(0, 3, count) * 30.0
        layers.append(Facilities(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy), crs=towns.CRS), service))
    return street, *layers


def costs(street: RoadNetwork, centres: Facilities, clinics: Facilities, within_min: float) -> Any:
    """Milliseconds (centres, clinics) within a limit, infinite beyond."""
    homes = towns.demand({str(i): (p.x, p.y) for i, p in zip(centres.ids, centres.frame.geometry, strict=True)})
    found = reach(homes, clinics, street, cutoff_min=within_min)
    table = np.full((len(centres.ids), len(clinics.ids)), np.inf)
    table[found.demand_at, found.facility_at] = found.cost_ms
    return table


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_scipy_finds_no_better_partners(seed: int) -> None:
    street, centres, clinics = one_street(seed)
    found = pair(centres, clinics, street, within_min=4, capacity=1)
    table = costs(street, centres, clinics, 4)
    far = 1e12
    rows, columns = linear_sum_assignment(np.where(np.isfinite(table), table, far))
    chosen = table[rows, columns]
    chosen = chosen[np.isfinite(chosen)]
    assert (found["reason"] == "").sum() == len(chosen)
    assert round(found["assigned_min"].sum() * 60_000) == round(chosen.sum())
    paired = found["assigned_id"].dropna()
    assert paired.is_unique
    for centre, clinic in paired.items():
        assert isinstance(clinic, int)  # as in the clinics' layer
        assert found["assigned_min"][centre] == table[centre, clinic] / 60_000


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_brute_force_finds_no_better_pairs(seed: int, capacity: int) -> None:
    street, centres, clinics = one_street(seed, most=4)
    found = pair(centres, clinics, street, within_min=4, capacity=capacity)
    table = costs(street, centres, clinics, 4)
    best = []
    for choice in product(range(-1, len(clinics.ids)), repeat=len(centres.ids)):
        ways = [table[i, f] for i, f in enumerate(choice) if f >= 0]
        if np.isfinite(ways).all() and all(choice.count(f) <= capacity for f in range(len(clinics.ids))):
            best.append((choice.count(-1), round(sum(ways))))
    assert ((found["reason"] != "").sum(), round(found["assigned_min"].sum() * 60_000)) == min(best)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_more_room_never_pairs_fewer(seed: int) -> None:
    street, centres, clinics = one_street(seed)
    paired = [
        (pair(centres, clinics, street, within_min=4, capacity=count)["reason"] == "").sum() for count in (0, 1, 2, 9)
    ]
    assert paired == sorted(paired)
    assert paired[0] == 0
    table = costs(street, centres, clinics, 4)
    assert paired[-1] == np.isfinite(table).any(axis=1).sum()

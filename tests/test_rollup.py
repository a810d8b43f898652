"""Sums of the lowest units on every level above: exact, with ratios of sums and derived columns on each."""

from __future__ import annotations

import math
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.layers import Areas
from civicreach.measures.analysis import Field
from civicreach.measures.rollup import roll_up, sums_by_unit, total_row, with_ratios
from little_study import CRS, squares

FIELDS = (
    Field("area_m2", ("Floor area (m2)", "建筑面积（平方米）"), total=True),
    Field("households", ("Households", "户数"), total=True),
    Field("m2_per_100", ("m2 per 100 households", "每百户面积"), "number", ratio=("area_m2", "households", 100.0)),
    Field("balance_m2", ("Balance", "盈亏"), derive=lambda t: t["area_m2"] - 0.3 * t["households"]),
)


def four_villages() -> Areas:
    """Two subdistricts of two communities each; the last community is rural.

    s1: a | b    s2: c | d (rural)
    """
    frame = squares("a", "b", "c", "d", subdistrict_id=["s1", "s1", "s2", "s2"], urban=[True, True, True, False])
    return Areas(frame)


def lowest() -> pd.DataFrame:
    return pd.DataFrame(
        {"area_m2": [300.0, 0.0, 90.0, 10.0], "households": [100.0, 300.0, 0.0, 100.0], "homes_count": [1, 2, 3, 4]},
        index=list("abcd"),
    )


def test_every_level_has_its_sums_and_its_own_ratios() -> None:
    tables = roll_up(lowest(), four_villages(), FIELDS)
    assert list(tables) == ["subdistrict", "community", "urban_rural"]
    sub = tables["subdistrict"]
    assert sub["area_m2"].to_dict() == {"s1": 300.0, "s2": 100.0}
    # 300 m2 for 400 households and 100 m2 for 100; the mean of the communities' ratios would say 150 for s1
    assert sub["m2_per_100"].to_dict() == {"s1": 75.0, "s2": 100.0}
    assert sub["balance_m2"].to_dict() == {"s1": 180.0, "s2": 70.0}
    assert sub["unit_count"].to_dict() == {"s1": 2, "s2": 2}
    assert pd.api.types.is_integer_dtype(sub["homes_count"])
    assert sub["homes_count"].tolist() == [3, 7]


def test_a_unit_without_anybody_has_no_ratio() -> None:
    community = roll_up(lowest(), four_villages(), FIELDS)["community"]
    assert math.isnan(community.loc["c", "m2_per_100"])
    assert community.loc["c", "area_m2"] == 90.0
    assert list(community.columns[:2]) == ["subdistrict_id", "subdistrict"]


def test_urban_and_rural_stand_side_by_side() -> None:
    table = roll_up(lowest(), four_villages(), FIELDS)["urban_rural"]
    assert table["households"].to_dict() == {"rural": 100.0, "urban": 400.0}
    assert table["m2_per_100"].to_dict() == {"rural": 10.0, "urban": 97.5}


def test_without_areas_there_is_one_row() -> None:
    homes = pd.DataFrame({"area_m2": [1.0, 2.0], "households": [10.0, 20.0]})
    tables = roll_up(sums_by_unit(homes, pd.Series(["all", "all"]), None), None, FIELDS)
    assert list(tables) == ["all"]
    assert tables["all"].loc["all", ["area_m2", "m2_per_100"]].tolist() == [3.0, 10.0]


def test_rows_outside_all_units_are_in_no_sum() -> None:
    homes = pd.DataFrame({"people": [1.0, 2.0, 4.0]})
    sums = sums_by_unit(homes, pd.Series(["a", None, "d"], dtype=object), four_villages())
    assert sums["people"].to_dict() == {"a": 1.0, "b": 0.0, "c": 0.0, "d": 4.0}


def test_the_total_row_is_a_ratio_of_sums_and_leaves_out_what_has_no_sum() -> None:
    fields = (*FIELDS, Field("median_min", ("Median", "中位"), "minutes"))
    row = total_row(lowest().assign(median_min=[1.0, 2.0, 3.0, 4.0]), fields)
    assert row["area_m2"] == 400.0
    assert row["m2_per_100"] == 80.0
    assert row["balance_m2"] == pytest.approx(250.0)
    assert "median_min" not in row.index


def test_ratios_leave_the_sums_as_they_are() -> None:
    table = lowest()
    with_ratios(table, FIELDS)
    assert "m2_per_100" not in table.columns


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_all_levels_of_any_hierarchy_add_up(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    ids = [f"c{i}" for i in range(count)]
    subdistrict = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    frame = squares(*ids, subdistrict_id=[f"s{i}" for i in subdistrict], district_id=[f"d{i % 2}" for i in subdistrict])
    amounts = data.draw(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=count * 3, max_size=count * 3))
    units = data.draw(st.lists(st.sampled_from([*ids, None]), min_size=count * 3, max_size=count * 3))
    areas = Areas(gpd.GeoDataFrame(frame, crs=CRS))
    homes = pd.DataFrame({"people": amounts})
    sums = sums_by_unit(homes, pd.Series(units, dtype=object), areas)
    tables = roll_up(sums, areas, (Field("people", ("People", "人"), total=True),))
    inside = sum(a for a, u in zip(amounts, units, strict=True) if u is not None)
    parts = tables["community"]["people"]
    assert float(parts.sum()) == pytest.approx(inside, abs=1e-5 * count)
    for level in ("district", "subdistrict"):
        for unit, people in tables[level]["people"].items():
            mine = frame.loc[(frame[f"{level}_id"] == unit).to_numpy(), "community_id"]
            micro = sum(Fraction(round(1e6 * v)) for v in parts[mine])
            assert np.isclose(1e6 * people, float(micro), rtol=0, atol=0.5)

"""The siting bench's city is what it says, and its parts run."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCH = Path(__file__).resolve().parents[1] / "scripts" / "bench"


@pytest.fixture(autouse=True)
def bench_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    names = set(sys.modules)
    yield
    for name in set(sys.modules) - names:  # `clock`, `sheet` and their like belong to the bench alone
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(BENCH)):
            del sys.modules[name]


def test_city_reaches_over_bridges_only():
    from siting_city import covers, river_y, siting_city

    city = siting_city(600, 80)
    assert len(city.weight) == 600
    assert 25 < city.sites.nnz / 600 < 36
    assert len(np.unique(city.nodes, axis=0)) == 600
    x = np.array([0.0, 6000.0])
    bridges = np.array([[6000.0, river_y(x, 12_000.0)[1]]])
    south, north = river_y(x, 12_000.0) - 100, river_y(x, 12_000.0) + 100
    found = covers(np.column_stack([x, south]), np.column_stack([x, north]), bridges, 12_000.0, 500.0).toarray()
    assert found.tolist() == [[0, 0], [0, 1]], "200 m apart over the bridge, and an hour away without"


def test_all_of_max_cover_runs_and_its_answers_are_right():
    from sheet import Options
    from siting_cover import run

    tables, checks = run(Options("tiny"))
    assert all(check.met for check in checks if check.is_answer)
    assert any(check.is_answer for check in checks)
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)

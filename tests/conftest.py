"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_data import real_data


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real cities; the test is skipped, saying so, where it isn't there."""
    folder = real_data()
    if folder is None:
        pytest.skip("no real data: set CIVICREACH_REAL_DATA or put it in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own for networks; compiled kernels stay where they are."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("civicreach.inputs.cache.default_folder", lambda: folder)
    return folder

"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_data import real_data

LONGEST = (
    "test_plan_engine.py", "test_real_analyses.py", "test_cli.py", "test_page_plan.py", "test_real_cities.py",
    "test_small_counts.py", "test_page_browser.py", "test_page_analyses_browser.py", "test_notebooks.py",
    "test_report.py", "test_page_sheets.py", "test_precheck.py", "test_sample.py", "test_same_numbers.py",
)  # fmt: skip
"""Files that take longest, these first: so that no process is left alone with one in the end."""


def pytest_configure(config: pytest.Config) -> None:
    """Processes that test side by side keep the kernels that they compile in files of their own.

    Else two that compile different types of one kernel at the same moment might both write its first file, and load
    the other's machine code from it. The index of a kernel is one for all: what it forgets is compiled again.
    """
    worker = getattr(config, "workerinput", {}).get("workerid")
    if worker is None:
        return
    from civicreach.reach._numba import numba

    files = numba.core.caching.IndexDataCacheFile
    plain = files._data_name
    files._data_name = lambda self, number: f"{worker}-{plain(self, number)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; all else as it was."""
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


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

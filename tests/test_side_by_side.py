"""The suite in several processes: who shares it out, in which order, and where compiled kernels are kept meanwhile."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parent


def module(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize(
    ("asked", "cores", "processes"),
    [
        ([], 2, "2"), (["-x"], 3, "3"), (["-m", "not real"], 16, "4"), ([], 1, None), (["-n", "0"], 8, None),
        (["tests/test_reach.py::test_x"], 8, None), (["-k", "reach"], 8, None), (["--pdb"], 8, None), (["-s"], 8, None),
    ],
)  # fmt: skip
def test_the_whole_suite_is_shared_out_and_nothing_else(
    asked: list[str], cores: int, processes: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = module(TESTS.parent / "scripts" / "test.py", monkeypatch)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    options = script.side_by_side(asked)
    assert options[1:2] == ([processes] if processes else [])
    assert ("loadfile" in options) == bool(processes)


def test_the_longest_files_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = module(TESTS / "conftest.py", monkeypatch).LONGEST
    assert len(set(longest)) == len(longest)
    assert [name for name in longest if not (TESTS / name).is_file()] == []


def test_processes_write_kernels_to_files_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two that compile other types of one kernel at once: neither may load the other's code under its own types."""
    from civicreach.reach._numba import numba

    files = numba.core.caching.IndexDataCacheFile
    configure = module(TESTS / "conftest.py", monkeypatch).pytest_configure
    caches = []
    for worker in ("gw0", "gw1"):
        with monkeypatch.context() as patch:
            patch.setattr(files, "_data_name", lambda self, number: f"kernel.{number}.nbc")
            configure(type("Config", (), {"workerinput": {"workerid": worker}})())
            naming = files._data_name
        cache = files(str(tmp_path), "kernel", "stamp")
        cache._data_name = naming.__get__(cache)
        caches.append(cache)
    first, second = caches
    # both look before either has written: so they take the same number
    monkeypatch.setattr(first, "_load_index", dict)
    monkeypatch.setattr(second, "_load_index", dict)
    first.save("int32", "code for int32")
    second.save("int64", "code for int64")
    first._save_data(first._data_name(1), "code for int32")  # the first is the last to write
    reader = files(str(tmp_path), "kernel", "stamp")
    assert reader.load("int64") == "code for int64"
    assert reader.load("int32") in (None, "code for int32")

"""Importing the package is quick, complete, and safe where coverage/ could be taken for coverage.py."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import civicreach

REPOSITORY = Path(__file__).resolve().parent.parent
HEAVY = {
    "docx", "folium", "geopandas", "highspy", "matplotlib", "networkx", "numba", "numpy", "openpyxl",
    "osmium", "osmnx", "pandas", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "rich", "scipy",
    "shapely", "typer",
}  # fmt: skip
PRINT_MODULES = "import json, sys\nprint(json.dumps(sorted(sys.modules)))"

# Where the library coverage.py is not installed, Python finds the bare folder in the root of the project.
HIDE_COVERAGE = f"""
import sys
from importlib.machinery import PathFinder

class OnlyTheFolder:
    def find_spec(self, name, path=None, target=None):
        return PathFinder.find_spec(name, [{str(REPOSITORY)!r}]) if name == "coverage" else None

sys.meta_path.insert(0, OnlyTheFolder())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new Python with this checkout's package, in the root of the project."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "coverage")},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def modules_after(code: str) -> set[str]:
    done = run(f"{code}\n{PRINT_MODULES}")
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_front_door_loads_no_heavy_library() -> None:
    assert modules_after("import civicreach") & HEAVY == set()


def test_help_loads_no_heavy_library_but_the_command_lines_own() -> None:
    code = """
import sys
from civicreach.cli import main
sys.argv = ["civicreach", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code
"""
    assert modules_after(code) & HEAVY <= {"typer", "rich"}


def test_public_names_are_sorted_and_there() -> None:
    assert civicreach.__all__ == sorted(set(civicreach.__all__))
    assert [name for name in civicreach.__all__ if getattr(civicreach, name, None) is None] == []
    assert set(civicreach.__all__) <= set(dir(civicreach))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        civicreach.no_such_name  # noqa: B018


def test_every_module_can_be_imported() -> None:
    code = """
import importlib, pkgutil, civicreach
for found in pkgutil.walk_packages(civicreach.__path__, "civicreach."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
"""
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_numba_alone_breaks_on_the_bare_folder() -> None:
    """The trouble that the next test guards against is real; should numba mend it, the guard can go."""
    done = run(f"{HIDE_COVERAGE}\nimport numba")
    assert "module 'coverage' has no attribute" in done.stderr


def test_the_kernels_load_in_the_root_without_coverage_py() -> None:
    done = run(f"{HIDE_COVERAGE}\nimport civicreach.reach, numba\nprint(numba.njit(lambda: 1)())")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1"]

"""The files around the package agree: version ranges, pins, what lies in the repository and what does not."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
LOCKS = ["requirements/runtime.txt", "requirements/test.txt"]
PYTHONS = ["3.11", "3.12", "3.13"]

CONDA_NAMES = {"osmium": "pyosmium"}  # what a package is called there, where that differs
CONDA_ONLY = {"python", "pip", "setuptools"}
TOP_FOLDERS = {"coverage", "notebooks", "data", "scripts", "tests", "requirements"}
TOP_FILES = {
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "DECISIONS.md",
    "LICENSE",
    "MANIFEST.in",
    "environment.yml",
    "pyproject.toml",
    "setup.py",
}
LARGEST_FILE = 2_000_000  # bytes


def ranges(requirements: list[str]) -> dict[str, SpecifierSet]:
    parsed = [Requirement(requirement) for requirement in requirements]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


RUNTIME = ranges(PYPROJECT["project"]["dependencies"])
TEST = ranges(PYPROJECT["project"]["optional-dependencies"]["test"])
BUILD = ranges(PYPROJECT["build-system"]["requires"])


def conda_ranges() -> dict[str, SpecifierSet]:
    listed = {}
    for entry in CONDA["dependencies"]:
        if isinstance(entry, dict):
            listed |= ranges(entry["pip"])
        else:
            name, _, versions = entry.partition(" ")
            listed[name] = SpecifierSet(versions)
    return listed


def pins(lock: str, python: str) -> dict[str, str]:
    """The versions that a lock file gives on Linux with one version of Python."""
    here = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    found = {}
    for line in (REPOSITORY / lock).read_text(encoding="utf-8").splitlines():
        if line and line[0] not in " #":
            requirement = Requirement(line.removesuffix("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate(here):
                found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


@cache
def repository_files() -> list[Path]:
    """What is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
    )
    if listed.returncode != 0:
        pytest.skip("this is not a git checkout, so what belongs to the repository is not known")
    return [path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


def inside(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def text_files() -> list[tuple[str, str]]:
    found = []
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((inside(path), content.decode("utf-8", errors="replace")))
    return found


# Version ranges and pins


def test_conda_and_pip_users_get_the_same_ranges() -> None:
    expected = {CONDA_NAMES.get(name, name): versions for name, versions in RUNTIME.items()}
    listed = {name: versions for name, versions in conda_ranges().items() if name not in CONDA_ONLY}
    assert listed == expected


def test_conda_has_the_python_and_the_build_tools_of_pyproject() -> None:
    assert conda_ranges()["python"] == SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert conda_ranges()["setuptools"] == BUILD["setuptools"]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("name", RUNTIME)
def test_each_range_has_both_ends(name: str) -> None:
    assert sorted(end.operator for end in RUNTIME[name]) == ["<", ">="]


def test_the_library_coverage_is_always_installed() -> None:
    # Without it the bare folder coverage/ would be taken for it, and numba breaks.
    assert "coverage" in RUNTIME


def test_the_locks_carry_the_build_tools() -> None:
    assert ranges(PYPROJECT["dependency-groups"]["build"]) == BUILD


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_pins_are_within_the_ranges(lock: str, python: str) -> None:
    wanted = RUNTIME | BUILD | (TEST if "test" in lock else {})
    pinned = pins(lock, python)
    assert not wanted.keys() - pinned.keys()
    outside = {name: pinned[name] for name in wanted if pinned[name] not in wanted[name]}
    assert not outside, "the lock is older than pyproject.toml; CONTRIBUTING.md says how to make it anew"


@pytest.mark.parametrize("python", PYTHONS)
def test_tests_run_on_the_versions_that_people_get(python: str) -> None:
    runtime, test = (pins(lock, python) for lock in LOCKS)
    assert runtime == {name: test.get(name) for name in runtime}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_gets_the_same_versions(lock: str) -> None:
    assert pins(lock, "3.11") == pins(lock, "3.12") == pins(lock, "3.13")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (REPOSITORY / lock).read_text(encoding="utf-8"))
    pinned = [entry for entry in entries if not entry.startswith("#")]
    assert pinned
    assert [entry.split()[0] for entry in pinned if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "environment.yml", ".pre-commit-config.yaml"])
def test_no_addresses_in_the_project_files(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    assert re.findall(r"\S*://\S*|\b[\w.-]+\.(?:com|org|io|net|dev|edu|cn)\b", text) == []


def test_pre_commit_hooks_are_local() -> None:
    settings = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [entry["repo"] for entry in settings["repos"]] == ["local"]


# The scripts that start from nothing


@pytest.mark.parametrize("name", ["demo", "test", "_setup"])
def test_set_up_needs_the_standard_library_only(name: str) -> None:
    tree = ast.parse((REPOSITORY / "scripts" / f"{name}.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).split(".")[0])
    assert imported - sys.stdlib_module_names <= {"_setup"}


@pytest.mark.parametrize("name", ["demo", "test"])
def test_an_old_python_can_read_that_it_is_too_old(name: str) -> None:
    text = (REPOSITORY / "scripts" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))
    assert text.index("sys.version_info < (3, 11)") < text.index("import _setup")


# What lies in the repository


def test_the_top_level_is_as_designed() -> None:
    listed = [path.relative_to(REPOSITORY) for path in repository_files()]
    visible = [path for path in listed if not path.parts[0].startswith(".")]
    assert {path.parts[0] for path in visible if len(path.parts) > 1} == TOP_FOLDERS
    assert {path.name for path in visible if len(path.parts) == 1} == TOP_FILES


def test_the_folder_coverage_is_no_package() -> None:
    """An `__init__.py` or a module right in coverage/ would hide the library coverage.py."""
    directly = {name.split("/")[1] for path in repository_files() if (name := inside(path)).startswith("coverage/")}
    assert directly == {"civicreach"}


def test_there_is_no_conftest_in_the_root() -> None:
    assert not (REPOSITORY / "conftest.py").exists()


def test_notebooks_are_stored_without_outputs() -> None:
    dirty = []
    for path in repository_files():
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
                dirty.append(inside(path))
    assert dirty == []


def test_no_file_is_large() -> None:
    large = {inside(path): path.stat().st_size for path in repository_files() if path.stat().st_size > LARGEST_FILE}
    assert large == {}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    pattern = re.compile(r"(?<![\w.~/<-])/(?:home|root|Users|work|tmp|mnt)/\w[^\s\"']*|\b[A-Z]:\\(?=\w{2})[^\s\"']*")
    found = [(name, place) for name, text in text_files() for place in pattern.findall(text)]
    assert found == []


def test_lines_end_with_a_line_feed_only() -> None:
    # CSV files are kept to the byte (.gitattributes).
    assert [name for name, text in text_files() if "\r\n" in text and not name.endswith(".csv")] == []

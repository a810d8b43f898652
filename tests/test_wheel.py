"""The wheel holds the package with its data, and works in an environment and a folder of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
NEEDED = [
    "coverage",
    "data/standards",
    "data/rules",
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
]
READ_A_STANDARD = """
import tomllib
from civicreach.inputs.package_data import data_path
for folder in ("standards", "rules"):
    files = sorted(data_path(folder).glob("*.toml"))
    assert files, folder
    for path in files:
        assert tomllib.loads(path.read_text(encoding="utf-8")), path
print(data_path("standards"))
"""


def run(*command: str | Path, folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    """Build a "wheel" or an "sdist" the way pip does, with the build tools that are installed here."""
    target.mkdir()
    code = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
    run(sys.executable, "-c", code, target, folder=source)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads: building in the repository would leave traces and pick up old ones."""
    copy = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in NEEDED:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, copy / name, ignore=ignored)
        else:
            shutil.copy(REPOSITORY / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", source, tmp_path_factory.mktemp("built") / "wheel")


def contents(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def expected(source: Path) -> set[str]:
    """Every file of the package, and the two folders of data at their place inside it."""
    package = source / "coverage"
    files = {path.relative_to(package).as_posix() for path in (package / "civicreach").rglob("*") if path.is_file()}
    data = {path.relative_to(source).as_posix() for path in (source / "data").rglob("*") if path.is_file()}
    return files | {f"civicreach/{name}" for name in data}


def test_the_wheel_holds_the_package_its_data_and_nothing_else(wheel: Path, source: Path) -> None:
    packaged = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert packaged == expected(source)
    assert "civicreach/py.typed" in packaged
    assert any(name.startswith("civicreach/data/standards/") for name in packaged)
    assert any(name.startswith("civicreach/data/rules/") for name in packaged)


def test_the_wheel_is_for_every_system(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_source_archive_gives_the_same_wheel(source: Path, wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", source, tmp_path / "sdist")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    again = build("wheel", tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path / "wheel")
    assert contents(again) == contents(wheel)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it and, by a path file, the libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--no-index", "--no-deps", wheel, folder=folder)
    libraries = run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder)
    # Only now, or pip would take the checkout's own installation for the one to replace.
    Path(libraries.strip(), "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def test_the_command_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "civicreach", "--help", folder=tmp_path)
    assert "run" in said
    assert "Traceback" not in said


def test_the_data_is_read_from_inside_the_installed_package(installed: Path, tmp_path: Path) -> None:
    found = Path(run(installed / "python", "-c", READ_A_STANDARD, folder=tmp_path).strip())
    assert found.parts[-3:] == ("civicreach", "data", "standards")
    assert REPOSITORY not in found.parents

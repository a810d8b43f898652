"""The house rules of the package, read from its source: which room may open which door.

`findings(package)` returns one sentence for each breach. Imports inside functions and under TYPE_CHECKING
count, and so do `import_module("...")` calls with a literal name.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "coverage" / "civicreach"

# A room imports lower floors or itself only, so two rooms on one floor don't see each other.
FLOORS = [
    ("errors", "units"),
    ("crs", "study"),
    ("layers",),
    ("network", "inputs"),
    ("reach",),
    ("measures",),
    ("siting",),
    ("maps",),
    ("report",),
    ("run",),
    ("cli",),
]
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
FRONT_DOOR = {"__init__", "__main__"}  # the public names and the command, each from its room

# Each outside tool hangs in one place. pyogrio and openpyxl read in inputs and write in report.
TOOLS = {
    "osmnx": ("inputs",),
    "osmium": ("inputs",),
    "rasterio": ("inputs",),
    "requests": ("inputs",),
    "urllib.request": ("inputs",),
    "http.client": ("inputs",),
    "pydantic": ("study", "inputs"),
    "pyogrio": ("inputs", "report"),
    "openpyxl": ("inputs", "report"),
    "networkx": ("network.convert",),
    "numba": ("reach._numba",),
    "llvmlite": ("reach._numba",),
    "highspy": ("siting.solve",),
    "folium": ("maps",),
    "branca": ("maps",),
    "matplotlib": ("maps",),
    "xstatic": ("maps",),
    "docx": ("report",),
    "typer": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
}
# Modules of one room that another may use although their name starts with an underscore.
SHARED = {"reach._numba": ("measures", "siting")}

OPENS = ("open", "read_text", "write_text", "read_bytes", "write_bytes")
OPENERS = ("inputs", "maps", "report", "run")
READERS = {  # functions that take a file, by library
    "geopandas": ("read_file", "read_parquet", "read_feather", "list_layers"),
    "pandas": ("read_csv", "read_excel", "read_parquet", "read_feather", "read_json"),
    "pyogrio": ("read_dataframe", "read_arrow", "open_arrow", "read_info", "read_bounds", "list_layers"),
    "openpyxl": ("load_workbook",),
    "numpy": ("load", "loadtxt", "genfromtxt", "fromfile", "memmap"),
}
WRITERS = {
    "to_file": ("report",),
    "write_dataframe": ("report",),
    "write_arrow": ("report",),
    "to_excel": ("report",),
    "to_csv": ("report",),
    "savefig": ("maps",),
}

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "tools"}
MODULE_LINES = 330  # "under about 300"
FUNCTION_LINES = 60  # "under about 40"


@dataclass(frozen=True)
class Module:
    """A source file, its dotted name inside the package ("reach.search"; a room's `__init__` is the room)."""

    path: Path
    name: str
    package: str  # the folder's dotted name, "" for the package itself

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and full dotted name of everything imported, wherever it stands."""
        return [found for node in ast.walk(self.tree) for found in self._imported(node)]

    def _imported(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = ".".join(part for part in (self._parent(level), module) if part)
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in names)
            case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]) if _last(called) in {
                "import_module",
                "__import__",
            }:
                yield node.lineno, name

    def _parent(self, level: int) -> str:
        if level == 0:
            return ""
        parts = ["civicreach", *self.package.split(".")] if self.package else ["civicreach"]
        return ".".join(parts[: len(parts) - level + 1])

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What the names bound by imports stand for: {"gpd": "geopandas"}."""
        bound = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                bound |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return bound

    def at(self, line: int) -> str:
        return f"civicreach/{self.package.replace('.', '/')}/{self.path.name}:{line}".replace("//", "/")


def modules(package: Path) -> list[Module]:
    found = []
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        parts = (
            inside.parent.parts
            if path.stem == "__init__" and inside.parent.parts
            else (*inside.parent.parts, path.stem)
        )
        found.append(Module(path, ".".join(parts), ".".join(inside.parent.parts)))
    return found


def findings(package: Path) -> list[str]:
    """Return every breach of the house rules in a package folder, one sentence each."""
    checks = (floors, outside_tools, private_modules, doors, names, sizes)
    return [sentence for module in modules(package) for check in checks for sentence in check(module)]


def floors(module: Module) -> Iterator[str]:
    """Check that a room imports lower floors or itself only."""
    if module.name in FRONT_DOOR:
        return
    if module.room not in FLOOR:
        yield f"{module.at(1)}: `{module.room}` is on no floor; give it one in FLOORS, or move it into a room"
        return
    for line, target in module.imports:
        if target.split(".")[0] != "civicreach":
            continue
        room = [*target.split("."), ""][1]
        if room not in FLOOR:
            yield f"{module.at(line)}: imports `{target}` through the front door; import it from its room"
        elif room != module.room and FLOOR[room] >= FLOOR[module.room]:
            yield (
                f"{module.at(line)}: `{module.room}` imports `{target}`; a room sees lower floors or itself "
                f"only ({' < '.join(' '.join(floor) for floor in FLOORS)})"
            )


def outside_tools(module: Module) -> Iterator[str]:
    """Check that each outside tool is imported in its own place only."""
    for line, target in module.imports:
        for tool, places in TOOLS.items():
            if _within(target, tool) and not any(_within(module.name, place) for place in places):
                yield f"{module.at(line)}: imports {tool}, which hangs in {' and '.join(places)}"


def private_modules(module: Module) -> Iterator[str]:
    """Check that a module with a leading underscore is used in its own room only."""
    if module.name in FRONT_DOOR:
        return
    for line, target in module.imports:
        parts = target.split(".")
        if len(parts) < 3 or parts[0] != "civicreach" or not parts[2].startswith("_") or parts[1] == module.room:
            continue
        if module.room not in SHARED.get(f"{parts[1]}.{parts[2]}", ()):
            yield f"{module.at(line)}: `{module.room}` imports `{target}`, a private module of `{parts[1]}`"


def doors(module: Module) -> Iterator[str]:
    """Check who opens, reads and writes files."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _last(node.func)
        if name in OPENS and module.room not in OPENERS:
            yield f"{module.at(node.lineno)}: calls {name}(); only {', '.join(OPENERS)} open files"
        if module.room not in WRITERS.get(name, (module.room,)):
            yield f"{module.at(node.lineno)}: calls {name}(); only {' and '.join(WRITERS[name])} writes that"
        library, _, function = _called(node.func, module.aliases).rpartition(".")
        if function in READERS.get(library, ()) and module.room != "inputs":
            yield f"{module.at(node.lineno)}: calls {library}.{function}(); only inputs reads files"


def names(module: Module) -> Iterator[str]:
    """Check that a module's name says what is in it."""
    for part in module.name.split("."):
        if part.strip("_") in VAGUE_NAMES:
            yield f"{module.at(1)}: a module called `{part}` collects anything; name it for what it holds"


def sizes(module: Module) -> Iterator[str]:
    """Check that modules and functions can be read at a sitting."""
    lines = len(module.text.splitlines())
    if lines > MODULE_LINES:
        yield f"{module.at(lines)}: {lines} lines; a module has about 300 at most ({MODULE_LINES} here)"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{module.at(node.lineno)}: `{node.name}` has {length} lines; {FUNCTION_LINES} at most"


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def _last(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _called(function: ast.expr, aliases: dict[str, str]) -> str:
    """The full dotted name of what is called, as imports tell: `gpd.read_file` is geopandas.read_file."""
    match function:
        case ast.Name(id=name):
            return aliases.get(name, name)
        case ast.Attribute(value=owner, attr=name):
            return f"{_called(owner, aliases)}.{name}"
    return ""


def test_the_package_keeps_the_house_rules() -> None:
    found = findings(PACKAGE)
    assert not found, "\n" + "\n".join(found)


def test_every_folder_of_the_package_is_a_package() -> None:
    without = [
        str(folder.relative_to(PACKAGE))
        for folder in {path.parent for path in PACKAGE.rglob("*.py")}
        if not (folder / "__init__.py").exists()
    ]
    assert not without, f"no __init__.py in {sorted(without)}, so a wheel would leave these out"


BREACHES = {
    "upward": ("network/snap.py", "from civicreach.reach.search import search", "sees lower floors"),
    "sideways": ("inputs/osm.py", "from civicreach.network import build_network", "sees lower floors"),
    "relative": ("layers/demand.py", "from ..measures import coverage", "sees lower floors"),
    "relative, own folder": ("reach/matrix.py", "from . import search", None),
    "within a function": ("crs.py", "def f():\n    from civicreach.layers import Areas", "sees lower floors"),
    "for types only": (
        "units.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from civicreach.study import Study",
        "sees lower floors",
    ),
    "by name": (
        "reach/matrix.py",
        'from importlib import import_module\nimport_module("civicreach.maps.web")',
        "sees lower floors",
    ),
    "the front door": ("measures/access.py", "from civicreach import read_study", "through the front door"),
    "the front door, whole": ("measures/access.py", "import civicreach", "through the front door"),
    "downward": ("run/study.py", "from civicreach import errors\nfrom civicreach.maps import web", None),
    "no floor": ("extras/thing.py", "", "on no floor"),
    "osmnx": ("network/build.py", "import osmnx as ox", "imports osmnx"),
    "networkx": ("network/build.py", "from networkx import DiGraph", "imports networkx"),
    "networkx at home": ("network/convert.py", "import networkx as nx", None),
    "numba": ("reach/search.py", "import numba", "imports numba"),
    "numba through its door": ("siting/cover.py", "from civicreach.reach._numba import kernel", None),
    "another room's private module": (
        "measures/access.py",
        "from civicreach.reach._search import settle",
        "a private module",
    ),
    "highspy": ("siting/cover.py", "import highspy", "imports highspy"),
    "folium": ("report/page.py", "from folium.map import Icon", "imports folium"),
    "rich": ("run/study.py", "def f():\n    import rich.progress", "imports rich"),
    "an address": ("run/study.py", "import urllib.request", "imports urllib.request"),
    "an address's parts": ("run/study.py", "from urllib.parse import quote", None),
    "open": ("network/build.py", 'open("x")', "only inputs, maps, report, run open files"),
    "path.open": ("measures/access.py", "def f(path):\n    return path.open()", "open files"),
    "read_text": ("study.py", "def f(path):\n    return path.read_text()", "open files"),
    "pandas reading": ("report/xlsx.py", 'import pandas as pd\npd.read_csv("x")', "only inputs reads"),
    "pyogrio reading": (
        "report/gpkg.py",
        'from pyogrio import read_dataframe\nread_dataframe("x")',
        "only inputs",
    ),
    "pyogrio writing": (
        "inputs/vectors.py",
        'import pyogrio\npyogrio.write_dataframe(1, "x")',
        "only report",
    ),
    "geopandas writing": (
        "measures/access.py",
        'def f(frame):\n    frame.to_file("x")',
        "only report writes",
    ),
    "a vague name": ("layers/utils.py", "", "collects anything"),
    "a long module": ("units.py", "A = 1\n" * 331, "331 lines"),
    "a module just short enough": ("units.py", "A = 1\n" * 330, None),
    "a long function": ("units.py", "def f():\n" + "    a = 1\n" * 60, "`f` has 61 lines"),
    "a function just short enough": ("units.py", "def f():\n" + "    a = 1\n" * 59, None),
}


@pytest.mark.parametrize(("place", "source", "expected"), BREACHES.values(), ids=BREACHES)
def test_the_check_goes_red_on_a_planted_breach(tmp_path: Path, place: str, source: str, expected: str | None) -> None:
    file = tmp_path / "civicreach" / place
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")

    found = findings(tmp_path / "civicreach")

    if expected is None:
        assert found == []
    else:
        assert len(found) == 1
        assert expected in found[0]
        assert found[0].startswith(f"civicreach/{place}:")


def test_the_front_door_may_name_every_room(tmp_path: Path) -> None:
    for name in ("__init__", "__main__"):
        (tmp_path / f"{name}.py").write_text("from civicreach.cli import main\n", encoding="utf-8")
    assert findings(tmp_path) == []

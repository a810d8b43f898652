"""What a bench hands back, and how it is printed: tables, checks against targets, machine and versions."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

Cell = str | int | float | None

SHOWN_VERSIONS = (
    "civicreach", "numpy", "scipy", "numba", "networkx", "shapely", "geopandas", "osmium", "osmnx",
    "access", "pandana", "cityseer", "pyvalhalla", "pyrosm", "igraph", "highspy", "spopt",
)  # fmt: skip


class BenchError(Exception):
    """The call, the data or the environment is wrong; the message says what to do."""


@dataclass(frozen=True)
class Options:
    """How much to measure: ``full``, ``quick`` or ``tiny``."""

    size: str = "full"

    def pick(self, *, full: int, quick: int, tiny: int) -> int:
        """The number that belongs to this size."""
        return {"full": full, "quick": quick, "tiny": tiny}[self.size]


@dataclass(frozen=True)
class Table:
    """A titled table; the rows are as wide as the columns."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A figure held against its target; ``is_answer`` marks a right-or-wrong answer, not a speed."""

    what: str
    figure: str
    target: str
    met: bool
    is_answer: bool = False


@dataclass(frozen=True)
class Result:
    """All that one bench has measured."""

    name: str
    about: str
    tables: list[Table]
    checks: list[Check] = field(default_factory=list)
    settings: dict[str, Cell] = field(default_factory=dict)


def machine() -> dict[str, Cell]:
    """Cores, processor, memory in GiB, load of the last 1, 5 and 15 minutes, system and Python."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    named = [line for line in text.splitlines() if line.startswith("model name")]
    model = named[0].split(":", 1)[1].strip() if named else model
    flags = [flag for flag in ("avx2", "avx512f") if flag in text]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return {
        "cores": os.cpu_count(),
        "processor": f"{model} ({', '.join(flags)})" if flags else model,
        "memory_gib": round(memory, 1),
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The installed version of every package a bench may use, or ``not installed``."""
    found = {}
    for name in SHOWN_VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "from this folder" if name == "civicreach" else "not installed"
    return found


def shown(cell: Cell) -> str:
    """A cell as people read it: three significant digits for small numbers, none spent on large ones."""
    if cell is None:
        return ""
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else " ".join(str(cell).split())
    if cell == 0:
        return "0"
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.3g}"


def lines_of(table: Table) -> list[str]:
    """One table in Markdown."""
    out = [f"## {table.title}", "", f"| {' | '.join(table.columns)} |", "|" + " --- |" * len(table.columns)]
    out += [f"| {' | '.join(shown(cell) for cell in row)} |" for row in table.rows]
    return [*out, "", *(f"- {note}" for note in table.notes), ""]


def markdown(result: Result) -> str:
    """The whole result as one Markdown page."""
    box = machine()
    lines = [f"# Bench: {result.name}", "", result.about, ""]
    if result.checks:
        rows: list[tuple[Cell, ...]] = [
            (check.what, check.figure, check.target, "yes" if check.met else "NO") for check in result.checks
        ]
        lines += lines_of(Table("Targets", ("what", "measured", "target", "met"), rows))
    for table in result.tables:
        lines += lines_of(table)
    lines += ["## Where and with what", ""]
    lines += [f"- date: {dt.date.today().isoformat()}"]
    lines += [f"- {key}: {value}" for key, value in box.items()]
    lines += [f"- {key}: {value}" for key, value in result.settings.items()]
    lines += [f"- versions: {', '.join(f'{name} {version}' for name, version in versions().items())}", ""]
    return "\n".join(lines)


def write_markdown(result: Result, path: Path | None) -> str:
    """The page, written to ``path`` when one is given."""
    page = markdown(result)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
        print(f"written: {path}", file=sys.stderr)
    return page


def write_json(result: Result, path: Path) -> None:
    """The same figures for machines."""
    data = {
        **asdict(result),
        "machine": machine(),
        "versions": versions(),
        "date": dt.date.today().isoformat(),
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def say(text: str) -> None:
    """Progress, on stderr only, so that stdout stays one Markdown page."""
    print(text, file=sys.stderr, flush=True)

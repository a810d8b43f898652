"""What the parts of the siting bench share: a timed search, its row and its checks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from clock import once
from sheet import Cell, Check, say

from civicreach.siting.found import Found

COLUMNS = ("problem", "value", "bound", "gap %", "proven", "wall s", "CPU s", "cases")


@dataclass(frozen=True)
class Run:
    """One search: what it found, wall and CPU seconds."""

    name: str
    found: Found
    wall_s: float
    cpu_s: float

    @property
    def row(self) -> tuple[Cell, ...]:
        """A line under COLUMNS."""
        found = self.found
        gap = round(100 * found.gap, 3)
        proven = "yes" if found.proven else "no"
        return self.name, found.value, int(found.bound), gap, proven, self.wall_s, self.cpu_s, found.nodes

    def proven_within(self, seconds: float) -> Check:
        """Proven, in that time."""
        figure = f"{'proven' if self.found.proven else f'gap {100 * self.found.gap:.3f} %'}, {self.wall_s:.1f} s"
        met = self.found.proven and self.wall_s < seconds
        return Check(self.name, figure, f"proven in {seconds:g} s", met)

    def gap_within(self, share: float, seconds: float) -> Check:
        """So near to the bound, in that time (a search stops some tenths of a second after its clock)."""
        figure = f"gap {100 * self.found.gap:.3f} %, {self.wall_s:.1f} s"
        met = self.found.gap <= share and self.wall_s < 1.05 * seconds + 1
        return Check(self.name, figure, f"gap {100 * share:g} % in {seconds:g} s", met)


def search(name: str, call: Callable[[], Found]) -> Run:
    """Run a search once and time it."""
    say(f"siting: {name}")
    wall_ms, cpu_ms, found = once(call)
    return Run(name, found, round(wall_ms / 1000, 2), round(cpu_ms / 1000, 2))


def peak_mib() -> float | None:
    """The most memory this process ever held; None where the system doesn't tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10

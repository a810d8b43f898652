"""Siting at the size of a city: value, bound, proof and seconds of every problem; peers where they can finish.

Each part is a module with `run(options)`, which returns its tables and checks.
"""

from __future__ import annotations

import importlib

from sheet import Check, Options, Result, Table

PARTS = ("siting_cover", "siting_median", "siting_sets")
"""In this order: the memory that a part reports is the most of all before it."""

ABOUT = (
    "Cities are synthetic and seeded: street nodes in clusters, a river with six bridges, candidates among the nodes. "
    "*Proven* means that no plan can be better by a single person; *gap* is how much better one could be at most. Wall "
    "seconds depend on what else the machine does; CPU seconds are those of all threads."
)


def run(options: Options) -> Result:
    """All parts, one after the other."""
    tables: list[Table] = []
    checks: list[Check] = []
    for part in PARTS:
        more, held = importlib.import_module(part).run(options)
        tables += more
        checks += held
    return Result("siting", ABOUT, tables, checks)

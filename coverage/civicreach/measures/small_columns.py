"""Which columns of a table count the same people: totals, their parts, and the ratios of both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from civicreach.measures.analysis import Field

PARTS = ("covered", "uncovered", "unsnapped", "edge")
SIDES = ("unsnapped", "edge")
"""Parts of the uncovered that nothing shown is the rest of: each is hidden for itself."""


@dataclass(frozen=True)
class Columns:
    """Columns of a table that hang together: totals, their parts, and ratios as (share, part, total)."""

    totals: tuple[str, ...]
    parts: tuple[str, ...]
    ratios: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()


def of_group(group: str, *, straight: bool, known: pd.DataFrame) -> Columns:
    """The columns of a service's table that are about a group."""
    parts = [f"{group}_{part}" for part in PARTS if part not in SIDES] + (["straight_line"] if straight else [])
    ratios = [f"{group}_share", *(["straight_line_share"] if straight else [])]
    have = set(known.columns)
    pairs: tuple[tuple[str, str], ...] = ((f"{group}_covered", group),) if f"{group}_covered" in have else ()
    if straight and {"straight_line", group} <= have:
        pairs += (("straight_line", group),)
    return Columns((group,) if group in have else (), tuple(p for p in parts if p in have), tuple(ratios), pairs)


def of_sides(groups: Sequence[str], known: pd.DataFrame) -> list[Columns]:
    """The columns of a service's table that are about the few of a group off the network or at the edge."""
    names = [[f"{group}_{part}" for group in groups] for part in SIDES]
    found = [tuple(name for name in each if name in known.columns) for each in names]
    return [Columns((), each, ()) for each in found if each]


def of_fields(fields: Sequence[Field], frames: Iterable[pd.DataFrame]) -> Columns:
    """The columns of a topic: denominators of its ratios are totals, other amounts are parts."""
    have = {column for frame in frames for column in frame.columns}
    amounts = [f.name for f in fields if f.kind == "amount" and not f.words and f.name in have and f.derive is None]
    ratios = [
        f for f in fields if f.name in have and (f.ratio is not None or f.derive is not None or f.kind == "share")
    ]
    totals = {f.ratio[1] for f in ratios if f.ratio is not None} & set(amounts)
    pairs = [
        f.ratio[:2] for f in ratios
        if f.ratio is not None and f.ratio[1] in totals and f.ratio[0] in amounts and f.ratio[2] == 1
    ]  # fmt: skip
    parts = tuple(name for name in amounts if name not in totals)
    return Columns(tuple(sorted(totals)), parts, tuple(f.name for f in ratios), tuple(dict.fromkeys(pairs)))


def joined(columns: Iterable[Columns]) -> Columns:
    """The columns of several groups as those of one table."""
    found = list(columns)
    return Columns(
        tuple(name for each in found for name in each.totals),
        tuple(name for each in found for name in each.parts),
        tuple(name for each in found for name in each.ratios),
        tuple(pair for each in found for pair in each.pairs),
    )


def sums(table: pd.DataFrame, groups: Sequence[str], headline: str) -> pd.Series:
    """What stands below a service's table: sums of people, and ratios of those."""
    sums: dict[str, float] = {}
    for group in groups:
        for name in (group, *(f"{group}_{part}" for part in PARTS)):
            if name in table.columns:
                sums[name] = math.fsum(table[name].dropna())
        if sums.get(group) and f"{group}_covered" in sums:
            sums[f"{group}_share"] = sums[f"{group}_covered"] / sums[group]
    if "straight_line" in table.columns:
        sums["straight_line"] = math.fsum(table["straight_line"].dropna())
        if sums.get(headline):
            sums["straight_line_share"] = sums["straight_line"] / sums[headline]
    elif {"straight_line_share", headline} <= set(table.columns):
        known = table[["straight_line_share", headline]].dropna()
        within, everyone = math.fsum(known.prod(axis=1)), math.fsum(known[headline])
        sums["straight_line_share"] = within / everyone if everyone else math.nan
    return pd.Series(sums, dtype=float)

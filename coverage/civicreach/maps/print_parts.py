"""What a map sheet is told: the rows of its legend and its facts; and how texts and lengths are cut to size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Sign = Literal["block", "hatched", "dot", "diamond", "triangle", "border", "line"]

HATCH = "/////"
"""White on dark: units that no way leads to, which grey printers tell from the darkest class."""

MARKERS = ("o", "s", "^", "D", "o", "v", "P", "s")
"""Shapes of signs in the order of their words, as in the page: a dot, a square, a triangle, a diamond, a ring, ..."""

RING = 4
"""The sign of these that is hollow."""

DASHES: tuple[Any, ...] = (
    "solid", (0, (5, 3)), (0, (1.5, 2.5)), (0, (8, 2, 1.5, 2)), (0, (9, 4)), (0, (1.5, 5)), (0, (5, 2, 1.5, 2, 1.5, 2)),
    (0, (1, 1.5)),
)  # fmt: skip
"""The same of lines."""


@dataclass(frozen=True)
class Row:
    """One entry of a legend: what its sign looks like, and its text. Without a sign it is a heading."""

    text: str
    sign: Sign | None = None
    colour: str = ""
    alpha: float = 1.0
    level: str = ""
    size: float = 0.0
    """Of a sign, in points; 0: as usual."""
    shape: int = 0
    """The how manieth word it stands for, which grey printers tell by the sign's shape or the line's dashes."""


@dataclass(frozen=True)
class Facts:
    """All that a sheet says beside its map. `headline`: a figure's value, its name, and of how many."""

    title: str
    subtitle: str
    headline: tuple[str, str, str]
    rows: Sequence[Row]
    notes: Sequence[str]
    block: Sequence[str]
    sources: str
    footer: str
    alarm: str


CLOSING = "，。；：、）》”？！%,.;:)"


def pieces(text: str) -> list[str]:
    """Where a text may be broken: behind blanks and Chinese characters, never before closing marks.

    >>> pieces("步行 15 min）内")
    ['步', '行 ', '15 ', 'min）', '内']
    """
    found: list[str] = []
    for sign in text:
        ends = not found or found[-1][-1].isspace() or found[-1][-1] > "\u2e80"
        starts = sign > "\u2e80"
        if found and (sign in CLOSING or sign.isspace() or not (ends or starts)):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def round_length(most: float) -> float:
    """The longest of 1, 2, 5, 10, ... metres up to a length.

    >>> round_length(4200.0), round_length(990.0)
    (2000.0, 500.0)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5, 2, 1) if step * power <= most)

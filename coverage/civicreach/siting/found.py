"""What the engines of the siting room take and give: positions and whole numbers, no ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]

Sense = Literal["most", "least"]
"""Whether a larger value is better (people covered) or a smaller one (sites, minutes)."""


@dataclass(frozen=True, eq=False)
class Quota:
    """At least `least` and at most `most` (None: no limit) of some sites (positions, sorted) are open.

    Sites that stay open count as well. `label` is what an error calls the rule.
    """

    sites: Longs
    least: int = 0
    most: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Step:
    """A moment of a search: seconds since it began, the best value by then (None: no plan yet) and its bound."""

    seconds: float
    value: int | None
    bound: float | None


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan that an engine found, and what it knows about every other one.

    `open` are the positions of all sites that are open in the plan, sorted: those that stay, the mandatory, the new.
    `value` is the plan's objective in whole units; no plan at all has a better one than `bound`: with sense "most" a
    larger, with "least" a smaller. `proven` is set only where no plan can be better (with whole steps between values,
    where the bound is less than one step away). `nodes` are those of the branching, `history` how the search went.
    """

    open: Longs
    value: int
    bound: float
    proven: bool
    nodes: int = 0
    history: tuple[Step, ...] = ()
    sense: Sense = "most"

    @property
    def gap(self) -> float:
        """How far at most the best plan of all is from this one, as a share of this one's value; 0 where proven."""
        if self.proven or self.bound == self.value:
            return 0.0
        return abs(self.bound - self.value) / abs(self.value) if self.value else float("inf")

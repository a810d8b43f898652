"""An opening order by year whose every prefix is good: the final plan first, then the years inside it.

Whoever opens the best sites of each year by themselves ends with a worse city, because early sites stand where later
ones can't be placed around them. Here the last year's plan is found first; the years before are the best parts of it.
The price is told: how far each year is from the best plan for that number of sites alone, and what opening year by year
would have come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.errors import InputError
from civicreach.siting.clock import Clock
from civicreach.siting.cover import best_cover
from civicreach.siting.cover_rows import Flags, Longs, Pattern, merged, pattern, problem, value_of
from civicreach.siting.found import Found, Quota

PART_S = 5.0
"""Seconds at most to find the best part of the final plan for a year."""


@dataclass(frozen=True, eq=False)
class Year:
    """One year: sites opened in it (positions), `count` opened by its end, and what all open ones cover then.

    `best` is the best plan for `count` sites alone, without the years after it. `by_year_opened`, `by_year_value`: what
    would be opened and covered if each year took the best sites for itself; None where that breaks a rule in the end.
    """

    opened: Longs
    count: int
    value: int
    best: Found
    by_year_opened: Longs | None
    by_year_value: int | None

    @property
    def regret(self) -> float:
        """Share of the best plan's value that is given up in this year; at most `regret_bound`."""
        return 1 - self.value / self.best.value if self.best.value else 0.0

    @property
    def regret_bound(self) -> float:
        """Share of the best plan's bound that is given up at most."""
        return 1 - self.value / self.best.bound if self.best.bound else 0.0

    @property
    def by_year_regret(self) -> float | None:
        """The same for opening year by year."""
        if self.by_year_value is None:
            return None
        return 1 - self.by_year_value / self.best.value if self.best.value else 0.0


@dataclass(frozen=True, eq=False)
class Phases:
    """The years in order, and the plan that stands at their end with its bound."""

    years: tuple[Year, ...]
    final: Found

    @property
    def regret(self) -> float:
        """Share of what the best plans cover, summed over the years, that is given up."""
        best = sum(year.best.value for year in self.years)
        return 1 - sum(year.value for year in self.years) / best if best else 0.0

    @property
    def by_year_regret(self) -> float | None:
        """The same for opening year by year; None where that breaks a rule."""
        values = [year.by_year_value for year in self.years]
        best = sum(year.best.value for year in self.years)
        known = [value for value in values if value is not None]
        return None if len(known) < len(values) else 1 - sum(known) / best if best else 0.0


def opening_order(
    sites: Pattern,
    weight: Longs,
    *,
    years: Sequence[int],
    open_: Flags,
    allowed: Flags,
    quotas: Sequence[Quota] = (),
    clash: Pattern | None = None,
    xy: npt.NDArray[np.float64] | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> Phases:
    """An order for `years` (how many sites open in each) that ends in the best plan for all of them.

    The other arguments are those of `best_cover`. Lower limits of quotas hold for the last year alone; upper limits and
    spacing in every year. The time is shared among all plans that are compared.

    Raises InputError where no plan keeps the rules or a year opens fewer than no sites.
    """
    if not years or min(years) < 0:
        raise InputError(f"years must be numbers of sites from 0 on, not {list(years)}")
    clock = Clock() if clock is None else clock
    matrix, weight = pattern(sites), np.asarray(weight, dtype=np.int64)
    limits = [replace(quota, least=0) for quota in quotas if quota.most is not None]
    given: dict[str, Any] = {"clash": clash, "xy": xy, "seed": seed}
    counts = np.cumsum(years).tolist()
    parts = 2 * len(counts) - 1

    def turn(new: int, stay: Flags, rules: Sequence[Quota], left: int) -> Found:
        share = clock.part(clock.left() / max(left, 1))
        found = best_cover(matrix, weight, new=new, open_=stay, allowed=allowed, quotas=rules, clock=share, **given)
        clock.interrupted |= share.interrupted
        return found

    final = turn(counts[-1], open_, quotas, parts)
    alone = [turn(count, open_, limits, parts - 1 - i) for i, count in enumerate(counts[:-1])] + [final]
    greedy = _by_year(turn, years, alone[0], open_, limits, quotas)
    order = _order(matrix, weight, np.setdiff1d(final.open, np.flatnonzero(open_)), counts, np.flatnonzero(open_))
    done, opened = [], np.flatnonzero(open_)
    for i, count in enumerate(counts):
        opened = np.concatenate([opened, order[i]])
        value = value_of(matrix, weight, opened)
        best = alone[i] if alone[i].value >= value else replace(alone[i], open=np.sort(opened), value=value)
        took, reached = greedy[i]
        done.append(Year(np.sort(order[i]), count, value, best, took, reached))
    return Phases(tuple(done), final)


def _by_year(
    turn: Any, years: Sequence[int], first: Found, open_: Flags, limits: Sequence[Quota], quotas: Sequence[Quota]
) -> list[tuple[Longs | None, int | None]]:
    """What each year opens and covers if it takes the best for itself; None from where a rule can't be kept."""
    stay = open_.copy()
    out: list[tuple[Longs | None, int | None]] = []
    for i, new in enumerate(years):
        last = i == len(years) - 1
        try:
            found = first if i == 0 and not last else turn(new, stay, quotas if last else limits, len(years) - i)
        except InputError:
            return out + [(None, None)] * (len(years) - i)
        out.append((found.open[~stay[found.open]], found.value))
        stay[found.open] = True
    return out


def _order(matrix: Pattern, weight: Longs, chosen: Longs, counts: Sequence[int], stays: Longs) -> list[Longs]:
    """The final plan's sites by year so that each covers much: the last year is taken off first.

    Letting sites of two years change places afterwards gained nothing on random towns.
    """
    rest = weight.copy()
    rest[matrix[stays].indices] = 0
    none, every = np.zeros(len(chosen), bool), np.ones(len(chosen), bool)
    small = problem(matrix[chosen], rest, len(chosen), none, every, (), None)
    if small is None or not len(chosen):
        return [chosen[:0] for _ in counts]
    small = merged(small)
    year_of = np.full(len(chosen), len(counts) - 1)
    left = every
    for year in range(len(counts) - 2, -1, -1):
        best = best_cover(small.sites, small.weight, new=counts[year], open_=none, allowed=left, clock=Clock(PART_S))
        year_of[best.open] = year
        left = np.isin(np.arange(len(chosen)), best.open)
    return [chosen[year_of == year] for year in range(len(counts))]

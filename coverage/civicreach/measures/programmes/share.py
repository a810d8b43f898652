"""Shares of units with exact arithmetic: how many a target still needs, and whether a stated share can be true."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


def exact(share: float) -> Fraction:
    """The decimal number that somebody wrote, not the binary one that is next to it.

    >>> exact(0.07)
    Fraction(7, 100)
    """
    return Fraction(Decimal(repr(float(share))))


def still_needed(target_share: float, of: int, have: int) -> int:
    """How many of `of` units must be added to `have` to reach a share (inclusive), at least 0.

    >>> still_needed(0.6, 1242, 260), still_needed(0.07, 100, 7)
    (486, 0)
    """
    return max(0, math.ceil(exact(target_share) * of) - have)


def most_units(share: float, count: int) -> int | None:
    """Of how many units at most `count` is at least a share; None where it is of any number.

    >>> most_units(0.6, 410)
    683
    """
    return math.floor(count / exact(share)) if share > 0 else None


@dataclass(frozen=True)
class Baseline:
    """A stated share held against its count: `share` is what `count` of `of` is, `reproduced` whether that rounds to
    `stated`. `about` units would give it, any number from `least` to `most`; None where no number does."""

    count: int
    of: int
    stated: float
    share: float
    reproduced: bool
    about: int | None
    least: int | None
    most: int | None


def baseline(count: int, of: int, stated: float) -> Baseline:
    """Whether a count of so many units is the stated share, to the digits of the percentage that was written.

    >>> found = baseline(260, 1242, 0.40)
    >>> found.reproduced, round(found.share, 3), found.about, (found.least, found.most)
    (False, 0.209, 650, (642, 658))
    """
    percent = exact(stated) * 100
    half = Fraction(1, 200 * 10 ** _decimals(stated))
    share = Fraction(count, of)
    low, high = percent / 100 - half, percent / 100 + half
    least = most = about = None
    if count and stated > 0:
        least, most = math.ceil(count / high), math.floor(count / low) if low > 0 else None
        about = round(count / exact(stated))
    return Baseline(count, of, stated, float(share), low <= share <= high, about, least, most)


def _decimals(share: float) -> int:
    """Decimals of the percentage that a share was written as: 0.405 is 40.5 %."""
    exponent = (Decimal(repr(float(share))) * 100).normalize().as_tuple().exponent
    return max(0, -int(exponent))

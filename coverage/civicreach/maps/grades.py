"""Classes of numbers on a map: where they break, and how dark each is. Darker is worse, and light meets a target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.maps.encode import Ints
from civicreach.maps.palette import SHARE_BREAKS, Ramp

MOST = 5
"""Classes of a map: nobody tells more tones of one hue apart."""

BAD_CLASSES, MET_CLASSES = 3, 2
"""Classes on either side of a target."""

DARKEST = 4
MET = 5
"""Tones 0 to 4 go from light to dark; 5 and 6 are the pale ones of what meets a target, just and by far."""

SLACK = 0.35
"""How many of a class's values may change sides so that a break stands on a round number, as a share of the class."""

NONE = -1
SMALLEST = 1e-200
"""Numbers nearer to 0 than this have no round ones beside them that floating point can tell."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grades:
    """`breaks` rise; class k lies between the breaks k - 1 and k, `tones` has one more; `classes` (n,) are those of the
    values, -1 where there is none. Breaks belong to the class above them, with `upper` to the one below. `exact`
    classes are single whole numbers: `breaks` then holds all of them but the least, which is `least`. `edge` is the
    place of the target among the breaks, -1 without one.
    """

    breaks: tuple[float, ...]
    tones: tuple[int, ...]
    classes: Ints
    upper: bool = False
    exact: bool = False
    least: float = 0.0
    edge: int = NONE

    def colours(self, ramp: Ramp) -> list[str]:
        """The colour of each class."""
        return [ramp.met[tone - MET] if tone >= MET else ramp.light_to_dark[tone] for tone in self.tones]


def grades(
    values: pd.Series, *, share: bool = False, dark_is_high: bool = True, target: float | None = None
) -> Grades | None:
    """How the units of a map are coloured by a number; None where there is no number at all.

    Shares have the same breaks on every map, unless all values fall between two of them; a few whole numbers are told
    apart one by one; everything else breaks at round numbers near its fifths. With a target, which is inclusive, up to
    three dark classes miss it and up to two pale ones meet it. `dark_is_high` says on which side the worse values lie.
    """
    x = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    x = np.where(np.isneginf(x), np.nan, x)  # a count that is too small to be shown
    known = ~np.isnan(x)
    if not known.any():
        return None
    finite = x[np.isfinite(x)]
    if target is not None:
        return _around(x, finite, target, dark_is_high=dark_is_high)
    distinct = np.unique(finite)
    if not share and len(distinct) <= MOST and (distinct == np.round(distinct)).all() and np.isfinite(x[known]).all():
        breaks = tuple(float(v) for v in distinct[1:])
        tones = _tones(len(distinct), dark_is_high)
        return Grades(breaks, tones, _classes(x, breaks, upper=False), exact=True, least=float(distinct[0]))
    breaks = SHARE_BREAKS if share else ()
    if not share or len(np.unique(np.digitize(finite, breaks))) < 2:
        breaks = tuple(round_breaks(finite, MOST))
    return Grades(breaks, _tones(len(breaks) + 1, dark_is_high), _classes(x, breaks, upper=False))


def _around(x: Floats, finite: Floats, target: float, *, dark_is_high: bool) -> Grades:
    """Classes on either side of a target, which itself is met."""
    met = finite <= target if dark_is_high else finite >= target
    miss, enough = round_breaks(finite[~met], BAD_CLASSES), round_breaks(finite[met], MET_CLASSES)
    dark = {1: [3], 2: [2, 4], 3: [2, 3, 4]}[len(miss) + 1]
    pale = [MET, MET + 1][: len(enough) + 1]
    if dark_is_high:
        breaks, tones = (*enough, target, *miss), (*reversed(pale), *dark)
    else:
        breaks, tones = (*miss, target, *enough), (*reversed(dark), *pale)
    edge = len(enough) if dark_is_high else len(miss)
    return Grades(breaks, tones, _classes(x, breaks, upper=dark_is_high), upper=dark_is_high, edge=edge)


def _classes(x: Floats, breaks: tuple[float, ...], *, upper: bool) -> Ints:
    found = np.digitize(np.where(np.isnan(x), 0.0, x), breaks, right=upper).astype(np.int64)
    return np.where(np.isnan(x), NONE, found)


def _tones(count: int, dark_is_high: bool) -> tuple[int, ...]:
    if count == 1:
        return (DARKEST // 2,)
    rising = [round(k * DARKEST / (count - 1)) for k in range(count)]
    return tuple(rising if dark_is_high else reversed(rising))


def round_breaks(values: Floats, most: int) -> list[float]:
    """Rising breaks at round numbers, strictly inside the values, that part them into at most `most` classes of about
    the same size. A least or greatest value that is common (no deficit, all served) is a class of its own."""
    distinct = np.unique(values)
    if len(distinct) < 2 or most < 2:
        return []
    if len(distinct) <= most:
        return [_between(a, b) for a, b in pairwise(distinct.tolist())]
    if np.mean(values == distinct[0]) >= 1 / most:
        rest = values[values > distinct[0]]
        return [_between(distinct[0], distinct[1]), *round_breaks(rest, most - 1)]
    if np.mean(values == distinct[-1]) >= 1 / most:
        rest = values[values < distinct[-1]]
        return [*round_breaks(rest, most - 1), _between(distinct[-2], distinct[-1])]
    at, slack = np.arange(1, most) / most, SLACK / most
    found = [roundest(a, b) for a, b in zip(*np.quantile(values, [at - slack, at + slack]), strict=True)]
    return sorted({cut for cut in found if distinct[0] < cut < distinct[-1]})


def _between(a: float, b: float) -> float:
    return roundest(a + 0.25 * (b - a), b - 0.25 * (b - a))


def roundest(low: float, high: float) -> float:
    """The roundest number from `low` to `high`, the one nearest to their middle where several are as round.

    >>> roundest(26.2, 34.9), roundest(0.117, 0.131), roundest(-2, 3), roundest(7.0, 7.0)
    (30.0, 0.12, 0.0, 7.0)
    """
    if low <= 0 <= high:
        return 0.0
    if not low < high or max(abs(low), abs(high)) < SMALLEST:
        return float(low)
    middle = (low + high) / 2
    power = math.floor(math.log10(max(abs(low), abs(high))))
    for exponent in range(power, power - 16, -1):
        for digit in (10, 5, 2, 1):
            # steps below one are divided by, so that 0.3 is 3 / 10 and not 3 times a tenth that is a little too large
            up, down = (digit * 10**exponent, 1) if exponent >= 0 else (digit, 10**-exponent)
            found = round(middle * down / up) * up / down
            if low <= found <= high:
                return float(found)
    return float(middle)

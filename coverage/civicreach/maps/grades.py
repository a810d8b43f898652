"""Classes of numbers on a map: where they break, and how dark each is. Darker is worse, and light meets a target."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.maps.encode import Ints
from civicreach.maps.palette import ENDLESS, SHARE_BREAKS, Ramp

MOST = 5
"""Classes of a map: nobody tells more tones of one hue apart."""

BAD_CLASSES, MET_CLASSES = 3, 2
"""Classes on either side of a target."""

DARKEST = 4
MET = 5
"""Tones 0 to 4 go from light to dark; 5 and 6 are the pale ones of what meets a target, just and by far."""

SLACK = 0.35
"""How many of a class's values may change sides so that a break stands on a round number, as a share of the class."""

CLOSE = 0.25
"""Values whose spread is a smaller share of the largest than this break at even distances."""

NONE = -1
SMALLEST = 1e-200
"""Numbers nearer to 0 than this have no round ones beside them that floating point can tell."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grades:
    """`breaks` rise; class k lies between the breaks k - 1 and k, `tones` has one more; `classes` (n,) are those of the
    values, -1 where there is none. Breaks belong to the class above them, with `upper` to the one below. `exact`
    classes are single whole numbers: `breaks` then holds all of them but the least, which is `least`. `edge` is the
    place of the target among the breaks, -1 without one. With `endless`, one more class is that of infinite values.
    """

    breaks: tuple[float, ...]
    tones: tuple[int, ...]
    classes: Ints
    upper: bool = False
    exact: bool = False
    least: float = 0.0
    edge: int = NONE
    endless: bool = False

    def colours(self, ramp: Ramp) -> list[str]:
        """The colour of each class."""
        found = [ramp.met[tone - MET] if tone >= MET else ramp.light_to_dark[tone] for tone in self.tones]
        return [*found, *([ENDLESS] if self.endless else [])]


def grades(
    values: pd.Series,
    *,
    share: bool = False,
    dark_is_high: bool = True,
    target: float | None = None,
    step: float = 0.0,
    diverging: bool = False,
    apart: bool = True,
) -> Grades | None:
    """How the units of a map are coloured by a number; None where there is no number at all.

    Shares have the same breaks on every map, unless all values fall between two of them; a few whole numbers are told
    apart one by one, if `apart`; everything else breaks at round numbers near its fifths. With a target, which is
    inclusive, up to three dark classes miss it and up to two pale ones meet it. `dark_is_high` says on which side the
    worse values lie. Breaks are multiples of `step`, the smallest difference that people are shown. With `diverging`,
    values on both sides of 0 (changes) break there: dark where they are worse, pale where they are 0 or better.
    """
    x = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    x = np.where(np.isneginf(x), np.nan, x)  # a count that is too small to be shown
    known = ~np.isnan(x)
    if not known.any():
        return None
    finite = x[np.isfinite(x)]
    if target is not None:
        return _around(x, finite, target, dark_is_high=dark_is_high, step=step)
    if diverging and len(finite) and finite.min() < 0 < finite.max():
        return replace(_around(x, finite, 0.0, dark_is_high=dark_is_high, step=step), edge=NONE)
    distinct = np.unique(finite)
    whole = apart and not share and bool((distinct == np.round(distinct)).all() and np.isfinite(x[known]).all())
    if whole and len(distinct) <= MOST:
        breaks = tuple(float(v) for v in distinct[1:])
        tones = _tones(len(distinct), dark_is_high)
        return Grades(breaks, tones, _classes(x, breaks, upper=False), exact=True, least=float(distinct[0]))
    breaks = SHARE_BREAKS if share else ()
    if not share or len(np.unique(np.digitize(finite, breaks))) < 2:
        breaks = tuple(round_breaks(finite, MOST, step))
    return Grades(breaks, _tones(len(breaks) + 1, dark_is_high), _classes(x, breaks, upper=False))


def set_grades(values: pd.Series, breaks: tuple[float, ...]) -> Grades | None:
    """Classes whose ends are given, each in the class below: all of them, whether or not a value lies there; darker is
    more. Infinite values are a class of their own. None where there is no number at all."""
    x = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    x = np.where(np.isneginf(x), np.nan, x)
    if np.isnan(x).all():
        return None
    classes = np.where(np.isposinf(x), len(breaks) + 1, _classes(x, breaks, upper=True))
    return Grades(breaks, _tones(len(breaks) + 1, True), classes, upper=True, endless=bool(np.isposinf(x).any()))


def _around(x: Floats, finite: Floats, target: float, *, dark_is_high: bool, step: float) -> Grades:
    """Classes on either side of a target, which itself is met."""
    met = finite <= target if dark_is_high else finite >= target
    miss, enough = (
        round_breaks(values, most, step, upper=dark_is_high)
        for values, most in ((finite[~met], BAD_CLASSES), (finite[met], MET_CLASSES))
    )
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


def round_breaks(values: Floats, most: int, step: float = 0.0, *, upper: bool = False) -> list[float]:
    """Rising breaks at round numbers that part the values into at most `most` classes of about the same size; neither
    the first nor the last is empty. A least or greatest value that is common (no deficit, all served) is a class of
    its own.

    Breaks are multiples of `step`; values that lie close together, as seen from 0, then break at even distances. A
    break belongs to the class above it, with `upper` to the one below.
    """
    distinct = np.unique(values)
    if len(distinct) < 2 or most < 2:
        return []
    least, largest = float(distinct[0]), float(distinct[-1])
    if step and len(distinct) > 2 and largest - least < CLOSE * max(abs(least), abs(largest)):
        return _even_breaks(least, largest, most, step, upper=upper)
    if len(distinct) <= most:
        found = [_between(a, b, step, upper=upper) for a, b in pairwise(distinct.tolist())]
    elif np.mean(values == least) >= 1 / most:
        rest = round_breaks(values[values > least], most - 1, step, upper=upper)
        found = [_between(least, float(distinct[1]), step, upper=upper), *rest]
    elif np.mean(values == largest) >= 1 / most:
        rest = round_breaks(values[values < largest], most - 1, step, upper=upper)
        found = [*rest, _between(float(distinct[-2]), largest, step, upper=upper)]
    else:
        at, slack = np.arange(1, most) / most, SLACK / most
        ends = np.quantile(values, [at - slack, at + slack])
        found = [_roundest_step(float(a), float(b), step) for a, b in zip(*ends, strict=True)]
    return _apart(found, least, largest, upper=upper)


def _apart(found: list[float | None], least: float, largest: float, *, upper: bool) -> list[float]:
    """Breaks once each, without those that would leave the first or the last class empty."""
    known = {cut for cut in found if cut is not None}
    return sorted(cut for cut in known if (least <= cut < largest if upper else least < cut <= largest))


def _between(a: float, b: float, step: float, *, upper: bool) -> float | None:
    """A round number that parts `a` from `b`, both of which are values; None where no multiple of `step` does."""
    low, high = a + 0.25 * (b - a), b - 0.25 * (b - a)
    found = _roundest_step(low, high, step)
    if found is None:
        return _roundest_step(a, low, step) if upper else _roundest_step(high, b, step)
    return found


def _roundest_step(low: float, high: float, step: float) -> float | None:
    """The roundest multiple of `step` from `low` to `high`; any number where it is 0."""
    if not step:
        return roundest(low, high)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if first > last:
        return None
    per = round(1 / step) if step < 1 else 1
    return roundest(float(first), float(last)) / per if step < 1 else roundest(first * step, last * step)


def _even_breaks(least: float, largest: float, most: int, step: float, *, upper: bool) -> list[float]:
    """Breaks at even distances, as small as `most` classes allow and at least `step`."""
    per = round(1 / step) if step < 1 else 1
    a, b = round(least * per), round(largest * per)  # in whole steps, so that breaks are exact
    for width in (digit * 10**power for power in range(16) for digit in (1, 2, 5)):
        cuts = [k * width / per for k in range(a // width, b // width + 1)]
        found = _apart(list(cuts), least, largest, upper=upper)
        if len(found) < most:
            return found
    return []


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

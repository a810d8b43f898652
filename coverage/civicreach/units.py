"""Minutes, metres and speeds at the border; whole milliseconds and whole millimetres inside.

Whole numbers make sums exact, free of order, and the same on every machine.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

MS_PER_MIN = 60_000
MM_PER_M = 1_000
MAX_COST_MS = 2**31 - 1
"""The largest cost that fits the arrays: 24 days and 20 hours."""


def min_to_ms(minutes: float) -> int:
    """Minutes to whole milliseconds, rounded to the nearest.

    >>> min_to_ms(15)
    900000
    """
    if not math.isfinite(minutes) or minutes < 0:
        raise ValueError(f"minutes must be a finite number of at least 0, not {minutes!r}")
    return round(minutes * MS_PER_MIN)


def ms_to_min(cost_ms: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Whole milliseconds to minutes.

    >>> float(ms_to_min(900_000))
    15.0
    """
    return np.asarray(cost_ms, dtype=np.float64) / MS_PER_MIN


def walk_ms(distance_m: npt.ArrayLike, speed_mps: float) -> npt.NDArray[np.int64]:
    """Whole milliseconds to walk distances in metres at a speed in metres per second.

    >>> int(walk_ms(97.0, 0.97))
    100000
    """
    return np.rint(np.asarray(distance_m, dtype=np.float64) * (1000.0 / speed_mps)).astype(np.int64)


def kmh_to_mps(speed_kmh: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Kilometres per hour to metres per second.

    >>> float(kmh_to_mps(36))
    10.0
    """
    return np.asarray(speed_kmh, dtype=np.float64) / 3.6

"""What a profile pays for each stretch of street, and which ones are closed to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from civicreach.errors import RoadsError
from civicreach.layers import Roads, WayFlag
from civicreach.study import Profile
from civicreach.units import kmh_to_mps

Metres = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SLOPE_CAP = 0.4
"""Steeper than this is a fault of the elevation model, not a street."""


def tobler_factor(slope: npt.ArrayLike) -> Metres:
    """Walking speed on a slope (rise over run in the walking direction) relative to the level.

    Tobler (1993), Three presentations on geographical analysis and modeling. Fastest at a slope of -5 %.

    >>> tobler_factor([0.0, -0.05, 0.1]).round(3).tolist()
    [1.0, 1.191, 0.705]
    """
    capped = np.clip(np.asarray(slope, dtype=np.float64), -SLOPE_CAP, SLOPE_CAP)
    factor: Metres = np.exp(-3.5 * np.abs(capped + 0.05)) / np.exp(-3.5 * 0.05)
    return factor


def stretch_costs(
    roads: Roads,
    way: npt.NDArray[np.int64],
    rise: Metres | None,
    length_m: Metres,
    profile: Profile,
) -> tuple[Metres, Metres]:
    """Milliseconds (s,) to travel stretches of ways forwards and backwards; infinite where that isn't allowed.

    `way` (s,) indexes the ways, `rise` (s,) is the climb in metres along each stretch (None: all level), `length_m`
    (s,) its length.
    """
    flags = roads.way_flags[way]
    speed = _speed_mps(roads, way, profile)
    forward = length_m * 1000.0 / speed
    backward = forward.copy()
    if rise is not None and profile.slope == "tobler":
        slope = np.divide(rise, length_m, out=np.zeros_like(rise), where=length_m > 0)
        forward /= tobler_factor(slope)
        backward /= tobler_factor(-slope)
    forward[(flags & WayFlag.NO_FORWARD) != 0] = np.inf
    backward[(flags & WayFlag.NO_BACKWARD) != 0] = np.inf
    closed = _closed(flags, rise, length_m, profile)
    forward[closed] = np.inf
    backward[closed] = np.inf
    return forward, backward


def _speed_mps(roads: Roads, way: npt.NDArray[np.int64], profile: Profile) -> Metres:
    flags = roads.way_flags[way]
    if profile.mode == "walk":
        return np.where((flags & WayFlag.STEPS) != 0, profile.steps_speed_factor, 1.0) * profile.speed_mps
    speed = kmh_to_mps(roads.way_speed_kmh[way]) * profile.speed_factor
    if not (speed > 0).all():
        unknown = sorted({roads.classes[c] for c in roads.way_class[way[~(speed > 0)]].tolist()})
        raise RoadsError(
            f"no driving speed for roads of class {', '.join(unknown)}: name one in data/rules/drive_filter.toml"
        )
    return speed


def _closed(flags: npt.NDArray[np.uint16], rise: Metres | None, length_m: Metres, profile: Profile) -> Mask:
    closed = np.zeros(len(flags), dtype=np.bool_)
    if profile.steps == "closed":
        closed |= (flags & WayFlag.STEPS) != 0
    if rise is not None and profile.max_slope_percent is not None:
        closed |= np.abs(rise) * 100.0 > profile.max_slope_percent * length_m
    return closed

"""Degrees to metres and back as polynomials: a page knows no projection, but must find the study's own metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.crs import WGS84, project

Metres = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

CLOSE_M = 0.005
"""Polynomials must come so near to the true projection everywhere, both ways: half of what a page counts in."""

DEGREES = range(3, 11)
SAMPLES = 24
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, eq=False)
class Polynomial:
    """Two values of two variables: variables are brought to -1..1 by `middle` and `half`; `terms` (2, t) are the
    factors of a^i b^j for i + j up to `degree`, in order of i, then j; `base` is added to the values."""

    degree: int
    middle: tuple[float, float]
    half: tuple[float, float]
    base: tuple[float, float]
    terms: Metres

    def __call__(self, a: Metres, b: Metres) -> tuple[Metres, Metres]:
        """Values (n,) at variables (n,)."""
        powers = _powers((a - self.middle[0]) / self.half[0], (b - self.middle[1]) / self.half[1], self.degree)
        return self.base[0] + powers @ self.terms[0], self.base[1] + powers @ self.terms[1]

    def head(self) -> dict[str, Any]:
        """The same for a page's header."""
        return {
            "degree": self.degree,
            "middle": list(self.middle),
            "half": list(self.half),
            "base": list(self.base),
            "terms": self.terms.tolist(),
        }


def ground_fit(crs: str, box: Box) -> tuple[Polynomial, Polynomial] | None:
    """Polynomials from degrees to metres of a CRS and back over a box in metres (west, south, east, north).

    None where no polynomial comes as near as CLOSE_M: the box is too large, or reaches too far out of the system.
    """
    west, south, east, north = box
    x, y = _grid((west, east), (south, north))
    lon, lat = project(x, y, crs, WGS84)
    whole = (float(lon.min()), float(lon.max())), (float(lat.min()), float(lat.max()))
    grid_lon, grid_lat = _grid(*whole)
    to_x, to_y = project(grid_lon, grid_lat, WGS84, crs)
    if not all(np.isfinite(v).all() for v in (lon, lat, to_x, to_y)):
        return None
    for degree in DEGREES:
        to_ground = _fitted(grid_lon, grid_lat, to_x, to_y, degree)
        to_degrees = _fitted(x, y, lon, lat, degree)
        if _error_m(crs, to_ground, to_degrees, box) <= CLOSE_M:
            return to_ground, to_degrees
    return None


def _error_m(crs: str, to_ground: Polynomial, to_degrees: Polynomial, box: Box) -> float:
    """The largest error of both in metres, at places that they weren't fitted to."""
    west, south, east, north = box
    at = np.linspace(0.0, 1.0, 2 * SAMPLES + 1)
    x, y = (v.ravel() for v in np.meshgrid(west + at * (east - west), south + at * (north - south)))
    lon, lat = project(x, y, crs, WGS84)
    there = np.hypot(*(found - true for found, true in zip(to_ground(lon, lat), (x, y), strict=True)))
    back = to_degrees(x, y)
    east_m = (back[0] - lon) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    return float(max(there.max(), np.hypot(east_m, (back[1] - lat) * METRES_PER_DEGREE).max()))


def _grid(first: tuple[float, float], second: tuple[float, float]) -> tuple[Metres, Metres]:
    """Places that crowd towards the borders of a box: polynomials fitted to them don't swing there."""
    at = (1.0 - np.cos(np.pi * (np.arange(SAMPLES) + 0.5) / SAMPLES)) / 2.0
    a, b = np.meshgrid(first[0] + at * (first[1] - first[0]), second[0] + at * (second[1] - second[0]))
    return a.ravel(), b.ravel()


def _fitted(a: Metres, b: Metres, c: Metres, d: Metres, degree: int) -> Polynomial:
    middle = (float(a.max() + a.min()) / 2, float(b.max() + b.min()) / 2)
    half = (max(float(np.ptp(a)) / 2, 1e-9), max(float(np.ptp(b)) / 2, 1e-9))
    base = (float(c.mean()), float(d.mean()))
    powers = _powers((a - middle[0]) / half[0], (b - middle[1]) / half[1], degree)
    terms, *_ = np.linalg.lstsq(powers, np.column_stack([c - base[0], d - base[1]]), rcond=None)
    return Polynomial(degree, middle, half, base, np.ascontiguousarray(terms.T))


def _powers(a: Metres, b: Metres, degree: int) -> Metres:
    columns = [a**i * b**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.column_stack(columns)

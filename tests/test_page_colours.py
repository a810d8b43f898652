"""The page's colours for people who see red and green alike, and on grey printers."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from civicreach.maps.palette import KINDS, OTHER_KIND, Ramp, analysis_ramp, ramp

Floats = npt.NDArray[np.float64]
TO_LMS = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
DEUTERANOPIA = np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]])
PROTANOPIA = np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]])
"""Cones of those who lack one kind, from those that they have (Viénot, Brettel and Mollon 1999)."""
RAMPS = [ramp(k) for k in range(8)] + [analysis_ramp(k) for k in range(8)]


def linear(colour: str) -> Floats:
    """Red, green and blue as light, from 0 to 1."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(colour: str, lacking: Floats | None) -> Floats:
    """A colour as light, as those see it who lack a kind of cones."""
    light = linear(colour)
    return light if lacking is None else np.clip(np.linalg.inv(TO_LMS) @ lacking @ TO_LMS @ light, 0, 1)


def lightness(colour: str, lacking: Floats | None = None) -> float:
    """CIE lightness from 0 to 100."""
    y = float(seen(colour, lacking) @ [0.2126, 0.7152, 0.0722])
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def lab(colour: str, lacking: Floats | None) -> Floats:
    """CIE L*a*b* of a colour as it is seen."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x = to_xyz @ seen(colour, lacking) / np.array([0.9505, 1.0, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("lacking", [None, DEUTERANOPIA, PROTANOPIA], ids=["all", "deuteranopia", "protanopia"])
@pytest.mark.parametrize("colours", RAMPS)
def test_neighbouring_classes_differ_in_lightness(colours: Ramp, lacking: Floats | None) -> None:
    steps = [lightness(colour, lacking) for colour in colours.light_to_dark]
    falls = [a - b for a, b in itertools.pairwise(steps)]
    assert min(falls) >= 7, f"{colours.light_to_dark}: {np.round(steps, 1)}"


@pytest.mark.parametrize("lacking", [None, DEUTERANOPIA, PROTANOPIA], ids=["all", "deuteranopia", "protanopia"])
def test_kinds_are_told_apart(lacking: Floats | None) -> None:
    for a, b in itertools.combinations((*KINDS, OTHER_KIND), 2):
        assert np.linalg.norm(lab(a, lacking) - lab(b, lacking)) >= 8, (a, b)


def test_the_simulation_confuses_what_they_confuse() -> None:
    red, green = "#c04040", "#607a20"
    apart = [np.linalg.norm(lab(red, k)[1:] - lab(green, k)[1:]) for k in (None, DEUTERANOPIA)]
    assert apart[1] < 0.5 * apart[0]
    assert lightness("#ffffff", DEUTERANOPIA) == pytest.approx(100, abs=1)

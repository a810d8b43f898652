"""Colours of pages and maps: darker is a larger gap, in every theme and at every scale.

Each ramp has one hue and falls steadily in lightness, so that it stays in order for colour-blind eyes and on grey
printers; classes are told apart by outline and shape too, never by hue alone.
"""

from __future__ import annotations

from dataclasses import dataclass

SHARE_BREAKS = (0.2, 0.4, 0.6, 0.8)
"""Lower ends of the classes of a share; the first class is the darkest."""

GREENISH = ("#cfe5d0", "#eef6ee")
SANDY = ("#eee3c4", "#faf6e9")


@dataclass(frozen=True)
class Ramp:
    """Five colours from light (small gap) to dark (large gap), with two accents for text.

    `met` are the two pale colours of what meets a target, just and by far; lighter than what misses it, and of another
    hue.
    """

    name: str
    light_to_dark: tuple[str, str, str, str, str]
    accent: str
    deep: str
    met: tuple[str, str] = GREENISH


BLUE = Ramp("blue", ("#e3eef8", "#b3d0ea", "#74a9d8", "#2f72b5", "#12427c"), "#2a6ab0", "#0d3468")
VIOLET = Ramp("violet", ("#ece5f4", "#cfbfe4", "#a88dcd", "#7a54ac", "#48257a"), "#7a54ac", "#48257a")
TEAL = Ramp("teal", ("#dcf0ea", "#a9d8cb", "#5fb0a1", "#22807a", "#0b4f4b"), "#22807a", "#0b4f4b", SANDY)
CRIMSON = Ramp("crimson", ("#f9e0e6", "#efb2c2", "#d8718e", "#a63a5f", "#641537"), "#a63a5f", "#641537")
OCHRE = Ramp("ochre", ("#f6ecd2", "#e3cb8f", "#c49c47", "#8f6a1e", "#54390a"), "#8a651b", "#54390a")
EMBER = Ramp("ember", ("#fff0cf", "#fdcb7d", "#f08c2e", "#b8500f", "#6b2503"), "#b8500f", "#6b2503")

RAMPS = (BLUE, VIOLET, TEAL, CRIMSON, OCHRE)

ANALYSIS_RAMPS = (TEAL, VIOLET, BLUE, CRIMSON)
"""Those of analyses: none that lies near the colours of the layers drawn over them."""

MARK_RAMP = EMBER
"""Numbers of layers that lie over the units of a map."""

MARK_COLOURS = ("#d9600a", "#1c2733", "#8a3fa0")
"""Plain layers in turn."""

KINDS = ("#d55e00", "#0072b2", "#e8b500", "#009e73", "#cc79a7", "#56b4e9", "#5b4a8a")
"""Words of a layer, told apart by colour-blind eyes too."""

ENDLESS = "#2b313a"
"""Units that nothing reaches at all: of no ramp, and hatched."""

OTHER_KIND = "#c3c8cd"
"""More words than there are colours."""


def ramp(index: int) -> Ramp:
    """The ramp of the theme with a number; themes past the last ramp start again."""
    return RAMPS[index % len(RAMPS)]


def analysis_ramp(index: int) -> Ramp:
    """The same for analyses."""
    return ANALYSIS_RAMPS[index % len(ANALYSIS_RAMPS)]

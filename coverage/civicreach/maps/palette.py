"""Colours of pages and maps: darker is a larger gap, in every theme and at every scale.

Each ramp has one hue and falls steadily in lightness, so that it stays in order for colour-blind eyes and on grey
printers; classes are told apart by outline and shape too, never by hue alone.
"""

from __future__ import annotations

from dataclasses import dataclass

SHARE_BREAKS = (0.2, 0.4, 0.6, 0.8)
"""Lower ends of the classes of a share; the first class is the darkest."""


@dataclass(frozen=True)
class Ramp:
    """Five colours from light (small gap) to dark (large gap), with two accents for text."""

    name: str
    light_to_dark: tuple[str, str, str, str, str]
    accent: str
    deep: str


RAMPS = (
    Ramp("blue", ("#e3eef8", "#b3d0ea", "#74a9d8", "#2f72b5", "#12427c"), "#2a6ab0", "#0d3468"),
    Ramp("violet", ("#ece5f4", "#cfbfe4", "#a88dcd", "#7a54ac", "#48257a"), "#7a54ac", "#48257a"),
    Ramp("teal", ("#dcf0ea", "#a9d8cb", "#5fb0a1", "#22807a", "#0b4f4b"), "#22807a", "#0b4f4b"),
    Ramp("crimson", ("#f9e0e6", "#efb2c2", "#d8718e", "#a63a5f", "#641537"), "#a63a5f", "#641537"),
    Ramp("ochre", ("#f6ecd2", "#e3cb8f", "#c49c47", "#8f6a1e", "#54390a"), "#8a651b", "#54390a"),
)


def ramp(index: int) -> Ramp:
    """The ramp of the theme with a number; themes past the last ramp start again."""
    return RAMPS[index % len(RAMPS)]

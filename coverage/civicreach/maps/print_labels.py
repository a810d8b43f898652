"""Names on print maps: the important ones first, and none upon another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from civicreach.maps.print_fonts import Lettering
from civicreach.maps.print_shapes import POINTS_PER_MM, Canvas

Box = tuple[float, float, float, float]

HALO = "#ffffff"
GAP_MM = 0.5
EDGE_MM = 1.0


@dataclass(frozen=True)
class Label:
    """A name at a place in metres, in a size in points. `beside` names stand next to a sign of so many millimetres."""

    text: str
    x: float
    y: float
    size: float
    colour: str = "#22262c"
    bold: bool = False
    italic: bool = False
    beside: float = 0.0
    room_mm: float | None = None
    """How wide the name may be; None: as it comes."""


class Placer:
    """Puts names on a map, each where none lies yet; those that find no room are left out."""

    def __init__(self, axes: Any, canvas: Canvas, letters: Lettering) -> None:
        self.axes, self.canvas, self.letters = axes, canvas, letters
        self.taken: list[Box] = []
        self.placed: list[str] = []

    def keep_free(self, x: float, y: float, radius_mm: float) -> None:
        """Keep names away from a sign at a place."""
        mx, my = self._mm(x, y)
        self.taken.append((mx - radius_mm, my - radius_mm, mx + radius_mm, my + radius_mm))

    def keep_corner_free(self, box: Box) -> None:
        """Keep names out of a box in millimetres from the frame's lower left corner."""
        self.taken.append(box)

    def place(self, labels: Iterable[Label]) -> None:
        """Write names in their order, wherever there is room."""
        for label in labels:
            self._place(label)

    def _place(self, label: Label) -> None:
        text = self.letters.fit(label.text)
        if not text:
            return
        width, height = self._size(text, label)
        if label.room_mm is not None and width > label.room_mm:
            return
        x, y = self._mm(label.x, label.y)
        for dx, dy in _offsets(label.beside, width, height):
            box = (x + dx - width / 2, y + dy - height / 2, x + dx + width / 2, y + dy + height / 2)
            if self._is_free(box):
                self.taken.append(box)
                self.placed.append(text)
                self._write(text, label, dx, dy)
                return

    def _size(self, text: str, label: Label) -> tuple[float, float]:
        """Width and height of a text in millimetres."""
        renderer = self.axes.figure.canvas.get_renderer()
        font = self.letters.font(label.size, bold=label.bold, italic=label.italic)
        width, height, _ = renderer.get_text_width_height_descent(text, font, ismath=False)
        mm = 25.4 / self.canvas.dpi
        return width * mm + GAP_MM, max(height * mm, label.size / POINTS_PER_MM) + GAP_MM

    def _mm(self, x: float, y: float) -> tuple[float, float]:
        west, south, _, _ = self.canvas.bounds
        return (x - west) / self.canvas.m_per_mm, (y - south) / self.canvas.m_per_mm

    def _is_free(self, box: Box) -> bool:
        mm = 25.4 / self.canvas.dpi
        wide, high = self.canvas.width * mm - EDGE_MM, self.canvas.height * mm - EDGE_MM
        if box[0] < EDGE_MM or box[1] < EDGE_MM or box[2] > wide or box[3] > high:
            return False
        return not any(a[0] < box[2] and box[0] < a[2] and a[1] < box[3] and box[1] < a[3] for a in self.taken)

    def _write(self, text: str, label: Label, dx: float, dy: float) -> None:
        from matplotlib.patheffects import withStroke

        scale = self.canvas.m_per_mm
        self.axes.text(
            label.x + dx * scale,
            label.y + dy * scale,
            text,
            fontproperties=self.letters.font(label.size, bold=label.bold, italic=label.italic),
            color=label.colour,
            ha="center",
            va="center",
            zorder=10,
            parse_math=False,
            path_effects=[withStroke(linewidth=2.0, foreground=HALO, alpha=0.9)],
        )


def _offsets(beside: float, width: float, height: float) -> list[tuple[float, float]]:
    """Where a name may stand, best first: on its place, or right, left, above and below of its sign."""
    if not beside:
        return [(0.0, 0.0), (0.0, height), (0.0, -height)]
    away = beside + GAP_MM / 2
    side, up = away + width / 2, away + height / 2
    return [(side, 0.0), (-side, 0.0), (0.0, up), (0.0, -up)]

"""A map sheet, A4 landscape at 300 dpi: title, frame, legend column, scale bar, north arrow and the block of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from civicreach.maps.base_layers import Bounds
from civicreach.maps.print_fonts import Lettering
from civicreach.maps.print_ground import BORDER, BORDERS, Ground
from civicreach.maps.print_labels import Placer
from civicreach.maps.print_parts import DASHES, HATCH, MARKERS, RING, Facts, Row, pieces, round_length
from civicreach.maps.print_shapes import MM_PER_INCH, Canvas, Pixels, paste
from civicreach.maps.print_words import printed
from civicreach.measures.rounding import number_text
from civicreach.study import Language

DPI = 300
PAGE = (3508, 2480)
"""Pixels of A4 landscape."""

FRAME = (118, 224, 2528, 1962)
"""Left, bottom, width and height of the map's frame in pixels."""

MM = MM_PER_INCH / DPI
COLUMN = (228.5, 288.0)
"""Left and right end of the legend's column in millimetres."""

INK, SOFT, FAINT, ALARM = "#1c2733", "#55606b", "#c9c3b6", "#9c2a00"
LINE_HEIGHT = 1.38


def canvas_over(bounds: Bounds) -> Canvas:
    """The frame's canvas over a box in metres, which is widened to the frame's shape."""
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    ratio = FRAME[2] / FRAME[3]
    wide, high = max(width, height * ratio), max(height, width / ratio)
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return Canvas((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), FRAME[2], FRAME[3], DPI)


class MapSheet:
    """A sheet under work: `results` and `signs` are axes in metres, below and above the streets."""

    def __init__(self, canvas: Canvas, ground: Ground, letters: Lettering, language: Language) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.canvas, self.letters, self.language = canvas, letters, language
        self.figure = Figure(figsize=(PAGE[0] / DPI, PAGE[1] / DPI), dpi=DPI, facecolor="#ffffff")
        self.agg = FigureCanvasAgg(self.figure)
        left, bottom, width, height = FRAME
        inside = (left / PAGE[0], bottom / PAGE[1], width / PAGE[0], height / PAGE[1])
        paste(self.figure, ground.below, left, bottom, 1)
        self.results = canvas.axes(self.figure, inside, 2)
        paste(self.figure, ground.above, left, bottom, 3)
        self.signs = canvas.axes(self.figure, inside, 4)
        self.page = Canvas((0.0, 0.0, PAGE[0] * MM, PAGE[1] * MM), *PAGE, DPI).axes(self.figure, (0, 0, 1, 1), 5)
        self.placer = Placer(self.signs, canvas, letters)
        self.widths: dict[tuple[str, float, bool], float] = {}
        self._frame()

    def pixels(self, facts: Facts) -> Pixels:
        """The sheet with everything that is said beside its map, as pixels."""
        import numpy as np

        self._title(facts)
        y = self._headline(facts.headline, 184.0)
        y = self._legend(facts.rows, y)
        self._notes(facts.notes, y - 1.0, self._block(facts.block) + 2.0)
        self._foot(facts)
        self.agg.draw()
        return np.asarray(self.agg.buffer_rgba())

    # --- what stands in the frame ---

    def _frame(self) -> None:
        from matplotlib.patches import Rectangle

        left, bottom, width, height = (value * MM for value in FRAME)
        self.page.add_artist(Rectangle((left, bottom), width, height, facecolor="none", edgecolor=INK, linewidth=0.9))
        self._scale_bar(left + 4.0, bottom + 4.0)
        self._north(left + width - 7.5, bottom + height - 17.0)

    def _scale_bar(self, x: float, y: float) -> None:
        from matplotlib.patches import Rectangle

        metres = round_length(42.0 * self.canvas.m_per_mm)
        half = metres / 2 / self.canvas.m_per_mm
        kilometres = metres >= 1_000
        unit = printed("kilometres" if kilometres else "metres", self.language)
        self._plate(x - 2.0, y - 2.0, 2 * half + 19.0, 14.0)
        for at, colour in enumerate((INK, "#ffffff")):
            bar = Rectangle((x + at * half, y + 1.0), half, 1.4, facecolor=colour, edgecolor=INK, linewidth=0.5)
            self.page.add_artist(bar)
        for at in range(3):
            length = at * metres / 2
            told = f"{length / 1_000:g}" if kilometres else f"{length:g}"
            self._say(
                x + at * half, y + 3.2, f"{told} {unit}" if at == 2 else told, 7.0, ha="left" if at == 2 else "center"
            )
        scale = self.canvas.m_per_mm * 1_000
        rounded = round(scale, 2 - len(str(int(scale))))
        self._say(x, y + 8.0, printed("scale", self.language, n=number_text(rounded)), 7.0, colour=SOFT)

    def _north(self, x: float, y: float) -> None:
        from matplotlib.patches import Polygon

        self._plate(x - 4.5, y - 2.0, 9.0, 16.0)
        self.page.add_artist(Polygon([(x, y + 9.0), (x - 2.6, y), (x, y + 2.0)], facecolor=INK, edgecolor=INK, lw=0.5))
        self.page.add_artist(
            Polygon([(x, y + 9.0), (x + 2.6, y), (x, y + 2.0)], facecolor="white", edgecolor=INK, lw=0.5)
        )
        self._say(x, y + 9.6, printed("north", self.language), 8.5, bold=True, ha="center")

    def _plate(self, x: float, y: float, width: float, height: float) -> None:
        """A light ground for what stands on the map; names stay off it."""
        from matplotlib.patches import Rectangle

        plate = Rectangle((x, y), width, height, facecolor="#ffffff", alpha=0.82, linewidth=0.0)
        self.page.add_artist(plate)
        left, bottom = FRAME[0] * MM, FRAME[1] * MM
        self.placer.keep_corner_free((x - left, y - bottom, x - left + width, y - bottom + height))

    # --- what stands around it ---

    def _title(self, facts: Facts) -> None:
        left = FRAME[0] * MM
        room = (COLUMN[0] - 4.0 if facts.alarm else COLUMN[1]) - left
        size = 19.0
        while size > 11.0 and self._width(facts.title, size, bold=True) > room:
            size -= 1.0
        self._say(left, 195.0, facts.title, size, bold=True)
        self._say(left, 188.4, facts.subtitle, 9.0, colour=SOFT)
        if facts.alarm:
            lines = self._wrapped(facts.alarm, COLUMN[1] - COLUMN[0] - 4.0, 9.0)
            from matplotlib.patches import Rectangle

            high = 4.4 * len(lines) + 2.0
            self.page.add_artist(
                Rectangle(
                    (COLUMN[0], 201.5 - high), COLUMN[1] - COLUMN[0], high, facecolor="#fde9d9", edgecolor=ALARM, lw=0.7
                )
            )
            for at, line in enumerate(lines):
                self._say(COLUMN[0] + 2.0, 201.5 - 4.4 * (at + 1), line, 9.0, bold=True, colour=ALARM)

    def _headline(self, headline: tuple[str, str, str], y: float) -> float:
        value, name, of = headline
        if not value:
            return y
        room = COLUMN[1] - COLUMN[0]
        big = 24.0
        while big > 12.0 and self._width(value, big, bold=True) > room:
            big -= 1.0
        self._say(COLUMN[0], y - 7.5, value, big, bold=True)
        y -= 12.0
        for text, size, colour in ((name, 8.5, INK), (of, 7.5, SOFT)):
            for line in self._wrapped(text, room, size):
                self._say(COLUMN[0], y, line, size, colour=colour)
                y -= size / 72 * MM_PER_INCH * LINE_HEIGHT
        return y - 1.0

    def _legend(self, rows: Sequence[Row], y: float) -> float:
        room = COLUMN[1] - COLUMN[0]
        for row in rows:
            heading = row.sign is None
            size, indent = (9.0, 0.0) if heading else (8.0, 8.5)
            y -= 3.2 if heading else 0.0
            lines = self._wrapped(row.text, room - indent, size, bold=heading)
            if row.sign is not None:
                self._sign(row, COLUMN[0], y)
            for line in lines:
                self._say(COLUMN[0] + indent, y, line, size, bold=heading)
                y -= 4.5 if heading else 4.1
            y -= 0.9
        return y

    def _sign(self, row: Row, x: float, y: float) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        middle = y + 1.0
        if row.sign in ("block", "hatched"):
            box = Rectangle((x, y - 0.7), 6.2, 3.5, facecolor=row.colour, alpha=row.alpha, edgecolor=INK, lw=0.35)
            self.page.add_artist(box)
            if row.sign == "hatched":
                lines = Rectangle((x, y - 0.7), 6.2, 3.5, facecolor="none", edgecolor="#ffffff", hatch=HATCH, lw=0.0)
                self.page.add_artist(lines)
            if row.shape or row.size:
                self.page.add_line(_word_sign(row, x + 3.1, middle, 4.2))
            return
        if row.sign in ("border", "line"):
            width, dashes, _ = BORDERS.get(row.level, (1.4, DASHES[row.shape % len(DASHES)], 1.0))
            colour = row.colour or BORDER
            self.page.add_line(Line2D([x, x + 6.2], [middle] * 2, linewidth=width, linestyle=dashes, color=colour))
            return
        if row.shape:
            self.page.add_line(_word_sign(row, x + 3.1, middle, row.size or 5.0))
            return
        marker, size = {"dot": ("o", 4.0), "diamond": ("D", 3.4), "triangle": ("^", 5.0)}.get(str(row.sign), ("o", 5.0))
        big = row.level == "facility"
        line = Line2D(
            [x + 3.1], [middle], marker="o" if big else marker, markersize=6.5 if big else row.size or size,
            color=row.colour, linestyle="none", markeredgecolor=INK if row.size else "white",
            markeredgewidth=0.6 if row.size else 0.9 if big else 0.3,
        )  # fmt: skip
        self.page.add_line(line)

    def _notes(self, notes: Sequence[str], y: float, floor: float) -> None:
        """Notes below the legend; what would run into the block of facts is left to the report."""
        for note in notes:
            for line in self._wrapped(note, COLUMN[1] - COLUMN[0], 7.0):
                if y < floor:
                    return
                last = y - 3.5 < floor
                self._say(COLUMN[0], y, f"{line[:-1]}…" if last else line, 7.0, colour=SOFT)
                y -= 3.5
            y -= 0.8

    def _block(self, block: Sequence[str]) -> float:
        """Author, dates, review number and coordinate system, standing on the frame's lower edge; how high it is."""
        bottom = FRAME[1] * MM
        lines = [line for text in block for line in self._wrapped(text, COLUMN[1] - COLUMN[0], 8.0)]
        top = bottom + 4.6 * len(lines) + 1.0
        self.page.plot([COLUMN[0], COLUMN[1]], [top, top], color=FAINT, linewidth=0.7, solid_capstyle="butt")
        for at, line in enumerate(lines):
            self._say(COLUMN[0], top - 4.6 * (at + 1), line, 8.0)
        return top

    def _foot(self, facts: Facts) -> None:
        left, y = FRAME[0] * MM, 14.2
        for line in self._wrapped(facts.sources, FRAME[2] * MM, 7.0)[:3]:
            self._say(left, y, line, 7.0, colour=SOFT)
            y -= 3.6
        for at, line in enumerate(self._wrapped(facts.footer, COLUMN[1] - COLUMN[0], 7.5, bold=True)[:3]):
            self._say(COLUMN[0], 14.2 - 3.8 * at, line, 7.5, bold=True, colour=ALARM)

    # --- letters ---

    def _say(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: str = INK, ha: str = "left"
    ) -> None:
        font = self.letters.font(size, bold=bold)
        self.page.text(
            x, y, self.letters.fit(text), fontproperties=font, color=colour, ha=ha, va="baseline", parse_math=False
        )

    def _width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Of a text on one line, in millimetres."""
        key = text, size, bold
        if key not in self.widths:
            font, fitted = self.letters.font(size, bold=bold), self.letters.fit(text)
            # blanks at the end have no width of their own
            blank = 0.28 * size / 72 * DPI if text.endswith(" ") else 0.0
            width, _, _ = self.agg.get_renderer().get_text_width_height_descent(fitted, font, ismath=False)
            self.widths[key] = (float(width) + blank) * MM
        return self.widths[key]

    def _wrapped(self, text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
        """Lines of a text that fit into so many millimetres, broken between words and between Chinese characters."""
        lines: list[str] = []
        line, used = "", 0.0
        for piece in pieces(self.letters.fit(text)):
            width = self._width(piece, size, bold=bold)
            if line and used + width > room:
                lines.append(line.rstrip())
                line, used = "", 0.0
            line, used = line + piece, used + width
        return [*lines, line.rstrip()] if line.strip() else lines


def _word_sign(row: Row, x: float, y: float, size: float) -> Any:
    """The sign of a word in the legend: its own shape, filled or, of a ring, hollow."""
    from matplotlib.lines import Line2D

    shape = row.shape % len(MARKERS)
    face = "white" if shape == RING else row.colour
    return Line2D(
        [x], [y], marker=MARKERS[shape], markersize=size, linestyle="none", markerfacecolor=face,
        markeredgecolor=row.colour if shape == RING else INK, markeredgewidth=1.6 if shape == RING else 0.6,
    )  # fmt: skip

"""Shapes in metres as paths that are drawn at once, and pictures of whole layers of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from civicreach.maps.base_layers import Bounds

Pixels = npt.NDArray[np.uint8]
"""Rows, columns, and red, green, blue, alpha."""

MOST_PARTS = 4_000
"""Rings or lines of one path: the drawing library has a limit for what it fills at once."""

MM_PER_INCH, POINTS_PER_MM = 25.4, 72 / 25.4


@dataclass(frozen=True)
class Canvas:
    """A map's frame on paper: its box in metres, its size in pixels, dots per inch."""

    bounds: Bounds
    width: int
    height: int
    dpi: int

    @property
    def m_per_mm(self) -> float:
        """Metres on the ground of a millimetre on paper."""
        return (self.bounds[2] - self.bounds[0]) / (self.width / self.dpi * MM_PER_INCH)

    def axes(self, figure: Any, rectangle: tuple[float, float, float, float], zorder: float) -> Any:
        """Bare see-through axes in metres that fill a rectangle (left, bottom, width, height) of a figure."""
        axes = figure.add_axes(rectangle, zorder=zorder)
        axes.set_axis_off()
        axes.set_xlim(self.bounds[0], self.bounds[2])
        axes.set_ylim(self.bounds[1], self.bounds[3])
        return axes

    def picture(self, draw: Callable[[Any], None], background: str = "none") -> Pixels:
        """What `draw` puts on axes that fill the frame, as pixels."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.width / self.dpi, self.height / self.dpi), dpi=self.dpi, facecolor=background)
        canvas = FigureCanvasAgg(figure)
        draw(self.axes(figure, (0.0, 0.0, 1.0, 1.0), 1))
        canvas.draw()
        return np.asarray(canvas.buffer_rgba()).copy()


def paste(figure: Any, pixels: Pixels, left: int, bottom: int, zorder: float) -> None:
    """Lay a picture on a figure, pixel on pixel; what the library does by itself resamples it."""
    from matplotlib.artist import Artist

    upside_down = np.ascontiguousarray(pixels[::-1])

    class Pasted(Artist):
        def draw(self, renderer: Any) -> None:
            renderer.draw_image(renderer.new_gc(), left, bottom, upside_down)

    figure.add_artist(Pasted()).set_zorder(zorder)


def fill(axes: Any, geometry: npt.NDArray[Any], **style: Any) -> None:
    """Fill polygons (n,); the rest of what shapes hold isn't drawn."""
    from matplotlib.patches import PathPatch

    parts = shapely.get_parts(shapely.orient_polygons(np.asarray(geometry, dtype=object)))
    parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
    for at in range(0, len(parts), MOST_PARTS):
        rings = shapely.get_rings(parts[at : at + MOST_PARTS])
        for path in _paths(rings, closed=True):
            axes.add_artist(PathPatch(path, **{"linewidth": 0.0, "edgecolor": "none", **style}))


def stroke(axes: Any, geometry: npt.NDArray[Any], *, width: float, colour: str, **style: Any) -> None:
    """Draw lines (n,), or the outlines of polygons, in a width in points."""
    from matplotlib.patches import PathPatch

    parts = shapely.get_parts(np.asarray(geometry, dtype=object))
    parts = np.concatenate([
        shapely.get_parts(parts[shapely.get_dimensions(parts) == 1]),
        shapely.get_rings(parts[shapely.get_dimensions(parts) == 2]),
    ])  # fmt: skip
    for at in range(0, len(parts), MOST_PARTS):
        for path in _paths(parts[at : at + MOST_PARTS], closed=False):
            told = {"facecolor": "none", "edgecolor": colour, "linewidth": width, "capstyle": "round", **style}
            axes.add_artist(PathPatch(path, joinstyle="round", **told))


def _paths(parts: npt.NDArray[Any], *, closed: bool) -> Iterator[Any]:
    """One path of many rings or lines; none where there is nothing."""
    from matplotlib.path import Path

    xy, part = shapely.get_coordinates(parts, return_index=True)
    if not len(xy):
        return
    codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
    codes[np.append(True, part[1:] != part[:-1])] = Path.MOVETO
    if closed:
        codes[np.append(part[1:] != part[:-1], True)] = Path.CLOSEPOLY
    yield Path(xy, codes)

"""Where the water stands: depths of a flood, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicreach.crs import parse_crs, project
from civicreach.errors import Faults, LayerError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Depth:
    """Water depths `values` float32 (rows, columns) in metres, 0 where it is dry, in any coordinate system.

    `transform` (a, b, c, d, e, f) leads from cell corners to the system: x = a * column + b * row + c and
    y = d * column + e * row + f. What lies beyond the cells is dry. `notes` says what was found while reading.

    Raises LayerError for values that are no table of finite depths of at least 0, and for cells without area.
    """

    crs: str
    transform: tuple[float, float, float, float, float, float]
    values: npt.NDArray[np.float32]
    source: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = Faults(self.source or "depths")
        parse_crs(self.crs, faults.where)
        if self.values.ndim != 2 or self.values.size == 0:
            faults.add("depths are no table of rows and columns")
        elif not (np.isfinite(self.values).all() and (self.values >= 0).all()):
            faults.add("depths that aren't finite or below 0", todo="What isn't known to be wet is 0.")
        a, b, _, d, e, _ = self.transform
        if not np.isfinite(self.transform).all() or a * e == b * d:
            faults.add("cells without any area")
        faults.raise_if_any(LayerError)
        self.values.flags.writeable = False

    def cells(self, x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
        """Columns and rows (n,) of places in another system; 0.5 is the middle of the first cell."""
        px, py = project(x, y, crs, self.crs)
        a, b, c, d, e, f = self.transform
        area = a * e - b * d
        return (e * (px - c) - b * (py - f)) / area, (a * (py - f) - d * (px - c)) / area

    def at(self, x: Floats, y: Floats, crs: str) -> Floats:
        """Depth (n,) in metres at places in another system; 0 beyond the cells."""
        column, row = self.cells(x, y, crs)
        rows, columns = self.values.shape
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        depth = np.zeros(len(column))
        depth[inside] = self.values[row[inside].astype(np.int64), column[inside].astype(np.int64)]
        return depth

    def __repr__(self) -> str:
        rows, columns = self.values.shape
        return f"Depth({rows:,} x {columns:,} cells, up to {self.values.max():.2f} m, {self.crs})"

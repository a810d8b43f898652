"""Whether the layers of a study lie in the same place, and what may be wrong where they don't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Geod

from civicreach.crs import WGS84, project
from civicreach.errors import CrsError, Fault, Faults, LayerError

FAR_POINT_M = 20_000.0
"""A facility farther than this from all streets is a mistake; a nearer one is listed as unsnapped."""
APART_M = 1_000.0
"""Layers whose boxes are this far apart lie in different places."""

STRETCH = 0.01
"""A system that makes distances this much too long or too short belongs to another place."""

LAYER_SLIPS = {
    "degrees": "Longitude and latitude look swapped: exchange x and y.",
    "metres": "x and y look swapped: exchange them.",
    "zone": "x seems to carry the number of its zone: name the crs with the zone (EPSG:4513 to 4533).",
}
"""What may have happened to a whole layer, and what to do about it."""
ROW_SLIPS = {
    "degrees": "These rows may have longitude and latitude exchanged.",
    "metres": "These rows may have x and y exchanged.",
    "zone": "x seems to carry the number of its zone in these rows: take it off.",
}
"""The same of single rows."""

Xy = npt.NDArray[np.float64]


class Bounds(NamedTuple):
    """A box in metres: minx, miny, maxx, maxy."""

    minx: float
    miny: float
    maxx: float
    maxy: float


def check_places(
    bounds: Mapping[str, tuple[float, float, float, float]],
    points: Mapping[str, gpd.GeoSeries],
    crs: str,
    *,
    roads: str = "roads",
) -> None:
    """Raise LayerError where layers lie in different places, or single facilities far from all streets.

    `bounds` are boxes (minx, miny, maxx, maxy) in the metric system `crs` by the name of the layer, `roads`
    among them; `points` are the facilities of each service, indexed by id. All faults are told at once, each
    with the distance and what may have caused it.
    """
    faults = Faults()
    home = Bounds(*bounds[roads])
    apart = {name: Bounds(*box) for name, box in bounds.items() if name != roads}
    apart |= {name: Bounds(*series.total_bounds) for name, series in points.items() if len(series)}
    apart = {name: box for name, box in apart.items() if _gap_m(home, box) > APART_M}
    for name, box in apart.items():
        corners = np.array([[box.minx, box.miny], [box.maxx, box.maxy]])
        faults.found.append(_apart_fault(name, roads, _gap_m(home, box), corners, home, crs))
    for name, series in points.items():
        if name not in apart and len(series):
            _check_far_points(name, series, home, crs, roads, faults)
    faults.raise_if_any(LayerError)


def check_scale(x: float, y: float, crs: str, where: str) -> None:
    """Raise CrsError where a metric system doesn't keep distances around a place, as far from its own zone."""
    arm = 500.0
    lon, lat = project(np.array([x - arm, x + arm, x, x]), np.array([y, y, y - arm, y + arm]), crs, WGS84)
    _, _, true_m = Geod(ellps="WGS84").inv(lon[::2], lat[::2], lon[1::2], lat[1::2])
    stretch = 2 * arm / np.asarray(true_m) - 1.0
    worst = float(stretch[np.argmax(np.abs(stretch))])
    if not abs(worst) <= STRETCH:
        what = f"{CRS(crs).name} makes distances here {abs(worst):.0%} too {'long' if worst > 0 else 'short'}"
        raise CrsError(Fault(what, where, todo='Use crs = "auto", or the metric system of this place.'))


def _gap_m(a: Bounds, b: Bounds) -> float:
    """The distance between two boxes; 0 where they meet."""
    dx = max(a.minx - b.maxx, b.minx - a.maxx, 0.0)
    dy = max(a.miny - b.maxy, b.miny - a.maxy, 0.0)
    return float(np.hypot(dx, dy))


def _away_m(xy: Xy, box: Bounds) -> npt.NDArray[np.float64]:
    """Distances (n,) of points (n, 2) from a box."""
    dx = np.maximum(np.maximum(box.minx - xy[:, 0], xy[:, 0] - box.maxx), 0.0)
    dy = np.maximum(np.maximum(box.miny - xy[:, 1], xy[:, 1] - box.maxy), 0.0)
    away: npt.NDArray[np.float64] = np.hypot(dx, dy)
    return away


def _km(metres: float) -> str:
    return f"{metres / 1000:,.0f} km"


def _apart_fault(name: str, roads: str, gap_m: float, corners: Xy, home: Bounds, crs: str) -> Fault:
    causes = set(_causes(corners, home, crs, LAYER_SLIPS))
    todo = (causes.pop() if len(causes) == 1 else "") or "Are they of the same city, and is each crs right?"
    return Fault(f"lies {_km(gap_m)} from {roads}", name, todo=todo)


def _check_far_points(name: str, series: gpd.GeoSeries, home: Bounds, crs: str, roads: str, faults: Faults) -> None:
    xy = np.column_stack([series.x.to_numpy(), series.y.to_numpy()])
    away = _away_m(xy, home)
    far = np.flatnonzero(away > FAR_POINT_M)
    causes = _causes(xy[far], home, crs, ROW_SLIPS)
    for cause in dict.fromkeys(causes):
        rows = [f"{series.index[at]} by {_km(away[at])}" for at, why in zip(far, causes, strict=True) if why == cause]
        todo = cause or "Mend their coordinates, or take the rows out."
        faults.add(f"facilities that lie far outside {roads}", rows=rows, where=name, todo=todo)


def _causes(xy: Xy, home: Bounds, crs: str, slips: Mapping[str, str]) -> list[str]:
    """What probably went wrong with each point (n, 2): the first slip whose undoing brings it home."""
    x, y = xy[:, 0], xy[:, 1]
    lon, lat = project(x, y, crs, WGS84)
    found = np.full(len(xy), "", dtype=object)
    found[(np.abs(lon) < 0.01) & (np.abs(lat) < 0.01)] = "Their coordinates are 0, 0: fill them in."
    undone = {"degrees": project(lat, lon, WGS84, crs), "metres": (y, x), "zone": (x % 1_000_000, y)}
    for slip, todo in slips.items():
        mended = np.column_stack(undone[slip])
        back = np.isfinite(mended).all(axis=1) & (_away_m(mended, home) <= APART_M)
        found[(found == "") & back] = todo
    return [str(cause) for cause in found]

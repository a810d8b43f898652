"""Choice and checks of coordinate systems: distances are only taken in a metric one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from civicreach.errors import CrsError, Fault

WGS84 = "EPSG:4326"
CHINA_LON = (73.5, 135.2)
CHINA_LAT = (17.9, 53.7)
CGCS2000_ZONE_EPSG = 4534
"""CGCS2000 / 3-degree Gauss-Kruger CM 75E; the next central meridians follow one by one (114E is 4547)."""

Coordinates = npt.NDArray[np.float64]


def parse_crs(value: Any, where: str = "") -> CRS:
    """The coordinate system that a text, a number or an object names.

    Raises CrsError where it names none.

    >>> parse_crs("EPSG:4547").to_epsg()
    4547
    """
    try:
        return CRS.from_user_input(value)
    except CRSError as error:
        raise CrsError(
            Fault(f"{value!r} is not a coordinate system", where, todo='Name it like "EPSG:4326".')
        ) from error


def metric_crs_for(lon: float, lat: float) -> CRS:
    """A metric coordinate system for a place in degrees.

    China gets CGCS2000 in the 3-degree Gauss-Kruger zone (its planners' own, and Wuhan isn't split as by UTM);
    other places get UTM.

    >>> metric_crs_for(114.3, 30.6).to_epsg(), metric_crs_for(-15.4, 28.1).to_epsg()
    (4547, 32628)
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise CrsError(f"({lon}, {lat}) is not a longitude and a latitude in degrees")
    if in_china(lon, lat):
        zone = int(np.clip(round(lon / 3.0) - 25, 0, 20))
        return CRS.from_epsg(CGCS2000_ZONE_EPSG + zone)
    if abs(lat) > 84:
        raise CrsError(f"latitude {lat} is outside the UTM zones; set [study] crs to a metric system")
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def in_china(lon: float, lat: float) -> bool:
    """Whether a place lies in the box that holds mainland China."""
    return CHINA_LON[0] <= lon <= CHINA_LON[1] and CHINA_LAT[0] <= lat <= CHINA_LAT[1]


def require_metric(crs: Any, where: str) -> CRS:
    """The coordinate system, if its unit is the metre and it keeps distances well enough for walking.

    Raises CrsError for none, degrees, feet or Web Mercator (which makes 1,000 m out of 862 m at 30.5 degrees north).
    """
    if crs is None:
        raise CrsError(Fault("no coordinate system", where, todo="Name it in study.toml (crs = ...)."))
    found = parse_crs(crs, where)
    if not found.is_projected:
        raise CrsError(
            Fault(f"{found.name} counts degrees, not metres", where, todo='Use crs = "auto" or a metric system.')
        )
    if {axis.unit_name for axis in found.axis_info} - {"metre"}:
        raise CrsError(Fault(f"{found.name} isn't in metres", where, todo="Use a metric system."))
    if found.to_epsg() in (3857, 900913):
        raise CrsError(Fault("Web Mercator doesn't keep distances", where, todo='Use crs = "auto".'))
    return found


def check_degrees(lon: Coordinates, lat: Coordinates, where: str) -> list[Fault]:
    """Faults of coordinates (n,) that are said to be degrees but are metres, or longitude and latitude swapped.

    `rows` of each fault are all positions (from 0) that it concerns.
    """
    finite = np.isfinite(lon) & np.isfinite(lat)
    bad = finite & ((np.abs(lon) > 180) | (np.abs(lat) > 90))
    swapped = bad & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
    if swapped.any() and swapped.sum() == finite.sum():
        exchange = "longitude and latitude are swapped", "Exchange the x and y columns."
    else:
        what = "coordinates outside the range of degrees"
        exchange = what, "These rows may have longitude and latitude exchanged."
    metres = "coordinates outside the range of degrees", "If they are metres, name their crs."
    faults = []
    for (what, todo), concerned in ((exchange, swapped), (metres, bad & ~swapped)):
        if concerned.any():
            rows = np.flatnonzero(concerned).tolist()
            faults.append(Fault(what, where, tuple(rows), len(rows), todo))
    return faults


def project(x: Coordinates, y: Coordinates, source: Any, target: Any) -> tuple[Coordinates, Coordinates]:
    """Coordinates (n,) from one system in another, x before y whatever the axis order of the systems."""
    px, py = Transformer.from_crs(source, target, always_xy=True).transform(x, y)
    return np.asarray(px, dtype=np.float64), np.asarray(py, dtype=np.float64)

"""Valhalla on a town of ours or on a PBF: tiles built in a temporary folder, isochrones back in metres."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from peers import PeerAbsentError, peer
from pyproj import CRS, Transformer

Floats = NDArray[np.float64]


def tile_builder() -> str:
    """The path of ``valhalla_build_tiles``, which older wheels leave out."""
    shipped = Path(str(peer("valhalla", "pyvalhalla").__file__)).parent / "bin" / "valhalla_build_tiles"
    found = str(shipped) if shipped.exists() else shutil.which("valhalla_build_tiles")
    if found is None:
        raise PeerAbsentError("installed without its tile builder (too old a pyvalhalla)")
    return found


def write_town(path: Path, lon: Floats, lat: Floats, u: NDArray[np.int64], v: NDArray[np.int64]) -> None:
    """Straight two-way residential streets as an OSM PBF."""
    osmium = peer("osmium")
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path), overwrite=True) as out:
        for k, place in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            out.add_node(mutable.Node(id=k + 1, location=place, version=1))
        for k, ends in enumerate(zip(u.tolist(), v.tolist(), strict=True)):
            nodes = [ends[0] + 1, ends[1] + 1]
            out.add_way(mutable.Way(id=k + 1, nodes=nodes, tags={"highway": "residential"}, version=1))


class Valhalla:
    """An isochrone engine over one PBF; ``to_lonlat`` leads from the caller's metres to degrees."""

    def __init__(self, write: Callable[[Path], Path], to_lonlat: Transformer) -> None:
        """Build the tiles of the PBF that ``write`` puts into (or names for) a temporary folder."""
        valhalla, builder = peer("valhalla", "pyvalhalla"), tile_builder()
        self.to_lonlat = to_lonlat
        self.folder = tempfile.TemporaryDirectory(prefix="civicreach-bench-")
        folder = Path(self.folder.name)
        (folder / "tiles").mkdir()
        config = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
        config["mjolnir"].update(tile_dir=str(folder / "tiles"), tile_extract="", concurrency=1)
        (folder / "config.json").write_text(json.dumps(config))
        pbf = write(folder)
        command = [builder, "-c", str(folder / "config.json"), str(pbf)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise PeerAbsentError(f"its tile builder failed: {(done.stderr or done.stdout).strip()[-120:]}")
        self.actor = valhalla.Actor(str(folder / "config.json"))

    @classmethod
    def of_town(cls, x: Floats, y: Floats, u: NDArray[np.int64], v: NDArray[np.int64], epsg: int) -> Valhalla:
        """Tiles of a town, laid on the globe so that its metres are true metres at its centre."""
        lon, lat = Transformer.from_crs(epsg, 4326, always_xy=True).transform(x.mean(), y.mean())
        local = CRS.from_proj4(f"+proj=aeqd +lat_0={lat} +lon_0={lon} +x_0={x.mean()} +y_0={y.mean()} +units=m")
        to_lonlat = Transformer.from_crs(local, 4326, always_xy=True)

        def write(folder: Path) -> Path:
            write_town(folder / "town.osm.pbf", *to_lonlat.transform(x, y), u, v)
            return folder / "town.osm.pbf"

        return cls(write, to_lonlat)

    @classmethod
    def of_pbf(cls, path: Path, crs: Any) -> Valhalla:
        """Tiles of a city's PBF, asked in the metres of ``crs``."""
        return cls(lambda _: path, Transformer.from_crs(CRS.from_user_input(crs), 4326, always_xy=True))

    def raw(self, x: float, y: float, contours: list[dict[str, float]]) -> str:
        """Valhalla's own GeoJSON for pedestrians, as text: what a clock should measure."""
        lon, lat = self.to_lonlat.transform(x, y)
        where = [{"lat": lat, "lon": lon}]
        request = {"locations": where, "costing": "pedestrian", "contours": contours, "polygons": True}
        return str(self.actor.isochrone(json.dumps(request)))

    def isochrones(
        self, x: float, y: float, contours: list[dict[str, float]], *, mend: bool = True
    ) -> list[shapely.Geometry]:
        """One shape a contour in the order asked, in metres, made valid unless told not to."""

        def metres(degrees: Floats) -> Floats:
            back = self.to_lonlat.transform(degrees[:, 0], degrees[:, 1], direction="INVERSE")
            return np.column_stack(back)

        asked = [value for contour in contours for value in contour.values()]
        parts: list[list[shapely.Geometry]] = [[] for _ in asked]
        for feature in json.loads(self.raw(x, y, contours))[
            "features"
        ]:  # it gives back 450 m as 0.5: take the nearest asked
            given = feature["properties"]["contour"]
            band = min(range(len(asked)), key=lambda k: abs(asked[k] - given))
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            parts[band].append(shapely.make_valid(shape) if mend else shape)
        whole = [each[0] if len(each) == 1 else shapely.union_all(each) for each in parts]
        return [shapely.transform(shape, metres) for shape in whole]

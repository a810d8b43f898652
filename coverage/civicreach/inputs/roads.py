"""The front door to streets: whatever file a study names, Roads come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from civicreach.errors import Fault, RoadsError
from civicreach.inputs.files import require_file
from civicreach.inputs.osm import read_osm_roads
from civicreach.inputs.osm_files import OSM_SUFFIXES
from civicreach.layers.roads import Roads
from civicreach.study import Mode, Study

GRAPH_SUFFIXES = (".graphml",)
LINE_SUFFIXES = (".gpkg", ".parquet", ".geoparquet", ".geojson", ".json", ".shp", ".fgb", ".zip")


def read_roads(study: Study, mode: Mode = "walk") -> Roads:
    """The streets that a study names, with elevation where it names a DEM.

    Raises RoadsError, LayerError or CrsError for files that are missing, damaged or unfit.
    """
    spec = study.roads
    roads = read_roads_file(spec.file, mode=mode, crs=study.study.crs, layer=spec.layer, declared_crs=spec.crs)
    if spec.dem is None:
        return roads
    from civicreach.inputs.elevation import with_dem  # rasterio is heavy, and most studies have no DEM

    return with_dem(roads, spec.dem)


def read_roads_file(
    path: str | Path,
    *,
    mode: Mode = "walk",
    crs: Any = "auto",
    layer: str | None = None,
    declared_crs: str | None = None,
) -> Roads:
    """Streets of an OpenStreetMap file, an OSMnx GraphML or any line layer, told apart by the file's suffix.

    `crs` is the metric system wanted ("auto": the one for the place), `declared_crs` that of a layer which
    names none. Raises RoadsError for other kinds of files.
    """
    path = require_file(Path(path), RoadsError)
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        return read_osm_roads(path, mode, crs)
    if name.endswith(GRAPH_SUFFIXES):
        from civicreach.inputs.graph_roads import read_graphml  # osmnx takes a second to import

        return read_graphml(path, mode, crs, declared_crs)
    if name.endswith(LINE_SUFFIXES):
        from civicreach.inputs.line_roads import read_line_roads

        return read_line_roads(path, mode, crs, layer, declared_crs)
    known = ", ".join((".osm.pbf", *OSM_SUFFIXES, *GRAPH_SUFFIXES, *LINE_SUFFIXES))
    raise RoadsError(Fault("unknown kind of file for streets", str(path), todo=f"Known are {known}."))

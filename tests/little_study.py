"""Studies and layers small enough to check by hand, for the tests of the readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from civicreach.inputs.study_file import read_profiles, read_standards
from civicreach.layers import Areas
from civicreach.study import Study

CRS = "EPSG:4547"
"""Metres; 114 degrees east lies at x = 500,000."""
X0, Y0 = 500_000.0, 3_390_000.0

SERVICE = {
    "id": "centre",
    "name": "中心",
    "file": "facilities.csv",
    "crs": CRS,
    "x": "x",
    "y": "y",
    "minutes": 15,
}
DEMAND = {"method": "points", "file": "homes.csv", "crs": CRS, "x": "x", "y": "y"}


def a_study(folder: Path, **sections: Any) -> Study:
    """A study with one service; `demand`, `service` and `areas` change keys of their sections."""
    service = {key: value for key, value in (SERVICE | sections.get("service", {})).items() if value is not None}
    demand = {key: value for key, value in (DEMAND | sections.get("demand", {})).items() if value is not None}
    for section in (service, demand, areas := dict(sections.get("areas", {}))):
        for key in ("file", "table", "rasters"):
            if key in section:
                section[key] = str(folder / section[key])
    groups = demand.get("groups", ("people",))
    return Study.model_validate(
        {
            "study": {"name": "小城", "year": 2026},
            "roads": {"file": folder / "roads.osm.pbf"},
            "demand": demand,
            "areas": areas or None,
            "services": [{"group": groups[0], **service}],
            "profiles": read_profiles(),
            "standards": read_standards(),
            "folder": folder,
        }
    )


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file, its lines stripped of the indentation of a test."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line.strip() for line in text.strip().splitlines()]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def squares(*ids: str, size_m: float = 100.0, **columns: Any) -> gpd.GeoDataFrame:
    """Squares side by side from west to east, from (X0, Y0)."""
    shapes = [box(X0 + i * size_m, Y0, X0 + (i + 1) * size_m, Y0 + size_m) for i in range(len(ids))]
    return gpd.GeoDataFrame({"community_id": list(ids), **columns}, geometry=shapes, crs=CRS)


def square_areas(*ids: str, size_m: float = 100.0) -> Areas:
    """The squares as areas of the lowest level."""
    return Areas(squares(*ids, size_m=size_m))


def write_layer(frame: gpd.GeoDataFrame, path: Path, layer: str | None = None) -> Path:
    """A GeoPackage (or GeoJSON) with one layer more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_file(path, layer=layer, mode="a" if path.exists() else "w", engine="pyogrio")
    return path


def sums(frame: pd.DataFrame, by: str, group: str) -> dict[str, float]:
    """Sums of a group by a column."""
    return {str(key): float(value) for key, value in frame.groupby(by)[group].sum().items()}

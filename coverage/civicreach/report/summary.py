"""summary.json, the figures for scripts, and provenance.json, where they come from."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyogrio
import pyproj
import shapely

from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.report.notes import warnings_told, weight_note
from civicreach.report.words import CONFIDENCE

LIBRARIES = (
    "folium",
    "geopandas",
    "highspy",
    "matplotlib",
    "networkx",
    "numba",
    "numpy",
    "openpyxl",
    "osmium",
    "osmnx",
    "pandas",
    "pyogrio",
    "pyproj",
    "python-docx",
    "rasterio",
    "scipy",
    "shapely",
    "XStatic-Leaflet",
)


def write_summary(result: StudyResult, path: Path) -> None:
    """Write the study's figures in their order, with what they mean, and the warnings in its language.

    Raises ValueError for a figure that isn't a finite number: that is a fault of ours.
    """
    found = {
        "study": _study(result),
        "figures": [figure_json(figure) for figure in result.figures],
        "warnings": list(warnings_told(result)),
    }
    _write(found, path)


def write_provenance(
    result: StudyResult,
    path: Path,
    *,
    inputs: Mapping[str, str],
    seconds: Mapping[str, float],
    fingerprints: Mapping[str, str] | None = None,
) -> None:
    """Write what a run read, with which parameters, standards and software, and how long each step took.

    inputs: path -> sha256 of the file; seconds: step -> seconds; fingerprints: of whatever has one.
    """
    study = result.study
    found = {
        "finished_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": {step: round(float(value), 3) for step, value in seconds.items()},
        "inputs": [input_entry(Path(name), sha, study.folder) for name, sha in inputs.items()],
        "parameters": _portable(study.model_dump(exclude={"folder", "standards"}), study.folder),
        "standards": [
            {**standard.model_dump(), "marked": standard.mark.strip()} for standard in result.standards_used.values()
        ],
        "fingerprints": {"study": study.fingerprint(), **(fingerprints or {})},
        "versions": _versions(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    _write(found, path)


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure with the words of the workbook for how far its sources are checked, in what is said in Chinese."""
    found = figure.as_json()
    for key, (chinese, _) in CONFIDENCE.items():
        found["sources_zh"] = [text.replace(f"[{key}]", f"[{chinese}]") for text in found["sources_zh"]]
    return found


def _study(result: StudyResult) -> dict[str, Any]:
    head = result.study.study.model_dump(mode="json")
    return {
        **head,
        "crs": result.crs,
        "attribution": result.attribution,
        "weight_note": weight_note(result),
        "services": [_service(result, circle) for circle in result.services],
        "fingerprint": result.study.fingerprint(),
    }


def _service(result: StudyResult, circle: ServiceCircle) -> dict[str, Any]:
    standard = result.study.standards_used().get(circle.service.standard or "")
    return {
        "id": circle.service.id,
        "name": circle.service.name,
        "name_en": circle.service.name_en,
        "group": circle.service.group,
        "profile": circle.service.profile,
        "limit": circle.limit,
        "limit_unit": circle.limit_unit,
        "standard": standard.key if standard else None,
        "clause": standard.clause if standard else None,
        "confidence": standard.confidence if standard else None,
        "facility_count": len(circle.facilities),
    }


def input_entry(path: Path, sha256: str, folder: Path) -> dict[str, Any]:
    """A file that was read, as seen from the study's folder, with its size and hash."""
    whole = path if path.is_absolute() else folder / path
    size = whole.stat().st_size if whole.is_file() else None
    return {"file": _relative(whole, folder), "bytes": size, "sha256": sha256}


def _portable(value: Any, folder: Path) -> Any:
    """Parameters without the place where the study lies on this machine."""
    if isinstance(value, dict):
        return {str(key): _portable(each, folder) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_portable(each, folder) for each in value]
    if isinstance(value, Path):
        return _relative(value, folder)
    if isinstance(value, str) and folder.as_posix() in value:  # patterns of several files are text
        return value.replace(f"{folder.as_posix()}/", "")
    return value


def _relative(path: Path, folder: Path) -> str:
    """A path as seen from the study's folder; whole where that is on another disk."""
    if not path.is_absolute():
        return path.as_posix()
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


def _versions() -> dict[str, str]:
    found = {"civicreach": _version("civicreach"), "python": platform.python_version()}
    found |= {name: _version(name) for name in LIBRARIES}
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    return found | {"GDAL": gdal, "GEOS": shapely.geos_version_string, "PROJ": pyproj.proj_version_str}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _write(found: dict[str, Any], path: Path) -> None:
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", "utf-8", newline="\n")

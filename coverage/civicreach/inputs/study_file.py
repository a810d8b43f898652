"""Reading study.toml: everything that is wrong with it is told at once, in plain sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from civicreach.crs import require_metric
from civicreach.errors import CrsError, Fault, Faults, StudyError
from civicreach.inputs.files import RASTER_SUFFIXES, decode, matching_files, missing_file
from civicreach.inputs.osm_selectors import parse_selectors
from civicreach.inputs.package_data import data_path
from civicreach.inputs.study_faults import NAME_FIELDS, check_schema
from civicreach.inputs.toml_lines import lines_of
from civicreach.study import Profile, ServiceStandard, Study

Table = dict[str, Any]

PATHS = (("roads", "file"), ("roads", "dem"), ("areas", "file"), ("demand", "table"), ("demand", "file"))
LISTS = {"services": ("file",), "scenarios": ("closed", "flood"), "programmes": ("table",)}
"""Paths in sections that stand several times."""
OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz")
FOLDERS_OF_LAYERS = (".gdb",)
"""What is read like a file and is none."""
TOLD_BY = "study.toml"
"""Source of a number that a study states without saying where it comes from."""
WORDS = ("name_zh", "name_en", "clause", "clause_zh", "source", "source_zh", "confidence")
"""Keys that change no number."""


def read_study(path: Path | str) -> Study:
    """The study that a TOML file describes, with absolute paths, all profiles and all standards.

    Raises StudyError with every fault of the file and every file that it names and that isn't there.
    """
    path = Path(path)
    raw = _parsed(path)
    folder = path.resolve().parent
    faults = Faults(path.name)
    for section, built_in in (("profiles", read_profiles()), ("standards", read_standards())):
        raw[section] = _merged(raw.get(section, {}), _as_tables(section, built_in), section, faults)
    if "folder" in raw or "file_name" in raw:
        faults.add("folder or file_name: unknown key", todo="They are those of the file itself.")
    raw["folder"], raw["file_name"] = folder, path.name
    _make_paths_absolute(raw, folder)
    study, schema_faults, mended = check_schema(raw, path.name, lines_of(_text(path)))
    faults.found.extend(schema_faults)
    faults.found.extend(_missing_files(mended, folder, path.name))
    faults.found.extend(_unfit_crs(mended, path.name))
    faults.found.extend(_unfit_selectors(mended, path.name))
    if study is None or faults.found:
        raise StudyError(faults.found)
    return study


def read_profiles() -> dict[str, Profile]:
    """The profiles that the package brings along, by name."""
    tables = tomllib.loads(data_path("rules/profiles.toml").read_text("utf-8"))
    return {name: Profile(name=name, **table) for name, table in tables.items()}


def read_standards() -> dict[str, ServiceStandard]:
    """The planning standards that the package brings along, by key."""
    found: dict[str, ServiceStandard] = {}
    for path in sorted(data_path("standards").glob("*.toml")):
        for key, table in tomllib.loads(path.read_text("utf-8")).items():
            found[key] = ServiceStandard(key=key, **table)
    return found


def _text(path: Path) -> str:
    return decode(path.read_bytes(), path.name, StudyError)


def _parsed(path: Path) -> Table:
    if not path.exists():
        raise StudyError(missing_file(path))
    if path.is_dir():
        raise StudyError(Fault("a folder, not a study file", str(path), todo="Name the study.toml in it."))
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        windows_path = "\\" in said or "hex value" in said
        todo = "Write paths with / instead of \\." if windows_path else ""
        what = f"not valid TOML: {said[:1].lower()}{said[1:]}"
        raise StudyError(Fault(what, path.name, todo=todo)) from error


def _as_tables(section: str, models: Mapping[str, BaseModel]) -> dict[str, Table]:
    return {name: model.model_dump(exclude={NAME_FIELDS[section]}) for name, model in models.items()}


def _merged(own: Any, built_in: dict[str, Table], section: str, faults: Faults) -> Any:
    """The tables of the package with those of the study laid over them, key by key.

    A number that the study changes loses the source and the confidence that the package knows for it.
    """
    if not isinstance(own, dict):
        return own
    name_field = NAME_FIELDS[section]
    merged: dict[str, Any] = {name: {name_field: name, **table} for name, table in built_in.items()}
    for name, table in own.items():
        if not isinstance(table, dict):
            merged[name] = table
            continue
        if any(isinstance(value, dict) for value in table.values()):
            todo = f'A name with dots stands in quotes, for example [{section}."{next(iter(built_in))}"].'
            faults.add(f"{section}.{name}: tables inside a table", todo=todo)
            continue
        if name_field in table:
            todo = f"It stands in the header: [{section}.{name}]."
            faults.add(f"{section}.{name}.{name_field}: unknown key", todo=todo)
        known = {**built_in.get(name, {})}
        if any(known.get(key) != value for key, value in table.items() if key not in WORDS):
            known |= {"source": TOLD_BY, "confidence": "unverified"}
            known = {key: value for key, value in known.items() if key not in ("clause", "clause_zh", "source_zh")}
        for key in ("clause", "source"):
            if key in table:  # the package's Chinese is that of its own
                known.pop(f"{key}_zh", None)
        merged[name] = {**known, **table, name_field: name}
    return merged


def _tables(raw: Table) -> Iterator[tuple[str, Table]]:
    for name in ("roads", "areas", "demand"):
        if isinstance(raw.get(name), dict):
            yield name, raw[name]
    for name in LISTS:
        listed = raw.get(name)
        for number, table in enumerate(listed if isinstance(listed, list) else [], 1):
            if isinstance(table, dict):
                yield f"{name}[{number}]", table


def _unfit_crs(raw: Table, where: str) -> tuple[Fault, ...]:
    """A system that isn't metric is told here, once, and not again for every layer that can't be brought to it."""
    crs = raw["study"].get("crs") if isinstance(raw.get("study"), dict) else None
    try:
        if isinstance(crs, str) and crs != "auto":
            require_metric(crs, f"{where}: study.crs")
    except CrsError as error:
        return error.faults
    return ()


def _unfit_selectors(raw: Table, where: str) -> Iterator[Fault]:
    for name, table in _tables(raw):
        osm = table.get("osm")
        if isinstance(osm, list) and osm and all(isinstance(text, str) for text in osm):
            try:
                parse_selectors(osm, f"{where}: {name}.osm")
            except StudyError as error:
                yield from error.faults


def _path_keys(name: str, table: Table) -> list[str]:
    wanted = LISTS.get(name.partition("[")[0]) or tuple(key for at, key in PATHS if at == name)
    keys = (*wanted, "rasters") if name == "demand" else wanted
    return [key for key in keys if isinstance(table.get(key), str)]


def _make_paths_absolute(raw: Table, folder: Path) -> None:
    for name, table in _tables(raw):
        for key in _path_keys(name, table):
            if table[key].strip():
                # A study written on Windows must open elsewhere too.
                table[key] = str(folder / table[key].replace("\\", "/"))


def _missing_files(raw: Table, folder: Path, where: str) -> list[Fault]:
    faults: list[Fault] = []
    for name, table in _tables(raw):
        for key in _path_keys(name, table):
            # A misspelt key was put right after the paths were made absolute.
            value, at = str(folder / table[key]), f"{where}: {name}.{key}"
            if not table[key].strip():
                faults.append(Fault("is empty", at, todo="Name a file, or take the line out."))
            elif re.search(r"[\x00-\x1f]", value):
                what = f"the path {value!r} holds a control sign"
                faults.append(Fault(what, at, todo="Write paths with / instead of \\."))
            elif key == "rasters":
                if not matching_files(Path(value), RASTER_SUFFIXES):
                    faults.append(Fault(f"no raster: {value}", at))
            elif not Path(value).exists():
                faults.append(missing_file(Path(value), at))
            elif Path(value).is_dir() and Path(value).suffix.lower() not in FOLDERS_OF_LAYERS:
                faults.append(Fault(f"is a folder, not a file: {value}", at, todo="Name a file in it."))
        if name.startswith("services") and table.get("osm"):
            faults.extend(_osm_without_extract(raw, f"{where}: {name}.osm"))
    return faults


def _osm_without_extract(raw: Table, where: str) -> list[Fault]:
    roads = raw["roads"].get("file") if isinstance(raw.get("roads"), dict) else None
    if isinstance(roads, str) and not roads.lower().endswith(OSM_SUFFIXES):
        what = f"tags are looked for in roads.file, but {Path(roads).name} is no OpenStreetMap extract"
        return [Fault(what, where, todo="Use an .osm.pbf file for the roads, or give file = ...")]
    return []

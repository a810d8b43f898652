"""Population rasters: WorldPop's by age and sex, or a single one of all people.

Amounts are read window by window, so that files larger than the memory can be read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from affine import Affine
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.windows import Window

from civicreach.crs import parse_crs, project
from civicreach.errors import CrsError, Fault, Faults, LayerError, Note
from civicreach.inputs.files import RASTER_SUFFIXES, matching_files
from civicreach.inputs.vectors import check_range

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ELDERLY_FROM = 60
WINDOW_CELLS = 4_000_000
MAX_CELLS = 5_000_000
"""Inhabited cells beyond which the rasters cover far more than a city."""

_ISO, _SEX, _AGE, _YEAR = "(?P<iso>[a-z]{3})", "(?P<sex>[fmt])", r"(?P<age>\d{1,3})", r"(?P<year>\d{4})"
_AGE_FIRST = re.compile(f"^{_ISO}_{_SEX}_{_AGE}_{_YEAR}[_.]", re.IGNORECASE)
_YEAR_FIRST = re.compile(f"^{_ISO}_{_YEAR}_{_SEX}_{_AGE}[_.]", re.IGNORECASE)
_ALL_AGES = re.compile(f"^{_ISO}_t_{_SEX}_{_YEAR}[_.]", re.IGNORECASE)
_FROM_AGE = re.compile(r"^age_(\d+)_plus$")


@dataclass(frozen=True)
class Grid:
    """The cells of a raster: `transform` from column and row to `crs`."""

    crs: CRS
    transform: Affine
    width: int
    height: int

    def centres(self, row: npt.NDArray[np.int64], col: npt.NDArray[np.int64], to_crs: str) -> tuple[Floats, Floats]:
        """Centres x, y (n,) of cells in `to_crs`."""
        return project(*self.own_centres(row, col), self.crs, to_crs)

    def own_centres(self, row: npt.NDArray[np.int64], col: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Centres x, y (n,) of cells in the grid's own system."""
        t = self.transform
        return (
            t.a * (col + 0.5) + t.b * (row + 0.5) + t.c,
            t.d * (col + 0.5) + t.e * (row + 0.5) + t.f,
        )

    def window_of(self, bounds: Sequence[float], from_crs: str) -> tuple[slice, slice]:
        """Rows and columns of the cells that may have their centre in a box (minx, miny, maxx, maxy)."""
        along = np.linspace(0.0, 1.0, 21)
        minx, miny, maxx, maxy = bounds
        xs, ys = minx + along * (maxx - minx), miny + along * (maxy - miny)
        edge_x = np.concatenate([xs, xs, np.full(21, minx), np.full(21, maxx)])
        edge_y = np.concatenate([np.full(21, miny), np.full(21, maxy), ys, ys])
        x, y = project(edge_x, edge_y, from_crs, self.crs)
        back = ~self.transform
        col, row = back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f
        return _span(row, self.height), _span(col, self.width)


def _span(values: Floats, size: int) -> slice:
    low, high = int(np.floor(values.min())) - 1, int(np.ceil(values.max())) + 1
    return slice(max(low, 0), max(min(high, size), 0))


@dataclass(frozen=True)
class RasterPeople:
    """Inhabited cells: `row`, `col` int64 (n,) in the grid and the amounts of each group, float64 (n,)."""

    grid: Grid
    row: npt.NDArray[np.int64]
    col: npt.NDArray[np.int64]
    amounts: pd.DataFrame
    source: str


def read_people(pattern: str, groups: Sequence[str], declared_crs: str | None = None) -> RasterPeople:
    """The cells of one or many rasters where somebody lives, with the amounts of the groups.

    `pattern` is a file, a folder, or a path with * in it. Groups are people, elderly (60 and over),
    elderly_80 and age_<years>_plus; a single raster without ages gives people only. Raises LayerError for
    rasters that don't fit together, hold negative values or nobody, and for groups that they can't give;
    CrsError without a system.
    """
    files = matching_files(Path(pattern), RASTER_SUFFIXES)
    if not files:
        raise LayerError(Fault("no raster found", pattern))
    ages = _ages_of(files)
    parts = _parts_of(groups, ages, Path(pattern).name)
    with ExitStack() as stack:
        opened = {path: _opened(path, stack) for path in ages}
        grid = _common_grid(opened, declared_crs)
        row, col, amounts = _inhabited(opened, parts)
    place = "/".join(Path(pattern).parts[-2:])
    many = Note(f"{place} ({len(ages)} rasters)", f"{place}（{len(ages)} 幅栅格）")
    source = many if len(ages) > 1 else next(iter(ages)).name
    _check_box(grid, row, col, source)
    return RasterPeople(grid, row, col, pd.DataFrame(amounts), source)


def groups_of(pattern: str, wanted: Sequence[str]) -> list[str]:
    """Those of the wanted groups that the rasters can give."""
    ages = _ages_of(matching_files(Path(pattern), RASTER_SUFFIXES))
    by_age = any(age is not None for age in ages.values())
    return [name for name in wanted if name == "people" or (by_age and _youngest(name) is not None)]


def _youngest(group: str) -> int | None:
    """The age at which a group begins; None for groups that ages don't define."""
    named = {"people": 0, "elderly": ELDERLY_FROM, "elderly_80": 80}
    found = _FROM_AGE.match(group)
    return int(found[1]) if found else named.get(group)


def _ages_of(files: Sequence[Path]) -> dict[Path, int | None]:
    """The age at which each raster's people begin, or None for a single raster of all people.

    Sums of both sexes ("t") are left out where the rasters by sex are there too.
    """
    named = {path: _AGE_FIRST.match(path.name) or _YEAR_FIRST.match(path.name) for path in files}
    matched = {path: found for path, found in named.items() if found is not None}
    others = [path for path, found in named.items() if found is None and not _ALL_AGES.match(path.name)]
    if not matched and len(files) == 1:
        return {files[0]: None}
    faults = Faults(files[0].parent.name if files else "")
    if others:
        todo = "Name them like chn_f_60_2020.tif, or give a single raster of all people."
        faults.add("rasters whose name tells no age and sex", rows=[p.name for p in others], todo=todo)
    by_sex = any(found["sex"].lower() != "t" for found in matched.values())
    kept = {path: found for path, found in matched.items() if not by_sex or found["sex"].lower() != "t"}
    _check_names(kept, faults)
    faults.raise_if_any(LayerError)
    return {path: int(found["age"]) for path, found in kept.items()}


def _check_names(kept: Mapping[Path, re.Match[str]], faults: Faults) -> None:
    """Note rasters of several years or countries, missing halves, and ages that would be counted twice."""
    for part, what in (("year", "rasters of several years"), ("iso", "rasters of several countries")):
        if len(values := sorted({found[part].lower() for found in kept.values()})) > 1:
            faults.add(what, rows=values, todo="Name one in rasters = ..., for example with *.")
    seen: dict[tuple[str, int], list[str]] = {}
    for path, found in kept.items():
        seen.setdefault((found["sex"].lower(), int(found["age"])), []).append(path.name)
    if twice := [" and ".join(names) for names in seen.values() if len(names) > 1]:
        faults.add("people that would be counted twice", rows=twice, todo="Keep one of each.")
    women, men = ({age for sex, age in seen if sex == which} for which in "fm")
    if lacking := sorted(women ^ men):
        rows = [f"{'men' if age in women else 'women'} from {age}" for age in lacking]
        faults.add("rasters that are missing", rows=rows)


def _parts_of(groups: Sequence[str], ages: Mapping[Path, int | None], where: str) -> dict[str, list[Path]]:
    """The rasters that each group is the sum of."""
    faults = Faults(where)
    starts = sorted({age for age in ages.values() if age is not None})
    parts: dict[str, list[Path]] = {}
    for group in groups:
        youngest = _youngest(group)
        if youngest is None:
            todo = "They give people, elderly, elderly_80 and age_<years>_plus; use table_on_rasters for others."
            faults.add(f"rasters don't give the group {group!r}", todo=todo)
        elif not starts:
            parts[group] = list(ages)
            if group != "people":
                faults.add(f"a raster of all people doesn't give the group {group!r}")
        else:
            parts[group] = [path for path, age in ages.items() if age is not None and age >= youngest]
            if youngest not in starts:
                todo = f"The rasters begin at {', '.join(map(str, starts))}."
                faults.add(f"no raster begins at {youngest} years ({group})", todo=todo)
    faults.raise_if_any(LayerError)
    return parts


def _opened(path: Path, stack: ExitStack) -> rasterio.DatasetReader:
    try:
        dataset = stack.enter_context(rasterio.open(path))
    except RasterioError as error:
        raise LayerError(Fault("not a raster that can be read", path.name, todo="Give a GeoTIFF.")) from error
    if dataset.count != 1:
        raise LayerError(Fault(f"{dataset.count} bands instead of one", path.name))
    return dataset


def _common_grid(opened: Mapping[Path, rasterio.DatasetReader], declared_crs: str | None) -> Grid:
    first_path, first = next(iter(opened.items()))
    named = first.crs or declared_crs
    if named is None:
        todo = 'Name it in [demand], for example crs = "EPSG:4326".'
        raise CrsError(Fault("no coordinate system", first_path.name, todo=todo))
    cell = max(abs(first.transform.a), abs(first.transform.e), abs(first.transform.b))
    others = [
        path.name
        for path, dataset in opened.items()
        if dataset.shape != first.shape
        or dataset.crs != first.crs
        or not np.allclose(dataset.transform, first.transform, rtol=0, atol=cell * 1e-4)
    ]
    if others:
        fault = Fault(f"rasters on another grid than {first_path.name}", "", tuple(others[:5]), len(others))
        raise LayerError(fault)
    return Grid(parse_crs(named, first_path.name), first.transform, first.width, first.height)


def _inhabited(
    opened: Mapping[Path, rasterio.DatasetReader], parts: Mapping[str, list[Path]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[str, Floats]]:
    used = [path for path in opened if any(path in paths for paths in parts.values())]
    negative, broken = dict.fromkeys(used, 0), dict.fromkeys(used, 0)
    totals = dict.fromkeys(used, 0.0)
    rows: list[npt.NDArray[np.int64]] = []
    cols: list[npt.NDArray[np.int64]] = []
    found: dict[str, list[Floats]] = {group: [] for group in parts}
    count = 0
    for window in _windows(opened[used[0]]):
        sums = {group: np.zeros((window.height, window.width)) for group in parts}
        for path in used:
            values = _window_values(opened[path], window, path)
            broken[path] += int(np.isnan(values).sum())
            negative[path] += int((values < 0).sum())
            totals[path] += float(np.nansum(values))
            for group, paths in parts.items():
                if path in paths:
                    sums[group] += values
        row, col = np.nonzero(np.any([amount > 0 for amount in sums.values()], axis=0))
        count += len(row)
        if count > MAX_CELLS:
            todo = "Cut them to the study's surroundings (QGIS: Clip raster by extent)."
            raise LayerError(Fault(f"more than {MAX_CELLS:,} inhabited cells", used[0].name, todo=todo))
        for group, amount in sums.items():
            found[group].append(amount[row, col])
        rows.append(row + window.row_off)
        cols.append(col + window.col_off)
    _check_values(negative, broken, totals)
    amounts = {group: np.concatenate(pieces) for group, pieces in found.items()}
    return np.concatenate(rows), np.concatenate(cols), amounts


def _windows(dataset: rasterio.DatasetReader) -> Iterator[Window]:
    """Strips of whole blocks over the full width."""
    block = int(dataset.block_shapes[0][0])
    height = max(block, WINDOW_CELLS // max(dataset.width, 1) // block * block)
    for top in range(0, dataset.height, height):
        yield Window(0, top, dataset.width, min(height, dataset.height - top))


def _window_values(dataset: rasterio.DatasetReader, window: Window, path: Path) -> Floats:
    """Amounts of a window, 0 where the raster has no data."""
    try:
        read = dataset.read(1, window=window, masked=True)
    except RasterioError as error:
        raise LayerError(Fault("the raster is damaged", path.name, todo="Download it again.")) from error
    return np.asarray(np.ma.filled(read.astype(np.float64), 0.0), dtype=np.float64)


def _check_values(negative: Mapping[Path, int], broken: Mapping[Path, int], totals: Mapping[Path, float]) -> None:
    faults = Faults()
    for path, total in totals.items():
        if broken[path]:
            what = f"{broken[path]:,} cells that are no number"
            faults.add(what, where=path.name, todo="Set the raster's nodata value.")
        if negative[path]:
            what = f"{negative[path]:,} cells with fewer than 0 people"
            faults.add(what, where=path.name, todo="If they mean no data, set the raster's nodata value.")
        elif not (total > 0 or broken[path]):
            faults.add("nobody lives in the raster: its total is 0", where=path.name)
    faults.raise_if_any(LayerError)


def _check_box(grid: Grid, row: npt.NDArray[np.int64], col: npt.NDArray[np.int64], where: str) -> None:
    corner_row = np.array([row.min(), row.max()])
    corner_col = np.array([col.min(), col.max()])
    x, y = grid.own_centres(corner_row, corner_col)
    check_range(x, y, grid.crs, pd.Index(corner_row + 1, name="raster row"), where)

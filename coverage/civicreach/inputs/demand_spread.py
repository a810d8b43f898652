"""Demand from population rasters, and totals of a table spread over raster cells or over buildings.

Spreading keeps every total: what a community's table row says is what its points add up to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.errors import Fault, Faults, LayerError, Note, counted
from civicreach.inputs.rasters import Floats, Ints, RasterPeople, groups_of, read_people
from civicreach.layers import Areas, Demand
from civicreach.layers.demand import AMOUNT_DECIMALS
from civicreach.layers.groups import group_words
from civicreach.study import DemandSpec, Language

FIRST_SHOWN = 5
MILLION = 10.0**AMOUNT_DECIMALS


def from_rasters(spec: DemandSpec, crs: str) -> Demand:
    """The inhabited cells of population rasters, each at its centre."""
    people = read_people(spec.rasters or "", spec.groups, spec.crs)
    x, y = people.grid.centres(people.row, people.col, crs)
    frame = gpd.GeoDataFrame(
        people.amounts.set_axis(_cell_ids(people.row, people.col), axis=0),
        geometry=shapely.points(x, y),
        crs=crs,
    )
    return Demand(frame.rename_axis("demand_id"), spec.groups, people.source, spec.weight_note)


def _cell_ids(row: Ints, col: Ints) -> pd.Index:
    return pd.Index([f"r{r}c{c}" for r, c in zip(row, col, strict=True)], dtype="str")


def table_on_rasters(spec: DemandSpec, totals: pd.DataFrame, areas: Areas, crs: str) -> Demand:
    """Totals by area (indexed as the areas) spread over the raster cells whose centre lies inside each area.

    The weight of a cell is the raster's own amount of the group, or its people where the rasters don't give
    the group. An area where nobody lives by the raster gives each of its cells the same; one without any cell
    becomes one point.
    """
    pattern = spec.rasters or ""
    given = groups_of(pattern, list(dict.fromkeys(("people", *spec.groups))))
    people = read_people(pattern, given, spec.crs)
    cells = _cells_by_area(people, areas)
    notes: list[str] = []
    if (outside := len(people.amounts) - len(cells)) > 0:
        names = [name for name in ("people", *spec.groups) if name in people.amounts.columns][:1]
        amount = float(people.amounts[names[0]].sum() - cells[names[0]].sum())
        english = (
            f"{counted(outside, 'raster cell', 'raster cells')} with {amount:,.0f} by the raster outside all areas"
        )
        chinese = f"{outside:,} 个栅格（栅格值合计 {amount:,.0f}）位于所有行政区划之外"
        notes.append(
            Note(f"{english}, left out: the table has no total for them", f"{chinese}，统计表无其总数，未计入")
        )
    without = _without(totals, cells)
    extra = [_empty_cells(people, areas, area) for area in without]
    cells = pd.concat([cells, *extra], ignore_index=True)
    weights = {
        group: [cells[name].to_numpy() for name in dict.fromkeys((group, "people")) if name in cells.columns]
        for group in spec.groups
    }
    if even := [area for area, piece in zip(without, extra, strict=True) if piece["id"].iloc[0] != area]:
        english, chinese = "nobody by the raster, spread evenly over its cells", "栅格中无人居住，平均分到辖区内各栅格"
        notes.append(Note(f"{english}: {_first(even)}", f"{chinese}：{_first(even, 'zh')}"))
    if alone := [area for area, piece in zip(without, extra, strict=True) if piece["id"].iloc[0] == area]:
        english, chinese = "without a raster cell, at one point inside", "辖区内没有栅格，以其内部的一个代表点计"
        notes.append(Note(f"{english}: {_first(alone)}", f"{chinese}：{_first(alone, 'zh')}"))
    table = _table_name(spec)
    source = Note(f"{table} on {people.source}", f"{table}，按 {Note.told(people.source, 'zh')} 分布")
    return _spread_demand(spec, totals, cells, weights, source, spec.weight_note, notes, crs)


def _without(totals: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """Areas that have somebody by the table but no point yet."""
    return [str(area) for area in totals.index[(totals > 0).any(axis=1) & ~totals.index.isin(cells["area"])]]


def _cells_by_area(people: RasterPeople, areas: Areas) -> pd.DataFrame:
    """Inhabited cells inside the areas, in the order of the raster, with the id of their area."""
    crs = str(areas.frame.crs.to_string())
    x, y = people.grid.centres(people.row, people.col, crs)
    located = _area_of(x, y, areas)
    cells = people.amounts.assign(id=_cell_ids(people.row, people.col), x=x, y=y, area=located)
    return cells[cells["area"].notna()]


def _area_of(x: Floats, y: Floats, areas: Areas) -> pd.Series:
    located = areas.locate(gpd.GeoSeries(shapely.points(x, y), crs=areas.frame.crs))
    return located[f"{areas.lowest}_id"]


def _empty_cells(people: RasterPeople, areas: Areas, area: str) -> pd.DataFrame:
    """All cells whose centre lies in an area without people by the raster, or else one point inside it."""
    shape = areas.frame.geometry.loc[area]
    rows, cols = people.grid.window_of(shape.bounds, str(areas.frame.crs.to_string()))
    row, col = (part.ravel() for part in np.mgrid[rows, cols])
    x, y = people.grid.centres(row, col, str(areas.frame.crs.to_string()))
    inside = _area_of(x, y, areas).eq(area).to_numpy() if len(x) else np.zeros(0, dtype=bool)
    if inside.any():
        cells = pd.DataFrame({"id": _cell_ids(row[inside], col[inside]), "x": x[inside], "y": y[inside]})
    else:
        point = shape.representative_point()
        cells = pd.DataFrame({"id": [area], "x": [point.x], "y": [point.y]})
    return cells.assign(area=area, **dict.fromkeys(people.amounts.columns, 0.0))


def on_buildings(spec: DemandSpec, path: Path, totals: pd.DataFrame | None, areas: Areas | None, crs: str) -> Demand:
    """Totals spread over homes by floor area (footprint x levels).

    With a table its totals by area (indexed as the areas) are spread inside each area; an area without a home
    becomes one point. Without one the study's assumed totals are spread over all homes inside the areas, or
    over all homes where no areas are given.
    """
    from civicreach.inputs.buildings import read_buildings

    buildings = read_buildings(path, crs)
    homes = _homes(buildings)
    x, y = homes["x"].to_numpy(np.float64), homes["y"].to_numpy(np.float64)
    cells = homes.assign(area="" if areas is None else _area_of(x, y, areas).to_numpy())
    outside = int(cells["area"].isna().sum())
    cells = cells[cells["area"].notna()].reset_index(drop=True)
    counts: list[str] = [spec.weight_note]
    notes: list[str] = []
    if outside:
        english = f"{counted(outside, 'home', 'homes')} on the map outside all areas, left out"
        notes.append(Note(english, f"图上 {outside:,} 处住宅位于所有行政区划之外，未计入"))
    if totals is None or areas is None:
        assumed = _assumed(spec)
        totals = assumed.to_frame("").T
        cells["area"] = ""
        counts.append(_assumption(spec, assumed, len(cells), inside=areas is not None))
    else:
        without = _without(totals, cells)
        points = areas.frame.geometry.loc[without].representative_point()
        alone = pd.DataFrame({"id": without, "x": points.x, "y": points.y, "area": without, "floor_m2": 0.0})
        cells = pd.concat([cells, alone], ignore_index=True) if without else cells
        if without:
            english, chinese = "without a home on the map, at one point inside", "图上没有住宅，以其内部的一个代表点计"
            notes.append(Note(f"{english}: {_first(without)}", f"{chinese}：{_first(without, 'zh')}"))
    if cells.empty:
        raise LayerError(Fault("no home inside the areas", path.name))
    notes.extend(buildings.attrs.get("notes", ()))
    weights = {group: [cells["floor_m2"].to_numpy()] for group in spec.groups}
    table = _table_name(spec)
    source = Note(
        f"{table or 'assumed totals'} on buildings of {path.name}",
        f"{table or '假定总量'}，按 {path.name} 中的建筑分布",
    )
    note = Note.joined(counts)
    return _spread_demand(spec, totals, cells, weights, source, note, notes, crs)


def check_weights(spec: DemandSpec, roads: Path, crs: str) -> None:
    """Raise what is wrong with the rasters or buildings that totals are spread over, by themselves."""
    from civicreach.inputs.buildings import read_buildings

    if spec.method == "table_on_rasters":
        given = groups_of(spec.rasters or "", list(dict.fromkeys(("people", *spec.groups))))
        read_people(spec.rasters or "", given, spec.crs)
    elif spec.method == "table_on_buildings":
        read_buildings(spec.file or roads, crs)


def _homes(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    points = buildings.geometry.representative_point()
    return pd.DataFrame(
        {
            "id": buildings.index.astype(str),
            "x": points.x.to_numpy(),
            "y": points.y.to_numpy(),
            "floor_m2": buildings["floor_m2"].to_numpy(dtype=np.float64),
        }
    )


def _assumed(spec: DemandSpec) -> pd.Series:
    faults = Faults("demand.assumed_totals")
    for group in spec.groups:
        if group not in spec.assumed_totals:
            faults.add(f"no total for the group {group!r}", todo="Add it, or take the group out of [demand].")
    for group, total in spec.assumed_totals.items():
        if group not in spec.groups:
            faults.add(f"{group!r} is none of the groups {', '.join(spec.groups)}")
        if not (np.isfinite(total) and total >= 0):
            faults.add(f"{group} must be a finite number of at least 0, not {total}")
    faults.raise_if_any(LayerError)
    return pd.Series({group: spec.assumed_totals[group] for group in spec.groups}, dtype=np.float64)


def _assumption(spec: DemandSpec, totals: pd.Series, homes: int, *, inside: bool) -> Note:
    stated = ", ".join(f"{total:,.0f} {group}" for group, total in totals.items())
    stated_zh = "、".join(f"{group_words(spec, str(group))[1]} {total:,.0f}" for group, total in totals.items())
    where, where_zh = ("in the areas", "行政区划内") if inside else ("on the map", "图上")
    english = f"assumption: {stated} spread over {counted(homes, 'home', 'homes')} {where} by floor area"
    return Note(english, f"假定总数（{stated_zh}）按建筑面积分到{where_zh}的 {homes:,} 处住宅")


def _table_name(spec: DemandSpec) -> str:
    return spec.table.name if spec.table is not None else ""


def _first(ids: Sequence[str], language: Language = "en") -> str:
    more = len(ids) - FIRST_SHOWN
    if language == "zh":
        return "、".join(ids[:FIRST_SHOWN]) + (f" 等 {len(ids):,} 个" if more > 0 else "")
    return ", ".join(ids[:FIRST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _spread_demand(
    spec: DemandSpec,
    totals: pd.DataFrame,
    cells: pd.DataFrame,
    weights: Mapping[str, Sequence[Floats]],
    source: str,
    note: str,
    notes: Sequence[str],
    crs: str,
) -> Demand:
    amounts = pd.DataFrame({group: spread(totals[group], cells["area"], weights[group]) for group in spec.groups})
    lived_in = amounts.gt(0).any(axis=1).to_numpy()
    frame = gpd.GeoDataFrame(
        amounts[lived_in].set_axis(pd.Index(cells["id"][lived_in], dtype="str", name="demand_id"), axis=0),
        geometry=shapely.points(cells["x"][lived_in], cells["y"][lived_in]),
        crs=crs,
    )
    return Demand(frame, spec.groups, source, note, tuple(notes))


def spread(totals: pd.Series, area: pd.Series, weights: Sequence[Floats]) -> Floats:
    """Amounts (n,) of points that lie in areas (n,), adding up to the total (indexed by area) of each.

    Each area takes the first of the `weights` (each (n,), >= 0) that is positive somewhere inside it, and equal
    weights where none is. Amounts are whole millionths: those that rounding leaves over go to the points with the
    largest rest.

    >>> spread(pd.Series({"a": 6.0, "b": 4.0}), pd.Series(["a", "a", "b", "b"]), [np.array([1.0, 2.0, 0, 0])])
    array([2., 4., 2., 2.])
    """
    code, ids = pd.factorize(area)
    chosen = np.full(len(code), np.nan)
    for weight in (*weights, np.ones(len(code))):
        # Scaled by the largest of the area, tiny weights neither vanish nor overflow when they are divided.
        top = np.zeros(len(ids))
        np.maximum.at(top, code, weight)
        usable = np.isnan(chosen) & (top[code] > 0)
        chosen[usable] = weight[usable] / top[code][usable]
    total = np.rint(totals.reindex(ids).fillna(0.0).to_numpy(dtype=np.float64) * MILLION)
    wanted = chosen / np.bincount(code, chosen, len(ids))[code] * total[code]
    whole = np.floor(wanted)
    left = np.rint(total - np.bincount(code, whole, len(ids)))
    order = np.lexsort((whole - wanted, code))
    rank = np.arange(len(code)) - np.searchsorted(code[order], code[order])
    whole[order] += rank < left[code[order]]
    amounts: Floats = whole / MILLION
    return amounts

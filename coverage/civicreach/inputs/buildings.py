"""Homes from the buildings of an OpenStreetMap file, with their floor area, by data/rules/buildings.toml."""

from __future__ import annotations

import math
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.errors import Fault, LayerError, Note, counted
from civicreach.inputs.osm_shapes import Tags, read_shapes
from civicreach.inputs.package_data import data_path

DRAWN_TWICE_SHARE = 0.5
"""A building of which this part lies inside a larger one is the same building, or a part of it."""

LEVELS_FROM_ZH = {"mapped": "标注", "height": "按高度推算", "median": "同类中位数", "default": "默认值"}

Floats = npt.NDArray[np.float64]


def read_buildings(path: str | Path, crs: Any = "auto", keep: Literal["homes", "all"] = "homes") -> gpd.GeoDataFrame:
    """Buildings of a file in a metric CRS, indexed by ids like "way/12"; only homes unless `keep` is "all".

    Columns: `kind` (the value of `building`), `home` (a guess by the rules), `levels`, `levels_from` (mapped,
    height, median or default), `footprint_m2`, `floor_m2` (footprint x levels), `point` (inside the building)
    and `geometry` (the footprint). `attrs["notes"]` counts what was assumed or left out.

    Raises LayerError for files that can't be read or have no buildings.
    """
    rules = read_rules()
    found = read_shapes(path, ("building", "landuse"), crs, wanted=_wanted)
    notes: list[str] = []
    is_building = np.array(["building" in tags for tags in found["tags"]], dtype=bool)
    frame, land = found[is_building], found[~is_building]
    outline = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if without := int((~outline).sum()):
        english = f"{counted(without, 'building', 'buildings')} without an outline left out"
        notes.append(Note(english, f"{without:,} 栋没有轮廓的建筑已略去"))
    frame = frame[outline]
    if frame.empty:
        raise LayerError(
            Fault("no building with an outline", Path(path).name, todo="Is it an extract with building=*?")
        )
    points = frame.geometry.representative_point()
    frame = frame.assign(kind=[tags["building"] for tags in frame["tags"]], point=points, footprint_m2=frame.area)
    frame["home"] = _homes(frame, land, rules["homes"])
    frame["levels"], frame["levels_from"] = _levels(frame, rules["levels"])
    frame["floor_m2"] = frame["footprint_m2"] * frame["levels"]
    frame = _once(frame, notes)
    if keep == "homes":
        homes, count = int(frame["home"].sum()), len(frame)
        counts_as = "counts as a home" if homes == 1 else "count as homes"
        english = f"{homes:,} of {counted(count, 'building', 'buildings')} {counts_as}"
        notes.insert(0, Note(english, f"{count:,} 栋建筑中有 {homes:,} 栋按住宅计"))
        frame = frame[frame["home"]]
    counts = frame["levels_from"].value_counts()
    sources = sorted(counts.items())
    english = "floors: " + ", ".join(f"{source} {count:,}" for source, count in sources)
    chinese = "、".join(f"{LEVELS_FROM_ZH[str(source)]} {count:,} 栋" for source, count in sources)
    notes.append(Note(english, f"层数来源：{chinese}"))
    frame = frame.drop(columns="tags").rename_axis("osm_id")
    frame.attrs["notes"] = notes
    return frame


@lru_cache(maxsize=1)
def read_rules() -> dict[str, Any]:
    """The packaged rules."""
    return tomllib.loads(data_path("rules/buildings.toml").read_text(encoding="utf-8"))


def _wanted(tags: Tags) -> bool:
    if "building" in tags:
        return tags["building"] != "no"
    return tags.get("landuse") in read_rules()["homes"]["not_on_landuse"]


def _homes(frame: gpd.GeoDataFrame, land: gpd.GeoDataFrame, rules: dict[str, Any]) -> npt.NDArray[np.bool_]:
    kinds, uses, other_keys = set(rules["kinds"]), set(rules["home_uses"]), set(rules["not_with"])
    home = np.zeros(len(frame), dtype=bool)
    unknown = np.zeros(len(frame), dtype=bool)
    for i, tags in enumerate(frame["tags"]):
        use = tags.get(rules["use_key"])
        unknown[i] = use is None and tags["building"] == "yes"
        home[i] = use in uses if use is not None else tags["building"] in kinds
        if unknown[i] and not other_keys.isdisjoint(tags):
            home[i] = False
    size = frame["footprint_m2"].to_numpy()
    home &= ~(unknown & ((size < rules["least_m2"]) | (size > rules["most_m2"])))
    areas = land.geometry[land.geometry.geom_type.isin(["Polygon", "MultiPolygon"])].to_numpy()
    on_land = np.zeros(len(frame), dtype=bool)
    on_land[shapely.STRtree(areas).query(frame["point"].to_numpy(), predicate="intersects")[0]] = True
    return home & ~(unknown & on_land)


def _levels(frame: gpd.GeoDataFrame, rules: dict[str, Any]) -> tuple[Floats, npt.NDArray[Any]]:
    """Floors of each building and where the number comes from."""
    mapped = np.array([_number(tags.get("building:levels", "")) for tags in frame["tags"]])
    height = np.array([_number(tags.get("height", "")) for tags in frame["tags"]]) / rules["metres_each"]
    mapped[(mapped <= 0) | (mapped > rules["most"])] = np.nan
    by_height = np.maximum(1.0, np.rint(height))
    by_height[by_height > rules["most"]] = np.nan
    known = pd.Series(mapped).groupby(frame["kind"].to_numpy())
    medians = known.median().where(known.count() >= rules["enough_mapped"])
    by_median = frame["kind"].map(medians).to_numpy(dtype=np.float64)
    by_default = frame["kind"].map(rules).fillna(rules["default"]).to_numpy(dtype=np.float64)
    sources = {"mapped": mapped, "height": by_height, "median": by_median, "default": by_default}
    levels, source = np.full(len(frame), np.nan), np.full(len(frame), "", dtype=object)
    for name, values in sources.items():
        new = np.isnan(levels) & ~np.isnan(values)
        levels[new], source[new] = values[new], name
    return levels, source


def _once(frame: gpd.GeoDataFrame, notes: list[str]) -> gpd.GeoDataFrame:
    """Buildings without those that lie inside a larger one: drawn twice, or a part of it."""
    shapes, size = frame.geometry.to_numpy(), frame["footprint_m2"].to_numpy()
    part, whole = shapely.STRtree(shapes).query(frame["point"].to_numpy(), predicate="intersects")
    order = np.arange(len(frame))
    larger = (size[whole] > size[part]) | ((size[whole] == size[part]) & (order[whole] < order[part]))
    part, whole = part[larger], whole[larger]
    shared = shapely.area(shapely.intersection(shapes[part], shapes[whole]))
    inside = np.unique(part[shared > DRAWN_TWICE_SHARE * size[part]])
    if len(inside):
        words = counted(len(inside), "building that lies inside a larger one", "buildings that lie inside larger ones")
        notes.append(Note(f"{words} left out", f"{len(inside):,} 栋位于更大建筑之内的建筑已略去"))
    return frame.drop(index=frame.index[inside])


def _number(text: str) -> float:
    match = re.match(r"\s*(\d+(?:[.,]\d+)?)", text)
    return float(match[1].replace(",", ".")) if match else math.nan

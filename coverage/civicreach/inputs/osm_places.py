"""Facilities from an OpenStreetMap file by their tags, each once however often it was mapped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.errors import Note
from civicreach.inputs.osm_selectors import Selector, parse_selectors
from civicreach.inputs.osm_shapes import Tags, read_shapes

SAME_HOME_M = 100.0
"""Objects of one name this near each other are one home."""
SAME_OUTLINE_SHARE = 0.8
"""Unnamed areas that share this part of their union are one area drawn twice."""

_COLUMNS = ("name", "name:en", "capacity", "beds", "operator")
_KIND_ORDER = {"relation": 0, "way": 1, "node": 2}
Shapes = npt.NDArray[Any]


def read_osm_places(path: str | Path, selectors: Iterable[str], crs: Any = "auto") -> gpd.GeoDataFrame:
    """The places that meet one of the selectors: points in a metric CRS, one for each home.

    Selectors are texts such as "amenity=social_facility + social_facility:for=senior" (see
    `parse_selectors`). Columns: `id` ("node/123"; also the index), `name`, `name:en`, `capacity`, `beds`
    (numbers, NaN where unknown), `operator`, `address`, `selector` (the first that it meets), `area_m2` (NaN
    for nodes), `merged` (ids of the objects that were the same home) and `geometry`. An area's point is its
    centroid, or one inside it. `attrs["notes"]` tells what was merged or left out.

    Raises StudyError for selectors that can't be understood, LayerError for files that can't be read.
    """
    wanted = parse_selectors(tuple(selectors))
    keys = sorted({selector.keys[0] for selector in wanted})
    found = read_shapes(path, keys, crs, wanted=lambda tags: any(s.holds(tags) for s in wanted))
    notes: list[str] = list(found.attrs["notes"])
    found["order"] = [(_KIND_ORDER[osm_id.partition("/")[0]], int(osm_id.partition("/")[2])) for osm_id in found.index]
    found = found.sort_values("order")
    found["selector"] = [next(s for s in wanted if s.holds(tags)) for tags in found["tags"]]
    found["group"] = _groups(found)
    places = [_place(group) for _, group in found.groupby("group", sort=False)]
    frame = _frame(places, found.crs)
    frame = frame.sort_index(key=lambda index: index.map(_id_key))
    merged = frame[frame["merged"] != ""]
    for osm_id, row in merged.iterrows():
        name, merged_ids = row["name"] or osm_id, str(row["merged"])
        english = f"{name}: {merged_ids} mapped as well, kept as {osm_id}"
        notes.append(Note(english, f"{name}：{merged_ids.replace(', ', '、')} 是同一处，只保留 {osm_id}"))
    unmet = (s for s in wanted if not any(s.holds(tags) for tags in found["tags"]))
    notes.extend(Note(f"nothing is tagged {s.text}", f"没有对象带有标签 {s.text}") for s in unmet)
    frame.attrs["notes"] = notes
    return frame


def _groups(found: gpd.GeoDataFrame) -> list[int]:
    """The home (a number) that each object belongs to."""
    shapes = found.geometry.to_numpy()
    names = [_plain(_name(tags)) for tags in found["tags"]]
    kinds = [_kind(selector, tags) for selector, tags in zip(found["selector"], found["tags"], strict=True)]
    home = list(range(len(found)))

    def root(i: int) -> int:
        while home[i] != i:
            i = home[i]
        return i

    if len(found) > 1:
        tree = shapely.STRtree(shapes)
        pairs = tree.query(shapes, predicate="dwithin", distance=SAME_HOME_M)
        for a, b in sorted(map(tuple, np.sort(pairs.T, axis=1).tolist())):
            if a != b and _same(a, b, names, kinds, shapes):
                first, second = sorted((root(a), root(b)))
                home[second] = first
    return [root(i) for i in range(len(found))]


def _same(a: int, b: int, names: list[str], kinds: list[tuple[str, ...]], shapes: Shapes) -> bool:
    """Whether two objects within reach of each other are one home."""
    if names[a] and names[b]:
        return names[a] == names[b]
    if kinds[a] != kinds[b]:
        return False
    area, other = sorted((shapes[a], shapes[b]), key=lambda shape: -shape.area)
    if area.area == 0:
        return False
    if other.geom_type == "Point":
        return bool(shapely.intersects(area, other))
    union = shapely.union(area, other).area
    return bool(shapely.intersection(area, other).area > SAME_OUTLINE_SHARE * union)


def _place(group: gpd.GeoDataFrame) -> dict[str, Any]:
    """One row for the objects of one home; the first object leads, the others fill in what it doesn't say."""
    tags: Tags = {}
    for more in group["tags"]:
        tags = {**more, **tags}
    leader = group.iloc[0]
    areas = group.geometry[group.area > 0]
    capacity = _number(tags.get("capacity", ""))
    beds = _number(tags.get("capacity:beds", "") or tags.get("beds", ""))
    return {
        "id": leader.name,
        "name": _name(tags),
        "name:en": tags.get("name:en", ""),
        "capacity": capacity,
        "beds": beds,
        "operator": tags.get("operator", ""),
        "address": _address(tags),
        "selector": leader["selector"].text,
        "area_m2": shapely.union_all(areas.to_numpy()).area if len(areas) else np.nan,
        "merged": ", ".join(group.index[1:]),
        "geometry": _point(leader.geometry),
    }


def _frame(places: list[dict[str, Any]], crs: Any) -> gpd.GeoDataFrame:
    columns = ["id", *_COLUMNS, "address", "selector", "area_m2", "merged", "geometry"]
    frame = gpd.GeoDataFrame(pd.DataFrame(places, columns=columns), geometry="geometry", crs=crs)
    frame.index = pd.Index(frame["id"], name="osm_id", dtype=object)
    return frame


def _point(shape: Any) -> Any:
    """The centroid of an area if it lies inside, else a point inside; the middle of a line."""
    if shape.geom_type == "Point":
        return shape
    if shape.area > 0:
        return shape.centroid if shapely.intersects(shape, shape.centroid) else shape.representative_point()
    return shape.interpolate(0.5, normalized=True)


def _id_key(osm_id: str) -> tuple[str, int]:
    kind, _, number = osm_id.partition("/")
    return kind, int(number)


def _kind(selector: Selector, tags: Tags) -> tuple[str, ...]:
    return tuple(tags.get(key, "") for key in selector.keys)


def _name(tags: Tags) -> str:
    return tags.get("name") or tags.get("name:zh") or tags.get("official_name") or ""


def _plain(name: str) -> str:
    """A name without case, accents' forms, punctuation and spaces, to compare it with another one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _number(text: str) -> float:
    """The number that a tag begins with; NaN where it holds none."""
    match = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(match[1]) if match else float("nan")


def _address(tags: Tags) -> str:
    if full := tags.get("addr:full"):
        return full
    parts = (tags.get(f"addr:{part}", "") for part in ("city", "district", "suburb", "street", "housenumber"))
    return " ".join(filter(None, parts))

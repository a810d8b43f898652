"""What the columns of a line layer say about its lines, by the rules for OpenStreetMap's tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Note
from civicreach.inputs.osm_tags import TagFilter, Verdict

CLASS_COLUMNS = ("highway", "fclass")
NAME_COLUMNS = ("name", "ref")
NO_CLASS = "road"
_GEOFABRIK = {
    "oneway": {"F": "yes", "T": "-1", "B": "no"},
    "bridge": {"T": "yes", "F": "no"},
    "tunnel": {"T": "yes", "F": "no"},
}
"""What Geofabrik's Shapefiles write for tag values."""


@dataclass(frozen=True)
class LineTable:
    """What the columns say about each line (n,): its class, name, and the verdict on it."""

    classes: list[str]
    names: list[str]
    verdicts: list[Verdict]


def judge_lines(frame: gpd.GeoDataFrame, rules: TagFilter, notes: list[str]) -> LineTable:
    """The verdict of the rules on every row, taken from columns that are named like tags."""
    columns = {str(name).lower(): name for name in frame.columns if name != frame.geometry.name}
    class_column = next((name for name in CLASS_COLUMNS if name in columns), None)
    keys = ["highway", *(key for key in rules.keys if key != "highway" and key in columns)]
    class_values = _texts(frame[columns[class_column]], class_text) if class_column else [NO_CLASS] * len(frame)
    values = [class_values]
    for key in keys[1:]:
        words = _GEOFABRIK.get(key, {})
        texts = _texts(frame[columns[key]], tag_text)
        values.append([words.get(text, text) for text in texts] if words else texts)
    # Without that column nobody knows whether lines were drawn in the direction of travel.
    undirected = {"oneway": "no"} if "oneway" in rules.keys and "oneway" not in columns else {}
    if undirected:
        english = 'no column "oneway": every line is taken in both directions'
        notes.append(Note(english, "没有 oneway 列：所有线按双向通行处理"))
    known: dict[tuple[str, ...], Verdict] = {}
    verdicts, unknown, dropped = [], Counter[str](), Counter[str]()
    for combination in zip(*values, strict=True):
        verdict = known.get(combination)
        if verdict is None:
            tags = {**undirected, **dict(zip(keys, combination, strict=True))}
            verdict = known[combination] = judge_tags(tags, rules)
        if not rules.knows_class(combination[0]):
            unknown[combination[0]] += 1
        if not verdict.keep:
            dropped[verdict.reason] += 1
        verdicts.append(verdict)
    if dropped:
        listed = [f"{k} {v:,}" for k, v in dropped.most_common(6)]
        notes.append(Note(f"dropped by the filter: {', '.join(listed)}", f"按规则略去：{'、'.join(listed)}"))
    if unknown:
        listed = [f"{k} {v:,}" for k, v in unknown.most_common(5)]
        english = f"classes that OpenStreetMap doesn't know are taken as ordinary roads: {', '.join(listed)}"
        notes.append(Note(english, f"OpenStreetMap 没有的道路类别按普通道路处理：{'、'.join(listed)}"))
    if class_column is None:
        english = 'no column "highway" or "fclass": every line is taken as an ordinary road'
        notes.append(Note(english, "没有 highway 或 fclass 列：所有线按普通道路处理"))
    return LineTable(class_values, _names(frame, columns), verdicts)


def judge_tags(tags: dict[str, str], rules: TagFilter) -> Verdict:
    """The verdict on tags of a line, among them `highway`; a class that the rules don't know is a road."""
    tags = {key: value for key, value in tags.items() if value}
    if not rules.knows_class(tags["highway"]):  # a layer of streets holds streets, whatever it calls them
        tags["highway"] = NO_CLASS
    return rules.way(tags.get)


def _names(frame: gpd.GeoDataFrame, columns: dict[str, Any]) -> list[str]:
    found = [_texts(frame[columns[name]], tag_text) for name in NAME_COLUMNS if name in columns]
    if not found:
        return [""] * len(frame)
    return found[0] if len(found) == 1 else [first or second for first, second in zip(*found, strict=True)]


def _texts(column: Any, to_text: Callable[[Any], str]) -> list[str]:
    """The values of a column as texts; equal values are looked at once."""
    seen: dict[Any, str] = {}
    texts = []
    for value in column.tolist():
        key = value if isinstance(value, str | int | float | bool | None) else repr(value)
        text = seen.get((type(key), key))
        if text is None:
            text = seen[type(key), key] = to_text(value)
        texts.append(text)
    return texts


def tag_text(value: Any) -> str:
    """A cell as the text that a tag would have; empty for none. Of a list the first entry counts."""
    if isinstance(value, list | tuple | np.ndarray):
        return tag_text(value[0]) if len(value) else ""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if match := re.match(r"""^\[\s*(['"])(.*?)\1""", text):  # "['primary', 'residential']"
        return match[2]
    if text.lower() in ("true", "false"):
        return "yes" if text.lower() == "true" else "no"
    return text


def class_text(value: Any) -> str:
    """A class as OpenStreetMap writes it: Geofabrik's "track_grade2" is a track, its "unknown" a road."""
    text = re.sub(r"_grade\d$", "", tag_text(value))
    return NO_CLASS if text in ("", "unknown") else text

"""Columns of an analysis as the page holds them: headers, values to the digits that are shown, colours of classes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.maps.grades import NONE, Grades
from civicreach.maps.palette import KINDS, OTHER_KIND, Ramp
from civicreach.measures.analysis import Field, Kind
from civicreach.measures.small_counts import SMALL

DIGITS: dict[Kind, int] = {"amount": 0, "count": 0, "metres": 0, "minutes": 1, "share": 1}
"""Decimals that are shown, of shares those of the percentage; numbers have those that they need."""

MOST_DIGITS = 2
HIDDEN = "<"
"""A count that is too small to be shown."""
ENDLESS = "inf"
"""Infinite minutes: there is no way at all."""

CLASS_SIGNS = "0123456789"
YES_NO: dict[str, Pair] = {"True": ("Yes", "是"), "False": ("No", "否")}


def both(pair: Pair) -> list[str]:
    """A pair of English and Chinese as the page holds it: Chinese first, either standing in for the other."""
    return [pair[1] or pair[0], pair[0] or pair[1]]


def field_entries(fields: Sequence[Field], frames: Iterable[pd.DataFrame]) -> list[dict[str, Any]]:
    """Header, kind, decimals and words of each field; the same decimals on every level."""
    frames = list(frames)
    return [_field_entry(field, [frame[field.name] for frame in frames if field.name in frame]) for field in fields]


def _field_entry(field: Field, columns: list[pd.Series]) -> dict[str, Any]:
    kind: Kind = "text" if field.words else field.kind
    found: dict[str, Any] = {"name": field.name, "header": both(field.header), "kind": kind}
    if kind == "number":
        found["digits"] = max((_digits(column) for column in columns), default=0)
    if any(field.endless):
        found["endless"] = both(field.endless)
    if any(field.of_one):
        found["of_one"] = both(field.of_one)
    if field.words:
        found["words"] = {str(code): both(words) for code, words in field.words.items()}
    return found


def _digits(column: pd.Series) -> int:
    """Decimals that numbers need: none where all are whole or large, two at most."""
    x = _numbers(column)
    x = x[np.isfinite(x)]
    most = MOST_DIGITS if not len(x) or np.abs(x).max() < 1000 else 1 if np.abs(x).max() < 10_000 else 0
    return next((d for d in range(most) if (np.round(x, d) == np.round(x, most)).all()), most)


def _numbers(column: pd.Series) -> np.ndarray:
    """Values as floats; NaN for what is no number, and for pandas' own NA."""
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=math.nan)


def cells(column: pd.Series, entry: dict[str, Any]) -> list[Any]:
    """Values as they are shown: numbers to their decimals, shares as fractions, flags as 0 and 1, text as it is."""
    kind = entry["kind"]
    if kind == "text":
        return [None if _missing(value) else _plain(value) for value in column.to_list()]
    if kind == "flag":
        return [None if _missing(value) else int(bool(value)) for value in column.to_list()]
    digits = entry["digits"] if kind == "number" else DIGITS[kind]
    return [cell(value, kind, digits) for value in _numbers(column).tolist()]


def cell(value: float | None, kind: Kind, digits: int) -> float | int | str | None:
    """One number as it is shown.

    >>> cell(0.12345, "share", 1), cell(7.0, "count", 0), cell(float("inf"), "minutes", 1), cell(math.nan, "share", 1)
    (0.123, 7, 'inf', None)
    """
    if value is None or math.isnan(value):
        return None
    if value == SMALL and kind in ("amount", "count", "number"):
        return HIDDEN
    if math.isinf(value):
        return ENDLESS if value > 0 else None
    found = round(round(100 * value, digits) / 100, digits + 2) if kind == "share" else round(float(value), digits)
    return int(found) if found == int(found) else found


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT


def _plain(value: object) -> str:
    """Text of a value; whole numbers that pandas keeps as floats lose their point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def shown_step(entry: dict[str, Any]) -> float:
    """The smallest difference between two values of a column that people are shown."""
    kind: Kind = entry["kind"]
    digits = entry["digits"] if kind == "number" else DIGITS[kind] + (2 if kind == "share" else 0)
    return float(f"1e-{digits}")


def yes_or_no(column: pd.Series, ramp: Ramp) -> dict[str, Any] | None:
    """Two classes of a share that is 0 or 1: no, which is dark, and yes; None where nobody knows any."""
    known = column.notna().to_numpy()
    if not known.any():
        return None
    yes = column.fillna(0).to_numpy(dtype=float) >= 1
    return {
        "breaks": [1.0],
        "colours": [ramp.light_to_dark[3], ramp.met[0]],
        "classes": "".join("-" if not k else "1" if y else "0" for k, y in zip(known, yes, strict=True)),
        "said": [both(YES_NO["False"]), both(YES_NO["True"])],
    }


def graded(found: Grades, ramp: Ramp) -> dict[str, Any]:
    """Classes of numbers as the page holds them: one sign a value, a hyphen where there is none."""
    entry: dict[str, Any] = {
        "breaks": [round(b, 12) for b in found.breaks],
        "colours": found.colours(ramp),
        "classes": "".join("-" if k == NONE else CLASS_SIGNS[k] for k in found.classes.tolist()),
    }
    if found.upper:
        entry["upper"] = True
    if found.edge != NONE:
        entry["edge"] = found.edge
    if found.endless:
        entry["endless"] = True
    if found.exact:
        entry["exact"] = [int(found.least), *(int(b) for b in found.breaks)]
    return entry


def told_apart(column: pd.Series, field: Field) -> dict[str, Any]:
    """Classes of words: in the order of the field's own words, else the most frequent first; the rest are others."""
    said = dict(field.words) or (YES_NO if field.kind == "flag" else {})
    words = {str(code): both(pair) for code, pair in said.items()}
    text = [None if _missing(value) else _plain(value) for value in column.to_list()]
    counts = Counter(t for t in text if t is not None)
    rest = sorted(counts.keys() - words.keys(), key=lambda word: (-counts[word], word))
    order = [*(word for word in words if word in counts), *rest]
    names, others = order[: len(KINDS)], len(order) > len(KINDS)
    place = {word: k for k, word in enumerate(names)}
    quiet = [k for k, word in enumerate(names) if word in field.quiet]
    return {
        **({"quiet": quiet} if quiet else {}),
        "names": [words.get(word, [word, word]) for word in names],
        "others": others,
        "colours": [*KINDS[: len(names)], *([OTHER_KIND] if others else [])],
        "classes": "".join("-" if t is None else CLASS_SIGNS[place.get(t, len(names))] for t in text),
    }

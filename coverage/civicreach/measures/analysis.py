"""What an analysis ends with: figures, tables by level, lists and layers, shown alike in page, workbook and layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd

from civicreach.errors import Note
from civicreach.layers.groups import Pair
from civicreach.measures.figure import Figure

Kind = Literal["text", "amount", "number", "count", "share", "minutes", "metres", "flag"]
"""What the values of a column are; amounts show as whole numbers, numbers with the decimals that they have."""


@dataclass(frozen=True)
class Field:
    """One column of a table: its header (English, Chinese), what its values are, and what stands in the total row.

    `total` sums it. A `ratio` is (numerator column, denominator column, factor): a ratio of sums on every level and in
    the total row. `derive` computes a column from the others of the same table, on every level and in the total row.
    `words` tells coded text in both languages. `low_is_good` is whether less is better; None: by its kind and topic.
    """

    name: str
    header: Pair
    kind: Kind = "amount"
    total: bool = False
    ratio: tuple[str, str, float] | None = None
    derive: Callable[[pd.DataFrame], pd.Series] | None = None
    words: Mapping[str, Pair] = field(default_factory=dict)
    low_is_good: bool | None = None


@dataclass(frozen=True, eq=False)
class Topic:
    """One question answered on every level: `tables` by level (city ... community, "urban_rural", or "all" without
    areas), each on the units' ids with the names of the levels and the columns of `fields`.

    `coloured` names the fields that a map may colour units by, the first one at the start; `target` is a field's value
    from which on (or, with `low_is_good`, up to which) a unit meets what is asked.
    """

    id: str
    title: Pair
    tables: dict[str, pd.DataFrame]
    fields: tuple[Field, ...]
    rule: Pair = ("", "")
    coloured: tuple[str, ...] = ()
    target: float | None = None
    low_is_good: bool = False


@dataclass(frozen=True, eq=False)
class Listing:
    """A list in its own order: gaps, pairs, picks. Its columns are `fields`; `rule` says how it is ordered."""

    id: str
    title: Pair
    frame: pd.DataFrame
    fields: tuple[Field, ...]
    rule: Pair = ("", "")


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A layer of its own (zones, catchments, pairs, links) in the study's metric CRS; `id` names it in files.

    `colour_by` is a field: text is told apart, numbers are graded.
    """

    id: str
    title: Pair
    frame: gpd.GeoDataFrame
    fields: tuple[Field, ...]
    kind: Literal["points", "lines", "polygons"]
    colour_by: str = ""


@dataclass(frozen=True, eq=False)
class Analysis:
    """One analysis of a study. `standards` are the keys of the standards that it rests on."""

    id: str
    title: Pair
    figures: tuple[Figure, ...]
    topics: tuple[Topic, ...] = ()
    listings: tuple[Listing, ...] = ()
    layers: tuple[MapLayer, ...] = ()
    warnings: tuple[Note, ...] = ()
    standards: tuple[str, ...] = ()

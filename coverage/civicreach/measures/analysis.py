"""What an analysis ends with: figures, tables by level, lists and layers, shown alike in page, workbook and layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    A share of units is yes or no of a single one: `of_one` then names the column. `breaks` are ends of a map's classes
    that the question itself sets, each in the class below; `endless` is what infinite values are called, which are then
    a class of their own. Marks of `quiet` words are small: what a plan doesn't use.
    """

    name: str
    header: Pair
    kind: Kind = "amount"
    total: bool = False
    ratio: tuple[str, str, float] | None = None
    derive: Callable[[pd.DataFrame], pd.Series] | None = None
    words: Mapping[str, Pair] = field(default_factory=dict)
    low_is_good: bool | None = None
    of_one: Pair = ("", "")
    breaks: tuple[float, ...] = ()
    endless: Pair = ("", "")
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Topic:
    """One question answered on every level: `tables` by level (city ... community, "urban_rural", or "all" without
    areas), each on the units' ids with the names of the levels and the columns of `fields`.

    `coloured` names the fields that a map may colour units by, the first one at the start; `target` is a field's value
    from which on (or, with `low_is_good`, up to which) a unit meets what is asked.

    `figures`, `layers` and `listings` name what of the analysis speaks of this topic, the first one first: ids, or how
    they begin with a * behind. What no topic names is common to all.
    """

    id: str
    title: Pair
    tables: dict[str, pd.DataFrame]
    fields: tuple[Field, ...]
    rule: Pair = ("", "")
    coloured: tuple[str, ...] = ()
    target: float | None = None
    low_is_good: bool = False
    figures: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()


def places_of(named: Iterable[str], ids: Sequence[str]) -> list[int]:
    """Where in `ids` those stand that a topic names, in the order in which it does.

    >>> places_of(("b", "a.*"), ["a.1", "b", "c", "a.2"])
    [1, 0, 3]
    """
    found = (
        at
        for name in named
        for at, each in enumerate(ids)
        if each == name or (name.endswith("*") and each.startswith(name[:-1]))
    )
    return list(dict.fromkeys(found))


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
class Proposal:
    """Sites that an analysis would open for a service, to be tried out in the page's what-if: `topic` is the analysis'.

    `sites` and `plots` (where sites may stand; nothing where they may stand anywhere) are points in the study's CRS on
    whole centimetres, by id, with `name` and, where known, `capacity`. `limit_ms` is what the plan counts with.
    """

    topic: str
    service: str
    profile: str
    limit_ms: int
    sites: gpd.GeoDataFrame
    plots: gpd.GeoDataFrame


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
    proposals: tuple[Proposal, ...] = ()

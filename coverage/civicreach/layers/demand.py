"""Where the people are."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.layers.areas import Areas
from civicreach.layers.points import check_amounts, check_points

OUTSIDE = "outside"
AMOUNT_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Demand:
    """Points with the people (or households, elderly, any group) who live there, in a metric CRS.

    `frame` is a GeoDataFrame indexed by unique ids; `groups` names the columns that hold amounts (finite, >= 0).
    `note` says what the amounts count where they aren't counted people; `notes` what was done on the way. Nothing
    is ever dropped: rows outside the areas keep their row, with None as their codes. Amounts are kept to a millionth,
    so that sums in any order, and shares of a home in several facilities, add up to the same digits.

    Raises LayerError for duplicate ids, missing places, unknown groups, and amounts that are negative or no numbers.
    """

    frame: gpd.GeoDataFrame
    groups: tuple[str, ...] = ("people",)
    source: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = Faults(self.source or "demand")
        check_points(self.frame, faults)
        for group in self.groups:
            if group in self.frame.columns:
                check_amounts(self.frame[group], group, faults)
            else:
                faults.add(f"no column {group!r}", todo=f"There are {', '.join(map(str, self.frame.columns))}.")
        faults.raise_if_any(LayerError)
        frame = self.frame.copy()
        for group in self.groups:
            frame[group] = frame[group].astype(np.float64).round(AMOUNT_DECIMALS)
        frame.index.name = frame.index.name or "demand_id"
        object.__setattr__(self, "frame", frame)

    @property
    def ids(self) -> pd.Index:
        """The ids of the points, in order."""
        index: pd.Index = self.frame.index
        return index

    @property
    def crs(self) -> str:
        """The metric coordinate system of the points."""
        return str(self.frame.crs.to_string())

    @property
    def xy(self) -> np.ndarray:
        """Coordinates (n, 2) in metres."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y])

    def amount(self, group: str) -> pd.Series:
        """The amounts of a group on the points' index.

        Raises LayerError with the known groups for an unknown one.
        """
        if group not in self.groups:
            raise LayerError(f"demand has no group {group!r} (there are {', '.join(self.groups)})")
        amounts: pd.Series = self.frame[group]
        return amounts

    def in_areas(self, areas: Areas) -> Demand:
        """The same demand with the codes of the areas it lies in; they replace codes that the points brought along."""
        located = areas.locate(self.frame.geometry)
        frame = self.frame.drop(columns=[c for c in located.columns if c in self.frame.columns])
        frame = gpd.GeoDataFrame(pd.concat([frame, located], axis=1), geometry="geometry", crs=self.frame.crs)
        return Demand(frame, self.groups, self.source, self.note, self.notes)

    @property
    def outside(self) -> pd.Series:
        """Whether each point lies outside all areas; never, where no areas were given."""
        codes = [c for c in self.frame.columns if str(c).endswith("_id") and str(c)[:-3] in _AREA_LEVELS]
        if not codes:
            return pd.Series(False, index=self.frame.index)
        outside: pd.Series = self.frame[codes[-1]].isna()
        return outside

    def __repr__(self) -> str:
        sums = ", ".join(f"{self.frame[g].sum():,.0f} {g}" for g in self.groups)
        return f"Demand({len(self.frame):,} points: {sums})"


_AREA_LEVELS = ("city", "district", "subdistrict", "community")

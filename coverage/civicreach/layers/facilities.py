"""Where the services are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Faults, LayerError
from civicreach.layers.areas import Areas
from civicreach.layers.points import check_amounts, check_points

STATUSES = ("existing", "candidate", "closed", "planned")


@dataclass(frozen=True, eq=False)
class Facilities:
    """Points of one service, in a metric CRS.

    `frame` is a GeoDataFrame indexed by unique ids with `name` (text), `status` (existing, candidate, closed, planned)
    and, where known, `capacity` (finite, >= 0) in `capacity_unit`. `columns` are those of the file they come from.

    Raises LayerError for duplicate ids, missing places, unknown statuses and capacities that are no numbers.
    """

    frame: gpd.GeoDataFrame
    service: str = "facility"
    capacity_unit: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = Faults(self.source or self.service)
        check_points(self.frame, faults)
        frame = self.frame.copy()
        if "name" not in frame.columns:
            frame["name"] = frame.index.astype(str)
        frame["name"] = frame["name"].fillna("").astype(str)
        if "status" not in frame.columns:
            frame["status"] = "existing"
        if (unknown := ~frame["status"].isin(STATUSES)).any():
            rows = [f"{i}: {v}" for i, v in frame.loc[unknown, "status"].items()]
            faults.add("unknown status", rows=rows, todo=f"Use {', '.join(STATUSES)}.")
        if "capacity" in frame.columns:
            check_amounts(frame["capacity"].fillna(0), "capacity", faults)
        faults.raise_if_any(LayerError)
        frame.index.name = frame.index.name or "facility_id"
        object.__setattr__(self, "frame", frame)

    @property
    def ids(self) -> pd.Index:
        """The ids of the facilities, in order."""
        index: pd.Index = self.frame.index
        return index

    @property
    def file_columns(self) -> tuple[str, ...]:
        """What a study can name: the columns of the file or, where there is none, of the frame."""
        return self.columns or tuple(str(name) for name in self.frame.columns if name != "geometry")

    @property
    def crs(self) -> str:
        """The metric coordinate system of the points."""
        return str(self.frame.crs.to_string())

    @property
    def xy(self) -> np.ndarray:
        """Coordinates (n, 2) in metres."""
        return np.column_stack([self.frame.geometry.x, self.frame.geometry.y])

    def with_status(self, *statuses: str) -> Facilities:
        """Only the facilities with one of these statuses, in the same order."""
        return self.only(self.frame["status"].isin(statuses))

    def only(self, kept: pd.Series) -> Facilities:
        """Only the facilities that are True in `kept`, in the same order."""
        return replace(self, frame=self.frame[kept.to_numpy()])

    def with_candidates(self, candidates: Facilities) -> Facilities:
        """These facilities, and below them those of another layer as candidates for the same service.

        Raises LayerError for ids that both have and for layers in different systems.
        """
        faults = Faults(self.service)
        if self.crs != candidates.crs:
            faults.add(f"candidates are in {candidates.crs}, not in {self.crs}")
        if len(shared := self.ids.intersection(candidates.ids)):
            faults.add("candidates with ids that stand here already", rows=shared.tolist(), todo="Rename them.")
        faults.raise_if_any(LayerError)
        more = candidates.frame.assign(status="candidate")
        frame = gpd.GeoDataFrame(pd.concat([self.frame, more]), geometry="geometry", crs=self.frame.crs)
        return replace(self, frame=frame)

    def in_areas(self, areas: Areas) -> Facilities:
        """The same facilities with the codes of the areas they stand in."""
        located = areas.locate(self.frame.geometry)
        frame = self.frame.drop(columns=[c for c in located.columns if c in self.frame.columns])
        frame = gpd.GeoDataFrame(pd.concat([frame, located], axis=1), geometry="geometry", crs=self.frame.crs)
        return replace(self, frame=frame)

    def __repr__(self) -> str:
        return f"Facilities({len(self.frame):,} of {self.service})"

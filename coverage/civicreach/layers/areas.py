"""The hierarchy of areas: city > district > subdistrict > community."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.crs import require_metric
from civicreach.errors import Faults, LayerError

LEVELS = ("city", "district", "subdistrict", "community")
"""From the whole to the part. Each level has an id column `<level>_id` and a name column `<level>`."""

OVERLAP_TOLERANCE_M2 = 1.0
"""Neighbours may share slivers of this size: boundaries drawn by hand are never exact to the millimetre."""


@dataclass(frozen=True, eq=False)
class Areas:
    """Polygons of the lowest level with the codes and names of the levels above, in a metric CRS.

    `frame` is a GeoDataFrame indexed by the lowest level's id with `<level>_id` and `<level>` for every level present
    (a missing name is the id) and `urban` (True, False or None). Each unit has one parent.

    Raises LayerError for duplicate ids, empty or invalid polygons, overlaps, and units with two parents.
    """

    frame: gpd.GeoDataFrame
    source: str = ""

    def __post_init__(self) -> None:
        faults = Faults(self.source or "areas")
        require_metric(self.frame.crs, self.source or "areas")
        if self.frame.empty:
            faults.add("no area in the layer")
            faults.raise_if_any(LayerError)
        present = [level for level in LEVELS if f"{level}_id" in self.frame.columns]
        if not present:
            faults.add(
                "no id column of any level",
                todo='Name one in [areas.columns], for example community_id = "code".',
            )
            faults.raise_if_any(LayerError)
        frame = self.frame.copy()
        # not named like the column, or pandas would find the name ambiguous
        frame.index = pd.Index(frame[f"{present[-1]}_id"], name="area_id")
        for level in present:
            if level not in frame.columns:
                frame[level] = frame[f"{level}_id"].astype(str)
        if "urban" not in frame.columns:
            frame["urban"] = None
        object.__setattr__(self, "frame", frame)
        self._check(faults, present)
        faults.raise_if_any(LayerError)

    def _check(self, faults: Faults, present: list[str]) -> None:
        frame = self.frame
        for level in present:
            ids = frame[f"{level}_id"]
            if (missing := ids.isna() | (ids.astype(str).str.strip() == "")).any():
                faults.add(f"rows without {level}_id", rows=np.flatnonzero(missing).tolist())
        if (repeated := frame.index.duplicated(keep=False)).any():
            faults.add("ids that stand twice", rows=frame.index[repeated].unique().tolist())
        for child, parent in zip(present[:0:-1], present[-2::-1], strict=True):
            parents = frame.groupby(f"{child}_id", observed=True)[f"{parent}_id"].nunique()
            if (parents > 1).any():
                faults.add(f"{child} units in more than one {parent}", rows=parents.index[parents > 1].tolist())
        geometry = frame.geometry
        polygonal = geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & ~geometry.is_empty
        if (~polygonal).any():
            faults.add("areas without a polygon", rows=frame.index[~polygonal].tolist())
        invalid = polygonal & ~geometry.is_valid
        if invalid.any():
            rows = [
                f"{i}: {reason}"
                for i, reason in zip(
                    frame.index[invalid], shapely.is_valid_reason(geometry[invalid].to_numpy()), strict=True
                )
            ]
            faults.add("invalid polygons", rows=rows, todo="Mend them (QGIS: Fix geometries).")
        if polygonal.all() and not invalid.any():
            self._check_overlaps(faults)

    def _check_overlaps(self, faults: Faults) -> None:
        shapes = self.frame.geometry.to_numpy()
        a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        a, b = a[a < b], b[a < b]
        shared = shapely.area(shapely.intersection(shapes[a], shapes[b]))
        allowed = np.maximum(OVERLAP_TOLERANCE_M2, 1e-4 * np.minimum(shapely.area(shapes[a]), shapely.area(shapes[b])))
        ids = self.frame.index
        rows = [
            f"{ids[i]} and {ids[j]} by {m2:,.0f} m2"
            for i, j, m2 in zip(a[shared > allowed], b[shared > allowed], shared[shared > allowed], strict=True)
        ]
        if rows:
            faults.add("areas that overlap", rows=rows, todo="A home must lie in one area only.")

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels present, from the whole to the part."""
        return tuple(level for level in LEVELS if f"{level}_id" in self.frame.columns)

    @property
    def lowest(self) -> str:
        """The level of the polygons."""
        return self.levels[-1]

    @property
    def columns(self) -> list[str]:
        """Columns that an area gives to what lies in it."""
        return [c for level in self.levels for c in (f"{level}_id", level)] + ["urban"]

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Dissolved polygons of a level with the codes and names of the levels above, indexed by `<level>_id`."""
        if level not in self.levels:
            raise LayerError(f"the areas have no level {level!r} (there are {', '.join(self.levels)})")
        if level == self.lowest:
            return self.frame
        above = self.levels[: self.levels.index(level) + 1]
        keep = [c for name in above for c in (f"{name}_id", name)]
        first = self.frame.groupby(f"{level}_id", sort=True)[keep].first()
        shapes = self.frame.geometry.groupby(self.frame[f"{level}_id"].to_numpy(), sort=True).apply(
            lambda part: shapely.union_all(part.to_numpy())
        )
        return gpd.GeoDataFrame(first, geometry=shapes.reindex(first.index).to_numpy(), crs=self.frame.crs)

    def locate(self, points: gpd.GeoSeries) -> pd.DataFrame:
        """Codes and names of the area that each point lies in, on the points' index; None outside.

        A point on a shared boundary belongs to the unit whose code comes first as text, and to it alone, whatever the
        order of the rows.
        """
        in_order = self.frame.iloc[np.argsort(self.frame.index.astype(str).to_numpy(), kind="stable")]
        shapes = in_order.geometry.to_numpy()
        at, area = shapely.STRtree(shapes).query(points.to_numpy(), predicate="intersects")
        first = np.full(len(points), len(shapes))
        np.minimum.at(first, at, area)
        table = in_order[self.columns].reset_index(drop=True)
        found: pd.DataFrame = table.reindex(np.where(first < len(shapes), first, -1)).astype(object)
        found = found.where(found.notna(), None)
        found.index = points.index
        return found

    def __repr__(self) -> str:
        return f"Areas({len(self.frame):,} {self.lowest} polygons, levels {' > '.join(self.levels)})"

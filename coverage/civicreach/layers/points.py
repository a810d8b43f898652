"""What demand and facilities have in common: points with unique ids in a metric CRS."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.crs import require_metric
from civicreach.errors import Faults

MAX_AMOUNT = 1e9
"""No place has a billion people or beds; sums keep their millionths up to here."""


def check_points(frame: gpd.GeoDataFrame, faults: Faults) -> None:
    """Note missing CRS, duplicate ids and places that are no points."""
    require_metric(frame.crs, faults.where)
    if frame.empty:
        faults.add("no row in the layer")
        return
    if frame.index.hasnans:
        faults.add("rows without an id", rows=np.flatnonzero(frame.index.isna()).tolist())
    if (repeated := frame.index.duplicated(keep=False)).any():
        faults.add(
            "ids that stand twice",
            rows=frame.index[repeated].unique().tolist(),
            todo="Give each row its own id.",
        )
    geometry = frame.geometry
    missing = geometry.isna() | geometry.is_empty
    if missing.any():
        faults.add("rows without a place", rows=frame.index[missing].tolist())
    if (other := ~missing & (geometry.geom_type != "Point")).any():
        faults.add("rows whose geometry is no point", rows=frame.index[other].tolist())
    elif not missing.any():
        finite = np.isfinite(geometry.x.to_numpy()) & np.isfinite(geometry.y.to_numpy())
        if not finite.all():
            faults.add("rows whose coordinates aren't finite", rows=frame.index[~finite].tolist())


def check_amounts(values: pd.Series, what: str, faults: Faults) -> None:
    """Note values that aren't finite numbers of at least 0."""
    numbers = pd.to_numeric(values, errors="coerce")
    if (bad := ~np.isfinite(numbers.to_numpy(dtype=float, na_value=np.nan))).any():
        faults.add(f"{what} isn't a finite number", rows=values.index[bad].tolist())
    if (absurd := (numbers > MAX_AMOUNT).to_numpy(dtype=bool)).any():
        faults.add(
            f"{what} is above {MAX_AMOUNT:,.0f}", rows=values.index[absurd].tolist(), todo="Is it the right column?"
        )
    if (negative := (numbers < 0).to_numpy(dtype=bool)).any():
        faults.add(f"{what} is negative", rows=values.index[negative].tolist())

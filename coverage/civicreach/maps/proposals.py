"""Plans of an analysis that can be tried out in the page's what-if, and the plots that sites may stand on."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from civicreach.maps.street_data import CM
from civicreach.measures.result import StudyResult

MS_PER_MIN = 60_000


def plots_of(result: StudyResult, service_id: str) -> list[list[Any]]:
    """Where analyses let the sites of a service stand: x and y in centimetres, id, name; each place once."""
    found: dict[tuple[int, int], list[Any]] = {}
    for proposal in (p for analysis in result.analyses for p in analysis.proposals):
        if proposal.service == service_id:
            for plot in _places(proposal.plots):
                found.setdefault((plot[0], plot[1]), plot)
    return list(found.values())


def proposal_heads(result: StudyResult) -> list[dict[str, Any]]:
    """Each plan as the page loads a saved scenario, with the topic that it belongs to."""
    return [
        {
            "topic": proposal.topic,
            "service": proposal.service,
            "profile": proposal.profile,
            "minutes": proposal.limit_ms / MS_PER_MIN,
            "sites": [
                {"x_m": x / CM, "y_m": y / CM, "capacity": room}
                for (x, y, *_), room in zip(_places(proposal.sites), _rooms(proposal.sites), strict=True)
            ],
        }
        for analysis in result.analyses
        for proposal in analysis.proposals
    ]


def _places(frame: gpd.GeoDataFrame) -> list[list[Any]]:
    x, y = (np.round(v.to_numpy() * CM).astype(np.int64).tolist() for v in (frame.geometry.x, frame.geometry.y))
    return [[*place, str(i), str(name)] for *place, i, name in zip(x, y, frame.index, frame["name"], strict=True)]


def _rooms(frame: gpd.GeoDataFrame) -> list[float | None]:
    if "capacity" not in frame.columns:
        return [None] * len(frame)
    return [float(c) if np.isfinite(c) else None for c in frame["capacity"].to_numpy(dtype=float, na_value=np.nan)]

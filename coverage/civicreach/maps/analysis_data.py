"""The analyses of a study as the page holds them: a theme each, beside those of the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from civicreach.maps.analysis_columns import both
from civicreach.maps.analysis_layers import drawn, layer_entries
from civicreach.maps.analysis_tables import listing_entry, topic_entry
from civicreach.maps.analysis_topics import topic_parts
from civicreach.maps.base_layers import Bounds
from civicreach.maps.encode import Column
from civicreach.maps.page_tables import figure_entry, number, ramp_entry
from civicreach.maps.palette import Ramp, analysis_ramp
from civicreach.maps.shapes import Grid
from civicreach.maps.spoken import told
from civicreach.measures.analysis import Analysis
from civicreach.measures.result import StudyResult
from civicreach.study import Study


def analysis_heads(result: StudyResult, grid: Grid, bounds: Bounds) -> tuple[list[dict[str, Any]], list[Column]]:
    """Header entries and columns of every analysis."""
    if not result.analyses:
        return [], []
    areas = result.areas
    units = {level: areas.units(level).index for level in areas.levels} if areas is not None else {}
    area_m2 = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    heads: list[dict[str, Any]] = []
    columns: list[Column] = []
    for at, analysis in enumerate(result.analyses):
        layers = [drawn(layer) for layer in analysis.layers]
        entries, packed = layer_entries(layers, f"a{at}", grid, area_m2)
        lists = [listing_entry(listing, layers, units, grid) for listing in analysis.listings]
        head = _head(analysis, analysis_ramp(at), result)
        topics = [
            {**topic_entry(topic, units, analysis_ramp(at)), **topic_parts(topic, analysis, entries)}
            for topic in analysis.topics
        ]
        heads.append({**head, "topics": topics, "listings": lists, "layers": entries})
        columns += packed
    return heads, columns


def _head(analysis: Analysis, ramp: Ramp, result: StudyResult) -> dict[str, Any]:
    return {
        "id": analysis.id,
        "name": both(analysis.title),
        "ramp": ramp_entry(ramp),
        "figures": [
            {**figure_entry(figure, result.study), "own": True, "share": figure.unit == "share"}
            for figure in analysis.figures
        ],
        "standards": _standards(analysis, result),
        **_services(analysis.id, result.study),
    }


def _services(analysis: str, study: Study) -> dict[str, list[str]]:
    """The services that an analysis is about, and those of which its first figure says another share than theirs."""
    circle, elder, shelters, area, relief = study.circle, study.elder, study.shelters, study.area, study.relief
    about: dict[str, Iterable[str | None]] = {
        "service_circle": [
            *(circle.required or (s.id for s in study.circled)),
            *(s for ring in circle.rings for s in ring.services),
        ],
        "programmes": [programme.service for programme in study.programmes],
    }
    same: dict[str, Iterable[str]] = {}
    if elder is not None:
        named = (*elder.stations, *elder.village_centres, *elder.homes, *elder.paired, *elder.partners)
        about["elder_gaps"] = (*named, *elder.partnered, elder.primary_care)
        same["elder_gaps"] = elder.stations
    if shelters is not None:
        about["shelter_reach"] = same["shelter_reach"] = [shelters.service]
    if area is not None:
        about["facility_area"] = (*area.services, *area.elder_services)
    if relief is not None:
        about["relief"] = (relief.city_depots, relief.district_depots)
    return {
        "services": list(dict.fromkeys(s for s in about.get(analysis, ()) if s)),
        "same": list(same.get(analysis, ())),
    }


def _standards(analysis: Analysis, result: StudyResult) -> list[dict[str, Any]]:
    """The standards that an analysis rests on; unknown keys are left out."""
    found = [result.study.standards[key] for key in analysis.standards if key in result.study.standards]
    return [
        {
            "name": [s.name_zh, s.name_en],
            "value": number(s.value),
            "unit": s.unit,
            "clause": told(s.clauses),
            "source": told(s.sources),
            "confidence": s.confidence,
        }
        for s in found
    ]

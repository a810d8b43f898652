"""The analyses that a study asks for beyond the circle of each service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import geopandas as gpd

from civicreach.errors import Note
from civicreach.measures import ServiceCircle
from civicreach.measures.analysis import Analysis
from civicreach.measures.circle import circle_completeness
from civicreach.measures.elder import elder_gaps
from civicreach.measures.floor_area import facility_area
from civicreach.measures.ground import Ground
from civicreach.measures.programmes import programmes
from civicreach.measures.relief import relief
from civicreach.measures.shelters import shelter_reach
from civicreach.run.load import Loaded
from civicreach.run.progress import Steps
from civicreach.siting.theme import siting
from civicreach.study import AnalysisName

ANALYSES: Mapping[AnalysisName, tuple[Callable[[Ground], Analysis], Note]] = {
    "service_circle": (circle_completeness, Note("complete service circle", "服务圈完整度")),
    "elder_gaps": (elder_gaps, Note("elder-facility gaps", "养老设施缺口")),
    "shelter_reach": (shelter_reach, Note("shelter reach", "避难场所可达")),
    "relief": (relief, Note("relief", "救灾物资送达")),
    "facility_area": (facility_area, Note("facility area per 100 households", "每百户设施面积")),
    "programmes": (programmes, Note("programmes", "示范创建")),
    "siting": (siting, Note("siting", "选址")),
}
"""In the order in which they are told, whatever the study's own."""


def ground_of(
    loaded: Loaded, circles: list[ServiceCircle], base_map: Mapping[str, gpd.GeoDataFrame] | None = None
) -> Ground:
    """What the analyses of a study stand on; facilities know the areas that they stand in."""
    areas = loaded.areas
    return Ground(
        study=loaded.study,
        demand=loaded.demand,
        areas=areas,
        facilities={k: f if areas is None else f.in_areas(areas) for k, f in loaded.facilities.items()},
        network_of=loaded.networks.network,
        circles={circle.service.id: circle for circle in circles},
        hazards=loaded.hazards,
        unit_tables=loaded.unit_tables,
        base_map=base_map or {},
    )


def run_analyses(ground: Ground, steps: Steps) -> Iterator[Analysis]:
    """Each analysis that the study names."""
    for name, (analyse, told) in ANALYSES.items():
        if name in ground.study.study.analyses:
            with steps.step(told):
                yield analyse(ground)

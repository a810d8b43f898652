"""The analysis "service_circle": is the circle complete, where, for whom, and what is missing."""

from __future__ import annotations

from civicreach.measures.analysis import Analysis
from civicreach.measures.circle.completeness import (
    Circle,
    circle_group,
    completeness,
    completeness_topic,
    required_services,
)
from civicreach.measures.circle.figures import completeness_figures, presence_figures, ring_figure, with_note
from civicreach.measures.circle.lists import group_list, missing_services, presence_lists, unit_gaps
from civicreach.measures.circle.rings import ring_circle, ring_list, ring_topic
from civicreach.measures.circle.spread import equity_list
from civicreach.measures.ground import Ground

TITLE = "Complete service circle", "服务圈完整度"


def circle_completeness(ground: Ground) -> Analysis:
    """Which of the required services people reach within their standards, ring by ring, group by group, unit by unit.

    Raises LayerError where a required service has no circle.
    """
    study = ground.study
    group, services = circle_group(study), required_services(study)
    circle = Circle(ground, group, services, completeness(ground))
    rings = [(ring, ring_circle(ground, ring, group)) for ring in study.circle.rings]
    people = [*completeness_figures(circle), *(ring_figure(*ring) for ring in rings)]
    listings = [missing_services(circle)]
    if ground.areas is not None:
        listings.append(unit_gaps(circle, ground.areas))
    listings.append(group_list(circle))
    if rings:
        listings.append(ring_list(rings))
    listings += [*presence_lists(ground), equity_list(ground)]
    standards = [s.standard for s in services if s.standard] + [r.standard for r, _ in rings if r.standard]
    return Analysis(
        "service_circle",
        TITLE,
        figures=(*with_note(people, ground.demand.note), *presence_figures(ground)),
        topics=(completeness_topic(circle), *(ring_topic(*ring) for ring in rings)),
        listings=tuple(listings),
        standards=tuple(dict.fromkeys(standards)),
    )

"""Which sheets an analysis is printed on: what colours the units, what lies on them, which figure stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Analysis, MapLayer, Topic
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult

MOST_POINTS = 400
"""More points of a layer that has no colours of its own would only hide the units."""


@dataclass(frozen=True)
class Plan:
    """One sheet: end of its file's name, title (English, Chinese; that of the analysis where empty), how the ids of its
    topics, its layers and its first figure begin, and the field that colours (the topic's first one where empty)."""

    name: str = ""
    title: Pair = ("", "")
    topic: str = ""
    layers: tuple[str, ...] = ()
    figure: str = ""
    field: str = ""


PLANS: dict[str, tuple[Plan, ...]] = {
    "elder_gaps": (
        Plan("", ("gaps in elder services and their causes", "养老服务设施缺口与成因"), "elder_stations",
             ("elder_gap_zones",), "elder.people_share"),
        Plan("beds", ("beds for the elderly, pairs and partners", "养老床位与结对"), "elder_beds",
             ("elder_home_catchments", "elder_care_pairs", "elder_partners"), "elder.beds_per_1000"),
    ),
    "shelter_reach": (
        Plan("", ("shelters within reach and who finds no place", "避难场所可达与未能安置人口"), "shelter.reach",
             ("shelter_unserved",), "shelter.people_share"),
        Plan("loads", ("loads of shelters", "避难场所安置负荷"), "shelter.capacity",
             ("shelter_loads",), "shelter.capacity_served_share"),
        Plan("scenario", ("shelters with streets out", "道路中断时的避难可达"), "shelter.scenario_",
             ("closed_streets",), "shelter.scenario."),
    ),
    "relief": (Plan("", ("hours until relief arrives, and depots", "救灾物资送达时间与储备库"), "relief.hours",
                    ("relief_depots",)),),
    "facility_area": (
        Plan("", ("floor area per 100 households, community facilities", "每百户社区服务设施面积"), "counted",
             ("floor_area",), "area.m2_per_100_households"),
        Plan("elder", ("floor area per 100 households, elder-care facilities", "每百户养老服务设施面积"),
             "elder_counted", ("elder_floor_area",), "area.elder_m2_per_100_households"),
    ),
}  # fmt: skip
"""By analysis. Others, and what the first plan doesn't find, are printed by their first topic that has colours."""

PROGRAMMES = "programmes"

SITING = "siting"
"""The analysis that has a sheet for each of its plans."""


def plans(analysis: Analysis, result: StudyResult) -> Iterator[Plan]:
    """The sheets of an analysis that have something to show; at least one where it has units or layers to draw."""
    found = [plan for plan in _wanted(analysis) if _has(plan, analysis, result)]
    yield from found
    if not found and (coloured(analysis, Plan(), result) or any(len(layer.frame) for layer in analysis.layers)):
        yield Plan()


def coloured(analysis: Analysis, plan: Plan, result: StudyResult) -> tuple[Topic, str] | None:
    """The topic that colours a sheet's units, and the lowest level that it has; None where there is none."""
    if result.areas is None:
        return None
    topics = [topic for topic in analysis.topics if topic.id.startswith(plan.topic)]
    for topic in [topic for topic in topics if topic.id == plan.topic] or topics:
        levels = [level for level in reversed(result.areas.levels) if level in topic.tables]
        if topic.coloured and levels:
            return topic, levels[0]
    return None


def laid_on(analysis: Analysis, plan: Plan) -> list[MapLayer]:
    """The layers of a sheet that hold something; without a plan's own the first one of few points."""
    known = [layer for layer in analysis.layers if len(layer.frame)]
    if plan.layers:
        return [layer for name in plan.layers for layer in known if layer.id == name]
    if plan.topic or plan.name:
        return []
    points = [layer for layer in known if layer.kind == "points" and len(layer.frame) <= MOST_POINTS]
    return points[:1]


def of_topic(layer: MapLayer, plan: Plan, topic: Topic | None) -> MapLayer:
    """What a layer of several scenarios says about the one of a sheet's topic."""
    if topic is None or "scenario" not in layer.frame.columns or not plan.topic.endswith("_"):
        return layer
    mine = layer.frame["scenario"].astype(str) == topic.id.removeprefix(plan.topic)
    return replace(layer, frame=layer.frame[mine]) if mine.any() else layer


def told_first(analysis: Analysis, plan: Plan) -> tuple[Figure, ...]:
    """The figures of a sheet, the one that stands beside its map first."""
    own = [figure for figure in analysis.figures if plan.figure and figure.id.startswith(plan.figure)]
    return tuple(own) or analysis.figures


def _wanted(analysis: Analysis) -> Iterator[Plan]:
    yield from PLANS.get(analysis.id, ())
    if analysis.id == PROGRAMMES:
        for topic in analysis.topics:
            first = topic is analysis.topics[0]
            yield Plan("" if first else topic.id, topic.title, topic.id, (f"programme_{topic.id}_next",),
                       f"programme.{topic.id}")  # fmt: skip
    if analysis.id == SITING:
        for topic in analysis.topics:
            name = topic.id.removeprefix(f"{SITING}_")
            yield Plan(name, topic.title, topic.id, (f"{topic.id}_points",), f"{SITING}.{name}.")


def _has(plan: Plan, analysis: Analysis, result: StudyResult) -> bool:
    return coloured(analysis, plan, result) is not None or bool(laid_on(analysis, plan))

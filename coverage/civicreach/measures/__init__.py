"""What the numbers mean: coverage by people, presence and service, each with its definition."""

from civicreach.measures.access import floating_catchment, hand_out_supply
from civicreach.measures.analysis import Analysis
from civicreach.measures.assignment import assign, growth, nearest_first
from civicreach.measures.coverage import (
    STATUSES,
    coverage_status,
    people_share,
    presence_share,
    served_share,
    straight_line_m,
)
from civicreach.measures.critical_links import critical_links, link_loss
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.pairing import pair
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.service_circle import service_circle

__all__ = [
    "STATUSES",
    "Analysis",
    "Figure",
    "Ground",
    "ServiceCircle",
    "StudyResult",
    "assign",
    "coverage_status",
    "critical_links",
    "floating_catchment",
    "growth",
    "hand_out_supply",
    "link_loss",
    "nearest_first",
    "pair",
    "people_share",
    "presence_share",
    "served_share",
    "service_circle",
    "straight_line_m",
]

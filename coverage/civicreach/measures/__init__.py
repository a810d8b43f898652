"""What the numbers mean: coverage by people, presence and service, each with its definition."""

from civicreach.measures.coverage import (
    STATUSES,
    coverage_status,
    people_share,
    presence_share,
    served_share,
    straight_line_m,
)
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.measures.service_circle import service_circle

__all__ = [
    "STATUSES",
    "Figure",
    "ServiceCircle",
    "StudyResult",
    "coverage_status",
    "people_share",
    "presence_share",
    "served_share",
    "service_circle",
    "straight_line_m",
]

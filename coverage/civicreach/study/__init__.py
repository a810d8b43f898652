"""What is being asked: the study, its services with their standards, the profiles of those who travel, and the
analyses with what they are held to.

All models are frozen and refuse unknown keys. Reading them from study.toml, with every fault told at once, is the
work of `civicreach.inputs.study_file`.
"""

from civicreach.study.analyses import (
    AccessMethod,
    AnalysisName,
    AreaSpec,
    CircleSpec,
    ElderSpec,
    ProgrammeSpec,
    ReliefSpec,
    RingSpec,
    ScenarioSpec,
    ShelterSpec,
)
from civicreach.study.parts import (
    BY_DISTANCE,
    AreasSpec,
    DemandSpec,
    Direction,
    Language,
    Mode,
    PageSpec,
    PrivateAccess,
    Profile,
    RoadsSpec,
    ServiceSpec,
    ServiceStandard,
)
from civicreach.study.siting import QuotaSpec, SitingProblem, SitingSpec
from civicreach.study.study import Study, StudyHead

__all__ = [
    "BY_DISTANCE",
    "AccessMethod",
    "AnalysisName",
    "AreaSpec",
    "AreasSpec",
    "CircleSpec",
    "DemandSpec",
    "Direction",
    "ElderSpec",
    "Language",
    "Mode",
    "PageSpec",
    "PrivateAccess",
    "Profile",
    "ProgrammeSpec",
    "QuotaSpec",
    "ReliefSpec",
    "RingSpec",
    "RoadsSpec",
    "ScenarioSpec",
    "ServiceSpec",
    "ServiceStandard",
    "ShelterSpec",
    "SitingProblem",
    "SitingSpec",
    "Study",
    "StudyHead",
]

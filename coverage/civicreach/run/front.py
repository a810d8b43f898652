"""Shortcuts for notebooks: the steps of a run with everything that a study already says filled in."""

from __future__ import annotations

from typing import Any

from civicreach.inputs import areas as areas_input
from civicreach.inputs import demand as demand_input
from civicreach.inputs import facilities as facilities_input
from civicreach.inputs import roads as roads_input
from civicreach.inputs.study_file import read_profiles
from civicreach.layers import Areas, Demand, Facilities, Roads
from civicreach.measures import StudyResult
from civicreach.measures.analysis import Analysis
from civicreach.measures.ground import Ground
from civicreach.network import RoadNetwork
from civicreach.network import build_network as build
from civicreach.run.analyses import ANALYSES, ground_of
from civicreach.run.measure import measure_circles
from civicreach.run.measure import measure_study as measure
from civicreach.run.networks import Networks
from civicreach.run.precheck import load_checked
from civicreach.study import AnalysisName, Mode, PrivateAccess, Profile, Study
from civicreach.study.references import SECTIONS

_CRS: dict[str, str] = {}
"""The metric system of each study by its fingerprint: with "auto" it takes reading the streets to know."""


def study_crs(study: Study) -> str:
    """The metric coordinate system that a study's layers are brought to."""
    if study.study.crs != "auto":
        return study.study.crs
    key = f"{study.folder}{study.fingerprint()}"
    if key not in _CRS:
        profile = study.profile_of(study.services[0])
        _CRS[key] = Networks(study).network(profile, study.roads.private_access).crs
    return _CRS[key]


def read_roads(study: Study, mode: Mode = "walk") -> Roads:
    """The streets of a study for walking or driving."""
    return roads_input.read_roads(study, mode)


def read_areas(study: Study) -> Areas | None:
    """The areas of a study in its metric system; None where it names none."""
    return areas_input.read_areas(study, study_crs(study))


def read_demand(study: Study) -> Demand:
    """The people of a study in its metric system, with the areas that they live in."""
    return demand_input.read_demand(study, study_crs(study), read_areas(study))


def read_facilities(study: Study, service_id: str) -> Facilities:
    """The facilities of one of a study's services, with the areas that they stand in.

    Raises ValueError with the known services for another one.
    """
    found = facilities_input.read_facilities(study, service_id, study_crs(study))
    areas = read_areas(study)
    return found if areas is None else found.in_areas(areas)


def build_network(
    roads: Roads, profile: Profile | str = "adult", *, private_access: PrivateAccess = "residents"
) -> RoadNetwork:
    """The network that a profile can use; a name stands for one of the profiles that come with civicreach.

    Raises ValueError with the known names for another one.
    """
    if isinstance(profile, str):
        known = read_profiles()
        if profile not in known:
            raise ValueError(f"no profile {profile!r} (there are {', '.join(known)})")
        profile = known[profile]
    return build(roads, profile, private_access=private_access)


def read_ground(study: Study) -> Ground:
    """Everything that an analysis stands on: all layers, the networks, and the circle of each service."""
    loaded = load_checked(study)
    return ground_of(loaded, measure_circles(loaded))


def analyse(study: Study | Ground, name: AnalysisName) -> Analysis:
    """One analysis of a study: "service_circle", "elder_gaps", "shelter_reach", "relief", "facility_area" or
    "programmes", whether the study names it among its own or not. Give `read_ground(study)` to ask for several.

    Raises ValueError for another name, and where the study lacks the section that the analysis reads.
    """
    if name not in ANALYSES:
        raise ValueError(f"no analysis {name!r} (there are {', '.join(ANALYSES)})")
    ground = study if isinstance(study, Ground) else read_ground(study)
    section = SECTIONS.get(name)
    if section is not None and getattr(ground.study, section) is None:
        raise ValueError(f"the study has no section [{section}], which {name} reads")
    return ANALYSES[name][0](ground)


def measure_study(study: Study) -> StudyResult:
    """Everything that a study asks, computed and not written."""
    return measure(load_checked(study))


def draw_map(study: Study | StudyResult) -> Any:
    """The folium map of a study (computed first) or of a result; it shows in Jupyter, `.save(path)` writes one file."""
    from civicreach.maps.web import draw_map as draw  # folium takes half a second to import

    result = study if isinstance(study, StudyResult) else measure_study(study)
    return draw(result)

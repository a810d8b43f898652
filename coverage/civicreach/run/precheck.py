"""Reading the columns that a study's analyses ask for, so that a check finds what a run would stumble over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from civicreach.measures.elder.analysis import read_columns as read_elder
from civicreach.measures.elder.question import Question
from civicreach.measures.floor_area.analysis import supplies_of
from civicreach.measures.floor_area.norm import norms_of
from civicreach.measures.ground import Ground
from civicreach.measures.programmes.analysis import read_programmes
from civicreach.measures.shelters.classes import shelter_classes
from civicreach.measures.shelters.places import read_columns as read_shelters
from civicreach.run.collected import Collected
from civicreach.run.load import Loaded, read_layers
from civicreach.run.progress import Steps
from civicreach.run.readable import ground_to_check
from civicreach.siting.asked import check_questions
from civicreach.study import Study


def load_checked(study: Study, steps: Steps | None = None) -> Loaded:
    """All layers of a study as `load_study` reads them, with everything that its analyses read in them checked.

    Raises InputError (or the kind that all faults share) with the faults of all layers, and of the columns that the
    analyses read in them as far as these can be read.
    """
    read = read_layers(study, steps)
    read.faults.try_to(lambda: check_analyses(ground_to_check(read)))
    return read.loaded()


def check_analyses(ground: Ground) -> None:
    """Read what the analyses that a study names read of facilities, areas and tables; no circle is needed.

    Raises InputError (or the kind that all faults share) with the faults of all analyses, each once.
    """
    faults = Collected()
    for read in _readers(ground):
        faults.try_to(read)
    faults.raise_if_any()


def _readers(ground: Ground) -> Iterator[Callable[[], object]]:
    """What each analysis reads before it computes anything; each one's sections are the study's to have."""
    study, asked = ground.study, ground.study.study.analyses
    shelters = study.shelters
    if "elder_gaps" in asked and study.elder is not None:
        yield partial(read_elder, Question(ground, study.elder))
    if "shelter_reach" in asked and shelters is not None:
        yield partial(shelter_classes, study)
        if shelters.service in ground.facilities:
            yield partial(read_shelters, ground, shelters)
    if "facility_area" in asked and study.area is not None:
        if ground.areas is not None:
            yield partial(norms_of, ground, study.area, ground.areas)
        yield partial(supplies_of, ground, study.area)
    if "siting" in asked:
        yield partial(check_questions, ground)
    if "programmes" in asked and ground.areas is not None:
        circled = {service.id for service in study.circled}
        yield partial(read_programmes, ground, ground.unit_tables, circled=circled)

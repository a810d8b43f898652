"""The command `site`: a study's questions about sites, answered without its other analyses."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from civicreach.errors import Faults, StudyError
from civicreach.inputs.study_file import read_study
from civicreach.measures import StudyResult
from civicreach.run.folder import run_study
from civicreach.run.progress import Guess, Tell
from civicreach.study import Study
from civicreach.study.names import no_such


def site_study(
    study: Study | Path | str,
    out: Path | str,
    *,
    plans: Collection[str] = (),
    seconds: float | None = None,
    tell: Tell | None = None,
    guess: Guess | None = None,
) -> StudyResult:
    """Answer the questions [[siting]] of a study, or those named in `plans`, and write the output folder.

    `seconds` is how long each plan may be searched for, instead of what the study says. Raises StudyError where the
    study asks no such question, and InputError as `run_study` does.
    """
    study = study if isinstance(study, Study) else read_study(Path(study))
    return run_study(asked_alone(study, plans, seconds), out, tell=tell, guess=guess)


def asked_alone(study: Study, plans: Collection[str] = (), seconds: float | None = None) -> Study:
    """The study with its questions about sites and no other analysis.

    Raises StudyError where it asks none, not those named, or where the seconds aren't from 1 to a day.
    """
    faults = Faults(study.file_name)
    known = [spec.id for spec in study.siting]
    if not known:
        faults.add("no question about sites", todo="Add a section [[siting]] with id, name, service and new.")
    else:
        for name in plans:
            if name not in known:
                faults.add(f"there is {no_such('[[siting]]', name, known)}")
    if seconds is not None and not 1 <= seconds <= 86_400:
        faults.add(f"seconds must be from 1 to 86,400, not {seconds:g}")
    faults.raise_if_any(StudyError)
    chosen = [spec for spec in study.siting if not plans or spec.id in plans]
    if seconds is not None:
        chosen = [spec.model_copy(update={"seconds": seconds}) for spec in chosen]
    head = study.study.model_copy(update={"analyses": ("siting",)})
    return study.model_copy(update={"study": head, "siting": tuple(chosen)})

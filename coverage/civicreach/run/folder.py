"""One run: from study.toml to a whole output folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from civicreach.errors import Fault, LayerError, Note
from civicreach.inputs.cache import file_sha256
from civicreach.inputs.study_file import read_study
from civicreach.maps.print_maps import MapFigures, draw_figures, write_figures
from civicreach.maps.web import map_html
from civicreach.measures import StudyResult
from civicreach.measures.small_counts import without_small_counts
from civicreach.report.docx_report import write_report
from civicreach.report.folder import check_writable, whole_folder
from civicreach.report.gpkg import write_layers
from civicreach.report.summary import write_provenance, write_summary
from civicreach.report.xlsx import write_tables
from civicreach.run.load import input_files
from civicreach.run.measure import measure_study
from civicreach.run.precheck import load_checked
from civicreach.run.progress import Guess, Steps, Tell, seconds_before
from civicreach.study import Study

FIXED_STEPS = 14


def run_study(
    study: Study | Path | str, out: Path | str, *, tell: Tell | None = None, guess: Guess | None = None
) -> StudyResult:
    """Compute everything that a study asks and write the output folder, whole or not at all.

    `tell` hears of every step, `guess` how long the rest may take. Raises InputError for anything that is wrong with
    the input or the output folder.
    """
    study = study if isinstance(study, Study) else read_study(Path(study))
    out = Path(out)
    files = list(input_files(study))
    check_writable(out, files)
    count = FIXED_STEPS + len(study.circled) + len(study.study.analyses)
    steps = Steps(count, tell, study.study.language, guess=guess, before=seconds_before(out) if guess else {})
    hashes = _hashes(files)
    result = without_small_counts(measure_study(load_checked(study, steps), steps))
    with whole_folder(out, files) as folder:
        with steps.step(Note("print maps", "绘制图件")):
            figures = draw_figures(result) if study.report.figures else MapFigures(())
            write_figures(figures, folder / "figures")
            result = replace(result, warnings=(*result.warnings, *figures.notes))
        with steps.step(Note("page", "生成地图网页")):
            (folder / "map.html").write_text(map_html(result), encoding="utf-8", newline="\n")
        with steps.step(Note("workbook", "生成工作簿")):
            write_tables(result, folder / "tables.xlsx")
        with steps.step(Note("layers", "写出图层")):
            write_layers(result, folder / "results.gpkg")
        with steps.step(Note("summary", "写出指标")):
            write_summary(result, folder / "summary.json")
            if _hashes(files) != hashes:
                raise LayerError(Fault("an input changed while it was being read", todo="Run again."))
        inputs = {str(path): sha for path, sha in hashes.items()}
        with steps.step(Note("document", "生成存档报告")):
            write_report(result, folder / "report.docx", inputs=inputs, figures=figures.figures)
        with steps.step(Note("provenance", "写出计算记录")):
            write_provenance(result, folder / "provenance.json", inputs=inputs, seconds=steps.seconds)
    steps.finish()
    return result


def _hashes(files: list[Path]) -> dict[Path, str]:
    return {path: file_sha256(path) for path in files}

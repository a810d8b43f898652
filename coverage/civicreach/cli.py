"""The command `civicreach`: thin commands over the rooms below, which are only loaded when a command runs.

Exit codes: 0 done; 2 the input or the call is wrong, with every fault on stderr; 1 a fault of ours.
"""

from __future__ import annotations

import io
import json
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civicreach.errors import CivicreachError, InputError, Note

if TYPE_CHECKING:
    from civicreach.measures import Figure, StudyResult
    from civicreach.run import Loaded
    from civicreach.run.progress import Tell
    from civicreach.study import Language

INTERRUPTED = 130
"""The exit code that typer makes of Ctrl+C."""

app = typer.Typer(
    help="How far do civic services reach, who is left out, and where should the next one go?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StudyPath = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study to read.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of a table.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


def main() -> None:
    """Run the command line and leave with its exit code."""
    _ready_streams()
    try:
        app(prog_name="civicreach")
    except InputError as error:
        count = len(error.faults)
        print(f"civicreach: {count} fault{'s' if count != 1 else ''} in the input:", file=sys.stderr)
        for fault in error.faults:
            print(f"  - {fault}", file=sys.stderr)
        sys.exit(2)
    except CivicreachError as error:
        print(f"civicreach: {error}", file=sys.stderr)
        sys.exit(1)
    except SystemExit as left:
        if left.code == INTERRUPTED:
            print("civicreach: stopped; an output folder is only ever replaced when all is done", file=sys.stderr)
        raise
    except Exception:
        traceback.print_exc()
        print(
            "civicreach: this is a fault of ours, not of your data; please report the lines above",
            file=sys.stderr,
        )
        sys.exit(1)


def _ready_streams() -> None:
    """Let nothing that is printed stop a run: no character that a console in cp936 lacks, and no closed stream."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@app.callback()
def _root() -> None:
    """How far do civic services reach, who is left out, and where should the next one go?"""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder for the new study.")],
    language: Annotated[str, typer.Option(help="Language of the comments: zh or en.")] = "zh",
) -> None:
    """Write a study folder to fill in: study.toml with comments and a template workbook."""
    from civicreach.inputs.study_template import write_template

    if language not in ("zh", "en"):
        raise typer.BadParameter("must be zh or en", param_hint="--language")
    print(write_template(folder, "en" if language == "en" else "zh"))


@app.command()
def check(study: StudyPath, as_json: Json = False, quiet: Quiet = False) -> None:
    """Read and check all inputs of a study, tell everything that is wrong at once, and compute nothing else."""
    from civicreach.inputs.study_file import read_study
    from civicreach.run import load_checked
    from civicreach.run.progress import Steps

    with _Progress(quiet or as_json) as tell:
        found = read_study(study)
        loaded = load_checked(found, Steps(4, tell, found.study.language))
    notes = [*loaded.notes, *loaded.networks.cache.notes]
    if as_json:
        print(json.dumps({"layers": _layer_rows(loaded), "notes": notes}, ensure_ascii=False, indent=1))
    elif not quiet:
        _print_read(loaded, notes)


@app.command()
def run(
    study: StudyPath,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; out/ beside the study by default.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute everything that a study asks and write it into one folder.

    Writes map.html, tables.xlsx, report.docx, figures/*.png, results.gpkg, summary.json and provenance.json.
    """
    from civicreach.run import run_study

    folder = out if out is not None else study.resolve().parent / "out"
    progress = _Progress(quiet or as_json)
    with progress as tell:
        result = run_study(study, folder, tell=tell, guess=progress.guess if tell else None)
    if as_json:
        _print_json(result.figures)
    elif not quiet:
        _print_result(result, folder)


@app.command()
def site(
    study: StudyPath,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; site/ beside the study by default.")
    ] = None,
    plan: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this [[siting]]; can be given twice.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="How long each plan may be searched for.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Where to build, what to merge: the plans that the study asks for in [[siting]], and nothing else.

    Writes the same files as `run`. Each plan says whether it is proven optimal, or how far it may be from the best.
    """
    from civicreach.run.siting import site_study

    folder = out if out is not None else study.resolve().parent / "site"
    progress = _Progress(quiet or as_json)
    with progress as tell:
        guess = progress.guess if tell else None
        result = site_study(study, folder, plans=plan or (), seconds=seconds, tell=tell, guess=guess)
    if as_json:
        _print_json(figure for figure in result.figures if figure.id.startswith("siting."))
    elif not quiet:
        _print_result(result, folder)


def _print_json(figures: Iterable[Figure]) -> None:
    from civicreach.report.summary import figure_json

    print(json.dumps([figure_json(figure) for figure in figures], ensure_ascii=False, indent=1))


def _layer_rows(loaded: Loaded) -> list[dict[str, str]]:
    rows = [
        {"layer": f"network ({profile})", "read": repr(network)}
        for profile, network in {s.profile: loaded.network(s.id) for s in loaded.study.services}.items()
    ]
    if loaded.areas is not None:
        rows.append({"layer": "areas", "read": repr(loaded.areas)})
    rows.append({"layer": "demand", "read": repr(loaded.demand)})
    rows += [{"layer": f"service {key}", "read": repr(layer)} for key, layer in loaded.facilities.items()]
    return rows


def _print_read(loaded: Loaded, notes: list[str]) -> None:
    from civicreach.run.overview import layers_read

    language = loaded.study.study.language
    zh = language == "zh"
    rows = [[Note.told(cell, language) for cell in row] for row in layers_read(loaded)]
    _print_table(["图层", "读取内容"] if zh else ["layer", "what was read"], rows)
    _print_notes(notes, language)
    print("未发现问题。" if zh else "No fault found.")


def _print_notes(notes: Iterable[str], language: str) -> None:
    for note in notes:
        print(f"{'提示：' if language == 'zh' else 'note: '}{Note.told(note, language)}")


def _print_result(result: StudyResult, folder: Path) -> None:
    head = result.study.study
    zh = head.language == "zh"
    if head.synthetic:
        print(f"*** {head.data_note if zh else head.data_note_en or head.data_note} ***")
    for circle in result.services:
        _print_figures(circle.service.label(head.language), circle.figures, head.language)
    for analysis in result.analyses:
        _print_figures(analysis.title[1] if zh else analysis.title[0], analysis.figures, head.language)
    _print_notes(result.warnings, head.language)
    _print_files(folder.resolve(), zh)


def _print_files(folder: Path, zh: bool) -> None:
    """Where the files that people open lie."""
    names = {"map.html": ("map", "地图"), "tables.xlsx": ("tables", "表格"), "report.docx": ("document", "报告")}
    lines = [(name, *words) for name, words in names.items()]
    if (folder / "figures").is_dir():
        lines.append(("figures", "print maps", "图件"))
    print()
    for name, english, chinese in lines:
        print(f"{f'{chinese}：' if zh else f'{english}: '}{folder / name}")


def _print_figures(title: str, figures: Iterable[Figure], language: str) -> None:
    """The figures of a service or an analysis; the name that all of them begin with stands above."""
    zh = language == "zh"
    rows = []
    for figure in figures:
        known = figure.numerator is not None and figure.denominator is not None  # small counts are left out
        ratio = f"{figure.numerator:,.0f} / {figure.denominator:,.0f}" if known else ""
        of = (figure.denominator_name_zh if zh else "") or figure.denominator_name
        label = (figure.label_zh if zh else figure.label).removeprefix(f"{title}{'：' if zh else ': '}")
        rows.append([label, figure.text(language), ratio, of])
    header = ["指标", "值", "分子 / 分母", "分母"] if zh else ["figure", "value", "numerator / denominator", "of"]
    _print_table([title, *header[1:]], rows)


def _print_table(header: list[str], rows: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.ASCII2 if not sys.stdout.isatty() else box.SIMPLE)
    for i, title in enumerate(header):
        table.add_column(title, justify="left" if i in (0, len(header) - 1) else "right", overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 140)
    console.print(table)


class _Progress:
    """A progress bar on a terminal with the step and the time left, nothing elsewhere."""

    def __init__(self, silent: bool) -> None:
        self.shown = sys.stderr.isatty() and not silent
        self.language: Language = "en"
        self.ends: float | None = None

    def __enter__(self) -> Tell | None:
        if not self.shown:
            return None
        from rich.console import Console
        from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
        from rich.text import Text

        left = self.left

        class TimeLeft(ProgressColumn):
            def render(self, _task: Task) -> Text:
                return Text(left())

        columns = (TextColumn("{task.description:32}"), BarColumn(), TimeElapsedColumn(), TimeLeft())
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = self.bar.add_task("")
        self.bar.start()
        return lambda step, done, total: self.bar.update(task, description=step, completed=done, total=total)

    def guess(self, seconds: float | None, language: Language) -> None:
        """Note how long the run may still take."""
        self.ends = None if seconds is None else time.monotonic() + seconds
        self.language = language

    def left(self) -> str:
        """What is said of the time left, counting down within a step."""
        from civicreach.run.progress import time_left

        return time_left(None if self.ends is None else self.ends - time.monotonic(), self.language)

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.bar.stop()

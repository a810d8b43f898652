"""The annex that an office files: summary, method, parameters, data, results, maps and warnings in one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from civicreach.maps.print_maps import MapFigure
from civicreach.maps.spoken import figure_label, figure_text
from civicreach.measures.figure import Figure
from civicreach.measures.result import StudyResult
from civicreach.measures.rounding import number_text
from civicreach.report.contents import standards_columns
from civicreach.report.data_list import input_rows
from civicreach.report.docx_paper import Paper
from civicreach.report.docx_plans import is_siting, plan_sections
from civicreach.report.docx_tables import analysis_tables, circle_tables, figures_table
from civicreach.report.docx_words import word
from civicreach.report.notes import data_notes, note_of, place, standard_line, tongue_of, warnings_told
from civicreach.report.sheets import Column
from civicreach.report.words import EXPLANATIONS, NOTES, look_up, reason
from civicreach.study import Language

SUMMED_UP = 3
"""Figures of an analysis that the summary tells; of a service it is the first one and who is left out."""

DIGEST_LINE = 32
"""A digest is broken in two, so that its column isn't the whole page."""


def write_report(
    result: StudyResult, path: Path, *, inputs: Mapping[str, str], figures: Sequence[MapFigure] = ()
) -> None:
    """Write the annex of a study in its language; equal results and figures give equal bytes.

    inputs: path -> sha256 of every file that was read.
    """
    language, head = result.study.study.language, result.study.study
    paper = Paper(language, word("title", language, place=place(result)))
    paper.title(word("title", language, place=place(result)), word("subtitle", language), note_of(result))
    empty = word("to_fill_in", language)
    paper.facts([
        (word("study", language), f"{place(result)} {head.year}"),
        (word("data_of", language), head.data_date or str(head.year)),
        (word("author", language), head.author or empty),
        (word("date", language), head.date or empty),
        (word("review_number", language), head.review_number or empty),
        *([(word("note", language), note_of(result))] if note_of(result) else []),
    ])  # fmt: skip
    paper.contents(word("contents", language))
    numbers = _Numbers()
    _summary(paper, result, numbers)
    _method(paper, result, numbers)
    _parameters(paper, result, numbers)
    _data(paper, result, inputs, numbers)
    _results(paper, result, figures, numbers)
    _warnings(paper, result, numbers)
    path.write_bytes(paper.to_bytes())


class _Numbers:
    """Counts headings: 1, 2, ..., and 5.1 below the fifth."""

    def __init__(self) -> None:
        self.first = self.second = 0

    def chapter(self, text: str) -> str:
        self.first, self.second = self.first + 1, 0
        return f"{self.first}  {text}"

    def section(self, text: str) -> str:
        self.second += 1
        return f"{self.first}.{self.second}  {text}"


def _summary(paper: Paper, result: StudyResult, numbers: _Numbers) -> None:
    language = paper.language
    paper.heading(numbers.chapter(word("summary", language)))
    paper.text(
        word(
            "intro",
            language,
            place=place(result),
            year=result.study.study.year,
            services=len(result.services),
            analyses=len(result.analyses),
        )
    )
    told = [[circle.figures[0], *_uncovered(circle.figures)] for circle in result.services]
    told += [list(analysis.figures[:SUMMED_UP]) for analysis in result.analyses]
    paper.points([_sentence(result, figures, language) for figures in told if figures])


def _uncovered(figures: Sequence[Figure]) -> list[Figure]:
    return [figure for figure in figures if figure.id.endswith(".uncovered")]


def _sentence(result: StudyResult, figures: Iterable[Figure], language: Language) -> str:
    """Figures in one sentence, each with what was divided by what."""
    at = 0 if language == "zh" else 1
    parts: list[str] = []
    colon = "：" if language == "zh" else ": "
    for figure in figures:
        label = figure_label(figure, result.study)[at]
        if parts and colon in label and parts[0].startswith(label.split(colon)[0] + colon):
            label = label.split(colon, 1)[1]  # what all of them begin with is said once
        part = word("sentence", language, label=label, value=figure_text(figure, result.study)[at])
        if figure.numerator is not None and figure.denominator is not None:
            name = (figure.denominator_name_zh if language == "zh" else "") or figure.denominator_name
            of = {"numerator": number_text(figure.numerator), "denominator": number_text(figure.denominator)}
            part += word("of", language, **of, name=name)
        parts.append(part)
    return word("semicolon", language).join(parts) + word("stop", language)


def _method(paper: Paper, result: StudyResult, numbers: _Numbers) -> None:
    """What covered means, what is divided by what, which ways may be used."""
    language, said = paper.language, data_notes(result)
    paper.heading(numbers.chapter(word("method", language)))
    asked = ["weight_note", *EXPLANATIONS, "private_access", "max_snap_m", "crs"]
    for name in (look_up(NOTES, key, language) for key in asked):
        if name in said:
            paper.text(f"{name}{'：' if language == 'zh' else ': '}{said[name]}")


def _parameters(paper: Paper, result: StudyResult, numbers: _Numbers) -> None:
    language, tongue = paper.language, tongue_of(result)
    paper.heading(numbers.chapter(word("parameters", language)))
    circles = result.services
    columns = (
        Column(word("service", language), "text", tuple(c.service.label(language) for c in circles)),
        Column(word("held_to", language), "text", tuple(standard_line(result, c) for c in circles)),
        Column(
            word("group", language), "text", tuple(tongue.groups.get(c.service.group, c.service.group) for c in circles)
        ),
        Column(word("facilities", language), "count", tuple(len(c.facilities) for c in circles)),
    )
    paper.table(word("services_table", language), columns, key="services")
    paper.text(word("standards_intro", language))
    paper.table(word("standards_table", language), standards_columns(result, tongue)[:-1], key="standards")


def _data(paper: Paper, result: StudyResult, inputs: Mapping[str, str], numbers: _Numbers) -> None:
    language, head = paper.language, result.study.study
    paper.heading(numbers.chapter(word("data", language)))
    paper.text(word("data_intro", language, date=head.data_date or head.year))
    rows = input_rows(result, inputs)
    if any(row.count > 1 for row in rows):
        paper.text(word("data_groups", language))
    names = [row.file if row.count == 1 else word("file_group", language, name=row.file, n=row.count) for row in rows]
    columns = (
        Column(word("file", language), "text", tuple(names)),
        Column(word("file_date", language), "text", tuple(row.days for row in rows)),
        Column(word("bytes", language), "count", tuple(row.bytes for row in rows)),
        Column(
            word("sha256", language),
            "text",
            tuple(f"{row.sha256[:DIGEST_LINE]} {row.sha256[DIGEST_LINE:]}" for row in rows),
        ),
    )
    paper.table(word("data_table", language), columns, key="inputs")
    if result.attribution:
        paper.small(result.attribution)


def _results(paper: Paper, result: StudyResult, figures: Sequence[MapFigure], numbers: _Numbers) -> None:
    language = paper.language
    paper.heading(numbers.chapter(word("results", language)))
    if not figures:
        paper.text(word("no_maps", language))
    for circle in result.services:
        name = circle.service.label(language)
        paper.heading(numbers.section(name), 2)
        _maps(paper, figures, f"circle.{circle.service.id}")
        paper.text(standard_line(result, circle) + word("stop", language))
        figures_table(paper, result, name, f"circle.{circle.service.id}", circle.figures)
        circle_tables(paper, result, circle)
    for analysis in result.analyses:
        english, chinese = analysis.title
        name = chinese if language == "zh" else english
        paper.heading(numbers.section(name), 2)
        if is_siting(analysis):
            figures_table(paper, result, name, analysis.id, analysis.figures)
            plan_sections(paper, result, analysis, figures)
            continue
        _maps(paper, figures, analysis.id)
        figures_table(paper, result, name, analysis.id, analysis.figures)
        analysis_tables(paper, result, analysis)


def _warnings(paper: Paper, result: StudyResult, numbers: _Numbers) -> None:
    """What is left out of the numbers, and what must be looked at before anybody relies on them."""
    language, tongue = paper.language, tongue_of(result)
    paper.heading(numbers.chapter(word("warnings", language)))
    paper.text(word("outside", language))
    report = result.snap_report
    if len(report):
        paper.text(word("excluded", language, n=f"{len(report):,}"))
        counts = report.groupby(["layer", "reason"], sort=True).size()
        services = {service.id: service.label(language) for service in result.study.services}
        services["demand"] = tongue.phrase("demand")
        columns = (
            Column(word("layer", language), "text", tuple(services.get(str(a), str(a)) for a, _ in counts.index)),
            Column(word("reason", language), "text", tuple(reason(b, language) for _, b in counts.index)),
            Column(word("count", language), "count", tuple(int(n) for n in counts)),
        )
        paper.table(word("excluded_table", language), columns, key="excluded")
    paper.points(warnings_told(result) or [word("no_warnings", language)])


def _maps(paper: Paper, figures: Sequence[MapFigure], of: str) -> None:
    """The sheets of a service or an analysis."""
    for figure in figures:
        if figure.of == of:
            paper.picture(figure.small, figure.title)

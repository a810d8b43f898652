"""Siting in the filed report: first all plans beside each other, then each with its map, its lists and its levels."""

from __future__ import annotations

from collections.abc import Sequence

from civicreach.maps.print_maps import MapFigure
from civicreach.maps.print_plans import SITING
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.result import StudyResult
from civicreach.report.docx_paper import Paper
from civicreach.report.docx_tables import level_table, list_table, said, whole_levels
from civicreach.report.notes import tongue_of

WHOLE_ROWS = 25
"""Lists of a plan with so many rows at most are printed whole; longer ones are cut, with a note."""

OVERVIEW = "siting_plans"

TOLD: dict[str, tuple[str, ...]] = {
    "_plans": ("plan", "problem", "new_sites", "closed", "before", "after", "gap", "proven"),
    "_sites": ("rank", "name", "place", "new_people", "served_people", "before", "after", "year", "cost"),
    "_fixes": ("zone_rank", "zone", "uncovered", "action", "name", "gained_here", "gained", "length_m"),
}
"""Columns of a list that fit on a page, by how its id ends; of others the first ones."""


def plan_sections(paper: Paper, result: StudyResult, analysis: Analysis, maps: Sequence[MapFigure]) -> None:
    """Every plan of an analysis of sites below a heading of its own, behind the list of all of them."""
    tongue = tongue_of(result)
    own = {listing.id: _plan_of(listing, analysis.topics) for listing in analysis.listings}
    for listing in analysis.listings:
        if own[listing.id] is None:
            _whole(paper, result, analysis, listing)
    for topic in analysis.topics:
        paper.heading(said(topic.title, tongue), 3)
        for figure in maps:
            if figure.of == analysis.id and figure.name == topic.id:
                paper.picture(figure.small, figure.title)
        for listing in analysis.listings:
            if own[listing.id] == topic.id:
                _whole(paper, result, analysis, listing)
        for level in whole_levels(topic.tables):
            level_table(paper, result, analysis, topic, level)


def is_siting(analysis: Analysis) -> bool:
    """Whether an analysis is told by its plans."""
    return analysis.id == SITING


def _plan_of(listing: Listing, topics: Sequence[Topic]) -> str | None:
    """The plan that a list is about, by the longest id that its own begins with; None for those about all of them."""
    if listing.id == OVERVIEW:
        return None
    found = [topic.id for topic in topics if listing.id.startswith(f"{topic.id}_")]
    return max(found, key=len, default=None)


def _whole(paper: Paper, result: StudyResult, analysis: Analysis, listing: Listing) -> None:
    if len(listing.frame):
        wanted = next((names for end, names in TOLD.items() if listing.id.endswith(end)), ())
        list_table(paper, result, analysis, listing, most=WHOLE_ROWS, wanted=wanted)
        rule = said(listing.rule, tongue_of(result))
        if rule:
            paper.small(rule)

"""Tables that belong together on one sheet: all levels of a service, all services, twins of an analysis, small tables.

Twins are one below the other under one header, told apart (and filtered) by a first column; each keeps its total row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from civicreach.errors import Note
from civicreach.layers import LEVELS
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.result import StudyResult
from civicreach.measures.words import group_words
from civicreach.report.analysis_sheets import analysis_sheets
from civicreach.report.headings import title
from civicreach.report.notes import tongue_of
from civicreach.report.service_sheets import service_sheets, service_title
from civicreach.report.sheets import Cell, Column, Kind, Sheet, Tongue

SMALL_ROWS = 25
"""Lists of an analysis with so many rows at most share a sheet."""

ALIKE = 0.6
"""Of the columns of the narrower of two topics: so many are in the other one too where they are twins."""

ANYBODY = ("people", "人口")
"""What stands for a group in a header that several groups share."""


def service_pages(result: StudyResult, labels: Sequence[str]) -> list[Sheet]:
    """A sheet for each service with all of its levels, one for all facilities and one for all gap lists."""
    tongue = tongue_of(result)
    pages, facilities, gaps = [], [], []
    for circle, label in zip(result.services, labels, strict=True):
        *levels, places, lacking = service_sheets(result, circle, label)
        pages.append(_levels(levels, label, tongue))
        said = service_title(result, circle)
        facilities.append((said, places))
        gaps.append((said, lacking))
    word = tongue.header("service")
    for parts, name in ((facilities, "facilities"), (gaps, "gaps")):
        if parts:
            pages.append(replace(merged(parts, word, title(name, tongue)), label="", theme=""))
    return pages


def _levels(sheets: Sequence[Sheet], label: str, tongue: Tongue) -> Sheet:
    """The levels of a service; the total is that of the first of them."""
    codes = {tongue.header(f"{level}_id"): tongue.header("unit_id") for level in LEVELS}
    parts = [(sheet.name, renamed(sheet, codes)) for sheet in sheets]
    page = merged(parts, tongue.header("level"), "")
    words = [sheet.lines[0].removesuffix(f" · {sheet.name}") for sheet in sheets[:1]]
    totals = page.totals[:1] if sheets[0].total else ()
    totals = tuple((tongue.phrase("total"), *row[1:]) for row in totals)
    return replace(page, name=label, label="", lines=(*words, *sheets[0].lines[1:]), totals=totals)


def analysis_pages(result: StudyResult, analysis: Analysis) -> list[Sheet]:
    """The sheets of an analysis: twins are one, and small lists share the last one."""
    tongue = tongue_of(result)
    groups: list[list[tuple[Topic | Listing, Sheet]]] = []
    made = analysis_sheets(result, analysis)
    tables: list[Topic | Listing] = [*analysis.topics, *analysis.listings]
    for of, sheet in zip(tables, made, strict=True):
        twins = next((group for group in groups if alike(group[0][0], of, result)), None)
        if twins is None:
            groups.append([(of, sheet)])
        else:
            twins.append((of, sheet))
    pages: list[Sheet] = []
    small: list[Sheet] = []
    for group in groups:
        page = group[0][1] if len(group) == 1 else _twins(group, analysis, result, tongue)
        is_small = isinstance(group[0][0], Listing) and page.row_count <= SMALL_ROWS
        (small if is_small else pages).append(page)
    if len(small) > 1:
        said = _pick(analysis.title, tongue)
        small = [replace(small[0], label=said, name=tongue.phrase("small"), more=tuple(small[1:]))]
    return [*pages, *small]


def _twins(
    group: Sequence[tuple[Topic | Listing, Sheet]], analysis: Analysis, result: StudyResult, tongue: Tongue
) -> Sheet:
    headers: dict[str, set[tuple[str, str]]] = {}
    for field in (field for of, _ in group for field in of.fields):
        headers.setdefault(field.name, set()).add(field.header)
    parts = []
    for of, sheet in group:
        apart = [field.header for field in of.fields if len(headers[field.name]) > 1]
        names = {_pick(header, tongue): _pick(_neutral(header, result), tongue) for header in apart}
        parts.append((sheet.name, renamed(sheet, names)))
    called = [sheet.name for _, sheet in group]
    name = common_name(called)
    nothing_shared = name == called[0] and not all(each.startswith(name) for each in called)
    return merged(parts, tongue.phrase("part"), _pick(analysis.title, tongue) if nothing_shared else name)


def alike(one: Topic | Listing, other: Topic | Listing, result: StudyResult) -> bool:
    """Whether two tables of an analysis ask the same of other people, facilities or scenarios."""
    if type(one) is not type(other):
        return False
    fields = [{field.name: field for field in of.fields} for of in (one, other)]
    both = fields[0].keys() & fields[1].keys()
    wanted = 1.0 if isinstance(one, Listing) else ALIKE
    if len(both) < wanted * min(map(len, fields)) or (isinstance(one, Listing) and len(fields[0]) != len(fields[1])):
        return False
    pairs = [(fields[0][name], fields[1][name]) for name in both]
    return all(a.kind == b.kind and _neutral(a.header, result) == _neutral(b.header, result) for a, b in pairs)


def _neutral(header: tuple[str, str], result: StudyResult) -> tuple[str, str]:
    """A header in which groups are anybody, so that tables of several groups can share it."""
    english, chinese = header
    for group in result.demand.groups:
        word, word_zh = group_words(result.study, group)
        chinese = chinese.replace(word_zh, ANYBODY[1]) if word_zh else chinese
        for text in (word, word[:1].upper() + word[1:]):
            if text:
                english = english.replace(text, ANYBODY[0] if text == word else ANYBODY[0].capitalize())
    return english, chinese


def _pick(pair: tuple[str, str], tongue: Tongue) -> str:
    english, chinese = pair
    return Note.told(Note(english or chinese, chinese or english), tongue.language)


def renamed(sheet: Sheet, headers: Mapping[str, str]) -> Sheet:
    """A sheet with other headers; those that would be there twice stay."""
    wanted = [headers.get(column.header, column.header) for column in sheet.columns]
    columns = tuple(
        replace(column, header=text if wanted.count(text) == 1 else column.header)
        for column, text in zip(sheet.columns, wanted, strict=True)
    )
    return replace(sheet, columns=columns)


def common_name(names: Sequence[str]) -> str:
    """What names of twins share, at their end behind a colon or at their start; else the first of them.

    >>> common_name(["社区设施：面积缺口", "养老设施：面积缺口"])
    '面积缺口'
    >>> common_name(["避难容量（居民）", "避难容量（日间人口）"])
    '避难容量'
    """
    for colon in ("：", ": "):
        ends = {name.split(colon, 1)[-1] for name in names}
        if len(ends) == 1 and all(colon in name for name in names):
            text = ends.pop()
            return text[:1].upper() + text[1:]
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    start = "".join(letters[0] for letters in same).rstrip(" ：:（(，,")
    return start if len(start) >= min(4, len(names[0])) and len(start.split()) >= 1 else names[0]


def merged(parts: Sequence[tuple[str, Sheet]], header: str, name: str) -> Sheet:
    """Sheets one below the other under one header, each row with the name of its part first; one total row each."""
    order = _order([sheet for _, sheet in parts])
    columns = [Column(header, "text", tuple(said for said, sheet in parts for _ in range(sheet.row_count)))]
    columns += [_column(text, [sheet for _, sheet in parts]) for text in order]
    totals = []
    for said, sheet in parts:
        if sheet.total:
            below = {column.header: _below(column, sheet.row_count) for column in sheet.columns[1:]}
            totals.append((f"{sheet.total} · {said}", *(below.get(text) for text in order)))
    words_of = zip(*(sheet.lines[0].split(" · ")[:-1] for _, sheet in parts), strict=False)
    common = " · ".join(words[0] for words in words_of if len(set(words)) == 1)
    lines = tuple(dict.fromkeys(line for _, sheet in parts for line in sheet.lines[1:]))
    fixed = 1 + max(sheet.fixed for _, sheet in parts)
    return Sheet(name, (f"{common} · {name}" if name else common, *lines), tuple(columns), fixed, totals=tuple(totals))


def _below(column: Column, rows: int) -> Cell:
    """What stands below a column; of flags how many say yes, of how many."""
    return f"{column.total} / {rows}" if column.kind == "flag" and column.total is not None else column.total


def _order(sheets: Sequence[Sheet]) -> list[str]:
    """All headers in an order in which each new one stands before the one that it precedes in its own table."""
    found: list[str] = []
    for sheet in sheets:
        at = len(found)
        for column in reversed(sheet.columns):
            if column.header in found:
                at = found.index(column.header)
            else:
                found.insert(at, column.header)
    return found


def _column(text: str, sheets: Sequence[Sheet]) -> Column:
    values: list[Cell] = []
    kinds: list[Kind] = []
    for sheet in sheets:
        own = next((column for column in sheet.columns if column.header == text), None)
        values += own.values if own is not None else [None] * sheet.row_count
        kinds += [own.kind_at(at) for at in range(sheet.row_count)] if own is not None else ["text"] * sheet.row_count
    known = [kind for kind, value in zip(kinds, values, strict=True) if value is not None] or ["text"]
    kinds = [kind if value is not None else known[0] for kind, value in zip(kinds, values, strict=True)]
    return Column(text, known[0], tuple(values), kinds=tuple(kinds) if len(set(kinds)) > 1 else ())

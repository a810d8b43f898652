"""Names of sheets: legal, unlike each other, and cut between words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from civicreach.report.text import plain

MAX_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LOOSE_ENDS = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "&", "-", "–"}
"""Words that a name can't end with."""


def sheet_name(label: str, what: str, taken: set[str]) -> str:
    """A legal name for a sheet, unlike those taken (to which it is added); of a long one the label is cut.

    >>> sheet_name("a/b:", "Gaps", set())
    'a b Gaps'
    >>> sheet_name("", "Residents by what they can reach in fifteen minutes", set())
    'Residents by what they can'
    """
    label, what = (_legal(text) for text in (label, what))
    what = what or "-"
    if not label and what.casefold() == "history":  # Excel keeps this name for itself
        what += "_"
    number, name = 1, _joined(label, what)
    while name.casefold() in taken:
        number += 1
        name = _joined(label, f"{_cut(what, MAX_NAME - len(f' ({number})'))} ({number})")
    taken.add(name.casefold())
    return name


def short_labels(labels: Iterable[str], sheets: Iterable[str]) -> list[str]:
    """Labels that fit before any of the sheets' names, unlike each other.

    >>> short_labels(["Day-care centre for elderly people", "Day-care centre for children"], ["Subdistricts"])
    ['Day-care centre', 'Day-care centre 2']
    """
    room = MAX_NAME - 1 - max((_utf16(name) for name in sheets), default=0)
    found: list[str] = []
    for label in map(_legal, labels):
        short, number = _cut(label, room), 1
        while short.casefold() in {each.casefold() for each in found}:
            number += 1
            short = f"{_cut(label, room - len(f' {number}'))} {number}"
        found.append(short)
    return found


def _legal(text: str) -> str:
    return NOT_IN_NAMES.sub(" ", plain(text)).strip(" '")


def _joined(label: str, what: str) -> str:
    """Both in at most 31 characters as Excel counts them (UTF-16)."""
    what = _cut(what, MAX_NAME)
    label = _cut(label, MAX_NAME - 1 - _utf16(what))
    return f"{label} {what}" if label else what


def _cut(text: str, room: int) -> str:
    """As many whole words as there is room for; a word that is too long alone, and Chinese, is cut anywhere."""
    if _utf16(text) <= room:
        return text
    words = text.split()
    while len(words) > 1 and (_utf16(" ".join(words)) > room or words[-1].casefold() in LOOSE_ENDS):
        words.pop()
    text = " ".join(words)
    while text and _utf16(text) > room:
        text = text[:-1].rstrip()
    return text.strip(" '")


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

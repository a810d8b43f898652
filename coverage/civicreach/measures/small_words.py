"""Counts of few people in sentences: warnings of a study that sets a limit say "<10 people" too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar, cast

from civicreach.errors import Note
from civicreach.measures.words import group_words, unit_words
from civicreach.study import Study

PEOPLE = (
    "people",
    "persons",
    "person",
    "residents",
    "resident",
    "households",
    "household",
    "dwellings",
    "人",
    "户",
    "套",
)
"""Words behind a number that make it a count of people, besides what a study calls its groups."""

Text = TypeVar("Text", bound=str)

CLASSIFIERS = "名位个"
NUMBER = r"(?<![\d.,<])(\d[\d,]*(?:\.\d+)?)"


def small_words(study: Study, groups: Iterable[str]) -> re.Pattern[str]:
    """What finds a number of people in a text in either language: the number, and the word behind it."""
    words = {*PEOPLE}
    for group in groups:
        words |= {*group_words(study, group), *unit_words(study, group), group}
    longest = "|".join(sorted(map(re.escape, filter(None, words)), key=lambda word: (-len(word), word)))
    return re.compile(rf"{NUMBER}(\s*[{CLASSIFIERS}]?\s*(?:{longest})(?![a-z]))", re.IGNORECASE)


def told_less(text: Text, words: re.Pattern[str], limit: int) -> Text:
    """A sentence in which counts of people from 1 to below the limit say only that; a note in both languages.

    >>> pattern = re.compile(NUMBER + "( people)")
    >>> told_less("3 people of 1,203 people, 3 homes", pattern, 10)
    '<10 people of 1,203 people, 3 homes'
    """

    def less(found: re.Match[str]) -> str:
        return f"<{limit}{found[2]}" if 0 < float(found[1].replace(",", "")) < limit else found[0]

    if isinstance(text, Note):
        return cast("Text", Note(words.sub(less, str(text)), words.sub(less, text.zh)))
    return cast("Text", words.sub(less, text))

"""What the page says about people, weights and figures, each as [Chinese, English]."""

from __future__ import annotations

import re
from dataclasses import replace

from civicreach.errors import Note
from civicreach.maps.words import WORDS
from civicreach.measures.figure import Figure
from civicreach.measures.words import group_words, unit_words
from civicreach.study import Study

Both = list[str]
"""Chinese and English."""

CLAUSE = re.compile(r"[，,；;。（(]")
DENIAL = re.compile(r"不|非|未|not\b|no\b", re.IGNORECASE)


def told(note: str) -> Both:
    """A note in both languages; nothing where there is none."""
    return [Note.told(note, "zh"), Note.told(note, "en")] if note else []


def cited(source: str) -> Both:
    """Where a figure comes from in both languages, with how far that has been checked in words."""
    found = [Note.told(source, "zh"), Note.told(source, "en")]
    for key in ("verified", "secondary", "unverified"):
        words = WORDS[f"cited_{key}"]
        found = [text.replace(f"[{key}]", f"[{word}]") for text, word in zip(found, words, strict=True)]
    return found


def group_name(study: Study, group: str) -> Both:
    """Who or what a group is, short enough for a sentence.

    A weight's note ("listings, not people") is printed in full beside the figures; sentences take its first clause.
    """
    english, chinese = group_words(study, group)
    spec = study.demand
    names = ((chinese, group in spec.labels), (english, group in spec.labels_en))
    return [_first_clause(name) if spec.weight_note and not own else name for name, own in names]


def unit_name(study: Study, group: str) -> Both:
    """The unit behind a group's amounts; none behind a weight's, whose name already says what is counted."""
    return ["", ""] if study.demand.weight_note else list(reversed(unit_words(study, group)))


def _first_clause(note: str) -> str:
    first = CLAUSE.split(note)[0].strip()
    return note if not first or DENIAL.match(first) else first


def figure_label(figure: Figure, study: Study) -> Both:
    """A figure's name; a weight's long note gives way to its first clause."""
    labels = [figure.label_zh or figure.label, figure.label or figure.label_zh]
    if not study.demand.weight_note:
        return labels
    for group in study.demand.groups:
        long = tuple(reversed(group_words(study, group)))
        labels = [label.replace(a, b) for label, a, b in zip(labels, long, group_name(study, group), strict=True)]
    return labels


def figure_text(figure: Figure, study: Study) -> Both:
    """A figure's value as people read it; a weight's amounts have no unit, and no English one stands in Chinese."""
    groups = study.demand.groups
    if study.demand.weight_note and figure.unit in {*groups, *(unit_words(study, group)[0] for group in groups)}:
        figure = replace(figure, unit="", unit_zh="")
    chinese = figure if figure.unit_zh or figure.unit not in groups else replace(figure, unit="")
    return [chinese.text("zh"), figure.text("en")]

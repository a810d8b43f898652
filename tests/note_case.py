"""What is asked of notes: two languages, each whole."""

from __future__ import annotations

import re
from collections.abc import Iterable

from civicreach.errors import Note


def in_chinese(notes: Iterable[str]) -> list[str]:
    """The notes in Chinese; each must have a sentence of its own there."""
    told = []
    for note in notes:
        assert isinstance(note, Note), note
        assert re.search("[\u4e00-\u9fff]", note.zh), note.zh
        assert note.zh != note
        told.append(note.zh)
    return told

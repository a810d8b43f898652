"""Anybody's text, made fit for files that people open."""

from __future__ import annotations

import re
import unicodedata

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so workbooks and styles, can't hold."""

MAX_TEXT = 32_767
"""The longest text in a workbook's cell."""


def plain(text: str) -> str:
    """Text with the replacement mark for what XML forbids, and one kind of line end.

    >>> plain("a\\x07b")
    'a\ufffdb'
    """
    return UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))[:MAX_TEXT]


def display_width(text: str) -> int:
    """Letters' widths, of which Chinese ones count two; the longest line counts.

    >>> display_width("养老 x")
    6
    """
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n"))

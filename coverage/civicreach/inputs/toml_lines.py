"""Where the keys of a TOML text stand, so that a fault can name the line."""

from __future__ import annotations

import re

Loc = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def lines_of(text: str) -> dict[Loc, int]:
    """The line (from 1) of each table and key, by its place such as ("services", 0, "minutes").

    Good enough for messages: keys inside inline tables and multi-line texts aren't looked into.

    >>> lines_of("[roads]\\nfile = 1")
    {('roads',): 1, ('roads', 'file'): 2}
    """
    found: dict[Loc, int] = {}
    counts: dict[Loc, int] = {}
    table: Loc = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _place(header[2], counts, new_item=header[1] == "[[")
            found.setdefault(table, number)
            if isinstance(table[-1], int):
                found.setdefault(table[:-1], number)
        elif key := _KEY.match(line):
            found.setdefault(table + tuple(_parts(key[1])), number)
    return found


def line_at(lines: dict[Loc, int], loc: Loc) -> int | None:
    """The line of a place, or of the nearest table around it."""
    while loc:
        if loc in lines:
            return lines[loc]
        loc = loc[:-1]
    return None


def _parts(name: str) -> list[str]:
    return [part[1] or part[2] or part[3] or "" for part in _PART.finditer(name)]


def _place(name: str, counts: dict[Loc, int], *, new_item: bool) -> Loc:
    """The place of a header; tables below the item of an array belong to its last item."""
    place: Loc = ()
    parts = _parts(name)
    for at, part in enumerate(parts):
        place += (part,)
        if at == len(parts) - 1 and new_item:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place += (counts[place],)
    return place

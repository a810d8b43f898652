"""What is said of a name that stands for nothing."""

from __future__ import annotations

from collections.abc import Iterable

from civicreach.errors import nearest


def no_such(kind: str, name: str, known: Iterable[str]) -> str:
    """That there is no such name, all that there are, and the nearest of them."""
    names = list(known)
    near = nearest(name, names)
    return f"no {kind} {name!r} (there are {', '.join(names)})" + (f". Did you mean {near}?" if near else "")

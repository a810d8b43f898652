"""Every error that civicreach raises on purpose, in one tree.

::

    CivicreachError
    ├── InputError (also ValueError)   what was given is wrong; the command ends with exit code 2
    │   ├── StudyError                 study.toml
    │   ├── CrsError                   coordinate systems, units, datums
    │   ├── LayerError                 facilities, demand, areas, rasters
    │   ├── RoadsError                 streets and networks
    │   ├── CutoffError                a question beyond how far the search went
    │   └── OutputError (also OSError) the output folder can't be written
    └── MissingSoftwareError           a library that the machine lacks or that is broken

Faults are collected and raised together: what, how many, the first five rows, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ROWS_SHOWN = 5


class CivicreachError(Exception):
    """Root of the tree; never raised itself."""


class InputError(CivicreachError, ValueError):
    """What was given is wrong. `faults` holds every fault found, in the order in which they were met.

    So that checking can go on, `places` are the points of a layer's rows that are right by themselves (a GeoSeries),
    and `rest` is the layer with something harmless wherever a fault is told.
    """

    places: Any = None
    rest: Any = None

    def __init__(self, faults: str | Fault | Iterable[Fault]) -> None:
        if isinstance(faults, str):
            faults = [Fault(faults)]
        elif isinstance(faults, Fault):
            faults = [faults]
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class StudyError(InputError):
    """study.toml is wrong or incomplete."""


class CrsError(InputError):
    """A coordinate system is missing, not metric where it must be, or contradicts the coordinates."""


class LayerError(InputError):
    """Facilities, demand, areas or rasters are wrong."""


class RoadsError(InputError):
    """Streets or a network are wrong."""


class CutoffError(InputError):
    """The question reaches beyond the cutoff of the search that should answer it."""


class OutputError(InputError, OSError):
    """The output folder can't be written."""


class MissingSoftwareError(CivicreachError, ImportError):
    """A library that this step needs is missing or can't be loaded."""


class Note(str):
    """A sentence about what was done or should be looked at: English text that knows its Chinese, `zh`."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, english: str, zh: str) -> Note:
        """A note from both of its languages."""
        note = super().__new__(cls, english)
        note.zh = zh
        return note

    @staticmethod
    def told(note: str, language: str) -> str:
        """A note in a language; plain text is the same in both."""
        return note.zh if language == "zh" and isinstance(note, Note) else str(note)

    @classmethod
    def joined(cls, notes: Iterable[str]) -> Note:
        """Several notes as one; those that are empty are left out."""
        said = [note for note in notes if note]
        return cls("; ".join(said), "；".join(cls.told(note, "zh") for note in said))

    def __reduce__(self) -> tuple[type[Note], tuple[str, str]]:
        """Both languages: pandas copies what hangs on a frame."""
        return Note, (str(self), self.zh)


def counted(number: int, one: str, many: str) -> str:
    """A number with the words that fit it.

    >>> counted(1, "line is", "lines are"), counted(1200, "line is", "lines are")
    ('1 line is', '1,200 lines are')
    """
    return f"{number:,} {one if number == 1 else many}"


def nearest(word: str, known: Iterable[object]) -> str | None:
    """The known word that is most like another one, whatever the case; None where none is like it.

    >>> nearest("minuts", ["metres", "minutes"])
    'minutes'
    """
    by_fold = {str(name).casefold(): str(name) for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    if not found:  # headers are often cut or extended: 代码 for 社区代码
        wanted = word.casefold()
        found = [fold for fold in by_fold if fold and (wanted in fold or fold in wanted)][:1]
    return by_fold[found[0]] if found else None


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, in how many rows, the first of them, and what to do about it."""

    what: str
    where: str = ""
    rows: tuple[object, ...] = ()
    count: int = 0
    todo: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.rows:
            shown = ", ".join(str(row) for row in self.rows[:ROWS_SHOWN])
            more = self.count - min(len(self.rows), ROWS_SHOWN)
            text += f" ({self.count or len(self.rows)}: {shown}{f' and {more} more' if more > 0 else ''})"
        elif self.count:
            text += f" ({self.count})"
        return f"{text}. {self.todo}" if self.todo else text


@dataclass
class Faults:
    """A list that is filled while input is checked and raised once at the end."""

    where: str = ""
    found: list[Fault] = field(default_factory=list)

    def add(
        self,
        what: str,
        *,
        rows: Iterable[object] = (),
        todo: str = "",
        where: str | None = None,
    ) -> None:
        """Note one fault; `rows` are the ids or row numbers that it concerns."""
        listed = tuple(rows)
        self.found.append(Fault(what, self.where if where is None else where, listed[:ROWS_SHOWN], len(listed), todo))

    def extend(self, error: InputError) -> None:
        """Take over the faults of an error that was caught so that all are told at once."""
        self.found.extend(error.faults)

    def raise_if_any(self, kind: type[InputError]) -> None:
        """Raise `kind` with all faults, if there are any."""
        if self.found:
            raise kind(self.found)

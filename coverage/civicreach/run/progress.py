"""What a long run tells about itself, in the study's language: the step it is at, how long each one took, how long the
rest will take."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from civicreach.errors import Note
from civicreach.study import Language

Tell = Callable[[str, int, int], None]
"""Called with a step's name, its number from 0, and how many there are; also once with the last number at the end."""

Guess = Callable[[float | None, Language], None]
"""Called when a step begins with the seconds that the run may still take, None where nobody can say yet."""

ENOUGH_STEPS = 4
"""Of a first run, before the rest is guessed from them: steps are of unequal length."""

SHOWN_FROM_S = 2.0


@dataclass
class Steps:
    """Counts steps, tells about them in a language, and keeps their seconds by their English names.

    `before` are the seconds of the steps of an earlier run of the same study; with them the guess is good.
    """

    total: int = 1
    tell: Tell | None = None
    language: Language = "en"
    seconds: dict[str, float] = field(default_factory=dict)
    done: int = 0
    guess: Guess | None = None
    before: Mapping[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step: told when it begins, timed until it ends."""
        if self.tell:
            self.tell(Note.told(name, self.language), self.done, max(self.total, self.done + 1))
        if self.guess:
            self.guess(self.left_s(), self.language)
        begun = time.perf_counter()
        yield
        self.seconds[str(name)] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
        self.done += 1

    def left_s(self) -> float | None:
        """Seconds that the steps to come may take, this one among them; None where too little is known.

        With an earlier run: what its other steps took, times how much slower or faster this run has been so far.
        Without: as much for each step as the ones before took on average.

        >>> Steps(4, seconds={"a": 2.0}, done=1, before={"a": 1.0, "b": 3.0, "c": 4.0}).left_s()
        14.0
        """
        spent = math.fsum(self.seconds.values())
        if self.before:
            took = math.fsum(value for name, value in self.before.items() if name in self.seconds)
            pace = spent / took if took > 0 and spent > 0 else 1.0
            return pace * math.fsum(value for name, value in self.before.items() if name not in self.seconds)
        if self.done < ENOUGH_STEPS:
            return None
        return spent / self.done * max(self.total - self.done, 0)

    def finish(self) -> None:
        """Tell that the last step is over."""
        if self.tell:
            self.tell("", self.total, self.total)
        if self.guess:
            self.guess(0.0, self.language)


def time_left(seconds: float | None, language: Language) -> str:
    """How long it may still take, as people say it; empty where that is unknown or hardly worth saying.

    >>> time_left(8.0, "en"), time_left(74.0, "en"), time_left(None, "en")
    ('about 10 s left', 'about 2 min left', '')
    """
    if seconds is None or seconds < SHOWN_FROM_S:
        return ""
    if seconds <= 55:
        number = max(5 * math.ceil(seconds / 5), 5)
        return f"约剩 {number} 秒" if language == "zh" else f"about {number} s left"
    number = math.ceil(seconds / 60)
    return f"约剩 {number} 分钟" if language == "zh" else f"about {number} min left"


def seconds_before(out: Path) -> dict[str, float]:
    """The seconds of each step of the run that wrote a folder; nothing where there is none."""
    try:
        found = json.loads((out / "provenance.json").read_text("utf-8"))["seconds"]
        return {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}

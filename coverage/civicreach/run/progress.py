"""What a long run tells about itself, in the study's language: the step it is at, and how long each one took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from civicreach.errors import Note
from civicreach.study import Language

Tell = Callable[[str, int, int], None]
"""Called with a step's name, its number from 0, and how many there are; also once with the last number at the end."""


@dataclass
class Steps:
    """Counts steps, tells about them in a language, and keeps their seconds by their English names."""

    total: int = 1
    tell: Tell | None = None
    language: Language = "en"
    seconds: dict[str, float] = field(default_factory=dict)
    done: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step: told when it begins, timed until it ends."""
        if self.tell:
            self.tell(Note.told(name, self.language), self.done, max(self.total, self.done + 1))
        begun = time.perf_counter()
        yield
        self.seconds[str(name)] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
        self.done += 1

    def finish(self) -> None:
        """Tell that the last step is over."""
        if self.tell:
            self.tell("", self.total, self.total)

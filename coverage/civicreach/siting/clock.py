"""How long a search may go on: until its time is over, somebody says stop, or Ctrl-C is pressed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from civicreach.errors import InputError


@dataclass
class Clock:
    """Counts down some seconds from when it is made; `stop` is asked now and then and ends the search when it is true.

    An engine asks `over()` between its steps and returns the best that it has with its bound. `interrupted` is set by
    an engine that caught KeyboardInterrupt: from then on the time is over for everybody who holds the clock.

    >>> Clock(60).over()
    False
    """

    seconds: float = math.inf
    stop: Callable[[], bool] | None = None
    interrupted: bool = False
    begun: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        if math.isnan(self.seconds) or self.seconds <= 0:
            raise InputError(f"seconds must be above 0, not {self.seconds!r}")

    def spent(self) -> float:
        """Seconds since the clock was made."""
        return time.perf_counter() - self.begun

    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return 0.0 if self.stopped() else max(self.seconds - self.spent(), 0.0)

    def over(self) -> bool:
        """Whether the search must come to its end."""
        return self.left() <= 0

    def stopped(self) -> bool:
        """Whether somebody ended the search before its time."""
        if not self.interrupted and self.stop is not None and self.stop():
            self.interrupted = True
        return self.interrupted

    def part(self, seconds: float) -> Clock:
        """A clock for one step of the search: at most some seconds, never longer than this one, stopped with it."""
        return Clock(max(min(seconds, self.left()), 1e-9), self.stopped)

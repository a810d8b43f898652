"""Wall and CPU time of competing calls, taken in turns so that a busy moment hurts all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Median wall and CPU milliseconds of one call, how often it ran, and what it returned the first time."""

    wall_ms: float
    cpu_ms: float
    runs: int
    answer: Any


def once(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall ms, CPU ms (all threads of this process) and answer of one call."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = call()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3, answer


def race(calls: Mapping[str, Callable[[], Any]], repeats: int = 3, slow_ms: float = 20_000) -> dict[str, Timing]:
    """Medians of ``repeats`` rounds, one call of each a round; a call slower than ``slow_ms`` runs once."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    answers: dict[str, Any] = {}
    for _ in range(repeats):
        for name, call in calls.items():
            if taken[name] and taken[name][0][0] > slow_ms:
                continue
            wall, cpu, answer = once(call)
            taken[name].append((wall, cpu))
            answers.setdefault(name, answer)
    return {
        name: Timing(
            statistics.median(wall for wall, _ in times),
            statistics.median(cpu for _, cpu in times),
            len(times),
            answers[name],
        )
        for name, times in taken.items()
    }

"""How long a run still takes: from its earlier run, from its own steps, and in words."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from civicreach import cli
from civicreach.errors import Note
from civicreach.run import progress
from civicreach.run.progress import Steps, seconds_before, time_left


class Clock:
    """A clock that only goes where it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress.time, "perf_counter", made.perf_counter)
    return made


def test_with_an_earlier_run_the_rest_takes_what_it_took_at_todays_pace(clock: Clock) -> None:
    told: list[float | None] = []
    before = {"read": 2.0, "search": 6.0, "write": 12.0}
    steps = Steps(3, before=before, guess=lambda seconds, language: told.append(seconds))
    for name, seconds in {"read": 4.0, "search": 12.0, "write": 24.0}.items():  # half as fast as then
        with steps.step(name):
            clock.now += seconds
    steps.finish()
    assert told == [20.0, 36.0, 24.0, 0.0]


def test_a_first_run_guesses_from_its_own_steps_once_there_are_enough(clock: Clock) -> None:
    told: list[float | None] = []
    steps = Steps(8, guess=lambda seconds, language: told.append(seconds))
    for at in range(8):
        with steps.step(f"step {at}"):
            clock.now += 3.0
    assert told == [None, None, None, None, 12.0, 9.0, 6.0, 3.0]


def test_steps_that_come_again_are_one_in_the_record_and_never_below_nothing(clock: Clock) -> None:
    steps = Steps(2, before={"a": 1.0})
    for _ in range(5):
        with steps.step("a"):
            clock.now += 1.0
    assert steps.seconds == {"a": 5.0}
    assert steps.left_s() == 0.0
    assert Steps(2, done=9, seconds={"a": 1.0}).left_s() == 0.0


def test_the_language_is_the_studys() -> None:
    told: list[object] = []
    steps = Steps(
        1,
        lambda step, done, total: told.append(step),
        "zh",
        guess=lambda seconds, language: told.append(language),
    )
    with steps.step(Note("page", "网页")):
        pass
    assert told == ["网页", "zh"]


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "", ""),
        (1.9, "", ""),
        (2.0, "about 5 s left", "约剩 5 秒"),
        (31.0, "about 35 s left", "约剩 35 秒"),
        (55.0, "about 55 s left", "约剩 55 秒"),
        (55.5, "about 1 min left", "约剩 1 分钟"),
        (61.0, "about 2 min left", "约剩 2 分钟"),
    ],
)
def test_time_left_in_words(seconds: float | None, english: str, chinese: str) -> None:
    assert (time_left(seconds, "en"), time_left(seconds, "zh")) == (english, chinese)


def test_the_record_of_an_earlier_run_is_read_and_damage_is_no_fault(tmp_path: Path) -> None:
    assert seconds_before(tmp_path) == {}
    for damaged in ("", "{}", "[]", '{"seconds": 3}', '{"seconds": {"a": "b"}}'):
        (tmp_path / "provenance.json").write_text(damaged)
        assert seconds_before(tmp_path) == {}
    (tmp_path / "provenance.json").write_text(json.dumps({"seconds": {"page": 2}}))
    assert seconds_before(tmp_path) == {"page": 2.0}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_step_and_time_left_and_nothing_else_is_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = cli._Progress(silent=False)
    with bar as tell:
        assert tell is not None
        tell("生成地图网页", 1, 2)
        bar.guess(28.0, "zh")
        bar.bar.refresh()
    assert "生成地图网页" in sys.stderr.getvalue()
    assert "约剩 30 秒" in sys.stderr.getvalue()
    for stream, silent in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with cli._Progress(silent=silent) as tell:
            assert tell is None
        assert stream.getvalue() == ""

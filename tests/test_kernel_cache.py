"""Where compiled kernels are kept, and how many threads search."""

from __future__ import annotations

from pathlib import Path

import pytest

from civicreach.reach import _numba


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, a temporary and a current folder of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for name in ("home", "temporary", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def folder() -> Path:
    return _numba.kernel_folder.__wrapped__()


@pytest.mark.parametrize("word", ["off", "OFF", " off "])
def test_without_a_cache_kernels_are_kept_in_the_temporary_folder(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("CIVICREACH_CACHE", word)
    kept = folder()
    assert kept.is_relative_to(elsewhere / "temporary")
    assert kept == folder()
    assert list((elsewhere / "here").iterdir()) == []
    assert list((elsewhere / "home").iterdir()) == []


def test_a_home_written_as_a_tilde_is_meant(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVICREACH_CACHE", "~/mine")
    assert folder().is_relative_to(elsewhere / "home" / "mine")
    assert list((elsewhere / "here").iterdir()) == []


def test_by_itself_the_user_s_own_cache_is_taken(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CIVICREACH_CACHE", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert folder().is_relative_to(elsewhere / "home")


@pytest.mark.parametrize(("asked", "threads"), [("3", 3), ("0", None), ("²", None), ("many", None), ("", None)])
def test_threads(monkeypatch: pytest.MonkeyPatch, asked: str, threads: int | None) -> None:
    monkeypatch.setenv("CIVICREACH_THREADS", asked)
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    assert _numba.thread_count() == (threads or 5)

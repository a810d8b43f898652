"""The front door does what the README says, and docstrings' examples run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import civicreach as cr


def test_the_readme_s_python_runs(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    monkeypatch.chdir(repository)
    found: dict = {}
    exec(compile(code.replace('"map.html"', repr(str(tmp_path / "map.html"))), "README.md", "exec"), found)
    assert found["share"].between(0, 1).all()
    assert len(found["share"]) == 8
    assert (tmp_path / "map.html").stat().st_size > 100_000


def test_unknown_names_are_told(repository: Path) -> None:
    study = cr.read_study(repository / "data/sample/study.toml")
    with pytest.raises(ValueError, match="no service 'library'"):
        cr.read_facilities(study, "library")
    with pytest.raises(ValueError, match="no profile 'robot'"):
        cr.build_network(cr.read_roads(study), profile="robot")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        cr.nonsense  # noqa: B018


def modules() -> list[str]:
    found = pkgutil.walk_packages(cr.__path__, "civicreach.")
    return [m.name for m in found if m.name != "civicreach.__main__"]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_the_room_called_reach_is_called_like_its_function() -> None:
    import civicreach.reach

    assert callable(cr.reach)
    assert cr.reach is civicreach.reach
    with pytest.raises(TypeError, match="cutoff_min"):
        cr.reach(None, None, None)

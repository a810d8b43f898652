"""The list of input files for the filed report: dates and hashes, files of one pattern in one row."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from civicreach.measures.result import StudyResult
from civicreach.report.summary import input_entry

WILD = frozenset("*?[")


@dataclass(frozen=True)
class InputRow:
    """A file, or all `count` files of a pattern: the days on which they were last changed (UTC), their bytes and hash.

    The hash of several files is that of their hashes, in the order of their names and one a line.
    """

    file: str
    count: int
    days: str
    bytes: int | None
    sha256: str


def input_rows(result: StudyResult, inputs: Mapping[str, str]) -> list[InputRow]:
    """The files that were read; those of a pattern of the study's stand where the first of them would."""
    folder = result.study.folder
    patterns = list(dict.fromkeys(_patterns(result.study.model_dump(exclude={"folder", "standards"}), folder)))
    groups: dict[str, list[tuple[dict[str, Any], Path]]] = {}
    for name, sha in inputs.items():
        path = Path(name)
        entry = input_entry(path, sha, folder)
        of = next((pattern for pattern in patterns if fnmatchcase(entry["file"], pattern)), entry["file"])
        groups.setdefault(of, []).append((entry, path if path.is_absolute() else folder / path))
    return [_row(name, members) for name, members in groups.items()]


def _row(name: str, members: list[tuple[dict[str, Any], Path]]) -> InputRow:
    entries = [entry for entry, _ in members]
    sizes = [entry["bytes"] for entry in entries]
    days = sorted({_day(path) for _, path in members} - {""})
    told = days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}" if days else ""
    if len(entries) == 1:
        return InputRow(entries[0]["file"], 1, told, sizes[0], entries[0]["sha256"])
    hashes = "\n".join(entry["sha256"] for entry in sorted(entries, key=lambda entry: str(entry["file"])))
    whole = None if None in sizes else sum(sizes)
    return InputRow(name, len(entries), told, whole, hashlib.sha256(hashes.encode()).hexdigest())


def _day(path: Path) -> str:
    """The day on which a file was last changed; nothing where it isn't there any more."""
    if not path.is_file():
        return ""
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date().isoformat()


def _patterns(value: object, folder: Path) -> Iterator[str]:
    """The study's parameters that name several files, as seen from its folder."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _patterns(each, folder)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _patterns(each, folder)
    elif isinstance(value, str | Path) and WILD & set(str(value)):
        yield str(value).replace(f"{folder.as_posix()}/", "")

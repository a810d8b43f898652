"""Which folders are outputs of ours, so that nobody's own files are ever replaced or deleted."""

from __future__ import annotations

import contextlib
import json
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from civicreach.report.lock import owner_text

MARKER = ".civicreach-output"
"""A hidden file in every output folder that lists what a run has put there."""

DRAFT = f"{MARKER}~"

KNOWN = (
    "map.html",
    "tables.xlsx",
    "results.gpkg",
    "summary.json",
    "provenance.json",
    "report.docx",
    "figures/*.png",
)
"""What a run may have written into a folder whose marker was lost, as in a copy without hidden files."""

LITTER = (
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "._*",
    "~$*",
    ".~lock.*#",
    "*.gpkg-wal",
    "*.gpkg-shm",
    "*.gpkg-journal",
)
"""What systems and viewers leave beside files that were merely looked at."""


def mark_as_unfinished(folder: Path) -> None:
    """Say in a folder that this process is filling it."""
    _write_marker(folder, {"writing": owner_text()})


def mark_as_whole(folder: Path) -> None:
    """List a finished folder's files in it: these, and no others, may be replaced later."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    _write_marker(folder, {"files": [name for name in files if name not in (MARKER, DRAFT)]})


def discard(folder: Path) -> None:
    """Delete a folder of ours as far as we may; killed halfway, what is left is still known as ours."""
    with contextlib.suppress(OSError):
        mark_as_unfinished(folder)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != MARKER:
                path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def writer_of(folder: Path) -> str | None:
    """The process that says it fills or deletes a folder; None for a whole folder and for others' folders."""
    writing = _read_object(folder / MARKER).get("writing")
    return writing if isinstance(writing, str) else None


def is_ours(folder: Path) -> bool:
    """Whether a run of ours has made a folder, finished or not."""
    return bool(_read_object(folder / MARKER)) or {"study", "figures", "warnings"} <= set(
        _read_object(folder / "summary.json")
    )


def is_empty(folder: Path) -> bool:
    """Whether nothing lies in a folder but, maybe, the draft of a marker."""
    return all(path.name == DRAFT for path in folder.iterdir())


def files_of_others(folder: Path) -> list[str]:
    """Files in a folder of ours that no run has put there, by path inside it; links are never ours."""
    listed = _read_object(folder / MARKER).get("files")
    mine = {MARKER, DRAFT, *map(str, listed)} if isinstance(listed, list) else None
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        known = name in mine if mine is not None else any(fnmatch(name, each) for each in (MARKER, DRAFT, *KNOWN))
        litter = any(fnmatch(path.name, each) for each in LITTER)
        if path.is_symlink() or not (known or litter):
            found.append(name)
    return found


def _write_marker(folder: Path, what: dict[str, Any]) -> None:
    """Write the marker in one step: half of one would say nothing, and the folder would be nobody's."""
    draft = folder / DRAFT
    draft.write_text(json.dumps(what, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")
    draft.replace(folder / MARKER)


def _read_object(path: Path) -> dict[str, Any]:
    """A JSON object in a file; empty where there is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

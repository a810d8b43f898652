"""Arrays that took long to build, kept on disk under the hash of what they were built from.

A cache is never needed: entries that are damaged, and folders that can't be written, cost time and nothing
else.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from civicreach.errors import Note

Arrays = dict[str, npt.NDArray[Any]]

SUFFIX = ".civicreach"
ENTRIES_KEPT = 64
_MAGIC = b"civicreach 1\n"
_DIGEST = hashlib.sha256().digest_size
_META = "__meta__"


class Cache:
    """Named arrays with JSON metadata, one file an entry.

    `folder` defaults to the environment's CIVICREACH_CACHE ("off" for none), else to the user's own cache
    folder. `notes` says what went wrong; nothing here raises for a disk that is full, read-only or damaged.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else default_folder()
        self.notes: list[str] = []

    def load(self, key: str) -> tuple[Arrays, dict[str, Any]] | None:
        """The arrays and metadata stored under a key; None where there are none, or none that are whole."""
        if (path := self._path(key)) is None:
            return None
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            english = f"a cached file can't be read and is built again ({path}: {_reason(error)})"
            self._note(english, f"缓存文件无法读取，已重新生成（{path}：{_reason(error)}）")
            return None
        body = memoryview(content)[len(_MAGIC) + _DIGEST :]
        if content[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).digest() != content[len(_MAGIC) :][:_DIGEST]:
            self._note(f"a cached file is damaged and is built again ({path})", f"缓存文件已损坏，已重新生成（{path}）")
            return None
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files if name != _META}
            meta: dict[str, Any] = json.loads(stored[_META].tobytes())
        return arrays, meta

    def store(self, key: str, arrays: Mapping[str, npt.NDArray[Any]], meta: Mapping[str, Any]) -> bool:
        """Keep arrays and JSON metadata under a key; False where the folder can't be written.

        The entry appears whole or not at all, also when the program is killed meanwhile. Raises TypeError for
        arrays of Python objects, which only pickle could keep.
        """
        if any(array.dtype.hasobject for array in arrays.values()):
            raise TypeError("the cache keeps no arrays of Python objects")
        if (path := self._path(key)) is None:
            return False
        buffer = io.BytesIO()
        described = np.frombuffer(json.dumps(dict(meta), ensure_ascii=False).encode(), dtype=np.uint8)
        np.savez(buffer, allow_pickle=False, **{_META: described}, **arrays)
        body = buffer.getbuffer()
        try:
            self._write(path, (_MAGIC, hashlib.sha256(body).digest(), body))
        except OSError as error:
            english = f"the cache can't be written, so this is built again next time ({_reason(error)})"
            self._note(english, f"缓存文件夹无法写入，下次需要重新生成（{_reason(error)}）")
            return False
        return True

    def _write(self, path: Path, parts: tuple[bytes | memoryview, ...]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                for part in parts:
                    file.write(part)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._forget_oldest(path.parent)

    def _forget_oldest(self, folder: Path) -> None:
        entries = sorted(folder.glob(f"*{SUFFIX}"), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in entries[ENTRIES_KEPT:]:
            entry.unlink(missing_ok=True)

    def _path(self, key: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}{SUFFIX}"

    def _note(self, english: str, chinese: str) -> None:
        if english not in self.notes:
            self.notes.append(Note(english, chinese))


def default_folder() -> Path | None:
    """Where this user's caches belong; None where CIVICREACH_CACHE is "off" or there is no home folder."""
    chosen = os.environ.get("CIVICREACH_CACHE", "").strip()
    if chosen:
        return None if chosen.lower() == "off" else Path(chosen).expanduser()
    try:
        if sys.platform == "win32":
            local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
            return Path(local) / "civicreach" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "civicreach"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "civicreach"
    except RuntimeError:  # a user without a home folder
        return None


def file_sha256(path: str | Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal, read piece by piece."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(*parts: object) -> str:
    """One key from hashes, names and numbers; different parts give different keys.

    >>> key_of("ab", "c") == key_of("a", "bc")
    False
    """
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()


def _reason(error: OSError) -> str:
    return error.strerror or str(error)

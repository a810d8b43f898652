"""The output folder, replaced as a whole or not at all.

Everything is written into a hidden folder beside the output; only when all of it stands do the two change
places. Killed at any moment, a run leaves the old or the new output whole. Where the system can't exchange
two folders in one step (other than Linux, some network shares) there is an instant between two renames; a run
killed right there is mended by the next one, which puts the old output back. A folder that isn't an output of
ours, or that holds files of others, is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from civicreach.errors import Fault, Faults, OutputError
from civicreach.report.exchange import exchange, flush_to_disk, patiently
from civicreach.report.lock import RunLock, owner_is_alive, owner_text
from civicreach.report.ours import (
    discard,
    files_of_others,
    is_empty,
    is_ours,
    mark_as_unfinished,
    mark_as_whole,
    writer_of,
)

NEW = "civicreach-new"
OLD = "civicreach-old"
DISK_ERRORS = (errno.ENOSPC, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC))


def check_writable(out: Path, inputs: Iterable[Path] = ()) -> None:
    """Make sure, before anything is computed, that a run may write its output to `out`.

    `inputs` are files that the run reads. Raises OutputError with every reason why not: `out` is a file, a
    root, home or current folder, holds an input, files of others, or isn't an output of ours, can't be
    written, or another run is writing it. Leaves nothing behind but an earlier output that a killed run had
    put aside.
    """
    out = out.resolve()
    with _told(out):
        _check_place(out, inputs)
    with _told(out):
        if out.parent.is_dir():
            with RunLock(out):
                _mend(out)
                _check_contents(out)
        else:
            probe = _standing(out.parent) / f".{out.name}.civicreach-probe-{os.getpid()}"
            probe.mkdir()
            probe.rmdir()


@contextlib.contextmanager
def whole_folder(out: Path, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """A hidden empty folder to write into; it takes the place of `out` when the block ends without an error.

    Raises OutputError as `check_writable` does, where the disk is full, and where the old folder can't be
    moved (the new one is then kept beside it, whole).
    """
    out = out.resolve()
    with _told(out):
        _check_place(out, inputs)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_parents(out))
        with _told(out):
            stack.enter_context(RunLock(out))
            _mend(out)
            _check_contents(out)
            new = out.with_name(f".{out.name}.{NEW}-{os.getpid()}")
            new.mkdir()
        try:
            with _told(out):
                mark_as_unfinished(new)
            yield new
            with _told(out):
                mark_as_whole(new)
                flush_to_disk(new)
        except BaseException as error:
            shutil.rmtree(new, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, OutputError) and error.errno in DISK_ERRORS:
                raise _cant_write(out, error) from error
            raise
        _replace(out, new)


def _replace(out: Path, new: Path) -> None:
    """Let the new folder take the old one's place; where it can't, keep it under another name."""
    try:
        _check_contents(out)
        old = _swap(out, new)
    except OSError as error:
        kept = _free_name(out, "new")
        with contextlib.suppress(OSError):
            new.rename(kept)
        reason = str(error) if isinstance(error, OutputError) else f"{out}: can't be replaced ({error.strerror})"
        todo = f"Close the programs that have its files open. The new results are whole in {kept}."
        raise OutputError(Fault(reason, todo=todo)) from error
    if old is not None:
        discard(old)


def _swap(out: Path, new: Path) -> Path | None:
    """Move `new` to `out`; where the old folder lies now."""
    if not out.exists():
        patiently(lambda: new.rename(out))
        return None
    shutil.copymode(out, new)
    if exchange(new, out):
        return new
    aside = out.with_name(f".{out.name}.{OLD}-{os.getpid()}")
    patiently(lambda: out.rename(aside))
    try:
        patiently(lambda: new.rename(out))
    except OSError:
        aside.rename(out)
        raise
    return aside


def _mend(out: Path) -> None:
    """Clean up after killed runs; the lock on `out` is held, so whatever they have left is nobody's now."""
    left = [path for word in (OLD, NEW) for path in sorted(out.parent.glob(f".{_literal(out.name)}.{word}-*"))]
    for path in left:
        writer = writer_of(path)
        if writer is not None:
            dead = writer == owner_text() or not owner_is_alive(writer)
        else:
            if f".{OLD}-" in path.name and not out.exists():
                path.rename(out)  # killed between two renames
                continue
            dead = is_empty(path) or (is_ours(path) and not files_of_others(path))
        if dead:
            discard(path)


def _check_place(out: Path, inputs: Iterable[Path]) -> None:
    """Raise OutputError where `out` must never be replaced, whatever lies in it."""
    faults = Faults(str(out))
    todo = "Give a folder of its own, for example --out results."
    if out == Path(out.anchor):
        faults.add("is the root of a disk", todo=todo)
    elif out == _home():
        faults.add("is your home folder", todo=todo)
    elif _holds(out, _here()):
        faults.add("is the folder that you are in, or holds it", todo=todo)
    elif out.is_dir() and os.path.ismount(out):
        faults.add("is the root of a mounted disk, which can't be replaced", todo="Give a folder inside it.")
    if held := [str(path) for path in inputs if _holds(out, path.resolve())]:
        faults.add("holds files that this run reads", rows=held, todo=todo)
    if out.exists() and not out.is_dir():
        faults.add("is a file", todo=todo)
    elif not (standing := _standing(out.parent)).is_dir():
        faults.add(f"can't be made, because {standing} is a file", todo=todo)
    faults.raise_if_any(OutputError)


def _check_contents(out: Path) -> None:
    """Raise OutputError where `out` isn't an output of ours alone or its files are held open."""
    if not out.is_dir() or is_empty(out):
        return
    faults = Faults(str(out))
    if not is_ours(out):
        faults.add("isn't empty and isn't an output of civicreach", todo="Give another --out, or empty it yourself.")
    elif others := files_of_others(out):
        todo = "Move them elsewhere or give another --out; a run replaces the whole folder."
        faults.add("holds files that no run has written", rows=others, todo=todo)
    elif not os.access(out, os.W_OK):
        faults.add("may not be written", todo="Ask for the right to, or give another --out.")
    elif sys.platform == "win32" and (opened := _held_open(out)):
        faults.add("has files open in another program", rows=opened, todo="Close them there.")
    faults.raise_if_any(OutputError)


def _held_open(out: Path) -> list[str]:
    """Files that another program holds, as Excel does on Windows: told before a long run, not after it."""
    found = []
    for path in sorted(out.rglob("*")):
        try:
            if path.is_file():
                path.open("rb+").close()
        except PermissionError:
            found.append(path.name)
    return found


@contextlib.contextmanager
def _parents(out: Path) -> Iterator[None]:
    """Make the folders above `out`; take away those made, where they stay empty because of an error."""
    missing = [folder for folder in out.parents if not folder.exists()]
    try:
        with _told(out):
            out.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for folder in missing:
                folder.rmdir()
        raise


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn what the system refuses into an OutputError."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise _cant_write(out, error) from error


def _cant_write(out: Path, error: OSError) -> OutputError:
    return OutputError(Fault(f"can't be written ({error.strerror or error})", str(out), todo="Give another --out."))


def _standing(folder: Path) -> Path:
    """The nearest of a folder and those above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _holds(folder: Path, path: Path | None) -> bool:
    return path is not None and (path == folder or folder in path.parents)


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # deleted under our feet
        return None


def _free_name(out: Path, word: str) -> Path:
    number, name = 1, out.with_name(f"{out.name}-{word}")
    while name.exists():
        number += 1
        name = out.with_name(f"{out.name}-{word}-{number}")
    return name


def _literal(name: str) -> str:
    """A name as a glob pattern that matches it alone."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)

"""One run at a time on one output folder, and whether the run that left something behind is still alive.

The lock belongs to the operating system (flock, or locking on Windows), so a killed run lets go of it; the
process number in the file only serves the message. Where a file system knows no locks (some network shares),
the process number is all there is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from pathlib import Path
from types import TracebackType

from civicreach.errors import Fault, OutputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
LOCKED_BYTE = 1_000_000
"""Windows locks forbid reading, so the locked byte lies far behind the text that others read."""


def owner_text() -> str:
    """This process, as lock files and temporary folders name it."""
    return f"{os.getpid()} {socket.gethostname()}"


def owner_is_alive(text: str) -> bool:
    """Whether the process that wrote an `owner_text` runs on this machine; False for any other text."""
    number, _, host = text.strip().partition(" ")
    return number.isdecimal() and host == socket.gethostname() and process_is_alive(int(number))


def process_is_alive(pid: int) -> bool:
    """Whether a process with this number runs on this machine."""
    if sys.platform == "win32":
        import ctypes

        # os.kill(pid, 0) would send Ctrl+C on Windows
        query_limited_information, still_active = 0x1000, 259
        handle = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        known = ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(known) and code.value == still_active
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


class RunLock:
    """The right to replace one output folder: a hidden file beside it that one process at a time holds.

    Raises OutputError where another run holds it.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out.parent / f".{out.name}.civicreach.lock"
        self._handle: int | None = None

    def __enter__(self) -> RunLock:
        while self._handle is None:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                self._take(handle)
                # the run before may have deleted the file between our opening and our locking it
                if self._is_at_path(handle):
                    os.ftruncate(handle, 0)
                    os.write(handle, owner_text().encode())
                    self._handle = handle
            finally:
                if self._handle is None:
                    os.close(handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is None:
            return
        if sys.platform == "win32":  # an open file can't be deleted there
            os.close(self._handle)
            with contextlib.suppress(OSError):
                self.path.unlink()
        else:
            with contextlib.suppress(OSError):
                self.path.unlink()
            os.close(self._handle)
        self._handle = None

    def _take(self, handle: int) -> None:
        try:
            if sys.platform == "win32":
                os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                os.lseek(handle, 0, os.SEEK_SET)
            else:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.lseek(handle, 0, os.SEEK_SET)
            owner = os.read(handle, 200).decode(errors="replace")
            if error.errno in BUSY or owner_is_alive(owner):
                raise self._busy(owner) from error

    def _busy(self, owner: str) -> OutputError:
        number = owner.partition(" ")[0]
        who = f" (process {number})" if number.isdecimal() else ""
        todo = "Wait for it, or give another --out."
        return OutputError(Fault(f"another run is writing this folder{who}", str(self.out), todo=todo))

    def _is_at_path(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False

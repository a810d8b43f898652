"""Exchange of two folders in one step where the system can, so that no moment is without an output."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
CANT_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EXDEV, errno.EPERM)
"""What kernels and file systems without the exchange answer; two renames are tried then."""

TRIES = 10
PAUSE_S = 0.2


def exchange(a: Path, b: Path) -> bool:
    """Let two folders of one file system change places at once; False where the system can't.

    Raises OSError where the system can, but not with these two. Nothing has changed then, nor after False.
    """
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    rename.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    if rename(AT_FDCWD, os.fsencode(a), AT_FDCWD, os.fsencode(b), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in CANT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(b))


def patiently(step: Callable[[], object]) -> None:
    """Do a step again for two seconds while Windows refuses it: a viewer or a scanner may hold a file.

    Raises the last PermissionError.
    """
    for left in range(TRIES - 1, -1, -1):
        try:
            step()
            return
        except PermissionError:
            if left == 0 or os.name != "nt":  # elsewhere a refusal doesn't pass
                raise
            time.sleep(PAUSE_S)


def flush_to_disk(folder: Path) -> None:
    """Have a folder's files written to the disk, so that a power cut can't leave empty ones behind."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with contextlib.suppress(OSError), path.open("rb+") as file:
                os.fsync(file.fileno())

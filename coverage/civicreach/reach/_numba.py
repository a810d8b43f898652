"""The only door to numba, guarded, with a kernel cache that works wherever the package is installed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from civicreach.errors import MissingSoftwareError

Function = TypeVar("Function", bound=Callable[..., Any])


def _import_numba() -> Any:
    """numba imports the library coverage.py where it finds one.

    In the root of this project, without that library, the folder `coverage/` would be taken for it and break numba
    (`module 'coverage' has no attribute 'types'`), so it is hidden for the moment of the import.
    """
    spec = importlib.util.find_spec("coverage") if "coverage" not in sys.modules else None
    bare_folder = spec is not None and spec.origin is None
    if bare_folder:
        sys.modules["coverage"] = None  # type: ignore[assignment]
    try:
        import numba
    except (ImportError, AttributeError) as error:
        raise MissingSoftwareError(f"numba can't be loaded ({error}); install it again with civicreach") from error
    finally:
        if bare_folder:
            del sys.modules["coverage"]
    return numba


numba = _import_numba()


@cache
def kernel_folder() -> Path:
    """A folder that can be written, for compiled kernels: CIVICREACH_CACHE, the user's cache, or a temporary one.

    With CIVICREACH_CACHE=off it is the temporary one: without any a run would compile for 15 seconds.
    """
    version = f"{sys.implementation.cache_tag}-numba{numba.__version__}"
    chosen = os.environ.get("CIVICREACH_CACHE", "").strip()
    candidates = [_temporary()] if chosen.lower() == "off" else [chosen, _user_cache(), _temporary()]
    for candidate in filter(None, candidates):
        folder = Path(_expanded(candidate)) / "kernels" / version
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                return folder
        except OSError:
            continue  # the next one; without any the kernels are compiled anew in each process
    return Path(tempfile.mkdtemp(prefix="civicreach-"))


def _expanded(path: str) -> str:
    """A path with ~ written out, if there is a home folder."""
    return os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises where there is none


def _user_cache() -> str:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return str(Path(base) / "civicreach")


def _temporary() -> str:
    owner = hashlib.sha256(_expanded("~").encode()).hexdigest()[:8]
    return str(Path(tempfile.gettempdir()) / f"civicreach-{owner}")


def kernel(function: Function) -> Function:
    """Compile a function without Python objects, let threads run it side by side, and keep it on disk.

    numba's setting for the cache folder is put back at once: other packages' kernels stay where they are.
    """
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(kernel_folder())
    try:
        compiled: Function = numba.njit(cache=True, nogil=True)(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled


def tell_if_cold() -> None:
    """Say on a terminal that kernels are being compiled, once for each version and machine."""
    mark = kernel_folder() / "told"
    if mark.exists():
        return
    if sys.stderr.isatty():
        sys.stderr.write("civicreach: compiling its search kernels, once on this machine (about 15 seconds) ...\n")
    mark.touch()


def thread_count() -> int:
    """How many threads a search uses: CIVICREACH_THREADS, or the machine's cores, at most 8."""
    asked = os.environ.get("CIVICREACH_THREADS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else min(os.cpu_count() or 1, 8)

"""Other tools, imported only when a row asks for them; each absent one is a row that says so."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class PeerAbsentError(Exception):
    """A peer can't be used here; the message is what the row says."""


def peer(module: str, distribution: str | None = None) -> ModuleType:
    """The peer's module, or PeerAbsentError with the reason for its row."""
    try:
        importlib.metadata.version(distribution or module.split(".", maxsplit=1)[0])
    except importlib.metadata.PackageNotFoundError:
        raise PeerAbsentError("not installed") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(module)
    except Exception as fault:  # a peer built for another numpy fails in ways of its own
        raise PeerAbsentError(f"installed, fails to import: {type(fault).__name__}") from fault


@contextmanager
def hushed() -> Iterator[None]:
    """No warnings, and what a peer's C++ prints goes nowhere: stdout stays one Markdown page."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for handle in (*kept, nowhere):
            os.close(handle)

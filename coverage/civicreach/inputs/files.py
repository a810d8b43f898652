"""Opening what a study names: files that are there, text in usual encodings, and advice on wrong words."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path

from civicreach.errors import Fault, InputError, LayerError, nearest

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
RASTER_SUFFIXES = (".tif", ".tiff")
SIDECAR_SUFFIXES = (".dbf", ".shx", ".prj", ".cpg")
"""What a Shapefile is besides its .shp: attributes, coordinate system and encoding."""
ENCODINGS = ("utf-8", "gb18030")
"""UTF-8 first: short UTF-8 text can decode as GB18030 without an error, hardly ever the other way round."""


def did_you_mean(word: str, known: Iterable[object]) -> str:
    """The advice that follows an unknown word: the nearest known one, then all of them."""
    names = [str(name) for name in known]
    near = nearest(word, names)
    there = f"There are {', '.join(names)}." if names else "There are none."
    return f"Did you mean {near}? {there}" if near else there


def missing_file(path: Path, where: str = "") -> Fault:
    """The fault of a file that isn't there, naming the file in its folder that is most like it."""
    if not path.parent.is_dir():
        return Fault(f"no such file: {path}", where, todo=f"The folder {path.parent} doesn't exist.")
    near = nearest(path.name, sorted(entry.name for entry in path.parent.iterdir()))
    return Fault(f"no such file: {path}", where, todo=f"Did you mean {near}?" if near else "")


def require_file(path: Path, kind: type[InputError] = LayerError) -> Path:
    """The path, if a file or folder is there; `kind` otherwise."""
    if not path.exists():
        raise kind(missing_file(path))
    return path


def with_sidecars(path: Path) -> list[Path]:
    """The files that a layer is read from: of a Shapefile also those beside it."""
    if path.suffix.lower() != ".shp":
        return [path]
    beside = [entry for entry in sorted(path.parent.iterdir()) if entry.stem == path.stem]
    return [path, *(entry for entry in beside if entry.suffix.lower() in SIDECAR_SUFFIXES)]


def matching_files(pattern: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder with one of the suffixes, or those that a path with * in it matches; sorted."""
    if pattern.is_dir():
        return sorted(path for path in pattern.iterdir() if path.suffix.lower() in suffixes)
    if pattern.exists():
        return [pattern]
    fixed = pattern.parent
    while not fixed.is_dir():  # not "while it holds a *": folders may have brackets in their names
        fixed = fixed.parent
    return sorted(path for path in fixed.glob(str(pattern.relative_to(fixed))) if path.is_file())


def decode(data: bytes, where: str, kind: type[InputError] = LayerError) -> str:
    """Text of bytes that carry a byte order mark or are UTF-8 or GB18030, in this order.

    Raises `kind` for bytes that are none of these.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _decoded(data, (encoding,), where, kind)
    return _decoded(data, ENCODINGS, where, kind)


def _decoded(data: bytes, encodings: tuple[str, ...], where: str, kind: type[InputError]) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise kind(Fault("not a text file (neither UTF-8 nor GB18030)", where, todo="Save it as UTF-8."))

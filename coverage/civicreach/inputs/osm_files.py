"""OpenStreetMap files: what they are called, who made them, and what is said where one can't be read."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import osmium

from civicreach.errors import Fault, RoadsError
from civicreach.inputs.files import missing_file

OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".opl")
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"


def osm_source(path: Path) -> str | osmium.io.FileBuffer:
    """What pyosmium reads a file from: its path, or its content where the path would get lost.

    libosmium opens paths byte by byte, and Windows takes these bytes for the local code page: a folder with a
    Chinese name isn't found.
    """
    if platform.system() != "Windows" or str(path).isascii():
        return str(path)
    return osmium.io.FileBuffer(path.read_bytes(), _format(path))


def _format(path: Path) -> str:
    """The kind of file, as pyosmium calls it: "osm.pbf", "osm", "osm.gz"."""
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes]
    known = [suffix for suffix in suffixes[-2:] if suffix in ("osm", "pbf", "opl", "gz", "bz2")]
    return ".".join(known)


class Header(NamedTuple):
    """Who wrote a file, whether it says that it is synthetic, and whether all nodes stand before all ways."""

    generator: str
    synthetic: bool
    ordered: bool


@contextmanager
def osm_errors(path: Path) -> Iterator[None]:
    """Says in which file and what to do where pyosmium fails on it.

    Raises RoadsError.
    """
    if not path.exists():
        raise RoadsError(missing_file(path))
    if not path.is_file():
        raise RoadsError(Fault("is no file", str(path)))
    if path.stat().st_size == 0:
        raise RoadsError(Fault("the file is empty", str(path), todo="Download or export it again."))
    try:
        yield
    except RoadsError:
        raise
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        fault = Fault(
            f"can't be read as OpenStreetMap data: it is cut off, damaged or of another kind ({error})",
            str(path),
            todo="Download or export it again (.osm.pbf or .osm).",
        )
        raise RoadsError(fault) from error


def read_header(path: Path) -> Header:
    """What the header of a file says."""
    reader = osmium.io.Reader(osm_source(path), osmium.osm.NOTHING)
    try:
        header = reader.header()
        generator = str(header.get("generator", ""))
        return Header(generator, "synthetic" in generator.lower(), header.get("sorting", "") == "Type_then_ID")
    finally:
        reader.close()

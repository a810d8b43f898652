"""The blocks of an OpenStreetMap PBF file, unpacked: strings, and where its nodes, ways and relations lie."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from civicreach.inputs.pbf_fields import Bytes, Ragged, Spans, UnusualPbfError, fields, members

FEATURES = {b"OsmSchema-V0.6", b"DenseNodes"}
"""What a file may ask of its reader."""
LARGEST_BLOB = 32 * 2**20
"""Bytes of a blob, packed or unpacked, by the format's own rule."""
DENSE, WAYS, RELATIONS = 2, 3, 4
"""Kinds of groups of entities."""


class Block:
    """One block: its bytes in `data`, and in `groups` the kind and the places of what it holds."""

    def __init__(self, content: bytes) -> None:
        self.data: Bytes = np.frombuffer(content, np.uint8)
        self.groups: list[tuple[int, Spans]] = []
        self._content = content
        self._table = (0, 0)
        for field, begin, end in fields(content, 0, len(content)):
            if field == 1:
                self._table = begin, end
            elif field == 2:
                self._add_group(begin, end)
            elif (field == 17 and begin != 100) or (field in (19, 20) and begin != 0):
                raise UnusualPbfError("places in other units than 1e-7 degrees")

    def _add_group(self, begin: int, end: int) -> None:
        if begin == end:
            return
        kind = self._content[begin] >> 3
        if kind not in (DENSE, WAYS, RELATIONS):
            raise UnusualPbfError("a group of another kind")
        self.groups.append((kind, members(self._content, begin, end, kind)))

    @cached_property
    def strings(self) -> list[bytes]:
        """All texts of the block; tags name them by their place in this list."""
        spans = members(self._content, *self._table, 1)
        return [self._content[a:b] for a, b in zip(spans.begin.tolist(), spans.end.tolist(), strict=True)]

    def text(self, at: int) -> str:
        """One of the texts."""
        return self.strings[at].decode("utf-8")

    def columns(self, keys: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """For each text, which of the keys it is, or -1."""
        place = {key.encode(): i for i, key in enumerate(keys)}
        return np.array([place.get(text, -1) for text in self.strings], dtype=np.int64)


class TagTable:
    """Tags of several entities of a block by some keys: `cells` (n, k) are texts + 1, or 0 where a tag is missing."""

    def __init__(self, block: Block, keys: tuple[str, ...], used: Ragged, values: Ragged) -> None:
        """`used` are the texts that are keys of each entity, `values` those that are their values."""
        if not np.array_equal(used.ptr, values.ptr):
            raise UnusualPbfError("tags without a value")
        self._block, self._keys = block, keys
        column = block.columns(keys)[used.values]
        known = np.flatnonzero(column >= 0)
        row = np.repeat(np.arange(len(used.counts)), used.counts)
        self.cells = np.zeros((len(used.counts), len(keys)), np.int32)
        self.cells[row[known], column[known]] = values.values[known] + 1
        if np.count_nonzero(self.cells) != len(known):
            raise UnusualPbfError("a tag that is there twice")

    def column(self, chosen: npt.NDArray[np.int64], key: str) -> list[str]:
        """The values of one key for the chosen entities; empty where it is missing."""
        cells, at = np.unique(self.cells[chosen, self._keys.index(key)], return_inverse=True)
        texts = [self._block.text(cell - 1) if cell else "" for cell in cells.tolist()]
        return [texts[i] for i in at.tolist()]

    def kinds(self, keys: int) -> tuple[list[dict[str, str]], npt.NDArray[np.int64]]:
        """The different combinations of the first `keys` tags, and which of them each entity (n,) has."""
        cells = np.ascontiguousarray(self.cells[:, :keys])
        width, content = cells.itemsize * keys, cells.tobytes()
        known: dict[bytes, int] = {}
        kind = [known.setdefault(content[at : at + width], len(known)) for at in range(0, len(content), width)]
        tags = [
            {key: self._block.text(cell - 1) for key, cell in zip(self._keys, row, strict=False) if cell}
            for row in (np.frombuffer(found, np.int32).tolist() for found in known)
        ]
        return tags, np.array(kind, dtype=np.int64)


def read_blocks(path: Path) -> Iterator[Block]:
    """The blocks of a file in their order.

    Raises UnusualPbfError for files that ask for more than FEATURES, or aren't packed by zlib.
    """
    with path.open("rb") as file:
        first = True
        while head := file.read(4):
            (size,) = struct.unpack(">I", head)
            kind, blob = _next_blob(file, size)
            if kind != (b"OSMHeader" if first else b"OSMData"):
                raise UnusualPbfError("a blob of another kind")
            if first:
                _check_features(blob)
            else:
                yield Block(blob)
            first = False


def _next_blob(file: IO[bytes], size: int) -> tuple[bytes, bytes]:
    """The kind and the unpacked content of the blob whose header is next."""
    head = _read(file, size)
    kind, length = b"", 0
    for field, begin, end in fields(head, 0, size):
        if field == 1:
            kind = head[begin:end]
        elif field == 3:
            length = begin
    blob = _read(file, length)
    parts = {field: (begin, end) for field, begin, end in fields(blob, 0, length)}
    if 1 in parts:
        return kind, blob[slice(*parts[1])]
    if 3 not in parts:
        raise UnusualPbfError("packed by something else than zlib")
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(memoryview(blob)[slice(*parts[3])], LARGEST_BLOB)
    if not unpacker.eof or len(content) != parts.get(2, (0,))[0]:
        raise UnusualPbfError("a blob that is cut off, too large or of another size than it says")
    return kind, content


def _read(file: IO[bytes], size: int) -> bytes:
    content = file.read(size) if size <= LARGEST_BLOB else b""
    if len(content) != size:
        raise UnusualPbfError("the file is cut off")
    return content


def _check_features(header: bytes) -> None:
    for field, begin, end in fields(header, 0, len(header)):
        if field == 4 and header[begin:end] not in FEATURES:
            raise UnusualPbfError("asks for something that few files have")
        if field == 5 and header[begin:end] == b"LocationsOnWays":
            raise UnusualPbfError("ways with places of their own")

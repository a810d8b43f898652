"""The container that carries a page's data: a JSON header and columns of whole numbers, as text.

The bytes are `zlib( header length (uint32, little-endian) | header JSON (ASCII) | columns )`, written as base64, so
that no name in the data can ever end the script element that holds it. `assets/codec.js` reads it; both sides refuse
another format or version, a column that doesn't fill its bytes, and bytes that no column claims.

Columns are LEB128 varints of one of three kinds:

- `u`: numbers of at least 0, as they are;
- `d`: any whole numbers, zigzag of the difference to the one before;
- `p`: pairs x, y interleaved, zigzag of the difference to the pair before.

A column that is only drawn may hold multiples of a `step`: they are divided by it before and multiplied by it after.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FORMAT = "civicreach-page"
VERSION = 2

Ints = npt.NDArray[np.int64]
Kind = Literal["u", "d", "p"]
_INT32 = 2**31


@dataclass(frozen=True, eq=False)
class Column:
    """Whole numbers (n,) under a name, with the kind of differences that are stored; all are multiples of `step`."""

    name: str
    kind: Kind
    values: Ints
    step: int = 1

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.int64).reshape(-1)
        if self.kind == "p" and len(values) % 2:
            raise ValueError(f"column {self.name}: pairs need an even count, not {len(values)}")
        if len(values) and self.kind == "u" and values.min() < 0:
            raise ValueError(f"column {self.name}: numbers below 0 in a column of kind 'u'")
        if len(values) and (values.min() < -_INT32 or values.max() >= _INT32):
            raise ValueError(f"column {self.name}: numbers that don't fit 32 bits")
        if (values % self.step).any():
            raise ValueError(f"column {self.name}: numbers that are no multiples of {self.step}")
        object.__setattr__(self, "values", values)

    def encode(self) -> bytes:
        """The column's bytes."""
        values = self.values // self.step
        if self.kind == "u":
            return varints(values)
        step = 2 if self.kind == "p" else 1
        delta = values.copy()
        delta[step:] -= values[:-step]
        return varints((delta << 1) ^ (delta >> 63))


def varints(values: Ints) -> bytes:
    """Numbers of at least 0 as LEB128: seven bits a byte, the high bit says that more follow.

    >>> varints(np.array([1, 300])).hex()
    '01ac02'
    """
    left = values.astype(np.uint64)
    groups = []
    more = np.ones(len(left), dtype=bool)
    while more.any():
        low = (left & np.uint64(127)).astype(np.uint8)
        left >>= np.uint64(7)
        groups.append((low, more))
        more = more & (left > 0)
    if not groups:
        return b""
    used = np.stack([mask for _, mask in groups], axis=1)
    data = np.stack([low for low, _ in groups], axis=1)
    data[:, :-1][used[:, 1:]] |= 128
    return bytes(data[used].tobytes())


def unvarints(data: bytes, count: int) -> Ints:
    """The numbers behind LEB128 bytes; ValueError where the bytes don't hold exactly `count` of them."""
    raw = np.frombuffer(data, dtype=np.uint8)
    last = np.flatnonzero(raw < 128)
    if len(last) != count or (count and last[-1] != len(raw) - 1) or (not count and len(raw)):
        raise ValueError(f"{len(raw)} bytes don't hold {count} numbers")
    values = np.zeros(count, dtype=np.int64)
    first = np.concatenate([[0], last[:-1] + 1]) if count else last
    length = last - first + 1
    for place in range(int(length.max(initial=0))):
        at = length > place
        values[at] |= (raw[first[at] + place].astype(np.int64) & 127) << (7 * place)
    return values


def pack(head: Mapping[str, Any], columns: list[Column]) -> str:
    """Header and columns as base64 text. The header may hold anything that JSON can; NaN is refused."""
    parts = [column.encode() for column in columns]
    listed = [[c.name, c.kind, len(c.values), len(p), c.step] for c, p in zip(columns, parts, strict=True)]
    full = {"format": FORMAT, "version": VERSION, "columns": listed, **head}
    text = json.dumps(full, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    return base64.b64encode(zlib.compress(struct.pack("<I", len(text)) + text + b"".join(parts), 9)).decode("ascii")


def unpack(text: str) -> tuple[dict[str, Any], dict[str, Ints]]:
    """Header and columns back from text; ValueError for another format or version and for damaged bytes."""
    data = zlib.decompress(base64.b64decode(text, validate=True))
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + length])
    if head.get("format") != FORMAT or head.get("version") != VERSION:
        raise ValueError(f"not {FORMAT} version {VERSION}: {head.get('format')!r} {head.get('version')!r}")
    at, columns = 4 + length, {}
    for name, kind, count, size, step in head["columns"]:
        columns[name] = _undelta(unvarints(data[at : at + size], count), kind) * step
        at += size
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes belong to no column")
    return head, columns


def _undelta(values: Ints, kind: Kind) -> Ints:
    if kind == "u":
        return values
    signed = (values >> 1) ^ -(values & 1)
    if kind == "d":
        return np.cumsum(signed)
    return np.cumsum(signed.reshape(-1, 2), axis=0).reshape(-1)

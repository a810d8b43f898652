"""The container that carries a page's data: a JSON header and columns of whole numbers, as text.

The bytes are `zlib( header length | header JSON (ASCII) | columns ) | bits`, after the length of the packed part;
lengths are uint32, little-endian. As text (`dense_text`) no name in the data can ever end the script element that
holds it. `assets/codec.js` reads it; both sides refuse another format or version, a column that doesn't fill its
bytes, and bytes that no column claims.

Columns are numbers of one of three kinds:

- `u`: numbers of at least 0, as they are;
- `d`: any whole numbers, zigzag of the difference to the one before;
- `p`: pairs x, y interleaved, zigzag of the difference to the pair before.

They are written as LEB128 varints, or in classes and bits (`bit_columns`) where that packs smaller.
A column that is only drawn may hold multiples of a `step`: they are divided by it before and multiplied by it after.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from civicreach.maps.bit_columns import bits_of, classes, joined
from civicreach.maps.dense_text import to_bytes, to_text

FORMAT = "civicreach-page"
VERSION = 3

Ints = npt.NDArray[np.int64]
Kind = Literal["u", "d", "p"]
_INT32 = 2**31
_LENGTH = struct.Struct("<I")
_GUESS = 6
"""How hard zlib tries where only two ways are compared."""


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

    def numbers(self) -> Ints:
        """What is written: numbers (n,) of at least 0."""
        values = self.values // self.step
        if self.kind == "u":
            return values
        step = 2 if self.kind == "p" else 1
        delta = values.copy()
        delta[step:] -= values[:-step]
        return (delta << 1) ^ (delta >> 63)

    def encode(self) -> tuple[bytes, bytes | None]:
        """The part that is packed, and the bits; None for those where the first part is varints and all there is."""
        values = self.numbers()
        plain = varints(values)
        if not len(values) or values.max() >= _INT32:
            return plain, None
        head, left = classes(values)
        bits = bits_of(values, left)
        smaller = len(zlib.compress(head.tobytes(), _GUESS)) + len(bits) < len(zlib.compress(plain, _GUESS))
        return (head.tobytes(), bits) if smaller else (plain, None)


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


def pack(head: Mapping[str, Any], columns: Sequence[Column]) -> str:
    """Header and columns as text. Names of columns are unique; the header holds JSON values without NaN."""
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise ValueError(f"columns with the same name: {sorted({n for n in names if names.count(n) > 1})}")
    parts = [column.encode() for column in columns]
    listed = [
        [c.name, c.kind, len(c.values), len(packed), c.step, *([] if bits is None else [len(bits)])]
        for c, (packed, bits) in zip(columns, parts, strict=True)
    ]
    full = {"format": FORMAT, "version": VERSION, "columns": listed, **head}
    text = json.dumps(full, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")
    packed = zlib.compress(b"".join([_LENGTH.pack(len(text)), text, *(packed for packed, _ in parts)]), 9)
    return to_text(b"".join([_LENGTH.pack(len(packed)), packed, *(bits or b"" for _, bits in parts)]))


def unpack(text: str) -> tuple[dict[str, Any], dict[str, Ints]]:
    """Header and columns back from text; ValueError for another format or version and for damaged bytes."""
    whole = to_bytes(text)
    (packed,) = _LENGTH.unpack_from(whole)
    data = zlib.decompress(whole[4 : 4 + packed])
    (length,) = _LENGTH.unpack_from(data)
    head = json.loads(data[4 : 4 + length])
    if head.get("format") != FORMAT or head.get("version") != VERSION:
        raise ValueError(f"not {FORMAT} version {VERSION}: {head.get('format')!r} {head.get('version')!r}")
    at, loose, columns = 4 + length, 4 + packed, {}
    for name, kind, count, size, step, *bits in head["columns"]:
        part = data[at : at + size]
        values = joined(part, whole[loose : loose + bits[0]]) if bits else unvarints(part, count)
        columns[name] = _undelta(values, kind) * step
        at, loose = at + size, loose + sum(bits)
    if at != len(data) or loose != len(whole):
        raise ValueError(f"{len(data) - at + len(whole) - loose} bytes belong to no column")
    return head, columns


def _undelta(values: Ints, kind: Kind) -> Ints:
    if kind == "u":
        return values
    signed = (values >> 1) ^ -(values & 1)
    if kind == "d":
        return np.cumsum(signed)
    return np.cumsum(signed.reshape(-1, 2), axis=0).reshape(-1)

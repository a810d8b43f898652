"""Numbers and messages of protocol buffers, many at once with numpy: what a PBF file is made of."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

_NUMBER, _BYTES = 0, 2
_MORE = 128
"""The bit of a byte that says that the number goes on in the next one; the other seven hold its digits."""
_LONGEST = 9
"""Bytes of a number below 2**63; longer ones are negative."""


class UnusualPbfError(Exception):
    """A file that isn't laid out as nearly all are, or is damaged: pyosmium reads it or says what is wrong."""


class Spans(NamedTuple):
    """Where messages or fields (n,) begin and end among bytes; both 0 where a field isn't there."""

    begin: Ints
    end: Ints

    def of(self, chosen: Ints) -> Spans:
        """Only the chosen ones."""
        return Spans(self.begin[chosen], self.end[chosen])


class Ragged(NamedTuple):
    """Numbers of several lists: those of list i are `values[ptr[i]:ptr[i + 1]]`."""

    values: npt.NDArray[Any]
    ptr: Ints

    @property
    def counts(self) -> Ints:
        """How many numbers each list has."""
        return np.diff(self.ptr)

    def of(self, chosen: Ints) -> Ragged:
        """Only the chosen lists."""
        return gathered(self.values, Spans(self.ptr[chosen], self.ptr[chosen + 1]))

    def summed(self) -> Ragged:
        """Running sums within each list of signed numbers: they are stored as differences to the one before."""
        total = np.r_[0, np.cumsum(signed(self.values))]
        return Ragged(total[1:] - np.repeat(total[self.ptr[:-1]], self.counts), self.ptr)

    def each(self) -> list[list[int]]:
        """The lists as such."""
        values, ptr = self.values.tolist(), self.ptr.tolist()
        return [values[a:b] for a, b in pairwise(ptr)]


def one_number(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a place, and the place behind it."""
    value = 0
    for digits in range(_LONGEST):
        byte = data[at + digits]
        value |= (byte & 127) << 7 * digits
        if byte < _MORE:
            return value, at + digits + 1
    raise UnusualPbfError("a negative number")


def fields(data: bytes, begin: int, end: int) -> list[tuple[int, int, int]]:
    """The fields of one message: number, and the value of a whole number with -1, or where bytes begin and end."""
    found = []
    at = begin
    while at < end:
        key, at = one_number(data, at)
        value, at = one_number(data, at)
        if key & 7 == _NUMBER:
            found.append((key >> 3, value, -1))
        elif key & 7 == _BYTES:
            found.append((key >> 3, at, at + value))
            at += value
        else:
            raise UnusualPbfError("a field of an unused kind")
    if at != end:
        raise UnusualPbfError("a message that runs over its end")
    return found


def members(data: bytes, begin: int, end: int, field: int) -> Spans:
    """Where the parts of a message lie that repeats one field and holds nothing else."""
    key = field << 3 | _BYTES
    begins, ends = [], []
    at = begin
    while at < end:
        if data[at] != key:
            raise UnusualPbfError("another field among those of a list")
        size = data[at + 1]
        at += 2
        if size >= _MORE:
            size, at = one_number(data, at - 1)
        begins.append(at)
        at += size
        ends.append(at)
    if at != end:
        raise UnusualPbfError("a list that runs over its end")
    return Spans(np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64))


def find_fields(data: Bytes, messages: Spans, wanted: tuple[int, ...]) -> dict[int, Spans]:
    """Where the wanted fields of all messages lie: each takes a step to its next field while any has one."""
    count = len(messages.begin)
    found = {field: Spans(np.zeros(count, np.int64), np.zeros(count, np.int64)) for field in wanted}
    alive, at, stop = np.arange(count), messages.begin, messages.end
    while len(alive):
        key = data[at]
        value, after = _numbers_at(data, at + 1)
        is_bytes = key & 7 == _BYTES
        if (key >= _MORE).any() or not (is_bytes | (key & 7 == _NUMBER)).all():
            raise UnusualPbfError("a field of an unused kind")
        begin = np.where(is_bytes, after, at + 1)
        at = np.where(is_bytes, after + value, after)
        if ((at > stop) | (at < begin)).any():
            raise UnusualPbfError("a field that runs over the end of its message")
        for field, spans in found.items():
            here = np.flatnonzero(key >> 3 == field)
            if spans.end[alive[here]].any():
                raise UnusualPbfError("a field that is there twice")
            spans.begin[alive[here]], spans.end[alive[here]] = begin[here], at[here]
        more = np.flatnonzero(at < stop)
        alive, at, stop = alive[more], at[more], stop[more]
    return found


def numbers(data: Bytes, spans: Spans) -> Ints:
    """The whole number in each span."""
    return _numbers_at(data, spans.begin)[0]


def _numbers_at(data: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """The whole numbers that begin at some places, and the places behind them."""
    byte = data[at]
    value = (byte & 127).astype(np.int64)
    after = at + 1
    more, digits = np.flatnonzero(byte >= _MORE), 1
    while len(more):
        if digits == _LONGEST:
            raise UnusualPbfError("a negative number")
        byte = data[after[more]]
        value[more] |= (byte & 127).astype(np.int64) << (7 * digits)
        after[more] += 1
        more, digits = more[byte >= _MORE], digits + 1
    return value, after


def gathered(values: npt.NDArray[Any], spans: Spans) -> Ragged:
    """The values in each span."""
    sizes = spans.end - spans.begin
    ptr = np.r_[0, np.cumsum(sizes)]
    return Ragged(values[np.repeat(spans.begin - ptr[:-1], sizes) + np.arange(ptr[-1])], ptr)


def lists(data: Bytes, spans: Spans) -> Ragged:
    """The numbers that are packed into each span."""
    packed, ptr = gathered(data, spans)
    filled = spans.end > spans.begin
    if (data[spans.end[filled] - 1] >= _MORE).any():
        raise UnusualPbfError("a number that runs over the end of its list")
    return Ragged(unpacked(packed), np.r_[0, np.cumsum(packed < _MORE)][ptr])


def unpacked(packed: Bytes) -> Ints:
    """The numbers of one list."""
    ends = np.flatnonzero(packed < _MORE)
    sizes = np.diff(ends, prepend=-1)
    if len(packed) and (packed[-1] >= _MORE or sizes.max() > _LONGEST):
        raise UnusualPbfError("a number that is cut off or negative")
    value = packed[ends].astype(np.int64)
    # from the last byte to the first, each in front of it holding seven lower digits
    longer, digits = np.flatnonzero(sizes > 1), 1
    while len(longer):
        value[longer] = (value[longer] << 7) | (packed[ends[longer] - digits] & 127)
        digits += 1
        longer = longer[sizes[longer] > digits]
    return value


def signed(values: Ints) -> Ints:
    """Numbers that may be negative, stored as 0, -1, 1, -2, 2 ..."""
    return (values >> 1) ^ -(values & 1)

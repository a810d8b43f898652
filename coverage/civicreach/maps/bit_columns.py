"""Numbers as classes, which zlib packs well, and the bits below them, which nothing packs: what places are made of.

Numbers below 4 are classes of their own. Of others the class tells how many bits they have and the first three of
those; the rest follow, the lowest bit first, in a stream that isn't packed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

PLAIN = 4
"""Numbers below it are classes of their own."""


def classes(values: Ints) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Classes (n,) of numbers from 0, and how many bits (n,) are left of each.

    >>> [part.tolist() for part in classes(np.array([3, 4, 9, 10, 1023]))]
    [[3, 4, 8, 9, 35], [0, 0, 1, 1, 7]]
    """
    _, exponent = np.frexp(values.astype(np.float64))  # exact below 2**53
    left = np.maximum(exponent.astype(np.int64) - 3, 0)
    head = np.where(values < PLAIN, values, PLAIN * left + (values >> left))
    return head.astype(np.uint8), left


def bits_of(values: Ints, left: Ints) -> bytes:
    """The `left` lowest bits (n,) of numbers one after the other, filled up to whole bytes."""
    at = np.repeat(np.arange(len(values)), left)
    place = np.arange(len(at)) - np.repeat(np.cumsum(left) - left, left)
    return np.packbits((values[at] >> place & 1).astype(np.uint8), bitorder="little").tobytes()


def joined(head: bytes, bits: bytes) -> Ints:
    """The numbers behind classes and bits; ValueError where there are more or fewer bits than the classes say."""
    found = np.frombuffer(head, dtype=np.uint8).astype(np.int64)
    left = np.where(found < PLAIN, 0, found // PLAIN - 1)
    if -(-int(left.sum()) // 8) != len(bits):
        raise ValueError(f"{len(bits)} bytes don't hold {left.sum()} bits")
    values = np.where(found < PLAIN, found, (PLAIN + found % PLAIN) << left)
    at = np.repeat(np.arange(len(values)), left)
    place = np.arange(len(at)) - np.repeat(np.cumsum(left) - left, left)
    loose = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")[: len(at)].astype(np.int64)
    np.add.at(values, at, loose << place)
    return values

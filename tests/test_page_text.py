"""Bytes as signs, and numbers as classes and bits: what comes back is what went in, and damage is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.maps import dense_text
from civicreach.maps.bit_columns import bits_of, classes, joined
from civicreach.maps.dense_text import SIGNS, to_bytes, to_text
from civicreach.maps.encode import Column, pack, unpack


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_bytes_come_back(data: bytes) -> None:
    text = to_text(data)
    assert to_bytes(text) == to_bytes(f"\n {text}\n") == data
    length, signs = text.split(":", 1)
    assert int(length) == len(data)
    assert len(signs) == 2 * -(-8 * len(data) // 13)


def test_long_data_is_written_in_blocks_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    data = np.random.default_rng(2).bytes(3 * 13 * 64 + 5)
    whole = to_text(data)
    monkeypatch.setattr(dense_text, "BLOCK", 13 * 64)
    assert to_text(data) == whole


def test_signs_can_end_no_element_entity_or_template() -> None:
    assert len(set(SIGNS)) == 91 == len(SIGNS)
    assert not set(SIGNS) & set(b"<&{ \t\r\n")
    assert all(32 < sign < 127 for sign in SIGNS)


@pytest.mark.parametrize("text", ["", "ab", "x:ab", "2:ab", "2:b($!!", "1:~~", "1:{!", "-1:ab"])
def test_text_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"signs|number"):
        to_bytes(text)


@given(st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 40)))
@settings(max_examples=60)
def test_classes_and_bits_come_back(values: list[int]) -> None:
    numbers = np.array(values, dtype=np.int64)
    head, left = classes(numbers)
    bits = bits_of(numbers, left)
    assert joined(head.tobytes(), bits).tolist() == values
    assert (head < 128).all()
    assert len(bits) == -(-int(left.sum()) // 8)
    with pytest.raises(ValueError, match="bits"):
        joined(head.tobytes(), bits + b"x")


def test_columns_are_written_in_the_smaller_way() -> None:
    rng = np.random.default_rng(3)
    places = Column("places", "p", rng.integers(0, 9000, 4000))
    same = Column("same", "u", np.tile([300, 5, 77, 20_000], 500))
    assert places.encode()[1] is not None
    assert same.encode()[1] is None
    head, found = unpack(pack({}, [places, same, Column("none", "u", np.empty(0, np.int64))]))
    assert [len(column) for column in head["columns"]] == [6, 5, 5]
    assert found["places"].tolist() == places.values.tolist()
    assert found["same"].tolist() == same.values.tolist()
    assert not len(found["none"])


def test_columns_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        pack({}, [Column("a", "u", np.array([1])), Column("a", "u", np.array([2]))])


def test_bytes_beside_the_columns_are_told() -> None:
    whole = to_bytes(pack({}, [Column("places", "p", np.random.default_rng(3).integers(0, 9000, 400))]))
    with pytest.raises(ValueError, match=r"belong to no column|don't hold"):
        unpack(to_text(whole + b"x"))

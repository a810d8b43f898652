"""Stretches that hang together as one edge, against plain loops over them."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from civicreach.network.build import _kind, _ranked


@st.composite
def chains(draw):
    """Chains and rings over stretches 0..n-1, each drawn forwards or backwards: lists of half-stretches."""
    count = draw(st.integers(1, 40))
    order = draw(st.permutations(range(count)))
    backwards = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    cuts = sorted(draw(st.sets(st.integers(1, count), max_size=8)) | {count})
    halves = [stretch + count * turned for stretch, turned in zip(order, backwards, strict=True)]
    parts = [halves[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]
    return count, [(part, len(part) > 1 and draw(st.booleans())) for part in parts]


@settings(max_examples=150, deadline=None)
@given(chains())
def test_chains_are_followed_to_their_ends_and_rings_opened(town):
    count, parts = town
    following = np.full(2 * count, -1)
    for part, ring in parts:
        for half, after in zip(part, [*part[1:], part[0]] if ring else part[1:], strict=False):
            following[half] = after
            following[(after + count) % (2 * count)] = (half + count) % (2 * count)
    last, steps, least = _ranked(following)
    for part, ring in parts:
        stretches = [half % count for half in part]
        if ring:  # opened where its first stretch begins
            at = stretches.index(min(stretches))
            forwards = part[at] < count
            at += not forwards
            part = part[at:] + part[:at]  # noqa: PLW2901
        back = [(half + count) % (2 * count) for half in reversed(part)]
        for way in (part, back):
            for k, half in enumerate(way):
                assert last[half] == way[-1]
                assert steps[half] == len(way) - 1 - k
                assert least[half] == min(other % count for other in way[k:])


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 3), st.sampled_from([30.0, 50.0, np.nan])),
        min_size=1,
        max_size=30,
    )
)
def test_ways_are_of_one_kind_if_class_name_flags_and_speed_agree(ways):
    columns = [np.array(column) for column in zip(*ways, strict=True)]
    names = ("way_class", "way_name", "way_flags", "way_speed_kmh")
    kind = _kind(SimpleNamespace(**dict(zip(names, columns, strict=True))), np.arange(len(ways)))
    told = [repr(way) for way in ways]
    for i, one in enumerate(told):
        assert [kind[i] == other for other in kind] == [one == other for other in told]

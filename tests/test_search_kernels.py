"""The heap and the scratch of the search kernels: the same order as Python's heap, the same answer in any room."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from civicreach.reach._search import EMPTY, FAR, lift, pop, settle, spread

SIDE = 40


@pytest.fixture(scope="module")
def grid():
    """A grid of 40 x 40 nodes with random costs: pointers, arcs as target and cost side by side, and a scipy graph."""
    rng = np.random.default_rng(3)
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    cost = rng.integers(1, 50, len(u))
    graph = csr_matrix((np.r_[cost, cost], (np.r_[u, v], np.r_[v, u])), shape=(SIDE**2, SIDE**2))
    adjacency = np.column_stack([graph.indices, graph.data]).astype(np.int32).ravel()
    return graph.indptr.astype(np.int32), adjacency, graph


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**62) | st.integers(0, 9) | st.none(), max_size=200))
def test_keys_come_off_the_heap_as_pythons_do(asked):
    """A number is put on the heap, None takes the smallest one off."""
    heap, other = np.full(len(asked) + 4, EMPTY), []
    for key in asked:
        if key is not None:
            lift(heap, len(other), key)
            heapq.heappush(other, key)
        elif other:
            assert heap[0] == heapq.heappop(other)
            pop(heap, len(other))
        assert (heap[len(other) :] == EMPTY).all()


def search(grid, cutoff, heap, out):
    indptr, adjacency, _ = grid
    dist = np.full(SIDE**2, FAR)
    seeds = np.array([5, 800, 5], np.int32), np.array([3, 0, 2], np.int32)
    heap, out, count = settle(
        indptr, adjacency, *seeds, 0, 3, cutoff, dist, np.empty(heap, np.int64), np.empty(out, np.int32)
    )
    assert (heap == EMPTY).all()
    return dist, out[:count]


@pytest.mark.parametrize("cutoff", [0, 2, 137, 10_000])
def test_any_room_gives_the_same_answer(grid, cutoff):
    truth = np.minimum(dijkstra(grid[2], indices=5) + 2, dijkstra(grid[2], indices=800))
    expected = np.where(truth <= cutoff, truth, FAR)
    for heap, out in ((4096, 4096), (5, 4096), (4096, 1), (5, 1)):
        dist, settled = search(grid, cutoff, heap, out)
        assert np.array_equal(dist, expected)
        assert (np.diff(dist[settled]) >= 0).all()
        assert len(settled) == len(np.unique(settled)) == (truth <= cutoff).sum()


@pytest.mark.parametrize(("heap", "out"), [(64, 4096), (4096, 64), (5, 4096)])
def test_a_search_without_room_leaves_no_trace(grid, heap, out):
    indptr, adjacency, _ = grid
    dist, keys = np.full(SIDE**2, FAR), np.full(heap, EMPTY)
    seeds = np.array([5, 800], np.int32), np.zeros(2, np.int32)
    assert spread(indptr, adjacency, *seeds, 0, 2, 10_000, dist, keys, np.empty(out, np.int32)) == -1
    assert (dist == FAR).all()
    assert (keys == EMPTY).all()

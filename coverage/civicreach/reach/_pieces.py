"""Exactly reached street pieces: edges cut where the walker has to turn back."""

from __future__ import annotations

import numpy as np

from civicreach.reach._numba import kernel
from civicreach.reach._search import FAR, settle


@kernel
def emit(rows, count, line, band, geom_x, geom_y, g0, g1, reverse, start_m, stop_m):  # type: ignore[no-untyped-def]
    """Append the part from start_m to stop_m of the polyline g0..g1 (read from its end when `reverse`).

    Rows hold x, y, line, band. The number of rows afterwards is returned; nothing is appended for a part without
    two points.
    """
    walked = 0.0
    begun = count
    for i in range(g1 - g0 - 1):
        p = g1 - 1 - i if reverse else g0 + i
        q = p - 1 if reverse else p + 1
        dx = geom_x[q] - geom_x[p]
        dy = geom_y[q] - geom_y[p]
        length = (dx * dx + dy * dy) ** 0.5
        if length > 0.0 and walked + length >= start_m:
            if count == begun:
                t = max(0.0, (start_m - walked) / length)
                rows[count, 0] = geom_x[p] + t * dx
                rows[count, 1] = geom_y[p] + t * dy
                rows[count, 2] = line
                rows[count, 3] = band
                count += 1
            t = min(1.0, (stop_m - walked) / length)
            rows[count, 0] = geom_x[p] + t * dx
            rows[count, 1] = geom_y[p] + t * dy
            rows[count, 2] = line
            rows[count, 3] = band
            count += 1
        walked += length
        if walked >= stop_m:
            break
    return count if count > begun + 1 else begun


@kernel
def cut(  # type: ignore[no-untyped-def]
    rows, count, line, bands, geom_x, geom_y, g0, g1, length_m, reverse, at_start, cost, end,
):  # fmt: skip
    """Append what each band reaches of one edge, walked from one end to at most share `end` of it.

    `at_start` is the cost at that end; the whole edge costs `cost`. Band k only gets what smaller bands didn't reach.
    """
    if count + (g1 - g0 + 2) * len(bands) >= len(rows):
        rows = np.concatenate((rows, np.empty((len(rows) + (g1 - g0 + 2) * len(bands), 4))))
    low = 0.0
    for band in range(len(bands)):
        spare = bands[band] - at_start
        if spare < 0:
            continue
        high = min(end, spare / cost)
        if high > low:
            stop = length_m if high >= 1.0 else high * length_m
            after = emit(rows, count, line, band, geom_x, geom_y, g0, g1, reverse, low * length_m, stop)
            line += 1 if after > count else 0
            count = after
            low = high
    return rows, count, line


@kernel
def reached_stretches(start, direction, base, whole, limit):  # type: ignore[no-untyped-def]
    """The stretches (k, 2) of an edge, in shares of it, that walkers reach within a limit: rising and apart."""
    parts = np.empty((len(start), 2))
    n = 0
    for k in range(len(start)):
        spare = limit - base[k]
        if spare < 0:
            continue
        far = min(1.0, max(0.0, start[k] + direction[k] * spare / whole[k]))
        parts[n, 0], parts[n, 1] = min(start[k], far), max(start[k], far)
        n += 1
    parts = parts[:n][np.argsort(parts[:n, 0])]
    merged = np.empty((n, 2))
    m = 0
    for k in range(n):
        if m > 0 and parts[k, 0] <= merged[m - 1, 1]:
            merged[m - 1, 1] = max(merged[m - 1, 1], parts[k, 1])
        else:
            merged[m] = parts[k]
            m += 1
    return merged[:m]


@kernel
def cut_own(  # type: ignore[no-untyped-def]
    rows, count, line, bands, geom_x, geom_y, g0, g1, length_m, start, direction, base, whole,
):  # fmt: skip
    """Append what each band reaches of an edge on which places stand.

    Walkers set out at shares `start` of the edge in `direction` (1 towards its v end, -1 towards u) with the cost
    `base` behind them; the whole edge costs them `whole`. Stretches that several of them reach are appended once.
    """
    if count + 2 * (len(start) + 1) * (g1 - g0 + 2) * len(bands) >= len(rows):
        more = len(rows) + 2 * (len(start) + 1) * (g1 - g0 + 2) * len(bands)
        rows = np.concatenate((rows, np.empty((more, 4))))
    known = np.empty((0, 2))
    for band in range(len(bands)):
        merged = reached_stretches(start, direction, base, whole, bands[band])
        for k in range(len(merged)):
            low, high = merged[k]
            for j in range(len(known)):  # rising and apart: smaller bands lie whole within this one's stretches
                if known[j, 0] >= low and known[j, 1] <= high:
                    if known[j, 0] > low:
                        after = emit(
                            rows,
                            count,
                            line,
                            band,
                            geom_x,
                            geom_y,
                            g0,
                            g1,
                            False,
                            low * length_m,
                            known[j, 0] * length_m,
                        )
                        line += 1 if after > count else 0
                        count = after
                    low = max(low, known[j, 1])
            # a place whose leg uses up the whole band still stands on its street
            if high > low or (merged[k, 0] == high and len(known) == 0):
                stop = length_m if high >= 1.0 else high * length_m
                after = emit(rows, count, line, band, geom_x, geom_y, g0, g1, False, low * length_m, stop)
                line += 1 if after > count else 0
                count = after
        known = merged
    return rows, count, line


@kernel
def walkers(at_u, at_v, towards_v, towards_u, places, legs):  # type: ignore[no-untyped-def]
    """Who sets out along an edge: those who come in at its ends and those whose place stands on it.

    Returns where (shares of the edge), in which direction (1 towards v, -1 towards u), with which cost behind them,
    and what the whole edge costs them.
    """
    count = 2 * len(places) + 2
    start, direction, base, whole = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
    n = 0
    for k in range(-1, len(places)):
        for forwards in (True, False):
            if k < 0:
                at = 0.0 if forwards else 1.0
                behind = np.int64(at_u if forwards else at_v)
            else:
                at = places[k]
                behind = np.int64(legs[k])
            pays = towards_v if forwards else towards_u
            if pays > 0 and behind < FAR:
                start[n], base[n], whole[n] = at, behind, pays
                direction[n] = 1.0 if forwards else -1.0
                n += 1
    return start[:n], direction[:n], base[:n], whole[:n]


@kernel
def reached_pieces(  # type: ignore[no-untyped-def]
    indptr, adjacency, arc_edge, arc_reversed, arc_opposite, geom_ptr, geom_x, geom_y, geom_length,
    edge_u, edge_v, towards_v, towards_u, seed_node, seed_cost, own_edge, own_ptr, own_start, own_leg, bands,
    is_own, dist, heap, out,
):  # fmt: skip
    """Street pieces within rising bands (ms) of places: rows of x, y, line, band, and the settled nodes.

    Places are given by the ends of their edges (`seed_node`, `seed_cost`) and where they stand: on `own_edge[i]` at the
    shares `own_start[own_ptr[i]:own_ptr[i + 1]]` with `own_leg` behind them. `towards_v` and `towards_u` (m,) are the
    costs of edges in the direction in which the search spreads, negative where closed. `dist` must be FAR everywhere
    and holds the settled nodes' costs afterwards; `is_own` (m,) must be False everywhere and is so again afterwards.
    """
    heap, out, count = settle(indptr, adjacency, seed_node, seed_cost, 0, len(seed_node), bands[-1], dist, heap, out)
    for edge in own_edge:
        is_own[edge] = True
    rows = np.empty((4096, 4))
    filled = 0
    line = 0
    for i in range(count):
        node = out[i]
        cost = dist[node]
        for arc in range(indptr[node], indptr[node + 1]):
            edge = arc_edge[arc]
            if edge < 0 or is_own[edge]:  # a gate has no length, and edges with places on them come later
                continue
            target = adjacency[2 * arc]
            whole = adjacency[2 * arc + 1]
            end = 1.0
            back = arc_opposite[arc]
            if back >= 0 and dist[target] < FAR:  # stop where the other end's walkers are met
                end = min(1.0, max(0.0, (np.float64(dist[target]) + back - cost) / (np.float64(whole) + back)))
            rows, filled, line = cut(
                rows, filled, line, bands, geom_x, geom_y, geom_ptr[edge], geom_ptr[edge + 1], geom_length[edge],
                arc_reversed[arc], cost, whole, end,
            )  # fmt: skip
    for i in range(len(own_edge)):
        edge = own_edge[i]
        is_own[edge] = False
        start, direction, base, whole_ms = walkers(
            dist[edge_u[edge]], dist[edge_v[edge]], towards_v[edge], towards_u[edge],
            own_start[own_ptr[i] : own_ptr[i + 1]], own_leg[own_ptr[i] : own_ptr[i + 1]],
        )  # fmt: skip
        rows, filled, line = cut_own(
            rows, filled, line, bands, geom_x, geom_y, geom_ptr[edge], geom_ptr[edge + 1], geom_length[edge],
            start, direction, base, whole_ms,
        )  # fmt: skip
    return rows[:filled].copy(), heap, out, count

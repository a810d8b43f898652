"""Kernels that draw: distance to street pieces on one global grid, and its contour by integer marching squares."""

from __future__ import annotations

import numpy as np

from civicreach.reach._numba import kernel

STEPS = 8
"""Corners of contours sit on k/8 of a grid edge, k = 1..7: never on a grid node, so rings can't touch or cross."""


@kernel
def stamp(field, rows, band, i0, j0, cell, radius):  # type: ignore[no-untyped-def]
    """Lower `field` (float32, squared metres from grid nodes to the nearest piece) with the pieces of one band.

    `rows` hold x, y, line, band; column c and row r of the field lie at ((i0 + c) * cell, (j0 + r) * cell).
    Distances beyond `radius` needn't be right.
    """
    for i in range(len(rows) - 1):
        if rows[i, 3] != band or rows[i, 2] != rows[i + 1, 2]:
            continue
        x, y = rows[i, 0], rows[i, 1]
        dx, dy = rows[i + 1, 0] - x, rows[i + 1, 1] - y
        squared = dx * dx + dy * dy
        ux = np.float32(dx / squared) if squared > 0 else np.float32(0)
        uy = np.float32(dy / squared) if squared > 0 else np.float32(0)
        vx, vy = np.float32(dx), np.float32(dy)
        south = int(np.floor((min(y, y + dy) - radius) / cell)) - j0
        north = int(np.ceil((max(y, y + dy) + radius) / cell)) - j0
        for r in range(south, north + 1):
            low, high = min(x, x + dx), max(x, x + dx)
            if abs(dx) > 4 * radius and abs(dy) > cell:  # long and oblique: only the stretch near this row
                t0 = ((r + j0) * cell - radius - y) / dy
                t1 = ((r + j0) * cell + radius - y) / dy
                t0, t1 = max(0.0, min(1.0, min(t0, t1))), max(0.0, min(1.0, max(t0, t1)))
                low, high = min(x + t0 * dx, x + t1 * dx), max(x + t0 * dx, x + t1 * dx)
            west = int(np.floor((low - radius) / cell)) - i0
            east = int(np.ceil((high + radius) / cell)) - i0
            row = field[r, west : east + 1]
            py = np.float32((r + j0) * cell - y)
            px0 = np.float32((west + i0) * cell - x)
            step = np.float32(cell)
            for c in range(len(row)):
                px = px0 + np.float32(c) * step
                t = px * ux + py * uy
                t = t if t > np.float32(0) else np.float32(0)
                t = t if t < np.float32(1) else np.float32(1)
                ox, oy = px - t * vx, py - t * vy
                d = ox * ox + oy * oy
                row[c] = d if d < row[c] else row[c]


@kernel
def contour(field, any_street, block, done, radius, half_width, margin, min_hole_m2, cell):  # type: ignore[no-untyped-def]
    """Closed rings around {f <= 0}, the inside on the left, corners as whole numbers of cell / STEPS.

    f = distance - half_width. Where `any_street` (metres to any street, reached or not) is given, also
    f >= distance - any_street - margin: the contour stops about half-way to streets that weren't reached.
    Where block[r, c] is `done`, f = -half_width. Returns corners (k, 2), ring pointers, and twice the signed areas;
    rings around holes below `min_hole_m2` are left out.
    """
    ny, nx = field.shape
    following = np.empty(2 * ny * nx, np.int32)  # edge 2n: node n -> n + 1 (east); 2n + 1: node n -> n + nx (north)
    position = np.empty(2 * ny * nx, np.int8)
    starts = np.empty(4096, np.int32)
    count = 0
    f = np.full((2, nx), np.float32(1))
    for r in range(ny):
        low, high = f[(r & 1) ^ 1], f[r & 1]
        for c in range(nx):
            high[c] = np.sqrt(min(field[r, c], radius * radius)) - half_width
        if any_street.size:
            for c in range(nx):
                if field[r, c] < radius * radius:
                    high[c] = max(high[c], high[c] + half_width - np.sqrt(any_street[r, c]) - margin)
        if block.size:
            for c in range(nx):
                if done[block[r, c]]:
                    high[c] = -half_width
        if r == 0:
            continue
        for c in range(nx - 1):
            a, b, t, s = low[c], low[c + 1], high[c + 1], high[c]  # counter-clockwise from the south-west
            code = (a <= 0) | (b <= 0) << 1 | (t <= 0) << 2 | (s <= 0) << 3
            if code == 0 or code == 15:
                continue
            n = (r - 1) * nx + c
            south, east, north, west = 2 * n, 2 * (n + 1) + 1, 2 * (n + nx), 2 * n + 1
            for k in range(4):  # crossings, rounded towards the inside
                p, q, e = (
                    (a, b, south) if k == 0 else (b, t, east) if k == 1 else (s, t, north) if k == 2 else (a, s, west)
                )
                if (p <= 0) != (q <= 0):
                    inner, outer = (p, q) if p <= 0 else (q, p)
                    z = max(1, min(STEPS - 1, int(-inner * np.float32(STEPS) / (outer - inner))))
                    position[e] = z if p <= 0 else STEPS - z
            if count + 2 > len(starts):
                starts = np.concatenate((starts, np.empty(count, np.int32)))
            joined = a + b + t + s <= 0  # saddle: do the two inside corners meet in the middle?
            for k in range(4):  # where the inside ends on side k (counter-clockwise) a segment starts ...
                p, q = (a, b) if k == 0 else (b, t) if k == 1 else (t, s) if k == 2 else (s, a)
                if p <= 0 and q > 0:
                    w = (k + 3) & 3  # ... that ends where the walk comes back inside
                    if (code != 5 and code != 10) or joined:
                        for h in range(1, 4):
                            w = (k + h) & 3
                            if (a if w == 3 else b if w == 0 else t if w == 1 else s) <= 0:
                                break
                    e = south if k == 0 else east if k == 1 else north if k == 2 else west
                    following[e] = south if w == 0 else east if w == 1 else north if w == 2 else west
                    starts[count] = e
                    count += 1
    return _collect(following, position, starts[:count], nx, 2.0 * min_hole_m2 * (STEPS / cell) ** 2)


@kernel
def _collect(following, position, starts, nx, min_hole):  # type: ignore[no-untyped-def]
    """Walk the segments into rings, dropping exactly collinear corners and holes below `min_hole` (doubled area)."""
    count = len(starts)
    corners = np.empty((count + count // 2 + 2, 2), np.float64)
    ends = np.zeros(count // 4 + 2, np.int64)
    areas = np.empty(count // 4 + 2, np.float64)
    m = k = 0
    for q in range(count):
        if following[starts[q]] < 0:
            continue
        first, e, doubled = m, starts[q], 0.0
        while following[e] >= 0:
            n = e >> 1
            x, y = n % nx * STEPS + 0.0, n // nx * STEPS + 0.0
            if e & 1:
                y += position[e]
            else:
                x += position[e]
            if m - first >= 2:
                ax, ay = corners[m - 1, 0] - corners[m - 2, 0], corners[m - 1, 1] - corners[m - 2, 1]
                if ax * (y - corners[m - 1, 1]) == ay * (x - corners[m - 1, 0]):
                    m -= 1
            corners[m, 0], corners[m, 1] = x, y
            m += 1
            after = following[e]
            following[e] = -1
            e = after
        corners[m] = corners[first]
        m += 1
        for i in range(first, m - 1):  # whole numbers below 2**53: exact
            doubled += corners[i, 0] * corners[i + 1, 1] - corners[i + 1, 0] * corners[i, 1]
        if doubled < 0 and -doubled < min_hole:
            m = first
            continue
        areas[k] = doubled
        k += 1
        ends[k] = m
    return corners[:m], ends[: k + 1], areas[:k]

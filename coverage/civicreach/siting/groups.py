"""Homes that the same sites reach in the same way are one row of a problem: exact, and often a fifth of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from civicreach.siting.found import Longs
from civicreach.siting.problem import Problem
from civicreach.siting.rule_arrays import Bools


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows (g,) of homes taken together: `weight` in units of people, `unit` of the floor or -1, and their sites.

    `ptr`, `site` and `ms` are the sites of each row as CSR, in order of site. `of_home` (n,) is the row of each home,
    or -1 for homes with nobody or no site.
    """

    weight: Longs
    unit: Longs
    ptr: Longs
    site: Longs
    ms: Longs
    of_home: Longs

    def __len__(self) -> int:
        return len(self.weight)

    def row_of_pair(self) -> Longs:
        """The row (k,) of each pair."""
        return np.repeat(np.arange(len(self)), np.diff(self.ptr))


def group_homes(
    problem: Problem, pairs: Bools, *, by_ms: bool = False, by_unit: bool = False, homes: Bools | None = None
) -> Groups:
    """Take together the homes that have the same sites in some `pairs` (k,), with `by_ms` at the same cost.

    With `by_unit` only homes of one unit of the floor; `homes` (n,) leaves out others.
    """
    who = problem.weight > 0 if homes is None else (problem.weight > 0) & homes
    used = np.flatnonzero(pairs & who[problem.row])
    site, row, ms = problem.site_of_pair()[used], problem.row[used], problem.ms[used]
    order = np.lexsort((site, row))
    site, row, ms = site[order], row[order], ms[order]
    homes_at, begins = np.unique(row, return_index=True)
    ends = np.append(begins, len(row))[1:]
    unit = problem.floor.unit if by_unit and problem.floor is not None else np.full(len(who), -1)
    seen: dict[tuple[bytes, bytes, int], int] = {}
    first: list[int] = []
    code = np.empty(len(homes_at), np.int64)
    for i, (home, a, b) in enumerate(zip(homes_at.tolist(), begins.tolist(), ends.tolist(), strict=True)):
        key = (site[a:b].tobytes(), ms[a:b].tobytes() if by_ms else b"", int(unit[home]))
        code[i] = seen.setdefault(key, len(first))
        if code[i] == len(first):
            first.append(i)
    weight = np.zeros(len(first), np.int64)
    np.add.at(weight, code, problem.weight[homes_at])
    of_home = np.full(len(who), -1)
    of_home[homes_at] = code
    sizes = (ends - begins)[first]
    ptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(begins[first] - ptr[:-1], sizes) + np.arange(ptr[-1])
    return Groups(weight, unit[homes_at[first]], ptr, site[at], ms[at], of_home)

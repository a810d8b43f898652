"""Coverage error: who is missed and who is falsely covered, by method, block size and limit.

12 towns a row, 30,000 residents each, one facility in mid-street; truth from ``towns.true_distance_m``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import ours
from peers import PeerAbsentError, hushed
from shapes import METHODS, Bools
from sheet import Cell, Check, Options, Result, Table, say

from towns import Floats, Town, build_town, facility, residents, true_distance_m

BLOCKS_M = (100.0, 200.0, 400.0)
LIMITS_M = (810.0, 450.0)
OURS = "civicreach: exact, partial edges"

ABOUT = (
    "A jittered street grid with a river and two bridges, one facility in mid-street, residents spread "
    "evenly along the streets. The truth is the exact distance along the streets in floating-point metres "
    "(networkx, edges cut at the facility and at every resident). **Missed** = truly within the limit, "
    "called uncovered; **false** = truly beyond, called covered; both in % of the truly covered. "
    "**Signed** hides how they cancel."
)


@dataclass
class Tally:
    """Errors of one method in one row, a value a town, in % of the truly covered."""

    missed: list[float] = field(default_factory=list)
    false: list[float] = field(default_factory=list)
    fault: str = ""

    def add(self, covered: Bools, truly: Bools) -> None:
        """Count one town."""
        whole = truly.sum()
        self.missed.append(100 * float((truly & ~covered).sum() / whole))
        self.false.append(100 * float((covered & ~truly).sum() / whole))

    def cells(self) -> tuple[Cell, ...]:
        """Missed, false, signed and the worst town's signed error."""
        if self.fault:
            return (self.fault, "", "", "")
        signed = np.array(self.false) - np.array(self.missed)
        worst = float(signed[np.abs(signed).argmax()])
        return tuple(round(float(v), 1) for v in (np.mean(self.missed), np.mean(self.false), signed.mean(), worst))


@dataclass
class Agreement:
    """Ours against the truth, resident by resident, over all towns of one row."""

    residents: int = 0
    covered: int = 0
    raw: int = 0
    borderline: int = 0
    beyond_rounding: int = 0
    worst_mm: float = 0.0
    bound_mm: float = 0.0

    def add(self, covered: Bools, cost_m: Floats, truth_m: Floats, limit_m: float, bound_m: float) -> None:
        """Count one town; what differs is an error where the resident isn't within the bound of the limit."""
        truly, near = truth_m <= limit_m, np.abs(truth_m - limit_m) <= bound_m
        known = truly & np.isfinite(cost_m)
        self.residents += len(truth_m)
        self.covered += int(truly.sum())
        self.raw += int((covered != truly).sum())
        self.borderline += int(near.sum())
        self.beyond_rounding += int(((covered != truly) & ~near).sum())
        self.worst_mm = max(self.worst_mm, 1e3 * float(np.abs(cost_m - truth_m)[known].max(initial=0.0)))
        self.bound_mm = max(self.bound_mm, 1e3 * bound_m)


def one_town(
    town: Town,
    seed: int,
    people_count: int,
    tallies: dict[tuple[float, str], Tally],
    agree: dict[float, Agreement],
) -> None:
    """All methods and limits on one town."""
    people, place = residents(town, people_count, seed=100 + seed), facility(town, seed)
    truth = true_distance_m(town, place, people)
    for name, method in METHODS.items():
        try:
            with hushed():
                covered = method(town, place, people)
                for limit in LIMITS_M:
                    tallies.setdefault((limit, name), Tally()).add(covered(limit), truth <= limit)
        except PeerAbsentError as absent:
            for limit in LIMITS_M:
                tallies.setdefault((limit, name), Tally()).fault = str(absent)
    cost_m, ours_covers = ours.walk_m(town, place, people, LIMITS_M)
    for limit, covered_by_us in zip(LIMITS_M, ours_covers, strict=True):
        tallies.setdefault((limit, OURS), Tally()).add(covered_by_us, truth <= limit)
        bound = ours.rounding_bound_m(town, limit)
        agree.setdefault(limit, Agreement()).add(covered_by_us, cost_m, truth, limit, bound)


def run(options: Options) -> Result:
    """The coverage-error table and the resident-by-resident agreement of ours with the truth."""
    towns = options.pick(full=12, quick=3, tiny=1)
    people_count = options.pick(full=30_000, quick=30_000, tiny=1_000)
    half_m = options.pick(full=2400, quick=2400, tiny=1600)
    error_rows: list[tuple[Cell, ...]] = []
    agree_rows: list[tuple[Cell, ...]] = []
    wrong, worst = 0, 0.0
    for block in BLOCKS_M:
        tallies: dict[tuple[float, str], Tally] = {}
        agree: dict[float, Agreement] = {}
        for seed in range(1, towns + 1):
            say(f"accuracy: {block:.0f} m blocks, town {seed} of {towns}")
            one_town(build_town(block, half_m=half_m, seed=seed), seed, people_count, tallies, agree)
        for limit in LIMITS_M:
            names = [*METHODS, OURS]
            label = (f"{block:.0f} m", f"{limit:.0f} m")
            error_rows += [(*label, name, *tallies[limit, name].cells()) for name in names]
            a = agree[limit]
            wrong += a.beyond_rounding
            worst = max(worst, a.worst_mm / a.bound_mm)
            agree_rows.append(
                (
                    *label,
                    a.residents,
                    a.covered,
                    a.raw,
                    a.borderline,
                    a.beyond_rounding,
                    a.worst_mm,
                    a.bound_mm,
                )
            )
    tables = [
        Table(
            "Coverage error",
            ("blocks", "limit", "method", "missed %", "false %", "signed %", "worst town, signed %"),
            error_rows,
            ("Means over the towns of a row. A shape is grown by 0.5 m before people are counted in it.",),
        ),
        Table(
            "Ours against the truth, resident by resident",
            ("blocks", "limit", "residents", "truly covered", "differ, raw", "within the bound of the limit",
             "differ beyond the bound", "largest difference mm", "bound mm"),
            agree_rows,
            (ours.BOUND_NOTE, "civicreach is given plain coordinates and snaps them itself."),
        ),
    ]  # fmt: skip
    checks = [
        Check("residents that differ beyond rounding", str(wrong), "0", wrong == 0, is_answer=True),
        Check("largest difference / bound", f"{worst:.2f}", "at most 1", worst <= 1, is_answer=True),
    ]
    return Result("accuracy", ABOUT, tables, checks, {"towns a row": towns, "residents a town": people_count})

"""The only door to the solver: mixed-integer problems put together from arrays and solved by HiGHS."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix

from civicreach.siting.clock import Clock
from civicreach.siting.found import Longs, Sense

Floats = npt.NDArray[np.float64]
Start = tuple[Longs, Floats]
Status = Literal["done", "stopped", "infeasible"]

SOLVER = "HiGHS"
FEASIBLE = 2
"""HiGHS's word for a solution that meets all rows."""

PROOF = 1e-9
"""Two objectives that differ by a smaller share than this are the same to the solver."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found: values (n,) of the columns or None, their objective, and the bound of every other one.

    `status` is "infeasible" where no values can meet the rows, "stopped" where the time was over before the proof.
    """

    status: Status
    values: Floats | None
    objective: float
    bound: float
    nodes: int


@dataclass(eq=False)
class Mip:
    """A problem to maximise ("most") or minimise ("least"), put together column by column and row by row."""

    sense: Sense
    cost: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    least: list[Floats] = field(default_factory=list)
    most: list[Floats] = field(default_factory=list)
    entries: list[tuple[Longs, Longs, Floats]] = field(default_factory=list)
    column_count: int = 0
    row_count: int = 0

    def columns(
        self,
        count: int,
        *,
        cost: npt.ArrayLike = 0.0,
        lower: npt.ArrayLike = 0.0,
        upper: npt.ArrayLike = 1.0,
        whole: bool = False,
    ) -> Longs:
        """Add columns and say where they are."""
        for target, value in ((self.cost, cost), (self.lower, lower), (self.upper, upper)):
            target.append(np.broadcast_to(np.asarray(value, np.float64), count))
        self.whole.append(np.full(count, whole))
        self.column_count += count
        return np.arange(self.column_count - count, self.column_count)

    def rows(
        self,
        count: int,
        *parts: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
        least: npt.ArrayLike = -math.inf,
        most: npt.ArrayLike = math.inf,
    ) -> None:
        """Add rows: least <= sum of value * column <= most; `parts` hold row (from 0), column and value."""
        for row, column, value in parts:
            at = np.asarray(row, np.int64) + self.row_count
            columns = np.broadcast_to(np.asarray(column, np.int64), at.shape)
            self.entries.append((at, columns, np.broadcast_to(np.asarray(value, np.float64), at.shape)))
        self.least.append(np.broadcast_to(np.asarray(least, np.float64), count))
        self.most.append(np.broadcast_to(np.asarray(most, np.float64), count))
        self.row_count += count

    def solve(self, clock: Clock, *, start: Start | None = None, step: float = 0.0, gap: float = 0.0) -> Solution:
        """Solve until proven, to within `gap` as a share, or until the clock stops it.

        Objectives are known to be whole multiples of `step`, so that one that is less than a step away is proven.
        `start` are some columns and their values in a plan to begin with; the solver finds the others.
        """
        if self.column_count == 0:
            return self._empty()
        solver = self._loaded(clock, step, gap)
        if start is not None:
            columns, values = start
            solver.setSolution(len(columns), columns.astype(np.int32), values)
        _run(solver, clock)
        found = self._solution(solver)
        if start is not None and not self._is_worth(found):
            # HiGHS's presolve may better a start and then hand back the columns that it was given
            return self.solve(clock, step=step, gap=gap)
        return found

    def _is_worth(self, found: Solution) -> bool:
        """Whether a plan's columns have the objective that the solver says."""
        if found.values is None:
            return True
        again = float(np.concatenate(self.cost) @ found.values)
        return abs(again - found.objective) <= 1e-6 * max(1.0, abs(again), abs(found.objective))

    def price_bound(self, prices: Floats) -> float:
        """What no plan can beat, from any prices (k,) of the rows: each column takes its better end (weak duality)."""
        sign = 1.0 if self.sense == "most" else -1.0
        least, most = _joined(self.least), _joined(self.most)
        usable = np.where(sign * prices > 0, np.isfinite(most), np.isfinite(least))
        u = np.where(usable, prices, 0.0)
        paid = np.concatenate(self.cost) - self._matrix().T @ u
        ends = paid * np.concatenate(self.lower), paid * np.concatenate(self.upper)
        best = np.maximum(*ends) if self.sense == "most" else np.minimum(*ends)
        rows = u * np.where(u == 0, 0.0, np.where(sign * u > 0, most, least))
        return float(best.sum() + np.nan_to_num(rows).sum())

    def relaxed(self, clock: Clock) -> tuple[Floats, Floats] | None:
        """The columns' values and the rows' prices where parts of sites may be open; None where the time was over.

        By an interior point, without going on to a corner: prices are good to some digits, and whoever builds a proof
        on them must make them fit.
        """
        solver = self._loaded(clock, 0.0, 0.0)
        solver.changeColsIntegrality(
            self.column_count, np.arange(self.column_count, dtype=np.int32), np.zeros(self.column_count, np.uint8)
        )
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
        _run(solver, clock)
        if int(solver.getInfo().primal_solution_status) != FEASIBLE:
            return None
        found = solver.getSolution()
        return np.array(found.col_value), np.array(found.row_dual)

    def _empty(self) -> Solution:
        met = all((low <= 0).all() for low in self.least) and all((high >= 0).all() for high in self.most)
        return Solution("done" if met else "infeasible", np.zeros(0) if met else None, 0.0, 0.0, 0)

    def _loaded(self, clock: Clock, step: float, gap: float) -> Any:
        import highspy

        class Quiet(highspy.Highs):
            """HiGHS greets when callbacks are switched on, unless it is told to be silent before."""

            def enableCallbacks(self) -> None:  # noqa: N802 - its own name
                self.setOptionValue("output_flag", False)
                super().enableCallbacks()  # type: ignore[no-untyped-call]

        solver = Quiet()  # type: ignore[no-untyped-call]
        options = {
            "threads": 1,
            "time_limit": max(clock.left(), 1e-3) if math.isfinite(clock.left()) else math.inf,
            "mip_rel_gap": gap,
            "mip_abs_gap": max(0.999 * step, 1e-9),
            "mip_feasibility_tolerance": 1e-7,
        }
        for name, value in options.items():
            solver.setOptionValue(name, value)
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = self.column_count, self.row_count
        problem.sense_ = highspy.ObjSense.kMaximize if self.sense == "most" else highspy.ObjSense.kMinimize
        problem.col_cost_, problem.col_lower_ = np.concatenate(self.cost), np.concatenate(self.lower)
        problem.col_upper_ = np.concatenate(self.upper)
        problem.row_lower_, problem.row_upper_ = _joined(self.least), _joined(self.most)
        matrix = self._matrix()
        problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        problem.a_matrix_.start_ = matrix.indptr
        problem.a_matrix_.index_, problem.a_matrix_.value_ = matrix.indices, matrix.data
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        problem.integrality_ = [kinds[int(whole)] for whole in np.concatenate(self.whole).tolist()]
        solver.passModel(problem)
        return solver

    def _matrix(self) -> csc_matrix:
        shape = (self.row_count, self.column_count)
        if not self.entries:
            return csc_matrix(shape)
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        return csc_matrix((value, (row, column)), shape=shape)

    def _solution(self, solver: Any) -> Solution:
        import highspy

        status, info = solver.getModelStatus(), solver.getInfo()
        impossible = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
        if status in impossible:
            return Solution("infeasible", None, math.nan, math.nan, int(info.mip_node_count))
        done: Status = "done" if status == highspy.HighsModelStatus.kOptimal else "stopped"
        found = int(info.primal_solution_status) == FEASIBLE and math.isfinite(info.objective_function_value)
        whole = np.concatenate(self.whole).any()
        bound = info.mip_dual_bound if whole else (info.objective_function_value if done == "done" else math.nan)
        if not math.isfinite(bound):
            bound = math.inf if self.sense == "most" else -math.inf
        values = np.array(solver.getSolution().col_value) if found else None
        objective = info.objective_function_value if found else math.nan
        return Solution(done, values, objective, float(bound), int(info.mip_node_count))


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _run(solver: Any, clock: Clock) -> None:
    """Run beside this thread, so that Ctrl-C is heard: the first ends the search, its best plan is kept."""

    def asked(event: Any) -> None:
        if clock.stopped():
            event.interrupt()

    for signal in (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
        signal.subscribe(asked)
    work = Thread(target=solver.run, daemon=True)
    work.start()
    while work.is_alive():
        try:
            work.join(0.2)
        except KeyboardInterrupt:
            clock.interrupted = True

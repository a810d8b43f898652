"""All plans of a study in one list: what was asked, what came out, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from civicreach.measures.analysis import Field, Listing
from civicreach.siting.answered import Answered
from civicreach.siting.plan import KIND_WORDS, UNIT_WORDS


def overview(found: Sequence[Answered]) -> Listing:
    """A row for each plan with objective, best bound, gap, proof, solver and seed. The seconds, which differ from run
    to run, stand in provenance.json."""
    rows = [
        {
            "plan": answered.spec.id,
            "problem": answered.plan.kind,
            "new_sites": len(answered.plan.opened),
            "closed": len(answered.plan.closed),
            "cost": _cost(answered),
            "before": answered.plan.covered_before,
            "after": answered.plan.covered_after,
            "objective": float(answered.plan.objective),
            "unit": answered.plan.kind,
            "bound": float(answered.plan.bound),
            "gap": answered.plan.gap if np.isfinite(answered.plan.gap) else np.nan,
            "proven": answered.plan.proven,
            "solver": answered.plan.solver,
            "seed": answered.plan.seed,
        }
        for answered in found
    ]
    units = {(a.spec.cost_unit_en, a.spec.cost_unit) for a in found if a.spec.budget is not None}
    costs = [Field("cost", (f"Cost ({en})", f"投资合计（{zh}）"), "number") for en, zh in units if len(units) == 1]
    kinds = {row["problem"] for row in rows}
    fields = (
        Field("plan", ("Plan", "方案"), "text", words={answered.spec.id: answered.name for answered in found}),
        Field("problem", ("Asks for", "问题"), "text", words={k: v for k, v in KIND_WORDS.items() if k in kinds}),
        Field("new_sites", ("New sites", "新增点位"), "count"),
        Field("closed", ("Closed", "关闭点位"), "count"),
        *costs,
        Field("before", ("Within the limit before", "时限内人数：现状")),
        Field("after", ("Within the limit with the plan", "时限内人数：方案")),
        Field("objective", ("Objective", "目标值"), "number"),
        Field("unit", ("In", "单位"), "text", words={k: v for k, v in UNIT_WORDS.items() if k in kinds}),
        Field("bound", ("Best bound", "最优界"), "number"),
        Field("gap", ("Gap", "差距"), "share"),
        Field("proven", ("Proven optimal", "已证明最优"), "flag"),
        Field("solver", ("Solver", "求解器"), "text"),
        Field("seed", ("Seed", "随机种子"), "count"),
    )
    rule = (
        "No plan that keeps the rules can be better than the best bound; a plan is proven optimal where the two meet.",
        "任何满足规则的方案都不优于最优界；二者相等即已证明最优。",
    )
    frame = pd.DataFrame(rows, columns=[each.name for each in fields])
    return Listing("siting_plans", ("All plans", "方案一览"), frame, fields, rule)


def _cost(answered: Answered) -> float:
    """What the new sites cost together; NaN where nobody says."""
    frame = answered.asked.sites.frame
    if "cost" not in frame.columns:
        return float("nan")
    return float(frame.loc[list(answered.plan.opened), "cost"].astype(np.float64).sum())

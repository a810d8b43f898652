"""What each rule of a plan costs: the best plan without it, and how much better that one is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.errors import InputError
from civicreach.siting.answer import Answer, answer
from civicreach.siting.build import objective_scale, site_names
from civicreach.siting.clock import Clock
from civicreach.siting.plan import NO_PRICES
from civicreach.siting.problem import Problem
from civicreach.siting.question import Question

NO_PLAN = {"objective": np.nan, "price": np.nan, "bound": np.nan, "proven": False, "opened": ()}
LEAST_SECONDS = 2.0
"""A plan without a rule gets as much time as the plan itself took, but no less than this."""


def rule_prices(problem: Problem, question: Question, own: Answer, clock: Clock, seed: int) -> pd.DataFrame:
    """On the rules' names: `objective` without the rule, `price`, `bound`, `proven`, `opened`.

    A plan that keeps a rule is a plan without it too, so no price is below 0; where the plan without the rule, or the
    plan itself, isn't proven, the price isn't either. Where nothing keeps the other rules without it (a site that was
    forbidden would have to stay), there is no plan and no price: NaN.
    """
    names = problem.rules.active
    if not names:
        return NO_PRICES
    scale, sign = objective_scale(question), 1 if question.sense == "most" else -1
    opened = np.zeros(len(problem.site_ids), np.bool_)
    opened[own.found.open] = True
    seconds, rows = max(clock.spent(), LEAST_SECONDS), []
    for name in names:
        free = problem.without(name)
        try:
            found = answer(free, question, Clock(seconds, clock.stopped), seed, start=opened).found
        except InputError:  # there is no plan without it: another rule can't be kept then
            rows.append(NO_PLAN)
            continue
        worse = sign * (found.value - own.found.value) < 0
        value, at = (own.found.value, own.found.open) if worse else (found.value, found.open)
        rows.append(
            {
                "objective": value / scale,
                "price": sign * (value - own.found.value) / scale,
                "bound": found.bound / scale,
                "proven": found.proven and own.found.proven,
                "opened": site_names(problem, at[problem.new[at]]),
            }
        )
    return pd.DataFrame(rows, index=pd.Index(names, name="rule"))

"""Two plans side by side: who is within the limit under one and not under the other, losers first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from civicreach.measures.analysis import Field, Listing
from civicreach.measures.rollup import sums_by_unit
from civicreach.siting.answered import Answered

MOST_PAIRS = 6
"""More comparisons than four plans have among themselves nobody reads."""
LEVELS = {"district": ("District", "区"), "subdistrict": ("Subdistrict", "街道"), "community": ("Community", "社区")}


def comparisons(found: Sequence[Answered]) -> Iterator[Listing]:
    """A list for each two plans that are for the same people of the same service, in the study's order."""
    alike = [(a, b) for a, b in combinations(found, 2) if _comparable(a, b)]
    yield from (compared(a, b) for a, b in alike[:MOST_PAIRS])


def _comparable(first: Answered, second: Answered) -> bool:
    """Whether two plans are about the same service, group and way of walking."""
    one, other = first.asked, second.asked
    return (one.service.id, one.group, one.network.fingerprint) == (
        other.service.id,
        other.group,
        other.network.fingerprint,
    )


def compared(first: Answered, second: Answered) -> Listing:
    """People by the lowest unit within each plan's own limit, those units first that lose most with the second plan.

    Units where nothing differs are left out.
    """
    ground, amount = first.ground, first.amount
    one, other = first.within(first.after), second.within(second.after)
    values = {
        "first": amount.where(one, 0.0),
        "second": amount.where(other, 0.0),
        "gained": amount.where(other & ~one, 0.0),
        "lost": amount.where(one & ~other, 0.0),
    }
    sums = sums_by_unit(pd.DataFrame(values), ground.unit, ground.areas)
    sums["difference"] = (sums["second"] - sums["first"]).round(6)
    sums = sums[(sums["gained"] > 0) | (sums["lost"] > 0)]
    sums = sums.sort_values(["difference", "lost"], ascending=[True, False], kind="stable")
    names: list[str] = []
    if ground.areas is not None:
        names = [level for level in LEVELS if level in ground.areas.frame.columns]
        sums = pd.DataFrame(ground.areas.frame.loc[sums.index, names]).join(sums)
    (who, who_zh), (a, a_zh), (b, b_zh) = first.who, first.name, second.name
    fields = (
        *(Field(name, LEVELS[name], "text") for name in names),
        Field("first", (a, a_zh)),
        Field("second", (b, b_zh)),
        Field("difference", ("Difference", "差值")),
        Field("lost", (f"{who[:1].upper()}{who[1:]} who lose", f"失去覆盖的{who_zh}")),
        Field("gained", (f"{who[:1].upper()}{who[1:]} who gain", f"获得覆盖的{who_zh}")),
    )
    rule = (
        f"{who} within the limit under both plans, losers first: '{b}' less '{a}'",
        f"两方案时限内的{who_zh}，受损者在前；差值＝“{b_zh}”减“{a_zh}”",
    )
    return Listing(
        f"siting_{first.spec.id}_{second.spec.id}",
        (f"{a} / {b}: losers first", f"{a_zh} ／ {b_zh}：受损者在前"),
        pd.DataFrame(sums.reset_index(drop=True)[[each.name for each in fields]]),
        fields,
        rule,
    )

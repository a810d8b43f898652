"""How evenly the way to the nearest shelter is shared: metres of the median and of the worst off, by group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import summary, worst_unit
from civicreach.measures.inequality import gini, palma, theil, theil_parts
from civicreach.measures.shelters.outages import Access
from civicreach.measures.shelters.question import Question
from civicreach.measures.words import group_words

WHERE: dict[str, Pair] = {"all": ("all", "全域"), "urban": ("urban", "城镇"), "rural": ("rural", "乡村")}
WORST, BETWEEN = "subdistrict", "district"
"""Of which level the worst unit is named, and between the units of which level Theil's index is parted."""


def spread_listing(question: Question, now: Access) -> Listing:
    """Metres to the nearest shelter of any class for every group of the demand, everywhere and in town and country."""
    groups = {group: group_words(question.study, group) for group in question.ground.demand.groups}
    levels = question.ground.areas.levels if question.ground.areas is not None else ()
    rows = [row for group in groups for row in _rows(question, now, group)]
    worst = (
        Field("worst", ("Worst subdistrict by median", "中位数最差街道（乡镇）"), "text"),
        Field("worst_median", ("Its median (m)", "其中位数（米）"), "metres"),
    )
    parts = (
        Field("theil_between", ("Theil between districts", "泰尔指数：各区之间"), "number"),
        Field("theil_within", ("Theil within districts", "泰尔指数：各区内部"), "number"),
    )
    fields = (
        Field("group", ("Group", "人群"), "text", words=groups),
        Field("where", ("Where", "范围"), "text", words=WHERE),
        Field("all", ("All", "总数")),
        Field("uncovered", ("Without any within reach", "无可达场所")),
        Field("uncovered_share", ("Share without any", "无可达场所占比"), "share"),
        Field("median", ("Median (m)", "中位数（米）"), "metres"),
        Field("mean", ("Mean (m)", "平均（米）"), "metres"),
        Field("p90", ("90 % need at most (m)", "90%分位（米）"), "metres"),
        Field("p95", ("95 % need at most (m)", "95%分位（米）"), "metres"),
        Field("unreached", ("No way to any", "无路可达")),
        *(worst if WORST in levels else ()),
        Field("gini", ("Gini", "基尼系数"), "number"),
        Field("palma", ("Palma", "帕尔马比值"), "number"),
        Field("theil", ("Theil", "泰尔指数"), "number"),
        *(parts if BETWEEN in levels else ()),
    )
    return Listing(
        "shelter_equity",
        ("Equity of the way to a shelter", "到最近避难场所距离的公平性"),
        pd.DataFrame(rows, columns=[field.name for field in fields]),
        fields,
        (
            (
                "Metres along the network to the nearest shelter of any class. Quantiles count everyone, those "
                "without any way "
                "as farthest (blank: among them); mean, Gini, Palma and Theil are of those with one. Gini and "
                "Theil are 0, "
                "Palma is 0.25 where all go equally far."
            ),
            (
                "到最近避难场所（不分类别）的路网距离。分位数含全部人口，无路可达者计为最远（空白表示落入其中）；"
                "平均值、基尼、帕尔马、泰尔指数仅含有路可达者；完全均等时基尼、泰尔为0，帕尔马比值为0.25。"
            ),
        ),
    )


def _rows(question: Question, now: Access, group: str) -> Iterator[dict[str, object]]:
    ground = question.ground
    amount = ground.demand.amount(group).where(~ground.demand.outside, 0.0)
    places = {"all": pd.Series(True, index=amount.index)}
    if ground.areas is not None and ground.areas.frame["urban"].notna().any():
        urban = ground.demand.frame["urban"]
        places |= {"urban": urban == True, "rural": urban == False}  # noqa: E712 (None is neither)
    metres = question.nearest_m
    for where, mask in places.items():
        weights = amount.where(mask, 0.0)
        if not (weights > 0).any():
            continue
        found = summary(metres, weights)
        uncovered = round(float(weights.where(~now.covered, 0.0).sum()), PEOPLE_DECIMALS)
        yield {
            "group": group,
            "where": where,
            "all": found["people"],
            "uncovered": uncovered,
            "uncovered_share": uncovered / found["people"],
            **{name: _finite(found[name]) for name in ("median", "mean", "p90", "p95")},
            "unreached": found["unreached_people"],
            **_indices(question, metres, weights),
        }


def _indices(question: Question, metres: pd.Series, weights: pd.Series) -> dict[str, object]:
    """Gini, Palma and Theil, and as far as there are such units the worst one, and the parts of Theil."""
    known, areas = weights.where(metres.notna(), 0.0), question.ground.areas
    row: dict[str, object] = {
        "gini": _finite(gini(metres, known), 3),
        "palma": _finite(palma(metres, known), 3),
        "theil": _finite(theil(metres, known), 4),
    }
    if areas is not None and WORST in areas.levels:
        worst = worst_unit(metres, weights, question.ground.demand.frame[f"{WORST}_id"])
        names = areas.frame.drop_duplicates(f"{WORST}_id").set_index(f"{WORST}_id")[WORST]
        row["worst"] = names[worst.name] if worst is not None else None
        row["worst_median"] = _finite(worst["median"]) if worst is not None else np.nan
    if areas is not None and BETWEEN in areas.levels:
        parts = theil_parts(metres, known, question.ground.demand.frame[f"{BETWEEN}_id"])
        row["theil_between"], row["theil_within"] = _finite(parts.between, 4), _finite(parts.within, 4)
    return row


def _finite(value: float, decimals: int = 1) -> float:
    """A value as a list shows it; nothing where it is infinite."""
    return round(float(value), decimals) if np.isfinite(value) else np.nan

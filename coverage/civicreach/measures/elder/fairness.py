"""How evenly minutes to stations and beds within reach are spread among the elderly."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.elder.question import KINDS, Question, listed
from civicreach.measures.equity import gini, palma, summary, theil_parts, worst_unit

WHO: dict[str, Pair] = {"all": ("all", "全体"), **KINDS}
BETWEEN, WORST = "district", "subdistrict"


def fairness(question: Question, values: pd.Series, *, low_is_good: bool) -> pd.DataFrame:
    """Rows `who`: all and, where units carry the flag, urban and rural. Columns: the `summary` of values, `gini`,
    `palma`, `theil` with its parts between and within districts (`theil_between`, `theil_within`), and for all the
    subdistrict with the worst median (`worst`, `worst_median`).

    `values` are on the demand's index, NaN where nothing can be reached; the indices are of those who reach one.
    Infinite results are NaN.
    """
    parts = {"all": question.amount}
    if question.urban is not None:
        kind = question.ground.unit.map(question.urban)
        parts |= {name: question.amount.where(kind.eq(name), 0.0) for name in KINDS}
    rows = []
    for name, weights in parts.items():
        if (weights > 0).any():
            reached = weights.where(values.notna(), 0.0)
            row: dict[Hashable, Any] = {"who": name, **summary(values, weights).to_dict()}
            row |= {"gini": gini(values, reached), "palma": palma(values, reached), **_theil(question, values, reached)}
            rows.append(row | (_worst(question, values, low_is_good) if name == "all" else {}))
    return pd.DataFrame(rows, columns=["who", *_COLUMNS]).replace([np.inf, -np.inf], np.nan)


_COLUMNS = (
    "people", "mean", "median", "p90", "p95", "max", "unreached_people", "gini", "palma",
    "theil", "theil_between", "theil_within", "worst", "worst_median",
)  # fmt: skip


def _theil(question: Question, values: pd.Series, reached: pd.Series) -> dict[Hashable, Any]:
    district = _units(question, BETWEEN)
    if district is None:
        return {"theil": theil_parts(values, reached, pd.Series("all", index=values.index)).total}
    found = theil_parts(values, reached, district)
    return {"theil": found.total, "theil_between": found.between, "theil_within": found.within}


def _worst(question: Question, values: pd.Series, low_is_good: bool) -> dict[Hashable, Any]:
    unit = _units(question, WORST)
    if unit is None:
        return {}
    found = worst_unit(values, question.amount, unit, worst="highest" if low_is_good else "lowest")
    if found is None:
        return {}
    return {"worst": question.names(WORST)[WORST].to_dict()[found.name], "worst_median": found["median"]}


def _units(question: Question, level: str) -> pd.Series | None:
    areas = question.ground.areas
    if areas is None or level not in areas.levels:
        return None
    units: pd.Series = question.ground.unit.map(areas.frame[f"{level}_id"])
    return units


def fairness_listing(question: Question, minutes: pd.Series, beds_per_1000: pd.Series | None) -> Listing:
    """Minutes to the nearest station and, with homes, beds per 1000 within reach, side by side."""
    parts = [fairness(question, minutes, low_is_good=True).assign(what="minutes")]
    if beds_per_1000 is not None:
        parts.append(fairness(question, beds_per_1000, low_is_good=False).assign(what="beds"))
    fields = _fields(question)
    who, who_zh = question.who
    rule = (
        f"Everything is by {who}, not by homes or units. Median, P90 and P95 are of all of them and blank where they "
        "fall to those who reach no station; mean, most and the indices are of those who reach one; nobody within "
        "reach of a bed counts as 0 beds. Palma: what the tenth with the most has by what the four tenths with the "
        "least have. Worst: by the median."
    )
    rule_zh = (
        f"均按{who_zh}人数加权。中位数与分位数含全体，落在无路可达者时留空；平均、最大与各指数仅计可达者；无可达床位者计为"
        "0张。帕尔马比：最多的10%与最少的40%所占之比。最差者按中位数。"
    )
    frame = listed(pd.concat(parts, ignore_index=True), fields)
    title = ("How evenly access is spread", "可达性公平程度")
    return Listing("elder_equity", title, frame, fields, (rule, rule_zh))


def _fields(question: Question) -> tuple[Field, ...]:
    words = {
        "minutes": ("Minutes to the nearest station", "到最近养老服务设施（分钟）"),
        "beds": question.header("Beds within reach per 1000 {who}", "每千名{who}可达床位（张）"),
    }
    return (
        Field("what", ("Of each person", "指标"), "text", words=words),
        Field("who", ("Who", "范围"), "text", words=WHO),
        question.people_field("people", total=False),
        Field("mean", ("Mean", "平均"), "number"),
        Field("median", ("Median", "中位数"), "number"),
        Field("p90", ("P90", "90分位"), "number"),
        Field("p95", ("P95", "95分位"), "number"),
        Field("max", ("Most", "最大"), "number"),
        question.people_field("unreached_people", "{who} who reach none", "无路可达的{who}", total=False),
        Field("gini", ("Gini", "基尼系数"), "number"),
        Field("palma", ("Palma", "帕尔马比"), "number"),
        Field("theil", ("Theil", "泰尔指数"), "number"),
        Field("theil_between", ("Theil between districts", "泰尔指数（各区之间）"), "number"),
        Field("theil_within", ("Theil within districts", "泰尔指数（区内）"), "number"),
        Field("worst", ("Worst subdistrict", "最差街道（乡镇）"), "text"),
        Field("worst_median", ("Its median", "其中位数"), "number"),
    )

"""How evenly minutes to stations and beds within reach are spread among the elderly."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.access import METHODS
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.circle.wording import MARKS
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.bed_access import BedAccess
from civicreach.measures.elder.question import KINDS, Part, Question, listed
from civicreach.measures.equity import summary, weighted_quantile, worst_unit
from civicreach.measures.inequality import gini, palma, theil_parts
from civicreach.measures.lorenz_list import Shared, lorenz_listing
from civicreach.measures.rollup import sums_by_unit
from civicreach.measures.words import group_words, unit_words

WHO: dict[str, Pair] = {"all": ("all", "全体"), **KINDS}
BETWEEN, WORST = "district", "subdistrict"


def fairness(question: Question, values: pd.Series, *, low_is_good: bool) -> pd.DataFrame:
    """Rows `who`: all and, where units carry the flag, urban and rural. Columns: the `summary` of values with `p05` and
    `p10`, `gini`, `palma`, `theil` with its parts between and within districts (`theil_between`, `theil_within`), and
    for all the subdistrict with the worst median (`worst`, `worst_median`).

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
            row |= {column: weighted_quantile(values, weights, q=q) for column, q in (("p05", 0.05), ("p10", 0.1))}
            row |= {"gini": gini(values, reached), "palma": palma(values, reached), **_theil(question, values, reached)}
            rows.append(row | (_worst(question, values, low_is_good) if name == "all" else {}))
    return pd.DataFrame(rows, columns=["who", *_COLUMNS]).replace([np.inf, -np.inf], np.nan)


_COLUMNS = (
    "people", "mean", "median", "p05", "p10", "p90", "p95", "max", "unreached_people", "gini", "palma",
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


def uncovered(question: Question, covered: pd.Series) -> pd.DataFrame:
    """Rows as those of `fairness`, on `who`: of each group of older people those who aren't `covered` (True or False
    on the demand's index), `<group>_uncovered`, to the last digit what the tables say."""
    ground, groups = question.ground, _groups(question)
    columns: dict[str, pd.Series] = {}
    for group in groups:
        amount = ground.demand.amount(group).where(~ground.demand.outside, 0.0)
        columns |= {group: amount, f"{group}_covered": amount.where(covered, 0.0)}
    sums = sums_by_unit(pd.DataFrame(columns), ground.unit, ground.areas)
    lost = pd.DataFrame({f"{group}_uncovered": sums[group] - sums[f"{group}_covered"] for group in groups})
    rows = {"all": lost.sum()}
    if question.urban is not None:
        rows |= {kind: lost[question.urban == kind].sum() for kind in KINDS}
    return pd.DataFrame(rows).T.round(PEOPLE_DECIMALS).rename_axis("who")


def _groups(question: Question) -> tuple[str, ...]:
    """The group that is asked about, and all other groups of older people."""
    others = (group for group in question.ground.demand.groups if group.startswith("elderly"))
    return tuple(dict.fromkeys([question.group, *others]))


def fairness_part(question: Question, rows: pd.DataFrame, access: BedAccess | None) -> Part:
    """Minutes to the nearest station and, with homes, beds per 1000 within reach, side by side, and the Lorenz curve
    of beds; `rows` are those of `station_rows`."""
    parts = [_of("minutes", question, rows["nearest_min"], rows["status"] == "covered", low_is_good=True)]
    curve: tuple[Listing, ...] = ()
    if access is not None:
        beds_per_1000 = access.score
        enough = beds_per_1000 >= question.standard(question.spec.beds_per_1000).value
        beds = _of("beds", question, beds_per_1000, enough, low_is_good=False)
        parts.append(beds.assign(unreached_people=np.nan))  # of beds nobody has no value: who reaches none has 0
        curve = _lorenz(question, access)
    fields, rule = _fields(question), _rule(question, METHODS[access.first] if access is not None else None)
    frame = listed(pd.concat(parts, ignore_index=True), fields)
    title = ("How evenly access is spread", "可达性公平程度")
    return Part(listings=(Listing("elder_equity", title, frame, fields, rule), *curve))


def _of(what: str, question: Question, values: pd.Series, covered: pd.Series, *, low_is_good: bool) -> pd.DataFrame:
    table = fairness(question, values, low_is_good=low_is_good).assign(what=what)
    return table.join(uncovered(question, covered), on="who")


def _lorenz(question: Question, access: BedAccess) -> tuple[Listing, ...]:
    beds = Shared("beds_share", ("Share of beds within reach", "所占可达床位份额"), access.score, question.amount)
    short = access.first.upper()
    return lorenz_listing(
        "elder_lorenz",
        (f"Lorenz curve of beds within reach ({short})", f"可达养老床位洛伦兹曲线（{short}）"),
        [beds],
        who=question.who,
        header=question.header("Share of {who}, worst served first", "{who}累计占比（由少到多）"),
    )


def _rule(question: Question, method: Pair | None) -> Pair:
    who, who_zh = question.who
    limits, limits_zh = question.limits(question.spec.stations)
    below, below_zh, of_beds, of_beds_zh = "", "", "", ""
    if method is not None:
        norm = question.standard(question.spec.beds_per_1000)
        mark, mark_zh = MARKS[norm.confidence]
        of_beds = f", of beds (handed out by {method[0]}) P5 and P10; nobody within reach of a bed counts as 0 beds"
        of_beds_zh = f"，床位以5%、10%分位为最差（无可达床位者计为0张；按{method[1]}计算）"
        below = f", or fewer than {norm.value:g}{mark} beds per 1000 within reach"
        below_zh = f"，或每千名可达床位不足{norm.value:g}张{mark_zh}"
    rule = (
        f"Everything is by {who}, not by homes or units. Quantiles are of all of them and blank where they fall to "
        "those who reach no station; mean, most and the indices are of those who reach one. Of minutes P90 and P95 "
        f"are the worst served{of_beds}. Below the standard: not within that of any station ({limits}){below}. "
        "Palma: what the tenth with the most has by what the four tenths with the least have. Worst: by the median."
    )
    rule_zh = (
        f"均按{who_zh}人数加权。分位数含全体，落在无路可达者时留空；平均、最大与各指数仅计可达者。"
        f"出行时间以90%、95%分位为最差{of_beds_zh}。未达标准：不在任一设施标准内（{limits_zh}）{below_zh}。"
        "帕尔马比值：最多的10%与最少的40%所占之比。最差者按中位数。"
    )
    return rule, rule_zh


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
        Field("p05", ("P5", "5%分位"), "number"),
        Field("p10", ("P10", "10%分位"), "number"),
        Field("p90", ("P90", "90%分位"), "number"),
        Field("p95", ("P95", "95%分位"), "number"),
        Field("max", ("Most", "最大"), "number"),
        question.people_field("unreached_people", "{who} who reach none", "无路可达的{who}", total=False),
        *(_uncovered_field(question, group) for group in _groups(question)),
        Field("gini", ("Gini", "基尼系数"), "number"),
        Field("palma", ("Palma", "帕尔马比值"), "number"),
        Field("theil", ("Theil", "泰尔指数"), "number"),
        Field("theil_between", ("Theil between districts", "泰尔指数：各区之间"), "number"),
        Field("theil_within", ("Theil within districts", "泰尔指数：各区内部"), "number"),
        Field("worst", ("Worst subdistrict", "最差街道（乡镇）"), "text"),
        Field("worst_median", ("Its median", "其中位数"), "number"),
    )


def _uncovered_field(question: Question, group: str) -> Field:
    (english, chinese), unit = group_words(question.study, group), unit_words(question.study, group)[1]
    header = f"Below the standard: {english}", f"未达标准的{chinese}" + (f"（{unit}）" if unit else "")
    return Field(f"{group}_uncovered", header, "amount")

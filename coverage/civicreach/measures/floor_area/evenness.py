"""How evenly floor area is spread among households: in reach by home, and inside the boundary by unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import weighted_quantile, worst_unit
from civicreach.measures.floor_area.by_unit import PER, area_per_100_households
from civicreach.measures.floor_area.norm import Norm
from civicreach.measures.ground import Ground
from civicreach.measures.inequality import gini, palma, theil_parts
from civicreach.measures.lorenz_list import Shared, lorenz_listing
from civicreach.measures.rollup import sums_by_unit
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, unit_words

WHERE: dict[str, Pair] = {"all": ("all", "全域"), "urban": ("urban", "城镇"), "rural": ("rural", "乡村")}
WORST, BETWEEN = "subdistrict", ("district", "subdistrict", "city")
"""Of which level the worst unit is named, and of which levels the first that divides the areas parts Theil's index."""

HEADS: dict[str, Pair] = {
    "mean": ("Mean", "平均"),
    "median": ("Median", "中位数"),
    "p10": ("P10", "10%分位"),
    "p05": ("P5", "5%分位"),
}
"""What is told in m2; the worst served of a good are at the low end."""

M2_DECIMALS, INDEX_DECIMALS = 2, 4


@dataclass(frozen=True, eq=False)
class Count:
    """One way to count: m2 per 100 households, households and the lowest unit, on the ids of homes or of units.

    `lacking` is on the demand's index: whether a home has less than the target.
    """

    m2: pd.Series
    households: pd.Series
    unit: pd.Series
    lacking: pd.Series


def evenness(values: pd.Series, weights: pd.Series, unit: pd.Series | None) -> dict[str, float]:
    """Mean, median, P5, P10, Gini, Palma and Theil of m2 per 100 households; with `unit` also Theil between and within
    units. Of a good the worst served are at the low end: P5 is what the 5 % with the least have at most.

    NaN where there is nothing to say, and for Palma where the 40 % with the least have nothing.
    """
    lived = weights > 0
    total = weights[lived].sum()
    found = {
        "mean": float((values[lived] * weights[lived]).sum() / total) if total > 0 else np.nan,
        "median": weighted_quantile(values, weights, q=0.5),
        "p05": weighted_quantile(values, weights, q=0.05),
        "p10": weighted_quantile(values, weights, q=0.1),
        "gini": gini(values, weights),
        "palma": palma(values, weights),
    }
    group = pd.Series("all", index=values.index) if unit is None else unit
    parts = theil_parts(values[lived], weights[lived], group[lived])
    found["theil"] = parts.total
    if unit is not None:
        found |= {"theil_between": parts.between, "theil_within": parts.within}
    return {name: value if np.isfinite(value) else np.nan for name, value in found.items()}


def evenness_listings(
    norm: Norm, ground: Ground, areas: Areas, lowest: pd.DataFrame, *, score: pd.Series
) -> tuple[Listing, ...]:
    """How evenly floor area is spread, everywhere and in town and country, and the Lorenz curves of it.

    `lowest` is that of `floor_area_by_unit`, `score` (m2 in reach per household) is on the demand's index.
    """
    counts = _counts(norm, ground, lowest, score)
    rows = [row for key, count in counts.items() for row in _rows(ground, areas, key, count)]
    fields = _fields(norm, ground, areas)
    frame = pd.DataFrame(rows, columns=[field.name for field in fields])
    title = f"{norm.what[0].capitalize()}: how evenly", f"{norm.what[1]}：均衡程度"
    return (
        Listing(f"{norm.key}evenness", title, frame, fields, _rule(norm)),
        *_lorenz(norm, counts),
    )


def _counts(norm: Norm, ground: Ground, lowest: pd.DataFrame, score: pd.Series) -> dict[str, Count]:
    """Floor area in reach by home, and inside the boundary by unit."""
    unit = ground.unit
    counted = unit.notna() if norm.only is None else unit.isin(norm.only)
    households = ground.demand.amount(norm.spec.group).where(counted, 0.0)
    m2, by_unit = PER * score, lowest["households"]
    of_unit = pd.Series(lowest.index, index=lowest.index, dtype=object)
    short = (lowest["units_counted"] == 1) & (lowest["units_met"] == 0)
    # to a millionth of a m2, as units are held to it
    lacking = counted & ((norm.target - m2).round(PEOPLE_DECIMALS) > 0)
    inside = area_per_100_households(lowest["floor_area_m2"], by_unit).fillna(0.0)
    return {
        "reachable": Count(m2, households, unit, lacking),
        "counted": Count(inside, by_unit, of_unit, unit.isin(short.index[short])),
    }


def _rows(ground: Ground, areas: Areas, key: str, count: Count) -> Iterator[dict[str, object]]:
    """One row a place: everywhere, and urban and rural where the areas tell them apart."""
    groups = ground.demand.groups
    amounts = {f"{group}_below": ground.demand.amount(group).where(count.lacking, 0.0) for group in groups}
    below = sums_by_unit(pd.DataFrame(amounts), ground.unit, areas)
    above = _above(areas)
    group = None if above is None else count.unit.map(areas.frame[f"{above}_id"])
    for where, units in _places(areas):
        households = count.households.where(count.unit.isin(units), 0.0)
        if not (households > 0).any():
            continue
        found = evenness(count.m2, households, group)
        yield {
            "count": key,
            "where": where,
            "households": round(float(households.sum()), PEOPLE_DECIMALS),
            **{name: round(value, M2_DECIMALS if name in HEADS else INDEX_DECIMALS) for name, value in found.items()},
            **{str(name): value for name, value in below.loc[units].sum().round(PEOPLE_DECIMALS).items()},
            **_worst(areas, count, households),
        }


def _places(areas: Areas) -> Iterator[tuple[str, pd.Index]]:
    """The lowest units of each key of WHERE."""
    urban = areas.frame["urban"]
    yield "all", areas.frame.index
    if urban.notna().any():
        for where, flag in (("urban", True), ("rural", False)):
            yield where, areas.frame.index[urban.map(lambda value, flag=flag: value is not None and value == flag)]


def _worst(areas: Areas, count: Count, households: pd.Series) -> dict[str, object]:
    """The subdistrict whose households have least on average: m2 over households, as the tables tell it."""
    if WORST not in areas.levels:
        return {}
    unit = count.unit.map(areas.frame[f"{WORST}_id"])
    found = worst_unit(count.m2, households, unit, figure="mean", worst="lowest")
    if found is None:
        return {}
    names = areas.frame.drop_duplicates(f"{WORST}_id").set_index(f"{WORST}_id")[WORST]
    return {"worst": names[found.name], "worst_mean": round(float(found["mean"]), M2_DECIMALS)}


def _above(areas: Areas) -> str | None:
    return next((name for name in BETWEEN if _divides(areas, name)), None)


def _divides(areas: Areas, level: str) -> bool:
    return level in areas.levels and level != areas.lowest and areas.frame[f"{level}_id"].nunique() > 1


def _lorenz(norm: Norm, counts: dict[str, Count]) -> tuple[Listing, ...]:
    who, who_zh = norm.who
    headers = {
        "reachable": ("Share of floor area in reach", "所占可达面积份额"),
        "counted": ("Share of floor area inside the boundary", "所占辖区内面积份额"),
    }
    return lorenz_listing(
        f"{norm.key}lorenz",
        (f"{norm.what[0].capitalize()}: Lorenz curves", f"{norm.what[1]}：洛伦兹曲线"),
        [Shared(f"{key}_share", headers[key], count.m2, count.households) for key, count in counts.items()],
        who=norm.who,
        header=(f"Share of {who}, worst served first", f"{who_zh}累计占比（由少到多）"),
    )


def _rule(norm: Norm) -> Pair:
    units, units_zh = norm.units
    who, who_zh = norm.who
    rule = (
        f"m2 per 100 {who}, weighted by {who}; inside the boundary everybody in one of the {units} has the same. "
        "P10 and P5: what the tenth and the twentieth with the least, the worst served, have at most. Below the "
        f"target: in homes with less than {norm.asked[0]} in reach, or in {units} with less inside. Worst: by the "
        "mean. Gini and Theil are 0 and Palma is 0.25 where all have the same; Palma is blank where the 40 % with the "
        f"least have nothing.{norm.scope[0]}"
    )
    rule_zh = (
        f"每百{norm.per}面积，以{who_zh}数加权；辖区口径下同一{units_zh}内视为相同。10%、5%分位为面积最少的10%、5%{who_zh}的上限。"
        f"未达标：所在居住点的可达面积、或所在{units_zh}的辖区面积不足{norm.asked[1]}。最差者按平均。"
        "完全均等时基尼、泰尔为0，帕尔马比值为0.25；最少的40%为零时帕尔马比值留空。"
        f"{norm.scope[1]}"
    )
    return rule, rule_zh


def _fields(norm: Norm, ground: Ground, areas: Areas) -> tuple[Field, ...]:
    words = {
        "reachable": ("in reach, by home", "可达口径（按居住点）"),
        "counted": (f"inside, by {areas.lowest}", f"辖区口径（按{norm.units[1]}）"),
    }
    worst = (
        Field("worst", ("Worst subdistrict by mean", "平均最低街道（乡镇）"), "text"),
        Field("worst_mean", (f"Its {norm.ratio[0]}", f"其{norm.ratio[1]}"), "number"),
    )
    above = _above(areas)
    between, between_zh = (PLURAL[above], LEVEL_ZH[above]) if above else ("", "")
    parts = (
        Field("theil_between", (f"Theil between {between}", f"泰尔指数：各{between_zh}之间"), "number"),
        Field("theil_within", (f"Theil within {between}", f"泰尔指数：各{between_zh}内部"), "number"),
    )
    return (
        Field("count", ("Floor area", "口径"), "text", words=words),
        Field("where", ("Where", "范围"), "text", words=WHERE),
        Field("households", (norm.who[0].capitalize(), norm.amount_zh)),
        *(
            Field(name, (f"{head[0]}: {norm.ratio[0]}", f"{head[1]}：{norm.ratio[1]}"), "number")
            for name, head in HEADS.items()
        ),
        *(_below_field(ground, group) for group in ground.demand.groups),
        *(worst if WORST in areas.levels else ()),
        Field("gini", ("Gini", "基尼系数"), "number"),
        Field("palma", ("Palma", "帕尔马比值"), "number"),
        Field("theil", ("Theil", "泰尔指数"), "number"),
        *(parts if above else ()),
    )


def _below_field(ground: Ground, group: str) -> Field:
    (english, chinese), unit = group_words(ground.study, group), unit_words(ground.study, group)[1]
    header = f"Below the target: {english}", f"未达标的{chinese}" + (f"（{unit}）" if unit else "")
    return Field(f"{group}_below", header)

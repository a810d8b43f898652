"""How evenly floor area is spread among households."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.equity import gini, palma, theil_parts, weighted_quantile
from civicreach.measures.floor_area.by_unit import PER, area_per_100_households
from civicreach.measures.floor_area.norm import Norm
from civicreach.measures.words import LEVEL_ZH, PLURAL

MEASURE_WORDS: dict[str, Pair] = {
    "median": ("Median (m2 per 100)", "中位数（每百，平方米）"),
    "p10": ("What the worst-off tenth has at most (m2 per 100)", "最低10%的上限（每百，平方米）"),
    "gini": ("Gini", "基尼系数"),
    "palma": ("Palma: top 10 % over bottom 40 %", "帕尔马比值（最高10%与最低40%之比）"),
    "theil": ("Theil", "泰尔指数"),
    "theil_between": ("Theil between units above", "泰尔指数：组间"),
    "theil_within": ("Theil within them", "泰尔指数：组内"),
}
DECIMALS = 4


def evenness(values: pd.Series, weights: pd.Series, unit: pd.Series | None) -> dict[str, float]:
    """Median, p10, Gini, Palma and Theil of m2 per 100 households; with `unit` also Theil between and within units.

    NaN where there is nothing to say, and for Palma where the 40 % with the least have nothing.
    """
    lived = weights > 0
    found = {
        "median": weighted_quantile(values, weights, q=0.5),
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


def evenness_listing(
    norm: Norm, lowest: pd.DataFrame, areas: Areas, *, score: pd.Series, households: pd.Series, unit: pd.Series
) -> Listing:
    """How evenly floor area is spread: in reach by home, and inside the boundary by unit.

    `score` (m2 in reach per household), `households` and `unit`, their lowest unit, are on the demand's index.
    """
    households = households.where(unit.notna() if norm.only is None else unit.isin(norm.only), 0.0)
    above = next((name for name in ("district", "subdistrict", "city") if _divides(areas, name)), None)
    by_unit = lowest["households"]
    group = None if above is None else areas.frame[f"{above}_id"].astype(object)
    of_homes = None if group is None else unit.map(group)
    columns = {
        "reachable": evenness(PER * score, households, of_homes),
        "counted": evenness(area_per_100_households(lowest["floor_area_m2"], by_unit).fillna(0.0), by_unit, group),
    }
    frame = pd.DataFrame(columns).round(DECIMALS).rename_axis("measure").reset_index()
    between, between_zh = (PLURAL[above], LEVEL_ZH[above]) if above else ("", "")
    words = MEASURE_WORDS | {
        "theil_between": (f"Theil between {between}", f"泰尔指数：{between_zh}之间"),
        "theil_within": (f"Theil within {between}", f"泰尔指数：{between_zh}内部"),
    }
    units, units_zh = norm.units
    rule = (
        f"Of m2 per 100 {norm.who[0]}, weighted by {norm.who[0]}: 0 (Palma: 0.25) where all have the same. Inside the "
        f"boundary everybody in one of the {units} has the same. Palma is blank where the 40 % with the least have "
        "nothing."
    )
    rule_zh = (
        f"以每百{norm.per}面积计算、以{norm.who[1]}数加权；完全均等时为 0（帕尔马比值为 0.25）。"
        "辖区口径下同一单元内视为相同。最低40%为零时帕尔马比值留空。"
    )
    fields = (
        Field("measure", ("Measure", "指标"), "text", words=words),
        Field("reachable", ("Floor area in reach, by home", "可达口径（按居住点）"), "number"),
        Field("counted", (f"Floor area inside, by {areas.lowest}", f"辖区口径（按{units_zh}）"), "number"),
    )
    title = f"{norm.what[0].capitalize()}: how evenly", f"{norm.what[1]}：均衡程度"
    return Listing(f"{norm.key}evenness", title, frame, fields, (rule, rule_zh))


def _divides(areas: Areas, level: str) -> bool:
    return level in areas.levels and level != areas.lowest and areas.frame[f"{level}_id"].nunique() > 1

"""The tables of floor area by level: inside the boundary, what is lacking, and in reach."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.floor_area.by_unit import BOTH, COUNTED_ONLY, NEITHER, PER, REACHABLE_ONLY
from civicreach.measures.floor_area.norm import STANDING_WORDS, Norm
from civicreach.measures.rollup import roll_up

Row = pd.DataFrame


def topics_of(norm: Norm, lowest: pd.DataFrame, areas: Areas) -> tuple[Topic, ...]:
    """The three questions about one standard; `lowest` is that of `floor_area_by_unit`, on the index of `areas`."""
    return (_counted(norm, lowest, areas), _deficit(norm, lowest, areas), _reachable(norm, lowest, areas))


def _own(norm: Norm, figures: tuple[str, ...], listings: tuple[str, ...]) -> dict[str, Any]:
    """What of the analysis speaks of a topic."""
    return {
        "figures": tuple(f"area.{norm.key}{name}" for name in figures),
        "layers": (f"{norm.key}floor_area",),
        "listings": tuple(f"{norm.key}{name}" for name in listings),
    }


def _title(norm: Norm, english: str, chinese: str) -> Pair:
    return f"{norm.what[0].capitalize()}: {english}", f"{norm.what[1]}：{chinese}"


def _rule(norm: Norm, english: str, chinese: str) -> Pair:
    return english + norm.scope[0], chinese + norm.scope[1]


def _shared(norm: Norm) -> tuple[Field, Field, Field]:
    who = norm.who[0]
    return (
        Field("households", (who.capitalize(), norm.amount_zh), total=True),
        Field("floor_area_m2", ("Floor area inside (m2)", "辖区内建筑面积（平方米）"), total=True),
        Field("m2_per_100_households", (f"Inside: {norm.ratio[0]}", f"辖区口径：{norm.ratio[1]}"), "number",
              ratio=("floor_area_m2", "households", PER)),
    )  # fmt: skip


def _counted(norm: Norm, lowest: pd.DataFrame, areas: Areas) -> Topic:
    units, units_zh = norm.units
    fields = (
        *_shared(norm),
        Field("units_counted", (f"{units.capitalize()} with {norm.who[0]}", f"有{norm.who[1]}的{units_zh}"), "count",
              total=True),
        Field("units_met", (f"{units.capitalize()} with at least {norm.target:g} m2",
              f"达到{norm.target:g}平方米的{units_zh}"), "count", total=True),
        Field("units_met_share", (f"Share of {units} that meet it", f"达标{units_zh}占比"), "share",
              ratio=("units_met", "units_counted", 1.0), of_one=("Meets it", "达标")),
    )  # fmt: skip
    return Topic(
        f"{norm.key}counted",
        _title(norm, norm.ratio[0], f"每百{norm.per}面积"),
        roll_up(lowest.drop(columns="standing"), areas, fields),
        fields,
        _rule(
            norm,
            f"Floor area inside the boundary. Target: {norm.asked[0]}. A ratio of sums on every level, never a mean of "
            f"ratios; the share of {units} that meet it stands beside. What several {units} share is split between "
            f"them by their {norm.who[0]}.",
            f"按辖区内设施计，目标：{norm.asked[1]}。各级均为总面积与总户数之比（非各{units_zh}比值的平均），并列出达标{units_zh}占比；"
            f"多个{units_zh}共用的设施按{norm.who[1]}数分摊。",
        ),
        coloured=("m2_per_100_households",),
        target=norm.target,
        **_own(norm, ("m2_per_100_households", f"{units}_met_share"), ("capital", "evenness", "lorenz", "parts")),
    )


def _deficit(norm: Norm, lowest: pd.DataFrame, areas: Areas) -> Topic:
    price = norm.spec.unit_cost_per_m2
    fields: tuple[Field, ...] = (
        *_shared(norm)[:2],
        Field("needed_m2", ("Floor area needed (m2)", "应有建筑面积（平方米）"), total=True),
        Field("deficit_m2", ("Lacking (m2)", "缺口（平方米）"), total=True),
        Field("balance_m2", ("Balance: inside less needed (m2)", "盈亏：现有减应有（平方米）"), derive=_balance),
    )
    if price is not None:
        cost = Field("cost", (f"Cost ({norm.spec.cost_unit_en})", f"估算投资（{norm.spec.cost_unit}）"),
                     derive=partial(_cost, price=price))  # fmt: skip
        fields = (*fields, cost)
    return Topic(
        f"{norm.key}deficit",
        _title(norm, "m2 lacking", "面积缺口"),
        roll_up(lowest.drop(columns="standing"), areas, fields),
        fields,
        _rule(
            norm,
            f"Target: {norm.asked[0]}. What is lacking is summed over {norm.units[0]}: what one has too much doesn't "
            "help another. The balance is of the whole unit, surplus and deficit set off.",
            f"目标：{norm.asked[1]}。缺口逐个{norm.units[1]}计算后加总，不以富余抵缺口；盈亏为该单元整体相抵后的结果。",
        ),
        coloured=("deficit_m2",),
        target=0.0,
        low_is_good=True,
        **_own(norm, ("deficit_m2", "cost"), ("capital",)),
    )


def _balance(table: Row) -> pd.Series:
    difference: pd.Series = (table["floor_area_m2"] - table["needed_m2"]).round(PEOPLE_DECIMALS)
    return difference


def _cost(table: Row, price: float) -> pd.Series:
    cost: pd.Series = table["deficit_m2"] * price
    return cost


def _reachable(norm: Norm, lowest: pd.DataFrame, areas: Areas) -> Topic:
    minutes = f"{norm.spec.access_minutes:g}"
    units, units_zh = norm.units
    kinds = {kind: STANDING_WORDS[kind] for kind in (BOTH, COUNTED_ONLY, REACHABLE_ONLY, NEITHER)}
    households, _, inside = _shared(norm)
    fields = (
        households,
        inside,
        Field("reachable_m2", ("Floor area in reach (m2)", "可达建筑面积（平方米）"), total=True),
        Field("reachable_m2_per_100_households", (f"In reach: {norm.ratio[0]}", f"可达口径：{norm.ratio[1]}"), "number",
              ratio=("reachable_m2", "households", PER)),
        Field("households_reached_share", (f"Share of {norm.who[0]} with any within {minutes} min",
              f"{minutes}分钟内有设施的{norm.who[1]}占比"), "share", ratio=("households_reached", "households", 1.0)),
        Field("standing", (f"The {norm.level} is", f"{units_zh}类型"), "text", words=STANDING_WORDS),
        *(Field(f"units_{kind}", (f"{units.capitalize()}: {english}", f"{units_zh}数：{chinese}"), "count", total=True)
          for kind, (english, chinese) in kinds.items()),
    )  # fmt: skip
    tables = roll_up(lowest.drop(columns="standing"), areas, fields)
    # sums would hide that a few reach much and most nothing: levels above only count the units of each kind
    tables[areas.lowest]["standing"] = lowest["standing"]
    return Topic(
        f"{norm.key}reachable",
        _title(norm, "m2 in reach", f"每百{norm.per}可达面积"),
        tables,
        fields,
        _rule(
            norm,
            f"Floor area within {norm.near[0]}, shared with all {norm.who[0]} in the areas that reach it, near ones "
            f"more than far ones (E2SFCA, Gaussian); facilities outside the boundary count too. Both are held to "
            f"{norm.asked[0]}: a "
            f"unit rich on paper may be cut off or share with its neighbours, a poor one may be served from next door. "
            f"Which it is, is told of each {norm.level} by itself; levels above count them.",
            f"{norm.near[1]}内可达的建筑面积，由范围内可到达的全部{norm.who[1]}分享，近者权重大于远者（E2SFCA，高斯衰减），"
            f"辖区外设施一并计入。两种口径均以{norm.asked[1]}衡量：账面达标者可能走不到或被周边分用，"
            f"账面不足者可能由周边设施服务。类型逐个{norm.units[1]}判定，上级只计各类个数。",
        ),
        coloured=("reachable_m2_per_100_households",),
        target=norm.target,
        **_own(norm, ("reachable_m2_*", f"{units}_*", "households_reached_share"), ("evenness", "lorenz")),
    )

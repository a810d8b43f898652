"""The figures of floor area: each with its definition in two languages, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.floor_area.by_unit import COUNTED_ONLY, PER, REACHABLE_ONLY
from civicreach.measures.floor_area.norm import STANDING_WORDS, Norm


def figures_of(norm: Norm, lowest: pd.DataFrame, outside_m2: float) -> Iterator[Figure]:
    """The figures of one standard, the headline first; `lowest` is that of `floor_area_by_unit`."""
    sums = lowest.drop(columns="standing").sum().round(PEOPLE_DECIMALS)
    yield from _ratios(norm, sums)
    yield from _shares(norm, sums)
    yield from _amounts(norm, sums, outside_m2)


def _ratios(norm: Norm, sums: pd.Series) -> Iterator[Figure]:
    (what, what_zh), (who, who_zh) = norm.what, norm.who
    of: dict[str, Any] = {
        "unit": "m2",
        "unit_zh": "平方米",
        "decimals": 1,
        "denominator_name": f"{who} in the areas",
        "denominator_name_zh": f"范围内{norm.amount_zh}",
        "per": PER,
        "sources": norm.sources,
    }
    yield Figure.ratio(
        f"area.{norm.key}m2_per_100_households", sums["floor_area_m2"], sums["households"], **of,
        label=f"{what.capitalize()}: {norm.ratio[0]}", label_zh=f"每百{norm.per}拥有{what_zh}面积",
        definition=f"Floor area of the existing {what} inside the areas over all {who} there, told per 100 {who}: a "
        f"ratio of sums. Target: {norm.asked[0]}.{norm.scope[0]}",
        definition_zh=f"范围内现有{what_zh}总建筑面积与全部{norm.amount_zh}之比，按每百{norm.per}表示，为总量之比。"
        f"目标：{norm.asked[1]}。{norm.scope[1]}",
    )  # fmt: skip
    yield Figure.ratio(
        f"area.{norm.key}reachable_m2_per_100_households", sums["reachable_m2"], sums["households"], **of,
        label=f"{what.capitalize()} in reach: {norm.ratio[0]}", label_zh=f"每百{norm.per}可达{what_zh}面积",
        definition=f"Floor area of {what} within {norm.near[0]}, each shared with all {who} in the areas that "
        f"reach it (E2SFCA, Gaussian), over all {who} in the areas, told per 100 {who}. What nobody reaches isn't in "
        "it."
        f"{norm.scope[0]}",
        definition_zh=f"{norm.near[1]}内可达的{what_zh}建筑面积（由范围内可到达的{who_zh}分享，E2SFCA，高斯衰减）与全部"
        f"{norm.amount_zh}之比，按每百{norm.per}表示；无人可达的面积不计入。{norm.scope[1]}",
    )  # fmt: skip


def _shares(norm: Norm, sums: pd.Series) -> Iterator[Figure]:
    (what, what_zh), (who, who_zh), (units, units_zh) = norm.what, norm.who, norm.units
    of: dict[str, Any] = {
        "unit": "share",
        "denominator_name": f"{units} with {who}",
        "denominator_name_zh": f"有{who_zh}的{units_zh}",
        "sources": norm.sources,
    }
    kinds = {
        "met": (
            "units_met", f"have at least {norm.asked[0]} of {what} inside their boundary",
            f"辖区内{what_zh}达到{norm.asked[1]}", "that meet the target", "达标占比（辖区口径）",
        ),
        "reachable_met": (
            "units_reachable_met", f"have at least {norm.asked[0]} of {what} in reach (within {norm.near[0]})",
            f"可达（{norm.near[1]}）{what_zh}面积达到{norm.asked[1]}", "that meet the target in reach",
            "达标占比（可达口径）",
        ),
    }  # fmt: skip
    for name, (column, english, chinese, short, short_zh) in kinds.items():
        yield Figure.ratio(
            f"area.{norm.key}{units}_{name}_share", sums[column], sums["units_counted"], **of,
            label=f"{what.capitalize()}: {units} {short}", label_zh=f"{what_zh}：{units_zh}{short_zh}",
            definition=f"Share of {units} that {english}; those without {who} are left out.{norm.scope[0]}",
            definition_zh=f"{chinese}的{units_zh}占比；无{who_zh}的不计入。{norm.scope[1]}",
        )  # fmt: skip
    yield Figure.ratio(
        f"area.{norm.key}households_reached_share", sums["households_reached"], sums["households"],
        unit="share", denominator_name=who, denominator_name_zh=who_zh,
        label=f"{what.capitalize()}: share of {who} within {norm.spec.access_minutes:g} min",
        label_zh=f"{what_zh}：{norm.spec.access_minutes:g}分钟可达{who_zh}占比",
        definition=f"Share of {who} within {norm.near[0]} of any of the {what} that has floor area; all {who} in the "
        f"areas are in the denominator.{norm.scope[0]}",
        definition_zh=f"{norm.near[1]}内可到达任一有建筑面积的{what_zh}的{who_zh}占比；分母为范围内全部{who_zh}。"
        f"{norm.scope[1]}",
    )  # fmt: skip


def _amounts(norm: Norm, sums: pd.Series, outside_m2: float) -> Iterator[Figure]:
    (what, what_zh), (units, units_zh) = norm.what, norm.units
    area: dict[str, Any] = {"unit": "m2", "unit_zh": "平方米"}
    yield Figure(
        f"area.{norm.key}deficit_m2", float(sums["deficit_m2"]), **area,
        definition=f"Floor area lacking to {norm.asked[0]}, summed over {units}: what one has too much doesn't help "
        f"another.{norm.scope[0]}",
        definition_zh=f"各{units_zh}距{norm.asked[1]}的面积缺口之和，不以富余抵缺口。{norm.scope[1]}",
        label=f"{what.capitalize()}: m2 lacking", label_zh=f"{what_zh}：面积缺口", sources=norm.sources,
    )  # fmt: skip
    price, spec = norm.spec.unit_cost_per_m2, norm.spec
    if price is not None:
        yield Figure(
            f"area.{norm.key}cost", float(sums["deficit_m2"]) * price, spec.cost_unit_en, unit_zh=spec.cost_unit,
            definition=f"What the lacking floor area costs at {price:,g} {spec.cost_unit_en} per m2, as the study "
            f"states.{norm.scope[0]}",
            definition_zh=f"按研究设定的每平方米{price:,g}{spec.cost_unit}估算的补足缺口所需投资。{norm.scope[1]}",
            label=f"{what.capitalize()}: cost of what is lacking", label_zh=f"{what_zh}：补足缺口估算投资",
        )  # fmt: skip
    for kind in (COUNTED_ONLY, REACHABLE_ONLY):
        english, chinese = STANDING_WORDS[kind]
        yield Figure(
            f"area.{norm.key}{units}_{kind}_count", float(sums[f"units_{kind}"]), units, unit_zh="个",
            definition=f"{units.capitalize()} whose {what} meet {norm.asked[0]} in one way only: {english}."
            f"{norm.scope[0]}",
            definition_zh=f"{what_zh}以{norm.asked[1]}衡量仅一种口径达标的{units_zh}数：{chinese}。{norm.scope[1]}",
            label=f"{what.capitalize()}: {units} {english}", label_zh=f"{what_zh}：{chinese}的{units_zh}",
        )  # fmt: skip
    if outside_m2:
        yield Figure(
            f"area.{norm.key}outside_m2", outside_m2, **area,
            definition=f"Floor area of {what} outside all areas: in no unit, but in reach where people walk there.",
            definition_zh=f"位于分析范围外的{what_zh}建筑面积：不计入任何单元，居民可到达的仍计入可达口径。",
            label=f"{what.capitalize()}: m2 outside all areas", label_zh=f"{what_zh}：范围外面积",
        )  # fmt: skip

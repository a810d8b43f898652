"""The lists of floor area: where to build, and which facility counts where."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from civicreach.layers import Areas, Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.floor_area.by_unit import area_per_100_households, deficit_m2
from civicreach.measures.floor_area.norm import Norm
from civicreach.measures.words import LEVEL_ZH

RULE_WORDS: dict[str, Pair] = {
    "named": ("named in its file", "设施表中指定"),
    "shared": ("on or near a boundary, split", "位于或临近边界，分摊"),
    "inside": ("stands inside", "位于辖区内"),
    "outside": ("outside all areas, in no unit", "位于所有辖区之外，不计入"),
}


def capital_list(lowest: pd.DataFrame, target: float, *, unit_cost_per_m2: float | None = None) -> pd.DataFrame:
    """The units that lack floor area, on their ids: most m2 first, of equals more households, then the id.

    `lowest` is that of `floor_area_by_unit`. Columns: `households`, `floor_area_m2`, `m2_per_100_households`,
    `reachable_m2_per_100_households`, `reachable_met`, `deficit_m2`, `cost` (with a unit cost), and the running
    `cumulative_m2`, `cumulative_share`, `cumulative_cost`.
    """
    lacking = lowest[lowest["deficit_m2"] > 0]
    households = lacking["households"]
    table = lacking[["households", "floor_area_m2"]].assign(
        m2_per_100_households=area_per_100_households(lacking["floor_area_m2"], households),
        reachable_m2_per_100_households=area_per_100_households(lacking["reachable_m2"], households),
        reachable_met=deficit_m2(lacking["reachable_m2"], households, target) == 0,
        deficit_m2=lacking["deficit_m2"],
    )
    order = pd.DataFrame({"m2": -table["deficit_m2"], "who": -households, "id": table.index.astype(str)})
    table = table.loc[order.sort_values(["m2", "who", "id"]).index]
    table["cumulative_m2"] = table["deficit_m2"].cumsum().round(PEOPLE_DECIMALS)
    total = table["deficit_m2"].sum()
    table["cumulative_share"] = table["cumulative_m2"] / total if len(table) else table["cumulative_m2"]
    if unit_cost_per_m2 is not None:
        table["cost"] = table["deficit_m2"] * unit_cost_per_m2
        table["cumulative_cost"] = table["cumulative_m2"] * unit_cost_per_m2
    return table


def capital_listing(norm: Norm, lowest: pd.DataFrame, areas: Areas) -> Listing:
    """Where to build how much, worst first."""
    frame = capital_list(lowest, norm.target, unit_cost_per_m2=norm.spec.unit_cost_per_m2)
    named, names = _with_names(frame, areas)
    en, zh = norm.spec.cost_unit_en, norm.spec.cost_unit
    in_reach = f"In reach: {norm.ratio[0]}", f"可达口径：{norm.ratio[1]}"
    fields = (
        *names,
        Field("households", (norm.who[0].capitalize(), norm.amount_zh), total=True),
        Field("floor_area_m2", ("Floor area inside (m2)", "现有面积（平方米）"), total=True),
        Field("m2_per_100_households", (f"Inside: {norm.ratio[0]}", f"辖区口径：{norm.ratio[1]}"), "number"),
        Field("deficit_m2", ("To build (m2)", "需建面积（平方米）"), total=True),
        Field("cost", (f"Cost ({en})", f"估算投资（{zh}）"), total=True),
        Field("reachable_m2_per_100_households", in_reach, "number"),
        Field("reachable_met", ("Met by what is in reach", "可达口径已达标"), "flag"),
        Field("cumulative_m2", ("Running total (m2)", "累计面积（平方米）")),
        Field("cumulative_share", ("Running share of all that lacks", "累计占缺口比例"), "share"),
        Field("cumulative_cost", (f"Running cost ({en})", f"累计投资（{zh}）")),
    )
    rule = (
        f"{norm.units[0].capitalize()} below {norm.asked[0]} inside their boundary, most m2 first, of equals those "
        f"with more {norm.who[0]}. Where the floor area in reach meets the target, building can wait.{norm.scope[0]}"
    )
    rule_zh = (
        f"辖区口径低于{norm.asked[1]}的{norm.units[1]}，按需建面积从大到小排列，相同者{norm.who[1]}多者在前；"
        f"可达口径已达标的可缓建。{norm.scope[1]}"
    )
    title = f"{norm.what[0].capitalize()}: where to build", f"{norm.what[1]}：建设清单"
    shown = tuple(each for each in fields if each.name in named.columns)
    return Listing(f"{norm.key}capital", title, named, shown, (rule, rule_zh))


def parts_listing(
    norm: Norm, parts: pd.DataFrame, facilities: Facilities, areas: Areas, services: Mapping[str, Pair]
) -> Listing:
    """Which facility counts where: those outside first, then those that are shared, then all others."""
    frame = parts.copy()
    frame["name"] = facilities.frame["name"].reindex(frame["facility_id"]).to_numpy()
    frame["service"] = facilities.frame["service"].reindex(frame["facility_id"]).to_numpy()
    frame["unit_name"] = areas.frame[areas.lowest].reindex(frame["unit"]).to_numpy(dtype=object)
    first = frame["rule"].map({"outside": 0, "shared": 1, "named": 1, "inside": 2})
    frame = frame.loc[first.sort_values(kind="stable").index].reset_index(drop=True)
    level_zh = LEVEL_ZH[areas.lowest]
    fields = (
        Field("facility_id", ("Facility", "设施编号"), "text"),
        Field("name", ("Name", "设施名称"), "text"),
        Field("service", ("Kind", "设施类别"), "text", words=services),
        Field("unit", (f"{areas.lowest.capitalize()} code", f"{level_zh}代码"), "text"),
        Field("unit_name", (areas.lowest.capitalize(), level_zh), "text"),
        Field("m2", ("Counted there (m2)", "计入面积（平方米）"), total=True),
        Field("rule", ("Why there", "归属依据"), "text", words=RULE_WORDS),
    )
    rule = (
        f"A facility belongs to the {norm.units[0]} that its file names, else to {_near(norm)[0]}; what several share "
        f"is split by their {norm.who[0]}. All parts add up to all floor area."
    )
    rule_zh = (
        f"设施表指定服务{norm.units[1]}的按指定归属，否则归属{_near(norm)[1]}；"
        f"多个单元共用的按{norm.who[1]}数分摊，各部分之和等于总面积。"
    )
    title = f"{norm.what[0].capitalize()}: which counts where", f"{norm.what[1]}：面积归属"
    return Listing(f"{norm.key}parts", title, frame, fields, (rule, rule_zh))


def _near(norm: Norm) -> Pair:
    """Which units a facility belongs to by its place."""
    metres, (units, units_zh) = norm.spec.shared_m, norm.units
    if metres:
        return f"all {units} within {metres:g} m of it", f"距其{metres:g}米以内的全部{units_zh}"
    return (
        "the one that it stands in, on a boundary to all that meet there",
        f"所在{units_zh}（位于边界上的归属各相邻单元）",
    )


def _with_names(frame: pd.DataFrame, areas: Areas) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """The rows with the names of all levels that say something, the lowest one's code last."""
    shown = [level for level in areas.levels if level != "city" or areas.frame["city"].nunique() > 1]
    names = areas.frame.loc[frame.index, shown]
    code = f"{areas.lowest}_id"
    fields = [Field(level, (level.capitalize(), LEVEL_ZH[level]), "text") for level in shown]
    fields.append(Field(code, (f"{areas.lowest.capitalize()} code", f"{LEVEL_ZH[areas.lowest]}代码"), "text"))
    joined = pd.concat([names, pd.Series(frame.index, index=frame.index, name=code), frame], axis=1)
    return pd.DataFrame(joined).rename_axis(None), tuple(fields)

"""How evenly the way to each service is shared: minutes of the median and of the worst off, Gini, Palma, Theil."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.circle.wording import name_words
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import summary, worst_unit
from civicreach.measures.ground import Ground
from civicreach.measures.inequality import gini, palma, theil, theil_parts
from civicreach.measures.tables import URBAN_RURAL, Tables
from civicreach.measures.words import group_words
from civicreach.study import ServiceSpec

PLACES: dict[str, Pair] = {"all": ("all", "全域"), "urban": ("urban", "城镇"), "rural": ("rural", "乡村")}
UNITS: dict[str, Pair] = {"min": ("min", "分钟"), "m": ("m", "米")}
RULE: Pair = (
    (
        "The way along the network to the nearest facility. Quantiles count everyone, those who reach none as farthest "
        "(blank: among them); mean, Gini, Palma and Theil are of those who reach one. Gini and Theil are 0, Palma is "
        "0.25 where all need the same."
    ),
    (
        "指沿路网到最近设施的出行。分位数含全部人口，无法到达者计为最远（空白表示落入其中）；"
        "平均值、基尼、帕尔马、泰尔指数仅含可到达者；完全均等时基尼、泰尔为0，帕尔马比值为0.25。"
    ),
)
WORST, BETWEEN = "subdistrict", "district"
"""Of which level the worst unit is named, and between the units of which level Theil's index is parted."""


def equity_list(ground: Ground) -> Listing:
    """The way to the nearest facility of each service, of all its group and of urban and rural people by themselves.

    Quantiles are of everyone, unreachable people beyond all others, and blank where they fall among these; mean and
    indices are of those who can reach one.
    """
    groups = ground.demand.groups
    services = [circle.service for circle in ground.circles.values()]
    rows = [row for service in services for row in _rows(ground, service)]
    said = {service.id: name_words(service) for service in services}
    of = {service.group: group_words(ground.study, service.group) for service in services}
    frame = pd.DataFrame(rows)
    fields = (
        Field("service", ("Service", "服务"), "text", words=said),
        Field("where", ("Where", "范围"), "text", words=PLACES),
        Field("group", ("For whom", "人群"), "text", words=of),
        Field("unit", ("Unit", "单位"), "text", words=UNITS),
        Field("median", ("Median", "中位数"), "number"),
        Field("mean", ("Mean", "平均"), "number"),
        Field("p90", ("90 % need at most", "90%分位"), "number"),
        Field("p95", ("95 % need at most", "95%分位"), "number"),
        Field("unreached", ("Can reach none", "无法到达任何一处")),
        *_worst_fields(ground),
        Field("gini", ("Gini", "基尼系数"), "number"),
        Field("palma", ("Palma", "帕尔马比值"), "number"),
        Field("theil", ("Theil", "泰尔指数"), "number"),
        *_theil_fields(ground),
        *(
            Field(f"{group}_uncovered", (f"Not covered: {en}", f"未覆盖{zh}"))
            for group in groups
            for en, zh in [group_words(ground.study, group)]
        ),
    )
    return Listing(
        "circle_equity",
        ("Equity of the way to each service", "各项服务可达的公平性"),
        frame[[each.name for each in fields]],
        fields,
        rule=RULE,
    )


def _worst_fields(ground: Ground) -> tuple[Field, ...]:
    if ground.areas is None or WORST not in ground.areas.levels:
        return ()
    return (
        Field("worst", ("Worst subdistrict by median", "中位数最差街道（乡镇）"), "text"),
        Field("worst_median", ("Its median", "其中位数"), "number"),
    )


def _theil_fields(ground: Ground) -> tuple[Field, ...]:
    if ground.areas is None or BETWEEN not in ground.areas.levels:
        return ()
    return (
        Field("theil_between", ("Theil between districts", "泰尔指数：各区之间"), "number"),
        Field("theil_within", ("Theil within districts", "泰尔指数：各区内部"), "number"),
    )


def _rows(ground: Ground, service: ServiceSpec) -> Iterator[dict[str, object]]:
    """One row a place: everywhere, and urban and rural where the areas tell them apart."""
    circle = ground.circles[service.id]
    inside = ~ground.demand.outside
    for where, mask in _places(ground):
        weights = ground.demand.amount(service.group).where(inside & mask, 0.0)
        if not (weights > 0).any():
            continue
        yield {
            "service": service.id,
            "where": where,
            "group": service.group,
            "unit": ground.study.limit_unit(service),
            **_spread(ground, circle.demand["nearest_min"], weights),
            **_uncovered(circle.tables, ground.demand.groups, where),
        }


def _uncovered(tables: Tables, groups: tuple[str, ...], where: str) -> dict[str, float]:
    """Uncovered amounts of all groups, the same to the last digit as the coverage tables say."""
    table = tables[next(iter(tables))] if where == "all" else tables[URBAN_RURAL].loc[[where]]
    sums = {f"{group}_uncovered": table[group].sum() - table[f"{group}_covered"].sum() for group in groups}
    return {name: round(float(amount), PEOPLE_DECIMALS) for name, amount in sums.items()}


def _places(ground: Ground) -> Iterator[tuple[str, pd.Series]]:
    yield "all", pd.Series(True, index=ground.demand.ids)
    if ground.areas is not None and ground.areas.frame["urban"].notna().any():
        urban = ground.demand.frame["urban"]
        for where, flag in (("urban", True), ("rural", False)):
            yield where, urban.map(lambda value, flag=flag: value is not None and value == flag).astype(bool)


def _spread(ground: Ground, way: pd.Series, weights: pd.Series) -> dict[str, object]:
    found = summary(way, weights)
    reach = weights.where(way.notna(), 0.0)
    row: dict[str, object] = {
        **{name: _shown(found[name], 1) for name in ("median", "mean", "p90", "p95")},
        "unreached": found["unreached_people"],
        "gini": _shown(gini(way, reach), 3),
        "palma": _shown(palma(way, reach), 3),
        "theil": _shown(theil(way, reach), 4),
    }
    areas = ground.areas
    if areas is not None and WORST in areas.levels:
        unit = ground.demand.frame[f"{WORST}_id"]
        worst = worst_unit(way, weights, unit)
        names = areas.frame.drop_duplicates(f"{WORST}_id").set_index(f"{WORST}_id")[WORST]
        row["worst"] = names[worst.name] if worst is not None else None
        row["worst_median"] = _shown(worst["median"], 1) if worst is not None else np.nan
    if areas is not None and BETWEEN in areas.levels:
        parts = theil_parts(way, reach, ground.demand.frame[f"{BETWEEN}_id"])
        row["theil_between"], row["theil_within"] = _shown(parts.between, 4), _shown(parts.within, 4)
    return row


def _shown(value: float, decimals: int) -> float:
    """A value as a list shows it; nothing where it is infinite."""
    return round(float(value), decimals) if np.isfinite(value) else np.nan

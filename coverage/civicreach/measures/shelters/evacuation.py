"""The evacuation plan: to which shelters the people of each community go, and where people find no place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import quantile_by
from civicreach.measures.shelters.capacity import LEFT_OUT, WHY, Sheltered, served_sums
from civicreach.measures.shelters.loads import shelter_fields
from civicreach.measures.shelters.question import Population, name_fields, named, units_words


def flows(population: Population, found: Sheltered) -> gpd.GeoDataFrame:
    """Who goes where, by lowest unit and shelter: `unit`, `shelter_id`, `name`, `class`, `amount`, `mean_m`, `max_m`.

    Units in their own order, most people first. Lines run straight from the middle of the homes (weighted by who goes)
    to the shelter; metres are along the network.
    """
    ground, shelters = population.ground, population.question.shelters
    pairs = found.best.pairs
    at = ground.demand.ids.get_indexer(pd.Index(pairs["demand_id"]))
    xy, amount = ground.demand.xy[at], pairs["amount"].to_numpy()
    rows = pd.DataFrame(
        {
            "unit": ground.unit.to_numpy()[at],
            "shelter": shelters.facilities.ids.get_indexer(pd.Index(pairs["facility_id"])),
            "amount": amount,
            "person_m": amount * pairs["cost_ms"].to_numpy() / 1_000,
            "max_m": pairs["cost_ms"].to_numpy() / 1_000,
            "x": amount * xy[:, 0],
            "y": amount * xy[:, 1],
        }
    )
    by = rows.groupby(["unit", "shelter"], sort=True)
    sums = by[["amount", "person_m", "x", "y"]].sum().join(by["max_m"].max()).reset_index()
    units = pd.Index(["all"]) if population.areas is None else population.areas.frame.index
    sums["order"] = units.get_indexer(pd.Index(sums["unit"]))
    sums = sums.sort_values(["order", "amount"], ascending=[True, False], kind="stable").reset_index(drop=True)
    frame, shelter = shelters.facilities.frame.iloc[sums["shelter"]], sums["shelter"].to_numpy()
    start = np.column_stack([sums["x"] / sums["amount"], sums["y"] / sums["amount"]])
    lines = shapely.linestrings(np.stack([start, shelters.facilities.xy[shelter]], axis=1))
    return gpd.GeoDataFrame(
        {
            "unit": sums["unit"],
            "shelter_id": frame.index.astype(str),
            "name": frame["name"].to_numpy(),
            "class": shelters.key.to_numpy()[shelter],
            "amount": sums["amount"].round(PEOPLE_DECIMALS),
            "mean_m": sums["person_m"] / sums["amount"],
            "max_m": sums["max_m"],
        },
        geometry=lines,
        crs=ground.demand.crs,
    )


def plan_parts(population: Population, found: Sheltered) -> tuple[Listing, MapLayer]:
    """The evacuation plan as a list, and as lines from communities to shelters."""
    drawn = flows(population, found)
    areas = population.areas
    fields = (
        *name_fields(areas),
        *shelter_fields(),
        population.field("amount", "{who} who go there", "前往{who}"),
        Field("mean_m", ("Mean way (m)", "平均距离（米）"), "metres"),
        Field("max_m", ("Longest way (m)", "最远距离（米）"), "metres"),
    )
    if areas is not None:
        names = areas.frame.loc[drawn["unit"], [field.name for field in name_fields(areas)]]
        drawn = drawn.assign(**{column: names[column].to_numpy() for column in names.columns})
    frame = drawn[[*(field.name for field in fields), "geometry"]]
    title = population.title("Evacuation plan: who goes where", "疏散安置方案：各社区去向")
    units, units_zh = units_words(areas)
    rule = (
        (
            f"Of all {units} the shelters that their people go to by the assignment that serves most and walks "
            f"least. Homes "
            "are split where a shelter fills up, so numbers aren't always whole; distances are along streets, "
            "lines are "
            "drawn straight."
        ),
        (
            f"各{units_zh}居民按统筹方案前往的场所及人数。场所满员处同一居住点可能分流，人数不一定为整数；"
            "距离沿路网计算，图上以直线示意。"
        ),
    )
    listing = Listing(
        f"shelter_flows{population.suffix}", title, pd.DataFrame(frame.drop(columns="geometry")), fields, rule
    )
    return listing, MapLayer(f"shelter_flows{population.suffix}", title, frame, fields, "lines", "class")


def unserved_parts(population: Population, found: Sheltered) -> tuple[Listing, MapLayer]:
    """Where people find no place and why, as a list by lowest unit and as points in the middle of their homes."""
    question, best, ground = population.question, found.best, population.ground
    left = best.unserved.where(best.reason != "outside", 0.0)
    sums = served_sums(population, best)
    sums = sums[sums["unserved"] > 0].sort_values("unserved", ascending=False, kind="stable")
    emergency = question.shelters.classes["emergency"]
    sums["new_m2"] = np.ceil(sums["beyond"]) * emergency.m2_per_person
    part = pd.DataFrame({"unit": ground.unit, "left": left, "metres": question.nearest_m})
    part["x"], part["y"] = ground.demand.xy.T
    part = part[(left > 0).to_numpy()]
    metres = quantile_by(part["metres"], part["left"], part["unit"], q=0.5)
    sums["nearest_m"] = metres.reindex(sums.index).replace(np.inf, np.nan)
    weighted = part[["x", "y"]].mul(part["left"], axis=0).groupby(part["unit"]).sum()
    middle = weighted.div(part["left"].groupby(part["unit"]).sum(), axis=0).reindex(sums.index)
    areas = population.areas
    fields = (
        *name_fields(areas),
        population.field("people"),
        population.field("unserved", "Without a place", "未能安置"),
        Field("unserved_share", ("Share without a place", "未安置占比"), "share", ratio=("unserved", "people", 1.0)),
        *(population.field(why, WHY[why][0].capitalize(), WHY[why][1]) for why in LEFT_OUT),
        Field("nearest_m", ("Half of them: to any shelter at most (m)", "至最近场所距离中位数（米）"), "metres"),
        Field("new_m2", (f"For those beyond, m2 at {emergency.room[0]}",
              f"距离外者新建所需面积（平方米，按{emergency.room[1]}）"), total=True),
    )  # fmt: skip
    rows = named(sums, areas).assign(unserved_share=sums["unserved"] / sums["people"])
    frame = rows[[field.name for field in fields]]
    frame.index.name = None
    title = population.title("Where people find no place", "未能安置人口分布")
    shown = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(middle["x"], middle["y"]), crs=ground.demand.crs)
    rule = (
        (
            "Most people without a place first. Full: a shelter is in reach, but all are taken; beyond: none "
            "stands within "
            "the distance of its class. The nearest shelter is that of any class, along the network; blank "
            "where there is "
            "no way to one."
        ),
        (
            "未能安置人数多者在前。满员指可达场所名额已尽；距离外指各类疏散距离内均无场所。最近场所不分类别，沿路网计算，"
            "空白表示无路可达。"
        ),
    )
    name = f"shelter_unserved{population.suffix}"
    return Listing(name, title, frame, fields, rule), MapLayer(name, title, shown, fields, "points", "unserved")

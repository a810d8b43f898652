"""The tables and lists of a programme: its share by level, its grades and years, and which units are next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer, Topic
from civicreach.measures.programmes.share import still_needed
from civicreach.measures.programmes.words import Counted, percent
from civicreach.measures.programmes.years import by_year
from civicreach.measures.rollup import roll_up
from civicreach.measures.words import LEVEL_ZH

NO_GRADE = ""


def topic_of(n: Counted) -> Topic:
    """How many units of each level meet the programme's standard."""
    units, units_zh = n.units
    inside = n.areas.frame.index.isin(n.frame.index)
    flag = n.frame["flag"].reindex(n.areas.frame.index).eq(True)
    lowest = pd.DataFrame(
        {"units_counted": inside.astype(np.int64), "units_flagged": flag.to_numpy(dtype=np.int64)},
        index=n.areas.frame.index,
    )
    fields = (
        Field("units_counted", (units.capitalize(), f"{units_zh}数"), "count", total=True),
        Field("units_flagged", ("Meet the standard", "已达标（创建）数"), "count", total=True),
        Field("share", ("Share", "覆盖率"), "share", ratio=("units_flagged", "units_counted", 1.0),
              of_one=("Meets the standard", "已达标")),
        Field("units_needed", (f"Still needed for {n.target[0]}", f"达到{n.target[1]}尚需"), "count",
              derive=partial(_needed, target=n.spec.target_share)),
    )  # fmt: skip
    rule = (
        f"Share of {units} that meet the standard, of all {units}; target {n.target[0]}. What is still needed is that "
        "of each unit by itself, rounded up: it doesn't add up."
    )
    rule_zh = (
        f"已达标的{units_zh}占全部{units_zh}的比例，目标{n.target[1]}。“尚需”按各单元自身计算并向上取整，不可加总。"
    )
    return Topic(
        n.spec.id,
        (f"{n.name[0]}: share of {units}", f"{n.name[1]}：{units_zh}覆盖率"),
        roll_up(lowest, n.areas, fields),
        fields,
        (rule, rule_zh),
        coloured=("share",),
        figures=(f"programme.{n.spec.id}.*",),
        layers=(f"programme_{n.spec.id}_next",),
        listings=tuple(f"{n.spec.id}_{name}" for name in ("next", "grades", "years")),
    )


def _needed(table: pd.DataFrame, target: float) -> pd.Series:
    pairs = zip(table["units_counted"], table["units_flagged"], strict=True)
    return pd.Series([still_needed(target, round(of), round(have)) for of, have in pairs], index=table.index)


def listings_of(n: Counted, picks: pd.DataFrame) -> Iterator[Listing]:
    """Which are next, and by grade and year where the table has them."""
    yield _next(n, picks)
    if n.spec.grade is not None:
        yield _grades(n)
    if n.spec.year is not None:
        yield _years(n)


def _named(n: Counted, frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Field, ...]]:
    """The rows with the names of all levels that say something, the lowest one's code last."""
    areas = n.areas
    shown = [level for level in areas.levels if level != "city" or areas.frame["city"].nunique() > 1]
    code = f"{areas.lowest}_id"
    ids = pd.Series(frame.index, index=frame.index, name=code)
    joined = pd.DataFrame(pd.concat([areas.frame.loc[frame.index, shown], ids, frame], axis=1)).rename_axis(None)
    fields = [Field(level, (level.capitalize(), LEVEL_ZH[level]), "text") for level in shown]
    return joined, (
        *fields,
        Field(code, (f"{areas.lowest.capitalize()} code", f"{LEVEL_ZH[areas.lowest]}代码"), "text"),
    )


def _next(n: Counted, picks: pd.DataFrame) -> Listing:
    who, who_zh = n.who
    frame, names = _named(n, picks.drop(columns="rank"))
    frame.insert(0, "rank", picks["rank"])
    frame["share_then"] = (n.count + picks["rank"]) / n.of if len(picks) else picks["rank"].astype(float)
    service = None if n.spec.service is None else n.study.service(n.spec.service)
    unserved: Pair = ("Unserved", "未覆盖")
    if service is not None:
        unserved = (f"not within the standard of {service.label('en')}", f"未被{service.label('zh')}覆盖的")
    fields = (
        Field("rank", ("Rank", "序号"), "count"),
        *names,
        Field("risk", (n.spec.risk_name_en or "Risk" if n.spec.risk else "Risk (all the same)",
              n.spec.risk_name or "风险" if n.spec.risk else "风险（均为1）"), "number"),
        Field("people", (who.capitalize(), who_zh), total=True),
        Field("unserved_share", (f"Share {unserved[0]}" if service else "Unserved share (all)",
              f"{unserved[1]}{who_zh}占比" if service else "未覆盖占比（均为全部）"), "share"),
        Field("unserved", (f"{who.capitalize()} {unserved[0]}" if service else f"{who.capitalize()} unserved",
              f"{unserved[1]}{who_zh}"), total=True),
        Field("score", ("Score: risk x people x unserved share", "得分：风险×人口×未覆盖占比"), "number"),
        Field("share_then", ("Share with it and all above", "累计创建后覆盖率"), "share"),
    )  # fmt: skip
    units, units_zh = n.units
    rule = (
        f"{units.capitalize()} that don't meet the standard yet, the largest score first: risk x {who} x unserved "
        "share. Of equal scores more people come first, then the code."
    )
    rule_zh = (
        f"尚未达标的{units_zh}，按得分（风险×{who_zh}×未覆盖占比）从高到低排列；得分相同者人数多者在前，再按代码。"
    )
    title = f"{n.name[0]}: which next", f"{n.name[1]}：建议优先创建名单"
    return Listing(f"{n.spec.id}_next", title, frame, fields, (rule, rule_zh))


def layer_of(n: Counted, picks: pd.DataFrame) -> MapLayer:
    """The units that are next, as areas."""
    shapes = n.areas.frame.loc[picks.index]
    frame = gpd.GeoDataFrame(
        pd.concat([shapes[[n.areas.lowest]].rename(columns={n.areas.lowest: "name"}), picks], axis=1),
        geometry=shapes.geometry,
        crs=n.areas.frame.crs,
    ).rename_axis(f"{n.areas.lowest}_id")
    fields = (
        Field("rank", ("Rank", "序号"), "count"),
        Field("name", ("Name", "名称"), "text"),
        Field("score", ("Score", "得分"), "number"),
        Field("people", (n.who[0].capitalize(), n.who[1]), total=True),
    )
    title = f"{n.name[0]}: which next", f"{n.name[1]}：建议优先创建"
    return MapLayer(f"programme_{n.spec.id}_next", title, frame, fields, "polygons", colour_by="score")


def _grades(n: Counted) -> Listing:
    """How many of each grade; all grades together are all that are flagged."""
    flagged = n.frame[n.frame["flag"]]
    grade = flagged["grade"].fillna(NO_GRADE).astype(str)
    counts = grade.value_counts().rename_axis("grade").rename("units_flagged").reset_index()
    counts = counts.sort_values(["units_flagged", "grade"], ascending=[False, True]).reset_index(drop=True)
    fields = (
        Field("grade", ("Grade", "级别"), "text", words={NO_GRADE: ("not stated", "未填写")}),
        Field("units_flagged", ("Meet the standard", "已达标（创建）数"), "count", total=True),
    )
    title = f"{n.name[0]}: by grade", f"{n.name[1]}：按级别"
    rule = f"Of {n.units[0]}; all grades together are all that meet the standard.", "各级别之和等于已达标总数。"
    return Listing(f"{n.spec.id}_grades", title, counts, fields, rule)


def _years(n: Counted) -> Listing:
    """How many there were by the end of each year, and how many there should have been."""
    spec = n.spec
    table = by_year(
        n.frame.loc[n.frame["flag"], "year"],
        n.of,
        milestones=spec.milestones,
        yearly_share=spec.yearly_share,
        since=spec.since,
        until=n.study.study.year,
    )
    table["year"] = table["year"].astype(int).astype(str)
    fields = (
        Field("year", ("Year", "年份"), "text"),
        Field("added", ("Added", "当年新增"), "count", total=True),
        Field("count", ("So far", "累计"), "count"),
        Field("share", ("Share so far", "累计覆盖率"), "share"),
        Field("wanted", ("Should be at least", "应达到"), "count"),
        Field("met", ("Met", "是否达到"), "flag"),
    )
    share = share_zh = ""
    if spec.yearly_share is not None:
        share = f" Each year from {spec.since} on should bring {percent(spec.yearly_share)[0]}."
        share_zh = f"自{spec.since}年起每年不低于{percent(spec.yearly_share)[1]}。"
    title = f"{n.name[0]}: year by year", f"{n.name[1]}：分年进度"
    rule = f"Of {n.of:,} {n.units[0]}, rounded up.{share}", f"以{n.of:,}个{n.units[1]}为基数，向上取整。{share_zh}"
    return Listing(f"{spec.id}_years", title, table, fields, rule)

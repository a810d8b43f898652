"""The analysis "siting": the plans of a study's questions, with figures, tables by level, ranked sites and layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Fault, LayerError, Note
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Analysis, Field, Kind, Listing, MapLayer, Proposal, Topic
from civicreach.measures.ground import Ground
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.siting.answered import Answered, answers
from civicreach.siting.asked import CANDIDATE
from civicreach.siting.plan import KIND_WORDS, UNIT_WORDS
from civicreach.siting.theme_choice import choice_lists
from civicreach.siting.theme_compare import comparisons
from civicreach.siting.theme_figures import figures_of
from civicreach.siting.theme_fixes import fixes
from civicreach.siting.theme_merge import merge_lists
from civicreach.siting.theme_overview import overview

TITLE = "Siting", "选址"
ROLES: dict[str, Pair] = {
    "opened": ("new", "新增"),
    "kept": ("stays", "保留"),
    "closed": ("closes", "关闭"),
    "unused": ("candidate, not used", "备选未用"),
}
"""What a plan does with a site."""


def siting(ground: Ground) -> Analysis:
    """Where the next sites should be: each question of the study with its plan, and how sure the plan is.

    Raises LayerError where the study asks nothing, and what the problems themselves raise.
    """
    if not ground.study.siting:
        raise LayerError(Fault("siting needs [[siting]], a question each", ground.study.file_name))
    found = answers(ground)
    mended = [fixes(each) for each in found]
    lists = [tuple(_listings(each)) for each in found]
    keys = [a.asked.service.standard for a in found if a.asked.service.standard is not None]
    analysis = Analysis(
        "siting",
        TITLE,
        figures=tuple(figure for each in found for figure in figures_of(each)),
        topics=tuple(
            replace(_topic(each), listings=tuple(listing.id for listing in (*own, *more)))
            for each, own, (more, _) in zip(found, lists, mended, strict=True)
        ),
        listings=(
            overview(found),
            *(listing for own in lists for listing in own),
            *comparisons(found),
            *(listing for listings, _ in mended for listing in listings),
        ),
        layers=(*(_layer(each) for each in found), *(layer for _, layers in mended for layer in layers)),
        warnings=tuple(Note(f"{a.name[0]}: {n}", f"{a.name[1]}：{n.zh}") for a in found for n in _warnings(a)),
        standards=tuple(dict.fromkeys(keys)),
        proposals=tuple(p for p in map(_proposal, found) if p is not None),
    )
    return analysis if ground.study.study.suppress_below is None else without_units(analysis)


BY_UNIT = ("_uncoverable", "_losers")
"""Ends of the lists that tell people by unit."""


def without_units(analysis: Analysis) -> Analysis:
    """The analysis without what it tells by unit.

    A plan's units and those of the service's own tables differ by few people, so that small counts hidden in one could
    be computed from the other.
    """
    note = Note(
        "small counts are hidden in this study: plans are told for the whole place, not by unit",
        "本项目隐去小数值：选址方案只列全域结果，不分区列出",
    )
    told = [each for each in analysis.listings if not each.id.endswith(BY_UNIT) and "lost" not in each.frame.columns]
    return replace(analysis, topics=(), listings=tuple(told), warnings=(*analysis.warnings, note))


def _warnings(answered: Answered) -> Iterator[Note]:
    plan = answered.plan
    if not plan.proven:
        said = plan.certainty
        yield Note(
            f"the plan isn't proven optimal: {said}; more seconds may find a better one",
            f"方案未证明最优：{said.zh}；延长计算时间可能得到更优方案",
        )
    yield from plan.notes


def _topic(answered: Answered) -> Topic:
    """People within the limit before and after, on every level."""
    (who, who_zh), (limit, limit_zh) = answered.who, answered.limit
    head, amount = f"{who[:1].upper()}{who[1:]}", answered.amount
    before, after = answered.within(answered.before), answered.within(answered.after)
    values = {
        "amount": amount,
        "covered_before": amount.where(before, 0.0),
        "covered_after": amount.where(after, 0.0),
        "gained": amount.where(after & ~before, 0.0) - amount.where(before & ~after, 0.0),
        "left": amount.where(~after, 0.0),
    }
    fields = (
        Field("amount", (head, who_zh), total=True),
        Field("covered_before", (f"{head} within {limit}: before", f"{limit_zh}内{who_zh}：现状"), total=True),
        Field("covered_after", (f"{head} within {limit}: with the plan", f"{limit_zh}内{who_zh}：方案"), total=True),
        Field("gained", ("Gained", "新增覆盖"), total=True),
        Field("left", (f"{head} still beyond", f"仍未覆盖的{who_zh}"), total=True),
        Field("share_before", ("Share before", "现状覆盖率"), "share", ratio=("covered_before", "amount", 1.0)),
        Field("share_after", ("Share with the plan", "方案覆盖率"), "share", ratio=("covered_after", "amount", 1.0)),
    )
    lowest = sums_by_unit(pd.DataFrame(values), answered.ground.unit, answered.ground.areas)
    return Topic(
        topic_id(answered),
        answered.name,
        roll_up(lowest, answered.ground.areas, fields),
        fields,
        rule=_rule(answered),
        coloured=("share_after", "share_before", "gained", "left"),
        figures=(f"siting.{answered.spec.id}.*",),
        layers=tuple(f"siting_{answered.spec.id}_{name}" for name in ("points", "fixes_points")),
    )


def _rule(answered: Answered) -> Pair:
    """What was asked, in a sentence."""
    plan, rules = answered.plan, answered.plan.problem.rules
    (kind, kind_zh), (limit, limit_zh), (who, who_zh) = KIND_WORDS[plan.kind], answered.limit, answered.who
    new, of, sure = len(plan.opened), _candidates(answered), plan.certainty
    told = [answered.told(name) for name in rules.active]
    english = f"{kind}; {who}, {limit} on the network; {new} new of {of:,} candidates"
    chinese = f"{kind_zh}；{who_zh}，路网{limit_zh}；{of:,}处备选中新增{new}处"
    english = "; ".join([english, *told, sure])
    chinese = "；".join([chinese, *(note.zh for note in told), sure.zh])
    return f"{english}.", f"{chinese}。"


def _candidates(answered: Answered) -> int:
    problem = answered.plan.problem
    return int((problem.allowed & problem.new).sum())


def _listings(answered: Answered) -> Iterator[Listing]:
    if answered.spec.problem != "consolidate" or answered.plan.opened:
        yield _sites(answered)
    yield from merge_lists(answered)
    yield from choice_lists(answered)
    if len(answered.plan.price):
        yield _prices(answered)
    if answered.ground.areas is not None and len(answered.plan.uncoverable):
        yield _uncoverable(answered)


def _sites(answered: Answered) -> Listing:
    """The new sites, ranked by what each adds to those before it."""
    plan, unit = answered.plan, ("m", "米") if answered.in_metres else ("min", "分钟")
    (who, who_zh), kind = answered.who, "metres" if answered.in_metres else "minutes"
    frame = plan.table[["rank", "name", "new_people", "reached_people"]].copy()
    frame.insert(1, "id", frame.index.astype(str))
    frame = frame.join(_ways(answered, frame.index))
    sites = answered.asked.sites.frame.reindex(frame.index)
    frame["place"] = _places(sites)
    fields = [
        Field("rank", ("Rank", "次序"), "count"),
        Field("id", ("Id", "编号"), "text"),
        Field("name", ("Name", "名称"), "text"),
        Field("place", ("Where", "位置"), "text"),
        Field("new_people", (f"{who[:1].upper()}{who[1:]} newly reached", f"新增覆盖{who_zh}")),
        Field("reached_people", (f"All {who} within the limit", f"时限内全部{who_zh}")),
        Field("served_people", (f"{who[:1].upper()}{who[1:]} who have it nearest", f"以此为最近点的{who_zh}")),
        Field("before", (f"Their mean way before ({unit[0]})", f"其现状平均路程（{unit[1]}）"), kind),  # type: ignore[arg-type]
        Field("after", (f"Their mean way with the plan ({unit[0]})", f"其方案平均路程（{unit[1]}）"), kind),  # type: ignore[arg-type]
    ]
    if answered.phased is not None:
        frame["year"] = answered.phased.opened_in.reindex(frame.index).astype(np.float64)
        fields.append(Field("year", ("Opens in year", "建设年次"), "count"))
    money = f"Cost ({answered.spec.cost_unit_en})", f"投资（{answered.spec.cost_unit}）"
    for column, header in (("cost", money), ("capacity", ("Capacity", "规模"))):
        if column in sites.columns and sites[column].notna().any():
            frame[column] = sites[column].astype(np.float64)
            fields.append(Field(column, header, "number"))
    rule = (
        "Ranked by what each adds to those above it; ways are means of those who have the site nearest.",
        "按逐处新增效果排序；路程为以该点为最近点者的平均值。",
    )
    title = f"{answered.name[0]}: new sites", f"{answered.name[1]}：新增点位"
    return Listing(f"siting_{answered.spec.id}_sites", title, frame.reset_index(drop=True), tuple(fields), rule)


def _ways(answered: Answered, ids: pd.Index) -> pd.DataFrame:
    """People who have a site nearest, and their mean ways before and after."""
    rows = []
    for site in ids:
        there = answered.goes_to == site
        rows.append(
            {
                "served_people": round(float(answered.amount[there].sum()), 6),
                "before": answered.mean(answered.before, there),
                "after": answered.mean(answered.after, there),
            }
        )
    return pd.DataFrame(rows, index=ids, columns=["served_people", "before", "after"]).astype(np.float64)


def _places(sites: pd.DataFrame) -> pd.Series:
    """Road, community and subdistrict of a site, as far as they are known."""
    columns = [c for c in ("subdistrict", "community", "road") if c in sites.columns]
    said = sites[columns].astype(object)
    text = [" · ".join(str(v) for v in row if isinstance(v, str) and v) for row in said.to_numpy().tolist()]
    return pd.Series(text, index=sites.index, dtype=object)


def _prices(answered: Answered) -> Listing:
    """What each rule costs: how much better the best plan without it is."""
    plan = answered.plan
    unit, unit_zh = UNIT_WORDS[plan.kind]
    kind: Kind = "minutes" if plan.kind == "p_center" else "amount"
    frame = pd.DataFrame(
        {
            "rule": plan.price.index.astype(object),
            "price": plan.price["price"].astype(np.float64).to_numpy(),
            "objective": plan.price["objective"].astype(np.float64).to_numpy(),
            "proven": plan.price["proven"].astype(bool).to_numpy(),
        }
    )
    told = {name: answered.told(name) for name in plan.price.index}
    words = {name: (str(note), note.zh) for name, note in told.items()}
    fields = (
        Field("rule", ("Rule", "规则"), "text", words=words),
        Field("price", (f"Without it better by ({unit})", f"取消该规则可改善（{unit_zh}）"), kind),
        Field("objective", (f"Objective without it ({unit})", f"取消后的目标值（{unit_zh}）"), kind),
        Field("proven", ("Proven", "已证明"), "flag"),
    )
    rule = (
        "The same plan without one rule each; where it isn't proven the price is that of the best plans found.",
        "逐条取消规则后重新求解；未证明者按所得最好方案计。",
    )
    title = f"{answered.name[0]}: price of the rules", f"{answered.name[1]}：规则代价"
    return Listing(f"siting_{answered.spec.id}_prices", title, frame, fields, rule)


def _uncoverable(answered: Answered) -> Listing:
    """People whom no site that may open could reach within the limit, by the lowest unit."""
    areas, ground = answered.ground.areas, answered.ground
    if areas is None:  # pragma: no cover
        raise AssertionError("asked for with areas alone")
    nobody = answered.asked.demand.ids.isin(answered.plan.uncoverable)
    sums = sums_by_unit(pd.DataFrame({"left": answered.amount.where(nobody, 0.0)}), ground.unit, areas)
    sums = sums[sums["left"] > 0].sort_values("left", ascending=False, kind="stable")
    names = [c for c in ("district", "subdistrict", "community") if c in areas.frame.columns]
    frame = areas.frame.loc[sums.index, names].assign(left=sums["left"]).reset_index(drop=True)
    (who, who_zh) = answered.who
    headers = {
        "district": ("District", "区"),
        "subdistrict": ("Subdistrict", "街道"),
        "community": ("Community", "社区"),
    }
    fields = (
        *(Field(name, headers[name], "text") for name in names),
        Field("left", (f"{who[:1].upper()}{who[1:]} out of reach of every candidate", f"任何备选点均不可达的{who_zh}")),
    )
    rule = "Worst first; only more candidates or shorter ways can help them.", "按人数排序；须增加备选点或缩短路径。"
    title = f"{answered.name[0]}: out of reach of every candidate", f"{answered.name[1]}：备选点均不可达"
    return Listing(f"siting_{answered.spec.id}_uncoverable", title, pd.DataFrame(frame), fields, rule)


def _proposal(answered: Answered) -> Proposal | None:
    """The plan for the page to try out; None where that can't show it: other people, or sites that close."""
    asked, plan = answered.asked, answered.plan
    if plan.closed or not plan.opened or asked.group != asked.service.group:
        return None
    frame = asked.sites.frame
    columns = [c for c in ("name", "capacity") if c in frame.columns]
    free = asked.rules.forbidden
    plots = frame[frame["status"].eq(CANDIDATE) & ~frame.index.isin([str(i) for i in free])]
    return Proposal(
        topic=topic_id(answered),
        service=asked.service.id,
        profile=asked.network.profile.name,
        limit_ms=plan.problem.limit_ms,
        sites=frame.loc[list(plan.opened), [*columns, "geometry"]],
        plots=(plots if asked.spec.every_m is None else plots.iloc[:0])[[*columns, "geometry"]],
    )


def topic_id(answered: Answered) -> str:
    """The topic of a plan."""
    return f"siting_{answered.spec.id}"


def _layer(answered: Answered) -> MapLayer:
    sites = answered.sites
    frame = gpd.GeoDataFrame(
        {
            "id": sites.index.astype(str),
            "name": sites["name"].to_numpy(),
            "role": sites["role"].to_numpy(),
            "rank": answered.plan.table["rank"].reindex(sites.index).astype(np.float64).to_numpy(),
            "new_people": answered.plan.table["new_people"].reindex(sites.index).astype(np.float64).to_numpy(),
        },
        geometry=gpd.GeoSeries(sites["geometry"].to_numpy(), crs=answered.asked.sites.crs),
        crs=answered.asked.sites.crs,
    )
    (who, who_zh) = answered.who
    fields = (
        Field("id", ("Id", "编号"), "text"),
        Field("name", ("Name", "名称"), "text"),
        Field("role", ("In the plan", "方案中"), "text", words=ROLES, quiet=("unused",)),
        Field("rank", ("Rank", "次序"), "count"),
        Field("new_people", (f"{who[:1].upper()}{who[1:]} newly reached", f"新增覆盖{who_zh}")),
    )
    title = f"{answered.name[0]}: sites", f"{answered.name[1]}：点位"
    return MapLayer(f"siting_{answered.spec.id}_points", title, frame, fields, "points", colour_by="role")

"""Lists of a consolidation: what becomes of each site, and who has farther to go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.words import LEVEL_ZH, group_words
from civicreach.siting.answered import Answered
from civicreach.siting.merge import before_and_after, losers, moves


def merge_lists(answered: Answered) -> Iterator[Listing]:
    """Closed sites and where their people go, ways by group, and the units where people lose; of mergers alone."""
    if answered.spec.problem != "consolidate":
        return
    yield _moves(answered)
    yield _groups(answered)
    if answered.ground.areas is not None:
        yield _losers(answered)


def _title(answered: Answered, said: Pair) -> Pair:
    return f"{answered.name[0]}: {said[0]}", f"{answered.name[1]}：{said[1]}"


def _way_fields(*columns: tuple[str, Pair]) -> list[Field]:
    return [Field(name, (f"{said[0]} (min)", f"{said[1]}（分钟）"), "minutes") for name, said in columns]


def _moves(answered: Answered) -> Listing:
    who, who_zh = answered.who
    frame = moves(answered.plan)
    for column in ("from_id", "to_id", "from", "to"):
        frame[column] = frame[column].map(lambda v: None if v is None else str(v)).astype(object)
    fields = (
        Field("from_id", ("Closes", "关闭"), "text"),
        Field("from", ("Name", "名称"), "text"),
        Field("to_id", ("People go to", "转往"), "text"),
        Field("to", ("Name of it", "转往名称"), "text"),
        Field("people", (f"{who[:1].upper()}{who[1:]}", who_zh)),
        *_way_fields(("before_min", ("Mean way before", "现状平均路程"))),
        *_way_fields(("after_min", ("Mean way after", "合并后平均路程"))),
    )
    rule = (
        "People who have a closed site nearest today, by the site that is nearest afterwards.",
        "按关闭前最近点位与关闭后最近点位统计。",
    )
    title = _title(answered, ("what closes, and where its people go", "关闭点位与人员去向"))
    return Listing(f"siting_{answered.spec.id}_moves", title, frame, fields, rule)


def _groups(answered: Answered) -> Listing:
    over = answered.spec.over_min
    table = before_and_after(answered.plan, over_min=over).replace([np.inf, -np.inf], np.nan)
    words = {g: group_words(answered.study, g) for g in table.index}
    frame = table.reset_index()
    fields = (
        Field("group", ("Group", "人群"), "text", words=words),
        Field("people", ("People", "人数")),
        *_way_fields(
            ("before_min", ("Mean way before", "现状平均路程")),
            ("after_min", ("Mean way after", "合并后平均路程")),
            ("p95_before_min", ("95 % have at most: before", "95%人群路程上限：现状")),
            ("p95_after_min", ("95 % have at most: after", "95%人群路程上限：合并后")),
            ("worst_before_min", ("Longest way before", "现状最远路程")),
            ("worst_after_min", ("Longest way after", "合并后最远路程")),
        ),
        Field("over", (f"More than {over:g} min farther", f"路程增加超过{over:g}分钟")),
        Field("lost", ("No site left within the search", "搜索范围内不再有点位")),
    )
    rule = "Who reaches no site within the search has no way.", "搜索范围内到不了任何点位者不计路程。"
    title = _title(answered, ("ways before and after", "合并前后路程"))
    return Listing(f"siting_{answered.spec.id}_ways", title, frame[[f.name for f in fields]], fields, rule)


def _losers(answered: Answered) -> Listing:
    areas, group, over = answered.ground.areas, answered.asked.group, answered.spec.over_min
    if areas is None:  # pragma: no cover
        raise AssertionError("asked for with areas alone")
    level = areas.lowest
    table = losers(answered.plan, over_min=over, level=level, groups=[group])
    if level not in table.columns:
        table[level] = table.index.astype(str)
    columns = [level, group, f"{group}_losing", f"{group}_losing_share", f"{group}_extra_min"]
    frame = pd.DataFrame(table.reset_index()[columns])
    who, who_zh = answered.who
    head = f"{who[:1].upper()}{who[1:]}"
    fields = (
        Field(level, (level.capitalize(), LEVEL_ZH[level]), "text"),
        Field(group, (head, who_zh)),
        Field(
            f"{group}_losing",
            (f"More than {over:g} min farther, or no site left", f"路程增加超过{over:g}分钟或不再有点位"),
        ),
        Field(f"{group}_losing_share", ("Share", "占比"), "share"),
        *_way_fields((f"{group}_extra_min", ("Their mean extra way", "平均增加路程"))),
    )
    rule = "Most people first.", "按人数排序。"
    return Listing(
        f"siting_{answered.spec.id}_losers", _title(answered, ("who loses", "受损地区")), frame, fields, rule
    )

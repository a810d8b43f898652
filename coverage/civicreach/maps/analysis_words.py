"""What the page says about analyses, in Chinese and English."""

from __future__ import annotations

ANALYSIS_WORDS: dict[str, tuple[str, str]] = {
    # themes
    "group_services": ("服务圈", "Service circles"),
    "group_analyses": ("专项分析", "Analyses"),
    # head
    "colon": ("：", ": "),
    "part_of": ("{n} / {of} {name}", "{n} of {of} {name}"),
    "meets_at_least": (
        "{name} ≥ {target}：{of} 个{levels}中 {n} 个达标。",
        "{name}, target at least {target}: met by {n} of {of} {levels}.",
    ),
    "meets_at_most": (
        "{name} ≤ {target}：{of} 个{levels}中 {n} 个达标。",
        "{name}, target at most {target}: met by {n} of {of} {levels}.",
    ),
    "meets_worst": ("距目标最远的是 ", " Farthest from it: "),
    "meets_value": ("（{n}）。", " ({n})."),
    "other_circle": (
        "服务圈“{service}”为 {n}，口径不同：{group}在{limit}内可达最近一处，不分类别、不论容量。",
        "The circle “{service}” says {n}: it counts {group} {limit} of the nearest, whatever its class or room.",
    ),
    "other_analysis": (
        "专项“{analysis}”为 {n}，口径不同：{definition}",
        "The analysis “{analysis}” says {n} and counts otherwise: {definition}",
    ),
    # panel
    "choose_topic": ("专题", "Topic"),
    "of_whole": ("{analysis}（整项分析）：{label}", "{analysis} (the whole analysis): {label}"),
    "choose_colour": ("地图着色", "Colour of the map"),
    "choose_listing": ("清单", "List"),
    "tab_lists": ("清单（{n}）", "Lists ({n})"),
    "rule": ("规则", "Rule"),
    "widen": ("加宽表格", "More room for the table"),
    "narrow": ("还原表格宽度", "Less room for the table"),
    "rows_shown": ("已显示 {n} 行，共 {of} 行", "{n} of {of} rows"),
    "rows_all": ("显示全部", "Show all"),
    "total": ("合计", "Total"),
    "nothing_listed": ("清单为空。", "Nothing to list."),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "no_way": ("无法到达", "no way"),
    # map
    "layer_units": ("分区着色", "Colour of the areas"),
    "no_data": ("无数据", "no data"),
    "others": ("其他", "others"),
    "side_met": ("达标 {n}", "met: {n}"),
    "side_missed": ("未达标 {n}", "missed: {n}"),
    "target_least": ("目标：不低于 {n}", "Target: at least {n}"),
    "target_most": ("目标：不超过 {n}", "Target: at most {n}"),
    "notes_standards": ("所用标准", "Standards"),
}

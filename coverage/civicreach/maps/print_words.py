"""What is printed on map sheets, in Chinese and English."""

from __future__ import annotations

from civicreach.study import Language

PRINT_WORDS: dict[str, tuple[str, str]] = {
    "circle_title": ("{place}{service}服务圈图", "{place}: service circle, {service}"),
    "analysis_title": ("{place}{analysis}图", "{place}: {analysis}"),
    "within_min": ("{n} 分钟以内", "within {n} min"),
    "within_m": ("{n} 米以内", "within {n} m"),
    "by_walk_min": ("步行时间（{profile}）", "Walking time ({profile})"),
    "by_walk_m": ("步行距离（{profile}）", "Walking distance ({profile})"),
    "by_drive_min": ("车程（{profile}）", "Driving time ({profile})"),
    "by_drive_m": ("行车距离（{profile}）", "Driving distance ({profile})"),
    "limit": ("{profile}，沿路网 {n} {unit}以内（含）", "{profile}, within {n} {unit} along the streets (inclusive)"),
    "min": ("分钟", "min"),
    "m": ("米", "m"),
    "standard": ("标准", "Standard"),
    "facility": ("{service}（{n} 处）", "{service} ({n})"),
    "beyond": ("标准外的居住点", "Homes beyond the standard"),
    "edge": ("数据边缘的居住点（是否可达未知）", "Homes at the edge of the data (unknown)"),
    "dot_size": ("点的大小表示{group}数量", "Dot size: amount of {group}"),
    "by_level": ("按{level}", "by {level}"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "no_data": ("无数据", "no data"),
    "others": ("其他", "others"),
    "met": ("浅色：达到目标值 {target}", "pale: meets the target of {target}"),
    "legend": ("图例", "Legend"),
    "borders": ("{level}界", "{level} border"),
    "north": ("北", "N"),
    "kilometres": ("公里", "km"),
    "metres": ("米", "m"),
    "scale": ("比例尺约 1:{n}", "Scale about 1:{n}"),
    "drawn_only": (
        "面状范围仅作示意，指标一律按路网计算。",
        "Areas only illustrate; every figure is computed on the street network.",
    ),
    "sources": ("资料来源：{names}", "Sources: {names}"),
    "made_by": ("编制：{author}", "By: {author}"),
    "made_by_empty": ("编制：＿＿＿＿＿＿", "By: ____________"),
    "date": ("日期：{date}", "Date: {date}"),
    "data_year": ("数据年份：{year}", "Data year: {year}"),
    "data_date": ("数据时点：{date}", "Data of: {date}"),
    "review": ("审图号：{number}", "Map review no.: {number}"),
    "review_empty": ("审图号：＿＿＿＿＿＿", "Map review no.: ____________"),
    "crs": ("坐标系：{crs}", "Coordinates: {crs}"),
    "footer": ("内部工作用图，未经审图不得公开", "Internal working map; not for publication before map review"),
    "synthetic": ("合成示例数据，非真实情况", "Synthetic data, not a real place"),
    "level_city": ("市", "City"),
    "level_district": ("区", "District"),
    "level_subdistrict": ("街道（乡镇）", "Subdistrict"),
    "level_community": ("社区（村）", "Community"),
    "from": ("≥ {a}", "≥ {a}"),
    "above": ("> {a}", "> {a}"),
    "under": ("< {a}", "< {a}"),
    "up_to": ("≤ {a}", "≤ {a}"),
    "between": ("{a} – {b}", "{a} – {b}"),
}


def printed(key: str, language: Language, **filled: object) -> str:
    """One phrase with its gaps filled; what is filled in is never read as a gap itself.

    >>> printed("by_level", "en", level="{n}")
    'by {n}'
    """
    return PRINT_WORDS[key][0 if language == "zh" else 1].format(**filled)

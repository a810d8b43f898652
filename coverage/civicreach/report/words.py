"""The words of workbooks and layers in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from civicreach.measures.words import GROUPS, LEVEL_ZH, PLURAL
from civicreach.study import Language

Pair = tuple[str, str]
"""Chinese, English."""

SHEETS: dict[str, Pair] = {
    "scorecard": ("指标汇总", "Scorecard"),
    "statuses": ("人口分类", "Demand by status"),
    "all": ("全部", "Whole place"),
    "city": ("全市", "City"),
    "district": ("区", "Districts"),
    "subdistrict": ("街道", "Subdistricts"),
    "community": ("社区", "Communities"),
    "urban_rural": ("城乡", "Urban and rural"),
    "facilities": ("设施", "Facilities"),
    "gaps": ("缺口", "Gaps"),
    "snap_report": ("接入路网检查", "Snap report"),
    "standards": ("采用标准", "Standards used"),
    "warnings": ("警告", "Warnings"),
    "data_note": ("数据说明", "Data note"),
}

COLUMNS: dict[str, Pair] = {
    # areas
    "city_id": ("市代码", "City code"),
    "city": ("市", "City"),
    "district_id": ("区代码", "District code"),
    "district": ("区", "District"),
    "subdistrict_id": ("街道代码", "Subdistrict code"),
    "subdistrict": ("街道（乡镇）", "Subdistrict"),
    "community_id": ("社区代码", "Community code"),
    "community": ("社区（村）", "Community"),
    "urban": ("城乡", "Urban or rural"),
    "urban_rural": ("城乡", "Urban or rural"),
    # tables by level
    "facility_count": ("设施数（个）", "Facilities"),
    "present": ("区内有设施", "Has a facility inside"),
    "served": ("半数以上在标准内", "Half or more within the standard"),
    "unit_count": ("基层单元数（个）", "Lowest units"),
    "units_present": ("有设施的单元（个）", "Units with one inside"),
    "units_served": ("半数以上在标准内的单元（个）", "Units served"),
    "presence_share": ("设施拥有率（有无口径）", "Presence share of units"),
    "served_share": ("服务覆盖率（单元口径）", "Served share of units"),
    "straight_line_share": ("直线半径法覆盖率（对照）", "Straight-line share (for comparison)"),
    # facilities and places
    "service": ("服务", "Service"),
    "facility_id": ("设施编号", "Facility id"),
    "demand_id": ("居住点编号", "Demand id"),
    "id": ("编号", "Id"),
    "name": ("名称", "Name"),
    "status": ("状态", "Status"),
    "layer": ("图层", "Layer"),
    "reason": ("原因", "Reason"),
    "capacity": ("容量", "Capacity"),
    "gap_m": ("到路网距离（米）", "Gap to the network (m)"),
    "straight_m": ("直线距离（米）", "Straight line (m)"),
    "snapped": ("已接入路网", "Snapped"),
    "nearest_facility_id": ("最近设施编号", "Nearest facility"),
    "minutes": ("分钟", "Minutes"),
    "point_count": ("居住点数（个）", "Demand points"),
    "share": ("占范围内比例", "of those inside"),
    # figures
    "figure": ("指标", "Figure"),
    "value": ("数值", "Value"),
    "unit": ("单位", "Unit"),
    "definition": ("定义", "Definition"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "denominator_name": ("分母名称", "Denominator is"),
    "sources": ("数据来源", "Sources"),
    "figure_id": ("指标编号", "Figure id"),
    # standards, warnings, notes
    "standard": ("标准", "Standard"),
    "clause": ("条款", "Clause"),
    "source": ("出处", "Source"),
    "confidence": ("可信度", "Confidence"),
    "key": ("标准编号", "Key"),
    "number": ("序号", "No."),
    "warning": ("警告", "Warning"),
    "all": ("范围", "Area"),
    "item": ("项目", "Item"),
    "content": ("内容", "Content"),
}

OF_A_GROUP: dict[str, Pair] = {
    "{group}_covered": ("标准内{group}", "{group} within the standard"),
    "{group}_uncovered": ("标准外{group}", "{group} beyond the standard"),
    "{group}_unsnapped": ("未接入路网{group}", "{group} not on the network"),
    "{group}_edge": ("数据边缘{group}", "{group} at the edge of the data"),
    "{group}_share": ("{group}覆盖率", "{group} share within the standard"),
    "catchment_{group}": ("就近服务{group}", "{group} nearest to it"),
    "reached_{group}": ("标准内可达{group}", "{group} within reach of it"),
}

STATUSES: dict[str, Pair] = {
    "covered": ("已覆盖", "covered"),
    "beyond": ("超出标准", "beyond the standard"),
    "unsnapped": ("未接入路网", "not on the network"),
    "outside": ("不在分析范围", "outside the study area"),
    "edge": ("位于数据边缘", "at the edge of the data"),
    "existing": ("现状", "existing"),
    "candidate": ("备选", "candidate"),
    "closed": ("关闭", "closed"),
    "planned": ("规划", "planned"),
}

UNITS: dict[str, Pair] = {
    "share": ("%", "%"),
    "min": ("分钟", "min"),
    "m": ("米", "m"),
    "m2": ("平方米", "m2"),
    "km": ("公里", "km"),
    "persons": ("人", "persons"),
    "people": ("人", "people"),
    "elderly": ("人", "people"),
    "households": ("户", "households"),
    "dwellings": ("套", "dwellings"),
    "facilities": ("个", "facilities"),
    "communities": ("个", "communities"),
    "count": ("个", ""),
    "bed": ("张", "beds"),
    "beds": ("张", "beds"),
    "percent": ("%", "%"),
}

CONFIDENCE: dict[str, Pair] = {
    "verified": ("已核对原文", "verified"),
    "secondary": ("转引，未见原文", "secondary source"),
    "unverified": ("未核实", "unverified"),
}

PROFILES: dict[str, Pair] = {
    "adult": ("成年人步行", "adult on foot"),
    "elder": ("老年人步行", "elder on foot"),
    "frail": ("体弱老人步行", "frail elder on foot"),
    "wheelchair": ("轮椅", "wheelchair"),
    "drive": ("驾车", "by car"),
}

REASONS: tuple[Pair, ...] = (
    ("{n} 米内没有可用道路", "no usable street within {n} m"),
    ("位于不足 {n} 公里的孤立路网上", "on a part of the network shorter than {n} km"),
    ("到道路的距离超过 {n} 米", "access leg over {n} m"),
)
"""Why a place is in the snap report; `{n}` is a number."""

PRIVATE: dict[str, Pair] = {
    "residents": (
        "仅供居民进出、不可穿行，开放时的结果另列",
        "for those who live there; the result with them open is given beside",
    ),
    "closed": ("按不通行计算，开放时的结果另列", "closed; the result with them open is given beside"),
    "open": ("按可通行计算，封闭时的结果另列", "open; the result with them closed is given beside"),
}

PHRASES: dict[str, Pair] = {
    "total": ("合计", "Total"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "urban": ("城市", "urban"),
    "rural": ("农村", "rural"),
    "unknown": ("未注明", "not stated"),
    "demand": ("居住点", "demand"),
    "synthetic": ("合成示例数据，非真实情况", "Synthetic data, not a real place"),
    "none": ("无", "none"),
    "limit": ("{limit}{unit}以内（含）", "within {limit} {unit} (inclusive)"),
    "based_on": ("依据", "after"),
    "counts": ("数量含义：{note}", "What is counted: {note}"),
    "cut": (
        "共 {total} 行，此处列出前 {shown} 行；全部见 results.gpkg。",
        "{total} rows in all, the first {shown} of them here; all are in results.gpkg.",
    ),
    "page": ("第 &P 页，共 &N 页", "Page &P of &N"),
}

NOTES: dict[str, Pair] = {
    "place": ("地区", "Place"),
    "year": ("年份", "Year"),
    "author": ("编制", "Author"),
    "review_number": ("审图号", "Review number"),
    "data_note": ("数据说明", "Data note"),
    "weight_note": ("数量含义", "What is counted"),
    "attribution": ("数据版权", "Attribution"),
    "crs": ("坐标系", "Coordinate system"),
    "private_access": ("封闭小区内部道路", "Private ways"),
    "max_snap_m": ("接入路网最大距离（米）", "Farthest snap (m)"),
    "covered": ("覆盖的判定", "What covered means"),
    "three_shares": ("三种覆盖率", "Three kinds of share"),
    "denominators": ("分母", "Denominators"),
    "totals": ("合计行", "Total rows"),
}

EXPLANATIONS: dict[str, Pair] = {
    "covered": (
        "沿路网行走的时间（或距离）不超过标准，含两端从门口到道路的一段；等于标准的算在内。不用缓冲区叠加。",
        (
            "The time (or distance) along the streets is at most the standard, with the legs between doors"
            " and streets at both ends; equal counts as within. No polygon overlay."
        ),
    ),
    "three_shares": (
        "有无：单元内至少有一处设施；服务：单元内半数以上居民在标准内；按人：标准内人数除以全部人数。三者不混用。",
        (
            "Presence: a facility stands in the unit. Served: half or more of those who live in the unit are"
            " within the standard. People: those within the standard by all. Don't mix them."
        ),
    ),
    "denominators": (
        "分母为分析范围内全部居住人口，含未接入路网和位于数据边缘的；范围以外的不计入任何比率。",
        (
            "Everyone who lives in the areas, also off the network or at the edge of the data; those outside"
            " the areas are in no share."
        ),
    ),
    "totals": (
        "数量为各行之和；比率为合计数之比，不是各行比率的平均；“是/否”列为“是”的单元数。",
        (
            "Amounts are sums of the rows; shares are ratios of the sums, never means of shares; yes/no"
            " columns count the units that say yes."
        ),
    ),
}


def pick(pair: Pair, language: Language) -> str:
    """One of two words."""
    return pair[0] if language == "zh" else pair[1]


def look_up(words: dict[str, Pair], key: object, language: Language) -> str:
    """A word in a language; the key itself where the list doesn't know it."""
    text = str(key)
    return pick(words[text], language) if text in words else text


def group_word(group: str, language: Language) -> str:
    """What a demand group is called, as in the figures."""
    english, chinese = GROUPS.get(group, (group, group))
    return chinese if language == "zh" or english == group else english[:1].upper() + english[1:]


def denominator_word(name: str, language: Language) -> str:
    """A figure's denominator, which is named in English, in a language; others keep their name."""
    if language == "zh":
        words = dict(GROUPS.values()) | {PLURAL[level]: LEVEL_ZH[level] for level in PLURAL}
        for english in sorted(words, key=len, reverse=True):
            if name == english or name.startswith(f"{english} ("):  # the note behind it says what is counted
                return words[english] + name.removeprefix(english)
    return name


def source_words(sources: Iterable[str], language: Language) -> str:
    """Where a figure comes from in one text, with the confidence of each source in words."""
    text = "; ".join(sources)
    for key, pair in CONFIDENCE.items():
        text = text.replace(f"[{key}]", f"[{pick(pair, language)}]")
    return text


def reason(text: str, language: Language) -> str:
    """Why a place is in the snap report, in a language; a reason that the list doesn't know stays as it is.

    >>> reason("access leg over 100 m", "zh")
    '到道路的距离超过 100 米'
    """
    for pair in REASONS:
        before, _, after = pair[1].partition("{n}")
        number = text.removeprefix(before).removesuffix(after)
        if text == before + number + after:
            return pick(pair, language).format(n=number)
    return text


def header(column: str, language: Language, groups: Iterable[str] = (), limit_unit: Literal["min", "m"] = "min") -> str:
    """The header of a frame's column; unknown columns keep their name.

    >>> header("elderly_share", "zh", ["people", "elderly"]), header("floors", "zh")
    ('60岁及以上老年人覆盖率', 'floors')
    """
    if column == "nearest_min":
        pair = ("到最近设施（分钟）", "Nearest (min)") if limit_unit == "min" else ("到最近设施（米）", "Nearest (m)")
        return pick(pair, language)
    for group in groups:
        if column == group:
            return group_word(group, language)
        for pattern, pair in OF_A_GROUP.items():
            if column == pattern.format(group=group):
                return pick(pair, language).format(group=group_word(group, language))
    return look_up(COLUMNS, column, language)

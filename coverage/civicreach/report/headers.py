"""Headers of columns in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from civicreach.measures.words import group_words
from civicreach.report.words import Pair, look_up, pick
from civicreach.study import Language, Study

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
    "level": ("级别", "Level"),
    "unit_id": ("代码", "Code"),
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
    "straight_line_share": ("直线半径法覆盖率（对照）", "Straight-line share (comparison)"),
    # facilities and places
    "service": ("服务", "Service"),
    "facility_id": ("设施编号", "Facility id"),
    "demand_id": ("居住点编号", "Demand id"),
    "id": ("编号", "Id"),
    "name": ("名称", "Name"),
    "status": ("状态", "Status"),
    "sheet": ("工作表", "Sheet"),
    "holds": ("内容", "What it holds"),
    "row_count": ("行数", "Rows"),
    "layer": ("图层", "Layer"),
    "reason": ("原因", "Reason"),
    "capacity": ("规模", "Capacity"),
    "gap_m": ("到路网距离（米）", "Gap to the network (m)"),
    "straight_m": ("直线距离（米）", "Straight line (m)"),
    "snapped": ("已接入路网", "Snapped"),
    "nearest_facility_id": ("最近设施编号", "Nearest facility"),
    "minutes": ("分钟", "Minutes"),
    "point_count": ("居住点数（个）", "Demand points"),
    "share": ("占范围内比例", "share of those inside"),
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
    "theme": ("服务或专题", "Service or analysis"),
    # standards, warnings, notes
    "standard": ("标准", "Standard"),
    "clause": ("条款", "Clause"),
    "source": ("出处", "Source"),
    "confidence": ("核对情况", "Checked"),
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
    "{group}_unsnapped": ("其中：未接入路网", "of these, not on the network"),
    "{group}_edge": ("其中：数据边缘", "of these, at the edge of the data"),
    "straight_{group}": ("直线距离内{group}（对照）", "{group} within the straight line (comparison)"),
    "{group}_share": ("{group}覆盖率", "{group} share within the standard"),
    "catchment_{group}": ("以此为最近的{group}（标准内）", "{group} nearest to it, within the standard"),
    "reached_{group}": ("标准内可达{group}", "{group} within reach of it"),
}
"""The parts of what lies beyond the standard stand right behind it."""

NEAREST: dict[str, Pair] = {
    "min": ("到最近设施（分钟）", "Nearest (min)"),
    "m": ("到最近设施（米）", "Nearest (m)"),
}
OF_THE_UNCOVERED: dict[tuple[str, str], Pair] = {
    ("people", "min"): ("未覆盖者到最近设施中位时间（分）", "Median minutes of the uncovered to the nearest"),
    ("people", "m"): ("未覆盖者到最近设施中位距离（米）", "Median metres of the uncovered to the nearest"),
    ("weights", "min"): ("未覆盖部分到最近设施中位时间（分）", "Median minutes of the uncovered to the nearest"),
    ("weights", "m"): ("未覆盖部分到最近设施中位距离（米）", "Median metres of the uncovered to the nearest"),
}
"""What `nearest_min` is in the list of gaps."""


def group_names(study: Study, groups: tuple[str, ...]) -> dict[str, str]:
    """What each group is called in the study's language; numbered where a study calls several the same."""
    chinese = study.study.language == "zh"
    words = [group_words(study, group)[chinese] for group in groups]
    if not chinese:
        words = [_capital(word) for word in words]
    counted = [
        f"{word} ({words[:at].count(word) + 1})" if words.count(word) > 1 else word for at, word in enumerate(words)
    ]
    return dict(zip(groups, counted, strict=True))


def _capital(text: str) -> str:
    """Text with a capital where it begins with a plain word, which symbols of units aren't."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    plain_word = first.isascii() and first.isalpha() and first.islower() and len(first) > 2
    return text[:1].upper() + text[1:] if plain_word else text


def header(
    column: str, language: Language, names: Mapping[str, str] | None = None, limit_unit: Literal["min", "m"] = "min"
) -> str:
    """The header of a frame's column, `names` saying what groups are called; unknown columns keep their name.

    >>> header("elderly_share", "zh", {"elderly": "老年人"}), header("floors", "zh")
    ('老年人覆盖率', 'floors')
    """
    if column == "nearest_min":
        return pick(NEAREST[limit_unit], language)
    for group, word in (names or {}).items():
        if column == group:
            return word
        for pattern, pair in OF_A_GROUP.items():
            if column == pattern.format(group=group):
                return pick(pair, language).format(group=word)
    return look_up(COLUMNS, column, language)

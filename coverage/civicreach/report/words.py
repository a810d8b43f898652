"""The words of workbooks and layers in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable

from civicreach.errors import Note
from civicreach.measures.words import profile_words
from civicreach.study import Language, Profile, Study

Pair = tuple[str, str]
"""Chinese, English."""

SHEETS: dict[str, Pair] = {
    "scorecard": ("评价总表", "Scorecard"),
    "contents": ("目录", "Contents"),
    "statuses": ("人口分类", "Demand by status"),
    "weight_statuses": ("数量分类", "Demand by status"),
    "all": ("全部", "Whole place"),
    "city": ("全市", "City"),
    "district": ("区", "Districts"),
    "subdistrict": ("街道", "Subdistricts"),
    "community": ("社区", "Communities"),
    "urban_rural": ("城乡", "Urban-rural"),
    "facilities": ("设施", "Facilities"),
    "gaps": ("缺口", "Gaps"),
    "snap_report": ("接入路网检查", "Snapping check"),
    "standards": ("采用标准", "Standards used"),
    "warnings": ("警告", "Warnings"),
    "data_note": ("数据说明", "Data note"),
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
    "m2": ("平方米", "m²"),
    "m/s": ("米/秒", "m/s"),
    "km": ("公里", "km"),
    "person": ("人", "people"),
    "persons": ("人", "people"),
    "people": ("人", "people"),
    "households": ("户", "households"),
    "dwellings": ("套", "dwellings"),
    "facilities": ("处", "facilities"),
    "communities": ("个", "communities"),
    "count": ("个", ""),
    "bed": ("床", "beds"),
    "beds": ("床", "beds"),
    "percent": ("%", "%"),
}

CONFIDENCE: dict[str, Pair] = {
    "verified": ("已核对来源", "checked against the named source"),
    "secondary": ("二手来源", "secondary source"),
    "unverified": ("未核对", "unverified"),
}

REASONS: tuple[Pair, ...] = (
    ("{n} 米内没有可用道路", "no usable street within {n} m"),
    ("位于不足 {n} 公里的孤立路网上", "on a part of the network shorter than {n} km"),
    ("到道路的距离超过 {n} 米", "access leg over {n} m"),
)
"""Why a place is in the snap report; `{n}` is a number."""

PRIVATE: dict[str, Pair] = {
    "residents": (
        "仅供本小区进出、不可穿行，开放时的结果另列",
        "for those who live there; the result with them open is given beside",
    ),
    "closed": ("按不通行计算，开放时的结果另列", "closed; the result with them open is given beside"),
    "open": ("按可通行计算，封闭时的结果另列", "open; the result with them closed is given beside"),
}

PHRASES: dict[str, Pair] = {
    "total": ("合计", "Total"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "urban": ("城镇", "Urban"),
    "rural": ("乡村", "Rural"),
    "unknown": ("未标城乡", "Not marked"),
    "part": ("分项", "Part"),
    "small": ("附表", "Small tables"),
    "overview": ("总览", "Overview"),
    "circles": ("服务圈", "Service circles"),
    "explained": ("数据与标准", "Data and standards"),
    "demand": ("居住点", "demand"),
    "synthetic": ("合成示例数据，非真实情况", "Synthetic data, not a real place"),
    "none": ("无", "none"),
    "beyond_only": (
        "超出标准（不含未接入与边缘）",
        "beyond the standard (without those off the network or at the edge)",
    ),
    "no_way": ("未接入路网或不可达", "not reachable or not on the network"),
    "speed": ("出行速度：{profile}", "Speed: {profile}"),
    "rows": ("{n} 行", "{n} rows"),
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
    "uncovered": ("标准外", "Beyond the standard"),
    "totals": ("合计行", "Total rows"),
    "whole_numbers": ("取整", "Whole numbers"),
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
        "有无：单元内至少有一处设施；服务：单元内半数以上（含半数）{who}在标准内；覆盖率：标准内{who}除以全部{who}。三者不混用。",
        (
            "Presence: a facility stands in the unit. Served: half or more of {who} in the unit are within the"
            " standard. Share: {who} within the standard by all of them. Don't mix them."
        ),
    ),
    "denominators": (
        "分母为分析范围内全部{who}，含未接入路网和位于数据边缘的；范围以外的不计入任何比率。",
        (
            "All of {who} in the areas, also off the network or at the edge of the data; what lies outside the"
            " areas is in no share."
        ),
    ),
    "uncovered": (
        "标准外＝全部−标准内，含未接入路网与位于数据边缘（结果未知）的；两者在其后以“其中”列出。",
        (
            "Beyond the standard is all less those within it: it holds those off the network and at the edge of"
            " the data, whose answer isn't known; both stand behind it as “of these”."
        ),
    ),
    "whole_numbers": (
        "数量显示为整数，单元格保留精确值；显示的各行相加可能与合计略有出入。",
        "Amounts show as whole numbers and cells keep the exact value, so rows as shown may miss the total a little.",
    ),
    "totals": (
        "数量为各行之和；比率为合计数之比，不是各行比率的平均；“是/否”列为“是”的单元数。按本级合计计算的缺口、盈亏和尚需个数不可加总，其合计行按全域合计计算。",
        (
            "Amounts are sums of the rows; shares are ratios of the sums, never means of shares; yes/no"
            " columns count the units that say yes. What a level lacks or still needs on its own balance doesn't"
            " add up: its total is that of the whole place."
        ),
    ),
}


WHO: dict[str, Pair] = {"people": ("居民", "those who live"), "weights": ("数量", "the amounts")}
"""Who is meant in EXPLANATIONS: people, or what a study counts instead."""


def pick(pair: Pair, language: Language) -> str:
    """One of two words."""
    return pair[0] if language == "zh" else pair[1]


def look_up(words: dict[str, Pair], key: object, language: Language) -> str:
    """A word in a language; the key itself where the list doesn't know it."""
    text = str(key)
    return pick(words[text], language) if text in words else text


def source_words(study: Study, sources: Iterable[str]) -> str:
    """Where a figure comes from in one text, with profiles and the confidence of each source in words."""
    language = study.study.language
    text = ("；" if language == "zh" else "; ").join(_named(study, source) for source in sources)
    for key, pair in CONFIDENCE.items():
        text = text.replace(f"[{key}]", f"[{pick(pair, language)}]")
    return text


def _named(study: Study, source: str) -> str:
    if study.study.language == "zh" and isinstance(source, Note):
        return source.zh
    name, colon, rest = source.partition(":")
    if not colon or name not in study.profiles:
        return source
    return f"{profile_word(study.profiles[name], study.study.language)}:{rest}"


def profile_word(profile: Profile, language: Language) -> str:
    """What a profile is called in a language."""
    english, chinese = profile_words(profile)
    return chinese if language == "zh" else english


def reason(text: str, language: Language) -> str:
    """Why a place is in the snap report, in a language; a reason that the list doesn't know stays as it is.

    >>> reason("access leg over 100 m", "zh")
    '到道路的距离超过 100 米'
    """
    if isinstance(text, Note):
        return Note.told(text, language)
    for pair in REASONS:
        before, _, after = pair[1].partition("{n}")
        number = text.removeprefix(before).removesuffix(after)
        if text == before + number + after:
            return pick(pair, language).format(n=number)
    return text

"""Villages with a mutual-help centre for the elderly, how many more the standard asks for, and which should be next."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pandas as pd

from civicreach.errors import Note, counted
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.nearest import nearest_of
from civicreach.measures.elder.question import Part, Question, listed
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import UNIT_COUNT, URBAN_RURAL, roll_up, sums_by_unit

VILLAGES: Pair = ("rural communities (villages)", "农村社区（村）")
LEVEL = "community"


def still_needed(count: int, there: int, target_percent: float) -> int:
    """How many more of `count` units must have one until the target is met: max(0, ceil(target * count) - there).

    Counted in fractions, so that 60 % of 35 is 21 and not a hair more.

    >>> still_needed(35, 20, 60), still_needed(36, 20, 60), still_needed(35, 30, 60)
    (1, 2, 0)
    """
    return max(0, math.ceil(Fraction(str(target_percent)) / 100 * count) - there)


def villages_part(question: Question) -> Part:
    """Presence by village, the number still needed, and the order in which villages should get theirs."""
    areas, urban = question.ground.areas, question.urban
    if areas is None or areas.lowest != LEVEL or urban is None:
        return Part.left_out(
            "villages are left out: the areas don't tell urban from rural communities",
            "未评估农村互助照料中心：行政区划没有社区（村）一级或未标注城乡",
        )
    rural = (urban == "rural").to_numpy()
    if not rural.any():
        return Part.left_out(
            "villages are left out: there are no rural communities", "未评估农村互助照料中心：范围内没有农村社区（村）"
        )
    table = village_table(question)
    notes: tuple[Note, ...] = ()
    if unknown := int((urban == "unknown").sum()):
        said = counted(unknown, "community is", "communities are")
        english = f"{said} neither marked urban nor rural, so no village"
        notes = (Note(english, f"{unknown:,}个社区未标注城乡，未计入农村社区（村）"),)
    return Part(
        tuple(_figures(question, table[rural])),
        (_topic(question, table),),
        (_listing(question, table[rural]),),
        warnings=notes,
        standards=(question.spec.village_share,),
    )


def village_table(question: Question) -> pd.DataFrame:
    """On the areas' index: `village` (1 for a rural unit), `with_centre` (1 for a village with a centre inside),
    `<group>`, `<group>_unreached` (those who reach no centre at all), `nearest_min` (mean minutes to the nearest centre
    of those who reach one) and `person_min`, the minutes of all of them together, in which those who reach none count
    as far as the farthest in any village who does (1 minute where nobody does)."""
    ground, group, amount = question.ground, question.group, question.amount
    rural = pd.Series(False, index=question.areas.frame.index) if question.urban is None else question.urban == "rural"
    services = question.spec.village_centres or question.spec.stations
    serving = ground.serving(services)
    minutes = nearest_of(ground, services, serving)["nearest_min"]
    reached = minutes.notna()
    known = minutes[ground.unit.map(rural).eq(True) & (amount > 0) & reached]
    farthest = float(known.max()) if len(known) else 1.0
    people = pd.DataFrame(
        {
            group: amount,
            f"{group}_unreached": amount.where(~reached, 0.0),
            "walked": amount * minutes.fillna(0.0),
            "person_min": amount * minutes.fillna(farthest),
        }
    )
    table = sums_by_unit(people, ground.unit, ground.areas)
    ones = pd.DataFrame({"count": 1}, index=serving.ids)
    present = sums_by_unit(ones, ground.unit_of(serving), ground.areas)["count"] > 0
    table["village"] = rural.astype(np.int64)
    table["with_centre"] = (present & rural).astype(np.int64)
    reaching = (table[group] - table[f"{group}_unreached"]).round(PEOPLE_DECIMALS)
    table["nearest_min"] = table["walked"] / reaching.where(reaching > 0)
    return table.drop(columns="walked")


def next_villages(villages: pd.DataFrame, needed: int, years: int, *, group: str) -> pd.DataFrame:
    """The villages without a centre in the order in which they should get one: most `person_min` first, then most of
    the group. `year` spreads the first `needed` of them evenly over so many years; NaN beyond."""
    without = villages[villages["with_centre"] == 0]
    order = without.sort_values(["person_min", group], ascending=False, kind="stable")
    place, a_year = np.arange(len(order)), max(1, math.ceil(needed / years))
    return order.assign(year=np.where(place < needed, place // a_year + 1.0, np.nan))


def _needed(question: Question, villages: pd.DataFrame) -> int:
    target = question.standard(question.spec.village_share).value
    return still_needed(int(villages["village"].sum()), int(villages["with_centre"].sum()), target)


def _figures(question: Question, villages: pd.DataFrame) -> Iterator[Figure]:
    spec = question.spec
    target = f"{question.standard(spec.village_share).value:g}"
    names, names_zh = question.called(spec.village_centres or spec.stations)
    count, there = len(villages), int(villages["with_centre"].sum())
    sources = question.sources(spec.village_share)
    yield Figure.ratio(
        "elder.villages_presence_share", there, count,
        unit="share", denominator_name=VILLAGES[0], denominator_name_zh=VILLAGES[1], sources=sources,
        label=f"Mutual-help centres: {VILLAGES[0]} with one", label_zh=f"老年人互助照料中心：{VILLAGES[1]}配置率",
        definition=f"Share of {VILLAGES[0]} with at least one centre ({names}) inside their boundary (presence). "
        f"Target: {target} %.",
        definition_zh=f"辖区内至少有一处互助照料中心（{names_zh}）的{VILLAGES[1]}占比（配置口径）。目标：{target}%。",
    )  # fmt: skip
    yield Figure(
        "elder.villages_needed", float(_needed(question, villages)), "villages", unit_zh="个", sources=sources,
        label="Mutual-help centres: villages still to get one", label_zh="老年人互助照料中心：尚需配置的村数",
        definition=f"How many more of the {VILLAGES[0]} need a centre inside until {target} % have one: {target} % of "
        f"{count:,}, rounded up, less the {there:,} that have one.",
        definition_zh=f"使{VILLAGES[1]}配置率达到{target}%还需配置的数量：{count:,}个的{target}%向上取整，减去已有的"
        f"{there:,}个。",
    )  # fmt: skip


def _topic(question: Question, table: pd.DataFrame) -> Topic:
    areas = question.areas
    target = question.standard(question.spec.village_share).value

    def needed(sums: pd.DataFrame) -> pd.Series:
        pairs = zip(sums["village"], sums["with_centre"], strict=True)
        found = [still_needed(int(count), int(there), target) for count, there in pairs]
        return pd.Series(found, index=sums.index, dtype=np.int64)

    share = ("with_centre", "village", 1.0)
    fields = (
        Field("village", ("Villages", "农村社区（村）（个）"), "count", total=True),
        Field("with_centre", ("Villages with a centre", "有互助照料中心的村（个）"), "count", total=True),
        Field("centre_share", ("Share of villages with one", "互助照料中心配置率"), "share", ratio=share),
        Field(
            "needed", (f"Still needed for {target:g} % here", f"本级达{target:g}%尚需（个）"), "count", derive=needed
        ),
    )
    tables = roll_up(table[["village", "with_centre"]], areas, fields)
    rule = (
        f"Presence: a centre inside the village. Each unit is held to {target:g} % of its own villages, rounded up: "
        "what the parts need may be more than what the whole needs. Units without villages aren't listed."
    )
    rule_zh = (
        f"配置口径：村内有互助照料中心。各级均按本级村数的{target:g}%向上取整，故下级之和可大于上级。无农村社区（村）的"
        "单元不列。"
    )
    return Topic(
        "elder_villages",
        ("Mutual-help centres in villages", "农村老年人互助照料中心"),
        {
            # a single village needs no 60 %, and towns have none
            level: each[each["village"] > 0].drop(columns=UNIT_COUNT)
            for level, each in tables.items()
            if level not in (LEVEL, URBAN_RURAL)
        },
        fields,
        rule=(rule, rule_zh),
        coloured=("centre_share",),
        target=target / 100.0,
        figures=("elder.villages_*",),
        listings=("elder_villages_next",),
    )


def _listing(question: Question, villages: pd.DataFrame) -> Listing:
    group, years = question.group, question.spec.village_years
    target, needed = question.standard(question.spec.village_share).value, _needed(question, villages)
    fields = (
        *question.name_fields(LEVEL),
        Field("year", ("Year of the list", "建设年次"), "count"),
        question.people_field(group),
        Field("nearest_min", ("Minutes to the nearest (mean)", "到最近中心（平均，分钟）"), "minutes"),
        question.people_field(f"{group}_unreached", "{who} who reach none", "无路可达的{who}"),
        Field("person_min", ("Person-minutes to the nearest", "到最近中心合计（人·分钟）"), "amount", total=True),
    )
    ordered = next_villages(villages, needed, years, group=group)
    named = pd.concat([question.names(LEVEL).reindex(ordered.index), ordered], axis=1)
    named[f"{LEVEL}_id"] = named.index
    who, who_zh = question.who
    rule = (
        f"{needed:,} more are needed for {target:g} % of {len(villages):,}. First come the villages whose {who} "
        "together are farthest from the nearest centre of today, in people times minutes; those who reach none count "
        f"as far as the farthest in any village who does. The first {needed:,} are spread evenly over {years} years; "
        "villages without a year aren't needed for the target."
    )
    rule_zh = (
        f"{len(villages):,}个村达到{target:g}%尚需{needed:,}个。按{who_zh}到现有最近中心的人·分钟合计由大到小排列"
        f"（无路可达者按各村可达者中的最远计）；前{needed:,}个均匀分到{years}年，未列年次的村不是达标所必需。"
    )
    return Listing(
        "elder_villages_next",
        ("Villages without a mutual-help centre", "尚无互助照料中心的村"),
        listed(named, fields),
        fields,
        (rule, rule_zh),
    )

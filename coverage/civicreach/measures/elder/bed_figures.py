"""The figures of beds: for 1000 elderly, nursing beds, and what is missing of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.need import PER_1000, WHOLE_BEDS, WHOLE_BEDS_ZH, nursing_need, shortage
from civicreach.measures.elder.question import Question
from civicreach.measures.figure import Figure

BEDS: dict[str, Any] = {"unit": "beds", "unit_zh": "张"}


def bed_figures(question: Question, sums: pd.DataFrame) -> Iterator[Figure]:
    """All figures of beds; `sums` are those of `bed_sums`."""
    group, spec = question.group, question.spec
    whole = sums.sum(numeric_only=True).round(PEOPLE_DECIMALS)
    yield Figure(
        "elder.beds", float(whole["beds"]), **BEDS, label="Beds for the elderly", label_zh="养老床位总数",
        definition="Beds of the existing homes inside the areas.", definition_zh="范围内现有养老机构的床位数合计。",
    )  # fmt: skip
    yield _per_1000(question, float(whole["beds"]), float(whole[group]))
    one = whole.to_frame().T
    for name, key in (("beds_short", spec.beds_per_1000), ("beds_short_code", spec.beds_per_1000_code)):
        yield _short(
            question, name, key, float(shortage(one["beds"], one[group], question.standard(key).value).iloc[0])
        )
    yield _short_by_unit(question, float(whole["short_by_unit"]))
    if "nursing_beds" in whole.index:
        yield from _nursing(question, one)


def _per_1000(question: Question, beds: float, people: float) -> Figure:
    spec, (who, who_zh) = question.spec, question.who
    norm, code = (f"{question.standard(key).value:g}" for key in (spec.beds_per_1000, spec.beds_per_1000_code))
    figure = Figure.ratio(
        "elder.beds_per_1000", beds, people, per=PER_1000, unit="beds per 1000", unit_zh="张/千名", decimals=2,
        denominator_name=who, denominator_name_zh=who_zh,
        sources=question.sources(spec.beds_per_1000, spec.beds_per_1000_code),
        label=f"Beds per 1000 {who}", label_zh=f"每千名{who_zh}养老床位数",
        definition=f"Beds of the existing homes inside the areas by all {who} there, told per 1000: a ratio of sums. "
        f"Target: {norm}; national code: {code}.",
        definition_zh=f"范围内现有养老机构床位数与全部{who_zh}之比，按每千名表示，为总量之比。目标：{norm}张；国家标准：{code}张。",
    )  # fmt: skip
    return question.on_amounts(figure)


def _short(question: Question, name: str, key: str, value: float) -> Figure:
    (who, who_zh), asked = question.who, f"{question.standard(key).value:g}"
    figure = Figure(
        f"elder.{name}", value, **BEDS, sources=question.sources(key),
        label=f"Beds short of {asked} per 1000, whole place", label_zh=f"距每千名{asked}张的床位缺口（全域盈缺相抵）",
        definition=f"Beds that the place as a whole lacks to {asked} per 1000 {who}; units with more make up for units "
        f"with less. {WHOLE_BEDS}",
        definition_zh=f"全域距每千名{who_zh}{asked}张所缺的床位数，各单元盈缺相抵。{WHOLE_BEDS_ZH}",
    )  # fmt: skip
    return question.on_amounts(figure)


def _short_by_unit(question: Question, value: float) -> Figure:
    (who, who_zh), key = question.who, question.spec.beds_per_1000
    asked = f"{question.standard(key).value:g}"
    figure = Figure(
        "elder.beds_short_by_unit", value, **BEDS, sources=question.sources(key),
        label=f"Beds short of {asked} per 1000, unit by unit", label_zh=f"距每千名{asked}张的床位缺口（逐单元合计）",
        definition=f"Sum of the beds that each lowest unit by itself lacks to {asked} per 1000 {who}; no unit makes up "
        f"for another. {WHOLE_BEDS}",
        definition_zh=f"各基层单元距每千名{who_zh}{asked}张所缺床位数之和，单元间不相抵。{WHOLE_BEDS_ZH}",
    )  # fmt: skip
    return question.on_amounts(figure)


def _nursing(question: Question, one: pd.DataFrame) -> Iterator[Figure]:
    spec, group = question.spec, question.group
    asked, norm = question.standard(spec.nursing_share).value, question.standard(spec.beds_per_1000).value
    sources = question.sources(spec.nursing_share)
    beds, nursing = one["beds"], one["nursing_beds"]
    yield Figure.ratio(
        "elder.nursing_share", float(nursing.iloc[0]), float(beds.iloc[0]), unit="share",
        denominator_name="beds", denominator_name_zh="养老床位", sources=sources,
        label="Nursing beds as a share of beds", label_zh="护理型床位占比",
        definition="Nursing beds by all beds of the existing homes inside the areas: a ratio of sums, never the mean "
        f"of the homes' shares. Target: {asked:g} %.",
        definition_zh=f"范围内现有养老机构护理型床位与全部床位之比，为总量之比，非各机构占比的平均。目标：{asked:g}%。",
    )  # fmt: skip
    yield Figure(
        "elder.nursing_beds_short", float(nursing_need(beds, nursing, asked).iloc[0]), **BEDS, sources=sources,
        label=f"Beds to convert for {asked:g} % nursing beds", label_zh=f"护理型床位达{asked:g}%需改造的床位",
        definition=f"How many of today's beds must become nursing beds until {asked:g} % are, if no bed is added. "
        f"{WHOLE_BEDS}",
        definition_zh=f"不新增床位时，护理型床位占比达到{asked:g}%需改造的现有床位数。{WHOLE_BEDS_ZH}",
    )  # fmt: skip
    new = shortage(beds, one[group], norm)
    figure = Figure(
        "elder.beds_to_convert", float(nursing_need(beds + new, nursing + new, asked).iloc[0]), **BEDS,
        sources=(*sources, *question.sources(spec.beds_per_1000)),
        label="Beds to convert if the missing ones come as nursing beds", label_zh="缺口床位全建护理型后仍需改造的床位",
        definition=f"How many of today's beds must become nursing beds until {asked:g} % are, after the beds short of "
        f"{norm:g} per 1000 have been added, all of them as nursing beds. {WHOLE_BEDS}",
        definition_zh=f"补足每千名{norm:g}张且新增床位全部为护理型后，护理型床位占比达到{asked:g}%仍需改造的现有床位数。"
        f"{WHOLE_BEDS_ZH}",
    )  # fmt: skip
    yield question.on_amounts(figure)

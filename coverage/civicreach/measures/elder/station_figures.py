"""The figures of elder stations: by people, by presence and by service, for all and for urban and rural units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM
from civicreach.measures.elder.question import KINDS, Question
from civicreach.measures.figure import Figure


def station_figures(question: Question, sums: pd.DataFrame) -> Iterator[Figure]:
    """All figures, the headline first; `sums` are those of `station_sums`."""
    who, who_zh = question.who
    yield _people_share(question, sums, "")
    if question.ground.areas is not None:
        yield from _unit_shares(question, sums, "")
    if question.urban is not None:
        for kind in KINDS:
            part = sums[(question.urban == kind).to_numpy()]
            if len(part):
                yield _people_share(question, part, kind)
                yield from _unit_shares(question, part, kind)
    yield question.people_figure(
        "elder.uncovered", float(sums[f"{question.group}_uncovered"].sum()),
        label=f"Elder stations: {who} not covered", label_zh=f"养老服务设施：未覆盖{who_zh}",
        definition=f"In the areas, but within the standard of no station: {who}, those who aren't on the network "
        "included.",
        definition_zh=f"范围内不在任何养老服务设施标准内的{who_zh}数量（含未接入路网者）。",
    )  # fmt: skip


def _people_share(question: Question, sums: pd.DataFrame, kind: str) -> Figure:
    (who, who_zh), services = question.who, question.spec.stations
    english, chinese = question.limits(services)
    of, of_zh = (f"{who} in {KINDS[kind][0]} units", f"{KINDS[kind][1]}{who_zh}") if kind else (who, who_zh)
    figure = Figure.ratio(
        f"elder.{kind}_people_share" if kind else "elder.people_share",
        round(float(sums[f"{question.group}_covered"].sum()), PEOPLE_DECIMALS),
        round(float(sums[question.group].sum()), PEOPLE_DECIMALS),
        unit="share", denominator_name=of, denominator_name_zh=of_zh,
        label=f"Elder stations: share of {of} covered", label_zh=f"养老服务设施：{of_zh}覆盖率",
        definition=f"Share of {of} within the standard of an elder station along the network, access legs included "
        f"(people; {english}). All {of} are in the denominator.",
        definition_zh=f"沿路网可在标准内到达养老服务设施的{of_zh}占比（人口口径，含接入路网的步行距离；{chinese}）。"
        f"分母为范围内全部{of_zh}。",
        sources=question.limit_sources(services),
    )  # fmt: skip
    return question.on_amounts(figure)


def _unit_shares(question: Question, sums: pd.DataFrame, kind: str) -> Iterator[Figure]:
    spec, (who, who_zh), (plural, plural_zh) = question.spec, question.who, question.units
    names, names_zh = question.called(spec.stations)
    units = f"{KINDS[kind][0]} {plural}" if kind else plural
    units_zh = f"{KINDS[kind][1]}{plural_zh}" if kind else plural_zh
    start = f"elder.{kind}_{plural}" if kind else f"elder.{plural}"
    asked = question.sources(spec.station_share) if kind != "rural" else ()  # the plan asks it of urban communities
    of: dict[str, Any] = {"unit": "share", "denominator_name": units, "denominator_name_zh": units_zh}
    yield Figure.ratio(
        f"{start}_presence_share", int(sums["units_present"].sum()), len(sums), **of, sources=asked,
        label=f"Elder stations: {units} with one inside", label_zh=f"养老服务设施：{units_zh}设施配置率",
        definition=f"Share of {units} with at least one elder station ({names}) inside their boundary (presence).",
        definition_zh=f"辖区内至少有一处养老服务设施（{names_zh}）的{units_zh}占比（配置口径）。",
    )  # fmt: skip
    yield Figure.ratio(
        f"{start}_served_share", int(sums["units_served"].sum()), len(sums), **of,
        sources=(*asked, *question.limit_sources(spec.stations)),
        label=f"Elder stations: {units} served", label_zh=f"养老服务设施：{units_zh}服务覆盖率",
        definition=f"Share of {units} where at least {SERVED_FROM:.0%} of {who} are within the standard of an elder "
        f"station ({names}), maybe next door (served).",
        definition_zh=f"至少{SERVED_FROM:.0%}的{who_zh}在标准内可到达养老服务设施（{names_zh}，含邻近辖区设施）的"
        f"{units_zh}占比（服务口径）。",
    )  # fmt: skip

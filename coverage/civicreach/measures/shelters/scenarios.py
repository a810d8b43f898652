"""What scenarios do to people's way to shelters: figures, what each one changes, and which communities lose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from civicreach.errors import Note
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import roll_up
from civicreach.measures.shelters.outages import Change, Outage
from civicreach.measures.shelters.question import Population, Question, name_fields, named


def change_figures(change: Change) -> Iterator[Figure]:
    """What is left with a scenario's streets out; what hangs on no population is told with the first."""
    population, outage = change.population, change.outage
    name, (where, where_zh) = f"scenario.{outage.spec.id}", outage.name
    totals = change.sums.sum().round(PEOPLE_DECIMALS)
    sources = population.question.distance_sources
    (near, near_zh), everyone = population.question.within, totals["people"]
    yield population.share(
        f"{name}.people_share", totals["covered"], everyone,
        (f"{{who}} within reach of a shelter: {where}", f"可达避难场所的{{who}}占比：{where_zh}"),
        ((f"Share of {{who}} (people) still within reach of any shelter with streets out ({where}), {near}; "
          f"all {{who}} in "
         "the areas are in the denominator."),
         f"“{where_zh}”情景下仍可达任一避难场所的{{who}}占比（人口口径；{near_zh}）；分母为范围内全部{{who}}。"),
        sources=sources,
    )  # fmt: skip
    yield population.people(
        f"{name}.people_losing", totals["losing"],
        (f"{{who}} who lose reach: {where}", f"失去可达场所的{{who}}：{where_zh}"),
        (f"{{who}} within reach of a shelter now, but of none with streets out ({where}).",
         f"现可达避难场所、在“{where_zh}”情景下不再可达的{{who}}。"),
        sources=sources,
    )  # fmt: skip
    yield population.people(
        f"{name}.people_cut_off", totals["cut_off"],
        (f"{{who}} cut off from all shelters: {where}", f"与所有场所隔断的{{who}}：{where_zh}"),
        ((f"{{who}} who have a way to some shelter now, however far, and none at all with streets out "
          f"({where}); those who "
         "live on closed ground or closed streets are among them."),
         f"现有路可达某一避难场所（不限距离）、在“{where_zh}”情景下完全无路可达的{{who}}，含居住在中断范围内或中断道路上者。"),
    )  # fmt: skip
    yield population.share(
        f"{name}.capacity_served_share", totals["served"], everyone,
        (f"{{who}} who find a place: {where}", f"可安置的{{who}}占比：{where_zh}"),
        ((f"Share of {{who}} who find a place in a shelter, assigned anew with streets out ({where}): most "
          f"served, then "
         "least walking; all {who} in the areas are in the denominator."),
         f"“{where_zh}”情景下重新统筹安置（人数最多、再步行最少）后可安置的{{who}}占比；分母为范围内全部{{who}}。"),
        sources=sources,
    )  # fmt: skip
    if population.first:
        yield from _street_figures(population, outage)


def _street_figures(population: Population, outage: Outage) -> Iterator[Figure]:
    name, (where, where_zh) = f"scenario.{outage.spec.id}", outage.name
    yield population.figure(
        f"{name}.closed_km", outage.closed.closure.length_km,
        (f"Streets closed: {where}", f"中断道路长度：{where_zh}"),
        (f"Kilometres of street for people on foot that are closed ({where}); two carriageways count twice.",
         f"“{where_zh}”情景下中断的步行可用道路长度，双幅路分别计算。"),
        unit="km", unit_zh="公里", decimals=2,
    )  # fmt: skip
    yield population.figure(
        f"{name}.shelters_cut_off", float(outage.out.sum()),
        (f"Shelters cut off: {where}", f"被隔断的避难场所：{where_zh}"),
        (f"Existing shelters on closed ground or closed streets ({where}), which take in nobody.",
         f"“{where_zh}”情景下位于中断范围内或中断道路上、无法使用的现有避难场所数。"),
        unit="shelters", unit_zh="处",
    )  # fmt: skip


def scenario_listing(question: Question, changes: Sequence[Change]) -> Listing:
    """What each scenario changes for each population, side by side."""
    rows = []
    for change in changes:
        population, outage = change.population, change.outage
        totals = change.sums.sum().round(PEOPLE_DECIMALS)
        everyone = totals["people"] or np.nan
        names = question.shelters.facilities.frame["name"].to_numpy()[outage.out]
        rows.append(
            {
                "scenario": outage.spec.id,
                "who": population.group,
                "closed_km": outage.closed.closure.length_km,
                "shelters_out": int(outage.out.sum()),
                "which": _joined(question, names.tolist()),
                "places_out": float(question.shelters.places[outage.out].sum()),
                "before_share": totals["covered_before"] / everyone,
                "after_share": totals["covered"] / everyone,
                "losing": totals["losing"],
                "cut_off": totals["cut_off"],
                "served_before": totals["served_before"],
                "served": totals["served"],
            }
        )
    fields = (
        _scenario_field([change.outage for change in changes]),
        Field("who", ("Who", "人群"), "text", words={c.population.group: c.population.who for c in changes}),
        Field("closed_km", ("Streets closed (km)", "中断道路（公里）"), "number"),
        Field("shelters_out", ("Shelters cut off", "隔断场所（处）"), "count"),
        Field("which", ("Which", "隔断场所名称"), "text"),
        Field("places_out", ("Places in them", "其可容纳人数（人）")),
        Field("before_share", ("Within reach before", "原可达占比"), "share"),
        Field("after_share", ("Within reach then", "中断后可达占比"), "share"),
        Field("losing", ("Lose reach", "失去可达场所")),
        Field("cut_off", ("Cut off from all shelters", "与所有场所隔断")),
        Field("served_before", ("Find a place before", "原可安置")),
        Field("served", ("Find a place then", "中断后可安置")),
    )
    return Listing(
        "shelter_scenarios",
        ("What streets out change", "道路中断情景对比"),
        pd.DataFrame(rows)[[field.name for field in fields]],
        fields,
        (
            (
                "Within reach: by the distance of each shelter's class. Cut off: no way to any shelter, "
                "however far. People "
                "are assigned anew to the shelters that are left."
            ),
            "可达按各类疏散距离计；隔断指不限距离也无路可达任一场所；安置按剩余场所重新统筹。",
        ),
    )


def losses_listing(changes: Sequence[Change]) -> Listing:
    """The lowest units whose people lose reach, are cut off, or find fewer places, by scenario and population."""
    areas = changes[0].population.areas
    parts = []
    for change in changes:
        sums = change.sums.copy()
        sums = sums[(sums["losing"] > 0) | (sums["cut_off"] > 0) | (sums["fewer"] > 0)]
        sums = sums.sort_values(["losing", "cut_off", "fewer"], ascending=False, kind="stable")
        parts.append(named(sums, areas).assign(scenario=change.outage.spec.id, who=change.population.group))
    frame = pd.concat(parts).reset_index(drop=True)
    frame["losing_share"] = frame["losing"] / frame["people"]
    fields = (
        _scenario_field([change.outage for change in changes]),
        *name_fields(areas),
        Field("who", ("Who", "人群"), "text", words={c.population.group: c.population.who for c in changes}),
        Field("people", ("People", "人口")),
        Field("losing", ("Lose reach", "失去可达场所")),
        Field("losing_share", ("Share that loses reach", "失去可达占比"), "share"),
        Field("cut_off", ("Cut off from all shelters", "与所有场所隔断")),
        Field("fewer", ("Fewer find a place", "可安置人数减少")),
    )
    return Listing(
        "shelter_losses",
        ("Who loses when streets are out", "道路中断后受影响的地区"),
        frame[[field.name for field in fields]],
        fields,
        (
            (
                "By scenario, most people who lose reach first. Fewer find a place: a new plan for all may "
                "also put people of "
                "places behind others; negative where more find one."
            ),
            "按情景列出，失去可达场所人数多者在前。可安置人数减少：重新统筹后也可能由他处让位，负值表示增加。",
        ),
    )


def change_topic(change: Change) -> Topic:
    """Who loses reach in a scenario, on every level."""
    population, outage = change.population, change.outage
    english, chinese = outage.name
    fields = (
        population.field("people"),
        population.field("covered", "Still within reach of any", "仍可达任一场所"),
        Field(
            "covered_share",
            ("Share still within reach", "仍可达占比"),
            "share",
            ratio=("covered", "people", 1.0),
            low_is_good=False,
        ),
        population.field("losing", "Lose reach", "失去可达场所"),
        Field("losing_share", ("Share that loses reach", "失去可达占比"), "share", ratio=("losing", "people", 1.0)),
        population.field("cut_off", "Cut off from all shelters", "与所有场所隔断"),
        population.field("served_before", "Find a place before", "原可安置"),
        population.field("served", "Find a place then", "中断后可安置"),
    )
    within, within_zh = population.question.within
    return Topic(
        f"shelter.scenario_{outage.spec.id}",
        population.title(f"Shelters with streets out: {english}", f"道路中断情景：{chinese}"),
        roll_up(change.sums, population.areas, fields),
        fields,
        (
            (
                f"Reach: {within}. Lose reach: within reach now, not with these streets out. Cut off: no way to "
                f"any shelter."
            ),
            f"可达：{within_zh}。失去可达指现可达、中断后不可达；隔断指不限距离也无路可达任一场所。",
        ),
        coloured=("losing_share", "cut_off", "covered_share"),
        figures=tuple(f"{each.prefix}.scenario.{outage.spec.id}.*" for each in population.question.populations),
        layers=("closed_streets",),
        listings=("shelter_scenarios", "shelter_losses"),
        low_is_good=True,
    )


def outage_notes(question: Question, outages: Sequence[Outage]) -> Iterator[Note]:
    """Scenarios that close no street, or that leave no shelter."""
    name, name_zh = question.name
    for outage in outages:
        english, chinese = outage.name
        if len(outage.closed.closure) == 0:
            yield Note(
                f"{name}, {english}: closes no street that people walk on",
                f"{name_zh}，{chinese}：未中断任何步行可用道路",
            )
        if outage.out.all():
            yield Note(f"{name}, {english}: every shelter is cut off", f"{name_zh}，{chinese}：全部避难场所被隔断")


def _scenario_field(outages: Sequence[Outage]) -> Field:
    return Field("scenario", ("Scenario", "情景"), "text", words={o.spec.id: o.name for o in outages})


def _joined(question: Question, names: list[str]) -> str:
    comma = "、" if question.study.study.language == "zh" else ", "
    return comma.join(names)

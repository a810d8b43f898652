"""Room in shelters inside each unit's boundary: m2 and places per person, and fixed ones against what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from civicreach.measures.analysis import Field, Topic
from civicreach.measures.circle.wording import MARKS, cited
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.measures.shelters.classes import room_sources, rooms
from civicreach.measures.shelters.question import Population
from civicreach.study import Study
from civicreach.study.references import FIXED_SHARE


def asked_share(study: Study) -> float:
    """Which share of people fixed shelters must have room for."""
    return study.standards[FIXED_SHARE].value / 100.0


def room_sums(population: Population, growth: pd.DataFrame) -> pd.DataFrame:
    """By lowest unit: `people`, and of the shelters inside `m2`, `places`, `fixed_places`, `growth_m2`.

    `growth` is that of `Sheltered`, on the shelters' index.
    """
    shelters = population.question.shelters
    columns = {
        "m2": shelters.m2,
        "places": shelters.places,
        "fixed_places": shelters.places.where(shelters.fixed, 0.0),
        "growth_m2": growth["m2"],
    }
    unit = population.ground.unit_of(shelters.facilities)
    inside = sums_by_unit(pd.DataFrame(columns), unit, population.areas)
    people = population.sums(population.amount.to_frame("people"))
    return pd.DataFrame(pd.concat([people, inside], axis=1))


def room_topic(population: Population, sums: pd.DataFrame) -> Topic:
    """What stands inside the boundary, on every level."""
    study = population.study
    share = asked_share(study)
    mark, mark_zh = MARKS[study.standards[FIXED_SHARE].confidence]
    fields = (
        population.field("people"),
        Field("m2", ("Effective area (m2)", "有效避难面积（平方米）"), total=True),
        Field("m2_per_person", ("m2 per person", "人均有效避难面积（平方米）"), "number", ratio=("m2", "people", 1.0)),
        Field("places", ("Places", "可容纳人数（人）"), total=True),
        Field("places_share", ("Places by people", "可容纳人数占比"), "share", ratio=("places", "people", 1.0)),
        Field("fixed_places", ("Places in fixed shelters", "固定场所可容纳人数（人）"), total=True),
        Field("fixed_share", ("Places in fixed shelters by people", "固定场所容纳人口比例"), "share",
              ratio=("fixed_places", "people", 1.0)),
        Field("fixed_lacking", (f"Places lacking to {share:.0%}", f"距{share:.0%}尚缺（人）"),
              derive=partial(_lacking, share=share)),
        Field("growth_m2", ("m2 to add for all within reach", "可达人口全部安置需扩面积（平方米）"), total=True),
    )  # fmt: skip
    room, room_zh = rooms(population.question.shelters.classes)
    return Topic(
        f"shelter.room{population.suffix}",
        population.title("Room in shelters inside the boundary", "辖区内避难容量"),
        roll_up(sums, population.areas, fields),
        fields,
        (
            (
                f"Shelters that stand inside, whoever goes there. m2 a person needs: {room}; whole persons. "
                f"Fixed shelters "
                f"(all but emergency ones) must hold at least {share:.0%}{mark} of the people; what is lacking "
                f"is that of "
                "the whole unit, surplus and deficit inside it set off, in whole places."
            ),
            (
                f"按场所所在地统计，不论使用者居住何处。人均面积：{room_zh}；取整人数。固定场所（紧急以外各类）应容纳不少于"
                f"{share:.0%}{mark_zh}的人口；尚缺数为该单元整体盈亏相抵后的结果，不足一人按一人计。"
            ),
        ),
        coloured=("fixed_share", "m2_per_person", "growth_m2"),
        figures=tuple(f"{population.prefix}.{name}" for name in ("fixed_*", "m2_per_person", "places", "growth_*")),
        layers=(f"shelter_loads{population.suffix}",),
        listings=(f"shelter_growth{population.suffix}",),
        target=share,
    )


def _lacking(table: pd.DataFrame, share: float) -> pd.Series:
    """Whole places; a part of one counts as one."""
    lacking = (share * table["people"] - table["fixed_places"]).clip(lower=0.0).round(PEOPLE_DECIMALS)
    return lacking.apply(np.ceil) + 0.0


def room_figures(population: Population, sums: pd.DataFrame, growth: pd.DataFrame) -> Iterator[Figure]:
    """Places and m2 by people, fixed ones against what is asked, and by how much shelters have to grow."""
    question, totals = population.question, sums.sum().round(PEOPLE_DECIMALS)
    study, share = population.study, asked_share(population.study)
    mark, mark_zh = MARKS[study.standards[FIXED_SHARE].confidence]
    sources = room_sources(study, question.shelters.classes)
    room, room_zh = rooms(question.shelters.classes)
    asked = (*cited(study, [FIXED_SHARE], ()), *sources)
    yield population.share(
        "fixed_capacity_share", totals["fixed_places"], totals["people"],
        ((f"Places in fixed shelters by {{who}} (asked: "
         f"{share:.0%})"), f"固定场所可容纳{{who}}比例（要求不低于{share:.0%}）"),
        (
            (f"Places in fixed shelters (all but emergency ones) inside the areas over all {{who}} there; at least "
            f"{share:.0%}{mark} is asked. m2 a person needs: {room}; whole persons."),
            (f"范围内固定避难场所（紧急以外各类）可容纳人数与全部{{who}}之比，要求不低于{share:.0%}{mark_zh}。"
            f"人均面积：{room_zh}；取整人数。"),
        ),
        sources=asked,
    )  # fmt: skip
    lacking = float(_lacking(totals.to_frame().T, share).iloc[0])
    yield population.figure(
        "fixed_lacking", lacking,
        ("Places lacking in fixed shelters ({who})", "固定场所尚缺容纳人数（{who}）"),
        (f"Places that fixed shelters inside the areas lack to {share:.0%}{mark} of all {{who}}, in whole ones.",
         f"范围内固定避难场所距全部{{who}}的{share:.0%}{mark_zh}尚缺的容纳人数（整体计算，不足一人按一人计）。"),
        unit="places", unit_zh="人", sources=asked,
    )  # fmt: skip
    yield population.on_amounts(Figure.ratio(
        f"{population.prefix}.m2_per_person", totals["m2"], totals["people"], unit="m2", unit_zh="平方米", decimals=2,
        denominator_name=population.who[0], denominator_name_zh=population.who[1],
        label=f"Effective shelter area by {population.who[0]}", label_zh=f"人均有效避难面积（{population.who[1]}）",
        definition=f"Effective area of all existing shelters inside the areas over all {population.who[0]} there.",
        definition_zh=f"范围内全部现有避难场所有效避难面积与全部{population.who[1]}之比。",
    ))  # fmt: skip
    if population.first:
        yield population.figure(
            "places", float(question.shelters.places.sum()),
            ("Places in all shelters", "避难场所可容纳总人数"),
            (f"Whole persons that the effective area of all existing shelters holds. m2 a person needs: {room}.",
             f"全部现有避难场所按有效面积可容纳的人数（取整）。人均面积：{room_zh}。"),
            unit="places", unit_zh="人", sources=sources,
        )  # fmt: skip
    yield from _growth_figures(population, growth, sources)


def _growth_figures(population: Population, growth: pd.DataFrame, sources: tuple[str, ...]) -> Iterator[Figure]:
    end = "so that all {who} within reach of any find a place, those left out going to the nearest one within reach"
    end_zh = "使全部可达{who}均获安置（未安置者归入最近可达场所）"
    yield population.figure(
        "growth_m2", float(growth["m2"].sum()),
        ("Area that shelters have to grow by ({who})", "避难场所需扩面积（{who}）"),
        ((f"Effective area by which shelters have to grow {end}: the fewest places, each of the m2 that its "
          f"shelter's class "
         "needs, whole persons."),
         f"为{end_zh}，现有场所需扩大的有效避难面积（增加名额最少，按各场所类别的人均面积，取整人数）。"),
        unit="m2", unit_zh="平方米", sources=sources,
    )  # fmt: skip
    yield population.figure(
        "growth_count", float((growth["places"] > 0).sum()),
        ("Shelters that have to grow ({who})", "需扩容的场所数（{who}）"),
        (f"How many shelters have to grow {end}.", f"为{end_zh}，需要扩容的场所数。"),
        unit="shelters", unit_zh="处", sources=sources,
    )  # fmt: skip

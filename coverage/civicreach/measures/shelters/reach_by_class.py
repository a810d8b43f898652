"""Reach of shelters by class: people within the distance, communities with one and communities served, by level."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from civicreach.layers import LEVELS
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.measures.shelters.classes import distance_sources
from civicreach.measures.shelters.question import Population, units_words
from civicreach.measures.shelters.within import ANY
from civicreach.measures.words import PLURAL


def reach_sums(population: Population, covered: pd.DataFrame) -> pd.DataFrame:
    """By lowest unit: `people`, `uncovered`, `unsnapped` (part of these), covered people by class and `any`,
    `shelter_count`, and 1 or 0 for `units_present` and `units_served`.

    `covered` is that of `covered_by_class`, on the demand's index.
    """
    question, amount = population.question, population.amount
    snapped = question.reach.demand_snap.found
    homes = pd.DataFrame({name: amount.where(covered[name], 0.0) for name in covered.columns})
    homes["people"] = amount
    homes["unsnapped"] = amount.where(~snapped, 0.0)
    sums = population.sums(homes)
    sums["uncovered"] = (sums["people"] - sums[ANY]).round(PEOPLE_DECIMALS)
    facilities = question.shelters.facilities
    ones = pd.DataFrame({"shelter_count": 1}, index=facilities.ids)
    sums["shelter_count"] = sums_by_unit(ones, question.ground.unit_of(facilities), population.areas)["shelter_count"]
    sums["units_present"] = (sums["shelter_count"] > 0).astype(int)
    sums["units_served"] = ((sums["people"] > 0) & (sums[ANY] >= SERVED_FROM * sums["people"])).astype(int)
    return sums


def reach_topic(population: Population, sums: pd.DataFrame) -> Topic:
    """Who reaches a shelter, and of which class, on every level."""
    question = population.question
    units, units_zh = units_words(population.areas)
    of_classes = []
    for key, each in question.shelters.classes.items():
        english, chinese = f"{each.radius_m:g} m of {each.name[0]}", f"{each.name[1]}{each.radius_m:g}米内"
        header: Pair = (f"Share within {english}", f"{chinese}占比")
        of_classes += [
            population.field(key, f"Within {english}", chinese),
            Field(f"{key}_share", header, "share", ratio=(key, "people", 1.0)),
        ]
    fields = (
        population.field("people"),
        population.field(ANY, "Within reach of any", "可达任一场所"),
        Field(f"{ANY}_share", ("Share within reach of any", "可达任一场所占比"), "share", ratio=(ANY, "people", 1.0)),
        population.field("uncovered", "Without any in reach", "无可达场所"),
        population.field("unsnapped", "Of these not on the network", "其中未接入路网"),
        *of_classes,
        Field("shelter_count", ("Shelters inside", "辖区内场所（处）"), "count", total=True),
        Field("units_present", (f"{units.capitalize()} with one", f"有场所的{units_zh}数"), "count", total=True),
        Field("units_served", (f"{units.capitalize()} served", f"可达达标{units_zh}数"), "count", total=True),
    )
    english, chinese = question.within
    return Topic(
        f"shelter.reach{population.suffix}",
        population.title("Shelters within reach", "避难场所可达情况"),
        roll_up(sums, population.areas, fields),
        fields,
        (
            (
                f"{english[:1].upper() + english[1:]}. All {population.who[0]} in the areas are in the "
                f"denominators. Served: at "
                f"least {SERVED_FROM:.0%} of a unit's {population.who[0]} are within reach of any, maybe next door."
            ),
            (
                f"{chinese}。分母为范围内全部{population.who[1]}。可达达标指可达任一场所（含邻近单元）的"
                f"{population.who[1]}不少于{SERVED_FROM:.0%}。"
            ),
        ),
        coloured=(f"{ANY}_share", *(f"{key}_share" for key in question.shelters.classes)),
        figures=(
            f"{population.prefix}.people_share",
            *(f"{population.prefix}.{key}.people_share" for key in question.shelters.classes),
            *(f"{population.prefix}.{PLURAL[level]}_*" for level in LEVELS),
        ),
        layers=(f"shelter_loads{population.suffix}",),
        listings=(f"shelter_unserved{population.suffix}", f"shelter_loads{population.suffix}", "shelter_equity"),
    )


def reach_figures(population: Population, sums: pd.DataFrame) -> Iterator[Figure]:
    """Share of people within reach of any shelter and of each class; communities with one and served."""
    question, totals = population.question, sums.sum().round(PEOPLE_DECIMALS)
    english, chinese = question.within
    everyone: Pair = ("all {who} in the areas are in the denominator.", "分母为范围内全部{who}。")
    yield population.share(
        "people_share", totals[ANY], totals["people"],
        ("{who} within reach of a shelter", "可达避难场所的{who}占比"),
        (
            f"Share of {{who}} (people) within reach of any shelter, {english}; access legs included; {everyone[0]}",
            f"可达任一避难场所的{{who}}占比（人口口径；{chinese}，含接入路网距离）；{everyone[1]}",
        ),
        sources=question.distance_sources,
    )  # fmt: skip
    for key, each in question.shelters.classes.items():
        (near, near_zh), (name, name_zh) = each.distance, each.name
        count = int((question.shelters.key == key).sum())
        yield population.share(
            f"{key}.people_share", totals[key], totals["people"],
            (f"{{who}} within {each.radius_m:g} m of {_an(name)} shelter",
             f"{each.radius_m:g}米内可达{name_zh}避难场所的{{who}}占比"),
            (
                (f"Share of {{who}} (people) within the distance of the class ({near}) along the network of a "
                 f"shelter of "
                f"it, of which there are {count:,}; access legs included; {everyone[0]}"),
                (f"沿路网在该类疏散距离（{near_zh}）内可达该类避难场所（现有{count:,}处）的{{who}}占比（人口口径；"
                f"含接入路网距离）；{everyone[1]}"),
            ),
            sources=distance_sources(question.study, {key: each}),
        )  # fmt: skip
    if population.areas is not None:
        yield from _unit_figures(population, totals, len(sums))


def _unit_figures(population: Population, totals: pd.Series, count: int) -> Iterator[Figure]:
    units, units_zh = units_words(population.areas)
    of = {"denominator_name": units, "denominator_name_zh": units_zh}
    if population.first:
        yield population.share(
            f"{units}_presence_share", float(totals["units_present"]), count,
            (f"{units.capitalize()} with a shelter inside", f"辖区内有避难场所的{units_zh}占比"),
            (
                (f"Share of {units} with at least one existing shelter inside their boundary (presence), "
                 f"whoever reaches "
                "it."),
                f"辖区内至少有一处现有避难场所的{units_zh}占比（配置口径），与可达性无关。",
            ),
            **of,
        )  # fmt: skip
    yield population.share(
        f"{units}_served_share", float(totals["units_served"]), count,
        (f"{units.capitalize()} served: {{who}}", f"避难场所可达达标的{units_zh}占比（{{who}}）"),
        (
            (f"Share of {units} at least {SERVED_FROM:.0%} of whose {{who}} are within reach of a shelter (served), "
            "maybe one next door."),
            f"不少于{SERVED_FROM:.0%}的{{who}}可达避难场所（含邻近单元）的{units_zh}占比（可达口径）。",
        ),
        sources=population.question.distance_sources, **of,
    )  # fmt: skip


def _an(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"

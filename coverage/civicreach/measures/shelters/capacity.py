"""People assigned to shelters within reach: most served, then least walking; nearest-first and fixed ones beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civicreach.layers import Demand
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.assignment import Assignment, assign, growth, nearest_first
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import roll_up
from civicreach.measures.shelters.classes import room_sources, rooms
from civicreach.measures.shelters.places import Shelters
from civicreach.measures.shelters.question import Population
from civicreach.measures.shelters.within import within_own_distance
from civicreach.reach import Reach
from civicreach.units import MS_PER_MIN

M_PER_MIN = MS_PER_MIN / 1_000
"""On a network in metres a minute is the cost of 60 metres."""

LEFT_OUT = ("full", "beyond", "unsnapped")
"""Why people find no place, as REASONS of the assignment call it."""

WHY: dict[str, Pair] = {
    "full": ("all shelters in reach are full", "可达场所均已满员"),
    "beyond": ("no shelter within its distance", "疏散距离内无场所"),
    "unsnapped": ("not on the street network", "未接入路网"),
}


@dataclass(frozen=True, eq=False)
class Sheltered:
    """Who finds a place where: the assignment that serves most and walks least, and nearest-first beside it.

    `fixed` is the best assignment to fixed shelters alone. Minutes of all of them are minutes of a network in metres:
    60 m each.
    """

    best: Assignment
    nearest: Assignment
    fixed: Assignment

    def growth(self, shelters: Shelters) -> pd.DataFrame:
        """On the shelters' index: whole `places` and `m2` that each has to grow by so that all within reach of any
        shelter find a place, whoever is left out going to the nearest one within reach."""
        wanted = growth(self.best)["growth"]
        places = np.ceil(wanted.round(PEOPLE_DECIMALS))
        needed = (shelters.places + places) * shelters.m2_per_person
        m2 = (needed - shelters.m2).where(places > 0, 0.0).clip(lower=0.0)
        return pd.DataFrame({"places": places, "m2": m2.round(PEOPLE_DECIMALS)})


def sheltered(reach: Reach, demand: Demand, shelters: Shelters, *, group: str = "people") -> Sheltered:
    """Assign a group to shelters by the pairs of a reach, all of which count: leave out those beyond each distance.

    A person needs one place in one shelter, of whatever class. Rows outside the areas aren't assigned.
    """
    within_min = reach.cutoff_ms / MS_PER_MIN
    places, sites = shelters.places, shelters.facilities
    everywhere = np.full(len(sites.ids), reach.cutoff_ms, np.int64)
    to_fixed = within_own_distance(reach, everywhere, out=~shelters.fixed.to_numpy())
    return Sheltered(
        assign(reach, demand, sites, within_min=within_min, group=group, capacity=places),
        nearest_first(reach, demand, sites, within_min=within_min, group=group, capacity=places),
        assign(to_fixed, demand, sites, within_min=within_min, group=group, capacity=places),
    )


def mean_walk_m(assignment: Assignment) -> float | None:
    """Metres that those who find a place walk on average; None where nobody does."""
    metres = assignment.mean_min * M_PER_MIN
    return metres if np.isfinite(metres) else None


def served_sums(population: Population, found: Assignment) -> pd.DataFrame:
    """By lowest unit: `people`, `served`, `unserved`, and of these the three of LEFT_OUT; they add up exactly."""
    amount = population.amount
    homes = {"people": amount, "served": found.served, "full": found.unserved.where(found.reason == "full", 0.0)}
    homes |= {why: amount.where(found.reason == why, 0.0) for why in LEFT_OUT[1:]}
    sums = population.sums(pd.DataFrame(homes))
    sums["unserved"] = sums[[*LEFT_OUT]].sum(axis=1).round(PEOPLE_DECIMALS)
    return sums


def capacity_sums(population: Population, found: Sheltered) -> pd.DataFrame:
    """By lowest unit: `people`, `served`, `unserved`, the three of LEFT_OUT, and `fixed_served`."""
    sums = served_sums(population, found.best)
    sums["fixed_served"] = served_sums(population, found.fixed)["served"]
    return sums


def capacity_topic(population: Population, sums: pd.DataFrame) -> Topic:
    """Who finds a place, and who doesn't for what reason, on every level."""
    fields = (
        population.field("people"),
        population.field("served", "Find a place", "可安置"),
        Field("served_share", ("Share that finds a place", "可安置占比"), "share", ratio=("served", "people", 1.0)),
        population.field("unserved", "Find none", "未能安置"),
        *(population.field(why, f"None: {WHY[why][0]}", f"其中{WHY[why][1]}") for why in LEFT_OUT),
        population.field("fixed_served", "Could stay in a fixed shelter", "固定场所可安置"),
        Field("fixed_served_share", ("Share that could stay in a fixed shelter", "固定场所可安置占比"), "share",
              ratio=("fixed_served", "people", 1.0)),
    )  # fmt: skip
    return Topic(
        f"shelter.capacity{population.suffix}",
        population.title("Places in shelters within reach", "避难容量与安置"),
        roll_up(sums, population.areas, fields),
        fields,
        _rule(population),
        coloured=("served_share", "unserved", "fixed_served_share"),
        figures=tuple(
            f"{population.prefix}.{name}" for name in ("capacity_*", "nearest_first_*", "mean_walk_m", "proven")
        ),
        layers=tuple(f"shelter_{name}{population.suffix}" for name in ("loads", "unserved", "flows")),
        listings=tuple(f"shelter_{name}{population.suffix}" for name in ("rules", "unserved", "loads", "flows")),
    )


def _rule(population: Population) -> Pair:
    question = population.question
    (near, near_zh), (room, room_zh) = question.within, rooms(question.shelters.classes)
    return (
        (
            f"One place in one shelter of any class for each of the {population.who[0]}, {near}. As many as "
            f"possible find one "
            f"and, so many finding one, all walk least together (exact). Places: effective area by m2 per person, "
            f"whole persons: {room}. Fixed shelters (all but emergency ones) by themselves stand beside."
        ),
        (
            f"{population.who[1]}每人占用一处场所的一个名额，类别不限，{near_zh}；先使安置人数最多，再使步行总量最小（精确解）。"
            f"容量＝有效避难面积÷人均面积，取整人数：{room_zh}。另列仅用固定场所（紧急以外各类）时的安置情况。"
        ),
    )


def capacity_figures(population: Population, found: Sheltered, sums: pd.DataFrame) -> Iterator[Figure]:
    """Share served by the best assignment and by nearest-first, who is left out and why, the walk, and the proof."""
    question, totals = population.question, sums.sum().round(PEOPLE_DECIMALS)
    sources = (*question.distance_sources, *room_sources(question.study, question.shelters.classes))
    (rule, rule_zh), everyone = _rule(population), totals["people"]
    end, end_zh = " All {who} in the areas are in the denominator.", "分母为范围内全部{who}。"
    yield population.share(
        "capacity_served_share", totals["served"], everyone,
        ("{who} who find a place in a shelter", "可安置的{who}占比"),
        ((f"Share of {{who}} who find a place in a shelter. "
         f"{rule}{end}"), f"可在避难场所安置的{{who}}占比。{rule_zh}{end_zh}"),
        sources=sources,
    )  # fmt: skip
    yield population.people(
        "capacity_unserved", totals["unserved"],
        ("{who} without a place", "未能安置的{who}"),
        ("{who} in the areas who find no place by that assignment, for whatever reason.",
         "按上述安置方案未能安置的范围内{who}（含各种原因）。"),
        sources=sources,
    )  # fmt: skip
    for why in LEFT_OUT:
        english, chinese = WHY[why]
        yield population.people(
            f"capacity_{why}", totals[why],
            (f"{{who}} without a place: {english}", f"未能安置的{{who}}：{chinese}"),
            (f"{{who}} who find no place because {_because(why)}.", f"因{chinese}而未能安置的{{who}}。"),
            sources=sources,
        )  # fmt: skip
    yield population.share(
        "nearest_first_served_share", float(found.nearest.totals["served"]), everyone,
        ("{who} who find a place if all go to the nearest", "就近先到先得时可安置的{who}占比"),
        ((f"The same share where nobody plans: shorter ways come first, and whoever finds a shelter full tries "
          f"the next "
         f"nearest within its distance. To compare, not a result.{end}"),
         f"不作统筹时的同一占比：路近者先得，遇满员者改往下一处可达场所，仅供对比。{end_zh}"),
        sources=sources,
    )  # fmt: skip
    yield from _walks(population, found)


def _because(why: str) -> str:
    return {
        "full": "all shelters within reach are full",
        "beyond": "no shelter stands within the distance of its class",
        "unsnapped": "their home isn't near any street of the network",
    }[why]


def _walks(population: Population, found: Sheltered) -> Iterator[Figure]:
    metres = {"unit": "m", "unit_zh": "米"}
    yield population.figure(
        "mean_walk_m", mean_walk_m(found.best),
        ("Mean way to the assigned shelter: {who}", "到安置场所的平均距离（{who}）"),
        (("Metres along the network that {who} who find a place go to it on average, by the assignment of least "
         "walking."),
         "按步行总量最小的安置方案，获安置{who}到场所的平均路网距离。"),
        **metres,
    )  # fmt: skip
    yield population.figure(
        "nearest_first_mean_walk_m", mean_walk_m(found.nearest),
        ("Mean way if all go to the nearest: {who}", "就近先到先得时的平均距离（{who}）"),
        ("The same mean where nobody plans, of those who then find a place: other people, so not quite comparable.",
         "不作统筹时获安置者的平均路网距离；获安置者不尽相同，仅供参考。"),
        **metres,
    )  # fmt: skip
    yield population.figure(
        "proven", float(found.best.proven),
        ("Assignment proven best (1 = yes): {who}", "安置方案已证明最优（1为是）：{who}"),
        (("1 where prices of places prove, in whole numbers, that no assignment serves more {who} and none "
          "that serves as "
         "many walks less; else 0."),
         "1表示已由整数对偶价格证明：不存在安置人数更多、或同样人数而步行总量更小的方案；否则为0。"),
        unit="",
    )  # fmt: skip


def rules_listing(population: Population, found: Sheltered) -> Listing:
    """The planned assignment, nearest-first and fixed shelters alone, side by side."""
    everyone = float(population.sums(population.amount.to_frame("n"))["n"].sum())
    rows = []
    for name, each in (("best", found.best), ("nearest", found.nearest), ("fixed", found.fixed)):
        totals = each.totals
        left = {why: float(totals[why]) for why in LEFT_OUT}
        served = float(totals["served"])
        share = served / everyone if everyone else np.nan
        rows.append({"how": name, "served": served, "share": share, **left, "mean_m": mean_walk_m(each)})
    words: dict[str, Pair] = {
        "best": ("planned: most served, then least walking", "统筹安置：人数最多，再步行最少"),
        "nearest": ("nearest first", "就近先到先得"),
        "fixed": ("planned, fixed shelters only", "仅用固定场所（统筹）"),
    }
    fields = (
        Field("how", ("Assignment", "安置方式"), "text", words=words),
        population.field("served", "Find a place", "可安置", total=False),
        Field("share", ("Share", "占比"), "share"),
        *(population.field(why, f"None: {WHY[why][0]}", WHY[why][1], total=False) for why in LEFT_OUT),
        Field("mean_m", ("Mean way (m)", "平均距离（米）"), "metres"),
    )
    frame = pd.DataFrame(rows)[[field.name for field in fields]]
    frame["mean_m"] = frame["mean_m"].astype(float)
    return Listing(
        f"shelter_rules{population.suffix}",
        population.title("Planned and nearest-first", "安置方案对比"),
        frame,
        fields,
        _rule(population),
    )

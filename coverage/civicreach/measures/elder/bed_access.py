"""Beds within reach: what everyone's share of them is, shared with all others who reach them (2SFCA and its kin)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from civicreach.errors import Note, counted
from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.access import METHODS, FloatingCatchment, Method, hand_out_supply
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.bed_figures import BEDS
from civicreach.measures.elder.need import PER_1000
from civicreach.measures.elder.question import Part, Question, listed
from civicreach.measures.figure import Figure
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.measures.words import profile_words
from civicreach.network import RoadNetwork
from civicreach.reach import reach

TOLD_BY: tuple[Method, ...] = ("e2sfca", "2sfca", "3sfca")
"""The first of these that is asked for stands behind figures, equity and curve."""


@dataclass(frozen=True, eq=False)
class BedAccess:
    """Beds per head by method, in the order of the methods asked for, and on the demand's index whether any bed is
    within reach."""

    homes: Facilities
    by_method: dict[Method, FloatingCatchment]
    in_reach: pd.Series

    @property
    def first(self) -> Method:
        """The method that figures and equity are told by, whatever the order in which methods are asked for; a BFCA
        score is no number of beds."""
        return next(method for method in TOLD_BY if method in self.by_method)

    @property
    def score(self) -> pd.Series:
        """Beds per 1000 of the group by that method, on the demand's index; 0 without any in reach."""
        return PER_1000 * self.by_method[self.first].score


def homes_network(question: Question) -> RoadNetwork:
    """The network in minutes that homes are reached on: by the profile of the first service with beds."""
    return question.ground.network(question.study.service(question.spec.homes[0]).profile)


def bed_access(question: Question, beds: pd.DataFrame) -> BedAccess:
    """Beds handed out within `access_minutes` by every method that is asked for; `beds` are those of `read_beds`."""
    ground, spec = question.ground, question.spec
    homes, within = ground.serving(spec.homes), spec.access_minutes
    network = homes_network(question)
    found = reach(ground.demand, homes, network, cutoff_min=within, max_snap_m=ground.max_snap_m)
    handed = {
        method: hand_out_supply(
            found, ground.demand, homes, within_min=within, group=question.group, supply=beds["beds"], method=method
        )
        for method in dict.fromkeys(spec.access_methods)
    }
    in_reach = np.zeros(len(ground.demand.ids), dtype=np.bool_)
    in_reach[found.demand_at[(beds["beds"] > 0).to_numpy()[found.facility_at]]] = True
    return BedAccess(homes, handed, pd.Series(in_reach, index=ground.demand.ids, name="in_reach"))


def access_part(question: Question, access: BedAccess) -> Part:
    """Beds within reach per 1000 of the group by unit, those without any, and the beds that nobody reaches."""
    spec = question.spec
    sums, fields = _sums(question, access), _fields(question, access)
    topic = Topic(
        "elder_bed_access",
        ("Beds within reach", "养老床位可达性"),
        roll_up(sums, question.ground.areas, fields),
        fields,
        rule=_rule(question, access),
        coloured=(f"{access.first}_per_1000", "without_bed_share"),
        target=question.standard(spec.beds_per_1000).value,
        figures=("elder.without_bed_share", "elder.enough_beds_share", "elder.beds_unclaimed"),
        listings=("elder_equity", "elder_lorenz", "elder_beds_unclaimed"),
    )
    listings, notes = _unclaimed(question, access)
    profiles = list(dict.fromkeys(s.profile for s in question.services(spec.homes)))
    if len(profiles) > 1:
        english = f"homes are reached by several profiles ({', '.join(profiles)}): all are taken by {profiles[0]}"
        notes = (*notes, Note(english, f"养老机构使用了多种出行方式（{'、'.join(profiles)}），统一按{profiles[0]}计算"))
    return Part(tuple(_figures(question, sums, access)), (topic,), listings, (), notes, (spec.beds_per_1000,))


def _sums(question: Question, access: BedAccess) -> pd.DataFrame:
    """Additive columns: `<group>`, `without_bed`, `enough` (with as many within reach as the standard asks for), and
    `<method>_beds`, the score times people."""
    ground, amount = question.ground, question.amount
    norm = question.standard(question.spec.beds_per_1000).value
    columns = {
        question.group: amount,
        "without_bed": amount.where(~access.in_reach, 0.0),
        "enough": amount.where(access.score >= norm, 0.0),
        **{f"{method}_beds": amount * found.score for method, found in access.by_method.items()},
    }
    return sums_by_unit(pd.DataFrame(columns), ground.unit, ground.areas)


def _fields(question: Question, access: BedAccess) -> tuple[Field, ...]:
    group, minutes = question.group, f"{question.spec.access_minutes:g}"
    english, chinese = f"{{who}} without a bed within {minutes} min", f"{minutes}分钟内无床位的{{who}}"
    of_method = []
    for method in access.by_method:
        short = method.upper()
        header = question.header(
            f"Beds within reach per 1000 {{who}} ({short})", f"每千名{{who}}可达床位（{short}，张）"
        )
        if method == "bfca":  # it shares people out instead of beds, and depends on how homes are cut
            header = ("BFCA index, for comparison only", "BFCA指数（仅供相互比较）")
        of_method.append(Field(f"{method}_per_1000", header, "number", ratio=(f"{method}_beds", group, PER_1000)))
    share = question.header(f"Share of {english}", f"{chinese}占比")
    return (
        question.people_field(group),
        *of_method,
        question.people_field("without_bed", english, chinese),
        Field("without_bed_share", share, "share", ratio=("without_bed", group, 1.0), low_is_good=True),
    )


def _rule(question: Question, access: BedAccess) -> Pair:
    (who, who_zh), minutes = question.who, f"{question.spec.access_minutes:g}"
    names = [METHODS[method] for method in access.by_method]
    pace, pace_zh = profile_words(homes_network(question).profile)
    rule = (
        f"The beds of a home are shared among all {who} in the areas within {minutes} min along the network ({pace}), "
        f"whichever unit they live in: {'; '.join(english for english, _ in names)}. Those who reach none count as "
        "0, and a unit's value is the mean of its people."
    )
    rule_zh = (
        f"机构床位由沿路网{minutes}分钟（{pace_zh}）内、分析范围内的全部{who_zh}分享，不论居住在哪个单元："
        f"{'；'.join(zh for _, zh in names)}。不可达者计为0，单元取值为其人口的加权平均。"
    )
    return rule, rule_zh


def _figures(question: Question, sums: pd.DataFrame, access: BedAccess) -> Iterator[Figure]:
    (who, who_zh), spec = question.who, question.spec
    minutes, norm = f"{spec.access_minutes:g}", f"{question.standard(spec.beds_per_1000).value:g}"
    english, chinese = METHODS[access.first]
    columns = (question.group, "without_bed", "enough")
    total, without, enough = (round(float(sums[column].sum()), PEOPLE_DECIMALS) for column in columns)
    without_bed = Figure.ratio(
        "elder.without_bed_share", without, total,
        unit="share", denominator_name=who, denominator_name_zh=who_zh,
        label=f"Share of {who} without a bed within {minutes} min", label_zh=f"{minutes}分钟内无床位的{who_zh}占比",
        definition=f"Share of {who} with no home that has beds, full or not, within {minutes} min along the network; "
        "those who aren't on the network are among them.",
        definition_zh=f"沿路网{minutes}分钟内没有任何有床位机构（不论是否住满）的{who_zh}占比，含未接入路网者。",
    )  # fmt: skip
    enough_beds = Figure.ratio(
        "elder.enough_beds_share", enough, total,
        unit="share", denominator_name=who, denominator_name_zh=who_zh, sources=question.sources(spec.beds_per_1000),
        label=f"Share of {who} with {norm} beds per 1000 within reach",
        label_zh=f"可达床位达每千名{norm}张的{who_zh}占比",
        definition=f"Share of {who} whose beds within {minutes} min, shared with all others in the areas who reach "
        f"them ({english}), come to at least {norm} per 1000.",
        definition_zh=f"沿路网{minutes}分钟内可达床位（{chinese}，与范围内其他可达者分享）不低于每千名{norm}张的{who_zh}占比。",
    )  # fmt: skip
    yield question.on_amounts(without_bed)
    yield question.on_amounts(enough_beds)
    yield Figure(
        "elder.beds_unclaimed", float(access.by_method[access.first].unclaimed.sum()), **BEDS,
        label="Beds that nobody reaches", label_zh="无人可达的床位",
        definition=f"Beds of homes that none of {who} reach within {minutes} min ({english}): they are in nobody's "
        "share.",
        definition_zh=f"沿路网{minutes}分钟内没有{who_zh}可达的机构的床位数（{chinese}），未分给任何人。",
    )  # fmt: skip


def _unclaimed(question: Question, access: BedAccess) -> tuple[tuple[Listing, ...], tuple[Note, ...]]:
    lost = access.by_method[access.first].unclaimed
    if lost.empty:
        return (), ()
    (who, who_zh), minutes = question.who, f"{question.spec.access_minutes:g}"
    names = access.homes.frame.loc[lost.index, "name"].to_numpy()
    frame = pd.DataFrame({"home_id": lost.index, "home": names, "beds": lost.to_numpy()})
    fields = (
        Field("home_id", ("Id", "编号"), "text"),
        Field("home", ("Home", "养老机构"), "text"),
        Field("beds", ("Beds", "养老床位（张）"), "amount", total=True),
    )
    listing = Listing(
        "elder_beds_unclaimed",
        ("Beds that nobody reaches", "无人可达的床位"),
        listed(frame.sort_values("beds", ascending=False, kind="stable"), fields),
        fields,
        rule=(
            f"Homes that none of {who} reach within {minutes} min; most beds first.",
            f"沿路网{minutes}分钟内没有{who_zh}可达的机构，按床位数由多到少排列。",
        ),
    )
    total = f"{lost.sum():,.0f}"
    homes = counted(len(lost), "home", "homes")
    english = f"{total} beds in {homes} are in nobody's share: nobody reaches them within {minutes} min"
    chinese = f"{len(lost):,}处养老机构的{total}张床位未分给任何人：{minutes}分钟内无人可达"
    return (listing,), (Note(english, chinese),)

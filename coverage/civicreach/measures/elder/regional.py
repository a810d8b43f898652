"""Rural homes as centres of their region (区域性养老服务中心): who lives within a drive, and beds to spare for them."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.catchments import Catchments, catchment_layer, catchments_of
from civicreach.measures.elder.need import WHOLE_BEDS, WHOLE_BEDS_ZH
from civicreach.measures.elder.partners import Sides
from civicreach.measures.elder.question import Part, Question
from civicreach.measures.figure import Figure
from civicreach.measures.words import LEVEL_ZH, profile_words
from civicreach.reach import reach

STATES: dict[str, Pair] = {
    "enough": ("can serve as a regional centre", "可转为区域性养老服务中心"),
    "overloaded": ("full: too few beds for those around it", "床位不足，难以承接周边"),
    "empty": ("nobody is nearest to it within the drive", "时限内无归属老年人"),
    "off_network": ("not on the street network", "未接入路网"),
}
"""Whether a rural home can be the centre of its region, the best first."""

LAND: dict[str, Pair] = {
    "home": ("within the drive of a rural home", "时限内归属最近福利院"),
    "no_way": ("beyond the drive of any", "超出各院时限"),
    "off_network": ("far from any street", "远离道路"),
}


def regional_part(question: Question, beds: pd.DataFrame | None, sides: Sides | None) -> Part:
    """The rural homes with the scattered elderly of their catchments, beds and spare beds, and the map of it; nothing
    where nobody asks."""
    spec = question.spec
    if spec.regional_minutes is None or beds is None:
        return Part()
    if sides is None or sides.rural is None:
        return Part.left_out(
            "regional centres are left out: no home is known to be rural",
            "未评估区域性养老服务中心：没有可识别的农村福利院",
        )
    found, within = regional_catchments(question, beds, sides.rural, spec.regional_minutes)
    layers = () if found.land is None else (_layer(question, found.homes, found.land),)
    figures = tuple(_figures(question, sides.told, found))
    return Part(
        figures, (), (_listing(question, sides.told, sides.rural, found, within),), layers, (), (spec.beds_per_1000,)
    )


def scattered(question: Question) -> pd.Series:
    """The group's amounts in rural units on the demand's index, 0 elsewhere; all of it where no unit has the flag."""
    urban = question.urban
    if urban is None:
        return question.amount
    return question.amount.where((question.ground.unit.map(urban) == "rural").to_numpy(), 0.0)


def regional_catchments(
    question: Question, beds: pd.DataFrame, rural: Facilities, within_min: float
) -> tuple[Catchments, pd.Series]:
    """Catchments of the rural homes among the scattered elderly within some minutes (inclusive), each of whom is in
    that of the nearest only; and on the homes' index all of them within that drive, whoever else is near."""
    ground, who = question.ground, scattered(question)
    network = ground.network(question.spec.partner_profile)
    found = catchments_of(question, rural, beds.loc[rural.ids, "beds"], network, who, within_min=within_min)
    near = reach(ground.demand, rural, network, cutoff_min=within_min, max_snap_m=ground.max_snap_m)
    people = np.bincount(near.facility_at, weights=who.to_numpy()[near.demand_at], minlength=len(rural.ids))
    return found, pd.Series(np.round(people, PEOPLE_DECIMALS), index=rural.ids)


def _who(question: Question) -> Pair:
    """What the scattered are called."""
    who, who_zh = question.who
    return (who, who_zh) if question.urban is None else (f"{who} in rural units", f"乡村{who_zh}")


def _drive(question: Question) -> Pair:
    spec = question.spec
    pace, pace_zh = profile_words(question.study.profiles[spec.partner_profile])
    return (
        f"{spec.regional_minutes:g} min along the network ({pace})",
        f"路网{spec.regional_minutes:g}分钟（{pace_zh}）",
    )


def _listing(question: Question, told: Pair, rural: Facilities, found: Catchments, within: pd.Series) -> Listing:
    group, ground, minutes = question.group, question.ground, f"{question.spec.regional_minutes:g}"
    norm = f"{question.standard(question.spec.beds_per_1000).value:g}"
    (drive, drive_zh), (who, who_zh) = _drive(question), _who(question)
    table = found.homes.assign(home_id=found.homes.index, within=within)
    where: tuple[Field, ...] = ()
    if ground.areas is not None:
        lowest = ground.areas.lowest
        table[lowest] = ground.unit_of(rural).map(ground.areas.frame[lowest])
        where = (Field(lowest, (lowest.capitalize(), LEVEL_ZH[lowest]), "text"),)
    fields = (
        Field("home_id", ("Id", "编号"), "text"),
        Field("name", ("Rural home", "农村福利院"), "text"),
        *where,
        Field("state", ("State", "状况"), "text", words=STATES),
        question.people_field("within", f"{{who}} within {minutes} min", f"{minutes}分钟内{{who}}", total=False),
        question.people_field(group, "{who} nearest to it", "归属该院的{who}"),
        Field("beds", ("Beds", "养老床位（张）"), "amount", total=True),
        Field("wanted", (f"Beds they need ({norm} per 1000)", f"所需床位（每千名{norm}张）"), "amount", total=True),
        Field("spare_beds", ("Spare beds (below 0: short)", "富余床位（负数为缺口，张）"), "amount", total=True),
    )  # fmt: skip
    rank = table["state"].map({state: at for at, state in enumerate(STATES)})
    order = table.assign(rank=rank, most=-table[group]).sort_values(["rank", "most"], kind="stable")
    rule = (
        f"Rural homes are told apart {told[0]}. Those around a home: {who} within {drive}; each is in the "
        f"catchment of the nearest rural home only. {WHOLE_BEDS} First those that can serve as a regional centre, most "
        "people first."
    )
    rule_zh = (
        f"农村福利院{told[1]}识别。周边散居老人：{drive_zh}内的{who_zh}，每人只归属最近的一处。{WHOLE_BEDS_ZH}"
        "可转为区域性养老服务中心者在前，归属人数多者在前。"
    )
    return Listing(
        "elder_regional_centres",
        ("Rural homes as regional centres", "农村福利院转区域性养老服务中心"),
        order[[field.name for field in fields]],
        fields,
        (rule, rule_zh),
    )


def _layer(question: Question, homes: pd.DataFrame, land: gpd.GeoDataFrame) -> MapLayer:
    return catchment_layer(
        question, homes, land, "elder_regional_catchments",
        title=("Rural homes within a drive", "农村福利院车行服务区"), home=("Rural home", "农村福利院"),
        who=("{who} nearest to it", "归属该院的{who}"), kinds=LAND, states=STATES,
    )  # fmt: skip


def _figures(question: Question, told: Pair, found: Catchments) -> Iterator[Figure]:
    (drive, drive_zh), (who, who_zh) = _drive(question), _who(question)
    spec, homes = question.spec, found.homes
    norm = f"{question.standard(spec.beds_per_1000).value:g}"
    total = round(float(scattered(question).sum()), PEOPLE_DECIMALS)
    reached = Figure.ratio(
        "elder.regional_reached_share", round(total - found.unreached, PEOPLE_DECIMALS), total,
        unit="share", denominator_name=who, denominator_name_zh=who_zh,
        label=f"Share of {who} within {spec.regional_minutes:g} min of a rural home",
        label_zh=f"农村福利院{spec.regional_minutes:g}分钟车程覆盖的{who_zh}占比",
        definition=f"Share of {who} within {drive} of a rural home (told apart {told[0]}); those who aren't on "
        "the network are in the denominator.",
        definition_zh=f"在农村福利院（{told[1]}识别）{drive_zh}内的{who_zh}占比；分母含未接入路网者。",
    )  # fmt: skip
    yield question.on_amounts(reached)
    yield Figure.ratio(
        "elder.regional_centre_share", int((homes["state"] == "enough").sum()), len(homes),
        unit="share", denominator_name="rural homes", denominator_name_zh="农村福利院",
        sources=question.sources(spec.beds_per_1000),
        label="Rural homes that can serve as a regional centre", label_zh="可转为区域性养老服务中心的农村福利院占比",
        definition=f"Share of rural homes (told apart {told[0]}) with somebody in their catchment and at least "
        f"{norm} beds per 1000 of them; catchment: {who} within {drive} who are nearest to it.",
        definition_zh=f"服务区内有人且床位不低于每千名{norm}张的农村福利院（{told[1]}识别）占比；服务区：{drive_zh}内以该院"
        f"为最近的{who_zh}。",
    )  # fmt: skip

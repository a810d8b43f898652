"""Whether homes are spread evenly by the people and the land of their catchments (覆盖人口和辐射面积)."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.errors import Note
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.elder.catchments import STATES, Catchments, catchment_layer, home_catchments, spread
from civicreach.measures.elder.need import WHOLE_BEDS, WHOLE_BEDS_ZH
from civicreach.measures.elder.question import Part, Question, listed
from civicreach.measures.figure import Figure
from civicreach.measures.lorenz_list import Shared, lorenz_listing
from civicreach.measures.words import LEVEL_ZH


def balance_part(question: Question, beds: pd.DataFrame) -> Part:
    """How evenly homes share people, land and load, each home's catchment with its spare beds, and the map of it;
    `beds` are those of `read_beds`."""
    found = home_catchments(question, beds)
    even = spread(found.homes, question.group)
    listings = (_homes(question, found), _evenness(question, even), *_lorenz(question, found.homes))
    keys = (question.spec.beds_per_1000,)
    figures = tuple(_figures(question, found, even))
    if found.land is None:
        note = Note("the land of homes' catchments is left out: there are no areas", "未评估机构辐射面积：没有行政区划")
        return Part(figures, (), listings, (), (note,), keys)
    return Part(figures, (), listings, (_layer(question, found.homes, found.land),), (), keys)


def _about(found: Catchments) -> Pair:
    about = "Catchment: everyone whose nearest home along the network it is, however far."
    about_zh = "服务区：沿路网以该机构为最近机构的全部人口（不限距离）。"
    if found.land is None:
        return about, about_zh
    land = (
        f" Land: cells of {found.cell_m:g} m, clipped to the areas, belong to the home nearest to their middle along "
        "the network; water and fields far from any street belong to none."
    )
    land_zh = (
        f"面积：{found.cell_m:g}米格网按行政区划裁切，归格网中心沿路网最近的机构；远离道路的水面、田野不归任何机构。"
    )
    return about + land, about_zh + land_zh


def _homes(question: Question, found: Catchments) -> Listing:
    group, ground = question.group, question.ground
    norm = f"{question.standard(question.spec.beds_per_1000).value:g}"
    table = found.homes.copy()
    table["home_id"] = table.index
    where: tuple[Field, ...] = ()
    land: tuple[Field, ...] = ()
    wanted = (f"Beds its catchment needs ({norm} per 1000)", f"服务区所需床位（每千名{norm}张）")
    if ground.areas is not None:
        lowest = ground.areas.lowest
        unit = ground.unit_of(ground.serving(question.spec.homes))
        table[lowest] = unit.map(ground.areas.frame[lowest])
        where = (Field(lowest, (lowest.capitalize(), LEVEL_ZH[lowest]), "text"),)
        land = (Field("area_km2", ("Land of its catchment (km²)", "服务区面积（平方公里）"), "number", total=True),)
    fields = (
        Field("home_id", ("Id", "编号"), "text"),
        Field("name", ("Home", "养老机构"), "text"),
        *where,
        Field("state", ("State", "状况"), "text", words=STATES),
        Field("beds", ("Beds", "养老床位（张）"), "amount", total=True),
        question.people_field(group, "{who} in its catchment", "服务区{who}"),
        Field("per_bed", question.header("{who} per bed", "每张床位对应{who}"), "number"),
        Field("wanted", wanted, "amount", total=True),
        Field("spare_beds", ("Spare beds (below 0: short)", "富余床位（负数为缺口，张）"), "amount", total=True),
        *land,
    )  # fmt: skip
    order = table.sort_values("spare_beds", kind="stable")
    english, chinese = _about(found)
    return Listing(
        "elder_homes",
        ("Homes and their catchments", "养老机构与服务区"),
        order[[field.name for field in fields]],
        fields,
        rule=(f"{english} {WHOLE_BEDS} Most beds short first.", f"{chinese}{WHOLE_BEDS_ZH}按床位缺口由大到小排列。"),
    )


def _evenness(question: Question, even: pd.DataFrame) -> Listing:
    words = {
        "people": question.people_header("{who} in the catchment", "服务区{who}"),
        "land": ("Land of the catchment (km²)", "服务区面积（平方公里）"),
        "load": question.header("{who} per bed", "每张床位对应{who}"),
    }
    fields = (
        Field("what", ("Of each home", "指标"), "text", words=words),
        Field("home_count", ("Homes", "机构（处）"), "count"),
        Field("mean", ("Mean", "平均"), "number"),
        Field("least", ("Least", "最小"), "number"),
        Field("most", ("Most", "最大"), "number"),
        Field("ratio", ("Most by least", "最大为最小的倍数"), "number"),
        Field("cv", ("Coefficient of variation", "变异系数"), "number"),
        Field("gini", ("Gini", "基尼系数"), "number"),
    )
    rule = (
        "Each home counts once. Gini: 0 where all have the same, towards 1 where one has all. There is no ratio where "
        "a home has nothing, and no people per bed where it has no beds."
    )
    rule_zh = "每处机构计一次。基尼系数：完全均等为0，越接近1越集中。最小为0时不计倍数；无床位的机构不计每床人数。"
    title = ("How evenly homes share people and land", "养老机构分布均衡程度")
    return Listing("elder_homes_balance", title, listed(even, fields), fields, (rule, rule_zh))


def _lorenz(question: Question, homes: pd.DataFrame) -> tuple[Listing, ...]:
    """The curves of people and, with areas, land, each home counting once."""
    goods = [
        Shared("people_share", question.header("Share of {who} in their catchments", "服务区{who}所占份额"),
               homes[question.group]),
        Shared("land_share", ("Share of land in their catchments", "服务区面积所占份额"), homes["area_km2"].dropna()),
    ]  # fmt: skip
    return lorenz_listing(
        "elder_homes_lorenz",
        ("Lorenz curves of homes' catchments", "养老机构服务区洛伦兹曲线"),
        goods,
        who=("homes", "养老机构"),
        header=("Share of homes, smallest catchment first", "养老机构累计占比（由小到大）"),
    )


def _layer(question: Question, homes: pd.DataFrame, land: gpd.GeoDataFrame) -> MapLayer:
    return catchment_layer(
        question, homes, land, "elder_home_catchments",
        title=("Catchments of homes", "养老机构服务区"), home=("Home", "养老机构"),
        who=("{who} in its catchment", "服务区{who}"),
    )  # fmt: skip


def _figures(question: Question, found: Catchments, even: pd.DataFrame) -> Iterator[Figure]:
    (who, who_zh), spec = question.who, question.spec
    about, about_zh = _about(found)
    told = {
        "people": ("homes_gini", who, f"服务区{who_zh}"),
        "land": ("homes_area_gini", "land", "服务区面积"),
        "load": ("homes_load_gini", f"{who} per bed", f"每张床位对应{who_zh}"),
    }
    for what, count, value in zip(even["what"], even["home_count"], even["gini"].tolist(), strict=True):
        name, english, chinese = told[what]
        yield Figure(
            f"elder.{name}", value if np.isfinite(value) else None, "", decimals=2,
            label=f"Homes: Gini of {english} by catchment", label_zh=f"养老机构：{chinese}基尼系数",
            definition=f"Gini's coefficient of {english} among {count:,} homes, each counting once: 0 where all have "
            f"the same. {about}",
            definition_zh=f"{count:,}处养老机构{chinese}的基尼系数，每处计一次，完全均等为0。{about_zh}",
        )  # fmt: skip
    norm = f"{question.standard(spec.beds_per_1000).value:g}"
    yield Figure.ratio(
        "elder.homes_overloaded_share", int((found.homes["state"] == "overloaded").sum()), len(found.homes),
        unit="share", denominator_name="homes", denominator_name_zh="养老机构",
        sources=question.sources(spec.beds_per_1000),
        label="Homes with too few beds for their catchment", label_zh="床位少于服务区所需的养老机构占比",
        definition=f"Share of homes with fewer beds than {norm} per 1000 {who} in their catchment. {about}",
        definition_zh=f"床位少于服务区{who_zh}每千名{norm}张的养老机构占比。{about_zh}",
    )  # fmt: skip
    yield question.people_figure(
        "elder.homes_unreached", found.unreached,
        label=f"Homes: {who} in no catchment", label_zh=f"养老机构：不在任何服务区的{who_zh}",
        definition=f"In the areas, but without a way to any home: {who}, those who aren't on the network included.",
        definition_zh=f"范围内无路可达任何养老机构的{who_zh}数量（含未接入路网者）。",
    )  # fmt: skip

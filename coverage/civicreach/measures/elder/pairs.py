"""Homes paired with other places, each row of a list and a line of the map: with primary care (医养结合) here."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.elder.question import Part, Question
from civicreach.measures.figure import Figure
from civicreach.measures.pairing import REASONS, pair
from civicreach.network import RoadNetwork
from civicreach.study import Direction


@dataclass(frozen=True)
class Pairing:
    """What is said of pairs: `id` and `title` of list and layer, and headers of the places, those that they are paired
    with (`column` in frames), the minutes between them, and the nearest, paired or not."""

    id: str
    title: Pair
    column: str
    centre: Pair
    partner: Pair
    partner_id: Pair
    partner_min: Pair
    nearest: Pair
    rule: Pair


def pairs_part(question: Question) -> Part:
    """Pairs with primary care within `pair_minutes`, those without a partner and why, and lines between partners."""
    spec, ground = question.spec, question.ground
    if spec.primary_care is None:
        return Part.left_out(
            "pairs with primary care are left out: [elder] names no primary_care",
            "未评估医养结合配对：[elder] 未指定 primary_care",
        )
    services = spec.paired or spec.homes or spec.stations
    centres, care = ground.serving(services), ground.serving(spec.primary_care)
    table = care_pairs(question, centres, care)
    figure = _figure(question, services, spec.primary_care, table)
    told = _care(question)
    return Part((figure,), (), (pairs_listing(told, table),), pairs_layers(told, table, centres, care))


def care_pairs(question: Question, centres: Facilities, care: Facilities) -> pd.DataFrame:
    """`named_pairs` at the pace of primary care's service; `care` names the partner."""
    spec, ground = question.spec, question.ground
    network = ground.network(ground.study.service(care.service).profile)
    return named_pairs(
        centres, care, network, column="care", within_min=spec.pair_minutes, capacity=spec.pair_capacity,
        max_snap_m=ground.max_snap_m,
    )  # fmt: skip


def named_pairs(
    centres: Facilities,
    partners: Facilities,
    network: RoadNetwork,
    *,
    column: str,
    within_min: float,
    capacity: int,
    max_snap_m: float,
    direction: Direction = "to_facility",
) -> pd.DataFrame:
    """What `pair` finds, on the centres' index, with the names of all: `centre`, `nearest`, and in `column` the one
    that each is paired with, its id as `<column>_id`."""
    found = pair(
        centres, partners, network, within_min=within_min, capacity=capacity, direction=direction, max_snap_m=max_snap_m
    )
    names = partners.frame["name"]
    table = found.rename(columns={"assigned_id": f"{column}_id"}).assign(centre=centres.frame["name"])
    for name, ids in (("nearest", "nearest_id"), (column, f"{column}_id")):
        named = pd.Series(names.reindex(table[ids]).to_numpy(dtype=object), index=table.index, dtype=object)
        table[name] = named.where(table[ids].notna(), None)
    return table


def _figure(question: Question, services: tuple[str, ...], primary_care: str, table: pd.DataFrame) -> Figure:
    spec = question.spec
    names, names_zh = question.called(services)
    care, care_zh = question.called([primary_care])
    minutes, each = f"{spec.pair_minutes:g}", f"{spec.pair_capacity:,}"
    return Figure.ratio(
        "elder.paired_share", int((table["reason"] == "").sum()), len(table),
        unit="share", denominator_name=names, denominator_name_zh=names_zh,
        label=f"Share paired with primary care: {names}", label_zh=f"医养结合配对率：{names_zh}",
        definition=f"Share of the existing facilities ({names}) that can have a partner ({care}) within {minutes} min "
        f"along the network, each of which takes at most {each}; as many pairs as possible and, of those, the shortest "
        "ways in all.",
        definition_zh=f"现有{names_zh}中，可与沿路网{minutes}分钟内的{care_zh}配对的占比；每处{care_zh}至多承担{each}处，"
        "先使配对数最多，再使路程总和最短。",
    )  # fmt: skip


def _care(question: Question) -> Pairing:
    minutes, each = f"{question.spec.pair_minutes:g}", f"{question.spec.pair_capacity:,}"
    rule = (
        f"Partners within {minutes} min along the network, at most {each} for each place of care: as many pairs as "
        "possible, then the shortest ways in all. Those without a partner come first, the farthest from any care first."
    )
    rule_zh = (
        f"沿路网{minutes}分钟内配对，每处医疗机构至多{each}处；先使配对数最多，再使路程总和最短。未配对者在前，离医疗机构"
        "最远者在前。"
    )
    return Pairing(
        "elder_care_pairs",
        ("Partners in primary care", "医养结合配对"),
        column="care",
        centre=("Home or centre", "养老机构"),
        partner=("Partner", "配对医疗机构"),
        partner_id=("Partner's id", "配对机构编号"),
        partner_min=("Minutes to the partner", "到配对机构（分钟）"),
        nearest=("Nearest care, full or not", "最近医疗机构"),
        rule=(rule, rule_zh),
    )


def pairs_listing(told: Pairing, table: pd.DataFrame) -> Listing:
    """The pairs of `named_pairs`, those without a partner first, the farthest from any first."""
    column = told.column
    frame = table.assign(centre_id=table.index, unpaired=table["reason"] != "")
    fields = (
        Field("centre_id", ("Id", "编号"), "text"),
        Field("centre", told.centre, "text"),
        Field("reason", ("Paired, or why not", "配对情况"), "text", words=REASONS),
        Field(column, told.partner, "text"),
        Field(f"{column}_id", told.partner_id, "text"),
        Field("assigned_min", told.partner_min, "minutes"),
        Field("nearest", told.nearest, "text"),
        Field("nearest_min", ("Minutes to the nearest", "到最近机构（分钟）"), "minutes"),
    )
    order = frame.sort_values(["unpaired", "nearest_min"], ascending=False, kind="stable", na_position="first")
    return Listing(told.id, told.title, order[[field.name for field in fields]], fields, told.rule)


def pairs_layers(told: Pairing, table: pd.DataFrame, centres: Facilities, partners: Facilities) -> tuple[MapLayer, ...]:
    """Straight lines between those that are paired by `named_pairs`; nothing where none are."""
    column = told.column
    paired = table[table["reason"] == ""]
    if paired.empty:
        return ()
    start, end = centres.frame.geometry.loc[paired.index], partners.frame.geometry.loc[paired[f"{column}_id"]]
    ends = np.stack([np.column_stack([start.x, start.y]), np.column_stack([end.x, end.y])], axis=1)
    frame = gpd.GeoDataFrame(
        paired[["centre", column, "assigned_min"]], geometry=shapely.linestrings(ends), crs=centres.frame.crs
    )
    fields = (
        Field("centre", told.centre, "text"),
        Field(column, told.partner, "text"),
        Field("assigned_min", ("Minutes along the network", "路网时间（分钟）"), "minutes"),
    )
    english, chinese = told.title
    title = f"{english} (straight lines, not ways)", f"{chinese}（直线示意，非路线）"
    return (MapLayer(told.id, title, frame, fields, "lines", colour_by="assigned_min"),)

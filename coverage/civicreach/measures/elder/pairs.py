"""Homes paired with places of primary care (医养结合): the nearest one, and as many pairs as care has room for."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.layers import Facilities
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.elder.question import Part, Question
from civicreach.measures.figure import Figure
from civicreach.measures.pairing import REASONS, pair


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
    paired = table[table["reason"] == ""]
    layers = (_layer(paired, centres, care),) if len(paired) else ()
    return Part((figure,), (), (_listing(question, table),), layers)


def care_pairs(question: Question, centres: Facilities, care: Facilities) -> pd.DataFrame:
    """What `pair` finds at the pace of primary care's service, on the centres' index, with the names of all: `centre`,
    `nearest`, `care`."""
    spec, ground = question.spec, question.ground
    network = ground.network(ground.study.service(care.service).profile)
    found = pair(
        centres, care, network, within_min=spec.pair_minutes, capacity=spec.pair_capacity, max_snap_m=ground.max_snap_m
    )
    names = care.frame["name"]
    table = found.assign(centre=centres.frame["name"])
    for column, ids in (("nearest", "nearest_id"), ("care", "assigned_id")):
        named = pd.Series(names.reindex(table[ids]).to_numpy(dtype=object), index=table.index, dtype=object)
        table[column] = named.where(table[ids].notna(), None)
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


def _listing(question: Question, table: pd.DataFrame) -> Listing:
    spec = question.spec
    frame = table.assign(centre_id=table.index, unpaired=table["reason"] != "").rename(
        columns={"assigned_id": "care_id"}
    )
    fields = (
        Field("centre_id", ("Id", "编号"), "text"),
        Field("centre", ("Home or centre", "养老机构"), "text"),
        Field("reason", ("Paired, or why not", "配对情况"), "text", words=REASONS),
        Field("care", ("Partner", "配对医疗机构"), "text"),
        Field("care_id", ("Partner's id", "配对机构编号"), "text"),
        Field("assigned_min", ("Minutes to the partner", "到配对机构（分钟）"), "minutes"),
        Field("nearest", ("Nearest care, full or not", "最近医疗机构"), "text"),
        Field("nearest_min", ("Minutes to the nearest", "到最近机构（分钟）"), "minutes"),
    )
    order = frame.sort_values(["unpaired", "nearest_min"], ascending=False, kind="stable", na_position="first")
    minutes, each = f"{spec.pair_minutes:g}", f"{spec.pair_capacity:,}"
    rule = (
        f"Partners within {minutes} min along the network, at most {each} for each place of care: as many pairs as "
        "possible, then the shortest ways in all. Those without a partner come first, the farthest from any care first."
    )
    rule_zh = (
        f"沿路网{minutes}分钟内配对，每处医疗机构至多{each}处；先使配对数最多，再使路程总和最短。未配对者在前，离医疗机构"
        "最远者在前。"
    )
    return Listing(
        "elder_care_pairs",
        ("Partners in primary care", "医养结合配对"),
        order[[field.name for field in fields]],
        fields,
        (rule, rule_zh),
    )


def _layer(paired: pd.DataFrame, centres: Facilities, care: Facilities) -> MapLayer:
    start, end = centres.frame.geometry.loc[paired.index], care.frame.geometry.loc[paired["assigned_id"]]
    ends = np.stack([np.column_stack([start.x, start.y]), np.column_stack([end.x, end.y])], axis=1)
    frame = gpd.GeoDataFrame(
        paired[["centre", "care", "assigned_min"]], geometry=shapely.linestrings(ends), crs=centres.frame.crs
    )
    fields = (
        Field("centre", ("Home or centre", "养老机构"), "text"),
        Field("care", ("Partner", "配对医疗机构"), "text"),
        Field("assigned_min", ("Minutes along the network", "路网时间（分钟）"), "minutes"),
    )
    title = ("Partners in primary care (straight lines, not ways)", "医养结合配对（直线示意，非路线）")
    return MapLayer("elder_care_pairs", title, frame, fields, "lines", colour_by="assigned_min")

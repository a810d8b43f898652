"""Beds: how many there are for 1000 elderly, how many of them are nursing beds, and how many are missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.errors import Faults, Note
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Topic
from civicreach.measures.elder.bed_figures import bed_figures
from civicreach.measures.elder.columns import amounts_of, missing_column
from civicreach.measures.elder.need import PER_1000, WHOLE_BEDS, WHOLE_BEDS_ZH, nursing_need, shortage
from civicreach.measures.elder.question import Part, Question, said
from civicreach.measures.ground import EXISTING
from civicreach.measures.rollup import roll_up, sums_by_unit


def read_beds(question: Question, faults: Faults) -> pd.DataFrame | None:
    """Existing homes on the ids of all of them together: `beds` and, where the study names the column, `nursing_beds`;
    None without homes or where faults were noted: beds that aren't known, or more nursing beds than beds."""
    ground, spec = question.ground, question.spec
    if not spec.homes:
        return None
    before = len(faults.found)
    layers = [ground.facilities[name] for name in spec.homes]
    column = spec.nursing_beds_column
    if column is not None and all(column not in layer.frame.columns for layer in layers):
        missing_column(faults, column, "elder.nursing_beds_column", layers)
        column = None
    parts = []
    for layer in layers:
        frame = layer.frame[layer.frame["status"] == EXISTING]
        found = Faults(layer.source or layer.service)
        part = pd.DataFrame({"beds": amounts_of(layer, frame, "capacity", "the number of beds", found)})
        if column is not None:
            part["nursing_beds"] = amounts_of(layer, frame, column, column, found)
            if (more := part["nursing_beds"] > part["beds"]).any():
                told = [f"{i}: {row.nursing_beds:g} of {row.beds:g}" for i, row in part[more].iterrows()]
                found.add(f"{column}: more nursing beds than beds", rows=told)
        faults.found += found.found
        parts.append(part)
    if len(faults.found) > before:
        return None
    return pd.concat(parts).set_axis(ground.serving(spec.homes).ids)


def bed_sums(question: Question, beds: pd.DataFrame) -> pd.DataFrame:
    """Additive columns on the areas' index (one row "all" without): `<group>`, `home_count`, `beds`, `nursing_beds`
    where known, and `short_by_unit`, the whole beds that the unit by itself lacks to the standard."""
    ground, group = question.ground, question.group
    sums = sums_by_unit(pd.DataFrame({group: question.amount}), ground.unit, ground.areas)
    homes = ground.serving(question.spec.homes)
    there = sums_by_unit(beds.assign(home_count=1), ground.unit_of(homes), ground.areas)
    sums = pd.concat([sums, there], axis=1)
    sums["home_count"] = sums["home_count"].astype(np.int64)
    norm = question.standard(question.spec.beds_per_1000).value
    return sums.assign(short_by_unit=shortage(sums["beds"], sums[group], norm))


BEDS_FIGURES = (
    "beds_per_1000", "beds", "beds_short*", "nursing_*", "beds_to_convert", "homes_*", "paired_share", "partner*",
    "regional_*",
)  # fmt: skip
"""How the ids of what is told of beds and homes go on."""


def beds_part(question: Question, beds: pd.DataFrame | None) -> Part:
    """Beds for 1000 elderly and nursing beds on every level, with what is missing; `beds` are those of `read_beds`."""
    if beds is None:
        return Part.left_out(
            "beds, access to them and catchments of homes are left out: [elder] names no homes",
            "未评估养老床位、床位可达性与机构服务区：[elder] 未指定 homes",
        )
    spec = question.spec
    nursing = ["nursing_share"] if "nursing_beds" in beds.columns else []
    sums, fields = bed_sums(question, beds), _fields(question, bool(nursing))
    topic = Topic(
        "elder_beds",
        ("Beds for the elderly", "养老床位"),
        roll_up(sums, question.ground.areas, fields),
        fields,
        rule=_rule(question),
        coloured=("beds_per_1000", *nursing),
        target=question.standard(spec.beds_per_1000).value,
        figures=tuple(f"elder.{name}" for name in BEDS_FIGURES),
        layers=("elder_home_catchments", "elder_care_pairs", "elder_partners", "elder_regional_catchments"),
        listings=("elder_homes", "elder_homes_*", "elder_care_pairs", "elder_partners*", "elder_regional_centres"),
    )
    keys = (spec.beds_per_1000, spec.beds_per_1000_code, *([spec.nursing_share] if nursing else []))
    return Part(tuple(bed_figures(question, sums)), (topic,), warnings=tuple(_notes(question, beds)), standards=keys)


def _rule(question: Question) -> Pair:
    spec, (who, who_zh) = question.spec, question.who
    norm, code = (f"{question.standard(key).value:g}" for key in (spec.beds_per_1000, spec.beds_per_1000_code))
    rule = (
        f"Beds of the homes inside the unit by the {who} who live there, a ratio of sums; neighbours' beds don't "
        f"count. Short here: what the unit as a whole lacks to {norm} (or {code}) per 1000; parts with more make up "
        "for parts with less. Short by unit: the sum of what each lowest unit lacks by itself; nothing is made up for. "
        f"{WHOLE_BEDS}"
    )
    rule_zh = (
        f"辖区内机构床位与辖区{who_zh}之比（合计之比），不计邻近辖区床位。本级缺口：本级合计距每千名{norm}张（或{code}张）"
        f"的差额，下级盈缺相抵；逐单元缺口：各基层单元缺口之和，不相抵。{WHOLE_BEDS_ZH}"
    )
    return rule, rule_zh


def _notes(question: Question, beds: pd.DataFrame) -> Iterator[Note]:
    ground, spec = question.ground, question.spec
    if (none := beds["beds"] == 0).any():
        ids = none.index[none]
        yield said(len(ids), ids, "home has no bed", "homes have no bed", "处养老机构床位数为0")
    if (outside := ground.unit_of(ground.serving(spec.homes)).isna()).any():
        ids = outside.index[outside]
        yield said(
            len(ids), ids, "home lies outside all areas: its beds are in no unit",
            "homes lie outside all areas: their beds are in no unit",
            "处养老机构位于所有行政区划之外，其床位不计入任何辖区",
        )  # fmt: skip
    if spec.nursing_beds_column is None:
        yield Note(
            "nursing beds are left out: [elder] names no nursing_beds_column",
            "未评估护理型床位：[elder] 未指定 nursing_beds_column",
        )


def _fields(question: Question, nursing: bool) -> tuple[Field, ...]:
    group, spec = question.group, question.spec
    norm, code = (question.standard(key).value for key in (spec.beds_per_1000, spec.beds_per_1000_code))
    per_1000 = question.header("Beds per 1000 {who}", "每千名{who}床位数（张）")
    fields = [
        question.people_field(group),
        Field("home_count", ("Homes inside", "辖区内机构（处）"), "count", total=True),
        Field("beds", ("Beds", "养老床位（张）"), "amount", total=True),
        Field("beds_per_1000", per_1000, "number", ratio=("beds", group, PER_1000)),
        Field(
            "short",
            (f"Beds short here ({norm:g} per 1000)", f"本级床位缺口（每千名{norm:g}张）"),
            "amount",
            derive=lambda sums: shortage(sums["beds"], sums[group], norm),
        ),
        Field(
            "short_by_unit",
            (f"Beds short by unit, summed ({norm:g} per 1000)", f"逐单元床位缺口合计（每千名{norm:g}张）"),
            "amount",
            total=True,
        ),
        Field(
            "short_code",
            (f"Beds short here ({code:g} per 1000, code)", f"本级床位缺口（国标每千名{code:g}张）"),
            "amount",
            derive=lambda sums: shortage(sums["beds"], sums[group], code),
        ),
    ]
    return (*fields, *(_nursing_fields(question, norm) if nursing else ()))


def _nursing_fields(question: Question, norm: float) -> tuple[Field, ...]:
    group = question.group
    asked = question.standard(question.spec.nursing_share).value

    def short(sums: pd.DataFrame) -> pd.Series:
        return nursing_need(sums["beds"], sums["nursing_beds"], asked)

    def convert(sums: pd.DataFrame) -> pd.Series:
        new = shortage(sums["beds"], sums[group], norm)
        return nursing_need(sums["beds"] + new, sums["nursing_beds"] + new, asked)

    share = ("nursing_beds", "beds", 1.0)
    return (
        Field("nursing_beds", ("Nursing beds", "护理型床位（张）"), "amount", total=True),
        Field("nursing_share", ("Nursing beds as a share of beds", "护理型床位占比"), "share", ratio=share),
        Field(
            "nursing_short",
            (f"Beds to convert for {asked:g} %", f"达{asked:g}%需改造为护理型（张）"),
            "amount",
            derive=short,
        ),
        Field(
            "to_convert",
            ("Beds to convert if the missing ones come as nursing beds", "缺口床位全建护理型后仍需改造（张）"),
            "amount",
            derive=convert,
        ),
    )

"""Demonstration centres: which subdistricts have one, and where not, which of their stations is best made one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.errors import Faults, Note, counted
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.columns import flags_of, missing_column
from civicreach.measures.elder.question import Part, Question, listed
from civicreach.measures.figure import Figure
from civicreach.measures.ground import EXISTING
from civicreach.measures.rollup import UNIT_COUNT, roll_up

LEVEL = "subdistrict"
URBAN: Pair = (" Urban: any of its communities is.", "辖区内有城镇社区的街道（乡镇）计为城镇。")
STATES: dict[str, Pair] = {
    "upgrade": ("name the candidate", "提升候选设施"),
    "build": ("no station to name: build one", "辖区无设施，需新建"),
    "has": ("has one", "已有"),
}
"""What a subdistrict needs, the urgent first."""


def read_flags(question: Question, faults: Faults) -> pd.Series | None:
    """Whether each existing station is a demonstration centre, on the ids of all stations together (None in a blank
    cell, which counts as no); None where the study names no column.

    Notes in `faults` a column that no station's file has, and values that are neither yes nor no.
    """
    column = question.spec.demonstration_column
    if column is None:
        return None
    layers = [question.ground.facilities[name] for name in question.spec.stations]
    if all(column not in layer.frame.columns for layer in layers):
        missing_column(faults, column, "elder.demonstration_column", layers)
        return None
    flags = []
    for layer in layers:
        frame = layer.frame[layer.frame["status"] == EXISTING]
        none = pd.Series(None, index=frame.index, dtype=object)
        flags.append(flags_of(frame.get(column, none), column, layer, faults))
    together: pd.Series = pd.concat(flags)
    return together.set_axis(question.ground.serving(question.spec.stations).ids)


def demonstration_part(question: Question, flags: pd.Series | None) -> Part:
    """Subdistricts with and without a demonstration centre, with the best candidate where there is none."""
    areas, column = question.ground.areas, question.spec.demonstration_column
    if flags is None:
        return Part.left_out(
            "demonstration centres are left out: [elder] names no demonstration_column",
            "未评估示范性社区老年人服务中心：[elder] 未指定 demonstration_column",
        )
    if areas is None or LEVEL not in areas.levels:
        return Part.left_out(
            "demonstration centres are left out: the areas have no subdistricts",
            "未评估示范性社区老年人服务中心：行政区划中没有街道（乡镇）一级",
        )
    table = demonstration_table(question, flags)
    notes: tuple[Note, ...] = ()
    if blank := int(flags.isna().sum()):
        said = counted(blank, f"station has nothing in {column}", f"stations have nothing in {column}")
        english = f"{said}: no demonstration centre"
        notes = (Note(english, f"{blank:,}处养老服务设施的“{column}”为空，按非示范性设施计"),)
    return Part(
        tuple(_figures(question, table)),
        (_topic(question, table),),
        (_listing(question, table),),
        warnings=notes,
        standards=(question.spec.demonstration_count,),
    )


def demonstration_table(question: Question, flags: pd.Series) -> pd.DataFrame:
    """On the subdistricts' ids: `<group>`, `station_count`, `demonstration_count`, `enough` (as many as the standard
    asks for), `urban` (any of its units is), `state` (a key of STATES), and where there aren't enough, of its stations
    that aren't flagged the one that reaches most of the group within its standard, and the next: `candidate_id`,
    `candidate`, `candidate_reached`, `second_id`, `second`, `second_reached`. Of equals the first in the file counts.
    """
    ground, group, frame = question.ground, question.group, question.areas.frame
    parent = frame[f"{LEVEL}_id"]
    table = pd.DataFrame(index=pd.Index(parent.unique(), name=f"{LEVEL}_id"))
    home = ground.unit.map(parent).to_numpy()
    table[group] = question.amount.groupby(home).sum().round(PEOPLE_DECIMALS).reindex(table.index, fill_value=0.0)
    stations = _stations(question, flags)
    counts = stations.groupby("unit")["flag"].agg(["size", "sum"]).reindex(table.index, fill_value=0).astype(np.int64)
    table["station_count"], table["demonstration_count"] = counts["size"], counts["sum"]
    table["enough"] = table["demonstration_count"] >= question.standard(question.spec.demonstration_count).value
    table["urban"] = frame["urban"].eq(True).groupby(parent.to_numpy()).any().reindex(table.index)
    ranked = stations[~stations["flag"]].sort_values("reached", ascending=False, kind="stable")
    place = ranked.groupby("unit").cumcount()
    for number, name in enumerate(("candidate", "second")):
        chosen = ranked[place == number].reset_index().set_index("unit").reindex(table.index)
        known = ~table["enough"] & chosen["id"].notna()
        table[f"{name}_id"] = chosen["id"].where(known, None)
        table[name] = chosen["name"].where(known, None)
        table[f"{name}_reached"] = chosen["reached"].where(known)
    state = np.where(table["candidate_id"].notna(), "upgrade", "build")
    table["state"] = np.where(table["enough"], "has", state)
    return table


def _stations(question: Question, flags: pd.Series) -> pd.DataFrame:
    """All stations inside a subdistrict: `name`, `unit`, `reached`, `flag`, indexed by `id`."""
    ground, services = question.ground, question.spec.stations
    serving = ground.serving(services)
    reached = [ground.circles[name].facilities[f"reached_{question.group}"].to_numpy() for name in services]
    frame = pd.DataFrame(
        {
            "name": serving.frame["name"],
            "unit": ground.unit_of(serving).map(question.areas.frame[f"{LEVEL}_id"]),
            "reached": np.concatenate(reached),
            "flag": flags.eq(True),
        }
    )
    frame.index.name = "id"
    return frame[frame["unit"].notna()]


def _topic(question: Question, table: pd.DataFrame) -> Topic:
    areas, group = question.areas, question.group
    fields = (
        Field("subdistrict_count", ("Subdistricts", "街道（乡镇）（个）"), "count", total=True),
        Field("with_one", ("With a demonstration centre", "有示范性设施的街道（乡镇）（个）"), "count", total=True),
        Field(
            "demonstration_share",
            ("Share of subdistricts with one", "示范性设施配置率"),
            "share",
            ratio=("with_one", "subdistrict_count", 1.0),
            of_one=("Has a demonstration centre", "有示范性设施"),
        ),
        *_counts(question),
    )
    # every subdistrict stands at the first of its units, so that the sums of all levels above are right
    first = areas.frame.index[~areas.frame[f"{LEVEL}_id"].duplicated()]
    columns = table[["station_count", "demonstration_count", group]].assign(
        subdistrict_count=1, with_one=table["enough"].astype(np.int64)
    )
    lowest = columns.loc[areas.frame.loc[first, f"{LEVEL}_id"]].set_axis(first).reindex(areas.frame.index, fill_value=0)
    shown = areas.levels[: areas.levels.index(LEVEL) + 1]
    tables = roll_up(lowest, areas, fields)
    return Topic(
        "elder_demonstration",
        ("Demonstration centres", "示范性社区老年人服务中心"),
        {level: tables[level].drop(columns=UNIT_COUNT) for level in shown},
        fields,
        rule=_rule(question),
        coloured=("demonstration_share",),
        target=1.0,
        figures=("elder.subdistricts_demonstration_share", "elder.urban_subdistricts_demonstration_share"),
        listings=("elder_demonstration_candidates",),
    )


def _counts(question: Question) -> tuple[Field, ...]:
    return (
        Field("station_count", ("Stations inside", "辖区内设施（处）"), "count", total=True),
        Field("demonstration_count", ("Demonstration centres", "示范性设施（处）"), "count", total=True),
        question.people_field(question.group),
    )


def _rule(question: Question) -> Pair:
    least = f"{question.standard(question.spec.demonstration_count).value:g}"
    rule = (
        f"Each subdistrict should have at least {least} (presence). Candidate: of the stations inside that aren't one "
        f"yet, the one that reaches most {question.who[0]} within its standard, wherever they live."
    )
    rule_zh = (
        f"每个街道（乡镇）至少{least}处（配置口径）。候选：辖区内尚非示范性的设施中，标准内可达{question.who[1]}最多"
        "的一处（不限居住地）。"
    )
    return rule, rule_zh


def _figures(question: Question, table: pd.DataFrame) -> Iterator[Figure]:
    yield _share(question, table, "subdistricts", ("subdistricts", "街道（乡镇）"))
    if table["urban"].any() and not table["urban"].all():
        words = ("urban subdistricts", "城镇街道（乡镇）")
        yield _share(question, table[table["urban"]], "urban_subdistricts", words)


def _share(question: Question, table: pd.DataFrame, name: str, words: Pair) -> Figure:
    key = question.spec.demonstration_count
    least = f"{question.standard(key).value:g}"
    names, names_zh = question.called(question.spec.stations)
    urban, urban_zh = URBAN if name == "urban_subdistricts" else ("", "")
    return Figure.ratio(
        f"elder.{name}_demonstration_share", int(table["enough"].sum()), len(table),
        unit="share", denominator_name=words[0], denominator_name_zh=words[1], sources=question.sources(key),
        label=f"Demonstration centres: {words[0]} with one", label_zh=f"示范性社区老年人服务中心：{words[1]}配置率",
        definition=f"Share of {words[0]} with at least {least} demonstration centre among the stations ({names}) "
        f"inside their boundary (presence).{urban}",
        definition_zh=f"辖区内养老服务设施（{names_zh}）中至少有{least}处示范性设施的{words[1]}占比（配置口径）。{urban_zh}",
    )  # fmt: skip


def _listing(question: Question, table: pd.DataFrame) -> Listing:
    fields = (
        *question.name_fields(LEVEL),
        Field("state", ("What to do", "措施"), "text", words=STATES),
        *_counts(question),
        Field("candidate", ("Best candidate", "首选候选设施"), "text"),
        Field("candidate_id", ("Candidate's id", "首选设施编号"), "text"),
        question.people_field("candidate_reached", "{who} whom it reaches", "首选可达{who}", total=False),
        Field("second", ("Runner-up", "次选候选设施"), "text"),
        Field("second_id", ("Runner-up's id", "次选设施编号"), "text"),
        question.people_field("second_reached", "{who} whom the runner-up reaches", "次选可达{who}", total=False),
    )
    named = pd.concat([question.names(LEVEL).reindex(table.index), table], axis=1)
    named[f"{LEVEL}_id"] = named.index
    named["urgency"] = named["state"].map({state: rank for rank, state in enumerate(STATES)})
    order = named.sort_values(["urgency", question.group], ascending=[True, False], kind="stable")
    english, chinese = _rule(question)
    who, who_zh = question.who
    return Listing(
        "elder_demonstration_candidates",
        ("Demonstration centres by subdistrict, with candidates", "各街道（乡镇）示范性设施与候选"),
        listed(order, fields),
        fields,
        rule=(
            f"{english} Those that could name one come first, most {who} first.",
            f"{chinese}可提升者在前，按{who_zh}由多到少排列。",
        ),
    )

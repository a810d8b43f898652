"""What the analysis of relief calls its figures and columns, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field
from civicreach.measures.ground import Ground
from civicreach.measures.words import group_words
from civicreach.study import ReliefSpec, Study

TITLE: Pair = ("Relief goods in time", "救灾物资及时送达")
RULE: Pair = (
    (
        "Hours from the call: mobilise, load, drive from the city's depot to the district's, unload, load, drive to "
        "the home, unload, last mile. Half of the people have it by the median, all but a twentieth by P95; "
        "those without a road count too: where they are more than half, or more than a twentieth, maps say that no "
        "road leads there, and tables in files leave the cell blank."
    ),
    (
        "自接报起：动员、装车、市库至区点、卸车、再装车、驶至居民点、卸车、末端分发。"
        "中位与P95按单元全部人口计算，道路不通者计在最后；不通者超过一半或5%时，图上相应写“道路不通”，表格文件中为空白。"
    ),
)
NO_ROAD: Pair = ("no road leads there", "道路不通")
LEVELS_OF_DEPOTS: dict[str, Pair] = {"city": ("city", "市级"), "district": ("district", "区级")}


def depot_fields(states: Mapping[str, Pair]) -> tuple[Field, ...]:
    """The columns of the list of depots; `states` are the words of the states of the streets."""
    return (
        Field("state", ("Streets", "道路状况"), "text", words=states),
        Field("name", ("Depot", "储备库（点）"), "text"),
        Field("depot_id", ("Id", "编号"), "text"),
        Field("level", ("Level", "级别"), "text", words=LEVELS_OF_DEPOTS),
        Field("city_depot", ("Supplied by", "上级库"), "text"),
        Field("ready_hours", ("City's goods there after (h)", "市库物资到达（小时）"), "number"),
        Field("people", ("People it serves", "承担人口")),
        Field("farthest_hours", ("Longest drive to a home (h)", "至最远居民点行驶（小时）"), "number"),
    )


_UNIT_FIELDS = (
    Field("district", ("District", "区"), "text"),
    Field("subdistrict", ("Subdistrict", "街道（乡镇）"), "text"),
    Field("community", ("Community", "社区（村）"), "text"),
    Field("unit_id", ("Code", "代码"), "text"),
)
LATE_FIELDS = (
    *_UNIT_FIELDS,
    Field("people", ("People", "人口"), total=True),
    Field("late", ("Too late for (people)", "超时人口"), total=True),
    Field("no_road", ("No road to (people)", "道路不通人口"), total=True),
    Field("median_hours", ("Median (h)", "中位（小时）"), "number", endless=NO_ROAD),
    Field("p95_hours", ("P95 (h)", "P95（小时）"), "number", endless=NO_ROAD),
)


def scenario_fields(states: Mapping[str, Pair]) -> tuple[Field, ...]:
    """The columns of the list of those who are worse off; `states` are the words of the scenarios."""
    return (
        Field("scenario", ("Scenario", "情景"), "text", words=states),
        *_UNIT_FIELDS,
        Field("people", ("People", "人口")),
        Field("cut_off", ("Cut off (people)", "新增隔断人口")),
        Field("newly_late", ("Newly too late (people)", "新增超时人口")),
        Field("before_hours", ("Median before (h)", "原中位（小时）"), "number", endless=NO_ROAD),
        Field("median_hours", ("Median then (h)", "中断后中位（小时）"), "number", endless=NO_ROAD),
        Field("later_hours", ("Later by (h)", "延误（小时）"), "number"),
    )


def topic_fields(study: Study, spec: ReliefSpec) -> tuple[Field, ...]:
    """The columns of the tables by level."""
    english, chinese = group_words(study, spec.group)
    limit = f"{study.standards[spec.hours].value:g}"
    whole = english[:1].upper() + english[1:]
    quarter = study.standards[spec.hours].value / 4
    # by the limit, not by the values: a city that is served in no time is one light tone
    graded: dict[str, Any] = {
        "low_is_good": True, "breaks": tuple(quarter * k for k in (1, 2, 3, 4)), "endless": NO_ROAD,
    }  # fmt: skip
    share: Pair = (f"Share within {limit} h", f"{limit}小时送达率")
    return (
        Field("people", (whole, chinese), total=True),
        Field("within", (f"Within {limit} h", f"{limit}小时内送达"), total=True),
        Field("within_share", share, "share", ratio=("within", "people", 1)),
        Field("late", (f"After {limit} h", f"超过{limit}小时"), total=True, low_is_good=True),
        Field("no_road", ("No road leads there", "道路不通"), total=True, low_is_good=True),
        Field("median_hours", ("Median (h)", "中位（小时）"), "number", **graded),
        Field("p95_hours", ("P95 (h)", "P95（小时）"), "number", **graded),
    )


def figure_words(ground: Ground, spec: ReliefSpec, scenario: Pair | None) -> dict[str, dict[str, Any]]:
    """Label and definition of each figure, of the network as it is or of a scenario."""
    study = ground.study
    limit = f"{study.standards[spec.hours].value:g}"
    english, chinese = group_words(study, spec.group)
    where, where_zh = ("", "") if scenario is None else (f" with streets out ({scenario[0]})", f"（{scenario[1]}情景）")
    way = "from the city's depot" + (" by way of a district's depot" if spec.district_depots is not None else "")
    way_zh = "由市级储备库" + ("经区级储备点" if spec.district_depots is not None else "")
    work = "mobilising, loading, driving, unloading and the last mile included"
    work_zh = "含动员、装卸、行驶与末端分发"
    return {
        "people_share": {
            "label": f"Relief within {limit} h{where}", "label_zh": f"{limit}小时内得到救助的比例{where_zh}",
            "definition": f"Share of {english} whom goods {way} reach within {limit} hours{where}, {work}; all of them "
            "in the areas are in the denominator.",
            "definition_zh": f"{limit}小时内{way_zh}送达的{chinese}占比{where_zh}"
            f"（{work_zh}；分母为范围内全部{chinese}）。",
        },
        "late": {
            "label": f"Relief after more than {limit} h{where}", "label_zh": f"超过{limit}小时送达{where_zh}",
            "definition": f"Of {english}: those whom goods {way} reach only after {limit} hours{where}.",
            "definition_zh": f"{way_zh}送达超过{limit}小时的{chinese}数量{where_zh}。",
        },
        "no_road": {
            "label": f"No road for relief{where}", "label_zh": f"道路不通、物资无法送达{where_zh}",
            "definition": f"Of {english}: those to whom no road leads from any depot{where}, or whose home is farther "
            f"than {ground.max_snap_m:g} m from one.",
            "definition_zh": f"没有道路可从储备库到达、或距道路超过{ground.max_snap_m:g}米的{chinese}数量{where_zh}。",
        },
        "latest": {
            "label": f"Hours until the last are reached{where}", "label_zh": f"最后送达时间{where_zh}",
            "definition": f"Hours until goods {way} have come to the last home that a road leads to{where}.",
            "definition_zh": f"{way_zh}送达最后一处道路可达居民点所需小时数{where_zh}。",
        },
        "stocked": {
            "label": f"Relief within {limit} h from the districts' own stock",
            "label_zh": f"区级点有储备时{limit}小时送达率",
            "definition": f"Share of {english} reached within {limit} hours where the districts' depots hold stock and "
            "needn't wait for the city's.",
            "definition_zh": f"区级储备点自有储备、无须等待市库物资时，{limit}小时内送达的{chinese}占比。",
        },
    }  # fmt: skip

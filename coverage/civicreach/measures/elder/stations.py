"""Elder stations: the people within the standard of one, the communities with one inside, and those served."""

from __future__ import annotations

import numpy as np
import pandas as pd

from civicreach.layers import Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS, SERVED_FROM
from civicreach.measures.elder.nearest import any_status, nearest_of
from civicreach.measures.elder.question import URBAN_WORDS, Part, Question, listed
from civicreach.measures.elder.station_figures import station_figures
from civicreach.measures.equity import summary_by
from civicreach.measures.rollup import roll_up, sums_by_unit
from civicreach.measures.words import PLURAL


def station_rows(question: Question) -> pd.DataFrame:
    """On the demand's index: `status` (covered within the standard of any station), `facility_id`, `nearest_min`."""
    ground, services = question.ground, question.spec.stations
    return nearest_of(ground, services, ground.serving(services)).assign(status=any_status(ground, services))


def station_sums(question: Question, rows: pd.DataFrame) -> pd.DataFrame:
    """Additive columns on the areas' index, or one row "all" without: `<group>`, `<group>_covered`,
    `<group>_uncovered`, `station_count`, and with areas `units_present` and `units_served`, each 0 or 1."""
    ground, group, amount = question.ground, question.group, question.amount
    people = pd.DataFrame({group: amount, f"{group}_covered": amount.where(rows["status"] == "covered", 0.0)})
    if _has_residents(question):
        people["people"] = ground.demand.amount("people").where(~ground.demand.outside, 0.0)
    sums = sums_by_unit(people, ground.unit, ground.areas)
    sums[f"{group}_uncovered"] = (sums[group] - sums[f"{group}_covered"]).round(PEOPLE_DECIMALS)
    stations = ground.serving(question.spec.stations)
    ones = pd.DataFrame({"station_count": 1}, index=stations.ids)
    counts = sums_by_unit(ones, ground.unit_of(stations), ground.areas)
    sums["station_count"] = counts["station_count"].astype(np.int64)
    if ground.areas is not None:
        share = sums[f"{group}_covered"] / sums[group].where(sums[group] > 0)
        sums["units_present"] = (sums["station_count"] > 0).astype(np.int64)
        sums["units_served"] = (share >= SERVED_FROM).astype(np.int64)
    return sums


def stations_part(question: Question, rows: pd.DataFrame) -> Part:
    """Shares by people, presence and service on every level, and the communities without a station; `rows` are those
    of `station_rows`."""
    spec = question.spec
    sums = station_sums(question, rows)
    fields = _fields(question)
    names = [field.name for field in fields]
    topic = Topic(
        "elder_stations",
        ("Elder stations", "养老服务设施覆盖"),
        roll_up(sums, question.ground.areas, fields),
        fields,
        rule=_rule(question),
        coloured=tuple(n for n in (f"{question.group}_share", "presence_share", "served_share") if n in names),
        figures=tuple(f"elder.{where}{name}" for where in ("", "urban_", "rural_") for name in _told(question)),
        layers=("elder_gap_zones",),
        listings=("elder_without_station", "elder_gap_zones"),
    )
    listings = () if question.ground.areas is None else (_without(question, sums, rows),)
    standards = (spec.station_share, *question.limit_standards(spec.stations))
    return Part(tuple(station_figures(question, sums)), (topic,), listings, standards=standards)


def _told(question: Question) -> tuple[str, ...]:
    """How the ids of the stations' figures end."""
    levels = () if question.ground.areas is None else (PLURAL[question.ground.areas.lowest],)
    units = tuple(f"{level}_{name}_share" for level in levels for name in ("presence", "served"))
    return ("people_share", *units, "uncovered")


def nearest_by_unit(question: Question, rows: pd.DataFrame, serving: Facilities) -> pd.DataFrame:
    """On the lowest units' ids: `nearest_id`, the facility that is nearest for most of the group, `nearest`, its name,
    and `nearest_min`, the median minutes of the group to whichever is nearest; None and NaN where nobody lives or
    most reach none."""
    unit, amount = question.ground.unit, question.amount
    votes = pd.DataFrame({"unit": unit, "facility": rows["facility_id"], "amount": amount})[amount > 0].dropna()
    sums = votes.groupby(["unit", "facility"], sort=True)["amount"].sum().reset_index()
    most = sums.sort_values("amount", ascending=False, kind="stable").drop_duplicates("unit").set_index("unit")
    median = summary_by(rows["nearest_min"], amount, unit)["median"].replace(np.inf, np.nan)
    found = pd.DataFrame(index=question.areas.frame.index)
    found["nearest_id"] = most["facility"].reindex(found.index)
    names = serving.frame["name"].reindex(found["nearest_id"]).to_numpy(dtype=object)
    found["nearest"] = pd.Series(names, index=found.index, dtype=object).where(found["nearest_id"].notna(), None)
    found["nearest_min"] = median.reindex(found.index)
    return found


def _has_residents(question: Question) -> bool:
    """Whether it is known of how many residents the group is a part."""
    groups = question.ground.demand.groups
    return "people" in groups and question.group != "people" and not question.study.demand.weight_note


def _rule(question: Question) -> Pair:
    english, chinese = question.limits(question.spec.stations)
    who, who_zh = question.who
    rule = (
        f"Covered: within the standard of at least one of these along the network ({english}). Presence: a station "
        f"inside the unit. Served: at least {SERVED_FROM:.0%} of {who} covered, maybe from next door."
    )
    rule_zh = (
        f"覆盖：沿路网在下列任一服务的标准内（{chinese}）。配置：辖区内有设施。服务：至少{SERVED_FROM:.0%}的{who_zh}"
        "被覆盖，可由邻近辖区设施提供。"
    )
    return rule, rule_zh


def _fields(question: Question) -> tuple[Field, ...]:
    group = question.group
    covered, share = f"{group}_covered", f"{group}_share"
    fields = [
        question.people_field(group),
        question.people_field(covered, "{who} within the standard", "标准内{who}"),
        Field(share, question.header("Share of {who} covered", "{who}覆盖率"), "share", ratio=(covered, group, 1.0)),
        question.people_field(f"{group}_uncovered", "{who} not covered", "未覆盖{who}"),
        Field("station_count", ("Stations inside", "辖区内设施（处）"), "count", total=True),
    ]
    if question.ground.areas is not None:
        fields += _unit_fields(*question.units)
    if _has_residents(question):
        aged = question.header("{who} as a share of residents", "{who}占居民比例")
        fields.append(Field("of_residents_share", aged, "share", ratio=(group, "people", 1.0)))
    return tuple(fields)


def _unit_fields(units: str, units_zh: str) -> list[Field]:
    kinds = {
        "presence": ("units_present", "with a station", "有设施的", "设施配置率", ("Has a station", "有设施")),
        "served": ("units_served", "served", "受服务的", "服务覆盖率", ("Served", "服务达标")),
    }
    found = []
    for kind, (column, english, chinese, share_zh, of_one) in kinds.items():
        header = f"{units.capitalize()} {english}", f"{chinese}{units_zh}（个）"
        found += [
            Field(column, header, "count", total=True),
            Field(
                f"{kind}_share",
                (f"Share of {units} {english}", f"{units_zh}{share_zh}"),
                "share",
                ratio=(column, "unit_count", 1.0),
                of_one=of_one,
            ),
        ]
    return found


def _without(question: Question, sums: pd.DataFrame, rows: pd.DataFrame) -> Listing:
    group, lowest = question.group, question.areas.lowest
    near = nearest_by_unit(question, rows, question.ground.serving(question.spec.stations))
    table = pd.concat([question.names(lowest), sums[[group, f"{group}_uncovered"]], near], axis=1)
    table[f"{lowest}_id"] = table.index
    table["next_door"] = sums["units_served"] > 0
    urban: tuple[Field, ...] = ()
    if question.urban is not None:
        table["urban"] = question.urban
        urban = (Field("urban", ("Urban or rural", "城乡"), "text", words=URBAN_WORDS),)
    fields = (
        *question.name_fields(lowest),
        *urban,
        question.people_field(group),
        question.people_field(f"{group}_uncovered", "{who} not covered", "未覆盖{who}"),
        Field("next_door", ("Served from next door", "由邻近设施服务"), "flag"),
        Field("nearest", ("Nearest station of most", "多数人最近的设施"), "text"),
        Field("nearest_min", ("Minutes to the nearest (median)", "到最近设施（中位数，分钟）"), "minutes"),
    )
    missing = table[sums["station_count"] == 0]
    order = missing.sort_values([f"{group}_uncovered", group], ascending=False, kind="stable")
    (units, units_zh), (who, who_zh) = question.units, question.who
    rule = (
        f"{units.capitalize()} with no station inside (presence): {len(order):,} of {len(sums):,}; most not covered "
        f"first. Served from next door: at least {SERVED_FROM:.0%} of {who} are covered all the same. The nearest "
        "station may lie across the boundary."
    )
    rule_zh = (
        f"辖区内没有设施（配置口径）的{units_zh}：{len(sums):,}个中有{len(order):,}个；按未覆盖{who_zh}由多到少排列。"
        f"由邻近设施服务：仍有至少{SERVED_FROM:.0%}的{who_zh}被覆盖。最近设施可在辖区外。"
    )
    return Listing(
        "elder_without_station",
        (f"{units.capitalize()} without an elder station", f"没有养老服务设施的{units_zh}"),
        listed(order, fields),
        fields,
        (rule, rule_zh),
    )

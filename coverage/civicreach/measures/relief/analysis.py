"""Relief within the hours that are asked: by home, community, district and city, with depots' loads and closures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from civicreach.errors import Note
from civicreach.layers import LEVELS, Facilities
from civicreach.measures.analysis import Analysis, Topic
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.equity import weighted_quantile
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.relief.chain import Handling, ReliefTimes, relief_times
from civicreach.measures.relief.found import MIN_PER_HOUR, Found, quantile_by
from civicreach.measures.relief.lists import depot_layer, listings
from civicreach.measures.relief.words import (
    RULE,
    TITLE,
    figure_words,
    topic_fields,
)
from civicreach.measures.rollup import TOTALS, WHOLE, roll_up, sums_by_unit, total_row
from civicreach.measures.scenarios import closed_network
from civicreach.measures.words import group_words, profile_words, unit_words
from civicreach.network import RoadNetwork
from civicreach.study import ReliefSpec, ScenarioSpec

QUANTILES = {"median_hours": 0.5, "p95_hours": 0.95}
"""Of everyone in a unit, those without a road last."""

FIGURES = "people_share", "late", "no_road", "latest_hours", "stocked_people_share"
"""Of a normal day."""


def relief(ground: Ground) -> Analysis:
    """In how many hours relief goods come to every home, and where they come too late; needs the section [relief]."""
    spec = ground.study.relief
    if spec is None:
        raise ValueError("the study has no section [relief]")
    network = ground.network(spec.profile)
    city = ground.serving(spec.city_depots)
    district = ground.serving(spec.district_depots) if spec.district_depots is not None else None
    now = Found(ground, spec, _times(ground, spec, city, district, network), city, district)
    then = [_with_streets_out(now, scenario, network) for scenario in ground.study.scenarios]
    return Analysis(
        id="relief",
        title=TITLE,
        figures=tuple(figure for found in (now, *then) for figure in _figures(found)),
        topics=tuple(_topic(found) for found in (now, *then)),
        listings=tuple(listings(now, then)),
        layers=(depot_layer(now),),
        warnings=tuple(_warnings(now, then)),
        standards=(spec.hours,),
    )


def _with_streets_out(now: Found, scenario: ScenarioSpec, network: RoadNetwork) -> Found:
    """The relief with the streets of a scenario out, by the depots that aren't cut off."""
    ground, spec = now.ground, now.spec
    closed = closed_network(ground, scenario, network)
    city, district = (
        None if layer is None else closed.serving(layer, max_snap_m=ground.max_snap_m)
        for layer in (now.city, now.district)
    )
    if city is None:
        return Found(ground, spec, _nothing(now.times), None, None, scenario)
    cut = closed.cut_off(ground.demand, max_snap_m=ground.max_snap_m)
    times = _without(_times(ground, spec, city, district, closed.network), cut)
    return Found(ground, spec, times, city, district, scenario)


def _times(
    ground: Ground, spec: ReliefSpec, city: Facilities, district: Facilities | None, network: RoadNetwork
) -> ReliefTimes:
    work = Handling(spec.mobilise_min, spec.load_min, spec.unload_min, spec.last_mile_min)
    snap_m = ground.max_snap_m
    return relief_times(ground.demand, city, network, district_depots=district, handling=work, max_snap_m=snap_m)


def _nothing(times: ReliefTimes) -> ReliefTimes:
    """What is left when every depot of the city is cut off."""
    minutes = [c for c in times.homes.columns if c.endswith("_min")]
    return ReliefTimes(times.homes.assign(**dict.fromkeys(minutes, np.nan), depot_id=None), times.depots)


def _without(times: ReliefTimes, cut: np.ndarray) -> ReliefTimes:
    """The same times, but none for homes that are cut off."""
    homes = times.homes.copy()
    homes.loc[cut, [c for c in homes.columns if c.endswith("_min")]] = np.nan
    homes.loc[cut, "depot_id"] = None
    return ReliefTimes(homes, times.depots)


def _topic(now: Found) -> Topic:
    ground, fields = now.ground, topic_fields(now.ground.study, now.spec)
    lowest = sums_by_unit(now.states, ground.unit, ground.areas)
    tables = roll_up(lowest, ground.areas, fields)
    hours, amount = now.times.homes["relief_min"] / MIN_PER_HOUR, now.amount
    whole = {name: float(weighted_quantile(hours, amount, q=q)) for name, q in QUANTILES.items()}
    for level, table in tables.items():
        of = _unit_at(ground, level)
        for name, q in QUANTILES.items():
            table[name] = quantile_by(hours, amount, of, q).reindex(table.index)
        # a quantile of the whole is none of its parts' quantiles: the total row's is computed anew
        table.attrs[TOTALS] = {**total_row(table, fields).to_dict(), **whole}
    key, title = "relief.hours", TITLE
    figures: tuple[str, ...] = tuple(f"relief.{name}" for name in FIGURES)
    lists: tuple[str, ...] = ("relief_depots", "relief_late")
    if now.scenario is not None:
        key = f"relief.{now.scenario.id}"
        title = (f"{TITLE[0]}: {now.name[0]}", f"{TITLE[1]}：{now.name[1]}")
        figures, lists = (f"relief.scenario.{now.scenario.id}.*",), ("relief_scenarios",)
    return Topic(
        key, title, tables, fields, RULE, coloured=("median_hours", "p95_hours", "within_share"),
        figures=figures, layers=("relief_depots",) if now.scenario is None else (), listings=lists,
    )  # fmt: skip


def _unit_at(ground: Ground, level: str) -> pd.Series:
    """The unit of a level (or urban, rural) that each home lies in."""
    areas = ground.areas
    if level == WHOLE or areas is None:
        return ground.unit
    if level in LEVELS:
        unit: pd.Series = ground.demand.frame[f"{level}_id"]
        return unit
    kind = areas.frame["urban"].map({True: "urban", False: "rural"}).fillna("unknown")
    found: pd.Series = ground.unit.map(kind)
    return found


def _figures(found: Found) -> Iterator[Figure]:
    study, spec, scenario = found.ground.study, found.spec, found.scenario
    prefix = "relief" if scenario is None else f"relief.scenario.{scenario.id}"
    standard = study.standards[spec.hours]
    who = group_words(study, spec.group)
    words = figure_words(found.ground, spec, None if scenario is None else found.name)
    sources = (standard.cited, *_handling_source(spec))
    yield Figure.ratio(
        f"{prefix}.people_share", found.total("within"), found.total("people"), unit="share", sources=sources,
        denominator_name=who[0], denominator_name_zh=who[1], **words["people_share"],
    )  # fmt: skip
    unit, unit_zh = unit_words(study, spec.group)
    for name in ("late", "no_road"):
        yield Figure(f"{prefix}.{name}", found.total(name), unit, unit_zh=unit_zh, sources=sources, **words[name])
    minutes = found.times.homes["relief_min"]
    reached = minutes[(found.amount > 0) & minutes.notna()]
    latest = float(reached.max()) / MIN_PER_HOUR if len(reached) else None
    yield Figure(f"{prefix}.latest_hours", latest, "h", unit_zh="小时", decimals=1, sources=sources, **words["latest"])
    if scenario is None and found.spec.district_depots is not None:
        stock = found.times.homes["stock_min"]
        within = found.amount.where(stock <= found.limit_min, 0.0)
        above = sums_by_unit(within.to_frame("n"), found.ground.unit, found.ground.areas)["n"].sum()
        yield Figure.ratio(
            f"{prefix}.stocked_people_share", round(float(above), PEOPLE_DECIMALS), found.total("people"),
            unit="share", sources=sources, denominator_name=who[0], denominator_name_zh=who[1], **words["stocked"],
        )  # fmt: skip


def _handling_source(spec: ReliefSpec) -> tuple[str, ...]:
    minutes = f"{spec.mobilise_min:g} + {spec.load_min:g} + {spec.unload_min:g} + {spec.last_mile_min:g}"
    english = f"{minutes} min: {spec.assumptions_en or spec.assumptions or 'assumed'} [unverified]"
    return (Note(english, f"{minutes} 分钟：{spec.assumptions or '假定值'} [unverified]"),)


def _warnings(now: Found, then: Iterable[Found]) -> Iterator[Note]:
    yield from (_no_depot(found) for found in then if found.city is None)
    yield from _on_foot(now.ground, now.spec)
    yield from _assumed(now.spec)


def _no_depot(found: Found) -> Note:
    english, chinese = found.name
    return Note(f"relief, {english}: every depot of the city is cut off", f"救灾物资，{chinese}：全部市级储备库被隔断")


def _on_foot(ground: Ground, spec: ReliefSpec) -> Iterator[Note]:
    profile = ground.study.profiles[spec.profile]
    if profile.mode != "drive":
        english, chinese = profile_words(profile)
        yield Note(
            f"relief: goods go by the profile {spec.profile} ({english}), which doesn't drive: check relief.profile",
            f"救灾物资：按“{chinese}”（{spec.profile}）计算运送时间，并非驾车，请核对 relief.profile",
        )


def _assumed(spec: ReliefSpec) -> Iterator[Note]:
    if not spec.assumptions:
        yield Note(
            "relief: the minutes to mobilise, load, unload and for the last mile are assumed; give their source in "
            "relief.assumptions",
            "救灾物资：动员、装卸和末端分发时间为假定值，请在 relief.assumptions 注明依据",
        )

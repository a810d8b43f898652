"""The analysis of programmes: how many communities meet each one's standard, and which should be next."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

import pandas as pd

from civicreach.errors import Faults, LayerError, Note, counted
from civicreach.layers import Areas
from civicreach.measures.analysis import Analysis
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.programmes.picks import next_units
from civicreach.measures.programmes.share import baseline, most_units, still_needed
from civicreach.measures.programmes.tables import layer_of, listings_of, topic_of
from civicreach.measures.programmes.words import Counted, percent
from civicreach.measures.rollup import sums_by_unit
from civicreach.study import ProgrammeSpec, Study

TITLE = "Demonstration programmes", "示范创建"
SERVED = ("covered", "outside")
"""Who isn't unserved: those within the standard, and those who live in none of the areas."""
SHOWN = 5


def programmes(ground: Ground, tables: Mapping[str, pd.DataFrame] | None = None) -> Analysis:
    """Every programme of a study: the share of communities that meet its standard, how many its target still needs,
    and which should be next by risk x people x unserved share.

    `tables` holds each programme's table by its id, on the areas' index, with the columns that the study names; those
    of the ground by default.

    Raises LayerError, with the faults of all programmes at once, for tables and columns that aren't there, for areas
    without the urban flag that a programme needs, and for a service without a circle.
    """
    ready = read_programmes(ground, ground.unit_tables if tables is None else tables, circled=ground.circles)
    parts = [_of_programme(ground, n) for n in ready]
    return Analysis(
        "programmes",
        TITLE,
        figures=tuple(figure for part in parts for figure in part.figures),
        topics=tuple(topic for part in parts for topic in part.topics),
        listings=tuple(listing for part in parts for listing in part.listings),
        layers=tuple(layer for part in parts for layer in part.layers),
        warnings=tuple(note for part in parts for note in part.warnings),
    )


def read_programmes(ground: Ground, tables: Mapping[str, pd.DataFrame], *, circled: Container[str]) -> list[Counted]:
    """Every programme with the units that it is about; `circled` are the ids of the services with a circle.

    Raises LayerError with the faults of all programmes.
    """
    faults = Faults(ground.study.file_name)
    ready: list[Counted | None] = []
    if ground.areas is None:
        faults.add("programmes need areas", todo="Add [areas].")
    else:
        study, areas = ground.study, ground.areas
        ready = [_counted(study, areas, spec, tables.get(spec.id), circled, faults) for spec in study.programmes]
    faults.raise_if_any(LayerError)
    return [each for each in ready if each is not None]


def _counted(
    study: Study,
    areas: Areas,
    spec: ProgrammeSpec,
    table: pd.DataFrame | None,
    circled: Container[str],
    faults: Faults,
) -> Counted | None:
    """A programme with the units that it is about; None, and faults, where they can't be told."""
    where = f"programme {spec.id}"
    before = len(faults.found)
    if table is None:
        faults.add("no table of its communities", where=where)
        return None
    named = {"flag": spec.flag, "risk": spec.risk, "grade": spec.grade, "year": spec.year}
    columns = {name: column for name, column in named.items() if column is not None}
    if lacking := [column for column in columns.values() if column not in table.columns]:
        faults.add("columns that its table lacks", rows=lacking, where=where)
    if strange := areas.frame.index.difference(table.index).tolist():
        faults.add(f"{areas.lowest} areas without a row in its table", rows=strange, where=where)
    urban = areas.frame["urban"]
    wanted = {"all": None, "urban": True, "rural": False}[spec.among]
    inside = pd.Series(True, index=urban.index) if wanted is None else urban.eq(wanted)
    if not inside.any():
        todo = "Name the column that says which are urban in [areas.columns]."
        faults.add(
            f"no {areas.lowest} of the areas is {spec.among}", where=where, todo=todo if urban.isna().all() else ""
        )
    if spec.service is not None and spec.service not in circled:
        faults.add(f"service {spec.service} has no circle, so nobody knows who is unserved", where=where)
    if len(faults.found) > before:
        return None
    frame = pd.DataFrame({name: table[column] for name, column in columns.items()}).loc[urban.index]
    flag = frame["flag"].eq(True)
    frame, left_out = frame.assign(flag=flag)[inside], urban.index[flag & ~inside]
    if "risk" in frame.columns and (bad := ~(frame["risk"] >= 0)).any():
        faults.add(f"{spec.risk} isn't a number of at least 0", rows=frame.index[bad].tolist(), where=where)
        return None
    return Counted(spec, study, areas, frame, left_out)


def _of_programme(ground: Ground, n: Counted) -> Analysis:
    """The part of the analysis that one programme asks for."""
    needed = still_needed(n.spec.target_share, n.of, n.count)
    picks = _picks(ground, n, n.spec.pick or needed)
    return Analysis(
        n.spec.id,
        n.name,
        figures=tuple(_figures(n, needed, len(picks))),
        topics=(topic_of(n),),
        listings=tuple(listings_of(n, picks)),
        layers=(layer_of(n, picks),) if len(picks) else (),
        warnings=tuple(_warnings(n, needed, len(picks))),
    )


def _picks(ground: Ground, n: Counted, pick: int) -> pd.DataFrame:
    amount = ground.demand.amount(n.spec.group)
    homes = pd.DataFrame({"people": amount, "unserved": amount})
    if n.spec.service is not None:
        status = ground.circles[n.spec.service].demand["status"].reindex(amount.index)
        homes["unserved"] = amount.where(~status.isin(SERVED), 0.0)
    sums = sums_by_unit(homes, ground.unit, n.areas)
    risk = n.frame["risk"] if "risk" in n.frame.columns else None
    return next_units(
        sums["people"], flagged=n.frame["flag"], among=n.frame.index, risk=risk, unserved=sums["unserved"], pick=pick
    )


def _figures(n: Counted, needed: int, picked: int) -> Iterator[Figure]:
    (name, name_zh), (units, units_zh) = n.name, n.units
    of = {"denominator_name": units, "denominator_name_zh": units_zh, "unit": "share"}
    english, chinese = n.spec.source_en or n.spec.source, n.spec.source or n.spec.source_en
    sources = (Note(english, chinese),) if english else ()
    yield Figure.ratio(
        f"programme.{n.spec.id}.share", n.count, n.of, **of, sources=sources,
        label=f"{name}: share of {units}", label_zh=f"{name_zh}：{units_zh}覆盖率",
        definition=f"Share of {units} that meet the standard of {name}, of all {units} in the areas (a share of units, "
        f"not of people). Target: {n.target[0]}.",
        definition_zh=f"已达到“{name_zh}”标准的{units_zh}占范围内全部{units_zh}的比例（单元口径，非人口口径）。目标：{n.target[1]}。",
    )  # fmt: skip
    yield Figure(
        f"programme.{n.spec.id}.needed", float(needed), units, unit_zh="个", sources=sources,
        label=f"{name}: still needed", label_zh=f"{name_zh}：尚需创建",
        definition=f"{units.capitalize()} that must still meet the standard of {name} until {n.target[0]} of {n.of:,} "
        "do, rounded up.",
        definition_zh=f"使{n.of:,}个{units_zh}中达到“{name_zh}”标准的占{n.target[1]}尚需新创建的个数（向上取整）。",
    )  # fmt: skip
    if n.spec.pick and picked:
        yield Figure.ratio(
            f"programme.{n.spec.id}.share_then", n.count + picked, n.of, **of, sources=sources,
            label=f"{name}: share with the {picked} next ones", label_zh=f"{name_zh}：再创建{picked}个后的覆盖率",
            definition=f"The same share once the {picked} {units} of the list 'which next' meet the standard too.",
            definition_zh=f"名单所列{picked}个{units_zh}创建完成后的同一指标。",
        )  # fmt: skip


def _warnings(n: Counted, needed: int, picked: int) -> Iterator[Note]:
    spec, (name, name_zh), (units, units_zh) = n.spec, n.name, n.units
    yield from _of_baseline(n)
    if spec.pick and picked < needed:
        then, most = n.count + picked, most_units(spec.target_share, n.count + picked)
        share, share_zh = percent(then / n.of, decimals=1)
        yield Note(
            f"{name}: with {picked:,} more, {then:,} of {n.of:,} {units} are {share}, not the target {n.target[0]}; "
            f"{needed:,} more are needed ({then:,} would be {n.target[0]} of at most {most:,})",
            f"{name_zh}：再创建{picked:,}个后为{then:,}/{n.of:,} = {share_zh}，未达到目标{n.target[1]}；"
            f"尚需{needed:,}个（{then:,}个仅相当于至多{most:,}个{units_zh}的{n.target[1]}）",
        )
    if picked < spec.pick:
        english = f"{name}: only {counted(picked, 'unit is', 'units are')} left to pick, not {spec.pick:,}"
        yield Note(english, f"{name_zh}：尚未达标的仅{picked:,}个，少于拟创建的{spec.pick:,}个")
    if len(n.left_out):
        ids, ids_zh = _some(n.left_out)
        english = counted(len(n.left_out), "unit has the flag and isn't", "units have the flag and aren't")
        yield Note(
            f"{name}: {english} among the {units}: not counted ({ids})",
            f"{name_zh}：{len(n.left_out):,}个已标记达标的单元不属于{units_zh}，不计入（{ids_zh}）",
        )
    unknown = n.areas.frame.index[n.areas.frame["urban"].isna()]
    if spec.among != "all" and len(unknown):
        ids, ids_zh = _some(unknown)
        english = counted(len(unknown), "unit is", "units are")
        yield Note(
            f"{name}: {english} neither urban nor rural and not counted ({ids})",
            f"{name_zh}：{len(unknown):,}个单元未注明城乡，不计入（{ids_zh}）",
        )
    if "year" in n.frame.columns:
        yield from _of_years(n)


def _of_baseline(n: Counted) -> Iterator[Note]:
    """That the plan's own baseline can't be what it is said to be, with the number of units that would make it so."""
    spec, (name, name_zh), (units, units_zh) = n.spec, n.name, n.units
    if spec.baseline_count is None or spec.baseline_share is None:
        return
    found = baseline(spec.baseline_count, spec.baseline_of or n.of, spec.baseline_share)
    if found.reproduced:
        return
    (said, said_zh), (share, share_zh) = percent(found.stated), percent(found.share, decimals=1)
    would = would_zh = ""
    if found.about is not None:
        span = f"{found.least:,} to {found.most:,}" if found.most is not None else f"{found.least:,} or more"
        span_zh = f"{found.least:,}–{found.most:,}" if found.most is not None else f"不少于{found.least:,}"
        would = f"; {found.count:,} would be {said} of about {found.about:,} ({span})"
        would_zh = f"；若为{said_zh}，分母应约为{found.about:,}（{span_zh}）"
        if found.least is not None and found.most is not None and found.least > found.most:
            would, would_zh = f"; {found.count:,} is {said} of no whole number", f"；任何整数分母均得不到{said_zh}"
    yield Note(
        f"{name}: the plan's baseline of {said} can't be reproduced with this denominator: {found.count:,} of "
        f"{found.of:,} {units} are {share}{would}",
        f"{name_zh}：按该分母无法复核规划基期值{said_zh}：{found.count:,}/{found.of:,}个{units_zh} = {share_zh}"
        f"{would_zh}",
    )


def _of_years(n: Counted) -> Iterator[Note]:
    """Flags without a year, and years without a flag."""
    name, name_zh = n.name
    undated = n.frame.index[n.frame["flag"] & n.frame["year"].isna()]
    if len(undated):
        ids, ids_zh = _some(undated)
        yield Note(
            f"{name}: {counted(len(undated), 'unit that meets', 'units that meet')} the standard without a year: in no "
            f"year's count ({ids})",
            f"{name_zh}：{len(undated):,}个已达标单元未填年份，不计入分年进度（{ids_zh}）",
        )
    planned = n.frame.index[~n.frame["flag"] & n.frame["year"].notna()]
    if len(planned):
        ids, ids_zh = _some(planned)
        yield Note(
            f"{name}: {counted(len(planned), 'unit', 'units')} with a year but without the flag: not counted ({ids})",
            f"{name_zh}：{len(planned):,}个单元填有年份但未标记达标，不计入（{ids_zh}）",
        )


def _some(ids: pd.Index) -> tuple[str, str]:
    """The first of some ids, in English and Chinese."""
    shown, more = [str(i) for i in ids[:SHOWN]], len(ids) > SHOWN
    return f"{', '.join(shown)}{', ...' if more else ''}", f"{'、'.join(shown)}{'等' if more else ''}"

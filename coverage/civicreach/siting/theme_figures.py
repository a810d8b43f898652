"""The figures of a siting plan, each with its definition in two languages, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from civicreach.errors import Note
from civicreach.measures.figure import Figure
from civicreach.measures.words import limit_source, profile_source, unit_words
from civicreach.siting.answered import Answered
from civicreach.siting.plan import KIND_WORDS


def figures_of(answered: Answered) -> Iterator[Figure]:
    """People within the limit before and after, who gains, new sites, mean and longest ways, and the plan's gap."""
    plan, key = answered.plan, f"siting.{answered.spec.id}"
    (name, name_zh), (who, who_zh), (limit, limit_zh) = answered.name, answered.who, answered.limit
    unit, unit_zh = unit_words(answered.study, answered.asked.group)
    people = round(float(answered.amount.sum()), 6)
    before = _sum(answered, answered.within(answered.before))
    after = _sum(answered, answered.within(answered.after))
    of = {"denominator_name": f"all {who} in the areas", "denominator_name_zh": f"范围内全部{who_zh}"}
    sources = _sources(answered)
    yield Figure.ratio(
        f"{key}.people_share", after, people, unit="share", sources=sources, **of,
        definition=f"{who} within {limit} of an open site of the plan on the network, of all {who} in the areas",
        definition_zh=f"方案实施后，路网{limit_zh}内可达任一开放点位的{who_zh}，占范围内全部{who_zh}",
        label=f"{name}: people share with the plan", label_zh=f"{name_zh}：方案覆盖率",
    )  # fmt: skip
    yield Figure.ratio(
        f"{key}.people_share_before", before, people, unit="share", sources=sources, **of,
        definition=f"{who} within {limit} of an existing site on the network, of all {who} in the areas",
        definition_zh=f"现状路网{limit_zh}内可达任一点位的{who_zh}，占范围内全部{who_zh}",
        label=f"{name}: people share today", label_zh=f"{name_zh}：现状覆盖率",
    )  # fmt: skip
    yield Figure(
        f"{key}.people_gained", round(after - before, 6), unit or who, unit_zh=unit_zh or who_zh,
        definition=f"{who} within {limit} with the plan less those within it today",
        definition_zh=f"方案覆盖的{who_zh}减去现状覆盖的{who_zh}",
        label=f"{name}: gained", label_zh=f"{name_zh}：新增覆盖",
    )  # fmt: skip
    yield Figure(
        f"{key}.new_sites", float(len(plan.opened)), "sites", unit_zh="处",
        definition=f"sites that the plan opens: {KIND_WORDS[plan.kind][0]}",
        definition_zh=f"方案新增的点位数：{KIND_WORDS[plan.kind][1]}",
        label=f"{name}: new sites", label_zh=f"{name_zh}：新增点位",
    )  # fmt: skip
    yield from _ways(answered)
    yield Figure(
        f"{key}.gap", plan.gap, "share",
        definition=f"how far the best plan of all can at most be from this one, as a share of its objective "
        f"({plan.unit}); 0 where the plan is proven optimal",
        definition_zh="与可能的最优方案目标值的最大差距；0 表示已证明最优",
        label=f"{name}: gap to the best bound", label_zh=f"{name_zh}：与最优界的差距",
    )  # fmt: skip


def _ways(answered: Answered) -> Iterator[Figure]:
    """Mean ways before and with the plan, of the same people: those who reach a site both today and then."""
    key, (name, name_zh), (who, who_zh) = f"siting.{answered.spec.id}", answered.name, answered.who
    unit, unit_zh = ("m", "米") if answered.in_metres else ("min", "分钟")
    both: pd.Series = answered.before.notna() & answered.after.notna()
    for part, cost, (said, said_zh) in (
        ("mean_way_before", answered.before, ("today", "现状")),
        ("mean_way", answered.after, ("with the plan", "方案")),
    ):
        yield Figure(
            f"{key}.{part}", answered.mean(cost, both), unit, unit_zh=unit_zh, decimals=1,
            definition=f"mean way on the network to the nearest site {said}, of the {who} who reach one today and then",
            definition_zh=f"{said_zh}到最近点位的路网平均路程，按现状与方案均可到达的{who_zh}加权",
            label=f"{name}: mean way {said}", label_zh=f"{name_zh}：{said_zh}平均路程",
        )  # fmt: skip


def _sum(answered: Answered, who: pd.Series) -> float:
    return round(float(answered.amount[who].sum()), 6)


def _sources(answered: Answered) -> tuple[str, ...]:
    """The standard behind the limit, where it is the service's own, and the profile's."""
    service, study = answered.asked.service, answered.study
    found = [profile_source(answered.asked.network.profile)]
    if service.standard is not None and answered.spec.minutes is None:
        found.append(limit_source(study, study.limit(service), study.limit_unit(service), service.standard))
    files = [study.service(name).file for name in answered.spec.candidates]
    names = list(dict.fromkeys(path.name for path in files if path is not None))
    if names:
        found.append(Note(f"candidates: {', '.join(names)}", f"备选点位：{'、'.join(names)}"))
    return tuple(note for note in found if note)

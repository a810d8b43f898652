"""Lists beside a plan that help to choose: how many sites, what else would do, and which sites are safe."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing
from civicreach.measures.words import profile_words
from civicreach.siting.answered import Answered
from civicreach.siting.asked import Asked
from civicreach.siting.choice import Believed, alternatives, curve, stability
from civicreach.siting.opening import PhasedPlan

MORE = 2
"""The curve goes on to so many times the sites that were asked for."""
NEAR_SHARE = 0.01
"""Plans that lose at most this are nearly as good."""


def choice_lists(answered: Answered) -> Iterator[Listing]:
    """The curve, near-equal plans and stability of a plan that covers most people; the years of an opening order."""
    if answered.phased is not None:
        yield _years(answered, answered.phased)
    if answered.spec.problem != "max_cover":
        return
    yield _curve(answered)
    yield _alternatives(answered)
    if answered.spec.try_profiles or answered.spec.try_minutes:
        yield _stability(answered)


def _names(answered: Answered, ids: object) -> str:
    """Sites as text: their ids and, where they have any, their names."""
    names = answered.asked.sites.frame["name"]
    listed = list(ids) if isinstance(ids, (tuple, list)) else []
    return "; ".join(f"{i} {names[i]}".strip() if str(names[i]) != str(i) else str(i) for i in listed)


def _title(answered: Answered, said: Pair) -> Pair:
    return f"{answered.name[0]}: {said[0]}", f"{answered.name[1]}：{said[1]}"


def _years(answered: Answered, phased: PhasedPlan) -> Listing:
    years = phased.years
    frame = pd.DataFrame(
        {
            "year": years.index.to_numpy(),
            "opened": [_names(answered, ids) for ids in years["opened"]],
            **{
                name: years[name].astype(np.float64).to_numpy() for name in ("people", "share", "best_people", "regret")
            },
            "proven": years["best_proven"].astype(bool).to_numpy(),
            **{name: years[name].astype(np.float64).to_numpy() for name in ("by_year_people", "by_year_regret")},
        }
    )
    who, who_zh = answered.who
    head = f"{who[:1].upper()}{who[1:]}"
    fields = (
        Field("year", ("Year", "年次"), "count"),
        Field("opened", ("Opens", "当年新增"), "text"),
        Field("people", (f"{head} within the limit by its end", f"年末时限内{who_zh}")),
        Field("share", ("Share", "覆盖率"), "share"),
        Field("best_people", ("The best plan for so many sites alone", "同数点位的单独最优")),
        Field("regret", ("Given up", "让步比例"), "share"),
        Field("proven", ("Best plan proven", "单独最优已证明"), "flag"),
        Field("by_year_people", ("Best sites year by year instead", "若逐年择优")),
        Field("by_year_regret", ("Given up year by year", "逐年择优的损失"), "share"),
    )
    rule = (
        "The plan of the last year is found first; the years before are the best parts of it.",
        "先求末年方案，再在其中安排各年次序。",
    )
    title = _title(answered, ("opening order", "建设时序"))
    return Listing(f"siting_{answered.spec.id}_years", title, frame, fields, rule)


def _curve(answered: Answered) -> Listing:
    asked, spec = answered.asked, answered.spec
    candidates = int((answered.plan.problem.allowed & answered.plan.problem.new).sum())
    most = min(MORE * (spec.new or 1), candidates)
    layers = (asked.reach, asked.demand, asked.sites)
    found = curve(
        *layers, within_min=asked.within_min, most=most, group=asked.group, rules=asked.rules,
        seconds=spec.seconds, seed=spec.seed,
    )  # fmt: skip
    table = found.table
    enough = table["opened"].map(len) < table.index  # more sites than these add nobody, or a rule forbids them
    if enough.any():
        table = table[~enough]
    frame = pd.DataFrame(
        {
            "sites": table.index.to_numpy(),
            "people": table["people"].astype(np.float64).to_numpy(),
            "share": table["share"].astype(np.float64).to_numpy(),
            "more": table["more_people"].astype(np.float64).to_numpy(),
            "knee": table.index.to_numpy() == found.knee,
            "proven": table["proven"].astype(bool).to_numpy(),
            "opened": [_names(answered, ids) for ids in table["opened"]],
        }
    )
    who, who_zh = answered.who
    fields = (
        Field("sites", ("New sites", "新增点位数"), "count"),
        Field("people", (f"{who[:1].upper()}{who[1:]} within the limit", f"时限内{who_zh}")),
        Field("share", ("Share", "覆盖率"), "share"),
        Field("more", ("More than with one site less", "较少一处多覆盖")),
        Field("knee", ("Knee", "拐点"), "flag"),
        Field("proven", ("Proven", "已证明"), "flag"),
        Field("opened", ("Sites", "点位"), "text"),
    )
    english = "The best plan for every number of sites."
    chinese = "各点位数下的最优方案。"
    if found.knee is None:
        english += " No knee: what each further site brings falls slowly, if at all."
        chinese += "无明显拐点：逐处新增的效果下降平缓。"
    else:
        english += " From the knee on a site brings at most half of what those before brought."
        chinese += "拐点之后每处新增的效果不及此前的一半。"
    if enough.any():
        english += " More sites than these would add nobody, or a rule forbids them."
        chinese += "再多点位无新增覆盖或受规则限制。"
    rule = english, chinese
    return Listing(f"siting_{spec.id}_curve", _title(answered, ("how many sites", "点位数与覆盖")), frame, fields, rule)


def _alternatives(answered: Answered) -> Listing:
    """Each site of the plan with the best plan without it."""
    spec = answered.spec
    table = alternatives(answered.plan, within=NEAR_SHARE, seconds=spec.seconds, seed=spec.seed).sites
    loss = table["loss"].astype(np.float64)
    frame = pd.DataFrame(
        {
            "site": [_names(answered, [i]) for i in table.index],
            "loss": loss.where(np.isfinite(loss)).to_numpy(),
            "loss_share": table["loss_share"].astype(np.float64).where(np.isfinite(loss)).to_numpy(),
            "instead": [_names(answered, ids) for ids in table["instead"]],
            "proven": table["proven"].astype(bool).to_numpy(),
        }
    )
    who, who_zh = answered.who
    fields = (
        Field("site", ("Without this site", "若不建此点"), "text"),
        Field("loss", (f"{who[:1].upper()}{who[1:]} lost at least", f"至少减少覆盖的{who_zh}")),
        Field("loss_share", ("Share lost", "损失比例"), "share"),
        Field("instead", ("Best instead", "最佳替代点位"), "text"),
        Field("proven", ("Proven", "已证明"), "flag"),
    )
    rule = (
        "The best plan without each site; a small loss means that the site can be given up.",
        "逐一去掉点位后的最优方案；损失小的点位可以替换。",
    )
    title = _title(answered, ("what each site is worth, and what instead", "点位不可替代性与替代方案"))
    return Listing(f"siting_{spec.id}_instead", title, frame, fields, rule)


def _stability(answered: Answered) -> Listing:
    asked, spec = answered.asked, answered.spec
    cases, words = _cases(asked)
    found = stability(
        cases, asked.sites, new=spec.new, group=asked.group, rules=asked.rules, seconds=spec.seconds, seed=spec.seed
    )
    table = found.sites
    frame = pd.DataFrame(
        {
            "site": [_names(answered, [i]) for i in table.index],
            "chosen_count": table["chosen_count"].astype(np.int64).to_numpy(),
            "chosen_share": table["chosen_share"].astype(np.float64).to_numpy(),
            **{name: table[name].astype(bool).to_numpy() for name in cases},
        }
    )
    fields = (
        Field("site", ("Site", "点位"), "text"),
        Field("chosen_count", (f"Chosen in so many of {len(cases)} cases", f"{len(cases)}种情形中入选次数"), "count"),
        Field("chosen_share", ("Share of the cases", "入选比例"), "share"),
        *(Field(name, words[name], "flag") for name in cases),
    )
    safest = words[found.safest]
    lost = f"{100 * found.regret.loc[found.safest].to_numpy(np.float64).max():.1f}"
    english = (
        f"Sites chosen in every case are safe. The plan for {safest[0]} loses least where it loses most: {lost} %."
    )
    chinese = f"各种情形均入选的点位最稳妥。按“{safest[1]}”编制的方案最坏损失最小：{lost}%。"
    rule = english, chinese
    return Listing(
        f"siting_{spec.id}_stability", _title(answered, ("which sites are safe", "方案稳健性")), frame, fields, rule
    )


def _cases(asked: Asked) -> tuple[dict[str, Believed], dict[str, Pair]]:
    """The study's own profile and limit, and every other one with it."""
    study, spec = asked.ground.study, asked.spec
    own = asked.network.profile
    profiles = {own.name: asked} | {name: asked.with_walkers(study.profiles[name]) for name in spec.try_profiles}
    cases: dict[str, Believed] = {}
    words: dict[str, Pair] = {}
    for name, each in profiles.items():
        for minutes in dict.fromkeys([asked.within_min, *spec.try_minutes]):
            key = f"{name}_{minutes:g}"
            known = each if minutes <= each.within_min else each.with_walkers(minutes=minutes)
            cases[key] = known.reach, asked.demand, minutes
            english, chinese = profile_words(each.network.profile)
            words[key] = f"{english}, {minutes:g} min", f"{chinese}{minutes:g}分钟"
    return cases, words

"""Max cover at the size of a city: proofs, drafts, existing sites, quotas and years; spopt where it can finish."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from clock import once
from peers import PeerAbsentError, hushed, peer
from sheet import Cell, Check, Options, Table, say
from siting_city import CENTRES, OVERLAPPING, SitingCity, siting_city
from siting_rows import COLUMNS, Run, peak_mib, search

from civicreach.siting.clock import Clock
from civicreach.siting.cover import best_cover
from civicreach.siting.found import Found, Quota
from civicreach.siting.phases import Phases, opening_order

SOON = 1.5
"""Nobody waits for a search that takes longer than its target times this."""


def found(city: SitingCity, seconds: float, **options: Any) -> Found:
    """The best plan in a city within some seconds."""
    given = {"open_": city.none(), "allowed": city.all(), **options}
    return best_cover(city.sites, city.weight, xy=city.xy, clock=Clock(seconds), **given)


def small(options: Options) -> tuple[Table, list[Check]]:
    """2,000 places and 200 candidates, ours and spopt."""
    city = siting_city(options.pick(full=2000, quick=2000, tiny=300), options.pick(full=200, quick=200, tiny=40))
    new = options.pick(full=10, quick=10, tiny=4)
    name = f"{len(city.weight):,} places x {city.count:,} candidates, {new} new"
    found(city, 60, new=new, quotas=[Quota(np.arange(5), 1)])  # compiled before anything is timed
    runs = [search(name, partial(found, city, 60, new=new, seed=seed)) for seed in range(3)]
    ours = min(runs, key=lambda run: run.wall_s)
    checks = [ours.proven_within(1.0)]
    rows: list[tuple[Cell, ...]] = [("civicreach", ours.found.value, ours.wall_s, "yes" if ours.found.proven else "no")]
    say("siting: spopt")
    try:
        value, seconds = by_spopt(city, new)
    except PeerAbsentError as absent:
        rows.append(("spopt MCLP", str(absent), None, None))
    else:
        rows.append(("spopt MCLP", value, seconds, "yes"))
        checks.append(
            Check(
                "the same optimum as spopt",
                f"{value:,}",
                f"{ours.found.value:,}",
                value == ours.found.value,
                is_answer=True,
            )
        )
    note = (
        "The best of three runs of ours. spopt looks through a dense matrix in Python loops: 25,000 x 5,000 would be "
        "1 GB and hours of building."
    )
    return Table(f"Max cover beside spopt: {name}", ("tool", "covered", "wall s", "proven"), rows, (note,)), checks


def by_spopt(city: SitingCity, new: int) -> tuple[int, float]:
    """What spopt's MCLP covers and its seconds, building and solving."""
    locate, pulp = peer("spopt.locate", "spopt"), peer("pulp")
    minutes = np.where(city.sites.toarray().T > 0, 1.0, 9.0)
    solver = pulp.getSolver("HiGHS" if "HiGHS" in pulp.listSolvers(onlyAvailable=True) else "PULP_CBC_CMD", msg=False)

    def solve() -> Any:
        return locate.MCLP.from_cost_matrix(minutes, city.weight, 5.0, new).solve(solver)

    with hushed():
        wall_ms, _, solved = once(solve)
    return round(solved.problem.objective.value()), round(wall_ms / 1000, 2)


def large(options: Options) -> tuple[list[Table], list[Check]]:
    """The city of 25,000 street nodes and 5,000 candidates."""
    nodes, sites = options.pick(full=25_000, quick=5000, tiny=600), options.pick(full=5000, quick=1000, tiny=80)
    city = siting_city(nodes, sites, CENTRES)
    patience = options.pick(full=100, quick=25, tiny=5) / 100
    few, many = options.pick(full=20, quick=8, tiny=3), options.pick(full=60, quick=20, tiny=6)
    stays = city.none()
    stays[np.random.default_rng(5).choice(city.count, 2 * few, replace=False)] = True
    districts = [Quota(np.flatnonzero(city.district == area), 1) for area in np.unique(city.district)]
    both = max(2 * few, len(districts))
    first = search(f"{few} new", lambda: found(city, 90 * SOON * patience, new=few))
    wide = search(f"{many} new", lambda: found(city, 120 * patience, new=many))
    kept = search(f"{2 * few} that stay and {few} new", lambda: found(city, 60 * SOON * patience, new=few, open_=stays))
    quota = search(
        f"{both} new, one in each of {len(districts)} districts",
        lambda: found(city, 90 * patience, new=both, quotas=districts),
    )
    drafts = [search(f"draft of {new} new", partial(found, city, 4, new=new)) for new in (few, many)]
    shape = city_text(city)
    checks = [
        first.proven_within(90), wide.gap_within(0.005, 120), kept.proven_within(60), quota.gap_within(0.01, 90),
        *(draft_check(draft, full) for draft, full in zip(drafts, (first, wide), strict=True)),
        counted(city, [first, wide, kept, quota, *drafts]),
    ]  # fmt: skip
    rows = [run.row for run in (first, wide, kept, quota, *drafts)]
    hard = siting_city(nodes, sites, OVERLAPPING)
    rows_hard = [search(f"{new} new", partial(found, hard, 120 * patience, new=new)).row for new in (few, many)]
    tables = [
        Table(f"Max cover in a city with many centres: {shape}", COLUMNS, rows),
        Table(
            f"The same where wide centres overlap: {city_text(hard)}", COLUMNS, rows_hard,
            ("The harder city has no target; what isn't proven in two minutes has its gap.",),
        ),
    ]  # fmt: skip
    if (peak := peak_mib()) is not None:
        checks.append(Check("memory of all this", f"{peak:.0f} MiB", "1,024 MiB", peak <= 1024))
    table, more = years(city, few, 150 * patience)
    return [*tables, table], checks + more


def city_text(city: SitingCity) -> str:
    """How large a city is."""
    each = city.sites.nnz / len(city.weight)
    return f"{len(city.weight):,} street nodes, {city.count:,} candidates, {each:.0f} reach a node"


def draft_check(draft: Run, full: Run) -> Check:
    """A draft is held against the bound of the long search."""
    short = 1 - draft.found.value / min(full.found.bound, draft.found.bound)
    figure = f"{100 * short:.2f} % under the bound, {draft.wall_s:.1f} s"
    return Check(draft.name, figure, "2 % in 5 s", short <= 0.02 and draft.wall_s < 6)


def counted(city: SitingCity, runs: list[Run]) -> Check:
    """Every plan counted anew from the pairs, and no value above a bound."""
    dense = city.sites.tocsr()
    right = all(
        int(city.weight[np.asarray(dense[run.found.open].sum(axis=0)).ravel() > 0].sum()) == run.found.value
        and run.found.value <= run.found.bound
        for run in runs
    )
    return Check("values counted anew", "yes" if right else "NO", "yes", right, is_answer=True)


def years(city: SitingCity, few: int, seconds: float) -> tuple[Table, list[Check]]:
    """Four years: the final plan first, and year by year."""
    say("siting: years")
    each = [few // 4 + (1 if year < few % 4 else 0) for year in range(4)]

    def ordered() -> Phases:
        return opening_order(
            city.sites, city.weight, years=each, open_=city.none(), allowed=city.all(), xy=city.xy, clock=Clock(seconds)
        )

    wall_ms, _, plan = once(ordered)
    rows: list[tuple[Cell, ...]] = [
        (
            i + 1, year.count, year.value, year.best.value, "yes" if year.best.proven else "no",
            round(100 * year.regret, 2), year.by_year_value,
            None if year.by_year_regret is None else round(100 * year.by_year_regret, 2),
        )
        for i, year in enumerate(plan.years)
    ]  # fmt: skip
    columns = (
        "year", "sites", "final plan first", "best for this number", "proven", "regret %", "year by year", "regret %",
    )  # fmt: skip
    by_year = plan.by_year_regret or 0.0
    figure = f"{100 * plan.regret:.2f} % (year by year {100 * by_year:.2f} %), {wall_ms / 1000:.0f} s"
    met = plan.regret <= 0.02 and plan.years[-1].regret == 0
    check = Check("years: given up in sum, and nothing in the last", figure, "2 %", met)
    return Table(f"Opening {few} sites in four years", columns, rows), [check]


def run(options: Options) -> tuple[list[Table], list[Check]]:
    """All of max cover."""
    first, checks = small(options)
    tables, more = large(options)
    return [first, *tables], checks + more

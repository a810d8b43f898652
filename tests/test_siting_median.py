"""The p-median engine: brute force, published optima, bounds that nothing crosses."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from civicreach.errors import InputError
from civicreach.siting import center as center_module
from civicreach.siting import median, median_branch
from civicreach.siting.center import best_center
from civicreach.siting.clock import Clock
from civicreach.siting.found import Found, Quota
from civicreach.siting.median import best_median
from civicreach.siting.median_bound import fixed_sites, lagrangian
from civicreach.siting.median_branch import value_of
from civicreach.siting.median_rows import Rows, Tables
from civicreach.siting.median_swap import Swaps

PMED = Path(__file__).resolve().parents[2] / "shared" / "bench" / "orlib_pmed"


class Case:
    """A small random question: sparse costs, sites that are open, not allowed or under quotas."""

    def __init__(self, seed: int, *, sites: int = 8, rows: int = 9, quotas: bool = True) -> None:
        random = np.random.default_rng(seed)
        m, n = int(random.integers(1, sites + 1)), int(random.integers(1, rows + 1))
        dense = random.integers(0, int(random.choice([4, 50, 3000])), (m, n))
        self.beyond_ms = int(dense.max()) + int(random.integers(0, 40))
        self.cost = np.where(random.random((m, n)) < random.choice([0.4, 0.8, 1.0]), dense, self.beyond_ms)
        met = self.cost < self.beyond_ms
        self.ptr = np.concatenate([[0], np.cumsum(met.sum(axis=1))])
        self.at, self.ms = np.nonzero(met)[1].astype(np.int32), self.cost[met].astype(np.int32)
        self.weight = random.integers(0, 5, n) * int(random.choice([1, 3, 1_000_000]))
        self.opened = random.random(m) < 0.2
        self.allowed = random.random(m) < 0.85
        self.new = min(int(random.integers(0, 4)), int((self.allowed & ~self.opened).sum()))
        self.quotas: list[Quota] = []
        if quotas and m > 2 and random.random() < 0.6:
            part = random.integers(0, 3, m)
            for k in range(2):
                least = int(random.integers(0, 3))
                most = [None, least, least + 1][int(random.integers(0, 3))]
                self.quotas.append(Quota(np.flatnonzero(part == k), least, most))

    def plans(self) -> list[tuple[int, ...]]:
        """All plans that the rules allow."""
        free = np.flatnonzero(self.allowed & ~self.opened).tolist()
        stay = np.flatnonzero(self.opened).tolist()
        every = (tuple(sorted([*stay, *some])) for some in combinations(free, self.new))
        return [plan for plan in every if self._keeps(plan)]

    def _keeps(self, plan: tuple[int, ...]) -> bool:
        counts = [(quota, len(set(plan) & set(quota.sites.tolist()))) for quota in self.quotas]
        return all(quota.least <= n <= (len(self.opened) if quota.most is None else quota.most) for quota, n in counts)

    def nearest(self, plan: tuple[int, ...]) -> np.ndarray:
        """What each row costs with these sites open."""
        return self.cost[list(plan)].min(axis=0, initial=self.beyond_ms)

    def value(self, plan: tuple[int, ...]) -> int:
        """Weight times ms."""
        return sum(w * c for w, c in zip(self.weight.tolist(), self.nearest(plan).tolist(), strict=True))

    def tables(self) -> Tables:
        return Tables(self.ptr, self.at, self.ms, self.weight, self.beyond_ms)

    def rows(self) -> Rows:
        return Rows.build(self.tables(), self.opened, self.allowed, self.new, self.quotas)

    def median(self, **options: object) -> Found:
        return best_median(
            self.ptr, self.at, self.ms, self.weight, new=self.new, opened=self.opened, allowed=self.allowed,
            beyond_ms=self.beyond_ms, quotas=self.quotas, **options,
        )  # fmt: skip


def test_brute_force() -> None:
    """Every answer on 4,000 small questions is that of trying all plans, and is proven."""
    impossible = 0
    for seed in range(4000):
        case = Case(seed)
        plans = case.plans()
        if not plans:
            impossible += 1
            with pytest.raises(InputError, match="quotas"):
                case.median()
            continue
        found = case.median(seed=seed)
        least = min(map(case.value, plans))
        assert (found.value, found.bound, found.proven, found.sense) == (least, least, True, "least"), seed
        assert tuple(found.open.tolist()) in plans, seed
        assert case.value(tuple(found.open.tolist())) == least, seed
    assert 0 < impossible < 1500


def test_branching_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without swapping and with hardly any multipliers the branching alone still finds and proves the best."""
    monkeypatch.setattr(median, "STARTS", 0)
    monkeypatch.setattr(median, "KICKS", 0)
    monkeypatch.setattr(median, "ROUNDS", 1)
    monkeypatch.setattr(Swaps, "improved", lambda self, plan, _: (value_of(self.rows, plan), plan.copy()))
    monkeypatch.setattr(median_branch, "SHRINK", 1.0)
    monkeypatch.setattr(median_branch, "NODE_ROUNDS", 1)
    nodes = 0
    for seed in range(2000, 2300):
        case = Case(seed, sites=13, rows=25)
        if plans := case.plans():
            found = case.median()
            assert (found.value, found.proven) == (min(map(case.value, plans)), True), seed
            nodes += found.nodes
    assert nodes > 150


def test_bounds_and_certain_sites() -> None:
    """No multipliers give a bound above the best plan, and no better plan loses what it needs."""
    for seed in range(3000, 3600):
        case = Case(seed)
        plans, rows = case.plans(), case.rows()
        if not plans or len(rows.sites) == 0:
            continue
        random = np.random.default_rng(seed)
        least = min(map(case.value, plans))
        worst = max(map(case.value, plans))
        prices = (random.random(len(rows.far)) * rows.far).astype(np.int64)
        for rounds in (1, 3, 200):
            state = np.zeros(len(rows.sites), np.int8)
            upper = worst // rows.unit * rows.scale - rows.fixed
            bound, rho, value, plan, _ = lagrangian(rows, state, prices, upper, rounds, 1.0)
            assert rows.bound_value(min(bound, upper)) <= least, seed
            assert value == value_of(rows, plan)
            known = fixed_sites(rows, state, bound, rho, upper)
            better = [p for p in plans if case.value(p) < worst]
            for plan_sites in better:
                inside = np.isin(rows.sites, plan_sites)
                assert not (known[inside] == -1).any(), seed
                assert not (known[~inside] == 1).any(), seed


def test_fewer_sites_leave_every_plan_its_value() -> None:
    """Sites that are left out or opened for good: each plan of the others costs what it did before."""
    for seed in range(300):
        rows = Case(seed, sites=12, rows=20, quotas=False).rows()
        random = np.random.default_rng(seed)
        decided = random.integers(-1, 3, len(rows.sites))
        fewer, met = rows.reduced(decided == -1, decided == 1)
        assert len(fewer.far) == int(met.sum())
        plan = random.random(len(fewer.sites)) < 0.5
        whole = decided == 1
        whole[np.isin(rows.sites, fewer.sites[plan])] = True
        assert fewer.fixed + value_of(fewer, plan) == rows.fixed + value_of(rows, whole), seed
        assert sorted([*fewer.taken, *fewer.sites[plan]]) == sorted([*rows.taken, *rows.sites[whole]])


def test_branching_that_is_stopped_has_a_bound_of_all_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one, two, three branches, from nothing but zeros as multipliers that hardly get better."""
    monkeypatch.setattr(median_branch, "NODE_ROUNDS", 1)
    unfinished = 0
    for seed in range(2000, 2300):
        case = Case(seed, sites=13, rows=25)
        plans, rows = case.plans(), case.rows()
        if not plans or len(rows.far) == 0:
            continue
        worst = max(map(case.value, plans)) // rows.unit * rows.scale - rows.fixed
        branching = median_branch.Branching(rows, worst, np.zeros(len(rows.far), np.int64))
        bound = rows.bound_value(branching.run(Clock(), 1 + seed % 3))
        assert bound <= min(map(case.value, plans)), seed
        unfinished += bool(branching._open)
    assert unfinished > 10


def test_branching_finds_what_is_one_step_better_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told a value one step above the best, it finds the best; told the best, it proves that there is no better one."""
    monkeypatch.setattr(median_branch, "NODE_ROUNDS", 1)
    for seed in range(2300, 2600):
        case = Case(seed, sites=13, rows=25)
        plans, rows = case.plans(), case.rows()
        if not plans or len(rows.far) == 0:
            continue
        best = min(map(case.value, plans)) // rows.unit * rows.scale - rows.fixed
        branching = median_branch.Branching(rows, best + rows.step, np.zeros(len(rows.far), np.int64))
        assert branching.run(Clock()) == best, seed
        assert branching.best is not None
        assert case.value(tuple(branching.best.tolist())) == min(map(case.value, plans)), seed
        proof = median_branch.Branching(rows, best, np.zeros(len(rows.far), np.int64))
        assert (proof.run(Clock()), proof.best) == (best, None), seed


def test_swaps_never_get_worse_and_know_their_value() -> None:
    for seed in range(300):
        rows = Case(seed, sites=20, rows=30).rows()
        swaps = Swaps(rows, seed)
        if (found := swaps.from_random(Clock())) is None:
            continue
        value, plan = found
        assert value == value_of(rows, plan)
        assert int(plan.sum()) == rows.new
        counts = np.bincount(rows.group[plan & (rows.group >= 0)], minlength=len(rows.least))
        assert (counts >= rows.least).all()
        assert (counts <= rows.most).all()
        for j, k in zip(*np.nonzero(~plan[:, None] & plan[None, :]), strict=True):
            other = plan.copy()
            other[[j, k]] = [True, False]
            changed = np.bincount(rows.group[other & (rows.group >= 0)], minlength=len(rows.least))
            if (changed >= rows.least).all() and (changed <= rows.most).all():
                assert value_of(rows, other) >= value, seed


def test_stopped_at_once() -> None:
    """A search that is stopped gives a plan, and a bound below every plan."""
    for seed in range(4000, 4200):
        case = Case(seed)
        if plans := case.plans():
            asked = iter(range(1000))
            found = case.median(clock=Clock(stop=lambda: next(asked) >= seed % 5))  # noqa: B023
            least = min(map(case.value, plans))
            assert found.bound <= least <= found.value == case.value(tuple(found.open.tolist()))
            assert found.proven <= (found.value == least)


def test_heavy_weights_stay_exact() -> None:
    """Sums beyond 64 bits: the value is exact, the bound safe, and only the proof to the last unit is given up."""
    case = Case(11, quotas=False)
    case.cost = np.array([[0, 7, 9], [5, 0, 9], [9, 9, 0]]) * 100_000_000
    case.ptr, case.at = np.array([0, 3, 6, 9]), np.tile(np.arange(3), 3)
    case.ms, case.beyond_ms = case.cost.ravel(), 1_000_000_000
    case.weight = np.array([3_000_000_000_000_001, 2_000_000_000_000_003, 2**50 + 7])
    case.opened, case.allowed, case.new = np.zeros(3, bool), np.ones(3, bool), 1
    found = case.median()
    least = min(map(case.value, case.plans()))
    assert found.value == least > 2**63
    assert found.bound <= least
    assert found.gap < 1e-9


def test_same_seed_same_plan() -> None:
    random = np.random.default_rng(5)
    xy = random.random((60, 2)) * 1000
    cost = np.hypot(*(xy[:, None] - xy[None]).T).astype(np.int64)
    ptr, at = np.arange(61) * 60, np.tile(np.arange(60), 60)
    options = {"new": 6, "opened": np.zeros(60, bool), "allowed": np.ones(60, bool), "beyond_ms": 2000}
    found = [best_median(ptr, at, cost.ravel(), np.ones(60, np.int64), **options) for _ in range(2)]
    assert found[0].open.tolist() == found[1].open.tolist()
    assert [step.value for step in found[0].history] == [step.value for step in found[1].history]
    assert found[0].history[-1].bound == found[0].value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"beyond_ms": 5}, "less than some costs"),
        ({"opened": np.zeros(2, bool)}, "said to be open"),
        ({"weight": np.array([-1, 1])}, "below 0"),
        ({"quotas": [Quota(np.array([0, 1])), Quota(np.array([1]))]}, "share sites"),
        ({"quotas": [Quota(np.array([0]), 2)]}, "keep the quotas"),
    ],
)
def test_contradictions(change: dict[str, object], said: str) -> None:
    given = {
        "ptr": np.array([0, 2, 3, 3]), "at": np.array([0, 1, 1]), "ms": np.array([3, 9, 4]),
        "weight": np.array([1, 1]), "new": 2, "opened": np.zeros(3, bool), "allowed": np.ones(3, bool), "beyond_ms": 9,
    } | change  # fmt: skip
    with pytest.raises(InputError, match=said):
        best_median(given.pop("ptr"), given.pop("at"), given.pop("ms"), given.pop("weight"), **given)


def longest(case: Case, plan: tuple[int, ...]) -> int:
    """The longest way of rows with weight that some usable site reaches."""
    usable = case.opened | case.allowed
    asked = (case.weight > 0) & (case.cost[usable] < case.beyond_ms).any(axis=0)
    return int(case.nearest(plan)[asked].max(initial=0))


def center(case: Case, **options: object) -> Found:
    return best_center(
        case.ptr, case.at, case.ms, case.weight, new=case.new, opened=case.opened, allowed=case.allowed,
        beyond_ms=case.beyond_ms, quotas=case.quotas, **options,
    )  # fmt: skip


@pytest.mark.parametrize("branches", [center_module.FEW_NODES, 0])
def test_center_by_brute_force(branches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest way of every plan is tried; answers come from swaps and branches, or from the solver alone."""
    monkeypatch.setattr(center_module, "FEW_NODES", branches)
    if not branches:
        monkeypatch.setattr(center_module, "STARTS", 0)
    solved = 0
    for seed in range(5000, 7500 if branches else 5200):
        case = Case(seed, sites=9, rows=12)
        plans = case.plans()
        if not plans:
            with pytest.raises(InputError, match="quotas"):
                center(case)
            continue
        found = center(case)
        least = min(longest(case, plan) for plan in plans)
        assert (found.value, found.bound, found.proven) == (least, least, True), seed
        plan = tuple(found.open.tolist())
        assert plan in plans, seed
        assert longest(case, plan) == least, seed
        solved += 1
    assert solved > 100


def test_center_of_equal_plans_takes_shorter_ways() -> None:
    """::

        A . . . B . C        a row at each letter, people at A and C; sites everywhere, one to open

    The middle is the best center whatever the people are; a second site doesn't change the longest way of the
    row that nobody can serve better, and goes where most people live.
    """
    place = np.array([0, 4, 6, 100, 130])
    cost = np.abs(place[:, None] - place[None])
    weight = np.array([1, 1, 50, 1, 1])
    allowed = np.array([True, True, True, True, False])
    found = best_center(
        np.arange(6) * 5, np.tile(np.arange(5), 5), cost.ravel(), weight,
        new=2, opened=np.zeros(5, bool), allowed=allowed, beyond_ms=200,
    )  # fmt: skip
    assert found.value == 30
    assert found.open.tolist() == [2, 3]


def test_center_stopped_at_once() -> None:
    for seed in range(7000, 7150):
        case = Case(seed)
        if plans := case.plans():
            asked = iter(range(1000))
            found = center(case, clock=Clock(stop=lambda: next(asked) >= seed % 6))  # noqa: B023
            least = min(longest(case, plan) for plan in plans)
            assert found.bound <= least <= found.value == longest(case, tuple(found.open.tolist()))


def pmed(number: int) -> tuple[np.ndarray, int, int, int]:
    """Costs between all nodes, how many to open, and both published optima; where an edge repeats, the last counts."""
    if not PMED.is_dir():
        pytest.skip(f"no published instances in {PMED}")
    head, *edges = np.loadtxt((PMED / f"pmed{number}.txt").read_text().split("\n"), dtype=int).tolist()
    length = np.zeros((head[0], head[0]))
    for a, b, cost in edges:
        length[a - 1, b - 1] = length[b - 1, a - 1] = cost
    optima = {
        name: values
        for name, *values in map(str.split, (PMED / "optima.csv").read_text().replace(",", " ").splitlines())
    }
    best_sum, best_worst = map(int, optima[f"pmed{number}"])
    return dijkstra(csr_matrix(length)).astype(np.int64), int(head[2]), best_sum, best_worst


@pytest.mark.parametrize("number", range(1, 16))
def test_published_optima(number: int) -> None:
    """OR-Library's p-median instances 1 to 15 and their p-center optima, all proven."""
    cost, new, best_sum, best_worst = pmed(number)
    n = len(cost)
    ptr, at, weight = np.arange(n + 1) * n, np.tile(np.arange(n), n), np.ones(n, np.int64)
    options = {"new": new, "opened": np.zeros(n, bool), "allowed": np.ones(n, bool), "beyond_ms": int(cost.max())}
    found = best_median(ptr, at, cost.ravel(), weight, **options)
    assert (found.value, found.proven) == (best_sum, True)
    assert cost[found.open].min(axis=0).sum() == best_sum
    worst = best_center(ptr, at, cost.ravel(), weight, **options)
    assert (worst.value, worst.proven) == (best_worst, True)
    assert cost[worst.open].min(axis=0).max() == best_worst

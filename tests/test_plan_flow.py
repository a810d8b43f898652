"""The page's flow in node against Python's solver: the same plan to the last unit, also where several are equal."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from civicreach.measures.transport import MOST_UNITS, Transport, is_proven, solve

ASSETS = Path(__file__).resolve().parents[1] / "coverage" / "civicreach" / "maps" / "assets"
NODE = shutil.which("node")

FLOW = """
var fs = require('fs'), vm = require('vm'), job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
vm.runInThisContext(fs.readFileSync(job.script, 'utf8'), { filename: job.script });
var answers = job.problems.map(function (p) {
  var room = p.capacity.map(function (c) { return c === null ? Infinity : c; }),
    flow = new civicreach.Flow(p.amount, room, { point: p.point, facility: p.facility, cost: p.cost }),
    given = [];
  while (!flow.improve(p.sliced ? 0 : undefined));
  flow.each(function (point, facility, amount) { given.push([point, facility, amount]); });
  return { given: given, steps: flow.steps };
});
fs.writeFileSync(job.out, JSON.stringify(answers));
"""


def a_problem(rng: np.random.Generator, points: int, facilities: int) -> Transport:
    """Points that reach some facilities, with few different amounts and costs, so that many plans are equal."""
    dense = rng.uniform(0.1, 1.0)
    point, facility = np.nonzero(rng.random((points, facilities)) < dense)
    coarse = bool(rng.integers(2))
    cost = rng.integers(0, 6, len(point)) * 1000 if coarse else rng.integers(0, 3_600_000, len(point))
    amount = rng.integers(1, 4, points) * 1_000_000 if coarse else rng.integers(1, 10**9, points)
    share = rng.uniform(0.1, 2.0) * amount.sum() / facilities
    unit = 1_000_000 if coarse else 1
    capacity = np.rint(share * rng.choice([0, 1, 1, 1, 2, 5], facilities) / unit).astype(np.int64) * unit
    free = rng.random(facilities) < rng.choice([0.0, 0.0, 0.3])
    return Transport.build(amount, np.where(free, MOST_UNITS, capacity), point, facility, cost)


def by_the_page(problems: list[Transport], folder: Path, *, sliced: bool = False) -> list[dict[str, Any]]:
    if NODE is None:
        pytest.skip("no node on this machine (Debian: apt-get install nodejs)")
    told = [
        {
            "amount": p.amount.tolist(), "point": p.point.tolist(), "facility": p.facility.tolist(),
            "cost": p.cost.tolist(), "capacity": [c if c < MOST_UNITS else None for c in p.capacity.tolist()],
            "sliced": sliced,
        }
        for p in problems
    ]  # fmt: skip
    (folder / "flow.js").write_text(FLOW, encoding="utf-8")
    job = {"script": str(ASSETS / "plan_flow.js"), "out": str(folder / "out.json"), "problems": told}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    call = [NODE, str(folder / "flow.js"), str(folder / "job.json")]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[dict[str, Any]] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return answers


def given(problem: Transport) -> tuple[list[list[int]], int]:
    best = solve(problem)
    pair = best.plan.pair
    rows = zip(problem.point[pair].tolist(), problem.facility[pair].tolist(), best.plan.amount.tolist(), strict=True)
    return sorted(map(list, rows)), best.steps


def test_hundreds_of_small_problems(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    problems = [a_problem(rng, int(rng.integers(1, 40)), int(rng.integers(1, 9))) for _ in range(600)]
    # pairs that no best plan needs are left out on both sides, or on neither
    problems = [p.needed() if k % 2 else p for k, p in enumerate(problems)]
    steps = 0
    for problem, answer in zip(problems, by_the_page(problems, tmp_path), strict=True):
        mine, count = given(problem)
        assert sorted(answer["given"]) == mine
        assert answer["steps"] == count
        steps += count
    assert steps > 600  # or nearest first would do


def test_larger_ones_in_slices(tmp_path: Path) -> None:
    """Enough points that pairs are looked at in blocks, and a deadline that is over at once."""
    rng = np.random.default_rng(2)
    problems = [a_problem(rng, 1200, 25) for _ in range(6)]
    answers = by_the_page(problems, tmp_path, sliced=True)
    for problem, answer in zip(problems, answers, strict=True):
        mine, count = given(problem)
        assert sorted(answer["given"]) == mine
        assert answer["steps"] == count
    assert max(answer["steps"] for answer in answers) > 64  # or no slice ended


def test_pairs_that_are_left_out_change_nothing() -> None:
    """Nobody walks past a facility without limit: as many are served, as little is walked, and all is proven."""
    rng = np.random.default_rng(3)
    fewer = 0
    for _ in range(200):
        whole = a_problem(rng, int(rng.integers(1, 30)), int(rng.integers(2, 8)))
        part = whole.needed()
        fewer += len(part.cost) < len(whole.cost)
        best, same = solve(whole), solve(part)
        assert (same.plan.unserved(part), same.plan.walk(part)) == (best.plan.unserved(whole), best.plan.walk(whole))
        assert is_proven(part, same.plan, same.price)
    assert fewer > 30

"""The benches start, know their names, and our method is exact on a tiny town."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "scripts" / "bench"
NAMES = ("accuracy", "analyses", "assignment", "floating", "imports", "page", "siting", "speed")


def bench(*arguments):
    return subprocess.run([sys.executable, BENCH, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_names_are_listed(arguments):
    ran = bench(*arguments)
    assert ran.returncode == 0
    assert all(f"  {name} " in ran.stdout for name in NAMES)


def test_unknown_name_is_refused():
    ran = bench("acuracy")
    assert ran.returncode == 2
    assert "acuracy" in ran.stderr
    assert all(name in ran.stderr for name in NAMES)


def test_speed_without_data_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CIVICREACH_REAL_DATA", str(tmp_path))
    ran = bench("speed", "--quick")
    assert ran.returncode == 2
    assert "CIVICREACH_REAL_DATA" in ran.stderr


def test_nobody_is_missed_or_falsely_covered(tmp_path):
    kept = {path: path.read_bytes() for path in (BENCH / "results").glob("*.md")}
    ran = bench("accuracy", "--tiny", "--json", tmp_path / "accuracy.json")
    assert ran.returncode == 0, ran.stderr
    error, agreement = json.loads((tmp_path / "accuracy.json").read_text(encoding="utf-8"))["tables"]
    missed, false = error["columns"].index("missed %"), error["columns"].index("false %")
    ours = [row for row in error["rows"] if row[2].startswith("civicreach")]
    assert len(ours) == 6
    assert all((row[missed], row[false]) == (0, 0) for row in ours)
    circles = [row for row in error["rows"] if "circle" in row[2]]
    assert all(row[false] > 0 for row in circles), "a town where the circle is right proves nothing"
    assert all(row[agreement["columns"].index("truly covered")] > 0 for row in agreement["rows"])
    assert {path: path.read_bytes() for path in (BENCH / "results").glob("*.md")} == kept

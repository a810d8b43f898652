"""Faults of a study file are told in one wave: what is wrong in one place hides nothing that is wrong in another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civicreach.errors import StudyError
from civicreach.inputs.study_file import read_study

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
STANDARDS = """
[standards."shelter.fixed.population_share"]
value = -15
[standards."shelter.short.area_per_person"]
value = 0
"""
STANDARD_FAULTS = (
    'standards."shelter.fixed.population_share".value: -15 must be from 1 to 100 percent',
    'standards."shelter.short.area_per_person".value: 0 must be above 0',
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "s", ignore=shutil.ignore_patterns("out")))


def told(folder: Path, *changes: tuple[str, str], more: str = "") -> list[str]:
    """The faults of the sample's study with some words changed; none where it is right."""
    text = (SAMPLE / "study.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "study.toml").write_text(text + more, "utf-8")
    try:
        read_study(folder / "study.toml")
    except StudyError as error:
        return [str(fault) for fault in error.faults]
    return []


def test_ranges_of_standards_are_told_beside_other_faults(folder: Path) -> None:
    assert len(told(folder, more=STANDARDS)) == 2
    changes = (
        ("target_share = 0.6", 'target_share = "much"'),
        ("unit_cost_per_m2 = 4000", "unit_cost_per_m2 = -1"),
        ('city_depots = "', 'hours = "no.such"\ncity_depots = "x'),
        ('elder_services = ["elder_centre"]', 'elder_services = ["elder_centr"]'),
        ("year = 20", 'year = "2'),
    )
    text = (SAMPLE / "study.toml").read_text("utf-8")
    year = next(line for line in text.splitlines() if line.startswith("year = "))
    found = "\n".join(told(folder, *changes[:-1], (year, 'year = "soon"'), more=STANDARDS))
    for part in (
        *STANDARD_FAULTS,
        "study.year: must be a whole number, not 'soon'",
        "programmes[1].target_share: must be a number, not 'much'",
        "area.unit_cost_per_m2: -1 must be greater than 0",
        "relief.hours: no standard 'no.such'",
        "area.elder_services: the study has no service 'elder_centr'",
        "relief.city_depots: the study has no service",
    ):
        assert part in found, found


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("[relief]", "[relief]\nload_min = 'x'"), "relief.load_min: must be a number, not 'x'"),
        (("[relief]", "[relief]\ngroup = 5"), "relief.group: must be text in quotes, not 5"),
        (("[area]", "[area]\ncolumn = []"), "area.column: must be text in quotes, not a list"),
        (('capacity = "beds"', "capacity = 3"), "capacity: must be text in quotes, not 3"),
        (('stations = ["community_station"]', "stations = [7]"), "elder.stations[1]: must be text in quotes, not 7"),
        (('[elder]', '[standards."relief.hours"]\nvalue = "x"\n[elder]'), "must be a number, not 'x'"),
        (("[study]", "[study]\nsynthetik = true"), "unknown key"),
    ],
)  # fmt: skip
def test_one_wrong_value_hides_no_other_fault_and_makes_none(folder: Path, change: tuple[str, str], fault: str) -> None:
    found = told(folder, change, more=STANDARDS)
    assert len(found) == 3, found
    assert fault in found[0]
    assert all(any(part in said for said in found[1:]) for part in STANDARD_FAULTS)


def test_missing_sections_make_no_faults_of_names(folder: Path) -> None:
    found = told(folder, ("[demand]", "[demnd]"))
    assert "demnd: unknown key" in found[0]
    assert "method: is missing" in found[1]
    assert len(found) == 2, found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([("populations = [", 'populations = ["people", ')], "shelters.populations: names people twice"),
        (
            [('elder_services = ["elder_centre"]', 'elder_services = ["community_station"]')],
            "area.elder_services: community_station is in area.services too: name it in one of them",
        ),
        ([("target_share = 0.6", "target_share = 0")], "target_share: 0 must be greater than 0"),
        (
            [("[elder]", '[standards."elder.demonstration_per_subdistrict"]\nvalue = 1.5\n[elder]')],
            'standards."elder.demonstration_per_subdistrict".value: 1.5 must be a whole number from 1 on',
        ),
        (
            [("[elder]", '[standards."elder.demonstration_per_subdistrict"]\nvalue = 0\n[elder]')],
            'standards."elder.demonstration_per_subdistrict".value: 0 must be above 0',
        ),
    ],
)
def test_what_would_be_counted_twice_or_asks_for_nothing_is_refused(
    folder: Path, changes: list[tuple[str, str]], fault: str
) -> None:
    found = told(folder, *changes)
    assert len(found) == 1, found
    assert fault in found[0]


def test_districts_need_depots_of_their_own(folder: Path) -> None:
    text = (SAMPLE / "study.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("city_depots = "))
    old = next(line for line in text.splitlines() if line.startswith("district_depots = "))
    found = told(folder, (old, line.replace("city_depots", "district_depots")))
    assert len(found) == 1
    assert "relief.district_depots: " in found[0]
    assert "holds the city's depots: name another service" in found[0]

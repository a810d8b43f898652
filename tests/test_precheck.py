"""A check finds what the analyses of a run would stumble over: faults in columns that only they read, all at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from civicreach.errors import InputError, LayerError
from civicreach.inputs.study_file import read_study
from civicreach.run import load_checked, load_study
from civicreach.run.analyses import ground_of
from civicreach.run.load import Loaded
from civicreach.run.precheck import check_analyses
from cli_case import Said, command_here, edit

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
Call = Callable[..., Said]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns("out")))


@pytest.fixture
def call(own_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return command_here(monkeypatch, capsys)


def spoil(folder: Path, **cells: tuple[str, str]) -> None:
    """Change one cell of facilities.csv by its row's id: (column, value)."""
    path = folder / "facilities.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").set_index("id")
    for key, (column, value) in cells.items():
        assert table.loc[key, column] not in ("", value)
        table.loc[key, column] = value
    table.to_csv(path, encoding="utf-8-sig")


THREE = {"F001": ("beds", ""), "F002": ("floor_area_m2", "-6200"), "F042": ("shelter_class", "picnic")}
"""A home without beds, one with less than no floor area, and a shelter of no known class."""


@pytest.mark.parametrize("command", ["check", "run"])
def test_faults_of_three_analyses_are_told_at_once_and_nothing_is_written(
    call: Call, sample: Path, command: str
) -> None:
    spoil(sample, **THREE)
    before = sorted(sample.rglob("*"))
    said = call(command, sample / "study.toml")
    assert said.code == 2, said
    assert said.out == ""
    assert said.err.startswith("civicreach: 3 faults in the input:")
    beds, shelter, area = said.err.splitlines()[1:]
    assert "the number of beds isn't known (1: F001)" in beds
    assert "shelter_class has unknown classes (1: F042: picnic)" in shelter
    assert "service elder_centre" in area
    assert "floor_area_m2" in area
    assert "F002" in area
    assert sorted(sample.rglob("*")) == before


def test_only_analyses_that_the_study_names_are_looked_at(sample: Path, own_cache: Path) -> None:
    spoil(sample, **THREE)
    named = '"elder_gaps", "shelter_reach", "relief", "facility_area", "programmes", "siting"]'
    edit(sample / "study.toml", f'["service_circle", {named}', '["shelter_reach"]')
    with pytest.raises(LayerError) as raised:
        load_checked(read_study(sample / "study.toml"))
    assert [fault.rows for fault in raised.value.faults] == [("F042: picnic",)]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_study(read_study(SAMPLE / "study.toml"))


def test_the_sample_passes(loaded: Loaded) -> None:
    check_analyses(ground_of(loaded, []))


def test_faults_of_the_study_s_own_words_are_told_together(loaded: Loaded) -> None:
    """No rural community for a programme, a target in no m2, new estates that aren't there, a radius in minutes."""
    study, ground = loaded.study, ground_of(loaded, [])
    assert ground.areas is not None
    assert study.area is not None
    frame = ground.areas.frame.assign(urban=True)
    programme = study.programmes[0].model_copy(update={"among": "rural"})
    radius = study.standards["shelter.short.radius"]
    standards = {**study.standards, radius.key: radius.model_copy(update={"unit": "min"})}
    area = study.area.model_copy(update={"target": radius.key, "new_estates": ("Nowhere",)})
    told = study.model_copy(update={"programmes": [programme], "area": area, "standards": standards})
    wrong = type(ground)(
        told,
        ground.demand,
        type(ground.areas)(frame, ground.areas.source),
        ground.facilities,
        ground.network_of,
        unit_tables=ground.unit_tables,
    )
    with pytest.raises(InputError) as raised:
        check_analyses(wrong)
    said = [str(fault) for fault in raised.value.faults]
    wanted = ("must be above 0 and in m", "not in m2 per 100 households", "'Nowhere'", "is rural")
    assert len(said) == len(wanted)
    for words, fault in zip(wanted, said, strict=True):
        assert words in fault


def change(folder: Path, name: str, **cells: tuple[str, str]) -> None:
    """Change cells of a table by the first column of their rows: (column, value)."""
    path = folder / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table = table.set_index(table.columns[0])
    for key, (column, value) in cells.items():
        table.loc[key, column] = value
    table.to_csv(path, encoding="utf-8-sig")


def said_of(folder: Path) -> str:
    with pytest.raises(InputError) as raised:
        load_checked(read_study(folder / "study.toml"))
    return str(raised.value)


def test_rows_without_a_place_or_status_hide_no_fault_of_a_column(sample: Path, own_cache: Path) -> None:
    """F042 has no place and no class that is known; the bed count of F001 is no number; F002 has more nursing beds
    than beds; the demand and the programme have faults of their own."""
    column = "nursing_beds"
    change(sample, "facilities.csv", F042=("shelter_class", "picnic"), F002=(column, "99999"))
    change(sample, "facilities.csv", F042=("lon", ""), F001=("beds", "many"), F003=("status", "perhaps"))
    edit(sample / "study.toml", 'flag = "disaster_demo"', 'flag = "disaster_demi"')
    edit(sample / "study.toml", "[area]", '[area]\nserves_column = "shares"\nnew_estates = ["Nowhere"]')
    said = said_of(sample)
    for part in (
        "lon is empty",
        "beds isn't a number (1: row 2 has 'many')",
        "status has unknown values",
        "shelter_class has unknown classes (1: F042: picnic)",
        "nursing_beds: more nursing beds than beds (1: F002: 99999",
        "no column 'disaster_demi'",
        "no column 'shares'",
        "'Nowhere'",
    ):
        assert part in said, said
    assert "isn't known" not in said  # the beds of F001 are told of once
    assert "1000000000" not in said


def test_a_demand_that_cannot_be_read_hides_no_fault_of_facilities(sample: Path, own_cache: Path) -> None:
    spoil(sample, **THREE)
    change(sample, "communities.csv", **{first_of(sample): ("disaster_demo", "maybe")})
    edit(sample / "study.toml", 'groups = ["people"', 'groups = ["unit", "people"')
    said = said_of(sample)
    for part in ("names that the results use themselves (1: unit)", "is neither yes nor no", *TOLD_OF_THREE):
        assert part in said, said


TOLD_OF_THREE = ("the number of beds isn't known (1: F001)", "unknown classes (1: F042: picnic)", "F002")


def first_of(folder: Path) -> str:
    return str(pd.read_csv(folder / "communities.csv", dtype=str, encoding="utf-8-sig").iloc[0, 0])


def test_areas_that_cannot_be_read_hide_no_fault_of_columns(sample: Path, own_cache: Path) -> None:
    spoil(sample, **THREE)
    change(sample, "communities.csv", **{first_of(sample): ("disaster_demo", "maybe")})
    edit(sample / "study.toml", 'district = "district"', 'district = "no_such_column"')
    said = said_of(sample)
    for part in ("no_such_column", "is neither yes nor no", *TOLD_OF_THREE):
        assert part in said, said


def test_a_file_that_cannot_be_read_makes_no_faults_of_what_asks_for_it(sample: Path, own_cache: Path) -> None:
    """All services stand in one file: without it only that is told."""
    (sample / "facilities.csv").write_text("", "utf-8")
    said = said_of(sample)
    assert "the table is empty" in said
    assert len(said.splitlines()) == 1, said

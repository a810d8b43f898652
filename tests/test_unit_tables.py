"""Tables with one row a community: joined by id, with every fault told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from civicreach.errors import LayerError
from civicreach.inputs.unit_tables import FLAG_WORDS, read_programme_table, read_unit_table
from civicreach.layers import Areas
from civicreach.study import ProgrammeSpec
from little_study import square_areas, squares, write

TABLE = """
community_id,created,risk,grade,year,other
b,否,0.5,,,x
a,是,2,国家级,2014,
c,已创建,1e3,市级,2016,y
"""


def read(folder: Path, text: str = TABLE, areas: Areas | None = None, **options: Any) -> pd.DataFrame:
    path = write(folder / "list.csv", text)
    return read_unit_table(path, None, "community_id", areas or square_areas("a", "b", "c"), **options)


def told(folder: Path, text: str, areas: Areas | None = None, **options: Any) -> list[str]:
    with pytest.raises(LayerError) as caught:
        read(folder, text, areas, **options)
    return [str(fault).removeprefix("list.csv: ") for fault in caught.value.faults]


EVERYTHING: dict[str, Any] = {"flags": ["created"], "numbers": ["risk"], "texts": ["grade"], "years": ["year"]}


def test_columns_on_the_areas_index_in_their_order(tmp_path: Path) -> None:
    found = read(tmp_path, **EVERYTHING)
    assert found.index.tolist() == ["a", "b", "c"]
    assert found.columns.tolist() == ["created", "risk", "grade", "year"]
    assert found["created"].tolist() == [True, False, True]
    assert found["created"].dtype == bool
    assert found["risk"].tolist() == [2, 0.5, 1000]
    assert found["grade"].tolist() == ["国家级", None, "市级"]
    assert found["year"].tolist() == [2014, pd.NA, 2016]


@pytest.mark.parametrize(("word", "meaning"), FLAG_WORDS.items())
def test_the_words_for_yes_and_no(tmp_path: Path, word: str, meaning: bool) -> None:
    table = f"community_id,created\na,{word.upper()}\nb,0\nc,1"
    assert read(tmp_path, table, flags=["created"])["created"].tolist() == [meaning, False, True]


def test_a_workbook_with_ticks_and_long_codes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet("名单")
    for row in (["编号", "创建"], [420106001001, True], ["420106001002", 0]):
        page.append(row)
    book.save(tmp_path / "list.xlsx")
    areas = square_areas("420106001002", "420106001001")
    found = read_unit_table(tmp_path / "list.xlsx", "名单", "编号", areas, flags=["创建"])
    assert found["创建"].to_dict() == {"420106001002": False, "420106001001": True}


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    table = """
    community_id,created,risk,grade,year
    a,maybe,-1,x,20l4
    a,,,x,2014
    q,1,two,x,2014
    ,1,2e9,x,1066
    """
    said = told(tmp_path, table, numbers=["risk", "rsk"], flags=["created"], years=["year"])
    assert said[:4] == [
        "community_id is empty (1: row 5)",
        "community_id has ids that stand twice (2: a in row 2, a in row 3). Give each row its own id.",
        "community_id names no community of the areas (1: row 4 has 'q'). The areas have a, b, c, ...",
        "community areas without a row in the table (2: b, c). Give each a row of its own.",
    ]
    assert said[4].startswith("created is neither yes nor no (1: row 2 has 'maybe'). Use 是, ")
    assert said[5] == "created is empty (1: row 3). Write yes or no (是 or 否)."
    assert said[6] == "risk isn't a number (1: row 4 has 'two'). Write a plain number."
    assert said[7] == "risk is empty (1: row 3). Fill it in."
    assert said[8] == "risk is negative (1: row 2). Give 0 or more."
    assert said[9] == "risk is above 1,000,000,000 (1: row 5). Is it the right column?"
    assert said[10].startswith("no column 'rsk'. Did you mean risk?")
    assert said[11] == "year isn't a number (1: row 2 has '20l4'). Write a plain number."
    assert said[12] == "year isn't a year (1: row 5 has 1066). Write a whole year from 1900 to 2200."
    assert len(said) == 13


def test_half_a_year_is_no_year(tmp_path: Path) -> None:
    table = "community_id,year\na,2014.5\nb,\nc,2015"
    assert told(tmp_path, table, years=["year"]) == [
        "year isn't a year (1: row 2 has 2014.5). Write a whole year from 1900 to 2200."
    ]


def test_an_id_column_that_is_not_there(tmp_path: Path) -> None:
    assert told(tmp_path, "community,created\na,1\nb,1\nc,1", flags=["created"]) == [
        "no column 'community_id'. Did you mean community? There are community, created."
    ]


def test_names_and_upper_levels_instead_of_ids_are_said(tmp_path: Path) -> None:
    frame = squares("c10001", "c10002", community=["东村", "西村"], district_id=["d1", "d2"])
    named = told(tmp_path, "community_id,created\n东村,1\n西村,0", Areas(frame), flags=["created"])
    assert "They are names: name the column with the ids, such as c10001." in named[0]
    above = told(tmp_path, "community_id,created\nd1,1\nd2,0", Areas(frame), flags=["created"])
    assert "They are ids of the level district; the areas' lowest level is community." in above[0]
    near = told(tmp_path, "community_id,created\nc1001,1\nc10002,0", Areas(frame), flags=["created"])
    assert "(1: row 2 has 'c1001' (perhaps c10001))" in near[0]


def test_only_those_a_programme_is_about_need_a_row(tmp_path: Path) -> None:
    areas = Areas(squares("a", "b", "c", urban=[True, False, None]))
    path = write(tmp_path / "villages.csv", "code,pilot,danger,kind,since\nb,yes,3,市级,2016")
    spec: dict[str, Any] = {"id": "pilots", "name": "试点", "table": path, "id_column": "code", "flag": "pilot",
                            "risk": "danger", "grade": "kind", "year": "since", "target_share": 0.25}  # fmt: skip
    found = read_programme_table(ProgrammeSpec(**spec, among="rural"), areas)
    assert found["pilot"].to_dict() == {"a": False, "b": True, "c": False}
    assert found["danger"].isna().tolist() == [True, False, True]
    assert found.loc["b"].tolist() == [True, 3, "市级", 2016]
    for among, lacking in (("all", "(2: a, c)"), ("urban", "(1: a)")):
        with pytest.raises(LayerError, match=rf"without a row in the table \{lacking[:-1]}"):
            read_programme_table(ProgrammeSpec(**spec, among=among), areas)

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from civicreach.errors import Faults, LayerError
from civicreach.inputs.tables import number_column, read_table, row_labels, text_column
from little_study import write

TEXT = """
编号,名称,床位
007,中心站,12
420106001001,北站,

008,"南,站",abc
"""


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_text_counted_as_in_the_file(tmp_path: Path, encoding: str) -> None:
    frame = read_table(write(tmp_path / "表 格.csv", TEXT, encoding))
    assert frame.columns.tolist() == ["编号", "名称", "床位"]
    assert frame.index.tolist() == [2, 3, 5]
    assert frame["编号"].tolist() == ["007", "420106001001", "008"]
    assert frame.loc[5, "名称"] == "南,站"
    assert pd.isna(frame.loc[3, "床位"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "t.csv").write_text(f"a{delimiter}b\n1{delimiter}2\n", encoding="utf-8")
    assert read_table(tmp_path / "t.csv").to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_a_workbook_reads_like_a_text_table(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["编号", None, "床位", "比例", None],
        [420106001001, None, 12.0, 0.5, None],
        [None, None, None, None, None],
        [" 007 ", None, "x", True, None],
    ]
    path = workbook(tmp_path / "t.xlsx", 设施=rows, 其他=[["a"], [1]])
    frame = read_table(path)
    assert frame.columns.tolist() == ["编号", "床位", "比例"]
    assert frame.index.tolist() == [2, 4]
    assert frame.loc[2].tolist() == ["420106001001", "12", "0.5"]
    assert frame.loc[4].tolist() == ["007", "x", "true"]
    assert read_table(path, "其他")["a"].tolist() == ["1"]
    with pytest.raises(LayerError, match=r"no sheet '设'. Did you mean 设施\? There are 设施, 其他"):
        read_table(path, "设")


def test_what_no_table_can_be_made_of(tmp_path: Path) -> None:
    def told(name: str, text: str) -> str:
        with pytest.raises(LayerError) as caught:
            read_table(write(tmp_path / name, text))
        return str(caught.value)

    with pytest.raises(LayerError, match=r"no such file: .*. Did you mean real.csv\?"):
        write(tmp_path / "real.csv", "x") and read_table(tmp_path / "reel.csv")
    assert "columns that share a name (1: a)" in told("a.csv", "a,b,a\n1,2,3")
    assert "cells in a column without a name (1: row 3)" in told("b.csv", "a,b\n1,2\n1,2,3")
    assert "no row below the header" in told("c.csv", "a,b\n,\n")
    assert "the table is empty" in told("d.csv", ",\n,")
    assert "the first row is empty" in told("e.csv", ",\na,b\n1,2")
    assert "Save it as .xlsx" in told("f.xls", "a")
    assert "not an Excel workbook" in told("g.xlsx", "a")
    (tmp_path / "h.csv").write_bytes(b"PK\x03\x04\x00\x00\xff")
    with pytest.raises(LayerError, match="not a text file"):
        read_table(tmp_path / "h.csv")


def test_a_number_column_tells_the_rows_that_are_none(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "t.csv", TEXT))
    faults = Faults("t.csv")
    numbers = number_column(frame, "床位", faults)
    assert numbers is not None
    np.testing.assert_array_equal(numbers, [12.0, np.nan, np.nan])
    assert [str(fault) for fault in faults.found] == [
        "t.csv: 床位 isn't a number (1: row 5 has 'abc'). Write a plain number.",
        "t.csv: 床位 is empty (1: row 3). Fill it in.",
    ]
    faults = Faults()
    number_column(frame, "床位", faults, required=False)
    assert len(faults.found) == 1


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "1e999", "1,2", "1 2", "-"])
def test_words_that_are_no_numbers(tmp_path: Path, word: str) -> None:
    faults = Faults()
    frame = read_table(write(tmp_path / "t.csv", f'a\n"{word}"'))
    numbers = number_column(frame, "a", faults)
    assert numbers is not None
    assert numbers.isna().all()
    assert "row 2" in str(faults.found[0])


def test_an_unknown_column_names_the_nearest_and_all(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "t.csv", TEXT))
    faults = Faults("t.csv")
    assert text_column(frame, "床位数", faults) is None
    assert str(faults.found[0]) == "t.csv: no column '床位数'. Did you mean 床位? There are 编号, 名称, 床位."


def test_columns_of_layers_become_text_without_decimals() -> None:
    frame = pd.DataFrame({"code": [420106.0, np.nan], "n": [1, 2], "when": pd.to_datetime(["2020-01-02"] * 2)})
    assert text_column(frame, "code", Faults()).fillna("").tolist() == ["420106", ""]
    assert text_column(frame, "n", Faults()).tolist() == ["1", "2"]
    assert text_column(frame, "when", Faults()).tolist() == ["2020-01-02"] * 2
    assert row_labels(frame.index) == ["row 0", "row 1"]

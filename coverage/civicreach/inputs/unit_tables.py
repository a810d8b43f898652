"""Tables with one row a unit of the areas: flags, numbers, words and years, joined by the unit's id."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from civicreach.errors import ROWS_SHOWN, Faults, LayerError, nearest
from civicreach.inputs.places import ids_of
from civicreach.inputs.tables import number_column, read_table, row_labels, text_column, where_of
from civicreach.inputs.total_rows import is_total
from civicreach.layers import Areas
from civicreach.layers.points import MAX_AMOUNT
from civicreach.study import ProgrammeSpec

FLAG_WORDS = {
    **dict.fromkeys(("是", "有", "已创建", "已达标", "达标", "已建成", "已建", "已命名", "√", "✓"), True),
    **dict.fromkeys(("1", "true", "yes", "y"), True),
    **dict.fromkeys(("否", "无", "未创建", "未达标", "不达标", "未建成", "未建", "未命名", "×", "✗"), False),
    **dict.fromkeys(("0", "false", "no", "n"), False),
}
"""What planners write in a column that says yes or no."""
YEARS = 1900, 2200


def read_unit_table(
    path: Path,
    layer: str | None,
    id_column: str,
    areas: Areas,
    *,
    flags: Sequence[str] = (),
    numbers: Sequence[str] = (),
    texts: Sequence[str] = (),
    years: Sequence[str] = (),
    needed: pd.Index | None = None,
) -> pd.DataFrame:
    """Columns of a table on the areas' index: `flags` (bool), `numbers` (finite, at least 0), `texts` and `years`.

    Each unit of `needed` (all of the areas by default) has a row of its own with its flags and numbers; words and
    years may be missing. Units without a row have False, NaN and None.

    Raises LayerError with every fault at once: columns that aren't there, ids that are missing, unknown or stand
    twice, units without a row, values that can't be read.
    """
    frame = read_table(path, layer)
    faults = Faults(where_of(frame))
    frame = frame[~is_total(frame, id_column)]
    ids = ids_of(frame, id_column, faults)
    if id_column in frame.columns:
        _check_join(ids, areas, areas.frame.index if needed is None else needed, id_column, faults)
    columns = _columns(frame, faults, flags=flags, numbers=numbers, texts=texts, years=years)
    faults.raise_if_any(LayerError)
    table = pd.DataFrame(columns, index=frame.index).set_axis(pd.Index(ids), axis=0).reindex(areas.frame.index)
    for name in flags:
        table[name] = table[name].eq(True)
    return table


def read_programme_table(programme: ProgrammeSpec, areas: Areas) -> pd.DataFrame:
    """The table of a programme on the areas' index: its flag, and risk, grade and year where it names them.

    Only the communities that the programme is about need a row.
    """
    urban = areas.frame["urban"]
    among = {"all": urban.index, "urban": urban.index[urban.eq(True)], "rural": urban.index[urban.eq(False)]}
    named = _named(programme)
    needed = among[programme.among]
    return read_unit_table(programme.table, programme.layer, programme.id_column, areas, needed=needed, **named)


def check_programme_table(programme: ProgrammeSpec) -> None:
    """Raise what is wrong with the table of a programme by itself, for a study whose areas can't be read."""
    frame = read_table(programme.table, programme.layer)
    faults = Faults(where_of(frame))
    frame = frame[~is_total(frame, programme.id_column)]
    ids_of(frame, programme.id_column, faults)
    _columns(frame, faults, **_named(programme))
    faults.raise_if_any(LayerError)


def _named(programme: ProgrammeSpec) -> dict[str, list[str]]:
    """The columns that a programme names, by what they hold."""
    return {
        "flags": [programme.flag],
        "numbers": [programme.risk] if programme.risk else [],
        "texts": [programme.grade] if programme.grade else [],
        "years": [programme.year] if programme.year else [],
    }


def _columns(
    frame: pd.DataFrame,
    faults: Faults,
    *,
    flags: Sequence[str],
    numbers: Sequence[str],
    texts: Sequence[str],
    years: Sequence[str],
) -> dict[str, pd.Series | None]:
    """Columns by their names on the table's index; None, and faults, where they aren't there."""
    columns = {name: _flags(frame, name, faults) for name in flags}
    columns |= {name: _amounts(frame, name, faults) for name in numbers}
    columns |= {name: _words(frame, name, faults) for name in texts}
    return columns | {name: _years(frame, name, faults) for name in years}


def _check_join(ids: pd.Series, areas: Areas, needed: pd.Index, column: str, faults: Faults) -> None:
    known = areas.frame.index
    stray = ids[ids.notna() & ~ids.isin(known)]
    if len(stray):
        rows: list[str] = []
        for label, value in zip(row_labels(stray.index), stray, strict=True):
            near = nearest(value, known) if len(rows) < ROWS_SHOWN else None
            rows.append(f"{label} has {value!r}" + (f" (perhaps {near})" if near else ""))
        todo = f"The areas have {', '.join(map(str, known[:3]))}, ..."
        if stray.isin(areas.frame[areas.lowest].astype(str)).all():
            todo = f"They are names: name the column with the ids, such as {known[0]}."
        for level in areas.levels[:-1]:
            if stray.isin(areas.frame[f"{level}_id"]).all():
                todo = f"They are ids of the level {level}; the areas' lowest level is {areas.lowest}."
        faults.add(f"{column} names no {areas.lowest} of the areas", rows=rows, todo=todo)
    if len(lacking := needed[~needed.isin(ids)]):
        todo = "Give each a row of its own."
        faults.add(f"{areas.lowest} areas without a row in the table", rows=lacking.tolist(), todo=todo)


def _flags(frame: pd.DataFrame, name: str, faults: Faults) -> pd.Series | None:
    """Yes and no as True and False; empty cells and other words are faults."""
    values = text_column(frame, name, faults)
    if values is None:
        return None
    found = values.str.lower().map(FLAG_WORDS)
    if (unknown := values.notna() & found.isna()).any():
        shown = zip(row_labels(values.index[unknown]), values[unknown], strict=True)
        todo = f"Use {', '.join(FLAG_WORDS)}."
        faults.add(f"{name} is neither yes nor no", rows=[f"{row} has {value!r}" for row, value in shown], todo=todo)
    if (empty := values.isna()).any():
        faults.add(f"{name} is empty", rows=row_labels(values.index[empty]), todo="Write yes or no (是 or 否).")
    return found.astype(object)


def _amounts(frame: pd.DataFrame, name: str, faults: Faults) -> pd.Series | None:
    values = number_column(frame, name, faults)
    if values is None:
        return None
    if (negative := values < 0).any():
        faults.add(f"{name} is negative", rows=row_labels(frame.index[negative]), todo="Give 0 or more.")
    if (absurd := values > MAX_AMOUNT).any():
        rows = row_labels(frame.index[absurd])
        faults.add(f"{name} is above {MAX_AMOUNT:,.0f}", rows=rows, todo="Is it the right column?")
    return values


def _words(frame: pd.DataFrame, name: str, faults: Faults) -> pd.Series | None:
    values = text_column(frame, name, faults)
    return None if values is None else values.astype(object).where(values.notna(), None)


def _years(frame: pd.DataFrame, name: str, faults: Faults) -> pd.Series | None:
    """Years as whole numbers; missing where a cell is empty."""
    values = number_column(frame, name, faults, required=False)
    if values is None:
        return None
    first, last = YEARS
    if (wrong := values.notna() & ~(values.between(first, last) & (values % 1 == 0))).any():
        shown = zip(row_labels(frame.index[wrong]), values[wrong], strict=True)
        rows = [f"{row} has {value:g}" for row, value in shown]
        faults.add(f"{name} isn't a year", rows=rows, todo=f"Write a whole year from {first} to {last}.")
        return None
    return values.astype("Int64")

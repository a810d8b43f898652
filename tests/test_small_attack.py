"""Somebody who knows every shown number and all sums tries to compute the hidden ones: linear programs of their own.

What they know: nothing is below 0, `<limit` is from 1 to one less than the limit, and as long as every small count is
told so, a dash is none of them; units add up to those above them and to urban and rural, covered and uncovered to all,
older people are people. For every count below the limit anything up to one less than the limit must still be possible.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from civicreach.errors import Note
from civicreach.layers import Areas
from civicreach.measures import StudyResult
from civicreach.measures.rollup import TOTALS
from civicreach.measures.small_counts import SMALL, without_small_counts
from civicreach.measures.small_words import small_words, told_less
from page_case import page_case

LIMIT = 10
PLAIN = page_case()
COUNTS = [f"{group}{end}" for group in ("people", "elderly") for end in ("", "_covered", "_uncovered")]


def town(people: list[int], elderly: list[int], covered: list[tuple[int, int]], urban: list[bool]) -> StudyResult:
    """The page's town: sixteen communities, four a subdistrict, two of those a district; counts of our own."""
    head = PLAIN.study.study.model_copy(update={"suppress_below": LIMIT})
    assert PLAIN.areas is not None
    areas = Areas(PLAIN.areas.frame.assign(urban=urban), source="")
    counts = pd.DataFrame({"people": people, "elderly": elderly}, index=areas.frame.index, dtype=float)
    for group, each in (("people", [a for a, _ in covered]), ("elderly", [b for _, b in covered])):
        counts[f"{group}_covered"] = np.array(each, dtype=float)
        counts[f"{group}_uncovered"] = counts[group] - counts[f"{group}_covered"]
    frame = areas.frame.join(counts)
    tables = {
        level: frame.groupby(f"{level}_id" if level != areas.lowest else frame.index)[COUNTS]
        .sum()
        .reindex(areas.units(level).index)
        for level in areas.levels
    }
    tables["urban_rural"] = frame.groupby(np.where(frame["urban"], "urban", "rural"))[COUNTS].sum()
    service = PLAIN.services[0]
    columns = {f"catchment_{group}": 0.0 for group in ("people", "elderly")}
    service = replace(
        service, tables=tables, gaps=service.gaps.iloc[:0], facilities=service.facilities.assign(**columns)
    )
    study = PLAIN.study.model_copy(update={"study": head})
    return replace(PLAIN, study=study, areas=areas, services=(service,), analyses=())


class Attacker:
    """Unknowns for every cell, equal to what is shown; sums as equations."""

    def __init__(self, shown: StudyResult, raw: StudyResult) -> None:
        assert shown.areas is not None
        dashes, empty = False, set()
        self.tables, self.areas = shown.services[0].tables, shown.areas
        self.at: dict[tuple[str, object, str], int] = {}
        self.bounds: list[tuple[float, float | None]] = []
        for level, table in self.tables.items():
            for unit in table.index:
                for column in COUNTS:
                    self.at[level, unit, column] = len(self.bounds)
                    value = float(table.loc[unit, column])
                    known = (value, value) if math.isfinite(value) else (0.0, None)
                    self.bounds.append((1.0, LIMIT - 1.0) if value == SMALL else known)
                    true = float(raw.services[0].tables[level].loc[unit, column])
                    dashes |= math.isnan(value) and 0 < true < LIMIT
                    empty |= {len(self.bounds) - 1} if true == 0 else set()
        if not dashes:
            for cell, (low, high) in enumerate(self.bounds):
                self.bounds[cell] = (float(LIMIT), None) if high is None and cell not in empty else (low, high)
        self.equal: list[dict[int, float]] = []
        self.right: list[float] = []
        self.most: list[dict[int, float]] = []
        self._learn()

    def _learn(self) -> None:
        for column in COUNTS:
            for level in self.areas.levels:
                units = self.areas.units(level)
                for above in self.areas.levels[: self.areas.levels.index(level)]:
                    for unit, rows in units.groupby(f"{above}_id"):
                        self._sum(column, level, rows.index, self.at[above, unit, column])
                kept = self.tables[level].attrs[TOTALS].get(column, math.nan)
                if math.isfinite(kept):
                    self.equal.append({self.at[level, unit, column]: 1.0 for unit in units.index})
                    self.right.append(kept)
            lowest = self.areas.units(self.areas.lowest)
            for kind, rows in lowest.groupby(np.where(lowest["urban"], "urban", "rural")):
                self._sum(column, self.areas.lowest, rows.index, self.at["urban_rural", kind, column])
        for level, table in self.tables.items():
            for unit in table.index:
                cells = {column: self.at[level, unit, column] for column in COUNTS}
                for group in ("people", "elderly"):
                    parts = {cells[f"{group}_covered"]: 1.0, cells[f"{group}_uncovered"]: 1.0, cells[group]: -1.0}
                    self.equal.append(parts)
                    self.right.append(0.0)
                for end in ("", "_covered", "_uncovered"):
                    self.most.append({cells[f"elderly{end}"]: 1.0, cells[f"people{end}"]: -1.0})

    def _sum(self, column: str, level: str, units: pd.Index, whole: int) -> None:
        self.equal.append({**{self.at[level, unit, column]: 1.0 for unit in units}, whole: -1.0})
        self.right.append(0.0)

    def possible(self, cell: int, value: float) -> bool:
        """Whether a cell may have a value."""
        size = len(self.bounds)
        bounds = [*self.bounds]
        low, high = bounds[cell]
        if value < low - 1e-9 or (high is not None and value > high + 1e-9):
            return False
        bounds[cell] = (value, value)
        answer = linprog(
            np.zeros(size), A_eq=matrix(self.equal, size), b_eq=self.right, A_ub=matrix(self.most, size),
            b_ub=np.zeros(len(self.most)), bounds=bounds, method="highs",
        )  # fmt: skip
        return bool(answer.status == 0)


def matrix(rows: list[dict[int, float]], size: int) -> np.ndarray:
    found = np.zeros((len(rows), size))
    for at, row in enumerate(rows):
        for cell, factor in row.items():
            found[at, cell] += factor
    return found


def told_too_much(raw: StudyResult, shown: StudyResult) -> list[tuple[str, object, str, float, float]]:
    """Small counts that an attacker can rule values out for."""
    attacker, found = Attacker(shown, raw), []
    for (level, unit, column), cell in attacker.at.items():
        true = float(raw.services[0].tables[level].loc[unit, column])
        if 0 < true < LIMIT:
            least = attacker.bounds[cell][0]
            told = attacker.bounds[cell][0] == attacker.bounds[cell][1]
            asked = (0.0 if told else least, LIMIT - 1.0)
            found += [(level, unit, column, true, value) for value in asked if not attacker.possible(cell, value)]
    return found


@st.composite
def towns(draw: st.DrawFn) -> StudyResult:
    most = draw(st.sampled_from([2, 5, 12, 30, 60, 200]))
    people = draw(st.lists(st.integers(0, most), min_size=16, max_size=16))
    elderly = [draw(st.integers(0, n)) for n in people]
    covered = []
    for n, old in zip(people, elderly, strict=True):
        of_old = draw(st.integers(0, old))
        covered.append((of_old + draw(st.integers(0, n - old)), of_old))
    urban = draw(st.lists(st.booleans(), min_size=16, max_size=16))
    return town(people, elderly, covered, urban)


@settings(max_examples=12, deadline=None)
@given(towns())
def test_no_small_count_is_told_closer_than_the_limit(raw: StudyResult) -> None:
    assert told_too_much(raw, without_small_counts(raw)) == []


def test_several_small_counts_that_add_up_to_a_known_sum_are_not_told() -> None:
    """Two communities with 3 and 4 of a subdistrict with 7 + 80 + 90: hidden alone they would be 7 together."""
    people = [3, 4, 80, 90, *[100] * 12]
    raw = town(people, [0] * 16, [(0, 0)] * 16, [True] * 16)
    shown = without_small_counts(raw)
    table = shown.services[0].tables["community"]
    gone = ~np.isfinite(table["people"].to_numpy(dtype=float))
    assert gone[:4].sum() > 2, "a larger one is hidden with them"
    assert told_too_much(raw, shown) == []


def test_the_attacker_finds_what_is_not_hidden() -> None:
    people = [3, 4, 80, 90, *[100] * 12]
    raw = town(people, [0] * 16, [(0, 0)] * 16, [True] * 16)
    table = raw.services[0].tables["community"].copy()
    table.iloc[:2, 0] = SMALL
    table.iloc[:2, 2] = SMALL
    tables = {level: each.copy() for level, each in raw.services[0].tables.items()} | {"community": table}
    for each in tables.values():
        each.attrs[TOTALS] = {}
    leaky = replace(raw, services=(replace(raw.services[0], tables=tables),))
    assert {column for _, _, column, _, _ in told_too_much(raw, leaky)} == {"people", "people_uncovered"}


def test_sentences_say_less_than_where_few_are_meant() -> None:
    words = small_words(PLAIN.study, PLAIN.demand.groups)
    note = Note("4 residents and 1,204 residents, 3 homes; 12 people", "居民 4 人、1,204 人，3 处；影响 9.5 户")
    less = told_less(note, words, LIMIT)
    assert str(less) == "<10 residents and 1,204 residents, 3 homes; 12 people"
    assert Note.told(less, "zh") == "居民 <10 人、1,204 人，3 处；影响 <10 户"
    assert told_less("15 people", words, LIMIT) == "15 people"


def test_warnings_of_the_study_and_its_analyses_are_told_so() -> None:
    raw = page_case(analyses=True)
    head = raw.study.study.model_copy(update={"suppress_below": LIMIT})
    note = Note("cut off: 7 people", "被隔断：7 人")
    analyses = tuple(replace(a, warnings=(note,)) for a in raw.analyses)
    study = raw.study.model_copy(update={"study": head})
    shown = without_small_counts(replace(raw, study=study, warnings=(note,), analyses=analyses))
    said = [*shown.warnings, *(w for a in shown.analyses for w in a.warnings)]
    assert not [text for text in said if "7 people" in text or "7 人" in Note.told(text, "zh")]
    assert said[1] == "cut off: <10 people"

"""Small counts are in nothing that is shown, and can't be computed from what is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from civicreach.layers import Areas
from civicreach.maps import map_html
from civicreach.maps.encode import unpack
from civicreach.maps.web import page_data
from civicreach.measures import Figure, StudyResult
from civicreach.measures.small_counts import SMALL, without_small_counts
from civicreach.report.contents import all_sheets
from civicreach.report.geolayers import all_layers
from civicreach.report.xlsx import write_tables
from civicreach.study import StudyHead
from page_case import page_case
from page_reader import Reader, browsers, readers

LIMIT = 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


def limited(result: StudyResult, limit: int | None = LIMIT) -> StudyResult:
    """The same result of a study that sets a limit."""
    head = result.study.study.model_copy(update={"suppress_below": limit})
    return replace(result, study=result.study.model_copy(update={"study": head}))


@pytest.fixture(scope="module")
def raw() -> StudyResult:
    return limited(page_case(analyses=True))


def test_without_a_limit_nothing_changes() -> None:
    result = page_case(analyses=True)
    assert without_small_counts(result) is result


def test_homes_have_no_amounts_and_a_small_status_hides_its_service(raw: StudyResult) -> None:
    """Where most homes of a unit are told, the others follow from its sum; so do rows of one status from the others."""
    groups = set(raw.demand.groups)
    told = {layer.name: layer.frame for layer in all_layers(limited(raw, None))}
    hidden = {layer.name: layer.frame for layer in all_layers(raw)}
    assert groups <= set(told["demand"].columns)
    assert not groups & set(hidden["demand"].columns)
    assert len(hidden["demand"]) == len(told["demand"])

    def statuses(result: StudyResult) -> int:
        return len(all_sheets(result)[1].columns)

    least = min(
        float(amount)
        for circle in raw.services
        for amount in raw.demand.amount(circle.service.group).groupby(circle.demand["status"]).sum()
        if amount > 0
    )
    assert statuses(limited(raw, math.floor(least) + 2)) < statuses(limited(raw, None))


@pytest.mark.parametrize("limit", [1, 0, -3, 1_001, 2.5])
def test_limit_is_a_whole_number_of_people(limit: Any) -> None:
    with pytest.raises(ValidationError, match="suppress_below"):
        StudyHead(name="x", year=2026, suppress_below=limit)


def values_of(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return frame[[c for c in columns if c in frame]].to_numpy(dtype=float)


def test_no_small_count_is_left_in_tables_lists_or_facilities(raw: StudyResult) -> None:
    shown = without_small_counts(raw)
    hidden = 0
    for service, before in zip(shown.services, raw.services, strict=True):
        group = service.service.group
        for level, table in service.tables.items():
            counts = values_of(table, [group, f"{group}_covered"])
            assert not ((counts > 0) & (counts < LIMIT)).any()
            rest = table[group] - table[f"{group}_covered"]
            assert not ((rest > 0) & (rest < LIMIT)).any(), "nor by a difference"
            gone = ~np.isfinite(table[f"{group}_covered"].to_numpy(dtype=float))
            assert table.loc[gone, f"{group}_share"].isna().all()
            hidden += int(gone.sum())
            kept = ~gone
            assert (table[f"{group}_covered"][kept] == before.tables[level][f"{group}_covered"][kept]).all()
        gaps = values_of(service.gaps, [f"{group}_uncovered"])
        assert not ((gaps > 0) & (gaps < LIMIT)).any()
        for column in service.facilities:
            if column.startswith(("catchment_", "reached_")):
                counts = values_of(service.facilities, [column])
                assert not ((counts > 0) & (counts < LIMIT)).any()
    assert hidden > 0
    for analysis in shown.analyses:
        parts = [(t.fields, frame) for t in analysis.topics for frame in t.tables.values()]
        parts += [(p.fields, p.frame) for p in (*analysis.listings, *analysis.layers)]
        for fields, frame in parts:
            counts = values_of(frame, [f.name for f in fields if f.kind == "amount" and f.derive is None])
            assert not ((counts > 0) & (counts < LIMIT)).any()
    assert without_small_counts(shown) is shown


def test_figures_of_few_people_have_no_value(raw: StudyResult) -> None:
    few = Figure("x.at_edge", 7.0, "people", "a", "b", unit_zh="人")
    share = Figure.ratio("x.people_share", 7, 900, unit="share", definition="", definition_zh="")
    rest = Figure.ratio("x.people_share", 895, 900, unit="share", definition="", definition_zh="")
    units = Figure.ratio("x.communities_share", 3, 16, unit="share", definition="", definition_zh="")
    shown = without_small_counts(replace(raw, figures=(few, share, rest, units))).figures
    assert (shown[0].value, shown[0].text("zh"), shown[0].text("en")) == (None, f"<{LIMIT} 人", f"<{LIMIT} people")
    assert [(f.value, f.numerator, f.denominator) for f in shown[1:3]] == [(None, None, None)] * 2
    assert shown[3] == units


def town(people: list[float], covered: list[float], urban: list[bool]) -> StudyResult:
    """The page's town with people of our own: sixteen communities, four a subdistrict, two of those a district."""
    result = limited(page_case(), 10)
    assert result.areas is not None
    areas = Areas(result.areas.frame.assign(urban=urban), source="")
    service, tables = result.services[1], {}
    frame = areas.frame.assign(people=people, hit=covered)
    for level in areas.levels:
        sums = frame.groupby(f"{level}_id")[["people", "hit"]].sum().reindex(areas.units(level).index)
        tables[level] = pd.DataFrame(
            {"people": sums["people"], "people_covered": sums["hit"], "people_share": sums["hit"] / sums["people"]}
        )
    by = frame.groupby(np.where(frame["urban"], "urban", "rural"))[["people", "hit"]].sum()
    tables["urban_rural"] = pd.DataFrame(
        {"people": by["people"], "people_covered": by["hit"], "people_share": by["hit"] / by["people"]}
    )
    gaps = service.gaps.iloc[:0]
    return replace(result, areas=areas, services=(replace(service, tables=tables, gaps=gaps),), analyses=())


def groups_of(areas: Areas) -> Iterator[tuple[str, str, Any, list[Any]]]:
    """Level, the level that its units add up to, the unit there, and the units."""
    for at, level in enumerate(areas.levels):
        units = areas.units(level)
        for above in areas.levels[:at]:
            for unit, rows in units.groupby(f"{above}_id"):
                yield level, above, unit, list(rows.index)
    for kind, rows in areas.frame.groupby(np.where(areas.frame["urban"], "urban", "rural")):
        yield areas.lowest, "urban_rural", kind, list(rows.index)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=16, max_size=16), st.integers(0, 2**16 - 1), st.data())
def test_no_hidden_number_can_be_computed(people: list[int], urban: int, data: st.DataObject) -> None:
    covered = [data.draw(st.integers(0, n)) for n in people]
    flags = [bool(urban >> k & 1) for k in range(16)]
    raw = town([float(n) for n in people], [float(n) for n in covered], flags)
    shown = without_small_counts(raw)
    assert shown.areas is not None
    tables = shown.services[0].tables
    for table in tables.values():
        rest = (table["people"] - table["people_covered"]).to_numpy(dtype=float)
        assert not ((rest > 0) & (rest < 10)).any(), "the others follow from the covered"
    for column in ("people", "people_covered"):
        for table in tables.values():
            counts = table[column].to_numpy(dtype=float)
            assert not ((counts > 0) & (counts < 10)).any()
        for level, above, unit, members in groups_of(shown.areas):
            if above not in tables or unit not in tables[above].index:
                continue
            gone = ~np.isfinite(tables[level].loc[members, column].astype(float))
            if np.isfinite(float(tables[above].loc[unit, column])):
                assert gone.sum() != 1, f"{column} of {level} {members} follows from {above} {unit}"
            else:
                assert gone.any() or len(members) == 0 or (tables[level].loc[members, column] == 0).all()


def test_totals_below_tables_stay_whole(raw: StudyResult, tmp_path: Path) -> None:
    write_tables(raw, tmp_path / "raw.xlsx")
    write_tables(without_small_counts(raw), tmp_path / "shown.xlsx")
    books = [openpyxl.load_workbook(tmp_path / f"{name}.xlsx") for name in ("raw", "shown")]
    said = {cell.value for sheet in books[1] for row in sheet.iter_rows() for cell in row}
    assert f"<{LIMIT}" in said
    for before, after in zip(books[0], books[1], strict=True):
        totals = [
            [[c.value for c in row] for row in sheet.iter_rows() if row[0].value == "合计"] for sheet in (before, after)
        ]
        for old, new in zip(*totals, strict=True):
            for a, b in zip(old, new, strict=True):
                assert b in (a, None, f"<{LIMIT}") or b == pytest.approx(a)


def test_the_pages_data_hold_none(raw: StudyResult) -> None:
    html = map_html(raw)
    packed = re.search(r'id="civicreach-data">([^<]+)<', html)
    assert packed is not None
    head, columns = unpack(packed.group(1))
    assert head["study"]["below"] == LIMIT
    assert not head.get("what_if")
    assert not [name for name in columns if "amount" in name]
    for service in head["services"]:
        for table in service["tables"].values():
            for key in ("total", "covered"):
                assert all(v in (None, "<") or v == 0 or v >= LIMIT for v in table[key])
        assert all(v in (None, "<") or v == 0 or v >= LIMIT for v in service["gaps"]["uncovered"])
        for part in ("catchment", "reached"):
            for values in service["facilities"][part].values():
                assert all(v in (None, "<") or v == 0 or v >= LIMIT for v in values)
    assert '"<"' in json.dumps(head["services"])
    from civicreach.maps.layers_data import SIZE_FROM

    least = int(np.digitize(LIMIT, SIZE_FROM[1:])) + 1
    for group in ("people", "elderly"):
        sizes = columns[f"homes.{group}"]
        assert set(np.unique(sizes)) & set(range(1, least)) == set(), "few people look like somewhat more"
    again, _ = page_data(without_small_counts(raw))
    assert json.loads(json.dumps(again)) == {k: v for k, v in head.items() if k not in ("format", "version", "columns")}


def test_the_page_says_less_than(reader: Reader, raw: StudyResult) -> None:
    page = reader.ready(map_html(raw))
    page.locator(".tabs [data-tab=areas]").click()
    for theme in range(4):
        page.evaluate("n => civicreach.app.setTheme(n)", theme)
        said = page.locator(".side").inner_text()
        assert "NaN" not in said
        assert "Infinity" not in said
        for index in range(16):
            page.evaluate("i => civicreach.app.select({kind: 'unit', level: 'community', index: i}, false)", index)
            card = page.locator(".card").inner_text()
            assert "NaN" not in card
            assert "undefined" not in card
    page.evaluate("civicreach.app.setTheme(0)")
    page.locator(".tabs [data-tab=facilities]").click()
    rows = page.locator("tbody").inner_text() + page.evaluate("document.querySelector('.page').textContent")
    assert f"<{LIMIT}" in rows
    assert f"1至不足{LIMIT}的人数显示为" in page.locator(".notes").text_content()


def test_nothing_stands_for_few_but_the_sign() -> None:
    assert SMALL < 0
    frame = gpd.GeoDataFrame({"people": [SMALL, 3.0]}, geometry=gpd.points_from_xy([0, 1], [0, 1]), crs="EPSG:4547")
    from civicreach.report.gpkg import _values

    assert _values(frame["people"]).tolist() == pytest.approx([np.nan, 3.0], nan_ok=True)

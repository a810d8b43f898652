"""Marks that grey printers tell apart, hours graded by their limit, and places that no way leads to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from civicreach.maps import map_html
from civicreach.maps.analysis_columns import field_entries, told_apart
from civicreach.maps.analysis_tables import topic_entry
from civicreach.maps.grades import set_grades
from civicreach.maps.palette import ENDLESS, TEAL
from civicreach.maps.print_classes import class_texts
from civicreach.maps.print_layers import draw_layer
from civicreach.maps.print_parts import MARKERS, RING
from civicreach.measures.analysis import Field, MapLayer, Topic
from page_case import page_case
from page_reader import Reader, browsers, readers

UNITS = pd.Index(["a", "b", "c", "d", "e"], name="community_id")
HOURS = Field(
    "hours", ("Median (h)", "中位（小时）"), "number", low_is_good=True, breaks=(3.0, 6.0, 9.0, 12.0),
    endless=("no road leads there", "道路不通"),
)  # fmt: skip


def topic(hours: list[float]) -> Topic:
    table = pd.DataFrame({"hours": hours}, index=UNITS)
    return Topic("t", ("T", "T"), {"community": table}, (HOURS,), coloured=("hours",))


def test_hours_are_graded_by_their_limit_and_not_by_their_spread() -> None:
    """A city that is served in 5.1 to 5.3 hours is one light tone; the ends of classes belong to the class below."""
    entry = topic_entry(topic([5.1, 5.2, 5.3, 5.15, 5.25]), {"community": UNITS}, TEAL)
    classes = entry["tables"]["community"]["colours"]["0"]
    assert classes["classes"] == "11111"
    assert classes["breaks"] == [3, 6, 9, 12]
    assert classes["colours"] == list(TEAL.light_to_dark)
    found = set_grades(pd.Series([3.0, 3.01, 12.0, 12.01, np.nan]), HOURS.breaks)
    assert found is not None
    assert found.classes.tolist() == [0, 1, 3, 4, -1]
    assert set_grades(pd.Series([np.nan, -np.inf]), HOURS.breaks) is None


def test_where_no_road_leads_is_a_class_of_its_own() -> None:
    entry = topic_entry(topic([5.1, np.inf, np.nan, 13.0, np.inf]), {"community": UNITS}, TEAL)
    classes = entry["tables"]["community"]["colours"]["0"]
    assert classes["classes"] == "15-45"
    assert classes["colours"] == [*TEAL.light_to_dark, ENDLESS]
    assert classes["endless"]
    assert entry["tables"]["community"]["values"][0] == [5.1, "inf", None, 13, "inf"]
    texts = class_texts(classes, entry["fields"][0], "zh")
    assert texts == ["≤ 3", "3 – 6", "6 – 9", "9 – 12", "> 12", "道路不通"]
    assert class_texts(classes, entry["fields"][0], "en")[-1] == "no road leads there"


def test_every_word_has_a_shape_of_its_own_on_paper() -> None:
    """Two signs that are alike in outline differ in being hollow."""
    looks = [(marker, at == RING) for at, marker in enumerate(MARKERS[:7])]
    assert len(set(looks)) == 7


@pytest.mark.parametrize("quiet", [(), ("unused",)])
def test_what_a_plan_leaves_aside_is_told(quiet: tuple[str, ...]) -> None:
    words = {"opened": ("new", "新增"), "unused": ("not used", "备选未用")}
    field = Field("role", ("Role", "角色"), "text", words=words, quiet=quiet)
    classes = told_apart(pd.Series(["unused", "opened", "unused"]), field)
    assert classes["classes"] == "101"
    assert classes.get("quiet") == ([1] if quiet else None)
    assert "endless" not in field_entries([field], [pd.DataFrame({"role": ["opened"]})])[0]


class Axes:
    """Keeps the markers of what is scattered and the dashes of what is stroked."""

    def __init__(self) -> None:
        self.markers: list[tuple[str, bool]] = []
        self.sizes: list[float] = []
        self.dashes: list[Any] = []

    def scatter(self, _x: Any, _y: Any, **style: Any) -> None:
        self.markers.append((style["marker"], style["c"] == "white"))
        self.sizes.append(style["s"])

    def add_artist(self, artist: Any) -> None:
        self.dashes.append(artist.get_linestyle())


def drawn(kind: Any, name: str = "sites") -> tuple[Axes, list[Any]]:
    """What a layer of five words draws, and its legend."""
    roles = ["opened", "kept", "closed", "moved", "unused"]
    field = Field("role", ("Role", "角色"), "text", words={r: (r, r) for r in roles}, quiet=("unused",))
    points = [shapely.Point(10.0 * k, 0.0) for k in range(5)]
    shapes = {"points": points, "lines": [shapely.LineString([p, (p.x, 5.0)]) for p in points],
              "polygons": [p.buffer(3.0) for p in points]}[kind]  # fmt: skip
    frame = gpd.GeoDataFrame({"role": roles}, geometry=shapes, crs="EPSG:4547")
    axes = Axes()
    sheet: Any = SimpleNamespace(language="en", signs=axes, placer=SimpleNamespace(keep_free=lambda *_: None))
    rows = draw_layer(sheet, MapLayer(name, ("Sites", "点位"), frame, (field,), kind, colour_by="role"), 0)
    return axes, rows[1:]


def test_words_of_points_differ_in_shape_on_print_maps_and_in_their_legend() -> None:
    axes, rows = drawn("points")
    assert len(set(axes.markers)) == 5
    assert [row.shape for row in rows] == [0, 1, 2, 3, 4]
    assert [row.text.split()[0] for row in rows] == ["opened", "kept", "closed", "moved", "unused"]
    # what isn't used lies below everything else and is smaller
    assert axes.markers[0] == (MARKERS[4], True)
    assert axes.sizes[0] < min(axes.sizes[1:])


def test_words_of_lines_and_zones_differ_on_print_maps() -> None:
    axes, rows = drawn("lines")
    assert len({str(each) for each in axes.dashes[1::2]}) == 5
    assert [row.shape for row in rows] == [0, 1, 2, 3, 4]
    zones, _ = drawn("polygons", "gap_zones")
    assert len(set(zones.markers)) == 5


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browsers()


@pytest.fixture
def reader(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    yield from readers(browser, tmp_path)


@pytest.mark.browser
def test_words_differ_in_shape_in_the_page_and_its_legend(reader: Reader) -> None:
    page = reader.ready(map_html(page_case(analyses=True)), "desk")
    page.evaluate("civicreach.app.setTheme(2)")
    page.evaluate("""() => { const a = civicreach.app; a.analysis().layers.forEach(l =>
        a.state.put('marks', civicreach.chosen.marksKey(a, l), true)); }""")
    told = page.evaluate("""civicreach.app.analysis().layers.filter(l => civicreach.hasKinds(l)).map(l => [
        l.classes.names.length, new Set(Array.from({length: l.count}, (_, i) => i)
            .filter(i => l.classes.classes[i] !== '-')
            .map(i => civicreach.markShape(civicreach.app, l, i))).size,
        new Set([...l.classes.classes].filter(c => c !== '-')).size])""")
    assert told
    for words, shapes, classes in told:
        assert words >= 2
        assert shapes == classes
    legend = page.evaluate("""[...document.querySelectorAll('.mark-legend')].map(m =>
        [...m.querySelectorAll('canvas')].map(c => c.dataset.shape))""")
    assert any(len(shapes) >= 2 for shapes in legend)
    for shapes in legend:
        assert len(set(shapes)) == len(shapes)


@pytest.mark.browser
def test_a_tab_of_an_analysis_says_which_figure_it_shows(reader: Reader) -> None:
    page = reader.ready(map_html(page_case(analyses=True)), "desk")
    told = page.evaluate("""[...document.querySelectorAll('.themes [data-theme]')].map(t => [
        +t.dataset.theme < civicreach.app.model.services.length, !!t.querySelector('.theme-value'),
        t.querySelector('.theme-what') ? t.querySelector('.theme-what').textContent : ''])""")
    assert any(not service for service, *_ in told)
    for service, value, what in told:
        assert bool(what) == (value and not service)

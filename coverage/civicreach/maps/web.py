"""The meeting page: a folium map with the study's layers, figures and tables, in one file that asks no host."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from civicreach.maps.analysis_data import analysis_heads
from civicreach.maps.base_layers import Bounds, base_layers
from civicreach.maps.dense_text import squeezed
from civicreach.maps.encode import Column, pack
from civicreach.maps.layers_data import area_columns, home_columns, home_order, service_columns, study_bounds
from civicreach.maps.lived_in import lived_in_bounds
from civicreach.maps.offline import OfflineMap
from civicreach.maps.page_tables import figure_entry, service_head, study_head
from civicreach.maps.palette import SHARE_BREAKS
from civicreach.maps.shapes import Grid
from civicreach.maps.spoken import told
from civicreach.maps.tiles import tile_entry, tile_hosts
from civicreach.maps.what_if import StreetGround, street_ground, what_if
from civicreach.maps.words import WORDS
from civicreach.measures.result import StudyResult
from civicreach.measures.small_counts import without_small_counts
from civicreach.study import Language

SCRIPTS = (
    "codec.js", "geo.js", "words.js", "values.js", "dom.js", "state.js", "analysis.js", "service.js", "model.js",
    "canvas.js", "paint_base.js", "paint_reach.js", "paint_homes.js", "paint_live.js", "mark_shapes.js",
    "paint_marks.js", "paint_units.js", "label_units.js", "labels.js", "title.js", "notes.js", "headline.js",
    "analysis_head.js", "tables.js", "table_kinds.js", "analysis_panel.js", "analysis_rows.js", "legend.js",
    "analysis_legend.js", "themes.js", "controls.js", "facts.js", "view.js", "street_net.js", "street_snap.js",
    "street_search.js", "piece_lines.js", "streets.js", "street_lines.js", "plan_reach.js", "plan_pieces.js",
    "contour.js", "reach_shapes.js", "ranges.js", "plan_suggest.js", "plan_explain.js", "plan_json.js",
    "plan_totals.js", "plan_flow.js", "plan_pairs.js", "plan_capacity.js", "plan.js", "plan_view.js", "plan_mode.js",
    "plan_tables.js", "plan_told.js", "paint_plan.js", "plan_files.js", "plan_proposals.js", "plan_rooms.js",
    "plan_form.js", "plan_dock.js", "plan_pins.js", "why.js", "pick.js", "selection.js", "print.js", "plate.js",
    "plate_paint.js", "output.js", "tiles.js", "link.js", "main.js",
)  # fmt: skip
"""The page's own scripts in the order in which they build on each other."""

BOOT = "boot.js"
"""The one that stands in the page as it is and unpacks them."""

STYLES = ("page.css", "themes.css", "map.css", "analysis.css", "plan.css", "print.css", "plate.css")


class MeetingPage(MacroElement):
    """The page around the map: its markup, its styles, its data as text, and the call that starts it."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <style>{{ this.styles }}</style>
        {% endmacro %}

        {% macro html(this, kwargs) %}
        {{ this.markup }}
        <script type="text/plain" id="civicreach-scripts">{{ this.scripts }}</script>
        <script type="text/plain" id="civicreach-data">{{ this.data }}</script>
        {% endmacro %}

        {% macro script(this, kwargs) %}
        {{ this.boot }}
        civicreach.boot({{ this._parent.get_name() }}, document);
        {% endmacro %}
        """
    )

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types here
        self._name = "MeetingPage"
        self._id = "civicreach"
        self.data = data
        self.markup = _asset("page.html")
        self.styles = "\n".join(_asset(name) for name in STYLES)
        self.boot = _asset(BOOT)
        self.scripts = _scripts()


@cache
def _asset(name: str) -> str:
    return (files("civicreach.maps") / "assets" / name).read_text(encoding="utf-8")


@cache
def _scripts() -> str:
    """The page's scripts as they were written, [name, text] each, packed: a third of their size."""
    return squeezed(json.dumps([[name, _asset(name)] for name in SCRIPTS], ensure_ascii=False))


def page_data(result: StudyResult, *, language: Language | None = None) -> tuple[dict[str, Any], list[Column]]:
    """Header and columns of a page: everything that it knows, in the form that `encode.pack` writes.

    Coordinates are projected from the study's CRS to WGS-84 once a layer.
    """
    result = without_small_counts(result)
    bounds = study_bounds(result)
    grid = Grid.over(result.crs, bounds)
    order, whole = home_order(result, grid)
    head: dict[str, Any] = {
        "origin": [grid.lon0, grid.lat0],
        "bounds": grid.degrees(bounds),
        "first": grid.degrees(lived_in_bounds(result, bounds)),
        "words": {key: list(both) for key, both in WORDS.items()},
        "breaks": list(SHARE_BREAKS),
        "study": {**study_head(result), "shown": language or result.study.study.language},
        "services": [service_head(i, service, result) for i, service in enumerate(result.services)],
        "figures": [figure_entry(figure, result.study) for figure in _overall(result)],
        "tiles": tile_entry(result.study.page),
        "warnings": [told(warning) for warning in _warnings(result)],
    }
    columns = home_columns(result, order, whole)
    if result.areas is not None:
        head["areas"], drawn = area_columns(result.areas, grid)
        columns += drawn
    ground = street_ground(result)
    streets = ground.streets[0] if isinstance(ground, StreetGround) else None
    head["base"], drawn = base_layers(result.base_map, _wider(bounds), grid, streets)
    columns += drawn
    head["what_if"], head["no_what_if"], drawn = what_if(result, ground, order, head["base"]["names"])
    columns += drawn
    for i, service in enumerate(result.services):
        columns += service_columns(f"s{i}", service, order, grid, streets=head["what_if"] is None)
    head["analyses"], drawn = analysis_heads(result, grid, bounds)
    return head, columns + drawn


def _overall(result: StudyResult) -> list[Any]:
    """Figures of the study that belong to no service and to no analysis."""
    themed = [*(s.figures for s in result.services), *(a.figures for a in result.analyses)]
    known = {figure.id for figures in themed for figure in figures}
    return [figure for figure in result.figures if figure.id not in known]


def _warnings(result: StudyResult) -> list[str]:
    """Those of the study and of its analyses, each once."""
    return list(
        dict.fromkeys([*result.warnings, *(note for analysis in result.analyses for note in analysis.warnings)])
    )


def _wider(bounds: Bounds) -> Bounds:
    """Bounds with half as much again on every side: what a wide screen shows around the study."""
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    margin = 0.5 * max(width, height)
    return bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin


def draw_map(result: StudyResult, *, language: Language | None = None) -> folium.Map:
    """The meeting page of a study as a folium map; `save` writes it, a notebook shows it.

    `language` is the one that the page opens in (the study's own where None); it can be switched in the page.
    """
    head, columns = page_data(result, language=language)
    west, south, east, north = head["bounds"]
    shown = head["study"]["shown"]
    title = head["study"]["name"][0 if shown == "zh" else 1]
    found = OfflineMap(
        title=title,
        lang="zh-CN" if shown == "zh" else "en",
        picture_hosts=tile_hosts(result.study.page),
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=12,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=110,
        zoom_control=False,
        attribution_control=False,
        font_size="14px",
    )
    found.add_child(MeetingPage(pack(head, columns)), name="page")
    return found


def map_html(result: StudyResult, *, language: Language | None = None) -> str:
    """The meeting page of a study as the text of one HTML file."""
    return str(draw_map(result, language=language).get_root().render())

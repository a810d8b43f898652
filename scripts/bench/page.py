"""Size, opening and repainting of the meeting page for a synthetic district and city, beside folium's GeoJson.

Pages are opened in headless Chromium without a network, five times each; medians. A repaint is all canvases one after
the other: until the page is free again, and until the processor has drawn every pixel (there is no graphics card).
A click is a new site until all figures are computed, and until the page with its tables has been asked to show them.
"""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
from analyses import own_cache
from sheet import BenchError, Cell, Check, Options, Result, Table, say
from synthetic_city import Size, write_city
from synthetic_streets import SUPERBLOCK

from civicreach.inputs.study_file import read_study
from civicreach.maps import map_html
from civicreach.maps.encode import Column
from civicreach.maps.offline import OfflineMap
from civicreach.maps.web import page_data
from civicreach.measures import StudyResult
from civicreach.run.load import load_study
from civicreach.run.measure import measure_study

ABOUT = (
    "The meeting page of a synthetic place with three service circles and two analyses, and a folium page of the same "
    "homes, streets and areas as GeoJson (its Leaflet inside as well; of the district alone). Sizes in MB of a million "
    "bytes."
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OURS = "civicreach"
MOST_FOR_FOLIUM = 30_000
WITH_CIRCLE = ("station", "home", "shelter")
ASKED = 'analyses = ["service_circle", "elder_gaps", "shelter_reach", "relief", "facility_area", "programmes"]'
READY = """window.readyAt = null; new MutationObserver(() => {
    if (document.documentElement.dataset.ready && !window.readyAt) window.readyAt = performance.now();
}).observe(document, {subtree: true, attributes: true, childList: true});"""
REPAINT = """([zoom, times]) => { const app = civicreach.app, all = Object.values(app.canvases), taken = [];
    app.map.setView(app.map.getCenter(), zoom, {animate: false});
    const flush = () => all.forEach(c => c._ctx.getImageData(0, 0, 1, 1));
    app.repaintAll(); flush();
    for (let i = 0; i < times; i++) { const from = performance.now(); app.repaintAll();
        const painted = performance.now(); flush(); taken.push([painted - from, performance.now() - from]); }
    return [0, 1].map(k => taken.map(t => t[k]).sort((a, b) => a - b)[times >> 1]); }"""
WHAT_IF = """async () => { const cr = civicreach, app = cr.app, wait = () => new Promise(r => setTimeout(r, 60));
    if (!cr.canPlan || !cr.canPlan(app)) return null;
    cr.togglePlanning(app, true); await wait();
    const at = app.map.getCenter(), clicks = [], pages = [], plan = cr.planOf(app);
    for (let k = 0; k < 9; k++) { const from = performance.now();
        plan.add(at.lng + 0.004 * (k % 3 - 1), at.lat + 0.004 * (Math.floor(k / 3) - 1));
        clicks.push(performance.now() - from); cr.planChanged(app, {});
        pages.push(performance.now() - from); await wait(); }
    const from = performance.now(); cr.bestSite(plan);
    return [...[clicks, pages].map(t => t.sort((a, b) => a - b)[4]), performance.now() - from]; }"""


@dataclass(frozen=True)
class Place:
    """A synthetic place with what its page may weigh and take."""

    name: str
    size: Size
    megabytes: float
    ready_s: float
    repaint_ms: float
    click_ms: float
    suggest_s: float


def _place(
    name: str, blocks: int, homes: int, stations: int, across: dict[str, tuple[int, int]], *most: float
) -> Place:
    facilities = {"station": stations, "home": stations // 3, "clinic": 12, "market": 10, "shelter": 15, "depot": 5}
    return Place(name, Size(blocks * SUPERBLOCK + 1, homes, 5 * homes, facilities, across), *most)


DISTRICT = _place(
    "district", 23, 20_000, 60, {"district": (1, 1), "subdistrict": (4, 2), "community": (12, 10)}, 1.8, 0.6, 30, 3, 0.3
)
CITY = _place(
    "city", 74, 200_000, 240, {"district": (5, 2), "subdistrict": (10, 10), "community": (30, 20)}, 6, 2, 60, 10, 1
)
TINY = _place(
    "town", 6, 1_500, 12, {"district": (2, 2), "subdistrict": (4, 4), "community": (8, 8)}, 1.8, 0.6, 30, 3, 0.3
)


def run(options: Options) -> Result:
    """The district, and at full size the city."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise BenchError("playwright is missing: pip install playwright") from error
    if CHROMIUM is None:
        raise BenchError("no Chromium on this machine (Debian: apt-get install chromium)")
    places = {"full": (DISTRICT, CITY), "quick": (DISTRICT,), "tiny": (TINY,)}[options.size]
    opens = options.pick(full=5, quick=3, tiny=1)
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    parts: list[Table] = []
    with tempfile.TemporaryDirectory(prefix="civicreach-bench-") as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for place in places:
            folder = Path(temporary) / place.name
            with own_cache(folder / "cache"):
                say(f"page: the study of the {place.name}")
                result = _result(write_city(folder, place.size))
            for name, path in _pages(folder, place, result).items():
                say(f"page: opening {name} of the {place.name}")
                seen = _opened(browser, path, opens, ours=name == OURS)
                rows.append((place.name, name, *seen.values()))
                if name == OURS:
                    checks += _checks(place, seen)
            parts.append(_weights(place.name, result))
        browser.close()
    columns = ("place", "page", "MB", "ready s", "repaint ms: whole", "its pixels", "near", "its pixels",
               "streets", "its pixels", "click ms: figures", "page", "suggest ms",
               "requests", "console errors")  # fmt: skip
    return Result("page", ABOUT, [Table("Pages", columns, rows), *parts], checks, {"opens": opens})


def _pages(folder: Path, place: Place, result: StudyResult) -> dict[str, Path]:
    """The pages of a place by name; folium's only where it is small enough to be opened at all."""
    found = {OURS: folder / "ours.html"}
    found[OURS].write_text(map_html(result), encoding="utf-8")
    if place.size.homes <= MOST_FOR_FOLIUM:
        found["folium GeoJson"] = folder / "folium.html"
        _folium(result).save(found["folium GeoJson"])
    return found


def _result(path: Path) -> StudyResult:
    """The place measured, with the circles and analyses of a usual study."""
    text = path.read_text(encoding="utf-8").replace(ASKED, 'analyses = ["service_circle", "elder_gaps"]')
    parts = text.split("[[services]]")
    for at, part in enumerate(parts[1:], start=1):
        own = part.split('id = "', 1)[1].split('"', 1)[0]
        if own not in WITH_CIRCLE and "circle = " not in part.split("\n[", 1)[0]:
            parts[at] = "\ncircle = false" + part
    text = re.sub(r"(?m)^required = .*$", 'required = ["station", "home"]', "[[services]]".join(parts))
    path.write_text(text, encoding="utf-8")
    return measure_study(load_study(read_study(path)))


def _folium(result: StudyResult) -> folium.Map:
    """What a folium user would write: homes coloured by status, streets, areas, each with its tooltip."""
    circle = result.services[0]
    homes = gpd.GeoDataFrame(
        circle.demand[["status", "nearest_min"]].round(1), geometry=result.demand.frame.geometry, crs=result.crs
    ).to_crs(4326)
    roads = result.base_map["roads"][["class", "name", "geometry"]].to_crs(4326)
    bounds = homes.total_bounds
    middle = [bounds[[1, 3]].mean(), bounds[[0, 2]].mean()]
    found = OfflineMap(title="folium", lang="en", location=middle, zoom_start=13, prefer_canvas=True)
    if result.areas is not None:
        table = circle.tables[result.areas.lowest]
        areas = result.areas.frame[["community", "geometry"]].assign(share=table[f"{circle.service.group}_share"])
        folium.GeoJson(areas.to_crs(4326), tooltip=folium.GeoJsonTooltip(["community", "share"])).add_to(found)
    folium.GeoJson(roads, style_function=lambda _: {"color": "#888", "weight": 2}).add_to(found)
    folium.GeoJson(
        homes,
        marker=folium.CircleMarker(radius=3),
        style_function=lambda f: {"color": "#2a6ab0" if f["properties"]["status"] == "covered" else "#b03a08"},
        tooltip=folium.GeoJsonTooltip(["status", "nearest_min"]),
    ).add_to(found)
    return found


def _opened(browser: Any, path: Path, opens: int, *, ours: bool) -> dict[str, Cell]:
    """Medians of a page: megabytes, seconds until it is ready, repaints, what-if, requests and errors."""
    ready, asked, errors = [], 0, 0
    for number in range(opens):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
        page = context.new_page()
        page.add_init_script(READY)
        heard: list[str] = []
        requests: list[str] = []
        page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
        page.on("console", lambda m, heard=heard: m.type == "error" and heard.append(m.text))
        page.on("request", lambda r, requests=requests: requests.append(r.url))
        page.goto(path.as_uri(), wait_until="load", timeout=180_000)
        if ours:
            page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
        ready.append(page.evaluate("window.readyAt || performance.timing.loadEventEnd - performance.timing.fetchStart"))
        asked, errors = max(asked, len(requests)), max(errors, len(heard))
        repaints: list[Cell] = [None] * 6
        what_if = None
        if ours and number == opens - 1:
            whole = page.evaluate("civicreach.app.map.getZoom()")
            near = page.evaluate("civicreach.app.zoomNear")
            repaints = [ms for zoom in (whole, near + 0.5, near + 2) for ms in page.evaluate(REPAINT, [zoom, 7])]
            what_if = page.evaluate(WHAT_IF)
        context.close()
    click, shown, suggest = what_if or (None, None, None)
    return {
        "mb": path.stat().st_size / 1e6,
        "ready": statistics.median(ready) / 1e3,
        **{f"repaint{k}": each for k, each in enumerate(repaints)},
        "click": click,
        "shown": shown,
        "suggest": suggest,
        "requests": asked,
        "errors": errors,
    }


def _checks(place: Place, seen: dict[str, Cell]) -> list[Check]:
    def at_most(what: str, value: Cell, most: float) -> list[Check]:
        if not isinstance(value, (int, float)):
            return []
        return [Check(f"{place.name}: {what}", f"{value:.3g}", f"at most {most:g}", value <= most)]

    painted = [seen[f"repaint{k}"] for k in (0, 2, 4)]
    repaint = max((v for v in painted if isinstance(v, (int, float))), default=None)
    suggest = seen["suggest"]
    clean = seen["requests"] == 1 and seen["errors"] == 0
    return [
        *at_most("MB", seen["mb"], place.megabytes),
        *at_most("ready, s", seen["ready"], place.ready_s),
        *at_most("slowest whole repaint, ms", repaint, place.repaint_ms),
        *at_most("click to figures, ms", seen["click"], place.click_ms),
        *at_most("suggest, s", suggest / 1e3 if isinstance(suggest, (int, float)) else None, place.suggest_s),
        Check(f"{place.name}: requests, console errors", f"{seen['requests']}, {seen['errors']}", "1, 0", clean,
              is_answer=True),
    ]  # fmt: skip


def _weights(name: str, result: StudyResult) -> Table:
    """What the columns of a page weigh, each packed by itself."""
    _, columns = page_data(result)
    sums: dict[str, int] = {}
    for column in columns:
        packed, bits = column.encode()
        sums[_part(column)] = sums.get(_part(column), 0) + len(zlib.compress(packed, 9)) + len(bits or b"")
    rows: list[tuple[Cell, ...]] = [(part, size / 1e3) for part, size in sorted(sums.items(), key=lambda e: -e[1])[:12]]
    return Table(f"Heaviest columns of the {name}", ("columns", "kB packed"), rows)


def _part(column: Column) -> str:
    return ".".join(column.name.split(".")[:2])

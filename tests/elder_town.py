"""A town of one street with everything that [elder] asks about; the tests of elder gaps work it out by hand.

::

    y=400 ┌──────────┬──────────┬──────────┬──────────┬──────────┐
          │          │          │  n       │          │          │   n is 300 m from the street: not on the network
          │    A     │    B     │    V     │    W     │    X     │
          │          │          │          │          │          │
    y=0 ══h1═a1═s1═a2═s2═b1══b2═══v1═c1══h2══════w1══════x1═══h3══   one street from (0, 0) to (5000, 0)
    -100  └──────────┴──────────┴──────────┴──────────┴──────────┘
          0        1000       2000       3000       4000       5000

    community   subdistrict  district        home  x      elderly    home  x     elderly
    A, B urban  town         north           a1    100         10    v1    2100      160
    V    rural  hill         south           a2    900         20    w1    3500      320
    W, X rural  ridge        south           b1    1100        80    x1    4500      640
                                             b2    1900        40    n     2500     1280
    out (9000, 0) with 2560 lies in no area

    stations (5 minutes at 1 m/s = 300 m): s1 (300), s2 (950)        4 people for each of the elderly
    club (200 m, at 2 m/s): c1 (2300), a demonstration centre
    homes: h1 (0) 100 beds, 20 of them nursing beds; h2 (2600) 40, 30; h3 (4900) no bed
    clinics: p1 (100), p2 (5000)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import towns
from civicreach.inputs.study_file import read_standards
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.analysis import Analysis, Listing, Topic
from civicreach.measures.elder.question import Question
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from little_ground import a_ground, a_study

ELDERLY = {"a1": 10.0, "a2": 20.0, "b1": 80.0, "b2": 40.0, "v1": 160.0, "w1": 320.0, "x1": 640.0, "n": 1280.0}
ELDERLY_OUT = ELDERLY | {"out": 2560.0}
HOMES = {"a1": 100, "a2": 900, "b1": 1100, "b2": 1900, "v1": 2100, "w1": 3500, "x1": 4500}
PLACES = {name: (float(x), 0.0) for name, x in HOMES.items()} | {"n": (2500.0, 300.0), "out": (9000.0, 0.0)}
UNITS = {
    "A": ("town", "north", True), "B": ("town", "north", True), "V": ("hill", "south", False),
    "W": ("ridge", "south", False), "X": ("ridge", "south", False),
}  # fmt: skip
SERVICES: dict[str, dict[str, Any]] = {
    "station": {},
    "club": {"minutes": None, "metres": 200, "profile": "fast"},
    "home": {"capacity": "beds", "circle": False},
    "clinic": {"circle": False},
}
ELDER: dict[str, Any] = {
    "stations": ["station", "club"],
    "demonstration_column": "model",
    "homes": ["home"],
    "nursing_beds_column": "nursing",
    "primary_care": "clinic",
    "pair_capacity": 1,
}


def street_areas(*, urban: bool = True, drop: Sequence[str] = ()) -> Areas:
    """The five communities; without the flag where `urban` is False, and without some levels."""
    boxes = [shapely.box(1000 * at, -100, 1000 * at + 1000, 400) for at in range(len(UNITS))]
    rows = [{"city_id": "c", "district_id": d, "subdistrict_id": s, "community_id": c, "urban": u}
            for c, (s, d, u) in UNITS.items()]  # fmt: skip
    table = pd.DataFrame(rows).drop(columns=[f"{level}_id" for level in drop])
    return Areas(gpd.GeoDataFrame(table if urban else table.drop(columns="urban"), geometry=boxes, crs=towns.CRS))


def along(places: Mapping[str, float], service: str, **columns: Sequence[object]) -> Facilities:
    """Facilities on the street by their x."""
    return Facilities(towns.facilities({name: (x, 0.0) for name, x in places.items()}, **columns).frame, service)


def layers() -> dict[str, Facilities]:
    return {
        "station": along({"s1": 300, "s2": 950}, "station", model=["0", None]),
        "club": along({"c1": 2300}, "club", model=["是"]),
        "home": along({"h1": 0, "h2": 2600, "h3": 4900}, "home", capacity=[100, 40, 0], nursing=["20", "30", "0"]),
        "clinic": along({"p1": 100, "p2": 5000}, "clinic"),
    }


def street_homes(elderly: Mapping[str, float] = ELDERLY_OUT, places: Mapping[str, Any] = PLACES) -> Demand:
    frame = towns.demand({name: places[name] for name in elderly}, list(elderly.values())).frame
    frame["elderly"] = frame["people"]
    frame["people"] = 4.0 * frame["elderly"]
    return Demand(frame, ("people", "elderly"))


def street(
    elder: Mapping[str, Any] | None = None,
    *,
    areas: Areas | str | None = "all",
    homes: Demand | None = None,
    services: Mapping[str, dict[str, Any]] = SERVICES,
    demand: Mapping[str, Any] | None = None,
    standards: Mapping[str, float] | None = None,
    **changed: Facilities,
) -> Ground:
    """The ground of the town; `elder` changes keys of [elder] (None takes one out), `changed` layers of services."""
    found = read_standards()
    for key, value in (standards or {}).items():
        found[key] = found[key].model_copy(update={"value": value})
    asked = {key: value for key, value in {**ELDER, **(elder or {})}.items() if value is not None}
    study = a_study(
        services,
        ("people", "elderly"),
        elder=asked,
        demand=dict(demand or {}),
        standards={key: one.model_dump() for key, one in found.items()},
    )
    roads = towns.roads({"from": (0, 0), "to": (5000, 0)}, [("from to", "residential", 0)])
    within = street_areas() if areas == "all" else areas
    there = {name: layer for name, layer in (layers() | changed).items() if name in services}
    return a_ground(study, roads, homes or street_homes(), there, within)


def question(**more: Any) -> Question:
    """The question alone, for parts of the analysis."""
    ground = street(**more)
    assert ground.study.elder is not None
    return Question(ground, ground.study.elder)


def figures_of(analysis: Analysis) -> dict[str, Figure]:
    return {figure.id.removeprefix("elder."): figure for figure in analysis.figures}


def topic_of(analysis: Analysis, name: str) -> Topic:
    return next(topic for topic in analysis.topics if topic.id == name)


def listing_of(analysis: Analysis, name: str) -> Listing:
    return next(listing for listing in analysis.listings if listing.id == name)

"""A town with two shelters on either bank of a river, for the tests of shelters; every number can be worked by hand.

::

    A                 E                                       north bank, y = 200, "North Street"
    +--e--n0----------+-----------n1------------n2--B
      -250 -100      200          500          950  |1000
                                                    |         "Long Bridge", 200 m
     w        s0            s1                      |
    -+--------+-------------+-----------------------D---M--F  south bank, y = 0, "South Street"
    -400      0            600                    1000 1200

E is an emergency shelter of 6 m2: 12 places at 0.5 m2, for those within 500 m. M is a medium-term one of 61 m2: 20
places at 3 m2 (a third of a place is none), for those within 1,500 m. P is only planned. Metres along the streets:

        e    n0    n1    n2    s0    s1     w       x lives 400 m off all streets, o east of all areas
    E   450  300   300   750                        (from the south bank more than 1,500)
    M  1650  1500  900   450  1200   600  1600

        e  n0  n1  n2  s0  s1  w  x   o   sum inside
night   4   6   7   4   5   3  2  1  16       32
day     4   6   7   4  15   8  2  1  16       47

By night 29 are within reach, and all of them find a place: e's four must have E, so five of n1 walk to M. By day
there is room for 32: twelve of s0 find none. Communities: nw (e, n0, n1, x; E), ne (n2), s (s0, s1, w; M; rural).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import box

import towns
from civicreach.layers import Areas, Demand, Facilities, Roads, WayFlag
from civicreach.measures.ground import Ground, Hazard
from civicreach.network import build_network
from civicreach.study import ScenarioSpec, ShelterSpec, Study
from little_study import a_study

HOMES = {
    "e": (-250, 200), "n0": (-100, 200), "n1": (500, 200), "n2": (950, 200),
    "s0": (0, 0), "s1": (600, 0), "w": (-400, 0), "x": (500, 600), "o": (1250, 0),
}  # fmt: skip
NIGHT = [4.0, 6.0, 7.0, 4.0, 5.0, 3.0, 2.0, 1.0, 16.0]
DAY = [4.0, 6.0, 7.0, 4.0, 15.0, 8.0, 2.0, 1.0, 16.0]
SITES = {"E": (200, 200), "M": (1200, 0), "P": (600, 0)}
CLASSES = ["紧急避难场所", "中期固定", "long"]
M2 = [6.0, 61.0, 900.0]
STATUS = ["existing", "existing", "planned"]

BRIDGE = ScenarioSpec(id="bridge", name="长桥中断", name_en="Long Bridge out", bridges=("Long Bridge",))
CORDON = ScenarioSpec(id="cordon", name="封控", name_en="Cordon", closed=Path("cordon.gpkg"))
ELSEWHERE = ScenarioSpec(id="elsewhere", name="外地", name_en="Elsewhere", closed=Path("far.gpkg"))


def polygons(*boxes: tuple[float, float, float, float]) -> Hazard:
    """A hazard of rectangles."""
    return Hazard(polygons=gpd.GeoSeries([box(*each) for each in boxes], crs=towns.CRS))


HAZARDS = {"cordon": polygons((150, 150, 250, 250)), "elsewhere": polygons((5000, 5000, 5100, 5100))}


def streets() -> Roads:
    """The streets of the drawing."""
    nodes = {"A": (-300, 200), "B": (1000, 200), "C": (-450, 0), "D": (1000, 0), "F": (1260, 0)}
    ways = [("A B", "residential", 0), ("C D F", "residential", 0), ("B D", "primary", int(WayFlag.BRIDGE))]
    names = ("", "North Street", "South Street", "Long Bridge")
    return replace(towns.roads(nodes, ways), names=names, way_name=np.array([1, 2, 3], dtype=np.int32))


def communities() -> Areas:
    """nw and ne in the district dn, s in ds; o lies in none."""
    shapes = [box(-500, 100, 600, 700), box(600, 100, 1240, 300), box(-500, -100, 1240, 100)]
    columns = {
        "community_id": ["nw", "ne", "s"], "community": ["Northwest", "Northeast", "South"],
        "district_id": ["dn", "dn", "ds"], "district": ["North", "North", "South"], "urban": [True, True, False],
    }  # fmt: skip
    return Areas(gpd.GeoDataFrame(columns, geometry=shapes, crs=towns.CRS))


def study(folder: Path, **more: Any) -> Study:
    """A study of [shelters] by night and by day; `more` replaces its parts."""
    service = {"id": "shelter", "name": "避难场所", "name_en": "Shelter", "capacity": "m2", "capacity_unit": "m2"}
    demand = {
        "groups": ["people", "day"], "labels": {"day": "日间人口"}, "labels_en": {"day": "people by day"},
    }  # fmt: skip
    found = a_study(folder, service=service, demand=demand)
    spec = ShelterSpec(class_column="class", populations=("people", "day"))
    return found.model_copy(update={"shelters": spec, **more})


def shelters(m2: Sequence[float | None] = M2, classes: Sequence[object] = CLASSES, **columns: Any) -> Facilities:
    """The shelters of the drawing, with other areas, classes or columns."""
    frame = {
        "name": [f"Shelter {name}" for name in SITES],
        "status": STATUS,
        "class": classes,
        "capacity": m2,
        **columns,
    }
    points = gpd.points_from_xy(*zip(*SITES.values(), strict=True), crs=towns.CRS)
    return Facilities(gpd.GeoDataFrame(frame, geometry=points, index=list(SITES)), "shelter", "m2", "shelters.csv")


def ground(
    folder: Path,
    layer: Facilities | None = None,
    *,
    areas: Areas | None = None,
    scenarios: Sequence[ScenarioSpec] = (),
    hazards: Mapping[str, Hazard] | None = None,
    **more: Any,
) -> Ground:
    """What the analysis stands on; `more` replaces parts of the study."""
    people = Demand(towns.demand(HOMES, NIGHT).frame.assign(day=DAY), groups=("people", "day"))
    areas = communities() if areas is None else areas
    roads = streets()
    return Ground(
        study=study(folder, scenarios=tuple(scenarios), **more),
        demand=people.in_areas(areas),
        areas=areas,
        facilities={"shelter": (shelters() if layer is None else layer).in_areas(areas)},
        network_of=lambda profile, private: build_network(roads, profile, private_access=private),
        hazards=HAZARDS if hazards is None else hazards,
    )

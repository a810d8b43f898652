"""A study of two services in six homes, by hand: small enough to add up in the head.

::

    district d1 (urban)              district d2 (rural)
    s1: c1 | c2                      s2: c3
    h1 10  | h3 100                  h5 1000
    h2 20  | h4 200     h6 5 lies in no community

    clinic (adult, 15 min): covers h1 h2 h3; h4 beyond, h5 unsnapped, h6 outside
    park (elder, 500 m):    covers h5; h1 h2 h3 h4 beyond, h6 outside
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, MultiPolygon, Point, Polygon, box

from civicreach.errors import Note
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.figure import Figure
from civicreach.measures.result import ServiceCircle, StudyResult
from civicreach.study import (
    AreasSpec,
    DemandSpec,
    Profile,
    RoadsSpec,
    ServiceSpec,
    ServiceStandard,
    Study,
    StudyHead,
)

CRS = "EPSG:4547"
X0, Y0 = 500_000.0, 3_390_000.0
PEOPLE = [10.0, 20.0, 100.0, 200.0, 1000.0, 5.0]
ELDERLY = [1.5, 2.0, 30.0, 40.0, 300.25, 1.0]
STATUS = {
    "clinic": ["covered", "covered", "covered", "beyond", "unsnapped", "outside"],
    "park": ["beyond", "beyond", "beyond", "beyond", "covered", "outside"],
}


def study(
    folder: Path = Path("/study"), *, clinic: str = "卫生站", weights: str = "", labels: bool = False, **head: object
) -> Study:
    """The study; `head` changes what [study] says, `weights` is what amounts are where they aren't people."""
    said: dict[str, object] = {
        "name": "样例市",
        "name_en": "Sampleton",
        "year": 2026,
        "data_note": "合成示例数据",
        "data_note_en": "Synthetic sample data",
        "synthetic": True,
        "author": "=cmd|' /C calc'!A0",
    }
    standard = ServiceStandard(
        key="circle.15min.walk",
        name_zh="十五分钟步行",
        name_en="15 minutes on foot",
        value=15,
        unit="min",
        clause="GB 50180-2018 2.0.2",
        confidence="unverified",
    )
    return Study(
        study=StudyHead.model_validate(said | head),
        roads=RoadsSpec(file=folder / "roads.osm.pbf"),
        areas=AreasSpec(file=folder / "areas.gpkg"),
        demand=DemandSpec(
            method="points",
            file=folder / "homes.csv",
            groups=("people", "elderly"),
            weight_note=weights,
            labels={"people": "建筑面积"} if labels else {},
            labels_en={"people": "floor area"} if labels else {},
        ),
        services=(
            ServiceSpec(id="clinic", name=clinic, name_en="Clinic", file=folder / "clinics.csv", standard=standard.key),
            ServiceSpec(
                id="park",
                name="公园",
                name_en="Park",
                file=folder / "parks.csv",
                metres=500,
                profile="elder",
                group="elderly",
            ),
        ),
        profiles={
            "adult": Profile(name="adult", confidence="verified"),
            "elder": Profile(name="elder", speed_mps=0.97),
        },
        standards={standard.key: standard},
        folder=folder,
    )


def areas() -> Areas:
    """Three communities side by side, each a kilometre wide."""
    rows = {
        "city_id": ["c"] * 3,
        "city": ["样例市"] * 3,
        "district_id": ["d1", "d1", "d2"],
        "district": ["东区", "东区", "西区"],
        "subdistrict_id": ["s1", "s1", "s2"],
        "subdistrict": ["河街", "河街", "山街"],
        "community_id": ["c1", "c2", "c3"],
        "community": ['=HYPERLINK("http://x","甲")', "乙", "丙"],
        "urban": pd.array([True, True, False], dtype=object),
    }
    shapes = [box(X0 + 1000 * i, Y0, X0 + 1000 * (i + 1), Y0 + 1000) for i in range(3)]
    return Areas(gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS))


def demand() -> Demand:
    """Six homes; the last lies south of every community."""
    places = [(100, 500), (400, 500), (1200, 500), (1700, 500), (2500, 500), (1500, -300)]
    frame = gpd.GeoDataFrame(
        {"people": PEOPLE, "elderly": ELDERLY},
        geometry=[Point(X0 + x, Y0 + y) for x, y in places],
        index=pd.Index([f"h{i}" for i in range(1, 7)], name="demand_id"),
        crs=CRS,
    )
    return Demand(frame, ("people", "elderly")).in_areas(areas())


def result(
    folder: Path = Path("/study"), *, clinic: str = "卫生站", weights: str = "", labels: bool = False, **head: object
) -> StudyResult:
    """What a run over this study ends with."""
    asked, people, units = study(folder, clinic=clinic, weights=weights, labels=labels, **head), demand(), areas()
    circles = tuple(_circle(asked, spec, people, units) for spec in asked.services)
    report = gpd.GeoDataFrame(
        {"layer": ["demand"], "id": ["h5"], "name": ["+1"], "gap_m": [np.nan], "reason": ["too far"]},
        geometry=[people.frame.geometry["h5"]],
        crs=CRS,
    )
    return StudyResult(
        study=asked,
        crs=CRS,
        demand=people,
        areas=units,
        services=circles,
        figures=tuple(figure for circle in circles for figure in circle.figures),
        warnings=(Note("h5 couldn't be brought to the network", "h5 未能接入路网"), "@SUM(A1)"),
        snap_report=report,
        attribution="© OpenStreetMap contributors",
    )


def _circle(asked: Study, spec: ServiceSpec, people: Demand, units: Areas) -> ServiceCircle:
    status = pd.Series(STATUS[spec.id], index=people.ids)
    shops = _facilities(spec)
    tables = {level: _table(people, units, level, status, spec.group) for level in (*units.levels, "urban_rural")}
    located = people.frame[people.frame["community_id"].notna()]
    inside = located[spec.group]
    covered = inside[status[inside.index] == "covered"].sum()
    share = Figure.ratio(
        f"circle.{spec.id}.{spec.group}_share",
        covered,
        inside.sum(),
        unit="share",
        definition="People within the standard by all people",
        definition_zh="标准内人数除以全部人数",
        denominator_name=f"{spec.group}, registered",
        denominator_name_zh="户籍人口",
        sources=("homes.csv", "elder: Zhang 2020 [verified]"),
        label="People share",
        label_zh="人口覆盖率",
    )
    missed = Figure(f"circle.{spec.id}.uncovered", 1200.4, spec.group, "Not covered", "未覆盖", unit_zh="")
    count = Figure(f"circle.{spec.id}.facility_count", float(len(shops)), "facilities", "Facilities", "设施数")
    shape = units.frame.geometry["c1"]
    bands = gpd.GeoDataFrame({"minutes": [5.0, 15.0]}, geometry=[shape.buffer(-300), shape], crs=CRS)
    circles = bands.assign(facility_id=shops.index[0], name=shops["name"].iloc[0])
    roads = LineString([(X0, Y0), (X0 + 500, Y0)])
    left = status.isin(["beyond", "unsnapped"])
    gaps = units.frame.loc[["c3" if spec.id == "clinic" else "c2"]].copy()
    gaps[f"{spec.group}_uncovered"] = [float(people.amount(spec.group)[left].max())]
    gaps["nearest_min"] = [np.nan]
    return ServiceCircle(
        service=spec,
        profile=asked.profile_of(spec),
        limit=asked.limit(spec),
        limit_unit=asked.limit_unit(spec),
        facilities_layer=Facilities(shops[["name", "capacity", "geometry"]], spec.id, "bed"),
        demand=pd.DataFrame(
            {
                "status": status,
                "nearest_facility_id": [shops.index[0]] * 5 + [None],
                "nearest_min": [1.0, 4.0, 15.0, 15.5, np.nan, np.nan],
                "straight_m": [50.0, 200.0, 900.0, 950.0, 3000.0, 4000.0],
                "gap_m": [5.0, 5.0, 120.0, 0.0, np.nan, np.nan],
            },
            index=people.ids,
        ),
        facilities=shops,
        tables=tables,
        gaps=gaps,
        isochrones=circles,
        service_area=bands,
        reached_roads=gpd.GeoDataFrame({"minutes": [5.0]}, geometry=[roads], crs=CRS),
        block_fill=bands.iloc[:0],
        figures=(share, count, missed),
    )


def _facilities(spec: ServiceSpec) -> gpd.GeoDataFrame:
    names = ["=1+1", "<script>alert(1)</script>"] if spec.id == "clinic" else ["公园 A", ""]
    return gpd.GeoDataFrame(
        {
            "name": names,
            "capacity": [10.0, np.nan],
            "gap_m": [3.0, 250.0],
            "snapped": [True, False],
            "catchment_people": [130.0, 0.0],
            "reached_people": [130.0, 30.0],
            "catchment_elderly": [33.5, 0.0],
            "reached_elderly": [33.5, 3.5],
        },
        geometry=[Point(X0 + 150, Y0 + 500), Point(X0 + 2900, Y0 + 900)],
        index=pd.Index([f"{spec.id}-1", f"{spec.id}-2"], name="facility_id"),
        crs=CRS,
    )


def _table(people: Demand, units: Areas, level: str, status: pd.Series, headline: str) -> pd.DataFrame:
    """Sums by unit, ratios of them, and a straight-line share that is right for the headline group alone."""
    frame = people.frame[people.frame["community_id"].notna()]
    code = "urban" if level == "urban_rural" else f"{level}_id"
    by = frame[code]
    covered = frame[status[frame.index] == "covered"]
    found = pd.DataFrame(index=pd.Index(sorted(by.unique(), key=str), name=code))
    if level != "urban_rural":
        names = units.units(level)
        for column in [c for c in units.columns if c in names.columns and c not in (code, "urban")]:
            found[column] = names[column].reindex(found.index)
    for group in people.groups:
        found[group] = frame[group].groupby(by).sum()
        found[f"{group}_covered"] = covered[group].groupby(covered[code]).sum().reindex(found.index).fillna(0.0)
        found[f"{group}_share"] = found[f"{group}_covered"] / found[group]
    found["facility_count"] = 1
    found["present"] = [True] * (len(found) - 1) + [False]
    found["served"] = found[f"{headline}_covered"] > 0
    found["straight_line"] = found[headline] / 2
    for name in ("unsnapped", "edge"):
        part = frame[status[frame.index] == name]
        found[f"{headline}_{name}"] = part[headline].groupby(part[code]).sum().reindex(found.index).fillna(0.0)
    found["straight_line_share"] = 0.5
    found[f"{headline}_uncovered"] = found[headline] - found[f"{headline}_covered"]
    return found


def share_of(part: int, whole: int) -> Figure:
    """A figure like many others."""
    words = {"unit": "share", "definition": "part by whole", "definition_zh": "部分除以全部"}
    return Figure.ratio(f"share.of_{part}", part, whole, **words)


def odd_shapes() -> gpd.GeoDataFrame:
    """Every kind of value and shape that a layer may be handed: none, empty, mixed kinds, odd names."""
    triangle = Polygon([(0, 0), (1, 0), (0, 1)])
    return gpd.GeoDataFrame(
        {
            "fid": ["a", "b", "c"],
            "Name": ["x", None, "\x00\x07"],
            "name": [1, "two", None],
            "flag": pd.array([True, None, False], dtype=object),
            "many": [[1, 2], {"a": 1}, None],
            "number": [1.5, np.inf, np.nan],
            "kind": pd.Categorical(["p", None, "q"]),
        },
        geometry=[triangle, MultiPolygon([triangle]), None],
        crs=CRS,
    )

"""A synthetic city of a million people, not a real place: a study folder with everything that the analyses read.

Districts, subdistricts and a thousand communities on both banks of a river; homes as points with whole
people; stations, homes for the elderly, clinics, markets, shelters and depots. The same city every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from synthetic_streets import (
    EPSG,
    SUPERBLOCK,
    Streets,
    bridge_name,
    build_streets,
    place,
    river_row,
    to_lonlat,
    write_streets,
)

SEED = 20
CRS = f"EPSG:{EPSG}"
HERE = Path(__file__).resolve().parent

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """How large a city is: `crossings` along a side, and units `across` it from west to east and south to north."""

    crossings: int
    homes: int
    people: int
    facilities: dict[str, int]
    across: dict[str, tuple[int, int]]


LARGE = Size(
    crossings=30 * SUPERBLOCK + 1,
    homes=30_000,
    people=1_000_000,
    facilities={"station": 600, "home": 100, "clinic": 120, "market": 100, "shelter": 150, "depot": 11},
    across={"district": (5, 2), "subdistrict": (10, 10), "community": (50, 20)},
)
SMALL = Size(
    crossings=6 * SUPERBLOCK + 1,
    homes=1_500,
    people=40_000,
    facilities={"station": 30, "home": 6, "clinic": 6, "market": 5, "shelter": 12, "depot": 5},
    across={"district": (2, 2), "subdistrict": (4, 4), "community": (8, 8)},
)


def write_city(folder: Path, size: Size) -> Path:
    """Write a synthetic city and return the path of its study."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    streets = build_streets(size.crossings, SEED)
    write_streets(streets, folder / "synthetic_roads.osm.pbf")
    areas = build_areas(size, rng)
    areas.to_file(folder / "synthetic_areas.gpkg", layer="synthetic_communities")
    build_homes(streets, size, rng).to_csv(folder / "synthetic_homes.csv", index=False)
    build_facilities(streets, size, rng).to_csv(folder / "synthetic_facilities.csv", index=False)
    table = areas[["community_id"]].assign(
        disaster_demo=rng.integers(0, 3, len(areas)) == 0, flood_risk=rng.integers(1, 4, len(areas))
    )
    table.astype({"disaster_demo": int}).to_csv(folder / "synthetic_communities.csv", index=False)
    _closed(size.crossings).to_file(folder / "synthetic_closed.gpkg", layer="synthetic_closed")
    study = (HERE / "synthetic_city.toml").read_text(encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(study.replace("BRIDGE", bridge_name(2)[0]), encoding="utf-8")
    return path


def build_areas(size: Size, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Communities whose jittered corners are shared, with the codes of the levels above; the river parts districts."""
    crossings = size.crossings
    wide, high = size.across["community"]
    i, j = np.meshgrid(np.linspace(-1, crossings, wide + 1), np.linspace(-1, crossings, high + 1), indexing="ij")
    j[:, high // 2] = river_row(crossings) + 0.5
    step = (crossings + 1) / wide
    i[1:-1] += rng.uniform(-0.15, 0.15, i[1:-1].shape) * step
    for rows in (slice(1, high // 2), slice(high // 2 + 1, high)):
        j[:, rows] += rng.uniform(-0.15, 0.15, j[:, rows].shape) * step
    x, y = place(crossings, i, j)
    corners = np.stack([x, y], axis=-1)
    rings = np.stack([corners[:-1, :-1], corners[1:, :-1], corners[1:, 1:], corners[:-1, 1:]], axis=2)
    shapes = shapely.polygons(rings.reshape(-1, 4, 2))
    at_i, at_j = (grid.ravel() for grid in np.meshgrid(np.arange(wide), np.arange(high), indexing="ij"))
    columns: dict[str, object] = {"city": "合成市", "city_id": "synthetic"}
    for level, word in {"district": "区", "subdistrict": "街道", "community": "社区"}.items():
        of_wide, of_high = size.across[level]
        number = (at_i * of_wide // wide) * of_high + at_j * of_high // high + 1
        columns[f"{level}_id"] = [f"synthetic-{level}-{n:04d}" for n in number.tolist()]
        columns[level] = [f"合成{n}{word}" for n in number.tolist()]
    column, columns_of = at_i * size.across["subdistrict"][0] // wide, size.across["subdistrict"][0]
    columns["urban"] = ((column > 0) & (column < columns_of - 1)).astype(int)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def _density(streets: Streets) -> Floats:
    """How likely people live by each lane (m,): more in the middle, nobody by main streets."""
    x, y = streets.middle
    away = np.hypot(x - streets.x.mean(), y - streets.y.mean()) / (streets.x.max() - streets.x.min())
    weight = streets.lane * (np.exp(-((away / 0.35) ** 2)) + 0.2)
    share: Floats = weight / weight.sum()
    return share


def _beside(streets: Streets, count: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Places by lanes, some metres off, as longitude and latitude."""
    edge = rng.choice(len(streets.u), size=count, p=_density(streets))
    x, y = streets.beside(edge, rng.uniform(size=count), rng.choice([-1.0, 1.0], count) * rng.uniform(4, 30, count))
    lon, lat = to_lonlat(x, y)
    return {"lon": lon, "lat": lat}


def build_homes(streets: Streets, size: Size, rng: np.random.Generator) -> pd.DataFrame:
    """Homes with whole people who add up to the city's, a fifth of them elderly."""
    count = size.homes
    weight, by_day = (rng.lognormal(0, 0.8, count) for _ in range(2))
    people = 1 + rng.multinomial(size.people - count, weight / weight.sum())
    elderly = rng.binomial(people, rng.uniform(0.1, 0.3, count))
    amounts = {
        "people": people,
        "elderly": elderly,
        "elderly_80": rng.binomial(elderly, 0.13),
        "households": np.ceil(people / 2.6).astype(int),
        "people_by_day": rng.multinomial(size.people, by_day / by_day.sum()),
    }
    ids = [f"synthetic-{n}" for n in range(1, count + 1)]
    return pd.DataFrame({"id": ids, **_beside(streets, count, rng), **amounts})


def build_facilities(streets: Streets, size: Size, rng: np.random.Generator) -> pd.DataFrame:
    """All facilities in one table, each with the columns that its service has."""
    parts = []
    for service, count in size.facilities.items():
        number = np.arange(1, count + 1)
        part = pd.DataFrame({"service": service, **_beside(streets, count, rng)})
        part.insert(0, "id", [f"synthetic-{service}-{n}" for n in number])
        part["name"] = [f"合成{service} {n}" for n in number]
        parts.append(part.assign(**_columns(service, count, size.people, rng)))
    return pd.concat(parts, ignore_index=True)


def _columns(service: str, count: int, people: int, rng: np.random.Generator) -> dict[str, Any]:
    """What is known of the facilities of a service besides their places."""
    if service == "station":
        area = np.rint(rng.lognormal(6.2, 0.5, count))
        return {"floor_area_m2": area, "demonstration": (rng.uniform(size=count) < 0.12).astype(int)}
    if service == "home":
        beds = rng.integers(20, 150, count)
        return {"beds": beds, "nursing_beds": rng.binomial(beds, 0.45), "floor_area_m2": beds * 32}
    if service == "shelter":
        m2_per_person = {"emergency": 0.5, "short": 2.0, "medium": 3.0, "long": 4.5}
        kinds = np.array(list(m2_per_person))[rng.choice(4, size=count, p=[0.55, 0.25, 0.12, 0.08])]
        weight = rng.lognormal(0, 0.7, count)
        places = 0.9 * people * weight / weight.sum()  # not enough for all
        return {"shelter_class": kinds, "effective_area_m2": np.rint(places * [m2_per_person[k] for k in kinds])}
    if service == "depot":
        return {"level": np.where(np.arange(count) == 0, "city", "district")}
    return {}


def _closed(crossings: int) -> gpd.GeoDataFrame:
    """Ground by the river that a scenario closes: twenty blocks of the southern bank."""
    row, third = river_row(crossings), crossings / 3
    i, j = np.array([third, third + 20, third + 20, third]), np.array([row - 4.5, row - 4.5, row + 0.2, row + 0.2])
    x, y = place(crossings, i, j)
    return gpd.GeoDataFrame({"name": ["合成"]}, geometry=[shapely.Polygon(np.column_stack([x, y]))], crs=CRS)

"""Gap zones: uncovered homes gathered into places that have a name, a size and a cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from civicreach.errors import InputError
from civicreach.measures.analysis import Field, Kind
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.gap_causes import BARRIERS, CAUSES, gap_causes, measured_in
from civicreach.measures.ground import Ground
from civicreach.measures.words import LEVEL_ZH, group_words
from civicreach.study import Study

LINK_M = 250.0
"""Homes at most this far apart belong to one zone."""

OFFICES = ("subdistrict", "district")
"""A zone lies in one unit of the first of these levels that the areas have: one office has to see to it."""

NAMED = 3
"""After how many of its communities a zone is named."""

Longs = npt.NDArray[np.int64]


def gap_zones(
    ground: Ground,
    services: str | Iterable[str],
    *,
    group: str,
    link_m: float = LINK_M,
    barriers: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> gpd.GeoDataFrame:
    """Homes that none of the services covers, gathered into zones; most people first, in the study's metric CRS.

    Homes of one subdistrict at most `link_m` apart are in the same zone, and so are those that a chain of such homes
    joins. The index `zone_id` is the id of the zone's home with most people. Columns: `rank` from 1, `name` (its
    communities, those with most of its people first, at most NAMED), names and codes of the levels from the subdistrict
    upwards, `<group>_uncovered` (adds up to the services' uncovered total), `point_count`; `nearest_facility_id`,
    `nearest_facility` and `nearest_service` (those of most people), `nearest_min`, `over_min`, `straight_min` (medians
    of people; NaN where most reach nothing) or the same in `_m` as `gap_causes` says; `detour_ratio` (network over
    straight, a ratio of sums over those who reach one); `cause` of most people and one `<cause>_share` for each of
    CAUSES; `barrier` and `barrier_name` of most people behind one; and a polygon that only draws the zone.

    Raises LayerError for services without a circle or a group that isn't there, InputError for `link_m` not above 0.
    """
    if not (np.isfinite(link_m) and link_m > 0):
        raise InputError(f"link_m must be a positive number of metres, not {link_m!r}")
    names = [services] if isinstance(services, str) else list(dict.fromkeys(services))
    amount = ground.demand.amount(group)
    homes = gap_causes(ground, names, barriers=barriers)
    homes = homes[(amount[homes.index] > 0).to_numpy()]
    at = ground.demand.ids.get_indexer(homes.index)
    office = _office(ground).to_numpy()[at]
    zone = linked(ground.demand.xy[at], link_m, apart=office)
    homes = homes.assign(
        amount=amount.to_numpy()[at], x=ground.demand.xy[at, 0], y=ground.demand.xy[at, 1], zone=zone,
        unit=ground.unit.to_numpy()[at], office=office, home=homes.index,
    )  # fmt: skip
    # one order whatever the order of the demand, so that sums and medians are the same to the last bit
    homes = homes.sort_values(["zone", "amount", "x", "y"], ascending=[True, False, True, True], kind="stable")
    table = _table(ground, homes, group, names)
    shapes = _shapes(ground, homes, link_m).reindex(table["zone"])
    return gpd.GeoDataFrame(table.drop(columns="zone"), geometry=shapes.to_numpy(), crs=ground.demand.frame.crs)


def linked(xy: npt.NDArray[np.float64], within_m: float, *, apart: npt.NDArray[np.object_] | None = None) -> Longs:
    """The cluster (n,) of each point (n, 2): points at most `within_m` apart are linked, and chains of links hold.

    Points with different labels in `apart` (n,) are never linked. Clusters are numbered from 0 in the order of their
    first points.
    """
    if len(xy) == 0:
        return np.empty(0, np.int64)
    codes = np.zeros(len(xy), np.int64) if apart is None else pd.factorize(apart)[0]
    pairs = []
    for rows in pd.Series(np.arange(len(xy))).groupby(codes, sort=False).indices.values():
        found = cKDTree(xy[rows]).query_pairs(within_m, output_type="ndarray")
        pairs.append(rows[found])
    ends = np.concatenate(pairs)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(len(xy), len(xy)))
    _, label = connected_components(graph, directed=False)
    found, _ = pd.factorize(label)
    return np.asarray(found, dtype=np.int64)


def zone_fields(study: Study, services: str | Iterable[str], group: str) -> tuple[Field, ...]:
    """The columns of gap zones as a list or a map shows them."""
    names = [services] if isinstance(services, str) else list(services)
    unit = measured_in(study, names)
    kind: Kind = "metres" if unit == "m" else "minutes"
    en, zh = ("m", "米") if unit == "m" else ("min", "分钟")
    who, who_zh = group_words(study, group)
    several = len(set(names)) > 1
    services_said = {name: (study.service(name).label("en"), study.service(name).label("zh")) for name in names}
    return (
        Field("rank", ("Rank", "序号"), "count"),
        Field("name", ("Communities", "涉及社区"), "text"),
        Field("subdistrict", ("Subdistrict", LEVEL_ZH["subdistrict"]), "text"),
        Field("district", ("District", LEVEL_ZH["district"]), "text"),
        Field(f"{group}_uncovered", (f"Not covered: {who}", f"未覆盖{who_zh}"), "amount", total=True),
        Field("point_count", ("Places of residence", "居住点数"), "count", total=True),
        Field("cause", ("Main cause", "主要原因"), "text", words=CAUSES),
        Field("barrier", ("Barrier", "阻隔物"), "text", words=BARRIERS),
        Field("barrier_name", ("Name of the barrier", "阻隔物名称"), "text"),
        Field("nearest_facility", ("Nearest facility", "最近设施"), "text"),
        *((Field("nearest_service", ("Its service", "最近设施类别"), "text", words=services_said),) if several else ()),
        Field(f"nearest_{unit}", (f"Way to it, median ({en})", f"到最近设施（中位数，{zh}）"), kind),
        Field(f"over_{unit}", (f"Over the standard, median ({en})", f"超出标准（中位数，{zh}）"), kind),
        Field(f"straight_{unit}", (f"As the crow flies, median ({en})", f"直线（中位数，{zh}）"), kind),
        Field("detour_ratio", ("Network / straight", "路网与直线之比"), "number"),
        *(
            Field(f"{cause}_share", (f"Share: {en_words}", f"{zh_words}占比"), "share")
            for cause, (en_words, zh_words) in CAUSES.items()
        ),
    )  # fmt: skip


def _office(ground: Ground) -> pd.Series:
    level = _office_level(ground)
    return ground.demand.frame[f"{level}_id"] if level else pd.Series("all", index=ground.demand.ids, dtype=object)


def _office_level(ground: Ground) -> str | None:
    return next((level for level in OFFICES if ground.areas is not None and level in ground.areas.levels), None)


def _table(ground: Ground, homes: pd.DataFrame, group: str, services: list[str]) -> pd.DataFrame:
    """One row a zone, ranked; `homes` stand in the order of their zones, the one with most people first."""
    unit = measured_in(ground.study, services)
    first = homes.drop_duplicates("zone").set_index("zone")
    parts = _people(homes)
    table = first[["home", "x", "y"]].rename(columns={"home": "zone_id"})
    table["name"] = _names(ground, parts, table["zone_id"])
    if (level := _office_level(ground)) is not None and ground.areas is not None:
        above = ground.areas.units(level)[_levels_from(ground.areas.levels, level)]
        table = table.join(above.reindex(first["office"]).set_axis(first.index))
    table[f"{group}_uncovered"] = parts.groupby(level="zone").sum().round(PEOPLE_DECIMALS)
    table["point_count"] = homes.groupby("zone").size()
    nearest = _most(homes, ["facility_id", "facility", "service"])
    table[["nearest_facility_id", "nearest_facility", "nearest_service"]] = nearest
    for column in (f"{name}_{unit}" for name in ("nearest", "over", "straight")):
        table[column] = _median(homes, column)
    table["detour_ratio"] = _ratio(homes, f"nearest_{unit}", f"straight_{unit}").round(2)
    by_cause = homes.pivot_table(index="zone", columns="cause", values="amount", aggfunc="sum", fill_value=0.0)
    by_cause = by_cause.reindex(index=table.index, columns=list(CAUSES), fill_value=0.0)
    table["cause"] = by_cause.idxmax(axis=1) if len(table) else pd.Series(dtype=object)
    shares = by_cause.div(by_cause.sum(axis=1), axis=0)
    table[[f"{cause}_share" for cause in CAUSES]] = shares
    behind = _most(homes[homes["barrier"].notna()], ["barrier", "barrier_name"]).reindex(table.index)
    known = behind["barrier"].notna() & (table["cause"] == "detour")
    table["barrier"] = behind["barrier"].astype(object).where(known, None)
    table["barrier_name"] = behind["barrier_name"].where(known, "")
    table = table.sort_values([f"{group}_uncovered", "x", "y"], ascending=[False, True, True])
    table.insert(1, "rank", np.arange(1, len(table) + 1))
    return table.drop(columns=["x", "y"]).reset_index().set_index("zone_id")


def _levels_from(levels: tuple[str, ...], lowest: str) -> list[str]:
    """Code and name columns of a level and those above it, the lowest first."""
    return [column for name in reversed(levels[: levels.index(lowest) + 1]) for column in (name, f"{name}_id")]


def _people(homes: pd.DataFrame) -> pd.Series:
    """People by zone and unit: whole millionths, as the tables have them."""
    parts: pd.Series = homes.groupby(["zone", "unit"])["amount"].sum().round(PEOPLE_DECIMALS)
    return parts


def _names(ground: Ground, parts: pd.Series, zone_id: pd.Series) -> pd.Series:
    """What each zone is called: the communities with most of its people, or its id where there are no areas."""
    if ground.areas is None:
        return zone_id.astype(str)
    comma, more = ("、", "等") if ground.study.study.language == "zh" else (", ", " and others")
    ordered = parts.sort_values(ascending=False, kind="stable").reset_index()
    ordered["name"] = ground.areas.frame[ground.areas.lowest].astype(str).reindex(ordered["unit"]).to_numpy()
    said = ordered.groupby("zone").head(NAMED).groupby("zone")["name"].agg(comma.join)
    count = ordered.groupby("zone").size()
    return said.where(count <= NAMED, said + more).reindex(zone_id.index)


def _most(homes: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The values of columns that stand for most people of each zone; of equals those of the larger home."""
    sums = homes.groupby(["zone", *columns], sort=False, dropna=False)["amount"].sum().reset_index()
    sums = sums.sort_values("amount", ascending=False, kind="stable").drop_duplicates("zone")
    return sums.set_index("zone")[columns]


def _median(homes: pd.DataFrame, column: str) -> pd.Series:
    """The least value that half of a zone's people don't exceed; those without a value come last."""
    rows = homes[["zone", "amount"]].assign(value=homes[column].fillna(np.inf))
    rows = rows.sort_values(["zone", "value"], kind="stable")
    people = rows.groupby("zone")["amount"].cumsum()
    half = people.groupby(rows["zone"]).transform("last") / 2.0
    found = rows[people >= half].drop_duplicates("zone").set_index("zone")["value"]
    return found.replace(np.inf, np.nan)


def _ratio(homes: pd.DataFrame, above: str, below: str) -> pd.Series:
    """Ratio of sums over those who have both values."""
    known = homes[homes[[above, below]].notna().all(axis=1)]
    sums = known[[above, below]].mul(known["amount"], axis=0).groupby(known["zone"]).sum()
    ratio: pd.Series = sums[above] / sums[below].where(sums[below] > 0)
    return ratio


def _shapes(ground: Ground, homes: pd.DataFrame, link_m: float) -> gpd.GeoSeries:
    """Circles of half a link around the homes of each zone, cut at its subdistrict's boundary.

    Zones of one subdistrict are more than a link apart, so that their shapes never meet.
    """
    ordered = homes.sort_values("zone", kind="stable")
    zones, first = np.unique(ordered["zone"].to_numpy(), return_index=True)
    if not len(zones):
        return gpd.GeoSeries([], index=zones)
    # circle by circle: buffering the points of a zone together is hundreds of times slower
    points = shapely.points(ordered[["x", "y"]].to_numpy())
    circles = np.asarray(shapely.buffer(points, link_m / 2.0, quad_segs=4), dtype=object)
    shapes = np.array([shapely.union_all(part) for part in np.split(circles, first[1:])], dtype=object)
    level = _office_level(ground)
    if level is not None and ground.areas is not None:
        office = ordered.drop_duplicates("zone")["office"]
        cut = shapely.intersection(shapes, ground.areas.units(level).geometry.reindex(office).to_numpy())
        shapes = shapely.buffer(cut, 0)  # a boundary that is only touched leaves a line behind
    return gpd.GeoSeries(shapes, index=zones)

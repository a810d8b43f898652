"""The people and the land that are nearer to each home than to any other, along the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civicreach.layers import Demand, Facilities
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.elder.bed_access import homes_network
from civicreach.measures.elder.land import Land, land_of
from civicreach.measures.elder.need import beds_needed
from civicreach.measures.elder.question import Question
from civicreach.measures.inequality import coefficient_of_variation, gini, max_min_ratio
from civicreach.network import RoadNetwork
from civicreach.reach import nearest_facility

STATES: dict[str, Pair] = {
    "overloaded": ("too few beds for its catchment", "床位不足"),
    "enough": ("enough beds for its catchment", "床位充足"),
    "empty": ("nobody in its catchment", "服务区内无老年人"),
    "off_network": ("not on the street network", "未接入路网"),
}
"""How a home stands to its catchment."""

LAND: dict[str, Pair] = {
    "home": ("nearest to a home", "归属最近机构"),
    "no_way": ("no way to any home", "无路可达任何机构"),
    "off_network": ("far from any street", "远离道路"),
}
"""What the land is."""

M2_PER_KM2 = 1e6


@dataclass(frozen=True, eq=False)
class Catchments:
    """Whose nearest home each is, along the network, within some minutes or however far.

    homes: on the homes' index: `name`, `beds`, `<group>` (in its catchment), `area_km2` (NaN without areas), `wanted`
        (beds that its catchment needs by the standard), `spare_beds` (`beds - wanted`, below 0 where short), `per_bed`
        (people for each bed, NaN without beds), `state` (a key of STATES).
    unreached: amount that no way leads to any home, within the minutes if there are any.
    land: polygons of all land of the areas, indexed by the homes' ids ("no_way" and "off_network" for the rest): `kind`
        (a key of LAND), `area_km2`; None without areas. `cell_m` is the side of the cells it was cut into.
    """

    homes: pd.DataFrame
    unreached: float
    land: gpd.GeoDataFrame | None
    cell_m: float


def home_catchments(question: Question, beds: pd.DataFrame, *, cell_m: float | None = None) -> Catchments:
    """Catchments of all existing homes together, however far people live; `beds` are those of `read_beds`."""
    homes = question.ground.serving(question.spec.homes)
    return catchments_of(question, homes, beds["beds"], homes_network(question), question.amount, cell_m=cell_m)


def catchments_of(
    question: Question,
    homes: Facilities,
    beds: pd.Series,
    network: RoadNetwork,
    amount: pd.Series,
    *,
    within_min: float | None = None,
    cell_m: float | None = None,
) -> Catchments:
    """Catchments of some homes with `beds` (on their index) among an `amount` by demand, within some minutes
    (inclusive) or however far.

    Land is cut into cells of `cell_m` (see `land_of`); each belongs to the home that is nearest to its middle.
    """
    ground, group, who = question.ground, question.group, amount.to_numpy()
    nearest = nearest_facility(ground.demand, homes, network, cutoff_min=within_min, max_snap_m=ground.max_snap_m)
    mine = nearest.found
    people = np.bincount(nearest.facility_at[mine], weights=who[mine], minlength=len(homes.ids))
    people, unreached = np.round(people, PEOPLE_DECIMALS), round(float(who[~mine].sum()), PEOPLE_DECIMALS)
    table = pd.DataFrame({"name": homes.frame["name"], "beds": beds}, index=homes.ids)
    table[group] = people
    table["area_km2"] = np.nan
    drawn, side = None, np.nan
    if ground.areas is not None:
        land = land_of(ground.areas, cell_m=cell_m)
        drawn, side = land_by_home(question, land, homes, network, within_min), land.cell_m
        table["area_km2"] = drawn["area_km2"].reindex(table.index).fillna(0.0)
    norm = question.standard(question.spec.beds_per_1000).value
    table["wanted"] = beds_needed(table[group], norm)
    table["spare_beds"] = (table["beds"] - table["wanted"]).round(PEOPLE_DECIMALS)
    table["per_bed"] = table[group] / table["beds"].where(table["beds"] > 0)
    state = np.where(table["spare_beds"] < 0, "overloaded", "enough")
    state = np.where(table[group] > 0, state, "empty")
    table["state"] = np.where(nearest.facility_snap.found, state, "off_network")
    return Catchments(table, unreached, drawn, side)


def land_by_home(
    question: Question, land: Land, homes: Facilities, network: RoadNetwork, within_min: float | None = None
) -> gpd.GeoDataFrame:
    """The `land` of `Catchments`; homes without any have no row."""
    cells = Demand(gpd.GeoDataFrame({"people": np.ones(len(land))}, geometry=land.middles, crs=land.crs))
    ground, count = question.ground, len(homes.ids)
    found = nearest_facility(cells, homes, network, cutoff_min=within_min, max_snap_m=ground.max_snap_m)
    rest = np.where(found.demand_snap.found, count, count + 1)
    shapes = land.polygons(np.where(found.found, found.facility_at, rest).astype(np.int64), count + 2)
    frame = gpd.GeoDataFrame(
        {"kind": ["home"] * count + ["no_way", "off_network"], "area_km2": shapely.area(shapes) / M2_PER_KM2},
        geometry=shapes,
        crs=land.crs,
        index=pd.Index([*homes.ids, "no_way", "off_network"], dtype=object, name=homes.ids.name),
    )
    there: gpd.GeoDataFrame = frame[frame["area_km2"] > 0]
    return there


def spread(homes: pd.DataFrame, group: str) -> pd.DataFrame:
    """Over all homes of `Catchments`, one row for each of people, land and load (people per bed): `what`, `home_count`,
    `mean`, `least`, `most`, `ratio` (most by least, NaN where one has nothing), `cv` and `gini`.

    Each home counts once; those without beds have no load. Without areas there is no row for land.
    """
    rows = []
    for what, column in (("people", group), ("land", "area_km2"), ("load", "per_bed")):
        values = homes[column].dropna()
        if values.empty:
            continue
        ratio = max_min_ratio(values)
        rows.append(
            {
                "what": what,
                "home_count": len(values),
                "mean": values.mean(),
                "least": values.min(),
                "most": values.max(),
                "ratio": ratio if np.isfinite(ratio) else np.nan,
                "cv": coefficient_of_variation(values),
                "gini": gini(values),
            }
        )
    return pd.DataFrame(rows)


def catchment_layer(
    question: Question, homes: pd.DataFrame, land: gpd.GeoDataFrame, layer_id: str, *,
    title: Pair, home: Pair, who: Pair,
    kinds: Mapping[str, Pair] = LAND, states: Mapping[str, Pair] = STATES,
) -> MapLayer:  # fmt: skip
    """The `land` of `Catchments` as a map layer, each piece with what its home has: beds, people, spare beds, km2.

    `home` heads the names; `who` heads the people and holds "{who}" where they are named. `kinds` and `states` are the
    words of columns `kind` and `state`.
    """
    group = question.group
    frame = land.join(homes[["name", "state", "beds", group, "spare_beds"]])
    frame["name"] = frame["name"].fillna("")
    fields = (
        Field("name", home, "text"),
        Field("kind", ("Land", "用地归属"), "text", words=kinds),
        Field("state", ("State", "状况"), "text", words=states),
        Field("beds", ("Beds", "养老床位（张）"), "amount"),
        question.people_field(group, *who),
        Field("spare_beds", ("Spare beds (below 0: short)", "富余床位（负数为缺口，张）"), "amount"),
        Field("area_km2", ("Land (km²)", "面积（平方公里）"), "number"),
    )
    shown = frame[[*(field.name for field in fields), "geometry"]]
    return MapLayer(layer_id, title, shown, fields, "polygons", colour_by="state")

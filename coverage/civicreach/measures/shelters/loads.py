"""What each shelter takes in: load and utilisation, what one more place is worth, and by how much it has to grow."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.shelters.capacity import M_PER_MIN, Sheltered
from civicreach.measures.shelters.classes import CLASSES
from civicreach.measures.shelters.question import Population
from civicreach.reach import Reach


def shelter_loads(population: Population, reach: Reach, found: Sheltered, growth: pd.DataFrame) -> pd.DataFrame:
    """On the shelters' index: `shelter_id`, `name`, `class`, `m2`, `places`, `within` (people within its distance),
    `load`, `use_share` (load by places, NaN without any), `nearest_load` (nearest-first), `fixed_load` (fixed shelters
    alone), `saves_m` (metres of walking that one more place saves), `serves_more` (whether it would instead serve one
    more person), `growth_places` and `growth_m2`.

    `reach` holds the pairs that count.
    """
    shelters, best = population.question.shelters, found.best
    amount = population.amount.to_numpy()[reach.demand_at]
    near = np.bincount(reach.facility_at, weights=amount, minlength=len(shelters.places))
    return pd.DataFrame(
        {
            "shelter_id": shelters.facilities.ids.astype(str),
            "name": shelters.facilities.frame["name"].to_numpy(),
            "class": shelters.key,
            "m2": shelters.m2,
            "places": shelters.places,
            "within": near.round(PEOPLE_DECIMALS),
            "load": best.load,
            "use_share": best.load / shelters.places.where(shelters.places > 0),
            "nearest_load": found.nearest.load,
            "fixed_load": found.fixed.load,
            "saves_m": best.price_min * M_PER_MIN,
            "serves_more": best.serves_more,
            "growth_places": growth["places"],
            "growth_m2": growth["m2"],
        },
        index=shelters.facilities.ids,
    )


def load_fields(population: Population) -> tuple[Field, ...]:
    """The columns of the shelters' list and layer."""
    return (
        *shelter_fields(),
        Field("m2", ("Effective area (m2)", "有效避难面积（平方米）"), total=True),
        Field("places", ("Places", "可容纳人数（人）"), total=True),
        population.field("within", "{who} within its distance", "疏散距离内{who}", total=False),
        population.field("load", "Load: {who}", "安置{who}"),
        Field("use_share", ("Load by places", "利用率"), "share", ratio=("load", "places", 1.0)),
        population.field("nearest_load", "Load, nearest first", "就近先到先得安置"),
        population.field("fixed_load", "Load, fixed shelters only", "仅用固定场所安置"),
        Field("serves_more", ("One more place serves one more", "增加1个名额可多安置1人"), "flag"),
        Field("saves_m", ("Walking one more place saves (m)", "增加1个名额可减少步行（米）"), "metres"),
        Field("growth_places", ("Places to add", "需增名额（人）"), total=True),
        Field("growth_m2", ("m2 to add", "需扩面积（平方米）"), total=True),
    )


def shelter_fields() -> tuple[Field, ...]:
    """Which shelter a row is about."""
    return (
        Field("name", ("Shelter", "避难场所"), "text"),
        Field("shelter_id", ("Id", "编号"), "text"),
        Field("class", ("Class", "类别"), "text", words=CLASSES),
    )


def loads_layer(population: Population, loads: pd.DataFrame) -> MapLayer:
    """The shelters with their loads, as points."""
    facilities = population.question.shelters.facilities
    frame = gpd.GeoDataFrame(loads, geometry=facilities.frame.geometry, crs=facilities.crs)
    title = population.title("Shelters and their loads", "避难场所与安置人数")
    return MapLayer(f"shelter_loads{population.suffix}", title, frame, load_fields(population), "points", "use_share")


def loads_listing(population: Population, loads: pd.DataFrame) -> Listing:
    """The shelters, the fullest first."""
    order = ["use_share", "load"]
    return Listing(
        f"shelter_loads{population.suffix}",
        population.title("Shelters and their loads", "避难场所与安置人数"),
        loads.sort_values(order, ascending=False, kind="stable"),
        load_fields(population),
        (
            (
                "The fullest first. Who takes which place is the assignment that serves most and walks least; one more "
                "place in a shelter either serves one more person (maybe after others made room) or saves "
                "metres of walking."
            ),
            "利用率高者在前。安置方案以人数最多、步行总量最小为准；增加1个名额或可多安置1人（可经他人腾挪），或可减少步行。",
        ),
    )


def growth_listing(population: Population, loads: pd.DataFrame) -> Listing:
    """The shelters that have to grow, most m2 first."""
    fields = (
        *shelter_fields(),
        Field("places", ("Places now", "现可容纳人数（人）"), total=True),
        Field("growth_places", ("Places to add", "需增名额（人）"), total=True),
        Field("growth_share", ("Of the places now", "相当于现容量"), "share", ratio=("growth_places", "places", 1.0)),
        Field("m2", ("Effective area now (m2)", "现有效面积（平方米）"), total=True),
        Field("growth_m2", ("m2 to add", "需扩面积（平方米）"), total=True),
    )
    rows = loads[loads["growth_places"] > 0].sort_values("growth_m2", ascending=False, kind="stable")
    share = rows["growth_places"] / rows["places"].where(rows["places"] > 0)
    return Listing(
        f"shelter_growth{population.suffix}",
        population.title("Shelters that have to grow", "需扩容的避难场所"),
        rows.assign(growth_share=share)[[field.name for field in fields]],
        fields,
        (
            (
                "So that everybody within reach of any shelter finds a place: those left out because all in "
                "reach are full "
                "go to the nearest one within reach. Who is beyond every distance needs a new shelter and "
                "isn't in here."
            ),
            "使所有疏散距离内的居民均获安置：因满员未安置者归入最近可达场所。疏散距离外者需新建场所，不在此列。",
        ),
    )

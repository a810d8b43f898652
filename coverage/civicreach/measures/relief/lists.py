"""Lists and layers of the analysis of relief: depots with their loads, who is late, who is worse off in a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.layers import Areas
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Listing, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.relief.found import MIN_PER_HOUR, Found, quantile_by
from civicreach.measures.relief.words import LATE_FIELDS, depot_fields, scenario_fields
from civicreach.measures.rollup import sums_by_unit


def listings(now: Found, then: Sequence[Found]) -> Iterator[Listing]:
    """Depots in every state, units where relief is late, and the units that scenarios make worse off."""
    yield Listing(
        "relief_depots",
        ("Depots and their loads", "储备库（点）与承担人口"),
        pd.concat([_depot_rows(found) for found in (now, *then)], ignore_index=True),
        depot_fields(_states((now, *then))),
        (("In the order of their file, as it is and in each scenario without the depots that are cut off; a home "
          "belongs to the last depot of its quickest chain."),
         "按设施表顺序，先现状、后各情景（不含被隔断者）；居民归入最快送达链条的末级储备点。"),
    )  # fmt: skip
    late = _by_unit(now)
    late = late[(late["late"] > 0) | (late["no_road"] > 0)]
    yield Listing(
        "relief_late",
        ("Where relief comes too late", "超时或道路不通的地区"),
        late.sort_values(["late", "no_road"], ascending=False, kind="stable").reset_index(drop=True),
        LATE_FIELDS,
        ("Units with people whom relief doesn't reach within the limit, most people first.",
         "有居民无法在时限内得到救助的单元，按人数由多到少。"),
    )  # fmt: skip
    if then:
        yield Listing(
            "relief_scenarios",
            ("Who is later or cut off when streets are out", "道路中断后延误或隔断的地区"),
            pd.concat([losses_of(now, found) for found in then], ignore_index=True),
            scenario_fields(_states(then)),
            ("Units with people who are cut off, late or later, by scenario; most people cut off first.",
             "按情景列出被隔断、超时或延误的单元，被隔断人数多者在前。"),
        )  # fmt: skip


def _states(found: Sequence[Found]) -> dict[str, Pair]:
    """What the states are called, by their codes."""
    return {each.code: each.name for each in found}


def _by_unit(found: Found) -> pd.DataFrame:
    """The states of the lowest units with their names, and hours in the middle and for the last."""
    ground = found.ground
    sums = sums_by_unit(found.states, ground.unit, ground.areas)
    hours = found.times.homes["relief_min"] / MIN_PER_HOUR
    for name, q in (("median_hours", 0.5), ("p95_hours", 0.95)):
        sums[name] = quantile_by(hours, found.amount, ground.unit, q).reindex(sums.index)
    return _with_names(sums, ground.areas)


def _with_names(sums: pd.DataFrame, areas: Areas | None) -> pd.DataFrame:
    if areas is None:
        return sums.assign(unit=sums.index)
    names = [level for level in areas.levels if level != "city" or areas.lowest == "city"]
    found = pd.concat([areas.frame[[*names, f"{areas.lowest}_id"]], sums], axis=1)
    return pd.DataFrame(found).rename(columns={f"{areas.lowest}_id": "unit_id"})


def losses_of(now: Found, then: Found) -> pd.DataFrame:
    """The lowest units that are worse off then: people cut off, newly late, and hours later; most cut off first."""
    before, after = _by_unit(now), _by_unit(then)
    rows = after.assign(
        cut_off=(after["no_road"] - before["no_road"]).clip(lower=0.0).round(PEOPLE_DECIMALS),
        newly_late=(after["late"] - before["late"]).clip(lower=0.0).round(PEOPLE_DECIMALS),
        scenario=then.code,
        before_hours=before["median_hours"],
        later_hours=(after["median_hours"] - before["median_hours"]).replace(np.inf, np.nan),
    )
    changed = (rows["cut_off"] > 0) | (rows["newly_late"] > 0) | (rows["later_hours"] > 1.0 / MIN_PER_HOUR)
    order = ["cut_off", "newly_late", "later_hours"]
    return rows[changed].sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def _depot_rows(found: Found) -> pd.DataFrame:
    """The depots that work in a state, the city's first, each with the people whom it serves."""
    city, district = found.city, found.district
    if city is None:
        return pd.DataFrame(columns=[field.name for field in depot_fields({})])
    last = city if district is None else district
    homes, amount, times = found.times.homes, found.amount, found.times
    drive = (homes["drive_min"] / MIN_PER_HOUR).where(amount > 0)
    by_depot = homes["depot_id"].to_numpy()
    load = amount.groupby(by_depot).sum().reindex(last.ids, fill_value=0.0).round(PEOPLE_DECIMALS)
    rows = pd.DataFrame(
        {
            "state": found.code,
            "depot_id": last.ids.astype(str),
            "name": last.frame["name"].to_numpy(),
            "level": "city" if district is None else "district",
            "city_depot": times.depots["city_depot_id"].map(city.frame["name"]).to_numpy(),
            "ready_hours": times.depots["ready_min"].to_numpy() / MIN_PER_HOUR,
            "people": load.to_numpy(),
            "farthest_hours": drive.groupby(by_depot).max().reindex(last.ids).to_numpy(),
        },
        index=last.ids,
    )
    if district is None:
        return rows
    chains = times.depots["city_depot_id"]
    load_of_city = load.groupby(chains.reindex(load.index).to_numpy()).sum()
    above = pd.DataFrame(
        {
            "state": found.code,
            "depot_id": city.ids.astype(str),
            "name": city.frame["name"].to_numpy(),
            "level": "city",
            "city_depot": None,
            "ready_hours": 0.0,
            "people": load_of_city.reindex(city.ids, fill_value=0.0).to_numpy(),
            "farthest_hours": np.nan,
        },
        index=city.ids,
    )
    return pd.concat([above, rows])


def depot_layer(now: Found) -> MapLayer:
    """The depots on the map, the city's first."""
    layers = [layer for layer in (now.city, now.district) if layer is not None]
    places = pd.concat([layer.frame.geometry for layer in layers])
    frame = gpd.GeoDataFrame(_depot_rows(now), geometry=places.to_numpy(), crs=now.ground.demand.crs)
    title = ("Relief depots", "救灾物资储备库（点）")
    return MapLayer(
        "relief_depots", title, frame.reset_index(drop=True), depot_fields(_states([now])), "points", "level"
    )

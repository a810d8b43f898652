"""The service circle of one service: who is within the standard, who is not, and where the gaps are."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.circle_figures import CircleNumbers, circle_figures
from civicreach.measures.coverage import PEOPLE_DECIMALS, coverage_status, straight_line_m
from civicreach.measures.equity import quantile_by
from civicreach.measures.result import ServiceCircle
from civicreach.measures.tables import coverage_tables
from civicreach.network import RoadNetwork
from civicreach.reach import Reach, isochrones, nearest_facility, reach, reached_roads, service_area
from civicreach.reach.block_fill import Blocks, block_fill
from civicreach.reach.edge import edge_cost_ms
from civicreach.reach.nearest import Nearest
from civicreach.study import ServiceSpec, Study
from civicreach.units import MS_PER_MIN


@dataclass(frozen=True, eq=False)
class Place:
    """What all services of a study share: the people and the areas."""

    demand: Demand
    areas: Areas | None = None


def service_circle(
    study: Study,
    service: ServiceSpec,
    place: Place,
    facilities: Facilities,
    network: RoadNetwork,
    *,
    open_network: RoadNetwork | None = None,
    blocks: Blocks | None = None,
) -> ServiceCircle:
    """Everything that a study asks of one service; `network` must be built for `study.profile_of(service)`.

    Candidates and closed facilities don't serve: only those that exist are counted. `open_network` is the same network
    with private access open; its people share is then printed beside the other one. `blocks` are the network's.
    """
    serving = facilities.with_status("existing")
    limit_ms = study.limit_ms(service)
    max_snap_m = study.roads.max_snap_m
    demand = place.demand
    found = reach(demand, serving, network, cutoff_min=limit_ms / MS_PER_MIN, max_snap_m=max_snap_m)
    nearest = nearest_facility(demand, serving, network, max_snap_m=max_snap_m)
    straight_m = straight_line_m(demand, serving)
    within_straight = straight_m <= limit_ms * network.profile.speed_mps / 1000.0
    rows = _demand_rows(study, service, demand, network, nearest, straight_m)
    tables = coverage_tables(
        demand, place.areas, serving, headline=service.group, status=rows["status"], straight=within_straight
    )
    opened = None
    if open_network is not None:
        opened = reach(demand, serving, open_network, cutoff_min=limit_ms / MS_PER_MIN, max_snap_m=max_snap_m)
    on_network = int(nearest.facility_snap.found.sum())
    numbers = CircleNumbers(study, service, place.areas, demand, serving, rows, tables, on_network, opened)
    minutes = _drawn_limits(study, service)
    return ServiceCircle(
        service=service,
        profile=network.profile,
        limit=study.limit(service),
        limit_unit=study.limit_unit(service),
        facilities_layer=facilities,
        demand=rows,
        facilities=_facility_rows(serving, demand, found, nearest, limit_ms),
        tables=tables,
        gaps=_gaps(service, place, rows),
        isochrones=_named(isochrones(serving, network, minutes, max_snap_m=max_snap_m), serving),
        service_area=service_area(serving, network, minutes, max_snap_m=max_snap_m),
        reached_roads=reached_roads(serving, network, minutes, max_snap_m=max_snap_m),
        block_fill=block_fill(serving, network, minutes, blocks=blocks, max_snap_m=max_snap_m),
        figures=circle_figures(numbers),
        network=network,
    )


def _drawn_limits(study: Study, service: ServiceSpec) -> list[float]:
    """Minutes to draw: the study's bands and the standard. A standard in metres is drawn alone: a network in metres
    counts 1,000 ms a metre, so its minutes are just the metres over 60."""
    limit = study.limit_ms(service) / MS_PER_MIN
    if study.limit_unit(service) == "m":
        return [limit]
    return sorted({*study.study.minutes, limit})


def _named(drawn: gpd.GeoDataFrame, facilities: Facilities) -> gpd.GeoDataFrame:
    names = facilities.frame["name"].reindex(drawn["facility_id"]).to_numpy()
    drawn.insert(1, "name", names)
    return drawn


def _demand_rows(
    study: Study,
    service: ServiceSpec,
    demand: Demand,
    network: RoadNetwork,
    nearest: Nearest,
    straight_m: pd.Series,
) -> pd.DataFrame:
    limit_ms = study.limit_ms(service)
    snapped = nearest.demand_snap
    outside = demand.outside.to_numpy()
    covered = nearest.found & (nearest.cost_ms <= limit_ms)
    leaves = edge_cost_ms(network, snapped, limit_ms, "to_facility") >= 0
    per_unit = 1_000 if study.limit_unit(service) == "m" else MS_PER_MIN
    return pd.DataFrame(
        {
            "status": coverage_status(covered, snapped.found, outside, demand.ids, edge=leaves),
            "nearest_facility_id": nearest.frame()["facility_id"],
            "nearest_min": np.where(nearest.found, nearest.cost_ms / per_unit, np.nan),
            "straight_m": straight_m.to_numpy(),
            "gap_m": snapped.gap_m,
        },
        index=demand.ids,
    )


def _facility_rows(
    facilities: Facilities, demand: Demand, found: Reach, nearest: Nearest, limit_ms: int
) -> gpd.GeoDataFrame:
    count = len(facilities.ids)
    keep = [c for c in ("name", "capacity", "status") if c in facilities.frame.columns]
    table = facilities.frame[[*keep, "geometry"]].copy()
    table["gap_m"] = nearest.facility_snap.gap_m
    table["snapped"] = nearest.facility_snap.found
    inside = ~demand.outside.to_numpy()
    caught = nearest.found & (nearest.cost_ms <= limit_ms) & inside
    for group in demand.groups:
        amount = demand.amount(group).to_numpy()
        catchment = np.bincount(nearest.facility_at[caught], weights=amount[caught], minlength=count)
        reached = np.bincount(found.facility_at, weights=(amount * inside)[found.demand_at], minlength=count)
        table[f"catchment_{group}"] = np.round(catchment, PEOPLE_DECIMALS)
        table[f"reached_{group}"] = np.round(reached, PEOPLE_DECIMALS)
    return table


def _gaps(service: ServiceSpec, place: Place, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Uncovered demand by the lowest unit (by point without areas), most people first."""
    demand, areas, group = place.demand, place.areas, service.group
    amount = demand.amount(group)
    missed = ~rows["status"].isin(["covered", "outside"]) & (amount > 0)
    unit = demand.ids.to_series() if areas is None else demand.frame[f"{areas.lowest}_id"]
    part = pd.DataFrame({"unit": unit[missed].to_numpy(), "amount": amount[missed], "min": rows["nearest_min"][missed]})
    table = part.groupby("unit", sort=True)["amount"].sum().round(PEOPLE_DECIMALS).to_frame(f"{group}_uncovered")
    table["point_count"] = part.groupby("unit", sort=True).size()
    median = quantile_by(part["min"], part["amount"], part["unit"], q=0.5)
    table["nearest_min"] = median.replace(np.inf, np.nan)
    if areas is None:
        named = demand.frame.loc[table.index, ["geometry"]]
    else:
        named = areas.frame.loc[table.index, [*(c for c in areas.columns if c != f"{areas.lowest}_id"), "geometry"]]
    gaps = gpd.GeoDataFrame(pd.concat([named.drop(columns="geometry"), table], axis=1), geometry=named.geometry)
    gaps = gaps.set_crs(demand.frame.crs) if gaps.crs is None else gaps
    gaps.index.name = unit.name if areas is not None else demand.ids.name
    return gaps.sort_values(f"{group}_uncovered", ascending=False, kind="stable")
